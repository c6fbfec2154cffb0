/* Why so small a unit: a picosecond at one packet per second brings 10^-12 of a packet. */
#include "models/limiter.h"

#include "sim/error.h"

#define PACKET 1000000000000u

void limiter_open(struct limiter *l, uint64_t rate_pps, uint64_t burst)
{
    *l = (struct limiter){.unlimited = rate_pps == 0};
    if (!l->unlimited) {
        sim_assert(burst > 0 && burst <= LIMITER_MOST_BURST);
        tokens_open(&l->tokens, rate_pps, burst * PACKET);
    }
}

bool limiter_pass(struct limiter *l, int64_t now_ps)
{
    bool pass = l->unlimited || tokens_take(&l->tokens, (uint64_t)now_ps, PACKET);

    l->n_passed += pass;
    l->n_refused += !pass;
    return pass;
}
