/* run_features.h - the part of a run's table on what some scenarios have on: NetFlow, port queues. */
#ifndef TOOLS_RUN_FEATURES_H
#define TOOLS_RUN_FEATURES_H

#include <stdio.h>

#include "tools/simulate.h"

/* Nothing for what the run did not have. */
void run_features_text(const struct loaded *l, const struct report *r, struct arena *mem,
                       FILE *out);

#endif /* TOOLS_RUN_FEATURES_H */
