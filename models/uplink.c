#include "models/uplink.h"

#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/server.h"

enum { DROP_CHANNEL_QUEUE };
static const char *const drops[] = {"channel_queue_full", NULL};

struct uplink_state {
    struct uplink_config c;
    bool supervisor;
    uint32_t n_channels;
    uint32_t overhead_bytes;
    struct server channels[CONFIG_MAX_CHANNELS];
    struct room rooms[CONFIG_MAX_CHANNELS];
};

static bool uplink_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct uplink_state *st = state;

    (void)err;
    st->c = *(const struct uplink_config *)config;
    const struct layout *l = st->c.layout;
    const struct linecard_type *card = layout_card(l, st->c.slot);
    st->supervisor = card == NULL;
    st->n_channels = l->slots[st->c.slot].n_channels;
    st->overhead_bytes = l->config->fabric_overhead_bytes;
    for (uint32_t i = 0; i < st->n_channels; i++) {
        server_open(&st->channels[i],
                    st->supervisor ? l->config->supervisor->fabric_bps : card->channel_bps, mem);
        uint32_t n_buffers = st->supervisor        ? 0
                             : card->group_buffers ? card->n_groups
                                                   : card->n_ports;
        st->rooms[i].limit = st->supervisor ? l->config->fabric_egress_bytes
                                            : card->rx_buffer_bytes * n_buffers / st->n_channels;
    }
    return true;
}

SIM_DISPATCH
static void uplink_process(void *state, struct batch *b)
{
    struct uplink_state *st = state;

    for (uint32_t i = 0; i < b->n_rows; i++) {
        const struct row *row = &b->rows[i];
        struct packet_head head = st->c.packets->head[row->packet];
        uint32_t channel = st->supervisor ? 0 : st->c.layout->ports[head.ingress].channel;
        int64_t start, end;
        if (server_offer(&st->channels[channel], row->ready_ps,
                         (head.bytes + st->overhead_bytes) * 8u, &st->rooms[channel], head.bytes,
                         &start, &end)) {
            batch_send(b, channel, row->packet, row->ready_ps, end);
        } else {
            packet_drop(st->c.packets, b, DROP_CHANNEL_QUEUE, row->packet, row->ready_ps);
        }
    }
}

static void uplink_mark(void *state, int64_t now_ps)
{
    struct uplink_state *st = state;

    for (uint32_t i = 0; i < st->n_channels; i++) {
        server_mark(&st->channels[i], now_ps);
    }
}

static void uplink_show(const void *state, int64_t now_ps, struct report *out)
{
    const struct uplink_state *st = state;

    for (uint32_t i = 0; i < st->n_channels; i++) {
        server_report(&st->channels[i], now_ps,
                      arena_printf(out->mem, "fabric channel %u/%u to the fabric", st->c.slot, i),
                      "channel", "bits", out);
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
