#include "tests/reference_sim.h"

#define SECOND_PS 1000000000000
#define SEEN_BYTES 64

bool busmode(const struct sim *s, uint32_t port)
{
    return s->cards[s->ports[port].slot].busmode;
}

static int64_t time_of(uint64_t bits, uint64_t bps)
{
    return (int64_t)(bits * SECOND_PS / bps);
}

/* When what comes after a hop can begin: when the frame is there; through a cut-through hop already
 * with its first bytes, if then it need not stop for the rest. */
int64_t hand_on(const struct sim *s, enum hop hop, int64_t start_ps, int64_t end_ps, uint64_t bits,
                uint64_t bps, uint64_t next_bps)
{
    if (s->config->hops[hop] == STORE_AND_FORWARD) {
        return end_ps;
    }
    int64_t ready_ps = start_ps + time_of(SEEN_BYTES * 8, bps);
    if (ready_ps + time_of(bits, next_bps) < end_ps) {
        ready_ps = end_ps - time_of(bits, next_bps);
    }
    return ready_ps < end_ps ? ready_ps : end_ps;
}

/* What takes the frame from the card, and what takes it at the port ASIC. */
uint64_t leaving_bps(const struct sim *s, uint32_t slot)
{
    return s->cards[slot].busmode               ? BUS_BPS
           : slot == s->config->supervisor_slot ? s->config->supervisor->fabric_bps
                                                : s->cards[slot].config->card->channel_bps;
}

uint64_t sending_bps(const struct sim *s, uint32_t port)
{
    const struct port *asic = &s->ports[s->ports[port].asic];

    return asic->narrow ? asic->tx_link.rate : s->ports[port].wire.rate;
}
