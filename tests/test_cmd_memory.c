/* cat6k memory: what it says of a file, of the same with --set, and of a router that does not boot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/arena.h"
#include "tests/program.h"
#include "tests/scenario_files.h"

/* More than fits; what it expects is not so. */
static const char text[] = "cat6k: 1\n"
                           "router: 2621XM-96MB\n"
                           "ios: 12.4\n"
                           "table: {like: ris-2013}\n"
                           "observed: {global: 45000, source: \"[FIRSTDIGEST] (measured)\"}\n"
                           "expect:\n"
                           "  - {point: p, what: w, measure: \"{global.prefixes}\", value: 1, "
                           "origin: derived, source: \"[S1] (derived: no)\"}\n";

static void expectations_are_of_the_file_as_it_is(void **state)
{
    (void)state;
    char *path = write_file(text);

    assert_int_equal(cat6k(arena_printf(mem, "memory %s", path)), 1);
    assert_says(out, "1 expectation: 0 met, 1 not met.");
    assert_int_equal(cat6k(arena_printf(mem, "memory %s --set into=vrf", path)), 0);
    assert_null(strstr(out, "expectations"));
    assert_says(out, "In a VRF");
    unlink(path);
}

/* The pool whose block could not be had, its size and the cause; how sure that is. */
static void a_failure_is_explained(void **state)
{
    (void)state;
    char *path = write_file(text);

    assert_int_equal(cat6k(arena_printf(mem, "memory %s --set 'table.first=80000'", path)), 0);
    assert_says(out, "%SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed\n"
                     "  Pool: Processor  Free: ");
    assert_says(out, "Cause: Not enough free memory  (for: BGP path)");
    assert_says(out, "%BGP-3-NOTIFICATION: sent to neighbor 3/1 (update malformed) 0 bytes");
    assert_says(out, "of 100 draws  by fragmentation");
    unlink(path);
}

static void a_router_may_not_come_up(void **state)
{
    (void)state;
    char *path = write_file(text);

    assert_int_equal(
        cat6k(arena_printf(mem, "memory %s --set 'figures[]=2621XM-96MB.boot=80MiB'", path)), 0);
    assert_says(out, "The router does not come up");
    assert_says(out, "which is infeasible: it never comes up.");
    assert_null(strstr(out, "fails first"));
    assert_int_equal(cat6k(arena_printf(mem, "memory %s --set router=2621XM-1MB", path)), 2);
    assert_says(said, "unknown router '2621XM-1MB'");
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expectations_are_of_the_file_as_it_is),
        cmocka_unit_test(a_failure_is_explained),
        cmocka_unit_test(a_router_may_not_come_up),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
