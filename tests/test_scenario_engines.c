/* Scenarios: what depends on the engines: generation, mode, and what their tables have room for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenario_files.h"

/* What engines of other generations and modes do not do, and what none has room for. */
static void test_limits_of_engines(void **state)
{
    (void)state;
    const struct {
        const char *sets[2], *message;
    } cases[] = {
        {{"qos.enabled=no", "interfaces=[{ports: 1/1, trust: cos}]"},
         "qos.enabled: policers, policy maps and ports that trust need it"},
        {{"qos.enabled=no", "policers=[{name: a, rate: 1Mbps, burst: 5kB, ports: 1/1}]"},
         "qos.enabled: policers, policy maps and ports that trust need it"},
        {{"supervisor.model=WS-X6K-S2-MSFC2", "qos.rewrite_dscp=no"},
         "qos.rewrite_dscp: a PFC2 always rewrites it; a PFC3 need not"},
        {{"qos.serial_policing=no", "qos.enabled=yes"}, NULL},
        {{"qos.serial_policing=yes", "qos.enabled=yes"},
         "qos.serial_policing: it takes the mode PFC3C; in PFC3B"},
        {{"supervisor.model=VS-S2T-10G", "qos.serial_policing=no"},
         "qos.serial_policing: a PFC4 knows no other way"},
        {{"slots[0].forwarding=DFC3A", "rate_limits.ip_options=1pps"},
         "ip_options: IP options are limited in the modes PFC3B and up, not in PFC3A"},
        {{"slots[0].forwarding=DFC3A", "rate_limits.ip_options=off"}, NULL},
        {{"slots[]={slot: 9, model: WS-X6148A-GE-TX}", "rate_limits.layer2_pdu=1pps"},
         "rate_limits.layer2_pdu: nothing of layer 2 is limited in truncated mode"},
        {{"slots[]={slot: 9, model: WS-X6148A-GE-TX}", "rate_limits.multicast_igmp=1pps"},
         "rate_limits.multicast_igmp: nothing of layer 2 is limited in truncated mode"},
        {{"slots[]={slot: 9, model: WS-X6148A-GE-TX}", "rate_limits.layer2_pdu=off"}, NULL},
        {{"supervisor.model=WS-X6K-S2-MSFC2", "rate_limits.receive=1pps"},
         "rate_limits.receive: a PFC2 has no rate limiters; they come with a PFC3"},
        {{"supervisor.model=WS-X6K-S2-MSFC2",
          "policers=[{name: a, rate: 1Mbps, burst: 5kB, direction: out, ports: 1/1}]"},
         "direction: a PFC2 polices what comes in only; what goes out takes a PFC3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (cases[i].message == NULL) {
            struct scenario s;
            load(&s, base, cases[i].sets[0], cases[i].sets[1], NULL);
            continue;
        }
        const char *messages = refusal(base, cases[i].sets, 2);
        if (strstr(messages, cases[i].message) == NULL) {
            fail_msg("case %zu\n--> %s\nexpected %s", i, messages, cases[i].message);
        }
    }
}

/* One policer for each port of so many cards of 48 ports, each some bit/s faster than the last. */
static char *many_policers(uint32_t n_cards, const char *each, uint32_t step_bps)
{
    const char *text = "cat6k: 1\nchassis: WS-C6509-E\nsupervisor: {model: WS-SUP720-3B}\n"
                       "traffic: []\nslots:\n";
    for (uint32_t i = 0; i < n_cards; i++) {
        text = arena_printf(mem, "%s  - {slot: %u, model: WS-X6748-GE-TX, forwarding: CFC}\n", text,
                            i < 4 ? i + 1 : i + 2);
    }
    text = arena_printf(mem, "%spolicers:\n", text);
    for (uint32_t i = 0; i < n_cards * 48; i++) {
        uint32_t card = i / 48;
        text = arena_printf(
            mem, "%s  - {name: p%u, rate: %ubps, burst: 5kB, each: %s, ports: %u/%u}\n", text, i,
            32768 + i * step_bps, each, card < 4 ? card + 1 : card + 2, i % 48 + 1);
    }
    return write_file(text);
}

/* A WS-C6513 of 528 ports: policed as frames come in, and as they leave, each for itself. */
static void test_too_many_aggregates(void **state)
{
    (void)state;
    const char *text = "cat6k: 1\nchassis: WS-C6513\nsupervisor: {model: WS-SUP720-3B}\n"
                       "traffic: []\nslots:\n";
    for (uint32_t slot = 1; slot <= 13; slot++) {
        if (slot != 7 && slot != 8) {
            text = arena_printf(mem, "%s  - {slot: %u, model: WS-X6148A-GE-TX}\n", text, slot);
        }
    }
    text = arena_printf(mem,
                        "%spolicers:\n"
                        "  - {name: in, rate: 1Mbps, burst: 5kB, each: port, ports: all}\n"
                        "  - {name: out, rate: 1Mbps, burst: 5kB, each: port, direction: out, "
                        "ports: all}\n",
                        text);
    char *path = write_file(text);
    const char *messages = refusal(path, NULL, 0);
    if (strstr(messages, "policers[1]: with the policers before it 1056 aggregates and 0 rates of "
                         "flows; an engine has 1023 and 63") == NULL) {
        fail_msg("%s", messages);
    }
    unlink(path);
}

/* 63 rates of flows, however many policers have them. */
static void test_tables_of_policers(void **state)
{
    (void)state;
    static const struct {
        uint32_t n_cards, step_bps;
        const char *each, *message;
    } cases[] = {
        {1, 32768, "flow", NULL},
        {2, 0, "flow", NULL},
        {2, 32768, "flow", "policers[63]: with the policers before it 0 aggregates and 64 rates"},
        {8, 0, "port", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scenario s;
        char *path = many_policers(cases[i].n_cards, cases[i].each, cases[i].step_bps);
        if (cases[i].message == NULL) {
            load(&s, path, NULL);
        } else if (strstr(refusal(path, NULL, 0), cases[i].message) == NULL) {
            fail_msg("case %zu\n--> %s", i, refusal(path, NULL, 0));
        }
        unlink(path);
    }
}

#define WITH_PFC4XL "supervisor.model=VS-S2T-10G-XL", "slots=[{slot: 1, model: WS-X6704-10GE}]"

/* IPv4 and IPv6 share the FIB TCAM of a PFC4: what fills it fills what the other one leaves. */
static void test_pool(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, WITH_PFC4XL, "routes.synthetic.ipv6=10", NULL);
    assert_int_equal(s.synthetic.n_ipv4, 1048576 - 12 - 2 * (12 + 10));
    assert_null(strstr(print(&s), "maximum_routes"));
    load(&s, base, WITH_PFC4XL, "routes.synthetic={ipv4: 5, ipv6: fill}",
         "routes.reloads=[{at: 1ms}]", NULL);
    assert_int_equal(s.synthetic.n_ipv6, (1048576 - 12 - 5) / 2 - 12);
    assert_non_null(strstr(print(&s), "{at: 1ms}"));
    assert_null(strstr(print(&s), "maximum_routes"));
    const char *both[] = {WITH_PFC4XL, "routes.synthetic={ipv4: fill, ipv6: fill}"};
    assert_non_null(strstr(refusal(base, both, 3), "ipv6: fill, as ipv4: on a PFC4XL they share"));
    const char *carved[] = {WITH_PFC4XL, "routes.maximum_routes.ipv6=8"};
    assert_non_null(
        strstr(refusal(base, carved, 3), "maximum_routes: the FIB TCAM of a PFC4XL is not carved"));
    const char *reload[] = {WITH_PFC4XL, "routes.reloads=[{at: 1ms, maximum_routes: {ip: 750}}]"};
    assert_non_null(strstr(refusal(base, reload, 3), "reloads[0].maximum_routes: the FIB TCAM"));
    const char *older[] = {"supervisor.model=WS-X6K-S2-MSFC2",
                           "slots=[{slot: 1, model: WS-X6148A-GE-TX}]",
                           "routes.maximum_routes.ip=256"};
    assert_non_null(strstr(refusal(base, older, 3), "of a PFC2 is not carved, as that of a PFC3"));
}

/* All engines of a chassis have the tables of the mode of the least capable. */
static void test_modes(void **state)
{
    (void)state;
    const struct {
        const char *supervisor, *dfc, *mode;
        uint64_t tcam, ipv4, ipv6, mac, netflow, labels;
    } cases[] = {
        {"WS-SUP720-3BXL", "DFC3B", "PFC3B", 262144, 196608, 32768, 65536, 131072, 4096},
        {"WS-SUP720-3BXL", "DFC3A", "PFC3A", 262144, 196608, 32768, 65536, 131072, 512},
        {"WS-SUP720-3BXL", "DFC3C", "PFC3B", 262144, 196608, 32768, 65536, 131072, 4096},
        {"WS-SUP720-3B", "DFC3BXL", "PFC3B", 262144, 196608, 32768, 65536, 131072, 4096},
        {"VS-S720-10G-3CXL", "DFC3BXL", "PFC3BXL", 1048576, 524288, 262144, 65536, 262144, 4096},
        {"VS-S720-10G-3CXL", "DFC3C", "PFC3C", 262144, 196608, 32768, 98304, 131072, 4096},
        {"VS-S2T-10G-XL", "DFC4", "PFC4", 262144, 262144, 131072, 131072, 524288, 16384},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scenario s;
        load(&s, base, arena_printf(mem, "supervisor.model=%s", cases[i].supervisor),
             arena_printf(mem, "slots=[{slot: 1, model: WS-X6704-10GE, forwarding: %s}]",
                          cases[i].dfc),
             NULL);
        assert_string_equal(s.config.pfc_mode, cases[i].mode);
        for (uint32_t e = 0; e < 2; e++) {
            const struct engine_type *is =
                e == 0 ? &s.config.supervisor->pfc : s.config.slots[0].dfc;
            assert_true(is->tcam_slots == cases[i].tcam && is->ipv4_slots == cases[i].ipv4);
            assert_true(is->ipv6_entries == cases[i].ipv6 && is->mac_entries == cases[i].mac);
            assert_int_equal(is->netflow_entries, cases[i].netflow);
            assert_int_equal(is->acl_labels, cases[i].labels);
        }
    }
    struct scenario s;
    load(&s, base, "slots[3].forwarding=DFC3A", "netflow={}", NULL);
    uint32_t n_found = 0;
    for (size_t i = 0; i < s.n_assumptions; i++) {
        bool bits = strcmp(s.assumptions[i].name, "netflow.hash_bits") == 0;
        n_found += bits && strcmp(s.assumptions[i].value, "17") == 0; /* the DFC3A's own ASIC */
    }
    assert_int_equal(n_found, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_of_engines),
        cmocka_unit_test(test_too_many_aggregates),
        cmocka_unit_test(test_tables_of_policers),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_pool),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
