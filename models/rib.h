/* rib.h - the MSFC's routing table: all routes learned, best per prefix, next hops resolved.
 *
 *   route (prefix, source, next hop) --> [ Judy array per length ] --> best by distance --.
 *                                                                                         v
 *             next hop --> longest match in the RIB itself, recursively --> adjacency index in
 * fib.h
 *
 * Administrative distances: connected 0, static 1, feed (BGP) 20 or, of internal peers, 200. source:
 * [CISCO-AD] defaults (vendor) Nothing lies between them here; a static route that is beyond them all
 * floats: it is used while the feed has none for its prefix.
 *
 * A static route may have several next hops, which share its packets, as may a route whose next hop
 * is resolved by such a one: all are followed together, in order, and in each step no more than the
 * first CONFIG_MAX_PATHS; what leads nowhere leaves.
 *
 * The routes of a VRF are those whose prefix is of it (prefix.h); their next hops are looked for in
 * the VRF that these are of.
 *
 * Differs from the hardware: one route per prefix and source; a next hop may be resolved by any
 * route, the default route included.
 */
#ifndef MODELS_RIB_H
#define MODELS_RIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/fib.h"
#include "models/prefix.h"
#include "models/route_table.h"

struct rib;

enum route_source { ROUTE_CONNECTED, ROUTE_STATIC, ROUTE_FEED, ROUTE_N_SOURCES };

/* What a route leads to. */
struct route_target {
    enum {
        TARGET_NEXT_HOP,
        TARGET_PORT,
        TARGET_GLEAN,
        TARGET_RECEIVE,
        TARGET_NULL0,
        TARGET_NEXT_HOPS
    } kind;
    struct ip_address next_hop; /* NEXT_HOP: to be resolved; PORT: the neighbour on that port */
    union {
        uint32_t port;      /* PORT, GLEAN: global port index */
        uint32_t next_hops; /* NEXT_HOPS: as rib_next_hops() numbered them */
    };
    bool punt;     /* NEXT_HOP(S): to be forwarded in software, also where the hardware could */
    bool floating; /* of a static route: a feed's is better */
};

struct rib *rib_open(void);
void rib_close(struct rib *rib);

/* Keeps n next hops of equal cost, 2 to CONFIG_MAX_PATHS: their number, for a target. */
uint32_t rib_next_hops(struct rib *rib, const struct ip_address *next_hops, uint32_t n);

/* Adds or replaces the route of this source for this prefix. Targets are shared by value. */
void rib_add(struct rib *rib, struct ip_prefix prefix, enum route_source source,
             struct route_target target);

/* The same in two steps, for a target that many routes of this source have. */
uint32_t rib_target(struct rib *rib, enum route_source source, const struct route_target *target);
void rib_add_to(struct rib *rib, struct ip_prefix prefix, enum route_source source,
                uint32_t target);

/* Faster for many: routes sorted as in route_table.h; next hop i of the table becomes targets[i].
 */
void rib_add_table(struct rib *rib, const struct route_table *table, enum route_source source,
                   const struct route_target *targets);

/* Removes the route of this source; false when there was none. */
bool rib_remove(struct rib *rib, struct ip_prefix prefix, enum route_source source);

size_t rib_n_prefixes(const struct rib *rib, enum ip_family family);

/* The best route of exactly this prefix; false when there is none. */
bool rib_get(const struct rib *rib, struct ip_prefix prefix, enum route_source *source,
             struct route_target *target);

/* Longest match. false when nothing covers the address. */
bool rib_match(const struct rib *rib, struct ip_address address, struct ip_prefix *prefix,
               struct route_target *target);

/* Whether a connected or static route covers the address. */
bool rib_leads_to(const struct rib *rib, struct ip_address address);

/* Resolves a target to an adjacency, following next hops through the RIB (at most RIB_MAX_RECURSION
 * deep; when all of them loop or are unreachable: FIB_ADJACENCY_DROP). New adjacencies are added to
 * fib->adjacencies. A target to be punted gives the same but ADJACENCY_PUNT for ADJACENCY_FORWARD;
 * routes whose next hop it resolves are not punted for that. Results are remembered until the RIB
 * changes a route that a next hop was resolved by. */
#define RIB_MAX_RECURSION 8
uint32_t rib_resolve(struct rib *rib, struct fib *fib, const struct route_target *target);

/* Visits every prefix with its best route in ip_prefix_compare order. */
void rib_each(const struct rib *rib, enum ip_family family,
              void (*visit)(void *context, struct ip_prefix prefix, enum route_source source,
                            const struct route_target *target),
              void *context);

/* Builds the shared prefix tree of *fib from the RIB: entry ids from 1 in ip_prefix_compare order,
 * and fib->resolved[f][id] = its adjacency, in arrays owned by the fib. Engines are left empty. */
void rib_build_fib(struct rib *rib, struct fib *fib);

/* After rib_build_fib(), for one FIB: the adjacency of the best route of exactly this prefix;
 * FIB_ADJACENCY_NONE when there is none. */
uint32_t rib_adjacency(struct rib *rib, struct fib *fib, struct ip_prefix prefix);

/* To be called after each change: visits, in ip_prefix_compare order, every prefix whose next hop
 * is by now resolved to another adjacency. Takes a walk through all routes when there is one, next
 * to no time when there is none. */
void rib_each_moved(struct rib *rib, struct fib *fib,
                    void (*visit)(void *context, struct ip_prefix prefix, uint32_t adjacency),
                    void *context);

size_t rib_bytes(const struct rib *rib);

#endif /* MODELS_RIB_H */
