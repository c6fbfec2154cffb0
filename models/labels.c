#include "models/labels.h"

#include "sim/arena.h"
#include "sim/report.h"

#define FIRST_ROOM 256u

static struct ip_prefix entry_of(uint32_t label)
{
    return ip_prefix_of(fib_label(label), 32);
}

static uint32_t take(struct labels *l)
{
    return l->n_free > 0 ? l->free[--l->n_free] : l->next < LABELS_END ? l->next++ : 0;
}

static void give_back(struct labels *l, uint32_t label)
{
    if (l->n_free == l->room) {
        uint32_t room = l->room == 0 ? FIRST_ROOM : 2 * l->room;
        l->free = arena_grow(l->mem, l->free, l->room * sizeof *l->free, room * sizeof *l->free);
        l->room = room;
    }
    l->free[l->n_free++] = label;
}

static void make_room(struct labels *l, uint32_t id)
{
    if (id >= l->n_of) {
        uint32_t n = 2 * id + FIRST_ROOM;
        l->of = arena_grow(l->mem, l->of, l->n_of * sizeof *l->of, n * sizeof *l->of);
        l->n_of = n;
    }
}

/* Whether a prefix has a label of its own. */
static bool deserves(const struct labels *l, const struct rib *rib, struct ip_prefix prefix)
{
    enum route_source source;
    struct route_target target;

    return ip_is_of_vrf(&prefix) && prefix.lo != FIB_LABELS &&
           !l->config->vrfs[prefix.lo - 1].label_per_vrf &&
           rib_get(rib, prefix, &source, &target) && source != ROUTE_CONNECTED;
}

void labels_open(struct labels *l, const struct chassis_config *config, const struct rib *rib,
                 struct fib *fib, struct arena *mem)
{
    uint32_t n_ids = fib->n_ids[IPV4];

    *l = (struct labels){.config = config, .fib = fib, .mem = mem, .next = LABELS_FIRST};
    for (uint32_t v = 1; v <= config->n_vrfs; v++) {
        struct adjacency pop = {.kind = ADJACENCY_POP, .port = (uint16_t)v};
        fib_add_prefix(fib, entry_of(l->next++), fib_adjacency(fib, &pop));
    }
    for (uint32_t id = LPM_NONE + 1; id < n_ids; id++) {
        labels_follow(l, rib, id, fib->resolved[IPV4][id]);
    }
}

uint32_t labels_follow(struct labels *l, const struct rib *rib, uint32_t id, uint32_t adjacency)
{
    make_room(l, id);
    uint32_t label = l->of[id];

    if (adjacency == FIB_ADJACENCY_NONE) {
        l->of[id] = 0;
        if (label != 0) {
            give_back(l, label);
        }
    } else if (label == 0 && deserves(l, rib, l->fib->prefixes[IPV4][id])) {
        label = l->of[id] = take(l);
    }
    if (label == 0) {
        return LPM_NONE;
    }
    uint32_t entry = fib_find(l->fib, entry_of(label));
    return entry != LPM_NONE ? entry : fib_add_prefix(l->fib, entry_of(label), adjacency);
}

uint32_t labels_of(const struct labels *l, uint32_t vrf, uint32_t id)
{
    uint32_t own = id < l->n_of ? l->of[id] : 0;

    return own != 0 ? own : LABELS_FIRST + vrf - 1;
}

bool labels_is_of_vrf(const struct labels *l, uint32_t label)
{
    return label < LABELS_FIRST + l->config->n_vrfs;
}

void labels_show(const struct labels *l, struct report *out)
{
    const struct fib *fib = l->fib;
    uint32_t n_vrfs = l->config->n_vrfs;
    uint64_t *n_prefixes = arena_take_array(out->mem, n_vrfs, sizeof *n_prefixes);
    uint64_t *n_labels = arena_take_array(out->mem, n_vrfs, sizeof *n_labels);

    for (uint32_t id = LPM_NONE + 1; id < fib->n_ids[IPV4]; id++) {
        uint64_t vrf = fib->prefixes[IPV4][id].lo;
        if (vrf != 0 && vrf != FIB_LABELS && fib->resolved[IPV4][id] != FIB_ADJACENCY_NONE) {
            n_prefixes[vrf - 1]++;
            n_labels[vrf - 1] += id < l->n_of && l->of[id] != 0;
        }
    }
    for (uint32_t v = 0; v < n_vrfs; v++) {
        const char *module = arena_printf(out->mem, "vrf %s", l->config->vrfs[v].name);
        report_value(out, module, "prefixes", "prefixes", (int64_t)n_prefixes[v]);
        report_value(out, module, "labels", "labels", (int64_t)n_labels[v] + 1);
    }
}
