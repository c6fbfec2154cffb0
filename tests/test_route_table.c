/* test_route_table.c - the radix sort, compared with qsort. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "models/route_table.h"
#include "sim/arena.h"

static uint64_t draw(uint64_t *state) /* xorshift64 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* Routes carry their first position as next hop: it breaks ties as a stable sort does. */
static int compare(const void *a, const void *b)
{
    const struct route *x = a, *y = b;
    int order = ip_prefix_compare(&x->prefix, &y->prefix);
    return order != 0 ? order : x->next_hop_index < y->next_hop_index ? -1 : 1;
}

/* Bits are masked so that some digits are all alike, some routes have equal prefixes, and lengths
 * around 64 meet. */
static struct route *random_routes(struct arena *mem, size_t n, uint64_t hi_mask, uint64_t lo_mask,
                                   enum ip_family last)
{
    struct route *routes = arena_take_array(mem, n, sizeof *routes);
    uint64_t random = n + 1;
    for (size_t i = 0; i < n; i++) {
        enum ip_family family = draw(&random) % 2 ? IPV4 : last;
        struct ip_address a = {draw(&random) & hi_mask, draw(&random) & lo_mask, (uint8_t)family};
        unsigned full = family == IPV4 ? 32 : 128;
        unsigned length = draw(&random) % 3 ? full - 8 : (unsigned)(draw(&random) % (full + 1));
        a.lo = family == IPV4 ? 0 : a.lo;
        routes[i] = (struct route){ip_prefix_of(a, length), (uint32_t)i};
    }
    return routes;
}

static void check(size_t n, uint64_t hi_mask, uint64_t lo_mask, enum ip_family last)
{
    struct arena *mem = arena_open();
    struct route *routes = random_routes(mem, n, hi_mask, lo_mask, last);
    struct route *wanted = random_routes(mem, n, hi_mask, lo_mask, last);
    qsort(wanted, n, sizeof *wanted, compare);
    route_table_sort(routes, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(ip_prefix_compare(&routes[i].prefix, &wanted[i].prefix), 0);
        assert_int_equal(routes[i].next_hop_index, wanted[i].next_hop_index);
    }
    arena_close(mem);
}

static void test_sort(void **state)
{
    (void)state;
    for (size_t n = 0; n < 20; n++) {
        check(n, 0xf0f0f0f0f0f0f0f0, 0xf0f0f0f0f0f0f0f0, IPV6);
    }
    check(20000, ~0ull, ~0ull, IPV6);
    check(20000, 0xff, ~0ull, IPV6);           /* low words decide */
    check(20000, 0xff00000000000000, 3, IPV6); /* many equal */
    check(20000, 0xffffffff00000000, 0, IPV4); /* one family */
    check(20000, 0, 0, IPV6);                  /* only lengths */
}

/* Late ones and those that stay are all, the latter in order as before; never the same by chance. */
static void test_delay(void **state)
{
    (void)state;
    enum { N = 1000 };
    for (size_t n = 0; n <= N + 1; n += 143) {
        struct arena *mem = arena_open();
        struct route_table table = {N, random_routes(mem, N, ~0ull, ~0ull, IPV6), 0, NULL, 0, NULL};
        bool seen[N] = {false};
        size_t n_ordered = 0;
        route_table_delay(&table, n, mem);
        assert_int_equal(table.n_late, n < N ? n : N);
        assert_int_equal(table.n_routes, N - table.n_late);
        for (size_t i = 0; i < N; i++) {
            bool late = i >= table.n_routes;
            const struct route *r = late ? &table.late[i - table.n_routes] : &table.routes[i];
            assert_false(seen[r->next_hop_index]);
            seen[r->next_hop_index] = true;
            assert_true(late || i == 0 || r[-1].next_hop_index < r->next_hop_index);
            n_ordered += late && i > table.n_routes && r[-1].next_hop_index < r->next_hop_index;
        }
        assert_true(n < 2 || (n_ordered > n / 3 && n_ordered < n * 2 / 3 + 1) || n > N);
        arena_close(mem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sort), cmocka_unit_test(test_delay)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
