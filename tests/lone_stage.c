#include "tests/lone_stage.h"

#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"

void lone_packets_open(struct lone_chassis *c)
{
    uint32_t *flow_hash = arena_take_array(c->mem, LONE_FLOWS, sizeof *flow_hash);

    for (uint32_t i = 0; i < LONE_FLOWS; i++) {
        flow_hash[i] = i * 0x9e3779b1u; /* odd: spreads them */
    }
    c->flows = (struct flow_tables){.n_flows = LONE_FLOWS, .n_streams = 1};
    c->flows.first = arena_take_array(c->mem, 2, sizeof *c->flows.first);
    c->flows.first[1] = LONE_FLOWS;
    uint32_t **columns4[] = {&c->flows.src4, &c->flows.dst4, &c->flows.ports};
    uint64_t **columns6[] = {&c->flows.src6_hi, &c->flows.src6_lo, &c->flows.dst6_hi,
                             &c->flows.dst6_lo};
    for (size_t i = 0; i < 3; i++) {
        *columns4[i] = arena_take_array(c->mem, LONE_FLOWS, sizeof **columns4[i]);
    }
    for (size_t i = 0; i < 4; i++) {
        *columns6[i] = arena_take_array(c->mem, LONE_FLOWS, sizeof **columns6[i]);
    }
    for (uint32_t i = 0; i < LONE_FLOWS; i++) {
        c->flows.src4[i] = i;
        c->flows.dst4[i] = i % 2;
    }
    packets_open(&c->packets, 1024, c->mem);
    c->packets.flow_hash = flow_hash;
    c->accounts = (struct accounts){
        .config = c->config, .flows = &c->flows, .packets = &c->packets, .mem = c->mem};
}

void lone_chassis_open(struct lone_chassis *c, const struct chassis_config *config,
                       struct arena *mem)
{
    c->mem = mem;
    c->config = config;
    layout_open(&c->layout, config, mem);
    lone_packets_open(c);
    control_open(&c->control, config, mem);
    control_start(&c->control, NULL);
}

void lone_chassis_close(struct lone_chassis *c)
{
    control_close(&c->control);
}

uint32_t lone_packet(struct lone_chassis *c, uint32_t ingress, uint32_t bytes, struct ip_address to)
{
    struct packets *p = &c->packets;
    uint32_t id = packet_new(p);

    p->base[id] = (struct packet){.name = (uint64_t)ingress << 40 | id,
                                  .head = {.bytes = (uint16_t)bytes,
                                           .ingress = (uint16_t)ingress,
                                           .family = to.family == IPV6},
                                  .dst4 = (uint32_t)(to.hi >> 32),
                                  .flow = id % LONE_FLOWS};
    p->dst6_hi[id] = to.hi;
    p->dst6_lo[id] = to.lo;
    return id;
}

static void note(void *context, const struct tap_event *e)
{
    struct lone_stage *s = context;

    if (s->n == s->room) {
        s->room = 2 * s->room + 64;
        s->outings = realloc(s->outings, s->room * sizeof *s->outings);
    }
    s->outings[s->n] = (struct outing){
        e->kind, e->where, s->chassis->packets.base[e->packet].name, e->arrived_ps, e->ready_ps,
        0,       s->n};
    s->n++;
}

/* Takes what was sent since outing number `first` off the lanes: each row as it was told. */
static void empty_lanes(struct lone_stage *s, uint32_t first)
{
    for (uint32_t i = first; i < s->n; i++) {
        struct outing *o = &s->outings[i];
        if (o->kind == TAP_SEND) {
            struct lane *lane = &s->lanes[o->where];
            const struct row *row = lane->head++;
            sim_assert(row->ready_ps == o->left_ps);
            sim_assert(s->chassis->packets.base[row->packet].name == o->name);
            o->load = row->load;
        }
    }
    for (uint32_t i = 0; i < LONE_LANES; i++) {
        sim_assert(s->lanes[i].head == s->lanes[i].tail);
    }
}

void lone_stage_open(struct lone_stage *s, const struct stage_ops *ops, const void *config,
                     struct lone_chassis *chassis)
{
    struct arena *mem = chassis->mem;
    struct error err = {0};
    uint32_t n_reasons = 0;

    memset(s, 0, sizeof *s);
    s->ops = ops;
    s->chassis = chassis;
    s->tap = (struct tap){note, s};
    s->state = arena_take(mem, ops->state_bytes);
    while (ops->drops != NULL && ops->drops[n_reasons] != NULL) {
        n_reasons++;
    }
    for (uint32_t i = 0; i < LONE_LANES; i++) {
        lane_open(&s->lanes[i], i, mem);
        s->list[i] = &s->lanes[i];
    }
    s->batch.lanes = s->list;
    s->batch.tap = &s->tap;
    s->batch.drops = arena_take_array(mem, n_reasons, sizeof(uint64_t));
    s->batch.time_ps = arena_take(mem, sizeof(struct histogram));
    s->batch.latency_ps = arena_take(mem, sizeof(struct histogram));
    s->batch.times = arena_take(mem, sizeof(struct times));
    s->batch.latencies = arena_take(mem, sizeof(struct times));
    s->batch.measure_to_ps = SIM_NEVER;
    sim_assert(ops->open(s->state, config, mem, &err));
}

void lone_stage_close(struct lone_stage *s)
{
    free(s->outings);
}

static int compare_outings(const void *left, const void *right)
{
    const struct outing *a = left, *b = right;

    return a->kind != b->kind     ? (a->kind < b->kind ? -1 : 1)
           : a->where != b->where ? (a->where < b->where ? -1 : 1)
                                  : (a->order < b->order ? -1 : 1);
}

void lone_stage_run(struct lone_stage *s, const struct row *rows, uint32_t n, int64_t window_ps,
                    uint32_t batch_rows, int64_t until_ps)
{
    uint32_t most = batch_rows == 0 ? BATCH_MOST_ROWS : batch_rows;

    for (uint32_t shown = 0; s->batch.end_ps < until_ps;) {
        struct batch *b = &s->batch;
        int64_t end_ps = until_ps - b->end_ps > window_ps ? b->end_ps + window_ps : until_ps;
        uint32_t due = shown;
        while (due < n && rows[due].ready_ps < end_ps) {
            due++;
        }
        b->start_ps = b->end_ps;
        do {
            b->rows = rows + shown;
            b->n_rows = due - shown < most ? due - shown : most;
            shown += b->n_rows;
            b->end_ps = shown < due ? rows[shown].ready_ps : end_ps;
            uint32_t first = s->n;
            s->ops->process(s->state, b);
            empty_lanes(s, first);
        } while (shown < due);
    }
    if (s->n > 0) {
        qsort(s->outings, s->n, sizeof *s->outings, compare_outings);
    }
}

uint32_t lone_stage_count(const struct lone_stage *s, enum tap_kind kind, uint32_t where)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->n; i++) {
        n += s->outings[i].kind == kind && s->outings[i].where == where;
    }
    return n;
}
