/* Scenarios: what is refused, in which words, and where it is said to stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenario_files.h"

/* One override each, on the base. message NULL: taken. */
static const struct {
    const char *set, *message;
} refused[] = {
    {"cat6k=2", "cat6k: version '2'; this program reads version 1"},
    {"cat6k=", "the key cat6k is missing"},
    {"chassis=WS-C6512", "chassis: unknown chassis 'WS-C6512'; did you mean WS-C65"},
    {"title=", NULL},
    {"title=\"two\\nlines\"", "title: expected one line of text"},
    {"supervisor.model=WS-SUP2T", "unknown supervisor 'WS-SUP2T'; "},
    {"supervisor.slot=7", "no slot for a WS-SUP720-3BXL; a WS-C6509-E has 5 and 6"},
    {"supervisor.slot=10", "10 is out of range: 1 to 9"},
    {"supervisor.slot=6", NULL},
    {"supervisor=", "the key supervisor is missing"},
    {"slots=[]", "slots: expected at least one linecard"},
    {"slots={}", "slots: a mapping of keys; expected a list"},
    {"slots=", "the key slots is missing"},
    {"slots[0].slot=0", "0 is out of range: 1 to 9"},
    {"slots[0].slot=5", "slot 5 is taken already (line 4)"},
    {"slots[0].slot=2", "slots[1].slot: slot 2 is taken already (--set slots[0].slot=2)"},
    {"slots[0].slot=", "slots[0]: the key slot is missing"},
    {"slots[0].model=WS-X6740-10GE", "unknown linecard 'WS-X6740-10GE'; did you mean WS-X6704"},
    {"slots[0].forwarding=DFC3D", "a WS-X6704-10GE does not take 'DFC3D'; did you mean"},
    {"slots[0].forwarding=none", "does not take 'none'; expected CFC, DFC3A, DFC3B, "},
    {"slots[0]={slot: 1, model: WS-X6148A-GE-TX, forwarding: CFC}", "expected none"},
    {"slots[0]={slot: 1, model: WS-X6516A-GBIC, forwarding: CFC}", "does not take 'CFC'"},
    {"slots[0]=[]", "slots[0]: a list; expected a mapping of keys"},
    {"slots[0].ports=4", "slots[0].ports: unknown key; expected one of slot, model, mode"},
    {"oir=[{at: 1ms, insert: 2}, {at: 2ms, remove: 2}]", NULL},
    {"oir=[{at: 1ms}]", "oir[0]: expected either insert or remove"},
    {"oir=[{at: 1ms, insert: 2, remove: 2}]", "expected either insert or remove"},
    {"oir=[{at: 1ms, remove: 5}]", "remove: slot 5 has no card that could come or go"},
    {"oir=[{at: 1ms, remove: 9}]", "slot 9 has no card that could come or go"},
    {"oir=[{at: 1ms, remove: 2}, {at: 3ms, remove: 2}]", "oir[1]: slot 2 is empty already"},
    {"oir=[{at: 3ms, insert: 2}, {at: 1ms, insert: 2}]", "oir[0]: slot 2 is filled already"},
    {"oir=[{insert: 2}]", "oir[0]: the key at is missing"},
    {"assume.hop_bus=cut", "unknown choice 'cut'; expected store-and-forward or cut-through"},
    {"assume.cross_channel=bus", "unknown choice 'bus'; expected fabric or local"},
    {"routes.synthetic.year=1969", "no statistics of the year '1969'"},
    {"routes.synthetic.ipv4=2000001", "2000001 is out of range: 0 to 2000000"},
    {"routes.synthetic.ipv4=full", "'full'; expected a number of routes or fill"},
    {"routes.synthetic.next_hops=65537", "out of range: 1 to 65536"},
    {"routes.synthetic=5", "routes.synthetic: a text or number; expected a mapping of keys"},
    {"routes.file=nowhere.txt", "/tmp/nowhere.txt cannot be read: No such file"},
    {"routes={synthetic: {}, file: /dev/null}", "besides synthetic; expected one of"},
    {"routes.fib=warm", "unknown state 'warm'; expected converged or cold"},
    {"routes.maximum_routes=750", "a text or number; expected a mapping of keys"},
    {"routes.maximum_routes.ip=0", "maximum_routes.ip: 0 is out of range: 1 to 1024"},
    {"routes.maximum_routes.ip=1025", "out of range: 1 to 1024"},
    {"routes.maximum_routes.ip=750K", "750K"},
    {"routes.maximum_routes.ipv6=505", "505 is out of range: 0 to 504"},
    {"routes.maximum_routes={ip: 750, ipv6: 136}", NULL},
    {"routes.maximum_routes.mpls=0", "maximum_routes.mpls: 0 is out of range: 1 to 1024"},
    {"routes.maximum_routes={ip: 1024, mpls: 1}",
     "maximum_routes.mpls: 16K for mpls leave ip nothing of 1024K, or do not fit beside it"},
    {"routes.maximum_routes.mpls=512", "512K for mpls leave ip nothing of 512K"},
    {"routes.maximum_routes={ip: 750, ipv6: 137}",
     "maximum_routes.ipv6: 137 does not fit beside ip, which leaves 136"},
    {"acls=[{name: a, text: \"access-list 1 permit any\"}]",
     "acls[0].name: no list has this name there; the first one is 1"},
    {"acls=[{name: \"1\", text: \"access-list 1 permit any\"}]", NULL},
    {"acls=[{name: V6, text: \"access-list 1 permit any\\nipv6 access-list V6\"}]",
     "acls[0].name: list V6 is an IPv6 list there, which is not modelled"},
    {"acls=[{name: \"1\", text: \"access-list 1 permit all\"}]", "text:1:22: 'all'; expected"},
    {"acls=[{name: \"1\"}]", "acls[0]: expected one of file, classbench, text and synthetic"},
    {"acls=[{name: \"1\", text: a, file: b}]",
     "expected one of file, classbench, text and synthetic"},
    {"acls=[{name: a, synthetic: 1000}]", NULL},
    {"acls=[{name: a, synthetic: 0}]", "synthetic: 0 is out of range: 1 to 65536"},
    {"acls=[{text: \"access-list 1 permit any\"}]", "acls[0]: the key name is missing"},
    {"acls=[{name: a, file: nowhere.ios}]", "/tmp/nowhere.ios cannot be read: No such file"},
    {"acls=[{name: a, classbench: nowhere}]", "/tmp/nowhere cannot be read: No such file"},
    {"acls=[{name: a, classbench: /dev/null}]", "/dev/null: holds no rules; expected lines as"},
    {"acls=[{name: \"1\", text: \"access-list 1 permit any\"}, {name: \"1\", text: "
     "\"access-list 1 permit any\"}]",
     "acls[1].name: the name of another list"},
    {"interfaces=[{ports: 1/1, access_group_in: a}]",
     "access_group_in: there are no lists; expected some under acls"},
    {"interfaces=[{reachable_via: rx}, {reachable_via: rx}, {trust: cos}, {trust: cos}]",
     "interfaces[0]: the key ports is missing"},
    {"policers=[{name: a, burst: 5kB}, {name: b, burst: 5kB}]",
     "policers[1]: the key rate is missing"},
    {"control_plane=[{name: a, rate: 1Mbps, burst: 5kB}]",
     "control_plane[0]: the key causes is missing"},
    {"acls=[a]", "acls[0]: a text or number; expected a mapping of keys"},
    {"acls=[{synthetic: 1}, {synthetic: 1}]", "acls[1]: the key name is missing"},
    {"acls=[{name: a, synthetic: 5, changes: [{at: 1us, text: \"no 10\"}]}]", NULL},
    {"acls=[{name: a, synthetic: 5, changes: [{at: 1us, text: \"no 15\"}]}]",
     "text:1: list a has no entry 15"},
    {"acls=[{name: a, synthetic: 5, changes: [{at: 2us, text: \"no 10\"}, {at: 1us, text: \"no "
     "10\"}]}]",
     "text:1: list a has no entry 10"},
    {"acls=[{name: a, synthetic: 5, changes: [{text: \"no 10\"}]}]", "the key at is missing"},
    {"acls=[{name: a, synthetic: 5, changes: [{at: 1us}]}]", "the key text is missing"},
    {"acls=[{name: a, synthetic: 5, changes: [{at: 1kpps, text: \"no 10\"}]}]", "1kpps"},
    {"interfaces=[{ports: 1/1, changes: [{at: 1us, access_group_in: none}]}]", NULL},
    {"interfaces=[{ports: 1/1, changes: [{at: 1us, access_group_in: a}]}]",
     "access_group_in: there are no lists; expected some under acls"},
    {"interfaces=[{ports: 1/1, changes: [{at: 1us}]}]",
     "changes[0]: expected one of port_access_group, vlan_filter, access_group_in and"},
    {"interfaces=[{ports: 1/1, changes: [{at: 1us, policy_list: a}]}]", "policy_list"},
    {"acl={default_result: bridge, optimized_logging: yes}", NULL},
    {"acl={default_result: drop}", "unknown result 'drop'; expected deny, permit or bridge"},
    {"assume={acl_entry: 2s}", "2s is out of range: 0ps to 1s"},
    {"interfaces=[{ports: 1/1, reachable_via: tx}]",
     "unknown way 'tx'; did you mean rx? expected none, rx or any"},
    {"interfaces=[{ports: 1/1, reachable_via: rx}, {ports: 1/1-2, unreachables: no}]",
     "interfaces[1].ports: one of them has its features already ("},
    {"interfaces=[{ports: 1/1, unreachables: none}]", "unreachables: unknown answer 'none'"},
    {"interfaces=[{ports: 1/1, policy_next_hop: 10.1.1.2}]", "policy_list is missing"},
    {"interfaces=[{ports: 1/1, reachable_via: rx}, {ports: 1/1, mtu: 1500B}]", NULL},
    {"traffic[0].protocol=tcp", NULL},
    {"traffic[0].protocol=tcp syn ack", NULL},
    {"traffic[0].protocol=tcp nak", "'nak'; expected"},
    {"traffic[0].protocol=icmp echo", NULL},
    {"traffic[0].protocol=icmp 8", "'8'; expected"},
    {"traffic[0].protocol=tdp", "'tdp'; expected a protocol as ip, tcp, udp, icmp or 0 to 255"},
    {"traffic[0].ports=80", NULL},
    {"traffic[0].ports=0", "out of range: 1 to 65535; expected ports as in 80 or 1024-65535"},
    {"traffic[0].ports=90-80", "80 is out of range: 90 to 65535"},
    {"traffic[0].source_ports=1024-70000", "70000 is out of range: 1024 to 65535"},
    {"traffic[0]={rate: 1pps, protocol: \"47\", ports: 80}",
     "only protocol: tcp and udp have ports"},
    {"traffic[0].sources=10.0.0.0/8", NULL},
    {"traffic[0].sources=10.0.0.1/8", "bits beyond the length; expected 10.0.0.0/8"},
    {"traffic[0].sources=0.0.0.0/0", "'0.0.0.0/0' is no prefix"},
    {"traffic[0].sources=2001:db8::/32", "is not of the stream's family"},
    {"routes.fib_exception=recover", "unknown behaviour 'recover'; expected evict or refuse"},
    {"routes.growth={routes: 10}", "routes.growth: the key rate is missing"},
    {"routes.growth={rate: 1pps}", "routes.growth: the key routes is missing"},
    {"routes.growth={routes: 0, rate: 1pps}", "0 is out of range: 1 to 2000000"},
    {"routes.growth={routes: 1, rate: 0pps}", "0pps is out of range: 1pps to 1000Mpps"},
    {"routes={growth: {routes: 1, rate: 1pps}}",
     "growth: without a feed; expected synthetic or file"},
    {"run.samples=10001", "samples: 10001 is out of range: 0 to 10000"},
    {"routes.reloads=1ms", "a text or number; expected a list"},
    {"routes.reloads=[{maximum_routes: {ip: 750}}]", "reloads[0]: the key at is missing"},
    {"routes.reloads=[{at: 1ms, maximum_routes: {ip: 0}}]", "0 is out of range: 1 to 1024"},
    {"routes.reloads=[{at: 2ms}, {at: 2ms}]", "reloads[1].at: not later than the reload before"},
    {"routes.reloads=[{at: 1ms}, {at: 2ms, maximum_routes: {ip: 750, ipv6: 137}}]",
     "maximum_routes.ipv6: 137 does not fit beside ip, which leaves 136"},
    {"assume={xdr_message: 100B, xdr_header: 51B, xdr_entry: 50B}",
     "xdr_message: a message of 100 B has no room for its header of 51 B and one entry of 50 B"},
    {"assume.xdr_entry=0B", "xdr_entry: 0B is out of range: 1B to 1kB"},
    {"assume.fib_cef=0pps", "fib_cef: 0pps is out of range: 1pps to 1000Mpps"},
    {"assume={xdr_message: 100B, xdr_header: 50B, xdr_entry: 50B}", NULL},
    {"policers=[{rate: 1Mbps, burst: 5000B, ports: 1/1}]", "policers[0]: the key name is missing"},
    {"policers=[{name: a, burst: 5000B, ports: 1/1}]", "policers[0]: the key rate is missing"},
    {"policers=[{name: a, rate: 1Mbps, ports: 1/1}]", "policers[0]: the key burst is missing"},
    {"policers=[{name: a, rate: 1Mbps, burst: 5000B}]",
     "policers[0]: expected ports, or a class of a policy map that names it"},
    {"policers=[{name: a/b, rate: 1Mbps, burst: 5000B, ports: 1/1}]", "expected letters, digits"},
    {"policers=[{name: a, rate: 31kbps, burst: 5000B, ports: 1/1}]", "range: 32kbps to 10Gbps"},
    {"policers=[{name: a, rate: 11Gbps, burst: 5000B, ports: 1/1}]", "range: 32kbps to 10Gbps"},
    {"policers=[{name: a, rate: 1Mpps, burst: 5000B, ports: 1/1}]", "a unit that does not fit"},
    {"policers=[{name: a, rate: 1Mbps, burst: 999B, ports: 1/1}]", "range: 1kB to 512MB"},
    {"policers=[{name: a, rate: 1Mbps, burst: 5000B, ports: 1/5}]", "'1/5' is not among the ports"},
    {"policers=[{name: a, rate: 1Mbps, burst: 5000B, ports: 1/1}, {name: a, rate: 1Mbps, burst: "
     "5000B, ports: 1/2}]",
     "policers[1].name: the name of another policer"},
    {"policers=[{name: a, rate: 1Mbps, burst: 5000B, ports: 1/1-3}, {name: b, rate: 1Mbps, burst: "
     "5000B, ports: \"1/4, 1/2\"}]",
     "policers[1].ports: 1/2 is in policer a already; a port is in one only"},
    {"policers=[{name: a, rate: 1Mbps, burst: 5000B, ports: 1/1}, {name: b, rate: 1Mbps, burst: "
     "5000B, each: flow, ports: 1/1}, {name: c, rate: 1Mbps, burst: 5000B, direction: out, ports: "
     "1/1}]",
     NULL},
    {"policers=[{name: a, rate: 1Mbps, burst: 5000B, each: vlan, ports: 1/1}]",
     "unknown scope 'vlan'; expected all, port, flow, source or destination"},
    {"policers=[{name: a, rate: 1Mbps, burst: 5000B, exceed: mark, ports: 1/1}]",
     "unknown action 'mark'; expected transmit, drop, policed-dscp or dscp 0 to 63"},
    {"policers=[{name: a, rate: 1Mbps, burst: 5000B, exceed: dscp 64, ports: 1/1}]",
     "unknown action 'dscp 64'"},
    {"policers=[{name: a, rate: 1Mbps, burst: 5000B, violate: drop, ports: 1/1}]",
     "policers[0].violate: nothing violates without a peak_rate"},
    {"policers=[{name: a, rate: 1Mbps, burst: 5000B, peak_burst: 5000B, ports: 1/1}]",
     "a burst of a peak_rate that is not given"},
    {"policers=[{name: a, rate: 2Mbps, burst: 5000B, peak_rate: 1Mbps, ports: 1/1}]",
     "peak_rate: below the rate"},
    {"policers=[{name: a, rate: 1Mbps, burst: 5000B, peak_rate: 2Mbps, each: flow, ports: 1/1}]",
     "a policer of flows has one rate only"},
    {"policers=[{name: a, rate: 1Mbps, burst: 5000B, each: source, direction: out, ports: 1/1}]",
     "flows are policed as they come in"},
    {"rate_limits={receive: 1pps, glean: 2pps, ip_features: 3pps, icmp_redirect: 4pps, "
     "ttl_failure: "
     "5pps, mtu_failure: 6pps}",
     "rate_limits.mtu_failure: no register is left: those before it hold 8 other rates and bursts"},
    {"rate_limits={receive: 1pps, glean: 2pps, ip_features: 3pps, icmp_redirect: 4pps, "
     "ttl_failure: "
     "5pps, mtu_failure: 1pps}",
     NULL},
    {"rate_limits={layer2_pdu: 1pps, layer2_tunnel: 2pps, multicast_igmp: 3pps}",
     "no register is left: those before it hold 2 other rates and bursts, all that layer 2 has"},
    {"rate_limits={acl_bridged_in: 1pps, acl_bridged_out: 2pps}",
     "acl_bridged_out: shares a register with acl_bridged_in; expected the same rate and burst"},
    {"rate_limits.receive=10", "'10' has no unit"},
    {"rate_limits.receive=10pps 5", "'10pps 5'; expected off, 100pps or 100pps burst 10"},
    {"rate_limits.receive=10pps burst 256", "256 is out of range: 1 to 255"},
    {"rate_limits.receive=2Mpps", "2Mpps is out of range: 0pps to 1Mpps"},
    {"control_plane=[{name: a, causes: arp, rate: 1Mbps, burst: 5kB}]",
     "unknown cause 'arp'; expected all, receive, glean, "},
    {"control_plane=[{name: a, causes: \"ttl, ttl\", rate: 1Mbps, burst: 5kB}]",
     "ttl is in a class already"},
    {"control_plane=[{name: a, causes: ttl, rate: 1Mbps, burst: 5kB}, {name: a, causes: mtu, rate: "
     "1Mbps, burst: 5kB}]",
     "control_plane[1].name: the name of another class"},
    {"control_plane=[{name: a, causes: ttl, rate: 1Mbps}]", "the key burst is missing"},
    {"qos.enabled=on", "unknown answer 'on'; did you mean no? expected no or yes"},
    {"qos.rewrite_dscp=maybe", "unknown answer 'maybe'"},
    {"qos.rewrite_dscp=no", NULL},
    {"qos.policed_dscp=46", "'46'; expected pairs as 46:8"},
    {"qos.policed_dscp=64:8", "64 is out of range: 0 to 63"},
    {"qos.dscp_cos=46:8", "8 is out of range: 0 to 7"},
    {"interfaces=[{ports: 1/1, trust: all}]", "unknown trust 'all'"},
    {"interfaces=[{ports: 1/1, cos: 8}]", "8 is out of range: 0 to 7"},
    {"interfaces=[{ports: 1/1, mtu: 67B}]", "67B is out of range: 68B to 9216B"},
    {"interfaces=[{ports: 1/1-2}, {ports: 1/2}]", "1/2 is set by an entry before"},
    {"traffic[0].redirect=yes", "redirect: leaves by the port it enters by; expected egress: any"},
    {"traffic[0].ttl=0", "0 is out of range: 1 to 255"},
    {"traffic[0].cos=8", "8 is out of range: 0 to 7"},
    {"traffic[0].dscp=64", "64 is out of range: 0 to 63"},
    {"rate_limits.fib_exception=0pps", "0pps is out of range: 1pps to 1000Mpps"},
    {"rate_limits.fib_exception=10k", "'10k' has a unit that does not fit"},
    {"rate_limits.fib_excepton=1pps", "unknown key; did you mean fib_exception"},
    {"assume.fib_exception_burst=0", "0 is out of range: 1 to 1000000"},
    {"routes.static=[{prefix: 10.9.0.1/16, via: null0}]", "expected 10.9.0.0/16"},
    {"routes.static=[{prefix: 10.9.0.0, via: null0}]", "'10.9.0.0' is no prefix"},
    {"routes.static=[{prefix: 10.9.0.0/16}]", "expected either via or port"},
    {"routes.static=[{prefix: 10.9.0.0/16, via: null0, port: 1/1}]", "either via or port"},
    {"routes.static=[{prefix: 10.9.0.0/16, via: '2001:db8::1'}]", "of another family"},
    {"routes.static=[{prefix: 10.9.0.0/16, via: nul0}]", "'nul0' is no address; expected"},
    {"routes.static=[{prefix: 10.9.0.0/16, port: 1/5}]", "'1/5' is no port here"},
    {"routes.static=[{prefix: 10.9.0.0/16, port: 1/1-2}]", "'1/1-2' is no port here"},
    {"routes.static=[{prefix: 10.9.0.0/16, via: 10.9.1.1}]", "but the route itself"},
    {"routes.static=[{prefix: 10.1.1.0/28, via: 10.1.1.2}]", "but the route itself"},
    {"routes.static=[{prefix: 10.1.1.0/24, via: 10.1.1.2}]", NULL},
    {"routes.static=[{prefix: 10.9.0.0/16, via: 10.9.1.1}, {prefix: 10.9.1.0/24, port: 1/1}]",
     NULL},
    {"routes.static=[{prefix: 10.9.0.0/16, via: null0, punt: yes}]",
     "static[0].punt: only goes with via and a next hop"},
    {"routes.static=[{prefix: 10.9.0.0/16, via: receive, punt: no}]", "punt: only goes with via"},
    {"routes.static=[{prefix: 10.9.0.0/16, port: 1/1, punt: yes}]", "punt: only goes with via"},
    {"routes.static=[{prefix: 10.9.0.0/16, via: 10.1.1.2, punt: maybe}]",
     "unknown answer 'maybe'; expected no or yes"},
    {"routes.static=[{prefix: 10.9.0.0/16, via: null0}, {prefix: 10.9.0.0/16, port: 1/1}]",
     "a second route for 10.9.0.0/16"},
    {"routes.changes=[{at: 1ms, prefix: 10.9.0.0/16, via: null0}]", NULL},
    {"routes.changes=[{prefix: 10.9.0.0/16, via: null0}]", "changes[0]: the key at is missing"},
    {"routes.changes=[{at: 1, prefix: 10.9.0.0/16, via: null0}]", "changes[0].at: '1' has no unit"},
    {"routes.changes=[{at: 2001s, prefix: 10.9.0.0/16, via: null0}]", "range: 0ps to 2000s"},
    {"routes.changes=[{at: 1ms}]", "changes[0]: expected either prefix or withdraw"},
    {"routes.changes=[{at: 1ms, prefix: 10.9.0.0/16, withdraw: 10.9.0.0/16}]", "either prefix or"},
    {"routes.changes=[{at: 1ms, prefix: 10.9.0.0/16}]", "expected either via or port"},
    {"routes.changes=[{at: 1ms, prefix: 10.9.0.1/16, via: null0}]", "expected 10.9.0.0/16"},
    {"routes.changes=[{at: 1ms, withdraw: yes}]", "'yes' is no prefix"},
    {"routes.changes=[{at: 1ms, withdraw: 10.9.0.0/16, port: 1/1}]",
     "changes[0].port: does not go with withdraw"},
    {"routes.static=[{prefix: 10.9.0.0/16, port: 1/1, distance: 0}]",
     "0 is out of range: 1 to 254"},
    {"routes.static=[{prefix: 10.9.0.0/16, port: 1/1, distance: 20}]",
     "static[0].distance: 20 is not told from BGP's, 20 or 200; expected 1 to 19, or 201 to 254"},
    {"routes.static=[{prefix: 10.9.0.0/16, port: 1/1, distance: 200}]", "200 is not told from"},
    {"routes.static=[{prefix: 10.9.0.0/16, port: 1/1, distance: 201}]", NULL},
    {"routes.changes=[{at: 1ms, withdraw: 10.9.0.0/16, distance: 250}]",
     "distance: does not go with withdraw"},
    {"routes.changes=[{at: 1ms, withdraw: 10.9.0.0/16, punt: yes}]",
     "changes[0].punt: does not go with withdraw"},
    {"routes.changes=[{at: 1ms, prefix: 10.9.0.0/16, port: 1/1, punt: yes}]",
     "changes[0].punt: only goes with via and a next hop"},
    {"routes.changes=[{at: 1ms, withdraw: 10.9.0.0/16}]",
     "changes[0].withdraw: there is no static route for 10.9.0.0/16 to withdraw at 1ms"},
    {"routes.changes=[{at: 2ms, prefix: 10.9.0.0/16, via: null0}, {at: 1ms, withdraw: "
     "10.9.0.0/16}]",
     "changes[1].withdraw: there is no static route for 10.9.0.0/16 to withdraw at 1ms"},
    {"routes={static: [{prefix: 10.9.0.0/16, via: null0}], changes: [{at: 1ms, withdraw: "
     "10.9.0.0/16}, {at: 1ms, withdraw: 10.9.0.0/16}]}",
     "changes[1].at: a second change of 10.9.0.0/16 at 1ms (first in"},
    {"routes={static: [{prefix: 10.9.0.0/16, via: null0}], changes: [{at: 1ms, withdraw: "
     "10.9.0.0/16}, {at: 2ms, withdraw: 10.9.0.0/16}]}",
     "changes[1].withdraw: there is no static route for 10.9.0.0/16 to withdraw at 2ms"},
    {"traffic=[]", NULL},
    {"traffic=", "the key traffic is missing"},
    {"traffic[0].rate=", "traffic[0]: the key rate is missing"},
    {"traffic[0].rate=0%", "0% is out of range: 0.0001% to 100%"},
    {"traffic[0].rate=100.0001%", "100.0001% is out of range"},
    {"traffic[0].rate=10Gbps", "132% of the line rate of port 1/1"},
    {"traffic[0].rate=7619047619bps", NULL},
    {"traffic[0].rate=7619047620bps", "traffic[0].rate: 101% of the line rate of port 1/1"},
    {"traffic[0].rate=14880952pps", NULL},
    {"traffic[0].rate=14880953pps", "traffic[0].rate: 101% of the line rate of port 1/1"},
    {"traffic[0]={frames: imix, rate: 3273679pps}", NULL},
    {"traffic[0]={frames: imix, rate: 3273680pps}",
     "traffic[0].rate: 101% of the line rate of port 1/1"},
    {"traffic[0]={frames: imix, rate: 9476211261bps}", NULL},
    {"traffic[0]={frames: imix, rate: 9476211262bps}",
     "traffic[0].rate: 101% of the line rate of port 1/1"},
    {"traffic[0].rate=10G", "'10G' has a unit that does not fit"},
    {"traffic[0].rate=64B", "'64B' has a unit that does not fit"},
    {"traffic[0].frames=in order", "'in order'; expected sizes"},
    {"traffic[0].frames=in order 64B:64, 65B", "more than 64 frames"},
    {"traffic[0].frames=in order 63B", "63B is out of range"},
    {"traffic[0].frames=imx", "'imx'; expected sizes (64B, or 64B:7, 1518B:1), imix, in order"},
    {"traffic[0].frames=63B", "63B is out of range: 64B to 9216B"},
    {"traffic[0].frames=9217B", "9217B is out of range"},
    {"traffic[0].frames=64B:0", "0 is out of range: 1 to 10000"},
    {"traffic[0].frames=64B:1, 128B:x", "'x' is not a number"},
    {"traffic[0].frames=64B:1, 64B:2", "64B twice"},
    {"traffic[0].frames=64B,", "'' is not a number"},
    {"traffic[0].frames=genome aj", "letters of abcdefghi"},
    {"traffic[0].frames=genome ''", "letters of abcdefghi"},
    {"traffic[0].from=1/5", "'1/5' is not among the ports here"},
    {"traffic[0].from=5/1", "'5/1' is not among the ports here"},
    {"traffic[0].from=1/0", "'1/0' is not among the ports here"},
    {"traffic[0].from=1/2-1", "'1/2-1' is not among the ports here"},
    {"traffic[0].from=1/01", "'1/01' is not among the ports here"},
    {"traffic[0].from=1/1,,1/2", "'' is not among the ports here"},
    {"traffic[0].from=1/1-3, 1/3", "1/3 twice"},
    {"traffic[0].arrivals=poison", "unknown arrivals 'poison'; did you mean poisson?"},
    {"traffic[0].burst=5", "only arrivals: on-off come in bursts"},
    {"traffic[0].family=ip4", "unknown family 'ip4'; did you mean ipv4?"},
    {"traffic[0].mac=mine", "unknown station 'mine'; expected router or other"},
    {"traffic[0].to=prefix", "'prefix' is no address; expected prefixes, zipf or addresses"},
    {"traffic[0].to=10.1.1.2", "the listed addresses choose the port; expected any"},
    {"traffic[0].egress=9/1", "'9/1' is not among the ports here"},
    {"traffic[0].flows=15", "expected at least one for each of the 16 ports"},
    {"traffic[0].flows=0", "0 is out of range"},
    {"traffic[0].flows=4000000000", "4000000000 is out of range: 1 to 16777216"},
    {"traffic=[{rate: 1%, flows: 16777216}]", NULL},
    {"traffic=[{rate: 1%, flows: 16773120}, {rate: 1%}]", NULL},
    {"traffic=[{rate: 1%, flows: 16773121}, {rate: 1%}]",
     "traffic[1]: with the other streams more than 16777216 flows"},
    {"traffic=[{rate: 1%, flows: 16777216}, {rate: 1%, flows: 16777216}]",
     "traffic[1].flows: with the other streams more than"},
    {"traffic[0].start=7ms", "the run ends before"},
    {"traffic[0].stop=0s", "not after the start"},
    {"traffic[0].name=a,b", "expected letters, digits, spaces and - _ ."},
    {"run.warmup=-1ms", "'-1ms' is not a number"},
    {"run.duration=0s", "0ps is out of range: 1ns to 1000s"},
    {"run.duration=1000000s", "1000000s is out of range: 1ns to 1000s"},
    {"run.warmup=1001s", "1001s is out of range: 0ps to 1000s"},
    {"run.seed=18446744073709551616", "is too large"},
    {"run.seed=18446744073709551615", NULL},
    {"run.window=0ps", "0ps is out of range"},
    {"run.batch=0", "0 is out of range"},
    {"run.wramup=1ms", "run.wramup: unknown key; did you mean warmup?"},
    {"run.@=1", "run.@: unknown key"},
    {"assume.fabric_overhead=33B", "33B is out of range: 0B to 32B"},
    {"assume.fabric_egress_buffer=17MB", "17MB is out of range: 16384B to 16MB"},
    {"assume.inband_queue=1000001", "1000001 is out of range: 1 to 1000000"},
    {"assume.process_options=2s", "2s is out of range: 0ps to 1s"},
    {"assume.netint_mask=4ms", "a mask longer than netint, the period that holds it"},
    {"assume.netint=799us", "a mask longer than netint, the period that holds it"},
    {"assume.hold_queue=20us", "has a unit that does not fit; expected a whole number"},
    {"assume.fabric_transit=0ps", "0ps is out of range"},
    {"assume.bus_outstanding=33", "33 is out of range: 1 to 32"},
    {"arp.hosts=10.1.1.256", "'10.1.1.256' is no address"},
    {"arp.hots=10.1.1.7", "did you mean hosts?"},
    {"assume.arp_throttle=101s", "101s is out of range: 0ps to 100s"},
    {"bgp=[{neighbour: 10.1.1, keepalives: stream 1}]", "'10.1.1' is no address"},
    {"bgp=[{neighbour: 10.1.1.2, keepalives: straem 1}]",
     "'straem 1'; did you mean stream 1; expected the name of a stream"},
    {"bgp=[{neighbour: 10.1.1.2}]", "keepalives"},
    {"bgp=[{neighbour: 10.1.1.2, keepalives: stream 1, hold: 0s}]", "0ps is out of range: 1ps to"},
    {"bgp=[{neighbour: 10.1.1.2, keepalives: stream 1, prefixes: 8.0.0.1/8}]",
     "bits beyond the length; expected 8.0.0.0/8"},
    {"bgp=[{neighbour: 10.1.1.2, keepalives: stream 1, prefixes: 2a00::/16}]",
     "2a00::/16 is of another family than the neighbour"},
    {"bgp=[{neighbour: 10.1.1.2, keepalives: stream 1, prefixes: \"8.0.0.0/8, 8.0.0.0/8\"}]",
     "8.0.0.0/8 twice"},
    {"bgp=[{neighbour: 10.1.1.2, keepalives: stream 1}, {neighbour: 10.2.1.2, keepalives: stream "
     "1}]",
     "the keepalives of another session"},
    {"bgp=[{neighbour: 10.1.1.2, keepalives: stream 1, prefixes: 8.0.0.0/8}]", NULL},
    {"assumed.x=1", "unknown key; did you mean assume?"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct scenario s;
        if (refused[i].message == NULL) {
            load(&s, base, refused[i].set, NULL);
            check_round_trip(&s);
            continue;
        }
        const char *messages = refusal(base, &refused[i].set, 1);
        if (strstr(messages, refused[i].message) == NULL) {
            fail_msg("%s\n--> %sexpected %s", refused[i].set, messages, refused[i].message);
        }
    }
}

/* Streams that share a port, by turns or at once. */
static void test_line_rate_together(void **state)
{
    (void)state;
    static const struct {
        const char *traffic, *message;
    } cases[] = {
        {"[{rate: 60%}, {rate: 40%}]", NULL},
        {"[{rate: 60%}, {rate: 40.0001%}]", "traffic[1].rate: with the other streams 101% of"},
        {"[{rate: 60%, from: 1/1}, {rate: 41%, from: 1/2-4}]", NULL},
        {"[{rate: 60%, from: 1/1}, {rate: 41%, from: 1/1-4}]", "the line rate of port 1/1"},
        {"[{rate: 60%, stop: 1ms}, {rate: 60%, start: 1ms}]", NULL},
        {"[{rate: 60%, stop: 1001us}, {rate: 60%, start: 1ms}]", "traffic[1].rate: with the"},
        {"[{rate: 7440476pps}, {rate: 3809523809bps}]", NULL},
        {"[{rate: 7440477pps}, {rate: 3809523810bps}]", "101% of the line rate"},
        {"[{rate: 100%, frames: 1518B}, {rate: 1pps}]", "101% of the line rate"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scenario s;
        const char *set = arena_printf(mem, "traffic=%s", cases[i].traffic);
        if (cases[i].message == NULL) {
            load(&s, base, set, NULL);
        } else if (strstr(refusal(base, &set, 1), cases[i].message) == NULL) {
            fail_msg("%s\n--> %s", set, refusal(base, &set, 1));
        }
    }
}

/* All that is wrong is said at once, each where it stands. */
static void test_all_errors(void **state)
{
    (void)state;
    char *path = write_file("cat6k: 1\n"
                            "chasis: WS-C6509-E\n"
                            "supervisor: {slot: 3, model: WS-SUP720-3BXL}\n"
                            "slots:\n"
                            "  - {slot: 1, model: WS-X6704-10G}\n"
                            "  - {slot: 14, model: WS-X6704-10GE}\n"
                            "traffic:\n"
                            "  - rate: 5\n"
                            "    frames: 63B\n"
                            "run:\n"
                            "  seed: 1\n"
                            "  seed: 2\n"
                            "  warmup: [1ms]\n");
    static const char *const expected[] = {
        "12:3: run.seed: the same key again (first in line 11)",
        "2:1: chasis: unknown key; did you mean chassis?",
        "1:1: the key chassis is missing",
        "13:11: run.warmup: a list; expected a text or number",
        "5:22: slots[0].model: unknown linecard 'WS-X6704-10G'; did you mean WS-X6704-10GE;",
        "6:12: slots[1].slot: 14 is out of range: 1 to 13",
        "8:11: traffic[0].rate: '5' has no unit",
        "9:13: traffic[0].frames: 63B is out of range",
    };
    const char *messages = refusal(path, NULL, 0);
    size_t n_lines = 0;
    for (const char *c = messages; *c != '\0'; c++) {
        n_lines += *c == '\n';
    }
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const char *line = arena_printf(mem, "%s:%s", path, expected[i]);
        if (strstr(messages, line) == NULL) {
            fail_msg("%s\nis not among\n%s", line, messages);
        }
    }
    assert_int_equal(n_lines, sizeof expected / sizeof expected[0]);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_line_rate_together),
        cmocka_unit_test(test_all_errors),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
