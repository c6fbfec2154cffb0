/* msfc.h - the MSFC's software path: what the engines punt.
 *
 *                                                     control plane
 *   fabric (supervisor's channel), PFC --> [ queue ] inband link --> policy --> CPU (cpu.h) ------.
 *                                              '--> dropped            '--> dropped  '--> dropped  |
 *                                                                                                v
 *                             forwarded: back by the supervisor's uplink, or the bus  <-- software
 *                             for the router itself: delivered here                   <-- FIB
 *
 * What can be forwarded as it is, an interrupt switches (software_pps); the rest waits for a process
 * of its cause, which takes longer (assume.process_...; assumed), and at the end of that is received,
 * forwarded or dropped.
 *
 * Reads: head, dst4/dst6, born_ps, cause.   Writes: head.egress, head.flags, adjacency.
 * Drops: inband_queue_full, cpu_queue_full (the receive ring), hold_queue_full (of its process),
 *        glean_unresolved (its next hop does not answer ARP), no_route_in_software,
 *        control_plane_policed (copp.h), ttl_expired, mtu_exceeded (no packet may be fragmented),
 *        acl_denied, rpf_failed (features.h).
 *
 * Differs from the hardware: packets that are to be logged by a router ACL cost no more than others.
 * What the MSFC sends of its own (ICMP, ARP, routing protocols) is not there: its cost is
 * in that of what it answers.
 */
#ifndef MODELS_MSFC_H
#define MODELS_MSFC_H

#include "models/fib.h"
#include "models/layout.h"
#include "sim/stage.h"

struct arp;
struct features;
struct sessions;

struct msfc_config {
    const struct layout *layout;
    struct packets *packets;
    const struct fib *fib;
    uint32_t fib_engine;             /* the software table's number in the fib */
    const struct flow_tables *flows; /* asked for marks that are kept (qos.h) */
    struct features *features;       /* may be NULL where no interface has any */
    struct sessions *sessions;       /* hear of what is received; NULL: there are none */
    struct arp *arp;                 /* asks for next hops; NULL: nobody does */
};

#define MSFC_TO_UPLINK 0
#define MSFC_TO_BUS 1

extern const struct stage_ops msfc_stage;

/* The least time from when it is certain that a packet will be back in the pipeline until it is. */
int64_t msfc_least_delay_ps(const struct supervisor_type *supervisor);

#endif /* MODELS_MSFC_H */
