/* What an engine lets go on, and why not; and what software does not hand on. */
#include <stdlib.h>
#include <string.h>

#include "models/punt.h" /* names of causes */
#include "tests/reference_sim.h"

#define LAYER2_BYTES 18u

/* ---- marks ------------------------------------------------------------------------------- */

static uint8_t trusted(const struct sim *s, const struct reference_packet *p, uint8_t trust)
{
    const struct qos_config *qos = &s->config->qos;
    uint8_t cos = p->cos < 8 ? p->cos : s->config->ports[p->ingress].cos;

    return !qos->on                       ? p->dscp
           : trust == TRUST_DSCP          ? p->dscp
           : trust == TRUST_IP_PRECEDENCE ? qos->precedence_dscp[p->dscp / 8]
           : trust == TRUST_COS           ? qos->cos_dscp[cos]
                                          : 0;
}

uint8_t reference_trusted_dscp(const struct sim *s, const struct reference_packet *p)
{
    return trusted(s, p, s->config->ports[p->ingress].trust);
}

static bool transmits(const struct sim *s, uint32_t policer)
{
    return policer > 0 &&
           s->config->policers[policer - 1].then[COLOUR_CONFORMS].action == ACTION_TRANSMIT;
}

static uint8_t dscp_of_class(const struct sim *s, const struct reference_packet *p,
                             const struct class_config *k)
{
    uint8_t of_port = s->config->ports[p->ingress].trust;

    if (k->sets && (s->config->qos.marks_trusted || of_port == TRUST_NOTHING)) {
        return k->set_dscp;
    }
    if (k->trust != TRUST_NOTHING) {
        return trusted(s, p, k->trust);
    }
    bool polices = transmits(s, k->police) || transmits(s, k->flow_police);
    return trusted(s, p, polices ? TRUST_DSCP : of_port);
}

/* ---- policers ---------------------------------------------------------------------------- */

/* Of ports: full when it is first asked. */
static enum policer_colour meter_ports(struct sim *s, const struct policer_config *c, uint32_t port,
                                       int64_t now_ps, uint32_t bytes)
{
    size_t policer = (size_t)(c - s->config->policers);
    uint32_t n = s->config->n_ports + s->config->n_port_channels;
    uint32_t channel = s->config->ports[port].port_channel;
    size_t which = c->scope != POLICE_EACH_PORT ? 0 : channel > 0 ? channel : port;
    struct port_meter *m = &s->cards[s->slot].meters[policer * n + which];

    if (!m->filled) {
        m->filled = true;
        m->committed.tokens = c->burst_bytes * 32000;
        m->peak.tokens = c->peak_burst_bytes * 32000;
    }
    if (c->peak_bps > 0 && !meter_take(&m->peak, c->peak_bps, c->peak_burst_bytes, now_ps, bytes)) {
        return COLOUR_VIOLATES;
    }
    bool conforms = meter_take(&m->committed, c->rate_bps, c->burst_bytes, now_ps, bytes);
    return conforms ? COLOUR_CONFORMS : COLOUR_EXCEEDS;
}

/* Of a flow: by the policer that first met its entry. */
static enum policer_colour meter_flow(struct flow_entry *e, const struct policer_config *c,
                                      int64_t now_ps, uint32_t bytes)
{
    if (e->policer == NULL) {
        e->policer = c;
        e->meter.tokens = c->burst_bytes * 32000;
    }
    bool conforms =
        meter_take(&e->meter, e->policer->rate_bps, e->policer->burst_bytes, now_ps, bytes);
    return conforms ? COLOUR_CONFORMS : COLOUR_EXCEEDS;
}

/* Of one policer. The packet is marked, or (false) to be dropped. */
static bool police(struct sim *s, const struct policer_config *c, uint32_t port, size_t packet,
                   int64_t result_ps)
{
    const struct reference_packet *p = &s->packets[packet];
    uint32_t bytes = p->bytes - (s->config->supervisor->pfc.generation < 3 ? LAYER2_BYTES : 0);
    size_t entry = s->frames[packet].entry;

    if (c->scope >= POLICE_FLOW && entry == NOBODY) {
        return true;
    }
    enum policer_colour colour =
        c->scope >= POLICE_FLOW
            ? meter_flow(&s->cards[s->slot].flows.entries[entry], c, result_ps, bytes)
            : meter_ports(s, c, port, result_ps, bytes);
    uint8_t *dscp = &s->frames[packet].dscp;
    enum policer_action action = c->then[colour].action;
    *dscp = action == ACTION_MARK_DOWN  ? s->config->qos.policed_dscp[*dscp]
            : action == ACTION_SET_DSCP ? c->then[colour].dscp
                                        : *dscp;
    return action != ACTION_DROP;
}

static bool has_port(const struct policer_config *c, uint32_t port)
{
    for (uint32_t i = 0; i < c->n_ports; i++) {
        if (c->ports[i] == port) {
            return true;
        }
    }
    return false;
}

/* Its flow's policer, that of the port it comes by, that of the port it leaves by. */
/* Is it a policer's turn, for a packet of a class by a port? */
static bool is_asked(const struct chassis_config *config, uint32_t policer, int turn,
                     const struct class_config *class, uint32_t port)
{
    const struct policer_config *c = &config->policers[policer];
    bool flows = c->scope >= POLICE_FLOW;

    if (class != NULL) {
        return (turn == 0 ? class->flow_police : class->police) == policer + 1;
    }
    return (c->egress ? 2 : flows ? 0 : 1) == turn && has_port(c, port);
}

/* egress: NULL for the MSFC. */
static bool pass_policers(struct sim *s, size_t packet, const uint32_t *egress, int64_t result_ps)
{
    const struct reference_packet *p = &s->packets[packet];
    const struct class_config *class = reference_class(s, packet, p->ingress, false);
    const uint32_t ingress = p->ingress, *port = &ingress;
    const bool serial = s->config->qos.serial_policing;
    uint8_t *dscp = &s->frames[packet].dscp, came, of_ingress = 0;
    bool go_on = true, passed_in = true;

    if (class != NULL) {
        *dscp = dscp_of_class(s, p, class);
    }
    came = *dscp;
    for (int turn = 0; turn < 3 && port != NULL; turn++) {
        for (uint32_t i = 0; i < s->config->n_policers && go_on; i++) {
            if (is_asked(s->config, i, turn, class, *port)) {
                go_on = police(s, &s->config->policers[i], *port, packet, result_ps);
            }
        }
        if (turn == 1) {
            port = egress;
            class = egress == NULL ? NULL : reference_class(s, packet, *egress, true);
            passed_in = go_on;
            of_ingress = *dscp;
            *dscp = serial ? *dscp : came; /* asked at once, it sees what came */
            go_on |= !serial;
        }
    }
    *dscp = !serial && *dscp == came ? of_ingress : *dscp;
    return go_on && passed_in;
}

/* ---- what is punted ---------------------------------------------------------------------- */

static bool too_long(const struct sim *s, uint32_t port, uint32_t bytes)
{
    uint32_t mtu = s->config->ports[port].mtu_bytes;

    return mtu > 0 && bytes - LAYER2_BYTES > mtu;
}

static uint32_t interface_of(const struct sim *s, uint32_t port)
{
    uint32_t channel = s->config->ports[port].port_channel;

    return channel > 0 ? channel : port;
}

static enum punt_cause cause_of(const struct sim *s, const struct reference_packet *p,
                                struct answer a)
{
    switch (a.outcome) {
    case MISS:
        return s->config->fib_exception == FIB_EVICT &&
                       reference_routes_exception(s->routes, reference_engine(s),
                                                  reference_missed(s, reference_engine(s), p))
                   ? PUNT_FIB_EXCEPTION
                   : PUNT_NO_ROUTE;
    case RECEIVE:
        return PUNT_RECEIVE;
    case GLEAN:
        return PUNT_GLEAN;
    default:
        return p->ttl_1                                                 ? PUNT_TTL
               : p->options                                             ? PUNT_OPTIONS
               : too_long(s, a.port, p->bytes)                          ? PUNT_MTU
               : interface_of(s, a.port) == interface_of(s, p->ingress) ? PUNT_REDIRECT
               : a.outcome == PUNT                                      ? PUNT_ADJACENCY
                                                                        : PUNT_N_CAUSES;
    }
}

static const struct limit_config *limit_of(const struct chassis_config *c, enum punt_cause cause)
{
    const struct limit_config *l = c->limits;

    switch (cause) {
    case PUNT_RECEIVE:
        return &l[LIMIT_RECEIVE];
    case PUNT_GLEAN:
        return &l[LIMIT_GLEAN];
    case PUNT_NO_ROUTE:
        return &l[LIMIT_NO_ROUTE];
    case PUNT_TTL:
        return &l[LIMIT_TTL_FAILURE];
    case PUNT_OPTIONS:
        return &l[LIMIT_IP_OPTIONS];
    case PUNT_MTU:
        return &l[LIMIT_MTU_FAILURE];
    case PUNT_REDIRECT:
        return &l[LIMIT_REDIRECT];
    case PUNT_ACL_DENIED:
        return &l[LIMIT_ACL_DROP];
    case PUNT_RPF_FAILURE:
    case PUNT_RPF_PATHS:
        return &l[LIMIT_RPF_FAILURE];
    case PUNT_VACL_LOG:
        return &l[LIMIT_VACL_LOG];
    case PUNT_ACL_BRIDGED_IN:
        return &l[LIMIT_ACL_BRIDGED_IN];
    case PUNT_ACL_BRIDGED_OUT:
        return &l[LIMIT_ACL_BRIDGED_OUT];
    default:
        return NULL;
    }
}

/* Is there a token for it, in a bucket that is full at first? */
static bool token(struct bucket *bucket, uint64_t pps, uint32_t burst, int64_t now_ps)
{
    if (bucket->size == 0) {
        *bucket = (struct bucket){.rate = pps, .size = burst, .tokens = burst};
    }
    return pps > 0 && bucket_take(bucket, now_ps);
}

bool reference_copp(const struct sim *s, struct meter *meters, enum punt_cause cause,
                    int64_t now_ps, uint32_t bytes)
{
    for (uint32_t i = 0; i < s->config->n_copp_classes; i++) {
        const struct copp_class *c = &s->config->copp_classes[i];
        if (c->causes >> cause & 1) {
            return meter_take(&meters[i], c->rate_bps, c->burst_bytes, now_ps, bytes);
        }
    }
    return true;
}

static bool is_denial(uint32_t cause)
{
    return cause == PUNT_ACL_DENIED || cause == PUNT_VACL_LOG || cause == PUNT_RPF_FAILURE;
}

static const char *refuses_to_punt(struct sim *s, size_t packet, enum punt_cause cause,
                                   int64_t result_ps)
{
    const struct chassis_config *c = s->config;
    const struct limit_config *l = limit_of(c, cause);
    struct card *card = &s->cards[s->slot];

    if (cause == PUNT_FIB_EXCEPTION && c->fib_exception_pps > 0) {
        bool passes =
            token(&card->exception, c->fib_exception_pps, c->fib_exception_burst, result_ps);
        return passes ? NULL : "fib_exception_limiter";
    }
    if (l != NULL && l->on) {
        const char *reason = cause == PUNT_NO_ROUTE      ? "no_route"
                             : cause == PUNT_RPF_FAILURE ? "rpf_failed"
                             : is_denial(cause)          ? "acl_denied"
                                                         : "rate_limited";
        return token(&card->buckets[l->bucket], l->pps, l->burst, result_ps) ? NULL : reason;
    }
    bool passes =
        !c->qos.on || reference_copp(s, card->copp, cause, result_ps, s->packets[packet].bytes);
    return passes ? NULL : "control_plane_policed";
}

const char *reference_refuses(struct sim *s, size_t packet, struct answer *a, int64_t result_ps)
{
    const struct reference_packet *p = &s->packets[packet];
    struct frame *f = &s->frames[packet];

    if (p->other_mac) {
        return "not_router_mac";
    }
    uint32_t asks = reference_asks_in(s, packet, false, a);
    if (asks == ASKS_NOTHING && a->outcome == DISCARD) {
        return "null_route";
    }
    asks = asks == ASKS_NOTHING ? cause_of(s, p, *a) : asks;
    asks = asks == ASKS_NOTHING ? reference_asks_out(s, packet, false, a->port) : asks;
    if (asks == ASKS_TO_DROP || asks == ASKS_TO_WAIT) {
        return asks == ASKS_TO_DROP ? "acl_denied" : "acl_updating";
    }
    f->cause = (enum punt_cause)asks;
    f->to_msfc = f->cause != PUNT_N_CAUSES;
    if (!is_denial(asks) && !pass_policers(s, packet, f->to_msfc ? NULL : &a->port, result_ps)) {
        return "policed";
    }
    return f->to_msfc ? refuses_to_punt(s, packet, f->cause, result_ps) : NULL;
}

const char *reference_software_refuses(const struct sim *s, size_t packet, struct answer a)
{
    const struct reference_packet *p = &s->packets[packet];

    uint32_t asks = s->frames[packet].asks;
    return asks == PUNT_RPF_FAILURE                                      ? "rpf_failed"
           : asks != ASKS_NOTHING                                        ? "acl_denied"
           : a.outcome == RECEIVE                                        ? NULL
           : a.outcome == GLEAN                                          ? "glean_unresolved"
           : a.outcome != FORWARD && a.outcome != PUNT                   ? "no_route_in_software"
           : p->ttl_1                                                    ? "ttl_expired"
           : too_long(s, a.port, p->bytes)                               ? "mtu_exceeded"
           : reference_asks_out(s, packet, true, a.port) != ASKS_NOTHING ? "acl_denied"
                                                                         : NULL;
}
