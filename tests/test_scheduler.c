/* test_scheduler.c - toy stages in windows: the order of rows and events, loops, idle times, sums.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "sim/rng.h"
#include "sim/scheduler.h"
#include "tests/exits.h"
#include "tests/toy_stages.h"

#define BAD_PROGRAM 3

/* ---- helpers ----------------------------------------------------------------------------- */

static uint32_t add(struct scheduler *s, const struct stage_ops *ops, const void *config)
{
    struct error err = {0};
    uint32_t id;

    assert_true(scheduler_add(s, ops, ops->name, config, &id, &err));
    return id;
}

static int compare_times(const void *left, const void *right)
{
    const struct planned *a = left, *b = right;

    return a->ready_ps < b->ready_ps ? -1 : a->ready_ps > b->ready_ps;
}

/* Times within span_ps, in order; with few of them most are ties. */
static void draw_plan(struct rng *rng, uint64_t first, struct planned *rows, uint32_t n,
                      uint32_t n_lanes, uint64_t span_ps)
{
    for (uint32_t i = 0; i < n; i++) {
        struct rng_draw d = rng_at(rng, first + i);
        rows[i].ready_ps = (int64_t)rng_below(d.a, span_ps);
        rows[i].lane = (uint32_t)rng_below(d.b, n_lanes);
    }
    qsort(rows, n, sizeof *rows, compare_times);
}

static const struct {
    int64_t window_ps;
    uint32_t batch_rows;
} cuts[] = {{1, 0}, {1, 1}, {7, 3}, {10, 0}, {64, 1}, {100, 5}, {100000, 0}, {100000, 2}};
#define N_CUTS (sizeof cuts / sizeof *cuts)

static struct scheduler_config cut(size_t i, int64_t until_ps)
{
    return (struct scheduler_config){
        .window_ps = cuts[i].window_ps, .batch_rows = cuts[i].batch_rows, .until_ps = until_ps};
}

/* ---- order ------------------------------------------------------------------------------- */

struct expected {
    int64_t time_ps;
    uint32_t major, minor; /* among equal times */
    uint32_t number;
};

static int compare_expected(const void *left, const void *right)
{
    const struct expected *a = left, *b = right;

    return a->time_ps != b->time_ps ? (a->time_ps < b->time_ps ? -1 : 1)
           : a->major != b->major   ? (a->major < b->major ? -1 : 1)
           : a->minor != b->minor   ? (a->minor < b->minor ? -1 : 1)
                                    : (a->number < b->number ? -1 : a->number > b->number);
}

static void check_log(const struct log *log, struct expected *expected, uint32_t n)
{
    qsort(expected, n, sizeof *expected, compare_expected);
    assert_int_equal(log->n, n);
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(log->visits[i].time_ps, expected[i].time_ps);
        assert_int_equal(log->visits[i].number, expected[i].number);
    }
}

#define N_SOURCES 5
#define N_LANES 4
#define N_EACH 60

/* Connected in an order that is not theirs. */
static void rows_come_by_time_then_sender_then_lane(void **state)
{
    (void)state;
    static struct planned plans[N_SOURCES][N_EACH];
    static struct expected expected[N_SOURCES * N_EACH];
    static struct log log;
    struct rng rng = rng_open(1, "test", "order");

    for (size_t i = 0; i < 5 * N_CUTS; i++) {
        struct arena *mem = arena_open();
        struct scheduler_config config = cut(i % N_CUTS, 1000);
        struct scheduler *s = scheduler_open(&config, mem);
        uint32_t n = 0;
        for (uint32_t k = 0; k < N_SOURCES; k++) {
            draw_plan(&rng, (i * N_SOURCES + k) * N_EACH, plans[k], N_EACH, N_LANES, 50);
            add(s, &source_stage, &(struct source_config){plans[k], N_EACH, k * N_EACH});
            for (uint32_t r = 0; r < N_EACH; r++, n++) {
                expected[n] = (struct expected){plans[k][r].ready_ps, k, plans[k][r].lane, n};
            }
        }
        uint32_t relay = add(
            s, &relay_stage,
            &(struct relay_config){.log = &log, .last = true, .loses = EVENT, .doubles = EVENT});
        for (uint32_t w = 0; w < N_SOURCES * N_LANES; w++) {
            uint32_t turned = (w * 7 + 3) % (N_SOURCES * N_LANES);
            scheduler_connect(s, turned % N_SOURCES, turned / N_SOURCES, relay);
        }
        log.n = 0;
        scheduler_run(s, NULL, NULL);
        check_log(&log, expected, n);
        arena_close(mem);
    }
}

/* ---- events ------------------------------------------------------------------------------ */

struct happening {
    struct scheduler *s;
    struct log *log;
    uint32_t number;
    struct happening *another; /* scheduled when this one runs; NULL: none */
    int64_t another_after_ps;
};

static void happen(void *context, int64_t time_ps)
{
    struct happening *h = context;

    log_add(h->log, time_ps, h->number);
    if (h->another != NULL) {
        scheduler_at(h->s, time_ps + h->another_after_ps, happen, h->another);
    }
}

/* An event at time t comes between the rows before t and those at t. */
static void events_run_before_the_rows_of_their_time(void **state)
{
    (void)state;
    enum { N_EVENTS = 40 };
    static struct planned plan[MOST_ROWS];
    static struct expected expected[MOST_ROWS + 2 * N_EVENTS];
    static struct happening happenings[2 * N_EVENTS];
    static struct log log;
    struct rng rng = rng_open(2, "test", "events");

    for (size_t i = 0; i < 5 * N_CUTS; i++) {
        struct arena *mem = arena_open();
        struct scheduler_config config = cut(i % N_CUTS, 1000);
        struct scheduler *s = scheduler_open(&config, mem);
        uint32_t n = 0;
        draw_plan(&rng, i * 1000, plan, MOST_ROWS, 1, 200);
        for (; n < MOST_ROWS; n++) {
            expected[n] = (struct expected){plan[n].ready_ps, 1, 0, n};
        }
        uint32_t source = add(s, &source_stage, &(struct source_config){plan, MOST_ROWS, 0});
        uint32_t relay = add(
            s, &relay_stage,
            &(struct relay_config){.log = &log, .last = true, .loses = EVENT, .doubles = EVENT});
        scheduler_connect(s, source, 0, relay);
        for (uint32_t e = 0; e < N_EVENTS; e++) {
            struct rng_draw d = rng_at(&rng, i * 1000 + 500 + e);
            struct happening *h = &happenings[e];
            int64_t at_ps = (int64_t)rng_below(d.a, 200), after_ps = (int64_t)rng_below(d.b, 3);
            happenings[N_EVENTS + e] = (struct happening){s, &log, EVENT + N_EVENTS + e, NULL, 0};
            *h = (struct happening){s, &log, EVENT + e, &happenings[N_EVENTS + e], after_ps};
            scheduler_at(s, at_ps, happen, h);
            expected[n++] = (struct expected){at_ps, 0, 0, EVENT + e};
        }
        log.n = 0;
        scheduler_run(s, NULL, NULL);
        /* Those that were scheduled by others follow in the order of the others. */
        for (uint32_t k = 0, turn = 1; k < log.n; k++) {
            uint32_t e = log.visits[k].number - EVENT;
            if (log.visits[k].number >= EVENT && e < N_EVENTS) {
                expected[n++] =
                    (struct expected){log.visits[k].time_ps + happenings[e].another_after_ps, 0,
                                      turn++, EVENT + N_EVENTS + e};
            }
        }
        check_log(&log, expected, n);
        arena_close(mem);
    }
}

/* ---- loops ------------------------------------------------------------------------------- */

#define OUT_PS 3
#define BACK_PS 5

struct loop {
    struct planned plan[MOST_ROWS];
    uint32_t rounds[MOST_ROWS];
    struct log first, second;
    uint64_t armed;
};

static struct scheduler *loop_open(struct loop *l, struct scheduler_config config, uint32_t n_rows,
                                   const uint64_t *armed, int64_t delay_ps, struct arena *mem)
{
    struct scheduler *s = scheduler_open(&config, mem);
    uint32_t source = add(s, &source_stage, &(struct source_config){l->plan, n_rows, 0});
    uint32_t first =
        add(s, &relay_stage,
            &(struct relay_config){
                .log = &l->first, .delay_ps = OUT_PS, .loses = EVENT, .doubles = EVENT});
    uint32_t second = add(s, &relay_stage,
                          &(struct relay_config){.log = &l->second,
                                                 .delay_ps = BACK_PS,
                                                 .rounds = l->rounds,
                                                 .last = true,
                                                 .loses = EVENT,
                                                 .doubles = EVENT});
    scheduler_connect(s, source, 0, first);
    scheduler_connect(s, first, ON, second);
    scheduler_connect(s, second, BACK, first);
    if (delay_ps > 0) {
        scheduler_loop(s, first, second, delay_ps, armed);
    }
    return s;
}

/* Row k comes round every 8 ps. Of two rows at the first stage at one time the one with fewer
 * rounds behind it goes first: it comes from the source, or was behind a row from there. */
static void what_comes_back_joins_in_order(void **state)
{
    (void)state;
    static struct loop l;
    static struct expected expected[MOST_VISITS];
    struct rng rng = rng_open(3, "test", "loop");

    for (size_t i = 0; i < 6 * N_CUTS; i++) {
        struct arena *mem = arena_open();
        uint32_t n = 0;
        draw_plan(&rng, i * 1000, l.plan, MOST_ROWS, 1, 300);
        for (uint32_t k = 0; k < MOST_ROWS; k++) {
            l.rounds[k] = (uint32_t)rng_below(rng_at(&rng, i * 1000 + 500 + k).a, 9);
            for (uint32_t round = 0; round <= l.rounds[k]; round++) {
                int64_t time_ps = l.plan[k].ready_ps + round * (OUT_PS + BACK_PS);
                expected[n++] = (struct expected){time_ps, round, 0, k};
            }
        }
        l.armed = 1;
        l.first.n = l.second.n = 0;
        struct scheduler *s = loop_open(&l, cut(i % N_CUTS, 10000), MOST_ROWS,
                                        i % 2 == 0 ? NULL : &l.armed, BACK_PS, mem);
        scheduler_run(s, NULL, NULL);
        check_log(&l.first, expected, n);
        for (uint32_t k = 0; k < n; k++) {
            assert_int_equal(l.second.visits[k].time_ps, l.first.visits[k].time_ps + OUT_PS);
            assert_int_equal(l.second.visits[k].number, l.first.visits[k].number);
        }
        struct error err = {0};
        assert_true(scheduler_conserved(s, &err));
        arena_close(mem);
    }
}

/* A loop that is left unarmed, or said to take longer than it does, or not declared at all. */
static void run_bad_loop(void *context)
{
    static const uint64_t never;
    static struct loop l = {.plan = {{3, 0}, {6, 0}}, .rounds = {2, 2}};
    struct arena *mem = arena_open();
    int kind = *(const int *)context;

    scheduler_run(loop_open(&l, cut(5, 1000), 2, kind == 0 ? &never : NULL,
                            kind == 0   ? BACK_PS
                            : kind == 1 ? BACK_PS + 1
                                        : 0,
                            mem),
                  NULL, NULL);
}

static void rows_that_come_back_into_the_past_are_refused(void **state)
{
    (void)state;
    char said[200];

    for (int kind = 0; kind < 3; kind++) {
        assert_int_equal(exit_status_of(run_bad_loop, &kind, said, sizeof said), BAD_PROGRAM);
        assert_non_null(strstr(said, "done_ps"));
    }
}

/* ---- idle times -------------------------------------------------------------------------- */

static void count_progress(void *context, int64_t now_ps)
{
    (void)now_ps;
    ++*(uint32_t *)context;
}

/* Windows of 1 ns, and seconds in which nothing happens but a stage's own awakening. */
static void idle_times_are_jumped_over(void **state)
{
    (void)state;
    const int64_t second_ps = 1000000000000;
    const struct planned plan[] = {{5, 0}, {6, 0}, {2 * second_ps, 0}};
    const struct scheduler_config config = {.window_ps = 1000, .until_ps = 10 * second_ps};
    static struct log log;
    struct arena *mem = arena_open();
    struct scheduler *s = scheduler_open(&config, mem);
    uint32_t source = add(s, &source_stage, &(struct source_config){plan, 3, 0});
    uint32_t holder = add(s, &holder_stage, &(int64_t){5 * second_ps});
    uint32_t relay =
        add(s, &relay_stage,
            &(struct relay_config){.log = &log, .last = true, .loses = EVENT, .doubles = EVENT});
    struct expected expected[] = {
        {5 * second_ps, 0, 0, 0}, {5 * second_ps, 0, 0, 1}, {5 * second_ps, 0, 0, 2}};
    uint32_t n_windows = 0;

    scheduler_connect(s, source, 0, holder);
    scheduler_connect(s, holder, ON, relay);
    scheduler_run(s, count_progress, &n_windows);
    check_log(&log, expected, 3);
    assert_true(n_windows < 20);
    arena_close(mem);
}

/* ---- sums -------------------------------------------------------------------------------- */

static struct scheduler *chain(const struct scheduler_config *config, const struct planned *plan,
                               uint32_t n, struct relay_config *relay, struct arena *mem)
{
    static struct log log;
    struct scheduler *s = scheduler_open(config, mem);
    uint32_t source = add(s, &source_stage, &(struct source_config){plan, n, 0});
    uint32_t middle, end;

    log.n = 0;
    relay->log = &log;
    middle = add(s, &relay_stage, relay);
    end = add(s, &relay_stage,
              &(struct relay_config){
                  .log = &log, .last = true, .delay_ps = 10, .loses = EVENT, .doubles = EVENT});
    scheduler_connect(s, source, 0, middle);
    scheduler_connect(s, middle, ON, end);
    return s;
}

/* Rows of 0, 10, ... 90 pass 15 ps, then take 10 ps to leave. Measured from 40 to 100. */
static void every_row_is_counted_once(void **state)
{
    (void)state;
    struct planned plan[10];

    for (uint32_t i = 0; i < 10; i++) {
        plan[i] = (struct planned){10 * i, 0};
    }
    for (size_t i = 0; i < N_CUTS; i++) {
        struct arena *mem = arena_open();
        struct error err = {0};
        struct scheduler_config config = cut(i, 100);
        struct relay_config relay = {.delay_ps = 15, .loses = EVENT, .doubles = EVENT};
        config.measure_from_ps = 40;
        struct scheduler *s = chain(&config, plan, 10, &relay, mem);
        scheduler_run(s, NULL, NULL);
        struct scheduler_counts c = scheduler_counts(s);
        assert_true(scheduler_conserved(s, &err));
        assert_int_equal(c.n_created, 10);
        assert_int_equal(c.n_delivered, 8);          /* 0 .. 70 leave at 25 .. 95 */
        assert_int_equal(c.n_inside, 2);             /* 80 leaves at 105 */
        assert_int_equal(c.n_measured_created, 6);   /* 40 .. 90 */
        assert_int_equal(c.n_measured_delivered, 6); /* 20 leaves at 45 */
        assert_int_equal(c.n_inside_at_mark, 2);
        arena_close(mem);
    }
}

static void a_stage_that_loses_or_doubles_a_row_is_told(void **state)
{
    (void)state;
    struct planned plan[] = {{1, 0}, {2, 0}, {3, 0}};

    for (int kind = 0; kind < 2; kind++) {
        struct arena *mem = arena_open();
        struct error err = {0};
        struct scheduler_config config = cut(3, 100);
        struct relay_config relay = {.loses = kind == 0 ? 1 : EVENT,
                                     .doubles = kind == 1 ? 1 : EVENT};
        struct scheduler *s = chain(&config, plan, 3, &relay, mem);
        scheduler_run(s, NULL, NULL);
        assert_false(scheduler_conserved(s, &err));
        assert_non_null(
            strstr(err.text, kind == 0 ? "relay: 3 rows in, 2 out" : "relay: 3 rows in, 4 out"));
        error_free(&err);
        arena_close(mem);
    }
}

/* ---- refused ----------------------------------------------------------------------------- */

static void connect_twice(void *context)
{
    struct arena *mem = arena_open();
    struct scheduler_config config = cut(0, 10);
    struct scheduler *s = scheduler_open(&config, mem);

    (void)context;
    add(s, &source_stage, &(struct source_config){NULL, 0, 0});
    add(s, &relay_stage, &(struct relay_config){.last = true});
    scheduler_connect(s, 0, 0, 1);
    scheduler_connect(s, 0, 0, 1);
    scheduler_run(s, NULL, NULL);
}

static void open_without_window(void *context)
{
    (void)context;
    scheduler_open(&(struct scheduler_config){.until_ps = 10}, arena_open());
}

static bool refuse(void *state, const void *config, struct arena *mem, struct error *err)
{
    (void)state;
    (void)config;
    (void)mem;
    return error_add(err, "not like this");
}

static void what_cannot_be_built_is_refused(void **state)
{
    (void)state;
    struct stage_ops refusing = relay_stage;
    struct arena *mem = arena_open();
    struct scheduler_config config = cut(0, 10);
    struct error err = {0};
    char said[200];
    uint32_t id;

    refusing.open = refuse;
    assert_int_equal(exit_status_of(connect_twice, NULL, said, sizeof said), BAD_PROGRAM);
    assert_int_equal(exit_status_of(open_without_window, NULL, said, sizeof said), BAD_PROGRAM);
    assert_false(
        scheduler_add(scheduler_open(&config, mem), &refusing, "refusing", NULL, &id, &err));
    assert_string_equal(err.text, "not like this\n");
    error_free(&err);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_by_time_then_sender_then_lane),
        cmocka_unit_test(events_run_before_the_rows_of_their_time),
        cmocka_unit_test(what_comes_back_joins_in_order),
        cmocka_unit_test(rows_that_come_back_into_the_past_are_refused),
        cmocka_unit_test(idle_times_are_jumped_over),
        cmocka_unit_test(every_row_is_counted_once),
        cmocka_unit_test(a_stage_that_loses_or_doubles_a_row_is_told),
        cmocka_unit_test(what_cannot_be_built_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
