/* port.h - the receiving side of a linecard: ports, port ASICs and their links to the card.
 *
 *   port 1 --\ store and forward  [ receive buffer ]
 *   port 2 ---> port ASIC 0 ------ group link -------> lane 0 \
 *   port n --/                                                 > DFC, or the shared bus
 *   port .. --> port ASIC 1 ------ group link -------> lane 1 /
 *
 * Lanes in: by port, from traffic; a row is ready when its last bit has been received.
 * Lanes out: number = group.
 * Reads: head.bytes, head.ingress.   Writes: -   Drops: receive_buffer_full.
 *
 * Differs from the hardware: a frame that has left the port ASIC is counted anew against its port's
 * receive buffer where it waits for its lookup (engine.h, bus.h); the hardware has one buffer for
 * both waits, the link being held back. Where the group link is not the bottleneck the first wait
 * is empty and the models agree.
 */
#ifndef MODELS_PORT_H
#define MODELS_PORT_H

#include "models/layout.h"
#include "sim/stage.h"

struct port_config_rx {
    const struct layout *layout;
    struct packets *packets;
    uint32_t slot;
};

extern const struct stage_ops port_stage;

#endif /* MODELS_PORT_H */
