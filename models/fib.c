/* fib.c - the shared prefix tree, a column of adjacencies for each engine, the adjacency table.
 *
 * Engines that have finished their download answer from the entry found; only an engine that does
 * not hold it (download under way, table full) makes the lookup climb to covering entries.
 */
#include "models/fib.h"

#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/error.h"

#define FIRST_IDS 1024u
#define FIRST_ADJACENCIES 256u
#define GROUP 256u

static uint32_t hash_of(const struct adjacency *a)
{
    uint64_t h = a->next_hop.hi ^ (a->next_hop.lo * 0x9e3779b97f4a7c15u);
    h ^= (uint64_t)a->kind << 24 | (uint64_t)a->port << 8 | a->next_hop.family;
    h = (h ^ h >> 32) * 0xd6e8feb86659fd93u; /* odd, bits well mixed */
    return (uint32_t)(h >> 32);
}

static bool is_same(const struct adjacency *a, const struct adjacency *b)
{
    return a->kind == b->kind && a->port == b->port && a->next_hop.hi == b->next_hop.hi &&
           a->next_hop.lo == b->next_hop.lo && a->next_hop.family == b->next_hop.family;
}

/* Where *a is in the hash, or the empty place where it belongs. */
static uint32_t *place_of(const struct fib *fib, const struct adjacency *a)
{
    uint32_t mask = 2 * fib->adjacency_capacity - 1;
    uint32_t i = hash_of(a) & mask;
    while (fib->adjacency_hash[i] != 0 &&
           !is_same(a, &fib->adjacencies[fib->adjacency_hash[i] - 1])) {
        i = (i + 1) & mask;
    }
    return &fib->adjacency_hash[i];
}

static void grow_adjacencies(struct fib *fib)
{
    uint32_t n = fib->adjacency_capacity > 0 ? 2 * fib->adjacency_capacity : FIRST_ADJACENCIES;
    fib->adjacencies =
        arena_grow(fib->mem, fib->adjacencies, fib->adjacency_capacity * sizeof *fib->adjacencies,
                   n * sizeof *fib->adjacencies);
    fib->adjacency_capacity = n;
    fib->adjacency_hash = arena_take_array(fib->mem, 2 * (size_t)n, sizeof *fib->adjacency_hash);
    for (uint32_t i = 0; i < fib->n_adjacencies; i++) {
        *place_of(fib, &fib->adjacencies[i]) = i + 1;
    }
}

uint32_t fib_adjacency(struct fib *fib, const struct adjacency *a)
{
    if (fib->n_adjacencies == fib->adjacency_capacity) {
        grow_adjacencies(fib);
    }
    uint32_t *place = place_of(fib, a);
    if (*place == 0) {
        fib->adjacencies[fib->n_adjacencies++] = *a;
        *place = fib->n_adjacencies;
    }
    return *place - 1;
}

/* Zeroed room for entry ids below n in all arrays by entry id. */
static void reserve_ids(struct fib *fib, enum ip_family family, uint32_t n)
{
    size_t old = fib->id_capacity[family];
    if (n <= old) {
        return;
    }
    fib->prefixes[family] =
        arena_grow(fib->mem, fib->prefixes[family], old * sizeof *fib->prefixes[0],
                   n * sizeof *fib->prefixes[0]);
    fib->resolved[family] =
        arena_grow(fib->mem, fib->resolved[family], old * sizeof(uint32_t), n * sizeof(uint32_t));
    for (uint32_t i = 0; i < fib->n_engines; i++) {
        uint32_t **column = &fib->engines[i].adjacency[family];
        *column = arena_grow(fib->mem, *column, old * sizeof **column, n * sizeof **column);
    }
    fib->id_capacity[family] = n;
}

struct fib *fib_open(struct arena *mem)
{
    static const struct adjacency fixed[FIB_FIRST_ADJACENCY] = {
        [FIB_ADJACENCY_NONE] = {.kind = ADJACENCY_NONE},
        [FIB_ADJACENCY_DROP] = {.kind = ADJACENCY_DROP},
        [FIB_ADJACENCY_RECEIVE] = {.kind = ADJACENCY_RECEIVE},
    };
    struct fib *fib = arena_take(mem, sizeof *fib);
    fib->mem = mem;
    for (uint32_t i = 0; i < FIB_FIRST_ADJACENCY; i++) {
        fib_adjacency(fib, &fixed[i]);
    }
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        fib->lpm[family] = lpm_open(family, mem);
        fib->n_ids[family] = LPM_NONE + 1;
        reserve_ids(fib, family, FIRST_IDS);
    }
    return fib;
}

uint32_t fib_add_engine(struct fib *fib, uint64_t ipv4_entries, uint64_t ipv6_entries)
{
    sim_assert(fib->n_engines < FIB_MAX_ENGINES);
    struct fib_engine *e = &fib->engines[fib->n_engines];
    e->capacity[IPV4] = ipv4_entries;
    e->capacity[IPV6] = ipv6_entries;
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        e->adjacency[family] =
            arena_take_array(fib->mem, fib->id_capacity[family], sizeof *e->adjacency[family]);
    }
    return fib->n_engines++;
}

void fib_reserve(struct fib *fib, enum ip_family family, uint32_t n)
{
    sim_assert(fib->n_ids[family] == LPM_NONE + 1);
    reserve_ids(fib, family, n + 1);
}

void fib_build(struct fib *fib, enum ip_family family, uint32_t n)
{
    sim_assert(fib->n_ids[family] == LPM_NONE + 1 && n < fib->id_capacity[family]);
    lpm_build(fib->lpm[family], fib->prefixes[family] + 1, n, 1);
    fib->n_ids[family] = n + 1;
}

uint32_t fib_add_prefix(struct fib *fib, struct ip_prefix prefix, uint32_t adjacency)
{
    enum ip_family family = (enum ip_family)prefix.family;
    uint32_t id = fib->free_id[family];
    if (id != LPM_NONE) {
        fib->free_id[family] = (uint32_t)fib->prefixes[family][id].hi;
    } else {
        id = fib->n_ids[family]++;
        if (id == fib->id_capacity[family]) {
            reserve_ids(fib, family, 2 * id);
        }
    }
    fib->prefixes[family][id] = prefix;
    fib->resolved[family][id] = adjacency;
    lpm_insert(fib->lpm[family], prefix, id);
    return id;
}

uint32_t fib_find(const struct fib *fib, struct ip_prefix prefix)
{
    const struct lpm *lpm = fib->lpm[prefix.family];
    const struct ip_prefix *held = fib->prefixes[prefix.family];
    uint32_t address = (uint32_t)(prefix.hi >> 32), id;
    if (prefix.family == IPV4) {
        lpm_lookup4(lpm, &address, &id, 1);
    } else {
        lpm_lookup6(lpm, &prefix.hi, &prefix.lo, &id, 1);
    }
    while (id != LPM_NONE && held[id].length > prefix.length) {
        id = lpm_parent(lpm, id);
    }
    return id != LPM_NONE && held[id].length == prefix.length ? id : LPM_NONE;
}

void fib_remove_prefix(struct fib *fib, enum ip_family family, uint32_t id)
{
    sim_assert(id > LPM_NONE && id < fib->n_ids[family]);
    for (uint32_t i = 0; i < fib->n_engines; i++) {
        sim_assert(fib->engines[i].adjacency[family][id] == FIB_ADJACENCY_NONE);
    }
    lpm_remove(fib->lpm[family], fib->prefixes[family][id], id);
    fib->resolved[family][id] = FIB_ADJACENCY_NONE;
    fib->prefixes[family][id].hi = fib->free_id[family];
    fib->free_id[family] = id;
}

bool fib_install(struct fib *fib, uint32_t engine, enum ip_family family, uint32_t id,
                 uint32_t adjacency)
{
    sim_assert(engine < fib->n_engines && id > LPM_NONE && id < fib->n_ids[family] &&
               adjacency < fib->n_adjacencies);
    struct fib_engine *e = &fib->engines[engine];
    uint32_t *entry = &e->adjacency[family][id];
    bool was_held = *entry != FIB_ADJACENCY_NONE, is_held = adjacency != FIB_ADJACENCY_NONE;
    if (is_held && !was_held && e->n_entries[family] == e->capacity[family]) {
        e->n_refused[family]++;
        e->exception[family] = true;
        return false;
    }
    e->n_entries[family] += is_held;
    e->n_entries[family] -= was_held;
    *entry = adjacency;
    return true;
}

void fib_install_all(struct fib *fib, uint32_t engine)
{
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        for (uint32_t id = LPM_NONE + 1; id < fib->n_ids[family]; id++) {
            fib_install(fib, engine, family, id, fib->resolved[family][id]);
        }
    }
}

uint64_t fib_slots_used(const struct fib *fib, uint32_t engine)
{
    const struct fib_engine *e = &fib->engines[engine];
    return e->n_entries[IPV4] * FIB_SLOTS_IPV4 + e->n_entries[IPV6] * FIB_SLOTS_IPV6;
}

/* What an engine answers for entry id: its own, or that of the closest covering entry it holds. */
static uint32_t climb(const struct lpm *lpm, const uint32_t *column, uint32_t id)
{
    while (column[id] == FIB_ADJACENCY_NONE && id != LPM_NONE) {
        id = lpm_parent(lpm, id);
    }
    return column[id];
}

/* The engine's answers for entry ids, n of at most GROUP. Column LPM_NONE is FIB_ADJACENCY_NONE. */
static inline void answer(const struct lpm *lpm, const uint32_t *column, const uint32_t *ids,
                          uint32_t *restrict adjacency, size_t n)
{
    uint32_t n_not_held = 0;
    for (size_t i = 0; i < n; i++) {
        adjacency[i] = column[ids[i]];
        n_not_held += (adjacency[i] == FIB_ADJACENCY_NONE) & (ids[i] != LPM_NONE);
    }
    for (size_t i = 0; n_not_held > 0; i++) {
        if (adjacency[i] == FIB_ADJACENCY_NONE && ids[i] != LPM_NONE) {
            adjacency[i] = climb(lpm, column, ids[i]);
            n_not_held--;
        }
    }
}

SIM_DISPATCH
void fib_lookup4(const struct fib *fib, uint32_t engine, const uint32_t *addresses,
                 uint32_t *adjacency, size_t n)
{
    const uint32_t *column = fib->engines[engine].adjacency[IPV4];
    for (size_t first = 0; first < n; first += GROUP) {
        uint32_t ids[GROUP];
        size_t size = n - first < GROUP ? n - first : GROUP;
        lpm_lookup4(fib->lpm[IPV4], addresses + first, ids, size);
        answer(fib->lpm[IPV4], column, ids, adjacency + first, size);
    }
}

SIM_DISPATCH
void fib_lookup6(const struct fib *fib, uint32_t engine, const uint64_t *hi, const uint64_t *lo,
                 uint32_t *adjacency, size_t n)
{
    const uint32_t *column = fib->engines[engine].adjacency[IPV6];
    for (size_t first = 0; first < n; first += GROUP) {
        uint32_t ids[GROUP];
        size_t size = n - first < GROUP ? n - first : GROUP;
        lpm_lookup6(fib->lpm[IPV6], hi + first, lo + first, ids, size);
        answer(fib->lpm[IPV6], column, ids, adjacency + first, size);
    }
}
