/* scenario_limits.c - what may pass: policers and rate limiters. */
#include <string.h>

#include "models/policer.h"
#include "scenarios/loader.h"
#include "sim/arena.h"

/* source: [WINFRED] 10 kpps from 12.2(33)SXH on (vendor) */
#define FIB_EXCEPTION_PPS 10000

/* A port is in one policer only: taken[port] is the number + 1 of the one it is in. */
static void take_ports(struct loader *l, uint32_t place, uint32_t which, uint32_t *taken)
{
    const struct policer_config *p = &l->config->policers[which];
    for (uint32_t i = 0; i < p->n_ports && l->ports_known; i++) {
        const struct port_config *port = &l->config->ports[p->ports[i]];
        uint32_t *by = &taken[p->ports[i]];
        if (*by != 0 && *by != which + 1) {
            places_error(&l->places, place, "%u/%u is in policer %s already; a port is in one only",
                         port->slot, port->number, l->config->policers[*by - 1].name);
            return;
        }
        *by = which + 1;
    }
}

/* A bucket that one interval overfills passes less than its rate: says so of the first one.
 * source: [CG-SX] 41-64 (vendor) */
static void check_bursts(struct loader *l)
{
    for (uint32_t i = 0; i < l->config->n_policers; i++) {
        const struct policer_config *p = &l->config->policers[i];
        uint64_t interval_bytes = p->rate_bps / 8 / 4000;
        if (p->burst_bytes < interval_bytes) {
            add_note(l, arena_printf(l->mem,
                                     "policer %s passes less than its rate: in 1/4000 s it is "
                                     "given %lu bytes, and its burst holds %lu",
                                     p->name, (unsigned long)interval_bytes,
                                     (unsigned long)p->burst_bytes));
            return;
        }
    }
}

static void load_policer(struct loader *l, uint32_t which, uint32_t *taken)
{
    const struct raw_policer *raw = &l->raw->policers[which];
    struct policer_config *p = &l->config->policers[which];
    const char *name = load_name(l, raw->name);
    p->name = name != NULL ? name : "?";
    for (uint32_t i = 0; i < which && name != NULL; i++) {
        if (strcmp(l->config->policers[i].name, name) == 0) {
            places_error(&l->places, raw->name, "the name of another policer");
        }
    }
    p->rate_bps = policer_hardware_bps(load_quantity(l, raw->rate, UNIT_BPS, POLICER_LEAST_BPS,
                                                     POLICER_MOST_BPS, POLICER_LEAST_BPS));
    p->burst_bytes = load_quantity(l, raw->burst, UNIT_BYTES, POLICER_LEAST_BURST_BYTES,
                                   POLICER_MOST_BURST_BYTES, POLICER_LEAST_BURST_BYTES);
    p->n_ports = load_ports(l, raw->ports, &p->ports);
    take_ports(l, raw->ports, which, taken);
}

static void load_policers(struct loader *l)
{
    uint32_t n = l->raw->policers_count;
    uint32_t *taken = arena_take_array(l->mem, l->config->n_ports, sizeof *taken);
    if (n > POLICER_MOST) {
        places_error(&l->places, l->raw->policers[POLICER_MOST].here, "more than %u policers",
                     POLICER_MOST);
        n = POLICER_MOST;
    }
    l->config->policers = arena_take_array(l->mem, n, sizeof *l->config->policers);
    for (uint32_t i = 0; i < n; i++) {
        load_policer(l, i, taken);
    }
    l->config->n_policers = n;
    check_bursts(l);
}

static void load_rate_limits(struct loader *l)
{
    uint32_t place = l->raw->rate_limits.fib_exception;
    bool none = place != 0 && strcmp(places_text(&l->places, place), "none") == 0;
    l->config->fib_exception_pps =
        none ? 0 : load_quantity(l, place, UNIT_PPS, 1, 1000000000, FIB_EXCEPTION_PPS);
}

void load_limits(struct loader *l)
{
    load_policers(l);
    load_rate_limits(l);
}
