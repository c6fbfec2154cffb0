/* bgp_store.h - path attributes kept once each, by value, as the MSFC's memory holds them.
 *
 *   struct bgp_attributes --> number of a set { next hop, origin, MED, ..., AS path, communities }
 *                                                                             |         |
 *                                                                     kept once each (intern.h)
 *
 * A set that nobody holds any more is gone, and what only it held.
 */
#ifndef MODELS_BGP_STORE_H
#define MODELS_BGP_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "models/bgp_attributes.h"

struct arena;
struct bgp_store;

enum bgp_shared { BGP_SHARED_SETS, BGP_SHARED_PATHS, BGP_SHARED_COMMUNITIES, BGP_SHARED_LISTS };
#define BGP_N_SHARED 4

/* One set. Bytes are good as long as it is held. path_length, first_as: of the AS path. */
struct bgp_set {
    struct ip_address next_hop;
    uint32_t present; /* MED, LOCAL_PREF, ...: bits by type code, those below 32 */
    uint32_t med, local_pref, aggregator_as, aggregator_id, originator_id;
    uint32_t path_length, first_as;
    uint32_t as_path; /* numbers in the store; 0: none */
    uint32_t communities, extended, large;
    uint32_t cluster_list, others;
    uint8_t origin;
};

struct bgp_store *bgp_store_open(struct arena *mem);

/* The number of these attributes with this next hop; held once more. */
uint32_t bgp_store_take(struct bgp_store *store, const struct bgp_attributes *a,
                        struct ip_address next_hop);
void bgp_store_keep(struct bgp_store *store, uint32_t number);
void bgp_store_drop(struct bgp_store *store, uint32_t number);

/* The same set in another store; held there once more. */
uint32_t bgp_store_copy(struct bgp_store *to, const struct bgp_store *from, uint32_t number);

const struct bgp_set *bgp_store_get(const struct bgp_store *store, uint32_t number);
struct bytes bgp_store_path(const struct bgp_store *store, const struct bgp_set *set);
struct bytes bgp_store_clusters(const struct bgp_store *store, const struct bgp_set *set);

/* Distinct values alive, and their bytes: LISTS are cluster lists and unknown attributes;
 * COMMUNITIES of all kinds. */
size_t bgp_store_n(const struct bgp_store *store, enum bgp_shared kind);
size_t bgp_store_bytes(const struct bgp_store *store, enum bgp_shared kind);

#endif /* MODELS_BGP_STORE_H */
