#include "models/uplink.h"

#include "models/hop.h"
#include "models/receive_queues.h"
#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/server.h"

enum { DROP_CHANNEL_QUEUE, DROP_MODULE_ABSENT, DROP_FABRIC_DOWN, DROP_TAIL, DROP_WRED };
static const char *const drops[] = {"channel_queue_full", "module_absent",     "fabric_down",
                                    "receive_tail_drop",  "receive_wred_drop", NULL};

struct uplink_state {
    struct uplink_config c;
    uint32_t overhead_bytes;
    uint64_t bps;
    bool cut_through;
    uint64_t *next_bps; /* by lane: the crossbar's towards that output */
    struct server channel;
    struct receive_queues *queues; /* of the ports behind it, with QoS on; else NULL */
};

/* The receive buffers of the ports behind the channel. */
static uint64_t queue_bytes(const struct layout *l, uint32_t slot, uint32_t channel)
{
    return slot == l->supervisor_slot ? l->config->fabric_egress_bytes
                                      : layout_receive_bytes(layout_card(l, slot), channel);
}

static void open_queues(struct uplink_state *st, struct arena *mem)
{
    const struct receive_queues_config config = {
        .layout = st->c.layout,
        .packets = st->c.packets,
        .flows = st->c.flows,
        .slot = st->c.slot,
        .pool_bytes = queue_bytes(st->c.layout, st->c.slot, st->c.channel),
        .server = &st->channel,
        .overhead_bytes = st->overhead_bytes,
        .name = arena_printf(mem, "channel %u/%u", st->c.slot, st->c.channel),
    };

    st->queues = receive_queues_open(&config, mem);
}

static bool uplink_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct uplink_state *st = state;

    (void)err;
    st->c = *(const struct uplink_config *)config;
    const struct layout *l = st->c.layout;
    st->overhead_bytes = l->config->fabric_overhead_bytes;
    st->bps = layout_channel_bps(l, st->c.slot);
    st->cut_through = l->config->hops[HOP_UPLINK] == CUT_THROUGH;
    st->next_bps = arena_take_array(mem, l->n_channels, sizeof *st->next_bps);
    for (uint32_t slot = 1; slot <= l->config->chassis->n_slots; slot++) {
        for (uint32_t i = 0; i < l->slots[slot].n_channels; i++) {
            st->next_bps[l->slots[slot].first_channel + i] =
                layout_channel_bps(l, slot) * l->config->fabric_overspeed;
        }
    }
    server_open(&st->channel, st->bps, mem);
    server_own_room(&st->channel, queue_bytes(l, st->c.slot, st->c.channel) * 8);
    if (st->c.slot != l->supervisor_slot && receive_queues_of(l, st->c.slot)) {
        open_queues(st, mem);
    }
    return true;
}

/* Compiled twice: what a cut-through hop asks for is not in the usual loop. */
static inline __attribute__((always_inline)) void pass(struct uplink_state *st, struct batch *b,
                                                       const bool cut_through)
{
    const struct layout *l = st->c.layout;
    struct server channel = st->channel;
    struct outbox out = outbox_open(b);
    const struct row *rows = b->rows, *end = rows + b->n_rows;
    const uint32_t overhead_bytes = st->overhead_bytes;

    for (const struct row *row = rows; row < end; row++) {
        uint32_t bits = (load_bytes(row->load) + overhead_bytes) * 8u;
        uint32_t lane = layout_channel_to(l, load_port(row->load));
        int64_t start, across;
        if (server_offer(&channel, row->ready_ps, bits, &start, &across)) {
            if (cut_through) {
                across = hop_cut_through_ps(start, across, bits, st->bps, st->next_bps[lane]);
            }
            outbox_send(&out, lane, (struct row){across, row->packet, row->load}, row->ready_ps);
        } else {
            packet_drop(st->c.packets, b, DROP_CHANNEL_QUEUE, row->packet, row->ready_ps);
        }
    }
    outbox_close(&out, b);
    st->channel = channel;
}

SIM_DISPATCH
static void uplink_process(void *state, struct batch *b)
{
    struct uplink_state *st = state;

    if (st->c.layout->slots[st->c.slot].absent) {
        packets_drop_all(st->c.packets, b, DROP_MODULE_ABSENT);
    } else if (!st->c.layout->fabric_up) {
        packets_drop_all(st->c.packets, b, DROP_FABRIC_DOWN);
    } else {
        st->cut_through ? pass(st, b, true) : pass(st, b, false);
    }
}

/* ---- with QoS on ------------------------------------------------------------------------- */

/* All that the channel begins with before then. */
static void settle(struct uplink_state *st, struct batch *b, int64_t before_ps)
{
    struct receive_event event;

    while (receive_queues_step(st->queues, before_ps, &event)) {
        uint32_t lane = layout_channel_to(st->c.layout, load_port(event.row.load));
        int64_t came_ps = event.row.ready_ps;
        event.row.ready_ps = event.end_ps;
        if (st->cut_through) {
            uint32_t bits = (load_bytes(event.row.load) + st->overhead_bytes) * 8u;
            event.row.ready_ps =
                hop_cut_through_ps(event.start_ps, event.end_ps, bits, st->bps, st->next_bps[lane]);
        }
        batch_send(b, lane, event.row, came_ps);
    }
}

static void arrive(struct uplink_state *st, struct batch *b, const struct row *row)
{
    static const uint32_t reasons[] = {[RECEIVE_NO_ROOM] = DROP_CHANNEL_QUEUE,
                                       [RECEIVE_TAIL_DROPPED] = DROP_TAIL,
                                       [RECEIVE_WRED_DROPPED] = DROP_WRED};
    uint32_t ingress = st->c.packets->base[row->packet].head.ingress;

    settle(st, b, row->ready_ps);
    enum receive_fate fate = receive_queues_arrive(st->queues, *row, ingress);
    if (fate != RECEIVE_TAKEN) {
        packet_drop(st->c.packets, b, reasons[fate], row->packet, row->ready_ps);
    }
}

SIM_DISPATCH
static void queues_process(void *state, struct batch *b)
{
    struct uplink_state *st = state;
    bool absent = st->c.layout->slots[st->c.slot].absent, up = st->c.layout->fabric_up;

    if (absent || !up) {
        packets_drop_all(st->c.packets, b, absent ? DROP_MODULE_ABSENT : DROP_FABRIC_DOWN);
    } else {
        for (uint32_t i = 0; i < b->n_rows; i++) {
            arrive(st, b, &b->rows[i]);
        }
    }
    settle(st, b, b->end_ps);
}

static int64_t queues_next_ps(const void *state)
{
    return receive_queues_next_ps(((const struct uplink_state *)state)->queues);
}

static uint64_t queues_n_held(const void *state)
{
    return receive_queues_n_held(((const struct uplink_state *)state)->queues);
}

/* ---- what it says ------------------------------------------------------------------------ */

static void uplink_mark(void *state, int64_t now_ps)
{
    struct uplink_state *st = state;

    if (st->queues != NULL) {
        receive_queues_mark(st->queues, now_ps);
    } else {
        server_mark(&st->channel, now_ps);
    }
}

static void uplink_show(const void *state, int64_t now_ps, struct report *out)
{
    const struct uplink_state *st = state;
    const char *module =
        arena_printf(out->mem, "fabric channel %u/%u to the fabric", st->c.slot, st->c.channel);

    if (st->queues != NULL) {
        receive_queues_show_server(st->queues, now_ps, module, "channel", out);
        receive_queues_show(st->queues, module, out);
    } else {
        server_report(&st->channel, now_ps, module, "channel", "bits", out);
    }
}

const struct stage_ops uplink_stage = {
    .name = "uplink",
    .drops = drops,
    .state_bytes = sizeof(struct uplink_state),
    .open = uplink_open,
    .process = uplink_process,
    .mark = uplink_mark,
    .show = uplink_show,
};

const struct stage_ops uplink_queues_stage = {
    .name = "uplink",
    .drops = drops,
    .state_bytes = sizeof(struct uplink_state),
    .open = uplink_open,
    .process = queues_process,
    .next_ps = queues_next_ps,
    .n_held = queues_n_held,
    .mark = uplink_mark,
    .show = uplink_show,
};
