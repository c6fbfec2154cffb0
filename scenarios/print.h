/* print.h - what the parts of the scenario's printer share. */
#ifndef SCENARIOS_PRINT_H
#define SCENARIOS_PRINT_H

#include <stdint.h>
#include <stdio.h>

#include "models/config.h"
#include "scenarios/quantity.h"

/* "key: 5ms" */
void print_quantity(FILE *out, const char *key, enum unit unit, uint64_t value);

/* "1/1-4, 2/1, Po1": runs of neighbours on one card; all that there are: "all". */
void print_ports(FILE *out, const struct chassis_config *c, const uint32_t *ports, uint32_t n,
                 uint32_t n_all);

/* Policers, rate limits, control plane, what ports are set to, QoS: of what is as it is by default
 * nothing. */
void print_limits(const struct chassis_config *c, FILE *out);

/* What a stream's packets are like, where that is not usual. */
void print_stream_marks(const struct stream_config *s, FILE *out);

#endif /* SCENARIOS_PRINT_H */
