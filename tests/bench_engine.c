/* bench_engine.c - what a packet costs, beside the plain event-by-event simulator of the tests.
 *
 *   bench_engine [--json]      a figure a line; with --json an object a line
 *
 * The demo's distributed run and variants of it, each in a process of its own, in turns; processor
 * time of the run alone (the table and the FIBs are built before), medians. Run from the root.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "models/bgp_feed.h"
#include "models/chassis.h"
#include "models/fib.h"
#include "models/packet.h"
#include "scenarios/scenario.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/histogram.h"
#include "sim/rng.h"
#include "sim/scheduler.h"
#include "tests/reference.h"

#define ROUNDS 5
#define SCENARIO "scenarios/distributed.yaml"
#define MOST_OVERRIDES 8

/* ---- what is run ------------------------------------------------------------------------- */

enum run {
    MESH,
    IMIX,
    SPREAD,
    FEW_PREFIXES,
    MANY_PREFIXES,
    ONE_CARD,
    ALL_CARDS,
    FULL,
    SHORT,
    LONG,
    CHURN,
    N_RUNS,
    AGAINST_REFERENCE = N_RUNS,
    COUNTED,
    COUNTED_FEATURES,
    N_VARIANTS
};

/* Variants of the scenario; what is empty is as in the file. */
static const struct variant {
    const char *overrides[MOST_OVERRIDES];
    uint32_t n_cards; /* 0: as in the file */
    uint32_t churn;   /* updates of BGP per second */
} variants[N_VARIANTS] = {
    [MESH] = {{"run.warmup=2ms", "run.duration=78ms"}, 0, 0},
    [IMIX] = {{"run.warmup=5ms", "run.duration=195ms", "traffic[0].frames=imix"}, 0, 0},
    [SPREAD] = {{"run.warmup=2ms", "run.duration=78ms", "routes.synthetic.ipv4=1000000",
                 "routes.maximum_routes.ip=992", "traffic[0].flows=1000000"},
                0,
                0},
    [FEW_PREFIXES] = {{"run.warmup=2ms", "run.duration=18ms", "routes.synthetic.ipv4=10000",
                       "routes.maximum_routes.ip=992"},
                      0,
                      0},
    [MANY_PREFIXES] = {{"run.warmup=2ms", "run.duration=18ms", "routes.synthetic.ipv4=1000000",
                        "routes.maximum_routes.ip=992"},
                       0,
                       0},
    [ONE_CARD] = {{"run.warmup=2ms", "run.duration=48ms"}, 1, 0},
    [ALL_CARDS] = {{"run.warmup=2ms", "run.duration=8ms"}, 8, 0},
    [FULL] = {{"run.warmup=0ms", "run.duration=1ms", "routes.synthetic.ipv4=1000000",
               "routes.maximum_routes.ip=992"},
              8,
              0},
    [SHORT] = {{"run.warmup=0ms", "run.duration=1ms", "traffic[0].rate=10%"}, 0, 0},
    [LONG] = {{"run.warmup=0ms", "run.duration=1s", "traffic[0].rate=10%"}, 0, 0},
    [CHURN] = {{"run.warmup=2ms", "run.duration=78ms"}, 0, 20000}, /* as many as the SP writes */
    [AGAINST_REFERENCE] = {{"run.warmup=0ms", "run.duration=1ms"}, 0, 0},
    [COUNTED] = {{"run.warmup=0ms", "run.duration=1ms", "routes.synthetic.ipv4=10000"}, 0, 0},
    [COUNTED_FEATURES] = {{"run.warmup=0ms", "run.duration=1ms", "routes.synthetic.ipv4=10000",
                           "netflow.flow_mask=full",
                           "policers=[{name: all, rate: 10Gbps, burst: 1MB, ports: all}]",
                           "acls=[{name: in, synthetic: 1000}, {name: out, synthetic: 1000}]",
                           "interfaces=[{ports: all, access_group_in: in, access_group_out: out}]",
                           "traffic[0].sources=100.64.0.0/10"},
                          0,
                          0},
};

struct cost {
    uint64_t n_packets;
    double run_s, open_s;
    double resident_mb;
};

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(bool good, struct error *err)
{
    if (!good) {
        fprintf(stderr, "%s", err->text);
        exit(2);
    }
}

/* The scenario with so many cards, one after the other and around the supervisor. */
static void plug(struct scenario *s, uint32_t n_cards, struct arena *mem)
{
    struct chassis_config *c = &s->config;
    const struct slot_config *like = &c->slots[0];
    uint32_t n_ports = like->card->n_ports;
    struct slot_config *slots = arena_take_array(mem, n_cards, sizeof *slots);
    struct port_config *ports = arena_take_array(mem, n_cards * n_ports, sizeof *ports);
    uint32_t *all = arena_take_array(mem, n_cards * n_ports, sizeof *all);

    for (uint32_t i = 0, slot = 1; i < n_cards; i++, slot++) {
        slot += slot == c->supervisor_slot;
        slots[i] = *like;
        slots[i].slot = slot;
        slots[i].first_port = i * n_ports;
        for (uint32_t p = 0; p < n_ports; p++) {
            uint64_t subnet = 10ull << 24 | slot << 16 | (p + 1) << 8 | 1;
            ports[i * n_ports + p] = c->ports[p];
            ports[i * n_ports + p].slot = slot;
            ports[i * n_ports + p].address[IPV4].hi = subnet << 32;
            ports[i * n_ports + p].address[IPV6].hi = 0x20010db800000000 | slot << 16 | (p + 1);
            all[i * n_ports + p] = i * n_ports + p;
        }
    }
    c->n_slots = n_cards;
    c->slots = slots;
    c->n_ports = n_cards * n_ports;
    c->ports = ports;
    c->streams[0].ports = c->streams[0].egress = all;
    c->streams[0].n_ports = c->streams[0].n_egress = c->n_ports;
}

/* A peer that announces a prefix of the table by another next hop, and withdraws it again. */
static void stir(struct chassis_config *c, const struct route_table *t, uint32_t rate,
                 struct arena *mem)
{
    const struct bgp_attributes nothing_special = {0};
    struct bgp_feed *feed = arena_take(mem, sizeof *feed);
    struct rng rng = rng_open(1, "bench", "churn");
    int64_t gap_ps = 1000000000000 / rate;

    feed->store = bgp_store_open(mem);
    feed->options = (struct bgp_options){.local_as = 65000, .max_paths = 1};
    feed->n_peers = 1;
    feed->peers = arena_take_array(mem, 1, sizeof *feed->peers);
    *feed->peers = (struct bgp_peer){.as = 65001, .id = 1};
    feed->n_updates = (size_t)((c->warmup_ps + c->duration_ps) / gap_ps);
    feed->updates = arena_take_array(mem, feed->n_updates, sizeof *feed->updates);
    for (size_t i = 0; i < feed->n_updates; i++) {
        struct rng_draw draw = rng_at(&rng, i / 2);
        struct ip_prefix prefix = t->routes[rng_below(draw.a, t->n_routes)].prefix;
        struct ip_address hop = t->next_hops[rng_below(draw.b, t->n_next_hops)];
        feed->updates[i] = (struct bgp_feed_update){
            (int64_t)i * gap_ps,
            {.hi = prefix.hi,
             .lo = prefix.lo,
             .family = prefix.family,
             .length = prefix.length,
             .set = i % 2 == 0 ? bgp_store_take(feed->store, &nothing_special, hop) : 0}};
    }
    c->bgp = feed;
}

static struct chassis_config *load(const struct variant *v, struct arena *mem)
{
    struct scenario *s = arena_take(mem, sizeof *s);
    struct route_table *table = arena_take(mem, sizeof *table);
    struct error err = {0};
    size_t n = 0;

    while (n < MOST_OVERRIDES && v->overrides[n] != NULL) {
        n++;
    }
    must(scenario_load(SCENARIO, v->overrides, n, mem, s, &err), &err);
    must(scenario_load_routes(s, mem, table, &err), &err);
    s->config.table = table;
    if (v->n_cards > 0) {
        plug(s, v->n_cards, mem);
    }
    if (v->churn > 0) {
        stir(&s->config, table, v->churn, mem);
    }
    return &s->config;
}

static struct cost run(const struct variant *v)
{
    struct arena *mem = arena_open();
    struct error err = {0};
    struct cost o;
    double before_s = now_s();
    struct chassis *c = chassis_open(load(v, mem), NULL, mem, &err);

    must(c != NULL, &err);
    o.open_s = now_s() - before_s;
    before_s = now_s();
    chassis_run(c, NULL, NULL);
    o.run_s = now_s() - before_s;
    must(chassis_conserved(c, &err), &err);
    o.n_packets = scheduler_counts(chassis_scheduler(c)).n_created;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    o.resident_mb = (double)usage.ru_maxrss / 1024;
    chassis_close(c);
    arena_close(mem);
    return o;
}

/* In a process of its own, so that its memory is its own. */
static struct cost run_apart(const struct variant *v)
{
    struct cost o;
    int ends[2], status = 1;
    pid_t child = pipe(ends) == 0 ? fork() : -1;

    if (child == 0) {
        o = run(v);
        _exit(write(ends[1], &o, sizeof o) == sizeof o ? 0 : 1);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &o, sizeof o) != sizeof o ||
        waitpid(child, &status, 0) != child || status != 0) {
        fprintf(stderr, "bench_engine: a run did not end well\n");
        exit(1);
    }
    close(ends[0]);
    return o;
}

/* ---- the reference ----------------------------------------------------------------------- */

/* A plain binary trie: what one would write first. */
struct trie {
    struct trie_node {
        uint32_t next[2];
        struct answer answer; /* MISS: none here */
    } * nodes;
    uint32_t n, room;
};

static uint32_t trie_node(struct trie *t)
{
    if (t->n == t->room) {
        t->room = 2 * t->room + 1024;
        t->nodes = realloc(t->nodes, t->room * sizeof *t->nodes);
    }
    t->nodes[t->n] = (struct trie_node){0};
    return t->n++;
}

static void trie_fill(struct trie *t, const struct fib *fib)
{
    static const enum outcome outcomes[] = {
        [ADJACENCY_NONE] = MISS,   [ADJACENCY_FORWARD] = FORWARD, [ADJACENCY_RECEIVE] = RECEIVE,
        [ADJACENCY_GLEAN] = GLEAN, [ADJACENCY_DROP] = DISCARD,    [ADJACENCY_PUNT] = PUNT};

    trie_node(t);
    for (uint32_t id = 1; id < fib->n_ids[IPV4]; id++) {
        const struct ip_prefix *p = &fib->prefixes[IPV4][id];
        const struct adjacency *a = &fib->adjacencies[fib->resolved[IPV4][id]];
        uint32_t at = 0;
        for (unsigned bit = 0; bit < p->length; bit++) {
            unsigned side = p->hi >> (63 - bit) & 1;
            if (t->nodes[at].next[side] == 0) {
                uint32_t node = trie_node(t);
                t->nodes[at].next[side] = node;
            }
            at = t->nodes[at].next[side];
        }
        t->nodes[at].answer = (struct answer){outcomes[a->kind], a->port, a->next_hop};
    }
}

static struct answer trie_ask(const struct trie *t, struct ip_address to)
{
    struct answer best = t->nodes[0].answer;
    uint32_t at = 0;

    for (unsigned bit = 0; bit < 32; bit++) {
        at = t->nodes[at].next[to.hi >> (63 - bit) & 1];
        if (at == 0) {
            break;
        }
        best = t->nodes[at].answer.outcome != MISS ? t->nodes[at].answer : best;
    }
    return best;
}

struct tally {
    struct trie trie;
    uint64_t n_steps[3];
    struct histogram latency_ps;
};

static void count_step(void *context, size_t packet, const struct step *step)
{
    (void)packet;
    ((struct tally *)context)->n_steps[step->kind]++;
}

static void record_latency(void *context, size_t packet, int64_t latency_ps)
{
    (void)packet;
    histogram_record(&((struct tally *)context)->latency_ps, (uint64_t)latency_ps);
}

static struct answer ask(void *context, struct ip_address to)
{
    return trie_ask(&((struct tally *)context)->trie, to);
}

/* Every packet of a run, as the reference takes them. */
struct recorder {
    const struct chassis *chassis;
    struct reference_packet *packets;
    size_t n, room;
};

static void record(void *context, const struct tap_event *event)
{
    struct recorder *r = context;
    const struct packet *p = &chassis_packets(r->chassis)->base[event->packet];

    if (event->kind != TAP_CREATE) {
        return;
    }
    if (r->n == r->room) {
        r->room = 2 * r->room + 1024;
        r->packets = realloc(r->packets, r->room * sizeof *r->packets);
    }
    r->packets[r->n++] = (struct reference_packet){.name = p->name,
                                                   .ready_ps = event->ready_ps,
                                                   .bytes = p->head.bytes,
                                                   .ingress = p->head.ingress,
                                                   .flow.to = {(uint64_t)p->dst4 << 32, 0, IPV4}};
}

static int compare_packets(const void *left, const void *right)
{
    const struct reference_packet *a = left, *b = right;

    return a->ready_ps != b->ready_ps ? (a->ready_ps < b->ready_ps ? -1 : 1)
                                      : a->ingress - b->ingress;
}

/* Runs the scenario; gives processor time, and how many packets were dropped. */
static double run_once(const struct chassis_config *config, const struct tap *tap,
                       struct recorder *r, struct trie *trie, uint64_t *n_dropped)
{
    struct arena *mem = arena_open();
    struct error err = {0};
    struct chassis *c = chassis_open(config, tap, mem, &err);

    must(c != NULL, &err);
    r->chassis = c;
    double before_s = now_s();
    chassis_run(c, NULL, NULL);
    double run_s = now_s() - before_s;
    *n_dropped = scheduler_counts(chassis_scheduler(c)).n_dropped;
    if (trie != NULL) {
        trie_fill(trie, chassis_fib(c));
    }
    chassis_close(c);
    arena_close(mem);
    return run_s;
}

/* The reference on the same packets, as often. */
static double run_reference(const struct chassis_config *config, const struct recorder *r,
                            struct tally *tally)
{
    struct reference_hooks hooks = {count_step, record_latency, ask, tally};
    struct chassis_config without_feed = *config; /* the trie has it */
    double before_s = now_s();

    without_feed.table = NULL;
    memset(tally->n_steps, 0, sizeof tally->n_steps);
    reference_run(&without_feed, r->packets, r->n, &hooks);
    return now_s() - before_s;
}

/* ---- figures ----------------------------------------------------------------------------- */

static bool as_json;

/* beside: what the value is measured against, 0: nothing. */
static void print_figure(const char *name, double value, const char *unit, const char *what,
                         double beside)
{
    if (as_json) {
        printf("{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"%s\"", name, value, unit);
        if (beside > 0) {
            printf(", \"%s\": %.3f", what, beside);
        }
        printf("}\n");
    } else {
        printf("%-56s %9.2f %-10s", name, value, unit);
        if (beside > 0) {
            printf(" %s %.2f", what, beside);
        }
        printf("\n");
    }
}

static int compare_doubles(const void *left, const void *right)
{
    const double *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return values[n / 2];
}

static void bench_runs(void)
{
    double ns[N_RUNS][ROUNDS], cost[N_RUNS];
    struct cost last[N_RUNS];

    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < N_RUNS; i++) {
            last[i] = run_apart(&variants[i]);
            ns[i][round] = last[i].run_s * 1e9 / (double)last[i].n_packets;
        }
    }
    for (int i = 0; i < N_RUNS; i++) {
        cost[i] = median(ns[i], ROUNDS);
    }
    print_figure("64 B, 4,096 flows", 1000 / cost[MESH], "Mpackets/s", "wanted", 20);
    print_figure("IMIX, 4,096 flows", 1000 / cost[IMIX], "Mpackets/s", "wanted", 20);
    print_figure("64 B, 1,000,000 flows to 1,000,000 prefixes", 1000 / cost[SPREAD], "Mpackets/s",
                 "wanted", 12);
    print_figure("cost of 1,000,000 prefixes against 10,000",
                 cost[MANY_PREFIXES] / cost[FEW_PREFIXES], "times", "at most", 1.3);
    print_figure("cost with 8 cards and DFCs against 1", cost[ALL_CARDS] / cost[ONE_CARD], "times",
                 "at most", 1.2);
    print_figure("cost of 1 s of simulated time against 1 ms", cost[LONG] / cost[SHORT], "times",
                 "at most", 1.05);
    print_figure("cost while 20,000 BGP updates/s are replayed", cost[CHURN] / cost[MESH], "times",
                 "at most", 1.3);
    print_figure("memory after 1 s of simulated time", last[LONG].resident_mb, "MB", "after 1 ms",
                 last[SHORT].resident_mb);
    print_figure("memory, 1,000,000 routes in nine engines", last[FULL].resident_mb, "MB",
                 "at most", 400);
    print_figure("routes to FIBs, 1,000,000 in nine engines", last[FULL].open_s, "s", "at most",
                 1.5);
}

static void bench_reference(void)
{
    static struct tally tally;
    struct arena *mem = arena_open();
    const struct chassis_config *config = load(&variants[AGAINST_REFERENCE], mem);
    struct recorder r = {0};
    struct tap tap = {record, &r};
    double ours[ROUNDS], plain[ROUNDS];
    uint64_t n_dropped;

    run_once(config, &tap, &r, &tally.trie, &n_dropped);
    qsort(r.packets, r.n, sizeof *r.packets, compare_packets);
    for (int round = 0; round < ROUNDS; round++) {
        ours[round] = run_once(config, NULL, &r, NULL, &n_dropped);
        plain[round] = run_reference(config, &r, &tally);
    }
    if (tally.n_steps[STEP_DROPPED] != n_dropped) {
        fprintf(stderr, "bench_engine: the reference drops %ju packets, not %ju\n",
                (uintmax_t)tally.n_steps[STEP_DROPPED], (uintmax_t)n_dropped);
        exit(1);
    }
    double n = (double)r.n / 1e6, our_s = median(ours, ROUNDS), plain_s = median(plain, ROUNDS);
    print_figure("64 B, 1 ms", n / our_s, "Mpackets/s", "event by event", n / plain_s);
    print_figure("times the event-by-event simulator", plain_s / our_s, "times", "wanted", 8);
    free(r.packets);
    free(tally.trie.nodes);
    arena_close(mem);
}

/* Instructions per packet of a run alone, counted by callgrind; 0: it is not here. */
static double count_instructions(const char *self, enum run which)
{
    char command[300], line[200];
    double n_instructions = 0, n_packets = 0;

    snprintf(command, sizeof command,
             "valgrind --tool=callgrind --callgrind-out-file=/dev/null "
             "--toggle-collect=chassis_run '%s' --once %d 2>&1",
             self, (int)which);
    FILE *out = system("valgrind --version >/dev/null 2>&1") == 0 ? popen(command, "r") : NULL;
    while (out != NULL && fgets(line, sizeof line, out) != NULL) {
        char *collected = strstr(line, "Collected : ");
        n_instructions = collected != NULL ? strtod(collected + 12, NULL) : n_instructions;
        n_packets = strncmp(line, "packets ", 8) == 0 ? strtod(line + 8, NULL) : n_packets;
    }
    return out == NULL || pclose(out) != 0 || n_packets <= 0 ? 0 : n_instructions / n_packets;
}

static void bench_instructions(const char *self)
{
    double plain = count_instructions(self, COUNTED);
    double features = count_instructions(self, COUNTED_FEATURES);

    if (plain == 0 || features == 0) {
        fprintf(stderr, "no valgrind here: instructions are not counted\n");
        return;
    }
    print_figure("64 B, 4,096 flows", plain, "instr/pkt", "at most", 500);
    print_figure("the same, lists, queues, a policer, NetFlow", features / plain, "times",
                 "at most", 1.8);
}

int main(int n_words, char **words)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (n_words > 2 && strcmp(words[1], "--once") == 0) {
        enum run which = (enum run)strtoul(words[2], NULL, 10);
        printf("packets %ju\n", (uintmax_t)run(&variants[which]).n_packets);
        return 0;
    }
    as_json = n_words > 1 && strcmp(words[1], "--json") == 0;
    bench_reference();
    bench_instructions(words[0]);
    bench_runs();
    return 0;
}
