/* test_rib.c - the RIB compared with a plain sorted list; next hops; what it hands to the FIB. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "models/rib.h"
#include "scenarios/address.h"
#include "sim/arena.h"

static struct ip_prefix prefix(const char *text)
{
    struct ip_prefix p;
    bool host_bits;
    assert_true(prefix_parse(text, strlen(text), &p, &host_bits) && !host_bits);
    return p;
}

static struct ip_address address(const char *text)
{
    struct ip_address a;
    assert_true(address_parse(text, strlen(text), &a));
    return a;
}

static struct route_target via(const char *next_hop)
{
    return (struct route_target){.kind = TARGET_NEXT_HOP, .next_hop = address(next_hop)};
}

static struct route_target on_port(uint32_t port, const char *neighbour)
{
    return (struct route_target){.kind = TARGET_PORT, .port = port, .next_hop = address(neighbour)};
}

static struct route_target glean(uint32_t port)
{
    return (struct route_target){.kind = TARGET_GLEAN, .port = port};
}

static bool same_target(const struct route_target *a, const struct route_target *b)
{
    return a->kind == b->kind && a->port == b->port && a->punt == b->punt &&
           a->next_hop.hi == b->next_hop.hi && a->next_hop.lo == b->next_hop.lo &&
           a->next_hop.family == b->next_hop.family;
}

/* ---- the plain sorted list ---- */

#define LIST_ROOM 4096

struct entry {
    struct ip_prefix prefix;
    bool has[ROUTE_N_SOURCES];
    struct route_target target[ROUTE_N_SOURCES];
};

struct list {
    struct entry entries[LIST_ROOM];
    size_t n;
};

/* Its position, or where it would be. */
static size_t list_find(const struct list *list, struct ip_prefix p, bool *found)
{
    size_t i = 0;
    while (i < list->n && ip_prefix_compare(&list->entries[i].prefix, &p) < 0) {
        i++;
    }
    *found = i < list->n && ip_prefix_compare(&list->entries[i].prefix, &p) == 0;
    return i;
}

static void list_add(struct list *list, struct ip_prefix p, enum route_source source,
                     struct route_target target)
{
    bool found;
    size_t i = list_find(list, p, &found);
    if (!found) {
        assert_true(list->n < LIST_ROOM);
        memmove(&list->entries[i + 1], &list->entries[i], (list->n++ - i) * sizeof *list->entries);
        list->entries[i] = (struct entry){.prefix = p};
    }
    list->entries[i].has[source] = true;
    list->entries[i].target[source] = target;
}

static bool list_remove(struct list *list, struct ip_prefix p, enum route_source source)
{
    bool found;
    size_t i = list_find(list, p, &found);
    if (!found || !list->entries[i].has[source]) {
        return false;
    }
    struct entry *e = &list->entries[i];
    e->has[source] = false;
    if (!e->has[ROUTE_CONNECTED] && !e->has[ROUTE_STATIC] && !e->has[ROUTE_FEED]) {
        memmove(e, e + 1, (--list->n - i) * sizeof *e);
    }
    return true;
}

static enum route_source list_best(const struct entry *e)
{
    return e->has[ROUTE_CONNECTED] ? ROUTE_CONNECTED
           : e->has[ROUTE_STATIC]  ? ROUTE_STATIC
                                   : ROUTE_FEED;
}

static const struct entry *list_match(const struct list *list, struct ip_address a)
{
    const struct entry *best = NULL;
    for (size_t i = 0; i < list->n; i++) {
        const struct entry *e = &list->entries[i];
        if (e->prefix.family == a.family && ip_prefix_covers(e->prefix, a.hi, a.lo) &&
            (best == NULL || e->prefix.length > best->prefix.length)) {
            best = e;
        }
    }
    return best;
}

static struct adjacency list_resolve(const struct list *list, struct route_target target)
{
    struct ip_address last = {0};
    bool recursive = target.kind == TARGET_NEXT_HOP;
    uint8_t leaves = target.punt ? ADJACENCY_PUNT : ADJACENCY_FORWARD;
    for (int depth = 0; target.kind == TARGET_NEXT_HOP; depth++) {
        const struct entry *e = list_match(list, target.next_hop);
        if (e == NULL || depth == RIB_MAX_RECURSION) {
            return (struct adjacency){.kind = ADJACENCY_DROP};
        }
        last = target.next_hop;
        target = e->target[list_best(e)];
    }
    switch (target.kind) {
    case TARGET_PORT:
        return (struct adjacency){
            .kind = leaves, .port = (uint16_t)target.port, .next_hop = target.next_hop};
    case TARGET_GLEAN:
        return (struct adjacency){.kind = ADJACENCY_GLEAN,
                                  .port = (uint16_t)target.port,
                                  .next_hop = recursive ? last : target.next_hop};
    default:
        return (struct adjacency){.kind = target.kind == TARGET_RECEIVE && !recursive
                                              ? ADJACENCY_RECEIVE
                                              : ADJACENCY_DROP};
    }
}

/* ---- comparison ---- */

struct cursor {
    const struct list *list;
    size_t i;
};

static void expect_next(void *context, struct ip_prefix p, enum route_source source,
                        const struct route_target *target)
{
    struct cursor *c = context;
    assert_true(c->i < c->list->n);
    const struct entry *e = &c->list->entries[c->i++];
    assert_int_equal(ip_prefix_compare(&e->prefix, &p), 0);
    assert_int_equal(list_best(e), source);
    assert_true(same_target(&e->target[source], target));
}

static void check_whole(const struct rib *rib, const struct list *list)
{
    struct cursor c = {list, 0};
    rib_each(rib, IPV4, expect_next, &c);
    assert_int_equal(rib_n_prefixes(rib, IPV4), c.i);
    rib_each(rib, IPV6, expect_next, &c);
    assert_int_equal(c.i, list->n);
    assert_int_equal(rib_n_prefixes(rib, IPV4) + rib_n_prefixes(rib, IPV6), list->n);
}

static void check_match(const struct rib *rib, const struct list *list, struct ip_address a)
{
    struct ip_prefix p;
    struct route_target target;
    const struct entry *e = list_match(list, a);
    assert_int_equal(rib_match(rib, a, &p, &target), e != NULL);
    if (e != NULL) {
        assert_int_equal(ip_prefix_compare(&e->prefix, &p), 0);
        assert_true(same_target(&e->target[list_best(e)], &target));
    }
}

static void check_resolve(struct rib *rib, struct fib *fib, const struct list *list,
                          struct route_target target)
{
    uint32_t index = rib_resolve(rib, fib, &target); /* may move the adjacencies */
    const struct adjacency *got = &fib->adjacencies[index];
    struct adjacency wanted = list_resolve(list, target);
    assert_int_equal(got->kind, wanted.kind);
    assert_int_equal(got->port, wanted.port);
    assert_true(got->next_hop.hi == wanted.next_hop.hi && got->next_hop.lo == wanted.next_hop.lo);
}

static uint64_t draw(uint64_t *state) /* xorshift64 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* Few addresses, all bits of which matter: prefixes nest, next hops meet. */
static struct ip_address random_address(uint64_t *random)
{
    uint64_t bits = draw(random), hi = 0, lo = 0;
    for (int i = 0; i < 16; i++) { /* every 4th bit of hi, every 8th of lo */
        hi |= (bits >> i & bits >> (16 + i) & 1) << (4 * i + 3);
        lo |= (bits >> (32 + i) & bits >> (40 + i) & 1) << (4 * i);
    }
    bool six = draw(random) >> 63;
    return six ? (struct ip_address){hi, lo, IPV6}
               : (struct ip_address){hi & 0xffffffff00000000u, 0, IPV4};
}

static struct ip_prefix random_prefix(uint64_t *random)
{
    struct ip_address a = random_address(random);
    uint64_t bits = draw(random);
    unsigned full = a.family == IPV4 ? 32 : 128;
    return ip_prefix_of(a, bits % 4 == 0 ? full : (unsigned)(bits >> 8) % (full + 1));
}

static struct route_target random_target(uint64_t *random)
{
    uint64_t bits = draw(random);
    struct route_target target = {.kind = TARGET_NEXT_HOP};
    switch (bits % 8) {
    case 0:
        target.kind = TARGET_PORT;
        target.port = (uint32_t)(bits >> 8) % 500;
        target.next_hop = random_address(random);
        break;
    case 1:
        target.kind = TARGET_GLEAN;
        target.port = (uint32_t)(bits >> 8) % 500;
        break;
    case 2:
        target.kind = bits & 8 ? TARGET_RECEIVE : TARGET_NULL0;
        break;
    default:
        target.next_hop = random_address(random);
        target.punt = bits >> 8 & 1;
    }
    return target;
}

static void test_random(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct rib *rib = rib_open();
    struct fib *fib = fib_open(mem);
    struct list *list = arena_take(mem, sizeof *list);
    uint64_t random = 6500;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = draw(&random);
        enum route_source source = (enum route_source)(bits % ROUTE_N_SOURCES);
        struct ip_prefix p = random_prefix(&random);
        if (bits >> 8 & 1 && list->n > 0) {
            p = list->entries[(bits >> 16) % list->n].prefix;
        }
        bool grows = i % 8000 < 4000;
        if ((bits >> 40) % 8 < (grows ? 5 : 3)) {
            struct route_target target = random_target(&random);
            rib_add(rib, p, source, target);
            list_add(list, p, source, target);
        } else {
            assert_int_equal(rib_remove(rib, p, source), list_remove(list, p, source));
        }
        bool found;
        size_t at = list_find(list, p, &found);
        struct route_target target;
        assert_int_equal(rib_get(rib, p, &source, &target), found);
        if (found) {
            assert_int_equal(source, list_best(&list->entries[at]));
            assert_true(same_target(&target, &list->entries[at].target[source]));
        }
        check_match(rib, list, random_address(&random));
        check_resolve(rib, fib, list, random_target(&random));
        if (i % 500 == 0) {
            check_whole(rib, list);
        }
    }
    while (list->n > 0) {
        struct entry *e = &list->entries[list->n - 1];
        enum route_source source = list_best(e);
        assert_true(rib_remove(rib, e->prefix, source));
        list_remove(list, e->prefix, source);
    }
    check_whole(rib, list);
    rib_close(rib);
    arena_close(mem);
}

static void check_port(struct rib *rib, struct fib *fib, const char *next_hop, int port)
{
    struct route_target target = via(next_hop);
    uint32_t adjacency = rib_resolve(rib, fib, &target);
    if (port < 0) {
        assert_int_equal(adjacency, FIB_ADJACENCY_DROP);
    } else {
        assert_int_equal(fib->adjacencies[adjacency].kind, ADJACENCY_FORWARD);
        assert_int_equal(fib->adjacencies[adjacency].port, port);
    }
}

/* The same next hop with and without; what is behind a route to be punted is not for that. */
static void test_punt(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct rib *rib = rib_open();
    struct fib *fib = fib_open(mem);
    rib_add(rib, prefix("10.0.0.0/24"), ROUTE_CONNECTED, glean(3));
    rib_add(rib, prefix("10.0.0.2/32"), ROUTE_CONNECTED, on_port(3, "10.0.0.2"));
    struct route_target punted = via("10.0.0.2"), target;
    punted.punt = true;
    rib_add(rib, prefix("11.0.0.0/8"), ROUTE_STATIC, punted);
    rib_add(rib, prefix("12.0.0.0/8"), ROUTE_STATIC, via("10.0.0.2"));
    rib_build_fib(rib, fib);
    uint32_t index = rib_adjacency(rib, fib, prefix("11.0.0.0/8"));
    const struct adjacency *a = &fib->adjacencies[index];
    assert_true(a->kind == ADJACENCY_PUNT && a->port == 3);
    assert_true(a->next_hop.hi == address("10.0.0.2").hi);
    index = rib_adjacency(rib, fib, prefix("12.0.0.0/8"));
    assert_int_equal(fib->adjacencies[index].kind, ADJACENCY_FORWARD);
    check_port(rib, fib, "11.0.0.1", 3);
    target = punted;
    target.next_hop = address("13.0.0.1");
    assert_int_equal(rib_resolve(rib, fib, &target), FIB_ADJACENCY_DROP);
    target.next_hop = address("10.0.0.77");
    index = rib_resolve(rib, fib, &target);
    assert_int_equal(fib->adjacencies[index].kind, ADJACENCY_GLEAN);
    rib_close(rib);
    arena_close(mem);
}

static void test_distance(void **state)
{
    (void)state;
    struct rib *rib = rib_open();
    struct ip_prefix p = prefix("192.0.2.0/24");
    enum route_source source;
    struct route_target target;
    assert_false(rib_get(rib, p, &source, &target));
    rib_add(rib, p, ROUTE_FEED, via("10.0.0.1"));
    rib_add(rib, p, ROUTE_CONNECTED, glean(7));
    rib_add(rib, p, ROUTE_STATIC, via("10.0.0.2"));
    assert_int_equal(rib_n_prefixes(rib, IPV4), 1);
    assert_true(rib_get(rib, p, &source, &target) && source == ROUTE_CONNECTED);
    assert_true(rib_remove(rib, p, ROUTE_CONNECTED));
    assert_false(rib_remove(rib, p, ROUTE_CONNECTED));
    assert_true(rib_get(rib, p, &source, &target) && source == ROUTE_STATIC);
    assert_int_equal(target.next_hop.hi, address("10.0.0.2").hi);
    rib_add(rib, p, ROUTE_STATIC, via("10.0.0.3"));
    assert_true(rib_get(rib, p, &source, &target));
    assert_int_equal(target.next_hop.hi, address("10.0.0.3").hi);
    assert_true(rib_remove(rib, p, ROUTE_STATIC));
    assert_true(rib_get(rib, p, &source, &target) && source == ROUTE_FEED);
    assert_true(rib_remove(rib, p, ROUTE_FEED));
    assert_false(rib_get(rib, p, &source, &target));
    assert_false(rib_remove(rib, prefix("192.0.2.0/25"), ROUTE_FEED));
    assert_int_equal(rib_n_prefixes(rib, IPV4), 0);
    rib_close(rib);
}

/* A static route that is beyond BGP's stands in for it. */
static void test_floating(void **state)
{
    (void)state;
    struct rib *rib = rib_open();
    struct ip_prefix p = prefix("192.0.2.0/24");
    enum route_source source;
    struct route_target target = via("10.0.0.2");
    target.floating = true;
    rib_add(rib, p, ROUTE_STATIC, target);
    assert_true(rib_leads_to(rib, address("192.0.2.1")));
    assert_true(rib_get(rib, p, &source, &target) && source == ROUTE_STATIC);
    rib_add(rib, p, ROUTE_FEED, via("10.0.0.1"));
    assert_true(rib_get(rib, p, &source, &target) && source == ROUTE_FEED);
    assert_int_equal(target.next_hop.hi, address("10.0.0.1").hi);
    assert_true(rib_leads_to(rib, address("192.0.2.1")));
    rib_add(rib, p, ROUTE_CONNECTED, glean(7));
    assert_true(rib_get(rib, p, &source, &target) && source == ROUTE_CONNECTED);
    assert_true(rib_remove(rib, p, ROUTE_CONNECTED) && rib_remove(rib, p, ROUTE_FEED));
    assert_true(rib_get(rib, p, &source, &target) && source == ROUTE_STATIC && target.floating);
    rib_add(rib, p, ROUTE_FEED, via("10.0.0.1"));
    rib_add(rib, p, ROUTE_STATIC, via("10.0.0.2")); /* the same, no longer floating */
    assert_true(rib_get(rib, p, &source, &target) && source == ROUTE_STATIC && !target.floating);
    rib_close(rib);
}

static void test_next_hops(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct rib *rib = rib_open();
    struct fib *fib = fib_open(mem);
    rib_add(rib, prefix("10.0.0.0/24"), ROUTE_CONNECTED, glean(3));
    rib_add(rib, prefix("10.0.0.1/32"), ROUTE_CONNECTED,
            (struct route_target){.kind = TARGET_RECEIVE});
    rib_add(rib, prefix("10.0.0.2/32"), ROUTE_CONNECTED, on_port(3, "10.0.0.2"));
    rib_add(rib, prefix("10.9.0.0/16"), ROUTE_STATIC, (struct route_target){.kind = TARGET_NULL0});
    check_port(rib, fib, "10.0.0.2", 3);
    check_port(rib, fib, "10.0.0.1", -1); /* the router itself */
    check_port(rib, fib, "10.9.1.1", -1); /* null0 */
    check_port(rib, fib, "11.0.0.1", -1); /* unreachable */
    check_port(rib, fib, "2001:db8::1", -1);

    struct route_target target = via("10.0.0.77"); /* a neighbour nobody has heard of */
    uint32_t index = rib_resolve(rib, fib, &target);
    const struct adjacency *a = &fib->adjacencies[index];
    assert_true(a->kind == ADJACENCY_GLEAN && a->port == 3 &&
                a->next_hop.hi == address("10.0.0.77").hi);
    target.kind = TARGET_RECEIVE;
    assert_int_equal(rib_resolve(rib, fib, &target), FIB_ADJACENCY_RECEIVE);

    /* What was remembered is forgotten when a covering route comes, changes or goes. */
    rib_add(rib, prefix("11.0.0.0/8"), ROUTE_STATIC, via("10.0.0.2"));
    check_port(rib, fib, "11.0.0.1", 3);
    rib_add(rib, prefix("12.0.0.1/32"), ROUTE_STATIC, on_port(4, "12.0.0.1"));
    rib_add(rib, prefix("11.0.0.0/16"), ROUTE_FEED, via("12.0.0.1"));
    check_port(rib, fib, "11.0.0.1", 4);
    rib_add(rib, prefix("12.0.0.1/32"), ROUTE_STATIC, on_port(5, "12.0.0.1"));
    check_port(rib, fib, "11.0.0.1", 5);
    assert_true(rib_remove(rib, prefix("11.0.0.0/16"), ROUTE_FEED));
    check_port(rib, fib, "11.0.0.1", 3);
    rib_close(rib);
    arena_close(mem);
}

static void test_recursion(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct rib *rib = rib_open();
    struct fib *fib = fib_open(mem);
    rib_add(rib, prefix("10.0.0.0/8"), ROUTE_STATIC, via("10.1.1.1")); /* covers its own next hop */
    check_port(rib, fib, "10.1.1.1", -1);
    rib_add(rib, prefix("20.0.0.0/8"), ROUTE_STATIC, via("21.0.0.1"));
    rib_add(rib, prefix("21.0.0.0/8"), ROUTE_STATIC, via("20.0.0.1"));
    check_port(rib, fib, "20.0.0.1", -1);
    rib_add(rib, prefix("21.0.0.1/32"), ROUTE_STATIC, on_port(1, "21.0.0.1")); /* opens the ring */
    check_port(rib, fib, "20.0.0.1", 1);

    /* 30.0.0.0 leads to 30.0.0.1, that to 30.0.0.2 ...: as deep as allowed, and one deeper. */
    char from[32], to[32];
    for (int i = 0; i < RIB_MAX_RECURSION; i++) {
        snprintf(from, sizeof from, "30.0.0.%d/32", i);
        snprintf(to, sizeof to, "30.0.0.%d", i + 1);
        rib_add(rib, prefix(from), ROUTE_FEED, via(to));
    }
    snprintf(from, sizeof from, "30.0.0.%d/32", RIB_MAX_RECURSION);
    rib_add(rib, prefix(from), ROUTE_FEED, on_port(9, "30.0.0.8"));
    check_port(rib, fib, "30.0.0.0", -1);
    check_port(rib, fib, "30.0.0.1", 9);
    check_port(rib, fib, "30.0.0.0", -1); /* whatever is remembered of 30.0.0.1 */
    rib_close(rib);
    arena_close(mem);
}

/* A table of n routes: /24s of 32.0.0.0/3 with a /16 now and then, and IPv6 of all lengths. */
static struct route_table big_table(struct arena *mem, uint32_t n)
{
    struct route_table table = {.routes = arena_take_array(mem, n, sizeof *table.routes),
                                .next_hops = arena_take_array(mem, 100, sizeof *table.next_hops)};
    uint64_t random = 1;
    for (uint32_t i = 0; i < n - n / 4; i++) {
        unsigned length = i % 256 == 0 ? 16 : 24;
        struct ip_address a = {(uint64_t)(0x20000000 + (i << 8)) << 32, 0, IPV4};
        table.routes[table.n_routes++] =
            (struct route){ip_prefix_of(a, length), (uint32_t)(draw(&random) % 100)};
    }
    for (uint32_t i = 0; i < n / 4; i++) {
        struct ip_address a = {0x2001000000000000 + ((uint64_t)i << 16), 0, IPV6};
        unsigned length = i % 16 == 0 ? 65 + i % 64 : 48;
        table.routes[table.n_routes++] =
            (struct route){ip_prefix_of(a, length), (uint32_t)(draw(&random) % 100)};
    }
    for (; table.n_next_hops < 100; table.n_next_hops++) {
        table.next_hops[table.n_next_hops] =
            (struct ip_address){(0x0a000000 + table.n_next_hops) << 32, 0, IPV4};
    }
    return table;
}

static void test_table_to_fib(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct rib *rib = rib_open(), *slow = rib_open();
    struct fib *fib = fib_open(mem);
    struct route_table table = big_table(mem, 200000);
    struct route_target *targets = arena_take_array(mem, table.n_next_hops, sizeof *targets);
    for (size_t i = 0; i < table.n_next_hops; i++) {
        targets[i] = (struct route_target){.kind = TARGET_NEXT_HOP, .next_hop = table.next_hops[i]};
    }
    size_t empty = rib_bytes(rib);
    rib_add_table(rib, &table, ROUTE_FEED, targets);
    assert_int_equal(rib_n_prefixes(rib, IPV4) + rib_n_prefixes(rib, IPV6), table.n_routes);
    assert_true(rib_bytes(rib) - empty < 40 * table.n_routes);
    for (size_t i = table.n_routes; i-- > 0;) {
        rib_add(slow, table.routes[i].prefix, ROUTE_FEED, targets[table.routes[i].next_hop_index]);
    }
    for (size_t i = 0; i < table.n_next_hops; i += 2) { /* every other next hop is a neighbour */
        struct ip_prefix p = ip_prefix_of(table.next_hops[i], 32);
        struct route_target target = {
            .kind = TARGET_PORT, .next_hop = table.next_hops[i], .port = (uint32_t)i};
        rib_add(rib, p, ROUTE_CONNECTED, target);
        rib_add(slow, p, ROUTE_CONNECTED, target);
    }

    rib_build_fib(rib, fib);
    size_t n[IP_N_FAMILIES] = {rib_n_prefixes(rib, IPV4), rib_n_prefixes(rib, IPV6)};
    assert_int_equal(fib->n_ids[IPV4], n[IPV4] + 1);
    assert_int_equal(fib->n_ids[IPV6], n[IPV6] + 1);
    for (enum ip_family f = IPV4; f <= IPV6; f++) {
        for (uint32_t id = 1; id <= n[f]; id++) {
            enum route_source source;
            struct route_target target;
            assert_true(rib_get(slow, fib->prefixes[f][id], &source, &target));
            assert_true(rib_resolve(slow, fib, &target) == fib->resolved[f][id]);
            assert_true(id == 1 ||
                        ip_prefix_compare(&fib->prefixes[f][id - 1], &fib->prefixes[f][id]) < 0);
        }
    }
    assert_int_equal(fib->n_adjacencies, FIB_FIRST_ADJACENCY + table.n_next_hops / 2);
    rib_close(rib);
    rib_close(slow);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),       cmocka_unit_test(test_punt),
        cmocka_unit_test(test_distance),     cmocka_unit_test(test_floating),
        cmocka_unit_test(test_next_hops),    cmocka_unit_test(test_recursion),
        cmocka_unit_test(test_table_to_fib),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
