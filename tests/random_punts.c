/* What is punted, and how much of it: rates are drawn around what the ports of a chassis can offer,
 * so that some limits are never reached, and some never left. */
#include "models/layout.h"
#include "models/punt.h" /* names of causes */
#include "sim/arena.h"
#include "tests/random_chassis.h"
#include "tests/random_draw.h"

#define MOST_CLASSES 3

/* Limiters that are alike share a bucket, or not. */
static void draw_limits(struct draw *d)
{
    struct limit_config *limits = d->c->limits;
    bool share = one_in(d, 2);

    for (enum limit i = 0; i < CONFIG_N_LIMITS; i++) {
        limits[i].on = one_in(d, 2);
        limits[i].pps = one_in(d, 8) ? 0 : near(d, line_pps(d, d->c->n_ports), 1, 20);
        limits[i].burst = (uint32_t)between(d, 1, 8);
        limits[i].bucket = (uint8_t)i;
        if (share && i > 0 && one_in(d, 2)) {
            limits[i] = limits[below(d, i)];
        }
    }
}

static void draw_classes(struct draw *d)
{
    struct chassis_config *c = d->c;
    uint32_t free_causes = (1u << PUNT_N_CAUSES) - 1;

    c->n_copp_classes = (uint32_t)below(d, MOST_CLASSES + 1);
    c->copp_classes = arena_take_array(d->mem, MOST_CLASSES, sizeof *c->copp_classes);
    for (uint32_t i = 0; i < c->n_copp_classes; i++) {
        struct copp_class *class = &c->copp_classes[i];
        class->name = arena_printf(d->mem, "class %u", i);
        class->causes = (uint32_t)below(d, 1u << PUNT_N_CAUSES) & free_causes;
        class->rate_bps = near(d, d->port_bps, 1, 50);
        class->burst_bytes = between(d, 64, one_in(d, 2) ? 3000 : 20000);
        free_causes &= ~class->causes;
    }
}

static void draw_marks(struct draw *d)
{
    struct qos_config *qos = &d->c->qos;

    qos->on = !one_in(d, 3);
    qos->keeps_dscp = one_in(d, 3);
    qos->serial_policing = one_in(d, 2);
    for (uint32_t i = 0; i < 64; i++) {
        qos->cos_dscp[i % 8] = (uint8_t)below(d, 64);
        qos->precedence_dscp[i % 8] = (uint8_t)below(d, 64);
        qos->policed_dscp[i] = (uint8_t)below(d, 64);
    }
    for (uint32_t i = 0; i < config_n_all_ports(d->c); i++) {
        d->c->ports[i].trust = (uint8_t)below(d, 4);
        d->c->ports[i].cos = (uint8_t)below(d, 8);
    }
}

static void draw_packets(struct draw *d)
{
    for (uint32_t i = 0; i < d->c->n_streams; i++) {
        struct stream_config *s = &d->c->streams[i];
        s->cos = (uint8_t)below(d, CONFIG_UNTAGGED + 1);
        s->dscp = (uint8_t)below(d, 64);
        s->ttl_1 = one_in(d, 12);
        s->options = one_in(d, 12);
        s->redirect = s->to == TO_LIST && one_in(d, 3);
    }
}

/* From no work at all to many times that of an interrupt; masks of some packets. */
static void draw_processes(struct draw *d)
{
    struct chassis_config *c = d->c;
    uint64_t switch_ps = SECOND_PS / c->supervisor->software_pps;

    for (uint32_t i = PROCESS_NONE + 1; i < CONFIG_N_PROCESSES; i++) {
        c->process_ps[i] = one_in(d, 4) ? 0 : (int64_t)between(d, switch_ps / 2, 6 * switch_ps);
    }
    c->hold_packets = PICK(d, 0, 1, 2, 5, 75);
    c->headroom_packets = below(d, 4);
    c->netint_ps = (int64_t)between(d, switch_ps, 20 * switch_ps);
    c->netint_mask_ps = one_in(d, 3) ? 0 : (int64_t)below(d, (uint64_t)c->netint_ps + 1);
}

#define MOST_PREFIXES 6

/* One that has a route, so that it is another one that leads there when the session falls. */
static struct ip_prefix announced(struct draw *d, uint8_t family)
{
    const struct chassis_config *c = d->c;
    struct ip_prefix prefix;

    do {
        bool feed = c->table != NULL && c->table->n_routes > 0 && one_in(d, 2);
        prefix = feed ? c->table->routes[below(d, c->table->n_routes)].prefix
                      : c->static_routes[below(d, c->n_static_routes)].prefix;
        prefix = one_in(d, 2)
                     ? prefix
                     : ip_prefix_of((struct ip_address){prefix.hi, prefix.lo, prefix.family},
                                    prefix.length + (prefix.length < 32u ? 1u : 0u));
    } while (prefix.family != family);
    return prefix;
}

/* Each stream may be the keepalives of one. */
static void draw_sessions(struct draw *d)
{
    struct chassis_config *c = d->c;
    uint64_t until_ps = (uint64_t)(c->warmup_ps + c->duration_ps);

    c->sessions = arena_take_array(d->mem, c->n_streams, sizeof *c->sessions);
    for (uint32_t i = 0; i < c->n_streams; i++) {
        if (one_in(d, 2)) {
            continue;
        }
        struct session_config *session = &c->sessions[c->n_sessions++];
        struct ip_prefix *prefixes = arena_take_array(d->mem, MOST_PREFIXES, sizeof *prefixes);
        uint8_t family = (uint8_t)below(d, 2);
        *session = (struct session_config){.stream = i, .prefixes = prefixes};
        session->hold_ps = (int64_t)between(d, until_ps / 20, until_ps / 2);
        session->neighbour = c->static_routes[2 * family + below(d, 2)].next_hop;
        session->n_prefixes = (uint32_t)below(d, MOST_PREFIXES + 1);
        for (uint32_t k = 0; k < session->n_prefixes; k++) {
            prefixes[k] = announced(d, family);
        }
    }
}

#define MOST_HOSTS 20

/* Some of those that streams send to, and others that are next hops, answer. */
static void draw_arp(struct draw *d)
{
    struct chassis_config *c = d->c;
    uint64_t until_ps = (uint64_t)(c->warmup_ps + c->duration_ps);

    c->arp_install_ps = one_in(d, 4) ? 0 : (int64_t)between(d, 1000, until_ps / 8);
    c->arp_answer_ps = (int64_t)below(d, until_ps / 4);
    c->arp_throttle_ps = (int64_t)below(d, until_ps / 2);
    c->hosts = arena_take_array(d->mem, MOST_HOSTS, sizeof *c->hosts);
    for (uint32_t i = 0; i < MOST_HOSTS; i++) {
        const struct stream_config *s = &c->streams[below(d, c->n_streams)];
        const struct static_route *r = &c->static_routes[below(d, c->n_static_routes)];
        if (s->n_list > 0 && one_in(d, 2)) {
            c->hosts[c->n_hosts++] = s->list[below(d, s->n_list)];
        } else if (r->via == VIA_NEXT_HOP) {
            c->hosts[c->n_hosts++] = r->next_hop;
        }
    }
}

void random_punts(struct chassis_config *config, uint64_t seed, struct arena *mem)
{
    struct draw d = {.c = config, .mem = mem, .rng = rng_open(seed, "random", "punts")};
    struct supervisor_type *supervisor = arena_take(mem, sizeof *supervisor);

    d.port_bps = layout_port_bps(config, 0);
    *supervisor = *config->supervisor;
    supervisor->pfc.generation = (uint32_t)between(&d, 2, 4); /* what policers count */
    config->supervisor = supervisor;
    draw_limits(&d);
    draw_classes(&d);
    draw_marks(&d);
    draw_packets(&d);
    draw_processes(&d);
    draw_sessions(&d);
    draw_arp(&d);
    bool short_ones = one_in(&d, 2);
    for (uint32_t i = 0; i < config->n_ports && short_ones; i++) {
        config->ports[i].mtu_bytes = one_in(&d, 4) ? (uint16_t)between(&d, 68, 1500) : 0;
    }
}
