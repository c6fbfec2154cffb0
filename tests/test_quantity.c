/* Numbers with units: exact, or refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/nearest.h"
#include "scenarios/quantity.h"

#define RATES (UNITS(UNIT_BPS) | UNITS(UNIT_PPS) | UNITS(UNIT_PPM))

static void test_values(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned units;
        enum unit unit;
        uint64_t value;
    } cases[] = {
        {"0", UNITS(UNIT_COUNT), UNIT_COUNT, 0},
        {"4096", UNITS(UNIT_COUNT), UNIT_COUNT, 4096},
        {"18446744073709551615", UNITS(UNIT_COUNT), UNIT_COUNT, UINT64_MAX},
        {"64B", UNITS(UNIT_BYTES), UNIT_BYTES, 64},
        {"1.2MB", UNITS(UNIT_BYTES), UNIT_BYTES, 1200000},
        {"166KiB", UNITS(UNIT_BYTES), UNIT_BYTES, 169984},
        {"0.5KiB", UNITS(UNIT_BYTES), UNIT_BYTES, 512},
        {"1GB", UNITS(UNIT_BYTES), UNIT_BYTES, 1000000000},
        {"5ms", UNITS(UNIT_PS), UNIT_PS, 5000000000},
        {"0.001ns", UNITS(UNIT_PS), UNIT_PS, 1},
        {"33.33333us", UNITS(UNIT_PS), UNIT_PS, 33333330},
        {"0s", UNITS(UNIT_PS), UNIT_PS, 0},
        {"10Gbps", RATES, UNIT_BPS, 10000000000},
        {"1.488Mpps", RATES, UNIT_PPS, 1488000},
        {"500kpps", RATES, UNIT_PPS, 500000},
        {"100%", RATES, UNIT_PPM, 1000000},
        {"12.5%", RATES, UNIT_PPM, 125000},
        {"0.0001%", RATES, UNIT_PPM, 1},
        {"18446744.073709551615s", UNITS(UNIT_PS), UNIT_PS, UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct quantity q = {0};
        char why[QUANTITY_WHY] = "";
        if (!quantity_parse(cases[i].text, cases[i].units, &q, why)) {
            fail_msg("%s: %s", cases[i].text, why);
        }
        assert_int_equal(q.unit, cases[i].unit);
        assert_true(q.value == cases[i].value);
    }
}

/* What other readers of YAML let through, and what would have to be rounded. */
static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned units;
        const char *why; /* part of the message */
    } cases[] = {
        {"", UNITS(UNIT_COUNT), "is not a number"},
        {"-1", UNITS(UNIT_COUNT), "is not a number"},
        {"+1", UNITS(UNIT_COUNT), "is not a number"},
        {"0100", UNITS(UNIT_COUNT), "is not a number"},
        {"00", UNITS(UNIT_COUNT), "is not a number"},
        {" 1", UNITS(UNIT_COUNT), "is not a number"},
        {".5s", UNITS(UNIT_PS), "is not a number"},
        {"5.s", UNITS(UNIT_PS), "is not a number"},
        {"nan", UNITS(UNIT_COUNT), "is not a number"},
        {"0x10", UNITS(UNIT_COUNT), "unit that does not fit"},
        {"1e3", UNITS(UNIT_COUNT), "unit that does not fit"},
        {"1_500", UNITS(UNIT_COUNT), "unit that does not fit"},
        {"1,5s", UNITS(UNIT_PS), "unit that does not fit"},
        {"10G", UNITS(UNIT_BPS), "expected a rate in bps, kbps, Mbps or Gbps"},
        {"10GBps", RATES, "unit that does not fit"},
        {"10 Gbps", RATES, "unit that does not fit"},
        {"10Gbps ", RATES, "unit that does not fit"},
        {"10gbps", RATES, "unit that does not fit"},
        {"1.5.5s", UNITS(UNIT_PS), "unit that does not fit"},
        {"9k", UNITS(UNIT_COUNT), "expected a whole number"},
        {"64", UNITS(UNIT_BYTES), "has no unit"},
        {"5ms", UNITS(UNIT_BYTES), "unit that does not fit"},
        {"1.5", UNITS(UNIT_COUNT), "is finer"},
        {"0.0001ns", UNITS(UNIT_PS), "is finer"},
        {"0.3B", UNITS(UNIT_BYTES), "is finer"},
        {"0.3KiB", UNITS(UNIT_BYTES), "is finer"},
        {"0.00001%", RATES, "is finer"},
        {"18446744073709551616", UNITS(UNIT_COUNT), "is too large"},
        {"18446744.073709551616s", UNITS(UNIT_PS), "is not a number"},
        {"99999999999999999s", UNITS(UNIT_PS), "is too large"},
        {"1.0000000000000000000s", UNITS(UNIT_PS), "is not a number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct quantity q;
        char why[QUANTITY_WHY] = "";
        if (quantity_parse(cases[i].text, cases[i].units, &q, why) ||
            strstr(why, cases[i].why) == NULL) {
            fail_msg("'%s': %s; expected: %s", cases[i].text, why, cases[i].why);
        }
    }
    char longer[5000], why[QUANTITY_WHY];
    struct quantity q;
    memset(longer, '9', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_false(quantity_parse(longer, RATES, &q, why));
    assert_true(strlen(why) < QUANTITY_WHY);
}

static void test_range(void **state)
{
    (void)state;
    char why[QUANTITY_WHY];
    struct quantity q = {UNIT_BYTES, 64};
    assert_true(quantity_in_range(q, 64, 9216, why));
    assert_true(quantity_in_range(q, 0, 64, why));
    assert_false(quantity_in_range(q, 65, 9216, why));
    assert_string_equal(why, "64B is out of range: 65B to 9216B");
    assert_false(quantity_in_range(q, 0, 63, why));
}

static uint64_t next_random(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    return *x ^= *x << 17;
}

/* Any value: printed and read again it is the same; written with a fraction by hand, too. */
static void test_round_trips(void **state)
{
    (void)state;
    uint64_t x = 1;
    for (int i = 0; i < 100000; i++) {
        enum unit unit = (enum unit)(next_random(&x) % (UNIT_PPM + 1));
        uint64_t value = next_random(&x) >> (next_random(&x) % 64);
        for (uint64_t zeros = next_random(&x) % 13; zeros > 0 && value < UINT64_MAX / 10; zeros--) {
            value *= 10;
        }
        char text[QUANTITY_TEXT], why[QUANTITY_WHY];
        struct quantity q;
        assert_true(quantity_parse(quantity_print((struct quantity){unit, value}, text),
                                   UNITS(unit), &q, why));
        assert_true(q.unit == unit && q.value == value);

        char by_hand[64]; /* in ms: nine decimals */
        snprintf(by_hand, sizeof by_hand, "%" PRIu64 ".%09" PRIu64 "ms", value / 1000000000,
                 value % 1000000000);
        bool fits = strlen(by_hand) < 20; /* digits that surely fit 64 bits */
        assert_true(quantity_parse(by_hand, UNITS(UNIT_PS), &q, why) || !fits);
        assert_true(!fits || q.value == value);
    }
}

static void test_print(void **state)
{
    (void)state;
    static const struct {
        struct quantity q;
        const char *text;
    } cases[] = {
        {{UNIT_PS, 1500000000}, "1500us"},   {{UNIT_PS, 0}, "0ps"},
        {{UNIT_BYTES, 9216}, "9216B"},       {{UNIT_BYTES, 1048576}, "1048576B"},
        {{UNIT_BPS, 20000000000}, "20Gbps"}, {{UNIT_PPM, 1000000}, "100%"},
        {{UNIT_PPM, 125000}, "12.5%"},       {{UNIT_PPM, 1}, "0.0001%"},
        {{UNIT_COUNT, 1000}, "1000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[QUANTITY_TEXT];
        assert_string_equal(quantity_print(cases[i].q, text), cases[i].text);
    }
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const keys[] = {"warmup",        "duration", "seed",
                                       "WS-X6704-10GE", "run",      "WS-X6748-GE-TX"};
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        {"warmpu", "warmup"},
        {"wramup", "warmup"},
        {"rnu", "run"},
        {"Seed", "seed"},
        {"sed", "seed"},
        {"durations", "duration"},
        {"ws-x6704-10g", "WS-X6704-10GE"},
        {"colour", NULL},
        {"", NULL},
        {"a word much longer than any key could ever be here", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *nearest = nearest_word(cases[i].word, keys, 6);
        if (cases[i].nearest == NULL) {
            assert_null(nearest);
        } else {
            assert_non_null(nearest);
            assert_string_equal(nearest, cases[i].nearest);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_range),  cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_print),  cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
