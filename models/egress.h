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
 * module_absent.
 *
 * Differs from the hardware: a link as fast as all its ports together takes no time; the
 * queue before a slower one is as large as the transmit buffers behind it. A port's own transmit
 * buffer empties bit by bit and counts preamble and gap; a shared one is free when the frame has
 * left. One FIFO per port: no QoS yet.
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

#endif /* MODELS_EGRESS_H */
