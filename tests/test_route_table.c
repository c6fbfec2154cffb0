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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sort)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
