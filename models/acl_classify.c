/* acl_classify.c - batches of headers through the slices drawn in acl_classify.h.
 *
 * A group of headers goes through phase by phase, so that what many of them need from memory is
 * under way at once: all their values, all their classes part by part, and then each one's rules.
 */
#include "models/acl_classify.h"

#include <string.h>

#include "models/acl_slice.h"
#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/error.h"

#define GROUP 128u
#define ALL_WORDS ((1u << ACL_SET_WORDS) - 1)

struct acl_set {
    struct acl_slice *
        *slices; /* in the order of the rules; the room behind them holds spare ones */
    uint32_t n_slices, room;
    uint32_t n_rules;
    struct acl_builder *builder;
    struct arena *mem;
    size_t bytes;
};

/* ---- lookup ---- */

/* The headers of a group that no slice has matched so far, and their values. */
struct group {
    uint32_t n_left;
    uint32_t left[GROUP]; /* position in the group */
    uint32_t values[ACL_N_PARTS][GROUP];
};

static inline void group_fill(struct group *g, const struct acl_header *headers, uint32_t n)
{
    g->n_left = n;
    for (uint32_t i = 0; i < n; i++) {
        const struct acl_header *h = &headers[i];
        bool no_layer4 = h->trailing != 0;
        g->left[i] = i;
        g->values[ACL_SRC_HI][i] = h->src >> 16;
        g->values[ACL_SRC_LO][i] = h->src & 0xffff;
        g->values[ACL_DST_HI][i] = h->dst >> 16;
        g->values[ACL_DST_LO][i] = h->dst & 0xffff;
        g->values[ACL_SPORT][i] = no_layer4 ? ACL_NO_PORT : h->sport;
        g->values[ACL_DPORT][i] = no_layer4 ? ACL_NO_PORT : h->dport;
        g->values[ACL_FLAGS_HI][i] = no_layer4 ? ACL_NO_FLAGS : h->flags >> 8;
        g->values[ACL_FLAGS_LO][i] = no_layer4 ? ACL_NO_FLAGS : h->flags & 255u;
        g->values[ACL_PROTOCOL][i] = h->protocol + (no_layer4 ? 256u : 0u);
        g->values[ACL_TOS][i] = h->tos;
    }
}

/* The first rule of the slice that is in all n sets, or ACL_NONE. */
static inline uint32_t first_common(const struct acl_slice *s,
                                    const struct acl_rules_set *const *sets,
                                    uint16_t classes[][GROUP], uint32_t i, uint32_t live)
{
    for (; live != 0; live &= live - 1) {
        uint32_t w = (uint32_t)__builtin_ctz(live);
        uint64_t rules = s->all.words[w];
        for (uint32_t a = 0; a < s->n_active; a++) {
            rules &= sets[a][classes[a][i]].words[w];
        }
        if (rules != 0) {
            return w * 64 + (uint32_t)__builtin_ctzll(rules);
        }
    }
    return ACL_NONE;
}

static inline void match_slice(const struct acl_slice *s, const struct group *g, uint32_t *found)
{
    uint16_t classes[ACL_N_PARTS][GROUP];
    const struct acl_rules_set *sets[ACL_N_PARTS];
    uint32_t live[GROUP];
    for (uint32_t i = 0; i < g->n_left; i++) {
        live[i] = ALL_WORDS;
    }
    for (uint32_t a = 0; a < s->n_active; a++) {
        const struct acl_part_table *t = &s->parts[s->active[a]];
        const uint32_t *values = g->values[s->active[a]];
        sets[a] = t->sets;
        for (uint32_t i = 0; i < g->n_left; i++) {
            classes[a][i] = t->class_of[values[g->left[i]]];
            live[i] &= t->live[classes[a][i]];
        }
    }
    for (uint32_t i = 0; i < g->n_left; i++) {
        found[i] = first_common(s, sets, classes, i, live[i]);
    }
}

static inline void match_plain(const struct acl_slice *s, const struct group *g,
                               const struct acl_header *headers, uint32_t *found)
{
    for (uint32_t i = 0; i < g->n_left; i++) {
        found[i] = acl_first_match(s->rules, s->n_rules, &headers[g->left[i]]);
    }
}

static inline void classify_group(const struct acl_set *set, const struct acl_header *headers,
                                  uint32_t *rule, uint32_t n)
{
    struct group g;
    uint32_t found[GROUP], first = 0;
    group_fill(&g, headers, n);
    for (uint32_t k = 0; k < set->n_slices && g.n_left > 0; k++) {
        const struct acl_slice *s = set->slices[k];
        if (s->plain) {
            match_plain(s, &g, headers, found);
        } else {
            match_slice(s, &g, found);
        }
        uint32_t n_left = 0;
        for (uint32_t i = 0; i < g.n_left; i++) {
            uint32_t at = g.left[i];
            rule[at] = first + found[i];
            g.left[n_left] = at;
            n_left += found[i] == ACL_NONE;
        }
        g.n_left = n_left;
        first += s->n_rules;
    }
    for (uint32_t i = 0; i < g.n_left; i++) {
        rule[g.left[i]] = ACL_NONE;
    }
}

SIM_DISPATCH void acl_classify(const struct acl_set *set, const struct acl_header *headers,
                               uint32_t *rule, uint32_t n)
{
    for (uint32_t i = 0; i < n; i += GROUP) {
        classify_group(set, headers + i, rule + i, n - i < GROUP ? n - i : GROUP);
    }
}

/* ---- rules ---- */

/* Makes place for a slice at position k: a spare one, or a new one. */
static struct acl_slice *add_slice(struct acl_set *set, uint32_t k)
{
    if (set->n_slices == set->room) {
        uint32_t room = set->room == 0 ? 4 : 2 * set->room;
        const size_t bytes = sizeof(struct acl_slice *);
        set->slices = arena_grow(set->mem, set->slices, set->room * bytes, room * bytes);
        set->bytes += (room - set->room) * bytes;
        set->room = room;
    }
    struct acl_slice **at = &set->slices[k], *s = set->slices[set->n_slices];
    if (s == NULL) {
        s = arena_take(set->mem, sizeof *s);
        s->rules = arena_take_array(set->mem, ACL_SLICE_RULES, sizeof *s->rules);
        set->bytes += sizeof *s + ACL_SLICE_RULES * sizeof *s->rules;
    }
    memmove(at + 1, at, (set->n_slices - k) * sizeof *at);
    *at = s;
    set->n_slices++;
    s->n_rules = 0;
    return s;
}

static void remove_slice(struct acl_set *set, uint32_t k)
{
    struct acl_slice **at = &set->slices[k], *spare = *at;
    set->n_slices--;
    memmove(at, at + 1, (set->n_slices - k) * sizeof *at);
    set->slices[set->n_slices] = spare;
}

static void build(struct acl_set *set, struct acl_slice *s)
{
    acl_slice_build(s, set->builder, set->mem, &set->bytes);
}

/* The slice that has rule *index, which becomes its place there. */
static uint32_t find_slice(const struct acl_set *set, uint32_t *index)
{
    uint32_t k = 0;
    for (; *index >= set->slices[k]->n_rules; k++) {
        *index -= set->slices[k]->n_rules;
    }
    return k;
}

struct acl_set *acl_set_open(const struct acl_rule *rules, uint32_t n, struct arena *mem)
{
    struct acl_set *set = arena_take(mem, sizeof *set);
    *set = (struct acl_set){.mem = mem, .n_rules = n, .builder = acl_builder_open(mem)};
    for (uint32_t i = 0; i < n; i += ACL_SLICE_RULES) {
        struct acl_slice *s = add_slice(set, set->n_slices);
        s->n_rules = n - i < ACL_SLICE_RULES ? n - i : ACL_SLICE_RULES;
        memcpy(s->rules, rules + i, s->n_rules * sizeof *rules);
        build(set, s);
    }
    return set;
}

void acl_set_replace(struct acl_set *set, uint32_t index, const struct acl_rule *rule)
{
    sim_assert(index < set->n_rules);
    struct acl_slice *s = set->slices[find_slice(set, &index)];
    s->rules[index] = *rule;
    build(set, s);
}

/* Moves the second half of a slice that is full into a new one behind it. */
static void split_slice(struct acl_set *set, uint32_t k)
{
    struct acl_slice *back = add_slice(set, k + 1), *s = set->slices[k];
    back->n_rules = s->n_rules / 2;
    s->n_rules -= back->n_rules;
    memcpy(back->rules, s->rules + s->n_rules, back->n_rules * sizeof *s->rules);
    build(set, s);
    build(set, back);
}

void acl_set_insert(struct acl_set *set, uint32_t index, const struct acl_rule *rule)
{
    sim_assert(index <= set->n_rules);
    if (set->n_slices == 0) {
        add_slice(set, 0);
    }
    uint32_t k = 0;
    for (; index > set->slices[k]->n_rules; k++) { /* may be the end of a slice */
        index -= set->slices[k]->n_rules;
    }
    if (set->slices[k]->n_rules == ACL_SLICE_RULES) {
        split_slice(set, k);
        if (index > set->slices[k]->n_rules) {
            index -= set->slices[k++]->n_rules;
        }
    }
    struct acl_slice *s = set->slices[k];
    memmove(s->rules + index + 1, s->rules + index, (s->n_rules - index) * sizeof *rule);
    s->rules[index] = *rule;
    s->n_rules++;
    set->n_rules++;
    build(set, s);
}

void acl_set_remove(struct acl_set *set, uint32_t index)
{
    sim_assert(index < set->n_rules);
    uint32_t k = find_slice(set, &index);
    struct acl_slice *s = set->slices[k];
    s->n_rules--;
    set->n_rules--;
    memmove(s->rules + index, s->rules + index + 1, (s->n_rules - index) * sizeof *s->rules);
    if (s->n_rules == 0) {
        remove_slice(set, k);
    } else {
        build(set, s);
    }
}

uint32_t acl_set_n_rules(const struct acl_set *set)
{
    return set->n_rules;
}

const struct acl_rule *acl_set_rule(const struct acl_set *set, uint32_t index)
{
    sim_assert(index < set->n_rules);
    uint32_t k = find_slice(set, &index);
    return &set->slices[k]->rules[index];
}

struct acl_set_figures acl_set_figures(const struct acl_set *set)
{
    struct acl_set_figures f = {.n_slices = set->n_slices, .bytes = set->bytes};
    for (uint32_t k = 0; k < set->n_slices; k++) {
        f.n_plain += set->slices[k]->plain;
    }
    return f;
}
