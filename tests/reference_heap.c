#include "tests/reference_heap.h"

#include <stdlib.h>

bool event_before(const struct event *a, const struct event *b)
{
    return a->time_ps != b->time_ps ? a->time_ps < b->time_ps
           : a->place != b->place   ? a->place < b->place
           : a->from != b->from     ? a->from < b->from
           : a->lane != b->lane     ? a->lane < b->lane
                                    : a->order < b->order;
}

void heap_push(struct heap *heap, struct event event)
{
    if (heap->n == heap->room) {
        heap->room = 2 * heap->room + 64;
        heap->events = realloc(heap->events, heap->room * sizeof event);
    }
    event.order = heap->n_pushed++;
    size_t i = heap->n++;
    for (; i > 0 && event_before(&event, &heap->events[(i - 1) / 2]); i = (i - 1) / 2) {
        heap->events[i] = heap->events[(i - 1) / 2];
    }
    heap->events[i] = event;
}

struct event heap_pop(struct heap *heap)
{
    struct event *events = heap->events;
    struct event first = events[0], last = events[--heap->n];
    size_t i = 0;

    for (size_t child = 1; child < heap->n; child = 2 * i + 1) {
        child += child + 1 < heap->n && event_before(&events[child + 1], &events[child]);
        if (!event_before(&events[child], &last)) {
            break;
        }
        events[i] = events[child];
        i = child;
    }
    events[i] = last;
    return first;
}
