/* number.h - integers of a report as a person reads them. Only here do they become decimal
 * fractions. Each function writes to text[NUMBER_TEXT] and returns it. */
#ifndef TOOLS_NUMBER_H
#define TOOLS_NUMBER_H

#include <stdint.h>

#define NUMBER_TEXT 48

/* count per time, in 1/s, rounded down; 0 when no time passed. */
uint64_t rate_per_s(uint64_t count, int64_t interval_ps);

/* part of whole in 1e-6, rounded to the nearest; 0 of nothing is 0. */
int64_t share_ppm(uint64_t part, uint64_t whole);

/* Four digits and the fitting prefix: "31.25 M", "20.00 G", "812". unit follows: "31.25 Mpps". */
const char *number_si(char *text, uint64_t value, const char *unit);

/* "812 ps", "1.234 us", "2.000 ms" */
const char *number_time(char *text, int64_t ps);

/* Microseconds with three digits behind the point, for columns: "12.345". */
const char *number_us(char *text, uint64_t ps);

/* "12.34 %"; what is not nothing never shows as 0: "< 0.01 %". */
const char *number_percent(char *text, int64_t ppm);

/* Digits in groups of three: "12 345 678". */
const char *number_count(char *text, uint64_t count);

#endif /* TOOLS_NUMBER_H */
