/* output.h - a folder of results that is written whole or not at all.
 *
 *   output_prepare: DIR exists and can be written (before the run: nobody waits in vain)
 *   output_open --> files in DIR/.cat6k-XXXXXX --> output_commit: renamed into DIR
 *                                              '-> after an error: nothing of them remains
 *
 * The first file is the proof of the others: what it replaces goes before anything else changes,
 * and it comes last. So where it is, all that belongs to it is, whenever the program was killed.
 * Between open and commit Ctrl-C and termination wait. A hidden folder that a killed program left
 * is taken away by the next one that writes there; one that is in use is locked (flock).
 */
#ifndef TOOLS_OUTPUT_H
#define TOOLS_OUTPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct arena;
struct error;

#define OUTPUT_MAX_REMOVED 64

struct output {
    const char *dir;
    char *temp;        /* where files are until they are whole */
    int lock;          /* of temp, while it is in use */
    const char *proof; /* the first file's name */
    size_t n_files;
    const char *removed[OUTPUT_MAX_REMOVED];
    size_t n_removed;
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

/* Takes a file out of the results, with the commit an older one in DIR too. At most
 * OUTPUT_MAX_REMOVED. */
void output_remove(struct output *o, const char *name);

bool output_commit(struct output *o);

#endif /* TOOLS_OUTPUT_H */
