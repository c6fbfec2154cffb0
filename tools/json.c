#include "tools/json.h"

#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "sim/histogram.h"
#include "sim/series.h"
#include "tools/command.h"
#include "tools/figures.h"
#include "tools/simulate.h"
#include "tools/words.h"

/* Paths may hold bytes that are not UTF-8, which JSON cannot: those become '?'. */
static json_t *text(const char *s, struct arena *mem)
{
    json_t *json = s == NULL ? json_null() : json_string(s);
    if (json != NULL) {
        return json;
    }
    char *copy = arena_printf(mem, "%s", s);
    for (char *c = copy; *c != '\0'; c++) {
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    }
    return json_string(copy);
}

static json_t *number(uint64_t value)
{
    return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static void add(json_t *object, const char *key, json_t *value)
{
    sim_assert(json_object_set_new(object, key, value) == 0);
}

static void append(json_t *array, json_t *value)
{
    sim_assert(json_array_append_new(array, value) == 0);
}

/* The object at key, made when it is not there yet. */
static json_t *child(json_t *object, const char *key)
{
    json_t *found = json_object_get(object, key);
    if (found == NULL) {
        found = json_object();
        add(object, key, found);
    }
    return found;
}

/* "in", "packets" --> "in_packets"; a unit the name ends with already is not said twice. */
static const char *unit_key(const char *statistic, const char *unit, struct arena *mem)
{
    size_t n = strlen(statistic), u = strlen(unit);
    bool said = n >= u && strcmp(statistic + n - u, unit) == 0;
    return said || strcmp(unit, "1") == 0 ? statistic : arena_printf(mem, "%s_%s", statistic, unit);
}

json_t *json_head(const char *command)
{
    json_t *head = json_object();
    add(head, "format", json_string("cat6k results"));
    add(head, "format_version", json_integer(1));
    add(head, "version", json_string(CAT6K_VERSION));
    add(head, "command", json_string(command));
    return head;
}

static json_t *yaml(const struct loaded *l, struct arena *mem)
{
    char *printed;
    size_t length;
    FILE *out = open_memstream(&printed, &length);
    sim_assert(out != NULL);
    scenario_print(&l->scenario, out);
    fclose(out);
    json_t *json = text(printed, mem);
    free(printed);
    return json;
}

json_t *json_scenario(const struct loaded *l, struct arena *mem)
{
    const struct chassis_config *config = &l->scenario.config;
    json_t *s = json_object(), *routes = json_object(), *assumptions = json_array();
    add(s, "path", text(l->scenario.path, mem));
    add(s, "title", text(l->title, mem));
    add(s, "seed", number(config->seed));
    add(s, "chassis", text(config->chassis->model, mem));
    add(s, "supervisor", text(config->supervisor->model, mem));
    add(routes, "ipv4", number(l->n_routes[IPV4]));
    add(routes, "ipv6", number(l->n_routes[IPV6]));
    add(routes, "static", number(config->n_static_routes));
    add(routes, "changes", number(config->n_route_changes));
    add(s, "routes", routes);
    for (size_t i = 0; i < l->scenario.n_assumptions; i++) {
        const struct assumption *a = &l->scenario.assumptions[i];
        json_t *row = json_object();
        add(row, "name", text(a->name, mem));
        add(row, "value", text(a->value, mem));
        add(row, "why", text(a->why, mem));
        append(assumptions, row);
    }
    add(s, "assumptions", assumptions);
    add(s, "yaml", yaml(l, mem));
    return s;
}

static json_t *summary(const struct figures *f, struct arena *mem)
{
    json_t *s = json_object();
    add(s, "interval_ps", json_integer(f->interval_ps));
    add(s, "offered_packets", number(f->offered));
    add(s, "delivered_packets", number(f->delivered));
    add(s, "dropped_packets", number(f->dropped));
    add(s, "inside_start_packets", number(f->inside_start));
    add(s, "inside_end_packets", number(f->inside_end));
    add(s, "loss_ppm", json_integer(f->loss_ppm));
    add(s, "offered_pps", number(f->offered_pps));
    add(s, "delivered_pps", number(f->delivered_pps));
    add(s, "offered_bps", number(f->offered_bps));
    add(s, "delivered_bps", number(f->delivered_bps));
    add(s, "delivered_wire_bps", number(f->wire_bps));
    for (size_t i = 0; i < FIGURES_N_QUANTILES; i++) {
        add(s, arena_printf(mem, "latency_%s_ps", figures_quantiles[i].key),
            number(f->latency_ps[i]));
    }
    return s;
}

static json_t *losses(const struct loss *list, size_t n, struct arena *mem)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *row = json_object();
        add(row, "stage", text(list[i].stage, mem));
        add(row, "reason", text(list[i].reason, mem));
        add(row, "packets", number(list[i].n));
        append(array, row);
    }
    return array;
}

static json_t *run_losses(const struct report *r, struct arena *mem)
{
    struct loss *list;
    size_t n = figures_losses(r, mem, &list);
    return losses(list, n, mem);
}

static json_t *streams(const struct report *r, struct arena *mem)
{
    const char *const *names;
    size_t n = figures_streams(r, mem, &names);
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        struct figures f;
        struct loss *list;
        figures_of_stream(r, names[i], mem, &f);
        size_t n_losses = figures_stream_losses(r, names[i], mem, &list);
        json_t *row = json_object();
        add(row, "name", text(names[i], mem));
        json_object_update_new(row, summary(&f, mem));
        add(row, "losses", losses(list, n_losses, mem));
        append(array, row);
    }
    return array;
}

static json_t *bottleneck(const struct report *r, struct arena *mem)
{
    const struct report_resource *limit = report_bottleneck(r);
    json_t *b = json_object();
    add(b, "module", text(limit == NULL ? NULL : limit->module, mem));
    add(b, "sentence", text(words_bottleneck(r, mem), mem));
    return b;
}

static json_t *resource(const struct report_resource *x, struct arena *mem)
{
    json_t *row = json_object();
    add(row, "module", text(x->module, mem));
    add(row, "kind", text(x->kind, mem));
    add(row, "work", text(x->work, mem));
    add(row, "rate_per_s", number(x->rate));
    add(row, "offered", number(x->offered));
    add(row, "served", number(x->served));
    add(row, "dropped_packets", number(x->n_dropped));
    add(row, "busy_ps", json_integer(x->busy_ps));
    add(row, "interval_ps", json_integer(x->interval_ps));
    add(row, "utilisation_ppm", json_integer(figures_utilisation_ppm(x)));
    add(row, "backlog_first_ps", json_integer(x->backlog_first_ps));
    add(row, "backlog_last_ps", json_integer(x->backlog_last_ps));
    return row;
}

static json_t *buckets(const struct histogram *h)
{
    json_t *array = json_array();
    for (uint32_t i = 0; i < HISTOGRAM_N_BUCKETS; i++) {
        if (h->buckets[i] != 0) {
            json_t *row = json_array();
            append(row, number(histogram_bucket_low(i)));
            append(row, number(histogram_bucket_high(i)));
            append(row, number(h->buckets[i]));
            append(array, row);
        }
    }
    return array;
}

static json_t *histogram(const struct histogram *h, bool with_buckets)
{
    json_t *object = json_object();
    add(object, "n", number(h->n));
    add(object, "min", number(h->n == 0 ? 0 : h->min));
    add(object, "max", number(h->max));
    add(object, "sum", number(h->sum));
    for (size_t i = 0; i + 1 < FIGURES_N_QUANTILES; i++) {
        add(object, figures_quantiles[i].key,
            number(histogram_quantile(h, figures_quantiles[i].ppm)));
    }
    if (with_buckets) {
        add(object, "buckets", buckets(h));
    }
    return object;
}

static json_t *integers(const int64_t *values, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        append(array, json_integer(values[i]));
    }
    return array;
}

/* Columns as long as the list of times. */
static json_t *series(const struct series *s, struct arena *mem)
{
    json_t *object = json_object(), *columns = json_object();
    add(object, "at_ps", integers(s->at_ps, s->n_taken));
    for (size_t c = 0; c < s->n_columns; c++) {
        const struct series_column *column = &s->columns[c];
        add(child(columns, column->module), unit_key(column->statistic, column->unit, mem),
            integers(column->values, s->n_taken));
    }
    add(object, "columns", columns);
    return object;
}

json_t *json_results(const struct report *r, const struct figures *f, bool with_buckets,
                     struct arena *mem)
{
    json_t *results = json_object(), *values = json_object(), *texts = json_object(),
           *resources = json_array(), *histograms = json_object();
    add(results, "summary", summary(f, mem));
    add(results, "bottleneck", bottleneck(r, mem));
    add(results, "unsettled", text(words_unsettled(r, f, mem), mem));
    add(results, "losses", run_losses(r, mem));
    add(results, "streams", streams(r, mem));
    for (size_t i = 0; i < r->n_resources; i++) {
        append(resources, resource(&r->resources[i], mem));
    }
    for (size_t i = 0; i < r->n_values; i++) {
        const struct report_value *v = &r->values[i];
        add(child(values, v->module), unit_key(v->statistic, v->unit, mem), json_integer(v->value));
    }
    for (size_t i = 0; i < r->n_texts; i++) {
        add(child(texts, r->texts[i].module), r->texts[i].statistic, text(r->texts[i].text, mem));
    }
    for (size_t i = 0; i < r->n_histograms; i++) {
        const struct report_histogram *h = &r->histograms[i];
        add(child(histograms, h->module), unit_key(h->statistic, h->unit, mem),
            histogram(h->histogram, with_buckets));
    }
    add(results, "resources", resources);
    add(results, "values", values);
    add(results, "texts", texts);
    add(results, "histograms", histograms);
    if (r->series != NULL) {
        add(results, "series", series(r->series, mem));
    }
    return results;
}

static void write_compact(json_t *json, FILE *out)
{
    json_dumpf(json, out, JSON_ENCODE_ANY | JSON_COMPACT);
}

static void write_key(const char *key, FILE *out)
{
    json_t *quoted = json_string(key);
    write_compact(quoted, out);
    json_decref(quoted);
    fputs(": ", out);
}

static void write_level(json_t *json, unsigned open_levels, unsigned indent, FILE *out)
{
    bool object = json_is_object(json);
    size_t n = object ? json_object_size(json) : json_array_size(json);
    if (open_levels == 0 || n == 0) {
        write_compact(json, out);
        return;
    }
    void *iter = json_object_iter(json); /* NULL for an array */
    fputc(object ? '{' : '[', out);
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "%s\n%*s", i == 0 ? "" : ",", (int)indent + 2, "");
        if (object) {
            write_key(json_object_iter_key(iter), out);
        }
        json_t *value = object ? json_object_iter_value(iter) : json_array_get(json, i);
        write_level(value, open_levels - 1, indent + 2, out);
        iter = json_object_iter_next(json, iter);
    }
    fprintf(out, "\n%*s%c", (int)indent, "", object ? '}' : ']');
}

void json_write(json_t *json, unsigned open_levels, FILE *out)
{
    write_level(json, open_levels, 0, out);
    fputc('\n', out);
    json_decref(json);
}
