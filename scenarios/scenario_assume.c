/* scenario_assume.c - `assume:`, how mechanisms work where nobody has published it.
 *
 * One line for each: the default, what is accepted, the range in which the truth is thought to be
 * (what a sensitivity study varies), and why. source: [R3] [S10] [S13] (assumed) */
#include <string.h>

#include "models/limiter.h"
#include "scenarios/loader.h"
#include "sim/arena.h"

#define US 1000000u /* in ps */
#define MS 1000000000u

static const char latency[] = "not published, nor how the one measured total [S13] splits up";
static const char hop_why[] = "not published which of the two it is";

struct assumed {
    const char *name;
    enum unit unit;
    uint64_t min, max, otherwise;
    const char *low, *high; /* where the truth is thought to be */
    const char *why;
    bool idle; /* nothing in the scenario depends on it: only told when it is written there */
};

static uint64_t load_assumed(struct loader *l, uint32_t place, const struct assumed *a)
{
    uint64_t value = load_quantity(l, place, a->unit, a->min, a->max, a->otherwise);
    char *text = arena_take(l->mem, QUANTITY_TEXT);

    if (a->idle && place == 0) {
        return value;
    }
    add_assumption(
        l, (struct assumption){.name = arena_printf(l->mem, "assume.%s", a->name),
                               .value = quantity_print((struct quantity){a->unit, value}, text),
                               .low = a->low,
                               .high = a->high,
                               .why = place != 0 ? "as the scenario says" : a->why});
    return value;
}

/* matters: something in the scenario depends on it. */
#define QUANTITY_IF(matters, key, unit, min, max, otherwise, low, high, why)                       \
    load_assumed(l, l->raw->assume.key,                                                            \
                 &(struct assumed){#key, unit, min, max, otherwise, low, high, why, !(matters)})
#define QUANTITY(key, unit, min, max, otherwise, low, high, why)                                   \
    QUANTITY_IF(true, key, unit, min, max, otherwise, low, high, why)

/* One of two words; the first one is the default. */
static bool load_choice(struct loader *l, uint32_t place, const char *name,
                        const char *const words[2], const char *why)
{
    uint32_t chosen = load_word(l, place, "unknown choice", words, 2, 0);

    add_assumption(l, (struct assumption){.name = arena_printf(l->mem, "assume.%s", name),
                                          .value = words[chosen],
                                          .low = words[0],
                                          .high = words[1],
                                          .why = place != 0 ? "as the scenario says" : why});
    return chosen == 1;
}

static void load_fabric(struct loader *l)
{
    struct chassis_config *c = l->config;

    c->fabric_overhead_bytes = (uint32_t)QUANTITY(
        fabric_overhead, UNIT_BYTES, 0, 32, 20, "0B", "32B",
        "takes the place of preamble and gap: 32 would not fit 2 x 10 Gbps into 20 Gbps");
    c->fabric_overspeed = (uint32_t)QUANTITY(fabric_overspeed, UNIT_COUNT, 1, 10, 3, "1", "3",
                                             "as recalled from the vendor's white paper [R3]");
    c->fabric_transit_ps =
        (int64_t)QUANTITY(fabric_transit, UNIT_PS, 1000, MS, US / 2, "100ns", "2us", latency);
    c->fabric_egress_bytes = QUANTITY(fabric_egress_buffer, UNIT_BYTES, 16384, 16000000, 1000000,
                                      "256kB", "4MB", "not published");
}

static void load_latencies(struct loader *l)
{
    struct chassis_config *c = l->config;

    c->port_rx_latency_ps =
        (int64_t)QUANTITY(port_rx_latency, UNIT_PS, 0, MS, US, "200ns", "2us", latency);
    c->port_tx_latency_ps =
        (int64_t)QUANTITY(port_tx_latency, UNIT_PS, 0, MS, US, "200ns", "2us", latency);
}

static void load_hops(struct loader *l)
{
    static const char *const kinds[] = {"store-and-forward", "cut-through"};
    static const char *const ways[] = {"fabric", "local"};
    struct chassis_config *c = l->config;
    const struct raw_assume *raw = &l->raw->assume;

#define HOP(hop, key)                                                                              \
    c->hops[hop] = load_choice(l, raw->key, #key, kinds, hop_why) ? CUT_THROUGH : STORE_AND_FORWARD
    HOP(HOP_ASIC_LINK, hop_asic_link);
    HOP(HOP_BUS, hop_bus);
    HOP(HOP_UPLINK, hop_uplink);
    HOP(HOP_CROSSBAR, hop_crossbar);
    HOP(HOP_DOWNLINK, hop_downlink);
#undef HOP
    c->cross_channel_local = load_choice(l, raw->cross_channel, "cross_channel", ways,
                                         "each half card is a complex of its own, joined by the "
                                         "crossbar only; [S5] can be read otherwise");
}

static void load_oir_times(struct loader *l)
{
    const uint64_t half_second = 500 * (uint64_t)MS, most = 10000 * (uint64_t)MS;
    struct chassis_config *c = l->config;

    c->oir_stall_ps = (int64_t)QUANTITY(oir_stall, UNIT_PS, 0, most, half_second, "100ms", "3s",
                                        "sub-second to some seconds, as recalled");
    c->fabric_switchover_ps = (int64_t)QUANTITY(fabric_switchover, UNIT_PS, 0, most, half_second,
                                                "10ms", "3s", "not published");
}

/* By default only what cannot happen yet shares a register. */
static void load_register_sharing(struct loader *l)
{
    static const char *const buckets[] = {"one-bucket", "own-buckets"};
    bool matters = l->raw->assume.shared_register != 0;

    for (enum limit i = 0; i < CONFIG_N_LIMITS; i++) {
        matters |= l->raw->rate_limits.limits[i] != 0;
    }
    if (matters) {
        l->config->apart = load_choice(l, l->raw->assume.shared_register, "shared_register",
                                       buckets, "not published");
    }
}

static bool says(const struct loader *l, uint32_t place, const char *word)
{
    return place != 0 && strcmp(places_text(&l->places, place), word) == 0;
}

/* Whether the engines' FIBs are written during the run: for routes that change, or come. */
static bool changes_routes(const struct loader *l)
{
    const struct raw_routes *raw = &l->raw->routes;

    return raw->changes_count > 0 || raw->reloads_count > 0 || raw->growth.here != 0 ||
           raw->updates != NULL || says(l, raw->fib, "cold");
}

/* The FIB's way to the engines. A message is one frame: its header is that of XDR, IPC and Ethernet
 * together, with preamble and gap. */
static void load_download(struct loader *l)
{
    static const char why[] = "not published";
    const uint64_t most = 1000000000;
    bool matters = changes_routes(l) || l->raw->bgp_count > 0 || l->raw->arp.hosts != 0;
    struct chassis_config *c = l->config;

    c->fib_cef_pps =
        QUANTITY_IF(matters, fib_cef, UNIT_PPS, 1, most, 100000, "20kpps", "1Mpps", why);
    c->eobc_bps =
        QUANTITY_IF(matters, eobc, UNIT_BPS, 1000000, 100000000000, 100000000, "100Mbps", "1Gbps",
                    "half-duplex Ethernet up to the Sup720 [S8]; later perhaps "
                    "faster");
    c->xdr_header_bytes =
        (uint32_t)QUANTITY_IF(matters, xdr_header, UNIT_BYTES, 0, 1000, 90, "50B", "150B", why);
    c->xdr_entry_bytes =
        (uint32_t)QUANTITY_IF(matters, xdr_entry, UNIT_BYTES, 1, 1000, 50, "24B", "120B", why);
    c->xdr_message_bytes =
        (uint32_t)QUANTITY_IF(matters, xdr_message, UNIT_BYTES, 64, 65535, 1538, "300B", "1538B",
                              "not published; what Ethernet carries at most");
    c->fib_download_dfc_pps =
        QUANTITY_IF(matters, fib_download_dfc, UNIT_PPS, 1, most, c->fib_download_pps, "2kpps",
                    "130kpps", "not published; as fast as the SP");
    c->tcam_write_pps =
        QUANTITY_IF(matters, tcam_write, UNIT_PPS, 1, most, 1000000, "100kpps", "10Mpps", why);
    if (c->xdr_message_bytes < c->xdr_header_bytes + c->xdr_entry_bytes) {
        uint32_t place = l->raw->assume.xdr_message != 0  ? l->raw->assume.xdr_message
                         : l->raw->assume.xdr_header != 0 ? l->raw->assume.xdr_header
                                                          : l->raw->assume.xdr_entry;
        places_error(&l->places, place,
                     "a message of %u B has no room for its header of %u B and one entry of %u B",
                     c->xdr_message_bytes, c->xdr_header_bytes, c->xdr_entry_bytes);
    }
}

/* Whether what streams send may need a process of the MSFC: what they send to routed prefixes does
 * not, while routes do not change and engines have them. */
static bool may_need_process(const struct loader *l)
{
    const struct raw_scenario *raw = l->raw;
    bool may = changes_routes(l) || raw->acls_count > 0;

    for (uint32_t i = 0; i < raw->traffic_count; i++) {
        const struct raw_stream *s = &raw->traffic[i];
        bool routed = s->to == 0 || says(l, s->to, "prefixes") || says(l, s->to, "zipf");
        may |= !routed || says(l, s->redirect, "yes") || says(l, s->options, "yes") ||
               says(l, s->ttl, "1");
    }
    for (uint32_t i = 0; i < raw->interfaces_count; i++) {
        const struct raw_interface *interface = &raw->interfaces[i];
        may |= interface->mtu != 0 || says(l, interface->reachable_via, "rx") ||
               says(l, interface->reachable_via, "any");
    }
    return may;
}

static void load_processes(struct loader *l)
{
    static const char work[] = "not published; processes are said to be ten times slower than CEF";
    static const char spd[] = "as recalled of a usual interface";
    const uint64_t second = 1000 * (uint64_t)MS;
    struct chassis_config *c = l->config;
    bool may = may_need_process(l);

/* Nobody is told of what cannot matter. */
#define PROCESS(key, unit, max, otherwise, low, high, why)                                         \
    (may || l->raw->assume.key != 0 ? QUANTITY(key, unit, 0, max, otherwise, low, high, why)       \
                                    : (otherwise))
    c->process_ps[PROCESS_RECEIVE] =
        (int64_t)PROCESS(process_receive, UNIT_PS, second, 20 * US, "5us", "200us", work);
    c->process_ps[PROCESS_ARP] =
        (int64_t)PROCESS(process_arp, UNIT_PS, second, 20 * US, "5us", "200us", work);
    c->process_ps[PROCESS_ICMP] =
        (int64_t)PROCESS(process_icmp, UNIT_PS, second, 20 * US, "5us", "200us", work);
    c->process_ps[PROCESS_OPTIONS] =
        (int64_t)PROCESS(process_options, UNIT_PS, second, 20 * US, "5us", "200us", work);
    c->process_ps[PROCESS_LOG] =
        (int64_t)PROCESS(process_log, UNIT_PS, second, 20 * US, "5us", "200us", work);
    c->hold_packets = PROCESS(hold_queue, UNIT_COUNT, 1000000, 75, "75", "2000", spd);
    c->headroom_packets = PROCESS(spd_headroom, UNIT_COUNT, 1000000, 1000, "0", "1000", spd);
    c->netint_ps =
        (int64_t)PROCESS(netint, UNIT_PS, second, 3999 * (uint64_t)US, "3999us", "4799us",
                         "[CMDREF] shows it, not whether the mask is within or after it");
    c->netint_mask_ps =
        (int64_t)PROCESS(netint_mask, UNIT_PS, second, 800 * (uint64_t)US, "0us", "800us",
                         "[CMDREF] shows it, not whether it is on by default");
    c->arp_install_ps =
        (int64_t)PROCESS(arp_install, UNIT_PS, second, 100 * US, "20us", "10ms", "not published");
    c->arp_answer_ps = (int64_t)PROCESS(arp_answer, UNIT_PS, second, 1000 * US, "100us", "100ms",
                                        "what hosts take, as everybody sees");
    c->arp_throttle_ps = (int64_t)PROCESS(arp_throttle, UNIT_PS, 100 * second, 2 * second, "1s",
                                          "5s", "as recalled of the drop adjacency [CATOS6]");
#undef PROCESS
    if (c->netint_mask_ps > c->netint_ps) {
        uint32_t place = l->raw->assume.netint_mask;
        places_error(&l->places, place != 0 ? place : l->raw->assume.netint,
                     "a mask longer than netint, the period that holds it");
    }
}

static void load_acl_time(struct loader *l)
{
    const struct raw_scenario *raw = l->raw;
    bool matters = raw->assume.acl_entry != 0;

    for (uint32_t i = 0; i < raw->acls_count; i++) {
        matters |= raw->acls[i].changes_count > 0;
    }
    for (uint32_t i = 0; i < raw->interfaces_count; i++) {
        matters |= raw->interfaces[i].changes_count > 0;
    }
    if (matters) {
        l->config->acl_entry_ps =
            (int64_t)QUANTITY(acl_entry, UNIT_PS, 0, 1000 * (uint64_t)MS, 50 * (uint64_t)US, "1us",
                              "1ms", "not published; as long as a prefix takes to the FIB");
    }
}

void load_assume(struct loader *l)
{
    struct chassis_config *c = l->config;

    load_fabric(l);
    load_latencies(l);
    c->bus_outstanding = (uint32_t)QUANTITY(bus_outstanding, UNIT_COUNT, 1, 32, 32, "16", "32",
                                            "the bus numbers its lookups with 5 bits [S10]");
    c->fib_download_pps =
        QUANTITY(fib_download, UNIT_PPS, 1, 1000000000, 20000, "2kpps", "130kpps", "not published");
    c->inband_packets =
        QUANTITY(inband_queue, UNIT_COUNT, 1, 1000000, 1000, "100", "4000", "not published");
    c->fib_exception_burst = (uint32_t)QUANTITY(
        fib_exception_burst, UNIT_COUNT, 1, LIMITER_MOST_BURST, 10, "1", "255", "not published");
    if (l->raw->oir_count > 0 || l->raw->assume.oir_stall != 0 ||
        l->raw->assume.fabric_switchover != 0) {
        load_oir_times(l);
    }
    load_download(l);
    load_processes(l);
    load_acl_time(l);
    load_hops(l);
    load_register_sharing(l);
}
