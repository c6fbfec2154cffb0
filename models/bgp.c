/* bgp.c - paths of a prefix are a list, of which the first is the best when any is.
 *
 * Choosing goes through the list once for each step that is needed, marking those who lose: no
 * order of all paths exists that one could sort by, because MED counts only between paths of one
 * neighbouring AS. Most prefixes have one path, and need no step.
 */
#include "models/bgp.h"

#include <string.h>

#include "models/route_map.h"
#include "sim/arena.h"
#include "sim/error.h"

#define FIRST_ROOM 1024u

enum { LOOPS = 1, LOST = 2, EQUAL = 4, TAKEN = 8, OF_VPN = 16 };

struct path {
    uint32_t set;
    uint32_t next; /* of the prefix; 0: none. Of a free one: the next free one */
    uint32_t path_id;
    uint32_t order; /* of arrival */
    uint16_t peer;
    uint16_t marks;
};

struct peer {
    struct bgp_peer is;
    size_t n_paths;
};

struct bgp {
    struct bgp_options options;
    struct arena *mem;
    struct bgp_store *store;
    struct route_map prefixes; /* the number of the first path */
    struct path *paths;        /* by number; 0 is none */
    uint32_t n_numbers, room, free;
    size_t n_paths;
    uint32_t n_arrived;
    struct peer *peers;
    uint32_t n_peers, room_peers;
};

struct bgp *bgp_open(const struct bgp_options *options, struct arena *mem)
{
    struct bgp *bgp = arena_take(mem, sizeof *bgp);
    sim_assert(options->max_paths >= 1 && options->max_paths <= CONFIG_MAX_PATHS);
    *bgp = (struct bgp){.options = *options, .mem = mem, .n_numbers = 1};
    bgp->store = bgp_store_open(mem);
    return bgp;
}

void bgp_close(struct bgp *bgp)
{
    route_map_clear(&bgp->prefixes);
}

struct bgp_store *bgp_store(struct bgp *bgp)
{
    return bgp->store;
}

uint32_t bgp_add_peer(struct bgp *bgp, const struct bgp_peer *peer)
{
    const size_t bytes = sizeof *bgp->peers;
    sim_assert(bgp->n_peers < BGP_MAX_PEERS);
    if (bgp->n_peers == bgp->room_peers) {
        uint32_t room = bgp->room_peers == 0 ? 64 : 2 * bgp->room_peers;
        bgp->peers = arena_grow(bgp->mem, bgp->peers, bgp->room_peers * bytes, room * bytes);
        bgp->room_peers = room;
    }
    bgp->peers[bgp->n_peers] = (struct peer){.is = *peer};
    return bgp->n_peers++;
}

void bgp_set_peer(struct bgp *bgp, uint32_t number, const struct bgp_peer *peer)
{
    sim_assert(number < bgp->n_peers && bgp->peers[number].n_paths == 0);
    bgp->peers[number].is = *peer;
}

static const struct bgp_set *set_of(const struct bgp *bgp, const struct path *p)
{
    return bgp_store_get(bgp->store, p->set);
}

static struct path *next_of(const struct bgp *bgp, const struct path *p)
{
    return p->next == 0 ? NULL : &bgp->paths[p->next];
}

/* ---- the steps: the least key wins ---- */

static uint64_t by_preference(const struct bgp *bgp, const struct path *p)
{
    const struct bgp_set *set = set_of(bgp, p);
    bool has = set->present >> BGP_LOCAL_PREF & 1;
    return UINT32_MAX - (has ? set->local_pref : BGP_DEFAULT_LOCAL_PREF);
}

static uint64_t by_path_length(const struct bgp *bgp, const struct path *p)
{
    return set_of(bgp, p)->path_length;
}

static uint64_t by_origin(const struct bgp *bgp, const struct path *p)
{
    return set_of(bgp, p)->origin;
}

static uint64_t by_kind(const struct bgp *bgp, const struct path *p)
{
    return bgp->peers[p->peer].is.internal;
}

/* Prefers, of external paths, what arrived first: so a newcomer makes no route flap. */
static uint64_t by_age(const struct bgp *bgp, const struct path *p)
{
    return bgp->options.standard_order || bgp->peers[p->peer].is.internal ? 0 : p->order;
}

static uint64_t by_identifier(const struct bgp *bgp, const struct path *p)
{
    const struct bgp_set *set = set_of(bgp, p);
    return set->present >> BGP_ORIGINATOR_ID & 1 ? set->originator_id : bgp->peers[p->peer].is.id;
}

static uint64_t by_clusters(const struct bgp *bgp, const struct path *p)
{
    return bgp_store_clusters(bgp->store, set_of(bgp, p)).n;
}

static uint64_t by_address_hi(const struct bgp *bgp, const struct path *p)
{
    return bgp->peers[p->peer].is.address.hi;
}

static uint64_t by_address_lo(const struct bgp *bgp, const struct path *p)
{
    return bgp->peers[p->peer].is.address.lo;
}

/* Paths of one peer differ by their path ids (RFC 7911), about which no standard says anything. */
static uint64_t by_path_id(const struct bgp *bgp, const struct path *p)
{
    (void)bgp;
    return p->path_id;
}

typedef uint64_t step(const struct bgp *bgp, const struct path *p);

/* RFC 4271 §9.1.2.2, and what the vendor puts between e) and f). */
static step *const before_med[] = {by_preference, by_path_length, by_origin};
static step *const after_med[] = {by_kind};
static step *const last[] = {by_age,        by_identifier, by_clusters,
                             by_address_hi, by_address_lo, by_path_id};

#define N_STEPS(steps) (sizeof(steps) / sizeof *(steps))

/* Marks all those still in it that have not the least key; how many stay. */
static uint32_t apply(const struct bgp *bgp, struct path *first, step *key)
{
    uint64_t least = UINT64_MAX;
    uint32_t n = 0;
    for (const struct path *p = first; p != NULL; p = next_of(bgp, p)) {
        uint64_t k = p->marks & LOST ? UINT64_MAX : key(bgp, p);
        least = k < least ? k : least;
    }
    for (struct path *p = first; p != NULL; p = next_of(bgp, p)) {
        if (!(p->marks & LOST) && key(bgp, p) != least) {
            p->marks |= LOST;
        }
        n += !(p->marks & LOST);
    }
    return n;
}

static uint32_t apply_all(const struct bgp *bgp, struct path *first, step *const *steps, size_t n)
{
    uint32_t left = 2;
    for (size_t i = 0; i < n && left > 1; i++) {
        left = apply(bgp, first, steps[i]);
    }
    return left;
}

/* c): a path loses to one of the same neighbouring AS with a lower MED; without one it is 0. */
static void apply_med(const struct bgp *bgp, struct path *first)
{
    for (struct path *p = first; p != NULL; p = next_of(bgp, p)) {
        const struct bgp_set *mine = set_of(bgp, p);
        for (struct path *q = first; q != NULL && !(p->marks & LOST); q = next_of(bgp, q)) {
            const struct bgp_set *other = set_of(bgp, q);
            if (!(q->marks & LOST) && other->first_as == mine->first_as && other->med < mine->med) {
                p->marks |= LOST;
            }
        }
    }
}

/* ---- choosing ---- */

static bool can_be_chosen(const struct bgp *bgp, const struct path *p)
{
    const struct bgp_options *o = &bgp->options;
    return !(p->marks & LOOPS) &&
           (o->reachable == NULL ||
            o->reachable(o->context, set_of(bgp, p)->next_hop, (p->marks & OF_VPN) != 0));
}

/* Most prefixes have one path: nothing is to be compared. */
static bool is_alone(const struct path *first)
{
    return first->next == 0;
}

/* Leaves the marks of steps a) to e): EQUAL, or LOST. How many are EQUAL. */
static uint32_t choose_equal(const struct bgp *bgp, struct path *first)
{
    uint32_t n = 0;
    for (struct path *p = first; p != NULL; p = next_of(bgp, p)) {
        bool can = can_be_chosen(bgp, p);
        p->marks = (uint16_t)((p->marks & (LOOPS | OF_VPN)) | (can ? 0 : LOST));
        n += can;
    }
    if (n > 1) {
        n = apply_all(bgp, first, before_med, N_STEPS(before_med));
        if (n > 1) {
            apply_med(bgp, first);
            n = apply_all(bgp, first, after_med, N_STEPS(after_med));
        }
    }
    for (struct path *p = first; n > 0 && p != NULL; p = next_of(bgp, p)) {
        p->marks |= p->marks & LOST ? 0 : EQUAL;
    }
    return n;
}

/* The best of those that are EQUAL and not TAKEN; NULL: there are none. */
static struct path *choose_last(const struct bgp *bgp, struct path *first, uint32_t n)
{
    for (struct path *p = first; p != NULL; p = next_of(bgp, p)) {
        p->marks =
            (uint16_t)((p->marks & ~LOST) | ((p->marks & (EQUAL | TAKEN)) == EQUAL ? 0 : LOST));
    }
    if (n > 1) {
        apply_all(bgp, first, last, N_STEPS(last));
    }
    struct path *p = first;
    while (p != NULL && p->marks & LOST) {
        p = next_of(bgp, p);
    }
    return p;
}

static bool same_address(const struct ip_address *a, const struct ip_address *b)
{
    return a->hi == b->hi && a->lo == b->lo && a->family == b->family;
}

/* Whether the best and another path may share a prefix's packets. */
static bool shares(const struct bgp *bgp, const struct path *best, const struct path *p,
                   const struct path *const *chosen, uint32_t n)
{
    const struct bgp_set *set = set_of(bgp, p);
    if (bgp->peers[best->peer].is.internal || set->as_path != set_of(bgp, best)->as_path ||
        set->med != set_of(bgp, best)->med) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (same_address(&set_of(bgp, chosen[i])->next_hop, &set->next_hop)) {
            return false;
        }
    }
    return true;
}

/* The paths chosen among these: how many. */
static uint32_t choose(const struct bgp *bgp, struct path *first,
                       struct path *chosen[CONFIG_MAX_PATHS])
{
    uint32_t n = 0;
    if (first == NULL || is_alone(first)) {
        chosen[0] = first;
        return first != NULL && can_be_chosen(bgp, first);
    }
    uint32_t n_equal = choose_equal(bgp, first);
    while (n_equal > 0 && n < bgp->options.max_paths) {
        struct path *p = choose_last(bgp, first, n_equal--);
        p->marks |= TAKEN;
        if (n == 0 || shares(bgp, chosen[0], p, (const struct path *const *)chosen, n)) {
            chosen[n++] = p;
        }
    }
    return n;
}

/* ---- changes ---- */

/* Next hops chosen, to see whether they change. */
struct choice {
    uint32_t n;
    struct ip_address next_hops[CONFIG_MAX_PATHS];
};

static struct path *first_of(const struct bgp *bgp, const struct ip_prefix *prefix)
{
    const uint64_t *word = route_map_get(&bgp->prefixes, *prefix);
    return word == NULL ? NULL : &bgp->paths[*word];
}

static void choice_of(const struct bgp *bgp, struct path *first, struct choice *c)
{
    struct path *chosen[CONFIG_MAX_PATHS];
    c->n = choose(bgp, first, chosen);
    for (uint32_t i = 0; i < c->n; i++) {
        c->next_hops[i] = set_of(bgp, chosen[i])->next_hop;
    }
}

static bool same_choice(const struct choice *a, const struct choice *b)
{
    bool same = a->n == b->n;
    for (uint32_t i = 0; i < a->n && same; i++) {
        same = same_address(&a->next_hops[i], &b->next_hops[i]);
    }
    return same;
}

static uint32_t new_path(struct bgp *bgp)
{
    const size_t bytes = sizeof *bgp->paths;
    uint32_t number = bgp->free;
    if (number != 0) {
        bgp->free = bgp->paths[number].next;
        return number;
    }
    if (bgp->n_numbers >= bgp->room) {
        uint32_t room = bgp->room == 0 ? FIRST_ROOM : 2 * bgp->room;
        bgp->paths = arena_grow(bgp->mem, bgp->paths, bgp->room * bytes, room * bytes);
        bgp->room = room;
    }
    return bgp->n_numbers++;
}

/* Takes the path behind *link, a number in a list, out of it. */
static void remove_path(struct bgp *bgp, uint32_t *link)
{
    uint32_t number = *link;
    struct path *p = &bgp->paths[number];
    *link = p->next;
    bgp->peers[p->peer].n_paths--;
    bgp->n_paths--;
    bgp_store_drop(bgp->store, p->set);
    *p = (struct path){.next = bgp->free};
    bgp->free = number;
}

static bool loops(const struct bgp *bgp, const struct bgp_set *set)
{
    const struct bgp_options *o = &bgp->options;
    struct bytes clusters = bgp_store_clusters(bgp->store, set);
    bool ours = o->local_id != 0 && set->present >> BGP_ORIGINATOR_ID & 1 &&
                set->originator_id == o->local_id;
    for (; o->local_id != 0 && clusters.n >= 4 && !ours; bytes_take(&clusters, 4)) {
        ours = get32(clusters.at) == o->local_id; /* RFC 4456 §8 */
    }
    return ours || (o->local_as != 0 && bgp_path_has(bgp_store_path(bgp->store, set), o->local_as));
}

/* The link to the peer's path of this id; to 0 when there is none. */
static uint32_t *find_path(struct bgp *bgp, uint32_t *link, uint32_t peer, uint32_t path_id)
{
    while (*link != 0 && (bgp->paths[*link].peer != peer || bgp->paths[*link].path_id != path_id)) {
        link = &bgp->paths[*link].next;
    }
    return link;
}

static void put_path(struct bgp *bgp, uint32_t number, uint32_t peer, bool of_vpn, uint32_t path_id,
                     uint32_t set)
{
    struct path *p = &bgp->paths[number];
    p->peer = (uint16_t)peer;
    p->path_id = path_id;
    p->set = set;
    p->order = bgp->n_arrived++;
    p->marks = (uint16_t)((loops(bgp, bgp_store_get(bgp->store, set)) ? LOOPS : 0) |
                          (of_vpn ? OF_VPN : 0));
}

bool bgp_announce(struct bgp *bgp, uint32_t peer, const struct ip_prefix *prefix, uint32_t path_id,
                  uint32_t set)
{
    struct choice before, after;
    struct route_map *map = &bgp->prefixes;
    uint32_t fresh = new_path(bgp); /* first: paths may move */
    uint64_t *word = route_map_put(map, *prefix);
    uint32_t head = (uint32_t)*word, *link = find_path(bgp, &head, peer, path_id);
    choice_of(bgp, head == 0 ? NULL : &bgp->paths[head], &before);
    bgp_store_keep(bgp->store, set);
    if (*link != 0) { /* an implicit withdrawal: RFC 4271 §3.1 */
        remove_path(bgp, link);
    }
    put_path(bgp, fresh, peer, ip_is_of_vrf(prefix), path_id, set);
    bgp->paths[fresh].next = head;
    *word = fresh;
    bgp->peers[peer].n_paths++;
    bgp->n_paths++;
    choice_of(bgp, &bgp->paths[fresh], &after);
    return !same_choice(&before, &after);
}

bool bgp_withdraw(struct bgp *bgp, uint32_t peer, const struct ip_prefix *prefix, uint32_t path_id)
{
    struct choice before, after;
    struct route_map *map = &bgp->prefixes;
    uint64_t *word = route_map_get(map, *prefix);
    uint32_t head = word == NULL ? 0 : (uint32_t)*word,
             *link = find_path(bgp, &head, peer, path_id);
    if (*link == 0) {
        return false;
    }
    choice_of(bgp, &bgp->paths[head], &before);
    remove_path(bgp, link);
    choice_of(bgp, head == 0 ? NULL : &bgp->paths[head], &after);
    *word = head;
    if (head == 0) {
        route_map_remove(map, *prefix);
    }
    return !same_choice(&before, &after);
}

/* ---- all prefixes ---- */

struct collect {
    const struct bgp *bgp;
    uint32_t peer;
    enum ip_family family;
    struct ip_prefix *prefixes; /* NULL: only visit */
    size_t n;
    void (*visit)(void *context, struct ip_prefix prefix);
    void *context;
};

static void collect_peers(void *context, struct ip_prefix prefix, uint64_t word)
{
    struct collect *c = context;
    for (const struct path *p = &c->bgp->paths[word]; p != NULL; p = next_of(c->bgp, p)) {
        if (p->peer == c->peer) {
            c->prefixes[c->n++] = prefix;
            return;
        }
    }
}

/* Whether the choice changes when all paths of a peer go. */
static bool drop_paths(struct bgp *bgp, uint32_t peer, const struct ip_prefix *prefix)
{
    struct choice before, after;
    uint64_t *word = route_map_get(&bgp->prefixes, *prefix);
    uint32_t head = (uint32_t)*word, *link = &head;
    choice_of(bgp, &bgp->paths[head], &before);
    while (*link != 0) {
        if (bgp->paths[*link].peer == peer) {
            remove_path(bgp, link);
        } else {
            link = &bgp->paths[*link].next;
        }
    }
    choice_of(bgp, head == 0 ? NULL : &bgp->paths[head], &after);
    *word = head;
    if (head == 0) {
        route_map_remove(&bgp->prefixes, *prefix);
    }
    return !same_choice(&before, &after);
}

void bgp_drop_peer(struct bgp *bgp, uint32_t peer,
                   void (*visit)(void *context, struct ip_prefix prefix), void *context)
{
    struct arena *mem = arena_open();
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        struct collect c = {.bgp = bgp, .peer = peer};
        c.prefixes = arena_take_array(mem, bgp->peers[peer].n_paths, sizeof *c.prefixes);
        route_map_each(&bgp->prefixes, family, collect_peers, &c);
        for (size_t i = 0; i < c.n; i++) {
            if (drop_paths(bgp, peer, &c.prefixes[i])) {
                visit(context, c.prefixes[i]);
            }
        }
    }
    arena_close(mem);
}

static uint32_t routes_of(const struct bgp *bgp, struct path *first,
                          struct bgp_route routes[CONFIG_MAX_PATHS])
{
    struct path *chosen[CONFIG_MAX_PATHS];
    uint32_t n = choose(bgp, first, chosen);
    for (uint32_t i = 0; i < n; i++) {
        routes[i] = (struct bgp_route){chosen[i]->peer, chosen[i]->set};
    }
    return n;
}

uint32_t bgp_best(const struct bgp *bgp, const struct ip_prefix *prefix,
                  struct bgp_route routes[CONFIG_MAX_PATHS])
{
    return routes_of(bgp, first_of(bgp, prefix), routes);
}

static void visit_one(void *context, struct ip_prefix prefix, uint64_t word)
{
    const struct collect *c = context;
    (void)word;
    c->visit(c->context, prefix);
}

void bgp_each(const struct bgp *bgp, enum ip_family family,
              void (*visit)(void *context, struct ip_prefix prefix), void *context)
{
    struct collect c = {.bgp = bgp, .visit = visit, .context = context};
    route_map_each(&bgp->prefixes, family, visit_one, &c);
}

size_t bgp_n_prefixes(const struct bgp *bgp, enum ip_family family)
{
    return route_map_n(&bgp->prefixes, family);
}

size_t bgp_n_paths(const struct bgp *bgp)
{
    return bgp->n_paths;
}

size_t bgp_n_peer_paths(const struct bgp *bgp, uint32_t peer)
{
    return bgp->peers[peer].n_paths;
}

size_t bgp_bytes(const struct bgp *bgp)
{
    return route_map_bytes(&bgp->prefixes) + bgp->room * sizeof *bgp->paths;
}
