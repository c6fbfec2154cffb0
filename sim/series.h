/* series.h - values over time: a report taken again and again.
 *
 *   0     1     2    ...    n       times, evenly over the run
 *   |-----|-----|-----------|
 *   sample() at each: report_value() in the same order --> a column for each, a row for each time
 *
 * Samples are taken by events between windows, so a packet pays nothing; whatever a report can show
 * can be sampled. Rows with ready_ps before the time have been through a stage, the others not.
 */
#ifndef SIM_SERIES_H
#define SIM_SERIES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;
struct report;
struct scheduler;

#define SERIES_MOST 10000u

struct series_column {
    const char *module, *statistic, *unit;
    int64_t *values; /* [n_taken] */
};

struct series {
    uint32_t n; /* intervals: n + 1 samples */
    uint32_t n_taken;
    int64_t until_ps;
    int64_t *at_ps;
    struct series_column *columns;
    size_t n_columns;
    void (*sample)(void *context, int64_t now_ps, struct report *out);
    void *context;
    struct scheduler *scheduler;
    struct arena *mem;
};

/* From time 0 to until_ps, at which the run ends: 1 .. SERIES_MOST intervals of equal length, but for
 * rounding down to whole picoseconds. sample() adds values only, and the same ones each time. *s must
 * live as long as the run. */
void series_open(struct series *s, uint32_t n, int64_t until_ps,
                 void (*sample)(void *context, int64_t now_ps, struct report *out), void *context,
                 struct scheduler *scheduler, struct arena *mem);

/* The last sample, when the run is over. */
void series_end(struct series *s);

/* NULL: there is no such column. */
const struct series_column *series_get(const struct series *s, const char *module,
                                       const char *statistic);

/* A line for each time: "time_ps,MODULE STATISTIC (UNIT),...". Fields are quoted as in RFC 4180. */
void series_write_csv(const struct series *s, FILE *out);

#endif /* SIM_SERIES_H */
