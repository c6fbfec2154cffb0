/* test_expect.c - what a scenario expects: read, printed, refused, judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "scenarios/expect.h"
#include "scenarios/results.h"
#include "sim/report.h"
#include "tests/results_report.h"
#include "tests/scenario_files.h"

/* With the keys of one expectation, the last of its three lines. */
static char *write_expectation(const char *keys)
{
    return write_file(arena_printf(mem,
                                   "cat6k: 1\n"
                                   "chassis: WS-C6509-E\n"
                                   "supervisor: {slot: 5, model: WS-SUP720-3BXL}\n"
                                   "slots: [{slot: 1, model: WS-X6704-10GE}]\n"
                                   "traffic: []\n"
                                   "expect:\n"
                                   "  - {point: P1, what: something, origin: measured,\n"
                                   "     source: \"[S1] (vendor)\",\n"
                                   "     %s}\n",
                                   keys));
}

static void reads_and_prints(void **state)
{
    (void)state;
    static const char keys[] =
        "measure: \"{run.offered} / 2\", value: 83.3%, tolerance: 1.5pp, "
        "set: [\"run.seed=7\", 'title=\"a b\"'], explained: \"it \\\"is\\\"\"";
    char *path = write_expectation(keys);
    struct scenario s;
    load(&s, path, NULL);
    assert_int_equal(s.n_expectations, 1);
    const struct expectation *e = &s.expectations[0];
    assert_string_equal(e->point, "P1");
    assert_string_equal(e->what, "something");
    assert_string_equal(e->origin, "measured");
    assert_string_equal(e->source, "[S1] (vendor)");
    assert_string_equal(e->explained, "it \"is\"");
    assert_int_equal(e->bound, BOUND_VALUE);
    assert_true(e->low.number == 0.833);
    assert_int_equal(e->tolerance, TOLERANCE_POINTS);
    assert_int_equal(e->tolerance_ppm, 15000);
    assert_int_equal(e->n_settings, 2);
    assert_string_equal(e->settings[1], "title=\"a b\"");
    assert_true(e->line == 9 && e->column == 16 && e->in_one_line);
    check_round_trip(&s);
    load(&s, path, "expect=", NULL);
    assert_int_equal(s.n_expectations, 0);
    unlink(path);
}

/* message NULL: taken. */
static const struct {
    const char *keys, *message;
} refused[] = {
    {"measure: 1, value: 1", NULL},
    {"measure: 1, value: busmode", NULL},
    {"measure: 1, value: 1, tolerance: 2%", NULL},
    {"measure: 1, value: 1, tolerance: exact", NULL},
    {"measure: 1, between: '1us, 2us'", NULL},
    {"measure: 1, at_most: 500kpps", NULL},
    {"measure: 1, at_least: 500kpps", NULL},
    {"value: 1", ":7:5: expect[0]: the key measure is missing"},
    {"measure: 1", ":7:5: expect[0]: expected one of value, between, at_most or at_least"},
    {"measure: 1, value: 1, at_most: 2", ":7:5: expect[0]: more than one of value, between"},
    {"measure: 1 + 2x, value: 1", ":9:19: expect[0].measure: '2x' has a unit that does not fit"},
    {"measure: \"1 + 2x\", value: 1", ":9:20: expect[0].measure: '2x' has a unit"},
    {"measure: \"\\u0031 + 2x\", value: 1", ":9:15: expect[0].measure: '2x' has a unit"},
    {"measure: 1 +, value: 1", ":9:18: expect[0].measure: the end; expected a number"},
    {"measure: 1, value: 30Mps", ":9:25: expect[0].value: '30Mps' has a unit that does not"},
    {"measure: 1, value: ''", "expect[0].value: expected a text of 1 to"},
    {"measure: 1, at_most: much", "expect[0].at_most: 'much' is not a number"},
    {"measure: 1, between: 1us", "expect[0].between: expected two amounts, as in 29Mpps"},
    {"measure: 1, between: '1us, 2us, 3us'", "expected two amounts, as in"},
    {"measure: 1, between: '2us, 1us'", "of one kind, the lower one first"},
    {"measure: 1, between: '1us, 1pps'", "of one kind, the lower one first"},
    {"measure: 1, between: '1us, 2'", "of one kind, the lower one first"},
    {"measure: 1, between: 'a, b'", "'a' is not a number"},
    {"measure: 1, value: 1, tolerance: 2", "tolerance: '2' has no unit; expected a share in %, or"},
    {"measure: 1, value: 1, tolerance: 0%", "tolerance: 0% is out of range"},
    {"measure: 1, value: 1, tolerance: 101%", "tolerance: 101% is out of range"},
    {"measure: 1, value: 1, tolerance: pp", "tolerance: 'pp' is not a number"},
    {"measure: 1, value: 1us, tolerance: 1pp", "points of what is no share; expected 2%"},
    {"measure: 1, value: busmode, tolerance: 1%", "only a value that is a number has a tolerance"},
    {"measure: 1, at_most: 1, tolerance: 1%", "only a value that is a number has a tolerance"},
    {"measure: 1, value: 1, set: run.seed=7", "expect[0].set: a text or number; expected a list"},
    {"measure: 1, value: 1, set: [7]", "expect[0].set[0]: expected path=value, as in run.seed=7"},
    {"measure: 1, value: 1, set: [=7]", "expect[0].set[0]: expected path=value"},
    {"measure: 1, value: 1, set: [a=b, []]", "expect[0].set[1]: a list; expected a text"},
    {"measure: 1, valeu: 1", "expect[0].valeu: unknown key; did you mean value?"},
};

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char *path = write_expectation(refused[i].keys);
        if (refused[i].message == NULL) {
            struct scenario s;
            load(&s, path, NULL);
            check_round_trip(&s);
        } else {
            const char *said = refusal(path, NULL, 0);
            if (strstr(said, refused[i].message) == NULL) {
                fail_msg("%s: expected \"%s\" in:\n%s", refused[i].keys, refused[i].message, said);
            }
        }
        unlink(path);
    }
}

static void refuses_other_origins_and_sources(void **state)
{
    (void)state;
    static const struct {
        const char *set, *message;
    } rows[] = {
        {"expect[0].origin=guess", "unknown origin 'guess'; expected measured, vendor claim or"},
        {"expect[0].source=\"[S1]\"", "expected [KEY] place (provenance: why)"},
        {"expect[0].source=\"[S1] (rumour)\"", "provenance must be standard, vendor, measured"},
        {"expect[0].source=\"[S1] (derived)\"", "expected (derived: why)"},
        {"expect[0].point=\"a point with a name too long\"", "expected a text of 1 to 20 bytes"},
    };
    char *path = write_expectation("measure: 1, value: 1");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *said = refusal(path, &rows[i].set, 1);
        if (strstr(said, rows[i].message) == NULL) {
            fail_msg("%s: expected \"%s\" in:\n%s", rows[i].set, rows[i].message, said);
        }
    }
    unlink(path);
}

/* Of the report in results_report.c. */
static const struct {
    const char *keys;
    bool met;
} judged[] = {
    {"measure: \"{engine 1 A.lookups}\", value: 10", true},
    {"measure: \"{engine 1 A.lookups}\", value: 11", false},
    {"measure: \"{engine 1 A.lookups}\", value: 9", false},
    {"measure: \"{engine 1 A.lookups}\", value: 8, tolerance: 25%", true},
    {"measure: \"{engine 1 A.lookups}\", value: 8, tolerance: 24.9%", false},
    {"measure: \"{engine 1 A.lookups}\", value: 12.5, tolerance: 20%", true},
    {"measure: \"{engine 1 A.lookups}\", value: 12.5, tolerance: 19.9%", false},
    {"measure: \"{engine 2 B.share}\", value: 24%, tolerance: 1pp", true},
    {"measure: \"{engine 2 B.share}\", value: 26%, tolerance: 1.1pp", true},
    {"measure: \"{engine 2 B.share}\", value: 26%, tolerance: 0.9pp", false},
    {"measure: \"{engine 2 B.nothing}\", value: 0, tolerance: 1%", true},
    {"measure: \"{run.interval}\", between: '2ms, 3ms'", true},
    {"measure: \"{run.interval}\", between: '1ms, 2ms'", true},
    {"measure: \"{run.interval}\", between: '2001us, 3ms'", false},
    {"measure: \"{run.interval}\", between: '1ms, 1999us'", false},
    {"measure: \"{stream left.delivered_pps}\", at_most: 1500kpps", true},
    {"measure: \"{stream left.delivered_pps}\", at_most: 1499999pps", false},
    {"measure: \"{stream left.delivered_pps}\", at_least: 1500kpps", true},
    {"measure: \"{stream left.delivered_pps}\", at_least: 1500001pps", false},
    {"measure: \"{module 1.switching_mode}\", value: busmode", true},
    {"measure: \"{module 1.switching_mode}\", value: crossbarmode", false},
};

static bool judge(const char *keys, bool *met, struct error *err)
{
    struct scenario s;
    struct report report;
    struct results results;
    struct amount measured;
    char *path = write_expectation(keys);
    load(&s, path, NULL);
    unlink(path);
    results_report(&report, mem);
    results_of(&report, false, mem, &results);
    return expectation_judge(&s.expectations[0], &results, &measured, met, err);
}

static void judges(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof judged / sizeof *judged; i++) {
        struct error err = {0};
        bool met;
        if (!judge(judged[i].keys, &met, &err) || met != judged[i].met) {
            fail_msg("%s: %s", judged[i].keys, err.text != NULL ? err.text : "the wrong verdict");
        }
    }
}

static void cannot_judge(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *message;
    } rows[] = {
        {"measure: \"1 + {run.interva}\", value: 1",
         ":9:20: expect[0].measure: run has no 'interva'; did you mean interval?"},
        {"measure: \"{run.interval}\", value: 1",
         ":9:16: expect[0].measure: measures a time; expected is 1, a plain number"},
        {"measure: \"{module 1.switching_mode}\", value: 1",
         "expect[0].measure: measures a word; expected is 1, a plain number"},
        {"measure: \"{run.interval}\", at_most: 1Gbps",
         "a time; expected is 1Gbps, a rate in bits"},
        {"measure: \"{run.interval}\", value: busmode", "expected is busmode, a word"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        bool met;
        assert_false(judge(rows[i].keys, &met, &err));
        if (strstr(err.text, rows[i].message) == NULL) {
            fail_msg("%s: expected \"%s\" in:\n%s", rows[i].keys, rows[i].message, err.text);
        }
        error_free(&err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_prints),
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_other_origins_and_sources),
        cmocka_unit_test(judges),
        cmocka_unit_test(cannot_judge),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
