/* test_download.c - when each entry is in each engine, where one stage is slow: closed forms; what
 * the console says when; reloads. Where all stages are alike slow: test_control.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "models/download.h"
#include "sim/arena.h"
#include "sim/stage.h"

#define N 100u
#define N_ENGINES 3u /* the PFC and two DFCs */
#define SECOND_PS 1000000000000u
#define US_PS ((int64_t)1000000)
#define AT_ONCE SECOND_PS /* per second: 1 ps each */
#define SLACK_PS 10000    /* more than all that is done at once takes */

struct rig {
    struct arena *mem;
    struct fib *fib;
    struct chassis_config config;
    struct download download;
};

static struct ip_prefix prefix(uint32_t i, uint8_t length)
{
    return ip_prefix_of((struct ip_address){(uint64_t)i << 40, 0, IPV4}, length);
}

/* All stages at once, ten entries in a message. */
static struct rig *rig_open(uint64_t capacity)
{
    struct arena *mem = arena_open();
    struct rig *r = arena_take(mem, sizeof *r);

    r->mem = mem;
    r->fib = fib_open(mem);
    r->config = (struct chassis_config){.fib_cef_pps = AT_ONCE,
                                        .eobc_bps = AT_ONCE,
                                        .xdr_header_bytes = 0,
                                        .xdr_entry_bytes = 1,
                                        .xdr_message_bytes = 10,
                                        .fib_download_pps = AT_ONCE,
                                        .fib_download_dfc_pps = AT_ONCE,
                                        .tcam_write_pps = AT_ONCE};
    for (uint32_t e = 0; e < N_ENGINES; e++) {
        fib_add_engine(r->fib, capacity, 10);
    }
    return r;
}

static void rig_begin(struct rig *r)
{
    download_open(&r->download, r->fib, N_ENGINES, false, r->mem);
    download_begin(&r->download, &r->config);
}

/* Entries 1 .. n, shorter prefixes first. */
static void put_all(struct rig *r, uint32_t n, int64_t now_ps)
{
    for (uint32_t i = 1; i <= n; i++) {
        uint32_t id = fib_find(r->fib, prefix(i, i <= n / 2 ? 24 : 28));
        if (id == LPM_NONE) {
            id = fib_add_prefix(r->fib, prefix(i, i <= n / 2 ? 24 : 28), FIB_ADJACENCY_RECEIVE);
        }
        download_put(&r->download, IPV4, id, FIB_ADJACENCY_RECEIVE, now_ps);
    }
    download_flush(&r->download, true);
}

static bool holds(const struct rig *r, uint32_t engine, uint32_t id)
{
    return r->fib->engines[engine].adjacency[IPV4][id] == FIB_ADJACENCY_RECEIVE;
}

/* Entry id is there at at_ps, or a little later, and not before. */
static void expect_at(struct rig *r, uint32_t engine, uint32_t id, int64_t at_ps)
{
    download_follow(&r->download, engine, at_ps - 1);
    assert_false(holds(r, engine, id));
    download_follow(&r->download, engine, at_ps + SLACK_PS);
    assert_true(holds(r, engine, id));
}

static void a_slow_cef_makes_one_after_the_other(void **state)
{
    (void)state;
    struct rig *r = rig_open(N);

    r->config.fib_cef_pps = 1000000;
    r->config.xdr_message_bytes = 1;
    rig_begin(r);
    put_all(r, N, 7 * US_PS);
    for (uint32_t id = 1; id <= N; id++) {
        expect_at(r, id % N_ENGINES, id, (7 + id) * US_PS);
    }
    arena_close(r->mem);
}

/* A message leaves when its last entry has been made; the last one is not full. */
static void a_message_waits_for_its_last_entry(void **state)
{
    (void)state;
    struct rig *r = rig_open(N);

    r->config.fib_cef_pps = 1000000;
    rig_begin(r);
    put_all(r, N - 3, 0);
    for (uint32_t id = 1; id <= N - 3; id++) {
        uint32_t last = (id + 9) / 10 * 10;
        download_follow(&r->download, 1, (last < N - 3 ? last : N - 3) * US_PS + SLACK_PS);
        assert_true(holds(r, 1, id));
        assert_false(id % 10 == 1 && id + 10 <= N - 3 && holds(r, 1, id + 10));
    }
    assert_in_range(r->download.engines[1].full_ps, (N - 3) * US_PS, (N - 3) * US_PS + SLACK_PS);
    arena_close(r->mem);
}

/* Copies cross one after the other: with a microsecond each, copy e of message m (from 0) has crossed
 * after 3 m + e + 1 microseconds. */
static void the_eobc_is_shared_by_all_copies(void **state)
{
    (void)state;
    struct rig *r = rig_open(N);

    r->config.xdr_header_bytes = 15;
    r->config.xdr_message_bytes = 25;
    r->config.eobc_bps = 8 * 25 * 1000000;
    rig_begin(r);
    put_all(r, N, 0);
    for (uint32_t m = 0; m < N / 10; m++) {
        for (uint32_t e = 0; e < N_ENGINES; e++) {
            expect_at(r, e, 10 * m + 1, (N_ENGINES * m + e + 1) * US_PS);
            assert_true(holds(r, e, 10 * m + 10));
        }
    }
    arena_close(r->mem);
}

static void each_cpu_has_its_own_pace(void **state)
{
    (void)state;
    struct rig *r = rig_open(N);

    r->config.fib_download_pps = 1000000;
    r->config.fib_download_dfc_pps = 3000000; /* no drift: the last one after 33.333 us */
    rig_begin(r);
    put_all(r, N, 0);
    for (uint32_t id = 1; id <= N; id++) {
        expect_at(r, 0, id, id * US_PS);
        expect_at(r, 2, id, id * US_PS / 3);
    }
    arena_close(r->mem);
}

static void a_tcam_may_be_slower_than_its_cpu(void **state)
{
    (void)state;
    struct rig *r = rig_open(N);

    r->config.fib_download_pps = 2000000;
    r->config.tcam_write_pps = 1000000;
    rig_begin(r);
    put_all(r, N, 0);
    for (uint32_t id = 1; id <= N; id++) {
        expect_at(r, 0, id, US_PS / 2 + id * US_PS);
    }
    arena_close(r->mem);
}

static const struct download_line *find_line(const struct rig *r, uint32_t engine,
                                             enum download_news news)
{
    const struct download_line *found = NULL;

    for (uint32_t i = 0; i < r->download.n_log; i++) {
        const struct download_line *line = &r->download.log[i];
        if (line->engine == engine && line->news == news) {
            assert_null(found);
            found = line;
        }
    }
    return found;
}

/* Room for 80 of 100: 95 % are 76, and the 81st does not fit. */
static void check_console(enum fib_exception how, int64_t exception_us)
{
    struct rig *r = rig_open(80);

    r->fib->refuses = how == FIB_REFUSE;
    r->config.fib_download_pps = r->config.fib_download_dfc_pps = 1000000;
    rig_begin(r);
    put_all(r, N, 0);
    put_all(r, N, 0); /* said once */
    download_settle(&r->download, SECOND_PS);
    download_sort_log(&r->download);
    assert_int_equal(r->download.n_log, 1 + N_ENGINES);
    assert_in_range(find_line(r, 0, NEWS_THRESHOLD)->at_ps, 76 * US_PS, 76 * US_PS + SLACK_PS);
    assert_null(find_line(r, 1, NEWS_THRESHOLD));
    for (uint32_t e = 0; e < N_ENGINES; e++) {
        assert_in_range(find_line(r, e, NEWS_EXCEPTION)->at_ps, exception_us * US_PS,
                        exception_us * US_PS + SLACK_PS);
        assert_int_equal(r->fib->engines[e].n_entries[IPV4], 80);
        assert_int_equal(holds(r, e, 80), true);
        assert_int_equal(holds(r, e, 81), how == FIB_EVICT); /* a /28; the last /24s go for it */
        assert_int_equal(holds(r, e, 50), how == FIB_REFUSE);
    }
    arena_close(r->mem);
}

static void the_console_tells_when(void **state)
{
    (void)state;
    check_console(FIB_EVICT, 81);
    check_console(FIB_REFUSE, 81);
}

static void messages_are_those_of_ios(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct download_line line = {.partition = FIB_IPV4, .news = NEWS_THRESHOLD};

    assert_string_equal(download_message_text(&line, 0, mem),
                        "%MLSCEF-SP-4-FIB_EXCEPTION_THRESHOLD: Hardware CEF entry usage is at 95% "
                        "capacity for IPv4 unicast protocol");
    line.partition = FIB_MPLS;
    assert_non_null(strstr(download_message_text(&line, 0, mem), "95% capacity for MPLS protocol"));
    line.news = NEWS_EXCEPTION;
    assert_string_equal(download_message_text(&line, 0, mem),
                        "%MLSCEF-SP-7-FIB_EXCEPTION: FIB TCAM exception, Some entries will be "
                        "software switched");
    assert_string_equal(download_message_text(&line, 3, mem),
                        "%MLSCEF-DFC3-7-FIB_EXCEPTION: FIB TCAM exception, Some entries will be "
                        "software switched");
    arena_close(mem);
}

/* Half-way through: what waits is not written; all comes again from then on, into a TCAM of another
 * size; a prefix that was withdrawn and waited leaves the tree. */
static void a_reload_begins_anew(void **state)
{
    (void)state;
    const uint64_t larger[FIB_N_PARTITIONS] = {N, 10};
    struct rig *r = rig_open(40);

    r->config.fib_download_pps = r->config.fib_download_dfc_pps = 1000000;
    rig_begin(r);
    put_all(r, N, 0);
    r->fib->resolved[IPV4][N] = FIB_ADJACENCY_NONE;
    download_put(&r->download, IPV4, N, FIB_ADJACENCY_NONE, 0);
    download_flush(&r->download, false);
    download_settle(&r->download, 60 * US_PS + SLACK_PS);
    assert_int_equal(download_waiting(&r->download, 2), N + 1 - 60);
    assert_true(r->fib->engines[2].exception[IPV4]);
    download_reload(&r->download, larger);
    assert_int_equal(fib_find(r->fib, prefix(N, 28)), LPM_NONE);
    assert_int_equal(r->download.engines[2].next_ps, SIM_NEVER);
    assert_int_equal(r->fib->engines[2].n_entries[IPV4], 0);
    assert_false(r->fib->engines[2].exception[IPV4]);
    put_all(r, N - 1, 61 * US_PS);
    for (uint32_t e = 0; e < N_ENGINES; e++) {
        download_follow(&r->download, e, SECOND_PS);
        assert_int_equal(r->fib->engines[e].n_entries[IPV4], N - 1);
        assert_false(r->fib->engines[e].exception[IPV4]);
        assert_in_range(r->download.engines[e].full_ps, (61 + N - 1) * US_PS,
                        (61 + N - 1) * US_PS + SLACK_PS);
    }
    arena_close(r->mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_cef_makes_one_after_the_other),
        cmocka_unit_test(a_message_waits_for_its_last_entry),
        cmocka_unit_test(the_eobc_is_shared_by_all_copies),
        cmocka_unit_test(each_cpu_has_its_own_pace),
        cmocka_unit_test(a_tcam_may_be_slower_than_its_cpu),
        cmocka_unit_test(the_console_tells_when),
        cmocka_unit_test(messages_are_those_of_ios),
        cmocka_unit_test(a_reload_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
