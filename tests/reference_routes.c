#include "tests/reference_routes.h"

#include <stdlib.h>

#define NEVER INT64_MAX
#define MOST_HOPS 8

__extension__ typedef __int128 wide;

enum target { NEXT_HOP, NEIGHBOUR, SUBNET, ROUTER, NOWHERE };

struct path {
    struct ip_prefix prefix;
    int distance; /* connected 0, static 1, feed 20 */
    enum target target;
    struct ip_address next_hop;
    uint32_t port;
    struct answer answer;
    int64_t installed_ps;
};

struct reference_routes {
    const struct chassis_config *config;
    struct path *paths;
    size_t n, room;
    int64_t exception_ps[IP_N_FAMILIES];
};

static void add(struct reference_routes *r, struct path path)
{
    for (size_t i = 0; i < r->n; i++) {
        if (ip_prefix_compare(&r->paths[i].prefix, &path.prefix) == 0 &&
            r->paths[i].distance == path.distance) {
            r->paths[i] = path;
            return;
        }
    }
    if (r->n == r->room) {
        r->room = 2 * r->room + 16;
        r->paths = realloc(r->paths, r->room * sizeof path);
    }
    r->paths[r->n++] = path;
}

/* The longest prefix that covers the address and is installed by then; of equal ones the nearest
 * source's. */
static const struct path *match(const struct reference_routes *r, struct ip_address to,
                                int64_t now_ps)
{
    const struct path *best = NULL;

    for (size_t i = 0; i < r->n; i++) {
        const struct path *path = &r->paths[i];
        if (path->prefix.family == to.family && path->installed_ps <= now_ps &&
            ip_prefix_covers(path->prefix, to.hi, to.lo) &&
            (best == NULL || path->prefix.length > best->prefix.length ||
             (path->prefix.length == best->prefix.length && path->distance < best->distance))) {
            best = path;
        }
    }
    return best;
}

static void add_connected(struct reference_routes *r, uint32_t index)
{
    const struct port_config *port = &r->config->ports[index];

    for (int f = 0; f < IP_N_FAMILIES; f++) {
        unsigned whole = f == IPV4 ? 32 : 128;
        struct ip_address own = port->address[f], other = own;
        other.hi += f == IPV4 ? 1ull << 32 : 0;
        other.lo += f == IPV6;
        add(r, (struct path){
                   .prefix = ip_prefix_of(own, port->length[f]), .target = SUBNET, .port = index});
        add(r, (struct path){.prefix = ip_prefix_of(own, whole), .target = ROUTER});
        add(r, (struct path){
                   .prefix = ip_prefix_of(other, whole), .target = NEIGHBOUR, .port = index});
    }
}

static void add_static(struct reference_routes *r, const struct static_route *s)
{
    static const enum target targets[] = {[VIA_NEXT_HOP] = NEXT_HOP,
                                          [VIA_PORT] = SUBNET,
                                          [VIA_NULL0] = NOWHERE,
                                          [VIA_RECEIVE] = ROUTER};

    add(r, (struct path){.prefix = s->prefix,
                         .distance = 1,
                         .target = targets[s->via],
                         .next_hop = s->next_hop,
                         .port = s->port});
}

/* Next hops that nothing else covers are neighbours of the ports in turn. */
static void add_feed(struct reference_routes *r, const struct route_table *table)
{
    struct path *to = calloc(table->n_next_hops, sizeof *to);
    uint32_t turn = 0;

    for (size_t i = 0; i < table->n_next_hops; i++) {
        bool covered = match(r, table->next_hops[i], 0) != NULL;
        to[i] = (struct path){.distance = 20,
                              .target = covered ? NEXT_HOP : NEIGHBOUR,
                              .next_hop = table->next_hops[i],
                              .port = covered ? 0 : turn++ % r->config->n_ports};
    }
    for (size_t i = 0; i < table->n_routes; i++) {
        struct path path = to[table->routes[i].next_hop_index];
        path.prefix = table->routes[i].prefix;
        add(r, path);
    }
    free(to);
}

static struct answer follow(const struct reference_routes *r, const struct path *path)
{
    int hops = 0;

    while (path != NULL && path->target == NEXT_HOP && hops++ < MOST_HOPS) {
        path = match(r, path->next_hop, 0);
    }
    if (path == NULL || path->target == NEXT_HOP || path->target == NOWHERE ||
        (path->target == ROUTER && hops > 0)) {
        return (struct answer){DISCARD, 0};
    }
    return (struct answer){path->target == NEIGHBOUR ? FORWARD
                           : path->target == SUBNET  ? GLEAN
                                                     : RECEIVE,
                           path->port};
}

static int compare_routes(const void *left, const void *right)
{
    const struct path *a = left, *b = right;
    int order = ip_prefix_compare(&a->prefix, &b->prefix);

    return order != 0 ? order : a->distance - b->distance;
}

/* Sorts; keeps the best path of each prefix. */
static void keep_best(struct reference_routes *r)
{
    size_t kept = 0;

    qsort(r->paths, r->n, sizeof *r->paths, compare_routes);
    for (size_t i = 0; i < r->n; i++) {
        if (kept == 0 || ip_prefix_compare(&r->paths[kept - 1].prefix, &r->paths[i].prefix)) {
            r->paths[kept++] = r->paths[i];
        }
    }
    r->n = kept;
}

/* Of each engine alike: a configuration has the tables of all cut down to the least. */
static void capacities(const struct chassis_config *c, uint64_t entries[IP_N_FAMILIES])
{
    const struct engine_type *pfc = &c->supervisor->pfc;
    bool carved = c->ipv4_slots != 0;

    entries[IPV4] = carved ? c->ipv4_slots : pfc->ipv4_slots;
    entries[IPV6] = carved ? (pfc->tcam_slots - c->ipv4_slots) / 2 : pfc->ipv6_entries;
}

/* Entry number k, from 1, is written at k / rate seconds, unless its family's partition is full. */
static void install(struct reference_routes *r)
{
    uint64_t room[IP_N_FAMILIES];

    capacities(r->config, room);
    r->exception_ps[IPV4] = r->exception_ps[IPV6] = NEVER;
    for (size_t k = 0; k < r->n; k++) {
        uint8_t family = r->paths[k].prefix.family;
        int64_t at_ps =
            r->config->fib_start == FIB_CONVERGED
                ? 0
                : (int64_t)((wide)(k + 1) * 1000000000000 / (wide)r->config->fib_download_pps);
        if (room[family] > 0) {
            room[family]--;
            r->paths[k].installed_ps = at_ps;
        } else {
            r->paths[k].installed_ps = NEVER;
            int64_t *exception = &r->exception_ps[family];
            *exception = at_ps < *exception ? at_ps : *exception;
        }
    }
}

struct reference_routes *reference_routes_open(const struct chassis_config *config)
{
    struct reference_routes *r = calloc(1, sizeof *r);

    r->config = config;
    for (uint32_t p = 0; p < config->n_ports; p++) {
        add_connected(r, p);
    }
    for (uint32_t i = 0; i < config->n_static_routes; i++) {
        add_static(r, &config->static_routes[i]);
    }
    if (config->table != NULL) {
        add_feed(r, config->table);
    }
    keep_best(r);
    for (size_t i = 0; i < r->n; i++) {
        r->paths[i].answer = follow(r, &r->paths[i]);
    }
    install(r);
    return r;
}

void reference_routes_close(struct reference_routes *r)
{
    free(r->paths);
    free(r);
}

struct answer reference_routes_ask(const struct reference_routes *r, struct ip_address to,
                                   int64_t now_ps)
{
    const struct path *path = match(r, to, now_ps);

    return path == NULL ? (struct answer){MISS, 0} : path->answer;
}

struct answer reference_routes_ask_software(const struct reference_routes *r, struct ip_address to)
{
    return reference_routes_ask(r, to, NEVER);
}

bool reference_routes_exception(const struct reference_routes *r, uint8_t family, int64_t now_ps)
{
    return r->exception_ps[family] <= now_ps;
}
