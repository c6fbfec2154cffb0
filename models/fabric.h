/* fabric.h - one output of the crossbar, and the fabric channel behind it to a card.
 *
 *   all uplinks --> [ crossbar output, overspeed x channel rate ] --> transit --> [ egress buffer ]
 *        '--> dropped when the egress buffer has no room                             |
 *                   port ASICs of the card, or MSFC and bus (supervisor) <-- channel rate
 *
 * Non-blocking: frames for different channels do not meet, so each output is an instance of its
 * own. Frames for one channel come through the crossbar one after the other at overspeed times its
 * rate, and wait in front of the channel in a finite buffer. The channel being the slower one, it
 * tells how much of the buffer all frames accepted so far need, those in the crossbar included.
 *
 * Lanes out: FABRIC_TO_EGRESS(port ASIC of the card); the supervisor's: FABRIC_TO_MSFC, FABRIC_TO_BUS.
 * Reads: load.   Writes: -   Drops: fabric_egress_full, module_absent, fabric_down.
 *
 * Differs from the hardware: one priority; no backpressure from the egress buffer to the ingress
 * card (nothing is published of the arbitration, see the facts on the crossbar).
 */
#ifndef MODELS_FABRIC_H
#define MODELS_FABRIC_H

#include "models/layout.h"
#include "sim/stage.h"

struct fabric_config {
    const struct layout *layout;
    struct packets *packets;
    uint32_t slot, channel;
};

#define FABRIC_TO_EGRESS(asic) ((uint32_t)(asic))
#define FABRIC_TO_MSFC CONFIG_MAX_ASICS
#define FABRIC_TO_BUS (CONFIG_MAX_ASICS + 1u)

extern const struct stage_ops fabric_stage;

#endif /* MODELS_FABRIC_H */
