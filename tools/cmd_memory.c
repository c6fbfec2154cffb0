/* cmd_memory.c - how much of a BGP table a router's memory holds. */
#include <stdio.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "tools/command.h"
#include "tools/json.h"
#include "tools/memory_report.h"
#include "tools/memory_text.h"
#include "tools/verdict.h"

static const struct argp_option memory_options[] = {
    OPTION_SET, {"json", 'J', NULL, 0, "print JSON", 0}, OPTION_QUIET, {0}};

/* The file with these overrides, run. */
static bool run_file(const char *path, const char *const *overrides, size_t n, struct arena *mem,
                     struct memory_results *results, struct report *report, struct error *err)
{
    struct memory_scenario *s = arena_take(mem, sizeof *s);
    report_open(report, mem);
    if (!memory_load(path, overrides, n, mem, s, err)) {
        return false;
    }
    memory_run_all(s, results);
    memory_report(results, report);
    return true;
}

static bool is_first(const struct scenario *s, size_t i)
{
    size_t first = 0;
    while (!expectation_same_settings(&s->expectations[first], &s->expectations[i])) {
        first++;
    }
    return first == i;
}

/* Every expectation, those with the same settings in one run; plain: the run without any. */
static bool judge(const char *path, const struct scenario *s, const struct report *plain,
                  struct arena *mem, struct verdict *verdicts, size_t *n, struct error *err)
{
    bool good = true;
    for (size_t i = 0; i < s->n_expectations; i++) {
        const struct expectation *e = &s->expectations[i];
        struct memory_results *results = arena_take(mem, sizeof *results);
        struct report report = *plain;
        struct verdict *list;
        size_t n_list;
        if (!is_first(s, i)) {
            continue;
        }
        bool run = e->n_settings == 0 ||
                   run_file(path, e->settings, e->n_settings, mem, results, &report, err);
        if (!run || !verdicts_of(s, e, &report, false, mem, &list, &n_list, err)) {
            good = false;
            continue;
        }
        for (size_t k = 0; k < n_list; k++) {
            verdicts[(*n)++] = list[k];
        }
    }
    return good;
}

static void print_json(const struct memory_results *results, const struct report *report,
                       const struct verdict *verdicts, size_t n, struct arena *mem)
{
    json_t *json = json_head("memory"), *values = json_object(), *texts = json_object();
    for (size_t i = 0; i < report->n_values; i++) {
        const struct report_value *v = &report->values[i];
        json_object_set_new(values, arena_printf(mem, "%s.%s", v->module, v->statistic),
                            json_integer(v->value));
    }
    for (size_t i = 0; i < report->n_texts; i++) {
        const struct report_text *t = &report->texts[i];
        json_object_set_new(texts, arena_printf(mem, "%s.%s", t->module, t->statistic),
                            json_string(t->text));
    }
    json_object_set_new(json, "title", json_string(results->scenario->scenario.config.title));
    json_object_set_new(json, "values", values);
    json_object_set_new(json, "texts", texts);
    json_object_set_new(json, "expectations", verdicts_json(verdicts, n, mem));
    json_write(json, 2, stdout);
}

static enum exit_code memory_command(const struct options *options, struct arena *mem,
                                     struct error *err)
{
    const char *path = options->files[0];
    struct memory_results *results = arena_take(mem, sizeof *results);
    struct report report;
    size_t n = 0;
    if (!run_file(path, options->overrides, options->n_overrides, mem, results, &report, err)) {
        return EXIT_INPUT;
    }
    const struct scenario *s = &results->scenario->scenario;
    struct verdict *verdicts = arena_take_array(mem, s->n_expectations, sizeof *verdicts);
    bool as_it_is = options->n_overrides == 0;
    if (as_it_is && !judge(path, s, &report, mem, verdicts, &n, err)) {
        return EXIT_INPUT;
    }
    if (options->json) {
        print_json(results, &report, verdicts, n, mem);
    } else if (!options->quiet) {
        memory_text(results, mem, stdout);
        if (n > 0) {
            putchar('\n');
            verdicts_text(verdicts, n, mem, stdout);
        }
    }
    return verdicts_n_met(verdicts, n) < n ? EXIT_NOT_MET : EXIT_OK;
}

const struct command cmd_memory = {
    .name = "memory",
    .run = memory_command,
    .help = "how much of a BGP table a router's memory holds",
    .usage = {.options = memory_options,
              .files = "FILE",
              .help =
                  "Fills the memory of a router, as IOS allocates it, with a BGP table, prefix "
                  "by prefix; shows how many fit over the ranges of all that is assumed, which "
                  "allocation fails and why. Rows of routers, releases and tables: `cat6k "
                  "catalog`.\vEnds with 1 when an expectation is not met; with --set nothing is "
                  "expected, for what FILE expects is of FILE as it is.",
              .least_files = 1,
              .most_files = 1},
};
