#include "models/fingerprint.h"

#include "sim/arena.h"
#include "sim/report.h"

#define N_KINDS (TAP_DELIVER + 1)

/* FNV-1a, eight bytes at a time, and a shift so that all bits of a word count. */
static uint64_t hash(uint64_t h, uint64_t word)
{
    h = (h ^ word) * 0x100000001b3;
    return h ^ h >> 29;
}

/* Zeros behind the first n elements, if it has to, so that there is one number `index`. */
static void *reach(struct arena *mem, void *array, uint32_t index, uint32_t *n, size_t bytes)
{
    if (index < *n) {
        return array;
    }
    uint32_t more = index + 1 + *n / 2;
    array = arena_grow(mem, array, *n * bytes, more * bytes);
    *n = more;
    return array;
}

static void add_event(void *context, const struct tap_event *event)
{
    struct fingerprint_tap *f = context;
    uint64_t name = f->packets->base[event->packet].name;
    uint32_t from = event->instance * N_KINDS + event->kind;

    f->ways = reach(f->mem, f->ways, from, &f->n_ways, sizeof *f->ways);
    struct fingerprint_ways *w = &f->ways[from];
    w->ways = reach(f->mem, w->ways, event->where, &w->n, sizeof *w->ways);
    struct fingerprint *way = &w->ways[event->where];
    way->where = hash(way->where, name);
    way->when =
        hash(hash(hash(way->when, name), (uint64_t)event->arrived_ps), (uint64_t)event->ready_ps);
    way->count++;
}

void fingerprint_open(struct fingerprint_tap *f, struct arena *mem)
{
    *f = (struct fingerprint_tap){.tap = {add_event, f}, .mem = mem};
}

struct fingerprint fingerprint_of(const struct fingerprint_tap *f)
{
    struct fingerprint all = {0};

    for (uint32_t i = 0; i < f->n_ways; i++) {
        for (uint32_t k = 0; k < f->ways[i].n; k++) {
            const struct fingerprint *way = &f->ways[i].ways[k];
            uint64_t place = (uint64_t)i << 32 | k;
            if (way->count > 0) {
                all.where = hash(hash(all.where, place), way->where);
                all.when = hash(hash(all.when, place), way->when);
                all.count = hash(hash(all.count, place), way->count);
            }
        }
    }
    return all;
}

bool fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b)
{
    return a->where == b->where && a->when == b->when && a->count == b->count;
}

void fingerprint_show(const struct fingerprint_tap *f, struct report *out)
{
    struct fingerprint print = fingerprint_of(f);

    report_value(out, "fingerprint", "where", "1", (int64_t)(print.where >> 11));
    report_value(out, "fingerprint", "when", "1", (int64_t)(print.when >> 11));
    report_value(out, "fingerprint", "count", "1", (int64_t)(print.count >> 11));
}
