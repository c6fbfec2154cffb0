/* acl_ace.h - one line of an access list, from `permit` or `deny` on. For acl_text.c.
 *
 * With object groups a line is the product of its parts: any of the services, sources,
 * destinations and ports that it names.
 */
#ifndef SCENARIOS_ACL_ACE_H
#define SCENARIOS_ACL_ACE_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/acl_groups.h"

#define ACL_ACE_MAX_PORTS 10 /* behind one eq */

/* Of each array n; they point to groups or to `one`: not to be copied. */
struct acl_ace {
    const struct acl_service *services;
    const struct acl_address *sources, *destinations;
    const struct acl_ports *sports, *dports;
    uint32_t n_services, n_sources, n_destinations, n_sports, n_dports;
    struct acl_rule rest; /* flags, TOS, fragments, permit, log, line */
    struct {
        struct acl_service service;
        struct acl_address source, destination;
        struct acl_ports sports[ACL_ACE_MAX_PORTS], dports[ACL_ACE_MAX_PORTS];
    } one;
};

/* What is not modelled: the word; *wrong: whether there was an error, then told. Both NULL and
 * false: the ACE is complete. */
struct acl_ace_result {
    bool wrong;
    const char *unknown;
    size_t unknown_length;
    unsigned unknown_column;
};

struct acl_ace_result acl_ace_read(struct acl_ace *ace, struct acl_cursor *c,
                                   const struct acl_groups *groups, bool standard);

/* The product of its parts, exact up to 2^32. */
uint64_t acl_ace_n_rules(const struct acl_ace *ace);

/* Writes its rules. */
void acl_ace_expand(const struct acl_ace *ace, struct acl_rule *rules);

#endif /* SCENARIOS_ACL_ACE_H */
