/* tokens.h - a token bucket in integers: rate limiters and policers.
 *
 *   rate a tick --> [ at most `full` ] --> taken all at once, or not at all
 *
 * The owner chooses tick and token so that both are whole numbers, and nothing is ever rounded. The
 * bucket is full at tick 0.
 */
#ifndef MODELS_TOKENS_H
#define MODELS_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

struct tokens {
    uint64_t rate, full; /* tokens per tick; tokens */
    uint64_t held;       /* at ... */
    uint64_t tick;       /* ... this one */
};

/* rate > 0. */
void tokens_open(struct tokens *t, uint64_t rate, uint64_t full);

/* Takes n at a tick that is not before the last; false when there are fewer. */
bool tokens_take(struct tokens *t, uint64_t tick, uint64_t n);

#endif /* MODELS_TOKENS_H */
