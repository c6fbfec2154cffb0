/* Why a link per port ASIC: a 6548-GE-TX sells 48 ports and passes 1 Gbit/s for each eight of them;
 * the loss happens here, before any lookup. */
#include "models/port.h"

#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/server.h"

enum { DROP_RECEIVE_BUFFER };
static const char *const drops[] = {"receive_buffer_full", NULL};

struct port_state {
    const struct layout *layout;
    struct packets *packets;
    const struct linecard_type *card;
    uint32_t slot;
    uint32_t first_port;
    int64_t latency_ps;
    uint64_t offered_bytes, offered_bytes_at_mark;
    struct server *links; /* by group */
    struct room *rooms;   /* by port, or by group when its ports share one buffer */
};

static bool port_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct port_state *st = state;
    const struct port_config_rx *c = config;
    const struct slot_config *slot = c->layout->slots[c->slot].config;
    const struct linecard_type *card = slot->card;

    (void)err;
    st->layout = c->layout;
    st->packets = c->packets;
    st->card = card;
    st->slot = c->slot;
    st->first_port = slot->first_port;
    st->latency_ps = c->layout->config->port_rx_latency_ps;
    st->links = arena_take_array(mem, card->n_groups, sizeof *st->links);
    st->rooms = arena_take_array(mem, card->n_ports, sizeof *st->rooms);
    for (uint32_t g = 0; g < card->n_groups; g++) {
        server_open(&st->links[g], card->group_bps, mem);
    }
    for (uint32_t p = 0; p < card->n_ports; p++) {
        st->rooms[p].limit = card->rx_buffer_bytes;
    }
    return true;
}

SIM_DISPATCH
static void port_process(void *state, struct batch *b)
{
    struct port_state *st = state;

    for (uint32_t i = 0; i < b->n_rows; i++) {
        const struct row *row = &b->rows[i];
        struct packet_head head = st->packets->head[row->packet];
        uint32_t group = st->layout->ports[head.ingress].group;
        uint32_t buffer = st->card->group_buffers ? group : head.ingress - st->first_port;
        int64_t start, end;
        st->offered_bytes += head.bytes;
        if (server_offer(&st->links[group], row->ready_ps, head.bytes * 8u, &st->rooms[buffer],
                         head.bytes, &start, &end)) {
            batch_send(b, group, row->packet, row->ready_ps, end + st->latency_ps);
        } else {
            packet_drop(st->packets, b, DROP_RECEIVE_BUFFER, row->packet, row->ready_ps);
        }
    }
}

static void port_mark(void *state, int64_t now_ps)
{
    struct port_state *st = state;

    st->offered_bytes_at_mark = st->offered_bytes;
    for (uint32_t g = 0; g < st->card->n_groups; g++) {
        server_mark(&st->links[g], now_ps);
    }
}

static void port_show(const void *state, int64_t now_ps, struct report *out)
{
    const struct port_state *st = state;

    report_value(out, arena_printf(out->mem, "linecard %u", st->slot), "offered_bytes", "bytes",
                 (int64_t)(st->offered_bytes - st->offered_bytes_at_mark));
    for (uint32_t g = 0; g < st->card->n_groups; g++) {
        server_report(&st->links[g], now_ps,
                      arena_printf(out->mem, "port ASIC %u/%u receive", st->slot, g + 1), "uplink",
                      "bits", out);
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
