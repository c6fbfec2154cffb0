/* scenario_netflow.c - `netflow:`: the flow mask of all engines, and when flows end. */
#include "models/accounting.h"
#include "scenarios/loader.h"
#include "sim/arena.h"

#define SECOND_PS INT64_C(1000000000000)
#define MOST_PS (100000 * SECOND_PS)
#define MOST_FAST_PACKETS 128 /* source: [CG-121E] 19-6 (assumed: as recalled, 0 to 128) */
#define LEAST_HASH_BITS 10
#define MOST_HASH_BITS 31

const char *const netflow_mask_names[NETFLOW_N_MASKS] = {
    [NETFLOW_SOURCE] = "source",
    [NETFLOW_DESTINATION] = "destination",
    [NETFLOW_DESTINATION_SOURCE] = "destination-source",
    [NETFLOW_INTERFACE_DESTINATION_SOURCE] = "interface-destination-source",
    [NETFLOW_FULL] = "full",
    [NETFLOW_INTERFACE_FULL] = "interface-full",
};

/* One that nobody has published. */
static int64_t load_assumed(struct loader *l, uint32_t place, const char *name, int64_t otherwise,
                            const char *low, const char *high)
{
    int64_t ps = load_time(l, place, SECOND_PS, MOST_PS, otherwise);
    char *text = arena_take(l->mem, QUANTITY_TEXT);
    quantity_print((struct quantity){UNIT_PS, (uint64_t)ps}, text);
    const char *why = place != 0 ? "as the scenario says" : "as recalled of 12.2SX";
    if (accounts_needed(l->config)) {
        add_assumption(l, (struct assumption){name, text, low, high, why});
    }
    return ps;
}

static bool is_3a(const struct engine_type *engine)
{
    return engine->generation == 3 && engine->letter == 'A';
}

/* Of a PFC3A's hash so much is known: how many flows found a place. */
static void load_hash_bits(struct loader *l, uint32_t place)
{
    const struct supervisor_type *supervisor = l->config->supervisor;
    uint32_t *bits = &l->config->netflow.hash_bits;
    *bits = (uint32_t)load_count(l, place, LEAST_HASH_BITS, MOST_HASH_BITS, 0);
    if (supervisor == NULL || !accounts_needed(l->config)) {
        return;
    }
    const struct engine_type *some_3a = is_3a(&supervisor->pfc) ? &supervisor->pfc : NULL;
    for (uint32_t i = 0; i < l->config->n_slots; i++) {
        const struct engine_type *dfc = l->config->slots[i].dfc;
        some_3a = dfc != NULL && is_3a(dfc) ? dfc : some_3a;
    }
    if (*bits != 0 || some_3a != NULL) {
        uint32_t used = *bits != 0 ? *bits : netflow_type_of(some_3a).hash_bits;
        const char *text = arena_printf(l->mem, "%u", (unsigned)used);
        const char *why = *bits != 0 ? "as the scenario says" : "so that about 90,000 flows fit";
        add_assumption(l, (struct assumption){"netflow.hash_bits", text, "17", "18", why});
    }
}

/* A packet is looked up by one flow mask: NetFlow's and its policer's have to agree. One that tells
 * interfaces apart too does for all of a flow's key. */
static bool agree(enum netflow_mask netflow, enum netflow_mask policer)
{
    return netflow == policer || (netflow == NETFLOW_INTERFACE_FULL && policer == NETFLOW_FULL);
}

static void check_masks(struct loader *l)
{
    const struct chassis_config *c = l->config;
    uint32_t used = 0;
    for (uint32_t i = 0; i < c->n_policers; i++) {
        if (c->policers[i].scope < POLICE_FLOW) {
            continue;
        }
        enum netflow_mask mask = config_policer_mask(c->policers[i].scope);
        uint32_t place = l->raw->policers[i].each;
        used |= 1u << mask;
        if (c->netflow_on && !agree(c->netflow.mask, mask)) {
            places_error(&l->places, place,
                         "takes flow mask %s, and netflow.flow_mask is %s; a packet is looked up "
                         "by one only",
                         netflow_mask_names[mask], netflow_mask_names[c->netflow.mask]);
        } else if (__builtin_popcount(used) > (int)NETFLOW_MASKS_IN_USE) {
            places_error(&l->places, place,
                         "takes flow mask %s, with the policers before it a third one; of its four "
                         "an engine reserves two",
                         netflow_mask_names[mask]);
            return;
        }
    }
}

void load_netflow(struct loader *l)
{
    const struct raw_netflow *raw = &l->raw->netflow;
    struct netflow_config *n = &l->config->netflow;
    netflow_config_default((struct netflow_type){0}, n);
    l->config->netflow_on = load_yes(l, raw->enabled, raw->here != 0);
    n->mask = (enum netflow_mask)load_word(l, raw->flow_mask, "unknown flow mask",
                                           netflow_mask_names, NETFLOW_N_MASKS, n->mask);
    n->normal_ps =
        load_assumed(l, raw->aging_normal, "netflow.aging_normal", n->normal_ps, "32s", "4092s");
    n->long_ps = load_assumed(l, raw->aging_long, "netflow.aging_long", n->long_ps, "64s", "1920s");
    n->aggressive_ps = load_assumed(l, raw->aging_aggressive, "netflow.aging_aggressive",
                                    n->aggressive_ps, "1s", "60s");
    n->fast_ps = load_time(l, raw->aging_fast, SECOND_PS, MOST_PS, n->fast_ps);
    n->fast_packets = load_count(l, raw->fast_packets, 0, MOST_FAST_PACKETS, n->fast_packets);
    load_hash_bits(l, raw->hash_bits);
    check_masks(l);
}
