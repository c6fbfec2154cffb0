/* memory_scenario.c - reads the file: the loader of scenarios, with other keys. */
#include "scenarios/memory_scenario.h"

#include <string.h>

#include "scenarios/bgp_files.h"
#include "scenarios/loader.h"
#include "scenarios/route_file.h"
#include "scenarios/source.h"
#include "sim/arena.h"
#include "sim/error.h"

#define TITLE_BYTES 200
#define PATH_BYTES 4096
#define SOURCE_BYTES 300
#define VERSION "1"
#define MOST_PER_NETWORK 1000

/* --- Keys ----------------------------------------------------------------------------------- */

struct raw_memory_table {
    uint32_t here, like, file, mrt, first;
};
struct raw_observed {
    uint32_t here, global, vrf, source;
};
struct raw_memory {
    uint32_t here, cat6k, title, router, ios, into;
    struct raw_memory_table table;
    struct raw_observed observed;
    struct raw_expectation *expect;
    uint32_t expect_count;
    uint32_t *figures;
    uint32_t figures_count;
};

static const cyaml_schema_value_t text = {CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint32_t)};

static const cyaml_schema_field_t table_fields[] = {
    SCHEMA_HERE(struct raw_memory_table),
    SCHEMA_OPTIONAL(struct raw_memory_table, like), /* or mrt */
    SCHEMA_OPTIONAL(struct raw_memory_table, file),
    SCHEMA_OPTIONAL(struct raw_memory_table, mrt),
    SCHEMA_OPTIONAL(struct raw_memory_table, first),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t observed_fields[] = {
    SCHEMA_HERE(struct raw_observed),
    SCHEMA_OPTIONAL(struct raw_observed, global),
    SCHEMA_OPTIONAL(struct raw_observed, vrf),
    SCHEMA_REQUIRED(struct raw_observed, source),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t memory_fields[] = {
    SCHEMA_HERE(struct raw_memory),
    SCHEMA_REQUIRED(struct raw_memory, cat6k),
    SCHEMA_OPTIONAL(struct raw_memory, title),
    SCHEMA_REQUIRED(struct raw_memory, router),
    SCHEMA_REQUIRED(struct raw_memory, ios),
    SCHEMA_OPTIONAL(struct raw_memory, into),
    CYAML_FIELD_MAPPING("table", CYAML_FLAG_DEFAULT, struct raw_memory, table, table_fields),
    CYAML_FIELD_MAPPING("observed", CYAML_FLAG_OPTIONAL, struct raw_memory, observed,
                        observed_fields),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_memory, expect, &expectation_schema),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_memory, figures, &text),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t memory_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_memory, memory_fields)};

/* --- Their meaning -------------------------------------------------------------------------- */

const char *const memory_into_names[MEMORY_N_INTO] = {"global", "vrf"};

/* The row of this name, with those of its figures that are assumed. */
static uint32_t load_row(struct loader *l, uint32_t place, enum catalog_kind kind, const char *what)
{
    const struct catalog *c = l->catalog;
    const char **models = arena_take_array(l->mem, c->n_rows[kind], sizeof *models);
    for (uint32_t i = 0; i < c->n_rows[kind]; i++) {
        models[i] = c->rows[kind][i].model;
    }
    uint32_t row = load_word(l, place, what, models, c->n_rows[kind], 0);
    const struct figure_rule *rules = figure_rules[kind];
    for (uint32_t f = 0; rules[f].name != NULL; f++) {
        const struct figure *it = &c->rows[kind][row].figures[f];
        if (it->value != NULL && it->taken.provenance == SOURCE_ASSUMED) {
            const char *name = arena_printf(l->mem, "%s.%s", models[row], rules[f].name);
            add_assumption(l,
                           (struct assumption){name, it->value, it->low, it->high, it->taken.why});
        }
    }
    return row;
}

/* "global, vrf": one of them or both. */
static void load_into(struct loader *l, uint32_t place, bool *into)
{
    const char *list = place == 0 ? "global" : places_text(&l->places, place);
    char item[ITEM_TEXT];
    while (next_item(&list, item)) {
        uint32_t i = 0;
        while (i < MEMORY_N_INTO && strcmp(item, memory_into_names[i]) != 0) {
            i++;
        }
        if (i == MEMORY_N_INTO || into[i]) {
            places_error(&l->places, place, "'%.40s'; expected global, vrf, or both", item);
            return;
        }
        into[i] = true;
    }
}

static void load_observed(struct loader *l, const struct raw_observed *raw,
                          struct memory_scenario *s)
{
    struct source source;
    s->observed[INTO_GLOBAL] = load_count(l, raw->global, 1, UINT32_MAX, 0);
    s->observed[INTO_VRF] = load_count(l, raw->vrf, 1, UINT32_MAX, 0);
    s->observed_source = load_text(l, raw->source, SOURCE_BYTES, NULL);
    if (raw->source != 0) {
        source_read(&l->places, raw->source, l->mem, &source);
    }
}

/* Its IPv4 routes, which come first in a table. */
static void load_file(struct loader *l, uint32_t place, struct memory_scenario *s)
{
    const char *path = load_text(l, place, PATH_BYTES, NULL);
    if (path == NULL || !route_file_read(scenario_file_path(l->scenario, path, l->mem), l->mem,
                                         &s->routes, l->places.err)) {
        return;
    }
    size_t n = 0;
    while (n < s->routes.n_routes && s->routes.routes[n].prefix.family == IPV4) {
        n++;
    }
    s->n_left_out = s->routes.n_routes - n;
    s->routes.n_routes = n;
    if (n == 0) {
        places_error(&l->places, place, "the file has no IPv4 route");
    }
}

static void load_mrt(struct loader *l, uint32_t place, struct memory_scenario *s)
{
    const char *path = load_text(l, place, PATH_BYTES, NULL);
    struct bgp_files files = {.speed = 1, .options.max_paths = 1};
    struct bgp_feed feed;
    struct arena *mem = arena_open(); /* paths are many, what they need is little */
    if (path != NULL) {
        files.table = scenario_file_path(l->scenario, path, l->mem);
        s->table_name = path;
    }
    if (path != NULL && bgp_files_read(&files, mem, &feed, l->places.err)) {
        s->fed = ios_table_of_feed(&feed, &s->n_fed, l->mem);
        for (size_t i = 0; i < feed.n_paths; i++) {
            s->n_left_out += feed.paths[i].family != IPV4;
        }
        if (s->n_fed == 0) {
            places_error(&l->places, place, "the file has no IPv4 route");
        }
    }
    arena_close(mem);
}

/* A step counts in 16 bits, after a VRF and blocks of subnets have multiplied it. */
static void check_counts(struct loader *l, uint32_t place, const struct memory_scenario *s)
{
    const struct figure_rule *rules = figure_rules[CATALOG_TABLES];
    const struct figure *figures = l->catalog->rows[CATALOG_TABLES][s->table].figures;
    uint64_t n = figure_number(&figures[TABLE_NETWORKS], &rules[TABLE_NETWORKS]);
    for (uint32_t f = 0; rules[f].name != NULL; f++) {
        if (figure_number(&figures[f], &rules[f]) > MOST_PER_NETWORK * n) {
            places_error(&l->places, place, "%s.%s is more than %d for each network", s->table_name,
                         rules[f].name, MOST_PER_NETWORK);
        }
    }
}

static void load_table(struct loader *l, const struct raw_memory_table *raw,
                       struct memory_scenario *s)
{
    s->first = load_count(l, raw->first, 1, UINT32_MAX, UINT64_MAX);
    if (raw->mrt != 0 && (raw->like != 0 || raw->file != 0)) {
        places_key_error(&l->places, raw->mrt,
                         "an MRT file says all; like and file are for others");
        return;
    }
    if (raw->mrt != 0) {
        load_mrt(l, raw->mrt, s);
        return;
    }
    if (raw->like == 0) {
        if (raw->here != 0) { /* else that table is missing has been told */
            places_error(&l->places, raw->here, "expected the key like, or mrt");
        }
        return;
    }
    s->table = load_row(l, raw->like, CATALOG_TABLES, "unknown table");
    s->table_name = l->catalog->rows[CATALOG_TABLES][s->table].model;
    check_counts(l, raw->like, s);
    if (raw->file != 0) {
        load_file(l, raw->file, s);
    }
}

static void load_keys(struct loader *l, const struct raw_memory *raw, struct memory_scenario *s)
{
    if (raw->cat6k != 0 && strcmp(places_text(&l->places, raw->cat6k), VERSION) != 0) {
        places_error(&l->places, raw->cat6k, "version '%.40s'; this program reads version %s",
                     places_text(&l->places, raw->cat6k), VERSION);
    }
    s->scenario.config.title = load_text(l, raw->title, TITLE_BYTES, s->scenario.path);
    load_figures(l);
    s->catalog = l->catalog;
    s->router = load_row(l, raw->router, CATALOG_ROUTERS, "unknown router");
    s->ios = load_row(l, raw->ios, CATALOG_IOS, "unknown release of IOS");
    load_table(l, &raw->table, s);
    load_into(l, raw->into, s->into);
    load_observed(l, &raw->observed, s);
    load_expectations(l);
}

static uint32_t read_tree(struct loader *l, const char *const *overrides, size_t n_overrides)
{
    uint32_t root = places_read_file(&l->places, l->scenario->path);
    bool ok = root != 0;
    for (size_t i = 0; root != 0 && i < n_overrides; i++) {
        ok &= places_set(&l->places, root, overrides[i]);
    }
    return ok ? root : 0;
}

bool memory_load(const char *path, const char *const *overrides, size_t n_overrides,
                 struct arena *mem, struct memory_scenario *s, struct error *err)
{
    struct catalog_text texts[CATALOG_N_TEXTS];
    struct catalog *catalog = arena_take(mem, sizeof *catalog);
    unsigned n_before = err->n_messages;
    *s = (struct memory_scenario){.scenario.path = arena_printf(mem, "%s", path)};
    struct loader l = {.mem = mem, .catalog = catalog, .scenario = &s->scenario};
    catalog_built_in(texts);
    if (!catalog_load(texts, mem, catalog, err)) {
        return false;
    }
    s->plain = catalog;
    l.config = &s->scenario.config;
    places_open(&l.places, mem, err);
    uint32_t root = read_tree(&l, overrides, n_overrides);
    if (root == 0) {
        return false;
    }
    struct raw_memory *raw = schema_load(&l.places, root, &memory_schema);
    struct raw_scenario shared = {.expect = raw->expect,
                                  .expect_count = raw->expect_count,
                                  .figures = raw->figures,
                                  .figures_count = raw->figures_count};
    l.raw = &shared;
    load_open_lists(&l);
    load_keys(&l, raw, s);
    schema_free(&memory_schema, raw);
    return err->n_messages == n_before;
}
