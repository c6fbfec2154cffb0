/* reference_queues.h - what the reference simulator is made of: a heap of events, lines, rooms. */
#ifndef TESTS_REFERENCE_QUEUES_H
#define TESTS_REFERENCE_QUEUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Shared by some, or counted in other units than their work; events give back what was taken. */
struct room {
    uint64_t limit, used;
};

/* Serves one after the other; has taken in `work` since it was last idle. */
struct line {
    uint64_t rate; /* work per second */
    int64_t since_ps;
    uint64_t work;
    uint64_t holds; /* work that fits its own buffer, from which it goes bit by bit */
};

/* A token per packet; full at time 0. */
struct bucket {
    uint64_t rate, size; /* tokens per second, tokens */
    uint64_t tokens;     /* whole ones at since_ps, and ... */
    uint64_t part;       /* ... this / 10^12 of one */
    int64_t since_ps;
};

/* A policer's bucket, in 1/4000 bits. */
struct meter {
    uint64_t tokens, interval;
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

/* A packet passes when there is a token for it. */
bool bucket_take(struct bucket *bucket, int64_t now_ps);

/* A frame conforms when there are tokens for it, filled every 1/4000 s; no more than a burst. */
bool meter_take(struct meter *meter, uint64_t rate_bps, uint64_t burst_bytes, int64_t now_ps,
                uint64_t bytes);

bool room_fits(const struct room *room, uint64_t takes);

/* When all work taken in is done: exact, then rounded down. */
int64_t line_free_ps(const struct line *line);

/* Returns when it is done. Without asking for room. */
int64_t line_serve(struct line *line, int64_t arrive_ps, uint64_t work, int64_t *start_ps);

/* Does so much more fit the line's own buffer? Counted by the time it takes. */
bool line_holds(const struct line *line, int64_t now_ps, uint64_t work);

/* Waits in the line's own buffer; false when it does not fit. */
bool line_pass(struct line *line, int64_t now_ps, uint64_t work, int64_t *start_ps,
               int64_t *end_ps);

#endif /* TESTS_REFERENCE_QUEUES_H */
