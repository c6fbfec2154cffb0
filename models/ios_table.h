/* ios_table.h - a BGP table as the structures that each of its prefixes needs (ios_memory.h).
 *
 *   counts of distinct values --------> spread evenly over the prefixes --.
 *                                                                         +--> steps[prefix]
 *   prefixes, sorted or not --> RIB, mtrie nodes, networks with subnets --|
 *   BGP paths: what of their attributes is new, by value ----------------'
 *
 * A prefix takes an NDB, an RDB for its best path and a CEF entry. A classful network that has subnets takes
 * an NDB and an RDB of its own too, and its table of subnets. source: [IPSPACE] (derived: RDBs are
 * prefixes and networks together) An mtrie has a node for each 8 bits of an address, down to the
 * longest prefix there is. source: [BGP-BOOK] IP CEF (vendor: a /16 takes one beside the root, a
 * /24 another, what is longer another)
 */
#ifndef MODELS_IOS_TABLE_H
#define MODELS_IOS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "models/ios_memory.h"

struct arena;
struct bgp_feed;
struct route;

struct ios_counts {
    uint64_t n_networks;
    uint64_t n_paths, n_attributes, n_as_paths, n_communities; /* distinct ones */
    uint64_t n_subnetted;                                      /* networks with subnets */
    uint64_t n_mtrie_nodes;
};

/* n steps, the first n of a table of these counts: a kind of which there are k has had
 * k * i / n_networks, rounded up, after i prefixes. n: at most n_networks. */
struct ios_step *ios_table_spread(const struct ios_counts *counts, size_t n, struct arena *mem);

/* Puts instead of its spread networks and mtrie nodes those of these n IPv4 prefixes. */
void ios_table_shape(struct ios_step *steps, const struct route *routes, size_t n);

/* The IPv4 paths of a feed at its start: a step for each of their prefixes, in the order of the
 * first path of each. *n: how many; both in mem. */
struct ios_step *ios_table_of_feed(const struct bgp_feed *feed, size_t *n, struct arena *mem);

/* The table in a VRF: a label for each prefix, every attribute set so many times (as received, with
 * its route target). */
void ios_table_into_vrf(struct ios_step *steps, size_t n, uint64_t attribute_sets);

/* subnet_blocks: those of a classful network. */
void ios_table_subnets(struct ios_step *steps, size_t n, uint64_t subnet_blocks);

#endif /* MODELS_IOS_TABLE_H */
