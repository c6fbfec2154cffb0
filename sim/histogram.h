/* histogram.h - log-linear histogram of non-negative 64-bit values.
 *
 *   value 0..127: one bucket each; above, every power of two is cut into 64 equal buckets.
 *
 * A bucket is reported by its middle, so a reported value differs from a recorded one by at most
 * 1/128 = 0.78 % of it (HISTOGRAM_RELATIVE_ERROR_PPM). Minimum, maximum and sum are exact (the
 * sum modulo 2^64: 1 ms in ps may be recorded 10^10 times).
 */
#ifndef SIM_HISTOGRAM_H
#define SIM_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 6
#define HISTOGRAM_N_BUCKETS ((65 - HISTOGRAM_SUB_BITS) << HISTOGRAM_SUB_BITS)
#define HISTOGRAM_RELATIVE_ERROR_PPM 7813

struct histogram {
    uint64_t n;
    uint64_t sum;
    uint64_t min; /* valid when n > 0 */
    uint64_t max;
    uint64_t buckets[HISTOGRAM_N_BUCKETS];
};

static inline uint32_t histogram_bucket(uint64_t value)
{
    int shift = 63 - HISTOGRAM_SUB_BITS - __builtin_clzll(value | (1ull << HISTOGRAM_SUB_BITS));
    return ((uint32_t)shift << HISTOGRAM_SUB_BITS) + (uint32_t)(value >> shift);
}

/* Counts values in their buckets, and nothing else. Another spelling of histogram_bucket(), with
 * fewer steps: each value is shifted up until its leading one, if that is bit 6 or above, is the
 * top bit, so that what counts is always in the same place. */
static inline void histogram_count(struct histogram *h, const int64_t *values, uint32_t n)
{
    const int down = 63 - HISTOGRAM_SUB_BITS;
    uint64_t *last_row = &h->buckets[down << HISTOGRAM_SUB_BITS];

#pragma GCC unroll 8
    for (uint32_t i = 0; i < n; i++) {
        uint64_t value = (uint64_t)values[i];
        int64_t zeros = __builtin_clzll(value | (1ull << HISTOGRAM_SUB_BITS));
        last_row[(int64_t)(value << zeros >> down) - (zeros << HISTOGRAM_SUB_BITS)]++;
    }
}

/* Records the same value n times. */
static inline void histogram_record_many(struct histogram *h, uint64_t value, uint64_t n)
{
    if (n == 0) {
        return;
    }
    h->min = h->n == 0 || value < h->min ? value : h->min;
    h->max = value > h->max ? value : h->max;
    h->buckets[histogram_bucket(value)] += n;
    h->n += n;
    h->sum += value * n;
}

static inline void histogram_record(struct histogram *h, uint64_t value)
{
    histogram_record_many(h, value, 1);
}

void histogram_reset(struct histogram *h);
void histogram_merge(struct histogram *into, const struct histogram *from);

/* The least bucket middle such that at least ppm/1e6 of the values are in buckets up to it,
 * clamped to [min, max]; 0 when empty. ppm = 1000000 gives max exactly. */
uint64_t histogram_quantile(const struct histogram *h, uint32_t ppm);

/* Bounds of a bucket: values v with low <= v < high; the last one also holds its high, 2^64 - 1. */
uint64_t histogram_bucket_low(uint32_t bucket);
uint64_t histogram_bucket_high(uint32_t bucket);

#endif /* SIM_HISTOGRAM_H */
