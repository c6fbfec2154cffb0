/* test_histogram.c - buckets cover everything once; quantiles agree with a sorted array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/histogram.h"
#include "sim/rng.h"

static void buckets_follow_each_other(void **state)
{
    (void)state;
    assert_int_equal(histogram_bucket_low(0), 0);
    for (uint32_t b = 0; b < HISTOGRAM_N_BUCKETS; b++) {
        uint64_t low = histogram_bucket_low(b), high = histogram_bucket_high(b);
        assert_true(low < high);
        assert_int_equal(histogram_bucket(low), b);
        assert_int_equal(histogram_bucket(high - 1), b);
        if (b + 1 < HISTOGRAM_N_BUCKETS) {
            assert_int_equal(histogram_bucket(high), b + 1);
            assert_int_equal(high, histogram_bucket_low(b + 1));
        }
    }
    assert_int_equal(histogram_bucket(127), 127);
    assert_int_equal(histogram_bucket(UINT64_MAX), HISTOGRAM_N_BUCKETS - 1);
}

/* Of any size: random bits, shifted by a random number of places. */
static uint64_t random_value(const struct rng *rng, uint64_t counter)
{
    struct rng_draw draw = rng_at(rng, counter);
    return draw.a >> rng_below(draw.b, 64);
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

static void assert_close(uint64_t reported, uint64_t recorded)
{
    __extension__ typedef unsigned __int128 wide;
    if ((wide)distance(reported, recorded) * 1000000 >
        (wide)recorded * HISTOGRAM_RELATIVE_ERROR_PPM) {
        fail_msg("%ju is too far from %ju", (uintmax_t)reported, (uintmax_t)recorded);
    }
}

/* Two values at the ends of the range keep the median out of reach of the clamp. */
static void a_value_is_reported_within_the_error(void **state)
{
    (void)state;
    struct rng rng = rng_open(1, "test", "error");
    struct histogram *h = calloc(1, sizeof *h);
    for (uint64_t i = 0; i < 10000; i++) {
        uint64_t value = random_value(&rng, i);
        if (i % 2 == 0) { /* the lower end of its bucket is where the error is largest */
            value = histogram_bucket_low(histogram_bucket(value));
        }
        histogram_reset(h);
        histogram_record(h, UINT64_MAX);
        histogram_record(h, value);
        histogram_record(h, 0);
        assert_close(histogram_quantile(h, 500000), value);
    }
    free(h);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void assert_quantiles(const struct histogram *h, uint64_t *values, uint64_t n)
{
    const uint32_t asked[] = {0, 1, 1000, 250000, 500000, 900000, 990000, 999000, 999999, 1000000};
    qsort(values, n, sizeof *values, by_value);
    assert_int_equal(h->n, n);
    assert_int_equal(h->min, values[0]);
    assert_int_equal(h->max, values[n - 1]);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        uint64_t rank = (n * asked[i] + 999999) / 1000000;
        uint64_t value = values[rank == 0 ? 0 : rank - 1];
        uint64_t reported = histogram_quantile(h, asked[i]);
        assert_int_equal(histogram_bucket(reported), histogram_bucket(value));
        assert_in_range(reported, values[0], values[n - 1]);
        assert_close(reported, value);
    }
    assert_int_equal(histogram_quantile(h, 1000000), values[n - 1]);
}

static void quantiles_agree_with_a_sorted_array(void **state)
{
    (void)state;
    enum { MOST = 2000 };
    struct rng rng = rng_open(2, "test", "quantiles");
    struct histogram *h = calloc(1, sizeof *h), *whole = calloc(1, sizeof *whole);
    uint64_t *values = calloc(2 * MOST, sizeof *values);
    for (uint64_t round = 0; round < 60; round++) {
        uint64_t n = 1 + rng_below(rng_at(&rng, round).a, round < 20 ? 10 : MOST);
        uint64_t spread = rng_below(rng_at(&rng, round).b, 50);
        uint64_t least = rng_below(rng_at(&rng, round).b << 8, 1 << 20);
        uint64_t sum = 0;
        histogram_reset(h);
        histogram_reset(whole);
        for (uint64_t i = 0; i < 2 * n; i++) {
            values[i] = random_value(&rng, 1000000 * (round + 1) + i) >> spread | least;
            histogram_record(i < n ? h : whole, values[i]);
            sum += values[i];
        }
        histogram_merge(whole, h);
        assert_int_equal(whole->sum, sum);
        assert_quantiles(whole, values, 2 * n);
    }
    free(values);
    free(whole);
    free(h);
}

/* The bucket from 1024 to 1039 has its middle at 1032. */
static void a_middle_outside_the_values_is_not_reported(void **state)
{
    (void)state;
    const uint64_t alone[] = {1024, 1031, 1032, 1033, 1039};
    struct histogram *h = calloc(1, sizeof *h);
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) {
        histogram_reset(h);
        histogram_record(h, alone[i]);
        assert_int_equal(histogram_quantile(h, 0), alone[i]);
        assert_int_equal(histogram_quantile(h, 500000), alone[i]);
    }
    histogram_record(h, 1024);
    assert_int_equal(histogram_quantile(h, 500000), 1032);
    free(h);
}

static void merging_with_nothing_changes_nothing(void **state)
{
    (void)state;
    struct histogram *h = calloc(1, sizeof *h), *empty = calloc(1, sizeof *empty);
    assert_int_equal(histogram_quantile(h, 500000), 0);
    assert_int_equal(histogram_quantile(h, 1000000), 0);
    histogram_record(h, 1000);
    histogram_record(h, 3000);
    histogram_merge(h, empty);
    assert_int_equal(h->min, 1000);
    histogram_merge(empty, h);
    assert_int_equal(empty->min, 1000);
    assert_int_equal(empty->max, 3000);
    assert_int_equal(empty->n, 2);
    histogram_reset(empty);
    assert_int_equal(empty->n, 0);
    assert_int_equal(histogram_quantile(empty, 990000), 0);
    free(empty);
    free(h);
}

/* n * ppm does not fit 64 bits here. */
static void counts_may_be_large(void **state)
{
    (void)state;
    struct histogram *h = calloc(1, sizeof *h);
    const uint64_t most = (uint64_t)1 << 60;
    *h = (struct histogram){.n = most + most / 100, .min = 10, .max = 20};
    h->buckets[10] = most;
    h->buckets[20] = most / 100;
    assert_int_equal(histogram_quantile(h, 500000), 10);
    assert_int_equal(histogram_quantile(h, 990099), 10);
    assert_int_equal(histogram_quantile(h, 990100), 20);
    free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_follow_each_other),
        cmocka_unit_test(a_value_is_reported_within_the_error),
        cmocka_unit_test(quantiles_agree_with_a_sorted_array),
        cmocka_unit_test(a_middle_outside_the_values_is_not_reported),
        cmocka_unit_test(merging_with_nothing_changes_nothing),
        cmocka_unit_test(counts_may_be_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
