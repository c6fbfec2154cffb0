/* server.c - the parts of a server that are not run for every packet. */
#include "sim/server.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"

#define FIRST_SLOTS 64
#define SECOND_PS 1000000000000

__extension__ typedef __int128 wide;

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

void server_open(struct server *s, uint64_t rate, struct arena *mem)
{
    const uint64_t second_ps = SECOND_PS;

    sim_assert(rate >= 1 && rate <= second_ps);
    memset(s, 0, sizeof *s);
    s->rate = rate;
    s->mem = mem;
    s->own_room_ps = INT64_MAX;
    /* Lowest terms: the less there is to carry, the larger a row's work may be. */
    uint64_t divisor = common_divisor(second_ps, rate);
    s->unit_ps = second_ps / rate;
    s->unit_rest = second_ps % rate / divisor;
    s->unit_over = rate / divisor;
    s->inverse = UINT64_MAX / s->unit_over + 1;
    s->slots = arena_take_array(mem, FIRST_SLOTS, sizeof *s->slots);
    s->mask = FIRST_SLOTS - 1;
}

uint64_t server_divide(uint64_t rest, uint64_t unit_over)
{
    return rest / unit_over;
}

void server_own_room(struct server *s, uint64_t work)
{
    wide room_ps = (wide)work * SECOND_PS / (wide)s->rate;

    s->own_room_ps = room_ps < INT64_MAX / 2 ? (int64_t)room_ps : INT64_MAX / 2;
}

void server_make_room(struct server *s, int64_t now_ps)
{
    server_release(s, now_ps);
    if (s->tail - s->head <= s->mask / 2) {
        return;
    }
    uint32_t old_mask = s->mask;
    uint32_t n_old = old_mask + 1;
    sim_assert(n_old <= UINT32_MAX / 2);
    size_t old_bytes = n_old * sizeof *s->slots;
    s->slots = arena_grow(s->mem, s->slots, old_bytes, 2 * old_bytes);
    s->mask = 2 * n_old - 1;
    /* Rows keep their running number; half of the places change. */
    for (uint32_t i = 0; i < n_old; i++) {
        uint32_t number = s->head + i;
        if ((number & s->mask) != (number & old_mask)) {
            s->slots[number & s->mask] = s->slots[number & old_mask];
        }
    }
}

static struct server_mark state_at(const struct server *s, int64_t now_ps)
{
    return (struct server_mark){.at_ps = now_ps,
                                .to_do_ps = server_backlog_ps(s, now_ps),
                                .backlog_ps = server_backlog_ps(s, now_ps),
                                .rest = s->free_ps < now_ps ? 0 : s->rest,
                                .work_taken = s->work_taken,
                                .work_refused = s->work_refused,
                                .n_refused = s->n_refused};
}

/* In parts of 1 / SECOND_PS: exact, as the rest is counted in rate / unit_over of them. */
static wide work_done(const struct server *s, const struct server_mark *at)
{
    wide to_do = (wide)at->to_do_ps * (wide)s->rate + (wide)(at->rest * (s->rate / s->unit_over));

    return (wide)at->work_taken * SECOND_PS - to_do;
}

int64_t server_busy_ps(const struct server *s, int64_t now_ps)
{
    struct server_mark now = state_at(s, now_ps);

    return (int64_t)(work_done(s, &now) / (wide)s->rate);
}

uint64_t server_served(const struct server *s, int64_t now_ps)
{
    struct server_mark now = state_at(s, now_ps);

    return (uint64_t)((work_done(s, &now) - work_done(s, &s->mark)) / SECOND_PS);
}

void server_mark(struct server *s, int64_t now_ps)
{
    s->mark = state_at(s, now_ps);
}

void server_report(const struct server *s, int64_t now_ps, const char *module, const char *kind,
                   const char *work, struct report *out)
{
    const struct server_mark now = state_at(s, now_ps), *then = &s->mark;
    wide done = work_done(s, &now) - work_done(s, then);

    report_resource(out, &(struct report_resource){
                             .module = module,
                             .kind = kind,
                             .work = work,
                             .rate = s->rate,
                             .offered = now.work_taken - then->work_taken + now.work_refused -
                                        then->work_refused,
                             .served = (uint64_t)(done / SECOND_PS),
                             .n_dropped = now.n_refused - then->n_refused,
                             .busy_ps = (int64_t)(done / (wide)s->rate),
                             .interval_ps = now_ps - then->at_ps,
                             .backlog_first_ps = then->backlog_ps,
                             .backlog_last_ps = now.backlog_ps,
                         });
}
