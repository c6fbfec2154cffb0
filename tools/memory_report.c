#include "tools/memory_report.h"

#include "sim/arena.h"

/* Only where something can fail; with the prefixes that fit at most, and the one too many. */
static void run_draws(const struct memory_scenario *s, enum memory_into into,
                      struct memory_results *results)
{
    uint64_t most = results->outcomes[into][NEED_LEAST].n_learned + 1;
    bool fails = results->outcomes[into][NEED_MOST].failure.wanted_for != NULL;
    for (uint32_t i = 0; s->into[into] && fails && i < MEMORY_N_DRAWS; i++) {
        memory_run(s, into, NEED_DRAWN + i, most, &results->draws[into][i]);
    }
}

void memory_run_all(const struct memory_scenario *s, struct memory_results *results)
{
    *results = (struct memory_results){.scenario = s, .n_offered = memory_n_networks(s)};
    for (uint32_t into = 0; into < MEMORY_N_INTO; into++) {
        for (uint32_t end = 0; s->into[into] && end < MEMORY_N_ENDS; end++) {
            memory_run(s, into, end, UINT64_MAX, &results->outcomes[into][end]);
        }
        run_draws(s, into, results);
    }
}

uint64_t memory_used(const struct ios_outcome *outcome)
{
    return outcome->end.used - outcome->start.used;
}

uint64_t memory_per_prefix(const struct ios_outcome *outcome)
{
    return outcome->n_learned == 0 ? 0 : memory_used(outcome) / outcome->n_learned;
}

void memory_rank(const struct ios_outcome *outcome, enum ios_pool order[IOS_N_POOLS])
{
    for (uint32_t i = 0; i < IOS_N_POOLS; i++) {
        uint32_t at = i;
        for (; at > 0 && outcome->pools[order[at - 1]].bytes < outcome->pools[i].bytes; at--) {
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
}

const char *memory_observed(const struct memory_results *r, enum memory_into into)
{
    const struct ios_outcome *ends = r->outcomes[into];
    uint64_t seen = r->scenario->observed[into];
    bool more_would_fit = ends[NEED_LEAST].failure.wanted_for == NULL;
    return seen == 0                                              ? "none"
           : seen > ends[NEED_LEAST].n_learned && !more_would_fit ? "infeasible"
           : seen < ends[NEED_MOST].n_learned                     ? "above"
                                                                  : "inside";
}

uint32_t memory_n_failing(const struct memory_results *r, enum memory_into into, enum ios_pool pool)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < MEMORY_N_DRAWS; i++) {
        n += r->draws[into][i].failure.wanted_for == ios_pool_names[pool];
    }
    return n;
}

uint64_t memory_likeliest(const struct memory_results *r, enum memory_into into, uint32_t *n)
{
    const struct ios_outcome *draws = r->draws[into];
    uint64_t likeliest = 0;
    *n = 0;
    for (uint32_t i = 0; i < MEMORY_N_DRAWS; i++) {
        uint64_t bytes = draws[i].failure.bytes;
        uint32_t n_same = 0;
        for (uint32_t k = 0; k < MEMORY_N_DRAWS; k++) {
            n_same += draws[k].failure.bytes == bytes;
        }
        if (n_same > *n || (n_same == *n && bytes < likeliest)) {
            *n = n_same;
            likeliest = bytes;
        }
    }
    return likeliest;
}

static void add_ends(struct report *r, const char *module, const char *statistic, const char *unit,
                     uint64_t low, uint64_t usual, uint64_t high)
{
    report_value(r, module, arena_printf(r->mem, "%s low", statistic), unit, (int64_t)low);
    report_value(r, module, statistic, unit, (int64_t)usual);
    report_value(r, module, arena_printf(r->mem, "%s high", statistic), unit, (int64_t)high);
}

static void add_failure(struct report *r, const char *module, const struct ios_failure *f)
{
    bool failed = f->wanted_for != NULL;
    report_value(r, module, "failing bytes", "bytes", (int64_t)f->bytes);
    report_value(r, module, "failing free", "bytes", (int64_t)f->free);
    report_text(r, module, "failing pool", failed ? f->wanted_for : "none");
    report_text(r, module, "cause",
                !failed         ? "none"
                : f->fragmented ? "memory fragmentation"
                                : "not enough free memory");
}

static void add_pools(struct report *r, const char *module, const struct ios_outcome *o)
{
    enum ios_pool order[IOS_N_POOLS];
    memory_rank(o, order);
    for (uint32_t i = 0; i < IOS_N_POOLS; i++) {
        const struct ios_pool_use *use = &o->pools[i];
        const char *name = ios_pool_names[i];
        report_text(r, module, arena_printf(r->mem, "largest %u", i + 1), ios_pool_names[order[i]]);
        report_value(r, module, arena_printf(r->mem, "%s bytes", name), "bytes",
                     (int64_t)use->bytes);
        report_value(r, module, arena_printf(r->mem, "%s blocks", name), "blocks",
                     (int64_t)use->n_blocks);
        report_value(r, module, arena_printf(r->mem, "%s elements", name), "elements",
                     (int64_t)use->n_elements);
    }
}

static void add_failing(struct report *r, const char *module, const struct memory_results *x,
                        enum memory_into into)
{
    uint64_t of_bgp = 0;
    for (uint32_t i = 0; i < IOS_N_POOLS; i++) {
        uint64_t ppm = memory_n_failing(x, into, i) * UINT64_C(1000000) / MEMORY_N_DRAWS;
        bool bgp = i == IOS_NETWORKS || i == IOS_PATHS || i == IOS_ATTRIBUTES;
        of_bgp += bgp ? ppm : 0;
        report_value(r, module, arena_printf(r->mem, "fails %s", ios_pool_names[i]), "ppm",
                     (int64_t)ppm);
    }
    uint32_t n;
    uint64_t likeliest = memory_likeliest(x, into, &n);
    report_value(r, module, "fails a BGP chunk", "ppm", (int64_t)of_bgp);
    report_value(r, module, "likeliest bytes", "bytes", (int64_t)likeliest);
}

static void add_into(struct report *r, const struct memory_results *x, enum memory_into into)
{
    const struct ios_outcome *o = x->outcomes[into], *usual = &o[NEED_USUAL];
    const struct ios_outcome *least = &o[NEED_LEAST], *most = &o[NEED_MOST];
    const char *module = memory_into_names[into];
    uint64_t seen = x->scenario->observed[into];
    add_ends(r, module, "prefixes", "prefixes", most->n_learned, usual->n_learned,
             least->n_learned);
    report_value(r, module, "pool", "bytes", (int64_t)usual->start.total);
    add_ends(r, module, "free at start", "bytes", most->start.free, usual->start.free,
             least->start.free);
    add_ends(r, module, "free at end", "bytes", most->end.free, usual->end.free, least->end.free);
    add_ends(r, module, "used", "bytes", memory_used(least), memory_used(usual), memory_used(most));
    add_ends(r, module, "bytes per prefix", "bytes", memory_per_prefix(least),
             memory_per_prefix(usual), memory_per_prefix(most));
    if (seen > 0) {
        report_value(r, module, "implied low", "bytes", (int64_t)(most->start.free / seen));
        report_value(r, module, "implied high", "bytes", (int64_t)(least->start.free / seen));
    }
    report_text(r, module, "observed", memory_observed(x, into));
    add_failure(r, module, &usual->failure);
    add_pools(r, module, usual);
    add_failing(r, module, x, into);
}

void memory_report(const struct memory_results *results, struct report *report)
{
    for (uint32_t into = 0; into < MEMORY_N_INTO; into++) {
        if (results->scenario->into[into]) {
            add_into(report, results, into);
        }
    }
}
