/* netflow.h - the NetFlow table of a forwarding engine: what each flow had, as far as it fits.
 *
 *   key --flow mask--> hash --+--> PFC3, PFC4: [ TCAM: one flow a hash value ] --second--> [ ICAM: 128 ]
 *                             '--> PFC1, PFC2: [ 8 pages: a place in each for a hash value ]
 *
 *   no place: a creation failure. The packet is forwarded all the same, its statistics are lost.
 *
 * Every 30 s the supervisor looks at it: flows end by age, and are handed to whoever exports them;
 * from 90 % on they end earlier.
 *
 * Flows of several masks share the table; a packet is looked up by one of them.
 *
 * Units: picoseconds, bytes (of frames or of IP packets: as the caller counts). Errors: none.
 * Memory: the arena's, about 100 bytes an entry once used.
 *
 * Differs from the hardware: its hash is not published; ours is better or worse only by the number
 * of its values (hash_bits). An IPv6 flow takes one entry. Flows age at the polls alone.
 */
#ifndef MODELS_NETFLOW_H
#define MODELS_NETFLOW_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct engine_type;
struct report;

/* source: [CSC-JA] (vendor) */
#define NETFLOW_POLL_PS (30 * INT64_C(1000000000000))
#define NETFLOW_THRESHOLD_PERCENT 90u

/* Addresses as in prefix.h. What a mask leaves out is 0 in records. */
struct netflow_key {
    uint64_t src_hi, src_lo, dst_hi, dst_lo;
    uint16_t src_port, dst_port;
    uint16_t interface;
    uint8_t protocol;
    uint8_t family; /* enum ip_family: in every mask */
};

/* What tells flows apart; a packet is looked up by one of them. An engine has four for a protocol, of
 * which 0 and 3 are reserved. source: [CG-SX] 50-4, [CMDREF] show platform hardware capacity (vendor)
 */
#define NETFLOW_MASKS_IN_USE 2u
enum netflow_mask {
    NETFLOW_SOURCE,
    NETFLOW_DESTINATION,
    NETFLOW_DESTINATION_SOURCE,
    NETFLOW_INTERFACE_DESTINATION_SOURCE,
    NETFLOW_FULL, /* addresses, protocol, ports */
    NETFLOW_INTERFACE_FULL,
    NETFLOW_N_MASKS
};

struct netflow_type {
    uint32_t n_entries;
    uint32_t n_pages;   /* 0: a TCAM */
    uint32_t n_aliases; /* of the ICAM beside a TCAM */
    uint32_t hash_bits; /* 2 .. 31; pages: n_entries = n_pages << hash_bits */
};

/* The table of such an engine: netflow_entries of it, pages rounded up to a power of two each. */
struct netflow_type netflow_type_of(const struct engine_type *engine);

struct netflow_config {
    struct netflow_type type;
    enum netflow_mask mask;
    int64_t normal_ps;     /* without a packet for so long: it ends */
    int64_t aggressive_ps; /* the same while the table is filled to NETFLOW_THRESHOLD_PERCENT */
    int64_t long_ps;       /* so old: it ends, and begins anew with its next packet */
    int64_t fast_ps;       /* so old, and fewer packets than ... */
    uint64_t fast_packets; /* ... this: it ends. 0: no fast aging */
    int64_t poll_ps;       /* how often it is to be looked at: for who polls */
    uint32_t hash_bits;    /* of a TCAM, for who asks netflow_type_of(); 0: as it says */
};

/* Aging as it is when nothing is configured, for interface-full flows. */
void netflow_config_default(struct netflow_type type, struct netflow_config *config);

enum netflow_end { NETFLOW_IDLE, NETFLOW_AGGRESSIVE, NETFLOW_FAST, NETFLOW_LONG, NETFLOW_FLUSHED };

struct netflow_record {
    struct netflow_key key; /* masked */
    uint64_t n_packets, n_bytes;
    int64_t first_ps, last_ps; /* its first and last packet so far */
    enum netflow_end end;
};

/* Takes a record of a flow that has ended. */
struct netflow_exporter {
    void (*take)(void *context, const struct netflow_record *record);
    void *context;
};

struct netflow;

struct netflow *netflow_open(const struct netflow_config *config, struct arena *mem);

#define NETFLOW_NONE UINT32_MAX

/* Counts n packets of so many bytes at now_ps each, which never falls. flows[i] becomes the number of
 * the packet's flow, which is its own while the flow lives (for microflow policers), or NETFLOW_NONE
 * when there was no place; flows may be NULL. */
void netflow_account(struct netflow *nf, const struct netflow_key *keys, const uint32_t *bytes,
                     const int64_t *now_ps, uint32_t n, uint32_t *flows);

/* The flow of such packets by a mask, begun at now_ps if it is not there: counts no packet. */
uint32_t netflow_find(struct netflow *nf, enum netflow_mask mask, const struct netflow_key *key,
                      int64_t now_ps);

/* When a flow of the table began: no other that ever had its number began then. */
int64_t netflow_began_ps(const struct netflow *nf, uint32_t flow);

/* Numbers of flows are below this. */
uint32_t netflow_n_numbers(const struct netflow *nf);

/* The same for packets whose flows an earlier netflow_account() or netflow_find() named, NETFLOW_NONE too: good until
 * netflow_poll() or netflow_flush(), as places become free only there. 15 instructions a packet, not 110.
 */
void netflow_account_known(struct netflow *nf, const uint32_t *flows, const uint32_t *bytes,
                           const int64_t *now_ps, uint32_t n);

/* One look at the table: ends flows by age. Returns how full it was, in whole percent. exporter may be
 * NULL. */
uint32_t netflow_poll(struct netflow *nf, int64_t now_ps, const struct netflow_exporter *exporter);

/* Ends all flows. */
void netflow_flush(struct netflow *nf, const struct netflow_exporter *exporter);

/* What the machine logs, with `service internal`, when a poll finds NETFLOW_THRESHOLD_PERCENT or more.
 * where: "SP", or "DFC3" for the DFC in slot 3. */
const char *netflow_message(uint32_t used_percent, const char *where, struct arena *mem);

/* The hardware's hash value of a packet's flow, by the table's mask: below 2^hash_bits. */
uint32_t netflow_hash(const struct netflow *nf, const struct netflow_key *key);

/* Flows in the table (or pages), and in the ICAM. */
uint32_t netflow_n_entries(const struct netflow *nf);
uint32_t netflow_n_aliases(const struct netflow *nf);

struct netflow_count {
    uint64_t n_packets, n_bytes;               /* counted in some flow */
    uint64_t n_missed_packets, n_missed_bytes; /* in none: the creation failed */
    uint64_t n_created, n_aliased;             /* flows begun; of these in the ICAM */
    uint64_t n_ended;
    uint64_t n_exceeded; /* polls that found it too full */
};
const struct netflow_count *netflow_count(const struct netflow *nf);

/* Measurement begins; adds to the report how full it is, and the counts from then on. */
void netflow_mark(struct netflow *nf);
void netflow_show(const struct netflow *nf, const char *module, struct report *out);

#endif /* MODELS_NETFLOW_H */
