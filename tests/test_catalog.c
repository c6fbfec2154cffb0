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

/* What one can order, by rows: a change here is a change of the modelled hardware. */
static void test_linecards(void **state)
{
    (void)state;
    static const struct {
        struct linecard_type type;
        uint32_t n_ports, n_asics;
        struct port_asic asic;
    } rows[] = {
        {{.model = "WS-X6704-10GE", .class = CEF720, .n_channels = 2, .channel_bps = 20000000000},
         4,
         4,
         {0, 10000000000, 10000000000, 2000000, 14000000, 0}},
        {{.model = "WS-X6748-GE-TX", .class = CEF720, .n_channels = 2, .channel_bps = 20000000000},
         48,
         4,
         {0, 1000000000, 12000000000, 166000, 1200000, 0}},
        {{.model = "WS-X6516A-GBIC", .class = CEF256, .n_channels = 1, .channel_bps = 8000000000},
         16,
         4,
         {0, 1000000000, 4000000000, 135000, 946000, 0}},
        {{.model = "WS-X6548-GE-TX",
          .class = CEF256,
          .n_channels = 1,
          .channel_bps = 8000000000,
          .shared_buffers = true},
         48,
         6,
         {0, 1000000000, 1000000000, 185000, 1200000, 0}},
        {{.model = "WS-X6148A-GE-TX", .class = CLASSIC},
         48,
         6,
         {0, 1000000000, 1000000000, 120000, 5200000, 0}},
    };
    struct catalog c;
    load(&c);
    assert_int_equal(c.n_linecards, sizeof rows / sizeof rows[0]);
    for (uint32_t i = 0; i < c.n_linecards; i++) {
        const struct linecard_type *is = &c.linecards[i].type;
        struct linecard_type want = rows[i].type;
        card_ports(&want, rows[i].n_ports, rows[i].n_asics, rows[i].asic);
        assert_string_equal(is->model, want.model);
        assert_true(is->class == want.class && is->n_ports == want.n_ports);
        assert_memory_equal(is->port_number, want.port_number, sizeof want.port_number);
        assert_memory_equal(is->port_asic, want.port_asic, sizeof want.port_asic);
        assert_int_equal(is->n_asics, want.n_asics);
        assert_memory_equal(is->asics, want.asics, sizeof want.asics);
        assert_true(is->shared_buffers == want.shared_buffers);
        assert_true(is->n_channels == want.n_channels && is->channel_bps == want.channel_bps);
        assert_true(is->on_bus);
    }
}

static void test_forwarding(void **state)
{
    (void)state;
    static const char *const rows[] = {"CFC DFC3B DFC3BXL ", "CFC DFC3B DFC3BXL ",
                                       "none DFC3B DFC3BXL ", "none ", "none "};
    struct catalog c;
    load(&c);
    for (uint32_t i = 0; i < c.n_linecards; i++) {
        char list[100] = "";
        for (uint32_t k = 0; k < c.linecards[i].n_forwarding; k++) {
            const struct catalog_forwarding *f = &c.linecards[i].forwarding[k];
            size_t n = strlen(list);
            snprintf(list + n, sizeof list - n, "%s ", f->name);
            assert_true((f->engine != NULL) == (strncmp(f->name, "DFC", 3) == 0));
        }
        assert_string_equal(list, rows[i]);
    }
}

static void test_engines(void **state)
{
    (void)state;
    static const struct {
        const char *model;
        uint64_t central, cef256, cef720, tcam, ipv4, ipv6;
    } rows[] = {
        {"PFC3B", 30000000, 0, 0, 262144, 196608, 32768},
        {"PFC3BXL", 30000000, 0, 0, 1048576, 524288, 262144},
        {"DFC3B", 0, 24000000, 48000000, 262144, 196608, 32768},
        {"DFC3BXL", 0, 24000000, 48000000, 1048576, 524288, 262144},
    };
    struct catalog c;
    load(&c);
    assert_int_equal(c.n_engines, sizeof rows / sizeof rows[0]);
    for (uint32_t i = 0; i < c.n_engines; i++) {
        const struct catalog_engine *is = &c.engines[i];
        assert_string_equal(is->type.model, rows[i].model);
        assert_true(is->type.lookups_per_s == rows[i].central);
        assert_true(is->dfc_lookups_per_s[CLASSIC] == 0);
        assert_true(is->dfc_lookups_per_s[CEF256] == rows[i].cef256);
        assert_true(is->dfc_lookups_per_s[CEF720] == rows[i].cef720);
        assert_true(is->type.tcam_slots == rows[i].tcam);
        assert_true(is->type.ipv4_slots == rows[i].ipv4);
        assert_true(is->type.ipv6_entries == rows[i].ipv6);
        assert_true(is->type.ipv6_lookups == 2 && is->type.latency_ps == 500000);
    }
}

static void test_supervisors_and_chassis(void **state)
{
    (void)state;
    struct catalog c;
    load(&c);
    assert_int_equal(c.n_supervisors, 2);
    for (uint32_t i = 0; i < c.n_supervisors; i++) {
        const struct supervisor_type *s = &c.supervisors[i].type;
        assert_string_equal(s->model, i == 0 ? "WS-SUP720-3B" : "WS-SUP720-3BXL");
        assert_string_equal(s->pfc.model, i == 0 ? "PFC3B" : "PFC3BXL");
        assert_true(s->software_pps == 500000 && s->inband_bps == 1000000000);
        assert_true(s->fabric_bps == 20000000000);
    }
    assert_int_equal(c.n_chassis, 1);
    const struct chassis_type *chassis = &c.chassis[0].type;
    assert_string_equal(chassis->model, "WS-C6509-E");
    assert_int_equal(chassis->n_slots, 9);
    for (uint32_t slot = 1; slot <= 9; slot++) {
        assert_int_equal(chassis->channels[slot], 2);
    }
    assert_int_equal(chassis->supervisor_slots[0], 5);
    assert_int_equal(chassis->supervisor_slots[1], 6);
    assert_int_equal(chassis->supervisor_slots[2], 0);
}

static void test_assumptions(void **state)
{
    (void)state;
    struct catalog c;
    load(&c);
    const struct assumptions *assumed = &c.engines[3].assumed;
    assert_int_equal(assumed->n, 2);
    assert_string_equal(assumed->of[1].name, "DFC3BXL.latency");
    assert_string_equal(assumed->of[1].value, "500ns");
    assert_string_equal(assumed->of[1].why, "the same ASICs as the PFC's");
    assert_int_equal(c.chassis[0].assumed.n, 0);
}

/* The built-in texts with the first `from` of one of them replaced. */
static void replace(struct catalog_text *texts, int which, const char *from, const char *to)
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

static void test_refused(void **state)
{
    (void)state;
    enum { CHASSIS, SUPERVISORS, ENGINES, LINECARDS };
    static const struct {
        int which;
        const char *from, *to, *message;
    } cases[] = {
        {LINECARDS, "cef720, s", "cef702, s",
         "linecards.yaml:11:20: linecards[0].class.value: expected classic, cef256, dcef256, "
         "cef720, dcef720 or dcef2t"},
        {LINECARDS, "bus: {value: yes", "bus: {value: maybe", "expected no or yes"},
        {LINECARDS, "value: 10Gbps", "value: 10G", "port_rate.value: '10G' has a unit that"},
        {LINECARDS, "value: 2MB", "value: 1kB", "rx_buffer.value: 1kB is out of range"},
        {LINECARDS, "ports: {value: 4", "ports: {value: -4", "'-4' is not a number"},
        {LINECARDS, "    ports: {value: 4", "    prots: {value: 4", "did you mean ports?"},
        {LINECARDS, "    ports: {value: 4", "    prots: {value: 4", "the key ports is missing"},
        {LINECARDS, ", source: \"[S10] (vendor)\"", "", "the key source is missing"},
        {LINECARDS, "[S10] (vendor)", "[S10]", "source: expected [KEY] place (provenance: why)"},
        {LINECARDS, "[S10] (vendor)", "[S10] (guess)", "provenance must be standard, vendor"},
        {LINECARDS, "(assumed: one port ASIC for each 10 Gbps port)", "(assumed)",
         "expected (assumed: why)"},
        {LINECARDS, "(derived: 1:1, 4 x 10 Gbps on 2 x 20 Gbps)", "(derived)",
         "expected (derived: why)"},
        {LINECARDS, "CFC, DFC3B", "CFC, DFC9", "DFC9: no engine of this name with a rate"},
        {LINECARDS, "CFC, DFC3B", "CFC, PFC3B", "PFC3B: no engine of this name with a rate"},
        {LINECARDS, "value: \"CFC, DFC3B, DFC3BXL\"", "value: ''", "expected at least one"},
        {LINECARDS, "groups: {value: 4", "groups: {value: 3", "ports do not divide by groups"},
        {LINECARDS, "groups: {value: 4", "groups: {value: 1", "or groups by channels"},
        {LINECARDS, "    channels: {value: 2", "    channels: {value: 0", "for all classes but"},
        {LINECARDS, "linecards:", "lincards:", "did you mean linecards?"},
        {ENGINES, "{value: 262144", "{value: 2048", "the partitions are larger than tcam_slots"},
        {ENGINES, "model: DFC3BXL", "model: DFC3B", "a second row for DFC3B"},
        {ENGINES, "value: 500ns", "value: 0ns", "0ps is out of range"},
        {ENGINES, "model: PFC3B\n", "model: [PFC3B]\n", "a list; expected a text or number"},
        {SUPERVISORS, "engine: PFC3B\n", "engine: PFC3C\n",
         "no engine of this name with a central"},
        {SUPERVISORS, "engine: PFC3B\n", "engine: DFC3B\n",
         "no engine of this name with a central"},
        {CHASSIS, "channels: {value: 2", "channels: {value: \"2, 2\"",
         "chassis.yaml:6:15: chassis[0].channels: expected one number, or one for each slot"},
        {CHASSIS, "channels: {value: 2", "channels: {value: 3", "at most 13 numbers up to 2"},
        {CHASSIS, "\"5, 6\"", "\"5, 10\"", "at most 3 numbers up to 9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct catalog_text texts[CATALOG_N_TEXTS];
        struct catalog c;
        struct error err = {0};
        replace(texts, cases[i].which, cases[i].from, cases[i].to);
        bool loaded = catalog_load(texts, mem, &c, &err);
        if (loaded || strstr(err.text, cases[i].message) == NULL ||
            strncmp(err.text, "catalog/", 8) != 0) {
            fail_msg("%s\n--> %s\n%sexpected %s", cases[i].from, cases[i].to,
                     loaded ? "loaded\n" : err.text, cases[i].message);
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
    struct catalog_text *cards = &texts[CATALOG_LINECARDS];
    const char *first = memmem(cards->text, cards->length, "  - model:", 10);
    const char *second = memmem(first + 1, 2000, "  - model:", 10);
    char *row = arena_printf(mem, "%.*s", (int)(second - first), first);
    memcpy(strstr(row, "WS-X6704"), "WS-X9999", 8);
    cards->text = arena_printf(mem, "%.*s%s", (int)cards->length, cards->text, row);
    cards->length = strlen(cards->text);
    assert_true(catalog_load(texts, mem, &c, &err));
    assert_int_equal(c.n_linecards, 6);
    assert_string_equal(c.linecards[5].type.model, "WS-X9999-10GE");
    assert_string_equal(c.linecards[5].assumed.of[0].name, "WS-X9999-10GE.groups");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linecards),     cmocka_unit_test(test_forwarding),
        cmocka_unit_test(test_engines),       cmocka_unit_test(test_supervisors_and_chassis),
        cmocka_unit_test(test_assumptions),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_one_more_card),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
