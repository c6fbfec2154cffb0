/* nearest.h - what somebody probably meant. */
#ifndef SCENARIOS_NEAREST_H
#define SCENARIOS_NEAREST_H

#include <stddef.h>

/* The word of words[n] with the fewest typing errors (letters changed, left out, added, or two
 * swapped) from `word`, regardless of case; NULL when none is near: more than a third wrong. */
const char *nearest_word(const char *word, const char *const *words, size_t n);

#endif /* SCENARIOS_NEAREST_H */
