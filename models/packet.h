/* packet.h - packets are rows of a few columns, indexed by packet id.
 *
 * Ids are reused, first freed first: packets leave about in the order they came, so the columns are
 * written and read about in order, which caches and their prefetchers like. A packet's *name*
 * (ingress port, number on that port) is what it is called in traces and fingerprints: it does not
 * depend on ids.
 */
#ifndef MODELS_PACKET_H
#define MODELS_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "models/prefix.h"
#include "sim/stage.h"

struct arena;
struct streams;

/* Ethernet on the wire; source: [IEEE-802] 802.3, clauses 3 and 4 (standard) */
#define WIRE_PREAMBLE_BYTES 8u /* with the start-of-frame delimiter */
#define WIRE_GAP_BYTES 12u
#define WIRE_LEAST_FRAME_BYTES 64u
#define WIRE_LAYER2_BYTES 18u /* of a frame: header 14, FCS 4 */

/* What most stages ask for, in eight bytes. */
struct packet_head {
    uint16_t bytes;     /* frame, FCS included */
    uint16_t ingress;   /* global port index */
    uint16_t egress;    /* global port index, or PACKET_TO_MSFC; only when PACKET_DECIDED */
    uint8_t family : 2; /* enum ip_family */
    uint8_t dscp : 6;   /* the internal one (qos.h) */
    uint8_t flags;
};

_Static_assert(sizeof(struct packet_head) == 8, "in one register");

#define PACKET_TO_MSFC 0x7fffu
#define PACKET_NOT_ROUTED 1u    /* destination MAC is not the router's */
#define PACKET_ON_BUS 2u        /* the whole frame has crossed the shared bus */
#define PACKET_PUNTED 4u        /* inside the loop to the MSFC */
#define PACKET_DECIDED 8u       /* looked up, and to cross the bus or the MSFC yet */
#define PACKET_LOOKED_AHEAD 16u /* the bus has asked the PFC's FIB: adjacency holds the answer */
#define PACKET_TTL_ENDS 32u     /* the router may not hand it on */
#define PACKET_OPTIONS 64u      /* that only software reads */
#define PACKET_OF_VRF 128u      /* not of the global table: packets.flow_vrf tells */

/* A row's load: frame bytes, and the port it is about: before an engine has decided the ingress
 * port, after that the egress port or PACKET_TO_MSFC. LOAD_SPECIAL: not simply an IPv4 packet to be
 * routed, or no longer: head tells. */
#define LOAD_SPECIAL 0x8000u

static inline uint32_t load_of(uint32_t bytes, uint32_t port, bool special)
{
    return bytes << 16 | (special ? LOAD_SPECIAL : 0) | port;
}

static inline uint32_t load_bytes(uint32_t load)
{
    return load >> 16;
}

static inline uint32_t load_port(uint32_t load)
{
    return load & 0x7fff;
}

/* What every packet has, kept together: a packet that waited long is no longer in cache, and should
 * cost one line when it is made and one when it leaves. */
struct packet {
    int64_t born_ps; /* last bit received: latency counts from here */
    uint64_t name;   /* global ingress port index << 40 | number */
    struct packet_head head;
    uint32_t dst4; /* IPv4 destination, host order */
    uint32_t flow;
};

struct packets {
    struct packet *base;
    uint64_t *dst6_hi, *dst6_lo;
    uint32_t *adjacency; /* the answer when the bus has looked ahead */
    uint8_t *cause;      /* enum punt_cause of what is punted or may not be */
    uint32_t *free;      /* a ring: n_free ids from first_free on */
    uint32_t first_free, n_free;
    uint32_t n_used; /* ids below this have been used */
    uint32_t capacity;
    const uint32_t *flow_hash; /* by flow: which of several paths it takes (sharing.h) */
    const uint32_t *flow_vrf;  /* by flow, of those with PACKET_OF_VRF (lookup.h) */
    uint64_t n_punted;         /* packets with PACKET_PUNTED: arms the scheduler's loop */
    struct streams *streams;   /* told what becomes of packets; NULL with one stream */
    struct arena *mem;
};

/* Room for first_capacity packets (at least 1) before the columns are first doubled. */
void packets_open(struct packets *p, uint32_t first_capacity, struct arena *mem);

/* Adds ids never used to the free ones until there are n. */
void packets_grow(struct packets *p, uint32_t n);

/* n new packets: writes their ids. May move the columns. */
static inline void packets_take(struct packets *p, uint32_t n, uint32_t *ids)
{
    if (__builtin_expect(p->n_free < n, 0)) {
        packets_grow(p, n);
    }
    uint32_t mask = p->capacity - 1;
    for (uint32_t i = 0; i < n; i++) {
        ids[i] = p->free[(p->first_free + i) & mask];
    }
    p->first_free += n;
    p->n_free -= n;
}

static inline uint32_t packet_new(struct packets *p)
{
    uint32_t id;

    packets_take(p, 1, &id);
    return id;
}

static inline void packet_free(struct packets *p, uint32_t packet)
{
    p->free[(p->first_free + p->n_free++) & (p->capacity - 1)] = packet;
}

/* Frees the packets of n rows. */
static inline void packets_free(struct packets *p, const struct row *const *rows, uint32_t n)
{
    uint32_t *ring = p->free, mask = p->capacity - 1, end = p->first_free + p->n_free;

    for (uint32_t i = 0; i < n; i++) {
        ring[(end + i) & mask] = rows[i]->packet;
    }
    p->n_free += n;
}

/* Not inline: seldom used, and the loops it is in need their registers. */
void packet_drop(struct packets *p, struct batch *b, uint32_t reason, uint32_t packet,
                 int64_t now_ps);

/* Drops every row that is shown. */
void packets_drop_all(struct packets *p, struct batch *b, uint32_t reason);

#endif /* MODELS_PACKET_H */
