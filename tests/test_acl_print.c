/* test_acl_print.c - rules in words, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "scenarios/acl_print.h"
#include "scenarios/acl_text.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tests/acl_samples.h"

static struct arena *mem;

static int set_up(void **state)
{
    (void)state;
    mem = arena_open();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(mem);
    return 0;
}

/* The rules that a line gives. */
static const struct acl_list *read_line(const char *line)
{
    struct acl_text text;
    struct error err = {0};
    const char *lines = arena_printf(mem, "ip access-list extended A\n %s\n", line);

    if (!acl_text_parse("test", lines, 1, 0, mem, &text, &err)) {
        fail_msg("%s\n%s", line, err.text);
    }
    return &text.lists[0].list;
}

static void as_ios_prints_it(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "permit ip any any",
        "deny tcp any host 10.0.0.1 eq www established log",
        "permit udp 10.0.0.0 0.0.255.255 range 6000 6063 any neq domain",
        "permit udp any gt 1023 host 10.1.2.3 lt 511",
        "deny icmp any any echo",
        "deny icmp any any 3 1 log",
        "permit icmp any any",
        "permit 47 any any fragments",
        "permit tcp any any match-all +syn -ack",
        "permit tcp any any match-any +fin +rst dscp ef",
        "permit ip any 192.0.0.1 0.0.254.0 precedence critical tos min-delay",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *printed = acl_rule_print(&read_line(lines[i])->rules[0], mem);
        const char *expected =
            strncmp(lines[i], "permit 47", 9) == 0 ? "permit gre any any fragments" : lines[i];
        assert_string_equal(printed, expected);
    }
}

/* Of each ICMP rule a type, and perhaps a code. */
static void draw_icmp(struct acl_chance *chance, struct acl_rule *r)
{
    uint16_t type = (uint16_t)acl_draw(chance, 40), code = (uint16_t)acl_draw(chance, 16);

    if (r->protocol == 1 && !r->fragments) {
        r->sport = (struct acl_ports){type, type, 0};
        r->dport = acl_draw(chance, 2) == 0 ? (struct acl_ports){code, code, 0} : ACL_ANY_PORT;
    }
}

static void what_is_printed_is_read_as_the_same(void **state)
{
    (void)state;
    struct acl_chance chance = {.seed = 7};

    for (uint32_t i = 0; i < 3000; i++) {
        struct acl_rule rule = acl_random_rule(&chance, true);
        draw_icmp(&chance, &rule);
        const char *line = acl_rule_print(&rule, mem);
        struct acl_rule back = read_line(line)->rules[0];
        back.line = rule.line;
        if (memcmp(&back, &rule, sizeof rule) != 0) {
            fail_msg("%s becomes %s", line, acl_rule_print(&back, mem));
        }
    }
}

static void what_ios_has_no_words_for(void **state)
{
    (void)state;
    const struct acl_rule odd = {.sport = {3, 4, 0},
                                 .dport = ACL_ANY_PORT,
                                 .protocol = 6,
                                 .protocol_mask = 0x0f,
                                 .flags = 0x1000,
                                 .flags_mask = 0xf000,
                                 .tos = 0x08,
                                 .tos_mask = 0x08};
    assert_string_equal(acl_rule_print(&odd, mem),
                        "deny protocol 0x06/0x0f any range 3 4 any flags 0x1000/0xf000 "
                        "tos-byte 0x08/0x08");
    const struct acl_rule icmp = {
        .sport = {8, 8, 1}, .dport = ACL_ANY_PORT, .protocol = 1, .protocol_mask = UINT8_MAX};
    assert_string_equal(acl_rule_print(&icmp, mem), "deny icmp any any type neq 8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_ios_prints_it),
        cmocka_unit_test(what_is_printed_is_read_as_the_same),
        cmocka_unit_test(what_ios_has_no_words_for),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
