/* Scenarios: transmit queues and NetFlow: what is read, what is refused, in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/scenario_files.h"

#define CARDS "slots=[{slot: 1, model: WS-X6748-GE-TX}, {slot: 2, model: WS-X6708-10G-3C}]"
#define ON "qos.enabled=yes"
#define TRUST "interfaces=[{ports: \"1/1-2, 2/1\", trust: cos}, {ports: 2/2, trust: dscp}]"

/* On a card with 1p3q8t in slot 1, one with 1p7q4t in slot 2. message NULL: taken, and printed. */
static const struct {
    const char *set, *message;
} cases[] = {
    {"qos.queues=[]", NULL},
    {"qos.queues=[{slot: 1}]", NULL},
    {"qos.queues=[{slot: 1, weights: \"1, 2, 255\", shares: \"40, 20, 20, 20\"}]", NULL},
    {"qos.queues=[{slot: 1, thresholds: \"1.1:30, 2.8:10-90\", cos: \"7:4.1, 0:3.8\"}]", NULL},
    {"qos.queues=[{slot: 1, scheduler: srr}, {slot: 2, scheduler: wrr}]", NULL},
    {"qos.queues=[{slot: 2, dscp: \"46:8.1, 0:1.4\"}]", NULL},
    {"qos.quantum=1B", NULL},
    {"qos.wred_most=10%", NULL},
    {"qos.quantum=0B", "0B is out of range: 1B to "},
    {"qos.wred_most=101%", "101% is out of range"},
    {"qos.queues=[{ports: 1/1-4, weights: \"1, 2, 3\"}, {ports: \"1/5, 1/9\"}]", NULL},
    {"qos.queues=[{ports: \"2/2\", dscp: \"46:8.1\"}, {ports: 1/2-48, cos: \"0:1.3\"}]", NULL},
    {"qos.queues=[{ports: 1/1, direction: in, cos: \"3:1.2\"}]", NULL},
    {"qos.queues=[{ports: 1/1-2, direction: in, thresholds: \"1.1:40, 1.2:50-60\"}]", NULL},
    {"qos.queues=[{ports: 2/1, direction: in, weights: \"9, 1, 1, 1, 1, 1, 1, 1\"}]", NULL},
    {"qos.queues=[{ports: 2/2, direction: in, dscp: \"46:8.1\"}]", NULL},
    {"qos.queues=[{}]", "qos.queues[0]: expected a slot or ports"},
    {"qos.queues=[{slot: 1, ports: 1/1}]", "qos.queues[0]: expected a slot or ports"},
    {"qos.queues=[{ports: \"1/1, 2/1\"}]", "2/1 has other queues than 1/1; expected ports alike"},
    {"qos.queues=[{ports: 1/1-4}, {ports: 1/4}]", "port 1/4 is set by an entry before"},
    {"qos.queues=[{ports: 1/49}]", "1/49"},
    {"qos.queues=[{ports: 1/1, direction: up}]", "unknown direction 'up'; expected out or in"},
    {"qos.queues=[{slot: 1, direction: in}]", "port 1/3 does not trust cos, which would choose"},
    {"qos.queues=[{ports: 2/1, direction: in, dscp: \"1:1.1\"}]", "2/1 does not trust dscp"},
    {"qos.queues=[{ports: 2/2, direction: in}]", "2/2 does not trust cos"},
    {"qos.queues=[{ports: 1/1, direction: in, scheduler: srr}]", "on ports that send with 1p3q8t"},
    {"qos.queues=[{ports: 1/1, direction: in, dscp: \"1:1.1\"}]", "does not trust dscp"},
    {"qos.queues=[{slot: 3}]", "no card with ports in slot 3"},
    {"qos.queues=[{slot: 14}]", "14 is out of range: 1 to 13"},
    {"qos.queues=[{slot: 1}, {slot: 1}]", "qos.queues[1].slot: port 1/1 is set by an entry"},
    {"qos.queues=[{slot: 1, scheduler: fifo}]", "unknown scheduler 'fifo'; expected wrr, dwrr"},
    {"qos.queues=[{slot: 2, scheduler: srr}]", "srr is to be had on ports that send with 1p3q8t"},
    {"qos.queues=[{slot: 1, dscp: \"46:4.1\"}]", "DSCP chooses the queue on ports with 1p7q4t"},
    {"qos.queues=[{slot: 1, weights: \"1, 2\"}]", "2 numbers; expected 3, up to 255 each"},
    {"qos.queues=[{slot: 1, weights: \"1, 2, 3, 4\"}]", "'4'; expected 3 numbers up to 255"},
    {"qos.queues=[{slot: 1, weights: \"1, 2, 256\"}]", "'256'; expected 3 numbers up to 255"},
    {"qos.queues=[{slot: 1, weights: \"1, 2, 0\"}]", "queue 3 has weight 0; expected 1 to 255"},
    {"qos.queues=[{slot: 1, shares: \"50, 50, 50, 1\"}]", "share 151 % of the buffer; expected at"},
    {"qos.queues=[{slot: 1, shares: \"0, 50, 40, 10\"}]", "queue 1, which has no share"},
    {"qos.queues=[{slot: 1, thresholds: \"1.1:80-40\"}]", "80 % to 40 %; expected the lower one"},
    {"qos.queues=[{slot: 1, thresholds: \"5.1:80\"}]",
     "'5.1:80'; expected queue.threshold:percent"},
    {"qos.queues=[{slot: 1, thresholds: \"1.9:80\"}]", "of 4 queues with 8 thresholds"},
    {"qos.queues=[{slot: 1, thresholds: \"1.1:101\"}]", "'1.1:101'; expected queue.threshold"},
    {"qos.queues=[{slot: 1, thresholds: \"0.1:10\"}]", "'0.1:10'; expected queue.threshold"},
    {"qos.queues=[{slot: 1, cos: \"8:1.1\"}]", "'8:1.1'; expected pairs as 5:4.1: up to 7"},
    {"qos.queues=[{slot: 1, cos: \"5:1\"}]", "'5:1'; expected pairs"},
    {"qos.queues=[{slot: 1, cos: \"5:0.1\"}]", "'5:0.1'; expected pairs"},
    {"qos.queues=[{slot: 1, cos: \"5:5.1\"}]", "CoS 5 goes to queue 5, threshold 1; there are 4"},
    {"qos.queues=[{slot: 2, cos: \"5:1.5\"}]", "goes to queue 1, threshold 5; there are 8 and 4"},
    {"netflow={}", NULL},
    {"netflow={flow_mask: source, aging_normal: 64s, aging_long: 100s, aging_fast: 16s}", NULL},
    {"netflow={fast_packets: 128, aging_aggressive: 1s}", NULL},
    {"netflow={enabled: no}", NULL},
    {"netflow={enabled: 1}", "unknown answer '1'; expected no or yes"},
    {"netflow={flow_mask: ports}", "unknown flow mask 'ports'; expected source, destination"},
    {"netflow={aging_normal: 0s}", "0ps is out of range: 1s to 100000s"},
    {"netflow={fast_packets: 129}", "129 is out of range: 0 to 128"},
    {"netflow={mask: full}", "netflow.mask: unknown key; "},
    {"netflow={hash_bits: 10}", NULL},
    {"netflow={hash_bits: 31}", NULL},
    {"netflow={hash_bits: 9}", "netflow.hash_bits: 9 is out of range: 10 to 31"},
    {"netflow={hash_bits: 32}", "netflow.hash_bits: 32 is out of range: 10 to 31"},
    {"netflow={enabled: no, aging_long: 0s}", "0ps is out of range: 1s to 100000s"},
};

#define OF(name, each, ports)                                                                      \
    "{name: " name ", rate: 1Mbps, burst: 5kB, each: " each ", ports: " ports "}"

/* A packet is looked up by one flow mask; an engine has two. */
static const struct {
    const char *set[2], *message; /* NULL: fine */
} masks[] = {
    {{"policers=[" OF("a", "flow", "1/1") "]", "netflow={}"}, NULL},
    {{"policers=[" OF("a", "flow", "1/1") "]", "netflow={flow_mask: full}"}, NULL},
    {{"policers=[" OF("a", "source", "1/1") "]", "netflow={flow_mask: source}"}, NULL},
    {{"policers=[" OF("a", "destination", "1/1") "]", "netflow={flow_mask: destination}"}, NULL},
    {{"policers=[" OF("a", "source", "1/1") "]", "netflow={enabled: no, hash_bits: 12}"}, NULL},
    {{"policers=[" OF("a", "port", "1/1") "]", "netflow={flow_mask: source}"}, NULL},
    {{"policers=[" OF("a", "source", "1/1") ", " OF("b", "flow", "1/2") "]", ON}, NULL},
    {{"policers=[" OF("a", "source", "1/1") "]", "netflow={}"},
     "policers[0].each: takes flow mask source, and netflow.flow_mask is interface-full; a packet "
     "is looked up by one only"},
    {{"policers=[" OF("a", "flow", "1/1") "]", "netflow={flow_mask: destination-source}"},
     "takes flow mask full, and netflow.flow_mask is destination-source"},
    {{"policers=[" OF("a", "flow", "1/1") ", " OF("b", "source", "1/2") "]",
      "netflow={flow_mask: full}"},
     "policers[1].each: takes flow mask source, and netflow.flow_mask is full"},
    {{"policers=[" OF("a", "flow", "1/1") ", " OF("b", "source", "1/2") ", " OF("c", "destination",
                                                                                "1/3") "]",
      ON},
     "policers[2].each: takes flow mask destination, with the policers before it a third one"},
};

static void policers_and_netflow_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        const char *set[] = {CARDS, "traffic[0].from=all", masks[i].set[0], masks[i].set[1]};
        if (masks[i].message == NULL) {
            struct scenario s;
            load(&s, base, set[0], set[1], set[2], set[3], NULL);
            check_round_trip(&s);
        } else if (strstr(refusal(base, set, 4), masks[i].message) == NULL) {
            fail_msg("%s\n--> %sexpected %s", set[2], refusal(base, set, 4), masks[i].message);
        }
    }
}

/* Their entries age, though nobody asks for NetFlow: so the scenario rests on when. */
static void policed_flows_rest_on_their_aging(void **state)
{
    (void)state;
    const char *of_flows = "policers=[" OF("a", "flow", "1/1") "]";
    const char *of_ports = "policers=[" OF("a", "port", "1/1") "]";
    struct scenario s;

    load(&s, base, CARDS, of_flows, "netflow={enabled: no, aging_normal: 64s}", NULL);
    assert_false(s.config.netflow_on);
    assert_int_equal(s.config.netflow.normal_ps, INT64_C(64000000000000));
    size_t n = s.n_assumptions;
    load(&s, base, CARDS, of_ports, NULL);
    assert_int_equal(n - s.n_assumptions, 3);
}

static void what_is_read_and_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *set[] = {CARDS, "traffic[0].from=all", ON, TRUST, cases[i].set};
        if (cases[i].message == NULL) {
            struct scenario s;
            load(&s, base, set[0], set[1], set[2], set[3], set[4], NULL);
            check_round_trip(&s);
        } else if (strstr(refusal(base, set, 5), cases[i].message) == NULL) {
            fail_msg("%s\n--> %sexpected %s", set[4], refusal(base, set, 5), cases[i].message);
        }
    }
}

#define LIST(name, line)                                                                           \
    "acls=[{name: " name ", text: \"ip access-list extended " name "\\n " line "\"}]"
#define ASKS(how) "interfaces=[{ports: \"1/1-2\", " how "}]"

/* One sentence a list. */
static void where_log_means_nothing_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *acls, *interfaces, *note;
    } logs[] = {
        {LIST("A", "deny ip any any log"), ASKS("port_access_group: A"),
         "log in list A means nothing to a port ACL"},
        {LIST("A", "deny ip any any log"), ASKS("vlan_filter: A"), NULL},
        {LIST("A", "permit ip any any log"), ASKS("vlan_filter: A"),
         "log in list A means nothing to what a VLAN ACL permits"},
        {LIST("A", "permit ip any any log"), ASKS("vlan_filter: A, port_access_group: A"),
         "log in list A means nothing to a port ACL, nor to what a VLAN ACL permits"},
        {LIST("A", "permit ip any any log"), ASKS("access_group_in: A"), NULL},
        {LIST("A", "permit ip any any"), ASKS("port_access_group: A"), NULL},
    };
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        struct scenario s;
        load(&s, base, CARDS, "traffic[0].from=all", logs[i].acls, logs[i].interfaces, NULL);
        bool told = s.n_notes > 0 && strstr(s.notes[s.n_notes - 1], "log in list") != NULL;
        assert_int_equal(told, logs[i].note != NULL);
        if (told) {
            assert_string_equal(s.notes[s.n_notes - 1], logs[i].note);
        }
    }
}

/* By the structure that the catalogue has for the card, as it is by default. */
static void queues_come_with_qos(void **state)
{
    (void)state;
    struct scenario s;

    load(&s, base, CARDS, NULL);
    assert_null(s.config.slots[0].queues);
    load(&s, base, CARDS, ON, "qos.queues=[{slot: 1, weights: \"7, 8, 9\"}]", NULL);
    const struct queue_setup *first = s.config.slots[0].queues[0];
    const struct queue_setup *second = s.config.slots[1].queues[7];
    assert_int_equal(first->structure.n_weighted, 3);
    assert_int_equal(first->structure.n_thresholds, 8);
    assert_int_equal(first->queues[1].weight, 8);
    assert_int_equal(second->structure.n_weighted, 7);
    assert_int_equal(second->queues[1].weight, 150);
    assert_false(s.config.netflow_on);
}

static void they_need_it(void **state)
{
    (void)state;
    const char *off = "qos.queues=[{slot: 1}]";

    assert_non_null(strstr(refusal(base, &off, 1), "it takes qos: {enabled: yes}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_and_refused),
        cmocka_unit_test(where_log_means_nothing_is_told),
        cmocka_unit_test(queues_come_with_qos),
        cmocka_unit_test(they_need_it),
        cmocka_unit_test(policers_and_netflow_agree),
        cmocka_unit_test(policed_flows_rest_on_their_aging),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
