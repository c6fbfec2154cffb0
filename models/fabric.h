/* fabric.h - the crossbar and its channels to the cards.
 *
 *   all channels in --> [ per egress channel: crossbar output, overspeed x channel rate ]
 *                           --> transit --> [ egress buffer ] -- channel rate --> egress card
 *                                                                            '--> MSFC, bus
 * (supervisor)
 *
 * Non-blocking: frames for different channels do not meet. Frames for one channel come through the
 * crossbar one after the other at overspeed times its rate, and wait in front of the channel in a
 * finite buffer; what does not fit when it arrives is dropped.
 *
 * Lanes out: number of the channel among all of the chassis; the supervisor's channel leads to
 * FABRIC_TO_MSFC and FABRIC_TO_BUS instead.
 * Reads: head.   Writes: -   Drops: fabric_egress_full.
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
};

#define FABRIC_TO_CHANNEL(channel) ((uint32_t)(channel))
#define FABRIC_MAX_CHANNELS ((CONFIG_MAX_SLOTS + 1) * CONFIG_MAX_CHANNELS)
#define FABRIC_TO_MSFC ((uint32_t)FABRIC_MAX_CHANNELS)
#define FABRIC_TO_BUS ((uint32_t)FABRIC_MAX_CHANNELS + 1u)

extern const struct stage_ops fabric_stage;

#endif /* MODELS_FABRIC_H */
