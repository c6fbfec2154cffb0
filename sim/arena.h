/* arena.h - memory that lives as long as one run and is released at once.
 *
 * Blocks come zeroed and aligned to 64 bytes. Large blocks are mapped pages, so what is never
 * touched costs no memory. When no memory can be had the program stops with exit 3: table
 * capacities are modelled facts, not allocation failures. Used by one thread at a time.
 */
#ifndef SIM_ARENA_H
#define SIM_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct arena *arena_open(void);
void arena_close(struct arena *arena);

/* bytes: any size; 0 gives a valid pointer to nothing. Never NULL. */
void *arena_take(struct arena *arena, size_t bytes);

/* n elements of `bytes` each; the product is checked. */
void *arena_take_array(struct arena *arena, size_t n, size_t bytes);

/* Doubles an array: a new block with the old contents, then zeros (old: NULL when old_bytes is 0).
 * A mapped old block is not copied but moved and is gone; a small one goes with the arena. */
void *arena_grow(struct arena *arena, void *old, size_t old_bytes, size_t new_bytes);

char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes handed out and not given back (not resident memory). */
size_t arena_bytes(const struct arena *arena);

#endif /* SIM_ARENA_H */
