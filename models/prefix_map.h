/* prefix_map.h - a word for each of many prefixes of one family, in order: one Judy array per
 * prefix length.
 *
 *   length L <= 64:  roots[L] --JudyL--> word of the prefix, by its first L bits
 *          L > 64:   roots[L] --JudyL--> array, by the first 64 bits --JudyL--> word, by the rest
 *
 * Keys are right-aligned: the arrays are dense, and a full Internet table takes about 20 bytes a
 * prefix. Start with {0}. The pointers to words are good until the map changes.
 */
#ifndef MODELS_PREFIX_MAP_H
#define MODELS_PREFIX_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/prefix.h"

struct prefix_map {
    void *roots[129];
    size_t n_prefixes;
    /* What was put last is mostly what is asked for next. NULL: nothing was. */
    struct ip_prefix last;
    uint64_t *last_word;
};

/* The word of exactly this prefix; NULL when it is not held. */
uint64_t *prefix_map_get(const struct prefix_map *map, struct ip_prefix prefix);

/* The same, but a prefix that is not held is added, with word 0: the caller writes another. */
uint64_t *prefix_map_put(struct prefix_map *map, struct ip_prefix prefix);

/* Precondition: the prefix is held. */
void prefix_map_remove(struct prefix_map *map, struct ip_prefix prefix);

/* The word of the longest prefix that covers the address, and that prefix; NULL: none does. */
uint64_t *prefix_map_match(const struct prefix_map *map, struct ip_address address,
                           struct ip_prefix *prefix);

/* Whether a prefix held lies inside outer (or is outer). */
bool prefix_map_any_inside(const struct prefix_map *map, struct ip_prefix outer);

/* Visits all in ip_prefix_compare order. */
void prefix_map_each(const struct prefix_map *map, enum ip_family family,
                     void (*visit)(void *context, struct ip_prefix prefix, uint64_t word),
                     void *context);

void prefix_map_clear(struct prefix_map *map);

size_t prefix_map_bytes(const struct prefix_map *map);

#endif /* MODELS_PREFIX_MAP_H */
