/* test_netflow.c - the table against a naive one, its capacity against closed forms, aging to the
 * picosecond. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "models/config.h"
#include "models/netflow.h"
#include "sim/arena.h"
#include "sim/report.h"
#include "sim/rng.h"

#define SECOND_PS INT64_C(1000000000000)

static const struct engine_type pfc2 = {.generation = 2, .netflow_entries = 131072};
static const struct engine_type pfc3a = {.generation = 3, .letter = 'A', .netflow_entries = 131072};
static const struct engine_type pfc3b = {.generation = 3, .letter = 'B', .netflow_entries = 131072};
static const struct engine_type pfc3bxl = {
    .generation = 3, .letter = 'B', .xl = true, .netflow_entries = 262144};

static struct netflow_key key_of(uint32_t i)
{
    return (struct netflow_key){.src_hi = (uint64_t)(0x0a000000 + i) << 32,
                                .dst_hi = 0xc0a80101ull << 32,
                                .src_port = 1024,
                                .dst_port = 80,
                                .interface = 3,
                                .protocol = 6};
}

static uint32_t account(struct netflow *nf, struct netflow_key key, uint32_t bytes, int64_t now_ps)
{
    uint32_t flow;

    netflow_account(nf, &key, &bytes, &now_ps, 1, &flow);
    return flow;
}

/* ---- the naive one --------------------------------------------------------------------------- */

struct naive_flow {
    struct netflow_record record;
    uint32_t hash;
    bool lives, alias;
};

enum { MOST_FLOWS = 3000, MOST_RECORDS = 20000 };

struct naive {
    const struct netflow_config *c;
    struct naive_flow flows[MOST_FLOWS];
    uint32_t n;
    uint64_t n_missed;
};

static struct netflow_key mask_key(struct netflow_key k, enum netflow_mask mask)
{
    static const struct {
        bool source, destination, interface, full;
    } takes[NETFLOW_N_MASKS] = {
        [NETFLOW_SOURCE] = {.source = true},
        [NETFLOW_DESTINATION] = {.destination = true},
        [NETFLOW_DESTINATION_SOURCE] = {.source = true, .destination = true},
        [NETFLOW_INTERFACE_DESTINATION_SOURCE] = {true, true, true, false},
        [NETFLOW_FULL] = {true, true, false, true},
        [NETFLOW_INTERFACE_FULL] = {true, true, true, true},
    };
    struct netflow_key m = {.family = k.family};
    if (takes[mask].source) {
        m.src_hi = k.src_hi, m.src_lo = k.src_lo;
    }
    if (takes[mask].destination) {
        m.dst_hi = k.dst_hi, m.dst_lo = k.dst_lo;
    }
    if (takes[mask].interface) {
        m.interface = k.interface;
    }
    if (takes[mask].full) {
        m.src_port = k.src_port, m.dst_port = k.dst_port, m.protocol = k.protocol;
    }
    return m;
}

static bool keys_equal(const struct netflow_key *a, const struct netflow_key *b)
{
    return a->src_hi == b->src_hi && a->src_lo == b->src_lo && a->dst_hi == b->dst_hi &&
           a->dst_lo == b->dst_lo && a->src_port == b->src_port && a->dst_port == b->dst_port &&
           a->interface == b->interface && a->protocol == b->protocol && a->family == b->family;
}

/* A place for a flow of this hash value, by the rules as they are written down. */
static bool naive_place(const struct naive *nv, uint32_t hash, bool *alias)
{
    uint32_t n_here = 0, n_aliases_here = 0, n_table = 0, n_aliases = 0;

    for (uint32_t i = 0; i < nv->n; i++) {
        const struct naive_flow *f = &nv->flows[i];
        n_here += f->lives && f->hash == hash && !f->alias;
        n_aliases_here += f->lives && f->hash == hash && f->alias;
        n_table += f->lives && !f->alias;
        n_aliases += f->lives && f->alias;
    }
    *alias = nv->c->type.n_pages == 0 && n_here > 0;
    if (nv->c->type.n_pages != 0) {
        return n_here < nv->c->type.n_pages;
    }
    return n_table < nv->c->type.n_entries &&
           (!*alias || (n_aliases_here == 0 && n_aliases < nv->c->type.n_aliases));
}

/* The flow of a packet, or NULL when there is no place. */
static struct naive_flow *naive_account(struct naive *nv, struct netflow_key key, uint32_t hash,
                                        uint32_t bytes, int64_t now_ps)
{
    struct naive_flow *flow = NULL;
    bool alias;

    for (uint32_t i = 0; i < nv->n; i++) {
        if (nv->flows[i].lives && keys_equal(&nv->flows[i].record.key, &key)) {
            flow = &nv->flows[i];
        }
    }
    if (flow == NULL) {
        if (!naive_place(nv, hash, &alias)) {
            nv->n_missed++;
            return NULL;
        }
        assert_true(nv->n < MOST_FLOWS);
        flow = &nv->flows[nv->n++];
        *flow = (struct naive_flow){{.key = key, .first_ps = now_ps}, hash, true, alias};
    }
    flow->record.n_packets++;
    flow->record.n_bytes += bytes;
    flow->record.last_ps = now_ps;
    return flow;
}

static void naive_poll(struct naive *nv, int64_t now_ps)
{
    const struct netflow_config *c = nv->c;
    uint32_t n_table = 0;

    for (uint32_t i = 0; i < nv->n; i++) {
        n_table += nv->flows[i].lives && !nv->flows[i].alias;
    }
    bool full = 100 * n_table / c->type.n_entries >= 90;
    for (uint32_t i = 0; i < nv->n; i++) {
        struct netflow_record *r = &nv->flows[i].record;
        bool idle = now_ps - r->last_ps >= c->normal_ps;
        bool aggressive = full && now_ps - r->last_ps >= c->aggressive_ps;
        bool fast = r->n_packets < c->fast_packets && now_ps - r->first_ps >= c->fast_ps;
        bool old = now_ps - r->first_ps >= c->long_ps;
        if (nv->flows[i].lives && (idle || aggressive || fast || old)) {
            nv->flows[i].lives = false;
            r->end = idle         ? NETFLOW_IDLE
                     : aggressive ? NETFLOW_AGGRESSIVE
                     : fast       ? NETFLOW_FAST
                                  : NETFLOW_LONG;
        }
    }
}

/* ---- random cases ---------------------------------------------------------------------------- */

struct taken {
    struct netflow_record records[MOST_RECORDS];
    uint32_t n;
};

static void take(void *context, const struct netflow_record *record)
{
    struct taken *taken = context;

    assert_true(taken->n < MOST_RECORDS);
    taken->records[taken->n++] = *record;
}

static uint32_t roll(const struct rng *rng, uint64_t *n, uint32_t below)
{
    return (uint32_t)rng_below(rng_at(rng, (*n)++).a, below);
}

static struct netflow_config draw_config(const struct rng *rng, uint64_t *n)
{
    struct netflow_config c;

    netflow_config_default((struct netflow_type){0}, &c);
    c.type.hash_bits = 2 + roll(rng, n, 6);
    if (roll(rng, n, 3) == 0) {
        c.type.n_pages = 1 + roll(rng, n, 8);
        c.type.n_entries = c.type.n_pages << c.type.hash_bits;
    } else {
        c.type.n_entries = 1 + roll(rng, n, 60);
        c.type.n_aliases = roll(rng, n, 10);
    }
    c.mask = (enum netflow_mask)roll(rng, n, NETFLOW_N_MASKS);
    c.normal_ps = 1 + roll(rng, n, 5000);
    c.aggressive_ps = 1 + roll(rng, n, 1000);
    c.long_ps = 1 + roll(rng, n, 20000);
    c.fast_ps = 1 + roll(rng, n, 2000);
    c.fast_packets = roll(rng, n, 4);
    return c;
}

/* Few values of each field, so that flows meet again and masks make a difference. */
static struct netflow_key draw_key(const struct rng *rng, uint64_t *n)
{
    return (struct netflow_key){.src_hi = roll(rng, n, 5) * 77ull,
                                .src_lo = roll(rng, n, 2),
                                .dst_hi = (uint64_t)roll(rng, n, 5) << 40,
                                .dst_lo = roll(rng, n, 2),
                                .src_port = (uint16_t)roll(rng, n, 2),
                                .dst_port = (uint16_t)roll(rng, n, 2),
                                .interface = (uint16_t)roll(rng, n, 2),
                                .protocol = (uint8_t)roll(rng, n, 2),
                                .family = (uint8_t)roll(rng, n, 2)};
}

/* What ended is the same, in whatever order. Forgets it. */
static void compare_records(struct naive *nv, struct taken *taken)
{
    uint32_t n_ended = 0, n_left = 0;

    for (uint32_t i = 0; i < nv->n; i++) {
        const struct netflow_record *want = &nv->flows[i].record;
        if (nv->flows[i].lives) {
            nv->flows[n_left++] = nv->flows[i];
            continue;
        }
        uint32_t n_same = 0;
        for (uint32_t k = 0; k < taken->n; k++) {
            const struct netflow_record *r = &taken->records[k];
            n_same += keys_equal(&r->key, &want->key) && r->n_packets == want->n_packets &&
                      r->n_bytes == want->n_bytes && r->first_ps == want->first_ps &&
                      r->last_ps == want->last_ps && r->end == want->end;
        }
        assert_int_equal(n_same, 1);
        n_ended++;
    }
    assert_int_equal(taken->n, n_ended);
    taken->n = 0;
    nv->n = n_left;
}

enum { STEPS = 60, MOST_BATCH = 100 };

static void random_packets_do_what_the_naive_table_does(void **state)
{
    (void)state;
    static struct naive nv;
    static struct taken taken;
    uint64_t n_missed = 0, n_aliased = 0, n_ends[5] = {0};
    for (uint64_t seed = 0; seed < 150; seed++) {
        struct rng rng = rng_open(seed, "test", "netflow");
        uint64_t drawn = 0;
        struct arena *arena = arena_open();
        struct netflow_config c = draw_config(&rng, &drawn);
        struct netflow *nf = netflow_open(&c, arena);
        const struct netflow_exporter exporter = {take, &taken};
        int64_t now_ps = 0;
        nv.c = &c;
        nv.n = 0;
        nv.n_missed = 0;
        for (int step = 0; step < STEPS; step++) {
            struct netflow_key keys[MOST_BATCH];
            uint32_t bytes[MOST_BATCH], flows[MOST_BATCH], n = roll(&rng, &drawn, MOST_BATCH);
            int64_t at_ps[MOST_BATCH];
            for (uint32_t i = 0; i < n; i++) {
                keys[i] = draw_key(&rng, &drawn);
                bytes[i] = 64 + roll(&rng, &drawn, 1455);
                at_ps[i] = now_ps += roll(&rng, &drawn, 20);
            }
            netflow_account(nf, keys, bytes, at_ps, n, step % 5 == 0 ? NULL : flows);
            for (uint32_t i = 0; i < n; i++) {
                struct netflow_key key = mask_key(keys[i], c.mask);
                assert_int_equal(netflow_hash(nf, &keys[i]), netflow_hash(nf, &key));
                bool kept = naive_account(&nv, key, netflow_hash(nf, &key), bytes[i], at_ps[i]);
                assert_true(step % 5 == 0 || kept == (flows[i] != NETFLOW_NONE));
            }
            if (step % 5 != 0 && roll(&rng, &drawn, 2)) {
                for (uint32_t i = 0; i < n; i++) {
                    struct netflow_key key = mask_key(keys[i], c.mask);
                    at_ps[i] = now_ps += roll(&rng, &drawn, 20);
                    naive_account(&nv, key, netflow_hash(nf, &key), bytes[i], at_ps[i]);
                }
                netflow_account_known(nf, flows, bytes, at_ps, n);
            }
            if (roll(&rng, &drawn, 3) == 0) {
                naive_poll(&nv, now_ps);
                netflow_poll(nf, now_ps, &exporter);
                for (uint32_t i = 0; i < taken.n; i++) {
                    n_ends[taken.records[i].end]++;
                }
                compare_records(&nv, &taken);
            }
        }
        assert_int_equal(netflow_count(nf)->n_missed_packets, nv.n_missed);
        n_missed += nv.n_missed;
        n_aliased += netflow_count(nf)->n_aliased;
        for (uint32_t i = 0; i < nv.n; i++) {
            nv.flows[i].lives = false;
            nv.flows[i].record.end = NETFLOW_FLUSHED;
        }
        netflow_flush(nf, &exporter);
        compare_records(&nv, &taken);
        assert_int_equal(netflow_n_entries(nf) + netflow_n_aliases(nf), 0);
        arena_close(arena);
    }
    /* The cases are worth it. */
    assert_true(n_missed > 1000 && n_aliased > 100);
    assert_true(n_ends[NETFLOW_IDLE] > 100 && n_ends[NETFLOW_AGGRESSIVE] > 100 &&
                n_ends[NETFLOW_FAST] > 100 && n_ends[NETFLOW_LONG] > 100);
}

/* ---- capacity -------------------------------------------------------------------------------- */

/* So many flows, two packets each; the second ones find or miss the same flows. */
static void offer_flows(struct netflow *nf, uint32_t n)
{
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < n; i++) {
            account(nf, key_of(i), 100, round);
        }
    }
    const struct netflow_count *count = netflow_count(nf);
    assert_int_equal(count->n_created, netflow_n_entries(nf) + netflow_n_aliases(nf));
    assert_int_equal(count->n_packets, 2 * count->n_created);
    assert_int_equal(count->n_missed_packets, 2 * (n - count->n_created));
    assert_int_equal(count->n_bytes + count->n_missed_bytes, 200 * (uint64_t)n);
}

/* What n flows leave in a table of that type: entries and aliases. */
static void fill(const struct engine_type *engine, uint32_t n, double *entries, double *aliases)
{
    struct arena *arena = arena_open();
    struct netflow_config c;
    netflow_config_default(netflow_type_of(engine), &c);
    struct netflow *nf = netflow_open(&c, arena);

    offer_flows(nf, n);
    *entries = netflow_n_entries(nf);
    *aliases = netflow_n_aliases(nf);
    arena_close(arena);
}

/* 32 K flows in 16 K sets of 8 places: Poisson with mean 2 in each; all above 8 are lost. "99.99 %",
 * said the vendor [CNSP-COX]. */
static void pages_hold_what_the_vendor_said(void **state)
{
    (void)state;
    double chance = exp(-2), lost = 0, entries, aliases;
    for (int k = 1; k < 40; k++) {
        chance *= 2.0 / k;
        lost += k > 8 ? (k - 8) * chance * 16384 : 0;
    }
    fill(&pfc2, 32768, &entries, &aliases);
    assert_true(fabs(32768 - entries - lost) < 4.4 * sqrt(2 * lost));
    assert_true(entries / 32768 > 0.9998);
    assert_true(aliases == 0);
    fill(&pfc2, 400000, &entries, &aliases);
    assert_true(entries > 131000 && entries <= 131072);
}

/* n flows over m hash values: m (1 - exp(-n / m)) values have one; those with a second are more than
 * the ICAM holds. */
static void a_narrow_hash_fills_early(void **state)
{
    (void)state;
    double entries, aliases, m = 131072;
    fill(&pfc3a, 131072, &entries, &aliases);
    assert_true(fabs(entries - m * (1 - exp(-1))) < 4.4 * sqrt(m * exp(-1) * (1 - 2 * exp(-1))));
    assert_true(aliases == 128);
}

/* n^2 / 2m pairs with the same value go to the ICAM, until it is full; then the TCAM. */
static void a_wide_hash_fills_to_the_end(void **state)
{
    (void)state;
    double entries, aliases, m = 33554432;
    fill(&pfc3b, 60000, &entries, &aliases);
    assert_true(entries + aliases == 60000);
    assert_true(fabs(aliases - 60000.0 * 60000 / 2 / m) < 4.4 * sqrt(60000.0 * 60000 / 2 / m));
    fill(&pfc3b, 200000, &entries, &aliases);
    assert_true(entries == 131072 && aliases == 128);
    fill(&pfc3bxl, 200000, &entries, &aliases);
    assert_true(aliases == 128 && entries < 200000 && entries > 199000);
}

/* ---- aging ----------------------------------------------------------------------------------- */

static void flows_end_at_their_time(void **state)
{
    (void)state;
    static struct taken taken;
    const struct netflow_exporter exporter = {take, &taken};
    struct arena *arena = arena_open();
    struct netflow_config c;
    netflow_config_default(netflow_type_of(&pfc3b), &c);
    struct netflow *nf = netflow_open(&c, arena);

    uint32_t one = account(nf, key_of(1), 64, 0), two = account(nf, key_of(2), 1518, 5);
    assert_true(one != two && account(nf, key_of(1), 100, 7) == one);
    netflow_poll(nf, 7 + 300 * SECOND_PS - 3, &exporter);
    assert_int_equal(taken.n, 0);
    netflow_poll(nf, 5 + 300 * SECOND_PS, &exporter); /* times need not rise here */
    assert_int_equal(taken.n, 1);
    assert_int_equal(taken.records[0].n_bytes, 1518);
    assert_int_equal(taken.records[0].end, NETFLOW_IDLE);
    for (int64_t s = 10; s < 1920; s += 10) {
        account(nf, key_of(1), 100, s * SECOND_PS);
    }
    netflow_poll(nf, 1920 * SECOND_PS - 1, &exporter);
    assert_int_equal(taken.n, 1);
    netflow_poll(nf, 1920 * SECOND_PS, NULL);
    assert_int_equal(netflow_count(nf)->n_ended, 2);
    assert_int_equal(netflow_n_entries(nf), 0);
    account(nf, key_of(1), 100, 1920 * SECOND_PS);
    assert_int_equal(netflow_count(nf)->n_created, 3);
    arena_close(arena);
}

/* From 90 % on, with the message; not below. */
static void a_full_table_ages_aggressively(void **state)
{
    (void)state;
    struct arena *arena = arena_open();
    struct netflow_config c;
    netflow_config_default(netflow_type_of(&pfc3b), &c);
    struct netflow *nf = netflow_open(&c, arena);
    uint32_t n = 0;

    while (netflow_n_entries(nf) * 100ull / 131072 < 90) {
        assert_int_equal(netflow_poll(nf, NETFLOW_POLL_PS, NULL),
                         netflow_n_entries(nf) * 100ull / 131072);
        for (uint32_t end = n + 20000; n < end && netflow_n_entries(nf) * 100ull / 131072 < 90;
             n++) {
            account(nf, key_of(n), 64, 0);
        }
    }
    assert_int_equal(netflow_count(nf)->n_exceeded, 0);
    assert_int_equal(netflow_count(nf)->n_ended, 0);
    account(nf, key_of(7), 64, 1);
    assert_int_equal(netflow_poll(nf, NETFLOW_POLL_PS, NULL), 90);
    assert_int_equal(netflow_n_entries(nf) + netflow_n_aliases(nf), 1);
    assert_int_equal(netflow_poll(nf, 2 * NETFLOW_POLL_PS, NULL), 0);
    assert_int_equal(netflow_n_entries(nf), 1);
    assert_string_equal(netflow_message(97, "SP", arena),
                        "%EARL_NETFLOW-SP-4-TCAM_THRLD: Netflow TCAM threshold exceeded, TCAM "
                        "Utilization [97%]");

    struct report report;
    report_open(&report, arena);
    netflow_show(nf, "engine 5", &report);
    assert_int_equal(report_get(&report, "engine 5", "netflow_threshold_exceeded", -1), 1);
    assert_int_equal(report_get(&report, "engine 5", "netflow_created", -1) +
                         report_get(&report, "engine 5", "netflow_creation_failures", -1),
                     n);
    assert_int_equal(report_get(&report, "engine 5", "netflow_entries", -1), 1);
    netflow_mark(nf);
    report_open(&report, arena);
    netflow_show(nf, "engine 5", &report);
    assert_int_equal(report_get(&report, "engine 5", "netflow_created", -1), 0);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_packets_do_what_the_naive_table_does),
        cmocka_unit_test(pages_hold_what_the_vendor_said),
        cmocka_unit_test(a_narrow_hash_fills_early),
        cmocka_unit_test(a_wide_hash_fills_to_the_end),
        cmocka_unit_test(flows_end_at_their_time),
        cmocka_unit_test(a_full_table_ages_aggressively),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
