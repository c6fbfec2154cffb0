/* scenario.c - reading a scenario: the order of its parts, and the readers they share. */
#include "scenarios/scenario.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/loader.h"
#include "scenarios/nearest.h"
#include "scenarios/route_file.h"
#include "sim/arena.h"
#include "sim/error.h"

#define SCHEMA_VERSION "1" /* of the language */
#define TITLE_BYTES 200
#define NAME_BYTES 40

/* --- Readers of one value ------------------------------------------------------------------- */

uint64_t load_quantity(struct loader *l, uint32_t place, enum unit unit, uint64_t min, uint64_t max,
                       uint64_t otherwise)
{
    struct quantity q;
    char why[QUANTITY_WHY];
    if (place == 0) {
        return otherwise;
    }
    if (!quantity_parse(places_text(&l->places, place), UNITS(unit), &q, why) ||
        !quantity_in_range(q, min, max, why)) {
        places_error(&l->places, place, "%s", why);
        return otherwise;
    }
    return q.value;
}

int64_t load_time(struct loader *l, uint32_t place, int64_t min_ps, int64_t max_ps,
                  int64_t otherwise)
{
    return (int64_t)load_quantity(l, place, UNIT_PS, (uint64_t)min_ps, (uint64_t)max_ps,
                                  (uint64_t)otherwise);
}

uint64_t load_count(struct loader *l, uint32_t place, uint64_t min, uint64_t max,
                    uint64_t otherwise)
{
    return load_quantity(l, place, UNIT_COUNT, min, max, otherwise);
}

static void report_word(struct loader *l, uint32_t place, const char *what,
                        const char *const *words, uint32_t n)
{
    char list[300] = "";
    size_t length = 0;
    for (uint32_t i = 0; i < n && length < sizeof list; i++) {
        const char *separator = i == 0 ? "" : i + 1 < n ? ", " : " or ";
        length +=
            (size_t)snprintf(list + length, sizeof list - length, "%s%s", separator, words[i]);
    }
    const char *text = places_text(&l->places, place), *nearest = nearest_word(text, words, n);
    if (nearest != NULL) {
        places_error(&l->places, place, "%s '%.40s'; did you mean %s? expected %s", what, text,
                     nearest, list);
    } else {
        places_error(&l->places, place, "%s '%.40s'; expected %s", what, text, list);
    }
}

uint32_t load_word(struct loader *l, uint32_t place, const char *what, const char *const *words,
                   uint32_t n, uint32_t otherwise)
{
    for (uint32_t i = 0; place != 0 && i < n; i++) {
        if (strcmp(places_text(&l->places, place), words[i]) == 0) {
            return i;
        }
    }
    if (place != 0) {
        report_word(l, place, what, words, n);
    }
    return otherwise;
}

bool load_yes(struct loader *l, uint32_t place, bool otherwise)
{
    static const char *const words[] = {"no", "yes"};

    return load_word(l, place, "unknown answer", words, 2, otherwise) == 1;
}

const char *load_text(struct loader *l, uint32_t place, size_t max, const char *otherwise)
{
    if (place == 0) {
        return otherwise;
    }
    const char *text = places_text(&l->places, place);
    for (const char *c = text; *c != '\0'; c++) {
        if (iscntrl((unsigned char)*c)) {
            places_error(&l->places, place, "expected one line of text");
            return otherwise;
        }
    }
    if (text[0] == '\0' || strlen(text) > max) {
        places_error(&l->places, place, "expected a text of 1 to %zu bytes", max);
        return otherwise;
    }
    return text;
}

const char *load_name(struct loader *l, uint32_t place)
{
    const char *name = load_text(l, place, NAME_BYTES, NULL);
    for (const char *c = name; c != NULL && *c != '\0'; c++) {
        if (!isalnum((unsigned char)*c) && strchr(" -_.", *c) == NULL) {
            places_error(&l->places, place, "expected letters, digits, spaces and - _ .");
            break;
        }
    }
    return name;
}

bool next_item(const char **text, char *item)
{
    return figure_next(text, ',', item);
}

/* --- Assumptions and notes ------------------------------------------------------------------ */

void load_open_lists(struct loader *l)
{
    struct scenario *s = l->scenario;
    uint32_t n_most = LOADER_MAX_ROWS * CATALOG_MAX_FIGURES + LOADER_MAX_OWN;
    l->assumptions = arena_take_array(l->mem, n_most, sizeof *l->assumptions);
    l->notes = arena_take_array(l->mem, LOADER_MAX_NOTES, sizeof *l->notes);
    s->assumptions = l->assumptions;
    s->notes = l->notes;
}

void add_assumption(struct loader *l, struct assumption assumption)
{
    struct scenario *s = l->scenario;
    for (size_t i = 0; i < s->n_assumptions; i++) {
        if (strcmp(l->assumptions[i].name, assumption.name) == 0) {
            return;
        }
    }
    l->assumptions[s->n_assumptions++] = assumption;
}

void add_note(struct loader *l, const char *note)
{
    sim_assert(l->scenario->n_notes < LOADER_MAX_NOTES);
    l->notes[l->scenario->n_notes++] = note;
}

/* --- The whole ------------------------------------------------------------------------------ */

/* "scenarios/distributed.yaml" --> "distributed" */
static const char *title_of(struct loader *l, const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    int length = dot != NULL && dot > base ? (int)(dot - base) : (int)strlen(base);
    return arena_printf(l->mem, "%.*s", length, base);
}

static void load_head(struct loader *l)
{
    uint32_t version = l->raw->cat6k;
    if (version != 0 && strcmp(places_text(&l->places, version), SCHEMA_VERSION) != 0) {
        places_error(&l->places, version, "version '%.40s'; this program reads version %s",
                     places_text(&l->places, version), SCHEMA_VERSION);
    }
    const char *title = title_of(l, l->scenario->path);
    l->config->title = load_text(l, l->raw->title, TITLE_BYTES, title);
}

static uint32_t read_tree(struct loader *l, const char *path, const char *const *overrides,
                          size_t n_overrides)
{
    uint32_t root = places_read_file(&l->places, path);
    bool ok = root != 0;
    for (size_t i = 0; root != 0 && i < n_overrides; i++) {
        ok &= places_set(&l->places, root, overrides[i]);
    }
    return ok ? root : 0;
}

bool load_scenario(const struct catalog *catalog, const char *path, const char *const *overrides,
                   size_t n_overrides, struct arena *mem, struct scenario *scenario,
                   struct error *err)
{
    struct loader l = {
        .mem = mem, .catalog = catalog, .scenario = scenario, .config = &scenario->config};
    unsigned n_before = err->n_messages;
    *scenario = (struct scenario){.path = arena_printf(mem, "%s", path)};
    places_open(&l.places, mem, err);
    uint32_t root = read_tree(&l, scenario->path, overrides, n_overrides);
    if (root == 0) {
        return false;
    }
    struct raw_scenario *raw = schema_load(&l.places, root, &scenario_schema);
    l.raw = raw;
    load_open_lists(&l);
    load_head(&l);
    load_run(&l);
    load_figures(&l);
    load_chassis(&l);
    load_assume(&l);
    load_port_channels(&l);
    load_oir(&l);
    load_vrfs(&l);
    load_sessions(&l);
    load_routes(&l);
    load_bgp(&l);
    load_limits(&l);
    load_qos(&l);
    load_queues(&l);
    load_netflow(&l);
    load_acls(&l);
    load_acl_section(&l);
    load_policy_maps(&l);
    load_interface_features(&l);
    load_policer_uses(&l);
    load_access_changes(&l);
    load_traffic(&l);
    load_keepalives(&l);
    load_expectations(&l);
    schema_free(&scenario_schema, raw);
    return err->n_messages == n_before;
}

bool scenario_load(const char *path, const char *const *overrides, size_t n_overrides,
                   struct arena *mem, struct scenario *scenario, struct error *err)
{
    struct catalog_text texts[CATALOG_N_TEXTS];
    struct catalog catalog;
    catalog_built_in(texts);
    return catalog_load(texts, mem, &catalog, err) &&
           load_scenario(&catalog, path, overrides, n_overrides, mem, scenario, err);
}

bool scenario_load_routes(const struct scenario *scenario, struct arena *mem,
                          struct route_table *table, struct error *err)
{
    bool read = true;

    *table = (struct route_table){0};
    if (scenario->routes == ROUTES_SYNTHETIC) {
        read = internet_table(&scenario->synthetic, mem, table, err);
    } else if (scenario->routes == ROUTES_FILE) {
        read = route_file_read(scenario_routes_path(scenario, mem), mem, table, err);
    }
    if (read) {
        route_table_into_vrf(table, scenario->config.feed_vrf);
    }
    if (read && scenario->config.growth.n_routes > 0) {
        route_table_delay(table, scenario->config.growth.n_routes, mem);
    }
    return read;
}
