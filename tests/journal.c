#include "tests/journal.h"

#include <stdlib.h>
#include <string.h>

#include "models/flows.h"
#include "models/lookup.h"
#include "models/packet.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/scheduler.h"

#define NUMBER_MASK ((1ull << 40) - 1)

static void *one_more(void *array, size_t n, size_t *room, size_t bytes)
{
    if (n < *room) {
        return array;
    }
    *room = 2 * *room + 16;
    return realloc(array, *room * bytes);
}

static const struct stream_config *stream_of(const struct journal *j, uint32_t flow)
{
    const struct flow_tables *flows = chassis_flows(j->chassis);
    uint32_t s = 0;

    while (flow >= flows->first[s + 1]) {
        s++;
    }
    return &j->config->streams[s];
}

static void born(struct journal *j, uint32_t packet, int64_t ready_ps)
{
    const struct packets *p = chassis_packets(j->chassis);
    struct packet_head head = p->base[packet].head;
    struct journal_port *port = &j->ports[head.ingress];
    const struct stream_config *stream = stream_of(j, p->base[packet].flow);
    const struct packet *it = &p->base[packet];

    sim_assert((p->base[packet].name & NUMBER_MASK) == port->n);
    port->lives = one_more(port->lives, port->n, &port->room, sizeof *port->lives);
    port->lives[port->n++] = j->n;
    j->lives = one_more(j->lives, j->n, &j->room, sizeof *j->lives);
    struct life *life = &j->lives[j->n++];
    life->n_steps = 0;
    life->packet = (struct reference_packet){
        .name = p->base[packet].name,
        .ready_ps = ready_ps,
        .bytes = head.bytes,
        .ingress = head.ingress,
        .other_mac = head.flags & PACKET_NOT_ROUTED,
        .ttl_1 = head.flags & PACKET_TTL_ENDS,
        .options = head.flags & PACKET_OPTIONS,
        .stream = (uint32_t)(stream - j->config->streams),
        .cos = stream->cos,
        .dscp = stream->dscp,
        .protocol = stream->protocol,
        .tcp_flags = stream->flags,
        .icmp = stream->icmp,
        .flow = flows_key(chassis_flows(j->chassis), head.family, p->base[packet].flow),
        .label = lookup_is_labelled(p, it) ? p->flow_vrf[it->flow] & LOOKUP_NUMBER : 0};
}

/* Of an instance called "engine 5". */
static uint32_t slot_of(const char *name)
{
    return (uint32_t)strtoul(strchr(name, ' '), NULL, 10);
}

static void add_event(void *context, const struct tap_event *event)
{
    struct journal *j = context;
    struct scheduler *s = chassis_scheduler(j->chassis);
    const struct stage_ops *ops = scheduler_ops(s, event->instance);
    uint64_t name = chassis_packets(j->chassis)->base[event->packet].name;

    j->print.tap.event(j->print.tap.context, event);
    if (event->kind == TAP_CREATE) {
        born(j, event->packet, event->ready_ps);
        return;
    }
    struct life *life = &j->lives[j->ports[name >> 40].lives[name & NUMBER_MASK]];
    sim_assert(life->packet.name == name && life->n_steps < JOURNAL_MOST_STEPS);
    life->steps[life->n_steps++] =
        (struct step){.stage = ops->name,
                      .slot = slot_of(scheduler_name(s, event->instance)),
                      .dscp = chassis_packets(j->chassis)->base[event->packet].head.dscp,
                      .kind = event->kind == TAP_SEND   ? STEP_SENT
                              : event->kind == TAP_DROP ? STEP_DROPPED
                                                        : STEP_DELIVERED,
                      .reason = event->kind == TAP_DROP ? ops->drops[event->where] : NULL,
                      .arrived_ps = event->arrived_ps,
                      .left_ps = event->ready_ps};
}

void journal_open(struct journal *j, uint32_t n_ports)
{
    *j = (struct journal){.tap = {add_event, j}, .n_ports = n_ports};
    j->ports = calloc(n_ports, sizeof *j->ports);
    j->mem = arena_open();
    fingerprint_open(&j->print, j->mem);
}

void journal_watch(struct journal *j, struct chassis *chassis, const struct chassis_config *config)
{
    j->chassis = chassis;
    j->config = config;
    j->print.packets = chassis_packets(chassis);
}

void journal_close(struct journal *j)
{
    arena_close(j->mem);
    for (uint32_t i = 0; i < j->n_ports; i++) {
        free(j->ports[i].lives);
    }
    free(j->ports);
    free(j->lives);
}

static int compare_lives(const void *left, const void *right)
{
    const struct reference_packet *a = &((const struct life *)left)->packet;
    const struct reference_packet *b = &((const struct life *)right)->packet;

    if (a->ready_ps != b->ready_ps) {
        return a->ready_ps < b->ready_ps ? -1 : 1;
    }
    return a->ingress - b->ingress;
}

struct reference_packet *journal_packets(struct journal *j)
{
    struct reference_packet *packets = calloc(j->n + 1, sizeof *packets);

    if (j->n > 0) {
        qsort(j->lives, j->n, sizeof *j->lives, compare_lives);
    }
    for (size_t i = 0; i < j->n; i++) {
        packets[i] = j->lives[i].packet;
    }
    return packets;
}
