/* histogram.c - what is computed from a histogram; recording is in the header, as it is hot. */
#include "sim/histogram.h"

#include <string.h>

void histogram_reset(struct histogram *h)
{
    memset(h, 0, sizeof *h);
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    if (from->n == 0) {
        return;
    }
    into->min = into->n == 0 || from->min < into->min ? from->min : into->min;
    into->max = from->max > into->max ? from->max : into->max;
    into->n += from->n;
    into->sum += from->sum;
    for (uint32_t i = 0; i < HISTOGRAM_N_BUCKETS; i++) {
        into->buckets[i] += from->buckets[i];
    }
}

/* The first 2 * 64 buckets are one wide; after that each run of 64 is twice as wide. */
static uint32_t shift_of(uint32_t bucket)
{
    uint32_t octave = bucket >> HISTOGRAM_SUB_BITS;
    return octave == 0 ? 0 : octave - 1;
}

uint64_t histogram_bucket_low(uint32_t bucket)
{
    uint32_t shift = shift_of(bucket);
    return (uint64_t)(bucket - (shift << HISTOGRAM_SUB_BITS)) << shift;
}

uint64_t histogram_bucket_high(uint32_t bucket)
{
    return bucket == HISTOGRAM_N_BUCKETS - 1 ? UINT64_MAX : histogram_bucket_low(bucket + 1);
}

static uint64_t middle(uint32_t bucket)
{
    return histogram_bucket_low(bucket) + ((1ull << shift_of(bucket)) >> 1);
}

/* ceil(n * ppm / 10^6), in two parts as the product may not fit 64 bits. */
static uint64_t rank_of(uint64_t n, uint32_t ppm)
{
    const uint64_t million = 1000000;
    return n / million * ppm + (n % million * ppm + million - 1) / million;
}

uint64_t histogram_quantile(const struct histogram *h, uint32_t ppm)
{
    if (h->n == 0 || ppm >= 1000000) {
        return h->n == 0 ? 0 : h->max;
    }
    uint64_t rank = rank_of(h->n, ppm);
    uint32_t bucket = histogram_bucket(h->min);
    for (uint64_t below = h->buckets[bucket]; below < rank;) {
        below += h->buckets[++bucket];
    }
    uint64_t value = middle(bucket);
    return value < h->min ? h->min : value > h->max ? h->max : value;
}
