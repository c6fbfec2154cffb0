/* Scenarios for `cat6k memory`: what is refused, what published figures say of whole tables, and the
 * intervals that ranges make. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/memory_scenario.h"
#include "tests/scenario_files.h"
#include "tests/shared_data.h"
#include "tests/wire.h"

static void load_memory(struct memory_scenario *s, const char *name, const char *const *set,
                        size_t n)
{
    struct error err = {0};
    if (!memory_load(arena_printf(mem, "scenarios/memory/%s.yaml", name), set, n, mem, s, &err)) {
        fail_msg("%s", err.text);
    }
}

static uint64_t used(const struct ios_outcome *o)
{
    return o->end.used - o->start.used;
}

static void run_global(const struct memory_scenario *s, uint32_t end, struct ios_outcome *outcome)
{
    memory_run(s, INTO_GLOBAL, end, UINT64_MAX, outcome);
}

/* --- Published figures ---------------------------------------------------------------------- */

/* 644 bytes a prefix (MB of 10^6) to 676 (of 2^20), 15 % either way. source: [TAC-12512] (derived:
 * 71 and 28 MB of 98,410 and 31,667 routes) */
static void test_slope(void **state)
{
    (void)state;
    const char *const cut[] = {"table.first=31667"};
    struct memory_scenario whole, part;
    struct ios_outcome of_whole, of_part;
    load_memory(&whole, "internet-2002", NULL, 0);
    load_memory(&part, "internet-2002", cut, 1);
    run_global(&whole, NEED_USUAL, &of_whole);
    run_global(&part, NEED_USUAL, &of_part);
    assert_int_equal(of_whole.n_learned, 98410);
    assert_int_equal(of_part.n_learned, 31667);
    uint64_t slope = (used(&of_whole) - used(&of_part)) / (98410 - 31667);
    assert_in_range(slope, 644 * 85 / 100, 676 * 115 / 100);
}

/* Bytes of each allocator after 186,883 prefixes, in tenths of a byte a prefix. source: [IPSPACE]
 * (measured) */
static void test_allocators(void **state)
{
    (void)state;
    static const struct {
        enum ios_pool pool;
        uint32_t tenths;
    } measured[] = {{IOS_NDBS, 2030},       {IOS_NETWORKS, 1569},  {IOS_CEF_ENTRIES, 1369},
                    {IOS_RDBS, 817},        {IOS_PATHS, 723},      {IOS_SUBNETS, 637},
                    {IOS_MTRIE_NODES, 533}, {IOS_ATTRIBUTES, 281}, {IOS_AS_PATHS, 121}};
    struct memory_scenario s;
    struct ios_outcome o;
    load_memory(&s, "ipspace", NULL, 0);
    run_global(&s, NEED_USUAL, &o);
    for (size_t i = 0; i < sizeof measured / sizeof *measured; i++) {
        uint64_t tenths = 10 * o.pools[measured[i].pool].bytes / 186883;
        assert_in_range(tenths, measured[i].tenths * 97 / 100, measured[i].tenths * 103 / 100);
    }
    assert_in_range(used(&o), UINT64_C(152479524) * 97 / 100, UINT64_C(152479524) * 103 / 100);
}

/* --- Intervals ------------------------------------------------------------------------------ */

/* Least, usual and most need are in this order, and every draw lies between the outer two. */
static void test_interval(void **state)
{
    (void)state;
    struct memory_scenario s;
    struct ios_outcome least, usual, most, drawn;
    load_memory(&s, "bgp-2621xm", NULL, 0);
    run_global(&s, NEED_LEAST, &least);
    run_global(&s, NEED_USUAL, &usual);
    run_global(&s, NEED_MOST, &most);
    assert_true(most.n_learned < usual.n_learned && usual.n_learned < least.n_learned);
    for (uint32_t i = 0; i < 20; i++) {
        run_global(&s, NEED_DRAWN + i, &drawn);
        assert_in_range(drawn.n_learned, most.n_learned, least.n_learned);
    }
}

/* A figure that the scenario sets has no range any more. */
static void test_own_figure(void **state)
{
    (void)state;
    const char *const set[] = {"figures[]=2621XM-96MB.boot = 9MiB"};
    struct memory_scenario s;
    load_memory(&s, "bgp-2621xm", set, 1);
    for (uint32_t end = 0; end < NEED_DRAWN + 2; end++) {
        assert_int_equal(memory_router(&s, end).boot_bytes, 9 << 20);
    }
    load_memory(&s, "bgp-2621xm", NULL, 0);
    assert_int_equal(memory_router(&s, NEED_LEAST).boot_bytes, 8 << 20);
    assert_int_equal(memory_router(&s, NEED_MOST).boot_bytes, 12 << 20);
    uint64_t drawn = memory_router(&s, NEED_DRAWN).boot_bytes;
    assert_in_range(drawn, 8 << 20, 12 << 20);
    assert_true(drawn != memory_router(&s, NEED_DRAWN + 1).boot_bytes);
}

/* --- Tables of one's own -------------------------------------------------------------------- */

static void test_route_file(void **state)
{
    (void)state;
    char *path = write_file("10.0.0.0/8 192.0.2.1\n10.1.0.0/16 192.0.2.1\n10.1.2.0/24 192.0.2.1\n"
                            "203.0.113.0/25 192.0.2.1\n2001:db8::/32 2001:db8::1\n");
    const char *const set[] = {arena_printf(mem, "table.file=%s", path)};
    struct memory_scenario s;
    struct ios_outcome o;
    load_memory(&s, "msfc", set, 1);
    run_global(&s, NEED_USUAL, &o);
    assert_int_equal(s.n_left_out, 1);
    assert_int_equal(o.n_learned, 4);
    assert_int_equal(o.pools[IOS_NETWORKS].n_elements, 4);
    assert_int_equal(o.pools[IOS_NDBS].n_elements, 4 + 2);
    assert_int_equal(o.pools[IOS_SUBNETS].n_elements, 2);
    /* the root; 10; 10.1; 203; 203.0; 203.0.113 */
    assert_int_equal(o.pools[IOS_MTRIE_NODES].n_elements, 6);
    unlink(path);
}

/* A record of TABLE_DUMP (RFC 6396 §4.2) of a peer of one AS: a prefix with a path of two. */
static void add_record(struct wire *w, const char *prefix, uint32_t peer, uint32_t origin)
{
    struct ip_address hop = wire_host("192.0.2.1"), from = hop;
    struct ip_prefix net = wire_net(prefix);
    const uint32_t path[] = {peer, origin};
    size_t record = wire_open_mrt(w, 1000, 12, 1);
    wire_32(w, 0); /* view, number */
    wire_address(w, (struct ip_address){net.hi, net.lo, net.family});
    wire_8(w, net.length);
    wire_8(w, 1);
    wire_32(w, 900);
    from.hi += (uint64_t)peer << 32;
    wire_address(w, from);
    wire_16(w, peer);
    size_t attributes = wire_open_16(w);
    wire_usual(w, false, path, 2, &hop);
    wire_close_16(w, attributes);
    wire_close_mrt(w, record);
}

/* Three prefixes, four paths, three distinct sets and AS paths; in any order. */
static void test_mrt(void **state)
{
    (void)state;
    struct wire w = {0};
    add_record(&w, "10.1.0.0/16", 65001, 65010);
    add_record(&w, "10.2.0.0/16", 65001, 65010);
    add_record(&w, "203.0.113.0/25", 65001, 65011);
    add_record(&w, "10.1.0.0/16", 65002, 65010);
    char *path = write_file("");
    FILE *f = fopen(path, "wb");
    assert_int_equal(fwrite(w.at, 1, w.n, f), w.n);
    assert_int_equal(fclose(f), 0);
    wire_free(&w);
    const char *const set[] = {"table.like=", arena_printf(mem, "table.mrt=%s", path)};
    struct memory_scenario s;
    struct ios_outcome o;
    load_memory(&s, "msfc", set, 2);
    for (uint32_t end = 0; end < MEMORY_N_ENDS; end++) {
        run_global(&s, end, &o);
        const uint64_t want[IOS_N_POOLS] = {
            [IOS_NETWORKS] = 3,    [IOS_PATHS] = 4,
            [IOS_ATTRIBUTES] = 3,  [IOS_AS_PATHS] = 3,
            [IOS_NDBS] = 5, /* with the networks 10 and 203.0.113 */
            [IOS_RDBS] = 5,        [IOS_SUBNETS] = end == NEED_MOST ? 4 : 2,
            [IOS_CEF_ENTRIES] = 3, [IOS_MTRIE_NODES] = 5, /* the root; 10; 203; 203.0; 203.0.113 */
        };
        for (uint32_t pool = 0; pool < IOS_N_POOLS; pool++) {
            assert_int_equal(o.pools[pool].n_elements, want[pool]);
        }
    }
    memory_run(&s, INTO_VRF, NEED_USUAL, UINT64_MAX, &o);
    assert_int_equal(o.pools[IOS_ATTRIBUTES].n_elements, 6);
    assert_int_equal(o.pools[IOS_LABELS].n_elements, 3);
    unlink(path);
}

/* Nodes and networks of the real table are those that its row of the catalogue says. */
static void test_real_table(void **state)
{
    (void)state;
    size_t n;
    struct ip_prefix *prefixes = shared_prefixes(SHARED_IPV4, &n);
    if (prefixes == NULL) {
        return;
    }
    free(prefixes);
    const char *folder = getenv("CAT6K_SHARED_DATA");
    char *root = realpath(folder != NULL ? folder : "../shared/data", NULL);
    const char *const set[] = {arena_printf(mem, "table.file=%s/%s", root, SHARED_IPV4)};
    struct memory_scenario s;
    struct ios_outcome o;
    load_memory(&s, "msfc", set, 1);
    run_global(&s, NEED_USUAL, &o);
    struct ios_counts row = memory_counts(&s, NEED_USUAL);
    assert_int_equal(o.n_learned, row.n_networks);
    assert_int_equal(o.pools[IOS_MTRIE_NODES].n_elements, row.n_mtrie_nodes);
    assert_int_equal(o.pools[IOS_SUBNETS].n_elements, row.n_subnetted);
    free(root);
}

/* --- Refused -------------------------------------------------------------------------------- */

static const struct {
    const char *set, *words;
} refused[] = {
    {"router=2621XN-96MB", "router: unknown router '2621XN-96MB'; did you mean 2621XM-96MB?"},
    {"ios=15.1T", "ios: unknown release of IOS '15.1T'"},
    {"table.like=internet-2003", "did you mean internet-2002?"},
    {"table.like=", "table: expected the key like, or mrt"},
    {"table.mrt=no-such-file", "table.mrt: an MRT file says all"},
    {"table.first=0", "table.first: 0 is out of range"},
    {"table.first=ten", "table.first: 'ten' is not a number"},
    {"table.file=no-such-file", "no-such-file"},
    {"into=vrf, vrf", "into: 'vrf'; expected global, vrf, or both"},
    {"into=vpn", "into: 'vpn'; expected global, vrf, or both"},
    {"cat6k=2", "cat6k: version '2'; this program reads version 1"},
    {"observed.source=hearsay", "observed.source: "},
    {"observed.global=-1", "observed.global: '-1' is not a number"},
    {"routers=2621XM", "routers: unknown key"},
    {"figures[]=2621XM-96MB.boot = 10", "boot"},
    {"figures[]=2621XM-96MB.bot = 10MiB", "unknown figure 'bot'; did you mean boot"},
    {"figures[]=ris-2013.networks = 10", "table.like: ris-2013.paths is more than 1000 for each"},
    {"expect[0].measure={global.observd", "expect[0].measure"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct memory_scenario s;
        struct error err = {0};
        if (memory_load("scenarios/memory/bgp-2621xm.yaml", &refused[i].set, 1, mem, &s, &err)) {
            fail_msg("%s is not refused", refused[i].set);
        }
        if (strstr(err.text, refused[i].words) == NULL) {
            fail_msg("%s: %s", refused[i].set, err.text);
        }
        error_free(&err);
    }
}

/* What is hardly a scenario is refused in words, too. */
static void test_hardly_any(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "foo",
        "[]",
        "{}",
        "cat6k: 1",
        "table: []",
        "table: {like: }",
        "expect: [{}]",
        "router: {}",
        "observed: {}",
        "figures: [x]",
        "into: [global]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *path = write_file(texts[i]);
        struct memory_scenario s;
        struct error err = {0};
        assert_false(memory_load(path, NULL, 0, mem, &s, &err));
        assert_true(err.n_messages > 0);
        error_free(&err);
        unlink(path);
    }
}

/* IPv6 has other sizes; a table of nothing else has none that we know. */
static void test_ipv6_only(void **state)
{
    (void)state;
    char *path = write_file("2001:db8::/32 2001:db8::1\n");
    const char *const set[] = {arena_printf(mem, "table.file=%s", path)};
    struct memory_scenario s;
    struct error err = {0};
    assert_false(memory_load("scenarios/memory/msfc.yaml", set, 1, mem, &s, &err));
    assert_non_null(strstr(err.text, "the file has no IPv4 route"));
    error_free(&err);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slope),      cmocka_unit_test(test_allocators),
        cmocka_unit_test(test_interval),   cmocka_unit_test(test_own_figure),
        cmocka_unit_test(test_route_file), cmocka_unit_test(test_mrt),
        cmocka_unit_test(test_real_table), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_hardly_any), cmocka_unit_test(test_ipv6_only),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
