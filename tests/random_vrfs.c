/* VRFs of a random chassis: after all else that has addresses has been drawn. */
#include "models/bgp_feed.h"
#include "sim/arena.h"
#include "tests/random_chassis.h"
#include "tests/random_draw.h"

#define MOST_VRFS 4
#define MANY_VRFS 514 /* some of which recirculate */
#define N_LIST 40

static void draw_interfaces(struct draw *d)
{
    struct chassis_config *c = d->c;
    uint32_t last = c->n_vrfs;

    for (uint32_t p = 0; p < config_n_all_ports(c); p++) {
        if (config_is_interface(c, p) && one_in(d, 2)) {
            c->ports[p].address[IPV4].lo = last - below(d, last < MOST_VRFS ? last : MOST_VRFS);
        }
    }
}

/* Of the interface whose subnet it is in; now and then of another VRF. */
static uint64_t some_vrf(struct draw *d, struct ip_address a)
{
    const struct chassis_config *c = d->c;

    for (uint32_t p = 0; p < config_n_all_ports(c); p++) {
        const struct ip_address *own = &c->ports[p].address[IPV4];
        if (config_is_interface(c, p) && own->hi >> 40 == a.hi >> 40 && !one_in(d, 6)) {
            return own->lo;
        }
    }
    return one_in(d, 3) ? 0 : c->n_vrfs - below(d, c->n_vrfs < MOST_VRFS ? c->n_vrfs : MOST_VRFS);
}

static void put_address(struct draw *d, struct ip_address *a)
{
    a->lo = a->family == IPV4 ? some_vrf(d, *a) : a->lo;
}

static void put_routes(struct draw *d)
{
    struct chassis_config *c = d->c;

    for (uint32_t i = 0; i < c->n_static_routes; i++) {
        struct static_route *r = &c->static_routes[i];
        struct ip_address *others =
            arena_take_array(d->mem, r->n_others == 0 ? 1 : r->n_others, sizeof *others);
        put_address(d, &r->next_hop);
        for (uint32_t k = 0; k < r->n_others; k++) {
            others[k] = r->others[k];
            put_address(d, &others[k]);
        }
        r->others = others;
        if (r->prefix.family == IPV4) {
            r->prefix.lo = one_in(d, 3) ? some_vrf(d, r->next_hop) : r->next_hop.lo;
        }
    }
    for (uint32_t i = 0; i < c->n_sessions; i++) {
        put_address(d, &c->sessions[i].neighbour);
    }
    for (uint32_t i = 0; i < c->n_hosts; i++) {
        put_address(d, &((struct ip_address *)(uintptr_t)c->hosts)[i]);
    }
}

static void put_table(struct draw *d)
{
    struct chassis_config *c = d->c;
    struct route_table *t = (struct route_table *)(uintptr_t)c->table;

    c->feed_vrf = one_in(d, 2) ? c->n_vrfs : 0;
    for (size_t i = 0; t != NULL && i < t->n_routes + t->n_late; i++) {
        struct route *route = i < t->n_routes ? &t->routes[i] : &t->late[i - t->n_routes];
        route->prefix.lo = route->prefix.family == IPV4 ? c->feed_vrf : route->prefix.lo;
    }
    for (size_t i = 0; t != NULL && i < t->n_next_hops; i++) {
        put_address(d, &t->next_hops[i]);
    }
}

/* Some of what peers say is of VRFs; then nothing else of theirs is. */
static void put_path(struct draw *d, struct bgp_feed_path *path)
{
    const struct chassis_config *c = d->c;

    if (path->family == IPV4 && one_in(d, 2)) {
        path->lo = c->n_vrfs - below(d, c->n_vrfs < MOST_VRFS ? c->n_vrfs : MOST_VRFS);
    }
}

static void put_bgp(struct draw *d)
{
    const struct bgp_feed *feed = d->c->bgp;

    if (feed == NULL || d->c->feed_vrf != 0) {
        return;
    }
    for (size_t i = 0; i < feed->n_paths; i++) {
        put_path(d, &feed->paths[i]);
    }
    for (size_t i = 0; i < feed->n_updates; i++) {
        put_path(d, &feed->updates[i].path);
    }
}

/* How much of what IPv4 and labels have is for labels alone: few enough that some do not fit. */
static uint64_t some_mpls_slots(struct draw *d, uint64_t together)
{
    uint64_t most = together == 0 ? d->c->supervisor->pfc.ipv4_slots : together;

    return most > 1 && one_in(d, 2) ? between(d, 1, most < 30 ? most - 1 : 30) : 0;
}

static void draw_carving(struct draw *d)
{
    struct chassis_config *c = d->c;

    c->mpls_slots = some_mpls_slots(d, c->ipv4_slots);
    for (uint32_t i = 0; i < c->n_reloads; i++) {
        c->reloads[i].mpls_slots = some_mpls_slots(d, c->reloads[i].ipv4_slots);
    }
}

/* Where there is a route, in whichever table. */
static void draw_destinations(struct draw *d, struct stream_config *s)
{
    const struct chassis_config *c = d->c;
    struct ip_address *list = arena_take_array(d->mem, N_LIST, sizeof *list);

    list[0] = c->ports[0].address[s->family];
    s->n_list = 1;
    while (s->n_list < N_LIST) {
        const struct ip_prefix *p = &c->static_routes[below(d, c->n_static_routes)].prefix;
        if (p->family == s->family) {
            list[s->n_list++] =
                (struct ip_address){p->hi, p->family == IPV4 ? 0 : p->lo, p->family};
        }
    }
    s->to = TO_LIST;
    s->list = list;
    s->n_egress = 0;
}

void random_vrfs(struct chassis_config *config, uint64_t seed, struct arena *mem)
{
    struct draw d = {.c = config, .mem = mem, .rng = rng_open(seed, "random", "vrfs")};

    if (!one_in(&d, 6)) {
        return;
    }
    config->n_vrfs = one_in(&d, 12) ? MANY_VRFS : (uint32_t)between(&d, 1, MOST_VRFS);
    struct vrf_config *vrfs = arena_take_array(mem, config->n_vrfs, sizeof *vrfs);
    for (uint32_t i = 0; i < config->n_vrfs; i++) {
        vrfs[i] = (struct vrf_config){.name = "random", .rd = i, .label_per_vrf = one_in(&d, 2)};
    }
    config->vrfs = vrfs;
    draw_carving(&d);
    draw_interfaces(&d);
    put_routes(&d);
    put_table(&d);
    put_bgp(&d);
    for (uint32_t i = 0; i < config->n_streams; i++) {
        struct stream_config *s = &config->streams[i];
        if (s->to != TO_LIST) {
            draw_destinations(&d, s);
        }
        if (s->family == IPV4 && one_in(&d, 2)) {
            s->label_vrf =
                config->n_vrfs - (uint32_t)below(&d, config->n_vrfs < 4 ? config->n_vrfs : 4);
        }
    }
}
