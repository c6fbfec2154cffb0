/* fates.h - what can become of packets: each stream's ends, and a packet for each of them.
 *
 *   events of a run --> stream, delivered or dropped, where, why, after software? --> name, count
 *
 * Ends count from the end of the warm-up on. Of each kind the first packet is remembered by its name,
 * which is the same in another run of the same scenario.
 */
#ifndef TOOLS_FATES_H
#define TOOLS_FATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/stage.h"

struct arena;
struct chassis;
struct chassis_config;

struct fate {
    uint32_t stream;
    bool delivered, software; /* software: the MSFC had forwarded it */
    const struct stage_ops *stage;
    uint32_t reason; /* of stage->drops, when not delivered */
    uint64_t name, n_packets;
};

struct fates {
    struct tap tap; /* give its address to the chassis */
    const struct chassis_config *config;
    struct chassis *chassis; /* set before the run */
    struct fate *all;        /* in order of their first packets */
    uint32_t n, room;
    bool *software; /* by packet id */
    uint32_t n_ids;
    struct arena *mem;
};

void fates_open(struct fates *f, const struct chassis_config *config, struct arena *mem);

/* By stream; delivered ones first. */
void fates_sort(struct fates *f);

#endif /* TOOLS_FATES_H */
