/* source.h - where a figure comes from: "[KEY] place (provenance: why)".
 *
 * Keys are those of models/SOURCES.md, several or none of them. What is derived or assumed says how
 * or why.
 */
#ifndef SCENARIOS_SOURCE_H
#define SCENARIOS_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct places;

enum provenance {
    SOURCE_STANDARD,
    SOURCE_VENDOR,
    SOURCE_MEASURED,
    SOURCE_DERIVED,
    SOURCE_ASSUMED,
    SOURCE_N_PROVENANCES
};

struct source {
    enum provenance provenance;
    const char *why; /* from mem; "" when it says nothing */
};

/* Reads the text at the place; false, reported, when it is not such a text. */
bool source_read(struct places *places, uint32_t place, struct arena *mem, struct source *source);

#endif /* SCENARIOS_SOURCE_H */
