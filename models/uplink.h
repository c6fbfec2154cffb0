/* uplink.h - from a slot into the crossbar: its fabric channels, 8 or 20 Gbit/s each.
 *
 *   results, by slot --> [ channel queue ] ---- channel 0 ----> lane 0 --> fabric
 *                    --> [ channel queue ] ---- channel 1 ----> lane 1 --> fabric
 *
 * A frame uses the channel of the half card it came in by; from the supervisor its only one. On the
 * channel a frame takes fabric_overhead_bytes beside its own.
 *
 * Reads: head.   Writes: -   Drops: channel_queue_full.
 *
 * The queue is the receive buffers of the ports behind the channel (frames wait there for it); the
 * supervisor's is the fabric egress buffer's size (assumed).
 */
#ifndef MODELS_UPLINK_H
#define MODELS_UPLINK_H

#include "models/layout.h"
#include "sim/stage.h"

struct uplink_config {
    const struct layout *layout;
    struct packets *packets;
    uint32_t slot;
};

extern const struct stage_ops uplink_stage;

#endif /* MODELS_UPLINK_H */
