/* run_classes.h - what the classes of policy maps have seen, for people. */
#ifndef TOOLS_RUN_CLASSES_H
#define TOOLS_RUN_CLASSES_H

#include <stdio.h>

struct arena;
struct report;

/* Nothing where there are none. */
void run_classes_text(const struct report *report, struct arena *mem, FILE *out);

#endif /* TOOLS_RUN_CLASSES_H */
