/* port.h - the receiving side of a linecard: ports, port ASICs and their links to the card.
 *
 *   port 1 --\ store and forward  [ receive buffer ]
 *   port 2 ---> one port ASIC --------- its link ---------> DFC, or the shared bus
 *   port n --/
 *
 * One instance per port ASIC. Lanes in: by port, from traffic; a row is ready when its last bit has
 * been received. Lane out: PORT_TO_CARD.
 * Where ports trust their frames with QoS on, these wait for the link in queues (receive_queues.h).
 * Reads: load.   Writes: -
 * Drops: receive_buffer_full, module_absent, receive_tail_drop, receive_wred_drop.
 *
 * Differs from the hardware: a link as fast as all its ports together is no queue and takes
 * no time; a slower one passes frame after frame (hop.h). A frame that has left the
 * port ASIC is counted anew against its port's receive buffer where it waits for its lookup
 * (engine.h, bus.h); the hardware has one buffer for both waits, the link being held back. Where
 * the link is not the bottleneck the first wait is empty and the models agree.
 */
#ifndef MODELS_PORT_H
#define MODELS_PORT_H

#include "models/layout.h"
#include "sim/stage.h"

struct flow_tables;

struct port_stage_config {
    const struct layout *layout;
    struct packets *packets;
    uint32_t slot, asic;
    const struct flow_tables *flows; /* for queues only */
};

#define PORT_TO_CARD 0u

extern const struct stage_ops port_stage;
extern const struct stage_ops port_queues_stage; /* of a slot with rx_queues, and a narrow link */

#endif /* MODELS_PORT_H */
