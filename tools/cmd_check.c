/* cmd_check.c - checks scenarios, and prints what the program understood. */
#include <stdio.h>

#include "models/chassis.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tools/command.h"
#include "tools/describe.h"
#include "tools/options.h"
#include "tools/simulate.h"
#include "tools/verdict.h"

static const struct argp_option check_options[] = {OPTION_SET, OPTION_SEED, OPTION_QUIET, {0}};

/* Builds the chassis too: what check lets pass, run does not refuse. And asks it, before it runs, for
 * the results that are expected with the settings of `like`. */
static bool check(const char *path, const struct options *options, const struct expectation *like,
                  struct loaded *l, struct arena *mem, struct error *err)
{
    struct verdict *verdicts;
    struct report report;
    size_t n;
    if (!loaded_open(l, path, options, NULL, mem, err)) {
        return false;
    }
    struct chassis *c = chassis_open(&l->scenario.config, NULL, mem, err);
    if (c == NULL) {
        return false;
    }
    report_open(&report, mem);
    chassis_report(c, &report);
    bool good = verdicts_of(&l->scenario, like, &report, true, mem, &verdicts, &n, err);
    chassis_close(c);
    return good;
}

/* The scenario with the settings of an expectation. */
static bool check_with(const char *path, const struct options *options, const struct expectation *e,
                       struct error *err)
{
    struct arena *mem = arena_open();
    struct loaded l;
    struct options with = {.n_overrides = options->n_overrides + e->n_settings};
    with.overrides = arena_take_array(mem, with.n_overrides, sizeof *with.overrides);
    for (size_t i = 0; i < with.n_overrides; i++) {
        with.overrides[i] = i < options->n_overrides ? options->overrides[i]
                                                     : e->settings[i - options->n_overrides];
    }
    bool good = check(path, &with, e, &l, mem, err);
    arena_close(mem);
    return good;
}

static bool check_settings(const char *path, const struct options *options,
                           const struct scenario *s, struct error *err)
{
    bool good = true;
    for (size_t i = 0; i < s->n_expectations; i++) {
        const struct expectation *e = &s->expectations[i];
        size_t first = 0;
        while (!expectation_same_settings(&s->expectations[first], e)) {
            first++;
        }
        good &= e->n_settings == 0 || first < i || check_with(path, options, e, err);
    }
    return good;
}

static bool check_file(const char *path, const struct options *options, bool first,
                       struct error *err)
{
    struct arena *mem = arena_open();
    struct loaded l;
    bool good = check(path, options, NULL, &l, mem, err);
    bool loaded = l.title != NULL; /* so what is expected is known, and all of it is checked */
    good &= !loaded || check_settings(path, options, &l.scenario, err);
    if (good && !options->quiet) {
        fputs(first ? "" : "---\n", stdout);
        scenario_print(&l.scenario, stdout);
        describe_notes(&l);
    }
    arena_close(mem);
    return good;
}

static enum exit_code check_command(const struct options *options, struct arena *mem,
                                    struct error *err)
{
    (void)mem;
    enum exit_code code = EXIT_OK;
    for (size_t i = 0; i < options->n_files; i++) {
        if (!check_file(options->files[i], options, i == 0, err)) {
            code = EXIT_INPUT;
        }
    }
    return code;
}

const struct command cmd_check = {
    .name = "check",
    .run = check_command,
    .help = "check scenarios and print them in full, as understood",
    .usage = {.options = check_options,
              .files = "FILE...",
              .help = "Checks each scenario FILE, with its routes, and prints it in full: every "
                      "default written out, as YAML that means the same.",
              .least_files = 1,
              .most_files = SIZE_MAX},
};
