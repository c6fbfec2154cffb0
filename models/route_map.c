#include "models/route_map.h"

#define VRFS IP_N_FAMILIES

static unsigned table_of(const struct ip_prefix *prefix)
{
    return ip_is_of_vrf(prefix) ? VRFS : prefix->family;
}

static struct ip_prefix key_of(struct ip_prefix prefix)
{
    return ip_is_of_vrf(&prefix) ? ip_vrf_key(prefix) : prefix;
}

uint64_t *route_map_get(const struct route_map *map, struct ip_prefix prefix)
{
    return prefix_map_get(&map->maps[table_of(&prefix)], key_of(prefix));
}

uint64_t *route_map_put(struct route_map *map, struct ip_prefix prefix)
{
    return prefix_map_put(&map->maps[table_of(&prefix)], key_of(prefix));
}

void route_map_remove(struct route_map *map, struct ip_prefix prefix)
{
    prefix_map_remove(&map->maps[table_of(&prefix)], key_of(prefix));
}

uint64_t *route_map_match(const struct route_map *map, struct ip_address address,
                          struct ip_prefix *prefix)
{
    struct ip_prefix host = ip_prefix_of(address, address.family == IPV4 ? 32 : 128);
    if (!ip_is_of_vrf(&host)) {
        return prefix_map_match(&map->maps[address.family], address, prefix);
    }
    struct ip_prefix key = ip_vrf_key(host);
    uint64_t *word =
        prefix_map_match(&map->maps[VRFS], (struct ip_address){key.hi, key.lo, key.family}, prefix);
    *prefix = ip_of_vrf_key(*prefix);
    return word;
}

bool route_map_any_inside(const struct route_map *map, struct ip_prefix outer)
{
    return prefix_map_any_inside(&map->maps[table_of(&outer)], key_of(outer));
}

struct walk {
    void (*visit)(void *context, struct ip_prefix prefix, uint64_t word);
    void *context;
};

static void visit_key(void *context, struct ip_prefix key, uint64_t word)
{
    const struct walk *walk = context;
    walk->visit(walk->context, ip_of_vrf_key(key), word);
}

void route_map_each(const struct route_map *map, enum ip_family family,
                    void (*visit)(void *context, struct ip_prefix prefix, uint64_t word),
                    void *context)
{
    struct walk walk = {visit, context};
    prefix_map_each(&map->maps[family], family, visit, context);
    if (family == IPV4) {
        prefix_map_each(&map->maps[VRFS], IPV6, visit_key, &walk);
    }
}

void route_map_clear(struct route_map *map)
{
    for (unsigned t = 0; t <= VRFS; t++) {
        prefix_map_clear(&map->maps[t]);
    }
}

size_t route_map_bytes(const struct route_map *map)
{
    size_t bytes = 0;
    for (unsigned t = 0; t <= VRFS; t++) {
        bytes += prefix_map_bytes(&map->maps[t]);
    }
    return bytes;
}

size_t route_map_n(const struct route_map *map, enum ip_family family)
{
    return map->maps[family].n_prefixes + (family == IPV4 ? map->maps[VRFS].n_prefixes : 0);
}
