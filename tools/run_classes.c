/* run_classes.c - from the report's modules "class ...". */
#include "tools/run_classes.h"

#include <string.h>

#include "sim/report.h"
#include "tools/number.h"
#include "tools/table.h"

void run_classes_text(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"Classes", "packets", "Mb/s"};
    int64_t interval_ps = report_get(r, "run", "interval", 0);
    struct table t;
    table_open(&t, "lrr", mem);
    table_row(&t, cells);
    for (size_t i = 0; i < r->n_values; i++) {
        const struct report_value *v = &r->values[i];
        char text[NUMBER_TEXT];
        if (strncmp(v->module, "class ", 6) != 0 || strcmp(v->statistic, "packets") != 0) {
            continue;
        }
        uint64_t n_bytes = (uint64_t)report_get(r, v->module, "bytes", 0);
        table_cell(&t, "%s", v->module + 6);
        table_cell(&t, "%s", number_count(text, (uint64_t)v->value));
        table_cell(&t, "%.3f", (double)rate_per_s(8 * n_bytes, interval_ps) / 1e6);
    }
    if (t.n_cells > t.n_columns) {
        table_print(&t, out);
    }
}
