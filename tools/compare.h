/* compare.h - two scenarios over a range of load: what was found, and its renderings. */
#ifndef TOOLS_COMPARE_H
#define TOOLS_COMPARE_H

#include <jansson.h>
#include <stdbool.h>

#include "sim/error.h"
#include "tools/figures.h"
#include "tools/load.h"
#include "tools/simulate.h"

struct arena;
struct output;

/* The most utilised resource of a kind. */
struct kind_use {
    const char *kind;
    const char *module;
    int64_t ppm;
};

/* What is kept of one run. Its texts live in mem, one arena per point: points are run on several
 * threads. */
struct point {
    struct arena *mem;
    bool good; /* else *err says why it could not be run */
    struct error err;
    struct figures figures; /* without the histogram */
    const char *bottleneck; /* words_bottleneck() */
    const char *limit;      /* words_limit() */
    const char *unsettled;  /* words_unsettled() */
    const char *full_fib;   /* words_full_fib() */
    size_t n_kinds;
    struct kind_use *kinds;
    json_t *json; /* json_results() */
    char *csv;    /* lines of report_write_csv() */
};

#define COMPARE_N_SIDES 2

/* Both sides at every load. */
struct compare {
    struct loaded sides[COMPARE_N_SIDES]; /* A, B */
    struct loads loads;
    struct point *points[COMPARE_N_SIDES]; /* by load */
};

/* The highest load. */
const struct point *compare_last(const struct compare *c, size_t side);

/* The busiest of a kind at a point; NULL when there is none of that kind. */
const struct kind_use *compare_kind(const struct point *p, const char *kind);

/* The kinds of both sides at the highest load, A's first; returns how many. */
#define COMPARE_MAX_KINDS 32
size_t compare_kinds(const struct compare *c, const struct kind_use *kinds[COMPARE_MAX_KINDS]);

/* The most that was delivered at any load. */
uint64_t compare_most_pps(const struct compare *c, size_t side);

void compare_text(const struct compare *c, struct arena *mem, FILE *out);

/* Writes the scripts; draws them when `draw`. false with an error of the output when gnuplot is
 * missing or fails. */
bool compare_plots(const struct compare *c, bool draw, struct output *o, struct arena *mem);

#endif /* TOOLS_COMPARE_H */
