/* Rates are drawn around what the ports of a scenario can offer, so that any of its queues may turn
 * out to be the one that overflows. */
#include "tests/random_chassis.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/rng.h"

#define MOST_PORTS 40
#define MOST_CHANNELS 3
#define N_LIST 60
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

#define PICK(d, ...)                                                                               \
    ((const uint64_t[]){__VA_ARGS__}[below(d, sizeof(const uint64_t[]){__VA_ARGS__} / 8)])

/* A rate near this one, mostly not a divisor of 10^12. */
static uint64_t near(struct draw *d, uint64_t rate, uint64_t least_percent, uint64_t most_percent)
{
    uint64_t percent = between(d, least_percent, most_percent);
    uint64_t r = rate / 100 * percent + (one_in(d, 3) ? 0 : below(d, rate / 50 + 1));

    return r < 1 ? 1 : r > SECOND_PS / 4 ? SECOND_PS / 4 : r;
}

static uint64_t buffer_bytes(struct draw *d)
{
    return one_in(d, 3)   ? between(d, 1600, 6000)
           : one_in(d, 2) ? between(d, 6000, 40000)
                          : (one_in(d, 8) ? between(d, 60, 1600) : 1000000);
}

/* ---- hardware ---------------------------------------------------------------------------- */

/* Smallest-frame lookups per second of so many usual ports. */
static uint64_t line_pps(const struct draw *d, uint64_t n_ports)
{
    return d->port_bps * n_ports / (84 * 8);
}

static void draw_engine(struct draw *d, struct engine_type *e, uint64_t n_ports)
{
    e->model = "engine";
    e->lookups_per_s = near(d, line_pps(d, n_ports), 10, 200);
    e->ipv6_lookups = (uint32_t)between(d, 1, 3);
    e->tcam_slots = d->tcam_slots;
    e->ipv4_slots = e->tcam_slots / 3;
    e->ipv6_entries = (e->tcam_slots - e->ipv4_slots) / 2;
    int64_t least_ps = (int64_t)(SECOND_PS * e->ipv6_lookups / e->lookups_per_s + 1);
    e->latency_ps = one_in(d, 3) ? least_ps : least_ps + (int64_t)below(d, 1000000);
}

static struct port_asic some_asic(struct draw *d, uint32_t n_channels)
{
    return (struct port_asic){
        .port_bps = one_in(d, 5) ? PICK(d, 100000000, 1000000000, 2500000000) : d->port_bps,
        .rx_buffer_bytes = buffer_bytes(d),
        .tx_buffer_bytes = buffer_bytes(d),
        .channel = n_channels > 1 ? (uint32_t)below(d, n_channels) : 0,
    };
}

/* Alike mostly; ports belong to them in sequence, by turns or anyhow. */
static void draw_asics(struct draw *d, struct linecard_type *t)
{
    uint64_t order = below(d, 3), skipped = one_in(d, 4) ? 2 : 0;

    t->n_asics = (uint32_t)between(d, 1, t->n_ports);
    for (uint32_t a = 0; a < t->n_asics; a++) {
        t->asics[a] = a > 0 && !one_in(d, 4) ? t->asics[a - 1] : some_asic(d, t->n_channels);
        t->asics[a].n_ports = 0;
    }
    for (uint32_t p = 0; p < t->n_ports; p++) {
        uint32_t asic = order == 0       ? p * t->n_asics / t->n_ports
                        : order == 1     ? p % t->n_asics
                        : p < t->n_asics ? p
                                         : (uint32_t)below(d, t->n_asics);
        t->port_number[p] = (uint8_t)(p + 1 + (p > 0 ? skipped : 0));
        t->port_asic[p] = (uint8_t)asic;
        t->asics[asic].n_ports++;
    }
    for (uint32_t a = 0; a < t->n_asics; a++) {
        struct port_asic *asic = &t->asics[a];
        asic->link_bps = near(d, asic->port_bps * asic->n_ports, 30, 150);
    }
}

static const struct linecard_type *draw_card(struct draw *d, uint32_t most_ports)
{
    struct linecard_type *t = arena_take(d->mem, sizeof *t);

    t->model = "card";
    t->class = (enum card_class)below(d, CONFIG_N_CLASSES);
    t->n_ports = (uint32_t)between(d, 1, most_ports);
    t->shared_buffers = one_in(d, 3);
    t->n_channels = t->class == CLASSIC ? 0 : t->class == CEF256 ? 1 : (uint32_t)between(d, 1, 2);
    draw_asics(d, t);
    t->channel_bps = near(d, d->port_bps * t->n_ports, 20, 150);
    t->on_bus = t->class == CLASSIC || t->class == CEF256 || one_in(d, 2);
    return t;
}

/* With the subnet of this slot and index. */
static void draw_port(struct draw *d, struct port_config *p, uint32_t number, uint32_t slot,
                      uint32_t index)
{
    uint64_t host = slot << 16 | index << 8 | 1;

    p->number = number;
    p->address[IPV4] = (struct ip_address){(10ull << 24 | host) << 32, 0, IPV4};
    p->address[IPV6] = (struct ip_address){0x20010db800000000 | host, 1, IPV6};
    p->length[IPV4] = (uint8_t)PICK(d, 24, 24, 30, 29, 20);
    p->length[IPV6] = (uint8_t)PICK(d, 64, 64, 120, 48);
}

static void draw_ports(struct draw *d, const struct slot_config *slot)
{
    for (uint32_t i = 0; i < slot->card->n_ports; i++) {
        struct port_config *p = &d->c->ports[slot->first_port + i];
        p->slot = slot->slot;
        draw_port(d, p, slot->card->port_number[i], slot->slot, i);
    }
}

static uint64_t port_bps(const struct chassis_config *c, uint32_t port)
{
    uint32_t i = c->n_slots - 1;

    while (c->slots[i].first_port > port) {
        i--;
    }
    const struct linecard_type *card = c->slots[i].card;
    return card->asics[card->port_asic[port - c->slots[i].first_port]].port_bps;
}

/* All classic, all on the fabric, or anything. */
static const struct linecard_type *fitting_card(struct draw *d, uint64_t kind, uint32_t most_ports)
{
    const struct linecard_type *card;

    do {
        card = draw_card(d, most_ports);
    } while ((kind == 0 && card->class != CLASSIC) || (kind == 1 && card->class == CLASSIC) ||
             (!d->fabric && card->class != CLASSIC && card->class != CEF256));
    return card;
}

/* The supervisor's. */
static const struct linecard_type *on_one_channel(const struct linecard_type *card,
                                                  struct arena *mem)
{
    struct linecard_type *uplinks = arena_take(mem, sizeof *uplinks);

    *uplinks = *card;
    for (uint32_t a = 0; a < uplinks->n_asics; a++) {
        uplinks->asics[a].channel = 0;
    }
    return uplinks;
}

static void draw_slots(struct draw *d)
{
    struct chassis_config *c = d->c;
    uint64_t kind = PICK(d, 0, 1, 1, 2, 2, 2);
    uint32_t most = (uint32_t)between(d, 1, c->chassis->n_slots - 1);

    c->slots = arena_take_array(d->mem, CONFIG_MAX_SLOTS, sizeof *c->slots);
    c->ports = arena_take_array(d->mem, MOST_PORTS + 16, sizeof *c->ports);
    for (uint32_t slot = 1; slot <= c->chassis->n_slots && c->n_slots < most; slot++) {
        bool uplinks = slot == c->supervisor_slot;
        if (c->n_ports >= MOST_PORTS || one_in(d, uplinks ? 2 : 5)) {
            continue;
        }
        struct slot_config *s = &c->slots[c->n_slots++];
        const struct linecard_type *card = fitting_card(d, kind, one_in(d, 4) ? 12 : 4);
        *s = (struct slot_config){slot, card, NULL, c->n_ports};
        if (uplinks) {
            s->card = d->supervisor->uplinks = on_one_channel(card, d->mem);
        } else if (d->fabric && (!card->on_bus || (card->class != CLASSIC && one_in(d, 2)))) {
            struct engine_type *dfc = arena_take(d->mem, sizeof *dfc);
            draw_engine(d, dfc, card->n_ports);
            s->dfc = dfc;
        }
        c->n_ports += s->card->n_ports;
        draw_ports(d, s);
    }
}

/* A few ports of one rate, from any one on; those that are in none yet. */
static void draw_port_channel(struct draw *d, struct port_channel *channel, uint32_t index,
                              uint32_t most)
{
    struct chassis_config *c = d->c;
    uint32_t first = (uint32_t)below(d, c->n_ports), step = (uint32_t)between(d, 1, 3);

    for (uint32_t p = first; p < c->n_ports && channel->n_members < most; p += step) {
        uint32_t last = channel->n_members - 1;
        if (config_is_interface(c, p) &&
            (channel->n_members == 0 || port_bps(c, p) == port_bps(c, channel->members[last]))) {
            channel->members[channel->n_members++] = p;
            c->ports[p].port_channel = index;
        }
    }
}

/* At least two interfaces are left. */
static void draw_port_channels(struct draw *d)
{
    struct chassis_config *c = d->c;
    uint32_t n = one_in(d, 2) ? (uint32_t)between(d, 1, MOST_CHANNELS) : 0, n_left = c->n_ports;

    c->port_channels = arena_take_array(d->mem, MOST_CHANNELS, sizeof *c->port_channels);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t most = (uint32_t)between(d, 1, CONFIG_MAX_MEMBERS);
        struct port_channel *channel = &c->port_channels[c->n_port_channels];
        draw_port_channel(d, channel, c->n_ports + c->n_port_channels,
                          most < n_left - 1 ? most : n_left - 1);
        if (channel->n_members > 0) {
            n_left -= channel->n_members - 1;
            draw_port(d, &c->ports[c->n_ports + c->n_port_channels++], i + 1, 100, i);
        }
    }
    d->first_two = arena_take_array(d->mem, 2, sizeof *d->first_two);
    for (uint32_t p = 0, k = 0; k < 2; p++) {
        if (config_is_interface(c, p)) {
            d->first_two[k++] = p;
        }
    }
}

static void draw_hardware(struct draw *d)
{
    struct chassis_config *c = d->c;
    struct chassis_type *chassis = arena_take(d->mem, sizeof *chassis);
    struct supervisor_type *supervisor = arena_take(d->mem, sizeof *supervisor);
    static const struct fabric_type fabric = {"crossbar", {0}};

    d->supervisor = supervisor;
    d->fabric = !one_in(d, 5);
    chassis->model = "chassis";
    chassis->n_slots = (uint32_t)PICK(d, 3, 6, 9, 13);
    for (uint32_t slot = 1; slot <= chassis->n_slots; slot++) {
        chassis->channels[slot] = CONFIG_MAX_CHANNELS;
    }
    c->chassis = chassis;
    c->supervisor_slot = chassis->supervisor_slots[0] = (uint32_t)between(d, 1, chassis->n_slots);
    while (c->n_ports < 2) {
        c->n_slots = c->n_ports = 0;
        draw_slots(d);
    }
    supervisor->model = "supervisor";
    draw_engine(d, &supervisor->pfc, c->n_ports);
    supervisor->software_pps = near(d, line_pps(d, c->n_ports), 2, 40);
    supervisor->inband_bps = near(d, d->port_bps * c->n_ports, 5, 50);
    supervisor->fabric_bps = near(d, d->port_bps * c->n_ports, 10, 80);
    supervisor->fabric = d->fabric ? &fabric : NULL;
    c->supervisor = supervisor;
}

static void draw_mechanisms(struct draw *d)
{
    struct chassis_config *c = d->c;

    c->fabric_overhead_bytes = (uint32_t)below(d, 33);
    c->fabric_overspeed = (uint32_t)between(d, 1, 3);
    c->fabric_transit_ps = (int64_t)PICK(d, 1000, 50000, 400000, 1234567);
    c->port_rx_latency_ps = one_in(d, 3) ? 0 : (int64_t)below(d, 1000000);
    c->port_tx_latency_ps = one_in(d, 3) ? 0 : (int64_t)below(d, 1000000);
    c->fabric_egress_bytes = buffer_bytes(d);
    c->bus_outstanding = (uint32_t)PICK(d, 1, 2, 5, 32, 32);
    c->inband_packets = PICK(d, 1, 3, 10, 100);
    c->batch_rows = 0;
    c->cross_channel_local = one_in(d, 3);
    for (int hop = 0; hop < CONFIG_N_HOPS; hop++) {
        c->hops[hop] = one_in(d, 2) ? CUT_THROUGH : STORE_AND_FORWARD;
    }
    c->load_sharing = (enum load_sharing)below(d, 4);
}

/* ---- routes ------------------------------------------------------------------------------ */

/* Of the interface that the port belongs to. */
static struct ip_address neighbour(const struct draw *d, uint32_t port, uint8_t family)
{
    struct ip_address a = d->c->ports[config_interface_of(d->c, port)].address[family];

    a.hi += family == IPV4 ? 1ull << 32 : 0;
    a.lo += family == IPV6;
    return a;
}

/* Few bits differ, so that prefixes lie inside each other. */
static struct ip_address somewhere(struct draw *d, uint8_t family)
{
    struct rng_draw two = rng_at(&d->rng, d->n_drawn++);
    uint64_t bits = two.a & two.b;

    if (family == IPV4) {
        return (struct ip_address){(50ull << 56) + (bits & 0x0303ff0f00000000), 0, IPV4};
    }
    return (struct ip_address){0x2a00000000000000 | (bits & 0x03030000000000ff), bits & 0xf00f,
                               IPV6};
}

static struct ip_prefix some_prefix(struct draw *d, uint8_t family)
{
    unsigned whole = family == IPV4 ? 32 : 128;
    unsigned length = one_in(d, 12) ? (unsigned)below(d, 6) : (unsigned)between(d, 6, whole);

    return ip_prefix_of(somewhere(d, family), length);
}

/* A neighbour mostly; else one that does not answer, one behind other routes, or nobody. */
static struct ip_address some_next_hop(struct draw *d, uint8_t family)
{
    struct ip_address a = neighbour(d, (uint32_t)below(d, d->c->n_ports), family);

    if (one_in(d, 4)) {
        uint64_t other = between(d, 1, 5);
        a.hi += family == IPV4 ? other << 32 : 0;
        a.lo += family == IPV6 ? other : 0;
    } else if (one_in(d, 4)) {
        return somewhere(d, family);
    }
    return a;
}

static struct static_route some_route(struct draw *d, struct ip_prefix prefix)
{
    struct static_route route = {.prefix = prefix};

    route.via = (enum via)PICK(d, VIA_NEXT_HOP, VIA_NEXT_HOP, VIA_NEXT_HOP, VIA_NEXT_HOP, VIA_PORT,
                               VIA_NULL0, VIA_RECEIVE);
    route.next_hop = some_next_hop(d, prefix.family);
    uint32_t port = config_interface_of(d->c, (uint32_t)below(d, d->c->n_ports));
    route.port = route.via == VIA_PORT ? port : 0;
    route.punt = one_in(d, 4) && route.via == VIA_NEXT_HOP;
    if (one_in(d, 3) && route.via == VIA_NEXT_HOP) {
        struct ip_address *others = arena_take_array(d->mem, CONFIG_MAX_PATHS, sizeof *others);
        route.n_others = (uint32_t)below(d, CONFIG_MAX_PATHS);
        for (uint32_t i = 0; i < route.n_others; i++) {
            others[i] = some_next_hop(d, prefix.family);
        }
        route.others = others;
    }
    return route;
}

static void draw_static_routes(struct draw *d)
{
    struct chassis_config *c = d->c;
    uint32_t n = (uint32_t)below(d, 40);

    c->static_routes = arena_take_array(d->mem, n + 4, sizeof *c->static_routes);
    for (uint8_t family = IPV4; family <= IPV6; family++) { /* flows have somewhere to go */
        for (uint32_t port = 0; port < 2; port++) {
            struct ip_address at = somewhere(d, family);
            at.hi = (at.hi & ~(0xfull << 56)) | (uint64_t)(8 + port) << 56;
            c->static_routes[c->n_static_routes++] =
                (struct static_route){.prefix = ip_prefix_of(at, 16),
                                      .via = VIA_NEXT_HOP,
                                      .next_hop = neighbour(d, d->first_two[port], family)};
        }
    }
    while (n-- > 0) {
        uint8_t family = (uint8_t)below(d, 2);
        c->static_routes[c->n_static_routes++] = some_route(d, some_prefix(d, family));
    }
}

static void draw_table(struct draw *d)
{
    struct route_table *t = arena_take(d->mem, sizeof *t);
    size_t n = below(d, 60);

    t->n_next_hops = 6;
    t->next_hops = arena_take_array(d->mem, t->n_next_hops, sizeof *t->next_hops);
    for (size_t i = 0; i < t->n_next_hops; i++) {
        t->next_hops[i] = some_next_hop(d, i % 2 == 0 ? IPV4 : IPV6);
    }
    t->routes = arena_take_array(d->mem, n, sizeof *t->routes);
    while (n-- > 0) { /* insertion sort, without doubles */
        uint8_t family = (uint8_t)below(d, 2);
        struct route route = {.prefix = some_prefix(d, family)};
        route.next_hop_index = (uint32_t)below(d, 3) * 2 + family;
        size_t i = t->n_routes;
        while (i > 0 && ip_prefix_compare(&route.prefix, &t->routes[i - 1].prefix) < 0) {
            i--;
        }
        if (i == 0 || ip_prefix_compare(&route.prefix, &t->routes[i - 1].prefix) != 0) {
            memmove(&t->routes[i + 1], &t->routes[i], (t->n_routes++ - i) * sizeof route);
            t->routes[i] = route;
        }
    }
    d->c->table = one_in(d, 4) ? NULL : t;
}

/* One that has a route, one that next hops are resolved by, or another one. */
static struct ip_prefix prefix_to_change(struct draw *d)
{
    const struct chassis_config *c = d->c;
    uint8_t family = (uint8_t)below(d, 2);
    uint64_t n_known = c->n_static_routes + c->n_route_changes;

    if (one_in(d, 3)) {
        unsigned whole = family == IPV4 ? 32 : 128;
        return ip_prefix_of(some_next_hop(d, family), (unsigned)between(d, whole - 12, whole));
    }
    if (one_in(d, 4)) {
        return some_prefix(d, family);
    }
    if (c->table != NULL && c->table->n_routes > 0 && one_in(d, 4)) {
        return c->table->routes[below(d, c->table->n_routes)].prefix;
    }
    uint64_t known = below(d, n_known);
    return known < c->n_static_routes ? c->static_routes[known].prefix
                                      : c->route_changes[known - c->n_static_routes].route.prefix;
}

void random_changes(struct chassis_config *config, uint32_t n, uint64_t seed, struct arena *mem)
{
    struct draw d = {.c = config, .mem = mem, .rng = rng_open(seed, "random", "changes")};
    uint64_t until_ps = (uint64_t)(config->warmup_ps + config->duration_ps);
    int64_t at_ps = 0;

    config->n_route_changes = 0;
    config->route_changes = arena_take_array(mem, n, sizeof *config->route_changes);
    while (n-- > 0) {
        at_ps += one_in(&d, 4) ? 0 : (int64_t)below(&d, 2 * until_ps / (n + 2));
        struct route_change change = {.at_ps = at_ps, .withdraw = one_in(&d, 2)};
        change.route = some_route(&d, prefix_to_change(&d));
        config->route_changes[config->n_route_changes++] = change;
    }
}

/* ---- traffic ----------------------------------------------------------------------------- */

static struct ip_address some_destination(struct draw *d, uint8_t family)
{
    const struct chassis_config *c = d->c;
    struct ip_address a;

    switch (below(d, 8)) {
    case 0:
        return somewhere(d, family);
    case 1:
        return one_in(d, 2) ? c->ports[below(d, c->n_ports)].address[family]
                            : some_next_hop(d, family);
    case 2:
    case 3:
        return neighbour(d, (uint32_t)below(d, c->n_ports), family);
    default: /* inside a static route */
        do {
            const struct ip_prefix *p = &c->static_routes[below(d, c->n_static_routes)].prefix;
            struct ip_address to = somewhere(d, family);
            a = (struct ip_address){p->hi | (to.hi & ~ip_mask_hi(p->length)),
                                    p->lo | (to.lo & ~ip_mask_lo(p->length)), p->family};
        } while (a.family != family);
        return a;
    }
}

static void draw_frames(struct draw *d, struct frame_mix *mix)
{
    if (one_in(d, 3)) {
        *mix = (struct frame_mix){3, {64, 594, 1518}, {7, 4, 1}, one_in(d, 2)};
        return;
    }
    mix->n = (uint32_t)between(d, 1, 4);
    for (uint32_t i = 0; i < mix->n; i++) {
        mix->bytes[i] = (uint16_t)(one_in(d, 2) ? 64 : between(d, 64, 1518));
        mix->weight[i] = (uint32_t)between(d, 1, 5);
    }
}

static void draw_rate(struct draw *d, struct rate *rate)
{
    rate->unit = (enum rate_unit)below(d, 3);
    rate->value = rate->unit == RATE_LINE  ? between(d, 10000, 1000000)
                  : rate->unit == RATE_BPS ? near(d, d->port_bps, 1, 120)
                                           : near(d, line_pps(d, 1), 1, 120);
}

static void draw_stream(struct draw *d, struct stream_config *s, uint32_t number)
{
    const struct chassis_config *c = d->c;
    uint32_t *ports = arena_take_array(d->mem, c->n_ports, sizeof *ports);
    uint64_t share = between(d, 1, 3);

    s->name = arena_printf(d->mem, "stream %u", number);
    while (s->n_ports == 0) {
        for (uint32_t p = 0; p < c->n_ports; p++) {
            if (one_in(d, share)) {
                ports[s->n_ports++] = p;
            }
        }
    }
    s->ports = ports;
    draw_rate(d, &s->rate);
    draw_frames(d, &s->frames);
    s->arrivals = (enum arrivals)below(d, 3);
    s->burst_frames = (uint32_t)between(d, 1, 12);
    s->family = one_in(d, 3) ? IPV6 : IPV4;
    s->n_flows = (uint32_t)between(d, 1, 200);
    s->to = one_in(d, 4) ? (enum destinations)below(d, 2) : TO_LIST;
    if (s->to == TO_LIST) {
        struct ip_address *list = arena_take_array(d->mem, N_LIST, sizeof *list);
        s->n_list = (uint32_t)between(d, 1, N_LIST);
        for (uint32_t i = 1; i < s->n_list; i++) {
            list[i] = some_destination(d, (uint8_t)s->family);
        }
        list[0] = c->ports[d->first_two[0]].address[s->family]; /* never leaves by any port */
        s->list = list;
    } else if (one_in(d, 3)) {
        s->n_egress = 2;
        s->egress = d->first_two;
    }
    s->other_mac = one_in(d, 12);
}

/* As long as it takes for about so many packets, were they all small. */
static void draw_times(struct draw *d)
{
    struct chassis_config *c = d->c;
    int64_t usual_ps = (int64_t)(between(d, 200, 4000) * SECOND_PS / line_pps(d, c->n_ports));
    int64_t until_ps = usual_ps < 5000000 ? 5000000 : usual_ps;

    c->warmup_ps = (int64_t)below(d, (uint64_t)until_ps / 3);
    c->duration_ps = until_ps - c->warmup_ps;
    for (uint32_t i = 0; i < c->n_streams; i++) {
        struct stream_config *s = &c->streams[i];
        s->start_ps = one_in(d, 2) ? 0 : (int64_t)below(d, (uint64_t)until_ps / 3);
        s->stop_ps = one_in(d, 2) ? until_ps : until_ps - (int64_t)below(d, (uint64_t)until_ps / 3);
    }
    c->fib_start = one_in(d, 2) ? FIB_COLD : FIB_CONVERGED;
    uint64_t n_entries = 6 * c->n_ports + c->n_static_routes + 40;
    c->fib_download_pps = near(d, n_entries * SECOND_PS / (uint64_t)until_ps, 50, 400);
    c->ipv4_slots = one_in(d, 6) ? between(d, 1, 16) : 0;
    c->fib_exception_pps = one_in(d, 3) ? 0 : near(d, line_pps(d, c->n_ports), 1, 20);
    c->fib_exception_burst = (uint32_t)between(d, 1, 5);
}

struct chassis_config *random_chassis(uint64_t number, struct arena *mem)
{
    struct draw d = {.c = arena_take(mem, sizeof *d.c),
                     .mem = mem,
                     .rng = rng_open(number, "random", "chassis")};

    d.c->title = arena_printf(mem, "random chassis %llu", (unsigned long long)number);
    d.c->seed = number;
    d.port_bps =
        PICK(&d, 1000000000, 1000000000, 2500000000, 10000000000, 10000000000, 40000000000);
    d.tcam_slots = one_in(&d, 4) ? between(&d, 20, 120) : 10000;
    draw_hardware(&d);
    draw_port_channels(&d);
    draw_mechanisms(&d);
    draw_static_routes(&d);
    draw_table(&d);
    d.c->n_streams = (uint32_t)between(&d, 1, 5);
    d.c->streams = arena_take_array(mem, d.c->n_streams, sizeof *d.c->streams);
    for (uint32_t i = 0; i < d.c->n_streams; i++) {
        draw_stream(&d, &d.c->streams[i], i);
    }
    draw_times(&d);
    if (one_in(&d, 2)) {
        random_changes(d.c, (uint32_t)between(&d, 1, 12), number, mem);
    }
    return d.c;
}
