/* Values that fit mostly, and some that never do. */
#include "tests/random_scenario.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "tests/random_writer.h"

#define MOST_MEMBERS 4

/* --- Ports ---------------------------------------------------------------------------------- */

/* A port's index; one that is not there: n_ports. */
uint32_t draw_port(struct writer *w)
{
    return w->n_ports == 0 || draw_careless(w) ? w->n_ports : (uint32_t)draw_below(w, w->n_ports);
}

const char *port_name(struct writer *w, uint32_t port)
{
    return port == w->n_ports
               ? DRAW_WORD(w, "14/1", "1/97", "0/0", "1/1/1", "Gi1/1", "5/3")
               : arena_printf(w->mem, "%u/%u", w->ports[port].slot, w->ports[port].number);
}

/* A port that carries a subnet. */
static const char *draw_interface(struct writer *w)
{
    if (w->n_port_channels > 0 && draw_one_in(w, 4)) {
        return arena_printf(w->mem, "Po%u", (uint32_t)draw_between(w, 1, w->n_port_channels));
    }
    uint32_t port = draw_port(w);
    for (uint32_t i = 0; i < WRITER_MOST_TRIES && port < w->n_ports && w->ports[port].member; i++) {
        port = draw_port(w);
    }
    return port_name(w, port);
}

/* "2/1, 2/4" of one slot mostly, so that they are of one rate, each once. */
static void put_members(struct writer *w)
{
    uint32_t first = draw_port(w), n = (uint32_t)draw_between(w, 1, MOST_MEMBERS);
    writer_put(w, "\"%s", port_name(w, first));
    for (uint32_t port = first + 1; n > 1 && port < w->n_ports; port++) {
        bool fits = !w->ports[port].member && w->ports[port].slot == w->ports[first].slot;
        if (draw_one_in(w, 3) && (fits || draw_careless(w))) {
            writer_put(w, ", %s", port_name(w, port));
            w->ports[port].member = true;
            n--;
        }
    }
    writer_put(w, "\"");
    if (first < w->n_ports) {
        w->ports[first].member = true;
    }
}

static void put_port_channels(struct writer *w)
{
    uint32_t n = draw_one_in(w, 3) ? (uint32_t)draw_between(w, 1, 2) : 0;
    if (n > 0) {
        writer_put(w, "port_channels:\n");
    }
    for (uint32_t i = 1; i <= n; i++) {
        writer_put(w, "  - {name: %s%u, ports: ",
                   draw_careless(w) ? DRAW_WORD(w, "Pa", "Po0", "po") : "Po", i);
        put_members(w);
        writer_put(w, "}\n");
        w->n_port_channels++;
    }
}

/* Cards that come and go; mostly by turns. */
static void put_oir(struct writer *w)
{
    uint32_t n = draw_one_in(w, 4) ? (uint32_t)draw_between(w, 1, 3) : 0, at_ns = 0;
    bool in = draw_one_in(w, 2);
    const char *port = port_name(w, draw_port(w));
    writer_put(w, n == 0 ? "" : "oir:\n");
    for (uint32_t i = 0; i < n; i++) {
        at_ns += (uint32_t)draw_between(w, 1, 15000);
        in = draw_careless(w) ? in : !in;
        writer_put(w, "  - {at: %uns, %s: %.*s}\n", at_ns, in ? "insert" : "remove",
                   (int)strcspn(port, "/"), port);
    }
}

/* --- Routes --------------------------------------------------------------------------------- */

static const char *draw_prefix(struct writer *w)
{
    uint32_t length = (uint32_t)draw_between(w, 8, 32);
    uint32_t bits = (uint32_t)draw_below(w, UINT32_MAX) | 0xc0000000; /* no port is there */
    bits = draw_careless(w) ? bits : bits & (uint32_t)(0xffffffffull << (32 - length)) & 0xdfffffff;
    return draw_one_in(w, 6)
               ? arena_printf(w->mem, "2001:db8:ff%x::/%u", (uint32_t)draw_below(w, 256),
                              (uint32_t)draw_between(w, 48, 64))
               : arena_printf(w->mem, "%u.%u.%u.%u/%u", bits >> 24, bits >> 16 & 255,
                              bits >> 8 & 255, bits & 255, length);
}

/* The neighbour on a port, as an address of the family. */
static const char *neighbour(struct writer *w, uint32_t port, bool ipv6)
{
    if (port == w->n_ports) {
        return DRAW_WORD(w, "10.99.1.2", "172.16.0.1", "2001:db8::", "10.1.1.300", "127.0.0.1");
    }
    return ipv6 ? arena_printf(w->mem, "2001:db8:%u:%u::2", w->ports[port].slot,
                               w->ports[port].number)
                : arena_printf(w->mem, "10.%u.%u.2", w->ports[port].slot, w->ports[port].number);
}

/* Without interfaces: what they have in it is for streams of their own. */
static void put_vrfs(struct writer *w)
{
    w->has_vrf = draw_one_in(w, 4);
    if (w->has_vrf) {
        writer_put(w, "vrfs:\n  - {name: RED, rd: \"%s\", import: \"%s\", label_mode: %s}\n",
                   draw_careless(w) ? DRAW_WORD(w, "1", "65536:65536", ":1", "10.1.1.1.1:1")
                                    : DRAW_WORD(w, "65000:1", "70000:1", "10.1.1.1:1"),
                   draw_careless(w) ? "65000" : DRAW_WORD(w, "1:1", "70000:1, 10.1.1.1:1"),
                   draw_careless(w) ? "per-ce" : DRAW_WORD(w, "per-prefix", "per-vrf"));
    }
}

/* Of the same prefix always the same. */
static bool is_of_vrf(const struct writer *w, const char *prefix)
{
    return w->has_vrf && strchr(prefix, ':') == NULL && strlen(prefix) % 3 == 0;
}

static void put_vrf(struct writer *w)
{
    writer_put(w, ", vrf: %s", draw_careless(w) ? "BLUE" : "RED");
}

static void put_via(struct writer *w, bool ipv6)
{
    uint32_t n = draw_one_in(w, 3) ? (uint32_t)draw_between(w, 2, draw_careless(w) ? 9 : 4) : 1;
    uint32_t port = draw_port(w);
    switch (draw_below(w, 8)) {
    case 0:
        writer_put(w, "via: %s", DRAW_WORD(w, "null0", "receive"));
        break;
    case 1:
        writer_put(w, "port: %s", draw_interface(w));
        break;
    default:
        writer_put(w, "via: \"%s", neighbour(w, port, ipv6));
        for (uint32_t i = 1; i < n && port + i < w->n_ports; i++) {
            writer_put(w, ", %s", neighbour(w, draw_careless(w) ? port : port + i, ipv6));
        }
        writer_put(w, "\"%s", draw_one_in(w, 8) ? ", punt: yes" : "");
    }
}

static void put_distance(struct writer *w)
{
    if (draw_one_in(w, 5)) {
        writer_put(w, ", distance: %s", draw_careless(w) ? "110" : DRAW_WORD(w, "1", "250", "254"));
    }
}

static void put_route(struct writer *w, const char *prefix)
{
    bool ipv6 = strchr(prefix, ':') != NULL;
    writer_put(w, "prefix: \"%s\", ", prefix);
    if (is_of_vrf(w, prefix)) {
        writer_put(w, "via: \"%s\"", neighbour(w, draw_port(w), false));
        put_vrf(w);
    } else {
        put_via(w, ipv6 != draw_careless(w));
    }
    put_distance(w);
}

/* Some routes, and what becomes of some of them. */
static void put_statics(struct writer *w)
{
    uint32_t n = (uint32_t)draw_below(w, 7),
             n_changes = draw_one_in(w, 2) ? (uint32_t)draw_below(w, 5) : 0;
    const char *prefixes[6] = {NULL};
    writer_put(w, n == 0 ? "" : "  static:\n");
    for (uint32_t i = 0; i < n; i++) {
        prefixes[i] = draw_prefix(w);
        writer_put(w, "    - {");
        put_route(w, prefixes[i]);
        writer_put(w, "}\n");
    }
    writer_put(w, n_changes == 0 ? "" : "  changes:\n");
    for (uint32_t i = 0; i < n_changes; i++) {
        const char *prefix = i < n && !draw_careless(w) ? prefixes[i] : draw_prefix(w);
        writer_put(w, "    - {at: %uns, ", (uint32_t)draw_below(w, 40000));
        if (i < n && draw_one_in(w, 2)) {
            writer_put(w, "withdraw: \"%s\"", prefix);
            if (is_of_vrf(w, prefix)) {
                put_vrf(w);
            }
        } else {
            put_route(w, prefix);
        }
        writer_put(w, "}\n");
    }
}

static void put_routes(struct writer *w)
{
    writer_put(w, "routes:\n  fib: %s\n",
               DRAW_WORD(w, "converged", "converged", "converged", "cold"));
    if (draw_one_in(w, 2)) {
        writer_put(w, "  synthetic: {year: %s, ipv4: %s, ipv6: %u, next_hops: %u}\n",
                   draw_careless(w) ? DRAW_WORD(w, "1999", "2024.5", "") : "2024",
                   draw_one_in(w, 60) ? "fill" : DRAW_WORD(w, "0", "10", "700", "3000"),
                   (uint32_t)draw_below(w, 100), (uint32_t)draw_between(w, 1, 50));
        if (draw_one_in(w, 4)) {
            writer_put(w, "  growth: {routes: %u, start: %uus, rate: %s}\n",
                       (uint32_t)draw_between(w, 1, 100), (uint32_t)draw_below(w, 20),
                       draw_careless(w) ? "0pps" : "1Mpps");
        }
    }
    if (draw_one_in(w, 4)) {
        writer_put(w, "  load_sharing: %s\n",
                   DRAW_WORD(w, "default", "simple", "full", "full simple"));
    }
    if (draw_one_in(w, 6)) {
        writer_put(w, "  rpf_multipath: %s\n", DRAW_WORD(w, "punt", "pass", "pass"));
    }
    bool carved = w->supervisor->engine->type.generation == CONFIG_CARVED_GENERATION;
    if (draw_one_in(w, 6) && (carved || draw_careless(w))) {
        writer_put(w, "  maximum_routes: {%s: %s}\n", DRAW_WORD(w, "ip", "mpls", "ipv6"),
                   draw_careless(w) ? DRAW_WORD(w, "0", "-3", "many", "5000")
                                    : DRAW_WORD(w, "1", "17", "64", "100"));
    }
    if (draw_one_in(w, 6)) {
        writer_put(w, "  fib_exception: %s\n", DRAW_WORD(w, "evict", "refuse"));
    }
    if (draw_one_in(w, 6)) {
        const char *ip = draw_careless(w) ? "0" : "100";
        writer_put(w, "  reloads: [{at: %uus%s%s%s}, {at: %uus}]\n", (uint32_t)draw_below(w, 20),
                   carved ? ", maximum_routes: {ip: " : "", carved ? ip : "", carved ? "}" : "",
                   (uint32_t)draw_between(w, 20, 40));
    }
    put_statics(w);
}

/* --- Traffic -------------------------------------------------------------------------------- */

static void put_from(struct writer *w)
{
    uint32_t port = draw_port(w), n = (uint32_t)draw_between(w, 1, 3);
    if (draw_one_in(w, 3)) {
        writer_put(w, "from: all, ");
        return;
    }
    writer_put(w, "from: \"%s", port_name(w, port));
    for (uint32_t i = 1; i < n && port + i < w->n_ports; i++) {
        writer_put(w, ", %s", port_name(w, port + i));
    }
    writer_put(w, "\", ");
}

static void put_to(struct writer *w, bool ipv6)
{
    if (draw_one_in(w, 4)) {
        writer_put(w, "to: \"%s, %s\", ", neighbour(w, draw_port(w), ipv6),
                   neighbour(w, draw_port(w), ipv6));
        if (w->has_vrf && !ipv6) {
            writer_put(w, "labelled: %s, ", draw_careless(w) ? "BLUE" : "RED");
        }
    } else {
        writer_put(w, "to: %s, ", DRAW_WORD(w, "prefixes", "prefixes", "zipf"));
        writer_put(w, "egress: \"%s\", ",
                   draw_one_in(w, 6) ? draw_interface(w) : DRAW_WORD(w, "any", "all"));
    }
}

static void put_stream(struct writer *w, uint32_t n_streams)
{
    bool ipv6 = draw_one_in(w, 5);
    uint32_t most = draw_careless(w) ? 120 : 100 / n_streams;
    writer_put(w, "  - {");
    put_from(w);
    put_to(w, ipv6);
    if (draw_one_in(w, 6)) {
        writer_put(w, "rate: %s, ",
                   draw_careless(w) ? DRAW_WORD(w, "9.9Mpps", "1.5Gbps", "0pps", "5MB")
                                    : DRAW_WORD(w, "1kpps", "20Mbps", "3pps", "2kpps"));
    } else {
        writer_put(w, "rate: %u%%, ", (uint32_t)draw_between(w, 1, most));
    }
    writer_put(w, "frames: \"%s\", arrivals: %s, family: %s, flows: %u, start: %uns",
               draw_careless(w)
                   ? DRAW_WORD(w, "63B", "genome", "0B:1", "64B, 64B", "9217B", "jumbo")
                   : DRAW_WORD(w, "64B", "64B", "imix", "1518B", "9216B", "64B:7, 900B:2",
                               "genome aaafg", "in order 64B, 1518B:2"),
               DRAW_WORD(w, "constant", "poisson", "on-off"), ipv6 ? "ipv6" : "ipv4",
               (uint32_t)draw_between(w, RANDOM_SCENARIO_PORTS + CONFIG_MAX_CARD_PORTS, 2000),
               (uint32_t)draw_below(w, 9000));
    writer_put(w, "%s", draw_one_in(w, 30) ? ", mac: other" : "");
    put_marks(w);
    writer_put(w, "}\n");
}

static void put_traffic(struct writer *w)
{
    uint32_t n = draw_one_in(w, 2) ? 1 : (uint32_t)draw_between(w, 2, 4);
    writer_put(w, "traffic:\n");
    for (uint32_t i = 0; i < n; i++) {
        put_stream(w, n);
    }
}

/* --- The run -------------------------------------------------------------------------------- */

static void put_assumptions(struct writer *w)
{
    static const struct {
        const char *key, *values[2];
    } known[] = {
        {"fabric_overhead", {"0B", "32B"}},
        {"fabric_overspeed", {"1", "2"}},
        {"fabric_transit", {"20ns", "2us"}},
        {"fabric_egress_buffer", {"16384B", "40kB"}},
        {"port_rx_latency", {"0s", "2us"}},
        {"port_tx_latency", {"0s", "2us"}},
        {"bus_outstanding", {"1", "16"}},
        {"fib_download", {"2kpps", "900Mpps"}},
        {"inband_queue", {"1", "100"}},
        {"process_receive", {"0ps", "1us"}},
        {"process_icmp", {"3us", "70us"}},
        {"hold_queue", {"0", "3"}},
        {"arp_install", {"0ps", "3us"}},
        {"arp_answer", {"0ps", "5us"}},
        {"arp_throttle", {"0ps", "10us"}},
        {"netint_mask", {"0ps", "3999us"}},
        {"hop_asic_link", {"store-and-forward", "cut-through"}},
        {"hop_bus", {"store-and-forward", "cut-through"}},
        {"hop_uplink", {"store-and-forward", "cut-through"}},
        {"hop_crossbar", {"store-and-forward", "cut-through"}},
        {"hop_downlink", {"store-and-forward", "cut-through"}},
        {"cross_channel", {"fabric", "local"}},
        {"oir_stall", {"0s", "10us"}},
        {"fabric_switchover", {"1us", "20us"}},
        {"fib_exception_burst", {"1", "100"}},
        {"shared_register", {"one-bucket", "own-buckets"}},
        {"acl_entry", {"0s", "100ns"}},
        {"fib_cef", {"20kpps", "900Mpps"}},
        {"eobc", {"1Mbps", "10Gbps"}},
        {"xdr_header", {"0B", "90B"}},
        {"xdr_entry", {"1B", "200B"}},
        {"xdr_message", {"290B", "2000B"}},
        {"fib_download_dfc", {"2kpps", "900Mpps"}},
        {"tcam_write", {"100kpps", "900Mpps"}},
    };
    writer_put(w, "assume: {");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (draw_one_in(w, 4)) {
            const char *value = known[i].values[draw_below(w, 2)];
            writer_put(w, "%s: %s, ", known[i].key,
                       draw_careless(w) && draw_one_in(w, 4) ? "-1" : value);
        }
    }
    writer_put(w, "}\n");
}

/* Whom the MSFC talks to. */
static void put_sessions(struct writer *w)
{
    if (draw_one_in(w, 3)) {
        writer_put(w, "arp: {hosts: \"%s, %s\"}\n", neighbour(w, draw_port(w), false),
                   draw_careless(w) ? "10.1.1" : neighbour(w, draw_port(w), true));
    }
    if (draw_one_in(w, 3)) {
        writer_put(w, "bgp:\n  - {neighbour: \"%s\", keepalives: stream %u, hold: %uns, ",
                   neighbour(w, draw_port(w), false), draw_careless(w) ? 9 : 1,
                   (uint32_t)draw_between(w, 1, 40000));
        writer_put(w, "prefixes: \"%s\"}\n",
                   draw_careless(w) ? DRAW_WORD(w, "8.0.0.1/8", "2a00::/16", "8.0.0.0/8, 8.0.0.0/8")
                                    : DRAW_WORD(w, "8.0.0.0/8", "0.0.0.0/0, 198.51.100.0/24"));
    }
}

static void put_run(struct writer *w)
{
    writer_put(w, "run: {warmup: %uus, duration: %uus, seed: %u%s}\n", (uint32_t)draw_below(w, 20),
               (uint32_t)draw_between(w, 10, 40), (uint32_t)draw_below(w, 1000000),
               draw_one_in(w, 3)
                   ? DRAW_WORD(w, ", window: 1us", ", window: 77ns", ", batch: 5", ", batch: 1")
                   : "");
}

const char *random_scenario(uint64_t number, const struct catalog *catalog, struct arena *mem)
{
    struct writer *w = arena_take(mem, sizeof *w);
    char *text;
    size_t length;
    *w = (struct writer){.catalog = catalog,
                         .mem = mem,
                         .out = open_memstream(&text, &length),
                         .rng = rng_open(number, "random_scenario", "choices")};
    sim_assert(w->out != NULL);
    w->careless = number % 4 == 0 ? draw_between(w, 10, 60) : 0;
    w->mistake = number % 4 == 1 ? draw_between(w, 1, 50) : 0;
    writer_put(w, "cat6k: 1\n");
    draw_order(w);
    put_port_channels(w);
    put_oir(w);
    put_vrfs(w);
    put_routes(w);
    put_traffic(w);
    put_limits(w);
    put_run(w);
    draw_figures(w);
    if (draw_one_in(w, 2)) {
        put_assumptions(w);
    }
    put_sessions(w);
    fclose(w->out);
    const char *kept = arena_printf(mem, "%s", text);
    free(text);
    return kept;
}
