/* Why apart: ports send by it, and receive by it. */
#include "models/queue_turn.h"

#include <stdbool.h>

void queue_turn_open(struct queue_turn *turn, const struct queue_setup *setup)
{
    *turn = (struct queue_turn){.queue = setup->structure.n_weighted - 1u};
}

uint32_t queue_turn_next(struct queue_turn *turn, const struct queue_setup *setup, uint32_t waiting,
                         const uint32_t first_bits[QUEUE_MOST])
{
    const bool deficit = setup->scheduler == QUEUE_DWRR;
    uint32_t q = turn->queue;

    for (;;) {
        bool waits = waiting >> q & 1;
        if (waits && turn->credit_bits[q] >= (deficit ? (int64_t)first_bits[q] : 1)) {
            turn->queue = q;
            turn->credit_bits[q] -= first_bits[q];
            return q;
        }
        turn->credit_bits[q] = waits && deficit ? turn->credit_bits[q] : 0;
        q = q + 1u < setup->structure.n_weighted ? q + 1u : 0;
        turn->credit_bits[q] += 8 * (int64_t)setup->quantum_bytes * setup->queues[q].weight;
    }
}
