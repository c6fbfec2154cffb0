/* fib_show.c - how full an engine's TCAM is, for reports: of IPv4, labels are counted in. */
#include "models/fib.h"
#include "sim/arena.h"
#include "sim/report.h"

void fib_show(const struct fib *all, uint32_t engine, const char *name, struct report *out)
{
    const struct fib_engine *fib = &all->engines[engine];

    for (int f = 0; f < IP_N_FAMILIES; f++) {
        const struct {
            const char *what, *unit;
            uint64_t value;
        } rows[] = {
            {"entries", "entries", fib->n_entries[f]}, {"capacity", "entries", fib->capacity[f]},
            {"refused", "entries", fib->n_refused[f]}, {"evicted", "entries", fib->n_evicted[f]},
            {"exception", "1", fib->exception[f]},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            const char *statistic =
                arena_printf(out->mem, "fib_%s_%s", f == IPV4 ? "ipv4" : "ipv6", rows[i].what);
            report_value(out, name, statistic, rows[i].unit, (int64_t)rows[i].value);
        }
    }
    if (all->vrfs != NULL) {
        report_value(out, name, "fib_mpls_entries", "entries", (int64_t)fib->n_labels);
    }
}
