#include "models/bgp_routes.h"

#include <string.h>

#include "models/intern.h"
#include "sim/arena.h"
#include "sim/error.h"

static struct ip_prefix host(struct ip_address a)
{
    return ip_prefix_of(a, a.family == IPV4 ? 32 : 128);
}

/* A next hop in the table where it is looked for: those of VPN routes are other routers, across the
 * core. */
static struct ip_address in_table(const struct bgp_routes *r, struct ip_address next_hop,
                                  bool of_vpn)
{
    uint64_t vrf = of_vpn ? 0 : r->config->feed_vrf;
    return (struct ip_address){next_hop.hi, next_hop.family == IPV4 ? vrf : next_hop.lo,
                               next_hop.family};
}

static struct bgp_out_of_reach *find_out(const struct bgp_routes *r, struct ip_address next_hop)
{
    for (uint32_t i = 0; i < r->n_out; i++) {
        if (ip_address_equal(r->out[i].next_hop, next_hop)) {
            return &r->out[i];
        }
    }
    return NULL;
}

static bool reachable(void *context, struct ip_address next_hop, bool of_vpn)
{
    const struct bgp_routes *r = context;
    if (r->n_out > 0) {
        const struct bgp_out_of_reach *out = find_out(r, in_table(r, next_hop, of_vpn));
        if (out != NULL && (r->looks_back ? out->before : out->now)) {
            return false;
        }
    }
    return route_map_n(&r->seen, IPV4) + route_map_n(&r->seen, IPV6) < BGP_MAX_NEXT_HOPS ||
           route_map_get(&r->seen, host(in_table(r, next_hop, of_vpn))) != NULL;
}

void bgp_routes_open(struct bgp_routes *r, const struct chassis_config *config,
                     const struct bgp_options *options, struct rib *rib, struct arena *mem)
{
    *r = (struct bgp_routes){.config = config, .rib = rib, .mem = mem};
    struct bgp_options with = *options;
    with.reachable = reachable;
    with.context = r;
    r->bgp = bgp_open(&with, mem);
    r->paths = intern_open(mem);
}

void bgp_routes_close(struct bgp_routes *r)
{
    route_map_clear(&r->seen);
    bgp_close(r->bgp);
}

/* n_before: prefixes of the family before the change. */
static void tell(const struct bgp_routes *r, struct ip_prefix prefix, size_t n_before)
{
    if (r->changed != NULL) {
        size_t n = rib_n_prefixes(r->rib, (enum ip_family)prefix.family);
        r->changed(r->context, prefix, n > n_before);
    }
}

/* A next hop that is seen for the first time may need a route of its own. */
static void see_first(struct bgp_routes *r, struct ip_address next_hop)
{
    if (!rib_leads_to(r->rib, next_hop)) {
        struct route_target neighbour = {.kind = TARGET_PORT,
                                         .next_hop = next_hop,
                                         .port =
                                             config_next_interface(r->config, next_hop, &r->turn)};
        size_t n_before = rib_n_prefixes(r->rib, (enum ip_family)next_hop.family);
        rib_add(r->rib, host(next_hop), ROUTE_CONNECTED, neighbour);
        tell(r, host(next_hop), n_before);
    }
}

/* The target in the RIB of routes to this next hop alone. */
static uint32_t see(struct bgp_routes *r, struct ip_address next_hop)
{
    uint64_t mixed = (next_hop.hi ^ next_hop.lo) * 0x9e3779b97f4a7c15u;
    struct bgp_known *known = &r->known[mixed >> 56];
    if (known->target != 0 && known->next_hop.hi == next_hop.hi &&
        known->next_hop.lo == next_hop.lo && known->next_hop.family == next_hop.family) {
        return known->target;
    }
    uint64_t *word = route_map_put(&r->seen, host(next_hop));
    if (*word == 0) {
        const struct route_target target = {.kind = TARGET_NEXT_HOP, .next_hop = next_hop};
        *word = rib_target(r->rib, ROUTE_FEED, &target);
        see_first(r, next_hop);
    }
    *known = (struct bgp_known){next_hop, (uint32_t)*word};
    return known->target;
}

/* The number in the RIB of these next hops of equal cost. */
static uint32_t paths_number(struct bgp_routes *r, const struct ip_address *next_hops, uint32_t n)
{
    bool is_new;
    uint32_t number = intern_take(r->paths, next_hops, n * sizeof *next_hops, &is_new);
    if (number >= r->room_numbers) {
        uint32_t room = r->room_numbers == 0 ? 64 : 2 * r->room_numbers;
        r->numbers = arena_grow(r->mem, r->numbers, r->room_numbers * sizeof *r->numbers,
                                room * sizeof *r->numbers);
        r->room_numbers = room;
    }
    if (is_new) {
        r->numbers[number] = rib_next_hops(r->rib, next_hops, n);
    }
    return r->numbers[number];
}

void bgp_routes_put(void *context, struct ip_prefix prefix)
{
    struct bgp_routes *r = context;
    bool of_vpn = ip_is_of_vrf(&prefix);
    struct bgp_route best[CONFIG_MAX_PATHS];
    struct ip_address next_hops[CONFIG_MAX_PATHS];
    uint32_t n = bgp_best(r->bgp, &prefix, best), target = 0;
    memset(next_hops, 0, sizeof next_hops); /* they are compared byte by byte */
    for (uint32_t i = 0; i < n; i++) {
        const struct bgp_set *set = bgp_store_get(bgp_store(r->bgp), best[i].set);
        struct ip_address next_hop = in_table(r, set->next_hop, of_vpn);
        next_hops[i].hi = next_hop.hi;
        next_hops[i].lo = next_hop.lo;
        next_hops[i].family = next_hop.family;
        uint32_t seen = see(r, next_hops[i]);
        target = i == 0 ? seen : target;
    }
    prefix.lo = prefix.family == IPV4 && !of_vpn ? r->config->feed_vrf : prefix.lo;
    size_t n_before = rib_n_prefixes(r->rib, (enum ip_family)prefix.family);
    if (n == 0) {
        rib_remove(r->rib, prefix, ROUTE_FEED);
    } else if (n == 1 || intern_n(r->paths) == BGP_MAX_PATH_SETS) {
        rib_add_to(r->rib, prefix, ROUTE_FEED, target);
    } else {
        rib_add(r->rib, prefix, ROUTE_FEED,
                (struct route_target){.kind = TARGET_NEXT_HOPS,
                                      .next_hops = paths_number(r, next_hops, n)});
    }
    tell(r, prefix, n_before);
}

/* ---- what can be reached ---- */

struct following {
    struct bgp_routes *r;
    struct ip_prefix changed;
    bool any;
};

static void look_at_next_hop(void *context, struct ip_prefix host, uint64_t target)
{
    struct following *f = context;
    struct bgp_routes *r = f->r;
    (void)target;
    if (host.family != f->changed.family || !ip_prefix_covers(f->changed, host.hi, host.lo)) {
        return;
    }
    struct ip_address next_hop = {host.hi, host.lo, host.family};
    struct bgp_out_of_reach *out = find_out(r, next_hop);
    bool is_out = !rib_leads_to(r->rib, next_hop);
    if (is_out == (out != NULL)) {
        return;
    }
    f->any = true;
    if (out != NULL) {
        out->now = false;
        return;
    }
    if (r->n_out == r->room_out) {
        uint32_t room = r->room_out == 0 ? 16 : 2 * r->room_out;
        r->out = arena_grow(r->mem, r->out, r->room_out * sizeof *r->out, room * sizeof *r->out);
        r->room_out = room;
    }
    r->out[r->n_out++] = (struct bgp_out_of_reach){next_hop, false, true};
}

static void put_if_other(void *context, struct ip_prefix prefix)
{
    struct bgp_routes *r = context;
    struct bgp_route before[CONFIG_MAX_PATHS], now[CONFIG_MAX_PATHS];
    r->looks_back = true;
    uint32_t n_before = bgp_best(r->bgp, &prefix, before);
    r->looks_back = false;
    uint32_t n = bgp_best(r->bgp, &prefix, now);
    bool same = n == n_before;
    for (uint32_t i = 0; same && i < n; i++) {
        same = ip_address_equal(bgp_store_get(bgp_store(r->bgp), now[i].set)->next_hop,
                                bgp_store_get(bgp_store(r->bgp), before[i].set)->next_hop);
    }
    if (!same) {
        bgp_routes_put(r, prefix);
    }
}

/* What has changed is what is. */
static void forget_before(struct bgp_routes *r)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->n_out; i++) {
        if (r->out[i].now) {
            r->out[n] = r->out[i];
            r->out[n++].before = true;
        }
    }
    r->n_out = n;
}

void bgp_routes_follow(struct bgp_routes *r, struct ip_prefix prefix)
{
    struct following f = {.r = r, .changed = prefix};
    route_map_each(&r->seen, (enum ip_family)prefix.family, look_at_next_hop, &f);
    for (enum ip_family family = IPV4; f.any && family <= IPV6; family++) {
        bgp_each(r->bgp, family, put_if_other, r);
    }
    forget_before(r);
}

void bgp_routes_settle(const struct bgp_routes *r)
{
    if (r->settled != NULL) {
        r->settled(r->context);
    }
}
