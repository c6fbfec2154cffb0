#include "models/traffic.h"

#include <stddef.h>

#include "models/config.h"
#include "models/flows.h"
#include "models/frames.h"
#include "models/packet.h"
#include "models/qos.h"
#include "models/streams.h"
#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/error.h"
#include "sim/report.h"

#define BYTE_S_IN_PS 8000000000000u /* one byte a second */

/* A stream at one port. */
struct source {
    struct frames frames;
    uint32_t at; /* the frames before are gone */
    uint32_t stream;
    int64_t stop_ps;
    struct packet_head head; /* of its packets, but for bytes */
};

/* One port of the tester. */
struct wire {
    struct source *sources; /* in stream order */
    uint32_t n_sources;
    uint32_t lane;
    uint64_t name;  /* of the next packet */
    int64_t gap_ps; /* at least, between frames */
    int64_t free_ps;
    int64_t next_ps; /* ready time of the next packet */
};

struct traffic {
    struct packets *packets;
    const struct flow_tables *flows;
    struct wire *wires;
    uint32_t n_wires;
    uint32_t slot;
    int64_t next_ps;
    struct {
        uint64_t n_frames, bytes;
    } sent, at_mark;
};

/* The source whose frame goes next: wanted first, else first in stream order. *until_ps gets the
 * time before which it stays the one. */
static inline struct source *first_source(const struct wire *w, int64_t *until_ps)
{
    struct source *first = w->sources;
    int64_t first_ps = first->frames.wanted_ps[first->at];
    *until_ps = SIM_NEVER;
    for (uint32_t i = 1; i < w->n_sources; i++) {
        struct source *s = &w->sources[i];
        int64_t wanted_ps = s->frames.wanted_ps[s->at];
        if (wanted_ps < first_ps) {
            *until_ps = first_ps;
            first = s;
            first_ps = wanted_ps;
        } else if (wanted_ps < *until_ps) {
            *until_ps = wanted_ps;
        }
    }
    return first;
}

/* Frames s->at, ... of s become packets: n of them. */
static inline void create(struct traffic *t, struct wire *w, const struct source *s,
                          const int64_t *ready_ps, uint32_t n, struct batch *b)
{
    struct row *rows = batch_room(b, w->lane, n);
    uint32_t ids[FRAMES_BLOCK];
    packets_take(t->packets, n, ids); /* may move the columns */
    const struct packets p = *t->packets;
    const struct flow_tables flows = *t->flows;
    const struct packet_head head = s->head;
    const uint32_t *flow = &s->frames.flow[s->at], *bytes = &s->frames.bytes[s->at];
    const bool special = head.family != IPV4 || head.flags != 0;
    uint64_t name = w->name, sum_bytes = 0;
#pragma GCC unroll 4
    for (uint32_t i = 0; i < n; i++) {
        __builtin_prefetch(&p.base[ids[i]], 1);
    }
    for (uint32_t i = 0; i < n; i++) {
        struct packet *packet = &p.base[ids[i]];
        *packet = (struct packet){ready_ps[i], name + i, s->head, flows.dst4[flow[i]], flow[i]};
        packet->head.bytes = (uint16_t)bytes[i];
        rows[i] = (struct row){ready_ps[i], ids[i], load_of(bytes[i], head.ingress, special)};
        sum_bytes += bytes[i];
    }
    for (uint32_t i = 0; i < n && head.family == IPV6; i++) {
        p.dst6_hi[ids[i]] = flows.dst6_hi[flow[i]];
        p.dst6_lo[ids[i]] = flows.dst6_lo[flow[i]];
    }
    w->name = name + n;
    t->sent.n_frames += n;
    t->sent.bytes += sum_bytes;
    if (__builtin_expect(p.streams != NULL, 0)) {
        streams_offer(p.streams, b, s->stream, n, sum_bytes);
    }
    batch_create(b, w->lane, n);
}

/* Sends frames of s, the first in any case, others while they are wanted before until_ps. Returns
 * false when the next one is not received before end_ps. */
static inline __attribute__((always_inline)) bool
send(struct traffic *t, struct wire *w, struct source *s, int64_t until_ps, struct batch *b)
{
    struct frames *f = &s->frames;
    int64_t ready_ps[FRAMES_BLOCK];
    int64_t gap_ps = w->gap_ps, end_ps = b->end_ps, stop_ps = s->stop_ps, free_ps = w->free_ps;
    int64_t wanted_ps = f->wanted_ps[s->at];
    uint32_t i = s->at;
    bool more = true;
    do {
        int64_t start_ps = wanted_ps > free_ps ? wanted_ps : free_ps;
        int64_t next_free_ps = start_ps + f->wire_ps[i], last_bit_ps = next_free_ps - gap_ps;
        if (start_ps >= stop_ps) {
            f->wanted_ps[i] = SIM_NEVER; /* the source stays at this frame */
            break;
        }
        if (last_bit_ps >= end_ps) {
            w->next_ps = last_bit_ps;
            more = false;
            break;
        }
        ready_ps[i] = last_bit_ps;
        free_ps = next_free_ps;
        wanted_ps = f->wanted_ps[++i];
    } while (wanted_ps < until_ps);
    w->free_ps = free_ps;
    if (i > s->at) {
        create(t, w, s, ready_ps + s->at, i - s->at, b);
    }
    s->at = i;
    if (i == FRAMES_BLOCK) {
        frames_fill(f);
        s->at = 0;
    }
    return more;
}

SIM_DISPATCH
static void traffic_process(void *state, struct batch *b)
{
    struct traffic *t = state;
    t->next_ps = SIM_NEVER;
    for (uint32_t i = 0; i < t->n_wires; i++) {
        struct wire *w = &t->wires[i];
        bool more = w->next_ps < b->end_ps;
        while (more) {
            int64_t until_ps;
            struct source *s = first_source(w, &until_ps);
            w->next_ps = SIM_NEVER;
            more = s->frames.wanted_ps[s->at] != SIM_NEVER && send(t, w, s, until_ps, b);
        }
        t->next_ps = w->next_ps < t->next_ps ? w->next_ps : t->next_ps;
    }
}

static int64_t traffic_next_ps(const void *state)
{
    const struct traffic *t = state;
    return t->next_ps;
}

static uint64_t traffic_n_held(const void *state)
{
    (void)state; /* packets exist from their last bit on */
    return 0;
}

/* --- Opening --------------------------------------------------------------------------------- */

static struct packet_head head_of(const struct chassis_config *chassis,
                                  const struct stream_config *stream, uint32_t port)
{
    struct packet_head head = {.ingress = (uint16_t)port};

    bool of_vrf = chassis->n_vrfs > 0 && stream->family == IPV4 &&
                  (stream->label_vrf != 0 || config_vrf(chassis, port) != 0);

    head.family = stream->family == IPV6;
    head.dscp =
        qos_internal_dscp(&chassis->qos, &chassis->ports[port], stream->cos, stream->dscp) & 63u;
    head.flags =
        (uint8_t)((stream->other_mac ? PACKET_NOT_ROUTED : 0) | (of_vrf ? PACKET_OF_VRF : 0) |
                  (stream->ttl_1 ? PACKET_TTL_ENDS : 0) | (stream->options ? PACKET_OPTIONS : 0));
    return head;
}

/* Port number `index` of the stream. */
static void source_open(struct source *s, const struct frames_plan *plan, uint32_t index,
                        const struct traffic_config *config, const char *stage)
{
    const struct stream_config *stream = plan->stream;
    s->stream = (uint32_t)(stream - config->chassis->streams);
    const uint32_t *first = &config->flows->first[s->stream];
    uint32_t n_flows = first[1] - first[0];
    s->stop_ps = stream->stop_ps;
    s->head = head_of(config->chassis, stream, stream->ports[index]);
    frames_open(&s->frames, plan, rng_open(config->chassis->seed, stage, stream->name),
                first[0] + index, stream->n_ports, (n_flows - index - 1) / stream->n_ports + 1);
    frames_fill(&s->frames);
}

/* The port's number in the stream, or n_ports when it is not one of its ports. */
static uint32_t port_index(const struct stream_config *stream, uint32_t port)
{
    uint32_t i = 0;
    while (i < stream->n_ports && stream->ports[i] != port) {
        i++;
    }
    return i;
}

/* Port `lane` of the slot, with a source for each stream it is in: how many. */
static uint32_t wire_open(struct wire *w, struct source *sources, const struct frames_plan *plans,
                          const struct traffic_config *config, uint32_t lane, struct arena *mem)
{
    const struct chassis_config *chassis = config->chassis;
    const struct slot_config *slot = &chassis->slots[config->slot_index];
    const struct linecard_type *card = slot->card;
    const char *stage = arena_printf(mem, "traffic %u/%u", slot->slot, card->port_number[lane]);
    uint64_t port_bps = card->asics[card->port_asic[lane]].port_bps;
    uint32_t port = slot->first_port + lane, n = 0;
    for (uint32_t i = 0; i < chassis->n_streams; i++) {
        uint32_t index = port_index(&chassis->streams[i], port);
        if (index < chassis->streams[i].n_ports) {
            source_open(&sources[n++], &plans[i], index, config, stage);
        }
    }
    *w = (struct wire){
        .sources = sources,
        .n_sources = n,
        .lane = lane,
        .name = (uint64_t)port << 40,
        .gap_ps = WIRE_GAP_BYTES * (int64_t)(BYTE_S_IN_PS / port_bps),
        .next_ps = -1,
    };
    return n;
}

static uint32_t sources_in_slot(const struct stream_config *stream, const struct slot_config *slot)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < stream->n_ports; i++) {
        n += stream->ports[i] - slot->first_port < slot->card->n_ports;
    }
    return n;
}

/* How each stream fills ports of such a rate. NULL: not to be had (reported). */
static struct frames_plan *plan_streams(const struct chassis_config *chassis,
                                        const struct slot_config *slot, uint64_t port_bps,
                                        struct arena *mem, struct error *err)
{
    struct frames_plan *plans = arena_take_array(mem, chassis->n_streams, sizeof *plans);
    bool good = true;

    if (BYTE_S_IN_PS % port_bps != 0) {
        error_add(err, "%s: a byte of its ports is no whole number of picoseconds",
                  slot->card->model);
        return NULL;
    }
    for (uint32_t i = 0; i < chassis->n_streams; i++) {
        if (sources_in_slot(&chassis->streams[i], slot) > 0) {
            good &= frames_plan_open(&plans[i], &chassis->streams[i],
                                     (uint32_t)(BYTE_S_IN_PS / port_bps), err);
        }
    }
    return good ? plans : NULL;
}

static bool traffic_open(void *state, const void *configuration, struct arena *mem,
                         struct error *err)
{
    struct traffic *t = state;
    const struct traffic_config *config = configuration;
    const struct chassis_config *chassis = config->chassis;
    const struct slot_config *slot = &chassis->slots[config->slot_index];
    const struct linecard_type *card = slot->card;
    struct frames_plan *plans[CONFIG_MAX_ASICS];
    uint32_t n_sources = 0;

    t->packets = config->packets;
    t->flows = config->flows;
    t->slot = slot->slot;
    for (uint32_t a = 0; a < card->n_asics; a++) {
        bool again = a > 0 && card->asics[a].port_bps == card->asics[a - 1].port_bps;
        plans[a] =
            again ? plans[a - 1] : plan_streams(chassis, slot, card->asics[a].port_bps, mem, err);
        if (plans[a] == NULL) {
            return false;
        }
    }
    for (uint32_t i = 0; i < chassis->n_streams; i++) {
        n_sources += sources_in_slot(&chassis->streams[i], slot);
    }
    struct source *sources = arena_take_array(mem, n_sources, sizeof *sources);
    t->wires = arena_take_array(mem, card->n_ports, sizeof *t->wires);
    for (uint32_t i = 0; i < card->n_ports; i++) {
        struct wire *wire = &t->wires[t->n_wires];
        uint32_t n = wire_open(wire, sources, plans[card->port_asic[i]], config, i, mem);
        sources += n;
        t->n_wires += n > 0;
    }
    /* A window with no time in it finds the first frame of every wire. */
    traffic_process(t, &(struct batch){.end_ps = 0});
    return true;
}

static void traffic_mark(void *state, int64_t now_ps)
{
    (void)now_ps;
    struct traffic *t = state;
    t->at_mark = t->sent;
}

static void traffic_show(const void *state, int64_t now_ps, struct report *out)
{
    (void)now_ps;
    const struct traffic *t = state;
    const char *module = arena_printf(out->mem, "traffic %u", t->slot);
    report_value(out, module, "frames", "packets",
                 (int64_t)(t->sent.n_frames - t->at_mark.n_frames));
    report_value(out, module, "frame_bytes", "bytes", (int64_t)(t->sent.bytes - t->at_mark.bytes));
}

const struct stage_ops traffic_stage = {
    .name = "traffic",
    .state_bytes = sizeof(struct traffic),
    .open = traffic_open,
    .process = traffic_process,
    .next_ps = traffic_next_ps,
    .n_held = traffic_n_held,
    .mark = traffic_mark,
    .show = traffic_show,
};
