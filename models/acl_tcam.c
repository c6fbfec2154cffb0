/* acl_tcam.c - programs lists into the TCAMs: operations and LOUs first come, first served; then
 * entries, merged list by list; then masks.
 */
#include "models/acl_tcam.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"

#define MAX_LOUS 64u
#define MAX_COMPARED 64u /* entries for trailing fragments, to find one that is the same */

/* The operators in the LOUs, with their operands, all different. */
struct lous {
    struct acl_ports couples[2][2 * MAX_LOUS + 1]; /* one more while it is tried */
    uint32_t n[2], n_ranges[2];
};

struct acl_tcam {
    struct acl_tcam_size size;
    struct acl_tcam_use use;
    struct lous lous;
    struct acl_label **labels;
    uint32_t n_labels, labels_room;
    struct acl_vmr *scratch[2]; /* a merge reads one and writes the other */
    uint32_t scratch_room[2];
    struct arena *mem;
};

struct acl_tcam *acl_tcam_open(const struct acl_tcam_size *size, struct arena *mem)
{
    struct acl_tcam *t = arena_take(mem, sizeof *t);
    sim_assert(size->n_operations <= ACL_MAX_OPERATIONS && size->n_lous <= MAX_LOUS);
    t->size = *size;
    t->mem = mem;
    return t;
}

/* ---- operations ---- */

static bool ports_equal(struct acl_ports a, struct acl_ports b)
{
    return a.low == b.low && a.high == b.high && a.outside == b.outside;
}

/* eq and any are compared by the TCAM itself. */
static bool ports_need_operation(struct acl_ports p)
{
    return !acl_ports_any(p) && (p.low != p.high || p.outside);
}

/* range fills a LOU; gt, lt and neq take half of one. source: [CG-SX] page 34-8 (vendor) */
static bool ports_fill_lou(struct acl_ports p)
{
    return !p.outside && p.low > 0 && p.high < UINT16_MAX;
}

static uint32_t lous_used(const struct lous *l, uint32_t side)
{
    return l->n_ranges[side] + (l->n[side] - l->n_ranges[side] + 1) / 2;
}

/* Whether a LOU has the couple, or has taken it now. */
static bool take_lou(struct acl_tcam *t, struct acl_ports ports, bool destination)
{
    struct lous *l = &t->lous;
    uint32_t side = t->size.lous_apart ? destination : 0;
    for (uint32_t i = 0; i < l->n[side]; i++) {
        if (ports_equal(l->couples[side][i], ports)) {
            return true;
        }
    }
    l->couples[side][l->n[side]++] = ports;
    l->n_ranges[side] += ports_fill_lou(ports);
    if (lous_used(l, side) <= t->size.n_lous) {
        return true;
    }
    l->n[side]--;
    l->n_ranges[side] -= ports_fill_lou(ports);
    return false;
}

/* The label's operation for these ports, a new one if it may have it; else ACL_NO_OPERATION. */
static uint8_t take_operation(struct acl_tcam *t, struct acl_label *label, struct acl_ports ports,
                              bool destination, bool *no_operation, bool *no_lou)
{
    if (!ports_need_operation(ports)) {
        return ACL_NO_OPERATION;
    }
    for (uint32_t i = 0; i < label->n_operations; i++) {
        const struct acl_operation *o = &label->operations[i];
        if (o->destination == destination && ports_equal(o->ports, ports)) {
            return (uint8_t)i;
        }
    }
    *no_operation = label->n_operations == t->size.n_operations;
    if (*no_operation) {
        return ACL_NO_OPERATION;
    }
    *no_lou = !take_lou(t, ports, destination);
    if (*no_lou) {
        return ACL_NO_OPERATION;
    }
    label->operations[label->n_operations] = (struct acl_operation){ports, destination};
    return (uint8_t)label->n_operations++;
}

/* ---- entries ---- */

/* Entries as they come, in one of the two scratch arrays. */
struct output {
    struct acl_tcam *t;
    uint32_t which, n;
};

/* Room for `more` entries at the end. */
static struct acl_vmr *output_room(struct output *out, uint32_t more)
{
    struct acl_tcam *t = out->t;
    uint32_t *room = &t->scratch_room[out->which], old = *room;
    while (*room < out->n + more) {
        *room = *room == 0 ? 4096 : 2 * *room;
    }
    if (*room > old) {
        const size_t bytes = sizeof(struct acl_vmr);
        t->scratch[out->which] =
            arena_grow(t->mem, t->scratch[out->which], old * bytes, *room * bytes);
    }
    return t->scratch[out->which] + out->n;
}

static void output_put(struct output *out, const struct acl_vmr *vmr)
{
    *output_room(out, 1) = *vmr;
    out->n++;
}

/* That an entry is of rule i of a list. */
static void set_rule(struct acl_vmr *vmr, const struct acl_label *label, uint32_t list, uint32_t i)
{
    vmr->list = label->classes ? (uint8_t)list : 0;
    vmr->rule[label->classes ? 0 : list] = i;
}

/* A rule's own entries. */
static void expand_rule(struct output *out, struct acl_label *label, uint32_t list, uint32_t i)
{
    const struct acl_rule *rule = &label->lists[list]->rules[i];
    struct acl_cost *cost = &label->costs[list][i];
    struct acl_plan plan;
    plan.source = take_operation(out->t, label, rule->sport, false, &cost->no_sport_operation,
                                 &cost->no_sport_lou);
    plan.destination = take_operation(out->t, label, rule->dport, true, &cost->no_dport_operation,
                                      &cost->no_dport_lou);
    cost->ways = acl_rule_ways(rule, plan);
    uint32_t n = cost->ways.n_sport * cost->ways.n_dport * cost->ways.n_flags;
    struct acl_vmr *vmrs = output_room(out, n);
    cost->n_entries = acl_vmr_expand(rule, plan, vmrs);
    for (uint32_t k = 0; k < n; k++) {
        set_rule(&vmrs[k], label, list, i);
    }
    out->n += n;
}

/* The rule's entry for trailing fragments, unless one of the last few from `first` on is the same.
 */
static void put_trailing(struct output *out, struct acl_label *label, uint32_t list, uint32_t i,
                         uint32_t first)
{
    struct acl_vmr vmr;
    struct acl_cost *cost = &label->costs[list][i];
    cost->trailing = acl_vmr_trailing(&label->lists[list]->rules[i], &vmr);
    uint32_t k = out->n - first < MAX_COMPARED ? first : out->n - MAX_COMPARED;
    for (; k < out->n && cost->trailing && !cost->trailing_shared; k++) {
        const struct acl_vmr *other = &out->t->scratch[out->which][k];
        cost->trailing_shared = memcmp(&other->value, &vmr.value, sizeof vmr.value) == 0 &&
                                memcmp(&other->mask, &vmr.mask, sizeof vmr.mask) == 0;
    }
    if (cost->trailing && !cost->trailing_shared) {
        set_rule(&vmr, label, list, i);
        output_put(out, &vmr);
        cost->n_entries++;
    }
}

/* Entries for trailing fragments meet no packet that has ports, so those of neighbouring rules with
 * ports may stand together behind them: masks are shared as if they were not there. */
static void expand_list(struct output *out, struct acl_label *label, uint32_t list)
{
    const struct acl_list *l = label->lists[list];
    const uint32_t max = out->t->size.max_aces;
    for (uint32_t i = 0, end; i < l->n_rules && out->n <= max; i = end) {
        for (end = i; end < l->n_rules && out->n <= max && acl_rule_needs_ports(&l->rules[end]);
             end++) {
            expand_rule(out, label, list, end);
        }
        const uint32_t first = out->n;
        for (uint32_t k = i; k < end; k++) {
            put_trailing(out, label, list, k, first);
        }
        if (end == i) {
            expand_rule(out, label, list, end++);
        }
    }
}

/* ---- merge ---- */

/* A policy denies nothing: what its list denies is not redirected. */
static void make_policy(struct acl_vmr *vmrs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        vmrs[i].redirect = vmrs[i].permit;
        vmrs[i].permit = true;
        vmrs[i].log = false;
    }
}

/* What entry `a`, which permits, becomes when the packets it permits meet list b next, at whose end
 * they are permitted or not. */
static void merge_entry(struct output *out, const struct acl_vmr *a, const struct acl_vmr *b,
                        uint32_t n_b, uint32_t list, bool end_permits)
{
    for (uint32_t i = 0; i < n_b && out->n <= out->t->size.max_aces; i++) {
        struct acl_vmr both = *a;
        if (acl_key_meet(a, &b[i], &both)) {
            both.permit = b[i].permit;
            both.redirect = b[i].redirect;
            both.log = a->log || b[i].log;
            both.rule[list] = b[i].rule[list];
            output_put(out, &both);
            if (memcmp(&both.mask, &a->mask, sizeof both.mask) == 0) {
                return; /* b[i] covers a: nothing of it is left */
            }
        }
    }
    struct acl_vmr end = *a; /* of list b */
    end.permit = end_permits;
    output_put(out, &end);
}

/* All entries of the label, in scratch[0]: list by list, each merged with what was before. False when there are too many. */
static bool make_entries(struct acl_tcam *t, struct acl_label *label, uint32_t *n)
{
    struct output merged = {t, 0, 0};
    output_room(&merged, 1); /* lists may be empty */
    expand_list(&merged, label, 0);
    if (label->policy && label->n_lists == 1) {
        make_policy(t->scratch[0], merged.n);
    }
    for (uint32_t list = 1; list < label->n_lists; list++) {
        struct output next = {t, 1, 0}, result = {t, 0, 0};
        const bool policy = label->policy && list + 1 == label->n_lists;
        expand_list(&next, label, list);
        if (policy) {
            make_policy(t->scratch[1], next.n);
        }
        /* The result grows where the first operand lies: that moves out of the way. */
        struct acl_vmr *a = arena_take_array(t->mem, merged.n, sizeof *a);
        memcpy(a, t->scratch[0], merged.n * sizeof *a);
        for (uint32_t i = 0; i < merged.n && result.n <= t->size.max_aces; i++) {
            if (a[i].permit) {
                merge_entry(&result, &a[i], t->scratch[1], next.n, list, policy);
            } else {
                output_put(&result, &a[i]);
            }
        }
        merged = result;
    }
    *n = merged.n;
    return merged.n <= t->size.max_aces;
}

/* What an entry that denies becomes when the packets that it denies may be of a class whose entries
 * stand behind it: how many. */
static uint32_t join_entry(struct output *out, const struct acl_vmr *denied,
                           const struct acl_vmr *behind, uint32_t n_behind)
{
    const uint32_t before = out->n;
    for (uint32_t i = 0; i < n_behind && out->n <= out->t->size.max_aces; i++) {
        struct acl_vmr both = behind[i];
        if (acl_key_meet(denied, &behind[i], &both)) {
            output_put(out, &both);
            if (memcmp(&both.mask, &denied->mask, sizeof both.mask) == 0) {
                return out->n - before;
            }
        }
    }
    output_put(out, denied); /* of no class */
    return out->n - before;
}

/* Entries on their own. */
struct entries {
    struct acl_vmr *vmrs;
    uint32_t n;
};

static struct entries keep(struct acl_tcam *t, const struct output *out)
{
    struct entries kept = {arena_take_array(t->mem, out->n, sizeof *kept.vmrs), out->n};
    if (out->n > 0) {
        memcpy(kept.vmrs, t->scratch[out->which], out->n * sizeof *kept.vmrs);
    }
    return kept;
}

/* The entries of one list before those that stand behind it. */
static void put_before(struct output *out, struct acl_label *label, uint32_t list,
                       const struct entries *own, const struct entries *behind)
{
    const uint32_t max = out->t->size.max_aces;
    for (uint32_t i = 0; i < own->n && out->n <= max; i++) {
        const struct acl_vmr *vmr = &own->vmrs[i];
        uint32_t n = 1;
        if (vmr->permit) {
            output_put(out, vmr);
        } else {
            n = join_entry(out, vmr, behind->vmrs, behind->n);
        }
        label->costs[list][vmr->rule[0]].n_merged += n;
    }
    for (uint32_t i = 0; i < behind->n && out->n <= max; i++) {
        output_put(out, &behind->vmrs[i]);
    }
}

/* All entries of a service policy, in scratch[0]: operations are dealt to the first list first, but
 * what stands behind a list is made before it. False when there are too many. */
static bool make_class_entries(struct acl_tcam *t, struct acl_label *label, uint32_t *n)
{
    struct entries *own = arena_take_array(t->mem, label->n_lists, sizeof *own);
    struct output result = {t, 0, 0};
    output_room(&result, 1); /* lists may be empty */
    for (uint32_t list = 0; list < label->n_lists; list++) {
        struct output one = {t, 1, 0};
        output_room(&one, 1);
        expand_list(&one, label, list);
        own[list] = keep(t, &one);
    }
    for (uint32_t list = label->n_lists; list-- > 0 && result.n <= t->size.max_aces;) {
        const struct entries behind = keep(t, &result);
        result.n = 0;
        put_before(&result, label, list, &own[list], &behind);
    }
    *n = result.n;
    return result.n <= t->size.max_aces;
}

static uint32_t count_masks(const struct acl_vmr *vmrs, uint32_t n)
{
    uint32_t n_masks = 0, n_in_mask = ACL_ENTRIES_PER_MASK;
    for (uint32_t i = 0; i < n; i++) {
        bool same = i > 0 && memcmp(&vmrs[i].mask, &vmrs[i - 1].mask, sizeof vmrs->mask) == 0;
        if (same && n_in_mask < ACL_ENTRIES_PER_MASK) {
            n_in_mask++;
        } else {
            n_masks++;
            n_in_mask = 1;
        }
    }
    return n_masks;
}

static void count_merged(struct acl_label *label)
{
    for (uint32_t i = 0; i < label->n_vmrs && !label->classes; i++) {
        for (uint32_t list = 0; list < label->n_lists; list++) {
            uint32_t rule = label->vmrs[i].rule[list];
            if (rule != ACL_NONE) {
                label->costs[list][rule].n_merged++;
            }
        }
    }
}

/* ---- labels ---- */

static bool label_is(const struct acl_label *label, const struct acl_label *wanted)
{
    return label->bank == wanted->bank && label->direction == wanted->direction &&
           label->policy == wanted->policy && label->classes == wanted->classes &&
           label->n_lists == wanted->n_lists &&
           memcmp(label->lists, wanted->lists, wanted->n_lists * sizeof *wanted->lists) == 0;
}

static struct acl_label *add_label(struct acl_tcam *t)
{
    if (t->n_labels == t->labels_room) {
        uint32_t room = t->labels_room == 0 ? 64 : 2 * t->labels_room;
        const size_t bytes = sizeof *t->labels;
        t->labels = arena_grow(t->mem, t->labels, t->labels_room * bytes, room * bytes);
        t->labels_room = room;
    }
    return t->labels[t->n_labels++] = arena_take(t->mem, sizeof(struct acl_label));
}

static enum acl_fit fit_of(const struct acl_tcam *t, const struct acl_label *label)
{
    bool fits = label->n_masks <= t->size.n_masks - t->use.n_masks[label->bank];
    return fits ? ACL_FITS : ACL_NO_ENTRIES;
}

/* Makes the label's entries and sees whether they fit. */
static enum acl_fit fill_label(struct acl_tcam *t, struct acl_label *label)
{
    uint32_t n;
    bool made = label->classes ? make_class_entries(t, label, &n) : make_entries(t, label, &n);
    if (!made) {
        return ACL_TOO_MANY_ACES;
    }
    label->vmrs = arena_take_array(t->mem, n, sizeof *label->vmrs);
    label->n_vmrs = n;
    if (n > 0) {
        memcpy(label->vmrs, t->scratch[0], n * sizeof *label->vmrs);
    }
    label->n_masks = count_masks(label->vmrs, n);
    count_merged(label);
    return fit_of(t, label);
}

/* A label of the same lists that is there; NULL: none is. */
static struct acl_label *find_label(const struct acl_tcam *t, const struct acl_label *wanted)
{
    for (uint32_t i = 0; i < t->n_labels; i++) {
        if (label_is(t->labels[i], wanted)) {
            return t->labels[i];
        }
    }
    return NULL;
}

/* Room for what its lists cost. */
static void open_costs(struct acl_tcam *t, struct acl_label *label)
{
    struct acl_list const **lists = arena_take_array(t->mem, label->n_lists, sizeof *lists);
    memcpy(lists, label->lists, label->n_lists * sizeof *lists);
    label->lists = lists;
    label->costs = arena_take_array(t->mem, label->n_lists, sizeof *label->costs);
    for (uint32_t i = 0; i < label->n_lists; i++) {
        label->costs[i] = arena_take_array(t->mem, lists[i]->n_rules, sizeof **label->costs);
    }
}

/* The label for its lists, of which only what is asked for is filled in. A copy of one that fits
 * has the same entries, as its LOUs are there; what did not fit the QoS TCAM fits no better now, as
 * nothing leaves that. */
static const struct acl_label *program(struct acl_tcam *t, const struct acl_label *wanted,
                                       bool share)
{
    struct acl_label *same = find_label(t, wanted);
    if (same != NULL && share) {
        same->n_users++;
        return same;
    }
    const enum acl_fit fit = same == NULL ? ACL_NO_LABEL : same->fit;
    const bool copy = fit == ACL_FITS || (wanted->classes && fit != ACL_NO_LABEL);
    struct acl_label *label = add_label(t);
    *label = copy ? *same : *wanted;
    label->n_users = 1;
    label->fit = ACL_NO_LABEL;
    const struct lous before = t->lous;
    if (!copy) {
        open_costs(t, label);
    }
    if (t->use.n_labels[label->direction] < t->size.n_labels) {
        label->fit = !copy ? fill_label(t, label) : fit == ACL_FITS ? fit_of(t, label) : fit;
    }
    if (label->fit == ACL_FITS) {
        t->use.n_labels[label->direction]++;
        t->use.n_entries[label->bank] += label->n_vmrs;
        t->use.n_masks[label->bank] += label->n_masks;
    } else {
        t->lous = before;
    }
    return label;
}

static struct acl_label wanted_label(const struct acl_list *const *lists, uint32_t n_lists)
{
    sim_assert(n_lists > 0 && n_lists <= ACL_MAX_FEATURES);
    return (struct acl_label){.lists = lists, .n_lists = n_lists};
}

const struct acl_label *acl_tcam_program(struct acl_tcam *t, enum acl_bank bank,
                                         enum acl_direction direction,
                                         const struct acl_list *const *lists, uint32_t n_lists,
                                         bool share)
{
    struct acl_label wanted = wanted_label(lists, n_lists);
    wanted.bank = bank;
    wanted.direction = direction;
    return program(t, &wanted, share);
}

const struct acl_label *
acl_tcam_program_policy(struct acl_tcam *t, const struct acl_list *const *lists, uint32_t n_lists)
{
    struct acl_label wanted = wanted_label(lists, n_lists);
    wanted.bank = ACL_SECURITY;
    wanted.direction = ACL_IN;
    wanted.policy = true;
    return program(t, &wanted, true);
}

const struct acl_label *acl_tcam_program_classes(struct acl_tcam *t, enum acl_direction direction,
                                                 const struct acl_list *const *lists,
                                                 uint32_t n_lists)
{
    const struct acl_label wanted = {.bank = ACL_QOS,
                                     .direction = direction,
                                     .classes = true,
                                     .lists = lists,
                                     .n_lists = n_lists};
    sim_assert(n_lists <= ACL_MOST_CLASS_LISTS);
    return program(t, &wanted, false);
}

/* The couples that the labels use, anew. */
static void recount_lous(struct acl_tcam *t)
{
    t->lous = (struct lous){.n = {0}};
    for (uint32_t i = 0; i < t->n_labels; i++) {
        const struct acl_label *l = t->labels[i];
        for (uint32_t k = 0; k < l->n_operations && l->fit == ACL_FITS; k++) {
            sim_assert(take_lou(t, l->operations[k].ports, l->operations[k].destination));
        }
    }
}

void acl_tcam_release(struct acl_tcam *t, const struct acl_label *label)
{
    uint32_t i = 0;
    while (i < t->n_labels && t->labels[i] != label) {
        i++;
    }
    sim_assert(i < t->n_labels);
    if (--t->labels[i]->n_users > 0) {
        return;
    }
    if (label->fit == ACL_FITS) {
        t->use.n_labels[label->direction]--;
        t->use.n_entries[label->bank] -= label->n_vmrs;
        t->use.n_masks[label->bank] -= label->n_masks;
    }
    t->n_labels--;
    memmove(&t->labels[i], &t->labels[i + 1], (t->n_labels - i) * sizeof *t->labels);
    recount_lous(t);
}

struct acl_tcam_use acl_tcam_use(const struct acl_tcam *t)
{
    struct acl_tcam_use use = t->use;
    for (uint32_t side = 0; side < 2; side++) {
        use.n_couples[side] = t->lous.n[side];
        use.n_lous[side] = lous_used(&t->lous, side);
    }
    return use;
}
