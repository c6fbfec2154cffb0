/* Why a link per port ASIC: a 6548-GE-TX sells 48 ports and passes 1 Gbit/s for each eight of them;
 * the loss happens here, before any lookup. */
#include "models/port.h"

#include "models/hop.h"
#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/server.h"

enum { DROP_RECEIVE_BUFFER, DROP_MODULE_ABSENT };
static const char *const drops[] = {"receive_buffer_full", "module_absent", NULL};

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
};

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
    return true;
}

static void share_link(struct port_state *st, struct batch *b)
{
    for (uint32_t i = 0; i < b->n_rows; i++) {
        struct row row = b->rows[i];
        uint32_t bytes = load_bytes(row.load);
        struct room *room = &st->rooms[st->shared ? 0 : load_port(row.load) - st->first_port];
        int64_t start, end;
        if (server_offer_in(&st->link, row.ready_ps, bytes * 8u, room, bytes, &start, &end)) {
            if (st->cut_through) {
                end = hop_cut_through_ps(start, end, bytes * 8u, st->link_bps,
                                         layout_leaving_bps(st->c.layout, st->c.slot));
            }
            row.ready_ps = end + st->latency_ps;
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

static void port_mark(void *state, int64_t now_ps)
{
    struct port_state *st = state;

    server_mark(&st->link, now_ps);
}

static void port_show(const void *state, int64_t now_ps, struct report *out)
{
    const struct port_state *st = state;

    if (st->narrow) {
        server_report(&st->link, now_ps,
                      arena_printf(out->mem, "port ASIC %u/%u receive", st->c.slot, st->c.asic + 1),
                      "uplink", "bits", out);
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
