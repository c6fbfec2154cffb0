/* bench_features.c - what NetFlow and port queues cost a packet, in instructions, by callgrind.
 *
 *   bench_features [--json]      a figure a line; with --json an object a line
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/config.h"
#include "models/netflow.h"
#include "models/packet.h"
#include "models/port_queues.h"
#include "sim/arena.h"
#include "sim/rng.h"

enum { N_PACKETS = 1 << 17, BATCH = 256, N_FLOWS = 30000 };

struct packets_of_bench {
    struct netflow_key keys[N_PACKETS];
    uint32_t bytes[N_PACKETS], flows[N_PACKETS];
    int64_t at_ps[N_PACKETS];
    struct netflow *netflow;
    struct port_queues *queues;
    uint32_t n_ports;
};

/* ---- what is counted: only calls of functions whose names begin with "measured" --------------- */

static __attribute__((noinline)) void measured_account(struct packets_of_bench *p)
{
    for (uint32_t i = 0; i < N_PACKETS; i += BATCH) {
        netflow_account(p->netflow, p->keys + i, p->bytes + i, p->at_ps + i, BATCH, p->flows + i);
    }
}

static __attribute__((noinline)) void measured_account_known(struct packets_of_bench *p)
{
    for (uint32_t i = 0; i < N_PACKETS; i += BATCH) {
        netflow_account_known(p->netflow, p->flows + i, p->bytes + i, p->at_ps + i, BATCH);
    }
}

static __attribute__((noinline)) void measured_queues(struct packets_of_bench *p)
{
    struct port_event event;

    for (uint32_t i = 0; i < N_PACKETS; i++) {
        uint32_t port = p->flows[i] % p->n_ports, class = p->flows[i] / 64 % QUEUE_N_COS;
        port_queues_arrive(p->queues, (struct row){p->at_ps[i], i, load_of(64, 0, false)}, port,
                           class, p->at_ps[i]);
        while (i % BATCH == 0 && port_queues_step(p->queues, p->at_ps[i], &event)) {
        }
    }
}

/* ---- subjects --------------------------------------------------------------------------------- */

static void open_netflow(struct packets_of_bench *p, struct arena *mem)
{
    const struct engine_type pfc3b = {.generation = 3, .letter = 'B', .netflow_entries = 131072};
    struct netflow_config c;

    netflow_config_default(netflow_type_of(&pfc3b), &c);
    p->netflow = netflow_open(&c, mem);
    netflow_account(p->netflow, p->keys, p->bytes, p->at_ps, N_PACKETS, p->flows);
}

/* Ports of 1 Gbps, 1p3q8t, offered 95 % of that. */
static void open_queues(struct packets_of_bench *p, uint32_t n_ports, struct arena *mem)
{
    struct queue_setup *setup = arena_take(mem, sizeof *setup);
    const struct queue_setup **setups = arena_take_array(mem, n_ports, sizeof *setups);

    queue_setup_default((struct queue_structure){1, 3, 8}, setup);
    for (uint32_t i = 0; i < n_ports; i++) {
        setups[i] = setup;
    }
    p->n_ports = n_ports;
    p->queues = port_queues_open(&(struct port_queues_config){.setups = setups,
                                                              .n_ports = n_ports,
                                                              .rate_bps = 1000000000,
                                                              .buffer_bytes = 1200000,
                                                              .name = "bench"},
                                 mem);
    for (uint32_t i = 0; i < N_PACKETS; i++) {
        p->at_ps[i] = (int64_t)i * 672000 * 100 / 95 / n_ports;
    }
}

static void draw_packets(struct packets_of_bench *p)
{
    struct rng rng = rng_open(1, "bench", "packets");

    for (uint32_t i = 0; i < N_PACKETS; i++) {
        struct rng_draw draw = rng_at(&rng, i);
        uint64_t flow = rng_below(draw.a, N_FLOWS);
        p->keys[i] = (struct netflow_key){
            .src_hi = flow << 32, .dst_hi = flow * 0x9e3779b97f4a7c15, .protocol = 17};
        p->bytes[i] = 64;
        p->flows[i] = (uint32_t)draw.b;
        p->at_ps[i] = i;
    }
}

static const struct subject {
    const char *name;
    void (*measure)(struct packets_of_bench *p);
    uint32_t n_ports;
} subjects[] = {
    {"NetFlow: look up and count", measured_account, 0},
    {"NetFlow: count, flow known", measured_account_known, 0},
    {"port queues, 1 port", measured_queues, 1},
    {"port queues, 12 ports", measured_queues, 12},
    {"port queues, 48 ports", measured_queues, 48},
};
#define N_SUBJECTS ((int)(sizeof subjects / sizeof *subjects))

static void run_once(const struct subject *subject)
{
    struct arena *mem = arena_open();
    struct packets_of_bench *p = arena_take(mem, sizeof *p);

    draw_packets(p);
    if (subject->n_ports > 0) {
        open_queues(p, subject->n_ports, mem);
    } else {
        open_netflow(p, mem);
    }
    subject->measure(p);
    arena_close(mem);
}

/* ---- figures ---------------------------------------------------------------------------------- */

static double count_instructions(const char *self, int what)
{
    char command[500], line[200];
    double n = 0;

    snprintf(command, sizeof command,
             "valgrind --tool=callgrind --callgrind-out-file=/dev/null "
             "--toggle-collect='measured*' '%s' --once %d 2>&1",
             self, what);
    FILE *out = popen(command, "r");
    while (out != NULL && fgets(line, sizeof line, out) != NULL) {
        char *collected = strstr(line, "Collected : ");
        n = collected != NULL ? strtod(collected + 12, NULL) : n;
    }
    return out != NULL && pclose(out) == 0 ? n : 0;
}

int main(int n_words, char **words)
{
    bool as_json = n_words > 1 && strcmp(words[1], "--json") == 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (n_words > 2 && strcmp(words[1], "--once") == 0) {
        run_once(&subjects[strtoul(words[2], NULL, 10) % N_SUBJECTS]);
        return 0;
    }
    if (system("valgrind --version >/dev/null 2>&1") != 0) {
        fprintf(stderr, "no valgrind here: instructions are not counted\n");
        return 0;
    }
    for (int what = 0; what < N_SUBJECTS; what++) {
        double n = count_instructions(words[0], what) / N_PACKETS;
        printf(as_json ? "{\"name\": \"%s\", \"value\": %.1f, \"unit\": \"instr/pkt\"}\n"
                       : "%-48s %9.1f instr/pkt\n",
               subjects[what].name, n);
    }
    return 0;
}
