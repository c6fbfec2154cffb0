/* ios_heap.c - blocks know their neighbours by number; the free ones are a list of their own, which
 * is short: chunks (ios_memory.h) see to it that blocks are few and of few sizes.
 */
#include "models/ios_heap.h"

#include <stdbool.h>

#include "sim/arena.h"
#include "sim/error.h"

#define NONE 0

/* Neighbours by address; of the free list, or of numbers that can be used again. */
struct block {
    uint64_t address, bytes; /* its header included */
    uint32_t before, after;
    uint32_t prev, next;
    bool is_free;
};

struct ios_heap {
    struct arena *mem;
    struct block *blocks; /* [1 .. n) */
    uint32_t n, room;
    uint32_t first_free, first_unused; /* unused: numbers, by next */
    uint64_t header_bytes, total, free, lowest_free;
    enum ios_fit fit;
};

/* What one could have of a free block. */
static uint64_t payload(const struct ios_heap *h, uint32_t i)
{
    return h->blocks[i].bytes - h->header_bytes;
}

static uint32_t new_number(struct ios_heap *h)
{
    uint32_t i = h->first_unused;
    if (i != NONE) {
        h->first_unused = h->blocks[i].next;
        return i;
    }
    if (h->n == h->room) {
        size_t bytes = h->room * sizeof *h->blocks;
        h->blocks = arena_grow(h->mem, h->blocks, bytes, 2 * bytes);
        h->room *= 2;
    }
    return h->n++;
}

static void add_free(struct ios_heap *h, uint32_t i)
{
    struct block *b = &h->blocks[i];
    b->is_free = true;
    b->prev = NONE;
    b->next = h->first_free;
    if (b->next != NONE) {
        h->blocks[b->next].prev = i;
    }
    h->first_free = i;
    h->free += payload(h, i);
}

static void remove_free(struct ios_heap *h, uint32_t i)
{
    struct block *b = &h->blocks[i];
    *(b->prev != NONE ? &h->blocks[b->prev].next : &h->first_free) = b->next;
    if (b->next != NONE) {
        h->blocks[b->next].prev = b->prev;
    }
    b->is_free = false;
    h->free -= payload(h, i);
}

struct ios_heap *ios_heap_open(uint64_t bytes, uint64_t header_bytes, enum ios_fit fit,
                               struct arena *mem)
{
    struct ios_heap *h = arena_take(mem, sizeof *h);
    sim_assert(bytes >= header_bytes + IOS_LEAST_BLOCK_BYTES);
    *h = (struct ios_heap){.mem = mem,
                           .n = 1,
                           .room = 64,
                           .header_bytes = header_bytes,
                           .total = bytes,
                           .lowest_free = bytes - header_bytes,
                           .fit = fit};
    h->blocks = arena_take_array(mem, h->room, sizeof *h->blocks);
    uint32_t whole = new_number(h);
    h->blocks[whole] = (struct block){.bytes = bytes};
    add_free(h, whole);
    return h;
}

/* Whether free block a is the better choice than b. */
static bool is_better(const struct ios_heap *h, uint32_t a, uint32_t b)
{
    const struct block *x = &h->blocks[a], *y = &h->blocks[b];
    return h->fit == IOS_BEST_FIT && x->bytes != y->bytes ? x->bytes < y->bytes
                                                          : x->address < y->address;
}

static uint32_t choose(const struct ios_heap *h, uint64_t bytes)
{
    uint32_t best = NONE;
    for (uint32_t i = h->first_free; i != NONE; i = h->blocks[i].next) {
        if (payload(h, i) >= bytes && (best == NONE || is_better(h, i, best))) {
            best = i;
        }
    }
    return best;
}

/* Cuts what is behind the first `bytes` off a block, as a free one. */
static void split(struct ios_heap *h, uint32_t i, uint64_t bytes)
{
    uint32_t rest = new_number(h); /* may move the blocks */
    struct block *b = &h->blocks[i];
    h->blocks[rest] = (struct block){
        .address = b->address + bytes, .bytes = b->bytes - bytes, .before = i, .after = b->after};
    if (b->after != NONE) {
        h->blocks[b->after].before = rest;
    }
    b->after = rest;
    b->bytes = bytes;
    add_free(h, rest);
}

uint32_t ios_heap_take(struct ios_heap *h, uint64_t bytes)
{
    uint32_t i = choose(h, bytes);
    if (i != NONE) {
        uint64_t whole = h->header_bytes + (bytes + 3) / 4 * 4; /* words of the CPU */
        remove_free(h, i);
        if (h->blocks[i].bytes >= whole + h->header_bytes + IOS_LEAST_BLOCK_BYTES) {
            split(h, i, whole);
        }
        h->lowest_free = h->free < h->lowest_free ? h->free : h->lowest_free;
    }
    return i;
}

/* Makes one block of two neighbours, the second of which is in no list. */
static void join(struct ios_heap *h, uint32_t i, uint32_t second)
{
    struct block *b = &h->blocks[i], *s = &h->blocks[second];
    b->bytes += s->bytes;
    b->after = s->after;
    if (b->after != NONE) {
        h->blocks[b->after].before = i;
    }
    s->next = h->first_unused;
    h->first_unused = second;
}

void ios_heap_give(struct ios_heap *h, uint32_t i)
{
    sim_assert(i != NONE && i < h->n && !h->blocks[i].is_free);
    uint32_t before = h->blocks[i].before, after = h->blocks[i].after;
    if (after != NONE && h->blocks[after].is_free) {
        remove_free(h, after);
        join(h, i, after);
    }
    if (before != NONE && h->blocks[before].is_free) {
        remove_free(h, before);
        join(h, before, i);
        i = before;
    }
    add_free(h, i);
}

struct ios_heap_totals ios_heap_totals(const struct ios_heap *h)
{
    struct ios_heap_totals t = {.total = h->total,
                                .used = h->total - h->free,
                                .free = h->free,
                                .lowest_free = h->lowest_free};
    for (uint32_t i = h->first_free; i != NONE; i = h->blocks[i].next) {
        t.largest_free = payload(h, i) > t.largest_free ? payload(h, i) : t.largest_free;
        t.n_free++;
    }
    return t;
}
