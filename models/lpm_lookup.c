/* lpm_lookup.c - batches of lookups in the prefix table drawn in lpm_table.h.
 *
 * The table does not fit the nearest cache, so a batch goes through in groups, phase by phase: what
 * many lookups need from memory is under way at once. One address at a time, prefetches see to
 * that; with vectors of 16 the gathers do, and prefetches would only be in their way. Both forms of
 * the one step, read_*(), give the same; all else is written once and built for each.
 */
#include "models/lpm_table.h"
#include "sim/dispatch.h"

/* Not at -O0: there gcc's gathers are macros that do not compile without warnings. */
#if defined(__x86_64__) && defined(__OPTIMIZE__)
#define HAS_VECTORS
#include <immintrin.h>
#endif

#define GROUP 256u
#define LANES 16u

/* What to read: of cell cells[i] >> cell_shift slot slots[i] >> slot_shift, its low 5 bits. */
struct places {
    const uint32_t *cells, *slots;
    uint32_t cell_shift, slot_shift;
};

/* What both forms do, for n of at most GROUP places: values[i] = value of place i. Returns how many
 * of them are lines; left[], with room for LANES more, begins with their i. */
typedef uint32_t read_function(const struct lpm *lpm, const struct places *p, uint32_t *values,
                               uint32_t *left, uint32_t n);

static inline uint32_t read_singly(const struct lpm *lpm, const struct places *p, uint32_t *values,
                                   uint32_t *left, uint32_t n)
{
    uint32_t word[GROUP];     /* its index, or the value itself */
    uint32_t is_index[GROUP]; /* all ones or 0: masks, as branches would be guessed wrong */
    for (uint32_t i = 0; i < n; i++) {
        __builtin_prefetch(&lpm->cells[p->cells[i] >> p->cell_shift]);
    }
    for (uint32_t i = 0; i < n; i++) {
        struct lpm_cell c = lpm->cells[p->cells[i] >> p->cell_shift];
        uint32_t slot = (p->slots[i] >> p->slot_shift) % LPM_CELL_SLOTS;
        uint32_t rank = (uint32_t)__builtin_popcount(c.ends >> slot);
        is_index[i] = 0 - c.ends / LPM_BLOCK;
        word[i] = c.base + ((rank ^ ~is_index[i]) - ~is_index[i]); /* + rank or - rank */
        __builtin_prefetch(&lpm->words[word[i] & is_index[i]]);
    }
    uint32_t n_left = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t in_block = lpm->words[word[i] & is_index[i]];
        values[i] = (in_block & is_index[i]) | (word[i] & ~is_index[i]);
        left[n_left] = i;
        n_left += values[i] / LPM_LINE;
    }
    return n_left;
}

#ifdef HAS_VECTORS

#define VECTORS __attribute__((flatten, target("avx512f,avx512vpopcntdq")))

/* Ice Lake's gathers have been slow since its microcode guards them (INTEL-SA-00828). */
bool lpm_has_vectors(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq") &&
           !__builtin_cpu_is("icelake-server");
}

/* Which lanes of the vector at i are among the first n. */
static inline __mmask16 lanes(uint32_t i, uint32_t n)
{
    return (__mmask16)(n - i < LANES ? (1u << (n - i)) - 1 : 0xffff);
}

VECTORS static inline uint32_t read_in_vectors(const struct lpm *lpm, const struct places *p,
                                               uint32_t *values, uint32_t *left, uint32_t n)
{
    const __m512i lane = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i ends_at = _mm512_add_epi32(lane, lane); /* in two vectors of cells */
    const __m512i base_at = _mm512_add_epi32(ends_at, _mm512_set1_epi32(1));
    const __m512i low_bits = _mm512_set1_epi32(LPM_CELL_SLOTS - 1);
    const __m512i top_bit = _mm512_set1_epi32(INT32_MIN); /* LPM_BLOCK, LPM_LINE */
    __m512i word[GROUP / LANES];                          /* indices, or the values themselves */
    __mmask16 is_index[GROUP / LANES];
    for (uint32_t i = 0; i < n; i += LANES) {
        __m512i cell = _mm512_maskz_loadu_epi32(lanes(i, n), p->cells + i);
        __m512i slot = _mm512_maskz_loadu_epi32(lanes(i, n), p->slots + i);
        cell = _mm512_srl_epi32(cell, _mm_cvtsi32_si128((int)p->cell_shift));
        slot = _mm512_srl_epi32(slot, _mm_cvtsi32_si128((int)p->slot_shift));
        __m512i low = _mm512_i32gather_epi64(_mm512_castsi512_si256(cell), lpm->cells, 8);
        __m512i high = _mm512_i32gather_epi64(_mm512_extracti64x4_epi64(cell, 1), lpm->cells, 8);
        __m512i ends = _mm512_permutex2var_epi32(low, ends_at, high);
        __m512i base = _mm512_permutex2var_epi32(low, base_at, high);
        slot = _mm512_and_si512(slot, low_bits);
        __m512i rank = _mm512_popcnt_epi32(_mm512_srlv_epi32(ends, slot));
        __mmask16 has_block = _mm512_test_epi32_mask(ends, top_bit);
        word[i / LANES] =
            _mm512_mask_add_epi32(_mm512_sub_epi32(base, rank), has_block, base, rank);
        is_index[i / LANES] = has_block;
    }
    uint32_t n_left = 0;
    for (uint32_t i = 0; i < n; i += LANES) {
        __m512i w = word[i / LANES];
        __m512i value = _mm512_mask_i32gather_epi32(w, is_index[i / LANES], w, lpm->words, 4);
        _mm512_mask_storeu_epi32(values + i, lanes(i, n), value);
        __mmask16 is_line = lanes(i, n) & _mm512_test_epi32_mask(value, top_bit);
        if (is_line != 0) {
            __m512i place = _mm512_add_epi32(lane, _mm512_set1_epi32((int)i));
            _mm512_storeu_si512(left + n_left, _mm512_maskz_compress_epi32(is_line, place));
            n_left += (uint32_t)__builtin_popcount(is_line);
        }
    }
    return n_left;
}

#else

bool lpm_has_vectors(void)
{
    return false;
}

#endif

/* Reads what the root has for the first 32 bits of addresses. */
static inline uint32_t lookup_root(const struct lpm *lpm, read_function *read_places,
                                   const uint32_t *first32, uint32_t *values, uint32_t *left,
                                   uint32_t n)
{
    const uint32_t slot_shift = 32 - LPM_ROOT_BITS;
    const struct places p = {first32, first32, slot_shift + LPM_CELL_SLOT_BITS, slot_shift};
    return read_places(lpm, &p, values, left, n);
}

/* Takes those left down the lines, all one level at a time. */
static inline void lookup_lines(const struct lpm *lpm, read_function *read_places,
                                const uint64_t *hi, const uint64_t *lo, uint32_t *values,
                                uint32_t *left, uint32_t n_left)
{
    uint32_t cells[GROUP], slots[GROUP], found[GROUP], still[GROUP + LANES];
    const struct places p = {.cells = cells, .slots = slots};
    for (uint32_t known = LPM_ROOT_BITS; n_left > 0; known += LPM_LINE_BITS) {
        for (uint32_t k = 0; k < n_left; k++) {
            slots[k] = lpm_byte(hi[left[k]], lo[left[k]], known);
            cells[k] = (values[left[k]] & ~LPM_LINE) + slots[k] / LPM_CELL_SLOTS;
        }
        uint32_t n_still = read_places(lpm, &p, found, still, n_left);
        for (uint32_t k = 0; k < n_left; k++) {
            values[left[k]] = found[k];
        }
        for (uint32_t k = 0; k < n_still; k++) {
            left[k] = left[still[k]];
        }
        n_left = n_still;
    }
}

static inline void lookup4(const struct lpm *lpm, read_function *read_places,
                           const uint32_t *addresses, uint32_t *ids, size_t n)
{
    for (size_t first = 0; first < n; first += GROUP) {
        uint32_t left[GROUP + LANES];
        uint64_t hi[GROUP]; /* of those left: there are few prefixes of more than 24 bits */
        uint32_t size = (uint32_t)(n - first < GROUP ? n - first : GROUP);
        uint32_t n_left = lookup_root(lpm, read_places, addresses + first, ids + first, left, size);
        for (uint32_t k = 0; k < n_left; k++) {
            hi[left[k]] = (uint64_t)addresses[first + left[k]] << 32;
        }
        lookup_lines(lpm, read_places, hi, hi, ids + first, left, n_left);
    }
}

static inline void lookup6(const struct lpm *lpm, read_function *read_places, const uint64_t *hi,
                           const uint64_t *lo, uint32_t *ids, size_t n)
{
    for (size_t first = 0; first < n; first += GROUP) {
        uint32_t first32[GROUP], left[GROUP + LANES];
        uint32_t size = (uint32_t)(n - first < GROUP ? n - first : GROUP);
        for (uint32_t i = 0; i < size; i++) {
            first32[i] = (uint32_t)(hi[first + i] >> 32);
        }
        uint32_t n_left = lookup_root(lpm, read_places, first32, ids + first, left, size);
        lookup_lines(lpm, read_places, hi + first, lo + first, ids + first, left, n_left);
    }
}

uint32_t lpm_match(const struct lpm *lpm, uint64_t hi, uint64_t lo)
{
    uint32_t slot = (uint32_t)(hi >> (64 - LPM_ROOT_BITS));
    uint32_t value = lpm_cell_value(lpm, LPM_ROOT + slot / LPM_CELL_SLOTS, slot);
    for (uint32_t known = LPM_ROOT_BITS; value & LPM_LINE; known += LPM_LINE_BITS) {
        slot = lpm_byte(hi, lo, known);
        value = lpm_cell_value(lpm, (value & ~LPM_LINE) + slot / LPM_CELL_SLOTS, slot);
    }
    return value;
}

SIM_DISPATCH static void lookup4_singly(const struct lpm *lpm, const uint32_t *addresses,
                                        uint32_t *ids, size_t n)
{
    lookup4(lpm, read_singly, addresses, ids, n);
}

SIM_DISPATCH static void lookup6_singly(const struct lpm *lpm, const uint64_t *hi,
                                        const uint64_t *lo, uint32_t *ids, size_t n)
{
    lookup6(lpm, read_singly, hi, lo, ids, n);
}

#ifdef HAS_VECTORS

VECTORS static void lookup4_in_vectors(const struct lpm *lpm, const uint32_t *addresses,
                                       uint32_t *ids, size_t n)
{
    lookup4(lpm, read_in_vectors, addresses, ids, n);
}

VECTORS static void lookup6_in_vectors(const struct lpm *lpm, const uint64_t *hi,
                                       const uint64_t *lo, uint32_t *ids, size_t n)
{
    lookup6(lpm, read_in_vectors, hi, lo, ids, n);
}

#else
#define lookup4_in_vectors lookup4_singly
#define lookup6_in_vectors lookup6_singly
#endif

void lpm_lookup4(const struct lpm *lpm, const uint32_t *addresses, uint32_t *ids, size_t n)
{
    (lpm->has_vectors ? lookup4_in_vectors : lookup4_singly)(lpm, addresses, ids, n);
}

void lpm_lookup6(const struct lpm *lpm, const uint64_t *hi, const uint64_t *lo, uint32_t *ids,
                 size_t n)
{
    (lpm->has_vectors ? lookup6_in_vectors : lookup6_singly)(lpm, hi, lo, ids, n);
}
