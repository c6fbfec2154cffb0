/* scenario_figures.c - `figures:`, the catalogue as one would like it for this run.
 *
 *   "DFC3BXL.latency = 1us"       the row's title, its figure, another value
 *
 * As an override, figures[]=DFC3BXL.latency = 2us, it takes the place of what the file says.
 *
 * The scenario then has a catalogue of its own: a copy with these values, made anew from its rows.
 */
#include <string.h>

#include "scenarios/loader.h"
#include "scenarios/nearest.h"
#include "sim/arena.h"
#include "sim/error.h"

struct assignment {
    const char *title, *figure, *value;
};

/* Without the spaces around it. */
static const char *trimmed(struct loader *l, const char *begin, const char *end)
{
    while (begin < end && *begin == ' ') {
        begin++;
    }
    while (end > begin && end[-1] == ' ') {
        end--;
    }
    return arena_printf(l->mem, "%.*s", (int)(end - begin), begin);
}

/* "title.figure = value"; figures have no dot in their names, values may. */
static bool take_apart(struct loader *l, uint32_t place, struct assignment *a)
{
    const char *text = places_text(&l->places, place), *equals = strchr(text, '=');
    const char *dot = equals != NULL ? memrchr(text, '.', (size_t)(equals - text)) : NULL;
    if (dot == NULL) {
        return places_error(&l->places, place,
                            "'%.60s'; expected a figure as in DFC3BXL.latency = 1us", text);
    }
    a->title = trimmed(l, text, dot);
    a->figure = trimmed(l, dot + 1, equals);
    a->value = trimmed(l, equals + 1, text + strlen(text));
    return true;
}

/* Says which row was meant, or which figure: of all rows of that title, which are of several kinds
 * when a supervisor has ports. */
static bool report(struct loader *l, uint32_t place, const struct assignment *a)
{
    const struct catalog *c = l->catalog;
    uint32_t n_titles = 0, n_figures = 0;
    for (uint32_t kind = 0; kind < CATALOG_N_TEXTS; kind++) {
        n_titles += c->n_rows[kind];
    }
    const char **titles = arena_take_array(l->mem, n_titles, sizeof *titles);
    const char *figures[CATALOG_N_TEXTS * CATALOG_MAX_FIGURES], *nearest;
    n_titles = 0;
    for (uint32_t kind = 0; kind < CATALOG_N_TEXTS; kind++) {
        for (uint32_t i = 0; i < c->n_rows[kind]; i++) {
            const struct catalog_row *row = &c->rows[kind][i];
            titles[n_titles++] = row->title;
            const struct figure_rule *rules = figure_rules[kind];
            for (uint32_t f = 0; strcmp(row->title, a->title) == 0 && rules[f].name != NULL; f++) {
                figures[n_figures] = rules[f].name;
                n_figures += row->figures[f].value != NULL;
            }
        }
    }
    bool known = n_figures > 0;
    nearest = known ? nearest_word(a->figure, figures, n_figures)
                    : nearest_word(a->title, titles, n_titles);
    return places_error(&l->places, place, "%s '%.40s'%s%s; `cat6k catalog%s%s` lists them",
                        known ? "unknown figure" : "unknown model", known ? a->figure : a->title,
                        nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                        known ? " " : "", known ? a->title : "");
}

/* The figure that is meant, and its rule; NULL when there is none. */
static struct figure *find(const struct catalog *c, const struct assignment *a,
                           const struct figure_rule **rule)
{
    for (uint32_t kind = 0; kind < CATALOG_N_TEXTS; kind++) {
        uint32_t row = catalog_find(c, kind, a->title);
        const struct figure_rule *rules = figure_rules[kind];
        for (uint32_t f = 0; row < c->n_rows[kind] && rules[f].name != NULL; f++) {
            struct figure *figure = &c->rows[kind][row].figures[f];
            if (figure->value != NULL && strcmp(rules[f].name, a->figure) == 0) {
                *rule = &rules[f];
                return figure;
            }
        }
    }
    return NULL;
}

static void copy_rows(struct loader *l, struct catalog *c)
{
    for (uint32_t kind = 0; kind < CATALOG_N_TEXTS; kind++) {
        size_t bytes = c->n_rows[kind] * sizeof *c->rows[kind];
        struct catalog_row *rows = arena_take(l->mem, bytes);
        memcpy(rows, c->rows[kind], bytes);
        c->rows[kind] = rows;
    }
}

static void apply(struct loader *l, struct catalog *c, uint32_t place)
{
    static const char why_own[] = "as the scenario says";
    struct assignment a = {NULL, NULL, NULL};
    const struct figure_rule *rule;
    char why[FIGURE_WHY];
    if (!take_apart(l, place, &a)) {
        return;
    }
    struct figure *figure = find(c, &a, &rule);
    if (figure == NULL) {
        report(l, place, &a);
    } else if (figure->taken.why == why_own && l->places.all[place].line != 0) {
        places_error(&l->places, place, "%s.%s twice", a.title, a.figure);
    } else if (!figure_check(rule, a.value, why)) {
        places_error(&l->places, place, "%s", why);
    } else {
        struct figure before = *figure;
        struct catalog_fault fault = {0};
        figure->value = a.value;
        figure->taken = (struct source){SOURCE_ASSUMED, why_own};
        if (!catalog_build(c, l->mem, &fault)) {
            places_error(&l->places, place, "%s: %s", c->rows[fault.kind][fault.row].title,
                         fault.why);
            *figure = before;
        }
    }
}

void load_figures(struct loader *l)
{
    struct scenario *s = l->scenario;
    if (l->raw->figures_count == 0) {
        return;
    }
    struct catalog *own = arena_take(l->mem, sizeof *own);
    *own = *l->catalog;
    copy_rows(l, own);
    const char **texts = arena_take_array(l->mem, l->raw->figures_count, sizeof *texts);
    for (uint32_t i = 0; i < l->raw->figures_count; i++) {
        if (l->raw->figures[i] != 0) {
            apply(l, own, l->raw->figures[i]);
            texts[s->n_figures++] = places_text(&l->places, l->raw->figures[i]);
        }
    }
    struct catalog_fault fault = {0};
    sim_assert(catalog_build(own, l->mem, &fault));
    s->figures = texts;
    l->catalog = own;
}
