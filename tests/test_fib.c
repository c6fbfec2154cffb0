/* test_fib.c - every engine's answers against a plain list of what it holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "models/fib.h"
#include "sim/arena.h"
#include "sim/rng.h"
#include "tests/naive_table.h"

#define N_ENGINES 3
#define MAX_PREFIXES 100
#define MAX_PROBES (8 * MAX_PREFIXES)

/* A FIB and, beside it, the same in plain lists by place in the table. */
struct pair {
    struct arena *mem;
    struct fib *fib;
    enum ip_family family;
    struct naive_table table; /* held: in the tree */
    uint32_t id[MAX_PREFIXES];
    uint32_t adjacency[N_ENGINES][MAX_PREFIXES];
    uint64_t capacity, n_held[N_ENGINES], n_refused[N_ENGINES], n_evicted[N_ENGINES];
    unsigned least[N_ENGINES]; /* length that may come in */
};

static void pair_open(struct pair *p, enum ip_family family, size_t n, uint64_t capacity,
                      uint64_t seed)
{
    *p = (struct pair){.mem = arena_open(), .family = family, .capacity = capacity};
    p->fib = fib_open(p->mem);
    p->table = naive_random(n, family, seed);
    for (uint32_t e = 0; e < N_ENGINES; e++) {
        assert_int_equal(fib_add_engine(p->fib, capacity, capacity), e);
    }
    for (uint16_t port = 0; port < 50; port++) {
        struct adjacency a = {.kind = ADJACENCY_FORWARD, .port = port};
        assert_int_equal(fib_adjacency(p->fib, &a), FIB_FIRST_ADJACENCY + port);
    }
}

/* Side by side, of three lengths: many go before the shortest length changes. */
static void few_lengths(struct pair *p, const struct rng *rng)
{
    for (size_t i = 0; i < p->table.n; i++) {
        unsigned length = 22 + (unsigned)(rng_at(rng, i).a % 3);
        struct ip_address a = {.hi = (uint64_t)i << 42, .family = (uint8_t)p->family};
        p->table.prefixes[i] = ip_prefix_of(a, length);
    }
}

static void pair_close(struct pair *p)
{
    naive_free(&p->table);
    arena_close(p->mem);
}

static unsigned length_of(const struct pair *p, size_t i)
{
    return p->table.prefixes[i].length;
}

/* The last of the shortest that an engine holds; table.n: it holds none. */
static size_t first_to_go(const struct pair *p, uint32_t engine)
{
    size_t found = p->table.n;
    for (size_t i = 0; i < p->table.n; i++) {
        if (p->adjacency[engine][i] != 0 &&
            (found == p->table.n || length_of(p, i) <= length_of(p, found))) {
            found = i;
        }
    }
    return found;
}

static void keep_out(struct pair *p, uint32_t engine, size_t i)
{
    unsigned *least = &p->least[engine];
    *least = length_of(p, i) > *least ? length_of(p, i) : *least;
}

static bool make_room(struct pair *p, uint32_t engine, size_t i)
{
    if (p->n_held[engine] < p->capacity) {
        return length_of(p, i) >= p->least[engine];
    }
    size_t other = first_to_go(p, engine);
    if (other == p->table.n || length_of(p, other) >= length_of(p, i)) {
        return false;
    }
    p->adjacency[engine][other] = 0;
    p->n_held[engine]--;
    p->n_evicted[engine]++;
    keep_out(p, engine, other);
    return true;
}

static void install(struct pair *p, uint32_t engine, size_t i, uint32_t adjacency)
{
    uint32_t *entry = &p->adjacency[engine][i];
    bool fits = adjacency == 0 || *entry != 0 || make_room(p, engine, i);
    assert_int_equal(fib_install(p->fib, engine, p->family, p->id[i], adjacency), fits);
    if (!fits) {
        p->n_refused[engine]++;
        keep_out(p, engine, i);
        return;
    }
    p->n_held[engine] += adjacency != 0;
    p->n_held[engine] -= *entry != 0;
    *entry = adjacency;
}

static void add_or_remove(struct pair *p, size_t i, uint32_t adjacency)
{
    if (!p->table.held[i]) {
        p->id[i] = fib_add_prefix(p->fib, p->table.prefixes[i], adjacency);
        assert_int_equal(p->fib->resolved[p->family][p->id[i]], adjacency);
    } else {
        for (uint32_t e = 0; e < N_ENGINES; e++) {
            install(p, e, i, 0);
        }
        fib_remove_prefix(p->fib, p->family, p->id[i]);
    }
    p->table.held[i] = !p->table.held[i];
}

/* The adjacency of the longest prefix in one engine. */
static uint32_t naive_answer(const struct pair *p, uint32_t engine, struct ip_address a)
{
    unsigned below = 129;
    for (;;) {
        uint32_t match = naive_match(&p->table, a.hi, a.lo, below);
        if (match == 0 || p->adjacency[engine][match - 1] != 0) {
            return match == 0 ? 0 : p->adjacency[engine][match - 1];
        }
        below = p->table.prefixes[match - 1].length;
    }
}

static void assert_same(const struct pair *p, uint64_t seed)
{
    struct ip_address addresses[MAX_PROBES] = {0};
    uint32_t a4[MAX_PROBES] = {0}, answers[MAX_PROBES];
    uint64_t hi[MAX_PROBES] = {0}, lo[MAX_PROBES] = {0};
    size_t n = naive_n_addresses(&p->table);
    assert_true(n <= MAX_PROBES);
    for (size_t i = 0; i < n; i++) {
        addresses[i] = naive_address(&p->table, i, seed);
        a4[i] = (uint32_t)(addresses[i].hi >> 32);
        hi[i] = addresses[i].hi;
        lo[i] = addresses[i].lo;
    }
    for (uint32_t e = 0; e < N_ENGINES; e++) {
        if (p->family == IPV4) {
            fib_lookup4(p->fib, e, a4, answers, n);
        } else {
            fib_lookup6(p->fib, e, hi, lo, answers, n);
        }
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(answers[i], naive_answer(p, e, addresses[i]));
        }
        const struct fib_engine *engine = &p->fib->engines[e];
        assert_int_equal(engine->n_entries[p->family], p->n_held[e]);
        assert_int_equal(engine->n_refused[p->family], p->n_refused[e]);
        assert_int_equal(engine->n_evicted[p->family], p->n_evicted[e]);
        assert_int_equal(engine->exception[p->family], p->n_refused[e] + p->n_evicted[e] > 0);
        assert_int_equal(fib_slots_used(p->fib, e), p->n_held[e] * (p->family == IPV4 ? 1 : 2));
    }
}

static void engines_agree_with_plain_lists(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        struct pair p;
        struct rng rng = rng_open(seed, "test", "fib");
        size_t n = 10 + 3 * seed;
        pair_open(&p, seed % 2 == 0 ? IPV4 : IPV6, n, 5 + seed, seed);
        if (seed % 4 >= 2) {
            few_lengths(&p, &rng);
        }
        for (uint64_t step = 0; step < 600; step++) {
            struct rng_draw draw = rng_at(&rng, step);
            size_t i = draw.a % n;
            bool withdraw = draw.a / n % 4 == 0;
            uint32_t adjacency = withdraw ? 0 : (uint32_t)rng_below(draw.b, p.fib->n_adjacencies);
            if (!p.table.held[i] || draw.b % 8 == 0) {
                add_or_remove(&p, i, adjacency);
            } else {
                install(&p, (uint32_t)(draw.b % N_ENGINES), i, adjacency);
            }
            if (step % 20 == 19) {
                assert_same(&p, step);
            }
        }
        assert_true(p.fib->n_ids[p.family] <= n + 1); /* ids were used again */
        pair_close(&p);
    }
}

/* Has a packet that an engine does not look up as the whole table would missed? */
static void assert_right_or_missed(const struct pair *p, uint32_t engine, uint64_t seed)
{
    for (size_t i = 0; i < naive_n_addresses(&p->table); i++) {
        struct ip_address a = naive_address(&p->table, i, seed);
        uint32_t match = naive_match(&p->table, a.hi, a.lo, 129);
        uint32_t right = match == 0 ? 0 : p->fib->resolved[p->family][p->id[match - 1]];
        uint32_t answer = naive_answer(p, engine, a);
        assert_true(answer == right || answer == 0);
    }
}

/* The whole tree at once, then a download at its own pace for each engine, beyond the point where
 * it is full. */
static void a_download_under_way_agrees(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        struct pair p;
        uint32_t n = MAX_PREFIXES;
        pair_open(&p, seed % 2 == 0 ? IPV4 : IPV6, n, 70, seed);
        fib_reserve(p.fib, p.family, n);
        for (uint32_t i = 0; i < n; i++) {
            p.id[i] = i + 1;
            p.table.held[i] = true;
            p.fib->prefixes[p.family][i + 1] = p.table.prefixes[i];
            p.fib->resolved[p.family][i + 1] = 1 + i % 50;
        }
        fib_build(p.fib, p.family, n);
        assert_same(&p, seed);
        for (uint32_t step = 0; step < n; step++) {
            for (uint32_t e = 0; e + 1 < N_ENGINES; e++) {
                if (step >= e * 20) {
                    install(&p, e, step - e * 20, 1 + (step - e * 20) % 50);
                }
            }
            if (step % 10 == 5) {
                assert_same(&p, step);
            }
        }
        assert_true(p.n_evicted[0] > 0);
        assert_right_or_missed(&p, 0, seed);
        /* At once: the same as by and by. */
        fib_install_all(p.fib, N_ENGINES - 1);
        memcpy(p.adjacency[N_ENGINES - 1], p.adjacency[0], sizeof p.adjacency[0]);
        p.n_held[N_ENGINES - 1] = p.capacity;
        p.n_refused[N_ENGINES - 1] = n - p.capacity;
        assert_same(&p, seed);
        pair_close(&p);
    }
}

/* A full Internet of tomorrow: every /24 of 0.0.0.0/3 gives 2^21 of them. */
static void two_million_prefixes(void **state)
{
    (void)state;
    const uint32_t n = 2000000;
    struct arena *mem = arena_open();
    struct fib *fib = fib_open(mem);
    uint32_t engine = fib_add_engine(fib, n - 1, 0);
    fib_reserve(fib, IPV4, n);
    for (uint32_t i = 0; i < n; i++) {
        fib->prefixes[IPV4][i + 1] = (struct ip_prefix){.hi = (uint64_t)i << 40, .length = 24};
        fib->resolved[IPV4][i + 1] = FIB_ADJACENCY_DROP + i % 2;
    }
    fib_build(fib, IPV4, n);
    fib_install_all(fib, engine);
    assert_int_equal(fib_slots_used(fib, engine), n - 1);
    assert_int_equal(fib->engines[engine].n_refused[IPV4], 1);
    for (uint32_t i = 0; i < n + 100; i += 100) {
        uint32_t addresses[100], answers[100];
        for (uint32_t k = 0; k < 100; k++) {
            addresses[k] = (i + k) << 8 | k;
        }
        fib_lookup4(fib, engine, addresses, answers, 100);
        for (uint32_t k = 0; k < 100; k++) {
            if (answers[k] != (i + k < n - 1 ? FIB_ADJACENCY_DROP + (i + k) % 2 : 0)) {
                fail_msg("prefix %u has adjacency %u", i + k, answers[k]);
            }
        }
    }
    arena_close(mem);
}

/* A million routes are downloaded to half as much TCAM, shorter ones first. */
static void a_million_prefixes_take_the_place_of_shorter_ones(void **state)
{
    (void)state;
    const uint32_t n = 1000000, capacity = n / 2;
    struct arena *mem = arena_open();
    struct fib *fib = fib_open(mem);
    uint32_t engine = fib_add_engine(fib, capacity, 0);
    fib_reserve(fib, IPV4, n);
    for (uint32_t i = 0; i < n; i++) { /* n / 2 times a /24 and its first /25 */
        bool inner = i % 2 == 1;
        fib->prefixes[IPV4][i + 1] =
            (struct ip_prefix){.hi = (uint64_t)(i / 2) << 40, .length = inner ? 25 : 24};
        fib->resolved[IPV4][i + 1] = FIB_ADJACENCY_DROP + inner;
    }
    fib_build(fib, IPV4, n);
    for (uint32_t kind = 0; kind < 2; kind++) {
        for (uint32_t i = kind; i < n; i += 2) {
            assert_true(fib_install(fib, engine, IPV4, i + 1, FIB_ADJACENCY_DROP + kind));
        }
    }
    const struct fib_engine *e = &fib->engines[engine];
    assert_true(e->n_entries[IPV4] == capacity && e->n_evicted[IPV4] == capacity);
    for (uint32_t i = 0; i < n; i += 999) {
        uint32_t addresses[2] = {i / 2 << 8, i / 2 << 8 | 128}, answers[2];
        fib_lookup4(fib, engine, addresses, answers, 2);
        assert_int_equal(answers[0], FIB_ADJACENCY_RECEIVE);
        assert_int_equal(answers[1], FIB_ADJACENCY_NONE);
    }
    /* Room does not let in what would cover one that is out; what is not shorter may come back. */
    fib_install(fib, engine, IPV4, 2, FIB_ADJACENCY_NONE);
    uint32_t wide = fib_add_prefix(fib, (struct ip_prefix){.length = 8}, FIB_ADJACENCY_DROP);
    assert_false(fib_install(fib, engine, IPV4, wide, FIB_ADJACENCY_DROP));
    assert_true(fib_install(fib, engine, IPV4, 1, FIB_ADJACENCY_DROP));
    assert_true(e->exception[IPV4] && !e->exception[IPV6]);
    arena_close(mem);
}

/* Three labels and three prefixes, with room for two labels: written one by one, or at once. What has
 * no room of its own is in IPv4's. */
static void check_labels(uint64_t ipv4, uint64_t mpls, bool at_once, uint64_t n_labels,
                         uint64_t n_ipv4)
{
    struct arena *mem = arena_open();
    struct fib *fib = fib_open(mem);
    uint32_t engine = fib_add_engine(fib, 1, 1), ids[6];
    fib_empty(fib, engine, (const uint64_t[FIB_N_PARTITIONS]){ipv4, 10, mpls});
    for (uint32_t i = 0; i < 6; i++) {
        struct ip_prefix prefix = {.hi = (uint64_t)i << 40, .length = 24};
        ids[i] = fib_add_prefix(fib, i < 3 ? ip_prefix_of(fib_label(16 + i), 32) : prefix,
                                FIB_ADJACENCY_DROP);
        bool held = at_once || fib_install(fib, engine, IPV4, ids[i], FIB_ADJACENCY_DROP);
        assert_int_equal(held, at_once || mpls == 0 || i != 2);
    }
    if (at_once) {
        fib_install_all(fib, engine);
    }
    const struct fib_engine *e = &fib->engines[engine];
    assert_true(e->n_labels == n_labels && e->n_entries[FIB_MPLS] == (mpls > 0 ? n_labels : 0));
    assert_true(e->n_entries[FIB_IPV4] == n_ipv4 && fib_slots_used(fib, engine) <= ipv4 + mpls);
    assert_true(e->exception[FIB_MPLS] == (mpls > 0) && !e->exception[FIB_IPV4]);
    assert_int_equal(e->n_refused[FIB_MPLS], mpls > 0);
    assert_int_equal(fib_punts(fib, engine, FIB_MPLS), mpls > 0);
    fib_install(fib, engine, IPV4, ids[0], FIB_ADJACENCY_NONE);
    assert_true(e->n_labels == n_labels - 1 && e->exception[FIB_MPLS] == (mpls > 0));
    arena_close(mem);
}

static void labels_have_a_partition_of_their_own(void **state)
{
    (void)state;
    for (int at_once = 0; at_once < 2; at_once++) {
        check_labels(3, 2, at_once, 2, 3);
        check_labels(6, 0, at_once, 3, 6);
    }
}

/* Ids are in no order, and half a million routes of a full table go and come back: none of that may
 * take as long as the table is. */
static void a_full_table_flaps(void **state)
{
    (void)state;
    const uint32_t n = 1 << 18, step = 0x9e3779b1, n_longer = 1000;
    struct arena *mem = arena_open();
    struct fib *fib = fib_open(mem);
    uint32_t engine = fib_add_engine(fib, n, 0);
    for (uint32_t i = 0; i < n; i++) { /* an odd step meets each /24 once */
        struct ip_prefix prefix = {.hi = (uint64_t)(i * step % n) << 40, .length = 24};
        fib_install(fib, engine, IPV4, fib_add_prefix(fib, prefix, 1), FIB_ADJACENCY_DROP);
    }
    uint32_t other = fib_add_prefix(fib, (struct ip_prefix){.length = 16}, 1);
    assert_false(fib_install(fib, engine, IPV4, other, FIB_ADJACENCY_DROP));
    for (uint32_t i = 0; i < 2 * n; i++) {
        uint32_t id = 1 + i * 0x85ebca6b % n;
        fib_install(fib, engine, IPV4, id, FIB_ADJACENCY_NONE);
        assert_true(fib_install(fib, engine, IPV4, id, FIB_ADJACENCY_RECEIVE));
    }
    for (uint32_t i = 0; i < n_longer; i++) {
        struct ip_prefix prefix = {.hi = (uint64_t)i << 40, .length = 25};
        uint32_t id = fib_add_prefix(fib, prefix, 1);
        assert_true(fib_install(fib, engine, IPV4, id, FIB_ADJACENCY_DROP));
    }
    for (uint32_t id = 1; id <= n; id++) { /* the last ones had to go */
        bool gone = fib->prefixes[IPV4][id].hi >> 40 >= n - n_longer;
        assert_true((fib->engines[engine].adjacency[IPV4][id] == FIB_ADJACENCY_NONE) == gone);
    }
    arena_close(mem);
}

/* In a pool of ten slots an IPv6 prefix takes two; each family makes room, and fails, for itself. */
static void families_share_a_pool(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct fib *fib = fib_open(mem);
    fib->pools = true;
    uint32_t engine = fib_add_engine(fib, 10, 5), id[IP_N_FAMILIES][6];
    const struct fib_engine *e = &fib->engines[engine];
    for (uint32_t i = 0; i < 6; i++) {
        struct ip_prefix four = {.hi = (uint64_t)i << 40, .length = 24};
        struct ip_prefix six = {.hi = (uint64_t)i << 18, .family = IPV6, .length = 46};
        six.length = (uint8_t)(six.length + i % 3);
        id[IPV4][i] = fib_add_prefix(fib, four, FIB_ADJACENCY_DROP);
        id[IPV6][i] = fib_add_prefix(fib, six, FIB_ADJACENCY_DROP);
        assert_true(fib_install(fib, engine, IPV4, id[IPV4][i], FIB_ADJACENCY_DROP));
    }
    assert_int_equal(fib_capacity(fib, e, FIB_IPV6), 2);
    assert_true(fib_install(fib, engine, IPV6, id[IPV6][0], FIB_ADJACENCY_DROP));
    assert_int_equal(fib_capacity(fib, e, FIB_IPV4), 8);
    assert_true(fib_install(fib, engine, IPV6, id[IPV6][2], FIB_ADJACENCY_DROP));
    assert_true(fib_slots_used(fib, engine) == 10 && !e->exception[IPV4] && !e->exception[IPV6]);
    assert_true(fib_install(fib, engine, IPV6, id[IPV6][1], FIB_ADJACENCY_DROP));
    assert_int_equal(e->adjacency[IPV6][id[IPV6][0]], FIB_ADJACENCY_NONE); /* the shorter */
    assert_true(e->exception[IPV6] && !e->exception[IPV4]);
    fib_install(fib, engine, IPV4, id[IPV4][0], FIB_ADJACENCY_NONE);
    assert_false(fib_install(fib, engine, IPV6, id[IPV6][4], FIB_ADJACENCY_DROP)); /* one slot */
    assert_true(fib_install(fib, engine, IPV4, id[IPV4][0], FIB_ADJACENCY_DROP));
    fib_install(fib, engine, IPV6, id[IPV6][1], FIB_ADJACENCY_NONE);
    struct ip_prefix longer = {.hi = (uint64_t)1 << 63, .length = 33};
    for (uint32_t i = 0; i < 3; i++) {
        longer.length--;
        bool fits = fib_install(fib, engine, IPV4, fib_add_prefix(fib, longer, 1), 1);
        assert_true(fits && e->exception[IPV4] == (i == 2)); /* the third for a shorter one */
    }
    assert_true(fib_slots_used(fib, engine) == 10 && e->n_evicted[IPV4] == 1);
    assert_int_equal(fib_capacity(fib, e, FIB_IPV6), 1);
    arena_close(mem);
}

static void columns_grow_with_the_tree(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct fib *fib = fib_open(mem);
    uint32_t early = fib_add_engine(fib, UINT64_MAX, UINT64_MAX), late = 0;
    const uint32_t n = 10000;
    for (uint32_t i = 0; i < n; i++) {
        struct ip_prefix prefix = {.hi = (uint64_t)i << 16, .family = IPV6, .length = 48};
        assert_int_equal(fib_add_prefix(fib, prefix, FIB_ADJACENCY_RECEIVE), i + 1);
        fib_install(fib, early, IPV6, i + 1, FIB_ADJACENCY_DROP + i % 2);
        if (i == n / 2) {
            late = fib_add_engine(fib, UINT64_MAX, UINT64_MAX);
        }
    }
    fib_install(fib, late, IPV6, n, FIB_ADJACENCY_DROP);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t hi = (uint64_t)i << 16, lo = i;
        uint32_t answers[2];
        fib_lookup6(fib, early, &hi, &lo, &answers[0], 1);
        fib_lookup6(fib, late, &hi, &lo, &answers[1], 1);
        assert_int_equal(answers[0], FIB_ADJACENCY_DROP + i % 2);
        assert_int_equal(answers[1], i == n - 1 ? FIB_ADJACENCY_DROP : FIB_ADJACENCY_NONE);
    }
    arena_close(mem);
}

static void equal_adjacencies_are_one(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct fib *fib = fib_open(mem);
    const uint32_t n = 70000; /* more than one next hop for each of 65536 */
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < n; i++) {
            struct adjacency a = {.kind = i % 2 == 0 ? ADJACENCY_FORWARD : ADJACENCY_GLEAN,
                                  .port = (uint16_t)(i / 2 % 7),
                                  .next_hop = {.hi = i / 14, .lo = i % 3, .family = i % 5 == 0}};
            uint32_t index = fib_adjacency(fib, &a);
            assert_int_equal(index, FIB_FIRST_ADJACENCY + i);
            assert_int_equal(fib->adjacencies[index].next_hop.hi, i / 14);
        }
    }
    for (uint32_t i = 0; i < FIB_FIRST_ADJACENCY; i++) {
        struct adjacency fixed = fib->adjacencies[i];
        assert_int_equal(fib_adjacency(fib, &fixed), i);
    }
    assert_int_equal(fib->n_adjacencies, FIB_FIRST_ADJACENCY + n);
    arena_close(mem);
}

/* What a child that breaks a rule exits with. */
static int exit_code(void (*broken)(struct fib *fib))
{
    pid_t child = fork();
    if (child == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        struct fib *fib = fib_open(arena_open());
        fib_add_engine(fib, 10, 10);
        fib_add_prefix(fib, (struct ip_prefix){.length = 8}, FIB_ADJACENCY_DROP);
        broken(fib);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void remove_what_an_engine_holds(struct fib *fib)
{
    fib_install(fib, 0, IPV4, 1, FIB_ADJACENCY_DROP);
    fib_remove_prefix(fib, IPV4, 1);
}

static void install_what_is_not_there(struct fib *fib)
{
    fib_install(fib, 0, IPV4, 2, FIB_ADJACENCY_DROP);
}

static void install_no_such_adjacency(struct fib *fib)
{
    fib_install(fib, 0, IPV4, 1, FIB_FIRST_ADJACENCY);
}

static void build_over_others(struct fib *fib)
{
    fib_build(fib, IPV4, 1);
}

static void break_no_rule(struct fib *fib)
{
    fib_remove_prefix(fib, IPV4, 1);
}

static void broken_rules_stop_the_program(void **state)
{
    (void)state;
    assert_int_equal(exit_code(remove_what_an_engine_holds), 3);
    assert_int_equal(exit_code(install_what_is_not_there), 3);
    assert_int_equal(exit_code(install_no_such_adjacency), 3);
    assert_int_equal(exit_code(build_over_others), 3);
    assert_int_equal(exit_code(break_no_rule), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines_agree_with_plain_lists),
        cmocka_unit_test(a_download_under_way_agrees),
        cmocka_unit_test(two_million_prefixes),
        cmocka_unit_test(a_million_prefixes_take_the_place_of_shorter_ones),
        cmocka_unit_test(labels_have_a_partition_of_their_own),
        cmocka_unit_test(a_full_table_flaps),
        cmocka_unit_test(families_share_a_pool),
        cmocka_unit_test(columns_grow_with_the_tree),
        cmocka_unit_test(equal_adjacencies_are_one),
        cmocka_unit_test(broken_rules_stop_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
