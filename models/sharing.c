#include "models/sharing.h"

#include "sim/error.h"
#include "sim/rng.h"

static uint64_t mix(uint64_t h)
{
    h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 27) * 0x94d049bb133111ebu;
    return h ^ h >> 31;
}

static uint64_t mix_addresses(uint64_t h, const struct flow_key *key)
{
    h = mix(h ^ key->from.hi);
    h = mix(h ^ key->from.lo);
    h = mix(h ^ key->to.hi);
    return mix(h ^ key->to.lo);
}

uint32_t sharing_hash(enum load_sharing how, uint64_t universal_id, const struct flow_key *key)
{
    uint64_t path = mix_addresses(how == SHARING_DEFAULT ? universal_id : 0, key);
    uint64_t link = mix_addresses(~0ull, key);

    if (how == SHARING_FULL || how == SHARING_FULL_SIMPLE) {
        path = mix(path ^ ((uint64_t)key->from_port << 16 | key->to_port));
    }
    return (uint32_t)(path >> 32 & ~(SHARING_LINKS - 1ull)) |
           (uint32_t)(link >> (64 - SHARING_LINK_BITS));
}

uint64_t sharing_universal_id(uint64_t seed)
{
    struct rng rng = rng_open(seed, "chassis", "universal id");

    return rng_at(&rng, 0).a;
}

/* By number of paths; source: [TAC-LB] (vendor) */
static const uint8_t weights[CONFIG_MAX_PATHS + 1][CONFIG_MAX_PATHS] = {
    [1] = {1},
    [2] = {7, 8},
    [3] = {1, 1, 1},
    [4] = {1, 1, 1, 2},
    [5] = {1, 1, 1, 1, 1},
    [6] = {1, 2, 2, 2, 2, 2},
    [7] = {1, 1, 1, 1, 1, 1, 1},
    [8] = {1, 1, 1, 2, 2, 2, 2, 2},
};

uint32_t sharing_weight(enum load_sharing how, uint32_t n_paths, uint32_t path)
{
    sim_assert(n_paths <= CONFIG_MAX_PATHS && path < n_paths);
    return how == SHARING_FULL_SIMPLE ? 1 : weights[n_paths][path];
}
