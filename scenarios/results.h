/* results.h - the report of a run as names, each with its amount: what an expectation can ask for.
 *
 *   "module.statistic", as in the columns of result.csv and the texts of result.json, and:
 *     X_pps            of packets counted, X_bps of X_bytes, per second of the measured interval
 *     X_bps, X_per_s   of the work of a resource (offered, served)
 *     utilisation      how much of the measured interval a resource was busy
 */
#ifndef SCENARIOS_RESULTS_H
#define SCENARIOS_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "scenarios/amount.h"

struct arena;
struct report;

struct result {
    const char *module, *statistic;
    const char *name; /* "module.statistic" */
    struct amount amount;
};

struct results {
    size_t n;
    struct result *of;
    bool idle; /* the run has not been: every number is 0, which is no mistake when it divides */
    struct arena *mem;
};

/* Keeps the report's strings. */
void results_of(const struct report *report, bool idle, struct arena *mem, struct results *results);

/* The next one from number `from` on whose name is that of the pattern, in which * stands for any
 * characters; NULL: no more. */
const struct result *results_next(const struct results *results, const char *pattern, size_t from);

/* For a name that is no result's: a sentence on what was meant, or what there is; from mem. */
const char *results_suggest(const struct results *results, const char *name);

#endif /* SCENARIOS_RESULTS_H */
