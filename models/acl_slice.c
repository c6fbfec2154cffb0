/* acl_slice.c - from rules to classes of values, in one sweep over each part of a header.
 *
 * Rules with the same condition on a part go together. A condition is a set of intervals. Sweeping
 * over the values from 0 up, the set of rules that match changes only where an interval begins or
 * ends: there the rules of its condition are toggled. Between two such places all values are of one
 * class, which is looked up by a hash of the set (an XOR of one number per rule, kept up to date by
 * the same toggles) and then compared: values far apart that no rule tells apart share a class.
 *
 * As rules are toggled, a condition may be given as a difference: "all but 80" is the interval of
 * everything and the interval of 80.
 */
#include "models/acl_slice.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"

#define N_VALUES 65536u
#define MAX_TOGGLES (1u << 18)
#define N_CLASS_BUCKETS (4 * ACL_SLICE_CLASSES)
#define N_CONDITION_BUCKETS (4 * ACL_SLICE_RULES)

/* What some rules ask of the part. */
struct condition {
    uint64_t key; /* says it all */
    uint64_t hash;
    struct acl_rules_set rules;
};

/* A condition begins or ends to hold; lists by value. */
struct toggle {
    uint32_t next; /* 1 + index in toggles, or 0 */
    uint32_t condition;
};

struct acl_builder {
    uint32_t n_values, n_toggles, n_conditions;      /* of the part being built */
    uint32_t first[N_VALUES + 1];                    /* of each value: 1 + a toggle, or 0 */
    uint64_t places[N_VALUES / 64 + 1];              /* bit v: a class begins at value v */
    uint16_t class_buckets[N_CLASS_BUCKETS];         /* open addressing: 1 + class, or 0 */
    uint16_t condition_buckets[N_CONDITION_BUCKETS]; /* the same of conditions */
    uint64_t hashes[ACL_SLICE_CLASSES];              /* of each class */
    struct condition conditions[ACL_SLICE_RULES];
    struct toggle toggles[MAX_TOGGLES];
};

/* Sizes of the parts: values that are looked up directly. */
static uint32_t part_values(enum acl_part part)
{
    return part >= ACL_SRC_HI && part <= ACL_DPORT ? N_VALUES : part == ACL_PROTOCOL ? 512 : 256;
}

static bool part_is_layer4(enum acl_part part)
{
    return part >= ACL_SPORT && part <= ACL_FLAGS_LO;
}

/* splitmix64's finaliser. */
static uint64_t mix(uint64_t h)
{
    h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 27) * 0x94d049bb133111ebu;
    return h ^ h >> 31;
}

/* ---- conditions ---- */

static void add_toggle(struct acl_builder *b, uint32_t value)
{
    if (b->n_toggles < MAX_TOGGLES) {
        b->toggles[b->n_toggles] = (struct toggle){b->first[value], b->n_conditions};
        b->first[value] = ++b->n_toggles;
        b->places[value / 64] |= 1ull << value % 64;
    }
}

static void add_interval(struct acl_builder *b, uint32_t low, uint32_t high)
{
    add_toggle(b, low);
    add_toggle(b, high + 1);
}

/* All v of `bits` bits with (v & mask) == value, behind `offset`: an interval for each way to fill
 * the holes of the mask. */
static void add_masked(struct acl_builder *b, uint32_t value, uint32_t mask, uint32_t bits,
                       uint32_t offset)
{
    uint32_t tail = (1u << __builtin_ctz(mask | 1u << bits)) - 1; /* bits that do not matter */
    uint32_t holes = ~mask & ~tail & ((1u << bits) - 1), fill = 0;
    do {
        add_interval(b, offset + (value | fill), offset + (value | fill | tail));
        fill = (fill - holes) & holes;
    } while (fill != 0 && b->n_toggles < MAX_TOGGLES);
}

/* A condition as a number; the functions below take it apart again. */
static uint64_t masked_key(uint32_t value, uint32_t mask)
{
    return (uint64_t)(value & 0xffff) << 16 | (mask & 0xffff);
}

static uint64_t ports_key(struct acl_ports p)
{
    return (uint64_t)p.outside << 32 | (uint64_t)p.low << 16 | p.high;
}

static uint64_t condition_key(enum acl_part part, const struct acl_rule *r)
{
    bool trailing = r->permit || !acl_rule_needs_ports(r);
    switch (part) {
    case ACL_SRC_HI:
        return masked_key(r->src >> 16, r->src_mask >> 16);
    case ACL_SRC_LO:
        return masked_key(r->src, r->src_mask);
    case ACL_DST_HI:
        return masked_key(r->dst >> 16, r->dst_mask >> 16);
    case ACL_DST_LO:
        return masked_key(r->dst, r->dst_mask);
    case ACL_SPORT:
        return ports_key(r->sport);
    case ACL_DPORT:
        return ports_key(r->dport);
    case ACL_FLAGS_HI:
        return masked_key(r->flags >> 8, r->flags_mask >> 8);
    case ACL_FLAGS_LO:
        return masked_key(r->flags & 255u, r->flags_mask & 255u) | (uint64_t)r->flags_any << 32;
    case ACL_PROTOCOL:
        return masked_key(r->protocol, r->protocol_mask) | (uint64_t)!r->fragments << 32 |
               (uint64_t)trailing << 33;
    default:
        return masked_key(r->tos, r->tos_mask);
    }
}

static void add_condition(struct acl_builder *b, enum acl_part part, uint64_t key)
{
    const uint32_t high = (uint32_t)(key >> 32), value = (uint32_t)key >> 16, mask = key & 0xffff;
    switch (part) {
    case ACL_SPORT:
    case ACL_DPORT:
        add_interval(b, value, mask); /* low, high */
        if (high != 0) {
            add_interval(b, 0, UINT16_MAX);
        }
        break;
    case ACL_FLAGS_LO:
        add_masked(b, value, mask, 8, 0);
        if (high != 0 && (value & high) == 0) { /* but not those that have none of them */
            add_masked(b, value, mask | high, 8, 0);
        }
        break;
    case ACL_PROTOCOL:
        if (high & 1) {
            add_masked(b, value, mask, 8, 0);
        }
        if (high & 2) { /* trailing fragments */
            add_masked(b, value, mask, 8, 256);
        }
        break;
    default:
        add_masked(b, value, mask, b->n_values == 256 ? 8 : 16, 0);
        break;
    }
}

/* Rule i has this condition: one that is there, or a new one. */
static void join_condition(struct acl_builder *b, enum acl_part part, uint64_t key, uint32_t i)
{
    uint32_t at = (uint32_t)mix(key) % N_CONDITION_BUCKETS, c;
    while ((c = b->condition_buckets[at]) != 0 && b->conditions[c - 1].key != key) {
        at = (at + 1) % N_CONDITION_BUCKETS;
    }
    if (c == 0) {
        add_condition(b, part, key);
        b->conditions[b->n_conditions] = (struct condition){.key = key};
        c = ++b->n_conditions;
        b->condition_buckets[at] = (uint16_t)c;
    }
    b->conditions[c - 1].rules.words[i / 64] |= 1ull << i % 64;
    b->conditions[c - 1].hash ^= mix((i + 1) * 0x9e3779b97f4a7c15u);
}

/* ---- classes ---- */

static void part_grow(struct acl_part_table *t, struct arena *mem, size_t *bytes)
{
    uint32_t room = t->room == 0 ? 64 : 2 * t->room;
    t->sets = arena_grow(mem, t->sets, t->room * sizeof *t->sets, room * sizeof *t->sets);
    t->live = arena_grow(mem, t->live, t->room * sizeof *t->live, room * sizeof *t->live);
    *bytes += (room - t->room) * (sizeof *t->sets + sizeof *t->live);
    t->room = room;
}

/* The class of a set, a new one if it must be; ACL_SLICE_CLASSES when there are too many. */
static uint32_t class_of_set(struct acl_part_table *t, struct acl_builder *b,
                             const struct acl_rules_set *set, uint64_t hash, struct arena *mem,
                             size_t *bytes)
{
    uint32_t at = (uint32_t)hash % N_CLASS_BUCKETS;
    for (; b->class_buckets[at] != 0; at = (at + 1) % N_CLASS_BUCKETS) {
        uint32_t which = b->class_buckets[at] - 1u;
        if (b->hashes[which] == hash && memcmp(&t->sets[which], set, sizeof *set) == 0) {
            return which;
        }
    }
    if (t->n_classes == ACL_SLICE_CLASSES) {
        return ACL_SLICE_CLASSES;
    }
    if (t->n_classes == t->room) {
        part_grow(t, mem, bytes);
    }
    t->sets[t->n_classes] = *set;
    t->live[t->n_classes] = 0;
    for (uint32_t w = 0; w < ACL_SET_WORDS; w++) {
        t->live[t->n_classes] |= (uint16_t)((set->words[w] != 0) << w);
    }
    b->hashes[t->n_classes] = hash;
    b->class_buckets[at] = (uint16_t)++t->n_classes;
    return t->n_classes - 1;
}

static void toggle_rules(struct acl_builder *b, uint32_t value, struct acl_rules_set *set,
                         uint64_t *hash)
{
    for (uint32_t t = b->first[value]; t != 0; t = b->toggles[t - 1].next) {
        const struct condition *c = &b->conditions[b->toggles[t - 1].condition];
        for (uint32_t w = 0; w < ACL_SET_WORDS; w++) {
            set->words[w] ^= c->rules.words[w];
        }
        *hash ^= c->hash;
    }
    b->first[value] = 0;
}

/* The next value from `from` on where a class begins, or n_values. */
static uint32_t next_place(const struct acl_builder *b, uint32_t from)
{
    for (uint32_t v = from; v < b->n_values; v = (v / 64 + 1) * 64) {
        uint64_t left = b->places[v / 64] >> v % 64;
        if (left != 0) {
            return v + (uint32_t)__builtin_ctzll(left);
        }
    }
    return b->n_values;
}

static void fill(uint16_t *to, const uint16_t *end, uint32_t which)
{
    while (to < end) {
        *to++ = (uint16_t)which;
    }
}

/* Goes over all values, with the toggles in place. False when there are too many classes. */
static bool sweep(struct acl_part_table *t, struct acl_builder *b, const struct acl_rules_set *all,
                  bool layer4, struct arena *mem, size_t *bytes)
{
    struct acl_rules_set set = {{0}};
    uint64_t hash = 0;
    uint32_t which = 0;
    for (uint32_t v = 0; v < b->n_values && which < ACL_SLICE_CLASSES;) {
        toggle_rules(b, v, &set, &hash);
        uint32_t end = next_place(b, v + 1);
        which = class_of_set(t, b, &set, hash, mem, bytes);
        fill(t->class_of + v, t->class_of + end, which);
        v = end;
    }
    b->first[b->n_values] = 0;
    if (layer4 && which < ACL_SLICE_CLASSES) { /* a packet without it: ACL_PROTOCOL decides */
        which = class_of_set(t, b, all, ~0ull, mem, bytes);
        t->class_of[b->n_values] = (uint16_t)which;
    }
    return which < ACL_SLICE_CLASSES;
}

static bool build_part(struct acl_slice *s, enum acl_part part, struct acl_builder *b,
                       struct arena *mem, size_t *bytes)
{
    struct acl_part_table *t = &s->parts[part];
    b->n_values = part_values(part);
    if (t->class_of == NULL) {
        t->class_of = arena_take_array(mem, b->n_values + 1, sizeof *t->class_of);
        *bytes += (b->n_values + 1) * sizeof *t->class_of;
    }
    t->n_classes = b->n_toggles = b->n_conditions = 0;
    memset(b->class_buckets, 0, sizeof b->class_buckets);
    memset(b->condition_buckets, 0, sizeof b->condition_buckets);
    memset(b->places, 0, sizeof b->places);
    for (uint32_t i = 0; i < s->n_rules; i++) {
        join_condition(b, part, condition_key(part, &s->rules[i]), i);
    }
    bool fits =
        b->n_toggles < MAX_TOGGLES && sweep(t, b, &s->all, part_is_layer4(part), mem, bytes);
    if (!fits) {
        memset(b->first, 0, sizeof b->first); /* the sweep leaves it so */
    }
    return fits;
}

/* Whether every value of the part matches every rule. */
static bool part_is_idle(const struct acl_slice *s, enum acl_part part)
{
    const struct acl_part_table *t = &s->parts[part];
    for (uint32_t c = 0; c < t->n_classes; c++) {
        if (memcmp(&t->sets[c], &s->all, sizeof s->all) != 0) {
            return false;
        }
    }
    return true;
}

struct acl_builder *acl_builder_open(struct arena *mem)
{
    return arena_take(mem, sizeof(struct acl_builder));
}

void acl_slice_build(struct acl_slice *s, struct acl_builder *b, struct arena *mem, size_t *bytes)
{
    sim_assert(s->n_rules <= ACL_SLICE_RULES);
    s->n_active = 0;
    s->plain = false;
    memset(&s->all, 0, sizeof s->all);
    for (uint32_t i = 0; i < s->n_rules; i++) {
        s->all.words[i / 64] |= 1ull << i % 64;
    }
    for (enum acl_part part = 0; part < ACL_N_PARTS && !s->plain; part++) {
        s->plain = !build_part(s, part, b, mem, bytes);
        if (!s->plain && !part_is_idle(s, part)) {
            s->active[s->n_active++] = (uint8_t)part;
        }
    }
}
