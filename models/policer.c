/* Why no time in the state: the tokens of an interval are all there at its beginning, so only its
 * number counts. */
#include "models/policer.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"

#define INTERVALS_PER_S 4000u
#define FIRST_STEP_BPS 32768u
#define FIRST_RANGE_BPS 2097152u /* the step doubles with each doubling of the rate beyond */

uint64_t policer_hardware_bps(uint64_t bps)
{
    uint64_t step = FIRST_STEP_BPS;

    for (uint64_t range = FIRST_RANGE_BPS; range < bps; range *= 2) {
        step *= 2;
    }
    uint64_t n_steps = (bps + step / 2) / step;
    return (n_steps > 0 ? n_steps : 1) * step;
}

void policer_open(struct policer *p, uint64_t rate_bps, uint64_t burst_bytes)
{
    sim_assert(burst_bytes <= POLICER_MOST_BURST_BYTES);
    *p = (struct policer){0};
    tokens_open(&p->tokens, rate_bps, burst_bytes * 8 * INTERVALS_PER_S);
}

bool policer_conforms(struct policer *p, int64_t now_ps, uint32_t bytes)
{
    bool conforms = tokens_take(&p->tokens, (uint64_t)(now_ps / POLICER_INTERVAL_PS),
                                bytes * 8ull * INTERVALS_PER_S);
    struct policer_count *count = conforms ? &p->conformed : &p->exceeded;

    count->n_packets++;
    count->n_bytes += bytes;
    return conforms;
}

/* ---- the policers of an engine ------------------------------------------------------------- */

static uint32_t engine_slot(const struct layout *l, uint32_t port)
{
    uint32_t slot = l->ports[port].slot;

    return l->slots[slot].config->dfc != NULL ? slot : l->supervisor_slot;
}

void policers_open(struct policers *p, const struct layout *layout, uint32_t slot,
                   struct arena *mem)
{
    const struct chassis_config *c = layout->config;

    sim_assert(c->n_policers <= POLICER_MOST);
    p->config = c;
    p->all = arena_take_array(mem, c->n_policers, sizeof *p->all);
    p->at_mark = arena_take_array(mem, c->n_policers, sizeof *p->at_mark);
    p->of_port = arena_take_array(mem, c->n_ports, sizeof *p->of_port);
    p->here = arena_take_array(mem, c->n_policers, sizeof *p->here);
    for (uint32_t i = 0; i < c->n_policers; i++) {
        const struct policer_config *policer = &c->policers[i];
        policer_open(&p->all[i], policer->rate_bps, policer->burst_bytes);
        for (uint32_t k = 0; k < policer->n_ports; k++) {
            p->of_port[policer->ports[k]] = (uint16_t)(i + 1);
            p->here[i] |= engine_slot(layout, policer->ports[k]) == slot;
        }
    }
}

bool policers_pass(struct policers *p, uint32_t port, uint32_t bytes, int64_t now_ps)
{
    uint32_t number = p->of_port[port];

    return number == 0 || policer_conforms(&p->all[number - 1], now_ps, bytes);
}

void policers_mark(struct policers *p)
{
    memcpy(p->at_mark, p->all, p->config->n_policers * sizeof *p->all);
}

static void show_count(const char *module, const char *what, struct policer_count now,
                       struct policer_count then, struct report *out)
{
    report_value(out, module, arena_printf(out->mem, "%s_packets", what), "packets",
                 (int64_t)(now.n_packets - then.n_packets));
    report_value(out, module, arena_printf(out->mem, "%s_bytes", what), "bytes",
                 (int64_t)(now.n_bytes - then.n_bytes));
}

void policers_show(const struct policers *p, const char *engine, struct report *out)
{
    for (uint32_t i = 0; i < p->config->n_policers; i++) {
        const struct policer_config *c = &p->config->policers[i];
        const char *module = arena_printf(out->mem, "policer %s, %s", c->name, engine);
        if (p->here[i]) {
            const struct policer *now = &p->all[i], *then = &p->at_mark[i];
            report_value(out, module, "rate", "bits/s", (int64_t)c->rate_bps);
            report_value(out, module, "burst", "bytes", (int64_t)c->burst_bytes);
            show_count(module, "conformed", now->conformed, then->conformed, out);
            show_count(module, "exceeded", now->exceeded, then->exceeded, out);
        }
    }
}
