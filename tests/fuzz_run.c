/* Fuzz target: any bytes as a scenario file; what loads is run for a few microseconds, as it stands
 * and in other windows: nothing may be lost count of, and both runs are the same. */
#include <stddef.h>
#include <stdint.h>

#include "models/chassis.h"
#include "models/fingerprint.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"
#include "tests/scenario_text.h"

#define US_PS 1000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool load(const uint8_t *data, size_t n, struct arena *mem, struct scenario *s)
{
    struct error err = {0};
    bool loaded = scenario_of_text(data, n, NULL, mem, s, &err);
    error_free(&err);
    return loaded && s->routes != ROUTES_FILE;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What may be large takes long: it is made small. */
static void make_small(struct scenario *s)
{
    struct chassis_config *c = &s->config;
    c->warmup_ps = least(c->warmup_ps, 3 * US_PS);
    c->duration_ps = least(c->duration_ps, 5 * US_PS);
    s->synthetic.n_ipv4 = s->synthetic.n_ipv4 % 100;
    s->synthetic.n_ipv6 = s->synthetic.n_ipv6 % 100;
    s->synthetic.n_next_hops = 1 + s->synthetic.n_next_hops % 50;
    for (uint32_t i = 0; i < c->n_streams; i++) {
        struct stream_config *stream = &c->streams[i];
        stream->n_flows = stream->n_ports + stream->n_flows % 10;
        stream->start_ps = stream->start_ps % US_PS;
    }
}

/* false: cannot be built. */
static bool run(const struct chassis_config *config, struct arena *mem, struct fingerprint *print)
{
    struct fingerprint_tap tap;
    struct error err = {0};
    struct report report;
    fingerprint_open(&tap, mem);
    struct chassis *c = chassis_open(config, &tap.tap, mem, &err);
    sim_assert((c == NULL) == (err.n_messages > 0));
    if (c != NULL) {
        tap.packets = chassis_packets(c);
        chassis_run(c, NULL, NULL);
        sim_assert(chassis_conserved(c, &err));
        report_open(&report, mem);
        chassis_report(c, &report);
        chassis_close(c);
        *print = fingerprint_of(&tap);
    }
    error_free(&err);
    return c != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *mem = arena_open();
    struct scenario s;
    struct fingerprint one, other;
    if (load(data, n, mem, &s)) {
        struct chassis_config *c = &s.config;
        struct route_table table;
        struct error err = {0};
        make_small(&s);
        sim_assert(scenario_load_routes(&s, mem, &table, &err));
        c->table = &table;
        if (run(c, mem, &one)) {
            c->window_ps = c->window_ps == 0 ? 77777 : 0;
            c->batch_rows = c->batch_rows == 0 ? 3 : 0;
            sim_assert(run(c, mem, &other) && fingerprint_equal(&one, &other));
        }
    }
    arena_close(mem);
    return 0;
}
