/* cmd_validate.c - scenarios and what they expect, all run, in one table.
 *
 *   files --> expectations --> those of one file and the same settings: one run, several at a time
 *         --> verdicts, in the order of the files --> table, JSON, Markdown
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/results.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tools/command.h"
#include "tools/json.h"
#include "tools/output.h"
#include "tools/parallel.h"
#include "tools/progress.h"
#include "tools/simulate.h"
#include "tools/verdict.h"

#define FOLDER "scenarios/validation"

static const struct argp_option validate_options[] = {
    {"output", 'o', "DIR", 0, "write validation.json and validation.md to this folder", 0},
    OPTION_JOBS,
    OPTION_QUIET,
    {0},
};

/* One run, and the expectations that are of it: verdicts[first], and others after it. */
struct job {
    const char *path;
    const struct expectation *first;
    int64_t simulated_ps;
    struct arena *words; /* of results that are words */
    struct error err;
};

struct validation {
    struct arena *mem;
    struct verdict *verdicts;
    size_t *job_of; /* each verdict's */
    size_t n, room;
    struct job *jobs;
    size_t n_jobs, room_jobs;
    struct progress progress;
};

/* ---- which files ------------------------------------------------------------------------- */

struct files {
    const char **paths;
    size_t n, room;
};

static void add_file(struct files *f, const char *path, struct arena *mem)
{
    if (f->n == f->room) {
        size_t room = f->room == 0 ? 16 : 2 * f->room;
        f->paths = arena_grow(mem, f->paths, f->room * sizeof *f->paths, room * sizeof *f->paths);
        f->room = room;
    }
    f->paths[f->n++] = path;
}

static int compare_paths(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The folder's *.yaml, by name. */
static bool add_folder(struct files *f, const char *folder, struct arena *mem, struct error *err)
{
    size_t first = f->n;
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return error_add(err, "%s: cannot be read: %s", folder, strerror(errno));
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        const char *dot = strrchr(entry->d_name, '.');
        if (dot != NULL && dot != entry->d_name && strcmp(dot, ".yaml") == 0) {
            add_file(f, arena_printf(mem, "%s/%s", folder, entry->d_name), mem);
        }
    }
    closedir(dir);
    if (f->n == first) {
        return error_add(err, "%s: no *.yaml in it", folder);
    }
    qsort(f->paths + first, f->n - first, sizeof *f->paths, compare_paths);
    return true;
}

static bool is_folder(const char *path)
{
    struct stat what;
    return stat(path, &what) == 0 && S_ISDIR(what.st_mode);
}

/* scenarios/validation beside the folder that the program is in, or here. */
static const char *own_folder(struct arena *mem)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program);
    while (length > 0 && program[length - 1] != '/') {
        length--;
    }
    const char *folder =
        length > 0 ? arena_printf(mem, "%.*s../" FOLDER, (int)length, program) : FOLDER;
    return is_folder(folder) ? folder : FOLDER;
}

static bool find_files(const struct options *options, struct files *f, struct arena *mem,
                       struct error *err)
{
    bool good = options->n_files > 0 || add_folder(f, own_folder(mem), mem, err);
    for (size_t i = 0; i < options->n_files; i++) {
        if (is_folder(options->files[i])) {
            good &= add_folder(f, options->files[i], mem, err);
        } else {
            add_file(f, options->files[i], mem);
        }
    }
    return good;
}

/* ---- which runs -------------------------------------------------------------------------- */

/* What it is loaded by. */
static struct options settings_of(const struct expectation *e)
{
    return (struct options){.overrides = (const char **)(uintptr_t)e->settings,
                            .n_overrides = e->n_settings};
}

static bool add_job(struct validation *v, const char *path, const struct expectation *e,
                    struct error *err)
{
    struct scenario s;
    if (!scenario_load(path, e->settings, e->n_settings, v->mem, &s, err)) {
        return false;
    }
    if (v->n_jobs == v->room_jobs) {
        size_t room = v->room_jobs == 0 ? 16 : 2 * v->room_jobs;
        v->jobs =
            arena_grow(v->mem, v->jobs, v->room_jobs * sizeof *v->jobs, room * sizeof *v->jobs);
        v->room_jobs = room;
    }
    v->jobs[v->n_jobs++] = (struct job){
        .path = path, .first = e, .simulated_ps = s.config.warmup_ps + s.config.duration_ps};
    return true;
}

static void make_room(struct validation *v, size_t n)
{
    size_t room = v->room == 0 ? 64 : 2 * v->room;
    while (room < n) {
        room *= 2;
    }
    if (n > v->room) {
        v->verdicts = arena_grow(v->mem, v->verdicts, v->room * sizeof *v->verdicts,
                                 room * sizeof *v->verdicts);
        v->job_of =
            arena_grow(v->mem, v->job_of, v->room * sizeof *v->job_of, room * sizeof *v->job_of);
        v->room = room;
    }
}

static bool add_scenario(struct validation *v, const char *path, struct error *err)
{
    struct scenario s;
    size_t first_job = v->n_jobs;
    if (!scenario_load(path, NULL, 0, v->mem, &s, err)) {
        return false;
    }
    if (s.n_expectations == 0) {
        return error_add(err, "%s: expects nothing; it has no key expect", path);
    }
    make_room(v, v->n + s.n_expectations);
    for (size_t i = 0; i < s.n_expectations; i++) {
        const struct expectation *e = &s.expectations[i];
        size_t job = first_job;
        while (job < v->n_jobs && !expectation_same_settings(v->jobs[job].first, e)) {
            job++;
        }
        if (job == v->n_jobs && !add_job(v, path, e, err)) {
            return false;
        }
        v->job_of[v->n] = job;
        v->verdicts[v->n++] = (struct verdict){.expectation = e};
    }
    return true;
}

/* ---- running ----------------------------------------------------------------------------- */

static void judge(struct validation *v, size_t job, const struct report *r, struct arena *mem)
{
    struct job *j = &v->jobs[job];
    struct results results;
    results_of(r, false, mem, &results);
    for (size_t i = 0; i < v->n; i++) {
        struct verdict *verdict = &v->verdicts[i];
        struct amount *measured = &verdict->measured;
        if (v->job_of[i] == job &&
            expectation_judge(verdict->expectation, &results, measured, &verdict->met, &j->err) &&
            measured->word != NULL) {
            measured->word = arena_printf(j->words, "%s", measured->word);
        }
    }
}

static void run_job(void *context, size_t job)
{
    struct validation *v = context;
    struct job *j = &v->jobs[job];
    struct progress_part part = {&v->progress, 0};
    struct options options = settings_of(j->first);
    struct arena *mem = arena_open();
    struct loaded l;
    struct simulation sim;
    j->words = arena_open();
    if (loaded_open(&l, j->path, &options, NULL, mem, &j->err) &&
        simulate(&l.scenario.config, false, NULL, &part, &sim, &j->err)) {
        judge(v, job, &sim.report, sim.mem);
        simulation_close(&sim);
    }
    arena_close(mem);
}

static void run_jobs(struct validation *v, const struct options *options)
{
    int64_t total_ps = 0;
    for (size_t i = 0; i < v->n_jobs; i++) {
        total_ps += v->jobs[i].simulated_ps;
    }
    progress_open(&v->progress, total_ps, options->quiet);
    parallel(options->jobs == 0 ? parallel_processors() : options->jobs, v->n_jobs, run_job, v);
    progress_close(&v->progress);
}

/* All that went wrong, in the order of the runs. */
static bool all_good(const struct validation *v, struct error *err)
{
    bool good = true;
    for (size_t i = 0; i < v->n_jobs; i++) {
        for (const char *line = v->jobs[i].err.text; line != NULL && *line != '\0';) {
            size_t length = strcspn(line, "\n");
            good = error_add(err, "%.*s", (int)length, line);
            line += length + 1;
        }
    }
    return good;
}

static void close_jobs(struct validation *v)
{
    for (size_t i = 0; i < v->n_jobs; i++) {
        error_free(&v->jobs[i].err);
        arena_close(v->jobs[i].words);
    }
}

/* ---- showing ----------------------------------------------------------------------------- */

static void write_json(const struct validation *v, struct output *o)
{
    FILE *file = output_file(o, "validation.json");
    if (file == NULL) {
        return;
    }
    size_t n_met = verdicts_n_met(v->verdicts, v->n);
    json_t *json = json_head("validate");
    json_object_set_new(json, "n_met", json_integer((json_int_t)n_met));
    json_object_set_new(json, "n_not_met", json_integer((json_int_t)(v->n - n_met)));
    json_object_set_new(json, "expectations", verdicts_json(v->verdicts, v->n, v->mem));
    json_write(json, 3, file);
    output_close(o, file, "validation.json");
}

static void write_markdown(const struct validation *v, struct output *o)
{
    FILE *file = output_file(o, "validation.md");
    if (file != NULL) {
        verdicts_markdown(v->verdicts, v->n, v->mem, file);
        output_close(o, file, "validation.md");
    }
}

static bool show(const struct validation *v, const struct options *options, struct error *err)
{
    struct output o;
    if (!options->quiet) {
        verdicts_text(v->verdicts, v->n, v->mem, stdout);
    }
    if (options->folder == NULL) {
        return true;
    }
    output_open(&o, options->folder, v->mem, err);
    write_json(v, &o);
    write_markdown(v, &o);
    return output_commit(&o);
}

static enum exit_code validate_command(const struct options *options, struct arena *mem,
                                       struct error *err)
{
    struct validation v = {.mem = mem};
    struct files files = {0};
    bool good = (options->folder == NULL || output_prepare(options->folder, mem, err)) &&
                find_files(options, &files, mem, err);
    for (size_t i = 0; i < files.n; i++) {
        good &= add_scenario(&v, files.paths[i], err);
    }
    if (!good) {
        return EXIT_INPUT;
    }
    run_jobs(&v, options);
    good = all_good(&v, err) && show(&v, options, err);
    close_jobs(&v);
    return !good ? EXIT_INPUT : verdicts_n_met(v.verdicts, v.n) < v.n ? EXIT_NOT_MET : EXIT_OK;
}

const struct command cmd_validate = {
    .name = "validate",
    .run = validate_command,
    .help = "run scenarios that expect something, and show what is met",
    .usage = {.options = validate_options,
              .files = "[FILE|DIR...]",
              .help = "Runs each scenario FILE, and those of each DIR, as often as their "
                      "expectations (the key expect) have different settings, and shows what was "
                      "expected, what was simulated, and whether it is met. Without FILE and DIR: "
                      "the points of validation that belong to the program, " FOLDER "."
                      "\vEnds with 1 when an expectation is not met.",
              .least_files = 0,
              .most_files = SIZE_MAX},
};
