/* scenario_expect.c - what the scenario expects of its results. */
#include <ctype.h>
#include <string.h>

#include "scenarios/expect.h"
#include "scenarios/loader.h"
#include "scenarios/source.h"
#include "sim/arena.h"
#include "sim/error.h"

#define MAX_EXPECTATIONS 200
#define MAX_SETTINGS 20
#define POINT_BYTES 20
#define WHAT_BYTES 120
#define SOURCE_BYTES 300
#define TEXT_BYTES 1000
#define WHOLE_PPM 1000000

static void load_measure(struct loader *l, uint32_t place, struct expectation *e)
{
    const struct place *it = &l->places.all[place];
    struct expression_error wrong = {0};
    e->measure_text = load_text(l, place, EXPRESSION_MAX_BYTES, "0");
    e->file = it->file;
    e->line = it->line;
    e->in_one_line = it->text_column != 0;
    e->column = e->in_one_line ? it->text_column : it->column;
    e->path = arena_printf(l->mem, "expect[%u].measure", l->places.all[it->parent].index);
    e->measure = place == 0 ? NULL : expression_parse(e->measure_text, l->mem, &wrong);
    if (place != 0 && e->measure == NULL) {
        expectation_error(e, wrong.at, wrong.why, l->places.err);
    }
}

/* A number with its unit, or else a word. */
static bool load_amount(struct loader *l, uint32_t place, const char *text, bool words,
                        struct amount *amount)
{
    char why[QUANTITY_WHY];
    if (words && text[0] != '\0' && !isdigit((unsigned char)text[0])) {
        *amount = (struct amount){.word = arena_printf(l->mem, "%s", text)};
        return true;
    }
    return amount_parse(text, amount, why) || places_error(&l->places, place, "%s", why);
}

/* "29Mpps, 31.3Mpps" */
static void load_between(struct loader *l, uint32_t place, struct expectation *e)
{
    const char *text = e->bound_text;
    char low[ITEM_TEXT], high[ITEM_TEXT];
    if (!next_item(&text, low) || !next_item(&text, high) || text != NULL) {
        places_error(&l->places, place, "expected two amounts, as in 29Mpps, 31.3Mpps");
        return;
    }
    if (load_amount(l, place, low, false, &e->low) &&
        load_amount(l, place, high, false, &e->high) &&
        (!amount_alike(&e->low, &e->high) || e->low.number > e->high.number)) {
        places_error(&l->places, place, "expected two amounts of one kind, the lower one first");
    }
}

static void load_bound(struct loader *l, const struct raw_expectation *raw, struct expectation *e)
{
    const uint32_t places[] = {[BOUND_VALUE] = raw->value,
                               [BOUND_BETWEEN] = raw->between,
                               [BOUND_AT_MOST] = raw->at_most,
                               [BOUND_AT_LEAST] = raw->at_least};
    unsigned n = 0;
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        if (places[i] != 0) {
            e->bound = (enum bound)i;
            n++;
        }
    }
    if (n != 1) {
        places_error(&l->places, raw->here, "%s value, between, at_most or at_least",
                     n == 0 ? "expected one of" : "more than one of");
        return;
    }
    uint32_t place = places[e->bound];
    e->bound_text = load_text(l, place, TEXT_BYTES, "0");
    if (e->bound == BOUND_BETWEEN) {
        load_between(l, place, e);
    } else {
        load_amount(l, place, e->bound_text, e->bound == BOUND_VALUE,
                    e->bound == BOUND_AT_MOST ? &e->high : &e->low);
    }
}

/* exact | 2% | 1pp */
static void load_tolerance(struct loader *l, uint32_t place, struct expectation *e)
{
    const char *text = e->tolerance_text = load_text(l, place, TEXT_BYTES, "exact");
    size_t length = strlen(text);
    struct quantity q;
    char why[QUANTITY_WHY];
    if (strcmp(text, "exact") == 0) {
        return;
    }
    if (e->bound != BOUND_VALUE || e->low.word != NULL) {
        places_error(&l->places, place, "only a value that is a number has a tolerance");
        return;
    }
    bool points = length > 2 && strcmp(text + length - 2, "pp") == 0;
    if (points && (e->low.bits != 0 || e->low.seconds != 0)) {
        places_error(&l->places, place, "percentage points of what is no share; expected 2%%");
        return;
    }
    const char *share = points ? arena_printf(l->mem, "%.*s%%", (int)length - 2, text) : text;
    if (!quantity_parse(share, UNITS(UNIT_PPM), &q, why) ||
        !quantity_in_range(q, 1, WHOLE_PPM, why)) {
        places_error(&l->places, place, "%s, or 1pp, or exact", why);
        return;
    }
    e->tolerance = points ? TOLERANCE_POINTS : TOLERANCE_RELATIVE;
    e->tolerance_ppm = q.value;
}

static void load_settings(struct loader *l, const struct raw_expectation *raw,
                          struct expectation *e)
{
    if (raw->set_count > MAX_SETTINGS) {
        places_error(&l->places, raw->set[MAX_SETTINGS], "more than %d settings", MAX_SETTINGS);
        return;
    }
    const char **settings = arena_take_array(l->mem, raw->set_count, sizeof *settings);
    for (uint32_t i = 0; i < raw->set_count; i++) {
        const char *text = load_text(l, raw->set[i], TEXT_BYTES, NULL);
        if (text != NULL && (strchr(text, '=') == NULL || text[0] == '=')) {
            places_error(&l->places, raw->set[i], "expected path=value, as in run.seed=7");
        } else if (text != NULL) {
            settings[e->n_settings++] = text;
        }
    }
    e->settings = settings;
}

static void load_expectation(struct loader *l, const struct raw_expectation *raw,
                             struct expectation *e)
{
    static const char *const origins[] = {"measured", "vendor claim", "derived"};
    struct source source;
    e->point = load_text(l, raw->point, POINT_BYTES, "");
    e->what = load_text(l, raw->what, WHAT_BYTES, "");
    load_measure(l, raw->measure, e);
    load_bound(l, raw, e);
    load_tolerance(l, raw->tolerance, e);
    e->origin = origins[load_word(l, raw->origin, "unknown origin", origins, 3, 0)];
    e->source = load_text(l, raw->source, SOURCE_BYTES, "");
    if (raw->source != 0) {
        source_read(&l->places, raw->source, l->mem, &source);
    }
    load_settings(l, raw, e);
    e->explained = load_text(l, raw->explained, TEXT_BYTES, NULL);
}

void load_expectations(struct loader *l)
{
    uint32_t n = l->raw->expect_count;
    if (n > MAX_EXPECTATIONS) {
        places_error(&l->places, l->raw->expect[MAX_EXPECTATIONS].here, "more than %d expectations",
                     MAX_EXPECTATIONS);
        return;
    }
    struct expectation *list = arena_take_array(l->mem, n, sizeof *list);
    for (uint32_t i = 0; i < n; i++) {
        load_expectation(l, &l->raw->expect[i], &list[i]);
    }
    l->scenario->n_expectations = n;
    l->scenario->expectations = list;
}
