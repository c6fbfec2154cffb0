/* Queues before the links and channels of a card, and before the bus, where its ports trust what their frames carry: each
 * frame is put down with its port, in order of arrival; who leaves next is worked out anew. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/rng.h"
#include "tests/reference_sim.h"

__extension__ typedef __int128 wide;

/* Of a port of the card. */
struct inbox {
    const struct queue_setup *setup;            /* NULL: one queue */
    size_t first[QUEUE_MOST], last[QUEUE_MOST]; /* frames that wait */
    struct room fill[QUEUE_MOST];               /* in bytes, until they have left */
    int64_t credit[QUEUE_MOST];
    uint32_t turn;
    uint64_t n_drawn;
};

struct receiver {
    struct receiver *others;
    uint32_t number;
    enum place place; /* LINK, CHANNEL; BUS, which takes frames itself */
    const struct slot_config *slot;
    struct line *line;
    uint32_t overhead_bytes;
    struct room pool; /* of a channel */
    struct inbox inboxes[CONFIG_MAX_CARD_PORTS];
    uint32_t *turns; /* of ports of the card: to be taken from n_taken on */
    size_t n_turns, n_taken;
    struct rng rng;
};

/* ---- opening --------------------------------------------------------------------------------- */

static struct receiver *open_receiver(struct sim *s, const struct slot_config *slot,
                                      enum place place, const char *kind, uint32_t part)
{
    struct receiver *r = calloc(1, sizeof *r);
    char name[40];

    snprintf(name, sizeof name, place == BUS ? "%s %u" : "%s %u/%u", kind, slot->slot, part);
    r->rng = rng_open(s->config->seed, name, "wred");
    r->slot = slot;
    r->place = place;
    r->others = s->receivers;
    r->number = r->others == NULL ? 0 : r->others->number + 1;
    for (uint32_t p = 0; p < slot->card->n_ports; p++) {
        struct inbox *in = &r->inboxes[p];
        in->setup = slot->rx_queues[p];
        in->turn = in->setup == NULL ? 0 : in->setup->structure.n_weighted - 1u;
        for (uint32_t q = 0; q < QUEUE_MOST; q++) {
            in->first[q] = NOBODY;
        }
    }
    return s->receivers = r;
}

void reference_open_receivers(struct sim *s, const struct slot_config *slot)
{
    const struct linecard_type *card = slot->card;

    for (uint32_t a = 0; slot->rx_queues != NULL && a < card->n_asics; a++) {
        struct port *asic = &s->ports[slot->first_port + a];
        if (asic->narrow) {
            asic->receiver = open_receiver(s, slot, LINK, "receive", a + 1);
            asic->receiver->line = &asic->rx_link;
        }
    }
    for (uint32_t i = 0; slot->rx_queues != NULL && i < card->n_channels &&
                         slot->slot != s->config->supervisor_slot;
         i++) {
        struct channel *channel = &s->cards[slot->slot].channels[i];
        channel->receiver = open_receiver(s, slot, CHANNEL, "channel", i);
        channel->receiver->line = &channel->up;
        channel->receiver->overhead_bytes = s->config->fabric_overhead_bytes;
        channel->receiver->pool.limit = channel->up.holds / 8;
    }
    if (slot->rx_queues != NULL && slot->dfc == NULL) {
        s->cards[slot->slot].receiver = open_receiver(s, slot, BUS, "bus", 0);
    }
}

void reference_close_receivers(struct sim *s)
{
    while (s->receivers != NULL) {
        struct receiver *r = s->receivers;
        s->receivers = r->others;
        free(r->turns);
        free(r);
    }
}

/* ---- who leaves next ------------------------------------------------------------------------- */

static void plan(struct sim *s, const struct receiver *r)
{
    int64_t free_ps = line_free_ps(r->line);

    if (r->n_taken < r->n_turns) {
        heap_push(&s->heap, (struct event){.time_ps = free_ps > s->now_ps ? free_ps : s->now_ps,
                                           .place = r->place,
                                           .slot = r->slot->slot,
                                           .lane = r->number,
                                           .packet = NOBODY});
    }
}

static int64_t bits_of(const struct sim *s, const struct receiver *r, size_t packet)
{
    return (s->packets[packet].bytes + r->overhead_bytes) * 8;
}

static uint32_t next_queue(const struct sim *s, const struct receiver *r, struct inbox *in)
{
    if (in->setup == NULL) {
        return 0;
    }
    uint32_t n = in->setup->structure.n_weighted;
    if (in->setup->structure.n_strict > 0 && in->first[n] != NOBODY) {
        return n;
    }
    for (;;) {
        uint32_t q = in->turn;
        bool waits = in->first[q] != NOBODY, deficit = in->setup->scheduler == QUEUE_DWRR;
        int64_t price = waits && deficit ? bits_of(s, r, in->first[q]) : 1;
        if (waits && in->credit[q] >= price) {
            in->credit[q] -= bits_of(s, r, in->first[q]);
            return q;
        }
        in->credit[q] = waits && deficit ? in->credit[q] : 0;
        in->turn = (q + 1) % n;
        in->credit[in->turn] +=
            (int64_t)in->setup->quantum_bytes * 8 * (int64_t)in->setup->queues[in->turn].weight;
    }
}

static struct room *room_of(struct sim *s, struct receiver *r, uint32_t port)
{
    struct port *buffer = &s->ports[s->ports[r->slot->first_port + port].buffer];

    return r->place == CHANNEL ? &r->pool : r->place == BUS ? &buffer->bus_room : &buffer->rx_room;
}

static void leave_room(struct sim *s, struct room *room, uint64_t takes, int64_t at_ps)
{
    heap_push(
        &s->heap,
        (struct event){
            .time_ps = at_ps, .place = LEAVE, .packet = NOBODY, .room = room, .takes = takes});
}

/* Where it took up room, too. */
static size_t take(struct sim *s, struct receiver *r, struct room **room, struct room **fill)
{
    uint32_t port = r->turns[r->n_taken++];
    struct inbox *in = &r->inboxes[port];
    uint32_t q = next_queue(s, r, in);
    size_t packet = in->first[q];

    in->first[q] = s->frames[packet].next;
    *room = room_of(s, r, port);
    *fill = &in->fill[q];
    return packet;
}

bool reference_receiver_waits(const struct receiver *r)
{
    return r->n_taken < r->n_turns;
}

size_t reference_take(struct sim *s, struct receiver *r)
{
    struct room *room, *fill;
    size_t packet = take(s, r, &room, &fill);

    room->used -= s->packets[packet].bytes;
    fill->used -= s->packets[packet].bytes;
    return packet;
}

void reference_at_receiver(struct sim *s, uint32_t number)
{
    struct receiver *r = s->receivers;
    struct room *room, *fill;
    int64_t start_ps, end_ps;

    while (r->number != number) {
        r = r->others;
    }
    if (r->n_taken == r->n_turns || line_free_ps(r->line) > s->now_ps) {
        return; /* planned before another one left */
    }
    size_t packet = take(s, r, &room, &fill);
    end_ps = line_serve(r->line, s->now_ps, (uint64_t)bits_of(s, r, packet), &start_ps);
    leave_room(s, room, s->packets[packet].bytes, end_ps);
    leave_room(s, fill, s->packets[packet].bytes, end_ps);
    (r->place == LINK ? reference_leave_port : reference_leave_channel)(s, packet, start_ps,
                                                                        end_ps);
    plan(s, r);
}

/* ---- what comes ------------------------------------------------------------------------------ */

static struct queue_place place_of(const struct sim *s, const struct inbox *in, size_t packet)
{
    const struct reference_packet *p = &s->packets[packet];
    uint32_t cos = p->cos < 8 ? p->cos : s->config->ports[p->ingress].cos;

    return in->setup == NULL    ? (struct queue_place){0, 0}
           : in->setup->by_dscp ? in->setup->map[s->frames[packet].dscp]
                                : in->setup->map[cos];
}

/* Why it gets no place; NULL: it does. */
static const char *refuse(struct sim *s, struct receiver *r, uint32_t port,
                          struct queue_place place, uint64_t bytes)
{
    struct inbox *in = &r->inboxes[port];
    uint64_t share = r->slot->card->asics[r->slot->card->port_asic[port]].rx_buffer_bytes;

    if (!room_fits(room_of(s, r, port), bytes)) {
        return r->place == CHANNEL ? "channel_queue_full" : "receive_buffer_full";
    }
    if (in->setup == NULL) {
        return NULL;
    }
    share = share * in->setup->queues[place.queue].share_percent / 100;
    struct queue_threshold at = in->setup->queues[place.queue].thresholds[place.threshold];
    uint64_t low = share * at.low_percent / 100, high = share * at.high_percent / 100;
    uint64_t fill = in->fill[place.queue].used + bytes;
    if (fill > high) {
        return "receive_tail_drop";
    }
    if (fill <= low) {
        return NULL;
    }
    uint64_t draw = rng_at(&r->rng, (uint64_t)port << 40 | in->n_drawn++).a;
    bool dropped =
        (wide)rng_below(draw, high - low) * 1000000 < (wide)(fill - low) * in->setup->wred_most_ppm;
    return dropped ? "receive_wred_drop" : NULL;
}

bool reference_receive(struct sim *s, struct receiver *r, size_t packet)
{
    uint32_t port = s->packets[packet].ingress - r->slot->first_port;
    uint64_t bytes = s->packets[packet].bytes;
    struct inbox *in = &r->inboxes[port];
    struct queue_place place = place_of(s, in, packet);
    const char *reason = refuse(s, r, port, place, bytes);

    if (reason != NULL) {
        reference_drop(s, packet, reason);
        return false;
    }
    room_of(s, r, port)->used += bytes;
    in->fill[place.queue].used += bytes;
    s->frames[packet].next = NOBODY;
    *(in->first[place.queue] == NOBODY ? &in->first[place.queue]
                                       : &s->frames[in->last[place.queue]].next) = packet;
    in->last[place.queue] = packet;
    r->turns = realloc(r->turns, (r->n_turns + 1) * sizeof *r->turns);
    r->turns[r->n_turns++] = port;
    if (r->line != NULL) {
        plan(s, r);
    }
    return true;
}
