#include "scenarios/expect.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/results.h"
#include "sim/error.h"

#define PPM 1e6
#define ROUNDING 1e-9 /* 25% is within 1pp of 24%, though not in binary */

bool expectation_error(const struct expectation *e, unsigned at, const char *why, struct error *err)
{
    unsigned column = e->in_one_line ? e->column + at : e->column;
    return error_at(err, e->file, e->line, column, "%s: %s", e->path, why);
}

static bool is_met(const struct expectation *e, const struct amount *measured)
{
    double x = measured->number, allowed = (double)e->tolerance_ppm / PPM;
    if (e->low.word != NULL && measured->word != NULL) {
        return strcmp(e->low.word, measured->word) == 0;
    }
    switch (e->bound) {
    case BOUND_BETWEEN:
        return e->low.number <= x && x <= e->high.number;
    case BOUND_AT_MOST:
        return x <= e->high.number;
    case BOUND_AT_LEAST:
        return x >= e->low.number;
    default:
        allowed *= e->tolerance == TOLERANCE_RELATIVE ? fabs(e->low.number) : 1;
        return fabs(x - e->low.number) <= allowed * (1 + ROUNDING);
    }
}

bool expectation_judge(const struct expectation *e, const struct results *results,
                       struct amount *measured, bool *met, struct error *err)
{
    struct expression_error wrong = {0};
    const struct amount *expected = e->bound == BOUND_AT_MOST ? &e->high : &e->low;
    char why[200];
    if (!expression_evaluate(e->measure, results, measured, &wrong)) {
        return expectation_error(e, wrong.at, wrong.why, err);
    }
    if (!amount_alike(expected, measured)) {
        snprintf(why, sizeof why, "measures %s; expected is %s, %s", amount_kind(measured),
                 e->bound_text, amount_kind(expected));
        return expectation_error(e, 0, why, err);
    }
    *met = is_met(e, measured);
    return true;
}

bool expectation_same_settings(const struct expectation *a, const struct expectation *b)
{
    bool same = a->n_settings == b->n_settings;
    for (size_t i = 0; same && i < a->n_settings; i++) {
        same = strcmp(a->settings[i], b->settings[i]) == 0;
    }
    return same;
}
