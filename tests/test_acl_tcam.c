/* test_acl_tcam.c - the worked examples of the documents, and: entries decide as their lists do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/acl_tcam.h"
#include "sim/arena.h"
#include "tests/acl_samples.h"

#define MAX_RULES 64u

static struct acl_ports eq(uint16_t port)
{
    return (struct acl_ports){port, port, 0};
}

static struct acl_ports neq(uint16_t port)
{
    return (struct acl_ports){port, port, 1};
}

static struct acl_ports gt(uint16_t port)
{
    return (struct acl_ports){(uint16_t)(port + 1), UINT16_MAX, 0};
}

static struct acl_ports lt(uint16_t port)
{
    return (struct acl_ports){0, (uint16_t)(port - 1), 0};
}

static struct acl_ports range(uint16_t low, uint16_t high)
{
    return (struct acl_ports){low, high, 0};
}

static struct acl_rule tcp(bool permit, struct acl_ports sport, struct acl_ports dport)
{
    return (struct acl_rule){
        .permit = permit, .protocol = 6, .protocol_mask = 255, .sport = sport, .dport = dport};
}

static struct acl_rule host(uint32_t src)
{
    return (struct acl_rule){.permit = true,
                             .src = src,
                             .src_mask = UINT32_MAX,
                             .sport = ACL_ANY_PORT,
                             .dport = ACL_ANY_PORT};
}

static const struct acl_label *program_one(struct acl_tcam *tcam, const struct acl_list *list)
{
    return acl_tcam_program(tcam, ACL_SECURITY, ACL_IN, &list, 1, true);
}

static uint32_t n_blocks(struct acl_ports ports)
{
    struct acl_block blocks[ACL_MAX_BLOCKS];
    uint32_t n = acl_port_blocks(ports, blocks);
    for (uint32_t port = 0; port <= UINT16_MAX;
         port++) { /* each port is in one block, or in none */
        uint32_t n_in = 0;
        for (uint32_t i = 0; i < n; i++) {
            n_in += (port & blocks[i].mask) == blocks[i].value;
        }
        assert_int_equal(n_in, acl_ports_match(ports, (uint16_t)port));
    }
    return n;
}

static void test_blocks(void **state)
{
    (void)state;
    assert_int_equal(n_blocks(range(721, 1035)), 8);
    assert_int_equal(n_blocks(gt(1024)), 15);
    assert_int_equal(n_blocks(eq(80)), 1);
    assert_int_equal(n_blocks(ACL_ANY_PORT), 1);
    assert_int_equal(n_blocks(neq(80)), 16);
    assert_int_equal(n_blocks(neq(0)), 16);
    assert_int_equal(n_blocks(neq(65535)), 16);
    assert_int_equal(n_blocks(range(1, 65534)), ACL_MAX_BLOCKS);
    assert_int_equal(n_blocks(lt(1024)), 1);
}

/* Nine hosts and five ports take three masks: [ACL-LOU]. When the ports are permitted, their
 * trailing fragments take one more. */
static void test_masks(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct acl_tcam *tcam = acl_tcam_open(&ACL_TCAM_PFC3, mem);
    struct acl_rule rules[2][14];
    for (uint32_t i = 0; i < 14; i++) {
        rules[0][i] = i < 9 ? host(0x0a000000 + i) : tcp(false, ACL_ANY_PORT, eq((uint16_t)i));
        rules[1][i] = i < 9 ? host(0x0a000000 + i) : tcp(true, ACL_ANY_PORT, eq((uint16_t)i));
    }
    struct acl_list denied = {"denied", rules[0], 14}, permitted = {"permitted", rules[1], 14};
    const struct acl_label *label = program_one(tcam, &denied);
    assert_int_equal(label->n_vmrs, 14);
    assert_int_equal(label->n_masks, 3);
    label = program_one(tcam, &permitted);
    assert_int_equal(label->n_vmrs, 15);
    assert_int_equal(label->n_masks, 4);
    assert_true(program_one(tcam, &permitted) == label);
    assert_int_equal(label->n_users, 2);
    struct acl_tcam_use use = acl_tcam_use(tcam);
    assert_int_equal(use.n_entries[ACL_SECURITY], 29);
    assert_int_equal(use.n_masks[ACL_SECURITY], 7);
    assert_int_equal(use.n_labels[ACL_IN], 2);
    assert_int_equal(use.n_masks[ACL_QOS], 0);
    assert_true(acl_tcam_program(tcam, ACL_QOS, ACL_IN, &label->lists[0], 1, false) !=
                acl_tcam_program(tcam, ACL_QOS, ACL_IN, &label->lists[0], 1, false));
    assert_int_equal(acl_tcam_use(tcam).n_masks[ACL_QOS], 8);
    arena_close(mem);
}

/* The worked example of [CATOS-15] page 15-25: 5 and 4 operations, 4 LOUs where both sides share
 * them. */
static void test_operations(void **state)
{
    (void)state;
    const struct acl_ports any = ACL_ANY_PORT;
    const struct acl_rule one[] = {tcp(true, any, gt(10)),  tcp(false, any, lt(9)),
                                   tcp(false, any, gt(11)), tcp(true, any, neq(6)),
                                   tcp(true, neq(6), any),  tcp(false, any, gt(10))};
    const struct acl_rule two[] = {tcp(false, any, gt(20)), tcp(false, lt(9), any),
                                   tcp(true, range(11, 13), any), tcp(true, any, neq(6))};
    const struct acl_list lists[] = {{"ACL1", one, 6}, {"ACL2", two, 4}};
    for (int apart = 0; apart < 2; apart++) {
        struct arena *mem = arena_open();
        struct acl_tcam_size size = ACL_TCAM_PFC3;
        size.lous_apart = apart;
        struct acl_tcam *tcam = acl_tcam_open(&size, mem);
        assert_int_equal(program_one(tcam, &lists[0])->n_operations, 5);
        assert_int_equal(program_one(tcam, &lists[1])->n_operations, 4);
        struct acl_tcam_use use = acl_tcam_use(tcam);
        /* source: neq 6, lt 9, range; destination: gt 10, lt 9, gt 11, neq 6, gt 20 */
        assert_int_equal(use.n_lous[0], apart ? 2 : 4);
        assert_int_equal(use.n_lous[1], apart ? 3 : 0);
        arena_close(mem);
    }
}

/* The tenth operation of a list becomes blocks, and the words say so. */
static void test_tenth_operation(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct acl_tcam *tcam = acl_tcam_open(&ACL_TCAM_PFC3, mem);
    struct acl_rule rules[12];
    for (uint32_t i = 0; i < 9; i++) {
        rules[i] = tcp(false, ACL_ANY_PORT, gt((uint16_t)(100 + i)));
    }
    rules[9] = tcp(false, ACL_ANY_PORT, gt(1024));
    rules[10] = tcp(false, ACL_ANY_PORT, gt(100)); /* is there already */
    rules[11] = tcp(true, range(721, 1035), eq(80));
    for (uint32_t i = 0; i < 12; i++) {
        rules[i].line = i + 1;
    }
    struct acl_list list = {"edge", rules, 12};
    const struct acl_label *label = program_one(tcam, &list);
    assert_int_equal(label->n_operations, 9);
    assert_int_equal(label->n_vmrs, 9 + 15 + 1 + 8 + 1);
    assert_string_equal(acl_cost_explain(label, 0, 9, 1, mem),
                        "edge, line 10: this ACE became 15 entries; gt 1024 of the destination "
                        "port is 15 blocks of ports, as the list has as many operations before it "
                        "as a label can hold");
    assert_string_equal(acl_cost_explain(label, 0, 10, 1, mem),
                        "edge, line 11: this ACE became 1 entry");
    assert_string_equal(
        acl_cost_explain(label, 0, 11, 1, mem),
        "edge, line 12: this ACE became 9 entries; range 721 1035 of the source port is 8 blocks "
        "of ports, as the list has as many operations before it as a label can hold; trailing "
        "fragments, which have no ports, need one of them");
    assert_null(acl_fit_message(label, "Vlan202", mem));
    arena_close(mem);
}

/* 32 LOUs are 64 couples of gt, lt, neq, or 32 ranges. What finds none becomes blocks. */
static void test_lous_run_out(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct acl_tcam *tcam = acl_tcam_open(&ACL_TCAM_PFC3, mem);
    struct acl_rule rules[66];
    struct acl_list lists[66];
    for (uint32_t i = 0; i < 66; i++) {
        rules[i] = tcp(false, ACL_ANY_PORT, i == 64 ? range(721, 1035) : gt((uint16_t)(1024 + i)));
        rules[i].line = 1;
        lists[i] = (struct acl_list){"l", &rules[i], 1};
        assert_int_equal(program_one(tcam, &lists[i])->n_operations, i < 64);
    }
    struct acl_tcam_use use = acl_tcam_use(tcam);
    assert_int_equal(use.n_couples[1], 64);
    assert_int_equal(use.n_lous[1], 32);
    assert_int_equal(use.n_lous[0], 0);
    assert_string_equal(acl_cost_explain(program_one(tcam, &lists[64]), 0, 0, 1, mem),
                        "l, line 1: this ACE became 8 entries; range 721 1035 of the destination "
                        "port is 8 blocks of ports, as all LOUs are taken");
    arena_close(mem);
}

/* What does not fit leaves nothing behind, and says what the machine says. */
static void test_full(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct acl_tcam_size size = ACL_TCAM_PFC3;
    size.n_masks = 3;
    size.n_labels = 2;
    struct acl_tcam *tcam = acl_tcam_open(&size, mem);
    struct acl_rule hosts[25], ports[1] = {tcp(false, gt(10), ACL_ANY_PORT)};
    for (uint32_t i = 0; i < 25; i++) {
        hosts[i] = host(i);
    }
    struct acl_list fits = {"fits", hosts, 16}, too_long = {"long", hosts, 25};
    struct acl_list operation = {"operation", ports, 1}, third = {"third", hosts, 1};
    assert_int_equal(program_one(tcam, &fits)->fit, ACL_FITS);
    const struct acl_label *label = program_one(tcam, &too_long);
    assert_int_equal(label->fit, ACL_NO_ENTRIES);
    assert_int_equal(label->n_masks, 4);
    assert_string_equal(acl_fit_message(label, "Vlan202", mem),
                        "%FM-4-TCAM_ENTRY: Hardware TCAM entry capacity exceeded\n"
                        "%FMCORE-4-RACL_REDUCED: Interface Vlan202 routed traffic will be software "
                        "switched in ingress direction");
    assert_int_equal(acl_tcam_use(tcam).n_masks[ACL_SECURITY], 2);
    assert_int_equal(program_one(tcam, &operation)->fit, ACL_FITS);
    assert_int_equal(acl_tcam_use(tcam).n_couples[0], 1);
    assert_int_equal(program_one(tcam, &third)->fit, ACL_NO_LABEL);
    assert_int_equal(acl_tcam_use(tcam).n_labels[ACL_IN], 2);
    arena_close(mem);
}

/* One list alone can be too much: both ports of each rule in blocks. */
static void test_list_aborts(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct acl_tcam *tcam = acl_tcam_open(&ACL_TCAM_PFC3, mem);
    struct acl_rule rules[300];
    for (uint32_t i = 0; i < 300; i++) {
        rules[i] = tcp(false, neq((uint16_t)i), neq((uint16_t)i));
    }
    struct acl_list list = {"neq", rules, 300};
    assert_int_equal(program_one(tcam, &list)->fit, ACL_TOO_MANY_ACES);
    struct acl_list shorter = {"neq", rules, 15};
    const struct acl_label *label = program_one(tcam, &shorter);
    assert_int_equal(label->fit, ACL_FITS);
    assert_int_equal(label->n_vmrs, 4 + 16 + 10 * 256); /* nine operations: four rules and a half */
    arena_close(mem);
}

/* What is released is free again: couples only when no other label has them. */
static void test_release(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct acl_tcam *tcam = acl_tcam_open(&ACL_TCAM_PFC3, mem);
    const struct acl_rule one[] = {tcp(false, gt(10), gt(20))};
    const struct acl_rule two[] = {tcp(false, ACL_ANY_PORT, gt(20)), host(1)};
    const struct acl_list lists[] = {{"one", one, 1}, {"two", two, 2}};
    const struct acl_label *a = program_one(tcam, &lists[0]), *b = program_one(tcam, &lists[1]);
    assert_true(program_one(tcam, &lists[0]) == a);
    acl_tcam_release(tcam, a);
    assert_int_equal(acl_tcam_use(tcam).n_entries[ACL_SECURITY], 3);
    acl_tcam_release(tcam, a);
    struct acl_tcam_use use = acl_tcam_use(tcam);
    assert_int_equal(use.n_entries[ACL_SECURITY], 2);
    assert_int_equal(use.n_masks[ACL_SECURITY], 2);
    assert_int_equal(use.n_labels[ACL_IN], 1);
    assert_int_equal(use.n_couples[0], 0);
    assert_int_equal(use.n_couples[1], 1);
    acl_tcam_release(tcam, b);
    use = acl_tcam_use(tcam);
    assert_int_equal(use.n_entries[ACL_SECURITY] + use.n_masks[ACL_SECURITY], 0);
    assert_int_equal(use.n_labels[ACL_IN] + use.n_couples[0] + use.n_couples[1], 0);
    arena_close(mem);
}

/* A merge of lists that meet everywhere grows with the product of their lengths. */
static void test_merge_aborts(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct acl_tcam *tcam = acl_tcam_open(&ACL_TCAM_PFC3, mem);
    const uint32_t n = 300;
    struct acl_rule *rules = arena_take_array(mem, 2 * n, sizeof *rules);
    for (uint32_t i = 0; i < n; i++) {
        rules[i] = host(i);
        rules[n + i] = host(0);
        rules[n + i].dst_mask = UINT32_MAX;
        rules[n + i].dst = i;
        rules[n + i].src_mask = 0;
    }
    struct acl_list a = {"vacl", rules, n}, b = {"racl", rules + n, n};
    const struct acl_list *both[] = {&a, &b};
    const struct acl_label *label = acl_tcam_program(tcam, ACL_SECURITY, ACL_OUT, both, 2, true);
    assert_int_equal(label->fit, ACL_TOO_MANY_ACES);
    assert_non_null(strstr(acl_fit_message(label, "Vlan1", mem), "%FM-2-ACL_MERGE_NUM_ACES"));
    assert_non_null(strstr(acl_fit_message(label, "Vlan1", mem), "egress"));
    assert_int_equal(acl_tcam_use(tcam).n_labels[ACL_OUT], 0);
    b.n_rules = 20;
    label = acl_tcam_program(tcam, ACL_SECURITY, ACL_OUT, both, 2, false);
    assert_int_equal(label->fit, ACL_FITS);
    assert_int_equal(label->n_vmrs, 300 * 21); /* each host: 20 destinations, and the end of racl */
    assert_int_equal(label->costs[0][0].n_merged, 21);
    assert_int_equal(label->costs[1][0].n_merged, 300);
    assert_non_null(strstr(acl_cost_explain(label, 1, 0, 1, mem), "300 after the merge"));
    rules[n].dst_mask = 0; /* the first rule of racl covers all */
    assert_int_equal(acl_tcam_program(tcam, ACL_SECURITY, ACL_OUT, both, 2, false)->n_vmrs, 300);
    arena_close(mem);
}

/* What the lists say, one after the other; *rule: where the last one asked decided. *redirect: what
 * that of a policy says. */
static bool lists_permit(const struct acl_label *label, uint32_t *rule, bool *redirect,
                         const struct acl_header *h)
{
    *redirect = false;
    for (uint32_t i = 0; i < label->n_lists; i++) {
        const struct acl_list *list = label->lists[i];
        *rule = acl_first_match(list->rules, list->n_rules, h);
        bool permit = *rule != ACL_NONE && list->rules[*rule].permit;
        if (label->policy && i + 1 == label->n_lists) {
            *redirect = permit;
        } else if (!permit) {
            return false;
        }
    }
    return true;
}

static void assert_decides(const struct acl_label *label, const struct acl_header *h)
{
    struct acl_key key = acl_key_of(h, label->operations, label->n_operations);
    uint32_t at = acl_vmr_find(label->vmrs, label->n_vmrs, &key), rule;
    bool redirect, permit = lists_permit(label, &rule, &redirect, h);
    bool end_permits = label->policy && label->n_lists == 1;
    assert_int_equal(at != ACL_NONE ? label->vmrs[at].permit : end_permits, permit);
    assert_int_equal(at != ACL_NONE && label->vmrs[at].redirect, redirect);
    if (label->n_lists == 1) {
        assert_int_equal(at == ACL_NONE ? ACL_NONE : label->vmrs[at].rule[0], rule);
    } else if (permit) {
        assert_int_equal(label->vmrs[at].rule[label->n_lists - 1], rule);
    }
}

static void compare_random(uint64_t seed, uint32_t n_lists, uint32_t n_rules, bool policy,
                           struct acl_tcam *tcam, struct arena *mem)
{
    struct acl_chance chance = {.seed = seed};
    static struct acl_rule rules[ACL_MAX_FEATURES][MAX_RULES];          /* labels keep them */
    struct acl_list *own = arena_take_array(mem, n_lists, sizeof *own); /* not shared */
    const struct acl_list *lists[ACL_MAX_FEATURES];
    for (uint32_t k = 0; k < n_lists; k++) {
        for (uint32_t i = 0; i < n_rules; i++) {
            rules[k][i] = acl_random_rule(&chance, true);
        }
        own[k] = (struct acl_list){"random", rules[k], n_rules};
        lists[k] = &own[k];
    }
    const struct acl_label *label =
        policy ? acl_tcam_program_policy(tcam, lists, n_lists)
               : acl_tcam_program(tcam, ACL_SECURITY, ACL_IN, lists, n_lists, false);
    assert_true(label->fit == ACL_FITS || label->fit == ACL_NO_ENTRIES);
    for (uint32_t i = 0; i < 300; i++) {
        const struct acl_list *l = lists[acl_draw(&chance, n_lists)];
        struct acl_header h = acl_random_header(&chance, &l->rules[acl_draw(&chance, n_rules)]);
        assert_decides(label, &h);
    }
}

static void test_entries_decide_as_lists(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct acl_tcam *tcam = acl_tcam_open(&ACL_TCAM_PFC3, mem);
    for (uint64_t seed = 0; seed < 60; seed++) {
        bool policy = seed % 2;
        compare_random(seed, 1, 1 + (uint32_t)seed, policy, tcam, mem);
        compare_random(seed + 1000, 2, 1 + (uint32_t)seed % 10, policy, tcam, mem);
        compare_random(seed + 2000, 3, 1 + (uint32_t)seed % 4, policy, tcam, mem);
    }
    arena_close(mem);
}

/* The first list that permits it, and its rule; ACL_NONE: none does. */
static uint32_t class_list(const struct acl_label *label, const struct acl_header *h,
                           uint32_t *rule)
{
    *rule = ACL_NONE;
    for (uint32_t i = 0; i < label->n_lists; i++) {
        const struct acl_list *list = label->lists[i];
        *rule = acl_first_match(list->rules, list->n_rules, h);
        if (*rule != ACL_NONE && list->rules[*rule].permit) {
            return i;
        }
    }
    return ACL_NONE;
}

static void compare_classes(uint64_t seed, uint32_t n_lists, uint32_t n_rules, struct arena *mem)
{
    struct acl_chance chance = {.seed = seed};
    struct acl_tcam *tcam = acl_tcam_open(&ACL_TCAM_PFC3, mem);
    struct acl_list *own = arena_take_array(mem, n_lists, sizeof *own);
    const struct acl_list *lists[ACL_MAX_FEATURES + 2];
    for (uint32_t k = 0; k < n_lists; k++) {
        struct acl_rule *rules = arena_take_array(mem, n_rules, sizeof *rules);
        for (uint32_t i = 0; i < n_rules; i++) {
            rules[i] = acl_random_rule(&chance, true);
        }
        own[k] = (struct acl_list){"random", rules, n_rules};
        lists[k] = &own[k];
    }
    const struct acl_label *label = acl_tcam_program_classes(tcam, ACL_IN, lists, n_lists);
    assert_int_equal(label->fit, ACL_FITS);
    for (uint32_t i = 0; i < 300; i++) {
        const struct acl_list *l = lists[acl_draw(&chance, n_lists)];
        struct acl_header h = acl_random_header(&chance, &l->rules[acl_draw(&chance, n_rules)]);
        struct acl_key key = acl_key_of(&h, label->operations, label->n_operations);
        uint32_t at = acl_vmr_find(label->vmrs, label->n_vmrs, &key), rule;
        uint32_t list = class_list(label, &h, &rule);
        bool found = at != ACL_NONE && label->vmrs[at].permit;
        assert_int_equal(found, list != ACL_NONE);
        assert_true(!found || (label->vmrs[at].list == list && label->vmrs[at].rule[0] == rule));
    }
    uint32_t n = 0;
    for (uint32_t k = 0; k < n_lists; k++) {
        for (uint32_t i = 0; i < n_rules; i++) {
            n += label->costs[k][i].n_merged;
        }
    }
    assert_int_equal(n, label->n_vmrs); /* each entry has its ACE */
}

static void test_entries_decide_as_classes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct arena *mem = arena_open();
        compare_classes(seed, 1 + (uint32_t)seed % 6, 1 + (uint32_t)seed % 5, mem);
        arena_close(mem);
    }
}

/* Each interface has its copy, until the masks are gone; the security TCAM does not notice. */
static void test_copies_of_classes(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct acl_tcam_size size = ACL_TCAM_PFC3;
    size.n_masks = 5;
    struct acl_tcam *tcam = acl_tcam_open(&size, mem);
    const struct acl_rule rules[] = {
        {.sport = ACL_ANY_PORT, .dport = {1024, 2048, 0}, .protocol = 17, .protocol_mask = 255},
        {.sport = ACL_ANY_PORT, .dport = ACL_ANY_PORT, .permit = true}};
    const struct acl_list deny = {"deny", rules, 2}, all = {"all", rules + 1, 1};
    const struct acl_list *lists[] = {&deny, &all}, *one = &all;
    const struct acl_label *first = acl_tcam_program_classes(tcam, ACL_IN, lists, 2);
    assert_int_equal(first->n_vmrs, 3); /* what is denied is of the second class */
    assert_int_equal(first->n_masks, 2);
    assert_int_equal(first->costs[0][0].n_merged, 1);
    const struct acl_label *second = acl_tcam_program_classes(tcam, ACL_OUT, lists, 2);
    assert_ptr_not_equal(first, second);
    assert_int_equal(second->fit, ACL_FITS); /* five lists' worth of rules, but the same LOU */
    assert_int_equal(acl_tcam_use(tcam).n_lous[1], 1);
    const struct acl_label *third = acl_tcam_program_classes(tcam, ACL_IN, lists, 2);
    assert_int_equal(third->fit, ACL_NO_ENTRIES);
    assert_non_null(strstr(acl_fit_message(third, "1/1", mem), "%QM-4-TCAM_MASK"));
    assert_int_equal(acl_tcam_program_classes(tcam, ACL_IN, &one, 1)->fit, ACL_FITS);
    assert_int_equal(acl_tcam_use(tcam).n_masks[ACL_QOS], 5);
    assert_int_equal(acl_tcam_use(tcam).n_masks[ACL_SECURITY], 0);
    assert_int_equal(acl_tcam_program(tcam, ACL_SECURITY, ACL_IN, lists, 2, true)->fit, ACL_FITS);
    arena_close(mem);
}

/* An empty list denies all, alone or merged. */
static void test_empty_lists(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct acl_tcam *tcam = acl_tcam_open(&ACL_TCAM_PFC3, mem);
    struct acl_rule rule = host(1);
    struct acl_list empty = {"empty", NULL, 0}, one = {"one", &rule, 1};
    const struct acl_list *both[] = {&one, &empty};
    assert_int_equal(program_one(tcam, &empty)->n_vmrs, 0);
    const struct acl_label *label = acl_tcam_program(tcam, ACL_SECURITY, ACL_IN, both, 2, true);
    assert_int_equal(label->n_vmrs, 1);
    assert_false(label->vmrs[0].permit);
    both[0] = &empty;
    both[1] = &one;
    assert_int_equal(acl_tcam_program(tcam, ACL_SECURITY, ACL_IN, both, 2, true)->n_vmrs, 0);
    arena_close(mem);
}

/* An interface's list and its policy are one label: what the list denies is not redirected, and the
 * same lists without the policy are another label. */
static void test_policy(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct acl_tcam *tcam = acl_tcam_open(&ACL_TCAM_PFC3, mem);
    struct acl_rule rules[] = {host(1), host(2), host(2), host(3)};
    rules[0].permit = rules[2].permit = false;
    rules[1].permit = rules[3].permit = true;
    rules[1].src_mask = rules[1].src = 0; /* all others */
    struct acl_list list = {"list", rules, 2}, policy = {"policy", rules + 2, 2};
    const struct acl_list *both[] = {&list, &policy};
    const struct acl_label *label = acl_tcam_program_policy(tcam, both, 2);
    /* deny 1; 2, by the FIB; 3, redirected; all others, by the FIB */
    assert_int_equal(label->n_vmrs, 4);
    const bool permit[] = {false, true, true, true}, redirect[] = {false, false, true, false};
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(label->vmrs[i].permit, permit[i]);
        assert_int_equal(label->vmrs[i].redirect, redirect[i]);
    }
    assert_ptr_equal(acl_tcam_program_policy(tcam, both, 2), label);
    assert_ptr_not_equal(acl_tcam_program(tcam, ACL_SECURITY, ACL_IN, both, 2, true), label);
    assert_int_equal(acl_tcam_use(tcam).n_labels[ACL_IN], 2);
    label = acl_tcam_program_policy(tcam, both + 1, 1); /* alone: what is at its end takes none */
    assert_int_equal(label->n_vmrs, 2);
    assert_false(label->vmrs[0].redirect);
    assert_true(label->vmrs[0].permit);
    assert_non_null(strstr(acl_cost_explain(label, 0, 0, 1, mem), "policy policy: this ACE"));
    assert_string_equal(acl_cost_explain(label, 0, 0, 2, mem),
                        "policy policy: this ACE became 2 entries; with its groups it is 2 rules");
    arena_close(mem);
}

static void test_classbench(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct acl_list list;
    struct acl_header *headers;
    uint32_t n;
    if (acl_classbench_sample(mem, &list, &headers, &n)) {
        struct acl_tcam *tcam = acl_tcam_open(&ACL_TCAM_PFC3, mem);
        const struct acl_label *label = program_one(tcam, &list);
        assert_int_equal(label->fit, ACL_FITS);
        printf("acl1_1k: %u rules, %u entries, %u masks, %u operations\n", list.n_rules,
               label->n_vmrs, label->n_masks, label->n_operations);
        for (uint32_t i = 0; i < n; i += 5) {
            assert_decides(label, &headers[i]);
        }
    }
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_tenth_operation),
        cmocka_unit_test(test_lous_run_out),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_release),
        cmocka_unit_test(test_list_aborts),
        cmocka_unit_test(test_merge_aborts),
        cmocka_unit_test(test_entries_decide_as_lists),
        cmocka_unit_test(test_entries_decide_as_classes),
        cmocka_unit_test(test_copies_of_classes),
        cmocka_unit_test(test_empty_lists),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_classbench),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
