/* Routes and traffic; the hardware is drawn in random_hardware.c. */
#include "tests/random_chassis.h"

#include <string.h>

#include "sim/arena.h"
#include "tests/random_draw.h"

#define N_LIST 60

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

struct ip_prefix some_prefix(struct draw *d, uint8_t family)
{
    unsigned whole = family == IPV4 ? 32 : 128;
    unsigned length = one_in(d, 12) ? (unsigned)below(d, 6) : (unsigned)between(d, 6, whole);

    return ip_prefix_of(somewhere(d, family), length);
}

/* A neighbour mostly; else one that does not answer, one behind other routes, or nobody. */
struct ip_address some_next_hop(struct draw *d, uint8_t family)
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
    route.floating = one_in(d, 4);
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
    if (one_in(d, 3)) {
        route_table_delay(t, between(d, 1, 20), d->mem);
        d->c->growth.n_routes = (uint32_t)t->n_late;
    }
    d->c->table = one_in(d, 4) ? NULL : t;
    if (d->c->table == NULL) {
        d->c->growth.n_routes = 0;
    }
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

static void draw_reloads(struct draw *d, uint64_t until_ps)
{
    struct chassis_config *c = d->c;
    uint32_t n = one_in(d, 4) ? (uint32_t)between(d, 1, 3) : 0;
    int64_t at_ps = 0;

    c->fib_exception = one_in(d, 3) ? FIB_REFUSE : FIB_EVICT;
    c->reloads = arena_take_array(d->mem, n, sizeof *c->reloads);
    while (n-- > 0) {
        at_ps += 1 + (int64_t)below(d, until_ps / 2);
        c->reloads[c->n_reloads++] =
            (struct reload){at_ps, one_in(d, 3) ? between(d, 1, 16) : 0, 0};
    }
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
    uint64_t usual_pps = n_entries * SECOND_PS / (uint64_t)until_ps;
    c->fib_cef_pps = near(d, usual_pps, 50, 4000);
    c->xdr_header_bytes = (uint32_t)below(d, 100);
    c->xdr_entry_bytes = (uint32_t)between(d, 1, 100);
    c->xdr_message_bytes = c->xdr_header_bytes + c->xdr_entry_bytes * (uint32_t)between(d, 1, 40);
    uint64_t usual_bps = usual_pps * c->n_slots * 8 * c->xdr_entry_bytes;
    c->eobc_bps = usual_bps > SECOND_PS / 40 ? SECOND_PS : near(d, usual_bps, 50, 4000);
    c->fib_download_pps = near(d, usual_pps, 50, 400);
    c->fib_download_dfc_pps = one_in(d, 2) ? c->fib_download_pps : near(d, usual_pps, 50, 400);
    c->tcam_write_pps = near(d, usual_pps, 50, 4000);
    draw_reloads(d, (uint64_t)until_ps);
    c->growth.start_ps = (int64_t)below(d, (uint64_t)until_ps);
    c->growth.rate = near(d, 10 * SECOND_PS / (uint64_t)until_ps, 50, 1000);
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
    if (one_in(&d, 4)) {
        draw_card_changes(&d);
    }
    random_policers(d.c, number, mem);
    random_netflow(d.c, number);
    random_punts(d.c, number, mem);
    random_queues(d.c, number, mem);
    random_features(d.c, number, mem);
    random_classes(d.c, number, mem);
    random_bgp(d.c, number, mem);
    random_vrfs(d.c, number, mem);
    if (one_in(&d, 2)) {
        random_changes(d.c, (uint32_t)between(&d, 1, 12), number, mem);
    }
    return d.c;
}
