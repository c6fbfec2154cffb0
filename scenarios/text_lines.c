/* text_lines.c - a buffer over text_stream.c: lines are looked at where they lie in it. */
#include "scenarios/text_lines.h"

#include <string.h>

#include "scenarios/text_stream.h"
#include "sim/arena.h"
#include "sim/error.h"

#define BUFFER_BYTES 65536u

struct text_lines {
    const char *path;
    struct text_stream *stream; /* NULL: of rest */
    const char *rest;
    struct error *err;
    uint64_t total;
    uint32_t number;
    bool ended, failed;
    size_t start, n; /* of the bytes not yet given out */
    char buffer[BUFFER_BYTES];
};

struct text_lines *text_lines_open(const char *path, struct arena *mem, struct error *err)
{
    struct text_stream *stream = text_stream_open(path, mem, err);
    if (stream == NULL) {
        return NULL;
    }
    struct text_lines *t = arena_take(mem, sizeof *t);
    t->path = path;
    t->stream = stream;
    t->err = err;
    return t;
}

struct text_lines *text_lines_of(const char *path, const char *text, uint32_t first_line,
                                 struct arena *mem, struct error *err)
{
    struct text_lines *t = arena_take(mem, sizeof *t);
    t->path = path;
    t->rest = text;
    t->number = first_line - 1;
    t->err = err;
    return t;
}

void text_lines_close(struct text_lines *t)
{
    if (t->stream != NULL) {
        text_stream_close(t->stream);
    }
}

/* The next bytes; less than room only at the end. */
static size_t read_on(struct text_lines *t, char *to, size_t room)
{
    if (t->stream != NULL) {
        return text_stream_read(t->stream, to, room, &t->failed, t->err);
    }
    size_t n = strnlen(t->rest, room);
    memcpy(to, t->rest, n);
    t->rest += n;
    return n;
}

/* Fills the buffer behind what is left in it. */
static void refill(struct text_lines *t)
{
    memmove(t->buffer, t->buffer + t->start, t->n);
    t->start = 0;
    size_t room = sizeof t->buffer - t->n;
    size_t n = read_on(t, t->buffer + t->n, room);
    t->ended = n < room;
    t->n += n;
    t->total += n;
    if (t->total > TEXT_LINES_MAX_TEXT && !t->failed) {
        t->failed = !error_add(t->err, "%s: the text is longer than %u MiB", t->path,
                               TEXT_LINES_MAX_TEXT >> 20);
    }
}

/* Whether [line, end) is text and not too long. */
static bool is_text(struct text_lines *t, const char *line, const char *end)
{
    const char *p = line;
    if (end - line > TEXT_LINES_MAX_BYTES) {
        return error_at(t->err, t->path, t->number, 1, "the line is longer than %d bytes",
                        TEXT_LINES_MAX_BYTES);
    }
    while (p < end && ((unsigned char)*p >= ' ' || *p == '\t')) {
        p++;
    }
    return p == end || error_at(t->err, t->path, t->number, (unsigned)(p - line) + 1,
                                "a byte of value %u: this is not a text", (unsigned char)*p);
}

bool text_lines_next(struct text_lines *t, const char **line, const char **end, uint32_t *number)
{
    char *newline = memchr(t->buffer + t->start, '\n', t->n);
    if (newline == NULL && !t->ended && !t->failed && t->n <= TEXT_LINES_MAX_BYTES + 1) {
        refill(t);
        newline = memchr(t->buffer, '\n', t->n);
    }
    if (t->failed || t->n == 0) {
        return false;
    }
    *number = ++t->number;
    *line = t->buffer + t->start;
    *end = newline != NULL ? newline : *line + t->n;
    size_t used = (size_t)(*end - *line) + (newline != NULL);
    if (*end > *line && (*end)[-1] == '\r') {
        --*end;
    }
    t->failed = !is_text(t, *line, *end);
    t->start += used;
    t->n -= used;
    return !t->failed;
}
