/* test_sessions.c - when BGP sessions fall: to the picosecond, once, and no others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/flows.h"
#include "models/sessions.h"
#include "sim/arena.h"
#include "sim/report.h"
#include "sim/scheduler.h"

#define US INT64_C(1000000)
#define UNTIL_PS (1000 * US)

/* Three sessions, of streams 2, 0 and 1, which have flows 0-9, 10-19 and 20-29. */
static uint32_t first_flows[] = {0, 10, 20, 30};
static struct stream_config streams[] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
static struct session_config sessions[] = {{.stream = 2, .hold_ps = 100 * US},
                                           {.stream = 0, .hold_ps = 30 * US},
                                           {.stream = 1, .hold_ps = 2000 * US}};

struct bench {
    struct arena *mem;
    struct scheduler *scheduler;
    struct chassis_config config;
    struct flow_tables flows;
    struct sessions sessions;
    int64_t fell_ps[3];
    uint32_t n_fell;
};

/* A packet of a flow that is received at a time. */
struct heard {
    struct bench *bench;
    uint32_t flow;
};

static void hear(void *context, int64_t now_ps)
{
    struct heard *h = context;

    sessions_hear(&h->bench->sessions, h->flow, now_ps);
}

static size_t note(void *context, const struct session_config *session, int64_t now_ps)
{
    struct bench *b = context;

    b->fell_ps[session - sessions] = now_ps;
    return ++b->n_fell;
}

static void open_bench(struct bench *b)
{
    const struct scheduler_config run = {.window_ps = US, .until_ps = UNTIL_PS};

    *b = (struct bench){
        .mem = arena_open(),
        .config = {.sessions = sessions, .n_sessions = 3, .streams = streams, .n_streams = 3},
        .flows = {.n_flows = 30, .first = first_flows}};
    b->scheduler = scheduler_open(&run, b->mem);
}

/* Sessions after what is heard: of one time, what is heard comes first. */
static void run(struct bench *b, struct heard *heard, const int64_t *at_ps, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        heard[i].bench = b;
        scheduler_at(b->scheduler, at_ps[i], hear, &heard[i]);
    }
    sessions_open(&b->sessions, &b->config, &b->flows, b->scheduler, note, b, b->mem);
    scheduler_run(b->scheduler, NULL, NULL);
}

static void who_is_not_heard_falls(void **state)
{
    (void)state;
    struct bench b;

    open_bench(&b);
    run(&b, NULL, NULL, 0);
    assert_int_equal(b.n_fell, 2); /* the third one holds for longer than the run */
    assert_int_equal(b.fell_ps[0], 100 * US);
    assert_int_equal(b.fell_ps[1], 30 * US);
    arena_close(b.mem);
}

/* The hold time counts from the last packet of its own stream; after the fall nothing helps. */
static void each_packet_counts_anew(void **state)
{
    (void)state;
    struct heard heard[] = {{.flow = 20}, {.flow = 29}, {.flow = 9}, {.flow = 0}, {.flow = 15}};
    const int64_t at_ps[] = {99 * US, 150 * US + 1, 29 * US, 60 * US, 900 * US};
    struct bench b;
    struct report out;

    open_bench(&b);
    run(&b, heard, at_ps, 5);
    assert_int_equal(b.n_fell, 2);
    assert_int_equal(b.fell_ps[0], 250 * US + 1);
    assert_int_equal(b.fell_ps[1], 59 * US); /* the packet of 60 us is too late */
    report_open(&out, b.mem);
    sessions_show(&b.sessions, &out);
    assert_int_equal(report_get(&out, "session c", "up", -1), 0);
    assert_int_equal(report_get(&out, "session c", "fell_at", 0), 250 * US + 1);
    assert_int_equal(report_get(&out, "session c", "total_heard", 0), 2);
    assert_int_equal(report_get(&out, "session c", "withdrawn", 0), 2); /* the second to fall */
    assert_int_equal(report_get(&out, "session b", "withdrawn", -1), 0);
    assert_int_equal(report_get(&out, "session b", "up", -1), 1);
    assert_int_equal(report_get(&out, "session b", "fell_at", 0), -1);
    arena_close(b.mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_not_heard_falls),
        cmocka_unit_test(each_packet_counts_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
