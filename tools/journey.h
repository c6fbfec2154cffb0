/* journey.h - the way of some packets through the chassis, stage by stage, with what was asked of
 * each of them and answered.
 *
 *   events of a run --packets with these names--> journeys: a table each
 *
 * What an engine decided is found again by the same questions at the moment of the event: its FIB and
 * its lists are then as the packet found them.
 */
#ifndef TOOLS_JOURNEY_H
#define TOOLS_JOURNEY_H

#include <stdint.h>
#include <stdio.h>

#include "sim/stage.h"
#include "tools/table.h"

struct arena;
struct chassis;
struct chassis_config;

struct journey {
    uint64_t name; /* of the packet */
    struct table steps;
    int64_t born_ps;
    uint32_t egress; /* port, once decided; or JOURNEY_NO_PORT */
    uint8_t dscp;    /* the internal one, when it reached the stage it is at */
};
#define JOURNEY_NO_PORT UINT32_MAX

struct journeys {
    struct tap tap; /* give its address to the chassis */
    const struct chassis_config *config;
    struct chassis *chassis; /* set before the run */
    struct journey *all;     /* by name */
    uint32_t n;
    struct arena *mem;
};

/* Of packets with these n names, no two alike. */
void journeys_open(struct journeys *j, const struct chassis_config *config, const uint64_t *names,
                   uint32_t n, struct arena *mem);

/* NULL: no such packet. */
struct journey *journeys_find(const struct journeys *j, uint64_t name);

#endif /* TOOLS_JOURNEY_H */
