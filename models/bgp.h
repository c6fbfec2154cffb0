/* bgp.h - what the MSFC has learned by BGP: every path of every peer (Adj-RIB-In), and which of
 * them are best (Loc-RIB).
 *
 *   peer, prefix, attributes --> [ paths of the prefix, the best one first ] --> best, and those
 *                                                                               of equal cost
 *
 * A path is chosen by these steps, each among those that the one before left:
 *
 *   standard: RFC 4271 §9.1.1-9.1.2            vendor: [CISCO-BEST]
 *   ------------------------------------------ -------------------------------------------------
 *   without a loop, next hop can be reached    the same
 *   highest LOCAL_PREF (without: 100)          weight, then the same, then paths of its own
 *   a) shortest AS_PATH                        the same
 *   b) lowest ORIGIN                           the same
 *   c) lowest MED of each neighbouring AS      the same (bgp deterministic-med)
 *   d) external before internal                the same
 *   e) lowest cost to the next hop             the same, then maximum-paths may take several
 *      -                                       of external paths the one received first
 *   f) lowest BGP identifier (or ORIGINATOR_ID, RFC 4456 §9)   the same
 *      shortest CLUSTER_LIST (RFC 4456 §9)     the same
 *   g) lowest address of the peer              the same
 *
 * Paths of equal cost are external ones that are equal up to e), with the same AS_PATH, to
 * different next hops, in the order that the rest of the steps puts them in. source: [CISCO-BEST]
 * maximum-paths (vendor)
 *
 * Differs from the hardware: there is no weight and no path of its own; cost to the next hop is 0,
 * because routes to it are connected or static; a path with the router's own AS in it is kept, but
 * never chosen.
 *
 * Takes about 20 bytes a path and 20 a prefix, beside what paths share (bgp_store.h).
 */
#ifndef MODELS_BGP_H
#define MODELS_BGP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/bgp_store.h"
#include "models/config.h"
#include "models/prefix.h"

struct arena;
struct bgp;

#define BGP_DEFAULT_LOCAL_PREF 100 /* source: [CISCO-BEST] step 2 (vendor) */
#define BGP_MAX_PEERS 65535

struct bgp_options {
    uint32_t local_as, local_id; /* 0: not known; a loop is then not seen */
    uint32_t max_paths;          /* of equal cost: 1 .. CONFIG_MAX_PATHS */
    bool standard_order;         /* not the vendor's: who came first does not count */
    /* Whether a next hop, of a VPN route or another one, can be reached; NULL: always. */
    bool (*reachable)(void *context, struct ip_address next_hop, bool of_vpn);
    void *context;
};

struct bgp_peer {
    struct ip_address address;
    uint32_t as, id;
    bool internal;
};

struct bgp_route {
    uint32_t peer;
    uint32_t set; /* in the store */
};

/* Lives in mem, but for what bgp_close releases. */
struct bgp *bgp_open(const struct bgp_options *options, struct arena *mem);
void bgp_close(struct bgp *bgp);

/* Its attribute sets: paths hold theirs. */
struct bgp_store *bgp_store(struct bgp *bgp);

/* The number of a new peer: 0, 1, ... */
uint32_t bgp_add_peer(struct bgp *bgp, const struct bgp_peer *peer);

/* Another one takes the number of a peer that has no paths (any more). */
void bgp_set_peer(struct bgp *bgp, uint32_t number, const struct bgp_peer *peer);

/* A path with this set, which comes in the place of the peer's other one of this path id (else 0).
 * Whether the next hops chosen for the prefix are other ones now. */
bool bgp_announce(struct bgp *bgp, uint32_t peer, const struct ip_prefix *prefix, uint32_t path_id,
                  uint32_t set);

/* The same of a path that goes; one that is not there is no error (RFC 4271 §4.3). */
bool bgp_withdraw(struct bgp *bgp, uint32_t peer, const struct ip_prefix *prefix, uint32_t path_id);

/* All paths of a peer go; visits the prefixes whose next hops change, in ip_prefix_compare order. */
void bgp_drop_peer(struct bgp *bgp, uint32_t peer,
                   void (*visit)(void *context, struct ip_prefix prefix), void *context);

/* What is chosen for a prefix, the best first: how many, 0 to max_paths. */
uint32_t bgp_best(const struct bgp *bgp, const struct ip_prefix *prefix,
                  struct bgp_route routes[CONFIG_MAX_PATHS]);

/* Visits all prefixes that have a path, in ip_prefix_compare order: after a change of what can be
 * reached, to ask for each again what is best. */
void bgp_each(const struct bgp *bgp, enum ip_family family,
              void (*visit)(void *context, struct ip_prefix prefix), void *context);

size_t bgp_n_prefixes(const struct bgp *bgp, enum ip_family family);
size_t bgp_n_paths(const struct bgp *bgp);
size_t bgp_n_peer_paths(const struct bgp *bgp, uint32_t peer);
size_t bgp_bytes(const struct bgp *bgp); /* without the store */

#endif /* MODELS_BGP_H */
