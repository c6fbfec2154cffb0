/* bgp_routes.h - from what BGP chose to the routing table: the best paths of a prefix become its
 * route of ROUTE_FEED.
 *
 *   bgp.h --best, equal cost--> [ next hops: seen before? ] --> rib.h
 *
 * A next hop that no connected or static route leads to when it is first seen is taken for a
 * neighbour of the interfaces, in turn, and gets its host route as every neighbour has one. So do
 * the next hops of a route file. A router has so many neighbours and no more: from
 * BGP_MAX_NEXT_HOPS on, one that has not been seen cannot be reached.
 *
 * One to which such a route has led, and none does any more, cannot be reached either: its paths are
 * not chosen (RFC 4271 §9.1.2) until something leads there again.
 *
 * Differs from the hardware: that is seen at once, not after `bgp nexthop trigger delay`, or by the
 * BGP scanner; a route of BGP alone makes no next hop reachable or not, although it may resolve it.
 */
#ifndef MODELS_BGP_ROUTES_H
#define MODELS_BGP_ROUTES_H

#include "models/bgp.h"
#include "models/config.h"
#include "models/rib.h"
#include "models/route_map.h"

struct intern;

#define BGP_MAX_NEXT_HOPS 8192
#define BGP_MAX_PATH_SETS 65536 /* of equal cost; then only the best path of a prefix is used */

#define BGP_N_KNOWN 256u

struct bgp_known {
    struct ip_address next_hop;
    uint32_t target; /* 0: none */
};

struct bgp_out_of_reach {
    struct ip_address next_hop;
    bool before, now;
};

struct bgp_routes {
    const struct chassis_config *config;
    struct bgp *bgp;
    struct rib *rib;
    struct route_map seen;               /* next hops, as host prefixes: their target in the RIB */
    struct bgp_known known[BGP_N_KNOWN]; /* those seen lately, by hash */
    struct bgp_out_of_reach *out;        /* those that nothing leads to, and that changed lately */
    uint32_t n_out, room_out;
    bool looks_back;      /* to what could be reached before the change */
    uint32_t turn;        /* of the interfaces */
    struct intern *paths; /* next hops of equal cost: each set once */
    uint32_t *numbers;    /* of each in the RIB */
    uint32_t room_numbers;
    struct arena *mem;
    /* Called for each prefix whose route in the RIB was changed, or of which it is the first;
     * NULL: nobody asks. */
    void (*changed)(void *context, struct ip_prefix prefix, bool is_first);
    /* Called when that is all for now: what can wait until then has waited. NULL: nobody asks. */
    void (*settled)(void *context);
    void *context;
};

/* The bgp must not have chosen for any prefix yet. mem: for the run. */
void bgp_routes_open(struct bgp_routes *r, const struct chassis_config *config,
                     const struct bgp_options *options, struct rib *rib, struct arena *mem);
void bgp_routes_close(struct bgp_routes *r);

/* Puts the present choice for a prefix into the RIB. context: a struct bgp_routes. */
void bgp_routes_put(void *context, struct ip_prefix prefix);

/* After a connected or static route of this prefix has come or gone: chooses again where the next
 * hop of some path can be reached no more, or again, and puts what is another choice. Takes a walk
 * through all prefixes when there is such a next hop. */
void bgp_routes_follow(struct bgp_routes *r, struct ip_prefix prefix);

/* To be called when, after some prefixes were put, the tables that follow are to be right. */
void bgp_routes_settle(const struct bgp_routes *r);

#endif /* MODELS_BGP_ROUTES_H */
