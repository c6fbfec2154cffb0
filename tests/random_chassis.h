/* random_chassis.h - small scenarios, each drawn from a number: slots, cards, routes, traffic.
 *
 * Cards of all classes with and without DFC, port channels, rates that do not divide a second,
 * buffers of a few frames, routes inside routes, to nowhere and by several paths, engines too small
 * for them, routes that arrive, change and go while packets flow, policers. Some hundred to some thousand
 * packets each.
 */
#ifndef TESTS_RANDOM_CHASSIS_H
#define TESTS_RANDOM_CHASSIS_H

#include <stdint.h>

#include "models/config.h"

struct arena;

struct chassis_config *random_chassis(uint64_t number, struct arena *mem);

/* Other route changes in place of a scenario's own: n of them, some at the same time, over its
 * run; of what is there, what is not, and what next hops are resolved by. */
void random_changes(struct chassis_config *config, uint32_t n, uint64_t seed, struct arena *mem);

/* Up to four policers, each on some ports. */
void random_policers(struct chassis_config *config, uint64_t seed, struct arena *mem);

/* NetFlow in some, in tables that are soon full. */
void random_netflow(struct chassis_config *config, uint64_t seed);

/* Queues before the wires of some cards. */
void random_queues(struct chassis_config *config, uint64_t seed, struct arena *mem);

/* Rate limiters, control plane policy, marks, and what makes packets be punted: longest packets,
 * options, redirects. After the streams. */
void random_punts(struct chassis_config *config, uint64_t seed, struct arena *mem);

/* Lists, source checks and policies of interfaces, and packets they are about. After the punts. */
void random_features(struct chassis_config *config, uint64_t seed, struct arena *mem);

/* Policy maps of interfaces, and what their classes do. After the features and the policers. */
void random_classes(struct chassis_config *config, uint64_t seed, struct arena *mem);

/* BGP peers now and then, which take the place of the feed. */
void random_bgp(struct chassis_config *config, uint64_t seed, struct arena *mem);

/* Routing tables of their own, for what has been drawn so far. */
void random_vrfs(struct chassis_config *config, uint64_t seed, struct arena *mem);

#endif /* TESTS_RANDOM_CHASSIS_H */
