#include "tests/toy_stages.h"

#include "sim/error.h"

static void create_row(struct batch *b, uint32_t lane, uint32_t packet, int64_t ready_ps)
{
    *batch_room(b, lane, 1) = (struct row){ready_ps, packet, 0};
    batch_create(b, lane, 1);
}

static void send_row(struct batch *b, uint32_t lane, const struct row *row, int64_t ready_ps)
{
    batch_send(b, lane, (struct row){ready_ps, row->packet, row->load}, row->ready_ps);
}

struct source {
    struct source_config c;
    uint32_t next;
};

static bool source_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct source *st = state;

    (void)mem;
    (void)err;
    st->c = *(const struct source_config *)config;
    return true;
}

static void source_process(void *state, struct batch *b)
{
    struct source *st = state;

    for (; st->next < st->c.n && st->c.rows[st->next].ready_ps < b->end_ps; st->next++) {
        const struct planned *row = &st->c.rows[st->next];
        create_row(b, row->lane, st->c.first + st->next, row->ready_ps);
    }
}

static int64_t source_next_ps(const void *state)
{
    const struct source *st = state;

    return st->next < st->c.n ? st->c.rows[st->next].ready_ps : SIM_NEVER;
}

static uint64_t holds_nothing(const void *state)
{
    (void)state;
    return 0;
}

const struct stage_ops source_stage = {.name = "source",
                                       .state_bytes = sizeof(struct source),
                                       .open = source_open,
                                       .process = source_process,
                                       .next_ps = source_next_ps,
                                       .n_held = holds_nothing};

void log_add(struct log *log, int64_t time_ps, uint32_t number)
{
    sim_assert(log->n < MOST_VISITS);
    log->visits[log->n++] = (struct visit){time_ps, number};
}

static bool relay_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    (void)mem;
    (void)err;
    *(struct relay_config *)state = *(const struct relay_config *)config;
    return true;
}

static void relay_process(void *state, struct batch *b)
{
    const struct relay_config *c = state;

    for (uint32_t i = 0; i < b->n_rows; i++) {
        const struct row *row = &b->rows[i];
        int64_t ready_ps = row->ready_ps + c->delay_ps;
        sim_assert(row->ready_ps < b->end_ps || i > 0 || b->end_ps == row->ready_ps);
        log_add(c->log, row->ready_ps, row->packet);
        if (row->packet == c->loses) {
            continue;
        }
        if (c->rounds != NULL && c->rounds[row->packet] > 0) {
            c->rounds[row->packet]--;
            send_row(b, BACK, row, ready_ps);
        } else if (c->last) {
            batch_deliver(b, row->packet, row->ready_ps, ready_ps, ready_ps, c->delay_ps);
        } else {
            send_row(b, ON, row, ready_ps);
        }
        if (row->packet == c->doubles) {
            send_row(b, ON, row, ready_ps);
        }
    }
}

const struct stage_ops relay_stage = {.name = "relay",
                                      .state_bytes = sizeof(struct relay_config),
                                      .open = relay_open,
                                      .process = relay_process};

struct holder {
    int64_t until_ps;
    uint32_t n;
    struct row rows[MOST_ROWS];
};

static bool holder_open(void *state, const void *config, struct arena *mem, struct error *err)
{
    struct holder *st = state;

    (void)mem;
    (void)err;
    st->until_ps = *(const int64_t *)config;
    return true;
}

static void holder_process(void *state, struct batch *b)
{
    struct holder *st = state;

    for (uint32_t i = 0; i < b->n_rows; i++) {
        st->rows[st->n++] = b->rows[i];
    }
    if (st->until_ps < b->end_ps) {
        for (uint32_t i = 0; i < st->n; i++) {
            send_row(b, ON, &st->rows[i], st->until_ps);
        }
        st->n = 0;
    }
}

static int64_t holder_next_ps(const void *state)
{
    const struct holder *st = state;

    return st->n > 0 ? st->until_ps : SIM_NEVER;
}

static uint64_t holder_n_held(const void *state)
{
    return ((const struct holder *)state)->n;
}

const struct stage_ops holder_stage = {.name = "holder",
                                       .state_bytes = sizeof(struct holder),
                                       .open = holder_open,
                                       .process = holder_process,
                                       .next_ps = holder_next_ps,
                                       .n_held = holder_n_held};
