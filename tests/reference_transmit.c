/* Queues before wires: a frame that comes, and a wire that is free, are events; what a wire takes next
 * is worked out anew each time. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/rng.h"
#include "tests/reference_sim.h"

#define SECOND_PS 1000000000000
#define WIRE_BYTES 20 /* preamble 8, gap 12 */

__extension__ typedef __int128 wide;

struct queue {
    size_t first, last; /* frames that wait */
    uint64_t bits;      /* of them, on the wire */
    int64_t credit;     /* bits that it may send yet */
    wide open;          /* when it may send again, in ps / (rate x weight) */
};

struct transmit {
    const struct queue_setup *setup;
    struct queue queues[QUEUE_MOST];
    uint32_t turn, sending;
    int64_t start_ps; /* when the wire takes the next frame; INT64_MAX: none waits */
    struct rng rng;   /* of the port ASIC */
    uint32_t number;  /* among its ports, from 0 */
    uint64_t n_drawn;
};

void reference_open_transmit(struct sim *s, const struct slot_config *slot)
{
    for (uint32_t i = 0; slot->queues != NULL && i < slot->card->n_ports; i++) {
        struct transmit *t = calloc(1, sizeof *t);
        char name[40];
        snprintf(name, sizeof name, "egress %u/%u", slot->slot, slot->card->port_asic[i] + 1u);
        t->setup = slot->queues[i];
        t->turn = slot->queues[i]->structure.n_weighted - 1u;
        t->start_ps = INT64_MAX;
        t->rng = rng_open(s->config->seed, name, "wred");
        for (uint32_t k = 0; k < i; k++) {
            t->number += slot->card->port_asic[k] == slot->card->port_asic[i];
        }
        for (uint32_t q = 0; q < QUEUE_MOST; q++) {
            t->queues[q].first = NOBODY;
        }
        s->ports[slot->first_port + i].transmit = t;
    }
}

void reference_close_transmit(struct sim *s)
{
    for (uint32_t p = 0; p < s->config->n_ports; p++) {
        free(s->ports[p].transmit);
    }
}

bool reference_is_queued(const struct sim *s, const struct event *e)
{
    return e->place == WIRE && s->ports[s->frames[e->packet].egress].transmit != NULL;
}

static uint64_t wire_bits(const struct sim *s, size_t packet)
{
    return (s->packets[packet].bytes + WIRE_BYTES) * 8u;
}

/* Of a whole frame, or what is left of one. */
static int64_t still_ps(const struct sim *s, const struct line *line)
{
    return line_free_ps(line) > s->now_ps ? line_free_ps(line) - s->now_ps : 0;
}

/* ---- what the wire takes next ---------------------------------------------------------------- */

static wide open_unit(const struct port *port, uint32_t q)
{
    return (wide)port->wire.rate * port->transmit->setup->queues[q].weight;
}

static int64_t open_ps(const struct port *port, uint32_t q)
{
    return (int64_t)(port->transmit->queues[q].open / open_unit(port, q));
}

/* The wire is free, and a queue with frames may send. */
static int64_t next_start_ps(const struct sim *s, const struct port *port)
{
    const struct transmit *t = port->transmit;
    int64_t first_ps = INT64_MAX;

    for (uint32_t q = 0; q < queue_count(t->setup->structure); q++) {
        bool shaped = t->setup->scheduler == QUEUE_SRR && q < t->setup->structure.n_weighted;
        int64_t start_ps = s->now_ps + still_ps(s, &port->wire);
        if (t->queues[q].first == NOBODY) {
            continue;
        }
        start_ps = shaped && open_ps(port, q) > start_ps ? open_ps(port, q) : start_ps;
        first_ps = start_ps < first_ps ? start_ps : first_ps;
    }
    return first_ps;
}

/* What was planned before no longer counts. */
static void plan(struct sim *s, struct port *port)
{
    struct transmit *t = port->transmit;

    t->start_ps = next_start_ps(s, port);
    if (t->start_ps != INT64_MAX) {
        heap_push(&s->heap, (struct event){.time_ps = t->start_ps,
                                           .place = START,
                                           .slot = port->slot,
                                           .lane = (uint32_t)(port - s->ports),
                                           .packet = NOBODY});
    }
}

static uint32_t round_robin(const struct sim *s, struct transmit *t)
{
    for (;;) {
        struct queue *queue = &t->queues[t->turn];
        bool waits = queue->first != NOBODY, deficit = t->setup->scheduler == QUEUE_DWRR;
        if (waits &&
            (deficit ? queue->credit >= (int64_t)wire_bits(s, queue->first) : queue->credit > 0)) {
            return t->turn;
        }
        queue->credit = waits && deficit ? queue->credit : 0;
        t->turn = (t->turn + 1) % t->setup->structure.n_weighted;
        t->queues[t->turn].credit +=
            8 * (int64_t)t->setup->quantum_bytes * t->setup->queues[t->turn].weight;
    }
}

static uint32_t next_queue(const struct sim *s, struct port *port)
{
    struct transmit *t = port->transmit;
    uint32_t n_weighted = t->setup->structure.n_weighted, first = UINT32_MAX;

    if (t->setup->structure.n_strict > 0 && t->queues[n_weighted].first != NOBODY) {
        return n_weighted;
    }
    if (t->setup->scheduler != QUEUE_SRR) {
        return round_robin(s, t);
    }
    for (uint32_t q = 0; q < n_weighted; q++) {
        bool waits = t->queues[q].first != NOBODY;
        first =
            waits && (first == UINT32_MAX || open_ps(port, q) < open_ps(port, first)) ? q : first;
    }
    return first;
}

void reference_at_start(struct sim *s, uint32_t number)
{
    struct port *port = &s->ports[number];
    struct transmit *t = port->transmit;

    if (t->start_ps != s->now_ps) {
        return;
    }
    uint32_t q = next_queue(s, port), sum = 0;
    struct queue *queue = &t->queues[q];
    size_t packet = queue->first;
    uint64_t bits = wire_bits(s, packet);
    int64_t start_ps, end_ps = line_serve(&port->wire, s->now_ps, bits, &start_ps);
    for (uint32_t i = 0; i < t->setup->structure.n_weighted; i++) {
        sum += t->setup->queues[i].weight;
    }
    queue->first = s->frames[packet].next;
    queue->bits -= bits;
    queue->credit -= (int64_t)bits;
    queue->open += (wide)bits * SECOND_PS * sum;
    t->sending = q;
    heap_push(&s->heap, (struct event){.time_ps = end_ps,
                                       .place = LEAVE,
                                       .packet = NOBODY,
                                       .room = &s->ports[port->buffer].tx_room,
                                       .takes = s->packets[packet].bytes});
    int64_t preamble_ps = 64 * SECOND_PS / (int64_t)port->wire.rate;
    s->hooks->latency(s->hooks->context, packet,
                      start_ps + preamble_ps - s->packets[packet].ready_ps);
    reference_tell(s, packet, STEP_DELIVERED, NULL,
                   end_ps - 96 * SECOND_PS / (int64_t)port->wire.rate);
    plan(s, port);
}

/* ---- what comes ------------------------------------------------------------------------------ */

/* Between the two ends of a threshold: the fuller the more often. */
static bool is_drawn(struct transmit *t, int64_t fill_ps, int64_t low_ps, int64_t high_ps)
{
    uint64_t draw = rng_at(&t->rng, (uint64_t)t->number << 40 | t->n_drawn++).a;

    return (wide)rng_below(draw, (uint64_t)(high_ps - low_ps)) * 1000000 <
           (wide)(fill_ps - low_ps) * t->setup->wred_most_ppm;
}

/* Why a frame gets no place in the queue; NULL: it does. */
static const char *refuse(struct sim *s, struct port *port, struct queue_place place, size_t packet)
{
    struct transmit *t = port->transmit;
    const struct slot_config *slot = s->cards[s->slot].config;
    const struct port_asic *asic = &slot->card->asics[port->asic - slot->first_port];
    struct queue_threshold at = t->setup->queues[place.queue].thresholds[place.threshold];
    wide room_ps = (wide)asic->tx_buffer_bytes * 8 * SECOND_PS / (wide)port->wire.rate *
                   t->setup->queues[place.queue].share_percent / 100;
    int64_t low_ps = (int64_t)(room_ps * at.low_percent / 100);
    int64_t high_ps = (int64_t)(room_ps * at.high_percent / 100);
    uint64_t bits = t->queues[place.queue].bits + wire_bits(s, packet);
    int64_t fill_ps = (int64_t)(bits * (SECOND_PS / port->wire.rate));

    fill_ps += t->sending == place.queue ? still_ps(s, &port->wire) : 0;
    if (fill_ps > high_ps ||
        (slot->card->shared_buffers &&
         !room_fits(&s->ports[port->buffer].tx_room, s->packets[packet].bytes))) {
        return "tail_drop";
    }
    return fill_ps > low_ps && is_drawn(t, fill_ps, low_ps, high_ps) ? "wred_drop" : NULL;
}

void reference_at_queues(struct sim *s, size_t packet)
{
    struct frame *f = &s->frames[packet];
    struct port *port = &s->ports[f->egress];
    const struct queue_setup *setup = port->transmit->setup;
    struct queue_place place =
        setup->map[setup->by_dscp ? f->dscp : s->config->qos.dscp_cos[f->dscp]];
    struct queue *queue = &port->transmit->queues[place.queue];
    const char *reason = refuse(s, port, place, packet);

    if (reason != NULL) {
        reference_tell(s, packet, STEP_DROPPED, reason, f->arrived_ps);
        return;
    }
    wide now = (wide)s->now_ps * open_unit(port, place.queue);
    if (queue->first == NOBODY && queue->open < now) {
        queue->open = now;
    }
    f->next = NOBODY;
    *(queue->first == NOBODY ? &queue->first : &s->frames[queue->last].next) = packet;
    queue->last = packet;
    queue->bits += wire_bits(s, packet);
    s->ports[port->buffer].tx_room.used += s->packets[packet].bytes;
    plan(s, port);
}
