/* test_bgp_vpn.c - labelled VPN-IPv4 prefixes: how they are read, and refused, which VRF they are for,
 * and that the same prefix with two route distinguishers is two routes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "models/bgp_feed.h"
#include "models/bgp_message.h"
#include "models/control.h"
#include "tests/scenario_files.h"
#include "tests/wire.h"

static struct bgp_scratch scratch;

#define RED_RD (65000ull << 32 | 1)
#define BLUE_RD (1ull << 48 | 0xc0000201ull << 16 | 7)
#define TARGET(n) (0x0002fde800000000 | (n)) /* 65000:n */

static const struct vrf_config vrfs[] = {{.name = "RED", .rd = RED_RD},
                                         {.name = "BLUE", .rd = BLUE_RD}};

#define B(text) text, sizeof(text) - 1
#define LABEL "\0\1\1" /* 16, bottom of the stack */
#define RED "\0\0\xfd\xe8\0\0\0\1"
#define BLUE "\0\1\xc0\0\2\1\0\7"
#define NOBODY "\0\0\xfd\xe8\0\0\0\2"
#define NET "\xc6\x33\x64" /* 198.51.100.0/24: 112 bits with what stands before */
#define HOP "\14\0\0\0\0\0\0\0\0\12\3\1\2\0"

/* MP_REACH_NLRI behind AFI and SAFI. */
static const struct {
    const char *what, *value;
    size_t n;
    enum bgp_verdict verdict;
    const char *seen; /* VRF and length of each prefix */
} cases[] = {
    {"one prefix", B(HOP "\160" LABEL RED NET), BGP_GOOD, "1/24 "},
    {"two route distinguishers", B(HOP "\160" LABEL RED NET "\160" LABEL BLUE NET), BGP_GOOD,
     "1/24 2/24 "},
    {"imported by nobody", B(HOP "\160" LABEL NOBODY NET "\160" LABEL RED NET), BGP_GOOD, "1/24 "},
    {"the default route", B(HOP "\130" LABEL RED), BGP_GOOD, "1/0 "},
    {"a host", B(HOP "\170" LABEL RED NET "\7"), BGP_GOOD, "1/32 "},
    {"none at all", B(HOP), BGP_GOOD, ""},
    {"33 bits", B(HOP "\171" LABEL RED NET "\7\1"), BGP_RESET, NULL},
    {"no room for a distinguisher", B(HOP "\127" LABEL RED), BGP_RESET, NULL},
    {"a label only", B(HOP "\30" LABEL), BGP_RESET, NULL},
    {"cut short", B(HOP "\160" LABEL RED "\xc6\x33"), BGP_RESET, NULL},
    {"a next hop without distinguisher", B("\4\12\3\1\2\0\160" LABEL RED NET), BGP_RESET, NULL},
    {"a next hop of 0", B("\14\0\0\0\0\0\0\0\0\0\0\0\0\0\160" LABEL RED NET), BGP_WITHDRAW,
     "1/24 "},
};

static char seen[200];

static void see(void *context, const struct ip_prefix *prefix, uint32_t path_id,
                const struct ip_address *next_hop)
{
    (void)path_id;
    size_t n = strlen(seen);
    snprintf(seen + n, sizeof seen - n, "%u/%u ", (unsigned)prefix->lo, prefix->length);
    assert_int_equal(prefix->hi, prefix->length == 0    ? 0
                                 : prefix->length == 32 ? 0xc6336407ull << 32
                                                        : 0xc6336400ull << 32);
    *(bool *)context = next_hop == NULL;
    if (next_hop != NULL) {
        assert_true(next_hop->hi == 0x0a030102ull << 32 && next_hop->lo == 0);
    }
}

static enum bgp_verdict read_reach(const char *value, size_t n, uint32_t n_vrfs, bool *withdrawn)
{
    static const uint32_t path[] = {7};
    struct bgp_source source = {.as4 = true, .n_vrfs = n_vrfs, .vrfs = vrfs};
    struct bgp_update update;
    struct wire none = {0}, attributes = {0}, message = {0}, mp = {0};
    wire_bytes(&mp, "\0\1\200", 3);
    wire_bytes(&mp, value, n);
    wire_usual(&attributes, true, path, 1, NULL);
    wire_attribute(&attributes, 0x80, BGP_MP_REACH, mp.at, mp.n);
    wire_update(&message, &none, &attributes, &none);
    bgp_update_read(message.at, message.n, &source, &scratch, &update);
    seen[0] = '\0';
    if (update.verdict != BGP_RESET) {
        bgp_update_each(&update, &source, see, withdrawn);
    }
    wire_free(&mp);
    wire_free(&attributes);
    wire_free(&message);
    return update.verdict;
}

static void test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool withdrawn = false;
        enum bgp_verdict verdict = read_reach(cases[i].value, cases[i].n, 2, &withdrawn);
        if (verdict != cases[i].verdict ||
            (cases[i].seen != NULL && strcmp(seen, cases[i].seen) != 0)) {
            fail_msg("%s: verdict %d, prefixes %s", cases[i].what, verdict, seen);
        }
        assert_int_equal(withdrawn, verdict == BGP_WITHDRAW);
    }
}

/* A router without VRFs has not asked for them: they are nobody's, well-formed or not. */
static void test_no_vrfs(void **state)
{
    (void)state;
    bool withdrawn;
    assert_int_equal(read_reach(cases[0].value, cases[0].n, 0, &withdrawn), BGP_GOOD);
    assert_string_equal(seen, "");
}

static void test_capability(void **state)
{
    (void)state;
    uint8_t bytes[BGP_OPEN_BYTES];
    struct bgp_error error;
    struct bgp_open open = {
        .as = 70000, .id = 1, .hold_s = 90, .as4 = true, .refresh = true, .ipv4 = true};
    open.ipv6 = open.vpn = true;
    size_t n = bgp_open_write(&open, bytes);
    assert_true(n <= sizeof bytes);
    struct bgp_open read;
    assert_true(bgp_open_read(bytes, n, &read, &error));
    assert_true(read.vpn && read.ipv4 && read.ipv6 && read.refresh && read.as == 70000);
    open.ipv4 = open.ipv6 = false; /* VPN alone is not IPv4, too */
    n = bgp_open_write(&open, bytes);
    assert_true(bgp_open_read(bytes, n, &read, &error));
    assert_true(read.vpn && !read.ipv4 && !read.ipv6);
}

/* ---- route targets ---- */

static const uint64_t green[] = {TARGET(7), TARGET(8)}, white[] = {0x0202000111700009};
static const struct vrf_config importing[] = {
    {.name = "RED", .rd = RED_RD},
    {.name = "GREEN", .rd = 1, .n_imports = 2, .imports = green},
    {.name = "WHITE", .rd = 2, .n_imports = 1, .imports = white}};

static void note(void *context, const struct ip_prefix *prefix, uint32_t path_id,
                 const struct ip_address *next_hop)
{
    size_t n = strlen(seen);
    (void)context;
    snprintf(seen + n, sizeof seen - n, "%s%u.%u ", next_hop != NULL ? "+" : "-",
             (unsigned)prefix->lo, path_id);
}

/* An UPDATE with one prefix of this route distinguisher and these extended communities; NULL: a
 * withdrawal. What becomes of it: + or -, VRF, path id. */
static const char *import(struct bgp_source *source, const char *rd, const char *targets, size_t n)
{
    static const uint32_t path[] = {7};
    struct bgp_update update;
    struct wire none = {0}, attributes = {0}, message = {0}, mp = {0};
    wire_bytes(&mp, "\0\1\200", 3);
    wire_bytes(&mp, HOP "\160" LABEL, targets == NULL ? 0 : sizeof HOP LABEL);
    wire_bytes(&mp, "\160" LABEL, targets == NULL ? sizeof LABEL : 0);
    wire_bytes(&mp, rd, 8);
    wire_bytes(&mp, NET, 3);
    if (targets != NULL) {
        wire_usual(&attributes, true, path, 1, NULL);
        wire_attribute(&attributes, 0xc0, BGP_EXTENDED_COMMUNITIES, targets, n);
    }
    wire_attribute(&attributes, 0x80, targets != NULL ? BGP_MP_REACH : BGP_MP_UNREACH, mp.at, mp.n);
    wire_update(&message, &none, &attributes, &none);
    bgp_update_read(message.at, message.n, source, &scratch, &update);
    assert_int_equal(update.verdict, BGP_GOOD);
    seen[0] = '\0';
    bgp_update_each(&update, source, note, NULL);
    wire_free(&mp);
    wire_free(&attributes);
    wire_free(&message);
    return seen;
}

static void test_targets(void **state)
{
    (void)state;
    struct bgp_source s = {.as4 = true, .n_vrfs = 3, .vrfs = importing};
    s.vpn_paths = bgp_vpn_paths(importing, 3, mem);
    assert_null(bgp_vpn_paths(vrfs, 2, mem));
    assert_string_equal(import(&s, NOBODY, B("\0\2\xfd\xe8\0\0\0\6")), ""); /* 65000:6 */
    assert_string_equal(import(&s, NOBODY, NULL, 0), "");
    assert_string_equal(import(&s, NOBODY, B("\0\2\xfd\xe8\0\0\0\7")), "+2.1 ");
    /* Another route distinguisher: another path. The route distinguisher imports into RED only. */
    assert_string_equal(import(&s, RED, B("\0\2\xfd\xe8\0\0\0\6\0\2\xfd\xe8\0\0\0\x8")),
                        "+1.0 +2.2 ");
    /* The target of an AS of 4 bytes; another subtype (route origin) is none. */
    assert_string_equal(import(&s, NOBODY, B("\2\2\0\1\x11\x70\0\x9\0\3\xfd\xe8\0\0\0\7")),
                        "-2.1 +3.1 ");
    assert_string_equal(import(&s, NOBODY, NULL, 0), "-2.1 -3.1 ");
    assert_string_equal(import(&s, RED, NULL, 0), "-1.0 -2.2 -3.2 ");
}

static uint32_t port_of(const struct control *c, uint64_t vrf)
{
    struct ip_address to = {0xc6336407ull << 32, vrf, IPV4};
    const struct adjacency *a = &c->fib->adjacencies[fib_lookup_in(c->fib, 0, to)];
    return a->kind == ADJACENCY_FORWARD ? a->port : UINT32_MAX;
}

/* Next hops of VPN routes are resolved in the global table. */
static void test_tables(void **state)
{
    (void)state;
    struct scenario s;
    struct control c;
    struct bgp_peer peer = {.address = wire_host("10.3.1.2"), .as = 65000, .internal = true};
    struct bgp_attributes a = {.present =
                                   1u << BGP_ORIGIN | 1u << BGP_AS_PATH | 1u << BGP_NEXT_HOP};
    struct bgp_feed feed = {.store = bgp_store_open(mem), .n_peers = 1, .peers = &peer};
    struct bgp_feed_path paths[2] = {{0xc6336400ull << 32, 1, IPV4, 24, 0, 0, 0},
                                     {0xc6336400ull << 32, 2, IPV4, 24, 0, 0, 0}};
    paths[0].set = bgp_store_take(feed.store, &a, wire_host("10.3.1.2"));
    paths[1].set = bgp_store_take(feed.store, &a, wire_host("10.4.1.2"));
    feed.options = (struct bgp_options){.local_as = 65000, .max_paths = 1};
    feed.n_paths = 2;
    feed.paths = paths;
    load(&s, base, "routes.synthetic=",
         "vrfs=[{name: RED, rd: 65000:1, ports: 1/1}, {name: BLUE, rd: 65000:2}]", NULL);
    s.config.bgp = &feed;
    control_open(&c, &s.config, mem);
    control_start(&c, NULL);
    assert_int_equal(port_of(&c, 1), 8);  /* 3/1 */
    assert_int_equal(port_of(&c, 2), 12); /* 4/1 */
    assert_int_equal(bgp_n_prefixes(c.bgp.bgp, IPV4), 2);
    assert_int_equal(fib_find(c.fib, wire_net("198.51.100.0/24")), LPM_NONE);
    control_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefixes), cmocka_unit_test(test_no_vrfs),
        cmocka_unit_test(test_capability), cmocka_unit_test(test_targets),
        cmocka_unit_test(test_tables)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
