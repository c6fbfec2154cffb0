/* figure_rules.c - the figures that each kind of row has. */
#include "scenarios/catalog.h"

#define MAX_RATE 1000000000000 /* per second */
#define MAX_ENTRIES (1 << 24)

static const char *const no_yes[] = {"no", "yes", NULL};
static const char *const classes[] = {"classic", "cef256", "dcef256", "cef720",
                                      "dcef720", "dcef2t", NULL}; /* enum card_class */
static const char *const generations[] = {"sup1", "sup720", "sup2t", NULL};
static const char *const letters[] = {"A", "B", "C", NULL};
static const char *const sharing[] = {"port", "asic", NULL};

#define COUNT(low, high) .form = FIGURE_QUANTITY, .unit = UNIT_COUNT, .min = low, .max = high
#define COUNTS(high) .form = FIGURE_LIST, .unit = UNIT_COUNT, .min = 0, .max = high
#define PPS .form = FIGURE_QUANTITY, .unit = UNIT_PPS, .min = 1, .max = MAX_RATE
#define BPS .form = FIGURE_QUANTITY, .unit = UNIT_BPS, .min = 1000000, .max = MAX_RATE
/* Ten times as fast inside the crossbar, a picosecond is still finer than a bit. */
#define CHANNEL .form = FIGURE_QUANTITY, .unit = UNIT_BPS, .min = 1000000, .max = MAX_RATE / 10
#define BPSES .form = FIGURE_LIST, .unit = UNIT_BPS, .min = 1000000, .max = MAX_RATE
#define BUFFERS .form = FIGURE_LIST, .unit = UNIT_BYTES, .min = 9216, .max = 1 << 30
#define WORD(list) .form = FIGURE_WORD, .words = list

#define LISTED_SLOTS COUNTS(CONFIG_MAX_SLOTS), .optional = true, .descriptive = true

static const struct figure_rule chassis[] = {
    [CHASSIS_SLOTS] = {"slots", "slots", COUNT(1, CONFIG_MAX_SLOTS)},
    [CHASSIS_CLASSES] = {"classes", "classes of linecards it takes", .form = FIGURE_WORDS,
                         .words = classes, .descriptive = true},
    [CHASSIS_CHANNELS] = {"channels", "fabric channels of each slot: one number, or one per slot",
                          COUNTS(CONFIG_MAX_CHANNELS), .descriptive = true},
    [CHASSIS_SUP2T_CHANNELS] = {"sup2t_channels", "the same with the fabric of a Sup2T",
                                COUNTS(CONFIG_MAX_CHANNELS), .optional = true, .descriptive = true},
    [CHASSIS_SUP1_SLOTS] = {"sup1_slots", "slots that take a Sup1A or Sup2", LISTED_SLOTS},
    [CHASSIS_SUP720_SLOTS] = {"sup720_slots", "slots that take a Sup32 or Sup720", LISTED_SLOTS},
    [CHASSIS_SUP2T_SLOTS] = {"sup2t_slots", "slots that take a Sup2T or Sup6T", LISTED_SLOTS},
    [CHASSIS_FABRIC_SLOTS] = {"fabric_slots", "slots that take a switch fabric module",
                              LISTED_SLOTS},
    {0},
};

static const struct figure_rule supervisors[] = {
    [SUPERVISOR_GENERATION] = {"generation", "which of a chassis's slots take it",
                               WORD(generations), .descriptive = true},
    [SUPERVISOR_PFC] = {"pfc", "its forwarding engine", .form = FIGURE_TEXT, .descriptive = true},
    [SUPERVISOR_MSFC] = {"msfc", "its routing processor", .form = FIGURE_TEXT, .descriptive = true},
    [SUPERVISOR_FABRIC] = {"fabric", "the crossbar on board", .form = FIGURE_TEXT, .optional = true,
                           .descriptive = true},
    [SUPERVISOR_FABRIC_MODULES] = {"fabric_modules", "works with switch fabric modules",
                                   WORD(no_yes), .descriptive = true},
    [SUPERVISOR_CHANNEL] = {"channel", "its own fabric channel, each way", CHANNEL,
                            .optional = true},
    [SUPERVISOR_SOFTWARE] = {"software", "what the MSFC forwards of the packets punted to it", PPS},
    [SUPERVISOR_INBAND] = {"inband", "the link between the switching hardware and the MSFC", BPS},
    {0},
};

static const struct figure_rule fabrics[] = {
    [FABRIC_MODULE] = {"module", "a card that goes into a slot", WORD(no_yes), .descriptive = true},
    [FABRIC_SPEEDS] = {"speeds", "speeds that its channels run at, each way", BPSES,
                       .descriptive = true},
    [FABRIC_CHANNELS] = {"channels", "its channels", COUNT(1, 32), .descriptive = true},
    {0},
};

#define OPTIONAL_PPS PPS, .optional = true
#define ENTRIES(low) COUNT(low, MAX_ENTRIES), .optional = true
#define DESCRIBED COUNT(0, MAX_ENTRIES), .optional = true, .descriptive = true

static const struct figure_rule engines[] = {
    [ENGINE_GENERATION] = {"generation", "of PFC it is, or goes with", COUNT(1, 4),
                           .optional = true, .descriptive = true},
    [ENGINE_LETTER] = {"letter", "A, B or C of the third generation", WORD(letters),
                       .optional = true},
    [ENGINE_XL] = {"xl", "has the large tables", WORD(no_yes), .optional = true},
    [ENGINE_CENTRAL] = {"central", "IPv4 lookups as a PFC", OPTIONAL_PPS},
    [ENGINE_CEF256] = {"cef256", "IPv4 lookups as a DFC on a CEF256 or dCEF256 card", OPTIONAL_PPS},
    [ENGINE_CEF720] = {"cef720", "IPv4 lookups as a DFC on a CEF720 or dCEF720 card", OPTIONAL_PPS},
    [ENGINE_CEF2T] = {"cef2t", "IPv4 lookups as a DFC on a dCEF2T card", OPTIONAL_PPS},
    [ENGINE_IPV6_LOOKUPS] = {"ipv6_lookups", "lookups that an IPv6 packet takes", COUNT(1, 16),
                             .optional = true},
    [ENGINE_TCAM_SLOTS] = {"tcam_slots", "FIB TCAM, in slots of 72 bits", ENTRIES(1024)},
    [ENGINE_IPV4_SLOTS] = {"ipv4_slots", "of these, by default for IPv4 and MPLS", ENTRIES(0)},
    [ENGINE_IPV6_ENTRIES] = {"ipv6_entries", "by default for IPv6 and multicast, of 144 bits",
                             ENTRIES(0)},
    [ENGINE_LATENCY] = {"latency", "from the start of a lookup to its result",
                        .form = FIGURE_QUANTITY, .unit = UNIT_PS, .min = 1, .max = 1000000000,
                        .optional = true},
    [ENGINE_ADJACENCIES] = {"adjacencies", "adjacency table", DESCRIBED},
    [ENGINE_MAC_ENTRIES] = {"mac_entries", "MAC address table", DESCRIBED},
    [ENGINE_NETFLOW_ENTRIES] = {"netflow_entries", "NetFlow table", DESCRIBED},
    [ENGINE_ACL_ENTRIES] = {"acl_entries", "entries of each ACL TCAM", DESCRIBED},
    [ENGINE_ACL_MASKS] = {"acl_masks", "masks of each ACL TCAM", DESCRIBED},
    [ENGINE_ACL_LABELS] = {"acl_labels", "labels: ACLs that can be told apart", DESCRIBED},
    [ENGINE_RPF_INTERFACES] = {"rpf_interfaces", "ways to a source that are checked", DESCRIBED},
    {0},
};

static const struct figure_rule linecards[] = {
    [CARD_CLASS] = {"class", "how frames and headers travel", WORD(classes)},
    [CARD_BUS] = {"bus", "headers can cross the shared bus: works without a DFC", WORD(no_yes)},
    [CARD_FORWARDING] = {"forwarding", "the daughter cards it takes, the usual one first",
                         .form = FIGURE_TEXT, .descriptive = true},
    [CARD_ASICS] = {"asics", "ports of each port ASIC", .form = FIGURE_TEXT},
    [CARD_PORT_RATE] = {"port_rate", "of a port: one rate, or one per port ASIC", BPSES},
    [CARD_ASIC_LINK] = {"asic_link", "between a port ASIC and the card, each way", BPSES},
    [CARD_BUFFERS_PER] = {"buffers_per", "a port, or a port ASIC whose ports share them",
                          WORD(sharing)},
    [CARD_RX_BUFFER] = {"rx_buffer", "receive buffer", BUFFERS},
    [CARD_TX_BUFFER] = {"tx_buffer", "transmit buffer", BUFFERS},
    [CARD_RX_QUEUES] = {"rx_queues", "receive queues of a port", .form = FIGURE_QUEUES,
                        .optional = true, .descriptive = true},
    [CARD_RX_QUEUES_DFC] = {"rx_queues_dfc", "receive queues of a port, with a DFC",
                            .form = FIGURE_QUEUES, .optional = true, .descriptive = true},
    [CARD_TX_QUEUES] = {"tx_queues", "transmit queues of a port, with QoS on",
                        .form = FIGURE_QUEUES, .optional = true, .descriptive = true},
    [CARD_CHANNELS] = {"channels", "fabric channels", COUNT(0, CONFIG_MAX_CHANNELS)},
    [CARD_CHANNEL_RATE] = {"channel_rate", "speed of a fabric channel, each way", CHANNEL,
                           .optional = true},
    [CARD_ASIC_CHANNELS] = {"asic_channels", "channel of each port ASIC",
                            COUNTS(CONFIG_MAX_CHANNELS - 1), .optional = true},
    {0},
};

/* No run of the chassis rests on these three: they are for `cat6k memory`. */
#define SIZE(low, high) .form = FIGURE_QUANTITY, .unit = UNIT_BYTES, .min = low, .max = high
#define MEMORY SIZE(0, (uint64_t)1 << 32), .descriptive = true
#define ELEMENT SIZE(4, 1 << 16), .descriptive = true
#define CHUNK SIZE(256, 1 << 20), .descriptive = true
#define NUMBER(low, high) COUNT(low, high), .descriptive = true

static const char *const fits[] = {"best", "first", NULL}; /* enum ios_fit */

static const struct figure_rule routers[] = {
    [ROUTER_MAIN] = {"main", "memory for image and processor pool", MEMORY},
    [ROUTER_IO] = {"io", "memory for packets", MEMORY},
    [ROUTER_IMAGE] = {"image", "what the image takes of main memory", MEMORY},
    [ROUTER_BOOT] = {"boot", "what is allocated before the first route: data, processes", MEMORY},
    [ROUTER_HOLES] = {"holes", "free pieces between what is allocated", NUMBER(0, 10000)},
    [ROUTER_HOLE] = {"hole", "size of one", ELEMENT},
    {0},
};

static const struct figure_rule ios[] = {
    [TRAIN_HEADER] = {"header", "of each block of memory", SIZE(0, 1024), .descriptive = true},
    [TRAIN_SLOT] = {"slot", "what an element of a chunk takes beside itself", SIZE(0, 1024),
                    .descriptive = true},
    [TRAIN_FIT] = {"fit", "which free block is taken: the smallest, or the first, that is enough",
                   WORD(fits), .descriptive = true},
    [TRAIN_SESSION] = {"session", "of BGP itself: processes, queues, update groups", MEMORY},
    [TRAIN_NETWORK] = {"network", "BGP network entry", ELEMENT},
    [TRAIN_VRF_NETWORK] = {"vrf_network", "the same of a VRF, with its route distinguisher",
                           ELEMENT},
    [TRAIN_PATH] = {"path", "BGP path entry", ELEMENT},
    [TRAIN_ATTRIBUTE] = {"attribute", "BGP path attribute entry", ELEMENT},
    [TRAIN_VRF_ATTRIBUTES] =
        {"vrf_attributes", "attribute entries of one set in a VRF: as received, with route target",
         NUMBER(1, 4)},
    [TRAIN_AS_PATH] = {"as_path", "BGP AS-PATH entry", ELEMENT},
    [TRAIN_COMMUNITY] = {"community", "BGP community entry", ELEMENT},
    [TRAIN_NDB] = {"ndb", "network descriptor block of the RIB", ELEMENT},
    [TRAIN_RDB] = {"rdb", "routing descriptor block of the RIB", ELEMENT},
    [TRAIN_SUBNET] = {"subnet", "block of a network with subnets", ELEMENT},
    [TRAIN_SUBNET_BLOCKS] = {"subnet_blocks", "how many of them it has", NUMBER(1, 4)},
    [TRAIN_CEF] = {"cef", "CEF entry", ELEMENT},
    [TRAIN_MTRIE] = {"mtrie_node", "node of the mtrie of CEF", ELEMENT},
    [TRAIN_LABEL] = {"label", "MPLS label of a prefix in a VRF, with its LFIB entry", ELEMENT},
    [TRAIN_BGP_CHUNK] = {"bgp_chunk", "chunk of networks, of paths, of attributes", CHUNK},
    [TRAIN_AS_PATH_CHUNK] = {"as_path_chunk", "chunk of AS paths, of communities", CHUNK},
    [TRAIN_NDB_CHUNK] = {"ndb_chunk", "chunk of NDBs", CHUNK},
    [TRAIN_RDB_CHUNK] = {"rdb_chunk", "chunk of RDBs", CHUNK},
    [TRAIN_CEF_CHUNK] = {"cef_chunk", "chunk of CEF entries", CHUNK},
    [TRAIN_MTRIE_CHUNK] = {"mtrie_chunk", "chunk of nodes", CHUNK},
    [TRAIN_LABEL_CHUNK] = {"label_chunk", "chunk of labels", CHUNK},
    {0},
};

#define MAX_NETWORKS 4000000

static const struct figure_rule tables[] = {
    [TABLE_NETWORKS] = {"networks", "prefixes", NUMBER(1, MAX_NETWORKS)},
    [TABLE_PATHS] = {"paths", "of all of them", NUMBER(1, (uint64_t)64 * MAX_NETWORKS)},
    [TABLE_ATTRIBUTES] = {"attributes", "distinct sets of attributes", NUMBER(1, MAX_NETWORKS)},
    [TABLE_AS_PATHS] = {"as_paths", "distinct AS paths", NUMBER(1, MAX_NETWORKS)},
    [TABLE_COMMUNITIES] = {"communities", "distinct lists of them", NUMBER(0, MAX_NETWORKS)},
    [TABLE_SUBNETTED] = {"subnetted", "networks of class A, B or C with subnets",
                         NUMBER(0, MAX_NETWORKS)},
    [TABLE_MTRIE_NODES] = {"mtrie_nodes", "nodes of CEF's mtrie", NUMBER(1, MAX_NETWORKS)},
    {0},
};

const struct figure_rule *const figure_rules[CATALOG_N_TEXTS] = {
    [CATALOG_CHASSIS] = chassis, [CATALOG_SUPERVISORS] = supervisors, [CATALOG_FABRICS] = fabrics,
    [CATALOG_ENGINES] = engines, [CATALOG_LINECARDS] = linecards,     [CATALOG_ROUTERS] = routers,
    [CATALOG_IOS] = ios,         [CATALOG_TABLES] = tables,
};
