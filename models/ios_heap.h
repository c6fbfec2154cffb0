/* ios_heap.h - a memory pool of IOS: blocks one behind the other, each with its header.
 *
 *   | header used | header free | header used | header used | header free ............ |
 *                        ^                                         ^
 *                        '---- the free ones, of any size ---------'
 *
 * A block is cut off the front of a free one; one that is given back joins its free neighbours.
 * Memory can so be free and yet not be had: no single block is large enough.
 *
 * Units: bytes. Takes no memory of ours beside 32 bytes a block.
 */
#ifndef MODELS_IOS_HEAP_H
#define MODELS_IOS_HEAP_H

#include <stdint.h>

struct arena;
struct ios_heap;

/* Of the free blocks that are large enough: the smallest, or the one at the lowest address. */
enum ios_fit { IOS_BEST_FIT, IOS_FIRST_FIT };

/* What is left of a block and smaller than this goes with it. source: [TAC-117517] (vendor: the
 * smallest block) */
#define IOS_LEAST_BLOCK_BYTES 24

/* total = used + free: headers count as used. */
struct ios_heap_totals {
    uint64_t total, used, free;
    uint64_t lowest_free;  /* there has been */
    uint64_t largest_free; /* one block */
    uint32_t n_free;       /* blocks */
};

/* bytes: at least a header and a least block. */
struct ios_heap *ios_heap_open(uint64_t bytes, uint64_t header_bytes, enum ios_fit fit,
                               struct arena *mem);

/* The number of a block with room for so many bytes; 0: there is none. */
uint32_t ios_heap_take(struct ios_heap *heap, uint64_t bytes);
void ios_heap_give(struct ios_heap *heap, uint32_t block);

struct ios_heap_totals ios_heap_totals(const struct ios_heap *heap);

#endif /* MODELS_IOS_HEAP_H */
