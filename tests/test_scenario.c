/* Scenarios: what they become, and that the print loads again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenario_files.h"

static void test_shipped(void **state)
{
    (void)state;
    glob_t files;
    assert_int_equal(glob("scenarios/*.yaml", 0, NULL, &files), 0);
    assert_int_equal(glob("scenarios/validation/*.yaml", GLOB_APPEND, NULL, &files), 0);
    assert_int_equal(glob("scenarios/what-if/*.yaml", GLOB_APPEND, NULL, &files), 0);
    assert_true(files.gl_pathc >= 6);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct scenario s;
        load(&s, files.gl_pathv[i], NULL);
        assert_true(s.config.n_streams + s.n_expectations > 0 && s.n_assumptions > 0);
        check_round_trip(&s);
    }
    globfree(&files);
}

/* The examples of the READMEs are scenarios. */
static void test_readmes(void **state)
{
    (void)state;
    static const char *const readmes[] = {"README.md", "scenarios/README.md"};
    for (size_t i = 0; i < 2; i++) {
        FILE *file = fopen(readmes[i], "r");
        assert_non_null(file);
        char *text = arena_take(mem, 1 << 18);
        text[fread(text, 1, (1 << 18) - 1, file)] = '\0';
        fclose(file);
        char *begin = strstr(text, "\ncat6k: 1 "),
             *end = begin == NULL ? NULL : strstr(begin, "```");
        assert_non_null(end);
        *end = '\0';
        const char *path = write_file(begin + 1);
        struct scenario s;
        load(&s, path, NULL);
        unlink(path);
    }
}

static void test_distributed(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, "scenarios/distributed.yaml", NULL);
    const struct chassis_config *c = &s.config;
    assert_string_equal(c->title, "distributed");
    assert_string_equal(c->chassis->model, "WS-C6509-E");
    assert_string_equal(c->supervisor->model, "WS-SUP720-3BXL");
    assert_int_equal(c->supervisor_slot, 5);
    assert_int_equal(c->n_slots, 4);
    assert_int_equal(c->n_ports, 16);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(c->slots[i].slot, i + 1);
        assert_int_equal(c->slots[i].first_port, 4 * i);
        assert_string_equal(c->slots[i].dfc->model, "DFC3BXL");
        assert_true(c->slots[i].dfc->lookups_per_s == 48000000);
        assert_true(c->slots[i].dfc->tcam_slots == 1048576);
    }
    assert_int_equal(s.routes, ROUTES_SYNTHETIC);
    assert_int_equal(s.synthetic.n_ipv4, 524288 - 3 * 16);
    assert_int_equal(s.synthetic.n_ipv6, 0);
    assert_int_equal(s.synthetic.year, 2024);
    assert_true(c->ipv4_slots == 524288 && c->fib_start == FIB_CONVERGED);
    const struct stream_config *stream = &c->streams[0];
    assert_int_equal(c->n_streams, 1);
    assert_int_equal(stream->n_ports, 16);
    assert_int_equal(stream->n_egress, 16);
    assert_true(stream->rate.unit == RATE_LINE && stream->rate.value == 1000000);
    assert_true(stream->frames.n == 1 && stream->frames.bytes[0] == 64);
    assert_int_equal(stream->arrivals, ARRIVALS_POISSON);
    assert_int_equal(stream->n_flows, 4096);
    assert_true(stream->start_ps == 0 && stream->stop_ps == c->warmup_ps + c->duration_ps);
    assert_true(c->fabric_overhead_bytes == 20 && c->bus_outstanding == 32);
    assert_true(c->fabric_egress_bytes == 1000000 && c->inband_packets == 1000);
    assert_true(c->fib_download_pps == 20000 && c->fabric_overspeed == 3);
    assert_true(c->window_ps == 0 && c->batch_rows == 0 && c->seed == 1);
    assert_int_equal(s.n_notes, 0);
}

/* centralized.yaml and distributed.yaml differ in the forwarding cards, line by line. */
static void test_demo_pair(void **state)
{
    (void)state;
    struct scenario a, b;
    load(&a, "scenarios/centralized.yaml", "title=x", NULL);
    load(&b, "scenarios/distributed.yaml", "title=x", NULL);
    char *rest_a, *rest_b;
    char *line_a = strtok_r(print(&a), "\n", &rest_a), *line_b = strtok_r(print(&b), "\n", &rest_b);
    int n_differ = 0;
    for (; line_a != NULL && line_b != NULL; n_differ += strcmp(line_a, line_b) != 0,
                                             line_a = strtok_r(NULL, "\n", &rest_a),
                                             line_b = strtok_r(NULL, "\n", &rest_b)) {
        assert_true(strcmp(line_a, line_b) == 0 || strstr(line_a, "forwarding: CFC}") != NULL);
        assert_true(strcmp(line_a, line_b) == 0 || strstr(line_b, "forwarding: DFC3BXL}") != NULL);
    }
    assert_true(line_a == NULL && line_b == NULL);
    assert_int_equal(n_differ, 4);
}

static void test_ports(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, "scenarios/oversubscribed-6548.yaml", "traffic[0].from=2/48, 1/47-48 ,2/1-2",
         "traffic[0].rate=1%", "traffic[1].rate=1%", NULL);
    const struct chassis_config *c = &s.config;
    static const uint32_t ports[] = {46, 47, 48, 49, 95};
    assert_int_equal(c->n_ports, 96);
    assert_int_equal(c->streams[0].n_ports, 5);
    assert_memory_equal(c->streams[0].ports, ports, sizeof ports);
    const struct port_config *last = &c->ports[95];
    assert_true(last->slot == 2 && last->number == 48);
    assert_true(last->address[IPV4].hi == 0x0a02300100000000 && last->length[IPV4] == 24);
    assert_true(last->address[IPV6].hi == 0x20010db800020048 && last->address[IPV6].lo == 1);
    assert_int_equal(last->length[IPV6], 64);
    assert_non_null(strstr(print(&s), "from: 1/47-48, 2/1-2, 2/48\n"));
}

/* All engines of a chassis run in the mode of the least capable. */
static void test_mixed_engines(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, "slots[2].forwarding=DFC3B", NULL);
    assert_true(s.config.supervisor->pfc.tcam_slots == 262144);
    assert_true(s.config.supervisor->pfc.ipv4_slots == 196608);
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(s.config.slots[i].dfc->tcam_slots == 262144);
        assert_true(s.config.slots[i].dfc->ipv6_entries == 32768);
        assert_true(s.config.slots[i].dfc->lookups_per_s == 48000000);
    }
    assert_string_equal(s.config.slots[0].dfc->model, "DFC3BXL");
    assert_int_equal(s.synthetic.n_ipv4, 196608 - 48);
    assert_int_equal(s.n_notes, 1);
    assert_non_null(strstr(s.notes[0], "PFC operating mode: PFC3B. Engines differ (a PFC3BXL in "
                                       "slot 5, a DFC3BXL in 1, a DFC3B in 3, a DFC3BXL in 4)"));
    check_round_trip(&s);
    load(&s, base, "supervisor.model=WS-SUP720-3B", NULL);
    assert_true(s.config.slots[3].dfc->tcam_slots == 262144);
    assert_non_null(strstr(s.notes[0], "PFC operating mode: PFC3B. Engines differ (a PFC3B in"));
}

static void test_engine_by_class(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, "slots[0]={slot: 1, model: WS-X6516A-GBIC, forwarding: DFC3BXL}",
         "slots[1]={slot: 2, model: WS-X6516A-GBIC}", "slots[2]={slot: 9, model: WS-X6704-10GE}",
         NULL);
    assert_true(s.config.slots[0].dfc->lookups_per_s == 24000000);
    assert_null(s.config.slots[1].dfc);
    assert_int_equal(s.config.slots[2].slot, 4); /* by slot, not as written */
    assert_int_equal(s.config.slots[3].slot, 9);
    assert_int_equal(s.config.slots[3].first_port, 36);
    assert_non_null(strstr(print(&s), "{slot: 2, model: WS-X6516A-GBIC, forwarding: none}"));
    assert_non_null(strstr(print(&s), "{slot: 9, model: WS-X6704-10GE, forwarding: CFC}"));
}

static void test_carving(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, "routes.maximum_routes.ip=750", "routes.synthetic.ipv6=fill", NULL);
    assert_true(s.config.ipv4_slots == 770048);
    assert_int_equal(s.synthetic.n_ipv4, 770048 - 48);
    assert_int_equal(s.synthetic.n_ipv6, 139264 - 48); /* [JLEWIS-2008] */
    load(&s, base, "routes.maximum_routes.ipv6=129", "routes.synthetic.ipv6=fill", NULL);
    assert_int_equal(s.synthetic.n_ipv6, 136 * 1024 - 48);
    assert_true(s.config.ipv4_slots == 770048);
    load(&s, base, "routes.maximum_routes={ip: 1024, ipv6: 0}", NULL);
    assert_int_equal(s.synthetic.n_ipv4, 1048576 - 48);
    load(&s, base, "routes.maximum_routes={ip: 737, ipv6: 136}", NULL);
    assert_true(s.config.ipv4_slots == 770048);
    load(&s, base, "routes.maximum_routes={ip: 768, mpls: 1}", "routes.synthetic.ipv6=fill", NULL);
    assert_true(s.config.ipv4_slots == 784 * 1024 && s.config.mpls_slots == 16 * 1024);
    assert_int_equal(s.synthetic.n_ipv4, 768 * 1024 - 48); /* [WINFRED] 768 K, 16 K, the rest */
    assert_int_equal(s.synthetic.n_ipv6, 120 * 1024 - 48);
    load(&s, base, "routes.maximum_routes.mpls=17", NULL);
    assert_true(s.config.ipv4_slots == 512 * 1024 && s.config.mpls_slots == 32 * 1024);
}

static void test_static_routes(void **state)
{
    (void)state;
    struct scenario s;
    load(
        &s, base,
        "routes.static=[{prefix: 198.51.100.0/24, via: 10.1.1.2},"
        "{prefix: 2001:db8:99::/48, via: 2001:db8:1:1::2}, {prefix: 0.0.0.0/0, via: 10.4.4.2},"
        "{prefix: 203.0.113.0/24, via: null0}, {prefix: 203.0.114.0/24, via: receive},"
        "{prefix: 203.0.115.0/24, port: 2/3}, {prefix: 203.0.0.0/16, via: 203.0.115.7, punt: yes}]",
        "routes.synthetic.ipv6=fill", NULL);
    const struct static_route *r = s.config.static_routes;
    assert_int_equal(s.config.n_static_routes, 7);
    assert_true(r[0].via == VIA_NEXT_HOP && r[0].next_hop.hi == 0x0a01010200000000);
    assert_true(r[0].prefix.hi == 0xc633640000000000 && r[0].prefix.length == 24);
    assert_true(r[1].prefix.family == IPV6 && r[1].next_hop.lo == 2);
    assert_true(r[3].via == VIA_NULL0 && r[4].via == VIA_RECEIVE);
    assert_true(r[5].via == VIA_PORT && r[5].port == 6);
    assert_true(!r[0].punt && !r[5].punt && r[6].punt);
    assert_int_equal(s.synthetic.n_ipv4, 524288 - 48 - 6);
    assert_int_equal(s.synthetic.n_ipv6, 262144 - 48 - 1);
    check_round_trip(&s);
}

/* Sorted by time, otherwise as written; fill leaves room for the prefixes that they bring. */
static void test_route_changes(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, "routes.static=[{prefix: 198.51.100.0/24, via: 10.1.1.2}]",
         "routes.changes=[{at: 3ms, prefix: 203.0.113.0/24, via: null0},"
         "{at: 1ms, withdraw: 198.51.100.0/24}, {at: 2ms, prefix: 198.51.100.0/24, port: 2/3},"
         "{at: 1ms, prefix: '2001:db8:99::/48', via: '2001:db8:1:1::2'},"
         "{at: 2000s, withdraw: 203.0.113.0/24}]",
         "routes.synthetic.ipv6=fill", NULL);
    const struct route_change *c = s.config.route_changes;
    assert_int_equal(s.config.n_route_changes, 5);
    assert_true(c[0].at_ps == 1000000000 && c[0].withdraw && c[0].route.prefix.family == IPV4);
    assert_true(c[1].at_ps == 1000000000 && !c[1].withdraw && c[1].route.next_hop.lo == 2);
    assert_true(c[2].at_ps == 2000000000 && c[2].route.via == VIA_PORT && c[2].route.port == 6);
    assert_true(c[3].at_ps == 3000000000 && c[3].route.via == VIA_NULL0);
    assert_true(c[4].at_ps == 2000000000000000 && c[4].withdraw);
    assert_int_equal(s.synthetic.n_ipv4, 524288 - 48 - 2);
    assert_int_equal(s.synthetic.n_ipv6, 262144 - 48 - 1);
    check_round_trip(&s);
}

static void test_feeds(void **state)
{
    (void)state;
    struct scenario s;
    char *file = write_file("198.51.100.0/24 10.1.1.2\n");
    load(&s, base, arena_printf(mem, "routes.file=%s", file), NULL); /* instead of */
    assert_int_equal(s.routes, ROUTES_FILE);
    assert_string_equal(scenario_routes_path(&s, mem), file);
    check_round_trip(&s);
    load(&s, "scenarios/distributed.yaml", "routes.file=centralized.yaml", NULL);
    assert_string_equal(s.routes_file, "centralized.yaml");
    assert_string_equal(scenario_routes_path(&s, mem), "scenarios/centralized.yaml");
    load(&s, base, "routes=", NULL);
    assert_int_equal(s.routes, ROUTES_NONE);
    char *with_file = write_file(print(&s));
    load(&s, with_file, "routes={file: /etc/passwd}", NULL);
    unlink(with_file);
    with_file = write_file(print(&s));
    load(&s, with_file, "routes.synthetic={ipv4: 7}", NULL);
    assert_int_equal(s.routes, ROUTES_SYNTHETIC);
    assert_null(s.routes_file);
    unlink(with_file);
    unlink(file);
}

static void test_frames(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, "traffic[0].frames=imix", NULL);
    const struct frame_mix *mix = &s.config.streams[0].frames;
    assert_true(mix->n == 3 && mix->bytes[1] == 594 && mix->weight[1] == 4 && !mix->in_order);
    assert_non_null(strstr(print(&s), "frames: 64B:7, 594B:4, 1518B:1\n"));
    load(&s, base, "traffic[0].frames=genome aaafgi", NULL);
    mix = &s.config.streams[0].frames;
    static const uint16_t sizes[] = {64, 64, 64, 1280, 1518, 9000};
    assert_true(mix->n == 6 && mix->in_order);
    assert_memory_equal(mix->bytes, sizes, sizeof sizes);
    check_round_trip(&s);
}

static void test_stream_options(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base,
         "traffic=[{rate: 1.488Mpps, arrivals: on-off, burst: 7, family: ipv6, to: zipf},"
         "{rate: 3Gbps, to: '10.1.1.2,10.2.2.2', arrivals: constant, mac: other, start: 1ms,"
         "stop: 2ms, egress: any}, {rate: 0.5%, egress: 4/1-4, from: 1/1}]",
         "run.window=250ns", "run.batch=1", NULL);
    const struct stream_config *a = &s.config.streams[0], *b = a + 1, *c = a + 2;
    assert_string_equal(a->name, "stream 1");
    assert_true(a->rate.unit == RATE_PPS && a->rate.value == 1488000);
    assert_true(a->arrivals == ARRIVALS_ON_OFF && a->burst_frames == 7);
    assert_true(a->family == IPV6 && a->to == TO_ZIPF && a->n_egress == 0 && !a->other_mac);
    assert_true(b->rate.unit == RATE_BPS && b->rate.value == 3000000000);
    assert_true(b->to == TO_LIST && b->n_list == 2 && b->list[1].hi == 0x0a02020200000000);
    assert_true(b->arrivals == ARRIVALS_CONSTANT && b->other_mac);
    assert_true(b->start_ps == 1000000000 && b->stop_ps == 2000000000);
    assert_true(c->rate.unit == RATE_LINE && c->rate.value == 5000);
    assert_true(c->n_egress == 4 && c->egress[3] == 15);
    assert_true(s.config.window_ps == 250000 && s.config.batch_rows == 1);
    check_round_trip(&s);
}

static void test_assumptions(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, "assume.bus_outstanding=16", NULL);
    const char *const names[] = {"PFC3BXL.latency", "DFC3BXL.latency", "WS-X6704-10GE.rx_buffer",
                                 "assume.fabric_overhead", "assume.bus_outstanding"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        size_t n_found = 0;
        for (size_t i = 0; i < s.n_assumptions; i++) {
            n_found += strcmp(s.assumptions[i].name, names[n]) == 0;
            assert_true(strcmp(s.assumptions[i].name, "assume.bus_outstanding") != 0 ||
                        (strcmp(s.assumptions[i].value, "16") == 0 &&
                         strcmp(s.assumptions[i].why, "as the scenario says") == 0));
        }
        assert_int_equal(n_found, 1); /* of four cards alike */
    }
}

/* Every key of the language: what is set is what is printed. */
static const struct {
    const char *set, *line;
} printed[] = {
    {"title=\"a \\\"b\\\" c\"", "title: \"a \\\"b\\\" c\"\n"},
    {"supervisor.slot=6", "supervisor: {slot: 6, model: WS-SUP720-3BXL}\n"},
    {"slots[1]=", "  - {slot: 1, model: WS-X6704-10GE, forwarding: DFC3BXL}\n  - {slot: 3,"},
    {"routes.synthetic={ipv4: 5, ipv6: 6, next_hops: 7, seed: 8}",
     "  synthetic: {year: 2024, ipv4: 5, ipv6: 6, next_hops: 7, seed: 8}\n"},
    {"routes.file=/dev/null", "  file: \"/dev/null\"\n"},
    {"routes.static=[{prefix: 9.0.0.0/8, port: 2/3}]",
     "  static:\n    - {prefix: \"9.0.0.0/8\", port: 2/3}\n"},
    {"routes.static=[{prefix: 2001:db8:9::/48, via: '2001:db8:1:1::2'}]",
     "    - {prefix: \"2001:db8:9::/48\", via: \"2001:db8:1:1::2\"}\n"},
    {"routes.static=[{prefix: 9.0.0.0/8, via: receive}]", "via: \"receive\"}\n"},
    {"routes.static=[{prefix: 9.0.0.0/8, via: 10.1.1.2, punt: yes}]",
     "via: \"10.1.1.2\", punt: yes}\n"},
    {"routes.static=[{prefix: 9.0.0.0/8, via: 10.1.1.2, punt: no}]", "via: \"10.1.1.2\"}\n"},
    {"routes.static=[{prefix: 9.0.0.0/8, via: 10.1.1.2, punt: yes, distance: 250}]",
     "via: \"10.1.1.2\", punt: yes, distance: 250}\n"},
    {"routes.changes=[{at: 1ms, prefix: 9.0.0.0/8, port: 1/1, distance: 1}]",
     "port: 1/1, distance: 1}\n"},
    {"routes.changes=[{at: 1ms, prefix: 9.0.0.0/8, via: 10.1.1.2, punt: yes}]",
     "via: \"10.1.1.2\", punt: yes}\n"},
    {"routes.changes=[{at: 1500us, prefix: 9.0.0.0/8, port: 2/3}, {at: 2ms, withdraw: 9.0.0.0/8}]",
     "  changes:\n    - {at: 1500us, prefix: \"9.0.0.0/8\", port: 2/3}\n"
     "    - {at: 2ms, withdraw: \"9.0.0.0/8\"}\n  fib:"},
    {"routes.fib=cold", "  fib: cold\n"},
    {"routes.fib_exception=refuse", "  fib_exception: refuse\n"},
    {"routes.growth={routes: 10, rate: 1kpps, start: 2ms}",
     "  growth: {routes: 10, start: 2ms, rate: 1kpps}\n"},
    {"run.samples=7", ", samples: 7}\n"},
    {"routes={maximum_routes: {ip: 600}, reloads: [{at: 1ms, maximum_routes: {ip: 750}}, {at: "
     "2s}]}",
     "  reloads:\n    - {at: 1ms, maximum_routes: {ip: 752}}\n"
     "    - {at: 2s, maximum_routes: {ip: 752}}\n"},
    {"routes={maximum_routes: {mpls: 16}, reloads: [{at: 1ms}, {at: 2s, maximum_routes: {mpls: 32, "
     "ip: 700}}]}",
     "  reloads:\n    - {at: 1ms, maximum_routes: {ip: 496, mpls: 16}}\n"
     "    - {at: 2s, maximum_routes: {ip: 704, mpls: 32}}\n"},
    {"routes.maximum_routes.mpls=16", "  maximum_routes: {ip: 496, mpls: 16, ipv6: 256}\n"},
    {"assume.fib_cef=1kpps", "  fib_cef: 1kpps\n"},
    {"routes.fib=cold", "  eobc: 100Mbps\n"},
    {"assume={fib_download: 1kpps, xdr_entry: 7B}", "  xdr_entry: 7B\n"},
    {"routes.reloads=[{at: 1ms}]", "  fib_download_dfc: 20kpps\n"},
    {"routes.maximum_routes.ip=1", "  maximum_routes: {ip: 16, ipv6: 504}\n"},
    {"oir=[{at: 2ms, remove: 2}, {at: 1ms, insert: 2}]",
     "oir:\n  - {at: 1ms, insert: 2}\n  - {at: 2ms, remove: 2}\nroutes:"},
    {"assume.hop_bus=cut-through", "  hop_bus: cut-through\n"},
    {"assume.cross_channel=local", "  cross_channel: local\n"},
    {"policers=[{name: a b, rate: 10Mbps, burst: 5kB, ports: \"1/1-2, 3/1\"}]",
     "policers:\n  - {name: \"a b\", rate: 10Mbps, burst: 5kB, ports: \"1/1-2, 3/1\"} "
     "# rate: 10Mbps asked, in hardware: 9961472bps, in steps of: 262144bps\n"},
    {"policers=[{name: a, rate: 32kbps, burst: 1000B, ports: 1/1}, {name: b, rate: 10Gbps, burst: "
     "512MB, ports: 1/2}]",
     "rate: 10Gbps, burst: 512MB, ports: \"1/2\"} # rate: 10Gbps asked, in hardware: "
     "9932111872bps"},
    {"policers=[{name: a, rate: 10Mbps, burst: 5kB, peak_rate: 20Mbps, exceed: dscp 10, violate: "
     "policed-dscp, ports: 1/1}]",
     "peak_rate: 20Mbps, peak_burst: 5kB, exceed: dscp 10, violate: policed-dscp, ports"},
    {"policers=[{name: a, rate: 10Mbps, burst: 5kB, each: port, direction: out, conform: dscp 0, "
     "exceed: transmit, ports: 1/1}]",
     "burst: 5kB, each: port, direction: out, conform: dscp 0, exceed: transmit, ports"},
    {"policers=[{name: a, rate: 10Mbps, burst: 5kB, each: flow, ports: 1/1}]", "each: flow, ports"},
    {"rate_limits.fib_exception=none", "rate_limits: {fib_exception: none}\n"},
    {"rate_limits.receive=1kpps", "10kpps, receive: 1kpps burst 10}\n"},
    {"rate_limits={receive: 100pps burst 10, icmp_no_route: off}",
     "10kpps, icmp_no_route: off, receive: 100pps burst 10}\n"},
    {"rate_limits.icmp_no_route=0pps", "icmp_no_route: 0pps burst 10}\n"},
    {"rate_limits.ip_options=1pps", "ip_options: 1pps burst 10}\n"},
    {"assume.shared_register=own-buckets", "  shared_register: own-buckets\n"},
    {"control_plane=[{name: a, causes: \"glean, receive\", rate: 1Mbps, burst: 5kB}]",
     "  - {name: \"a\", causes: \"receive, glean\", rate: 1Mbps, burst: 5kB} "
     "# rate: 1Mbps asked, in hardware: 1015808bps, in steps of: 32768bps\n"},
    {"control_plane=[{name: a, causes: ttl, rate: 1Mbps, burst: 5kB}, {name: b, causes: all, rate: "
     "1Mbps, burst: 5kB}]",
     "causes: \"receive, glean, fib_exception, no_route, options, mtu, redirect, adjacency, "
     "acl_denied, rpf_failure, vacl_log, acl_bridged_in, acl_bridged_out, rpf_paths\""},
    {"qos.enabled=yes", "qos: {enabled: yes, serial_policing: no, rewrite_dscp: yes}\n"},
    {"qos.policed_dscp=46:8, 63:0",
     "qos: {enabled: no, serial_policing: no, rewrite_dscp: yes, policed_dscp: \"46:8, 63:0\"}\n"},
    {"qos={cos_dscp: \"5:46\", dscp_cos: \"46:4\", ip_precedence_dscp: \"7:57\"}",
     "cos_dscp: \"5:46\", ip_precedence_dscp: \"7:57\", dscp_cos: \"46:4\"}\n"},
    {"interfaces=[{ports: \"1/1, 1/3\", trust: cos}, {ports: 1/2, mtu: 1500B}]",
     "interfaces:\n  - {ports: \"1/1, 1/3\", trust: cos}\n"
     "  - {ports: \"1/2\", trust: none, mtu: 1500B}\nqos: {enabled: yes, serial_policing: no, "
     "rewrite_dscp: "
     "yes}\n"},
    {"traffic[0].ttl=1", "    ttl: 1\n"},
    {"traffic[0].options=yes", "    options: yes\n"},
    {"traffic[0]={rate: 1%, redirect: yes}", "    redirect: yes\n"},
    {"traffic[0].dscp=46", "    dscp: 46\n"},
    {"traffic[0].cos=0", "    cos: 0\n"},
    {"interfaces=[{ports: 1/1-4, trust: cos, cos: 3}]", "{ports: \"1/1-4\", trust: cos, cos: 3}"},
    {"rate_limits.fib_exception=1Mpps", "rate_limits: {fib_exception: 1Mpps}\n"},
    {"assume.fib_exception_burst=1", "  fib_exception_burst: 1\n"},
    {"traffic[0].name=x-1", "  - name: \"x-1\"\n"},
    {"traffic[0].from=2/2-4, 3/1", "    from: 2/2-4, 3/1\n"},
    {"traffic[0].from=1/4, 2/1", "    from: 1/4, 2/1\n"},
    {"traffic[0].rate=5.5%", "    rate: 5.5%\n"},
    {"traffic[0].rate=2.5Mpps", "    rate: 2500kpps\n"},
    {"traffic[0].rate=1.5Gbps", "    rate: 1500Mbps\n"},
    {"traffic[0].frames=64B:2, 65B", "    frames: 64B:2, 65B:1\n"},
    {"traffic[0].frames=9216B", "    frames: 9216B\n"},
    {"traffic[0].frames=in order imix", "    frames: in order 64B:7, 594B:4, 1518B:1\n"},
    {"traffic[0].frames=in order 65B, 66B:2", "    frames: in order 65B:1, 66B:2\n"},
    {"traffic[0].frames=in order 64B:2, 128B", "    frames: genome aab\n"},
    {"traffic[0].frames=genome abcdefghi", "    frames: genome abcdefghi\n"},
    {"traffic[0].arrivals=constant", "    arrivals: constant\n"},
    {"traffic[0]={rate: 1%, arrivals: on-off, burst: 9}", "on-off\n    burst: 9\n"},
    {"traffic[0].family=ipv6", "    family: ipv6\n"},
    {"traffic[0].mac=other", "    mac: other\n"},
    {"traffic[0]={rate: 1%, to: '1.2.3.4,5.6.7.8'}", "    to: \"1.2.3.4, 5.6.7.8\"\n"},
    {"traffic[0].to=zipf", "    to: zipf\n    egress: all\n"},
    {"traffic[0].egress=any", "    to: prefixes\n    egress: any\n"},
    {"traffic[0].egress=1/1-2, 2/3", "    egress: 1/1-2, 2/3\n"},
    {"traffic[0].flows=99", "    flows: 99\n"},
    {"traffic[0].start=5us", "    start: 5us\n"},
    {"traffic[0].stop=6500us", "    stop: 6500us\n"},
    {"traffic=[]", "traffic: []\n"},
    {"run={warmup: 0s, duration: 1s, seed: 9, window: 5ns, batch: 6}",
     "run: {warmup: 0ps, duration: 1s, seed: 9, window: 5ns, batch: 6, samples: 0}\n"},
    {"assume.fabric_overhead=0B", "  fabric_overhead: 0B\n"},
    {"assume.fabric_overspeed=1", "  fabric_overspeed: 1\n"},
    {"assume.fabric_transit=7ns", "  fabric_transit: 7ns\n"},
    {"assume.fabric_egress_buffer=20kB", "  fabric_egress_buffer: 20kB\n"},
    {"assume.port_rx_latency=0ps", "  port_rx_latency: 0ps\n"},
    {"assume.port_tx_latency=3ps", "  port_tx_latency: 3ps\n"},
    {"assume.bus_outstanding=1", "  bus_outstanding: 1\n"},
    {"assume.fib_download=1Mpps", "  fib_download: 1Mpps\n"},
    {"assume.inband_queue=2", "  inband_queue: 2\n"},
    {"bgp=[{neighbour: 10.1.1.2, keepalives: stream 1, prefixes: \"8.0.0.0/8, 9.0.0.0/8\"}]",
     "  - {neighbour: \"10.1.1.2\", keepalives: \"stream 1\", hold: 180s, prefixes: \"8.0.0.0/8, "
     "9.0.0.0/8\"}\n"},
    {"arp.hosts=10.1.1.7, 2001:db8::7", "arp: {hosts: \"10.1.1.7, 2001:db8::7\"}\n"},
    {"assume.process_options=50us", "  process_options: 50us\n"},
    {"assume.netint_mask=0us", "  netint_mask: 0ps\n"},
    {"assume.hold_queue=2000", "  hold_queue: 2000\n"},
};

static void test_print(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof printed / sizeof printed[0]; i++) {
        struct scenario s;
        load(&s, base, printed[i].set, NULL);
        if (strstr(print(&s), printed[i].line) == NULL) {
            fail_msg("%s\nis not printed as\n%sbut\n%s", printed[i].set, printed[i].line,
                     print(&s));
        }
    }
}

/* Random changes, some that fit and some that do not: refused in words or taken, and what is taken
 * prints as what it is. */
static void test_random_overrides(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "supervisor.slot=6",
        "supervisor.model=WS-SUP720-3B",
        "slots[1].slot=9",
        "slots[3].slot=5",
        "slots[3].model=WS-X6748-GE-TX",
        "slots[0].forwarding=DFC3B",
        "slots[0].forwarding=CFC",
        "slots[2].model=WS-X6516A-GBIC",
        "slots[2]=",
        "routes=",
        "routes.fib=cold",
        "routes.changes=[{at: 2ms, withdraw: 9.0.0.0/8}, {at: 1ms, prefix: 9.0.0.0/8, port: 2/1}]",
        "routes.maximum_routes.ip=16",
        "routes.maximum_routes.ip=0",
        "routes.reloads=[{at: 1ms, maximum_routes: {ipv6: 8}}]",
        "routes.fib_exception=refuse",
        "assume.xdr_header=1kB",
        "routes.synthetic.ipv4=4096",
        "routes.synthetic.ipv6=fill",
        "traffic[0].to=zipf",
        "traffic[0].to=10.1.1.2",
        "traffic[0].egress=any",
        "traffic[0].egress=1/1-4",
        "traffic[0].from=1/1-4, 2/1",
        "traffic[0].from=3/1",
        "traffic[0].rate=10Mpps",
        "traffic[0].rate=900Mbps",
        "traffic[0].frames=imix",
        "traffic[0].flows=7",
        "traffic[0].frames=genome aab",
        "traffic[0].start=5ms",
        "run.warmup=7ms",
        "traffic[0].frames=64B:3, 1518B",
        "traffic[0].family=ipv6",
        "run.window=100us",
        "assume.fib_download=5pps",
        "run.duration=9ps",
    };
    const size_t n_sets = sizeof sets / sizeof sets[0];
    uint64_t x = 88172645463325252u;
    unsigned n_loaded = 0, n = 500;
    for (unsigned i = 0; i < n; i++) {
        const char *set[4];
        for (int k = 0; k < 4; k++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            set[k] = sets[(x >> 32) % n_sets];
        }
        struct scenario s;
        struct error err = {0};
        if (scenario_load(base, set, 1 + i % 4, mem, &s, &err)) {
            n_loaded++;
            check_round_trip(&s);
        } else {
            assert_true(err.n_messages > 0 && strchr(err.text, '\n') != NULL);
        }
        error_free(&err);
    }
    assert_true(n_loaded > n / 5 && n_loaded < n - n / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readmes),         cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_distributed),     cmocka_unit_test(test_demo_pair),
        cmocka_unit_test(test_ports),           cmocka_unit_test(test_mixed_engines),
        cmocka_unit_test(test_engine_by_class), cmocka_unit_test(test_carving),
        cmocka_unit_test(test_static_routes),   cmocka_unit_test(test_route_changes),
        cmocka_unit_test(test_feeds),           cmocka_unit_test(test_frames),
        cmocka_unit_test(test_stream_options),  cmocka_unit_test(test_assumptions),
        cmocka_unit_test(test_print),           cmocka_unit_test(test_random_overrides),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
