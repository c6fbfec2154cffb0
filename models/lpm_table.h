/* lpm_table.h - what the lpm_*.c share: the memory of one prefix table. For them only.
 *
 *   words   0                  2^20            n_words
 *          [ root: 2^19 cells | lines and blocks, as they come ... ]
 *
 *   cell    32 neighbouring slots as runs of equal values: bit s of `ends` says that a run ends at
 *           slot s (but bit 31 means LPM_BLOCK). So with rank = popcount(ends >> s), slot s has
 *             word base + rank   when LPM_BLOCK is set: a block holds the runs backwards;
 *             value base - rank  otherwise: one run, or runs of ids that follow one another, as
 *                                side by side prefixes have. This costs one cache miss less.
 *   line    eight cells, one cache line: the next 8 bits of the address
 *   value   an entry id, or LPM_LINE | the index of a line's first cell
 *
 * The root takes the first 24 bits of an address, each line 8 more. All zero is a valid empty
 * table.
 */
#ifndef MODELS_LPM_TABLE_H
#define MODELS_LPM_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/lpm.h"

#define LPM_ROOT 0u /* the table that begins at cell 0 */
#define LPM_LINE 0x80000000u
#define LPM_ROOT_BITS 24u
#define LPM_LINE_BITS 8u
#define LPM_CELL_SLOT_BITS 5u
#define LPM_CELL_SLOTS (1u << LPM_CELL_SLOT_BITS)
#define LPM_CELL_WORDS 2u
#define LPM_LINE_CELLS 8u
#define LPM_N_BLOCK_SIZES 17u /* of 2 * index words */

#define LPM_BLOCK 0x80000000u /* in ends */

struct lpm_cell {
    uint32_t ends;
    uint32_t base;
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
    bool has_vectors; /* this CPU looks up in vectors of 16: lpm_lookup.c */
};

/* A cell laid open: run i has value[i] and ends at slot last[i]; last[n - 1] is 31. */
struct lpm_runs {
    uint32_t n;
    uint32_t value[LPM_CELL_SLOTS];
    uint8_t last[LPM_CELL_SLOTS];
};

/* The value of a slot of a cell; only the low 5 bits of slot count. */
static inline uint32_t lpm_cell_value(const struct lpm *lpm, uint32_t cell, uint32_t slot)
{
    struct lpm_cell c = lpm->cells[cell];
    uint32_t rank = (uint32_t)__builtin_popcount(c.ends >> slot % LPM_CELL_SLOTS);
    return c.ends & LPM_BLOCK ? lpm->words[c.base + rank] : c.base - rank;
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

/* The value that the tables have for a whole address. */
uint32_t lpm_match(const struct lpm *lpm, uint64_t hi, uint64_t lo);

/* Whether this CPU can: AVX-512 with population counts. */
bool lpm_has_vectors(void);

/* Room in the arrays by id. */
void lpm_reserve_ids(struct lpm *lpm, uint32_t n_ids);

#endif /* MODELS_LPM_TABLE_H */
