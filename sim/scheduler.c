/* Why windows: an event list pays a heap operation and missed branches per packet and stage; a
 * window pays one merge of sorted lanes, and each stage stays in its own small loop. Nothing is
 * speculative: a stage is shown a row only when no earlier one can come, so results are those of an
 * event-by-event run. */
#include "sim/scheduler.h"

#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "sim/merge.h"
#include "sim/report.h"

struct totals {
    uint64_t n_taken, n_created, n_sent, n_dropped, n_delivered, n_leaving, n_measured;
};

struct instance {
    const struct stage_ops *ops;
    const char *name;
    void *state;
    struct lane **in; /* in order of id */
    uint32_t n_in;
    struct lane **out; /* by lane number */
    uint32_t n_out;
    uint32_t n_reasons;
    uint64_t n_taken;
    int64_t done_ps; /* shown all rows before this time */
    struct batch batch;
    struct totals at_mark;
    uint64_t *drops_at_mark;
};

struct wire { /* one scheduler_connect() */
    uint32_t from, lane, to;
    struct lane *rows;
};

struct event {
    int64_t time_ps;
    uint64_t order;
    void (*run)(void *context, int64_t time_ps);
    void *context;
};

struct scheduler {
    struct scheduler_config config;
    struct arena *mem;
    struct instance *instances;
    uint32_t n_instances, room_instances;
    struct wire *wires;
    uint32_t n_wires, room_wires;
    struct event *events; /* binary heap */
    uint32_t n_events, room_events;
    uint64_t n_scheduled;
    uint32_t loop_first, loop_last; /* no loop: loop_first > loop_last */
    int64_t loop_delay_ps;
    const uint64_t *loop_armed;
    struct merge merge;
    struct times times, latencies; /* of the instance that runs */
    bool sealed, marked;
};

/* ---- building ---------------------------------------------------------------------------- */

struct scheduler *scheduler_open(const struct scheduler_config *config, struct arena *mem)
{
    struct scheduler *s = arena_take(mem, sizeof *s);

    sim_assert(config->window_ps > 0);
    s->config = *config;
    s->mem = mem;
    s->loop_first = 1;
    s->loop_last = 0;
    merge_open(&s->merge, mem);
    return s;
}

/* Makes room for one more element of an array that doubles. */
static void *one_more(struct arena *mem, void *array, uint32_t n, uint32_t *room, size_t bytes)
{
    if (n < *room) {
        return array;
    }
    uint32_t old = *room;
    *room = old == 0 ? 16 : old * 2;
    return arena_grow(mem, array, old * bytes, *room * bytes);
}

static uint32_t count_reasons(const char *const *drops)
{
    uint32_t n = 0;

    while (drops != NULL && drops[n] != NULL) {
        n++;
    }
    return n;
}

bool scheduler_add(struct scheduler *s, const struct stage_ops *ops, const char *name,
                   const void *config, uint32_t *id, struct error *err)
{
    s->instances =
        one_more(s->mem, s->instances, s->n_instances, &s->room_instances, sizeof *s->instances);
    *id = s->n_instances++;
    struct instance *in = &s->instances[*id];
    *in = (struct instance){.ops = ops, .name = name};
    in->n_reasons = count_reasons(ops->drops);
    in->drops_at_mark = arena_take_array(s->mem, in->n_reasons, sizeof(uint64_t));
    in->batch = (struct batch){
        .instance = *id,
        .drops = arena_take_array(s->mem, in->n_reasons, sizeof(uint64_t)),
        .time_ps = arena_take(s->mem, sizeof(struct histogram)),
        .latency_ps = arena_take(s->mem, sizeof(struct histogram)),
        .measure_from_ps = s->config.measure_from_ps,
        .measure_to_ps = s->config.until_ps,
        .tap = s->config.tap,
        .times = &s->times,
        .latencies = &s->latencies,
    };
    in->state = arena_take(s->mem, ops->state_bytes);
    return ops->open(in->state, config, s->mem, err);
}

void *scheduler_state(struct scheduler *s, uint32_t id)
{
    return s->instances[id].state;
}

const char *scheduler_name(const struct scheduler *s, uint32_t id)
{
    return s->instances[id].name;
}

const struct histogram *scheduler_time(const struct scheduler *s, uint32_t id)
{
    return s->instances[id].batch.time_ps;
}

const struct stage_ops *scheduler_ops(const struct scheduler *s, uint32_t id)
{
    return s->instances[id].ops;
}

void scheduler_connect(struct scheduler *s, uint32_t from, uint32_t lane, uint32_t to)
{
    sim_assert(!s->sealed && from < s->n_instances && to < s->n_instances);
    s->wires = one_more(s->mem, s->wires, s->n_wires, &s->room_wires, sizeof *s->wires);
    struct lane *rows = arena_take(s->mem, sizeof *rows);
    lane_open(rows, 0, s->mem);
    s->wires[s->n_wires++] = (struct wire){from, lane, to, rows};
}

void scheduler_loop(struct scheduler *s, uint32_t first, uint32_t last, int64_t delay_ps,
                    const uint64_t *armed)
{
    sim_assert(first <= last && last < s->n_instances && delay_ps > 0);
    s->loop_first = first;
    s->loop_last = last;
    s->loop_delay_ps = delay_ps;
    s->loop_armed = armed;
}

static int compare_wires(const void *left, const void *right)
{
    const struct wire *a = left, *b = right;

    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    return a->lane < b->lane ? -1 : a->lane > b->lane;
}

/* Gives lanes their ids, in the order of ties, and each instance its lists of lanes. */
static void seal(struct scheduler *s)
{
    if (s->n_wires > 0) {
        qsort(s->wires, s->n_wires, sizeof *s->wires, compare_wires);
    }
    for (uint32_t w = 0; w < s->n_wires; w++) {
        struct wire *wire = &s->wires[w];
        sim_assert(w == 0 || compare_wires(wire - 1, wire) < 0);
        wire->rows->id = w;
        s->instances[wire->to].n_in++;
        s->instances[wire->from].n_out = wire->lane + 1;
    }
    for (uint32_t i = 0; i < s->n_instances; i++) {
        struct instance *in = &s->instances[i];
        in->in = arena_take_array(s->mem, in->n_in, sizeof *in->in);
        in->out = arena_take_array(s->mem, in->n_out, sizeof *in->out);
        in->batch.lanes = in->out;
        in->n_in = 0;
    }
    for (uint32_t w = 0; w < s->n_wires; w++) {
        struct instance *to = &s->instances[s->wires[w].to];
        to->in[to->n_in++] = s->wires[w].rows;
        s->instances[s->wires[w].from].out[s->wires[w].lane] = s->wires[w].rows;
    }
    s->sealed = true;
}

/* ---- events ------------------------------------------------------------------------------ */

static bool event_before(const struct event *a, const struct event *b)
{
    return a->time_ps != b->time_ps ? a->time_ps < b->time_ps : a->order < b->order;
}

void scheduler_at(struct scheduler *s, int64_t time_ps, void (*run)(void *context, int64_t time_ps),
                  void *context)
{
    s->events = one_more(s->mem, s->events, s->n_events, &s->room_events, sizeof *s->events);
    struct event event = {time_ps, s->n_scheduled++, run, context};
    uint32_t i = s->n_events++;

    while (i > 0 && event_before(&event, &s->events[(i - 1) / 2])) {
        s->events[i] = s->events[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    s->events[i] = event;
}

static struct event take_event(struct scheduler *s)
{
    struct event first = s->events[0];
    struct event last = s->events[--s->n_events];
    uint32_t i = 0;

    for (uint32_t child = 1; child < s->n_events; child = 2 * i + 1) {
        if (child + 1 < s->n_events && event_before(&s->events[child + 1], &s->events[child])) {
            child++;
        }
        if (!event_before(&s->events[child], &last)) {
            break;
        }
        s->events[i] = s->events[child];
        i = child;
    }
    s->events[i] = last;
    return first;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t next_event_ps(const struct scheduler *s)
{
    return s->n_events > 0 ? s->events[0].time_ps : SIM_NEVER;
}

/* ---- running ----------------------------------------------------------------------------- */

/* What is left on the lanes goes to the front of their arrays, when it is less than what is past: so
 * a lane's memory is what waits on it, and the many lanes of a large chassis stay in cache. */
static void move_lanes_up(struct instance *in)
{
    for (uint32_t i = 0; i < in->n_in; i++) {
        struct lane *lane = in->in[i];
        ptrdiff_t past = lane->head - lane->rows, n = lane->tail - lane->head;
        if (past > 0 && n <= past) {
            memcpy(lane->rows, lane->head, (size_t)n * sizeof *lane->rows);
            lane->head = lane->rows;
            lane->tail = lane->rows + n;
        }
    }
}

/* Shows an instance all rows with ready_ps < end_ps. Returns whether it had anything to do. */
static bool run_instance(struct scheduler *s, struct instance *in, int64_t start_ps, int64_t end_ps)
{
    uint32_t n;
    const struct row *rows = merge_lanes(&s->merge, in->in, in->n_in, end_ps, &n);

    if (n == 0 && (in->ops->next_ps == NULL || in->ops->next_ps(in->state) >= end_ps)) {
        in->done_ps = end_ps;
        return false;
    }
    sim_assert(n == 0 || rows[0].ready_ps >= in->done_ps);
    struct batch *b = &in->batch;
    uint32_t most =
        s->config.batch_rows - 1 < BATCH_MOST_ROWS ? s->config.batch_rows : BATCH_MOST_ROWS;
    uint32_t shown = 0;
    b->start_ps = start_ps;
    do {
        b->rows = shown == 0 ? rows : rows + shown; /* maybe NULL: without rows */
        b->n_rows = n - shown < most ? n - shown : most;
        shown += b->n_rows;
        b->end_ps = shown < n ? rows[shown].ready_ps : end_ps;
        in->ops->process(in->state, b);
    } while (shown < n);
    times_flush(b->times, b->time_ps);
    times_flush(b->latencies, b->latency_ps);
    in->n_taken += n;
    in->done_ps = end_ps;
    move_lanes_up(in);
    return true;
}

static bool run_range(struct scheduler *s, uint32_t first, uint32_t last, int64_t start_ps,
                      int64_t end_ps)
{
    bool busy = false;

    for (uint32_t i = first; i <= last; i++) {
        busy |= run_instance(s, &s->instances[i], start_ps, end_ps);
    }
    return busy;
}

/* The earliest time at which one of the instances first .. end - 1 has something to do. */
static int64_t activity_ps(const struct scheduler *s, uint32_t first, uint32_t end)
{
    int64_t next = SIM_NEVER;

    for (const struct instance *in = s->instances + first; in < s->instances + end; in++) {
        next = in->ops->next_ps != NULL ? earlier(next, in->ops->next_ps(in->state)) : next;
        for (uint32_t i = 0; i < in->n_in; i++) {
            const struct lane *lane = in->in[i];
            next = lane->head != lane->tail ? earlier(next, lane->head->ready_ps) : next;
        }
    }
    return next;
}

/* The loop, in sub-windows short enough for what may come back; where nothing happens, beyond. */
static bool run_loop(struct scheduler *s, int64_t start_ps, int64_t end_ps)
{
    bool busy = false;
    bool armed = s->loop_armed == NULL || *s->loop_armed > 0;

    for (int64_t t = start_ps; t < end_ps;) {
        int64_t next = armed && end_ps - t > s->loop_delay_ps ? t + s->loop_delay_ps : end_ps;
        if (run_range(s, s->loop_first, s->loop_last, t, next)) {
            busy = true;
        } else if (next < end_ps) {
            next = earlier(end_ps, activity_ps(s, s->loop_first, s->loop_last + 1));
        }
        t = next;
    }
    return busy;
}

static bool run_window(struct scheduler *s, int64_t start_ps, int64_t end_ps)
{
    bool busy = false;
    uint32_t i = 0;

    while (i < s->n_instances) {
        if (i == s->loop_first && s->loop_first <= s->loop_last) {
            busy |= run_loop(s, start_ps, end_ps);
            i = s->loop_last + 1;
        } else {
            busy |= run_instance(s, &s->instances[i++], start_ps, end_ps);
        }
    }
    return busy;
}

static struct totals instance_totals(const struct instance *in)
{
    const struct batch *b = &in->batch;

    return (struct totals){in->n_taken,    b->n_created, b->n_sent,    b->n_dropped,
                           b->n_delivered, b->n_leaving, b->n_measured};
}

/* The warm-up is over: what has been counted until now is not measured. */
static void mark(struct scheduler *s, int64_t now_ps)
{
    for (uint32_t i = 0; i < s->n_instances; i++) {
        struct instance *in = &s->instances[i];
        in->at_mark = instance_totals(in);
        memcpy(in->drops_at_mark, in->batch.drops, in->n_reasons * sizeof(uint64_t));
        histogram_reset(in->batch.time_ps);
        if (in->ops->mark != NULL) {
            in->ops->mark(in->state, now_ps);
        }
    }
    s->marked = true;
}

bool scheduler_measures(const struct scheduler *s)
{
    return s->marked;
}

void scheduler_run(struct scheduler *s, void (*progress)(void *context, int64_t now_ps),
                   void *context)
{
    int64_t now = 0;
    bool busy = false;

    seal(s);
    while (now < s->config.until_ps) {
        while (next_event_ps(s) <= now) {
            struct event event = take_event(s);
            event.run(event.context, now);
        }
        if (!s->marked && now >= s->config.measure_from_ps) {
            mark(s, now);
        }
        int64_t mark_ps = s->marked ? SIM_NEVER : s->config.measure_from_ps;
        int64_t stop = earlier(earlier(s->config.until_ps, mark_ps), next_event_ps(s));
        if (!busy) {
            int64_t next = earlier(activity_ps(s, 0, s->n_instances), stop);
            now = next > now ? next : now;
        }
        if (now < stop) {
            int64_t end = stop - now > s->config.window_ps ? now + s->config.window_ps : stop;
            busy = run_window(s, now, end);
            now = end;
        }
        if (progress != NULL) {
            progress(context, now);
        }
    }
}

/* ---- counting ---------------------------------------------------------------------------- */

static uint64_t n_held(const struct instance *in)
{
    return in->ops->n_held != NULL ? in->ops->n_held(in->state) : 0;
}

static uint64_t n_waiting(const struct scheduler *s)
{
    uint64_t n = 0;

    for (uint32_t w = 0; w < s->n_wires; w++) {
        n += (uint64_t)(s->wires[w].rows->tail - s->wires[w].rows->head);
    }
    return n;
}

struct scheduler_counts scheduler_counts(const struct scheduler *s)
{
    struct scheduler_counts c = {.n_inside = n_waiting(s)};
    uint64_t delivered_before = 0;

    for (uint32_t i = 0; i < s->n_instances; i++) {
        const struct instance *in = &s->instances[i];
        struct totals t = instance_totals(in);
        c.n_created += t.n_created;
        c.n_delivered += t.n_delivered;
        c.n_dropped += t.n_dropped;
        c.n_inside += n_held(in) + t.n_leaving;
        c.n_measured_created += t.n_created - in->at_mark.n_created;
        c.n_measured_delivered += t.n_measured;
        c.n_measured_dropped += t.n_dropped - in->at_mark.n_dropped;
        delivered_before += t.n_delivered - t.n_measured;
    }
    c.n_inside_at_mark = c.n_created - c.n_measured_created - delivered_before -
                         (c.n_dropped - c.n_measured_dropped);
    return c;
}

bool scheduler_conserved(const struct scheduler *s, struct error *err)
{
    uint64_t sent = 0, taken = 0;

    for (uint32_t i = 0; i < s->n_instances; i++) {
        const struct instance *in = &s->instances[i];
        struct totals t = instance_totals(in);
        uint64_t into = t.n_taken + t.n_created;
        uint64_t out = t.n_sent + t.n_dropped + t.n_delivered + t.n_leaving + n_held(in);
        if (into != out) {
            return error_add(err, "%s: %llu rows in, %llu out, dropped or held", in->name,
                             (unsigned long long)into, (unsigned long long)out);
        }
        sent += t.n_sent;
        taken += t.n_taken;
    }
    if (sent != taken + n_waiting(s)) {
        return error_add(err, "lanes: %llu rows sent, %llu taken or waiting",
                         (unsigned long long)sent, (unsigned long long)(taken + n_waiting(s)));
    }
    struct scheduler_counts c = scheduler_counts(s);
    if (c.n_created != c.n_delivered + c.n_dropped + c.n_inside) {
        return error_add(err, "run: %llu offered, %llu delivered, dropped or inside",
                         (unsigned long long)c.n_created,
                         (unsigned long long)(c.n_delivered + c.n_dropped + c.n_inside));
    }
    return true;
}

/* Adds the figures of all instances of one kind of stage under one name. */
static void show_kind(const struct scheduler *s, uint32_t first, struct report *out)
{
    const struct stage_ops *ops = s->instances[first].ops;
    const char *module = arena_printf(out->mem, "stage %s", ops->name);
    struct histogram *time = arena_take(out->mem, sizeof *time);
    uint64_t in = 0, sent = 0;
    uint32_t n_reasons = s->instances[first].n_reasons;
    uint64_t *drops = arena_take_array(out->mem, n_reasons, sizeof *drops);

    for (uint32_t i = first; i < s->n_instances; i++) {
        const struct instance *it = &s->instances[i];
        if (!stage_same_kind(it->ops, ops)) {
            continue;
        }
        struct totals t = instance_totals(it);
        in += t.n_taken - it->at_mark.n_taken + t.n_created - it->at_mark.n_created;
        sent += t.n_sent - it->at_mark.n_sent + t.n_measured;
        histogram_merge(time, it->batch.time_ps);
        for (uint32_t r = 0; r < n_reasons; r++) {
            drops[r] += it->batch.drops[r] - it->drops_at_mark[r];
        }
    }
    report_value(out, module, "in", "packets", (int64_t)in);
    report_value(out, module, "out", "packets", (int64_t)sent);
    for (uint32_t r = 0; r < n_reasons; r++) {
        report_value(out, module, arena_printf(out->mem, "dropped_%s", ops->drops[r]), "packets",
                     (int64_t)drops[r]);
    }
    report_histogram(out, module, "time", "ps", time);
}

static bool first_of_kind(const struct scheduler *s, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++) {
        if (stage_same_kind(s->instances[k].ops, s->instances[i].ops)) {
            return false;
        }
    }
    return true;
}

/* All drops so far at one kind of stage. */
static void sample_kind(const struct scheduler *s, uint32_t first, struct report *out)
{
    const struct stage_ops *ops = s->instances[first].ops;
    const char *module = arena_printf(out->mem, "stage %s", ops->name);

    for (uint32_t r = 0; r < s->instances[first].n_reasons; r++) {
        uint64_t n = 0;
        for (uint32_t i = first; i < s->n_instances; i++) {
            const struct instance *in = &s->instances[i];
            n += stage_same_kind(in->ops, ops) ? in->batch.drops[r] : 0;
        }
        report_value(out, module, arena_printf(out->mem, "dropped_%s", ops->drops[r]), "packets",
                     (int64_t)n);
    }
}

void scheduler_sample(const struct scheduler *s, struct report *out)
{
    struct scheduler_counts c = scheduler_counts(s);

    report_value(out, "run", "offered", "packets", (int64_t)c.n_created);
    report_value(out, "run", "delivered", "packets", (int64_t)c.n_delivered);
    report_value(out, "run", "dropped", "packets", (int64_t)c.n_dropped);
    for (uint32_t i = 0; i < s->n_instances; i++) {
        if (first_of_kind(s, i)) {
            sample_kind(s, i, out);
        }
        if (s->instances[i].ops->sample != NULL) {
            s->instances[i].ops->sample(s->instances[i].state, out);
        }
    }
}

static void show_run(const struct scheduler *s, struct report *out)
{
    struct scheduler_counts c = scheduler_counts(s);
    struct histogram *latency = arena_take(out->mem, sizeof *latency);

    report_value(out, "run", "interval", "ps", s->config.until_ps - s->config.measure_from_ps);
    report_value(out, "run", "offered", "packets", (int64_t)c.n_measured_created);
    report_value(out, "run", "delivered", "packets", (int64_t)c.n_measured_delivered);
    report_value(out, "run", "dropped", "packets", (int64_t)c.n_measured_dropped);
    report_value(out, "run", "inside_start", "packets", (int64_t)c.n_inside_at_mark);
    report_value(out, "run", "inside_end", "packets", (int64_t)c.n_inside);
    report_value(out, "run", "total_offered", "packets", (int64_t)c.n_created);
    report_value(out, "run", "total_delivered", "packets", (int64_t)c.n_delivered);
    report_value(out, "run", "total_dropped", "packets", (int64_t)c.n_dropped);
    report_value(out, "run", "total_inside", "packets", (int64_t)c.n_inside);
    for (uint32_t i = 0; i < s->n_instances; i++) {
        histogram_merge(latency, s->instances[i].batch.latency_ps);
    }
    report_histogram(out, "run", "latency", "ps", latency);
}

void scheduler_show(const struct scheduler *s, struct report *out)
{
    show_run(s, out);
    for (uint32_t i = 0; i < s->n_instances; i++) {
        if (first_of_kind(s, i)) {
            show_kind(s, i, out);
        }
    }
    for (uint32_t i = 0; i < s->n_instances; i++) {
        if (s->instances[i].ops->show != NULL) {
            s->instances[i].ops->show(s->instances[i].state, s->config.until_ps, out);
        }
    }
}
