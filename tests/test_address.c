/* test_address.c - addresses and prefixes as text, compared with glibc's inet_pton and inet_ntop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/address.h"

static const char *const good[][2] = {
    {"0.0.0.0", NULL},
    {"255.255.255.255", NULL},
    {"10.1.2.3", NULL},
    {"::", NULL},
    {"::1", NULL},
    {"1::", NULL},
    {"2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"},
    {"2001:0db8::0001", "2001:db8::1"},
    {"2001:db8:0:1:1:1:1:1", NULL}, /* one zero group stays: RFC 5952 section 4.2.2 */
    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"}, /* the first of two runs: section 4.2.3 */
    {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},       /* the longest */
    {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
    {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
    {"1:2:3:4:5:6:77.77.88.88", "1:2:3:4:5:6:4d4d:5858"},
    {"::ffff:192.0.2.1", NULL}, /* section 5 */
    {"::13.1.68.3", "::d01:4403"},
    {"fe80::1:2:3:4", NULL},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
};

static const char *const bad[] = {
    "",
    " ",
    "1",
    "1.2.3",
    "1.2.3.",
    "1.2.3.4.",
    "1.2.3.4.5",
    ".1.2.3.4",
    "1..2.3",
    "256.0.0.0",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.00",
    "1.2.3.4 ",
    " 1.2.3.4",
    "1.2.3.-4",
    "+1.2.3.4",
    "0x1.2.3.4",
    "1.2.3.4/8",
    "1.2.3.a",
    "99999999999.0.0.0",
    "4294967297.1.1.1",
    "1,2,3,4",
    "1.2.3.4\n",
    ":",
    ":::",
    "::1::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    "1:",
    ":1",
    "1:2:3:4:5:6:7:",
    "12345::",
    "00000::1",
    "g::",
    "1::g",
    "::@",
    "::`",
    "::1%eth0",
    "[::1]",
    "::1 ",
    " ::1",
    "::1.2.3",
    "::1.2.3.4.5",
    "::1.2.3.4:5",
    "::256.1.1.1",
    "::01.1.1.1",
    "1:2:3:4:5:6:7:1.2.3.4",
    "::ffff1.2.3.4",
};

static void same_as_glibc(const char *text, const struct ip_address *address)
{
    uint64_t net[2];
    uint32_t net4;
    if (address->family == IPV4) {
        assert_int_equal(inet_pton(AF_INET, text, &net4), 1);
        assert_int_equal(address->hi, (uint64_t)ntohl(net4) << 32);
        assert_int_equal(address->lo, 0);
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, net), 1);
        assert_int_equal(address->hi, be64toh(net[0]));
        assert_int_equal(address->lo, be64toh(net[1]));
    }
}

static void test_accepts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct ip_address address;
        char text[ADDRESS_TEXT];
        assert_true(address_parse(good[i][0], strlen(good[i][0]), &address));
        same_as_glibc(good[i][0], &address);
        assert_string_equal(address_print(&address, text), good[i][1] ? good[i][1] : good[i][0]);
    }
}

static void test_refuses(void **state)
{
    (void)state;
    struct ip_address address;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (address_parse(bad[i], strlen(bad[i]), &address)) {
            fail_msg("taken as an address: '%s'", bad[i]);
        }
    }
    assert_false(address_parse("1.2.3.4\0", 8, &address));
    assert_true(address_parse("1.2.3.45", 7, &address)); /* the length rules, not what follows */
    assert_int_equal(address.hi, 0x0102030400000000);
}

static void check_prefix(const char *text, const char *printed, bool wanted_host_bits)
{
    struct ip_prefix prefix;
    bool host_bits;
    char out[ADDRESS_TEXT];
    assert_true(prefix_parse(text, strlen(text), &prefix, &host_bits));
    assert_string_equal(prefix_print(&prefix, out), printed);
    assert_int_equal(host_bits, wanted_host_bits);
}

static void test_prefixes(void **state)
{
    (void)state;
    check_prefix("0.0.0.0/0", "0.0.0.0/0", false);
    check_prefix("10.0.0.0/8", "10.0.0.0/8", false);
    check_prefix("10.0.0.1/8", "10.0.0.0/8", true);
    check_prefix("10.0.0.1/32", "10.0.0.1/32", false);
    check_prefix("::/0", "::/0", false);
    check_prefix("2001:db8::/32", "2001:db8::/32", false);
    check_prefix("2001:db8::1/127", "2001:db8::/127", true);
    check_prefix("2001:db8:0:0:8000::/64", "2001:db8::/64", true);
    check_prefix("::1/128", "::1/128", false);
    check_prefix("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
                 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", false);
    static const char *const wrong[] = {"1.2.3.4",
                                        "1.2.3.4/",
                                        "1.2.3.4/33",
                                        "1.2.3.4/08",
                                        "1.2.3.4/8 ",
                                        "1.2.3.4/-1",
                                        "1.2.3.4/8/",
                                        "/8",
                                        "1.2.3.4/8/8",
                                        "::/129",
                                        "::/",
                                        "1.2.3/24",
                                        "::/4294967296",
                                        "1.2.3.4/255.0.0.0",
                                        ""};
    struct ip_prefix prefix;
    bool host_bits;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (prefix_parse(wrong[i], strlen(wrong[i]), &prefix, &host_bits)) {
            fail_msg("taken as a prefix: '%s'", wrong[i]);
        }
    }
}

static uint64_t draw(uint64_t *state) /* xorshift64 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* Texts of a few telling characters: both parsers agree on what is an address, and on which. */
static void test_random_text(void **state)
{
    (void)state;
    static const char alphabet[] = "0125:::...afF ";
    uint64_t random = 6500;
    unsigned n_good = 0;
    for (int i = 0; i < 300000; i++) {
        char text[24];
        size_t length = draw(&random) % (sizeof text - 1);
        for (size_t c = 0; c < length; c++) {
            text[c] = alphabet[draw(&random) % (sizeof alphabet - 1)];
        }
        text[length] = '\0';
        unsigned char net[16];
        bool glibc = inet_pton(AF_INET, text, net) == 1 || inet_pton(AF_INET6, text, net) == 1;
        struct ip_address address;
        if (address_parse(text, length, &address) != glibc) {
            fail_msg("'%s': glibc says %d", text, glibc);
        }
        if (glibc) {
            same_as_glibc(text, &address);
            n_good++;
        }
    }
    assert_true(n_good > 1000);
}

/* Random addresses, many groups zero: printed as glibc prints them, and read back. */
static void test_round_trip(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 100000; i++) {
        struct ip_address address = {0, 0, IPV6}, again;
        for (int g = 0; g < 8; g++) {
            uint64_t bits = draw(&random);
            uint64_t group = bits >> 62 ? 0 : bits & 0xffff;
            *(g < 4 ? &address.hi : &address.lo) |= group << (16 * (g % 4));
        }
        address.hi |= (uint64_t)(address.hi == 0) << 63; /* glibc writes ::/96 dotted, we do not */
        uint64_t net[2] = {htobe64(address.hi), htobe64(address.lo)};
        char text[ADDRESS_TEXT], wanted[INET6_ADDRSTRLEN];
        address_print(&address, text);
        assert_string_equal(text, inet_ntop(AF_INET6, net, wanted, sizeof wanted));
        assert_true(address_parse(text, strlen(text), &again));
        assert_true(again.hi == address.hi && again.lo == address.lo && again.family == IPV6);

        struct ip_address four = {draw(&random) & ~0xffffffffull, 0, IPV4};
        address_print(&four, text);
        assert_true(address_parse(text, strlen(text), &again));
        assert_true(again.hi == four.hi && again.lo == 0 && again.family == IPV4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts),    cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_prefixes),   cmocka_unit_test(test_random_text),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
