/* test_qos.c - trust states and maps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/qos.h"

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

static void a_packet_may_keep_its_own(void **state)
{
    (void)state;
    const struct stream_config stream = {.dscp = 46};
    struct qos_config q = {.on = true};
    assert_int_equal(qos_carried_dscp(&q, &stream, 8), 8);
    q.keeps_dscp = true;
    assert_int_equal(qos_carried_dscp(&q, &stream, 8), 46);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_maps),
        cmocka_unit_test(what_a_port_trusts_becomes_the_internal_dscp),
        cmocka_unit_test(a_packet_may_keep_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
