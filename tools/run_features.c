#include "tools/run_features.h"

#include <stdlib.h>
#include <string.h>

#include "models/netflow.h"
#include "sim/arena.h"
#include "tools/number.h"
#include "tools/table.h"

static uint64_t get(const struct report *r, const char *module, const char *statistic)
{
    return (uint64_t)report_get(r, module, statistic, 0);
}

static void count_cell(struct table *t, uint64_t count)
{
    char text[NUMBER_TEXT];

    table_cell(t, "%s", number_count(text, count));
}

/* ---- NetFlow ----------------------------------------------------------------------------- */

static bool has_netflow(const struct report *r, size_t value)
{
    return strcmp(r->values[value].statistic, "netflow_size") == 0;
}

/* What the machine logs. */
static void print_message(const struct loaded *l, const struct report *r, const char *engine,
                          struct arena *mem, FILE *out)
{
    int64_t first_ps = report_get(r, engine, "netflow_threshold_first", -1);
    uint32_t percent = (uint32_t)get(r, engine, "netflow_threshold_percent");
    uint32_t slot = (uint32_t)strtoul(engine + strlen("engine "), NULL, 10);
    bool central = slot == l->scenario.config.supervisor_slot;
    char at[NUMBER_TEXT];

    if (first_ps >= 0) {
        const char *where = central ? "SP" : arena_printf(mem, "DFC%u", slot);
        text_wrapped(arena_printf(mem, "%s: %s", number_time(at, first_ps),
                                  netflow_message(percent, where, mem)),
                     2, 4, out);
    }
}

static void print_netflow(const struct loaded *l, const struct report *r, struct arena *mem,
                          FILE *out)
{
    static const char *const cells[] = {"NetFlow of",  "entries",     "of the table",
                                        "in the ICAM", "flows begun", "packets not counted"};
    char text[NUMBER_TEXT];
    struct table t;

    table_open(&t, "lrrrrr", mem);
    table_row(&t, cells);
    for (size_t i = 0; i < r->n_values; i++) {
        const char *engine = r->values[i].module;
        if (!has_netflow(r, i)) {
            continue;
        }
        uint64_t n = get(r, engine, "netflow_entries");
        table_cell(&t, "%s", engine);
        count_cell(&t, n);
        table_cell(&t, "%s", number_percent(text, share_ppm(n, (uint64_t)r->values[i].value)));
        count_cell(&t, get(r, engine, "netflow_aliases"));
        count_cell(&t, get(r, engine, "netflow_created"));
        count_cell(&t, get(r, engine, "netflow_creation_failures"));
    }
    if (t.n_cells == t.n_columns) {
        return;
    }
    table_print(&t, out);
    for (size_t i = 0; i < r->n_values; i++) {
        if (has_netflow(r, i)) {
            print_message(l, r, r->values[i].module, mem, out);
        }
    }
}

/* ---- queues ------------------------------------------------------------------------------ */

/* A queue of all ports of a card. */
struct card_queue {
    uint64_t n_sent, n_tail_dropped, n_wred_dropped;
    uint64_t waited_us, longest_ps; /* all packets together; the one that waited longest */
};

#define MOST_SLOTS 16
#define MOST_QUEUES 16

static void add_queue(const struct report *r, const char *module, struct card_queue *q)
{
    uint64_t n_sent = get(r, module, "sent"), longest_ps = get(r, module, "longest_wait");

    q->n_sent += n_sent;
    q->n_tail_dropped += get(r, module, "tail_dropped");
    q->n_wred_dropped += get(r, module, "wred_dropped");
    q->waited_us += get(r, module, "mean_wait") / 1000 * n_sent / 1000;
    q->longest_ps = longest_ps > q->longest_ps ? longest_ps : q->longest_ps;
}

static void queue_cells(struct table *t, unsigned slot, unsigned queue, const struct card_queue *q)
{
    char text[NUMBER_TEXT];

    table_cell(t, "slot %u, queue %u", slot, queue);
    count_cell(t, q->n_sent);
    count_cell(t, q->n_tail_dropped);
    count_cell(t, q->n_wred_dropped);
    table_cell(t, "%.3f", q->n_sent == 0 ? 0.0 : (double)q->waited_us / (double)q->n_sent);
    table_cell(t, "%s", number_us(text, q->longest_ps));
}

static void print_queues(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"Transmit queues", "packets",      "tail dropped",
                                        "WRED dropped",    "mean wait us", "longest us"};
    struct card_queue queues[MOST_SLOTS][MOST_QUEUES] = {{{0}}};
    unsigned slot, port, queue;
    struct table t;

    for (size_t i = 0; i < r->n_values; i++) {
        const struct report_value *v = &r->values[i];
        if (strcmp(v->statistic, "tail_dropped") == 0 &&
            sscanf(v->module, "port %u/%u transmit queue %u", &slot, &port, &queue) == 3) {
            add_queue(r, v->module, &queues[slot % MOST_SLOTS][queue % MOST_QUEUES]);
        }
    }
    table_open(&t, "lrrrrr", mem);
    table_row(&t, cells);
    for (slot = 0; slot < MOST_SLOTS; slot++) {
        for (queue = 0; queue < MOST_QUEUES; queue++) {
            const struct card_queue *q = &queues[slot][queue];
            if (q->n_sent + q->n_tail_dropped + q->n_wred_dropped > 0) {
                queue_cells(&t, slot, queue, q);
            }
        }
    }
    if (t.n_cells > t.n_columns) {
        table_print(&t, out);
    }
}

/* What ports received and could not hand on at once: of a card together, by queue and threshold. */
static void print_receive_queues(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"Receive queues", "tail dropped", "WRED dropped"};
    struct card_queue queues[MOST_SLOTS * MOST_QUEUES * MOST_QUEUES] = {{0}};
    unsigned slot, queue, threshold;
    struct table t;

    for (size_t i = 0; i < r->n_values; i++) {
        const struct report_value *v = &r->values[i];
        if (sscanf(v->module, "%*[^,], port %u/%*u queue %u", &slot, &queue) == 2 &&
            sscanf(v->statistic, "threshold_%u", &threshold) == 1) {
            unsigned place = slot % MOST_SLOTS * MOST_QUEUES + queue % MOST_QUEUES;
            struct card_queue *q = &queues[place * MOST_QUEUES + threshold % MOST_QUEUES];
            bool tail = strstr(v->statistic, "tail") != NULL;
            *(tail ? &q->n_tail_dropped : &q->n_wred_dropped) += (uint64_t)v->value;
        }
    }
    table_open(&t, "lrr", mem);
    table_row(&t, cells);
    for (unsigned i = 0; i < MOST_SLOTS * MOST_QUEUES * MOST_QUEUES; i++) {
        const struct card_queue *q = &queues[i];
        if (q->n_tail_dropped + q->n_wred_dropped > 0) {
            table_cell(&t, "slot %u, queue %u, threshold %u", i / MOST_QUEUES / MOST_QUEUES,
                       i / MOST_QUEUES % MOST_QUEUES, i % MOST_QUEUES);
            count_cell(&t, q->n_tail_dropped);
            count_cell(&t, q->n_wred_dropped);
        }
    }
    if (t.n_cells > t.n_columns) {
        table_print(&t, out);
    }
}

void run_features_text(const struct loaded *l, const struct report *r, struct arena *mem, FILE *out)
{
    print_netflow(l, r, mem, out);
    print_receive_queues(r, mem, out);
    print_queues(r, mem, out);
}
