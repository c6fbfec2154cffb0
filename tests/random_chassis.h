/* random_chassis.h - small scenarios, each drawn from a number: slots, cards, routes, traffic.
 *
 * Cards of all classes with and without DFC, rates that do not divide a second, buffers of a few
 * frames, routes inside routes and to nowhere, engines too small for them, routes that arrive while
 * packets flow. Some hundred to some thousand packets each.
 */
#ifndef TESTS_RANDOM_CHASSIS_H
#define TESTS_RANDOM_CHASSIS_H

#include <stdint.h>

#include "models/config.h"

struct arena;

struct chassis_config *random_chassis(uint64_t number, struct arena *mem);

#endif /* TESTS_RANDOM_CHASSIS_H */
