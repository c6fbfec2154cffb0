/* Which table a packet asks, and how often. */
#include "tests/reference_sim.h"

#define LABELS 0xffff
#define RESERVED 16 /* labels */
#define VPNS 511

/* That of the interface it enters by. */
static uint64_t vrf_of(const struct sim *s, const struct reference_packet *p)
{
    const struct port_config *port = &s->config->ports[p->ingress];
    uint32_t channel = port->port_channel;

    return s->config->ports[channel > 0 ? channel : p->ingress].address[IPV4].lo;
}

uint32_t reference_lookups(const struct sim *s, const struct reference_packet *p,
                           const struct engine_type *type)
{
    if (p->flow.to.family == IPV6) {
        return type->ipv6_lookups;
    }
    bool twice = p->label != 0 ? p->label - RESERVED < s->config->n_vrfs : vrf_of(s, p) > VPNS;
    return twice ? 2 : 1;
}

unsigned reference_missed(const struct sim *s, uint32_t who, const struct reference_packet *p)
{
    struct ip_address label = {(uint64_t)p->label << 32, LABELS, IPV4};
    bool apart = p->label != 0 && reference_routes_labels_apart(s->routes);

    return apart && reference_routes_ask_to(s->routes, who, label, &p->flow).outcome == MISS
               ? REFERENCE_MPLS
               : p->flow.to.family;
}

struct answer reference_ask_routes(const struct sim *s, uint32_t who,
                                   const struct reference_packet *p)
{
    struct ip_address to = p->flow.to;

    if (p->label != 0) {
        struct ip_address label = {(uint64_t)p->label << 32, LABELS, IPV4};
        struct answer a = reference_routes_ask_to(s->routes, who, label, &p->flow);
        if (a.outcome != POP) {
            return a;
        }
        to.lo = a.port;
    } else if (to.family == IPV4) {
        to.lo = vrf_of(s, p);
    }
    return reference_routes_ask_to(s->routes, who, to, &p->flow);
}
