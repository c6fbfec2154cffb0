/* acl_print.h - a rule as IOS would print it: "permit tcp any host 10.0.0.1 eq www established log".
 *
 * What IOS has no words for (a protocol's bits, flags of other bytes) is said in words of its own; all
 * else is read back as the same rule by acl_text.h.
 */
#ifndef SCENARIOS_ACL_PRINT_H
#define SCENARIOS_ACL_PRINT_H

#include "models/acl.h"

struct arena;

const char *acl_rule_print(const struct acl_rule *rule, struct arena *mem);

#endif /* SCENARIOS_ACL_PRINT_H */
