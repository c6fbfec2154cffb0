/* command.h - the commands of cat6k, and what their exit codes mean. */
#ifndef TOOLS_COMMAND_H
#define TOOLS_COMMAND_H

#include "tools/options.h"

#define CAT6K_VERSION "0.1.0"

enum exit_code {
    EXIT_OK = 0,
    EXIT_NOT_MET = 1, /* an expectation */
    EXIT_INPUT = 2,   /* bad input: file, option, or a machine that lacks something */
    EXIT_PROGRAM = 3, /* bad program: a sum that must hold does not */
};

struct arena;
struct error;

/* run: prints its results; what is wrong goes to *err, which main prints. Memory of the command is
 * mem's. */
struct command {
    const char *name;
    enum exit_code (*run)(const struct options *options, struct arena *mem, struct error *err);
    const char *help; /* one line */
    struct usage usage;
};

extern const struct command cmd_run, cmd_compare, cmd_sensitivity, cmd_validate, cmd_check,
    cmd_catalog, cmd_acl, cmd_msfc, cmd_memory, cmd_trace, cmd_feed;

#endif /* TOOLS_COMMAND_H */
