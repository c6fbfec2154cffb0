#include "tools/figures.h"

#include <string.h>

#include "models/egress.h"
#include "sim/arena.h"
#include "sim/histogram.h"
#include "tools/number.h"

const struct quantile figures_quantiles[FIGURES_N_QUANTILES] = {
    {"p50", "p50", 500000},     {"p90", "p90", 900000},  {"p99", "p99", 990000},
    {"p99.9", "p99_9", 999000}, {"max", "max", 1000000},
};

uint64_t figures_wire_bytes(uint64_t n, uint64_t bytes)
{
    return bytes + (WIRE_PREAMBLE_BYTES + WIRE_GAP_BYTES) * n;
}

static uint64_t get(const struct report *r, const char *module, const char *statistic)
{
    return (uint64_t)report_get(r, module, statistic, 0);
}

static void figures_of_module(const struct report *r, const char *module, struct figures *f)
{
    *f = (struct figures){
        .interval_ps = report_get(r, "run", "interval", 0),
        .offered = get(r, module, "offered"),
        .delivered = get(r, module, "delivered"),
        .dropped = get(r, module, "dropped"),
        .inside_start = get(r, module, "inside_start"),
        .inside_end = get(r, module, "inside_end"),
        .offered_bytes = get(r, module, "offered_bytes"),
        .delivered_bytes = get(r, module, "delivered_bytes"),
        .latency = report_get_histogram(r, module, "latency"),
    };
    f->offered_pps = rate_per_s(f->offered, f->interval_ps);
    f->delivered_pps = rate_per_s(f->delivered, f->interval_ps);
    f->offered_bps = rate_per_s(8 * f->offered_bytes, f->interval_ps);
    f->delivered_bps = rate_per_s(8 * f->delivered_bytes, f->interval_ps);
    f->wire_bps =
        rate_per_s(8 * figures_wire_bytes(f->delivered, f->delivered_bytes), f->interval_ps);
    f->loss_ppm = share_ppm(f->dropped, f->offered);
    for (size_t i = 0; f->latency != NULL && i < FIGURES_N_QUANTILES; i++) {
        f->latency_ps[i] = histogram_quantile(f->latency, figures_quantiles[i].ppm);
    }
}

void figures_of(const struct report *r, struct figures *f)
{
    figures_of_module(r, "run", f);
}

void figures_of_stream(const struct report *r, const char *stream, struct arena *mem,
                       struct figures *f)
{
    figures_of_module(r, arena_printf(mem, "stream %s", stream), f);
}

static const char *after(const char *text, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

size_t figures_losses(const struct report *r, struct arena *mem, struct loss **losses)
{
    *losses = arena_take_array(mem, r->n_values, sizeof **losses);
    size_t n = 0;
    for (size_t i = 0; i < r->n_values; i++) {
        const struct report_value *v = &r->values[i];
        const char *stage = after(v->module, "stage ");
        const char *reason = after(v->statistic, "dropped_");
        if (stage != NULL && reason != NULL && v->value > 0) {
            (*losses)[n++] = (struct loss){stage, reason, (uint64_t)v->value};
        }
    }
    return n;
}

size_t figures_streams(const struct report *r, struct arena *mem, const char *const **names)
{
    const char **list = arena_take_array(mem, r->n_values, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < r->n_values; i++) {
        const char *name = after(r->values[i].module, "stream ");
        if (name != NULL && strcmp(r->values[i].statistic, "offered") == 0) {
            list[n++] = name;
        }
    }
    *names = list;
    return n;
}

/* What is lost of a stream is lost of the run. */
size_t figures_stream_losses(const struct report *r, const char *stream, struct arena *mem,
                             struct loss **losses)
{
    const char *module = arena_printf(mem, "stream %s", stream);
    size_t n_run = figures_losses(r, mem, losses), n = 0;
    for (size_t i = 0; i < n_run; i++) {
        struct loss loss = (*losses)[i];
        loss.n = get(r, module, arena_printf(mem, "dropped_%s_%s", loss.stage, loss.reason));
        if (loss.n > 0) {
            (*losses)[n++] = loss;
        }
    }
    return n;
}

bool figures_is_stage_time(const struct report_histogram *h)
{
    return after(h->module, "stage ") != NULL && strcmp(h->statistic, "time") == 0 &&
           h->histogram->n > 0;
}

int64_t figures_utilisation_ppm(const struct report_resource *resource)
{
    int64_t busy = resource->busy_ps > 0 ? resource->busy_ps : 0;
    return share_ppm((uint64_t)busy, (uint64_t)resource->interval_ps);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The name with its numbers replaced: "fabric channel 1/0" is "fabric channel *", so is 13/1. A
 * number is one that begins a word: the 3 of DFC3BXL is not. */
static const char *family_name(const char *name, struct arena *mem)
{
    char *family = arena_printf(mem, "%s", name);
    char *out = family;
    for (const char *in = family; *in != '\0';) {
        bool starts_word = in == family || in[-1] == ' ';
        if (starts_word && is_digit(*in)) {
            while (is_digit(*in) || *in == '/') {
                in++;
            }
            *out++ = '*';
        } else {
            *out++ = *in++;
        }
    }
    *out = '\0';
    return family;
}

static struct resource_group *find_group(struct resource_group *groups, size_t n,
                                         const struct report_resource *resource, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(groups[i].kind, resource->kind) == 0 && strcmp(groups[i].name, name) == 0 &&
            groups[i].busiest->rate == resource->rate) {
            return &groups[i];
        }
    }
    return NULL;
}

/* Until the end, mean_ppm is a sum. */
static void group_add(struct resource_group *g, const struct report_resource *resource)
{
    int64_t ppm = figures_utilisation_ppm(resource);
    if (g->n == 0 || ppm > g->most_ppm) {
        g->busiest = resource;
        g->most_ppm = ppm;
    }
    if (g->n == 0 || ppm < g->least_ppm) {
        g->least_ppm = ppm;
    }
    g->mean_ppm += ppm;
    g->n_dropped += resource->n_dropped;
    g->n++;
}

size_t figures_groups(const struct report *r, bool each_engine, struct arena *mem,
                      struct resource_group **groups)
{
    *groups = arena_take_array(mem, r->n_resources, sizeof **groups);
    const struct report_resource *bottleneck = report_bottleneck(r);
    size_t n = 0;
    for (size_t i = 0; i < r->n_resources; i++) {
        const struct report_resource *resource = &r->resources[i];
        bool apart = each_engine && strcmp(resource->kind, "engine") == 0;
        const char *name = apart ? resource->module : family_name(resource->module, mem);
        struct resource_group *g = find_group(*groups, n, resource, name);
        if (g == NULL) {
            g = &(*groups)[n++];
            *g = (struct resource_group){.kind = resource->kind, .name = name};
        }
        group_add(g, resource);
        g->limits |= resource == bottleneck;
    }
    for (size_t i = 0; i < n; i++) {
        struct resource_group *g = &(*groups)[i];
        g->mean_ppm /= (int64_t)g->n;
        g->name = g->n == 1 ? g->busiest->module : g->name;
    }
    return n;
}

bool figures_alike(const struct report_resource *x, const struct report_resource *y,
                   struct arena *mem)
{
    return strcmp(x->kind, y->kind) == 0 && x->rate == y->rate &&
           strcmp(family_name(x->module, mem), family_name(y->module, mem)) == 0;
}

size_t figures_n_alike(const struct report *r, const struct report_resource *x, struct arena *mem)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_resources; i++) {
        const struct report_resource *y = &r->resources[i];
        n += y != x && report_overloaded(y) && figures_alike(x, y, mem);
    }
    return n;
}

const struct histogram *figures_lookup_latency(const struct report *r, struct arena *mem)
{
    struct histogram *all = NULL;
    for (size_t i = 0; i < r->n_histograms; i++) {
        const struct report_histogram *h = &r->histograms[i];
        if (strcmp(h->statistic, "lookup_latency") == 0 && h->histogram->n > 0) {
            all = all != NULL ? all : arena_take(mem, sizeof *all);
            histogram_merge(all, h->histogram);
        }
    }
    return all;
}

int64_t figures_convergence_ps(const struct report *r)
{
    int64_t slowest_ps = FIGURES_NOTHING_WRITTEN;
    for (size_t i = 0; i < r->n_values; i++) {
        const struct report_value *v = &r->values[i];
        if (strcmp(v->statistic, "fib_convergence") == 0) {
            if (v->value < 0) {
                return FIGURES_NOT_YET;
            }
            slowest_ps = v->value > slowest_ps ? v->value : slowest_ps;
        }
    }
    return slowest_ps;
}
