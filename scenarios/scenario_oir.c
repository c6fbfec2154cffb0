/* scenario_oir.c - `oir:`, cards and fabric modules that are inserted or removed during the run. */
#include <stdlib.h>

#include "scenarios/loader.h"
#include "sim/arena.h"

#define LATEST_PS 2000000000000000 /* no run is longer */

static bool is_plugged(const struct chassis_config *c, uint32_t slot)
{
    bool found = false;

    for (uint32_t i = 0; i < c->n_slots; i++) {
        found |= c->slots[i].slot == slot && slot != c->supervisor_slot;
    }
    for (uint32_t i = 0; i < c->n_fabric_modules; i++) {
        found |= c->fabric_modules[i].slot == slot;
    }
    return found;
}

struct written {
    struct card_change change;
    const struct raw_oir *raw;
};

static void load_one(struct loader *l, const struct raw_oir *raw, struct written *w)
{
    uint32_t place = raw->insert != 0 ? raw->insert : raw->remove;

    *w = (struct written){.raw = raw};
    w->change.at_ps = load_time(l, raw->at, 0, LATEST_PS, 0);
    if ((raw->insert == 0) == (raw->remove == 0)) {
        places_error(&l->places, raw->here, "expected either insert or remove");
        return;
    }
    w->change.slot = (uint32_t)load_count(l, place, 1, CONFIG_MAX_SLOTS, 0);
    w->change.insert = raw->insert != 0;
    if (w->change.slot != 0 && l->ports_known && !is_plugged(l->config, w->change.slot)) {
        places_error(&l->places, place,
                     "slot %u has no card that could come or go; expected one of those in `slots`",
                     w->change.slot);
    }
}

static int compare_times(const void *a, const void *b)
{
    const struct written *x = a, *y = b;
    return x->change.at_ps != y->change.at_ps ? (x->change.at_ps < y->change.at_ps ? -1 : 1)
           : x->raw < y->raw                  ? -1
                                              : x->raw > y->raw;
}

/* A card is inserted and removed by turns. */
static void check_turns(struct loader *l, const struct written *list, uint32_t n)
{
    const struct written *last[CONFIG_MAX_SLOTS + 1] = {NULL};

    for (uint32_t i = 0; i < n; i++) {
        const struct written **before = &last[list[i].change.slot];
        if (*before != NULL && (*before)->change.insert == list[i].change.insert) {
            places_error(&l->places, list[i].raw->here, "slot %u is %s already (%s)",
                         list[i].change.slot, list[i].change.insert ? "filled" : "empty",
                         places_where(&l->places, (*before)->raw->here));
        }
        *before = &list[i];
    }
}

void load_oir(struct loader *l)
{
    uint32_t n = l->raw->oir_count;
    struct written *list = arena_take_array(l->mem, n, sizeof *list);
    struct card_change *changes = arena_take_array(l->mem, n, sizeof *changes);

    for (uint32_t i = 0; i < n; i++) {
        load_one(l, &l->raw->oir[i], &list[i]);
    }
    qsort(list, n, sizeof *list, compare_times);
    check_turns(l, list, n);
    for (uint32_t i = 0; i < n; i++) {
        changes[i] = list[i].change;
    }
    l->config->card_changes = changes;
    l->config->n_card_changes = n;
}
