#include "models/msfc.h"

#include <string.h>

#include "models/copp.h"
#include "models/features.h"
#include "models/packet.h"
#include "models/punt.h"
#include "models/streams.h"
#include "sim/arena.h"
#include "sim/report.h"
#include "sim/server.h"

enum {
    DROP_INBAND_QUEUE,
    DROP_CPU_QUEUE,
    DROP_GLEAN,
    DROP_NO_ROUTE,
    DROP_CONTROL_PLANE,
    DROP_TTL,
    DROP_MTU,
    DROP_ACL,
    DROP_RPF
};
static const char *const drops[] = {"inband_queue_full",
                                    "cpu_queue_full",
                                    "glean_unresolved",
                                    "no_route_in_software",
                                    "control_plane_policed",
                                    "ttl_expired",
                                    "mtu_exceeded",
                                    "acl_denied",
                                    "rpf_failed",
                                    NULL};

struct msfc_state {
    struct msfc_config c;
    struct server inband, cpu;
    struct room inband_queue, cpu_queue;
    struct copp copp;
    struct features_user features;
    uint64_t n_came[PUNT_N_CAUSES], n_came_at_mark[PUNT_N_CAUSES];
    uint64_t n_received, n_forwarded, received_bytes; /* done within the measured interval */
};

int64_t msfc_least_delay_ps(const struct supervisor_type *supervisor)
{
    return (int64_t)(WIRE_LEAST_FRAME_BYTES * 8 * 1000000000000 / supervisor->inband_bps +
                     1000000000000 / supervisor->software_pps);
}

static bool msfc_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct msfc_state *st = state;

    (void)err;
    st->c = *(const struct msfc_config *)config;
    const struct chassis_config *c = st->c.layout->config;
    server_open(&st->inband, c->supervisor->inband_bps, mem);
    server_open(&st->cpu, c->supervisor->software_pps, mem);
    st->inband_queue.limit = c->inband_packets;
    st->cpu_queue.limit = c->inband_packets;
    copp_open(&st->copp, c, mem);
    st->features = features_user_of(st->c.features, st->c.fib_engine, true);
    return true;
}

/* Passes the inband link, the control plane policy and the CPU. Returns false when it does not. */
static bool reach_cpu(struct msfc_state *st, struct batch *b, const struct row *row, uint32_t bytes,
                      int64_t *done_ps)
{
    uint32_t bits = (bytes + WIRE_PREAMBLE_BYTES + WIRE_GAP_BYTES) * 8u;
    int64_t start, at_cpu;

    if (!server_offer_in(&st->inband, row->ready_ps, bits, &st->inband_queue, 1, &start, &at_cpu)) {
        packet_drop(st->c.packets, b, DROP_INBAND_QUEUE, row->packet, row->ready_ps);
        return false;
    }
    if (!copp_pass(&st->copp, st->c.packets->cause[row->packet], bytes, at_cpu)) {
        packet_drop(st->c.packets, b, DROP_CONTROL_PLANE, row->packet, row->ready_ps);
        return false;
    }
    if (!server_offer_in(&st->cpu, at_cpu, 1, &st->cpu_queue, 1, &start, done_ps)) {
        packet_drop(st->c.packets, b, DROP_CPU_QUEUE, row->packet, row->ready_ps);
        return false;
    }
    return true;
}

/* Where its routes, and what its interface asks (features.h), lead a packet; NULL: dropped. */
static const struct adjacency *route(struct msfc_state *st, struct batch *b, const struct row *row)
{
    struct packets *p = st->c.packets;
    uint32_t packet = row->packet, *answer = &p->adjacency[packet], cause = FEATURES_PASS;
    uint8_t family = p->base[packet].head.family;

    if (family == IPV4) {
        fib_lookup4(st->c.fib, st->c.fib_engine, &p->base[packet].dst4, answer, 1);
    } else {
        fib_lookup6(st->c.fib, st->c.fib_engine, &p->dst6_hi[packet], &p->dst6_lo[packet], answer,
                    1);
    }
    if (features_watch(&st->features, p->base[packet].head.ingress)) {
        cause = features_in(&st->features, &p->base[packet], answer);
    }
    if (cause != FEATURES_PASS) {
        packet_drop(p, b, cause == PUNT_RPF_FAILURE ? DROP_RPF : DROP_ACL, packet, row->ready_ps);
        return NULL;
    }
    return fib_path(st->c.fib, *answer, p->flow_hash, p->base[packet].flow);
}

/* The packet's stay at the MSFC ends: it no longer arms the loop. */
static void leave(struct msfc_state *st, struct packet_head *head)
{
    st->c.packets->n_punted--;
    head->flags &= (uint8_t)~PACKET_PUNTED;
}

static void forward(struct msfc_state *st, struct batch *b, const struct row *row,
                    const struct adjacency *a, int64_t done_ps)
{
    struct packet_head *head = &st->c.packets->base[row->packet].head;

    leave(st, head);
    head->egress = a->port;
    head->flags |= PACKET_DECIDED;
    st->n_forwarded += done_ps >= b->measure_from_ps && done_ps < b->measure_to_ps;
    batch_send(b, layout_busmode(st->c.layout, a->port) ? MSFC_TO_BUS : MSFC_TO_UPLINK,
               (struct row){done_ps, row->packet, load_of(head->bytes, head->egress, true)},
               row->ready_ps);
}

/* For the router itself. */
static void receive(struct msfc_state *st, struct batch *b, const struct row *row, int64_t done_ps)
{
    struct packets *packets = st->c.packets;
    struct packet *packet = &packets->base[row->packet];
    int64_t latency_ps = done_ps - packet->born_ps;

    leave(st, &packet->head);
    if (batch_deliver(b, row->packet, row->ready_ps, done_ps, done_ps, latency_ps)) {
        st->n_received++;
        st->received_bytes += packet->head.bytes;
    }
    if (packets->streams != NULL) {
        streams_deliver(packets->streams, b, packet->flow, packet->head.bytes, done_ps, latency_ps);
    }
    packet_free(packets, row->packet);
}

/* Where there is a route: what software must not hand on, be it punted for that or for another
 * cause. */
static bool may_forward(struct msfc_state *st, struct batch *b, const struct row *row,
                        const struct adjacency *a)
{
    const struct packet *packet = &st->c.packets->base[row->packet];
    uint32_t mtu_bytes = st->c.layout->config->ports[a->port].mtu_bytes;
    bool ends = packet->head.flags & PACKET_TTL_ENDS;
    bool too_long = mtu_bytes != 0 && packet->head.bytes > mtu_bytes + WIRE_LAYER2_BYTES;
    bool denied = !ends && !too_long && features_watch_egress(&st->features, a->port) &&
                  features_out(&st->features, packet, a->port) != FEATURES_PASS;

    if (ends || too_long || denied) {
        packet_drop(st->c.packets, b,
                    ends       ? DROP_TTL
                    : too_long ? DROP_MTU
                               : DROP_ACL,
                    row->packet, row->ready_ps);
    }
    return !ends && !too_long && !denied;
}

static void msfc_process(void *state, struct batch *b)
{
    struct msfc_state *st = state;

    for (uint32_t i = 0; i < b->n_rows; i++) {
        const struct row *row = &b->rows[i];
        struct packet_head *head = &st->c.packets->base[row->packet].head;
        int64_t done;
        st->n_came[st->c.packets->cause[row->packet]]++;
        if (!reach_cpu(st, b, row, head->bytes, &done)) {
            continue;
        }
        const struct adjacency *a = route(st, b, row);
        if (a == NULL) {
            continue;
        }
        if (fib_forwards(a)) {
            if (may_forward(st, b, row, a)) {
                forward(st, b, row, a, done);
            }
        } else if (a->kind == ADJACENCY_RECEIVE) {
            receive(st, b, row, done);
        } else {
            packet_drop(st->c.packets, b, a->kind == ADJACENCY_GLEAN ? DROP_GLEAN : DROP_NO_ROUTE,
                        row->packet, row->ready_ps);
        }
    }
}

/* When the last packet taken in by now is at the CPU. */
static int64_t at_cpu_ps(const struct msfc_state *st, int64_t now_ps)
{
    return now_ps + server_backlog_ps(&st->inband, now_ps);
}

static void msfc_mark(void *state, int64_t now_ps)
{
    struct msfc_state *st = state;

    server_mark(&st->inband, now_ps);
    server_mark(&st->cpu, at_cpu_ps(st, now_ps));
    copp_mark(&st->copp);
    features_mark(st->c.features);
    memcpy(st->n_came_at_mark, st->n_came, sizeof st->n_came);
}

static void msfc_show(const void *state, int64_t now_ps, struct report *out)
{
    const struct msfc_state *st = state;

    report_value(out, "msfc", "received", "packets", (int64_t)st->n_received);
    report_value(out, "msfc", "received_bytes", "bytes", (int64_t)st->received_bytes);
    report_value(out, "msfc", "forwarded", "packets", (int64_t)st->n_forwarded);
    for (enum punt_cause i = 0; i < PUNT_N_CAUSES; i++) {
        report_value(out, "msfc", arena_printf(out->mem, "came_%s", punt_cause_name(i)), "packets",
                     (int64_t)(st->n_came[i] - st->n_came_at_mark[i]));
    }
    copp_show(&st->copp, "MSFC", out);
    server_report(&st->inband, now_ps, "MSFC inband", "inband", "bits", out);
    server_report(&st->cpu, at_cpu_ps(st, now_ps), "MSFC CPU", "cpu", "packets", out);
}

static void msfc_sample(const void *state, struct report *out)
{
    const struct msfc_state *st = state;
    uint64_t n = 0;

    for (enum punt_cause i = 0; i < PUNT_N_CAUSES; i++) {
        n += st->n_came[i];
    }
    report_value(out, "msfc", "came", "packets", (int64_t)n);
}

const struct stage_ops msfc_stage = {
    .name = "msfc",
    .drops = drops,
    .state_bytes = sizeof(struct msfc_state),
    .open = msfc_open,
    .process = msfc_process,
    .mark = msfc_mark,
    .show = msfc_show,
    .sample = msfc_sample,
};
