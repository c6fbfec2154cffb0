/* hop.h - when a hop hands a frame on to the next one.
 *
 *   store and forward    |---- frame at this hop's rate ----|                 handed on at its end
 *                                                            |-- next hop --|
 *   cut-through          |---- frame at this hop's rate ----|                 handed on as early as
 *                             |------- slower next hop -----------|           the next hop can send
 *                                            |- faster one --|                it without a gap
 *
 * Whether the hops of a Catalyst 6500 are one or the other is not published: chassis_config.hops
 * chooses for each, and the report says what it costs per byte.
 */
#ifndef MODELS_HOP_H
#define MODELS_HOP_H

#include <stdint.h>

/* A cut-through hop has seen so much of a frame before it hands it on.
 * source: (assumed: what a truncated bus header takes of the frame) */
#define HOP_HEADER_BYTES 64u

static inline int64_t hop_time_ps(uint64_t bits, uint64_t bps)
{
    return (int64_t)(bits * 1000000000000 / bps); /* of one frame: fits */
}

/* A frame of so many bits passes from start_ps to end_ps: when the next hop, of next_bps, can begin.
 * Between start_ps and end_ps, so in order whatever the frames. */
static inline int64_t hop_cut_through_ps(int64_t start_ps, int64_t end_ps, uint64_t bits,
                                         uint64_t bps, uint64_t next_bps)
{
    int64_t header = start_ps + hop_time_ps(HOP_HEADER_BYTES * 8, bps);
    int64_t no_gap = end_ps - hop_time_ps(bits, next_bps);
    int64_t ready = header > no_gap ? header : no_gap;

    return ready < end_ps ? ready : end_ps;
}

#endif /* MODELS_HOP_H */
