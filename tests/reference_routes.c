#include "tests/reference_routes.h"

#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "tests/reference_bgp.h"
#include "tests/reference_fib.h"
#include "tests/reference_labels.h"
#include "tests/reference_paths.h"
#include "tests/reference_tables.h"

#define MOST_HOPS 8
#define MOST_WAYS 8

struct reference_routes {
    const struct chassis_config *config;
    struct path_list rib;
    struct table software;
    struct reference_fib engines;
    struct path *feed; /* of each next hop of the feed */
    uint32_t n_changed, n_late, n_reloaded;
    struct reference_bgp *bgp; /* NULL: no peers */
    int64_t heard_ps;          /* AT_START: before the run */
    uint32_t turn;             /* of the interfaces that get neighbours */
    struct arena *mem;         /* next hops of equal cost */
    struct reference_labels labels;
};

/* ---- the RIB ----------------------------------------------------------------------------- */

static void add_connected(struct reference_routes *r, uint32_t index)
{
    const struct port_config *port = &r->config->ports[index];

    for (int f = 0; f < IP_N_FAMILIES; f++) {
        unsigned whole = f == IPV4 ? 32 : 128;
        struct ip_address own = port->address[f], other = own;
        other.hi += f == IPV4 ? 1ull << 32 : 0;
        other.lo += f == IPV6;
        path_list_add(&r->rib, (struct path){.prefix = ip_prefix_of(own, port->length[f]),
                                             .target = SUBNET,
                                             .port = index});
        path_list_add(&r->rib, (struct path){.prefix = ip_prefix_of(own, whole), .target = ROUTER});
        path_list_add(&r->rib, (struct path){.prefix = ip_prefix_of(other, whole),
                                             .target = NEIGHBOUR,
                                             .next_hop = other,
                                             .port = index});
    }
}

static struct path static_path(const struct static_route *s)
{
    static const enum target targets[] = {[VIA_NEXT_HOP] = NEXT_HOP,
                                          [VIA_PORT] = SUBNET,
                                          [VIA_NULL0] = NOWHERE,
                                          [VIA_RECEIVE] = ROUTER};

    return (struct path){.prefix = s->prefix,
                         .distance = s->floating ? PATH_FLOATING : PATH_STATIC,
                         .target = targets[s->via],
                         .next_hop = s->next_hop,
                         .port = s->port,
                         .punt = s->punt,
                         .n_others = s->n_others,
                         .others = s->others};
}

/* A port on its own, or a port channel. */
static bool is_interface(const struct reference_routes *r, uint32_t port)
{
    return port >= r->config->n_ports || r->config->ports[port].port_channel == 0;
}

/* That could have this neighbour: of its VRF; of any, when that has none. */
static bool is_of_vrf(const struct reference_routes *r, uint32_t port, struct ip_address neighbour)
{
    uint32_t n = r->config->n_ports + r->config->n_port_channels, n_of_vrf = 0;

    for (uint32_t i = 0; i < n; i++) {
        n_of_vrf += is_interface(r, i) && r->config->ports[i].address[IPV4].lo == neighbour.lo;
    }
    return neighbour.family == IPV6 || n_of_vrf == 0 ||
           r->config->ports[port].address[IPV4].lo == neighbour.lo;
}

static uint32_t next_interface(struct reference_routes *r, struct ip_address neighbour)
{
    uint32_t n = r->config->n_ports + r->config->n_port_channels;

    while (!is_interface(r, r->turn % n) || !is_of_vrf(r, r->turn % n, neighbour)) {
        r->turn++;
    }
    return r->turn++ % n;
}

/* Next hops that nothing else covers are neighbours of the interfaces in turn. */
static void add_feed(struct reference_routes *r, const struct route_table *table)
{
    struct path *to = calloc(table->n_next_hops, sizeof *to);

    for (size_t i = 0; i < table->n_next_hops; i++) {
        bool covered = path_list_match(&r->rib, table->next_hops[i]) != NULL;
        to[i] = (struct path){.distance = 20,
                              .target = covered ? NEXT_HOP : NEIGHBOUR,
                              .next_hop = table->next_hops[i],
                              .port = covered ? 0 : next_interface(r, table->next_hops[i])};
    }
    for (size_t i = 0; i < table->n_routes; i++) {
        struct path path = to[table->routes[i].next_hop_index];
        path.prefix = table->routes[i].prefix;
        path_list_add(&r->rib, path);
    }
    r->feed = to;
}

/* In the place of the feed's of the same prefix. */
static void add_sessions(struct reference_routes *r)
{
    for (uint32_t s = 0; s < r->config->n_sessions; s++) {
        const struct session_config *c = &r->config->sessions[s];
        struct path path = {.distance = 20, .target = NEXT_HOP, .next_hop = c->neighbour};
        for (uint32_t i = 0; i < c->n_prefixes; i++) {
            path.prefix = c->prefixes[i];
            path_list_add(&r->rib, path);
        }
    }
}

/* A next hop on its way to a path that is none; leads: NULL before. */
struct way {
    struct ip_address next_hop;
    const struct path *leads;
};

struct ways {
    size_t n;
    struct way of[MOST_WAYS];
};

static void add_way(struct ways *ways, struct ip_address next_hop, const struct path *leads)
{
    if (ways->n < MOST_WAYS) {
        ways->of[ways->n++] = (struct way){next_hop, leads};
    }
}

static void add_next_hops(struct ways *ways, const struct path *path)
{
    add_way(ways, path->next_hop, NULL);
    for (uint32_t i = 0; i < path->n_others; i++) {
        add_way(ways, path->others[i], NULL);
    }
}

/* All ways, one step further; what leads to the router itself or to nowhere is given up. */
static struct ways step(const struct reference_routes *r, const struct ways *ways)
{
    struct ways next = {0};

    for (size_t i = 0; i < ways->n; i++) {
        struct way way = ways->of[i];
        const struct path *path =
            way.leads != NULL ? way.leads : path_list_match(&r->rib, way.next_hop);
        if (path != NULL && path->target == NEXT_HOP) {
            add_next_hops(&next, path);
        } else if (path != NULL && path->target != NOWHERE && path->target != ROUTER) {
            add_way(&next, way.next_hop, path);
        }
    }
    return next;
}

/* Shares of so many ways: percentages of the table "Load sharing" of the facts times their sum. */
static uint32_t shares_of(const struct reference_routes *r, size_t n, size_t way)
{
    static const char *const shares[] = {"",      "1",      "78",      "111",     "1112",
                                         "11111", "122222", "1111111", "11122222"};

    return r->config->load_sharing == SHARING_FULL_SIMPLE ? 1 : (uint32_t)(shares[n][way] - '0');
}

static struct choice choice_of(const struct reference_routes *r, const struct ways *ways,
                               enum outcome leaves)
{
    struct choice choice = {0};

    for (size_t i = 0; i < ways->n; i++) {
        const struct path *path = ways->of[i].leads;
        bool glean = path->target == SUBNET;
        uint32_t n = ways->n == 1 ? 1 : shares_of(r, ways->n, i);
        while (n-- > 0) {
            choice.of[choice.n++] = (struct answer){glean ? GLEAN : leaves, path->port,
                                                    glean ? ways->of[i].next_hop : path->next_hop};
        }
    }
    return choice;
}

static struct choice follow(const struct reference_routes *r, const struct path *path)
{
    static const struct choice nowhere = {1, {{.outcome = DISCARD}}};
    static const struct choice router = {1, {{.outcome = RECEIVE}}};
    struct ways ways = {0};

    if (path->target == NOWHERE || path->target == ROUTER) {
        return path->target == ROUTER ? router : nowhere;
    }
    if (path->target != NEXT_HOP) {
        add_way(&ways, path->next_hop, path);
        return choice_of(r, &ways, FORWARD);
    }
    add_next_hops(&ways, path);
    for (int hops = 0; hops < MOST_HOPS; hops++) {
        ways = step(r, &ways);
    }
    size_t n = ways.n;
    ways.n = 0;
    for (size_t i = 0; i < n; i++) {
        if (ways.of[i].leads != NULL) {
            ways.of[ways.n++] = ways.of[i];
        }
    }
    return ways.n == 0 ? nowhere : choice_of(r, &ways, path->punt ? PUNT : FORWARD);
}

/* ---- changes ----------------------------------------------------------------------------- */

static bool is_best(const struct reference_routes *r, size_t i)
{
    return i == 0 || ip_prefix_compare(&r->rib.paths[i - 1].prefix, &r->rib.paths[i].prefix) != 0;
}

static const struct path *best_of(const struct reference_routes *r, struct ip_prefix prefix)
{
    for (size_t i = 0; i < r->rib.n; i++) {
        if (ip_prefix_compare(&r->rib.paths[i].prefix, &prefix) == 0) {
            return &r->rib.paths[i];
        }
    }
    return NULL;
}

static void update(struct reference_routes *r, struct ip_prefix prefix, struct choice choice,
                   int64_t now_ps)
{
    struct choice before = table_choice(&r->software, prefix);

    if (choice_equal(&before, &choice)) {
        return;
    }
    table_put(&r->software, (struct entry){prefix, choice});
    reference_fib_send(&r->engines, now_ps, (struct entry){prefix, choice});
    const struct path *best = best_of(r, prefix);
    struct entry label = {.choice = choice};
    if (reference_labels_follow(&r->labels, prefix, best != NULL && best->distance > 0,
                                choice.n > 0, &label.prefix)) {
        table_put(&r->software, label);
        reference_fib_send(&r->engines, now_ps, label);
    }
}

/* A path comes or goes: its prefix, then all others. */
static void change(struct reference_routes *r, struct path path, bool withdraw, int64_t now_ps)
{
    struct choice choice = {0};

    path_list_put(&r->rib, path, withdraw);
    for (size_t i = 0; i < r->rib.n; i++) {
        if (is_best(r, i) && ip_prefix_compare(&r->rib.paths[i].prefix, &path.prefix) == 0) {
            choice = follow(r, &r->rib.paths[i]);
        }
    }
    update(r, path.prefix, choice, now_ps);
    for (size_t i = 0; i < r->rib.n; i++) {
        if (is_best(r, i)) {
            update(r, r->rib.paths[i].prefix, follow(r, &r->rib.paths[i]), now_ps);
        }
    }
}

void reference_routes_set_host(struct reference_routes *r, struct ip_address host,
                               enum outcome outcome, uint32_t port, int64_t now_ps)
{
    struct path path = {.prefix = ip_prefix_of(host, host.family == IPV4 ? 32 : 128),
                        .target = outcome == FORWARD ? NEIGHBOUR : NOWHERE,
                        .next_hop = host,
                        .port = port};

    change(r, path, outcome == MISS, now_ps);
    reference_fib_flush(&r->engines);
}

/* ---- BGP --------------------------------------------------------------------------------- */

#define AT_START (-1)

static void change_heard(struct reference_routes *r, struct path path, bool withdraw)
{
    if (r->heard_ps != AT_START) {
        change(r, path, withdraw, r->heard_ps);
    } else if (!withdraw) {
        path_list_add(&r->rib, path);
    }
}

static bool leads_to(void *context, struct ip_address hop)
{
    const struct reference_routes *r = context;

    hop.lo = hop.family == IPV4 ? r->config->feed_vrf : hop.lo;
    return path_list_leads_to(&r->rib, hop);
}

/* A next hop to which nothing but BGP leads becomes a neighbour of the interface whose turn it is;
 * from then on its own host route leads there. */
static void meet(struct reference_routes *r, struct ip_address *hop, uint64_t vrf)
{
    bool is_new = reference_bgp_meets(r->bgp, *hop);

    hop->lo = hop->family == IPV4 ? vrf : hop->lo;
    if (is_new && !path_list_leads_to(&r->rib, *hop)) {
        struct path path = {.prefix = ip_prefix_of(*hop, hop->family == IPV4 ? 32 : 128),
                            .target = NEIGHBOUR,
                            .next_hop = *hop,
                            .port = next_interface(r, *hop)};
        change_heard(r, path, false);
    }
}

/* The best paths of a prefix are its route of the feed. */
static void put_best(void *context, struct ip_prefix prefix)
{
    struct reference_routes *r = context;
    struct ip_address *hops = arena_take_array(r->mem, CONFIG_MAX_PATHS, sizeof *hops);
    uint32_t n = reference_bgp_best(r->bgp, prefix, hops);

    bool vpn = prefix.family == IPV4 && prefix.lo != 0;
    uint64_t vrf = vpn ? 0 : r->config->feed_vrf; /* of the next hops */
    prefix.lo = prefix.family == IPV4 && !vpn ? vrf : prefix.lo;
    for (uint32_t i = 0; i < n; i++) {
        meet(r, &hops[i], vrf);
    }
    struct path path = {.prefix = prefix,
                        .distance = 20,
                        .target = NEXT_HOP,
                        .next_hop = hops[0],
                        .n_others = n == 0 ? 0 : n - 1,
                        .others = hops + 1};
    change_heard(r, path, n == 0);
}

/* Of labels that are in use: all that the software knows, in their order. */
static void send_labels(struct reference_routes *r, int64_t now_ps)
{
    for (uint32_t label = 0; label < r->labels.next; label++) {
        struct ip_prefix prefix = {(uint64_t)label << 32, 0xffff, IPV4, 32};
        struct entry entry = {prefix, table_choice(&r->software, prefix)};
        if (entry.choice.n > 0) {
            reference_fib_send(&r->engines, now_ps, entry);
        }
    }
}

/* The whole FIB, in order of prefixes; labels are behind all of IPv4. */
static void send_all(struct reference_routes *r, int64_t now_ps)
{
    bool labels_sent = false;

    for (size_t i = 0; i < r->rib.n; i++) {
        if (!labels_sent && r->rib.paths[i].prefix.family == IPV6) {
            send_labels(r, now_ps);
            labels_sent = true;
        }
        if (is_best(r, i)) {
            struct ip_prefix prefix = r->rib.paths[i].prefix;
            struct entry entry = {prefix, table_choice(&r->software, prefix)};
            reference_fib_send(&r->engines, now_ps, entry);
        }
    }
    reference_fib_flush(&r->engines);
}

/* When the next late route of the feed comes. */
static int64_t next_late_ps(const struct reference_routes *r)
{
    const struct growth *g = &r->config->growth;

    if (g->n_routes == 0 || r->n_late == r->config->table->n_late) {
        return INT64_MAX;
    }
    return g->start_ps + (int64_t)(r->n_late * 1000000000000u / g->rate);
}

/* When a peer says something next. */
static int64_t next_heard_ps(const struct reference_routes *r)
{
    const struct bgp_feed_update *next = r->bgp == NULL ? NULL : reference_bgp_next(r->bgp);

    return next == NULL ? INT64_MAX : next->at_ps;
}

/* All changes of one time, what peers say, then late routes, then a reload. */
static void happen(struct reference_routes *r, int64_t now_ps)
{
    const struct chassis_config *c = r->config;

    r->heard_ps = now_ps;
    while (r->n_changed < c->n_route_changes && c->route_changes[r->n_changed].at_ps == now_ps) {
        const struct route_change *made = &c->route_changes[r->n_changed++];
        change(r, static_path(&made->route), made->withdraw, now_ps);
        if (r->bgp != NULL) {
            reference_bgp_reach(r->bgp, leads_to, put_best, r);
        }
    }
    while (next_heard_ps(r) == now_ps) {
        reference_bgp_hear(r->bgp, put_best, r);
    }
    while (next_late_ps(r) == now_ps) {
        const struct route *route = &c->table->late[r->n_late++];
        struct path path = r->feed[route->next_hop_index];
        path.prefix = route->prefix;
        change(r, path, false, now_ps);
    }
    reference_fib_flush(&r->engines);
    if (r->n_reloaded < c->n_reloads && c->reloads[r->n_reloaded].at_ps == now_ps) {
        reference_fib_reload(&r->engines, &c->reloads[r->n_reloaded++]);
        send_all(r, now_ps);
    }
}

void reference_routes_lose(struct reference_routes *r, const struct session_config *session,
                           int64_t now_ps)
{
    for (uint32_t i = 0; i < session->n_prefixes; i++) {
        change(r, (struct path){.prefix = session->prefixes[i], .distance = 20}, true, now_ps);
    }
    if (r->bgp != NULL) {
        r->heard_ps = now_ps;
        reference_bgp_lose(r->bgp, session->neighbour, put_best, r);
    }
    reference_fib_flush(&r->engines);
}

void reference_routes_at(struct reference_routes *r, int64_t now_ps)
{
    const struct chassis_config *c = r->config;

    for (;;) {
        int64_t next_ps = INT64_MAX;
        if (r->n_changed < c->n_route_changes) {
            next_ps = c->route_changes[r->n_changed].at_ps;
        }
        if (r->n_reloaded < c->n_reloads && c->reloads[r->n_reloaded].at_ps < next_ps) {
            next_ps = c->reloads[r->n_reloaded].at_ps;
        }
        next_ps = next_late_ps(r) < next_ps ? next_late_ps(r) : next_ps;
        next_ps = next_heard_ps(r) < next_ps ? next_heard_ps(r) : next_ps;
        reference_fib_at(&r->engines, next_ps < now_ps ? next_ps : now_ps);
        if (next_ps > now_ps) {
            return;
        }
        happen(r, next_ps);
    }
}

/* ---- all of it ------------------------------------------------------------------------- */

/* As if all had been sent: IPv4 first. */
static void fill_all(struct reference_routes *r)
{
    for (int family = 0; family < IP_N_FAMILIES; family++) {
        for (size_t i = 0; i < r->software.n; i++) {
            if (r->software.entries[i].prefix.family == family) {
                reference_fib_fill(&r->engines, r->software.entries[i]);
            }
        }
    }
}

static void know_labels(struct reference_routes *r)
{
    reference_labels_open(&r->labels, r->config);
    for (uint32_t vrf = 1; vrf <= r->config->n_vrfs; vrf++) {
        table_put(&r->software, reference_labels_vrf(vrf));
    }
    for (size_t i = 0; i < r->rib.n; i++) {
        struct ip_prefix prefix = r->rib.paths[i].prefix;
        struct entry label = {.choice = table_choice(&r->software, prefix)};
        if (is_best(r, i) &&
            reference_labels_follow(&r->labels, prefix, r->rib.paths[i].distance > 0, true,
                                    &label.prefix)) {
            table_put(&r->software, label);
        }
    }
}

struct reference_routes *reference_routes_open(const struct chassis_config *config)
{
    struct reference_routes *r = calloc(1, sizeof *r);

    r->config = config;
    r->mem = arena_open();
    reference_fib_open(&r->engines, config);
    for (uint32_t p = 0; p < config->n_ports + config->n_port_channels; p++) {
        if (is_interface(r, p)) {
            add_connected(r, p);
        }
    }
    for (uint32_t i = 0; i < config->n_static_routes; i++) {
        path_list_put(&r->rib, static_path(&config->static_routes[i]), false);
    }
    if (config->table != NULL) {
        add_feed(r, config->table);
    }
    if (config->bgp != NULL) {
        r->bgp = reference_bgp_open(config->bgp);
        r->turn = 0; /* begins anew behind a feed */
        r->heard_ps = AT_START;
        reference_bgp_start(r->bgp, put_best, r);
    }
    add_sessions(r);
    for (size_t i = 0; i < r->rib.n; i++) {
        struct entry entry = {r->rib.paths[i].prefix, follow(r, &r->rib.paths[i])};
        if (is_best(r, i)) {
            table_put(&r->software, entry);
        }
    }
    know_labels(r);
    if (config->fib_start == FIB_COLD) {
        send_all(r, 0);
    } else {
        fill_all(r);
    }
    return r;
}

void reference_routes_close(struct reference_routes *r)
{
    free(r->software.entries);
    reference_fib_close(&r->engines);
    free(r->rib.paths);
    free(r->feed);
    reference_bgp_close(r->bgp);
    arena_close(r->mem);
    free(r);
}

static const struct table *table_of(const struct reference_routes *r, uint32_t who)
{
    return who == SOFTWARE ? &r->software : &reference_fib_of(&r->engines, who)->table;
}

struct answer reference_routes_ask_to(const struct reference_routes *r, uint32_t who,
                                      struct ip_address to, const struct flow_key *flow)
{
    return table_ask(table_of(r, who), r->config, to, flow);
}

uint32_t reference_routes_place(const struct reference_routes *r, uint32_t who,
                                struct ip_address to, uint32_t interface, uint32_t *n)
{
    const struct entry *best = table_match(table_of(r, who), to);
    uint32_t place = 0;

    *n = 0;
    for (uint32_t i = 0; best != NULL && i < best->choice.n; i++) {
        const struct answer *a = &best->choice.of[i];
        bool is_new = a->outcome == FORWARD || a->outcome == PUNT || a->outcome == GLEAN;
        for (uint32_t k = 0; k < i; k++) {
            is_new &= best->choice.of[k].port != a->port;
        }
        *n += is_new;
        place = is_new && a->port == interface ? *n : place;
    }
    return place;
}

bool reference_routes_exception(const struct reference_routes *r, uint32_t slot, unsigned part)
{
    return reference_fib_of(&r->engines, slot)->exception[part];
}

bool reference_routes_labels_apart(const struct reference_routes *r)
{
    return r->engines.carved.mpls_slots > 0;
}

int64_t reference_routes_exception_ps(const struct reference_routes *r, uint32_t slot,
                                      unsigned part)
{
    return reference_fib_of(&r->engines, slot)->exception_ps[part];
}
