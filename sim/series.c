#include "sim/series.h"

#include <inttypes.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"
#include "sim/scheduler.h"

/* until_ps * i / n, which may not fit 64 bits. */
static int64_t time_of(const struct series *s, uint32_t i)
{
    int64_t step = s->until_ps / s->n, rest = s->until_ps % s->n;

    return step * i + rest * i / s->n;
}

/* The first sample names the columns. */
static void open_columns(struct series *s, const struct report *first)
{
    s->n_columns = first->n_values;
    s->columns = arena_take_array(s->mem, s->n_columns, sizeof *s->columns);
    for (size_t c = 0; c < s->n_columns; c++) {
        const struct report_value *v = &first->values[c];
        s->columns[c] = (struct series_column){
            arena_printf(s->mem, "%s", v->module), arena_printf(s->mem, "%s", v->statistic),
            arena_printf(s->mem, "%s", v->unit),
            arena_take_array(s->mem, s->n + 1, sizeof *s->columns[c].values)};
    }
}

static void take(struct series *s, int64_t now_ps)
{
    struct arena *scratch = arena_open();
    struct report report;

    report_open(&report, scratch);
    s->sample(s->context, now_ps, &report);
    if (s->n_taken == 0) {
        open_columns(s, &report);
    }
    sim_assert(report.n_values == s->n_columns);
    s->at_ps[s->n_taken] = now_ps;
    for (size_t c = 0; c < s->n_columns; c++) {
        s->columns[c].values[s->n_taken] = report.values[c].value;
    }
    s->n_taken++;
    arena_close(scratch);
}

static void take_and_wait(void *context, int64_t now_ps)
{
    struct series *s = context;

    take(s, now_ps);
    if (s->n_taken < s->n) {
        scheduler_at(s->scheduler, time_of(s, s->n_taken), take_and_wait, s);
    }
}

void series_open(struct series *s, uint32_t n, int64_t until_ps,
                 void (*sample)(void *context, int64_t now_ps, struct report *out), void *context,
                 struct scheduler *scheduler, struct arena *mem)
{
    sim_assert(n >= 1 && n <= SERIES_MOST);
    *s = (struct series){.n = n,
                         .until_ps = until_ps,
                         .at_ps = arena_take_array(mem, n + 1, sizeof *s->at_ps),
                         .sample = sample,
                         .context = context,
                         .scheduler = scheduler,
                         .mem = mem};
    scheduler_at(scheduler, 0, take_and_wait, s);
}

void series_end(struct series *s)
{
    take(s, s->until_ps);
}

const struct series_column *series_get(const struct series *s, const char *module,
                                       const char *statistic)
{
    for (size_t c = 0; c < s->n_columns; c++) {
        const struct series_column *column = &s->columns[c];
        if (strcmp(column->module, module) == 0 && strcmp(column->statistic, statistic) == 0) {
            return column;
        }
    }
    return NULL;
}

static void write_quoted(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        fputs(*text == '"' ? "\"" : "", out);
        fputc(*text, out);
    }
}

void series_write_csv(const struct series *s, FILE *out)
{
    fputs("time_ps", out);
    for (size_t c = 0; c < s->n_columns; c++) {
        const struct series_column *column = &s->columns[c];
        fputs(",\"", out);
        write_quoted(out, column->module);
        fprintf(out, " %s (%s)\"", column->statistic, column->unit);
    }
    fputc('\n', out);
    for (uint32_t i = 0; i < s->n_taken; i++) {
        fprintf(out, "%" PRId64, s->at_ps[i]);
        for (size_t c = 0; c < s->n_columns; c++) {
            fprintf(out, ",%" PRId64, s->columns[c].values[i]);
        }
        fputc('\n', out);
    }
}
