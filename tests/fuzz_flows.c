/* Fuzz target: any bytes as the sections `policers` and `netflow` of a scenario whose ports send some
 * hundred flows. What loads is run until entries have ended and buckets been filled again, as it
 * stands and in other windows: nothing may be lost count of, and both runs are the same. */
#include <stdio.h>
#include <string.h>

#include "models/chassis.h"
#include "models/fingerprint.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"
#include "tests/scenario_text.h"

#define US_PS 1000000
#define POLL_US 50
#define BITS_LESS 7 /* of hashes: entries have aliases */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char head[] =
    "cat6k: 1\n"
    "chassis: WS-C6509-E\n"
    "supervisor: {slot: 5, model: WS-SUP720-3B}\n"
    "slots:\n"
    "  - {slot: 1, model: WS-X6704-10GE, forwarding: DFC3A}\n"
    "  - {slot: 2, model: WS-X6704-10GE, forwarding: CFC}\n"
    "qos: {enabled: yes, policed_dscp: \"46:8\"}\n"
    "traffic:\n"
    "  - {name: a, from: \"1/1-2, 2/1-2\", rate: 300kpps, frames: imix,\n"
    "     arrivals: poisson, dscp: 46, flows: 400, to: \"10.1.3.2, 10.2.3.2\"}\n"
    "  - {name: b, from: \"1/4, 2/4\", rate: 200kpps, frames: 64B, \n"
    "     family: ipv6, flows: 100, to: \"2001:db8:1:3::2\"}\n"
    "run: {warmup: 100us, duration: 500us}\n";

/* A second of the table becomes a microsecond. */
static void make_fast(struct netflow_config *c)
{
    c->poll_ps = POLL_US * US_PS;
    c->normal_ps /= US_PS;
    c->aggressive_ps /= US_PS;
    c->long_ps /= US_PS;
    c->fast_ps /= US_PS;
    c->hash_bits -= c->hash_bits > 0 ? BITS_LESS : 0;
}

static bool is(const struct report_value *v, const char *statistic)
{
    return strcmp(v->statistic, statistic) == 0;
}

/* Each header of the router's packets is counted once, in an entry or as one without; nobody passes
 * unpoliced whose flow has one. */
static void check_counts(const struct report *r, bool every_header)
{
    int64_t n_counted = 0, n_missed = 0, n_unpoliced = 0, n_headers = 0;

    for (size_t i = 0; i < r->n_values; i++) {
        const struct report_value *v = &r->values[i];
        n_counted += is(v, "netflow_packets") ? v->value : 0;
        n_missed += is(v, "netflow_creation_failures") ? v->value : 0;
        n_unpoliced += is(v, "unpoliced_packets") ? v->value : 0;
        n_headers += is(v, "headers") && strncmp(v->module, "engine ", 7) == 0 ? v->value : 0;
    }
    sim_assert(n_unpoliced <= n_missed && n_counted + n_missed <= n_headers);
    sim_assert(!every_header || n_counted + n_missed == n_headers);
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
    error_free(&err);
    if (c == NULL) {
        return false;
    }
    tap.packets = chassis_packets(c);
    chassis_run(c, NULL, NULL);
    sim_assert(chassis_conserved(c, &err));
    report_open(&report, mem);
    chassis_report(c, &report);
    check_counts(&report, config->netflow_on);
    chassis_end_flows(c);
    chassis_close(c);
    *print = fingerprint_of(&tap);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *mem = arena_open();
    char *text = arena_take(mem, sizeof head + n);
    struct error err = {0};
    struct fingerprint one, other;
    struct scenario s;

    memcpy(text, head, sizeof head - 1);
    memcpy(text + sizeof head - 1, data, n);
    bool loaded = scenario_of_text(text, sizeof head - 1 + n, NULL, mem, &s, &err);
    sim_assert(loaded || n > 0);
    if (loaded) {
        struct chassis_config *c = &s.config;
        make_fast(&c->netflow);
        if (run(c, mem, &one)) {
            c->window_ps = 77777;
            c->batch_rows = 3;
            sim_assert(run(c, mem, &other) && fingerprint_equal(&one, &other));
        }
    }
    error_free(&err);
    arena_close(mem);
    return 0;
}
