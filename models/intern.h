/* intern.h - byte strings kept once each, and counted: what a routing table shares by value.
 *
 *   bytes --hash--> number --> { bytes, how many hold it }
 *
 * Numbers start with 1; the number and the memory of a string that nobody holds any more are used
 * again, so endless changes among so many strings take no more memory.
 */
#ifndef MODELS_INTERN_H
#define MODELS_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct intern;

/* Lives in mem, to its end. Empty. */
struct intern *intern_open(struct arena *mem);

/* The number of this string, added when it is not there; it is held once more. *is_new: NULL or
 * whether it was added. n: at most 2^31. */
uint32_t intern_take(struct intern *t, const void *bytes, size_t n, bool *is_new);

/* Held once more, held once less; true when that was the last: then it is gone. */
void intern_keep(struct intern *t, uint32_t number);
bool intern_drop(struct intern *t, uint32_t number);

/* Aligned to 16 bytes; good until the string is gone. *n: NULL or its length. */
const void *intern_get(const struct intern *t, uint32_t number, size_t *n);

/* Distinct strings, and their bytes together. */
size_t intern_n(const struct intern *t);
size_t intern_bytes(const struct intern *t);

#endif /* MODELS_INTERN_H */
