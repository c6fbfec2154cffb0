/* acl_synthetic.h - access lists of any length, as a border router may have them.
 *
 *   blocks of lines of one kind:   deny ip 10.7.0.0 0.0.255.255 any      sources that must not be there
 *                                  permit tcp any host 198.18.3.7 eq 443  servers
 *                                  permit udp any 198.18.7.0 0.0.0.255 range 5000 5100
 *   the last line:                 permit ip any any
 *
 * What is denied has a source in 10.0.0.0/8, the servers are in 198.18.0.0/15.
 * Differs from real lists: nothing in one is redundant by intent, and nothing is about this network.
 */
#ifndef SCENARIOS_ACL_SYNTHETIC_H
#define SCENARIOS_ACL_SYNTHETIC_H

#include "models/acl.h"

struct arena;

#define ACL_SYNTHETIC_MOST_LINES 65536u

/* n_lines: at least 1. Follows from seed and name. */
void acl_synthetic(const char *name, uint32_t n_lines, uint64_t seed, struct arena *mem,
                   struct acl_list *list);

#endif /* SCENARIOS_ACL_SYNTHETIC_H */
