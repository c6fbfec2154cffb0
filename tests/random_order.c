/* random_order.c - what one orders. What fits is asked of the catalogue's rows, not of the rules that
 * refuse: those are under test. */
#include <stdarg.h>

#include "tests/random_scenario.h"
#include "tests/random_writer.h"

uint64_t draw_below(struct writer *w, uint64_t n)
{
    return rng_below(rng_at(&w->rng, w->n_drawn++).a, n);
}

uint64_t draw_between(struct writer *w, uint64_t least, uint64_t most)
{
    return least + draw_below(w, most - least + 1);
}

bool draw_one_in(struct writer *w, uint64_t n)
{
    return draw_below(w, n) == 0;
}

bool draw_careless(struct writer *w)
{
    bool now = w->mistake == 1 || (w->careless > 0 && draw_one_in(w, w->careless));
    w->mistake -= w->mistake > 0;
    return now;
}

void writer_put(struct writer *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(w->out, format, args);
    va_end(args);
}

/* One of the rows of a kind. */
static uint32_t draw_row(struct writer *w, enum catalog_kind kind)
{
    return (uint32_t)draw_below(w, w->catalog->n_rows[kind]);
}

static uint32_t n_slots_of(const uint32_t *slots)
{
    uint32_t n = 0;
    while (slots[n] != 0) {
        n++;
    }
    return n;
}

static void add_ports(struct writer *w, const struct linecard_type *card, uint32_t slot)
{
    for (uint32_t i = 0; i < card->n_ports; i++) {
        w->ports[w->n_ports].slot = slot;
        w->ports[w->n_ports++].number = card->port_number[i];
    }
}

static void put_supervisor(struct writer *w)
{
    const struct catalog_supervisor *s = w->supervisor;
    const uint32_t *slots = w->chassis->supervisor_slots[s->generation];
    uint32_t n = n_slots_of(slots);
    w->supervisor_slot =
        draw_careless(w) || n == 0 ? (uint32_t)draw_between(w, 1, 14) : slots[draw_below(w, n)];
    writer_put(w, "supervisor: {");
    if (w->supervisor_slot != slots[0] || draw_one_in(w, 2)) {
        writer_put(w, "slot: %u, ", w->supervisor_slot);
    }
    writer_put(w, "model: %s", s->row->model);
    if ((s->uplinks != NULL && draw_one_in(w, 3)) || draw_careless(w)) {
        writer_put(w, ", ports: yes");
        if (s->uplinks != NULL) {
            add_ports(w, &s->uplinks->type, w->supervisor_slot);
        }
    }
    writer_put(w, "}\n");
}

/* A chassis, and a supervisor that goes into it. */
static void put_chassis(struct writer *w)
{
    const struct catalog *c = w->catalog;
    uint32_t tries = 0;
    do {
        w->chassis = &c->chassis[draw_row(w, CATALOG_CHASSIS)];
        w->supervisor = &c->supervisors[draw_row(w, CATALOG_SUPERVISORS)];
    } while (w->chassis->supervisor_slots[w->supervisor->generation][0] == 0 && !draw_careless(w) &&
             ++tries < WRITER_MOST_TRIES);
    w->fabric = w->supervisor->fabric;
    writer_put(w, "chassis: %s\n", w->chassis->row->model);
    put_supervisor(w);
}

static bool speed_fits(const struct writer *w, const struct linecard_type *card)
{
    const uint64_t *speeds = w->fabric->type.channel_bps;
    return card->channel_bps == speeds[0] || card->channel_bps == speeds[1];
}

static bool engine_fits(const struct writer *w, const struct catalog_forwarding *f)
{
    return f->engine == NULL || (w->fabric != NULL && f->engine->type.generation ==
                                                          w->supervisor->engine->type.generation);
}

static bool card_fits(const struct writer *w, const struct catalog_linecard *card, uint32_t slot)
{
    const struct linecard_type *t = &card->type;
    const uint32_t *channels =
        w->supervisor->generation == SUP2T ? w->chassis->sup2t_channels : w->chassis->type.channels;
    bool engine = false, fabric = t->class == CLASSIC || t->class == CEF256;
    for (uint32_t i = 0; i < card->n_forwarding; i++) {
        engine |= engine_fits(w, &card->forwarding[i]);
    }
    if (w->fabric != NULL) {
        fabric = t->n_channels == 0 || (t->n_channels <= channels[slot] && speed_fits(w, t));
    }
    return engine && fabric && w->chassis->takes_class[t->class] && !card->of_supervisor;
}

/* The card's daughter card; NULL: the usual one, not named. */
static const char *draw_forwarding(struct writer *w, const struct catalog_linecard *card)
{
    const struct catalog_forwarding *f = &card->forwarding[draw_below(w, card->n_forwarding)];
    for (uint32_t i = 0; i < WRITER_MOST_TRIES && !engine_fits(w, f); i++) {
        f = &card->forwarding[draw_below(w, card->n_forwarding)];
    }
    if (draw_careless(w)) {
        return DRAW_WORD(w, "CFC", "none", "DFC", "DFC3A", "DFC3B", "DFC3CXL", "DFC4", "DFC3Q",
                         "\"\"");
    }
    return draw_one_in(w, 4) ? NULL : f->name;
}

static void put_card(struct writer *w, uint32_t slot)
{
    const struct catalog_linecard *cards = w->catalog->linecards;
    const struct catalog_linecard *card = &cards[draw_row(w, CATALOG_LINECARDS)];
    bool any = draw_careless(w);
    for (uint32_t i = 0; i < WRITER_MOST_TRIES && !card_fits(w, card, slot) && !any; i++) {
        card = &cards[draw_row(w, CATALOG_LINECARDS)];
    }
    if (!card_fits(w, card, slot) && !any) {
        return;
    }
    const char *forwarding = draw_forwarding(w, card);
    writer_put(w, "  - {slot: %u, model: %s", slot, card->row->model);
    if (card->row->mode != NULL) {
        writer_put(w, ", mode: %s", draw_careless(w) ? "turbo" : card->row->mode);
    }
    if (forwarding != NULL) {
        writer_put(w, ", forwarding: %s", forwarding);
    }
    writer_put(w, "}\n");
    add_ports(w, &card->type, slot);
}

/* The first of them is at work: what fits is what fits to it. */
static void put_module(struct writer *w, uint32_t slot)
{
    const struct catalog_fabric *fabric;
    do {
        fabric = &w->catalog->fabrics[draw_row(w, CATALOG_FABRICS)];
    } while (!fabric->module && !draw_careless(w));
    writer_put(w, "  - {slot: %u, model: %s}\n", slot, fabric->row->model);
    w->fabric = w->fabric == NULL ? fabric : w->fabric;
}

/* Returns whether a slot is left for other cards. */
static void put_modules(struct writer *w, bool *taken)
{
    uint32_t n = n_slots_of(w->chassis->fabric_slots);
    bool some = w->supervisor->takes_modules && n > 0 && !draw_one_in(w, 4);
    for (uint32_t i = 0; (some && i < n) || (i == 0 && draw_careless(w)); i++) {
        uint32_t slot = draw_careless(w) || n == 0 ? (uint32_t)draw_between(w, 1, CONFIG_MAX_SLOTS)
                                                   : w->chassis->fabric_slots[i];
        if (!taken[slot] && (i == 0 || draw_one_in(w, 2))) {
            put_module(w, slot);
            taken[slot] = true;
        }
    }
}

static void put_slots(struct writer *w)
{
    uint32_t n_slots = w->chassis->type.n_slots, filled = (uint32_t)draw_between(w, 1, 4);
    uint32_t n_own = w->n_ports;
    bool taken[CONFIG_MAX_SLOTS + 2] = {false};
    taken[w->supervisor_slot] = true;
    writer_put(w, "slots:\n");
    put_modules(w, taken);
    for (uint32_t slot = 1; slot <= n_slots && w->n_ports < RANDOM_SCENARIO_PORTS; slot++) {
        bool last_chance = w->n_ports == n_own && slot + 2 > n_slots;
        if ((!taken[slot] || draw_careless(w)) && (last_chance || draw_one_in(w, filled))) {
            put_card(w, slot);
        }
    }
    if (draw_careless(w)) {
        put_card(w, (uint32_t)draw_between(w, 1, CONFIG_MAX_SLOTS));
    }
}

/* --- Figures -------------------------------------------------------------------------------- */

static uint32_t n_figures_of(enum catalog_kind kind)
{
    uint32_t n = 0;
    while (figure_rules[kind][n].name != NULL) {
        n++;
    }
    return n;
}

/* An end of its range, or what it is; now and then what another row has, which may be nothing. */
static const char *draw_value(struct writer *w, enum catalog_kind kind, uint32_t f,
                              const struct figure *figure)
{
    const char *end = draw_one_in(w, 2) ? figure->low : figure->high;
    if (draw_careless(w)) {
        const char *other = w->catalog->rows[kind][draw_row(w, kind)].figures[f].value;
        return other != NULL ? other : "";
    }
    return end != NULL ? end : figure->value;
}

/* Figures of any rows as they might be. */
void draw_figures(struct writer *w)
{
    uint32_t n = draw_one_in(w, 3) ? (uint32_t)draw_between(w, 1, 4) : 0;
    writer_put(w, n == 0 ? "" : "figures:\n");
    for (uint32_t i = 0; i < n; i++) {
        enum catalog_kind kind = (enum catalog_kind)draw_below(w, CATALOG_N_TEXTS);
        const struct catalog_row *row = &w->catalog->rows[kind][draw_row(w, kind)];
        uint32_t n_figures = n_figures_of(kind), f = (uint32_t)draw_below(w, n_figures);
        while (row->figures[f].value == NULL) {
            f = (f + 1) % n_figures;
        }
        writer_put(w, "  - \"%s.%s = %s\"\n", row->title,
                   draw_careless(w) ? "latensy" : figure_rules[kind][f].name,
                   draw_value(w, kind, f, &row->figures[f]));
    }
}

void draw_order(struct writer *w)
{
    put_chassis(w);
    put_slots(w);
}
