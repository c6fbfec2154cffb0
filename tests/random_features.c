/* Lists and what interfaces ask with them. Rules are about what the streams send, so that all of them
 * are met; sources are where they come from as often as not. */
#include "sim/arena.h"
#include "tests/random_chassis.h"
#include "tests/random_draw.h"

#define MOST_LISTS 5
#define MOST_RULES 12
#define MOST_CHANGES 16

#define ICMP 1
#define TCP 6
#define UDP 17
#define ACK 0x10

/* A route with a way by an interface, and others; NULL: the one that was tried has none. */
static const struct ip_prefix *route_back(struct draw *d, const struct port_config *port)
{
    const struct static_route *r = &d->c->static_routes[below(d, d->c->n_static_routes)];
    struct ip_address way = port->address[IPV4];
    bool there = false;

    way.hi += 1ull << 32;
    for (uint32_t i = 0; i <= r->n_others && r->via == VIA_NEXT_HOP; i++) {
        const struct ip_address *hop = i == 0 ? &r->next_hop : &r->others[i - 1];
        there |= hop->hi == way.hi && hop->family == IPV4;
    }
    return there && r->n_others > 0 && r->prefix.family == IPV4 ? &r->prefix : NULL;
}

/* Some streams come by one of several ways to their sources. */
static void draw_way_back(struct draw *d, struct stream_config *s)
{
    uint32_t interface = config_interface_of(d->c, s->ports[0]);

    for (uint32_t i = 0; i < 3 * d->c->n_static_routes && s->family == IPV4; i++) {
        const struct ip_prefix *back = route_back(d, &d->c->ports[interface]);
        s->source = back != NULL ? *back : s->source;
    }
}

static bool comes_back(const struct draw *d, const struct stream_config *s)
{
    bool some = false;

    for (uint32_t i = 0; i < d->c->n_static_routes; i++) {
        const struct static_route *r = &d->c->static_routes[i];
        some |= r->n_others > 0 && s->source.length > 0 &&
                ip_prefix_compare(&r->prefix, &s->source) == 0;
    }
    return some;
}

static void draw_packets(struct draw *d)
{
    struct chassis_config *c = d->c;

    for (uint32_t i = 0; i < c->n_streams; i++) {
        struct stream_config *s = &c->streams[i];
        s->protocol = (uint8_t)PICK(d, ICMP, TCP, TCP, UDP, 47);
        s->flags = s->protocol == TCP ? (uint16_t)below(d, 64) : 0;
        s->icmp = s->protocol == ICMP ? (uint16_t)PICK(d, 8 << 8, 0, 3 << 8 | 1, 11 << 8) : 0;
        if (one_in(d, 2)) {
            s->to_ports = s->from_ports = (struct port_range){80, (uint16_t)between(d, 80, 100)};
        }
        uint32_t static_route = (uint32_t)below(d, c->n_static_routes);
        if (c->static_routes[static_route].prefix.family == s->family && one_in(d, 2)) {
            s->source = c->static_routes[static_route].prefix;
        } else if (one_in(d, 2)) {
            const struct port_config *port = &c->ports[config_interface_of(c, s->ports[0])];
            s->source = ip_prefix_of(port->address[s->family], port->length[s->family]);
        } else {
            draw_way_back(d, s);
        }
    }
}

static struct acl_ports some_ports(struct draw *d)
{
    uint16_t low = (uint16_t)(one_in(d, 2) ? between(d, 70, 100) : between(d, 0, 60000));

    switch (below(d, 6)) {
    case 0:
        return (struct acl_ports){low, low, 0};
    case 1:
        return (struct acl_ports){low, low, 1};
    case 2:
        return (struct acl_ports){low, (uint16_t)between(d, low, UINT16_MAX), 0};
    default:
        return ACL_ANY_PORT;
    }
}

/* Of an address that flows have; few bits of it matter. */
static void some_address(struct draw *d, const struct ip_prefix *near_to, uint32_t *value,
                         uint32_t *mask)
{
    *mask = one_in(d, 3)   ? (uint32_t)PICK(d, 0xff000000, 0x0000ff00, 0x80000000, 0x00000101)
            : one_in(d, 4) ? (uint32_t)(ip_mask_hi(near_to->length) >> 32)
                           : 0;
    *value =
        ((uint32_t)(near_to->hi >> 32) ^ (one_in(d, 4) ? (uint32_t)below(d, 1024) : 0)) & *mask;
}

static struct acl_rule some_rule(struct draw *d, uint32_t line)
{
    const struct chassis_config *c = d->c;
    struct acl_rule r = {.sport = ACL_ANY_PORT,
                         .dport = ACL_ANY_PORT,
                         .permit = !one_in(d, 4),
                         .log = one_in(d, 8),
                         .fragments = one_in(d, 20),
                         .line = line};

    some_address(d, &c->static_routes[below(d, c->n_static_routes)].prefix, &r.src, &r.src_mask);
    some_address(d, &c->static_routes[below(d, c->n_static_routes)].prefix, &r.dst, &r.dst_mask);
    if (one_in(d, 2)) {
        r.protocol = (uint8_t)PICK(d, ICMP, ICMP, TCP, UDP, 47);
        r.protocol_mask = UINT8_MAX;
    }
    if (r.protocol == TCP || r.protocol == UDP) {
        r.sport = some_ports(d);
        r.dport = some_ports(d);
    } else if (r.protocol == ICMP && !one_in(d, 4)) {
        r.sport = (struct acl_ports){8, 8, one_in(d, 2)};
    }
    if (r.protocol == TCP && one_in(d, 3)) {
        r.flags_any = one_in(d, 2) ? ACL_TCP_ESTABLISHED : 0x03;
        r.flags_mask = one_in(d, 3) ? ACK : 0;
        r.flags = r.flags_mask;
    }
    if (one_in(d, 6)) {
        r.tos_mask = 0xe0;
        r.tos = (uint8_t)(below(d, 8) << 5);
    }
    return r;
}

static void draw_lists(struct draw *d)
{
    struct acl_list *lists = arena_take_array(d->mem, MOST_LISTS, sizeof *lists);

    d->c->n_acls = (uint32_t)between(d, 1, MOST_LISTS);
    for (uint32_t i = 0; i < d->c->n_acls; i++) {
        struct acl_rule *rules = arena_take_array(d->mem, MOST_RULES + 1, sizeof *rules);
        uint32_t n = (uint32_t)between(d, 1, MOST_RULES);
        for (uint32_t k = 0; k < n; k++) {
            rules[k] = some_rule(d, k + 1);
        }
        if (!one_in(d, 3)) { /* permit ip any any */
            rules[n] = (struct acl_rule){
                .sport = ACL_ANY_PORT, .dport = ACL_ANY_PORT, .permit = true, .line = n + 1};
            n++;
        }
        lists[i] = (struct acl_list){arena_printf(d->mem, "list %u", i), rules, n};
    }
    d->c->acls = lists;
}

static struct ip_address some_way(struct draw *d)
{
    const struct chassis_config *c = d->c;
    uint32_t port = config_interface_of(c, (uint32_t)below(d, c->n_ports));
    struct ip_address a = c->ports[port].address[IPV4];

    a.hi += between(d, 1, one_in(d, 4) ? 3 : 1) << 32;
    return a;
}

/* Where streams come in whose sources have several ways. */
static void draw_checks(struct draw *d)
{
    const struct chassis_config *c = d->c;

    for (uint32_t i = 0; i < c->n_streams; i++) {
        uint32_t interface = config_interface_of(c, c->streams[i].ports[0]);
        if (comes_back(d, &c->streams[i]) && one_in(d, 2)) {
            c->interfaces[interface] = (struct interface_config){.verify = VERIFY_RX};
        }
    }
}

static void draw_interface(struct draw *d, struct interface_config *c)
{
    bool lists = one_in(d, 2);

    for (uint32_t point = 0; point < ACCESS_N_POINTS && lists; point++) {
        c->lists[point] = one_in(d, 2) ? (uint32_t)between(d, 1, d->c->n_acls) : 0;
    }
    if (one_in(d, 4)) {
        c->policy = (uint32_t)between(d, 1, d->c->n_acls);
        c->policy_next_hop = some_way(d);
    }
    c->verify = one_in(d, 3) ? (uint8_t)between(d, VERIFY_RX, VERIFY_ANY) : VERIFY_NOTHING;
    c->no_unreachables = one_in(d, 3);
}

/* The same point of an interface may change again, also before it is loaded; some changes change
 * nothing. Where lists are attached they may be the first. */
static void draw_access_changes(struct draw *d)
{
    struct chassis_config *c = d->c;
    uint32_t n = (uint32_t)between(d, 1, MOST_CHANGES);
    struct access_change *changes = arena_take_array(d->mem, n, sizeof *changes);
    int64_t at_ps = 0, until_ps = c->warmup_ps + c->duration_ps;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t list = one_in(d, 4) ? 0 : (uint32_t)between(d, 1, c->n_acls);
        at_ps += one_in(d, 3) ? 0 : (int64_t)below(d, 2 * (uint64_t)until_ps / n);
        changes[i] = (struct access_change){
            .at_ps = at_ps,
            .interface = config_interface_of(c, (uint32_t)below(d, c->n_ports)),
            .point = (uint32_t)below(d, ACCESS_N_POINTS),
            .list = list};
        uint32_t policy = c->interfaces[changes[i].interface].policy;
        changes[i].point =
            policy != 0 && list != 0 && one_in(d, 3) ? ACCESS_POLICY : changes[i].point;
    }
    c->access_changes = changes;
    c->n_access_changes = n;
    c->access_default = (uint8_t)below(d, 3);
    c->acl_entry_ps = (int64_t)(one_in(d, 2) ? below(d, 1000000) : below(d, 20000));
}

void random_features(struct chassis_config *config, uint64_t seed, struct arena *mem)
{
    struct draw d = {.c = config, .mem = mem, .rng = rng_open(seed, "random", "features")};
    struct supervisor_type *supervisor = arena_take(mem, sizeof *supervisor);

    draw_packets(&d);
    if (one_in(&d, 3)) {
        return;
    }
    *supervisor = *config->supervisor;
    supervisor->pfc.acl_masks = one_in(&d, 8) ? 0 : one_in(&d, 4) ? between(&d, 1, 200) : 4096;
    supervisor->pfc.acl_labels = one_in(&d, 3) ? between(&d, 0, 4) : 4096;
    supervisor->pfc.rpf_interfaces = PICK(&d, 1, 1, 2, 3);
    config->supervisor = supervisor;
    draw_lists(&d);
    config->interfaces =
        arena_take_array(mem, config_n_all_ports(config), sizeof *config->interfaces);
    for (uint32_t i = 0; i < config_n_all_ports(config); i++) {
        if (one_in(&d, 2)) {
            draw_interface(&d, &config->interfaces[i]);
        }
    }
    draw_checks(&d);
    config->optimized_logging = one_in(&d, 4);
    config->rpf_multipath = (uint8_t)(one_in(&d, 4) ? RPF_PASS : RPF_PUNT);
    if (one_in(&d, 2)) {
        draw_access_changes(&d);
    }
}
