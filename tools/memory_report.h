/* memory_report.h - what comes of a memory scenario: three runs of each of its tables, as values
 * that it can expect something of.
 *
 *   global.prefixes low, prefixes, prefixes high   learned: least to most over all ranges
 *   global.pool, free at start, free at end        bytes of the processor pool, and low and high
 *   global.used low, used, used high               by the table
 *   global.bytes per prefix low, ... high          used / prefixes
 *   global.implied low, implied high               free at start / prefixes that somebody has seen
 *   global.failing bytes, failing pool, cause      of the first block that could not be had
 *   global.fails IPv4 unicast net                  share of draws from all ranges in which its block
 *                                                  was the first that could not be had
 *   global.fails a BGP chunk                       the same of networks, paths and attributes
 *   global.likeliest bytes                         asked for by the most of these draws
 *   global.largest 1 ... largest 11                names of pools, the largest first
 *   global.observed                                inside, infeasible (less can fit), above, or none
 */
#ifndef TOOLS_MEMORY_REPORT_H
#define TOOLS_MEMORY_REPORT_H

#include "scenarios/memory_scenario.h"
#include "sim/report.h"

#define MEMORY_N_DRAWS 100

struct memory_results {
    const struct memory_scenario *scenario;
    struct ios_outcome outcomes[MEMORY_N_INTO][MEMORY_N_ENDS];
    struct ios_outcome draws[MEMORY_N_INTO][MEMORY_N_DRAWS];
    uint64_t n_offered;
};

void memory_run_all(const struct memory_scenario *s, struct memory_results *results);

/* Used by the table, and of it each prefix. */
uint64_t memory_used(const struct ios_outcome *outcome);
uint64_t memory_per_prefix(const struct ios_outcome *outcome);

/* The pools, those that take most first. */
void memory_rank(const struct ios_outcome *outcome, enum ios_pool order[IOS_N_POOLS]);

/* "inside", "infeasible", "above" or "none" */
const char *memory_observed(const struct memory_results *r, enum memory_into into);

/* Draws in which the first block that could not be had was of this pool. */
uint32_t memory_n_failing(const struct memory_results *r, enum memory_into into,
                          enum ios_pool pool);

/* The size that most draws asked for in vain, the smallest of several; how many did. */
uint64_t memory_likeliest(const struct memory_results *r, enum memory_into into, uint32_t *n);

void memory_report(const struct memory_results *results, struct report *report);

#endif /* TOOLS_MEMORY_REPORT_H */
