/* print.h - what the parts of the scenario's printer share. */
#ifndef SCENARIOS_PRINT_H
#define SCENARIOS_PRINT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "models/config.h"
#include "scenarios/quantity.h"
#include "scenarios/scenario.h"

/* "key: 5ms" */
void print_quantity(FILE *out, const char *key, enum unit unit, uint64_t value);

/* "1/1-4, 2/1, Po1": runs of neighbours on one card; all that there are: "all". */
void print_ports(FILE *out, const struct chassis_config *c, const uint32_t *ports, uint32_t n,
                 uint32_t n_all);

/* Policers, rate limits, control plane, what ports are set to, QoS: of what is as it is by default
 * nothing. */
void print_limits(const struct scenario *scenario, FILE *out);

/* Of `qos:`, what queues are not as they are by default. */
void print_queues(const struct chassis_config *c, FILE *out);

/* Whether it says what some port is set to. */
bool print_has_settings(const struct chassis_config *c);

/* What a stream's packets are like, where that is not usual. */
void print_stream_marks(const struct stream_config *s, FILE *out);

/* "a \"quoted\" text", also of several lines. */
void print_quoted(FILE *out, const char *text);

/* 1/2 or Po1. */
void print_port(FILE *out, const struct port_config *port);

void print_vrfs(FILE *out, const struct chassis_config *c);
void print_acls(FILE *out, const struct scenario *scenario);
/* More of `interfaces:`, which print_limits() begins when it has some. */
void print_interface_features(FILE *out, const struct scenario *scenario);

/* What of a stream's packets lists look at. */
void print_packets(FILE *out, const struct stream_config *stream);

#endif /* SCENARIOS_PRINT_H */
