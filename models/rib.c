/* rib.c - the MSFC's routing table.
 *
 * A prefix holds one 64-bit word: for each source, in its own field, the number of the target in
 * that source's table (0: no route from it). Sources are few and targets shared, so a prefix with
 * routes from all of them costs no more than with one, and the best route is the first field that
 * is not 0.
 *
 * Next hops of equal cost are kept once per route and are a target by their number.
 *
 * Resolved next hops are remembered with every address that was looked up on the way. A route that
 * changes can only matter to an address that its prefix covers: when there is one, all is forgotten
 * (next hops are few, and covering routes seldom change). Then every target in use is resolved
 * anew, and only when one of them moved the prefixes that lead to it are looked for.
 */
#include "models/rib.h"

#include <string.h>

#include "models/route_map.h"
#include "sim/arena.h"
#include "sim/error.h"

/* Fields of the word, by enum route_source, which rises with the administrative distance. */
static const struct {
    unsigned shift, bits;
} fields[ROUTE_N_SOURCES] = {
    [ROUTE_CONNECTED] = {50, 14}, [ROUTE_STATIC] = {28, 22}, [ROUTE_FEED] = {0, 28}};

/* Targets of one source, no two alike: target number i is targets[i - 1]. */
struct target_table {
    struct route_target *targets;
    uint32_t *adjacency; /* what the FIB has for it; FIB_ADJACENCY_NONE: never in use */
    uint32_t n, room;
    uint32_t *buckets; /* open addressing by hash: a target's number, or 0 */
    uint32_t mask;
};

/* Of equal cost. */
struct next_hops {
    uint32_t n;
    struct ip_address of[CONFIG_MAX_PATHS];
};

struct rib {
    struct arena *mem;
    struct route_map routes;
    struct target_table targets[ROUTE_N_SOURCES];
    struct next_hops *next_hops;
    uint32_t n_next_hops, room_next_hops;
    /* Addresses looked up to resolve next hops, as host prefixes: WATCHED, or which paths a next
     * hop resolved to: the number of the first in resolved[], from 1, and how many. */
    struct route_map watched;
    uint64_t watched_from[IP_N_FAMILIES], watched_to[IP_N_FAMILIES]; /* high bits of all of them */
    bool watching;                                                   /* there are any */
    struct adjacency *resolved;
    uint32_t n_resolved, room_resolved;
    bool forgotten; /* since rib_each_moved() */
};

#define WATCHED UINT64_MAX
#define COUNT_BITS 4 /* for up to CONFIG_MAX_PATHS */
#define FIRST_ROOM 64u

/* ---- targets ---- */

static bool address_equal(const struct ip_address *a, const struct ip_address *b)
{
    return a->hi == b->hi && a->lo == b->lo && a->family == b->family;
}

static bool target_equal(const struct route_target *a, const struct route_target *b)
{
    return a->kind == b->kind && a->port == b->port && a->punt == b->punt &&
           a->floating == b->floating && address_equal(&a->next_hop, &b->next_hop);
}

static uint32_t target_hash(const struct route_target *t)
{
    uint64_t h = t->next_hop.hi * 0x9e3779b97f4a7c15u;
    h = (h ^ h >> 32 ^ t->next_hop.lo) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 32 ^ t->port ^ (uint64_t)t->kind << 32 ^ (uint64_t)t->punt << 40 ^
         (uint64_t)t->floating << 41) *
        0x94d049bb133111ebu;
    return (uint32_t)(h >> 32);
}

/* The bucket of this target, or the empty one where it belongs. */
static uint32_t *target_bucket(const struct target_table *table, const struct route_target *t)
{
    uint32_t i = target_hash(t) & table->mask;
    while (table->buckets[i] != 0 && !target_equal(&table->targets[table->buckets[i] - 1], t)) {
        i = (i + 1) & table->mask;
    }
    return &table->buckets[i];
}

static void targets_grow(struct target_table *table, struct arena *mem)
{
    const size_t bytes = sizeof *table->targets;
    uint32_t room = table->room == 0 ? FIRST_ROOM : 2 * table->room;
    table->targets = arena_grow(mem, table->targets, table->room * bytes, room * bytes);
    table->adjacency = arena_grow(mem, table->adjacency, table->room * sizeof *table->adjacency,
                                  room * sizeof *table->adjacency);
    table->room = room;
    table->buckets = arena_take_array(mem, 2 * (size_t)room, sizeof *table->buckets);
    table->mask = 2 * room - 1;
    for (uint32_t number = 1; number <= table->n; number++) {
        *target_bucket(table, &table->targets[number - 1]) = number;
    }
}

uint32_t rib_target(struct rib *rib, enum route_source source, const struct route_target *target)
{
    struct target_table *table = &rib->targets[source];
    if (table->n == table->room) {
        targets_grow(table, rib->mem);
    }
    uint32_t *bucket = target_bucket(table, target);
    if (*bucket == 0) {
        sim_assert(table->n + 1 < 1u << fields[source].bits);
        table->targets[table->n] = *target;
        *bucket = ++table->n;
    }
    return *bucket;
}

uint32_t rib_next_hops(struct rib *rib, const struct ip_address *next_hops, uint32_t n)
{
    const size_t bytes = sizeof *rib->next_hops;
    sim_assert(n > 1 && n <= CONFIG_MAX_PATHS);
    if (rib->n_next_hops == rib->room_next_hops) {
        uint32_t room = rib->room_next_hops == 0 ? FIRST_ROOM : 2 * rib->room_next_hops;
        rib->next_hops =
            arena_grow(rib->mem, rib->next_hops, rib->room_next_hops * bytes, room * bytes);
        rib->room_next_hops = room;
    }
    struct next_hops *kept = &rib->next_hops[rib->n_next_hops];
    kept->n = n;
    memcpy(kept->of, next_hops, n * sizeof *next_hops);
    return rib->n_next_hops++;
}

/* ---- routes ---- */

static uint32_t field_get(uint64_t word, unsigned source)
{
    return (uint32_t)(word >> fields[source].shift & ((1ull << fields[source].bits) - 1));
}

static uint64_t field_set(uint64_t word, unsigned source, uint32_t number)
{
    uint64_t mask = ((1ull << fields[source].bits) - 1) << fields[source].shift;
    return (word & ~mask) | (uint64_t)number << fields[source].shift;
}

/* The source with the least administrative distance. */
static enum route_source best_source(const struct rib *rib, uint64_t word)
{
    uint32_t number = field_get(word, ROUTE_STATIC);
    bool steps_back = number != 0 && field_get(word, ROUTE_FEED) != 0 &&
                      rib->targets[ROUTE_STATIC].targets[number - 1].floating;
    return field_get(word, ROUTE_CONNECTED) != 0 ? ROUTE_CONNECTED
           : number != 0 && !steps_back          ? ROUTE_STATIC
                                                 : ROUTE_FEED;
}

static const struct route_target *best_target(const struct rib *rib, uint64_t word)
{
    enum route_source source = best_source(rib, word);
    return &rib->targets[source].targets[field_get(word, source) - 1];
}

static struct ip_prefix host(struct ip_address address)
{
    return ip_prefix_of(address, address.family == IPV4 ? 32 : 128);
}

static void watch(struct rib *rib, struct ip_address address)
{
    uint64_t *word = route_map_put(&rib->watched, host(address));
    uint64_t *from = &rib->watched_from[address.family], *to = &rib->watched_to[address.family];
    bool first = route_map_n(&rib->watched, (enum ip_family)address.family) == 1;
    *word = *word == 0 ? WATCHED : *word;
    *from = first || address.hi < *from ? address.hi : *from;
    *to = first || address.hi > *to ? address.hi : *to;
    rib->watching = true;
}

/* Most prefixes are nowhere near any next hop. */
static bool may_be_watched(const struct rib *rib, struct ip_prefix prefix)
{
    return rib->watching && prefix.hi <= rib->watched_to[prefix.family] &&
           (prefix.hi | ~ip_mask_hi(prefix.length)) >= rib->watched_from[prefix.family];
}

/* A route of this prefix is about to change. */
static void forget_resolved(struct rib *rib, struct ip_prefix prefix)
{
    if (may_be_watched(rib, prefix) && route_map_any_inside(&rib->watched, prefix)) {
        route_map_clear(&rib->watched);
        rib->n_resolved = 0;
        rib->watching = false;
        rib->forgotten = true;
    }
}

void rib_add_to(struct rib *rib, struct ip_prefix prefix, enum route_source source, uint32_t target)
{
    forget_resolved(rib, prefix);
    uint64_t *word = route_map_put(&rib->routes, prefix);
    *word = field_set(*word, source, target);
}

void rib_add(struct rib *rib, struct ip_prefix prefix, enum route_source source,
             struct route_target target)
{
    rib_add_to(rib, prefix, source, rib_target(rib, source, &target));
}

void rib_add_table(struct rib *rib, const struct route_table *table, enum route_source source,
                   const struct route_target *targets)
{
    struct arena *mem = arena_open();
    uint32_t *numbers = arena_take_array(mem, table->n_next_hops, sizeof *numbers);
    for (size_t i = 0; i < table->n_next_hops; i++) {
        numbers[i] = rib_target(rib, source, &targets[i]);
    }
    for (size_t i = 0; i < table->n_routes; i++) {
        rib_add_to(rib, table->routes[i].prefix, source, numbers[table->routes[i].next_hop_index]);
    }
    arena_close(mem);
}

bool rib_remove(struct rib *rib, struct ip_prefix prefix, enum route_source source)
{
    uint64_t *word = route_map_get(&rib->routes, prefix);
    if (word == NULL || field_get(*word, source) == 0) {
        return false;
    }
    forget_resolved(rib, prefix);
    *word = field_set(*word, source, 0);
    if (*word == 0) {
        route_map_remove(&rib->routes, prefix);
    }
    return true;
}

size_t rib_n_prefixes(const struct rib *rib, enum ip_family family)
{
    return route_map_n(&rib->routes, family);
}

bool rib_get(const struct rib *rib, struct ip_prefix prefix, enum route_source *source,
             struct route_target *target)
{
    const uint64_t *word = route_map_get(&rib->routes, prefix);
    if (word != NULL) {
        *source = best_source(rib, *word);
        *target = *best_target(rib, *word);
    }
    return word != NULL;
}

bool rib_match(const struct rib *rib, struct ip_address address, struct ip_prefix *prefix,
               struct route_target *target)
{
    const uint64_t *word = route_map_match(&rib->routes, address, prefix);
    if (word != NULL) {
        *target = *best_target(rib, *word);
    }
    return word != NULL;
}

bool rib_leads_to(const struct rib *rib, struct ip_address address)
{
    for (int length = address.family == IPV4 ? 32 : 128; length >= 0; length--) {
        const uint64_t *word = route_map_get(&rib->routes, ip_prefix_of(address, (unsigned)length));
        if (word != NULL &&
            (field_get(*word, ROUTE_CONNECTED) != 0 || field_get(*word, ROUTE_STATIC) != 0)) {
            return true;
        }
    }
    return false;
}

struct each {
    const struct rib *rib;
    void (*visit)(void *context, struct ip_prefix prefix, enum route_source source,
                  const struct route_target *target);
    void *context;
};

static void each_word(void *context, struct ip_prefix prefix, uint64_t word)
{
    const struct each *each = context;
    each->visit(each->context, prefix, best_source(each->rib, word), best_target(each->rib, word));
}

void rib_each(const struct rib *rib, enum ip_family family,
              void (*visit)(void *context, struct ip_prefix prefix, enum route_source source,
                            const struct route_target *target),
              void *context)
{
    struct each each = {rib, visit, context};
    route_map_each(&rib->routes, family, each_word, &each);
}

/* ---- resolution ---- */

/* The adjacency of a route whose target is not a next hop; of the route that a next hop was
 * resolved by when via is that next hop (else NULL). The router itself is no neighbour: a next hop
 * that is its own address leads nowhere. */
static struct adjacency terminal(const struct route_target *target, const struct ip_address *via)
{
    struct adjacency a = {.kind = ADJACENCY_DROP};
    if (target->kind == TARGET_RECEIVE && via == NULL) {
        a.kind = ADJACENCY_RECEIVE;
    } else if (target->kind == TARGET_PORT || target->kind == TARGET_GLEAN) {
        sim_assert(target->port <= UINT16_MAX);
        a.kind = target->kind == TARGET_PORT ? ADJACENCY_FORWARD : ADJACENCY_GLEAN;
        a.port = (uint16_t)target->port;
        a.next_hop = target->kind == TARGET_GLEAN && via != NULL ? *via : target->next_hop;
    }
    return a;
}

/* Paths on their way: ADJACENCY_NONE has a next hop that is to be followed yet. */
struct paths {
    uint32_t n;
    struct adjacency of[CONFIG_MAX_PATHS];
};

static void add_path(struct paths *paths, struct adjacency path)
{
    if (paths->n < CONFIG_MAX_PATHS && path.kind != ADJACENCY_DROP) {
        paths->of[paths->n++] = path;
    }
}

static void add_next_hop(struct paths *paths, struct ip_address next_hop)
{
    add_path(paths, (struct adjacency){.kind = ADJACENCY_NONE, .next_hop = next_hop});
}

static void add_next_hops(struct rib *rib, struct paths *paths, const struct route_target *target)
{
    const struct next_hops *all = &rib->next_hops[target->next_hops];
    for (uint32_t i = 0; i < all->n; i++) {
        add_next_hop(paths, all->of[i]);
    }
}

/* Follows one next hop by one step, and watches its address. */
static void follow(struct rib *rib, struct ip_address next_hop, struct paths *paths)
{
    struct ip_prefix prefix;
    struct route_target target;
    watch(rib, next_hop);
    if (!rib_match(rib, next_hop, &prefix, &target)) {
        return;
    }
    if (target.kind == TARGET_NEXT_HOP) {
        add_next_hop(paths, target.next_hop);
    } else if (target.kind == TARGET_NEXT_HOPS) {
        add_next_hops(rib, paths, &target);
    } else {
        add_path(paths, terminal(&target, &next_hop));
    }
}

/* Follows those that are to be followed by one step; false when there are none. */
static bool follow_each(struct rib *rib, struct paths *paths)
{
    const struct paths before = *paths;
    bool any = false;
    paths->n = 0;
    for (uint32_t i = 0; i < before.n; i++) {
        if (before.of[i].kind == ADJACENCY_NONE) {
            follow(rib, before.of[i].next_hop, paths);
            any = true;
        } else {
            add_path(paths, before.of[i]);
        }
    }
    return any;
}

/* Follows them to their ends; those that have none leave. */
static void follow_all(struct rib *rib, struct paths *paths)
{
    int depth = 0;
    while (depth < RIB_MAX_RECURSION && follow_each(rib, paths)) {
        depth++;
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < paths->n; i++) {
        if (paths->of[i].kind != ADJACENCY_NONE) {
            paths->of[n++] = paths->of[i];
        }
    }
    paths->n = n;
}

/* The paths to one next hop, which are worked out once. */
static void resolve_next_hop(struct rib *rib, struct ip_address next_hop, struct paths *paths)
{
    const size_t bytes = sizeof *rib->resolved;
    uint64_t *word = route_map_get(&rib->watched, host(next_hop));
    if (word != NULL && *word != WATCHED) {
        paths->n = *word & ((1u << COUNT_BITS) - 1);
        memcpy(paths->of, rib->resolved + (*word >> COUNT_BITS) - 1, paths->n * bytes);
        return;
    }
    add_next_hop(paths, next_hop);
    follow_all(rib, paths);
    if (rib->n_resolved + CONFIG_MAX_PATHS > rib->room_resolved) {
        uint32_t old = rib->room_resolved, room = old == 0 ? FIRST_ROOM : 2 * old;
        rib->resolved = arena_grow(rib->mem, rib->resolved, old * bytes, room * bytes);
        rib->room_resolved = room;
    }
    memcpy(rib->resolved + rib->n_resolved, paths->of, paths->n * bytes);
    *route_map_get(&rib->watched, host(next_hop)) =
        (uint64_t)(rib->n_resolved + 1) << COUNT_BITS | paths->n;
    rib->n_resolved += paths->n;
}

static void resolve(struct rib *rib, const struct route_target *target, struct paths *paths)
{
    if (target->kind == TARGET_NEXT_HOP) {
        resolve_next_hop(rib, target->next_hop, paths);
    } else if (target->kind == TARGET_NEXT_HOPS) {
        add_next_hops(rib, paths, target);
        follow_all(rib, paths);
    } else {
        add_path(paths, terminal(target, NULL));
    }
}

uint32_t rib_resolve(struct rib *rib, struct fib *fib, const struct route_target *target)
{
    struct paths paths = {.n = 0};
    resolve(rib, target, &paths);
    for (uint32_t i = 0; target->punt && i < paths.n; i++) {
        struct adjacency *a = &paths.of[i];
        a->kind = a->kind == ADJACENCY_FORWARD ? ADJACENCY_PUNT : a->kind;
    }
    return paths.n == 0                            ? FIB_ADJACENCY_DROP
           : paths.of[0].kind == ADJACENCY_RECEIVE ? FIB_ADJACENCY_RECEIVE
                                                   : fib_paths(fib, paths.of, paths.n);
}

/* ---- the FIB's first content ---- */

struct build {
    struct rib *rib;
    struct fib *fib;
    uint32_t n_ids;
};

static void build_entry(void *context, struct ip_prefix prefix, uint64_t word)
{
    struct build *build = context;
    enum route_source source = best_source(build->rib, word);
    uint32_t *adjacency = &build->rib->targets[source].adjacency[field_get(word, source) - 1];
    if (*adjacency == FIB_ADJACENCY_NONE) {
        *adjacency = rib_resolve(build->rib, build->fib, best_target(build->rib, word));
    }
    uint32_t id = ++build->n_ids;
    build->fib->prefixes[prefix.family][id] = prefix;
    build->fib->resolved[prefix.family][id] = *adjacency;
}

void rib_build_fib(struct rib *rib, struct fib *fib)
{
    struct build build = {.rib = rib, .fib = fib};
    for (int source = 0; source < ROUTE_N_SOURCES; source++) {
        struct target_table *table = &rib->targets[source];
        for (uint32_t i = 0; i < table->n; i++) {
            table->adjacency[i] = FIB_ADJACENCY_NONE;
        }
    }
    rib->forgotten = false;
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        uint32_t n = (uint32_t)rib_n_prefixes(rib, family);
        fib_reserve(fib, family, n);
        build.n_ids = 0;
        route_map_each(&rib->routes, family, build_entry, &build);
        fib_build(fib, family, n);
    }
}

/* ---- and what changes afterwards ---- */

uint32_t rib_adjacency(struct rib *rib, struct fib *fib, struct ip_prefix prefix)
{
    const uint64_t *word = route_map_get(&rib->routes, prefix);
    if (word == NULL) {
        return FIB_ADJACENCY_NONE;
    }
    enum route_source source = best_source(rib, *word);
    uint32_t *known = &rib->targets[source].adjacency[field_get(*word, source) - 1];
    if (*known != FIB_ADJACENCY_NONE && !rib->forgotten) {
        return *known;
    }
    uint32_t adjacency = rib_resolve(rib, fib, best_target(rib, *word));
    if (*known == FIB_ADJACENCY_NONE) { /* else rib_each_moved() is to see it move */
        *known = adjacency;
    }
    return adjacency;
}

struct moved {
    const struct rib *rib;
    bool *moved[ROUTE_N_SOURCES]; /* by target number - 1 */
    void (*visit)(void *context, struct ip_prefix prefix, uint32_t adjacency);
    void *context;
};

static void moved_entry(void *context, struct ip_prefix prefix, uint64_t word)
{
    const struct moved *m = context;
    enum route_source source = best_source(m->rib, word);
    uint32_t i = field_get(word, source) - 1;
    if (m->moved[source][i]) {
        m->visit(m->context, prefix, m->rib->targets[source].adjacency[i]);
    }
}

/* Resolves the targets in use again; whether any of them moved. */
static bool resolve_again(struct rib *rib, struct fib *fib, struct target_table *table, bool *moved)
{
    bool any = false;
    for (uint32_t i = 0; i < table->n; i++) {
        uint32_t before = table->adjacency[i];
        if (before != FIB_ADJACENCY_NONE) {
            table->adjacency[i] = rib_resolve(rib, fib, &table->targets[i]);
            moved[i] = table->adjacency[i] != before;
            any |= moved[i];
        }
    }
    return any;
}

void rib_each_moved(struct rib *rib, struct fib *fib,
                    void (*visit)(void *context, struct ip_prefix prefix, uint32_t adjacency),
                    void *context)
{
    if (!rib->forgotten) {
        return;
    }
    struct arena *mem = arena_open();
    struct moved moved = {.rib = rib, .visit = visit, .context = context};
    bool any = false;
    rib->forgotten = false;
    for (int source = 0; source < ROUTE_N_SOURCES; source++) {
        struct target_table *table = &rib->targets[source];
        moved.moved[source] = arena_take_array(mem, table->n, sizeof **moved.moved);
        any |= resolve_again(rib, fib, table, moved.moved[source]);
    }
    for (enum ip_family family = IPV4; any && family <= IPV6; family++) {
        route_map_each(&rib->routes, family, moved_entry, &moved);
    }
    arena_close(mem);
}

/* ---- life ---- */

struct rib *rib_open(void)
{
    struct arena *mem = arena_open();
    struct rib *rib = arena_take(mem, sizeof *rib);
    rib->mem = mem;
    return rib;
}

void rib_close(struct rib *rib)
{
    route_map_clear(&rib->routes);
    route_map_clear(&rib->watched);
    arena_close(rib->mem);
}

size_t rib_bytes(const struct rib *rib)
{
    return arena_bytes(rib->mem) + route_map_bytes(&rib->routes) + route_map_bytes(&rib->watched);
}
