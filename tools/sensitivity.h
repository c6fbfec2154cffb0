/* sensitivity.h - what a scenario's answers rest on: each assumed constant at the ends of its range,
 * the others as they are; and the renderings of that.
 *
 *   assumptions with a range --> constants --> a trial at each end --> effects, largest first
 */
#ifndef TOOLS_SENSITIVITY_H
#define TOOLS_SENSITIVITY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/error.h"
#include "tools/simulate.h"
#include "tools/verdict.h"

struct arena;
struct options;
struct output;

/* What is asked of each run. */
enum answer {
    ANSWER_PPS, /* delivered */
    ANSWER_BPS,
    ANSWER_LOSS,
    ANSWER_P50, /* latency */
    ANSWER_P99,
    ANSWER_LOOKUP,      /* median of the lookup latency of all engines */
    ANSWER_CONVERGENCE, /* figures_convergence_ps(); where engines are written while packets flow */
    N_ANSWERS
};

struct answer_kind {
    const char *key;     /* in JSON, with its unit */
    const char *heading; /* of its column */
    int64_t least_ppm;   /* a change below this one is none */
    bool share;          /* of the packets: its change is a difference, not a ratio */
};
extern const struct answer_kind answer_kinds[N_ANSWERS];

/* One run. Its texts live in mem, one arena per trial: trials are run on several threads. */
struct trial {
    struct arena *mem;
    const char *set;      /* what the constant was set to; NULL: the run as things are */
    const char *override; /* that as a path=value; NULL likewise */
    bool same;            /* that is what it was: not run */
    bool good;            /* else *err says why it has no answer, unless it is the same */
    struct error err;
    int64_t answers[N_ANSWERS];
    const char *limit;      /* the resource, or the group of them, that limits; "nothing" */
    const char *bottleneck; /* words_bottleneck() */
    const char *unsettled;  /* words_unsettled() */
    char *csv;              /* lines of report_write_csv() */
    size_t n_verdicts;      /* on what the scenario expects without settings of its own */
    struct verdict *verdicts;
};

#define SENSITIVITY_ENDS 2 /* the lower one, the upper one */

struct constant {
    const struct assumption *assumed;
    struct trial at[SENSITIVITY_ENDS];
    int64_t effect_ppm; /* the largest change of any answer or measure, at either end */
    bool matters;       /* an answer, a verdict or the bottleneck changes, or there is none */
};

struct sensitivity {
    struct loaded loaded;
    struct trial base;
    size_t n_constants;
    struct constant *constants; /* once run: those with the largest effect first */
    size_t n_unranged;
    const struct assumption **unranged; /* nobody can say in which range they are */
};

/* Loads the scenario and finds its constants. */
bool sensitivity_open(struct sensitivity *s, const struct options *options, struct arena *mem,
                      struct error *err);

/* Runs everything, several runs at a time, and sorts. false with *err when the scenario as it is
 * cannot be run. */
bool sensitivity_run(struct sensitivity *s, const struct options *options, struct error *err);

void sensitivity_close(struct sensitivity *s);

/* The answers of this scenario are the first so many. */
enum answer sensitivity_n_answers(const struct sensitivity *s);

/* How much an answer differs from the run as things are, in 1e-6 of it (of a share: in 1e-6). What
 * was 0 and is not counts as SENSITIVITY_FROM_0; so does convergence that one of them never sees. */
#define SENSITIVITY_FROM_0 1000000
int64_t sensitivity_change_ppm(const struct sensitivity *s, const struct trial *t, enum answer a);

/* The same of what an expectation measures; other words count as SENSITIVITY_FROM_0. i: of the
 * verdicts. */
int64_t sensitivity_measure_ppm(const struct sensitivity *s, const struct trial *t, size_t i);

/* Whether that is a change, or the verdict is another one. */
bool sensitivity_measure_moves(const struct sensitivity *s, const struct trial *t, size_t i);

/* Whether another resource limits than as things are. */
bool sensitivity_other_limit(const struct sensitivity *s, const struct trial *t);

void sensitivity_text(const struct sensitivity *s, struct arena *mem, FILE *out);

json_t *sensitivity_json(const struct sensitivity *s, struct arena *mem);

/* Writes the script; draws it when `draw`. false with an error of the output when gnuplot is
 * missing or fails. */
bool sensitivity_plot(const struct sensitivity *s, bool draw, struct output *o, struct arena *mem);

#endif /* TOOLS_SENSITIVITY_H */
