/* intern.c - a hash table of counted byte strings.
 *
 * Open addressing; a string that goes leaves no mark: those behind it move up (Knuth, TAOCP 6.4,
 * algorithm R). Memory is cut from the arena in multiples of 16 bytes; a free piece begins with the
 * pointer to the next one of its size. Long strings are rare and rounded up to a power of two.
 */
#include "models/intern.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"

#define GRAIN 16
#define N_SMALL 64 /* sizes 16, 32, .. 1024 */
#define N_SIZES (N_SMALL + 22)
#define SLAB_BYTES (64u << 10)
#define FIRST_ROOM 1024u

/* A free piece of memory. */
struct piece {
    struct piece *next;
};

struct string {
    uint8_t *bytes;
    uint32_t n, hash;
    uint32_t count; /* 0: free */
    uint32_t next;  /* of a free one */
};

struct intern {
    struct arena *mem;
    struct string *strings; /* by number; 0 is none */
    uint32_t n_numbers, room, free_number;
    uint32_t *buckets; /* twice `room`: a number, or 0 */
    size_t n, n_bytes;
    struct piece *free[N_SIZES];
    uint8_t *slab; /* the rest of one */
    size_t slab_bytes;
};

static uint32_t hash_of(const uint8_t *p, size_t n)
{
    uint64_t h = n * 0x9e3779b97f4a7c15u, word = 0;
    for (; n >= 8; n -= 8, p += 8) {
        memcpy(&word, p, 8);
        h = (h ^ word) * 0xbf58476d1ce4e5b9u;
        h ^= h >> 32;
    }
    word = 0;
    memcpy(&word, p, n);
    h = (h ^ word) * 0x94d049bb133111ebu;
    return (uint32_t)(h >> 32);
}

/* ---- memory ---- */

static unsigned size_class(size_t n, size_t *bytes)
{
    size_t grains = n == 0 ? 1 : (n + GRAIN - 1) / GRAIN;
    unsigned class = (unsigned)grains - 1;
    *bytes = grains * GRAIN;
    if (grains > N_SMALL) {
        class = N_SMALL;
        *bytes = 2 * N_SMALL * GRAIN;
        while (*bytes < n) {
            *bytes *= 2;
            class ++;
        }
    }
    sim_assert(class < N_SIZES);
    return class;
}

static uint8_t *piece_take(struct intern *t, size_t n)
{
    size_t bytes;
    unsigned class = size_class(n, &bytes);
    struct piece *old = t->free[class];
    if (old != NULL) {
        t->free[class] = old->next;
        return (uint8_t *)old;
    }
    if (bytes > SLAB_BYTES / 4) {
        return arena_take(t->mem, bytes);
    }
    if (t->slab_bytes < bytes) {
        t->slab = arena_take(t->mem, SLAB_BYTES);
        t->slab_bytes = SLAB_BYTES;
    }
    uint8_t *piece = t->slab;
    t->slab += bytes;
    t->slab_bytes -= bytes;
    return piece;
}

static void piece_free(struct intern *t, void *bytes_of_it, size_t n)
{
    size_t bytes;
    unsigned class = size_class(n, &bytes);
    struct piece *piece = bytes_of_it;
    piece->next = t->free[class];
    t->free[class] = piece;
}

/* ---- the table ---- */

static void grow(struct intern *t)
{
    const size_t bytes = sizeof *t->strings;
    uint32_t room = t->room == 0 ? FIRST_ROOM : 2 * t->room;
    t->strings = arena_grow(t->mem, t->strings, t->room * bytes, room * bytes);
    t->room = room;
    t->buckets = arena_take_array(t->mem, 2 * (size_t)room, sizeof *t->buckets);
    for (uint32_t number = 1; number < t->n_numbers; number++) {
        uint32_t i = t->strings[number].hash;
        while (t->buckets[i &= 2 * room - 1] != 0) {
            i++;
        }
        t->buckets[i] = number;
    }
}

struct intern *intern_open(struct arena *mem)
{
    struct intern *t = arena_take(mem, sizeof *t);
    t->mem = mem;
    t->n_numbers = 1;
    grow(t);
    return t;
}

/* The bucket of this string, or the empty one where it belongs. */
static uint32_t find(const struct intern *t, const void *bytes, size_t n, uint32_t hash)
{
    const uint32_t mask = 2 * t->room - 1;
    uint32_t i = hash & mask;
    for (; t->buckets[i] != 0; i = (i + 1) & mask) {
        const struct string *s = &t->strings[t->buckets[i]];
        if (s->hash == hash && s->n == n && (n == 0 || memcmp(s->bytes, bytes, n) == 0)) {
            break;
        }
    }
    return i;
}

static uint32_t new_number(struct intern *t)
{
    uint32_t number = t->free_number;
    if (number != 0) {
        t->free_number = t->strings[number].next;
        return number;
    }
    return t->n_numbers++;
}

uint32_t intern_take(struct intern *t, const void *bytes, size_t n, bool *is_new)
{
    uint32_t hash = hash_of(bytes, n), i = find(t, bytes, n, hash), number = t->buckets[i];
    if (is_new != NULL) {
        *is_new = number == 0;
    }
    if (number != 0) {
        t->strings[number].count++;
        return number;
    }
    if (t->free_number == 0 && t->n_numbers == t->room) {
        grow(t);
        i = find(t, bytes, n, hash);
    }
    number = t->buckets[i] = new_number(t);
    struct string *s = &t->strings[number];
    *s = (struct string){.bytes = piece_take(t, n), .n = (uint32_t)n, .hash = hash, .count = 1};
    memcpy(s->bytes, bytes, n);
    t->n++;
    t->n_bytes += n;
    return number;
}

void intern_keep(struct intern *t, uint32_t number)
{
    sim_assert(number != 0 && t->strings[number].count > 0);
    t->strings[number].count++;
}

/* Takes a bucket out: whatever a search would no longer reach over the gap moves into it. */
static void empty_bucket(struct intern *t, uint32_t gap)
{
    const uint32_t mask = 2 * t->room - 1;
    for (uint32_t i = (gap + 1) & mask; t->buckets[i] != 0; i = (i + 1) & mask) {
        uint32_t wanted = t->strings[t->buckets[i]].hash & mask;
        if (((i - wanted) & mask) >= ((i - gap) & mask)) {
            t->buckets[gap] = t->buckets[i];
            gap = i;
        }
    }
    t->buckets[gap] = 0;
}

bool intern_drop(struct intern *t, uint32_t number)
{
    struct string *s = &t->strings[number];
    sim_assert(number != 0 && s->count > 0);
    if (--s->count > 0) {
        return false;
    }
    empty_bucket(t, find(t, s->bytes, s->n, s->hash));
    piece_free(t, s->bytes, s->n);
    t->n--;
    t->n_bytes -= s->n;
    s->next = t->free_number;
    t->free_number = number;
    return true;
}

const void *intern_get(const struct intern *t, uint32_t number, size_t *n)
{
    const struct string *s = &t->strings[number];
    sim_assert(number != 0 && s->count > 0);
    if (n != NULL) {
        *n = s->n;
    }
    return s->bytes;
}

size_t intern_n(const struct intern *t)
{
    return t->n;
}

size_t intern_bytes(const struct intern *t)
{
    return t->n_bytes;
}
