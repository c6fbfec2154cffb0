/* bgp_feed.h - what BGP peers tell the MSFC in a run: a table at the start, and what they say while
 * packets flow. */
#ifndef MODELS_BGP_FEED_H
#define MODELS_BGP_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "models/bgp.h"
#include "models/bgp_store.h"

/* One path of one prefix. */
struct bgp_feed_path {
    uint64_t hi, lo;
    uint8_t family, length;
    uint16_t peer; /* of peers[] */
    uint32_t set;  /* in the feed's store; 0: withdrawn */
    uint32_t path_id;
};

#define BGP_FEED_PEER_DOWN 255 /* as a length: all paths of the peer go */

struct bgp_feed_update {
    int64_t at_ps;
    struct bgp_feed_path path;
};

/* Filled in once, then only read: runs copy the sets they need. */
struct bgp_feed {
    struct bgp_options options; /* reachable is not set */
    struct bgp_store *store;
    uint32_t n_peers;
    struct bgp_peer *peers;
    size_t n_paths;
    struct bgp_feed_path *paths; /* at the start, in the order they were received */
    size_t n_updates;
    struct bgp_feed_update *updates; /* by time */
};

static inline struct ip_prefix bgp_feed_prefix(const struct bgp_feed_path *p)
{
    return (struct ip_prefix){p->hi, p->lo, p->family, p->length};
}

#endif /* MODELS_BGP_FEED_H */
