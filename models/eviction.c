#include "models/eviction.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"

#define FIRST_ROOM 1024u

static bool goes_before(const struct ip_prefix *a, const struct ip_prefix *b)
{
    return a->length != b->length ? a->length < b->length : ip_prefix_compare(a, b) > 0;
}

static void put_at(struct eviction *v, uint32_t place, uint32_t id)
{
    v->ids[place] = id;
    v->places[id] = place;
}

/* Puts an id into the free place, or above it, where it belongs. */
static void move_up(struct eviction *v, const struct ip_prefix *prefixes, uint32_t place,
                    uint32_t id)
{
    while (place > 1 && goes_before(&prefixes[id], &prefixes[v->ids[place / 2]])) {
        put_at(v, place, v->ids[place / 2]);
        place /= 2;
    }
    put_at(v, place, id);
}

/* Or below it. */
static void move_down(struct eviction *v, const struct ip_prefix *prefixes, uint32_t place,
                      uint32_t id)
{
    for (;;) {
        uint32_t below = 2 * place;
        if (below < v->n && goes_before(&prefixes[v->ids[below + 1]], &prefixes[v->ids[below]])) {
            below++;
        }
        if (below > v->n || !goes_before(&prefixes[v->ids[below]], &prefixes[id])) {
            break;
        }
        put_at(v, place, v->ids[below]);
        place = below;
    }
    put_at(v, place, id);
}

/* Doubles an array until it has this place. */
static uint32_t *reach(uint32_t *array, uint32_t *room, uint32_t place, struct arena *mem)
{
    uint32_t old = *room;

    while (place >= *room) {
        *room = *room == 0 ? FIRST_ROOM : 2 * *room;
    }
    return old == *room ? array
                        : arena_grow(mem, array, old * sizeof *array, *room * sizeof *array);
}

void eviction_add(struct eviction *v, const struct ip_prefix *prefixes, uint32_t id,
                  struct arena *mem)
{
    v->places = reach(v->places, &v->n_places, id, mem);
    v->ids = reach(v->ids, &v->room, v->n + 1, mem);
    sim_assert(v->places[id] == 0);
    move_up(v, prefixes, ++v->n, id);
}

void eviction_remove(struct eviction *v, const struct ip_prefix *prefixes, uint32_t id)
{
    sim_assert(id < v->n_places && v->places[id] != 0);
    uint32_t place = v->places[id], last = v->ids[v->n--];

    v->places[id] = 0;
    if (last == id) {
        return;
    }
    if (place > 1 && goes_before(&prefixes[last], &prefixes[v->ids[place / 2]])) {
        move_up(v, prefixes, place, last);
    } else {
        move_down(v, prefixes, place, last);
    }
}

void eviction_forget(struct eviction *v)
{
    if (v->n_places > 0) {
        memset(v->places, 0, v->n_places * sizeof *v->places);
    }
    v->n = 0;
    v->kept = false;
}
