/* punt.h - why a packet goes to the MSFC, and the hardware rate limiters on its way there.
 *
 *   cause --> limiter of that cause --> register: a bucket of packets, in each engine --> passes
 *                   | none, or off                                               '--> refused
 *                   '--> class of the control plane (copp.h) ------------------> passes
 *                                                               '--> policed
 *
 * A limiter is on or off, and has a rate and a burst. One that is on takes a register, first come
 * first served, but shares one that holds the same values; the ACL bridged ones share in any case.
 * Eight registers of layer 3 and two of layer 2 may be used: `show platform hardware capacity` counts
 * one more, and two more, that are reserved. A packet that a limiter lets pass is not seen by the
 * control plane policy of the hardware.
 * source: [CG-SX] 36-15, 36-22, 36-23 limiters, defaults, registers (vendor), [CMDREF] what is
 * reserved (vendor), [BLOG-COPP] limiter before policy (vendor)
 *
 * A rate of 0 punts nothing. What is refused is dropped: as no_route where that is the cause.
 *
 * Differs from the hardware: whether all who share a register share one bucket is not published: by
 * default they do (assumed, assume.shared_register). Causes that need multicast or layer 2 never
 * happen yet: their limiters only take registers. Those of a PFC4 are taken to be a PFC3's.
 */
#ifndef MODELS_PUNT_H
#define MODELS_PUNT_H

#include <stdint.h>

#include "models/config.h"
#include "models/copp.h"
#include "models/limiter.h"

struct arena;
struct report;

/* In order of who comes first, where several apply: a packet to the router is no transit packet. */
enum punt_cause {
    PUNT_RECEIVE,       /* for the router itself */
    PUNT_GLEAN,         /* its next hop must be asked for by ARP */
    PUNT_FIB_EXCEPTION, /* missed by a FIB that something did not fit */
    PUNT_NO_ROUTE,      /* dropped, but some for the sake of ICMP unreachables */
    PUNT_TTL,           /* ICMP time exceeded */
    PUNT_OPTIONS,       /* IP options */
    PUNT_MTU,           /* longer than its way out can carry */
    PUNT_REDIRECT,      /* leaves as it came: ICMP redirect */
    PUNT_ADJACENCY,     /* a route that only software can follow */
    PUNT_ACL_DENIED, /* dropped, but some for the sake of ICMP unreachables; and so on: features.h */
    PUNT_RPF_FAILURE,    /* the same: its source is not where it comes from */
    PUNT_VACL_LOG,       /* denied, to be logged */
    PUNT_ACL_BRIDGED_IN, /* to be logged, or by lists that software has to look at: as it enters, */
    PUNT_ACL_BRIDGED_OUT, /* as it leaves */
    PUNT_RPF_PATHS,       /* more ways lead to its source than an engine can check */
    PUNT_N_CAUSES
};

const char *punt_cause_name(enum punt_cause cause); /* "no_route" */

/* What the MSFC does for it: a redirect is a message too, and the packet goes on. */
enum process punt_process(enum punt_cause cause);

/* A limiter as it is sold: its key in a scenario, `mls rate-limit ...` on the console. */
struct limit_row {
    const char *name;
    bool on; /* by default, with ... */
    uint32_t pps, burst;
};
extern const struct limit_row punt_limits[CONFIG_N_LIMITS];

/* A PFC2 has none; there no miss is punted (assumed). */
#define PUNT_LIMITS_GENERATION 3
struct limit_config punt_default_limit(const struct engine_type *pfc, enum limit limit);

static inline bool punt_limit_is_l2(enum limit limit)
{
    return limit >= LIMIT_L2_PDU;
}

/* Gives a limiter that is to be on a register, shared where it can; false when none is left. The
 * others that are on have theirs. */
bool punt_take_register(struct limit_config limits[CONFIG_N_LIMITS], enum limit limit);

/* What may be punted by one engine. */
struct punts {
    const struct chassis_config *config;
    struct limiter buckets[CONFIG_N_LIMITS];
    struct limiter exception;
    struct copp copp; /* in hardware: where QoS is on */
    struct punt_count {
        uint64_t n_passed, n_refused, n_policed;
    } counts[PUNT_N_CAUSES], at_mark[PUNT_N_CAUSES];
};

enum punt_verdict { PUNT_PASSES, PUNT_REFUSED, PUNT_POLICED };

void punts_open(struct punts *p, const struct chassis_config *config, struct arena *mem);

/* A packet at now_ps, which never goes back. */
enum punt_verdict punts_pass(struct punts *p, enum punt_cause cause, uint32_t bytes,
                             int64_t now_ps);

void punts_mark(struct punts *p);

/* What was passed and refused for each cause. */
void punts_show(const struct punts *p, const char *engine, struct report *out);

/* Module "rate limiters": registers in use as `show platform hardware capacity` counts them. */
void punt_show_registers(const struct chassis_config *config, struct report *out);

#endif /* MODELS_PUNT_H */
