/* test_cpu.c - the processor against closed forms: D/D/1, M/D/1, shares of interrupts and
 * processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "models/cpu.h"
#include "sim/arena.h"
#include "sim/rng.h"
#include "sim/stage.h"

#define US INT64_C(1000000)
#define SECOND_PS (1000000 * US)
#define MOST_JOBS 60000

__extension__ typedef __int128 wide;

enum kind { SWITCHED, WORKED, OTHER };

static const struct cpu_config usual = {
    .switch_ps = 2 * US,
    .netint_ps = 4000 * US,
    .mask_ps = 800 * US,
    .ring_packets = 1000,
    .hold_packets = 75,
    .headroom_packets = 3,
    .n_kinds = 3,
    .work_ps = {0, 20 * US, 20 * US},
    .to_ps = SECOND_PS,
};

/* What was told of each packet. */
struct told {
    uint64_t n[3], n_done[3]; /* by fate; of these by kind */
    int64_t wait_ps;          /* of all done, until they were begun */
    uint64_t hash;
    struct cpu_job last;
    int64_t last_ps;
};

static void listen(void *context, const struct cpu_job *job, enum cpu_fate fate, int64_t at_ps)
{
    struct told *t = context;

    t->n[fate]++;
    t->n_done[job->kind] += fate == CPU_DONE;
    t->wait_ps += fate == CPU_DONE ? at_ps - usual.switch_ps - job->at_ps : 0;
    t->hash = (t->hash ^ job->packet ^ (uint64_t)at_ps << 3 ^ (uint64_t)fate) * 0x9e3779b97f4a7c15;
    t->last = *job;
    t->last_ps = at_ps;
}

struct bench {
    struct arena *mem;
    struct cpu cpu;
    struct told told;
    uint32_t n_put;
};

static void open_bench(struct bench *b, const struct cpu_config *config)
{
    *b = (struct bench){.mem = arena_open()};
    cpu_open(&b->cpu, config, b->mem);
}

static void put(struct bench *b, enum kind kind, int64_t at_ps, bool urgent)
{
    cpu_put(&b->cpu,
            &(struct cpu_job){
                .at_ps = at_ps, .packet = b->n_put++, .kind = (uint8_t)kind, .urgent = urgent});
}

static void run(struct bench *b, int64_t until_ps)
{
    cpu_run(&b->cpu, until_ps, listen, &b->told);
}

static int64_t busy_ps(const struct bench *b, enum cpu_level level, int64_t now_ps)
{
    return cpu_busy_ps(&b->cpu, level, CPU_PARTS, now_ps);
}

/* Alone: to the ring, to its process, done, each at its time. */
static void one_packet_takes_what_it_takes(void **state)
{
    (void)state;
    struct bench b;

    open_bench(&b, &usual);
    put(&b, SWITCHED, 5 * US, false);
    run(&b, SECOND_PS);
    assert_int_equal(b.told.last_ps, 7 * US);
    put(&b, WORKED, SECOND_PS + US, false);
    run(&b, SECOND_PS + 20 * US);
    assert_int_equal(b.cpu.n_held, 1);
    assert_int_equal(cpu_next_ps(&b.cpu), SECOND_PS + 21 * US); /* is certain 2 us before */
    run(&b, 2 * SECOND_PS);
    assert_int_equal(b.told.last_ps, SECOND_PS + 23 * US);
    assert_int_equal(b.cpu.n_held, 0);
    assert_int_equal(busy_ps(&b, CPU_INTERRUPT, SECOND_PS), 2 * US); /* of the first second */
    assert_int_equal(b.cpu.spent_ps[CPU_INTERRUPT], 4 * US);
    assert_int_equal(b.cpu.spent_ps[CPU_PROCESS], 20 * US);
    arena_close(b.mem);
}

/* Interrupts stop a process, which goes on where it was: 2 + 20 us, and 2 us for each of three. */
static void a_process_goes_on_where_it_was(void **state)
{
    (void)state;
    struct bench b;

    open_bench(&b, &usual);
    put(&b, WORKED, 0, false);
    put(&b, SWITCHED, 5 * US, false);
    put(&b, SWITCHED, 6 * US, false);
    put(&b, SWITCHED, 15 * US, false);
    run(&b, SECOND_PS);
    assert_int_equal(b.told.last.kind, WORKED);
    assert_int_equal(b.told.last_ps, 28 * US);
    assert_int_equal(b.told.wait_ps, 0 + US + 0 + 26 * US);
    arena_close(b.mem);
}

/* M/D/1: mean wait = load * service / (2 (1 - load)). */
static void interrupts_wait_as_in_m_d_1(void **state)
{
    (void)state;
    struct cpu_config config = usual;
    struct rng rng = rng_open(7, "test", "cpu");
    struct bench b;
    const int64_t gap_ps = usual.switch_ps * 10 / 7;
    const double load = 0.7;
    uint64_t at = 0; /* in 2^-32 of a mean gap */

    config.ring_packets = MOST_JOBS;
    open_bench(&b, &config);
    for (uint32_t i = 0; i < MOST_JOBS; i++) {
        at += rng_exponential(rng_at(&rng, i).a);
        put(&b, SWITCHED, (int64_t)((wide)at * gap_ps >> 32), false);
    }
    run(&b, INT64_MAX);
    double wait = (double)b.told.wait_ps / MOST_JOBS;
    double expected = load * (double)usual.switch_ps / (2 * (1 - load));
    assert_int_equal(b.told.n[CPU_DONE], MOST_JOBS);
    assert_true(fabs(wait / expected - 1) < 0.05);
    arena_close(b.mem);
}

/* A flood of both: processes keep mask / netint of the time, to a packet each period. */
static void a_mask_leaves_processes_their_share(void **state)
{
    (void)state;
    const struct {
        int64_t netint_ps, mask_ps;
    } masks[] = {{4000 * US, 800 * US}, {4000 * US, 2000 * US}, {1000 * US, 100 * US}};

    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        struct cpu_config config = usual;
        struct bench b;
        config.netint_ps = masks[i].netint_ps;
        config.mask_ps = masks[i].mask_ps;
        config.hold_packets = 1000;
        config.to_ps = SECOND_PS / 10;
        open_bench(&b, &config);
        for (uint32_t k = 0; k < MOST_JOBS; k++) {
            put(&b, k % 4 == 0 ? WORKED : SWITCHED, k * US * 5 / 3, false);
        }
        run(&b, config.to_ps);
        int64_t process_ps = busy_ps(&b, CPU_PROCESS, config.to_ps);
        int64_t interrupt_ps = busy_ps(&b, CPU_INTERRUPT, config.to_ps);
        double share = (double)process_ps / (double)config.to_ps;
        double expected = (double)masks[i].mask_ps / (double)masks[i].netint_ps;
        assert_int_equal(process_ps + interrupt_ps, config.to_ps); /* never idle */
        assert_true(share > expected - 0.02 && share < expected + 0.02);
        arena_close(b.mem);
    }
}

/* Without a mask a flood leaves processes nothing; without a process interrupts are never masked. */
static void a_flood_starves_processes_that_have_no_mask(void **state)
{
    (void)state;
    struct cpu_config config = usual;
    struct bench b;

    config.mask_ps = 0;
    config.to_ps = SECOND_PS / 10;
    open_bench(&b, &config);
    for (uint32_t k = 0; k < MOST_JOBS; k++) {
        put(&b, k % 4 == 0 ? WORKED : SWITCHED, k * US * 5 / 3, false);
    }
    run(&b, config.to_ps);
    assert_int_equal(b.told.n_done[WORKED], 0);
    assert_int_equal(busy_ps(&b, CPU_INTERRUPT, config.to_ps), config.to_ps);
    arena_close(b.mem);
    config.mask_ps = 800 * US;
    open_bench(&b, &config);
    for (uint32_t k = 0; k < MOST_JOBS; k++) {
        put(&b, SWITCHED, k * US * 5 / 3, false);
    }
    run(&b, config.to_ps);
    assert_int_equal(b.told.n[CPU_DONE], config.to_ps / (2 * US));
    arena_close(b.mem);
}

/* 200 packets of each of two kinds at once, a ring for all of them, room for 75 of each: they are
 * done in turns. Urgent ones find three places more. */
static void processes_take_turns(void **state)
{
    (void)state;
    struct bench b;

    open_bench(&b, &usual);
    for (uint32_t k = 0; k < 400; k++) {
        put(&b, k % 2 == 0 ? WORKED : OTHER, k + 1, false);
    }
    run(&b, 1000 * US);
    assert_int_equal(b.told.n[CPU_RING_FULL], 0);
    uint64_t n_full = b.told.n[CPU_HOLD_FULL];
    assert_int_equal(n_full, 2 * (200 - 75));
    assert_true(b.told.n_done[WORKED] - b.told.n_done[OTHER] <= 1);
    assert_int_equal(b.told.n_done[WORKED] + b.told.n_done[OTHER], 200 / 20);
    arena_close(b.mem);
    open_bench(&b, &usual);
    for (uint32_t k = 0; k < 200; k++) {
        put(&b, WORKED, k + 1, k >= 100);
    }
    run(&b, SECOND_PS);
    assert_int_equal(b.told.n_done[WORKED], 75 + 3);
    arena_close(b.mem);
}

/* A ring of 1000: the 1001st at once is refused, as is the 1002nd. */
static void a_full_ring_refuses(void **state)
{
    (void)state;
    struct bench b;

    open_bench(&b, &usual);
    for (uint32_t k = 0; k < 1002; k++) {
        put(&b, SWITCHED, 0, false);
    }
    run(&b, SECOND_PS);
    assert_int_equal(b.told.n[CPU_RING_FULL], 2);
    assert_int_equal(b.told.n[CPU_DONE], 1000);
    arena_close(b.mem);
}

/* However often one looks, the same happens. */
static void steps_do_not_matter(void **state)
{
    (void)state;
    const int64_t steps_ps[] = {SECOND_PS, 7 * US + 1, 333333};
    struct told told[3];

    for (int i = 0; i < 3; i++) {
        struct rng rng = rng_open(11, "test", "steps");
        struct cpu_config config = usual;
        struct bench b;
        int64_t at_ps = 0;
        config.netint_ps = 50 * US;
        config.mask_ps = 20 * US;
        config.hold_packets = 3;
        open_bench(&b, &config);
        for (uint32_t k = 0; k < 3000; k++) {
            struct rng_draw draw = rng_at(&rng, k);
            at_ps += (int64_t)rng_below(draw.a, 6 * US);
            put(&b, (enum kind)rng_below(draw.b, 3), at_ps, false);
        }
        for (int64_t now_ps = 0; b.cpu.n_held > 0 || b.cpu.doing != CPU_IDLE;
             now_ps += steps_ps[i]) {
            run(&b, now_ps);
        }
        told[i] = b.told;
        assert_true(b.told.n[CPU_HOLD_FULL] > 0 && b.told.n_done[OTHER] > 0);
        arena_close(b.mem);
    }
    assert_true(told[0].hash == told[1].hash && told[0].hash == told[2].hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_packet_takes_what_it_takes),
        cmocka_unit_test(a_process_goes_on_where_it_was),
        cmocka_unit_test(interrupts_wait_as_in_m_d_1),
        cmocka_unit_test(a_mask_leaves_processes_their_share),
        cmocka_unit_test(a_flood_starves_processes_that_have_no_mask),
        cmocka_unit_test(processes_take_turns),
        cmocka_unit_test(a_full_ring_refuses),
        cmocka_unit_test(steps_do_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
