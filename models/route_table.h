/* route_table.h - routes as a feed gives them, before the RIB: from a file, from the synthetic
 * generator. */
#ifndef MODELS_ROUTE_TABLE_H
#define MODELS_ROUTE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "models/prefix.h"

struct route {
    struct ip_prefix prefix;
    uint32_t next_hop_index; /* in next_hops */
};

/* Routes sorted by ip_prefix_compare, no two alike. Memory belongs to whoever filled it. */
struct route_table {
    size_t n_routes;
    struct route *routes;
    size_t n_next_hops;
    struct ip_address *next_hops;
};

/* Sorts n routes by ip_prefix_compare; equal prefixes keep their order. Time is linear. */
void route_table_sort(struct route *routes, size_t n);

#endif /* MODELS_ROUTE_TABLE_H */
