/* test_bgp_attributes.c - what becomes of each malformed attribute (RFC 7606), AS numbers of 2 bytes
 * (RFC 6793), and attribute sets kept once by value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/bgp_message.h"
#include "models/bgp_store.h"
#include "models/intern.h"
#include "sim/arena.h"
#include "sim/rng.h"
#include "tests/wire.h"

static struct bgp_scratch scratch;

#define ORIGIN "\x40\1\1\0"
#define PATH "\x40\2\6\2\1\0\0\0\7"
#define HOP "\x40\3\4\12\0\0\1"
#define USUAL ORIGIN PATH HOP
#define PREFERENCE "\x40\5\4\0\0\0\144"

#define EXTERNAL                                                                                   \
    {                                                                                              \
        .as4 = true                                                                                \
    }
#define INTERNAL                                                                                   \
    {                                                                                              \
        .as4 = true, .internal = true                                                              \
    }
#define OLD                                                                                        \
    {                                                                                              \
        .as4 = false                                                                               \
    }
#define FROM_7                                                                                     \
    {                                                                                              \
        .as4 = true, .peer_as = 7                                                                  \
    }
#define FROM_8                                                                                     \
    {                                                                                              \
        .as4 = true, .peer_as = 8                                                                  \
    }

#define B(text) text, sizeof(text) - 1

static const struct {
    const char *what;
    struct bgp_source source;
    const char *bytes;
    size_t n;
    bool no_nlri;
    enum bgp_verdict verdict;
    uint8_t subcode;
} cases[] = {
    {"usual", EXTERNAL, B(USUAL), false, BGP_GOOD, 0},
    {"usual, internal", INTERNAL, B(USUAL PREFERENCE), false, BGP_GOOD, 0},
    {"nothing, for no prefix", EXTERNAL, B(""), true, BGP_GOOD, 0},
    {"no origin", EXTERNAL, B(PATH HOP), false, BGP_WITHDRAW, BGP_MISSING_WELL_KNOWN},
    {"no path", EXTERNAL, B(ORIGIN HOP), false, BGP_WITHDRAW, BGP_MISSING_WELL_KNOWN},
    {"no next hop", EXTERNAL, B(ORIGIN PATH), false, BGP_WITHDRAW, BGP_MISSING_WELL_KNOWN},
    {"no preference", INTERNAL, B(USUAL), false, BGP_WITHDRAW, BGP_MISSING_WELL_KNOWN},
    {"origin 3", EXTERNAL, B("\x40\1\1\3" PATH HOP), false, BGP_WITHDRAW, BGP_INVALID_ORIGIN},
    {"origin of 2 bytes", EXTERNAL, B("\x40\1\2\0\0" PATH HOP), false, BGP_WITHDRAW,
     BGP_LENGTH_ERROR},
    {"origin optional", EXTERNAL, B("\xc0\1\1\0" PATH HOP), false, BGP_WITHDRAW, BGP_FLAGS_ERROR},
    {"origin, no prefix", EXTERNAL, B("\x40\1\1\3"), true, BGP_RESET, BGP_INVALID_ORIGIN},
    {"origin twice", EXTERNAL, B(USUAL ORIGIN), false, BGP_DISCARD, BGP_MALFORMED_LIST},
    {"path: segment of type 5", EXTERNAL, B(ORIGIN "\x40\2\6\5\1\0\0\0\7" HOP), false, BGP_WITHDRAW,
     BGP_MALFORMED_AS_PATH},
    {"path: empty segment", EXTERNAL, B(ORIGIN "\x40\2\2\2\0" HOP), false, BGP_WITHDRAW,
     BGP_MALFORMED_AS_PATH},
    {"path: too long", EXTERNAL, B(ORIGIN "\x40\2\6\2\2\0\0\0\7" HOP), false, BGP_WITHDRAW,
     BGP_MALFORMED_AS_PATH},
    {"path: AS 0", EXTERNAL, B(ORIGIN "\x40\2\6\2\1\0\0\0\0" HOP), false, BGP_WITHDRAW,
     BGP_MALFORMED_AS_PATH},
    {"path: confederation", EXTERNAL, B(ORIGIN "\x40\2\6\3\1\0\0\0\7" HOP), false, BGP_WITHDRAW,
     BGP_MALFORMED_AS_PATH},
    {"path begins with the peer", FROM_7, B(USUAL), false, BGP_GOOD, 0},
    {"path begins with another", FROM_8, B(USUAL), false, BGP_WITHDRAW, BGP_MALFORMED_AS_PATH},
    {"next hop of 3 bytes", EXTERNAL, B(ORIGIN PATH "\x40\3\3\12\0\0"), false, BGP_WITHDRAW,
     BGP_LENGTH_ERROR},
    {"next hop 0.0.0.0", EXTERNAL, B(ORIGIN PATH "\x40\3\4\0\0\0\0"), false, BGP_WITHDRAW,
     BGP_INVALID_NEXT_HOP},
    {"next hop 224.0.0.1", EXTERNAL, B(ORIGIN PATH "\x40\3\4\340\0\0\1"), false, BGP_WITHDRAW,
     BGP_INVALID_NEXT_HOP},
    {"MED of 3 bytes", EXTERNAL, B(USUAL "\x80\4\3\0\0\0"), false, BGP_WITHDRAW, BGP_LENGTH_ERROR},
    {"preference of a stranger", EXTERNAL, B(USUAL PREFERENCE), false, BGP_DISCARD,
     BGP_LENGTH_ERROR},
    {"preference of 3 bytes", INTERNAL, B(USUAL "\x40\5\3\0\0\0"), false, BGP_WITHDRAW,
     BGP_LENGTH_ERROR},
    {"atomic of 1 byte", EXTERNAL, B(USUAL "\x40\6\1\0"), false, BGP_DISCARD, BGP_LENGTH_ERROR},
    {"aggregator of 6 bytes", EXTERNAL, B(USUAL "\xc0\7\6\0\1\0\0\0\0"), false, BGP_DISCARD,
     BGP_LENGTH_ERROR},
    {"communities: none", EXTERNAL, B(USUAL "\xc0\10\0"), false, BGP_WITHDRAW, BGP_LENGTH_ERROR},
    {"communities of 5 bytes", EXTERNAL, B(USUAL "\xc0\10\5\0\0\0\0\0"), false, BGP_WITHDRAW,
     BGP_LENGTH_ERROR},
    {"originator of a stranger", EXTERNAL, B(USUAL "\x80\11\4\1\2\3\4"), false, BGP_DISCARD,
     BGP_LENGTH_ERROR},
    {"originator of 5 bytes", INTERNAL, B(USUAL PREFERENCE "\x80\11\5\1\2\3\4\5"), false,
     BGP_WITHDRAW, BGP_LENGTH_ERROR},
    {"clusters of 3 bytes", INTERNAL, B(USUAL PREFERENCE "\x80\12\3\1\2\3"), false, BGP_WITHDRAW,
     BGP_LENGTH_ERROR},
    {"extended of 4 bytes", EXTERNAL, B(USUAL "\xc0\20\4\0\0\0\0"), false, BGP_WITHDRAW,
     BGP_LENGTH_ERROR},
    {"large of 8 bytes", EXTERNAL, B(USUAL "\xc0\40\10\0\0\0\0\0\0\0\0"), false, BGP_WITHDRAW,
     BGP_LENGTH_ERROR},
    {"AS4_PATH of who has 4 bytes", EXTERNAL, B(USUAL "\xc0\21\6\2\1\0\0\0\7"), false, BGP_DISCARD,
     BGP_LENGTH_ERROR},
    {"unknown, well-known", EXTERNAL, B(USUAL "\x40\62\0"), false, BGP_RESET,
     BGP_UNRECOGNIZED_WELL_KNOWN},
    {"unknown, optional", EXTERNAL, B(USUAL "\x80\62\1\1\xc0\63\1\1"), false, BGP_GOOD, 0},
    {"cut in a header", EXTERNAL, B(USUAL "\x40"), false, BGP_WITHDRAW, BGP_MALFORMED_LIST},
    {"cut in a long header", EXTERNAL, B(USUAL "\x50\4\0"), false, BGP_WITHDRAW,
     BGP_MALFORMED_LIST},
    {"runs over the end", EXTERNAL, B(USUAL "\x80\4\4\0\0\0"), false, BGP_WITHDRAW,
     BGP_MALFORMED_LIST},
    {"runs over the end, no prefix", EXTERNAL, B("\x80\4\4\0\0\0"), true, BGP_RESET,
     BGP_MALFORMED_LIST},
#define HOP6 "\0\2\1\20\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1\0"
    {"reach", EXTERNAL, B(ORIGIN PATH "\x80\16\32" HOP6 "\40\40\1\15\270"), true, BGP_GOOD, 0},
    {"reach, no path", EXTERNAL, B(ORIGIN "\x80\16\32" HOP6 "\40\40\1\15\270"), true, BGP_WITHDRAW,
     BGP_MISSING_WELL_KNOWN},
    {"reach: length 129", EXTERNAL, B(ORIGIN PATH "\x80\16\32" HOP6 "\201\40\1\15\270"), true,
     BGP_RESET, BGP_OPTIONAL_ERROR},
    {"reach: cut prefix", EXTERNAL, B(ORIGIN PATH "\x80\16\31" HOP6 "\40\40\1\15"), true, BGP_RESET,
     BGP_OPTIONAL_ERROR},
    {"reach: next hop of 5", EXTERNAL, B(ORIGIN PATH "\x80\16\12\0\2\1\5\1\2\3\4\5\0"), true,
     BGP_RESET, BGP_OPTIONAL_ERROR},
    {"reach: next hop cut", EXTERNAL, B(ORIGIN PATH "\x80\16\12\0\2\1\20\1\2\3\4\5\0"), true,
     BGP_RESET, BGP_OPTIONAL_ERROR},
    {"reach twice", EXTERNAL,
     B(ORIGIN PATH "\x80\16\32" HOP6 "\40\40\1\15\270\x80\16\32" HOP6 "\40\40\1\15\270"), true,
     BGP_RESET, BGP_MALFORMED_LIST},
    {"reach: another family", EXTERNAL, B(ORIGIN PATH "\x80\16\6\0\31\101\0\0\1"), true, BGP_GOOD,
     0},
    {"unreach of 2 bytes", EXTERNAL, B("\x80\17\2\0\2"), true, BGP_RESET, BGP_OPTIONAL_ERROR},
    {"unreach", EXTERNAL, B("\x80\17\10\0\2\1\40\40\1\15\270"), true, BGP_GOOD, 0},
    {"worst of two", EXTERNAL, B("\x40\1\1\3" PATH HOP "\x40\62\0"), false, BGP_RESET,
     BGP_UNRECOGNIZED_WELL_KNOWN},
    {"old: path", OLD, B(ORIGIN "\x40\2\4\2\1\0\7" HOP), false, BGP_GOOD, 0},
    {"old: AS4_PATH of a segment 0", OLD, B(ORIGIN "\x40\2\4\2\1\0\7" HOP "\xc0\21\6\0\1\0\0\0\7"),
     false, BGP_DISCARD, BGP_LENGTH_ERROR},
};

static void test_verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bgp_attributes a;
        uint8_t *exact = malloc(cases[i].n > 0 ? cases[i].n : 1); /* its end is watched */
        assert_non_null(exact);
        memcpy(exact, cases[i].bytes, cases[i].n);
        bgp_attributes_read(exact, cases[i].n, &cases[i].source, !cases[i].no_nlri, &scratch, &a);
        if (a.verdict != cases[i].verdict ||
            (a.verdict != BGP_GOOD && a.error.subcode != cases[i].subcode)) {
            fail_msg("%s: verdict %d, subcode %u", cases[i].what, a.verdict, a.error.subcode);
        }
        free(exact);
    }
}

/* ---- RFC 6793 ---- */

static void merged(const char *path, size_t n, const char *as4, size_t n4, const char *wanted,
                   size_t n_wanted)
{
    struct wire w = {0};
    struct bgp_attributes a;
    const struct bgp_source source = OLD;
    wire_attribute(&w, 0x40, BGP_ORIGIN, "", 1);
    wire_attribute(&w, 0x40, BGP_AS_PATH, path, n);
    wire_attribute(&w, 0x40, BGP_NEXT_HOP, "\1\2\3\4", 4);
    wire_attribute(&w, 0xc0, BGP_AS4_PATH, as4, n4);
    bgp_attributes_read(w.at, w.n, &source, true, &scratch, &a);
    assert_int_equal(a.verdict, BGP_GOOD);
    assert_int_equal(a.as_path.n, n_wanted);
    assert_memory_equal(a.as_path.at, wanted, n_wanted);
    wire_free(&w);
}

static void test_as4(void **state)
{
    (void)state;
    merged(B("\2\3\0\1\x5b\xa0\x5b\xa0"), B("\2\2\1\0\0\0\2\0\0\0"),
           B("\2\1\0\0\0\1\2\2\1\0\0\0\2\0\0\0")); /* one in front */
    merged(B("\2\1\x5b\xa0"), B("\2\1\1\0\0\0"), B("\2\1\1\0\0\0"));
    merged(B("\2\1\x5b\xa0"), B("\2\2\1\0\0\0\2\0\0\0"), B("\2\1\0\0\x5b\xa0")); /* longer */
    merged(B("\2\1\0\5\1\2\0\6\0\7\2\1\x5b\xa0"), B("\2\1\1\0\0\0"),
           B("\2\1\0\0\0\5\1\2\0\0\0\6\0\0\0\7\2\1\1\0\0\0")); /* a set counts as one */
}

static void test_paths(void **state)
{
    (void)state;
    struct bytes path = {(const uint8_t *)"\2\2\0\0\0\1\0\0\0\2\1\2\0\0\0\3\0\0\0\4", 20};
    assert_int_equal(bgp_path_length(path), 3);
    assert_int_equal(bgp_path_first(path), 1);
    assert_true(bgp_path_has(path, 4));
    assert_false(bgp_path_has(path, 5));
    path = (struct bytes){(const uint8_t *)"\1\1\0\0\0\3", 6};
    assert_int_equal(bgp_path_first(path), 0);
    assert_int_equal(bgp_path_length((struct bytes){NULL, 0}), 0);
}

/* ---- kept once ---- */

/* Random strings, taken and dropped, against a plain count of each. */
static void test_intern(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct intern *t = intern_open(mem);
    struct rng rng = rng_open(1, "test", "intern");
    enum { N = 3000 };
    static uint32_t count[N], number[N];
    static uint8_t text[N][40];
    size_t n_alive = 0, bytes_then = 0;
    for (uint32_t i = 0; i < N; i++) {
        memset(text[i], (int)(i % 7), sizeof text[i]);
        memcpy(text[i], &i, sizeof i);
    }
    for (uint64_t i = 0; i < 400000; i++) {
        struct rng_draw d = rng_at(&rng, i);
        uint32_t k = (uint32_t)rng_below(d.a, N), length = 4 + k % 36;
        if (rng_below(d.b, 2) == 0) {
            bool is_new;
            uint32_t got = intern_take(t, text[k], length, &is_new);
            assert_true(is_new == (count[k] == 0) && (is_new || got == number[k]));
            number[k] = got;
            n_alive += count[k]++ == 0;
        } else if (count[k] > 0) {
            size_t n;
            assert_memory_equal(intern_get(t, number[k], &n), text[k], length);
            assert_int_equal(n, length);
            assert_true(intern_drop(t, number[k]) == (--count[k] == 0));
            n_alive -= count[k] == 0;
        }
        assert_int_equal(intern_n(t), n_alive);
        if (i == 200000) {
            bytes_then = arena_bytes(mem);
        }
    }
    assert_true(arena_bytes(mem) <= bytes_then + (256 << 10)); /* what goes is used again */
    arena_close(mem);
}

static uint32_t take(struct bgp_store *store, const char *bytes, size_t n)
{
    struct bgp_attributes a;
    const struct bgp_source source = EXTERNAL;
    bgp_attributes_read((const uint8_t *)bytes, n, &source, true, &scratch, &a);
    return bgp_store_take(store, &a, a.next_hop);
}

static void test_store(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct bgp_store *store = bgp_store_open(mem), *other = bgp_store_open(mem);
    uint32_t a = take(store, B(USUAL)), b = take(store, B(HOP PATH ORIGIN)); /* in any order */
    uint32_t c = take(store, B(USUAL "\xc0\10\4\0\1\0\2")),
             d = take(store, B("\x40\1\1\1" PATH HOP));
    assert_int_equal(a, b);
    assert_true(c != a && d != a && d != c);
    assert_int_equal(bgp_store_n(store, BGP_SHARED_SETS), 3);
    assert_int_equal(bgp_store_n(store, BGP_SHARED_PATHS), 1);
    assert_int_equal(bgp_store_bytes(store, BGP_SHARED_PATHS), 6);
    assert_int_equal(bgp_store_n(store, BGP_SHARED_COMMUNITIES), 1);
    uint32_t copy = bgp_store_copy(other, store, c);
    assert_int_equal(bgp_store_copy(other, store, c), copy);
    bgp_store_drop(store, c);
    assert_int_equal(bgp_store_n(store, BGP_SHARED_COMMUNITIES), 0);
    assert_int_equal(bgp_store_get(other, copy)->next_hop.hi, 0x0a00000100000000);
    assert_int_equal(bgp_store_path(other, bgp_store_get(other, copy)).n, 6);
    bgp_store_drop(store, a);
    assert_int_equal(bgp_store_n(store, BGP_SHARED_SETS), 2);
    bgp_store_drop(store, a);
    bgp_store_drop(store, d);
    assert_int_equal(bgp_store_n(store, BGP_SHARED_SETS), 0);
    assert_int_equal(bgp_store_n(store, BGP_SHARED_PATHS), 0);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_verdicts), cmocka_unit_test(test_as4),
                                       cmocka_unit_test(test_paths), cmocka_unit_test(test_intern),
                                       cmocka_unit_test(test_store)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
