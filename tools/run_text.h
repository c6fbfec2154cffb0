/* run_text.h - the report of one run as a person reads it. */
#ifndef TOOLS_RUN_TEXT_H
#define TOOLS_RUN_TEXT_H

#include <stdio.h>

struct arena;
struct figures;
struct loaded;
struct report;

void run_text(const struct loaded *l, const struct report *r, const struct figures *f,
              struct arena *mem, FILE *out);

#endif /* TOOLS_RUN_TEXT_H */
