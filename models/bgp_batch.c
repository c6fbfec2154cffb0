#include "models/bgp_batch.h"

#include "models/bgp_memory.h"
#include "models/bgp_routes.h"
#include "models/route_table.h"
#include "sim/arena.h"

/* Said of many prefixes, one after the other: those of an UPDATE. */
struct said {
    uint32_t peer, path_id;
    uint32_t set; /* held; 0: withdrawn */
};

struct bgp_batch {
    struct bgp_routes *routes;
    struct route *of, *scratch; /* next_hop_index: in said */
    struct said *said;
    size_t n, n_said;
    struct bgp_memory *memory; /* NULL: no limit */
    void (*failed)(void *context, uint32_t peer, const struct ios_failure *failure);
    void *context;
};

struct bgp_batch *bgp_batch_open(struct bgp_routes *routes, struct arena *mem)
{
    struct bgp_batch *b = arena_take(mem, sizeof *b);
    b->routes = routes;
    b->of = arena_take_array(mem, BGP_BATCH_ROOM, sizeof *b->of);
    b->scratch = arena_take_array(mem, BGP_BATCH_ROOM, sizeof *b->scratch);
    b->said = arena_take_array(mem, BGP_BATCH_ROOM, sizeof *b->said);
    return b;
}

static bool is_last(const struct bgp_batch *b, const struct said *s)
{
    const struct said *last = b->n_said == 0 ? NULL : &b->said[b->n_said - 1];
    return last != NULL && last->set == s->set && last->peer == s->peer &&
           last->path_id == s->path_id;
}

void bgp_batch_say(struct bgp_batch *b, uint32_t peer, const struct ip_prefix *prefix,
                   uint32_t path_id, uint32_t set)
{
    const struct said said = {peer, path_id, set};
    if (b->n == BGP_BATCH_ROOM) {
        bgp_batch_put(b);
    }
    if (!is_last(b, &said)) {
        if (set != 0) {
            bgp_store_keep(bgp_store(b->routes->bgp), set);
        }
        b->said[b->n_said++] = said;
    }
    b->of[b->n++] = (struct route){*prefix, (uint32_t)(b->n_said - 1)};
}

/* What attributes nobody has any more took is given back. */
static void relearn(const struct bgp_batch *b)
{
    struct ios_failure failure;
    if (b->memory != NULL) {
        bgp_memory_learn(b->memory, b->routes->bgp, &failure);
    }
}

/* Whether there is memory for the prefix's route, if it has one. */
static bool route(const struct bgp_batch *b, struct ip_prefix prefix, struct ios_failure *failure)
{
    enum route_source source;
    struct route_target target;
    bgp_routes_put(b->routes, prefix);
    return b->memory == NULL ||
           bgp_memory_route(
               b->memory, prefix,
               rib_get(b->routes->rib, prefix, &source, &target) && source == ROUTE_FEED, failure);
}

/* Whether the choice for the prefix is another one now. */
static bool tell(const struct bgp_batch *b, const struct ip_prefix *prefix, const struct said *s)
{
    struct bgp *bgp = b->routes->bgp;
    struct ios_failure failure;
    bool changes = s->set != 0 ? bgp_announce(bgp, s->peer, prefix, s->path_id, s->set)
                               : bgp_withdraw(bgp, s->peer, prefix, s->path_id);
    if (b->memory != NULL && !bgp_memory_learn(b->memory, bgp, &failure)) {
        changes |= bgp_withdraw(bgp, s->peer, prefix, s->path_id);
        b->failed(b->context, s->peer, &failure);
        relearn(b);
    }
    return changes;
}

/* The routing table follows. A path whose route finds no memory goes again. */
static void put(const struct bgp_batch *b, const struct ip_prefix *prefix, const struct said *s)
{
    struct ios_failure failure, again;
    if (!route(b, *prefix, &failure)) {
        bgp_withdraw(b->routes->bgp, s->peer, prefix, s->path_id);
        b->failed(b->context, s->peer, &failure);
        relearn(b);
        route(b, *prefix, &again);
    }
}

void bgp_batch_put(struct bgp_batch *b)
{
    struct bgp *bgp = b->routes->bgp;
    bool changes = false;
    route_table_sort_in(b->of, b->scratch, b->n);
    for (size_t i = 0; i < b->n; i++) {
        const struct ip_prefix *prefix = &b->of[i].prefix;
        const struct said *said = &b->said[b->of[i].next_hop_index];
        changes |= tell(b, prefix, said);
        if (changes && (i + 1 == b->n || ip_prefix_compare(prefix, &b->of[i + 1].prefix) != 0)) {
            put(b, prefix, said);
            changes = false;
        }
    }
    for (size_t i = 0; i < b->n_said; i++) {
        if (b->said[i].set != 0) {
            bgp_store_drop(bgp_store(bgp), b->said[i].set);
        }
    }
    b->n = b->n_said = 0;
    relearn(b);
    bgp_routes_settle(b->routes);
}

static void route_again(void *context, struct ip_prefix prefix)
{
    struct ios_failure failure;
    route(context, prefix, &failure);
}

void bgp_batch_limit(struct bgp_batch *b, struct bgp_memory *memory,
                     void (*failed)(void *context, uint32_t peer,
                                    const struct ios_failure *failure),
                     void *context)
{
    b->memory = memory;
    b->failed = failed;
    b->context = context;
    relearn(b);
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        bgp_each(b->routes->bgp, family, route_again, b);
    }
    bgp_routes_settle(b->routes);
}

void bgp_batch_drop_peer(struct bgp_batch *b, uint32_t peer)
{
    bgp_batch_put(b);
    bgp_drop_peer(b->routes->bgp, peer, route_again, b);
    relearn(b);
    bgp_routes_settle(b->routes);
}

size_t bgp_batch_n(const struct bgp_batch *b)
{
    return b->n;
}
