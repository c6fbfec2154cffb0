#include "tools/download_text.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/report.h"
#include "tools/number.h"
#include "tools/table.h"
#include "tools/words.h"

void download_text(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"Download to", "written", "waiting", "the last one at",
                                        "after the last change"};
    char text[NUMBER_TEXT];
    struct table t;

    table_open(&t, "lrrrr", mem);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        table_cell(&t, "%s", cells[i]);
    }
    for (size_t i = 0; i < r->n_values; i++) {
        const char *engine = r->values[i].module;
        if (strcmp(r->values[i].statistic, "fib_written") != 0) {
            continue;
        }
        int64_t waiting = report_get(r, engine, "fib_waiting", 0);
        int64_t at_ps = report_get(r, engine, "fib_converged", -1);
        int64_t after_ps = report_get(r, engine, "fib_convergence", -1);
        table_cell(&t, "%s", engine);
        table_cell(&t, "%s", number_count(text, (uint64_t)r->values[i].value));
        table_cell(&t, "%s", number_count(text, (uint64_t)waiting));
        table_cell(&t, "%s", at_ps < 0 ? "not yet" : number_time(text, at_ps));
        table_cell(&t, "%s", at_ps < 0 ? "not yet" : number_time(text, after_ps));
    }
    if (t.n_cells > t.n_columns) {
        table_print(&t, out);
    }
}

void console_text(const struct report *r, struct arena *mem, FILE *out)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_texts; i++) {
        const struct report_text *line = &r->texts[i];
        char at[NUMBER_TEXT];
        if (strcmp(line->statistic, "message") == 0 && strncmp(line->module, "log ", 4) == 0) {
            number_time(at, report_get(r, line->module, "at", 0));
            fputs(n++ == 0 ? "  Console\n" : "", out);
            text_wrapped(arena_printf(mem, "%s: %s", at, line->text), 4, 6, out);
        }
    }
    if (n > 0) {
        fputc('\n', out);
    }
}
