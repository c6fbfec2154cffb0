#include "models/bgp_memory.h"

#include "models/bgp.h"
#include "models/route_map.h"
#include "sim/arena.h"

#define N_LEVELS 4 /* of mtrie nodes, the root of each VRF's included */

struct bgp_memory {
    struct ios_memory *ios;
    uint32_t subnet_blocks;
    uint64_t wanted[IOS_N_POOLS], taken[IOS_N_POOLS];
    struct route_map routes;          /* that count */
    struct route_map nodes[N_LEVELS]; /* how many prefixes need each */
    struct route_map networks;        /* how many subnets each classful one has */
};

struct bgp_memory *bgp_memory_open(const struct ios_router *router, const struct ios_train *train,
                                   uint32_t subnet_blocks, struct arena *mem,
                                   struct ios_failure *failure)
{
    struct bgp_memory *m = arena_take(mem, sizeof *m);
    m->subnet_blocks = subnet_blocks;
    m->ios = ios_memory_open(router, train, mem, failure);
    return failure->wanted_for == NULL ? m : NULL;
}

void bgp_memory_close(struct bgp_memory *m)
{
    route_map_clear(&m->routes);
    route_map_clear(&m->networks);
    for (int i = 0; i < N_LEVELS; i++) {
        route_map_clear(&m->nodes[i]);
    }
}

/* Gives back before it takes: what goes may make room for what comes. */
static bool follow(struct bgp_memory *m, struct ios_failure *failure)
{
    bool good = true;
    for (enum ios_pool p = 0; p < IOS_N_POOLS; p++) {
        for (; m->taken[p] > m->wanted[p]; m->taken[p]--) {
            ios_memory_give(m->ios, p);
        }
    }
    for (enum ios_pool p = 0; p < IOS_N_POOLS && good; p++) {
        for (; good && m->taken[p] < m->wanted[p]; m->taken[p] += good) {
            good = ios_memory_take(m->ios, p, failure);
        }
    }
    return good;
}

bool bgp_memory_learn(struct bgp_memory *m, struct bgp *bgp, struct ios_failure *failure)
{
    const struct bgp_store *store = bgp_store(bgp);
    m->wanted[IOS_AS_PATHS] = bgp_store_n(store, BGP_SHARED_PATHS);
    m->wanted[IOS_COMMUNITIES] = bgp_store_n(store, BGP_SHARED_COMMUNITIES);
    m->wanted[IOS_ATTRIBUTES] = bgp_store_n(store, BGP_SHARED_SETS);
    m->wanted[IOS_NETWORKS] = bgp_n_prefixes(bgp, IPV4) + bgp_n_prefixes(bgp, IPV6);
    m->wanted[IOS_PATHS] = bgp_n_paths(bgp);
    return follow(m, failure);
}

/* One more, or one less, that needs it. */
static void count(struct route_map *map, struct ip_prefix prefix, bool more)
{
    uint64_t *word = route_map_put(map, prefix);
    *word += more ? 1 : UINT64_MAX;
    if (*word == 0) {
        route_map_remove(map, prefix);
    }
}

/* The classful network of an address: A, B, C; D and E have none, so nothing is a subnet there. */
static unsigned class_length(struct ip_prefix prefix)
{
    unsigned first_bits = (unsigned)(prefix.hi >> 61);
    return first_bits < 4 ? 8 : first_bits < 6 ? 16 : first_bits < 7 ? 24 : 32;
}

static void count_shape(struct bgp_memory *m, struct ip_prefix prefix, bool more)
{
    const struct ip_address address = {prefix.hi, prefix.lo, prefix.family};
    const unsigned class = class_length(prefix);
    for (unsigned i = 0; i < N_LEVELS && (i == 0 || prefix.length > 8 * i); i++) {
        count(&m->nodes[i], ip_prefix_of(address, 8 * i), more);
    }
    if (prefix.length > class) {
        count(&m->networks, ip_prefix_of(address, class), more);
    }
}

bool bgp_memory_route(struct bgp_memory *m, struct ip_prefix prefix, bool has_route,
                      struct ios_failure *failure)
{
    if (prefix.family != IPV4 || (route_map_get(&m->routes, prefix) != NULL) == has_route) {
        return true;
    }
    count(&m->routes, prefix, has_route);
    count_shape(m, prefix, has_route);
    const uint64_t n = route_map_n(&m->routes, IPV4), n_subnetted = route_map_n(&m->networks, IPV4);
    m->wanted[IOS_CEF_ENTRIES] = n;
    m->wanted[IOS_NDBS] = m->wanted[IOS_RDBS] = n + n_subnetted;
    m->wanted[IOS_SUBNETS] = n_subnetted * m->subnet_blocks;
    m->wanted[IOS_MTRIE_NODES] = 0;
    for (int i = 0; i < N_LEVELS; i++) {
        m->wanted[IOS_MTRIE_NODES] += route_map_n(&m->nodes[i], IPV4);
    }
    return follow(m, failure);
}

struct ios_pool_use bgp_memory_use(const struct bgp_memory *m, enum ios_pool pool)
{
    return ios_memory_use(m->ios, pool);
}

struct ios_heap_totals bgp_memory_totals(const struct bgp_memory *m)
{
    return ios_memory_totals(m->ios);
}
