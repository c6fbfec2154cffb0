/* acl_cursor.h - the words of one line, one after the other, and messages about them. */
#ifndef SCENARIOS_ACL_CURSOR_H
#define SCENARIOS_ACL_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/acl_words.h"

struct error;

struct acl_cursor {
    const char *path;
    struct error *err;
    uint32_t line;
    uint32_t indent;         /* columns before each line, where it stands inside another text */
    const char *start, *end; /* of the line */
    const char *word;        /* the word the cursor is at: word[0..length); length 0: the end */
    size_t length;
};

void acl_cursor_open(struct acl_cursor *c, const char *line, const char *end);

void acl_cursor_next(struct acl_cursor *c);

static inline bool acl_cursor_at_end(const struct acl_cursor *c)
{
    return c->length == 0;
}

/* From 1. */
unsigned acl_cursor_column(const struct acl_cursor *c);

/* Whether the cursor is at this word; take: goes on behind it then. */
bool acl_cursor_is(const struct acl_cursor *c, const char *word);
bool acl_cursor_take(struct acl_cursor *c, const char *word);

/* Takes a word of the table, a decimal number of at most max, or an IPv4 address; false: it is
 * none, and the cursor stays. */
bool acl_cursor_take_word(struct acl_cursor *c, const struct acl_word *table, uint32_t *value);
bool acl_cursor_take_number(struct acl_cursor *c, uint32_t max, uint32_t *value);
bool acl_cursor_take_address(struct acl_cursor *c, uint32_t *value);

/* Adds the message "'word' ...; expected ..." at the cursor. Always false. */
bool acl_cursor_wrong(const struct acl_cursor *c, const char *expected);

/* Whether nothing is left; else a message. */
bool acl_cursor_done(const struct acl_cursor *c);

#endif /* SCENARIOS_ACL_CURSOR_H */
