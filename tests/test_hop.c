/* test_hop.c - when a hop hands a frame on, and what that makes of latency against frame size: the
 * slope of a run is the sum of the serialisations of its hops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "models/chassis.h"
#include "models/hop.h"
#include "sim/histogram.h"
#include "sim/report.h"
#include "tests/scenario_files.h"

#define GBPS 1000000000ull

static void a_frame_is_handed_on_without_a_gap(void **state)
{
    (void)state;
    /* 1518 bytes at 20 Gb/s: 607.2 ns, its first 64 bytes 25.6 ns. */
    const uint64_t bits = 1518 * 8;
    const int64_t start = 1000, end = start + 607200;
    /* A slower next hop begins with the header, a faster one so that it ends with the frame. */
    assert_int_equal(hop_cut_through_ps(start, end, bits, 20 * GBPS, GBPS), start + 25600);
    assert_int_equal(hop_cut_through_ps(start, end, bits, 20 * GBPS, 60 * GBPS), end - 202400);
    /* Much faster: when the frame is there, never before its header. */
    assert_int_equal(hop_cut_through_ps(start, end, bits, 20 * GBPS, 20000 * GBPS), end - 607);
    /* The smallest frame is all header. */
    assert_int_equal(hop_cut_through_ps(0, 25600, 512, 20 * GBPS, GBPS), 25600);
}

static void in_order_whatever_the_frames(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {9216, 64, 1518, 65, 9216, 64, 64, 2000};
    static const uint64_t next_bps[] = {GBPS, 7 * (GBPS / 2), 40 * GBPS, 10000 * GBPS};
    int64_t before = 0, free_ps = 0;

    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int64_t end = free_ps + hop_time_ps(sizes[i] * 8, 8 * GBPS);
        int64_t ready = hop_cut_through_ps(free_ps, end, sizes[i] * 8, 8 * GBPS, next_bps[i % 4]);
        assert_true(ready >= before && ready >= free_ps && ready <= end);
        before = ready;
        free_ps = end;
    }
}

/* The latency of single frames of a size, from one card to another. */
static int64_t latency_ps(const char *hops, unsigned bytes)
{
    struct arena *run = arena_open();
    struct scenario s;
    struct error err = {0};
    struct report r;
    char frames[60];

    snprintf(frames, sizeof frames, "traffic[0].frames=%uB", bytes);
    load(&s, base, frames, "traffic[0].from=1/1", "traffic[0].egress=2/1", "traffic[0].flows=1",
         "traffic[0].rate=100kpps", "traffic[0].arrivals=constant", hops, NULL);
    struct chassis *c = chassis_open(&s.config, NULL, run, &err);
    assert_non_null(c);
    chassis_run(c, NULL, NULL);
    report_open(&r, run);
    chassis_report(c, &r);
    const struct histogram *h = report_get_histogram(&r, "run", "latency");
    assert_true(h != NULL && h->n > 0);
    int64_t most = (int64_t)h->max;
    chassis_close(c);
    arena_close(run);
    return most;
}

static void assert_slope(const char *hops, double ps_per_byte)
{
    int64_t difference = latency_ps(hops, 1518) - latency_ps(hops, 128);

    assert_true((double)difference > (1518 - 128) * ps_per_byte - 10);
    assert_true((double)difference < (1518 - 128) * ps_per_byte + 10);
}

static void the_slope_is_the_sum_of_the_hops(void **state)
{
    (void)state;
    /* 20 Gb/s up, 60 through the crossbar, 20 down. */
    assert_slope("assume={}", 400 + 400 / 3. + 400);
    assert_slope("assume={hop_crossbar: cut-through}", 400 + 400);
    /* The faster crossbar must not run out of frame: all but its own time. */
    assert_slope("assume={hop_uplink: cut-through}", 400 - 400 / 3. + 400 / 3. + 400);
    assert_slope("assume={hop_uplink: cut-through, hop_crossbar: cut-through}",
                 400 - 400 / 3. + 400);
    assert_slope(
        "assume={hop_uplink: cut-through, hop_crossbar: cut-through, hop_downlink: cut-through}",
        400 - 400 / 3.);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_handed_on_without_a_gap),
        cmocka_unit_test(in_order_whatever_the_frames),
        cmocka_unit_test(the_slope_is_the_sum_of_the_hops),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
