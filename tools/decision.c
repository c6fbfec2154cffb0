#include "tools/decision.h"

#include <string.h>

#include "models/chassis.h"
#include "models/classes.h"
#include "models/engine.h"
#include "models/fib.h"
#include "models/flows.h"
#include "models/lookup.h"
#include "models/packet.h"
#include "models/policer.h"
#include "models/punt.h"
#include "scenarios/acl_print.h"
#include "scenarios/address.h"
#include "sim/arena.h"
#include "sim/error.h"

/* What all the questions are about. */
struct inquiry {
    const struct chassis_config *config;
    const struct fib *fib;
    const struct packets *packets;
    const struct packet *packet;
    struct engine_view engine;
    const struct chassis *chassis;
    struct decision *d;
    struct arena *mem;
};

static void say(const struct inquiry *q, const char *line)
{
    sim_assert(q->d->n_lines < DECISION_MOST_LINES);
    q->d->lines[q->d->n_lines++] = line;
}

static const char *port_name(const struct inquiry *q, uint32_t port)
{
    return features_interface_name(&q->config->ports[port], q->mem);
}

/* ---- lists ------------------------------------------------------------------------------- */

/* "line 7, permit tcp any any eq www"; of several rules of a line, the one that matches. */
static const char *line_text(const struct inquiry *q, const struct acl_rule *rule)
{
    return arena_printf(q->mem, "line %u, %s", rule->line, acl_rule_print(rule, q->mem));
}

static void say_list(const struct inquiry *q, const char *what, const struct features_answer *a)
{
    if (a->list == 0) {
        return;
    }
    bool permits = a->rule != NULL && a->rule->permit;
    say(q, arena_printf(q->mem, "%s %s: %s by %s", what, q->config->acls[a->list - 1].name,
                        permits ? "permitted" : "denied",
                        a->rule == NULL ? "the end of the list" : line_text(q, a->rule)));
}

/* Whether it goes on to the FIB; *adjacency may become that of a policy. */
static bool say_in(const struct inquiry *q, uint32_t *adjacency)
{
    struct features_answers a = {0};
    uint32_t by_fib = *adjacency;

    bool goes_on = features_ask_in(&q->engine.features, q->packet, adjacency, &a);
    if (a.software[ACL_IN]) {
        say(q, "the lists of its port do not fit the TCAM: software is asked");
    }
    if (a.updating[ACL_IN]) {
        say(q, "the lists of its port are being changed: the default result");
    }
    say_list(q, "port ACL", &a.of[ACCESS_PORT_IN]);
    say_list(q, "VLAN ACL", &a.of[ACCESS_VLAN_IN]);
    say_list(q, "router ACL in", &a.of[ACCESS_ROUTER_IN]);
    if (a.source_asked) {
        say(q, a.source == FEATURES_PASS    ? "source: reached where it came from"
               : a.source == PUNT_RPF_PATHS ? "source: reached by more ways than the engine checks"
                                            : "source: not reached where it came from");
    }
    say_list(q, "policy list", &a.of[ACCESS_POLICY]);
    if (*adjacency != by_fib) {
        say(q, "policy: to its next hop, not the destination's");
    }
    return goes_on;
}

static void say_out(const struct inquiry *q, uint32_t egress)
{
    struct features_answers a = {0};

    features_ask_out(&q->engine.features, q->packet, egress, &a);
    if (a.software[ACL_OUT]) {
        say(q, "the lists of its way out do not fit the TCAM: software is asked");
    }
    if (a.updating[ACL_OUT]) {
        say(q, "the lists of its way out are being changed: the default result");
    }
    say_list(q, "router ACL out", &a.of[ACCESS_ROUTER_OUT]);
    say_list(q, "VLAN ACL out", &a.of[ACCESS_VLAN_OUT]);
}

/* ---- FIB --------------------------------------------------------------------------------- */

/* The longest prefix of it that the engine holds; NULL: none. */
static const char *prefix_text(const struct inquiry *q, struct ip_address to)
{
    const uint32_t *adjacency = q->fib->engines[q->engine.fib_engine].adjacency[to.family];
    char text[ADDRESS_TEXT];

    for (unsigned length = to.family == IPV4 ? 32 : 128; length <= 128; length--) {
        uint32_t id = fib_find(q->fib, ip_prefix_of(to, length));
        if (id != LPM_NONE && adjacency[id] != FIB_ADJACENCY_NONE) {
            return arena_printf(q->mem, "%s", prefix_print(&q->fib->prefixes[to.family][id], text));
        }
    }
    return NULL;
}

static const char *path_text(const struct inquiry *q, const struct adjacency *a)
{
    char text[ADDRESS_TEXT];

    switch (a->kind) {
    case ADJACENCY_RECEIVE:
        return "the router itself";
    case ADJACENCY_DROP:
        return "null0";
    case ADJACENCY_GLEAN:
        return arena_printf(q->mem, "on %s, but its MAC is not known: glean",
                            port_name(q, a->port));
    default:
        return arena_printf(q->mem, "to %s by %s%s", address_print(&a->next_hop, text),
                            port_name(q, a->port),
                            a->kind == ADJACENCY_PUNT ? ", in software" : "");
    }
}

/* Returns the path that the packet takes. */
static const struct adjacency *say_path(const struct inquiry *q, uint32_t adjacency)
{
    const struct adjacency *a = &q->fib->adjacencies[adjacency];
    const struct adjacency *path =
        fib_path(q->fib, adjacency, q->packets->flow_hash, q->packet->flow);
    const char *choice = a->kind == ADJACENCY_PATHS    ? "one of several paths, "
                         : a->kind == ADJACENCY_BUNDLE ? "a link of a port channel, "
                                                       : "";

    uint32_t id = (uint32_t)(q->packet - q->packets->base);
    const char *prefix =
        lookup_is_labelled(q->packets, q->packet)
            ? arena_printf(q->mem, "label %u", lookup_number(q->packets, q->packet))
            : prefix_text(q, lookup_destination(q->packets, id));
    say(q, prefix == NULL
               ? "FIB: no route"
               : arena_printf(q->mem, "FIB: %s, %s%s", prefix, choice, path_text(q, path)));
    return path;
}

/* ---- policers ---------------------------------------------------------------------------- */

/* "class voice of EDGE in, by 101 line 7" */
static void say_class(const struct inquiry *q, enum acl_direction direction, uint32_t port)
{
    static const char *const ways[] = {"in", "out"};
    struct classes_answer a;

    if (classes_ask(chassis_classes(q->chassis), direction, port, q->packet, &a)) {
        const char *by = a.list == NULL ? "all that is left"
                         : a.rule == NULL || a.rule->line == 0
                             ? a.list
                             : arena_printf(q->mem, "%s, %s", a.list, line_text(q, a.rule));
        say(q, arena_printf(q->mem, "policy map %s %s: class %s by %s", a.map, ways[direction],
                            a.class, by));
    }
}

/* The policer of a kind that has been asked; NULL: none has. */
static const struct policer_config *asked(const struct inquiry *q, int kind)
{
    const struct policers *p = q->engine.policers;

    return p->last[kind] == 0 ? NULL : &q->config->policers[p->asked[kind] - 1];
}

static void say_policers(const struct inquiry *q, uint32_t egress, uint8_t dscp)
{
    static const char *const colours[] = {"conforms", "exceeds", "violates"};
    static const char *const actions[] = {"transmit", "drop", "mark down", "set the DSCP"};
    const struct policers *p = q->engine.policers;

    bool goes_on = true;

    say_class(q, ACL_IN, q->packet->head.ingress);
    for (int kind = 0; kind < POLICER_N_KINDS; kind++) {
        const struct policer_config *c = asked(q, kind);
        if (kind == POLICER_OUT && egress != UINT32_MAX && goes_on) {
            say_class(q, ACL_OUT, egress);
        }
        if (c == NULL) {
            continue;
        }
        unsigned colour = p->last[kind] - 1u;
        if (p->last[kind] == POLICER_NO_ENTRY) {
            say(q, arena_printf(q->mem,
                                "policer %s: passed, as its flow found no place in the "
                                "NetFlow table",
                                c->name));
            continue;
        }
        say(q, arena_printf(q->mem, "policer %s: %s: %s", c->name, colours[colour],
                            actions[c->then[colour].action]));
        goes_on &= c->then[colour].action != ACTION_DROP || !q->config->qos.serial_policing;
    }
    if (dscp != q->packet->head.dscp) {
        say(q, arena_printf(q->mem, "DSCP %u becomes %u", dscp, q->packet->head.dscp));
    }
}

/* ---- for the MSFC ------------------------------------------------------------------------ */

static void say_punt(const struct inquiry *q, uint32_t cause, const char *reason)
{
    const char *name = punt_cause_name((enum punt_cause)cause);

    if (reason == NULL) {
        say(q, arena_printf(q->mem, "for the MSFC (%s): passed", name));
    } else if (strcmp(reason, "policed") != 0) {
        bool by_policy = strcmp(reason, "control_plane_policed") == 0;
        say(q, arena_printf(q->mem, "for the MSFC (%s): refused by %s", name,
                            by_policy ? "the control plane policy" : "its rate limiter"));
    }
}

/* ---- all of it --------------------------------------------------------------------------- */

/* Whether it was found to be for no one but its way out, which has lists of its own. */
static bool asks_way_out(const struct inquiry *q, uint32_t cause, const struct adjacency *path)
{
    bool by_lists = cause == PUNT_N_CAUSES || cause == FEATURES_DROP ||
                    cause == PUNT_ACL_BRIDGED_OUT || features_denied(cause);

    return by_lists && fib_forwards(path) && features_watch_egress(&q->engine.features, path->port);
}

static void say_all(const struct inquiry *q, uint32_t cause, uint8_t dscp)
{
    const struct packet_head *head = &q->packet->head;
    uint32_t id = (uint32_t)(q->packet - q->packets->base);
    uint32_t adjacency = head->flags & PACKET_LOOKED_AHEAD
                             ? q->packets->adjacency[id]
                             : lookup_packet(q->fib, q->engine.fib_engine, q->packets, id);
    uint32_t egress = UINT32_MAX;

    if (!features_watch(&q->engine.features, head->ingress) || say_in(q, &adjacency)) {
        const struct adjacency *path = say_path(q, adjacency);
        if (asks_way_out(q, cause, path)) {
            say_out(q, path->port);
        }
        egress = cause == PUNT_N_CAUSES && fib_forwards(path) ? path->port : UINT32_MAX;
    }
    if (cause != FEATURES_DROP && !features_denied(cause)) {
        say_policers(q, egress, dscp);
    }
    q->d->egress = egress;
}

void decision_find(struct decision *d, const struct decision_of *of, struct arena *mem)
{
    const struct packets *packets = chassis_packets(of->chassis);
    const struct packet *packet = &packets->base[of->packet];
    struct inquiry q = {of->config,
                        chassis_fib(of->chassis),
                        packets,
                        packet,
                        engine_view(of->engine),
                        of->chassis,
                        d,
                        mem};
    bool punted = of->reason != NULL || packet->head.flags & PACKET_PUNTED;

    *d = (struct decision){.egress = UINT32_MAX};
    uint32_t cause = punted ? packets->cause[of->packet] : PUNT_N_CAUSES;
    say_all(&q, cause, of->dscp);
    if (cause < PUNT_N_CAUSES) {
        say_punt(&q, cause, of->reason);
    }
}
