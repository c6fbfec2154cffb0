/* scenario_schema.c - which keys a scenario has, and where. What their texts mean is for the
 * scenario_*.c beside it. */
#include "scenarios/scenario_schema.h"

static const cyaml_schema_field_t supervisor_fields[] = {
    SCHEMA_HERE(struct raw_supervisor),
    SCHEMA_OPTIONAL(struct raw_supervisor, slot),
    SCHEMA_REQUIRED(struct raw_supervisor, model),
    SCHEMA_OPTIONAL(struct raw_supervisor, ports),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t slot_fields[] = {
    SCHEMA_HERE(struct raw_slot),
    SCHEMA_REQUIRED(struct raw_slot, slot),
    SCHEMA_REQUIRED(struct raw_slot, model),
    SCHEMA_OPTIONAL(struct raw_slot, mode),
    SCHEMA_OPTIONAL(struct raw_slot, forwarding),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t slot = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_slot, slot_fields)};

static const cyaml_schema_field_t port_channel_fields[] = {
    SCHEMA_HERE(struct raw_port_channel),
    SCHEMA_REQUIRED(struct raw_port_channel, name),
    SCHEMA_REQUIRED(struct raw_port_channel, ports),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t port_channel = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_port_channel, port_channel_fields)};

static const cyaml_schema_field_t synthetic_fields[] = {
    SCHEMA_HERE(struct raw_synthetic),
    SCHEMA_OPTIONAL(struct raw_synthetic, year),
    SCHEMA_OPTIONAL(struct raw_synthetic, ipv4),
    SCHEMA_OPTIONAL(struct raw_synthetic, ipv6),
    SCHEMA_OPTIONAL(struct raw_synthetic, next_hops),
    SCHEMA_OPTIONAL(struct raw_synthetic, seed),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t vrf_fields[] = {
    SCHEMA_HERE(struct raw_vrf),
    SCHEMA_REQUIRED(struct raw_vrf, name),
    SCHEMA_REQUIRED(struct raw_vrf, rd),
    SCHEMA_OPTIONAL(struct raw_vrf, import),
    SCHEMA_OPTIONAL(struct raw_vrf, label_mode),
    SCHEMA_OPTIONAL(struct raw_vrf, ports),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t vrf = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_vrf, vrf_fields)};

static const cyaml_schema_field_t static_fields[] = {
    SCHEMA_HERE(struct raw_static),
    SCHEMA_REQUIRED(struct raw_static, prefix),
    SCHEMA_OPTIONAL(struct raw_static, via),
    SCHEMA_OPTIONAL(struct raw_static, port),
    SCHEMA_OPTIONAL(struct raw_static, punt), /* with the via of a next hop */
    SCHEMA_OPTIONAL(struct raw_static, vrf),
    SCHEMA_OPTIONAL(struct raw_static, distance),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t static_route = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_static, static_fields)};

static const cyaml_schema_field_t change_fields[] = {
    SCHEMA_HERE(struct raw_change),
    SCHEMA_REQUIRED(struct raw_change, at),
    SCHEMA_OPTIONAL(struct raw_change, prefix),
    SCHEMA_OPTIONAL(struct raw_change, via),
    SCHEMA_OPTIONAL(struct raw_change, port),
    SCHEMA_OPTIONAL(struct raw_change, punt),
    SCHEMA_OPTIONAL(struct raw_change, withdraw),
    SCHEMA_OPTIONAL(struct raw_change, vrf),
    SCHEMA_OPTIONAL(struct raw_change, distance),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t change = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_change, change_fields)};

static const cyaml_schema_field_t maximum_routes_fields[] = {
    SCHEMA_HERE(struct raw_maximum_routes),
    SCHEMA_OPTIONAL(struct raw_maximum_routes, ip),
    SCHEMA_OPTIONAL(struct raw_maximum_routes, ipv6),
    SCHEMA_OPTIONAL(struct raw_maximum_routes, mpls),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t updates_fields[] = {
    SCHEMA_HERE(struct raw_updates),
    SCHEMA_REQUIRED(struct raw_updates, file),
    SCHEMA_OPTIONAL(struct raw_updates, at),
    SCHEMA_OPTIONAL(struct raw_updates, speed),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t bgp_fields[] = {
    SCHEMA_HERE(struct raw_bgp),
    SCHEMA_OPTIONAL(struct raw_bgp, as),
    SCHEMA_OPTIONAL(struct raw_bgp, maximum_paths),
    SCHEMA_OPTIONAL(struct raw_bgp, peers),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t growth_fields[] = {
    SCHEMA_HERE(struct raw_growth),
    SCHEMA_REQUIRED(struct raw_growth, routes),
    SCHEMA_OPTIONAL(struct raw_growth, start),
    SCHEMA_REQUIRED(struct raw_growth, rate),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t reload_fields[] = {
    SCHEMA_HERE(struct raw_reload),
    SCHEMA_REQUIRED(struct raw_reload, at),
    CYAML_FIELD_MAPPING("maximum_routes", CYAML_FLAG_OPTIONAL, struct raw_reload, maximum_routes,
                        maximum_routes_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t reload = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_reload, reload_fields)};

static const cyaml_schema_field_t routes_fields[] = {
    SCHEMA_HERE(struct raw_routes),
    SCHEMA_OPTIONAL(struct raw_routes, mrt),
    CYAML_FIELD_MAPPING_PTR("updates", CYAML_FLAG_OPTIONAL, struct raw_routes, updates,
                            updates_fields),
    CYAML_FIELD_MAPPING("bgp", CYAML_FLAG_OPTIONAL, struct raw_routes, bgp, bgp_fields),
    CYAML_FIELD_MAPPING_PTR("synthetic", CYAML_FLAG_OPTIONAL, struct raw_routes, synthetic,
                            synthetic_fields),
    SCHEMA_OPTIONAL(struct raw_routes, file),
    SCHEMA_OPTIONAL(struct raw_routes, vrf),
    CYAML_FIELD_SEQUENCE("static", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct raw_routes,
                         statics, &static_route, 0, CYAML_UNLIMITED),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_routes, changes, &change),
    SCHEMA_OPTIONAL(struct raw_routes, load_sharing),
    SCHEMA_OPTIONAL(struct raw_routes, rpf_multipath),
    SCHEMA_OPTIONAL(struct raw_routes, fib),
    SCHEMA_OPTIONAL(struct raw_routes, fib_exception),
    CYAML_FIELD_MAPPING("growth", CYAML_FLAG_OPTIONAL, struct raw_routes, growth, growth_fields),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_routes, reloads, &reload),
    CYAML_FIELD_MAPPING("maximum_routes", CYAML_FLAG_OPTIONAL, struct raw_routes, maximum_routes,
                        maximum_routes_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t arp_fields[] = {
    SCHEMA_HERE(struct raw_arp),
    SCHEMA_OPTIONAL(struct raw_arp, hosts),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t session_fields[] = {
    SCHEMA_HERE(struct raw_session),
    SCHEMA_REQUIRED(struct raw_session, neighbour),
    SCHEMA_REQUIRED(struct raw_session, keepalives),
    SCHEMA_OPTIONAL(struct raw_session, hold),
    SCHEMA_OPTIONAL(struct raw_session, prefixes),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t session = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_session, session_fields)};

static const cyaml_schema_field_t stream_fields[] = {
    SCHEMA_HERE(struct raw_stream),
    SCHEMA_OPTIONAL(struct raw_stream, name),
    SCHEMA_OPTIONAL(struct raw_stream, from),
    SCHEMA_REQUIRED(struct raw_stream, rate),
    SCHEMA_OPTIONAL(struct raw_stream, frames),
    SCHEMA_OPTIONAL(struct raw_stream, arrivals),
    SCHEMA_OPTIONAL(struct raw_stream, burst),
    SCHEMA_OPTIONAL(struct raw_stream, family),
    SCHEMA_OPTIONAL(struct raw_stream, mac),
    SCHEMA_OPTIONAL(struct raw_stream, to),
    SCHEMA_OPTIONAL(struct raw_stream, egress),
    SCHEMA_OPTIONAL(struct raw_stream, flows),
    SCHEMA_OPTIONAL(struct raw_stream, start),
    SCHEMA_OPTIONAL(struct raw_stream, stop),
    SCHEMA_OPTIONAL(struct raw_stream, redirect),
    SCHEMA_OPTIONAL(struct raw_stream, labelled),
    SCHEMA_OPTIONAL(struct raw_stream, ttl),
    SCHEMA_OPTIONAL(struct raw_stream, options),
    SCHEMA_OPTIONAL(struct raw_stream, cos),
    SCHEMA_OPTIONAL(struct raw_stream, dscp),
    SCHEMA_OPTIONAL(struct raw_stream, protocol),
    SCHEMA_OPTIONAL(struct raw_stream, sources),
    SCHEMA_OPTIONAL(struct raw_stream, source_ports),
    SCHEMA_OPTIONAL(struct raw_stream, ports),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t stream = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_stream, stream_fields)};

static const cyaml_schema_field_t policer_fields[] = {
    SCHEMA_HERE(struct raw_policer),
    SCHEMA_REQUIRED(struct raw_policer, name),
    SCHEMA_REQUIRED(struct raw_policer, rate),
    SCHEMA_REQUIRED(struct raw_policer, burst),
    SCHEMA_OPTIONAL(struct raw_policer, peak_rate),
    SCHEMA_OPTIONAL(struct raw_policer, peak_burst),
    SCHEMA_OPTIONAL(struct raw_policer, each),
    SCHEMA_OPTIONAL(struct raw_policer, direction),
    SCHEMA_OPTIONAL(struct raw_policer, conform),
    SCHEMA_OPTIONAL(struct raw_policer, exceed),
    SCHEMA_OPTIONAL(struct raw_policer, violate),
    SCHEMA_OPTIONAL(struct raw_policer, ports), /* or classes name it */
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t policer = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_policer, policer_fields)};

static const cyaml_schema_field_t class_fields[] = {
    SCHEMA_HERE(struct raw_class),
    SCHEMA_REQUIRED(struct raw_class, name),
    SCHEMA_OPTIONAL(struct raw_class, access_group),
    SCHEMA_OPTIONAL(struct raw_class, dscp),
    SCHEMA_OPTIONAL(struct raw_class, precedence),
    SCHEMA_OPTIONAL(struct raw_class, trust),
    SCHEMA_OPTIONAL(struct raw_class, set),
    SCHEMA_OPTIONAL(struct raw_class, police),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t class = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_class, class_fields)};

static const cyaml_schema_field_t policy_map_fields[] = {
    SCHEMA_HERE(struct raw_policy_map),
    SCHEMA_REQUIRED(struct raw_policy_map, name),
    SCHEMA_LIST(CYAML_FLAG_DEFAULT, struct raw_policy_map, classes, &class),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t policy_map = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_policy_map, policy_map_fields)};

static const cyaml_schema_field_t copp_fields[] = {
    SCHEMA_HERE(struct raw_copp_class),
    SCHEMA_REQUIRED(struct raw_copp_class, name),
    SCHEMA_REQUIRED(struct raw_copp_class, causes),
    SCHEMA_REQUIRED(struct raw_copp_class, rate),
    SCHEMA_REQUIRED(struct raw_copp_class, burst),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t copp_class = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_copp_class, copp_fields)};
static const cyaml_schema_field_t acl_change_fields[] = {
    SCHEMA_HERE(struct raw_acl_change),
    SCHEMA_REQUIRED(struct raw_acl_change, at),
    SCHEMA_REQUIRED(struct raw_acl_change, text),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t acl_change = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_acl_change, acl_change_fields)};
static const cyaml_schema_field_t acl_section_fields[] = {
    SCHEMA_HERE(struct raw_acl_section),
    SCHEMA_OPTIONAL(struct raw_acl_section, default_result),
    SCHEMA_OPTIONAL(struct raw_acl_section, optimized_logging),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t acl_fields[] = {
    SCHEMA_HERE(struct raw_acl),
    SCHEMA_REQUIRED(struct raw_acl, name),
    SCHEMA_OPTIONAL(struct raw_acl, file), /* one of these four */
    SCHEMA_OPTIONAL(struct raw_acl, classbench),
    SCHEMA_OPTIONAL(struct raw_acl, text),
    SCHEMA_OPTIONAL(struct raw_acl, synthetic),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_acl, changes, &acl_change),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t acl = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_acl, acl_fields)};

static const cyaml_schema_field_t access_change_fields[] = {
    SCHEMA_HERE(struct raw_access_change),
    SCHEMA_REQUIRED(struct raw_access_change, at),
    SCHEMA_OPTIONAL(struct raw_access_change, port_access_group),
    SCHEMA_OPTIONAL(struct raw_access_change, vlan_filter),
    SCHEMA_OPTIONAL(struct raw_access_change, access_group_in),
    SCHEMA_OPTIONAL(struct raw_access_change, access_group_out),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t access_change = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_access_change, access_change_fields)};
static const cyaml_schema_field_t interface_fields[] = {
    SCHEMA_HERE(struct raw_interface),
    SCHEMA_REQUIRED(struct raw_interface, ports),
    SCHEMA_OPTIONAL(struct raw_interface, trust),
    SCHEMA_OPTIONAL(struct raw_interface, cos),
    SCHEMA_OPTIONAL(struct raw_interface, mtu),
    SCHEMA_OPTIONAL(struct raw_interface, port_access_group),
    SCHEMA_OPTIONAL(struct raw_interface, vlan_filter),
    SCHEMA_OPTIONAL(struct raw_interface, access_group_in),
    SCHEMA_OPTIONAL(struct raw_interface, access_group_out),
    SCHEMA_OPTIONAL(struct raw_interface, reachable_via),
    SCHEMA_OPTIONAL(struct raw_interface, policy_list),
    SCHEMA_OPTIONAL(struct raw_interface, policy_next_hop),
    SCHEMA_OPTIONAL(struct raw_interface, unreachables),
    SCHEMA_OPTIONAL(struct raw_interface, service_policy_in),
    SCHEMA_OPTIONAL(struct raw_interface, service_policy_out),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_interface, changes, &access_change),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t interface = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_interface, interface_fields)};

static const cyaml_schema_field_t queues_fields[] = {
    SCHEMA_HERE(struct raw_queues),
    SCHEMA_OPTIONAL(struct raw_queues, slot), /* one of these two */
    SCHEMA_OPTIONAL(struct raw_queues, ports),
    SCHEMA_OPTIONAL(struct raw_queues, direction),
    SCHEMA_OPTIONAL(struct raw_queues, scheduler),
    SCHEMA_OPTIONAL(struct raw_queues, weights),
    SCHEMA_OPTIONAL(struct raw_queues, shares),
    SCHEMA_OPTIONAL(struct raw_queues, thresholds),
    SCHEMA_OPTIONAL(struct raw_queues, cos),
    SCHEMA_OPTIONAL(struct raw_queues, dscp),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t queues = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_queues, queues_fields)};

static const cyaml_schema_field_t netflow_fields[] = {
    SCHEMA_HERE(struct raw_netflow),
    SCHEMA_OPTIONAL(struct raw_netflow, enabled),
    SCHEMA_OPTIONAL(struct raw_netflow, flow_mask),
    SCHEMA_OPTIONAL(struct raw_netflow, aging_normal),
    SCHEMA_OPTIONAL(struct raw_netflow, aging_long),
    SCHEMA_OPTIONAL(struct raw_netflow, aging_fast),
    SCHEMA_OPTIONAL(struct raw_netflow, fast_packets),
    SCHEMA_OPTIONAL(struct raw_netflow, aging_aggressive),
    SCHEMA_OPTIONAL(struct raw_netflow, hash_bits),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t qos_fields[] = {
    SCHEMA_HERE(struct raw_qos),
    SCHEMA_OPTIONAL(struct raw_qos, enabled),
    SCHEMA_OPTIONAL(struct raw_qos, serial_policing),
    SCHEMA_OPTIONAL(struct raw_qos, rewrite_dscp),
    SCHEMA_OPTIONAL(struct raw_qos, cos_dscp),
    SCHEMA_OPTIONAL(struct raw_qos, ip_precedence_dscp),
    SCHEMA_OPTIONAL(struct raw_qos, dscp_cos),
    SCHEMA_OPTIONAL(struct raw_qos, policed_dscp),
    SCHEMA_OPTIONAL(struct raw_qos, marking_ignore_port_trust),
    SCHEMA_OPTIONAL(struct raw_qos, quantum),
    SCHEMA_OPTIONAL(struct raw_qos, wred_most),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_qos, queues, &queues),
    CYAML_FIELD_END,
};

#define LIMIT_FIELD(key, limit)                                                                    \
    CYAML_FIELD_UINT(key, CYAML_FLAG_OPTIONAL, struct raw_rate_limits, limits[limit])
static const cyaml_schema_field_t rate_limits_fields[] = {
    SCHEMA_HERE(struct raw_rate_limits),
    SCHEMA_OPTIONAL(struct raw_rate_limits, fib_exception),
    LIMIT_FIELD("rpf_failure", LIMIT_RPF_FAILURE),
    LIMIT_FIELD("icmp_acl_drop", LIMIT_ACL_DROP),
    LIMIT_FIELD("icmp_no_route", LIMIT_NO_ROUTE),
    LIMIT_FIELD("ip_errors", LIMIT_IP_ERRORS),
    LIMIT_FIELD("vacl_log", LIMIT_VACL_LOG),
    LIMIT_FIELD("multicast_fib_miss", LIMIT_MULTICAST_FIB_MISS),
    LIMIT_FIELD("multicast_partial_sc", LIMIT_MULTICAST_PARTIAL_SC),
    LIMIT_FIELD("multicast_ipv6", LIMIT_MULTICAST_IPV6),
    LIMIT_FIELD("multicast_connected", LIMIT_MULTICAST_CONNECTED),
    LIMIT_FIELD("multicast_non_rpf", LIMIT_MULTICAST_NON_RPF),
    LIMIT_FIELD("acl_bridged_in", LIMIT_ACL_BRIDGED_IN),
    LIMIT_FIELD("acl_bridged_out", LIMIT_ACL_BRIDGED_OUT),
    LIMIT_FIELD("receive", LIMIT_RECEIVE),
    LIMIT_FIELD("glean", LIMIT_GLEAN),
    LIMIT_FIELD("ip_features", LIMIT_FEATURES),
    LIMIT_FIELD("icmp_redirect", LIMIT_REDIRECT),
    LIMIT_FIELD("ttl_failure", LIMIT_TTL_FAILURE),
    LIMIT_FIELD("mtu_failure", LIMIT_MTU_FAILURE),
    LIMIT_FIELD("ip_options", LIMIT_IP_OPTIONS),
    LIMIT_FIELD("layer2_pdu", LIMIT_L2_PDU),
    LIMIT_FIELD("layer2_tunnel", LIMIT_L2_TUNNEL),
    LIMIT_FIELD("multicast_igmp", LIMIT_MULTICAST_IGMP),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t run_fields[] = {
    SCHEMA_HERE(struct raw_run),
    SCHEMA_OPTIONAL(struct raw_run, warmup),
    SCHEMA_OPTIONAL(struct raw_run, duration),
    SCHEMA_OPTIONAL(struct raw_run, seed),
    SCHEMA_OPTIONAL(struct raw_run, window),
    SCHEMA_OPTIONAL(struct raw_run, batch),
    SCHEMA_OPTIONAL(struct raw_run, samples),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t oir_fields[] = {
    SCHEMA_HERE(struct raw_oir),
    SCHEMA_REQUIRED(struct raw_oir, at),
    SCHEMA_OPTIONAL(struct raw_oir, insert),
    SCHEMA_OPTIONAL(struct raw_oir, remove),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t oir = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_oir, oir_fields)};

static const cyaml_schema_field_t assume_fields[] = {
    SCHEMA_HERE(struct raw_assume),
    SCHEMA_OPTIONAL(struct raw_assume, fabric_overhead),
    SCHEMA_OPTIONAL(struct raw_assume, fabric_overspeed),
    SCHEMA_OPTIONAL(struct raw_assume, fabric_transit),
    SCHEMA_OPTIONAL(struct raw_assume, fabric_egress_buffer),
    SCHEMA_OPTIONAL(struct raw_assume, port_rx_latency),
    SCHEMA_OPTIONAL(struct raw_assume, port_tx_latency),
    SCHEMA_OPTIONAL(struct raw_assume, bus_outstanding),
    SCHEMA_OPTIONAL(struct raw_assume, fib_download),
    SCHEMA_OPTIONAL(struct raw_assume, inband_queue),
    SCHEMA_OPTIONAL(struct raw_assume, hop_asic_link),
    SCHEMA_OPTIONAL(struct raw_assume, hop_bus),
    SCHEMA_OPTIONAL(struct raw_assume, hop_uplink),
    SCHEMA_OPTIONAL(struct raw_assume, hop_crossbar),
    SCHEMA_OPTIONAL(struct raw_assume, hop_downlink),
    SCHEMA_OPTIONAL(struct raw_assume, cross_channel),
    SCHEMA_OPTIONAL(struct raw_assume, oir_stall),
    SCHEMA_OPTIONAL(struct raw_assume, fabric_switchover),
    SCHEMA_OPTIONAL(struct raw_assume, fib_exception_burst),
    SCHEMA_OPTIONAL(struct raw_assume, shared_register),
    SCHEMA_OPTIONAL(struct raw_assume, fib_cef),
    SCHEMA_OPTIONAL(struct raw_assume, eobc),
    SCHEMA_OPTIONAL(struct raw_assume, xdr_header),
    SCHEMA_OPTIONAL(struct raw_assume, xdr_entry),
    SCHEMA_OPTIONAL(struct raw_assume, xdr_message),
    SCHEMA_OPTIONAL(struct raw_assume, fib_download_dfc),
    SCHEMA_OPTIONAL(struct raw_assume, tcam_write),
    SCHEMA_OPTIONAL(struct raw_assume, process_receive),
    SCHEMA_OPTIONAL(struct raw_assume, process_arp),
    SCHEMA_OPTIONAL(struct raw_assume, process_icmp),
    SCHEMA_OPTIONAL(struct raw_assume, process_options),
    SCHEMA_OPTIONAL(struct raw_assume, process_log),
    SCHEMA_OPTIONAL(struct raw_assume, hold_queue),
    SCHEMA_OPTIONAL(struct raw_assume, spd_headroom),
    SCHEMA_OPTIONAL(struct raw_assume, netint),
    SCHEMA_OPTIONAL(struct raw_assume, netint_mask),
    SCHEMA_OPTIONAL(struct raw_assume, arp_install),
    SCHEMA_OPTIONAL(struct raw_assume, arp_answer),
    SCHEMA_OPTIONAL(struct raw_assume, arp_throttle),
    SCHEMA_OPTIONAL(struct raw_assume, acl_entry),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t text = {CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint32_t)};

static const cyaml_schema_field_t expectation_fields[] = {
    SCHEMA_HERE(struct raw_expectation),
    SCHEMA_REQUIRED(struct raw_expectation, point),
    SCHEMA_REQUIRED(struct raw_expectation, what),
    SCHEMA_REQUIRED(struct raw_expectation, measure),
    SCHEMA_OPTIONAL(struct raw_expectation, value), /* one of these four */
    SCHEMA_OPTIONAL(struct raw_expectation, between),
    SCHEMA_OPTIONAL(struct raw_expectation, at_most),
    SCHEMA_OPTIONAL(struct raw_expectation, at_least),
    SCHEMA_OPTIONAL(struct raw_expectation, tolerance),
    SCHEMA_REQUIRED(struct raw_expectation, origin),
    SCHEMA_REQUIRED(struct raw_expectation, source),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_expectation, set, &text),
    SCHEMA_OPTIONAL(struct raw_expectation, explained),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t expectation_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_expectation, expectation_fields)};
static const cyaml_schema_field_t scenario_fields[] = {
    SCHEMA_HERE(struct raw_scenario),
    SCHEMA_REQUIRED(struct raw_scenario, cat6k),
    SCHEMA_OPTIONAL(struct raw_scenario, title),
    SCHEMA_REQUIRED(struct raw_scenario, chassis),
    CYAML_FIELD_MAPPING("supervisor", CYAML_FLAG_DEFAULT, struct raw_scenario, supervisor,
                        supervisor_fields),
    SCHEMA_LIST(CYAML_FLAG_DEFAULT, struct raw_scenario, slots, &slot),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_scenario, port_channels, &port_channel),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_scenario, oir, &oir),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_scenario, vrfs, &vrf),
    CYAML_FIELD_MAPPING("routes", CYAML_FLAG_OPTIONAL, struct raw_scenario, routes, routes_fields),
    CYAML_FIELD_MAPPING("arp", CYAML_FLAG_OPTIONAL, struct raw_scenario, arp, arp_fields),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_scenario, bgp, &session),
    SCHEMA_LIST(CYAML_FLAG_DEFAULT, struct raw_scenario, traffic, &stream),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_scenario, policers, &policer),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_scenario, policy_maps, &policy_map),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_scenario, acls, &acl),
    CYAML_FIELD_MAPPING("acl", CYAML_FLAG_OPTIONAL, struct raw_scenario, acl, acl_section_fields),
    CYAML_FIELD_MAPPING("rate_limits", CYAML_FLAG_OPTIONAL, struct raw_scenario, rate_limits,
                        rate_limits_fields),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_scenario, control_plane, &copp_class),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_scenario, interfaces, &interface),
    CYAML_FIELD_MAPPING("qos", CYAML_FLAG_OPTIONAL, struct raw_scenario, qos, qos_fields),
    CYAML_FIELD_MAPPING("netflow", CYAML_FLAG_OPTIONAL, struct raw_scenario, netflow,
                        netflow_fields),
    CYAML_FIELD_MAPPING("run", CYAML_FLAG_OPTIONAL, struct raw_scenario, run, run_fields),
    CYAML_FIELD_MAPPING("assume", CYAML_FLAG_OPTIONAL, struct raw_scenario, assume, assume_fields),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_scenario, expect, &expectation_schema),
    SCHEMA_LIST(CYAML_FLAG_OPTIONAL, struct raw_scenario, figures, &text),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t scenario_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_scenario, scenario_fields)};
