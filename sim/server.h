/* server.h - a FIFO queue with one server of constant rate: links, channels, engines.
 *
 *      arrive --> [ room: waiting + in service ] --> start --> end = start + work / rate
 *                        '--> refused when the new row does not fit
 *
 * The Lindley recursion: start = max(arrive, end of the last one). Service times that are not whole
 * picoseconds carry their remainder to the next row of the same busy period, so that the long-run
 * rate is exact; reported times are rounded down.
 *
 * Two kinds of queue: a buffer of the server's own (server_offer), and rooms that are shared, or
 * counted in other units than the work (server_offer_in). Closed form of both: M/D/1/K, where K
 * counts the one in service.
 */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct report;

/* Where rows wait: a buffer of limit bytes, or a queue of limit rows. Several servers may share
 * one (then release them all before asking), one server may fill several. */
struct room {
    uint64_t limit;
    uint64_t used;
};

struct server_slot {
    int64_t end_ps;
    struct room *room;
    uint64_t takes;
};

struct server {
    uint64_t rate;      /* work per second */
    uint64_t unit_ps;   /* 10^12 / rate, whole part */
    uint64_t unit_rest; /* and rest, over ... */
    uint64_t unit_over; /* ... this */
    uint64_t inverse;   /* 2^64 / unit_over, rounded up; unused when that is 1 */
    uint64_t rest;      /* carried: the last end is free_ps + rest / unit_over */
    int64_t free_ps;
    int64_t own_room_ps;       /* the buffer of its own, as the time it takes to serve it */
    struct server_slot *slots; /* rows inside, oldest first */
    uint32_t head, tail, mask;
    struct arena *mem;
    /* Counters since open; taken: that it has served or will serve. */
    uint64_t work_taken, work_refused, n_refused;
    /* As it was at server_mark(). */
    struct server_mark {
        int64_t at_ps, to_do_ps;
        int64_t backlog_ps; /* the same; the owner may add what waits before the server */
        uint64_t rest, work_taken, work_refused, n_refused;
    } mark;
};

/* rate: 1 .. 10^12 work per second. */
void server_open(struct server *s, uint64_t rate, struct arena *mem);

/* Gives it a buffer of its own for so much work; without one it never refuses. */
void server_own_room(struct server *s, uint64_t work);

/* The ring is full: forgets the rows that have left by now_ps, and doubles it when most have not.
 */
void server_make_room(struct server *s, int64_t now_ps);

/* Busy time within [0, now_ps): work taken in less what is still to be done. Here and below no row
 * taken in so far arrives after now_ps. */
int64_t server_busy_ps(const struct server *s, int64_t now_ps);

/* Work done since server_mark(), by now_ps: what waits is not done yet, of what is in service a part
 * is; rounded down. Never more than the rate makes of that time. */
uint64_t server_served(const struct server *s, int64_t now_ps);

void server_mark(struct server *s, int64_t now_ps);

/* Adds it to the report as a resource, with what happened from server_mark() to now_ps. */
void server_report(const struct server *s, int64_t now_ps, const char *module, const char *kind,
                   const char *work, struct report *out);

/* Time until all work taken in is done. Whether a row has to wait is anybody's guess, so all below is
 * made of this, which compilers turn into a conditional move and not into a branch: 7 ns a packet. */
static inline int64_t server_backlog_ps(const struct server *s, int64_t now_ps)
{
    int64_t backlog = s->free_ps - now_ps;

    return backlog > 0 ? backlog : 0;
}

/* Does `work` more fit the server's own buffer? */
static inline bool server_fits(const struct server *s, int64_t arrive_ps, uint64_t work)
{
    return server_backlog_ps(s, arrive_ps) + (int64_t)(work * s->unit_ps) <= s->own_room_ps;
}

/* The same by a division. */
uint64_t server_divide(uint64_t rest, uint64_t unit_over);

/* rest / unit_over. The inverse is (2^64 + e) / unit_over with 0 <= e < unit_over, so rest times it
 * is too large by rest * e / unit_over: when rest * unit_over is below 2^64 (so it is when rest is
 * below the inverse) that is less than 2^64 / unit_over, the least that is missing to the next
 * whole number. */
static inline uint64_t server_carry(const struct server *s, uint64_t rest)
{
    if (__builtin_expect(rest >= s->inverse, 0)) {
        return server_divide(rest, s->unit_over);
    }
    __extension__ typedef unsigned __int128 wide;
    return (uint64_t)((wide)rest * s->inverse >> 64);
}

/* Serves without asking for room. Arrivals rise. Returns the end; *start_ps gets the start. */
static inline int64_t server_serve(struct server *s, int64_t arrive_ps, uint64_t work,
                                   int64_t *start_ps)
{
    int64_t start = arrive_ps + server_backlog_ps(s, arrive_ps);
    uint64_t service = work * s->unit_ps;
    if (s->unit_over != 1) {
        uint64_t rest = s->free_ps < arrive_ps ? 0 : s->rest;
        rest += work * s->unit_rest;
        uint64_t carry = server_carry(s, rest);
        service += carry;
        s->rest = rest - carry * s->unit_over;
    }
    s->free_ps = start + (int64_t)service;
    s->work_taken += work;
    *start_ps = start;
    return s->free_ps;
}

static inline bool room_fits(const struct room *room, uint64_t takes)
{
    return room->used + takes <= room->limit;
}

/* Gives back the room of the rows that have left by now_ps. */
static inline void server_release(struct server *s, int64_t now_ps)
{
    while (s->head != s->tail && s->slots[s->head & s->mask].end_ps <= now_ps) {
        const struct server_slot *slot = &s->slots[s->head++ & s->mask];
        slot->room->used -= slot->takes;
    }
}

/* Takes room from now_ps until end_ps; ends rise. */
static inline void server_keep(struct server *s, struct room *room, uint64_t takes, int64_t now_ps,
                               int64_t end_ps)
{
    if (__builtin_expect(s->tail - s->head > s->mask, 0)) {
        server_make_room(s, now_ps);
    }
    s->slots[s->tail++ & s->mask] = (struct server_slot){end_ps, room, takes};
    room->used += takes;
}

/* Refuses a row for want of room: only counts it. */
static inline void server_refuse(struct server *s, uint64_t work)
{
    s->n_refused++;
    s->work_refused += work;
}

/* Offers a row to a server whose queue is a buffer of its own, which holds own_room of work: a row
 * leaves it bit by bit, as it is served, so the time until all is served tells how full it is, and
 * no list is needed. For equal rows this is M/D/1/K, K = own_room / work. False when it does not
 * fit. */
static inline bool server_offer(struct server *s, int64_t arrive_ps, uint64_t work,
                                int64_t *start_ps, int64_t *end_ps)
{
    if (__builtin_expect(!server_fits(s, arrive_ps, work), 0)) {
        server_refuse(s, work);
        return false;
    }
    *end_ps = server_serve(s, arrive_ps, work, start_ps);
    return true;
}

/* Offers a row that waits in a room shared with others, or counted in other units than work: it
 * takes room from its arrival to its end. False when it does not fit. What has left is given back
 * when it is needed, many rows at a time. */
static inline bool server_offer_in(struct server *s, int64_t arrive_ps, uint64_t work,
                                   struct room *room, uint64_t takes, int64_t *start_ps,
                                   int64_t *end_ps)
{
    if (__builtin_expect(!room_fits(room, takes), 0)) {
        server_release(s, arrive_ps);
        if (!room_fits(room, takes)) {
            server_refuse(s, work);
            return false;
        }
    }
    *end_ps = server_serve(s, arrive_ps, work, start_ps);
    server_keep(s, room, takes, arrive_ps, *end_ps);
    return true;
}

#endif /* SIM_SERVER_H */
