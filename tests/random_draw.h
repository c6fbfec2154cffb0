/* random_draw.h - how random configurations are drawn: every number from one counter-based stream. */
#ifndef TESTS_RANDOM_DRAW_H
#define TESTS_RANDOM_DRAW_H

#include "models/config.h"
#include "sim/rng.h"

#define SECOND_PS 1000000000000

struct draw {
    struct chassis_config *c;
    struct arena *mem;
    struct rng rng;
    uint64_t n_drawn;
    uint64_t port_bps;   /* of a usual port */
    uint64_t tcam_slots; /* of all engines */
    bool fabric;         /* there is one */
    struct supervisor_type *supervisor;
    uint32_t *first_two; /* interfaces */
};

static inline uint64_t below(struct draw *d, uint64_t n)
{
    return rng_below(rng_at(&d->rng, d->n_drawn++).a, n);
}

static inline uint64_t between(struct draw *d, uint64_t least, uint64_t most)
{
    return least + below(d, most - least + 1);
}

static inline bool one_in(struct draw *d, uint64_t n)
{
    return below(d, n) == 0;
}

#define PICK(d, ...)                                                                               \
    ((const uint64_t[]){__VA_ARGS__}[below(d, sizeof(const uint64_t[]){__VA_ARGS__} / 8)])

/* A rate near this one, mostly not a divisor of 10^12. */
static inline uint64_t near(struct draw *d, uint64_t rate, uint64_t least_percent,
                            uint64_t most_percent)
{
    uint64_t percent = between(d, least_percent, most_percent);
    uint64_t r = rate / 100 * percent + (one_in(d, 3) ? 0 : below(d, rate / 50 + 1));

    return r < 1 ? 1 : r > SECOND_PS / 4 ? SECOND_PS / 4 : r;
}

/* Smallest-frame lookups per second of so many usual ports. */
static inline uint64_t line_pps(const struct draw *d, uint64_t n_ports)
{
    return d->port_bps * n_ports / (84 * 8);
}

/* Prefixes, many inside each other; next hops, most of them neighbours. */
struct ip_prefix some_prefix(struct draw *d, uint8_t family);
struct ip_address some_next_hop(struct draw *d, uint8_t family);

/* Chassis, supervisor, cards and their ports; how mechanisms work. */
void draw_hardware(struct draw *d);
void draw_mechanisms(struct draw *d);
void draw_port_channels(struct draw *d);

/* Cards and fabric modules come and go, each by turns. After the times of the run. */
void draw_card_changes(struct draw *d);

#endif /* TESTS_RANDOM_DRAW_H */
