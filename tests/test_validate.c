/* test_validate.c - scenarios that expect something, as `cat6k validate` and others run them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "sim/arena.h"
#include "tests/program.h"

/* A scenario with DFCs, and what it expects: the items of a list. */
static void write_expecting(const char *name, const char *expectations)
{
    write_scenario(name, "expecting", "DFC3BXL");
    FILE *file = fopen(name, "a");
    assert_non_null(file);
    fprintf(file, "expect:\n%s", expectations);
    fclose(file);
}

#define EXPECTATION(keys)                                                                          \
    "  - {point: P1, what: offered, origin: derived, source: \"(derived: so)\", " keys "}\n"
#define OFFERED "measure: \"{run.offered_pps} / 8\", "

static void validate_runs_what_is_expected(void **state)
{
    (void)state;
    write_expecting("met.yaml",
                    EXPECTATION(OFFERED "value: 14.88Mpps, tolerance: 5%")
                        EXPECTATION(OFFERED "at_most: 8Mpps, set: ['traffic[0].rate=50%']")
                            EXPECTATION("measure: \"{run.bus_mode}\", value: compact"));
    assert_int_equal(cat6k("validate met.yaml"), 0);
    assert_says(out, "  14.88 Mpps  ");
    assert_says(out, "  at most 8 Mpps  ");
    assert_says(out, "compact      compact        none      exact  met      derived");
    assert_says(out, "  3 expectations: 3 met, 0 not met.");
    assert_string_equal(said, "");
    const char *alone = arena_printf(mem, "%s", out);
    assert_int_equal(cat6k("validate --jobs 1 met.yaml"), 0);
    assert_string_equal(out, alone);
    assert_int_equal(cat6k("validate --quiet met.yaml"), 0);
    assert_string_equal(out, "");
    write_expecting("asks.yaml",
                    EXPECTATION("measure: \"{engine 1 DFC3BXL.lookups}\", at_least: 1"));
    assert_int_equal(cat6k("run asks.yaml --set 'slots[0].forwarding=CFC'"), 0);
    assert_says(out, "With these settings 1 of the scenario's expectations cannot be told.");
    assert_int_equal(cat6k("run met.yaml"), 0); /* without that of other settings */
    assert_says(out, "What the scenario expects:");
    assert_says(out, "  2 expectations: 2 met, 0 not met.");
}

static void validate_tells_what_is_not_met(void **state)
{
    (void)state;
    assert_int_equal(mkdir("points", 0777), 0);
    write_expecting("points/b.yaml", EXPECTATION(OFFERED "value: 30Mpps, tolerance: 10%, "
                                                         "explained: \"no | port is so fast\""));
    write_expecting("points/a.yaml", EXPECTATION(OFFERED "at_least: 1Mpps"));
    write_expecting("points/c.yml", "not read");
    assert_int_equal(cat6k("validate -o verdicts points"), 1);
    assert_says(out, "NOT MET");
    assert_says(out, "  P1 is not met: no | port is so fast");
    assert_says(out, "  2 expectations: 1 met, 1 not met.");
    assert_true(strstr(out, "at least 1 Mpps") < strstr(out, "30 Mpps"));
    assert_int_equal(cat6k("run points/b.yaml"), 0); /* it did run */
    json_t *json = load_json("verdicts/validation.json");
    assert_int_equal(number(json, "n_met"), 1);
    json_t *second = json_array_get(at(json, "expectations"), 1);
    assert_true(json_is_false(at(second, "met")));
    assert_string_equal(json_string_value(at(second, "expected")), "30 Mpps");
    json_decref(json);
    read_output("verdicts/validation.md", out);
    assert_says(out, "| Point | what | expected | simulated |");
    assert_says(out, "| --- | --- | ---: |");
    assert_says(out, "| **not met** | derived | (derived: so) |");
}

static void validate_refuses(void **state)
{
    (void)state;
    assert_int_equal(cat6k("validate a.yaml"), 2);
    assert_says(said, "a.yaml: expects nothing; it has no key expect");
    assert_int_equal(cat6k("validate nowhere.yaml"), 2);
    assert_says(said, "nowhere.yaml: cannot be read");
    assert_int_equal(mkdir("hollow", 0777), 0);
    assert_int_equal(cat6k("validate hollow"), 2);
    assert_says(said, "hollow: no *.yaml in it");
    write_expecting("typo.yaml",
                    EXPECTATION("measure: \"1 + {run.oferred}\", value: 1")
                        EXPECTATION("measure: \"{rum.offered}\", value: 1, set: [run.seed=3]"));
    static const char *const commands[] = {"check typo.yaml", "validate typo.yaml"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(cat6k(commands[i]), 2);
        assert_says(said, "typo.yaml:14:88: expect[0].measure: run has no 'oferred'; did you mean "
                          "offered?\n");
        assert_says(said, "expect[1].measure: no module 'rum'; did you mean run?\n");
        assert_string_equal(out, "");
    }
    assert_int_equal(cat6k("run typo.yaml -o typo"), 2);
    assert_false(exists("typo/result.json"));
    write_expecting("set.yaml", EXPECTATION(OFFERED "value: 1, set: ['slots[9].slot=1']"));
    assert_int_equal(cat6k("validate set.yaml"), 2);
    assert_says(said, "--set slots[9].slot=1: [9] is beyond the list");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validate_runs_what_is_expected),
        cmocka_unit_test(validate_tells_what_is_not_met),
        cmocka_unit_test(validate_refuses),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
