/* Why one list of events for all ports of an ASIC: they may share a buffer, and what leaves the
 * stage must leave in order of time however a run is cut into windows. Frames are nodes of one pool,
 * queues are lists through it: nothing moves, and a burst costs memory once. */
#include "models/port_queues.h"

#include "models/packet.h"
#include "models/queue_turn.h"
#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/rng.h"
#include "sim/server.h"

#define NOBODY UINT32_MAX
#define FIRST_FRAMES 64u

__extension__ typedef unsigned __int128 wide;

struct frame {
    struct row row;
    int64_t at_ps;
    uint32_t next; /* in its list; of a free one, the next free one */
    uint16_t port;
    struct queue_place place;
};

struct list {
    uint32_t first, last; /* last: only when first is somebody */
};

struct queue_count {
    uint64_t n_sent, bits_sent, n_tail_dropped, n_wred_dropped;
    uint64_t waited_ps; /* all that were sent, together */
};

struct queue {
    struct list frames;
    uint64_t waiting_bits; /* of those not begun */
    int64_t open_ps;       /* SRR: when it may send again ... */
    uint64_t open_rest;    /* ... and so much later, over rate x weight */
    struct queue_count count, mark;
    uint64_t most_waited_ps; /* since the mark */
};

struct limits { /* as time at the port's rate */
    struct {
        int64_t low_ps, high_ps;
    } of[QUEUE_MOST][QUEUE_MOST_THRESHOLDS];
};

struct port {
    struct server wire;
    const struct queue_setup *setup;
    const struct limits *limits; /* of ports set alike the same */
    uint32_t sum_of_weights;
    struct queue queues[QUEUE_MOST];
    uint64_t sending_bytes; /* that lie in the shared buffer until the wire is free */
    uint32_t waiting;       /* bit 1 << queue: it has frames */
    uint32_t sending;       /* the queue whose frame is on the wire */
    struct queue_turn turn;
    uint32_t first_bits[QUEUE_MOST]; /* of the first frame of each queue that has some */
    uint64_t n_draws;
};

struct port_queues {
    struct port_queues_config c;
    struct port *ports;
    int64_t *start_ps; /* by port: when its wire takes the next frame; SIM_NEVER: nothing waits */
    uint32_t
        *first; /* a tournament: [1] the port that is first to start, of [2], [3] the first ... */
    uint32_t n_places; /* [n_places + p] is port p; a power of two */
    struct room shared;
    struct rng rng;
    struct frame *frames;
    uint32_t n_frames, free; /* of the pool */
    struct list arriving;
    int64_t arrival_ps; /* the first of these; SIM_NEVER: none */
    uint64_t n_held;
    struct arena *mem;
};

/* ---- frames ---------------------------------------------------------------------------------- */

static uint32_t wire_bits(const struct frame *f)
{
    return (load_bytes(f->row.load) + WIRE_PREAMBLE_BYTES + WIRE_GAP_BYTES) * 8u;
}

static void grow_pool(struct port_queues *pq)
{
    uint32_t n_old = pq->n_frames, n = n_old == 0 ? FIRST_FRAMES : 2 * n_old;

    pq->frames =
        arena_grow(pq->mem, pq->frames, n_old * sizeof *pq->frames, n * sizeof *pq->frames);
    for (uint32_t i = n_old; i < n; i++) {
        pq->frames[i].next = i + 1 < n ? i + 1 : NOBODY;
    }
    pq->free = n_old;
    pq->n_frames = n;
}

static void append(struct port_queues *pq, struct list *list, uint32_t f)
{
    pq->frames[f].next = NOBODY;
    if (list->first == NOBODY) {
        list->first = f;
    } else {
        pq->frames[list->last].next = f;
    }
    list->last = f;
}

static uint32_t take_first(struct port_queues *pq, struct list *list)
{
    uint32_t f = list->first;

    list->first = pq->frames[f].next;
    return f;
}

static struct port_event leave(struct port_queues *pq, uint32_t f, enum port_fate fate,
                               int64_t start_ps, int64_t end_ps)
{
    struct frame *frame = &pq->frames[f];

    frame->next = pq->free;
    pq->free = f;
    pq->n_held--;
    return (struct port_event){fate, frame->port, frame->place.queue, frame->row, start_ps, end_ps};
}

/* ---- opening --------------------------------------------------------------------------------- */

static const struct limits *limits_of(const struct port_queues *pq, const struct queue_setup *setup)
{
    const wide second_ps = 1000000000000;
    struct limits *limits = arena_take(pq->mem, sizeof *limits);

    for (uint32_t q = 0; q < queue_count(setup->structure); q++) {
        wide room_ps = (wide)pq->c.buffer_bytes * 8 * second_ps / pq->c.rate_bps *
                       setup->queues[q].share_percent / 100;
        for (uint32_t t = 0; t < QUEUE_MOST_THRESHOLDS; t++) {
            struct queue_threshold at = setup->queues[q].thresholds[t];
            limits->of[q][t].low_ps = (int64_t)(room_ps * at.low_percent / 100);
            limits->of[q][t].high_ps = (int64_t)(room_ps * at.high_percent / 100);
        }
    }
    return limits;
}

static void open_port(struct port_queues *pq, uint32_t p)
{
    struct port *port = &pq->ports[p];
    const struct queue_setup *setup = port->setup = pq->c.setups[p];

    server_open(&port->wire, pq->c.rate_bps, pq->mem);
    queue_turn_open(&port->turn, setup);
    port->limits =
        p > 0 && pq->c.setups[p - 1] == setup ? pq->ports[p - 1].limits : limits_of(pq, setup);
    for (uint32_t q = 0; q < setup->structure.n_weighted; q++) {
        port->sum_of_weights += setup->queues[q].weight;
    }
    for (uint32_t q = 0; q < QUEUE_MOST; q++) {
        port->queues[q].frames.first = NOBODY;
    }
}

/* Nobody starts yet. */
static void open_tournament(struct port_queues *pq)
{
    uint32_t n = 2;

    while (n < pq->c.n_ports) {
        n *= 2;
    }
    pq->n_places = n;
    pq->first = arena_take_array(pq->mem, 2 * (size_t)n, sizeof *pq->first);
    pq->start_ps = arena_take_array(pq->mem, n, sizeof *pq->start_ps);
    for (uint32_t p = 0; p < n; p++) {
        pq->first[n + p] = p;
        pq->start_ps[p] = SIM_NEVER;
    }
    for (uint32_t i = n - 1; i > 0; i--) {
        pq->first[i] = pq->first[2 * i];
    }
}

struct port_queues *port_queues_open(const struct port_queues_config *config, struct arena *mem)
{
    struct port_queues *pq = arena_take(mem, sizeof *pq);

    pq->c = *config;
    pq->mem = mem;
    pq->rng = rng_open(config->seed, config->name, "wred");
    pq->shared.limit = config->buffer_bytes;
    pq->arriving.first = NOBODY;
    pq->arrival_ps = SIM_NEVER;
    grow_pool(pq);
    open_tournament(pq);
    pq->ports = arena_take_array(mem, config->n_ports, sizeof *pq->ports);
    for (uint32_t p = 0; p < config->n_ports; p++) {
        open_port(pq, p);
    }
    return pq;
}

/* ---- which queue is next ---------------------------------------------------------------------- */

static bool strict_waits(const struct port *port)
{
    return port->waiting >> port->setup->structure.n_weighted != 0;
}

/* Of the shaped queues with frames the one that may send first. */
static uint32_t first_open(const struct port *port)
{
    uint32_t first = (uint32_t)__builtin_ctz(port->waiting);

    for (uint32_t left = port->waiting; left != 0; left &= left - 1) {
        uint32_t q = (uint32_t)__builtin_ctz(left);
        first = port->queues[q].open_ps < port->queues[first].open_ps ? q : first;
    }
    return first;
}

/* When the wire takes its next frame, as things are at now_ps. */
static int64_t next_start_ps(const struct port *port, int64_t now_ps)
{
    if (port->waiting == 0) {
        return SIM_NEVER;
    }
    int64_t start_ps = now_ps + server_backlog_ps(&port->wire, now_ps);
    if (port->setup->scheduler == QUEUE_SRR && !strict_waits(port)) {
        int64_t open_ps = port->queues[first_open(port)].open_ps;
        start_ps = open_ps > start_ps ? open_ps : start_ps;
    }
    return start_ps;
}

/* Of two that start at the same time the lower port is first. */
static inline void plan(struct port_queues *pq, uint32_t p, int64_t now_ps)
{
    pq->start_ps[p] = next_start_ps(&pq->ports[p], now_ps);
    for (uint32_t i = (pq->n_places + p) / 2; i > 0; i /= 2) {
        uint32_t a = pq->first[2 * i], b = pq->first[2 * i + 1];
        pq->first[i] = pq->start_ps[b] < pq->start_ps[a] ? b : a;
    }
}

/* ---- frames come ------------------------------------------------------------------------------ */

void port_queues_arrive(struct port_queues *pq, struct row row, uint32_t port, uint32_t class,
                        int64_t at_ps)
{
    if (pq->free == NOBODY) {
        grow_pool(pq);
    }
    uint32_t f = pq->free;
    pq->free = pq->frames[f].next;
    pq->frames[f] =
        (struct frame){row, at_ps, NOBODY, (uint16_t)port, pq->ports[port].setup->map[class]};
    pq->arrival_ps = pq->arriving.first == NOBODY ? at_ps : pq->arrival_ps;
    append(pq, &pq->arriving, f);
    pq->n_held++;
}

/* Room in the shared buffer. What wires have sent by now is given back when it is needed. */
static bool fits_shared(struct port_queues *pq, uint64_t bytes, int64_t now_ps)
{
    for (uint32_t p = 0; p < pq->c.n_ports && !room_fits(&pq->shared, bytes); p++) {
        struct port *port = &pq->ports[p];
        if (port->wire.free_ps <= now_ps) {
            pq->shared.used -= port->sending_bytes;
            port->sending_bytes = 0;
        }
    }
    return room_fits(&pq->shared, bytes);
}

/* The chance rises with the queue, from low to high: drawn only between the two. */
static bool wred_drops(struct port_queues *pq, struct port *port, uint32_t p, int64_t over_ps,
                       int64_t span_ps)
{
    uint64_t draw = rng_at(&pq->rng, (uint64_t)p << 40 | port->n_draws++).a;

    return (wide)rng_below(draw, (uint64_t)span_ps) * 1000000 <
           (wide)over_ps * port->setup->wred_most_ppm;
}

static enum port_fate judge(struct port_queues *pq, struct port *port, const struct frame *f)
{
    struct queue *queue = &port->queues[f->place.queue];
    int64_t low_ps = port->limits->of[f->place.queue][f->place.threshold].low_ps;
    int64_t high_ps = port->limits->of[f->place.queue][f->place.threshold].high_ps;
    int64_t fill_ps = (int64_t)((queue->waiting_bits + wire_bits(f)) * port->wire.unit_ps);

    fill_ps += port->sending == f->place.queue ? server_backlog_ps(&port->wire, f->at_ps) : 0;
    if (fill_ps > high_ps ||
        (pq->c.shared && !fits_shared(pq, load_bytes(f->row.load), f->at_ps))) {
        queue->count.n_tail_dropped++;
        return PORT_TAIL_DROPPED;
    }
    if (fill_ps > low_ps && wred_drops(pq, port, f->port, fill_ps - low_ps, high_ps - low_ps)) {
        queue->count.n_wred_dropped++;
        return PORT_WRED_DROPPED;
    }
    return PORT_SENT;
}

/* The next arrival. Returns whether it is dropped. */
static bool arrive(struct port_queues *pq, struct port_event *event)
{
    uint32_t f = take_first(pq, &pq->arriving), next = pq->arriving.first;
    const struct frame *frame = &pq->frames[f];
    struct port *port = &pq->ports[frame->port];
    struct queue *queue = &port->queues[frame->place.queue];
    enum port_fate fate = judge(pq, port, frame);

    pq->arrival_ps = next == NOBODY ? SIM_NEVER : pq->frames[next].at_ps;

    if (fate != PORT_SENT) {
        server_refuse(&port->wire, wire_bits(frame));
        *event = leave(pq, f, fate, frame->at_ps, frame->at_ps);
        return true;
    }
    pq->shared.used += load_bytes(frame->row.load);
    queue->waiting_bits += wire_bits(frame);
    if (queue->frames.first == NOBODY && queue->open_ps < frame->at_ps) {
        queue->open_ps = frame->at_ps; /* time without frames is not made up for */
        queue->open_rest = 0;
    }
    if (queue->frames.first == NOBODY) {
        port->first_bits[frame->place.queue] = wire_bits(frame);
    }
    append(pq, &queue->frames, f);
    bool first = port->waiting == 0;
    port->waiting |= 1u << frame->place.queue;
    if (first || port->setup->scheduler == QUEUE_SRR) {
        plan(pq, frame->port, frame->at_ps);
    }
    return false;
}

/* ---- frames go ------------------------------------------------------------------------------- */

/* A shaped queue may send again when its share of the port's rate would have sent the frame. */
static void close_until(const struct port_queues *pq, struct port *port, uint32_t q, uint32_t bits)
{
    const wide second_ps = 1000000000000;
    struct queue *queue = &port->queues[q];
    wide over = (wide)pq->c.rate_bps * port->setup->queues[q].weight;
    wide closed = bits * second_ps * port->sum_of_weights + queue->open_rest;

    queue->open_ps += (int64_t)(closed / over);
    queue->open_rest = (uint64_t)(closed % over);
}

static uint32_t choose(struct port *port)
{
    if (strict_waits(port)) {
        return port->setup->structure.n_weighted;
    }
    return port->setup->scheduler == QUEUE_SRR
               ? first_open(port)
               : queue_turn_next(&port->turn, port->setup, port->waiting, port->first_bits);
}

static struct port_event transmit(struct port_queues *pq)
{
    uint32_t p = pq->first[1];
    struct port *port = &pq->ports[p];
    int64_t now_ps = pq->start_ps[p], start_ps;
    uint32_t q = choose(port);
    struct queue *queue = &port->queues[q];
    uint32_t f = take_first(pq, &queue->frames);
    uint32_t bits = port->first_bits[q];

    pq->shared.used -= port->sending_bytes;
    port->sending_bytes = load_bytes(pq->frames[f].row.load);
    int64_t end_ps = server_serve(&port->wire, now_ps, bits, &start_ps);
    port->sending = q;
    if (queue->frames.first == NOBODY) {
        port->waiting ^= 1u << q;
    } else {
        port->first_bits[q] = wire_bits(&pq->frames[queue->frames.first]);
    }
    queue->waiting_bits -= bits;
    uint64_t waited_ps = (uint64_t)(start_ps - pq->frames[f].at_ps);
    queue->most_waited_ps = waited_ps > queue->most_waited_ps ? waited_ps : queue->most_waited_ps;
    queue->count.waited_ps += waited_ps;
    queue->count.n_sent++;
    queue->count.bits_sent += bits;
    if (port->setup->scheduler == QUEUE_SRR && q < port->setup->structure.n_weighted) {
        close_until(pq, port, q, bits);
    }
    plan(pq, p, now_ps);
    return leave(pq, f, PORT_SENT, start_ps, end_ps);
}

SIM_DISPATCH
bool port_queues_step(struct port_queues *pq, int64_t end_ps, struct port_event *event)
{
    for (;;) {
        int64_t arrival_ps = pq->arrival_ps, start_ps = pq->start_ps[pq->first[1]];
        if (arrival_ps <= start_ps) {
            if (arrival_ps >= end_ps) {
                return false;
            }
            if (arrive(pq, event)) {
                return true;
            }
        } else {
            if (start_ps < end_ps) {
                *event = transmit(pq);
            }
            return start_ps < end_ps;
        }
    }
}

int64_t port_queues_next_ps(const struct port_queues *pq)
{
    int64_t arrival_ps = pq->arrival_ps, start_ps = pq->start_ps[pq->first[1]];

    return arrival_ps < start_ps ? arrival_ps : start_ps;
}

uint64_t port_queues_n_held(const struct port_queues *pq)
{
    return pq->n_held;
}

/* ---- what it says ---------------------------------------------------------------------------- */

/* Work taken in and not done yet. */
static int64_t backlog_ps(const struct port *port, int64_t now_ps)
{
    uint64_t bits = 0;

    for (uint32_t q = 0; q < QUEUE_MOST; q++) {
        bits += port->queues[q].waiting_bits;
    }
    return (int64_t)(bits * port->wire.unit_ps) + server_backlog_ps(&port->wire, now_ps);
}

void port_queues_mark(struct port_queues *pq, int64_t now_ps)
{
    for (uint32_t p = 0; p < pq->c.n_ports; p++) {
        struct port *port = &pq->ports[p];
        server_mark(&port->wire, now_ps);
        port->wire.mark.backlog_ps = backlog_ps(port, now_ps);
        for (uint32_t q = 0; q < QUEUE_MOST; q++) {
            port->queues[q].mark = port->queues[q].count;
            port->queues[q].most_waited_ps = 0;
        }
    }
}

void port_queues_show(const struct port_queues *pq, uint32_t p, int64_t now_ps, const char *module,
                      struct report *out)
{
    const struct port *port = &pq->ports[p];

    server_report(&port->wire, now_ps, module, "port", "bits", out);
    out->resources[out->n_resources - 1].backlog_last_ps = backlog_ps(port, now_ps);
    for (uint32_t q = 0; q < queue_count(port->setup->structure); q++) {
        const struct queue_count *now = &port->queues[q].count, *then = &port->queues[q].mark;
        const char *name = arena_printf(out->mem, "%s queue %u", module, q + 1);
        uint64_t n_sent = now->n_sent - then->n_sent, waited_ps = now->waited_ps - then->waited_ps;
        report_value(out, name, "sent", "packets", (int64_t)n_sent);
        report_value(out, name, "sent_bits", "bits", (int64_t)(now->bits_sent - then->bits_sent));
        report_value(out, name, "tail_dropped", "packets",
                     (int64_t)(now->n_tail_dropped - then->n_tail_dropped));
        report_value(out, name, "wred_dropped", "packets",
                     (int64_t)(now->n_wred_dropped - then->n_wred_dropped));
        report_value(out, name, "mean_wait", "ps", n_sent == 0 ? 0 : (int64_t)(waited_ps / n_sent));
        report_value(out, name, "longest_wait", "ps", (int64_t)port->queues[q].most_waited_ps);
    }
}
