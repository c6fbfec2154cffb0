/* cmd_catalog.c - what one can order, and what is known of it: every figure with its meaning and
 * its source. */
#include <stdio.h>
#include <string.h>

#include "scenarios/catalog.h"
#include "scenarios/nearest.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tools/command.h"
#include "tools/json.h"
#include "tools/table.h"

static const struct argp_option catalog_options[] = {
    {"json", 'J', NULL, 0, "print JSON", 0}, OPTION_QUIET, {0}};

static const char *const kind_names[CATALOG_N_TEXTS] = {
    [CATALOG_CHASSIS] = "chassis",    [CATALOG_SUPERVISORS] = "supervisor",
    [CATALOG_FABRICS] = "fabric",     [CATALOG_ENGINES] = "forwarding engine",
    [CATALOG_LINECARDS] = "linecard", [CATALOG_ROUTERS] = "memory of a router",
    [CATALOG_IOS] = "IOS release",    [CATALOG_TABLES] = "BGP table",
};

/* --- All of them: a table for each kind, with some of the figures ----------------------------- */

#define MAX_COLUMNS 6

struct listing {
    const char *heading;
    uint32_t figures[MAX_COLUMNS]; /* ended by one that no row has */
};

static const struct listing listings[CATALOG_N_TEXTS] = {
    [CATALOG_CHASSIS] = {"Chassis",
                         {CHASSIS_SLOTS, CHASSIS_SUP1_SLOTS, CHASSIS_SUP720_SLOTS,
                          CHASSIS_SUP2T_SLOTS, CHASSIS_FABRIC_SLOTS, CATALOG_MAX_FIGURES}},
    [CATALOG_SUPERVISORS] = {"Supervisors",
                             {SUPERVISOR_PFC, SUPERVISOR_MSFC, SUPERVISOR_FABRIC,
                              SUPERVISOR_SOFTWARE, CATALOG_MAX_FIGURES}},
    [CATALOG_FABRICS] = {"Switch fabrics",
                         {FABRIC_MODULE, FABRIC_SPEEDS, FABRIC_CHANNELS, CATALOG_MAX_FIGURES}},
    [CATALOG_ENGINES] = {"Forwarding engines",
                         {ENGINE_CENTRAL, ENGINE_CEF256, ENGINE_CEF720, ENGINE_CEF2T,
                          ENGINE_TCAM_SLOTS, CATALOG_MAX_FIGURES}},
    [CATALOG_LINECARDS] = {"Linecards, and the ports of supervisors",
                           {CARD_CLASS, CARD_PORT_RATE, CARD_CHANNELS, CARD_CHANNEL_RATE,
                            CATALOG_MAX_FIGURES}},
    [CATALOG_ROUTERS] = {"Memory of routers and MSFCs",
                         {ROUTER_MAIN, ROUTER_IO, ROUTER_IMAGE, ROUTER_BOOT, CATALOG_MAX_FIGURES}},
    [CATALOG_IOS] = {"Releases of IOS: sizes of what a table takes",
                     {TRAIN_NETWORK, TRAIN_PATH, TRAIN_ATTRIBUTE, TRAIN_NDB, TRAIN_CEF,
                      CATALOG_MAX_FIGURES}},
    [CATALOG_TABLES] = {"BGP tables",
                        {TABLE_NETWORKS, TABLE_PATHS, TABLE_ATTRIBUTES, TABLE_AS_PATHS,
                         CATALOG_MAX_FIGURES}},
};

static uint32_t n_columns(enum catalog_kind kind)
{
    uint32_t n = 0;
    while (listings[kind].figures[n] != CATALOG_MAX_FIGURES) {
        n++;
    }
    return n;
}

static void list_kind(const struct catalog *c, enum catalog_kind kind, struct arena *mem)
{
    struct table t;
    uint32_t n = n_columns(kind);
    bool cards = kind == CATALOG_LINECARDS;
    table_open(&t, arena_printf(mem, "%.*s", (int)(1 + cards + n), "lllllll"), mem);
    table_cell(&t, "model");
    for (uint32_t f = 0; f < n; f++) {
        table_cell(&t, "%s", figure_rules[kind][listings[kind].figures[f]].name);
    }
    if (cards) {
        table_cell(&t, "ports");
    }
    for (uint32_t i = 0; i < c->n_rows[kind]; i++) {
        const struct catalog_row *row = &c->rows[kind][i];
        table_cell(&t, "%s", row->title);
        for (uint32_t f = 0; f < n; f++) {
            const char *value = row->figures[listings[kind].figures[f]].value;
            table_cell(&t, "%s", value != NULL ? value : "-");
        }
        if (cards) {
            table_cell(&t, "%u", c->linecards[i].type.n_ports);
        }
    }
    printf("%s\n", listings[kind].heading);
    table_print(&t, stdout);
}

/* --- One of them ---------------------------------------------------------------------------- */

/* Keys in the order in which they are met. */
struct keys {
    struct arena *mem;
    uint32_t n;
    const char *of[64];
};

static void add_key(struct keys *keys, const char *key, size_t length)
{
    for (uint32_t i = 0; i < keys->n; i++) {
        if (strlen(keys->of[i]) == length && strncmp(keys->of[i], key, length) == 0) {
            return;
        }
    }
    if (keys->n < sizeof keys->of / sizeof keys->of[0]) {
        keys->of[keys->n++] = arena_printf(keys->mem, "%.*s", (int)length, key);
    }
}

static void add_keys(struct keys *keys, const char *source)
{
    for (const char *key = strchr(source, '['); key != NULL; key = strchr(key, '[')) {
        size_t length = strcspn(++key, "]");
        add_key(keys, key, length);
    }
}

/* "rx_buffer = 166kB: receive buffer" and where that is from. */
static void explain_figure(const struct figure_rule *rule, const struct figure *f,
                           struct arena *mem)
{
    text_wrapped(arena_printf(mem, "%s = %s: %s", rule->name, f->value, rule->meaning), 2, 4,
                 stdout);
    const char *range = "";
    if (f->range != NULL) {
        bool ends = strstr(f->range, "..") != NULL;
        range = arena_printf(mem, "%s %s: ", ends ? "within" : "one of", f->range);
    }
    text_wrapped(arena_printf(mem, "%s%s", range, f->source), 6, 8, stdout);
}

static void explain_row(const struct catalog *c, enum catalog_kind kind, uint32_t i,
                        struct keys *keys)
{
    const struct catalog_row *row = &c->rows[kind][i];
    const struct figure_rule *rules = figure_rules[kind];
    bool of_supervisor = kind == CATALOG_LINECARDS && c->linecards[i].of_supervisor;
    printf("%s, %s%s%s\n", row->model, of_supervisor ? "its ports" : kind_names[kind],
           row->mode != NULL ? ", mode: " : "", row->mode != NULL ? row->mode : "");
    for (uint32_t f = 0; rules[f].name != NULL; f++) {
        if (row->figures[f].value != NULL) {
            explain_figure(&rules[f], &row->figures[f], keys->mem);
            add_keys(keys, row->figures[f].source);
        }
    }
    putchar('\n');
}

static void explain_keys(const struct keys *keys)
{
    puts("Sources");
    for (uint32_t i = 0; i < keys->n; i++) {
        const char *title = catalog_source(keys->of[i], strlen(keys->of[i]), keys->mem);
        text_wrapped(arena_printf(keys->mem, "[%s] %s", keys->of[i], title), 2, 6, stdout);
    }
    puts("\nvendor: the vendor's documents, or people repeating them; derived: arithmetic on "
         "others;\n"
         "assumed: nobody has published it. Figures can be changed for a run: see `figures` in a\n"
         "scenario.");
}

/* --- JSON ----------------------------------------------------------------------------------- */

static json_t *figures_json(enum catalog_kind kind, const struct catalog_row *row)
{
    json_t *figures = json_object();
    const struct figure_rule *rules = figure_rules[kind];
    for (uint32_t f = 0; rules[f].name != NULL; f++) {
        const struct figure *it = &row->figures[f];
        if (it->value != NULL) {
            json_object_set_new(figures, rules[f].name,
                                json_pack("{s:s, s:s, s:s, s:s?, s:s?}", "value", it->value,
                                          "meaning", rules[f].meaning, "source", it->source, "low",
                                          it->low, "high", it->high));
        }
    }
    return figures;
}

static json_t *row_json(enum catalog_kind kind, const struct catalog_row *row)
{
    return json_pack("{s:s, s:s, s:s?, s:o}", "kind", kind_names[kind], "model", row->model, "mode",
                     row->mode, "figures", figures_json(kind, row));
}

/* --- The command ---------------------------------------------------------------------------- */

static bool is_asked(const struct catalog_row *row, const struct options *options, size_t *which)
{
    for (*which = 0; *which < options->n_files; (*which)++) {
        const char *name = options->files[*which];
        if (strcmp(row->model, name) == 0 || strcmp(row->title, name) == 0) {
            return true;
        }
    }
    return options->n_files == 0;
}

/* Each model that was asked for is there. */
static bool check_models(const struct catalog *c, const struct options *options, struct arena *mem,
                         struct error *err)
{
    uint32_t n = 0;
    for (uint32_t kind = 0; kind < CATALOG_N_TEXTS; kind++) {
        n += c->n_rows[kind];
    }
    const char **models = arena_take_array(mem, n, sizeof *models);
    bool *known = arena_take_array(mem, options->n_files + 1, sizeof *known);
    n = 0;
    for (uint32_t kind = 0; kind < CATALOG_N_TEXTS; kind++) {
        for (uint32_t i = 0; i < c->n_rows[kind]; i++) {
            size_t which;
            models[n++] = c->rows[kind][i].title;
            known[is_asked(&c->rows[kind][i], options, &which) ? which : options->n_files] = true;
        }
    }
    bool all = true;
    for (size_t i = 0; i < options->n_files; i++) {
        const char *nearest = nearest_word(options->files[i], models, n);
        if (!known[i]) {
            all = error_add(err, "unknown model \"%.60s\"%s%s; `cat6k catalog` lists them",
                            options->files[i], nearest != NULL ? "; did you mean " : "",
                            nearest != NULL ? nearest : "");
        }
    }
    return all;
}

static void print_json(const struct catalog *c, const struct options *options)
{
    json_t *json = json_head("catalog"), *rows = json_array();
    size_t which;
    for (uint32_t kind = 0; kind < CATALOG_N_TEXTS; kind++) {
        for (uint32_t i = 0; i < c->n_rows[kind]; i++) {
            if (is_asked(&c->rows[kind][i], options, &which)) {
                json_array_append_new(rows, row_json(kind, &c->rows[kind][i]));
            }
        }
    }
    json_object_set_new(json, "rows", rows);
    json_write(json, 2, stdout);
}

static void print_text(const struct catalog *c, const struct options *options, struct arena *mem)
{
    struct keys keys = {.mem = mem};
    size_t which;
    for (uint32_t kind = 0; kind < CATALOG_N_TEXTS; kind++) {
        if (options->n_files == 0) {
            list_kind(c, kind, mem);
        }
        for (uint32_t i = 0; options->n_files > 0 && i < c->n_rows[kind]; i++) {
            if (is_asked(&c->rows[kind][i], options, &which)) {
                explain_row(c, kind, i, &keys);
            }
        }
    }
    if (options->n_files > 0) {
        explain_keys(&keys);
    }
}

static enum exit_code catalog_command(const struct options *options, struct arena *mem,
                                      struct error *err)
{
    struct catalog_text texts[CATALOG_N_TEXTS];
    struct catalog catalog;
    catalog_built_in(texts);
    if (!catalog_load(texts, mem, &catalog, err) || !check_models(&catalog, options, mem, err)) {
        return EXIT_INPUT;
    }
    if (options->json) {
        print_json(&catalog, options);
    } else if (!options->quiet) {
        print_text(&catalog, options, mem);
    }
    return EXIT_OK;
}

const struct command cmd_catalog = {
    .name = "catalog",
    .run = catalog_command,
    .help = "what a chassis can be built of, each figure with its source",
    .usage = {.options = catalog_options,
              .files = "[MODEL...]",
              .help = "Lists chassis, supervisors, fabrics, forwarding engines and linecards, or "
                      "explains each figure of a MODEL: what it means, where it is from, and the "
                      "range of what is assumed.",
              .least_files = 0,
              .most_files = SIZE_MAX},
};
