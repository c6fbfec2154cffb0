/* test_sensitivity.c - `cat6k sensitivity`: what it varies, what it finds, how it says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/program.h"

#define LIGHT "--set 'traffic[0].rate=5%' --no-plots "

static json_t *constant(json_t *json, const char *name)
{
    size_t i;
    json_t *it;
    json_array_foreach(at(json, "constants"), i, it)
    {
        if (strcmp(json_string_value(at(it, "name")), name) == 0) {
            return it;
        }
    }
    fail_msg("no constant %s", name);
    return NULL;
}

/* What a constant is set to gives what `run --set` gives, and the change is the difference. */
static void check_run(json_t *base, const char *name, json_t *run)
{
    const char *to = json_string_value(at(run, "set_to"));
    assert_int_equal(
        cat6k(arena_printf(mem, "run a.yaml -q -o one %s--set %s=%s", LIGHT, name, to)), 0);
    json_t *json = load_json("one/result.json");
    json_t *summary = at(at(json, "results"), "summary"), *changes = at(run, "changes_ppm");
    static const char *const keys[] = {"delivered_pps", "delivered_bps", "latency_p50_ps",
                                       "latency_p99_ps"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_int_t was = number(base, keys[i]), is = number(run, keys[i]);
        assert_int_equal(is, number(summary, keys[i]));
        assert_int_equal(number(changes, keys[i]), (is - was) * 1000000 / was);
    }
    json_decref(json);
}

static void each_end_is_a_run_of_its_own(void **state)
{
    (void)state;
    static const char *const names[] = {"assume.port_rx_latency", "assume.fabric_overhead"};
    assert_int_equal(cat6k("sensitivity a.yaml -q -o light " LIGHT), 0);
    assert_string_equal(out, "");
    json_t *json = load_json("light/sensitivity.json");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *runs = at(constant(json, names[i]), "runs");
        assert_int_equal(json_array_size(runs), 2);
        check_run(at(json, "base"), names[i], json_array_get(runs, 0));
        check_run(at(json, "base"), names[i], json_array_get(runs, 1));
    }
    json_decref(json);
}

/* What is at an end of its range already is run at the other one only. */
static void what_is_there_is_not_run_again(void **state)
{
    (void)state;
    assert_int_equal(
        cat6k("sensitivity a.yaml -q -o ends " LIGHT "--set assume.fabric_transit=2000ns"), 0);
    json_t *json = load_json("ends/sensitivity.json");
    static const char *const names[] = {"assume.bus_outstanding", "assume.fabric_transit"};
    static const char *const others[] = {"16", "100ns"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *runs = at(constant(json, names[i]), "runs");
        assert_int_equal(json_array_size(runs), 1);
        assert_string_equal(json_string_value(at(json_array_get(runs, 0), "set_to")), others[i]);
    }
    json_decref(json);
}

/* Every assumption is varied or named as one that is not, the largest effect first. */
static void effects_are_in_order(void **state)
{
    (void)state;
    assert_int_equal(cat6k("sensitivity a.yaml -o order " LIGHT), 0);
    json_t *json = load_json("order/sensitivity.json"), *it;
    json_int_t last = INT64_MAX;
    size_t i, n = json_array_size(at(json, "constants")) + json_array_size(at(json, "not_varied"));
    assert_int_equal(n, json_array_size(at(at(json, "scenario"), "assumptions")));
    assert_true(number(json_array_get(at(json, "constants"), 0), "effect_ppm") > 100000);
    json_array_foreach(at(json, "constants"), i, it)
    {
        json_int_t effect = number(it, "effect_ppm");
        const char *said_so = arena_printf(mem, "\n  %s = %s\n", json_string_value(at(it, "name")),
                                           json_string_value(at(it, "value")));
        assert_true(effect <= last);
        assert_int_equal(strstr(out, said_so) != NULL, json_is_true(at(it, "matters")));
        last = effect;
    }
    json_decref(json);
    assert_says(out, "\nDo not matter here: ");
    assert_says(out, "assume.inband_queue = 1000");
    for (const char *line = out; *line != '\0'; line += strcspn(line, "\n") + 1) {
        assert_in_range(strcspn(line, "\n"), 0, 100);
    }
}

/* 16 lookups outstanding are too few to keep the PFC busy: then the bus waits for results. */
static void another_bottleneck_is_named(void **state)
{
    (void)state;
    assert_int_equal(cat6k("sensitivity a.yaml --no-plots -o full --set run.warmup=4ms"), 0);
    assert_says(out, "      shared bus limits, not engine 5 PFC3BXL\n");
    json_t *json = load_json("full/sensitivity.json");
    json_t *run = json_array_get(at(constant(json, "assume.bus_outstanding"), "runs"), 0);
    assert_true(json_is_true(at(run, "other_limit")));
    assert_string_equal(json_string_value(at(run, "limit")), "shared bus");
    json_decref(json);
}

static void write_expecting(const char *name, const char *expectations)
{
    write_scenario(name, "expecting", "CFC");
    FILE *file = fopen(name, "a");
    assert_non_null(file);
    fprintf(file, "expect:\n%s", expectations);
    fclose(file);
}

/* The mean latency is 3.16 us; with a port ASIC of 2 us, a microsecond more. */
static void flipped_verdicts_are_told(void **state)
{
    (void)state;
    write_expecting("expecting.yaml",
                    "  - {point: L1, what: mean latency, measure: \"{run.latency mean}\",\n"
                    "     at_most: 4us, origin: derived, source: \"(derived: so)\"}\n"
                    "  - {point: B1, what: mode, measure: \"{run.bus_mode}\", value: compact,\n"
                    "     origin: derived, source: \"(derived: so)\"}\n");
    assert_int_equal(cat6k("sensitivity expecting.yaml -o flips " LIGHT), 0);
    assert_says(out, "\n      L1 is not met any more: 4.");
    assert_says(out, "\nAs they are, L1 is met: mean latency: 3.");
    assert_says(out, "\nAs they are, B1 is met: mode: compact.");
    json_t *json = load_json("flips/sensitivity.json");
    json_t *runs = at(constant(json, "assume.port_tx_latency"), "runs");
    json_t *low = json_array_get(runs, 0), *high = json_array_get(runs, 1);
    assert_int_equal(json_array_size(at(low, "other_verdicts")), 0);
    assert_int_equal(json_array_size(at(high, "other_verdicts")), 1);
    assert_string_equal(json_string_value(json_array_get(at(high, "other_verdicts"), 0)), "L1");
    assert_true(json_is_true(at(json_array_get(at(at(json, "base"), "expectations"), 0), "met")));
    json_decref(json);
}

/* With twice the buffers nothing is lost yet, and nothing can be divided by that. */
static void no_answer_is_one_of_the_answers(void **state)
{
    (void)state;
    write_expecting("dividing.yaml",
                    "  - {point: D1, what: loss, measure: \"1000 / {run.dropped}\",\n"
                    "     at_most: 1, origin: derived, source: \"(derived: so)\"}\n");
    assert_int_equal(cat6k("sensitivity dividing.yaml --no-plots --set run.warmup=3ms -o none"), 0);
    assert_says(out, "  WS-X6704-10GE.rx_buffer = 2MB\n");
    assert_says(out, "\n    4MB: no answer\n      dividing.yaml:");
    json_t *json = load_json("none/sensitivity.json");
    json_t *runs = at(constant(json, "WS-X6704-10GE.rx_buffer"), "runs");
    assert_says(json_string_value(at(json_array_get(runs, 1), "error")), "dividing.yaml:14:");
    json_decref(json);
    assert_int_equal(cat6k("sensitivity dividing.yaml --no-plots " LIGHT), 2);
    assert_says(said, "dividing.yaml:14:");
    assert_string_equal(out, "");
}

#define COLD                                                                                       \
    "--no-plots --set 'traffic[0].rate=1kpps' --set routes.fib=cold "                              \
    "--set routes.synthetic.ipv4=10 --set run.duration=5ms "

static void check_convergence(const char *sets, json_int_t ps)
{
    assert_int_equal(cat6k(arena_printf(mem, "run a.yaml -q -o one %s", sets)), 0);
    assert_int_equal(system(arena_printf(mem,
                                         "grep -q '^1,engine 5 PFC3BXL,fib_convergence,ps,%jd$' "
                                         "one/result.csv",
                                         (intmax_t)ps)),
                     0);
}

/* How long the FIB takes to reach its engine rests on rates that nobody knows. Where it need not be
 * written, that is no question. */
static void convergence_rests_on_the_download(void **state)
{
    (void)state;
    assert_int_equal(cat6k("sensitivity a.yaml -o warm " LIGHT), 0);
    assert_null(strstr(out, "converged"));
    assert_int_equal(cat6k("sensitivity a.yaml -o cold " COLD), 0);
    assert_says(out, "  converged\n");
    assert_says(out, "  assume.fib_download = 20kpps\n");
    assert_says(out, "   not yet\n");
    json_t *json = load_json("cold/sensitivity.json");
    json_t *runs = at(constant(json, "assume.fib_download"), "runs");
    json_t *slow = json_array_get(runs, 0), *fast = json_array_get(runs, 1);
    json_int_t was = number(at(json, "base"), "convergence_ps");
    json_int_t is = number(fast, "convergence_ps");
    check_convergence(COLD, was);
    check_convergence(COLD "--set assume.fib_download=130kpps", is);
    assert_int_equal(number(at(fast, "changes_ppm"), "convergence_ps"), (is - was) * 1000000 / was);
    assert_int_equal(number(slow, "convergence_ps"), -1);
    assert_int_equal(number(at(slow, "changes_ppm"), "convergence_ps"), 1000000);
    json_decref(json);
}

static void order_of_work_does_not_matter(void **state)
{
    (void)state;
    assert_int_equal(cat6k("sensitivity a.yaml -j 1 -o one-by-one " LIGHT), 0);
    const char *table = arena_printf(mem, "%s", out);
    assert_int_equal(cat6k("sensitivity a.yaml -j 3 -o three " LIGHT), 0);
    assert_string_equal(out, table);
    assert_int_equal(system("cmp one-by-one/sensitivity.json three/sensitivity.json"), 0);
    assert_int_equal(system("cmp one-by-one/sensitivity.csv three/sensitivity.csv"), 0);
    assert_int_equal(system("[ $(grep -c '^run,module' three/sensitivity.csv) = 1 ]"), 0);
    assert_int_equal(system("grep -q '^assume.fabric_transit = 2us,run,delivered,packets,' "
                            "three/sensitivity.csv"),
                     0);
}

/* With effects, and where there are none. */
static void tornado_is_drawn(void **state)
{
    (void)state;
    static const char *const pictures[] = {"sensitivity", NULL};
    if (gnuplot_is_missing()) {
        skip();
    }
    assert_int_equal(cat6k("sensitivity a.yaml -q -o drawn --set 'traffic[0].rate=5%'"), 0);
    assert_string_equal(said, "");
    assert_pictures("drawn", pictures);
    assert_int_equal(cat6k("sensitivity a.yaml -q -o nothing --set traffic=[]"), 0);
    assert_string_equal(said, "");
    assert_pictures("nothing", pictures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_end_is_a_run_of_its_own),
        cmocka_unit_test(what_is_there_is_not_run_again),
        cmocka_unit_test(effects_are_in_order),
        cmocka_unit_test(another_bottleneck_is_named),
        cmocka_unit_test(flipped_verdicts_are_told),
        cmocka_unit_test(no_answer_is_one_of_the_answers),
        cmocka_unit_test(convergence_rests_on_the_download),
        cmocka_unit_test(order_of_work_does_not_matter),
        cmocka_unit_test(tornado_is_drawn),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
