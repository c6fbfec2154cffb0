/* test_accounting.c - what the engines of random chassis account, against what the tap saw of every
 * packet; and that accounting changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/accounting.h"
#include "models/chassis.h"
#include "models/fingerprint.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"
#include "tests/journal.h"
#include "tests/random_chassis.h"

#define N_SCENARIOS 60
#define LAYER2_BYTES 18

enum { MOST_RECORDS = 20000 };

/* All records of a run, by engine. */
struct records {
    size_t n;
    struct record {
        uint32_t slot;
        int64_t told_ps;
        struct netflow_record is;
        bool taken; /* found among those expected */
    } of[MOST_RECORDS];
    int64_t now_ps;
    uint32_t slot;
};

static struct records records, expected;

static void now_at(void *context, int64_t now_ps)
{
    ((struct records *)context)->now_ps = now_ps;
}

static void take(void *context, const struct netflow_record *record)
{
    struct records *r = context;

    assert_true(r->n < MOST_RECORDS);
    r->of[r->n++] = (struct record){r->slot, r->now_ps, *record, false};
}

static struct netflow_exporter exporter_of(void *context, uint32_t slot)
{
    ((struct records *)context)->slot = slot;
    return (struct netflow_exporter){take, context};
}

/* ---- runs ------------------------------------------------------------------------------------ */

struct run {
    struct arena *mem;
    struct chassis_config *config;
    struct chassis *chassis;
    struct journal j;
    struct report report;
};

/* Scenario `number`, on engines with room for so many flows, without a poll (0: as drawn). */
static void run_scenario(struct run *r, uint64_t number, bool netflow, uint64_t n_entries)
{
    static const struct flow_sink sink = {now_at, exporter_of, &records};
    struct error err = {0};

    records.n = 0;
    r->mem = arena_open();
    r->config = random_chassis(number, r->mem);
    r->config->netflow_on = netflow;
    for (uint32_t i = 0; i < r->config->n_policers; i++) { /* for flows it matters */
        struct policer_config *p = &r->config->policers[i];
        p->scope = p->scope >= POLICE_FLOW ? POLICE_EACH_PORT : p->scope;
    }
    for (uint32_t i = 0; i < r->config->n_slots && n_entries > 0; i++) {
        struct engine_type *dfc = (struct engine_type *)(uintptr_t)r->config->slots[i].dfc;
        if (dfc != NULL) {
            dfc->netflow_entries = n_entries;
            dfc->generation = 2;
        }
    }
    if (n_entries > 0) {
        struct supervisor_type *s = (struct supervisor_type *)(uintptr_t)r->config->supervisor;
        s->pfc.netflow_entries = n_entries;
        s->pfc.generation = 2;
        r->config->netflow.poll_ps = NETFLOW_POLL_PS;
    }
    journal_open(&r->j, r->config->n_ports);
    r->chassis = chassis_open(r->config, &r->j.tap, r->mem, &err);
    assert_non_null(r->chassis);
    journal_watch(&r->j, r->chassis, r->config);
    chassis_export(r->chassis, &sink);
    chassis_run(r->chassis, NULL, NULL);
    report_open(&r->report, r->mem);
    chassis_report(r->chassis, &r->report);
    chassis_end_flows(r->chassis);
}

static void close_run(struct run *r)
{
    chassis_close(r->chassis);
    journal_close(&r->j);
    arena_close(r->mem);
}

/* ---- every record, from the tap --------------------------------------------------------------- */

static struct netflow_key key_of(const struct run *r, const struct reference_packet *p)
{
    bool from = r->config->netflow.mask != NETFLOW_DESTINATION;
    bool to = r->config->netflow.mask != NETFLOW_SOURCE;
    bool full = r->config->netflow.mask >= NETFLOW_FULL;
    bool interface = r->config->netflow.mask == NETFLOW_INTERFACE_FULL ||
                     r->config->netflow.mask == NETFLOW_INTERFACE_DESTINATION_SOURCE;
    struct netflow_key k = {.family = p->flow.to.family};

    k.src_hi = from ? p->flow.from.hi : 0;
    k.src_lo = from ? p->flow.from.lo : 0;
    k.dst_hi = to ? p->flow.to.hi : 0;
    k.dst_lo = to ? p->flow.to.lo : 0;
    bool ports = p->protocol == 6 || p->protocol == 17;
    k.src_port = full && ports ? p->flow.from_port : 0;
    k.dst_port = full && ports ? p->flow.to_port : full && p->protocol == 1 ? p->icmp : 0;
    k.protocol = full ? p->protocol : 0;
    k.interface = (uint16_t)(interface ? config_interface_of(r->config, p->ingress) + 1 : 0);
    return k;
}

static bool same_key(const struct netflow_key *a, const struct netflow_key *b)
{
    return a->src_hi == b->src_hi && a->src_lo == b->src_lo && a->dst_hi == b->dst_hi &&
           a->dst_lo == b->dst_lo && a->src_port == b->src_port && a->dst_port == b->dst_port &&
           a->interface == b->interface && a->protocol == b->protocol && a->family == b->family;
}

/* The step at which an engine looked it up; NULL: none did, or it was for another station. */
static const struct step *lookup_of(const struct life *life)
{
    for (uint32_t i = 0; i < life->n_steps; i++) {
        const struct step *s = &life->steps[i];
        bool lost = s->reason != NULL && (strcmp(s->reason, "receive_buffer_full") == 0 ||
                                          strcmp(s->reason, "not_router_mac") == 0);
        if (strcmp(s->stage, "engine") == 0 && !lost) {
            return s;
        }
    }
    return NULL;
}

static void expect_packet(const struct netflow_key *key, const struct step *s, uint32_t bytes)
{
    size_t i = 0;

    while (i < expected.n &&
           !(expected.of[i].slot == s->slot && same_key(&expected.of[i].is.key, key))) {
        i++;
    }
    struct netflow_record *record = &expected.of[i].is;
    if (i == expected.n) {
        assert_true(expected.n < MOST_RECORDS);
        expected.of[expected.n++] = (struct record){.slot = s->slot};
        *record = (struct netflow_record){.key = *key,
                                          .first_ps = s->arrived_ps,
                                          .last_ps = s->arrived_ps,
                                          .end = NETFLOW_FLUSHED};
    }
    record->n_packets++;
    record->n_bytes += bytes;
    record->first_ps = s->arrived_ps < record->first_ps ? s->arrived_ps : record->first_ps;
    record->last_ps = s->arrived_ps > record->last_ps ? s->arrived_ps : record->last_ps;
}

static bool same_record(const struct record *a, const struct record *b)
{
    return a->slot == b->slot && same_key(&a->is.key, &b->is.key) &&
           a->is.n_packets == b->is.n_packets && a->is.n_bytes == b->is.n_bytes &&
           a->is.first_ps == b->is.first_ps && a->is.last_ps == b->is.last_ps;
}

/* With room for all, and no poll during the run, every flow has one record with all its packets. */
static void records_have_every_packet(void **state)
{
    (void)state;
    size_t n_packets = 0;

    for (uint64_t number = 1; number <= N_SCENARIOS; number++) {
        struct run r;
        run_scenario(&r, number, true, 1 << 14);
        expected.n = 0;
        for (size_t i = 0; i < r.j.n; i++) {
            const struct life *life = &r.j.lives[i];
            const struct step *s = lookup_of(life);
            if (s != NULL) {
                struct netflow_key key = key_of(&r, &life->packet);
                expect_packet(&key, s, life->packet.bytes - LAYER2_BYTES);
                n_packets++;
            }
        }
        assert_int_equal(records.n, expected.n);
        for (size_t i = 0; i < records.n; i++) {
            size_t k = 0;
            while (k < expected.n &&
                   (expected.of[k].taken || !same_record(&records.of[i], &expected.of[k]))) {
                k++;
            }
            assert_true(k < expected.n);
            expected.of[k].taken = true;
        }
        close_run(&r);
    }
    printf("%zu packets accounted for\n", n_packets);
    assert_true(n_packets > 5000);
}

/* Polled often and full soon: each packet is in one record or in none, which is counted. */
static void nothing_is_counted_twice(void **state)
{
    (void)state;
    uint64_t n_missed = 0, n_polled = 0;

    for (uint64_t number = 1; number <= N_SCENARIOS; number++) {
        struct run r;
        run_scenario(&r, number, true, 0);
        uint64_t n_looked_up = 0, n_recorded = 0, n_refused = 0;
        for (size_t i = 0; i < r.j.n; i++) {
            n_looked_up += lookup_of(&r.j.lives[i]) != NULL;
        }
        for (size_t i = 0; i < records.n; i++) {
            const struct netflow_record *record = &records.of[i].is;
            n_recorded += record->n_packets;
            n_polled += record->end != NETFLOW_FLUSHED;
            assert_true(record->first_ps <= record->last_ps);
            assert_true(record->last_ps < records.of[i].told_ps);
        }
        for (size_t i = 0; i < r.report.n_values; i++) {
            const struct report_value *v = &r.report.values[i];
            n_refused +=
                strcmp(v->statistic, "netflow_creation_failures") == 0 ? (uint64_t)v->value : 0;
        }
        assert_true(n_recorded <= n_looked_up);
        if (r.config->warmup_ps == 0) {
            assert_int_equal(n_recorded + n_refused, n_looked_up);
        }
        assert_true(n_looked_up - n_recorded >= n_refused);
        n_missed += n_refused;
        close_run(&r);
    }
    assert_true(n_missed > 0 && n_polled > 0);
}

static void packets_fare_alike(void **state)
{
    (void)state;

    for (uint64_t number = 1; number <= N_SCENARIOS; number++) {
        struct run on, off;
        run_scenario(&on, number, true, 0);
        run_scenario(&off, number, false, 0);
        struct fingerprint a = fingerprint_of(&on.j.print), b = fingerprint_of(&off.j.print);
        assert_true(fingerprint_equal(&a, &b));
        assert_int_equal(records.n, 0);
        close_run(&on);
        close_run(&off);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_have_every_packet),
        cmocka_unit_test(nothing_is_counted_twice),
        cmocka_unit_test(packets_fare_alike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
