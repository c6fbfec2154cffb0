/* Why so small a unit: a picosecond at one packet per second brings 10^-12 of a token, so that
 * nothing is ever rounded. */
#include "models/limiter.h"

#include "sim/error.h"

#define TOKEN 1000000000000u

void limiter_open(struct limiter *l, uint64_t rate_pps, uint64_t burst)
{
    sim_assert(rate_pps == 0 || (burst > 0 && burst <= LIMITER_MOST_BURST));
    *l = (struct limiter){.rate_pps = rate_pps, .full = burst * TOKEN, .credit = burst * TOKEN};
}

static void fill(struct limiter *l, int64_t now_ps)
{
    uint64_t elapsed_ps = (uint64_t)(now_ps - l->last_ps), missing = l->full - l->credit;

    sim_assert(now_ps >= l->last_ps);
    l->credit =
        elapsed_ps <= missing / l->rate_pps ? l->credit + elapsed_ps * l->rate_pps : l->full;
    l->last_ps = now_ps;
}

bool limiter_pass(struct limiter *l, int64_t now_ps)
{
    if (l->rate_pps != 0) {
        fill(l, now_ps);
        if (l->credit < TOKEN) {
            l->n_refused++;
            return false;
        }
        l->credit -= TOKEN;
    }
    l->n_passed++;
    return true;
}
