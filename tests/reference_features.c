/* What interfaces ask of packets: lists from end to end, rule by rule, each time anew. */
#include <string.h>

#include "tests/reference_sim.h"

#define ICMP 1
#define TCP 6
#define UDP 17

/* ---- one rule ---------------------------------------------------------------------------- */

static bool ports_match(struct acl_ports ports, uint32_t port)
{
    bool within = ports.low <= port && port <= ports.high;

    return ports.outside ? !within : within;
}

static bool addresses_match(const struct acl_rule *r, const struct flow_key *flow)
{
    uint32_t from = (uint32_t)(flow->from.hi >> 32), to = (uint32_t)(flow->to.hi >> 32);

    return (from & r->src_mask) == r->src && (to & r->dst_mask) == r->dst;
}

/* No packet is a fragment. */
static bool rule_matches(const struct acl_rule *r, const struct reference_packet *p)
{
    bool ports = p->protocol == TCP || p->protocol == UDP, icmp = p->protocol == ICMP;
    uint32_t from = ports ? p->flow.from_port : icmp ? p->icmp / 256u : 0;
    uint32_t to = ports ? p->flow.to_port : icmp ? p->icmp % 256u : 0;
    uint32_t flags = p->tcp_flags, tos = p->dscp * 4u;

    return !r->fragments && addresses_match(r, &p->flow) &&
           (p->protocol & r->protocol_mask) == r->protocol && ports_match(r->sport, from) &&
           ports_match(r->dport, to) && (flags & r->flags_mask) == r->flags &&
           (r->flags_any == 0 || (flags & r->flags_any) != 0) && (tos & r->tos_mask) == r->tos;
}

/* ---- what fits --------------------------------------------------------------------------- */

/* The lists of an interface at one of its two labels; the last place of those that enter is that of a
 * policy. */
enum { IN, OUT, N_LABELS };

static void lists_of(const struct interface_config *c, int label, uint32_t lists[4])
{
    uint32_t first = label == OUT ? ACCESS_ROUTER_OUT : ACCESS_PORT_IN;
    uint32_t last = label == OUT ? ACCESS_VLAN_OUT : ACCESS_ROUTER_IN, n = 0;

    memset(lists, 0, 4 * sizeof *lists);
    lists[3] = label == IN ? c->policy : 0;
    for (uint32_t point = first; point <= last; point++) {
        if (c->lists[point] != 0) {
            lists[n++] = c->lists[point];
        }
    }
}

/* Interfaces come in turn; one that asks for the same lists has the same label. Only labels run
 * short in these scenarios, or there is no room for any list. */
static bool fits(const struct chassis_config *c, uint32_t interface, int label)
{
    uint32_t seen[512][4], n_seen = 0, lists[4], wanted[4];

    lists_of(&c->interfaces[interface], label, wanted);
    if (wanted[0] == 0 && wanted[3] == 0) {
        return true;
    }
    for (uint32_t i = 0; i <= interface; i++) {
        for (int l = IN; l < N_LABELS; l++) {
            bool same_direction = (l == OUT) == (label == OUT), again = false;
            lists_of(&c->interfaces[i], l, lists);
            if ((lists[0] == 0 && lists[3] == 0) || !same_direction ||
                c->ports[i].port_channel != 0) {
                continue;
            }
            for (uint32_t k = 0; k < n_seen; k++) {
                again |= memcmp(seen[k], lists, sizeof lists) == 0;
            }
            if (!again) {
                memcpy(seen[n_seen++], lists, sizeof lists);
            }
            if (i == interface && l == label) {
                uint32_t k = 0;
                while (memcmp(seen[k], wanted, sizeof wanted) != 0) {
                    k++;
                }
                return k < c->supervisor->pfc.acl_labels && c->supervisor->pfc.acl_masks > 0;
            }
        }
    }
    return true;
}

/* ---- a packet ---------------------------------------------------------------------------- */

static const struct interface_config *config_of(const struct sim *s, uint32_t port,
                                                uint32_t *number)
{
    uint32_t channel = s->config->ports[port].port_channel;

    *number = channel > 0 ? channel : port;
    return &s->config->interfaces[*number];
}

static const struct acl_rule *first_match(const struct sim *s, uint32_t list, size_t packet)
{
    static const struct acl_rule end = {.permit = false};
    const struct acl_list *l = &s->config->acls[list - 1];

    for (uint32_t i = 0; i < l->n_rules; i++) {
        if (rule_matches(&l->rules[i], &s->packets[packet])) {
            return &l->rules[i];
        }
    }
    return &end;
}

static uint32_t pass(const struct sim *s, size_t packet, bool software,
                     const struct interface_config *at, uint32_t first, uint32_t last)
{
    uint32_t ingress, log = first == ACCESS_ROUTER_OUT ? PUNT_ACL_BRIDGED_OUT : PUNT_ACL_BRIDGED_IN;
    bool unreachables = !config_of(s, s->packets[packet].ingress, &ingress)->no_unreachables;
    bool to_log = false;

    for (uint32_t point = first; point <= last; point++) {
        bool router = point == ACCESS_ROUTER_IN || point == ACCESS_ROUTER_OUT;
        bool vlan = point == ACCESS_VLAN_IN || point == ACCESS_VLAN_OUT;
        if (at->lists[point] == 0) {
            continue;
        }
        const struct acl_rule *rule = first_match(s, at->lists[point], packet);
        if (!rule->permit) {
            return router && rule->log && !software ? log
                   : router && unreachables         ? PUNT_ACL_DENIED
                   : vlan && rule->log              ? PUNT_VACL_LOG
                                                    : ASKS_TO_DROP;
        }
        to_log |= rule->log && router;
    }
    return to_log && !software ? log : ASKS_NOTHING;
}

uint32_t reference_asks_in(const struct sim *s, size_t packet, bool software, struct answer *a)
{
    const struct reference_packet *p = &s->packets[packet];
    uint32_t interface, who = software ? SOFTWARE : reference_engine(s);

    if (s->config->interfaces == NULL || p->flow.to.family != IPV4) {
        return ASKS_NOTHING;
    }
    const struct interface_config *c = config_of(s, p->ingress, &interface);
    if (!software && !fits(s->config, interface, IN)) {
        return PUNT_ACL_BRIDGED_IN;
    }
    uint32_t asks = pass(s, packet, software, c, ACCESS_PORT_IN, ACCESS_ROUTER_IN);
    if (asks != ASKS_NOTHING) {
        return asks;
    }
    if (c->verify != VERIFY_NOTHING &&
        !reference_routes_lead(s->routes, who, p->flow.from,
                               c->verify == VERIFY_RX ? interface : UINT32_MAX)) {
        return PUNT_RPF_FAILURE;
    }
    if (c->policy != 0 && first_match(s, c->policy, packet)->permit) {
        struct answer other = reference_routes_ask_to(s->routes, who, c->policy_next_hop, &p->flow);
        *a = other.outcome == FORWARD || other.outcome == PUNT ? other : *a;
    }
    return ASKS_NOTHING;
}

uint32_t reference_asks_out(const struct sim *s, size_t packet, bool software, uint32_t port)
{
    uint32_t interface;

    if (s->config->interfaces == NULL || s->packets[packet].flow.to.family != IPV4) {
        return ASKS_NOTHING;
    }
    const struct interface_config *c = config_of(s, port, &interface);
    if (!software && !fits(s->config, interface, OUT)) {
        return PUNT_ACL_BRIDGED_OUT;
    }
    return pass(s, packet, software, c, ACCESS_ROUTER_OUT, ACCESS_VLAN_OUT);
}

uint64_t reference_fib_capacity(const struct chassis_config *c, uint64_t ipv4_slots, uint8_t family)
{
    const struct engine_type *pfc = &c->supervisor->pfc;
    uint64_t ipv4 = ipv4_slots == 0 ? pfc->ipv4_slots : ipv4_slots;
    bool twice = false; /* a PFC2 that checks sources */

    for (uint32_t i = 0; c->interfaces != NULL && i < c->n_ports + c->n_port_channels; i++) {
        twice |= pfc->generation <= 2 && c->interfaces[i].verify != VERIFY_NOTHING;
    }
    return family == IPV4    ? ipv4 / (twice ? 2 : 1)
           : ipv4_slots == 0 ? pfc->ipv6_entries
                             : (pfc->tcam_slots - ipv4_slots) / 2;
}

struct answer reference_ask_software(struct sim *s, size_t packet)
{
    const struct flow_key *flow = &s->packets[packet].flow;
    struct answer a = reference_routes_ask_to(s->routes, SOFTWARE, flow->to, flow);

    s->frames[packet].asks = reference_asks_in(s, packet, true, &a);
    return a;
}
