/* Why beside the stages' own counts: those are of all packets, and cost nothing per stream. Only
 * where a packet enters, leaves or is lost does its stream matter, and only when there are several.
 */
#include "models/streams.h"

#include <string.h>

#include "models/config.h"
#include "models/flows.h"
#include "models/packet.h"
#include "sim/arena.h"
#include "sim/report.h"
#include "sim/scheduler.h"

enum { BEFORE, MEASURED };

struct stream_count {
    uint64_t offered[2], delivered[2], dropped[2]; /* before the measured interval, and in it */
    uint64_t leaving;                              /* on the wire when the run ends */
    uint64_t offered_bytes, delivered_bytes;       /* measured */
    struct histogram latency_ps;
};

void streams_open(struct streams *s, const struct chassis_config *config,
                  const struct flow_tables *flows, const struct scheduler *scheduler,
                  uint32_t n_instances, struct arena *mem)
{
    uint32_t n = config->n_streams;

    *s = (struct streams){config, flows, scheduler, n_instances, NULL, NULL};
    if (n > 1) {
        s->of = arena_take_array(mem, n, sizeof *s->of);
        s->drops =
            arena_take_array(mem, (size_t)n_instances * STREAMS_MAX_REASONS * n, sizeof *s->drops);
    }
}

/* ---- counting ---------------------------------------------------------------------------- */

/* The last one whose flows begin at `flow` or before. */
static uint32_t stream_of(const struct streams *s, uint32_t flow)
{
    const uint32_t *first = s->flows->first;
    uint32_t low = 0, n = s->config->n_streams;

    while (n > 1) {
        uint32_t half = n / 2;
        low = first[low + half] <= flow ? low + half : low;
        n -= half;
    }
    return low;
}

/* A window ends where the measured interval begins, so a batch is before it or in it. */
static int interval_of(const struct batch *b)
{
    return b->start_ps >= b->measure_from_ps ? MEASURED : BEFORE;
}

static uint64_t *drops_of(const struct streams *s, uint32_t instance, uint32_t reason)
{
    size_t row = (size_t)instance * STREAMS_MAX_REASONS + reason;

    return &s->drops[row * s->config->n_streams];
}

void streams_offer(struct streams *s, const struct batch *b, uint32_t stream, uint64_t n,
                   uint64_t bytes)
{
    struct stream_count *of = &s->of[stream];
    int interval = interval_of(b);

    of->offered[interval] += n;
    of->offered_bytes += interval == MEASURED ? bytes : 0;
}

void streams_drop(struct streams *s, const struct batch *b, uint32_t reason, uint32_t flow)
{
    uint32_t stream = stream_of(s, flow);
    int interval = interval_of(b);

    sim_assert(reason < STREAMS_MAX_REASONS);
    s->of[stream].dropped[interval]++;
    drops_of(s, b->instance, reason)[stream] += interval == MEASURED;
}

void streams_deliver(struct streams *s, const struct batch *b, uint32_t flow, uint32_t bytes,
                     int64_t left_ps, int64_t latency_ps)
{
    struct stream_count *of = &s->of[stream_of(s, flow)];

    if (left_ps >= b->measure_to_ps) {
        of->leaving++;
    } else if (left_ps < b->measure_from_ps) {
        of->delivered[BEFORE]++;
    } else {
        of->delivered[MEASURED]++;
        of->delivered_bytes += bytes;
        histogram_record(&of->latency_ps, (uint64_t)latency_ps);
    }
}

/* ---- at the end -------------------------------------------------------------------------- */

/* Packets of each stream whose ids are not free. */
static uint64_t *count_inside(const struct streams *s, const struct packets *p, struct arena *mem)
{
    uint64_t *inside = arena_take_array(mem, s->config->n_streams, sizeof *inside);
    bool *is_free = arena_take_array(mem, p->capacity, sizeof *is_free);

    for (uint32_t i = 0; i < p->n_free; i++) {
        is_free[p->free[(p->first_free + i) & (p->capacity - 1)]] = true;
    }
    for (uint32_t id = 0; id < p->n_used; id++) {
        if (!is_free[id]) {
            inside[stream_of(s, p->base[id].flow)]++;
        }
    }
    return inside;
}

bool streams_conserved(const struct streams *s, const struct packets *packets, struct arena *mem,
                       struct error *err)
{
    if (s->of == NULL) {
        return true;
    }
    const uint64_t *inside = count_inside(s, packets, mem);
    for (uint32_t i = 0; i < s->config->n_streams; i++) {
        const struct stream_count *of = &s->of[i];
        uint64_t in = of->offered[BEFORE] + of->offered[MEASURED];
        uint64_t out = of->delivered[BEFORE] + of->delivered[MEASURED] + of->leaving +
                       of->dropped[BEFORE] + of->dropped[MEASURED] + inside[i];
        if (in != out) {
            return error_add(err, "stream %s: %llu offered, %llu delivered, dropped or inside",
                             s->config->streams[i].name, (unsigned long long)in,
                             (unsigned long long)out);
        }
    }
    return true;
}

static uint64_t run_value(const struct report *out, const char *statistic)
{
    return (uint64_t)report_get(out, "run", statistic, 0);
}

/* The only stream there is. */
static struct stream_count count_of_run(const struct report *out)
{
    struct stream_count of = {.offered_bytes = run_value(out, "offered_bytes"),
                              .delivered_bytes = run_value(out, "delivered_bytes")};

    of.offered[MEASURED] = run_value(out, "offered");
    of.delivered[MEASURED] = run_value(out, "delivered");
    of.dropped[MEASURED] = run_value(out, "dropped");
    of.offered[BEFORE] = run_value(out, "total_offered") - of.offered[MEASURED];
    of.dropped[BEFORE] = run_value(out, "total_dropped") - of.dropped[MEASURED];
    of.delivered[BEFORE] = run_value(out, "total_delivered") - of.delivered[MEASURED];
    return of;
}

static void show_counts(const struct stream_count *of, const char *module, struct report *out)
{
    uint64_t inside = of->offered[BEFORE] - of->delivered[BEFORE] - of->dropped[BEFORE];
    const struct {
        const char *statistic, *unit;
        uint64_t value;
    } rows[] = {
        {"offered", "packets", of->offered[MEASURED]},
        {"delivered", "packets", of->delivered[MEASURED]},
        {"dropped", "packets", of->dropped[MEASURED]},
        {"inside_start", "packets", inside},
        {"inside_end", "packets",
         inside + of->offered[MEASURED] - of->delivered[MEASURED] - of->dropped[MEASURED]},
        {"offered_bytes", "bytes", of->offered_bytes},
        {"delivered_bytes", "bytes", of->delivered_bytes},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        report_value(out, module, rows[i].statistic, rows[i].unit, (int64_t)rows[i].value);
    }
}

/* Measured drops of one reason at all instances of this kind of stage. */
static uint64_t drops_at(const struct streams *s, uint32_t stream, const struct stage_ops *ops,
                         uint32_t reason, const struct report *out)
{
    uint64_t n = 0;

    if (s->of == NULL) {
        return (uint64_t)report_get(out, arena_printf(out->mem, "stage %s", ops->name),
                                    arena_printf(out->mem, "dropped_%s", ops->drops[reason]), 0);
    }
    for (uint32_t i = 0; i < s->n_instances; i++) {
        n += stage_same_kind(scheduler_ops(s->scheduler, i), ops) ? drops_of(s, i, reason)[stream]
                                                                  : 0;
    }
    return n;
}

static bool first_of_kind(const struct streams *s, uint32_t instance)
{
    uint32_t i = 0;

    while (
        !stage_same_kind(scheduler_ops(s->scheduler, i), scheduler_ops(s->scheduler, instance))) {
        i++;
    }
    return i == instance;
}

static void show_drops(const struct streams *s, uint32_t stream, const char *module,
                       struct report *out)
{
    for (uint32_t i = 0; i < s->n_instances; i++) {
        const struct stage_ops *ops = scheduler_ops(s->scheduler, i);
        if (ops->drops == NULL || !first_of_kind(s, i)) {
            continue;
        }
        for (uint32_t r = 0; ops->drops[r] != NULL; r++) {
            report_value(out, module,
                         arena_printf(out->mem, "dropped_%s_%s", ops->name, ops->drops[r]),
                         "packets", (int64_t)drops_at(s, stream, ops, r, out));
        }
    }
}

void streams_sample(const struct streams *s, struct report *out)
{
    for (uint32_t i = 0; s->of != NULL && i < s->config->n_streams; i++) {
        show_counts(&s->of[i], arena_printf(out->mem, "stream %s", s->config->streams[i].name),
                    out);
    }
}

void streams_show(const struct streams *s, struct report *out)
{
    const struct stream_count run = count_of_run(out);

    for (uint32_t i = 0; i < s->config->n_streams; i++) {
        const char *module = arena_printf(out->mem, "stream %s", s->config->streams[i].name);
        const struct stream_count *of = s->of == NULL ? &run : &s->of[i];
        const struct histogram *latency =
            s->of == NULL ? report_get_histogram(out, "run", "latency") : &of->latency_ps;
        show_counts(of, module, out);
        show_drops(s, i, module, out);
        report_histogram(out, module, "latency", "ps", latency);
    }
}
