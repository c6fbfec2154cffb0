/* policer.h - aggregate policers: the ports of a policer may together send so much to one engine.
 *
 *   1/4000 s --> rate / 4000 --> [ bucket: at most burst ]
 *                                         |
 *   frames of the policer's ports --> enough for all bits? --> yes: conforms, takes them
 *                                                         '--> no: exceeds, takes nothing
 *
 * The bucket is full at time 0 and is filled at the whole multiples of the interval, by exactly its
 * share of the rate: a bit is 4000 tokens. The frame counts in full: layer 2, FCS included.
 * source: [QOS-WP] p47, p54 interval, tokens per interval and counted length (vendor)
 *
 * Each engine has a bucket of its own for each policer: two DFCs pass twice the rate.
 * source: [CG-121E] 32-35 (vendor)
 *
 * Differs from the hardware: there a policer is attached to ports or to a VLAN; here it is a set of
 * ingress ports, and a VLAN is the set of its ports. A PFC2 counts layer 3 only. One rate, and
 * what exceeds is dropped: no marking down, no second bucket, no microflow, no egress.
 */
#ifndef MODELS_POLICER_H
#define MODELS_POLICER_H

#include <stdbool.h>
#include <stdint.h>

#include "models/layout.h"
#include "models/tokens.h"

struct arena;
struct report;

#define POLICER_INTERVAL_PS 250000000 /* source: [QOS-WP] p47: 1/4000 s (vendor) */

/* What may be configured. source: [CG-SX] 41-64, 42-78: 32 kbit/s to 10 Gbit/s, 1 kB to 512 MB
 * (vendor) */
#define POLICER_LEAST_BPS 32000u
#define POLICER_MOST_BPS 10000000000u
#define POLICER_LEAST_BURST_BYTES 1000u
#define POLICER_MOST_BURST_BYTES 512000000u
#define POLICER_MOST 1023u /* source: [QOS-WP] p49: aggregate policers (vendor) */

struct policer_count {
    uint64_t n_packets, n_bytes;
};

struct policer {
    struct tokens tokens; /* a tick is an interval, a bit 4000 tokens */
    struct policer_count conformed, exceeded;
};

/* The nearest rate that the hardware has, at least its first step.
 * source: [CG-121E] 31-31 steps (vendor), beyond 64 Mbit/s the pattern goes on (derived); that the
 * nearest is taken (assumed) */
uint64_t policer_hardware_bps(uint64_t bps);

void policer_open(struct policer *p, uint64_t rate_bps, uint64_t burst_bytes);

/* A frame at now_ps, which never goes back: does it conform? Counts it. */
bool policer_conforms(struct policer *p, int64_t now_ps, uint32_t bytes);

/* The policers of one engine. */
struct policers {
    const struct chassis_config *config;
    struct policer *all, *at_mark; /* config->n_policers of them */
    uint16_t *of_port;             /* by global port index: number of its policer + 1, or 0 */
    bool *here;                    /* by policer: it has ports whose frames this engine looks up */
};

/* Of the engine in a slot; the supervisor's is the PFC. */
void policers_open(struct policers *p, const struct layout *layout, uint32_t slot,
                   struct arena *mem);

static inline bool policers_watch(const struct policers *p, uint32_t port)
{
    return p->of_port[port] != 0;
}

/* Whether a frame may go on: no policer watches its port, or it conforms. */
bool policers_pass(struct policers *p, uint32_t port, uint32_t bytes, int64_t now_ps);

void policers_mark(struct policers *p);

/* Module "policer NAME, ENGINE". */
void policers_show(const struct policers *p, const char *engine, struct report *out);

#endif /* MODELS_POLICER_H */
