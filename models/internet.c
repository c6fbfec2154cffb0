/* internet.c - allocates a synthetic Internet as registries and holders do: blocks are cut from
 * free space, and more specifics from the blocks of others.
 *
 *   outer pool: free space ---- cut ----> prefix of the top level --.
 *                                                                   | its space
 *   inner pool: space inside prefixes <-----------------------------'
 *        '------------- cut ----> more specific --- its space --> inner pool
 *
 * A pool is a buddy system: aligned blocks, one list per length. A prefix takes a whole block, so
 * no two are alike. Lengths are served from short to long, each with its exact count. A request
 * goes on in what is left of the block that the last one was cut from (prefixes lie side by side),
 * or begins in another block, drawn at random. How often, is fitted to the measured tables: tests/
 * test_internet.c says how closely their nesting and density are met.
 */
#include "models/internet.h"

#include "sim/arena.h"
#include "sim/error.h"
#include "sim/rng.h"

/* Prefixes of one length, and how many of them lie inside another prefix. */
struct length_count {
    uint8_t length;
    uint32_t n, n_inside;
};

/* Full tables of January 2024, counted; source: [BART-2024] prefixes.txt.gz (measured) */
static const struct length_count ipv4_2024[] = {
    {8, 16, 0},           {9, 13, 4},         {10, 38, 0},         {11, 103, 4},
    {12, 299, 31},        {13, 581, 96},      {14, 1203, 178},     {15, 2100, 464},
    {16, 13490, 3206},    {17, 8235, 3754},   {18, 13798, 6875},   {19, 24870, 9815},
    {20, 42611, 23206},   {21, 50750, 27723}, {22, 108623, 49227}, {23, 96510, 55056},
    {24, 537698, 276616}, {25, 20, 20},       {26, 3, 3},          {27, 11, 11},
    {28, 18, 17},         {29, 17, 17},       {30, 3, 3},          {31, 3, 3},
    {32, 886, 880},       {0, 0, 0},
};

static const struct length_count ipv6_2024[] = {
    {16, 1, 0},         {19, 1, 0},         {20, 16, 0},        {21, 3, 0},       {22, 7, 0},
    {23, 8, 0},         {24, 30, 3},        {25, 8, 1},         {26, 15, 0},      {27, 20, 2},
    {28, 193, 85},      {29, 4371, 54},     {30, 650, 283},     {31, 284, 130},   {32, 22548, 5727},
    {33, 2926, 2367},   {34, 2603, 1873},   {35, 1043, 649},    {36, 5996, 3392}, {37, 880, 663},
    {38, 1617, 848},    {39, 1377, 1130},   {40, 13418, 10235}, {41, 903, 480},   {42, 2301, 1832},
    {43, 1001, 434},    {44, 14365, 10306}, {45, 1553, 1268},   {46, 3039, 1618}, {47, 3153, 2477},
    {48, 75488, 44913}, {49, 11, 11},       {50, 3, 3},         {52, 1, 1},       {55, 1, 1},
    {56, 24, 23},       {58, 20, 20},       {60, 2, 0},         {64, 184, 179},   {112, 2, 2},
    {122, 1, 1},        {124, 4, 4},        {125, 9, 9},        {126, 19, 19},    {127, 42, 42},
    {128, 6, 6},        {0, 0, 0},
};

const unsigned internet_years[] = {2024, 0};

/* In the order of internet_years; ended by length 0. */
static const struct length_count *const counts[][IP_N_FAMILIES] = {{ipv4_2024, ipv6_2024}};

/* Space that is handed out, and what is left out of it. Source and reason: internet.h.
 * source: [IANA-IPV4] special-purpose addresses, [IANA-IPV6] unicast assignments (standard) */
static const struct ip_prefix ipv4_space[] = {{0, 0, IPV4, 0}};
static const struct ip_prefix ipv4_reserved[] = {
    {0x0000000000000000, 0, IPV4, 8},  {0x0a00000000000000, 0, IPV4, 8},
    {0x6440000000000000, 0, IPV4, 10}, {0x7f00000000000000, 0, IPV4, 8},
    {0xa9fe000000000000, 0, IPV4, 16}, {0xac10000000000000, 0, IPV4, 12},
    {0xc0a8000000000000, 0, IPV4, 16}, {0xe000000000000000, 0, IPV4, 3},
};
static const struct ip_prefix ipv6_space[] = {
    {0x2001000000000000, 0, IPV6, 16}, {0x2003000000000000, 0, IPV6, 18},
    {0x2400000000000000, 0, IPV6, 12}, {0x2600000000000000, 0, IPV6, 12},
    {0x2610000000000000, 0, IPV6, 23}, {0x2620000000000000, 0, IPV6, 23},
    {0x2800000000000000, 0, IPV6, 12}, {0x2a00000000000000, 0, IPV6, 12},
    {0x2a10000000000000, 0, IPV6, 12}, {0x2c00000000000000, 0, IPV6, 12},
};
static const struct ip_prefix ipv6_reserved[] = {
    {0x2001000000000000, 0, IPV6, 23}, /* protocols: Teredo, benchmarks */
    {0x20010db800000000, 0, IPV6, 32},
};

/* How a pool is drawn from. */
struct habit {
    unsigned n_anew;    /* of 256 requests, how many begin in another block */
    unsigned max_shift; /* a block of 2^k times the space asked for is drawn 2^(k-1) times as often
                           as one that just fits, but at most 2^max_shift times */
};

struct family {
    const char *name;
    const struct ip_prefix *space, *reserved;
    size_t n_space, n_reserved;
    unsigned crowded; /* a larger table has no more top-level blocks of this length or shorter than
                         the year had: there is no room for them */
    struct habit outer, inner;
};

#define COUNT(array) (sizeof(array) / sizeof *(array))
/* source: fitted to [BART-2024] (derived) */
static const struct family families[IP_N_FAMILIES] = {
    [IPV4] = {"IPv4",
              ipv4_space,
              ipv4_reserved,
              COUNT(ipv4_space),
              COUNT(ipv4_reserved),
              20,
              {130, 0},
              {70, 3}},
    [IPV6] = {"IPv6",
              ipv6_space,
              ipv6_reserved,
              COUNT(ipv6_space),
              COUNT(ipv6_reserved),
              0,
              {180, 3},
              {40, 2}},
};

/* ---- pools ---- */

struct block {
    uint64_t hi, lo;
};

struct pool {
    struct arena *mem;
    struct habit habit;
    struct block_list {
        struct block *blocks;
        uint32_t n, room;
    } lists[129]; /* by length */
    /* What the block cut last has left: at most one block of each length. */
    struct block rest[129];
    bool has_rest[129];
};

static void pool_give(struct pool *pool, unsigned length, struct block block)
{
    struct block_list *list = &pool->lists[length];
    if (list->n == list->room) {
        uint32_t room = list->room == 0 ? 64 : 2 * list->room;
        list->blocks =
            arena_grow(pool->mem, list->blocks, list->n * sizeof block, room * sizeof block);
        list->room = room;
    }
    list->blocks[list->n++] = block;
}

static void pool_give_rest(struct pool *pool)
{
    for (unsigned length = 0; length < COUNT(pool->rest); length++) {
        if (pool->has_rest[length]) {
            pool->has_rest[length] = false;
            pool_give(pool, length, pool->rest[length]);
        }
    }
}

/* The length of the smallest rest that holds a prefix of `length`; -1: none. */
static int pool_fitting_rest(const struct pool *pool, int length)
{
    while (length >= 0 && !pool->has_rest[length]) {
        length--;
    }
    return length;
}

static uint64_t list_weight(const struct pool *pool, unsigned list, unsigned length)
{
    unsigned shift = length > list ? length - list - 1 : 0;
    return (uint64_t)pool->lists[list].n
           << (shift < pool->habit.max_shift ? shift : pool->habit.max_shift);
}

/* Takes a random block that holds a prefix of `length` out of the lists; returns the block's
 * length, -1 when there is none. */
static int pool_draw(struct pool *pool, unsigned length, uint64_t bits, struct block *block)
{
    uint64_t weight = 0;
    for (unsigned list = 0; list <= length; list++) {
        weight += list_weight(pool, list, length);
    }
    if (weight == 0) {
        return -1;
    }
    uint64_t at = rng_below(bits, weight);
    unsigned from = length;
    while (at >= list_weight(pool, from, length)) {
        at -= list_weight(pool, from--, length);
    }
    struct block_list *list = &pool->lists[from];
    uint64_t i = at % list->n;
    *block = list->blocks[i];
    list->blocks[i] = list->blocks[--list->n];
    return (int)from;
}

static struct block upper_half(struct block block, unsigned length)
{
    if (length < 64) {
        block.hi |= 1ull << (63 - length);
    } else {
        block.lo |= 1ull << (127 - length);
    }
    return block;
}

/* Cuts a prefix out of the pool; false when no block holds one of this length. */
static bool pool_cut(struct pool *pool, unsigned length, struct rng_draw draw, struct block *block)
{
    uint64_t path = 0; /* which half at each cut */
    int from = (draw.a & 255) < pool->habit.n_anew ? -1 : pool_fitting_rest(pool, (int)length);
    if (from >= 0) {
        *block = pool->rest[from];
        pool->has_rest[from] = false;
    } else {
        pool_give_rest(pool);
        from = pool_draw(pool, length, draw.a, block);
        path = draw.b;
    }
    for (int f = from; f >= 0 && f < (int)length; f++, path >>= 1) {
        struct block upper = upper_half(*block, (unsigned)f);
        pool->rest[f + 1] = path & 1 ? *block : upper;
        pool->has_rest[f + 1] = true;
        *block = path & 1 ? upper : *block;
    }
    return from >= 0;
}

/* Gives the halves of p, their halves and so on that hold nothing reserved. */
static void pool_give_unreserved(struct pool *pool, const struct family *family, struct ip_prefix p)
{
    bool whole = true;
    for (size_t i = 0; i < family->n_reserved; i++) {
        const struct ip_prefix *r = &family->reserved[i];
        if (r->length <= p.length && ip_prefix_covers(*r, p.hi, p.lo)) {
            return;
        }
        whole = whole && !ip_prefix_covers(p, r->hi, r->lo);
    }
    struct block block = {p.hi, p.lo};
    if (whole) {
        pool_give(pool, p.length, block);
        return;
    }
    struct block upper = upper_half(block, p.length);
    p.length++;
    pool_give_unreserved(pool, family, p);
    p.hi = upper.hi;
    p.lo = upper.lo;
    pool_give_unreserved(pool, family, p);
}

/* ---- the table ---- */

/* Prefixes of a year brought to another size: row by row, rounding the running sum, so that the
 * rows add up to exactly n. */
struct scale {
    uint64_t n, n_year;
    uint64_t sum, sum_inside; /* of the year's rows so far */
};

static uint64_t scaled(const struct scale *s, uint64_t sum)
{
    return (2 * s->n * sum + s->n_year) / (2 * s->n_year);
}

static struct length_count scale_row(struct scale *s, const struct length_count *row,
                                     unsigned crowded)
{
    struct length_count out = {.length = row->length};
    out.n = (uint32_t)(scaled(s, s->sum + row->n) - scaled(s, s->sum));
    out.n_inside = (uint32_t)(scaled(s, s->sum_inside + row->n_inside) - scaled(s, s->sum_inside));
    s->sum += row->n;
    s->sum_inside += row->n_inside;
    uint32_t n_top_year = row->n - row->n_inside;
    if (out.n_inside > out.n) {
        out.n_inside = out.n;
    } else if (row->length <= crowded && out.n - out.n_inside > n_top_year) {
        out.n_inside = out.n - n_top_year;
    }
    return out;
}

/* What one family's table is made with. */
struct maker {
    const struct family *family;
    enum ip_family id;
    struct pool outer, inner;
    struct rng rng;
    struct route *routes;
    uint32_t n;
};

/* Opens the space of a prefix to more specifics. */
static void open_inside(struct maker *m, const struct ip_prefix *p)
{
    struct block lower = {p->hi, p->lo};
    pool_give(&m->inner, p->length + 1u, upper_half(lower, p->length));
    pool_give(&m->inner, p->length + 1u, lower);
}

/* Makes the prefixes of one length; returns how many could not be had for want of space. A pool
 * that has run dry is helped out by the other. No more prefixes are opened than are still to come.
 */
static uint32_t make_row(struct maker *m, const struct length_count *row, uint32_t n_to_come)
{
    for (uint32_t i = 0; i < row->n; i++) {
        bool top = i < row->n - row->n_inside;
        struct pool *first = top ? &m->outer : &m->inner;
        struct pool *second = top ? &m->inner : &m->outer;
        struct rng_draw draw = rng_at(&m->rng, m->n);
        struct block block;
        if (!pool_cut(first, row->length, draw, &block) &&
            !pool_cut(second, row->length, draw, &block)) {
            return row->n - i;
        }
        struct ip_prefix *p = &m->routes[m->n++].prefix;
        *p = (struct ip_prefix){block.hi, block.lo, (uint8_t)m->id, row->length};
        if (i < n_to_come) {
            open_inside(m, p);
        }
    }
    return 0;
}

/* Makes n routes of one family, without next hops. What a length cannot hold is made one length
 * longer; returns how many could not be made at all. */
static uint32_t make_prefixes(struct maker *m, const struct length_count *rows, uint32_t n)
{
    struct scale scale = {.n = n};
    for (const struct length_count *row = rows; row->length > 0; row++) {
        scale.n_year += row->n;
    }
    for (size_t i = 0; i < m->family->n_space; i++) {
        pool_give_unreserved(&m->outer, m->family, m->family->space[i]);
    }
    uint32_t n_left = 0;
    for (; rows->length > 0; rows++) {
        struct length_count row = scale_row(&scale, rows, m->family->crowded);
        row.n += n_left;
        n_left = make_row(m, &row, n - m->n - row.n);
    }
    return n_left;
}

/* Makes one family's part of the table behind the routes that it has; false when there is no room.
 */
static bool make_family(const struct internet_config *c, enum ip_family id,
                        const struct length_count *rows, struct route_table *table)
{
    const uint32_t n = id == IPV4 ? c->n_ipv4 : c->n_ipv6;
    const struct family *family = &families[id];
    struct arena *mem = arena_open();
    struct maker *m = arena_take(mem, sizeof *m);
    m->family = family;
    m->id = id;
    m->outer.mem = m->inner.mem = mem;
    m->outer.habit = family->outer;
    m->inner.habit = family->inner;
    m->rng = rng_open(c->seed, "internet", family->name);
    m->routes = table->routes + table->n_routes;
    bool ok = make_prefixes(m, rows, n) == 0;
    route_table_sort(m->routes, m->n);

    struct rng rng = rng_open(c->seed, "next hops", family->name);
    for (uint32_t i = 0; i < m->n; i++) {
        m->routes[i].next_hop_index =
            (uint32_t)(table->n_next_hops + rng_below(rng_at(&rng, i).a, c->n_next_hops));
    }
    table->n_routes += m->n;
    for (uint32_t i = 1; i <= c->n_next_hops && n > 0; i++) {
        table->next_hops[table->n_next_hops++] =
            id == IPV4 ? (struct ip_address){(uint64_t)(0x64400000 + i) << 32, 0, IPV4}
                       : (struct ip_address){0x20010db800640000, i, IPV6};
    }
    arena_close(mem);
    return ok;
}

static bool check(const struct internet_config *c, size_t *year, struct error *err)
{
    while (internet_years[*year] != 0 && internet_years[*year] != c->year) {
        ++*year;
    }
    if (internet_years[*year] == 0) {
        return error_add(err, "synthetic routes: no statistics of year %u; there are those of %u",
                         c->year, internet_years[0]);
    }
    if (c->n_ipv4 > INTERNET_MAX_ROUTES || c->n_ipv6 > INTERNET_MAX_ROUTES) {
        return error_add(err, "synthetic routes: %u; at most %d of a family can be had",
                         c->n_ipv4 > INTERNET_MAX_ROUTES ? c->n_ipv4 : c->n_ipv6,
                         INTERNET_MAX_ROUTES);
    }
    if (c->n_next_hops < 1 || c->n_next_hops > INTERNET_MAX_NEXT_HOPS) {
        return error_add(err, "synthetic routes: %u next hops; expected 1 to %d", c->n_next_hops,
                         INTERNET_MAX_NEXT_HOPS);
    }
    return true;
}

bool internet_table(const struct internet_config *config, struct arena *mem,
                    struct route_table *table, struct error *err)
{
    size_t year = 0;
    if (!check(config, &year, err)) {
        return false;
    }
    *table = (struct route_table){0};
    table->routes =
        arena_take_array(mem, (size_t)config->n_ipv4 + config->n_ipv6, sizeof *table->routes);
    table->next_hops = arena_take_array(mem, IP_N_FAMILIES * (size_t)config->n_next_hops,
                                        sizeof *table->next_hops);
    for (enum ip_family id = IPV4; id <= IPV6; id++) {
        if (!make_family(config, id, counts[year][id], table)) {
            return error_add(err, "synthetic routes: no space for as many %s prefixes",
                             families[id].name);
        }
    }
    return true;
}
