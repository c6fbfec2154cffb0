/* bgp_batch.h - what peers say, collected and then put into all tables at once, in prefix order.
 *
 *   peer, prefix, path --> [ said ] --sort by prefix--> bgp.h --what changes--> bgp_routes.h
 *
 * Peers say a full table in any order. In prefix order neighbours lie side by side in every table,
 * so most of what is touched is still in the cache; and a prefix that changes often is put once.
 * What is said of one prefix keeps its order, so BGP chooses as if each had come alone.
 */
#ifndef MODELS_BGP_BATCH_H
#define MODELS_BGP_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "models/prefix.h"

#define BGP_BATCH_ROOM (256u << 10) /* prefixes; then the batch puts itself */

struct arena;
struct bgp_batch;
struct bgp_routes;

/* Lives in mem, to its end. */
struct bgp_batch *bgp_batch_open(struct bgp_routes *routes, struct arena *mem);

/* A peer has a path with this set to the prefix, which is held until it is put; set 0: has it no
 * more. As bgp_announce() and bgp_withdraw(). */
void bgp_batch_say(struct bgp_batch *b, uint32_t peer, const struct ip_prefix *prefix,
                   uint32_t path_id, uint32_t set);

/* Puts all that was said. */
void bgp_batch_put(struct bgp_batch *b);

/* Prefixes said and not put yet. */
size_t bgp_batch_n(const struct bgp_batch *b);

#endif /* MODELS_BGP_BATCH_H */
