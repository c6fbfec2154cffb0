/* test_streams.c - what becomes of each stream, against a listener that looks at every packet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "models/chassis.h"
#include "models/flows.h"
#include "models/packet.h"
#include "models/streams.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/histogram.h"
#include "sim/report.h"
#include "sim/scheduler.h"
#include "tests/random_chassis.h"

#define N_SCENARIOS 60
#define MOST_STREAMS 8
#define MOST_KINDS 16

/* Measured. */
struct expected {
    int64_t offered, delivered, dropped, offered_bytes, delivered_bytes;
    int64_t drops[MOST_KINDS][STREAMS_MAX_REASONS];
};

struct listener {
    struct tap tap;
    struct chassis *chassis;
    const struct chassis_config *config;
    const struct stage_ops *kinds[MOST_KINDS];
    struct expected streams[MOST_STREAMS];
};

/* Flows are numbered through all streams; each has one for each of its ports, or more. */
static uint32_t naive_stream_of(const struct chassis_config *c, uint32_t flow)
{
    uint32_t s = 0;
    for (;; s++) {
        uint32_t n = c->streams[s].n_flows > c->streams[s].n_ports ? c->streams[s].n_flows
                                                                   : c->streams[s].n_ports;
        if (flow < n) {
            return s;
        }
        flow -= n;
    }
}

static uint32_t kind_of(struct listener *l, uint32_t instance)
{
    const struct stage_ops *ops = scheduler_ops(chassis_scheduler(l->chassis), instance);
    uint32_t k = 0;
    while (l->kinds[k] != NULL && strcmp(l->kinds[k]->name, ops->name) != 0) {
        k++;
    }
    assert_true(k < MOST_KINDS);
    l->kinds[k] = ops;
    return k;
}

static void listen(void *context, const struct tap_event *event)
{
    struct listener *l = context;
    const struct packet *packet = &chassis_packets(l->chassis)->base[event->packet];
    struct expected *e = &l->streams[naive_stream_of(l->config, packet->flow)];
    int64_t from = l->config->warmup_ps, until = from + l->config->duration_ps;
    /* A drop is told with the time at which the packet came, and counts when it is decided. */
    bool measured = event->kind == TAP_DROP ? scheduler_measures(chassis_scheduler(l->chassis))
                                            : event->ready_ps >= from && event->ready_ps < until;
    if (!measured) {
        return;
    }
    if (event->kind == TAP_CREATE) {
        e->offered++;
        e->offered_bytes += packet->head.bytes;
    } else if (event->kind == TAP_DROP) {
        e->dropped++;
        e->drops[kind_of(l, event->instance)][event->where]++;
    } else if (event->kind == TAP_DELIVER) {
        e->delivered++;
        e->delivered_bytes += packet->head.bytes;
    }
}

static void compare_drops(const struct listener *l, const struct report *r, uint32_t stream,
                          const char *module)
{
    for (uint32_t k = 0; l->kinds[k] != NULL; k++) {
        const struct stage_ops *ops = l->kinds[k];
        for (uint32_t i = 0; ops->drops[i] != NULL; i++) {
            const char *name = arena_printf(r->mem, "dropped_%s_%s", ops->name, ops->drops[i]);
            assert_int_equal(report_get(r, module, name, -1), l->streams[stream].drops[k][i]);
        }
    }
}

static void compare(const struct listener *l, const struct report *r)
{
    const struct chassis_config *c = l->config;
    const struct histogram *all = report_get_histogram(r, "run", "latency");
    uint64_t n = 0, sum = 0;
    for (uint32_t i = 0; i < c->n_streams; i++) {
        const char *module = arena_printf(r->mem, "stream %s", c->streams[i].name);
        const struct expected *e = &l->streams[i];
        const struct histogram *latency = report_get_histogram(r, module, "latency");
        assert_int_equal(report_get(r, module, "offered", -1), e->offered);
        assert_int_equal(report_get(r, module, "delivered", -1), e->delivered);
        assert_int_equal(report_get(r, module, "dropped", -1), e->dropped);
        assert_int_equal(report_get(r, module, "offered_bytes", -1), e->offered_bytes);
        assert_int_equal(report_get(r, module, "delivered_bytes", -1), e->delivered_bytes);
        assert_int_equal(report_get(r, module, "inside_end", -1),
                         report_get(r, module, "inside_start", -1) + e->offered - e->delivered -
                             e->dropped);
        assert_int_equal(latency->n, e->delivered);
        compare_drops(l, r, i, module);
        n += latency->n;
        sum += latency->sum;
    }
    assert_int_equal(n, all->n);
    assert_int_equal(sum, all->sum);
}

static void agrees_with_a_listener(void **state)
{
    (void)state;
    uint32_t n_alone = 0, n_several = 0;
    for (uint64_t number = 0; number < N_SCENARIOS; number++) {
        struct arena *mem = arena_open();
        struct error err = {0};
        struct report r;
        struct listener l = {.tap = {listen, &l}, .config = random_chassis(number, mem)};
        assert_true(l.config->n_streams <= MOST_STREAMS);
        l.chassis = chassis_open(l.config, &l.tap, mem, &err);
        assert_non_null(l.chassis);
        chassis_run(l.chassis, NULL, NULL);
        assert_true(chassis_conserved(l.chassis, &err));
        report_open(&r, mem);
        chassis_report(l.chassis, &r);
        compare(&l, &r);
        n_alone += l.config->n_streams == 1;
        n_several += l.config->n_streams > 1;
        chassis_close(l.chassis);
        arena_close(mem);
    }
    assert_true(n_alone > 5 && n_several > 30);
}

/* Two streams of three and five flows; one packet of the second is there. */
static void a_lost_packet_is_missed(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct error err = {0};
    struct stream_config two[] = {{.name = "first"}, {.name = "second"}};
    struct chassis_config config = {.n_streams = 2, .streams = two};
    uint32_t first[] = {0, 3, 8};
    struct flow_tables flows = {.n_flows = 8, .first = first};
    struct batch b = {.start_ps = 5, .measure_from_ps = 5, .measure_to_ps = 10};
    struct packets packets;
    struct streams s;
    packets_open(&packets, 4, mem);
    streams_open(&s, &config, &flows, NULL, 1, mem);
    uint32_t packet = packet_new(&packets);
    packets.base[packet].flow = 3;
    streams_offer(&s, &b, 1, 1, 64);
    assert_true(streams_conserved(&s, &packets, mem, &err));
    packets.base[packet].flow = 2;
    assert_false(streams_conserved(&s, &packets, mem, &err));
    assert_non_null(strstr(err.text, "stream first: 0 offered, 1 delivered, dropped or inside"));
    packet_free(&packets, packet);
    error_free(&err);
    err = (struct error){0};
    assert_false(streams_conserved(&s, &packets, mem, &err));
    assert_non_null(strstr(err.text, "stream second: 1 offered, 0 delivered"));
    error_free(&err);
    err = (struct error){0};
    streams_deliver(&s, &b, 7, 64, 10, 1); /* on the wire when the run ends */
    assert_true(streams_conserved(&s, &packets, mem, &err));
    streams_drop(&s, &b, 0, 7);
    assert_false(streams_conserved(&s, &packets, mem, &err));
    error_free(&err);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_a_listener),
        cmocka_unit_test(a_lost_packet_is_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
