/* ios_memory.c - chunks over the processor pool.
 *
 * Boot is one block and, behind it, its holes: free pieces with something used between them. They
 * are too small for a chunk, but count as free, which is how IOS can say "Free: 8584" and yet not
 * have 2,920 bytes.
 */
#include "models/ios_memory.h"

#include "sim/arena.h"
#include "sim/error.h"

const char *const ios_pool_names[IOS_N_POOLS] = {
    [IOS_AS_PATHS] = "BGP AS paths",
    [IOS_COMMUNITIES] = "BGP communities",
    [IOS_ATTRIBUTES] = "BGP attr",
    [IOS_NETWORKS] = "IPv4 unicast net",
    [IOS_PATHS] = "BGP path",
    [IOS_SUBNETS] = "IP routing table",
    [IOS_NDBS] = "IP primary NDB",
    [IOS_RDBS] = "IP primary RDB",
    [IOS_CEF_ENTRIES] = "CEF fib",
    [IOS_MTRIE_NODES] = "mtrie n08",
    [IOS_LABELS] = "MPLS label and LFIB",
};

struct pool {
    uint64_t n_elements, per_block;
    uint32_t *blocks;
    size_t n_blocks, room;
};

struct ios_memory {
    struct arena *mem;
    struct ios_train train;
    struct ios_heap *heap;
    struct pool pools[IOS_N_POOLS];
};

/* --- Blocks --------------------------------------------------------------------------------- */

static struct ios_failure failure_of(const struct ios_heap *heap, uint64_t bytes,
                                     const char *wanted_for)
{
    struct ios_heap_totals t = ios_heap_totals(heap);
    return (struct ios_failure){wanted_for, bytes, t.free, t.largest_free, t.free >= bytes};
}

static bool take_block(struct ios_memory *m, uint64_t bytes, const char *wanted_for,
                       uint32_t *block, struct ios_failure *failure)
{
    *block = ios_heap_take(m->heap, bytes);
    if (*block == 0) {
        *failure = failure_of(m->heap, bytes, wanted_for);
    }
    return *block != 0;
}

static uint64_t block_bytes(const struct ios_memory *m, enum ios_pool pool)
{
    const struct ios_pool_type *type = &m->train.pools[pool];
    return type->chunk_bytes != 0 ? type->chunk_bytes : type->element_bytes;
}

/* --- Boot ----------------------------------------------------------------------------------- */

static bool boot(struct ios_memory *m, const struct ios_router *router, struct ios_failure *failure)
{
    uint32_t block;
    if (!take_block(m, router->boot_bytes, "boot", &block, failure)) {
        return false;
    }
    /* Pieces and what is used between them, all taken before the pieces are given back: none of
     * them is then where another one could use it. */
    uint32_t *holes = arena_take_array(m->mem, router->n_holes, sizeof *holes);
    for (uint64_t i = 0; i < router->n_holes; i++) {
        if (!take_block(m, router->hole_bytes, "boot", &holes[i], failure) ||
            !take_block(m, IOS_LEAST_BLOCK_BYTES, "boot", &block, failure)) {
            return false;
        }
    }
    for (uint64_t i = 0; i < router->n_holes; i++) {
        ios_heap_give(m->heap, holes[i]);
    }
    return take_block(m, m->train.session_bytes, "BGP session", &block, failure);
}

struct ios_memory *ios_memory_open(const struct ios_router *router, const struct ios_train *train,
                                   struct arena *mem, struct ios_failure *failure)
{
    struct ios_memory *m = arena_take(mem, sizeof *m);
    uint64_t least = train->header_bytes + IOS_LEAST_BLOCK_BYTES;
    uint64_t image = router->image_bytes, main_bytes = router->main_bytes;
    m->mem = mem;
    m->train = *train;
    *failure = (struct ios_failure){0};
    for (uint32_t i = 0; i < IOS_N_POOLS; i++) {
        const struct ios_pool_type *type = &train->pools[i];
        bool chunk = type->chunk_bytes != 0;
        m->pools[i].per_block =
            chunk ? type->chunk_bytes / (type->element_bytes + train->slot_bytes) : 1;
        sim_assert(m->pools[i].per_block > 0);
    }
    /* An image that leaves nothing has no pool to ask: what it lacks is all that boot wants. */
    uint64_t left = main_bytes > image + least ? main_bytes - image : least;
    m->heap = ios_heap_open(left, train->header_bytes, train->fit, mem);
    boot(m, router, failure);
    return m;
}

/* --- Elements ------------------------------------------------------------------------------- */

static void push_block(struct ios_memory *m, struct pool *pool, uint32_t block)
{
    if (pool->n_blocks == pool->room) {
        size_t room = pool->room == 0 ? 16 : 2 * pool->room;
        pool->blocks = arena_grow(m->mem, pool->blocks, pool->room * sizeof *pool->blocks,
                                  room * sizeof *pool->blocks);
        pool->room = room;
    }
    pool->blocks[pool->n_blocks++] = block;
}

bool ios_memory_take(struct ios_memory *m, enum ios_pool which, struct ios_failure *failure)
{
    struct pool *pool = &m->pools[which];
    uint32_t block;
    if (pool->n_elements == pool->n_blocks * pool->per_block) {
        if (!take_block(m, block_bytes(m, which), ios_pool_names[which], &block, failure)) {
            return false;
        }
        push_block(m, pool, block);
    }
    pool->n_elements++;
    return true;
}

void ios_memory_give(struct ios_memory *m, enum ios_pool which)
{
    struct pool *pool = &m->pools[which];
    sim_assert(pool->n_elements > 0);
    pool->n_elements--;
    if (pool->n_elements == (pool->n_blocks - 1) * pool->per_block) {
        ios_heap_give(m->heap, pool->blocks[--pool->n_blocks]);
    }
}

bool ios_memory_learn(struct ios_memory *m, const struct ios_step *step,
                      struct ios_failure *failure)
{
    for (uint32_t pool = 0; pool < IOS_N_POOLS; pool++) {
        for (uint32_t i = 0; i < step->n[pool]; i++) {
            if (!ios_memory_take(m, pool, failure)) {
                return false;
            }
        }
    }
    return true;
}

void ios_memory_session_down(struct ios_memory *m)
{
    for (uint32_t i = 0; i < IOS_N_POOLS; i++) {
        while (m->pools[i].n_elements > 0) {
            ios_memory_give(m, i);
        }
    }
}

/* --- Sums ----------------------------------------------------------------------------------- */

struct ios_pool_use ios_memory_use(const struct ios_memory *m, enum ios_pool which)
{
    const struct pool *pool = &m->pools[which];
    uint64_t bytes = block_bytes(m, which) + m->train.header_bytes;
    return (struct ios_pool_use){pool->n_elements, pool->n_blocks, pool->n_blocks * bytes};
}

struct ios_heap_totals ios_memory_totals(const struct ios_memory *m)
{
    return ios_heap_totals(m->heap);
}

void ios_memory_fill(const struct ios_router *router, const struct ios_train *train,
                     const struct ios_step *steps, size_t n, struct ios_outcome *outcome)
{
    struct arena *mem = arena_open();
    *outcome = (struct ios_outcome){0};
    struct ios_memory *m = ios_memory_open(router, train, mem, &outcome->failure);
    if (outcome->failure.wanted_for == NULL) {
        outcome->start = ios_memory_totals(m);
        while (outcome->n_learned < n &&
               ios_memory_learn(m, &steps[outcome->n_learned], &outcome->failure)) {
            outcome->n_learned++;
        }
        outcome->end = ios_memory_totals(m);
        for (uint32_t i = 0; i < IOS_N_POOLS; i++) {
            outcome->pools[i] = ios_memory_use(m, i);
        }
    }
    arena_close(mem);
}
