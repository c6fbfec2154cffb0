/* cat6k acl: what lists take, in words; and what a run says of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "sim/arena.h"
#include "tests/acl_samples.h"
#include "tests/program.h"
#include "tests/scenario_files.h"

static const char text[] = "cat6k: 1\n"
                           "chassis: WS-C6509-E\n"
                           "supervisor: {slot: 5, model: WS-SUP720-3B}\n"
                           "slots:\n"
                           "  - {slot: 1, model: WS-X6704-10GE, forwarding: CFC}\n"
                           "acls:\n"
                           "  - name: \"110\"\n"
                           "    text: |\n"
                           "      access-list 110 permit tcp any any range 721 1035\n"
                           "      access-list 110 permit tcp any any eq 80\n"
                           "      access-list 110 permit udp any any time-range night\n"
                           "interfaces:\n"
                           "  - {ports: 1/1-2, access_group_in: \"110\"}\n"
                           "traffic:\n"
                           "  - {from: 1/1, rate: 10Mbps, protocol: tcp, ports: 80, to: 10.1.3.2}\n"
                           "  - {from: 1/2, rate: 10Mbps, to: 10.1.3.2}\n"
                           "run: {warmup: 0s, duration: 1ms}\n";

static void every_line_is_explained(void **state)
{
    (void)state;
    char *path = write_file(text);

    assert_int_equal(cat6k(arena_printf(mem, "acl %s", path)), 0);
    assert_says(out, "what enters by 1/1, 1/2: 3 entries, 3 masks");
    assert_says(out,
                "110, line 9: this ACE became 2 entries; trailing fragments, which have no ports");
    assert_says(out, "engine 5 PFC3B        3  3 of 4 096  1 of 4 096  0 of 4 096     1");
    unlink(path);
}

static void a_run_tells_hits_and_what_is_left_out(void **state)
{
    (void)state;
    char *path = write_file(text);

    assert_int_equal(cat6k(arena_printf(mem, "run %s", path)), 0);
    assert_says(said, ":11:42: 'time-range' is not modelled: the line is left out");
    assert_says(out, "110          line 10");
    assert_says(out, "110          end of list");
    assert_says(out, "denied by an access list");
    unlink(path);
}

static void what_does_not_fit_is_logged(void **state)
{
    (void)state;
    char *path = write_file(text);

    assert_int_equal(cat6k(arena_printf(mem, "acl %s -s 'figures=[\"PFC3B.acl_masks=2\"]'", path)),
                     0);
    assert_says(out, "what enters by 1/1, 1/2: 3 entries, 3 masks; does not fit");
    assert_says(out, "%FM-4-TCAM_ENTRY: Hardware TCAM entry capacity exceeded");
    assert_int_equal(cat6k("acl nowhere.yaml"), 2);
    unlink(path);
}

/* A copy for each interface, and what each line of a class takes of it. */
static void classes_are_explained(void **state)
{
    (void)state;
    char *path = write_file(policy_maps_sample);

    assert_int_equal(cat6k(arena_printf(mem, "acl %s", path)), 0);
    assert_says(out, "policy map EDGE, what enters by 1/1, 1/2: a copy for each interface");
    assert_says(out, "does not fit, so that it does nothing: 1/3");
    assert_says(out, "%QM-4-TCAM_MASK: Hardware TCAM Mask capacity exceeded");
    assert_says(out, "    class voice\n      101, line 9: this ACE became 1 entry; 4 with what it "
                     "denies joined to the classes behind it\n");
    assert_says(out, "      ip dscp 46: this ACE became 1 entry\n    class data\n");
    assert_says(out, "policy map OUT, what leaves by 1/4: a copy for each interface");
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_explained),
        cmocka_unit_test(a_run_tells_hits_and_what_is_left_out),
        cmocka_unit_test(what_does_not_fit_is_logged),
        cmocka_unit_test(classes_are_explained),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}
