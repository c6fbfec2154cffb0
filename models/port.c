/* Why a link per port ASIC: a 6548-GE-TX sells 48 ports and passes 1 Gbit/s for each eight of them;
 * the loss happens here, before any lookup. */
#include "models/port.h"

#include "models/hop.h"
#include "models/receive_queues.h"
#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/server.h"

enum { DROP_RECEIVE_BUFFER, DROP_MODULE_ABSENT, DROP_TAIL, DROP_WRED };
static const char *const drops[] = {"receive_buffer_full", "module_absent", "receive_tail_drop",
                                    "receive_wred_drop", NULL};

struct port_state {
    struct port_stage_config c;
    int64_t latency_ps;
    uint32_t first_port; /* global index of the card's first */
    bool narrow;         /* the link is slower than the ports together */
    bool shared;         /* one buffer for all of them */
    bool cut_through;    /* the link */
    uint64_t link_bps;
    struct server link;
    struct room *rooms; /* by port of the card; the first one's is everybody's when shared */
    struct receive_queues *queues; /* in place of these, with QoS on; else NULL */
};

static void open_queues(struct port_state *st, struct arena *mem)
{
    const struct receive_queues_config config = {
        .layout = st->c.layout,
        .packets = st->c.packets,
        .flows = st->c.flows,
        .slot = st->c.slot,
        .server = &st->link,
        .name = arena_printf(mem, "receive %u/%u", st->c.slot, st->c.asic + 1),
    };

    st->queues = receive_queues_open(&config, mem);
}

static bool port_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct port_state *st = state;

    (void)err;
    st->c = *(const struct port_stage_config *)config;
    const struct layout *l = st->c.layout;
    const struct linecard_type *card = layout_card(l, st->c.slot);
    const struct port_asic *asic = &card->asics[st->c.asic];
    st->latency_ps = l->config->port_rx_latency_ps;
    st->first_port = l->slots[st->c.slot].config->first_port;
    st->narrow = layout_narrow(asic);
    st->shared = card->shared_buffers;
    st->cut_through = l->config->hops[HOP_ASIC_LINK] == CUT_THROUGH;
    st->link_bps = asic->link_bps;
    server_open(&st->link, asic->link_bps, mem);
    st->rooms = arena_take_array(mem, card->n_ports, sizeof *st->rooms);
    for (uint32_t p = 0; p < card->n_ports; p++) {
        st->rooms[p].limit = asic->rx_buffer_bytes;
    }
    if (st->narrow && receive_queues_of(l, st->c.slot)) {
        open_queues(st, mem);
    }
    return true;
}

/* When the next hop can have a frame that passes the link so. */
static int64_t handed_on_ps(const struct port_state *st, uint32_t bytes, int64_t start_ps,
                            int64_t end_ps)
{
    return st->latency_ps + (st->cut_through
                                 ? hop_cut_through_ps(start_ps, end_ps, bytes * 8u, st->link_bps,
                                                      layout_leaving_bps(st->c.layout, st->c.slot))
                                 : end_ps);
}

static void share_link(struct port_state *st, struct batch *b)
{
    for (uint32_t i = 0; i < b->n_rows; i++) {
        struct row row = b->rows[i];
        uint32_t bytes = load_bytes(row.load);
        struct room *room = &st->rooms[st->shared ? 0 : load_port(row.load) - st->first_port];
        int64_t start, end;
        if (server_offer_in(&st->link, row.ready_ps, bytes * 8u, room, bytes, &start, &end)) {
            row.ready_ps = handed_on_ps(st, bytes, start, end);
            batch_send(b, PORT_TO_CARD, row, b->rows[i].ready_ps);
        } else {
            packet_drop(st->c.packets, b, DROP_RECEIVE_BUFFER, row.packet, row.ready_ps);
        }
    }
}

SIM_DISPATCH
static void port_process(void *state, struct batch *b)
{
    struct port_state *st = state;

    if (st->c.layout->slots[st->c.slot].absent) {
        packets_drop_all(st->c.packets, b, DROP_MODULE_ABSENT);
    } else if (st->narrow) {
        share_link(st, b);
    } else {
        batch_pass(b, PORT_TO_CARD, st->latency_ps); /* as wide as its ports: nobody waits */
    }
}

/* ---- with QoS on ------------------------------------------------------------------------- */

/* All that the link begins with before then. */
static void settle(struct port_state *st, struct batch *b, int64_t before_ps)
{
    struct receive_event event;

    while (receive_queues_step(st->queues, before_ps, &event)) {
        int64_t came_ps = event.row.ready_ps;
        event.row.ready_ps =
            handed_on_ps(st, load_bytes(event.row.load), event.start_ps, event.end_ps);
        batch_send(b, PORT_TO_CARD, event.row, came_ps);
    }
}

SIM_DISPATCH
static void queues_process(void *state, struct batch *b)
{
    static const uint32_t reasons[] = {[RECEIVE_NO_ROOM] = DROP_RECEIVE_BUFFER,
                                       [RECEIVE_TAIL_DROPPED] = DROP_TAIL,
                                       [RECEIVE_WRED_DROPPED] = DROP_WRED};
    struct port_state *st = state;
    bool absent = st->c.layout->slots[st->c.slot].absent;

    for (const struct row *row = b->rows; row < b->rows + b->n_rows && !absent; row++) {
        settle(st, b, row->ready_ps);
        enum receive_fate fate = receive_queues_arrive(st->queues, *row, load_port(row->load));
        if (fate != RECEIVE_TAKEN) {
            packet_drop(st->c.packets, b, reasons[fate], row->packet, row->ready_ps);
        }
    }
    if (absent) {
        packets_drop_all(st->c.packets, b, DROP_MODULE_ABSENT);
    }
    settle(st, b, b->end_ps);
}

static int64_t queues_next_ps(const void *state)
{
    return receive_queues_next_ps(((const struct port_state *)state)->queues);
}

static uint64_t queues_n_held(const void *state)
{
    return receive_queues_n_held(((const struct port_state *)state)->queues);
}

/* ---- what it says ------------------------------------------------------------------------ */

static void port_mark(void *state, int64_t now_ps)
{
    struct port_state *st = state;

    if (st->queues != NULL) {
        receive_queues_mark(st->queues, now_ps);
    } else {
        server_mark(&st->link, now_ps);
    }
}

static void port_show(const void *state, int64_t now_ps, struct report *out)
{
    const struct port_state *st = state;

    const char *module =
        arena_printf(out->mem, "port ASIC %u/%u receive", st->c.slot, st->c.asic + 1);

    if (st->queues != NULL) {
        receive_queues_show_server(st->queues, now_ps, module, "uplink", out);
        receive_queues_show(st->queues, module, out);
    } else if (st->narrow) {
        server_report(&st->link, now_ps, module, "uplink", "bits", out);
    }
}

const struct stage_ops port_stage = {
    .name = "port",
    .drops = drops,
    .state_bytes = sizeof(struct port_state),
    .open = port_open,
    .process = port_process,
    .mark = port_mark,
    .show = port_show,
};

const struct stage_ops port_queues_stage = {
    .name = "port",
    .drops = drops,
    .state_bytes = sizeof(struct port_state),
    .open = port_open,
    .process = queues_process,
    .next_ps = queues_next_ps,
    .n_held = queues_n_held,
    .mark = port_mark,
    .show = port_show,
};
