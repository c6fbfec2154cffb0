/* Fuzz target: any text as an expression: refused, with a place inside the text, or evaluated; and
 * what is evaluated is always the same. */
#include <stdint.h>
#include <string.h>

#include "scenarios/expression.h"
#include "scenarios/results.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"
#include "tests/results_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open();
    struct expression_error wrong = {UINT32_MAX, NULL};
    struct report report;
    struct results results;
    struct amount first, second;
    char *text = arena_printf(mem, "%.*s", (int)size, (const char *)data);
    const struct expression *e = expression_parse(text, mem, &wrong);
    results_report(&report, mem);
    for (int idle = 0; e != NULL && idle < 2; idle++) {
        results_of(&report, idle, mem, &results);
        if (expression_evaluate(e, &results, &first, &wrong)) {
            sim_assert(expression_evaluate(e, &results, &second, &wrong));
            sim_assert(memcmp(&first.number, &second.number, sizeof first.number) == 0);
            char print[AMOUNT_TEXT];
            sim_assert(strlen(amount_print(&first, idle, print)) < AMOUNT_TEXT);
        } else {
            sim_assert(wrong.at <= strlen(text) && wrong.why[0] != '\0');
        }
    }
    sim_assert(e != NULL || (wrong.at <= strlen(text) && wrong.why[0] != '\0'));
    arena_close(mem);
    return 0;
}
