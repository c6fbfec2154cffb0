/* reference_heap.h - the events of the reference simulator: a binary heap. */
#ifndef TESTS_REFERENCE_HEAP_H
#define TESTS_REFERENCE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct room {
    uint64_t limit, used;
};

struct event {
    int64_t time_ps;
    uint32_t place, slot; /* where it happens */
    uint32_t from, lane;  /* the sender's place and slot, and which of its lanes */
    uint64_t order;       /* of pushing */
    size_t packet;
    struct room *room; /* LEAVE: gives back so much */
    uint64_t takes;
};

struct heap {
    struct event *events;
    size_t n, room;
    uint64_t n_pushed;
};

/* In order of time, place, from, lane; then of pushing. */
bool event_before(const struct event *a, const struct event *b);
void heap_push(struct heap *heap, struct event event);
struct event heap_pop(struct heap *heap);

#endif /* TESTS_REFERENCE_HEAP_H */
