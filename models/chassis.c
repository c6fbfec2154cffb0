/* Why here: nothing else knows which stage is wired to which. The order in which instances are
 * added is the order of the pipeline, and the order of ties between them. */
#include "models/chassis.h"

#include "models/access.h"
#include "models/accounting.h"
#include "models/arp.h"
#include "models/bus.h"
#include "models/classes.h"
#include "models/control.h"
#include "models/egress.h"
#include "models/engine.h"
#include "models/fabric.h"
#include "models/features.h"
#include "models/flows.h"
#include "models/layout.h"
#include "models/modules.h"
#include "models/msfc.h"
#include "models/packet.h"
#include "models/port.h"
#include "models/punt.h"
#include "models/receive_queues.h"
#include "models/sessions.h"
#include "models/streams.h"
#include "models/traffic.h"
#include "models/uplink.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"
#include "sim/scheduler.h"
#include "sim/series.h"

#define NO_INSTANCE UINT32_MAX
#define N_SLOT_PLACES (CONFIG_MAX_SLOTS + 1)

/* A window is made long enough for about so many packets: their columns fit a second-level cache.
 */
#define WINDOW_PACKETS 4096
#define WINDOW_LEAST_PS 1000000
#define WINDOW_MOST_PS 1000000000

struct chassis {
    const struct chassis_config *config;
    struct arena *mem;
    struct layout layout;
    struct packets packets;
    struct control control;   /* RIB, FIB, download */
    struct series series;     /* when the configuration has samples */
    struct sessions sessions; /* of BGP */
    struct arp arp;
    struct modules modules; /* that come and go */
    struct flow_tables *flows;
    struct features features; /* of interfaces: lists and so on */
    struct classes classes;   /* their policy maps */
    struct access access;     /* their changes */
    struct streams streams;
    struct accounts accounts;
    struct scheduler *scheduler;
    uint32_t n_instances;
    /* Instances by slot. */
    uint32_t traffic[N_SLOT_PLACES], engine[N_SLOT_PLACES];
    uint32_t uplink[N_SLOT_PLACES], fabric[N_SLOT_PLACES]; /* of channel 0; others follow */
    uint32_t port[N_SLOT_PLACES], egress[N_SLOT_PLACES]; /* of the first port ASIC; others follow */
    uint32_t bus, msfc;
};

/* ---- instances --------------------------------------------------------------------------- */

static bool add(struct chassis *c, const struct stage_ops *ops, uint32_t slot, const void *config,
                uint32_t *id, struct error *err)
{
    c->n_instances++;
    return scheduler_add(c->scheduler, ops, arena_printf(c->mem, "%s %u", ops->name, slot), config,
                         id, err);
}

static bool has_traffic(const struct chassis_config *config, const struct slot_config *slot)
{
    for (uint32_t s = 0; s < config->n_streams; s++) {
        for (uint32_t p = 0; p < config->streams[s].n_ports; p++) {
            if (config->ports[config->streams[s].ports[p]].slot == slot->slot) {
                return true;
            }
        }
    }
    return false;
}

/* Receiving: without queues, where nobody waits or nothing is trusted. */
static const struct stage_ops *receiving_ops(const struct chassis *c, uint32_t slot, uint32_t asic)
{
    bool queues = receive_queues_of(&c->layout, slot) &&
                  layout_narrow(&layout_card(&c->layout, slot)->asics[asic]);

    return queues ? &port_queues_stage : &port_stage;
}

/* An instance per port ASIC of a card, receiving (ops NULL) or sending. */
static bool add_port_asics(struct chassis *c, const struct stage_ops *ops, uint32_t slot,
                           uint32_t first[], struct error *err)
{
    for (uint32_t a = 0; a < layout_card(&c->layout, slot)->n_asics; a++) {
        struct port_stage_config port = {&c->layout, &c->packets, slot, a, c->flows};
        struct egress_config egress = {&c->layout, &c->packets, slot, a};
        const void *config = ops == NULL ? (const void *)&port : &egress;
        uint32_t id;
        if (!add(c, ops == NULL ? receiving_ops(c, slot, a) : ops, slot, config, &id, err)) {
            return false;
        }
        first[slot] = a == 0 ? id : first[slot];
    }
    return true;
}

static bool add_receivers(struct chassis *c, struct error *err)
{
    for (uint32_t i = 0; i < c->config->n_slots; i++) {
        const struct slot_config *slot = &c->config->slots[i];
        struct traffic_config traffic = {c->config, i, &c->packets, c->flows};
        if (has_traffic(c->config, slot) &&
            !add(c, &traffic_stage, slot->slot, &traffic, &c->traffic[slot->slot], err)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < c->config->n_slots; i++) {
        if (!add_port_asics(c, NULL, c->config->slots[i].slot, c->port, err)) {
            return false;
        }
    }
    return true;
}

static bool add_engine(struct chassis *c, uint32_t slot, const struct engine_type *type,
                       uint32_t fib_engine, struct error *err)
{
    struct engine_config engine = {
        .layout = &c->layout,
        .packets = &c->packets,
        .features = &c->features,
        .classes = &c->classes,
        .fib = c->control.fib,
        .fib_engine = fib_engine,
        .download = &c->control.download,
        .type = type,
        .slot = slot,
        .name = arena_printf(c->mem, "engine %u %s", slot, type->model),
        .demand = slot == c->config->supervisor_slot
                      ? bus_demand(scheduler_state(c->scheduler, c->bus))
                      : NULL,
        .accounting = accounts_add(&c->accounts, slot, type),
    };

    return add(c, &engine_stage, slot, &engine, &c->engine[slot], err);
}

/* DFCs, then the bus and the PFC behind it. */
static bool add_engines(struct chassis *c, struct error *err)
{
    for (uint32_t i = 0; i < c->config->n_slots; i++) {
        const struct slot_config *slot = &c->config->slots[i];
        if (slot->dfc != NULL &&
            !add_engine(c, slot->slot, slot->dfc, control_engine(&c->control, slot->slot), err)) {
            return false;
        }
    }
    const struct engine_type *pfc = &c->config->supervisor->pfc;
    uint32_t number = control_engine(&c->control, c->config->supervisor_slot);
    struct bus_config bus = {.layout = &c->layout,
                             .packets = &c->packets,
                             .fib = c->control.fib,
                             .fib_engine = c->control.ahead_engine,
                             .download = &c->control.download,
                             .pfc = pfc,
                             .flows = c->flows};

    return add(c, &bus_stage, c->config->supervisor_slot, &bus, &c->bus, err) &&
           add_engine(c, c->config->supervisor_slot, pfc, number, err);
}

/* Into the fabric: without queues, where nothing is trusted. */
static const struct stage_ops *uplink_ops(const struct chassis *c, uint32_t slot)
{
    bool queues = slot != c->config->supervisor_slot && receive_queues_of(&c->layout, slot);

    return queues ? &uplink_queues_stage : &uplink_stage;
}

/* All uplinks (ops NULL), or all crossbar outputs. */
static bool add_channels(struct chassis *c, const struct stage_ops *ops, uint32_t first[],
                         struct error *err)
{
    for (uint32_t slot = 1; slot <= c->config->chassis->n_slots; slot++) {
        for (uint32_t i = 0; i < c->layout.slots[slot].n_channels; i++) {
            struct uplink_config uplink = {&c->layout, &c->packets, slot, i, c->flows};
            struct fabric_config fabric = {&c->layout, &c->packets, slot, i};
            const void *config = ops == NULL ? (const void *)&uplink : &fabric;
            uint32_t id;
            if (!add(c, ops == NULL ? uplink_ops(c, slot) : ops, slot, config, &id, err)) {
                return false;
            }
            first[slot] = i == 0 ? id : first[slot];
        }
    }
    return true;
}

static bool add_fabric(struct chassis *c, struct error *err)
{
    struct msfc_config msfc = {
        .layout = &c->layout,
        .packets = &c->packets,
        .fib = c->control.fib,
        .fib_engine = c->control.software_engine,
        .flows = c->flows,
        .features = &c->features,
        .sessions = c->config->n_sessions > 0 ? &c->sessions : NULL,
        .arp = c->config->arp_install_ps > 0 ? &c->arp : NULL,
    };

    return add_channels(c, NULL, c->uplink, err) &&
           add_channels(c, &fabric_stage, c->fabric, err) &&
           add(c, &msfc_stage, c->config->supervisor_slot, &msfc, &c->msfc, err);
}

static bool add_senders(struct chassis *c, struct error *err)
{
    for (uint32_t i = 0; i < c->config->n_slots; i++) {
        const struct slot_config *slot = &c->config->slots[i];
        const struct stage_ops *ops = slot->queues != NULL ? &egress_queues_stage : &egress_stage;
        if (!add_port_asics(c, ops, slot->slot, c->egress, err)) {
            return false;
        }
    }
    return true;
}

/* ---- wires ------------------------------------------------------------------------------- */

/* A module may have to do without the fabric, or get one. */
static bool may_change_mode(const struct chassis *c, const struct slot_config *slot)
{
    bool uplinks = slot->slot == c->config->supervisor_slot;

    return c->config->n_card_changes > 0 && c->layout.fabric && slot->dfc == NULL &&
           (uplinks || slot->card->class != CLASSIC);
}

/* All that leads to and from the port ASICs of a card. */
static void connect_ports(struct chassis *c, const struct slot_config *slot, uint32_t engine)
{
    struct scheduler *s = c->scheduler;
    uint32_t n = slot->slot;

    for (uint32_t p = 0; c->traffic[n] != NO_INSTANCE && p < slot->card->n_ports; p++) {
        scheduler_connect(s, c->traffic[n], p, c->port[n] + slot->card->port_asic[p]);
    }
    for (uint32_t a = 0; a < slot->card->n_asics; a++) {
        scheduler_connect(s, c->port[n] + a, PORT_TO_CARD, slot->dfc != NULL ? engine : c->bus);
        scheduler_connect(s, engine, ENGINE_TO_EGRESS(n, a), c->egress[n] + a);
        if (c->layout.slots[n].mode == MODULE_BUS || may_change_mode(c, slot)) {
            scheduler_connect(s, c->bus, BUS_TO_EGRESS(n, a), c->egress[n] + a);
        }
        if (c->layout.slots[n].mode != MODULE_BUS || may_change_mode(c, slot)) {
            uint32_t channel = slot->card->asics[a].channel;
            scheduler_connect(s, c->fabric[n] + channel, FABRIC_TO_EGRESS(a), c->egress[n] + a);
        }
    }
}

/* Each channel of a slot into the crossbar: from the engine, and to every output. */
static void connect_channels(struct chassis *c, uint32_t slot, uint32_t engine)
{
    for (uint32_t i = 0; i < c->layout.slots[slot].n_channels; i++) {
        uint32_t uplink = c->uplink[slot] + i;
        scheduler_connect(c->scheduler, engine, ENGINE_TO_UPLINK(slot, i), uplink);
        for (uint32_t to = 1; to <= c->config->chassis->n_slots; to++) {
            for (uint32_t k = 0; k < c->layout.slots[to].n_channels; k++) {
                scheduler_connect(c->scheduler, uplink, c->layout.slots[to].first_channel + k,
                                  c->fabric[to] + k);
            }
        }
    }
}

static void connect_slot(struct chassis *c, const struct slot_config *slot)
{
    uint32_t n = slot->slot;
    uint32_t engine = c->engine[slot->dfc != NULL ? n : c->config->supervisor_slot];

    connect_ports(c, slot, engine);
    if (n != c->config->supervisor_slot) {
        connect_channels(c, n, engine);
    }
}

static void connect_supervisor(struct chassis *c)
{
    struct scheduler *s = c->scheduler;
    uint32_t n = c->config->supervisor_slot;

    scheduler_connect(s, c->bus, BUS_TO_PFC, c->engine[n]);
    connect_channels(c, n, c->engine[n]);
    scheduler_connect(s, c->engine[n], ENGINE_TO_MSFC, c->msfc);
    scheduler_connect(s, c->msfc, MSFC_TO_BUS, c->bus);
    if (c->layout.fabric) {
        scheduler_connect(s, c->fabric[n], FABRIC_TO_MSFC, c->msfc);
        scheduler_connect(s, c->fabric[n], FABRIC_TO_BUS, c->bus);
        scheduler_connect(s, c->msfc, MSFC_TO_UPLINK, c->uplink[n]);
    }
}

/* What may come back: punted packets, to the supervisor's uplink; where whole frames cross the bus
 * also frames for it, at any time. */
static void close_loop(struct chassis *c)
{
    int64_t delay = msfc_least_delay_ps(c->config->supervisor);

    if (c->layout.bus_mode == BUS_COMPACT && c->config->n_card_changes == 0) {
        uint32_t first = NO_INSTANCE;
        for (uint32_t slot = 1; slot <= c->config->chassis->n_slots; slot++) {
            first = c->uplink[slot] < first ? c->uplink[slot] : first;
        }
        scheduler_loop(c->scheduler, first, c->msfc, delay, &c->packets.n_punted);
        return;
    }
    int64_t across = c->layout.fabric ? c->config->fabric_transit_ps : delay;
    scheduler_loop(c->scheduler, c->bus, c->msfc, across < delay ? across : delay, NULL);
}

/* Cards have changed: other modes, and the bus stands still while pins mate. */
static void follow_modules(void *context, int64_t now_ps, uint32_t slot, bool gone)
{
    struct chassis *c = context;
    void *bus = scheduler_state(c->scheduler, c->bus);

    for (uint32_t i = 0; i < N_SLOT_PLACES; i++) {
        if (c->engine[i] != NO_INSTANCE) {
            engine_rewire(scheduler_state(c->scheduler, c->engine[i]));
        }
    }
    if (slot != 0) {
        bus_stall(bus, now_ps, now_ps + c->config->oir_stall_ps);
    }
    if (gone) {
        bus_forget(bus, now_ps, slot);
    }
}

static size_t withdraw(void *context, const struct session_config *session, int64_t now_ps)
{
    return control_withdraw(&((struct chassis *)context)->control, session, now_ps);
}

/* ---- the run ----------------------------------------------------------------------------- */

static uint64_t mean_frame_bytes(const struct frame_mix *frames)
{
    uint64_t bytes = 0, weight = 0;

    for (uint32_t i = 0; i < frames->n; i++) {
        uint64_t w = frames->in_order ? 1 : frames->weight[i];
        bytes += frames->bytes[i] * w;
        weight += w;
    }
    sim_assert(weight > 0);
    return bytes / weight;
}

static uint64_t stream_pps(const struct chassis_config *config, const struct stream_config *stream)
{
    uint64_t frame = mean_frame_bytes(&stream->frames);
    uint64_t pps = 0;

    for (uint32_t p = 0; p < stream->n_ports; p++) {
        uint64_t line_bps = layout_port_bps(config, stream->ports[p]);
        pps += stream->rate.unit == RATE_PPS ? stream->rate.value
               : stream->rate.unit == RATE_BPS
                   ? stream->rate.value / (frame * 8)
                   : line_bps / 1000000 * stream->rate.value /
                         ((frame + WIRE_PREAMBLE_BYTES + WIRE_GAP_BYTES) * 8);
    }
    return pps;
}

/* Any window gives the same result; this one is fast. */
static int64_t choose_window_ps(const struct chassis_config *config)
{
    uint64_t pps = 1;

    if (config->window_ps > 0) {
        return config->window_ps;
    }
    for (uint32_t s = 0; s < config->n_streams; s++) {
        pps += stream_pps(config, &config->streams[s]);
    }
    int64_t window = (int64_t)(WINDOW_PACKETS * 1000000000000 / pps);
    return window < WINDOW_LEAST_PS  ? WINDOW_LEAST_PS
           : window > WINDOW_MOST_PS ? WINDOW_MOST_PS
                                     : window;
}

static int64_t until_ps(const struct chassis_config *config)
{
    return config->warmup_ps + config->duration_ps;
}

static void sample(void *context, int64_t now_ps, struct report *out)
{
    struct chassis *c = context;

    control_settle(&c->control, now_ps);
    scheduler_sample(c->scheduler, out);
    control_sample(&c->control, out);
    sessions_sample(&c->sessions, out);
    streams_sample(&c->streams, out);
}

/* What a packet in one window makes of the tables is not before the next. */
static int64_t no_longer_than_arp(const struct chassis_config *config, int64_t window_ps)
{
    int64_t most_ps = config->arp_install_ps;

    return most_ps > 0 && most_ps < window_ps ? most_ps : window_ps;
}

static bool build(struct chassis *c, const struct tap *tap, struct error *err)
{
    struct scheduler_config run = {
        .window_ps = no_longer_than_arp(c->config, choose_window_ps(c->config)),
        .batch_rows = c->config->batch_rows,
        .measure_from_ps = c->config->warmup_ps,
        .until_ps = until_ps(c->config),
        .tap = tap,
    };

    c->scheduler = scheduler_open(&run, c->mem);
    c->flows = flows_open(c->config, c->control.fib, &c->control.labels, c->mem, err);
    if (c->flows == NULL) {
        return false;
    }
    c->packets.flow_hash = c->flows->hash;
    c->packets.flow_vrf = c->flows->vrf;
    c->accounts = (struct accounts){
        .config = c->config, .flows = c->flows, .packets = &c->packets, .mem = c->mem};
    features_open(&c->features, c->config, c->control.fib, c->flows, c->mem);
    classes_open(&c->classes, &c->features, c->mem);
    if (!add_receivers(c, err) || !add_engines(c, err) || !add_fabric(c, err) ||
        !add_senders(c, err)) {
        return false;
    }
    for (uint32_t i = 0; i < c->config->n_slots; i++) {
        connect_slot(c, &c->config->slots[i]);
    }
    connect_supervisor(c);
    close_loop(c);
    control_start(&c->control, c->scheduler);
    access_start(&c->access, &c->features, c->scheduler, c->mem);
    arp_open(&c->arp, c->config, &c->control, c->scheduler, c->mem);
    sessions_open(&c->sessions, c->config, c->flows, c->scheduler, withdraw, c, c->mem);
    accounts_start(&c->accounts, c->scheduler);
    modules_start(&c->modules, &c->layout, c->scheduler, follow_modules, c, c->mem);
    streams_open(&c->streams, c->config, c->flows, c->scheduler, c->n_instances, c->mem);
    c->packets.streams = c->config->n_streams > 1 ? &c->streams : NULL;
    if (c->config->n_samples > 0) {
        series_open(&c->series, c->config->n_samples, until_ps(c->config), sample, c, c->scheduler,
                    c->mem);
    }
    return true;
}

struct chassis *chassis_open(const struct chassis_config *config, const struct tap *tap,
                             struct arena *mem, struct error *err)
{
    struct chassis *c = arena_take(mem, sizeof *c);

    c->config = config;
    c->mem = mem;
    for (uint32_t i = 0; i < N_SLOT_PLACES; i++) {
        c->traffic[i] = c->port[i] = c->engine[i] = NO_INSTANCE;
        c->uplink[i] = c->fabric[i] = c->egress[i] = NO_INSTANCE;
    }
    layout_open(&c->layout, config, mem);
    packets_open(&c->packets, WINDOW_PACKETS, mem);
    control_open(&c->control, config, mem);
    if (!build(c, tap, err)) {
        chassis_close(c);
        return NULL;
    }
    return c;
}

void chassis_run(struct chassis *c, void (*progress)(void *context, int64_t now_ps), void *context)
{
    scheduler_run(c->scheduler, progress, context);
}

bool chassis_conserved(const struct chassis *c, struct error *err)
{
    return scheduler_conserved(c->scheduler, err) &&
           streams_conserved(&c->streams, &c->packets, c->mem, err);
}

void chassis_report(struct chassis *c, struct report *out)
{
    int64_t offered = 0, delivered = 0;

    control_settle(&c->control, until_ps(c->config));
    if (c->config->n_samples > 0) {
        series_end(&c->series);
        out->series = &c->series;
    }
    layout_show(&c->layout, out);
    modules_show(&c->modules, out);
    punt_show_registers(c->config, out);
    features_show(&c->features, out);
    access_show(&c->access, out);
    classes_show_misfits(&c->classes, out);
    scheduler_show(c->scheduler, out);
    for (uint32_t i = 0; i < N_SLOT_PLACES; i++) {
        if (c->engine[i] != NO_INSTANCE) {
            report_histogram(out, engine_name(scheduler_state(c->scheduler, c->engine[i])),
                             "lookup_latency", "ps", scheduler_time(c->scheduler, c->engine[i]));
        }
    }
    for (uint32_t i = 0; i < c->config->n_slots; i++) {
        const struct slot_config *slot = &c->config->slots[i];
        const char *traffic = arena_printf(out->mem, "traffic %u", slot->slot);
        offered += report_get(out, traffic, "frame_bytes", 0);
        for (uint32_t a = 0; a < slot->card->n_asics; a++) {
            const char *asic = arena_printf(out->mem, "port ASIC %u/%u", slot->slot, a + 1);
            delivered += report_get(out, asic, "delivered_bytes", 0);
        }
    }
    delivered += report_get(out, "msfc", "received_bytes", 0);
    report_value(out, "run", "offered_bytes", "bytes", offered);
    report_value(out, "run", "delivered_bytes", "bytes", delivered);
    streams_show(&c->streams, out);
    control_show(&c->control, out);
    sessions_show(&c->sessions, out);
    arp_show(&c->arp, out);
    const struct report_resource *limit = report_bottleneck(out);
    report_text(out, "run", "bottleneck", limit == NULL ? "none" : limit->module);
}

void chassis_export(struct chassis *c, const struct flow_sink *sink)
{
    c->accounts.sink = sink;
}

void chassis_end_flows(struct chassis *c)
{
    accounts_flush(&c->accounts, c->config->warmup_ps + c->config->duration_ps);
}

void chassis_close(struct chassis *c)
{
    arp_close(&c->arp);
    control_close(&c->control);
}

const struct packets *chassis_packets(const struct chassis *c)
{
    return &c->packets;
}

struct scheduler *chassis_scheduler(struct chassis *c)
{
    return c->scheduler;
}

struct fib *chassis_fib(struct chassis *c)
{
    return c->control.fib;
}

const struct flow_tables *chassis_flows(const struct chassis *c)
{
    return c->flows;
}

const struct features *chassis_features(const struct chassis *c)
{
    return &c->features;
}

const struct classes *chassis_classes(const struct chassis *c)
{
    return &c->classes;
}
