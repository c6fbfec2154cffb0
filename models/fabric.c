#include "models/fabric.h"

#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/server.h"

enum { DROP_EGRESS_BUFFER };
static const char *const drops[] = {"fabric_egress_full", NULL};

struct output { /* of the crossbar: everything for one channel */
    struct server crossbar;
    struct server channel;
    struct room buffer;
    uint32_t slot, number;
};

struct fabric_state {
    struct fabric_config c;
    uint32_t n_outputs;
    uint32_t overhead_bytes;
    int64_t transit_ps;
    struct output *outputs; /* by number of the channel in the chassis */
};

static void output_open(struct fabric_state *st, uint32_t slot, uint32_t number, struct arena *mem)
{
    const struct layout *l = st->c.layout;
    const struct linecard_type *card = layout_card(l, slot);
    struct output *o = &st->outputs[l->slots[slot].first_channel + number];
    uint64_t rate = card == NULL ? l->config->supervisor->fabric_bps : card->channel_bps;

    server_open(&o->crossbar, rate * l->config->fabric_overspeed, mem);
    server_open(&o->channel, rate, mem);
    o->buffer.limit = l->config->fabric_egress_bytes;
    o->slot = slot;
    o->number = number;
}

static bool fabric_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct fabric_state *st = state;

    (void)err;
    st->c = *(const struct fabric_config *)config;
    const struct layout *l = st->c.layout;
    st->n_outputs = l->n_channels;
    st->overhead_bytes = l->config->fabric_overhead_bytes;
    st->transit_ps = l->config->fabric_transit_ps;
    st->outputs = arena_take_array(mem, st->n_outputs, sizeof *st->outputs);
    for (uint32_t s = 1; s <= l->config->chassis->n_slots; s++) {
        for (uint32_t i = 0; i < l->slots[s].n_channels; i++) {
            output_open(st, s, i, mem);
        }
    }
    return true;
}

static inline uint32_t output_of(const struct layout *l, struct packet_head head)
{
    if (head.egress == PACKET_TO_MSFC || layout_classic(l, head.egress)) {
        return l->supervisor_channel;
    }
    const struct port_place *out = &l->ports[head.egress];
    return l->slots[out->slot].first_channel + out->channel;
}

static inline uint32_t lane_of(const struct layout *l, struct packet_head head, uint32_t output)
{
    if (output != l->supervisor_channel) {
        return FABRIC_TO_CHANNEL(output);
    }
    return head.egress == PACKET_TO_MSFC ? FABRIC_TO_MSFC : FABRIC_TO_BUS;
}

SIM_DISPATCH
static void fabric_process(void *state, struct batch *b)
{
    struct fabric_state *st = state;

    for (uint32_t i = 0; i < b->n_rows; i++) {
        const struct row *row = &b->rows[i];
        struct packet_head head = st->c.packets->head[row->packet];
        uint32_t number = output_of(st->c.layout, head);
        struct output *o = &st->outputs[number];
        uint32_t bits = (head.bytes + st->overhead_bytes) * 8u;
        server_release(&o->channel, row->ready_ps);
        if (!room_fits(&o->buffer, head.bytes)) {
            server_refuse(&o->channel, bits);
            packet_drop(st->c.packets, b, DROP_EGRESS_BUFFER, row->packet, row->ready_ps);
            continue;
        }
        int64_t start;
        int64_t through = server_serve(&o->crossbar, row->ready_ps, bits, &start);
        int64_t end = server_serve(&o->channel, through + st->transit_ps, bits, &start);
        server_keep(&o->channel, &o->buffer, head.bytes, end);
        batch_send(b, lane_of(st->c.layout, head, number), row->packet, row->ready_ps, end);
    }
}

static void fabric_mark(void *state, int64_t now_ps)
{
    struct fabric_state *st = state;

    for (uint32_t i = 0; i < st->n_outputs; i++) {
        server_mark(&st->outputs[i].crossbar, now_ps);
        server_mark(&st->outputs[i].channel, now_ps);
    }
}

static void fabric_show(const void *state, int64_t now_ps, struct report *out)
{
    const struct fabric_state *st = state;

    for (uint32_t i = 0; i < st->n_outputs; i++) {
        const struct output *o = &st->outputs[i];
        server_report(
            &o->channel, now_ps,
            arena_printf(out->mem, "fabric channel %u/%u to the card", o->slot, o->number),
            "channel", "bits", out);
    }
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
