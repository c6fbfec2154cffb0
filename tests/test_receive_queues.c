/* test_receive_queues.c - receive queues against closed forms: a FIFO, shares by weight, thresholds. The
 * other simulator does the same packet by packet (test_reference.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "models/flows.h"
#include "models/packet.h"
#include "models/receive_queues.h"
#include "sim/arena.h"
#include "sim/report.h"
#include "sim/rng.h"

#define SECOND_PS 1000000000000
#define GIGABIT 1000000000u
#define MOST_FRAMES 20000u
#define N_PORTS 2u

/* A card of two ports behind one link of 1 Gbit/s; a stream for each CoS, and one without. */
struct bench {
    struct arena *mem;
    struct linecard_type card;
    struct slot_config slot;
    struct chassis_config config;
    struct layout layout;
    struct packets packets;
    struct flow_tables flows;
    struct port_config ports[N_PORTS];
    struct stream_config streams[CONFIG_UNTAGGED + 1];
    uint32_t first[CONFIG_UNTAGGED + 2];
    const struct queue_setup *setups[N_PORTS];
    struct server link;
    struct receive_queues *queues;
    uint32_t n_frames;
};

static void bench_open(struct bench *b, const struct queue_setup *first,
                       const struct queue_setup *second, uint64_t buffer_bytes, uint64_t pool_bytes)
{
    memset(b, 0, sizeof *b);
    b->mem = arena_open();
    b->setups[0] = first;
    b->setups[1] = second;
    b->card.n_ports = N_PORTS;
    b->card.n_asics = 1;
    b->card.port_number[0] = 1;
    b->card.port_number[1] = 2;
    b->card.asics[0] = (struct port_asic){N_PORTS, GIGABIT, GIGABIT, buffer_bytes, buffer_bytes, 0};
    b->slot = (struct slot_config){.slot = 3, .card = &b->card, .rx_queues = b->setups};
    b->config.streams = b->streams;
    b->config.ports = b->ports;
    b->config.seed = 7;
    b->layout.config = &b->config;
    b->layout.slots[3].config = &b->slot;
    b->flows.n_streams = CONFIG_UNTAGGED + 1;
    b->flows.first = b->first;
    for (uint32_t i = 0; i <= CONFIG_UNTAGGED; i++) {
        b->streams[i].cos = (uint8_t)i;
        b->first[i + 1] = i + 1;
    }
    packets_open(&b->packets, MOST_FRAMES, b->mem);
    server_open(&b->link, GIGABIT, b->mem);
    b->queues =
        receive_queues_open(&(struct receive_queues_config){&b->layout, &b->packets, &b->flows, 3,
                                                            pool_bytes, &b->link, 0, "receive 3/1"},
                            b->mem);
}

/* The n-th frame is packet n. */
static enum receive_fate come(struct bench *b, uint32_t port, uint32_t cos, uint32_t bytes,
                              int64_t at_ps)
{
    struct packet *packet = &b->packets.base[b->n_frames];

    packet->flow = cos;
    packet->head.ingress = (uint16_t)port;
    packet->head.dscp = (uint8_t)(cos * 8 & 63);
    return receive_queues_arrive(
        b->queues, (struct row){at_ps, b->n_frames++, load_of(bytes, port, false)}, port);
}

/* One strict queue at most; CoS in the queue of its number, the rest in the first; tail drop. */
static struct queue_setup plain_setup(uint8_t n_strict, uint8_t n_weighted)
{
    struct queue_setup s;
    uint32_t n = n_strict + (uint32_t)n_weighted;

    queue_setup_default((struct queue_structure){n_strict, n_weighted, 2}, &s);
    for (uint32_t cos = 0; cos < QUEUE_N_COS; cos++) {
        s.map[cos] = (struct queue_place){(uint8_t)(cos < n ? cos : 0), 0};
    }
    for (uint32_t q = 0; q < n; q++) {
        s.queues[q].thresholds[0] = s.queues[q].thresholds[1] = (struct queue_threshold){100, 100};
        s.queues[q].share_percent = 100 / n;
    }
    return s;
}

/* With one queue per port, and with none: what the port stage does with QoS off. */
static void one_queue_is_the_fifo_without_qos(void **state)
{
    (void)state;
    for (uint32_t load = 50; load <= 150; load += 25) {
        struct queue_setup setup = plain_setup(0, 1);
        struct bench b;
        struct server link;
        struct rng rng = rng_open(load, "test", "fifo");
        struct room rooms[N_PORTS] = {{20000, 0}, {20000, 0}};
        int64_t now_ps = 0, ends[5000] = {0}, end_ps = 0, start_ps;
        struct receive_event event;
        uint32_t n_dropped = 0, n_left = 0, order[5000] = {0}, n_taken = 0;

        bench_open(&b, &setup, NULL, 20000, 0);
        server_open(&link, GIGABIT, b.mem);
        for (uint32_t i = 0; i < 5000; i++) {
            struct rng_draw draw = rng_at(&rng, 2 * i), more = rng_at(&rng, 2 * i + 1);
            uint32_t bytes = 64 + (uint32_t)rng_below(draw.a, 1455), port = more.a & 1;
            now_ps += (int64_t)rng_below(draw.b, 2 * 791 * 8000 * 100 / load);
            while (receive_queues_step(b.queues, now_ps, &event)) {
                assert_int_equal(event.row.packet, order[n_left]);
                assert_true(event.end_ps == ends[n_left++]);
            }
            bool taken = come(&b, port, more.b & 7, bytes, now_ps) == RECEIVE_TAKEN;
            assert_true(taken == server_offer_in(&link, now_ps, bytes * 8, &rooms[port], bytes,
                                                 &start_ps, &end_ps));
            n_dropped += !taken;
            if (taken) {
                order[n_taken] = i;
                ends[n_taken++] = end_ps;
            }
            assert_int_equal(receive_queues_n_held(b.queues), n_taken - n_left);
        }
        assert_true(load < 125 || n_dropped > 300);
        assert_true(load > 50 || n_dropped == 0);
        arena_close(b.mem);
    }
}

/* Bits that each queue of port 1 has sent by end_ps, when all have frames all the time. */
static void saturate(const struct queue_setup *setup, uint32_t n, uint32_t least, uint32_t most,
                     int64_t end_ps, uint64_t sent[QUEUE_MOST])
{
    struct bench b;
    struct rng rng = rng_open(5, "test", "sizes");
    struct receive_event event;

    bench_open(&b, setup, NULL, 1u << 30, 0);
    memset(sent, 0, QUEUE_MOST * sizeof *sent);
    for (uint32_t i = 0; i < MOST_FRAMES; i++) {
        uint32_t bytes = least + (uint32_t)rng_below(rng_at(&rng, i).a, most - least + 1);
        assert_int_equal(come(&b, 0, i % n, bytes, 0), RECEIVE_TAKEN);
    }
    while (receive_queues_step(b.queues, end_ps, &event)) {
        sent[event.row.packet % n] += load_bytes(event.row.load) * 8;
    }
    arena_close(b.mem);
}

/* Deficit round robin: by weight, but for a quantum and a frame of each (Shreedhar and Varghese). */
static void dwrr_shares_by_weight(void **state)
{
    (void)state;
    struct queue_setup s = plain_setup(0, 3);
    uint64_t sent[QUEUE_MOST];

    s.scheduler = QUEUE_DWRR;
    for (uint32_t q = 0; q < 3; q++) {
        s.queues[q].weight = 10 + 5 * q;
    }
    saturate(&s, 3, 64, 1518, SECOND_PS / 20, sent);
    double all = (double)(sent[0] + sent[1] + sent[2]);
    for (uint32_t q = 0; q < 3; q++) {
        double fair = all * s.queues[q].weight / 45;
        double slack = 3.0 * 8 * 256 * s.queues[q].weight + 2 * 8 * 1518;
        assert_true(fabs((double)sent[q] - fair) < slack);
        assert_true(slack < 0.05 * fair);
    }
}

/* Weighted round robin of equal frames: ceil(quantum / length) of them a turn. */
static void wrr_rounds_up_to_frames(void **state)
{
    (void)state;
    struct queue_setup s = plain_setup(0, 2);
    uint64_t sent[QUEUE_MOST];

    s.scheduler = QUEUE_WRR;
    s.queues[0].weight = 4;  /* 1024 bytes: one frame of 1500 */
    s.queues[1].weight = 30; /* 7680 bytes: six frames */
    saturate(&s, 2, 1500, 1500, SECOND_PS / 10, sent);
    double turns = (double)sent[0] / 12000;
    assert_true(turns > 1000);
    assert_true(fabs((double)sent[1] / 12000 - 6 * turns) <= 6);
}

/* The strict queue sends at its port's next turn, before all else of its port; the turns of the
 * other port are not touched. */
static void strict_frames_take_the_next_turn(void **state)
{
    (void)state;
    struct queue_setup s = plain_setup(1, 1);
    struct receive_event event;
    struct bench b;
    static const uint32_t order[] = {0, 4, 5, 3, 1, 2};

    bench_open(&b, &s, NULL, 100000, 0);
    come(&b, 0, 0, 100, 0); /* 0 begins at once */
    assert_true(receive_queues_step(b.queues, 1, &event));
    assert_int_equal(event.row.packet, 0);
    come(&b, 0, 0, 100, 1);
    come(&b, 0, 0, 100, 2);
    come(&b, 1, 0, 100, 3); /* 3: the other port's */
    come(&b, 0, 1, 100, 4); /* 4, 5: strict */
    come(&b, 0, 1, 100, 5);
    for (uint32_t i = 1; i < 6; i++) {
        assert_true(receive_queues_step(b.queues, SIM_NEVER, &event));
        assert_int_equal(event.row.packet, order[i]);
        assert_true(event.start_ps == (int64_t)i * 800000);
    }
    assert_false(receive_queues_step(b.queues, SIM_NEVER, &event));
    arena_close(b.mem);
}

/* Frames of 100 bytes into 10000: CoS 0 is dropped from 50 % on, CoS 1 from 100 %; the other port's
 * room is its own, in a pool all is shared. */
static void tail_drop_begins_at_the_threshold(void **state)
{
    (void)state;
    for (uint32_t pool_bytes = 0; pool_bytes <= 15000; pool_bytes += 15000) {
        struct queue_setup s = plain_setup(0, 1);
        struct report report;
        struct bench b;
        s.queues[0].thresholds[0] = (struct queue_threshold){50, 50};
        s.map[1].threshold = 1;
        bench_open(&b, &s, NULL, 10000, pool_bytes);
        for (uint32_t i = 0; i < 60; i++) {
            assert_int_equal(come(&b, 0, 0, 100, 0), i < 50 ? RECEIVE_TAKEN : RECEIVE_TAIL_DROPPED);
        }
        for (uint32_t i = 0; i < 60; i++) {
            assert_int_equal(come(&b, 0, 1, 100, 0), i < 50           ? RECEIVE_TAKEN
                                                     : pool_bytes > 0 ? RECEIVE_TAIL_DROPPED
                                                                      : RECEIVE_NO_ROOM);
        }
        for (uint32_t i = 0; i < 120; i++) {
            uint32_t fit = pool_bytes > 0 ? 50 : 100;
            assert_int_equal(come(&b, 1, 0, 100, 0), i < fit ? RECEIVE_TAKEN : RECEIVE_NO_ROOM);
        }
        report_open(&report, b.mem);
        receive_queues_show_server(b.queues, 0, "link", "uplink", &report);
        receive_queues_show(b.queues, "link", &report);
        const char *name = "link, port 3/1 queue 1";
        assert_int_equal(report_get(&report, name, "taken", -1), 100);
        assert_int_equal(report_get(&report, name, "threshold_1_tail_dropped", -1), 10);
        assert_int_equal(report_get(&report, "link, port 3/2 queue 1", "taken", -1), -1);
        assert_int_equal(report.resources[0].backlog_last_ps,
                         (pool_bytes > 0 ? 150 : 200) * 800000);
        receive_queues_mark(b.queues, 0);
        report_open(&report, b.mem);
        receive_queues_show_server(b.queues, 0, "link", "uplink", &report);
        receive_queues_show(b.queues, "link", &report);
        assert_int_equal(report_get(&report, name, "threshold_1_tail_dropped", -1), 0);
        arena_close(b.mem);
    }
}

/* Half of the room is a queue's: it holds so much, and no more once the link is done with a frame. */
static void a_queue_holds_its_share_until_frames_have_left(void **state)
{
    (void)state;
    struct queue_setup s = plain_setup(0, 2);
    struct receive_event event;
    struct bench b;

    bench_open(&b, &s, NULL, 10000, 0);
    for (uint32_t i = 0; i < 51; i++) {
        assert_int_equal(come(&b, 0, 0, 100, 0), i < 50 ? RECEIVE_TAKEN : RECEIVE_TAIL_DROPPED);
    }
    assert_true(receive_queues_step(b.queues, 1, &event));
    assert_int_equal(come(&b, 0, 0, 100, 799999), RECEIVE_TAIL_DROPPED);
    assert_int_equal(come(&b, 0, 1, 100, 799999), RECEIVE_TAKEN);
    assert_int_equal(come(&b, 0, 0, 100, 800000), RECEIVE_TAKEN);
    arena_close(b.mem);
}

/* A frame without a tag has its port's CoS; by DSCP the internal one counts. */
static void the_port_or_the_dscp_says_where(void **state)
{
    (void)state;
    struct queue_setup s = plain_setup(0, 2), by_dscp = plain_setup(0, 2);
    struct bench b;

    queue_setup_by_dscp(&by_dscp);
    s.queues[0].share_percent = 0;
    by_dscp.queues[0].share_percent = 0;
    bench_open(&b, &s, &by_dscp, 10000, 0);
    assert_int_equal(come(&b, 0, CONFIG_UNTAGGED, 100, 0), RECEIVE_TAIL_DROPPED);
    b.ports[0].cos = 1;
    assert_int_equal(come(&b, 0, CONFIG_UNTAGGED, 100, 0), RECEIVE_TAKEN);
    assert_int_equal(come(&b, 1, CONFIG_UNTAGGED, 100, 0), RECEIVE_TAIL_DROPPED);
    assert_int_equal(come(&b, 1, 1, 100, 0), RECEIVE_TAKEN);
    arena_close(b.mem);
}

/* Low 40 %, high 70 %: the chance is (fill - 40 %) / 30 %, times the highest; within 4.4
 * standard deviations, each and all together. */
static void wred_follows_its_curve(void **state)
{
    (void)state;
    const uint32_t n = 1000;
    struct queue_setup s = plain_setup(0, 1);
    double all = 0, expected = 0, variance = 0;

    s.queues[0].thresholds[0] = (struct queue_threshold){40, 70};
    s.map[7].threshold = 1;
    s.wred_most_ppm = 500000;
    for (uint32_t percent = 40; percent <= 71; percent++) {
        struct receive_event event;
        double chance = percent > 70 ? 0 : (percent - 40.0) / 30 / 2, drops = 0;
        struct bench b;
        bench_open(&b, &s, NULL, 10000, 0);
        for (uint32_t k = 0; k < n; k++) {
            int64_t at_ps = (int64_t)k * 1000000000;
            b.n_frames = 0;
            for (uint32_t i = 1; i < percent; i++) {
                come(&b, 0, 7, 100, at_ps);
            }
            enum receive_fate fate = come(&b, 0, 0, 100, at_ps);
            drops += fate == RECEIVE_WRED_DROPPED;
            assert_true((fate == RECEIVE_TAIL_DROPPED) == (percent > 70));
            while (receive_queues_step(b.queues, at_ps + 1000000000, &event)) {
            }
        }
        assert_true(fabs(drops - n * chance) <= 4.4 * sqrt(n * chance * (1 - chance)));
        all += drops;
        expected += n * chance;
        variance += n * chance * (1 - chance);
        arena_close(b.mem);
    }
    assert_true(fabs(all - expected) <= 4.4 * sqrt(variance));
    assert_true(4.4 * sqrt(variance) < 0.05 * expected); /* says something */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_queue_is_the_fifo_without_qos),
        cmocka_unit_test(dwrr_shares_by_weight),
        cmocka_unit_test(wrr_rounds_up_to_frames),
        cmocka_unit_test(strict_frames_take_the_next_turn),
        cmocka_unit_test(tail_drop_begins_at_the_threshold),
        cmocka_unit_test(a_queue_holds_its_share_until_frames_have_left),
        cmocka_unit_test(the_port_or_the_dscp_says_where),
        cmocka_unit_test(wred_follows_its_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
