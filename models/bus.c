/* Why a loop of its own: the arbiter sees all requesters at every clock edge, so it cannot be a
 * chain of FIFO servers. It decides edge by edge, and skips the edges at which nothing can happen.
 */
#include "models/bus.h"

#include "models/hop.h"
#include "models/lookup.h"
#include "models/receive_queues.h"
#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/error.h"
#include "sim/report.h"
#include "sim/server.h"

enum { DROP_RECEIVE_BUFFER, DROP_SUPERVISOR_BUFFER, DROP_MODULE_ABSENT, DROP_TAIL, DROP_WRED };
static const char *const drops[] = {"receive_buffer_full", "supervisor_buffer_full",
                                    "module_absent",       "receive_tail_drop",
                                    "receive_wred_drop",   NULL};

#define FIRST_REQUESTS 64

/* Requesters are slots; the supervisor's fabric interface is none. */
#define FABRIC_INTERFACE 0u
#define NOBODY UINT32_MAX

struct request {
    int64_t arrived_ps;
    uint32_t packet;
    uint32_t cycles; /* asked for */
};

/* The frames of one slot that wait for the bus, oldest first: a ring. */
struct requester {
    struct request *requests;
    uint32_t head, tail, mask;
    struct receive_queues *queues; /* they say which frame is sent for a request; else NULL */
};

struct bus_count {
    uint64_t n_cycles;  /* granted */
    uint64_t n_frames;  /* decided frames for classic cards */
    uint64_t n_headers; /* that were looked up, with or without their frame */
    uint64_t n_refused;
    uint64_t n_asked_cycles; /* of all that asked */
};

struct bus_state {
    struct bus_config c;
    struct arena *mem;
    struct requester slots[CONFIG_MAX_SLOTS + 1]; /* [0]: the supervisor's fabric interface */
    struct room **rooms; /* by global port index; ports of a group may share one */
    struct room supervisor_room;
    uint32_t asking;    /* bit 1 << slot: it has frames that wait */
    uint32_t last_slot; /* granted last */
    uint32_t gone;      /* bit 1 << slot: its requests are to be forgotten */
    int64_t gone_ps;    /* since then */
    uint64_t n_held;
    struct bus_demand demand;
    int64_t free_ps;                      /* the next edge at which the bus may be granted */
    int64_t granted_ps;                   /* it has been until then */
    int64_t stalled_ps, stalled_until_ps; /* it stood still, all in all; until */
    struct server pfc;                    /* the PFC's timing: tells when results come back */
    int64_t *results;       /* ring: result times of the last bus_outstanding lookups */
    uint32_t oldest_result; /* of these */
    struct bus_count count, mark;
    int64_t marked_ps;
    int64_t busy_ps_at_mark;
    uint64_t n_held_at_mark;
};

/* The receive buffers: of each port, or of each group. */
static void open_rooms(struct bus_state *st)
{
    const struct chassis_config *c = st->c.layout->config;
    struct room *rooms = arena_take_array(st->mem, c->n_ports, sizeof *rooms);

    st->rooms = arena_take_array(st->mem, c->n_ports, sizeof *st->rooms);
    for (uint32_t p = 0; p < c->n_ports; p++) {
        const struct port_place *place = &st->c.layout->ports[p];
        const struct slot_config *slot = st->c.layout->slots[place->slot].config;
        st->rooms[p] = &rooms[slot->card->shared_buffers ? slot->first_port + place->asic : p];
        st->rooms[p]->limit = slot->card->asics[place->asic].rx_buffer_bytes;
    }
}

/* Of a card whose headers cross the bus, where its ports trust their frames. */
static struct receive_queues *open_queues(const struct bus_state *st, uint32_t slot)
{
    const struct layout *l = st->c.layout;
    const struct receive_queues_config config = {.layout = l,
                                                 .packets = st->c.packets,
                                                 .flows = st->c.flows,
                                                 .slot = slot,
                                                 .name = arena_printf(st->mem, "bus %u", slot)};
    bool queued = receive_queues_of(l, slot) && l->slots[slot].config->dfc == NULL;

    return queued ? receive_queues_open(&config, st->mem) : NULL;
}

static bool bus_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct bus_state *st = state;

    (void)err;
    st->c = *(const struct bus_config *)config;
    st->mem = mem;
    const struct chassis_config *c = st->c.layout->config;
    open_rooms(st);
    st->supervisor_room.limit = c->fabric_egress_bytes;
    server_open(&st->pfc, st->c.pfc->lookups_per_s, mem);
    st->results = arena_take_array(mem, c->bus_outstanding, sizeof *st->results);
    for (uint32_t s = 0; s <= c->chassis->n_slots; s++) {
        st->slots[s].requests = arena_take_array(mem, FIRST_REQUESTS, sizeof(struct request));
        st->slots[s].mask = FIRST_REQUESTS - 1;
        st->slots[s].queues = open_queues(st, s);
    }
    return true;
}

static void requester_grow(struct requester *r, struct arena *mem)
{
    size_t n = r->mask + (size_t)1;
    struct request *requests = arena_take_array(mem, 2 * n, sizeof *requests);

    for (uint32_t i = 0; i < n; i++) {
        requests[i] = r->requests[(r->head + i) & r->mask];
    }
    r->requests = requests;
    r->head = 0;
    r->tail = (uint32_t)n;
    r->mask = (uint32_t)(2 * n - 1);
}

static int64_t edge_at_or_after(int64_t time_ps)
{
    return (time_ps + BUS_CYCLE_PS - 1) / BUS_CYCLE_PS * BUS_CYCLE_PS;
}

static struct room *room_of(struct bus_state *st, struct packet_head head)
{
    return head.flags & PACKET_DECIDED ? &st->supervisor_room : st->rooms[head.ingress];
}

static uint32_t cycles_of(const struct bus_state *st, uint32_t bytes, bool whole)
{
    if (!whole && st->c.layout->bus_mode == BUS_COMPACT) {
        return BUS_COMPACT_CYCLES;
    }
    uint32_t data = whole ? bytes : BUS_TRUNCATED_BYTES;
    return BUS_HEADER_CYCLES + (data + BUS_BEAT_BYTES - 1) / BUS_BEAT_BYTES + BUS_TURN_CYCLES;
}

/* The least that a frame asks for; one for a module in bus mode may turn out to be taken whole. */
static uint32_t asked_cycles(const struct bus_state *st, struct packet_head head)
{
    return cycles_of(st, head.bytes,
                     head.flags & PACKET_DECIDED || layout_busmode(st->c.layout, head.ingress));
}

/* How many lookup slots of the PFC a frame asks for. */
static uint64_t lookups_of(const struct bus_state *st, uint32_t packet)
{
    const struct packet *it = &st->c.packets->base[packet];
    uint64_t n = it->head.family == IPV4 ? 1 : st->c.pfc->ipv6_lookups;

    return it->head.flags & PACKET_DECIDED ? 0 : n + lookup_recirculates(st->c.packets, it);
}

static __attribute__((noinline)) void refuse(struct bus_state *st, struct batch *b,
                                             const struct row *row, uint32_t reason)
{
    st->count.n_refused++;
    st->demand.n_refused += reason != DROP_SUPERVISOR_BUFFER;
    packet_drop(st->c.packets, b, reason, row->packet, row->ready_ps);
}

/* Whether the queues of its port take it too. */
static __attribute__((noinline)) bool take_in(struct bus_state *st, struct batch *b,
                                              const struct row *row, struct requester *r)
{
    static const uint32_t reasons[] = {[RECEIVE_NO_ROOM] = DROP_RECEIVE_BUFFER,
                                       [RECEIVE_TAIL_DROPPED] = DROP_TAIL,
                                       [RECEIVE_WRED_DROPPED] = DROP_WRED};
    uint32_t ingress = st->c.packets->base[row->packet].head.ingress;
    enum receive_fate fate = receive_queues_arrive(r->queues, *row, ingress);

    if (fate != RECEIVE_TAKEN) {
        refuse(st, b, row, reasons[fate]);
    }
    return fate == RECEIVE_TAKEN;
}

/* A frame asks for the bus. */
static void enqueue(struct bus_state *st, struct batch *b, const struct row *row)
{
    struct packet_head head = st->c.packets->base[row->packet].head;
    bool decided = head.flags & PACKET_DECIDED;
    struct room *room = room_of(st, head);
    uint32_t slot = decided ? FABRIC_INTERFACE : st->c.layout->ports[head.ingress].slot;
    struct requester *r = &st->slots[slot];
    uint32_t cycles = asked_cycles(st, head);

    uint64_t lookups = lookups_of(st, row->packet);
    st->demand.n_asked += lookups;
    st->count.n_asked_cycles += cycles;
    if (!room_fits(room, head.bytes)) {
        refuse(st, b, row, decided ? DROP_SUPERVISOR_BUFFER : DROP_RECEIVE_BUFFER);
        return;
    }
    if (__builtin_expect(r->queues != NULL, 0) && !take_in(st, b, row, r)) {
        return;
    }
    room->used += head.bytes;
    if (r->tail - r->head > r->mask) {
        requester_grow(r, st->mem);
    }
    r->requests[r->tail++ & r->mask] = (struct request){row->ready_ps, row->packet, cycles};
    st->asking |= 1u << slot;
    st->demand.n_waiting += lookups;
    st->n_held++;
}

/* Whose turn it is at this edge; NOBODY may be granted. A lookup needs a free sequence number:
 * the result of the oldest one must be back. */
static uint32_t arbitrate(const struct bus_state *st, int64_t now_ps)
{
    bool lookup_allowed = st->results[st->oldest_result] <= now_ps;
    uint32_t asking = lookup_allowed ? st->asking : st->asking & 1u << FABRIC_INTERFACE;
    uint32_t behind_last = asking & UINT32_MAX << (st->last_slot + 1);

    return asking == 0 ? NOBODY : (uint32_t)__builtin_ctz(behind_last != 0 ? behind_last : asking);
}

/* Does the whole frame cross the bus? Asks the PFC's FIB ahead where that depends on the answer. */
static bool whole_frame(struct bus_state *st, uint32_t packet, struct packet_head *head,
                        int64_t now_ps)
{
    const struct layout *l = st->c.layout;
    struct packets *packets = st->c.packets;

    if (head->flags & PACKET_DECIDED || layout_busmode(l, head->ingress)) {
        return true;
    }
    if (l->bus_mode == BUS_COMPACT || head->flags & PACKET_NOT_ROUTED) {
        return false;
    }
    if (st->c.download != NULL) {
        download_follow(st->c.download, st->c.fib_engine, now_ps);
    }
    uint32_t *answer = &packets->adjacency[packet];
    *answer = lookup_packet(st->c.fib, st->c.fib_engine, packets, packet);
    head->flags |= PACKET_LOOKED_AHEAD;
    const struct adjacency *a =
        fib_path(st->c.fib, *answer, packets->flow_hash, packets->base[packet].flow);
    return a->kind == ADJACENCY_FORWARD && layout_busmode(l, a->port);
}

/* When the PFC sees the header, or the egress card can begin to send. */
static int64_t handed_on_ps(const struct bus_state *st, int64_t start_ps, int64_t end_ps,
                            const struct packet_head *head, bool whole)
{
    const struct layout *l = st->c.layout;

    if (!whole || l->config->hops[HOP_BUS] == STORE_AND_FORWARD) {
        return end_ps;
    }
    return head->flags & PACKET_DECIDED
               ? hop_cut_through_ps(start_ps, end_ps, head->bytes * 8u, LAYOUT_BUS_BPS,
                                    layout_sending_bps(l, head->egress))
               : end_ps - bus_rest_ps(head->bytes);
}

/* The oldest request of a slot, for the frame that its port sends then. */
static inline struct request take_request(struct requester *r)
{
    struct request request = r->requests[r->head++ & r->mask];

    if (__builtin_expect(r->queues != NULL, 0)) {
        struct row row = receive_queues_take(r->queues);
        request.packet = row.packet;
        request.arrived_ps = row.ready_ps;
    }
    return request;
}

/* The transfer of the oldest frame of a slot, from this edge on. */
static void grant(struct bus_state *st, struct batch *b, uint32_t slot, int64_t now_ps)
{
    struct requester *r = &st->slots[slot];
    struct request request = take_request(r);
    struct packet_head *head = &st->c.packets->base[request.packet].head;

    st->asking ^= (uint32_t)(r->head == r->tail) << slot;
    st->n_held--;
    st->demand.n_waiting -= lookups_of(st, request.packet);
    room_of(st, *head)->used -= head->bytes;
    bool whole = whole_frame(st, request.packet, head, now_ps);
    uint32_t cycles = cycles_of(st, head->bytes, whole);
    int64_t end = now_ps + (int64_t)cycles * BUS_CYCLE_PS;
    int64_t seen = handed_on_ps(st, now_ps, end, head, whole);
    st->free_ps = st->granted_ps = end;
    st->last_slot = slot;
    st->count.n_cycles += cycles;
    st->count.n_asked_cycles += cycles - request.cycles;
    if (head->flags & PACKET_DECIDED) {
        st->count.n_frames++;
        const struct port_place *out = &st->c.layout->ports[head->egress];
        batch_send(b, BUS_TO_EGRESS(out->slot, out->asic),
                   (struct row){seen, request.packet, load_of(head->bytes, head->egress, true)},
                   request.arrived_ps);
        return;
    }
    st->count.n_headers++;
    head->flags |= whole ? PACKET_ON_BUS : 0;
    int64_t start;
    server_serve(&st->pfc, seen, lookups_of(st, request.packet), &start);
    st->results[st->oldest_result++] = start + st->c.pfc->latency_ps;
    if (st->oldest_result == st->c.layout->config->bus_outstanding) {
        st->oldest_result = 0;
    }
    bool special = head->family != IPV4 || head->flags != 0;
    batch_send(b, BUS_TO_PFC,
               (struct row){seen, request.packet, load_of(head->bytes, head->ingress, special)},
               request.arrived_ps);
}

static int64_t busy_ps(const struct bus_state *st, int64_t now_ps)
{
    int64_t to_come_ps = st->granted_ps > now_ps ? st->granted_ps - now_ps : 0;

    return (int64_t)st->count.n_cycles * BUS_CYCLE_PS - to_come_ps;
}

/* How long the bus needs for so many waiting frames, each of the least size. */
static int64_t backlog_ps(const struct bus_state *st, uint64_t n_held)
{
    return (int64_t)n_held * cycles_of(st, BUS_TRUNCATED_BYTES, false) * BUS_CYCLE_PS;
}

/* The requests of cards that have gone. */
static void forget(struct bus_state *st, struct batch *b)
{
    for (; st->gone != 0; st->gone &= st->gone - 1) {
        struct requester *r = &st->slots[__builtin_ctz(st->gone)];
        while (r->head != r->tail) {
            struct request request = take_request(r);
            struct packet_head head = st->c.packets->base[request.packet].head;
            st->n_held--;
            st->demand.n_waiting -= lookups_of(st, request.packet);
            room_of(st, head)->used -= head.bytes;
            packet_drop(st->c.packets, b, DROP_MODULE_ABSENT, request.packet, request.arrived_ps);
        }
    }
}

/* The edge at which the next grant may be: the first one with a request. */
static inline int64_t next_edge(const struct bus_state *st, const struct batch *b, uint32_t next)
{
    if (st->n_held > 0) {
        return st->free_ps;
    }
    int64_t request = edge_at_or_after(b->rows[next].ready_ps);
    return request > st->free_ps ? request : st->free_ps;
}

SIM_DISPATCH
static void bus_process(void *state, struct batch *b)
{
    struct bus_state *st = state;
    uint32_t next = 0;

    if (__builtin_expect(st->gone != 0, 0)) {
        forget(st, b);
    }
    while (st->n_held > 0 || next < b->n_rows) {
        int64_t edge = next_edge(st, b, next);
        while (next < b->n_rows && b->rows[next].ready_ps <= edge) {
            enqueue(st, b, &b->rows[next++]);
        }
        st->free_ps = edge;
        if (edge >= b->end_ps) {
            break;
        }
        uint32_t slot = arbitrate(st, edge);
        if (slot != NOBODY) {
            grant(st, b, slot, edge);
        } else {
            /* Every header waits for a sequence number. */
            st->free_ps = edge + BUS_CYCLE_PS;
        }
    }
}

static int64_t bus_next_ps(const void *state)
{
    const struct bus_state *st = state;

    return st->gone != 0 ? st->gone_ps : st->n_held > 0 ? st->free_ps : SIM_NEVER;
}

static uint64_t bus_n_held(const void *state)
{
    return ((const struct bus_state *)state)->n_held;
}

static void bus_mark(void *state, int64_t now_ps)
{
    struct bus_state *st = state;

    st->mark = st->count;
    st->busy_ps_at_mark = busy_ps(st, now_ps);
    st->marked_ps = now_ps;
    st->n_held_at_mark = st->n_held;
    for (uint32_t s = 0; s <= st->c.layout->config->chassis->n_slots; s++) {
        if (st->slots[s].queues != NULL) {
            receive_queues_mark(st->slots[s].queues, now_ps);
        }
    }
}

static void bus_show(const void *state, int64_t now_ps, struct report *out)
{
    const struct bus_state *st = state;
    const struct bus_count *now = &st->count, *then = &st->mark;
    int64_t busy = busy_ps(st, now_ps) - st->busy_ps_at_mark;

    report_value(out, "bus", "headers", "packets", (int64_t)(now->n_headers - then->n_headers));
    report_value(out, "bus", "frames", "packets", (int64_t)(now->n_frames - then->n_frames));
    if (st->stalled_ps > 0) {
        report_value(out, "bus", "stalled", "ps", st->stalled_ps);
    }
    report_value(out, "bus", "held_start", "packets", (int64_t)st->n_held_at_mark);
    report_value(out, "bus", "held_end", "packets", (int64_t)st->n_held);
    report_resource(out, &(struct report_resource){
                             .module = "shared bus",
                             .kind = "bus",
                             .work = "cycles",
                             .rate = BUS_CYCLES_PER_S,
                             .offered = now->n_asked_cycles - then->n_asked_cycles,
                             .served = (uint64_t)busy / BUS_CYCLE_PS,
                             .n_dropped = now->n_refused - then->n_refused,
                             .busy_ps = busy,
                             .interval_ps = now_ps - st->marked_ps,
                             .backlog_first_ps = backlog_ps(st, st->n_held_at_mark),
                             .backlog_last_ps = backlog_ps(st, st->n_held),
                         });
    for (uint32_t s = 0; s <= st->c.layout->config->chassis->n_slots; s++) {
        if (st->slots[s].queues != NULL) {
            receive_queues_show(st->slots[s].queues, "shared bus", out);
        }
    }
}

void bus_stall(void *state, int64_t now_ps, int64_t until_ps)
{
    struct bus_state *st = state;
    int64_t from_ps = st->stalled_until_ps > now_ps ? st->stalled_until_ps : now_ps;
    int64_t edge_ps = edge_at_or_after(until_ps);

    if (until_ps > from_ps) {
        st->stalled_ps += until_ps - from_ps;
        st->stalled_until_ps = until_ps;
    }
    st->free_ps = edge_ps > st->free_ps ? edge_ps : st->free_ps;
}

void bus_forget(void *state, int64_t now_ps, uint32_t slot)
{
    struct bus_state *st = state;

    st->asking &= ~(1u << slot);
    st->gone |= 1u << slot;
    st->gone_ps = now_ps;
}

const struct bus_demand *bus_demand(const void *state)
{
    return &((const struct bus_state *)state)->demand;
}

const struct stage_ops bus_stage = {
    .name = "bus",
    .drops = drops,
    .state_bytes = sizeof(struct bus_state),
    .open = bus_open,
    .process = bus_process,
    .next_ps = bus_next_ps,
    .n_held = bus_n_held,
    .mark = bus_mark,
    .show = bus_show,
};
