/* lpm_table.h - what lpm.c and lpm_build.c share: the memory of one prefix table. For them only.
 *
 *   words   0      16                          n_words
 *          [ zero | root: 2^18 cells | lines and blocks, as they come ... ]
 *
 *   cell    64 neighbouring slots as runs of equal values: bit s of `ends` says that a run ends at
 *           slot s (bit 63 is left out), and the run of slot s is word base + popcount(ends >> s).
 *           So a block holds the runs backwards, and the last run is its first word. A cell of one
 *           run points at its own `value`: most such cells cost no second cache miss.
 *   line    four cells, one cache line: the next 8 bits of the address
 *   value   an entry id, or LPM_LINE | the index of a line's first cell
 *
 * The root takes the first 24 bits of an address, each line 8 more. All zero is a valid empty
 * table.
 */
#ifndef MODELS_LPM_TABLE_H
#define MODELS_LPM_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/lpm.h"

#define LPM_LINE 0x80000000u
#define LPM_ROOT 4u /* index of the root's first cell */
#define LPM_ROOT_BITS 24u
#define LPM_LINE_BITS 8u
#define LPM_CELL_SLOTS 64u
#define LPM_CELL_WORDS 4u
#define LPM_LINE_CELLS 4u
#define LPM_N_BLOCK_SIZES 33u /* of 2 * index words */

struct lpm_cell {
    uint64_t ends;
    uint32_t base;
    uint32_t value;
};

struct lpm {
    struct lpm_cell *cells; /* the same memory as words */
    uint32_t *words;
    uint64_t n_words, capacity_words;
    uint32_t free_blocks[LPM_N_BLOCK_SIZES]; /* lists through the first word; 0 ends them */
    uint32_t free_lines;                     /* by index of the first cell, the same way */
    uint32_t *parent;                        /* by id */
    uint8_t *length;                         /* by id: of its prefix */
    uint32_t n_ids;                          /* length of the two */
    struct arena *mem;
    enum ip_family family;
};

/* A cell laid open: run i has value[i] and ends at slot last[i]; last[n - 1] is 63. */
struct lpm_runs {
    uint32_t n;
    uint32_t value[LPM_CELL_SLOTS];
    uint8_t last[LPM_CELL_SLOTS];
};

/* Index of the word with the value of a slot; only the low 6 bits of slot count. */
static inline uint32_t lpm_cell_word(const struct lpm_cell *cell, uint32_t slot)
{
    return cell->base + (uint32_t)__builtin_popcountll(cell->ends >> (slot & 63));
}

/* Index of a cell's own value. */
static inline uint32_t lpm_own_word(uint32_t cell)
{
    return LPM_CELL_WORDS * cell + (uint32_t)offsetof(struct lpm_cell, value) / 4;
}

/* The next 8 bits of an address. */
static inline uint32_t lpm_byte(uint64_t hi, uint64_t lo, uint32_t bits)
{
    return (uint32_t)(bits < 64 ? hi >> (56 - bits) : lo >> (120 - bits)) & 255;
}

/* Appends a run, or lengthens the last one when the value is the same. */
static inline void lpm_runs_add(struct lpm_runs *runs, uint32_t last, uint32_t value)
{
    if (runs->n == 0 || runs->value[runs->n - 1] != value) {
        runs->value[runs->n++] = value;
    }
    runs->last[runs->n - 1] = (uint8_t)last;
}

void lpm_cell_read(const struct lpm *lpm, uint32_t cell, struct lpm_runs *runs);
void lpm_cell_write(struct lpm *lpm, uint32_t cell, const struct lpm_runs *runs);

/* A line of empty cells: the index of its first. Give it back when its cells are of one run each.
 */
uint32_t lpm_line_take(struct lpm *lpm);
void lpm_line_give(struct lpm *lpm, uint32_t line);

/* Room in the arrays by id. */
void lpm_reserve_ids(struct lpm *lpm, uint32_t n_ids);

#endif /* MODELS_LPM_TABLE_H */
