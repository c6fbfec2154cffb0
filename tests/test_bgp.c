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
#include "tests/wire.h"

#define OWN_AS 65000u
#define OWN_ID 0x0a0a0a0au

/* What a path of the plain list says. */
struct plain {
    uint32_t peer, path_id, arrived;
    struct ip_prefix prefix;
    uint32_t next_hop, local_pref, med, path[3], n_path, origin, originator, n_clusters;
    bool has_pref, has_med, has_originator;
};

static uint32_t take(struct bgp_store *store, const struct plain *p)
{
    uint8_t path[14] = {BGP_AS_SEQUENCE, (uint8_t)p->n_path}, clusters[12] = {0};
    for (uint32_t i = 0; i < 3; i++) {
        put32(path + 2 + 4 * i, p->path[i]);
        put32(clusters + 4 * i, 77);
    }
    struct bgp_attributes a = {.origin = (uint8_t)p->origin,
                               .med = p->med,
                               .local_pref = p->local_pref,
                               .originator_id = p->originator,
                               .as_path = {path, p->n_path == 0 ? 0 : 2 + 4 * p->n_path},
                               .cluster_list = {clusters, 4 * p->n_clusters}};
    a.present = (p->has_pref ? 1ull << BGP_LOCAL_PREF : 0) | (p->has_med ? 1ull << BGP_MED : 0) |
                (p->has_originator ? 1ull << BGP_ORIGINATOR_ID : 0) |
                (p->n_clusters > 0 ? 1ull << BGP_CLUSTER_LIST : 0);
    return bgp_store_take(store, &a,
                          (struct ip_address){.hi = (uint64_t)p->next_hop << 32, .family = IPV4});
}

static bool announce(struct bgp *bgp, const struct plain *p)
{
    uint32_t set = take(bgp_store(bgp), p);
    bool changed = bgp_announce(bgp, p->peer, &p->prefix, p->path_id, set);
    bgp_store_drop(bgp_store(bgp), set);
    return changed;
}

/* ---- the plain list ---- */

struct peers {
    struct bgp_peer of[8];
    uint32_t n;
};

static bool reachable(void *context, struct ip_address next_hop)
{
    (void)context;
    return next_hop.hi >> 32 != 0x63000003;
}

static int64_t pref(const struct plain *p)
{
    return p->has_pref ? p->local_pref : 100;
}

static uint32_t id(const struct peers *peers, const struct plain *p)
{
    return p->has_originator ? p->originator : peers->of[p->peer].id;
}

/* < 0: a is better, by all steps but MED; with_last: also by those behind e). */
static int better(const struct peers *peers, const struct plain *a, const struct plain *b)
{
    const struct bgp_peer *x = &peers->of[a->peer], *y = &peers->of[b->peer];
    const int64_t keys[][2] = {{!x->internal ? a->arrived : 0, !y->internal ? b->arrived : 0},
                               {id(peers, a), id(peers, b)},
                               {a->n_clusters, b->n_clusters},
                               {(int64_t)(x->address.hi >> 32), (int64_t)(y->address.hi >> 32)},
                               {a->path_id, b->path_id}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] < keys[i][1] ? -1 : 1;
        }
    }
    return 0;
}

static bool beaten(const struct peers *peers, const struct plain *a, const struct plain *b,
                   int step)
{
    uint32_t med_a = a->has_med ? a->med : 0, med_b = b->has_med ? b->med : 0;
    switch (step) {
    case 0:
        return pref(b) > pref(a);
    case 1:
        return b->n_path < a->n_path;
    case 2:
        return b->origin < a->origin;
    case 3:
        return (a->n_path > 0 ? a->path[0] : 0) == (b->n_path > 0 ? b->path[0] : 0) &&
               med_b < med_a;
    default:
        return peers->of[a->peer].internal && !peers->of[b->peer].internal;
    }
}

#define MOST 512

static bool in_loop(const struct plain *p)
{
    for (uint32_t i = 0; i < p->n_path; i++) {
        if (p->path[i] == OWN_AS) {
            return true;
        }
    }
    return p->has_originator && p->originator == OWN_ID;
}

/* The next hops chosen for a prefix. */
static uint32_t plain_best(const struct plain *list, uint32_t n, const struct peers *peers,
                           const struct ip_prefix *prefix, uint32_t max_paths, uint32_t *hops)
{
    const struct plain *left[MOST];
    uint32_t n_left = 0, n_hops = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (ip_prefix_compare(&list[i].prefix, prefix) == 0 && !in_loop(&list[i]) &&
            list[i].next_hop != 0x63000003) {
            left[n_left++] = &list[i];
        }
    }
    for (int step = 0; step < 5; step++) {
        const struct plain *kept[MOST];
        uint32_t n_kept = 0;
        for (uint32_t i = 0; i < n_left; i++) {
            bool lost = false;
            for (uint32_t j = 0; j < n_left; j++) {
                lost |= beaten(peers, left[i], left[j], step);
            }
            if (!lost) {
                kept[n_kept++] = left[i];
            }
        }
        memcpy(left, kept, n_kept * sizeof *left);
        n_left = n_kept;
    }
    const struct plain *best = NULL;
    while (n_left > 0 && n_hops < max_paths) {
        uint32_t at = 0;
        for (uint32_t i = 1; i < n_left; i++) {
            at = better(peers, left[i], left[at]) < 0 ? i : at;
        }
        const struct plain *p = left[at];
        left[at] = left[--n_left];
        bool fits = best == NULL || (!peers->of[best->peer].internal && p->n_path == best->n_path &&
                                     memcmp(p->path, best->path, 4 * p->n_path) == 0 &&
                                     (p->has_med ? p->med : 0) == (best->has_med ? best->med : 0));
        for (uint32_t i = 0; i < n_hops; i++) {
            fits &= hops[i] != p->next_hop;
        }
        if (fits) {
            best = best == NULL ? p : best;
            hops[n_hops++] = p->next_hop;
        }
    }
    return n_hops;
}

/* ---- at random ---- */

struct world {
    struct bgp *bgp;
    struct peers peers;
    struct plain list[MOST];
    uint32_t n, arrived, max_paths;
    struct rng rng;
    uint64_t n_drawn;
    uint32_t n_changed;
};

static uint32_t below(struct world *w, uint32_t n)
{
    return (uint32_t)rng_below(rng_at(&w->rng, w->n_drawn++).a, n);
}

static struct ip_prefix some_prefix(struct world *w)
{
    return (struct ip_prefix){(10ull << 24 | below(w, 4) << 8) << 32, 0, IPV4, 24};
}

static struct plain some_path(struct world *w)
{
    struct plain p = {.peer = below(w, w->peers.n),
                      .path_id = below(w, 4) == 0,
                      .prefix = some_prefix(w),
                      .next_hop = 0x63000000 + below(w, 5),
                      .local_pref = 99 + below(w, 3),
                      .has_pref = below(w, 3) == 0,
                      .med = below(w, 3),
                      .has_med = below(w, 2) == 0,
                      .n_path = below(w, 3),
                      .origin = below(w, 4) == 0,
                      .originator = below(w, 8) == 0 ? OWN_ID : 1 + below(w, 3),
                      .n_clusters = below(w, 3),
                      .has_originator = below(w, 3) == 0};
    for (uint32_t i = 0; i < p.n_path; i++) {
        p.path[i] = below(w, 20) == 0 ? OWN_AS : 1 + below(w, 2);
    }
    return p;
}

static void check(struct world *w, const struct ip_prefix *prefix)
{
    uint32_t hops[CONFIG_MAX_PATHS];
    struct bgp_route routes[CONFIG_MAX_PATHS];
    uint32_t n = plain_best(w->list, w->n, &w->peers, prefix, w->max_paths, hops);
    assert_int_equal(bgp_best(w->bgp, prefix, routes), n);
    for (uint32_t i = 0; i < n; i++) {
        const struct bgp_set *set = bgp_store_get(bgp_store(w->bgp), routes[i].set);
        assert_int_equal(set->next_hop.hi >> 32, hops[i]);
    }
}

static void assert_change(struct world *w, const struct ip_prefix *prefix, const uint32_t *before,
                          uint32_t n_before, bool changed)
{
    uint32_t hops[CONFIG_MAX_PATHS];
    uint32_t n = plain_best(w->list, w->n, &w->peers, prefix, w->max_paths, hops);
    bool same = n == n_before && memcmp(hops, before, n * sizeof *hops) == 0;
    assert_true(changed == !same);
    w->n_changed += changed;
}

static void remove_plain(struct world *w, const struct plain *p)
{
    for (uint32_t i = 0; i < w->n; i++) {
        const struct plain *q = &w->list[i];
        if (q->peer == p->peer && q->path_id == p->path_id &&
            ip_prefix_compare(&q->prefix, &p->prefix) == 0) {
            w->list[i--] = w->list[--w->n];
        }
    }
}

static void step(struct world *w)
{
    struct plain p = some_path(w);
    uint32_t before[CONFIG_MAX_PATHS];
    uint32_t n = plain_best(w->list, w->n, &w->peers, &p.prefix, w->max_paths, before);
    remove_plain(w, &p);
    bool changed;
    if (below(w, 3) == 0) {
        changed = bgp_withdraw(w->bgp, p.peer, &p.prefix, p.path_id);
    } else {
        p.arrived = w->arrived++;
        w->list[w->n++] = p;
        changed = announce(w->bgp, &p);
    }
    assert_change(w, &p.prefix, before, n, changed);
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
    uint32_t peer = below(w, w->peers.n), mask = 0, wanted = 0, before[4][CONFIG_MAX_PATHS], n[4];
    for (uint64_t i = 0; i < 4; i++) {
        struct ip_prefix prefix = {(10ull << 24 | i << 8) << 32, 0, IPV4, 24};
        n[i] = plain_best(w->list, w->n, &w->peers, &prefix, w->max_paths, before[i]);
    }
    for (uint32_t i = 0; i < w->n; i++) {
        if (w->list[i].peer == peer) {
            w->list[i--] = w->list[--w->n];
        }
    }
    for (uint64_t i = 0; i < 4; i++) {
        struct ip_prefix prefix = {(10ull << 24 | i << 8) << 32, 0, IPV4, 24};
        uint32_t hops[CONFIG_MAX_PATHS];
        uint32_t now = plain_best(w->list, w->n, &w->peers, &prefix, w->max_paths, hops);
        if (now != n[i] || memcmp(hops, before[i], now * sizeof *hops) != 0) {
            wanted |= 1u << i;
        }
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
        w->max_paths = 1 + below(w, 3);
        struct bgp_options options = {OWN_AS, OWN_ID, w->max_paths, false, reachable, NULL};
        w->bgp = bgp_open(&options, mem);
        w->peers.n = 2 + below(w, 6);
        for (uint32_t i = 0; i < w->peers.n; i++) {
            w->peers.of[i] = (struct bgp_peer){
                .address = {.hi = (uint64_t)(100 - i) << 32}, .as = 1, .id = 1 + below(w, 3)};
            w->peers.of[i].internal = below(w, 3) == 0;
            assert_int_equal(bgp_add_peer(w->bgp, &w->peers.of[i]), i);
        }
        for (int i = 0; i < 300; i++) {
            if (below(w, 100) == 0) {
                drop(w);
            } else {
                step(w);
            }
            struct ip_prefix prefix = some_prefix(w);
            check(w, &prefix);
            assert_int_equal(bgp_n_paths(w->bgp), w->n);
        }
        n_changed += w->n_changed;
        while (w->n > 0) {
            struct plain last = w->list[w->n - 1];
            bgp_withdraw(w->bgp, last.peer, &last.prefix, last.path_id);
            w->n--;
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
static void prefer(struct plain worse, struct plain better_one, bool standard_order)
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
        struct plain a = worse, b = better_one;
        a.prefix = b.prefix = wire_net("10.0.0.0/8");
        a.next_hop = 1;
        b.next_hop = 2;
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
    struct plain usual = {.n_path = 1, .path = {7, 8, 9}}, worse = usual, b = usual;
    b.peer = 1;
    b.has_pref = true;
    b.local_pref = 101;
    prefer(usual, b, true);
    b = usual;
    b.peer = 1;
    worse.n_path = 2;
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
    struct plain p = {.prefix = wire_net("10.0.0.0/8"), .n_path = 1, .path = {7}, .next_hop = 1};
    assert_true(announce(bgp, &p));
    struct plain q = p;
    q.peer = 1;
    q.next_hop = 2;
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
