/* compare_text.c - both scenarios in one table, and in words. */
#include "sim/arena.h"
#include "tools/compare.h"
#include "tools/describe.h"
#include "tools/number.h"
#include "tools/table.h"
#include "tools/words.h"

#define P50 0 /* in figures_quantiles */
#define P99 2

static const char *const letters[COMPARE_N_SIDES] = {"A", "B"};

static void print_side(const struct compare *c, size_t side, struct arena *mem, FILE *out)
{
    fprintf(out, "%s  %s\n", letters[side], c->sides[side].title);
    describe_scenario(&c->sides[side], 3, mem, out);
    fputc('\n', out);
}

static void point_cells(struct table *t, const struct figures *f)
{
    char text[NUMBER_TEXT];
    table_cell(t, "%.3f", (double)f->delivered_pps / 1e6);
    table_cell(t, "%s", number_percent(text, f->loss_ppm));
    table_cell(t, "%s", number_us(text, f->latency_ps[P50]));
    table_cell(t, "%s", number_us(text, f->latency_ps[P99]));
}

static void print_points(const struct compare *c, struct arena *mem, FILE *out)
{
    static const char *const heading[] = {"Load",   "A offered", "B offered", "A Mpps",
                                          "A lost", "A p50 us",  "A p99 us",  "B Mpps",
                                          "B lost", "B p50 us",  "B p99 us"};
    struct table t;
    table_open(&t, "rrrrrrrrrrr", mem);
    for (size_t i = 0; i < t.n_columns; i++) {
        table_cell(&t, "%s", heading[i]);
    }
    for (size_t i = 0; i < c->loads.n; i++) {
        const struct figures *a = &c->points[0][i].figures, *b = &c->points[1][i].figures;
        char text[NUMBER_TEXT];
        table_cell(&t, "%s", number_percent(text, c->loads.ppm[i]));
        table_cell(&t, "%.3f", (double)a->offered_pps / 1e6);
        table_cell(&t, "%.3f", (double)b->offered_pps / 1e6);
        point_cells(&t, a);
        point_cells(&t, b);
    }
    table_print(&t, out);
}

static void kind_cells(struct table *t, const struct kind_use *use)
{
    char text[NUMBER_TEXT];
    table_cell(t, "%s", use == NULL ? "-" : number_percent(text, use->ppm));
    table_cell(t, "%s", use == NULL ? "-" : use->module);
}

static void print_kinds(const struct compare *c, struct arena *mem, FILE *out)
{
    const struct kind_use *kinds[COMPARE_MAX_KINDS];
    size_t n = compare_kinds(c, kinds);
    struct table t;
    table_open(&t, "lrlrl", mem);
    table_cell(&t, "Busiest at the highest load");
    table_cell(&t, "A");
    table_cell(&t, "%s", "");
    table_cell(&t, "B");
    table_cell(&t, "%s", "");
    for (size_t i = 0; i < n; i++) {
        table_cell(&t, "%s", words_kind(kinds[i]->kind));
        kind_cells(&t, compare_kind(compare_last(c, 0), kinds[i]->kind));
        kind_cells(&t, compare_kind(compare_last(c, 1), kinds[i]->kind));
    }
    table_print(&t, out);
}

/* "15%, 25%..40%": the loads at which a side did not settle; "" when it always did. */
static const char *unsettled_loads(const struct compare *c, size_t side, struct arena *mem)
{
    const struct point *points = c->points[side];
    const char *list = "";
    for (size_t i = 0; i < c->loads.n; i++) {
        size_t first = i;
        if (points[i].unsettled == NULL) {
            continue;
        }
        while (i + 1 < c->loads.n && points[i + 1].unsettled != NULL) {
            i++;
        }
        list = arena_printf(mem, "%s%s%g%%", list, *list == '\0' ? "" : ", ",
                            (double)c->loads.ppm[first] / 1e4);
        if (i > first) {
            list = arena_printf(mem, "%s..%g%%", list, (double)c->loads.ppm[i] / 1e4);
        }
    }
    return list;
}

static void print_limit(const struct compare *c, size_t side, struct arena *mem, FILE *out)
{
    const struct point *last = compare_last(c, side);
    const char *unsettled = unsettled_loads(c, side, mem);
    char most[NUMBER_TEXT];
    number_si(most, compare_most_pps(c, side), "pps");
    text_wrapped(arena_printf(mem, "%s: at most %s were delivered. At the highest load: %s",
                              letters[side], most, last->bottleneck),
                 0, 3, out);
    if (last->full_fib != NULL) {
        text_wrapped(last->full_fib, 3, 3, out);
    }
    if (*unsettled != '\0') {
        text_wrapped(arena_printf(mem,
                                  "Queues were still growing at the end with a load of %s: there, "
                                  "loss and latency depend on how long the run is.",
                                  unsettled),
                     3, 3, out);
    }
}

static void print_verdict(const struct compare *c, struct arena *mem, FILE *out)
{
    const struct figures *a = &compare_last(c, 0)->figures, *b = &compare_last(c, 1)->figures;
    char a_time[NUMBER_TEXT], b_time[NUMBER_TEXT];
    if (a->delivered_pps == 0 || b->delivered_pps == 0) {
        return;
    }
    const char *text = arena_printf(
        mem,
        "At the highest load, B delivers %.2f times as many packets as A, with a median latency "
        "of %s where A has %s.",
        (double)b->delivered_pps / (double)a->delivered_pps,
        number_time(b_time, (int64_t)b->latency_ps[P50]),
        number_time(a_time, (int64_t)a->latency_ps[P50]));
    text_wrapped(text, 0, 0, out);
}

void compare_text(const struct compare *c, struct arena *mem, FILE *out)
{
    for (size_t side = 0; side < COMPARE_N_SIDES; side++) {
        print_side(c, side, mem, out);
    }
    print_points(c, mem, out);
    print_kinds(c, mem, out);
    for (size_t side = 0; side < COMPARE_N_SIDES; side++) {
        print_limit(c, side, mem, out);
    }
    print_verdict(c, mem, out);
}
