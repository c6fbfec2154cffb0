/* acl.h - access lists as data, and what they mean: the first rule that matches decides.
 *
 *   header --> [ rule 0 ] no -> [ rule 1 ] no -> ... no -> deny (the end of every list)
 *                  | yes            | yes
 *                  v                v
 *            permit or deny   permit or deny
 *
 * A rule is what one line of a list (an ACE) says; a line with object groups gives several. This
 * file is the plain form, one rule after the other; acl_classify.h does the same fast, and
 * acl_tcam.h says what it takes of the hardware.
 *
 * Trailing fragments (all but the first) carry no ports. A rule that asks for them permits such a
 * packet by its other fields alone, and never denies it: a deny is passed over, the next rule
 * decides.
 *     source: [TAC-8014] "Access Control Lists and IP Fragments" (vendor; recalled, not read again)
 *
 * Differs from the hardware: IPv4 only.
 */
#ifndef MODELS_ACL_H
#define MODELS_ACL_H

#include <stdbool.h>
#include <stdint.h>

#define ACL_NONE UINT32_MAX /* no rule matches: the packet is denied */

#define ACL_TCP_ESTABLISHED 0x0014u /* ACK, RST in flags: either will do for `established` */

/* What a list sees of a packet, in host order. */
struct acl_header {
    uint32_t src, dst;
    uint16_t sport, dport; /* ICMP: type, code; a protocol without ports: 0 */
    uint16_t flags;        /* TCP: bytes 12 and 13 of its header; others: 0 */
    uint8_t protocol;
    uint8_t tos;      /* the byte: DSCP << 2 */
    uint8_t trailing; /* 1: a fragment that is not the first; ports and flags mean nothing */
    uint8_t reserved[3];
};

/* Which ports. eq is a range of one, gt and lt are ranges that end at 65535 and 0. */
struct acl_ports {
    uint16_t low, high;
    uint16_t outside; /* 1: all but this one, as neq has it (low == high); else 0 */
};

#define ACL_ANY_PORT ((struct acl_ports){0, UINT16_MAX, 0})

/* Set bits of a mask are compared (the other way round than wildcard bits); the bits of a value
 * that are not compared are 0. */
struct acl_rule {
    uint32_t src, src_mask, dst, dst_mask;
    struct acl_ports sport, dport;
    uint16_t flags, flags_mask;
    uint8_t flags_any; /* at least one of these, of byte 13, is set; 0: does not matter */
    uint8_t protocol, protocol_mask;
    uint8_t tos, tos_mask;
    bool fragments; /* trailing fragments only */
    bool permit;
    bool log;
    uint32_t line; /* of the text it comes from: rules of one line are one ACE; 0: of none */
};

struct acl_list {
    const char *name;
    const struct acl_rule *rules;
    uint32_t n_rules;
};

static inline bool acl_ports_match(struct acl_ports p, uint16_t port)
{
    return (port >= p.low && port <= p.high) != (p.outside != 0);
}

static inline bool acl_ports_any(struct acl_ports p)
{
    return p.low == 0 && p.high == UINT16_MAX && p.outside == 0;
}

/* Whether it asks for what trailing fragments do not have. */
bool acl_rule_needs_ports(const struct acl_rule *rule);

bool acl_rule_matches(const struct acl_rule *rule, const struct acl_header *header);

/* The index of the first rule that matches, or ACL_NONE. */
uint32_t acl_first_match(const struct acl_rule *rules, uint32_t n, const struct acl_header *header);

#endif /* MODELS_ACL_H */
