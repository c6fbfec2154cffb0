/* toy_stages.h - the smallest stages there are, to test the scheduler with. */
#ifndef TESTS_TOY_STAGES_H
#define TESTS_TOY_STAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/stage.h"

#define MOST_ROWS 400
#define MOST_VISITS 4000
#define EVENT 1000000u /* numbers of events in the log, from here on; no row's */

struct planned {
    int64_t ready_ps;
    uint32_t lane;
};

/* Rows created by a plan in time order, numbered from `first`. */
struct source_config {
    const struct planned *rows;
    uint32_t n, first;
};

extern const struct stage_ops source_stage;

/* What was shown, and when which event ran. */
struct log {
    uint32_t n;
    struct visit {
        int64_t time_ps;
        uint32_t number;
    } visits[MOST_VISITS];
};

void log_add(struct log *log, int64_t time_ps, uint32_t number);

/* Logs each row and delays it; sends it back while it has rounds left, else on, or delivers it. */
struct relay_config {
    struct log *log;
    int64_t delay_ps;
    uint32_t *rounds; /* by packet; NULL: none goes back */
    bool last;
    uint32_t loses, doubles; /* packets; a bad program */
};

#define ON 0
#define BACK 1

extern const struct stage_ops relay_stage;

/* Keeps all rows until a time, its configuration, then sends them at once. */
extern const struct stage_ops holder_stage;

#endif /* TESTS_TOY_STAGES_H */
