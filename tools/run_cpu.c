#include "tools/run_cpu.h"

#include <string.h>

#include "sim/arena.h"
#include "tools/number.h"
#include "tools/table.h"

/* Where the time of the MSFC's CPU went, tenth by tenth of the interval; nothing where it was idle. */
static void print_cpu(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const levels[] = {"interrupt", "process"};
    int64_t interval_ps = report_get(r, "run", "interval", 0), sum_ps = 0;
    struct table t;
    table_open(&t, "lrrrrrrrrrrr", mem);
    table_cell(&t, "%s", "CPU of the MSFC, %");
    table_cell(&t, "%s", "mean");
    for (unsigned part = 1; part <= 10; part++) {
        table_cell(&t, "%u", part);
    }
    for (int i = 0; i < 2; i++) {
        int64_t busy_ps = report_get(r, "MSFC CPU", levels[i], 0);
        table_cell(&t, "%s", levels[i]);
        table_cell(&t, "%.1f", 100.0 * (double)busy_ps / (double)interval_ps);
        for (unsigned part = 1; part <= 10; part++) {
            const char *name = arena_printf(mem, "%s_%u", levels[i], part);
            int64_t part_ps = report_get(r, "MSFC CPU", name, 0);
            table_cell(&t, "%.1f", 1000.0 * (double)part_ps / (double)interval_ps);
        }
        sum_ps += busy_ps;
    }
    if (sum_ps > 0) {
        table_print(&t, out);
    }
}

/* What became of BGP sessions; nothing without any. */
static void print_sessions(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"BGP sessions", "hold time", "heard", "state", "withdrawn"};
    struct table t;
    table_open(&t, "lrrlr", mem);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        table_cell(&t, "%s", cells[i]);
    }
    for (size_t i = 0; i < r->n_values; i++) {
        const char *module = r->values[i].module;
        char text[NUMBER_TEXT];
        if (strncmp(module, "session ", 8) != 0 || strcmp(r->values[i].statistic, "up") != 0) {
            continue;
        }
        table_cell(&t, "%s", module + 8);
        table_cell(&t, "%s", number_time(text, report_get(r, module, "hold", 0)));
        table_cell(&t, "%s", number_count(text, (uint64_t)report_get(r, module, "total_heard", 0)));
        bool up = r->values[i].value != 0;
        table_cell(&t, "%s%s", up ? "up" : "fell at ",
                   up ? "" : number_time(text, report_get(r, module, "fell_at", 0)));
        table_cell(&t, "%s", number_count(text, (uint64_t)report_get(r, module, "withdrawn", 0)));
    }
    if (t.n_cells > t.n_columns) {
        table_print(&t, out);
    }
}

static void print_arp(const struct report *r, struct arena *mem, FILE *out)
{
    char asked[NUMBER_TEXT], answered[NUMBER_TEXT];
    int64_t n = report_get(r, "msfc", "total_arp_asked", 0);
    if (n > 0) {
        uint64_t n_answered = (uint64_t)report_get(r, "msfc", "total_arp_answered", 0);
        text_wrapped(arena_printf(mem, "ARP: %s times asked for a neighbour, %s answers.",
                                  number_count(asked, (uint64_t)n),
                                  number_count(answered, n_answered)),
                     2, 4, out);
    }
}

void run_cpu_text(const struct report *r, struct arena *mem, FILE *out)
{
    print_cpu(r, mem, out);
    print_sessions(r, mem, out);
    print_arp(r, mem, out);
}
