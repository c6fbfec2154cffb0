/* naive_bgp.h - all paths that BGP peers announced in one list, from which the best ones are chosen
 * step by step, each step by comparing every path with every other one. */
#ifndef TESTS_NAIVE_BGP_H
#define TESTS_NAIVE_BGP_H

#include <stdbool.h>
#include <stdint.h>

#include "models/bgp.h"

#define NAIVE_MOST 512
#define NAIVE_MOST_PEERS 8
#define NAIVE_MOST_AS 3

struct naive_path {
    uint32_t peer, path_id, arrived;
    struct ip_prefix prefix;
    struct ip_address next_hop;
    uint32_t local_pref, med, as_path[NAIVE_MOST_AS], n_as, origin, originator, n_clusters;
    bool has_pref, has_med, has_originator;
};

struct naive_bgp {
    uint32_t own_as, own_id, max_paths;
    bool (*reachable)(void *context, struct ip_address next_hop, bool of_vpn); /* NULL: all */
    void *context;
    struct bgp_peer peers[NAIVE_MOST_PEERS];
    struct naive_path list[NAIVE_MOST];
    uint32_t n, n_arrived;
};

void naive_announce(struct naive_bgp *b, struct naive_path path);
void naive_withdraw(struct naive_bgp *b, uint32_t peer, const struct ip_prefix *prefix,
                    uint32_t path_id);
void naive_drop_peer(struct naive_bgp *b, uint32_t peer);

/* The next hops chosen for a prefix, the best first: how many. */
uint32_t naive_best(const struct naive_bgp *b, const struct ip_prefix *prefix,
                    struct ip_address hops[CONFIG_MAX_PATHS]);

/* A set that holds such a path's attributes, held once; and what a set says. */
uint32_t naive_take(struct bgp_store *store, const struct naive_path *path);
struct naive_path naive_of(const struct bgp_store *store, uint32_t set);

#endif /* TESTS_NAIVE_BGP_H */
