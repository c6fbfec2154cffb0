/* naive_table.c - no cleverness here. */
#include "tests/naive_table.h"

#include <stdlib.h>

#include "sim/error.h"
#include "sim/rng.h"

__extension__ typedef unsigned __int128 u128;

#define PROBES 8 /* addresses for each prefix */

static int compare(const void *a, const void *b)
{
    return ip_prefix_compare(a, b);
}

static bool is_in(const struct naive_table *table, struct ip_prefix prefix)
{
    for (size_t i = 0; i < table->n; i++) {
        if (ip_prefix_compare(&table->prefixes[i], &prefix) == 0) {
            return true;
        }
    }
    return false;
}

/* Half of them within an earlier one, or around it. */
static struct ip_prefix random_prefix(const struct naive_table *table, enum ip_family family,
                                      struct rng_draw address, struct rng_draw choice)
{
    unsigned bits = family == IPV4 ? 32 : 128;
    struct ip_address a = {address.a, family == IPV4 ? 0 : address.b, (uint8_t)family};
    if (table->n > 0 && choice.a % 2 == 0) {
        const struct ip_prefix *near = &table->prefixes[choice.b % table->n];
        a.hi = near->hi | (a.hi & ~ip_mask_hi(near->length));
        a.lo = near->lo | (a.lo & ~ip_mask_lo(near->length));
    }
    if (family == IPV4) {
        a.hi &= ip_mask_hi(32);
    }
    return ip_prefix_of(a, (unsigned)rng_below(choice.a, bits + 1));
}

struct naive_table naive_random(size_t n, enum ip_family family, uint64_t seed)
{
    struct naive_table table = {.prefixes = malloc(n * sizeof *table.prefixes),
                                .held = calloc(n, sizeof *table.held)};
    sim_assert(table.prefixes != NULL && table.held != NULL);
    struct rng rng = rng_open(seed, "naive", "prefixes");
    for (uint64_t counter = 0; table.n < n; counter += 2) {
        struct ip_prefix prefix =
            random_prefix(&table, family, rng_at(&rng, counter), rng_at(&rng, counter + 1));
        if (!is_in(&table, prefix)) {
            table.prefixes[table.n++] = prefix;
        }
    }
    qsort(table.prefixes, table.n, sizeof *table.prefixes, compare);
    return table;
}

void naive_free(struct naive_table *table)
{
    free(table->prefixes);
    free(table->held);
}

uint32_t naive_match(const struct naive_table *table, uint64_t hi, uint64_t lo, unsigned below)
{
    uint32_t best = 0;
    for (size_t i = 0; i < table->n; i++) {
        const struct ip_prefix *p = &table->prefixes[i];
        if (table->held[i] && p->length < below && ip_prefix_covers(*p, hi, lo) &&
            (best == 0 || p->length >= table->prefixes[best - 1].length)) {
            best = (uint32_t)i + 1;
        }
    }
    return best;
}

size_t naive_n_addresses(const struct naive_table *table)
{
    return PROBES * table->n;
}

struct ip_address naive_address(const struct naive_table *table, size_t i, uint64_t seed)
{
    const struct ip_prefix *p = &table->prefixes[i / PROBES];
    u128 first = (u128)p->hi << 64 | p->lo;
    u128 size = p->length == 0 ? 0 : (u128)1 << (128 - p->length); /* 0: all, modulo 2^128 */
    u128 one = p->family == IPV4 ? (u128)1 << 96 : 1;
    struct rng rng = rng_open(seed, "naive", "addresses");
    struct rng_draw draw = rng_at(&rng, i);
    u128 random = (u128)draw.a << 64 | draw.b;
    u128 a = i % PROBES == 0   ? first
             : i % PROBES == 1 ? first - one
             : i % PROBES == 2 ? first + size - one
             : i % PROBES == 3 ? first + size
             : i % PROBES < 7  ? first + (random & (size - 1))
                               : random;
    a -= a % one;
    return (struct ip_address){(uint64_t)(a >> 64), (uint64_t)a, p->family};
}
