/* amount.h - what results are, and what is expected of them: numbers with a dimension, or words.
 *
 *   "30Mpps" 30000000 1/s    "20Gbps" bit/s    "64B" bit    "5us" s    "0.833" "83.3%" "4096" plain
 *
 * Counts of anything (packets, lookups, slots) are plain numbers. 64-bit floating point, with the
 * four operations only, so the same on every machine.
 */
#ifndef SCENARIOS_AMOUNT_H
#define SCENARIOS_AMOUNT_H

#include <stdbool.h>

struct amount {
    const char *word;  /* NULL: a number */
    double number;     /* in bits and seconds */
    int bits, seconds; /* exponents of the dimension: bit/s is 1, -1 */
};

#define AMOUNT_TEXT 64

/* text: exactly one number with its unit, as in quantity.h, or a plain one that may have a point.
 * false with what was found and expected in why[QUANTITY_WHY]. */
bool amount_parse(const char *text, struct amount *amount, char *why);

bool amount_alike(const struct amount *a, const struct amount *b);

/* "a time", "a rate per second", "a word" */
const char *amount_kind(const struct amount *amount);

/* Five digits and the fitting unit: "29.998 Mpps"; whole plain numbers in full. percent: plain
 * numbers as "83.3 %". Writes to text[AMOUNT_TEXT]; returns text, or the word. */
const char *amount_print(const struct amount *amount, bool percent, char *text);

#endif /* SCENARIOS_AMOUNT_H */
