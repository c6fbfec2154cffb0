/* plugged.h - what stands in the slots of a chassis, as rows of the catalogue, while it is being
 * put together.
 *
 *   scenario_chassis.c --> plugged --> scenario_rules.c      what goes together
 *                                 '--> scenario_engines.c    the mode they run in
 */
#ifndef SCENARIOS_PLUGGED_H
#define SCENARIOS_PLUGGED_H

#include "scenarios/loader.h"

/* One entry of `slots`, looked up. Its linecard and its fabric module are NULL when it is none. */
struct plugged_slot {
    uint32_t named; /* place that says so; 0: the slot is empty */
    const struct raw_slot *raw;
    const struct catalog_linecard *card;
    const struct catalog_forwarding *forwarding;
    const struct catalog_fabric *module;
};

struct plugged {
    const struct catalog_chassis *chassis;
    const struct catalog_supervisor *supervisor;
    uint32_t supervisor_slot;
    struct plugged_slot slots[CONFIG_MAX_SLOTS + 1]; /* [1..] */
};

/* The fabric that works; NULL: none. */
const struct fabric_type *plugged_fabric(const struct plugged *p);

/* Refuses what cannot be built, where it stands. */
void check_plugged(struct loader *l, const struct plugged *p);

/* The first of the card's daughter cards that goes with the supervisor; the first one when none
 * does. */
const struct catalog_forwarding *usual_forwarding(const struct plugged *p,
                                                  const struct catalog_linecard *card);

/* The engines, in the mode that all of them run in: dfcs[slot] (NULL: none), and the supervisor
 * with its PFC, which is written to the scenario's configuration. */
void load_engines(struct loader *l, const struct plugged *p, struct engine_type **dfcs);

/* What is assumed of a row joins the scenario's assumptions. */
void add_assumed(struct loader *l, enum catalog_kind kind, const struct catalog_row *row);

#endif /* SCENARIOS_PLUGGED_H */
