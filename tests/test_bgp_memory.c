/* test_bgp_memory.c - the memory that BGP's tables take while peers speak, against a count of all that
 * is there; and what happens when it is not enough. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "models/bgp_batch.h"
#include "models/bgp_feed.h"
#include "models/bgp_memory.h"
#include "models/control.h"
#include "sim/arena.h"
#include "sim/rng.h"
#include "tests/random_chassis.h"

#define N_CHASSIS 150u
#define SUBNET_BLOCKS 2
#define MOST 512

struct world {
    const struct bgp_feed *feed; /* what is said */
    struct control control;
    struct bgp_batch *batch;
    struct bgp_memory *memory;
    uint32_t said_by; /* bit by peer: has said something since the last put */
    size_t n_failures, n_fragmented;
};

static struct bgp_memory *open_memory(uint64_t bytes, struct arena *mem)
{
    const struct ios_router router = {.main_bytes = bytes, .boot_bytes = 1000};
    struct ios_train train = {.header_bytes = 52, .slot_bytes = 8, .session_bytes = 100};
    struct ios_failure failure = {0};
    for (enum ios_pool p = 0; p < IOS_N_POOLS; p++) {
        train.pools[p] = (struct ios_pool_type){.element_bytes = 40 + p,
                                                .chunk_bytes = p % 3 == 0 ? 0 : 300 + 10 * p};
    }
    return bgp_memory_open(&router, &train, SUBNET_BLOCKS, mem, &failure);
}

/* ---- the count ---- */

struct list {
    const struct control *control;
    struct ip_prefix prefixes[MOST];
    size_t n;
};

static void collect(void *context, struct ip_prefix prefix)
{
    struct list *l = context;
    enum route_source source;
    struct route_target target;
    if (rib_get(l->control->rib, prefix, &source, &target) && source == ROUTE_FEED) {
        assert_true(l->n < MOST);
        l->prefixes[l->n++] = prefix;
    }
}

/* How many different beginnings of this length those have that are longer. */
static size_t beginnings(const struct list *l, unsigned length)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        bool is_new = l->prefixes[i].length > length;
        for (size_t k = 0; k < i; k++) {
            is_new &= l->prefixes[k].length <= length || l->prefixes[k].lo != l->prefixes[i].lo ||
                      l->prefixes[k].hi >> (64 - length) != l->prefixes[i].hi >> (64 - length);
        }
        n += is_new;
    }
    return n;
}

static size_t tables(const struct list *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        bool is_new = true;
        for (size_t k = 0; k < i; k++) {
            is_new &= l->prefixes[k].lo != l->prefixes[i].lo;
        }
        n += is_new;
    }
    return n;
}

/* Networks of class A, B and C with subnets. */
static size_t subnetted(const struct list *l)
{
    static const struct {
        uint32_t first, last;
        unsigned length;
    } classes[] = {{0, 127, 8}, {128, 191, 16}, {192, 223, 24}};
    size_t n = 0;
    for (int c = 0; c < 3; c++) {
        struct list of = {.n = 0};
        for (size_t i = 0; i < l->n; i++) {
            uint32_t first = (uint32_t)(l->prefixes[i].hi >> 56);
            if (first >= classes[c].first && first <= classes[c].last) {
                of.prefixes[of.n++] = l->prefixes[i];
            }
        }
        n += beginnings(&of, classes[c].length);
    }
    return n;
}

static void assert_use(const struct world *w, enum ios_pool pool, size_t n)
{
    assert_int_equal(bgp_memory_use(w->memory, pool).n_elements, n);
}

static void assert_counted(const struct world *w)
{
    struct list l = {.control = &w->control};
    struct bgp *bgp = w->control.bgp.bgp;
    const struct bgp_store *store = bgp_store(bgp);
    bgp_each(bgp, IPV4, collect, &l);
    assert_use(w, IOS_PATHS, bgp_n_paths(bgp));
    assert_use(w, IOS_NETWORKS, bgp_n_prefixes(bgp, IPV4) + bgp_n_prefixes(bgp, IPV6));
    assert_use(w, IOS_ATTRIBUTES, bgp_store_n(store, BGP_SHARED_SETS));
    assert_use(w, IOS_AS_PATHS, bgp_store_n(store, BGP_SHARED_PATHS));
    assert_use(w, IOS_CEF_ENTRIES, l.n);
    assert_use(w, IOS_NDBS, l.n + subnetted(&l));
    assert_use(w, IOS_RDBS, l.n + subnetted(&l));
    assert_use(w, IOS_SUBNETS, SUBNET_BLOCKS * subnetted(&l));
    assert_use(w, IOS_MTRIE_NODES,
               tables(&l) + beginnings(&l, 8) + beginnings(&l, 16) + beginnings(&l, 24));
}

/* ---- peers speak ---- */

static void failed(void *context, uint32_t peer, const struct ios_failure *failure)
{
    struct world *w = context;
    assert_true(w->said_by >> peer & 1);
    assert_non_null(failure->wanted_for);
    assert_true(failure->largest < failure->bytes);
    assert_int_equal(failure->fragmented, failure->free >= failure->bytes);
    w->n_failures++;
    w->n_fragmented += failure->fragmented;
}

static void say(struct world *w, const struct bgp_feed_path *path)
{
    struct bgp_store *store = bgp_store(w->control.bgp.bgp);
    struct ip_prefix prefix = bgp_feed_prefix(path);
    uint32_t set =
        path->set == 0 ? 0 : bgp_store_copy(store, w->control.config->bgp->store, path->set);
    bgp_batch_say(w->batch, path->peer, &prefix, path->path_id, set);
    if (set != 0) {
        bgp_store_drop(store, set);
    }
    w->said_by |= 1u << path->peer;
}

static void speak(struct world *w, uint64_t seed, size_t n_said)
{
    const struct bgp_feed *feed = w->feed;
    const size_t n = feed->n_updates + feed->n_paths;
    struct rng rng = rng_open(seed, "test", "memory");
    for (size_t i = 0; i < n_said; i++) {
        size_t k = rng_below(rng_at(&rng, 2 * i).a, n);
        const struct bgp_feed_path *path =
            k < feed->n_updates ? &feed->updates[k].path : &feed->paths[k - feed->n_updates];
        if (path->length == BGP_FEED_PEER_DOWN) {
            bgp_batch_drop_peer(w->batch, path->peer);
            w->said_by = 0;
            assert_counted(w);
            continue;
        }
        say(w, path);
        if (rng_below(rng_at(&rng, 2 * i + 1).a, 8) == 0) {
            bgp_batch_put(w->batch);
            w->said_by = 0;
            assert_counted(w);
        }
    }
}

/* At the end nothing is left. */
static void run(struct world *w, const struct chassis_config *config, uint64_t bytes, uint64_t seed,
                struct arena *mem)
{
    control_open(&w->control, config, mem);
    control_start_live(&w->control);
    w->memory = open_memory(bytes, mem);
    assert_non_null(w->memory);
    w->batch = bgp_batch_open(&w->control.bgp, mem);
    const struct ios_heap_totals empty = bgp_memory_totals(w->memory);
    w->said_by = UINT32_MAX; /* at the start all have */
    bgp_batch_limit(w->batch, w->memory, failed, w);
    speak(w, seed, 200);
    for (uint32_t peer = 0; peer < config->bgp->n_peers; peer++) {
        bgp_batch_drop_peer(w->batch, peer);
    }
    assert_counted(w);
    assert_int_equal(bgp_memory_totals(w->memory).free, empty.free);
    bgp_memory_close(w->memory);
    control_close(&w->control);
}

/* As long as there is enough, and when there is not. */
static void test_random(void **state)
{
    (void)state;
    size_t n_failures[2] = {0}, n_fragmented = 0;
    for (uint64_t number = 1; number <= N_CHASSIS; number++) {
        struct arena *mem = arena_open();
        struct chassis_config *config = random_chassis(number, mem);
        if (config->bgp != NULL && config->bgp->n_updates + config->bgp->n_paths > 0) {
            struct bgp_feed *at_start = arena_take(mem, sizeof *at_start);
            struct world w = {.feed = config->bgp};
            *at_start = *config->bgp;
            config->bgp = at_start;
            for (int small = 0; small < 2; small++) {
                at_start->n_paths = small ? 0 : w.feed->n_paths;
                w.n_failures = w.n_fragmented = 0;
                run(&w, config, small ? 12000 : 1 << 20, number, mem);
                n_failures[small] += w.n_failures;
                n_fragmented += w.n_fragmented;
            }
        }
        arena_close(mem);
    }
    printf("%zu failures, %zu of them by fragmentation\n", n_failures[1], n_fragmented);
    assert_int_equal(n_failures[0], 0);
    assert_true(n_failures[1] > 100 && n_fragmented > 0);
}

static void test_no_boot(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    assert_null(open_memory(1000, mem));
    assert_null(open_memory(1150, mem)); /* boot fits, the session does not */
    assert_non_null(open_memory(1500, mem));
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random),
                                       cmocka_unit_test(test_no_boot)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
