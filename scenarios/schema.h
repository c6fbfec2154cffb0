/* schema.h - from places to structs, by libcyaml's schema tables.
 *
 * libcyaml gives structure: which keys, which lists, which struct. It is not asked for numbers
 * (1.3 reads 10G as 10 and -1 as 2^64-1) nor for messages (it forgets places and stops at the first
 * error). So the tables are first walked over the places, which reports every unknown key, missing
 * key and wrong kind where it stands; and what libcyaml is then given has, instead of each text,
 * the number of its place. Every leaf of a raw struct is thus a uint32_t: 0 for a key that is not
 * there, else where to find text, line and column.
 *
 *     struct raw_run { uint32_t here, seed; };       SCHEMA_HERE(struct raw_run),
 *                                                    SCHEMA_OPTIONAL(struct raw_run, seed),
 */
#ifndef SCENARIOS_SCHEMA_H
#define SCENARIOS_SCHEMA_H

#include <cyaml/cyaml.h>

#include "scenarios/places.h"

#define SCHEMA_OPTIONAL(type, member) CYAML_FIELD_UINT(#member, CYAML_FLAG_OPTIONAL, type, member)
#define SCHEMA_REQUIRED(type, member) CYAML_FIELD_UINT(#member, CYAML_FLAG_DEFAULT, type, member)

/* The place of the mapping itself. */
#define SCHEMA_HERE_KEY "@"
#define SCHEMA_HERE(type) CYAML_FIELD_UINT(SCHEMA_HERE_KEY, CYAML_FLAG_OPTIONAL, type, here)

#define SCHEMA_LIST(flags, type, member, entry)                                                    \
    CYAML_FIELD_SEQUENCE(#member, CYAML_FLAG_POINTER | (flags), type, member, entry, 0,            \
                         CYAML_UNLIMITED)

/* The struct of the tree at root, filled in as far as it is right (what is wrong is left 0 and
 * reported); to be freed with schema_free(). */
void *schema_load(struct places *p, uint32_t root, const cyaml_schema_value_t *schema);
void schema_free(const cyaml_schema_value_t *schema, void *raw);

#endif /* SCENARIOS_SCHEMA_H */
