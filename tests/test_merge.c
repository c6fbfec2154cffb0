/* test_merge.c - lanes into one sequence, against qsort. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

#include "sim/arena.h"
#include "sim/merge.h"
#include "sim/rng.h"

#define MOST_LANES 21
#define MOST_ROWS 4000

struct expected {
    int64_t ready_ps;
    uint32_t lane, number;
};

static int compare(const void *left, const void *right)
{
    const struct expected *a = left, *b = right;

    return a->ready_ps != b->ready_ps ? (a->ready_ps < b->ready_ps ? -1 : 1)
           : a->lane != b->lane       ? (a->lane < b->lane ? -1 : 1)
                                      : (a->number < b->number ? -1 : 1);
}

struct rig {
    struct arena *mem;
    struct rng rng;
    uint64_t n_drawn;
    struct lane lanes[MOST_LANES], *list[MOST_LANES];
    uint32_t n_lanes;
    struct merge merge;
    struct expected waiting[MOST_ROWS]; /* sent, not yet taken */
    uint32_t n_waiting, n_sent;
    int64_t last_ps[MOST_LANES];
    uint64_t spread; /* of times: 1, most are ties; large, few are */
};

static uint64_t below(struct rig *r, uint64_t n)
{
    return rng_below(rng_at(&r->rng, r->n_drawn++).a, n);
}

static void rig_open(struct rig *r, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->mem = arena_open();
    r->rng = rng_open(seed, "test", "merge");
    r->n_lanes = (uint32_t)below(r, MOST_LANES) + 1;
    r->spread = (uint64_t[]){1, 50, 100000}[below(r, 3)];
    for (uint32_t i = 0; i < r->n_lanes; i++) {
        lane_open(&r->lanes[i], i, r->mem);
        r->list[i] = &r->lanes[i];
    }
    merge_open(&r->merge, r->mem);
}

/* Some rows on some lanes, none before now_ps: one of them now and then far ahead of the others, so
 * that most crowd at the beginning. */
static void send_rows(struct rig *r, int64_t now_ps)
{
    uint32_t n = (uint32_t)below(r, 60);

    for (uint32_t i = 0; i < n && r->n_waiting < MOST_ROWS; i++) {
        uint32_t lane = (uint32_t)(below(r, r->n_lanes) * below(r, 3) % r->n_lanes);
        int64_t *last = &r->last_ps[lane];
        *last = (*last < now_ps ? now_ps : *last) +
                (int64_t)(below(r, 4) / 2 * below(r, 5 * r->spread + 1));
        *last += below(r, 200) == 0 ? 100000 * (int64_t)r->spread : 0;
        lane_push(&r->lanes[lane], (struct row){*last, r->n_sent, 0});
        r->waiting[r->n_waiting++] = (struct expected){*last, lane, r->n_sent++};
    }
}

/* What is due by end_ps, in order; takes it off the waiting ones. */
static uint32_t expect_due(struct rig *r, int64_t end_ps, struct expected *due)
{
    uint32_t n_due = 0, kept = 0;

    for (uint32_t i = 0; i < r->n_waiting; i++) {
        if (r->waiting[i].ready_ps < end_ps) {
            due[n_due++] = r->waiting[i];
        } else {
            r->waiting[kept++] = r->waiting[i];
        }
    }
    r->n_waiting = kept;
    qsort(due, n_due, sizeof *due, compare);
    return n_due;
}

static void due_rows_come_by_time_then_lane_then_sending(void **state)
{
    (void)state;
    static struct rig r;
    static struct expected due[MOST_ROWS];

    for (uint64_t seed = 0; seed < 200; seed++) {
        int64_t end_ps = 0;
        rig_open(&r, seed);
        for (int round = 0; round < 60; round++) {
            send_rows(&r, end_ps);
            end_ps += (int64_t)below(&r, 30 * r.spread);
            uint32_t n, n_due = expect_due(&r, end_ps, due);
            const struct row *rows = merge_lanes(&r.merge, r.list, r.n_lanes, end_ps, &n);
            assert_int_equal(n, n_due);
            for (uint32_t i = 0; i < n; i++) {
                assert_int_equal(rows[i].ready_ps, due[i].ready_ps);
                assert_int_equal(rows[i].packet, due[i].number);
            }
        }
        arena_close(r.mem);
    }
}

static void nothing_due_is_nothing(void **state)
{
    (void)state;
    static struct rig r;
    uint32_t n = 1;

    rig_open(&r, 7);
    merge_lanes(&r.merge, r.list, r.n_lanes, 1000, &n);
    assert_int_equal(n, 0);
    lane_push(&r.lanes[0], (struct row){1000, 1, 0});
    merge_lanes(&r.merge, r.list, r.n_lanes, 1000, &n);
    assert_int_equal(n, 0);
    merge_lanes(&r.merge, r.list, 0, 1001, &n);
    assert_int_equal(n, 0);
    merge_lanes(&r.merge, r.list, r.n_lanes, 1001, &n);
    assert_int_equal(n, 1);
    arena_close(r.mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(due_rows_come_by_time_then_lane_then_sending),
        cmocka_unit_test(nothing_due_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
