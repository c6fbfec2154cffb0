/* scenario_rules.c - what can be built: which slot takes what, and which cards, fabrics and
 * forwarding engines go together. source: [S3] [S6] [S26] [PFC-FAQ] (vendor)
 */
#include <stdio.h>

#include "models/layout.h"
#include "scenarios/plugged.h"
#include "sim/arena.h"

const struct fabric_type *plugged_fabric(const struct plugged *p)
{
    if (p->supervisor->fabric != NULL) {
        return &p->supervisor->fabric->type;
    }
    for (uint32_t slot = 1; slot <= CONFIG_MAX_SLOTS; slot++) {
        if (p->slots[slot].module != NULL) {
            return &p->slots[slot].module->type;
        }
    }
    return NULL;
}

/* "8Gbps", "20Gbps or 8Gbps" */
static const char *speeds_text(struct loader *l, const struct fabric_type *fabric)
{
    char one[QUANTITY_TEXT], two[QUANTITY_TEXT];
    quantity_print((struct quantity){UNIT_BPS, fabric->channel_bps[0]}, one);
    quantity_print((struct quantity){UNIT_BPS, fabric->channel_bps[1]}, two);
    return fabric->channel_bps[1] == 0 ? arena_printf(l->mem, "%s", one)
                                       : arena_printf(l->mem, "%s or %s", one, two);
}

/* "5, 6 and 7"; slots[] is 0-ended. */
static const char *slots_text(struct loader *l, const uint32_t *slots)
{
    const char *text = "";
    for (uint32_t i = 0; slots[i] != 0; i++) {
        const char *separator = i == 0 ? "" : slots[i + 1] != 0 ? ", " : " and ";
        text = arena_printf(l->mem, "%s%s%u", text, separator, slots[i]);
    }
    return text;
}

static bool is_among(const uint32_t *slots, uint32_t slot)
{
    for (uint32_t i = 0; slots[i] != 0; i++) {
        if (slots[i] == slot) {
            return true;
        }
    }
    return false;
}

/* --- Supervisor and fabric modules ---------------------------------------------------------- */

static void check_supervisor(struct loader *l, const struct plugged *p)
{
    const struct raw_supervisor *raw = &l->raw->supervisor;
    const uint32_t *slots = p->chassis->supervisor_slots[p->supervisor->generation];
    const char *model = p->supervisor->row->model, *chassis = p->chassis->row->model;
    if (slots[0] == 0) {
        places_error(&l->places, raw->model, "a %s does not go into a %s", model, chassis);
    } else if (!is_among(slots, p->supervisor_slot)) {
        places_error(&l->places, raw->slot, "no slot for a %s; a %s has %s", model, chassis,
                     slots_text(l, slots));
    }
}

static void check_module(struct loader *l, const struct plugged *p, uint32_t slot, uint32_t before)
{
    const struct plugged_slot *s = &p->slots[slot];
    const char *module = s->module->row->model, *chassis = p->chassis->row->model;
    const uint32_t *slots = p->chassis->fabric_slots;
    if (!p->supervisor->takes_modules) {
        const char *why = p->supervisor->fabric != NULL ? "its own fabric is on board"
                                                        : "it works on the bus only";
        places_error(&l->places, s->raw->model, "a %s does not go with a %s: %s", module,
                     p->supervisor->row->model, why);
    } else if (slots[0] == 0) {
        places_error(&l->places, s->raw->model, "a %s takes no fabric module", chassis);
    } else if (!is_among(slots, slot)) {
        places_error(&l->places, s->raw->slot, "no slot for a %s; a %s has %s", module, chassis,
                     slots_text(l, slots));
    } else if (before >= CONFIG_MAX_FABRIC_MODULES) {
        places_error(&l->places, s->raw->model,
                     "at most %d fabric modules: one works, one is in "
                     "reserve",
                     CONFIG_MAX_FABRIC_MODULES);
    }
    if (s->raw->forwarding != 0 || s->raw->mode != 0) {
        places_error(&l->places, s->raw->forwarding != 0 ? s->raw->forwarding : s->raw->mode,
                     "a fabric module has none");
    }
}

/* --- Linecards ------------------------------------------------------------------------------ */

/* Classic and CEF256 cards have their way over the bus, the others only the fabric. */
static bool needs_fabric(const struct linecard_type *card)
{
    return card->class != CLASSIC && card->class != CEF256;
}

static void check_class(struct loader *l, const struct plugged *p, const struct plugged_slot *s)
{
    const struct linecard_type *card = &s->card->type;
    if (!p->chassis->takes_class[card->class]) {
        places_error(&l->places, s->raw->model, "a %s is a %s card, which a %s does not take",
                     card->model, card_class_name(card->class), p->chassis->row->model);
    }
}

static void check_fabric(struct loader *l, const struct plugged *p, uint32_t slot)
{
    const struct plugged_slot *s = &p->slots[slot];
    const struct linecard_type *card = &s->card->type;
    const struct fabric_type *fabric = plugged_fabric(p);
    const char *missing = p->supervisor->takes_modules ? ", and there is no fabric module" : "";
    if (fabric == NULL && needs_fabric(card)) {
        places_error(&l->places, s->raw->model, "a %s needs a switch fabric; a %s has none%s",
                     card->model, p->supervisor->row->model, missing);
    }
    if (fabric == NULL || card->n_channels == 0) {
        return;
    }
    uint32_t has = l->config->chassis->channels[slot];
    if (card->n_channels > has) {
        places_error(&l->places, s->raw->slot,
                     "a %s needs %u fabric channels; slot %u of a %s "
                     "has %u",
                     card->model, card->n_channels, slot, p->chassis->row->model, has);
    }
    if (card->channel_bps != fabric->channel_bps[0] &&
        card->channel_bps != fabric->channel_bps[1]) {
        char own[QUANTITY_TEXT];
        places_error(&l->places, s->raw->model,
                     "the fabric channels of a %s run at %s, those of a %s at %s", card->model,
                     quantity_print((struct quantity){UNIT_BPS, card->channel_bps}, own),
                     fabric->model, speeds_text(l, fabric));
    }
}

static bool goes_with(const struct plugged *p, const struct catalog_forwarding *forwarding)
{
    return forwarding->engine == NULL ||
           (plugged_fabric(p) != NULL &&
            forwarding->engine->type.generation == p->supervisor->engine->type.generation);
}

const struct catalog_forwarding *usual_forwarding(const struct plugged *p,
                                                  const struct catalog_linecard *card)
{
    for (uint32_t i = 0; i < card->n_forwarding; i++) {
        if (goes_with(p, &card->forwarding[i])) {
            return &card->forwarding[i];
        }
    }
    return &card->forwarding[0];
}

static void check_forwarding(struct loader *l, const struct plugged *p,
                             const struct plugged_slot *s)
{
    const struct catalog_engine *dfc = s->forwarding->engine;
    uint32_t place = s->raw->forwarding != 0 ? s->raw->forwarding : s->raw->model;
    if (dfc == NULL || goes_with(p, s->forwarding)) {
        return;
    }
    if (plugged_fabric(p) == NULL) {
        if (!needs_fabric(&s->card->type)) { /* else that has been said */
            places_error(&l->places, place, "a %s needs a switch fabric to send to",
                         dfc->row->model);
        }
        return;
    }
    const struct catalog_forwarding *other = usual_forwarding(p, s->card);
    const char *instead =
        goes_with(p, other) ? arena_printf(l->mem, "; expected %s", other->name) : "";
    places_error(&l->places, place,
                 "a %s goes with a PFC%u, and a %s has a %s: they cannot be in one chassis%s",
                 dfc->row->model, dfc->type.generation, p->supervisor->row->model,
                 p->supervisor->engine->row->model, instead);
}

void check_plugged(struct loader *l, const struct plugged *p)
{
    uint32_t n_modules = 0;
    check_supervisor(l, p);
    for (uint32_t slot = 1; slot <= CONFIG_MAX_SLOTS; slot++) {
        const struct plugged_slot *s = &p->slots[slot];
        if (s->module != NULL) {
            check_module(l, p, slot, n_modules++);
        } else if (s->card != NULL && slot != p->supervisor_slot) {
            check_class(l, p, s);
            check_fabric(l, p, slot);
            check_forwarding(l, p, s);
        }
    }
}
