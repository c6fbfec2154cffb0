/* acl_classbench.h - rule sets as the benchmark ClassBench writes them.
 *
 *   @src/len <tab> dst/len <tab> low : high <tab> low : high <tab> protocol/mask <tab> flags/mask
 *   @10.0.0.0/8    192.0.2.1/32  0 : 65535       80 : 80           0x06/0xFF           0x0000/0x0000
 *
 * Blanks and tabs are alike; the flags may be missing. Such a set does not say what a rule does
 * with its packets: all of them permit. Bits outside of a mask are dropped.
 */
#ifndef SCENARIOS_ACL_CLASSBENCH_H
#define SCENARIOS_ACL_CLASSBENCH_H

#include <stdbool.h>

#include "models/acl.h"

struct arena;
struct error;

#define ACL_CLASSBENCH_MAX_RULES (1u << 20)

/* All of a file's wrong lines are reported. list: its name is path. */
bool acl_classbench_read(const char *path, struct arena *mem, struct acl_list *list,
                         struct error *err);

#endif /* SCENARIOS_ACL_CLASSBENCH_H */
