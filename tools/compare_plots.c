/* compare_plots.c - what the templates plot/compare-*.gp are to show. */
#include "sim/arena.h"
#include "tools/compare.h"
#include "tools/describe.h"
#include "tools/number.h"
#include "tools/output.h"
#include "tools/plot.h"
#include "tools/words.h"

#define P50 0 /* in figures_quantiles */
#define P99 2

static const char *const titles[COMPARE_N_SIDES] = {"title_a", "title_b"};
static const char *const tables[COMPARE_N_SIDES] = {"a", "b"};
static const char *const rates[COMPARE_N_SIDES] = {"rate_a", "rate_b"};
static const char *const limits[COMPARE_N_SIDES] = {"limit_a", "limit_b"};
static const char *const ends_pps[COMPARE_N_SIDES] = {"end_a_pps", "end_b_pps"};

/* Returns at how many of them queues were still growing. */
static uint64_t write_points(FILE *script, const struct compare *c, size_t side)
{
    uint64_t n_unsettled = 0;
    plot_begin(script, tables[side]);
    for (size_t i = 0; i < c->loads.n; i++) {
        const struct figures *f = &c->points[side][i].figures;
        plot_cell_number(script, (int64_t)f->offered_pps);
        plot_cell_number(script, (int64_t)f->delivered_pps);
        plot_cell_number(script, (int64_t)f->latency_ps[P50]);
        plot_cell_number(script, (int64_t)f->latency_ps[P99]);
        plot_cell_number(script, c->points[side][i].unsettled != NULL);
        plot_row(script);
        n_unsettled += c->points[side][i].unsettled != NULL;
    }
    plot_end(script);
    return n_unsettled;
}

/* What is said at the end of a side's line: "31.25 Mpps", "the shared bus". */
static void write_end(FILE *script, const struct compare *c, size_t side)
{
    const struct point *last = compare_last(c, side);
    char rate[NUMBER_TEXT];
    plot_text(script, rates[side], number_si(rate, last->figures.delivered_pps, "pps"));
    plot_text(script, limits[side], last->limit);
    plot_number(script, ends_pps[side], last->figures.delivered_pps);
}

static void write_head(FILE *script, const struct compare *c, struct arena *mem)
{
    const struct loaded *l = &c->sides[0];
    for (size_t side = 0; side < COMPARE_N_SIDES; side++) {
        plot_text(script, titles[side], c->sides[side].title);
    }
    plot_text(script, "subtitle",
              arena_printf(mem, "%s, %s", describe_chassis(&l->scenario.config, mem),
                           describe_routes(l, mem)));
}

static void line_plot(const struct compare *c, enum plot_name name, struct output *o,
                      struct arena *mem)
{
    FILE *script = plot_open(o, name);
    if (script == NULL) {
        return;
    }
    write_head(script, c, mem);
    uint64_t n_unsettled = 0;
    for (size_t side = 0; side < COMPARE_N_SIDES; side++) {
        n_unsettled += write_points(script, c, side);
        write_end(script, c, side);
    }
    plot_number(script, "n_unsettled", n_unsettled);
    plot_close(o, name, script);
}

static void use_cell(FILE *script, const struct kind_use *use)
{
    plot_cell_number(script, use == NULL ? -1 : use->ppm);
}

static void utilisation_plot(const struct compare *c, struct output *o, struct arena *mem)
{
    FILE *script = plot_open(o, PLOT_COMPARE_UTILISATION);
    if (script == NULL) {
        return;
    }
    const struct kind_use *kinds[COMPARE_MAX_KINDS];
    size_t n = compare_kinds(c, kinds);
    write_head(script, c, mem);
    plot_begin(script, "busy");
    size_t n_rows = 0;
    for (size_t i = 0; i < n; i++) {
        const struct kind_use *a = compare_kind(compare_last(c, 0), kinds[i]->kind);
        const struct kind_use *b = compare_kind(compare_last(c, 1), kinds[i]->kind);
        if ((a == NULL || a->ppm == 0) && (b == NULL || b->ppm == 0)) {
            continue; /* nobody used it */
        }
        plot_cell(script, words_kind(kinds[i]->kind));
        use_cell(script, a);
        use_cell(script, b);
        plot_row(script);
        n_rows++;
    }
    plot_end(script);
    plot_number(script, "n_rows", n_rows);
    plot_close(o, PLOT_COMPARE_UTILISATION, script);
}

bool compare_plots(const struct compare *c, bool draw, struct output *o, struct arena *mem)
{
    static const enum plot_name names[] = {PLOT_COMPARE_THROUGHPUT, PLOT_COMPARE_LATENCY,
                                           PLOT_COMPARE_UTILISATION};
    line_plot(c, PLOT_COMPARE_THROUGHPUT, o, mem);
    line_plot(c, PLOT_COMPARE_LATENCY, o, mem);
    utilisation_plot(c, o, mem);
    return plot_draw(o, names, sizeof names / sizeof names[0], draw);
}
