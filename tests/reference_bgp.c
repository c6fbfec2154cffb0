#include "tests/reference_bgp.h"

#include <stdlib.h>
#include <string.h>

#include "sim/error.h"
#include "tests/naive_bgp.h"

/* The next hops of a prefix when it was visited last. */
struct told {
    struct ip_prefix prefix;
    uint32_t n_hops;
    struct ip_address hops[CONFIG_MAX_PATHS];
};

struct reference_bgp {
    const struct bgp_feed *feed;
    size_t n_heard;
    struct naive_bgp naive;
    struct ip_address met[NAIVE_MOST];
    bool out_of_reach[NAIVE_MOST]; /* those */
    size_t n_met;
    struct told told[NAIVE_MOST];
    size_t n_told;
    bool lost[NAIVE_MOST_PEERS]; /* by peer */
};

static bool reachable(void *context, struct ip_address next_hop, bool of_vpn)
{
    const struct reference_bgp *b = context;

    (void)of_vpn; /* all are in one table here */
    for (size_t i = 0; i < b->n_met; i++) {
        const struct ip_address *a = &b->met[i];
        if (a->hi == next_hop.hi && a->lo == next_hop.lo && a->family == next_hop.family) {
            return !b->out_of_reach[i];
        }
    }
    return true;
}

static void learn(struct reference_bgp *b, const struct bgp_feed_path *path)
{
    struct ip_prefix prefix = bgp_feed_prefix(path);

    if (path->set == 0) {
        naive_withdraw(&b->naive, path->peer, &prefix, path->path_id);
    } else {
        struct naive_path p = naive_of(b->feed->store, path->set);
        p.peer = path->peer;
        p.path_id = path->path_id;
        p.prefix = prefix;
        naive_announce(&b->naive, p);
    }
}

struct reference_bgp *reference_bgp_open(const struct bgp_feed *feed)
{
    struct reference_bgp *b = calloc(1, sizeof *b);

    b->feed = feed;
    b->naive.own_as = feed->options.local_as;
    b->naive.own_id = feed->options.local_id;
    b->naive.max_paths = feed->options.max_paths;
    b->naive.reachable = reachable;
    b->naive.context = b;
    memcpy(b->naive.peers, feed->peers, feed->n_peers * sizeof *feed->peers);
    for (size_t i = 0; i < feed->n_paths; i++) {
        learn(b, &feed->paths[i]);
    }
    return b;
}

void reference_bgp_close(struct reference_bgp *b)
{
    free(b);
}

static bool same_hops(const struct told *t, const struct ip_address *hops, uint32_t n)
{
    bool same = t->n_hops == n;

    for (uint32_t i = 0; same && i < n; i++) {
        same = t->hops[i].hi == hops[i].hi && t->hops[i].lo == hops[i].lo &&
               t->hops[i].family == hops[i].family;
    }
    return same;
}

static struct told *told_of(struct reference_bgp *b, struct ip_prefix prefix)
{
    for (size_t i = 0; i < b->n_told; i++) {
        if (ip_prefix_compare(&b->told[i].prefix, &prefix) == 0) {
            return &b->told[i];
        }
    }
    sim_assert(b->n_told < NAIVE_MOST);
    b->told[b->n_told] = (struct told){.prefix = prefix};
    return &b->told[b->n_told++];
}

/* When its next hops are other ones than were told: a route that somebody else has there stays. */
static void tell(struct reference_bgp *b, struct ip_prefix prefix,
                 void (*visit)(void *context, struct ip_prefix prefix), void *context)
{
    struct told *t = told_of(b, prefix);
    struct ip_address hops[CONFIG_MAX_PATHS];
    uint32_t n = naive_best(&b->naive, &prefix, hops);

    if (!same_hops(t, hops, n)) {
        t->n_hops = n;
        memcpy(t->hops, hops, n * sizeof *hops);
        visit(context, prefix);
    }
}

/* Tells of the prefixes of a list, in order, each once. */
static void tell_all(struct reference_bgp *b, const struct naive_path *list, uint32_t n_list,
                     void (*visit)(void *context, struct ip_prefix prefix), void *context)
{
    struct ip_prefix prefixes[NAIVE_MOST];
    size_t n = 0;

    for (uint32_t i = 0; i < n_list; i++) {
        size_t at = n++;
        for (; at > 0 && ip_prefix_compare(&list[i].prefix, &prefixes[at - 1]) < 0; at--) {
            prefixes[at] = prefixes[at - 1];
        }
        prefixes[at] = list[i].prefix;
    }
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || ip_prefix_compare(&prefixes[i - 1], &prefixes[i]) != 0) {
            tell(b, prefixes[i], visit, context);
        }
    }
}

void reference_bgp_start(struct reference_bgp *b,
                         void (*visit)(void *context, struct ip_prefix prefix), void *context)
{
    tell_all(b, b->naive.list, b->naive.n, visit, context);
}

const struct bgp_feed_update *reference_bgp_next(const struct reference_bgp *b)
{
    return b->n_heard < b->feed->n_updates ? &b->feed->updates[b->n_heard] : NULL;
}

/* A peer that goes takes its paths along one prefix after the other. */
static void drop(struct reference_bgp *b, uint32_t peer,
                 void (*visit)(void *context, struct ip_prefix prefix), void *context)
{
    struct naive_path gone[NAIVE_MOST];
    uint32_t n = 0;

    for (uint32_t i = 0; i < b->naive.n; i++) {
        if (b->naive.list[i].peer == peer) {
            gone[n++] = b->naive.list[i];
        }
    }
    naive_drop_peer(&b->naive, peer);
    tell_all(b, gone, n, visit, context);
}

void reference_bgp_hear(struct reference_bgp *b,
                        void (*visit)(void *context, struct ip_prefix prefix), void *context)
{
    const struct bgp_feed_path *path = &b->feed->updates[b->n_heard++].path;

    if (b->lost[path->peer]) {
        return;
    }
    if (path->length == BGP_FEED_PEER_DOWN) {
        drop(b, path->peer, visit, context);
    } else {
        learn(b, path);
        tell(b, bgp_feed_prefix(path), visit, context);
    }
}

void reference_bgp_lose(struct reference_bgp *b, struct ip_address address,
                        void (*visit)(void *context, struct ip_prefix prefix), void *context)
{
    for (uint32_t i = 0; i < b->feed->n_peers; i++) {
        const struct ip_address *a = &b->feed->peers[i].address;
        if (a->hi == address.hi && a->lo == address.lo && a->family == address.family) {
            b->lost[i] = true;
            drop(b, i, visit, context);
        }
    }
}

void reference_bgp_reach(struct reference_bgp *b,
                         bool (*leads)(void *context, struct ip_address hop),
                         void (*visit)(void *context, struct ip_prefix prefix), void *context)
{
    for (size_t i = 0; i < b->n_met; i++) {
        b->out_of_reach[i] = !leads(context, b->met[i]);
    }
    tell_all(b, b->naive.list, b->naive.n, visit, context);
}

uint32_t reference_bgp_best(const struct reference_bgp *b, struct ip_prefix prefix,
                            struct ip_address hops[CONFIG_MAX_PATHS])
{
    return naive_best(&b->naive, &prefix, hops);
}

bool reference_bgp_meets(struct reference_bgp *b, struct ip_address hop)
{
    for (size_t i = 0; i < b->n_met; i++) {
        const struct ip_address *a = &b->met[i];
        if (a->hi == hop.hi && a->lo == hop.lo && a->family == hop.family) {
            return false;
        }
    }
    sim_assert(b->n_met < NAIVE_MOST);
    b->met[b->n_met++] = hop;
    return true;
}
