/* The catalogue: what is in it, and that a row with a mistake is refused where it stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/catalog.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tests/cards.h"

static struct arena *mem;

static int set_up(void **state)
{
    (void)state;
    mem = arena_open();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(mem);
    return 0;
}

static void load(struct catalog *catalog)
{
    struct catalog_text texts[CATALOG_N_TEXTS];
    struct error err = {0};
    catalog_built_in(texts);
    if (!catalog_load(texts, mem, catalog, &err)) {
        fail_msg("%s", err.text);
    }
}

static const struct catalog_linecard *card(const struct catalog *c, const char *title)
{
    uint32_t i = catalog_find(c, CATALOG_LINECARDS, title);
    if (i == c->n_rows[CATALOG_LINECARDS]) {
        fail_msg("no linecard %s", title);
    }
    return &c->linecards[i];
}

static const struct catalog_engine *engine(const struct catalog *c, const char *model)
{
    uint32_t i = catalog_find(c, CATALOG_ENGINES, model);
    if (i == c->n_rows[CATALOG_ENGINES]) {
        fail_msg("no engine %s", model);
    }
    return &c->engines[i];
}

/* What one can order: a change here is a change of the modelled hardware. Rates in Mbit/s, buffers
 * of the first port ASIC in kB. */
static const struct {
    const char *title;
    enum card_class class;
    uint32_t n_ports, n_asics, port_mbps, link_mbps, rx_kb, tx_kb, n_channels, channel_mbps;
    bool on_bus, shared;
    const char *forwarding;
} cards[] = {
    {"WS-X6704-10GE", CEF720, 4, 4, 10000, 10000, 2000, 14000, 2, 20000, true, false,
     "CFC DFC3A DFC3B DFC3BXL DFC3C DFC3CXL DFC4 DFC4XL "},
    {"WS-X6748-GE-TX", CEF720, 48, 4, 1000, 12000, 166, 1200, 2, 20000, true, false,
     "CFC DFC3A DFC3B DFC3BXL DFC3C DFC3CXL DFC4 DFC4XL "},
    {"WS-X6748-SFP", CEF720, 48, 4, 1000, 12000, 166, 1200, 2, 20000, true, false,
     "CFC DFC3A DFC3B DFC3BXL DFC3C DFC3CXL DFC4 DFC4XL "},
    {"WS-X6724-SFP", CEF720, 24, 2, 1000, 12000, 166, 1200, 1, 20000, true, false,
     "CFC DFC3A DFC3B DFC3BXL DFC3C DFC3CXL DFC4 DFC4XL "},
    {"WS-X6708-10G-3C", DCEF720, 8, 4, 10000, 16000, 108000, 90000, 2, 20000, false, false,
     "DFC3C DFC3CXL "},
    {"WS-X6716-10G", DCEF720, 16, 4, 10000, 10000, 1000, 22500, 2, 20000, false, false,
     "DFC3C DFC3CXL DFC4 DFC4XL "},
    {"WS-X6716-10G performance", DCEF720, 4, 4, 10000, 10000, 108000, 90000, 2, 20000, false, false,
     "DFC3C DFC3CXL DFC4 DFC4XL "},
    {"WS-X6816-10G-2T", DCEF720, 16, 4, 10000, 10000, 1000, 22500, 2, 20000, false, false,
     "DFC4 DFC4XL "},
    {"WS-X6816-10T-2T performance", DCEF720, 4, 4, 10000, 10000, 108000, 90000, 2, 20000, false,
     false, "DFC4 DFC4XL "},
    {"WS-X6848-TX-2T", DCEF720, 48, 4, 1000, 12000, 166, 1200, 2, 20000, false, false,
     "DFC4 DFC4XL "},
    {"WS-X6848-SFP-2T", DCEF720, 48, 4, 1000, 12000, 166, 1200, 2, 20000, false, false,
     "DFC4 DFC4XL "},
    {"WS-X6824-SFP-2T", DCEF720, 24, 2, 1000, 12000, 166, 1200, 1, 20000, false, false,
     "DFC4 DFC4XL "},
    {"WS-X6908-10G-2T", DCEF2T, 8, 8, 10000, 10000, 128000, 128000, 2, 40000, false, false,
     "DFC4 DFC4XL "},
    {"WS-X6904-40G-2T", DCEF2T, 4, 2, 40000, 80000, 10000, 176000, 2, 40000, false, true,
     "DFC4 DFC4XL "},
    {"WS-X6904-40G-2T 16x10G", DCEF2T, 16, 2, 10000, 80000, 10000, 176000, 2, 40000, false, true,
     "DFC4 DFC4XL "},
    {"WS-X6904-40G-2T performance", DCEF2T, 2, 2, 40000, 80000, 10000, 176000, 2, 40000, false,
     true, "DFC4 DFC4XL "},
    {"WS-X6516A-GBIC", CEF256, 16, 4, 1000, 4000, 135, 946, 1, 8000, true, false,
     "none DFC DFC3A DFC3B DFC3BXL "},
    {"WS-X6516-GBIC", CEF256, 16, 4, 1000, 4000, 73, 439, 1, 8000, true, false,
     "none DFC DFC3A DFC3B DFC3BXL "},
    {"WS-X6501-10GEX4", CEF256, 1, 1, 10000, 10000, 256, 64000, 1, 8000, true, false, "none "},
    {"WS-X6502-10GE", CEF256, 1, 1, 10000, 10000, 256, 64000, 1, 8000, true, false,
     "none DFC DFC3A DFC3B DFC3BXL "},
    {"WS-X6548-RJ-45", CEF256, 48, 1, 100, 4800, 28, 1088, 1, 8000, true, false,
     "none DFC DFC3A DFC3B DFC3BXL "},
    {"WS-X6548-GE-TX", CEF256, 48, 6, 1000, 1000, 185, 1200, 1, 8000, true, true, "none "},
    {"WS-X6816-GBIC", DCEF256, 16, 4, 1000, 4000, 73, 439, 2, 8000, false, false,
     "DFC DFC3A DFC3B DFC3BXL "},
    {"WS-X6148A-GE-TX", CLASSIC, 48, 6, 1000, 1000, 120, 5200, 0, 0, true, false, "none "},
    {"WS-X6148E-GE-45AT", CLASSIC, 48, 6, 1000, 1000, 120, 5300, 0, 0, true, false, "none "},
    {"WS-X6148-GE-TX", CLASSIC, 48, 6, 1000, 1000, 185, 1200, 0, 0, true, true, "none "},
    {"WS-X6148-RJ-45", CLASSIC, 48, 4, 100, 1000, 16, 112, 0, 0, true, false, "none "},
    {"WS-X6148-RJ-21", CLASSIC, 48, 4, 100, 1000, 16, 112, 0, 0, true, false, "none "},
    {"WS-X6348-RJ-45", CLASSIC, 48, 4, 100, 1000, 16, 112, 0, 0, true, false, "none "},
    {"WS-X6148A-RJ-45", CLASSIC, 48, 6, 100, 1000, 120, 5300, 0, 0, true, false, "none "},
    {"WS-X6416-GBIC", CLASSIC, 16, 4, 1000, 4000, 73, 439, 0, 0, true, false, "none "},
    {"WS-X6408A-GBIC", CLASSIC, 8, 2, 1000, 4000, 73, 439, 0, 0, true, false, "none "},
    {"WS-X6K-S1A-MSFC2", CLASSIC, 2, 1, 1000, 2000, 73, 439, 0, 0, true, false, "none "},
    {"WS-X6K-S2-MSFC2", CEF256, 2, 1, 1000, 2000, 73, 439, 1, 8000, true, false, "none "},
    {"WS-SUP32-GE-3B", CLASSIC, 9, 3, 1000, 4000, 73, 439, 0, 0, true, false, "none "},
    {"WS-SUP32-10GE-3B", CLASSIC, 3, 3, 10000, 10000, 2000, 14000, 0, 0, true, false, "none "},
    {"WS-SUP720", CEF720, 2, 1, 1000, 2000, 73, 439, 1, 20000, true, false, "none "},
    {"WS-SUP720-3BXL", CEF720, 2, 1, 1000, 2000, 73, 439, 1, 20000, true, false, "none "},
    {"VS-S720-10G-3C", CEF720, 5, 3, 1000, 3000, 73, 439, 1, 20000, true, false, "none "},
    {"VS-S720-10G-3CXL", CEF720, 5, 3, 1000, 3000, 73, 439, 1, 20000, true, false, "none "},
    {"VS-S2T-10G", DCEF2T, 5, 3, 1000, 3000, 73, 439, 1, 40000, true, false, "none "},
    {"C6800-SUP6T-XL", DCEF2T, 10, 3, 10000, 80000, 10000, 100000, 1, 40000, true, false, "none "},
};

static void test_linecards(void **state)
{
    (void)state;
    struct catalog c;
    load(&c);
    assert_int_equal(c.n_rows[CATALOG_LINECARDS], 47);
    for (size_t i = 0; i < sizeof cards / sizeof cards[0]; i++) {
        const struct catalog_linecard *row = card(&c, cards[i].title);
        const struct linecard_type *is = &row->type;
        const struct port_asic *asic = &is->asics[0];
        char list[200] = "";
        for (uint32_t k = 0; k < row->n_forwarding; k++) {
            size_t n = strlen(list);
            snprintf(list + n, sizeof list - n, "%s ", row->forwarding[k].name);
            assert_true((row->forwarding[k].engine != NULL) == (list[n] == 'D'));
        }
        assert_string_equal(list, cards[i].forwarding);
        assert_int_equal(is->class, cards[i].class);
        assert_true(is->n_ports == cards[i].n_ports && is->n_asics == cards[i].n_asics);
        assert_int_equal(asic->port_bps, cards[i].port_mbps * 1000000ull);
        assert_int_equal(asic->link_bps, cards[i].link_mbps * 1000000ull);
        assert_int_equal(asic->rx_buffer_bytes, cards[i].rx_kb * 1000ull);
        assert_int_equal(asic->tx_buffer_bytes, cards[i].tx_kb * 1000ull);
        assert_int_equal(is->n_channels, cards[i].n_channels);
        assert_int_equal(is->channel_bps, cards[i].channel_mbps * 1000000ull);
        assert_true(is->on_bus == cards[i].on_bus && is->shared_buffers == cards[i].shared);
    }
}

static uint32_t port_index(const struct linecard_type *type, uint32_t number)
{
    uint32_t i = 0;
    while (type->port_number[i] != number) {
        i++;
    }
    return i;
}

/* Ports belong to port ASICs, these to channels: in sequence, interleaved, some of them only. */
static void test_ports(void **state)
{
    (void)state;
    struct catalog c;
    load(&c);
    static const struct {
        const char *title;
        uint32_t port, asic, n_ports, channel;
    } rows[] = {
        {"WS-X6748-GE-TX", 12, 0, 12, 0}, {"WS-X6748-GE-TX", 13, 1, 12, 0},
        {"WS-X6748-GE-TX", 25, 2, 12, 1}, {"WS-X6748-SFP", 23, 0, 12, 0},
        {"WS-X6748-SFP", 24, 2, 12, 0},   {"WS-X6748-SFP", 25, 1, 12, 1},
        {"WS-X6748-SFP", 48, 3, 12, 1},   {"WS-X6708-10G-3C", 4, 1, 2, 0},
        {"WS-X6708-10G-3C", 5, 2, 2, 1},  {"WS-X6716-10G performance", 13, 3, 1, 1},
        {"VS-S720-10G-3C", 3, 0, 3, 0},   {"VS-S720-10G-3C", 4, 1, 1, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct linecard_type *type = &card(&c, rows[i].title)->type;
        uint32_t asic = type->port_asic[port_index(type, rows[i].port)];
        assert_int_equal(asic, rows[i].asic);
        assert_int_equal(type->asics[asic].n_ports, rows[i].n_ports);
        assert_int_equal(type->asics[asic].channel, rows[i].channel);
    }
    for (uint32_t i = 0; i < c.n_rows[CATALOG_LINECARDS]; i++) {
        const struct linecard_type *type = &c.linecards[i].type;
        uint32_t n = 0;
        for (uint32_t a = 0; a < type->n_asics; a++) {
            n += type->asics[a].n_ports;
        }
        assert_int_equal(n, type->n_ports);
        for (uint32_t p = 1; p < type->n_ports; p++) {
            assert_true(type->port_number[p] > type->port_number[p - 1]);
        }
    }
}

static const struct {
    const char *model;
    uint32_t generation;
    char letter;
    bool xl;
    uint64_t central, cef256, cef720, cef2t; /* Mpps */
    uint64_t tcam, ipv4, ipv6, mac, netflow, adjacencies, acl, masks, labels;
} engines[] = {
    {"PFC1", 1, 0, false, 15, 0, 0, 0, 131072, 131072, 0, 131072, 131072, 131072, 16384, 2048, 512},
    {"PFC2", 2, 0, false, 30, 0, 0, 0, 262144, 262144, 0, 131072, 131072, 262144, 16384, 2048, 512},
    {"PFC3A", 3, 'A', false, 30, 0, 0, 0, 262144, 196608, 32768, 65536, 131072, 1048576, 32768,
     4096, 512},
    {"PFC3B", 3, 'B', false, 30, 0, 0, 0, 262144, 196608, 32768, 65536, 131072, 1048576, 32768,
     4096, 4096},
    {"PFC3BXL", 3, 'B', true, 30, 0, 0, 0, 1048576, 524288, 262144, 65536, 262144, 1048576, 32768,
     4096, 4096},
    {"PFC3C", 3, 'C', false, 48, 0, 0, 0, 262144, 196608, 32768, 98304, 131072, 1048576, 32768,
     4096, 4096},
    {"PFC3CXL", 3, 'C', true, 48, 0, 0, 0, 1048576, 524288, 262144, 98304, 262144, 1048576, 32768,
     4096, 4096},
    {"PFC4", 4, 0, false, 60, 0, 0, 0, 262144, 262144, 131072, 131072, 524288, 1048576, 65536, 8192,
     16384},
    {"PFC4-EXL", 4, 0, true, 60, 0, 0, 0, 1048576, 1048576, 524288, 131072, 1048576, 1048576,
     262144, 32768, 16384},
    {"DFC", 2, 0, false, 0, 24, 0, 0, 262144, 262144, 0, 131072, 131072, 262144, 16384, 2048, 512},
    {"DFC3A", 3, 'A', false, 0, 24, 48, 0, 262144, 196608, 32768, 65536, 131072, 1048576, 32768,
     4096, 512},
    {"DFC3B", 3, 'B', false, 0, 24, 48, 0, 262144, 196608, 32768, 65536, 131072, 1048576, 32768,
     4096, 4096},
    {"DFC3BXL", 3, 'B', true, 0, 24, 48, 0, 1048576, 524288, 262144, 65536, 262144, 1048576, 32768,
     4096, 4096},
    {"DFC3C", 3, 'C', false, 0, 24, 48, 0, 262144, 196608, 32768, 98304, 131072, 1048576, 32768,
     4096, 4096},
    {"DFC3CXL", 3, 'C', true, 0, 24, 48, 0, 1048576, 524288, 262144, 98304, 262144, 1048576, 32768,
     4096, 4096},
    {"DFC4", 4, 0, false, 0, 0, 60, 60, 262144, 262144, 131072, 131072, 524288, 1048576, 65536,
     8192, 16384},
    {"DFC4XL", 4, 0, true, 0, 0, 60, 60, 1048576, 1048576, 524288, 131072, 1048576, 1048576, 262144,
     32768, 16384},
};

static void test_engines(void **state)
{
    (void)state;
    struct catalog c;
    load(&c);
    assert_int_equal(c.n_rows[CATALOG_ENGINES], 20);
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
        const struct catalog_engine *is = engine(&c, engines[i].model);
        const struct engine_type *type = &is->type;
        assert_true(type->generation == engines[i].generation && type->letter == engines[i].letter);
        assert_int_equal(type->xl, engines[i].xl);
        assert_int_equal(type->lookups_per_s, engines[i].central * 1000000);
        assert_int_equal(is->dfc_lookups_per_s[CLASSIC], 0);
        assert_int_equal(is->dfc_lookups_per_s[CEF256], engines[i].cef256 * 1000000);
        assert_int_equal(is->dfc_lookups_per_s[DCEF256], engines[i].cef256 * 1000000);
        assert_int_equal(is->dfc_lookups_per_s[CEF720], engines[i].cef720 * 1000000);
        assert_int_equal(is->dfc_lookups_per_s[DCEF720], engines[i].cef720 * 1000000);
        assert_int_equal(is->dfc_lookups_per_s[DCEF2T], engines[i].cef2t * 1000000);
        assert_true(type->tcam_slots == engines[i].tcam && type->ipv4_slots == engines[i].ipv4);
        assert_int_equal(type->ipv6_entries, engines[i].ipv6);
        assert_true(type->mac_entries == engines[i].mac &&
                    type->netflow_entries == engines[i].netflow);
        assert_int_equal(type->adjacencies, engines[i].adjacencies);
        assert_true(type->acl_entries == engines[i].acl && type->acl_masks == engines[i].masks);
        assert_int_equal(type->acl_labels, engines[i].labels);
        assert_int_equal(type->rpf_interfaces, engines[i].generation >= 4   ? 16
                                               : engines[i].generation == 3 ? 2
                                                                            : 1);
        assert_int_equal(type->ipv6_lookups, engines[i].generation >= 3 ? 2 : 1);
        assert_int_equal(type->latency_ps, engines[i].generation == 1 ? 1000000 : 500000);
    }
}

static void test_supervisors(void **state)
{
    (void)state;
    static const struct {
        const char *model, *pfc, *fabric;
        enum supervisor_generation generation;
        uint64_t channel_gbps, software_kpps;
        bool takes_modules;
    } rows[] = {
        {"WS-X6K-S1A-MSFC2", "PFC1", NULL, SUP1, 0, 650, false},
        {"WS-X6K-S2-MSFC2", "PFC2", NULL, SUP1, 8, 650, true},
        {"WS-SUP32-GE-3B", "PFC3B", NULL, SUP720, 0, 650, false},
        {"WS-SUP32-10GE-3B", "PFC3B", NULL, SUP720, 0, 650, false},
        {"WS-SUP720", "PFC3A", "SUP720-FABRIC", SUP720, 20, 500, false},
        {"WS-SUP720-3B", "PFC3B", "SUP720-FABRIC", SUP720, 20, 500, false},
        {"WS-SUP720-3BXL", "PFC3BXL", "SUP720-FABRIC", SUP720, 20, 500, false},
        {"VS-S720-10G-3C", "PFC3C", "S720-10G-FABRIC", SUP720, 20, 500, false},
        {"VS-S720-10G-3CXL", "PFC3CXL", "S720-10G-FABRIC", SUP720, 20, 500, false},
        {"VS-S2T-10G", "PFC4", "SUP2T-FABRIC", SUP2T, 40, 1000, false},
        {"VS-S2T-10G-XL", "PFC4XL", "SUP2T-FABRIC", SUP2T, 40, 1000, false},
        {"C6800-SUP6T", "PFC4-E", "SUP6T-FABRIC", SUP2T, 40, 1000, false},
        {"C6800-SUP6T-XL", "PFC4-EXL", "SUP6T-FABRIC", SUP2T, 40, 1000, false},
    };
    struct catalog c;
    load(&c);
    assert_int_equal(c.n_rows[CATALOG_SUPERVISORS], sizeof rows / sizeof rows[0]);
    for (uint32_t i = 0; i < c.n_rows[CATALOG_SUPERVISORS]; i++) {
        const struct catalog_supervisor *s = &c.supervisors[i];
        assert_string_equal(s->type.model, rows[i].model);
        assert_string_equal(s->type.pfc.model, rows[i].pfc);
        assert_true((s->type.fabric != NULL) == (rows[i].fabric != NULL));
        assert_true(rows[i].fabric == NULL || !strcmp(s->type.fabric->model, rows[i].fabric));
        assert_int_equal(s->generation, rows[i].generation);
        assert_int_equal(s->type.fabric_bps, rows[i].channel_gbps * 1000000000);
        assert_int_equal(s->type.software_pps, rows[i].software_kpps * 1000);
        assert_int_equal(s->type.inband_bps, 1000000000);
        assert_int_equal(s->takes_modules, rows[i].takes_modules);
        assert_string_equal(s->type.uplinks->model, rows[i].model);
        assert_true(card(&c, rows[i].model)->of_supervisor);
    }
    assert_false(card(&c, "WS-X6704-10GE")->of_supervisor);
}

static void test_chassis(void **state)
{
    (void)state;
    static const struct {
        const char *model;
        uint32_t n_slots, sup1, sup720, sup2t, fabric; /* first slots */
        bool takes_cef720, takes_dcef2t;
    } rows[] = {
        {"WS-C6503", 3, 1, 1, 0, 0, false, false},
        {"WS-C6503-E", 3, 1, 1, 1, 0, true, true},
        {"WS-C6504-E", 4, 0, 1, 1, 0, true, true},
        {"WS-C6506", 6, 1, 5, 0, 5, true, false},
        {"WS-C6506-E", 6, 1, 5, 5, 5, true, true},
        {"WS-C6509", 9, 1, 5, 0, 5, true, false},
        {"WS-C6509-E", 9, 1, 5, 5, 5, true, true},
        {"WS-C6509-NEB", 9, 1, 5, 0, 5, true, false},
        {"WS-C6509-NEB-A", 9, 1, 5, 0, 5, true, false},
        {"WS-C6509-V-E", 9, 0, 5, 5, 0, true, true},
        {"WS-C6513", 13, 1, 7, 0, 7, true, false},
        {"WS-C6513-E", 13, 0, 7, 7, 0, true, true},
    };
    struct catalog c;
    load(&c);
    assert_int_equal(c.n_rows[CATALOG_CHASSIS], sizeof rows / sizeof rows[0]);
    for (uint32_t i = 0; i < c.n_rows[CATALOG_CHASSIS]; i++) {
        const struct catalog_chassis *is = &c.chassis[i];
        assert_string_equal(is->type.model, rows[i].model);
        assert_int_equal(is->type.n_slots, rows[i].n_slots);
        assert_int_equal(is->supervisor_slots[SUP1][0], rows[i].sup1);
        assert_int_equal(is->supervisor_slots[SUP720][0], rows[i].sup720);
        assert_int_equal(is->supervisor_slots[SUP2T][0], rows[i].sup2t);
        assert_int_equal(is->fabric_slots[0], rows[i].fabric);
        assert_true(is->takes_class[CLASSIC] && is->takes_class[CEF256] &&
                    is->takes_class[DCEF256]);
        assert_int_equal(is->takes_class[CEF720], rows[i].takes_cef720);
        assert_int_equal(is->takes_class[DCEF2T], rows[i].takes_dcef2t);
        for (uint32_t slot = 1; slot <= rows[i].n_slots; slot++) {
            uint32_t few = rows[i].n_slots == 13 && slot <= 8;
            assert_int_equal(is->type.channels[slot], few ? 1 : 2);
            bool has_2t = rows[i].sup2t != 0;
            assert_true(is->sup2t_channels[slot] == 2 || (few && !has_2t));
        }
    }
}

static void test_fabrics(void **state)
{
    (void)state;
    static const uint64_t gbps[][2] = {{8, 0}, {8, 0}, {20, 8}, {20, 8}, {40, 20}, {40, 20}};
    struct catalog c;
    load(&c);
    assert_int_equal(c.n_rows[CATALOG_FABRICS], 6);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(c.fabrics[i].type.channel_bps[0], gbps[i][0] * 1000000000);
        assert_int_equal(c.fabrics[i].type.channel_bps[1], gbps[i][1] * 1000000000);
        assert_int_equal(c.fabrics[i].module, i < 2);
    }
}

/* Figures keep what is said of them; a row `like` another has its figures. */
static void test_figures(void **state)
{
    (void)state;
    struct catalog c;
    load(&c);
    const struct figure *f = &engine(&c, "DFC3BXL")->row->figures[ENGINE_LATENCY];
    assert_string_equal(f->value, "500ns");
    assert_int_equal(f->taken.provenance, SOURCE_ASSUMED);
    assert_string_equal(f->taken.why, "the same ASICs as the PFC's");
    assert_string_equal(f->low, "100ns");
    assert_string_equal(f->high, "1us");
    f = &card(&c, "WS-X6748-SFP")->row->figures[CARD_ASIC_CHANNELS];
    assert_string_equal(f->low, "0, 1, 0, 1");
    assert_string_equal(f->high, "0, 0, 1, 1");
    f = &card(&c, "WS-X6748-SFP")->row->figures[CARD_PORT_RATE];
    assert_string_equal(f->source, "[S16] (vendor)");
    assert_true(f->taken.provenance == SOURCE_VENDOR && f->low == NULL);
    f = &card(&c, "WS-X6716-10G performance")->row->figures[CARD_RX_QUEUES_DFC];
    assert_null(f->value);
}

/* Each [KEY] of each figure is explained. */
static void test_sources(void **state)
{
    (void)state;
    struct catalog c;
    load(&c);
    for (uint32_t kind = 0; kind < CATALOG_N_TEXTS; kind++) {
        for (uint32_t i = 0; i < c.n_rows[kind] * CATALOG_MAX_FIGURES; i++) {
            const struct catalog_row *row = &c.rows[kind][i / CATALOG_MAX_FIGURES];
            const char *key = row->figures[i % CATALOG_MAX_FIGURES].source;
            while (key != NULL && (key = strchr(key, '[')) != NULL) {
                size_t length = strcspn(++key, "]");
                if (catalog_source(key, length, mem) == NULL) {
                    fail_msg("%s: [%.*s]", row->title, (int)length, key);
                }
            }
        }
    }
    assert_string_equal(catalog_source("S28", 3, mem),
                        "ciscoarticles.com, CCNP/CCIE notes: Catalyst 6500 series");
    assert_null(catalog_source("S", 1, mem));
}

/* The built-in texts with the first `from` of one of them replaced. */
static void replace(struct catalog_text *texts, enum catalog_kind which, const char *from,
                    const char *to)
{
    catalog_built_in(texts);
    struct catalog_text *text = &texts[which];
    const char *found = memmem(text->text, text->length, from, strlen(from));
    assert_non_null(found);
    int before = (int)(found - text->text), after = (int)text->length - before - (int)strlen(from);
    text->text =
        arena_printf(mem, "%.*s%s%.*s", before, text->text, to, after, found + strlen(from));
    text->length = strlen(text->text);
}

static const struct {
    enum catalog_kind which;
    const char *from, *to, *message;
} refused[] = {
    {CATALOG_LINECARDS, "cef720, s", "cef702, s",
     "linecards[0].class.value: 'cef702'; expected classic, cef256, dcef256, cef720, dcef720 "
     "or"},
    {CATALOG_LINECARDS, "bus: {value: yes", "bus: {value: maybe", "'maybe'; expected no or yes"},
    {CATALOG_LINECARDS, "value: 10Gbps", "value: 10G", "port_rate.value: '10G' has a unit that"},
    {CATALOG_LINECARDS, "value: 2MB", "value: 1kB", "rx_buffer.value: 1kB is out of range"},
    {CATALOG_LINECARDS, "channels: {value: 2", "channels: {value: -2", "'-2' is not a number"},
    {CATALOG_LINECARDS, "    channels: {value: 2", "    chanels: {value: 2",
     "did you mean channels?"},
    {CATALOG_LINECARDS, "    channels: {value: 2", "    chanels: {value: 2",
     "the key channels is missing"},
    {CATALOG_LINECARDS, ", source: \"[S10] (vendor)\"", "", "the key source is missing"},
    {CATALOG_LINECARDS, "[S10] (vendor)", "[S10]",
     "source: expected [KEY] place (provenance: why)"},
    {CATALOG_LINECARDS, "[S10] (vendor)", "[S10] vendor)",
     "source: expected [KEY] place (provenance: why)"},
    {CATALOG_LINECARDS, "[S10] (vendor)", "[S10] (guess)", "provenance must be standard, vend"},
    {CATALOG_LINECARDS, "(assumed: one port ASIC for each 10 Gbps port)", "(assumed)",
     "expected (assumed: why)"},
    {CATALOG_LINECARDS, "(derived: 1:1, 4 x 10 Gbps on 2 x 20 Gbps)", "(derived)",
     "expected (derived: why)"},
    {CATALOG_LINECARDS, ", range: 1MB..4MB", "", "rx_buffer: what is assumed needs its range"},
    {CATALOG_LINECARDS, "1MB..4MB", "3MB..4MB", "range: the range does not hold the value, 2MB"},
    {CATALOG_LINECARDS, "1MB..4MB", "1MB", "'1MB'; expected a range as in 100ns..1us"},
    {CATALOG_LINECARDS, "1MB..4MB", "1..4MB", "'1' has no unit"},
    {CATALOG_LINECARDS, "1MB..4MB", "1MB..4GB", "4GB is out of range"},
    {CATALOG_LINECARDS, "[S10] (vendor)\"", "[S10] (vendor)\", range: a", "for what is assumed"},
    {CATALOG_LINECARDS, "0, 1, 0, 1 | 0", "0, 1, 0, 2 | 0", "2 is out of range: 0 to 1"},
    {CATALOG_LINECARDS, "1q8t", "1q8", "rx_queues.value: '1q8'; expected queues as in 1p3q8t"},
    {CATALOG_LINECARDS, "CFC, DFC3A", "CFC, DFC9", "DFC9: no engine of this name with a rate"},
    {CATALOG_LINECARDS, "CFC, DFC3A", "CFC, PFC3B", "PFC3B: no engine of this name with a rate"},
    {CATALOG_LINECARDS, "CFC, DFC3A", "CFC, DFC", "DFC: no engine of this name with a rate"},
    {CATALOG_LINECARDS, "\"CFC, DFC3A, DFC3B, DFC3BXL, DFC3C, DFC3CXL, DFC4, DFC4XL\"", "''",
     "forwarding.value: expected a text"},
    {CATALOG_LINECARDS, "\"DFC3C, DFC3CXL\"", "\"DFC3C, none\"", "not on the bus needs a DFC"},
    {CATALOG_LINECARDS, "\"1; 2; 3; 4\"", "\"1; 2; 3; 97\"", "expected ports of at most 16"},
    {CATALOG_LINECARDS, "\"1; 2; 3; 4\"", "\"1; 2; 3; 3\"", "asics.value: port 3 twice"},
    {CATALOG_LINECARDS, "\"1; 2; 3; 4\"", "\"4-1\"", "expected ports of at most 16 port ASICs"},
    {CATALOG_LINECARDS, "\"1; 2; 3; 4\"", "\"1-4/0\"", "expected ports of at most 16 port ASICs"},
    {CATALOG_LINECARDS, "\"1; 2; 3; 4\"", "\"1;;2\"", "expected ports of at most 16 port ASICs"},
    {CATALOG_LINECARDS, "\"1; 2; 3; 4\"", "\"1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17\"",
     "expected ports of at most 16 port ASICs"},
    {CATALOG_LINECARDS, "value: 10Gbps", "value: \"10Gbps, 1Gbps\"",
     "port_rate.value: expected one value, or one for each port ASIC"},
    {CATALOG_LINECARDS, "    channels: {value: 2", "    channels: {value: 0",
     "for all classes but classic"},
    {CATALOG_LINECARDS, "    channels: {value: 1", "    channels: {value: 0", "for all classes"},
    {CATALOG_LINECARDS, "linecards:", "lincards:", "did you mean linecards?"},
    {CATALOG_LINECARDS, "like: WS-X6748-GE-TX", "like: WS-X6724-SFP",
     "linecards[2].like: no row of this name before it"},
    {CATALOG_LINECARDS, "model: WS-X6748-SFP", "model: WS-X6704-10GE",
     "linecards[2].model: a second row for WS-X6704-10GE"},
    {CATALOG_LINECARDS, "mode: performance", "mode: oversubscribed",
     "a second row for WS-X6716-10G oversubscribed"},
    {CATALOG_ENGINES, "{value: 262144", "{value: 2048", "the partitions are larger than tcam"},
    {CATALOG_ENGINES, "model: DFC3BXL", "model: DFC3B", "a second row for DFC3B"},
    {CATALOG_ENGINES, "value: 500ns", "value: 0ns", "0ps is out of range"},
    {CATALOG_ENGINES, "model: PFC3B\n", "model: [PFC3B]\n", "a list; expected a text or number"},
    {CATALOG_SUPERVISORS, "value: PFC3B,", "value: PFC9,", "no engine of this name with a central"},
    {CATALOG_SUPERVISORS, "value: PFC3B,", "value: DFC3B,",
     "no engine of this name with a central"},
    {CATALOG_SUPERVISORS, "SUP720-FABRIC", "WS-C6500-SFM", "no fabric of this name that is on a"},
    {CATALOG_SUPERVISORS, "fabric_modules: {value: no", "fabric_modules: {value: yes",
     "supervisors[0]: channel is for those that work with a fabric"},
    {CATALOG_FABRICS, "value: 8Gbps", "value: \"1Gbps, 2Gbps, 8Gbps\"", "at most two speeds"},
    {CATALOG_CHASSIS, "channels: {value: 2", "channels: {value: \"2, 2\"",
     "chassis[0].channels.value: expected one number, or one for each slot"},
    {CATALOG_CHASSIS, "channels: {value: 2", "channels: {value: 3", "3 is out of range: 0 to 2"},
    {CATALOG_CHASSIS, "\"1, 2\"", "\"1, 4\"", "expected at most 3 slots, of 1 to 3"},
    {CATALOG_CHASSIS, "\"1, 2\"", "\"1, 2, 3, 3\"", "expected at most 3 slots, of 1 to 3"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct catalog_text texts[CATALOG_N_TEXTS];
        struct catalog c;
        struct error err = {0};
        replace(texts, refused[i].which, refused[i].from, refused[i].to);
        bool loaded = catalog_load(texts, mem, &c, &err);
        if (loaded || strstr(err.text, refused[i].message) == NULL ||
            strncmp(err.text, "catalog/", 8) != 0) {
            fail_msg("%s\n--> %s\n%sexpected %s", refused[i].from, refused[i].to,
                     loaded ? "loaded\n" : err.text, refused[i].message);
        }
        error_free(&err);
    }
}

/* A new card is a row: no C changes. */
static void test_one_more_card(void **state)
{
    (void)state;
    struct catalog_text texts[CATALOG_N_TEXTS];
    struct catalog c;
    struct error err = {0};
    catalog_built_in(texts);
    struct catalog_text *text = &texts[CATALOG_LINECARDS];
    text->text = arena_printf(mem, "%.*s%s", (int)text->length, text->text,
                              "  - model: WS-X9999\n"
                              "    like: WS-X6748-SFP\n"
                              "    asics: {value: \"1-3, 7; 5-9/4\", source: \"[S10] (vendor)\"}\n"
                              "    asic_channels: {value: \"1, 0\", source: \"[S10] (vendor)\"}\n");
    text->length = strlen(text->text);
    assert_true(catalog_load(texts, mem, &c, &err));
    const struct linecard_type *type = &card(&c, "WS-X9999")->type;
    assert_int_equal(type->n_ports, 6);
    assert_int_equal(type->asics[0].n_ports, 4);
    assert_int_equal(type->port_number[5], 9);
    assert_true(type->asics[0].channel == 1 && type->asics[1].channel == 0);
    assert_int_equal(type->asics[1].rx_buffer_bytes, 166000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linecards), cmocka_unit_test(test_ports),
        cmocka_unit_test(test_engines),   cmocka_unit_test(test_supervisors),
        cmocka_unit_test(test_chassis),   cmocka_unit_test(test_fabrics),
        cmocka_unit_test(test_figures),   cmocka_unit_test(test_sources),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_one_more_card),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
