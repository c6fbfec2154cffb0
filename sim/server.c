/* server.c - the parts of a server that are not run for every packet. */
#include "sim/server.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"

#define FIRST_SLOTS 64

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
    const uint64_t second_ps = 1000000000000;
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
    const int64_t second_ps = 1000000000000;
    wide room_ps = (wide)work * second_ps / (wide)s->rate;

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

int64_t server_busy_ps(const struct server *s, int64_t now_ps)
{
    const int64_t second_ps = 1000000000000;
    wide busy_ps = (wide)s->work_served * second_ps / (wide)s->rate;

    return (int64_t)busy_ps - server_backlog_ps(s, now_ps);
}

void server_mark(struct server *s, int64_t now_ps)
{
    s->mark.at_ps = now_ps;
    s->mark.busy_ps = server_busy_ps(s, now_ps);
    s->mark.backlog_ps = server_backlog_ps(s, now_ps);
    s->mark.n_refused = s->n_refused;
    s->mark.work_refused = s->work_refused;
    s->mark.work_served = s->work_served;
}

void server_report(const struct server *s, int64_t now_ps, const char *module, const char *kind,
                   const char *work, struct report *out)
{
    int64_t interval_ps = now_ps - s->mark.at_ps;
    int64_t busy_ps = server_busy_ps(s, now_ps) - s->mark.busy_ps;

    report_resource(out, &(struct report_resource){
                             .module = module,
                             .kind = kind,
                             .work = work,
                             .rate = s->rate,
                             .offered = s->work_served - s->mark.work_served + s->work_refused -
                                        s->mark.work_refused,
                             .served = s->work_served - s->mark.work_served,
                             .n_dropped = s->n_refused - s->mark.n_refused,
                             /* Of two sums rounded down, the first may have lost more. */
                             .busy_ps = busy_ps < interval_ps ? busy_ps : interval_ps,
                             .interval_ps = interval_ps,
                             .backlog_first_ps = s->mark.backlog_ps,
                             .backlog_last_ps = server_backlog_ps(s, now_ps),
                         });
}
