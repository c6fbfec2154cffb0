/* streams.h - what became of the packets of each stream.
 *
 *   traffic --offer--> [ stream A | stream B | ... ] <--drop, deliver-- the other stages
 *
 * A packet's flow tells its stream. With one stream nobody counts: the run's totals are its own, and
 * packets->streams is NULL. Per stream, and exactly: offered = delivered + dropped + inside.
 *
 * What is measured is what the scheduler measures: offered and dropped since the warm-up ended,
 * delivered when the last bit left within the measured interval.
 * Units: packets, bytes of frames with FCS, picoseconds.
 */
#ifndef MODELS_STREAMS_H
#define MODELS_STREAMS_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct batch;
struct chassis_config;
struct error;
struct flow_tables;
struct packets;
struct report;
struct scheduler;
struct stream_count;

#define STREAMS_MAX_REASONS 16 /* of one kind of stage */

struct streams {
    const struct chassis_config *config;
    const struct flow_tables *flows;
    const struct scheduler *scheduler;
    uint32_t n_instances;
    struct stream_count *of; /* [n_streams]; NULL with one stream */
    uint64_t *drops;         /* measured, [n_instances][STREAMS_MAX_REASONS][n_streams] */
};

/* After the last instance was added. */
void streams_open(struct streams *s, const struct chassis_config *config,
                  const struct flow_tables *flows, const struct scheduler *scheduler,
                  uint32_t n_instances, struct arena *mem);

/* n packets of so many bytes together enter, in this batch. */
void streams_offer(struct streams *s, const struct batch *b, uint32_t stream, uint64_t n,
                   uint64_t bytes);
void streams_drop(struct streams *s, const struct batch *b, uint32_t reason, uint32_t flow);
/* As in outbox_deliver(). */
void streams_deliver(struct streams *s, const struct batch *b, uint32_t flow, uint32_t bytes,
                     int64_t left_ps, int64_t latency_ps);

/* Looks which packets there are, so at the end of the run only; false with the first broken sum in
 * *err. */
bool streams_conserved(const struct streams *s, const struct packets *packets, struct arena *mem,
                       struct error *err);

/* The counts below of what has been measured so far, where there are several streams. */
void streams_sample(const struct streams *s, struct report *out);

/* "stream NAME": offered, delivered, dropped, the last also by stage and reason; bytes; latency.
 * After the run's own figures. */
void streams_show(const struct streams *s, struct report *out);

#endif /* MODELS_STREAMS_H */
