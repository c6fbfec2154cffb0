#include "models/bgp_routes.h"

#include <string.h>

#include "models/intern.h"
#include "sim/arena.h"
#include "sim/error.h"

static struct ip_prefix host(struct ip_address a)
{
    return ip_prefix_of(a, a.family == IPV4 ? 32 : 128);
}

static bool reachable(void *context, struct ip_address next_hop)
{
    const struct bgp_routes *r = context;
    return route_map_n(&r->seen, IPV4) + route_map_n(&r->seen, IPV6) < BGP_MAX_NEXT_HOPS ||
           route_map_get(&r->seen, host(next_hop)) != NULL;
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
    /* Next hops of VPN routes are other routers, across the core. */
    uint64_t vrf = ip_is_of_vrf(&prefix) ? 0 : r->config->feed_vrf;
    struct bgp_route best[CONFIG_MAX_PATHS];
    struct ip_address next_hops[CONFIG_MAX_PATHS];
    uint32_t n = bgp_best(r->bgp, &prefix, best), target = 0;
    memset(next_hops, 0, sizeof next_hops); /* they are compared byte by byte */
    for (uint32_t i = 0; i < n; i++) {
        const struct bgp_set *set = bgp_store_get(bgp_store(r->bgp), best[i].set);
        next_hops[i].hi = set->next_hop.hi;
        next_hops[i].lo = set->next_hop.family == IPV4 ? vrf : set->next_hop.lo;
        next_hops[i].family = set->next_hop.family;
        uint32_t seen = see(r, next_hops[i]);
        target = i == 0 ? seen : target;
    }
    prefix.lo = prefix.family == IPV4 && vrf != 0 ? vrf : prefix.lo;
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

void bgp_routes_settle(const struct bgp_routes *r)
{
    if (r->settled != NULL) {
        r->settled(r->context);
    }
}
