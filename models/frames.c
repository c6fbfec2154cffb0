/* frames.c - a frame has one draw (a, b): a for the time, the upper half of b for the size, the
 * lower for the flow. Draws are half of the work; a block of them is made side by side.
 */
#include "models/frames.h"

#include "models/packet.h"
#include "sim/dispatch.h"
#include "sim/error.h"
#include "sim/stage.h"

/* Mean gaps, below 2^50 ps, are kept in units of 2^-13 ps and exponential deviates, below 2^38, in
 * units of 2^-32: their product has 45 bits below the picosecond. */
#define MAX_GAP_PS 1000000000000000 /* 1000 s */
#define MEAN_SHIFT 13
#define GAP_SHIFT (MEAN_SHIFT + 32)

__extension__ typedef unsigned __int128 wide;

static inline uint32_t below32(uint32_t bits, uint32_t n)
{
    return (uint32_t)((uint64_t)bits * n >> 32);
}

/* The numbers of the block's sizes: as drawn, put in room[FRAMES_BLOCK], or as they come. */
static inline const uint8_t *sizes(struct frames *f, const struct rng_draw *draws, uint8_t *room)
{
    const struct frames_plan *plan = f->plan;
    if (plan->in_order) {
        uint32_t turn = f->turn;
        f->turn = (turn + FRAMES_BLOCK) % plan->n_sizes;
        return &plan->order[turn];
    }
    for (uint32_t i = 0; i < FRAMES_BLOCK; i++) {
        uint64_t ticket = (draws[i].b >> 32) * plan->n_sizes;
        const struct frames_size *column = &plan->sizes[ticket >> 32];
        room[i] = column->number[(uint32_t)ticket >= column->own];
    }
    return room;
}

static inline void set_sizes(struct frames *f, const uint8_t *size)
{
    for (uint32_t i = 0; i < FRAMES_BLOCK; i++) {
        const struct frames_size *z = &f->plan->sizes[size[i]];
        f->bytes[i] = z->bytes;
        f->wire_ps[i] = z->wire_ps;
    }
}

/* The time of the frame to come in units of 2^-45 ps, and back. */
static inline wide exact_time(const struct frames *f)
{
    return (wide)f->next_wanted_ps << GAP_SHIFT | f->rest;
}

static inline void set_exact_time(struct frames *f, wide time)
{
    f->next_wanted_ps = (int64_t)(time >> GAP_SHIFT);
    f->rest = (uint64_t)time & ((1ull << GAP_SHIFT) - 1);
}

static inline void want_constant(struct frames *f, const uint8_t *size)
{
    const struct frames_plan *plan = f->plan;
    int64_t wanted_ps = f->next_wanted_ps;
    uint64_t rest = f->rest, over = plan->over;
    for (uint32_t i = 0; i < FRAMES_BLOCK; i++) {
        const struct frames_size *z = &plan->sizes[size[i]];
        f->wanted_ps[i] = wanted_ps;
        rest += z->gap_rest;
        bool carry = rest >= over;
        rest -= carry ? over : 0;
        wanted_ps += (int64_t)z->gap_ps + carry;
    }
    f->next_wanted_ps = wanted_ps;
    f->rest = rest;
}

static inline void want_poisson(struct frames *f, const struct rng_draw *draws)
{
    uint64_t deviates[FRAMES_BLOCK], mean = f->plan->mean;
    wide time = exact_time(f);
    rng_exponential_fill(draws, FRAMES_BLOCK, deviates);
    for (uint32_t i = 0; i < FRAMES_BLOCK; i++) {
        f->wanted_ps[i] = (int64_t)(time >> GAP_SHIFT);
        time += (wide)mean * deviates[i];
    }
    set_exact_time(f, time);
}

/* A burst ends after each of its frames with probability 1 / burst, which makes a geometric number
 * of frames. When a is among the 1 in `burst` that end it, a * burst is again any 64 bits: they
 * give the pause. */
static inline void want_on_off(struct frames *f, const struct rng_draw *draws)
{
    uint64_t burst = f->plan->stream->burst_frames, mean = f->plan->mean;
    wide time = exact_time(f);
    for (uint32_t i = 0; i < FRAMES_BLOCK; i++) {
        f->wanted_ps[i] = (int64_t)(time >> GAP_SHIFT);
        time += (wide)f->wire_ps[i] << GAP_SHIFT;
        if (rng_below(draws[i].a, burst) == 0) {
            time += (wide)mean * rng_exponential(draws[i].a * burst);
        }
    }
    set_exact_time(f, time);
}

SIM_DISPATCH
void frames_fill(struct frames *f)
{
    const struct frames_plan *plan = f->plan;
    struct rng_draw draws[FRAMES_BLOCK];
    uint8_t room[FRAMES_BLOCK];
    rng_fill(&f->rng, f->n_drawn, FRAMES_BLOCK, draws);
    f->n_drawn += FRAMES_BLOCK;
    const uint8_t *size = sizes(f, draws, room);
    if (plan->n_sizes > 1) {
        set_sizes(f, size);
    }
    uint32_t first_flow = f->first_flow, flow_step = f->flow_step, n_flows = f->n_flows;
    for (uint32_t i = 0; i < FRAMES_BLOCK; i++) {
        f->flow[i] = first_flow + flow_step * below32((uint32_t)draws[i].b, n_flows);
    }
    if (plan->stream->arrivals == ARRIVALS_CONSTANT) {
        want_constant(f, size);
    } else if (plan->stream->arrivals == ARRIVALS_POISSON) {
        want_poisson(f, draws);
    } else {
        want_on_off(f, draws);
    }
}

/* --- Opening --------------------------------------------------------------------------------- */

static uint64_t weight(const struct frame_mix *mix, uint32_t i)
{
    return mix->in_order ? 1 : mix->weight[i];
}

static uint64_t wire_ps(const struct frames_plan *plan, uint32_t bytes)
{
    return (uint64_t)(bytes + WIRE_PREAMBLE_BYTES + WIRE_GAP_BYTES) * plan->byte_ps;
}

/* A frame's share of the rate, in ps times plan->over. */
static uint64_t share(const struct frames_plan *plan, uint32_t bytes)
{
    const uint64_t ps_per_s = 1000000000000, line = 1000000;
    switch (plan->stream->rate.unit) {
    case RATE_PPS:
        return ps_per_s;
    case RATE_BPS:
        return bytes * 8 * ps_per_s;
    default:
        return wire_ps(plan, bytes) * line;
    }
}

/* Walker's alias table: every column is worth `total`. Each time, the smallest left over takes what
 * it lacks from the greatest, until all are even. */
static void share_out_weights(struct frames_plan *plan)
{
    const struct frame_mix *mix = &plan->stream->frames;
    uint64_t worth[CONFIG_MAX_SIZES], total = 0;
    bool done[CONFIG_MAX_SIZES] = {false};
    for (uint32_t i = 0; i < mix->n; i++) {
        worth[i] = weight(mix, i) * mix->n;
        total += weight(mix, i);
    }
    for (uint32_t n_done = 0; n_done < mix->n; n_done++) {
        uint32_t least = mix->n, most = mix->n;
        for (uint32_t i = 0; i < mix->n; i++) {
            if (!done[i]) {
                least = least == mix->n || worth[i] < worth[least] ? i : least;
                most = most == mix->n || worth[i] > worth[most] ? i : most;
            }
        }
        plan->sizes[least].own = (uint64_t)(((wide)worth[least] << 32) / total);
        plan->sizes[least].number[0] = (uint8_t)least;
        plan->sizes[least].number[1] = (uint8_t)most;
        worth[most] -= total - worth[least];
        done[least] = true;
    }
}

/* Mean gap at the rate asked for, and mean pause between bursts, both in 2^-13 ps. */
static void mean_times(const struct frames_plan *plan, wide *gap, wide *pause)
{
    const struct frame_mix *mix = &plan->stream->frames;
    wide gaps = 0, wires = 0, weights = 0;
    for (uint32_t i = 0; i < mix->n; i++) {
        gaps += (wide)share(plan, mix->bytes[i]) * weight(mix, i);
        wires += (wide)wire_ps(plan, mix->bytes[i]) * weight(mix, i);
        weights += weight(mix, i);
    }
    wide wire = (wires << MEAN_SHIFT) / weights;
    *gap = (gaps << MEAN_SHIFT) / (weights * plan->over);
    *pause = 0;
    if (plan->stream->arrivals == ARRIVALS_ON_OFF && *gap > wire) {
        *pause = (*gap - wire) * plan->stream->burst_frames;
    }
}

bool frames_plan_open(struct frames_plan *plan, const struct stream_config *stream,
                      uint32_t byte_ps, struct error *err)
{
    const struct frame_mix *mix = &stream->frames;
    *plan = (struct frames_plan){.stream = stream,
                                 .byte_ps = byte_ps,
                                 .n_sizes = mix->n,
                                 .in_order = mix->in_order || mix->n == 1,
                                 .over = stream->rate.value};
    wide gap = (wide)MAX_GAP_PS << MEAN_SHIFT, pause = 0;
    if (plan->over > 0) {
        mean_times(plan, &gap, &pause);
    }
    if ((gap + pause) >> MEAN_SHIFT >= MAX_GAP_PS) {
        return error_add(err, "%sstream %s: its rate leaves gaps of 1000 s and more",
                         config_where(stream), stream->name);
    }
    share_out_weights(plan);
    for (uint32_t i = 0; i < mix->n; i++) {
        struct frames_size *z = &plan->sizes[i];
        z->bytes = mix->bytes[i];
        z->wire_ps = (int64_t)wire_ps(plan, mix->bytes[i]);
        z->gap_ps = share(plan, mix->bytes[i]) / plan->over;
        z->gap_rest = share(plan, mix->bytes[i]) % plan->over;
    }
    for (uint32_t i = 0; i < mix->n + FRAMES_BLOCK; i++) {
        plan->order[i] = (uint8_t)(i % mix->n);
    }
    plan->mean = (uint64_t)(stream->arrivals == ARRIVALS_POISSON ? gap : pause);
    plan->phase_ps = (uint64_t)((gap + pause) >> MEAN_SHIFT);
    return true;
}

void frames_open(struct frames *f, const struct frames_plan *plan, struct rng rng,
                 uint32_t first_flow, uint32_t flow_step, uint32_t n_flows)
{
    const struct stream_config *stream = plan->stream;
    *f = (struct frames){.plan = plan,
                         .rng = rng,
                         .n_drawn = 1,
                         .first_flow = first_flow,
                         .flow_step = flow_step,
                         .n_flows = n_flows};
    uint64_t bits = rng_at(&rng, 0).a;
    wide phase = (wide)rng_below(bits, plan->phase_ps) << GAP_SHIFT;
    if (stream->arrivals == ARRIVALS_POISSON) {
        phase = (wide)plan->mean * rng_exponential(bits);
    }
    set_exact_time(f, ((wide)stream->start_ps << GAP_SHIFT) + phase);
    set_sizes(f, plan->order); /* for good, when there is but one */
    f->wanted_ps[FRAMES_BLOCK] = SIM_NEVER;
}
