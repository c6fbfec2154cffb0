/* Why two steps: which flow a packet belongs to is one array away, once it is known, and counting is
 * then a matter of a few additions. Only a flow's first packet since a poll needs its key. */
#include "models/accounting.h"

#include <string.h>

#include "models/flows.h"
#include "models/packet.h"
#include "sim/arena.h"
#include "sim/dispatch.h"
#include "sim/report.h"
#include "sim/scheduler.h"

#define BLOCK 64u
#define NEVER (-1) /* in reports */
#define NOT_LOOKED_UP NETFLOW_N_MASKS

/* In known: 0, or the table's flow and so much; NETFLOW_NONE is 1. */
#define KNOWN_FROM 2u

struct accounting {
    struct netflow *netflow;
    const struct accounts *all;
    uint32_t *known; /* by flow of the scenario */
    uint8_t *masks;  /* by port that packets enter by: enum netflow_mask, or NOT_LOOKED_UP */
    int64_t full_ps; /* a poll first found it too full */
    uint32_t full_percent;
};

static bool of_flows(const struct policer_config *policer)
{
    return policer->scope >= POLICE_FLOW;
}

bool accounts_needed(const struct chassis_config *config)
{
    bool needed = config->netflow_on;

    for (uint32_t i = 0; i < config->n_policers; i++) {
        needed |= of_flows(&config->policers[i]);
    }
    return needed;
}

/* What tells flows apart that classes police; all of a policy map do it alike. */
static uint8_t mask_of_map(const struct chassis_config *c, const struct policy_map *map)
{
    for (uint32_t i = 0; i < map->n_classes; i++) {
        uint32_t policer = map->classes[i].flow_police;
        if (policer != 0) {
            return (uint8_t)config_policer_mask(c->policers[policer - 1].scope);
        }
    }
    return NOT_LOOKED_UP;
}

static uint8_t *masks_by_port(const struct chassis_config *c, struct arena *mem)
{
    uint8_t *masks = arena_take_array(mem, c->n_ports, sizeof *masks);

    memset(masks, c->netflow_on ? (int)c->netflow.mask : (int)NOT_LOOKED_UP, c->n_ports);
    for (uint32_t i = 0; i < c->n_policers && !c->netflow_on; i++) {
        const struct policer_config *p = &c->policers[i];
        for (uint32_t k = 0; k < p->n_ports && of_flows(p); k++) {
            masks[p->ports[k]] = (uint8_t)config_policer_mask(p->scope);
        }
    }
    for (uint32_t i = 0; i < c->n_ports && c->interfaces != NULL && !c->netflow_on; i++) {
        uint32_t map = c->interfaces[config_interface_of(c, i)].service_policy[0];
        if (map != 0 && mask_of_map(c, &c->policy_maps[map - 1]) != NOT_LOOKED_UP) {
            masks[i] = mask_of_map(c, &c->policy_maps[map - 1]);
        }
    }
    return masks;
}

struct accounting *accounts_add(struct accounts *all, uint32_t slot, const struct engine_type *type)
{
    if (!accounts_needed(all->config)) {
        return NULL;
    }
    struct accounting *a = arena_take(all->mem, sizeof *a);
    struct netflow_config config = all->config->netflow;
    config.type = netflow_type_of(type);
    if (config.hash_bits != 0 && config.type.n_pages == 0) {
        config.type.hash_bits = config.hash_bits;
    }
    *a = (struct accounting){.netflow = netflow_open(&config, all->mem),
                             .all = all,
                             .known =
                                 arena_take_array(all->mem, all->flows->n_flows, sizeof *a->known),
                             .masks = masks_by_port(all->config, all->mem),
                             .full_ps = NEVER};
    all->of[slot] = a;
    return a;
}

/* ---- packets --------------------------------------------------------------------------------- */

/* ICMP: its type and code stand for the port it goes to; what else has no ports has none. */
static void set_ports(struct netflow_key *key, const struct stream_config *stream,
                      const struct flow_key *flow)
{
    bool has_ports = stream->protocol == FLOWS_TCP || stream->protocol == FLOWS_UDP;

    key->protocol = stream->protocol;
    key->src_port = has_ports ? flow->from_port : 0;
    key->dst_port = has_ports ? flow->to_port : stream->protocol == FLOWS_ICMP ? stream->icmp : 0;
}

/* The packet's flow is looked up, and begun if it is not there. */
static __attribute__((noinline)) uint32_t learn(struct accounting *a, const struct packet *packet,
                                                int64_t now_ps)
{
    const struct packet_head head = packet->head;
    struct flow_key flow = flows_key(a->all->flows, (enum ip_family)head.family, packet->flow);
    uint32_t stream = flows_stream(a->all->flows, packet->flow);
    struct netflow_key key = {
        .src_hi = flow.from.hi,
        .src_lo = flow.from.lo,
        .dst_hi = flow.to.hi,
        .dst_lo = flow.to.lo,
        .interface = (uint16_t)(config_interface_of(a->all->config, head.ingress) + 1),
        .family = head.family,
    };

    set_ports(&key, &a->all->config->streams[stream], &flow);
    return a->known[packet->flow] =
               netflow_find(a->netflow, (enum netflow_mask)a->masks[head.ingress], &key, now_ps) +
               KNOWN_FROM;
}

static inline void count_block(struct accounting *a, const struct row *const *rows, uint32_t n)
{
    const struct packet *base = a->all->packets->base;
    uint32_t flows[BLOCK], bytes[BLOCK], k = 0;
    int64_t now_ps[BLOCK];

    for (uint32_t i = 0; i < n; i++) {
        const struct row *row = rows[i];
        const struct packet *packet = &base[row->packet];
        if (__builtin_expect(row->load & LOAD_SPECIAL, 0) &&
            packet->head.flags & PACKET_NOT_ROUTED) {
            continue;
        }
        uint32_t known = a->known[packet->flow];
        if (__builtin_expect(known == 0, 0)) {
            known = learn(a, packet, row->ready_ps);
        }
        flows[k] = known - KNOWN_FROM;
        bytes[k] = load_bytes(row->load) - WIRE_LAYER2_BYTES;
        now_ps[k++] = row->ready_ps;
    }
    netflow_account_known(a->netflow, flows, bytes, now_ps, k);
}

/* Of those that enter by ports whose flows are policed. */
static void count_policed(struct accounting *a, const struct row *const *rows, uint32_t n)
{
    const struct row *policed[BLOCK];
    uint32_t k = 0;

    for (uint32_t i = 0; i < n; i++) {
        const struct packet *packet = &a->all->packets->base[rows[i]->packet];
        policed[k] = rows[i];
        k += a->masks[packet->head.ingress] != NOT_LOOKED_UP;
        if (k == BLOCK || i + 1 == n) {
            count_block(a, policed, k);
            k = 0;
        }
    }
}

SIM_DISPATCH
void accounting_count(struct accounting *a, const struct row *const *rows, uint32_t n)
{
    if (!a->all->config->netflow_on) {
        count_policed(a, rows, n);
        return;
    }
    for (uint32_t i = 0; i < n; i += BLOCK) {
        count_block(a, rows + i, n - i < BLOCK ? n - i : BLOCK);
    }
}

/* ---- flows end ------------------------------------------------------------------------------- */

/* Places become free: what was known of them is no longer. */
static void forget(struct accounting *a)
{
    memset(a->known, 0, a->all->flows->n_flows * sizeof *a->known);
}

static void poll_one(struct accounting *a, int64_t now_ps, const struct netflow_exporter *exporter)
{
    uint32_t percent = netflow_poll(a->netflow, now_ps, exporter);

    if (percent >= NETFLOW_THRESHOLD_PERCENT && a->full_ps == NEVER) {
        a->full_ps = now_ps;
        a->full_percent = percent;
    }
}

static void end_flows(struct accounts *all, int64_t now_ps, bool every)
{
    const struct flow_sink *sink = all->config->netflow_on ? all->sink : NULL;

    if (sink != NULL) {
        sink->at(sink->context, now_ps);
    }
    for (uint32_t slot = 0; slot <= CONFIG_MAX_SLOTS; slot++) {
        struct accounting *a = all->of[slot];
        if (a == NULL) {
            continue;
        }
        struct netflow_exporter exporter = {0};
        if (sink != NULL) {
            exporter = sink->of(sink->context, slot);
        }
        const struct netflow_exporter *to = sink != NULL ? &exporter : NULL;
        if (every) {
            netflow_flush(a->netflow, to);
        } else {
            poll_one(a, now_ps, to);
        }
        forget(a);
    }
}

static void poll_all(void *context, int64_t now_ps)
{
    struct accounts *all = context;

    end_flows(all, now_ps, false);
    scheduler_at(all->scheduler, now_ps + all->config->netflow.poll_ps, poll_all, all);
}

void accounts_start(struct accounts *all, struct scheduler *scheduler)
{
    all->scheduler = scheduler;
    if (accounts_needed(all->config)) {
        scheduler_at(scheduler, all->config->netflow.poll_ps, poll_all, all);
    }
}

void accounts_flush(struct accounts *all, int64_t now_ps)
{
    if (accounts_needed(all->config)) {
        end_flows(all, now_ps, true);
    }
}

uint32_t accounting_entry(const struct accounting *a, uint32_t flow)
{
    return a->known[flow] - KNOWN_FROM;
}

const struct netflow *accounting_table(const struct accounting *a)
{
    return a->netflow;
}

/* ---- what it says ---------------------------------------------------------------------------- */

void accounting_mark(struct accounting *a)
{
    netflow_mark(a->netflow);
}

void accounting_show(const struct accounting *a, const char *module, struct report *out)
{
    netflow_show(a->netflow, module, out);
    report_value(out, module, "netflow_threshold_first", "ps", a->full_ps);
    report_value(out, module, "netflow_threshold_percent", "percent", a->full_percent);
}
