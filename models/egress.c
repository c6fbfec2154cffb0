/* Why in passes: the queues are a chain of steps, each waiting for the one before; what comes after
 * is not. And packets that waited long are out of cache: the first pass asks for them. */
#include "models/egress.h"

#include "models/hop.h"
#include "models/port_queues.h"
#include "models/streams.h"
#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/server.h"

enum { DROP_LINK_QUEUE, DROP_TRANSMIT_BUFFER, DROP_MODULE_ABSENT, DROP_TAIL, DROP_WRED };
static const char *const drops[] = {
    "link_queue_full", "transmit_buffer_full", "module_absent", "tail_drop", "wred_drop", NULL};

struct egress_state {
    struct egress_config c;
    int64_t latency_ps;
    int64_t preamble_ps, gap_ps;
    uint32_t first_port; /* global index of the card's first */
    uint32_t n_ports;    /* of the card; only those of the port ASIC are used */
    const struct linecard_type *card;
    bool narrow;      /* the link is slower than its ports together */
    bool shared;      /* one buffer for all of them */
    bool cut_through; /* the link */
    uint64_t link_bps, port_bps;
    struct server link;
    struct server *ports;
    struct room buffer;         /* when shared */
    uint32_t *place_of;         /* by port of the card: which of the ASIC's it is */
    struct port_queues *queues; /* in place of the latter two, with QoS on; else NULL */
    uint64_t delivered_bytes;   /* last bit sent in the measured interval */
};

/* The rows that got into their transmit buffers. */
struct sending {
    uint32_t n;
    const struct row *rows[BATCH_MOST_ROWS];
    int64_t start_ps[BATCH_MOST_ROWS], end_ps[BATCH_MOST_ROWS]; /* on the wire, with the gap */
};

static inline bool has_port(const struct egress_state *st, uint32_t port)
{
    return st->card->port_asic[port] == st->c.asic;
}

static void open_queues(struct egress_state *st, const struct port_asic *asic, struct arena *mem)
{
    const struct layout *l = st->c.layout;
    const struct queue_setup **setups = arena_take_array(mem, asic->n_ports, sizeof *setups);
    const struct port_queues_config config = {
        .setups = setups,
        .n_ports = asic->n_ports,
        .rate_bps = asic->port_bps,
        .buffer_bytes = asic->tx_buffer_bytes,
        .shared = st->shared,
        .seed = l->config->seed,
        .name = arena_printf(mem, "egress %u/%u", st->c.slot, st->c.asic + 1),
    };

    st->place_of = arena_take_array(mem, st->n_ports, sizeof *st->place_of);
    for (uint32_t p = 0, n = 0; p < st->n_ports; p++) {
        if (has_port(st, p)) {
            setups[n] = l->slots[st->c.slot].config->queues[p];
            st->place_of[p] = n++;
        }
    }
    st->queues = port_queues_open(&config, mem);
}

static bool egress_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    const uint64_t second_ps = 1000000000000;
    struct egress_state *st = state;

    (void)err;
    st->c = *(const struct egress_config *)config;
    const struct layout *l = st->c.layout;
    const struct linecard_type *card = layout_card(l, st->c.slot);
    const struct port_asic *asic = &card->asics[st->c.asic];
    st->card = card;
    st->latency_ps = l->config->port_tx_latency_ps;
    st->preamble_ps = (int64_t)(WIRE_PREAMBLE_BYTES * 8 * second_ps / asic->port_bps);
    st->gap_ps = (int64_t)(WIRE_GAP_BYTES * 8 * second_ps / asic->port_bps);
    st->first_port = l->slots[st->c.slot].config->first_port;
    st->n_ports = card->n_ports;
    st->shared = card->shared_buffers;
    st->narrow = layout_narrow(asic);
    st->cut_through = l->config->hops[HOP_ASIC_LINK] == CUT_THROUGH;
    st->link_bps = asic->link_bps;
    st->port_bps = asic->port_bps;
    st->buffer.limit = asic->tx_buffer_bytes;
    server_open(&st->link, asic->link_bps, mem);
    server_own_room(&st->link, asic->tx_buffer_bytes * 8 * (st->shared ? 1 : asic->n_ports));
    st->ports = arena_take_array(mem, st->n_ports, sizeof *st->ports);
    for (uint32_t p = 0; p < st->n_ports; p++) {
        server_open(&st->ports[p], asic->port_bps, mem);
        server_own_room(&st->ports[p], asic->tx_buffer_bytes * 8);
    }
    if (l->slots[st->c.slot].config->queues != NULL) {
        open_queues(st, asic, mem);
    }
    return true;
}

/* Passes the link to the port ASIC. */
static bool pass_link(struct egress_state *st, uint32_t bits, int64_t *at_ps)
{
    int64_t start, end;

    if (!server_offer(&st->link, *at_ps, bits, &start, &end)) {
        return false;
    }
    *at_ps =
        st->cut_through ? hop_cut_through_ps(start, end, bits, st->link_bps, st->port_bps) : end;
    return true;
}

/* Waits in the transmit buffer that the ports of the group share. */
static __attribute__((noinline)) bool offer_shared(struct egress_state *st, struct server *wire,
                                                   int64_t at_ps, uint32_t bits, uint32_t bytes,
                                                   int64_t *start_ps, int64_t *end_ps)
{
    if (!room_fits(&st->buffer, bytes)) {
        for (uint32_t p = 0; p < st->n_ports; p++) {
            server_release(&st->ports[p], at_ps);
        }
    }
    return server_offer_in(wire, at_ps, bits, &st->buffer, bytes, start_ps, end_ps);
}

/* Frames come to the port ASIC, into transmit buffers and onto wires. */
static inline void queue(struct egress_state *st, struct batch *b, struct sending *sending)
{
    struct packets *packets = st->c.packets;
    const struct row *rows = b->rows, *end = rows + b->n_rows;
    const struct packet *base = packets->base;
    const bool narrow = st->narrow, shared = st->shared;
    struct server *ports = st->ports - st->first_port;
    int64_t latency_ps = st->latency_ps;
    uint32_t k = 0;

    for (const struct row *row = rows; row < end; row++) {
        int64_t at = row->ready_ps, *start = &sending->start_ps[k];
        uint32_t bytes = load_bytes(row->load);
        uint32_t bits = (bytes + WIRE_PREAMBLE_BYTES + WIRE_GAP_BYTES) * 8u;
        struct server *wire = &ports[load_port(row->load)];
        __builtin_prefetch(&base[row->packet]);
        if (narrow && !pass_link(st, bytes * 8u, &at)) {
            packet_drop(packets, b, DROP_LINK_QUEUE, row->packet, row->ready_ps);
            continue;
        }
        at += latency_ps;
        if (!(shared ? offer_shared(st, wire, at, bits, bytes, start, &sending->end_ps[k])
                     : server_offer(wire, at, bits, start, &sending->end_ps[k]))) {
            packet_drop(packets, b, DROP_TRANSMIT_BUFFER, row->packet, row->ready_ps);
            continue;
        }
        sending->rows[k++] = row;
    }
    sending->n = k;
}

/* Each is a packet of one of several streams. */
static __attribute__((noinline)) void
tell_streams(const struct egress_state *st, const struct batch *b, const struct sending *sending)
{
    const struct packets *packets = st->c.packets;

    for (uint32_t k = 0; k < sending->n; k++) {
        const struct packet *packet = &packets->base[sending->rows[k]->packet];
        int64_t first = sending->start_ps[k] + st->preamble_ps;
        streams_deliver(packets->streams, b, packet->flow, packet->head.bytes,
                        sending->end_ps[k] - st->gap_ps, first - packet->born_ps);
    }
}

/* They leave the chassis. */
static inline void transmit(struct egress_state *st, struct batch *b, const struct sending *sending)
{
    struct outbox out = outbox_open(b);
    const struct packet *base = st->c.packets->base;
    int64_t preamble_ps = st->preamble_ps, gap_ps = st->gap_ps;
    uint64_t delivered_bytes = 0;

    for (uint32_t k = 0; k < sending->n; k++) {
        const struct row *row = sending->rows[k];
        int64_t first = sending->start_ps[k] + preamble_ps;
        int64_t last = sending->end_ps[k] - gap_ps;
        int64_t latency = first - base[row->packet].born_ps;
        if (outbox_deliver(&out, row->packet, row->ready_ps, first, last, latency)) {
            delivered_bytes += load_bytes(row->load);
        }
    }
    st->delivered_bytes += delivered_bytes;
    outbox_close(&out, b);
    if (__builtin_expect(st->c.packets->streams != NULL, 0)) {
        tell_streams(st, b, sending);
    }
    packets_free(st->c.packets, sending->rows, sending->n);
}

SIM_DISPATCH
static void egress_process(void *state, struct batch *b)
{
    struct egress_state *st = state;
    struct sending sending;

    if (st->c.layout->slots[st->c.slot].absent) {
        packets_drop_all(st->c.packets, b, DROP_MODULE_ABSENT);
        return;
    }
    queue(state, b, &sending);
    transmit(state, b, &sending);
}

/* ---- with QoS on ------------------------------------------------------------------------- */

static uint32_t class_of(const struct egress_state *st, uint32_t port, uint32_t packet)
{
    const struct layout *l = st->c.layout;
    uint32_t dscp = st->c.packets->base[packet].head.dscp;
    bool by_dscp = l->slots[st->c.slot].config->queues[port]->by_dscp;

    return by_dscp ? dscp : l->config->qos.dscp_cos[dscp];
}

/* Frames come to the port ASIC; what becomes of them there is decided when their time has come. */
static void arrive(struct egress_state *st, struct batch *b)
{
    for (uint32_t i = 0; i < b->n_rows; i++) {
        const struct row *row = &b->rows[i];
        int64_t at = row->ready_ps;
        if (st->narrow && !pass_link(st, load_bytes(row->load) * 8u, &at)) {
            packet_drop(st->c.packets, b, DROP_LINK_QUEUE, row->packet, row->ready_ps);
            continue;
        }
        uint32_t port = load_port(row->load) - st->first_port;
        port_queues_arrive(st->queues, *row, st->place_of[port], class_of(st, port, row->packet),
                           at + st->latency_ps);
    }
}

static inline void leave(struct egress_state *st, const struct batch *b, struct outbox *out,
                         const struct port_event *event)
{
    struct packets *packets = st->c.packets;
    const struct packet *packet = &packets->base[event->row.packet];
    int64_t first = event->start_ps + st->preamble_ps, last = event->end_ps - st->gap_ps;
    int64_t latency = first - packet->born_ps;

    if (outbox_deliver(out, event->row.packet, event->row.ready_ps, first, last, latency)) {
        st->delivered_bytes += load_bytes(event->row.load);
    }
    if (__builtin_expect(packets->streams != NULL, 0)) {
        streams_deliver(packets->streams, b, packet->flow, packet->head.bytes, last, latency);
    }
    packet_free(packets, event->row.packet);
}

/* What happens before the window ends, as much of it as an outbox takes. */
static bool settle(struct egress_state *st, struct batch *b)
{
    struct outbox out = outbox_open(b);
    struct port_event event;
    uint32_t n = 0;

    while (n < BATCH_MOST_ROWS && port_queues_step(st->queues, b->end_ps, &event)) {
        if (event.fate == PORT_SENT) {
            leave(st, b, &out, &event);
        } else {
            packet_drop(st->c.packets, b, event.fate == PORT_TAIL_DROPPED ? DROP_TAIL : DROP_WRED,
                        event.row.packet, event.row.ready_ps);
        }
        n++;
    }
    outbox_close(&out, b);
    return n == BATCH_MOST_ROWS;
}

SIM_DISPATCH
static void queues_process(void *state, struct batch *b)
{
    struct egress_state *st = state;

    if (st->c.layout->slots[st->c.slot].absent) {
        packets_drop_all(st->c.packets, b, DROP_MODULE_ABSENT);
    } else {
        arrive(st, b);
    }
    while (settle(st, b)) {
    }
}

static int64_t queues_next_ps(const void *state)
{
    return port_queues_next_ps(((const struct egress_state *)state)->queues);
}

static uint64_t queues_n_held(const void *state)
{
    return port_queues_n_held(((const struct egress_state *)state)->queues);
}

/* ---- what it says ------------------------------------------------------------------------ */

/* When the last frame taken in by now is at the port ASIC. */
static int64_t at_asic_ps(const struct egress_state *st, int64_t now_ps)
{
    return now_ps + server_backlog_ps(&st->link, now_ps) + st->latency_ps;
}

static void egress_mark(void *state, int64_t now_ps)
{
    struct egress_state *st = state;

    server_mark(&st->link, now_ps);
    if (st->queues != NULL) {
        port_queues_mark(st->queues, now_ps);
        return;
    }
    for (uint32_t p = 0; p < st->n_ports; p++) {
        server_mark(&st->ports[p], at_asic_ps(st, now_ps));
    }
}

static void show_port(const struct egress_state *st, uint32_t p, int64_t now_ps, struct report *out)
{
    const char *module =
        arena_printf(out->mem, "port %u/%u transmit", st->c.slot, st->card->port_number[p]);

    if (st->queues != NULL) {
        port_queues_show(st->queues, st->place_of[p], now_ps, module, out);
    } else {
        server_report(&st->ports[p], at_asic_ps(st, now_ps), module, "port", "bits", out);
    }
}

static void egress_show(const void *state, int64_t now_ps, struct report *out)
{
    const struct egress_state *st = state;
    uint32_t slot = st->c.slot, asic = st->c.asic;

    report_value(out, arena_printf(out->mem, "port ASIC %u/%u", slot, asic + 1), "delivered_bytes",
                 "bytes", (int64_t)st->delivered_bytes);
    if (st->narrow) {
        server_report(&st->link, now_ps,
                      arena_printf(out->mem, "port ASIC %u/%u transmit", slot, asic + 1), "uplink",
                      "bits", out);
    }
    for (uint32_t p = 0; p < st->n_ports; p++) {
        if (has_port(st, p)) {
            show_port(st, p, now_ps, out);
        }
    }
}

const struct stage_ops egress_stage = {
    .name = "egress",
    .drops = drops,
    .state_bytes = sizeof(struct egress_state),
    .open = egress_open,
    .process = egress_process,
    .mark = egress_mark,
    .show = egress_show,
};

const struct stage_ops egress_queues_stage = {
    .name = "egress",
    .drops = drops,
    .state_bytes = sizeof(struct egress_state),
    .open = egress_open,
    .process = queues_process,
    .next_ps = queues_next_ps,
    .n_held = queues_n_held,
    .mark = egress_mark,
    .show = egress_show,
};
