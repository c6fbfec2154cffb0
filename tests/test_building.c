/* Building a chassis: what goes together, what is refused and why, the mode that engines run in,
 * and figures of the catalogue changed for one run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenario_files.h"

#define SFM "{slot: 5, model: WS-C6500-SFM}"

/* message NULL: can be built. */
static const struct {
    const char *chassis, *supervisor, *slots, *message;
} buildings[] = {
    /* Slots of supervisors. */
    {"WS-C6503", "{model: WS-SUP720-3B}", "{slot: 2, model: WS-X6516A-GBIC}", NULL},
    {"WS-C6509-E", "{model: WS-SUP720-3B, slot: 1}", "{slot: 2, model: WS-X6516A-GBIC}",
     "yaml:3:41: supervisor.slot: no slot for a WS-SUP720-3B; a WS-C6509-E has 5 and 6"},
    {"WS-C6513", "{model: WS-SUP720-3B, slot: 8}", "{slot: 9, model: WS-X6704-10GE}", NULL},
    {"WS-C6509-E", "{model: WS-X6K-S2-MSFC2, slot: 5}", "{slot: 2, model: WS-X6516A-GBIC}",
     "no slot for a WS-X6K-S2-MSFC2; a WS-C6509-E has 1 and 2"},
    {"WS-C6509", "{model: VS-S2T-10G}", "{slot: 1, model: WS-X6704-10GE}",
     "yaml:3:21: supervisor.model: a VS-S2T-10G does not go into a WS-C6509"},
    {"WS-C6509-E", "{model: VS-S2T-10G}", "{slot: 1, model: WS-X6704-10GE}", NULL},
    {"WS-C6504-E", "{model: WS-X6K-S1A-MSFC2}", "{slot: 3, model: WS-X6408A-GBIC}",
     "a WS-X6K-S1A-MSFC2 does not go into a WS-C6504-E"},
    {"WS-C6509-E", "{model: WS-SUP720-3B}",
     "{slot: 1, model: WS-X6704-10GE}, {slot: 6, model: WS-SUP720-3B}",
     "slots[1].model: a WS-SUP720-3B is a supervisor; there is one, and it stands under superv"},
    {"WS-C6509-E", "{model: WS-SUP720-3B}", "{slot: 5, model: WS-X6704-10GE}",
     "slots[0].slot: slot 5 is taken already (line 3)"},
    {"WS-C6509-E", "{model: WS-SUP720-3B}", "{slot: 1, model: PFC3B}",
     "slots[0].model: unknown linecard 'PFC3B'"},
    {"WS-C6509-E", "{model: WS-SUP720-3B}", "{slot: 1, model: SUP720-FABRIC}",
     "unknown linecard 'SUP720-FABRIC'"},
    /* Fabric modules. */
    {"WS-C6509", "{model: WS-X6K-S2-MSFC2}", SFM ", {slot: 3, model: WS-X6516A-GBIC}", NULL},
    {"WS-C6509", "{model: WS-X6K-S2-MSFC2}",
     SFM ", {slot: 6, model: WS-X6500-SFM2}, {slot: 3, model: WS-X6816-GBIC}", NULL},
    {"WS-C6509", "{model: WS-X6K-S2-MSFC2}",
     "{slot: 3, model: WS-C6500-SFM}, {slot: 4, model: WS-X6516A-GBIC}",
     "yaml:5:11: slots[0].slot: no slot for a WS-C6500-SFM; a WS-C6509 has 5 and 6"},
    {"WS-C6503", "{model: WS-X6K-S2-MSFC2}",
     "{slot: 3, model: WS-C6500-SFM}, {slot: 2, model: WS-X6516A-GBIC}",
     "slots[0].model: a WS-C6503 takes no fabric module"},
    {"WS-C6509", "{model: WS-X6K-S1A-MSFC2}", SFM ", {slot: 3, model: WS-X6516A-GBIC}",
     "a WS-C6500-SFM does not go with a WS-X6K-S1A-MSFC2: it works on the bus only"},
    {"WS-C6509", "{model: WS-SUP32-GE-3B}",
     "{slot: 6, model: WS-C6500-SFM}, {slot: 3, model: WS-X6516A-GBIC}",
     "a WS-C6500-SFM does not go with a WS-SUP32-GE-3B: it works on the bus only"},
    {"WS-C6509", "{model: WS-SUP720}",
     "{slot: 6, model: WS-C6500-SFM}, {slot: 3, model: WS-X6516A-GBIC}",
     "a WS-C6500-SFM does not go with a WS-SUP720: its own fabric is on board"},
    {"WS-C6509-E", "{model: VS-S2T-10G}",
     "{slot: 6, model: WS-C6500-SFM}, {slot: 3, model: WS-X6704-10GE}",
     "a WS-C6500-SFM does not go with a VS-S2T-10G: its own fabric is on board"},
    {"WS-C6509", "{model: WS-X6K-S2-MSFC2}",
     "{slot: 5, model: WS-C6500-SFM, forwarding: CFC}, {slot: 3, model: WS-X6516A-GBIC}",
     "slots[0].forwarding: a fabric module has none"},
    {"WS-C6509", "{model: WS-X6K-S2-MSFC2}", SFM, "slots: expected at least one linecard"},
    /* Classes, channels, speeds. */
    {"WS-C6503", "{model: WS-SUP720-3B}", "{slot: 2, model: WS-X6748-GE-TX}",
     "yaml:5:21: slots[0].model: a WS-X6748-GE-TX is a cef720 card, which a WS-C6503 does not"},
    {"WS-C6503-E", "{model: WS-SUP720-3B}", "{slot: 2, model: WS-X6748-GE-TX}", NULL},
    {"WS-C6513", "{model: WS-SUP720-3B}", "{slot: 8, model: WS-X6704-10GE}",
     "slots[0].slot: a WS-X6704-10GE needs 2 fabric channels; slot 8 of a WS-C6513 has 1"},
    {"WS-C6513", "{model: WS-SUP720-3B}", "{slot: 8, model: WS-X6724-SFP}", NULL},
    {"WS-C6513-E", "{model: WS-SUP720-3B}", "{slot: 1, model: WS-X6704-10GE}", "needs 2 fabric"},
    {"WS-C6513-E", "{model: VS-S2T-10G}", "{slot: 1, model: WS-X6704-10GE}", NULL},
    {"WS-C6509-E", "{model: VS-S2T-10G}", "{slot: 1, model: WS-X6516A-GBIC}",
     "the fabric channels of a WS-X6516A-GBIC run at 8Gbps, those of a SUP2T-FABRIC at 40Gbps or "
     "20Gbps"},
    {"WS-C6509-E", "{model: VS-S2T-10G}", "{slot: 1, model: WS-X6904-40G-2T}", NULL},
    {"WS-C6509-E", "{model: WS-SUP720-3B}", "{slot: 1, model: WS-X6908-10G-2T}",
     "the fabric channels of a WS-X6908-10G-2T run at 40Gbps"},
    {"WS-C6509", "{model: WS-X6K-S2-MSFC2}", SFM ", {slot: 3, model: WS-X6704-10GE}",
     "the fabric channels of a WS-X6704-10GE run at 20Gbps, those of a WS-C6500-SFM at 8Gbps"},
    {"WS-C6509", "{model: WS-SUP720}", "{slot: 3, model: WS-X6816-GBIC}", NULL},
    /* Without a fabric. */
    {"WS-C6509", "{model: WS-SUP32-GE-3B}", "{slot: 3, model: WS-X6704-10GE}",
     "a WS-X6704-10GE needs a switch fabric; a WS-SUP32-GE-3B has none"},
    {"WS-C6509", "{model: WS-X6K-S1A-MSFC2}", "{slot: 3, model: WS-X6816-GBIC}",
     "a WS-X6816-GBIC needs a switch fabric; a WS-X6K-S1A-MSFC2 has none"},
    {"WS-C6509", "{model: WS-X6K-S2-MSFC2}", "{slot: 3, model: WS-X6816-GBIC}",
     "needs a switch fabric; a WS-X6K-S2-MSFC2 has none, and there is no fabric module"},
    {"WS-C6509", "{model: WS-SUP32-GE-3B}", "{slot: 3, model: WS-X6548-GE-TX}", NULL},
    {"WS-C6509", "{model: WS-X6K-S1A-MSFC2}", "{slot: 3, model: WS-X6516A-GBIC}", NULL},
    {"WS-C6509", "{model: WS-SUP32-GE-3B}", "{slot: 3, model: WS-X6516A-GBIC, forwarding: DFC3B}",
     "slots[0].forwarding: a DFC3B needs a switch fabric to send to"},
    /* Generations of forwarding engines. */
    {"WS-C6509", "{model: WS-X6K-S2-MSFC2}",
     SFM ", {slot: 3, model: WS-X6516A-GBIC, forwarding: DFC3B}",
     "slots[1].forwarding: a DFC3B goes with a PFC3, and a WS-X6K-S2-MSFC2 has a PFC2: they cannot "
     "be in one chassis; expected none"},
    {"WS-C6509", "{model: WS-X6K-S2-MSFC2}",
     SFM ", {slot: 3, model: WS-X6516A-GBIC, forwarding: DFC}", NULL},
    {"WS-C6509", "{model: WS-SUP720-3B}", "{slot: 3, model: WS-X6816-GBIC, forwarding: DFC}",
     "a DFC goes with a PFC2, and a WS-SUP720-3B has a PFC3B: they cannot be in one chassis; "
     "expected DFC3A"},
    {"WS-C6509-E", "{model: VS-S2T-10G}", "{slot: 1, model: WS-X6716-10G, forwarding: DFC3C}",
     "a DFC3C goes with a PFC3, and a VS-S2T-10G has a PFC4: they cannot be in one chassis; "
     "expected DFC4"},
    {"WS-C6509-E", "{model: VS-S2T-10G}", "{slot: 1, model: WS-X6708-10G-3C}",
     "slots[0].model: a DFC3C goes with a PFC3, and a VS-S2T-10G has a PFC4: they cannot be in one "
     "chassis\n"},
    {"WS-C6509-E", "{model: WS-SUP720-3B}", "{slot: 1, model: WS-X6848-TX-2T}",
     "a DFC4 goes with a PFC4, and a WS-SUP720-3B has a PFC3B"},
    /* Modes. */
    {"WS-C6509-E", "{model: WS-SUP720-3B}", "{slot: 1, model: WS-X6716-10G, mode: fast}",
     "unknown mode 'fast'; expected oversubscribed or performance"},
    {"WS-C6509-E", "{model: WS-SUP720-3B}", "{slot: 1, model: WS-X6704-10GE, mode: performance}",
     "slots[0].mode: a WS-X6704-10GE works in one way only"},
    {"WS-C6509-E", "{model: WS-SUP720-3B, ports: maybe}", "{slot: 1, model: WS-X6704-10GE}",
     "unknown answer 'maybe'; expected no or yes"},
};

static char *building(const char *chassis, const char *supervisor, const char *slots)
{
    return write_file(arena_printf(mem,
                                   "cat6k: 1\nchassis: %s\nsupervisor: %s\nslots:\n  [%s]\n"
                                   "traffic: []\n",
                                   chassis, supervisor, slots));
}

static void test_buildings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof buildings / sizeof buildings[0]; i++) {
        char *path = building(buildings[i].chassis, buildings[i].supervisor, buildings[i].slots);
        if (buildings[i].message == NULL) {
            struct scenario s;
            load(&s, path, NULL);
            check_round_trip(&s);
        } else if (strstr(refusal(path, NULL, 0), buildings[i].message) == NULL) {
            fail_msg("%s %s\n--> %sexpected %s", buildings[i].supervisor, buildings[i].slots,
                     refusal(path, NULL, 0), buildings[i].message);
        }
        unlink(path);
    }
}

/* A wrong chassis or supervisor is one mistake, not one for each card. */
static void test_one_mistake(void **state)
{
    (void)state;
    static const char *const wrong[][3] = {
        {"WS-C6509-X", "{model: WS-SUP720-3B}", "{slot: 1, model: WS-X6704-10GE}"},
        {"WS-C6509-E", "{model: WS-SUP721}", "{slot: 1, model: WS-X6704-10GE}"},
        {"WS-C6509", "{model: WS-X6K-S2-MSFC2}",
         "{slot: 5, model: WS-C6500-SMF}, {slot: 3, model: WS-X6816-GBIC}"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *path = building(wrong[i][0], wrong[i][1], wrong[i][2]);
        const char *said = refusal(path, NULL, 0);
        if (strchr(said, '\n') != strrchr(said, '\n') || strstr(said, "did you mean") == NULL) {
            fail_msg("expected one message: %s", said);
        }
        unlink(path);
    }
}

/* What is plugged in arrives: modules, ports of the supervisor, the mode of a card. */
static void test_plugged(void **state)
{
    (void)state;
    struct scenario s;
    char *path =
        building("WS-C6509", "{model: WS-X6K-S2-MSFC2, ports: yes}",
                 "{slot: 6, model: WS-X6500-SFM2}, " SFM ", {slot: 3, model: WS-X6816-GBIC}");
    load(&s, path, NULL);
    const struct chassis_config *c = &s.config;
    assert_int_equal(c->n_fabric_modules, 2);
    assert_true(c->fabric_modules[0].slot == 5 && c->fabric_modules[1].slot == 6);
    assert_string_equal(c->fabric_modules[1].type->model, "WS-X6500-SFM2");
    assert_int_equal(c->n_slots, 2);
    assert_true(c->slots[0].slot == 1 && c->slots[0].slot == c->supervisor_slot);
    assert_string_equal(c->slots[0].card->model, "WS-X6K-S2-MSFC2");
    assert_null(c->slots[0].dfc);
    assert_string_equal(c->slots[1].dfc->model, "DFC"); /* the one that goes with a PFC2 */
    assert_int_equal(c->slots[1].dfc->lookups_per_s, 24000000);
    assert_true(c->n_ports == 18 && c->slots[1].first_port == 2);
    assert_string_equal(c->pfc_mode, "PFC2");
    assert_int_equal(s.n_notes, 0);
    unlink(path);

    path = building("WS-C6513-E", "{model: VS-S2T-10G}",
                    "{slot: 1, model: WS-X6716-10G, mode: performance}");
    load(&s, path, NULL);
    assert_string_equal(s.config.slots[0].card->mode, "performance");
    assert_string_equal(s.config.slots[0].dfc->model, "DFC4");
    assert_int_equal(s.config.n_ports, 4);
    assert_int_equal(s.config.ports[3].number, 13);
    assert_int_equal(s.config.chassis->channels[1], 2);
    assert_non_null(strstr(print(&s), "{slot: 1, model: WS-X6716-10G, mode: performance, "
                                      "forwarding: DFC4}"));
    unlink(path);
}

/* All engines run in the mode of the least capable: tables of that mode, each its own rate. */
static void test_modes(void **state)
{
    (void)state;
    static const struct {
        const char *supervisor, *one, *other, *mode;
        uint64_t tcam_slots, mac_entries, netflow_entries, acl_labels;
        bool noted;
    } cases[] = {
        {"WS-SUP720", "DFC3A", "DFC3A", "PFC3A", 262144, 65536, 131072, 512, false},
        {"WS-SUP720", "DFC3CXL", "DFC3BXL", "PFC3A", 262144, 65536, 131072, 512, true},
        {"WS-SUP720-3B", "DFC3B", "CFC", "PFC3B", 262144, 65536, 131072, 4096, false},
        {"WS-SUP720-3BXL", "DFC3BXL", "DFC3B", "PFC3B", 262144, 65536, 131072, 4096, true},
        {"WS-SUP720-3BXL", "DFC3BXL", "DFC3CXL", "PFC3BXL", 1048576, 65536, 262144, 4096, true},
        {"WS-SUP720-3BXL", "DFC3C", "DFC3CXL", "PFC3B", 262144, 65536, 131072, 4096, true},
        {"VS-S720-10G-3CXL", "DFC3CXL", "DFC3C", "PFC3C", 262144, 98304, 131072, 4096, true},
        {"VS-S720-10G-3CXL", "DFC3A", "DFC3C", "PFC3A", 262144, 65536, 131072, 512, true},
        {"VS-S720-10G-3CXL", "DFC3CXL", "CFC", "PFC3CXL", 1048576, 98304, 262144, 4096, false},
        {"VS-S2T-10G-XL", "DFC4XL", "DFC4", "PFC4", 262144, 131072, 524288, 16384, true},
        {"VS-S2T-10G-XL", "DFC4XL", "CFC", "PFC4XL", 1048576, 131072, 1048576, 16384, false},
        {"C6800-SUP6T", "DFC4", "CFC", "PFC4", 262144, 131072, 524288, 16384, false},
        {"C6800-SUP6T", "DFC4XL", "CFC", "PFC4", 262144, 131072, 524288, 16384, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scenario s;
        char *path = building("WS-C6509-E", arena_printf(mem, "{model: %s}", cases[i].supervisor),
                              arena_printf(mem,
                                           "{slot: 1, model: WS-X6704-10GE, forwarding: %s}, "
                                           "{slot: 2, model: WS-X6704-10GE, forwarding: %s}",
                                           cases[i].one, cases[i].other));
        load(&s, path, NULL);
        const struct engine_type *engines[] = {&s.config.supervisor->pfc, s.config.slots[0].dfc,
                                               s.config.slots[1].dfc};
        assert_string_equal(s.config.pfc_mode, cases[i].mode);
        for (size_t e = 0; e < 3; e++) {
            if (engines[e] != NULL) {
                assert_int_equal(engines[e]->tcam_slots, cases[i].tcam_slots);
                assert_int_equal(engines[e]->mac_entries, cases[i].mac_entries);
                assert_int_equal(engines[e]->netflow_entries, cases[i].netflow_entries);
                assert_int_equal(engines[e]->acl_labels, cases[i].acl_labels);
            }
        }
        assert_string_equal(s.config.slots[0].dfc->model, cases[i].one);
        assert_int_equal(s.n_notes, cases[i].noted);
        if (cases[i].noted) {
            const char *note =
                arena_printf(mem, "PFC operating mode: %s. Engines differ (a ", cases[i].mode);
            assert_int_equal(strncmp(s.notes[0], note, strlen(note)), 0);
        }
        unlink(path);
    }
}

/* --- Figures -------------------------------------------------------------------------------- */

static const struct assumption *find(const struct scenario *s, const char *name)
{
    for (size_t i = 0; i < s->n_assumptions; i++) {
        if (strcmp(s->assumptions[i].name, name) == 0) {
            return &s->assumptions[i];
        }
    }
    return NULL;
}

static void test_figures(void **state)
{
    (void)state;
    struct scenario s;
    load(&s, base, "figures=[DFC3BXL.latency = 1.5us, WS-X6704-10GE.channel_rate=8Gbps]", NULL);
    assert_int_equal(s.config.slots[0].dfc->latency_ps, 1500000);
    assert_int_equal(s.config.slots[3].card->channel_bps, 8000000000);
    assert_int_equal(s.config.supervisor->pfc.latency_ps, 500000);
    const struct assumption *a = find(&s, "DFC3BXL.latency");
    assert_string_equal(a->value, "1.5us");
    assert_string_equal(a->why, "as the scenario says");
    assert_string_equal(a->low, "100ns");
    assert_string_equal(find(&s, "WS-X6704-10GE.channel_rate")->why, "as the scenario says");
    assert_non_null(strstr(print(&s), "figures:\n  - \"DFC3BXL.latency = 1.5us\"\n"));
    check_round_trip(&s);

    load(&s, base, "figures[]=DFC3BXL.latency = 1us", "figures[]=DFC3BXL.latency = 2us", NULL);
    assert_int_equal(s.config.slots[0].dfc->latency_ps, 2000000);
    load(&s, base, "figures[]=WS-X6704-10GE.asics = 1-2; 3-4",
         "figures[]=WS-X6704-10GE.asic_link = 20Gbps, 5Gbps", NULL);
    assert_int_equal(s.config.slots[0].card->n_asics, 2);
    assert_int_equal(s.config.slots[0].card->asics[1].link_bps, 5000000000);
    load(&s, base, NULL);
    assert_int_equal(s.config.slots[0].dfc->latency_ps, 500000);
}

static void test_figures_refused(void **state)
{
    (void)state;
    static const struct {
        const char *set, *message;
    } cases[] = {
        {"figures=DFC3BXL.latency = 1us", "figures: a text or number; expected a list"},
        {"figures=[DFC3BXL]", "figures[0]: 'DFC3BXL'; expected a figure as in DFC3BXL.latency"},
        {"figures=[DFC3BXL = 5]", "expected a figure as in DFC3BXL.latency = 1us"},
        {"figures=[DFC3BXI.latency = 1us]", "unknown model 'DFC3BXI'; did you mean DFC3BXL; "},
        {"figures=[DFC3BXL.latncy = 1us]",
         "unknown figure 'latncy'; did you mean latency; `cat6k catalog DFC3BXL` lists them"},
        {"figures=[DFC3BXL.central = 30Mpps]", "unknown figure 'central'"},
        {"figures=[DFC3BXL.latency = 1]", "'1' has no unit; expected a time"},
        {"figures=[DFC3BXL.latency = 0s]", "0ps is out of range"},
        {"figures=[WS-SUP720-3BXL.channel = 101Gbps]", "101Gbps is out of range: 1Mbps to 100Gbps"},
        {"figures=[WS-X6704-10GE.channel_rate = 101Gbps]", "101Gbps is out of range"},
        {"figures=[DFC3BXL.latency = ]", "'' is not a number"},
        {"figures=[DFC3BXL.tcam_slots = 1024]",
         "figures[0]: DFC3BXL: the partitions are larger than tcam_slots"},
        {"figures=[WS-X6704-10GE.class = cef7]", "'cef7'; expected classic, cef256,"},
        {"figures=[WS-X6704-10GE.class = classic]",
         "figures[0]: WS-X6704-10GE: channels and channel_rate are for all classes but classic"},
        {"figures=[WS-X6704-10GE.class = cef256]",
         "DFC4: no engine of this name with a rate for this class"},
        {"figures=[WS-C6509-E.channels = 1]",
         "needs 2 fabric channels; slot 1 of a WS-C6509-E has 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *said = refusal(base, &cases[i].set, 1);
        if (strstr(said, cases[i].message) == NULL) {
            fail_msg("%s\n--> %sexpected %s", cases[i].set, said, cases[i].message);
        }
    }
    char *path = write_file("cat6k: 1\nchassis: WS-C6509-E\nsupervisor: {model: WS-SUP720}\n"
                            "slots: [{slot: 1, model: WS-X6704-10GE}]\ntraffic: []\nfigures:\n"
                            "  - PFC3A.latency = 1us\n  - PFC3A.latency = 2us\n");
    const char *said = refusal(path, NULL, 0), *twice = "yaml:8:5: figures[1]: PFC3A.latency twice";
    if (strstr(said, twice) == NULL) {
        fail_msg("%sexpected %s", said, twice);
    }
    unlink(path);
}

/* Each range of the catalogue can be gone through: its ends make a catalogue, too. */
static void test_ranges(void **state)
{
    (void)state;
    struct catalog_text texts[CATALOG_N_TEXTS];
    struct catalog c;
    struct error err = {0};
    catalog_built_in(texts);
    assert_true(catalog_load(texts, mem, &c, &err));
    uint32_t n_ends = 0;
    for (uint32_t kind = 0; kind < CATALOG_N_TEXTS; kind++) {
        for (uint32_t i = 0; i < c.n_rows[kind] * CATALOG_MAX_FIGURES; i++) {
            struct catalog_row *row = &c.rows[kind][i / CATALOG_MAX_FIGURES];
            struct figure *figure = &row->figures[i % CATALOG_MAX_FIGURES], before = *figure;
            const char *ends[] = {figure->low, figure->high};
            for (size_t e = 0; e < 2 && ends[e] != NULL; e++, n_ends++) {
                struct catalog_fault fault = {0};
                figure->value = ends[e];
                if (!catalog_build(&c, mem, &fault)) {
                    fail_msg("%s: %s: %s", row->title, ends[e], fault.why);
                }
            }
            *figure = before;
        }
    }
    assert_true(n_ends > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buildings), cmocka_unit_test(test_one_mistake),
        cmocka_unit_test(test_plugged),   cmocka_unit_test(test_modes),
        cmocka_unit_test(test_figures),   cmocka_unit_test(test_figures_refused),
        cmocka_unit_test(test_ranges),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
