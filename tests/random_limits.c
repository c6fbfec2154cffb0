/* What may pass, what is believed of marks, transmit queues, NetFlow. */
#include "sim/arena.h"
#include "tests/random_scenario.h"
#include "tests/random_writer.h"

/* Ports of a policer are in no other. */
static void put_policers(struct writer *w)
{
    uint32_t n = draw_one_in(w, 4) ? (uint32_t)draw_between(w, 1, 3) : 0, port = draw_port(w);
    w->each = DRAW_WORD(w, "flow", "source", "destination");
    w->has_maps = draw_one_in(w, 4);
    if (w->has_maps) { /* they police what enters by any port */
        writer_put(w,
                   "policers:\n"
                   "  - {name: s0, rate: 10Mbps, burst: 20000B%s}\n"
                   "  - {name: s1, rate: 1Gbps, burst: 1MB, each: port, exceed: policed-dscp}\n"
                   "  - {name: s2, rate: 1Mbps, burst: 9500B, each: %s}\n",
                   draw_careless(w) ? ", direction: in" : "", w->each);
        return;
    }
    writer_put(w, n == 0 ? "" : "policers:\n");
    for (uint32_t i = 0; i < n; i++, port += port < w->n_ports) {
        writer_put(
            w, "  - {name: p%u, rate: %s, burst: %s, ports: \"%s\"", draw_careless(w) ? 0 : i,
            draw_careless(w) ? "12bps" : DRAW_WORD(w, "32kbps", "10Mbps", "1Gbps", "4Gbps"),
            draw_careless(w) ? "1B" : DRAW_WORD(w, "20000B", "1MB", "9500B"), port_name(w, port));
        if (draw_one_in(w, 2)) {
            writer_put(w, ", each: %s",
                       draw_careless(w) ? DRAW_WORD(w, "flow", "source", "destination") : w->each);
        } else {
            writer_put(w, "%s",
                       DRAW_WORD(w, "", ", each: port", ", peak_rate: 5Gbps, violate: drop",
                                 ", peak_rate: 4Gbps, peak_burst: 2MB, each: port"));
        }
        writer_put(w, "%s", draw_careless(w) ? ", direction: out" : "");
        writer_put(w, "%s}\n",
                   DRAW_WORD(w, "", ", exceed: policed-dscp", ", exceed: dscp 8",
                             ", conform: dscp 46, exceed: transmit"));
    }
}

static void put_rate_limits(struct writer *w)
{
    static const char *const keys[] = {"receive",       "glean",         "ttl_failure",
                                       "mtu_failure",   "icmp_redirect", "icmp_no_route",
                                       "icmp_acl_drop", "ip_features",   "layer2_pdu",
                                       "rpf_failure",   "vacl_log",      "multicast_fib_miss"};
    bool any = draw_one_in(w, 6);
    if (any) {
        writer_put(w, "rate_limits: {fib_exception: %s",
                   draw_careless(w) ? "-1pps" : DRAW_WORD(w, "none", "10kpps", "1Mpps"));
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (draw_one_in(w, 10)) {
            writer_put(w, "%s%s: %s", any ? ", " : "rate_limits: {", keys[i],
                       draw_careless(w) ? DRAW_WORD(w, "10", "on", "1pps burst 0", "9Mpps")
                                        : DRAW_WORD(w, "off", "0pps", "100pps", "7kpps burst 3",
                                                    "100kpps burst 255", "1Mpps"));
            any = true;
        }
    }
    writer_put(w, any ? "}\n" : "");
}

static void put_control_plane(struct writer *w)
{
    static const char *const causes[] = {"receive, glean", "ttl", "all"};
    uint32_t n = draw_one_in(w, 4) ? (uint32_t)draw_between(w, 1, 3) : 0;
    writer_put(w, n == 0 ? "" : "control_plane:\n");
    for (uint32_t i = 0; i < n; i++) {
        writer_put(w, "  - {name: c%u, causes: \"%s\", rate: %s, burst: %s}\n", i,
                   draw_careless(w) ? "glean, arp" : causes[i],
                   DRAW_WORD(w, "32kbps", "1Mbps", "1Gbps"), DRAW_WORD(w, "1kB", "30kB"));
    }
}

static void put_acls(struct writer *w)
{
    if (!draw_one_in(w, 3)) {
        return;
    }
    writer_put(w, "acls:\n  - {name: a, synthetic: %s%s}\n",
               draw_careless(w) ? "-1" : DRAW_WORD(w, "1", "20", "500"),
               draw_careless(w) ? ", changes: [{at: 1us, text: \"no 5\"}]"
                                : DRAW_WORD(w, "", ", changes: [{at: 1us, text: \"no 10\"}]",
                                            ", changes: [{at: 9us, text: \"5 deny ip any any\\n\"},"
                                            " {at: 4us, text: \"no permit ip any any\"}]"));
    writer_put(w, "  - name: \"%s\"\n    text: |\n", draw_careless(w) ? "8" : "7");
    writer_put(w, "      access-list 7 %s\n",
               DRAW_WORD(w, "permit any log", "deny 64.0.0.0 63.255.255.255", "remark nothing"));
    writer_put(w, "      access-list 7 permit %s\n", draw_careless(w) ? "ip any" : "any");
    writer_put(w, "acl: {default_result: %s, optimized_logging: %s}\n",
               draw_careless(w) ? "drop" : DRAW_WORD(w, "deny", "permit", "bridge"),
               draw_one_in(w, 4) ? "yes" : "no");
    w->n_acls = 2;
}

/* Which together name all policers that have no ports; `n` is for what leaves. */
static void put_policy_maps(struct writer *w)
{
    if (!w->has_maps) {
        return;
    }
    writer_put(w, "policy_maps:\n  - name: m\n    classes:\n");
    writer_put(w, "      - {name: c1, %s: \"%s\"%s, police: \"s0, s2\"}\n",
               draw_careless(w) ? "access_group" : DRAW_WORD(w, "dscp", "precedence"),
               draw_careless(w) ? "99" : DRAW_WORD(w, "5", "0, 5"),
               draw_careless(w)
                   ? ", set: cos 1"
                   : DRAW_WORD(w, "", ", trust: dscp", ", set: dscp 46", ", set: precedence 1"));
    if (w->n_acls > 0) {
        writer_put(w, "      - {name: c2, access_group: \"%s\", %s}\n",
                   draw_careless(w) ? "a" : "7",
                   DRAW_WORD(w, "trust: cos", "police: s1", "dscp: 10"));
    }
    writer_put(w, "      - {name: class-default, police: s1}\n");
    writer_put(w,
               "  - name: n\n    classes:\n      - {name: c3, precedence: \"0, 1\", police: %s}\n",
               draw_careless(w) ? "s2" : DRAW_WORD(w, "s0", "s1"));
}

static void put_service_policies(struct writer *w)
{
    bool out = w->supervisor->engine->type.generation > 2;

    if (draw_one_in(w, 2)) {
        writer_put(w, ", service_policy_in: %s", draw_careless(w) ? "M" : DRAW_WORD(w, "m", "n"));
    }
    if (draw_one_in(w, 3) && (out || draw_careless(w))) {
        writer_put(w, ", service_policy_out: %s", draw_careless(w) ? "m" : "n");
    }
}

/* What an interface asks beside trust and MTU. */
static void put_features(struct writer *w)
{
    static const char *const keys[] = {"port_access_group", "vlan_filter", "access_group_in",
                                       "access_group_out"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (w->n_acls > 0 ? draw_one_in(w, 3) : draw_careless(w)) {
            writer_put(w, ", %s: %s", keys[i], draw_careless(w) ? "b" : DRAW_WORD(w, "a", "\"7\""));
        }
    }
    if (w->n_acls > 0 && draw_one_in(w, 4)) {
        writer_put(w, ", policy_list: a, policy_next_hop: %s",
                   draw_careless(w) ? "nowhere" : DRAW_WORD(w, "10.1.1.2", "10.2.1.2", "9.9.9.9"));
    }
    if (draw_one_in(w, 4)) {
        writer_put(w, ", reachable_via: %s", draw_careless(w) ? "tx" : DRAW_WORD(w, "rx", "any"));
    }
    writer_put(w, "%s", draw_one_in(w, 6) ? ", unreachables: no" : "");
    if (w->n_acls > 0 && draw_one_in(w, 3)) {
        writer_put(w, ", changes: [{at: %uus, %s: %s}]", (uint32_t)draw_below(w, 20),
                   keys[draw_below(w, sizeof keys / sizeof *keys)],
                   draw_careless(w) ? "b" : DRAW_WORD(w, "a", "\"7\"", "none"));
    }
}

static void put_interfaces(struct writer *w)
{
    uint32_t port = draw_port(w), n = draw_one_in(w, 4) ? (uint32_t)draw_between(w, 1, 3) : 0;
    writer_put(w, n == 0 ? "" : "interfaces:\n");
    for (uint32_t i = 0; i < n; i++, port += port < w->n_ports) {
        const char *trust = DRAW_WORD(w, "none", "cos", "cos", "dscp", "ip-precedence");
        w->trusts_cos = trust[0] == 'c' && port < w->n_ports ? port_name(w, port) : w->trusts_cos;
        writer_put(w, "  - {ports: %s, trust: %s%s", port_name(w, port), trust,
                   draw_careless(w) ? ", mtu: 10B"
                                    : DRAW_WORD(w, "", ", mtu: 1500B", ", mtu: 68B", ", cos: 3"));
        put_features(w);
        if (w->has_maps) {
            put_service_policies(w);
        }
        writer_put(w, "}\n");
    }
}

/* Of the card of some port, of one port, or of what one receives that trusts CoS. */
static void put_queues(struct writer *w)
{
    uint32_t port = draw_port(w);
    bool receives = w->trusts_cos != NULL && draw_one_in(w, 2);
    writer_put(w, "qos: {enabled: yes, queues: [{");
    if (receives || draw_one_in(w, 2)) {
        writer_put(w, "ports: \"%s\", direction: %s, ",
                   receives ? w->trusts_cos : port_name(w, port), receives ? "in" : "out");
    } else {
        writer_put(w, "slot: %u, ", port == w->n_ports ? 14 : w->ports[port].slot);
    }
    writer_put(w, "scheduler: %s, cos: \"%s\"}]}\n",
               draw_careless(w) ? "fifo" : DRAW_WORD(w, "wrr", "dwrr"),
               draw_careless(w) ? "5:9.1"
               : receives       ? "0:1.1"
                                : DRAW_WORD(w, "0:1.1, 5:2.1", "7:2.1"));
}

static void put_netflow(struct writer *w)
{
    const char *mask = w->each[0] == 'f' ? DRAW_WORD(w, "full", "interface-full") : w->each;
    writer_put(w, "netflow: {enabled: %s, flow_mask: %s, aging_normal: %s, fast_packets: %u%s}\n",
               DRAW_WORD(w, "yes", "no"), draw_careless(w) ? "destination-source" : mask,
               draw_careless(w) ? "10ms" : DRAW_WORD(w, "1s", "300s"),
               draw_careless(w) ? 500 : (unsigned)draw_below(w, 128),
               draw_careless(w) ? ", hash_bits: 3" : DRAW_WORD(w, "", ", hash_bits: 10"));
}

static void put_sessions(struct writer *w)
{
    if (draw_one_in(w, 8)) {
        writer_put(w, "arp: {hosts: \"%s\"}\n",
                   draw_careless(w) ? "10.1.1.7/24" : "10.1.1.7, 10.2.1.99, 198.51.100.7");
    }
    if (draw_one_in(w, 8)) {
        writer_put(w, "bgp:\n  - {neighbour: %s, keepalives: %s, hold: %s%s}\n",
                   draw_careless(w) ? "10.1.1" : DRAW_WORD(w, "10.1.1.2", "10.2.1.2", "192.0.2.1"),
                   draw_careless(w) ? "nobody" : "stream 1", DRAW_WORD(w, "5us", "20us", "180s"),
                   draw_careless(w) ? ", prefixes: 10.0.0.1/8"
                                    : DRAW_WORD(w, "", ", prefixes: 198.51.100.0/24",
                                                ", prefixes: \"8.0.0.0/8, 9.0.0.0/8\""));
    }
}

void put_limits(struct writer *w)
{
    put_sessions(w);
    put_policers(w);
    put_rate_limits(w);
    put_control_plane(w);
    put_acls(w);
    put_policy_maps(w);
    put_interfaces(w);
    if (draw_one_in(w, 4)) {
        put_netflow(w);
    }
    if (draw_one_in(w, 5)) {
        put_queues(w);
    } else if (draw_one_in(w, 4)) {
        writer_put(w, "qos: {%s}\n",
                   draw_careless(w)
                       ? DRAW_WORD(w, "enabled: no", "dscp_cos: \"1:9\"")
                       : DRAW_WORD(w, "enabled: yes", "rewrite_dscp: no", "serial_policing: yes",
                                   "policed_dscp: \"46:8, 8:0\"",
                                   "cos_dscp: \"5:46\", dscp_cos: \"46:4\""));
    }
}

void put_marks(struct writer *w)
{
    writer_put(w, "%s", draw_one_in(w, 12) ? ", ttl: 1" : "");
    writer_put(w, "%s", draw_one_in(w, 12) ? ", options: yes" : "");
    writer_put(w, "%s", draw_one_in(w, 4) ? ", cos: 5, dscp: 46" : "");
    writer_put(w, "%s", draw_careless(w) ? ", redirect: yes" : "");
    if (draw_one_in(w, 6)) {
        writer_put(w, ", protocol: %s",
                   draw_careless(w) ? "tcp nak"
                                    : DRAW_WORD(w, "tcp", "tcp syn ack", "icmp echo", "47", "udp"));
    }
    writer_put(w, "%s", draw_one_in(w, 12) ? ", sources: 64.0.0.0/3" : "");
}
