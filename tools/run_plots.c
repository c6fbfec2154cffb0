#include "tools/run_plots.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/histogram.h"
#include "sim/series.h"
#include "tools/figures.h"
#include "tools/number.h"
#include "tools/output.h"
#include "tools/plot.h"
#include "tools/simulate.h"
#include "tools/words.h"

static void longer_row(FILE *script, uint64_t ps, uint64_t longer, uint64_t of)
{
    plot_cell_number(script, (int64_t)ps);
    plot_cell_number(script, (int64_t)longer);
    plot_cell_number(script, (int64_t)of);
    plot_row(script);
}

/* A block, under its name, of the steps of 1 - CDF: from ps on, so many of all take longer. */
static void write_longer(FILE *script, const char *name, const struct histogram *h)
{
    uint64_t longer = h->n;
    plot_cell(script, name);
    plot_row(script);
    longer_row(script, h->min, longer, h->n);
    for (uint32_t i = 0; i < HISTOGRAM_N_BUCKETS; i++) {
        uint64_t high = histogram_bucket_high(i);
        longer -= h->buckets[i];
        if (h->buckets[i] > 0 && longer > 0) {
            longer_row(script, high, longer, h->n);
        }
    }
    longer_row(script, h->max, 0, h->n);
    fputs("\n\n", script);
}

static void latency_plot(const struct report *r, const struct figures *f, struct output *o,
                         const char *subtitle)
{
    FILE *script = plot_open(o, PLOT_LATENCY);
    if (script == NULL) {
        return;
    }
    uint64_t n_blocks = 0;
    plot_begin(script, "longer");
    if (f->latency != NULL && f->latency->n > 0) {
        write_longer(script, "in total", f->latency);
        n_blocks++;
    }
    for (size_t i = 0; i < r->n_histograms; i++) {
        const struct report_histogram *h = &r->histograms[i];
        if (n_blocks > 0 && figures_is_stage_time(h)) {
            write_longer(script, h->module, h->histogram);
            n_blocks++;
        }
    }
    plot_end(script);
    plot_number(script, "n_blocks", n_blocks);
    plot_number(script, "n_packets", n_blocks > 0 ? f->latency->n : 1);
    plot_text(script, "subtitle", subtitle);
    plot_close(o, PLOT_LATENCY, script);
}

static void utilisation_plot(const struct report *r, struct output *o, const char *subtitle,
                             struct arena *mem)
{
    FILE *script = plot_open(o, PLOT_UTILISATION);
    if (script == NULL) {
        return;
    }
    struct resource_group *groups;
    size_t n = figures_groups(r, false, mem, &groups);
    plot_begin(script, "busy");
    for (size_t i = 0; i < n; i++) {
        const struct resource_group *g = &groups[i];
        plot_cell(script, g->n == 1 ? g->name : arena_printf(mem, "%s (%zu)", g->name, g->n));
        plot_cell_number(script, g->mean_ppm);
        plot_cell_number(script, g->most_ppm);
        plot_cell_number(script, g->limits);
        plot_cell_number(script, (int64_t)g->n);
        plot_row(script);
    }
    plot_end(script);
    plot_number(script, "n_rows", n);
    plot_text(script, "subtitle", subtitle);
    plot_close(o, PLOT_UTILISATION, script);
}

enum fate { FATE_DELIVERED, FATE_LOST, FATE_INSIDE };

static void fate_row(FILE *script, const char *name, uint64_t n, const struct figures *f,
                     enum fate fate)
{
    int64_t ppm = share_ppm(n, f->offered);
    plot_cell(script, name);
    plot_cell_number(script, ppm == 0 && n > 0 ? 1 : ppm);
    plot_cell_number(script, fate);
    plot_row(script);
}

/* In two lines where the reason has a comma; gnuplot turns \n into a line end. */
static const char *loss_label(const struct loss *loss, struct arena *mem)
{
    const char *reason = words_reason(loss, mem);
    const char *comma = strstr(reason, ", ");
    return comma == NULL
               ? arena_printf(mem, "lost: %s", reason)
               : arena_printf(mem, "lost: %.*s,\\n%s", (int)(comma - reason), reason, comma + 2);
}

static void packets_plot(const struct report *r, const struct figures *f, struct output *o,
                         const char *subtitle, struct arena *mem)
{
    FILE *script = plot_open(o, PLOT_PACKETS);
    if (script == NULL) {
        return;
    }
    struct loss *losses;
    size_t n = figures_losses(r, mem, &losses);
    plot_begin(script, "fate");
    fate_row(script, "delivered", f->delivered, f, FATE_DELIVERED);
    for (size_t i = 0; i < n; i++) {
        const char *name = loss_label(&losses[i], mem);
        fate_row(script, name, losses[i].n, f, FATE_LOST);
    }
    uint64_t gathered = f->inside_end > f->inside_start ? f->inside_end - f->inside_start : 0;
    if (gathered > 0) { /* delivered + lost + gathered = offered */
        fate_row(script, "gathered inside", gathered, f, FATE_INSIDE);
    }
    plot_end(script);
    plot_number(script, "n_rows", n + 1 + (gathered > 0));
    plot_text(script, "subtitle", subtitle);
    plot_close(o, PLOT_PACKETS, script);
}

static int64_t value_at(const struct series_column *column, uint32_t i)
{
    return column == NULL ? 0 : column->values[i];
}

/* How much a counter rose in the interval that ends with sample i, per second. */
static int64_t rate_at(const struct series *s, const struct series_column *column, uint32_t i)
{
    int64_t rise = value_at(column, i) - value_at(column, i - 1);
    return (int64_t)rate_per_s((uint64_t)rise, s->at_ps[i] - s->at_ps[i - 1]);
}

/* The PFC is the last engine of the pipeline. */
static void find_pfc(const struct series *s, const struct series_column *entries[IP_N_FAMILIES])
{
    for (size_t c = 0; c < s->n_columns; c++) {
        const struct series_column *column = &s->columns[c];
        if (strcmp(column->statistic, "fib_ipv4_entries") == 0) {
            entries[IPV4] = column;
        } else if (strcmp(column->statistic, "fib_ipv6_entries") == 0) {
            entries[IPV6] = column;
        }
    }
}

/* Of the right axis: all of it, or where little changes only where it does. */
static void put_range(FILE *script, int64_t least, int64_t most)
{
    bool close = least < most && most - least < most / 2;
    int64_t low = close ? least : 0, margin = (most - low) / 20 + 1;
    plot_number(script, "routes_low", (uint64_t)(low > margin ? low - margin : 0));
    plot_number(script, "routes_high", (uint64_t)(most + margin));
}

enum { OFFERED, DELIVERED, CAME, LOST, N_RATES };

/* What is lost may be much less than what is delivered, and yet the point: then both are shown on
 * a logarithmic scale. */
static void put_time(FILE *script, const struct series *s)
{
    bool seconds = s->until_ps >= 1000000000000;
    plot_text(script, "unit_name", seconds ? "seconds" : "milliseconds");
    fprintf(script, "unit_ps = %s\n", seconds ? "1e12" : "1e9");
}

static void series_plot(const struct series *s, struct output *o, const char *subtitle)
{
    const struct series_column *columns[N_RATES] = {
        series_get(s, "run", "offered"), series_get(s, "run", "delivered"),
        series_get(s, "msfc", "came"), series_get(s, "run", "dropped")};
    const struct series_column *routes[] = {series_get(s, "msfc", "rib_ipv4_prefixes"),
                                            series_get(s, "msfc", "rib_ipv6_prefixes")};
    const struct series_column *entries[IP_N_FAMILIES] = {NULL};
    int64_t highest[N_RATES] = {0}, least = INT64_MAX, most = 0;
    FILE *script = plot_open(o, PLOT_SERIES);
    if (script == NULL) {
        return;
    }
    find_pfc(s, entries);
    plot_begin(script, "series");
    for (uint32_t i = 1; i < s->n_taken; i++) {
        plot_cell_number(script, s->at_ps[i]);
        for (size_t k = 0; k < N_RATES; k++) {
            int64_t rate = rate_at(s, columns[k], i);
            highest[k] = rate > highest[k] ? rate : highest[k];
            plot_cell_number(script, rate);
        }
        int64_t known = value_at(routes[IPV4], i) + value_at(routes[IPV6], i);
        int64_t held = value_at(entries[IPV4], i) + value_at(entries[IPV6], i);
        plot_cell_number(script, known);
        plot_cell_number(script, held);
        plot_row(script);
        least = held < least ? held : least;
        most = known > most ? known : most;
    }
    plot_end(script);
    put_range(script, least, most);
    plot_number(script, "logarithmic", highest[LOST] > 0 && highest[LOST] < highest[OFFERED] / 10);
    put_time(script, s);
    plot_text(script, "subtitle", subtitle);
    plot_close(o, PLOT_SERIES, script);
}

/* A packet's time is spent when it begins: just before a sample it may be of the next interval. */
static int64_t share_at(const struct series *s, const struct series_column *column, uint32_t i)
{
    int64_t ppm = share_ppm((uint64_t)(value_at(column, i) - value_at(column, i - 1)),
                            (uint64_t)(s->at_ps[i] - s->at_ps[i - 1]));
    return ppm < 1000000 ? ppm : 1000000;
}

static void cpu_plot(const struct series *s, struct output *o, const char *subtitle)
{
    const struct series_column *interrupt = series_get(s, "MSFC CPU", "interrupt"),
                               *process = series_get(s, "MSFC CPU", "process"),
                               *up = series_get(s, "msfc", "sessions_up");
    FILE *script = plot_open(o, PLOT_CPU);
    if (script == NULL) {
        return;
    }
    plot_begin(script, "cpu");
    for (uint32_t i = 0; i < s->n_taken; i++) { /* the last interval is told twice: from and to */
        uint32_t end = i + 1 < s->n_taken ? i + 1 : i;
        int64_t of_interrupts = share_at(s, interrupt, end);
        plot_cell_number(script, s->at_ps[i]);
        plot_cell_number(script, of_interrupts);
        plot_cell_number(script, of_interrupts + share_at(s, process, end));
        plot_cell_number(script, value_at(up, i));
        plot_row(script);
    }
    plot_end(script);
    plot_number(script, "n_sessions", (uint64_t)value_at(up, 0));
    put_time(script, s);
    plot_text(script, "subtitle", subtitle);
    plot_close(o, PLOT_CPU, script);
}

bool run_plots(const struct loaded *l, const struct report *r, const struct figures *f, bool draw,
               struct output *o, struct arena *mem)
{
    static const enum plot_name names[] = {PLOT_LATENCY, PLOT_UTILISATION, PLOT_PACKETS,
                                           PLOT_SERIES, PLOT_CPU};
    const size_t n = sizeof names / sizeof names[0] - (r->series == NULL ? 2 : 0);
    const char *subtitle = words_subtitle(l, f, mem);
    latency_plot(r, f, o, subtitle);
    utilisation_plot(r, o, subtitle, mem);
    packets_plot(r, f, o, subtitle, mem);
    if (r->series != NULL) {
        series_plot(r->series, o, subtitle);
        cpu_plot(r->series, o, subtitle);
    }
    return plot_draw(o, names, n, draw);
}
