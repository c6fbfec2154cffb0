#include "sim/merge.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/error.h"

void merge_open(struct merge *m, struct arena *mem)
{
    *m = (struct merge){.mem = mem};
}

/* Room for n rows; what rows[0] holds stays. */
static void reserve_rows(struct merge *m, uint32_t n)
{
    if (n <= m->room) {
        return;
    }
    uint32_t room = m->room == 0 ? 1024 : m->room;
    while (room < n) {
        room *= 2;
    }
    for (int i = 0; i < 2; i++) {
        m->rows[i] =
            arena_grow(m->mem, m->rows[i], m->room * sizeof(struct row), room * sizeof(struct row));
    }
    m->room = room;
}

static void reserve_runs(struct merge *m, uint32_t n_lanes)
{
    if (n_lanes <= m->room_runs) {
        return;
    }
    m->starts = arena_take_array(m->mem, (size_t)n_lanes + 1, sizeof *m->starts);
    m->room_runs = n_lanes;
}

/* Moves the due rows of one lane behind rows[0][n]; returns the new n. */
static uint32_t take_due(struct merge *m, struct lane *lane, int64_t end_ps, uint32_t n)
{
    uint32_t head = lane->head;
    int64_t last = lane->last_ps;

    reserve_rows(m, n + (lane->tail - head));
    struct row *to = m->rows[0];
    while (head != lane->tail) {
        const struct row *row = &lane->rows[head & lane->mask];
        if (row->ready_ps >= end_ps) {
            break;
        }
        sim_assert(row->ready_ps >= last);
        last = row->ready_ps;
        to[n++] = *row;
        head++;
    }
    lane->head = head;
    lane->last_ps = last;
    return n;
}

/* Merges two runs; on a tie the left one goes first. Without branches on the data. */
static void merge_two(const struct row *left, const struct row *left_end, const struct row *right,
                      const struct row *right_end, struct row *to)
{
    while (left != left_end && right != right_end) {
        bool take_right = right->ready_ps < left->ready_ps;
        *to++ = *(take_right ? right : left);
        right += take_right;
        left += !take_right;
    }
    memcpy(to, left, (size_t)(left_end - left) * sizeof *to);
    to += left_end - left;
    memcpy(to, right, (size_t)(right_end - right) * sizeof *to);
}

/* One round: runs 0+1, 2+3, ... of `from` into `to`. Returns how many runs are left. */
static uint32_t merge_round(const struct row *from, struct row *to, uint32_t *starts, uint32_t n)
{
    uint32_t left = 0;

    for (uint32_t r = 0; r < n; r += 2) {
        uint32_t begin = starts[r], middle = starts[r + 1];
        uint32_t end = r + 1 < n ? starts[r + 2] : middle;
        merge_two(from + begin, from + middle, from + middle, from + end, to + begin);
        starts[left++] = begin;
        starts[left] = end;
    }
    return left;
}

SIM_DISPATCH
const struct row *merge_lanes(struct merge *m, struct lane *const *lanes, uint32_t n_lanes,
                              int64_t end_ps, uint32_t *n)
{
    uint32_t n_rows = 0, n_runs = 0;

    reserve_runs(m, n_lanes);
    for (uint32_t i = 0; i < n_lanes; i++) {
        struct lane *lane = lanes[i];
        if (lane->head == lane->tail || lane->rows[lane->head & lane->mask].ready_ps >= end_ps) {
            continue;
        }
        m->starts[n_runs++] = n_rows;
        n_rows = take_due(m, lane, end_ps, n_rows);
    }
    if (n_runs > 0) {
        m->starts[n_runs] = n_rows;
    }
    int from = 0;
    while (n_runs > 1) {
        n_runs = merge_round(m->rows[from], m->rows[1 - from], m->starts, n_runs);
        from = 1 - from;
    }
    *n = n_rows;
    return m->rows[from];
}
