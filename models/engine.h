/* engine.h - the forwarding engine: one model, instantiated as the PFC and as every DFC.
 *
 *                   [ queue ]     router MAC?   FIB        adjacency
 *   header ----------> lookup slots --> L2 --> longest --> rewrite, ---> result to the card that
 *            '--> dropped when full            match       egress        holds the frame
 *                                                |           |
 *                                              miss      receive, glean, drop, punt
 *
 * Each lookup takes one slot of a fixed rate (IPv6: engine_type.ipv6_lookups slots); the result is
 * known latency_ps after the lookup has begun. A DFC's queue holds as many headers as least-size
 * frames fit the receive buffers of its card: that is where frames wait. The PFC's is the lookups
 * outstanding on the bus, which grants no more (bus.h).
 *
 * What is shown: headers let into the queue, and what became of them; lookups done, in slots, which
 * are never more than the rate allows: while the queue fills they are fewer than the headers.
 *
 * Reads: load, dst4; of special packets head, dst6, adjacency (PACKET_LOOKED_AHEAD).
 * Writes: load; of special packets head.egress, head.flags, head.dscp; cause of punted ones.
 * Drops: receive_buffer_full, not_router_mac, no_route (miss), null_route (drop adjacency), policed,
 * rate_limited, fib_exception_limiter, control_plane_policed, acl_denied, rpf_failed, acl_updating.
 *
 * What the interfaces ask beside that is in features.h.
 * Policers (policer.h) count what is not for null0, when the result is known: what they drop has had
 * its lookup. What is left and cannot be forwarded here is punted for one cause, as far as limiters
 * and control plane policy allow (punt.h); of misses that is a few only, for ICMP unreachables.
 *
 * A miss is punted when the engine is in exception (fib.h): some prefix did not fit. One limiter per
 * engine, for both families, lets so many pass, counted when the result is known.
 * source: [WINFRED] 10 kpps from 12.2(33)SXH (vendor); the burst (assumed)
 *
 * Result goes to: the uplink of the card that holds the frame; the egress side of the same card
 * when the way does not cross the fabric; the egress card at once when the whole frame is on the
 * bus. What is for the MSFC crosses the fabric to the supervisor, unless it is on the bus already.
 *
 * Differs from the hardware: the FIB is asked as it stands when the header joins the queue, not
 * when its turn comes. The receive buffers of a card are one pool here, and filled by headers, not
 * bytes: an engine is overloaded by small frames only. L2 switching is not modelled: a frame to
 * another station's MAC is dropped.
 */
#ifndef MODELS_ENGINE_H
#define MODELS_ENGINE_H

#include "models/bus.h"
#include "models/download.h"
#include "models/features.h"
#include "models/fib.h"
#include "models/layout.h"
#include "sim/stage.h"

struct policers;

struct engine_config {
    const struct layout *layout;
    struct packets *packets;
    struct features *features; /* may be NULL where no interface has any */
    struct classes *classes;   /* may be NULL where no interface has a policy map */
    const struct fib *fib;
    uint32_t fib_engine;       /* its number in the fib */
    struct download *download; /* what writes that; NULL: nothing does */
    const struct engine_type *type;
    uint32_t slot;                   /* where it sits; the supervisor's for the PFC */
    const char *name;                /* "engine 1 DFC3BXL" */
    const struct bus_demand *demand; /* PFC: what the cards ask of it; else NULL */
    struct accounting *accounting;   /* NULL: no NetFlow, and no policer is by flows */
};

/* Lane numbers of an engine. A DFC uses those of its own slot only. */
#define ENGINE_TO_EGRESS(slot, asic) LAYOUT_LANE(slot, asic)
#define ENGINE_TO_UPLINK(slot, channel) LAYOUT_LANE(CONFIG_MAX_SLOTS + 1u + (slot), channel)
#define ENGINE_TO_MSFC LAYOUT_LANE(2 * (CONFIG_MAX_SLOTS + 1u), 0)

extern const struct stage_ops engine_stage;

/* Modes of modules have changed: frames go other ways. */
void engine_rewire(void *state);

const char *engine_name(const void *state);

/* What it decides by, for those who follow a packet. */
struct engine_view {
    struct features_user features;
    const struct policers *policers;
    uint32_t fib_engine;
};
struct engine_view engine_view(const void *state);

#endif /* MODELS_ENGINE_H */
