/* test_queue_name.c - names of queue structures, read and printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scenarios/queue_name.h"

static void names_are_read_and_printed(void **state)
{
    (void)state;
    static const char *const names[] = {"1p3q8t", "1p7q8t", "1p7q4t", "2q2t",   "1p2q2t", "1p2q1t",
                                        "1p3q1t", "1q8t",   "2q8t",   "8q4t",   "8q8t",   "1q4t",
                                        "1q2t",   "1p1q4t", "1p1q0t", "1p1q8t", "1p7q2t"};
    char why[QUEUE_NAME_WHY], text[QUEUE_NAME_TEXT];
    struct queue_structure s;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_true(queue_name_parse(names[i], &s, why));
        assert_string_equal(queue_name_print(s, text), names[i]);
    }
    assert_true(queue_name_parse("1p3q8t", &s, why));
    assert_true(s.n_strict == 1 && s.n_weighted == 3 && s.n_thresholds == 8);
    assert_true(queue_name_parse("2q2t", &s, why));
    assert_true(s.n_strict == 0 && s.n_weighted == 2 && s.n_thresholds == 2);
}

static void other_words_are_refused(void **state)
{
    (void)state;
    static const char *const words[] = {"",        "1p",     "1p3q",   "3q8",    "1p3q8t ", " 2q2t",
                                        "1p3q88t", "0p3q8t", "2p3q8t", "1p0q8t", "1p8q8t",  "9q1t",
                                        "1p3q9t",  "1P3Q8T", "q8t",    "8t1q",   "1p3q8tt"};
    char why[QUEUE_NAME_WHY];
    struct queue_structure s = {7, 7, 7};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        why[0] = '\0';
        assert_false(queue_name_parse(words[i], &s, why));
        assert_non_null(strstr(why, words[i]));
        assert_non_null(strstr(why, "expected"));
        assert_int_equal(s.n_strict, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read_and_printed),
        cmocka_unit_test(other_words_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
