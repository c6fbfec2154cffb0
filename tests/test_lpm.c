/* test_lpm.c - the prefix table against a plain list, while prefixes come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "models/lpm.h"
#include "models/lpm_table.h"
#include "sim/arena.h"
#include "sim/rng.h"
#include "tests/naive_table.h"
#include "tests/shared_data.h"

#define MAX_PROBES 4096

static void lookup_family(const struct lpm *lpm, const uint32_t *a4, const uint64_t *hi,
                          const uint64_t *lo, uint32_t *ids, size_t n)
{
    if (lpm->family == IPV4) {
        lpm_lookup4(lpm, a4, ids, n);
    } else {
        lpm_lookup6(lpm, hi, lo, ids, n);
    }
}

/* Looks up a batch of either family, without vectors and, where the CPU has them, with. */
static void lookup(struct lpm *lpm, const struct ip_address *a, uint32_t *ids, size_t n)
{
    uint32_t a4[MAX_PROBES], ids_singly[MAX_PROBES];
    uint64_t hi[MAX_PROBES], lo[MAX_PROBES];
    assert_true(n <= MAX_PROBES);
    for (size_t i = 0; i < n; i++) {
        a4[i] = (uint32_t)(a[i].hi >> 32);
        hi[i] = a[i].hi;
        lo[i] = a[i].lo;
    }
    bool has_vectors = lpm->has_vectors;
    lpm->has_vectors = false;
    lookup_family(lpm, a4, hi, lo, ids_singly, n);
    lpm->has_vectors = has_vectors;
    lookup_family(lpm, a4, hi, lo, ids, n);
    assert_memory_equal(ids, ids_singly, n * sizeof *ids);
}

static void assert_parents(const struct lpm *lpm, const struct naive_table *table)
{
    for (size_t i = 0; i < table->n; i++) {
        const struct ip_prefix *p = &table->prefixes[i];
        if (table->held[i]) {
            assert_int_equal(lpm_parent(lpm, (uint32_t)i + 1),
                             naive_match(table, p->hi, p->lo, p->length));
        }
    }
}

static void assert_same(struct lpm *lpm, const struct naive_table *table, uint64_t seed)
{
    struct ip_address addresses[MAX_PROBES] = {0};
    uint32_t ids[MAX_PROBES];
    size_t n = naive_n_addresses(table);
    for (size_t i = 0; i < n; i++) {
        addresses[i] = naive_address(table, i, seed);
    }
    lookup(lpm, addresses, ids, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t expected = naive_match(table, addresses[i].hi, addresses[i].lo, 129);
        if (ids[i] != expected) {
            fail_msg("seed %llu: %016llx%016llx gives %u, not %u", (unsigned long long)seed,
                     (unsigned long long)addresses[i].hi, (unsigned long long)addresses[i].lo,
                     ids[i], expected);
        }
    }
}

/* Inserts the prefix when it is not held, else removes it. */
static void toggle(struct lpm *lpm, struct naive_table *table, size_t i)
{
    (table->held[i] ? lpm_remove : lpm_insert)(lpm, table->prefixes[i], (uint32_t)i + 1);
    table->held[i] = !table->held[i];
}

static void changes_agree_with_a_plain_list(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct arena *mem = arena_open();
        enum ip_family family = seed % 2 == 0 ? IPV4 : IPV6;
        struct naive_table table = naive_random(3 + seed, family, seed);
        struct lpm *lpm = lpm_open(family, mem);
        struct rng rng = rng_open(seed, "test", "changes");
        assert_same(lpm, &table, seed);
        for (uint64_t step = 0; step < 120; step++) {
            toggle(lpm, &table, rng_at(&rng, step).a % table.n);
            assert_parents(lpm, &table);
            if (step % 8 == 7) {
                assert_same(lpm, &table, seed + step);
            }
        }
        naive_free(&table);
        arena_close(mem);
    }
}

/* Some of what is not held, in order. */
static void insert_some(struct lpm *lpm, struct naive_table *table, const struct rng *rng)
{
    struct ip_prefix prefixes[MAX_PROBES];
    uint32_t ids[MAX_PROBES];
    size_t n = 0;
    for (size_t i = 0; i < table->n; i++) {
        if (!table->held[i] && rng_at(rng, i).a % 3 != 0) {
            prefixes[n] = table->prefixes[i];
            ids[n++] = (uint32_t)i + 1;
            table->held[i] = true;
        }
    }
    lpm_insert_all(lpm, prefixes, ids, n);
}

static void many_at_once_agree(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        struct arena *mem = arena_open();
        enum ip_family family = seed % 4 == 3 ? IPV6 : IPV4;
        struct naive_table table = naive_random(3 + 7 * seed, family, seed);
        struct lpm *lpm = lpm_open(family, mem);
        for (uint64_t step = 0; step < 6; step++) {
            struct rng rng = rng_open(seed * 100 + step, "test", "many");
            insert_some(lpm, &table, &rng);
            assert_parents(lpm, &table);
            assert_same(lpm, &table, seed + step);
            for (size_t i = 0; i < table.n; i++) {
                if (table.held[i] && rng_at(&rng, table.n + i).a % 2 == 0) {
                    toggle(lpm, &table, i);
                }
            }
        }
        naive_free(&table);
        arena_close(mem);
    }
}

static void build_agrees_and_can_be_taken_apart(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 16; seed++) {
        struct arena *mem = arena_open();
        enum ip_family family = seed % 2 == 0 ? IPV4 : IPV6;
        struct naive_table table = naive_random(seed * 20, family, seed);
        struct lpm *lpm = lpm_open(family, mem);
        lpm_build(lpm, table.prefixes, table.n, 1);
        for (size_t i = 0; i < table.n; i++) {
            table.held[i] = true;
        }
        assert_parents(lpm, &table);
        assert_same(lpm, &table, seed);
        for (size_t i = 0; i < table.n; i++) {
            toggle(lpm, &table, i * 7 % table.n); /* 7 divides no size: each once */
        }
        assert_same(lpm, &table, seed);
        naive_free(&table);
        arena_close(mem);
    }
}

/* Each address alone, in batches of every size, and at odd places in them. */
static void every_batch_size_gives_the_same(void **state)
{
    (void)state;
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        struct arena *mem = arena_open();
        struct naive_table table = naive_random(100, family, 1);
        struct lpm *lpm = lpm_open(family, mem);
        lpm_build(lpm, table.prefixes, table.n, 1);
        /* A line at address 0: unused lanes of a vector look there. */
        lpm_insert(lpm, (struct ip_prefix){.family = (uint8_t)family, .length = 31}, 101);
        struct ip_address addresses[800] = {0};
        uint32_t whole[800], part[800];
        for (size_t i = 0; i < 800; i++) {
            addresses[i] = naive_address(&table, i, 5);
        }
        lookup(lpm, addresses, whole, 800);
        for (size_t size = 0; size <= 130; size++) {
            part[size] = 12345;
            lookup(lpm, addresses + size, part, size);
            assert_memory_equal(part, whole + size, size * sizeof part[0]);
            assert_int_equal(part[size], 12345);
        }
        naive_free(&table);
        arena_close(mem);
    }
}

/* Changes at random, and how much memory there is then. */
static size_t bytes_after(struct lpm *lpm, struct naive_table *table, uint64_t seed,
                          uint64_t n_changes)
{
    struct rng rng = rng_open(seed, "test", "endless");
    for (uint64_t i = 0; i < n_changes; i++) {
        size_t place = rng_at(&rng, i).a % table->n;
        if (table->prefixes[place].length >= 12) { /* wide ones take long */
            toggle(lpm, table, place);
        }
    }
    return lpm_bytes(lpm);
}

static void endless_changes_take_no_more_memory(void **state)
{
    (void)state;
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        struct arena *mem = arena_open();
        struct naive_table table = naive_random(2000, family, 2);
        struct lpm *lpm = lpm_open(family, mem);
        size_t empty = lpm_bytes(lpm);
        size_t early = bytes_after(lpm, &table, 1, 100000) - empty;
        size_t late = bytes_after(lpm, &table, 2, 400000) - empty;
        assert_true(early > 0);
        assert_in_range(late, early, early + early / 32);
        naive_free(&table);
        arena_close(mem);
    }
}

static void other_prefixes_use_the_same_memory(void **state)
{
    (void)state;
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        struct arena *mem = arena_open();
        struct lpm *lpm = lpm_open(family, mem);
        size_t empty = lpm_bytes(lpm), early = 0, late = 0;
        for (uint64_t seed = 0; seed < 24; seed++) {
            struct naive_table table = naive_random(100, family, seed);
            for (size_t i = 0; i < 2 * table.n; i++) { /* all in, all out */
                toggle(lpm, &table, i % table.n);
            }
            late = lpm_bytes(lpm) - empty;
            early = seed < 6 ? late : early;
            naive_free(&table);
        }
        assert_true(early > 0);
        assert_in_range(late, early, early + early / 4);
        arena_close(mem);
    }
}

/* The real table, of which a plain scan answers a few addresses. */
struct real {
    struct arena *mem;
    struct lpm *lpm;
    struct naive_table table;
};

static bool real_open(struct real *r, const char *name, enum ip_family family)
{
    r->table.prefixes = shared_prefixes(name, &r->table.n);
    if (r->table.prefixes == NULL) {
        return false;
    }
    r->table.held = malloc(r->table.n);
    assert_non_null(r->table.held);
    for (size_t i = 0; i < r->table.n; i++) {
        r->table.held[i] = true;
    }
    r->mem = arena_open();
    r->lpm = lpm_open(family, r->mem);
    lpm_build(r->lpm, r->table.prefixes, r->table.n, 1);
    return true;
}

static void real_close(struct real *r)
{
    naive_free(&r->table);
    arena_close(r->mem);
}

static void assert_match(const struct real *r, uint64_t hi, uint64_t lo)
{
    struct ip_address address = {hi, lo, r->table.prefixes[0].family};
    uint32_t id;
    lookup(r->lpm, &address, &id, 1);
    assert_int_equal(id, naive_match(&r->table, hi, lo, 129));
}

/* Takes prefixes out, all those around the place where it looks, and puts them in again. */
static void change_and_look(struct real *r, uint64_t seed)
{
    struct rng rng = rng_open(seed, "test", "real");
    size_t n_addresses = naive_n_addresses(&r->table);
    for (uint64_t round = 0; round < 60; round++) {
        struct rng_draw draw = rng_at(&rng, round);
        struct ip_address a = naive_address(&r->table, draw.a % n_addresses, seed);
        uint32_t taken[40], n_taken = 0;
        while (n_taken < 40 && (taken[n_taken] = naive_match(&r->table, a.hi, a.lo, 129)) != 0) {
            assert_match(r, a.hi, a.lo);
            toggle(r->lpm, &r->table, taken[n_taken++] - 1);
        }
        assert_match(r, a.hi, a.lo);
        for (size_t i = 0; i < 100; i++) {
            toggle(r->lpm, &r->table, (draw.b + i * 7919) % r->table.n);
        }
        assert_match(r, a.hi, a.lo);
        while (n_taken > 0) {
            size_t i = taken[--n_taken] - 1;
            if (!r->table.held[i]) {
                toggle(r->lpm, &r->table, i);
            }
        }
        assert_match(r, a.hi, a.lo);
    }
}

static void real_tables_agree_while_they_change(void **state)
{
    (void)state;
    struct real r4, r6;
    if (real_open(&r4, SHARED_IPV4, IPV4)) {
        change_and_look(&r4, 4);
        real_close(&r4);
    }
    if (real_open(&r6, SHARED_IPV6, IPV6)) {
        change_and_look(&r6, 6);
        real_close(&r6);
    }
}

static int compare(const void *a, const void *b)
{
    return ip_prefix_compare(a, b);
}

/* The place of a prefix in the list; new ones are appended and found by scanning those. */
static size_t place_of(struct naive_table *table, size_t n_sorted, struct ip_prefix prefix)
{
    struct ip_prefix *at = bsearch(&prefix, table->prefixes, n_sorted, sizeof *at, compare);
    if (at != NULL) {
        return (size_t)(at - table->prefixes);
    }
    size_t i = n_sorted;
    while (i < table->n && ip_prefix_compare(&table->prefixes[i], &prefix) != 0) {
        i++;
    }
    if (i == table->n) {
        table->n++;
        table->prefixes[i] = prefix;
        table->held[i] = false;
    }
    return i;
}

static void an_hour_of_real_updates_agrees(void **state)
{
    (void)state;
    size_t n_updates;
    struct shared_line *updates = shared_lines(SHARED_UPDATES, &n_updates);
    struct real r;
    if (updates == NULL || !real_open(&r, SHARED_IPV4, IPV4)) {
        free(updates);
        return;
    }
    size_t n_sorted = r.table.n, room = n_sorted + n_updates;
    r.table.prefixes = realloc(r.table.prefixes, room * sizeof *r.table.prefixes);
    r.table.held = realloc(r.table.held, room);
    assert_true(r.table.prefixes != NULL && r.table.held != NULL);
    for (size_t i = 0; i < n_updates; i++) {
        size_t at = place_of(&r.table, n_sorted, updates[i].prefix);
        if (r.table.held[at] == updates[i].withdraw) { /* else it tells nothing new */
            toggle(r.lpm, &r.table, at);
        }
        if (i % 200 == 0) {
            assert_match(&r, updates[i].prefix.hi, 0);
        }
    }
    free(updates);
    real_close(&r);
}

/* What a child that breaks a rule exits with. */
static int exit_code(void (*broken)(struct arena *mem))
{
    pid_t child = fork();
    if (child == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        broken(arena_open());
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void insert_none(struct arena *mem)
{
    lpm_insert(lpm_open(IPV4, mem), (struct ip_prefix){0}, LPM_NONE);
}

static void insert_other_family(struct arena *mem)
{
    lpm_insert(lpm_open(IPV4, mem), (struct ip_prefix){.family = IPV6}, 1);
}

static void build_unsorted(struct arena *mem)
{
    struct ip_prefix prefixes[2] = {{.hi = 2ull << 56, .length = 8},
                                    {.hi = 1ull << 56, .length = 8}};
    lpm_build(lpm_open(IPV4, mem), prefixes, 2, 1);
}

static void remove_other_length(struct arena *mem)
{
    struct lpm *lpm = lpm_open(IPV4, mem);
    lpm_insert(lpm, (struct ip_prefix){.length = 8}, 1);
    lpm_remove(lpm, (struct ip_prefix){.length = 9}, 1);
}

static void broken_rules_stop_the_program(void **state)
{
    (void)state;
    assert_int_equal(exit_code(insert_none), 3);
    assert_int_equal(exit_code(insert_other_family), 3);
    assert_int_equal(exit_code(build_unsorted), 3);
    assert_int_equal(exit_code(remove_other_length), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_agree_with_a_plain_list),
        cmocka_unit_test(many_at_once_agree),
        cmocka_unit_test(build_agrees_and_can_be_taken_apart),
        cmocka_unit_test(every_batch_size_gives_the_same),
        cmocka_unit_test(endless_changes_take_no_more_memory),
        cmocka_unit_test(other_prefixes_use_the_same_memory),
        cmocka_unit_test(real_tables_agree_while_they_change),
        cmocka_unit_test(an_hour_of_real_updates_agrees),
        cmocka_unit_test(broken_rules_stop_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
