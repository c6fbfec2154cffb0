#include "models/lookup.h"

struct ip_address lookup_destination(const struct packets *p, uint32_t packet)
{
    const struct packet *it = &p->base[packet];

    if (it->head.family == IPV6) {
        return (struct ip_address){p->dst6_hi[packet], p->dst6_lo[packet], IPV6};
    }
    bool of_vrf = it->head.flags & PACKET_OF_VRF && !lookup_is_labelled(p, it);
    return (struct ip_address){(uint64_t)it->dst4 << 32,
                               of_vrf ? p->flow_vrf[it->flow] & LOOKUP_NUMBER : 0, IPV4};
}

static uint32_t look_up_label(const struct fib *fib, uint32_t engine, const struct packets *p,
                              const struct packet *packet)
{
    uint32_t label = p->flow_vrf[packet->flow] & LOOKUP_NUMBER;
    uint32_t adjacency = fib_lookup_in(fib, engine, fib_label(label));
    const struct adjacency *a = &fib->adjacencies[adjacency];

    if (a->kind != ADJACENCY_POP) {
        return adjacency;
    }
    return fib_lookup_in(fib, engine,
                         (struct ip_address){(uint64_t)packet->dst4 << 32, a->port, IPV4});
}

enum fib_partition lookup_missed(const struct fib *fib, uint32_t engine, const struct packets *p,
                                 uint32_t packet)
{
    const struct packet *it = &p->base[packet];
    bool apart = fib->engines[engine].capacity[FIB_MPLS] > 0;

    if (apart && lookup_is_labelled(p, it) &&
        fib_lookup_in(fib, engine, fib_label(lookup_number(p, it))) == FIB_ADJACENCY_NONE) {
        return FIB_MPLS;
    }
    return (enum fib_partition)it->head.family;
}

uint32_t lookup_packet(const struct fib *fib, uint32_t engine, const struct packets *p,
                       uint32_t packet)
{
    const struct packet *it = &p->base[packet];
    uint32_t adjacency;

    if (lookup_is_labelled(p, it)) {
        return look_up_label(fib, engine, p, it);
    }
    if (it->head.flags & PACKET_OF_VRF) {
        return fib_lookup_in(fib, engine, lookup_destination(p, packet));
    }
    if (it->head.family == IPV4) {
        fib_lookup4(fib, engine, &it->dst4, &adjacency, 1);
    } else {
        fib_lookup6(fib, engine, &p->dst6_hi[packet], &p->dst6_lo[packet], &adjacency, 1);
    }
    return adjacency;
}
