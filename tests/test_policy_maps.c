/* Policy maps: what is read, what is refused in which words; and of which class packets are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "models/chassis.h"
#include "models/classes.h"
#include "sim/report.h"
#include "tests/scenario_files.h"

#define LISTS                                                                                      \
    "acls=[{name: \"101\", text: \"access-list 101 permit udp any any eq 5060\"}, "                \
    "{name: \"102\", text: \"access-list 102 permit tcp any any\", changes: [{at: 1us, text: "     \
    "\"no 10\"}]}, {name: \"103\", text: \"access-list 103 permit ip any any\"}]"
#define POLICERS                                                                                   \
    "policers=[{name: all, rate: 1Mbps, burst: 5kB}, {name: own, rate: 1Mbps, burst: 5kB, each: "  \
    "port}, {name: flow, rate: 1Mbps, burst: 5kB, each: flow}, {name: host, rate: 1Mbps, burst: "  \
    "5kB, each: source}, {name: ports, rate: 1Mbps, burst: 5kB, ports: 1/4}]"
/* Names what a test does not. */
#define USED                                                                                       \
    "{name: u, classes: [{name: a, dscp: 1, police: \"all, flow\"}, "                              \
    "{name: b, dscp: 1, police: own}]}, "                                                          \
    "{name: v, classes: [{name: a, dscp: 1, police: host}]}"
#define MAP(classes) "policy_maps=[{name: m, classes: [" classes "]}, " USED "]"
#define IN "interfaces=[{ports: 1/1-2, service_policy_in: m}]"
#define OUT "interfaces=[{ports: 1/1-2, service_policy_out: m}]"

/* message NULL: taken, and printed. */
static const struct {
    const char *maps, *interfaces, *message;
} cases[] = {
    {MAP("{name: a, access_group: \"101, 103\"}"), IN, NULL},
    {MAP("{name: a, dscp: \"0, 63\", precedence: \"0, 7\", trust: cos}"), IN, NULL},
    {MAP("{name: a, dscp: 46, set: precedence 7}, {name: class-default, set: dscp 63}"), IN, NULL},
    {MAP("{name: a, dscp: 46, police: \"all, host\"}, {name: b, dscp: 1, police: own}"), IN, NULL},
    {MAP("{name: class-default, police: own}"), OUT, NULL},
    {MAP(""), IN, NULL},
    {"policy_maps=[{name: m, classes: []}, {name: m, classes: []}, " USED "]", IN,
     "policy_maps[1].name: the name of another policy map"},
    {"policy_maps=[{name: m}, " USED "]", IN, "policy_maps[0]: the key classes is missing"},
    {MAP("{dscp: 1}"), IN, "classes[0]: the key name is missing"},
    {MAP("{name: a, dscp: 1}, {name: a, dscp: 2}"), IN, "classes[1].name: the name of another"},
    {MAP("{name: a}"), IN, "expected what class a matches: access_group, dscp or precedence"},
    {MAP("{name: a, access_group: 100}"), IN, "access_group: unknown list '100'; did you mean 10"},
    {MAP("{name: a, access_group: \"101, 102\"}"), IN,
     "102 changes while packets flow, which classes do not follow"},
    {MAP("{name: a, dscp: 64}"), IN, "dscp: 64 is out of range: 0 to 63"},
    {MAP("{name: a, dscp: \"1, ef\"}"), IN, "dscp: 'ef'"},
    {MAP("{name: a, precedence: 8}"), IN, "precedence: 8 is out of range: 0 to 7"},
    {MAP("{name: a, dscp: 1, trust: tos}"), IN, "unknown trust 'tos'"},
    {MAP("{name: a, dscp: 1, set: dscp 64}"), IN, "'dscp 64'; expected dscp 0 to 63, or prec"},
    {MAP("{name: a, dscp: 1, set: precedence 8}"), IN, "'precedence 8'; expected dscp 0 to 63"},
    {MAP("{name: a, dscp: 1, set: cos 1}"), IN, "'cos 1'; expected dscp 0 to 63"},
    {MAP("{name: a, dscp: 1, set: dscp}"), IN, "'dscp'; expected dscp 0 to 63"},
    {MAP("{name: a, dscp: 1, set: dscp 1, trust: dscp}"), IN, "a class trusts marks, or sets them"},
    {MAP("{name: a, dscp: 1, police: al}"), IN, "unknown policer 'al'; did you mean all?"},
    {MAP("{name: a, dscp: 1, police: \"all, own\"}"), IN, "one policer that is not by flows at"},
    {MAP("{name: a, dscp: 1, police: \"flow, host\"}"), IN, "a class has one policer by flows at"},
    {MAP("{name: a, dscp: 1, police: ports}"), IN, "policer ports has ports of its own"},
    {MAP("{name: a, dscp: 1, police: flow}, {name: b, dscp: 2, police: host}"), IN,
     "policer host tells flows apart otherwise than flow of a class before"},
    {MAP("{name: class-default, dscp: 1}"), IN, "class-default is all that is left"},
    {MAP("{name: class-default}, {name: a, dscp: 1}"), IN, "class-default is the last class"},
    {MAP("{name: a, dscp: 1, trust: dscp}"), OUT, "class a of it trusts marks, which is for what"},
    {MAP("{name: a, dscp: 1, set: dscp 1}"), OUT, "class a of it sets marks"},
    {MAP("{name: a, dscp: 1, police: flow}"), OUT, "class a of it polices flows"},
    {MAP(""), "interfaces=[{ports: 1/1, service_policy_in: n}]", "unknown policy map 'n'"},
    {MAP(""), "interfaces=[{ports: 1/3-4, service_policy_in: m}]",
     "policers[4].ports: 1/4 has policy map m, whose classes police"},
    {MAP(""), "interfaces=[{ports: 1/3-4, service_policy_out: m}]", NULL},
    {"policy_maps=[{name: m, classes: []}]", IN,
     "policers[0]: expected ports, or a class of a policy map that names it"},
};

static void what_is_read_and_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *set[] = {"traffic[0].from=all", LISTS, POLICERS, cases[i].maps,
                             cases[i].interfaces};
        if (cases[i].message == NULL) {
            struct scenario s;
            load(&s, base, set[0], set[1], set[2], set[3], set[4], NULL);
            assert_true(s.config.qos.on);
            check_round_trip(&s);
        } else if (strstr(refusal(base, set, 5), cases[i].message) == NULL) {
            fail_msg("%s\n--> %sexpected %s", set[3], refusal(base, set, 5), cases[i].message);
        }
    }
}

static void engines_and_qos(void **state)
{
    (void)state;
    const char *off[] = {"policy_maps=[{name: m, classes: []}]", "qos.enabled=no"};
    const char *pfc2[] = {"supervisor.model=WS-X6K-S2-MSFC2",
                          "policy_maps=[{name: m, classes: []}]", OUT};
    const char *direction[] = {"policers=[{name: a, rate: 1Mbps, burst: 5kB, direction: out}]",
                               "policy_maps=[{name: m, classes: [{name: c, dscp: 1, police: a}]}]"};
    struct scenario s;

    assert_non_null(strstr(refusal(base, off, 2), "policers, policy maps and ports that trust"));
    assert_non_null(strstr(refusal(base, pfc2, 3), "service_policy_out: a PFC2 has service"));
    assert_non_null(strstr(refusal(base, direction, 2), "policers[0].direction: it polices where"));
    load(&s, base, "qos={enabled: yes, marking_ignore_port_trust: yes}", NULL);
    assert_true(s.config.qos.marks_trusted);
    check_round_trip(&s);
}

/* ---- packets ----------------------------------------------------------------------------- */

static int64_t value_of(struct scenario *s, const char *module, const char *statistic)
{
    struct error err = {0};
    struct report report;
    struct chassis *c = chassis_open(&s->config, NULL, mem, &err);

    assert_non_null(c);
    chassis_run(c, NULL, NULL);
    report_open(&report, mem);
    chassis_report(c, &report);
    int64_t value = report_get(&report, module, statistic, -1);
    chassis_close(c);
    return value;
}

#define UDP                                                                                        \
    "traffic=[{from: 1/1, rate: 1%, to: 10.1.2.2, protocol: udp, ports: 5060, dscp: 46}, "         \
    "{from: 3/1, rate: 1%, to: 10.1.2.2, protocol: udp, ports: 80, dscp: 10}]"
#define CLASSES                                                                                    \
    "policy_maps=[{name: m, classes: [{name: a, access_group: \"101\"}, {name: b, dscp: 46}, "     \
    "{name: c, precedence: 1}]}]"
#define RUN "run={warmup: 1us, duration: 100us}"

/* The first class counts, each engine has its own count, and a TCAM that is full has no classes. */
static void the_first_class_counts(void **state)
{
    (void)state;
    const char *on = "interfaces=[{ports: \"1/1, 3/1\", service_policy_in: m}]";
    struct scenario s;

    load(&s, base, UDP, LISTS, CLASSES, on, RUN, NULL);
    assert_true(value_of(&s, "class a of m, engine 1 DFC3BXL", "packets") > 10);
    assert_int_equal(value_of(&s, "class b of m, engine 1 DFC3BXL", "packets"), 0);
    assert_int_equal(value_of(&s, "class a of m, engine 3 DFC3BXL", "packets"), 0);
    assert_true(value_of(&s, "class c of m, engine 3 DFC3BXL", "packets") > 10);
    assert_int_equal(value_of(&s, "engine 1 DFC3BXL", "qos_entries"), 8);

    load(&s, base, UDP, LISTS, CLASSES, on, RUN, "figures=[\"PFC3BXL.acl_masks = 6\"]", NULL);
    assert_true(value_of(&s, "class a of m, engine 1 DFC3BXL", "packets") > 10);
    assert_int_equal(value_of(&s, "class c of m, engine 3 DFC3BXL", "packets"), -1);
    assert_int_equal(value_of(&s, "engine 1 DFC3BXL", "qos_entries"), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_and_refused),
        cmocka_unit_test(engines_and_qos),
        cmocka_unit_test(the_first_class_counts),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
