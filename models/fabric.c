#include "models/fabric.h"

#include "models/hop.h"
#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/server.h"

enum { DROP_EGRESS_BUFFER, DROP_MODULE_ABSENT, DROP_FABRIC_DOWN };
static const char *const drops[] = {"fabric_egress_full", "module_absent", "fabric_down", NULL};

struct fabric_state {
    struct fabric_config c;
    bool supervisor;
    uint32_t overhead_bytes;
    int64_t transit_ps;
    uint64_t bps, crossbar_bps;
    bool crossbar_cut_through, channel_cut_through;
    struct server crossbar, channel;
};

static bool fabric_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct fabric_state *st = state;

    (void)err;
    st->c = *(const struct fabric_config *)config;
    const struct layout *l = st->c.layout;
    uint64_t rate = st->bps = layout_channel_bps(l, st->c.slot);
    st->crossbar_cut_through = l->config->hops[HOP_CROSSBAR] == CUT_THROUGH;
    st->channel_cut_through = l->config->hops[HOP_DOWNLINK] == CUT_THROUGH;
    st->supervisor = st->c.slot == l->supervisor_slot;
    st->overhead_bytes = l->config->fabric_overhead_bytes;
    st->transit_ps = l->config->fabric_transit_ps;
    st->crossbar_bps = rate * l->config->fabric_overspeed;
    server_open(&st->crossbar, st->crossbar_bps, mem);
    server_open(&st->channel, rate, mem);
    server_own_room(&st->channel, l->config->fabric_egress_bytes * 8);
    return true;
}

/* The supervisor's interface puts what is for modules in bus mode on the bus. */
static uint32_t lane_of(const struct fabric_state *st, uint32_t port)
{
    const struct port_place *ports = st->c.layout->ports;

    if (st->supervisor && port == PACKET_TO_MSFC) {
        return FABRIC_TO_MSFC;
    }
    return st->supervisor && (ports[port].slot != st->c.slot || ports[port].busmode)
               ? FABRIC_TO_BUS
               : FABRIC_TO_EGRESS(ports[port].asic);
}

/* The rate of what takes a frame from the channel. */
static uint64_t next_bps(const struct fabric_state *st, uint32_t lane, uint32_t port)
{
    const struct layout *l = st->c.layout;

    return lane == FABRIC_TO_MSFC  ? l->config->supervisor->inband_bps
           : lane == FABRIC_TO_BUS ? LAYOUT_BUS_BPS
                                   : layout_sending_bps(l, port);
}

/* Compiled twice: what cut-through hops ask for is not in the usual loop. */
static inline __attribute__((always_inline)) void cross(struct fabric_state *st, struct batch *b,
                                                        const bool cut_through)
{
    struct server crossbar = st->crossbar, channel = st->channel;
    struct outbox out = outbox_open(b);
    const struct row *rows = b->rows, *end = rows + b->n_rows;
    const struct port_place *ports = st->c.layout->ports;
    const bool supervisor = st->supervisor;
    const uint32_t overhead_bytes = st->overhead_bytes;
    const int64_t transit_ps = st->transit_ps;

    for (const struct row *row = rows; row < end; row++) {
        uint32_t bits = (load_bytes(row->load) + overhead_bytes) * 8u, port = load_port(row->load);
        int64_t start;
        if (!server_fits(&channel, row->ready_ps + transit_ps, bits)) {
            server_refuse(&channel, bits);
            packet_drop(st->c.packets, b, DROP_EGRESS_BUFFER, row->packet, row->ready_ps);
            continue;
        }
        int64_t through = server_serve(&crossbar, row->ready_ps, bits, &start);
        if (cut_through && st->crossbar_cut_through) {
            through = hop_cut_through_ps(start, through, bits, st->crossbar_bps, st->bps);
        }
        int64_t at_card = server_serve(&channel, through + transit_ps, bits, &start);
        uint32_t lane = supervisor ? lane_of(st, port) : FABRIC_TO_EGRESS(ports[port].asic);
        if (cut_through && st->channel_cut_through) {
            at_card = hop_cut_through_ps(start, at_card, bits, st->bps, next_bps(st, lane, port));
        }
        outbox_send(&out, lane, (struct row){at_card, row->packet, row->load}, row->ready_ps);
    }
    outbox_close(&out, b);
    st->crossbar = crossbar;
    st->channel = channel;
}

SIM_DISPATCH
static void fabric_process(void *state, struct batch *b)
{
    struct fabric_state *st = state;

    if (st->c.layout->slots[st->c.slot].absent) {
        packets_drop_all(st->c.packets, b, DROP_MODULE_ABSENT);
    } else if (!st->c.layout->fabric_up) {
        packets_drop_all(st->c.packets, b, DROP_FABRIC_DOWN);
    } else {
        bool cut_through = st->crossbar_cut_through || st->channel_cut_through;
        cut_through ? cross(st, b, true) : cross(st, b, false);
    }
}

/* Frames come to the channel later than to the crossbar: at the latest then those taken in by now.
 */
static int64_t at_channel_ps(const struct fabric_state *st, int64_t now_ps)
{
    return now_ps + server_backlog_ps(&st->crossbar, now_ps) + st->transit_ps;
}

static void fabric_mark(void *state, int64_t now_ps)
{
    struct fabric_state *st = state;

    server_mark(&st->channel, at_channel_ps(st, now_ps));
}

static void fabric_show(const void *state, int64_t now_ps, struct report *out)
{
    const struct fabric_state *st = state;

    server_report(
        &st->channel, at_channel_ps(st, now_ps),
        arena_printf(out->mem, "fabric channel %u/%u to the card", st->c.slot, st->c.channel),
        "channel", "bits", out);
}

const struct stage_ops fabric_stage = {
    .name = "fabric",
    .drops = drops,
    .state_bytes = sizeof(struct fabric_state),
    .open = fabric_open,
    .process = fabric_process,
    .mark = fabric_mark,
    .show = fabric_show,
};
