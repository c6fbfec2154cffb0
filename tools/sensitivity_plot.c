/* sensitivity_plot.c - what the template plot/sensitivity.gp is to show. */
#include <stdlib.h>

#include "sim/arena.h"
#include "tools/describe.h"
#include "tools/output.h"
#include "tools/plot.h"
#include "tools/sensitivity.h"

#define MOST_ROWS 12 /* that can be told apart */

/* One panel each. */
static const enum answer panels[] = {ANSWER_PPS, ANSWER_P50, ANSWER_P99};

/* What is too little is no bar. */
static void change_cell(FILE *script, const struct sensitivity *s, const struct trial *t,
                        enum answer a)
{
    int64_t ppm = t->good ? sensitivity_change_ppm(s, t, a) : 0;
    plot_cell_number(script, llabs(ppm) < answer_kinds[a].least_ppm ? 0 : ppm);
}

static void constant_row(FILE *script, const struct sensitivity *s, const struct constant *c,
                         struct arena *mem)
{
    const struct assumption *a = c->assumed;
    plot_cell(script, a->name);
    plot_cell(script, arena_printf(mem, "%s (%s to %s)", a->value, a->low, a->high));
    for (size_t i = 0; i < sizeof panels / sizeof *panels; i++) {
        for (size_t end = 0; end < SENSITIVITY_ENDS; end++) {
            change_cell(script, s, &c->at[end], panels[i]);
        }
    }
    plot_row(script);
}

/* Returns how many rows there are, at least one. */
static size_t write_rows(FILE *script, const struct sensitivity *s, struct arena *mem)
{
    size_t n = 0;
    for (; n < s->n_constants && n < MOST_ROWS && s->constants[n].matters; n++) {
        constant_row(script, s, &s->constants[n], mem);
    }
    if (n == 0) {
        fputs("none of them\tmoves an answer\t0\t0\t0\t0\t0\t0\n", script);
    }
    return n > 0 ? n : 1;
}

bool sensitivity_plot(const struct sensitivity *s, bool draw, struct output *o, struct arena *mem)
{
    static const enum plot_name names[] = {PLOT_SENSITIVITY};
    FILE *script = plot_open(o, PLOT_SENSITIVITY);
    if (script == NULL) {
        return false;
    }
    plot_text(script, "subtitle",
              arena_printf(mem, "%s: %s", s->loaded.title,
                           describe_chassis(&s->loaded.scenario.config, mem)));
    plot_begin(script, "changes");
    size_t n_rows = write_rows(script, s, mem);
    plot_end(script);
    plot_number(script, "n_rows", n_rows);
    plot_close(o, PLOT_SENSITIVITY, script);
    return plot_draw(o, names, 1, draw);
}
