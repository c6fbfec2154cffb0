/* flow_groups.h - flows that look alike through a flow mask: what shares a microflow policer.
 *
 *   flow --> mask: all of its key, its source, its destination --> number of its group
 */
#ifndef MODELS_FLOW_GROUPS_H
#define MODELS_FLOW_GROUPS_H

#include <stdint.h>

struct arena;
struct flow_tables;

enum flow_mask { FLOW_MASK_FULL, FLOW_MASK_SOURCE, FLOW_MASK_DESTINATION };

/* By flow: its group, numbered in the order in which the flows first need them; how many there are
 * in *n_groups. */
uint32_t *flow_groups(const struct flow_tables *flows, enum flow_mask mask, uint32_t *n_groups,
                      struct arena *mem);

#endif /* MODELS_FLOW_GROUPS_H */
