/* bus.h - the shared bus (D-bus) and its arbiter, clock edge by clock edge.
 *
 *   slot 1 [ receive buffers ] --\                      header or whole frame
 *   slot 2 [ receive buffers ] ---> round robin, 62.5 MHz x 32 bytes ---> PFC (not yet looked up)
 *   supervisor's ports         --/      ^                        '---> egress card (decided)
 *   supervisor's fabric ifc.   -/       |
 *                                       '-- at most 32 lookups outstanding
 *
 *   cycles:  compact     header, data beat of the header's second half   2
 *            truncated   header, first 64 bytes, turn-round              4
 *            whole frame header, ceil(bytes / 32), turn-round            2 + ceil(bytes / 32)
 *
 * A request seen at a clock edge can be granted at that edge. A header that has to be looked up
 * waits until fewer than bus_outstanding lookups are without a result (5-bit sequence number): that
 * is how a full PFC holds the bus back, and frames wait, and are lost, in the receive buffers of
 * the cards. Frames that come from the fabric or the MSFC for a classic card are decided already:
 * the supervisor's fabric interface
 * sends them whole, as a requester of its own.
 *
 * As a store-and-forward hop the bus hands a frame on at the end of the transfer; as a cut-through
 * hop it shows the PFC a header as soon as it is there, and the egress card can begin to send
 * before it has the whole frame (hop.h).
 *
 * In truncated mode a fabric card's frame for a classic card crosses the bus whole, which needs the
 * answer before the transfer: the bus asks the PFC's FIB ahead (PACKET_LOOKED_AHEAD); the lookup
 * still takes its slot in the PFC.
 *
 * Lanes in: from port stages of the cards without a DFC, from the fabric and the MSFC.
 * Lanes out: BUS_TO_PFC, BUS_TO_EGRESS.
 * Reads: head.   Writes: load, head.flags, adjacency.
 * Drops: receive_buffer_full, supervisor_buffer_full, module_absent, receive_tail_drop,
 * receive_wred_drop.
 *
 * Differs from the hardware: the frames of one card are sent in the order of their arrival (its
 * local arbiter is a FIFO), but for those of one port where it trusts them (receive_queues.h); the result bus is not a bottleneck and not modelled.
 */
#ifndef MODELS_BUS_H
#define MODELS_BUS_H

#include "models/download.h"
#include "models/fib.h"
#include "models/layout.h"
#include "sim/stage.h"

struct flow_tables;

/* 62.5 MHz; source: [S33], [S10] (derived: 64 bit x 62.5 MHz = 4 Gbit/s R-bus) */
#define BUS_CYCLE_PS 16000
#define BUS_CYCLES_PER_S 62500000
#define BUS_BEAT_BYTES 32 /* 256 bits a cycle; source: [S9] (vendor) */
/* source: [S4], [S6], [S1] (derived: 2 and 4 cycles give the published 30 and 15 Mpps) */
#define BUS_COMPACT_CYCLES 2
#define BUS_HEADER_CYCLES 1
#define BUS_TURN_CYCLES 1
#define BUS_TRUNCATED_BYTES 64 /* source: [DOS-LEAF] (vendor) */

struct bus_config {
    const struct layout *layout;
    struct packets *packets;
    const struct fib *fib;
    uint32_t fib_engine;       /* the PFC's, or the same at the bus's own pace */
    struct download *download; /* what writes that; NULL: nothing does */
    const struct engine_type *pfc;
    const struct flow_tables *flows; /* for queues of cards only */
};

#define BUS_TO_PFC 0u
#define BUS_TO_EGRESS(slot, asic) LAYOUT_LANE(slot, asic)

extern const struct stage_ops bus_stage;

/* A card has come or gone: no transfer begins before until_ps. What a card that has gone wanted to
 * send is lost with it. */
void bus_stall(void *state, int64_t now_ps, int64_t until_ps);
void bus_forget(void *state, int64_t now_ps, uint32_t slot);

/* How long the bus still needs for a whole frame when its header has been seen. */
static inline int64_t bus_rest_ps(uint32_t bytes)
{
    uint32_t beats = (bytes - BUS_TRUNCATED_BYTES + BUS_BEAT_BYTES - 1) / BUS_BEAT_BYTES;

    return (int64_t)(beats + BUS_TURN_CYCLES) * BUS_CYCLE_PS;
}

/* The demand on the PFC, as the bus sees it: lookup slots that headers asked for, headers lost in
 * full receive buffers, and lookup slots for those waiting now. */
struct bus_demand {
    uint64_t n_asked, n_refused, n_waiting;
};
const struct bus_demand *bus_demand(const void *state);

#endif /* MODELS_BUS_H */
