/* error.c - messages for the person who wrote the input, and the stop for our own mistakes. */
#include "sim/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void out_of_memory(void)
{
    fputs("out of memory for error messages\n", stderr);
    _exit(3);
}

/* Input can hold anything: one message stays one line, and no byte of it steers a terminal. */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f) {
            *text = '?';
        }
    }
}

static void append(struct error *err, const char *place, const char *format, va_list args)
{
    char *message = NULL;
    if (vasprintf(&message, format, args) < 0) {
        out_of_memory();
    }
    size_t room = err->length + strlen(place) + strlen(message) + sizeof "\n";
    char *text = realloc(err->text, room);
    if (text == NULL) {
        out_of_memory();
    }
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
    if (length < 0) {
        out_of_memory();
    }
    return place;
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
