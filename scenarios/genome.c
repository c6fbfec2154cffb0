/* genome.c - one table, read both ways. */
#include "scenarios/genome.h"

#include <stddef.h>

static const unsigned sizes[] = {64, 128, 256, 512, 1024, 1280, 1518, 2112, 9000};
#define N_SIZES (sizeof sizes / sizeof sizes[0])

unsigned genome_bytes(char letter)
{
    unsigned i = (unsigned)letter - (unsigned)'a';
    return i < N_SIZES ? sizes[i] : 0;
}

char genome_letter(unsigned bytes)
{
    for (size_t i = 0; i < N_SIZES; i++) {
        if (sizes[i] == bytes) {
            return (char)('a' + (int)i);
        }
    }
    return '\0';
}
