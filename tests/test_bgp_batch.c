/* test_bgp_batch.c - what peers say put into all tables at once, against the same put one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "models/bgp_batch.h"
#include "models/bgp_feed.h"
#include "models/control.h"
#include "sim/arena.h"
#include "sim/rng.h"
#include "tests/random_chassis.h"

#define N_CHASSIS 150u
#define MOST_CHANGED 1024

/* A control plane into whose tables each path goes at once, its prefix when the batch would. */
struct singly {
    struct control control;
    struct ip_prefix changed[MOST_CHANGED];
    size_t n;
};

static int compare(const void *a, const void *b)
{
    return ip_prefix_compare(a, b);
}

static void put_singly(struct singly *s)
{
    qsort(s->changed, s->n, sizeof *s->changed, compare);
    for (size_t i = 0; i < s->n; i++) {
        if (i == 0 || compare(&s->changed[i - 1], &s->changed[i]) != 0) {
            bgp_routes_put(&s->control.bgp, s->changed[i]);
            bgp_routes_settle(&s->control.bgp);
        }
    }
    s->n = 0;
}

/* The set of an update, in the store of a control plane of its own; held. 0: it is withdrawn. */
static uint32_t take(struct control *c, const struct bgp_feed_path *path)
{
    return path->set == 0 ? 0
                          : bgp_store_copy(bgp_store(c->bgp.bgp), c->config->bgp->store, path->set);
}

static void give(struct control *c, uint32_t set)
{
    if (set != 0) {
        bgp_store_drop(bgp_store(c->bgp.bgp), set);
    }
}

static void say_singly(struct singly *s, const struct bgp_feed_path *path)
{
    struct bgp *bgp = s->control.bgp.bgp;
    struct ip_prefix prefix = bgp_feed_prefix(path);
    uint32_t set = take(&s->control, path);
    if (set != 0 ? bgp_announce(bgp, path->peer, &prefix, path->path_id, set)
                 : bgp_withdraw(bgp, path->peer, &prefix, path->path_id)) {
        assert_true(s->n < MOST_CHANGED);
        s->changed[s->n++] = prefix;
    }
    give(&s->control, set);
}

static void say(struct control *c, struct bgp_batch *batch, const struct bgp_feed_path *path)
{
    struct ip_prefix prefix = bgp_feed_prefix(path);
    uint32_t set = take(c, path);
    bgp_batch_say(batch, path->peer, &prefix, path->path_id, set);
    give(c, set);
}

/* What an engine has for exactly this prefix. */
static struct adjacency held(const struct control *c, uint32_t engine, struct ip_prefix prefix)
{
    uint32_t id = fib_find(c->fib, prefix);
    return c->fib->adjacencies[c->fib->engines[engine].adjacency[prefix.family][id]];
}

static void assert_same(const struct control *a, const struct control *b)
{
    assert_int_equal(a->fib->n_engines, b->fib->n_engines);
    for (enum ip_family f = IPV4; f <= IPV6; f++) {
        size_t n = rib_n_prefixes(a->rib, f);
        assert_int_equal(rib_n_prefixes(b->rib, f), n);
        assert_int_equal(bgp_n_prefixes(a->bgp.bgp, f), bgp_n_prefixes(b->bgp.bgp, f));
        for (uint32_t id = 1; id < a->fib->n_ids[f]; id++) {
            for (uint32_t e = 0; a->fib->resolved[f][id] != 0 && e < a->fib->n_engines; e++) {
                struct adjacency x = held(a, e, a->fib->prefixes[f][id]),
                                 y = held(b, e, a->fib->prefixes[f][id]);
                assert_int_equal(x.kind, y.kind);
                assert_int_equal(x.port, y.port);
                assert_int_equal(x.next_hop.hi, y.next_hop.hi);
                assert_int_equal(x.next_hop.lo, y.next_hop.lo);
            }
        }
    }
    assert_int_equal(bgp_n_paths(a->bgp.bgp), bgp_n_paths(b->bgp.bgp));
    assert_int_equal(bgp_store_n(bgp_store(a->bgp.bgp), BGP_SHARED_SETS),
                     bgp_store_n(bgp_store(b->bgp.bgp), BGP_SHARED_SETS));
}

static void drop_peer(struct control *c, uint32_t peer)
{
    bgp_drop_peer(c->bgp.bgp, peer, bgp_routes_put, &c->bgp);
    bgp_routes_settle(&c->bgp);
}

/* What is said at the start comes again: the more there is to say, the longer batches are. */
static size_t compare_on(const struct chassis_config *config, uint64_t seed, struct arena *mem)
{
    const struct bgp_feed *feed = config->bgp;
    const size_t n = feed->n_updates + feed->n_paths;
    struct rng rng = rng_open(seed, "test", "batches");
    struct singly singly = {.n = 0};
    struct control together;
    size_t n_batches = 0;
    control_open(&singly.control, config, mem);
    control_open(&together, config, mem);
    control_start_live(&singly.control);
    control_start_live(&together);
    struct bgp_batch *batch = bgp_batch_open(&together.bgp, mem);
    for (size_t i = 0; i < 2 * n; i++) {
        size_t k = rng_below(rng_at(&rng, 2 * i).a, n);
        const struct bgp_feed_path *path =
            k < feed->n_updates ? &feed->updates[k].path : &feed->paths[k - feed->n_updates];
        bool down = path->length == BGP_FEED_PEER_DOWN;
        if (!down) {
            say_singly(&singly, path);
            say(&together, batch, path);
        }
        if (down || i + 1 == 2 * n || rng_below(rng_at(&rng, 2 * i + 1).a, 12) == 0) {
            put_singly(&singly);
            bgp_batch_put(batch);
            assert_int_equal(bgp_batch_n(batch), 0);
            assert_same(&singly.control, &together);
            n_batches++;
        }
        if (down) {
            drop_peer(&singly.control, path->peer);
            drop_peer(&together, path->peer);
        }
    }
    control_close(&singly.control);
    control_close(&together);
    return n_batches;
}

static void test_random(void **state)
{
    (void)state;
    size_t n_batches = 0;
    for (uint64_t number = 1; number <= N_CHASSIS; number++) {
        struct arena *mem = arena_open();
        struct chassis_config *config = random_chassis(number, mem);
        if (config->bgp != NULL && config->bgp->n_updates + config->bgp->n_paths > 0) {
            n_batches += compare_on(config, number, mem);
        }
        arena_close(mem);
    }
    printf("%zu batches\n", n_batches);
    assert_true(n_batches > 200);
}

/* More than the room: it puts itself, and what is left is put when it is asked for. */
static void test_full(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct chassis_config *config = NULL;
    for (uint64_t number = 1; config == NULL || config->bgp == NULL; number++) {
        config = random_chassis(number, mem);
    }
    struct control control;
    control_open(&control, config, mem);
    control_start_live(&control);
    struct bgp_batch *batch = bgp_batch_open(&control.bgp, mem);
    const struct ip_prefix prefix = {10ull << 56, 0, IPV4, 8};
    for (uint32_t i = 0; i <= BGP_BATCH_ROOM; i++) {
        bgp_batch_say(batch, 0, &prefix, i % 3, 0);
    }
    assert_int_equal(bgp_batch_n(batch), 1);
    bgp_batch_put(batch);
    assert_int_equal(bgp_batch_n(batch), 0);
    control_close(&control);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_full)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
