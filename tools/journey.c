#include "tools/journey.h"

#include <stdlib.h>
#include <string.h>

#include "models/chassis.h"
#include "models/egress.h"
#include "models/engine.h"
#include "models/flows.h"
#include "models/msfc.h"
#include "models/packet.h"
#include "models/punt.h"
#include "models/qos.h"
#include "scenarios/address.h"
#include "sim/arena.h"
#include "sim/scheduler.h"
#include "tools/decision.h"
#include "tools/figures.h"
#include "tools/number.h"
#include "tools/words.h"

static int compare(const void *a, const void *b)
{
    const struct journey *x = a, *y = b;

    return x->name < y->name ? -1 : x->name > y->name;
}

struct journey *journeys_find(const struct journeys *j, uint64_t name)
{
    struct journey wanted = {.name = name};

    return bsearch(&wanted, j->all, j->n, sizeof *j->all, compare);
}

/* A step: when it came, how long it stayed, where, and the first line of what happened there. */
static void put_step(struct journeys *j, struct journey *x, const struct tap_event *event,
                     const char *what)
{
    char text[NUMBER_TEXT];
    struct table *t = &x->steps;

    table_cell(t, "%s", number_us(text, (uint64_t)(event->arrived_ps - x->born_ps)));
    table_cell(t, "%s", number_us(text, (uint64_t)(event->ready_ps - event->arrived_ps)));
    table_cell(t, "%s", scheduler_name(chassis_scheduler(j->chassis), event->instance));
    table_cell(t, "%s", what);
}

/* More of what happened there. */
static void put_line(struct journey *x, const char *what)
{
    for (int k = 0; k < 3; k++) {
        table_cell(&x->steps, "%s", "");
    }
    table_cell(&x->steps, "%s", what);
}

/* ---- who is who -------------------------------------------------------------------------- */

static const char *port_name(const struct journeys *j, uint32_t port)
{
    return features_interface_name(&j->config->ports[port], j->mem);
}

static const char *protocol_name(const struct journeys *j, uint8_t protocol)
{
    return protocol == FLOWS_TCP    ? "tcp"
           : protocol == FLOWS_UDP  ? "udp"
           : protocol == FLOWS_ICMP ? "icmp"
                                    : arena_printf(j->mem, "protocol %u", protocol);
}

static const struct stream_config *stream_of(const struct journeys *j, const struct packet *packet)
{
    return &j->config->streams[flows_stream(chassis_flows(j->chassis), packet->flow)];
}

/* ---- queues ------------------------------------------------------------------------------ */

static const struct slot_config *slot_of(const struct journeys *j, uint32_t port)
{
    const struct slot_config *slot = j->config->slots;

    while (slot->slot != j->config->ports[port].slot) {
        slot++;
    }
    return slot;
}

/* "queue 2 threshold 1"; they count from 1, as in the tables of the hardware. */
static const char *place_text(const struct journeys *j, const struct queue_setup *setup,
                              uint32_t class)
{
    struct queue_place place = setup->map[class];
    const char *threshold = setup->structure.n_thresholds == 0
                                ? ""
                                : arena_printf(j->mem, " threshold %u", place.threshold + 1u);

    return place.queue == setup->structure.n_weighted
               ? arena_printf(j->mem, "the strict queue %u", place.queue + 1u)
               : arena_printf(j->mem, "queue %u%s", place.queue + 1u, threshold);
}

/* Where it waits when it has come; NULL: the port has one queue. */
static const char *receive_place(const struct journeys *j, const struct packet *packet)
{
    uint32_t port = packet->head.ingress;
    const struct slot_config *slot = slot_of(j, port);
    const struct queue_setup *setup =
        slot->rx_queues == NULL ? NULL : slot->rx_queues[port - slot->first_port];
    uint8_t cos = stream_of(j, packet)->cos;

    if (setup == NULL) {
        return NULL;
    }
    cos = cos == CONFIG_UNTAGGED ? j->config->ports[port].cos : cos;
    return place_text(j, setup, setup->by_dscp ? packet->head.dscp : cos);
}

/* Where it waits for the wire. */
static const char *transmit_place(const struct journeys *j, uint32_t port,
                                  const struct packet *packet)
{
    const struct slot_config *slot = slot_of(j, port);
    const struct queue_setup *setup =
        slot->queues == NULL ? NULL : slot->queues[port - slot->first_port];
    uint8_t dscp = packet->head.dscp;

    return setup == NULL
               ? "one queue"
               : place_text(j, setup, setup->by_dscp ? dscp : j->config->qos.dscp_cos[dscp]);
}

/* ---- what happens where ------------------------------------------------------------------ */

static void put_created(struct journeys *j, struct journey *x, const struct tap_event *event,
                        const struct packet *packet)
{
    static const char *const trusts[] = {"nothing", "the CoS", "the IP precedence", "the DSCP"};
    const struct flow_tables *flows = chassis_flows(j->chassis);
    const struct stream_config *s = stream_of(j, packet);
    struct flow_key key = flows_key(flows, (enum ip_family)packet->head.family, packet->flow);
    const struct port_config *port = &j->config->ports[packet->head.ingress];
    const char *tag =
        s->cos == CONFIG_UNTAGGED ? "untagged" : arena_printf(j->mem, "CoS %u", s->cos);
    char from[ADDRESS_TEXT], to[ADDRESS_TEXT];

    put_step(j, x, event,
             arena_printf(j->mem, "%s: %s port %u to %s port %u, %s, %u B",
                          port_name(j, packet->head.ingress), address_print(&key.from, from),
                          key.from_port, address_print(&key.to, to), key.to_port,
                          protocol_name(j, s->protocol), packet->head.bytes));
    if (j->config->qos.on) {
        put_line(x, arena_printf(j->mem, "%s, DSCP %u, the port trusts %s: DSCP %u", tag, s->dscp,
                                 trusts[port->trust], packet->head.dscp));
    }
    const char *place = receive_place(j, packet);
    if (place != NULL) {
        put_line(x, arena_printf(j->mem, "received: %s", place));
    }
}

static const char *way_out(struct journeys *j, const struct journey *x, const struct packet *packet)
{
    const struct qos_config *qos = &j->config->qos;
    const uint8_t dscp = packet->head.dscp;

    return x->egress == JOURNEY_NO_PORT ? ""
           : qos->on ? arena_printf(j->mem, "to %s as CoS %u, DSCP %u: %s", port_name(j, x->egress),
                                    qos_egress_cos(qos, dscp),
                                    qos_carried_dscp(qos, stream_of(j, packet), dscp),
                                    transmit_place(j, x->egress, packet))
                     : arena_printf(j->mem, "to %s", port_name(j, x->egress));
}

static const char *in_software(struct journeys *j, const struct tap_event *event)
{
    const char *cause = punt_cause_name(chassis_packets(j->chassis)->cause[event->packet]);

    return event->kind == TAP_DELIVER ? arena_printf(j->mem, "received (%s)", cause)
                                      : arena_printf(j->mem, "in software (%s)", cause);
}

/* Where it got no lookup, or no route is asked for, there is nothing to say. */
static bool was_looked_up(const struct stage_ops *stage, const struct tap_event *event)
{
    return event->kind == TAP_SEND ||
           (strcmp(stage->drops[event->where], "receive_buffer_full") != 0 &&
            strcmp(stage->drops[event->where], "not_router_mac") != 0);
}

static void put_decision(struct journeys *j, struct journey *x, const struct stage_ops *stage,
                         const struct tap_event *event)
{
    struct decision d = {0};

    if (was_looked_up(stage, event)) {
        decision_find(&d,
                      &(struct decision_of){
                          .config = j->config,
                          .chassis = j->chassis,
                          .engine = scheduler_state(chassis_scheduler(j->chassis), event->instance),
                          .packet = event->packet,
                          .dscp = x->dscp,
                          .reason = event->kind == TAP_DROP ? stage->drops[event->where] : NULL},
                      j->mem);
        x->egress = d.egress;
    }
    put_step(j, x, event, d.n_lines == 0 ? "" : d.lines[0]);
    for (uint32_t i = 1; i < d.n_lines; i++) {
        put_line(x, d.lines[i]);
    }
}

static const char *lost(struct journeys *j, const struct stage_ops *stage,
                        const struct tap_event *event)
{
    struct loss loss = {.stage = stage->name, .reason = stage->drops[event->where]};

    return arena_printf(j->mem, "lost: %s", words_reason(&loss, j->mem));
}

static void put_event(struct journeys *j, struct journey *x, const struct tap_event *event)
{
    const struct packet *packet = &chassis_packets(j->chassis)->base[event->packet];
    const struct stage_ops *stage = scheduler_ops(chassis_scheduler(j->chassis), event->instance);

    if (event->kind == TAP_CREATE) {
        x->born_ps = event->ready_ps;
        put_created(j, x, event, packet);
    } else if (stage_same_kind(stage, &engine_stage)) {
        put_decision(j, x, stage, event);
    } else if (stage_same_kind(stage, &msfc_stage)) {
        put_step(j, x, event, in_software(j, event));
        x->egress = event->kind == TAP_SEND ? packet->head.egress : JOURNEY_NO_PORT;
    } else {
        bool out = stage_same_kind(stage, &egress_stage);
        put_step(j, x, event, out ? way_out(j, x, packet) : "");
    }
    x->dscp = packet->head.dscp;
    if (event->kind == TAP_DROP) {
        put_line(x, lost(j, stage, event));
    }
}

static void add_event(void *context, const struct tap_event *event)
{
    struct journeys *j = context;
    struct journey *x = journeys_find(j, chassis_packets(j->chassis)->base[event->packet].name);

    if (x != NULL) {
        put_event(j, x, event);
    }
}

void journeys_open(struct journeys *j, const struct chassis_config *config, const uint64_t *names,
                   uint32_t n, struct arena *mem)
{
    static const char *const cells[] = {"us", "spent us", "at", "what"};

    *j = (struct journeys){.tap = {add_event, j}, .config = config, .n = n, .mem = mem};
    j->all = arena_take_array(mem, n, sizeof *j->all);
    for (uint32_t i = 0; i < n; i++) {
        j->all[i] = (struct journey){.name = names[i], .egress = JOURNEY_NO_PORT};
        table_open(&j->all[i].steps, "rrll", mem);
        table_row(&j->all[i].steps, cells);
    }
    qsort(j->all, n, sizeof *j->all, compare);
}
