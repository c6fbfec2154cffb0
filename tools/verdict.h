/* verdict.h - expectations and what came of them, as a table, as Markdown and as JSON. */
#ifndef TOOLS_VERDICT_H
#define TOOLS_VERDICT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "scenarios/expect.h"

struct arena;
struct error;
struct report;
struct scenario;

struct verdict {
    const struct expectation *expectation;
    struct amount measured;
    bool met;
};

/* What comes of the scenario's expectations with the settings of `like` (NULL: with none):
 * (*list)[*n]. false with *err when some cannot be told, which are left out. idle: the chassis has not run, only names
 * and units count. */
bool verdicts_of(const struct scenario *s, const struct expectation *like, const struct report *r,
                 bool idle, struct arena *mem, struct verdict **list, size_t *n, struct error *err);

/* The table, what is to be explained, and how many are met. */
void verdicts_text(const struct verdict *list, size_t n, struct arena *mem, FILE *out);
void verdicts_markdown(const struct verdict *list, size_t n, struct arena *mem, FILE *out);

/* [{point, what, measure, settings, expected, simulated, simulated_number, ..., met, explained}] */
json_t *verdicts_json(const struct verdict *list, size_t n, struct arena *mem);

size_t verdicts_n_met(const struct verdict *list, size_t n);

#endif /* TOOLS_VERDICT_H */
