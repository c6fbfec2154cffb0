/* scenario_engines.c - the forwarding engines of a chassis, and the one mode all of them run in.
 *
 * A FIB or a set of ACLs that one of them cannot hold would make them disagree, so all run as the
 * least capable: of the letters the first, and XL only when every one is. source: [PFC-FAQ] [S14]
 * p.10 (vendor), [PFC-FAQ] (derived: from the visible part of the matrix, a 3BXL and a 3C make a 3B)
 */
#include <string.h>

#include "models/fib.h"
#include "scenarios/plugged.h"
#include "sim/arena.h"

/* Of the FIB partitions: `maximum-routes ip 750` (K) became 752 K and left 136 K.
 * source: [JLEWIS-2008] (derived: 752 K + 2 x 136 K = 1 M, so both move in 16 K slots) */
#define K 1024u
#define IPV4_STEP (16 * K)
#define IPV6_STEP (IPV4_STEP / FIB_SLOTS_IPV6)

#define LATEST_RELOAD_PS 2000000000000000 /* no run is longer */

_Static_assert(CONFIG_MAX_SLOTS + 2 <= FIB_MAX_ENGINES, "in every slot, the software, the bus's");

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void limit_tables(struct engine_type *engine, const struct engine_type *by)
{
    engine->tcam_slots = least(engine->tcam_slots, by->tcam_slots);
    engine->ipv4_slots = least(engine->ipv4_slots, by->ipv4_slots);
    engine->ipv6_entries = least(engine->ipv6_entries, by->ipv6_entries);
    engine->adjacencies = least(engine->adjacencies, by->adjacencies);
    engine->mac_entries = least(engine->mac_entries, by->mac_entries);
    engine->netflow_entries = least(engine->netflow_entries, by->netflow_entries);
    engine->acl_entries = least(engine->acl_entries, by->acl_entries);
    engine->acl_masks = least(engine->acl_masks, by->acl_masks);
    engine->acl_labels = least(engine->acl_labels, by->acl_labels);
    engine->rpf_interfaces = least(engine->rpf_interfaces, by->rpf_interfaces);
}

/* The engine as this card carries it. */
static struct engine_type *dfc_of(struct loader *l, const struct plugged_slot *s)
{
    struct engine_type *dfc = arena_take(l->mem, sizeof *dfc);
    *dfc = s->forwarding->engine->type;
    dfc->lookups_per_s = s->forwarding->engine->dfc_lookups_per_s[s->card->type.class];
    return dfc;
}

/* The PFC of the catalogue that is no more capable than both; NULL: there is none. */
static const struct engine_type *lesser_mode(const struct catalog *c, const struct engine_type *a,
                                             const struct engine_type *b)
{
    char letter = a->letter < b->letter ? a->letter : b->letter;
    for (uint32_t i = 0; i < c->n_rows[CATALOG_ENGINES]; i++) {
        const struct engine_type *e = &c->engines[i].type;
        if (e->lookups_per_s > 0 && e->generation == a->generation && e->letter == letter &&
            e->xl == (a->xl && b->xl)) {
            return e;
        }
    }
    return NULL;
}

/* One that could do more. */
static bool is_held_back(const struct engine_type *engine, const struct engine_type *mode)
{
    return engine->letter != mode->letter || engine->xl != mode->xl;
}

/* "PFC operating mode: PFC3B. Engines differ (a PFC3BXL in slot 5, a DFC3B in 1), ..." */
static void note_mode(struct loader *l, const struct engine_type *mode, const struct plugged *p,
                      struct engine_type **dfcs)
{
    const char *last = p->supervisor->engine->row->model;
    const char *list = arena_printf(l->mem, "a %s in slot %u", last, p->supervisor_slot);
    bool differ = is_held_back(&p->supervisor->engine->type, mode);
    for (uint32_t slot = 1; slot <= CONFIG_MAX_SLOTS; slot++) {
        if (dfcs[slot] == NULL) {
            continue;
        }
        differ |= is_held_back(dfcs[slot], mode);
        if (strcmp(dfcs[slot]->model, last) != 0) { /* the first of several alike */
            last = dfcs[slot]->model;
            list = arena_printf(l->mem, "%s, a %s in %u", list, last, slot);
        }
    }
    if (differ) {
        add_note(l, arena_printf(l->mem,
                                 "PFC operating mode: %s. Engines differ (%s), and all run in the "
                                 "mode of the least capable",
                                 mode->model, list));
    }
}

static uint64_t in_steps(uint64_t entries, uint64_t step)
{
    return (entries + step - 1) / step * step;
}

struct carving {
    uint64_t ipv4_slots, mpls_slots; /* as in struct reload */
    uint64_t ipv6_entries;           /* what they leave */
};

static void check_carving(struct loader *l, const struct raw_maximum_routes *raw,
                          const struct carving *c, uint64_t ipv6)
{
    uint64_t total = l->config->supervisor->pfc.tcam_slots;
    if (c->ipv4_slots > total || c->mpls_slots >= c->ipv4_slots) {
        places_error(&l->places, raw->mpls != 0 ? raw->mpls : raw->here,
                     "%luK for mpls leave ip nothing of %luK, or do not fit beside it",
                     (unsigned long)(c->mpls_slots / K),
                     (unsigned long)(least(c->ipv4_slots, total) / K));
    } else if (ipv6 > c->ipv6_entries) {
        places_error(&l->places, raw->ipv6, "%lu does not fit beside ip, which leaves %lu",
                     (unsigned long)(ipv6 / K), (unsigned long)(c->ipv6_entries / K));
    }
}

static void refuse_carving(struct loader *l, const struct raw_maximum_routes *raw)
{
    if (raw->here != 0) {
        places_key_error(&l->places, raw->here,
                         "the FIB TCAM of a %s is not carved, as that of a PFC3 is; expected no "
                         "maximum_routes",
                         l->config->supervisor->pfc.model);
    }
}

/* How the TCAM is divided between IPv4 and IPv6, as `mls cef maximum-routes` does it: what one is
 * given, in K, is rounded up to whole steps, and the other one gets the rest. What MPLS is given is
 * no longer IPv4's: of what is given to ip nothing, else of what both have together. source:
 * [WINFRED] 768 K, 16 K and the rest (measured); the step of MPLS as that of IPv4 (assumed) */
static void load_carving(struct loader *l, const struct raw_maximum_routes *raw, struct carving *c)
{
    const struct engine_type *engine = &l->config->supervisor->pfc;
    if (engine->generation != CONFIG_CARVED_GENERATION) {
        refuse_carving(l, raw);
        c->ipv6_entries = engine->ipv6_entries;
        return;
    }
    uint64_t total = engine->tcam_slots;
    uint64_t most_ipv6 = (total - least(total, IPV4_STEP)) / FIB_SLOTS_IPV6;
    uint64_t ip = load_count(l, raw->ip, 1, total / K, 0) * K;
    uint64_t ipv6 = load_count(l, raw->ipv6, 0, most_ipv6 / K, 0) * K;
    uint64_t mpls = load_count(l, raw->mpls, 1, total / K, 0) * K;
    c->mpls_slots = mpls != 0 ? in_steps(mpls, IPV4_STEP) : c->mpls_slots;
    if (ip != 0) {
        c->ipv4_slots = least(in_steps(ip, IPV4_STEP), total) + c->mpls_slots;
    } else if (raw->ipv6 != 0) {
        c->ipv4_slots = total - in_steps(ipv6, IPV6_STEP) * FIB_SLOTS_IPV6;
    }
    c->ipv6_entries = (total - least(c->ipv4_slots, total)) / FIB_SLOTS_IPV6;
    check_carving(l, raw, c, ipv6);
}

/* What is carved stays so until a later reload: it is saved. */
static void load_reloads(struct loader *l)
{
    const struct raw_routes *raw = &l->raw->routes;
    uint32_t n = raw->reloads_count;
    struct reload *reloads = arena_take_array(l->mem, n, sizeof *reloads);
    struct carving carving = {l->config->ipv4_slots, l->config->mpls_slots, 0};
    for (uint32_t i = 0; i < n; i++) {
        const struct raw_reload *one = &raw->reloads[i];
        load_carving(l, &one->maximum_routes, &carving);
        reloads[i] = (struct reload){load_time(l, one->at, 0, LATEST_RELOAD_PS, 0),
                                     carving.ipv4_slots, carving.mpls_slots};
        if (i > 0 && reloads[i].at_ps <= reloads[i - 1].at_ps) {
            places_error(&l->places, one->at, "not later than the reload before (%s)",
                         places_where(&l->places, raw->reloads[i - 1].at));
        }
    }
    l->config->reloads = reloads;
    l->config->n_reloads = n;
}

void load_engines(struct loader *l, const struct plugged *p, struct engine_type **dfcs)
{
    struct supervisor_type *supervisor = arena_take(l->mem, sizeof *supervisor);
    *supervisor = p->supervisor->type;
    l->config->supervisor = supervisor;
    const struct engine_type *mode = &supervisor->pfc;
    struct engine_type tables = supervisor->pfc;
    for (uint32_t slot = 1; slot <= CONFIG_MAX_SLOTS; slot++) {
        const struct plugged_slot *s = &p->slots[slot];
        dfcs[slot] = s->card != NULL && s->forwarding->engine != NULL ? dfc_of(l, s) : NULL;
        if (dfcs[slot] != NULL) {
            const struct engine_type *lesser = lesser_mode(l->catalog, mode, dfcs[slot]);
            mode = lesser != NULL ? lesser : mode;
            limit_tables(&tables, dfcs[slot]);
        }
    }
    limit_tables(&tables, mode);
    limit_tables(&supervisor->pfc, &tables);
    for (uint32_t slot = 1; slot <= CONFIG_MAX_SLOTS; slot++) {
        if (dfcs[slot] != NULL) {
            limit_tables(dfcs[slot], &tables);
        }
    }
    l->config->pfc_mode = mode->model;
    note_mode(l, mode, p, dfcs);
    struct carving carving = {supervisor->pfc.ipv4_slots, 0, 0};
    load_carving(l, &l->raw->routes.maximum_routes, &carving);
    l->config->ipv4_slots = carving.ipv4_slots;
    l->config->mpls_slots = carving.mpls_slots;
    l->ipv6_entries = carving.ipv6_entries;
    load_reloads(l);
}
