/* acl_samples.h - for tests and benchmarks: rules and headers at random, and ClassBench's. */
#ifndef TESTS_ACL_SAMPLES_H
#define TESTS_ACL_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/acl.h"

struct arena;

/* A stream of random numbers: each draw takes the next. */
struct acl_chance {
    uint64_t seed, n_drawn;
};

uint64_t acl_draw(struct acl_chance *chance, uint64_t n); /* 0 .. n-1 */

/* Any rule: prefixes, ranges, flags, fragments, of few different values so that rules overlap;
 * holes: some address masks have holes. */
struct acl_rule acl_random_rule(struct acl_chance *chance, bool holes);

/* A header that the rule matches, mostly, or nearly. */
struct acl_header acl_random_header(struct acl_chance *chance, const struct acl_rule *rule);

/* The shared rules and headers; false when they are not there. */
bool acl_classbench_sample(struct arena *mem, struct acl_list *list, struct acl_header **headers,
                           uint32_t *n_headers);

/* A scenario of classes that mark and police, of which 1/3 finds no masks in the QoS TCAM. */
extern const char policy_maps_sample[];

#endif /* TESTS_ACL_SAMPLES_H */
