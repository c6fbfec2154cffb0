/* test_traffic.c - rates to the picosecond, statistics within confidence, windows that do not
 * matter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "models/config.h"
#include "models/flows.h"
#include "models/frames.h"
#include "models/packet.h"
#include "models/traffic.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"
#include "sim/rng.h"
#include "tests/cards.h"

#define SECOND_PS 1000000000000
#define MS_PS 1000000000ll
#define N_PORTS 8 /* 4 ports of 10 Gb/s in slot 3, 4 of 1 Gb/s in slot 5 */
#define MAX_STREAMS 4
#define ALWAYS .stop_ps = SIM_NEVER

/* A frame as the test sees it; no padding, so that frames can be compared as bytes. */
struct seen {
    int64_t start_ps, ready_ps, end_ps; /* first bit of the preamble, last bit, end of the gap */
    uint64_t name;
    uint32_t flow, bytes;
    uint64_t dst[2];
    uint32_t family, flags;
};

struct rig {
    struct arena *mem;
    struct linecard_type cards[2];
    struct slot_config slots[2];
    struct stream_config streams[MAX_STREAMS];
    struct chassis_config chassis;
    struct flow_tables flows;
    struct packets packets;
    struct traffic_config config;
    void *state;
    int64_t byte_ps;
    struct lane lanes[4], *lane_pointers[4];
    struct batch batch;
    struct seen *seen[4]; /* by lane */
    uint32_t n_seen[4], room[4];
    struct error err;
    bool opened;
};

static const uint32_t all_ports[N_PORTS] = {0, 1, 2, 3, 4, 5, 6, 7};

static void make_flows(struct rig *r)
{
    struct flow_tables *t = &r->flows;
    t->first = arena_take_array(r->mem, MAX_STREAMS + 1, sizeof *t->first);
    for (uint32_t s = 0; s < r->chassis.n_streams; s++) {
        t->first[s + 1] = t->first[s] + r->streams[s].n_flows;
    }
    t->n_flows = t->first[r->chassis.n_streams];
    t->dst4 = arena_take_array(r->mem, t->n_flows, sizeof *t->dst4);
    t->dst6_hi = arena_take_array(r->mem, t->n_flows, sizeof *t->dst6_hi);
    t->dst6_lo = arena_take_array(r->mem, t->n_flows, sizeof *t->dst6_lo);
    for (uint32_t f = 0; f < t->n_flows; f++) {
        t->dst4[f] = 0x0a000000 + f;
        t->dst6_hi[f] = 0x2001 + f;
        t->dst6_lo[f] = ~(uint64_t)f;
    }
}

/* slot_index 0: the four ports of 10 Gb/s; 1: those of 1 Gb/s. */
static struct rig *rig_open(uint32_t slot_index, const struct stream_config *streams,
                            uint32_t n_streams, uint64_t seed)
{
    struct arena *mem = arena_open();
    struct rig *r = arena_take(mem, sizeof *r);
    r->mem = mem;
    r->cards[0] = (struct linecard_type){.model = "ten"};
    r->cards[1] = (struct linecard_type){.model = "one"};
    card_ports(&r->cards[0], 4, 1, (struct port_asic){.port_bps = 10000000000});
    card_ports(&r->cards[1], 4, 1, (struct port_asic){.port_bps = 1000000000});
    r->slots[0] = (struct slot_config){.slot = 3, .card = &r->cards[0], .first_port = 0};
    r->slots[1] = (struct slot_config){.slot = 5, .card = &r->cards[1], .first_port = 4};
    memcpy(r->streams, streams, n_streams * sizeof *streams);
    r->chassis = (struct chassis_config){.n_slots = 2,
                                         .slots = r->slots,
                                         .n_ports = N_PORTS,
                                         .n_streams = n_streams,
                                         .streams = r->streams,
                                         .seed = seed};
    make_flows(r);
    packets_open(&r->packets, 1, mem);
    r->config = (struct traffic_config){&r->chassis, slot_index, &r->packets, &r->flows};
    r->state = arena_take(mem, traffic_stage.state_bytes);
    r->byte_ps = slot_index == 0 ? 800 : 8000;
    for (uint32_t i = 0; i < 4; i++) {
        lane_open(&r->lanes[i], i, mem);
        r->lane_pointers[i] = &r->lanes[i];
    }
    r->batch.lanes = r->lane_pointers;
    r->opened = traffic_stage.open(r->state, &r->config, mem, &r->err);
    return r;
}

static void rig_close(struct rig *r)
{
    error_free(&r->err);
    arena_close(r->mem);
}

static void see(struct rig *r, uint32_t lane, const struct row *row)
{
    const struct packets *p = &r->packets;
    uint32_t k = row->packet;
    if (r->n_seen[lane] == r->room[lane]) {
        uint32_t room = r->room[lane] == 0 ? 64 : 2 * r->room[lane];
        r->seen[lane] = arena_grow(r->mem, r->seen[lane], r->room[lane] * sizeof(struct seen),
                                   room * sizeof(struct seen));
        r->room[lane] = room;
    }
    struct seen *s = &r->seen[lane][r->n_seen[lane]++];
    *s = (struct seen){.ready_ps = row->ready_ps,
                       .name = p->base[k].name,
                       .flow = p->base[k].flow,
                       .bytes = p->base[k].head.bytes,
                       .family = p->base[k].head.family,
                       .flags = p->base[k].head.flags};
    s->start_ps = s->ready_ps - (8 + s->bytes) * r->byte_ps;
    s->end_ps = s->ready_ps + 12 * r->byte_ps;
    s->dst[0] = s->family == IPV4 ? p->base[k].dst4 : p->dst6_hi[k];
    s->dst[1] = s->family == IPV4 ? 0 : p->dst6_lo[k];
    assert_int_equal(p->base[k].born_ps, row->ready_ps);
    assert_int_equal(p->base[k].head.ingress, r->slots[r->config.slot_index].first_port + lane);
    assert_int_equal(load_bytes(row->load), p->base[k].head.bytes);
    assert_int_equal(load_port(row->load), p->base[k].head.ingress);
}

/* Runs until end_ps in one window, in which every row must be new and due. */
static void run_to(struct rig *r, int64_t end_ps)
{
    r->batch.start_ps = r->batch.end_ps;
    r->batch.end_ps = end_ps;
    traffic_stage.process(r->state, &r->batch);
    for (uint32_t i = 0; i < 4; i++) {
        struct lane *lane = &r->lanes[i];
        while (lane->head != lane->tail) {
            struct row *row = lane->head++;
            assert_true(row->ready_ps >= r->batch.start_ps && row->ready_ps < end_ps);
            see(r, i, row);
            packet_free(&r->packets, row->packet);
        }
    }
    assert_true(traffic_stage.next_ps(r->state) >= end_ps);
    assert_int_equal(traffic_stage.n_held(r->state), 0);
}

static struct rig *rig_run(uint32_t slot_index, const struct stream_config *streams,
                           uint32_t n_streams, int64_t end_ps)
{
    struct rig *r = rig_open(slot_index, streams, n_streams, 1);
    assert_true(r->opened);
    run_to(r, end_ps);
    return r;
}

static const struct frame_mix one_size = {.n = 1, .bytes = {64}, .weight = {1}};
static const struct frame_mix imix = {.n = 3, .bytes = {64, 594, 1518}, .weight = {7, 4, 1}};

static void at_full_rate_the_wire_is_never_idle(void **state)
{
    (void)state;
    struct stream_config s = {.name = "a",
                              .n_ports = N_PORTS,
                              .ports = all_ports,
                              .rate = {RATE_LINE, 1000000},
                              .frames = imix,
                              .n_flows = 8,
                              ALWAYS};
    struct rig *r = rig_run(0, &s, 1, 10 * MS_PS);
    for (uint32_t k = 1; k < r->n_seen[2]; k++) {
        assert_int_equal(r->seen[2][k].start_ps, r->seen[2][k - 1].end_ps);
    }
    rig_close(r);
}

/* Three constant streams want more than the wire has; each frame is computed here anew: when it is
 * wanted, then in the order wanted, ties in stream order. */
static void streams_share_the_wire_in_the_order_wanted(void **state)
{
    (void)state;
    struct stream_config s[3] = {{.name = "x"}, {.name = "y"}, {.name = "z"}};
    uint64_t pps[3] = {500000, 500000, 200000};
    const uint32_t bytes[3] = {64, 700, 1518};
    int64_t phase_ps[3];
    for (uint32_t i = 0; i < 3; i++) {
        s[i].n_ports = 1;
        s[i].ports = all_ports;
        s[i].rate = (struct rate){RATE_PPS, pps[i]};
        s[i].frames = (struct frame_mix){.n = 1, .bytes = {(uint16_t)bytes[i]}, .weight = {1}};
        s[i].n_flows = 1;
        s[i].start_ps = 7000000;
        s[i].stop_ps = SIM_NEVER;
        struct rig *alone = rig_run(0, &s[i], 1, MS_PS);
        phase_ps[i] = alone->seen[0][0].start_ps;
        rig_close(alone);
    }
    /* Streams with one phase tie again and again. */
    for (uint32_t round = 0; round < 2; round++) {
        struct rig *r = rig_run(0, s, 3, 20 * MS_PS);
        int64_t wanted_ps[3], free_ps = 0;
        memcpy(wanted_ps, phase_ps, sizeof wanted_ps);
        for (uint32_t k = 0; k < r->n_seen[0]; k++) {
            uint32_t i = wanted_ps[1] < wanted_ps[0];
            i = wanted_ps[2] < wanted_ps[i] ? 2 : i;
            int64_t start_ps = wanted_ps[i] > free_ps ? wanted_ps[i] : free_ps;
            assert_int_equal(r->seen[0][k].start_ps, start_ps);
            assert_int_equal(r->seen[0][k].flow, i);
            free_ps = r->seen[0][k].end_ps;
            wanted_ps[i] += SECOND_PS / (int64_t)pps[i];
        }
        assert_true(r->n_seen[0] > 10000);
        rig_close(r);
        s[1].name = s[2].name = s[0].name;
        s[2].rate.value = pps[2] = pps[0];
        phase_ps[1] = phase_ps[2] = phase_ps[0];
    }
}

/* Every kind of arrival and size, two to four streams to a port. */
static const struct stream_config many[MAX_STREAMS] = {
    {.name = "a",
     .n_ports = 4,
     .ports = all_ports,
     .rate = {RATE_LINE, 400000},
     .frames = {.n = 3, .bytes = {64, 594, 1518}, .weight = {7, 4, 1}},
     .arrivals = ARRIVALS_POISSON,
     .n_flows = 41,
     ALWAYS},
    {.name = "b",
     .n_ports = 3,
     .ports = all_ports + 1,
     .rate = {RATE_PPS, 199999},
     .frames = {.n = 5, .bytes = {64, 64, 64, 1518, 9216}, .in_order = true},
     .n_flows = 3,
     .start_ps = 300000001,
     .stop_ps = 1700000003},
    {.name = "c",
     .n_ports = 2,
     .ports = all_ports + 2,
     .rate = {RATE_BPS, 2000000000},
     .frames = {.n = 1, .bytes = {128}, .weight = {1}},
     .arrivals = ARRIVALS_ON_OFF,
     .burst_frames = 9,
     .n_flows = 100,
     .family = IPV6,
     .stop_ps = 1000000000},
    {.name = "d",
     .n_ports = 1,
     .ports = all_ports + 3,
     .rate = {RATE_LINE, 900000},
     .frames = {.n = 2, .bytes = {64, 65}, .weight = {1, 1}},
     .arrivals = ARRIVALS_POISSON,
     .n_flows = 1,
     .other_mac = true,
     .start_ps = 1000000000,
     ALWAYS},
};

static void assert_same_frames(const struct rig *a, const struct rig *b, uint32_t lane)
{
    assert_int_equal(a->n_seen[lane], b->n_seen[lane]);
    for (uint32_t k = 0; k < a->n_seen[lane]; k++) {
        assert_memory_equal(&a->seen[lane][k], &b->seen[lane][k], sizeof(struct seen));
    }
}

static void windows_do_not_matter(void **state)
{
    (void)state;
    struct rig *once = rig_run(0, many, MAX_STREAMS, 2 * MS_PS);
    struct rng rng = rng_open(1, "test", "windows");
    for (uint32_t c = 0; c < 3; c++) {
        struct rig *r = rig_open(0, many, MAX_STREAMS, 1);
        assert_true(r->opened);
        /* Windows of 10 ns, less than any frame; of any length to 3 us; that end with the last bit
         * of every third frame of a port. */
        for (int64_t now = 0, i = 0; now < 2 * MS_PS; i++) {
            int64_t next = traffic_stage.next_ps(r->state);
            if (c == 0) {
                now += 10000;
            } else if (c == 1) {
                now += (int64_t)rng_below(rng_at(&rng, (uint64_t)i).a, 3000000);
            } else {
                now = 3 * i < once->n_seen[0] ? once->seen[0][3 * i].ready_ps : 2 * MS_PS;
            }
            uint64_t before = r->batch.n_created;
            run_to(r, now < 2 * MS_PS ? now : 2 * MS_PS);
            assert_int_equal(r->batch.n_created > before, next < r->batch.end_ps);
        }
        for (uint32_t lane = 0; lane < 4; lane++) {
            assert_same_frames(once, r, lane);
        }
        rig_close(r);
    }
    rig_close(once);
}

static void what_enters_elsewhere_does_not_matter(void **state)
{
    (void)state;
    struct stream_config elsewhere = many[0];
    elsewhere.name = "e";
    elsewhere.ports = all_ports + 2;
    elsewhere.n_ports = 6;
    struct stream_config two[2] = {many[0], elsewhere};
    struct rig *alone = rig_run(0, many, 1, MS_PS), *both = rig_run(0, two, 2, MS_PS);
    assert_same_frames(alone, both, 0);
    assert_same_frames(alone, both, 1);
    assert_true(both->n_seen[2] > alone->n_seen[2]);
    rig_close(both);
    /* Nor does it help to be the only one: another seed and another name give other frames. */
    both = rig_open(0, many, 1, 2);
    run_to(both, MS_PS);
    assert_int_not_equal(alone->seen[0][0].ready_ps, both->seen[0][0].ready_ps);
    rig_close(both);
    two[0].name = "A";
    both = rig_run(0, two, 1, MS_PS);
    assert_int_not_equal(alone->seen[0][0].ready_ps, both->seen[0][0].ready_ps);
    rig_close(both);
    rig_close(alone);
}

/* Names count from 0 on each port; never above line rate; each flow enters by its own port, has its
 * own destination, and flags and family of its stream; streams start and stop in time. */
static void frames_are_those_of_their_streams(void **state)
{
    (void)state;
    struct rig *r = rig_run(0, many, MAX_STREAMS, 2 * MS_PS);
    uint32_t n_of[MAX_STREAMS] = {0}, n_flow[41] = {0};
    uint64_t n = 0, bytes = 0;
    for (uint32_t lane = 0; lane < 4; lane++) {
        for (uint32_t k = 0; k < r->n_seen[lane]; k++, n++) {
            const struct seen *f = &r->seen[lane][k];
            uint32_t s = 0;
            while (f->flow >= r->flows.first[s + 1]) {
                s++;
            }
            const struct stream_config *stream = &many[s];
            uint32_t flow = f->flow - r->flows.first[s];
            n_of[s]++;
            bytes += f->bytes;
            if (s == 0) {
                n_flow[flow]++;
            }
            assert_int_equal(f->name, (uint64_t)lane << 40 | k);
            assert_true(k == 0 || f->start_ps >= f[-1].end_ps);
            assert_int_equal(stream->ports[flow % stream->n_ports], lane);
            assert_int_equal(f->family, stream->family);
            assert_int_equal(f->flags, stream->other_mac ? PACKET_NOT_ROUTED : 0);
            assert_int_equal(f->dst[0], f->family == IPV4 ? r->flows.dst4[f->flow]
                                                          : r->flows.dst6_hi[f->flow]);
            assert_true(f->family == IPV4 || f->dst[1] == r->flows.dst6_lo[f->flow]);
            assert_true(f->start_ps >= stream->start_ps && f->start_ps < stream->stop_ps);
        }
    }
    /* Stream b: 280 frames in its 1.4 ms on each of three ports, of which one is overloaded. */
    assert_in_range(n_of[1], 2 * 270, 3 * 281);
    for (uint32_t i = 0; i < 41; i++) { /* 11, 10, 10, 10 flows on four ports */
        double want = (double)n_of[0] / 4 / (i % 4 == 0 ? 11 : 10);
        assert_true(fabs(n_flow[i] - want) < 5 * sqrt(want) + 0.1 * want);
    }
    assert_true(n_of[2] > 1000 && n_of[3] > 1000);
    assert_int_equal(r->batch.n_created, n);
    assert_int_equal(r->batch.n_sent, n);

    struct report report;
    report_open(&report, r->mem);
    traffic_stage.show(r->state, 2 * MS_PS, &report);
    assert_int_equal(report_get(&report, "traffic 3", "frames", -1), n);
    assert_int_equal(report_get(&report, "traffic 3", "frame_bytes", -1), bytes);
    traffic_stage.mark(r->state, 2 * MS_PS);
    report_open(&report, r->mem);
    traffic_stage.show(r->state, 2 * MS_PS, &report);
    assert_int_equal(report_get(&report, "traffic 3", "frames", -1), 0);
    rig_close(r);
}

static void after_the_last_stop_nothing_is_due(void **state)
{
    (void)state;
    struct stream_config s = many[0];
    s.stop_ps = MS_PS;
    struct rig *r = rig_run(0, &s, 1, 2 * MS_PS);
    assert_int_equal(traffic_stage.next_ps(r->state), SIM_NEVER);
    rig_close(r);
    s.start_ps = MS_PS; /* nothing at all */
    r = rig_run(0, &s, 1, 2 * MS_PS);
    assert_int_equal(r->n_seen[0], 0);
    rig_close(r);
    r = rig_run(1, &s, 1, 2 * MS_PS); /* a slot without a port in the stream */
    assert_int_equal(traffic_stage.next_ps(r->state), SIM_NEVER);
    rig_close(r);
}

static void assert_refused(const struct stream_config *s, const char *words)
{
    struct rig *r = rig_open(0, s, 1, 1);
    assert_false(r->opened);
    assert_int_equal(r->err.n_messages, 1);
    assert_non_null(strstr(r->err.text, words));
    rig_close(r);
}

static void rates_without_end_are_refused(void **state)
{
    (void)state;
    struct stream_config s = {.name = "slow",
                              .n_ports = N_PORTS,
                              .ports = all_ports,
                              .rate = {RATE_PPS, 0},
                              .frames = one_size,
                              .n_flows = 8,
                              ALWAYS};
    assert_refused(&s, "stream slow: its rate leaves gaps of 1000 s and more");
    s.rate = (struct rate){RATE_BPS, 1};
    s.frames.bytes[0] = 125; /* 1000 s */
    assert_refused(&s, "slow");
    s.frames.bytes[0] = 124;
    rig_close(rig_run(0, &s, 1, SECOND_PS));
    s.arrivals = ARRIVALS_ON_OFF;
    s.burst_frames = 4000000000;
    s.rate = (struct rate){RATE_PPS, 1};
    assert_refused(&s, "slow");
}

static void a_port_of_odd_speed_is_refused(void **state)
{
    (void)state;
    struct rig *r = rig_open(0, many, 1, 1);
    r->cards[0].asics[0].port_bps = 7000000000;
    assert_false(traffic_stage.open(r->state, &r->config, r->mem, &r->err));
    assert_non_null(strstr(r->err.text, "ten"));
    rig_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_full_rate_the_wire_is_never_idle),
        cmocka_unit_test(streams_share_the_wire_in_the_order_wanted),
        cmocka_unit_test(windows_do_not_matter),
        cmocka_unit_test(what_enters_elsewhere_does_not_matter),
        cmocka_unit_test(frames_are_those_of_their_streams),
        cmocka_unit_test(after_the_last_stop_nothing_is_due),
        cmocka_unit_test(rates_without_end_are_refused),
        cmocka_unit_test(a_port_of_odd_speed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
