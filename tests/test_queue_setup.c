/* test_queue_setup.c - the defaults are those published and can be set; wrong setups are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/queue_setup.h"
#include "sim/error.h"

static const struct queue_structure structures[] = {
    {1, 3, 8}, {1, 7, 8}, {1, 7, 4}, {0, 2, 2}, {1, 2, 2}, {1, 2, 1},
    {1, 3, 1}, {0, 1, 8}, {0, 1, 4}, {0, 1, 2}, {0, 2, 8}, {0, 8, 4},
    {0, 8, 8}, {1, 1, 4}, {1, 1, 0}, {1, 1, 8}, {1, 7, 2},
};
#define N_STRUCTURES (sizeof structures / sizeof *structures)

static void defaults_can_be_set(void **state)
{
    (void)state;
    struct error err = {0};
    struct queue_setup s;
    for (size_t i = 0; i < N_STRUCTURES; i++) {
        queue_setup_default(structures[i], &s);
        assert_true(queue_setup_check(&s, &err));
        uint32_t n = queue_count(s.structure);
        for (uint32_t cos = 0; cos < QUEUE_N_COS; cos++) {
            assert_true(s.queues[s.map[cos].queue].share_percent > 0);
            bool strict = s.structure.n_strict != 0 && s.map[cos].queue == n - 1;
            assert_true(strict == (s.structure.n_strict != 0 && cos == 5));
        }
    }
    /* As published. */
    queue_setup_default((struct queue_structure){0, 2, 2}, &s);
    assert_true(s.map[4].queue == 1 && s.map[4].threshold == 0 && s.map[3].threshold == 1);
    assert_true(s.queues[0].weight == 4 && s.queues[1].weight == 255);
    assert_true(s.queues[0].share_percent == 80 && s.queues[1].thresholds[0].high_percent == 80);
    queue_setup_default((struct queue_structure){1, 2, 1}, &s);
    assert_true(s.queues[1].thresholds[0].low_percent == 70 &&
                s.queues[1].thresholds[0].high_percent == 100);
    queue_setup_default((struct queue_structure){0, 1, 4}, &s);
    assert_true(s.queues[0].thresholds[s.map[4].threshold].high_percent == 80);
    queue_setup_default((struct queue_structure){1, 1, 4}, &s);
    assert_true(s.queues[0].thresholds[s.map[3].threshold].high_percent == 60 &&
                s.queues[0].thresholds[s.map[6].threshold].high_percent == 100);
    queue_setup_default((struct queue_structure){0, 1, 2}, &s);
    assert_true(s.map[4].threshold == 0 && s.map[5].threshold == 1 &&
                s.queues[0].thresholds[0].high_percent == 80);
    queue_setup_default((struct queue_structure){0, 8, 8}, &s);
    assert_true(s.map[5].queue == 7 && s.map[4].queue == 0 && s.queues[3].share_percent == 0);
}

static void dscp_goes_where_its_cos_went(void **state)
{
    (void)state;
    struct queue_setup by_cos, by_dscp;
    queue_setup_default((struct queue_structure){1, 3, 8}, &by_cos);
    by_dscp = by_cos;
    queue_setup_by_dscp(&by_dscp);
    assert_true(by_dscp.by_dscp);
    for (uint32_t dscp = 0; dscp < QUEUE_N_DSCP; dscp++) {
        assert_int_equal(by_dscp.map[dscp].queue, by_cos.map[dscp / 8].queue);
        assert_int_equal(by_dscp.map[dscp].threshold, by_cos.map[dscp / 8].threshold);
    }
    struct error err = {0};
    by_dscp.map[63].queue = 4;
    assert_false(queue_setup_check(&by_dscp, &err));
    assert_string_equal(err.text, "DSCP 63 goes to queue 5, threshold 2; there are 4 and 8\n");
    error_free(&err);
}

static void wrong_setups_are_refused(void **state)
{
    (void)state;
    struct queue_setup s;
    struct error err = {0};
    const struct queue_structure like = {1, 3, 8};

    queue_setup_default(like, &s);
    s.map[3].queue = 4;
    assert_false(queue_setup_check(&s, &err));
    assert_string_equal(err.text, "CoS 3 goes to queue 5, threshold 2; there are 4 and 8\n");
    queue_setup_default(like, &s);
    s.map[0].threshold = 8;
    assert_false(queue_setup_check(&s, &err));
    queue_setup_default(like, &s);
    s.queues[0].weight = 0;
    assert_false(queue_setup_check(&s, &err));
    s.queues[0].weight = 256;
    assert_false(queue_setup_check(&s, &err));
    queue_setup_default(like, &s);
    s.queues[1].share_percent = 21;
    assert_false(queue_setup_check(&s, &err));
    queue_setup_default(like, &s);
    s.queues[1].thresholds[2].low_percent = 101;
    assert_false(queue_setup_check(&s, &err));
    s.queues[1].thresholds[2].high_percent = 101;
    assert_false(queue_setup_check(&s, &err));
    queue_setup_default((struct queue_structure){1, 7, 8}, &s);
    s.map[1].queue = 5;
    assert_false(queue_setup_check(&s, &err));
    queue_setup_default(like, &s);
    s.quantum_bytes = 0;
    assert_false(queue_setup_check(&s, &err));
    assert_int_equal(err.n_messages, 9);
    error_free(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_can_be_set),
        cmocka_unit_test(dscp_goes_where_its_cos_went),
        cmocka_unit_test(wrong_setups_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
