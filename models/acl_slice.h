/* acl_slice.h - one slice of acl_classify.h: its rules, and tables built from them. For
 * acl_classify.c and acl_slice.c only.
 */
#ifndef MODELS_ACL_SLICE_H
#define MODELS_ACL_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/acl_classify.h"

enum acl_part {
    ACL_SRC_HI,
    ACL_SRC_LO,
    ACL_DST_HI,
    ACL_DST_LO,
    ACL_SPORT,
    ACL_DPORT,
    ACL_FLAGS_HI,
    ACL_FLAGS_LO,
    ACL_PROTOCOL, /* and 256 when the packet is a trailing fragment */
    ACL_TOS,
    ACL_N_PARTS
};

/* The values of ports and flags of a trailing fragment: behind those that they can have. */
#define ACL_NO_PORT 65536u
#define ACL_NO_FLAGS 256u

#define ACL_SET_WORDS (ACL_SLICE_RULES / 64)

/* The rules that match all values of one class: bit i is rule i of the slice. */
struct acl_rules_set {
    uint64_t words[ACL_SET_WORDS];
};

struct acl_part_table {
    uint16_t *class_of;         /* [value]; NULL: never built */
    struct acl_rules_set *sets; /* [class] */
    uint16_t *live;             /* [class]: bit w says that word w of its set is not 0 */
    uint32_t n_classes, room;
};

struct acl_slice {
    struct acl_rule *rules; /* [ACL_SLICE_RULES] */
    uint32_t n_rules;
    bool plain;       /* the tables are not built: compare the rules */
    uint8_t n_active; /* parts that tell some headers apart */
    uint8_t active[ACL_N_PARTS];
    struct acl_rules_set all; /* every rule it has */
    struct acl_part_table parts[ACL_N_PARTS];
};

struct acl_builder; /* what building needs, shared by all slices */

struct acl_builder *acl_builder_open(struct arena *mem);

/* Builds the tables of its rules; *bytes grows by the memory taken. */
void acl_slice_build(struct acl_slice *slice, struct acl_builder *builder, struct arena *mem,
                     size_t *bytes);

#endif /* MODELS_ACL_SLICE_H */
