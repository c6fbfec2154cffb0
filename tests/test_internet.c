/* test_internet.c - the synthetic Internet: exact counts, and how near it is to the measured one.
 *
 * The measured figures are counts of the table that the generator's statistics come from
 * (models/SOURCES.md, [BART-2024]).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/internet.h"
#include "sim/arena.h"
#include "sim/error.h"

#define N_IPV4_2024 901899
#define N_IPV6_2024 160147

static struct internet_config config(uint32_t n_ipv4, uint32_t n_ipv6)
{
    return (struct internet_config){
        .year = 2024, .n_ipv4 = n_ipv4, .n_ipv6 = n_ipv6, .n_next_hops = 7, .seed = 1};
}

static struct route_table make(const struct internet_config *c, struct arena *mem)
{
    struct route_table table;
    struct error err = {0};
    assert_true(internet_table(c, mem, &table, &err));
    assert_int_equal(table.n_routes, c->n_ipv4 + c->n_ipv6);
    assert_null(err.text);
    return table;
}

static bool touches(const struct ip_prefix *p, uint64_t hi, unsigned length, enum ip_family family)
{
    struct ip_prefix r = {hi, 0, (uint8_t)family, (uint8_t)length};
    return p->family == family &&
           (ip_prefix_covers(r, p->hi, p->lo) || ip_prefix_covers(*p, hi, 0));
}

/* What internet.h leaves out, written once more. */
static bool reserved(const struct ip_prefix *p)
{
    static const struct {
        uint64_t hi;
        unsigned length;
    } ipv4[] = {{0x0000000000000000, 8},  {0x0a00000000000000, 8},  {0x6440000000000000, 10},
                {0x7f00000000000000, 8},  {0xa9fe000000000000, 16}, {0xac10000000000000, 12},
                {0xc0a8000000000000, 16}, {0xe000000000000000, 3}};
    for (size_t i = 0; i < sizeof ipv4 / sizeof ipv4[0]; i++) {
        if (touches(p, ipv4[i].hi, ipv4[i].length, IPV4)) {
            return true;
        }
    }
    return touches(p, 0x20010db800000000, 32, IPV6) ||
           (p->family == IPV6 && (p->length < 3 || p->hi >> 61 != 1));
}

/* Sorted, no two alike, no host bits, nothing reserved, families as asked, next hops in range. */
static void check_table(const struct internet_config *c, const struct route_table *table)
{
    size_t n[IP_N_FAMILIES] = {0};
    assert_int_equal(table->n_next_hops,
                     (c->n_ipv4 > 0 && c->n_ipv6 > 0 ? 2u : c->n_ipv4 + c->n_ipv6 > 0) *
                         c->n_next_hops);
    for (size_t i = 0; i < table->n_routes; i++) {
        const struct route *r = &table->routes[i];
        struct ip_address a = {r->prefix.hi, r->prefix.lo, r->prefix.family};
        struct ip_prefix masked = ip_prefix_of(a, r->prefix.length);
        assert_int_equal(ip_prefix_compare(&masked, &r->prefix), 0);
        assert_true(i == 0 || ip_prefix_compare(&r[-1].prefix, &r->prefix) < 0);
        assert_false(reserved(&r->prefix));
        assert_true(r->next_hop_index < table->n_next_hops);
        assert_int_equal(table->next_hops[r->next_hop_index].family, r->prefix.family);
        n[r->prefix.family]++;
    }
    assert_int_equal(n[IPV4], c->n_ipv4);
    assert_int_equal(n[IPV6], c->n_ipv6);
}

static void test_any_size(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 1, 2, 3, 10, 99, 1000, 65536, 524288};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct arena *mem = arena_open();
        struct internet_config c = config(sizes[i], sizes[i] / 2);
        struct route_table table = make(&c, mem);
        check_table(&c, &table);
        arena_close(mem);
    }
}

static void test_reproducible(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct internet_config c = config(20000, 10000), only_ipv4 = config(20000, 0);
    struct route_table a = make(&c, mem), b = make(&c, mem), ipv4 = make(&only_ipv4, mem);
    c.seed = 2;
    struct route_table other = make(&c, mem);
    size_t n_same = 0;
    uint64_t hash = 0;
    for (size_t i = 0; i < a.n_routes; i++) {
        const struct route *r = &a.routes[i];
        assert_int_equal(ip_prefix_compare(&r->prefix, &b.routes[i].prefix), 0);
        assert_int_equal(r->next_hop_index, b.routes[i].next_hop_index);
        if (i < ipv4.n_routes) { /* one family does not disturb the other */
            assert_int_equal(ip_prefix_compare(&r->prefix, &ipv4.routes[i].prefix), 0);
            assert_int_equal(r->next_hop_index, ipv4.routes[i].next_hop_index);
        }
        n_same += ip_prefix_compare(&r->prefix, &other.routes[i].prefix) == 0;
        hash = (hash ^ r->prefix.hi ^ r->prefix.lo << 8 ^ r->prefix.length) * 0x100000001b3;
        hash = (hash ^ r->next_hop_index) * 0x100000001b3;
    }
    assert_true(n_same < a.n_routes / 20);
    assert_int_equal(hash, 0x5990822f3721f946); /* on every machine */
    arena_close(mem);
}

/* ---- likeness ---- */

struct shape {
    size_t n_length[129];
    size_t n_inside;         /* prefixes inside another */
    size_t n_depth1;         /* inside exactly one other */
    size_t n_parents;        /* prefixes with others directly inside */
    size_t n_follow;         /* begin where the one before, of the same length, ends */
    size_t n_coarse, n_fine; /* different blocks of two lengths with prefixes as long or longer */
    uint64_t covered;        /* blocks of `unit` length inside prefixes not longer */
};

struct nest {
    struct ip_prefix prefix;
    bool is_parent;
};

static struct shape measure(const struct route_table *table, unsigned coarse, unsigned fine,
                            unsigned unit)
{
    struct shape s = {0};
    struct nest stack[129];
    size_t depth = 0;
    uint64_t last_coarse = UINT64_MAX, last_fine = UINT64_MAX;
    for (size_t i = 0; i < table->n_routes; i++) {
        const struct ip_prefix *p = &table->routes[i].prefix;
        while (depth > 0 && !ip_prefix_covers(stack[depth - 1].prefix, p->hi, p->lo)) {
            depth--;
        }
        if (depth > 0) {
            s.n_inside++;
            s.n_depth1 += depth == 1;
            s.n_parents += !stack[depth - 1].is_parent;
            stack[depth - 1].is_parent = true;
        } else if (p->length <= unit) {
            s.covered += 1ull << (unit - p->length);
        }
        stack[depth++] = (struct nest){*p, false};
        s.n_length[p->length]++;
        if (i > 0 && p->length <= 64 && p[0].length == table->routes[i - 1].prefix.length) {
            s.n_follow += p->hi - table->routes[i - 1].prefix.hi == 1ull << (64 - p->length);
        }
        if (p->length >= coarse && p->hi >> (64 - coarse) != last_coarse) {
            last_coarse = p->hi >> (64 - coarse);
            s.n_coarse++;
        }
        if (p->length >= fine && p->hi >> (64 - fine) != last_fine) {
            last_fine = p->hi >> (64 - fine);
            s.n_fine++;
        }
    }
    return s;
}

static void within(const char *what, size_t got, size_t measured, unsigned percent)
{
    size_t difference = got > measured ? got - measured : measured - got;
    print_message("  %s: %zu, measured %zu\n", what, got, measured);
    if (100 * difference > percent * measured) {
        fail_msg("%s: %zu is not within %u %% of %zu", what, got, percent, measured);
    }
}

static void test_like_ipv4(void **state)
{
    (void)state;
    static const size_t n_length[33] = {
        [8] = 16, 13,     38,    103,    299, 581, 1203, 2100, 13490, 8235, 13798, 24870, 42611,
        50750,    108623, 96510, 537698, 20,  3,   11,   18,   17,    3,    3,     886};
    struct arena *mem = arena_open();
    struct internet_config c = config(N_IPV4_2024, 0);
    struct route_table table = make(&c, mem);
    check_table(&c, &table);
    struct shape s = measure(&table, 16, 20, 24);
    for (int length = 0; length <= 32; length++) {
        assert_int_equal(s.n_length[length], n_length[length]);
    }
    within("inside others", s.n_inside, 457209, 1);
    within("/24 covered", s.covered, 11962702, 1);
    within("inside exactly one", s.n_depth1, 323522, 15);
    within("parents", s.n_parents, 88359, 15);
    within("following", s.n_follow, 490973, 15);
    within("/16 touched", s.n_coarse, 33013, 30);
    within("/20 touched", s.n_fine, 172444, 30);
    arena_close(mem);
}

static void test_like_ipv6(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct internet_config c = config(0, N_IPV6_2024);
    struct route_table table = make(&c, mem);
    check_table(&c, &table);
    struct shape s = measure(&table, 28, 32, 48);
    assert_int_equal(s.n_length[32], 22548);
    assert_int_equal(s.n_length[48], 75488);
    assert_int_equal(s.n_length[64], 184);
    assert_int_equal(s.n_length[127], 42);
    within("inside others", s.n_inside, 91091, 1);
    within("/48 covered", s.covered, 14521946659, 1);
    within("inside exactly one", s.n_depth1, 60401, 15);
    within("parents", s.n_parents, 10799, 25);
    within("following", s.n_follow, 80480, 15);
    within("/28 touched", s.n_coarse, 18851, 25);
    within("/32 touched", s.n_fine, 29369, 45);
    arena_close(mem);
}

/* More than the space could hold in proportion: the short prefixes lie inside others, the long ones
 * still half on the top level. */
static void test_largest(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct internet_config c = config(INTERNET_MAX_ROUTES, 0);
    struct route_table table = make(&c, mem);
    check_table(&c, &table);
    struct shape s = measure(&table, 16, 20, 24);
    assert_in_range(s.n_inside, c.n_ipv4 / 100 * 50, c.n_ipv4 / 100 * 60);
    assert_in_range(s.n_length[24], 1192000, 1193000);
    arena_close(mem);
}

/* Ten times fewer: each length has a tenth of its prefixes, rounded. */
static void test_scaled(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct internet_config c = config(90190, 0);
    struct route_table table = make(&c, mem);
    struct shape s = measure(&table, 16, 20, 24);
    assert_in_range(s.n_length[24], 53769, 53771);
    assert_in_range(s.n_length[16], 1348, 1350);
    assert_in_range(s.n_length[8], 1, 3);
    within("inside others", s.n_inside, 45721, 2);
    arena_close(mem);
}

/* Uniform: each count within 6 standard deviations of the mean. */
static void test_next_hops(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct internet_config c = config(100000, 100000);
    c.n_next_hops = 100;
    struct route_table table = make(&c, mem);
    size_t n[200] = {0};
    for (size_t i = 0; i < table.n_routes; i++) {
        n[table.routes[i].next_hop_index]++;
    }
    for (size_t i = 0; i < 200; i++) {
        assert_in_range(n[i], 1000 - 190, 1000 + 190);
    }
    assert_int_equal(table.next_hops[0].hi, 0x6440000100000000);
    assert_int_equal(table.next_hops[99].hi, 0x6440006400000000);
    assert_int_equal(table.next_hops[100].hi, 0x20010db800640000);
    assert_int_equal(table.next_hops[199].lo, 100);
    arena_close(mem);
}

static void refuse(struct internet_config c)
{
    struct arena *mem = arena_open();
    struct route_table table;
    struct error err = {0};
    assert_false(internet_table(&c, mem, &table, &err));
    assert_int_equal(err.n_messages, 1);
    error_free(&err);
    arena_close(mem);
}

static void test_refused(void **state)
{
    (void)state;
    struct internet_config c = config(10, 10);
    c.year = 1969;
    refuse(c);
    refuse(config(INTERNET_MAX_ROUTES + 1, 0));
    refuse(config(0, INTERNET_MAX_ROUTES + 1));
    c = config(10, 10);
    c.n_next_hops = 0;
    refuse(c);
    c.n_next_hops = INTERNET_MAX_NEXT_HOPS + 1;
    refuse(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_size),  cmocka_unit_test(test_largest),
        cmocka_unit_test(test_like_ipv4), cmocka_unit_test(test_like_ipv6),
        cmocka_unit_test(test_scaled),    cmocka_unit_test(test_reproducible),
        cmocka_unit_test(test_next_hops), cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
