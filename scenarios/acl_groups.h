/* acl_groups.h - object groups of IOS: names for several addresses, services or ports.
 *
 *   object-group network SERVERS        object-group service WEB       object-group ip port HIGH
 *    host 10.0.0.1                       tcp eq www                     gt 1023
 *    10.1.0.0 255.255.0.0                tcp source gt 1023 443         range 6000 6063
 *    range 10.2.0.1 10.2.0.9             icmp echo
 *    group-object OTHERS                 group-object MORE
 *
 * `object-group ip address` is the same as `network`. A group is known from its first line on;
 * group-object takes what the other group has at that moment.
 */
#ifndef SCENARIOS_ACL_GROUPS_H
#define SCENARIOS_ACL_GROUPS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/acl.h"
#include "scenarios/acl_cursor.h"

struct arena;

/* Set bits of mask are compared. */
struct acl_address {
    uint32_t value, mask;
};

/* ICMP: type and code are the ports. */
struct acl_service {
    uint8_t protocol, protocol_mask;
    struct acl_ports sport, dport;
};

enum acl_group_kind { ACL_GROUP_NETWORK, ACL_GROUP_SERVICE, ACL_GROUP_PORT };

struct acl_group {
    const char *name;
    enum acl_group_kind kind;
    struct acl_address *addresses; /* of a network group */
    struct acl_service *services;  /* of a service group */
    struct acl_ports *ports;       /* of a port group */
    uint32_t n, room;
    struct acl_group *next;
};

/* All groups of a text. Start with {.mem = ...}. */
struct acl_groups {
    struct acl_group *first;
    struct acl_group *open; /* whose members the next lines are; NULL: none */
    struct arena *mem;
};

/* Reads a line whose first word, `object-group`, is taken. False: it is wrong, and says so. */
bool acl_groups_begin(struct acl_groups *groups, struct acl_cursor *c);

/* Reads a line of the open group. *is_member: false when it is not one, then nothing was taken. */
bool acl_groups_member(struct acl_groups *groups, struct acl_cursor *c, bool *is_member);

/* The group of this kind that the word at the cursor names, which is taken; NULL: a message. */
const struct acl_group *acl_groups_take(const struct acl_groups *groups, struct acl_cursor *c,
                                        enum acl_group_kind kind);

/* NULL: there is none. */
const struct acl_group *acl_groups_find(const struct acl_groups *groups,
                                        const struct acl_cursor *c);

/* ---- parts of lines that access lists have as well ---- */

/* A protocol as a name or a number. */
bool acl_take_protocol(struct acl_cursor *c, uint8_t *protocol, uint8_t *mask);

/* The names of a protocol's ports; NULL: it has no ports. */
const struct acl_word *acl_port_words(uint8_t protocol);

/* eq, gt, lt, neq or range and what follows; *found: whether the cursor is at one. Without an
 * operator, `bare` allows a port alone, meaning eq. False: it is wrong. */
bool acl_take_ports(struct acl_cursor *c, const struct acl_word *words, bool bare,
                    struct acl_ports *ports, bool *found);

/* An ICMP type by name or number, and a code; *found as above. */
bool acl_take_icmp(struct acl_cursor *c, struct acl_ports *type, struct acl_ports *code,
                   bool *found);

#endif /* SCENARIOS_ACL_GROUPS_H */
