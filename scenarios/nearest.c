/* nearest.c - optimal string alignment distance: three rows of its table are enough. */
#include "scenarios/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define MAX_LENGTH 40 /* words longer than this are not typing errors */

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Both words are at most MAX_LENGTH long. */
static unsigned distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
    unsigned rows[3][MAX_LENGTH + 1];
    for (unsigned j = 0; j <= n_b; j++) {
        rows[0][j] = j;
    }
    for (unsigned i = 1; i <= n_a; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i - 1) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (unsigned j = 1; j <= n_b; j++) {
            row[j] =
                least(least(above[j], row[j - 1]) + 1, above[j - 1] + !same(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1])) {
                row[j] = least(row[j], above2[j - 2] + 1);
            }
        }
    }
    return rows[n_a % 3][n_b];
}

const char *nearest_word(const char *word, const char *const *words, size_t n)
{
    size_t length = strlen(word);
    if (length > MAX_LENGTH) {
        return NULL;
    }
    const char *nearest = NULL;
    unsigned limit = (unsigned)(length + 2) / 3;
    for (size_t i = 0; i < n; i++) {
        size_t other = strlen(words[i]);
        unsigned wrong = other <= MAX_LENGTH ? distance(word, length, words[i], other) : limit + 1;
        if (wrong <= limit && (nearest == NULL || wrong < limit)) {
            nearest = words[i];
            limit = wrong;
        }
    }
    return nearest;
}
