/* queue_turn.h - whose turn it is among weighted queues: WRR and DWRR (queue_setup.h).
 *
 * A queue's turn brings it 8 x quantum x weight bits; it goes on while it has credit and frames. An
 * empty queue's turn passes, and its credit with it.
 */
#ifndef MODELS_QUEUE_TURN_H
#define MODELS_QUEUE_TURN_H

#include <stdint.h>

#include "models/queue_setup.h"

struct queue_turn {
    int64_t credit_bits[QUEUE_MOST]; /* that a queue may still send */
    uint32_t queue;                  /* whose turn it is */
};

/* The first queue is next. */
void queue_turn_open(struct queue_turn *turn, const struct queue_setup *setup);

/* Of the weighted queues `waiting` (bit 1 << queue; at least one), whose first frames have so many
 * bits, the one that sends next: its credit pays for that frame. */
uint32_t queue_turn_next(struct queue_turn *turn, const struct queue_setup *setup, uint32_t waiting,
                         const uint32_t first_bits[QUEUE_MOST]);

#endif /* MODELS_QUEUE_TURN_H */
