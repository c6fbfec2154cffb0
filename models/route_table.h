/* route_table.h - routes as a feed gives them, before the RIB: from a file, from the synthetic
 * generator. */
#ifndef MODELS_ROUTE_TABLE_H
#define MODELS_ROUTE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "models/prefix.h"

struct arena;

struct route {
    struct ip_prefix prefix;
    uint32_t next_hop_index; /* in next_hops */
};

/* Routes sorted by ip_prefix_compare, no two alike. Memory belongs to whoever filled it. Late ones
 * are not there at the start; they come one after the other. */
struct route_table {
    size_t n_routes;
    struct route *routes;
    size_t n_late;
    struct route *late; /* in order of coming */
    size_t n_next_hops;
    struct ip_address *next_hops;
};

/* Sorts n routes by ip_prefix_compare; equal prefixes keep their order. Time is linear. */
void route_table_sort(struct route *routes, size_t n);

/* Puts the IPv4 routes of a table, and their next hops, into a VRF; before any are late. */
void route_table_into_vrf(struct route_table *table, uint32_t vrf);

/* Makes n of the routes late, or all when there are fewer: any, in any order, but the same ones of
 * the same table each time. */
void route_table_delay(struct route_table *table, size_t n, struct arena *mem);

/* The same with n routes' room to work in, for who sorts often. */
void route_table_sort_in(struct route *routes, struct route *scratch, size_t n);

#endif /* MODELS_ROUTE_TABLE_H */
