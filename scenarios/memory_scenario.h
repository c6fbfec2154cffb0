/* memory_scenario.h - a file for `cat6k memory`: a router, a release of IOS and a BGP table.
 *
 *   cat6k: 1
 *   title: "..."
 *   router: 2621XM-96MB             # rows of the catalogue; `figures` changes some of them
 *   ios: 12.4
 *   table:
 *     like: ris-2013                # counts of what is distinct; or, with all that is in it,
 *     mrt: rib.20130309.bz2         # an MRT file: then without like
 *     file: routes.txt.xz           # its IPv4 prefixes, in this order; the counts in proportion
 *     first: 31667                  # only so many prefixes
 *   into: global, vrf               # each in a run of its own
 *   observed: {global: 1000, vrf: 800, ...}     # what somebody has seen, and where that is from
 *   figures: [2621XM-96MB.boot = 12MiB]
 *   expect: [...]                   # expect.h
 *
 * Every figure that is assumed has a range. So each run is three: with all figures as they are, and
 * with those that make a table larger or the memory smaller at one end of their ranges and at the
 * other. What comes of it is an interval; what fails first is told by draws from all ranges.
 */
#ifndef SCENARIOS_MEMORY_SCENARIO_H
#define SCENARIOS_MEMORY_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/ios_memory.h"
#include "models/ios_table.h"
#include "models/route_table.h"
#include "scenarios/scenario.h"

struct arena;
struct error;

enum memory_into { INTO_GLOBAL, INTO_VRF, MEMORY_N_INTO };
extern const char *const memory_into_names[MEMORY_N_INTO]; /* "global", "vrf" */

/* Where in their ranges the figures are. NEED_DRAWN and all numbers from there on: each figure
 * anywhere in its range, drawn for that number. */
enum memory_end { NEED_LEAST, NEED_USUAL, NEED_MOST, MEMORY_N_ENDS, NEED_DRAWN = MEMORY_N_ENDS };

struct memory_scenario {
    struct scenario scenario; /* path, title, figures, assumptions, expectations */
    const struct catalog *catalog;
    const struct catalog *plain; /* without the scenario's figures, which have no ranges */
    uint32_t router, ios, table; /* rows */
    struct route_table routes;   /* of `file`: IPv4 only */
    struct ios_step *fed;        /* of `mrt`: then neither table nor routes count */
    size_t n_fed;
    uint64_t n_left_out; /* routes or paths of IPv6 */
    const char *table_name;
    uint64_t first; /* UINT64_MAX: all */
    bool into[MEMORY_N_INTO];
    uint64_t observed[MEMORY_N_INTO]; /* prefixes; 0: not known */
    const char *observed_source;
};

/* overrides: as in scenario_load(). All errors are collected. Everything lives in mem. */
bool memory_load(const char *path, const char *const *overrides, size_t n_overrides,
                 struct arena *mem, struct memory_scenario *s, struct error *err);

/* --- The figures as the model wants them ------------------------------------------------------ */

struct ios_router memory_router(const struct memory_scenario *s, uint32_t end);
struct ios_train memory_train(const struct memory_scenario *s, enum memory_into into, uint32_t end);
uint32_t memory_subnet_blocks(const struct memory_scenario *s, uint32_t end);
struct ios_counts memory_counts(const struct memory_scenario *s, uint32_t end);

/* Prefixes that the table has. */
uint64_t memory_n_networks(const struct memory_scenario *s);

/* Its prefixes' needs: steps[*n] in mem. most: no more of them than that. */
struct ios_step *memory_steps(const struct memory_scenario *s, enum memory_into into, uint32_t end,
                              uint64_t most, size_t *n, struct arena *mem);

void memory_run(const struct memory_scenario *s, enum memory_into into, uint32_t end, uint64_t most,
                struct ios_outcome *outcome);

#endif /* SCENARIOS_MEMORY_SCENARIO_H */
