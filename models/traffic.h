/* traffic.h - the packet generator: a tester's port behind every port of one linecard.
 *
 *   stream A --> frames, each with the time it is wanted --+ earliest
 *   stream B --> frames, each with the time it is wanted --+--first--> wire --> lane port - 1
 *                                                             preamble 8 | frame | gap 12 bytes
 *
 * A frame starts when it is wanted, or when the wire is free if that is later: never above line
 * rate, whatever is asked for. Frames that wait are not lost. Its row is ready when its last bit
 * has been received.
 *
 * Reads:  the flows' destinations. Writes: head, dst4 or dst6, name, born_ps, flow. Drops: nothing.
 * Every draw is a function of (seed, port, stream name, number of the frame in that stream), so
 * neither other streams nor windows change a stream's frames (another stream on the same port can
 * delay them).
 * Units: picoseconds, bytes with FCS. Errors: open() refuses rates with mean gaps of 1000 s and
 * more, and ports on which a byte takes no whole number of picoseconds.
 *
 * Differs from a tester: clocks are exact and all tick alike; there are no frames with errors.
 */
#ifndef MODELS_TRAFFIC_H
#define MODELS_TRAFFIC_H

#include <stdint.h>

#include "sim/stage.h"

struct chassis_config;
struct flow_tables;
struct packets;

/* One instance per slot that has a port in any stream; lane: port number - 1. */
struct traffic_config {
    const struct chassis_config *chassis;
    uint32_t slot_index; /* in chassis->slots */
    struct packets *packets;
    const struct flow_tables *flows;
};

extern const struct stage_ops traffic_stage;

#endif /* MODELS_TRAFFIC_H */
