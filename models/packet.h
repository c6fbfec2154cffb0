/* packet.h - packets are rows; one array per field, indexed by packet id.
 *
 * Ids are reused, last freed first, so that the columns in use stay in cache. A packet's *name*
 * (ingress port, number on that port) is what it is called in traces and fingerprints: it does not
 * depend on ids.
 */
#ifndef MODELS_PACKET_H
#define MODELS_PACKET_H

#include <stdint.h>

#include "models/prefix.h"
#include "sim/stage.h"

struct arena;

/* Ethernet on the wire; source: [IEEE-802] 802.3, clauses 3 and 4 (standard) */
#define WIRE_PREAMBLE_BYTES 8u /* with the start-of-frame delimiter */
#define WIRE_GAP_BYTES 12u

/* What most stages ask for, in eight bytes. */
struct packet_head {
    uint16_t bytes;   /* frame, FCS included */
    uint16_t ingress; /* global port index */
    uint16_t egress;  /* global port index, once known; PACKET_TO_MSFC: the inband port */
    uint8_t family;   /* enum ip_family */
    uint8_t flags;
};

#define PACKET_TO_MSFC 0xffff
#define PACKET_NOT_ROUTED 1u    /* destination MAC is not the router's */
#define PACKET_ON_BUS 2u        /* the whole frame has crossed the shared bus */
#define PACKET_SOFTWARE 4u      /* forwarded by the MSFC */
#define PACKET_PUNTED 8u        /* inside the loop to the MSFC */
#define PACKET_DECIDED 16u      /* an engine or the MSFC has looked it up */
#define PACKET_LOOKED_AHEAD 32u /* the bus has asked the PFC's FIB: adjacency holds the answer */

struct packets {
    struct packet_head *head;
    uint32_t *dst4; /* IPv4 destination, host order */
    uint64_t *dst6_hi, *dst6_lo;
    uint64_t *name;   /* global ingress port index << 40 | number */
    int64_t *born_ps; /* last bit received: latency counts from here */
    uint32_t *flow;
    uint32_t *adjacency; /* the engine's answer */
    uint32_t *free;
    uint32_t n_free;
    uint32_t n_used; /* ids below this have been used */
    uint32_t capacity;
    uint64_t n_punted; /* packets with PACKET_PUNTED: arms the scheduler's loop */
    struct arena *mem;
};

/* Room for first_capacity packets (at least 1) before the columns are first doubled. */
void packets_open(struct packets *p, uint32_t first_capacity, struct arena *mem);

/* Puts ids never used on the free stack until it holds n. */
void packets_grow(struct packets *p, uint32_t n);

/* n new packets: their ids, to be read before the next packet is made or freed. */
static inline const uint32_t *packets_take(struct packets *p, uint32_t n)
{
    if (__builtin_expect(p->n_free < n, 0)) {
        packets_grow(p, n);
    }
    p->n_free -= n;
    return p->free + p->n_free;
}

static inline uint32_t packet_new(struct packets *p)
{
    return *packets_take(p, 1);
}

static inline void packet_free(struct packets *p, uint32_t packet)
{
    p->free[p->n_free++] = packet;
}

static inline void packet_drop(struct packets *p, struct batch *b, uint32_t reason, uint32_t packet,
                               int64_t now_ps)
{
    batch_drop(b, reason, packet, now_ps);
    p->n_punted -= (p->head[packet].flags & PACKET_PUNTED) != 0;
    packet_free(p, packet);
}

#endif /* MODELS_PACKET_H */
