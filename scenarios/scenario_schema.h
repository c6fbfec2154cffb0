/* scenario_schema.h - the keys of a scenario file, as libcyaml fills them in: every uint32_t is a
 * place (schema.h), 0 when the key is not there. */
#ifndef SCENARIOS_SCENARIO_SCHEMA_H
#define SCENARIOS_SCENARIO_SCHEMA_H

#include <stdint.h>

#include "models/config.h"
#include "scenarios/schema.h"

struct raw_supervisor {
    uint32_t here, slot, model, ports;
};
struct raw_slot {
    uint32_t here, slot, model, mode, forwarding;
};
struct raw_port_channel {
    uint32_t here, name, ports;
};
struct raw_vrf {
    uint32_t here, name, rd, import, label_mode, ports;
};
struct raw_synthetic {
    uint32_t here, year, ipv4, ipv6, next_hops, seed;
};
struct raw_static {
    uint32_t here, prefix, via, port, punt, vrf, distance;
};
struct raw_change {
    uint32_t here, at, prefix, via, port, punt, withdraw, vrf, distance;
};
struct raw_maximum_routes {
    uint32_t here, ip, ipv6, mpls;
};
struct raw_updates {
    uint32_t here, file, at, speed;
};
struct raw_bgp {
    uint32_t here, as, maximum_paths, peers;
};
struct raw_growth {
    uint32_t here, routes, start, rate;
};
struct raw_reload {
    uint32_t here, at;
    struct raw_maximum_routes maximum_routes;
};
struct raw_routes {
    uint32_t here, mrt;
    struct raw_updates *updates; /* NULL: not there */
    struct raw_bgp bgp;
    struct raw_synthetic *synthetic; /* NULL: not there */
    uint32_t file, vrf;
    struct raw_static *statics;
    uint32_t statics_count;
    struct raw_change *changes;
    uint32_t changes_count;
    uint32_t load_sharing, rpf_multipath, fib, fib_exception;
    struct raw_maximum_routes maximum_routes;
    struct raw_growth growth;
    struct raw_reload *reloads;
    uint32_t reloads_count;
};
struct raw_arp {
    uint32_t here, hosts;
};
struct raw_session {
    uint32_t here, neighbour, keepalives, hold, prefixes;
};
struct raw_stream {
    uint32_t here, name, from, rate, frames, arrivals, burst, family, mac, to, egress, flows, start,
        stop, redirect, ttl, options, cos, dscp, protocol, sources, source_ports, ports, labelled;
};
struct raw_oir {
    uint32_t here, at, insert, remove;
};
struct raw_access_change {
    uint32_t here, at, port_access_group, vlan_filter, access_group_in, access_group_out;
};
struct raw_interface {
    uint32_t here, ports, trust, cos, mtu, port_access_group, vlan_filter, access_group_in,
        access_group_out, reachable_via, policy_list, policy_next_hop, unreachables,
        service_policy_in, service_policy_out;
    struct raw_access_change *changes;
    uint32_t changes_count;
};
struct raw_queues {
    uint32_t here, slot, ports, direction, scheduler, weights, shares, thresholds, cos, dscp;
};
struct raw_qos {
    uint32_t here, enabled, serial_policing, rewrite_dscp, cos_dscp, ip_precedence_dscp, dscp_cos,
        policed_dscp, marking_ignore_port_trust, quantum, wred_most;
    struct raw_queues *queues;
    uint32_t queues_count;
};
struct raw_netflow {
    uint32_t here, enabled, flow_mask, aging_normal, aging_long, aging_fast, fast_packets,
        aging_aggressive, hash_bits;
};
struct raw_policer {
    uint32_t here, name, rate, burst, peak_rate, peak_burst, each, direction, conform, exceed,
        violate, ports;
};
struct raw_class {
    uint32_t here, name, access_group, dscp, precedence, trust, set, police;
};
struct raw_policy_map {
    uint32_t here, name;
    struct raw_class *classes;
    uint32_t classes_count;
};
struct raw_copp_class {
    uint32_t here, name, causes, rate, burst;
};
struct raw_acl_change {
    uint32_t here, at, text;
};
struct raw_acl {
    uint32_t here, name, file, classbench, text, synthetic;
    struct raw_acl_change *changes;
    uint32_t changes_count;
};
struct raw_acl_section {
    uint32_t here, default_result, optimized_logging;
};
struct raw_rate_limits {
    uint32_t here, fib_exception, limits[CONFIG_N_LIMITS];
};
struct raw_run {
    uint32_t here, warmup, duration, seed, window, batch, samples;
};
struct raw_assume {
    uint32_t here, fabric_overhead, fabric_overspeed, fabric_transit, fabric_egress_buffer,
        port_rx_latency, port_tx_latency, bus_outstanding, fib_download, inband_queue,
        hop_asic_link, hop_bus, hop_uplink, hop_crossbar, hop_downlink, cross_channel, oir_stall,
        fabric_switchover, fib_exception_burst, shared_register, fib_cef, eobc, xdr_header,
        xdr_entry, xdr_message, fib_download_dfc, tcam_write, process_receive, process_arp,
        process_icmp, process_options, process_log, hold_queue, spd_headroom, netint, netint_mask,
        arp_install, arp_answer, arp_throttle, acl_entry;
};
struct raw_expectation {
    uint32_t here, point, what, measure, value, between, at_most, at_least, tolerance, origin,
        source, explained;
    uint32_t *set;
    uint32_t set_count;
};
struct raw_scenario {
    uint32_t here, cat6k, title, chassis;
    struct raw_supervisor supervisor;
    struct raw_slot *slots;
    uint32_t slots_count;
    struct raw_port_channel *port_channels;
    uint32_t port_channels_count;
    struct raw_vrf *vrfs;
    uint32_t vrfs_count;
    struct raw_oir *oir;
    uint32_t oir_count;
    struct raw_routes routes;
    struct raw_arp arp;
    struct raw_session *bgp;
    uint32_t bgp_count;
    struct raw_stream *traffic;
    uint32_t traffic_count;
    struct raw_policer *policers;
    uint32_t policers_count;
    struct raw_policy_map *policy_maps;
    uint32_t policy_maps_count;
    struct raw_acl *acls;
    uint32_t acls_count;
    struct raw_acl_section acl;
    struct raw_rate_limits rate_limits;
    struct raw_copp_class *control_plane;
    uint32_t control_plane_count;
    struct raw_interface *interfaces;
    uint32_t interfaces_count;
    struct raw_qos qos;
    struct raw_netflow netflow;
    struct raw_run run;
    struct raw_assume assume;
    struct raw_expectation *expect;
    uint32_t expect_count;
    uint32_t *figures;
    uint32_t figures_count;
};

extern const cyaml_schema_value_t scenario_schema;    /* of a struct raw_scenario * */
extern const cyaml_schema_value_t expectation_schema; /* of a struct raw_expectation */

#endif /* SCENARIOS_SCENARIO_SCHEMA_H */
