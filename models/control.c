#include "models/control.h"

#include <string.h>

#include "models/bgp_feed.h"
#include "models/features.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"
#include "sim/scheduler.h"
#include "sim/stage.h"

static const uint8_t HOST_LENGTH[IP_N_FAMILIES] = {32, 128};

/* A port's connected subnet, its own address, its neighbour. */
static void add_connected(struct rib *rib, const struct port_config *port, uint32_t index)
{
    for (int f = 0; f < IP_N_FAMILIES; f++) {
        struct ip_address own = port->address[f], neighbour = ip_address_next(own);
        rib_add(rib, ip_prefix_of(own, port->length[f]), ROUTE_CONNECTED,
                (struct route_target){.kind = TARGET_GLEAN, .port = index});
        rib_add(rib, ip_prefix_of(own, HOST_LENGTH[f]), ROUTE_CONNECTED,
                (struct route_target){.kind = TARGET_RECEIVE});
        rib_add(rib, ip_prefix_of(neighbour, HOST_LENGTH[f]), ROUTE_CONNECTED,
                (struct route_target){.kind = TARGET_PORT, .next_hop = neighbour, .port = index});
    }
}

static void add_static(struct rib *rib, const struct static_route *route)
{
    struct route_target target = {
        .next_hop = route->next_hop, .port = route->port, .punt = route->punt};
    struct ip_address next_hops[CONFIG_MAX_PATHS] = {route->next_hop};

    switch (route->via) {
    case VIA_NEXT_HOP:
        target.kind = TARGET_NEXT_HOP;
        if (route->n_others > 0) {
            sim_assert(route->n_others < CONFIG_MAX_PATHS);
            memcpy(next_hops + 1, route->others, route->n_others * sizeof *next_hops);
            target = (struct route_target){.kind = TARGET_NEXT_HOPS, .punt = route->punt};
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
            targets[i].port = config_next_interface(c->config, &turn);
        }
    }
    rib_add_table(c->rib, table, ROUTE_FEED, targets);
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
    }
}

/* The same at a prefix. What is not in the tree has FIB_ADJACENCY_NONE, as LPM_NONE has. */
static void follow(void *context, struct ip_prefix prefix, uint32_t adjacency)
{
    struct control *c = context;
    enum ip_family family = (enum ip_family)prefix.family;
    uint32_t id = fib_find(c->fib, prefix);

    if (c->fib->resolved[family][id] == adjacency) {
        return;
    }
    if (id == LPM_NONE) {
        id = fib_add_prefix(c->fib, prefix, adjacency);
    }
    follow_at(c, family, id, adjacency);
}

/* The RIB's route of this prefix is another one. Without a download nothing stays in the tree
 * for longer than in the RIB: its first route need not be looked for. */
static void changed(void *context, struct ip_prefix prefix, bool is_first)
{
    struct control *c = context;
    uint32_t adjacency = rib_adjacency(c->rib, c->fib, prefix);

    if (is_first && c->live) {
        enum ip_family family = (enum ip_family)prefix.family;
        follow_at(c, family, fib_add_prefix(c->fib, prefix, adjacency), adjacency);
    } else {
        follow(c, prefix, adjacency);
    }
    rib_each_moved(c->rib, c->fib, follow, c);
}

/* What the peers have said by the start. */
static void add_bgp(struct control *c)
{
    const struct bgp_feed *feed = c->config->bgp;

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

static void add_engines(struct control *c)
{
    const struct chassis_config *config = c->config;
    const struct engine_type *pfc = &config->supervisor->pfc;
    uint64_t ipv4 = (config->ipv4_slots != 0 ? config->ipv4_slots : pfc->ipv4_slots) /
                    features_ipv4_slots(config);
    uint64_t ipv6 = config->ipv4_slots != 0
                        ? (pfc->tcam_slots - config->ipv4_slots) / FIB_SLOTS_IPV6
                        : pfc->ipv6_entries;

    c->engine[config->supervisor_slot] = fib_add_engine(c->fib, ipv4, ipv6);
    for (uint32_t i = 0; i < config->n_slots; i++) {
        if (config->slots[i].dfc != NULL) {
            c->engine[config->slots[i].slot] = fib_add_engine(c->fib, ipv4, ipv6);
        }
    }
    c->n_engines = c->fib->n_engines;
    c->software_engine = fib_add_engine(c->fib, UINT64_MAX, UINT64_MAX);
}

void control_open(struct control *c, const struct chassis_config *config, struct arena *mem)
{
    *c = (struct control){.config = config, .mem = mem};
    c->rib = rib_open();
    c->fib = fib_open(mem);
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
    rib_build_fib(c->rib, c->fib);
    c->fib->ipv4_slots = features_ipv4_slots(config);
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

static void change(struct control *c, const struct route_change *change)
{
    struct ip_prefix prefix = change->route.prefix;

    if (change->withdraw) {
        rib_remove(c->rib, prefix, ROUTE_STATIC);
    } else {
        add_static(c->rib, &change->route);
    }
    changed(c, prefix, false);
}

/* One thing that a BGP peer says. */
static void hear(struct control *c, const struct bgp_feed_path *path)
{
    if (path->length == BGP_FEED_PEER_DOWN) {
        bgp_drop_peer(c->bgp.bgp, path->peer, bgp_routes_put, &c->bgp);
    } else if (learn(c, path)) {
        bgp_routes_put(&c->bgp, bgp_feed_prefix(path));
    }
}

/* When the next change or update is. */
static int64_t next_ps(const struct control *c)
{
    const struct chassis_config *config = c->config;
    int64_t change_ps = SIM_NEVER, update_ps = SIM_NEVER;

    if (c->n_changes < config->n_route_changes) {
        change_ps = config->route_changes[c->n_changes].at_ps;
    }
    if (config->bgp != NULL && c->n_updates < config->bgp->n_updates) {
        update_ps = config->bgp->updates[c->n_updates].at_ps;
    }
    return change_ps < update_ps ? change_ps : update_ps;
}

/* Makes the changes of this time, one after the other, hears what peers say, and waits for more. */
static void change_routes(void *context, int64_t now_ps)
{
    struct control *c = context;
    const struct route_change *changes = c->config->route_changes;
    const struct bgp_feed *feed = c->config->bgp;

    c->now_ps = now_ps;
    while (c->n_changes < c->config->n_route_changes && changes[c->n_changes].at_ps <= now_ps) {
        change(c, &changes[c->n_changes++]);
    }
    while (feed != NULL && c->n_updates < feed->n_updates &&
           feed->updates[c->n_updates].at_ps <= now_ps) {
        hear(c, &feed->updates[c->n_updates++].path);
    }
    if (next_ps(c) != SIM_NEVER) {
        scheduler_at(c->scheduler, next_ps(c), change_routes, c);
    }
}

void control_start_live(struct control *c)
{
    c->live = true;
    for (uint32_t e = 0; e < c->n_engines; e++) {
        fib_install_all(c->fib, e);
    }
}

void control_start(struct control *c, struct scheduler *scheduler)
{
    c->scheduler = scheduler;
    download_open(&c->download, c->fib, c->n_engines, c->config->fib_download_pps, scheduler,
                  c->mem);
    if (c->config->fib_start == FIB_COLD) {
        download_all(&c->download);
    } else {
        for (uint32_t e = 0; e < c->n_engines; e++) {
            fib_install_all(c->fib, e);
        }
    }
    if (next_ps(c) != SIM_NEVER) {
        scheduler_at(scheduler, next_ps(c), change_routes, c);
    }
}

#define NOT_YET (-1) /* a time in reports */

static void show_download(const struct control *c, struct report *out)
{
    const struct download *d = &c->download;
    uint64_t n_first = d->n_written < d->n_first ? d->n_written : d->n_first;

    if (c->config->fib_start == FIB_COLD) {
        report_value(out, "msfc", "fib_downloaded", "prefixes", (int64_t)n_first);
        report_value(out, "msfc", "fib_download_done", "ps",
                     d->first_done_ps != SIM_NEVER ? d->first_done_ps : NOT_YET);
    }
    if (c->config->n_route_changes > 0) {
        report_value(out, "msfc", "route_changes", "changes", c->n_changes);
    }
    if (c->config->n_route_changes > 0 || c->n_updates > 0) {
        report_value(out, "msfc", "fib_changes", "entries", (int64_t)(d->n_queued - d->n_first));
        report_value(out, "msfc", "fib_writes", "entries", (int64_t)(d->n_written - n_first));
        bool all = d->n_written > n_first && d->n_written == d->n_queued;
        report_value(out, "msfc", "fib_last_write", "ps", all ? d->last_ps : NOT_YET);
    }
}

static void show_bgp(const struct control *c, struct report *out)
{
    struct bgp *bgp = c->bgp.bgp;
    const struct bgp_store *store = bgp_store(bgp);

    report_value(out, "msfc", "bgp_ipv4_prefixes", "prefixes", (int64_t)bgp_n_prefixes(bgp, IPV4));
    report_value(out, "msfc", "bgp_ipv6_prefixes", "prefixes", (int64_t)bgp_n_prefixes(bgp, IPV6));
    report_value(out, "msfc", "bgp_paths", "paths", (int64_t)bgp_n_paths(bgp));
    report_value(out, "msfc", "bgp_attribute_sets", "sets",
                 (int64_t)bgp_store_n(store, BGP_SHARED_SETS));
    report_value(out, "msfc", "bgp_as_paths", "paths",
                 (int64_t)bgp_store_n(store, BGP_SHARED_PATHS));
    report_value(out, "msfc", "bgp_updates", "updates", (int64_t)c->n_updates);
}

void control_show(const struct control *c, struct report *out)
{
    report_value(out, "msfc", "rib_ipv4_prefixes", "prefixes",
                 (int64_t)rib_n_prefixes(c->rib, IPV4));
    report_value(out, "msfc", "rib_ipv6_prefixes", "prefixes",
                 (int64_t)rib_n_prefixes(c->rib, IPV6));
    report_value(out, "msfc", "rib_bytes", "bytes", (int64_t)rib_bytes(c->rib));
    report_value(out, "msfc", "adjacencies", "adjacencies", c->fib->n_adjacencies);
    if (c->config->bgp != NULL) {
        show_bgp(c, out);
    }
    show_download(c, out);
}

void control_close(struct control *c)
{
    if (c->config->bgp != NULL) {
        bgp_routes_close(&c->bgp);
    }
    rib_close(c->rib);
}
