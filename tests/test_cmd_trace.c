/* cat6k trace: for each end of a stream's packets the way of one of them, and why it was its way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/arena.h"
#include "tests/acl_samples.h"
#include "tests/program.h"
#include "tests/scenario_files.h"

static const char text[] =
    "cat6k: 1\n"
    "chassis: WS-C6509-E\n"
    "supervisor: {slot: 5, model: WS-SUP720-3B}\n"
    "slots:\n"
    "  - {slot: 1, model: WS-X6704-10GE, forwarding: DFC3B}\n"
    "  - {slot: 2, model: WS-X6704-10GE, forwarding: CFC}\n"
    "routes:\n"
    "  static:\n"
    "    - {prefix: 192.0.2.0/24, via: 10.1.3.2}\n"
    "    - {prefix: 192.0.2.128/25, via: \"10.1.3.2, 10.1.4.2\"}\n"
    "acls:\n"
    "  - name: IN\n"
    "    text: |\n"
    "      ip access-list extended IN\n"
    "       deny udp any any eq 53\n"
    "       permit tcp any any eq 22 log\n"
    "       permit ip any any\n"
    "  - {name: OUT, text: \"ip access-list extended OUT\\n deny udp any any eq 69\\n permit ip "
    "any "
    "any\"}\n"
    "  - {name: WEB, text: \"ip access-list extended WEB\\n permit tcp any any eq 80\"}\n"
    "interfaces:\n"
    "  - {ports: 1/1, access_group_in: IN, trust: dscp, policy_list: WEB, policy_next_hop: "
    "10.1.2.2}\n"
    "  - {ports: 1/2, reachable_via: rx}\n"
    "  - {ports: 1/3, access_group_out: OUT}\n"
    "qos: {policed_dscp: \"46:8\"}\n"
    "rate_limits: {rpf_failure: 0pps, icmp_acl_drop: 0pps, receive: 0pps}\n"
    "policers:\n"
    "  - {name: small, rate: 1Mbps, burst: 1500B, peak_rate: 2Mbps, exceed: policed-dscp,\n"
    "     violate: drop, ports: 1/1}\n"
    "traffic:\n"
    "  - {name: plain, from: 1/4, rate: 1Mbps, frames: 64B, to: 192.0.2.1}\n"
    "  - {name: voice, from: 1/1, rate: 10Mbps, frames: 64B, dscp: 46, to: 192.0.2.200}\n"
    "  - {name: dns, from: 1/1, rate: 1Mbps, frames: 64B, ports: 53, to: 192.0.2.1}\n"
    "  - {name: ssh, from: 1/1, rate: 100kbps, frames: 64B, protocol: tcp, ports: 22, to: "
    "192.0.2.1}\n"
    "  - {name: web, from: 1/1, rate: 300kbps, frames: 64B, protocol: tcp, ports: 80, to: "
    "192.0.2.1}\n"
    "  - {name: tftp, from: 1/4, rate: 1Mbps, frames: 64B, ports: 69, to: 192.0.2.1}\n"
    "  - {name: spoofed, from: 1/2, rate: 1Mbps, frames: 64B, to: 192.0.2.1}\n"
    "  - {name: router, from: 1/4, rate: 1Mbps, frames: 64B, to: 10.1.4.1}\n"
    "  - {name: six, from: 2/1, rate: 1Mbps, frames: 64B, family: ipv6, to: \"2001:db8:1:3::2\"}\n"
    "run: {warmup: 1ms, duration: 20ms}\n";

/* What is printed of one end, up to the next one. */
static const char *end_of(const char *heading)
{
    const char *from = strstr(out, heading);
    assert_non_null(from);
    const char *to = strstr(from, "\n\n");
    return arena_printf(mem, "%.*s", (int)(to - from), from);
}

static void every_question_is_answered(void **state)
{
    (void)state;
    char *path = write_file(text);

    assert_int_equal(cat6k(arena_printf(mem, "trace %s", path)), 0);
    const char *plain = end_of("plain: delivered, ");
    assert_says(plain, "FIB: 192.0.2.0/24, to 10.1.3.2 by 1/3");
    assert_says(plain, "router ACL out OUT: permitted by line 3");
    assert_says(plain, "to 1/3 as CoS 0, DSCP 0: queue 1 threshold 1");
    const char *voice = end_of("voice: delivered, ");
    assert_says(voice, "untagged, DSCP 46, the port trusts the DSCP: DSCP 46");
    assert_says(voice, "router ACL in IN: permitted by line 17, permit ip any any");
    assert_says(voice, "policy list WEB: denied by the end of the list");
    assert_says(voice, "FIB: 192.0.2.128/25, one of several paths, to 10.1.");
    assert_says(voice, "policer small: ");
    voice = end_of("voice: lost at engine: more than a policer lets pass, ");
    assert_says(voice, "policer small: violates: drop");
    const char *dns = end_of("dns: lost at engine: denied by an access list, ");
    assert_says(dns, "router ACL in IN: denied by line 15, deny udp any any eq domain");
    assert_says(dns, "for the MSFC (acl_denied): refused by its rate limiter");
    assert_null(strstr(dns, "FIB"));
    assert_null(strstr(dns, "policer"));
    const char *web = end_of("web: delivered");
    assert_says(web, "policy list WEB: permitted by line 2");
    assert_says(web, "to 10.1.2.2 by 1/2");
    const char *tftp = end_of("tftp: lost at engine: denied by an access list, ");
    assert_says(tftp, "router ACL out OUT: denied by line 2");
    assert_says(end_of("spoofed: lost"), "source: not reached where it came from");
    assert_says(end_of("router: lost"), "FIB: 10.1.4.1/32, the router itself");
    assert_says(end_of("six: delivered"), "FIB: 2001:db8:1:3::2/128, to 2001:db8:1:3::2 by 1/3");
    unlink(path);
}

static void software_forwards_what_is_logged(void **state)
{
    (void)state;
    char *path = write_file(text);

    assert_int_equal(cat6k(arena_printf(mem, "trace %s -s traffic[1].rate=100kbps", path)), 0);
    const char *ssh = end_of("ssh: delivered, forwarded in software");
    assert_says(ssh, "router ACL in IN: permitted by line 16, permit tcp any any eq 22 log");
    assert_says(ssh, "for the MSFC (acl_bridged_in): passed");
    assert_says(ssh, "in software (acl_bridged_in)");
    assert_says(ssh, "to 1/3 as CoS 0");
    unlink(path);
}

static const char queues[] =
    "cat6k: 1\n"
    "chassis: WS-C6509-E\n"
    "supervisor: {slot: 5, model: WS-SUP720-3B}\n"
    "slots:\n"
    "  - {slot: 1, model: WS-X6748-GE-TX, forwarding: DFC3B}\n"
    "interfaces: [{ports: \"1/1\", trust: cos}]\n"
    "traffic:\n"
    "  - {name: voice, from: \"1/1\", rate: 1Mbps, frames: 64B, cos: 5, to: 10.1.3.2}\n"
    "  - {name: bulk, from: \"1/1-2\", rate: 90%, frames: 64B, cos: 0, to: 10.1.3.2}\n"
    "  - {name: other, from: \"1/2\", rate: 1Mbps, frames: 64B, cos: 5, to: 10.1.3.2}\n"
    "qos: {queues: [{ports: \"1/3\", shares: \"1, 1, 1, 97\"}]}\n"
    "run: {warmup: 100us, duration: 5ms}\n";

/* By the CoS it came with it waits to go on, by that of its internal DSCP for the wire. */
static void queues_have_names(void **state)
{
    (void)state;
    char *path = write_file(queues);

    assert_int_equal(cat6k(arena_printf(mem, "trace %s", path)), 0);
    const char *voice = end_of("voice: delivered, ");
    assert_says(voice, "CoS 5, DSCP 0, the port trusts the CoS: DSCP 40");
    assert_says(voice, "received: queue 2 threshold");
    assert_says(voice, "to 1/3 as CoS 5, DSCP 40: the strict queue 4");
    assert_says(end_of("bulk: lost at egress: "), "DSCP 0: queue 1 threshold 1");
    const char *other = end_of("other: ");
    assert_null(strstr(other, "received:"));
    assert_says(other, "to 1/3 as CoS 0, DSCP 0: queue 1 threshold 1");
    unlink(path);
}

static void where_nothing_ends_nothing_is_followed(void **state)
{
    (void)state;
    char *path = write_file(text);

    assert_int_equal(
        cat6k(arena_printf(mem, "trace %s -s run.warmup=0s -s run.duration=1ns", path)), 0);
    assert_says(out, "No packet came to an end.");
    unlink(path);
}

/* What does not fit the TCAM is not asked there. */
static void lists_that_do_not_fit(void **state)
{
    (void)state;
    char *path = write_file(text);

    assert_int_equal(
        cat6k(arena_printf(mem, "trace %s -s 'figures=[\"PFC3B.acl_masks=1\"]'", path)), 0);
    assert_says(end_of("plain: delivered, forwarded in software"),
                "the lists of its way out do not fit the TCAM: software is asked");
    unlink(path);
}

static void classes_and_their_policers(void **state)
{
    (void)state;
    char *path = write_file(policy_maps_sample);

    assert_int_equal(cat6k(arena_printf(mem, "trace %s", path)), 0);
    const char *voice = end_of("voice: lost at engine: more than a policer lets pass, ");
    assert_says(voice, "policy map EDGE in: class voice by 101, line 10");
    assert_says(voice, "policer shared: exceeds: drop");
    assert_says(voice, "DSCP 0 becomes 40");
    assert_null(strstr(voice, "OUT"));
    const char *data = end_of("data: delivered, ");
    assert_says(data, "policy map EDGE in: class data by ip precedence 1");
    assert_says(data, "policy map OUT out: class video by ip dscp 10");
    assert_says(data, "policer shared: conforms: transmit");
    const char *rest = end_of("rest: delivered, ");
    assert_says(rest, "EDGE in: class class-default by all that is left");
    assert_says(rest, "DSCP 0 becomes 56");
    assert_null(strstr(end_of("lost: delivered, "), "policy map"));
    unlink(path);
}

/* Each line names as many packets as `run` counts. */
static void ends_are_those_of_the_run(void **state)
{
    (void)state;
    char *path = write_file(text);

    assert_int_equal(cat6k(arena_printf(mem, "trace %s", path)), 0);
    unsigned n_traced;
    assert_int_equal(sscanf(strstr(out, "tftp: lost at engine"),
                            "tftp: lost at engine: denied by an access list, %u packets",
                            &n_traced),
                     1);
    assert_int_equal(cat6k(arena_printf(mem, "run %s", path)), 0);
    unsigned n_run;
    assert_int_equal(
        sscanf(strstr(out, "tftp     engine"), "tftp engine denied by an access list %u", &n_run),
        1);
    assert_int_equal(n_traced, n_run);
    unlink(path);
}

static void wrong_files_are_refused(void **state)
{
    (void)state;
    assert_int_equal(cat6k("trace nowhere.yaml"), 2);
    assert_int_equal(cat6k("trace"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_question_is_answered),
        cmocka_unit_test(software_forwards_what_is_logged),
        cmocka_unit_test(queues_have_names),
        cmocka_unit_test(where_nothing_ends_nothing_is_followed),
        cmocka_unit_test(lists_that_do_not_fit),
        cmocka_unit_test(classes_and_their_policers),
        cmocka_unit_test(ends_are_those_of_the_run),
        cmocka_unit_test(wrong_files_are_refused),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}
