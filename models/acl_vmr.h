/* acl_vmr.h - what a rule becomes in the ACL TCAM: entries of value, mask and result (VMRs).
 *
 *   permit tcp any host 10.0.0.1 gt 1023
 *      value  dst 10.0.0.1  protocol 6  operation 2     operation 2 of this label: dport gt 1023,
 *      mask   all bits      all bits    that bit        decided by a LOU before the TCAM is searched
 *      result permit
 *
 * A rule needs more than one entry when
 *   - its ports have no operation: their range becomes blocks of a power of two of ports each;
 *   - it asks for any of several flags: an entry for each (but `established` is a bit of the key);
 *   - it permits by ports: then also trailing fragments, which have none, by its other fields.
 *
 * Differs from the hardware: the published key is 104 bits wide (addresses, layer-4 type, ports);
 * that the others are part of it is assumed, and so are the entries for trailing fragments.
 *     source: [ACL-LOU] (vendor)
 */
#ifndef MODELS_ACL_VMR_H
#define MODELS_ACL_VMR_H

#include <stdbool.h>
#include <stdint.h>

#include "models/acl.h"

#define ACL_KEY_WORDS 5
#define ACL_MAX_BLOCKS 30u     /* of any range of ports: 2 * 15 */
#define ACL_MAX_OPERATIONS 16u /* bits of the key */
#define ACL_MAX_FEATURES 4u    /* lists merged on one interface */

/* What the TCAM compares, bit by bit. */
struct acl_key {
    union {
        struct {
            uint32_t src, dst;
            uint16_t sport, dport;
            uint16_t flags;
            uint16_t operations; /* bit i: operation i of the label is true */
            uint8_t protocol, tos;
            uint8_t trailing;
            uint8_t established; /* ACK or RST */
        };
        uint32_t words[ACL_KEY_WORDS];
    };
};

struct acl_vmr {
    struct acl_key value, mask;
    bool permit, log;
    bool redirect;                   /* permitted, by a policy to its next hop */
    uint8_t list;                    /* of a service policy: what rule[0] is of */
    uint32_t rule[ACL_MAX_FEATURES]; /* of each list; ACL_NONE: its end, or not asked any more */
};

/* A test of a port that is made once per packet, for all rules of a label that need it. */
struct acl_operation {
    struct acl_ports ports;
    bool destination;
};

/* Ports that share their leading bits. */
struct acl_block {
    uint16_t value, mask;
};

/* The fewest blocks that make up the ports, as `range 721 1035` is 8 and `gt 1024` 15.
 * source: [PANTS] (derived). Returns how many (0 .. ACL_MAX_BLOCKS). */
uint32_t acl_port_blocks(struct acl_ports ports, struct acl_block blocks[ACL_MAX_BLOCKS]);

/* How the ports of a rule are compared: by operation `source` or `destination` of the label, or
 * (ACL_NO_OPERATION) by blocks. */
#define ACL_NO_OPERATION UINT8_MAX
struct acl_plan {
    uint8_t source, destination;
};

/* In how many ways each part of the rule is written; their product is the number of entries. */
struct acl_ways {
    uint32_t n_sport, n_dport, n_flags;
};

struct acl_ways acl_rule_ways(const struct acl_rule *rule, struct acl_plan plan);

/* Writes the entries for all but what `acl_vmr_trailing` is for; returns how many. */
uint32_t acl_vmr_expand(const struct acl_rule *rule, struct acl_plan plan, struct acl_vmr *vmrs);

/* Whether the rule needs an entry of its own for trailing fragments, and that entry. */
bool acl_vmr_trailing(const struct acl_rule *rule, struct acl_vmr *vmr);

/* The packets of both. False: there are none. */
bool acl_key_meet(const struct acl_vmr *a, const struct acl_vmr *b, struct acl_vmr *both);

/* What the TCAM sees of a packet. */
struct acl_key acl_key_of(const struct acl_header *header, const struct acl_operation *operations,
                          uint32_t n_operations);

/* The first entry that matches, or ACL_NONE. */
uint32_t acl_vmr_find(const struct acl_vmr *vmrs, uint32_t n, const struct acl_key *key);

#endif /* MODELS_ACL_VMR_H */
