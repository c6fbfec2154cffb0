/* Why in passes: headers are first let into the queue, then looked up all together, so that the
 * look-ups of a batch overlap their memory accesses, then sent on in order. */
#include "models/engine.h"

#include "models/accounting.h"
#include "models/features.h"
#include "models/hop.h"
#include "models/lookup.h"
#include "models/policer.h"
#include "models/punt.h"
#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/server.h"

/* Rows per pass: enough to overlap look-ups, few enough to stay in the first-level cache. */
#define PASS_ROWS 128

enum {
    DROP_RECEIVE_BUFFER,
    DROP_ROUTER_MAC,
    DROP_NO_ROUTE,
    DROP_NULL_ROUTE,
    DROP_POLICED,
    DROP_EXCEPTION_LIMITER,
    DROP_RATE_LIMITED,
    DROP_CONTROL_PLANE,
    DROP_ACL,
    DROP_RPF,
    DROP_ACL_UPDATING,
    KEPT
};
static const char *const drops[] = {"receive_buffer_full",
                                    "not_router_mac",
                                    "no_route",
                                    "null_route",
                                    "policed",
                                    "fib_exception_limiter",
                                    "rate_limited",
                                    "control_plane_policed",
                                    "acl_denied",
                                    "rpf_failed",
                                    "acl_updating",
                                    NULL};

/* In lane_to: not a plain hop over the fabric or to the same half card, or a policer watches, or not
 * every frame may be short enough. */
#define LANE_SPECIAL UINT16_MAX

struct engine_state {
    struct engine_config c;
    struct server lookups;
    /* Where a frame goes that is on its card: lane_to[side_of[ingress] + egress]. */
    uint32_t *side_of;
    uint16_t *lane_to;
    uint32_t n_ports;
    uint64_t n_outcomes[ADJACENCY_N_KINDS], n_outcomes_at_mark[ADJACENCY_N_KINDS];
    uint64_t n_headers, n_headers_at_mark;
    uint64_t n_recirculated, n_recirculated_at_mark;
    struct bus_demand demand_at_mark;
    struct policers policers;
    struct punts punts;
    struct features_user features;
    uint32_t longest_bytes; /* of any stream's frames */
    const int64_t *next_write_ps;
};

static const int64_t never_ps = SIM_NEVER;

/* The headers of one pass that got a lookup slot. */
struct pass {
    uint32_t n;
    const struct row *rows[PASS_ROWS];
    int64_t result_ps[PASS_ROWS];
    uint32_t dst4[PASS_ROWS];
    uint32_t adjacency[PASS_ROWS];
    uint32_t n_special;
    uint32_t special[PASS_ROWS]; /* positions above */
};

/* Headers of least-size frames that fit the receive buffers of a card. */
static uint64_t queue_lookups(const struct linecard_type *card)
{
    return layout_receive_bytes(card, LAYOUT_ANY_CHANNEL) / WIRE_LEAST_FRAME_BYTES;
}

/* A frame for a port of the same half card does not leave it. */
static bool is_local(const struct layout *l, const struct port_place *in,
                     const struct port_place *out)
{
    return in->slot == out->slot && (in->channel == out->channel || l->config->cross_channel_local);
}

static bool fits_mtu(const struct port_config *port, uint32_t bytes)
{
    return port->mtu_bytes == 0 || bytes <= port->mtu_bytes + WIRE_LAYER2_BYTES;
}

static uint16_t plain_lane(const struct layout *l, const struct port_place *in,
                           const struct port_place *out)
{
    if (in->busmode || out->busmode) {
        return LANE_SPECIAL;
    }
    return (uint16_t)(is_local(l, in, out) ? ENGINE_TO_EGRESS(out->slot, out->asic)
                                           : ENGINE_TO_UPLINK(in->slot, in->channel));
}

/* A side is what ports of one slot and channel have in common; those a policer watches are on one
 * where nothing is plain. */
static void lanes_open(struct engine_state *st, struct arena *mem)
{
    const struct layout *l = st->c.layout;
    uint32_t n_sides = 0, sides[CONFIG_MAX_SLOTS + 1][CONFIG_MAX_CHANNELS] = {{0}}; /* from 1 */

    st->n_ports = l->config->n_ports;
    st->side_of = arena_take_array(mem, st->n_ports, sizeof *st->side_of);
    st->lane_to =
        arena_take_array(mem, (size_t)st->n_ports * (LAYOUT_MAX_SIDES + 1), sizeof *st->lane_to);
    for (uint32_t q = 0; q < st->n_ports; q++) {
        st->lane_to[LAYOUT_MAX_SIDES * st->n_ports + q] = LANE_SPECIAL;
    }
    for (uint32_t p = 0; p < st->n_ports; p++) {
        const struct port_place *in = &l->ports[p];
        uint32_t *side = &sides[in->slot][in->channel];
        if (policers_watch(&st->policers, p)) {
            st->side_of[p] = LAYOUT_MAX_SIDES * st->n_ports;
            continue;
        }
        *side = *side == 0 ? ++n_sides : *side;
        st->side_of[p] = (*side - 1) * st->n_ports;
    }
    engine_rewire(st);
}

void engine_rewire(void *state)
{
    struct engine_state *st = state;
    const struct layout *l = st->c.layout;
    uint32_t n_done = 0;

    for (uint32_t p = 0; p < st->n_ports; p++) {
        if (st->side_of[p] != n_done * st->n_ports) {
            continue; /* as another port of its side */
        }
        uint16_t *lanes = &st->lane_to[st->side_of[p]];
        for (uint32_t q = 0; q < st->n_ports; q++) {
            bool watched = policers_watch_egress(&st->policers, q) ||
                           !fits_mtu(&l->config->ports[q], st->longest_bytes);
            lanes[q] = watched ? LANE_SPECIAL : plain_lane(l, &l->ports[p], &l->ports[q]);
        }
        n_done++;
    }
}

static uint32_t longest_bytes(const struct chassis_config *c)
{
    uint32_t longest = 0;

    for (uint32_t s = 0; s < c->n_streams; s++) {
        const struct frame_mix *mix = &c->streams[s].frames;
        for (uint32_t i = 0; i < mix->n; i++) {
            longest = mix->bytes[i] > longest ? mix->bytes[i] : longest;
        }
    }
    return longest;
}

static bool engine_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct engine_state *st = state;

    (void)err;
    st->c = *(const struct engine_config *)config;
    server_open(&st->lookups, st->c.type->lookups_per_s, mem);
    if (st->c.slot != st->c.layout->supervisor_slot) {
        server_own_room(&st->lookups, queue_lookups(layout_card(st->c.layout, st->c.slot)));
    }
    policers_open(&st->policers, st->c.layout, st->c.classes, st->c.accounting, st->c.slot, mem);
    punts_open(&st->punts, st->c.layout->config, mem);
    st->features = features_user_of(st->c.features, st->c.fib_engine, false);
    st->longest_bytes = longest_bytes(st->c.layout->config);
    st->next_write_ps =
        st->c.download == NULL ? &never_ps : &st->c.download->engines[st->c.fib_engine].next_ps;
    lanes_open(st, mem);
    return true;
}

static uint32_t lookups_of(const struct engine_state *st, const struct row *row)
{
    const struct packet *packet = &st->c.packets->base[row->packet];
    uint32_t n = packet->head.family == IPV6 ? st->c.type->ipv6_lookups : 1;

    return n + lookup_recirculates(st->c.packets, packet);
}

/* Lets headers into the queue and gathers their destinations. */
static inline void admit(struct engine_state *st, struct batch *b, const struct row *rows,
                         uint32_t n, struct pass *pass)
{
    struct packets *packets = st->c.packets;
    const struct packet *base = packets->base;
    struct server lookups = st->lookups;
    int64_t latency_ps = st->c.type->latency_ps;
    uint32_t k = 0, n_special = 0;

    for (const struct row *row = rows; row < rows + n; row++) {
        bool special = row->load & LOAD_SPECIAL;
        uint32_t work = special ? lookups_of(st, row) : 1;
        int64_t start, end;
        if (!server_offer(&lookups, row->ready_ps, work, &start, &end)) {
            packet_drop(packets, b, DROP_RECEIVE_BUFFER, row->packet, row->ready_ps);
            continue;
        }
        if (special) {
            pass->special[n_special++] = k;
            st->n_recirculated += lookup_recirculates(packets, &base[row->packet]);
        }
        pass->rows[k] = row;
        pass->result_ps[k] = start + latency_ps;
        pass->dst4[k++] = base[row->packet].dst4;
    }
    st->lookups = lookups;
    pass->n = k;
    pass->n_special = n_special;
}

static void look_up_special(const struct engine_state *st, uint32_t packet, uint32_t *adjacency)
{
    const struct packets *p = st->c.packets;

    const struct packet_head *head = &p->base[packet].head;
    if (head->flags & PACKET_LOOKED_AHEAD) {
        *adjacency = p->adjacency[packet];
    } else if (head->family == IPV6 || head->flags & PACKET_OF_VRF) {
        *adjacency = lookup_packet(st->c.fib, st->c.fib_engine, p, packet);
    }
}

static inline void look_up(struct engine_state *st, struct pass *pass)
{
    st->n_headers += pass->n;
    fib_lookup4(st->c.fib, st->c.fib_engine, pass->dst4, pass->adjacency, pass->n);
    for (uint32_t i = 0; i < pass->n_special; i++) {
        uint32_t k = pass->special[i];
        look_up_special(st, pass->rows[k]->packet, &pass->adjacency[k]);
    }
}

/* Where a frame goes that is on the bus, or is for a module in bus mode or the MSFC. */
static uint32_t special_lane(const struct layout *l, const struct packet_head *head)
{
    const struct port_place *in = &l->ports[head->ingress];
    bool on_bus = head->flags & PACKET_ON_BUS;

    if (head->egress == PACKET_TO_MSFC) {
        return on_bus ? ENGINE_TO_MSFC : ENGINE_TO_UPLINK(in->slot, in->channel);
    }
    const struct port_place *out = &l->ports[head->egress];
    if (!on_bus) { /* is still where it came in */
        return is_local(l, in, out) ? ENGINE_TO_EGRESS(out->slot, out->asic)
                                    : ENGINE_TO_UPLINK(in->slot, in->channel);
    }
    return out->busmode ? ENGINE_TO_EGRESS(out->slot, out->asic)
                        : ENGINE_TO_UPLINK(l->supervisor_slot, 0);
}

/* A frame that the bus handed on by its header, at seen_ps: when the next hop can have it. */
static int64_t off_bus_ps(const struct layout *l, const struct packet_head *head, int64_t seen_ps)
{
    int64_t end = seen_ps + bus_rest_ps(head->bytes);

    if (head->egress == PACKET_TO_MSFC) {
        return end;
    }
    uint64_t next_bps = layout_busmode(l, head->egress) ? layout_sending_bps(l, head->egress)
                                                        : l->config->supervisor->fabric_bps;
    return hop_cut_through_ps(seen_ps, end, head->bytes * 8u, LAYOUT_BUS_BPS, next_bps);
}

/* Why a packet is for the MSFC; PUNT_N_CAUSES when it is not. */
static enum punt_cause punt_cause(const struct engine_state *st, const struct adjacency *a,
                                  uint32_t id)
{
    const struct chassis_config *c = st->c.layout->config;
    const struct packet_head *head = &st->c.packets->base[id].head;

    if (a->kind == ADJACENCY_NONE) {
        const struct fib *fib = st->c.fib;
        uint32_t engine = st->c.fib_engine;
        bool punts = fib_punts(fib, engine, lookup_missed(fib, engine, st->c.packets, id));
        return punts ? PUNT_FIB_EXCEPTION : PUNT_NO_ROUTE;
    }
    if (a->kind == ADJACENCY_RECEIVE || a->kind == ADJACENCY_GLEAN) {
        return a->kind == ADJACENCY_RECEIVE ? PUNT_RECEIVE : PUNT_GLEAN;
    }
    if (head->flags & (PACKET_TTL_ENDS | PACKET_OPTIONS)) {
        return head->flags & PACKET_TTL_ENDS ? PUNT_TTL : PUNT_OPTIONS;
    }
    if (!fits_mtu(&c->ports[a->port], head->bytes)) {
        return PUNT_MTU;
    }
    if (config_interface_of(c, a->port) == config_interface_of(c, head->ingress)) {
        return PUNT_REDIRECT;
    }
    return a->kind == ADJACENCY_PUNT ? PUNT_ADJACENCY : PUNT_N_CAUSES;
}

/* Why a packet may not be punted; KEPT when it may. */
static uint32_t refuse(struct engine_state *st, enum punt_cause cause, uint32_t bytes,
                       int64_t result_ps)
{
    enum punt_verdict verdict = punts_pass(&st->punts, cause, bytes, result_ps);

    return verdict == PUNT_PASSES        ? KEPT
           : verdict == PUNT_POLICED     ? DROP_CONTROL_PLANE
           : cause == PUNT_NO_ROUTE      ? DROP_NO_ROUTE
           : cause == PUNT_FIB_EXCEPTION ? DROP_EXCEPTION_LIMITER
           : cause == PUNT_RPF_FAILURE   ? DROP_RPF
           : features_denied(cause)      ? DROP_ACL
                                         : DROP_RATE_LIMITED;
}

/* Decides where a packet of the router goes, of which the interface it entered by asks `cause`.
 * Returns why it goes no further; KEPT when it does. */
static uint32_t judge(struct engine_state *st, const struct adjacency *a, uint32_t id,
                      uint32_t cause, int64_t result_ps)
{
    struct packets *packets = st->c.packets;
    struct packet *packet = &packets->base[id];
    struct packet_head *head = &packet->head;

    if (cause == FEATURES_PASS) {
        if (a->kind == ADJACENCY_DROP) {
            return DROP_NULL_ROUTE;
        }
        cause = punt_cause(st, a, id);
        if (cause == PUNT_N_CAUSES && st->features.features != NULL) {
            cause = features_leave(&st->features, packet, a->port);
        }
    }
    packets->cause[id] = (uint8_t)cause;
    if (cause == FEATURES_DROP || cause == FEATURES_UPDATING) {
        return cause == FEATURES_DROP ? DROP_ACL : DROP_ACL_UPDATING;
    }
    head->egress = cause == PUNT_N_CAUSES ? a->port : PACKET_TO_MSFC;
    if (!features_denied(cause) && !policers_pass(&st->policers, packet, head->egress, result_ps)) {
        return DROP_POLICED;
    }
    if (cause == PUNT_N_CAUSES) {
        return KEPT;
    }
    uint32_t reason = refuse(st, (enum punt_cause)cause, head->bytes, result_ps);
    if (reason == KEPT) {
        packets->n_punted++;
        head->flags |= PACKET_PUNTED;
    }
    return reason;
}

/* All that is not a plain IPv4 packet from one fabric card to another by the only path. */
static void send_special(struct engine_state *st, struct batch *b, struct outbox *out,
                         const struct row *from, int64_t result_ps, uint32_t adjacency)
{
    struct packets *packets = st->c.packets;
    struct packet *packet = &packets->base[from->packet];
    struct packet_head *head = &packet->head;

    if (head->flags & PACKET_NOT_ROUTED) {
        packet_drop(packets, b, DROP_ROUTER_MAC, from->packet, from->ready_ps);
        return;
    }
    bool asks =
        features_watch(&st->features, head->ingress) && !lookup_is_labelled(packets, packet);
    uint32_t cause = asks ? features_enter(&st->features, packet, &adjacency) : FEATURES_PASS;
    const struct adjacency *a = fib_path(st->c.fib, adjacency, packets->flow_hash, packet->flow);
    st->n_outcomes[a->kind]++;
    uint32_t reason = judge(st, a, from->packet, cause, result_ps);
    if (reason != KEPT) {
        packet_drop(packets, b, reason, from->packet, from->ready_ps);
        return;
    }
    if (head->flags & PACKET_ON_BUS && st->c.layout->config->hops[HOP_BUS] == CUT_THROUGH) {
        int64_t off = off_bus_ps(st->c.layout, head, from->ready_ps);
        result_ps = off > result_ps ? off : result_ps;
    }
    head->flags |= PACKET_DECIDED;
    uint32_t load = load_of(head->bytes, head->egress, true);
    outbox_send(out, special_lane(st->c.layout, head), (struct row){result_ps, from->packet, load},
                from->ready_ps);
}

/* features: NULL where no interface has any, and then it costs nothing. */
static inline __attribute__((always_inline)) void send_on(struct engine_state *st, struct batch *b,
                                                          struct outbox *out,
                                                          const struct pass *pass,
                                                          struct features *features)
{
    const struct packet *base = st->c.packets->base;
    const struct adjacency *adjacencies = st->c.fib->adjacencies;
    const uint32_t *side_of = st->side_of;
    const uint16_t *lane_to = st->lane_to;
    uint32_t n_special = 0;

    for (uint32_t k = 0; k < pass->n; k++) {
        const struct row *from = pass->rows[k];
        const struct adjacency *a = &adjacencies[pass->adjacency[k]];
        uint32_t load = from->load;
        bool plain = a->kind == ADJACENCY_FORWARD && !(load & LOAD_SPECIAL);
        if (__builtin_expect(plain && a->port != load_port(load), 1)) {
            uint16_t lane = lane_to[side_of[load_port(load)] + a->port];
            bool passes =
                lane != LANE_SPECIAL &&
                (features == NULL || features_plain(features, base[from->packet].flow, a->port));
            if (__builtin_expect(passes, 1)) {
                load = load_of(load_bytes(load), a->port, false);
                outbox_send(out, lane, (struct row){pass->result_ps[k], from->packet, load},
                            from->ready_ps);
                continue;
            }
        }
        n_special++;
        send_special(st, b, out, from, pass->result_ps[k], pass->adjacency[k]);
    }
    st->n_outcomes[ADJACENCY_FORWARD] += pass->n - n_special;
}

/* How many of n rows are looked up in one and the same FIB: those before its next write. */
static uint32_t rows_before_write(const struct engine_state *st, const struct row *rows, uint32_t n)
{
    download_follow(st->c.download, st->c.fib_engine, rows->ready_ps);
    while (rows[n - 1].ready_ps >= *st->next_write_ps) {
        n--;
    }
    return n;
}

SIM_DISPATCH
static void engine_process(void *state, struct batch *b)
{
    struct engine_state *st = state;
    struct outbox out = outbox_open(b);
    struct pass pass;

    for (uint32_t done = 0, n; done < b->n_rows; done += n) {
        n = b->n_rows - done < PASS_ROWS ? b->n_rows - done : PASS_ROWS;
        if (__builtin_expect(b->rows[done + n - 1].ready_ps >= *st->next_write_ps, 0)) {
            n = rows_before_write(st, b->rows + done, n);
        }
        admit(st, b, b->rows + done, n, &pass);
        if (st->c.accounting != NULL) {
            accounting_count(st->c.accounting, pass.rows, pass.n);
        }
        look_up(st, &pass);
        if (__builtin_expect(st->features.features == NULL, 1)) {
            send_on(st, b, &out, &pass, NULL);
        } else {
            send_on(st, b, &out, &pass, st->features.features);
        }
    }
    outbox_close(&out, b);
}

static void engine_mark(void *state, int64_t now_ps)
{
    struct engine_state *st = state;

    server_mark(&st->lookups, now_ps);
    st->n_headers_at_mark = st->n_headers;
    st->n_recirculated_at_mark = st->n_recirculated;
    policers_mark(&st->policers);
    if (st->c.accounting != NULL) {
        accounting_mark(st->c.accounting);
    }
    punts_mark(&st->punts);
    if (st->c.demand != NULL) {
        st->demand_at_mark = *st->c.demand;
    }
    for (int k = 0; k < ADJACENCY_N_KINDS; k++) {
        st->n_outcomes_at_mark[k] = st->n_outcomes[k];
    }
}

/* The PFC's queue is in the cards: what they wanted looked up, not what the bus let through. What
 * they lost is the PFC's doing when it never rested (99 % of the time: the bus's edges cost it some);
 * else the bus was what they waited for. */
static void show_demand(const struct engine_state *st, struct report_resource *pfc)
{
    const struct bus_demand *now = st->c.demand, *then = &st->demand_at_mark;
    int64_t lookup_ps = (int64_t)st->lookups.unit_ps;

    pfc->offered = now->n_asked - then->n_asked;
    if (pfc->busy_ps >= pfc->interval_ps - pfc->interval_ps / 100) {
        pfc->n_dropped += now->n_refused - then->n_refused;
    }
    pfc->backlog_first_ps += (int64_t)then->n_waiting * lookup_ps;
    pfc->backlog_last_ps += (int64_t)now->n_waiting * lookup_ps;
}

/* How the FIB has come, since the run or the last reload began. */
static void show_download(const struct download *d, uint32_t engine, const char *name,
                          struct report *out)
{
    const struct download_engine *e = &d->engines[engine];
    bool all = download_waiting(d, engine) == 0;

    report_value(out, name, "fib_written", "entries", (int64_t)(e->n_written - d->n_first));
    report_value(out, name, "fib_waiting", "entries", (int64_t)download_waiting(d, engine));
    report_value(out, name, "fib_converged", "ps", all ? e->last_ps : -1);
    report_value(out, name, "fib_convergence", "ps", all ? e->last_ps - d->put_ps : -1);
}

static void engine_show(const void *state, int64_t now_ps, struct report *out)
{
    static const char *const outcomes[ADJACENCY_N_KINDS] = {"misses", "forwarded", "receive",
                                                            "glean",  "drop",      "punt"};
    const struct engine_state *st = state;
    const char *name = st->c.name;

    report_value(out, name, "headers", "packets", (int64_t)(st->n_headers - st->n_headers_at_mark));
    report_value(out, name, "lookups", "lookups", (int64_t)server_served(&st->lookups, now_ps));
    for (int k = 0; k < ADJACENCY_N_KINDS; k++) {
        report_value(out, name, outcomes[k], "packets",
                     (int64_t)(st->n_outcomes[k] - st->n_outcomes_at_mark[k]));
    }
    fib_show(st->c.fib, st->c.fib_engine, name, out);
    if (st->c.layout->config->n_vrfs > 0) {
        report_value(out, name, "recirculated", "packets",
                     (int64_t)(st->n_recirculated - st->n_recirculated_at_mark));
    }
    report_value(out, name, "fib_slots_used", "slots",
                 (int64_t)fib_slots_used(st->c.fib, st->c.fib_engine));
    report_value(out, name, "fib_slots", "slots", (int64_t)st->c.type->tcam_slots);
    report_value(out, name, "adjacencies", "adjacencies",
                 (int64_t)fib_adjacencies_used(st->c.fib, st->c.fib_engine));
    report_value(out, name, "adjacency_table", "adjacencies", (int64_t)st->c.type->adjacencies);
    if (st->c.download != NULL && st->c.download->n_queued > 0) {
        show_download(st->c.download, st->c.fib_engine, name, out);
    }
    punts_show(&st->punts, name, out);
    policers_show(&st->policers, name, out);
    if (st->c.accounting != NULL) {
        accounting_show(st->c.accounting, name, out);
    }
    features_show_tcam(st->c.features, name, out);
    server_report(&st->lookups, now_ps, name, "engine", "lookups", out);
    if (st->c.demand != NULL) {
        show_demand(st, &out->resources[out->n_resources - 1]);
    }
}

static void engine_sample(const void *state, struct report *out)
{
    const struct engine_state *st = state;
    const struct fib_engine *fib = &st->c.fib->engines[st->c.fib_engine];
    const struct download *d = st->c.download;
    uint64_t waiting = d == NULL ? 0 : download_waiting(d, st->c.fib_engine);

    report_value(out, st->c.name, "headers", "packets", (int64_t)st->n_headers);
    report_value(out, st->c.name, "misses", "packets", (int64_t)st->n_outcomes[ADJACENCY_NONE]);
    report_value(out, st->c.name, "fib_ipv4_entries", "entries", (int64_t)fib->n_entries[IPV4]);
    report_value(out, st->c.name, "fib_ipv6_entries", "entries", (int64_t)fib->n_entries[IPV6]);
    report_value(out, st->c.name, "fib_waiting", "entries", (int64_t)waiting);
}

const char *engine_name(const void *state)
{
    return ((const struct engine_state *)state)->c.name;
}

struct engine_view engine_view(const void *state)
{
    const struct engine_state *st = state;

    return (struct engine_view){st->features, &st->policers, st->c.fib_engine};
}

const struct stage_ops engine_stage = {
    .name = "engine",
    .drops = drops,
    .state_bytes = sizeof(struct engine_state),
    .open = engine_open,
    .process = engine_process,
    .mark = engine_mark,
    .show = engine_show,
    .sample = engine_sample,
};
