/* merge.h - sorted lanes into one sequence, ordered by (ready_ps, lane).
 *
 *   lane 0 ---\
 *   lane 1 ----> rows with ready_ps < end_ps, dealt out by time or merged ---> rows
 *   lane n ---/
 *
 * Rows of one time keep the order of the lanes, then of their sending. Lanes are in time order:
 * lane_push() checks it.
 */
#ifndef SIM_MERGE_H
#define SIM_MERGE_H

#include <stdint.h>

#include "sim/stage.h"

/* The due rows of one lane, or of some lanes merged. */
struct run {
    const struct row *begin, *end;
};

struct merge {
    struct arena *mem;
    struct row *rows[2]; /* merged from one into the other */
    uint16_t *places;    /* of time slices: four times as many as there is room for rows */
    uint32_t room;
    struct run *runs;
    uint32_t room_runs;
};

void merge_open(struct merge *m, struct arena *mem);

/* Takes the due rows off the lanes. The result holds *n rows and is valid until the next call, or
 * until something is sent on one of the lanes. */
const struct row *merge_lanes(struct merge *m, struct lane *const *lanes, uint32_t n_lanes,
                              int64_t end_ps, uint32_t *n);

#endif /* SIM_MERGE_H */
