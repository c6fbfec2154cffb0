/* `cat6k catalog`: lists everything, explains every figure with its source, in lines that fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "scenarios/catalog.h"
#include "sim/error.h"
#include "tests/program.h"

static void load(struct catalog *c)
{
    struct catalog_text texts[CATALOG_N_TEXTS];
    struct error err = {0};
    catalog_built_in(texts);
    assert_true(catalog_load(texts, mem, c, &err));
}

static void assert_narrow(const char *text)
{
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        if (strcspn(line, "\n") > 100) {
            fail_msg("a line of more than 100 columns: %.120s", line);
        }
    }
}

static void test_list(void **state)
{
    (void)state;
    struct catalog c;
    load(&c);
    assert_int_equal(cat6k("catalog"), 0);
    assert_narrow(out);
    for (uint32_t kind = 0; kind < CATALOG_N_TEXTS; kind++) {
        for (uint32_t i = 0; i < c.n_rows[kind]; i++) {
            assert_says(out, arena_printf(mem, "\n  %s ", c.rows[kind][i].title));
        }
    }
    assert_int_equal(cat6k("catalog -q"), 0);
    assert_string_equal(out, "");
}

/* Each figure of each model is there, and what its keys stand for. */
static void test_explained(void **state)
{
    (void)state;
    struct catalog c;
    load(&c);
    for (uint32_t kind = 0; kind < CATALOG_N_TEXTS; kind++) {
        for (uint32_t i = 0; i < c.n_rows[kind]; i += 5) {
            const struct catalog_row *row = &c.rows[kind][i];
            assert_int_equal(cat6k(arena_printf(mem, "catalog '%s'", row->title)), 0);
            assert_narrow(out);
            assert_null(strstr(out, "(null)"));
            for (uint32_t f = 0; figure_rules[kind][f].name != NULL; f++) {
                const struct figure *figure = &row->figures[f];
                if (figure->value != NULL) {
                    const char *name = figure_rules[kind][f].name;
                    assert_says(out, arena_printf(mem, "\n  %s = ", name));
                }
            }
        }
    }
    assert_int_equal(cat6k("catalog DFC3BXL"), 0);
    assert_says(out, "latency = 500ns: from the start of a lookup to its result\n"
                     "      within 100ns..1us: (assumed: the same ASICs as the PFC's)\n");
    assert_says(out, "  [S21] mlcp.com, \"What is a Distributed Forwarding Card (DFC)\"\n");
}

static void test_modes(void **state)
{
    (void)state;
    assert_int_equal(cat6k("catalog WS-X6716-10G"), 0);
    assert_says(out, "WS-X6716-10G, linecard, mode: oversubscribed\n");
    assert_says(out, "WS-X6716-10G, linecard, mode: performance\n");
    assert_int_equal(cat6k("catalog 'WS-X6716-10G performance' WS-SUP720"), 0);
    assert_null(strstr(out, "oversubscribed\n"));
    assert_says(out, "WS-SUP720, supervisor\n");
    assert_says(out, "WS-SUP720, its ports\n");
}

static void test_unknown(void **state)
{
    (void)state;
    assert_int_equal(cat6k("catalog DFC3BXI PFC3B nothing-like-it"), 2);
    assert_says(said, "unknown model \"DFC3BXI\"; did you mean DFC3BXL; `cat6k catalog` lists");
    assert_says(said, "unknown model \"nothing-like-it\"; `cat6k catalog` lists them");
    assert_null(strstr(said, "\"PFC3B\""));
    assert_string_equal(out, "");
}

static void test_json(void **state)
{
    (void)state;
    assert_int_equal(cat6k("catalog --json DFC3B 'WS-X6716-10G performance'"), 0);
    json_t *json = json_loads(out, 0, NULL);
    assert_non_null(json);
    json_t *rows = json_object_get(json, "rows"), *dfc = json_array_get(rows, 0);
    assert_int_equal(json_array_size(rows), 2);
    assert_string_equal(json_string_value(json_object_get(dfc, "model")), "DFC3B");
    json_t *latency = json_object_get(json_object_get(dfc, "figures"), "latency");
    assert_string_equal(json_string_value(json_object_get(latency, "value")), "500ns");
    assert_string_equal(json_string_value(json_object_get(latency, "high")), "1us");
    json_t *mode = json_object_get(json_array_get(rows, 1), "mode");
    assert_string_equal(json_string_value(mode), "performance");
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),  cmocka_unit_test(test_explained),
        cmocka_unit_test(test_modes), cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_json),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
