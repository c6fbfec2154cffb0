/* engine_dump.h - what each forwarding engine holds, as text: a line for each entry.
 *
 *   SLOT PREFIX next-hop INTERFACE[, next-hop INTERFACE ...]    of equal cost
 *   SLOT PREFIX receive | drop | glean INTERFACE
 *
 * SLOT is the card's whose engine it is, the supervisor's for the PFC.
 */
#ifndef TOOLS_ENGINE_DUMP_H
#define TOOLS_ENGINE_DUMP_H

#include <stdbool.h>

struct arena;
struct control;
struct error;

/* Whether that can be written: nobody is to find out at the end. Makes its folder. */
bool engine_dump_prepare(const char *path, struct arena *mem, struct error *err);

/* Writes the file anew, whole or not at all. */
bool engine_dump(const struct control *c, const char *path, struct arena *mem, struct error *err);

#endif /* TOOLS_ENGINE_DUMP_H */
