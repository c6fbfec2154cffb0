/* error.h - the three kinds of wrong (a dropped packet, the third, is a counted reason).
 *
 * Bad input:   bool f(..., struct error *err) fills err and returns false; the tool prints every
 *              message, "file:line:column: what was found, what was expected", and exits 2.
 * Bad program: sim_assert prints file, line and the condition, and exits 3.
 */
#ifndef SIM_ERROR_H
#define SIM_ERROR_H

#include <stdbool.h>
#include <stddef.h>

/* A growing text of messages, one per line, each ended by '\n'. Start with {0}.
 * Keeps the first ERROR_MAX_MESSAGES; later ones are only counted. */
struct error {
    char *text;
    size_t length;
    unsigned n_messages;
};

#define ERROR_MAX_MESSAGES 50

/* Adds one message (no newline in the format). Always returns false, so callers can `return
 * error_add(...)`. */
bool error_add(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same behind "file:line:column: ". Line and column count from 1; 0 leaves them out. */
bool error_at(struct error *err, const char *file, unsigned line, unsigned column,
              const char *format, ...) __attribute__((format(printf, 5, 6)));

void error_free(struct error *err);

_Noreturn void sim_assert_failed(const char *file, int line, const char *what);

#define sim_assert(condition)                                                                      \
    (__builtin_expect(!(condition), 0) ? sim_assert_failed(__FILE__, __LINE__, #condition)         \
                                       : (void)0)

#endif /* SIM_ERROR_H */
