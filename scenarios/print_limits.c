/* print_limits.c - what may pass, and what is believed of marks. */
#include <string.h>

#include "models/accounting.h"
#include "models/policer.h"
#include "models/punt.h"
#include "models/qos.h"
#include "scenarios/loader.h"
#include "scenarios/print.h"

static const char *const trusts[] = {"none", "cos", "ip-precedence", "dscp"};

static void put_action(const struct policer_config *p, enum policer_colour colour, const char *key,
                       FILE *out)
{
    static const char *const words[] = {"transmit", "drop", "policed-dscp"};
    if (p->then[colour].action == ACTION_SET_DSCP) {
        fprintf(out, ", %s: dscp %u", key, p->then[colour].dscp);
    } else {
        fprintf(out, ", %s: %s", key, words[p->then[colour].action]);
    }
}

/* A comment, where the hardware has no such rate. */
static void put_steps(const char *key, uint64_t asked_bps, uint64_t bps, FILE *out)
{
    if (asked_bps != bps) {
        print_quantity(out, key, UNIT_BPS, asked_bps);
        print_quantity(out, " asked, in hardware", UNIT_BPS, bps);
        print_quantity(out, ", in steps of", UNIT_BPS, policer_step_bps(asked_bps));
    }
}

static void put_policer(const struct policer_config *p, FILE *out)
{
    static const char *const scopes[] = {"all", "port", "flow", "source", "destination"};
    fprintf(out, "  - {name: \"%s\", ", p->name);
    print_quantity(out, "rate", UNIT_BPS, p->asked_bps);
    print_quantity(out, ", burst", UNIT_BYTES, p->burst_bytes);
    if (p->peak_bps > 0) {
        print_quantity(out, ", peak_rate", UNIT_BPS, p->asked_peak_bps);
        print_quantity(out, ", peak_burst", UNIT_BYTES, p->peak_burst_bytes);
    }
    if (p->scope != POLICE_TOGETHER) {
        fprintf(out, ", each: %s", scopes[p->scope]);
    }
    fputs(p->egress ? ", direction: out" : "", out);
    if (p->then[COLOUR_CONFORMS].action != ACTION_TRANSMIT) {
        put_action(p, COLOUR_CONFORMS, "conform", out);
    }
    if (p->then[COLOUR_EXCEEDS].action != ACTION_DROP) {
        put_action(p, COLOUR_EXCEEDS, "exceed", out);
    }
    if (p->peak_bps > 0) {
        put_action(p, COLOUR_VIOLATES, "violate", out);
    }
}

static void put_policers(const struct chassis_config *c, FILE *out)
{
    fputs(c->n_policers > 0 ? "policers:\n" : "", out);
    for (uint32_t i = 0; i < c->n_policers; i++) {
        put_policer(&c->policers[i], out);
        if (c->policers[i].n_ports > 0) {
            fputs(", ports: \"", out);
            print_ports(out, c, c->policers[i].ports, c->policers[i].n_ports, c->n_ports);
            fputs("\"", out);
        }
        fputs("}", out);
        put_steps(" # rate", c->policers[i].asked_bps, c->policers[i].rate_bps, out);
        put_steps(" # peak_rate", c->policers[i].asked_peak_bps, c->policers[i].peak_bps, out);
        fputs("\n", out);
    }
}

/* "key: \"1, 5\"", of each bit. */
static void put_bits(const char *key, uint64_t bits, FILE *out)
{
    bool any = false;
    for (unsigned i = 0; i < 64; i++) {
        if (bits >> i & 1) {
            fprintf(out, "%s%s%u", any ? ", " : key, any ? "" : ": \"", i);
            any = true;
        }
    }
    fputs(any ? "\"" : "", out);
}

static void put_class(const struct chassis_config *c, const struct class_config *k, FILE *out)
{
    fprintf(out, "      - {name: \"%s\"", k->name);
    for (uint32_t i = 0; i < k->n_lists; i++) {
        fprintf(out, "%s%s%s", i == 0 ? ", access_group: \"" : ", ", c->acls[k->lists[i]].name,
                i + 1 == k->n_lists ? "\"" : "");
    }
    put_bits(", dscp", k->dscps, out);
    put_bits(", precedence", k->precedences, out);
    if (k->trust != TRUST_NOTHING) {
        fprintf(out, ", trust: %s", trusts[k->trust]);
    }
    if (k->sets) {
        fprintf(out, ", set: dscp %u", k->set_dscp);
    }
    const uint32_t numbers[] = {k->flow_police, k->police};
    const char *separator = ", police: \"";
    for (uint32_t i = 0; i < 2; i++) {
        if (numbers[i] != 0) {
            fprintf(out, "%s%s", separator, c->policers[numbers[i] - 1].name);
            separator = ", ";
        }
    }
    fputs(numbers[0] + numbers[1] != 0 ? "\"}\n" : "}\n", out);
}

static void put_policy_maps(const struct chassis_config *c, FILE *out)
{
    fputs(c->n_policy_maps > 0 ? "policy_maps:\n" : "", out);
    for (uint32_t i = 0; i < c->n_policy_maps; i++) {
        const struct policy_map *map = &c->policy_maps[i];
        fprintf(out, "  - name: \"%s\"\n    classes:%s\n", map->name,
                map->n_classes == 0 ? " []" : "");
        for (uint32_t k = 0; k < map->n_classes; k++) {
            put_class(c, &map->classes[k], out);
        }
    }
}

static void put_rate_limits(const struct chassis_config *c, FILE *out)
{
    if (c->fib_exception_pps == 0) {
        fputs("rate_limits: {fib_exception: none", out);
    } else {
        print_quantity(out, "rate_limits: {fib_exception", UNIT_PPS, c->fib_exception_pps);
    }
    for (enum limit i = 0; i < CONFIG_N_LIMITS; i++) {
        const struct limit_config *now = &c->limits[i];
        struct limit_config usual = punt_default_limit(&c->supervisor->pfc, i);
        if (now->on == usual.on && now->pps == usual.pps && now->burst == usual.burst) {
            continue;
        }
        fprintf(out, ", %s: ", punt_limits[i].name);
        if (now->on) {
            char text[QUANTITY_TEXT];
            quantity_print((struct quantity){UNIT_PPS, now->pps}, text);
            fprintf(out, "%s burst %u", text, now->burst);
        } else {
            fputs("off", out);
        }
    }
    fputs("}\n", out);
}

static void put_control_plane(const struct chassis_config *c, FILE *out)
{
    fputs(c->n_copp_classes > 0 ? "control_plane:\n" : "", out);
    for (uint32_t i = 0; i < c->n_copp_classes; i++) {
        const struct copp_class *class = &c->copp_classes[i];
        const char *separator = "";
        fprintf(out, "  - {name: \"%s\", causes: \"", class->name);
        for (enum punt_cause k = 0; k < PUNT_N_CAUSES; k++) {
            if (class->causes & 1u << k) {
                fprintf(out, "%s%s", separator, punt_cause_name(k));
                separator = ", ";
            }
        }
        print_quantity(out, "\", rate", UNIT_BPS, class->asked_bps);
        print_quantity(out, ", burst", UNIT_BYTES, class->burst_bytes);
        fputs("}", out);
        put_steps(" # rate", class->asked_bps, class->rate_bps, out);
        fputs("\n", out);
    }
}

static bool set_alike(const struct port_config *a, const struct port_config *b)
{
    return a->trust == b->trust && a->cos == b->cos && a->mtu_bytes == b->mtu_bytes;
}

/* This port and all behind it that are set alike. */
static void put_interface(const struct chassis_config *c, uint32_t first, FILE *out)
{
    const struct port_config *port = &c->ports[first];
    uint32_t ports[CONFIG_MAX_SLOTS * CONFIG_MAX_CARD_PORTS], n = 0;
    for (uint32_t i = first; i < c->n_ports; i++) {
        if (set_alike(port, &c->ports[i])) {
            ports[n++] = i;
        }
    }
    fputs("  - {ports: \"", out);
    print_ports(out, c, ports, n, c->n_ports);
    fprintf(out, "\", trust: %s", trusts[port->trust]);
    if (port->cos != 0) {
        fprintf(out, ", cos: %u", port->cos);
    }
    if (port->mtu_bytes != 0) {
        print_quantity(out, ", mtu", UNIT_BYTES, port->mtu_bytes);
    }
    fputs("}\n", out);
}

bool print_has_settings(const struct chassis_config *c)
{
    static const struct port_config usual = {.trust = TRUST_NOTHING};
    bool any = false;
    for (uint32_t i = 0; i < c->n_ports; i++) {
        any |= !set_alike(&c->ports[i], &usual);
    }
    return any;
}

static void put_interfaces(const struct chassis_config *c, FILE *out)
{
    static const struct port_config usual = {.trust = TRUST_NOTHING};
    bool any = false;
    for (uint32_t i = 0; i < c->n_ports; i++) {
        bool before = set_alike(&c->ports[i], &usual);
        for (uint32_t k = 0; k < i && !before; k++) {
            before = set_alike(&c->ports[i], &c->ports[k]);
        }
        if (!before) {
            fputs(any ? "" : "interfaces:\n", out);
            put_interface(c, i, out);
            any = true;
        }
    }
}

static void put_map(const char *key, const uint8_t *map, const uint8_t *usual, uint32_t n,
                    FILE *out)
{
    bool any = false;
    for (uint32_t i = 0; i < n; i++) {
        if (map[i] != usual[i]) {
            fprintf(out, ", %s%s%u:%u", any ? "" : key, any ? "" : ": \"", i, map[i]);
            any = true;
        }
    }
    fputs(any ? "\"" : "", out);
}

static void put_netflow(const struct chassis_config *c, FILE *out)
{
    const struct netflow_config *n = &c->netflow;
    if (!accounts_needed(c)) {
        return;
    }
    fprintf(out, "netflow: {enabled: %s, flow_mask: %s", c->netflow_on ? "yes" : "no",
            netflow_mask_names[n->mask]);
    print_quantity(out, ", aging_normal", UNIT_PS, (uint64_t)n->normal_ps);
    print_quantity(out, ", aging_long", UNIT_PS, (uint64_t)n->long_ps);
    print_quantity(out, ", aging_fast", UNIT_PS, (uint64_t)n->fast_ps);
    print_quantity(out, ", aging_aggressive", UNIT_PS, (uint64_t)n->aggressive_ps);
    fprintf(out, ", fast_packets: %u", (unsigned)n->fast_packets);
    if (n->hash_bits != 0) {
        fprintf(out, ", hash_bits: %u", (unsigned)n->hash_bits);
    }
    fputs("}\n", out);
}

static void put_qos(const struct chassis_config *c, FILE *out)
{
    struct qos_config usual = {0};
    qos_default_maps(&usual);
    fprintf(out, "qos: {enabled: %s, serial_policing: %s, rewrite_dscp: %s",
            c->qos.on ? "yes" : "no", c->qos.serial_policing ? "yes" : "no",
            c->qos.keeps_dscp ? "no" : "yes");
    put_map("cos_dscp", c->qos.cos_dscp, usual.cos_dscp, 8, out);
    put_map("ip_precedence_dscp", c->qos.precedence_dscp, usual.precedence_dscp, 8, out);
    put_map("dscp_cos", c->qos.dscp_cos, usual.dscp_cos, 64, out);
    put_map("policed_dscp", c->qos.policed_dscp, usual.policed_dscp, 64, out);
    fputs(c->qos.marks_trusted ? ", marking_ignore_port_trust: yes" : "", out);
    print_queues(c, out);
    fputs("}\n", out);
}

void print_limits(const struct scenario *s, FILE *out)
{
    const struct chassis_config *c = &s->config;
    put_policers(c, out);
    put_policy_maps(c, out);
    put_rate_limits(c, out);
    put_control_plane(c, out);
    put_interfaces(c, out);
    print_interface_features(out, s);
    put_qos(c, out);
    put_netflow(c, out);
}

void print_stream_marks(const struct stream_config *s, FILE *out)
{
    if (s->cos != CONFIG_UNTAGGED) {
        fprintf(out, "    cos: %u\n", s->cos);
    }
    if (s->dscp != 0) {
        fprintf(out, "    dscp: %u\n", s->dscp);
    }
    fputs(s->redirect ? "    redirect: yes\n" : "", out);
    fputs(s->ttl_1 ? "    ttl: 1\n" : "", out);
    fputs(s->options ? "    options: yes\n" : "", out);
}
