/* fib.c - the shared prefix tree, a column of adjacencies for each engine, the adjacency table.
 *
 * Engines that have finished their download answer from the entry found; only an engine that does
 * not hold it (download under way, table full) makes the lookup climb to covering entries.
 */
#include "models/fib.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/error.h"

#define FIRST_IDS 1024u
#define FIRST_ADJACENCIES 256u
#define FIRST_BUCKETS 64u
#define GROUP 256u
#define LONGEST 128u /* prefix */

/* ---- adjacencies ------------------------------------------------------------------------- */

static bool has_choice(const struct adjacency *a)
{
    return a->kind == ADJACENCY_PATHS || a->kind == ADJACENCY_BUNDLE;
}

/* Of what is_same() compares. */
static uint32_t hash_of(const struct fib *fib, const struct adjacency *a)
{
    uint64_t h = a->next_hop.hi ^ (a->next_hop.lo * 0x9e3779b97f4a7c15u);
    h ^= (uint64_t)a->kind << 24 | (uint64_t)a->port << 8 | a->next_hop.family;
    for (uint32_t i = 0; has_choice(a) && i < a->n_buckets; i++) {
        h = (h ^ h >> 32 ^ fib->buckets[a->bucket + i]) * 0x9e3779b97f4a7c15u;
    }
    h = (h ^ h >> 32) * 0xd6e8feb86659fd93u; /* odd, bits well mixed */
    return (uint32_t)(h >> 32);
}

static bool is_same(const struct fib *fib, const struct adjacency *a, const struct adjacency *b)
{
    bool same = a->kind == b->kind && a->port == b->port && a->next_hop.hi == b->next_hop.hi &&
                a->next_hop.lo == b->next_hop.lo && a->next_hop.family == b->next_hop.family &&
                a->n_buckets == b->n_buckets;
    for (uint32_t i = 0; same && i < a->n_buckets; i++) {
        same = fib->buckets[a->bucket + i] == fib->buckets[b->bucket + i];
    }
    return same;
}

/* Where *a is in the hash, or the empty place where it belongs. */
static uint32_t *place_of(const struct fib *fib, const struct adjacency *a)
{
    uint32_t mask = 2 * fib->adjacency_capacity - 1;
    uint32_t i = hash_of(fib, a) & mask;
    while (fib->adjacency_hash[i] != 0 &&
           !is_same(fib, a, &fib->adjacencies[fib->adjacency_hash[i] - 1])) {
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

/* The index of *a as it is. */
static uint32_t index_of(struct fib *fib, const struct adjacency *a)
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

/* The index of *a with these buckets, which are kept when there is none like it. */
static uint32_t index_with_buckets(struct fib *fib, struct adjacency a, const uint32_t *buckets,
                                   uint32_t n)
{
    while (fib->n_buckets + n > fib->bucket_capacity) {
        uint32_t old = fib->bucket_capacity, more = old > 0 ? 2 * old : FIRST_BUCKETS;
        fib->buckets =
            arena_grow(fib->mem, fib->buckets, old * sizeof *buckets, more * sizeof *buckets);
        fib->bucket_capacity = more;
    }
    a.bucket = fib->n_buckets;
    a.n_buckets = (uint8_t)n;
    memcpy(fib->buckets + a.bucket, buckets, n * sizeof *buckets);
    uint32_t index = index_of(fib, &a);
    fib->n_buckets += fib->adjacencies[index].bucket == a.bucket ? n : 0;
    return index;
}

static uint32_t bundle_of(struct fib *fib, const struct adjacency *a)
{
    const struct port_channel *channel = &fib->port_channels[a->port - fib->first_port_channel];
    struct adjacency bundle = *a, link = *a;
    uint32_t buckets[SHARING_LINKS];
    for (uint32_t i = 0; i < SHARING_LINKS; i++) {
        link.port = (uint16_t)channel->members[i % channel->n_members];
        buckets[i] = index_of(fib, &link);
    }
    bundle.kind = ADJACENCY_BUNDLE;
    return index_with_buckets(fib, bundle, buckets, SHARING_LINKS);
}

uint32_t fib_adjacency(struct fib *fib, const struct adjacency *a)
{
    return fib_forwards(a) && a->port >= fib->first_port_channel ? bundle_of(fib, a)
                                                                 : index_of(fib, a);
}

uint32_t fib_paths(struct fib *fib, const struct adjacency *paths, uint32_t n)
{
    uint32_t buckets[SHARING_MOST_BUCKETS], n_buckets = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t path = fib_adjacency(fib, &paths[i]);
        for (uint32_t w = sharing_weight(fib->load_sharing, n, i); w > 0; w--) {
            buckets[n_buckets++] = path;
        }
    }
    struct adjacency block = {.kind = ADJACENCY_PATHS};
    return n == 1 ? buckets[0] : index_with_buckets(fib, block, buckets, n_buckets);
}

const struct adjacency *fib_choose(const struct fib *fib, const struct adjacency *a, uint32_t hash)
{
    if (a->kind == ADJACENCY_PATHS) {
        uint32_t bucket = sharing_path_bucket(hash, a->n_buckets);
        a = &fib->adjacencies[fib->buckets[a->bucket + bucket]];
    }
    if (a->kind == ADJACENCY_BUNDLE) {
        a = &fib->adjacencies[fib->buckets[a->bucket + sharing_link_bucket(hash)]];
    }
    return a;
}

/* ---- entries ----------------------------------------------------------------------------- */

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
    fib->first_port_channel = UINT32_MAX;
    fib->ipv4_slots = FIB_SLOTS_IPV4;
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

void fib_share(struct fib *fib, const struct chassis_config *config)
{
    sim_assert(fib->n_adjacencies == FIB_FIRST_ADJACENCY);
    fib->load_sharing = config->load_sharing;
    fib->port_channels = config->port_channels;
    fib->first_port_channel = config->n_ports;
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

static void open_vrfs(struct fib *fib)
{
    if (fib->vrfs == NULL) {
        fib->vrfs = lpm_open(IPV6, fib->mem);
    }
}

/* Entries `first` to n of IPv4, all of VRFs. */
static void build_vrfs(struct fib *fib, uint32_t first, uint32_t n)
{
    struct arena *scratch = arena_open();
    struct ip_prefix *keys = arena_take_array(scratch, n - first + 1, sizeof *keys);
    for (uint32_t id = first; id <= n; id++) {
        keys[id - first] = ip_vrf_key(fib->prefixes[IPV4][id]);
    }
    open_vrfs(fib);
    lpm_build(fib->vrfs, keys, n - first + 1, first);
    arena_close(scratch);
}

void fib_build(struct fib *fib, enum ip_family family, uint32_t n)
{
    sim_assert(fib->n_ids[family] == LPM_NONE + 1 && n < fib->id_capacity[family]);
    uint32_t n_global = n;
    while (n_global > 0 && ip_is_of_vrf(&fib->prefixes[family][n_global])) {
        n_global--;
    }
    lpm_build(fib->lpm[family], fib->prefixes[family] + 1, n_global, 1);
    if (n_global < n) {
        build_vrfs(fib, n_global + 1, n);
    }
    fib->n_ids[family] = n + 1;
}

static struct lpm *tree_of(const struct fib *fib, const struct ip_prefix *prefix)
{
    return ip_is_of_vrf(prefix) ? fib->vrfs : fib->lpm[prefix->family];
}

static struct ip_prefix key_of(struct ip_prefix prefix)
{
    return ip_is_of_vrf(&prefix) ? ip_vrf_key(prefix) : prefix;
}

/* An id for a prefix that is about to be in the tree. */
static uint32_t new_id(struct fib *fib, struct ip_prefix prefix, uint32_t adjacency)
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
    return id;
}

uint32_t fib_match(const struct fib *fib, struct ip_address address)
{
    struct ip_prefix host = ip_prefix_of(address, address.family == IPV4 ? 32 : 128);
    struct ip_prefix key = key_of(host);
    const struct lpm *lpm = tree_of(fib, &host);
    uint32_t address4 = (uint32_t)(address.hi >> 32), id = LPM_NONE;
    if (key.family == IPV4) {
        lpm_lookup4(lpm, &address4, &id, 1);
    } else if (lpm != NULL) {
        lpm_lookup6(lpm, &key.hi, &key.lo, &id, 1);
    }
    return id;
}

uint32_t fib_add_prefix(struct fib *fib, struct ip_prefix prefix, uint32_t adjacency)
{
    uint32_t id = new_id(fib, prefix, adjacency);
    if (ip_is_of_vrf(&prefix)) {
        open_vrfs(fib);
    }
    lpm_insert(tree_of(fib, &prefix), key_of(prefix), id);
    return id;
}

void fib_add_prefixes(struct fib *fib, enum ip_family family, const struct ip_prefix *prefixes,
                      const uint32_t *adjacencies, uint32_t *ids, uint32_t n)
{
    uint32_t n_global = 0;
    while (n_global < n && !ip_is_of_vrf(&prefixes[n_global])) {
        ids[n_global] = new_id(fib, prefixes[n_global], adjacencies[n_global]);
        n_global++;
    }
    lpm_insert_all(fib->lpm[family], prefixes, ids, n_global);
    for (uint32_t i = n_global; i < n; i++) {
        ids[i] = fib_add_prefix(fib, prefixes[i], adjacencies[i]);
    }
}

uint32_t fib_find(const struct fib *fib, struct ip_prefix prefix)
{
    const struct lpm *lpm = tree_of(fib, &prefix);
    const struct ip_prefix *held = fib->prefixes[prefix.family];
    uint32_t id = fib_match(fib, (struct ip_address){prefix.hi, prefix.lo, prefix.family});
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
    const struct ip_prefix *prefix = &fib->prefixes[family][id];
    lpm_remove(tree_of(fib, prefix), key_of(*prefix), id);
    fib->resolved[family][id] = FIB_ADJACENCY_NONE;
    fib->prefixes[family][id].hi = fib->free_id[family];
    fib->free_id[family] = id;
}

/* The partition of an engine that an entry is in, or would be. */
static enum fib_partition partition_of(const struct fib *fib, const struct fib_engine *e,
                                       enum ip_family family, uint32_t id)
{
    return fib_partition(e, &fib->prefixes[family][id]);
}

static enum ip_family family_of(enum fib_partition partition)
{
    return partition == FIB_IPV6 ? IPV6 : IPV4;
}

/* An engine holds an entry more, or one less. */
static void count(const struct fib *fib, struct fib_engine *e, enum fib_partition partition,
                  uint32_t id, int by)
{
    enum ip_family family = family_of(partition);
    bool label = family == IPV4 && fib->prefixes[family][id].lo == FIB_LABELS;
    e->n_entries[partition] += (uint64_t)by;
    e->n_labels += label ? (uint64_t)by : 0;
}

uint64_t fib_capacity(const struct fib *fib, const struct fib_engine *e,
                      enum fib_partition partition)
{
    if (!fib->pools || partition == FIB_MPLS) {
        return e->capacity[partition];
    }
    return partition == FIB_IPV4
               ? e->capacity[FIB_IPV4] - e->n_entries[FIB_IPV6] * FIB_SLOTS_IPV6
               : (e->capacity[FIB_IPV4] - e->n_entries[FIB_IPV4]) / FIB_SLOTS_IPV6;
}

/* ---- a full TCAM ------------------------------------------------------------------------- */

/* All that an engine holds; the last ids first, as they most often are the last prefixes, too. */
static void keep_order(struct fib *fib, struct fib_engine *e, enum fib_partition partition)
{
    struct eviction *order = &e->order[partition];
    enum ip_family family = family_of(partition);
    for (uint32_t id = fib->n_ids[family] - 1; id > LPM_NONE; id--) {
        if (e->adjacency[family][id] != FIB_ADJACENCY_NONE &&
            partition_of(fib, e, family, id) == partition) {
            eviction_add(order, fib->prefixes[family], id, fib->mem);
        }
    }
    order->kept = true;
}

static void keep_out(const struct fib *fib, struct fib_engine *e, enum fib_partition partition,
                     uint8_t length)
{
    e->exception[partition] = true;
    if (!fib->refuses && e->least_length[partition] < length) {
        e->least_length[partition] = length;
    }
}

/* Is there room for a prefix of this length, or a shorter one that can go for it? */
static bool make_room(struct fib *fib, struct fib_engine *e, enum fib_partition partition,
                      uint8_t length)
{
    struct eviction *order = &e->order[partition];
    enum ip_family family = family_of(partition);
    if (e->n_entries[partition] < fib_capacity(fib, e, partition)) {
        return length >= e->least_length[partition];
    }
    if (fib->refuses) {
        return false;
    }
    if (!order->kept) {
        keep_order(fib, e, partition);
    }
    uint32_t first = eviction_first(order);
    uint8_t first_length = fib->prefixes[family][first].length;
    if (first == LPM_NONE || first_length >= length) {
        return false;
    }
    eviction_remove(order, fib->prefixes[family], first);
    e->adjacency[family][first] = FIB_ADJACENCY_NONE;
    count(fib, e, partition, first, -1);
    e->n_evicted[partition]++;
    keep_out(fib, e, partition, first_length);
    return true;
}

static bool let_in(struct fib *fib, struct fib_engine *e, enum fib_partition partition, uint32_t id)
{
    if (e->exception[partition] || e->n_entries[partition] == fib_capacity(fib, e, partition)) {
        const struct ip_prefix *prefixes = fib->prefixes[family_of(partition)];
        if (!make_room(fib, e, partition, prefixes[id].length)) {
            e->n_refused[partition]++;
            keep_out(fib, e, partition, prefixes[id].length);
            return false;
        }
        if (e->order[partition].kept) {
            eviction_add(&e->order[partition], prefixes, id, fib->mem);
        }
    }
    count(fib, e, partition, id, 1);
    return true;
}

static void let_go(const struct fib *fib, struct fib_engine *e, enum fib_partition partition,
                   uint32_t id)
{
    if (e->order[partition].kept) {
        eviction_remove(&e->order[partition], fib->prefixes[family_of(partition)], id);
    }
    count(fib, e, partition, id, -1);
}

bool fib_install(struct fib *fib, uint32_t engine, enum ip_family family, uint32_t id,
                 uint32_t adjacency)
{
    sim_assert(engine < fib->n_engines && id > LPM_NONE && id < fib->n_ids[family] &&
               adjacency < fib->n_adjacencies);
    struct fib_engine *e = &fib->engines[engine];
    uint32_t *entry = &e->adjacency[family][id];
    bool was_held = *entry != FIB_ADJACENCY_NONE, is_held = adjacency != FIB_ADJACENCY_NONE;
    if (is_held && !was_held && !let_in(fib, e, partition_of(fib, e, family, id), id)) {
        return false;
    }
    if (was_held && !is_held) {
        let_go(fib, e, partition_of(fib, e, family, id), id);
    }
    *entry = adjacency;
    return true;
}

/* The least length of which, with all that is longer, everything fits an empty partition. */
static unsigned length_that_fits(const struct fib *fib, const struct fib_engine *e,
                                 enum fib_partition partition)
{
    enum ip_family family = family_of(partition);
    uint64_t n[LONGEST + 1] = {0}, rest = fib_capacity(fib, e, partition);
    unsigned length = LONGEST + 1;
    for (uint32_t id = LPM_NONE + 1; id < fib->n_ids[family]; id++) {
        n[fib->prefixes[family][id].length] += fib->resolved[family][id] != FIB_ADJACENCY_NONE &&
                                               partition_of(fib, e, family, id) == partition;
    }
    while (length > 0 && n[length - 1] <= rest) {
        rest -= n[--length];
    }
    return length;
}

static void install_lengths(struct fib *fib, uint32_t engine, enum fib_partition partition,
                            unsigned from, unsigned before)
{
    const struct fib_engine *e = &fib->engines[engine];
    enum ip_family family = family_of(partition);
    for (uint32_t id = LPM_NONE + 1; id < fib->n_ids[family] && from < before; id++) {
        unsigned length = fib->prefixes[family][id].length;
        if (length >= from && length < before && partition_of(fib, e, family, id) == partition) {
            fib_install(fib, engine, family, id, fib->resolved[family][id]);
        }
    }
}

void fib_install_all(struct fib *fib, uint32_t engine)
{
    const struct fib_engine *e = &fib->engines[engine];
    for (enum fib_partition p = 0; p < FIB_N_PARTITIONS; p++) {
        bool all = fib->refuses || fib->n_ids[family_of(p)] - 1 <= fib_capacity(fib, e, p);
        unsigned fits = all ? 0 : length_that_fits(fib, e, p);
        sim_assert(e->n_entries[p] == 0);
        if (p == FIB_MPLS && e->capacity[p] == 0) {
            continue; /* labels are in IPv4's */
        }
        install_lengths(fib, engine, p, fits, LONGEST + 1);
        if (fits > 0) {
            install_lengths(fib, engine, p, fits - 1, fits);
            install_lengths(fib, engine, p, 0, fits - 1);
        }
    }
}

void fib_empty(struct fib *fib, uint32_t engine, const uint64_t entries[FIB_N_PARTITIONS])
{
    struct fib_engine *e = &fib->engines[engine];
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        memset(e->adjacency[family], 0, fib->id_capacity[family] * sizeof *e->adjacency[family]);
    }
    for (enum fib_partition p = 0; p < FIB_N_PARTITIONS; p++) {
        e->capacity[p] = entries[p];
        e->n_entries[p] = e->n_refused[p] = e->n_evicted[p] = 0;
        e->exception[p] = false;
        e->least_length[p] = 0;
        eviction_forget(&e->order[p]);
    }
    e->n_labels = 0;
}

/* ---- lookups ----------------------------------------------------------------------------- */

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

uint32_t fib_lookup_in(const struct fib *fib, uint32_t engine, struct ip_address address)
{
    return climb(fib->vrfs, fib->engines[engine].adjacency[IPV4], fib_match(fib, address));
}
