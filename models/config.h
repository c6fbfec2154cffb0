/* config.h - what a chassis is built from: rows of the catalogue and the scenario, as plain data.
 *
 * Filled in by scenarios/ (checked: models may trust it), read by models/. A number about something
 * one can order is here; a number about how a mechanism works is a constant in its model.
 */
#ifndef MODELS_CONFIG_H
#define MODELS_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/acl.h"
#include "models/netflow.h"
#include "models/prefix.h"
#include "models/queue_setup.h"
#include "models/route_table.h"

struct bgp_feed;

#define CONFIG_MAX_SLOTS 13
#define CONFIG_MAX_CHANNELS 2 /* fabric channels per slot */
#define CONFIG_MAX_FABRIC_MODULES 2
#define CONFIG_MAX_PATHS 8   /* of equal cost; source: [TAC-LB] (vendor): weights of 1 to 8 */
#define CONFIG_MAX_MEMBERS 8 /* of a port channel; source: [S10] (vendor): a hash of 3 bits */

struct engine_type { /* a forwarding engine: PFC or DFC */
    const char *model;
    uint32_t generation; /* 1 .. 4, as in PFC1 .. PFC4 */
    char letter;         /* 'A' .. 'C' of the third generation; else 0 */
    bool xl;
    uint64_t lookups_per_s; /* IPv4 */
    uint32_t ipv6_lookups;  /* lookup slots an IPv6 packet takes */
    uint64_t tcam_slots;    /* 72 bits each */
    uint64_t ipv4_slots;    /* default partition: IPv4 + MPLS, in 72-bit slots */
    uint64_t ipv6_entries;  /* default partition: IPv6 + IP multicast, in 144-bit entries */
    int64_t latency_ps;     /* from the start of a lookup to its result */
    uint64_t adjacencies, mac_entries, netflow_entries;
    uint64_t acl_entries, acl_masks, acl_labels; /* of each of its two ACL TCAMs */
    uint64_t rpf_interfaces; /* of a prefix: those that sources are checked against */
};

/* A PFC3's FIB TCAM is carved into partitions. Those before hold IPv4 only; in those behind all
 * families share it, slot by slot. source: [JLEWIS-2008] (measured), [BITS-53] [IPSPACE-VRF] (measured) */
#define CONFIG_CARVED_GENERATION 3

/* Where a linecard's frames and headers travel: CLASSIC on the shared bus, CEF256 on the bus or the
 * fabric, the others on the fabric; the dCEF ones only with a DFC. */
enum card_class { CLASSIC, CEF256, DCEF256, CEF720, DCEF720, DCEF2T, CONFIG_N_CLASSES };

#define CONFIG_MAX_ASICS 16 /* of a card */
#define CONFIG_MAX_CARD_PORTS 96

struct port_asic { /* ports of one rate behind one link to the card */
    uint32_t n_ports;
    uint64_t port_bps;
    uint64_t link_bps;                         /* each way */
    uint64_t rx_buffer_bytes, tx_buffer_bytes; /* per port, or of all its ports together */
    uint32_t channel;                          /* fabric channel of the card behind it */
};

struct linecard_type {
    const char *model;
    const char *mode; /* of working, as "performance"; NULL: it has but one */
    enum card_class class;
    uint32_t n_ports;                           /* that can be used */
    uint8_t port_number[CONFIG_MAX_CARD_PORTS]; /* printed on the card: 1 .. , ascending */
    uint8_t port_asic[CONFIG_MAX_CARD_PORTS];
    uint32_t n_asics;
    struct port_asic asics[CONFIG_MAX_ASICS];
    bool shared_buffers; /* by the ports of a port ASIC; else each port has its own */
    uint32_t n_channels; /* fabric channels: 0 (classic), 1, 2 */
    uint64_t channel_bps;
    bool on_bus; /* its headers can cross the shared bus: it works without a DFC */
    /* Of a port, with QoS on; without weighted queues: not published. */
    struct queue_structure tx_queues, rx_queues, rx_queues_dfc;
};

struct fabric_type { /* a crossbar: on the supervisor, or a card of its own */
    const char *model;
    uint64_t channel_bps[2]; /* speeds that its channels run at; 0: no second */
};

struct supervisor_type {
    const char *model;
    struct engine_type pfc;
    uint64_t software_pps; /* MSFC CEF path */
    uint64_t inband_bps;
    uint64_t fabric_bps;                 /* its own fabric channel; 0: none */
    const struct fabric_type *fabric;    /* on board; NULL: none */
    const struct linecard_type *uplinks; /* its own ports; on the bus, or on its channel when it has
                                            one and there is a fabric; NULL: none */
};

struct chassis_type {
    const char *model;
    uint32_t n_slots;
    uint32_t channels[CONFIG_MAX_SLOTS + 1]; /* fabric channels per slot, [1..n_slots] */
    uint32_t supervisor_slots[4];            /* 0-ended */
};

struct slot_config {
    uint32_t slot; /* the supervisor's: its uplinks */
    const struct linecard_type *card;
    const struct engine_type *dfc; /* NULL: lookups go to the PFC */
    uint32_t first_port;           /* global index of its port 1 */
    /* By port of the card: before its wire; where what it receives waits (receive_queues.h). NULL:
     * one queue each, tail drop. */
    const struct queue_setup *const *queues, *const *rx_queues;
};

/* A port as traffic and routes see it: global index 0 .. n_ports-1, by slot then port. Behind the
 * ports of cards, in the same array, are the port channels, which routes can lead to. */
struct port_config {
    uint32_t slot, number;                    /* 1/1 is slot 1, number 1; Po1 is slot 0, number 1 */
    uint16_t mtu_bytes;                       /* of IP packets; 0: as long as frames come */
    uint8_t trust;                            /* enum trust */
    uint8_t cos;                              /* of frames that come without a tag */
    struct ip_address address[IP_N_FAMILIES]; /* the router's own; the neighbour is the next one */
    uint8_t length[IP_N_FAMILIES];            /* of the connected subnet */
    uint32_t port_channel; /* it is a member of: global index, and has no addresses; 0: of none */
};

/* What a port believes of what its frames say (qos.h). */
enum trust { TRUST_NOTHING, TRUST_COS, TRUST_IP_PRECEDENCE, TRUST_DSCP };

struct qos_config {
    bool on; /* `mls qos`; off: frames keep what they carry, and nothing is policed */
    uint8_t cos_dscp[8], precedence_dscp[8], dscp_cos[64];
    uint8_t policed_dscp[64]; /* marked down */
    bool marks_trusted;       /* classes set the DSCP of what a port trusts, too */
    bool
        serial_policing; /* what policers drop or mark is so for those of what leaves (policer.h) */
    bool keeps_dscp; /* `no mls qos rewrite ip dscp`: packets leave with the one they came with */
};

/* EtherChannel: links to one neighbour that carry a subnet together. */
struct port_channel {
    uint32_t n_members;
    uint32_t members[CONFIG_MAX_MEMBERS]; /* global indices, rising */
};

/* A BGP session with a neighbour, whose keepalives are the packets of a stream (sessions.h). Where
 * there is BGP (chassis_config.bgp), what the peers of its address say comes by it. */
struct session_config {
    const char *where; /* in the scenario, as messages begin */
    struct ip_address neighbour;
    uint32_t stream;
    int64_t hold_ps;
    uint32_t n_prefixes; /* that it announces, of its own family; with BGP: 0 */
    const struct ip_prefix *prefixes;
};

enum via { VIA_NEXT_HOP, VIA_PORT, VIA_NULL0, VIA_RECEIVE };

struct static_route {
    struct ip_prefix prefix;
    enum via via;
    struct ip_address next_hop;
    uint32_t port;     /* VIA_PORT: global index; connected without a neighbour: glean */
    bool punt;         /* VIA_NEXT_HOP: the hardware leaves its packets to the MSFC */
    bool floating;     /* its administrative distance is beyond BGP's: it stands in for that */
    uint8_t distance;  /* administrative: as written; 0: none */
    uint32_t n_others; /* VIA_NEXT_HOP: next hops of equal cost beside the first */
    const struct ip_address *others;
};

#define CONFIG_MAX_VRFS 1024 /* source: [CG-SX] 24-11 (vendor) */

/* A routing table of its own for IPv4; of IPv6 there is one only. */
struct vrf_config {
    const char *name;
    uint64_t rd;             /* route distinguisher, RFC 4364 section 4.2 */
    bool label_per_vrf;      /* else a label for each prefix (labels.h) */
    uint32_t n_imports;      /* 0: it imports what has its own route distinguisher */
    const uint64_t *imports; /* route targets, as RFC 4360 section 4 encodes them */
};

/* What a flow's path is chosen by, and how evenly (models/sharing.h). */
enum load_sharing { SHARING_DEFAULT, SHARING_SIMPLE, SHARING_FULL, SHARING_FULL_SIMPLE };

/* A linecard or fabric module comes or goes while packets flow. One whose first change is that it is
 * inserted is not there at the start. */
struct card_change {
    int64_t at_ps;
    uint32_t slot; /* of slots[] (not the supervisor's) or fabric_modules[] */
    bool insert;   /* else removed */
};

/* The static routes change while packets flow. Of a route withdrawn only the prefix counts. */
struct route_change {
    int64_t at_ps;
    bool withdraw; /* else it is added, or takes the place of the one that is there */
    struct static_route route;
};

/* Rates are exact ratios: value / per. */
enum rate_unit { RATE_PPS, RATE_BPS, RATE_LINE };
struct rate {
    enum rate_unit unit;
    uint64_t value; /* packets/s, frame bits/s (FCS included), or parts of line rate in 1e-6 */
};

enum arrivals { ARRIVALS_CONSTANT, ARRIVALS_POISSON, ARRIVALS_ON_OFF };

enum destinations { TO_PREFIXES, TO_ZIPF, TO_LIST };

#define CONFIG_MAX_SIZES 64
struct frame_mix {
    uint32_t n;
    uint16_t bytes[CONFIG_MAX_SIZES];
    uint32_t weight[CONFIG_MAX_SIZES];
    bool in_order; /* RFC 6985 genome: the sequence is repeated; else drawn by weight */
};

#define CONFIG_UNTAGGED 8 /* no CoS */

/* Transport ports; both 0: any from 1024 on. */
struct port_range {
    uint16_t low, high;
};

struct stream_config {
    const char *where; /* "file:line:column: ", for messages; NULL: of no file */
    const char *name;
    uint32_t n_ports;
    const uint32_t *ports; /* global indices the frames enter by */
    struct rate rate;      /* per port */
    struct frame_mix frames;
    enum arrivals arrivals;
    uint32_t burst_frames; /* ON_OFF: mean frames of a burst at line rate (geometric), gaps
                              exponential */
    enum ip_family family;
    enum destinations to;
    uint32_t n_list;
    const struct ip_address *list;
    uint32_t n_egress; /* 0: any; else only prefixes routed to these ports, each port alike */
    const uint32_t *egress;
    uint32_t n_flows;        /* of the whole stream, dealt out to its ports in turn */
    struct ip_prefix source; /* that its sources are of; length 0: any that are unicast */
    struct port_range from_ports, to_ports;
    uint8_t protocol; /* of IP */
    uint16_t flags;   /* TCP: bytes 12 and 13 of its header */
    uint16_t icmp;    /* ICMP: type << 8 | code, and its flows have no ports */
    int64_t start_ps, stop_ps;
    bool other_mac;      /* frames for another station: not the router's MAC */
    bool redirect;       /* flows leave by the interface they enter by, not by any other */
    bool ttl_1, options; /* IP: its time to live ends here; it has options, or hop-by-hop ones */
    uint8_t cos, dscp;   /* CONFIG_UNTAGGED: without a CoS */
    uint32_t label_vrf;  /* they carry labels of this VRF's; 0: none */
};

/* What may pass of frames that enter (or leave) by some ports, in each engine (policer.h). */
enum policer_scope { POLICE_TOGETHER, POLICE_EACH_PORT, POLICE_FLOW, POLICE_SOURCE, POLICE_TARGET };
enum policer_colour { COLOUR_CONFORMS, COLOUR_EXCEEDS, COLOUR_VIOLATES, POLICER_N_COLOURS };
enum policer_action { ACTION_TRANSMIT, ACTION_DROP, ACTION_MARK_DOWN, ACTION_SET_DSCP };

struct policer_config {
    const char *name;
    uint64_t rate_bps; /* one that the hardware has */
    uint64_t burst_bytes;
    uint64_t peak_bps, peak_burst_bytes; /* of a second bucket; 0: there is none */
    uint64_t asked_bps, asked_peak_bps;  /* what was asked for, to be shown beside it */
    enum policer_scope scope; /* who shares a bucket: all, those of an interface, a flow */
    bool egress;              /* of frames that leave by the ports, in every engine */
    struct {
        enum policer_action action;
        uint8_t dscp; /* ACTION_SET_DSCP */
    } then[POLICER_N_COLOURS];
    uint32_t n_ports; /* 0: classes of policy maps use it */
    const uint32_t
        *ports; /* global indices. A port is in one policer at most of each kind: by flows,
                              by ports in, by ports out */
};

/* A class of a policy map: which packets are of it, and what becomes of them (classes.h). */
struct class_config {
    const char *name;
    uint32_t n_lists;
    const uint32_t *lists; /* numbers in acls[]: what one of them permits is of the class, ... */
    uint64_t dscps;        /* ... and what carries one of these DSCPs: a bit each, ... */
    uint8_t precedences;   /* ... or IP precedences */
    bool rest;             /* class-default: all that is of no class */
    bool sets;
    uint8_t set_dscp;
    uint8_t trust;        /* enum trust; TRUST_NOTHING: as the port does */
    uint32_t flow_police; /* number in policers[] + 1, of one by flows; 0: none */
    uint32_t police;      /* the same, of one that is not */
};

struct policy_map {
    const char *name;
    uint32_t n_classes;
    const struct class_config *classes; /* the first that a packet is of counts */
};

/* Hardware rate limiters (punt.h), in the order in which those on by default get their registers. */
enum limit {
    LIMIT_RPF_FAILURE,
    LIMIT_ACL_DROP, /* ICMP unreachables: for what an ACL denies ... */
    LIMIT_NO_ROUTE, /* ... and what has no route */
    LIMIT_IP_ERRORS,
    LIMIT_VACL_LOG,
    LIMIT_MULTICAST_FIB_MISS,
    LIMIT_MULTICAST_PARTIAL_SC,
    LIMIT_MULTICAST_IPV6,
    LIMIT_MULTICAST_CONNECTED,
    LIMIT_MULTICAST_NON_RPF,
    LIMIT_ACL_BRIDGED_IN,
    LIMIT_ACL_BRIDGED_OUT,
    LIMIT_RECEIVE,
    LIMIT_GLEAN,
    LIMIT_FEATURES,
    LIMIT_REDIRECT,
    LIMIT_TTL_FAILURE,
    LIMIT_MTU_FAILURE,
    LIMIT_IP_OPTIONS,
    LIMIT_L2_PDU, /* from here on of layer 2 */
    LIMIT_L2_TUNNEL,
    LIMIT_MULTICAST_IGMP,
    CONFIG_N_LIMITS
};

#define CONFIG_L3_REGISTERS 8 /* that may be used; source: [CG-SX] 36-15, 36-23 (vendor) */
#define CONFIG_L2_REGISTERS 2 /* source: [CG-SX] 36-23 (vendor) */

struct limit_config {
    bool on;
    uint64_t pps; /* 0: nothing may pass */
    uint32_t burst;
    uint8_t register_index; /* of its layer's registers */
    uint8_t bucket;         /* < CONFIG_N_LIMITS: that of the register, or its own */
};

/* Of the control plane: what may be punted for some causes (copp.h). */
struct copp_class {
    const char *name;
    uint32_t causes; /* a bit for each enum punt_cause */
    uint64_t rate_bps, burst_bytes;
    uint64_t asked_bps; /* to be shown beside the rate */
};

/* What the MSFC does with a punted packet beside switching it, by what the packet needs (cpu.h). */
enum process {
    PROCESS_NONE, /* it is switched by the interrupt */
    PROCESS_RECEIVE,
    PROCESS_ARP,
    PROCESS_ICMP, /* a message to its sender */
    PROCESS_OPTIONS,
    PROCESS_LOG, /* a line of what a VLAN ACL denies */
    CONFIG_N_PROCESSES
};

/* Where lists of an interface are asked, in this order; the route is chosen before the first that is
 * about packets that leave. */
enum access_point {
    ACCESS_PORT_IN,    /* port ACL: `ip access-group NAME in` of a layer-2 port */
    ACCESS_VLAN_IN,    /* VLAN ACL: `vlan filter`, of what enters the VLAN ... */
    ACCESS_ROUTER_IN,  /* router ACL: `ip access-group NAME in` of a layer-3 interface ... */
    ACCESS_ROUTER_OUT, /* ... `ip access-group NAME out` */
    ACCESS_VLAN_OUT,   /* ... and of what leaves it */
    ACCESS_N_POINTS
};
#define ACCESS_POLICY ACCESS_N_POINTS /* where the list of a policy is asked: behind what enters */

/* `ip verify unicast source reachable-via`: the interface it came by, or any. */
enum verify { VERIFY_NOTHING, VERIFY_RX, VERIFY_ANY };

/* `mls ip cef rpf multipath`: of sources that more interfaces lead to than an engine can check. */
enum rpf_multipath { RPF_PUNT, RPF_PASS };

/* What an interface asks of its packets beside the FIB (features.h): IPv4 only. */
struct interface_config {
    uint32_t lists[ACCESS_N_POINTS]; /* number in acls[] + 1; 0: none */
    uint32_t policy;                 /* the same: what it permits goes to ... */
    struct ip_address policy_next_hop;
    uint32_t service_policy[2]; /* number in policy_maps[] + 1 for what enters, leaves; 0: none */
    uint8_t verify;             /* enum verify */
    bool no_unreachables;       /* `no ip unreachables`: nothing that is denied is for the MSFC */
};

/* From a time on another list is asked at a point of an interface (access.h). */
struct access_change {
    int64_t at_ps;
    uint32_t interface;
    uint32_t point; /* enum access_point, or ACCESS_POLICY */
    uint32_t list;  /* number in acls[] + 1; 0: none */
};

/* `mls acl tcam default-result`: of what enters or leaves while its lists are being changed. */
enum access_default { ACCESS_DENY, ACCESS_PERMIT, ACCESS_BRIDGE };

enum fib_start { FIB_CONVERGED, FIB_COLD };

/* What a full FIB does with one entry more: a shorter one goes for it, or it stays out. */
enum fib_exception { FIB_EVICT, FIB_REFUSE };

/* Late routes of the feed come one by one. */
struct growth {
    uint32_t n_routes; /* 0: all are there at the start */
    int64_t start_ps;  /* when the first one comes; the i-th comes i / rate later */
    uint64_t rate;     /* routes per second */
};

/* All engines are empty at once, and carved anew. */
struct reload {
    int64_t at_ps;
    uint64_t ipv4_slots; /* of IPv4 and MPLS; 0: the engine's default */
    uint64_t mpls_slots; /* of these, for labels alone; 0: they share all */
};

struct fabric_module {
    uint32_t slot;
    const struct fabric_type *type;
};

/* How a frame passes a hop: handed on when it is there as a whole, or as soon as the next hop can
 * send it without a gap. */
enum hop_kind { STORE_AND_FORWARD, CUT_THROUGH };

/* The hops inside the chassis that may be either; ports always store what they receive. */
enum hop {
    HOP_ASIC_LINK, /* between port ASIC and card, where it is slower than its ports */
    HOP_BUS,       /* the shared bus */
    HOP_UPLINK,    /* fabric channel from the card */
    HOP_CROSSBAR,  /* through the crossbar */
    HOP_DOWNLINK,  /* fabric channel to the card */
    CONFIG_N_HOPS
};

struct chassis_config {
    const char *title;
    const struct chassis_type *chassis;
    const struct supervisor_type *supervisor;
    uint32_t supervisor_slot;
    const char *pfc_mode;      /* that all engines run in, "PFC3B"; NULL: not known */
    uint32_t n_fabric_modules; /* the first of them works, the second one is in reserve */
    struct fabric_module fabric_modules[CONFIG_MAX_FABRIC_MODULES];
    uint32_t n_slots;
    struct slot_config *slots; /* linecards and the supervisor's uplinks, by slot */
    uint32_t n_ports;
    uint32_t n_port_channels;
    struct port_config *ports; /* [n_ports + n_port_channels] */
    struct port_channel *port_channels;

    uint32_t n_card_changes;
    struct card_change *card_changes; /* by time; of one slot in turn */

    uint32_t n_vrfs;
    const struct vrf_config
        *vrfs;         /* number 1 is vrfs[0]; an address says which it is of (prefix.h) */
    uint32_t feed_vrf; /* that the routes of table and bgp are of; 0: of none */

    uint32_t n_static_routes;
    struct static_route *static_routes;
    uint32_t n_route_changes;
    struct route_change *route_changes; /* by time */
    struct growth growth;
    const struct route_table *table; /* a feed, or NULL; next hops that nothing else resolves are
                                           neighbours of the ports in turn */
    const struct bgp_feed *bgp;      /* what BGP peers say, or NULL (bgp_feed.h) */
    uint32_t n_sessions;
    struct session_config *sessions; /* their routes take the place of the feed's */
    uint32_t n_hosts; /* that answer ARP, beside the ports' neighbours, which are known */
    struct ip_address *hosts;
    enum load_sharing load_sharing;
    enum fib_start fib_start;
    enum fib_exception fib_exception;
    uint32_t n_reloads;
    struct reload *reloads;          /* by time */
    uint64_t ipv4_slots, mpls_slots; /* carving, as of a reload */
    uint64_t fib_exception_pps;   /* what an engine may punt of its misses in exception; 0: all */
    uint32_t fib_exception_burst; /* packets */

    uint32_t n_policers;
    struct policer_config *policers;
    uint32_t n_policy_maps;
    const struct policy_map *policy_maps; /* interfaces have them */
    struct qos_config qos;
    struct limit_config limits[CONFIG_N_LIMITS];
    bool apart; /* limiters that share a register have buckets of their own */
    uint32_t n_copp_classes;
    struct copp_class *copp_classes; /* a cause is in one at most */

    bool netflow_on;
    struct netflow_config netflow; /* but for its type: each engine's own */
    uint32_t n_acls;
    const struct acl_list *acls;
    struct interface_config *interfaces; /* by global port index; NULL: none asks for anything */
    uint32_t n_access_changes;
    const struct access_change *access_changes; /* by time, where there are interfaces */
    uint8_t access_default;                     /* enum access_default */
    int64_t acl_entry_ps;                       /* to load an entry into the TCAM */
    uint8_t rpf_multipath;                      /* enum rpf_multipath */
    bool optimized_logging; /* `log` of router ACLs does not take packets to the MSFC */

    uint32_t n_streams;
    struct stream_config *streams;

    /* How mechanisms work, where one may want to vary it. */
    uint64_t fib_cef_pps;          /* entries/s that the RP's CEF makes messages of */
    uint64_t eobc_bps;             /* that carries them */
    uint32_t xdr_header_bytes;     /* of a message on the EOBC, all layers and the gap included */
    uint32_t xdr_entry_bytes;      /* each entry in it */
    uint32_t xdr_message_bytes;    /* at most; at least one entry fits */
    uint64_t fib_download_pps;     /* entries/s that the SP's CPU gives its PFC */
    uint64_t fib_download_dfc_pps; /* and each DFC's its own engine */
    uint64_t tcam_write_pps;       /* entries/s that a TCAM takes */
    uint32_t fabric_overhead_bytes;
    uint32_t fabric_overspeed;    /* the crossbar's inside against a channel */
    int64_t fabric_transit_ps;    /* through the crossbar, beside serialisation; > 0 */
    int64_t port_rx_latency_ps;   /* port ASIC: frame check, header */
    int64_t port_tx_latency_ps;   /* port ASIC: rewrite */
    uint64_t fabric_egress_bytes; /* buffer before each channel to a card */
    uint32_t bus_outstanding;     /* lookups outstanding on the bus */
    int64_t oir_stall_ps;         /* the bus stands still when a card comes or goes */
    int64_t fabric_switchover_ps; /* until another fabric module works, or the bus does without */
    bool cross_channel_local;     /* between the two channels of one card: not over the fabric */
    enum hop_kind hops[CONFIG_N_HOPS];
    uint64_t inband_packets;                 /* MSFC queue */
    int64_t process_ps[CONFIG_N_PROCESSES];  /* that the MSFC works on a packet; [PROCESS_NONE] 0 */
    uint64_t hold_packets, headroom_packets; /* of each cause's process; more for urgent ones */
    int64_t arp_install_ps; /* > 0; until the engines can be written; 0: nobody is asked for */
    int64_t arp_answer_ps, arp_throttle_ps;
    int64_t netint_ps, netint_mask_ps; /* the MSFC's interrupts are masked, of that time */

    uint32_t n_samples;             /* of the report's series, over the run; 0: it has none */
    int64_t warmup_ps, duration_ps; /* the run ends at warmup + duration */
    int64_t window_ps;              /* 0: chosen by the chassis */
    uint32_t batch_rows;
    uint64_t seed;
};

/* Of cards, and port channels: global indices are below. */
static inline uint32_t config_n_all_ports(const struct chassis_config *c)
{
    return c->n_ports + c->n_port_channels;
}

/* Routes lead to interfaces: ports that are in no port channel, and port channels. */
static inline bool config_is_interface(const struct chassis_config *c, uint32_t port)
{
    return c->ports[port].port_channel == 0;
}

static inline const char *config_where(const struct stream_config *stream)
{
    return stream->where == NULL ? "" : stream->where;
}

/* What tells flows apart that are policed: scope is POLICE_FLOW or beyond. */
static inline enum netflow_mask config_policer_mask(enum policer_scope scope)
{
    return scope == POLICE_SOURCE   ? NETFLOW_SOURCE
           : scope == POLICE_TARGET ? NETFLOW_DESTINATION
                                    : NETFLOW_FULL;
}

/* The interface a port belongs to. */
static inline uint32_t config_interface_of(const struct chassis_config *c, uint32_t port)
{
    return config_is_interface(c, port) ? port : c->ports[port].port_channel;
}

/* The VRF of an interface; 0: of none. */
static inline uint32_t config_vrf(const struct chassis_config *c, uint32_t port)
{
    return (uint32_t)c->ports[config_interface_of(c, port)].address[IPV4].lo;
}

/* The interface whose turn it is to have this neighbour: of its VRF, when that has any. */
static inline uint32_t config_next_interface(const struct chassis_config *c,
                                             struct ip_address neighbour, uint32_t *turn)
{
    uint32_t n = config_n_all_ports(c), n_tried = 0;

    while (!config_is_interface(c, *turn % n) ||
           (neighbour.family == IPV4 && n_tried < n && config_vrf(c, *turn % n) != neighbour.lo)) {
        ++*turn;
        ++n_tried;
    }
    return (*turn)++ % n;
}

#endif /* MODELS_CONFIG_H */
