/* test_bgp_routes.c - which paths of BGP become routes while what leads to their next hops comes and
 * goes: RFC 4271 §9.1.2 leaves out those whose next hop cannot be reached. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/bgp_routes.h"
#include "tests/scenario_files.h"
#include "tests/wire.h"

#define NEAR 0 /* its paths are the shorter ones */
#define FAR 1

struct bench {
    struct scenario s;
    struct rib *rib;
    struct bgp_routes routes;
    uint32_t n_changed;
};

static void count(void *context, struct ip_prefix prefix, bool is_first)
{
    struct bench *b = context;
    (void)prefix, (void)is_first;
    b->n_changed++;
}

static void add_static(struct bench *b, const char *prefix, const char *next_hop)
{
    rib_add(b->rib, wire_net(prefix), ROUTE_STATIC,
            (struct route_target){.kind = TARGET_NEXT_HOP, .next_hop = wire_host(next_hop)});
    bgp_routes_follow(&b->routes, wire_net(prefix));
}

static void remove_static(struct bench *b, const char *prefix)
{
    assert_true(rib_remove(b->rib, wire_net(prefix), ROUTE_STATIC));
    bgp_routes_follow(&b->routes, wire_net(prefix));
}

static void announce(struct bench *b, uint32_t peer, const char *prefix, const char *next_hop)
{
    static const uint8_t near[] = {2, 1, 0, 0, 0, 7}, far[] = {2, 2, 0, 0, 0, 8, 0, 0, 0, 7};
    struct bgp_attributes a = {.present = 1u << BGP_ORIGIN | 1u << BGP_AS_PATH | 1u << BGP_NEXT_HOP,
                               .as_path = peer == NEAR ? (struct bytes){near, sizeof near}
                                                       : (struct bytes){far, sizeof far}};
    struct bgp *bgp = b->routes.bgp;
    struct ip_prefix p = wire_net(prefix);
    uint32_t set = bgp_store_take(bgp_store(bgp), &a, wire_host(next_hop));
    if (bgp_announce(bgp, peer, &p, 0, set)) {
        bgp_routes_put(&b->routes, p);
    }
    bgp_store_drop(bgp_store(bgp), set);
}

static void bench_open(struct bench *b)
{
    static const struct bgp_options options = {.local_as = 65000, .max_paths = 1};
    *b = (struct bench){.rib = rib_open()};
    load(&b->s, base, NULL);
    bgp_routes_open(&b->routes, &b->s.config, &options, b->rib, mem);
    b->routes.changed = count;
    b->routes.context = b;
    bgp_add_peer(b->routes.bgp,
                 &(struct bgp_peer){.address = wire_host("10.1.1.2"), .as = 7, .id = 1});
    bgp_add_peer(b->routes.bgp,
                 &(struct bgp_peer){.address = wire_host("10.3.1.2"), .as = 8, .id = 2});
}

static void bench_close(struct bench *b)
{
    bgp_routes_close(&b->routes);
    rib_close(b->rib);
}

static void check_route(const struct bench *b, const char *prefix, const char *next_hop)
{
    enum route_source source;
    struct route_target target;
    bool there = rib_get(b->rib, wire_net(prefix), &source, &target);
    assert_int_equal(there, next_hop != NULL);
    assert_true(!there || (source == ROUTE_FEED && target.kind == TARGET_NEXT_HOP &&
                           ip_address_equal(target.next_hop, wire_host(next_hop))));
}

static void test_out_of_reach(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    add_static(&b, "100.64.0.0/24", "10.1.1.2");
    add_static(&b, "100.64.1.0/24", "10.3.1.2");
    announce(&b, NEAR, "198.51.100.0/24", "100.64.0.1");
    announce(&b, FAR, "198.51.100.0/24", "100.64.1.1");
    announce(&b, NEAR, "203.0.113.0/24", "100.64.0.1");
    check_route(&b, "198.51.100.0/24", "100.64.0.1");
    remove_static(&b, "100.64.0.0/24");
    check_route(&b, "198.51.100.0/24", "100.64.1.1"); /* the longer path */
    check_route(&b, "203.0.113.0/24", NULL);
    announce(&b, NEAR, "192.0.2.0/24", "100.64.0.1"); /* still out of reach */
    check_route(&b, "192.0.2.0/24", NULL);
    remove_static(&b, "100.64.1.0/24");
    check_route(&b, "198.51.100.0/24", NULL);
    add_static(&b, "100.64.0.0/16", "10.1.1.2"); /* another route that leads to both */
    check_route(&b, "198.51.100.0/24", "100.64.0.1");
    check_route(&b, "192.0.2.0/24", "100.64.0.1");
    check_route(&b, "203.0.113.0/24", "100.64.0.1");
    bench_close(&b);
}

/* What changes no next hop's reach chooses nothing anew. */
static void test_nothing_moves(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    add_static(&b, "100.64.0.0/24", "10.1.1.2");
    announce(&b, NEAR, "198.51.100.0/24", "100.64.0.1");
    announce(&b, FAR, "198.51.100.0/24", "10.3.1.2"); /* seen first when it is needed */
    uint32_t before = b.n_changed;
    add_static(&b, "100.64.0.0/25", "10.3.1.2");
    remove_static(&b, "100.64.0.0/24"); /* the /25 leads there */
    add_static(&b, "100.65.0.0/24", "10.3.1.2");
    remove_static(&b, "100.65.0.0/24");
    assert_int_equal(b.n_changed, before);
    remove_static(&b, "100.64.0.0/25");
    check_route(&b, "198.51.100.0/24", "10.3.1.2");
    bench_close(&b);
}

/* A route of BGP may resolve the next hop of another one, which follows it where it goes; when it is
 * gone, the next one that covers the next hop does. */
static void test_recursive(void **state)
{
    (void)state;
    struct bench b;
    struct fib *fib = fib_open(mem);
    struct ip_prefix inner = wire_net("100.64.0.0/24");
    bench_open(&b);
    rib_add(
        b.rib, wire_net("10.1.1.2/32"), ROUTE_CONNECTED,
        (struct route_target){.kind = TARGET_PORT, .next_hop = wire_host("10.1.1.2"), .port = 0});
    rib_add(
        b.rib, wire_net("10.3.1.2/32"), ROUTE_CONNECTED,
        (struct route_target){.kind = TARGET_PORT, .next_hop = wire_host("10.3.1.2"), .port = 8});
    add_static(&b, "100.64.0.0/16", "10.1.1.2");
    announce(&b, NEAR, "198.51.100.0/24", "100.64.0.1");
    announce(&b, FAR, "100.64.0.0/24", "10.3.1.2");
    struct ip_prefix outer = wire_net("198.51.100.0/24");
    assert_int_equal(fib->adjacencies[rib_adjacency(b.rib, fib, outer)].port, 8);
    assert_true(bgp_withdraw(b.routes.bgp, FAR, &inner, 0));
    bgp_routes_put(&b.routes, inner);
    assert_int_equal(fib->adjacencies[rib_adjacency(b.rib, fib, outer)].port, 0);
    remove_static(&b, "100.64.0.0/16");
    check_route(&b, "198.51.100.0/24", NULL);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_out_of_reach),
                                       cmocka_unit_test(test_nothing_moves),
                                       cmocka_unit_test(test_recursive)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
