/* The memory of IOS: blocks compared with a plain map of bytes, chunks with their arithmetic, and
 * what happens when there is none left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "models/ios_memory.h"
#include "models/ios_table.h"
#include "models/route_table.h"
#include "sim/arena.h"
#include "sim/rng.h"

/* --- Blocks --------------------------------------------------------------------------------- */

#define HEADER 52
#define SMALL 4096

/* A map with a letter for each byte: whose it is; 0: free. The oracle of the heap. */
struct map {
    uint16_t owner[SMALL];
    uint32_t bytes[1000]; /* by owner */
};

static uint32_t gap(const struct map *m, uint32_t at)
{
    uint32_t n = 0;
    while (at + n < SMALL && m->owner[at + n] == 0) {
        n++;
    }
    return n;
}

/* Where a piece goes: SMALL when nowhere. */
static uint32_t place(const struct map *m, uint32_t whole, enum ios_fit fit)
{
    uint32_t best = SMALL, least = UINT32_MAX;
    for (uint32_t at = 0; at < SMALL; at += gap(m, at) + 1) {
        uint32_t room = gap(m, at);
        if (room >= whole && (best == SMALL || (fit == IOS_BEST_FIT && room < least))) {
            best = at;
            least = room;
        }
    }
    return best;
}

static void map_take(struct map *m, uint16_t owner, uint32_t bytes, enum ios_fit fit, bool *taken)
{
    uint32_t whole = HEADER + (bytes + 3) / 4 * 4, at = place(m, HEADER + bytes, fit);
    *taken = at != SMALL;
    if (*taken) {
        uint32_t room = gap(m, at);
        whole = room >= whole + HEADER + IOS_LEAST_BLOCK_BYTES ? whole : room;
        for (uint32_t i = 0; i < whole; i++) {
            m->owner[at + i] = owner;
        }
    }
}

static void map_give(struct map *m, uint16_t owner)
{
    for (uint32_t i = 0; i < SMALL; i++) {
        m->owner[i] = m->owner[i] == owner ? 0 : m->owner[i];
    }
}

static void compare(const struct map *m, const struct ios_heap *heap)
{
    struct ios_heap_totals t = ios_heap_totals(heap), want = {.total = SMALL};
    for (uint32_t at = 0; at < SMALL; at += gap(m, at) + 1) {
        uint32_t room = gap(m, at);
        if (room > 0) {
            want.n_free++;
            want.free += room - HEADER;
            want.largest_free =
                room - HEADER > want.largest_free ? room - HEADER : want.largest_free;
        }
    }
    assert_int_equal(t.free, want.free);
    assert_int_equal(t.n_free, want.n_free);
    assert_int_equal(t.largest_free, want.largest_free);
    assert_int_equal(t.used + t.free, SMALL);
}

static void random_heap(uint64_t seed, enum ios_fit fit)
{
    struct arena *mem = arena_open();
    struct ios_heap *heap = ios_heap_open(SMALL, HEADER, fit, mem);
    struct rng rng = rng_open(seed, "heap", "test");
    struct map map = {0};
    uint32_t blocks[1000] = {0};
    for (uint16_t i = 1; i < 1000; i++) {
        struct rng_draw d = rng_at(&rng, i);
        uint16_t other = (uint16_t)(1 + rng_below(d.b, i));
        uint32_t bytes = 1 + (uint32_t)rng_below(d.a, 400);
        bool taken;
        map_take(&map, i, bytes, fit, &taken);
        blocks[i] = ios_heap_take(heap, bytes);
        assert_int_equal(blocks[i] != 0, taken);
        if (blocks[other] != 0) {
            ios_heap_give(heap, blocks[other]);
            map_give(&map, other);
            blocks[other] = 0;
        }
        compare(&map, heap);
    }
    arena_close(mem);
}

static void test_heap_as_map(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        random_heap(seed, IOS_BEST_FIT);
        random_heap(seed, IOS_FIRST_FIT);
    }
}

/* --- Chunks --------------------------------------------------------------------------------- */

static const struct ios_router router = {.model = "test",
                                         .main_bytes = 3000000,
                                         .image_bytes = 1000000,
                                         .boot_bytes = 500000,
                                         .n_holes = 10,
                                         .hole_bytes = 400};

static struct ios_train train_of(uint64_t element, uint64_t chunk)
{
    struct ios_train train = {.header_bytes = HEADER, .slot_bytes = 8, .session_bytes = 1000};
    for (uint32_t i = 0; i < IOS_N_POOLS; i++) {
        train.pools[i] = (struct ios_pool_type){element, chunk};
    }
    return train;
}

/* The numbers of [IPSPACE]: 420 entries of 148 bytes in 65,536. */
static void test_chunks(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct ios_train train = train_of(148, 65536);
    struct ios_failure failure;
    struct ios_memory *m = ios_memory_open(&router, &train, mem, &failure);
    assert_null(failure.wanted_for);
    uint64_t before = ios_memory_totals(m).used;
    for (uint32_t i = 1; i <= 1000; i++) {
        assert_true(ios_memory_take(m, IOS_NETWORKS, &failure));
        struct ios_pool_use use = ios_memory_use(m, IOS_NETWORKS);
        assert_int_equal(use.n_elements, i);
        assert_int_equal(use.n_blocks, (i + 419) / 420);
        assert_int_equal(use.bytes, use.n_blocks * 65588);
        assert_int_equal(ios_memory_totals(m).used - before, use.bytes);
    }
    for (uint32_t i = 0; i < 1000; i++) {
        ios_memory_give(m, IOS_NETWORKS);
        assert_int_equal(ios_memory_use(m, IOS_NETWORKS).n_blocks, (999 - i + 419) / 420);
    }
    assert_int_equal(ios_memory_totals(m).used, before);
    arena_close(mem);
}

/* Fills the memory with one structure: what fails, and why. */
static struct ios_failure fill(struct ios_memory *m, enum ios_pool pool, uint64_t *n)
{
    struct ios_failure failure = {0};
    for (*n = 0; ios_memory_take(m, pool, &failure); (*n)++) {
    }
    return failure;
}

static void test_not_enough(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct ios_train train = train_of(148, 65536);
    struct ios_failure failure;
    struct ios_memory *m = ios_memory_open(&router, &train, mem, &failure);
    uint64_t n, left = ios_memory_totals(m).largest_free, n_blocks = (left + HEADER) / 65588;
    failure = fill(m, IOS_NETWORKS, &n);
    assert_int_equal(n, n_blocks * 420);
    assert_string_equal(failure.wanted_for, "IPv4 unicast net");
    assert_int_equal(failure.bytes, 65536);
    assert_true(failure.free < 65536);
    assert_true(failure.largest < failure.free); /* the holes of boot */
    assert_false(failure.fragmented);
    assert_int_equal(failure.free, ios_memory_totals(m).free);
    arena_close(mem);
}

/* More is free than asked for, in pieces too small. */
static void test_fragmentation(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct ios_router holes = router;
    struct ios_train train = train_of(2920, 0);
    struct ios_failure failure;
    uint64_t n;
    holes.n_holes = 100;
    struct ios_memory *m = ios_memory_open(&holes, &train, mem, &failure);
    failure = fill(m, IOS_SUBNETS, &n);
    assert_true(n > 0);
    assert_int_equal(failure.bytes, 2920);
    assert_true(failure.free > 100 * 400);
    assert_true(failure.largest < 2920);
    assert_true(failure.fragmented);
    arena_close(mem);
}

static void test_session_down(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct ios_train train = train_of(100, 5000);
    struct ios_step step = {{1, 0, 2, 1, 1, 1, 1, 1, 1, 3, 1}};
    struct ios_failure failure;
    uint64_t n[2];
    struct ios_memory *m = ios_memory_open(&router, &train, mem, &failure);
    struct ios_heap_totals start = ios_memory_totals(m);
    for (uint32_t round = 0; round < 2; round++) {
        for (n[round] = 0; ios_memory_learn(m, &step, &failure); n[round]++) {
        }
        ios_memory_session_down(m);
        struct ios_heap_totals end = ios_memory_totals(m);
        assert_int_equal(end.free, start.free);
        assert_int_equal(end.largest_free, start.largest_free);
    }
    assert_true(n[0] > 0);
    assert_int_equal(n[0], n[1]);
    arena_close(mem);
}

/* A router whose image, boot or BGP do not fit. */
static void test_does_not_boot(void **state)
{
    (void)state;
    struct ios_train train = train_of(100, 5000);
    struct ios_step step = {{1}};
    struct ios_outcome outcome;
    struct ios_router small = router;
    small.main_bytes = 900000;
    ios_memory_fill(&small, &train, &step, 1, &outcome);
    assert_string_equal(outcome.failure.wanted_for, "boot");
    assert_int_equal(outcome.failure.bytes, 500000);
    assert_int_equal(outcome.n_learned, 0);
    small.main_bytes = 1400000;
    ios_memory_fill(&small, &train, &step, 1, &outcome);
    assert_string_equal(outcome.failure.wanted_for, "boot");
    small = router;
    train.session_bytes = 1499000;
    ios_memory_fill(&small, &train, &step, 1, &outcome);
    assert_string_equal(outcome.failure.wanted_for, "BGP session");
    train.session_bytes = 1000;
    ios_memory_fill(&small, &train, &step, 1, &outcome);
    assert_null(outcome.failure.wanted_for);
    assert_int_equal(outcome.n_learned, 1);
}

/* --- Tables --------------------------------------------------------------------------------- */

static void test_spread(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    const struct ios_counts counts = {1000, 2500, 187, 169, 0, 11, 52};
    struct ios_step *steps = ios_table_spread(&counts, 1000, mem);
    uint64_t sums[IOS_N_POOLS] = {0};
    for (uint32_t i = 0; i < 1000; i++) {
        for (uint32_t pool = 0; pool < IOS_N_POOLS; pool++) {
            sums[pool] += steps[i].n[pool];
        }
        assert_int_equal(sums[IOS_ATTRIBUTES], ((i + 1) * 187 + 999) / 1000);
    }
    const uint64_t want[IOS_N_POOLS] = {
        [IOS_AS_PATHS] = 169,   [IOS_COMMUNITIES] = 0, [IOS_ATTRIBUTES] = 187,
        [IOS_NETWORKS] = 1000,  [IOS_PATHS] = 2500,    [IOS_SUBNETS] = 11,
        [IOS_NDBS] = 1011,      [IOS_RDBS] = 1011,     [IOS_CEF_ENTRIES] = 1000,
        [IOS_MTRIE_NODES] = 52, [IOS_LABELS] = 0,
    };
    assert_memory_equal(sums, want, sizeof want);
    ios_table_into_vrf(steps, 1000, 2);
    assert_int_equal(steps[0].n[IOS_LABELS], 1);
    assert_int_equal(steps[0].n[IOS_ATTRIBUTES], 2);
    arena_close(mem);
}

/* Nodes and networks of a prefix, counted by comparing it with all before it. */
static void count_naively(const struct route *routes, size_t i, uint16_t *nodes, uint16_t *subnets)
{
    const struct ip_prefix *p = &routes[i].prefix;
    uint32_t address = (uint32_t)(p->hi >> 32);
    unsigned class = address >> 31 == 0 ? 8 : address >> 30 == 2 ? 16 : address >> 29 == 6 ? 24 : 0;
    bool below[4] = {i == 0, p->length > 8, p->length > 16, p->length > 24};
    bool first_subnet = class != 0 && p->length > class;
    for (size_t k = 0; k < i; k++) {
        uint32_t differ = address ^ (uint32_t)(routes[k].prefix.hi >> 32);
        unsigned length = routes[k].prefix.length;
        for (unsigned d = 1; d < 4; d++) {
            below[d] &= length <= 8 * d || differ >> (32 - 8 * d) != 0;
        }
        first_subnet &= class == 0 || length <= class || differ >> (32 - class) != 0;
    }
    *nodes = (uint16_t)(below[0] + below[1] + below[2] + below[3]);
    *subnets = first_subnet;
}

static void test_shape(void **state)
{
    (void)state;
    enum { N = 1000 };
    struct arena *mem = arena_open();
    struct route *routes = arena_take_array(mem, N, sizeof *routes);
    struct rng rng = rng_open(7, "prefixes", "test");
    const struct ios_counts counts = {.n_networks = N, .n_paths = N};
    for (uint32_t i = 0; i < N; i++) {
        struct rng_draw d = rng_at(&rng, i);
        uint64_t few = d.a & UINT64_C(0xe3071f0f00000000); /* that share many first bytes */
        routes[i].prefix =
            ip_prefix_of((struct ip_address){few, 0, IPV4}, (unsigned)rng_below(d.b, 33));
    }
    struct ios_step *steps = ios_table_spread(&counts, N, mem);
    ios_table_shape(steps, routes, N);
    for (size_t i = 0; i < N; i++) {
        uint16_t nodes, subnets;
        count_naively(routes, i, &nodes, &subnets);
        assert_int_equal(steps[i].n[IOS_MTRIE_NODES], nodes);
        assert_int_equal(steps[i].n[IOS_SUBNETS], subnets);
        assert_int_equal(steps[i].n[IOS_NDBS], 1 + subnets);
    }
    ios_table_subnets(steps, N, 2);
    assert_int_equal(steps[0].n[IOS_SUBNETS] % 2, 0);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heap_as_map),  cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_not_enough),   cmocka_unit_test(test_fragmentation),
        cmocka_unit_test(test_session_down), cmocka_unit_test(test_does_not_boot),
        cmocka_unit_test(test_spread),       cmocka_unit_test(test_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
