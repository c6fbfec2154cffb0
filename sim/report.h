/* report.h - what a run says: values, resources and histograms, in the order they were added.
 *
 * Models hand over module, name, unit and an integer; nothing is formatted before it is written.
 * Writers: JSON (stable keys with units) and long-form CSV (run, module, statistic, unit, value).
 */
#ifndef SIM_REPORT_H
#define SIM_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;
struct histogram;
struct series;

struct report_value {
    const char *module;    /* "engine 5 PFC3BXL" */
    const char *statistic; /* "lookups" */
    const char *unit;      /* "packets", "bytes", "ps", "ppm", "slots", "1" ... */
    int64_t value;
};

struct report_text {
    const char *module, *statistic;
    const char *text;
};

struct report_histogram {
    const char *module, *statistic, *unit;
    const struct histogram *histogram;
};

/* Something with a rate that work competes for: a link, a channel, the bus, an engine. Counts and
 * times are those of the measured interval. */
struct report_resource {
    const char *module;       /* "fabric channel 1/0 to the card" */
    const char *kind;         /* "engine", "bus", "channel", "port", "uplink", "cpu" */
    const char *work;         /* what it works on: "lookups", "bits", "cycles" */
    uint64_t rate;            /* work per second */
    uint64_t offered, served; /* work */
    uint64_t n_dropped;       /* packets refused for want of room in its queue */
    int64_t busy_ps, interval_ps;
    int64_t backlog_first_ps, backlog_last_ps; /* work waiting, as time, at the interval's ends */
};

struct report {
    struct arena *mem;
    struct report_value *values;
    size_t n_values;
    struct report_text *texts;
    size_t n_texts;
    struct report_histogram *histograms;
    size_t n_histograms;
    struct report_resource *resources;
    size_t n_resources;
    const struct series *series; /* NULL: none */
    size_t room_values, room_texts, room_histograms, room_resources;
};

void report_open(struct report *r, struct arena *mem);

/* Strings are kept by reference: literals, or made with arena_printf() in r->mem. */
void report_value(struct report *r, const char *module, const char *statistic, const char *unit,
                  int64_t value);
void report_text(struct report *r, const char *module, const char *statistic, const char *text);
void report_histogram(struct report *r, const char *module, const char *statistic, const char *unit,
                      const struct histogram *histogram);
void report_resource(struct report *r, const struct report_resource *resource);

/* The value of module/statistic; fallback when there is none. */
int64_t report_get(const struct report *r, const char *module, const char *statistic,
                   int64_t fallback);
const char *report_get_text(const struct report *r, const char *module, const char *statistic);
const struct histogram *report_get_histogram(const struct report *r, const char *module,
                                             const char *statistic);

/* Busy for at least 99.9 % of the interval. */
bool report_never_idle(const struct report_resource *resource);

/* Whether it finds no steady state: its queue grew over the interval by more than a tenth of it, or
 * by more than a hundredth of it where it was never idle and does not work on bits. */
bool report_grows(const struct report_resource *resource);

/* Whether it lost packets, or its queue grows. */
bool report_overloaded(const struct report_resource *resource);

/* The resource that limits the run, or NULL when none does: of those that are overloaded the most
 * utilised; among equals the one offered most beyond its rate, then the first in pipeline order. */
const struct report_resource *report_bottleneck(const struct report *r);

/* Long form: a line "run,module,statistic,unit,value" per value, resource figure and quantile.
 * Fields are quoted as in RFC 4180; lines end with '\n' alone, for grep and gnuplot. */
void report_write_csv(const struct report *r, const char *run, FILE *out);

#endif /* SIM_REPORT_H */
