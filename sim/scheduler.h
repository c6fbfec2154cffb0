/* scheduler.h - runs the instances of the pipeline, window by window.
 *
 *      window [start, end):  for each instance in the order they were added:
 *                                merge its lanes' rows with ready_ps < end, show them, process
 *      between windows:      events (control plane), in (time, order of scheduling)
 *
 * Conservative: a window ends at start + window_ps or at the next event, whichever is first. Lanes
 * that lead forward in run order need nothing more. Lanes that lead back are covered by one *loop*:
 * the instances from its first to its last are run in sub-windows no longer than the shortest
 * feedback delay, but only while *armed says that something may come back (an optimisation that
 * cannot change the result; checked by sim_assert on every row that goes back).
 *
 * The instances of one run-order rank (the linecards) share nothing but lanes, so they may be run
 * on several threads inside a window.
 */
#ifndef SIM_SCHEDULER_H
#define SIM_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/stage.h"

struct scheduler;

struct scheduler_config {
    int64_t window_ps;
    uint32_t batch_rows;     /* most rows shown in one call; 0: BATCH_MOST_ROWS */
    int64_t measure_from_ps; /* warm-up ends */
    int64_t until_ps;        /* the run ends */
    const struct tap *tap;   /* NULL: none */
};

struct scheduler *scheduler_open(const struct scheduler_config *config, struct arena *mem);

/* Adds an instance; instances run in the order they are added. name: as in reports, kept by the
 * caller. *id gets 0, 1, 2, ... Returns false with *err filled in when the stage's open() refuses.
 */
bool scheduler_add(struct scheduler *s, const struct stage_ops *ops, const char *name,
                   const void *config, uint32_t *id, struct error *err);

void *scheduler_state(struct scheduler *s, uint32_t id);
const char *scheduler_name(const struct scheduler *s, uint32_t id);
/* Time the measured rows spent in one instance. */
const struct histogram *scheduler_time(const struct scheduler *s, uint32_t id);
const struct stage_ops *scheduler_ops(const struct scheduler *s, uint32_t id);

/* Connects lane number `lane` of `from` to `to`. Rows that are ready at the same time are shown in
 * the order of (from, lane). All connections are made before the run. */
void scheduler_connect(struct scheduler *s, uint32_t from, uint32_t lane, uint32_t to);

/* Lanes from instances <= last to instances >= first may lead back: a row sent on one of them is
 * ready at least delay_ps after its sender was shown it. armed: NULL, or a count kept by the models
 * that is above 0 whenever such a row is inside the loop. */
void scheduler_loop(struct scheduler *s, uint32_t first, uint32_t last, int64_t delay_ps,
                    const uint64_t *armed);

/* Calls run(context, time_ps) between windows: rows with ready_ps < time_ps are past, the others
 * not yet shown. Events may schedule further events at or after their own time. */
void scheduler_at(struct scheduler *s, int64_t time_ps, void (*run)(void *context, int64_t time_ps),
                  void *context);

/* Whether the warm-up is over. */
bool scheduler_measures(const struct scheduler *s);

/* Runs to until_ps. progress: NULL, or called now and then with the simulated time reached. */
void scheduler_run(struct scheduler *s, void (*progress)(void *context, int64_t now_ps),
                   void *context);

/* Totals over the whole run, and since measure_from_ps. */
struct scheduler_counts {
    uint64_t n_created, n_delivered, n_dropped,
        n_inside; /* created = delivered + dropped + inside */
    uint64_t n_measured_created, n_measured_delivered, n_measured_dropped;
    uint64_t n_inside_at_mark;
};
struct scheduler_counts scheduler_counts(const struct scheduler *s);

/* Checks conservation per instance and in total; false with the first broken sum in *err. */
bool scheduler_conserved(const struct scheduler *s, struct error *err);

/* Adds to a sample of a series, over all of the run: packets offered, delivered, dropped, also by
 * reason; then each instance's sample(). */
void scheduler_sample(const struct scheduler *s, struct report *out);

/* Adds to the report: per instance rows in, out, dropped by reason, held, time spent; delivered
 * latency; then each instance's show(). */
void scheduler_show(const struct scheduler *s, struct report *out);

#endif /* SIM_SCHEDULER_H */
