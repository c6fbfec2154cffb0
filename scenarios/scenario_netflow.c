/* scenario_netflow.c - `netflow:`: the flow mask of all engines, and when flows end. */
#include "models/netflow.h"
#include "scenarios/loader.h"
#include "sim/arena.h"

#define SECOND_PS INT64_C(1000000000000)
#define MOST_PS (100000 * SECOND_PS)
#define MOST_FAST_PACKETS 128 /* source: [CG-121E] 19-6 (assumed: as recalled, 0 to 128) */

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
    add_assumption(l, (struct assumption){name, text, low, high, why});
    return ps;
}

void load_netflow(struct loader *l)
{
    const struct raw_netflow *raw = &l->raw->netflow;
    struct netflow_config *n = &l->config->netflow;
    netflow_config_default((struct netflow_type){0}, n);
    l->config->netflow_on = load_yes(l, raw->enabled, raw->here != 0);
    if (!l->config->netflow_on) {
        return;
    }
    n->mask = (enum netflow_mask)load_word(l, raw->flow_mask, "unknown flow mask",
                                           netflow_mask_names, NETFLOW_N_MASKS, n->mask);
    n->normal_ps =
        load_assumed(l, raw->aging_normal, "netflow.aging_normal", n->normal_ps, "32s", "4092s");
    n->long_ps = load_assumed(l, raw->aging_long, "netflow.aging_long", n->long_ps, "64s", "1920s");
    n->aggressive_ps = load_assumed(l, raw->aging_aggressive, "netflow.aging_aggressive",
                                    n->aggressive_ps, "1s", "60s");
    n->fast_ps = load_time(l, raw->aging_fast, SECOND_PS, MOST_PS, n->fast_ps);
    n->fast_packets = load_count(l, raw->fast_packets, 0, MOST_FAST_PACKETS, n->fast_packets);
}
