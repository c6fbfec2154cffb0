/* quantity.h - numbers with units as people write them, exactly.
 *
 *   "10Gbps" "1.488Mpps" "64B" "166KiB" "5ms" "12.5%" "4096" --> unit and value
 *
 * A decimal number and its unit, nothing between or around them. No sign, no exponent, no leading
 * zero. The value counts the unit's smallest step: bytes, picoseconds, bits or packets per second,
 * parts in a million (of "%"); what is finer than one step is refused, not rounded.
 */
#ifndef SCENARIOS_QUANTITY_H
#define SCENARIOS_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

enum unit { UNIT_COUNT, UNIT_BYTES, UNIT_PS, UNIT_BPS, UNIT_PPS, UNIT_PPM };

/* Sets of units a reader accepts. */
#define UNITS(unit) (1u << (unit))

struct quantity {
    enum unit unit;
    uint64_t value;
};

#define QUANTITY_TEXT 32 /* room for any quantity as text, with its end */
#define QUANTITY_WHY 256 /* room for what is wrong with one, with its end */

/* text: exactly one quantity in one of `units`. false with what was found and expected in why. */
bool quantity_parse(const char *text, unsigned units, struct quantity *q, char *why);

/* false, with the range in words in why, when q is not in [min, max] (of q's unit). */
bool quantity_in_range(struct quantity q, uint64_t min, uint64_t max, char *why);

/* A text that is read as q, in the largest decimal unit without a fraction: 1500us, not 1.5ms.
 * Returns text. */
char *quantity_print(struct quantity q, char *text);

#endif /* SCENARIOS_QUANTITY_H */
