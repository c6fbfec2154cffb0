/* fib.h - the FIB of every forwarding engine, and the adjacency table.
 *
 *            one prefix tree (lpm.h)          one column per engine
 *   dst --> [ prefix --> entry id ] --> [ adjacency in the PFC | DFC 1 | ... ] --> adjacency
 *                          ^                           | 0: not (yet) in this engine
 *                          '------ covering entry -----'
 *
 * On the hardware every engine holds its own copy in TCAM, longest mask first. The copies differ
 * only by what has not been downloaded yet or did not fit, so the tree is kept once and each engine
 * is a column of adjacencies. A lookup whose entry is not in the engine goes to the covering entry:
 * what the engine's TCAM would answer.
 *
 * A full partition keeps the longest prefixes: a new one takes the place of the shortest held, if
 * that is shorter, else it stays out; of equally short ones the last in ip_prefix_compare order
 * goes. From then on the engine is in exception, for good: what misses is punted, as if the TCAM
 * ended with a default entry that punts. source: [NANOG-LD] 12.2(18)SXF9 and later (vendor), the
 * latch: [TAC-117712] (vendor); which of equals goes (assumed)
 *
 * No packet may match a prefix while its longer one had to stay out. So in exception nothing is let
 * in that is shorter than a prefix that is out, even when withdrawn routes have left room; and what
 * is out comes back only when the MSFC writes it again.
 *
 * Before that release, and where `refuses` is set: what does not fit is not installed, whatever its
 * length, nothing is evicted, and no default entry punts. Its packets follow a shorter prefix, be it
 * wrong, or miss. source: [CNSP-2006] (measured); that those who are in stay (assumed)
 *
 * VRFs and MPLS labels share the TCAM of IPv4, entry by entry (prefix.h). An MPLS label is a host
 * address of a table of its own, FIB_LABELS, so it stays longest; source: [IPSPACE-VRF] one pool
 * (measured); that labels are evicted last (assumed). Or labels have a partition of their own, and
 * an exception of their own; source: [WINFRED] maximum-routes mpls, [TAC-117712] flags (vendor)
 *
 * Where the families share the slots (`pools`: a PFC4), the table is full for a family when its next
 * entry finds too few of them free. Then it takes the place of a shorter one of its own family, or
 * stays out, and its family alone is in exception; source: nothing is published (assumed)
 *
 * An adjacency may stand for several, of which each flow takes one (sharing.h):
 *
 *   PATHS --> block of adjacencies, some for the same path --> path --.
 *                                                                      '--> BUNDLE --> link
 *
 * Differs from the hardware: there the adjacency table has an end (262,144 in a PFC2, 1,048,576 in a
 * PFC3; source: [CATOS6] 13-6 (vendor), [CMDREF] (vendor)). What becomes of an entry whose adjacency
 * finds no place in it is not published; here the table goes on, and `cat6k run` says so. IP
 * multicast (144 bits; 288 for IPv6 in a PFC4) and EoMPLS share the slots there: here they take none.
 */
#ifndef MODELS_FIB_H
#define MODELS_FIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/eviction.h"
#include "models/lpm.h"
#include "models/prefix.h"
#include "models/sharing.h"

struct arena;
struct report;

enum adjacency_kind {
    ADJACENCY_NONE,    /* miss */
    ADJACENCY_FORWARD, /* rewrite and send out of a port */
    ADJACENCY_RECEIVE, /* to the MSFC itself */
    ADJACENCY_GLEAN,   /* connected, next hop not resolved: the MSFC asks by ARP */
    ADJACENCY_DROP,    /* null0 */
    ADJACENCY_PUNT,    /* forwarded too, but by the MSFC in software */
    ADJACENCY_N_KINDS, /* of what may become of a packet */
    /* What has a choice yet to be made. */
    ADJACENCY_PATHS = ADJACENCY_N_KINDS, /* of equal cost */
    ADJACENCY_BUNDLE,                    /* FORWARD or PUNT by a link of a port channel */
    ADJACENCY_POP                        /* a label: to be looked up again, in a VRF (lookup.h) */
};

struct adjacency {
    uint8_t kind;      /* enum adjacency_kind */
    uint8_t n_buckets; /* PATHS, BUNDLE */
    uint16_t port;     /* FORWARD, GLEAN, PUNT: global port index; BUNDLE: the port channel's;
                          POP: the VRF's number */
    uint32_t bucket;   /* PATHS, BUNDLE: the first of them in fib->buckets */
    struct ip_address next_hop; /* FORWARD, GLEAN, PUNT, BUNDLE */
};

/* Indices into fib->adjacencies; the first few are fixed. */
#define FIB_ADJACENCY_NONE 0
#define FIB_ADJACENCY_DROP 1
#define FIB_ADJACENCY_RECEIVE 2
#define FIB_FIRST_ADJACENCY 3

/* Whether its packets leave by its port, be it by the hardware or in software. */
static inline bool fib_forwards(const struct adjacency *a)
{
    return a->kind == ADJACENCY_FORWARD || a->kind == ADJACENCY_PUNT;
}

/* Source and confidence of the widths: facts on the FIB TCAM, models/SOURCES.md [CMDREF],
 * [CSC-2555710]. */
#define FIB_SLOTS_IPV4 1 /* 72-bit slots an IPv4 unicast entry takes, but fib->ipv4_slots */
#define FIB_SLOTS_IPV6 2 /* an IPv6 unicast entry: 144 bits */

/* Parts of a TCAM, each with its own exception. */
enum fib_partition { FIB_IPV4 = IPV4, FIB_IPV6 = IPV6, FIB_MPLS = IP_N_FAMILIES, FIB_N_PARTITIONS };

#define FIB_MAX_ENGINES 16

#define FIB_LABELS 0xffffu /* in the place of a VRF's number */

/* A label, as an address. */
static inline struct ip_address fib_label(uint32_t label)
{
    return (struct ip_address){(uint64_t)label << 32, FIB_LABELS, IPV4};
}

/* One engine's TCAM. */
struct fib_engine {
    uint32_t *adjacency[IP_N_FAMILIES];  /* by entry id */
    uint64_t capacity[FIB_N_PARTITIONS]; /* entries; FIB_MPLS 0: labels are in FIB_IPV4 */
    uint64_t n_entries[FIB_N_PARTITIONS];
    uint64_t n_labels;                       /* of these, wherever they are */
    uint64_t n_refused[FIB_N_PARTITIONS];    /* installs that did not fit */
    uint64_t n_evicted[FIB_N_PARTITIONS];    /* entries that had to go for a longer one */
    bool exception[FIB_N_PARTITIONS];        /* latched: a miss is punted, if fib_punts() */
    uint8_t least_length[FIB_N_PARTITIONS];  /* of what may come in: none that is out is longer */
    struct eviction order[FIB_N_PARTITIONS]; /* in which entries go, from the first full TCAM on */
};

struct fib {
    struct lpm *lpm[IP_N_FAMILIES];
    struct lpm *vrfs; /* IPv4 of all VRFs by ip_vrf_key(), and labels; NULL: there are none */
    struct ip_prefix *prefixes[IP_N_FAMILIES]; /* by entry id */
    uint32_t *resolved[IP_N_FAMILIES]; /* by entry id: the adjacency the MSFC would download */
    uint32_t n_ids[IP_N_FAMILIES];     /* ids handed out, 0 included */
    struct adjacency *adjacencies;
    uint32_t n_adjacencies;
    uint32_t *buckets; /* of PATHS and BUNDLE: adjacencies */
    uint32_t n_buckets;
    struct fib_engine engines[FIB_MAX_ENGINES];
    uint32_t n_engines;
    uint32_t ipv4_slots; /* of an entry: FIB_SLOTS_IPV4, if not set otherwise after fib_open() */
    bool refuses;        /* what does not fit, instead of evicting a shorter one for it */
    bool pools;          /* IPv6 shares the slots that capacity[FIB_IPV4] gives */

    /* fib.c's own */
    struct arena *mem;
    enum load_sharing load_sharing;
    const struct port_channel *port_channels; /* by port - first_port_channel */
    uint32_t first_port_channel;
    uint32_t bucket_capacity;
    uint32_t id_capacity[IP_N_FAMILIES]; /* length of the arrays by entry id */
    uint32_t free_id[IP_N_FAMILIES];     /* ids to use again: a list through prefixes[].hi */
    uint32_t adjacency_capacity;
    uint32_t *adjacency_hash; /* 2 * adjacency_capacity places: index of an adjacency, 0 empty */
};

/* addresses of one batch --> index into fib->adjacencies for each, FIB_ADJACENCY_NONE on a miss */
void fib_lookup4(const struct fib *fib, uint32_t engine, const uint32_t *addresses,
                 uint32_t *adjacency, size_t n);
void fib_lookup6(const struct fib *fib, uint32_t engine, const uint64_t *hi, const uint64_t *lo,
                 uint32_t *adjacency, size_t n);

/* The same for one IPv4 address of a VRF, or of FIB_LABELS. */
uint32_t fib_lookup_in(const struct fib *fib, uint32_t engine, struct ip_address address);

/* What a flow of this hash takes, of an adjacency that stands for several. */
const struct adjacency *fib_choose(const struct fib *fib, const struct adjacency *a, uint32_t hash);

/* What a flow gets: the adjacency itself, when there is no choice. hashes: by flow. */
static inline const struct adjacency *fib_path(const struct fib *fib, uint32_t adjacency,
                                               const uint32_t *hashes, uint32_t flow)
{
    const struct adjacency *a = &fib->adjacencies[adjacency];

    return a->kind < ADJACENCY_N_KINDS ? a : fib_choose(fib, a, hashes[flow]);
}

/* Where an engine has, or would have, the entry of a prefix. */
static inline enum fib_partition fib_partition(const struct fib_engine *e,
                                               const struct ip_prefix *prefix)
{
    bool label = prefix->lo == FIB_LABELS && prefix->family == IPV4;
    return label && e->capacity[FIB_MPLS] > 0 ? FIB_MPLS : (enum fib_partition)prefix->family;
}

/* Whether an engine punts what it misses in a partition, or drops it as nobody's. */
static inline bool fib_punts(const struct fib *fib, uint32_t engine, enum fib_partition partition)
{
    return fib->engines[engine].exception[partition] && !fib->refuses;
}

/* Lives in mem, to its end. Holds no prefixes, no engines and the fixed adjacencies. */
struct fib *fib_open(struct arena *mem);

/* To be called before there are others, where there are port channels or loads are shared in
 * another way than SHARING_DEFAULT. */
void fib_share(struct fib *fib, const struct chassis_config *config);

/* Adds an engine with room for so many entries of each family, labels among those of IPv4; returns
 * its number. */
uint32_t fib_add_engine(struct fib *fib, uint64_t ipv4_entries, uint64_t ipv6_entries);

/* Index of an adjacency equal to *a, added when new. One that leaves by a port channel becomes a
 * BUNDLE, its links dealt to the buckets in turn. */
uint32_t fib_adjacency(struct fib *fib, const struct adjacency *a);

/* Index of the adjacency of n paths of equal cost, 1 to CONFIG_MAX_PATHS: a PATHS of as many
 * buckets as they weigh together, or that of the only path. */
uint32_t fib_paths(struct fib *fib, const struct adjacency *paths, uint32_t n);

/* Fills the empty tree of one family at once. fib_reserve makes room for n prefixes; then the
 * caller writes prefixes[family][1..n], sorted by ip_prefix_compare and no two alike, and
 * resolved[family][1..n]; fib_build makes them entries 1..n. */
void fib_reserve(struct fib *fib, enum ip_family family, uint32_t n);
void fib_build(struct fib *fib, enum ip_family family, uint32_t n);

/* A new prefix in the shared tree (in no engine yet): its entry id. */
uint32_t fib_add_prefix(struct fib *fib, struct ip_prefix prefix, uint32_t adjacency);

/* The same for n of one family: writes their ids. Faster when neighbours follow each other. */
void fib_add_prefixes(struct fib *fib, enum ip_family family, const struct ip_prefix *prefixes,
                      const uint32_t *adjacencies, uint32_t *ids, uint32_t n);

/* The longest match of an address in the tree, whatever engines hold. */
uint32_t fib_match(const struct fib *fib, struct ip_address address);

/* The entry id of exactly this prefix; LPM_NONE when it is not in the tree. */
uint32_t fib_find(const struct fib *fib, struct ip_prefix prefix);

/* Takes a prefix out of the tree. First every engine must have removed it; its id is used again. */
void fib_remove_prefix(struct fib *fib, enum ip_family family, uint32_t id);

/* The MSFC writes entry id of an engine's TCAM: installs, changes, or (FIB_ADJACENCY_NONE) removes
 * it. false when it does not fit: the entry is not installed, n_refused counts it. That, and when a
 * shorter one is evicted for it, latches the exception state. Takes O(1); once the engine has been
 * full, O(log n), and that first time a walk through all ids. */
bool fib_install(struct fib *fib, uint32_t engine, enum ip_family family, uint32_t id,
                 uint32_t adjacency);

/* Fills an empty engine: the state a finished download leaves. When not all fit, the longest are
 * installed, of equals the first in id order; in a fib that refuses, the first of all. */
void fib_install_all(struct fib *fib, uint32_t engine);

/* A reload: the engine is as fib_add_engine() left it, with room for so many entries from now on. */
void fib_empty(struct fib *fib, uint32_t engine, const uint64_t entries[FIB_N_PARTITIONS]);

/* Entries that a partition of an engine is full with; in a pool, beside those of the other family. */
uint64_t fib_capacity(const struct fib *fib, const struct fib_engine *e,
                      enum fib_partition partition);

/* 72-bit slots in use by an engine. */
uint64_t fib_slots_used(const struct fib *fib, uint32_t engine);

/* Entries, capacity and what did not fit, and how many entries are labels, as statistics of `name`. */
void fib_show(const struct fib *fib, uint32_t engine, const char *name, struct report *out);

/* Adjacencies that an engine's entries lead to: a block counts as many as it has buckets, a port
 * channel one; entries that lead to the same share it. */
uint64_t fib_adjacencies_used(const struct fib *fib, uint32_t engine);

#endif /* MODELS_FIB_H */
