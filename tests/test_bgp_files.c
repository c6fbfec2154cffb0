/* test_bgp_files.c - scenarios with MRT files: a table, updates on the simulated clock, peers that go;
 * an hour of real updates ends where a plain list ends; what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/control.h"
#include "scenarios/bgp_files.h"
#include "sim/scheduler.h"
#include "tests/scenario_files.h"
#include "tests/shared_data.h"
#include "tests/wire.h"

#define US_PS 1000000
#define MS_PS (1000 * (int64_t)US_PS)
#define TABLE "table.mrt" /* in a folder of its own */
#define UPDATES "updates.mrt"

static char folder[] = "/tmp/test_bgp_files.XXXXXX";

static void write_wire(const char *path, struct wire *w)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(w->at, 1, w->n, f), w->n);
    assert_int_equal(fclose(f), 0);
    wire_free(w);
}

/* ---- files ---- */

static const uint32_t path_of_7[] = {7, 9}, path_of_8[] = {8, 3, 9};

/* Peers 10.0.0.7 of AS 7 and 10.0.0.8 of AS 8. */
static void peers(struct wire *w)
{
    size_t place = wire_open_mrt(w, 1, 13, 1);
    wire_32(w, 1);
    wire_16(w, 0);
    wire_16(w, 2);
    for (unsigned as = 7; as <= 8; as++) {
        wire_8(w, 2);
        wire_32(w, as);
        wire_32(w, 10u << 24 | as);
        wire_32(w, as);
    }
    wire_close_mrt(w, place);
}

/* A prefix as both peers have it, each with a next hop of its own. */
static void route(struct wire *w, const char *prefix)
{
    size_t place = wire_open_mrt(w, 1, 13, 2);
    struct ip_prefix p = wire_net(prefix);
    wire_32(w, 0);
    wire_prefix(w, &p);
    wire_16(w, 2);
    for (unsigned peer = 0; peer < 2; peer++) {
        struct wire a = {0};
        struct ip_address hop = wire_host(peer == 0 ? "100.64.0.7" : "100.64.0.8");
        wire_usual(&a, true, peer == 0 ? path_of_7 : path_of_8, peer + 2, &hop);
        wire_16(w, peer);
        wire_32(w, 0);
        wire_16(w, (unsigned)a.n);
        wire_bytes(w, a.at, a.n);
        wire_free(&a);
    }
    wire_close_mrt(w, place);
}

static size_t open_session(struct wire *w, uint32_t seconds, unsigned subtype, unsigned as)
{
    size_t place = wire_open_mrt(w, seconds, 16, subtype);
    wire_32(w, as);
    wire_32(w, 65000);
    wire_16(w, 0);
    wire_16(w, 1);
    wire_32(w, 10u << 24 | as);
    wire_32(w, 10u << 24 | 1);
    return place;
}

static void update(struct wire *w, uint32_t seconds, unsigned as, const struct ip_prefix *prefix,
                   const char *hop)
{
    struct wire nlri = {0}, a = {0};
    size_t place = open_session(w, seconds, 4, as);
    wire_prefix(&nlri, prefix);
    if (hop != NULL) {
        struct ip_address address = wire_host(hop);
        wire_usual(&a, true, (const uint32_t[]){as, 9}, 2, &address);
    }
    wire_update(w, hop == NULL ? &nlri : NULL, &a, hop == NULL ? NULL : &nlri);
    wire_close_mrt(w, place);
    wire_free(&nlri);
    wire_free(&a);
}

static void state(struct wire *w, uint32_t seconds, unsigned as, unsigned before, unsigned after)
{
    size_t place = open_session(w, seconds, 5, as);
    wire_16(w, before);
    wire_16(w, after);
    wire_close_mrt(w, place);
}

static void write_files(void)
{
    struct wire w = {0};
    const struct ip_prefix p = wire_net("20.0.0.0/16"), q = wire_net("30.0.0.0/16");
    peers(&w);
    route(&w, "20.0.0.0/16");
    route(&w, "20.0.0.0/24");
    write_wire(TABLE, &w);
    update(&w, 1000, 7, &p, NULL);         /* the best path goes */
    update(&w, 1001, 7, &q, "100.64.0.7"); /* a new prefix */
    state(&w, 1002, 8, 6, 1);              /* a peer goes */
    state(&w, 1002, 8, 1, 2);
    update(&w, 1003, 7, &q, NULL);
    write_wire(UPDATES, &w);
}

/* ---- a run ---- */

struct run {
    struct scenario s;
    struct bgp_feed feed;
    struct control control;
    struct scheduler *scheduler;
};

static void open_run(struct run *run, const char *const *set)
{
    struct error err = {0};
    load_with(&run->s, base, set);
    if (!scenario_load_bgp(&run->s, mem, &run->feed, &err)) {
        fail_msg("%s", err.text);
    }
    run->s.config.bgp = &run->feed;
    run->s.config.fib_download_pps = 1000000000;
    const struct scheduler_config config = {.window_ps = MS_PS, .until_ps = 1000 * MS_PS};
    run->scheduler = scheduler_open(&config, mem);
    control_open(&run->control, &run->s.config, mem);
    control_start(&run->control, run->scheduler);
}

/* The next hop's last byte of what an engine does with a prefix; 0: it has none. */
static unsigned held(const struct run *run, const char *prefix)
{
    const struct fib *fib = run->control.fib;
    uint32_t id = fib_find(fib, wire_net(prefix));
    uint32_t adjacency = fib->engines[0].adjacency[IPV4][id];
    return id == LPM_NONE ? 0 : fib->adjacencies[adjacency].next_hop.hi >> 32 & 0xff;
}

#define PLAIN "routes.synthetic=", "routes.file="
#define MRT PLAIN, "routes.mrt=" TABLE, "routes.updates.file=" UPDATES

static const struct {
    int64_t at_ps;
    unsigned wide, narrow, new;
} moments[] = {{9999 * MS_PS / 1000, 7, 7, 0},
               {11 * MS_PS, 8, 7, 0},
               {111 * MS_PS, 8, 7, 7},
               {211 * MS_PS, 0, 7, 7},
               {311 * MS_PS, 0, 7, 0}};

struct look {
    struct run *run;
    size_t n;
};

static void look(void *context, int64_t now_ps)
{
    struct look *l = context;
    assert_int_equal(now_ps, moments[l->n].at_ps);
    control_settle(&l->run->control, now_ps);
    assert_int_equal(held(l->run, "20.0.0.0/16"), moments[l->n].wide);
    assert_int_equal(held(l->run, "20.0.0.0/24"), moments[l->n].narrow);
    assert_int_equal(held(l->run, "30.0.0.0/16"), moments[l->n].new);
    l->n++;
}

struct fall {
    struct run *run;
    size_t n_gone;
};

/* From 10 ms on, a second of the file in 100 ms. */
static void test_replay(void **unused)
{
    (void)unused;
    struct run run;
    write_files();
    open_run(&run, (const char *const[]){MRT, "routes.updates.at=10ms", "routes.updates.speed=10",
                                         "run.duration=1000ms", NULL});
    assert_int_equal(run.feed.n_paths, 4);
    assert_int_equal(run.feed.n_updates, 4);
    assert_int_equal(run.feed.n_peers, 2);
    struct look l = {&run, 0};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        scheduler_at(run.scheduler, moments[i].at_ps, look, &l);
    }
    scheduler_run(run.scheduler, NULL, NULL);
    assert_int_equal(l.n, sizeof moments / sizeof moments[0]);
    control_close(&run.control);
}

/* Only what one peer says; and nothing that would come after the end of the run. */
static void test_chosen(void **unused)
{
    (void)unused;
    struct run run;
    write_files();
    open_run(&run, (const char *const[]){MRT, "routes.bgp.peers=10.0.0.8", NULL});
    assert_int_equal(run.feed.n_peers, 1);
    assert_int_equal(run.feed.n_paths, 2);
    assert_int_equal(run.feed.n_updates, 0); /* its only update is two seconds away */
    assert_int_equal(held(&run, "20.0.0.0/16"), 8);
    control_close(&run.control);
    open_run(&run,
             (const char *const[]){MRT, "routes.bgp.maximum_paths=2", "routes.bgp.as=9", NULL});
    assert_int_equal(held(&run, "20.0.0.0/16"), 0); /* all paths hold its own AS */
    control_close(&run.control);
}

/* A session falls: its peer's paths go, whichever were best, and it is not heard any more. */
static void lose(void *context, int64_t now_ps)
{
    struct run *run = ((struct fall *)context)->run;
    ((struct fall *)context)->n_gone =
        control_withdraw(&run->control, &run->s.config.sessions[0], now_ps);
}

static void test_fall(void **unused)
{
    (void)unused;
    struct run run;
    struct fall fall = {.run = &run};
    write_files();
    open_run(&run,
             (const char *const[]){MRT, "routes.updates.at=10ms", "routes.updates.speed=10",
                                   "run.duration=1000ms",
                                   "bgp=[{neighbour: 10.0.0.7, keepalives: stream 1}]", NULL});
    assert_int_equal(held(&run, "20.0.0.0/16"), 7);
    scheduler_at(run.scheduler, 50 * MS_PS, lose, &fall); /* its path to the /16 is gone by then */
    scheduler_run(run.scheduler, NULL, NULL);
    assert_int_equal(fall.n_gone, 1);
    assert_int_equal(bgp_n_paths(run.control.bgp.bgp), 0); /* the other peer goes later */
    assert_int_equal(held(&run, "20.0.0.0/24"), 0);
    assert_int_equal(held(&run, "30.0.0.0/16"), 0); /* announced after the fall */
    control_close(&run.control);
}

/* ---- real updates ---- */

static int by_prefix(const void *a, const void *b)
{
    const struct shared_line *x = *(const struct shared_line *const *)a,
                             *y = *(const struct shared_line *const *)b;
    int order = ip_prefix_compare(&x->prefix, &y->prefix);
    return order != 0 ? order : x < y ? -1 : x > y;
}

static void check_end(const struct run *run, const struct shared_line *lines, size_t n)
{
    const struct shared_line **sorted = malloc(n * sizeof *sorted);
    size_t n_there = 0;
    assert_non_null(sorted);
    for (size_t i = 0; i < n; i++) {
        sorted[i] = &lines[i];
    }
    qsort(sorted, n, sizeof *sorted, by_prefix);
    for (size_t i = 0; i < n; i++) { /* the last one about each prefix counts */
        if (i + 1 == n || ip_prefix_compare(&sorted[i]->prefix, &sorted[i + 1]->prefix) != 0) {
            uint32_t id = fib_find(run->control.fib, sorted[i]->prefix);
            assert_true((id == LPM_NONE) == sorted[i]->withdraw);
            assert_true(id == LPM_NONE ||
                        run->control.fib->engines[0].adjacency[IPV4][id] != FIB_ADJACENCY_NONE);
            n_there += !sorted[i]->withdraw;
        }
    }
    assert_int_equal(bgp_n_prefixes(run->control.bgp.bgp, IPV4), n_there);
    free(sorted);
}

static void test_real(void **unused)
{
    (void)unused;
    size_t n;
    struct shared_line *lines = shared_lines(SHARED_UPDATES, &n);
    struct wire w = {0};
    struct run run;
    for (size_t i = 0; lines != NULL && i < n; i++) {
        update(&w, (uint32_t)(1000 + i / 10), 7, &lines[i].prefix,
               lines[i].withdraw ? NULL : "100.64.0.7");
    }
    if (lines == NULL) {
        return;
    }
    write_wire(UPDATES, &w);
    open_run(&run,
             (const char *const[]){PLAIN, "routes.updates.file=" UPDATES,
                                   "routes.updates.speed=10000", "run.duration=1000ms", NULL});
    assert_int_equal(run.feed.n_updates, n);
    scheduler_run(run.scheduler, NULL, NULL);
    control_settle(&run.control, 1000 * MS_PS);
    check_end(&run, lines, n);
    control_close(&run.control);
    free(lines);
}

/* ---- words ---- */

static void test_round_trip(void **unused)
{
    (void)unused;
    struct scenario s;
    write_files();
    load(&s, base, PLAIN, arena_printf(mem, "routes.mrt=%s/" TABLE, folder),
         arena_printf(mem, "routes.updates.file=%s/" UPDATES, folder), "routes.updates.at=5us",
         "routes.updates.speed=7", "routes.bgp.as=65000",
         "routes.bgp.peers='10.0.0.7, 2001:db8::1'", "routes.bgp.maximum_paths=4", NULL);
    assert_int_equal(s.bgp.n_peers, 2);
    assert_int_equal(s.bgp.options.local_as, 65000);
    check_round_trip(&s);
}

static void refuse(const char *const *set, size_t n, const char *words)
{
    const char *text = refusal(base, set, n);
    if (strstr(text, words) == NULL) {
        fail_msg("expected \"%s\" in: %s", words, text);
    }
}

#define REFUSE(words, ...)                                                                         \
    refuse((const char *const[]){__VA_ARGS__}, sizeof(const char *const[]){__VA_ARGS__} / 8, words)

static void refuse_neighbour(void)
{
    struct scenario s;
    struct bgp_feed feed;
    struct error err = {0};
    load_with(
        &s, base,
        (const char *const[]){MRT, "bgp=[{neighbour: 10.0.0.9, keepalives: stream 1}]", NULL});
    assert_false(scenario_load_bgp(&s, mem, &feed, &err));
    assert_string_equal(err.text,
                        "--set bgp=[{neighbour: 10.0.0.9, keepalives: stream 1}]: no peer of "
                        "this address says anything in " TABLE "; expected one of those that do\n");
    error_free(&err);
}

static void refuse_files(const char *words)
{
    struct error err = {0};
    struct bgp_feed feed;
    struct bgp_files files = {.table = TABLE, .until_ps = MS_PS, .speed = 1};
    files.options.max_paths = 1;
    assert_false(bgp_files_read(&files, mem, &feed, &err));
    assert_string_equal(err.text, words);
    error_free(&err);
}

static void test_refused(void **unused)
{
    (void)unused;
    write_files();
    REFUSE("cannot be read: No such file", PLAIN, "routes.mrt=nowhere");
    REFUSE("besides synthetic or file", "routes.file=", "routes.synthetic={ipv4: 9}",
           "routes.mrt=" TABLE);
    REFUSE("maximum_paths", PLAIN, "routes.mrt=" TABLE, "routes.bgp.maximum_paths=9");
    REFUSE("'x' is no address", PLAIN, "routes.mrt=" TABLE, "routes.bgp.peers=x");
    REFUSE("speed", PLAIN, "routes.updates={file: " UPDATES ", speed: 0}");
    REFUSE("prefixes: does not go with routes.mrt and routes.updates; expected none", MRT,
           "bgp=[{neighbour: 10.0.0.7, keepalives: stream 1, prefixes: 8.0.0.0/8}]");
    refuse_neighbour();
    REFUSE("file", PLAIN, "routes.updates={speed: 1}");

    struct wire w = {0};
    update(&w, 1, 7, &(struct ip_prefix){0}, NULL);
    write_wire(TABLE, &w);
    refuse_files(TABLE ": record 1 at byte 0: a message of a session; expected a table "
                       "(TABLE_DUMP, TABLE_DUMP_V2)\n");
    peers(&w);
    size_t place = wire_open_mrt(&w, 1, 13, 2);
    wire_bytes(&w, "\0\0\0\0\10\12\0\1\0\0\0\0\0\0\0\4\x40\1\1\3", 20);
    wire_close_mrt(&w, place);
    write_wire(TABLE, &w);
    refuse_files(TABLE ": record 2 at byte 46: malformed path attributes; a BGP session would "
                       "answer with NOTIFICATION 3/6\n");
}

static int enter(void **state_)
{
    int failed = mkdtemp(folder) == NULL || set_up(state_) != 0 || chdir(folder) != 0 ||
                 rename(base, "base.yaml") != 0;
    base = "base.yaml"; /* beside what it names */
    return failed;
}

static int leave(void **state_)
{
    unlink(TABLE);
    unlink(UPDATES);
    return tear_down(state_) != 0 || chdir("/") != 0 || rmdir(folder) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay),     cmocka_unit_test(test_chosen),
        cmocka_unit_test(test_fall),       cmocka_unit_test(test_real),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, enter, leave);
}
