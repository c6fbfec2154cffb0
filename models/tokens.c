/* Why so wide: ticks times rate need not fit 64 bits, and a division would cost more. */
#include "models/tokens.h"

#include "sim/error.h"

__extension__ typedef unsigned __int128 wide;

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
        wide held = t->held + (wide)elapsed * t->rate;
        t->held = held < t->full ? (uint64_t)held : t->full;
        t->tick = tick;
    }
    if (t->held < n) {
        return false;
    }
    t->held -= n;
    return true;
}
