#include "models/control.h"

#include <string.h>

#include "models/bgp_feed.h"
#include "models/features.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/scheduler.h"
#include "sim/stage.h"

#define SECOND_PS 1000000000000u

/* A port's connected subnet, its own address, its neighbour. */
static void add_connected(struct rib *rib, const struct port_config *port, uint32_t index)
{
    for (int f = 0; f < IP_N_FAMILIES; f++) {
        struct ip_address own = port->address[f], neighbour = ip_address_next(own);
        rib_add(rib, ip_prefix_of(own, port->length[f]), ROUTE_CONNECTED,
                (struct route_target){.kind = TARGET_GLEAN, .port = index});
        rib_add(rib, ip_prefix_of(own, ip_host_length((uint8_t)f)), ROUTE_CONNECTED,
                (struct route_target){.kind = TARGET_RECEIVE});
        rib_add(rib, ip_prefix_of(neighbour, ip_host_length((uint8_t)f)), ROUTE_CONNECTED,
                (struct route_target){.kind = TARGET_PORT, .next_hop = neighbour, .port = index});
    }
}

static void add_static(struct rib *rib, const struct static_route *route)
{
    struct route_target target = {.next_hop = route->next_hop,
                                  .port = route->port,
                                  .punt = route->punt,
                                  .floating = route->floating};
    struct ip_address next_hops[CONFIG_MAX_PATHS] = {route->next_hop};

    switch (route->via) {
    case VIA_NEXT_HOP:
        target.kind = TARGET_NEXT_HOP;
        if (route->n_others > 0) {
            sim_assert(route->n_others < CONFIG_MAX_PATHS);
            memcpy(next_hops + 1, route->others, route->n_others * sizeof *next_hops);
            target.kind = TARGET_NEXT_HOPS;
            target.next_hop = (struct ip_address){0};
            target.next_hops = rib_next_hops(rib, next_hops, route->n_others + 1);
        }
        break;
    case VIA_PORT:
        target.kind = TARGET_GLEAN;
        break;
    case VIA_NULL0:
        target.kind = TARGET_NULL0;
        break;
    case VIA_RECEIVE:
        target.kind = TARGET_RECEIVE;
        break;
    }
    rib_add(rib, route->prefix, ROUTE_STATIC, target);
}

/* Next hops that no connected or static route covers are taken for neighbours of the interfaces, in
 * turn. */
static void add_feed(struct control *c)
{
    const struct route_table *table = c->config->table;
    struct route_target *targets = arena_take_array(c->mem, table->n_next_hops, sizeof *targets);
    uint32_t turn = 0;

    for (size_t i = 0; i < table->n_next_hops; i++) {
        struct ip_prefix covering;
        struct route_target by;
        targets[i] =
            (struct route_target){.kind = TARGET_NEXT_HOP, .next_hop = table->next_hops[i]};
        if (!rib_match(c->rib, table->next_hops[i], &covering, &by)) {
            targets[i].kind = TARGET_PORT;
            targets[i].port = config_next_interface(c->config, table->next_hops[i], &turn);
        }
    }
    rib_add_table(c->rib, table, ROUTE_FEED, targets);
    c->feed = targets;
}

/* --- BGP ------------------------------------------------------------------------------------ */

/* One thing that a peer says; whether the choice for its prefix is another one now. */
static bool learn(struct control *c, const struct bgp_feed_path *path)
{
    struct bgp *bgp = c->bgp.bgp;
    struct ip_prefix prefix = bgp_feed_prefix(path);

    if (path->set == 0) {
        return bgp_withdraw(bgp, path->peer, &prefix, path->path_id);
    }
    uint32_t set = bgp_store_copy(bgp_store(bgp), c->config->bgp->store, path->set);
    bool changes = bgp_announce(bgp, path->peer, &prefix, path->path_id, set);
    bgp_store_drop(bgp_store(bgp), set);
    return changes;
}

/* Without simulated time the engines follow at once. */
static void write_now(struct control *c, enum ip_family family, uint32_t id, uint32_t adjacency)
{
    for (uint32_t e = 0; e < c->n_engines; e++) {
        fib_install(c->fib, e, family, id, adjacency);
    }
    if (adjacency == FIB_ADJACENCY_NONE) {
        fib_remove_prefix(c->fib, family, id);
    }
}

/* The FIB follows the RIB at an entry: the software at once, the engines when they are written. */
static void follow_at(struct control *c, enum ip_family family, uint32_t id, uint32_t adjacency)
{
    c->fib->resolved[family][id] = adjacency;
    fib_install(c->fib, c->software_engine, family, id, adjacency);
    if (c->live) {
        write_now(c, family, id, adjacency);
    } else {
        download_put(&c->download, family, id, adjacency, c->now_ps);
        c->n_put++;
    }
}

/* The same, and then at the label of a VRF's prefix. */
static void follow_entry(struct control *c, struct ip_prefix prefix, uint32_t id,
                         uint32_t adjacency)
{
    follow_at(c, (enum ip_family)prefix.family, id, adjacency);
    uint32_t label =
        ip_is_of_vrf(&prefix) ? labels_follow(&c->labels, c->rib, id, adjacency) : LPM_NONE;
    if (label != LPM_NONE) {
        follow_at(c, IPV4, label, adjacency);
    }
}

/* What is new goes into the FIB. */
static void add_waiting(void *context)
{
    struct control *c = context;
    struct control_added *a = c->added;
    if (a == NULL || a->n == 0) {
        return;
    }
    enum ip_family family = (enum ip_family)a->prefixes[0].family;
    fib_add_prefixes(c->fib, family, a->prefixes, a->adjacencies, a->ids, a->n);
    for (uint32_t i = 0; i < a->n; i++) {
        follow_entry(c, a->prefixes[i], a->ids[i], a->adjacencies[i]);
    }
    a->n = 0;
}

static void add_later(struct control *c, struct ip_prefix prefix, uint32_t adjacency)
{
    struct control_added *a = c->added;
    if (a->n == CONTROL_ADDED || (a->n > 0 && a->prefixes[0].family != prefix.family)) {
        add_waiting(c);
    }
    a->prefixes[a->n] = prefix;
    a->adjacencies[a->n++] = adjacency;
}

/* The same at a prefix. What is not in the tree has FIB_ADJACENCY_NONE, as LPM_NONE has. */
static void follow(void *context, struct ip_prefix prefix, uint32_t adjacency)
{
    struct control *c = context;
    enum ip_family family = (enum ip_family)prefix.family;

    add_waiting(c);
    uint32_t id = fib_find(c->fib, prefix);
    if (c->fib->resolved[family][id] == adjacency) {
        return;
    }
    if (id == LPM_NONE) {
        id = fib_add_prefix(c->fib, prefix, adjacency);
    }
    follow_entry(c, prefix, id, adjacency);
}

/* The RIB's route of this prefix is another one. Without a download nothing stays in the tree
 * for longer than in the RIB: its first route need not be looked for. */
static void changed(void *context, struct ip_prefix prefix, bool is_first)
{
    struct control *c = context;
    uint32_t adjacency = rib_adjacency(c->rib, c->fib, prefix);

    if (is_first && c->live) {
        add_later(c, prefix, adjacency);
    } else {
        follow(c, prefix, adjacency);
    }
    rib_each_moved(c->rib, c->fib, follow, c);
}

/* What the peers have said by the start. */
static void add_bgp(struct control *c)
{
    const struct bgp_feed *feed = c->config->bgp;

    c->is_down = arena_take_array(c->mem, feed->n_peers, sizeof *c->is_down);
    bgp_routes_open(&c->bgp, c->config, &feed->options, c->rib, c->mem);
    for (uint32_t i = 0; i < feed->n_peers; i++) {
        bgp_add_peer(c->bgp.bgp, &feed->peers[i]);
    }
    for (size_t i = 0; i < feed->n_paths; i++) {
        learn(c, &feed->paths[i]);
    }
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        bgp_each(c->bgp.bgp, family, bgp_routes_put, &c->bgp);
    }
}

static void add_sessions(struct control *c)
{
    for (uint32_t s = 0; s < c->config->n_sessions; s++) {
        const struct session_config *session = &c->config->sessions[s];
        for (uint32_t i = 0; i < session->n_prefixes; i++) {
            rib_add(c->rib, session->prefixes[i], ROUTE_FEED,
                    (struct route_target){.kind = TARGET_NEXT_HOP, .next_hop = session->neighbour});
        }
    }
}

/* Entries of each partition that there is room for. */
static void carve(const struct chassis_config *config, uint64_t ipv4_slots, uint64_t mpls_slots,
                  uint64_t n[FIB_N_PARTITIONS])
{
    const struct engine_type *pfc = &config->supervisor->pfc;
    bool usual = ipv4_slots == 0;
    uint64_t together = usual ? pfc->ipv4_slots : ipv4_slots;

    if (pfc->generation > CONFIG_CARVED_GENERATION) {
        n[FIB_IPV4] = pfc->tcam_slots;
        n[FIB_IPV6] = pfc->tcam_slots / FIB_SLOTS_IPV6;
        n[FIB_MPLS] = 0;
        return;
    }
    n[FIB_IPV4] = (together - mpls_slots) / features_ipv4_slots(config);
    n[FIB_IPV6] = usual ? pfc->ipv6_entries : (pfc->tcam_slots - ipv4_slots) / FIB_SLOTS_IPV6;
    n[FIB_MPLS] = mpls_slots / FIB_SLOTS_IPV4;
}

bool control_changes_routes(const struct chassis_config *config)
{
    return config->n_route_changes > 0 || config->growth.n_routes > 0 ||
           (config->bgp != NULL && config->bgp->n_updates > 0);
}

/* Whether engines are written. */
static bool writes_later(const struct chassis_config *config)
{
    return config->fib_start == FIB_COLD || config->n_reloads > 0 || config->n_sessions > 0 ||
           config->arp_install_ps > 0 || control_changes_routes(config);
}

static uint32_t add_engine(struct control *c)
{
    uint64_t n[FIB_N_PARTITIONS];

    carve(c->config, c->config->ipv4_slots, c->config->mpls_slots, n);
    uint32_t engine = fib_add_engine(c->fib, n[FIB_IPV4], n[FIB_IPV6]);
    c->fib->engines[engine].capacity[FIB_MPLS] = n[FIB_MPLS];
    return engine;
}

/* The bus asks the PFC's FIB ahead of the PFC, at other times within one window: when the FIB is
 * written meanwhile, the bus has a copy of it that is written at the same times. */
static void add_engines(struct control *c)
{
    const struct chassis_config *config = c->config;

    c->engine[config->supervisor_slot] = c->ahead_engine = add_engine(c);
    for (uint32_t i = 0; i < config->n_slots; i++) {
        if (config->slots[i].dfc != NULL) {
            c->engine[config->slots[i].slot] = add_engine(c);
        }
    }
    c->n_engines = c->fib->n_engines;
    if (writes_later(config)) {
        c->ahead_engine = add_engine(c);
    }
    c->software_engine = fib_add_engine(c->fib, UINT64_MAX, UINT64_MAX);
}

void control_open(struct control *c, const struct chassis_config *config, struct arena *mem)
{
    *c = (struct control){.config = config, .mem = mem};
    c->rib = rib_open();
    c->fib = fib_open(mem);
    c->fib->refuses = config->fib_exception == FIB_REFUSE;
    fib_share(c->fib, config);
    for (uint32_t p = 0; p < config_n_all_ports(config); p++) {
        if (config_is_interface(config, p)) {
            add_connected(c->rib, &config->ports[p], p);
        }
    }
    for (uint32_t r = 0; r < config->n_static_routes; r++) {
        add_static(c->rib, &config->static_routes[r]);
    }
    if (config->table != NULL) {
        add_feed(c);
    }
    if (config->bgp != NULL) {
        add_bgp(c);
    }
    add_sessions(c);
    rib_build_fib(c->rib, c->fib);
    if (config->n_vrfs > 0) {
        labels_open(&c->labels, config, c->rib, c->fib, mem);
    }
    c->fib->ipv4_slots = features_ipv4_slots(config);
    c->fib->pools = config->supervisor->pfc.generation > CONFIG_CARVED_GENERATION;
    if (config->bgp != NULL) {
        c->bgp.changed = changed;
        c->bgp.context = c;
    }
    add_engines(c);
    fib_install_all(c->fib, c->software_engine);
}

uint32_t control_engine(const struct control *c, uint32_t slot)
{
    return c->engine[slot];
}

uint32_t control_slot(const struct control *c, uint32_t engine)
{
    for (uint32_t i = 0; engine != 0 && i < c->config->n_slots; i++) {
        const struct slot_config *slot = &c->config->slots[i];
        if (slot->dfc != NULL && c->engine[slot->slot] == engine) {
            return slot->slot;
        }
    }
    return 0;
}

static void change(struct control *c, const struct route_change *change)
{
    struct ip_prefix prefix = change->route.prefix;

    if (change->withdraw) {
        rib_remove(c->rib, prefix, ROUTE_STATIC);
    } else {
        add_static(c->rib, &change->route);
    }
    changed(c, prefix, false);
    if (c->config->bgp != NULL) {
        bgp_routes_follow(&c->bgp, prefix);
    }
}

/* A round of changes; download_flush() ends it. */
static void begin_round(struct control *c, int64_t now_ps)
{
    c->now_ps = now_ps;
    download_settle(&c->download, now_ps);
}

void control_set_host(struct control *c, struct ip_address host, const struct route_target *target,
                      int64_t now_ps)
{
    struct ip_prefix prefix = ip_prefix_of(host, ip_host_length(host.family));

    begin_round(c, now_ps);
    if (target != NULL) {
        rib_add(c->rib, prefix, ROUTE_CONNECTED, *target);
    } else {
        rib_remove(c->rib, prefix, ROUTE_CONNECTED);
    }
    changed(c, prefix, false);
    download_flush(&c->download, false);
}

/* All peers of an address; how many paths they had. */
static size_t drop_peers(struct control *c, struct ip_address address)
{
    const struct bgp_feed *feed = c->config->bgp;
    size_t n = 0;

    for (uint32_t i = 0; i < feed->n_peers; i++) {
        if (ip_address_equal(feed->peers[i].address, address)) {
            c->is_down[i] = true;
            n += bgp_n_peer_paths(c->bgp.bgp, i);
            bgp_drop_peer(c->bgp.bgp, i, bgp_routes_put, &c->bgp);
        }
    }
    return n;
}

size_t control_withdraw(struct control *c, const struct session_config *session, int64_t now_ps)
{
    size_t n = session->n_prefixes;

    begin_round(c, now_ps);
    for (uint32_t i = 0; i < session->n_prefixes; i++) {
        struct ip_prefix prefix = session->prefixes[i];
        rib_remove(c->rib, prefix, ROUTE_FEED);
        changed(c, prefix, false);
    }
    n += c->config->bgp != NULL ? drop_peers(c, session->neighbour) : 0;
    download_flush(&c->download, false);
    return n;
}

/* One thing that a BGP peer says. */
static void hear(struct control *c, const struct bgp_feed_path *path)
{
    if (c->is_down[path->peer]) {
        return;
    }
    c->n_heard++;
    if (path->length == BGP_FEED_PEER_DOWN) {
        bgp_drop_peer(c->bgp.bgp, path->peer, bgp_routes_put, &c->bgp);
    } else if (learn(c, path)) {
        bgp_routes_put(&c->bgp, bgp_feed_prefix(path));
    }
}

/* The next late route of the feed. */
static void grow(struct control *c)
{
    const struct route *route = &c->config->table->late[c->n_late++];

    rib_add(c->rib, route->prefix, ROUTE_FEED, c->feed[route->next_hop_index]);
    changed(c, route->prefix, false);
}

static int64_t next_late_ps(const struct control *c)
{
    const struct growth *g = &c->config->growth;
    bool more = g->n_routes > 0 && c->n_late < c->config->table->n_late;

    return more ? g->start_ps + (int64_t)(c->n_late * SECOND_PS / g->rate) : SIM_NEVER;
}

static void put(void *context, struct ip_prefix prefix, enum route_source source,
                const struct route_target *target)
{
    struct control *c = context;
    enum ip_family family = (enum ip_family)prefix.family;
    uint32_t id = fib_find(c->fib, prefix);

    (void)source, (void)target;
    download_put(&c->download, family, id, c->fib->resolved[family][id], c->now_ps);
}

/* In their order. */
static void put_labels(struct control *c)
{
    for (uint32_t label = LABELS_FIRST; label < c->labels.next; label++) {
        uint32_t id = fib_find(c->fib, ip_prefix_of(fib_label(label), 32));
        if (c->fib->resolved[IPV4][id] != FIB_ADJACENCY_NONE) {
            download_put(&c->download, IPV4, id, c->fib->resolved[IPV4][id], c->now_ps);
        }
    }
}

/* The whole FIB, in ip_prefix_compare order. */
static void put_all(struct control *c)
{
    rib_each(c->rib, IPV4, put, c);
    put_labels(c);
    rib_each(c->rib, IPV6, put, c);
    download_flush(&c->download, true);
}

static void fill_all(struct control *c)
{
    for (uint32_t e = 0; e < c->download.n_engines; e++) {
        fib_install_all(c->fib, e);
        download_tell(&c->download, e, 0);
    }
}

/* The engines are empty and carved anew; the MSFC itself goes on. */
static void reload(struct control *c, const struct reload *how)
{
    uint64_t entries[FIB_N_PARTITIONS];

    carve(c->config, how->ipv4_slots, how->mpls_slots, entries);
    download_reload(&c->download, entries);
    put_all(c);
}

static int64_t earlier(int64_t a_ps, int64_t b_ps)
{
    return a_ps < b_ps ? a_ps : b_ps;
}

/* When routes change next, or come, or a peer says something, or the engines are reloaded. */
static int64_t next_ps(const struct control *c)
{
    const struct chassis_config *config = c->config;
    const struct bgp_feed *bgp = config->bgp;
    int64_t next_ps = next_late_ps(c);

    if (c->n_changes < config->n_route_changes) {
        next_ps = earlier(next_ps, config->route_changes[c->n_changes].at_ps);
    }
    if (c->n_reloads < config->n_reloads) {
        next_ps = earlier(next_ps, config->reloads[c->n_reloads].at_ps);
    }
    if (bgp != NULL && c->n_updates < bgp->n_updates) {
        next_ps = earlier(next_ps, bgp->updates[c->n_updates].at_ps);
    }
    return next_ps;
}

/* Makes the changes of this time, one after the other, hears what peers say, then late routes come,
 * then a reload; and waits for the next. */
static void follow_config(void *context, int64_t now_ps)
{
    struct control *c = context;
    const struct chassis_config *config = c->config;
    const struct bgp_feed *bgp = config->bgp;

    begin_round(c, now_ps);
    while (c->n_changes < config->n_route_changes &&
           config->route_changes[c->n_changes].at_ps <= now_ps) {
        change(c, &config->route_changes[c->n_changes++]);
    }
    while (bgp != NULL && c->n_updates < bgp->n_updates &&
           bgp->updates[c->n_updates].at_ps <= now_ps) {
        hear(c, &bgp->updates[c->n_updates++].path);
    }
    while (next_late_ps(c) <= now_ps) {
        grow(c);
    }
    download_flush(&c->download, false);
    while (c->n_reloads < config->n_reloads && config->reloads[c->n_reloads].at_ps <= now_ps) {
        reload(c, &config->reloads[c->n_reloads++]);
    }
    if (next_ps(c) != SIM_NEVER) {
        scheduler_at(c->scheduler, next_ps(c), follow_config, c);
    }
}

void control_settle(struct control *c, int64_t now_ps)
{
    download_settle(&c->download, now_ps);
    download_sort_log(&c->download);
}

void control_start_live(struct control *c)
{
    c->live = true;
    c->added = arena_take(c->mem, sizeof *c->added);
    c->bgp.settled = add_waiting;
    for (uint32_t e = 0; e < c->n_engines; e++) {
        fib_install_all(c->fib, e);
    }
}

void control_start(struct control *c, struct scheduler *scheduler)
{
    bool ahead = c->ahead_engine != c->engine[c->config->supervisor_slot];

    c->scheduler = scheduler;
    download_open(&c->download, c->fib, c->n_engines + ahead, ahead, c->mem);
    if (writes_later(c->config)) {
        download_begin(&c->download, c->config);
    }
    if (c->config->fib_start == FIB_COLD) {
        put_all(c);
    } else {
        fill_all(c);
    }
    if (next_ps(c) != SIM_NEVER) {
        scheduler_at(scheduler, next_ps(c), follow_config, c);
    }
}

void control_close(struct control *c)
{
    if (c->config->bgp != NULL) {
        bgp_routes_close(&c->bgp);
    }
    rib_close(c->rib);
}
