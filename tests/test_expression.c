/* test_expression.c - what an expression gives, and which ones are refused, where and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "scenarios/expression.h"
#include "scenarios/quantity.h"
#include "scenarios/results.h"
#include "sim/arena.h"
#include "sim/report.h"
#include "sim/rng.h"
#include "tests/results_report.h"

static struct arena *mem;
static struct report report;
static struct results results;

static int set_up(void **state)
{
    (void)state;
    mem = arena_open();
    results_report(&report, mem);
    results_of(&report, false, mem, &results);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(mem);
    return 0;
}

static struct amount value_of(const char *text)
{
    struct expression_error wrong = {0};
    struct amount amount = {0};
    const struct expression *e = expression_parse(text, mem, &wrong);
    if (e == NULL || !expression_evaluate(e, &results, &amount, &wrong)) {
        fail_msg("%s: at %u: %s", text, wrong.at, wrong.why);
    }
    return amount;
}

static void gives(const char *text, double number, int bits, int seconds)
{
    struct amount a = value_of(text);
    if (a.word != NULL || a.number != number || a.bits != bits || a.seconds != seconds) {
        fail_msg("%s: %.17g bit^%d s^%d, not %.17g bit^%d s^%d", text, a.number, a.bits, a.seconds,
                 number, bits, seconds);
    }
}

static void amounts(void **state)
{
    (void)state;
    gives("8", 8, 0, 0);
    gives("0.833", 0.833, 0, 0);
    gives("83.3%", 0.833, 0, 0);
    gives("20Gbps", 2e10, 1, -1);
    gives("30Mpps", 3e7, 0, -1);
    gives("64B", 512, 1, 0);
    gives("5us", 5e-6, 0, 1);
    gives(" 1  ", 1, 0, 0);
}

static void operations(void **state)
{
    (void)state;
    gives("1 + 2 * 3", 7, 0, 0);
    gives("(1 + 2) * 3", 9, 0, 0);
    gives("10 - 4 - 3", 3, 0, 0);
    gives("100 / 5 / 2", 10, 0, 0);
    gives("2*-3", -6, 0, 0);
    gives("--3 - -(1)", 4, 0, 0);
    gives("64B * 30Mpps", 512 * 3e7, 1, -1);
    gives("20Gbps / 64B", 2e10 / 512, 0, -1);
    gives("20Gbps / 10Gbps + 1", 3, 0, 0);
    gives("sum(1, 2, 3)", 6, 0, 0);
    gives("min(4, 2, 3) + max(4, 2, 3)", 6, 0, 0);
    gives("max(-5)", -5, 0, 0);
}

static void named_results(void **state)
{
    (void)state;
    gives("{run.interval}", 2e-3, 0, 1);
    gives("{stream left.delivered}", 3000, 0, 0);
    gives("{stream left.delivered_pps}", 1.5e6, 0, -1);
    gives("{stream left.delivered_bytes}", 8 * 192000, 1, 0);
    gives("{stream left.delivered_bps}", 768e6, 1, -1);
    gives("{stream left.delivered} / {stream left.offered}", 0.75, 0, 0);
    gives("{stream v1.5.delivered}", 1, 0, 0);
    gives("{engine 2 B.share}", 0.25, 0, 0);
    gives("{policer p, engine 2 B.rate}", 9961472, 1, -1);
    gives("{run.latency min}", 1e-6, 0, 1);
    gives("{run.latency max}", 5e-6, 0, 1);
    gives("{run.latency mean}", 2e-6, 0, 1);
    gives("{run.latency n}", 4, 0, 0);
    gives("{channel 1/0.rate}", 2e10, 1, -1);
    gives("{channel 1/0.served}", 3e7, 1, 0);
    gives("{channel 1/0.served_bps}", 1.5e10, 1, -1);
    gives("{channel 1/0.utilisation}", 0.75, 0, 0);
    gives("{engine 1 A.offered_per_s}", 1e4, 0, -1);
    assert_string_equal(value_of("{module 1.switching_mode}").word, "busmode");
    assert_string_equal(value_of("({module *.switching_mode})").word, "busmode");
}

static void lists(void **state)
{
    (void)state;
    gives("sum({engine *.lookups})", 42, 0, 0);
    gives("max({engine *.lookups}) - min({engine *.lookups})", 22, 0, 0);
    gives("sum({engine *.lookups}, {stream *.delivered}, 1)", 3044, 0, 0);
    gives("sum({engine 1*ups}, 0)", 10, 0, 0);
    gives("{engine 1 *.lookups}", 10, 0, 0);
    gives("sum({*.lookups} )", 42, 0, 0);
    gives("sum({e*g*n*e*.l*s})", 42, 0, 0);
}

/* ---- refused ------------------------------------------------------------------------------ */

static const struct {
    const char *text;
    unsigned at;
    const char *why;
} wrong_texts[] = {
    {"", 0, "the end; expected a number, {module.statistic}"},
    {"1 +", 3, "the end; expected a number"},
    {"1 2", 2, "'2'; expected + - * / or the end here"},
    {"(1", 2, "the end; expected ) here"},
    {"1)", 1, "')'; expected + - * / or the end here"},
    {"sum", 3, "the end; expected ( here"},
    {"sum(1 2)", 6, "'2)'; expected , or ) here"},
    {"sum()", 4, "')'; expected a number"},
    {"avg(1)", 0, "'avg(1)'; expected a number, {module.statistic}, sum(, min("},
    {"1 + {run.interval", 4, "a { without its }"},
    {"1 + {run{.interval}", 4, "a { without its }"},
    {"30Mps", 0, "'30Mps' has a unit that does not fit"},
    {"1.", 0, "'1.' is not a number"},
    {"1..2", 0, "'1..2' is not a number"},
    {"007pps", 0, "is not a number"},
    {"1e5", 0, "'1e' has a unit that does not fit"},
    {"1 +* 2", 3, "'* 2'; expected a number"},
    {"2 ^ 3", 2, "'^ 3'; expected + - * /"},
    {"{run.interva}", 0, "run has no 'interva'; did you mean interval?"},
    {"{run.zzzzzzzzz}", 0, "run has no 'zzzzzzzzz'; it has interval, total_offered, inside_end"},
    {"1 * {engine 1 B.lookups}", 4, "no module 'engine 1 B'; did you mean engine 1 A?"},
    {"{whatever it is.lookups}", 0, "no module 'whatever it is'; result.csv names them all"},
    {"{interval}", 0, "'interval' has no point; expected module.statistic"},
    {"{engine *.lookup}", 0, "nothing matches 'engine *.lookup'"},
    {"sum({engine *.lookup})", 4, "nothing matches 'engine *.lookup'"},
    {"{stream v1.5.deliverd}", 0, "stream v1.5 has no 'deliverd'; did you mean delivered?"},
    {"{engine *.lookups}", 0, "matches engine 1 A.lookups, engine 2 B.lookups; expected one, or"},
    {"1 + {engine *.lookups}", 4, "matches engine 1 A.lookups"},
    {"{run.total_offered_pps}", 0, "run has no 'total_offered_pps'; did you mean total_offered?"},
    {"{run.inside_end_pps}", 0, "run has no 'inside_end_pps'"},
    {"1 / {engine 2 B.nothing}", 2, "divides by 0"},
    {"1 + 5us", 2, "a plain number and a time do not go together"},
    {"5Gbps - 30Mpps", 6, "a rate in bits per second and a rate per second do not go"},
    {"max(1, 5us)", 0, "a plain number and a time do not go together"},
    {"1 + {module 1.switching_mode}", 2, "a word; expected numbers"},
    {"-{module 1.switching_mode}", 0, "a word; expected a number"},
    {"max({module 1.switching_mode})", 0, "a word; expected numbers"},
};

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong_texts / sizeof *wrong_texts; i++) {
        const char *text = wrong_texts[i].text;
        struct expression_error wrong = {99, "nothing"};
        struct amount amount;
        const struct expression *e = expression_parse(text, mem, &wrong);
        if (e != NULL && expression_evaluate(e, &results, &amount, &wrong)) {
            fail_msg("%s: not refused", text);
        }
        if (wrong.at != wrong_texts[i].at || strstr(wrong.why, wrong_texts[i].why) == NULL) {
            fail_msg("%s: at %u: %s", text, wrong.at, wrong.why);
        }
    }
}

static void refuses_what_is_deep_or_long(void **state)
{
    (void)state;
    char text[EXPRESSION_MAX_BYTES + 2];
    struct expression_error wrong = {0};
    memset(text, '(', 500);
    text[500] = '\0';
    assert_null(expression_parse(text, mem, &wrong));
    assert_string_equal(wrong.why, "nested too deep");
    assert_int_equal(wrong.at, EXPRESSION_MAX_DEPTH);
    memset(text, '-', 500);
    assert_null(expression_parse(text, mem, &wrong));
    assert_string_equal(wrong.why, "nested too deep");
    memset(text, '1', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_null(expression_parse(text, mem, &wrong));
    assert_string_equal(wrong.why, "too long");
    for (size_t i = 0; i < EXPRESSION_MAX_BYTES; i++) {
        text[i] = i % 2 == 0 ? '1' : '+';
    }
    text[EXPRESSION_MAX_BYTES - 1] = '\0';
    gives(text, EXPRESSION_MAX_BYTES / 2, 0, 0);
}

/* Before the run everything is nothing, which is no mistake of who divides by it. */
static void an_idle_run_divides(void **state)
{
    (void)state;
    struct results idle;
    struct expression_error wrong = {0};
    struct amount amount;
    results_of(&report, true, mem, &idle);
    const struct expression *e = expression_parse("1Mpps / {engine 2 B.nothing}", mem, &wrong);
    assert_true(expression_evaluate(e, &idle, &amount, &wrong));
    assert_true(amount.number == 0 && amount.bits == 0 && amount.seconds == -1);
    assert_false(expression_evaluate(e, &results, &amount, &wrong));
}

/* ---- random expressions against their own value -------------------------------------------- */

struct draw {
    struct rng rng;
    uint64_t counter;
    bool by_zero; /* something has been divided by 0 */
};

static unsigned below(struct draw *d, unsigned n)
{
    return (unsigned)rng_below(rng_at(&d->rng, d->counter++).a, n);
}

/* Writes an expression, now and then with spaces, and returns what it is. level: 0 a sum may stand
 * here, 1 a product, 2 only a factor. */
static double write_random(struct draw *d, FILE *out, unsigned level, unsigned depth)
{
    unsigned what = depth == 0 ? 0 : below(d, 6);
    fprintf(out, "%*s", (int)below(d, 2), "");
    if (what <= 1) {
        unsigned number = 1 + below(d, 1000);
        fprintf(out, "%u.5", number);
        return number + 0.5;
    }
    if (what == 2) {
        fputs("-", out);
        return -write_random(d, out, 2, depth - 1);
    }
    if (what == 3) {
        fputs("max(", out);
        double a = write_random(d, out, 0, depth - 1);
        fputs(",", out);
        double b = write_random(d, out, 0, depth - 1);
        fputs(")", out);
        return a > b ? a : b;
    }
    bool product = what == 4, first = below(d, 2) == 0;
    bool closed = level > (product ? 1u : 0u);
    fputs(closed ? "(" : "", out);
    double left = write_random(d, out, product ? 1 : 0, depth - 1);
    fprintf(out, "%*s%c", (int)below(d, 2), "", product ? first ? '*' : '/' : first ? '+' : '-');
    double right = write_random(d, out, product ? 2 : 1, depth - 1);
    fputs(closed ? ")" : "", out);
    d->by_zero |= product && !first && right == 0;
    return product ? first ? left * right : left / right : first ? left + right : left - right;
}

static void random_expressions(void **state)
{
    (void)state;
    unsigned n_taken = 0;
    for (unsigned i = 0; i < 20000; i++) {
        struct draw d = {rng_open(i, "test_expression", "random"), 0, false};
        char text[4096];
        FILE *out = fmemopen(text, sizeof text, "w");
        assert_non_null(out);
        double expected = write_random(&d, out, 0, 6);
        fclose(out);
        struct expression_error wrong = {0};
        struct amount amount;
        const struct expression *e = expression_parse(text, mem, &wrong);
        if (strlen(text) > EXPRESSION_MAX_BYTES) {
            assert_null(e);
            continue;
        }
        assert_non_null(e);
        bool taken = expression_evaluate(e, &results, &amount, &wrong);
        assert_true(taken != d.by_zero);
        assert_true(!taken || amount.number == expected);
        n_taken += taken;
    }
    assert_true(n_taken > 15000);
}

/* ---- printing ------------------------------------------------------------------------------ */

static void prints(void **state)
{
    (void)state;
    static const struct {
        const char *text, *print;
        bool percent;
    } rows[] = {
        {"29998000pps", "29.998 Mpps", false},
        {"500kpps", "500 kpps", false},
        {"999999pps", "1 Mpps", false},
        {"20Gbps", "20 Gbps", false},
        {"64B", "64 B", false},
        {"1500B", "1.5 kB", false},
        {"5us", "5 us", false},
        {"1ps * 0.5", "0.5 ps", false},
        {"2500s", "2500 s", false},
        {"0.833333333", "0.83333", false},
        {"0.833333333", "83.333 %", true},
        {"1234567890", "1234567890", false},
        {"-5us", "-5 us", false},
        {"64B * 64B", "2.6214e+05 bit^2 s^0", false},
        {"{module 1.switching_mode}", "busmode", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[AMOUNT_TEXT];
        struct amount amount = value_of(rows[i].text);
        assert_string_equal(amount_print(&amount, rows[i].percent, text), rows[i].print);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts),
        cmocka_unit_test(operations),
        cmocka_unit_test(named_results),
        cmocka_unit_test(lists),
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_what_is_deep_or_long),
        cmocka_unit_test(an_idle_run_divides),
        cmocka_unit_test(random_expressions),
        cmocka_unit_test(prints),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
