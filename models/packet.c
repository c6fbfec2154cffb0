#include "models/packet.h"

#include "sim/arena.h"
#include "sim/error.h"

/* What all columns have in common, so that opening and growing cannot miss one. */
static void resize(struct packets *p, uint32_t capacity)
{
#define RESIZE(column)                                                                             \
    p->column = arena_grow(p->mem, p->column, p->capacity * sizeof *p->column,                     \
                           capacity * sizeof *p->column)
    RESIZE(head);
    RESIZE(dst4);
    RESIZE(dst6_hi);
    RESIZE(dst6_lo);
    RESIZE(name);
    RESIZE(born_ps);
    RESIZE(flow);
    RESIZE(adjacency);
    RESIZE(free);
#undef RESIZE
    p->capacity = capacity;
}

void packets_open(struct packets *p, uint32_t first_capacity, struct arena *mem)
{
    *p = (struct packets){.mem = mem};
    resize(p, first_capacity > 0 ? first_capacity : 1);
}

void packets_grow(struct packets *p, uint32_t n)
{
    while (p->n_free < n) {
        if (p->n_used == p->capacity) {
            sim_assert(p->capacity <= UINT32_MAX / 2);
            resize(p, p->capacity * 2);
        }
        p->free[p->n_free++] = p->n_used++;
    }
}
