/* eviction.h - which entry of a full TCAM goes first: a heap of all that an engine holds.
 *
 *               [ the shortest; of equals the last in ip_prefix_compare order ]
 *                     |                                   |
 *                 [ goes later ]                      [ goes later ]
 *                 |            |                      |            |
 *
 * Kept only from the first time that an engine is full. Each entry knows its place, so that routes
 * may come and go in any order at O(log n); most of them, being long, stay near the bottom.
 */
#ifndef MODELS_EVICTION_H
#define MODELS_EVICTION_H

#include <stdbool.h>
#include <stdint.h>

#include "models/prefix.h"

struct arena;

/* All zero: empty. */
struct eviction {
    uint32_t *ids;    /* from 1 on; below place p are 2p and 2p + 1 */
    uint32_t *places; /* by entry id; 0: not in it */
    uint32_t n, room, n_places;
    bool kept; /* the owner's: whether this is up to date */
};

/* prefixes: by entry id. One that is not in it; one that is; all. */
void eviction_add(struct eviction *v, const struct ip_prefix *prefixes, uint32_t id,
                  struct arena *mem);
void eviction_remove(struct eviction *v, const struct ip_prefix *prefixes, uint32_t id);
void eviction_forget(struct eviction *v);

/* The id of the entry that goes first; 0: there is none. */
static inline uint32_t eviction_first(const struct eviction *v)
{
    return v->n == 0 ? 0 : v->ids[1];
}

#endif /* MODELS_EVICTION_H */
