/* test_acl_classify.c - the classifier against one rule after the other, while rules change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "models/acl_classify.h"
#include "sim/arena.h"
#include "tests/acl_samples.h"

#define MAX_RULES 4000u
#define N_HEADERS 1000u

/* Headers near random rules get the same answer from both. */
static void assert_same(const struct acl_set *set, const struct acl_rule *rules, uint32_t n,
                        struct acl_chance *chance)
{
    struct acl_header headers[N_HEADERS];
    uint32_t found[N_HEADERS];
    struct acl_rule any = acl_random_rule(chance, false);
    assert_int_equal(acl_set_n_rules(set), n);
    for (uint32_t i = 0; i < N_HEADERS; i++) {
        headers[i] = acl_random_header(chance, n > 0 ? &rules[acl_draw(chance, n)] : &any);
    }
    acl_classify(set, headers, found, N_HEADERS);
    for (uint32_t i = 0; i < N_HEADERS; i++) {
        assert_int_equal(found[i], acl_first_match(rules, n, &headers[i]));
    }
}

/* In long lists, all but the last few are of one source each, so that headers reach the end. */
static struct acl_rule rule_of_list(struct acl_chance *chance, bool holes, uint32_t n_behind)
{
    struct acl_rule rule = acl_random_rule(chance, holes);
    if (n_behind > 100) {
        rule.src_mask = UINT32_MAX;
        rule.src = (uint32_t)acl_draw(chance, 1ull << 32);
    }
    return rule;
}

static void compare_random(uint64_t seed, uint32_t n, bool holes)
{
    struct acl_chance chance = {.seed = seed};
    struct acl_rule *rules = calloc(n + 1, sizeof *rules);
    struct arena *mem = arena_open();
    for (uint32_t i = 0; i < n; i++) {
        rules[i] = rule_of_list(&chance, holes, n - i);
    }
    struct acl_set *set = acl_set_open(rules, n, mem);
    assert_same(set, rules, n, &chance);
    for (uint32_t i = 0; i < n; i += 97) {
        assert_memory_equal(acl_set_rule(set, i), &rules[i], sizeof *rules);
    }
    arena_close(mem);
    free(rules);
}

static void test_random_lists(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < 40; n++) {
        compare_random(n, n, n % 2 == 0);
    }
    compare_random(100, 63, true);
    compare_random(101, 64, false);
    compare_random(102, ACL_SLICE_RULES, false);
    compare_random(103, ACL_SLICE_RULES + 1, true);
    compare_random(104, 3000, false);
}

static void test_many_holes_are_plain(void **state)
{
    (void)state;
    struct acl_chance chance = {.seed = 7};
    struct arena *mem = arena_open();
    struct acl_rule rules[40];
    for (uint32_t i = 0; i < 40; i++) { /* each looks at one bit of both addresses */
        rules[i] = (struct acl_rule){.sport = ACL_ANY_PORT, .dport = ACL_ANY_PORT};
        rules[i].src_mask = rules[i].src = 1u << i % 32;
        rules[i].dst_mask = 0x80000000u >> i % 32;
    }
    struct acl_set *set = acl_set_open(rules, 40, mem);
    assert_int_equal(acl_set_figures(set).n_plain, 1);
    assert_same(set, rules, 40, &chance);
    for (uint32_t n = 40; n > 8; n--) { /* and is not any more when they are fewer */
        acl_set_remove(set, n - 1);
    }
    assert_int_equal(acl_set_figures(set).n_plain, 0);
    assert_same(set, rules, 8, &chance);
    arena_close(mem);
}

/* One change to both: insert, remove or replace. Returns how many rules there are. */
static uint32_t change(struct acl_set *set, struct acl_rule *rules, uint32_t n,
                       struct acl_chance *chance, unsigned odds_of_growth)
{
    struct acl_rule rule = acl_random_rule(chance, true);
    if (n == 0 || (n < MAX_RULES && acl_draw(chance, 100) < odds_of_growth)) {
        uint32_t at = (uint32_t)acl_draw(chance, n + 1);
        memmove(rules + at + 1, rules + at, (n - at) * sizeof *rules);
        rules[at] = rule;
        acl_set_insert(set, at, &rule);
        return n + 1;
    }
    uint32_t at = (uint32_t)acl_draw(chance, n);
    if (acl_draw(chance, 3) == 0) {
        rules[at] = rule;
        acl_set_replace(set, at, &rule);
        return n;
    }
    memmove(rules + at, rules + at + 1, (n - at - 1) * sizeof *rules);
    acl_set_remove(set, at);
    return n - 1;
}

static void test_changes(void **state)
{
    (void)state;
    struct acl_chance chance = {.seed = 5};
    struct acl_rule *rules = calloc(MAX_RULES + 1, sizeof *rules);
    struct arena *mem = arena_open();
    uint32_t n = 0;
    struct acl_set *set = acl_set_open(rules, n, mem);
    for (int i = 0; i < 400; i++) {
        n = change(set, rules, n, &chance, i % 100 < 60 ? 90 : 10);
        if (i % 10 == 0) {
            assert_same(set, rules, n, &chance);
        }
    }
    while (n > 0) {
        n--;
        acl_set_remove(set, 0);
        memmove(rules, rules + 1, n * sizeof *rules);
    }
    assert_same(set, rules, 0, &chance);
    arena_close(mem);
    free(rules);
}

/* A full slice splits where it grows; memory does not grow with the number of changes. */
static void test_slices_split(void **state)
{
    (void)state;
    struct acl_chance chance = {.seed = 6};
    struct acl_rule *rules = calloc(MAX_RULES + 1, sizeof *rules);
    struct arena *mem = arena_open();
    uint32_t n = ACL_SLICE_RULES;
    for (uint32_t i = 0; i < n; i++) {
        rules[i] = rule_of_list(&chance, false, n - i);
    }
    struct acl_set *set = acl_set_open(rules, n, mem);
    size_t bytes = 0;
    for (int i = 0; i < 30; i++) {
        n = change(set, rules, n, &chance, 100);
        n = change(set, rules, n, &chance, 0);
        bytes = i == 10 ? acl_set_figures(set).bytes : bytes;
    }
    assert_int_equal(acl_set_figures(set).n_slices, 2);
    assert_true(acl_set_figures(set).bytes < bytes + bytes / 4);
    assert_same(set, rules, n, &chance);
    arena_close(mem);
    free(rules);
}

static void test_classbench(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct acl_list list;
    struct acl_header *headers;
    uint32_t n;
    if (acl_classbench_sample(mem, &list, &headers, &n)) {
        uint32_t *found = arena_take_array(mem, n, sizeof *found);
        struct acl_set *set = acl_set_open(list.rules, list.n_rules, mem);
        assert_int_equal(list.n_rules, 953);
        assert_int_equal(acl_set_figures(set).n_plain, 0);
        acl_classify(set, headers, found, n);
        for (uint32_t i = 0; i < n; i++) {
            assert_int_equal(found[i], acl_first_match(list.rules, list.n_rules, &headers[i]));
            assert_true(found[i] != ACL_NONE); /* each was drawn from a rule */
        }
    }
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_lists), cmocka_unit_test(test_many_holes_are_plain),
        cmocka_unit_test(test_changes),      cmocka_unit_test(test_slices_split),
        cmocka_unit_test(test_classbench),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
