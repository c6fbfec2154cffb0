/* Why a table of its own: it is needed once, before the run, for keys that are there already: a
 * place holds the number of a flow, + 1. */
#include "models/flow_groups.h"

#include <stdbool.h>
#include <string.h>

#include "models/config.h"
#include "sim/arena.h"

#define KEY_WORDS 6
#define MULTIPLIER 0x9e3779b97f4a7c15u /* 2^64 / the golden ratio: spreads what is added up */

/* An IPv4 flow has no IPv6 addresses and the other way round. */
static void key_of(const struct flow_tables *t, enum flow_mask mask, uint32_t flow,
                   uint64_t key[KEY_WORDS])
{
    memset(key, 0, KEY_WORDS * sizeof *key);
    if (mask != FLOW_MASK_DESTINATION) {
        key[0] = t->src6_hi[flow];
        key[1] = t->src6_lo[flow];
        key[4] = (uint64_t)t->src4[flow] << 32;
    }
    if (mask != FLOW_MASK_SOURCE) {
        key[2] = t->dst6_hi[flow];
        key[3] = t->dst6_lo[flow];
        key[4] |= t->dst4[flow];
    }
    key[5] = mask == FLOW_MASK_FULL ? t->ports[flow] : 0;
}

static uint64_t hash(const uint64_t key[KEY_WORDS])
{
    uint64_t h = 0;

    for (int i = 0; i < KEY_WORDS; i++) {
        h = (h ^ key[i]) * MULTIPLIER;
        h ^= h >> 32;
    }
    return h;
}

/* The place of the first flow like this one, or of none: then its own. */
static uint32_t *find(uint32_t *places, uint32_t n_places, const struct flow_tables *t,
                      enum flow_mask mask, uint32_t flow)
{
    uint64_t key[KEY_WORDS], other[KEY_WORDS];

    key_of(t, mask, flow, key);
    for (uint64_t i = hash(key);; i++) {
        uint32_t *place = &places[i & (n_places - 1)];
        if (*place != 0) {
            key_of(t, mask, *place - 1, other);
        }
        if (*place == 0 || memcmp(key, other, sizeof key) == 0) {
            return place;
        }
    }
}

uint32_t *flow_groups(const struct flow_tables *flows, enum flow_mask mask, uint32_t *n_groups,
                      struct arena *mem)
{
    uint32_t n_places = 2, *group_of = arena_take_array(mem, flows->n_flows, sizeof *group_of);
    struct arena *scratch = arena_open();

    while (n_places < 2 * flows->n_flows) {
        n_places *= 2;
    }
    uint32_t *places = arena_take_array(scratch, n_places, sizeof *places);
    *n_groups = 0;
    for (uint32_t flow = 0; flow < flows->n_flows; flow++) {
        uint32_t *place = find(places, n_places, flows, mask, flow);
        bool first = *place == 0;
        *place = first ? flow + 1 : *place;
        group_of[flow] = first ? (*n_groups)++ : group_of[*place - 1];
    }
    arena_close(scratch);
    return group_of;
}

void flow_groups_open(struct flow_tables *flows, const struct chassis_config *config,
                      struct arena *mem)
{
    for (uint32_t i = 0; i < config->n_policers; i++) {
        uint32_t mask = config->policers[i].scope - POLICE_FLOW;
        if (config->policers[i].scope >= POLICE_FLOW && flows->groups[mask] == NULL) {
            flows->groups[mask] =
                flow_groups(flows, (enum flow_mask)mask, &flows->n_groups[mask], mem);
        }
    }
}
