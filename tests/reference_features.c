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

static uint32_t pass(const struct sim *s, size_t packet, bool software, uint32_t interface,
                     uint32_t first, uint32_t last)
{
    uint32_t ingress,
        bridged = first == ACCESS_ROUTER_OUT ? PUNT_ACL_BRIDGED_OUT : PUNT_ACL_BRIDGED_IN;
    enum asked_of asked = reference_asked(s->access, interface, first == ACCESS_ROUTER_OUT);
    const uint32_t *lists = reference_lists(s->access, interface, software);
    bool logs = !software && !s->config->optimized_logging;
    bool unreachables = !config_of(s, s->packets[packet].ingress, &ingress)->no_unreachables;
    bool to_log = false;

    if (!software && asked == ASKED_OF_SOFTWARE) {
        return bridged;
    }
    if (!software && asked == ASKED_OF_DEFAULT) {
        uint8_t result = s->config->access_default;
        return result == ACCESS_DENY     ? ASKS_TO_WAIT
               : result == ACCESS_PERMIT ? ASKS_NOTHING
                                         : bridged;
    }
    for (uint32_t point = first; point <= last; point++) {
        bool router = point == ACCESS_ROUTER_IN || point == ACCESS_ROUTER_OUT;
        bool vlan = point == ACCESS_VLAN_IN || point == ACCESS_VLAN_OUT;
        if (lists[point] == 0) {
            continue;
        }
        const struct acl_rule *rule = first_match(s, lists[point], packet);
        if (!rule->permit) {
            return router && rule->log && logs ? bridged
                   : router && unreachables    ? PUNT_ACL_DENIED
                   : vlan && rule->log         ? PUNT_VACL_LOG
                                               : ASKS_TO_DROP;
        }
        to_log |= rule->log && router;
    }
    return to_log && logs ? bridged : ASKS_NOTHING;
}

/* An engine knows the first ways only. */
static uint32_t asks_source(const struct sim *s, uint32_t who, uint8_t verify,
                            struct ip_address from, uint32_t interface)
{
    const struct engine_type *pfc = &s->config->supervisor->pfc;
    uint32_t n, place = reference_routes_place(s->routes, who, from, interface, &n);

    if (verify == VERIFY_NOTHING || (verify == VERIFY_ANY && n > 0)) {
        return ASKS_NOTHING;
    }
    if (verify == VERIFY_RX && who != SOFTWARE && n > pfc->rpf_interfaces) {
        bool known = place > 0 && place <= pfc->rpf_interfaces;
        return known || s->config->rpf_multipath == RPF_PASS ? ASKS_NOTHING : PUNT_RPF_PATHS;
    }
    return verify == VERIFY_RX && place > 0 ? ASKS_NOTHING : PUNT_RPF_FAILURE;
}

uint32_t reference_asks_in(const struct sim *s, size_t packet, bool software, struct answer *a)
{
    const struct reference_packet *p = &s->packets[packet];
    uint32_t interface, who = software ? SOFTWARE : reference_engine(s);

    if (s->config->interfaces == NULL || p->flow.to.family != IPV4 || p->label != 0) {
        return ASKS_NOTHING;
    }
    const struct interface_config *c = config_of(s, p->ingress, &interface);
    struct ip_address from = p->flow.from, by_policy = c->policy_next_hop;
    from.lo = by_policy.lo = s->config->ports[interface].address[IPV4].lo;
    reference_access_at(s->access, s->now_ps);
    uint32_t asks = pass(s, packet, software, interface, ACCESS_PORT_IN, ACCESS_ROUTER_IN);
    if (asks != ASKS_NOTHING) {
        return asks;
    }
    asks = asks_source(s, who, c->verify, from, interface);
    if (asks != ASKS_NOTHING) {
        return asks;
    }
    uint32_t policy = reference_lists(s->access, interface, software)[ACCESS_POLICY];
    bool there = software || reference_asked(s->access, interface, false) == ASKED_OF_LISTS;
    if (policy != 0 && there && first_match(s, policy, packet)->permit) {
        struct answer other = reference_routes_ask_to(s->routes, who, by_policy, &p->flow);
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
    config_of(s, port, &interface);
    reference_access_at(s->access, s->now_ps);
    return pass(s, packet, software, interface, ACCESS_ROUTER_OUT, ACCESS_VLAN_OUT);
}

/* ---- classes ----------------------------------------------------------------------------- */

static bool is_of(const struct sim *s, size_t packet, const struct class_config *k)
{
    const struct reference_packet *p = &s->packets[packet];

    if (k->rest || p->flow.to.family != IPV4) {
        return k->rest;
    }
    for (uint32_t i = 0; i < k->n_lists; i++) {
        if (first_match(s, k->lists[i] + 1, packet)->permit) {
            return true;
        }
    }
    return (k->dscps & UINT64_C(1) << p->dscp) != 0 || (k->precedences & 1u << p->dscp / 8) != 0;
}

const struct class_config *reference_class(const struct sim *s, size_t packet, uint32_t port,
                                           bool leaves)
{
    uint32_t interface, number;

    if (s->config->interfaces == NULL) {
        return NULL;
    }
    config_of(s, port, &interface);
    number = reference_policy_map(s->access, interface, leaves);
    const struct policy_map *map = &s->config->policy_maps[number - 1];
    for (uint32_t i = 0; number > 0 && i < map->n_classes; i++) {
        if (is_of(s, packet, &map->classes[i])) {
            return &map->classes[i];
        }
    }
    return NULL;
}

uint64_t reference_fib_capacity(const struct chassis_config *c, const struct reload *carved,
                                unsigned part)
{
    const struct engine_type *pfc = &c->supervisor->pfc;
    uint64_t slots = carved->ipv4_slots == 0 ? pfc->ipv4_slots : carved->ipv4_slots;
    bool twice = false; /* a PFC2 that checks sources */

    for (uint32_t i = 0; c->interfaces != NULL && i < c->n_ports + c->n_port_channels; i++) {
        twice |= pfc->generation <= 2 && c->interfaces[i].verify != VERIFY_NOTHING;
    }
    return part == REFERENCE_MPLS    ? carved->mpls_slots
           : part == IPV4            ? (slots - carved->mpls_slots) / (twice ? 2 : 1)
           : carved->ipv4_slots == 0 ? pfc->ipv6_entries
                                     : (pfc->tcam_slots - carved->ipv4_slots) / 2;
}

struct answer reference_ask_software(struct sim *s, size_t packet)
{
    struct answer a = reference_ask_routes(s, SOFTWARE, &s->packets[packet]);

    s->frames[packet].asks = reference_asks_in(s, packet, true, &a);
    return a;
}
