/* test_series.c - samples over time: when they are taken, what they hold, as CSV; events of a run only
 * cut its windows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/report.h"
#include "sim/scheduler.h"
#include "sim/series.h"
#include "tests/exits.h"

#define BAD_PROGRAM 3

struct counter {
    int64_t n;
    struct scheduler *scheduler;
    bool forgetful;
};

/* Two columns, of names that do not outlive the sample. */
static void sample(void *context, int64_t now_ps, struct report *out)
{
    const struct counter *c = context;

    report_value(out, arena_printf(out->mem, "a \"%s\"", "module"), "counted", "times", c->n);
    if (!c->forgetful || now_ps == 0) {
        report_value(out, "clock", "now", "ps", now_ps);
    }
}

/* At 0, 10, 20, ... */
static void count(void *context, int64_t now_ps)
{
    struct counter *c = context;

    c->n++;
    scheduler_at(c->scheduler, now_ps + 10, count, c);
}

static void run(struct series *s, struct counter *c, uint32_t n, int64_t until_ps,
                struct arena *mem)
{
    struct scheduler_config config = {.window_ps = 3, .until_ps = until_ps};

    c->scheduler = scheduler_open(&config, mem);
    scheduler_at(c->scheduler, 0, count, c);
    series_open(s, n, until_ps, sample, c, c->scheduler, mem);
    scheduler_run(c->scheduler, NULL, NULL);
    series_end(s);
}

static void samples_are_even(void **state)
{
    (void)state;
    struct arena *mem = arena_open();

    for (uint32_t n = 1; n < 40; n++) {
        struct counter c = {0};
        struct series s;
        run(&s, &c, n, 101, mem);
        assert_int_equal(s.n_taken, n + 1);
        const struct series_column *counted = series_get(&s, "a \"module\"", "counted");
        for (uint32_t i = 0; i <= n; i++) {
            int64_t at_ps = 101 * (int64_t)i / n;
            assert_int_equal(s.at_ps[i], at_ps);
            assert_int_equal(series_get(&s, "clock", "now")->values[i], at_ps);
            if (at_ps % 10 != 0) { /* then it is one or the other first */
                assert_int_equal(counted->values[i], at_ps / 10 + 1);
            }
        }
        assert_null(series_get(&s, "clock", "then"));
        assert_null(series_get(&s, "run", "now"));
    }
    arena_close(mem);
}

/* until * i / n does not fit 64 bits. */
static void long_runs_do_not_overflow(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct counter c = {0};
    struct series s;
    struct scheduler_config config = {.window_ps = INT64_MAX / 4, .until_ps = INT64_MAX / 4};

    c.scheduler = scheduler_open(&config, mem);
    series_open(&s, SERIES_MOST, config.until_ps, sample, &c, c.scheduler, mem);
    scheduler_run(c.scheduler, NULL, NULL);
    series_end(&s);
    for (uint32_t i = 1; i <= SERIES_MOST; i++) {
        assert_in_range(s.at_ps[i] - s.at_ps[i - 1], config.until_ps / SERIES_MOST,
                        config.until_ps / SERIES_MOST + 1);
    }
    assert_int_equal(s.at_ps[SERIES_MOST], config.until_ps);
    arena_close(mem);
}

static void a_line_for_each_time(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct counter c = {0};
    struct series s;
    char *text;
    size_t length;

    run(&s, &c, 2, 30, mem);
    FILE *out = open_memstream(&text, &length);
    series_write_csv(&s, out);
    fclose(out);
    assert_string_equal(text, "time_ps,\"a \"\"module\"\" counted (times)\",\"clock now (ps)\"\n"
                              "0,1,0\n15,2,15\n30,3,30\n");
    free(text);
    arena_close(mem);
}

static void forget_a_column(void *context)
{
    struct arena *mem = arena_open();
    struct counter c = {.forgetful = true};
    struct series s;

    (void)context;
    run(&s, &c, 2, 30, mem);
}

static void columns_do_not_change(void **state)
{
    (void)state;
    char said[200];
    assert_int_equal(exit_status_of(forget_a_column, NULL, said, sizeof said), BAD_PROGRAM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_even),
        cmocka_unit_test(long_runs_do_not_overflow),
        cmocka_unit_test(a_line_for_each_time),
        cmocka_unit_test(columns_do_not_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
