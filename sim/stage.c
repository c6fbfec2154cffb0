#include "sim/stage.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/dispatch.h"

bool stage_same_kind(const struct stage_ops *a, const struct stage_ops *b)
{
    return a == b || strcmp(a->name, b->name) == 0;
}

#define FIRST_LANE_ROWS 64

void lane_open(struct lane *lane, uint32_t id, struct arena *mem)
{
    struct row *rows = arena_take_array(mem, FIRST_LANE_ROWS, sizeof *rows);

    *lane = (struct lane){rows, rows + FIRST_LANE_ROWS, rows, rows, id, mem};
}

void lane_grow(struct lane *lane)
{
    ptrdiff_t room = lane->end - lane->rows, n = lane->tail - lane->head;
    ptrdiff_t past = lane->head - lane->rows;

    if (past >= room / 2) {
        memmove(lane->rows, lane->head, (size_t)n * sizeof *lane->rows);
        past = 0;
    } else {
        size_t old_bytes = (size_t)room * sizeof *lane->rows;
        lane->rows = arena_grow(lane->mem, lane->rows, old_bytes, 2 * old_bytes);
        room *= 2;
    }
    lane->end = lane->rows + room;
    lane->head = lane->rows + past;
    lane->tail = lane->head + n;
}

void batch_tap(const struct batch *b, enum tap_kind kind, uint32_t where, uint32_t packet,
               int64_t arrived_ps, int64_t ready_ps)
{
    struct tap_event event = {b->instance, kind, where, packet, arrived_ps, ready_ps};

    b->tap->event(b->tap->context, &event);
}

SIM_DISPATCH
void times_flush(struct times *times, struct histogram *h)
{
    int64_t sum = 0, least = INT64_MAX, most = 0;

    for (uint32_t i = 0; i < times->n; i++) {
        int64_t ps = times->ps[i];
        sum += ps;
        least = ps < least ? ps : least;
        most = ps > most ? ps : most;
    }
    histogram_count(h, times->ps, times->n);
    if (times->n > 0) {
        h->min = h->n == 0 || (uint64_t)least < h->min ? (uint64_t)least : h->min;
        h->max = (uint64_t)most > h->max ? (uint64_t)most : h->max;
    }
    h->n += times->n;
    h->sum += (uint64_t)sum;
    times->n = 0;
}

SIM_DISPATCH
void batch_pass(struct batch *b, uint32_t lane, int64_t delay_ps)
{
    struct lane *l = b->lanes[lane];
    const struct row *from = b->rows;
    uint32_t n = b->n_rows;

    lane_reserve(l, n);
    struct row *to = l->tail;
    for (uint32_t i = 0; i < n; i++) {
        to[i] = from[i];
        to[i].ready_ps += delay_ps;
    }
    l->tail += n;
    b->n_sent += n;
    histogram_record_many(b->time_ps, (uint64_t)delay_ps, n);
    for (uint32_t i = 0; i < n && b->tap != NULL; i++) {
        batch_tap(b, TAP_SEND, lane, from[i].packet, from[i].ready_ps, from[i].ready_ps + delay_ps);
    }
}
