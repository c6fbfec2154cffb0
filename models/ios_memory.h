/* ios_memory.h - what a routing table takes of a router's memory under IOS, structure by structure,
 * and what happens when a piece cannot be had.
 *
 *   DRAM | image | boot: data, processes, buffers |   the rest of the processor pool    | I/O pool
 *                                                      ^ ios_heap.h
 *     a prefix --> network, path --> [ chunk of 420 ] [ chunk ] ...   block header + elements
 *              --> NDB, RDB      --> [ chunk ] ...                    (element = struct + 8)
 *              --> CEF entry, mtrie nodes, label
 *     what is new with it: attribute set, AS path, community list     once for each distinct value
 *                          routing table of a network with subnets    blocks of their own
 *
 * Elements come from chunks: a pool of one structure takes a block of the processor pool when all
 * of its elements are in use, and gives one back when it is empty. There is no number of bytes per
 * prefix: a table is steps, each the structures that its next prefix needs.
 *
 * When a block cannot be had, IOS logs MALLOCFAIL with pool, size and cause; BGP takes the session
 * down ("Down No memory") IOS_DOWN_NO_MEMORY_PS later, with NOTIFICATION 3/1 (UPDATE message error,
 * malformed attribute list) and no data.
 *
 * Differs from the hardware: an element given back is the one taken last, so that chunks do not
 * thin out; a set of attributes that replaces another does not exist beside it for a moment; AS paths and community lists are of one size each; the I/O pool is only reserved.
 *
 * Units: bytes. Errors: none; what does not fit is an outcome.
 */
#ifndef MODELS_IOS_MEMORY_H
#define MODELS_IOS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/ios_heap.h"

struct arena;

/* source: [FIRSTDIGEST] test 1 (measured: 21:22:49.383 to 21:23:00.395) */
#define IOS_DOWN_NO_MEMORY_PS INT64_C(11012000000000)
#define IOS_NOTIFICATION_CODE 3    /* source: [FIRSTDIGEST] (measured: sent 3/1, 0 bytes) */
#define IOS_NOTIFICATION_SUBCODE 1 /* source: [FIRSTDIGEST] (measured) */

/* In the order in which a prefix needs them. */
enum ios_pool {
    IOS_AS_PATHS,
    IOS_COMMUNITIES,
    IOS_ATTRIBUTES,
    IOS_NETWORKS,
    IOS_PATHS,
    IOS_SUBNETS, /* of a classful network with subnets */
    IOS_NDBS,    /* network descriptor blocks of the RIB */
    IOS_RDBS,    /* routing descriptor blocks: its paths */
    IOS_CEF_ENTRIES,
    IOS_MTRIE_NODES, /* 256 pointers each, by 8 bits of the address */
    IOS_LABELS,      /* MPLS label and its forwarding entry */
    IOS_N_POOLS
};

extern const char *const ios_pool_names[IOS_N_POOLS]; /* as IOS lists them */

struct ios_pool_type {
    uint64_t element_bytes;
    uint64_t chunk_bytes; /* 0: each element is a block of its own */
};

/* One release of IOS. */
struct ios_train {
    const char *release;
    uint64_t header_bytes;  /* of a block */
    uint64_t slot_bytes;    /* an element takes beside itself */
    uint64_t session_bytes; /* BGP's own: processes, queues, update groups */
    enum ios_fit fit;
    struct ios_pool_type pools[IOS_N_POOLS];
};

/* One router. */
struct ios_router {
    const char *model;
    uint64_t main_bytes, io_bytes; /* as `show version` prints them: 93184K/5120K */
    uint64_t image_bytes;          /* the image takes of main memory */
    uint64_t boot_bytes;           /* what is allocated before the first route */
    uint64_t n_holes, hole_bytes;  /* what is free between that, in pieces */
};

/* Elements that the next prefix of a table needs. */
struct ios_step {
    uint16_t n[IOS_N_POOLS];
};

/* A block that could not be had. */
struct ios_failure {
    const char *wanted_for; /* the pool's name, "BGP session" or "boot"; NULL: all went well */
    uint64_t bytes;         /* asked for */
    uint64_t free, largest; /* there were */
    bool fragmented;        /* enough, but not in one piece */
};

struct ios_pool_use {
    uint64_t n_elements, n_blocks;
    uint64_t bytes; /* of its blocks, with their headers */
};

struct ios_memory;

/* A router that has booted and whose BGP session is up; what did not fit is in *failure. Everything
 * lives in mem; router and train are copied. */
struct ios_memory *ios_memory_open(const struct ios_router *router, const struct ios_train *train,
                                   struct arena *mem, struct ios_failure *failure);

/* One element. false with *failure: there is no block for it. */
bool ios_memory_take(struct ios_memory *memory, enum ios_pool pool, struct ios_failure *failure);
void ios_memory_give(struct ios_memory *memory, enum ios_pool pool);

/* All elements of a step; of one that fails some have been taken, as the router has them. */
bool ios_memory_learn(struct ios_memory *memory, const struct ios_step *step,
                      struct ios_failure *failure);

/* The session goes down: everything that was learned is given back. */
void ios_memory_session_down(struct ios_memory *memory);

struct ios_pool_use ios_memory_use(const struct ios_memory *memory, enum ios_pool pool);
struct ios_heap_totals ios_memory_totals(const struct ios_memory *memory);

/* What comes of a whole table. */
struct ios_outcome {
    uint64_t n_learned;           /* prefixes, before the first that did not fit */
    struct ios_failure failure;   /* wanted_for NULL: all of them fit */
    struct ios_heap_totals start; /* before the first prefix; all 0 when the router does not boot */
    struct ios_heap_totals end;
    struct ios_pool_use pools[IOS_N_POOLS];
};
void ios_memory_fill(const struct ios_router *router, const struct ios_train *train,
                     const struct ios_step *steps, size_t n, struct ios_outcome *outcome);

#endif /* MODELS_IOS_MEMORY_H */
