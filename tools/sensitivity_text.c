/* sensitivity_text.c - the constants that matter in a table, the others in a line. */
#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "tools/describe.h"
#include "tools/figures.h"
#include "tools/number.h"
#include "tools/sensitivity.h"
#include "tools/table.h"

static const char *time_or_never(char *text, int64_t ps)
{
    return ps == FIGURES_NOT_YET ? "not yet" : number_time(text, ps);
}

static void base_cells(struct table *t, const struct sensitivity *s)
{
    const int64_t *answers = s->base.answers;
    char text[NUMBER_TEXT];
    table_cell(t, "as they are");
    table_cell(t, "%.3f", (double)answers[ANSWER_PPS] / 1e6);
    table_cell(t, "%.3f", (double)answers[ANSWER_BPS] / 1e9);
    table_cell(t, "%s", number_percent(text, answers[ANSWER_LOSS]));
    table_cell(t, "%s", number_us(text, (uint64_t)answers[ANSWER_P50]));
    table_cell(t, "%s", number_us(text, (uint64_t)answers[ANSWER_P99]));
    table_cell(t, "%s", number_us(text, (uint64_t)answers[ANSWER_LOOKUP]));
    if (sensitivity_n_answers(s) > ANSWER_CONVERGENCE) {
        table_cell(t, "%s", time_or_never(text, answers[ANSWER_CONVERGENCE]));
    }
}

/* "+12.3 %", "-0.51 pp"; "." for what is too little. */
static void change_cell(struct table *t, const struct sensitivity *s, const struct trial *trial,
                        enum answer a)
{
    int64_t ppm = sensitivity_change_ppm(s, trial, a), is = trial->answers[a];
    char text[NUMBER_TEXT];
    if (llabs(ppm) < answer_kinds[a].least_ppm) {
        table_cell(t, ".");
    } else if (a == ANSWER_CONVERGENCE && (is < 0 || s->base.answers[a] < 0)) {
        table_cell(t, "%s", time_or_never(text, is));
    } else if (s->base.answers[a] == 0 && !answer_kinds[a].share) {
        table_cell(t, "from 0");
    } else {
        double percent = (double)ppm / 1e4, size = percent < 0 ? -percent : percent;
        int digits = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
        table_cell(t, "%+.*f %s", digits, percent, answer_kinds[a].share ? "pp" : "%");
    }
}

static const char *measured(const struct verdict *v, struct arena *mem)
{
    char text[AMOUNT_TEXT];
    bool percent = strchr(v->expectation->bound_text, '%') != NULL;
    return arena_printf(mem, "%s", amount_print(&v->measured, percent, text));
}

/* "P10 is not met any more: 4.52 us, not 3.16 us" */
static void measure_rows(struct table *t, const struct sensitivity *s, const struct trial *trial)
{
    for (size_t i = 0; i < trial->n_verdicts; i++) {
        const struct verdict *was = &s->base.verdicts[i], *is = &trial->verdicts[i];
        const char *verdict = was->met == is->met ? ""
                              : is->met           ? " is met now"
                                                  : " is not met any more";
        if (sensitivity_measure_moves(s, trial, i)) {
            table_line(t, arena_printf(t->mem, "    %s%s: %s, not %s", is->expectation->point,
                                       verdict, measured(is, t->mem), measured(was, t->mem)));
        }
    }
}

static void trial_rows(struct table *t, const struct sensitivity *s, const struct trial *trial)
{
    if (trial->same) {
        return;
    }
    if (!trial->good) {
        const char *why = trial->err.text;
        table_line(t, arena_printf(t->mem, "  %s: no answer", trial->set));
        table_line(t, arena_printf(t->mem, "    %.*s", (int)strcspn(why, "\n"), why));
        return;
    }
    table_cell(t, "  %s", trial->set);
    for (enum answer a = 0; a < sensitivity_n_answers(s); a++) {
        change_cell(t, s, trial, a);
    }
    if (sensitivity_other_limit(s, trial)) {
        table_line(t, arena_printf(t->mem, "    %s limits, not %s", trial->limit, s->base.limit));
    }
    measure_rows(t, s, trial);
}

static void print_table(const struct sensitivity *s, struct arena *mem, FILE *out)
{
    struct table t;
    enum answer n = sensitivity_n_answers(s);
    table_open(&t, n == N_ANSWERS ? "lrrrrrrr" : "lrrrrrr", mem);
    table_cell(&t, "set to");
    for (enum answer a = 0; a < n; a++) {
        table_cell(&t, "%s", answer_kinds[a].heading);
    }
    base_cells(&t, s);
    for (size_t i = 0; i < s->n_constants && s->constants[i].matters; i++) {
        const struct constant *c = &s->constants[i];
        table_line(&t, arena_printf(mem, "%s = %s", c->assumed->name, c->assumed->value));
        for (size_t end = 0; end < SENSITIVITY_ENDS; end++) {
            trial_rows(&t, s, &c->at[end]);
        }
    }
    table_print(&t, out);
}

/* "a = 1", and a comma before it unless it is the first. */
static const char *listed(const char *list, const struct assumption *a, struct arena *mem)
{
    return arena_printf(mem, "%s%s%s = %s", list, *list == '\0' ? "" : ", ", a->name, a->value);
}

static void print_others(const struct sensitivity *s, struct arena *mem, FILE *out)
{
    const char *idle = "", *unranged = "";
    for (size_t i = 0; i < s->n_constants; i++) {
        if (!s->constants[i].matters) {
            idle = listed(idle, s->constants[i].assumed, mem);
        }
    }
    for (size_t i = 0; i < s->n_unranged; i++) {
        unranged = listed(unranged, s->unranged[i], mem);
    }
    if (*idle != '\0') {
        text_wrapped(arena_printf(mem, "Do not matter here: %s.", idle), 0, 2, out);
    }
    if (*unranged != '\0') {
        text_wrapped(arena_printf(mem, "Not varied, as no range is known: %s.", unranged), 0, 2,
                     out);
    }
}

static void print_verdicts(const struct sensitivity *s, struct arena *mem, FILE *out)
{
    for (size_t i = 0; i < s->base.n_verdicts; i++) {
        const struct verdict *v = &s->base.verdicts[i];
        text_wrapped(arena_printf(mem, "As they are, %s is %s: %s: %s.", v->expectation->point,
                                  v->met ? "met" : "not met", v->expectation->what,
                                  measured(v, mem)),
                     0, 2, out);
    }
}

void sensitivity_text(const struct sensitivity *s, struct arena *mem, FILE *out)
{
    fprintf(out, "%s\n", s->loaded.title);
    describe_scenario(&s->loaded, 2, mem, out);
    fputc('\n', out);
    text_wrapped(
        arena_printf(mem,
                     "Constants that nobody has published or measured, each set to both ends of "
                     "the range in which the truth is thought to be, the others as they are (%zu "
                     "constants). Those that move an answer most come first; a dot is a change of "
                     "less than 0.1 %%, of a latency less than 1 %%.",
                     s->n_constants),
        0, 0, out);
    fputc('\n', out);
    print_table(s, mem, out);
    text_wrapped(arena_printf(mem, "As they are: %s", s->base.bottleneck), 0, 2, out);
    if (s->base.unsettled != NULL) {
        text_wrapped(s->base.unsettled, 0, 2, out);
    }
    print_verdicts(s, mem, out);
    print_others(s, mem, out);
}
