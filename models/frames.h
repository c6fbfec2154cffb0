/* frames.h - the frames of one stream at one port of a tester, before they meet the wire.
 *
 *   draws --> size (by weight, or in order) --+
 *         --> flow (one of the port's)        +--> blocks of FRAMES_BLOCK frames, in time order
 *         --> time it is wanted --------------+
 *
 *   constant  gap = the frame's share of the rate, exactly; the first after a part of a gap
 *   poisson   gap = exponential, with the mean that gives the rate
 *   on-off    bursts of frames back to back, geometric in number; between them exponential pauses
 *             that bring the mean rate down to the one asked for
 *
 * Every draw is a function of (seed, port, stream name, number of the frame): no other stream and
 * no window can change a frame.
 */
#ifndef MODELS_FRAMES_H
#define MODELS_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/config.h"
#include "sim/rng.h"

struct error;

#define FRAMES_BLOCK 64 /* made at once */

/* A frame size, and a column of the alias table (Walker 1977) by which sizes are drawn: of 2^32
 * tickets the first `own` are for size number[0], which is this one, the others for number[1]. */
struct frames_size {
    uint64_t own;
    uint8_t number[2];
    uint32_t bytes;
    int64_t wire_ps;
    uint64_t gap_ps, gap_rest; /* constant: gap_ps + gap_rest / over */
};

/* What the ports of a card have in common in one stream. */
struct frames_plan {
    const struct stream_config *stream;
    uint32_t byte_ps;
    uint32_t n_sizes;
    bool in_order;
    uint64_t over;
    uint64_t mean;     /* of what is exponential: Poisson gaps, on-off pauses; 2^-13 ps */
    uint64_t phase_ps; /* constant, on-off: the first frame is wanted within this */
    struct frames_size sizes[CONFIG_MAX_SIZES];
    uint8_t order[CONFIG_MAX_SIZES + FRAMES_BLOCK]; /* numbers of sizes in order, again and again */
};

struct frames {
    int64_t wanted_ps[FRAMES_BLOCK + 1]; /* rising; the last is SIM_NEVER: here the block ends */
    int64_t wire_ps[FRAMES_BLOCK];       /* how long it keeps the wire busy */
    uint32_t bytes[FRAMES_BLOCK];
    uint32_t flow[FRAMES_BLOCK];
    const struct frames_plan *plan;
    struct rng rng;
    uint64_t n_drawn;
    uint32_t turn; /* sizes in order: the next one */
    uint32_t first_flow, flow_step, n_flows;
    int64_t next_wanted_ps; /* of the block to come */
    uint64_t rest;          /* of gaps: constant, over plan->over; else over 2^45 ps */
};

/* byte_ps: on the wire. false with *err when mean gaps are of 1000 s and more. */
bool frames_plan_open(struct frames_plan *plan, const struct stream_config *stream,
                      uint32_t byte_ps, struct error *err);

/* rng: of this port and stream. The flows are first_flow + i * flow_step for i below n_flows, which
 * is at least 1. The first block is made by frames_fill(). */
void frames_open(struct frames *f, const struct frames_plan *plan, struct rng rng,
                 uint32_t first_flow, uint32_t flow_step, uint32_t n_flows);

/* Makes the next block. */
void frames_fill(struct frames *f);

#endif /* MODELS_FRAMES_H */
