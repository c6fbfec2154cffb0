/* Why the division: ticks times rate need not fit 64 bits, what is missing does. */
#include "models/tokens.h"

#include "sim/error.h"

void tokens_open(struct tokens *t, uint64_t rate, uint64_t full)
{
    sim_assert(rate > 0);
    *t = (struct tokens){.rate = rate, .full = full, .held = full};
}

bool tokens_take(struct tokens *t, uint64_t tick, uint64_t n)
{
    uint64_t elapsed = tick - t->tick;

    sim_assert(tick >= t->tick);
    if (elapsed > 0) {
        bool all = elapsed > (t->full - t->held) / t->rate;
        t->held = all ? t->full : t->held + elapsed * t->rate;
        t->tick = tick;
    }
    if (t->held < n) {
        return false;
    }
    t->held -= n;
    return true;
}
