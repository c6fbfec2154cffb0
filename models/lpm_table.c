/* lpm_table.c - blocks, lines and cells.
 *
 * Blocks come in even sizes up to 32 words, each with its own free list; a cell changes its block
 * only when its number of runs leaves the size. Nothing is ever merged or moved: a table that is
 * changed for ever needs, of each size, the most that it ever had at one time.
 */
#include "models/lpm_table.h"

#include <string.h>

#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"

#define ROOT_CELLS ((1u << LPM_ROOT_BITS) / LPM_CELL_SLOTS)
#define LINE_WORDS (LPM_LINE_CELLS * LPM_CELL_WORDS)
#define FIRST_CAPACITY_WORDS (8ull * LPM_CELL_WORDS * ROOT_CELLS)
#define FIRST_IDS 1024u

struct lpm *lpm_open(enum ip_family family, struct arena *mem)
{
    struct lpm *lpm = arena_take(mem, sizeof *lpm);
    lpm->family = family;
    lpm->mem = mem;
    lpm->has_vectors = lpm_has_vectors();
    lpm->n_words = LPM_CELL_WORDS * ROOT_CELLS;
    lpm->capacity_words = FIRST_CAPACITY_WORDS;
    lpm->words = arena_take_array(mem, lpm->capacity_words, sizeof *lpm->words);
    lpm->cells = (struct lpm_cell *)lpm->words;
    lpm_reserve_ids(lpm, FIRST_IDS);
    return lpm;
}

size_t lpm_bytes(const struct lpm *lpm)
{
    return sizeof *lpm + (size_t)lpm->n_words * sizeof *lpm->words +
           lpm->n_ids * (sizeof *lpm->parent + sizeof *lpm->length);
}

void lpm_reserve_ids(struct lpm *lpm, uint32_t n_ids)
{
    sim_assert(n_ids <= LPM_MAX_ID + 1);
    if (n_ids <= lpm->n_ids) {
        return;
    }
    uint32_t grown = n_ids < 2 * lpm->n_ids ? 2 * lpm->n_ids : n_ids;
    lpm->parent = arena_grow(lpm->mem, lpm->parent, lpm->n_ids * sizeof *lpm->parent,
                             grown * sizeof *lpm->parent);
    lpm->length = arena_grow(lpm->mem, lpm->length, lpm->n_ids * sizeof *lpm->length,
                             grown * sizeof *lpm->length);
    lpm->n_ids = grown;
}

/* Words never used before. */
static uint32_t take_words(struct lpm *lpm, uint32_t n)
{
    uint64_t first = lpm->n_words;
    lpm->n_words += n;
    sim_assert(lpm->n_words <= INT32_MAX); /* as gathers count */
    if (lpm->n_words > lpm->capacity_words) {
        size_t old_bytes = lpm->capacity_words * sizeof *lpm->words;
        lpm->capacity_words *= 2;
        lpm->words = arena_grow(lpm->mem, lpm->words, old_bytes, 2 * old_bytes);
        lpm->cells = (struct lpm_cell *)lpm->words;
    }
    return (uint32_t)first;
}

static void give_block(struct lpm *lpm, uint32_t block, uint32_t size)
{
    lpm->words[block] = lpm->free_blocks[size];
    lpm->free_blocks[size] = block;
}

static uint32_t take_block(struct lpm *lpm, uint32_t size)
{
    uint32_t block = lpm->free_blocks[size];
    if (block == 0) {
        return take_words(lpm, 2 * size);
    }
    lpm->free_blocks[size] = lpm->words[block];
    return block;
}

uint32_t lpm_line_take(struct lpm *lpm)
{
    uint32_t line = lpm->free_lines;
    if (line != 0) {
        lpm->free_lines = lpm->words[LPM_CELL_WORDS * line];
        memset(&lpm->cells[line], 0, LPM_LINE_CELLS * sizeof *lpm->cells);
        return line;
    }
    uint32_t gap = (uint32_t)-lpm->n_words % LINE_WORDS; /* a line is a cache line */
    if (gap > 0) {
        give_block(lpm, take_words(lpm, gap), gap / 2);
    }
    return take_words(lpm, LINE_WORDS) / LPM_CELL_WORDS;
}

void lpm_line_give(struct lpm *lpm, uint32_t line)
{
    lpm->words[LPM_CELL_WORDS * line] = lpm->free_lines;
    lpm->free_lines = line;
}

static uint32_t block_size(uint32_t n_words)
{
    return (n_words + 1) / 2;
}

static bool needs_block(const struct lpm_runs *runs)
{
    for (uint32_t i = 1; i < runs->n; i++) {
        if (runs->value[i] != runs->value[0] + i) {
            return true;
        }
    }
    return false;
}

void lpm_cell_read(const struct lpm *lpm, uint32_t cell, struct lpm_runs *runs)
{
    const struct lpm_cell c = lpm->cells[cell];
    uint32_t n = 0;
    for (uint32_t ends = c.ends | LPM_BLOCK; ends != 0; ends &= ends - 1) {
        runs->last[n++] = (uint8_t)__builtin_ctz(ends);
    }
    for (uint32_t i = 0; i < n; i++) {
        runs->value[i] = c.ends & LPM_BLOCK ? lpm->words[c.base + n - i] : c.base - (n - 1 - i);
    }
    runs->n = n;
}

void lpm_cell_write(struct lpm *lpm, uint32_t cell, const struct lpm_runs *runs)
{
    struct lpm_cell c = lpm->cells[cell];
    uint32_t old_size = c.ends & LPM_BLOCK ? block_size((uint32_t)__builtin_popcount(c.ends)) : 0;
    uint32_t size = needs_block(runs) ? block_size(runs->n) : 0;
    if (size != old_size) {
        if (old_size != 0) {
            give_block(lpm, c.base + 1, old_size);
        }
        c.base = size != 0 ? take_block(lpm, size) - 1 : 0;
    }
    if (size == 0) {
        c.base = runs->value[runs->n - 1];
    }
    c.ends = size != 0 ? LPM_BLOCK : 0;
    for (uint32_t i = 0; i + 1 < runs->n; i++) {
        c.ends |= 1u << runs->last[i];
    }
    lpm->cells[cell] = c;
    for (uint32_t i = 0; size != 0 && i < runs->n; i++) {
        lpm->words[c.base + runs->n - i] = runs->value[i];
    }
}
