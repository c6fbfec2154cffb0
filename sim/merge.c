#include "sim/merge.h"

#include <stddef.h>
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

/* How many rows from the head of a lane are due: all, most often, else by halving. */
static uint32_t count_due(const struct lane *lane, int64_t end_ps)
{
    uint32_t low = 0, high = lane->tail - lane->head;

    if (lane->rows[(lane->tail - 1) & lane->mask].ready_ps < end_ps) {
        return high;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (lane->rows[(lane->head + middle) & lane->mask].ready_ps < end_ps) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Moves the due rows of one lane behind rows[0][n]; returns how many. */
static uint32_t take_due(struct merge *m, struct lane *lane, int64_t end_ps, uint32_t n)
{
    uint32_t due = count_due(lane, end_ps);
    uint32_t head = lane->head & lane->mask;
    uint32_t first = lane->mask + 1 - head < due ? lane->mask + 1 - head : due;

    reserve_rows(m, n + due);
    struct row *to = m->rows[0] + n;
    memcpy(to, lane->rows + head, first * sizeof *to);
    memcpy(to + first, lane->rows, (due - first) * sizeof *to);
    lane->head += due;
    return due;
}

/* One of two pointers without a branch: which run a row comes from cannot be foretold. */
static inline const struct row *choose(const struct row *a, const struct row *b, uintptr_t take_b)
{
    return (const struct row *)((uintptr_t)a ^ (((uintptr_t)a ^ (uintptr_t)b) & (0 - take_b)));
}

/* Merges two runs; on a tie the left one goes first. From both ends at once, since each step waits
 * for the one before it and two chains of steps overlap. Neither end can use up a run within
 * min(left, right) / 2 steps, so that many are taken without asking. */
static void merge_two(const struct row *left, const struct row *left_end, const struct row *right,
                      const struct row *right_end, struct row *to)
{
    struct row *to_end = to + (left_end - left) + (right_end - right);

    for (;;) {
        ptrdiff_t n_left = left_end - left, n_right = right_end - right;
        ptrdiff_t sure = (n_left < n_right ? n_left : n_right) / 2;
        if (sure == 0) {
            break;
        }
        for (ptrdiff_t i = 0; i < sure; i++) {
            uintptr_t take_right = right->ready_ps < left->ready_ps;
            *to++ = *choose(left, right, take_right);
            right += take_right;
            left += 1 - take_right;
            uintptr_t keep_left = right_end[-1].ready_ps < left_end[-1].ready_ps;
            *--to_end = *choose(right_end - 1, left_end - 1, keep_left);
            left_end -= keep_left;
            right_end -= 1 - keep_left;
        }
    }
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
        n_rows += take_due(m, lane, end_ps, n_rows);
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
