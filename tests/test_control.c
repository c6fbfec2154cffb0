/* test_control.c - what each engine and the software answer while routes change, against lists that
 * are worked out anew at each change; when exactly the engines follow; entries used again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "models/control.h"
#include "scenarios/address.h"
#include "sim/arena.h"
#include "sim/rng.h"
#include "sim/scheduler.h"
#include "tests/random_chassis.h"
#include "tests/reference_routes.h"

#define US_PS ((int64_t)1000000)
#define SECOND_PS 1000000000000u
#define ON_THE_WAY_PS 1000 /* more than all but the CPU takes in plain_chassis() */
#define N_CHASSIS 60u
#define N_CHANGES 120u
#define N_PROBES 60
#define N_ADDRESSES 120

/* A control plane on its own, asked now and then. */
struct run {
    struct arena *mem;
    struct chassis_config *config;
    struct scheduler *scheduler;
    struct control control;
    struct reference_routes *reference;
    struct ip_address addresses[N_ADDRESSES];
    uint32_t n_addresses;
    uint64_t n_punting;
};

/* check() is called at a time, when all else of that time has happened. */
struct look {
    struct run *run;
    void (*check)(struct run *run, size_t number, int64_t now_ps);
    size_t number;
    bool waited;
};

static void look(void *context, int64_t now_ps)
{
    struct look *l = context;

    if (l->waited) {
        l->check(l->run, l->number, now_ps);
    } else {
        l->waited = true;
        scheduler_at(l->run->scheduler, now_ps, look, l);
    }
}

static void look_at(struct run *run, int64_t at_ps,
                    void (*check)(struct run *run, size_t number, int64_t now_ps), size_t number)
{
    struct look *l = arena_take(run->mem, sizeof *l);

    *l = (struct look){run, check, number, false};
    scheduler_at(run->scheduler, at_ps, look, l);
}

static void run_open(struct run *run, struct chassis_config *config, int64_t until_ps,
                     struct arena *mem)
{
    struct scheduler_config times = {.window_ps = US_PS, .until_ps = until_ps};

    *run = (struct run){.mem = mem, .config = config};
    run->scheduler = scheduler_open(&times, mem);
    control_open(&run->control, config, mem);
    control_start(&run->control, run->scheduler);
}

static struct answer answer_of(const struct run *run, uint32_t engine, const struct flow_key *flow)
{
    static const enum outcome outcomes[ADJACENCY_N_KINDS] = {
        [ADJACENCY_NONE] = MISS,   [ADJACENCY_FORWARD] = FORWARD, [ADJACENCY_RECEIVE] = RECEIVE,
        [ADJACENCY_GLEAN] = GLEAN, [ADJACENCY_DROP] = DISCARD,    [ADJACENCY_PUNT] = PUNT};
    const struct fib *fib = run->control.fib;
    struct ip_address to = flow->to;
    uint32_t to4 = (uint32_t)(to.hi >> 32), adjacency;
    uint32_t hash =
        sharing_hash(run->config->load_sharing, sharing_universal_id(run->config->seed), flow);

    if (to.family == IPV4 && to.lo != 0) {
        adjacency = fib_lookup_in(fib, engine, to);
    } else if (to.family == IPV4) {
        fib_lookup4(fib, engine, &to4, &adjacency, 1);
    } else {
        fib_lookup6(fib, engine, &to.hi, &to.lo, &adjacency, 1);
    }
    const struct adjacency *a = fib_path(fib, adjacency, &hash, 0);
    return (struct answer){outcomes[a->kind], a->port, a->next_hop};
}

/* ---- random changes ---------------------------------------------------------------------- */

static void expect(const struct run *run, uint32_t engine, struct ip_address to, int64_t now_ps)
{
    bool software = engine == run->control.software_engine;
    uint32_t slot = control_slot(&run->control, engine);
    struct flow_key flow = {.from = {(uint64_t)now_ps << 32, 0, to.family}, .to = to};
    struct answer is = answer_of(run, engine, &flow);
    struct answer want =
        reference_routes_ask_to(run->reference, software ? SOFTWARE : slot, to, &flow);
    char text[ADDRESS_TEXT];

    if (is.outcome != want.outcome || is.port != want.port || is.next_hop.hi != want.next_hop.hi ||
        is.next_hop.lo != want.next_hop.lo || is.next_hop.family != want.next_hop.family) {
        fail_msg("%s, %s %u at %jd ps: %s gives outcome %d port %u, not %d port %u",
                 run->config->title, software ? "software" : "engine", engine, (intmax_t)now_ps,
                 address_print(&to, text), is.outcome, is.port, want.outcome, want.port);
    }
}

static void probe(struct run *run, size_t number, int64_t now_ps)
{
    (void)number;
    reference_routes_at(run->reference, now_ps);
    control_settle(&run->control, now_ps);
    for (uint32_t e = 0; e <= run->control.software_engine; e++) {
        for (uint32_t i = 0; i < run->n_addresses; i++) {
            expect(run, e, run->addresses[i], now_ps);
        }
    }
    for (uint32_t e = 0; e < run->control.n_engines; e++) {
        for (enum fib_partition p = 0; p < FIB_N_PARTITIONS; p++) {
            bool punts = run->control.fib->engines[e].exception[p];
            uint32_t slot = control_slot(&run->control, e);
            assert_int_equal(punts, reference_routes_exception(run->reference, slot, p));
            run->n_punting += punts;
        }
    }
}

/* First and last address of what changes, and of other routes. */
static void choose_addresses(struct run *run, const struct rng *rng)
{
    const struct chassis_config *c = run->config;

    while (run->n_addresses < N_ADDRESSES) {
        struct rng_draw draw = rng_at(rng, run->n_addresses);
        const struct ip_prefix *p =
            draw.b % 4 == 0 ? &c->static_routes[rng_below(draw.a, c->n_static_routes)].prefix
                            : &c->route_changes[rng_below(draw.a, c->n_route_changes)].route.prefix;
        bool last = draw.b / 4 % 2 == 0;
        run->addresses[run->n_addresses++] = (struct ip_address){
            p->hi | (last ? ~ip_mask_hi(p->length) : 0),
            p->lo | (last ? ~ip_prefix_mask_lo(p->family, p->length) : 0), p->family};
    }
    for (uint32_t i = 0; i < N_ADDRESSES; i++) {
        if (run->addresses[i].family == IPV4) {
            run->addresses[i].hi &= ip_mask_hi(32);
        }
    }
}

/* At times of changes, and of the writes after them, to the picosecond; at any time. */
static void choose_times(struct run *run, const struct rng *rng, int64_t until_ps)
{
    const struct chassis_config *c = run->config;

    for (uint32_t i = 0; i < N_PROBES; i++) {
        struct rng_draw draw = rng_at(rng, i), more = rng_at(rng, N_PROBES + i);
        int64_t at_ps = c->route_changes[rng_below(draw.a, c->n_route_changes)].at_ps;
        at_ps +=
            (int64_t)(more.a % 4 * 1000000000000 / c->fib_download_pps) - (int64_t)(more.b % 2);
        if (i % 3 == 0 || at_ps < 0) {
            at_ps = (int64_t)rng_below(draw.b, (uint64_t)until_ps);
        }
        if (at_ps < until_ps) {
            look_at(run, at_ps, probe, i);
        }
    }
}

/* Nothing waits, and the tree holds what the RIB holds. */
static void check_settled(const struct run *run)
{
    const struct fib *fib = run->control.fib;

    for (uint32_t e = 0; e < run->control.download.n_engines; e++) {
        assert_int_equal(download_waiting(&run->control.download, e), 0);
    }
    for (enum ip_family f = IPV4; f <= IPV6; f++) {
        size_t n = 0, n_all = 0; /* routes; and labels */
        for (uint32_t id = 1; id < fib->n_ids[f]; id++) {
            if (fib->resolved[f][id] != FIB_ADJACENCY_NONE) {
                assert_int_equal(fib_find(fib, fib->prefixes[f][id]), id);
                n += f == IPV6 || fib->prefixes[f][id].lo != FIB_LABELS;
                n_all++;
            }
        }
        assert_int_equal(n, rib_n_prefixes(run->control.rib, f));
        assert_true(run->control.ahead_engine == 0 ||
                    fib->engines[run->control.ahead_engine].n_entries[f] ==
                        fib->engines[0].n_entries[f]);
        for (uint32_t e = 0; e < run->control.n_engines; e++) {
            const struct fib_engine *it = &fib->engines[e];
            bool any = it->exception[f] || (f == IPV4 && it->exception[FIB_MPLS]);
            uint64_t n_held = it->n_entries[f] + (f == IPV4 ? it->n_entries[FIB_MPLS] : 0);
            assert_true(n_held == n_all || any);
        }
    }
}

/* The console has said since when engines are in exception, once each. */
static void check_log(const struct run *run)
{
    const struct download *d = &run->control.download;
    uint32_t n_exceptions = 0, n_told = 0;

    for (uint32_t i = 0; i < d->n_log; i++) {
        const struct download_line *line = &d->log[i];
        uint32_t slot = control_slot(&run->control, line->engine);
        assert_true(i == 0 || d->log[i - 1].at_ps <= line->at_ps);
        if (line->news == NEWS_EXCEPTION &&
            line->at_ps == reference_routes_exception_ps(run->reference, slot, line->partition)) {
            n_told += reference_routes_exception(run->reference, slot, line->partition);
        }
    }
    for (uint32_t e = 0; e < run->control.n_engines; e++) {
        for (enum fib_partition p = 0; p < FIB_N_PARTITIONS; p++) {
            uint32_t slot = control_slot(&run->control, e);
            n_exceptions += reference_routes_exception(run->reference, slot, p);
        }
    }
    assert_int_equal(n_told, n_exceptions);
}

static void test_random(void **state)
{
    (void)state;
    uint64_t n_changed = 0, n_punting = 0;

    for (uint64_t number = 1; number <= N_CHASSIS; number++) {
        struct arena *mem = arena_open();
        struct chassis_config *config = random_chassis(number, mem);
        struct rng addresses = rng_open(number, "control", "addresses");
        struct rng times = rng_open(number, "control", "times");
        struct run run;
        random_changes(config, N_CHANGES, number, mem);
        config->fib_start = number % 2 == 0 ? FIB_COLD : FIB_CONVERGED;
        int64_t until_ps = 2 * (config->warmup_ps + config->duration_ps);
        const uint64_t n_writes = (const uint64_t[]){40, 400, 4000}[number % 3]; /* by until_ps */
        config->fib_download_pps = n_writes * 1000000000000 / (uint64_t)until_ps + number;
        run_open(&run, config, 1000 * until_ps, mem);
        run.reference = reference_routes_open(config);
        choose_addresses(&run, &addresses);
        choose_times(&run, &times, until_ps);
        scheduler_run(run.scheduler, NULL, NULL);
        control_settle(&run.control, 1000 * until_ps);
        reference_routes_at(run.reference, 1000 * until_ps);
        check_settled(&run);
        n_changed += run.control.n_put;
        check_log(&run);
        n_punting += run.n_punting;
        reference_routes_close(run.reference);
        control_close(&run.control);
        arena_close(mem);
    }
    printf("%ju entries changed by %u changes\n", (uintmax_t)n_changed, N_CHASSIS * N_CHANGES);
    assert_true(n_changed > N_CHASSIS * N_CHANGES / 2);
    assert_true(n_punting > 0);
}

/* ---- by hand ----------------------------------------------------------------------------- */

static struct static_route route(const char *prefix, const char *next_hop)
{
    struct static_route r = {.via = VIA_NEXT_HOP};
    bool host_bits;

    assert_true(prefix_parse(prefix, strlen(prefix), &r.prefix, &host_bits));
    assert_true(address_parse(next_hop, strlen(next_hop), &r.next_hop));
    return r;
}

/* No routes but these, one entry written each microsecond; nearly no time is lost before and after.
 */
static struct chassis_config *plain_chassis(struct static_route *routes, uint32_t n,
                                            struct route_change *changes, uint32_t n_changes,
                                            struct arena *mem)
{
    struct chassis_config *config = random_chassis(1, mem);

    config->table = NULL;
    config->bgp = NULL;
    config->static_routes = routes;
    config->n_static_routes = n;
    config->route_changes = changes;
    config->n_route_changes = n_changes;
    config->fib_start = FIB_CONVERGED;
    config->n_reloads = 0;
    config->fib_exception = FIB_EVICT;
    config->fib_cef_pps = config->eobc_bps = config->tcam_write_pps = SECOND_PS;
    config->xdr_header_bytes = 0;
    config->xdr_entry_bytes = 1;
    config->xdr_message_bytes = 64;
    config->fib_download_pps = config->fib_download_dfc_pps = 1000000;
    config->ipv4_slots = 0;
    return config;
}

/* One change moves two routes; one comes while others wait; one after all is quiet; the last takes
 * away the other's next hop, which is its own too. What an engine
 * and the software have: the port, - for nothing, x for a drop. */
static const struct {
    int64_t at_ps;
    char near, far, near_software, far_software;
} moments[] = {
    {10 * US_PS - 1, '1', '1', '1', '1'},
    {10 * US_PS, '1', '1', '2', '2'},
    {11 * US_PS - 1, '1', '1', '2', '2'},
    {11 * US_PS + ON_THE_WAY_PS, '2', '1', '2', '2'},
    {11 * US_PS + 500000, '2', '1', '-', 'x'},
    {12 * US_PS + ON_THE_WAY_PS, '2', '2', '-', 'x'},
    {13 * US_PS + ON_THE_WAY_PS, '-', '2', '-', 'x'},
    {14 * US_PS - 1, '-', '2', '-', 'x'},
    {14 * US_PS + ON_THE_WAY_PS, '-', 'x', '-', 'x'},
    {21 * US_PS + 7, '-', 'x', '1', '1'},
    {22 * US_PS + 6, '-', 'x', '1', '1'},
    {22 * US_PS + 7 + ON_THE_WAY_PS, '1', 'x', '1', '1'},
    {23 * US_PS + 7 + ON_THE_WAY_PS, '1', '1', '1', '1'},
    {25 * US_PS, '1', '1', 'x', 'x'},
    {26 * US_PS + ON_THE_WAY_PS, 'x', '1', 'x', 'x'},
    {27 * US_PS + ON_THE_WAY_PS, 'x', 'x', 'x', 'x'},
};

static void check_writes(const struct run *run, uint64_t n, int64_t last_ps)
{
    for (uint32_t e = 0; e < run->control.download.n_engines; e++) {
        const struct download_engine *engine = &run->control.download.engines[e];
        assert_int_equal(engine->n_written, n);
        assert_in_range(engine->last_ps, last_ps, last_ps + ON_THE_WAY_PS);
    }
}

static char letter(const struct run *run, uint32_t engine, const char *address)
{
    struct ip_address to;
    assert_true(address_parse(address, strlen(address), &to));
    struct answer a = answer_of(run, engine, &(struct flow_key){.to = to});
    return a.outcome == MISS ? '-' : a.outcome == DISCARD ? 'x' : (char)('1' + a.port);
}

static void check_moment(struct run *run, size_t i, int64_t now_ps)
{
    uint32_t software = run->control.software_engine;

    assert_int_equal(now_ps, moments[i].at_ps);
    control_settle(&run->control, now_ps);
    for (uint32_t e = 0; e < software; e++) {
        assert_int_equal(letter(run, e, "60.0.0.9"), moments[i].near);
        assert_int_equal(letter(run, e, "70.0.0.9"), moments[i].far);
    }
    assert_int_equal(letter(run, software, "60.0.0.9"), moments[i].near_software);
    assert_int_equal(letter(run, software, "70.0.0.9"), moments[i].far_software);
}

static const char *neighbour(const struct chassis_config *config, uint32_t port, struct arena *mem)
{
    struct ip_address a = config->ports[port].address[IPV4];
    char text[ADDRESS_TEXT];

    a.hi += 1ull << 32;
    return arena_printf(mem, "%s", address_print(&a, text));
}

static void test_moments(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct static_route routes[2];
    struct route_change changes[4];
    struct chassis_config *config = plain_chassis(routes, 2, changes, 4, mem);
    const char *first = neighbour(config, 0, mem), *second = neighbour(config, 1, mem);
    struct run run;

    routes[0] = route("60.0.0.0/24", first);
    routes[1] = route("70.0.0.0/24", "60.0.0.1");
    changes[0] = (struct route_change){10 * US_PS, false, route("60.0.0.0/24", second)};
    changes[1] = (struct route_change){11 * US_PS + 500000, true, routes[0]};
    changes[2] = (struct route_change){21 * US_PS + 7, false, routes[0]};
    changes[3] = (struct route_change){25 * US_PS, false, route("60.0.0.0/24", "60.0.0.1")};
    run_open(&run, config, 30 * US_PS, mem);
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        look_at(&run, moments[i].at_ps, check_moment, i);
    }
    scheduler_run(run.scheduler, NULL, NULL);
    control_settle(&run.control, 30 * US_PS);
    check_writes(&run, 8, 27 * US_PS);
    check_settled(&run);
    control_close(&run.control);
    arena_close(mem);
}

/* A third of a microsecond each: the third write is done a microsecond after the first began, also
 * when it is asked for no earlier than the second is done (which the change of nothing brings about:
 * the change behind it is then the later event). */
static void test_no_drift(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct route_change changes[4];
    struct chassis_config *config = plain_chassis(NULL, 0, changes, 4, mem);
    struct run run;

    config->fib_download_pps = config->fib_download_dfc_pps = 3000000;
    changes[0] = (struct route_change){US_PS, false, route("60.0.0.0/24", "1.1.1.1")};
    changes[1] = (struct route_change){US_PS, false, route("60.0.1.0/24", "1.1.1.1")};
    changes[2] = (struct route_change){US_PS + 500000, true, route("60.0.2.0/24", "1.1.1.1")};
    changes[3] = (struct route_change){US_PS + 666666, false, route("60.0.2.0/24", "1.1.1.1")};
    run_open(&run, config, 3 * US_PS, mem);
    scheduler_run(run.scheduler, NULL, NULL);
    control_settle(&run.control, 3 * US_PS);
    check_writes(&run, 3, 2 * US_PS);
    check_settled(&run);
    control_close(&run.control);
    arena_close(mem);
}

/* Prefixes that come and go take the entries of those that went; what was not there may go. */
static void test_entries_again(void **state)
{
    (void)state;
    enum { N = 3000 };
    struct arena *mem = arena_open();
    struct route_change *changes = arena_take_array(mem, N, sizeof *changes);
    struct chassis_config *config = plain_chassis(NULL, 0, changes, N, mem);
    const char *next_hop = neighbour(config, 0, mem);
    struct run run;

    for (uint32_t i = 0; i < N; i++) {
        const char *prefix = arena_printf(mem, "60.0.%u.0/24", i / 2 % 256);
        changes[i] = (struct route_change){i * 2 * US_PS, i % 2 == 1, route(prefix, next_hop)};
    }
    changes[0].withdraw = true;
    run_open(&run, config, 3 * N * US_PS, mem);
    uint32_t n_ids = run.control.fib->n_ids[IPV4];
    scheduler_run(run.scheduler, NULL, NULL);
    assert_int_equal(run.control.fib->n_ids[IPV4], n_ids + 1);
    control_settle(&run.control, 3 * N * US_PS);
    check_writes(&run, N - 2, 2 * (N - 1) * US_PS + US_PS);
    check_settled(&run);
    control_close(&run.control);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_no_drift),
        cmocka_unit_test(test_entries_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
