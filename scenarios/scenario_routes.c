/* scenario_routes.c - what the MSFC is told: static routes, how they change, and where its feed
 * comes from. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/fib.h"
#include "scenarios/address.h"
#include "scenarios/loader.h"
#include "sim/arena.h"
#include "sim/error.h"

/* A connected subnet, the router's own address and the neighbour's. */
#define ENTRIES_PER_PORT 3

#define LATEST_CHANGE_PS 2000000000000000 /* no run is longer */

/* Whether a prefix takes a second entry of IPv4's, of its label. */
static bool has_label(const struct chassis_config *config, const struct ip_prefix *prefix)
{
    return ip_is_of_vrf(prefix) && config->mpls_slots == 0 &&
           !config->vrfs[prefix->lo - 1].label_per_vrf;
}

/* --- Static routes -------------------------------------------------------------------------- */

/* Next hops: 10.1.1.2, or several of equal cost as in 10.1.1.2, 10.2.1.2. */
static void load_next_hops(struct loader *l, uint32_t place, struct static_route *route)
{
    const char *text = places_text(&l->places, place);
    struct ip_address *hops = arena_take_array(l->mem, CONFIG_MAX_PATHS, sizeof *hops);
    char item[ITEM_TEXT];
    uint32_t n = 0;
    while (next_item(&text, item)) {
        if (n == CONFIG_MAX_PATHS) {
            places_error(&l->places, place, "more than %d next hops", CONFIG_MAX_PATHS);
            break;
        }
        if (!address_parse(item, strlen(item), &hops[n])) {
            places_error(&l->places, place,
                         "'%.40s' is no address; expected one or more, null0 or receive", item);
            break;
        }
        if (hops[n].family != route->prefix.family) {
            places_error(&l->places, place, "the next hop is of another family than the prefix");
            break;
        }
        hops[n].lo = hops[n].family == IPV4 ? route->prefix.lo : hops[n].lo;
        for (uint32_t i = 0; i < n; i++) {
            if (hops[i].hi == hops[n].hi && hops[i].lo == hops[n].lo) {
                places_error(&l->places, place, "%s twice", item);
            }
        }
        n++;
    }
    route->next_hop = hops[0];
    route->others = hops + 1;
    route->n_others = n > 0 ? n - 1 : 0;
}

/* via: next hops, null0 or receive. */
static void load_via(struct loader *l, uint32_t place, struct static_route *route)
{
    const char *text = places_text(&l->places, place);
    route->via = strcmp(text, "null0") == 0     ? VIA_NULL0
                 : strcmp(text, "receive") == 0 ? VIA_RECEIVE
                                                : VIA_NEXT_HOP;
    if (route->via == VIA_NEXT_HOP) {
        load_next_hops(l, place, route);
    }
}

bool load_prefix(struct loader *l, uint32_t place, const char *text, struct ip_prefix *prefix)
{
    bool host_bits;
    char right[ADDRESS_TEXT];
    if (!prefix_parse(text, strlen(text), prefix, &host_bits)) {
        return places_error(&l->places, place, "'%.60s' is no prefix; expected as in 192.0.2.0/24",
                            text);
    }
    return !host_bits || places_error(&l->places, place, "bits beyond the length; expected %s",
                                      prefix_print(prefix, right));
}

static bool load_whole_prefix(struct loader *l, uint32_t place, struct ip_prefix *prefix)
{
    return place != 0 && load_prefix(l, place, places_text(&l->places, place), prefix);
}

/* A prefix, and which VRF it is of. */
static bool load_vrf_prefix(struct loader *l, uint32_t place, uint32_t vrf_place,
                            struct ip_prefix *prefix)
{
    uint32_t vrf = load_vrf_name(l, vrf_place);
    if (!load_whole_prefix(l, place, prefix)) {
        return false;
    }
    if (vrf != 0 && prefix->family == IPV6) {
        return places_error(&l->places, vrf_place, "IPv6 has no VRFs here");
    }
    prefix->lo = vrf != 0 ? vrf : prefix->lo;
    return true;
}

/* Of the VRF of the route. */
static void load_way_out(struct loader *l, uint32_t place, struct static_route *route)
{
    bool read = l->ports_known && load_interface(l, place, &route->port);
    if (read && route->prefix.family == IPV4 &&
        config_vrf(l->config, route->port) != route->prefix.lo) {
        places_error(&l->places, place, "an interface of another VRF than the route");
    }
}

/* punt: yes or no. What has no next hop is the MSFC's already, or nobody's. */
static void load_punt(struct loader *l, uint32_t place, struct static_route *route)
{
    static const char *const words[] = {"no", "yes"};
    if (place != 0 && route->via != VIA_NEXT_HOP) {
        places_key_error(&l->places, place, "only goes with via and a next hop");
        return;
    }
    route->punt = load_word(l, place, "unknown answer", words, 2, 0) == 1;
}

/* Of BGP there is one distance here. source: [CISCO-AD] (vendor: 20 external, 200 internal) */
#define LEAST_BGP_DISTANCE 20
#define MOST_BGP_DISTANCE 200
#define MOST_DISTANCE 254 /* what has 255 is never used. source: [CISCO-AD] (vendor) */

static void load_distance(struct loader *l, uint32_t place, struct static_route *route)
{
    route->distance = (uint8_t)load_count(l, place, 1, MOST_DISTANCE, 0);
    route->floating = route->distance > MOST_BGP_DISTANCE;
    if (route->distance >= LEAST_BGP_DISTANCE && !route->floating) {
        places_error(&l->places, place,
                     "%u is not told from BGP's, %d or %d; expected 1 to %d, or %d to %d",
                     route->distance, LEAST_BGP_DISTANCE, MOST_BGP_DISTANCE, LEAST_BGP_DISTANCE - 1,
                     MOST_BGP_DISTANCE + 1, MOST_DISTANCE);
    }
}

static bool load_static(struct loader *l, const struct raw_static *raw, struct static_route *route)
{
    unsigned n_before = l->places.err->n_messages;
    if (!load_vrf_prefix(l, raw->prefix, raw->vrf, &route->prefix)) {
        return false;
    }
    if ((raw->via == 0) == (raw->port == 0)) {
        return places_error(&l->places, raw->here, "expected either via or port");
    }
    if (raw->via != 0) {
        load_via(l, raw->via, route);
    } else {
        route->via = VIA_PORT;
        load_way_out(l, raw->port, route);
    }
    load_punt(l, raw->punt, route);
    load_distance(l, raw->distance, route);
    return l->places.err->n_messages == n_before;
}

/* A static route and where it was written, to be sorted by prefix. */
struct written {
    struct static_route route;
    const struct raw_static *raw;
};

static int compare_written(const void *a, const void *b)
{
    const struct written *x = a, *y = b;
    int order = ip_prefix_compare(&x->route.prefix, &y->route.prefix);
    return order != 0 ? order : x->raw < y->raw ? -1 : x->raw > y->raw;
}

static int compare_prefix(const void *prefix, const void *written)
{
    return ip_prefix_compare(prefix, &((const struct written *)written)->route.prefix);
}

/* The length of the connected subnet that covers an address; -1: none does. */
static int connected_length(const struct chassis_config *config, struct ip_address a)
{
    for (uint32_t i = 0; i < config_n_all_ports(config); i++) {
        const struct port_config *port = &config->ports[i];
        struct ip_prefix subnet = ip_prefix_of(port->address[a.family], port->length[a.family]);
        if (config_is_interface(config, i) && ip_prefix_covers(subnet, a.hi, a.lo)) {
            return subnet.length;
        }
    }
    return -1;
}

/* A next hop that this very route would be asked for can never be resolved. The longest match
 * decides; a connected route wins over a static one of the same length. */
static bool resolves_by_itself(const struct loader *l, const struct static_route *route,
                               struct ip_address hop, const struct written *sorted, size_t n)
{
    if (!ip_prefix_covers(route->prefix, hop.hi, hop.lo) ||
        connected_length(l->config, hop) >= route->prefix.length) {
        return false;
    }
    unsigned longest = hop.family == IPV4 ? 32 : 128;
    for (unsigned length = route->prefix.length + 1u; length <= longest; length++) {
        struct ip_prefix more = ip_prefix_of(hop, length);
        if (bsearch(&more, sorted, n, sizeof *sorted, compare_prefix) != NULL) {
            return false;
        }
    }
    return true;
}

static void check_next_hops(struct loader *l, const struct written *written,
                            const struct written *sorted, size_t n)
{
    const struct static_route *route = &written->route;
    uint32_t n_hops = route->via == VIA_NEXT_HOP ? 1 + route->n_others : 0;
    for (uint32_t i = 0; i < n_hops; i++) {
        struct ip_address hop = i == 0 ? route->next_hop : route->others[i - 1];
        if (resolves_by_itself(l, route, hop, sorted, n)) {
            places_error(&l->places, written->raw->via,
                         "nothing leads to this next hop but the route itself");
        }
    }
}

static void check_statics(struct loader *l, struct written *list, size_t n)
{
    char text[ADDRESS_TEXT];
    qsort(list, n, sizeof *list, compare_written);
    for (size_t i = 0; i < n; i++) {
        const struct static_route *route = &list[i].route;
        if (i > 0 && ip_prefix_compare(&list[i - 1].route.prefix, &route->prefix) == 0) {
            places_error(&l->places, list[i].raw->prefix, "a second route for %s (first in %s)",
                         prefix_print(&route->prefix, text),
                         places_where(&l->places, list[i - 1].raw->prefix));
        } else if (l->ports_known) {
            check_next_hops(l, &list[i], list, n);
        }
    }
}

/* The routes, sorted by prefix. */
static const struct written *load_statics(struct loader *l)
{
    const struct raw_routes *raw = &l->raw->routes;
    uint32_t n = raw->statics_count;
    struct static_route *routes = arena_take_array(l->mem, n, sizeof *routes);
    struct written *list = arena_take_array(l->mem, n, sizeof *list);
    uint32_t n_good = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (load_static(l, &raw->statics[i], &routes[n_good])) {
            list[n_good] = (struct written){routes[n_good], &raw->statics[i]};
            n_good++;
        }
    }
    check_statics(l, list, n_good);
    l->config->static_routes = routes;
    l->config->n_static_routes = n_good;
    return list;
}

/* --- Changes -------------------------------------------------------------------------------- */

struct written_change {
    struct route_change change;
    const struct raw_change *raw;
};

static bool load_change(struct loader *l, const struct raw_change *raw, struct route_change *change)
{
    change->at_ps = load_time(l, raw->at, 0, LATEST_CHANGE_PS, 0);
    change->withdraw = raw->withdraw != 0;
    if (change->withdraw == (raw->prefix != 0)) {
        return places_error(&l->places, raw->here, "expected either prefix or withdraw");
    }
    if (!change->withdraw) {
        struct raw_static route = {raw->here, raw->prefix, raw->via,     raw->port,
                                   raw->punt, raw->vrf,    raw->distance};
        return load_static(l, &route, &change->route);
    }
    uint32_t other = raw->via != 0    ? raw->via
                     : raw->port != 0 ? raw->port
                     : raw->punt != 0 ? raw->punt
                                      : raw->distance;
    if (other != 0) {
        return places_key_error(&l->places, other, "does not go with withdraw");
    }
    return load_vrf_prefix(l, raw->withdraw, raw->vrf, &change->route.prefix);
}

static int compare_times(const void *a, const void *b)
{
    const struct written_change *x = a, *y = b;
    return x->change.at_ps != y->change.at_ps ? (x->change.at_ps < y->change.at_ps ? -1 : 1)
           : x->raw < y->raw                  ? -1
                                              : x->raw > y->raw;
}

static int compare_prefixes_and_times(const void *a, const void *b)
{
    const struct written_change *x = a, *y = b;
    int order = ip_prefix_compare(&x->change.route.prefix, &y->change.route.prefix);
    return order != 0 ? order : compare_times(a, b);
}

/* What is withdrawn must be there by then. The changes of each prefix follow each other. */
static void check_changes(struct loader *l, const struct written_change *list, size_t n,
                          const struct written *statics)
{
    bool there = false;
    for (size_t i = 0; i < n; i++) {
        const struct route_change *change = &list[i].change;
        const struct route_change *before = i > 0 ? &list[i - 1].change : NULL;
        const struct ip_prefix *prefix = &change->route.prefix;
        char text[ADDRESS_TEXT], time[QUANTITY_TEXT];
        bool same = before != NULL && ip_prefix_compare(&before->route.prefix, prefix) == 0;
        if (!same) {
            there = bsearch(prefix, statics, l->config->n_static_routes, sizeof *statics,
                            compare_prefix) != NULL;
            l->n_to_come[prefix->family] += there ? 0 : 1 + has_label(l->config, prefix);
        }
        prefix_print(prefix, text);
        quantity_print((struct quantity){UNIT_PS, (uint64_t)change->at_ps}, time);
        if (same && before->at_ps == change->at_ps) {
            places_error(&l->places, list[i].raw->at, "a second change of %s at %s (first in %s)",
                         text, time, places_where(&l->places, list[i - 1].raw->at));
        } else if (change->withdraw && !there) {
            places_error(&l->places, list[i].raw->withdraw,
                         "there is no static route for %s to withdraw at %s", text, time);
        }
        there = !change->withdraw;
    }
}

/* One mistake gives one message: what is there when is only asked when all routes were read. */
static void load_changes(struct loader *l, const struct written *statics, unsigned n_before)
{
    const struct raw_routes *raw = &l->raw->routes;
    uint32_t n = raw->changes_count;
    struct written_change *list = arena_take_array(l->mem, n, sizeof *list);
    struct route_change *changes = arena_take_array(l->mem, n, sizeof *changes);
    for (uint32_t i = 0; i < n; i++) {
        list[i].raw = &raw->changes[i];
        load_change(l, list[i].raw, &list[i].change);
    }
    if (l->places.err->n_messages == n_before) {
        qsort(list, n, sizeof *list, compare_prefixes_and_times);
        check_changes(l, list, n, statics);
    }
    qsort(list, n, sizeof *list, compare_times);
    for (uint32_t i = 0; i < n; i++) {
        changes[i] = list[i].change;
    }
    l->config->route_changes = changes;
    l->config->n_route_changes = n;
}

/* --- The feed ------------------------------------------------------------------------------- */

/* Entries of static routes, with their labels. */
static uint64_t count_statics(const struct chassis_config *config, enum ip_family family)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < config->n_static_routes; i++) {
        const struct ip_prefix *prefix = &config->static_routes[i].prefix;
        n += prefix->family == family ? 1 + has_label(config, prefix) : 0;
    }
    return n;
}

/* Entries of the scenario's own and of what changes bring. */
static uint64_t count_own(const struct loader *l, enum ip_family family)
{
    return ENTRIES_PER_PORT * (uint64_t)count_interfaces(l->config) +
           count_statics(l->config, family) + l->n_to_come[family] +
           (family == IPV4 && l->config->mpls_slots == 0 ? l->config->n_vrfs : 0);
}

static uint64_t entries_per_route(const struct chassis_config *config, enum ip_family family)
{
    struct ip_prefix feed = {.lo = family == IPV4 ? config->feed_vrf : 0,
                             .family = (uint8_t)family};
    return 1 + has_label(config, &feed);
}

/* Entries of a family that the FIB has room for, when the feed has so many routes of the other. */
static uint64_t count_room(const struct loader *l, enum ip_family family, uint64_t n_other)
{
    const struct engine_type *pfc = &l->config->supervisor->pfc;
    if (pfc->generation <= CONFIG_CARVED_GENERATION) {
        return family == IPV4 ? l->config->ipv4_slots - l->config->mpls_slots : l->ipv6_entries;
    }
    enum ip_family other = family == IPV4 ? IPV6 : IPV4;
    uint64_t taken = count_own(l, other) + n_other * entries_per_route(l->config, other);
    uint64_t slots = taken * (other == IPV6 ? FIB_SLOTS_IPV6 : FIB_SLOTS_IPV4);
    uint64_t rest = pfc->tcam_slots > slots ? pfc->tcam_slots - slots : 0;
    return rest / (family == IPV6 ? FIB_SLOTS_IPV6 : FIB_SLOTS_IPV4);
}

static bool is_fill(const struct loader *l, uint32_t place, const char *otherwise)
{
    return strcmp(place != 0 ? places_text(&l->places, place) : otherwise, "fill") == 0;
}

/* A number of routes, or fill: what the FIB has room for after the scenario's own entries. */
static uint32_t load_table_size(struct loader *l, uint32_t place, enum ip_family family,
                                uint64_t n_other, const char *otherwise)
{
    const char *text = place != 0 ? places_text(&l->places, place) : otherwise;
    if (is_fill(l, place, otherwise)) {
        uint64_t own = count_own(l, family), room = count_room(l, family, n_other);
        uint64_t rest = (room > own ? room - own : 0) / entries_per_route(l->config, family);
        return (uint32_t)(rest < INTERNET_MAX_ROUTES ? rest : INTERNET_MAX_ROUTES);
    }
    if (isalpha((unsigned char)text[0])) {
        places_error(&l->places, place, "'%.40s'; expected a number of routes or fill", text);
        return 0;
    }
    return (uint32_t)load_count(l, place, 0, INTERNET_MAX_ROUTES, 0);
}

/* Where the families share the FIB TCAM, one that fills it takes what the other one leaves. */
static void load_table_sizes(struct loader *l, const struct raw_synthetic *raw,
                             struct internet_config *table)
{
    const struct engine_type *pfc = &l->config->supervisor->pfc;
    bool ipv4_fills = is_fill(l, raw->ipv4, "fill"), ipv6_fills = is_fill(l, raw->ipv6, "0");
    if (ipv4_fills && ipv6_fills && pfc->generation > CONFIG_CARVED_GENERATION) {
        places_error(&l->places, raw->ipv6,
                     "fill, as ipv4: on a %s they share the FIB TCAM; expected a number of routes",
                     pfc->model);
    }
    if (ipv6_fills) {
        table->n_ipv4 = load_table_size(l, raw->ipv4, IPV4, 0, "fill");
        table->n_ipv6 = load_table_size(l, raw->ipv6, IPV6, table->n_ipv4, "0");
    } else {
        table->n_ipv6 = load_table_size(l, raw->ipv6, IPV6, 0, "0");
        table->n_ipv4 = load_table_size(l, raw->ipv4, IPV4, table->n_ipv6, "fill");
    }
}

static unsigned load_year(struct loader *l, uint32_t place)
{
    const char *names[64];
    uint32_t n = 0;
    for (; internet_years[n] != 0; n++) {
        names[n] = arena_printf(l->mem, "%u", internet_years[n]);
    }
    return internet_years[load_word(l, place, "no statistics of the year", names, n, n - 1)];
}

static void load_synthetic(struct loader *l, const struct raw_synthetic *raw)
{
    l->scenario->routes = ROUTES_SYNTHETIC;
    l->scenario->synthetic = (struct internet_config){
        .year = load_year(l, raw->year),
        .n_next_hops = (uint32_t)load_count(l, raw->next_hops, 1, 65536, 128),
        .seed = load_count(l, raw->seed, 0, UINT64_MAX, 1),
    };
    load_table_sizes(l, raw, &l->scenario->synthetic);
}

const char *scenario_routes_path(const struct scenario *scenario, struct arena *mem)
{
    return scenario_file_path(scenario, scenario->routes_file, mem);
}

const char *scenario_file_path(const struct scenario *scenario, const char *file, struct arena *mem)
{
    const char *slash = strrchr(scenario->path, '/');
    if (file[0] == '/' || slash == NULL) {
        return file;
    }
    return arena_printf(mem, "%.*s/%s", (int)(slash - scenario->path), scenario->path, file);
}

static void load_file(struct loader *l, uint32_t place)
{
    struct scenario *s = l->scenario;
    s->routes_file = load_text(l, place, 4096, NULL);
    if (s->routes_file == NULL) {
        return;
    }
    s->routes = ROUTES_FILE;
    const char *path = scenario_routes_path(s, l->mem);
    if (access(path, R_OK) != 0) {
        places_error(&l->places, place, "%s cannot be read: %s", path, strerror(errno));
    }
}

/* Of a feed. */
static void load_growth(struct loader *l)
{
    const struct raw_growth *raw = &l->raw->routes.growth;
    if (raw->here == 0) {
        return;
    }
    l->config->growth = (struct growth){
        .n_routes = (uint32_t)load_count(l, raw->routes, 1, INTERNET_MAX_ROUTES, 1),
        .start_ps = load_time(l, raw->start, 0, LATEST_CHANGE_PS, 0),
        .rate = load_quantity(l, raw->rate, UNIT_PPS, 1, 1000000000, 1),
    };
    if (l->scenario->routes == ROUTES_NONE) {
        places_key_error(&l->places, raw->here, "without a feed; expected synthetic or file, too");
    }
}

static bool has_choice(const struct chassis_config *c)
{
    bool has = c->n_port_channels > 0;
    for (uint32_t i = 0; i < c->n_static_routes; i++) {
        has |= c->static_routes[i].n_others > 0;
    }
    for (uint32_t i = 0; i < c->n_route_changes; i++) {
        has |= c->route_changes[i].route.n_others > 0;
    }
    return has;
}

static void assume_hash(struct loader *l)
{
    if (has_choice(l->config)) {
        add_assumption(l,
                       (struct assumption){.name = "load_sharing.hash",
                                           .value = "one that mixes well",
                                           .why = "which flow takes which path is not published"});
    }
}

void load_routes(struct loader *l)
{
    static const char *const fib_starts[] = {"converged", "cold"};
    static const char *const exceptions[] = {"evict", "refuse"};
    static const char *const sharings[] = {"default", "simple", "full", "full simple"};
    static const char *const multipaths[] = {"punt", "pass"};
    const struct raw_routes *raw = &l->raw->routes;
    unsigned n_before = l->places.err->n_messages;
    const struct written *statics = load_statics(l);
    load_changes(l, statics, n_before);
    l->config->load_sharing =
        load_word(l, raw->load_sharing, "unknown load sharing", sharings, 4, SHARING_DEFAULT);
    assume_hash(l);
    l->config->rpf_multipath =
        (uint8_t)load_word(l, raw->rpf_multipath, "unknown way", multipaths, 2, RPF_PUNT);
    l->config->fib_exception =
        load_word(l, raw->fib_exception, "unknown behaviour", exceptions, 2, FIB_EVICT);
    l->config->fib_start = load_word(l, raw->fib, "unknown state", fib_starts, 2, FIB_CONVERGED);
    /* Of two feeds, the one of an override takes the place of the other. */
    bool file = raw->file != 0, synthetic = raw->synthetic != NULL;
    if (file && synthetic) {
        bool file_set = l->places.all[raw->file].line == 0;
        bool synthetic_set = l->places.all[raw->synthetic->here].line == 0;
        if (file_set == synthetic_set) {
            places_key_error(&l->places, raw->file, "besides synthetic; expected one of them");
        }
        file = !synthetic_set;
        synthetic = !file_set;
    }
    if (raw->mrt != 0 && (file || synthetic)) {
        places_key_error(&l->places, raw->mrt, "besides synthetic or file; expected one of them");
    }
    l->config->feed_vrf = load_vrf_name(l, raw->vrf);
    if (synthetic) {
        load_synthetic(l, raw->synthetic);
    }
    if (file) {
        load_file(l, raw->file);
    }
    load_growth(l);
    check_feed_vrf(l);
}
