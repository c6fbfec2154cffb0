/* Why turns of ports apart from queues of frames: the order among ports is that of arrival, with QoS
 * or without; only which of its frames a port sends then is up to its queues. */
#include "models/receive_queues.h"

#include "models/flows.h"
#include "models/packet.h"
#include "models/queue_turn.h"
#include "sim/arena.h"
#include "sim/report.h"
#include "sim/rng.h"

#define NOBODY UINT32_MAX
#define FIRST_NODES 64u

__extension__ typedef unsigned __int128 wide;

/* A frame that waits; or a turn of its port. */
struct node {
    struct row row;
    uint32_t port; /* of the card */
    uint32_t next; /* in its list; of a free one, the next free one */
};

struct list {
    uint32_t first, last; /* last: only when first is somebody */
};

struct counts {
    uint64_t n_taken;
    uint64_t n_tail_dropped[QUEUE_MOST_THRESHOLDS], n_wred_dropped[QUEUE_MOST_THRESHOLDS];
};

struct queue {
    struct list frames;
    uint64_t bytes; /* of those whose last bit has not left */
    struct counts count, mark;
};

struct port {
    const struct queue_setup *setup; /* NULL: one queue */
    uint64_t buffer_bytes;           /* which its queues share */
    struct room *room;
    struct queue *queues; /* [QUEUE_MOST] */
    struct queue_turn turn;
    uint32_t first_bits[QUEUE_MOST];
    uint32_t waiting; /* bit 1 << queue: it has frames */
    uint64_t n_draws;
};

struct receive_queues {
    struct receive_queues_config c;
    const struct slot_config *slot;
    struct port *ports;
    struct list turns;
    struct node *nodes;
    uint32_t n_nodes, free;
    uint64_t n_held, waiting_bits; /* with what goes with them */
    struct {                       /* on its way: takes up room until the server has done with it */
        struct port *port;
        struct queue *queue;
        uint32_t bytes;
    } leaving;
    struct rng rng;
    struct arena *mem;
};

/* ---- lists ----------------------------------------------------------------------------------- */

static void grow_pool(struct receive_queues *rq)
{
    uint32_t n_old = rq->n_nodes, n = n_old == 0 ? FIRST_NODES : 2 * n_old;

    rq->nodes = arena_grow(rq->mem, rq->nodes, n_old * sizeof *rq->nodes, n * sizeof *rq->nodes);
    for (uint32_t i = n_old; i < n; i++) {
        rq->nodes[i].next = i + 1 < n ? i + 1 : NOBODY;
    }
    rq->free = n_old;
    rq->n_nodes = n;
}

static void append(struct receive_queues *rq, struct list *list, uint32_t port, struct row row)
{
    if (rq->free == NOBODY) {
        grow_pool(rq);
    }
    uint32_t n = rq->free;
    rq->free = rq->nodes[n].next;
    rq->nodes[n] = (struct node){row, port, NOBODY};
    *(list->first == NOBODY ? &list->first : &rq->nodes[list->last].next) = n;
    list->last = n;
}

static struct node take_first(struct receive_queues *rq, struct list *list)
{
    uint32_t n = list->first;
    struct node node = rq->nodes[n];

    list->first = node.next;
    rq->nodes[n].next = rq->free;
    rq->free = n;
    return node;
}

/* That the server has to do for a frame. */
static uint32_t bits_of(const struct receive_queues *rq, struct row row)
{
    return (load_bytes(row.load) + rq->c.overhead_bytes) * 8u;
}

/* ---- opening --------------------------------------------------------------------------------- */

bool receive_queues_of(const struct layout *layout, uint32_t slot)
{
    const struct slot_config *config = layout->slots[slot].config;

    return config != NULL && config->rx_queues != NULL;
}

static void open_port(struct receive_queues *rq, uint32_t p, struct room *rooms)
{
    const struct linecard_type *card = rq->slot->card;
    const struct port_asic *asic = &card->asics[card->port_asic[p]];
    struct port *port = &rq->ports[p];
    bool pool = rq->c.pool_bytes > 0;

    port->setup = rq->slot->rx_queues[p];
    port->buffer_bytes = asic->rx_buffer_bytes;
    port->room = &rooms[pool ? 0 : card->shared_buffers ? card->port_asic[p] : p];
    port->room->limit = pool ? rq->c.pool_bytes : asic->rx_buffer_bytes;
    port->queues = arena_take_array(rq->mem, QUEUE_MOST, sizeof *port->queues);
    for (uint32_t q = 0; q < QUEUE_MOST; q++) {
        port->queues[q].frames.first = NOBODY;
    }
    if (port->setup != NULL) {
        queue_turn_open(&port->turn, port->setup);
    }
}

struct receive_queues *receive_queues_open(const struct receive_queues_config *config,
                                           struct arena *mem)
{
    struct receive_queues *rq = arena_take(mem, sizeof *rq);

    rq->c = *config;
    rq->mem = mem;
    rq->slot = config->layout->slots[config->slot].config;
    rq->rng = rng_open(config->layout->config->seed, config->name, "wred");
    rq->turns.first = NOBODY;
    grow_pool(rq);
    uint32_t n_ports = rq->slot->card->n_ports;
    struct room *rooms = arena_take_array(mem, n_ports, sizeof *rooms);
    rq->ports = arena_take_array(mem, n_ports, sizeof *rq->ports);
    for (uint32_t p = 0; p < n_ports; p++) {
        open_port(rq, p, rooms);
    }
    return rq;
}

/* ---- frames come ------------------------------------------------------------------------------ */

/* CoS of the tag, else the port's own; or DSCP. */
static struct queue_place place_of(const struct receive_queues *rq, const struct port *port,
                                   uint32_t packet_id)
{
    const struct chassis_config *c = rq->c.layout->config;
    const struct packet *packet = &rq->c.packets->base[packet_id];

    if (port->setup == NULL) {
        return (struct queue_place){0, 0};
    }
    if (port->setup->by_dscp) {
        return port->setup->map[packet->head.dscp];
    }
    uint8_t cos = c->streams[flows_stream(rq->c.flows, packet->flow)].cos;
    return port->setup->map[cos == CONFIG_UNTAGGED ? c->ports[packet->head.ingress].cos : cos];
}

/* The room of the frame that has left by now. */
static void release(struct receive_queues *rq, int64_t now_ps)
{
    bool done = rq->c.server == NULL || rq->c.server->free_ps <= now_ps;

    if (rq->leaving.port != NULL && done) {
        rq->leaving.port->room->used -= rq->leaving.bytes;
        rq->leaving.queue->bytes -= rq->leaving.bytes;
        rq->leaving.port = NULL;
    }
}

/* The chance rises with the queue, from low to high: drawn only between the two. */
static bool wred_drops(struct receive_queues *rq, struct port *port, uint64_t over, uint64_t span)
{
    uint64_t p = (uint64_t)(port - rq->ports);
    uint64_t draw = rng_at(&rq->rng, p << 40 | port->n_draws++).a;

    return (wide)rng_below(draw, span) * 1000000 < (wide)over * port->setup->wred_most_ppm;
}

static enum receive_fate judge(struct receive_queues *rq, struct port *port,
                               struct queue_place place, uint32_t bytes)
{
    uint64_t fill = port->queues[place.queue].bytes + bytes;

    if (!room_fits(port->room, bytes)) {
        return RECEIVE_NO_ROOM;
    }
    if (port->setup == NULL) {
        return RECEIVE_TAKEN;
    }
    struct queue_threshold at = port->setup->queues[place.queue].thresholds[place.threshold];
    uint64_t share = port->buffer_bytes * port->setup->queues[place.queue].share_percent / 100;
    uint64_t low = share * at.low_percent / 100, high = share * at.high_percent / 100;
    if (fill > high) {
        return RECEIVE_TAIL_DROPPED;
    }
    return fill > low && wred_drops(rq, port, fill - low, high - low) ? RECEIVE_WRED_DROPPED
                                                                      : RECEIVE_TAKEN;
}

enum receive_fate receive_queues_arrive(struct receive_queues *rq, struct row row,
                                        uint32_t port_index)
{
    uint32_t p = port_index - rq->slot->first_port, bytes = load_bytes(row.load);
    struct port *port = &rq->ports[p];
    struct queue_place place = place_of(rq, port, row.packet);
    struct queue *queue = &port->queues[place.queue];

    release(rq, row.ready_ps);
    enum receive_fate fate = judge(rq, port, place, bytes);
    if (fate != RECEIVE_TAKEN) {
        queue->count.n_tail_dropped[place.threshold] += fate == RECEIVE_TAIL_DROPPED;
        queue->count.n_wred_dropped[place.threshold] += fate == RECEIVE_WRED_DROPPED;
        if (rq->c.server != NULL) {
            server_refuse(rq->c.server, bits_of(rq, row));
        }
        return fate;
    }
    port->room->used += bytes;
    queue->bytes += bytes;
    queue->count.n_taken++;
    if (queue->frames.first == NOBODY) {
        port->first_bits[place.queue] = bits_of(rq, row);
        port->waiting |= 1u << place.queue;
    }
    append(rq, &queue->frames, p, row);
    append(rq, &rq->turns, p, row);
    rq->waiting_bits += bits_of(rq, row);
    rq->n_held++;
    return fate;
}

/* ---- frames go ------------------------------------------------------------------------------- */

static uint32_t choose(struct port *port)
{
    uint32_t n_weighted = port->setup == NULL ? 1 : port->setup->structure.n_weighted;

    if (port->setup == NULL || port->waiting >> n_weighted != 0) {
        return port->setup == NULL ? 0 : n_weighted;
    }
    return queue_turn_next(&port->turn, port->setup, port->waiting, port->first_bits);
}

int64_t receive_queues_next_ps(const struct receive_queues *rq)
{
    if (rq->turns.first == NOBODY) {
        return SIM_NEVER;
    }
    int64_t came_ps = rq->nodes[rq->turns.first].row.ready_ps, free_ps = rq->c.server->free_ps;
    return came_ps > free_ps ? came_ps : free_ps;
}

/* The next one, which is leaving from now on. */
static struct row take_next(struct receive_queues *rq)
{
    struct port *port = &rq->ports[take_first(rq, &rq->turns).port];
    uint32_t q = choose(port);
    struct queue *queue = &port->queues[q];
    struct row row = take_first(rq, &queue->frames).row;

    if (queue->frames.first == NOBODY) {
        port->waiting ^= 1u << q;
    } else {
        port->first_bits[q] = bits_of(rq, rq->nodes[queue->frames.first].row);
    }
    rq->leaving.port = port;
    rq->leaving.queue = queue;
    rq->leaving.bytes = load_bytes(row.load);
    rq->waiting_bits -= bits_of(rq, row);
    rq->n_held--;
    return row;
}

bool receive_queues_step(struct receive_queues *rq, int64_t before_ps, struct receive_event *event)
{
    int64_t now_ps = receive_queues_next_ps(rq);

    if (now_ps >= before_ps) {
        return false;
    }
    release(rq, now_ps);
    event->row = take_next(rq);
    event->end_ps = server_serve(rq->c.server, now_ps, bits_of(rq, event->row), &event->start_ps);
    return true;
}

struct row receive_queues_take(struct receive_queues *rq)
{
    struct row row = take_next(rq);

    release(rq, row.ready_ps);
    return row;
}

uint64_t receive_queues_n_held(const struct receive_queues *rq)
{
    return rq->n_held;
}

/* ---- what it says ---------------------------------------------------------------------------- */

/* Work taken in and not done yet. */
static int64_t backlog_ps(const struct receive_queues *rq, int64_t now_ps)
{
    return (int64_t)(rq->waiting_bits * rq->c.server->unit_ps) +
           server_backlog_ps(rq->c.server, now_ps);
}

void receive_queues_mark(struct receive_queues *rq, int64_t now_ps)
{
    if (rq->c.server != NULL) {
        server_mark(rq->c.server, now_ps);
        rq->c.server->mark.backlog_ps = backlog_ps(rq, now_ps);
    }
    for (uint32_t p = 0; p < rq->slot->card->n_ports; p++) {
        for (uint32_t q = 0; q < QUEUE_MOST; q++) {
            rq->ports[p].queues[q].mark = rq->ports[p].queues[q].count;
        }
    }
}

/* Whether some CoS or DSCP goes there. */
static bool is_used(const struct queue_setup *setup, uint32_t q, uint32_t t)
{
    for (uint32_t i = 0; i < (setup->by_dscp ? QUEUE_N_DSCP : QUEUE_N_COS); i++) {
        if (setup->map[i].queue == q && setup->map[i].threshold == t) {
            return true;
        }
    }
    return false;
}

static void show_queue(const struct queue *queue, const struct queue_setup *setup, uint32_t q,
                       const char *name, struct report *out)
{
    const struct counts *now = &queue->count, *then = &queue->mark;

    report_value(out, name, "taken", "packets", (int64_t)(now->n_taken - then->n_taken));
    for (uint32_t t = 0; t < QUEUE_MOST_THRESHOLDS; t++) {
        const struct {
            const char *what;
            uint64_t n;
        } rows[] = {{"tail_dropped", now->n_tail_dropped[t] - then->n_tail_dropped[t]},
                    {"wred_dropped", now->n_wred_dropped[t] - then->n_wred_dropped[t]}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows && is_used(setup, q, t); i++) {
            report_value(out, name, arena_printf(out->mem, "threshold_%u_%s", t + 1, rows[i].what),
                         "packets", (int64_t)rows[i].n);
        }
    }
}

static bool has_received(const struct port *port)
{
    bool any = false;

    for (uint32_t q = 0; q < QUEUE_MOST; q++) {
        any |=
            port->queues[q].count.n_taken > 0; /* the first frame is taken, or too long for all */
    }
    return any;
}

void receive_queues_show_server(const struct receive_queues *rq, int64_t now_ps, const char *module,
                                const char *kind, struct report *out)
{
    server_report(rq->c.server, now_ps, module, kind, "bits", out);
    out->resources[out->n_resources - 1].backlog_last_ps = backlog_ps(rq, now_ps);
}

void receive_queues_show(const struct receive_queues *rq, const char *module, struct report *out)
{
    for (uint32_t p = 0; p < rq->slot->card->n_ports; p++) {
        const struct port *port = &rq->ports[p];
        bool shown = port->setup != NULL && has_received(port);
        for (uint32_t q = 0; shown && q < queue_count(port->setup->structure); q++) {
            const char *name = arena_printf(out->mem, "%s, port %u/%u queue %u", module, rq->c.slot,
                                            rq->slot->card->port_number[p], q + 1);
            show_queue(&port->queues[q], port->setup, q, name, out);
        }
    }
}
