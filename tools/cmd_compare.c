/* cmd_compare.c - two scenarios over a range of load.
 *
 *   load points x {A, B} --> runs, several at a time --> points, in fixed order --> table, files
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "tools/command.h"
#include "tools/compare.h"
#include "tools/json.h"
#include "tools/output.h"
#include "tools/parallel.h"
#include "tools/progress.h"
#include "tools/words.h"

static const struct argp_option compare_options[] = {
    OPTION_LOAD, OPTION_FOLDER, OPTION_NO_PLOTS, OPTION_SET,
    OPTION_SEED, OPTION_JOBS,   OPTION_QUIET,    {0},
};

static const char *const letters[COMPARE_N_SIDES] = {"A", "B"};

/* What the jobs share. */
struct jobs {
    struct compare *compare;
    struct progress progress;
};

/* "A centralized 45%": which run a line of the CSV is of. */
static const char *run_name(const struct compare *c, size_t side, size_t load, struct arena *mem)
{
    return arena_printf(mem, "%s %s %g%%", letters[side],
                        file_stem(c->sides[side].scenario.path, mem),
                        (double)c->loads.ppm[load] / 1e4);
}

static void keep_kinds(struct point *p, const struct report *r)
{
    p->kinds = arena_take_array(p->mem, r->n_resources, sizeof *p->kinds);
    for (size_t i = 0; i < r->n_resources; i++) {
        const struct report_resource *x = &r->resources[i];
        struct kind_use *use = (struct kind_use *)(uintptr_t)compare_kind(p, x->kind);
        int64_t ppm = figures_utilisation_ppm(x);
        if (use == NULL) {
            use = &p->kinds[p->n_kinds++];
        } else if (ppm <= use->ppm) {
            continue;
        }
        *use = (struct kind_use){arena_printf(p->mem, "%s", x->kind),
                                 arena_printf(p->mem, "%s", x->module), ppm};
    }
}

/* Copies what is needed out of the report, whose memory goes with the run. */
static void keep(struct point *p, const char *name, const struct report *r)
{
    figures_of(r, &p->figures);
    p->bottleneck = words_bottleneck(r, p->mem);
    p->limit = words_limit(r, p->mem);
    p->unsettled = words_unsettled(r, &p->figures, p->mem);
    p->full_fib = words_full_fib(r, p->mem);
    keep_kinds(p, r);
    p->json = json_results(r, &p->figures, false, p->mem);
    size_t length;
    FILE *csv = open_memstream(&p->csv, &length);
    sim_assert(csv != NULL);
    report_write_csv(r, name, csv);
    fclose(csv);
    p->figures.latency = NULL;
}

/* Jobs come with the highest load, which takes longest, first. */
static void run_point(void *context, size_t job)
{
    struct jobs *jobs = context;
    struct compare *c = jobs->compare;
    size_t side = job % COMPARE_N_SIDES, load = c->loads.n - 1 - job / COMPARE_N_SIDES;
    struct point *p = &c->points[side][load];
    struct progress_part part = {&jobs->progress, 0};
    struct simulation sim;
    p->mem = arena_open();
    struct chassis_config config =
        load_scale(&c->sides[side].scenario.config, c->loads.ppm[load], p->mem);
    p->good = simulate(&config, false, NULL, &part, &sim, &p->err);
    if (p->good) {
        keep(p, run_name(c, side, load, p->mem), &sim.report);
        simulation_close(&sim);
    }
}

static int64_t simulated_ps(const struct compare *c)
{
    int64_t total = 0;
    for (size_t side = 0; side < COMPARE_N_SIDES; side++) {
        const struct chassis_config *config = &c->sides[side].scenario.config;
        total += (config->warmup_ps + config->duration_ps) * (int64_t)c->loads.n;
    }
    return total;
}

static void run_points(struct compare *c, const struct options *options, struct arena *mem)
{
    struct jobs jobs = {.compare = c};
    for (size_t side = 0; side < COMPARE_N_SIDES; side++) {
        c->points[side] = arena_take_array(mem, c->loads.n, sizeof *c->points[side]);
    }
    progress_open(&jobs.progress, simulated_ps(c), options->quiet);
    parallel(options->jobs == 0 ? parallel_processors() : options->jobs,
             COMPARE_N_SIDES * c->loads.n, run_point, &jobs);
    progress_close(&jobs.progress);
}

/* The first error in order of side and load, whichever was found first. */
static bool all_good(const struct compare *c, struct error *err)
{
    for (size_t side = 0; side < COMPARE_N_SIDES; side++) {
        for (size_t i = 0; i < c->loads.n; i++) {
            const struct point *p = &c->points[side][i];
            if (!p->good) {
                return error_add(err, "%.*s", (int)strcspn(p->err.text, "\n"), p->err.text);
            }
        }
    }
    return true;
}

static void close_points(struct compare *c)
{
    for (size_t side = 0; side < COMPARE_N_SIDES; side++) {
        for (size_t i = 0; i < c->loads.n; i++) {
            struct point *p = &c->points[side][i];
            error_free(&p->err);
            json_decref(p->json);
            free(p->csv);
            arena_close(p->mem);
        }
    }
}

static json_t *json_side(const struct compare *c, size_t side, struct arena *mem)
{
    json_t *json = json_scenario(&c->sides[side], mem);
    json_t *points = json_array();
    for (size_t i = 0; i < c->loads.n; i++) {
        json_t *point = json_object();
        json_object_set_new(point, "load_ppm", json_integer(c->loads.ppm[i]));
        json_object_update(point, c->points[side][i].json);
        json_array_append_new(points, point);
    }
    json_object_set_new(json, "points", points);
    return json;
}

static void write_json(const struct compare *c, struct output *o, struct arena *mem)
{
    FILE *file = output_file(o, "compare.json");
    if (file == NULL) {
        return;
    }
    json_t *json = json_head("compare");
    json_t *sides = json_array();
    for (size_t side = 0; side < COMPARE_N_SIDES; side++) {
        json_array_append_new(sides, json_side(c, side, mem));
    }
    json_object_set_new(json, "scenarios", sides);
    json_write(json, 4, file);
    output_close(o, file, "compare.json");
}

static void write_csv(const struct compare *c, struct output *o)
{
    FILE *file = output_file(o, "compare.csv");
    if (file == NULL) {
        return;
    }
    for (size_t side = 0; side < COMPARE_N_SIDES; side++) {
        for (size_t i = 0; i < c->loads.n; i++) {
            const char *csv = c->points[side][i].csv;
            fputs(side + i == 0 ? csv : strchr(csv, '\n') + 1, file); /* one heading is enough */
        }
    }
    output_close(o, file, "compare.csv");
}

static bool write_results(const struct compare *c, const struct options *options, struct arena *mem,
                          struct error *err)
{
    struct output o;
    output_open(&o, options->folder, mem, err);
    write_json(c, &o, mem);
    write_csv(c, &o);
    bool drawn = compare_plots(c, !options->no_plots, &o, mem);
    return output_commit(&o) && drawn;
}

static bool show(const struct compare *c, const struct options *options, struct arena *mem,
                 struct error *err)
{
    if (!options->quiet) {
        compare_text(c, mem, stdout);
    }
    return options->folder == NULL || write_results(c, options, mem, err);
}

static bool load_sides(struct compare *c, const struct options *options, struct arena *mem,
                       struct error *err)
{
    const struct loaded *same = NULL;
    bool good = true;
    for (size_t side = 0; side < COMPARE_N_SIDES; side++) {
        good &= loaded_open(&c->sides[side], options->files[side], options, same, mem, err);
        same = good ? &c->sides[side] : NULL;
    }
    return good;
}

static enum exit_code compare_command(const struct options *options, struct arena *mem,
                                      struct error *err)
{
    struct compare c = {0};
    const char *range = options->load == NULL ? "10%..100%" : options->load;
    if (!loads_parse(range, mem, &c.loads, err) ||
        (options->folder != NULL && !output_prepare(options->folder, mem, err)) ||
        !load_sides(&c, options, mem, err)) {
        return EXIT_INPUT;
    }
    run_points(&c, options, mem);
    bool good = all_good(&c, err) && show(&c, options, mem, err);
    close_points(&c);
    return good ? EXIT_OK : EXIT_INPUT;
}

const struct command cmd_compare = {
    .name = "compare",
    .run = compare_command,
    .help = "run two scenarios over a range of load, side by side",
    .usage = {.options = compare_options,
              .files = "A B",
              .help = "Runs the scenarios A and B over a range of offered load, the rate of every "
                      "stream scaled, and shows them side by side."
                      "\vDIR gets compare.json, compare.csv (run,module,statistic,unit,value) and, "
                      "drawn by gnuplot as SVG and PNG: compare-throughput, compare-latency, "
                      "compare-utilisation.",
              .least_files = 2,
              .most_files = 2},
};
