/* expect.h - what a scenario expects of its results.
 *
 *   expect:
 *     - point: P7                                      # its name
 *       what: ports 1-24 to another slot, share of line rate
 *       measure: "{stream left.delivered} / {stream left.offered}"       # expression.h
 *       value: 0.833                                   # or a word; or one of
 *                                                      #   between: 29Mpps, 31.3Mpps
 *                                                      #   at_most: 500kpps   at_least: 1
 *       tolerance: 2%                                  # of the value; or 1pp: percentage points;
 *                                                      # or exact, the default
 *       origin: derived                                # or measured, or vendor claim
 *       source: "[S16] (derived: 20 of 24 Gbps)"       # source.h
 *       set: ["traffic[0].frames=128B"]                # in a run of its own, with these settings
 *       explained: "..."                               # why it is known not to be met
 */
#ifndef SCENARIOS_EXPECT_H
#define SCENARIOS_EXPECT_H

#include <stddef.h>
#include <stdint.h>

#include "scenarios/amount.h"
#include "scenarios/expression.h"

struct error;

enum bound { BOUND_VALUE, BOUND_BETWEEN, BOUND_AT_MOST, BOUND_AT_LEAST };
enum tolerance { TOLERANCE_EXACT, TOLERANCE_RELATIVE, TOLERANCE_POINTS };

struct expectation {
    const char *point, *what, *origin, *source;
    const char *explained; /* NULL: nothing to explain */
    const char *measure_text, *bound_text, *tolerance_text;
    const struct expression *measure;
    enum bound bound;
    struct amount low, high; /* the value; the bounds, of which one may be missing */
    enum tolerance tolerance;
    uint64_t tolerance_ppm;
    size_t n_settings;
    const char *const *settings; /* "path=value" */

    /* Where the measure is written. */
    const char *file, *path;
    unsigned line, column;
    bool in_one_line; /* then the column goes on with the text */
};

/* Says what is wrong so many bytes into the measure. Returns false. */
bool expectation_error(const struct expectation *e, unsigned at, const char *why,
                       struct error *err);

/* The measure in these results, and whether it is as expected. false with *err when that cannot be
 * told: no such result, or one of another unit. */
bool expectation_judge(const struct expectation *e, const struct results *results,
                       struct amount *measured, bool *met, struct error *err);

/* Whether both are of one run. */
bool expectation_same_settings(const struct expectation *a, const struct expectation *b);

#endif /* SCENARIOS_EXPECT_H */
