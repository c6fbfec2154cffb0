/* naive_table.h - prefixes in a plain list: what prefix tables are compared with. */
#ifndef TESTS_NAIVE_TABLE_H
#define TESTS_NAIVE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/prefix.h"

/* Prefix i has entry id i + 1; only those held count. */
struct naive_table {
    size_t n;
    struct ip_prefix *prefixes;
    bool *held;
};

/* n random prefixes of one family, sorted, no two alike, none held. They crowd together: lengths of
 * every kind, deep nesting, host routes, now and then a default route. */
struct naive_table naive_random(size_t n, enum ip_family family, uint64_t seed);
void naive_free(struct naive_table *table);

/* The id of the longest prefix held that covers an address, shorter than `below`; 0: none. */
uint32_t naive_match(const struct naive_table *table, uint64_t hi, uint64_t lo, unsigned below);

/* Addresses at and around the ends of each prefix, and random ones: naive_n_addresses() of them. */
size_t naive_n_addresses(const struct naive_table *table);
struct ip_address naive_address(const struct naive_table *table, size_t i, uint64_t seed);

#endif /* TESTS_NAIVE_TABLE_H */
