/* places.h - a YAML text as a tree that knows where everything stands.
 *
 *   text --> [ one pass over libyaml's events ] --> places: texts, lists, mappings
 *                 '--> refused: what is unsafe or not YAML
 *
 * A place is a number, 0 is none. Refused, with file:line:column: anchors, aliases, merge keys,
 * tags, directives, second documents, NUL bytes, tabs, duplicate keys, an empty text, and what
 * exceeds the limits below, so that any input is read in bounded time and memory. Every scalar is
 * kept as text: what it means is for quantity.h and the loaders to say.
 */
#ifndef SCENARIOS_PLACES_H
#define SCENARIOS_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct error;

#define PLACES_MAX_BYTES (16u << 20) /* of a file; longer route tables have a file of their own */
#define PLACES_MAX_DEPTH 64
#define PLACES_MAX_PLACES 200000 /* texts, lists and mappings */
#define PLACES_MAX_KEYS 100      /* of one mapping */

enum place_kind { PLACE_TEXT, PLACE_LIST, PLACE_MAP };

struct place {
    enum place_kind kind;
    uint32_t parent, first, last, next; /* children in the order written */
    uint32_t n_children;
    uint32_t index;   /* in its list */
    const char *key;  /* in its mapping, else NULL */
    const char *text; /* TEXT */
    const char *file; /* or the override it comes from: then the lines are 0 */
    uint32_t key_line, key_column, line, column;
    uint32_t text_column; /* of its first character when it stands in one line as it is; else 0 */
    uint32_t text_line;   /* of the first line of a text in a block (|), with so many columns ... */
    uint32_t indent;      /* ... before it; else 0 */
};

struct places {
    struct arena *mem;
    struct error *err; /* all that is found wrong */
    struct place *all; /* [1 .. n) */
    uint32_t n, room;
};

void places_open(struct places *p, struct arena *mem, struct error *err);

/* The root of the text read; 0 when it is refused. name: for messages, kept. */
uint32_t places_read(struct places *p, const char *name, const char *text, size_t length);
uint32_t places_read_file(struct places *p, const char *path);

/* Applies "path=value" to the tree at root as if it stood in the file: run.seed=7,
 * slots[0].forwarding=DFC3B, traffic[1]= (nothing: takes it out), figures[]=... (one more in a
 * list). value is YAML itself. */
bool places_set(struct places *p, uint32_t root, const char *assignment);

/* The place under a key of a mapping; 0: none. */
uint32_t places_child(const struct places *p, uint32_t map, const char *key);

/* The text of a place; "" when there is none. */
const char *places_text(const struct places *p, uint32_t place);

/* "line 7", or the override it comes from. */
const char *places_where(struct places *p, uint32_t place);

/* "file:line:column: ", as messages begin; or the override it comes from. */
const char *places_prefix(struct places *p, uint32_t place);

/* Adds "file:line:column: path: message" for a value, or for its key. Returns false. */
bool places_error(struct places *p, uint32_t place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool places_key_error(struct places *p, uint32_t place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif /* SCENARIOS_PLACES_H */
