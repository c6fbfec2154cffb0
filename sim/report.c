/* report.c - what the models hand over, kept in order, and its CSV. */
#include "sim/report.h"

#include <inttypes.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "sim/histogram.h"

void report_open(struct report *r, struct arena *mem)
{
    *r = (struct report){.mem = mem};
}

/* Room for one element more in an array of n. */
static void *room_for_one(struct report *r, void *array, size_t n, size_t *room, size_t bytes)
{
    if (n < *room) {
        return array;
    }
    size_t old_bytes = *room * bytes;
    *room = *room == 0 ? 64 : 2 * *room;
    return arena_grow(r->mem, array, old_bytes, *room * bytes);
}

void report_value(struct report *r, const char *module, const char *statistic, const char *unit,
                  int64_t value)
{
    r->values = room_for_one(r, r->values, r->n_values, &r->room_values, sizeof *r->values);
    r->values[r->n_values++] = (struct report_value){module, statistic, unit, value};
}

void report_text(struct report *r, const char *module, const char *statistic, const char *text)
{
    r->texts = room_for_one(r, r->texts, r->n_texts, &r->room_texts, sizeof *r->texts);
    r->texts[r->n_texts++] = (struct report_text){module, statistic, text};
}

void report_histogram(struct report *r, const char *module, const char *statistic, const char *unit,
                      const struct histogram *histogram)
{
    r->histograms =
        room_for_one(r, r->histograms, r->n_histograms, &r->room_histograms, sizeof *r->histograms);
    r->histograms[r->n_histograms++] =
        (struct report_histogram){module, statistic, unit, histogram};
}

void report_resource(struct report *r, const struct report_resource *resource)
{
    r->resources =
        room_for_one(r, r->resources, r->n_resources, &r->room_resources, sizeof *r->resources);
    r->resources[r->n_resources++] = *resource;
}

static bool same(const char *module, const char *statistic, const char *of_module,
                 const char *of_statistic)
{
    return strcmp(module, of_module) == 0 && strcmp(statistic, of_statistic) == 0;
}

int64_t report_get(const struct report *r, const char *module, const char *statistic,
                   int64_t fallback)
{
    for (size_t i = 0; i < r->n_values; i++) {
        if (same(module, statistic, r->values[i].module, r->values[i].statistic)) {
            return r->values[i].value;
        }
    }
    return fallback;
}

const char *report_get_text(const struct report *r, const char *module, const char *statistic)
{
    for (size_t i = 0; i < r->n_texts; i++) {
        if (same(module, statistic, r->texts[i].module, r->texts[i].statistic)) {
            return r->texts[i].text;
        }
    }
    return NULL;
}

const struct histogram *report_get_histogram(const struct report *r, const char *module,
                                             const char *statistic)
{
    for (size_t i = 0; i < r->n_histograms; i++) {
        if (same(module, statistic, r->histograms[i].module, r->histograms[i].statistic)) {
            return r->histograms[i].histogram;
        }
    }
    return NULL;
}

bool report_never_idle(const struct report_resource *x)
{
    return x->busy_ps >= x->interval_ps - x->interval_ps / 1000;
}

/* Bits come by the thousand: a link with time to spare may gather for a while what takes it a
 * twentieth of a short run to send. Single lookups and cycles even out. */
bool report_grows(const struct report_resource *x)
{
    int64_t growth_ps = x->backlog_last_ps - x->backlog_first_ps;
    bool fine = strcmp(x->work, "bits") != 0 && report_never_idle(x);
    return growth_ps > x->interval_ps / (fine ? 100 : 10);
}

bool report_overloaded(const struct report_resource *x)
{
    return x->n_dropped > 0 || report_grows(x);
}

/* busy/interval of x above that of y, without rounding: two runs of equal load must be equal. Of
 * two that were as busy (never idle), the one that was asked for more times what it can do. */
static bool is_busier(const struct report_resource *x, const struct report_resource *y)
{
    __extension__ typedef __int128 wide;
    wide busy = (wide)x->busy_ps * y->interval_ps, other = (wide)y->busy_ps * x->interval_ps;
    return busy > other ||
           (busy == other && (wide)x->offered * y->rate > (wide)y->offered * x->rate);
}

const struct report_resource *report_bottleneck(const struct report *r)
{
    const struct report_resource *worst = NULL;
    for (size_t i = 0; i < r->n_resources; i++) {
        const struct report_resource *x = &r->resources[i];
        if (report_overloaded(x) && (worst == NULL || is_busier(x, worst))) {
            worst = x;
        }
    }
    return worst;
}

static void write_doubling_quotes(const char *text, FILE *out)
{
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            fputc('"', out);
        }
        fputc(*text, out);
    }
}

/* RFC 4180 section 2, rules 5 to 7: a field with a comma, quote or line end stands in quotes, and
 * quotes inside are doubled. */
static void write_field(const char *text, const char *suffix, FILE *out)
{
    const char *special = ",\"\r\n";
    bool quoted = strpbrk(text, special) != NULL || strpbrk(suffix, special) != NULL;
    fputs(quoted ? "\"" : "", out);
    write_doubling_quotes(text, out);
    write_doubling_quotes(suffix, out);
    fputs(quoted ? "\"" : "", out);
}

/* The four columns before the value; of_: what follows in the same field, "latency" " p99". */
static void write_start(FILE *out, const char *run, const char *module, const char *statistic,
                        const char *of_statistic, const char *unit, const char *of_unit)
{
    const struct {
        const char *text, *suffix;
    } fields[] = {{run, ""}, {module, ""}, {statistic, of_statistic}, {unit, of_unit}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        write_field(fields[i].text, fields[i].suffix, out);
        fputc(',', out);
    }
}

static void write_resource(const struct report_resource *x, const char *run, FILE *out)
{
    const struct {
        const char *statistic, *unit, *of_unit;
        int64_t value;
    } lines[] = {
        {"rate", x->work, "/s", (int64_t)x->rate},
        {"offered", x->work, "", (int64_t)x->offered},
        {"served", x->work, "", (int64_t)x->served},
        {"dropped", "packets", "", (int64_t)x->n_dropped},
        {"busy", "ps", "", x->busy_ps},
        {"interval", "ps", "", x->interval_ps},
        {"backlog at start", "ps", "", x->backlog_first_ps},
        {"backlog at end", "ps", "", x->backlog_last_ps},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        write_start(out, run, x->module, lines[i].statistic, "", lines[i].unit, lines[i].of_unit);
        fprintf(out, "%" PRId64 "\n", lines[i].value);
    }
}

static void write_histogram(const struct report_histogram *x, const char *run, FILE *out)
{
    const struct histogram *h = x->histogram;
    const struct {
        const char *suffix;
        const char *unit;
        uint64_t value;
    } lines[] = {
        {" n", "1", h->n},
        {" min", x->unit, h->n == 0 ? 0 : h->min},
        {" mean", x->unit, h->n == 0 ? 0 : h->sum / h->n},
        {" p50", x->unit, histogram_quantile(h, 500000)},
        {" p90", x->unit, histogram_quantile(h, 900000)},
        {" p99", x->unit, histogram_quantile(h, 990000)},
        {" p99.9", x->unit, histogram_quantile(h, 999000)},
        {" max", x->unit, histogram_quantile(h, 1000000)},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        write_start(out, run, x->module, x->statistic, lines[i].suffix, lines[i].unit, "");
        fprintf(out, "%" PRIu64 "\n", lines[i].value);
    }
}

void report_write_csv(const struct report *r, const char *run, FILE *out)
{
    fputs("run,module,statistic,unit,value\n", out);
    for (size_t i = 0; i < r->n_values; i++) {
        const struct report_value *x = &r->values[i];
        write_start(out, run, x->module, x->statistic, "", x->unit, "");
        fprintf(out, "%" PRId64 "\n", x->value);
    }
    for (size_t i = 0; i < r->n_resources; i++) {
        write_resource(&r->resources[i], run, out);
    }
    for (size_t i = 0; i < r->n_histograms; i++) {
        write_histogram(&r->histograms[i], run, out);
    }
}
