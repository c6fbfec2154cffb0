/* test_policer.c - policers against the vendor's worked example and a plain loop over intervals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "models/policer.h"
#include "sim/rng.h"

#define INTERVAL_PS 250000000

static bool conforms_at(struct policer_bucket *b, int64_t now_ps, uint32_t bytes)
{
    return policer_take(b, now_ps, bytes) == COLOUR_CONFORMS;
}

/* 10 Mbit/s, 5,000 bytes; 100 Mbit/s of 64-byte frames, so one every 5.12 us, received by the end
 * of that. [QOS-WP] p54 says how many of each interval conform, and how many tokens are left; what
 * it prints as 2,946 is 456 + 2,500. */
static void the_worked_example(void **state)
{
    (void)state;
    static const uint64_t conform[] = {48, 35, 4, 5, 5, 5, 5};
    static const uint64_t first_tokens[] = {40000, 17924, 2504, 2956, 2896, 2836, 2776};
    struct policer_bucket p;
    policer_open(&p, 10000000, 5000);
    for (uint64_t interval = 0, frame = 1; interval < 7; interval++) {
        uint64_t n = 0;
        for (; frame * 5120000 < (interval + 1) * INTERVAL_PS; frame++) {
            bool conforms = conforms_at(&p, (int64_t)(frame * 5120000), 64);
            /* The first ones of an interval, as long as there are tokens. */
            assert_int_equal(conforms, n < conform[interval]);
            n += conforms;
            assert_int_equal(p.committed.held / 4000, first_tokens[interval] - n * 512);
        }
        assert_int_equal(n, conform[interval]);
    }
}

/* Also one whose share of an interval is no whole number of bits. */
static void the_rate_is_exact(void **state)
{
    (void)state;
    struct policer_bucket p;
    policer_open(&p, 32769, 9000);
    uint64_t n_bytes = 0;
    for (int64_t i = 0; i < 1000000; i++) { /* 100 seconds */
        n_bytes += conforms_at(&p, i * 100000000, 1);
    }
    /* All of the burst and of the fillings but the last, if the frames find the tokens. */
    assert_int_equal(n_bytes, (9000 * 8 + 32769ull * 399999 / 4000) / 8);
}

static void a_burst_below_one_interval_starves_it(void **state)
{
    (void)state;
    struct policer_bucket p;
    policer_open(&p, 100000000, 1500); /* 3,125 bytes an interval */
    uint64_t n_packets = 0;
    for (int64_t i = 0; i < 100000; i++) {
        n_packets += conforms_at(&p, i * 2500000, 500);
    }
    assert_int_equal(n_packets, 1000 * 3);
    policer_open(&p, 100000000, 1499);
    assert_false(conforms_at(&p, 0, 1500)); /* never */
    assert_false(conforms_at(&p, INTERVAL_PS * 1000ll, 1500));
    assert_true(conforms_at(&p, INTERVAL_PS * 1000ll, 1499));
}

static void random_frames_as_in_a_loop(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct rng rng = rng_open(seed, "test", "policer");
        struct rng_draw draw = rng_at(&rng, 0);
        uint64_t rate = 1 + draw.a % (seed % 3 == 0 ? 10000000000 : 50000000);
        uint64_t burst = 1 + draw.b % 20000, tokens = burst * 8 * 4000;
        uint64_t interval = 0;
        int64_t now_ps = 0;
        struct policer_bucket p;
        policer_open(&p, rate, burst);
        for (uint64_t i = 1; i < 1000; i++) {
            draw = rng_at(&rng, i);
            now_ps += (int64_t)(draw.a % (draw.b % 10 == 0 ? 5 * INTERVAL_PS : INTERVAL_PS / 20));
            for (; interval < (uint64_t)now_ps / INTERVAL_PS; interval++) {
                tokens += rate;
                tokens = tokens < burst * 32000 ? tokens : burst * 32000;
            }
            uint32_t bytes = 64 + (uint32_t)(draw.b % 1455);
            bool conforms = tokens >= bytes * 32000ull;
            tokens -= conforms ? bytes * 32000ull : 0;
            assert_int_equal(conforms_at(&p, now_ps, bytes), conforms);
        }
    }
}

/* Offered 40 Mbit/s: 10 conform, 10 more exceed, the rest violates; both buckets exact. */
static void a_peak_makes_three_colours(void **state)
{
    (void)state;
    struct policer_bucket p;
    uint64_t n[POLICER_N_COLOURS] = {0};
    policer_open(&p, 10000000, 1000);
    policer_open_peak(&p, 20000000, 2000);
    for (int64_t i = 0; i < 400000; i++) { /* 100 bytes every 20 us: 8 s */
        n[policer_take(&p, i * 20000000, 100)]++;
    }
    uint64_t n_fillings = 31999, peak_bytes = 2000 + n_fillings * 625;
    assert_in_range(n[COLOUR_CONFORMS] + n[COLOUR_EXCEEDS], peak_bytes / 100 - 1, peak_bytes / 100);
    /* A bucket of 1000 bytes: nothing of its fillings of 312.5 is lost. */
    assert_in_range(n[COLOUR_CONFORMS] * 200, 2000 + n_fillings * 625 - 400,
                    2000 + n_fillings * 625);
    assert_int_equal(n[COLOUR_VIOLATES], 400000 - n[COLOUR_CONFORMS] - n[COLOUR_EXCEEDS]);
}

static void what_violates_takes_nothing(void **state)
{
    (void)state;
    struct policer_bucket p;
    policer_open(&p, 1000, 500);
    policer_open_peak(&p, 1000, 600);
    assert_int_equal(policer_take(&p, 0, 601), COLOUR_VIOLATES);
    assert_int_equal(policer_take(&p, 0, 400), COLOUR_CONFORMS);
    assert_int_equal(policer_take(&p, 0, 101), COLOUR_EXCEEDS); /* takes from the peak */
    assert_int_equal(policer_take(&p, 0, 100), COLOUR_VIOLATES);
    assert_int_equal(policer_take(&p, 0, 99), COLOUR_CONFORMS);
}

static void a_pfc4_has_more(void **state)
{
    (void)state;
    assert_int_equal(policer_most(2), 1023);
    assert_int_equal(policer_most(3), 1023);
    assert_int_equal(policer_most_rates(3), 63);
    assert_int_equal(policer_most(4), 16384);
    assert_int_equal(policer_most_rates(4), 512);
}

static void rates_have_steps(void **state)
{
    (void)state;
    static const uint64_t rates[][2] = {
        {32000, 32768},
        {1, 32768},
        {49151, 32768},
        {49152, 65536},
        {2097152, 2097152},
        {2097153, 2097152},
        {2130000, 2162688},
        {4194304, 4194304},
        {4194304 + 70000, 4325376},
        {8388609, 8388608},
        {10000000, 9961472},
        {100000000, 100663296},
        {33554432, 33554432},
        {67108864, 67108864},
        {1000000000, 1006632960},
        {10000000000, 9932111872},
    };
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        assert_int_equal(policer_hardware_bps(rates[i][0]), rates[i][1]);
        assert_int_equal(policer_hardware_bps(rates[i][1]), rates[i][1]);
    }
}

static int exit_code(uint64_t rate_bps, int64_t then_ps)
{
    pid_t child = fork();
    if (child == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        struct policer_bucket p;
        policer_open(&p, rate_bps, 1000);
        conforms_at(&p, INTERVAL_PS, 64);
        conforms_at(&p, then_ps, 64);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void broken_rules_stop_the_program(void **state)
{
    (void)state;
    assert_int_equal(exit_code(1000, INTERVAL_PS), 0);
    assert_int_equal(exit_code(1000, INTERVAL_PS - 1), 3);
    assert_int_equal(exit_code(0, INTERVAL_PS), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example),
        cmocka_unit_test(the_rate_is_exact),
        cmocka_unit_test(a_burst_below_one_interval_starves_it),
        cmocka_unit_test(random_frames_as_in_a_loop),
        cmocka_unit_test(a_peak_makes_three_colours),
        cmocka_unit_test(what_violates_takes_nothing),
        cmocka_unit_test(a_pfc4_has_more),
        cmocka_unit_test(rates_have_steps),
        cmocka_unit_test(broken_rules_stop_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
