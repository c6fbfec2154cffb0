/* What fits is asked of the catalogue's rows, not of the rules that refuse: those are under test. */
#include "tests/random_scenario.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/catalog.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/rng.h"

#define MOST_TRIES 20 /* to draw what fits */
#define MOST_MEMBERS 4

struct draw {
    const struct catalog *catalog;
    struct arena *mem;
    FILE *out;
    struct rng rng;
    uint64_t n_drawn;
    uint64_t careless; /* one in so many choices does not ask what fits; 0: none */
    uint64_t mistake;  /* how many choices there are until the only such one */
    const struct catalog_chassis *chassis;
    const struct catalog_supervisor *supervisor;
    const struct catalog_fabric *fabric; /* NULL: none */
    uint32_t supervisor_slot;
    uint32_t n_ports;
    struct {
        uint32_t slot, number;
        bool member; /* of a port channel */
    } ports[CONFIG_MAX_SLOTS * CONFIG_MAX_CARD_PORTS];
    uint32_t n_port_channels;
};

static uint64_t below(struct draw *d, uint64_t n)
{
    return rng_below(rng_at(&d->rng, d->n_drawn++).a, n);
}

static uint64_t between(struct draw *d, uint64_t least, uint64_t most)
{
    return least + below(d, most - least + 1);
}

static bool one_in(struct draw *d, uint64_t n)
{
    return below(d, n) == 0;
}

static bool careless(struct draw *d)
{
    bool now = d->mistake == 1 || (d->careless > 0 && one_in(d, d->careless));
    d->mistake -= d->mistake > 0;
    return now;
}

/* One of some texts, all as likely. */
#define WORD(d, ...)                                                                               \
    ((const char *const[]){                                                                        \
        __VA_ARGS__}[below(d, sizeof(const char *const[]){__VA_ARGS__} / sizeof(const char *))])

static void put(struct draw *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct draw *d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(d->out, format, args);
    va_end(args);
}

/* --- Hardware ------------------------------------------------------------------------------- */

/* One of the rows of a kind. */
static uint32_t draw_row(struct draw *d, enum catalog_kind kind)
{
    return (uint32_t)below(d, d->catalog->n_rows[kind]);
}

static uint32_t n_slots_of(const uint32_t *slots)
{
    uint32_t n = 0;
    while (slots[n] != 0) {
        n++;
    }
    return n;
}

static void add_ports(struct draw *d, const struct linecard_type *card, uint32_t slot)
{
    for (uint32_t i = 0; i < card->n_ports; i++) {
        d->ports[d->n_ports].slot = slot;
        d->ports[d->n_ports++].number = card->port_number[i];
    }
}

static void put_supervisor(struct draw *d)
{
    const struct catalog_supervisor *s = d->supervisor;
    const uint32_t *slots = d->chassis->supervisor_slots[s->generation];
    uint32_t n = n_slots_of(slots);
    d->supervisor_slot = careless(d) || n == 0 ? (uint32_t)between(d, 1, 14) : slots[below(d, n)];
    put(d, "supervisor: {");
    if (d->supervisor_slot != slots[0] || one_in(d, 2)) {
        put(d, "slot: %u, ", d->supervisor_slot);
    }
    put(d, "model: %s", s->row->model);
    if ((s->uplinks != NULL && one_in(d, 3)) || careless(d)) {
        put(d, ", ports: yes");
        if (s->uplinks != NULL) {
            add_ports(d, &s->uplinks->type, d->supervisor_slot);
        }
    }
    put(d, "}\n");
}

/* A chassis, and a supervisor that goes into it. */
static void put_chassis(struct draw *d)
{
    const struct catalog *c = d->catalog;
    uint32_t tries = 0;
    do {
        d->chassis = &c->chassis[draw_row(d, CATALOG_CHASSIS)];
        d->supervisor = &c->supervisors[draw_row(d, CATALOG_SUPERVISORS)];
    } while (d->chassis->supervisor_slots[d->supervisor->generation][0] == 0 && !careless(d) &&
             ++tries < MOST_TRIES);
    d->fabric = d->supervisor->fabric;
    put(d, "chassis: %s\n", d->chassis->row->model);
    put_supervisor(d);
}

static bool speed_fits(const struct draw *d, const struct linecard_type *card)
{
    const uint64_t *speeds = d->fabric->type.channel_bps;
    return card->channel_bps == speeds[0] || card->channel_bps == speeds[1];
}

static bool engine_fits(const struct draw *d, const struct catalog_forwarding *f)
{
    return f->engine == NULL || (d->fabric != NULL && f->engine->type.generation ==
                                                          d->supervisor->engine->type.generation);
}

static bool card_fits(const struct draw *d, const struct catalog_linecard *card, uint32_t slot)
{
    const struct linecard_type *t = &card->type;
    const uint32_t *channels =
        d->supervisor->generation == SUP2T ? d->chassis->sup2t_channels : d->chassis->type.channels;
    bool engine = false, fabric = t->class == CLASSIC || t->class == CEF256;
    for (uint32_t i = 0; i < card->n_forwarding; i++) {
        engine |= engine_fits(d, &card->forwarding[i]);
    }
    if (d->fabric != NULL) {
        fabric = t->n_channels == 0 || (t->n_channels <= channels[slot] && speed_fits(d, t));
    }
    return engine && fabric && d->chassis->takes_class[t->class] && !card->of_supervisor;
}

/* The card's daughter card; NULL: the usual one, not named. */
static const char *draw_forwarding(struct draw *d, const struct catalog_linecard *card)
{
    const struct catalog_forwarding *f = &card->forwarding[below(d, card->n_forwarding)];
    for (uint32_t i = 0; i < MOST_TRIES && !engine_fits(d, f); i++) {
        f = &card->forwarding[below(d, card->n_forwarding)];
    }
    if (careless(d)) {
        return WORD(d, "CFC", "none", "DFC", "DFC3A", "DFC3B", "DFC3CXL", "DFC4", "DFC3Q", "\"\"");
    }
    return one_in(d, 4) ? NULL : f->name;
}

static void put_card(struct draw *d, uint32_t slot)
{
    const struct catalog_linecard *cards = d->catalog->linecards;
    const struct catalog_linecard *card = &cards[draw_row(d, CATALOG_LINECARDS)];
    bool any = careless(d);
    for (uint32_t i = 0; i < MOST_TRIES && !card_fits(d, card, slot) && !any; i++) {
        card = &cards[draw_row(d, CATALOG_LINECARDS)];
    }
    if (!card_fits(d, card, slot) && !any) {
        return;
    }
    const char *forwarding = draw_forwarding(d, card);
    put(d, "  - {slot: %u, model: %s", slot, card->row->model);
    if (card->row->mode != NULL) {
        put(d, ", mode: %s", careless(d) ? "turbo" : card->row->mode);
    }
    if (forwarding != NULL) {
        put(d, ", forwarding: %s", forwarding);
    }
    put(d, "}\n");
    add_ports(d, &card->type, slot);
}

/* The first of them is at work: what fits is what fits to it. */
static void put_module(struct draw *d, uint32_t slot)
{
    const struct catalog_fabric *fabric;
    do {
        fabric = &d->catalog->fabrics[draw_row(d, CATALOG_FABRICS)];
    } while (!fabric->module && !careless(d));
    put(d, "  - {slot: %u, model: %s}\n", slot, fabric->row->model);
    d->fabric = d->fabric == NULL ? fabric : d->fabric;
}

/* Returns whether a slot is left for other cards. */
static void put_modules(struct draw *d, bool *taken)
{
    uint32_t n = n_slots_of(d->chassis->fabric_slots);
    bool some = d->supervisor->takes_modules && n > 0 && !one_in(d, 4);
    for (uint32_t i = 0; (some && i < n) || (i == 0 && careless(d)); i++) {
        uint32_t slot = careless(d) || n == 0 ? (uint32_t)between(d, 1, CONFIG_MAX_SLOTS)
                                              : d->chassis->fabric_slots[i];
        if (!taken[slot] && (i == 0 || one_in(d, 2))) {
            put_module(d, slot);
            taken[slot] = true;
        }
    }
}

static void put_slots(struct draw *d)
{
    uint32_t n_slots = d->chassis->type.n_slots, filled = (uint32_t)between(d, 1, 4);
    uint32_t n_own = d->n_ports;
    bool taken[CONFIG_MAX_SLOTS + 2] = {false};
    taken[d->supervisor_slot] = true;
    put(d, "slots:\n");
    put_modules(d, taken);
    for (uint32_t slot = 1; slot <= n_slots && d->n_ports < RANDOM_SCENARIO_PORTS; slot++) {
        bool last_chance = d->n_ports == n_own && slot + 2 > n_slots;
        if ((!taken[slot] || careless(d)) && (last_chance || one_in(d, filled))) {
            put_card(d, slot);
        }
    }
    if (careless(d)) {
        put_card(d, (uint32_t)between(d, 1, CONFIG_MAX_SLOTS));
    }
}

/* --- Ports ---------------------------------------------------------------------------------- */

/* A port's index; one that is not there: n_ports. */
static uint32_t draw_port(struct draw *d)
{
    return d->n_ports == 0 || careless(d) ? d->n_ports : (uint32_t)below(d, d->n_ports);
}

static const char *port_name(struct draw *d, uint32_t port)
{
    return port == d->n_ports
               ? WORD(d, "14/1", "1/97", "0/0", "1/1/1", "Gi1/1", "5/3")
               : arena_printf(d->mem, "%u/%u", d->ports[port].slot, d->ports[port].number);
}

/* A port that carries a subnet. */
static const char *draw_interface(struct draw *d)
{
    if (d->n_port_channels > 0 && one_in(d, 4)) {
        return arena_printf(d->mem, "Po%u", (uint32_t)between(d, 1, d->n_port_channels));
    }
    uint32_t port = draw_port(d);
    for (uint32_t i = 0; i < MOST_TRIES && port < d->n_ports && d->ports[port].member; i++) {
        port = draw_port(d);
    }
    return port_name(d, port);
}

/* "2/1, 2/4" of one slot mostly, so that they are of one rate, each once. */
static void put_members(struct draw *d)
{
    uint32_t first = draw_port(d), n = (uint32_t)between(d, 1, MOST_MEMBERS);
    put(d, "\"%s", port_name(d, first));
    for (uint32_t port = first + 1; n > 1 && port < d->n_ports; port++) {
        bool fits = !d->ports[port].member && d->ports[port].slot == d->ports[first].slot;
        if (one_in(d, 3) && (fits || careless(d))) {
            put(d, ", %s", port_name(d, port));
            d->ports[port].member = true;
            n--;
        }
    }
    put(d, "\"");
    if (first < d->n_ports) {
        d->ports[first].member = true;
    }
}

static void put_port_channels(struct draw *d)
{
    uint32_t n = one_in(d, 3) ? (uint32_t)between(d, 1, 2) : 0;
    if (n > 0) {
        put(d, "port_channels:\n");
    }
    for (uint32_t i = 1; i <= n; i++) {
        put(d, "  - {name: %s%u, ports: ", careless(d) ? WORD(d, "Pa", "Po0", "po") : "Po", i);
        put_members(d);
        put(d, "}\n");
        d->n_port_channels++;
    }
}

/* Cards that come and go; mostly by turns. */
static void put_oir(struct draw *d)
{
    uint32_t n = one_in(d, 4) ? (uint32_t)between(d, 1, 3) : 0, at_ns = 0;
    bool in = one_in(d, 2);
    const char *port = port_name(d, draw_port(d));
    put(d, n == 0 ? "" : "oir:\n");
    for (uint32_t i = 0; i < n; i++) {
        at_ns += (uint32_t)between(d, 1, 15000);
        in = careless(d) ? in : !in;
        put(d, "  - {at: %uns, %s: %.*s}\n", at_ns, in ? "insert" : "remove",
            (int)strcspn(port, "/"), port);
    }
}

/* --- Routes --------------------------------------------------------------------------------- */

static const char *draw_prefix(struct draw *d)
{
    uint32_t length = (uint32_t)between(d, 8, 32);
    uint32_t bits = (uint32_t)below(d, UINT32_MAX) | 0xc0000000; /* no port is there */
    bits = careless(d) ? bits : bits & (uint32_t)(0xffffffffull << (32 - length)) & 0xdfffffff;
    return one_in(d, 6) ? arena_printf(d->mem, "2001:db8:ff%x::/%u", (uint32_t)below(d, 256),
                                       (uint32_t)between(d, 48, 64))
                        : arena_printf(d->mem, "%u.%u.%u.%u/%u", bits >> 24, bits >> 16 & 255,
                                       bits >> 8 & 255, bits & 255, length);
}

/* The neighbour on a port, as an address of the family. */
static const char *neighbour(struct draw *d, uint32_t port, bool ipv6)
{
    if (port == d->n_ports) {
        return WORD(d, "10.99.1.2", "172.16.0.1", "2001:db8::", "10.1.1.300", "127.0.0.1");
    }
    return ipv6 ? arena_printf(d->mem, "2001:db8:%u:%u::2", d->ports[port].slot,
                               d->ports[port].number)
                : arena_printf(d->mem, "10.%u.%u.2", d->ports[port].slot, d->ports[port].number);
}

static void put_via(struct draw *d, bool ipv6)
{
    uint32_t n = one_in(d, 3) ? (uint32_t)between(d, 2, careless(d) ? 9 : 4) : 1;
    uint32_t port = draw_port(d);
    switch (below(d, 8)) {
    case 0:
        put(d, "via: %s", WORD(d, "null0", "receive"));
        break;
    case 1:
        put(d, "port: %s", draw_interface(d));
        break;
    default:
        put(d, "via: \"%s", neighbour(d, port, ipv6));
        for (uint32_t i = 1; i < n && port + i < d->n_ports; i++) {
            put(d, ", %s", neighbour(d, careless(d) ? port : port + i, ipv6));
        }
        put(d, "\"%s", one_in(d, 8) ? ", punt: yes" : "");
    }
}

static void put_route(struct draw *d, const char *prefix)
{
    put(d, "prefix: \"%s\", ", prefix);
    put_via(d, (strchr(prefix, ':') != NULL) != careless(d));
}

/* Some routes, and what becomes of some of them. */
static void put_statics(struct draw *d)
{
    uint32_t n = (uint32_t)below(d, 7), n_changes = one_in(d, 2) ? (uint32_t)below(d, 5) : 0;
    const char *prefixes[6] = {NULL};
    put(d, n == 0 ? "" : "  static:\n");
    for (uint32_t i = 0; i < n; i++) {
        prefixes[i] = draw_prefix(d);
        put(d, "    - {");
        put_route(d, prefixes[i]);
        put(d, "}\n");
    }
    put(d, n_changes == 0 ? "" : "  changes:\n");
    for (uint32_t i = 0; i < n_changes; i++) {
        const char *prefix = i < n && !careless(d) ? prefixes[i] : draw_prefix(d);
        put(d, "    - {at: %uns, ", (uint32_t)below(d, 40000));
        if (i < n && one_in(d, 2)) {
            put(d, "withdraw: \"%s\"", prefix);
        } else {
            put_route(d, prefix);
        }
        put(d, "}\n");
    }
}

static void put_routes(struct draw *d)
{
    put(d, "routes:\n  fib: %s\n", WORD(d, "converged", "converged", "converged", "cold"));
    if (one_in(d, 2)) {
        put(d, "  synthetic: {year: %s, ipv4: %s, ipv6: %u, next_hops: %u}\n",
            careless(d) ? WORD(d, "1999", "2024.5", "") : "2024",
            one_in(d, 60) ? "fill" : WORD(d, "0", "10", "700", "3000"), (uint32_t)below(d, 100),
            (uint32_t)between(d, 1, 50));
    }
    if (one_in(d, 4)) {
        put(d, "  load_sharing: %s\n", WORD(d, "default", "simple", "full", "full simple"));
    }
    if (one_in(d, 6)) {
        put(d, "  maximum_routes: {%s: %s}\n", WORD(d, "ip", "ip", "ipv6"),
            careless(d) ? WORD(d, "0", "-3", "many", "5000") : WORD(d, "1", "17", "64", "100"));
    }
    put_statics(d);
}

/* --- Traffic -------------------------------------------------------------------------------- */

static void put_from(struct draw *d)
{
    uint32_t port = draw_port(d), n = (uint32_t)between(d, 1, 3);
    if (one_in(d, 3)) {
        put(d, "from: all, ");
        return;
    }
    put(d, "from: \"%s", port_name(d, port));
    for (uint32_t i = 1; i < n && port + i < d->n_ports; i++) {
        put(d, ", %s", port_name(d, port + i));
    }
    put(d, "\", ");
}

static void put_to(struct draw *d, bool ipv6)
{
    if (one_in(d, 4)) {
        put(d, "to: \"%s, %s\", ", neighbour(d, draw_port(d), ipv6),
            neighbour(d, draw_port(d), ipv6));
    } else {
        put(d, "to: %s, ", WORD(d, "prefixes", "prefixes", "zipf"));
        put(d, "egress: \"%s\", ", one_in(d, 6) ? draw_interface(d) : WORD(d, "any", "all"));
    }
}

static void put_stream(struct draw *d, uint32_t n_streams)
{
    bool ipv6 = one_in(d, 5);
    uint32_t most = careless(d) ? 120 : 100 / n_streams;
    put(d, "  - {");
    put_from(d);
    put_to(d, ipv6);
    if (one_in(d, 6)) {
        put(d, "rate: %s, ",
            careless(d) ? WORD(d, "9.9Mpps", "1.5Gbps", "0pps", "5MB")
                        : WORD(d, "1kpps", "20Mbps", "3pps", "2kpps"));
    } else {
        put(d, "rate: %u%%, ", (uint32_t)between(d, 1, most));
    }
    put(d, "frames: \"%s\", arrivals: %s, family: %s, flows: %u, start: %uns",
        careless(d)
            ? WORD(d, "63B", "genome", "0B:1", "64B, 64B", "9217B", "jumbo")
            : WORD(d, "64B", "64B", "imix", "1518B", "9216B", "64B:7, 900B:2", "genome aaafg"),
        WORD(d, "constant", "poisson", "on-off"), ipv6 ? "ipv6" : "ipv4",
        (uint32_t)between(d, RANDOM_SCENARIO_PORTS + CONFIG_MAX_CARD_PORTS, 2000),
        (uint32_t)below(d, 9000));
    put(d, "%s", one_in(d, 30) ? ", mac: other" : "");
    put(d, "}\n");
}

static void put_traffic(struct draw *d)
{
    uint32_t n = one_in(d, 2) ? 1 : (uint32_t)between(d, 2, 4);
    put(d, "traffic:\n");
    for (uint32_t i = 0; i < n; i++) {
        put_stream(d, n);
    }
}

/* Ports of a policer are in no other. */
static void put_policers(struct draw *d)
{
    uint32_t n = one_in(d, 4) ? (uint32_t)between(d, 1, 2) : 0, port = draw_port(d);
    put(d, n == 0 ? "" : "policers:\n");
    for (uint32_t i = 0; i < n; i++, port += port < d->n_ports) {
        put(d, "  - {name: p%u, rate: %s, burst: %s, ports: \"%s\"}\n", careless(d) ? 0 : i,
            careless(d) ? "12bps" : WORD(d, "32kbps", "10Mbps", "1Gbps", "4Gbps"),
            careless(d) ? "1B" : WORD(d, "20000B", "1MB", "9500B"), port_name(d, port));
    }
}

/* --- The run -------------------------------------------------------------------------------- */

static void put_assumptions(struct draw *d)
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
        {"hop_asic_link", {"store-and-forward", "cut-through"}},
        {"hop_bus", {"store-and-forward", "cut-through"}},
        {"hop_uplink", {"store-and-forward", "cut-through"}},
        {"hop_crossbar", {"store-and-forward", "cut-through"}},
        {"hop_downlink", {"store-and-forward", "cut-through"}},
        {"cross_channel", {"fabric", "local"}},
        {"oir_stall", {"0s", "10us"}},
        {"fabric_switchover", {"1us", "20us"}},
        {"fib_exception_burst", {"1", "100"}},
    };
    put(d, "assume: {");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (one_in(d, 4)) {
            const char *value = known[i].values[below(d, 2)];
            put(d, "%s: %s, ", known[i].key, careless(d) && one_in(d, 4) ? "-1" : value);
        }
    }
    put(d, "}\n");
}

static void put_run(struct draw *d)
{
    put(d, "run: {warmup: %uus, duration: %uus, seed: %u%s}\n", (uint32_t)below(d, 20),
        (uint32_t)between(d, 10, 40), (uint32_t)below(d, 1000000),
        one_in(d, 3) ? WORD(d, ", window: 1us", ", window: 77ns", ", batch: 5", ", batch: 1") : "");
}

const char *random_scenario(uint64_t number, const struct catalog *catalog, struct arena *mem)
{
    struct draw *d = arena_take(mem, sizeof *d);
    char *text;
    size_t length;
    *d = (struct draw){.catalog = catalog,
                       .mem = mem,
                       .out = open_memstream(&text, &length),
                       .rng = rng_open(number, "random_scenario", "choices")};
    sim_assert(d->out != NULL);
    d->careless = number % 4 == 0 ? between(d, 10, 60) : 0;
    d->mistake = number % 4 == 1 ? between(d, 1, 50) : 0;
    put(d, "cat6k: 1\n");
    put_chassis(d);
    put_slots(d);
    put_port_channels(d);
    put_oir(d);
    put_routes(d);
    put_traffic(d);
    put_policers(d);
    put_run(d);
    if (one_in(d, 2)) {
        put_assumptions(d);
    }
    if (one_in(d, 6)) {
        put(d, "rate_limits: {fib_exception: %s}\n",
            careless(d) ? "-1pps" : WORD(d, "none", "10kpps", "1Mpps"));
    }
    fclose(d->out);
    const char *kept = arena_printf(mem, "%s", text);
    free(text);
    return kept;
}
