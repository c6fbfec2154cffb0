#include "models/ios_table.h"

#include <stdbool.h>

#include "models/bgp_feed.h"
#include "models/prefix_map.h"
#include "models/route_table.h"
#include "sim/arena.h"
#include "sim/error.h"

/* How many of a kind come with each of n prefixes, so that after i of them it has been k * i / n,
 * rounded up. */
struct share {
    uint64_t whole, part, n;
    int64_t due; /* parts of n that have not come; at most 0 between prefixes */
};

static struct share share_of(uint64_t k, uint64_t n)
{
    return (struct share){k / n, k % n, n, 0};
}

static uint16_t next_share(struct share *s)
{
    s->due += (int64_t)s->part;
    bool one_more = s->due > 0;
    s->due -= one_more ? (int64_t)s->n : 0;
    return (uint16_t)(s->whole + one_more);
}

/* What the RIB and CEF need for a prefix with which so many networks get their first subnet. */
static void add_networks(struct ios_step *step, uint16_t n_subnetted)
{
    step->n[IOS_SUBNETS] = n_subnetted;
    step->n[IOS_NDBS] = step->n[IOS_RDBS] = (uint16_t)(1 + n_subnetted);
}

struct ios_step *ios_table_spread(const struct ios_counts *c, size_t n, struct arena *mem)
{
    struct ios_step *steps = arena_take_array(mem, n, sizeof *steps);
    struct share paths = share_of(c->n_paths, c->n_networks);
    struct share attributes = share_of(c->n_attributes, c->n_networks);
    struct share as_paths = share_of(c->n_as_paths, c->n_networks);
    struct share communities = share_of(c->n_communities, c->n_networks);
    struct share subnetted = share_of(c->n_subnetted, c->n_networks);
    struct share mtrie_nodes = share_of(c->n_mtrie_nodes, c->n_networks);
    sim_assert(n <= c->n_networks);
    for (size_t i = 0; i < n; i++) {
        struct ios_step *step = &steps[i];
        step->n[IOS_NETWORKS] = step->n[IOS_CEF_ENTRIES] = 1;
        step->n[IOS_PATHS] = next_share(&paths);
        step->n[IOS_ATTRIBUTES] = next_share(&attributes);
        step->n[IOS_AS_PATHS] = next_share(&as_paths);
        step->n[IOS_COMMUNITIES] = next_share(&communities);
        step->n[IOS_MTRIE_NODES] = next_share(&mtrie_nodes);
        add_networks(step, next_share(&subnetted));
    }
    return steps;
}

/* --- Prefixes ------------------------------------------------------------------------------- */

/* Which of the numbers below n have been seen. */
struct seen {
    uint64_t *bits;
};

static struct seen seen_open(struct arena *mem, uint32_t n)
{
    return (struct seen){arena_take_array(mem, n / 64 + 1, sizeof(uint64_t))};
}

/* Whether it was not there; it is now. */
static bool is_new(struct seen *seen, uint32_t index)
{
    uint64_t bit = 1ull << index % 64, *word = &seen->bits[index / 64];
    bool fresh = (*word & bit) == 0;
    *word |= bit;
    return fresh;
}

/* The classful length of an address: A 8, B 16, C 24; D and E have none. */
static unsigned class_length(uint32_t address)
{
    return address < 0x80000000 ? 8 : address < 0xc0000000 ? 16 : address < 0xe0000000 ? 24 : 32;
}

void ios_table_shape(struct ios_step *steps, const struct route *routes, size_t n)
{
    struct arena *mem = arena_open();
    struct seen nodes[3], networks = seen_open(mem, 1u << 24);
    bool has_root = false;
    for (unsigned i = 0; i < 3; i++) {
        nodes[i] = seen_open(mem, 1u << 8 * (i + 1));
    }
    for (size_t r = 0; r < n; r++) {
        const struct ip_prefix *p = &routes[r].prefix;
        uint32_t address = (uint32_t)(p->hi >> 32);
        unsigned length = class_length(address);
        uint16_t n_nodes = has_root ? 0 : 1;
        has_root = true;
        for (unsigned i = 0; i < 3 && p->length > 8 * (i + 1); i++) {
            n_nodes = (uint16_t)(n_nodes + is_new(&nodes[i], address >> (24 - 8 * i)));
        }
        steps[r].n[IOS_MTRIE_NODES] = n_nodes;
        /* Networks of A, B and C do not overlap: their first 24 bits tell them apart. */
        bool subnet = p->length > length;
        uint32_t network = address >> (32 - length) << (32 - length) >> 8;
        add_networks(&steps[r], subnet && is_new(&networks, network));
    }
    arena_close(mem);
}

/* --- Paths ---------------------------------------------------------------------------------- */

/* Numbers of the feed's store, by what they number. */
enum value { SETS, AS_PATHS, COMMUNITIES, EXTENDED, LARGE, N_VALUES };

static void values_of(const struct bgp_feed *feed, uint32_t number, uint32_t of[N_VALUES])
{
    const struct bgp_set *set = bgp_store_get(feed->store, number);
    of[SETS] = number;
    of[AS_PATHS] = set->as_path;
    of[COMMUNITIES] = set->communities;
    of[EXTENDED] = set->extended;
    of[LARGE] = set->large;
}

static void open_values(const struct bgp_feed *feed, struct arena *mem, struct seen seen[N_VALUES])
{
    uint32_t n[N_VALUES] = {0}, of[N_VALUES];
    for (size_t i = 0; i < feed->n_paths; i++) {
        values_of(feed, feed->paths[i].set, of);
        for (uint32_t v = 0; v < N_VALUES; v++) {
            n[v] = of[v] >= n[v] ? of[v] + 1 : n[v];
        }
    }
    for (uint32_t v = 0; v < N_VALUES; v++) {
        seen[v] = seen_open(mem, n[v]);
    }
}

#define MOST_PATHS 10000 /* of one prefix; more are not counted */

/* What a path adds to those before it. */
static void add_path(struct ios_step *step, const uint32_t of[N_VALUES], struct seen seen[N_VALUES])
{
    static const enum ios_pool pools[N_VALUES] = {
        [SETS] = IOS_ATTRIBUTES,      [AS_PATHS] = IOS_AS_PATHS, [COMMUNITIES] = IOS_COMMUNITIES,
        [EXTENDED] = IOS_COMMUNITIES, [LARGE] = IOS_COMMUNITIES,
    };
    if (step->n[IOS_PATHS] == MOST_PATHS) {
        return;
    }
    step->n[IOS_PATHS]++;
    for (uint32_t v = 0; v < N_VALUES; v++) {
        step->n[pools[v]] = (uint16_t)(step->n[pools[v]] + (of[v] != 0 && is_new(&seen[v], of[v])));
    }
}

struct ios_step *ios_table_of_feed(const struct bgp_feed *feed, size_t *n, struct arena *mem)
{
    struct arena *scratch = arena_open();
    struct ios_step *steps = arena_take_array(mem, feed->n_paths, sizeof *steps);
    struct route *routes = arena_take_array(scratch, feed->n_paths, sizeof *routes);
    struct prefix_map numbers = {0};
    struct seen seen[N_VALUES];
    open_values(feed, scratch, seen);
    *n = 0;
    for (size_t i = 0; i < feed->n_paths; i++) {
        struct ip_prefix prefix = bgp_feed_prefix(&feed->paths[i]);
        if (prefix.family != IPV4) {
            continue;
        }
        uint64_t *number = prefix_map_put(&numbers, prefix); /* from 1 on */
        if (*number == 0) {
            routes[*n].prefix = prefix;
            steps[*n].n[IOS_NETWORKS] = steps[*n].n[IOS_CEF_ENTRIES] = 1;
            *number = ++*n;
        }
        uint32_t of[N_VALUES];
        values_of(feed, feed->paths[i].set, of);
        add_path(&steps[*number - 1], of, seen);
    }
    ios_table_shape(steps, routes, *n);
    prefix_map_clear(&numbers);
    arena_close(scratch);
    return steps;
}

/* --- Where it is, and what it runs ------------------------------------------------------------ */

void ios_table_into_vrf(struct ios_step *steps, size_t n, uint64_t attribute_sets)
{
    for (size_t i = 0; i < n; i++) {
        steps[i].n[IOS_LABELS] = 1;
        steps[i].n[IOS_ATTRIBUTES] = (uint16_t)(steps[i].n[IOS_ATTRIBUTES] * attribute_sets);
    }
}

void ios_table_subnets(struct ios_step *steps, size_t n, uint64_t subnet_blocks)
{
    for (size_t i = 0; i < n; i++) {
        steps[i].n[IOS_SUBNETS] = (uint16_t)(steps[i].n[IOS_SUBNETS] * subnet_blocks);
    }
}
