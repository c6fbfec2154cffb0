/* acl_cursor.c - see acl_cursor.h. */
#include "scenarios/acl_cursor.h"

#include <string.h>
#include <strings.h>

#include "scenarios/address.h"
#include "sim/error.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The word that begins at p, behind blanks. */
static void find_word(struct acl_cursor *c, const char *p)
{
    while (p < c->end && is_blank(*p)) {
        p++;
    }
    c->word = p;
    while (p < c->end && !is_blank(*p)) {
        p++;
    }
    c->length = (size_t)(p - c->word);
}

void acl_cursor_open(struct acl_cursor *c, const char *line, const char *end)
{
    c->start = line;
    c->end = end;
    find_word(c, line);
}

void acl_cursor_next(struct acl_cursor *c)
{
    find_word(c, c->word + c->length);
}

unsigned acl_cursor_column(const struct acl_cursor *c)
{
    return (unsigned)(c->word - c->start) + c->indent + 1;
}

bool acl_cursor_is(const struct acl_cursor *c, const char *word)
{
    return strlen(word) == c->length && strncasecmp(c->word, word, c->length) == 0;
}

bool acl_cursor_take(struct acl_cursor *c, const char *word)
{
    bool is = acl_cursor_is(c, word);
    if (is) {
        acl_cursor_next(c);
    }
    return is;
}

bool acl_cursor_take_word(struct acl_cursor *c, const struct acl_word *table, uint32_t *value)
{
    bool found = acl_word_find(table, c->word, c->length, value);
    if (found) {
        acl_cursor_next(c);
    }
    return found;
}

bool acl_cursor_take_number(struct acl_cursor *c, uint32_t max, uint32_t *value)
{
    uint64_t v = 0;
    for (size_t i = 0; i < c->length; i++) {
        if (c->word[i] < '0' || c->word[i] > '9' || v > max) {
            return false;
        }
        v = v * 10 + (uint64_t)(c->word[i] - '0');
    }
    if (c->length == 0 || v > max) {
        return false;
    }
    *value = (uint32_t)v;
    acl_cursor_next(c);
    return true;
}

bool acl_cursor_take_address(struct acl_cursor *c, uint32_t *value)
{
    struct ip_address a;
    if (!address_parse(c->word, c->length, &a) || a.family != IPV4) {
        return false;
    }
    *value = (uint32_t)(a.hi >> 32);
    acl_cursor_next(c);
    return true;
}

bool acl_cursor_wrong(const struct acl_cursor *c, const char *expected)
{
    if (acl_cursor_at_end(c)) {
        return error_at(c->err, c->path, c->line, acl_cursor_column(c),
                        "the line ends; expected %s", expected);
    }
    return error_at(c->err, c->path, c->line, acl_cursor_column(c), "'%.*s'; expected %s",
                    c->length < 40 ? (int)c->length : 40, c->word, expected);
}

bool acl_cursor_done(const struct acl_cursor *c)
{
    return acl_cursor_at_end(c) || acl_cursor_wrong(c, "the end of the line");
}
