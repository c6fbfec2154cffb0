/* policer.h - policers: what may pass of the frames of some ports, or of each flow, in one engine.
 *
 *   1/4000 s --> rate / 4000 --> [ bucket: at most burst ]      [ peak bucket ] <-- if there is one
 *                                         |                           |
 *   frame --> enough in the peak bucket? -- no --> violates, takes nothing
 *                    | yes, or no such bucket
 *             enough in the bucket? -- no --> exceeds, takes from the peak bucket
 *                    '-- yes --> conforms, takes from both
 *
 *   colour --> action: transmit, drop, set its DSCP, or mark it down by the policed-DSCP map
 *
 * The buckets are full at time 0 and are filled at the whole multiples of the interval, by exactly
 * their share of the rate: a bit is 4000 tokens. The frame counts in full, layer 2, FCS included; on
 * a PFC2 only its layer 3. Without a peak bucket nothing violates.
 * source: [QOS-WP] p47, p54 interval, tokens per interval and counted length (vendor), [CG-121E]
 * 31-46 peak, a PFC2's length (vendor), which bucket is asked first (assumed: as in [RFC-2698])
 *
 * One bucket for all the ports or classes that name it (a named aggregate), for each interface, or
 * (microflow) for each flow: all
 * of its key, its source or its destination. A flow's bucket is in its entry of the engine's NetFlow
 * table (accounting.h), of the flow that the packet had when its header joined the queue; it is full
 * when the entry begins, and ends with it. A packet whose flow has no entry, as the creation failed, is
 * not policed by its flow: it goes on. What meets another policer with the same entry is policed as
 * the first one says. A frame is asked for by its flow's
 * policer, then by its ingress port's, then by its egress port's; where a port has a policy map the
 * packet's class names them (classes.h). The first that drops it ends that, and the others do not
 * count it. But a PFC3 asks those of what enters and of what leaves at once: each sees the packet as it
 * came, and counts it; it goes on if both let it, with the DSCP that the egress policer gives it, else
 * that of the others. From the PFC3C on the one can follow the other (serial mode, `mls qos police
 * serial`); in a PFC4 it does, which has a pipeline for each.
 * source: [QOS-WP] p49 entries of flows, p10 serial mode (vendor), [SUP2T-WP] p.32 two pipelines (vendor),
 * what the others count, two policers of one entry, whose DSCP it is (assumed)
 *
 * Each engine has buckets of its own: two DFCs pass twice the rate. Frames are policed where they
 * are looked up, be it for their egress port: the engine of the card they come in by.
 * source: [CG-121E] 32-35 (vendor), [CG-SX] 41-10 egress policers on a PFC3 only (vendor)
 *
 * Differs from the hardware: a VLAN is the set of its ports. Distributed policers, whose rate the
 * engines of a PFC4 share, are not modelled.
 */
#ifndef MODELS_POLICER_H
#define MODELS_POLICER_H

#include <stdbool.h>
#include <stdint.h>

#include "models/classes.h"
#include "models/layout.h"
#include "models/tokens.h"

struct accounting;
struct arena;
struct report;

#define POLICER_INTERVAL_PS 250000000 /* source: [QOS-WP] p47: 1/4000 s (vendor) */

/* What may be configured. source: [CG-SX] 41-64, 42-78: 32 kbit/s to 10 Gbit/s, 1 kB to 512 MB
 * (vendor) */
#define POLICER_LEAST_BPS 32000u
#define POLICER_MOST_BPS 10000000000u
#define POLICER_LEAST_BURST_BYTES 1000u
#define POLICER_MOST_BURST_BYTES 512000000u
/* Aggregate policers, and rates of flows, of an engine: up to the PFC3, and of a PFC4.
 * source: [QOS-WP] p49, [SUP2T-WP] p.32 (vendor) */
#define POLICER_MOST 16384u
#define POLICER_MOST_RATES 512u
uint32_t policer_most(uint32_t generation);
uint32_t policer_most_rates(uint32_t generation);

/* Of a PFC3C (and of its kin with the letter C) serial mode can be asked for; a PFC4 knows no other. */
#define POLICER_PARALLEL_GENERATION 3
#define POLICER_L3_GENERATION 2 /* up to this one a PFC counts layer 3 */

/* The nearest rate that the hardware has, at least its first step.
 * source: [CG-121E] 31-31 steps (vendor), beyond 64 Mbit/s the pattern goes on (derived); that the
 * nearest is taken (assumed) */
uint64_t policer_hardware_bps(uint64_t bps);
uint64_t policer_step_bps(uint64_t bps); /* of the rates around this one */

struct policer_bucket {
    struct tokens committed; /* a tick is an interval, a bit 4000 tokens */
    struct tokens peak;      /* rate 0: there is none */
};

void policer_open(struct policer_bucket *b, uint64_t rate_bps, uint64_t burst_bytes);
void policer_open_peak(struct policer_bucket *b, uint64_t peak_bps, uint64_t burst_bytes);

/* A frame at now_ps, which never goes back. */
enum policer_colour policer_take(struct policer_bucket *b, int64_t now_ps, uint32_t bytes);

struct policer_counts {
    struct policer_count {
        uint64_t n_packets, n_bytes;
    } of[POLICER_N_COLOURS];
};

void policer_count(struct policer_counts *counts, enum policer_colour colour, uint32_t bytes);

/* Rate, asked for and real, burst, and what conformed and exceeded (violated: of a policer with a peak) since then. */
void policer_show(const struct policer_config *config, const struct policer_counts *now,
                  const struct policer_counts *then, const char *module, struct report *out);

/* The policers of one engine. */
enum policer_kind { POLICER_FLOWS, POLICER_IN, POLICER_OUT, POLICER_N_KINDS };

enum policer_kind policer_kind(const struct policer_config *config);

#define POLICER_NO_ENTRY (POLICER_N_COLOURS + 1) /* of the flow: passed unasked */

struct policers {
    const struct chassis_config *config;
    struct classes_engine classes;
    struct policed {
        struct policer_bucket *buckets; /* [1], or by interface; NULL: flows have them */
        struct policer_counts counts, at_mark;
        uint64_t n_unknown, n_unknown_at_mark; /* packets of flows without an entry */
        bool here;                             /* it may see frames of this engine */
    } * all;                                   /* config->n_policers */
    const struct accounting *accounting;
    struct flow_bucket {
        struct tokens tokens;           /* rate 0: of no flow yet */
        int64_t began_ps;               /* its flow */
    } * flows;                          /* by entry of the NetFlow table */
    uint16_t *of_port[POLICER_N_KINDS]; /* by global port index: its policer's number + 1, or 0 */
    uint32_t uncounted_bytes;
    struct policer_marks {
        uint64_t n_tos, n_cos; /* packets whose DSCP, whose CoS at the egress, became another */
    } marks, marks_at_mark;
    /* Of the last packet, for who follows it: colour + 1, 0: not asked, or POLICER_NO_ENTRY. */
    uint8_t last[POLICER_N_KINDS];
    uint32_t asked[POLICER_N_KINDS]; /* its number + 1 */
};

/* Of the engine in a slot; the supervisor's is the PFC. classes: of the chassis, may be NULL;
 * accounting: its table of flows, may be NULL where no policer is by flows. */
void policers_open(struct policers *p, const struct layout *layout, struct classes *classes,
                   const struct accounting *accounting, uint32_t slot, struct arena *mem);

static inline bool policers_watch(const struct policers *p, uint32_t ingress)
{
    return (p->of_port[POLICER_IN][ingress] | p->of_port[POLICER_FLOWS][ingress]) != 0 ||
           classes_watch(&p->classes, ACL_IN, ingress);
}

static inline bool policers_watch_egress(const struct policers *p, uint32_t egress)
{
    return p->of_port[POLICER_OUT][egress] != 0 || classes_watch(&p->classes, ACL_OUT, egress);
}

/* Whether a packet may go on; may mark it. egress: global port index, or PACKET_TO_MSFC. */
bool policers_pass(struct policers *p, struct packet *packet, uint32_t egress, int64_t now_ps);

void policers_mark(struct policers *p);

/* Module "policer NAME, ENGINE"; of the engine itself what its policers marked, as `show mls qos`
 * counts it: tos_changed_by_policing, cos_changed_by_policing. */
void policers_show(const struct policers *p, const char *engine, struct report *out);

#endif /* MODELS_POLICER_H */
