/* limiter.h - a hardware rate limiter for packets that go to the MSFC.
 *
 *   packets --> [ tokens: one per packet, rate per second, at most `burst` ] --> pass
 *                                                                       '--> refuse
 *
 * Differs from the hardware: how a limiter counts inside is not published. Here its bucket is full
 * at time 0 and fills without steps, exactly; packets that are refused take no tokens.
 */
#ifndef MODELS_LIMITER_H
#define MODELS_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#include "models/tokens.h"

#define LIMITER_MOST_BURST 1000000u

struct limiter {
    bool unlimited;
    struct tokens tokens; /* a tick is 1 ps, a packet 10^12 tokens: at 1 pps one a tick */
    uint64_t n_passed, n_refused;
};

/* rate_pps 0: no limit, and burst has no meaning. burst: packets, 1 to LIMITER_MOST_BURST. */
void limiter_open(struct limiter *l, uint64_t rate_pps, uint64_t burst);

/* A packet at now_ps, which never goes back: may it pass? */
bool limiter_pass(struct limiter *l, int64_t now_ps);

#endif /* MODELS_LIMITER_H */
