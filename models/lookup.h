/* lookup.h - the FIB asked for one packet, whatever it is: of the global table, of a VRF, or with
 * the label that this router has given to a VRF's prefix.
 *
 *   IPv4, IPv6 ---------------------------------> [ global tables ] --> adjacency
 *   IPv4 that enters by a VRF's interface ------> [ its VRF       ] --> adjacency
 *   label of a prefix --> [ labels ] ---------------------------------> adjacency
 *   label of a VRF -----> [ labels ] --> pop, --> [ its VRF       ] --> adjacency
 *                                     recirculate
 *
 * A packet that recirculates takes two look-ups of its engine: one whose label says only which VRF
 * it is of, and any of a VRF beyond the first LOOKUP_VPNS. source: [CG-SX] 24-11 (vendor), "may
 * recirculate"; that each such packet does (assumed)
 *
 * Differs from the hardware: the second pass follows at once, and adds nothing to the latency; labels
 * add no bytes to frames. Lists of interfaces see no labelled packet until it leaves as IP.
 */
#ifndef MODELS_LOOKUP_H
#define MODELS_LOOKUP_H

#include "models/fib.h"
#include "models/packet.h"

/* packets.flow_vrf: the number of a VRF, or LOOKUP_LABELLED and a label. */
#define LOOKUP_LABELLED 0x80000000u
#define LOOKUP_RECIRCULATES 0x40000000u
#define LOOKUP_NUMBER 0xfffffu

#define LOOKUP_VPNS 511 /* source: [CG-SX] 24-11 (vendor) */

/* The adjacency in an engine. */
uint32_t lookup_packet(const struct fib *fib, uint32_t engine, const struct packets *p,
                       uint32_t packet);

/* Where in an engine a packet has found nothing: of labels, or of its addresses. */
enum fib_partition lookup_missed(const struct fib *fib, uint32_t engine, const struct packets *p,
                                 uint32_t packet);

/* The destination, as the global table or the VRF has it. */
struct ip_address lookup_destination(const struct packets *p, uint32_t packet);

static inline bool lookup_is_labelled(const struct packets *p, const struct packet *packet)
{
    return packet->head.flags & PACKET_OF_VRF && p->flow_vrf[packet->flow] & LOOKUP_LABELLED;
}

/* Of a packet with PACKET_OF_VRF: its label, or its VRF. */
static inline uint32_t lookup_number(const struct packets *p, const struct packet *packet)
{
    return p->flow_vrf[packet->flow] & LOOKUP_NUMBER;
}

static inline bool lookup_recirculates(const struct packets *p, const struct packet *packet)
{
    return packet->head.flags & PACKET_OF_VRF && p->flow_vrf[packet->flow] & LOOKUP_RECIRCULATES;
}

#endif /* MODELS_LOOKUP_H */
