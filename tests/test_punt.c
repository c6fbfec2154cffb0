/* test_punt.c - rate limiters and their registers; control plane policy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "models/punt.h"
#include "sim/arena.h"
#include "sim/report.h"

#define SECOND_PS 1000000000000
#define INTERVAL_PS 250000000

static const struct engine_type pfc3 = {.model = "PFC3B", .generation = 3};
static const struct engine_type pfc2 = {.model = "PFC2", .generation = 2};

/* As a chassis comes up: what is on by default has its registers. */
static struct chassis_config booted(const struct engine_type *pfc)
{
    struct chassis_config c = {0};

    for (enum limit i = 0; i < CONFIG_N_LIMITS; i++) {
        c.limits[i] = punt_default_limit(pfc, i);
        if (c.limits[i].on && !punt_take_register(c.limits, i)) {
            fail_msg("%s has no register", punt_limits[i].name);
        }
        c.limits[i].bucket = c.limits[i].register_index;
    }
    return c;
}

static bool turn_on(struct chassis_config *c, enum limit limit, uint64_t pps, uint32_t burst)
{
    c->limits[limit] = (struct limit_config){.pps = pps, .burst = burst};
    bool taken = punt_take_register(c->limits, limit);
    c->limits[limit].bucket = c->limits[limit].register_index;
    return taken;
}

static int64_t used(const struct chassis_config *c, struct arena *mem, const char *statistic)
{
    struct report r;

    report_open(&r, mem);
    punt_show_registers(c, &r);
    return report_get(&r, "rate limiters", statistic, -1);
}

/* `show platform hardware capacity rate-limit` of a chassis as it comes: 4 of 9, and 2 of 4. */
static void registers_as_the_capacity_display_counts_them(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct chassis_config c = booted(&pfc3);
    assert_int_equal(used(&c, mem, "layer3_registers_used"), 4);
    assert_int_equal(used(&c, mem, "layer3_registers"), 9);
    assert_int_equal(used(&c, mem, "layer2_registers_used"), 2);
    assert_int_equal(used(&c, mem, "layer2_registers"), 4);
    c = booted(&pfc2);
    assert_true(c.limits[LIMIT_NO_ROUTE].on && c.limits[LIMIT_NO_ROUTE].pps == 0);
    assert_false(c.limits[LIMIT_RPF_FAILURE].on);
    arena_close(mem);
}

static void registers_run_out(void **state)
{
    (void)state;
    static const enum limit five[] = {LIMIT_RECEIVE, LIMIT_GLEAN, LIMIT_FEATURES, LIMIT_REDIRECT,
                                      LIMIT_TTL_FAILURE};
    struct chassis_config c = booted(&pfc3);
    for (uint32_t i = 0; i < 5; i++) {
        assert_true(turn_on(&c, five[i], 1000 + i, 10));
        assert_int_equal(c.limits[five[i]].register_index, 3 + i);
    }
    assert_false(turn_on(&c, LIMIT_MTU_FAILURE, 999, 10));
    assert_false(c.limits[LIMIT_MTU_FAILURE].on);
    assert_true(turn_on(&c, LIMIT_MTU_FAILURE, 1003, 10)); /* shares with redirects */
    assert_int_equal(c.limits[LIMIT_MTU_FAILURE].register_index, 6);
    assert_false(turn_on(&c, LIMIT_IP_OPTIONS, 1003, 11)); /* another burst */
    assert_true(turn_on(&c, LIMIT_L2_PDU, 1, 1));          /* has its own registers: two */
    assert_true(turn_on(&c, LIMIT_L2_TUNNEL, 2, 1));
    assert_false(turn_on(&c, LIMIT_MULTICAST_IGMP, 3, 1));
}

static void bridged_acls_have_one_between_them(void **state)
{
    (void)state;
    struct chassis_config c = booted(&pfc3);
    assert_true(turn_on(&c, LIMIT_ACL_BRIDGED_IN, 500, 10));
    assert_true(turn_on(&c, LIMIT_ACL_BRIDGED_OUT, 600, 10));
    assert_int_equal(c.limits[LIMIT_ACL_BRIDGED_IN].register_index,
                     c.limits[LIMIT_ACL_BRIDGED_OUT].register_index);
}

/* How many of so many packets of a cause pass, one each microsecond. */
static uint32_t n_passed(struct punts *p, enum punt_cause cause, uint32_t n, int64_t *now_ps)
{
    uint32_t n_passed = 0;

    for (uint32_t i = 0; i < n; i++) {
        *now_ps += 1000000;
        n_passed += punts_pass(p, cause, 64, *now_ps) == PUNT_PASSES;
    }
    return n_passed;
}

static void causes_have_limiters_of_their_own(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct chassis_config c = booted(&pfc3);
    struct punts p = {0};
    int64_t now_ps = 0;
    assert_true(turn_on(&c, LIMIT_TTL_FAILURE, 1000, 5));
    assert_true(turn_on(&c, LIMIT_REDIRECT, 0, 5));
    punts_open(&p, &c, mem);
    assert_int_equal(n_passed(&p, PUNT_RECEIVE, 100000, &now_ps), 100000);
    assert_int_equal(n_passed(&p, PUNT_NO_ROUTE, 100000, &now_ps), 10 + 9); /* 99.999 ms */
    assert_int_equal(n_passed(&p, PUNT_TTL, 100000, &now_ps), 5 + 99);
    assert_int_equal(n_passed(&p, PUNT_REDIRECT, 1000, &now_ps), 0);
    assert_int_equal(n_passed(&p, PUNT_FIB_EXCEPTION, 1000, &now_ps), 1000); /* no limit given */
    assert_int_equal(p.counts[PUNT_TTL].n_refused, 100000 - 104);
    arena_close(mem);
}

static void who_shares_a_register_shares_its_bucket(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct chassis_config c = booted(&pfc3);
    struct punts p = {0};
    int64_t now_ps = 0;
    assert_true(turn_on(&c, LIMIT_GLEAN, 1, 50));
    assert_true(turn_on(&c, LIMIT_RECEIVE, 1, 50));
    punts_open(&p, &c, mem);
    assert_int_equal(n_passed(&p, PUNT_GLEAN, 30, &now_ps), 30);
    assert_int_equal(n_passed(&p, PUNT_RECEIVE, 30, &now_ps), 20);
    c.limits[LIMIT_RECEIVE].bucket = LIMIT_RECEIVE; /* assume.shared_register: own-buckets */
    p = (struct punts){0};
    punts_open(&p, &c, mem);
    now_ps = 0;
    assert_int_equal(n_passed(&p, PUNT_GLEAN, 60, &now_ps), 50);
    assert_int_equal(n_passed(&p, PUNT_RECEIVE, 60, &now_ps), 50);
    arena_close(mem);
}

/* 4 Mbit/s are 125 bytes an interval. */
static void the_control_plane_polices_what_no_limiter_saw(void **state)
{
    (void)state;
    struct copp_class classes[] = {
        {"a", 1u << PUNT_RECEIVE | 1u << PUNT_TTL, 4000000, 1000, 4000000},
        {"b", 1u << PUNT_GLEAN, 4000000, 640, 4000000},
    };
    struct arena *mem = arena_open();
    struct chassis_config c = booted(&pfc3);
    struct punts p = {0};
    int64_t now_ps = 0;
    c.n_copp_classes = 2;
    c.copp_classes = classes;
    c.qos.on = true;
    punts_open(&p, &c, mem);
    assert_int_equal(n_passed(&p, PUNT_RECEIVE, 100, &now_ps), 15); /* of 1000 bytes */
    assert_int_equal(n_passed(&p, PUNT_TTL, 100, &now_ps), 0);      /* the same class */
    assert_int_equal(n_passed(&p, PUNT_GLEAN, 100, &now_ps), 10 + 1);
    assert_int_equal(n_passed(&p, PUNT_MTU, 100, &now_ps), 100); /* in no class */
    assert_int_equal(p.counts[PUNT_RECEIVE].n_policed, 85);
    assert_true(turn_on(&c, LIMIT_TTL_FAILURE, 1000, 50));
    p = (struct punts){0};
    punts_open(&p, &c, mem);
    now_ps = 0;
    assert_int_equal(n_passed(&p, PUNT_RECEIVE, 20, &now_ps), 15);
    assert_int_equal(n_passed(&p, PUNT_TTL, 20, &now_ps), 20); /* its limiter has let them pass */
    c.qos.on = false;
    assert_int_equal(n_passed(&p, PUNT_RECEIVE, 100, &now_ps), 100);
    arena_close(mem);
}

/* N engines deliver N times the rate; one more, in software, cuts it to one. */
static void engines_police_alone(void **state)
{
    (void)state;
    struct copp_class class = {"a", 1u << PUNT_RECEIVE, 8000000, 1000,
                               8000000}; /* 250 bytes an interval */
    struct arena *mem = arena_open();
    struct chassis_config c = {.n_copp_classes = 1, .copp_classes = &class};
    struct copp engines[3], software;
    uint64_t bytes = 0, left = 0;
    copp_open(&software, &c, mem);
    for (int e = 0; e < 3; e++) {
        copp_open(&engines[e], &c, mem);
    }
    for (int64_t i = 0; i < 1000 * 100; i++) { /* a frame in each engine every 1/100 interval */
        for (int e = 0; e < 3; e++) {
            int64_t now_ps = i * (INTERVAL_PS / 100);
            bool pass = copp_pass(&engines[e], PUNT_RECEIVE, 125, now_ps);
            bytes += pass ? 125 : 0;
            left += pass && copp_pass(&software, PUNT_RECEIVE, 125, now_ps) ? 125 : 0;
        }
    }
    assert_int_equal(bytes, 3 * (1000 + 999 * 250));
    assert_int_equal(left, 1000 + 999 * 250);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_as_the_capacity_display_counts_them),
        cmocka_unit_test(registers_run_out),
        cmocka_unit_test(bridged_acls_have_one_between_them),
        cmocka_unit_test(causes_have_limiters_of_their_own),
        cmocka_unit_test(who_shares_a_register_shares_its_bucket),
        cmocka_unit_test(the_control_plane_polices_what_no_limiter_saw),
        cmocka_unit_test(engines_police_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
