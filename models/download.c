#include "models/download.h"

#include "sim/arena.h"
#include "sim/scheduler.h"

#define SECOND_PS 1000000000000u
#define FIRST_ROOM 64u

/* ---- the queue --------------------------------------------------------------------------- */

static struct download_write *place(const struct download *d, uint64_t number)
{
    return &d->writes[number & (d->room - 1)];
}

/* Each write that waits stays where it is, or goes to the same place of the new half. */
static void grow(struct download *d)
{
    const size_t bytes = sizeof *d->writes;
    uint64_t old = d->room;

    d->room = old == 0 ? FIRST_ROOM : 2 * old;
    d->writes = arena_grow(d->mem, d->writes, old * bytes, d->room * bytes);
    for (uint64_t i = d->n_written; i < d->n_queued; i++) {
        *place(d, i) = d->writes[i & (old - 1)];
    }
}

static uint32_t *n_waiting(struct download *d, enum ip_family family, uint32_t id)
{
    uint32_t **all = &d->n_waiting[family], old = d->n_ids[family];

    if (id >= old) {
        d->n_ids[family] = 2 * d->fib->n_ids[family];
        *all = arena_grow(d->mem, *all, old * sizeof **all, d->n_ids[family] * sizeof **all);
    }
    return &(*all)[id];
}

static void queue(struct download *d, enum ip_family family, uint32_t id, uint32_t adjacency)
{
    if (d->n_queued - d->n_written == d->room) {
        grow(d);
    }
    *place(d, d->n_queued++) = (struct download_write){id, adjacency, (uint8_t)family};
    ++*n_waiting(d, family, id);
}

/* ---- the writing ------------------------------------------------------------------------- */

static void write_next(void *context, int64_t now_ps);

/* The next write is done one period after the last, to the picosecond and without drift. */
static void schedule(struct download *d)
{
    d->last_ps += (int64_t)(SECOND_PS / d->rate);
    d->rest += SECOND_PS % d->rate;
    if (d->rest >= d->rate) {
        d->rest -= d->rate;
        d->last_ps++;
    }
    scheduler_at(d->scheduler, d->last_ps, write_next, d);
}

static void write_next(void *context, int64_t now_ps)
{
    struct download *d = context;
    struct download_write w = *place(d, d->n_written++);
    enum ip_family family = (enum ip_family)w.family;

    for (uint32_t e = 0; e < d->n_engines; e++) {
        fib_install(d->fib, e, family, w.id, w.adjacency);
    }
    if (--*n_waiting(d, family, w.id) == 0 &&
        d->fib->resolved[family][w.id] == FIB_ADJACENCY_NONE) {
        fib_remove_prefix(d->fib, family, w.id);
    }
    if (d->n_written == d->n_first) {
        d->first_done_ps = now_ps;
    }
    if (d->n_written < d->n_queued) {
        schedule(d);
    }
}

void download_open(struct download *d, struct fib *fib, uint32_t n_engines, uint64_t rate,
                   struct scheduler *scheduler, struct arena *mem)
{
    *d = (struct download){.fib = fib,
                           .scheduler = scheduler,
                           .mem = mem,
                           .n_engines = n_engines,
                           .rate = rate,
                           .first_done_ps = SIM_NEVER};
}

void download_all(struct download *d)
{
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        for (uint32_t id = LPM_NONE + 1; id < d->fib->n_ids[family]; id++) {
            queue(d, family, id, d->fib->resolved[family][id]);
        }
    }
    d->n_first = d->n_queued;
    if (d->n_first > 0) {
        schedule(d);
    } else {
        d->first_done_ps = 0;
    }
}

void download_put(struct download *d, enum ip_family family, uint32_t id, uint32_t adjacency,
                  int64_t now_ps)
{
    bool idle = d->n_written == d->n_queued;

    queue(d, family, id, adjacency);
    if (idle && now_ps > d->last_ps) {
        d->last_ps = now_ps;
        d->rest = 0;
    }
    if (idle) {
        schedule(d);
    }
}
