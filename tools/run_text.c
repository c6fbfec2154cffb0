#include "tools/run_text.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/histogram.h"
#include "tools/describe.h"
#include "tools/download_text.h"
#include "tools/figures.h"
#include "tools/number.h"
#include "tools/run_acl.h"
#include "tools/run_classes.h"
#include "tools/run_cpu.h"
#include "tools/run_features.h"
#include "tools/simulate.h"
#include "tools/table.h"
#include "tools/words.h"

/* Runs of modules in the same mode. */
static void print_modes(const struct report *r, struct arena *mem, FILE *out)
{
    const char *line = "switching mode of modules:", *last = "";

    for (size_t i = 0; i < r->n_texts; i++) {
        const struct report_text *text = &r->texts[i];
        if (strcmp(text->statistic, "switching_mode") == 0) {
            const char *number = text->module + strlen("module ");
            line = strcmp(text->text, last) == 0
                       ? arena_printf(mem, "%s, %s", line, number)
                       : arena_printf(mem, "%s%s %s %s", line, *last == '\0' ? "" : ";", text->text,
                                      number);
            last = text->text;
        }
    }
    text_wrapped(line, 2, 4, out);
}

/* Cards and fabric modules that came or went. */
static void print_card_changes(const struct report *r, struct arena *mem, FILE *out)
{
    for (size_t i = 0; i < r->n_texts; i++) {
        const struct report_text *text = &r->texts[i];
        char at[NUMBER_TEXT];
        if (strncmp(text->module, "change ", strlen("change ")) == 0) {
            number_time(at, report_get(r, text->module, "at", 0));
            text_wrapped(arena_printf(mem, "at %s: %s", at, text->text), 2, 4, out);
        }
    }
}

static void print_scenario(const struct loaded *l, const struct report *r, struct arena *mem,
                           FILE *out)
{
    const struct chassis_config *config = &l->scenario.config;
    char warmup[NUMBER_TEXT], duration[NUMBER_TEXT];
    const char *mode = report_get_text(r, "run", "bus_mode");
    const char *reason = report_get_text(r, "run", "bus_mode_reason");
    fprintf(out, "%s\n\n", l->title);
    describe_scenario(l, 2, mem, out);
    text_wrapped(arena_printf(mem, "bus mode: %s%s%s", mode == NULL ? "not known" : mode,
                              reason == NULL ? "" : ", because ", reason == NULL ? "" : reason),
                 2, 4, out);
    print_modes(r, mem, out);
    print_card_changes(r, mem, out);
    fprintf(out, "  measured for %s after a warm-up of %s, seed %llu\n\n",
            number_time(duration, config->duration_ps), number_time(warmup, config->warmup_ps),
            (unsigned long long)config->seed);
}

static void packet_cells(struct table *t, const char *name, uint64_t n, const struct figures *f)
{
    char count[NUMBER_TEXT];
    table_cell(t, "%s", name);
    table_cell(t, "%s", number_count(count, n));
    table_cell(t, "%.3f", (double)rate_per_s(n, f->interval_ps) / 1e6);
}

static void share_cell(struct table *t, uint64_t n, const struct figures *f)
{
    char share[NUMBER_TEXT];
    table_cell(t, "%s", number_percent(share, share_ppm(n, f->offered)));
}

static void bits_cells(struct table *t, uint64_t n, uint64_t bytes, const struct figures *f)
{
    uint64_t wire_bytes = figures_wire_bytes(n, bytes);
    table_cell(t, "%.3f", (double)rate_per_s(8 * bytes, f->interval_ps) / 1e9);
    table_cell(t, "%.3f", (double)rate_per_s(8 * wire_bytes, f->interval_ps) / 1e9);
}

static void empty_cells(struct table *t, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        table_cell(t, "%s", "");
    }
}

static void print_packets(const struct figures *f, struct arena *mem, FILE *out)
{
    char count[NUMBER_TEXT];
    static const char *const cells[] = {"Packets",    "packets", "Mpps",
                                        "of offered", "Gb/s",    "Gb/s on the wire"};
    struct table t;
    table_open(&t, "lrrrrr", mem);
    table_row(&t, cells);
    packet_cells(&t, "offered", f->offered, f);
    share_cell(&t, f->offered, f);
    bits_cells(&t, f->offered, f->offered_bytes, f);
    packet_cells(&t, "delivered", f->delivered, f);
    share_cell(&t, f->delivered, f);
    bits_cells(&t, f->delivered, f->delivered_bytes, f);
    packet_cells(&t, "lost", f->dropped, f);
    share_cell(&t, f->dropped, f);
    empty_cells(&t, 2);
    table_cell(&t, "%s", "inside at the start");
    table_cell(&t, "%s", number_count(count, f->inside_start));
    empty_cells(&t, 4);
    table_cell(&t, "%s", "inside at the end");
    table_cell(&t, "%s", number_count(count, f->inside_end));
    empty_cells(&t, 4);
    table_print(&t, out);
}

static void stream_row(struct table *t, const char *name, const struct figures *f)
{
    char text[NUMBER_TEXT];
    packet_cells(t, name, f->offered, f);
    table_cell(t, "%s", number_count(text, f->delivered));
    table_cell(t, "%.3f", (double)f->delivered_pps / 1e6);
    table_cell(t, "%.3f", (double)f->delivered_bps / 1e9);
    table_cell(t, "%s", number_count(text, f->dropped));
    share_cell(t, f->dropped, f);
    table_cell(t, "%s", number_us(text, f->latency_ps[0]));
    table_cell(t, "%s", number_us(text, f->latency_ps[FIGURES_N_QUANTILES - 1]));
}

/* One stream alone is the run. */
static void print_streams(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"Streams", "offered", "Mpps",       "delivered", "Mpps",
                                        "Gb/s",    "lost",    "of offered", "p50 us",    "max us"};
    const char *const *names;
    size_t n = figures_streams(r, mem, &names);
    if (n < 2) {
        return;
    }
    struct table t;
    table_open(&t, "lrrrrrrrrr", mem);
    table_row(&t, cells);
    for (size_t i = 0; i < n; i++) {
        struct figures f;
        figures_of_stream(r, names[i], mem, &f);
        stream_row(&t, names[i], &f);
    }
    table_print(&t, out);
}

static void loss_cells(struct table *t, const struct loss *loss, const struct figures *f,
                       struct arena *mem)
{
    char count[NUMBER_TEXT];
    table_cell(t, "%s", loss->stage);
    table_cell(t, "%s", words_reason(loss, mem));
    table_cell(t, "%s", number_count(count, loss->n));
    share_cell(t, loss->n, f);
}

/* Which streams lost what, when there are several. */
static void print_stream_losses(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"Stream", "lost at", "because", "packets", "of offered"};
    const char *const *names;
    size_t n = figures_streams(r, mem, &names);
    if (n < 2) {
        return;
    }
    struct table t;
    table_open(&t, "lllrr", mem);
    table_row(&t, cells);
    for (size_t i = 0; i < n; i++) {
        struct figures f;
        struct loss *losses;
        figures_of_stream(r, names[i], mem, &f);
        size_t n_losses = figures_stream_losses(r, names[i], mem, &losses);
        for (size_t k = 0; k < n_losses; k++) {
            table_cell(&t, "%s", names[i]);
            loss_cells(&t, &losses[k], &f, mem);
        }
    }
    table_print(&t, out);
}

static void print_losses(const struct report *r, const struct figures *f, struct arena *mem,
                         FILE *out)
{
    static const char *const cells[] = {"Lost at", "because", "packets", "of offered"};
    struct loss *losses;
    size_t n = figures_losses(r, mem, &losses);
    if (n == 0) {
        fputs("  No packet was lost.\n\n", out);
        return;
    }
    struct table t;
    table_open(&t, "llrr", mem);
    table_row(&t, cells);
    for (size_t i = 0; i < n; i++) {
        loss_cells(&t, &losses[i], f, mem);
    }
    table_print(&t, out);
    print_stream_losses(r, mem, out);
}

static void latency_row(struct table *t, const char *name, const struct histogram *h)
{
    char text[NUMBER_TEXT];
    table_cell(t, "%s", name);
    for (size_t i = 0; i < FIGURES_N_QUANTILES; i++) {
        table_cell(t, "%s", number_us(text, histogram_quantile(h, figures_quantiles[i].ppm)));
    }
}

static void print_latency(const struct report *r, const struct figures *f, struct arena *mem,
                          FILE *out)
{
    struct table t;
    table_open(&t, "lrrrrr", mem);
    table_cell(&t, "%s", "Latency in us");
    for (size_t i = 0; i < FIGURES_N_QUANTILES; i++) {
        table_cell(&t, "%s", figures_quantiles[i].name);
    }
    if (f->latency != NULL && f->latency->n > 0) {
        latency_row(&t, "last bit in to first bit out", f->latency);
    }
    for (size_t i = 0; i < r->n_histograms; i++) {
        const struct report_histogram *h = &r->histograms[i];
        if (figures_is_stage_time(h)) {
            latency_row(&t, h->module, h->histogram);
        }
    }
    const struct histogram *lookup = figures_lookup_latency(r, mem);
    if (lookup != NULL) {
        latency_row(&t, "lookup, at the engine", lookup);
    }
    table_print(&t, out);
}

/* What a byte more costs a frame, hop by hop: the slope of latency against frame size. */
static void print_hops(const struct report *r, struct arena *mem, FILE *out)
{
    struct table t;
    table_open(&t, "llr", mem);
    table_cell(&t, "%s", "Hops");
    table_cell(&t, "%s", "a frame is handed on");
    table_cell(&t, "%s", "ns per byte");
    for (size_t i = 0; i < r->n_texts; i++) {
        const struct report_text *hop = &r->texts[i];
        if (strcmp(hop->statistic, "forwarding") != 0) {
            continue;
        }
        int64_t fs = report_get(r, hop->module, "serialisation", 0);
        table_cell(&t, "%s", hop->module + strlen("hop "));
        table_cell(&t, "%s", hop->text);
        table_cell(&t, "%.3f", (double)fs / 1e6);
    }
    table_print(&t, out);
}

static void print_utilisation(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"Busy", "n",    "each can do",  "least",
                                        "mean", "most", "found it full"};
    struct resource_group *groups;
    size_t n = figures_groups(r, true, mem, &groups);
    struct table t;
    table_open(&t, "lrrrrrr", mem);
    table_row(&t, cells);
    for (size_t i = 0; i < n; i++) {
        const struct resource_group *g = &groups[i];
        char text[NUMBER_TEXT];
        table_cell(&t, "%s", g->name);
        table_cell(&t, "%zu", g->n);
        table_cell(&t, "%s", words_work_rate(g->busiest, g->busiest->rate, mem));
        table_cell(&t, "%s", number_percent(text, g->least_ppm));
        table_cell(&t, "%s", number_percent(text, g->mean_ppm));
        table_cell(&t, "%s", number_percent(text, g->most_ppm));
        table_cell(&t, "%s", number_count(text, g->n_dropped));
    }
    table_print(&t, out);
}

static bool is_engine(const struct report *r, size_t resource)
{
    return strcmp(r->resources[resource].kind, "engine") == 0;
}

/* What became of the lookups of each engine. */
static void print_lookups(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {
        "Lookups asked of", "forwarded", "receive", "glean", "drop", "punt", "miss"};
    static const char *const outcomes[] = {"forwarded", "receive", "glean",
                                           "drop",      "punt",    "misses"};
    char text[NUMBER_TEXT];
    struct table t;
    table_open(&t, "lrrrrrr", mem);
    table_row(&t, cells);
    for (size_t i = 0; i < r->n_resources; i++) {
        const char *engine = r->resources[i].module;
        for (size_t k = 0; is_engine(r, i) && k < sizeof outcomes / sizeof *outcomes; k++) {
            if (k == 0) {
                table_cell(&t, "%s", engine);
            }
            table_cell(&t, "%s",
                       number_count(text, (uint64_t)report_get(r, engine, outcomes[k], 0)));
        }
    }
    table_print(&t, out);
}

/* How full each engine's tables are. */
static void print_tables(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"Tables of", "FIB entries", "72-bit slots in use",
                                        "adjacencies"};
    char text[NUMBER_TEXT], share[NUMBER_TEXT];
    struct table t;
    table_open(&t, "lrrr", mem);
    table_row(&t, cells);
    for (size_t i = 0; i < r->n_resources; i++) {
        const char *engine = r->resources[i].module;
        if (!is_engine(r, i)) {
            continue;
        }
        uint64_t used = (uint64_t)report_get(r, engine, "fib_slots_used", 0);
        uint64_t slots = (uint64_t)report_get(r, engine, "fib_slots", 0);
        int64_t entries = report_get(r, engine, "fib_ipv4_entries", 0) +
                          report_get(r, engine, "fib_ipv6_entries", 0);
        if (report_get(r, engine, "fib_mpls_capacity", 0) > 0) { /* else those of IPv4 have them */
            entries += report_get(r, engine, "fib_mpls_entries", 0);
        }
        table_cell(&t, "%s", engine);
        table_cell(&t, "%s", number_count(text, (uint64_t)entries));
        table_cell(&t, "%s, %s", number_count(text, used),
                   number_percent(share, share_ppm(used, slots)));
        table_cell(&t, "%s", number_count(text, (uint64_t)report_get(r, engine, "adjacencies", 0)));
    }
    table_print(&t, out);
}

/* Packets that policers sent on with another DSCP, and with that another CoS. */
static void print_marks(const struct report *r, struct arena *mem, FILE *out)
{
    bool any = false;
    for (size_t i = 0; i < r->n_values; i++) {
        const struct report_value *v = &r->values[i];
        uint64_t n_cos = (uint64_t)report_get(r, v->module, "cos_changed_by_policing", 0);
        if (strcmp(v->statistic, "tos_changed_by_policing") == 0 && (v->value > 0 || n_cos > 0)) {
            char tos[NUMBER_TEXT], cos[NUMBER_TEXT];
            text_wrapped(arena_printf(mem,
                                      "%s: policers changed the DSCP of %s packets, the CoS of %s.",
                                      v->module, number_count(tos, (uint64_t)v->value),
                                      number_count(cos, n_cos)),
                         2, 4, out);
            any = true;
        }
    }
    fputs(any ? "\n" : "", out);
}

/* Who found no place in an engine's flow table is not policed by its flow. */
static void print_unpoliced(const struct report *r, struct arena *mem, FILE *out)
{
    char text[NUMBER_TEXT];
    bool any = false;
    for (size_t i = 0; i < r->n_values; i++) {
        const struct report_value *v = &r->values[i];
        if (strcmp(v->statistic, "unpoliced_packets") == 0 && v->value > 0) {
            text_wrapped(arena_printf(mem,
                                      "%s: %s packets were not policed, as the NetFlow table "
                                      "had no place for their flows.",
                                      v->module, number_count(text, (uint64_t)v->value)),
                         2, 4, out);
            any = true;
        }
    }
    fputs(any ? "\n" : "", out);
}

/* What the policers of each engine counted. */
static void print_policers(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"Policers", "asked", "in hardware", "conformed", "Mb/s",
                                        "exceeded", "Mb/s",  "violated",    "Mb/s"};
    static const char *const colours[] = {"conformed", "exceeded", "violated"};
    int64_t interval_ps = report_get(r, "run", "interval", 0);
    char text[NUMBER_TEXT];
    struct table t;
    table_open(&t, "lrrrrrrrr", mem);
    table_row(&t, cells);
    for (size_t i = 0; i < r->n_values; i++) {
        const char *module = r->values[i].module;
        if (strncmp(module, "policer ", 8) != 0 || strcmp(r->values[i].statistic, "rate") != 0) {
            continue;
        }
        table_cell(&t, "%s", module + 8);
        table_cell(&t, "%s",
                   number_si(text, (uint64_t)report_get(r, module, "asked_rate", 0), "b/s"));
        table_cell(&t, "%s", number_si(text, (uint64_t)r->values[i].value, "b/s"));
        for (size_t k = 0; k < sizeof colours / sizeof *colours; k++) {
            const char *packets = arena_printf(mem, "%s_packets", colours[k]);
            const char *bytes = arena_printf(mem, "%s_bytes", colours[k]);
            uint64_t n_bytes = (uint64_t)report_get(r, module, bytes, 0);
            table_cell(&t, "%s", number_count(text, (uint64_t)report_get(r, module, packets, 0)));
            table_cell(&t, "%.3f", (double)rate_per_s(8 * n_bytes, interval_ps) / 1e6);
        }
    }
    if (t.n_cells > t.n_columns) {
        table_print(&t, out);
    }
    print_unpoliced(r, mem, out);
    print_marks(r, mem, out);
}

/* A statistic "WHAT_CAUSE" of all engines together, or of the MSFC. */
static uint64_t punts(const struct report *r, const char *what, const char *cause,
                      struct arena *mem)
{
    const char *statistic = arena_printf(mem, "%s_%s", what, cause);
    uint64_t n = 0;
    for (size_t i = 0; i < r->n_values; i++) {
        n += strcmp(r->values[i].statistic, statistic) == 0 ? (uint64_t)r->values[i].value : 0;
    }
    return n;
}

/* Why the engines wanted packets to go to the MSFC, where they did. */
static void print_punts(const struct report *r, struct arena *mem, FILE *out)
{
    static const char *const cells[] = {"For the MSFC", "sent",       "rate limited", "policed",
                                        "at the MSFC",  "queue full", "served"};
    static const char *const columns[] = {"punted", "refused", "policed", "came", "full", "served"};
    enum { N_COLUMNS = sizeof columns / sizeof *columns };
    struct table t;
    table_open(&t, "lrrrrrr", mem);
    table_row(&t, cells);
    for (size_t i = 0; i < r->n_values; i++) {
        const char *came = r->values[i].statistic;
        if (strcmp(r->values[i].module, "msfc") != 0 || strncmp(came, "came_", 5) != 0) {
            continue;
        }
        uint64_t n[N_COLUMNS], sum = 0;
        for (int k = 0; k < N_COLUMNS; k++) {
            n[k] = punts(r, columns[k], came + 5, mem);
            sum += n[k];
        }
        if (sum > 0) {
            char text[NUMBER_TEXT];
            table_cell(&t, "%s", came + 5);
            for (int k = 0; k < N_COLUMNS; k++) {
                table_cell(&t, "%s", number_count(text, n[k]));
            }
        }
    }
    if (t.n_cells > t.n_columns) {
        table_print(&t, out);
    }
}

/* What BGP has learned. */
static void print_bgp(const struct report *r, struct arena *mem, FILE *out)
{
    char paths[NUMBER_TEXT], ipv4[NUMBER_TEXT], ipv6[NUMBER_TEXT], sets[NUMBER_TEXT],
        heard[NUMBER_TEXT];
    int64_t n = report_get(r, "msfc", "bgp_paths", -1);

    if (n >= 0) {
        text_wrapped(
            arena_printf(
                mem,
                "BGP: %s updates heard; %s paths to %s IPv4 and %s IPv6 prefixes, with %s "
                "different sets of attributes.",
                number_count(heard, (uint64_t)report_get(r, "msfc", "bgp_updates", 0)),
                number_count(paths, (uint64_t)n),
                number_count(ipv4, (uint64_t)report_get(r, "msfc", "bgp_ipv4_prefixes", 0)),
                number_count(ipv6, (uint64_t)report_get(r, "msfc", "bgp_ipv6_prefixes", 0)),
                number_count(sets, (uint64_t)report_get(r, "msfc", "bgp_attribute_sets", 0))),
            4, 4, out);
    }
}

/* What the changes of routes did, so far. */
static void print_changes(const struct report *r, struct arena *mem, FILE *out)
{
    char changes[NUMBER_TEXT], entries[NUMBER_TEXT], written[NUMBER_TEXT], at[NUMBER_TEXT];
    int64_t n = report_get(r, "msfc", "route_changes", -1);
    int64_t n_fib = report_get(r, "msfc", "fib_changes", -1);
    int64_t last_ps = report_get(r, "msfc", "fib_last_write", -1);

    if (n_fib < 0) {
        return;
    }
    text_wrapped(
        arena_printf(
            mem, "%sFIB entries changed: %s, written to each engine: %s%s.",
            n < 0
                ? ""
                : arena_printf(mem, "Route changes: %s made, ", number_count(changes, (uint64_t)n)),
            number_count(entries, (uint64_t)n_fib),
            number_count(written, (uint64_t)report_get(r, "msfc", "fib_writes", 0)),
            last_ps < 0 ? "" : arena_printf(mem, ", the last at %s", number_time(at, last_ps))),
        4, 4, out);
}

/* The MSFC: what it knows, what it has downloaded, what it did in software. */
static void print_msfc(const struct report *r, struct arena *mem, FILE *out)
{
    char ipv4[NUMBER_TEXT], ipv6[NUMBER_TEXT], n[NUMBER_TEXT], at[NUMBER_TEXT];
    int64_t downloaded = report_get(r, "msfc", "fib_downloaded", -1);
    int64_t done_ps = report_get(r, "msfc", "fib_download_done", -1);
    const char *download = "";

    if (downloaded >= 0) {
        download = arena_printf(
            mem, "; %s of them downloaded to each engine%s", number_count(n, (uint64_t)downloaded),
            done_ps < 0 ? ", the download goes on"
                        : arena_printf(mem, ", the last at %s", number_time(at, done_ps)));
    }
    text_wrapped(
        arena_printf(mem, "MSFC: %s IPv4 and %s IPv6 prefixes in the RIB%s.",
                     number_count(ipv4, (uint64_t)report_get(r, "msfc", "rib_ipv4_prefixes", 0)),
                     number_count(ipv6, (uint64_t)report_get(r, "msfc", "rib_ipv6_prefixes", 0)),
                     download),
        2, 4, out);
    print_bgp(r, mem, out);
    print_changes(r, mem, out);
    text_wrapped(arena_printf(mem, "It forwarded %s packets in software and received %s itself.",
                              number_count(ipv4, (uint64_t)report_get(r, "msfc", "forwarded", 0)),
                              number_count(ipv6, (uint64_t)report_get(r, "msfc", "received", 0))),
                 4, 4, out);
    fputc('\n', out);
}

static void print_assumptions(const struct scenario *s, struct arena *mem, FILE *out)
{
    if (s->n_assumptions > 0) {
        fputs("\nAssumed, because nobody has published or measured it:\n", out);
    }
    for (size_t i = 0; i < s->n_assumptions; i++) {
        const struct assumption *a = &s->assumptions[i];
        text_wrapped(arena_printf(mem, "%s = %s: %s", a->name, a->value, a->why), 2, 6, out);
    }
}

static void print_fingerprint(const struct report *r, FILE *out)
{
    static const char *const names[] = {"where", "when", "count"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int64_t value = report_get(r, "fingerprint", names[i], -1);
        if (value >= 0) {
            fprintf(out, "%sfingerprint %-5s %lld\n", i == 0 ? "\n" : "", names[i],
                    (long long)value);
        }
    }
}

void run_text(const struct loaded *l, const struct report *r, const struct figures *f,
              struct arena *mem, FILE *out)
{
    print_scenario(l, r, mem, out);
    print_packets(f, mem, out);
    print_streams(r, mem, out);
    print_losses(r, f, mem, out);
    print_latency(r, f, mem, out);
    print_lookups(r, mem, out);
    print_tables(r, mem, out);
    download_text(r, mem, out);
    run_classes_text(r, mem, out);
    print_policers(r, mem, out);
    run_acl_text(r, mem, out);
    print_punts(r, mem, out);
    run_cpu_text(r, mem, out);
    run_features_text(l, r, mem, out);
    const char *const full[] = {words_full_fib(r, mem), words_full_adjacencies(r, mem)};
    for (size_t i = 0; i < sizeof full / sizeof *full; i++) {
        if (full[i] != NULL) {
            text_wrapped(full[i], 2, 4, out);
        }
    }
    print_msfc(r, mem, out);
    console_text(r, mem, out);
    print_hops(r, mem, out);
    print_utilisation(r, mem, out);
    text_wrapped(words_bottleneck(r, mem), 0, 2, out);
    const char *unsettled = words_unsettled(r, f, mem);
    if (unsettled != NULL) {
        text_wrapped(unsettled, 0, 2, out);
    }
    print_assumptions(&l->scenario, mem, out);
    print_fingerprint(r, out);
}
