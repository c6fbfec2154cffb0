/* route_table.c - radix sort of routes, least significant digit first: a million in the time that
 * comparisons would need for a quarter of them, and no input makes it slow.
 */
#include "models/route_table.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/rng.h"

#define DIGIT_BITS 11 /* 2048 write streams: what the first-level cache holds */
#define N_DIGITS (1u << DIGIT_BITS)

enum word { WORD_LENGTH, WORD_LO, WORD_HI, WORD_FAMILY };

static inline uint64_t bits_of(const struct route *route, enum word word)
{
    const struct ip_prefix *p = &route->prefix;
    return word == WORD_HI   ? p->hi
           : word == WORD_LO ? p->lo
                             : (word == WORD_LENGTH ? p->length : p->family);
}

static inline uint32_t digit(const struct route *route, enum word word, unsigned shift)
{
    return (uint32_t)(bits_of(route, word) >> shift) & (N_DIGITS - 1);
}

/* Sorts by one digit, from one place to the other. */
static void sort_digit(const struct route *from, struct route *to, size_t n, enum word word,
                       unsigned shift)
{
    size_t starts[N_DIGITS] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++) {
        starts[digit(&from[i], word, shift)]++;
    }
    for (size_t d = 0; d < N_DIGITS; d++) {
        size_t count = starts[d];
        starts[d] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++) {
        to[starts[digit(&from[i], word, shift)]++] = from[i];
    }
}

/* The bits in which words differ. */
static uint64_t differing(const struct route *routes, size_t n, enum word word)
{
    uint64_t bits = 0;
    for (size_t i = 1; i < n; i++) {
        bits |= bits_of(&routes[i], word) ^ bits_of(&routes[0], word);
    }
    return bits;
}

/* Sorts by one word, digit by digit, from the lowest bit that matters; the result is in one of the
 * two places. */
static struct route *sort_word(struct route *a, struct route *b, size_t n, enum word word)
{
    uint64_t left = differing(a, n, word);
    while (left != 0) {
        const unsigned shift = (unsigned)__builtin_ctzll(left);
        sort_digit(a, b, n, word, shift);
        struct route *other = a;
        a = b;
        b = other;
        left &= shift + DIGIT_BITS < 64 ? ~0ull << (shift + DIGIT_BITS) : 0;
    }
    return a;
}

void route_table_sort_in(struct route *routes, struct route *scratch, size_t n)
{
    struct route *a = sort_word(routes, scratch, n, WORD_LENGTH);
    struct route *b = a == routes ? scratch : routes;

    size_t first = 0; /* of those that have low bits at all: few */
    while (first < n && a[first].prefix.length <= 64) {
        first++;
    }
    struct route *low = sort_word(a + first, b + first, n - first, WORD_LO);
    if (low != a + first) {
        memcpy(a + first, low, (n - first) * sizeof *low);
    }

    a = sort_word(a, b, n, WORD_HI);
    a = sort_word(a, a == routes ? scratch : routes, n, WORD_FAMILY);
    if (a != routes) {
        memcpy(routes, a, n * sizeof *routes);
    }
}

void route_table_sort(struct route *routes, size_t n)
{
    struct arena *mem = arena_open();
    route_table_sort_in(routes, arena_take_array(mem, n, sizeof *routes), n);
    arena_close(mem);
}

void route_table_into_vrf(struct route_table *table, uint32_t vrf)
{
    for (size_t i = 0; i < table->n_routes && vrf != 0; i++) {
        struct ip_prefix *prefix = &table->routes[i].prefix;
        prefix->lo = prefix->family == IPV4 ? vrf : prefix->lo;
    }
    for (size_t i = 0; i < table->n_next_hops && vrf != 0; i++) {
        struct ip_address *next_hop = &table->next_hops[i];
        next_hop->lo = next_hop->family == IPV4 ? vrf : next_hop->lo;
    }
}

void route_table_delay(struct route_table *table, size_t n, struct arena *mem)
{
    struct rng rng = rng_open(0, "routes", "late");
    size_t all = table->n_routes, kept = 0;
    uint32_t *order = arena_take_array(mem, all, sizeof *order);
    bool *late = arena_take_array(mem, all, sizeof *late);

    table->n_late = n < all ? n : all;
    table->late = arena_take_array(mem, table->n_late, sizeof *table->late);
    for (uint32_t i = 0; i < all; i++) {
        order[i] = i;
    }
    for (size_t i = 0; i < table->n_late; i++) { /* Fisher and Yates */
        size_t other = i + rng_below(rng_at(&rng, i).a, all - i);
        uint32_t chosen = order[other];
        order[other] = order[i];
        table->late[i] = table->routes[chosen];
        late[chosen] = true;
    }
    for (size_t i = 0; i < all; i++) {
        if (!late[i]) {
            table->routes[kept++] = table->routes[i];
        }
    }
    table->n_routes = kept;
}
