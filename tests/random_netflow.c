/* Flows are polled and end as often as a short run allows. */
#include "sim/rng.h"
#include "tests/random_chassis.h"

void random_netflow(struct chassis_config *config, uint64_t seed)
{
    struct rng rng = rng_open(seed, "random", "netflow");
    struct rng_draw some = rng_at(&rng, 0), other = rng_at(&rng, 1), ages = rng_at(&rng, 2);
    struct rng_draw bits = rng_at(&rng, 3);
    uint64_t until_ps = (uint64_t)(config->warmup_ps + config->duration_ps);
    struct netflow_config *n = &config->netflow;

    config->netflow_on = some.a % 3 == 0;
    netflow_config_default((struct netflow_type){0}, n);
    n->mask = (enum netflow_mask)(some.b % NETFLOW_N_MASKS);
    n->poll_ps = (int64_t)(until_ps / 8 + rng_below(other.a, until_ps));
    n->normal_ps = (int64_t)rng_below(other.b, until_ps);
    n->aggressive_ps = (int64_t)rng_below(ages.a, until_ps / 4);
    n->long_ps = (int64_t)rng_below(ages.b, 2 * until_ps);
    n->fast_ps = n->normal_ps / 2;
    n->fast_packets = some.a % 7;
    n->hash_bits = bits.a % 3 == 0 ? 0 : 2 + (uint32_t)(bits.b % 5); /* few: aliases */
}
