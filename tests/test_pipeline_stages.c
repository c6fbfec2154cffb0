/* test_pipeline_stages.c - each stage alone: against itself in other windows, against closed forms.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "models/bus.h"
#include "models/egress.h"
#include "models/engine.h"
#include "models/fabric.h"
#include "models/msfc.h"
#include "models/port.h"
#include "models/uplink.h"
#include "sim/arena.h"
#include "sim/rng.h"
#include "tests/lone_stage.h"
#include "tests/random_chassis.h"

#define N_ROWS 150
#define US_PS 1000000
#define MS_PS 1000000000

/* ---- other windows ----------------------------------------------------------------------- */

/* An instance of any stage, and the rows it may be shown. */
struct part {
    const struct stage_ops *ops;
    uint32_t slot, number; /* group or channel */
};

struct draw {
    struct rng rng;
    uint64_t n;
};

static uint32_t below(struct draw *d, uint64_t n)
{
    return (uint32_t)rng_below(rng_at(&d->rng, d->n++).a, n);
}

static struct ip_address destination(struct draw *d, const struct chassis_config *c)
{
    const struct port_config *port = &c->ports[below(d, c->n_ports)];
    struct ip_address a = port->address[below(d, 4) == 0 ? IPV6 : IPV4];

    if (a.family == IPV4) {
        a.hi += (uint64_t)below(d, 3) << 32;
    } else {
        a.lo += below(d, 3);
    }
    return a;
}

/* Is a port of the slot, and of the group or channel where that matters? */
static bool belongs(const struct lone_chassis *c, const struct part *part, uint32_t port)
{
    const struct port_place *p = &c->layout.ports[port];

    return part->ops == &uplink_stage || part->ops == &msfc_stage ||
           (part->ops == &uplink_queues_stage && p->slot == part->slot) ||
           (part->ops == &fabric_stage
                ? layout_channel_to(&c->layout, port) ==
                      c->layout.slots[part->slot].first_channel + part->number
                : part->ops != &uplink_queues_stage && p->slot == part->slot &&
                      (part->ops == &engine_stage || p->asic == part->number));
}

/* Is of a card without a DFC? */
static bool is_central(const struct lone_chassis *c, uint32_t port)
{
    return c->layout.slots[c->layout.ports[port].slot].config->dfc == NULL;
}

/* As the stages before would have left it. */
static struct row draw_row(struct draw *d, struct lone_chassis *c, const struct part *part,
                           uint32_t port)
{
    uint32_t packet =
        lone_packet(c, port, 64 + below(d, 2) * below(d, 1455), destination(d, c->config));
    struct packet_head *head = &c->packets.base[packet].head;
    bool decided = part->ops == &bus_stage && (layout_busmode(&c->layout, port) && below(d, 2));
    bool late = part->ops != &port_stage && part->ops != &port_queues_stage &&
                part->ops != &engine_stage && part->ops != &bus_stage;

    head->egress = (uint16_t)port;
    if (part->ops == &msfc_stage) {
        head->flags = PACKET_PUNTED;
        c->packets.n_punted++;
    } else if (decided || late) {
        head->flags = PACKET_DECIDED;
    } else if (part->ops == &engine_stage && layout_busmode(&c->layout, port)) {
        head->flags = PACKET_ON_BUS;
    } else if (below(d, 10) == 0) {
        head->flags = PACKET_NOT_ROUTED;
    }
    bool special = head->family == IPV6 || head->flags != 0;
    return (struct row){0, packet, load_of(head->bytes, port, special)};
}

static int compare_rows(const void *left, const void *right)
{
    const struct row *a = left, *b = right;

    return a->ready_ps != b->ready_ps ? (a->ready_ps < b->ready_ps ? -1 : 1)
                                      : (a->packet < b->packet ? -1 : 1);
}

/* Rows that may come to the part, many of them at the same time; none when no port may send any. */
static uint32_t draw_rows(struct draw *d, struct lone_chassis *c, const struct part *part,
                          struct row *rows)
{
    bool central = part->ops == &bus_stage ||
                   (part->ops == &engine_stage && part->slot == c->config->supervisor_slot);
    uint32_t ports[64], n_ports = 0;
    uint64_t span_ps = (uint64_t)US_PS << below(d, 6);

    for (uint32_t p = 0; p < c->config->n_ports; p++) {
        if (central ? is_central(c, p) : belongs(c, part, p)) {
            ports[n_ports++] = p;
        }
    }
    for (uint32_t i = 0; i < N_ROWS && n_ports > 0; i++) {
        rows[i] = draw_row(d, c, part, ports[below(d, n_ports)]);
        rows[i].ready_ps = (int64_t)below(d, span_ps) / 1000 * 1000;
    }
    qsort(rows, n_ports > 0 ? N_ROWS : 0, sizeof *rows, compare_rows);
    return n_ports > 0 ? N_ROWS : 0;
}

union any_config {
    struct port_stage_config port;
    struct engine_config engine;
    struct bus_config bus;
    struct uplink_config uplink;
    struct fabric_config fabric;
    struct msfc_config msfc;
    struct egress_config egress;
};

static union any_config configure(struct lone_chassis *c, const struct part *part)
{
    static const struct bus_demand demand;
    uint32_t supervisor = c->config->supervisor_slot;
    const struct engine_type *pfc = &c->config->supervisor->pfc;
    const struct slot_config *slot = c->layout.slots[part->slot].config;
    uint32_t pfc_number = control_engine(&c->control, supervisor);
    bool central = part->slot == c->config->supervisor_slot;
    union any_config any;

    if (part->ops == &bus_stage) {
        any.bus = (struct bus_config){.layout = &c->layout,
                                      .flows = &c->flows,
                                      .packets = &c->packets,
                                      .fib = c->control.fib,
                                      .fib_engine = pfc_number,
                                      .pfc = pfc};
    } else if (part->ops == &msfc_stage) {
        any.msfc = (struct msfc_config){.layout = &c->layout,
                                        .flows = &c->flows,
                                        .packets = &c->packets,
                                        .fib = c->control.fib,
                                        .fib_engine = c->control.software_engine};
    } else if (part->ops == &engine_stage) {
        const struct engine_type *type = central ? pfc : slot->dfc;
        any.engine =
            (struct engine_config){.layout = &c->layout,
                                   .packets = &c->packets,
                                   .fib = c->control.fib,
                                   .fib_engine = control_engine(&c->control, part->slot),
                                   .type = type,
                                   .slot = part->slot,
                                   .name = "engine",
                                   .accounting = accounts_add(&c->accounts, part->slot, type),
                                   .demand = central ? &demand : NULL};
    } else { /* the others' are alike */
        any.uplink =
            (struct uplink_config){&c->layout, &c->packets, part->slot, part->number, &c->flows};
    }
    return any;
}

/* Shows a part its rows in such windows. The stage is to be closed. */
static void run_part(struct lone_stage *s, struct lone_chassis *c, const struct part *part,
                     int64_t window_ps, uint32_t batch_rows)
{
    struct row rows[N_ROWS];
    struct draw d = {rng_open(c->config->seed, part->ops->name, "rows"), part->slot * 10000};

    lone_packets_open(c);
    uint32_t n = draw_rows(&d, c, part, rows);
    union any_config any = configure(c, part);
    lone_stage_open(s, part->ops, &any, c);
    lone_stage_run(s, rows, n, window_ps, batch_rows, MS_PS);
}

static uint32_t list_parts(const struct chassis_config *c, struct part *parts)
{
    bool fabric = c->supervisor->fabric != NULL;
    uint32_t n = 0;

    parts[n++] = (struct part){&bus_stage, c->supervisor_slot, 0};
    parts[n++] = (struct part){&engine_stage, c->supervisor_slot, 0};
    if (fabric) {
        parts[n++] = (struct part){&uplink_stage, c->supervisor_slot, 0};
        parts[n++] = (struct part){&fabric_stage, c->supervisor_slot, 0};
    }
    parts[n++] = (struct part){&msfc_stage, c->supervisor_slot, 0};
    for (uint32_t i = 0; i < c->n_slots && i < 3; i++) {
        const struct slot_config *slot = &c->slots[i];
        uint32_t last = slot->card->n_asics - 1;
        bool queues = slot->rx_queues != NULL, link = layout_narrow(&slot->card->asics[last]);
        parts[n++] =
            (struct part){queues && link ? &port_queues_stage : &port_stage, slot->slot, last};
        parts[n++] = (struct part){slot->queues != NULL ? &egress_queues_stage : &egress_stage,
                                   slot->slot, 0};
        if (slot->dfc != NULL) {
            parts[n++] = (struct part){&engine_stage, slot->slot, 0};
        }
        if (slot->card->class != CLASSIC && fabric && slot->slot != c->supervisor_slot) {
            parts[n++] = (struct part){queues ? &uplink_queues_stage : &uplink_stage, slot->slot,
                                       slot->card->n_channels - 1};
            parts[n++] = (struct part){&fabric_stage, slot->slot, 0};
        }
    }
    return n;
}

static void check_alike(uint64_t number, const struct part *part, int64_t window_ps,
                        const struct lone_stage *a, const struct lone_stage *b)
{
    bool alike = a->n == b->n;

    for (uint32_t i = 0; alike && i < a->n; i++) {
        const struct outing *x = &a->outings[i], *y = &b->outings[i];
        alike = x->kind == y->kind && x->where == y->where && x->name == y->name &&
                x->arrived_ps == y->arrived_ps && x->left_ps == y->left_ps && x->load == y->load;
    }
    if (!alike) {
        fail_msg("scenario %ju: %s %u/%u differs in windows of %jd ps", (uintmax_t)number,
                 part->ops->name, part->slot, part->number, (intmax_t)window_ps);
    }
}

/* Halved again and again, and in batches of some rows. */
static void a_stage_is_the_same_at_half_the_window(void **state)
{
    (void)state;
    static struct lone_stage whole, cut;
    static struct lone_chassis c;
    uint64_t n_outings = 0;

    for (uint64_t number = 1; number <= 25; number++) {
        struct arena *mem = arena_open();
        struct chassis_config *config = random_chassis(number, mem);
        struct part parts[5 + 3 * 5];
        uint32_t n = list_parts(config, parts);
        config->fib_start = FIB_CONVERGED;
        config->n_route_changes = config->n_reloads = config->growth.n_routes = 0;
        config->bgp = NULL;
        lone_chassis_open(&c, config, mem);
        for (uint32_t i = 0; i < n; i++) {
            run_part(&whole, &c, &parts[i], MS_PS, 0);
            n_outings += whole.n;
            for (int64_t window_ps = MS_PS / 2; window_ps > 100000; window_ps /= 8) {
                uint32_t batch_rows = (uint32_t)(window_ps / 7 % 4);
                run_part(&cut, &c, &parts[i], window_ps, batch_rows);
                check_alike(number, &parts[i], window_ps, &whole, &cut);
                lone_stage_close(&cut);
            }
            lone_stage_close(&whole);
        }
        lone_chassis_close(&c);
        arena_close(mem);
    }
    assert_true(n_outings > 20000);
}

/* ---- a chassis by hand ------------------------------------------------------------------- */

#define SUPERVISOR 4

static const struct linecard_type classic_card = {
    .model = "classic",
    .class = CLASSIC,
    .n_ports = 4,
    .port_number = {1, 2, 3, 4},
    .n_asics = 1,
    .asics = {{4, 1000000000, 1000000000, 1000000000, 1000000000, 0}},
    .on_bus = true};
static const struct linecard_type fabric_card = {
    .model = "fabric",
    .class = CEF720,
    .n_ports = 4,
    .port_number = {1, 2, 3, 4},
    .port_asic = {0, 0, 1, 1},
    .n_asics = 2,
    .asics = {{2, 10000000000, 12000000000, 1000000000, 1000000000, 0},
              {2, 10000000000, 12000000000, 1000000000, 1000000000, 1}},
    .n_channels = 2,
    .channel_bps = 20000000000,
    .on_bus = true};
static const struct fabric_type crossbar = {"crossbar", {20000000000, 0}};
static const struct engine_type engine_48m = {.model = "48 Mpps",
                                              .lookups_per_s = 48000000,
                                              .ipv6_lookups = 2,
                                              .tcam_slots = 1000,
                                              .ipv4_slots = 500,
                                              .ipv6_entries = 250,
                                              .latency_ps = 500000};

struct hand {
    struct chassis_type chassis;
    struct supervisor_type supervisor;
    struct slot_config slots[3];
    struct port_config ports[12];
    struct chassis_config config;
    struct lone_chassis lone;
    struct lone_stage stage;
    struct row *rows;
    uint32_t n_rows;
};

/* Cards in slots 1 to 3, four ports each; supervisor in slot 4. */
static struct hand *hand_open(const struct linecard_type *one, const struct linecard_type *two,
                              const struct linecard_type *three)
{
    const struct linecard_type *cards[] = {one, two, three};
    struct arena *mem = arena_open();
    struct hand *h = arena_take(mem, sizeof *h);

    h->chassis = (struct chassis_type){.n_slots = 4, .channels = {0, 2, 2, 2, 2}};
    h->supervisor = (struct supervisor_type){.pfc = engine_48m,
                                             .software_pps = 500000,
                                             .inband_bps = 1000000000,
                                             .fabric_bps = 20000000000,
                                             .fabric = &crossbar};
    h->supervisor.pfc.lookups_per_s = 1000000000; /* not what limits */
    h->supervisor.pfc.latency_ps = 1000;
    for (uint32_t i = 0; i < 12; i++) {
        h->ports[i].slot = i / 4 + 1;
        h->ports[i].address[IPV4] = (struct ip_address){(10ull << 24 | i << 8 | 1) << 32, 0, IPV4};
        h->ports[i].address[IPV6] = (struct ip_address){0x20010db800000000 | i, 1, IPV6};
        h->ports[i].length[IPV4] = 24;
        h->ports[i].length[IPV6] = 64;
        h->slots[i / 4] =
            (struct slot_config){.slot = i / 4 + 1, .card = cards[i / 4], .first_port = i / 4 * 4};
    }
    h->config = (struct chassis_config){.chassis = &h->chassis,
                                        .supervisor = &h->supervisor,
                                        .supervisor_slot = SUPERVISOR,
                                        .n_slots = 3,
                                        .slots = h->slots,
                                        .n_ports = 12,
                                        .ports = h->ports,
                                        .fabric_overhead_bytes = 20,
                                        .fabric_overspeed = 3,
                                        .fabric_transit_ps = 400000,
                                        .fabric_egress_bytes = 1000000000,
                                        .bus_outstanding = 32,
                                        .inband_packets = 1000000,
                                        .duration_ps = MS_PS};
    h->lone.mem = mem;
    return h;
}

static void hand_close(struct hand *h)
{
    lone_stage_close(&h->stage);
    lone_chassis_close(&h->lone);
    arena_close(h->lone.mem);
}

/* When the configuration is as wanted. n rows of each of `each` ports from `first`, all at time 0,
 * to the neighbour of port `to`. */
static void hand_fill(struct hand *h, uint32_t first, uint32_t each, uint32_t n, uint32_t bytes,
                      uint32_t to)
{
    struct ip_address neighbour = h->ports[to].address[IPV4];

    neighbour.hi += 1ull << 32;
    if (h->rows == NULL) {
        lone_chassis_open(&h->lone, &h->config, h->lone.mem);
        h->rows = arena_take_array(h->lone.mem, 200000, sizeof *h->rows);
    }
    for (uint32_t i = 0; i < n * each; i++) {
        uint32_t port = first + i % each;
        uint32_t packet = lone_packet(&h->lone, port, bytes, neighbour);
        h->rows[h->n_rows++] = (struct row){0, packet, load_of(bytes, port, false)};
    }
}

static void hand_run(struct hand *h, const struct stage_ops *ops, uint32_t slot, uint32_t number)
{
    struct part part = {ops, slot, number};
    union any_config any = configure(&h->lone, &part);

    lone_stage_open(&h->stage, ops, &any, &h->lone);
    lone_stage_run(&h->stage, h->rows, h->n_rows, MS_PS, 0, MS_PS);
}

/* ---- the bus ----------------------------------------------------------------------------- */

/* Headers granted in 1 ms, that is 62,500 cycles, when all cards always ask. */
static uint32_t granted_in_a_ms(const struct linecard_type *one, const struct linecard_type *other,
                                uint32_t bytes)
{
    struct hand *h = hand_open(one, other, other);

    hand_fill(h, 0, 4, 8000, bytes, 11);
    hand_run(h, &bus_stage, SUPERVISOR, 0);
    uint32_t n = lone_stage_count(&h->stage, TAP_SEND, BUS_TO_PFC);
    assert_int_equal(h->stage.n, n);
    hand_close(h);
    return n;
}

/* What the published 15 and 30 Mpps are derived from, and flow-through by frame size. */
static void the_bus_grants_as_many_headers_as_it_has_cycles(void **state)
{
    (void)state;
    const struct {
        uint32_t bytes, cycles;
    } sizes[] = {{64, 4},    {65, 5},    {128, 6},   {256, 10},  {512, 18},
                 {1024, 34}, {1280, 42}, {1518, 50}, {9216, 290}};

    assert_int_equal(granted_in_a_ms(&fabric_card, &fabric_card, 64), 31250);
    assert_int_equal(granted_in_a_ms(&fabric_card, &fabric_card, 1518), 31250);
    assert_int_equal(granted_in_a_ms(&fabric_card, &classic_card, 64), 15625);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint32_t n = granted_in_a_ms(&classic_card, &classic_card, sizes[i].bytes);
        assert_int_equal(n, (62500 + sizes[i].cycles - 1) / sizes[i].cycles);
    }
}

/* In truncated mode: fabric to fabric 64 bytes of the frame, fabric to classic all of it. */
static void a_frame_for_a_classic_card_crosses_whole(void **state)
{
    (void)state;
    for (uint32_t to = 7; to <= 8; to++) { /* slots 2 and 3 */
        struct hand *h = hand_open(&fabric_card, &fabric_card, &classic_card);
        hand_fill(h, 0, 4, 8000, 1518, to);
        hand_run(h, &bus_stage, SUPERVISOR, 0);
        assert_int_equal(lone_stage_count(&h->stage, TAP_SEND, BUS_TO_PFC), to == 7 ? 15625 : 1250);
        hand_close(h);
    }
}

/* Two slots always ask, the third asks seldom: it is served at once, they share the rest. */
static void slots_take_turns(void **state)
{
    (void)state;
    struct hand *h = hand_open(&fabric_card, &fabric_card, &fabric_card);
    uint32_t n_of_slot[4] = {0};

    hand_fill(h, 0, 8, 4000, 64, 11);
    for (uint32_t i = 0; i < 1000; i++) {
        hand_fill(h, 8, 1, 1, 64, 0);
        h->rows[h->n_rows - 1].ready_ps = i * US_PS;
    }
    hand_run(h, &bus_stage, SUPERVISOR, 0);
    for (uint32_t i = 0; i < h->stage.n; i++) {
        const struct outing *o = &h->stage.outings[i];
        uint32_t slot = h->ports[o->name >> 40].slot;
        n_of_slot[slot]++;
        assert_true(slot != 3 || o->left_ps - o->arrived_ps <= 3 * 2 * BUS_CYCLE_PS);
    }
    assert_int_equal(n_of_slot[3], 1000);
    assert_int_equal(n_of_slot[1] + n_of_slot[2], 31250 - 1000);
    assert_in_range(n_of_slot[1], n_of_slot[2] - 1, n_of_slot[2] + 1);
    hand_close(h);
}

/* One lookup at a time: transfer 32 ns, result 500 ns later, the next edge at 544 ns. A PFC of 10
 * Mpps with 32 outstanding: as many as it looks up. */
static void a_slow_pfc_holds_the_bus_back(void **state)
{
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        struct hand *h = hand_open(&fabric_card, &fabric_card, &fabric_card);
        h->config.bus_outstanding = kind == 0 ? 1 : 32;
        h->supervisor.pfc.lookups_per_s = kind == 0 ? 1000000000 : 10000000;
        h->supervisor.pfc.latency_ps = 500000;
        hand_fill(h, 0, 12, 3000, 64, 11);
        hand_run(h, &bus_stage, SUPERVISOR, 0);
        uint32_t n = lone_stage_count(&h->stage, TAP_SEND, BUS_TO_PFC);
        if (kind == 0) {
            assert_int_equal(n, (1000000 + 543) / 544);
        } else {
            assert_in_range(n, 10000 - 1, 10000 + 32);
        }
        hand_close(h);
    }
}

/* ---- rates ------------------------------------------------------------------------------- */

static int64_t last_left_ps(const struct hand *h)
{
    int64_t last_ps = 0;

    for (uint32_t i = 0; i < h->stage.n; i++) {
        last_ps = h->stage.outings[i].left_ps > last_ps ? h->stage.outings[i].left_ps : last_ps;
    }
    return last_ps;
}

/* 3,000 frames of 64 bytes at once leave one after the other at the rate of what they pass. */
static void a_stage_serves_at_its_rate(void **state)
{
    (void)state;
    const int64_t n = 3000;
    const struct {
        const struct stage_ops *ops;
        uint32_t slot, first;
        int64_t last_ps;
    } cases[] = {
        /* 12 Gbit/s for two ports */
        {&port_stage, 1, 0, n * 64 * 8 * 1000 / 12},
        /* 84 bytes at 20 Gbit/s */
        {&uplink_stage, 1, 0, n * 84 * 8 * 50},
        /* the first through the crossbar at 60 Gbit/s, then all at 20 */
        {&fabric_stage, 1, 0, 84 * 8 * 50 / 3 + 400000 + n * 84 * 8 * 50},
        /* each starts when the one before is done; 48 million a second */
        {&engine_stage, 1, 0, (n - 1) * 1000000 / 48 + 500000},
        /* 12 Gbit/s to the ASIC are less than two ports of 10 can send: the last frame waits no
         * more, and its last bit is out 72 bytes later */
        {&egress_stage, 1, 0, n * 64 * 8 * 1000 / 12 + 72 * 8 * 100},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hand *h = hand_open(&fabric_card, &fabric_card, &fabric_card);
        h->slots[0].dfc = &engine_48m;
        hand_fill(h, cases[i].first, 2, (uint32_t)n / 2, 64, 11);
        hand_run(h, cases[i].ops, cases[i].slot, 0);
        assert_int_equal(h->stage.n, n);
        assert_int_equal(last_left_ps(h), cases[i].last_ps);
        hand_close(h);
    }
}

/* 672 ns on the inband link, then 2 us of CPU each; to the router itself, so they end there. */
static void the_msfc_serves_at_its_rate(void **state)
{
    (void)state;
    struct hand *h = hand_open(&fabric_card, &fabric_card, &fabric_card);

    hand_fill(h, 0, 4, 100, 64, 11);
    for (uint32_t i = 0; i < h->n_rows; i++) {
        h->lone.packets.base[i].dst4 = (uint32_t)(h->ports[3].address[IPV4].hi >> 32);
    }
    hand_run(h, &msfc_stage, SUPERVISOR, 0);
    assert_int_equal(lone_stage_count(&h->stage, TAP_DELIVER, 0), 400);
    assert_int_equal(last_left_ps(h), 672000 + 400 * 2 * US_PS);
    hand_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stage_is_the_same_at_half_the_window),
        cmocka_unit_test(the_bus_grants_as_many_headers_as_it_has_cycles),
        cmocka_unit_test(a_frame_for_a_classic_card_crosses_whole),
        cmocka_unit_test(slots_take_turns),
        cmocka_unit_test(a_slow_pfc_holds_the_bus_back),
        cmocka_unit_test(a_stage_serves_at_its_rate),
        cmocka_unit_test(the_msfc_serves_at_its_rate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
