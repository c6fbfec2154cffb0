/* chassis.h - wires the stages of one chassis, in pipeline order, and runs it.
 *
 *   traffic -> port -> [DFC] -+-> uplink -> fabric -> downlink/tx port -> out
 *                 \           |      ^        |  \
 *                  bus -> PFC +------+        |   msfc (punts; goes back to uplink and bus)
 *                   ^---------------- DFC to classic, by the supervisor's channel
 */
#ifndef MODELS_CHASSIS_H
#define MODELS_CHASSIS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/config.h"

struct arena;
struct chassis;
struct error;
struct flow_sink;
struct classes;
struct features;
struct report;
struct tap;

/* Builds it: RIB, FIBs, stages. false with *err when the configuration cannot be built. tap: NULL
 * or what is told of every row. The configuration must outlive the chassis. */
struct chassis *chassis_open(const struct chassis_config *config, const struct tap *tap,
                             struct arena *mem, struct error *err);

/* Runs to the end; progress (may be NULL) is told the simulated time now and then. */
void chassis_run(struct chassis *c, void (*progress)(void *context, int64_t now_ps), void *context);

/* Conservation, exactly, per stage and in total. */
bool chassis_conserved(const struct chassis *c, struct error *err);

void chassis_report(struct chassis *c, struct report *out);

/* Records of flows go there from now on; the sink must outlive the run. */
void chassis_export(struct chassis *c, const struct flow_sink *sink);

/* The end of all flows that are left: after the report. */
void chassis_end_flows(struct chassis *c);

void chassis_close(struct chassis *c); /* what is not in the arena: Judy arrays, prefix trees */

/* For tests and traces. */
const struct packets *chassis_packets(const struct chassis *c);
struct scheduler *chassis_scheduler(struct chassis *c);
struct fib *chassis_fib(struct chassis *c);
const struct flow_tables *chassis_flows(const struct chassis *c);
const struct features *chassis_features(const struct chassis *c);
const struct classes *chassis_classes(const struct chassis *c);

#endif /* MODELS_CHASSIS_H */
