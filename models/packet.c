#include "models/packet.h"

#include "models/streams.h"
#include "sim/arena.h"
#include "sim/error.h"

/* What all columns have in common, so that opening and growing cannot miss one. */
static void resize(struct packets *p, uint32_t capacity)
{
#define RESIZE(column)                                                                             \
    p->column = arena_grow(p->mem, p->column, p->capacity * sizeof *p->column,                     \
                           capacity * sizeof *p->column)
    RESIZE(base);
    RESIZE(dst6_hi);
    RESIZE(dst6_lo);
    RESIZE(adjacency);
    RESIZE(cause);
    RESIZE(free);
#undef RESIZE
    p->capacity = capacity;
}

void packets_open(struct packets *p, uint32_t first_capacity, struct arena *mem)
{
    uint32_t capacity = 1;

    while (capacity < first_capacity) {
        capacity *= 2;
    }
    *p = (struct packets){.mem = mem};
    resize(p, capacity);
}

/* Doubles the columns. What had wrapped round in the ring of free ids goes behind the rest. */
static void more_room(struct packets *p)
{
    uint32_t old = p->capacity;
    uint32_t first = p->first_free & (old - 1);

    sim_assert(old <= UINT32_MAX / 2);
    resize(p, old * 2);
    for (uint32_t i = 0; i < first; i++) {
        p->free[old + i] = p->free[i];
    }
    p->first_free = first;
}

void packets_grow(struct packets *p, uint32_t n)
{
    while (p->n_free < n) {
        if (p->n_used == p->capacity) {
            more_room(p);
        }
        packet_free(p, p->n_used++);
    }
}

void packet_drop(struct packets *p, struct batch *b, uint32_t reason, uint32_t packet,
                 int64_t now_ps)
{
    batch_drop(b, reason, packet, now_ps);
    if (p->streams != NULL) {
        streams_drop(p->streams, b, reason, p->base[packet].flow);
    }
    p->n_punted -= (p->base[packet].head.flags & PACKET_PUNTED) != 0;
    packet_free(p, packet);
}

void packets_drop_all(struct packets *p, struct batch *b, uint32_t reason)
{
    for (uint32_t i = 0; i < b->n_rows; i++) {
        packet_drop(p, b, reason, b->rows[i].packet, b->rows[i].ready_ps);
    }
}
