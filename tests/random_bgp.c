/* random_bgp.c - BGP peers, what they have said by the start, and what they say while packets flow. A
 * stream of its own: whatever else is drawn stays as it is. */
#include "models/bgp_feed.h"
#include "sim/arena.h"
#include "tests/naive_bgp.h"
#include "tests/random_chassis.h"
#include "tests/random_draw.h"

#define MOST_PATHS 60
#define MOST_UPDATES 30
#define N_PREFIXES 12

struct draw_bgp {
    struct draw *d;
    struct bgp_feed *feed;
    struct ip_prefix prefixes[N_PREFIXES];
};

static void draw_peers(struct draw_bgp *b)
{
    struct bgp_feed *feed = b->feed;
    struct draw *d = b->d;

    feed->n_peers = (uint32_t)between(d, 1, 5);
    feed->peers = arena_take_array(d->mem, feed->n_peers, sizeof *feed->peers);
    for (uint32_t i = 0; i < feed->n_peers; i++) {
        feed->peers[i] = (struct bgp_peer){.address = {.hi = (99 - i) * 1ull << 32, .family = IPV4},
                                           .as = (uint32_t)between(d, 1, 3),
                                           .id = (uint32_t)between(d, 1, 3),
                                           .internal = one_in(d, 3)};
    }
}

static struct bgp_feed_path draw_path(struct draw_bgp *b, bool withdraw)
{
    struct draw *d = b->d;
    const struct ip_prefix *prefix = &b->prefixes[below(d, N_PREFIXES)];
    struct naive_path p = {.next_hop = some_next_hop(d, one_in(d, 20) ? IPV6 : prefix->family),
                           .local_pref = (uint32_t)between(d, 99, 101),
                           .has_pref = one_in(d, 4),
                           .med = (uint32_t)below(d, 3),
                           .has_med = one_in(d, 3),
                           .n_as = (uint32_t)between(d, 1, 2),
                           .origin = one_in(d, 6),
                           .has_originator = one_in(d, 6),
                           .originator = (uint32_t)between(d, 1, 3),
                           .n_clusters = (uint32_t)below(d, 2)};
    for (uint32_t i = 0; i < p.n_as; i++) {
        p.as_path[i] = one_in(d, 20) ? b->feed->options.local_as : (uint32_t)between(d, 1, 2);
    }
    return (struct bgp_feed_path){.hi = prefix->hi,
                                  .lo = prefix->lo,
                                  .family = prefix->family,
                                  .length = prefix->length,
                                  .peer = (uint16_t)below(d, b->feed->n_peers),
                                  .set = withdraw ? 0 : naive_take(b->feed->store, &p),
                                  .path_id = one_in(d, 4)};
}

static void draw_updates(struct draw_bgp *b)
{
    struct bgp_feed *feed = b->feed;
    struct draw *d = b->d;
    uint64_t n = below(d, MOST_UPDATES), until_ps = (uint64_t)(d->c->warmup_ps + d->c->duration_ps);
    int64_t at_ps = 0;

    feed->updates = arena_take_array(d->mem, n, sizeof *feed->updates);
    while (feed->n_updates < n) {
        at_ps += one_in(d, 4) ? 0 : (int64_t)below(d, 2 * until_ps / (n + 2));
        struct bgp_feed_path path = draw_path(b, one_in(d, 3));
        if (one_in(d, 12)) {
            path.length = BGP_FEED_PEER_DOWN;
        }
        feed->updates[feed->n_updates++] = (struct bgp_feed_update){at_ps, path};
    }
}

/* What a session announces itself is for scenarios without peers: here it is with one, or nobody. */
static void meet_sessions(struct draw_bgp *b)
{
    struct draw *d = b->d;

    for (uint32_t i = 0; i < d->c->n_sessions; i++) {
        struct session_config *session = &d->c->sessions[i];
        session->n_prefixes = 0;
        if (!one_in(d, 4)) {
            session->neighbour = b->feed->peers[below(d, b->feed->n_peers)].address;
        }
    }
}

void random_bgp(struct chassis_config *config, uint64_t seed, struct arena *mem)
{
    struct draw d = {.c = config, .mem = mem, .rng = rng_open(seed, "random", "bgp")};
    struct draw_bgp b = {.d = &d};

    if (!one_in(&d, 3)) {
        return;
    }
    b.feed = arena_take(mem, sizeof *b.feed);
    b.feed->store = bgp_store_open(mem);
    b.feed->options.local_as = 65000;
    b.feed->options.max_paths = (uint32_t)between(&d, 1, 4);
    for (int i = 0; i < N_PREFIXES; i++) {
        b.prefixes[i] = some_prefix(&d, (uint8_t)below(&d, 2));
    }
    draw_peers(&b);
    uint64_t n = one_in(&d, 3) ? 0 : below(&d, MOST_PATHS);
    b.feed->paths = arena_take_array(mem, n, sizeof *b.feed->paths);
    while (b.feed->n_paths < n) {
        b.feed->paths[b.feed->n_paths++] = draw_path(&b, false);
    }
    draw_updates(&b);
    meet_sessions(&b);
    config->bgp = b.feed;
    if (n > 0) { /* there is one table at the start */
        config->table = NULL;
        config->growth.n_routes = 0;
    }
}
