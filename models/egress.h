/* egress.h - the sending side of a linecard: links to the port ASICs, transmit buffers, ports.
 *
 *                                                                          /--> port 1
 *   fabric channel, DFC, PFC, bus ---> its link ---> [ transmit buffers ] ----> port 2
 *                                                                          \--> port n
 *
 * One instance per port ASIC, the last stage: a frame's way ends with the last bit on the wire. Its
 * latency counts from the last bit received to the first bit sent (RFC 1242, store and forward).
 *
 * Reads: load, born_ps.   Writes: -   Drops: link_queue_full, transmit_buffer_full,
 * module_absent; with queues tail_drop and wred_drop, and no transmit_buffer_full.
 *
 * With QoS on each port has several queues (port_queues.h) in place of its buffer: the internal DSCP, or
 * the CoS it maps to, tells which. What is sent next depends on what comes meanwhile: frames are
 * held until then. With QoS off nothing of this is looked at.
 *
 * Differs from the hardware: a link as fast as all its ports together takes no time; the
 * queue before a slower one is as large as the transmit buffers behind it. A port's own transmit
 * buffer empties bit by bit and counts preamble and gap; a shared one is free when the frame has
 * left. All ports of a card have the same queues; receive queues are one FIFO, QoS or not. Frames in
 * the queues of a card that is pulled out still leave.
 */
#ifndef MODELS_EGRESS_H
#define MODELS_EGRESS_H

#include "models/layout.h"
#include "sim/stage.h"

struct egress_config {
    const struct layout *layout;
    struct packets *packets;
    uint32_t slot, asic;
};

extern const struct stage_ops egress_stage;
extern const struct stage_ops egress_queues_stage; /* of a slot with queues */

#endif /* MODELS_EGRESS_H */
