/* expression.h - arithmetic over the results of a run: what an expectation measures.
 *
 *   expression = term { ("+" | "-") term }
 *   term       = factor { ("*" | "/") factor }
 *   factor     = "-" factor | "(" expression ")" | amount | result
 *              | ("sum" | "min" | "max") "(" expression { "," expression } ")"
 *   result     = "{" module "." statistic "}"             names as in results.h
 *   amount     = 8   0.5   20Gbps   30Mpps   64B   5us   2%
 *
 * Spaces may stand between all of these. In the name of a result * stands for any characters; when
 * several match they are a list, which only sum, min and max take:
 *
 *     {stream left.delivered_pps} / {stream left.offered_pps}
 *     sum({engine *.lookups}) - {engine 5 PFC3BXL.lookups}
 *
 * Only amounts of one dimension are added or compared. Dividing by nothing is an error.
 */
#ifndef SCENARIOS_EXPRESSION_H
#define SCENARIOS_EXPRESSION_H

#include <stdbool.h>

#include "scenarios/amount.h"

struct arena;
struct expression;
struct results;

#define EXPRESSION_MAX_BYTES 1000
#define EXPRESSION_MAX_DEPTH 40

struct expression_error {
    unsigned at;     /* bytes of the text before the place */
    const char *why; /* a sentence; from the arena */
};

/* NULL with *error. Everything lives in mem. */
const struct expression *expression_parse(const char *text, struct arena *mem,
                                          struct expression_error *error);

/* false with *error, its text in results->mem. A word only when all of the expression is one result.
 */
bool expression_evaluate(const struct expression *e, const struct results *results,
                         struct amount *amount, struct expression_error *error);

#endif /* SCENARIOS_EXPRESSION_H */
