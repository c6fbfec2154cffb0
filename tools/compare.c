#include "tools/compare.h"

#include <string.h>

const struct point *compare_last(const struct compare *c, size_t side)
{
    return &c->points[side][c->loads.n - 1];
}

const struct kind_use *compare_kind(const struct point *p, const char *kind)
{
    for (size_t i = 0; i < p->n_kinds; i++) {
        if (strcmp(p->kinds[i].kind, kind) == 0) {
            return &p->kinds[i];
        }
    }
    return NULL;
}

size_t compare_kinds(const struct compare *c, const struct kind_use *kinds[COMPARE_MAX_KINDS])
{
    size_t n = 0;
    for (size_t side = 0; side < COMPARE_N_SIDES; side++) {
        const struct point *p = compare_last(c, side);
        for (size_t i = 0; i < p->n_kinds && n < COMPARE_MAX_KINDS; i++) {
            if (side == 0 || compare_kind(compare_last(c, 0), p->kinds[i].kind) == NULL) {
                kinds[n++] = &p->kinds[i];
            }
        }
    }
    return n;
}

uint64_t compare_most_pps(const struct compare *c, size_t side)
{
    uint64_t most = 0;
    for (size_t i = 0; i < c->loads.n; i++) {
        uint64_t pps = c->points[side][i].figures.delivered_pps;
        most = pps > most ? pps : most;
    }
    return most;
}
