/* test_prefix_map.c - prefixes in Judy arrays, compared with a plain array of what is held. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/prefix_map.h"

#define N_UNIVERSE 3000

struct member {
    struct ip_prefix prefix;
    uint64_t word; /* 0: not held */
};

static uint64_t draw(uint64_t *state) /* xorshift64 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* Addresses that agree in many bits, so that prefixes lie inside each other. */
static struct ip_address random_address(enum ip_family family, uint64_t *random)
{
    uint64_t hi = draw(random) & draw(random), lo = draw(random) & draw(random);
    hi &= family == IPV4 ? 0x70f0ff0f00000000u : 0x80f0000000000003u;
    lo &= 0x80f0000000f0f0ffu;
    return (struct ip_address){hi, family == IPV4 ? 0 : lo, (uint8_t)family};
}

static struct ip_prefix random_prefix(enum ip_family family, uint64_t *random)
{
    unsigned full = family == IPV4 ? 32 : 128;
    struct ip_address a = random_address(family, random);
    return ip_prefix_of(a, (unsigned)(draw(random) % (full + 1)));
}

static const struct member *plain_match(const struct member *all, struct ip_address a)
{
    const struct member *best = NULL;
    for (int i = 0; i < N_UNIVERSE; i++) {
        if (all[i].word != 0 && ip_prefix_covers(all[i].prefix, a.hi, a.lo) &&
            (best == NULL || all[i].prefix.length > best->prefix.length)) {
            best = &all[i];
        }
    }
    return best;
}

static bool plain_any_inside(const struct member *all, struct ip_prefix outer)
{
    for (int i = 0; i < N_UNIVERSE; i++) {
        if (all[i].word != 0 && all[i].prefix.length >= outer.length &&
            ip_prefix_covers(outer, all[i].prefix.hi, all[i].prefix.lo)) {
            return true;
        }
    }
    return false;
}

/* A prefix that contains a member, or just fails to: one of its last bits may differ. */
static struct ip_prefix around(const struct ip_prefix *member, uint64_t *random)
{
    struct ip_address a = {member->hi, member->lo, member->family};
    uint64_t bits = draw(random);
    unsigned length = (unsigned)(bits % (member->length + 1u));
    unsigned flip = (unsigned)(bits >> 20) % 8;
    if (flip < length && bits >> 63) {
        unsigned bit = length - 1 - flip;
        *(bit < 64 ? &a.hi : &a.lo) ^= 1ull << (63 - bit % 64);
    }
    return ip_prefix_of(a, length);
}

struct walk {
    struct ip_prefix last;
    size_t n;
    uint64_t sum;
};

static void step(void *context, struct ip_prefix prefix, uint64_t word)
{
    struct walk *walk = context;
    assert_true(walk->n++ == 0 || ip_prefix_compare(&walk->last, &prefix) < 0);
    walk->last = prefix;
    walk->sum += word;
}

static void check_questions(const struct prefix_map *map, const struct member *all,
                            enum ip_family family, uint64_t *random)
{
    struct ip_address a = random_address(family, random);
    const struct member *wanted = plain_match(all, a);
    struct ip_prefix prefix;
    const uint64_t *word = prefix_map_match(map, a, &prefix);
    assert_int_equal(word != NULL, wanted != NULL);
    if (word != NULL) {
        assert_int_equal(*word, wanted->word);
        assert_int_equal(ip_prefix_compare(&prefix, &wanted->prefix), 0);
    }
    prefix = around(&all[draw(random) % N_UNIVERSE].prefix, random);
    assert_int_equal(prefix_map_any_inside(map, prefix), plain_any_inside(all, prefix));
}

/* Puts and takes members of a universe of distinct prefixes; empties it at last. */
static void compare(enum ip_family family)
{
    static struct member all[N_UNIVERSE];
    struct prefix_map map = {0};
    uint64_t random = 7, sum = 0;
    size_t n = 0;
    for (int i = 0; i < N_UNIVERSE; i++) {
        do {
            all[i] = (struct member){random_prefix(family, &random), 0};
        } while (prefix_map_get(&map, all[i].prefix) != NULL);
        *prefix_map_put(&map, all[i].prefix) = 1;
    }
    prefix_map_clear(&map);
    for (int round = 0; round < 20000; round++) {
        uint64_t bits = draw(&random);
        struct member *m = &all[bits % N_UNIVERSE];
        /* The share held swings between nearly none and nearly all. */
        bool put = bits >> 32 < (round % 10000 < 5000 ? 0xf8000000u : 0x08000000u);
        uint64_t *word = prefix_map_get(&map, m->prefix);
        assert_int_equal(word == NULL ? 0 : *word, m->word);
        sum -= m->word;
        if (put) {
            word = prefix_map_put(&map, m->prefix);
            assert_int_equal(*word, m->word);
            n += m->word == 0;
            *word = m->word = bits | 1;
        } else if (m->word != 0) {
            prefix_map_remove(&map, m->prefix);
            n--;
            m->word = 0;
        }
        sum += m->word;
        assert_int_equal(map.n_prefixes, n);
        if (round % 16 == 0) {
            check_questions(&map, all, family, &random);
        }
        if (round % 1000 == 0) {
            struct walk walk = {.n = 0};
            prefix_map_each(&map, family, step, &walk);
            assert_true(walk.n == n && walk.sum == sum);
        }
    }
    prefix_map_clear(&map);
    assert_int_equal(prefix_map_bytes(&map), 0);
    assert_null(prefix_map_get(&map, all[0].prefix));
}

static void test_ipv4(void **state)
{
    (void)state;
    compare(IPV4);
}

static void test_ipv6(void **state)
{
    (void)state;
    compare(IPV6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ipv4), cmocka_unit_test(test_ipv6)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
