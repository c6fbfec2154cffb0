/* test_qos.c - trust states, maps, and groups of flows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/flow_groups.h"
#include "models/flows.h"
#include "models/qos.h"
#include "sim/arena.h"
#include "sim/rng.h"

static void default_maps(void **state)
{
    (void)state;
    struct qos_config q = {.on = true};
    qos_default_maps(&q);
    for (uint8_t i = 0; i < 8; i++) {
        assert_int_equal(q.cos_dscp[i], 8 * i);
        assert_int_equal(q.precedence_dscp[i], 8 * i);
    }
    assert_int_equal(qos_egress_cos(&q, 46), 5);
    assert_int_equal(qos_egress_cos(&q, 63), 7);
    assert_int_equal(q.policed_dscp[46], 46);
    q.on = false;
    assert_int_equal(qos_egress_cos(&q, 46), 0);
}

static void what_a_port_trusts_becomes_the_internal_dscp(void **state)
{
    (void)state;
    static const uint8_t expected[] = {
        [TRUST_NOTHING] = 0, [TRUST_COS] = 24, [TRUST_IP_PRECEDENCE] = 40, [TRUST_DSCP] = 46};
    struct qos_config q = {.on = true};
    qos_default_maps(&q);
    for (uint8_t trust = TRUST_NOTHING; trust <= TRUST_DSCP; trust++) {
        struct port_config port = {.trust = trust};
        assert_int_equal(qos_internal_dscp(&q, &port, 3, 46), expected[trust]);
    }
    struct port_config own = {.trust = TRUST_COS, .cos = 4};
    assert_int_equal(qos_internal_dscp(&q, &own, CONFIG_UNTAGGED, 46), 32);
    assert_int_equal(qos_internal_dscp(&q, &own, 0, 46), 0);
    q.on = false; /* unchanged, whatever the port is set to */
    assert_int_equal(qos_internal_dscp(&q, &(struct port_config){0}, 3, 46), 46);
}

#define N_FLOWS 400

/* As comparing each flow with all before it. */
static void flows_are_grouped_by_what_the_mask_leaves(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct rng rng = rng_open(1, "test", "groups");
    struct flow_tables t = {.n_flows = N_FLOWS};
    uint32_t **columns4[] = {&t.src4, &t.dst4, &t.ports};
    uint64_t **columns6[] = {&t.src6_hi, &t.src6_lo, &t.dst6_hi, &t.dst6_lo};
    for (uint32_t k = 0; k < 7; k++) {
        uint32_t *four = arena_take_array(mem, N_FLOWS, sizeof *four);
        uint64_t *six = arena_take_array(mem, N_FLOWS, sizeof *six);
        for (uint32_t i = 0; i < N_FLOWS; i++) {
            uint64_t some = rng_at(&rng, i * 7 + k).a % 4;
            four[i] = i % 2 == 0 ? (uint32_t)some << (8 * (k % 3)) : 0;
            six[i] = i % 2 == 1 ? some << (16 * (k % 4)) : 0;
        }
        *(k < 3 ? columns4[k] : &four) = four;
        *(k < 3 ? &six : columns6[k - 3]) = six;
    }
    for (enum flow_mask mask = FLOW_MASK_FULL; mask <= FLOW_MASK_DESTINATION; mask++) {
        bool from = mask != FLOW_MASK_DESTINATION, to = mask != FLOW_MASK_SOURCE;
        uint32_t n, n_expected = 0, expected[N_FLOWS];
        const uint32_t *groups = flow_groups(&t, mask, &n, mem);
        for (uint32_t i = 0; i < N_FLOWS; i++) {
            expected[i] = n_expected;
            for (uint32_t k = 0; k < i && expected[i] == n_expected; k++) {
                bool alike = (!from || (t.src4[i] == t.src4[k] && t.src6_hi[i] == t.src6_hi[k] &&
                                        t.src6_lo[i] == t.src6_lo[k])) &&
                             (!to || (t.dst4[i] == t.dst4[k] && t.dst6_hi[i] == t.dst6_hi[k] &&
                                      t.dst6_lo[i] == t.dst6_lo[k])) &&
                             (mask != FLOW_MASK_FULL || t.ports[i] == t.ports[k]);
                expected[i] = alike ? expected[k] : n_expected;
            }
            n_expected += expected[i] == n_expected;
            assert_int_equal(groups[i], expected[i]);
        }
        assert_int_equal(n, n_expected);
        assert_in_range(n, 10, N_FLOWS);
    }
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_maps),
        cmocka_unit_test(what_a_port_trusts_becomes_the_internal_dscp),
        cmocka_unit_test(flows_are_grouped_by_what_the_mask_leaves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
