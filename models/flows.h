/* flows.h - the flows of every stream: where each one goes and comes from, chosen before the run.
 *
 *   routed prefixes --> by egress port --> prefix (uniform, or by 1/rank) --> an address whose
 *                                                                             longest match it is
 *
 * Flows are numbered through all streams: flow first[s] + f belongs to stream s and enters by the
 * stream's port number f % n_ports. A flow never leaves by the interface it enters by, but of a
 * stream to be redirected it leaves by no other (of a list: as it comes). All its packets have the same addresses and transport ports, so the number of flows sets how far look-ups
 * are spread, and how evenly loads are shared. The source is any unicast address (IPv6: of 2000::/3),
 * the transport ports are any from 1024 on.
 *
 * A prefix is routed when the MSFC would forward to it at time 0 (fib->resolved), whether or not an
 * engine holds it yet; the ports' neighbours themselves do not count. Each port deals its flows to
 * the egress ports in turn, beginning with the one after itself, so that a mesh is even whatever
 * the number of flows. Where nothing is routed to a port, its neighbour is the destination; where
 * nothing is routed at all, the neighbours of all ports are. Addresses of a list are taken in turn
 * as they are, routed or not. Ports are interfaces here: a port channel is one of them, its members
 * are none. What enters by a VRF's interface goes to what is routed in that VRF, and to neighbours in
 * it; a stream that is labelled to what is routed in the VRF that it names, each flow with the label
 * of its prefix at time 0, or that of the VRF. Of several paths a flow has the one that its addresses hash to at time 0.
 */
#ifndef MODELS_FLOWS_H
#define MODELS_FLOWS_H

#include <stdint.h>

#include "models/acl.h"
#include "models/sharing.h"

/* Protocols of IP; source: [IANA-PROTOCOLS] (standard) */
#define FLOWS_ICMP 1
#define FLOWS_TCP 6
#define FLOWS_UDP 17
#define FLOWS_TCP_ACK 0x10
#define FLOWS_ICMP_ECHO (8 << 8) /* a request */

struct arena;
struct chassis_config;
struct error;
struct fib;
struct labels;
struct stream_config;

#define FLOWS_MAX (1u << 24) /* of all streams together; 16 bytes each, 44 of IPv6 */

struct flow_tables {
    uint32_t n_flows, n_streams;
    uint32_t *first;             /* [n_streams + 1] */
    uint32_t *dst4;              /* [n_flows] IPv4 in host order; 0 where the stream is IPv6 */
    uint64_t *dst6_hi, *dst6_lo; /* [n_flows] */
    uint32_t *src4;
    uint64_t *src6_hi, *src6_lo;
    uint32_t *ports; /* source << 16 | destination */
    uint32_t *hash;  /* sharing_hash() */
    uint32_t *vrf;   /* as in packets.h; NULL where there are no VRFs */
};

/* The addresses and ports of a flow. */
struct flow_key flows_key(const struct flow_tables *t, enum ip_family family, uint32_t flow);

/* The number of the stream that has it. */
uint32_t flows_stream(const struct flow_tables *t, uint32_t flow);

/* What a list sees of an IPv4 flow: all its packets look alike. */
struct acl_header flows_header(const struct flow_tables *t, const struct stream_config *streams,
                               uint32_t flow);

/* A stream with fewer flows than ports gets one for each port. NULL, with a sentence in *err for
 * each stream, when a flow has nowhere to go. */
struct flow_tables *flows_open(const struct chassis_config *config, const struct fib *fib,
                               const struct labels *labels, struct arena *mem, struct error *err);

#endif /* MODELS_FLOWS_H */
