#include "models/uplink.h"

#include "models/hop.h"
#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/server.h"

enum { DROP_CHANNEL_QUEUE, DROP_MODULE_ABSENT, DROP_FABRIC_DOWN };
static const char *const drops[] = {"channel_queue_full", "module_absent", "fabric_down", NULL};

struct uplink_state {
    struct uplink_config c;
    uint32_t overhead_bytes;
    uint64_t bps;
    bool cut_through;
    uint64_t *next_bps; /* by lane: the crossbar's towards that output */
    struct server channel;
};

/* The receive buffers of the ports behind the channel. */
static uint64_t queue_bytes(const struct layout *l, uint32_t slot, uint32_t channel)
{
    return slot == l->supervisor_slot ? l->config->fabric_egress_bytes
                                      : layout_receive_bytes(layout_card(l, slot), channel);
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

static void uplink_mark(void *state, int64_t now_ps)
{
    struct uplink_state *st = state;

    server_mark(&st->channel, now_ps);
}

static void uplink_show(const void *state, int64_t now_ps, struct report *out)
{
    const struct uplink_state *st = state;

    server_report(
        &st->channel, now_ps,
        arena_printf(out->mem, "fabric channel %u/%u to the fabric", st->c.slot, st->c.channel),
        "channel", "bits", out);
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
