/* naive_queues.c - see naive_queues.h. */
#include "tests/naive_queues.h"

#include "models/packet.h"

#define SECOND_PS 1000000000000

void naive_queues_open(struct naive_queues *nv, const struct port_queues_config *c)
{
    *nv = (struct naive_queues){.c = c, .rng = rng_open(c->seed, c->name, "wred")};
    for (uint32_t p = 0; p < c->n_ports; p++) {
        nv->ports[p].turn = c->setups[p]->structure.n_weighted - 1u;
    }
}

static uint32_t wire_bits(uint32_t bytes)
{
    return (bytes + WIRE_PREAMBLE_BYTES + WIRE_GAP_BYTES) * 8;
}

/* The oldest that waits; NULL: none. */
static struct naive_frame *oldest(struct naive_queues *nv, uint32_t port, uint32_t queue)
{
    for (uint32_t i = 0; i < nv->n; i++) {
        struct naive_frame *f = &nv->frames[i];
        if (f->state == WAITING && f->port == port && f->queue == queue) {
            return f;
        }
    }
    return NULL;
}

static const struct queue_setup *setup_of(const struct naive_queues *nv, uint32_t port)
{
    return nv->c->setups[port];
}

static naive_wide open_unit(const struct naive_queues *nv, uint32_t port, uint32_t queue)
{
    return (naive_wide)nv->c->rate_bps * setup_of(nv, port)->queues[queue].weight;
}

/* When the port sends next, if no other frame comes. */
static int64_t naive_start_ps(struct naive_queues *nv, uint32_t port, int64_t now_ps)
{
    uint32_t n_weighted = setup_of(nv, port)->structure.n_weighted;
    int64_t best = SIM_NEVER;

    for (uint32_t q = 0; q < queue_count(setup_of(nv, port)->structure); q++) {
        int64_t at = nv->ports[port].free_ps > now_ps ? nv->ports[port].free_ps : now_ps;
        if (oldest(nv, port, q) == NULL) {
            continue;
        }
        if (setup_of(nv, port)->scheduler == QUEUE_SRR && q < n_weighted) {
            int64_t open = (int64_t)(nv->ports[port].open[q] / open_unit(nv, port, q));
            at = open > at ? open : at;
        }
        best = at < best ? at : best;
    }
    return best;
}

static int64_t bits_ps(const struct naive_queues *nv, uint32_t bytes)
{
    return (int64_t)((naive_wide)wire_bits(bytes) * SECOND_PS / (naive_wide)nv->c->rate_bps);
}

static enum port_fate naive_judge(struct naive_queues *nv, const struct naive_frame *f)
{
    struct queue_threshold at = setup_of(nv, f->port)->queues[f->queue].thresholds[f->threshold];
    naive_wide room = (naive_wide)nv->c->buffer_bytes * 8 * SECOND_PS /
                      (naive_wide)nv->c->rate_bps *
                      setup_of(nv, f->port)->queues[f->queue].share_percent / 100;
    naive_wide low = room * at.low_percent / 100, high = room * at.high_percent / 100;
    naive_wide fill = bits_ps(nv, f->bytes);
    uint64_t shared = f->bytes;

    for (uint32_t i = 0; i < nv->n; i++) {
        const struct naive_frame *g = &nv->frames[i];
        bool here = g->port == f->port && g->queue == f->queue;
        bool leaving = g->state == ON_WIRE && g->event.end_ps > f->at_ps;
        shared += g->state == WAITING || leaving ? g->bytes : 0;
        fill += here && g->state == WAITING ? bits_ps(nv, g->bytes) : 0;
        fill += here && leaving ? g->event.end_ps - f->at_ps : 0;
    }
    if (fill > high || (nv->c->shared && shared > nv->c->buffer_bytes)) {
        return PORT_TAIL_DROPPED;
    }
    if (fill <= low) {
        return PORT_SENT;
    }
    uint64_t draw = rng_at(&nv->rng, (uint64_t)f->port << 40 | nv->ports[f->port].n_draws++).a;
    naive_wide chance = (fill - low) * setup_of(nv, f->port)->wred_most_ppm;
    return (naive_wide)rng_below(draw, (uint64_t)(high - low)) * 1000000 < chance
               ? PORT_WRED_DROPPED
               : PORT_SENT;
}

static uint32_t naive_round_robin(struct naive_queues *nv, uint32_t port)
{
    for (;;) {
        uint32_t q = nv->ports[port].turn;
        const struct naive_frame *f = oldest(nv, port, q);
        int64_t *credit = &nv->ports[port].credit[q];
        if (f != NULL && setup_of(nv, port)->scheduler == QUEUE_WRR && *credit > 0) {
            return q;
        }
        if (f != NULL && setup_of(nv, port)->scheduler == QUEUE_DWRR &&
            *credit >= wire_bits(f->bytes)) {
            return q;
        }
        if (f == NULL || setup_of(nv, port)->scheduler == QUEUE_WRR) {
            *credit = 0;
        }
        q = nv->ports[port].turn = (q + 1) % setup_of(nv, port)->structure.n_weighted;
        nv->ports[port].credit[q] +=
            8 * setup_of(nv, port)->quantum_bytes * setup_of(nv, port)->queues[q].weight;
    }
}

static uint32_t naive_shaped(struct naive_queues *nv, uint32_t port)
{
    uint32_t best = UINT32_MAX;

    for (uint32_t q = 0; q < setup_of(nv, port)->structure.n_weighted; q++) {
        int64_t open = (int64_t)(nv->ports[port].open[q] / open_unit(nv, port, q));
        if (oldest(nv, port, q) != NULL &&
            (best == UINT32_MAX ||
             open < (int64_t)(nv->ports[port].open[best] / open_unit(nv, port, best)))) {
            best = q;
        }
    }
    return best;
}

static void naive_send(struct naive_queues *nv, uint32_t port, int64_t now_ps)
{
    uint32_t strict = setup_of(nv, port)->structure.n_weighted;
    bool from_strict =
        setup_of(nv, port)->structure.n_strict != 0 && oldest(nv, port, strict) != NULL;
    uint32_t q = from_strict                                  ? strict
                 : setup_of(nv, port)->scheduler == QUEUE_SRR ? naive_shaped(nv, port)
                                                              : naive_round_robin(nv, port);
    struct naive_frame *f = oldest(nv, port, q);
    uint32_t bits = wire_bits(f->bytes), sum = 0;
    for (uint32_t i = 0; i < strict; i++) {
        sum += setup_of(nv, port)->queues[i].weight;
    }
    f->state = ON_WIRE;
    f->event =
        (struct port_event){PORT_SENT, port, q, {0, 0, 0}, now_ps, now_ps + bits_ps(nv, f->bytes)};
    nv->ports[port].free_ps = f->event.end_ps;
    nv->ports[port].credit[q] -= bits;
    if (q < strict) {
        nv->ports[port].open[q] += (naive_wide)bits * SECOND_PS * sum;
    }
    nv->order[nv->n_done++] = (uint32_t)(f - nv->frames);
}

void naive_queues_run(struct naive_queues *nv)
{
    int64_t now_ps = 0;
    uint32_t next = 0;

    for (;;) {
        uint32_t port = 0;
        int64_t start = SIM_NEVER;
        for (uint32_t p = 0; p < nv->c->n_ports; p++) {
            int64_t at = naive_start_ps(nv, p, now_ps);
            if (at < start) {
                start = at;
                port = p;
            }
        }
        if (next < nv->n && nv->frames[next].at_ps <= start) {
            struct naive_frame *f = &nv->frames[next];
            now_ps = f->at_ps;
            naive_wide *open = &nv->ports[f->port].open[f->queue];
            if (oldest(nv, f->port, f->queue) == NULL &&
                *open < now_ps * open_unit(nv, f->port, f->queue)) {
                *open = now_ps * open_unit(nv, f->port, f->queue);
            }
            enum port_fate fate = naive_judge(nv, f);
            f->state = fate == PORT_SENT ? WAITING : GONE;
            f->event = (struct port_event){fate, f->port, f->queue, {0, 0, 0}, now_ps, now_ps};
            if (fate != PORT_SENT) {
                nv->order[nv->n_done++] = next;
            }
            next++;
        } else if (start < SIM_NEVER) {
            now_ps = start;
            naive_send(nv, port, now_ps);
        } else {
            return;
        }
    }
}
