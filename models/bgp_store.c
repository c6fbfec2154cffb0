/* bgp_store.c - a set is itself a string of fixed length that is interned: its members that are
 * strings are in it as their numbers.
 */
#include "models/bgp_store.h"

#include <string.h>

#include "models/intern.h"
#include "sim/arena.h"

struct bgp_store {
    struct intern *shared[BGP_N_SHARED];
};

/* The members of a set that are strings, and where those are kept. */
static const struct member {
    size_t offset;
    enum bgp_shared kind;
} members[] = {
    {offsetof(struct bgp_set, as_path), BGP_SHARED_PATHS},
    {offsetof(struct bgp_set, communities), BGP_SHARED_COMMUNITIES},
    {offsetof(struct bgp_set, extended), BGP_SHARED_COMMUNITIES},
    {offsetof(struct bgp_set, large), BGP_SHARED_COMMUNITIES},
    {offsetof(struct bgp_set, cluster_list), BGP_SHARED_LISTS},
    {offsetof(struct bgp_set, others), BGP_SHARED_LISTS},
};

#define N_MEMBERS (sizeof members / sizeof members[0])

static uint32_t member_of(const struct bgp_set *set, const struct member *m)
{
    uint32_t number;
    memcpy(&number, (const char *)set + m->offset, sizeof number);
    return number;
}

static void set_member(struct bgp_set *set, const struct member *m, uint32_t number)
{
    memcpy((char *)set + m->offset, &number, sizeof number);
}

struct bgp_store *bgp_store_open(struct arena *mem)
{
    struct bgp_store *store = arena_take(mem, sizeof *store);
    for (int kind = 0; kind < BGP_N_SHARED; kind++) {
        store->shared[kind] = intern_open(mem);
    }
    return store;
}

static void drop_members(struct bgp_store *store, const struct bgp_set *set)
{
    for (size_t i = 0; i < N_MEMBERS; i++) {
        uint32_t number = member_of(set, &members[i]);
        if (number != 0) {
            intern_drop(store->shared[members[i].kind], number);
        }
    }
}

/* Its members are held once for the set, not once for each who holds the set. */
static uint32_t take_set(struct bgp_store *store, const struct bgp_set *set)
{
    bool is_new;
    uint32_t number = intern_take(store->shared[BGP_SHARED_SETS], set, sizeof *set, &is_new);
    if (!is_new) {
        drop_members(store, set);
    }
    return number;
}

/* Every byte of the set counts when it is compared: those between its members must be 0. */
static void fill(struct bgp_set *set, const struct bgp_attributes *a, struct ip_address next_hop)
{
    memset(set, 0, sizeof *set);
    set->next_hop.hi = next_hop.hi;
    set->next_hop.lo = next_hop.lo;
    set->next_hop.family = next_hop.family;
    set->present =
        (uint32_t)a->present & ~(1u << BGP_NEXT_HOP | 1u << BGP_MP_REACH | 1u << BGP_MP_UNREACH);
    set->med = bgp_has(a, BGP_MED) ? a->med : 0;
    set->local_pref = bgp_has(a, BGP_LOCAL_PREF) ? a->local_pref : 0;
    set->aggregator_as = bgp_has(a, BGP_AGGREGATOR) ? a->aggregator_as : 0;
    set->aggregator_id = bgp_has(a, BGP_AGGREGATOR) ? a->aggregator_id : 0;
    set->originator_id = bgp_has(a, BGP_ORIGINATOR_ID) ? a->originator_id : 0;
    set->origin = a->origin;
    set->path_length = bgp_path_length(a->as_path);
    set->first_as = bgp_path_first(a->as_path);
}

uint32_t bgp_store_take(struct bgp_store *store, const struct bgp_attributes *a,
                        struct ip_address next_hop)
{
    const struct bytes values[N_MEMBERS] = {
        a->as_path,
        bgp_has(a, BGP_COMMUNITIES) ? a->communities : (struct bytes){NULL, 0},
        bgp_has(a, BGP_EXTENDED_COMMUNITIES) ? a->extended : (struct bytes){NULL, 0},
        bgp_has(a, BGP_LARGE_COMMUNITIES) ? a->large : (struct bytes){NULL, 0},
        bgp_has(a, BGP_CLUSTER_LIST) ? a->cluster_list : (struct bytes){NULL, 0},
        a->others};
    struct bgp_set set;
    fill(&set, a, next_hop);
    for (size_t i = 0; i < N_MEMBERS; i++) {
        if (values[i].n > 0) {
            set_member(
                &set, &members[i],
                intern_take(store->shared[members[i].kind], values[i].at, values[i].n, NULL));
        }
    }
    return take_set(store, &set);
}

void bgp_store_keep(struct bgp_store *store, uint32_t number)
{
    intern_keep(store->shared[BGP_SHARED_SETS], number);
}

void bgp_store_drop(struct bgp_store *store, uint32_t number)
{
    struct bgp_set set = *bgp_store_get(store, number);
    if (intern_drop(store->shared[BGP_SHARED_SETS], number)) {
        drop_members(store, &set);
    }
}

uint32_t bgp_store_copy(struct bgp_store *to, const struct bgp_store *from, uint32_t number)
{
    struct bgp_set set;
    memcpy(&set, bgp_store_get(from, number), sizeof set); /* with the bytes between its members */
    for (size_t i = 0; i < N_MEMBERS; i++) {
        uint32_t member = member_of(&set, &members[i]);
        if (member != 0) {
            size_t n;
            const void *bytes = intern_get(from->shared[members[i].kind], member, &n);
            set_member(&set, &members[i], intern_take(to->shared[members[i].kind], bytes, n, NULL));
        }
    }
    return take_set(to, &set);
}

const struct bgp_set *bgp_store_get(const struct bgp_store *store, uint32_t number)
{
    return intern_get(store->shared[BGP_SHARED_SETS], number, NULL);
}

static struct bytes bytes_of(const struct intern *t, uint32_t number)
{
    struct bytes b = {NULL, 0};
    if (number != 0) {
        b.at = intern_get(t, number, &b.n);
    }
    return b;
}

struct bytes bgp_store_path(const struct bgp_store *store, const struct bgp_set *set)
{
    return bytes_of(store->shared[BGP_SHARED_PATHS], set->as_path);
}

struct bytes bgp_store_clusters(const struct bgp_store *store, const struct bgp_set *set)
{
    return bytes_of(store->shared[BGP_SHARED_LISTS], set->cluster_list);
}

size_t bgp_store_n(const struct bgp_store *store, enum bgp_shared kind)
{
    return intern_n(store->shared[kind]);
}

size_t bgp_store_bytes(const struct bgp_store *store, enum bgp_shared kind)
{
    return intern_bytes(store->shared[kind]);
}
