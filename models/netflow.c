/* Why two hash tables: which flows fit is decided by the hardware's hash, of which only the number of
 * flows at each value matters (cells). Where a flow's counters are is our own business: an index with
 * open addressing, half empty. Packets are taken in blocks, so that the two cache misses of each, in
 * the index and of its flow, are waited for together. */
#include "models/netflow.h"

#include <string.h>

#include "models/config.h"
#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/error.h"
#include "sim/report.h"

#define SECOND_PS INT64_C(1000000000000)
#define BLOCK 32u
#define KEY_WORDS 5u

struct words { /* a key: the addresses, then the rest of it */
    uint64_t w[KEY_WORDS];
};

struct flow { /* one cache line */
    struct words key;
    uint64_t n_packets, n_bytes;
    int64_t last_ps;
};

enum place { NOWHERE = 0, IN_TABLE = 1, IN_ALIAS = 2 };

struct netflow {
    struct netflow_config c;
    struct words masks[NETFLOW_N_MASKS];
    struct flow *flows;
    int64_t *first_ps; /* by flow, as the next two */
    uint8_t *place;
    uint32_t *free;                    /* a stack: flows that ended */
    uint32_t n_free, n_flows, n_slots; /* n_flows: ever used */
    uint64_t *index;                   /* upper half of the hash, flow + 1; 0: nothing */
    uint64_t index_mask;
    uint8_t *cells; /* four bits a hash value: of a TCAM the places taken, of pages how many */
    uint32_t n_in_table, n_in_alias;
    bool aggressive;
    struct netflow_count count, mark_count;
};

/* ---- the hardware ------------------------------------------------------------------------------ */

/* Hash values of the TCAMs. PFC3A: 128 K flows leave 83 K in the table, the vendor spoke of "about
 * 90 K" [CNSP-COX]; source: (assumed). PFC3B and later: of 80,763 flows 76 were aliases [CNSP-TS], and
 * n^2 / 2^(bits + 1) = 76 gives 25.4 bits; source: [CNSP-TS] (derived) */
#define PFC3A_HASH_BITS 17
#define PFC3B_HASH_BITS 25

#define ICAM_ENTRIES 128 /* source: [CNSP-TS] (vendor) */
#define N_PAGES 8u       /* source: [CNSP-COX] (vendor) */

struct netflow_type netflow_type_of(const struct engine_type *engine)
{
    uint32_t n_entries = (uint32_t)engine->netflow_entries;

    if (engine->generation >= 3) {
        bool narrow = engine->generation == 3 && engine->letter == 'A';
        return (struct netflow_type){.n_entries = n_entries,
                                     .n_aliases = ICAM_ENTRIES,
                                     .hash_bits = narrow ? PFC3A_HASH_BITS : PFC3B_HASH_BITS};
    }
    uint32_t bits = 2;
    while (N_PAGES << bits < n_entries) {
        bits++;
    }
    return (struct netflow_type){
        .n_entries = N_PAGES << bits, .n_pages = N_PAGES, .hash_bits = bits};
}

void netflow_config_default(struct netflow_type type, struct netflow_config *config)
{
    *config = (struct netflow_config){
        .type = type,
        .mask = NETFLOW_INTERFACE_FULL,
        .normal_ps = 300 * SECOND_PS,    /* source: (assumed: recalled default of 12.2SX) */
        .long_ps = 1920 * SECOND_PS,     /* source: (assumed: recalled default of 12.2SX) */
        .aggressive_ps = 30 * SECOND_PS, /* source: (assumed: one poll) */
        .poll_ps = NETFLOW_POLL_PS,
        .fast_ps = 32 * SECOND_PS, /* source: [CG-121E] 19-6 (vendor), when it is on */
    };
}

static uint32_t hash_value(const struct netflow *nf, uint64_t hash)
{
    return (uint32_t)(hash >> (64 - nf->c.type.hash_bits));
}

static uint32_t cell_at(const struct netflow *nf, uint32_t value)
{
    return (uint32_t)nf->cells[value / 2] >> value % 2 * 4 & 15u;
}

static void cell_add(struct netflow *nf, uint32_t value, uint32_t amount)
{
    nf->cells[value / 2] = (uint8_t)(nf->cells[value / 2] + (amount << value % 2 * 4));
}

static void cell_subtract(struct netflow *nf, uint32_t value, uint32_t amount)
{
    nf->cells[value / 2] = (uint8_t)(nf->cells[value / 2] - (amount << value % 2 * 4));
}

/* Where a new flow of that hash value can go. */
static enum place place_for(const struct netflow *nf, uint32_t value)
{
    const struct netflow_type *type = &nf->c.type;
    uint32_t cell = cell_at(nf, value);

    if (type->n_pages != 0) {
        return cell < type->n_pages ? IN_TABLE : NOWHERE;
    }
    if (nf->n_in_table == type->n_entries) {
        return NOWHERE;
    }
    if (!(cell & IN_TABLE)) {
        return IN_TABLE;
    }
    return cell & IN_ALIAS || nf->n_in_alias == type->n_aliases ? NOWHERE : IN_ALIAS;
}

/* ---- keys ------------------------------------------------------------------------------------- */

static inline struct words words_of(const struct netflow_key *k)
{
    return (struct words){{k->src_hi, k->src_lo, k->dst_hi, k->dst_lo,
                           k->src_port | (uint64_t)k->dst_port << 16 |
                               (uint64_t)k->interface << 32 | (uint64_t)k->protocol << 48 |
                               (uint64_t)k->family << 56}};
}

static struct netflow_key key_of(const struct words *words)
{
    const uint64_t *w = words->w;

    return (struct netflow_key){w[0],
                                w[1],
                                w[2],
                                w[3],
                                (uint16_t)w[4],
                                (uint16_t)(w[4] >> 16),
                                (uint16_t)(w[4] >> 32),
                                (uint8_t)(w[4] >> 48),
                                (uint8_t)(w[4] >> 56)};
}

static inline struct words masked(const struct words *mask, const struct netflow_key *key)
{
    struct words words = words_of(key);

    for (uint32_t i = 0; i < KEY_WORDS; i++) {
        words.w[i] &= mask->w[i];
    }
    return words;
}

static struct words mask_of(enum netflow_mask mask)
{
    struct netflow_key key = {.family = UINT8_MAX};
    bool full = mask == NETFLOW_FULL || mask == NETFLOW_INTERFACE_FULL;

    if (mask != NETFLOW_DESTINATION) {
        key.src_hi = key.src_lo = UINT64_MAX;
    }
    if (mask != NETFLOW_SOURCE) {
        key.dst_hi = key.dst_lo = UINT64_MAX;
    }
    if (mask == NETFLOW_INTERFACE_DESTINATION_SOURCE || mask == NETFLOW_INTERFACE_FULL) {
        key.interface = UINT16_MAX;
    }
    if (full) {
        key.src_port = key.dst_port = UINT16_MAX;
        key.protocol = UINT8_MAX;
    }
    return words_of(&key);
}

static bool words_equal(const struct words *a, const struct words *b)
{
    uint64_t differs = 0;

    for (uint32_t i = 0; i < KEY_WORDS; i++) {
        differs |= a->w[i] ^ b->w[i];
    }
    return differs == 0;
}

/* Both halves of the product, folded. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;

    return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

/* wyhash's way; constants: digits of pi. The last word is mixed in after the others, so that keys that
 * differ in ports alone are spread as well as others. */
static inline uint64_t hash_of(const struct words *key)
{
    const uint64_t c0 = 0x243f6a8885a308d3, c1 = 0x13198a2e03707344, c2 = 0xa4093822299f31d0,
                   c3 = 0x082efa98ec4e6c89;
    uint64_t addresses =
        fold(key->w[0] ^ c0, key->w[1] ^ c1) ^ fold(key->w[2] ^ c2, key->w[3] ^ c3);

    return fold(fold(addresses ^ c0, key->w[4] ^ c2), c1 | 1);
}

/* ---- flows ------------------------------------------------------------------------------------ */

struct netflow *netflow_open(const struct netflow_config *config, struct arena *mem)
{
    const struct netflow_type *type = &config->type;
    struct netflow *nf = arena_take(mem, sizeof *nf);
    size_t n_index = 2;

    sim_assert(type->hash_bits >= 2 && type->hash_bits <= 31);
    sim_assert(type->n_pages < 16 &&
               (type->n_pages == 0 || type->n_entries == type->n_pages << type->hash_bits));
    nf->c = *config;
    for (uint32_t mask = 0; mask < NETFLOW_N_MASKS; mask++) {
        nf->masks[mask] = mask_of((enum netflow_mask)mask);
    }
    nf->n_slots = type->n_entries + type->n_aliases;
    while (n_index < 2 * (size_t)nf->n_slots) {
        n_index *= 2;
    }
    nf->index = arena_take_array(mem, n_index, sizeof *nf->index);
    nf->index_mask = n_index - 1;
    nf->flows = arena_take_array(mem, nf->n_slots, sizeof *nf->flows);
    nf->first_ps = arena_take_array(mem, nf->n_slots, sizeof *nf->first_ps);
    nf->place = arena_take_array(mem, nf->n_slots, sizeof *nf->place);
    nf->free = arena_take_array(mem, nf->n_slots, sizeof *nf->free);
    nf->cells = arena_take(mem, (size_t)1 << (type->hash_bits - 1));
    return nf;
}

/* The flow that an index entry at or after the hash's own has for its upper half: most likely the
 * right one. NETFLOW_NONE: there is none for sure. */
static inline uint32_t guess(const struct netflow *nf, uint64_t hash)
{
    for (uint64_t i = hash;; i++) {
        uint64_t entry = nf->index[i & nf->index_mask];
        if (entry == 0 || entry >> 32 == hash >> 32) {
            return (uint32_t)entry - 1;
        }
    }
}

static uint32_t find(const struct netflow *nf, const struct words *key, uint64_t hash)
{
    for (uint64_t i = hash;; i++) {
        uint64_t entry = nf->index[i & nf->index_mask];
        uint32_t flow = (uint32_t)entry - 1;
        if (entry == 0 || (entry >> 32 == hash >> 32 && words_equal(&nf->flows[flow].key, key))) {
            return flow;
        }
    }
}

static void index_add(struct netflow *nf, uint32_t flow, uint64_t hash)
{
    uint64_t i = hash;

    while (nf->index[i & nf->index_mask] != 0) {
        i++;
    }
    nf->index[i & nf->index_mask] = hash >> 32 << 32 | (flow + 1);
}

static uint32_t create(struct netflow *nf, const struct words *key, uint64_t hash, int64_t now_ps)
{
    uint32_t value = hash_value(nf, hash);
    enum place place = place_for(nf, value);

    if (place == NOWHERE) {
        return NETFLOW_NONE;
    }
    uint32_t flow = nf->n_free > 0 ? nf->free[--nf->n_free] : nf->n_flows++;
    cell_add(nf, value, place);
    nf->n_in_table += place == IN_TABLE;
    nf->n_in_alias += place == IN_ALIAS;
    nf->count.n_created++;
    nf->count.n_aliased += place == IN_ALIAS;
    nf->flows[flow] = (struct flow){.key = *key};
    nf->first_ps[flow] = now_ps;
    nf->place[flow] = (uint8_t)place;
    index_add(nf, flow, hash);
    return flow;
}

/* A packet whose flow was not guessed: a new flow, or two with the same upper half of the hash. */
static __attribute__((noinline)) uint32_t
find_or_create(struct netflow *nf, const struct words *key, uint64_t hash, int64_t now_ps)
{
    uint32_t flow = find(nf, key, hash);

    return flow != NETFLOW_NONE ? flow : create(nf, key, hash, now_ps);
}

uint32_t netflow_find(struct netflow *nf, enum netflow_mask mask, const struct netflow_key *key,
                      int64_t now_ps)
{
    struct words words = masked(&nf->masks[mask], key);

    return find_or_create(nf, &words, hash_of(&words), now_ps);
}

int64_t netflow_began_ps(const struct netflow *nf, uint32_t flow)
{
    return nf->first_ps[flow];
}

uint32_t netflow_n_numbers(const struct netflow *nf)
{
    return nf->n_slots;
}

static inline void count_block(struct netflow *nf, const uint32_t *flows, const uint32_t *bytes,
                               const int64_t *now_ps, uint32_t n)
{
    uint64_t n_missed = 0, missed_bytes = 0, all_bytes = 0;

    for (uint32_t i = 0; i < n; i++) {
        all_bytes += bytes[i];
        if (__builtin_expect(flows[i] == NETFLOW_NONE, 0)) {
            n_missed++;
            missed_bytes += bytes[i];
            continue;
        }
        struct flow *flow = &nf->flows[flows[i]];
        flow->n_packets++;
        flow->n_bytes += bytes[i];
        flow->last_ps = now_ps[i];
    }
    nf->count.n_packets += n - n_missed;
    nf->count.n_bytes += all_bytes - missed_bytes;
    nf->count.n_missed_packets += n_missed;
    nf->count.n_missed_bytes += missed_bytes;
}

static inline __attribute__((always_inline)) void
account_block(struct netflow *nf, const struct netflow_key *keys, const uint32_t *bytes,
              const int64_t *now_ps, uint32_t n, uint32_t *flows)
{
    struct words words[BLOCK];
    uint64_t hashes[BLOCK];

    for (uint32_t i = 0; i < n; i++) {
        words[i] = masked(&nf->masks[nf->c.mask], &keys[i]);
        hashes[i] = hash_of(&words[i]);
        __builtin_prefetch(&nf->index[hashes[i] & nf->index_mask]);
    }
    for (uint32_t i = 0; i < n; i++) {
        flows[i] = guess(nf, hashes[i]);
        __builtin_prefetch(&nf->flows[flows[i] != NETFLOW_NONE ? flows[i] : 0], 1);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (__builtin_expect(
                flows[i] == NETFLOW_NONE || !words_equal(&nf->flows[flows[i]].key, &words[i]), 0)) {
            flows[i] = find_or_create(nf, &words[i], hashes[i], now_ps[i]);
        }
    }
    count_block(nf, flows, bytes, now_ps, n);
}

SIM_DISPATCH
void netflow_account(struct netflow *nf, const struct netflow_key *keys, const uint32_t *bytes,
                     const int64_t *now_ps, uint32_t n, uint32_t *flows)
{
    for (uint32_t i = 0; i < n; i += BLOCK) {
        uint32_t found[BLOCK] = {0}, rest = n - i < BLOCK ? n - i : BLOCK;
        account_block(nf, keys + i, bytes + i, now_ps + i, rest, found);
        if (flows != NULL) {
            memcpy(flows + i, found, rest * sizeof *found);
        }
    }
}

SIM_DISPATCH
void netflow_account_known(struct netflow *nf, const uint32_t *flows, const uint32_t *bytes,
                           const int64_t *now_ps, uint32_t n)
{
    count_block(nf, flows, bytes, now_ps, n);
}

/* ---- aging ------------------------------------------------------------------------------------ */

/* Whether the flow ends by age, and why. */
static bool ends(const struct netflow *nf, uint32_t f, int64_t now_ps, enum netflow_end *end)
{
    const struct netflow_config *c = &nf->c;
    int64_t idle_ps = now_ps - nf->flows[f].last_ps, age_ps = now_ps - nf->first_ps[f];

    if (idle_ps >= c->normal_ps) {
        *end = NETFLOW_IDLE;
    } else if (nf->aggressive && idle_ps >= c->aggressive_ps) {
        *end = NETFLOW_AGGRESSIVE;
    } else if (nf->flows[f].n_packets < c->fast_packets && age_ps >= c->fast_ps) {
        *end = NETFLOW_FAST;
    } else if (age_ps >= c->long_ps) {
        *end = NETFLOW_LONG;
    } else {
        return false;
    }
    return true;
}

static void end_flow(struct netflow *nf, uint32_t f, enum netflow_end end,
                     const struct netflow_exporter *exporter)
{
    const struct flow *flow = &nf->flows[f];
    struct netflow_record record = {.key = key_of(&flow->key),
                                    .n_packets = flow->n_packets,
                                    .n_bytes = flow->n_bytes,
                                    .first_ps = nf->first_ps[f],
                                    .last_ps = flow->last_ps,
                                    .end = end};

    cell_subtract(nf, hash_value(nf, hash_of(&flow->key)), nf->place[f]);
    nf->n_in_table -= nf->place[f] == IN_TABLE;
    nf->n_in_alias -= nf->place[f] == IN_ALIAS;
    nf->place[f] = NOWHERE;
    nf->free[nf->n_free++] = f;
    nf->count.n_ended++;
    if (exporter != NULL) {
        exporter->take(exporter->context, &record);
    }
}

/* Open addressing has no holes: the index is made anew without the flows that ended. */
static void index_anew(struct netflow *nf)
{
    memset(nf->index, 0, (nf->index_mask + 1) * sizeof *nf->index);
    for (uint32_t f = 0; f < nf->n_flows; f++) {
        if (nf->place[f] != NOWHERE) {
            index_add(nf, f, hash_of(&nf->flows[f].key));
        }
    }
}

uint32_t netflow_poll(struct netflow *nf, int64_t now_ps, const struct netflow_exporter *exporter)
{
    uint32_t used_percent = (uint32_t)((uint64_t)nf->n_in_table * 100 / nf->c.type.n_entries);
    uint64_t n_ended = nf->count.n_ended;
    enum netflow_end end;

    nf->aggressive = used_percent >= NETFLOW_THRESHOLD_PERCENT;
    nf->count.n_exceeded += nf->aggressive;
    for (uint32_t f = 0; f < nf->n_flows; f++) {
        if (nf->place[f] != NOWHERE && ends(nf, f, now_ps, &end)) {
            end_flow(nf, f, end, exporter);
        }
    }
    if (nf->count.n_ended != n_ended) {
        index_anew(nf);
    }
    return used_percent;
}

void netflow_flush(struct netflow *nf, const struct netflow_exporter *exporter)
{
    for (uint32_t f = 0; f < nf->n_flows; f++) {
        if (nf->place[f] != NOWHERE) {
            end_flow(nf, f, NETFLOW_FLUSHED, exporter);
        }
    }
    index_anew(nf);
}

/* ---- what it says ----------------------------------------------------------------------------- */

const char *netflow_message(uint32_t used_percent, const char *where, struct arena *mem)
{
    return arena_printf(mem,
                        "%%EARL_NETFLOW-%s-4-TCAM_THRLD: Netflow TCAM threshold exceeded, TCAM "
                        "Utilization [%u%%]",
                        where, used_percent);
}

uint32_t netflow_hash(const struct netflow *nf, const struct netflow_key *key)
{
    struct words words = masked(&nf->masks[nf->c.mask], key);

    return hash_value(nf, hash_of(&words));
}

uint32_t netflow_n_entries(const struct netflow *nf)
{
    return nf->n_in_table;
}

uint32_t netflow_n_aliases(const struct netflow *nf)
{
    return nf->n_in_alias;
}

const struct netflow_count *netflow_count(const struct netflow *nf)
{
    return &nf->count;
}

void netflow_mark(struct netflow *nf)
{
    nf->mark_count = nf->count;
}

void netflow_show(const struct netflow *nf, const char *module, struct report *out)
{
    const struct netflow_count *now = &nf->count, *then = &nf->mark_count;
    const struct {
        const char *name, *unit;
        uint64_t value;
    } values[] = {
        {"netflow_entries", "entries", nf->n_in_table},
        {"netflow_size", "entries", nf->c.type.n_entries},
        {"netflow_aliases", "entries", nf->n_in_alias},
        {"netflow_created", "flows", now->n_created - then->n_created},
        {"netflow_ended", "flows", now->n_ended - then->n_ended},
        {"netflow_creation_failures", "packets", now->n_missed_packets - then->n_missed_packets},
        {"netflow_hash_aliases", "flows", now->n_aliased - then->n_aliased},
        {"netflow_packets", "packets", now->n_packets - then->n_packets},
        {"netflow_bytes", "bytes", now->n_bytes - then->n_bytes},
        {"netflow_missed_bytes", "bytes", now->n_missed_bytes - then->n_missed_bytes},
        {"netflow_threshold_exceeded", "polls", now->n_exceeded - then->n_exceeded},
    };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        report_value(out, module, values[i].name, values[i].unit, (int64_t)values[i].value);
    }
}
