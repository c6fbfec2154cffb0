#include "tests/reference.h"

#include <stdlib.h>
#include <string.h>

#include "tests/reference_sim.h"

#define SECOND_PS 1000000000000
#define CYCLE_PS 16000
#define WIRE_BYTES 20 /* preamble 8, gap 12 */

static const char *const stage_names[] = {
    [PORT] = "port",     [DFC] = "engine",       [BUS] = "bus",      [PFC] = "engine",
    [UPLINK] = "uplink", [FABRIC] = "fabric",    [MSFC] = "msfc",    [CPU] = "msfc",
    [EGRESS] = "egress", [WIRE] = "egress",      [START] = "egress", [EDGE] = "bus",
    [CPU_ENDS] = "msfc", [CPU_CHOOSES] = "msfc", [LINK] = "port",    [CHANNEL] = "uplink"};

/* ---- queues ------------------------------------------------------------------------------ */

static void stay(struct sim *s, struct room *room, uint64_t takes, int64_t until_ps)
{
    room->used += takes;
    heap_push(
        &s->heap,
        (struct event){
            .time_ps = until_ps, .place = LEAVE, .packet = NOBODY, .room = room, .takes = takes});
}

/* Waits in the room for the line, and stays until served. */
static bool wait_in(struct sim *s, struct line *line, uint64_t work, struct room *room,
                    uint64_t takes, int64_t *start_ps, int64_t *end_ps)
{
    if (!room_fits(room, takes)) {
        return false;
    }
    *end_ps = line_serve(line, s->now_ps, work, start_ps);
    stay(s, room, takes, *end_ps);
    return true;
}

/* ---- what becomes of packets ------------------------------------------------------------- */

void reference_tell(struct sim *s, size_t packet, enum step_kind kind, const char *reason,
                    int64_t left_ps)
{
    const struct frame *f = &s->frames[packet];
    struct step step = {stage_names[s->place], s->slot, kind, f->dscp, reason,
                        f->arrived_ps,         left_ps};

    s->hooks->step(s->hooks->context, packet, &step);
}

void reference_drop(struct sim *s, size_t packet, const char *reason)
{
    reference_tell(s, packet, STEP_DROPPED, reason, s->frames[packet].arrived_ps);
}

void reference_deliver(struct sim *s, size_t packet, int64_t first_ps, int64_t last_ps)
{
    s->hooks->latency(s->hooks->context, packet, first_ps - s->packets[packet].ready_ps);
    reference_tell(s, packet, STEP_DELIVERED, NULL, last_ps);
}

void reference_send(struct sim *s, size_t packet, uint32_t lane, enum place to, uint32_t slot,
                    int64_t ready_ps)
{
    enum place from = s->place == EDGE          ? BUS
                      : s->place == CPU_CHOOSES ? MSFC
                      : s->place == LINK        ? PORT
                      : s->place == CHANNEL     ? UPLINK
                                                : s->place;

    reference_tell(s, packet, STEP_SENT, NULL, ready_ps);
    heap_push(&s->heap, (struct event){.time_ps = ready_ps,
                                       .place = to,
                                       .slot = slot,
                                       .from = (uint32_t)from * 16 + s->slot,
                                       .lane = lane,
                                       .packet = packet});
}

/* To the second queue of the same stage. */
static void go_on(struct sim *s, size_t packet, enum place to, int64_t ready_ps)
{
    heap_push(&s->heap,
              (struct event){.time_ps = ready_ps, .place = to, .slot = s->slot, .packet = packet});
}

/* Nothing passes where there is no card, nor a fabric that is down. */
static bool stopped(struct sim *s, size_t packet, bool by_fabric)
{
    bool absent = s->cards[s->slot].absent, down = by_fabric && !s->fabric_up;

    if (absent || down) {
        reference_drop(s, packet, absent ? "module_absent" : "fabric_down");
    }
    return absent || down;
}

static struct answer ask(const struct sim *s, const struct reference_packet *p)
{
    return s->hooks->ask != NULL ? s->hooks->ask(s->hooks->context, p->flow.to)
                                 : reference_ask_routes(s, reference_engine(s), p);
}

/* ---- ingress card and engines ------------------------------------------------------------ */

void reference_leave_port(struct sim *s, size_t packet, int64_t start_ps, int64_t end_ps)
{
    const struct reference_packet *p = &s->packets[packet];
    const struct port *asic = &s->ports[s->ports[p->ingress].asic];
    bool dfc = s->cards[s->slot].config->dfc != NULL;

    if (asic->narrow) {
        end_ps = hand_on(s, HOP_ASIC_LINK, start_ps, end_ps, p->bytes * 8u, asic->rx_link.rate,
                         leaving_bps(s, s->slot));
    }
    reference_send(s, packet, s->ports[p->ingress].asic, dfc ? DFC : BUS,
                   dfc ? s->slot : s->config->supervisor_slot,
                   end_ps + s->config->port_rx_latency_ps);
}

static void at_port(struct sim *s, size_t packet)
{
    const struct reference_packet *p = &s->packets[packet];
    struct port *asic = &s->ports[s->ports[p->ingress].asic];
    struct room *room = &s->ports[s->ports[p->ingress].buffer].rx_room;
    s->frames[packet].dscp = reference_trusted_dscp(s, p);
    int64_t start_ps = s->now_ps, end_ps = start_ps;

    if (stopped(s, packet, false)) {
        return;
    }
    if (asic->receiver != NULL) {
        reference_receive(s, asic->receiver, packet);
    } else if (asic->narrow &&
               !wait_in(s, &asic->rx_link, p->bytes * 8u, room, p->bytes, &start_ps, &end_ps)) {
        reference_drop(s, packet, "receive_buffer_full");
    } else {
        reference_leave_port(s, packet, start_ps, end_ps);
    }
}

/* The frame stays where it is, or leaves the card (or the bus) that holds it. */
static void send_result(struct sim *s, size_t packet, int64_t result_ps)
{
    const struct frame *f = &s->frames[packet];
    const struct port *in = &s->ports[s->packets[packet].ingress];
    const struct port *out = f->to_msfc ? NULL : &s->ports[f->egress];
    uint32_t supervisor = s->config->supervisor_slot;
    bool local = out != NULL && out->slot == in->slot &&
                 (out->channel == in->channel || s->config->cross_channel_local);

    if (f->on_bus && f->off_bus_ps > result_ps) {
        result_ps = f->off_bus_ps;
    }
    if (f->on_bus && out == NULL) {
        reference_send(s, packet, 0, MSFC, supervisor, result_ps);
    } else if (f->on_bus && busmode(s, f->egress)) {
        reference_send(s, packet, 0, EGRESS, out->slot, result_ps);
    } else if (f->on_bus) {
        reference_send(s, packet, 0, UPLINK, supervisor, result_ps);
    } else if (local) {
        reference_send(s, packet, 0, EGRESS, in->slot, result_ps);
    } else {
        reference_send(s, packet, 0, UPLINK, in->slot, result_ps);
    }
}

/* Acts on what the engine found. */
static void decide(struct sim *s, size_t packet, struct answer a, int64_t result_ps)
{
    struct frame *f = &s->frames[packet];
    const char *reason = reference_refuses(s, packet, &a, result_ps);

    if (reason != NULL) {
        reference_drop(s, packet, reason);
        return;
    }
    f->decided = true;
    f->egress = a.port;
    if (f->on_bus && s->config->hops[HOP_BUS] == CUT_THROUGH) {
        int64_t whole_ps = s->now_ps + f->rest_ps;
        uint64_t bits = s->packets[packet].bytes * 8u;
        f->off_bus_ps = f->to_msfc
                            ? whole_ps
                            : hand_on(s, HOP_BUS, s->now_ps, whole_ps, bits, BUS_BPS,
                                      busmode(s, a.port) ? sending_bps(s, a.port)
                                                         : s->config->supervisor->fabric_bps);
    }
    send_result(s, packet, result_ps);
}

static void at_dfc(struct sim *s, size_t packet)
{
    const struct reference_packet *p = &s->packets[packet];
    const struct engine_type *type = s->cards[s->slot].config->dfc;
    int64_t start_ps, end_ps;

    uint32_t work = reference_lookups(s, p, type);
    if (line_pass(&s->cards[s->slot].lookups, s->now_ps, work, &start_ps, &end_ps)) {
        reference_account(s, packet, type);
        decide(s, packet, ask(s, p), start_ps + type->latency_ps);
    } else {
        reference_drop(s, packet, "receive_buffer_full");
    }
}

/* The bus has taken a number for the lookup; it is free again when there is a result. */
static void at_pfc(struct sim *s, size_t packet)
{
    const struct reference_packet *p = &s->packets[packet];
    const struct engine_type *type = &s->config->supervisor->pfc;
    const struct frame *f = &s->frames[packet];
    int64_t start_ps;

    line_serve(&s->cards[s->slot].lookups, s->now_ps, reference_lookups(s, p, type), &start_ps);
    reference_account(s, packet, type);
    s->outstanding.used--;
    stay(s, &s->outstanding, 1, start_ps + type->latency_ps);
    decide(s, packet, f->asked ? f->answer : ask(s, p), start_ps + type->latency_ps);
}

/* ---- the bus ----------------------------------------------------------------------------- */

static struct room *bus_room(struct sim *s, size_t packet)
{
    return s->frames[packet].decided
               ? &s->supervisor_room
               : &s->ports[s->ports[s->packets[packet].ingress].buffer].bus_room;
}

static void edge_at(struct sim *s, int64_t time_ps)
{
    s->edge_comes = true;
    heap_push(&s->heap, (struct event){.time_ps = time_ps,
                                       .place = EDGE,
                                       .slot = s->config->supervisor_slot,
                                       .packet = NOBODY});
}

bool reference_wants_bus(const struct card *card)
{
    return card->receiver != NULL ? reference_receiver_waits(card->receiver)
                                  : card->first != NOBODY;
}

size_t reference_next_for_bus(struct sim *s, struct card *card)
{
    size_t packet = card->first;

    if (card->receiver != NULL) {
        return reference_take(s, card->receiver);
    }
    card->first = s->frames[packet].next;
    bus_room(s, packet)->used -= s->packets[packet].bytes;
    return packet;
}

/* Whether there is room for it where it waits. */
static bool let_in(struct sim *s, struct card *card, size_t packet)
{
    struct frame *f = &s->frames[packet];
    struct room *room = bus_room(s, packet);

    if (card->receiver != NULL) {
        return reference_receive(s, card->receiver, packet);
    }
    if (!room_fits(room, s->packets[packet].bytes)) {
        reference_drop(s, packet, f->decided ? "supervisor_buffer_full" : "receive_buffer_full");
        return false;
    }
    room->used += s->packets[packet].bytes;
    f->next = NOBODY;
    *(card->first == NOBODY ? &card->first : &s->frames[card->last].next) = packet;
    card->last = packet;
    return true;
}

static void at_bus(struct sim *s, size_t packet)
{
    bool decided = s->frames[packet].decided;
    struct card *card = &s->cards[decided ? 0 : s->ports[s->packets[packet].ingress].slot];

    if (let_in(s, card, packet) && !s->edge_comes) {
        int64_t edge_ps = (s->now_ps + CYCLE_PS - 1) / CYCLE_PS * CYCLE_PS;
        edge_at(s, edge_ps > s->bus_free_ps ? edge_ps : s->bus_free_ps);
    }
}

/* Frames from and to cards in bus mode cross the bus whole. To know where a fabric card's frame goes,
 * the PFC's table is asked when there is such a card at all. */
static bool crosses_whole(struct sim *s, size_t packet)
{
    const struct reference_packet *p = &s->packets[packet];
    struct frame *f = &s->frames[packet];

    if (f->decided || busmode(s, p->ingress)) {
        return true;
    }
    if (s->headers_only) {
        return false;
    }
    f->asked = true;
    f->answer = ask(s, p);
    return !p->other_mac && f->answer.outcome == FORWARD && busmode(s, f->answer.port);
}

static void grant(struct sim *s, struct card *card)
{
    size_t packet = reference_next_for_bus(s, card);
    struct frame *f = &s->frames[packet];
    bool whole = crosses_whole(s, packet);
    int64_t bytes = whole ? s->packets[packet].bytes : 64;
    int64_t cycles = !whole && s->headers_only ? 2 : 1 + (bytes + 31) / 32 + 1;
    s->bus_free_ps = s->now_ps + cycles * CYCLE_PS;
    if (f->decided) {
        reference_send(s, packet, 0, EGRESS, s->ports[f->egress].slot,
                       hand_on(s, HOP_BUS, s->now_ps, s->bus_free_ps, (uint64_t)bytes * 8, BUS_BPS,
                               sending_bps(s, f->egress)));
    } else {
        bool header =
            whole && s->config->hops[HOP_BUS] == CUT_THROUGH; /* is what the PFC waits for */
        f->on_bus = whole;
        f->rest_ps = header ? (cycles - 3) * CYCLE_PS : 0;
        s->outstanding.used++;
        reference_send(s, packet, 0, PFC, s->config->supervisor_slot, s->bus_free_ps - f->rest_ps);
    }
}

/* A clock edge at which the bus is free and somebody waits. */
static void at_edge(struct sim *s)
{
    uint32_t n = s->config->chassis->n_slots + 1; /* and the supervisor's fabric interface: 0 */
    bool waiting = false, granted = false;

    if (s->now_ps < s->bus_free_ps) { /* it stands still since */
        edge_at(s, s->bus_free_ps);
        return;
    }
    for (uint32_t i = 1; i <= n && !granted; i++) {
        uint32_t slot = (s->last_granted + i) % n;
        granted =
            reference_wants_bus(&s->cards[slot]) && (slot == 0 || room_fits(&s->outstanding, 1));
        if (granted) {
            grant(s, &s->cards[slot]);
            s->last_granted = slot;
            break;
        }
    }
    if (!granted) {
        s->bus_free_ps = s->now_ps + CYCLE_PS;
    }
    for (uint32_t slot = 0; slot < n; slot++) {
        waiting |= reference_wants_bus(&s->cards[slot]);
    }
    s->edge_comes = false;
    if (waiting) {
        edge_at(s, s->bus_free_ps);
    }
}

/* ---- the fabric -------------------------------------------------------------------------- */

static uint64_t channel_bits(const struct sim *s, size_t packet)
{
    return (s->packets[packet].bytes + s->config->fabric_overhead_bytes) * 8u;
}

/* Cards in bus mode and the MSFC are reached by the supervisor's channel. */
static uint32_t fabric_slot(const struct sim *s, const struct frame *f)
{
    return f->to_msfc || busmode(s, f->egress) ? s->config->supervisor_slot
                                               : s->ports[f->egress].slot;
}

static uint32_t channel_of(const struct sim *s, size_t packet)
{
    return s->slot == s->config->supervisor_slot ? 0 : s->ports[s->packets[packet].ingress].channel;
}

void reference_leave_channel(struct sim *s, size_t packet, int64_t start_ps, int64_t end_ps)
{
    uint32_t channel = channel_of(s, packet), to = fabric_slot(s, &s->frames[packet]);

    end_ps = hand_on(s, HOP_UPLINK, start_ps, end_ps, channel_bits(s, packet),
                     s->cards[s->slot].channels[channel].up.rate,
                     s->cards[to].channels[0].crossbar.rate);
    reference_send(s, packet, channel, FABRIC, to, end_ps);
}

static void at_uplink(struct sim *s, size_t packet)
{
    struct channel *channel = &s->cards[s->slot].channels[channel_of(s, packet)];
    int64_t start_ps, end_ps;

    if (stopped(s, packet, true)) {
        return;
    }
    if (channel->receiver != NULL) {
        reference_receive(s, channel->receiver, packet);
    } else if (line_pass(&channel->up, s->now_ps, channel_bits(s, packet), &start_ps, &end_ps)) {
        reference_leave_channel(s, packet, start_ps, end_ps);
    } else {
        reference_drop(s, packet, "channel_queue_full");
    }
}

/* The buffer before the channel holds all frames let into the crossbar. */
static void at_fabric(struct sim *s, size_t packet)
{
    const struct frame *f = &s->frames[packet];
    bool supervisor = s->slot == s->config->supervisor_slot;
    uint32_t channel = supervisor ? 0 : s->ports[f->egress].channel;
    struct channel *c = &s->cards[s->slot].channels[channel];
    uint64_t bits = channel_bits(s, packet);
    int64_t start_ps;

    if (stopped(s, packet, true)) {
        return;
    }
    if (!line_holds(&c->down, s->now_ps + s->config->fabric_transit_ps, bits)) {
        reference_drop(s, packet, "fabric_egress_full");
        return;
    }
    int64_t through_ps = line_serve(&c->crossbar, s->now_ps, bits, &start_ps);
    through_ps =
        hand_on(s, HOP_CROSSBAR, start_ps, through_ps, bits, c->crossbar.rate, c->down.rate);
    int64_t end_ps =
        line_serve(&c->down, through_ps + s->config->fabric_transit_ps, bits, &start_ps);
    bool bus =
        supervisor && !f->to_msfc && (busmode(s, f->egress) || s->ports[f->egress].slot != s->slot);
    end_ps = hand_on(s, HOP_DOWNLINK, start_ps, end_ps, bits, c->down.rate,
                     f->to_msfc ? s->inband.rate
                     : bus      ? BUS_BPS
                                : sending_bps(s, f->egress));
    reference_send(s, packet, channel, f->to_msfc ? MSFC : bus ? BUS : EGRESS, s->slot, end_ps);
}

/* ---- the MSFC ---------------------------------------------------------------------------- */

static void at_msfc(struct sim *s, size_t packet)
{
    int64_t start_ps, end_ps;

    if (wait_in(s, &s->inband, (s->packets[packet].bytes + WIRE_BYTES) * 8u, &s->inband_room, 1,
                &start_ps, &end_ps)) {
        go_on(s, packet, CPU, end_ps);
    } else {
        reference_drop(s, packet, "inband_queue_full");
    }
}

/* ---- egress card ------------------------------------------------------------------------- */

static void at_egress(struct sim *s, size_t packet)
{
    struct port *port = &s->ports[s->frames[packet].egress], *asic = &s->ports[port->asic];
    uint64_t bits = s->packets[packet].bytes * 8u;
    int64_t start_ps, end_ps = s->now_ps;

    if (stopped(s, packet, false)) {
        return;
    }
    if (asic->narrow) {
        if (!line_pass(&asic->tx_link, s->now_ps, bits, &start_ps, &end_ps)) {
            reference_drop(s, packet, "link_queue_full");
            return;
        }
        end_ps =
            hand_on(s, HOP_ASIC_LINK, start_ps, end_ps, bits, asic->tx_link.rate, port->wire.rate);
    }
    go_on(s, packet, WIRE, end_ps + s->config->port_tx_latency_ps);
}

static void at_wire(struct sim *s, size_t packet)
{
    struct port *port = &s->ports[s->frames[packet].egress];
    bool shared = s->cards[s->slot].config->card->shared_buffers;
    uint32_t bytes = s->packets[packet].bytes;
    uint64_t bits = (bytes + WIRE_BYTES) * 8u;
    int64_t preamble_ps = 64 * SECOND_PS / (int64_t)port->wire.rate;
    int64_t gap_ps = 96 * SECOND_PS / (int64_t)port->wire.rate;
    struct room *room = &s->ports[port->buffer].tx_room;
    int64_t start_ps, end_ps;

    if (shared ? wait_in(s, &port->wire, bits, room, bytes, &start_ps, &end_ps)
               : line_pass(&port->wire, s->now_ps, bits, &start_ps, &end_ps)) {
        reference_deliver(s, packet, start_ps + preamble_ps, end_ps - gap_ps);
    } else {
        reference_drop(s, packet, "transmit_buffer_full");
    }
}

/* ---- the run ----------------------------------------------------------------------------- */

static void happen(struct sim *s, const struct event *e)
{
    static void (*const arrivals[])(struct sim *, size_t) = {
        [PORT] = at_port,     [DFC] = at_dfc,       [BUS] = at_bus,   [PFC] = at_pfc,
        [UPLINK] = at_uplink, [FABRIC] = at_fabric, [MSFC] = at_msfc, [CPU] = reference_at_cpu,
        [EGRESS] = at_egress, [WIRE] = at_wire};

    s->now_ps = e->time_ps;
    reference_control_at(s, s->now_ps);
    reference_routes_at(s->routes, s->now_ps);
    reference_change_cards(s, s->now_ps < s->until_ps ? s->now_ps : s->until_ps - 1);
    s->place = e->place;
    s->slot = e->slot;
    if (e->place == LEAVE) {
        e->room->used -= e->takes;
    } else if (e->place == EDGE) {
        at_edge(s);
    } else if (e->place == START) {
        reference_at_start(s, e->lane);
    } else if (e->place == LINK || e->place == CHANNEL) {
        reference_at_receiver(s, e->lane);
    } else if (e->place == CPU_ENDS) {
        reference_cpu_ends(s, e->takes);
    } else if (e->place == CPU_CHOOSES) {
        reference_cpu_chooses(s);
    } else {
        if (e->place != CPU && e->place != WIRE) {
            s->frames[e->packet].arrived_ps = e->time_ps;
        }
        (reference_is_queued(s, e) ? reference_at_queues : arrivals[e->place])(s, e->packet);
    }
}

static struct event arrival(const struct sim *s, size_t packet)
{
    const struct reference_packet *p = &s->packets[packet];
    uint32_t slot = s->ports[p->ingress].slot;

    return (struct event){.time_ps = p->ready_ps,
                          .place = PORT,
                          .slot = slot,
                          .from = TRAFFIC * 16 + slot,
                          .lane = p->ingress,
                          .packet = packet};
}

void reference_run(const struct chassis_config *config, const struct reference_packet *packets,
                   size_t n, const struct reference_hooks *hooks)
{
    struct sim s = {.config = config, .packets = packets, .hooks = hooks};
    int64_t until_ps = s.until_ps = config->warmup_ps + config->duration_ps;
    size_t arrived = 0;

    s.routes = reference_routes_open(config);
    s.frames = calloc(n + 1, sizeof *s.frames);
    s.ports = calloc(config->n_ports, sizeof *s.ports);
    reference_open_cards(&s);
    while (arrived < n || s.heap.n > 0) {
        struct event next = arrived < n ? arrival(&s, arrived) : s.heap.events[0];
        if (arrived < n && (s.heap.n == 0 || event_before(&next, &s.heap.events[0]))) {
            arrived++;
        } else {
            next = heap_pop(&s.heap);
        }
        /* Who has reached a stage by the end is decided there, also later. */
        bool inner = next.place == LEAVE || next.place == CPU || next.place == WIRE;
        if (next.time_ps < until_ps || (inner && !reference_is_queued(&s, &next))) {
            happen(&s, &next);
        }
    }
    reference_close_cards(&s);
    reference_change_cards(&s, until_ps - 1); /* after the last event too */
    reference_routes_close(s.routes);
    free(s.frames);
    free(s.ports);
    free(s.heap.events);
}
