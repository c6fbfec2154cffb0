/* random_scenario.h - texts of scenarios, each drawn from a number: what one might order and type.
 *
 * Any model of the catalogue may turn up in any slot, and every key of a scenario with any value,
 * wrong ones among them; but most of what is drawn fits together. Traffic is a few tens of
 * microseconds on at most RANDOM_SCENARIO_PORTS ports or one card more.
 */
#ifndef TESTS_RANDOM_SCENARIO_H
#define TESTS_RANDOM_SCENARIO_H

#include <stdint.h>

struct arena;
struct catalog;

#define RANDOM_SCENARIO_PORTS 96

const char *random_scenario(uint64_t number, const struct catalog *catalog, struct arena *mem);

#endif /* TESTS_RANDOM_SCENARIO_H */
