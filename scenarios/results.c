#include "scenarios/results.h"

#include <string.h>

#include "scenarios/nearest.h"
#include "sim/arena.h"
#include "sim/histogram.h"
#include "sim/report.h"

#define PS_PER_S 1e12
#define PER_VALUE 2     /* results of one value at most, */
#define PER_RESOURCE 11 /* resource */
#define PER_HISTOGRAM 8 /* and histogram */

static void add(struct results *r, const char *module, const char *statistic, struct amount amount)
{
    const char *name = arena_printf(r->mem, "%s.%s", module, statistic);
    r->of[r->n++] = (struct result){module, statistic, name, amount};
}

static struct amount plain(double number)
{
    return (struct amount){.number = number};
}

static struct amount bits(double number)
{
    return (struct amount){.number = number, .bits = 1};
}

static struct amount of_ps(int64_t ps)
{
    return (struct amount){.number = (double)ps / PS_PER_S, .seconds = 1};
}

static struct amount in_unit(int64_t value, const char *unit)
{
    const struct amount bps = {.number = (double)value, .bits = 1, .seconds = -1};

    return strcmp(unit, "ps") == 0       ? of_ps(value)
           : strcmp(unit, "bits/s") == 0 ? bps
           : strcmp(unit, "bytes") == 0  ? bits(8 * (double)value)
           : strcmp(unit, "bits") == 0   ? bits((double)value)
           : strcmp(unit, "ppm") == 0    ? plain((double)value / 1e6)
                                         : plain((double)value);
}

static struct amount per_second(struct amount amount, int64_t interval_ps)
{
    amount.number = interval_ps > 0 ? amount.number * PS_PER_S / (double)interval_ps : 0;
    amount.seconds--;
    return amount;
}

/* What was counted since the warm-up ended has a rate; the totals of the run, and what there was at a
 * moment, have none. */
static bool has_rate(const char *statistic)
{
    static const char *const others[] = {"total_", "inside_", "held_"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strncmp(statistic, others[i], strlen(others[i])) == 0) {
            return false;
        }
    }
    return true;
}

static void add_value(struct results *r, const struct report_value *v, int64_t interval_ps)
{
    static const char bytes[] = "_bytes";
    size_t length = strlen(v->statistic), stem = length - (sizeof bytes - 1);
    struct amount amount = in_unit(v->value, v->unit);
    add(r, v->module, v->statistic, amount);
    bool measured = has_rate(v->statistic);
    if (measured && strcmp(v->unit, "packets") == 0) {
        add(r, v->module, arena_printf(r->mem, "%s_pps", v->statistic),
            per_second(amount, interval_ps));
    } else if (measured && length > sizeof bytes - 1 && strcmp(v->statistic + stem, bytes) == 0) {
        add(r, v->module, arena_printf(r->mem, "%.*s_bps", (int)stem, v->statistic),
            per_second(amount, interval_ps));
    }
}

static void add_resource(struct results *r, const struct report_resource *x)
{
    bool of_bits = strcmp(x->work, "bits") == 0;
    struct amount rate = in_unit((int64_t)x->rate, x->work);
    struct amount offered = in_unit((int64_t)x->offered, x->work);
    struct amount served = in_unit((int64_t)x->served, x->work);
    rate.seconds--;
    add(r, x->module, "rate", rate);
    add(r, x->module, "offered", offered);
    add(r, x->module, "served", served);
    add(r, x->module, of_bits ? "offered_bps" : "offered_per_s",
        per_second(offered, x->interval_ps));
    add(r, x->module, of_bits ? "served_bps" : "served_per_s", per_second(served, x->interval_ps));
    add(r, x->module, "dropped", plain((double)x->n_dropped));
    add(r, x->module, "busy", of_ps(x->busy_ps));
    add(r, x->module, "interval", of_ps(x->interval_ps));
    add(r, x->module, "utilisation",
        plain(x->interval_ps > 0 ? (double)x->busy_ps / (double)x->interval_ps : 0));
    add(r, x->module, "backlog at start", of_ps(x->backlog_first_ps));
    add(r, x->module, "backlog at end", of_ps(x->backlog_last_ps));
}

static void add_histogram(struct results *r, const struct report_histogram *x)
{
    const struct histogram *h = x->histogram;
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"min", h->n == 0 ? 0 : h->min},         {"mean", h->n == 0 ? 0 : h->sum / h->n},
        {"p50", histogram_quantile(h, 500000)},  {"p90", histogram_quantile(h, 900000)},
        {"p99", histogram_quantile(h, 990000)},  {"p99.9", histogram_quantile(h, 999000)},
        {"max", histogram_quantile(h, 1000000)},
    };
    add(r, x->module, arena_printf(r->mem, "%s n", x->statistic), plain((double)h->n));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        add(r, x->module, arena_printf(r->mem, "%s %s", x->statistic, rows[i].name),
            in_unit((int64_t)rows[i].value, x->unit));
    }
}

void results_of(const struct report *report, bool idle, struct arena *mem, struct results *results)
{
    size_t room = report->n_values * PER_VALUE + report->n_texts +
                  report->n_resources * PER_RESOURCE + report->n_histograms * PER_HISTOGRAM;
    int64_t interval_ps = report_get(report, "run", "interval", 0);
    *results = (struct results){0, arena_take_array(mem, room, sizeof *results->of), idle, mem};
    for (size_t i = 0; i < report->n_values; i++) {
        add_value(results, &report->values[i], interval_ps);
    }
    for (size_t i = 0; i < report->n_texts; i++) {
        const struct report_text *t = &report->texts[i];
        add(results, t->module, t->statistic, (struct amount){.word = t->text});
    }
    for (size_t i = 0; i < report->n_resources; i++) {
        add_resource(results, &report->resources[i]);
    }
    for (size_t i = 0; i < report->n_histograms; i++) {
        add_histogram(results, &report->histograms[i]);
    }
}

/* Of several stars only the last can have been taken too short. */
static bool matches(const char *pattern, const char *name)
{
    const char *star = NULL, *after = NULL;
    while (*name != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            after = name;
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star;
            name = ++after;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

const struct result *results_next(const struct results *results, const char *pattern, size_t from)
{
    for (size_t i = from; i < results->n; i++) {
        if (matches(pattern, results->of[i].name)) {
            return &results->of[i];
        }
    }
    return NULL;
}

static size_t keep_new(const char **list, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i], word) == 0) {
            return n;
        }
    }
    list[n] = word;
    return n + 1;
}

/* The statistics of a module, or with NULL the modules. */
static size_t list_words(const struct results *r, const char *module, const char **list)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct result *x = &r->of[i];
        if (module == NULL) {
            n = keep_new(list, n, x->module);
        } else if (strcmp(x->module, module) == 0) {
            n = keep_new(list, n, x->statistic);
        }
    }
    return n;
}

/* The longest module that the name begins with, before a dot. */
static const char *module_of(const struct results *r, const char *name)
{
    const char *longest = NULL;
    for (size_t i = 0; i < r->n; i++) {
        const char *module = r->of[i].module;
        size_t n = strlen(module);
        if (strncmp(name, module, n) == 0 && name[n] == '.' &&
            (longest == NULL || n > strlen(longest))) {
            longest = module;
        }
    }
    return longest;
}

#define SHOWN "%.60s"

static const char *suggest_statistic(const struct results *r, const char *module, const char *name)
{
    const char **list = arena_take_array(r->mem, r->n, sizeof *list);
    size_t n = list_words(r, module, list);
    const char *statistic = name + strlen(module) + 1, *nearest = nearest_word(statistic, list, n);
    if (nearest != NULL) {
        return arena_printf(r->mem, SHOWN " has no '" SHOWN "'; did you mean %s?", module,
                            statistic, nearest);
    }
    const char *text =
        arena_printf(r->mem, SHOWN " has no '" SHOWN "'; it has ", module, statistic);
    for (size_t i = 0; i < n && strlen(text) < 300; i++) {
        text = arena_printf(r->mem, "%s%s%s", text, i == 0 ? "" : ", ", list[i]);
    }
    return text;
}

const char *results_suggest(const struct results *r, const char *name)
{
    const char *module = module_of(r, name), *dot = strchr(name, '.');
    if (strchr(name, '*') != NULL) {
        return arena_printf(r->mem, "nothing matches '" SHOWN "'; expected module.statistic", name);
    }
    if (module != NULL) {
        return suggest_statistic(r, module, name);
    }
    if (dot == NULL) {
        return arena_printf(r->mem, "'" SHOWN "' has no point; expected module.statistic", name);
    }
    const char **list = arena_take_array(r->mem, r->n, sizeof *list);
    const char *word = arena_printf(r->mem, "%.*s", (int)(dot - name), name);
    const char *nearest = nearest_word(word, list, list_words(r, NULL, list));
    return arena_printf(r->mem, "no module '" SHOWN "'; %s%s", word,
                        nearest != NULL ? "did you mean " : "result.csv names them all",
                        nearest != NULL ? arena_printf(r->mem, "%s?", nearest) : "");
}
