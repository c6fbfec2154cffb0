/* test_vrfs.c - VRFs as scenarios have them: what is refused, what each table holds, which labels
 * there are, and what they take of the TCAM. That packets fare as they should is test_reference's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "models/control.h"
#include "models/lookup.h"
#include "tests/scenario_files.h"

#define RED "vrfs=[{name: RED, rd: 65000:1, ports: 1/1-2}]"
#define BOTH                                                                                       \
    "vrfs=[{name: RED, rd: 65000:1, ports: 1/1-2}, "                                               \
    "{name: BLUE, rd: 192.0.2.1:7, label_mode: per-vrf, ports: 2/1}]"
#define STATICS                                                                                    \
    "routes.static=[{prefix: 198.51.100.0/24, via: 10.1.1.2, vrf: RED}, "                          \
    "{prefix: 198.51.100.0/24, via: 10.2.1.2, vrf: BLUE}, "                                        \
    "{prefix: 198.51.100.0/24, via: 10.3.1.2}]"

/* ---- the language ------------------------------------------------------------------------ */

static const struct {
    const char *set[3], *message; /* NULL: taken */
} cases[] = {
    {{BOTH, STATICS}, NULL},
    {{RED, "routes.vrf=RED"}, NULL},
    {{"vrfs=[{name: RED, rd: 4200000000:65535}]"}, NULL},
    {{"vrfs=[{name: RED, rd: 4200000000:65536}]"}, "'4200000000:65536' is no route distinguisher"},
    {{"vrfs=[{name: RED, rd: 65000}]"}, "vrfs[0].rd: '65000' is no route distinguisher; expected"},
    {{"vrfs=[{name: RED, rd: 65000:4294967296}]"}, "is no route distinguisher"},
    {{"vrfs=[{name: RED, rd: 192.0.2.1:65536}]"}, "is no route distinguisher"},
    {{"vrfs=[{name: RED, rd: ':'}]"}, "is no route distinguisher"},
    {{"vrfs=[{name: RED}]"}, "the key rd is missing"},
    {{"vrfs=[{name: RED, rd: 1:1, import: '1:2, 4200000000:65535'}]"}, NULL},
    {{"vrfs=[{name: RED, rd: 1:1, import: '1:2, 65000'}]"},
     "vrfs[0].import: '65000' is no route target; expected as in 65000:1"},
    {{"vrfs=[{name: RED, rd: 1:1, import: ''}]"}, "vrfs[0].import"},
    {{"vrfs=[{rd: 1:1}]"}, "the key name is missing"},
    {{"vrfs=[{name: RED, rd: 1:1}, {name: RED, rd: 1:2}]"}, "vrfs[1].name: a second VRF RED"},
    {{"vrfs=[{name: RED, rd: 1:1}, {name: B, rd: 1:1}]"}, "the route distinguisher of RED, too"},
    {{"vrfs=[{name: RED, rd: 1:1, ports: 1/1}, {name: B, rd: 1:2, ports: 1/1-2}]"},
     "vrfs[1].ports: an interface of RED, too"},
    {{"vrfs=[{name: RED, rd: 1:1, label_mode: per-ce}]"},
     "unknown label mode 'per-ce'; expected per-prefix or per-vrf"},
    {{"vrfs=[{name: RED, rd: 1:1, ports: 9/1}]"}, "vrfs[0].ports"},
    {{RED, "routes.vrf=RDE"}, "routes.vrf: unknown VRF 'RDE'"},
    {{"routes.vrf=RED"}, "routes.vrf: unknown VRF 'RED'; expected one of vrfs"},
    {{"vrfs=[{name: RED, rd: 1:1}]", "routes.vrf=RED"}, "could be: RED has none"},
    {{"vrfs=[{name: RED, rd: 1:1, ports: all}]"}, "could be: the global table has none"},
    {{RED, "routes.static=[{prefix: 2001:db8::/32, via: null0, vrf: RED}]"}, "IPv6 has no VRFs"},
    {{RED, "routes.static=[{prefix: 198.51.100.0/24, port: 3/1, vrf: RED}]"},
     "an interface of another VRF than the route"},
    {{RED, "routes.static=[{prefix: 198.51.100.0/24, port: 1/1}]"}, "of another VRF than"},
    {{RED, "routes.changes=[{at: 1ms, withdraw: 198.51.100.0/24, vrf: RED}]",
      "routes.static=[{prefix: 198.51.100.0/24, via: 10.3.1.2}]"},
     "there is no static route for 198.51.100.0/24"},
    {{RED, "traffic[0].labelled=BLUE"}, "traffic[0].labelled: unknown VRF 'BLUE'"},
    {{RED, "traffic[0].labelled=RED", "traffic[0].family=ipv6"}, "IPv6 has no VRFs here"},
};

static void test_language(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const *set = cases[i].set;
        size_t n = set[1] == NULL ? 1 : set[2] == NULL ? 2 : 3;
        if (cases[i].message == NULL) {
            struct scenario s;
            load(&s, base, set[0], set[1], NULL);
            check_round_trip(&s);
        } else if (strstr(refusal(base, set, n), cases[i].message) == NULL) {
            fail_msg("%s\n--> %s\nexpected: %s", set[0], refusal(base, set, n), cases[i].message);
        }
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, BOTH, STATICS,
         "routes.changes=[{at: 1ms, withdraw: 198.51.100.0/24, vrf: BLUE}]",
         "traffic=[{rate: 1%, from: 3/1, labelled: RED}]", "routes.vrf=RED", NULL);
    check_round_trip(&s);
    const char *text = print(&s);
    assert_non_null(strstr(text, "{name: \"BLUE\", rd: \"192.0.2.1:7\", label_mode: per-vrf, "));
    assert_non_null(strstr(text, "withdraw: \"198.51.100.0/24\", vrf: \"BLUE\"}"));
    assert_non_null(strstr(text, "labelled: \"RED\""));
    assert_int_equal(s.config.vrfs[0].rd, 65000ull << 32 | 1);
    assert_int_equal(s.config.vrfs[1].rd, 1ull << 48 | 0xc0000201ull << 16 | 7);
    load(&s, base, "routes.synthetic=",
         "vrfs=[{name: RED, rd: 1:1, import: '65000:7, 192.0.2.1:7, 70000:9'}]", NULL);
    assert_int_equal(s.config.vrfs[0].n_imports, 3);
    assert_int_equal(s.config.vrfs[0].imports[0], 0x0002fde800000007);
    assert_int_equal(s.config.vrfs[0].imports[1], 0x0102c00002010007);
    assert_int_equal(s.config.vrfs[0].imports[2], 0x0202000111700009);
    assert_non_null(strstr(print(&s), ", import: \"65000:7, 192.0.2.1:7, 70000:9\""));
    check_round_trip(&s);
}

/* ---- tables and labels ------------------------------------------------------------------- */

/* The port that a destination leads to in the PFC; UINT32_MAX: nowhere. */
static uint32_t port_of(const struct control *c, struct ip_address to)
{
    uint32_t adjacency, address = (uint32_t)(to.hi >> 32);
    if (to.lo == 0) {
        fib_lookup4(c->fib, 0, &address, &adjacency, 1);
    } else {
        adjacency = fib_lookup_in(c->fib, 0, to);
    }
    const struct adjacency *a = &c->fib->adjacencies[adjacency];
    return a->kind == ADJACENCY_FORWARD ? a->port : UINT32_MAX;
}

static struct ip_address host_in(uint64_t vrf)
{
    return (struct ip_address){0xc6336407ull << 32, vrf, IPV4}; /* 198.51.100.7 */
}

static void test_tables(void **state)
{
    (void)state;
    struct scenario s;
    struct control c;
    load(&s, base, BOTH, STATICS, "routes.synthetic=", NULL);
    control_open(&c, &s.config, mem);
    control_start(&c, NULL);
    const uint32_t *first = (const uint32_t[]){0, 4, 8}; /* ports 1/1, 2/1, 3/1 */
    assert_int_equal(port_of(&c, host_in(1)), first[0]);
    assert_int_equal(port_of(&c, host_in(2)), first[1]);
    assert_int_equal(port_of(&c, host_in(0)), first[2]);
    /* 10.1.1.2, the neighbour at 1/1, is there in RED only. */
    const uint64_t neighbour = 0x0a010102ull << 32;
    assert_int_equal(port_of(&c, (struct ip_address){neighbour, 1, IPV4}), first[0]);
    assert_int_equal(port_of(&c, (struct ip_address){neighbour, 2, IPV4}), UINT32_MAX);
    assert_int_equal(port_of(&c, (struct ip_address){neighbour, 0, IPV4}), UINT32_MAX);
    /* 16 and 17 are the VRFs' own labels, 18 is that of RED's route; BLUE's has none. */
    assert_int_equal(port_of(&c, fib_label(18)), first[0]);
    assert_int_equal(port_of(&c, fib_label(19)), UINT32_MAX);
    uint32_t pop = fib_lookup_in(c.fib, 0, fib_label(17));
    assert_int_equal(c.fib->adjacencies[pop].kind, ADJACENCY_POP);
    assert_int_equal(c.fib->adjacencies[pop].port, 2);
    assert_int_equal(c.fib->engines[0].n_labels, 3);
    assert_int_equal(c.fib->engines[0].n_entries[IPV4], rib_n_prefixes(c.rib, IPV4) + 3);
    control_close(&c);
}

/* A table of 1,000 routes in a VRF takes 2,000 entries, or 1,000 with a label for all of it. */
static void test_occupancy(void **state)
{
    (void)state;
    static const struct {
        const char *mode;
        uint64_t n_labels;
    } modes[] = {{"vrfs[0].label_mode=per-prefix", 1001}, {"vrfs[0].label_mode=per-vrf", 1}};
    for (size_t i = 0; i < 2; i++) {
        struct scenario s;
        struct control c;
        struct route_table table;
        struct error err = {0};
        load(&s, base, RED, modes[i].mode, "routes.vrf=RED", "routes.synthetic.ipv4=1000", NULL);
        assert_true(scenario_load_routes(&s, mem, &table, &err));
        s.config.table = &table;
        control_open(&c, &s.config, mem);
        control_start(&c, NULL);
        assert_int_equal(c.fib->engines[0].n_labels, modes[i].n_labels);
        assert_int_equal(c.fib->engines[0].n_entries[IPV4],
                         rib_n_prefixes(c.rib, IPV4) + modes[i].n_labels);
        control_close(&c);
    }
}

/* Labels come and go with their prefixes; the one given back last is given first. */
static void test_labels(void **state)
{
    (void)state;
    struct scenario s;
    struct control c;
    load(&s, base, BOTH, STATICS, "routes.synthetic=", NULL);
    control_open(&c, &s.config, mem);
    struct ip_prefix prefix = {0xcb007100ull << 32, 1, IPV4, 24}; /* 203.0.113.0/24 */
    struct route_target target = {.kind = TARGET_NULL0};
    uint32_t ids[2], labels[2];
    for (int i = 0; i < 2; i++) {
        prefix.hi += (uint64_t)i << 40;
        rib_add(c.rib, prefix, ROUTE_STATIC, target);
        ids[i] = fib_add_prefix(c.fib, prefix, FIB_ADJACENCY_DROP);
        labels[i] = labels_follow(&c.labels, c.rib, ids[i], FIB_ADJACENCY_DROP);
        assert_int_equal(c.fib->prefixes[IPV4][labels[i]].hi, (uint64_t)(19 + i) << 32);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(labels_follow(&c.labels, c.rib, ids[i], FIB_ADJACENCY_NONE), labels[i]);
        assert_int_equal(labels_of(&c.labels, 1, ids[i]), LABELS_FIRST);
    }
    assert_int_equal(labels_follow(&c.labels, c.rib, ids[0], FIB_ADJACENCY_DROP), labels[1]);
    assert_int_equal(labels_of(&c.labels, 1, ids[0]), 20);
    control_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_language), cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_tables),   cmocka_unit_test(test_occupancy),
        cmocka_unit_test(test_labels),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
