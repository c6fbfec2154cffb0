#include "models/uplink.h"

#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/server.h"

enum { DROP_CHANNEL_QUEUE };
static const char *const drops[] = {"channel_queue_full", NULL};

struct uplink_state {
    struct uplink_config c;
    uint32_t overhead_bytes;
    struct server channel;
};

/* The receive buffers of the ports behind the channel. */
static uint64_t queue_bytes(const struct layout *l, uint32_t slot)
{
    const struct linecard_type *card = layout_card(l, slot);

    if (card == NULL) {
        return l->config->fabric_egress_bytes;
    }
    uint32_t n_buffers = card->group_buffers ? card->n_groups : card->n_ports;
    return card->rx_buffer_bytes * n_buffers / card->n_channels;
}

static bool uplink_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct uplink_state *st = state;

    (void)err;
    st->c = *(const struct uplink_config *)config;
    const struct layout *l = st->c.layout;
    st->overhead_bytes = l->config->fabric_overhead_bytes;
    server_open(&st->channel, layout_channel_bps(l, st->c.slot), mem);
    server_own_room(&st->channel, queue_bytes(l, st->c.slot) * 8);
    return true;
}

SIM_DISPATCH
static void uplink_process(void *state, struct batch *b)
{
    struct uplink_state *st = state;
    const struct layout *l = st->c.layout;
    struct server channel = st->channel;
    struct outbox out = outbox_open(b);
    const struct row *rows = b->rows, *end = rows + b->n_rows;
    const uint32_t overhead_bytes = st->overhead_bytes;

    for (const struct row *row = rows; row < end; row++) {
        uint32_t bits = (load_bytes(row->load) + overhead_bytes) * 8u;
        int64_t start, across;
        if (server_offer(&channel, row->ready_ps, bits, &start, &across)) {
            outbox_send(&out, layout_channel_to(l, load_port(row->load)),
                        (struct row){across, row->packet, row->load}, row->ready_ps);
        } else {
            packet_drop(st->c.packets, b, DROP_CHANNEL_QUEUE, row->packet, row->ready_ps);
        }
    }
    outbox_close(&out, b);
    st->channel = channel;
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
