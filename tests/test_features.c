/* Features of interfaces, asked packet by packet; what a whole chassis makes of them is in
 * test_reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "models/chassis.h"
#include "models/features.h"
#include "models/fib.h"
#include "models/flows.h"
#include "sim/report.h"
#include "tests/scenario_files.h"

static const char text[] =
    "cat6k: 1\n"
    "chassis: WS-C6509-E\n"
    "supervisor: {slot: 5, model: WS-SUP720-3B}\n"
    "slots:\n"
    "  - {slot: 1, model: WS-X6704-10GE, forwarding: CFC}\n"
    "acls:\n"
    "  - name: IN\n"
    "    text: |\n"
    "      ip access-list extended IN\n"
    "       permit tcp any any lt 20000\n"
    "       deny udp any any gt 50000\n"
    "       permit udp any any range 30000 45000 log\n"
    "       permit icmp any any echo\n"
    "       deny icmp any any\n"
    "       permit tcp any any established\n"
    "  - {name: \"9\", text: \"access-list 9 deny 64.0.0.0 63.255.255.255\\naccess-list 9 permit "
    "any\"}\n"
    "interfaces:\n"
    "  - {ports: 1/1, access_group_in: IN, access_group_out: \"9\"}\n"
    "  - {ports: 1/2, reachable_via: any}\n"
    "  - {ports: 1/3, policy_list: \"9\", policy_next_hop: 10.1.4.2}\n"
    "  - {ports: 1/4, access_group_in: IN, unreachables: no}\n"
    "traffic:\n"
    "  - {from: 1/1-4, rate: 1%, protocol: tcp, to: \"10.1.2.2, 10.1.3.2\", flows: 400}\n"
    "  - {from: 1/1-4, rate: 1%, protocol: tcp syn, to: \"10.1.2.2, 10.1.3.2\", flows: 400}\n"
    "  - {from: 1/1-4, rate: 1%, to: \"10.1.2.2, 10.1.3.2\", flows: 400}\n"
    "  - {from: 1/1-4, rate: 1%, protocol: icmp echo, to: \"10.1.2.2, 10.1.3.2\", flows: 400}\n"
    "  - {from: 1/1-4, rate: 1%, protocol: icmp echo-reply, to: \"10.1.2.2, 10.1.3.2\", flows: "
    "400}\n"
    "  - {from: 1/1-4, rate: 1%, family: ipv6, flows: 400}\n";

/* A chassis of the text, and a user of its features. */
struct bench {
    struct scenario s;
    struct chassis *chassis;
    const struct flow_tables *flows;
    struct features features;
    struct features_user user;
};

static void open_bench(struct bench *b, bool software, const char *set)
{
    struct error err = {0};
    char *path = write_file(text);

    load(&b->s, path, set, NULL);
    unlink(path);
    b->chassis = chassis_open(&b->s.config, NULL, mem, &err);
    assert_non_null(b->chassis);
    b->flows = chassis_flows(b->chassis);
    features_open(&b->features, &b->s.config, chassis_fib(b->chassis), b->flows, mem);
    b->user = features_user_of(&b->features, 0, software);
}

static struct packet packet_of(const struct bench *b, uint32_t flow)
{
    const struct stream_config *s = &b->s.config.streams[flows_stream(b->flows, flow)];
    uint32_t first = b->flows->first[flows_stream(b->flows, flow)];
    struct packet p = {.dst4 = b->flows->dst4[flow], .flow = flow};

    p.head.ingress = (uint16_t)s->ports[(flow - first) % s->n_ports];
    p.head.family = s->family == IPV6;
    return p;
}

/* What list IN comes to, said once more. */
static uint32_t expected_in(const struct bench *b, uint32_t flow, bool software, bool unreachables)
{
    struct acl_header h = flows_header(b->flows, b->s.config.streams, flow);
    bool permit = h.protocol == FLOWS_TCP ? h.dport < 20000 || (h.flags & ACL_TCP_ESTABLISHED) != 0
                  : h.protocol == FLOWS_ICMP ? h.sport == 8
                                             : h.dport >= 30000 && h.dport <= 45000;

    if (!permit) {
        return unreachables ? PUNT_ACL_DENIED : FEATURES_DROP;
    }
    return h.protocol == FLOWS_UDP && !software ? PUNT_ACL_BRIDGED_IN : FEATURES_PASS;
}

static uint32_t expected(const struct bench *b, const struct packet *p, bool software)
{
    switch (p->head.family == IPV6 ? UINT32_MAX : p->head.ingress) {
    case 0:
    case 3:
        return expected_in(b, p->flow, software, p->head.ingress == 0);
    case 1: /* only what is connected has routes */
        return b->flows->src4[p->flow] >> 16 == (10u << 8 | 1) ? FEATURES_PASS : PUNT_RPF_FAILURE;
    default:
        return FEATURES_PASS;
    }
}

static void compare(bool software)
{
    struct bench b;
    uint64_t n_denied = 0, sum = 0;

    open_bench(&b, software, NULL);
    for (int turn = 0; turn < 2; turn++) { /* the second one asks what is known */
        for (uint32_t flow = 0; flow < b.flows->n_flows; flow++) {
            struct packet p = packet_of(&b, flow);
            uint32_t adjacency = FIB_ADJACENCY_DROP;
            uint32_t verdict = features_in(&b.user, &p, &adjacency);
            assert_int_equal(verdict, expected(&b, &p, software));
            n_denied += verdict == PUNT_ACL_DENIED || verdict == FEATURES_DROP;
            bool policy =
                p.head.ingress == 2 && p.head.family == IPV4 && b.flows->src4[flow] >> 30 != 1;
            assert_int_equal(b.features.fib->adjacencies[adjacency].kind,
                             policy ? ADJACENCY_FORWARD : ADJACENCY_DROP);
            assert_true(!policy || b.features.fib->adjacencies[adjacency].port == 3);
        }
    }
    assert_true(n_denied > 0);
    features_mark(&b.features);
    for (uint32_t rule = 0; rule <= b.s.config.acls[0].n_rules; rule++) {
        sum += b.features.hits[software][0][rule];
    }
    assert_int_equal(sum, 2 * 5 * 200); /* two ports of four, and not IPv6 */
    chassis_close(b.chassis);
}

static void lists_decide_as_they_are_written(void **state)
{
    (void)state;
    compare(false);
    compare(true);
}

static void lists_of_what_leaves(void **state)
{
    (void)state;
    struct bench b;

    open_bench(&b, false, NULL);
    for (uint32_t flow = 0; flow < b.flows->n_flows; flow++) {
        struct packet p = packet_of(&b, flow);
        bool denied = p.head.family == IPV4 && b.flows->src4[flow] >> 30 == 1;
        uint32_t how = p.head.ingress == 3 ? FEATURES_DROP : PUNT_ACL_DENIED;
        assert_int_equal(features_out(&b.user, &p, 0), denied ? how : FEATURES_PASS);
        assert_int_equal(features_out(&b.user, &p, 1), FEATURES_PASS);
    }
    assert_true(features_watch(&b.user, 2) && !features_watch_egress(&b.user, 2));
    assert_true(features_watch_egress(&b.user, 0));
    chassis_close(b.chassis);
}

/* Two masks are enough for nothing; software decides as before. */
static void what_does_not_fit_is_software_s(void **state)
{
    (void)state;
    struct bench b;
    struct report r;

    open_bench(&b, false, "figures=[\"PFC3B.acl_masks=2\"]");
    for (uint32_t flow = 0; flow < b.flows->n_flows; flow++) {
        struct packet p = packet_of(&b, flow);
        uint32_t adjacency = 0;
        if (p.head.family == IPV4 && p.head.ingress == 0) {
            assert_int_equal(features_in(&b.user, &p, &adjacency), PUNT_ACL_BRIDGED_IN);
        }
    }
    report_open(&r, mem);
    features_show(&b.features, &r);
    const char *said = report_get_text(&r, "interface 1/1", "acl_in");
    assert_non_null(said);
    assert_non_null(
        strstr(said, "Interface 1/1 routed traffic will be software switched in ingress"));
    assert_null(report_get_text(&r, "interface 1/2", "acl_in"));
    assert_int_equal(report_get(&r, "acl IN", "line_10", -1), 0);
    chassis_close(b.chassis);
}

/* Twice the slots where a PFC2 checks sources. */
static void slots_of_an_entry(void **state)
{
    (void)state;
    struct bench b;

    open_bench(&b, false, NULL);
    assert_int_equal(features_ipv4_slots(&b.s.config), 1);
    chassis_close(b.chassis);
    struct supervisor_type older = *b.s.config.supervisor;
    older.pfc.generation = 2;
    b.s.config.supervisor = &older;
    b.chassis = chassis_open(&b.s.config, NULL, mem, NULL);
    struct fib *fib = chassis_fib(b.chassis);
    assert_int_equal(fib->ipv4_slots, 2);
    assert_int_equal(fib->engines[0].capacity[IPV4], older.pfc.ipv4_slots / 2);
    assert_int_equal(fib_slots_used(fib, 0),
                     2 * fib->engines[0].n_entries[IPV4] + 2 * fib->engines[0].n_entries[IPV6]);
    chassis_close(b.chassis);
    b.s.config.interfaces[1].verify = VERIFY_NOTHING;
    assert_int_equal(features_ipv4_slots(&b.s.config), 1);
}

/* A text inside a scenario is wrong where it stands in the file. */
static void a_wrong_line_has_its_place(void **state)
{
    (void)state;
    char wrong[sizeof text + 8];
    const char *at = strstr(text, "any echo");

    snprintf(wrong, sizeof wrong, "%.*sany ecco%s", (int)(at - text), text,
             at + strlen("any echo"));
    char *path = write_file(wrong);
    const char *said = refusal(path, NULL, 0);
    assert_non_null(strstr(said, ":13:28: 'ecco'"));
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_decide_as_they_are_written), cmocka_unit_test(lists_of_what_leaves),
        cmocka_unit_test(what_does_not_fit_is_software_s),  cmocka_unit_test(slots_of_an_entry),
        cmocka_unit_test(a_wrong_line_has_its_place),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
