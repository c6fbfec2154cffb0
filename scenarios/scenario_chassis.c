/* scenario_chassis.c - what is plugged in where: chassis, supervisor, linecards, their engines and
 * ports, and the constants of mechanisms.
 */
#include <stdio.h>
#include <string.h>

#include "models/fib.h"
#include "scenarios/loader.h"
#include "sim/arena.h"
#include "sim/error.h"

/* Of the FIB partitions: `maximum-routes ip 750` (K) became 752 K and left 136 K.
 * source: [JLEWIS-2008] (derived: 752 K + 2 x 136 K = 1 M, so both move in 16 K slots) */
#define K 1024u
#define IPV4_STEP (16 * K)
#define IPV6_STEP (IPV4_STEP / FIB_SLOTS_IPV6)

#define MAX_MODELS 64

_Static_assert(CONFIG_MAX_SLOTS <= FIB_MAX_ENGINES, "an engine in every slot");

/* One entry of `slots`, looked up. */
struct plugged {
    uint32_t named; /* place that says so; 0: the slot is empty */
    const struct catalog_linecard *card;
    const struct catalog_forwarding *forwarding;
};

/* Which of rows[n] has the model named at place; n when none has (reported). Every row begins with
 * its model. */
static uint32_t find_row(struct loader *l, uint32_t place, const char *what, const void *rows,
                         size_t row_bytes, uint32_t n)
{
    const char *models[MAX_MODELS];
    sim_assert(n <= MAX_MODELS);
    for (uint32_t i = 0; i < n; i++) {
        memcpy(&models[i], (const char *)rows + i * row_bytes, sizeof models[i]);
    }
    return place == 0 ? n : load_word(l, place, what, models, n, n);
}

static void add_assumed(struct loader *l, const struct assumptions *assumed)
{
    for (uint32_t i = 0; i < assumed->n; i++) {
        add_assumption(l, assumed->of[i]);
    }
}

/* --- Slots ---------------------------------------------------------------------------------- */

static const struct catalog_forwarding *load_forwarding(struct loader *l, uint32_t place,
                                                        const struct catalog_linecard *card)
{
    const char *names[CATALOG_MAX_FORWARDING];
    for (uint32_t i = 0; i < card->n_forwarding; i++) {
        names[i] = card->forwarding[i].name;
    }
    const char *what = arena_printf(l->mem, "a %s does not take", card->type.model);
    uint32_t n = card->n_forwarding, chosen = load_word(l, place, what, names, n, n);
    l->ports_known = l->ports_known && (place == 0 || chosen < n);
    return &card->forwarding[place == 0 || chosen == n ? 0 : chosen];
}

/* A card for which this chassis, or this slot of it, will not do. */
static void check_card(struct loader *l, const struct raw_slot *raw, uint32_t slot,
                       const struct plugged *p)
{
    const struct linecard_type *card = &p->card->type;
    const struct chassis_type *chassis = l->config->chassis;
    if (card->n_channels > chassis->channels[slot]) {
        places_error(&l->places, raw->slot, "a %s needs %u fabric channels; slot %u of a %s has %u",
                     card->model, card->n_channels, slot, chassis->model, chassis->channels[slot]);
    }
    if (!card->on_bus && p->forwarding->engine == NULL) {
        places_error(&l->places, raw->here, "a %s is not on the bus: it needs a DFC", card->model);
    }
}

static void load_slot(struct loader *l, const struct raw_slot *raw, struct plugged *slots)
{
    const struct catalog *c = l->catalog;
    uint32_t slot = (uint32_t)load_count(l, raw->slot, 1, l->config->chassis->n_slots, 0);
    uint32_t row = find_row(l, raw->model, "unknown linecard", c->linecards, sizeof *c->linecards,
                            c->n_linecards);
    if (slot == 0 || row == c->n_linecards) {
        l->ports_known = false;
        return;
    }
    if (slots[slot].named != 0) {
        places_error(&l->places, raw->slot, "slot %u is taken already (%s)", slot,
                     places_where(&l->places, slots[slot].named));
        return;
    }
    slots[slot].named = raw->slot;
    slots[slot].card = &c->linecards[row];
    slots[slot].forwarding = load_forwarding(l, raw->forwarding, &c->linecards[row]);
    check_card(l, raw, slot, &slots[slot]);
}

static void load_supervisor(struct loader *l, struct plugged *slots)
{
    const struct raw_supervisor *raw = &l->raw->supervisor;
    const struct catalog *c = l->catalog;
    const struct chassis_type *chassis = l->config->chassis;
    uint32_t row = find_row(l, raw->model, "unknown supervisor", c->supervisors,
                            sizeof *c->supervisors, c->n_supervisors);
    uint32_t slot =
        (uint32_t)load_count(l, raw->slot, 1, chassis->n_slots, chassis->supervisor_slots[0]);
    bool fits = false;
    for (uint32_t i = 0; chassis->supervisor_slots[i] != 0; i++) {
        fits |= chassis->supervisor_slots[i] == slot;
    }
    if (!fits) {
        places_error(&l->places, raw->slot, "no slot for a supervisor; a %s has %u and %u",
                     chassis->model, chassis->supervisor_slots[0], chassis->supervisor_slots[1]);
    }
    const struct catalog_supervisor *supervisor = &c->supervisors[row % c->n_supervisors];
    l->config->supervisor = &supervisor->type;
    l->config->supervisor_slot = slot;
    slots[slot].named = raw->slot != 0 ? raw->slot : raw->here;
    add_assumed(l, &supervisor->assumed);
    add_assumed(l, &supervisor->engine->assumed);
}

/* --- Engines -------------------------------------------------------------------------------- */

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void limit_tables(struct engine_type *engine, const struct engine_type *by)
{
    engine->tcam_slots = least(engine->tcam_slots, by->tcam_slots);
    engine->ipv4_slots = least(engine->ipv4_slots, by->ipv4_slots);
    engine->ipv6_entries = least(engine->ipv6_entries, by->ipv6_entries);
}

/* The engine as this card carries it. */
static struct engine_type *dfc_of(struct loader *l, const struct plugged *p)
{
    struct engine_type *dfc = arena_take(l->mem, sizeof *dfc);
    *dfc = p->forwarding->engine->type;
    dfc->lookups_per_s = p->forwarding->engine->dfc_lookups_per_s[p->card->type.class];
    return dfc;
}

/* All engines of a chassis run in the mode of the least capable: a FIB that one cannot hold would
 * make them disagree. source: [PFC-FAQ] (vendor) */
static void limit_engines(struct loader *l, struct engine_type **dfcs)
{
    struct supervisor_type *supervisor = arena_take(l->mem, sizeof *supervisor);
    *supervisor = *l->config->supervisor;
    l->config->supervisor = supervisor;
    struct engine_type mode = supervisor->pfc;
    bool mixed = false;
    for (uint32_t slot = 1; slot <= CONFIG_MAX_SLOTS; slot++) {
        if (dfcs[slot] != NULL) {
            mixed |= dfcs[slot]->tcam_slots != mode.tcam_slots;
            mode.model = dfcs[slot]->tcam_slots < mode.tcam_slots ? dfcs[slot]->model : mode.model;
            limit_tables(&mode, dfcs[slot]);
        }
    }
    limit_tables(&supervisor->pfc, &mode);
    for (uint32_t slot = 1; slot <= CONFIG_MAX_SLOTS; slot++) {
        if (dfcs[slot] != NULL) {
            limit_tables(dfcs[slot], &mode);
        }
    }
    if (mixed) {
        add_note(l, arena_printf(l->mem,
                                 "engines differ: all run in the mode of the least capable, "
                                 "a %s, with %lu TCAM slots",
                                 mode.model, (unsigned long)mode.tcam_slots));
    }
}

static uint64_t in_steps(uint64_t entries, uint64_t step)
{
    return (entries + step - 1) / step * step;
}

/* How the TCAM is divided between IPv4 and IPv6, as `mls cef maximum-routes` does it: what one is
 * given, in K, is rounded up to whole steps, and the other one gets the rest. */
static void load_carving(struct loader *l)
{
    const struct engine_type *engine = &l->config->supervisor->pfc;
    const struct raw_maximum_routes *raw = &l->raw->routes.maximum_routes;
    uint64_t total = engine->tcam_slots, slots = engine->ipv4_slots;
    uint64_t most_ipv6 = (total - least(total, IPV4_STEP)) / FIB_SLOTS_IPV6;
    uint64_t ip = load_count(l, raw->ip, 1, total / K, 0) * K;
    uint64_t ipv6 = load_count(l, raw->ipv6, 0, most_ipv6 / K, 0) * K;
    if (ip != 0) {
        slots = least(in_steps(ip, IPV4_STEP), total);
    } else if (raw->ipv6 != 0) {
        slots = total - in_steps(ipv6, IPV6_STEP) * FIB_SLOTS_IPV6;
    }
    l->config->ipv4_slots = slots;
    l->ipv6_entries = (total - slots) / FIB_SLOTS_IPV6;
    if (ipv6 > l->ipv6_entries) {
        places_error(&l->places, raw->ipv6, "%lu does not fit beside ip, which leaves %lu",
                     (unsigned long)(ipv6 / K), (unsigned long)(l->ipv6_entries / K));
    }
}

/* --- Ports ---------------------------------------------------------------------------------- */

static void add_card(struct loader *l, uint32_t slot, const struct plugged *p,
                     const struct engine_type *dfc)
{
    struct chassis_config *config = l->config;
    config->slots[config->n_slots++] = (struct slot_config){
        .slot = slot, .card = &p->card->type, .dfc = dfc, .first_port = config->n_ports};
    for (uint32_t i = 0; i < p->card->type.n_ports; i++) {
        config->ports[config->n_ports++] = port_config_of(slot, p->card->type.port_number[i]);
    }
    add_assumed(l, &p->card->assumed);
    if (dfc != NULL) {
        add_assumed(l, &p->forwarding->engine->assumed);
    }
}

static void add_cards(struct loader *l, const struct plugged *slots)
{
    struct engine_type *dfcs[CONFIG_MAX_SLOTS + 1] = {NULL};
    uint32_t n_cards = 0, n_ports = 0;
    for (uint32_t slot = 1; slot <= CONFIG_MAX_SLOTS; slot++) {
        if (slots[slot].card != NULL) {
            n_cards++;
            n_ports += slots[slot].card->type.n_ports;
            dfcs[slot] = slots[slot].forwarding->engine != NULL ? dfc_of(l, &slots[slot]) : NULL;
        }
    }
    limit_engines(l, dfcs);
    l->config->slots = arena_take_array(l->mem, n_cards, sizeof *l->config->slots);
    l->config->ports = arena_take_array(l->mem, n_ports, sizeof *l->config->ports);
    for (uint32_t slot = 1; slot <= CONFIG_MAX_SLOTS; slot++) {
        if (slots[slot].card != NULL) {
            add_card(l, slot, &slots[slot], dfcs[slot]);
        }
    }
}

void load_chassis(struct loader *l)
{
    const struct catalog *c = l->catalog;
    struct plugged slots[CONFIG_MAX_SLOTS + 1] = {0};
    uint32_t row = find_row(l, l->raw->chassis, "unknown chassis", c->chassis, sizeof *c->chassis,
                            c->n_chassis);
    l->ports_known = row < c->n_chassis;
    l->config->chassis = &c->chassis[row % c->n_chassis].type;
    add_assumed(l, &c->chassis[row % c->n_chassis].assumed);
    load_supervisor(l, slots);
    for (uint32_t i = 0; i < l->raw->slots_count; i++) {
        load_slot(l, &l->raw->slots[i], slots);
    }
    uint32_t list = places_child(&l->places, l->raw->here, "slots");
    if (list != 0 && l->places.all[list].kind == PLACE_LIST && l->raw->slots_count == 0) {
        places_error(&l->places, list, "expected at least one linecard");
    }
    add_cards(l, slots);
    load_carving(l);
}
