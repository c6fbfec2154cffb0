#include "models/msfc.h"

#include <string.h>

#include "models/arp.h"
#include "models/copp.h"
#include "models/cpu.h"
#include "models/features.h"
#include "models/flows.h"
#include "models/lookup.h"
#include "models/packet.h"
#include "models/punt.h"
#include "models/qos.h"
#include "models/sessions.h"
#include "models/streams.h"
#include "sim/arena.h"
#include "sim/report.h"
#include "sim/server.h"

enum {
    DROP_INBAND_QUEUE,
    DROP_CPU_QUEUE,
    DROP_HOLD_QUEUE,
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
                                    "hold_queue_full",
                                    "glean_unresolved",
                                    "no_route_in_software",
                                    "control_plane_policed",
                                    "ttl_expired",
                                    "mtu_exceeded",
                                    "acl_denied",
                                    "rpf_failed",
                                    NULL};

#define URGENT_DSCP 48 /* IP precedence 6 and up */

struct msfc_state {
    struct msfc_config c;
    struct server inband;
    struct room inband_queue;
    struct copp copp;
    struct features_user features;
    struct cpu cpu;
    struct cause_count {
        uint64_t n_came, n_offered, n_full, n_done; /* offered to the CPU */
    } counts[PUNT_N_CAUSES], at_mark[PUNT_N_CAUSES];
    int64_t backlog_at_mark_ps;
    uint64_t n_received, n_forwarded, received_bytes; /* done within the measured interval */
};

static int64_t switch_ps(const struct supervisor_type *supervisor)
{
    return (int64_t)(1000000000000 / supervisor->software_pps);
}

int64_t msfc_least_delay_ps(const struct supervisor_type *supervisor)
{
    return switch_ps(supervisor);
}

static void open_cpu(struct msfc_state *st, struct arena *mem)
{
    const struct chassis_config *c = st->c.layout->config;
    struct cpu_config cpu = {
        .switch_ps = switch_ps(c->supervisor),
        .netint_ps = c->netint_ps,
        .mask_ps = c->netint_mask_ps,
        .ring_packets = c->inband_packets,
        .hold_packets = c->hold_packets,
        .headroom_packets = c->headroom_packets,
        .n_kinds = PUNT_N_CAUSES,
        .from_ps = c->warmup_ps,
        .to_ps = c->warmup_ps + c->duration_ps,
    };

    for (enum punt_cause i = 0; i < PUNT_N_CAUSES; i++) {
        cpu.work_ps[i] = c->process_ps[punt_process(i)];
    }
    cpu_open(&st->cpu, &cpu, mem);
}

static bool msfc_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct msfc_state *st = state;

    (void)err;
    st->c = *(const struct msfc_config *)config;
    const struct chassis_config *c = st->c.layout->config;
    server_open(&st->inband, c->supervisor->inband_bps, mem);
    st->inband_queue.limit = c->inband_packets;
    copp_open(&st->copp, c, mem);
    st->features = features_user_of(st->c.features, st->c.fib_engine, true);
    open_cpu(st, mem);
    return true;
}

/* ---- what becomes of a packet ------------------------------------------------------------ */

/* Who is told by the CPU. */
struct telling {
    struct msfc_state *st;
    struct batch *b;
};

/* The packet's stay at the MSFC ends: it no longer arms the loop. */
static void leave(struct msfc_state *st, struct packet_head *head)
{
    st->c.packets->n_punted--;
    head->flags &= (uint8_t)~PACKET_PUNTED;
}

static void forward(struct msfc_state *st, struct batch *b, const struct cpu_job *job,
                    const struct adjacency *a, int64_t done_ps)
{
    struct packet_head *head = &st->c.packets->base[job->packet].head;

    leave(st, head);
    head->egress = a->port;
    head->flags |= PACKET_DECIDED;
    st->n_forwarded += done_ps >= b->measure_from_ps && done_ps < b->measure_to_ps;
    batch_send(b, layout_busmode(st->c.layout, a->port) ? MSFC_TO_BUS : MSFC_TO_UPLINK,
               (struct row){done_ps, job->packet, load_of(head->bytes, head->egress, true)},
               job->came_ps);
}

/* For the router itself. */
static void receive(struct msfc_state *st, struct batch *b, const struct cpu_job *job,
                    int64_t done_ps)
{
    struct packets *packets = st->c.packets;
    struct packet *packet = &packets->base[job->packet];
    int64_t latency_ps = done_ps - packet->born_ps;

    leave(st, &packet->head);
    if (st->c.sessions != NULL) {
        sessions_hear(st->c.sessions, packet->flow, done_ps - st->cpu.c.switch_ps);
    }
    if (batch_deliver(b, job->packet, job->came_ps, done_ps, done_ps, latency_ps)) {
        st->n_received++;
        st->received_bytes += packet->head.bytes;
    }
    if (packets->streams != NULL) {
        streams_deliver(packets->streams, b, packet->flow, packet->head.bytes, done_ps, latency_ps);
    }
    packet_free(packets, job->packet);
}

#define HANDED_ON UINT32_MAX

/* Where its routes, and what its interface asks (features.h), lead a packet; or why it is dropped. */
static uint32_t route(const struct msfc_state *st, uint32_t id, const struct adjacency **a)
{
    const struct packets *p = st->c.packets;
    const struct packet *packet = &p->base[id];
    uint32_t answer, cause = FEATURES_PASS;

    answer = lookup_packet(st->c.fib, st->c.fib_engine, p, id);
    if (features_watch(&st->features, packet->head.ingress) && !lookup_is_labelled(p, packet)) {
        cause = features_in(&st->features, packet, &answer);
    }
    *a = fib_path(st->c.fib, answer, p->flow_hash, packet->flow);
    return cause == FEATURES_PASS ? HANDED_ON : cause == PUNT_RPF_FAILURE ? DROP_RPF : DROP_ACL;
}

/* Why software must not hand it on, be it punted for that or for another cause. */
static uint32_t refusal(const struct msfc_state *st, const struct packet *packet,
                        const struct adjacency *a)
{
    if (!fib_forwards(a)) {
        return a->kind == ADJACENCY_GLEAN ? DROP_GLEAN : DROP_NO_ROUTE;
    }
    uint32_t mtu_bytes = st->c.layout->config->ports[a->port].mtu_bytes;
    if (packet->head.flags & PACKET_TTL_ENDS) {
        return DROP_TTL;
    }
    if (mtu_bytes != 0 && packet->head.bytes > mtu_bytes + WIRE_LAYER2_BYTES) {
        return DROP_MTU;
    }
    bool denied = features_watch_egress(&st->features, a->port) &&
                  features_out(&st->features, packet, a->port) != FEATURES_PASS;
    return denied ? DROP_ACL : HANDED_ON;
}

/* The next hop is to be asked for: of a connected subnet, the destination. */
static void ask(struct msfc_state *st, uint32_t packet, const struct adjacency *a, int64_t now_ps)
{
    struct ip_address to = a->next_hop;

    if (to.hi == 0 && to.lo == 0) {
        to = lookup_destination(st->c.packets, packet);
        to.lo = to.family == IPV4 ? config_vrf(st->c.layout->config, a->port) : to.lo;
    }
    arp_ask(st->c.arp, to, a->port, now_ps);
}

static void done(struct msfc_state *st, struct batch *b, const struct cpu_job *job, int64_t done_ps)
{
    const struct adjacency *a;
    uint32_t reason = route(st, job->packet, &a);

    if (reason == HANDED_ON && a->kind == ADJACENCY_RECEIVE) {
        receive(st, b, job, done_ps);
        return;
    }
    if (reason == HANDED_ON && a->kind == ADJACENCY_GLEAN && st->c.arp != NULL) {
        ask(st, job->packet, a, done_ps - st->cpu.c.switch_ps);
    }
    reason = reason == HANDED_ON ? refusal(st, &st->c.packets->base[job->packet], a) : reason;
    if (reason == HANDED_ON) {
        forward(st, b, job, a, done_ps);
    } else {
        packet_drop(st->c.packets, b, reason, job->packet, job->came_ps);
    }
}

static void told(void *context, const struct cpu_job *job, enum cpu_fate fate, int64_t at_ps)
{
    struct msfc_state *st = ((struct telling *)context)->st;
    struct batch *b = ((struct telling *)context)->b;
    struct cause_count *count = &st->counts[job->kind];

    if (fate == CPU_DONE) {
        count->n_done++;
        done(st, b, job, at_ps);
    } else {
        count->n_full++;
        packet_drop(st->c.packets, b, fate == CPU_RING_FULL ? DROP_CPU_QUEUE : DROP_HOLD_QUEUE,
                    job->packet, job->came_ps);
    }
}

/* ---- the stage --------------------------------------------------------------------------- */

/* Passes the inband link and the control plane policy. Returns false when it does not. */
static bool reach_cpu(struct msfc_state *st, struct batch *b, const struct row *row, uint32_t bytes,
                      uint8_t cause, int64_t *at_cpu_ps)
{
    uint32_t bits = (bytes + WIRE_PREAMBLE_BYTES + WIRE_GAP_BYTES) * 8u;
    int64_t start;

    if (!server_offer_in(&st->inband, row->ready_ps, bits, &st->inband_queue, 1, &start,
                         at_cpu_ps)) {
        packet_drop(st->c.packets, b, DROP_INBAND_QUEUE, row->packet, row->ready_ps);
        return false;
    }
    if (!copp_pass(&st->copp, cause, bytes, *at_cpu_ps)) {
        packet_drop(st->c.packets, b, DROP_CONTROL_PLANE, row->packet, row->ready_ps);
        return false;
    }
    return true;
}

/* As its header says. */
static uint8_t dscp_of(const struct msfc_state *st, const struct packet *packet)
{
    const struct chassis_config *c = st->c.layout->config;
    uint8_t internal = packet->head.dscp;

    return c->qos.keeps_dscp
               ? qos_carried_dscp(&c->qos, &c->streams[flows_stream(st->c.flows, packet->flow)],
                                  internal)
               : internal;
}

static void msfc_process(void *state, struct batch *b)
{
    struct msfc_state *st = state;

    for (uint32_t i = 0; i < b->n_rows; i++) {
        const struct row *row = &b->rows[i];
        const struct packet *packet = &st->c.packets->base[row->packet];
        struct cpu_job job = {.came_ps = row->ready_ps,
                              .packet = row->packet,
                              .kind = st->c.packets->cause[row->packet],
                              .urgent = dscp_of(st, packet) >= URGENT_DSCP};
        st->counts[job.kind].n_came++;
        if (reach_cpu(st, b, row, packet->head.bytes, job.kind, &job.at_ps)) {
            st->counts[job.kind].n_offered++;
            cpu_put(&st->cpu, &job);
        }
    }
    cpu_run(&st->cpu, b->end_ps, told, &(struct telling){st, b});
}

static int64_t msfc_next_ps(const void *state)
{
    return cpu_next_ps(&((const struct msfc_state *)state)->cpu);
}

static uint64_t msfc_n_held(const void *state)
{
    return ((const struct msfc_state *)state)->cpu.n_held;
}

static void msfc_mark(void *state, int64_t now_ps)
{
    struct msfc_state *st = state;

    server_mark(&st->inband, now_ps);
    copp_mark(&st->copp);
    features_mark(st->c.features);
    memcpy(st->at_mark, st->counts, sizeof st->counts);
    st->backlog_at_mark_ps = cpu_backlog_ps(&st->cpu, now_ps);
}

static void show_causes(const struct msfc_state *st, struct report *out)
{
    for (enum punt_cause i = 0; i < PUNT_N_CAUSES; i++) {
        const struct cause_count *now = &st->counts[i], *then = &st->at_mark[i];
        const char *name = punt_cause_name(i);
        report_value(out, "msfc", arena_printf(out->mem, "came_%s", name), "packets",
                     (int64_t)(now->n_came - then->n_came));
        report_value(out, "msfc", arena_printf(out->mem, "full_%s", name), "packets",
                     (int64_t)(now->n_full - then->n_full));
        report_value(out, "msfc", arena_printf(out->mem, "served_%s", name), "packets",
                     (int64_t)(now->n_done - then->n_done));
    }
}

static const char *const levels[CPU_N_LEVELS] = {"interrupt", "process"};

/* Shares of the measured interval, and of each tenth of it. */
static void show_shares(const struct msfc_state *st, int64_t now_ps, struct report *out)
{
    for (enum cpu_level i = 0; i < CPU_N_LEVELS; i++) {
        int64_t busy_ps = cpu_busy_ps(&st->cpu, i, CPU_PARTS, now_ps);
        report_value(out, "MSFC CPU", levels[i], "ps", busy_ps);
        for (uint32_t part = 0; part < CPU_PARTS; part++) {
            report_value(out, "MSFC CPU", arena_printf(out->mem, "%s_%u", levels[i], part + 1),
                         "ps", cpu_busy_ps(&st->cpu, i, part, now_ps));
        }
    }
}

static void show_cpu(const struct msfc_state *st, int64_t now_ps, struct report *out)
{
    const struct cpu_config *c = &st->cpu.c;
    uint64_t n_offered = 0, n_done = 0, n_full = 0;

    for (enum punt_cause i = 0; i < PUNT_N_CAUSES; i++) {
        n_offered += st->counts[i].n_offered - st->at_mark[i].n_offered;
        n_done += st->counts[i].n_done - st->at_mark[i].n_done;
        n_full += st->counts[i].n_full - st->at_mark[i].n_full;
    }
    report_resource(out, &(struct report_resource){
                             .module = "MSFC CPU",
                             .kind = "cpu",
                             .work = "packets",
                             .rate = st->c.layout->config->supervisor->software_pps,
                             .offered = n_offered,
                             .served = n_done,
                             .n_dropped = n_full,
                             .busy_ps = cpu_busy_ps(&st->cpu, CPU_INTERRUPT, CPU_PARTS, now_ps) +
                                        cpu_busy_ps(&st->cpu, CPU_PROCESS, CPU_PARTS, now_ps),
                             .interval_ps = c->to_ps - c->from_ps,
                             .backlog_first_ps = st->backlog_at_mark_ps,
                             .backlog_last_ps = cpu_backlog_ps(&st->cpu, now_ps),
                         });
}

static void msfc_show(const void *state, int64_t now_ps, struct report *out)
{
    const struct msfc_state *st = state;

    report_value(out, "msfc", "received", "packets", (int64_t)st->n_received);
    report_value(out, "msfc", "received_bytes", "bytes", (int64_t)st->received_bytes);
    report_value(out, "msfc", "forwarded", "packets", (int64_t)st->n_forwarded);
    show_causes(st, out);
    show_shares(st, now_ps, out);
    copp_show(&st->copp, "MSFC", out);
    server_report(&st->inband, now_ps, "MSFC inband", "inband", "bits", out);
    show_cpu(st, now_ps, out);
}

static void msfc_sample(const void *state, struct report *out)
{
    const struct msfc_state *st = state;
    uint64_t n = 0;

    for (enum punt_cause i = 0; i < PUNT_N_CAUSES; i++) {
        n += st->counts[i].n_came;
    }
    report_value(out, "msfc", "came", "packets", (int64_t)n);
    for (enum cpu_level i = 0; i < CPU_N_LEVELS; i++) {
        report_value(out, "MSFC CPU", levels[i], "ps", st->cpu.spent_ps[i]);
    }
}

const struct stage_ops msfc_stage = {
    .name = "msfc",
    .drops = drops,
    .state_bytes = sizeof(struct msfc_state),
    .open = msfc_open,
    .process = msfc_process,
    .next_ps = msfc_next_ps,
    .n_held = msfc_n_held,
    .mark = msfc_mark,
    .show = msfc_show,
    .sample = msfc_sample,
};
