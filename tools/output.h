/* output.h - a folder of results that is written whole or not at all.
 *
 *   output_prepare: DIR exists and can be written (before the run: nobody waits in vain)
 *   output_open --> files in DIR/.cat6k-XXXXXX --> output_commit: renamed into DIR
 *                                              '-> output_discard: nothing remains
 *
 * Between open and commit or discard, Ctrl-C and termination wait.
 */
#ifndef TOOLS_OUTPUT_H
#define TOOLS_OUTPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

struct arena;
struct error;

struct output {
    const char *dir;
    char *temp; /* where files are until they are whole */
    struct arena *mem;
    struct error *err;
    bool failed; /* *err says why */
    sigset_t signals;
};

/* Makes the folder and those above it. false with *err when that, or writing to it, fails. */
bool output_prepare(const char *dir, struct arena *mem, struct error *err);

/* Errors from here on are collected in *err; output_commit tells whether there were any. */
void output_open(struct output *o, const char *dir, struct arena *mem, struct error *err);

/* A new file of the folder; NULL after an error. Every file is given back to output_close. */
FILE *output_file(struct output *o, const char *name);
void output_close(struct output *o, FILE *file, const char *name);

/* Takes a file out of the results, an older one in DIR too. */
void output_remove(struct output *o, const char *name);

bool output_commit(struct output *o);

#endif /* TOOLS_OUTPUT_H */
