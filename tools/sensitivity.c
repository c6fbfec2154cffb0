#include "tools/sensitivity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/histogram.h"
#include "tools/figures.h"
#include "tools/options.h"
#include "tools/parallel.h"
#include "tools/progress.h"
#include "tools/words.h"

#define P50 0 /* in figures_quantiles */
#define P99 2

#define LEAST_PPM 1000
/* Latencies come from histograms, whose buckets are up to 1 % wide (sim/histogram.h). */
#define LEAST_TIME_PPM 10000
#define MOST_PPM 1e15 /* of a measure: what is more is no less striking */

const struct answer_kind answer_kinds[N_ANSWERS] = {
    [ANSWER_PPS] = {"delivered_pps", "Mpps", LEAST_PPM, false},
    [ANSWER_BPS] = {"delivered_bps", "Gb/s", LEAST_PPM, false},
    [ANSWER_LOSS] = {"loss_ppm", "lost", LEAST_PPM, true},
    [ANSWER_P50] = {"latency_p50_ps", "p50 us", LEAST_TIME_PPM, false},
    [ANSWER_P99] = {"latency_p99_ps", "p99 us", LEAST_TIME_PPM, false},
    [ANSWER_LOOKUP] = {"lookup_latency_p50_ps", "lookup us", LEAST_TIME_PPM, false},
    [ANSWER_CONVERGENCE] = {"convergence_ps", "converged", LEAST_PPM, false},
};

/* --- What a run answers --------------------------------------------------------------------- */

static const char *limit_of(const struct report *r, struct arena *mem)
{
    struct resource_group *groups;
    size_t n = figures_groups(r, false, mem, &groups);
    for (size_t i = 0; i < n; i++) {
        if (groups[i].limits) {
            return arena_printf(mem, "%s", groups[i].name);
        }
    }
    return "nothing";
}

/* Copies what is needed out of the report, whose memory goes with the run. */
static void keep(struct trial *t, const char *name, const struct report *r)
{
    struct figures f;
    figures_of(r, &f);
    const struct histogram *lookup = figures_lookup_latency(r, t->mem);
    t->answers[ANSWER_PPS] = (int64_t)f.delivered_pps;
    t->answers[ANSWER_BPS] = (int64_t)f.delivered_bps;
    t->answers[ANSWER_LOSS] = f.loss_ppm;
    t->answers[ANSWER_P50] = (int64_t)f.latency_ps[P50];
    t->answers[ANSWER_P99] = (int64_t)f.latency_ps[P99];
    t->answers[ANSWER_LOOKUP] =
        lookup == NULL ? 0 : (int64_t)histogram_quantile(lookup, figures_quantiles[P50].ppm);
    t->answers[ANSWER_CONVERGENCE] = figures_convergence_ps(r);
    t->limit = limit_of(r, t->mem);
    t->bottleneck = words_bottleneck(r, t->mem);
    t->unsettled = words_unsettled(r, &f, t->mem);
    size_t length;
    FILE *csv = open_memstream(&t->csv, &length);
    sim_assert(csv != NULL);
    report_write_csv(r, name, csv);
    fclose(csv);
}

/* What is measured in words is of the report, too. */
static bool judge(struct trial *t, const struct scenario *s, const struct report *r)
{
    bool told = verdicts_of(s, NULL, r, false, t->mem, &t->verdicts, &t->n_verdicts, &t->err);
    for (size_t i = 0; told && i < t->n_verdicts; i++) {
        struct amount *measured = &t->verdicts[i].measured;
        measured->word = measured->word == NULL ? NULL : arena_printf(t->mem, "%s", measured->word);
    }
    return told;
}

/* --- The constants -------------------------------------------------------------------------- */

/* As `--set` would have it: a key of the scenario, or a figure of the catalogue. */
static const char *override_of(const struct assumption *a, const char *value, struct arena *mem)
{
    const char *format = strncmp(a->name, "assume.", 7) == 0 ? "%s=%s" : "figures[]=%s = %s";
    return arena_printf(mem, format, a->name, value);
}

static void add_constant(struct sensitivity *s, const struct assumption *a, struct arena *mem)
{
    const char *const ends[SENSITIVITY_ENDS] = {a->low, a->high};
    struct constant *c = &s->constants[s->n_constants++];
    c->assumed = a;
    for (size_t i = 0; i < SENSITIVITY_ENDS; i++) {
        c->at[i].set = ends[i];
        c->at[i].override = override_of(a, ends[i], mem);
    }
}

bool sensitivity_open(struct sensitivity *s, const struct options *options, struct arena *mem,
                      struct error *err)
{
    *s = (struct sensitivity){0};
    if (!loaded_open(&s->loaded, options->files[0], options, NULL, mem, err)) {
        return false;
    }
    const struct scenario *scenario = &s->loaded.scenario;
    s->constants = arena_take_array(mem, scenario->n_assumptions, sizeof *s->constants);
    s->unranged = arena_take_array(mem, scenario->n_assumptions, sizeof *s->unranged);
    for (size_t i = 0; i < scenario->n_assumptions; i++) {
        const struct assumption *a = &scenario->assumptions[i];
        if (a->low != NULL && a->high != NULL) {
            add_constant(s, a, mem);
        } else {
            s->unranged[s->n_unranged++] = a;
        }
    }
    return true;
}

/* --- Runs ----------------------------------------------------------------------------------- */

/* What the jobs share. */
struct jobs {
    struct sensitivity *s;
    const struct options *options;
    struct progress progress;
};

static const char *value_of(const struct scenario *s, const char *name)
{
    for (size_t i = 0; i < s->n_assumptions; i++) {
        if (strcmp(s->assumptions[i].name, name) == 0) {
            return s->assumptions[i].value;
        }
    }
    return NULL;
}

/* The scenario with one constant set. Whether that changes it is seen only when it is loaded: 1us is
 * 1000ns. */
static bool load_trial(struct trial *t, const struct assumption *a, const struct jobs *jobs,
                       struct loaded *l)
{
    struct options options = *jobs->options;
    size_t n = options.n_overrides;
    const char **overrides = arena_take_array(t->mem, n + 1, sizeof *overrides);
    for (size_t i = 0; i < n; i++) {
        overrides[i] = options.overrides[i];
    }
    overrides[n] = t->override;
    options.overrides = overrides;
    options.n_overrides = n + 1;
    if (!loaded_open(l, options.files[0], &options, &jobs->s->loaded, t->mem, &t->err)) {
        return false;
    }
    const char *value = value_of(&l->scenario, a->name);
    t->same = value != NULL && strcmp(value, a->value) == 0;
    return true;
}

static int64_t run_ps(const struct sensitivity *s)
{
    const struct chassis_config *config = &s->loaded.scenario.config;
    return config->warmup_ps + config->duration_ps;
}

static void run_trial(struct trial *t, const char *name, const struct loaded *l, struct jobs *jobs)
{
    struct progress_part part = {&jobs->progress, 0};
    struct simulation sim;
    t->good = simulate(&l->scenario.config, false, NULL, &part, &sim, &t->err);
    if (t->good) {
        keep(t, name, &sim.report);
        t->good = judge(t, &l->scenario, &sim.report);
        simulation_close(&sim);
    }
    progress_tell(&part, run_ps(jobs->s));
}

/* Job 0 is the run as things are. */
static void run_job(void *context, size_t job)
{
    struct jobs *jobs = context;
    struct sensitivity *s = jobs->s;
    if (job == 0) {
        s->base.mem = arena_open();
        run_trial(&s->base, "as they are", &s->loaded, jobs);
        return;
    }
    struct constant *c = &s->constants[(job - 1) / SENSITIVITY_ENDS];
    struct trial *t = &c->at[(job - 1) % SENSITIVITY_ENDS];
    struct loaded l;
    t->mem = arena_open();
    if (load_trial(t, c->assumed, jobs, &l) && !t->same) {
        run_trial(t, arena_printf(t->mem, "%s = %s", c->assumed->name, t->set), &l, jobs);
    } else {
        progress_tell(&(struct progress_part){&jobs->progress, 0}, run_ps(s));
    }
}

/* --- Effects -------------------------------------------------------------------------------- */

enum answer sensitivity_n_answers(const struct sensitivity *s)
{
    bool writes = s->base.answers[ANSWER_CONVERGENCE] != FIGURES_NOTHING_WRITTEN;
    return writes ? N_ANSWERS : ANSWER_CONVERGENCE;
}

int64_t sensitivity_change_ppm(const struct sensitivity *s, const struct trial *t, enum answer a)
{
    __extension__ typedef __int128 wide;
    int64_t from = s->base.answers[a], difference = t->answers[a] - from;
    if (answer_kinds[a].share) {
        return difference;
    }
    if (from <= 0 || t->answers[a] < 0) { /* FIGURES_NOT_YET */
        return difference == 0 ? 0 : SENSITIVITY_FROM_0;
    }
    return (int64_t)((wide)difference * 1000000 / from);
}

int64_t sensitivity_measure_ppm(const struct sensitivity *s, const struct trial *t, size_t i)
{
    const struct amount *was = &s->base.verdicts[i].measured, *is = &t->verdicts[i].measured;
    if (was->word != NULL || is->word != NULL) {
        bool same = was->word != NULL && is->word != NULL && strcmp(was->word, is->word) == 0;
        return same ? 0 : SENSITIVITY_FROM_0;
    }
    if (was->number == 0) {
        return is->number == 0 ? 0 : SENSITIVITY_FROM_0;
    }
    double ppm = (is->number - was->number) / fabs(was->number) * 1e6;
    return (int64_t)fmin(fmax(ppm, -MOST_PPM), MOST_PPM);
}

bool sensitivity_measure_moves(const struct sensitivity *s, const struct trial *t, size_t i)
{
    const struct amount *was = &s->base.verdicts[i].measured;
    bool time = was->word == NULL && was->seconds == 1 && was->bits == 0;
    int64_t least = time ? LEAST_TIME_PPM : LEAST_PPM;
    return llabs(sensitivity_measure_ppm(s, t, i)) >= least ||
           s->base.verdicts[i].met != t->verdicts[i].met;
}

bool sensitivity_other_limit(const struct sensitivity *s, const struct trial *t)
{
    return t->good && strcmp(t->limit, s->base.limit) != 0;
}

static void find_effect(const struct sensitivity *s, struct constant *c)
{
    for (size_t i = 0; i < SENSITIVITY_ENDS; i++) {
        const struct trial *t = &c->at[i];
        for (enum answer a = 0; t->good && a < sensitivity_n_answers(s); a++) {
            int64_t ppm = llabs(sensitivity_change_ppm(s, t, a));
            if (ppm >= answer_kinds[a].least_ppm && ppm > c->effect_ppm) {
                c->effect_ppm = ppm;
            }
        }
        for (size_t v = 0; t->good && v < t->n_verdicts; v++) {
            int64_t ppm = llabs(sensitivity_measure_ppm(s, t, v));
            bool moves = sensitivity_measure_moves(s, t, v);
            c->effect_ppm = moves && ppm > c->effect_ppm ? ppm : c->effect_ppm;
            c->matters |= moves;
        }
        c->matters |= sensitivity_other_limit(s, t) || !(t->good || t->same);
    }
    c->matters |= c->effect_ppm > 0;
}

/* Equals stay in the order in which the scenario has its assumptions. */
static int by_effect(const void *left, const void *right)
{
    const struct constant *a = left, *b = right;
    if (a->matters != b->matters) {
        return a->matters ? -1 : 1;
    }
    if (a->effect_ppm != b->effect_ppm) {
        return a->effect_ppm > b->effect_ppm ? -1 : 1;
    }
    return a->assumed < b->assumed ? -1 : 1;
}

bool sensitivity_run(struct sensitivity *s, const struct options *options, struct error *err)
{
    struct jobs jobs = {.s = s, .options = options};
    size_t n = 1 + SENSITIVITY_ENDS * s->n_constants;
    progress_open(&jobs.progress, run_ps(s) * (int64_t)n, options->quiet);
    parallel(options->jobs == 0 ? parallel_processors() : options->jobs, n, run_job, &jobs);
    progress_close(&jobs.progress);
    if (!s->base.good) {
        return error_add(err, "%.*s", (int)strcspn(s->base.err.text, "\n"), s->base.err.text);
    }
    for (size_t i = 0; i < s->n_constants; i++) {
        find_effect(s, &s->constants[i]);
    }
    qsort(s->constants, s->n_constants, sizeof *s->constants, by_effect);
    return true;
}

static void close_trial(struct trial *t)
{
    error_free(&t->err);
    free(t->csv);
    arena_close(t->mem);
}

void sensitivity_close(struct sensitivity *s)
{
    close_trial(&s->base);
    for (size_t i = 0; i < s->n_constants; i++) {
        for (size_t end = 0; end < SENSITIVITY_ENDS; end++) {
            close_trial(&s->constants[i].at[end]);
        }
    }
}
