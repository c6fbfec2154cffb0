/* BGP sessions, and neighbours that are asked for: what happens next is looked for before each event.
 */
#include <stdlib.h>

#include "tests/reference_sim.h"

void reference_open_control(struct sim *s)
{
    s->holds = calloc(s->config->n_sessions + 1, sizeof *s->holds);
    for (uint32_t i = 0; i < s->config->n_sessions; i++) {
        s->holds[i].ends_ps = s->config->sessions[i].hold_ps;
    }
}

/* ---- sessions ---------------------------------------------------------------------------- */

void reference_hear(struct sim *s, size_t packet)
{
    for (uint32_t i = 0; i < s->config->n_sessions; i++) {
        const struct session_config *c = &s->config->sessions[i];
        if (c->stream == s->packets[packet].stream && s->holds[i].ends_ps != INT64_MAX) {
            s->holds[i].ends_ps = s->now_ps + c->hold_ps;
        }
    }
}

static void fall(struct sim *s, struct hold *hold)
{
    reference_routes_lose(s->routes, &s->config->sessions[hold - s->holds], hold->ends_ps);
    hold->ends_ps = INT64_MAX;
}

/* ---- neighbours -------------------------------------------------------------------------- */

static bool same(struct ip_address a, struct ip_address b)
{
    return a.hi == b.hi && a.lo == b.lo && a.family == b.family;
}

static bool answers(const struct sim *s, struct ip_address address)
{
    for (uint32_t i = 0; i < s->config->n_hosts; i++) {
        if (same(s->config->hosts[i], address)) {
            return true;
        }
    }
    return false;
}

void reference_ask(struct sim *s, size_t packet)
{
    const struct answer *a = &s->frames[packet].answer;
    bool direct = a->next_hop.hi == 0 && a->next_hop.lo == 0;
    struct ip_address address = direct ? s->packets[packet].flow.to : a->next_hop;

    if (direct && address.family == IPV4) {
        address.lo = s->config->ports[a->port].address[IPV4].lo;
    }

    if (s->config->arp_install_ps == 0) {
        return;
    }
    for (size_t i = 0; i < s->n_asked; i++) {
        if (same(s->asked[i].address, address) && s->asked[i].phase != FORGOTTEN) {
            return;
        }
    }
    if (s->n_asked == s->room_asked) {
        s->room_asked = 2 * s->room_asked + 16;
        s->asked = realloc(s->asked, s->room_asked * sizeof *s->asked);
    }
    s->asked[s->n_asked++] =
        (struct asked){address, a->port, TO_BE_DROPPED, s->now_ps + s->config->arp_install_ps};
}

static void go_on(struct sim *s, struct asked *asked)
{
    const struct chassis_config *c = s->config;
    int64_t now_ps = asked->until_ps;
    bool host = answers(s, asked->address);
    enum outcome outcome = asked->phase == TO_BE_DROPPED ? DISCARD : host ? FORWARD : MISS;

    reference_routes_set_host(s->routes, asked->address, outcome, asked->port, now_ps);
    if (outcome == DISCARD) {
        asked->phase = DROPPED;
        asked->until_ps = now_ps + (host ? c->arp_answer_ps : c->arp_throttle_ps);
    } else {
        asked->phase = host ? KNOWN : FORGOTTEN;
        asked->until_ps = INT64_MAX;
    }
}

/* ---- in order of time -------------------------------------------------------------------- */

void reference_control_at(struct sim *s, int64_t now_ps)
{
    for (;;) {
        struct hold *hold = NULL;
        struct asked *asked = NULL;
        int64_t next_ps = INT64_MAX;
        for (uint32_t i = 0; i < s->config->n_sessions; i++) {
            hold = s->holds[i].ends_ps < next_ps ? &s->holds[i] : hold;
            next_ps = hold != NULL ? hold->ends_ps : next_ps;
        }
        for (size_t i = 0; i < s->n_asked; i++) {
            asked = s->asked[i].until_ps < next_ps ? &s->asked[i] : asked;
            next_ps = asked != NULL ? asked->until_ps : next_ps;
        }
        if (next_ps > now_ps || next_ps == INT64_MAX) {
            return;
        }
        reference_routes_at(s->routes, next_ps);
        if (asked != NULL) {
            go_on(s, asked);
        } else {
            fall(s, hold);
        }
    }
}
