/* bench_bgp.c - what a BGP table costs the router: from a file, by a live session, and a day later;
 * beside BIRD and bgpdump in the same run.
 *
 *   bench_bgp [--json]      one figure a line; with --json an object a line
 *
 * The table is the shared one of 2024, from BIRD (bench_bgp.sh); without either, all is skipped.
 * Times are processor time; figures of rounds their median.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "models/bgp_feed.h"
#include "models/control.h"
#include "scenarios/scenario.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/rng.h"
#include "sim/scheduler.h"
#include "tests/measure.h"
#include "tests/shared_data.h"

#define N_ROUNDS 3
#define N_DAY 1400000u /* updates: a day's, as measured by collectors */
#define DAY_PS (86400 * (int64_t)1000000000000)
#define SECOND_PS ((int64_t)1000000000000)

static bool as_json;
static char folder[] = "/tmp/bench_bgp_XXXXXX";

static void figure(const char *name, double value, const char *unit, const char *what,
                   double beside)
{
    if (as_json) {
        printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", \"%s\": %.3f}\n", name, value,
               unit, what, beside);
    } else {
        printf("%-56s %9.2f %-10s %s %.2f\n", name, value, unit, what, beside);
    }
    fflush(stdout);
}

static void must(bool good, const struct error *err)
{
    if (!good) {
        fprintf(stderr, "%s", err->text);
        exit(1);
    }
}

static double seconds(void)
{
    return (double)now_ns() / 1e9;
}

static double middle(double *v)
{
    for (int i = 0; i < N_ROUNDS; i++) {
        for (int k = 0; k < i; k++) {
            double a = v[k], b = v[i];
            v[k] = a < b ? a : b;
            v[i] = a < b ? b : a;
        }
    }
    return v[N_ROUNDS / 2];
}

/* ---- a live session ---- */

/* Leaves rib.mrt and msfc.yaml in the folder; false when there is no BIRD. */
static bool bench_session(const char *table)
{
    double bird[N_ROUNDS], msfc[N_ROUNDS];
    char command[5000];
    snprintf(command, sizeof command, "BGP_ROUNDS=%d tests/bench_bgp.sh build/cat6k '%s' %s",
             N_ROUNDS, table, folder);
    FILE *f = system("command -v bird >/dev/null") == 0 ? popen(command, "r") : NULL;
    int n = 0;
    while (f != NULL && n < N_ROUNDS && fscanf(f, "%lf %lf", &bird[n], &msfc[n]) == 2) {
        n++;
    }
    while (f != NULL && fgetc(f) != EOF) { /* it has to end by itself */
    }
    if (f == NULL || pclose(f) != 0 || n < N_ROUNDS) {
        printf("skipped: the table by BGP; there is no bird, or it did not do it\n");
        return false;
    }
    double by_bird = middle(bird), by_msfc = middle(msfc);
    figure("BGP: a full table by a live session", by_msfc, "s", "BIRD receives it in", by_bird);
    figure("BGP: the same, against BIRD", by_msfc / by_bird, "times", "aim", 2);
    return true;
}

/* ---- a table from a file ---- */

/* The control plane of a router that has all of rib.mrt, in every engine. */
struct loaded {
    struct arena *mem;
    struct scenario scenario;
    struct bgp_feed feed;
    struct control control;
    struct scheduler *scheduler;
};

static void read_scenario(struct loaded *l)
{
    char path[64], mrt[64];
    const char *overrides[] = {mrt, "routes.bgp.as=65000"};
    struct error err = {0};
    snprintf(path, sizeof path, "%s/msfc.yaml", folder);
    snprintf(mrt, sizeof mrt, "routes.mrt=%s/rib.mrt", folder);
    must(scenario_load(path, overrides, 2, l->mem, &l->scenario, &err), &err);
    must(scenario_load_bgp(&l->scenario, l->mem, &l->feed, &err), &err);
    l->scenario.config.bgp = &l->feed;
}

static void start(struct loaded *l)
{
    const struct scheduler_config times = {.window_ps = SECOND_PS, .until_ps = 2 * DAY_PS};
    l->scheduler = scheduler_open(&times, l->mem);
    control_open(&l->control, &l->scenario.config, l->mem);
    control_start(&l->control, l->scheduler);
}

static void finish(struct loaded *l)
{
    control_close(&l->control);
    arena_close(l->mem);
}

static double by_bgpdump(void)
{
    char command[128];
    struct rusage before, after;
    snprintf(command, sizeof command, "bgpdump -m %s/rib.mrt >/dev/null 2>&1", folder);
    getrusage(RUSAGE_CHILDREN, &before);
    if (system(command) != 0) {
        return 0;
    }
    getrusage(RUSAGE_CHILDREN, &after);
    return (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
           (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1e6 +
           (double)(after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
           (double)(after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1e6;
}

/* Loc-RIB, with all paths, and FIB with the first engine: beyond what paths share. */
static double bytes_per_prefix(const struct control *c)
{
    const struct fib *fib = c->fib;
    size_t bytes = bgp_bytes(c->bgp.bgp) + rib_bytes(c->rib), n = 0;
    for (enum ip_family f = IPV4; f <= IPV6; f++) {
        size_t entry = sizeof *fib->prefixes[f] + sizeof *fib->resolved[f] +
                       sizeof *fib->engines[0].adjacency[f];
        bytes += fib->n_ids[f] * entry + (f == IPV4 ? lpm_bytes(fib->lpm[f]) : 0);
        n += rib_n_prefixes(c->rib, f);
    }
    return (double)bytes / (double)n;
}

static void bench_file(void)
{
    double s[N_ROUNDS], bytes = 0;
    size_t n = 0;
    for (int i = 0; i < N_ROUNDS; i++) {
        struct loaded l = {.mem = arena_open()};
        double before_s = seconds();
        read_scenario(&l);
        start(&l);
        s[i] = seconds() - before_s;
        n = l.feed.n_paths;
        bytes = bytes_per_prefix(&l.control);
        finish(&l);
    }
    double file_s = middle(s), dump_s = by_bgpdump();
    figure("BGP: a table of MRT to RIB and FIB", (double)n / file_s / 1e3, "k records/s", "aim",
           600);
    if (dump_s > 0) {
        figure("BGP: the same, against bgpdump -m", dump_s / file_s, "times as fast",
               "bgpdump, k records/s", (double)n / dump_s / 1e3);
    }
    figure("BGP: Loc-RIB and FIB, beyond shared attributes", bytes, "B/prefix", "aim", 120);
}

/* ---- a day ---- */

/* Of four updates three give a prefix another next hop, and one withdraws it; few prefixes make most
 * of them, as on the Internet. */
static void draw_day(struct loaded *l)
{
    struct rng rng = rng_open(1, "bench", "day");
    struct bgp_feed *feed = &l->feed;
    feed->n_updates = N_DAY;
    feed->updates = arena_take_array(l->mem, N_DAY, sizeof *feed->updates);
    for (size_t i = 0; i < N_DAY; i++) {
        struct rng_draw draw = rng_at(&rng, i);
        size_t all = rng_below(draw.a, 10) == 0 ? feed->n_paths : feed->n_paths / 50;
        struct bgp_feed_path path = feed->paths[rng_below(draw.a >> 8, all) * 49 % feed->n_paths];
        path.set = draw.b % 4 == 0 ? 0 : feed->paths[rng_below(draw.b >> 8, feed->n_paths)].set;
        feed->updates[i] = (struct bgp_feed_update){(int64_t)i * (DAY_PS / N_DAY), path};
    }
}

static void bench_day(void)
{
    struct loaded l = {.mem = arena_open()};
    read_scenario(&l);
    draw_day(&l);
    start(&l);
    double before_s = seconds();
    scheduler_run(l.scheduler, NULL, NULL);
    control_settle(&l.control, 2 * DAY_PS);
    double day_s = seconds() - before_s;
    const struct download *d = &l.control.download;
    if (l.control.n_updates != N_DAY || d->n_done != d->n_queued || d->n_queued < N_DAY / 2) {
        fprintf(stderr, "bench_bgp: the day did not end well\n");
        exit(1);
    }
    figure("BGP: a day of 1,400,000 updates, all engines following", day_s, "s", "aim", 5);
    finish(&l);
}

int main(int argc, char **argv)
{
    char table[4096], command[64];
    as_json = argc > 1 && strcmp(argv[1], "--json") == 0;
    if (!shared_path(SHARED_IPV4, table, sizeof table) || mkdtemp(folder) == NULL) {
        return 0;
    }
    if (bench_session(table)) {
        bench_file();
        bench_day();
    }
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : 1;
}
