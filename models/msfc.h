/* msfc.h - the MSFC's software path: what the engines punt.
 *
 *                                                     control plane
 *   fabric (supervisor's channel), PFC --> [ queue ] inband link --> policy --> [ queue ] CPU --.
 *                                              '--> dropped            '--> dropped  '--> dropped
 *                             forwarded: back by the supervisor's uplink, or the bus  <-- software
 *                             for the router itself: delivered here                   <-- FIB
 *
 * Reads: head, dst4/dst6, born_ps, cause.   Writes: head.egress, head.flags, adjacency.
 * Drops: inband_queue_full, cpu_queue_full, glean_unresolved (its next hop does not answer ARP),
 *        no_route_in_software, control_plane_policed (copp.h), ttl_expired, mtu_exceeded (no packet
 *        may be fragmented), acl_denied, rpf_failed (features.h).
 *
 * Differs from the hardware: one queue without priorities, one cost per packet, looked up in the
 * software FIB as it is when the packet arrives; what the CPU does beside forwarding costs it
 * nothing yet.
 */
#ifndef MODELS_MSFC_H
#define MODELS_MSFC_H

#include "models/fib.h"
#include "models/layout.h"
#include "sim/stage.h"

struct features;

struct msfc_config {
    const struct layout *layout;
    struct packets *packets;
    const struct fib *fib;
    uint32_t fib_engine;       /* the software table's number in the fib */
    struct features *features; /* may be NULL where no interface has any */
};

#define MSFC_TO_UPLINK 0
#define MSFC_TO_BUS 1

extern const struct stage_ops msfc_stage;

/* The least time from a packet's arrival until it may be back in the pipeline. */
int64_t msfc_least_delay_ps(const struct supervisor_type *supervisor);

#endif /* MODELS_MSFC_H */
