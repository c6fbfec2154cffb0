/* test_scenario_paths.c - scenarios of several next hops and of port channels: what they say, and
 * what is refused in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/scenario_files.h"

#define PO1 "port_channels=[{name: Po1, ports: '1/1, 2/1, 3/1'}]"
#define ROUTE "routes.static=[{prefix: 10.9.0.0/16, "

static void next_hops_in_order(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, ROUTE "via: '10.2.1.2, 10.1.1.2,10.3.1.2'}]", "routes.load_sharing=full simple",
         NULL);
    const struct static_route *r = &s.config.static_routes[0];
    assert_int_equal(r->via, VIA_NEXT_HOP);
    assert_int_equal(r->next_hop.hi, 0x0a02010200000000);
    assert_int_equal(r->n_others, 2);
    assert_int_equal(r->others[0].hi, 0x0a01010200000000);
    assert_int_equal(r->others[1].hi, 0x0a03010200000000);
    assert_int_equal(s.config.load_sharing, SHARING_FULL_SIMPLE);
    check_round_trip(&s);
}

static void one_next_hop_has_no_others(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, ROUTE "via: 10.2.1.2}]", NULL);
    assert_int_equal(s.config.static_routes[0].n_others, 0);
    assert_int_equal(s.config.load_sharing, SHARING_DEFAULT);
}

static void assumed(const struct scenario *s, bool expected)
{
    bool found = false;
    for (size_t i = 0; i < s->n_assumptions; i++) {
        found |= strcmp(s->assumptions[i].name, "load_sharing.hash") == 0;
    }
    assert_true(found == expected);
}

/* The hash is said to be assumed when something rests on it. */
static void the_hash_is_assumed(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, ROUTE "via: 10.2.1.2}]", NULL);
    assumed(&s, false);
    load(&s, base, ROUTE "via: '10.2.1.2, 10.1.1.2'}]", NULL);
    assumed(&s, true);
    load(&s, base, "routes.changes=[{at: 1ms, prefix: 10.9.0.0/16, via: '10.1.1.2, 10.2.1.2'}]",
         NULL);
    assumed(&s, true);
    load(&s, base, PO1, NULL);
    assumed(&s, true);
}

static void a_port_channel_is_a_port(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, "port_channels=[{name: Po12, ports: '3/1, 1/1'}, {name: Po3, ports: 2/1-3}]",
         ROUTE "port: Po3}]", "traffic[0].egress=Po12, 1/2", NULL);
    const struct chassis_config *c = &s.config;
    assert_int_equal(c->n_port_channels, 2);
    assert_int_equal(c->port_channels[0].n_members, 2);
    assert_int_equal(c->port_channels[0].members[1], 8); /* in the order of ports */
    const struct port_config *po12 = &c->ports[c->n_ports];
    assert_true(po12->slot == 0 && po12->number == 12);
    assert_int_equal(po12->address[IPV4].hi, 0x0a640c0100000000); /* 10.100.12.1 */
    assert_int_equal(po12->address[IPV6].hi, 0x20010db801000012); /* 2001:db8:100:12:: */
    assert_int_equal(c->ports[0].port_channel, c->n_ports);
    assert_int_equal(c->ports[4].port_channel, c->n_ports + 1);
    assert_int_equal(c->ports[1].port_channel, 0);
    assert_int_equal(c->static_routes[0].port, c->n_ports + 1);
    assert_int_equal(c->streams[0].n_egress, 2);
    assert_int_equal(c->streams[0].egress[0], 1);
    assert_int_equal(c->streams[0].egress[1], c->n_ports);
    check_round_trip(&s);
}

/* All ports are those of cards to enter by, and interfaces to leave by. */
static void all_ports(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, PO1, "traffic[0].rate=1%", NULL);
    assert_int_equal(s.config.streams[0].n_ports, 16);
    assert_int_equal(s.config.streams[0].n_egress, 14);
    assert_non_null(strstr(print(&s), "egress: all"));
    check_round_trip(&s);
}

/* A fill leaves room for three entries of each interface: 14 instead of 16. */
static void fewer_connected_routes(void **state)
{
    (void)state;
    struct scenario with, without;
    load(&without, base, NULL);
    load(&with, base, PO1, NULL);
    assert_int_equal(with.synthetic.n_ipv4 - without.synthetic.n_ipv4, 6);
}

static const struct {
    const char *set[2], *message;
} refused[] = {
    {{ROUTE "via: '10.1.1.2, 10.2.1.2,'}]"}, "static[0].via: '' is no address; expected one or"},
    {{ROUTE "via: '10.1.1.2, null0'}]"}, "via: 'null0' is no address"},
    {{ROUTE "via: '10.1.1.2, 2001:db8::1'}]"}, "via: the next hop is of another family"},
    {{ROUTE "via: '10.1.1.2, 10.2.1.2, 10.1.1.2'}]"}, "via: 10.1.1.2 twice"},
    {{ROUTE "via: '10.1.1.2, 10.9.0.1'}]"}, "nothing leads to this next hop but the route itself"},
    {{ROUTE "via: '10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5,10.0.0.6,10.0.0.7,10.0.0.8'}]"},
     NULL},
    {{ROUTE "via: '10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5,10.0.0.6,10.0.0.7,10.0.0.8,"
            "10.0.0.9'}]"},
     "via: more than 8 next hops"},
    {{ROUTE "via: '10.1.1.2, 10.2.1.2', punt: yes}]"}, NULL},
    {{"routes.load_sharing=ful"}, "unknown load sharing 'ful'; did you mean full?"},
    {{"routes.rpf_multipath=interface-group"}, "unknown way 'interface-group'"},
    {{"routes.rpf_multipath=pass"}, NULL},
    {{"port_channels=[{name: Po1}]"}, "port_channels[0]: the key ports is missing"},
    {{"port_channels=[{name: Po0, ports: 1/1}]"}, "name: 'Po0'; expected Po1 to Po255"},
    {{"port_channels=[{name: Po256, ports: 1/1}]"}, "'Po256'; expected Po1 to Po255"},
    {{"port_channels=[{name: port-channel1, ports: 1/1}]"}, "expected Po1 to Po255"},
    {{"port_channels=[{name: Po1, ports: 1/9}]"}, "'1/9' is not among the ports here"},
    {{"port_channels=[{name: Po1, ports: Po1}]"}, "'Po1' is not among the ports here"},
    {{"port_channels=[{name: Po1, ports: '1/1, 1/1'}]"}, "port_channels[0].ports: 1/1 twice"},
    {{"port_channels=[{name: Po1, ports: '1/1-4, 2/1-4, 3/1'}]"},
     "ports: 9 ports; a port channel has at most 8"},
    {{"port_channels=[{name: Po1, ports: '1/1-4, 2/1-4'}]"}, NULL},
    {{"port_channels=[{name: Po1, ports: 1/1}, {name: Po1, ports: 1/2}]"}, "[1].name: Po1 twice"},
    {{"port_channels=[{name: Po1, ports: 1/1}, {name: Po2, ports: '1/2, 1/1'}]"},
     "port_channels[1].ports: 1/1 is a member of Po1 already"},
    {{"slots[0]={slot: 1, model: WS-X6748-GE-TX}",
      "port_channels=[{name: Po1, ports: '1/1, 2/1'}]"},
     "port_channels[0].ports: 1/1 and 2/1 differ in speed"},
    {{PO1, ROUTE "port: 2/1}]"}, "static[0].port: 2/1 is a member of Po1; expected Po1"},
    {{PO1, ROUTE "port: Po2}]"}, "static[0].port: 'Po2' is no port here"},
    {{PO1, "traffic[0].egress=1/2, 2/1"}, "egress: 2/1 is a member of Po1; expected Po1"},
    {{PO1, "traffic[0].egress=Po1, Po1"}, "traffic[0].egress: Po1 twice"},
    {{PO1, "traffic[0].egress=Po2"}, "'Po2' is not among the ports here"},
    {{PO1, "traffic[0].from=Po1"}, "traffic[0].from: 'Po1' is not among the ports here"},
    {{PO1, "traffic[0].from=1/1"}, NULL},
    {{PO1, ROUTE "via: 10.100.1.2}]"}, NULL},
    {{PO1, "routes.static=[{prefix: 10.1.1.0/28, via: 10.1.1.2}]"}, "but the route itself"},
};

static void what_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const char *const *set = refused[i].set;
        size_t n = set[1] != NULL ? 2 : 1;
        if (refused[i].message == NULL) {
            struct scenario s;
            load(&s, base, set[0], set[1], NULL);
            continue;
        }
        const char *text = refusal(base, set, n);
        if (strstr(text, refused[i].message) == NULL || strchr(text, '\n')[1] != '\0') {
            fail_msg("%s %s\n%sexpected %s", set[0], n > 1 ? set[1] : "", text, refused[i].message);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next_hops_in_order),  cmocka_unit_test(one_next_hop_has_no_others),
        cmocka_unit_test(the_hash_is_assumed), cmocka_unit_test(a_port_channel_is_a_port),
        cmocka_unit_test(all_ports),           cmocka_unit_test(fewer_connected_routes),
        cmocka_unit_test(what_is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
