/* catalog.c - rows of the catalogue's files, each figure checked on its own.
 *
 * The files are ours, but people add cards to them: so they are read with the same care as
 * scenarios, and a figure without a source, or of unknown provenance, is refused.
 */
#include "scenarios/catalog.h"

#include <stddef.h>
#include <string.h>

#include "scenarios/nearest.h"
#include "scenarios/places.h"
#include "scenarios/schema.h"
#include "scenarios/source.h"
#include "sim/arena.h"
#include "sim/error.h"

/* --- The files' structure: a list of rows with the figures of figure_rules[] ----------------- */

struct raw_figure {
    uint32_t here, value, source, range;
};
struct raw_row {
    uint32_t here, model, mode, like;
    struct raw_figure figures[CATALOG_MAX_FIGURES];
};
struct raw_file {
    struct raw_row *rows;
    uint32_t n_rows;
};

static const char *const list_names[CATALOG_N_TEXTS] = {
    [CATALOG_CHASSIS] = "chassis",
    [CATALOG_SUPERVISORS] = "supervisors",
    [CATALOG_FABRICS] = "fabrics",
    [CATALOG_ENGINES] = "engines",
    [CATALOG_LINECARDS] = "linecards",
    [CATALOG_ROUTERS] = "routers",
    [CATALOG_IOS] = "ios",
    [CATALOG_TABLES] = "tables",
};

static const cyaml_schema_field_t figure_fields[] = {
    SCHEMA_HERE(struct raw_figure),
    SCHEMA_REQUIRED(struct raw_figure, value),
    SCHEMA_REQUIRED(struct raw_figure, source),
    SCHEMA_OPTIONAL(struct raw_figure, range),
    CYAML_FIELD_END,
};

/* The schema of one file, in one block. */
struct file_schema {
    cyaml_schema_field_t row_fields[4 + CATALOG_MAX_FIGURES + 1];
    cyaml_schema_value_t row;
    cyaml_schema_field_t file_fields[2];
    cyaml_schema_value_t file;
};

/* Of all figures each may be missing: a row `like` another has only those that differ. */
static const cyaml_schema_value_t *schema_of(struct arena *mem, enum catalog_kind kind)
{
    const cyaml_schema_field_t heads[] = {
        SCHEMA_HERE(struct raw_row),
        SCHEMA_REQUIRED(struct raw_row, model),
        SCHEMA_OPTIONAL(struct raw_row, like),
        SCHEMA_OPTIONAL(struct raw_row, mode),
    };
    struct file_schema *s = arena_take(mem, sizeof *s);
    cyaml_schema_field_t *field = s->row_fields;
    memcpy(field, heads, sizeof heads);
    field += kind == CATALOG_LINECARDS ? 4 : 3; /* only these have modes */
    const struct figure_rule *rules = figure_rules[kind];
    for (uint32_t i = 0; rules[i].name != NULL; i++) {
        *field = (cyaml_schema_field_t)CYAML_FIELD_MAPPING(
            rules[i].name, CYAML_FLAG_OPTIONAL, struct raw_row, figures[0], figure_fields);
        field++->data_offset += i * (uint32_t)sizeof(struct raw_figure);
    }
    *field = (cyaml_schema_field_t)CYAML_FIELD_END;
    s->row = (cyaml_schema_value_t){
        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_row, s->row_fields)};
    s->file_fields[0] = (cyaml_schema_field_t)CYAML_FIELD_SEQUENCE_COUNT(
        list_names[kind], CYAML_FLAG_POINTER, struct raw_file, rows, n_rows, &s->row, 0,
        CYAML_UNLIMITED);
    s->file_fields[1] = (cyaml_schema_field_t)CYAML_FIELD_END;
    s->file = (cyaml_schema_value_t){
        CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_file, s->file_fields)};
    return &s->file;
}

/* --- Rows ----------------------------------------------------------------------------------- */

struct reader {
    struct places places;
    struct arena *mem;
    struct catalog *catalog;
    enum catalog_kind kind; /* of the file being read */
};

static void read_figure(struct reader *r, const struct raw_figure *raw,
                        const struct figure_rule *rule, struct figure *figure)
{
    char why[FIGURE_WHY];
    *figure = (struct figure){.place = raw->value,
                              .value = places_text(&r->places, raw->value),
                              .source = places_text(&r->places, raw->source)};
    figure->range = raw->range != 0 ? places_text(&r->places, raw->range) : NULL;
    if (!figure_check(rule, figure->value, why)) {
        places_error(&r->places, raw->value, "%s", why);
    } else if (source_read(&r->places, raw->source, r->mem, &figure->taken) &&
               !figure_take_range(figure, rule, r->mem, why)) {
        places_error(&r->places, raw->range != 0 ? raw->range : raw->here, "%s", why);
    }
}

/* Of two rows of one model each has a mode, and another one. */
static void name_mode(struct reader *r, const struct raw_row *raw, const struct catalog_row *other,
                      struct catalog_row *row)
{
    if (row->mode == NULL || other->mode == NULL || strcmp(other->mode, row->mode) == 0) {
        places_error(&r->places, raw->model, "a second row for %s%s%s", row->model,
                     row->mode != NULL ? " " : "", row->mode != NULL ? row->mode : "");
    }
    row->title = arena_printf(r->mem, "%s %s", row->model, row->mode != NULL ? row->mode : "");
}

/* The row to begin with: a copy of the one it is like, of those before it. */
static void begin_row(struct reader *r, const struct raw_row *raw, struct catalog_row *row)
{
    struct catalog *c = r->catalog;
    if (raw->like != 0) {
        uint32_t i = catalog_find(c, r->kind, places_text(&r->places, raw->like));
        if (i == c->n_rows[r->kind]) {
            places_error(&r->places, raw->like, "no row of this name before it");
        } else {
            *row = c->rows[r->kind][i];
        }
    }
    row->place = raw->here;
    row->model = places_text(&r->places, raw->model);
    row->mode = raw->mode != 0 ? places_text(&r->places, raw->mode) : NULL;
    row->title = row->model;
    for (uint32_t i = 0; i < c->n_rows[r->kind]; i++) {
        const struct catalog_row *other = &c->rows[r->kind][i];
        if (strcmp(other->model, row->model) == 0) {
            name_mode(r, raw, other, row);
        }
    }
}

static void read_row(struct reader *r, const struct raw_row *raw, struct catalog_row *row)
{
    const struct figure_rule *rules = figure_rules[r->kind];
    begin_row(r, raw, row);
    for (uint32_t i = 0; rules[i].name != NULL; i++) {
        if (raw->figures[i].value != 0 && raw->figures[i].source != 0) {
            read_figure(r, &raw->figures[i], &rules[i], &row->figures[i]);
        } else if (row->figures[i].value == NULL && raw->figures[i].here == 0 &&
                   !rules[i].optional) {
            places_error(&r->places, raw->here, "the key %s is missing", rules[i].name);
        }
    }
}

static void read_file(struct reader *r, const struct catalog_text *text)
{
    struct catalog *c = r->catalog;
    const cyaml_schema_value_t *schema = schema_of(r->mem, r->kind);
    uint32_t root = places_read(&r->places, text->name, text->text, text->length);
    if (root == 0) {
        return;
    }
    struct raw_file *file = schema_load(&r->places, root, schema);
    c->rows[r->kind] = arena_take_array(r->mem, file->n_rows, sizeof *c->rows[r->kind]);
    for (uint32_t i = 0; i < file->n_rows; i++) {
        read_row(r, &file->rows[i], &c->rows[r->kind][i]);
        c->n_rows[r->kind]++; /* it counts among those before the next one */
    }
    schema_free(schema, file);
}

bool catalog_load(const struct catalog_text *texts, struct arena *mem, struct catalog *catalog,
                  struct error *err)
{
    unsigned n_before = err->n_messages;
    struct reader r = {.mem = mem, .catalog = catalog};
    *catalog = (struct catalog){0};
    places_open(&r.places, mem, err);
    for (r.kind = 0; r.kind < CATALOG_N_TEXTS; r.kind++) {
        read_file(&r, &texts[r.kind]);
    }
    struct catalog_fault fault = {0};
    if (err->n_messages == n_before && !catalog_build(catalog, mem, &fault)) {
        const struct catalog_row *row = &catalog->rows[fault.kind][fault.row];
        const struct figure *figure = &row->figures[fault.figure];
        bool whole = fault.figure == CATALOG_MAX_FIGURES || figure->value == NULL;
        places_error(&r.places, whole ? row->place : figure->place, "%s", fault.why);
    }
    return err->n_messages == n_before;
}

uint32_t catalog_find(const struct catalog *catalog, enum catalog_kind kind, const char *title)
{
    uint32_t i = 0;
    while (i < catalog->n_rows[kind] && strcmp(catalog->rows[kind][i].title, title) != 0) {
        i++;
    }
    return i;
}
