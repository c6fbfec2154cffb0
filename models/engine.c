/* Why in passes: headers are first let into the queue, then looked up all together, so that the
 * look-ups of a batch overlap their memory accesses, then sent on in order. */
#include "models/engine.h"

#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/server.h"

/* Rows per pass: enough to overlap look-ups, few enough to stay in the first-level cache. */
#define PASS_ROWS 128

enum { DROP_RECEIVE_BUFFER, DROP_ROUTER_MAC, DROP_NO_ROUTE, DROP_NULL_ROUTE };
static const char *const drops[] = {"receive_buffer_full", "not_router_mac", "no_route",
                                    "null_route", NULL};

struct engine_state {
    struct engine_config c;
    bool central;
    struct server lookups;
    struct room *rooms; /* DFC: by port of the card; PFC: one, of outstanding lookups */
    uint32_t first_port;
    uint64_t n_outcomes[ADJACENCY_N_KINDS], n_outcomes_at_mark[ADJACENCY_N_KINDS];
    struct bus_demand demand_at_mark;
    struct histogram latency_ps; /* arrival at the engine to result */
};

/* The headers of one pass that got a lookup slot. */
struct pass {
    uint32_t n;
    uint32_t packet[PASS_ROWS];
    int64_t arrived_ps[PASS_ROWS], result_ps[PASS_ROWS];
    uint32_t adjacency[PASS_ROWS];
    uint32_t n4, n6;
    uint32_t at4[PASS_ROWS], at6[PASS_ROWS]; /* positions above */
    uint32_t dst4[PASS_ROWS];
    uint64_t dst6_hi[PASS_ROWS], dst6_lo[PASS_ROWS];
    uint32_t found[PASS_ROWS];
};

static bool engine_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct engine_state *st = state;

    (void)err;
    st->c = *(const struct engine_config *)config;
    const struct layout *l = st->c.layout;
    st->central = st->c.slot == l->supervisor_slot;
    server_open(&st->lookups, st->c.type->lookups_per_s, mem);
    if (st->central) {
        st->rooms = arena_take(mem, sizeof *st->rooms);
        st->rooms[0].limit = l->config->bus_outstanding;
    } else {
        const struct slot_config *slot = l->slots[st->c.slot].config;
        st->first_port = slot->first_port;
        st->rooms = arena_take_array(mem, slot->card->n_ports, sizeof *st->rooms);
        for (uint32_t p = 0; p < slot->card->n_ports; p++) {
            st->rooms[p].limit = slot->card->rx_buffer_bytes;
        }
    }
    return true;
}

/* Which receive buffer the frame waits in, and how much of it it takes. */
static inline struct room *room_of(struct engine_state *st, struct packet_head head,
                                   uint64_t *takes)
{
    if (st->central) {
        *takes = 1;
        return st->rooms;
    }
    const struct layout *l = st->c.layout;
    bool shared = l->slots[st->c.slot].config->card->group_buffers;
    *takes = head.bytes;
    return &st->rooms[shared ? l->ports[head.ingress].group : head.ingress - st->first_port];
}

/* Lets headers into the queue and gathers their destinations. */
static inline void admit(struct engine_state *st, struct batch *b, const struct row *rows,
                         uint32_t n, struct pass *pass)
{
    struct packets *packets = st->c.packets;

    pass->n = pass->n4 = pass->n6 = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t packet = rows[i].packet;
        struct packet_head head = packets->head[packet];
        uint64_t takes;
        struct room *room = room_of(st, head, &takes);
        uint32_t work = head.family == IPV4 ? 1 : st->c.type->ipv6_lookups;
        int64_t start, end;
        if (!server_offer(&st->lookups, rows[i].ready_ps, work, room, takes, &start, &end)) {
            packet_drop(packets, b, DROP_RECEIVE_BUFFER, packet, rows[i].ready_ps);
            continue;
        }
        uint32_t k = pass->n++;
        pass->packet[k] = packet;
        pass->arrived_ps[k] = rows[i].ready_ps;
        pass->result_ps[k] = start + st->c.type->latency_ps;
        if (head.flags & PACKET_LOOKED_AHEAD) {
            pass->adjacency[k] = packets->adjacency[packet];
        } else if (head.family == IPV4) {
            pass->dst4[pass->n4] = packets->dst4[packet];
            pass->at4[pass->n4++] = k;
        } else {
            pass->dst6_hi[pass->n6] = packets->dst6_hi[packet];
            pass->dst6_lo[pass->n6] = packets->dst6_lo[packet];
            pass->at6[pass->n6++] = k;
        }
    }
}

static inline void look_up(const struct engine_state *st, struct pass *pass)
{
    fib_lookup4(st->c.fib, st->c.fib_engine, pass->dst4, pass->found, pass->n4);
    for (uint32_t i = 0; i < pass->n4; i++) {
        pass->adjacency[pass->at4[i]] = pass->found[i];
    }
    if (pass->n6 == 0) {
        return;
    }
    fib_lookup6(st->c.fib, st->c.fib_engine, pass->dst6_hi, pass->dst6_lo, pass->found, pass->n6);
    for (uint32_t i = 0; i < pass->n6; i++) {
        pass->adjacency[pass->at6[i]] = pass->found[i];
    }
}

/* Where the frame goes from the card (or bus) that holds it. */
static inline uint32_t lane_of(const struct layout *l, struct packet_head head)
{
    const struct port_place *in = &l->ports[head.ingress];

    if (head.flags & PACKET_ON_BUS) {
        if (head.egress == PACKET_TO_MSFC) {
            return ENGINE_TO_MSFC;
        }
        return layout_classic(l, head.egress) ? ENGINE_TO_EGRESS(l->ports[head.egress].slot)
                                              : ENGINE_TO_UPLINK(l->supervisor_slot);
    }
    if (head.egress != PACKET_TO_MSFC) {
        const struct port_place *out = &l->ports[head.egress];
        if (out->slot == in->slot && out->channel == in->channel) {
            return ENGINE_TO_EGRESS(in->slot);
        }
    }
    return ENGINE_TO_UPLINK(in->slot);
}

/* Acts on the adjacency. Returns false when the packet is to be dropped for *reason. */
static inline bool decide(struct engine_state *st, uint32_t adjacency, struct packet_head *head,
                          uint32_t *reason)
{
    const struct adjacency *a = &st->c.fib->adjacencies[adjacency];
    const struct fib_engine *engine = &st->c.fib->engines[st->c.fib_engine];

    if (head->flags & PACKET_NOT_ROUTED) {
        *reason = DROP_ROUTER_MAC;
        return false;
    }
    st->n_outcomes[a->kind]++;
    if (a->kind == ADJACENCY_FORWARD) {
        head->egress = a->port;
        head->flags |= PACKET_DECIDED;
        return true;
    }
    if (a->kind == ADJACENCY_DROP ||
        (a->kind == ADJACENCY_NONE && !engine->exception[head->family])) {
        *reason = a->kind == ADJACENCY_DROP ? DROP_NULL_ROUTE : DROP_NO_ROUTE;
        return false;
    }
    head->egress = PACKET_TO_MSFC;
    head->flags |= PACKET_DECIDED | PACKET_PUNTED;
    return true;
}

static inline void send_on(struct engine_state *st, struct batch *b, const struct pass *pass)
{
    struct packets *packets = st->c.packets;

    for (uint32_t k = 0; k < pass->n; k++) {
        uint32_t packet = pass->packet[k], reason;
        struct packet_head *head = &packets->head[packet];
        histogram_record(&st->latency_ps, (uint64_t)(pass->result_ps[k] - pass->arrived_ps[k]));
        packets->adjacency[packet] = pass->adjacency[k];
        if (!decide(st, pass->adjacency[k], head, &reason)) {
            packet_drop(packets, b, reason, packet, pass->arrived_ps[k]);
            continue;
        }
        packets->n_punted += head->egress == PACKET_TO_MSFC;
        batch_send(b, lane_of(st->c.layout, *head), packet, pass->arrived_ps[k],
                   pass->result_ps[k]);
    }
}

SIM_DISPATCH
static void engine_process(void *state, struct batch *b)
{
    struct engine_state *st = state;
    struct pass pass;

    for (uint32_t done = 0; done < b->n_rows; done += PASS_ROWS) {
        uint32_t n = b->n_rows - done < PASS_ROWS ? b->n_rows - done : PASS_ROWS;
        admit(st, b, b->rows + done, n, &pass);
        look_up(st, &pass);
        send_on(st, b, &pass);
    }
}

static void engine_mark(void *state, int64_t now_ps)
{
    struct engine_state *st = state;

    server_mark(&st->lookups, now_ps);
    histogram_reset(&st->latency_ps);
    if (st->c.demand != NULL) {
        st->demand_at_mark = *st->c.demand;
    }
    for (int k = 0; k < ADJACENCY_N_KINDS; k++) {
        st->n_outcomes_at_mark[k] = st->n_outcomes[k];
    }
}

/* The PFC's queue is in the cards: what they wanted looked up, not what the bus let through. */
static void show_demand(const struct engine_state *st, struct report_resource *pfc)
{
    const struct bus_demand *now = st->c.demand, *then = &st->demand_at_mark;
    int64_t lookup_ps = (int64_t)st->lookups.unit_ps;

    pfc->offered = now->n_asked - then->n_asked;
    pfc->n_dropped += now->n_refused - then->n_refused;
    pfc->backlog_first_ps += (int64_t)then->n_held * lookup_ps;
    pfc->backlog_last_ps += (int64_t)now->n_held * lookup_ps;
}

static void engine_show(const void *state, int64_t now_ps, struct report *out)
{
    static const char *const outcomes[ADJACENCY_N_KINDS] = {"misses", "forwarded", "receive",
                                                            "glean",  "drop",      "punt"};
    const struct engine_state *st = state;
    const struct fib_engine *fib = &st->c.fib->engines[st->c.fib_engine];
    const char *name = st->c.name;

    report_value(out, name, "lookups", "packets",
                 (int64_t)(st->lookups.n_served - st->lookups.mark.n_served));
    for (int k = 0; k < ADJACENCY_N_KINDS; k++) {
        report_value(out, name, outcomes[k], "packets",
                     (int64_t)(st->n_outcomes[k] - st->n_outcomes_at_mark[k]));
    }
    report_value(out, name, "fib_ipv4_entries", "entries", (int64_t)fib->n_entries[IPV4]);
    report_value(out, name, "fib_ipv6_entries", "entries", (int64_t)fib->n_entries[IPV6]);
    report_value(out, name, "fib_ipv4_refused", "entries", (int64_t)fib->n_refused[IPV4]);
    report_value(out, name, "fib_ipv6_refused", "entries", (int64_t)fib->n_refused[IPV6]);
    report_value(out, name, "fib_slots_used", "slots",
                 (int64_t)fib_slots_used(st->c.fib, st->c.fib_engine));
    report_value(out, name, "fib_slots", "slots", (int64_t)st->c.type->tcam_slots);
    report_histogram(out, name, "lookup_latency", "ps", &st->latency_ps);
    server_report(&st->lookups, now_ps, name, "engine", "lookups", out);
    if (st->c.demand != NULL) {
        show_demand(st, &out->resources[out->n_resources - 1]);
    }
}

const struct stage_ops engine_stage = {
    .name = "engine",
    .drops = drops,
    .state_bytes = sizeof(struct engine_state),
    .open = engine_open,
    .process = engine_process,
    .mark = engine_mark,
    .show = engine_show,
};
