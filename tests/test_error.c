/* test_error.c - every message is one printable line; the first fifty are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/error.h"
#include "tests/exits.h"

static void messages_are_lines_with_places(void **state)
{
    (void)state;
    struct error err = {0};
    assert_false(error_add(&err, "no chassis"));
    assert_false(error_at(&err, "a.yaml", 3, 7, "%d slots, expected 1 to %d", 14, 13));
    assert_false(error_at(&err, "a.yaml", 3, 0, "late"));
    assert_false(error_at(&err, "a.yaml", 0, 9, "empty"));
    const char *want = "no chassis\n"
                       "a.yaml:3:7: 14 slots, expected 1 to 13\n"
                       "a.yaml:3: late\n"
                       "a.yaml: empty\n";
    assert_string_equal(err.text, want);
    assert_int_equal(err.length, strlen(want));
    assert_int_equal(err.n_messages, 4);
    error_free(&err);
    assert_null(err.text);
    assert_int_equal(err.n_messages, 0);
    error_add(&err, "again");
    assert_string_equal(err.text, "again\n");
    error_free(&err);
}

static void input_cannot_break_lines_or_steer_terminals(void **state)
{
    (void)state;
    struct error err = {0};
    error_at(&err, "a\nb", 1, 2, "key '%s' is unknown",
             "\033[2J\r\n\x7f\tgr\303\266n\302\233m\302\240\302");
    assert_string_equal(err.text, "a?b:1:2: key '?[2J????gr\303\266n??m\302\240\302' is unknown\n");
    error_free(&err);
}

static void long_messages_are_kept_whole(void **state)
{
    (void)state;
    struct error err = {0};
    error_add(&err, "%100000d|", 5);
    assert_int_equal(err.length, 100002);
    assert_string_equal(err.text + 99999, "5|\n");
    error_free(&err);
}

static void after_the_fiftieth_they_are_only_counted(void **state)
{
    (void)state;
    struct error err = {0};
    for (int i = 1; i <= 80; i++) {
        assert_false(i % 2 == 0 ? error_add(&err, "%d", i) : error_at(&err, "f", 1, 1, "%d", i));
    }
    assert_int_equal(err.n_messages, 80);
    assert_non_null(strstr(err.text, "\n50\n"));
    assert_null(strstr(err.text, "51"));
    unsigned n_lines = 0;
    for (const char *end = err.text; (end = strchr(end, '\n')) != NULL; end++) {
        n_lines++;
    }
    assert_int_equal(n_lines, ERROR_MAX_MESSAGES);
    error_free(&err);
}

static void assert_a_number(void *number)
{
    sim_assert(*(const int *)number == 6509);
}

static void a_broken_assertion_exits_with_3(void **state)
{
    (void)state;
    char said[200] = "";
    assert_int_equal(exit_status_of(assert_a_number, &(int){6509}, said, sizeof said), -1);
    assert_int_equal(exit_status_of(assert_a_number, &(int){6513}, said, sizeof said), 3);
    assert_non_null(strstr(said, "tests/test_error.c:"));
    assert_non_null(strstr(said, "*(const int *)number == 6509"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_lines_with_places),
        cmocka_unit_test(input_cannot_break_lines_or_steer_terminals),
        cmocka_unit_test(long_messages_are_kept_whole),
        cmocka_unit_test(after_the_fiftieth_they_are_only_counted),
        cmocka_unit_test(a_broken_assertion_exits_with_3),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
