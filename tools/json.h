/* json.h - results as JSON: integers only, stable key order, the unit at the end of each key.
 *
 *   scenario {path, title, seed, chassis, supervisor, routes, assumptions [{name, value, why}], yaml}
 *   results  {summary    {interval_ps, offered_packets, ..., delivered_pps, latency_p50_ps, ...},
 *             bottleneck {module, sentence} (module null: none), unsettled (sentence or null),
 *             losses     [{stage, reason, packets}],
 *             streams    [{name, as in summary, losses}],
 *             resources  [{module, kind, work, rate_per_s, offered, served, ...}],
 *             values     {module: {statistic_unit: integer}}, texts {module: {statistic: text}},
 *             histograms {module: {statistic_unit: {n, min, max, sum, p50, ..., buckets}}}}
 *
 * buckets: [low, high, count] of each bucket that is not empty, for values low <= v < high.
 */
#ifndef TOOLS_JSON_H
#define TOOLS_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct arena;
struct figures;
struct loaded;
struct report;

/* {format, format_version, version, command}: how every file begins. */
json_t *json_head(const char *command);

json_t *json_scenario(const struct loaded *l, struct arena *mem);

json_t *json_results(const struct report *r, const struct figures *f, bool with_buckets,
                     struct arena *mem);

/* Writes json, a line per key or element in the outer open_levels, and gives it up. */
void json_write(json_t *json, unsigned open_levels, FILE *out);

#endif /* TOOLS_JSON_H */
