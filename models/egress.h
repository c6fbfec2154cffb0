/* egress.h - the sending side of a linecard: links to the port ASICs, transmit buffers, ports.
 *
 *   fabric channel, DFC, PFC, bus --> group link --> one port ASIC [ transmit buffer ] --> port 1
 * .. n
 *
 * One instance per port ASIC, the last stage: a frame's way ends with the last bit on the wire. Its
 * latency counts from the last bit received to the first bit sent (RFC 1242, store and forward).
 *
 * Reads: head, born_ps.   Writes: -   Drops: link_queue_full, transmit_buffer_full.
 *
 * Differs from the hardware: the queue before the group link is as large as the transmit buffer
 * behind it. One FIFO per port: no QoS yet.
 */
#ifndef MODELS_EGRESS_H
#define MODELS_EGRESS_H

#include "models/layout.h"
#include "sim/stage.h"

struct egress_config {
    const struct layout *layout;
    struct packets *packets;
    uint32_t slot, group;
};

extern const struct stage_ops egress_stage;

#endif /* MODELS_EGRESS_H */
