#include "sim/merge.h"

#include <stddef.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/dispatch.h"

void merge_open(struct merge *m, struct arena *mem)
{
    *m = (struct merge){.mem = mem};
}

/* Room for n rows, empty. */
static void reserve_rows(struct merge *m, uint32_t n)
{
    if (n <= m->room) {
        return;
    }
    uint32_t room = m->room == 0 ? 1024 : m->room;
    while (room < n) {
        room *= 2;
    }
    m->rows[0] = arena_take_array(m->mem, room + 1, sizeof *m->rows[0]);
    m->rows[1] = arena_take_array(m->mem, room, sizeof *m->rows[1]);
    m->places = arena_take_array(m->mem, 4 * (size_t)room, sizeof *m->places);
    m->room = room;
}

static void reserve_runs(struct merge *m, uint32_t n_lanes)
{
    if (n_lanes <= m->room_runs) {
        return;
    }
    m->runs = arena_take_array(m->mem, n_lanes, sizeof *m->runs);
    m->room_runs = n_lanes;
}

/* How many rows from the head of a lane are due: all, most often, else by halving. */
static uint32_t count_due(const struct lane *lane, int64_t end_ps)
{
    const struct row *rows = lane->head;
    uint32_t low = 0, high = (uint32_t)(lane->tail - lane->head);

    if (rows[high - 1].ready_ps < end_ps) {
        return high;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (rows[middle].ready_ps < end_ps) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The due rows stay where they are until something is sent on the lane. */
static struct run take_due(struct lane *lane, int64_t end_ps)
{
    const struct row *begin = lane->head;
    uint32_t due = count_due(lane, end_ps);

    lane->head += due;
    if (lane->head == lane->tail) {
        lane->head = lane->tail = lane->rows;
    }
    return (struct run){begin, begin + due};
}

/* One of two pointers without a branch: which run a row comes from cannot be foretold. */
static inline const struct row *choose(const struct row *a, const struct row *b, uintptr_t take_b)
{
    return (const struct row *)((uintptr_t)a ^ (((uintptr_t)a ^ (uintptr_t)b) & (0 - take_b)));
}

/* Merges two runs; on a tie the left one goes first. From both ends at once, since each step waits
 * for the one before it and two chains of steps overlap. Neither end can use up a run within
 * min(left, right) / 2 steps, so that many are taken without asking. */
static void merge_two(struct run l, struct run r, struct row *to)
{
    const struct row *left = l.begin, *left_end = l.end, *right = r.begin, *right_end = r.end;
    struct row *to_end = to + (left_end - left) + (right_end - right);

    for (;;) {
        ptrdiff_t n_left = left_end - left, n_right = right_end - right;
        ptrdiff_t sure = (n_left < n_right ? n_left : n_right) / 2;
        if (sure == 0) {
            break;
        }
        for (ptrdiff_t i = 0; i < sure; i++) {
            uintptr_t take_right = right->ready_ps < left->ready_ps;
            const struct row *next = left + 1;
            *to++ = *choose(left, right, take_right);
            right += take_right;
            left = next - take_right;
            const struct row *left_last = left_end - 1, *right_last = right_end - 1;
            uintptr_t keep_left = right_last->ready_ps < left_last->ready_ps;
            *--to_end = *choose(right_last, left_last, keep_left);
            left_end -= keep_left;
            right_end = right_last + keep_left;
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

/* One round: runs 0+1, 2+3, ... one behind the other to `to`. Returns how many runs are left. */
static uint32_t merge_round(struct run *runs, uint32_t n, struct row *to)
{
    uint32_t left = 0;

    for (uint32_t r = 0; r < n; r += 2) {
        struct run even = runs[r], odd = r + 1 < n ? runs[r + 1] : (struct run){even.end, even.end};
        ptrdiff_t n_rows = (even.end - even.begin) + (odd.end - odd.begin);
        merge_two(even, odd, to);
        runs[left++] = (struct run){to, to + n_rows};
        to += n_rows;
    }
    return left;
}

/* The first and last of all times. */
static void extent(const struct run *runs, uint32_t n_runs, int64_t *first_ps, int64_t *last_ps)
{
    *first_ps = INT64_MAX;
    *last_ps = INT64_MIN;
    for (uint32_t r = 0; r < n_runs; r++) {
        int64_t first = runs[r].begin->ready_ps, last = runs[r].end[-1].ready_ps;
        *first_ps = first < *first_ps ? first : *first_ps;
        *last_ps = last > *last_ps ? last : *last_ps;
    }
}

/* Rows that are nearly in order: each goes down to its place, behind its equals. Gives up, with the
 * rows in some order, when that would be more than a step a row. */
static bool settle(struct row *rows, uint32_t n)
{
    const struct row *end = rows + n;
    uint32_t steps = n;

    rows[n].ready_ps = INT64_MIN; /* ends the search below */
    for (struct row *next = rows + 1;; next++) {
#pragma GCC unroll 8
        while (next->ready_ps >= next[-1].ready_ps) {
            next++;
        }
        if (next == end) {
            return true;
        }
        struct row row = *next, *place = next;
        do {
            *place = place[-1];
            place--;
            if (steps-- == 0) {
                return false;
            }
        } while (place > rows && row.ready_ps < place[-1].ready_ps);
        *place = row;
    }
}

/* Deals rows out to slices of time, lane after lane, one to four slices for each row; what is left is
 * to put those in order that share a slice. The cost of a row does not depend on the number of
 * lanes. Returns false when too many share few slices. */
static bool deal(const struct run *runs, uint32_t n_runs, struct row *to, uint32_t n,
                 uint16_t *places)
{
    int64_t first_ps, last_ps;
    if (n > UINT16_MAX) {
        return false;
    }
    extent(runs, n_runs, &first_ps, &last_ps);
    uint64_t span = (uint64_t)(last_ps - first_ps);
    int spare_bits = 64 - __builtin_clzll(span | 1) - (32 - __builtin_clz(n) + 1);
    int shift = spare_bits > 0 ? spare_bits : 0;

    uint32_t n_places = (uint32_t)(span >> shift) + 1;
    memset(places, 0, n_places * sizeof *places);
    for (uint32_t r = 0; r < n_runs; r++) {
#pragma GCC unroll 4
        for (const struct row *row = runs[r].begin; row < runs[r].end; row++) {
            places[(uint64_t)(row->ready_ps - first_ps) >> shift]++;
        }
    }
    uint32_t place = 0;
#pragma GCC unroll 8
    for (uint32_t i = 0; i < n_places; i++) {
        uint32_t count = places[i];
        places[i] = (uint16_t)place;
        place += count;
    }
    for (uint32_t r = 0; r < n_runs; r++) {
#pragma GCC unroll 4
        for (const struct row *row = runs[r].begin; row < runs[r].end; row++) {
            to[places[(uint64_t)(row->ready_ps - first_ps) >> shift]++] = *row;
        }
    }
    return settle(to, n);
}

SIM_DISPATCH
const struct row *merge_lanes(struct merge *m, struct lane *const *lanes, uint32_t n_lanes,
                              int64_t end_ps, uint32_t *n)
{
    uint32_t n_rows = 0, n_runs = 0;

    reserve_runs(m, n_lanes);
    for (uint32_t i = 0; i < n_lanes; i++) {
        struct lane *lane = lanes[i];
        if (lane->head != lane->tail && lane->head->ready_ps < end_ps) {
            m->runs[n_runs] = take_due(lane, end_ps);
            n_rows += (uint32_t)(m->runs[n_runs].end - m->runs[n_runs].begin);
            n_runs++;
        }
    }
    *n = n_rows;
    if (n_runs <= 1) {
        return n_runs == 0 ? NULL : m->runs[0].begin;
    }
    reserve_rows(m, n_rows);
    if (n_runs > 2 && deal(m->runs, n_runs, m->rows[0], n_rows, m->places)) {
        return m->rows[0];
    }
    for (int to = 0; n_runs > 1; to = 1 - to) {
        n_runs = merge_round(m->runs, n_runs, m->rows[to]);
    }
    return m->runs[0].begin;
}
