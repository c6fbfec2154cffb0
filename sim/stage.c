#include "sim/stage.h"

#include <string.h>

#include "sim/arena.h"

void lane_grow(struct lane *lane)
{
    uint32_t old = lane->mask + 1;
    uint32_t head = lane->head & lane->mask, n = lane->tail - lane->head;

    lane->rows = arena_grow(lane->mem, lane->rows, old * sizeof *lane->rows,
                            2 * (size_t)old * sizeof *lane->rows);
    /* What had wrapped round to the front goes behind the rest. */
    memcpy(lane->rows + old, lane->rows, head * sizeof *lane->rows);
    lane->mask = old * 2 - 1;
    lane->head = head;
    lane->tail = head + n;
}

void batch_tap(const struct batch *b, enum tap_kind kind, uint32_t where, uint32_t packet,
               int64_t arrived_ps, int64_t ready_ps)
{
    struct tap_event event = {b->instance, kind, where, packet, arrived_ps, ready_ps};

    b->tap->event(b->tap->context, &event);
}
