/* fib_show.c - how full an engine's TCAM is, for reports: where labels have no partition of their own,
 * they are counted in with IPv4. */
#include "models/fib.h"
#include "sim/arena.h"
#include "sim/report.h"

uint64_t fib_slots_used(const struct fib *fib, uint32_t engine)
{
    const uint64_t *n = fib->engines[engine].n_entries;
    return n[FIB_IPV4] * fib->ipv4_slots + n[FIB_MPLS] * FIB_SLOTS_IPV4 +
           n[FIB_IPV6] * FIB_SLOTS_IPV6;
}

uint64_t fib_adjacencies_used(const struct fib *fib, uint32_t engine)
{
    struct arena *scratch = arena_open();
    bool *seen = arena_take_array(scratch, fib->n_adjacencies, sizeof *seen);
    uint64_t n = 0;
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        const uint32_t *column = fib->engines[engine].adjacency[family];
        for (uint32_t id = LPM_NONE + 1; id < fib->n_ids[family]; id++) {
            const struct adjacency *a = &fib->adjacencies[column[id]];
            if (column[id] != FIB_ADJACENCY_NONE && !seen[column[id]]) {
                seen[column[id]] = true;
                n += a->kind == ADJACENCY_PATHS ? a->n_buckets : 1;
            }
        }
    }
    arena_close(scratch);
    return n;
}

void fib_show(const struct fib *all, uint32_t engine, const char *name, struct report *out)
{
    static const char *const names[FIB_N_PARTITIONS] = {"ipv4", "ipv6", "mpls"};
    const struct fib_engine *fib = &all->engines[engine];

    for (int p = 0; p < FIB_N_PARTITIONS; p++) {
        const struct {
            const char *what, *unit;
            uint64_t value;
        } rows[] = {
            {"entries", "entries", fib->n_entries[p]},
            {"capacity", "entries", fib_capacity(all, fib, (enum fib_partition)p)},
            {"refused", "entries", fib->n_refused[p]},
            {"evicted", "entries", fib->n_evicted[p]},
            {"exception", "1", fib->exception[p]},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            const char *statistic = arena_printf(out->mem, "fib_%s_%s", names[p], rows[i].what);
            if (p != FIB_MPLS || fib->capacity[p] > 0) {
                report_value(out, name, statistic, rows[i].unit, (int64_t)rows[i].value);
            }
        }
    }
    if (all->vrfs != NULL && fib->capacity[FIB_MPLS] == 0) {
        report_value(out, name, "fib_mpls_entries", "entries", (int64_t)fib->n_labels);
    }
}
