/* stage.h - one box of the forwarding pipeline.
 *
 *   rows shown: all with ready_ps < end_ps,     batch_send()     rows for a lane, in time order
 *   in (ready_ps, lane) order    --> process --> batch_drop()     because drops[reason]
 *                                     |  ^ `--> batch_deliver()  leaves the chassis
 *                                     `--' rows the stage keeps (held)
 *
 * process() takes every row it is shown, at most BATCH_MOST_ROWS: it sends it on, drops it,
 * delivers it, or holds it for a later call. It decides at time t only when t < end_ps, so the
 * result does not depend on where windows end. A lane is a FIFO to one other instance: what is sent
 * on one lane has rising ready_ps. The scheduler owns lanes, merging, counts and times, and checks,
 * per instance, taken + created == sent + dropped + delivered + held.
 *
 * Units: picoseconds. Errors: open() fills *err; process() cannot fail.
 * Memory: state belongs to the run's arena.
 */
#ifndef SIM_STAGE_H
#define SIM_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/error.h"
#include "sim/histogram.h"

struct arena;
struct report;
struct batch;

#define SIM_NEVER INT64_MAX

/* The 16 bytes that move. Only models know what a packet is. */
struct row {
    int64_t ready_ps; /* when it reaches the stage that is shown it */
    uint32_t packet;
    uint32_t load; /* the models': what most stages want to know without a look into the columns */
};

struct stage_ops {
    const char *name;         /* as in reports: "fabric"; two of one name drop alike */
    const char *const *drops; /* reasons, NULL-ended; NULL: drops nothing */
    size_t state_bytes;       /* private state, zeroed before open() */
    bool (*open)(void *state, const void *config, struct arena *mem, struct error *err);
    void (*process)(void *state, struct batch *batch);
    /* For stages that hold or create rows, else NULL: the earliest time at which the stage acts
     * without being shown a new row (SIM_NEVER: none), and how many rows it holds. */
    int64_t (*next_ps)(const void *state);
    uint64_t (*n_held)(const void *state);
    /* Measurement begins at now_ps: remember the counters. NULL: nothing to remember. */
    void (*mark)(void *state, int64_t now_ps);
    /* Adds counters and resources, from mark() to now_ps, to the report. */
    void (*show)(const void *state, int64_t now_ps, struct report *out);
    /* Adds values to a sample of a series (sim/series.h): counters over all of the run, and what is
     * the case now. The same ones each time. NULL: none. */
    void (*sample)(const void *state, struct report *out);
};

/* Of one name, and so one in reports, though they may be processed in different ways. */
bool stage_same_kind(const struct stage_ops *a, const struct stage_ops *b);

/* Something that happened to a row, for fingerprints, tests and traces. */
enum tap_kind { TAP_CREATE, TAP_SEND, TAP_DROP, TAP_DELIVER };

struct tap_event {
    uint32_t instance;
    enum tap_kind kind;
    uint32_t where; /* lane number or drop reason */
    uint32_t packet;
    int64_t arrived_ps; /* at this stage */
    int64_t ready_ps;   /* when it left it; for a drop the time of the drop */
};

struct tap {
    void (*event)(void *context, const struct tap_event *event);
    void *context;
};

/* A lane: rows [head, tail) of a growing array, in time order, one sender, one receiver. Among rows
 * that are ready at the same time, the lane of the lower id goes first; ids follow (sender, lane
 * number). Not a ring: what is due then lies in one piece, and is shown where it is when a receiver
 * has no other lane. */
struct lane {
    struct row *rows, *end;
    struct row *head, *tail;
    uint32_t id;
    struct arena *mem;
};

void lane_open(struct lane *lane, uint32_t id, struct arena *mem);

/* Makes room for at least one more row: at the front when half of the array is past, else by
 * doubling it. */
void lane_grow(struct lane *lane);

/* Most rows shown in one call of process(). */
#define BATCH_MOST_ROWS 256

/* Times spent in a stage, kept until its call of process() ends: a histogram takes many faster, and
 * all instances use the same buffer, which stays in cache. */
#define BATCH_TIMES (2 * BATCH_MOST_ROWS)
struct times {
    uint32_t n;
    int64_t ps[BATCH_TIMES];
};

/* One call of process(): what is shown, and where results go. */
struct batch {
    const struct row *rows;
    uint32_t n_rows;
    int64_t start_ps, end_ps;

    /* The framework's. */
    uint32_t instance;
    struct lane **lanes;
    const struct tap *tap;
    uint64_t n_created, n_sent, n_dropped, n_delivered, n_leaving;
    uint64_t n_measured; /* delivered within [measure_from_ps, measure_to_ps) */
    int64_t measure_from_ps, measure_to_ps;
    uint64_t *drops;                 /* per reason */
    struct histogram *time_ps;       /* time spent in this stage */
    struct histogram *latency_ps;    /* of delivered rows */
    struct times *times, *latencies; /* empty before each call */
};

/* Adds the times to the histogram and forgets them. */
void times_flush(struct times *times, struct histogram *h);

void batch_tap(const struct batch *b, enum tap_kind kind, uint32_t where, uint32_t packet,
               int64_t arrived_ps, int64_t ready_ps);

static inline void times_add(struct times *times, struct histogram *h, int64_t ps)
{
    times->ps[times->n++] = ps;
    if (__builtin_expect(times->n == BATCH_TIMES, 0)) {
        times_flush(times, h);
    }
}

/* Room for n more rows. */
static inline void lane_reserve(struct lane *lane, uint32_t n)
{
    while (__builtin_expect(lane->end - lane->tail < (ptrdiff_t)n, 0)) {
        lane_grow(lane);
    }
}

static inline void lane_push(struct lane *lane, struct row row)
{
    if (__builtin_expect(lane->tail == lane->end, 0)) {
        lane_grow(lane);
    }
#ifdef SIM_CHECKED
    sim_assert(lane->tail == lane->head || lane->tail[-1].ready_ps <= row.ready_ps);
#endif
    *lane->tail++ = row;
}

/* Sends a row that arrived at arrived_ps on to lane number `lane`, where it is ready at
 * row.ready_ps. */
static inline void batch_send(struct batch *b, uint32_t lane, struct row row, int64_t arrived_ps)
{
    lane_push(b->lanes[lane], row);
    times_add(b->times, b->time_ps, row.ready_ps - arrived_ps);
    b->n_sent++;
    if (__builtin_expect(b->tap != NULL, 0)) {
        batch_tap(b, TAP_SEND, lane, row.packet, arrived_ps, row.ready_ps);
    }
}

/* Sends all rows shown on to one lane, each delay_ps later. */
void batch_pass(struct batch *b, uint32_t lane, int64_t delay_ps);

/* Where to write up to n new rows (traffic) for lane number `lane`, in time order. */
static inline struct row *batch_room(struct batch *b, uint32_t lane, uint32_t n)
{
    lane_reserve(b->lanes[lane], n);
    return b->lanes[lane]->tail;
}

/* The first n rows written there enter the pipeline. */
static inline void batch_create(struct batch *b, uint32_t lane, uint32_t n)
{
    const struct row *rows = b->lanes[lane]->tail;

    b->lanes[lane]->tail += n;
    b->n_created += n;
    b->n_sent += n;
    for (uint32_t i = 0; i < n && __builtin_expect(b->tap != NULL, 0); i++) {
        batch_tap(b, TAP_CREATE, lane, rows[i].packet, rows[i].ready_ps, rows[i].ready_ps);
    }
}

static inline void batch_drop(struct batch *b, uint32_t reason, uint32_t packet, int64_t now_ps)
{
    b->drops[reason]++;
    b->n_dropped++;
    if (__builtin_expect(b->tap != NULL, 0)) {
        batch_tap(b, TAP_DROP, reason, packet, now_ps, now_ps);
    }
}

/* What a hot loop sends and delivers by: the same as batch_send(), from a copy that a compiler keeps
 * in registers, as it may not do with a batch. For at most as many rows as are shown.
 *
 *     struct outbox out = outbox_open(b);
 *     for each row: outbox_send(&out, ...) or outbox_deliver(&out, ...) or batch_drop(b, ...)
 *     outbox_close(&out, b);
 */
struct outbox {
    struct lane *const *lanes;
    const struct batch *tapped; /* NULL: nobody listens */
    int64_t *time, *latency;    /* where the next ones go */
    int64_t measure_from_ps, measure_to_ps;
    uint64_t n_early, n_leaving;
};

static inline struct outbox outbox_open(struct batch *b)
{
    sim_assert(b->n_rows <= BATCH_MOST_ROWS);
    if (b->times->n > BATCH_TIMES - BATCH_MOST_ROWS) {
        times_flush(b->times, b->time_ps);
    }
    if (b->latencies->n > BATCH_TIMES - BATCH_MOST_ROWS) {
        times_flush(b->latencies, b->latency_ps);
    }
    return (struct outbox){.lanes = b->lanes,
                           .tapped = b->tap != NULL ? b : NULL,
                           .time = &b->times->ps[b->times->n],
                           .latency = &b->latencies->ps[b->latencies->n],
                           .measure_from_ps = b->measure_from_ps,
                           .measure_to_ps = b->measure_to_ps};
}

static inline void outbox_send(struct outbox *out, uint32_t lane, struct row row,
                               int64_t arrived_ps)
{
    lane_push(out->lanes[lane], row);
    *out->time++ = row.ready_ps - arrived_ps;
    if (__builtin_expect(out->tapped != NULL, 0)) {
        batch_tap(out->tapped, TAP_SEND, lane, row.packet, arrived_ps, row.ready_ps);
    }
}

/* The row leaves the chassis: its first bit at first_ps, its last bit at left_ps (maybe after
 * end_ps; after the end of the run it counts as still inside); latency_ps is what the model calls
 * the packet's latency. Time and latency are recorded, and true is returned, when it left within the
 * measured interval. */
static inline bool outbox_deliver(struct outbox *out, uint32_t packet, int64_t arrived_ps,
                                  int64_t first_ps, int64_t left_ps, int64_t latency_ps)
{
    uint64_t measured_ps = (uint64_t)(out->measure_to_ps - out->measure_from_ps);
    bool measured = (uint64_t)(left_ps - out->measure_from_ps) < measured_ps;

    if (__builtin_expect(measured, 1)) {
        *out->time++ = first_ps - arrived_ps;
        *out->latency++ = latency_ps;
    } else if (left_ps < out->measure_from_ps) {
        out->n_early++;
    } else {
        out->n_leaving++;
    }
    if (__builtin_expect(out->tapped != NULL, 0)) {
        batch_tap(out->tapped, TAP_DELIVER, 0, packet, arrived_ps, left_ps);
    }
    return measured;
}

/* Everything sent, or delivered within the measured interval, has a time; the latter a latency. */
static inline void outbox_close(const struct outbox *out, struct batch *b)
{
    uint32_t n = (uint32_t)(out->time - b->times->ps) - b->times->n;
    uint32_t n_measured = (uint32_t)(out->latency - b->latencies->ps) - b->latencies->n;

    b->n_sent += n - n_measured;
    b->n_delivered += n_measured + out->n_early;
    b->n_measured += n_measured;
    b->n_leaving += out->n_leaving;
    b->times->n += n;
    b->latencies->n += n_measured;
}

/* The same for one row, where it is not a matter of speed. */
static inline bool batch_deliver(struct batch *b, uint32_t packet, int64_t arrived_ps,
                                 int64_t first_ps, int64_t left_ps, int64_t latency_ps)
{
    struct outbox out = outbox_open(b);
    bool measured = outbox_deliver(&out, packet, arrived_ps, first_ps, left_ps, latency_ps);

    outbox_close(&out, b);
    return measured;
}

#endif /* SIM_STAGE_H */
