/* test_report.c - what is handed over comes back in order; CSV; which resource is the bottleneck.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/arena.h"
#include "sim/histogram.h"
#include "sim/report.h"

struct fixture {
    struct arena *arena;
    struct report report;
    struct histogram histogram;
};

static int open_report(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->arena = arena_open();
    report_open(&f->report, f->arena);
    *state = f;
    return 0;
}

static int close_report(void **state)
{
    struct fixture *f = *state;
    arena_close(f->arena);
    free(f);
    return 0;
}

static void all_that_is_added_is_found_in_order(void **state)
{
    struct fixture *f = *state;
    struct report *r = &f->report;
    enum { N = 1000 };
    for (int i = 0; i < N; i++) {
        const char *module = arena_printf(f->arena, "port %d", i);
        report_value(r, module, "packets", "packets", i);
        report_value(r, module, "bytes", "bytes", -i);
        report_text(r, module, "mode", module);
        report_resource(r, &(struct report_resource){.module = module, .rate = (uint64_t)i});
        report_histogram(r, module, "latency", "ps", &f->histogram + i);
    }
    assert_int_equal(r->n_values, 2 * N);
    assert_int_equal(r->n_texts, N);
    assert_int_equal(r->n_resources, N);
    assert_int_equal(r->n_histograms, N);
    for (int i = 0; i < N; i++) {
        const char *module = arena_printf(f->arena, "port %d", i);
        assert_string_equal(r->values[2 * i + 1].module, module);
        assert_string_equal(r->values[2 * i + 1].unit, "bytes");
        assert_int_equal(r->resources[i].rate, i);
        assert_int_equal(report_get(r, module, "packets", -7), i);
        assert_int_equal(report_get(r, module, "bytes", -7), -i);
        assert_string_equal(report_get_text(r, module, "mode"), module);
        assert_ptr_equal(report_get_histogram(r, module, "latency"), &f->histogram + i);
    }
}

static void what_was_not_added_is_not_found(void **state)
{
    struct report *r = &((struct fixture *)*state)->report;
    assert_int_equal(report_get(r, "port 1", "packets", -7), -7);
    assert_null(report_bottleneck(r));
    report_value(r, "port 1", "packets", "packets", 1);
    report_text(r, "port 1", "mode", "compact");
    report_histogram(r, "port 1", "latency", "ps", NULL);
    assert_int_equal(report_get(r, "port 1", "bytes", -7), -7);
    assert_int_equal(report_get(r, "port", "packets", -7), -7);
    assert_null(report_get_text(r, "port 1", "packets"));
    assert_null(report_get_text(r, "port 10", "mode"));
    assert_null(report_get_histogram(r, "port 1", "packets"));
    assert_null(report_get_histogram(r, "port 2", "latency"));
}

static void csv_is_long_form_and_quoted(void **state)
{
    struct fixture *f = *state;
    struct report *r = &f->report;
    report_value(r, "fib", "routes", "1", INT64_MIN);
    report_value(r, "slot 1, \"left\"", "two\nlines", "pac\rkets", INT64_MAX);
    report_resource(r, &(struct report_resource){.module = "bus",
                                                 .kind = "bus",
                                                 .work = "cycles, bus",
                                                 .rate = 62500000,
                                                 .offered = 5,
                                                 .served = 4,
                                                 .n_dropped = 1,
                                                 .busy_ps = 64000,
                                                 .interval_ps = 1000000,
                                                 .backlog_first_ps = 0,
                                                 .backlog_last_ps = 16000});
    for (uint64_t value = 1; value <= 100; value++) {
        histogram_record(&f->histogram, value);
    }
    report_histogram(r, "all", "latency", "ps", &f->histogram);
    report_histogram(r, "none", "latency", "ps", &(struct histogram){0});
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    report_write_csv(r, "run,1", out);
    fclose(out);
    assert_string_equal(text, "run,module,statistic,unit,value\n"
                              "\"run,1\",fib,routes,1,-9223372036854775808\n"
                              "\"run,1\",\"slot 1, \"\"left\"\"\",\"two\nlines\",\"pac\rkets\","
                              "9223372036854775807\n"
                              "\"run,1\",bus,rate,\"cycles, bus/s\",62500000\n"
                              "\"run,1\",bus,offered,\"cycles, bus\",5\n"
                              "\"run,1\",bus,served,\"cycles, bus\",4\n"
                              "\"run,1\",bus,dropped,packets,1\n"
                              "\"run,1\",bus,busy,ps,64000\n"
                              "\"run,1\",bus,interval,ps,1000000\n"
                              "\"run,1\",bus,backlog at start,ps,0\n"
                              "\"run,1\",bus,backlog at end,ps,16000\n"
                              "\"run,1\",all,latency n,1,100\n"
                              "\"run,1\",all,latency min,ps,1\n"
                              "\"run,1\",all,latency mean,ps,50\n"
                              "\"run,1\",all,latency p50,ps,50\n"
                              "\"run,1\",all,latency p90,ps,90\n"
                              "\"run,1\",all,latency p99,ps,99\n"
                              "\"run,1\",all,latency p99.9,ps,100\n"
                              "\"run,1\",all,latency max,ps,100\n"
                              "\"run,1\",none,latency n,1,0\n"
                              "\"run,1\",none,latency min,ps,0\n"
                              "\"run,1\",none,latency mean,ps,0\n"
                              "\"run,1\",none,latency p50,ps,0\n"
                              "\"run,1\",none,latency p90,ps,0\n"
                              "\"run,1\",none,latency p99,ps,0\n"
                              "\"run,1\",none,latency p99.9,ps,0\n"
                              "\"run,1\",none,latency max,ps,0\n");
    free(text);
}

static void add(struct report *r, const char *module, int64_t busy_ps, int64_t interval_ps,
                uint64_t n_dropped, int64_t first_ps, int64_t last_ps)
{
    report_resource(r, &(struct report_resource){.module = module,
                                                 .kind = "engine",
                                                 .work = "lookups",
                                                 .rate = 10,
                                                 .offered = 11,
                                                 .n_dropped = n_dropped,
                                                 .busy_ps = busy_ps,
                                                 .interval_ps = interval_ps,
                                                 .backlog_first_ps = first_ps,
                                                 .backlog_last_ps = last_ps});
}

static void the_bottleneck_is_the_busiest_that_cannot_cope(void **state)
{
    struct report *r = &((struct fixture *)*state)->report;
    add(r, "busy but coping", 1000, 1000, 0, 0, 0);
    add(r, "grew by a tenth only", 998, 1000, 0, 50, 150);
    add(r, "never idle, grew by a hundredth only", 1000, 1000, 0, 50, 60);
    add(r, "long but shrinking queue", 1000, 1000, 0, 900, 200);
    assert_null(report_bottleneck(r));
    add(r, "lost one", 500, 1000, 1, 0, 0);
    assert_string_equal(report_bottleneck(r)->module, "lost one");
    add(r, "grew more", 600, 1000, 0, 50, 151);
    assert_string_equal(report_bottleneck(r)->module, "grew more");
    add(r, "as busy, later", 6, 10, 10, 0, 0);
    assert_string_equal(report_bottleneck(r)->module, "grew more");
    add(r, "never idle, grew by over a hundredth", 999, 1000, 0, 50, 61);
    assert_string_equal(report_bottleneck(r)->module, "never idle, grew by over a hundredth");
    r->n_resources--;
    report_resource(r, &(struct report_resource){.module = "as busy, asked for more",
                                                 .rate = 5,
                                                 .offered = 7,
                                                 .n_dropped = 1,
                                                 .busy_ps = 60,
                                                 .interval_ps = 100});
    assert_string_equal(report_bottleneck(r)->module, "as busy, asked for more");
    report_resource(r, &(struct report_resource){.module = "as busy, more in numbers only",
                                                 .rate = 50,
                                                 .offered = 69,
                                                 .n_dropped = 1,
                                                 .busy_ps = 60,
                                                 .interval_ps = 100});
    assert_string_equal(report_bottleneck(r)->module, "as busy, asked for more");
    add(r, "less busy, though longer", 5999, 10000, 10, 0, 0);
    assert_string_equal(report_bottleneck(r)->module, "as busy, asked for more");
    add(r, "large numbers", INT64_MAX / 3 * 2, INT64_MAX, 1, 0, 0);
    assert_string_equal(report_bottleneck(r)->module, "large numbers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_that_is_added_is_found_in_order, open_report,
                                        close_report),
        cmocka_unit_test_setup_teardown(what_was_not_added_is_not_found, open_report, close_report),
        cmocka_unit_test_setup_teardown(csv_is_long_form_and_quoted, open_report, close_report),
        cmocka_unit_test_setup_teardown(the_bottleneck_is_the_busiest_that_cannot_cope, open_report,
                                        close_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
