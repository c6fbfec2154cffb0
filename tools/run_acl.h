/* run_acl.h - the part of a run's report about access lists. */
#ifndef TOOLS_RUN_ACL_H
#define TOOLS_RUN_ACL_H

#include <stdio.h>

struct arena;
struct report;

/* ACL TCAMs, hits of ACEs, and what does not fit; where there are no lists nothing. */
void run_acl_text(const struct report *r, struct arena *mem, FILE *out);

#endif /* TOOLS_RUN_ACL_H */
