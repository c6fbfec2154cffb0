/* limiter.h - a hardware rate limiter for packets that go to the MSFC.
 *
 *   packets --> [ tokens: one per packet, rate per second, at most `burst` ] --> pass
 *                                                                       '--> refuse
 *
 * The bucket is full at time 0 and fills without steps: exact, in units of 10^-12 tokens.
 *
 * Differs from the hardware: how a limiter counts inside is not published; packets that are refused
 * take no tokens.
 */
#ifndef MODELS_LIMITER_H
#define MODELS_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#define LIMITER_MOST_BURST 1000000u

struct limiter {
    uint64_t rate_pps;     /* 0: no limit */
    uint64_t full, credit; /* in 10^-12 tokens */
    int64_t last_ps;       /* when that was the credit */
    uint64_t n_passed, n_refused;
};

/* burst: packets, 1 to LIMITER_MOST_BURST; of no meaning without a limit. */
void limiter_open(struct limiter *l, uint64_t rate_pps, uint64_t burst);

/* A packet at now_ps, which never goes back: may it pass? */
bool limiter_pass(struct limiter *l, int64_t now_ps);

#endif /* MODELS_LIMITER_H */
