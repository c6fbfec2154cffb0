/* memory_build.c - rows of figures as the structs of models/, at one end of their ranges. */
#include "scenarios/memory_scenario.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/rng.h"

#define DRAW_SEED 6500

/* One row, at one end. */
struct row {
    const struct catalog_row *own, *plain; /* as the scenario and as the catalogue has it */
    const struct figure_rule *rules;
    uint32_t end; /* enum memory_end */
};

static struct row row_of(const struct memory_scenario *s, enum catalog_kind kind, uint32_t i,
                         uint32_t end)
{
    return (struct row){&s->catalog->rows[kind][i], &s->plain->rows[kind][i], figure_rules[kind],
                        end};
}

/* Anywhere from one end to the other. */
static uint64_t drawn(const struct row *row, uint32_t f)
{
    struct figure low = {.value = row->own->figures[f].low};
    struct figure high = {.value = row->own->figures[f].high};
    uint64_t first = figure_number(&low, &row->rules[f]);
    uint64_t last = figure_number(&high, &row->rules[f]);
    struct rng rng = rng_open(DRAW_SEED, row->own->model, row->rules[f].name);
    return first + rng_below(rng_at(&rng, row->end).a, last - first + 1);
}

/* The figure where its value makes the need least, or most; as it is when the scenario set it. */
static uint64_t need(const struct row *row, uint32_t f)
{
    struct figure figure = row->own->figures[f];
    bool ranged = figure.value == row->plain->figures[f].value && figure.low != NULL;
    if (ranged && row->end >= NEED_DRAWN) {
        return drawn(row, f);
    }
    if (ranged && row->end != NEED_USUAL) {
        figure.value = row->end == NEED_LEAST ? figure.low : figure.high;
    }
    return figure_number(&figure, &row->rules[f]);
}

/* The same of what there is: the less, the more is missing. */
static uint64_t supply(const struct row *row, uint32_t f)
{
    struct row other = *row;
    other.end = row->end == NEED_LEAST ? NEED_MOST : row->end == NEED_MOST ? NEED_LEAST : row->end;
    return need(&other, f);
}

struct ios_router memory_router(const struct memory_scenario *s, uint32_t end)
{
    struct row r = row_of(s, CATALOG_ROUTERS, s->router, end);
    return (struct ios_router){.model = r.own->model,
                               .main_bytes = supply(&r, ROUTER_MAIN),
                               .io_bytes = supply(&r, ROUTER_IO),
                               .image_bytes = need(&r, ROUTER_IMAGE),
                               .boot_bytes = need(&r, ROUTER_BOOT),
                               .n_holes = need(&r, ROUTER_HOLES),
                               .hole_bytes = need(&r, ROUTER_HOLE)};
}

struct ios_train memory_train(const struct memory_scenario *s, enum memory_into into, uint32_t end)
{
    static const struct {
        enum ios_pool pool;
        enum train_figure element, chunk; /* chunk TRAIN_N_FIGURES: none */
    } of[] = {
        {IOS_AS_PATHS, TRAIN_AS_PATH, TRAIN_AS_PATH_CHUNK},
        {IOS_COMMUNITIES, TRAIN_COMMUNITY, TRAIN_AS_PATH_CHUNK},
        {IOS_ATTRIBUTES, TRAIN_ATTRIBUTE, TRAIN_BGP_CHUNK},
        {IOS_NETWORKS, TRAIN_NETWORK, TRAIN_BGP_CHUNK},
        {IOS_PATHS, TRAIN_PATH, TRAIN_BGP_CHUNK},
        {IOS_SUBNETS, TRAIN_SUBNET, TRAIN_N_FIGURES},
        {IOS_NDBS, TRAIN_NDB, TRAIN_NDB_CHUNK},
        {IOS_RDBS, TRAIN_RDB, TRAIN_RDB_CHUNK},
        {IOS_CEF_ENTRIES, TRAIN_CEF, TRAIN_CEF_CHUNK},
        {IOS_MTRIE_NODES, TRAIN_MTRIE, TRAIN_MTRIE_CHUNK},
        {IOS_LABELS, TRAIN_LABEL, TRAIN_LABEL_CHUNK},
    };
    struct row r = row_of(s, CATALOG_IOS, s->ios, end);
    struct ios_train train = {.release = r.own->model,
                              .header_bytes = need(&r, TRAIN_HEADER),
                              .slot_bytes = need(&r, TRAIN_SLOT),
                              .session_bytes = need(&r, TRAIN_SESSION),
                              .fit = figure_word(&r.own->figures[TRAIN_FIT], &r.rules[TRAIN_FIT])};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        train.pools[of[i].pool] = (struct ios_pool_type){
            need(&r, of[i].element), of[i].chunk == TRAIN_N_FIGURES ? 0 : need(&r, of[i].chunk)};
    }
    if (into == INTO_VRF) {
        train.pools[IOS_NETWORKS].element_bytes = need(&r, TRAIN_VRF_NETWORK);
    }
    return train;
}

uint32_t memory_subnet_blocks(const struct memory_scenario *s, uint32_t end)
{
    struct row train = row_of(s, CATALOG_IOS, s->ios, end);
    return (uint32_t)need(&train, TRAIN_SUBNET_BLOCKS);
}

struct ios_counts memory_counts(const struct memory_scenario *s, uint32_t end)
{
    struct row r = row_of(s, CATALOG_TABLES, s->table, end);
    /* The others are shares of its networks, of which as many are offered at either end. */
    uint64_t n_networks = figure_number(&r.own->figures[TABLE_NETWORKS], &r.rules[TABLE_NETWORKS]);
    return (struct ios_counts){.n_networks = n_networks,
                               .n_paths = need(&r, TABLE_PATHS),
                               .n_attributes = need(&r, TABLE_ATTRIBUTES),
                               .n_as_paths = need(&r, TABLE_AS_PATHS),
                               .n_communities = need(&r, TABLE_COMMUNITIES),
                               .n_subnetted = need(&r, TABLE_SUBNETTED),
                               .n_mtrie_nodes = need(&r, TABLE_MTRIE_NODES)};
}

/* The counts of a table of so many networks. */
static void scale(struct ios_counts *c, uint64_t n_networks)
{
    uint64_t *const counts[] = {&c->n_paths, &c->n_attributes, &c->n_as_paths, &c->n_communities};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        *counts[i] = *counts[i] * n_networks / c->n_networks;
    }
    c->n_networks = n_networks;
}

uint64_t memory_n_networks(const struct memory_scenario *s)
{
    uint64_t n = s->fed != NULL           ? s->n_fed
                 : s->routes.n_routes > 0 ? s->routes.n_routes
                                          : memory_counts(s, NEED_USUAL).n_networks;
    return n < s->first ? n : s->first;
}

static struct ios_step *fed(const struct memory_scenario *s, size_t n, struct arena *mem)
{
    struct ios_step *steps = arena_take_array(mem, n, sizeof *steps);
    memcpy(steps, s->fed, n * sizeof *steps);
    return steps;
}

static struct ios_step *counted(const struct memory_scenario *s, uint32_t end, size_t n,
                                struct arena *mem)
{
    struct ios_counts counts = memory_counts(s, end);
    bool shaped = s->routes.n_routes > 0;
    if (shaped) {
        scale(&counts, s->routes.n_routes);
    }
    struct ios_step *steps = ios_table_spread(&counts, n, mem);
    if (shaped) {
        ios_table_shape(steps, s->routes.routes, n);
    }
    return steps;
}

struct ios_step *memory_steps(const struct memory_scenario *s, enum memory_into into, uint32_t end,
                              uint64_t most, size_t *n, struct arena *mem)
{
    struct row train = row_of(s, CATALOG_IOS, s->ios, end);
    uint64_t n_offered = memory_n_networks(s);
    *n = most < n_offered ? most : n_offered;
    struct ios_step *steps = s->fed != NULL ? fed(s, *n, mem) : counted(s, end, *n, mem);
    if (into == INTO_VRF) {
        ios_table_into_vrf(steps, *n, need(&train, TRAIN_VRF_ATTRIBUTES));
    }
    ios_table_subnets(steps, *n, memory_subnet_blocks(s, end));
    return steps;
}

void memory_run(const struct memory_scenario *s, enum memory_into into, uint32_t end, uint64_t most,
                struct ios_outcome *outcome)
{
    struct arena *mem = arena_open();
    struct ios_router router = memory_router(s, end);
    struct ios_train train = memory_train(s, into, end);
    size_t n;
    struct ios_step *steps = memory_steps(s, into, end, most, &n, mem);
    ios_memory_fill(&router, &train, steps, n, outcome);
    arena_close(mem);
}
