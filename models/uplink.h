/* uplink.h - one fabric channel from a slot into the crossbar, 8 or 20 Gbit/s.
 *
 *   results of the engine --> [ channel queue ] ---- channel ----> one lane per crossbar output
 *
 * A frame uses the channel of the half card it came in by; from the supervisor its only one. On the
 * channel a frame takes fabric_overhead_bytes beside its own.
 *
 * One instance per channel. Lane out: number of the channel, among all of the chassis, that leads
 * to the egress card (the supervisor's for the MSFC and for classic cards).
 * Reads: load.   Writes: -   Drops: channel_queue_full, module_absent, fabric_down.
 *
 * The queue is as large as the receive buffers of the ports behind the channel (frames wait there
 * for it); the supervisor's is the fabric egress buffer's size (assumed).
 */
#ifndef MODELS_UPLINK_H
#define MODELS_UPLINK_H

#include "models/layout.h"
#include "sim/stage.h"

struct uplink_config {
    const struct layout *layout;
    struct packets *packets;
    uint32_t slot, channel;
};

extern const struct stage_ops uplink_stage;

#endif /* MODELS_UPLINK_H */
