/* test_sharing.c - shares of paths and links against the published table, within five standard
 * deviations; which next hops make up a block; flows that leave where they are asked to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "models/control.h"
#include "models/flows.h"
#include "models/sharing.h"
#include "scenarios/address.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/rng.h"

#define N_FLOWS 40000u
#define N_PORTS 12u

static struct flow_key random_flow(const struct rng *rng, uint32_t number)
{
    struct rng_draw a = rng_at(rng, 2 * number), b = rng_at(rng, 2 * number + 1);

    return (struct flow_key){.from = {a.a & ip_mask_hi(32), 0, IPV4},
                             .to = {a.b & ip_mask_hi(32), 0, IPV4},
                             .from_port = (uint16_t)b.a,
                             .to_port = (uint16_t)b.b};
}

/* n of all, where `part` of `whole` are expected: |n - mean| <= 5 sqrt(mean (1 - share)). */
static void check_share(uint64_t n, uint64_t all, uint64_t part, uint64_t whole)
{
    int64_t off = (int64_t)(n * whole) - (int64_t)(all * part);

    if ((uint64_t)(off * off) > 25 * all * part * (whole - part)) {
        fail_msg("%ju of %ju flows; expected %ju of %ju", (uintmax_t)n, (uintmax_t)all,
                 (uintmax_t)part, (uintmax_t)whole);
    }
}

/* ---- a control plane --------------------------------------------------------------------- */

/* Port p is 10.0.p.1/24; a port channel is 10.100.0.1/24. */
struct rig {
    struct arena *mem;
    struct supervisor_type supervisor;
    struct port_config ports[N_PORTS + 1];
    struct port_channel channel;
    struct static_route routes[8];
    struct stream_config stream;
    struct chassis_config config;
    struct control control;
};

static struct ip_prefix prefix(const char *text)
{
    struct ip_prefix p;
    bool host_bits;

    assert_true(prefix_parse(text, strlen(text), &p, &host_bits) && !host_bits);
    return p;
}

static struct rig *rig_open(void)
{
    struct arena *mem = arena_open();
    struct rig *r = arena_take(mem, sizeof *r);

    r->mem = mem;
    for (uint64_t p = 0; p <= N_PORTS; p++) {
        uint64_t subnet = p == N_PORTS ? 0x0a640001 : 0x0a000001 | p << 8;
        r->ports[p] = (struct port_config){
            .slot = p < N_PORTS,
            .number = p < N_PORTS ? (uint32_t)p + 1 : 1,
            .address = {{subnet << 32, 0, IPV4}, {0x20010db800000000 | p, 1, IPV6}},
            .length = {24, 64}};
    }
    r->supervisor.pfc =
        (struct engine_type){.tcam_slots = 1000, .ipv4_slots = 500, .ipv6_entries = 250};
    r->config = (struct chassis_config){.supervisor = &r->supervisor,
                                        .supervisor_slot = 5,
                                        .n_ports = N_PORTS,
                                        .ports = r->ports,
                                        .port_channels = &r->channel,
                                        .static_routes = r->routes,
                                        .streams = &r->stream,
                                        .seed = 1};
    return r;
}

/* The first n ports are one interface. */
static void bundle(struct rig *r, uint32_t n)
{
    r->config.n_port_channels = 1;
    r->channel.n_members = n;
    for (uint32_t p = 0; p < n; p++) {
        r->channel.members[p] = p;
        r->ports[p].port_channel = N_PORTS;
    }
}

/* via: as in a scenario. */
static struct static_route *add_route(struct rig *r, const char *to, const char *via)
{
    struct static_route *route = &r->routes[r->config.n_static_routes++];
    struct ip_address *hops = arena_take_array(r->mem, CONFIG_MAX_PATHS, sizeof *hops);
    uint32_t n = 0;

    for (const char *next = via; next != NULL; n++) {
        size_t length = strcspn(next, ",");
        assert_true(address_parse(next, length, &hops[n]));
        next = next[length] == ',' ? next + length + 2 : NULL;
    }
    *route = (struct static_route){.prefix = prefix(to),
                                   .via = VIA_NEXT_HOP,
                                   .next_hop = hops[0],
                                   .n_others = n - 1,
                                   .others = hops + 1};
    return route;
}

static void rig_start(struct rig *r)
{
    control_open(&r->control, &r->config, r->mem);
    control_start(&r->control, NULL);
}

static void rig_close(struct rig *r)
{
    control_close(&r->control);
    arena_close(r->mem);
}

static uint32_t resolved(const struct rig *r, const char *to)
{
    const struct fib *fib = r->control.fib;
    struct ip_prefix p = prefix(to);

    return fib->resolved[p.family][fib_find(fib, p)];
}

/* The ports of the buckets of a block: "1233"; "g" where next hops are gleaned, "p" before one that
 * is punted; of a port channel "c". */
static const char *block(const struct rig *r, const char *to)
{
    const struct fib *fib = r->control.fib;
    const struct adjacency *a = &fib->adjacencies[resolved(r, to)];
    uint32_t n = a->kind == ADJACENCY_PATHS ? a->n_buckets : 1;
    const char *text = "";

    for (uint32_t i = 0; i < n; i++) {
        const struct adjacency *path =
            a->kind == ADJACENCY_PATHS ? &fib->adjacencies[fib->buckets[a->bucket + i]] : a;
        text = path->kind == ADJACENCY_DROP     ? arena_printf(r->mem, "%sx", text)
               : path->kind == ADJACENCY_BUNDLE ? arena_printf(r->mem, "%sc", text)
               : path->kind == ADJACENCY_GLEAN  ? arena_printf(r->mem, "%sg", text)
               : path->kind == ADJACENCY_PUNT   ? arena_printf(r->mem, "%sp%u", text, path->port)
                                                : arena_printf(r->mem, "%s%u", text, path->port);
    }
    return text;
}

/* ---- shares ------------------------------------------------------------------------------ */

static const char *const hops_of[CONFIG_MAX_PATHS + 1] = {
    "",
    "10.0.0.2",
    "10.0.0.2, 10.0.1.2",
    "10.0.0.2, 10.0.1.2, 10.0.2.2",
    "10.0.0.2, 10.0.1.2, 10.0.2.2, 10.0.3.2",
    "10.0.0.2, 10.0.1.2, 10.0.2.2, 10.0.3.2, 10.0.4.2",
    "10.0.0.2, 10.0.1.2, 10.0.2.2, 10.0.3.2, 10.0.4.2, 10.0.5.2",
    "10.0.0.2, 10.0.1.2, 10.0.2.2, 10.0.3.2, 10.0.4.2, 10.0.5.2, 10.0.6.2",
    "10.0.0.2, 10.0.1.2, 10.0.2.2, 10.0.3.2, 10.0.4.2, 10.0.5.2, 10.0.6.2, 10.0.7.2"};

/* The table of facts on load sharing; source: [TAC-LB] (vendor) */
static const uint32_t shares_of[CONFIG_MAX_PATHS + 1][CONFIG_MAX_PATHS] = {
    {0},
    {1},
    {7, 8},
    {1, 1, 1},
    {1, 1, 1, 2},
    {1, 1, 1, 1, 1},
    {1, 2, 2, 2, 2, 2},
    {1, 1, 1, 1, 1, 1, 1},
    {1, 1, 1, 2, 2, 2, 2, 2}};

static void check_paths(uint32_t n, enum load_sharing how)
{
    struct rig *r = rig_open();
    struct rng rng = rng_open(n, "test", "paths");
    uint64_t n_by[N_PORTS] = {0}, whole = 0;
    uint32_t w[CONFIG_MAX_PATHS];

    r->config.load_sharing = how;
    add_route(r, "50.0.0.0/8", hops_of[n]);
    rig_start(r);
    for (uint32_t f = 0; f < N_FLOWS; f++) {
        struct flow_key flow = random_flow(&rng, f);
        uint32_t hash = sharing_hash(how, 77, &flow);
        n_by[fib_path(r->control.fib, resolved(r, "50.0.0.0/8"), &hash, 0)->port]++;
    }
    for (uint32_t p = 0; p < n; p++) {
        w[p] = how == SHARING_FULL_SIMPLE ? 1 : shares_of[n][p];
        whole += w[p];
    }
    for (uint32_t p = 0; p < n; p++) {
        check_share(n_by[p], N_FLOWS, w[p], whole);
    }
    rig_close(r);
}

static void paths_have_their_shares(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= CONFIG_MAX_PATHS; n++) {
        for (int how = SHARING_DEFAULT; how <= SHARING_FULL_SIMPLE; how++) {
            check_paths(n, (enum load_sharing)how);
        }
    }
}

/* Eight buckets dealt in turn: of 3 links 3-3-2, of 5 links 2-2-2-1-1. */
static void links_have_their_buckets(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= CONFIG_MAX_MEMBERS; n++) {
        struct rig *r = rig_open();
        struct rng rng = rng_open(n, "test", "links");
        uint64_t n_by[N_PORTS] = {0};
        bundle(r, n);
        add_route(r, "50.0.0.0/8", "10.100.0.2");
        rig_start(r);
        for (uint32_t f = 0; f < N_FLOWS; f++) {
            struct flow_key flow = random_flow(&rng, f);
            uint32_t hash = sharing_hash(SHARING_DEFAULT, 77, &flow);
            n_by[fib_path(r->control.fib, resolved(r, "50.0.0.0/8"), &hash, 0)->port]++;
        }
        for (uint32_t p = 0; p < n; p++) {
            check_share(n_by[p], N_FLOWS, 8 / n + (p < 8 % n), 8);
        }
        rig_close(r);
    }
}

/* What takes one path is spread over its links as everything is. */
static void links_do_not_depend_on_the_path(void **state)
{
    (void)state;
    const int modes[] = {SHARING_DEFAULT, SHARING_SIMPLE, SHARING_FULL};
    for (int m = 0; m < 3; m++) {
        struct rng rng = rng_open(1, "test", "both");
        uint64_t n_by[2][8] = {{0}}, n_first = 0;
        for (uint32_t f = 0; f < N_FLOWS; f++) {
            struct flow_key flow = random_flow(&rng, f);
            uint32_t hash = sharing_hash((enum load_sharing)modes[m], 77, &flow);
            bool first = sharing_path_bucket(hash, 15) < 7;
            n_first += first;
            n_by[first][sharing_link_bucket(hash)]++;
        }
        for (uint32_t link = 0; link < 8; link++) {
            check_share(n_by[1][link], n_first, 1, 8);
            check_share(n_by[0][link], N_FLOWS - n_first, 1, 8);
        }
    }
}

static uint32_t path_hash(enum load_sharing how, uint64_t id, const struct flow_key *flow)
{
    return sharing_hash(how, id, flow) >> SHARING_LINK_BITS;
}

/* Which of ID, transport ports and addresses change a path; only addresses change a link. */
static void what_is_hashed(void **state)
{
    (void)state;
    struct rng rng = rng_open(1, "test", "hashed");
    struct flow_key flow = random_flow(&rng, 0), other_ports = flow, other_way = flow;

    other_ports.to_port ^= 1;
    other_way.from = flow.to;
    other_way.to = flow.from;
    for (int how = SHARING_DEFAULT; how <= SHARING_FULL_SIMPLE; how++) {
        enum load_sharing h = (enum load_sharing)how;
        bool full = h == SHARING_FULL || h == SHARING_FULL_SIMPLE;
        assert_true((path_hash(h, 1, &flow) != path_hash(h, 2, &flow)) == (h == SHARING_DEFAULT));
        assert_true((path_hash(h, 1, &flow) != path_hash(h, 1, &other_ports)) == full);
        assert_true(path_hash(h, 1, &flow) != path_hash(h, 1, &other_way));
        assert_int_equal(sharing_link_bucket(sharing_hash(h, 1, &flow)),
                         sharing_link_bucket(sharing_hash(SHARING_DEFAULT, 2, &other_ports)));
    }
    assert_true(sharing_universal_id(1) != sharing_universal_id(2));
}

/* ---- blocks ------------------------------------------------------------------------------ */

static const struct {
    const char *routes[6][2]; /* the first is asked for */
    const char *block;
} blocks[] = {
    {{{"50.0.0.0/8", "10.0.3.2"}}, "3"},
    {{{"50.0.0.0/8", "10.0.3.2, 10.0.1.2"}}, "333333311111111"},
    /* nobody: leaves; two such: one path, no block; all: nothing */
    {{{"50.0.0.0/8", "10.0.3.2, 99.0.0.1, 10.0.1.2"}}, "333333311111111"},
    {{{"50.0.0.0/8", "98.0.0.1, 10.0.3.2, 99.0.0.1"}}, "3"},
    {{{"50.0.0.0/8", "98.0.0.1, 99.0.0.1"}}, "x"},
    /* the router itself is no neighbour; an address of a subnet that nobody has is gleaned */
    {{{"50.0.0.0/8", "10.0.3.1, 10.0.4.2"}}, "4"},
    {{{"50.0.0.0/8", "10.0.3.9, 10.0.4.2, 10.0.5.2"}}, "g45"},
    /* by another route, of one or of several next hops */
    {{{"50.0.0.0/8", "60.0.0.1"}, {"60.0.0.0/8", "10.0.1.2, 10.0.2.2, 10.0.3.2"}}, "123"},
    {{{"50.0.0.0/8", "60.0.0.1, 10.0.7.2"}, {"60.0.0.0/8", "10.0.1.2, 10.0.2.2"}}, "127"},
    {{{"50.0.0.0/8", "10.0.7.2, 60.0.0.1, 61.0.0.1"},
      {"60.0.0.0/8", "61.0.0.1, 10.0.2.2"},
      {"61.0.0.0/8", "10.0.3.2"}},
     "73233"},
    /* the first eight of ten; a path that comes twice is two paths */
    {{{"50.0.0.0/8", "60.0.0.1, 61.0.0.1"},
      {"60.0.0.0/8", "10.0.0.2, 10.0.1.2, 10.0.2.2, 10.0.3.2, 10.0.4.2"},
      {"61.0.0.0/8", "10.0.5.2, 10.0.6.2, 10.0.7.2, 10.0.8.2, 10.0.9.2"}},
     "0123344556677"},
    {{{"50.0.0.0/8", "60.0.0.1, 61.0.0.1, 10.0.2.2"},
      {"60.0.0.0/8", "10.0.1.2"},
      {"61.0.0.0/8", "10.0.1.2"}},
     "112"},
    /* those that go round in circles leave, one that does not stays */
    {{{"50.0.0.0/8", "60.0.0.1, 10.0.7.2"},
      {"60.0.0.0/8", "61.0.0.1, 10.0.4.2"},
      {"61.0.0.0/8", "60.0.0.1"}},
     "44447"},
};

static void next_hops_make_a_block(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        struct rig *r = rig_open();
        for (size_t k = 0; k < 6 && blocks[i].routes[k][0] != NULL; k++) {
            add_route(r, blocks[i].routes[k][0], blocks[i].routes[k][1]);
        }
        rig_start(r);
        assert_string_equal(block(r, "50.0.0.0/8"), blocks[i].block);
        rig_close(r);
    }
}

static void port_channels_are_paths(void **state)
{
    (void)state;
    struct rig *r = rig_open();

    bundle(r, 3);
    add_route(r, "50.0.0.0/8", "10.100.0.2, 10.0.5.2, 10.0.6.2");
    add_route(r, "51.0.0.0/8", "10.0.0.2, 10.0.5.2"); /* 10.0.0.2 is no neighbour any more */
    add_route(r, "52.0.0.0/8", "10.0.7.2, 10.0.8.2, 10.0.9.2")->punt = true;
    add_route(r, "53.0.0.0/8", "10.100.0.9");
    rig_start(r);
    assert_string_equal(block(r, "50.0.0.0/8"), "c56");
    assert_string_equal(block(r, "51.0.0.0/8"), "5");
    assert_string_equal(block(r, "52.0.0.0/8"), "p7p8p9");
    assert_string_equal(block(r, "53.0.0.0/8"), "g");
    rig_close(r);
}

/* 12 ports, then 2 bundled: what they and their subnets take, and 15 for two paths, once. */
static void adjacencies_are_counted(void **state)
{
    (void)state;
    uint64_t n[2];

    for (int two = 0; two < 2; two++) {
        struct rig *r = rig_open();
        bundle(r, 2);
        add_route(r, "50.0.0.0/8", two ? "10.0.5.2, 10.100.0.2" : "10.0.5.2");
        add_route(r, "51.0.0.0/8", two ? "10.0.5.2, 10.100.0.2" : "10.100.0.2");
        rig_start(r);
        assert_true(!two || resolved(r, "50.0.0.0/8") == resolved(r, "51.0.0.0/8"));
        n[two] = fib_adjacencies_used(r->control.fib, 0);
        rig_close(r);
    }
    /* 11 interfaces, each gleaned, and with a neighbour of each family; receive */
    assert_int_equal(n[0], 11 * 3 + 1);
    assert_int_equal(n[1], n[0] + 15);
}

/* ---- flows ------------------------------------------------------------------------------- */

/* Where a flow leaves by the tables it was given. */
static uint32_t exit_port(const struct rig *r, const struct flow_tables *flows, uint32_t f)
{
    uint32_t adjacency;
    const struct fib *fib = r->control.fib;

    fib_lookup4(fib, r->control.software_engine, &flows->dst4[f], &adjacency, 1);
    return fib_path(fib, adjacency, flows->hash, f)->port;
}

static void check_keys(const struct rig *r, const struct flow_tables *flows)
{
    uint64_t id = sharing_universal_id(r->config.seed);

    for (uint32_t f = 0; f < flows->n_flows; f++) {
        struct flow_key key = flows_key(flows, IPV4, f);
        assert_int_equal(flows->hash[f], sharing_hash(r->config.load_sharing, id, &key));
        assert_int_equal(key.to.hi >> 32, flows->dst4[f]);
        assert_true(key.from.hi >> 56 >= 1 && key.from.hi >> 56 <= 223 && key.from_port >= 1024);
    }
}

/* Asked to leave by port 7, by the port channel, or by any but the one they enter by. */
static void flows_leave_as_asked(void **state)
{
    (void)state;
    static const uint32_t from[] = {0, 5}, egress[] = {7, N_PORTS}; /* 0 is in the channel */

    for (int c = 0; c < 3; c++) {
        struct rig *r = rig_open();
        struct error err = {0};
        bundle(r, 3);
        add_route(r, "50.0.0.0/8", "10.0.5.2, 10.0.7.2, 10.100.0.2");
        add_route(r, "51.0.0.1/32", "10.0.7.2, 10.0.5.2");
        r->stream = (struct stream_config){.name = "s",
                                           .n_ports = 2,
                                           .ports = from,
                                           .n_flows = 600,
                                           .n_egress = c < 2,
                                           .egress = &egress[c % 2]};
        r->stream.n_ports = c == 1 ? 1 : 2;
        r->stream.ports = c == 1 ? from + 1 : from;
        r->config.n_streams = 1;
        rig_start(r);
        struct flow_tables *flows = flows_open(&r->config, r->control.fib, NULL, r->mem, &err);
        assert_non_null(flows);
        check_keys(r, flows);
        uint64_t n_by[N_PORTS + 1] = {0};
        for (uint32_t f = 0; f < flows->n_flows; f++) {
            uint32_t port = exit_port(r, flows, f);
            n_by[config_interface_of(&r->config, port)]++;
            assert_true(c != 2 || f % 2 != 0 || config_is_interface(&r->config, port));
            assert_true(c != 2 || f % 2 != 1 || port != 5);
        }
        assert_int_equal(n_by[7], c == 0 ? 600 : c == 1 ? 0 : n_by[7]);
        assert_int_equal(n_by[N_PORTS], c == 0 ? 0 : c == 1 ? 600 : n_by[N_PORTS]);
        assert_true(c != 2 || (n_by[5] > 50 && n_by[7] > 50 && n_by[N_PORTS] > 50));
        rig_close(r);
    }
}

/* The only way is out of the own port channel: by another of its links too. */
static void own_port_channel_is_refused(void **state)
{
    (void)state;
    static const uint32_t from[] = {1};
    struct rig *r = rig_open();
    struct error err = {0};

    bundle(r, 3);
    add_route(r, "50.0.0.0/8", "10.100.0.2");
    r->stream = (struct stream_config){.name = "s", .n_ports = 1, .ports = from, .n_flows = 1};
    r->config.n_streams = 1;
    rig_start(r);
    assert_null(flows_open(&r->config, r->control.fib, NULL, r->mem, &err));
    assert_string_equal(err.text, "stream s: no destination for what enters by port 1/2\n");
    error_free(&err);
    rig_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_have_their_shares),
        cmocka_unit_test(links_have_their_buckets),
        cmocka_unit_test(links_do_not_depend_on_the_path),
        cmocka_unit_test(what_is_hashed),
        cmocka_unit_test(next_hops_make_a_block),
        cmocka_unit_test(port_channels_are_paths),
        cmocka_unit_test(adjacencies_are_counted),
        cmocka_unit_test(flows_leave_as_asked),
        cmocka_unit_test(own_port_channel_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
