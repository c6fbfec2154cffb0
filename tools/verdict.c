#include "tools/verdict.h"

#include <math.h>
#include <string.h>

#include "scenarios/results.h"
#include "scenarios/scenario.h"
#include "sim/arena.h"
#include "tools/table.h"

/* ---- judging ----------------------------------------------------------------------------- */

bool verdicts_of(const struct scenario *s, const struct expectation *like, const struct report *r,
                 bool idle, struct arena *mem, struct verdict **list, size_t *n, struct error *err)
{
    static const struct expectation plain;
    struct results results;
    bool good = true;
    *n = 0;
    *list = arena_take_array(mem, s->n_expectations, sizeof **list);
    results_of(r, idle, mem, &results);
    for (size_t i = 0; i < s->n_expectations; i++) {
        const struct expectation *e = &s->expectations[i];
        if (expectation_same_settings(e, like != NULL ? like : &plain)) {
            struct verdict *v = &(*list)[*n];
            v->expectation = e;
            bool told = expectation_judge(e, &results, &v->measured, &v->met, err);
            *n += told;
            good &= told;
        }
    }
    return good;
}

size_t verdicts_n_met(const struct verdict *list, size_t n)
{
    size_t n_met = 0;
    for (size_t i = 0; i < n; i++) {
        n_met += list[i].met;
    }
    return n_met;
}

/* ---- one verdict in words ---------------------------------------------------------------- */

enum column {
    POINT,
    WHAT,
    EXPECTED,
    SIMULATED,
    DIFFERENCE,
    TOLERANCE,
    VERDICT,
    ORIGIN,
    SOURCE,
    N_COLUMNS
};
static const char *const headings[N_COLUMNS] = {"Point",     "what",       "expected",
                                                "simulated", "difference", "tolerance",
                                                "verdict",   "origin",     "source"};
static const char columns[] = "llrrrrlll";

static bool in_percent(const struct expectation *e)
{
    return strchr(e->bound_text, '%') != NULL;
}

static const char *expected(const struct expectation *e, struct arena *mem)
{
    char low[AMOUNT_TEXT], high[AMOUNT_TEXT];
    const char *from = amount_print(&e->low, in_percent(e), low);
    const char *to = amount_print(&e->high, in_percent(e), high);
    switch (e->bound) {
    case BOUND_BETWEEN:
        return arena_printf(mem, "%s to %s", from, to);
    case BOUND_AT_MOST:
        return arena_printf(mem, "at most %s", to);
    case BOUND_AT_LEAST:
        return arena_printf(mem, "at least %s", from);
    default:
        return arena_printf(mem, "%s", from);
    }
}

static const char *simulated(const struct verdict *v, struct arena *mem)
{
    char text[AMOUNT_TEXT];
    return arena_printf(mem, "%s", amount_print(&v->measured, in_percent(v->expectation), text));
}

/* Hundredths, with a sign unless it is nothing. */
static const char *hundredths(double share, const char *unit, struct arena *mem)
{
    double rounded = round(share * 1e5) / 1e3;
    return rounded == 0 ? arena_printf(mem, "0 %s", unit)
                        : arena_printf(mem, "%+.3g %s", rounded, unit);
}

/* From the value; from the bound that is not kept. */
static const char *difference(const struct verdict *v, struct arena *mem)
{
    const struct expectation *e = v->expectation;
    double x = v->measured.number;
    bool above = e->bound == BOUND_AT_MOST || (e->bound == BOUND_BETWEEN && x > e->high.number);
    double from = above ? e->high.number : e->low.number;
    if (e->low.word != NULL) {
        return v->met ? "none" : "another word";
    }
    if (e->bound != BOUND_VALUE && v->met) {
        return "within";
    }
    if (e->tolerance == TOLERANCE_POINTS) {
        return hundredths(x - from, "pp", mem);
    }
    if (from == 0) {
        char text[AMOUNT_TEXT];
        struct amount off = v->measured;
        return arena_printf(mem, "%s", amount_print(&off, in_percent(e), text));
    }
    return hundredths((x - from) / fabs(from), "%", mem);
}

static const char *tolerance(const struct expectation *e, struct arena *mem)
{
    double percent = (double)e->tolerance_ppm / 1e4;
    return e->bound != BOUND_VALUE              ? ""
           : e->tolerance == TOLERANCE_EXACT    ? "exact"
           : e->tolerance == TOLERANCE_RELATIVE ? arena_printf(mem, "%g %%", percent)
                                                : arena_printf(mem, "%g pp", percent);
}

static void fill_row(const struct verdict *v, struct arena *mem, const char *row[N_COLUMNS])
{
    const struct expectation *e = v->expectation;
    row[POINT] = e->point;
    row[WHAT] = e->what;
    row[EXPECTED] = expected(e, mem);
    row[SIMULATED] = simulated(v, mem);
    row[DIFFERENCE] = difference(v, mem);
    row[TOLERANCE] = tolerance(e, mem);
    row[VERDICT] = v->met ? "met" : "NOT MET";
    row[ORIGIN] = e->origin;
    row[SOURCE] = e->source;
}

/* "[S6] [S14] p10 (vendor)" --> "S6 S14": how each of them is marked. */
static const char *keys_of(const char *source, struct arena *mem)
{
    const char *keys = "";
    for (const char *open = strchr(source, '['); open != NULL; open = strchr(open + 1, '[')) {
        int length = (int)strcspn(open + 1, "]");
        keys = arena_printf(mem, "%s%s%.*s", keys, *keys == '\0' ? "" : " ", length, open + 1);
    }
    return keys;
}

/* Why it is not met; or that there was nothing to explain. NULL: nothing to say. */
static const char *explanation(const struct verdict *v, struct arena *mem)
{
    const struct expectation *e = v->expectation;
    if (e->explained == NULL) {
        return NULL;
    }
    return v->met ? arena_printf(mem, "%s is met, though it was explained why not: %s", e->point,
                                 e->explained)
                  : arena_printf(mem, "%s is not met: %s", e->point, e->explained);
}

static const char *sum_up(const struct verdict *list, size_t n, struct arena *mem)
{
    size_t n_met = verdicts_n_met(list, n);
    return arena_printf(mem, "%zu expectation%s: %zu met, %zu not met.", n, n == 1 ? "" : "s",
                        n_met, n - n_met);
}

/* ---- all of them ------------------------------------------------------------------------- */

void verdicts_text(const struct verdict *list, size_t n, struct arena *mem, FILE *out)
{
    const char *row[N_COLUMNS];
    struct table t;
    table_open(&t, columns, mem);
    for (unsigned c = 0; c < N_COLUMNS; c++) {
        table_cell(&t, "%s", headings[c]);
    }
    for (size_t i = 0; i < n; i++) {
        fill_row(&list[i], mem, row);
        row[SOURCE] = keys_of(row[SOURCE], mem);
        for (unsigned c = 0; c < N_COLUMNS; c++) {
            table_cell(&t, "%s", row[c]);
        }
    }
    table_print(&t, out);
    for (size_t i = 0; i < n; i++) {
        const char *why = explanation(&list[i], mem);
        if (why != NULL) {
            text_wrapped(why, 2, 4, out);
        }
    }
    fprintf(out, "  %s\n", sum_up(list, n, mem));
}

/* A | would end the cell. */
static void markdown_cell(const char *text, FILE *out)
{
    fputs(" ", out);
    for (; *text != '\0'; text++) {
        fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
    }
    fputs(" |", out);
}

void verdicts_markdown(const struct verdict *list, size_t n, struct arena *mem, FILE *out)
{
    const char *row[N_COLUMNS];
    fputc('|', out);
    for (unsigned c = 0; c < N_COLUMNS; c++) {
        markdown_cell(headings[c], out);
    }
    fputs("\n|", out);
    for (unsigned c = 0; c < N_COLUMNS; c++) {
        markdown_cell(columns[c] == 'r' ? "---:" : "---", out);
    }
    fputc('\n', out);
    for (size_t i = 0; i < n; i++) {
        fill_row(&list[i], mem, row);
        row[VERDICT] = list[i].met ? "met" : "**not met**";
        fputc('|', out);
        for (unsigned c = 0; c < N_COLUMNS; c++) {
            markdown_cell(row[c], out);
        }
        fputc('\n', out);
    }
    fprintf(out, "\n%s\n", sum_up(list, n, mem));
    for (size_t i = 0; i < n; i++) {
        const char *why = explanation(&list[i], mem);
        if (why != NULL) {
            fprintf(out, "\n- %s\n", why);
        }
    }
}

static json_t *json_verdict(const struct verdict *v, struct arena *mem)
{
    const struct expectation *e = v->expectation;
    const char *row[N_COLUMNS];
    json_t *json = json_object(), *settings = json_array();
    fill_row(v, mem, row);
    for (unsigned c = 0; c < N_COLUMNS; c++) {
        if (c != VERDICT) {
            const char *key = c == POINT ? "point" : headings[c];
            json_object_set_new(json, key, json_string(row[c]));
        }
    }
    for (size_t i = 0; i < e->n_settings; i++) {
        json_array_append_new(settings, json_string(e->settings[i]));
    }
    json_object_set_new(json, "met", json_boolean(v->met));
    json_object_set_new(json, "measure", json_string(e->measure_text));
    json_object_set_new(json, "settings", settings);
    json_object_set_new(json, "explained",
                        e->explained == NULL ? json_null() : json_string(e->explained));
    return json;
}

json_t *verdicts_json(const struct verdict *list, size_t n, struct arena *mem)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(array, json_verdict(&list[i], mem));
    }
    return array;
}
