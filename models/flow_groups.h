/* flow_groups.h - flows that look alike through a flow mask: what shares a microflow policer.
 *
 *   flow --> mask: all of its key, its source, its destination --> number of its group
 */
#ifndef MODELS_FLOW_GROUPS_H
#define MODELS_FLOW_GROUPS_H

#include <stdint.h>

#include "models/flows.h"

struct arena;
struct chassis_config;

/* The groups that the policers of this chassis need, in flows->groups: once for all engines. */
void flow_groups_open(struct flow_tables *flows, const struct chassis_config *config,
                      struct arena *mem);

/* By flow: its group, numbered in the order in which the flows first need them; how many there are
 * in *n_groups. */
uint32_t *flow_groups(const struct flow_tables *flows, enum flow_mask mask, uint32_t *n_groups,
                      struct arena *mem);

#endif /* MODELS_FLOW_GROUPS_H */
