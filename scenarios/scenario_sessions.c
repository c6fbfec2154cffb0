/* scenario_sessions.c - whom the MSFC talks to: `arp:` and `bgp:`.
 *
 *   arp: {hosts: "10.1.1.7, 2001:db8:1:1::7"}     answer when they are asked for
 *   bgp:
 *     - {neighbour: 10.1.2.2, keepalives: peer 1, hold: 3s, prefixes: "198.51.100.0/24, ..."}
 *                                         '-- a stream, by its name
 *
 * With routes.mrt or routes.updates the neighbour is a peer of these, and there are no prefixes.
 */
#include <string.h>

#include "scenarios/address.h"
#include "scenarios/loader.h"
#include "scenarios/nearest.h"
#include "sim/arena.h"

#define MOST_SESSIONS 100
#define MOST_PREFIXES 100000

/* IOS: 180 s, three keepalives; source: [RFC-4271] 10 has 90 s (standard), as recalled of IOS
 * (assumed) */
#define HOLD_PS 180000000000000
#define MOST_HOLD_PS                                                                               \
    (65535 * INT64_C(1000000000000)) /* source: [RFC-4271] 4.2, 2 octets (standard) */

#define MOST_HOSTS 10000

static uint32_t count_items(const char *text)
{
    uint32_t n = 1;
    for (; *text != '\0'; text++) {
        n += *text == ',';
    }
    return n;
}

static void load_hosts(struct loader *l)
{
    struct chassis_config *c = l->config;
    uint32_t place = l->raw->arp.hosts;
    const char *text = place != 0 ? places_text(&l->places, place) : NULL;
    char item[ITEM_TEXT];
    c->hosts = arena_take_array(l->mem, text != NULL ? count_items(text) : 0, sizeof *c->hosts);
    while (next_item(&text, item)) {
        if (c->n_hosts == MOST_HOSTS) {
            places_error(&l->places, place, "more than %d hosts", MOST_HOSTS);
            return;
        }
        if (!address_parse(item, strlen(item), &c->hosts[c->n_hosts])) {
            places_error(&l->places, place, "'%.60s' is no address", item);
            return;
        }
        place_in_vrf(c, &c->hosts[c->n_hosts++]);
    }
}

static bool announced(const struct chassis_config *c, const struct ip_prefix *prefix)
{
    for (uint32_t s = 0; s < c->n_sessions; s++) {
        for (uint32_t i = 0; i < c->sessions[s].n_prefixes; i++) {
            if (ip_prefix_compare(&c->sessions[s].prefixes[i], prefix) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* A list of prefixes; no two sessions announce the same. */
static void load_prefixes(struct loader *l, uint32_t place, struct session_config *session)
{
    const char *text = place != 0 ? places_text(&l->places, place) : NULL;
    char item[ITEM_TEXT];
    uint32_t n = text != NULL ? count_items(text) : 0;
    struct ip_prefix *prefixes = arena_take_array(l->mem, n, sizeof *prefixes);
    session->prefixes = prefixes;
    while (next_item(&text, item)) {
        struct ip_prefix *prefix = &prefixes[session->n_prefixes];
        if (session->n_prefixes == MOST_PREFIXES) {
            places_error(&l->places, place, "more than %d prefixes", MOST_PREFIXES);
            return;
        }
        if (!load_prefix(l, place, item, prefix)) {
            return;
        }
        prefix->lo = prefix->family == IPV4 ? session->neighbour.lo : prefix->lo;
        if (prefix->family != session->neighbour.family) {
            places_error(&l->places, place, "%s is of another family than the neighbour", item);
            return;
        }
        if (announced(l->config, prefix)) {
            places_error(&l->places, place, "%s twice", item);
            return;
        }
        session->n_prefixes++;
        l->n_to_come[prefix->family]++;
    }
}

static void load_session(struct loader *l, const struct raw_session *raw,
                         struct session_config *session)
{
    const char *text = raw->neighbour != 0 ? places_text(&l->places, raw->neighbour) : NULL;
    session->where = places_prefix(&l->places, raw->here);
    session->hold_ps = load_time(l, raw->hold, 1, MOST_HOLD_PS, HOLD_PS);
    if (text != NULL && !address_parse(text, strlen(text), &session->neighbour)) {
        places_error(&l->places, raw->neighbour, "'%.60s' is no address", text);
    } else if (raw->prefixes != 0 && (l->raw->routes.mrt != 0 || l->raw->routes.updates != NULL)) {
        places_key_error(&l->places, raw->prefixes,
                         "does not go with routes.mrt and routes.updates; expected none, a session "
                         "has what its neighbour says there");
    } else if (text != NULL && raw->prefixes != 0) {
        place_in_vrf(l->config, &session->neighbour);
        load_prefixes(l, raw->prefixes, session);
    }
}

void load_sessions(struct loader *l)
{
    uint32_t n = l->raw->bgp_count;
    load_hosts(l);
    if (n > MOST_SESSIONS) {
        places_error(&l->places, l->raw->bgp[MOST_SESSIONS].here, "more than %d sessions",
                     MOST_SESSIONS);
        n = MOST_SESSIONS;
    }
    l->config->sessions = arena_take_array(l->mem, n, sizeof *l->config->sessions);
    for (uint32_t i = 0; i < n; i++) {
        l->config->n_sessions++; /* a prefix may be twice in one session, too */
        load_session(l, &l->raw->bgp[i], &l->config->sessions[i]);
    }
}

static void report_stream(struct loader *l, uint32_t place)
{
    const struct chassis_config *c = l->config;
    const char **names = arena_take_array(l->mem, c->n_streams, sizeof *names);
    const char *text = places_text(&l->places, place);
    for (uint32_t i = 0; i < c->n_streams; i++) {
        names[i] = c->streams[i].name;
    }
    const char *nearest = nearest_word(text, names, c->n_streams);
    places_error(&l->places, place, "'%.40s'%s%s; expected the name of a stream", text,
                 nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "");
}

void load_keepalives(struct loader *l)
{
    struct chassis_config *c = l->config;
    for (uint32_t i = 0; i < c->n_sessions; i++) {
        struct session_config *session = &c->sessions[i];
        uint32_t place = l->raw->bgp[i].keepalives;
        const char *text = place != 0 ? places_text(&l->places, place) : "";
        while (session->stream < c->n_streams &&
               strcmp(c->streams[session->stream].name, text) != 0) {
            session->stream++;
        }
        if (place != 0 && session->stream == c->n_streams) {
            report_stream(l, place);
        }
        for (uint32_t k = 0; k < i && session->stream < c->n_streams; k++) {
            if (c->sessions[k].stream == session->stream) {
                places_error(&l->places, place, "the keepalives of another session");
            }
        }
    }
}
