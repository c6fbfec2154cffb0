/* rib.c - the MSFC's routing table.
 *
 * A prefix holds one 64-bit word: for each source, in its own field, the number of the target in
 * that source's table (0: no route from it). Sources are few and targets shared, so a prefix with
 * routes from all of them costs no more than with one, and the best route is the first field that
 * is not 0.
 *
 * Resolved next hops are remembered with every address that was looked up on the way. A route that
 * changes can only matter to an address that its prefix covers: when there is one, all is forgotten
 * (next hops are few, and covering routes seldom change). Then every target in use is resolved
 * anew, and only when one of them moved the prefixes that lead to it are looked for.
 */
#include "models/rib.h"

#include "models/prefix_map.h"
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

struct rib {
    struct arena *mem;
    struct prefix_map routes[IP_N_FAMILIES];
    struct target_table targets[ROUTE_N_SOURCES];
    /* Addresses looked up to resolve next hops, as host prefixes: WATCHED, or 1 + index of what a
     * next hop resolved to. */
    struct prefix_map watched[IP_N_FAMILIES];
    struct adjacency *resolved;
    uint32_t n_resolved, room_resolved;
    bool forgotten; /* since rib_each_moved() */
};

#define WATCHED UINT64_MAX
#define FIRST_ROOM 64u

/* ---- targets ---- */

static bool address_equal(const struct ip_address *a, const struct ip_address *b)
{
    return a->hi == b->hi && a->lo == b->lo && a->family == b->family;
}

static bool target_equal(const struct route_target *a, const struct route_target *b)
{
    return a->kind == b->kind && a->port == b->port && a->punt == b->punt &&
           address_equal(&a->next_hop, &b->next_hop);
}

static uint32_t target_hash(const struct route_target *t)
{
    uint64_t h = t->next_hop.hi * 0x9e3779b97f4a7c15u;
    h = (h ^ h >> 32 ^ t->next_hop.lo) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 32 ^ t->port ^ (uint64_t)t->kind << 32 ^ (uint64_t)t->punt << 40) *
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

static uint32_t target_number(struct rib *rib, enum route_source source,
                              const struct route_target *target)
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
static enum route_source best_source(uint64_t word)
{
    return field_get(word, ROUTE_CONNECTED) != 0 ? ROUTE_CONNECTED
           : field_get(word, ROUTE_STATIC) != 0  ? ROUTE_STATIC
                                                 : ROUTE_FEED;
}

static const struct route_target *best_target(const struct rib *rib, uint64_t word)
{
    enum route_source source = best_source(word);
    return &rib->targets[source].targets[field_get(word, source) - 1];
}

/* A route of this prefix is about to change. */
static void forget_resolved(struct rib *rib, struct ip_prefix prefix)
{
    if (rib->n_resolved > 0 && prefix_map_any_inside(&rib->watched[prefix.family], prefix)) {
        prefix_map_clear(&rib->watched[IPV4]);
        prefix_map_clear(&rib->watched[IPV6]);
        rib->n_resolved = 0;
        rib->forgotten = true;
    }
}

static void put(struct rib *rib, struct ip_prefix prefix, enum route_source source, uint32_t number)
{
    forget_resolved(rib, prefix);
    uint64_t *word = prefix_map_put(&rib->routes[prefix.family], prefix);
    *word = field_set(*word, source, number);
}

void rib_add(struct rib *rib, struct ip_prefix prefix, enum route_source source,
             struct route_target target)
{
    put(rib, prefix, source, target_number(rib, source, &target));
}

void rib_add_table(struct rib *rib, const struct route_table *table, enum route_source source,
                   const struct route_target *targets)
{
    struct arena *mem = arena_open();
    uint32_t *numbers = arena_take_array(mem, table->n_next_hops, sizeof *numbers);
    for (size_t i = 0; i < table->n_next_hops; i++) {
        numbers[i] = target_number(rib, source, &targets[i]);
    }
    for (size_t i = 0; i < table->n_routes; i++) {
        put(rib, table->routes[i].prefix, source, numbers[table->routes[i].next_hop_index]);
    }
    arena_close(mem);
}

bool rib_remove(struct rib *rib, struct ip_prefix prefix, enum route_source source)
{
    uint64_t *word = prefix_map_get(&rib->routes[prefix.family], prefix);
    if (word == NULL || field_get(*word, source) == 0) {
        return false;
    }
    forget_resolved(rib, prefix);
    *word = field_set(*word, source, 0);
    if (*word == 0) {
        prefix_map_remove(&rib->routes[prefix.family], prefix);
    }
    return true;
}

size_t rib_n_prefixes(const struct rib *rib, enum ip_family family)
{
    return rib->routes[family].n_prefixes;
}

bool rib_get(const struct rib *rib, struct ip_prefix prefix, enum route_source *source,
             struct route_target *target)
{
    const uint64_t *word = prefix_map_get(&rib->routes[prefix.family], prefix);
    if (word != NULL) {
        *source = best_source(*word);
        *target = *best_target(rib, *word);
    }
    return word != NULL;
}

bool rib_match(const struct rib *rib, struct ip_address address, struct ip_prefix *prefix,
               struct route_target *target)
{
    const uint64_t *word = prefix_map_match(&rib->routes[address.family], address, prefix);
    if (word != NULL) {
        *target = *best_target(rib, *word);
    }
    return word != NULL;
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
    each->visit(each->context, prefix, best_source(word), best_target(each->rib, word));
}

void rib_each(const struct rib *rib, enum ip_family family,
              void (*visit)(void *context, struct ip_prefix prefix, enum route_source source,
                            const struct route_target *target),
              void *context)
{
    struct each each = {rib, visit, context};
    prefix_map_each(&rib->routes[family], family, each_word, &each);
}

/* ---- resolution ---- */

static struct ip_prefix host(struct ip_address address)
{
    return ip_prefix_of(address, address.family == IPV4 ? 32 : 128);
}

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

/* Follows next hops, and watches the address of each. */
static struct adjacency follow(struct rib *rib, struct ip_address next_hop)
{
    for (int depth = 0; depth < RIB_MAX_RECURSION; depth++) {
        uint64_t *watch = prefix_map_put(&rib->watched[next_hop.family], host(next_hop));
        *watch = *watch == 0 ? WATCHED : *watch;
        struct ip_prefix prefix;
        struct route_target target;
        if (!rib_match(rib, next_hop, &prefix, &target)) {
            break;
        }
        if (target.kind != TARGET_NEXT_HOP) {
            return terminal(&target, &next_hop);
        }
        next_hop = target.next_hop;
    }
    return (struct adjacency){.kind = ADJACENCY_DROP};
}

static struct adjacency resolve_next_hop(struct rib *rib, struct ip_address next_hop)
{
    uint64_t *word = prefix_map_get(&rib->watched[next_hop.family], host(next_hop));
    if (word != NULL && *word != WATCHED) {
        return rib->resolved[*word - 1];
    }
    struct adjacency a = follow(rib, next_hop);
    if (rib->n_resolved == rib->room_resolved) {
        uint32_t room = rib->n_resolved == 0 ? FIRST_ROOM : 2 * rib->n_resolved;
        rib->resolved =
            arena_grow(rib->mem, rib->resolved, rib->n_resolved * sizeof a, room * sizeof a);
        rib->room_resolved = room;
    }
    rib->resolved[rib->n_resolved++] = a;
    *prefix_map_get(&rib->watched[next_hop.family], host(next_hop)) = rib->n_resolved;
    return a;
}

uint32_t rib_resolve(struct rib *rib, struct fib *fib, const struct route_target *target)
{
    struct adjacency a = target->kind == TARGET_NEXT_HOP ? resolve_next_hop(rib, target->next_hop)
                                                         : terminal(target, NULL);
    if (target->punt && a.kind == ADJACENCY_FORWARD) {
        a.kind = ADJACENCY_PUNT;
    }
    return a.kind == ADJACENCY_DROP      ? FIB_ADJACENCY_DROP
           : a.kind == ADJACENCY_RECEIVE ? FIB_ADJACENCY_RECEIVE
                                         : fib_adjacency(fib, &a);
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
    enum route_source source = best_source(word);
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
        uint32_t n = (uint32_t)rib->routes[family].n_prefixes;
        fib_reserve(fib, family, n);
        build.n_ids = 0;
        prefix_map_each(&rib->routes[family], family, build_entry, &build);
        fib_build(fib, family, n);
    }
}

/* ---- and what changes afterwards ---- */

uint32_t rib_adjacency(struct rib *rib, struct fib *fib, struct ip_prefix prefix)
{
    const uint64_t *word = prefix_map_get(&rib->routes[prefix.family], prefix);
    if (word == NULL) {
        return FIB_ADJACENCY_NONE;
    }
    enum route_source source = best_source(*word);
    uint32_t *known = &rib->targets[source].adjacency[field_get(*word, source) - 1];
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
    enum route_source source = best_source(word);
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
        prefix_map_each(&rib->routes[family], family, moved_entry, &moved);
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
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        prefix_map_clear(&rib->routes[family]);
        prefix_map_clear(&rib->watched[family]);
    }
    arena_close(rib->mem);
}

size_t rib_bytes(const struct rib *rib)
{
    size_t bytes = arena_bytes(rib->mem);
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        bytes += prefix_map_bytes(&rib->routes[family]) + prefix_map_bytes(&rib->watched[family]);
    }
    return bytes;
}
