/* scenario.h - a scenario file, checked and turned into the configuration of a chassis.
 *
 *   YAML --> places.h: file:line:column of everything; refuses what is unsafe
 *        --> schema.h: structure, by libcyaml's tables
 *        --> quantity.h: exact values with units and ranges
 *        --> rules between keys --> struct chassis_config
 *
 * Example: scenarios/distributed.yaml.
 */
#ifndef SCENARIOS_SCENARIO_H
#define SCENARIOS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "models/config.h"
#include "models/internet.h"
#include "scenarios/bgp_files.h"
#include "scenarios/catalog.h"
#include "scenarios/expect.h"

struct arena;
struct error;

enum routes_kind { ROUTES_NONE, ROUTES_SYNTHETIC, ROUTES_FILE };

/* Where an access list of the configuration comes from: one of these. */
struct acl_source {
    const char *file, *classbench; /* as written */
    const char *text;
    uint32_t synthetic; /* lines */
    uint32_t n_edits;
    const struct acl_edit {
        const char *at, *text; /* as written */
    } * edits;
};

/* What is asked of an interface from a time on, as written. */
#define ACCESS_N_KEYS 4
extern const char *const access_keys[ACCESS_N_KEYS]; /* of interfaces */
struct access_written {
    int64_t at_ps;
    uint32_t interface, key;
    uint32_t list; /* number + 1; 0: none */
};
extern const char *const access_default_names[]; /* by enum access_default */

struct scenario {
    const char *path;
    struct chassis_config config; /* config.table and .bgp are not set: scenario_load_routes(),
                                     scenario_load_bgp() */
    enum routes_kind routes;
    struct internet_config synthetic;
    const char *routes_file;
    const struct acl_source *acl_sources;
    uint32_t n_acl_sources; /* the first of config.acls; the others are versions of them */
    const struct access_written *access_written;
    uint32_t n_access_written;
    struct bgp_files bgp; /* paths as written */
    size_t n_assumptions;
    const struct assumption *assumptions;
    size_t n_figures; /* of the catalogue, otherwise for this run: "DFC3B.latency = 1us" */
    const char *const *figures;
    size_t n_notes; /* what is allowed, and may surprise: sentences */
    const char *const *notes;
    size_t n_expectations;
    const struct expectation *expectations;
};

/* overrides: n texts "path=value", as run.seed=7 or slots[0].forwarding=DFC3B, applied as if
 * written in the file; "path=" takes out what is there; routes.file=... takes the place of
 * routes.synthetic, and the other way round. All errors of the file are collected. Everything lives
 * in mem. */
bool scenario_load(const char *path, const char *const *overrides, size_t n_overrides,
                   struct arena *mem, struct scenario *scenario, struct error *err);

/* The feed of the scenario: from its file (relative to the scenario's folder) or the synthetic
 * generator; *table has no routes when there is none. */
bool scenario_load_routes(const struct scenario *scenario, struct arena *mem,
                          struct route_table *table, struct error *err);

/* Whether it has BGP peers; and what they say, from its MRT files. */
bool scenario_has_bgp(const struct scenario *scenario);
bool scenario_load_bgp(const struct scenario *scenario, struct arena *mem, struct bgp_feed *feed,
                       struct error *err);

/* Where a file named by the scenario is: relative to its folder; in mem unless as written. */
const char *scenario_file_path(const struct scenario *scenario, const char *file,
                               struct arena *mem);

/* Where its file of routes is. */
const char *scenario_routes_path(const struct scenario *scenario, struct arena *mem);

/* The scenario in full, defaults included, as YAML that loads to the same scenario. */
void scenario_print(const struct scenario *scenario, FILE *out);

#endif /* SCENARIOS_SCENARIO_H */
