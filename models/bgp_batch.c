#include "models/bgp_batch.h"

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

static bool tell(struct bgp *bgp, const struct ip_prefix *prefix, const struct said *s)
{
    return s->set != 0 ? bgp_announce(bgp, s->peer, prefix, s->path_id, s->set)
                       : bgp_withdraw(bgp, s->peer, prefix, s->path_id);
}

void bgp_batch_put(struct bgp_batch *b)
{
    struct bgp *bgp = b->routes->bgp;
    bool changes = false;
    route_table_sort_in(b->of, b->scratch, b->n);
    for (size_t i = 0; i < b->n; i++) {
        const struct ip_prefix *prefix = &b->of[i].prefix;
        changes |= tell(bgp, prefix, &b->said[b->of[i].next_hop_index]);
        if (changes && (i + 1 == b->n || ip_prefix_compare(prefix, &b->of[i + 1].prefix) != 0)) {
            bgp_routes_put(b->routes, *prefix);
            changes = false;
        }
    }
    for (size_t i = 0; i < b->n_said; i++) {
        if (b->said[i].set != 0) {
            bgp_store_drop(bgp_store(bgp), b->said[i].set);
        }
    }
    b->n = b->n_said = 0;
    bgp_routes_settle(b->routes);
}

size_t bgp_batch_n(const struct bgp_batch *b)
{
    return b->n;
}
