/* simulate.h - from a scenario file to the report of a run.
 *
 *   loaded_open: file --> scenario, route table      simulate: configuration --> report
 */
#ifndef TOOLS_SIMULATE_H
#define TOOLS_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>

#include "models/route_table.h"
#include "scenarios/scenario.h"
#include "sim/report.h"

struct arena;
struct error;
struct options;
struct progress_part;

/* A scenario with its route table. Everything lives in the caller's arena. */
struct loaded {
    struct scenario scenario;
    struct route_table table;
    struct bgp_feed bgp;
    size_t n_routes[IP_N_FAMILIES]; /* of the table, by family */
    const char *title;              /* the scenario's or its file's, fit to be printed */
};

/* options: for their overrides. same: NULL, or a loaded scenario whose table is shared when this
 * one's routes are the same. */
bool loaded_open(struct loaded *l, const char *path, const struct options *options,
                 const struct loaded *same, struct arena *mem, struct error *err);

/* "scenarios/centralized.yaml" --> "centralized" */
const char *file_stem(const char *path, struct arena *mem);

struct flow_sink;

struct simulation {
    struct arena *mem;
    struct report report;
};

/* Builds the chassis, runs it to the end, fills sim->report. Only once it returned true has *sim to
 * be closed. false with *err: the configuration cannot be built. A run that loses count of its
 * packets ends the program with exit 3. fingerprint: the report gets them, and the run takes
 * longer. flows: NULL, or gets the records of flows (NetFlow). progress: NULL or told the time
 * reached. */
bool simulate(const struct chassis_config *config, bool fingerprint, const struct flow_sink *flows,
              struct progress_part *progress, struct simulation *sim, struct error *err);
void simulation_close(struct simulation *sim);

#endif /* TOOLS_SIMULATE_H */
