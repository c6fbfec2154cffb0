/* test_limiter.c - a rate limiter against a plain count of its tokens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "models/limiter.h"
#include "sim/rng.h"

#define SECOND_PS 1000000000000

__extension__ typedef __int128 wide;

/* The first `burst` pass; from then on one each period, if it comes. */
static void a_steady_stream_is_cut_to_the_rate(void **state)
{
    (void)state;
    struct limiter l;
    limiter_open(&l, 10000, 10);
    for (int64_t i = 0; i < 1000000; i++) { /* 1 Mpps for a second */
        bool pass = limiter_pass(&l, i * 1000000);
        if (i < 10) {
            assert_true(pass);
        }
    }
    assert_int_equal(l.n_passed, 10 + 9999); /* the token of the last instant comes after it */
    assert_int_equal(l.n_refused, 1000000 - l.n_passed);
}

static void a_token_comes_to_the_picosecond(void **state)
{
    (void)state;
    struct limiter l;
    limiter_open(&l, 3, 1); /* every 333,333,333,333 1/3 ps */
    assert_true(limiter_pass(&l, 0));
    assert_false(limiter_pass(&l, SECOND_PS / 3));
    assert_true(limiter_pass(&l, SECOND_PS / 3 + 1));
    assert_false(
        limiter_pass(&l, 2 * (SECOND_PS / 3) + 1)); /* 2/3 of a ps early; it was 2/3 late */
    assert_true(limiter_pass(&l, 2 * (SECOND_PS / 3) + 2));
}

/* Tokens as an exact fraction, over as many more bits as it takes. */
static void random_packets_as_in_exact_arithmetic(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct rng rng = rng_open(seed, "test", "limiter");
        struct rng_draw draw = rng_at(&rng, 0);
        uint64_t rate = 1 + draw.a % 1000000000, burst = 1 + draw.b % (seed % 2 == 0 ? 3 : 1000000);
        struct limiter l;
        limiter_open(&l, rate, burst);
        wide full = (wide)burst * SECOND_PS, tokens = full;
        int64_t now_ps = 0;
        for (uint64_t i = 1; i < 2000; i++) {
            draw = rng_at(&rng, i);
            int64_t gap_ps = (int64_t)(draw.a % (3 * SECOND_PS / rate + 1));
            gap_ps = draw.b % 500 == 0 ? SECOND_PS * 1000 : gap_ps;
            now_ps += gap_ps;
            tokens += (wide)gap_ps * rate;
            tokens = tokens < full ? tokens : full;
            bool pass = tokens >= SECOND_PS;
            tokens -= pass ? SECOND_PS : 0;
            assert_int_equal(limiter_pass(&l, now_ps), pass);
        }
    }
}

static void without_a_rate_all_pass(void **state)
{
    (void)state;
    struct limiter l;
    limiter_open(&l, 0, 1);
    for (uint64_t i = 0; i < 100; i++) {
        assert_true(limiter_pass(&l, 0));
    }
    assert_int_equal(l.n_passed, 100);
}

static int exit_code(uint64_t burst, int64_t then_ps)
{
    pid_t child = fork();
    if (child == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        struct limiter l;
        limiter_open(&l, 1000, burst);
        limiter_pass(&l, 10);
        limiter_pass(&l, then_ps);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void broken_rules_stop_the_program(void **state)
{
    (void)state;
    assert_int_equal(exit_code(1, 10), 0);
    assert_int_equal(exit_code(1, 9), 3);
    assert_int_equal(exit_code(0, 10), 3);
    assert_int_equal(exit_code(LIMITER_MOST_BURST + 1, 10), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_steady_stream_is_cut_to_the_rate),
        cmocka_unit_test(a_token_comes_to_the_picosecond),
        cmocka_unit_test(random_packets_as_in_exact_arithmetic),
        cmocka_unit_test(without_a_rate_all_pass),
        cmocka_unit_test(broken_rules_stop_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
