/* test_port_queues.c - the transmit queues against closed forms, and against a naive simulation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "models/packet.h"
#include "models/port_queues.h"
#include "sim/arena.h"
#include "sim/report.h"
#include "sim/rng.h"
#include "sim/server.h"
#include "tests/naive_queues.h"

__extension__ typedef __int128 wide;

#define SECOND_PS 1000000000000
#define GIGABIT 1000000000u
#define PLENTY (1u << 30)

static const struct queue_structure structures[] = {
    {1, 3, 8}, {1, 7, 8}, {1, 7, 4}, {0, 2, 2}, {1, 2, 2}, {1, 2, 1}, {1, 3, 1}, {0, 1, 8},
    {0, 1, 4}, {0, 1, 2}, {0, 2, 8}, {0, 8, 4}, {0, 8, 8}, {1, 1, 4}, {1, 1, 0}, {1, 1, 8},
};
#define N_STRUCTURES (sizeof structures / sizeof *structures)

static uint32_t wire_bits(uint32_t bytes)
{
    return (bytes + WIRE_PREAMBLE_BYTES + WIRE_GAP_BYTES) * 8;
}

static struct row row_of(uint32_t packet, uint32_t bytes)
{
    return (struct row){0, packet, load_of(bytes, 0, false)};
}

/* ---- random cases ---------------------------------------------------------------------------- */

struct dice {
    struct rng rng;
    uint64_t n;
};

static uint32_t roll(struct dice *d, uint32_t n)
{
    return (uint32_t)rng_below(rng_at(&d->rng, d->n++).a, n);
}

/* A setup from the defaults, with other weights, shares, thresholds and places. */
static void draw_setup(struct dice *d, struct queue_structure structure, struct queue_setup *s)
{
    queue_setup_default(structure, s);
    uint32_t n = queue_count(s->structure);
    uint32_t n_thresholds = s->structure.n_thresholds == 0 ? 1 : s->structure.n_thresholds;
    s->scheduler = (enum queue_scheduler)roll(d, 3);
    s->quantum_bytes = 1 + roll(d, 600);
    s->wred_most_ppm = roll(d, 3) == 0 ? 1000000 : roll(d, 1000001);
    s->by_dscp = roll(d, 2);
    for (uint32_t i = 0; i < QUEUE_N_DSCP; i++) {
        s->map[i] = (struct queue_place){(uint8_t)roll(d, n), (uint8_t)roll(d, n_thresholds)};
    }
    for (uint32_t q = 0; q < n; q++) {
        s->queues[q].weight = 1 + roll(d, roll(d, 2) ? 255 : 10);
        s->queues[q].share_percent = roll(d, 2) ? 100 / n : 1 + roll(d, 100 / n);
        for (uint32_t t = 0; t < n_thresholds; t++) {
            uint32_t high = roll(d, 2) ? 100 : 1 + roll(d, 100),
                     low = roll(d, 2) ? high : roll(d, high + 1);
            s->queues[q].thresholds[t] = (struct queue_threshold){(uint8_t)low, (uint8_t)high};
        }
    }
}

/* Of one structure, as the ports of a card are. */
static void draw_setups(struct dice *d, struct queue_setup some[2])
{
    struct queue_structure structure = structures[roll(d, N_STRUCTURES)];

    draw_setup(d, structure, &some[0]);
    draw_setup(d, structure, &some[1]);
}

/* Half of the cases have frames of 100, 200 and 300 bytes on the wire that come at multiples of the
 * time of 100, so that much happens at the same time. */
static void draw_frames(struct dice *d, struct naive_queues *nv)
{
    const uint32_t hundred_ps = (uint32_t)(800 * (uint64_t)SECOND_PS / nv->c->rate_bps);
    bool coarse = roll(d, 2);
    int64_t now_ps = 0;

    nv->n = 1 + roll(d, NAIVE_FRAMES);
    for (uint32_t i = 0; i < nv->n; i++) {
        uint32_t bytes = roll(d, 3) ? 64 + roll(d, 100) : 64 + roll(d, 9153);
        now_ps += coarse ? hundred_ps * roll(d, 2) : roll(d, 4) ? roll(d, 20 * hundred_ps) : 0;
        nv->frames[i].at_ps = now_ps;
        nv->frames[i].port = roll(d, nv->c->n_ports);
        nv->frames[i].bytes = coarse ? 80 + 100 * roll(d, 3) : bytes;
    }
}

/* Shows the frames window by window and compares each event with the naive one's, in order. */
static void compare(struct dice *d, struct naive_queues *nv, struct port_queues *pq,
                    const uint8_t *class)
{
    uint32_t shown = 0, done = 0;
    int64_t end_ps = 0;
    struct port_event event;

    while (done < nv->n_done) {
        int64_t next_ps = port_queues_next_ps(pq);
        end_ps += 1 + roll(d, 30000000);
        for (; shown < nv->n && nv->frames[shown].at_ps < end_ps; shown++) {
            struct naive_frame *f = &nv->frames[shown];
            port_queues_arrive(pq, row_of(shown, f->bytes), f->port, class[shown], f -> at_ps);
        }
        while (port_queues_step(pq, end_ps, &event)) {
            const struct port_event *want = &nv->frames[nv->order[done]].event;
            assert_int_equal(event.row.packet, nv->order[done]);
            assert_int_equal(event.fate, want->fate);
            assert_int_equal(event.port, want->port);
            assert_int_equal(event.queue, want->queue);
            assert_true(event.start_ps == want->start_ps && event.end_ps == want->end_ps);
            assert_true(event.start_ps < end_ps);
            assert_true(done == 0 ||
                        event.start_ps >= nv->frames[nv->order[done - 1]].event.start_ps);
            done++;
        }
        assert_int_equal(port_queues_n_held(pq), shown - done);
        assert_true(port_queues_next_ps(pq) >= end_ps);
        assert_true(next_ps == SIM_NEVER || next_ps <= end_ps || done <= shown);
    }
    assert_int_equal(done, nv->n);
    assert_true(port_queues_next_ps(pq) == SIM_NEVER);
}

static void random_setups_do_what_the_naive_one_does(void **state)
{
    (void)state;
    static const uint64_t rates[] = {10000000, 100000000, GIGABIT, 10000000000, 40000000000};
    uint32_t n_fates[3] = {0};
    for (uint32_t seed = 0; seed < 400; seed++) {
        struct dice d = {rng_open(seed, "test", "setups"), 0};
        struct queue_setup some[2];
        const struct queue_setup *setups[NAIVE_PORTS];
        struct error err = {0};
        draw_setups(&d, some);
        assert_true(queue_setup_check(&some[0], &err) && queue_setup_check(&some[1], &err));
        for (uint32_t p = 0; p < NAIVE_PORTS; p++) {
            setups[p] = &some[roll(&d, 2)];
        }
        struct port_queues_config c = {.setups = setups,
                                       .n_ports = 1 + roll(&d, NAIVE_PORTS),
                                       .rate_bps = rates[roll(&d, 5)],
                                       .buffer_bytes =
                                           2000 + roll(&d, roll(&d, 2) ? 20000 : 200000),
                                       .shared = roll(&d, 2),
                                       .seed = seed,
                                       .name = "egress 3/1"};
        static struct naive_queues nv;
        uint8_t class[NAIVE_FRAMES];
        naive_queues_open(&nv, &c);
        draw_frames(&d, &nv);
        for (uint32_t i = 0; i < nv.n; i++) {
            const struct queue_setup *setup = setups[nv.frames[i].port];
            class[i] = (uint8_t)roll(&d, setup->by_dscp ? QUEUE_N_DSCP : QUEUE_N_COS);
            nv.frames[i].queue = setup->map[class[i]].queue;
            nv.frames[i].threshold = setup->map[class[i]].threshold;
        }
        naive_queues_run(&nv);
        struct arena *arena = arena_open();
        compare(&d, &nv, port_queues_open(&c, arena), class);
        arena_close(arena);
        for (uint32_t i = 0; i < nv.n; i++) {
            n_fates[nv.frames[i].event.fate]++;
        }
    }
    /* The cases are worth it. */
    assert_true(n_fates[PORT_SENT] > 10000);
    assert_true(n_fates[PORT_TAIL_DROPPED] > 1000);
    assert_true(n_fates[PORT_WRED_DROPPED] > 1000);
}

/* ---- one port -------------------------------------------------------------------------------- */

/* Two strict or weighted queues and so on, each CoS in the queue of its number, tail drop. */
static struct queue_setup plain_setup(uint8_t n_strict, uint8_t n_weighted)
{
    struct queue_setup s;

    queue_setup_default((struct queue_structure){n_strict, n_weighted, 2}, &s);
    for (uint32_t cos = 0; cos < QUEUE_N_COS; cos++) {
        s.map[cos] = (struct queue_place){(uint8_t)(cos % queue_count(s.structure)), 0};
    }
    for (uint32_t q = 0; q < queue_count(s.structure); q++) {
        s.queues[q].thresholds[0] = s.queues[q].thresholds[1] = (struct queue_threshold){100, 100};
        s.queues[q].share_percent = 100 / queue_count(s.structure);
    }
    return s;
}

static struct port_queues *open_port(const struct queue_setup *setup, uint64_t rate_bps,
                                     uint64_t buffer_bytes, struct arena *arena)
{
    const struct queue_setup **setups = arena_take(arena, sizeof *setups);

    *setups = setup;
    return port_queues_open(&(struct port_queues_config){.setups = setups,
                                                         .n_ports = 1,
                                                         .rate_bps = rate_bps,
                                                         .buffer_bytes = buffer_bytes,
                                                         .seed = 7,
                                                         .name = "egress 1/1"},
                            arena);
}

/* QoS off is one FIFO with a buffer: what the egress stage does without this module. */
static void one_queue_is_the_server_without_qos(void **state)
{
    (void)state;
    for (uint32_t load = 50; load <= 150; load += 25) {
        struct arena *arena = arena_open();
        struct dice d = {rng_open(load, "test", "fifo"), 0};
        struct queue_setup setup = plain_setup(0, 1);
        struct port_queues *pq = open_port(&setup, GIGABIT, 20000, arena);
        struct server s;
        server_open(&s, GIGABIT, arena);
        server_own_room(&s, 20000 * 8);
        int64_t now_ps = 0;
        struct port_event event;
        uint32_t n_sent = 0, n_dropped = 0;
        int64_t starts[5000], ends[5000];
        bool taken[5000];
        for (uint32_t i = 0; i < 5000; i++) {
            uint32_t bytes = 64 + roll(&d, 1455);
            now_ps += roll(&d, 2 * 811 * 8 * 1000 / load * 100);
            port_queues_arrive(pq, row_of(i, bytes), 0, roll(&d, 8), now_ps);
            taken[i] = server_offer(&s, now_ps, wire_bits(bytes), &starts[i], &ends[i]);
        }
        while (port_queues_step(pq, SIM_NEVER, &event)) {
            uint32_t i = event.row.packet;
            assert_true((event.fate == PORT_SENT) == taken[i]);
            if (taken[i]) {
                assert_true(event.start_ps == starts[i] && event.end_ps == ends[i]);
            }
            n_sent += taken[i];
            n_dropped += !taken[i];
        }
        assert_int_equal(n_sent + n_dropped, 5000);
        assert_true(load < 125 || n_dropped > 500);
        arena_close(arena);
    }
}

/* Fills n queues at time 0 with so many frames each; what each has sent by end_ps, in bits. */
static void saturate(const struct queue_setup *setup, uint32_t least, uint32_t most, int64_t end_ps,
                     uint64_t sent[QUEUE_MOST])
{
    struct arena *arena = arena_open();
    struct dice d = {rng_open(5, "test", "sizes"), 0};
    struct port_queues *pq = open_port(setup, GIGABIT, PLENTY, arena);
    uint32_t n = setup->structure.n_weighted;
    struct port_event event;

    memset(sent, 0, QUEUE_MOST * sizeof *sent);
    for (uint32_t i = 0; i < 60000; i++) {
        uint32_t bytes = least + roll(&d, most - least + 1);
        port_queues_arrive(pq, row_of(i, bytes), 0, i % n, 0);
    }
    while (port_queues_step(pq, end_ps, &event)) {
        assert_int_equal(event.fate, PORT_SENT);
        sent[event.queue] += wire_bits(load_bytes(event.row.load));
    }
    arena_close(arena);
}

/* Deficit round robin: between two queues that always have frames, what was sent per weight differs
 * by less than a quantum and the longest frame of each. source: Shreedhar and Varghese, theorem 2. */
static void dwrr_shares_by_weight(void **state)
{
    (void)state;
    struct queue_setup s = plain_setup(0, 3);
    const uint32_t weights[] = {100, 150, 200};
    uint64_t sent[QUEUE_MOST];

    for (uint32_t q = 0; q < 3; q++) {
        s.queues[q].weight = weights[q];
    }
    saturate(&s, 64, 1518, SECOND_PS / 10, sent);
    uint64_t all = sent[0] + sent[1] + sent[2];
    assert_in_range(all, GIGABIT / 10, GIGABIT / 10 + wire_bits(1518));
    for (uint32_t q = 0; q < 3; q++) {
        double fair = (double)all * weights[q] / 450;
        double slack = 3.0 * 8 * 256 * weights[q] + 2 * wire_bits(1518);
        assert_true(fabs((double)sent[q] - fair) < slack);
        assert_true(slack < 0.05 * fair); /* says something */
    }
}

/* Weighted round robin with frames of one length: ceil(quantum / length) frames a turn. */
static void wrr_rounds_up_to_frames(void **state)
{
    (void)state;
    struct queue_setup s = plain_setup(0, 2);
    uint64_t sent[QUEUE_MOST];

    s.scheduler = QUEUE_WRR;
    s.queues[0].weight = 4;   /* 1024 bytes: one frame of 1538 on the wire */
    s.queues[1].weight = 255; /* 65280 bytes: 43 frames */
    saturate(&s, 1518, 1518, SECOND_PS / 10, sent);
    double turns = (double)sent[0] / wire_bits(1518);
    assert_true(turns > 180);
    assert_true(fabs((double)sent[1] / wire_bits(1518) - 43 * turns) <= 43);
}

/* A shaped queue gets its share of the port and no more, also when the others are silent. */
static void srr_shapes(void **state)
{
    (void)state;
    struct queue_setup s = plain_setup(0, 4);
    uint64_t sent[QUEUE_MOST];

    s.scheduler = QUEUE_SRR;
    s.queues[0].weight = 10, s.queues[1].weight = 20, s.queues[2].weight = 30;
    s.queues[3].weight = 40;
    for (uint32_t cos = 0; cos < QUEUE_N_COS; cos++) {
        s.map[cos].queue = cos % 2 == 0 ? 0 : 2; /* 40 % of the port in all */
    }
    saturate(&s, 64, 1518, SECOND_PS / 10, sent);
    assert_true(fabs((double)sent[0] - 1e7) < 2 * wire_bits(1518));
    assert_true(fabs((double)sent[2] - 3e7) < 2 * wire_bits(1518));
    assert_int_equal(sent[1] + sent[3], 0);
}

/* Above all others, however many there are, with one frame to wait for at most. */
static void strict_frames_wait_for_one_frame(void **state)
{
    (void)state;
    struct arena *arena = arena_open();
    struct dice d = {rng_open(9, "test", "strict"), 0};
    struct queue_setup setup = plain_setup(1, 3);
    struct port_queues *pq = open_port(&setup, GIGABIT, PLENTY, arena);
    int64_t at_ps[20000], now_ps = 0, worst_ps = 0;
    struct port_event event;

    for (uint32_t i = 0; i < 20000; i++) {
        bool strict = i % 100 == 0;
        now_ps += roll(&d, 12000000);
        at_ps[i] = now_ps;
        port_queues_arrive(pq, row_of(i, strict ? 64 : 1518), 0, strict ? 3 : roll(&d, 3), now_ps);
    }
    while (port_queues_step(pq, SIM_NEVER, &event)) {
        int64_t wait_ps = event.start_ps - at_ps[event.row.packet];
        worst_ps = event.queue == 3 && wait_ps > worst_ps ? wait_ps : worst_ps;
    }
    assert_in_range(worst_ps, 11000000, 1538 * 8 * 1000 - 1);
    arena_close(arena);
}

enum { REPLICATIONS = 12, WARM_UP = 3000, ROWS = 40000 };

/* Is `theory` in the 99.9 % confidence interval of the mean, and is that within 6 % of it? Student's
 * t for 11 degrees of freedom: 4.437. */
static void assert_confident(const double values[REPLICATIONS], double theory)
{
    double mean = 0, squares = 0;
    for (int i = 0; i < REPLICATIONS; i++) {
        mean += values[i] / REPLICATIONS;
    }
    for (int i = 0; i < REPLICATIONS; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
    }
    double half = 4.437 * sqrt(squares / (REPLICATIONS - 1) / REPLICATIONS);
    if (fabs(mean - theory) > half || half > 0.06 * theory) {
        fail_msg("%.0f +- %.0f, expected %.0f", mean, half, theory);
    }
}

/* Poisson arrivals, a third of them strict, of two lengths: mean waits of both classes, in ps. */
static void wait_at_load(uint64_t percent, uint64_t seed, double *strict_ps, double *other_ps)
{
    const uint64_t mean_ps = (wire_bits(64) + wire_bits(1518)) / 2 * 1000;
    struct arena *arena = arena_open();
    struct rng rng = rng_open(seed, "test", "poisson");
    struct queue_setup setup = plain_setup(1, 2);
    struct port_queues *pq = open_port(&setup, GIGABIT, PLENTY, arena);
    static int64_t at_ps[WARM_UP + ROWS];
    double sums[2] = {0}, counts[2] = {0};
    int64_t now_ps = 0;
    struct port_event event;

    for (uint32_t i = 0; i < WARM_UP + ROWS; i++) {
        struct rng_draw draw = rng_at(&rng, 2 * i), more = rng_at(&rng, 2 * i + 1);
        now_ps += (int64_t)((wide)rng_exponential(draw.a) * (wide)(mean_ps * 100 / percent) >> 32);
        at_ps[i] = now_ps;
        uint32_t class = rng_below(draw.b, 3) == 0 ? 2 : (uint32_t)rng_below(more.a, 2);
        port_queues_arrive(pq, row_of(i, rng_below(more.b, 2) ? 64 : 1518), 0, class, now_ps);
    }
    while (port_queues_step(pq, SIM_NEVER, &event)) {
        if (event.row.packet >= WARM_UP) {
            sums[event.queue < 2] += (double)(event.start_ps - at_ps[event.row.packet]);
            counts[event.queue < 2]++;
        }
    }
    *strict_ps = sums[0] / counts[0];
    *other_ps = sums[1] / counts[1];
    arena_close(arena);
}

/* M/G/1 with non-preemptive priorities: with R = arrivals E[S^2] / 2, the waits are R / (1 - strict)
 * and R / ((1 - strict) (1 - all)). The order among the weighted queues does not depend on the
 * service times of those that wait, so their common mean does not depend on it.
 * source: Cobham, "Priority Assignment in Waiting Line Problems", 1954. */
static void waits_are_those_of_priorities(void **state)
{
    (void)state;
    const uint64_t percents[] = {40, 65};
    for (size_t c = 0; c < 2; c++) {
        double strict[REPLICATIONS], other[REPLICATIONS];
        for (uint64_t i = 0; i < REPLICATIONS; i++) {
            wait_at_load(percents[c], 300 + i, &strict[i], &other[i]);
        }
        double a = wire_bits(64) * 1000.0, b = wire_bits(1518) * 1000.0;
        double all = (double)percents[c] / 100, arrivals = all / ((a + b) / 2);
        double rest = arrivals * (a * a + b * b) / 2 / 2;
        assert_confident(strict, rest / (1 - all / 3));
        assert_confident(other, rest / (1 - all / 3) / (1 - all));
    }
}

/* ---- thresholds ------------------------------------------------------------------------------ */

/* At one instant, so that nothing leaves but the first: frames of 80 bytes (100 on the wire) into a
 * queue of 10000 bytes, with tail drop of CoS 0 at 50 %. */
static void tail_drop_begins_at_the_threshold(void **state)
{
    (void)state;
    struct arena *arena = arena_open();
    struct queue_setup s = plain_setup(0, 1);
    s.queues[0].thresholds[0] = (struct queue_threshold){50, 50};
    s.map[7].threshold = 1;
    struct port_queues *pq = open_port(&s, GIGABIT, 10000, arena);
    struct port_event event;
    uint32_t n_dropped = 0;

    for (uint32_t i = 0; i < 60; i++) {
        port_queues_arrive(pq, row_of(i, 80), 0, 0, 0);
    }
    for (uint32_t i = 60; i < 120; i++) {
        port_queues_arrive(pq, row_of(i, 80), 0, 7, 0);
    }
    while (port_queues_step(pq, 1, &event)) {
        if (event.fate == PORT_TAIL_DROPPED) {
            n_dropped++;
            assert_true((event.row.packet >= 50 && event.row.packet < 60) ||
                        event.row.packet >= 110);
        }
    }
    assert_int_equal(n_dropped, 20);
    assert_int_equal(port_queues_n_held(pq), 99);

    struct report report;
    report_open(&report, arena);
    port_queues_show(pq, 0, 800000, "port 1/1 transmit", &report);
    assert_int_equal(report_get(&report, "port 1/1 transmit queue 1", "tail_dropped", -1), 20);
    assert_int_equal(report_get(&report, "port 1/1 transmit queue 1", "sent", -1), 1);
    assert_int_equal(report.resources[0].n_dropped, 20);
    assert_int_equal(report.resources[0].backlog_last_ps, 99 * 800000);
    port_queues_mark(pq, 800000);
    report_open(&report, arena);
    port_queues_show(pq, 0, 800000, "port 1/1 transmit", &report);
    assert_int_equal(report_get(&report, "port 1/1 transmit queue 1", "tail_dropped", -1), 0);
    arena_close(arena);
}

/* How often a frame is dropped that would fill the queue to so many percent, of n. */
static uint32_t wred_drops(struct port_queues *pq, uint32_t percent, uint32_t n, int64_t *now_ps)
{
    struct port_event event;
    uint32_t n_dropped = 0;

    for (uint32_t k = 0; k < n; k++, *now_ps += 2000000000) {
        for (uint32_t i = 0; i < percent; i++) {
            port_queues_arrive(pq, row_of(0, 80), 0, i + 1 < percent ? 7 : 0, *now_ps);
        }
        while (port_queues_step(pq, *now_ps + 1000000000, &event)) {
            n_dropped += event.fate == PORT_WRED_DROPPED;
            assert_true(event.fate != PORT_TAIL_DROPPED || percent > 70);
        }
    }
    return n_dropped;
}

/* Low 40 %, high 70 %: the chance is (fill - 40 %) / 30 %, times the highest; within 4.4 standard
 * deviations (1 in 100,000). */
static void wred_follows_its_curve(void **state)
{
    (void)state;
    const uint32_t n = 2000;
    for (uint32_t most_ppm = 1000000; most_ppm >= 100000; most_ppm /= 10) {
        struct arena *arena = arena_open();
        struct queue_setup s = plain_setup(0, 1);
        s.queues[0].thresholds[0] = (struct queue_threshold){40, 70};
        s.map[7].threshold = 1;
        s.wred_most_ppm = most_ppm;
        struct port_queues *pq = open_port(&s, GIGABIT, 10000, arena);
        int64_t now_ps = 0;
        assert_int_equal(wred_drops(pq, 40, n, &now_ps), 0);
        for (uint32_t percent = 43; percent <= 70; percent += 3) {
            double chance = (percent - 40.0) / 30 * most_ppm / 1e6;
            double drops = wred_drops(pq, percent, n, &now_ps);
            assert_true(fabs(drops - n * chance) <= 4.4 * sqrt(n * chance * (1 - chance)));
        }
        assert_int_equal(wred_drops(pq, 71, n, &now_ps), 0); /* all are, but for the tail */
        arena_close(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_setups_do_what_the_naive_one_does),
        cmocka_unit_test(one_queue_is_the_server_without_qos),
        cmocka_unit_test(dwrr_shares_by_weight),
        cmocka_unit_test(wrr_rounds_up_to_frames),
        cmocka_unit_test(srr_shapes),
        cmocka_unit_test(strict_frames_wait_for_one_frame),
        cmocka_unit_test(waits_are_those_of_priorities),
        cmocka_unit_test(tail_drop_begins_at_the_threshold),
        cmocka_unit_test(wred_follows_its_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
