#include "tests/reference_queues.h"

#include <stdlib.h>

#define SECOND_PS 1000000000000

__extension__ typedef __int128 wide;

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

int64_t line_free_ps(const struct line *line)
{
    return line->since_ps + (int64_t)((wide)line->work * SECOND_PS / (wide)line->rate);
}

int64_t line_serve(struct line *line, int64_t arrive_ps, uint64_t work, int64_t *start_ps)
{
    if (arrive_ps > line_free_ps(line)) {
        line->since_ps = arrive_ps;
        line->work = 0;
    }
    *start_ps = line_free_ps(line);
    line->work += work;
    return line_free_ps(line);
}

bool bucket_take(struct bucket *bucket, int64_t now_ps)
{
    wide parts = (wide)(now_ps - bucket->since_ps) * (wide)bucket->rate + (wide)bucket->part;
    wide tokens = (wide)bucket->tokens + parts / SECOND_PS;

    bucket->since_ps = now_ps;
    bucket->part = tokens < (wide)bucket->size ? (uint64_t)(parts % SECOND_PS) : 0;
    bucket->tokens = tokens < (wide)bucket->size ? (uint64_t)tokens : bucket->size;
    if (bucket->tokens == 0) {
        return false;
    }
    bucket->tokens--;
    return true;
}

bool meter_take(struct meter *meter, uint64_t rate_bps, uint64_t burst_bytes, int64_t now_ps,
                uint64_t bytes)
{
    uint64_t interval = (uint64_t)((wide)now_ps * 4000 / SECOND_PS), bits = bytes * 8;

    for (; meter->interval < interval; meter->interval++) {
        meter->tokens += rate_bps;
        meter->tokens = meter->tokens < burst_bytes * 32000 ? meter->tokens : burst_bytes * 32000;
    }
    if (meter->tokens < bits * 4000) {
        return false;
    }
    meter->tokens -= bits * 4000;
    return true;
}

bool room_fits(const struct room *room, uint64_t takes)
{
    return room->used + takes <= room->limit;
}

bool line_holds(const struct line *line, int64_t now_ps, uint64_t work)
{
    uint64_t waiting_ps = line_free_ps(line) > now_ps ? (uint64_t)(line_free_ps(line) - now_ps) : 0;

    return waiting_ps + work * (SECOND_PS / line->rate) <=
           (uint64_t)((wide)line->holds * SECOND_PS / (wide)line->rate);
}

bool line_pass(struct line *line, int64_t now_ps, uint64_t work, int64_t *start_ps, int64_t *end_ps)
{
    if (!line_holds(line, now_ps, work)) {
        return false;
    }
    *end_ps = line_serve(line, now_ps, work, start_ps);
    return true;
}
