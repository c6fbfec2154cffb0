/* test_arp.c - what leads to a neighbour that is asked for, from moment to moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/arp.h"
#include "models/control.h"
#include "sim/arena.h"
#include "sim/report.h"
#include "sim/scheduler.h"
#include "tests/random_chassis.h"

#define US INT64_C(1000000)
#define ON_THE_WAY 1000 /* more than all but the CPU of an engine takes */

/* A control plane on its own: 10 us until engines can be written, 1 us an entry; an answer 20 us
 * later, or 50 us of silence. */
struct bench {
    struct arena *mem;
    struct chassis_config *config;
    struct scheduler *scheduler;
    struct control control;
    struct arp arp;
    struct ip_address host, nobody; /* in the subnet of port 0 */
    struct static_route behind;     /* a route with nobody as its next hop */
};

/* What is done, and what is seen before: of host, nobody and behind in engine 0, then in software.
 * g glean, x nowhere, 1 the port. */
struct moment {
    int64_t at_ps;
    bool asks;
    const char *seen;
    struct bench *bench;
};

static char letter(const struct bench *b, uint32_t engine, struct ip_address to)
{
    uint32_t dst = (uint32_t)(to.hi >> 32), index;

    fib_lookup4(b->control.fib, engine, &dst, &index, 1);
    const struct adjacency *a = &b->control.fib->adjacencies[index];
    return a->kind == ADJACENCY_GLEAN     ? 'g'
           : a->kind == ADJACENCY_DROP    ? 'x'
           : a->kind == ADJACENCY_FORWARD ? (char)('1' + a->port)
                                          : '?';
}

static void come(void *context, int64_t now_ps)
{
    const struct moment *m = context;
    struct bench *b = m->bench;
    struct ip_address behind = {b->behind.prefix.hi, 0, IPV4};
    const struct ip_address to[] = {b->host, b->nobody, behind};

    control_settle(&b->control, now_ps);
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t engine = i < 3 ? 0 : b->control.software_engine;
        if (letter(b, engine, to[i % 3]) != m->seen[i]) {
            fail_msg("at %jd ps: %c, not %c, as number %u", (intmax_t)now_ps,
                     letter(b, engine, to[i % 3]), m->seen[i], i);
        }
    }
    if (m->asks) {
        arp_ask(&b->arp, b->host, 0, now_ps);
        arp_ask(&b->arp, b->nobody, 0, now_ps);
        arp_ask(&b->arp, b->nobody, 0, now_ps); /* once is enough */
    }
}

static void open_bench(struct bench *b)
{
    *b = (struct bench){.mem = arena_open()};
    b->config = random_chassis(1, b->mem);
    b->host = b->nobody = b->config->ports[0].address[IPV4];
    b->host.hi += UINT64_C(2) << 32;
    b->nobody.hi += UINT64_C(3) << 32;
    b->behind =
        (struct static_route){.prefix = {UINT64_C(60) << 56, 0, IPV4, 8}, .next_hop = b->nobody};
    b->config->table = NULL;
    b->config->n_sessions = b->config->n_route_changes = 0;
    b->config->static_routes = &b->behind;
    b->config->n_static_routes = 1;
    b->config->fib_start = FIB_CONVERGED;
    b->config->fib_cef_pps = b->config->eobc_bps = b->config->tcam_write_pps = 1000000 * US;
    b->config->xdr_header_bytes = 0;
    b->config->xdr_entry_bytes = 1;
    b->config->xdr_message_bytes = 64;
    b->config->fib_download_pps = b->config->fib_download_dfc_pps = 1000000;
    b->config->ipv4_slots = 0;
    b->config->ports[0].length[IPV4] = 24;
    b->config->hosts = &b->host;
    b->config->n_hosts = 1;
    b->config->arp_install_ps = 10 * US;
    b->config->arp_answer_ps = 20 * US;
    b->config->arp_throttle_ps = 50 * US;
    const struct scheduler_config run = {.window_ps = US, .until_ps = 1000 * US};
    b->scheduler = scheduler_open(&run, b->mem);
    control_open(&b->control, b->config, b->mem);
    control_start(&b->control, b->scheduler);
    arp_open(&b->arp, b->config, &b->control, b->scheduler, b->mem);
}

static void who_is_asked_for_is_dropped_meanwhile(void **state)
{
    (void)state;
    struct moment moments[] = {
        {5 * US, true, "gggggg", NULL}, /* asked for */
        {15 * US - 1, false, "gggggg", NULL},
        {15 * US + 1, false, "gggxxx", NULL}, /* in software at once, engines entry by entry */
        {16 * US + ON_THE_WAY, false, "xggxxx", NULL},
        {20 * US, true, "xxxxxx", NULL}, /* not again */
        {35 * US + 1, false, "xxx1xx", NULL},
        {37 * US, false, "1xx1xx", NULL}, /* the host has answered */
        {65 * US + 1, false, "1xx1gg", NULL},
        {70 * US, true, "1gg1gg", NULL}, /* nobody has not, and is asked for again */
        {85 * US, false, "1xx1xx", NULL},
        {200 * US, false, "1gg1gg", NULL},
    };
    struct bench b;
    struct report out;

    open_bench(&b);
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        moments[i].bench = &b;
        scheduler_at(b.scheduler, moments[i].at_ps, come, &moments[i]);
    }
    scheduler_run(b.scheduler, NULL, NULL);
    report_open(&out, b.mem);
    arp_show(&b.arp, &out);
    assert_int_equal(report_get(&out, "msfc", "total_arp_asked", 0), 3);
    assert_int_equal(report_get(&out, "msfc", "total_arp_answered", 0), 1);
    assert_int_equal(report_get(&out, "msfc", "total_arp_given_up", 0), 2);
    arp_close(&b.arp);
    control_close(&b.control);
    arena_close(b.mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_asked_for_is_dropped_meanwhile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
