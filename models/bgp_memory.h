/* bgp_memory.h - the memory of a router under IOS, kept in step with what BGP and the routing table
 * hold while peers speak.
 *
 *   bgp.h, bgp_store.h: networks, paths, distinct values --.
 *                                                          +--> how many of each --> ios_memory.h
 *   prefixes with a route: NDB, RDB, CEF, mtrie, subnets --'                             |
 *                                                  a block that cannot be had: failure <-'
 *
 * What is counted for a prefix is what ios_table.h counts for a whole table. Paths of IPv6 count in
 * BGP's own pools; the other pools are those of IPv4.
 */
#ifndef MODELS_BGP_MEMORY_H
#define MODELS_BGP_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "models/ios_memory.h"
#include "models/prefix.h"

struct arena;
struct bgp;
struct bgp_memory;

/* subnet_blocks: those of a classful network with subnets. NULL with *failure: the router does not
 * come up. Lives in mem, but for what bgp_memory_close releases. */
struct bgp_memory *bgp_memory_open(const struct ios_router *router, const struct ios_train *train,
                                   uint32_t subnet_blocks, struct arena *mem,
                                   struct ios_failure *failure);
void bgp_memory_close(struct bgp_memory *m);

/* To be called after a change of what BGP holds. false with *failure: a block for it cannot be had;
 * what is missing is tried again the next time. */
bool bgp_memory_learn(struct bgp_memory *m, struct bgp *bgp, struct ios_failure *failure);

/* The same of a prefix that has a route now, or none. */
bool bgp_memory_route(struct bgp_memory *m, struct ip_prefix prefix, bool has_route,
                      struct ios_failure *failure);

struct ios_pool_use bgp_memory_use(const struct bgp_memory *m, enum ios_pool pool);
struct ios_heap_totals bgp_memory_totals(const struct bgp_memory *m);

#endif /* MODELS_BGP_MEMORY_H */
