#include "models/download.h"

#include "sim/scheduler.h"

/* The next entry to write; false when there is none left. */
static bool advance(struct download *d)
{
    while (d->next_id >= d->fib->n_ids[d->family]) {
        if (d->family == IPV6) {
            return false;
        }
        d->family = IPV6;
        d->next_id = 1;
    }
    return true;
}

static void write_next(void *context, int64_t now_ps);

/* Entry number n is written at n / rate seconds. */
static void schedule(struct download *d)
{
    uint64_t n = d->n_written + 1;
    int64_t at_ps = (int64_t)(n / d->rate * 1000000000000 + n % d->rate * 1000000000000 / d->rate);

    scheduler_at(d->scheduler, at_ps, write_next, d);
}

static void write_next(void *context, int64_t now_ps)
{
    struct download *d = context;

    for (uint32_t e = 0; e < d->n_engines; e++) {
        fib_install(d->fib, e, d->family, d->next_id, d->fib->resolved[d->family][d->next_id]);
    }
    d->n_written++;
    d->next_id++;
    if (advance(d)) {
        schedule(d);
    } else {
        d->done_ps = now_ps;
    }
}

void download_start(struct download *d, struct fib *fib, uint32_t n_engines, uint64_t rate,
                    struct scheduler *scheduler)
{
    *d = (struct download){.fib = fib,
                           .scheduler = scheduler,
                           .n_engines = n_engines,
                           .rate = rate,
                           .next_id = 1,
                           .done_ps = SIM_NEVER};
    if (advance(d)) {
        schedule(d);
    } else {
        d->done_ps = 0;
    }
}
