#include "models/copp.h"

#include <string.h>

#include "models/policer.h"
#include "sim/arena.h"
#include "sim/report.h"

void copp_open(struct copp *c, const struct chassis_config *config, struct arena *mem)
{
    uint32_t n = config->n_copp_classes;

    c->config = config;
    c->buckets = arena_take_array(mem, n, sizeof *c->buckets);
    c->counts = arena_take_array(mem, n, sizeof *c->counts);
    c->at_mark = arena_take_array(mem, n, sizeof *c->at_mark);
    for (uint32_t i = 0; i < n; i++) {
        const struct copp_class *class = &config->copp_classes[i];
        policer_open(&c->buckets[i], class->rate_bps, class->burst_bytes);
    }
}

bool copp_pass(struct copp *c, uint32_t cause, uint32_t bytes, int64_t now_ps)
{
    for (uint32_t i = 0; i < c->config->n_copp_classes; i++) {
        if (c->config->copp_classes[i].causes & 1u << cause) {
            enum policer_colour colour = policer_take(&c->buckets[i], now_ps, bytes);
            policer_count(&c->counts[i], colour, bytes);
            return colour == COLOUR_CONFORMS;
        }
    }
    return true;
}

void copp_mark(struct copp *c)
{
    memcpy(c->at_mark, c->counts, c->config->n_copp_classes * sizeof *c->counts);
}

void copp_show(const struct copp *c, const char *where, struct report *out)
{
    for (uint32_t i = 0; i < c->config->n_copp_classes; i++) {
        const struct copp_class *class = &c->config->copp_classes[i];
        struct policer_config config = {.rate_bps = class->rate_bps,
                                        .asked_bps = class->asked_bps,
                                        .burst_bytes = class->burst_bytes};
        policer_show(&config, &c->counts[i], &c->at_mark[i],
                     arena_printf(out->mem, "control plane %s, %s", class->name, where), out);
    }
}
