/* reference_tables.h - tables of the reference simulator: what is searched for a packet, entry by
 * entry, and what its flow chooses. */
#ifndef TESTS_REFERENCE_TABLES_H
#define TESTS_REFERENCE_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/config.h"
#include "models/sharing.h"
#include "tests/reference_routes.h"

#define MOST_SHARES 15

/* One of these, by the flow's hash: each has the same share. */
struct choice {
    uint32_t n;
    struct answer of[MOST_SHARES];
};

struct entry {
    struct ip_prefix prefix;
    struct choice choice;
};

/* In any order, no two of one prefix. */
struct table {
    struct entry *entries;
    size_t n, room;
};

/* NULL: not there. */
struct entry *table_find(const struct table *t, struct ip_prefix prefix);

/* Of no answer when it is not there. */
struct choice table_choice(const struct table *t, struct ip_prefix prefix);

/* In the place of the one that is there; without a choice: takes it out. */
void table_put(struct table *t, struct entry entry);

/* The longest match; NULL: none. And its answer to a flow. */
const struct entry *table_match(const struct table *t, struct ip_address to);
struct answer table_ask(const struct table *t, const struct chassis_config *config,
                        struct ip_address to, const struct flow_key *flow);

bool choice_equal(const struct choice *a, const struct choice *b);

#endif /* TESTS_REFERENCE_TABLES_H */
