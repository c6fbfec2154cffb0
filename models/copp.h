/* copp.h - control plane policing: how much may reach the MSFC of each class of punted packets.
 *
 *   in every engine:  cause --> class --> policer --> inband link --> at the MSFC: once more
 *
 * The policy is written once and runs in every engine by itself, so that N engines deliver N times
 * its rates, which software then cuts to one. In hardware only where QoS is on. What is in no class
 * passes. source: [DOS-LEAF] p54 (vendor), N times (derived), QoS (assumed)
 *
 * Differs from the hardware: classes are of causes, not of ACLs. Software has the buckets of the
 * hardware, filled every 1/4000 s, and what it drops costs the CPU nothing (both assumed).
 */
#ifndef MODELS_COPP_H
#define MODELS_COPP_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct chassis_config;
struct policer_bucket;
struct policer_counts;
struct report;

struct copp {
    const struct chassis_config *config;
    struct policer_bucket *buckets; /* [n_copp_classes] */
    struct policer_counts *counts, *at_mark;
};

void copp_open(struct copp *c, const struct chassis_config *config, struct arena *mem);

/* A packet punted for this cause, at now_ps, which never goes back. */
bool copp_pass(struct copp *c, uint32_t cause, uint32_t bytes, int64_t now_ps);

void copp_mark(struct copp *c);

/* Module "control plane NAME, WHERE". */
void copp_show(const struct copp *c, const char *where, struct report *out);

#endif /* MODELS_COPP_H */
