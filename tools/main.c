/* main.c - cat6k: finds the command that was asked for and runs it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "tools/command.h"

static const struct command *const commands[] = {
    &cmd_run,     &cmd_trace, &cmd_compare, &cmd_sensitivity, &cmd_validate, &cmd_check,
    &cmd_catalog, &cmd_acl,   &cmd_msfc,    &cmd_memory,      &cmd_feed,
};

static const size_t n_commands = sizeof commands / sizeof commands[0];

static void print_help(FILE *out)
{
    fputs("Usage: cat6k COMMAND [OPTION...] FILE...\n"
          "Simulates the forwarding pipeline of a Catalyst 6500, packet by packet.\n\n",
          out);
    for (size_t i = 0; i < n_commands; i++) {
        fprintf(out, "  %-12s %s\n", commands[i]->name, commands[i]->help);
    }
    fputs("\n"
          "  cat6k help COMMAND   shows its options\n"
          "  cat6k --version      shows the version\n\n"
          "Example: cat6k run scenarios/distributed.yaml -o results\n"
          "Exit codes: 0 done, 1 expectation not met, 2 bad input, 3 bad program.\n",
          out);
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < n_commands; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    fprintf(stderr, "cat6k: there is no command \"%s\"; expected one of: help", name);
    for (size_t i = 0; i < n_commands; i++) {
        fprintf(stderr, " %s", commands[i]->name);
    }
    fputc('\n', stderr);
    return NULL;
}

static enum exit_code run_command(const struct command *command, int argc, char **argv)
{
    struct arena *mem = arena_open();
    struct error err = {0};
    struct options options;
    argv[0] = arena_printf(mem, "cat6k %s", command->name);
    options_parse(&command->usage, argc, argv, mem, &options);
    enum exit_code code = command->run(&options, mem, &err);
    if (fflush(stdout) != 0) {
        error_add(&err, "standard output: %s", strerror(errno));
        code = EXIT_INPUT;
    }
    fputs(err.text == NULL ? "" : err.text, stderr);
    error_free(&err);
    arena_close(mem);
    return code;
}

static enum exit_code help(const char *name)
{
    if (name == NULL) {
        print_help(stdout);
        return EXIT_OK;
    }
    const struct command *command = find(name);
    char option[] = "--help";
    char *argv[] = {NULL, option, NULL};
    return command == NULL ? EXIT_INPUT : run_command(command, 2, argv);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_INPUT;
    }
    const char *word = argv[1];
    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        return (int)help(argv[2]);
    }
    if (strcmp(word, "version") == 0 || strcmp(word, "--version") == 0) {
        puts("cat6k " CAT6K_VERSION);
        return EXIT_OK;
    }
    const struct command *command = find(word);
    return command == NULL ? EXIT_INPUT : (int)run_command(command, argc - 1, argv + 1);
}
