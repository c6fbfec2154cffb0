/* route_map.h - a word for each of many prefixes: of both families, and of all VRFs.
 *
 *   IPv4, IPv6 ---------------------> [ prefix_map.h of the family ]
 *   IPv4 of a VRF --> ip_vrf_key() -> [ one for all VRFs           ]
 *
 * Start with {0}. The pointers to words are good until the map changes.
 */
#ifndef MODELS_ROUTE_MAP_H
#define MODELS_ROUTE_MAP_H

#include "models/prefix_map.h"

struct route_map {
    struct prefix_map maps[IP_N_FAMILIES + 1];
};

/* As their namesakes of prefix_map.h. */
uint64_t *route_map_get(const struct route_map *map, struct ip_prefix prefix);
uint64_t *route_map_put(struct route_map *map, struct ip_prefix prefix);
void route_map_remove(struct route_map *map, struct ip_prefix prefix);
uint64_t *route_map_match(const struct route_map *map, struct ip_address address,
                          struct ip_prefix *prefix);
bool route_map_any_inside(const struct route_map *map, struct ip_prefix outer);
void route_map_each(const struct route_map *map, enum ip_family family,
                    void (*visit)(void *context, struct ip_prefix prefix, uint64_t word),
                    void *context);
void route_map_clear(struct route_map *map);
size_t route_map_bytes(const struct route_map *map);

/* Prefixes of a family, those of VRFs included. */
size_t route_map_n(const struct route_map *map, enum ip_family family);

#endif /* MODELS_ROUTE_MAP_H */
