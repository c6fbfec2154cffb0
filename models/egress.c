#include "models/egress.h"

#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/server.h"

enum { DROP_LINK_QUEUE, DROP_TRANSMIT_BUFFER };
static const char *const drops[] = {"link_queue_full", "transmit_buffer_full", NULL};

struct egress_state {
    struct egress_config c;
    const struct linecard_type *card;
    uint32_t first_port;
    int64_t latency_ps;
    int64_t preamble_ps, gap_ps;
    struct server *links;     /* by group */
    struct room *link_rooms;  /* by group */
    struct server *ports;     /* by port of the card */
    struct room *rooms;       /* by port, or by group when its ports share one buffer */
    uint32_t *first_of_group; /* port number; n_groups + 1 of them */
    uint64_t delivered_bytes; /* last bit sent in the measured interval */
};

static void groups_open(struct egress_state *st, struct arena *mem)
{
    const struct linecard_type *card = st->card;

    st->first_of_group = arena_take_array(mem, card->n_groups + 1, sizeof(uint32_t));
    for (uint32_t p = card->n_ports; p-- > 0;) {
        st->first_of_group[st->c.layout->ports[st->first_port + p].group] = p;
    }
    st->first_of_group[card->n_groups] = card->n_ports;
    for (uint32_t g = 0; g < card->n_groups; g++) {
        uint32_t n = st->first_of_group[g + 1] - st->first_of_group[g];
        server_open(&st->links[g], card->group_bps, mem);
        st->link_rooms[g].limit = card->tx_buffer_bytes * (card->group_buffers ? 1 : n);
    }
}

static bool egress_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct egress_state *st = state;

    (void)err;
    st->c = *(const struct egress_config *)config;
    const struct layout *l = st->c.layout;
    const struct slot_config *slot = l->slots[st->c.slot].config;
    const struct linecard_type *card = slot->card;
    st->card = card;
    st->first_port = slot->first_port;
    st->latency_ps = l->config->port_tx_latency_ps;
    st->preamble_ps = (int64_t)(WIRE_PREAMBLE_BYTES * 8 * 1000000000000 / card->port_bps);
    st->gap_ps = (int64_t)(WIRE_GAP_BYTES * 8 * 1000000000000 / card->port_bps);
    st->links = arena_take_array(mem, card->n_groups, sizeof *st->links);
    st->link_rooms = arena_take_array(mem, card->n_groups, sizeof *st->link_rooms);
    st->ports = arena_take_array(mem, card->n_ports, sizeof *st->ports);
    st->rooms = arena_take_array(mem, card->n_ports, sizeof *st->rooms);
    for (uint32_t p = 0; p < card->n_ports; p++) {
        server_open(&st->ports[p], card->port_bps, mem);
        st->rooms[p].limit = card->tx_buffer_bytes;
    }
    groups_open(st, mem);
    return true;
}

/* The port's transmit buffer with all that has left it given back. */
static inline struct room *room_at(struct egress_state *st, uint32_t port, uint32_t group,
                                   int64_t now_ps)
{
    if (!st->card->group_buffers) {
        server_release(&st->ports[port], now_ps);
        return &st->rooms[port];
    }
    for (uint32_t p = st->first_of_group[group]; p < st->first_of_group[group + 1]; p++) {
        server_release(&st->ports[p], now_ps);
    }
    return &st->rooms[group];
}

static inline void transmit(struct egress_state *st, struct batch *b, const struct row *row,
                            struct packet_head head, uint32_t group, int64_t at_asic_ps)
{
    uint32_t port = head.egress - st->first_port;
    struct server *wire = &st->ports[port];
    struct room *room = room_at(st, port, group, at_asic_ps);
    uint32_t bits = (head.bytes + WIRE_PREAMBLE_BYTES + WIRE_GAP_BYTES) * 8u;
    int64_t start;

    if (!room_fits(room, head.bytes)) {
        server_refuse(wire, bits);
        packet_drop(st->c.packets, b, DROP_TRANSMIT_BUFFER, row->packet, row->ready_ps);
        return;
    }
    int64_t end = server_serve(wire, at_asic_ps, bits, &start);
    server_keep(wire, room, head.bytes, end);
    int64_t first = start + st->preamble_ps;
    int64_t last = end - st->gap_ps;
    if (last >= b->measure_from_ps && last < b->measure_to_ps) {
        st->delivered_bytes += head.bytes;
    }
    batch_deliver(b, row->packet, row->ready_ps, first, last,
                  first - st->c.packets->born_ps[row->packet]);
    packet_free(st->c.packets, row->packet);
}

SIM_DISPATCH
static void egress_process(void *state, struct batch *b)
{
    struct egress_state *st = state;

    for (uint32_t i = 0; i < b->n_rows; i++) {
        const struct row *row = &b->rows[i];
        struct packet_head head = st->c.packets->head[row->packet];
        uint32_t group = st->c.layout->ports[head.egress].group;
        int64_t start, end;
        if (server_offer(&st->links[group], row->ready_ps, head.bytes * 8u, &st->link_rooms[group],
                         head.bytes, &start, &end)) {
            transmit(st, b, row, head, group, end + st->latency_ps);
        } else {
            packet_drop(st->c.packets, b, DROP_LINK_QUEUE, row->packet, row->ready_ps);
        }
    }
}

static void egress_mark(void *state, int64_t now_ps)
{
    struct egress_state *st = state;

    for (uint32_t g = 0; g < st->card->n_groups; g++) {
        server_mark(&st->links[g], now_ps);
    }
    for (uint32_t p = 0; p < st->card->n_ports; p++) {
        server_mark(&st->ports[p], now_ps);
    }
}

static void egress_show(const void *state, int64_t now_ps, struct report *out)
{
    const struct egress_state *st = state;
    uint32_t slot = st->c.slot;

    report_value(out, arena_printf(out->mem, "linecard %u", slot), "delivered_bytes", "bytes",
                 (int64_t)st->delivered_bytes);
    for (uint32_t g = 0; g < st->card->n_groups; g++) {
        server_report(&st->links[g], now_ps,
                      arena_printf(out->mem, "port ASIC %u/%u transmit", slot, g + 1), "uplink",
                      "bits", out);
    }
    for (uint32_t p = 0; p < st->card->n_ports; p++) {
        server_report(&st->ports[p], now_ps,
                      arena_printf(out->mem, "port %u/%u transmit", slot, p + 1), "port", "bits",
                      out);
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
