/* measure.h - what benchmarks that compare with DPDK share: rounds, processor time, figures. */
#ifndef TESTS_MEASURE_H
#define TESTS_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#define ROUNDS 9 /* contenders take turns; a figure is the median */

/* Processor time of this program. */
int64_t now_ns(void);

/* Sorts values[ROUNDS]. */
double median(double *values);

/* A line of text, or an object of JSON. reference: what value is compared with, 0: nothing. */
void print_figure(bool as_json, const char *name, double value, const char *unit, double reference);

#endif /* TESTS_MEASURE_H */
