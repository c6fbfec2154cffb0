/* error.c - messages for the person who wrote the input, and the stop for our own mistakes. */
#include "sim/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* p, unless it is NULL. */
static void *need(void *p)
{
    if (p == NULL) {
        fputs("out of memory for error messages\n", stderr);
        _exit(3);
    }
    return p;
}

/* Bytes of the control character at text: C0, delete, or C1 in UTF-8 (U+0080 to U+009F). */
static int control_bytes(const unsigned char *text)
{
    if (*text < ' ' || *text == 0x7f) {
        return 1;
    }
    return text[0] == 0xc2 && text[1] >= 0x80 && text[1] < 0xa0 ? 2 : 0;
}

/* Input can hold anything: one message stays one line, and nothing in it steers a terminal. */
static void make_printable(char *text)
{
    while (*text != '\0') {
        int n = control_bytes((const unsigned char *)text);
        memset(text, '?', (size_t)n);
        text += n == 0 ? 1 : n;
    }
}

static void append(struct error *err, const char *place, const char *format, va_list args)
{
    char *message = NULL;
    need(vasprintf(&message, format, args) < 0 ? NULL : message);
    size_t room = err->length + strlen(place) + strlen(message) + sizeof "\n";
    char *text = need(realloc(err->text, room));
    char *line = text + err->length;
    int length = snprintf(line, room - err->length, "%s%s", place, message);
    make_printable(line);
    memcpy(line + length, "\n", sizeof "\n");
    err->text = text;
    err->length += (size_t)length + 1;
    free(message);
}

bool error_add(struct error *err, const char *format, ...)
{
    if (err->n_messages++ < ERROR_MAX_MESSAGES) {
        va_list args;
        va_start(args, format);
        append(err, "", format, args);
        va_end(args);
    }
    return false;
}

static char *place_of(const char *file, unsigned line, unsigned column)
{
    char *place = NULL;
    int length = line == 0     ? asprintf(&place, "%s: ", file)
                 : column == 0 ? asprintf(&place, "%s:%u: ", file, line)
                               : asprintf(&place, "%s:%u:%u: ", file, line, column);
    return need(length < 0 ? NULL : place);
}

bool error_at(struct error *err, const char *file, unsigned line, unsigned column,
              const char *format, ...)
{
    if (err->n_messages++ < ERROR_MAX_MESSAGES) {
        char *place = place_of(file, line, column);
        va_list args;
        va_start(args, format);
        append(err, place, format, args);
        va_end(args);
        free(place);
    }
    return false;
}

void error_free(struct error *err)
{
    free(err->text);
    *err = (struct error){0};
}

_Noreturn void sim_assert_failed(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: this must hold and does not: %s\n", file, line, what);
    _exit(3); /* what exit() would tidy up may be what is broken */
}
