/* scenario_files.h - what tests of scenarios share: loading, printing and refusing, with one arena
 * for a program's tests. */
#ifndef TESTS_SCENARIO_FILES_H
#define TESTS_SCENARIO_FILES_H

#include "scenarios/scenario.h"
#include "sim/arena.h"
#include "sim/error.h"

extern struct arena *mem;

/* A file with four WS-X6704-10GE, DFCs and one stream of everything by default: what tests
 * change. */
extern const char *base;

/* For cmocka's groups: open and close both. */
int set_up(void **state);
int tear_down(void **state);

/* Loads with the overrides, ended by NULL; what is wrong fails the test. */
#define load(s, path, ...) load_with(s, path, (const char *const[]){__VA_ARGS__})
void load_with(struct scenario *s, const char *path, const char *const *set);

/* The messages of a scenario that is refused; that it is not fails the test. */
const char *refusal(const char *path, const char *const *set, size_t n);

/* The name of a new file with this text, to be removed with unlink(). */
char *write_file(const char *text);

char *print(const struct scenario *s);

/* The print of a scenario loads again and prints the same. */
void check_round_trip(const struct scenario *s);

#endif /* TESTS_SCENARIO_FILES_H */
