/* uplink.h - one fabric channel from a slot into the crossbar, 8 or 20 Gbit/s.
 *
 *   results of the engine --> [ channel queue ] ---- channel ----> one lane per crossbar output
 *
 * A frame uses the channel of the half card it came in by; from the supervisor its only one. On the
 * channel a frame takes fabric_overhead_bytes beside its own.
 *
 * One instance per channel. Lane out: number of the channel, among all of the chassis, that leads
 * to the egress card (the supervisor's for the MSFC and for classic cards).
 * Reads: load.   Writes: -   Drops: channel_queue_full, module_absent, fabric_down,
 * receive_tail_drop, receive_wred_drop.
 *
 * The queue is as large as the receive buffers of the ports behind the channel (frames wait there
 * for it), in bytes of frames where ports trust what these carry and have queues for it
 * (receive_queues.h); the supervisor's is the fabric egress buffer's size (assumed).
 */
#ifndef MODELS_UPLINK_H
#define MODELS_UPLINK_H

#include "models/layout.h"
#include "sim/stage.h"

struct flow_tables;

struct uplink_config {
    const struct layout *layout;
    struct packets *packets;
    uint32_t slot, channel;
    const struct flow_tables *flows; /* for queues only */
};

extern const struct stage_ops uplink_stage;
extern const struct stage_ops uplink_queues_stage; /* of a linecard with rx_queues */

#endif /* MODELS_UPLINK_H */
