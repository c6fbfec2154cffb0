/* What an engine lets go on, and why not. */
#include "tests/reference_sim.h"

/* Each engine counts for itself what it has looked up for a policer's ports. */
static bool conforms(struct sim *s, const struct reference_packet *p, int64_t result_ps)
{
    const struct policer_config *c = s->ports[p->ingress].policer;

    return c == NULL || meter_take(&s->cards[s->slot].meters[c - s->config->policers], c->rate_bps,
                                   c->burst_bytes, result_ps, p->bytes);
}

const char *reference_refuses(struct sim *s, const struct reference_packet *p, struct answer a,
                              int64_t result_ps)
{
    if (p->other_mac) {
        return "not_router_mac";
    }
    if (a.outcome == DISCARD) {
        return "null_route";
    }
    if (a.outcome == MISS && !reference_routes_exception(s->routes, p->flow.to.family)) {
        return "no_route";
    }
    if (!conforms(s, p, result_ps)) {
        return "policed";
    }
    if (a.outcome == MISS && s->config->fib_exception_pps != 0 &&
        !bucket_take(&s->cards[s->slot].exception, result_ps)) {
        return "fib_exception_limiter";
    }
    return NULL;
}
