/* program.h - for tests that run cat6k itself, in a folder of their own: what it prints, what it
 * writes, how it ends. The program is the one of the test's own build. */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "sim/arena.h"

extern struct arena *mem; /* the one of scenario_files.h, from enter to leave */
extern const char *program;
extern char folder[]; /* where tests are */

/* What the last command printed, and said of errors. */
#define PROGRAM_OUTPUT_BYTES 65536
extern char out[PROGRAM_OUTPUT_BYTES], said[PROGRAM_OUTPUT_BYTES];

/* Into the folder, where a.yaml has CFCs and b.yaml, which differs in nothing else, DFC3BXLs; and
 * out of it: for cmocka's groups. */
int enter(void **state);
int leave(void **state);

/* The exit status of `cat6k ARGUMENTS`, as a shell understands them. */
int cat6k(const char *arguments);

/* A scenario of two linecards with these forwarding cards. */
void write_scenario(const char *name, const char *title, const char *forwarding);

/* Of files in the folder. */
bool exists(const char *name);
char *read_file(const char *name, size_t *length);
void read_output(const char *name, char *text); /* text[PROGRAM_OUTPUT_BYTES] */

void assert_says(const char *text, const char *words);

/* What is not there, or no integer, fails the test. */
json_t *load_json(const char *name);
json_t *at(json_t *json, const char *key);
json_int_t number(json_t *json, const char *key);

/* dir/name.png and dir/name.svg of each name (ended by NULL) are pictures. */
void assert_pictures(const char *dir, const char *const *names);

/* Says that what needs it is skipped. */
bool gnuplot_is_missing(void);

#endif /* TESTS_PROGRAM_H */
