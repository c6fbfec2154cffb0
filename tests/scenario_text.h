/* scenario_text.h - scenarios from memory, as fuzz targets need them. */
#ifndef TESTS_SCENARIO_TEXT_H
#define TESTS_SCENARIO_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/scenario.h"

/* As scenario_load() of a file with these bytes; override may be NULL. Stops the program when it is
 * refused without a word, or loaded with some. The catalogue is read once. */
bool scenario_of_text(const void *text, size_t length, const char *override, struct arena *mem,
                      struct scenario *s, struct error *err);

#endif /* TESTS_SCENARIO_TEXT_H */
