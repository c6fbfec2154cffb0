/* traces.c - draws addresses to look up; the same on every machine but for rounding of 1/r. */
#include "tests/traces.h"

#include <stdlib.h>

#include "sim/error.h"
#include "sim/rng.h"

#define HOSTS 16

void trace_bytes(uint64_t hi, uint64_t lo, uint8_t *bytes)
{
    for (int k = 0; k < 8; k++) {
        bytes[k] = (uint8_t)(hi >> (56 - 8 * k));
        bytes[8 + k] = (uint8_t)(lo >> (56 - 8 * k));
    }
}

static void set_address(struct trace *t, size_t i, uint64_t hi, uint64_t lo)
{
    t->a4[i] = (uint32_t)(hi >> 32);
    t->hi[i] = hi;
    t->lo[i] = lo;
    trace_bytes(hi, lo, t->bytes[i]);
}

static void set_host(struct trace *t, size_t i, const struct ip_prefix *p, struct rng_draw host)
{
    set_address(t, i, p->hi | (host.a & ~ip_mask_hi(p->length)),
                p->lo | (host.b & ~ip_mask_lo(p->length)));
}

static struct trace *trace_open(const char *name)
{
    struct trace *t = malloc(sizeof *t);
    sim_assert(t != NULL);
    t->name = name;
    return t;
}

struct trace *trace_uniform(const struct ip_prefix *prefixes, size_t n)
{
    struct trace *t = trace_open("uniform");
    struct rng rng = rng_open(1, "trace", "uniform");
    for (size_t i = 0; i < TRACE_ADDRESSES; i++) {
        struct rng_draw draw = rng_at(&rng, i);
        if (prefixes[0].family == IPV4) {
            set_address(t, i, draw.a, 0);
        } else {
            set_host(t, i, &prefixes[rng_below(draw.a, n)], rng_at(&rng, TRACE_ADDRESSES + i));
        }
    }
    return t;
}

/* The first rank whose sum of weights is at least `wanted`. */
static size_t rank_of(const double *sums, size_t n, double wanted)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sums[middle] < wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct trace *trace_zipf(const struct ip_prefix *prefixes, size_t n)
{
    struct trace *t = trace_open("zipf");
    struct rng rng = rng_open(2, "trace", "zipf"), hosts = rng_open(2, "trace", "hosts");
    size_t *places = calloc(n, sizeof *places); /* which prefix has each rank */
    double *sums = calloc(n, sizeof *sums), sum = 0;
    sim_assert(places != NULL && sums != NULL);
    for (size_t i = 0; i < n; i++) { /* shuffled from the front */
        size_t j = rng_below(rng_at(&rng, i).a, i + 1);
        places[i] = places[j];
        places[j] = i;
        sum += 1.0 / (double)(i + 1);
        sums[i] = sum;
    }
    for (size_t i = 0; i < TRACE_ADDRESSES; i++) {
        struct rng_draw draw = rng_at(&rng, n + i);
        size_t rank = rank_of(sums, n, (double)(draw.a >> 11) * 0x1p-53 * sum);
        struct rng_draw host = rng_at(&hosts, HOSTS * rank + draw.b % HOSTS);
        set_host(t, i, &prefixes[places[rank]], host);
    }
    free(places);
    free(sums);
    return t;
}
