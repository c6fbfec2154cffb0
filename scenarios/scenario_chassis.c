/* scenario_chassis.c - what is plugged in where: chassis, supervisor, linecards, fabric modules, and
 * the ports they have.
 */
#include <stdio.h>
#include <string.h>

#include "scenarios/nearest.h"
#include "scenarios/plugged.h"
#include "sim/arena.h"
#include "sim/error.h"

void add_assumed(struct loader *l, enum catalog_kind kind, const struct catalog_row *row)
{
    const struct figure_rule *rules = figure_rules[kind];
    for (uint32_t i = 0; rules[i].name != NULL; i++) {
        const struct figure *f = &row->figures[i];
        if (f->value != NULL && f->taken.provenance == SOURCE_ASSUMED && !rules[i].descriptive) {
            const char *name = arena_printf(l->mem, "%s.%s", row->title, rules[i].name);
            add_assumption(l, (struct assumption){name, f->value, f->low, f->high, f->taken.why});
        }
    }
}

/* --- Rows by model -------------------------------------------------------------------------- */

#define MAX_MODELS 128

/* Says what was meant, of the models of some kinds. */
static void report_model(struct loader *l, uint32_t place, const char *what,
                         const enum catalog_kind *kinds, uint32_t n_kinds)
{
    const char *models[MAX_MODELS];
    uint32_t n = 0;
    for (uint32_t k = 0; k < n_kinds; k++) {
        for (uint32_t i = 0; i < l->catalog->n_rows[kinds[k]]; i++) {
            sim_assert(n < MAX_MODELS);
            models[n++] = l->catalog->rows[kinds[k]][i].model;
        }
    }
    const char *text = places_text(&l->places, place), *nearest = nearest_word(text, models, n);
    places_error(&l->places, place, "unknown %s '%.40s'%s%s; `cat6k catalog` lists them", what,
                 text, nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "");
}

/* Which row has the model named at place; n_rows when none has (reported). */
static uint32_t find_row(struct loader *l, uint32_t place, const char *what, enum catalog_kind kind)
{
    uint32_t n = l->catalog->n_rows[kind];
    uint32_t row = place == 0 ? n : catalog_find(l->catalog, kind, places_text(&l->places, place));
    if (place != 0 && row == n) {
        report_model(l, place, what, &kind, 1);
    }
    return row;
}

/* --- Linecards ------------------------------------------------------------------------------ */

/* Another way of working of the card; the first one when it is not said. */
static const struct catalog_linecard *load_mode(struct loader *l, uint32_t place, uint32_t first)
{
    const struct catalog *c = l->catalog;
    const char *modes[8];
    uint32_t rows[8], n = 0;
    for (uint32_t i = first; i < c->n_rows[CATALOG_LINECARDS] && n < 8; i++) {
        const struct catalog_row *row = &c->rows[CATALOG_LINECARDS][i];
        if (row->mode != NULL && strcmp(row->model, c->linecards[first].type.model) == 0) {
            rows[n] = i;
            modes[n++] = row->mode;
        }
    }
    if (place != 0 && n == 0) {
        places_error(&l->places, place, "a %s works in one way only",
                     c->linecards[first].type.model);
    }
    if (place == 0 || n == 0) {
        return &c->linecards[first];
    }
    return &c->linecards[rows[load_word(l, place, "unknown mode", modes, n, 0)]];
}

static const struct catalog_forwarding *load_forwarding(struct loader *l, uint32_t place,
                                                        const struct plugged *p,
                                                        const struct catalog_linecard *card)
{
    const char *names[CATALOG_MAX_FORWARDING];
    if (place == 0) {
        return usual_forwarding(p, card);
    }
    for (uint32_t i = 0; i < card->n_forwarding; i++) {
        names[i] = card->forwarding[i].name;
    }
    const char *what = arena_printf(l->mem, "a %s does not take", card->type.model);
    uint32_t n = card->n_forwarding, chosen = load_word(l, place, what, names, n, n);
    l->ports_known = l->ports_known && chosen < n;
    return chosen < n ? &card->forwarding[chosen] : usual_forwarding(p, card);
}

/* --- Slots ---------------------------------------------------------------------------------- */

/* What the entry names: a linecard or a fabric module; false when it is neither. */
static bool find_card(struct loader *l, const struct raw_slot *raw, struct plugged_slot *s)
{
    const struct catalog *c = l->catalog;
    const char *model = places_text(&l->places, raw->model);
    uint32_t card = catalog_find(c, CATALOG_LINECARDS, model);
    uint32_t fabric = catalog_find(c, CATALOG_FABRICS, model);
    if (raw->model == 0) {
        return false;
    }
    if (catalog_find(c, CATALOG_SUPERVISORS, model) < c->n_rows[CATALOG_SUPERVISORS]) {
        return places_error(&l->places, raw->model,
                            "a %s is a supervisor; there is one, and it stands under supervisor",
                            model);
    }
    if (card < c->n_rows[CATALOG_LINECARDS]) {
        s->card = load_mode(l, raw->mode, card);
    } else if (fabric < c->n_rows[CATALOG_FABRICS] && c->fabrics[fabric].module) {
        s->module = &c->fabrics[fabric];
    } else {
        static const enum catalog_kind kinds[] = {CATALOG_LINECARDS, CATALOG_FABRICS};
        report_model(l, raw->model, "linecard", kinds, 2);
        return false;
    }
    return true;
}

static void load_slot(struct loader *l, const struct raw_slot *raw, struct plugged *p)
{
    struct plugged_slot s = {.named = raw->slot, .raw = raw};
    uint32_t slot = (uint32_t)load_count(l, raw->slot, 1, l->config->chassis->n_slots, 0);
    bool found = find_card(l, raw, &s);
    if (!found || slot == 0) {
        l->ports_known = false;
        return;
    }
    if (p->slots[slot].named != 0) {
        places_error(&l->places, raw->slot, "slot %u is taken already (%s)", slot,
                     places_where(&l->places, p->slots[slot].named));
        return;
    }
    p->slots[slot] = s;
}

/* Daughter cards are chosen when it is known whether there is a fabric. */
static void load_slots(struct loader *l, struct plugged *p)
{
    for (uint32_t i = 0; i < l->raw->slots_count; i++) {
        load_slot(l, &l->raw->slots[i], p);
    }
    for (uint32_t slot = 1; slot <= CONFIG_MAX_SLOTS; slot++) {
        struct plugged_slot *s = &p->slots[slot];
        if (s->card != NULL && s->raw != NULL) {
            s->forwarding = load_forwarding(l, s->raw->forwarding, p, s->card);
        }
    }
}

/* Its front ports are a card of their own, where they are in use. */
static void load_front_ports(struct loader *l, struct plugged *p)
{
    static const char *const no_yes[] = {"no", "yes"};
    uint32_t place = l->raw->supervisor.ports;
    struct plugged_slot *own = &p->slots[p->supervisor_slot];
    if (load_word(l, place, "unknown answer", no_yes, 2, 0) == 0) {
        return;
    }
    if (p->supervisor->uplinks == NULL) {
        places_error(&l->places, place, "a %s has no ports", p->supervisor->row->model);
        return;
    }
    own->card = p->supervisor->uplinks;
    own->forwarding = &own->card->forwarding[0];
}

static void load_supervisor(struct loader *l, struct plugged *p)
{
    const struct raw_supervisor *raw = &l->raw->supervisor;
    const struct catalog *c = l->catalog;
    uint32_t n = c->n_rows[CATALOG_SUPERVISORS];
    uint32_t row = find_row(l, raw->model, "supervisor", CATALOG_SUPERVISORS);
    p->supervisor = &c->supervisors[row < n ? row : n - 1];
    uint32_t usual = p->chassis->supervisor_slots[p->supervisor->generation][0];
    p->supervisor_slot =
        (uint32_t)load_count(l, raw->slot, 1, p->chassis->type.n_slots, usual != 0 ? usual : 1);
    l->config->supervisor_slot = p->supervisor_slot;
    l->ports_known &= row < n;
    if (row < n) {
        p->slots[p->supervisor_slot].named = raw->slot != 0 ? raw->slot : raw->here;
        load_front_ports(l, p);
    }
}

/* The chassis as its slots are with this supervisor. */
static void load_frame(struct loader *l, struct plugged *p)
{
    struct chassis_type *type = arena_take(l->mem, sizeof *type);
    *type = p->chassis->type;
    memcpy(type->supervisor_slots, p->chassis->supervisor_slots[p->supervisor->generation],
           sizeof type->supervisor_slots);
    if (p->supervisor->generation == SUP2T) {
        memcpy(type->channels, p->chassis->sup2t_channels, sizeof type->channels);
    }
    l->config->chassis = type;
}

/* --- Ports ---------------------------------------------------------------------------------- */

static void add_card(struct loader *l, uint32_t slot, const struct plugged_slot *s,
                     const struct engine_type *dfc)
{
    struct chassis_config *config = l->config;
    const struct linecard_type *card = &s->card->type;
    config->slots[config->n_slots++] =
        (struct slot_config){.slot = slot, .card = card, .dfc = dfc, .first_port = config->n_ports};
    for (uint32_t i = 0; i < card->n_ports; i++) {
        config->ports[config->n_ports++] = port_config_of(slot, card->port_number[i]);
    }
    add_assumed(l, CATALOG_LINECARDS, s->card->row);
    if (dfc != NULL) {
        add_assumed(l, CATALOG_ENGINES, s->forwarding->engine->row);
    }
}

static void add_module(struct loader *l, uint32_t slot, const struct plugged_slot *s)
{
    struct chassis_config *config = l->config;
    if (config->n_fabric_modules < CONFIG_MAX_FABRIC_MODULES) { /* more have been refused */
        config->fabric_modules[config->n_fabric_modules++] =
            (struct fabric_module){slot, &s->module->type};
        add_assumed(l, CATALOG_FABRICS, s->module->row);
    }
}

static void add_cards(struct loader *l, const struct plugged *p)
{
    struct engine_type *dfcs[CONFIG_MAX_SLOTS + 1] = {NULL};
    uint32_t n_cards = 0, n_ports = 0;
    for (uint32_t slot = 1; slot <= CONFIG_MAX_SLOTS; slot++) {
        const struct catalog_linecard *card = p->slots[slot].card;
        n_cards += card != NULL;
        n_ports += card != NULL ? card->type.n_ports : 0;
    }
    load_engines(l, p, dfcs);
    l->config->slots = arena_take_array(l->mem, n_cards, sizeof *l->config->slots);
    l->config->ports = arena_take_array(l->mem, n_ports, sizeof *l->config->ports);
    for (uint32_t slot = 1; slot <= CONFIG_MAX_SLOTS; slot++) {
        const struct plugged_slot *s = &p->slots[slot];
        if (s->card != NULL) {
            add_card(l, slot, s, dfcs[slot]);
        } else if (s->module != NULL) {
            add_module(l, slot, s);
        }
    }
}

static void check_any(struct loader *l, const struct plugged *p)
{
    uint32_t list = places_child(&l->places, l->raw->here, "slots"), n_cards = 0;
    for (uint32_t slot = 1; slot <= CONFIG_MAX_SLOTS; slot++) {
        n_cards += p->slots[slot].card != NULL;
    }
    if (list != 0 && l->places.all[list].kind == PLACE_LIST && n_cards == 0 && l->ports_known) {
        places_error(&l->places, list, "expected at least one linecard");
    }
}

/* Where the chassis or the supervisor is not known, the largest stand in for them, and nothing is
 * said of what goes together. */
void load_chassis(struct loader *l)
{
    const struct catalog *c = l->catalog;
    struct plugged p = {0};
    uint32_t n = c->n_rows[CATALOG_CHASSIS];
    uint32_t row = find_row(l, l->raw->chassis, "chassis", CATALOG_CHASSIS);
    p.chassis = &c->chassis[row < n ? row : n - 1];
    l->ports_known = row < n;
    load_supervisor(l, &p);
    load_frame(l, &p);
    bool known = l->ports_known;
    load_slots(l, &p);
    if (known && (l->ports_known || !p.supervisor->takes_modules)) {
        check_plugged(l, &p);
    }
    check_any(l, &p);
    add_assumed(l, CATALOG_CHASSIS, p.chassis->row);
    add_assumed(l, CATALOG_SUPERVISORS, p.supervisor->row);
    add_assumed(l, CATALOG_ENGINES, p.supervisor->engine->row);
    if (p.supervisor->fabric != NULL) {
        add_assumed(l, CATALOG_FABRICS, p.supervisor->fabric->row);
    }
    add_cards(l, &p);
}
