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
struct bgp_memory;
struct bgp_routes;
struct ios_failure;

/* Lives in mem, to its end. */
struct bgp_batch *bgp_batch_open(struct bgp_routes *routes, struct arena *mem);

/* From now on all that is put has to fit this memory, beside what is there. A path that does not is not kept, and its peer
 * is told of: failed() must not say or put anything. */
void bgp_batch_limit(struct bgp_batch *b, struct bgp_memory *memory,
                     void (*failed)(void *context, uint32_t peer,
                                    const struct ios_failure *failure),
                     void *context);

/* A peer has a path with this set to the prefix, which is held until it is put; set 0: has it no
 * more. As bgp_announce() and bgp_withdraw(). */
void bgp_batch_say(struct bgp_batch *b, uint32_t peer, const struct ip_prefix *prefix,
                   uint32_t path_id, uint32_t set);

/* Puts all that was said. */
void bgp_batch_put(struct bgp_batch *b);

/* The same, and then all paths of a peer go. */
void bgp_batch_drop_peer(struct bgp_batch *b, uint32_t peer);

/* Prefixes said and not put yet. */
size_t bgp_batch_n(const struct bgp_batch *b);

#endif /* MODELS_BGP_BATCH_H */
