#include "tests/naive_bgp.h"

#include <string.h>

#include "sim/error.h"

static bool same_key(const struct naive_path *p, uint32_t peer, const struct ip_prefix *prefix,
                     uint32_t path_id)
{
    return p->peer == peer && p->path_id == path_id && ip_prefix_compare(&p->prefix, prefix) == 0;
}

void naive_withdraw(struct naive_bgp *b, uint32_t peer, const struct ip_prefix *prefix,
                    uint32_t path_id)
{
    for (uint32_t i = 0; i < b->n; i++) {
        if (same_key(&b->list[i], peer, prefix, path_id)) {
            b->list[i--] = b->list[--b->n];
        }
    }
}

void naive_announce(struct naive_bgp *b, struct naive_path path)
{
    naive_withdraw(b, path.peer, &path.prefix, path.path_id);
    sim_assert(b->n < NAIVE_MOST);
    path.arrived = b->n_arrived++;
    b->list[b->n++] = path;
}

void naive_drop_peer(struct naive_bgp *b, uint32_t peer)
{
    for (uint32_t i = 0; i < b->n; i++) {
        if (b->list[i].peer == peer) {
            b->list[i--] = b->list[--b->n];
        }
    }
}

/* ---- choosing ---- */

static bool same_address(const struct ip_address *a, const struct ip_address *b)
{
    return a->hi == b->hi && a->lo == b->lo && a->family == b->family;
}

static int64_t pref(const struct naive_path *p)
{
    return p->has_pref ? p->local_pref : 100;
}

static uint32_t med(const struct naive_path *p)
{
    return p->has_med ? p->med : 0;
}

/* Whether b takes a out of the choice at this step, up to e). */
static bool beaten(const struct naive_bgp *n, const struct naive_path *a,
                   const struct naive_path *b, int step)
{
    switch (step) {
    case 0:
        return pref(b) > pref(a);
    case 1:
        return b->n_as < a->n_as;
    case 2:
        return b->origin < a->origin;
    case 3:
        return (a->n_as > 0 ? a->as_path[0] : 0) == (b->n_as > 0 ? b->as_path[0] : 0) &&
               med(b) < med(a);
    default:
        return n->peers[a->peer].internal && !n->peers[b->peer].internal;
    }
}

/* Whether a comes before b by the rest of the steps. */
static bool before(const struct naive_bgp *n, const struct naive_path *a,
                   const struct naive_path *b)
{
    const struct bgp_peer *x = &n->peers[a->peer], *y = &n->peers[b->peer];
    const uint64_t keys[][2] = {
        {x->internal ? 0 : a->arrived, y->internal ? 0 : b->arrived},
        {a->has_originator ? a->originator : x->id, b->has_originator ? b->originator : y->id},
        {a->n_clusters, b->n_clusters},
        {x->address.hi, y->address.hi},
        {x->address.lo, y->address.lo},
        {a->path_id, b->path_id}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] < keys[i][1];
        }
    }
    return false;
}

static bool can_be_chosen(const struct naive_bgp *b, const struct naive_path *p)
{
    bool can =
        b->reachable == NULL || b->reachable(b->context, p->next_hop, ip_is_of_vrf(&p->prefix));
    for (uint32_t i = 0; i < p->n_as; i++) {
        can &= p->as_path[i] != b->own_as;
    }
    return can && !(p->has_originator && b->own_id != 0 && p->originator == b->own_id);
}

static uint32_t up_to_e(const struct naive_bgp *b, const struct naive_path **left, uint32_t n)
{
    const struct naive_path *kept[NAIVE_MOST] = {NULL};
    for (int step = 0; step < 5; step++) {
        uint32_t n_kept = 0;
        for (uint32_t i = 0; i < n; i++) {
            bool lost = false;
            for (uint32_t j = 0; j < n; j++) {
                lost |= beaten(b, left[i], left[j], step);
            }
            if (!lost) {
                kept[n_kept++] = left[i];
            }
        }
        memcpy(left, kept, n_kept * sizeof *left);
        n = n_kept;
    }
    return n;
}

static bool fits(const struct naive_bgp *b, const struct naive_path *best,
                 const struct naive_path *p, const struct ip_address *hops, uint32_t n)
{
    bool good = !b->peers[best->peer].internal && p->n_as == best->n_as &&
                memcmp(p->as_path, best->as_path, p->n_as * sizeof *p->as_path) == 0 &&
                med(p) == med(best);
    for (uint32_t i = 0; i < n; i++) {
        good &= !same_address(&hops[i], &p->next_hop);
    }
    return good;
}

uint32_t naive_best(const struct naive_bgp *b, const struct ip_prefix *prefix,
                    struct ip_address hops[CONFIG_MAX_PATHS])
{
    const struct naive_path *left[NAIVE_MOST], *best = NULL;
    uint32_t n = 0, n_hops = 0;
    for (uint32_t i = 0; i < b->n; i++) {
        if (ip_prefix_compare(&b->list[i].prefix, prefix) == 0 && can_be_chosen(b, &b->list[i])) {
            left[n++] = &b->list[i];
        }
    }
    n = up_to_e(b, left, n);
    while (n > 0 && n_hops < b->max_paths) {
        uint32_t at = 0;
        for (uint32_t i = 1; i < n; i++) {
            at = before(b, left[i], left[at]) ? i : at;
        }
        const struct naive_path *p = left[at];
        left[at] = left[--n];
        if (best == NULL || fits(b, best, p, hops, n_hops)) {
            best = best == NULL ? p : best;
            hops[n_hops++] = p->next_hop;
        }
    }
    return n_hops;
}

/* ---- attributes ---- */

uint32_t naive_take(struct bgp_store *store, const struct naive_path *p)
{
    uint8_t path[2 + 4 * NAIVE_MOST_AS] = {BGP_AS_SEQUENCE, (uint8_t)p->n_as};
    uint8_t clusters[4 * NAIVE_MOST_AS];
    for (uint32_t i = 0; i < NAIVE_MOST_AS; i++) {
        put32(path + 2 + 4 * i, p->as_path[i]);
        put32(clusters + 4 * i, 77);
    }
    struct bgp_attributes a = {.origin = (uint8_t)p->origin,
                               .med = p->med,
                               .local_pref = p->local_pref,
                               .originator_id = p->originator,
                               .as_path = {path, p->n_as == 0 ? 0 : 2 + 4 * p->n_as},
                               .cluster_list = {clusters, 4 * p->n_clusters}};
    a.present = (p->has_pref ? 1ull << BGP_LOCAL_PREF : 0) | (p->has_med ? 1ull << BGP_MED : 0) |
                (p->has_originator ? 1ull << BGP_ORIGINATOR_ID : 0) |
                (p->n_clusters > 0 ? 1ull << BGP_CLUSTER_LIST : 0);
    return bgp_store_take(store, &a, p->next_hop);
}

struct naive_path naive_of(const struct bgp_store *store, uint32_t number)
{
    const struct bgp_set *set = bgp_store_get(store, number);
    struct bytes path = bgp_store_path(store, set);
    struct naive_path p = {.next_hop = set->next_hop,
                           .local_pref = set->local_pref,
                           .med = set->med,
                           .origin = set->origin,
                           .originator = set->originator_id,
                           .n_as = path.n == 0 ? 0 : path.at[1],
                           .n_clusters = (uint32_t)bgp_store_clusters(store, set).n / 4,
                           .has_pref = set->present >> BGP_LOCAL_PREF & 1,
                           .has_med = set->present >> BGP_MED & 1,
                           .has_originator = set->present >> BGP_ORIGINATOR_ID & 1};
    for (uint32_t i = 0; i < p.n_as; i++) {
        p.as_path[i] = get32(path.at + 2 + 4 * i);
    }
    return p;
}
