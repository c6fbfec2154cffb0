/* test_flows.c - every flow's address against a naive longest match: routed, not back out of its
 * own port, and as often as asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "models/config.h"
#include "models/fib.h"
#include "models/flows.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/rng.h"

#define N_PORTS 6
#define MAX_ENTRIES 4000

struct table_entry {
    struct ip_prefix prefix;
    struct adjacency adjacency;
};

struct rig {
    struct arena *mem;
    struct port_config ports[N_PORTS];
    struct stream_config streams[2];
    struct chassis_config chassis;
    struct table_entry table[IP_N_FAMILIES][MAX_ENTRIES];
    uint32_t n[IP_N_FAMILIES];
    struct fib *fib;
    struct flow_tables *flows;
    struct error err;
};

static const uint32_t every_port[N_PORTS] = {0, 1, 2, 3, 4, 5};

static struct ip_address v4(uint32_t address)
{
    return (struct ip_address){(uint64_t)address << 32, 0, IPV4};
}

static void add(struct rig *r, struct ip_address a, unsigned length, enum adjacency_kind kind,
                uint32_t port)
{
    struct ip_prefix prefix = ip_prefix_of(a, length);
    struct table_entry *table = r->table[a.family];
    for (uint32_t i = 0; i < r->n[a.family]; i++) {
        if (ip_prefix_compare(&table[i].prefix, &prefix) == 0) {
            return;
        }
    }
    struct table_entry *e = &table[r->n[a.family]++];
    e->prefix = prefix;
    e->adjacency = (struct adjacency){.kind = (uint8_t)kind, .port = (uint16_t)port};
    e->adjacency.next_hop = r->ports[port].address[a.family];
    *(a.family == IPV4 ? &e->adjacency.next_hop.hi : &e->adjacency.next_hop.lo) +=
        a.family == IPV4 ? 1ull << 32 : 1;
}

/* Six ports 10.0.p.1/24, 2001:db8:0:p::1/64 with their own entries. */
static struct rig *rig_open(void)
{
    struct arena *mem = arena_open();
    struct rig *r = arena_take(mem, sizeof *r);
    r->mem = mem;
    for (uint32_t p = 0; p < N_PORTS; p++) {
        struct ip_address own[2] = {v4(0x0a000001 + (p << 8)), {0x20010db800000000 + p, 1, IPV6}};
        struct ip_address next[2] = {v4(0x0a000002 + (p << 8)), {0x20010db800000000 + p, 2, IPV6}};
        r->ports[p] = (struct port_config){.slot = p / 3 + 1,
                                           .number = p % 3 + 1,
                                           .address = {own[0], own[1]},
                                           .length = {24, 64}};
        for (uint32_t f = 0; f < IP_N_FAMILIES; f++) {
            add(r, own[f], f == IPV4 ? 24 : 64, ADJACENCY_GLEAN, p);
            add(r, own[f], f == IPV4 ? 32 : 128, ADJACENCY_RECEIVE, p);
            add(r, next[f], f == IPV4 ? 32 : 128, ADJACENCY_FORWARD, p);
        }
    }
    r->chassis = (struct chassis_config){
        .n_ports = N_PORTS, .ports = r->ports, .streams = r->streams, .n_streams = 1, .seed = 1};
    for (uint32_t s = 0; s < 2; s++) {
        r->streams[s] = (struct stream_config){.name = s == 0 ? "first" : "second",
                                               .n_ports = N_PORTS,
                                               .ports = every_port,
                                               .n_flows = 600};
    }
    return r;
}

static void rig_close(struct rig *r)
{
    error_free(&r->err);
    arena_close(r->mem);
}

static int compare(const void *a, const void *b)
{
    const struct table_entry *x = a, *y = b;
    return ip_prefix_compare(&x->prefix, &y->prefix);
}

/* Builds the FIB from the table, then the flows. */
static bool open_flows(struct rig *r)
{
    r->fib = fib_open(r->mem);
    for (enum ip_family f = IPV4; f <= IPV6; f++) {
        qsort(r->table[f], r->n[f], sizeof r->table[f][0], compare);
        fib_reserve(r->fib, f, r->n[f]);
        for (uint32_t i = 0; i < r->n[f]; i++) {
            r->fib->prefixes[f][i + 1] = r->table[f][i].prefix;
            r->fib->resolved[f][i + 1] = fib_adjacency(r->fib, &r->table[f][i].adjacency);
        }
        fib_build(r->fib, f, r->n[f]);
    }
    r->flows = flows_open(&r->chassis, r->fib, NULL, r->mem, &r->err);
    return r->flows != NULL;
}

static struct ip_address address_of(const struct rig *r, uint32_t stream, uint32_t flow)
{
    return r->streams[stream].family == IPV4
               ? v4(r->flows->dst4[flow])
               : (struct ip_address){r->flows->dst6_hi[flow], r->flows->dst6_lo[flow], IPV6};
}

/* The naive longest match: NULL, or the entry. */
static struct table_entry *match(struct rig *r, struct ip_address a)
{
    struct table_entry *best = NULL;
    for (uint32_t i = 0; i < r->n[a.family]; i++) {
        struct table_entry *e = &r->table[a.family][i];
        if (ip_prefix_covers(e->prefix, a.hi, a.lo) &&
            (best == NULL || e->prefix.length > best->prefix.length)) {
            best = e;
        }
    }
    return best;
}

static struct ip_address random_address(const struct rng *rng, uint64_t i, enum ip_family family)
{
    struct rng_draw draw = rng_at(rng, i);
    return family == IPV4 ? v4(0x14000000 | (uint32_t)(draw.a >> 44))
                          : (struct ip_address){0x2400000000000000 | draw.a >> 28, draw.b, IPV6};
}

/* 2000 prefixes inside each other, forwarded to ports 1 to 5, to the last by the MSFC, and, one in
 * six, not forwarded. */
static void fill_randomly(struct rig *r, enum ip_family family)
{
    const uint32_t kinds[N_PORTS] = {ADJACENCY_GLEAN,   ADJACENCY_FORWARD, ADJACENCY_FORWARD,
                                     ADJACENCY_FORWARD, ADJACENCY_FORWARD, ADJACENCY_PUNT};
    struct rng rng = rng_open(7, "test", "table");
    for (uint64_t i = 0; i < 2000; i++) {
        uint64_t bits = rng_at(&rng, ~i).a;
        unsigned most = family == IPV4 ? 32 : 128, least = family == IPV4 ? 13 : 20;
        uint32_t port = (uint32_t)(bits % N_PORTS);
        add(r, random_address(&rng, i, family), least + (unsigned)(bits / 64 % (most - least + 1)),
            port == 0 && bits & 8 ? ADJACENCY_DROP : kinds[port], port);
    }
}

/* Every flow of a stream: its address is matched by a routed prefix, not by an entry of a port. */
static void assert_routed(struct rig *r, uint32_t stream)
{
    const struct stream_config *s = &r->streams[stream];
    uint64_t hosts = 0;
    for (uint32_t f = r->flows->first[stream]; f < r->flows->first[stream + 1]; f++) {
        struct table_entry *e = match(r, address_of(r, stream, f));
        assert_non_null(e);
        assert_true(fib_forwards(&e->adjacency));
        assert_true(e->prefix.hi >> 56 == (s->family == IPV4 ? 0x14 : 0x24));
        assert_int_not_equal(e->adjacency.port,
                             s->ports[(f - r->flows->first[stream]) % s->n_ports]);
        hosts |= address_of(r, stream, f).lo;
    }
    assert_true(s->family == IPV4 || s->n_flows < 100 || hosts == UINT64_MAX);
}

static void flows_match_routed_prefixes(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 8; c++) {
        struct rig *r = rig_open();
        fill_randomly(r, IPV4);
        fill_randomly(r, IPV6);
        r->chassis.n_streams = 2;
        for (uint32_t s = 0; s < 2; s++) {
            r->streams[s].to = c & 1 ? TO_ZIPF : TO_PREFIXES;
            r->streams[s].family = (c & 2) != 0 ? IPV6 : IPV4;
            r->streams[s].n_egress = c & 4 ? 5 : 0; /* port 0 has no prefix */
            r->streams[s].egress = every_port + 1;
        }
        r->streams[1].n_flows = 1; /* becomes one for each port */
        assert_true(open_flows(r));
        assert_int_equal(r->flows->n_flows, 606);
        assert_int_equal(r->flows->first[1], 600);
        assert_int_equal(r->flows->first[2], 606);
        assert_routed(r, 0);
        assert_routed(r, 1);
        /* The second stream changes nothing of the first; a second time gives the same. */
        struct flow_tables *both = r->flows;
        r->chassis.n_streams = 1;
        assert_true(open_flows(r));
        for (uint32_t f = 0; f < 600; f++) {
            assert_int_equal(r->flows->dst4[f], both->dst4[f]);
            assert_int_equal(r->flows->dst6_hi[f], both->dst6_hi[f]);
            assert_int_equal(r->flows->dst6_lo[f], both->dst6_lo[f]);
        }
        rig_close(r);
    }
}

/* 40 prefixes of any length to ports 2 and 3, and as many to port 0, where the flows enter; counts
 * within five standard deviations of those asked for. */
static void prefixes_are_drawn_as_often_as_asked(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 2; c++) {
        struct rig *r = rig_open();
        uint32_t n_of[40] = {0}, n = 40000;
        for (uint32_t i = 0; i < 40; i++) {
            add(r, v4(0x14000000 + (i << 16)), 16 + i % 17, ADJACENCY_FORWARD, 2 + i % 2);
            add(r, v4(0x15000000 + (i << 16)), 24, ADJACENCY_FORWARD, c == 0 ? 0 : 1);
        }
        r->streams[0].n_ports = 1;
        r->streams[0].n_flows = n;
        r->streams[0].to = c == 0 ? TO_PREFIXES : TO_ZIPF;
        r->streams[0].n_egress = c == 0 ? 0 : 1;
        r->streams[0].egress = every_port + 1;
        assert_true(open_flows(r));
        uint64_t hosts = 0;
        for (uint32_t f = 0; f < n; f++) {
            uint32_t a = r->flows->dst4[f];
            assert_int_equal(a >> 24, c == 0 ? 0x14 : 0x15);
            n_of[a >> 16 & 0xff]++;
            hosts |= a & 0xff;
        }
        double harmonic = 0, order = 0;
        for (uint32_t i = 0; i < 40; i++) {
            harmonic += 1 / (i + 1.0);
            order += n_of[i] * (double)i;
        }
        for (uint32_t rank = 1; rank <= 40; rank++) {
            uint32_t most = 0;
            for (uint32_t i = 0; i < 40; i++) {
                most = n_of[i] > n_of[most] ? i : most;
            }
            double want = c == 0 ? n / 40.0 : n / harmonic / rank;
            assert_true(fabs(n_of[most] - want) < 5 * sqrt(want));
            n_of[most] = 0;
        }
        assert_int_equal(hosts, 0xff);
        /* The order of popularity is not the order of addresses (mean place 8.3, or 30.7). */
        assert_true(order / n > 12 && order / n < 27);
        rig_close(r);
    }
}

/* In a mesh every egress port is aimed at alike, by each port and in all, whatever the number of
 * flows; where nothing is routed to a port, its neighbour is the destination. */
static void egress_ports_are_dealt_alike(void **state)
{
    (void)state;
    struct rig *r = rig_open();
    fill_randomly(r, IPV4);
    r->streams[0].n_egress = N_PORTS;
    r->streams[0].egress = every_port;
    r->streams[0].n_flows = N_PORTS * 7;
    assert_true(open_flows(r));
    uint32_t n_to[N_PORTS] = {0}, n_from_to[N_PORTS][N_PORTS] = {{0}};
    for (uint32_t f = 0; f < r->flows->n_flows; f++) {
        struct ip_address a = address_of(r, 0, f);
        uint32_t port = match(r, a)->adjacency.port;
        assert_true(fib_forwards(&match(r, a)->adjacency));
        assert_true(port == 0 ? a.hi >> 32 == 0x0a000002 : a.hi >> 56 == 0x14);
        n_to[port]++;
        n_from_to[f % N_PORTS][port]++;
    }
    for (uint32_t p = 0; p < N_PORTS; p++) {
        assert_int_equal(n_to[p], 7);
        for (uint32_t q = 0; q < N_PORTS; q++) {
            assert_in_range(n_from_to[p][q], p == q ? 0 : 1, p == q ? 0 : 2);
        }
    }
    rig_close(r);
}

static void without_routes_neighbours_talk(void **state)
{
    (void)state;
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        struct rig *r = rig_open();
        r->streams[0].family = family;
        r->streams[0].to = TO_ZIPF;
        assert_true(open_flows(r));
        uint32_t n_to[N_PORTS] = {0};
        for (uint32_t f = 0; f < r->flows->n_flows; f++) {
            struct ip_address a = address_of(r, 0, f);
            struct table_entry *e = match(r, a);
            assert_true(e->prefix.length == (family == IPV4 ? 32 : 128));
            assert_true(fib_forwards(&e->adjacency));
            assert_int_not_equal(e->adjacency.port, f % N_PORTS);
            n_to[e->adjacency.port]++;
        }
        for (uint32_t p = 0; p < N_PORTS; p++) {
            assert_int_equal(n_to[p], 100);
        }
        rig_close(r);
    }
}

/* Addresses that are not routed are given as they are; those behind the own port are left out. */
static void lists_are_gone_through_in_turn(void **state)
{
    (void)state;
    struct rig *r = rig_open();
    add(r, v4(0x14000000), 8, ADJACENCY_FORWARD, 1);
    struct ip_address list[4] = {v4(0x14000001), v4(0x01020304), v4(0x0a000001), v4(0x0a000302)};
    r->streams[0].to = TO_LIST;
    r->streams[0].list = list;
    r->streams[0].n_list = 4;
    assert_true(open_flows(r));
    for (uint32_t f = 0; f < r->flows->n_flows; f++) {
        uint32_t port = f % N_PORTS, place = (port + f / N_PORTS) % 4;
        if ((port == 1 && place == 0) || (port == 3 && place == 3)) {
            place = (place + 1) % 4;
        }
        assert_int_equal(r->flows->dst4[f], list[place].hi >> 32);
    }
    rig_close(r);
}

/* A stream to be redirected: all its flows leave as they came; a list is left as it is. */
static void redirected_flows_leave_as_they_came(void **state)
{
    (void)state;
    struct rig *r = rig_open();
    fill_randomly(r, IPV4);
    r->streams[0].redirect = true;
    assert_true(open_flows(r));
    for (uint32_t f = 0; f < r->flows->n_flows; f++) {
        struct table_entry *e = match(r, address_of(r, 0, f));
        assert_true(fib_forwards(&e->adjacency));
        assert_int_equal(e->adjacency.port, f % N_PORTS);
        assert_true(f % N_PORTS == 0 || e->prefix.hi >> 56 == 0x14);
    }
    struct ip_address list[2] = {v4(0x0a000002), v4(0x0a000302)};
    r->streams[0].to = TO_LIST;
    r->streams[0].list = list;
    r->streams[0].n_list = 2;
    assert_true(open_flows(r));
    for (uint32_t f = 0; f < r->flows->n_flows; f++) {
        assert_int_equal(r->flows->dst4[f], list[(f % N_PORTS + f / N_PORTS) % 2].hi >> 32);
    }
    rig_close(r);
}

/* A prefix with no address of its own is never a destination; one with few is. */
static void covered_prefixes_are_passed_over(void **state)
{
    (void)state;
    struct rig *r = rig_open();
    add(r, v4(0x14000000), 24, ADJACENCY_FORWARD, 1);
    add(r, v4(0x14000000), 25, ADJACENCY_DROP, 1);
    add(r, v4(0x14000080), 25, ADJACENCY_DROP, 1);
    add(r, v4(0x14000100), 24, ADJACENCY_FORWARD, 1);
    for (uint32_t i = 1; i <= 7; i++) { /* leaves 2 addresses of 256 */
        add(r, v4(0x14000100 + (1u << i)), 32 - i, ADJACENCY_DROP, 1);
    }
    r->streams[0].n_ports = 1;
    assert_true(open_flows(r));
    for (uint32_t f = 0; f < r->flows->n_flows; f++) {
        assert_int_equal(match(r, address_of(r, 0, f))->adjacency.kind, ADJACENCY_FORWARD);
        assert_int_equal(r->flows->dst4[f] >> 8, 0x140001);
    }
    rig_close(r);
}

static void assert_refused(struct rig *r, const char *words)
{
    assert_false(open_flows(r));
    assert_int_equal(r->err.n_messages, 1);
    assert_string_equal(r->err.text, words);
    rig_close(r);
}

static void flows_without_destination_are_refused(void **state)
{
    (void)state;
    struct rig *r = rig_open(); /* everything leaves where some flows enter */
    add(r, v4(0x14000000), 8, ADJACENCY_FORWARD, 4);
    assert_refused(r, "stream first: no destination for what enters by port 2/2\n");

    r = rig_open(); /* the only egress port is where some flows enter */
    add(r, v4(0x14000000), 8, ADJACENCY_FORWARD, 4);
    r->streams[0].egress = every_port + 5;
    r->streams[0].n_egress = 1;
    assert_refused(r, "stream first: no destination for what enters by port 2/3\n");

    r = rig_open(); /* a list of nothing but what is behind the own port */
    r->streams[0].to = TO_LIST;
    r->streams[0].list = (struct ip_address[]){v4(0x0a000202)};
    r->streams[0].n_list = 1;
    assert_refused(r, "stream first: no destination for what enters by port 1/3\n");

    r = rig_open(); /* no address of the only prefix is its own */
    add(r, v4(0x14000000), 8, ADJACENCY_FORWARD, 4);
    add(r, v4(0x14000000), 9, ADJACENCY_DROP, 4);
    add(r, v4(0x14800000), 9, ADJACENCY_DROP, 4);
    assert_refused(r, "stream first: no destination for what enters by port 1/1\n");

    r = rig_open();
    r->streams[0].to = TO_LIST;
    r->streams[0].egress = every_port;
    r->streams[0].n_egress = 1;
    assert_refused(r, "stream first: a list of addresses leaves no choice of egress ports\n");

    r = rig_open(); /* all streams are told */
    r->chassis.n_streams = 2;
    r->streams[0].n_ports = r->streams[1].n_ports = 1;
    r->streams[0].egress = r->streams[1].egress = every_port;
    r->streams[0].n_egress = r->streams[1].n_egress = 1;
    assert_false(open_flows(r));
    assert_int_equal(r->err.n_messages, 2);
    rig_close(r);

    r = rig_open();
    r->chassis.n_streams = 2;
    r->streams[0].n_flows = r->streams[1].n_flows = FLOWS_MAX / 2 + 1;
    assert_refused(r, "stream second: more than 16777216 flows in all\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flows_match_routed_prefixes),
        cmocka_unit_test(prefixes_are_drawn_as_often_as_asked),
        cmocka_unit_test(egress_ports_are_dealt_alike),
        cmocka_unit_test(without_routes_neighbours_talk),
        cmocka_unit_test(lists_are_gone_through_in_turn),
        cmocka_unit_test(redirected_flows_leave_as_they_came),
        cmocka_unit_test(covered_prefixes_are_passed_over),
        cmocka_unit_test(flows_without_destination_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
