/* cmd_check.c - checks scenarios, and prints what the program understood. */
#include <stdio.h>

#include "models/chassis.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tools/command.h"
#include "tools/options.h"
#include "tools/simulate.h"

static const struct argp_option check_options[] = {OPTION_SET, OPTION_SEED, OPTION_QUIET, {0}};

/* Builds the chassis too: what check lets pass, run does not refuse. */
static bool check(const char *path, const struct options *options, struct loaded *l,
                  struct arena *mem, struct error *err)
{
    if (!loaded_open(l, path, options, NULL, mem, err)) {
        return false;
    }
    struct chassis *c = chassis_open(&l->scenario.config, NULL, mem, err);
    if (c != NULL) {
        chassis_close(c);
    }
    return c != NULL;
}

static bool check_file(const char *path, const struct options *options, bool first,
                       struct error *err)
{
    struct arena *mem = arena_open();
    struct loaded l;
    bool good = check(path, options, &l, mem, err);
    if (good && !options->quiet) {
        fputs(first ? "" : "---\n", stdout);
        scenario_print(&l.scenario, stdout);
        for (size_t i = 0; i < l.scenario.n_notes; i++) {
            fprintf(stderr, "%s: note: %s\n", path, l.scenario.notes[i]);
        }
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
