/* scenario_limits.c - what may pass: rate limiters. */
#include <string.h>

#include "scenarios/loader.h"

/* source: [WINFRED] 10 kpps from 12.2(33)SXH on (vendor) */
#define FIB_EXCEPTION_PPS 10000

static void load_rate_limits(struct loader *l)
{
    uint32_t place = l->raw->rate_limits.fib_exception;
    bool none = place != 0 && strcmp(places_text(&l->places, place), "none") == 0;
    l->config->fib_exception_pps =
        none ? 0 : load_quantity(l, place, UNIT_PPS, 1, 1000000000, FIB_EXCEPTION_PPS);
}

void load_limits(struct loader *l)
{
    load_rate_limits(l);
}
