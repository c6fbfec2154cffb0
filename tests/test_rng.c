/* test_rng.c - the streams are Random123's, apart from each other, and rightly distributed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <Random123/threefry.h>
#include <math.h>

#include "sim/rng.h"

/* Against the library, called here in its own right, at every length up to several vectors. */
static void filling_equals_random123(void **state)
{
    (void)state;
    struct rng rng = rng_open(7, "traffic", "arrivals");
    threefry2x64_key_t key = {{rng.key[0], rng.key[1]}};
    for (uint32_t n = 0; n < 70; n++) {
        struct rng_draw draws[71] = {{0, 0}};
        uint64_t first = UINT64_MAX - 20 + n; /* counters wrap */
        rng_fill(&rng, first, n, draws);
        for (uint32_t i = 0; i < n; i++) {
            threefry2x64_ctr_t want = threefry2x64_R(13, (threefry2x64_ctr_t){{first + i, 0}}, key);
            assert_int_equal(draws[i].a, want.v[0]);
            assert_int_equal(draws[i].b, want.v[1]);
            struct rng_draw one = rng_at(&rng, first + i);
            assert_int_equal(one.a, want.v[0]);
            assert_int_equal(one.b, want.v[1]);
        }
        assert_int_equal(draws[n].a, 0);
        assert_int_equal(draws[n].b, 0);
    }
}

/* The first line of threefry2x64-13 in Random123's file kat_vectors. */
static void the_known_answer_is_given(void **state)
{
    (void)state;
    struct rng_draw draw = rng_at(&(struct rng){{0, 0}}, 0);
    assert_int_equal(draw.a, 0xf167b032c3b480bd);
    assert_int_equal(draw.b, 0xe91f9fee4b7a6fb5);
}

static int by_key(const void *a, const void *b)
{
    uint64_t x = ((const struct rng *)a)->key[1], y = ((const struct rng *)b)->key[1];
    return (x > y) - (x < y);
}

static void every_name_is_a_stream_of_its_own(void **state)
{
    (void)state;
    enum { STAGES = 300, STREAMS = 30 };
    static struct rng rngs[STAGES * STREAMS];
    for (int i = 0; i < STAGES * STREAMS; i++) {
        char stage[20], stream[20];
        snprintf(stage, sizeof stage, "port %d", i / STREAMS);
        snprintf(stream, sizeof stream, "%d", i % STREAMS);
        rngs[i] = rng_open(1, stage, stream);
    }
    qsort(rngs, STAGES * STREAMS, sizeof *rngs, by_key);
    for (int i = 1; i < STAGES * STREAMS; i++) {
        assert_int_not_equal(rngs[i - 1].key[1], rngs[i].key[1]);
    }
    struct rng ab_c = rng_open(1, "ab", "c"), a_bc = rng_open(1, "a", "bc");
    assert_int_not_equal(ab_c.key[1], a_bc.key[1]);
    struct rng other_seed = rng_open(2, "ab", "c");
    assert_int_not_equal(rng_at(&ab_c, 0).a, rng_at(&other_seed, 0).a);
}

/* Every golden result hangs on these: they change only on purpose. */
static void streams_stay_what_they_are(void **state)
{
    (void)state;
    struct rng rng = rng_open(42, "traffic", "arrivals");
    uint64_t sum = 0;
    for (uint64_t i = 0; i < 100000; i++) {
        struct rng_draw draw = rng_at(&rng, i);
        sum = sum * 31 + rng_exponential(draw.a >> i % 64) + rng_below(draw.b, i + 1);
    }
    assert_int_equal(rng.key[0], 42);
    assert_int_equal(rng.key[1], 0x1d734c55a7a3b256);
    assert_int_equal(rng_at(&rng, 0).a, 0x8914025e93a92e53);
    assert_int_equal(sum, 0xf0fe222bb9e6cb7d);
}

/* Chi-square of n bins, in standard deviations from its mean. */
static double chi_square_score(const uint32_t *bins, uint32_t n, double n_draws)
{
    double sum = 0, expected = n_draws / n;
    for (uint32_t i = 0; i < n; i++) {
        sum += (bins[i] - expected) * (bins[i] - expected) / expected;
    }
    return (sum - (n - 1)) / sqrt(2.0 * (n - 1));
}

static void numbers_below_n_are_uniform(void **state)
{
    (void)state;
    enum { N = 1000, DRAWS = 400000 };
    static uint32_t bins_a[N], bins_b[N];
    struct rng rng = rng_open(3, "test", "below");
    for (uint64_t i = 0; i < DRAWS; i++) {
        struct rng_draw draw = rng_at(&rng, i);
        bins_a[rng_below(draw.a, N)]++;
        bins_b[rng_below(draw.b, N)]++;
    }
    assert_true(fabs(chi_square_score(bins_a, N, DRAWS)) < 3.3);
    assert_true(fabs(chi_square_score(bins_b, N, DRAWS)) < 3.3);
    assert_int_equal(rng_below(0, 7), 0);
    assert_int_equal(rng_below(UINT64_MAX, 7), 6);
    assert_int_equal(rng_below(UINT64_MAX, 1), 0);
    assert_int_equal(rng_below(UINT64_MAX, UINT64_MAX), UINT64_MAX - 1);
}

static void assert_logarithm(uint64_t bits)
{
    long double want = 64 * logl(2) - logl((long double)bits + 1);
    long double is = ldexpl((long double)rng_exponential(bits), -32);
    if (fabsl(is - want) > 0x1p-28L) {
        fail_msg("%#jx: %.12Lf, libm has %.12Lf", (uintmax_t)bits, is, want);
    }
}

static void the_exponential_is_a_logarithm(void **state)
{
    (void)state;
    struct rng rng = rng_open(4, "test", "logarithm");
    for (uint64_t i = 0; i < 300000; i++) {
        assert_logarithm(rng_at(&rng, i).a >> i % 64);
    }
    for (uint64_t shift = 0; shift < 64; shift++) { /* both sides of every edge in the table */
        for (uint64_t edge = 32; edge < 64; edge++) {
            uint64_t bits = edge << 58 >> shift;
            assert_logarithm(bits - 2);
            assert_logarithm(bits - 1);
            assert_logarithm(bits);
        }
    }
    assert_logarithm(0);
    assert_logarithm(UINT64_MAX - 1);
    assert_int_equal(rng_exponential(UINT64_MAX), 0);
}

/* Standard errors: of the mean 1/sqrt(n), of the variance sqrt(8/n); 64 bins of equal chance. */
static void the_exponential_is_distributed_as_one(void **state)
{
    (void)state;
    enum { N = 1000000, BINS = 64 };
    struct rng rng = rng_open(5, "test", "exponential");
    uint32_t bins[BINS] = {0};
    double sum = 0, squares = 0;
    for (uint64_t i = 0; i < N; i++) {
        double x = ldexp((double)rng_exponential(rng_at(&rng, i).a), -32);
        sum += x;
        squares += (x - 1) * (x - 1);
        int bin = (int)(BINS * exp(-x));
        bins[bin < BINS ? bin : BINS - 1]++;
    }
    assert_true(fabs(sum / N - 1) < 3.3 / sqrt(N));
    assert_true(fabs(squares / N - 1) < 3.3 * sqrt(8.0 / N));
    assert_true(fabs(chi_square_score(bins, BINS, N)) < 3.3);
}

/* A block of deviates is what they are one by one. */
static void exponentials_can_be_had_by_the_block(void **state)
{
    (void)state;
    struct rng rng = rng_open(1, "test", "block");
    struct rng_draw draws[100];
    uint64_t deviates[100];
    rng_fill(&rng, 0, 100, draws);
    for (uint32_t i = 0; i < 64; i++) { /* every number of leading zeros, and the ends */
        draws[i].a >>= i;
    }
    draws[64].a = 0;
    draws[65].a = UINT64_MAX;
    for (uint32_t n = 0; n < 100; n++) {
        deviates[n] = 1;
        rng_exponential_fill(draws, n, deviates);
        assert_int_equal(deviates[n], 1);
        for (uint32_t i = 0; i < n; i++) {
            assert_int_equal(deviates[i], rng_exponential(draws[i].a));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filling_equals_random123),
        cmocka_unit_test(the_known_answer_is_given),
        cmocka_unit_test(every_name_is_a_stream_of_its_own),
        cmocka_unit_test(streams_stay_what_they_are),
        cmocka_unit_test(numbers_below_n_are_uniform),
        cmocka_unit_test(the_exponential_is_a_logarithm),
        cmocka_unit_test(the_exponential_is_distributed_as_one),
        cmocka_unit_test(exponentials_can_be_had_by_the_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
