/* test_bgp.c - Adj-RIB-In and the choice of the best paths, against a plain list that chooses step by
 * step; each step on its own; what goes and comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "models/bgp.h"
#include "sim/arena.h"
#include "sim/rng.h"
#include "tests/naive_bgp.h"
#include "tests/wire.h"

#define OWN_AS 65000u
#define OWN_ID 0x0a0a0a0au

static bool announce(struct bgp *bgp, const struct naive_path *p)
{
    uint32_t set = naive_take(bgp_store(bgp), p);
    bool changed = bgp_announce(bgp, p->peer, &p->prefix, p->path_id, set);
    bgp_store_drop(bgp_store(bgp), set);
    return changed;
}

static bool reachable(void *context, struct ip_address next_hop, bool of_vpn)
{
    (void)context, (void)of_vpn;
    return next_hop.hi >> 32 != 0x63000003;
}

/* ---- at random ---- */

struct world {
    struct bgp *bgp;
    struct naive_bgp naive;
    uint32_t n_peers;
    struct rng rng;
    uint64_t n_drawn;
    uint32_t n_changed;
};

static uint32_t below(struct world *w, uint32_t n)
{
    return (uint32_t)rng_below(rng_at(&w->rng, w->n_drawn++).a, n);
}

static struct ip_prefix nth_prefix(uint32_t n)
{
    return (struct ip_prefix){(10ull << 24 | n << 8) << 32, 0, IPV4, 24};
}

static struct ip_prefix some_prefix(struct world *w)
{
    return nth_prefix(below(w, 4));
}

static struct ip_address hop(uint32_t address)
{
    return (struct ip_address){.hi = (uint64_t)address << 32, .family = IPV4};
}

static struct naive_path some_path(struct world *w)
{
    struct naive_path p = {.peer = below(w, w->n_peers),
                           .path_id = below(w, 4) == 0,
                           .prefix = some_prefix(w),
                           .next_hop = hop(0x63000000 + below(w, 5)),
                           .local_pref = 99 + below(w, 3),
                           .has_pref = below(w, 3) == 0,
                           .med = below(w, 3),
                           .has_med = below(w, 2) == 0,
                           .n_as = below(w, 3),
                           .origin = below(w, 4) == 0,
                           .originator = below(w, 8) == 0 ? OWN_ID : 1 + below(w, 3),
                           .n_clusters = below(w, 3),
                           .has_originator = below(w, 3) == 0};
    for (uint32_t i = 0; i < p.n_as; i++) {
        p.as_path[i] = below(w, 20) == 0 ? OWN_AS : 1 + below(w, 2);
    }
    return p;
}

static bool same_hops(const struct ip_address *a, uint32_t n_a, const struct ip_address *b,
                      uint32_t n_b)
{
    bool same = n_a == n_b;
    for (uint32_t i = 0; same && i < n_a; i++) {
        same = a[i].hi == b[i].hi;
    }
    return same;
}

static void check(struct world *w, const struct ip_prefix *prefix)
{
    struct ip_address hops[CONFIG_MAX_PATHS], got[CONFIG_MAX_PATHS];
    struct bgp_route routes[CONFIG_MAX_PATHS];
    uint32_t n = naive_best(&w->naive, prefix, hops), n_got = bgp_best(w->bgp, prefix, routes);
    for (uint32_t i = 0; i < n_got; i++) {
        got[i] = bgp_store_get(bgp_store(w->bgp), routes[i].set)->next_hop;
    }
    assert_true(same_hops(hops, n, got, n_got));
}

static void step(struct world *w)
{
    struct naive_path p = some_path(w);
    struct ip_address before[CONFIG_MAX_PATHS], after[CONFIG_MAX_PATHS];
    uint32_t n = naive_best(&w->naive, &p.prefix, before);
    bool changed;
    if (below(w, 3) == 0) {
        naive_withdraw(&w->naive, p.peer, &p.prefix, p.path_id);
        changed = bgp_withdraw(w->bgp, p.peer, &p.prefix, p.path_id);
    } else {
        naive_announce(&w->naive, p);
        changed = announce(w->bgp, &p);
    }
    uint32_t n_after = naive_best(&w->naive, &p.prefix, after);
    assert_true(changed == !same_hops(before, n, after, n_after));
    w->n_changed += changed;
}

static void note(void *context, struct ip_prefix prefix)
{
    uint32_t *mask = context;
    uint32_t bit = 1u << (prefix.hi >> 40 & 3);
    assert_true(*mask < bit); /* in order, none twice */
    *mask |= bit;
}

static void drop(struct world *w)
{
    struct ip_address before[4][CONFIG_MAX_PATHS], after[CONFIG_MAX_PATHS];
    uint32_t peer = below(w, w->n_peers), mask = 0, wanted = 0, n[4];
    for (uint32_t i = 0; i < 4; i++) {
        struct ip_prefix prefix = nth_prefix(i);
        n[i] = naive_best(&w->naive, &prefix, before[i]);
    }
    naive_drop_peer(&w->naive, peer);
    for (uint32_t i = 0; i < 4; i++) {
        struct ip_prefix prefix = nth_prefix(i);
        uint32_t n_after = naive_best(&w->naive, &prefix, after);
        wanted |= same_hops(before[i], n[i], after, n_after) ? 0 : 1u << i;
    }
    bgp_drop_peer(w->bgp, peer, note, &mask);
    assert_int_equal(mask, wanted);
    assert_int_equal(bgp_n_peer_paths(w->bgp, peer), 0);
}

static void test_random(void **state)
{
    (void)state;
    uint32_t n_changed = 0;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct arena *mem = arena_open();
        struct world *w = arena_take(mem, sizeof *w);
        w->rng = rng_open(seed, "test", "bgp");
        w->naive.own_as = OWN_AS;
        w->naive.own_id = OWN_ID;
        w->naive.reachable = reachable;
        w->naive.max_paths = 1 + below(w, 3);
        struct bgp_options options = {OWN_AS, OWN_ID, w->naive.max_paths, false, reachable, NULL};
        w->bgp = bgp_open(&options, mem);
        w->n_peers = 2 + below(w, 6);
        for (uint32_t i = 0; i < w->n_peers; i++) {
            w->naive.peers[i] = (struct bgp_peer){
                .address = {.hi = (uint64_t)(100 - i) << 32}, .as = 1, .id = 1 + below(w, 3)};
            w->naive.peers[i].internal = below(w, 3) == 0;
            assert_int_equal(bgp_add_peer(w->bgp, &w->naive.peers[i]), i);
        }
        for (int i = 0; i < 300; i++) {
            if (below(w, 100) == 0) {
                drop(w);
            } else {
                step(w);
            }
            struct ip_prefix prefix = some_prefix(w);
            check(w, &prefix);
            assert_int_equal(bgp_n_paths(w->bgp), w->naive.n);
        }
        n_changed += w->n_changed;
        while (w->naive.n > 0) {
            const struct naive_path *last = &w->naive.list[--w->naive.n];
            bgp_withdraw(w->bgp, last->peer, &last->prefix, last->path_id);
        }
        for (int kind = 0; kind < BGP_N_SHARED; kind++) { /* nothing is left behind */
            assert_int_equal(bgp_store_n(bgp_store(w->bgp), (enum bgp_shared)kind), 0);
        }
        assert_int_equal(bgp_n_prefixes(w->bgp, IPV4), 0);
        bgp_close(w->bgp);
        arena_close(mem);
    }
    assert_true(n_changed > 1000);
}

/* ---- one step each ---- */

/* Two paths that differ in one thing: the second is better; whoever comes first. */
static void prefer(struct naive_path worse, struct naive_path better_one, bool standard_order)
{
    for (int order = 0; order < 2; order++) {
        struct arena *mem = arena_open();
        struct bgp_options options = {OWN_AS, 0, 1, standard_order, NULL, NULL};
        struct bgp *bgp = bgp_open(&options, mem);
        for (uint32_t i = 0; i < 4; i++) { /* 0, 1 external; 2, 3 internal */
            bgp_add_peer(bgp, &(struct bgp_peer){.address = {.hi = (uint64_t)(9 - i) << 32},
                                                 .id = 10 - i / 2 * 2,
                                                 .internal = i >= 2});
        }
        struct naive_path a = worse, b = better_one;
        a.prefix = b.prefix = wire_net("10.0.0.0/8");
        a.next_hop = hop(1);
        b.next_hop = hop(2);
        assert_true(announce(bgp, order == 0 ? &a : &b));
        assert_true(announce(bgp, order == 0 ? &b : &a) == (order == 0));
        struct bgp_route routes[CONFIG_MAX_PATHS];
        assert_int_equal(bgp_best(bgp, &a.prefix, routes), 1);
        assert_int_equal(bgp_store_get(bgp_store(bgp), routes[0].set)->next_hop.hi >> 32, 2);
        bgp_close(bgp);
        arena_close(mem);
    }
}

static void test_steps(void **state)
{
    (void)state;
    struct naive_path usual = {.n_as = 1, .as_path = {7, 8, 9}}, worse = usual, b = usual;
    b.peer = 1;
    b.has_pref = true;
    b.local_pref = 101;
    prefer(usual, b, true);
    b = usual;
    b.peer = 1;
    worse.n_as = 2;
    prefer(worse, b, true);
    worse = usual;
    worse.origin = 1;
    prefer(worse, b, true);
    worse = usual;
    worse.has_med = true;
    worse.med = 1;
    prefer(worse, b, true);
    worse = usual;
    worse.peer = 2; /* internal, with a lower identifier */
    prefer(worse, b, true);
    b.peer = 1; /* lower address */
    prefer(usual, b, true);
    b.peer = 0;
    worse = b;
    worse.peer = 1;
    worse.has_originator = b.has_originator = true;
    worse.originator = 6;
    b.originator = 5; /* lower identifier */
    prefer(worse, b, true);
    b = worse;
    b.peer = 0; /* shorter list of clusters, whatever the address */
    worse.n_clusters = 2;
    b.n_clusters = 1;
    prefer(worse, b, true);
}

/* The vendor's: of two external paths that are equal so far, the first one stays. */
static void test_oldest(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct bgp_options options = {OWN_AS, 0, 1, false, NULL, NULL};
    struct bgp *bgp = bgp_open(&options, mem);
    bgp_add_peer(bgp, &(struct bgp_peer){.address = {.hi = 2ull << 32}, .id = 2});
    bgp_add_peer(bgp, &(struct bgp_peer){.address = {.hi = 1ull << 32}, .id = 1});
    struct naive_path p = {
        .prefix = wire_net("10.0.0.0/8"), .n_as = 1, .as_path = {7}, .next_hop = hop(1)};
    assert_true(announce(bgp, &p));
    struct naive_path q = p;
    q.peer = 1;
    q.next_hop = hop(2);
    assert_false(announce(bgp, &q));
    assert_true(announce(bgp, &p));                   /* comes again: now it is the younger one */
    assert_false(bgp_withdraw(bgp, 0, &p.prefix, 1)); /* not there */
    assert_false(bgp_withdraw(bgp, 0, &p.prefix, 0));
    assert_true(bgp_withdraw(bgp, 1, &p.prefix, 0));
    assert_false(bgp_withdraw(bgp, 1, &p.prefix, 0));
    bgp_close(bgp);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_steps),
                                       cmocka_unit_test(test_oldest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
