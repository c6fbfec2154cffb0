/* figures.h - what every rendering of a run says, computed once from its report, in integers. */
#ifndef TOOLS_FIGURES_H
#define TOOLS_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/report.h"

struct arena;
struct histogram;

#define FIGURES_N_QUANTILES 5

struct quantile {
    const char *name; /* "p99.9", "max" */
    const char *key;  /* the same in JSON: "p99_9" */
    uint32_t ppm;
};

extern const struct quantile figures_quantiles[FIGURES_N_QUANTILES];

/* Of the measured interval. */
struct figures {
    int64_t interval_ps;
    uint64_t offered, delivered, dropped, inside_start, inside_end; /* packets */
    uint64_t offered_bytes, delivered_bytes;                        /* frames, FCS included */
    uint64_t offered_pps, delivered_pps;
    uint64_t offered_bps, delivered_bps; /* frame bits */
    uint64_t wire_bps;                   /* delivered, with preamble and gap: L1 */
    int64_t loss_ppm;                    /* dropped, of offered */
    uint64_t latency_ps[FIGURES_N_QUANTILES];
    const struct histogram *latency; /* NULL: none */
};

void figures_of(const struct report *r, struct figures *f);

/* Names of the streams; returns how many. The interval is the run's. */
size_t figures_streams(const struct report *r, struct arena *mem, const char *const **names);
void figures_of_stream(const struct report *r, const char *stream, struct arena *mem,
                       struct figures *f);

/* Packets lost for one reason at one kind of stage. */
struct loss {
    const char *stage;  /* "port" */
    const char *reason; /* "receive_buffer_full" */
    uint64_t n;
};

/* Losses above 0, in pipeline order; returns how many, the array from mem. */
size_t figures_losses(const struct report *r, struct arena *mem, struct loss **losses);
size_t figures_stream_losses(const struct report *r, const char *stream, struct arena *mem,
                             struct loss **losses);

/* Resources of one rate that differ only by the numbers in their names: the ports, the channels. */
struct resource_group {
    const char *kind;
    const char *name; /* "port * transmit"; a single resource's own name */
    size_t n;
    int64_t least_ppm, mean_ppm, most_ppm; /* utilisation */
    const struct report_resource *busiest; /* the first of the most utilised */
    uint64_t n_dropped;                    /* all of them together */
    bool limits;                           /* the bottleneck is among them */
};

/* Groups in pipeline order; returns how many. Forwarding engines stay apart when each_engine. */
size_t figures_groups(const struct report *r, bool each_engine, struct arena *mem,
                      struct resource_group **groups);

/* How long after the last change of routes the slowest engine had it. */
#define FIGURES_NOTHING_WRITTEN 0
#define FIGURES_NOT_YET (-1)
int64_t figures_convergence_ps(const struct report *r);

/* n frames of so many bytes with their preambles and gaps. */
uint64_t figures_wire_bytes(uint64_t n, uint64_t bytes);

/* The time spent in a stage that packets did pass. */
bool figures_is_stage_time(const struct report_histogram *h);

/* Busy share of the interval. */
int64_t figures_utilisation_ppm(const struct report_resource *resource);

/* Whether x and y are of one group. */
bool figures_alike(const struct report_resource *x, const struct report_resource *y,
                   struct arena *mem);

/* How many other resources of the group of x are overloaded too. */
size_t figures_n_alike(const struct report *r, const struct report_resource *x, struct arena *mem);

/* All engines' lookups in one histogram (from mem), NULL when there are none. */
const struct histogram *figures_lookup_latency(const struct report *r, struct arena *mem);

#endif /* TOOLS_FIGURES_H */
