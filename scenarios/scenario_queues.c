/* scenario_queues.c - `qos: queues:`: the queues of ports, which QoS brings with it.
 *
 * What is not said is as it is after `mls qos` (queue_setup.c). An entry is for some ports, which have
 * the same queues, and for what they send or what they receive: receive queues take part where the
 * port trusts what chooses among them. source: [CG-SX] 41-94 (vendor)
 */
#include <stdlib.h>
#include <string.h>

#include "models/queue_setup.h"
#include "scenarios/loader.h"
#include "scenarios/plugged.h"
#include "sim/arena.h"
#include "sim/error.h"

/* Where shaping is to be had, and where DSCP can choose the queue; source: (assumed: as recalled, by
 * what the ports have) */
static const struct queue_structure shapes = {1, 3, 8}, reads_dscp[] = {{1, 7, 4}, {0, 8, 4}};

enum direction { TRANSMIT, RECEIVE, N_DIRECTIONS };

/* --- Lists of numbers ----------------------------------------------------------------------- */

/* A number up to most at *text, and what follows it: taken. */
static bool take_number(const char **text, uint32_t most, char ends_with, uint32_t *number)
{
    char *end;
    unsigned long value = strtoul(*text, &end, 10);
    if (**text < '0' || **text > '9' || value > most || *end != ends_with) {
        return false;
    }
    *text = ends_with == '\0' ? end : end + 1;
    *number = (uint32_t)value;
    return true;
}

/* "100, 150, 200": exactly n of them. */
static bool load_numbers(struct loader *l, uint32_t place, uint32_t n, uint32_t most,
                         uint32_t *numbers)
{
    const char *text = places_text(&l->places, place);
    char item[ITEM_TEXT];
    uint32_t n_read = 0;
    while (next_item(&text, item)) {
        const char *p = item;
        if (n_read == n || !take_number(&p, most, '\0', &numbers[n_read])) {
            return places_error(&l->places, place, "'%s'; expected %u numbers up to %u", item, n,
                                most);
        }
        n_read++;
    }
    return n_read == n || places_error(&l->places, place, "%u numbers; expected %u, up to %u each",
                                       n_read, n, most);
}

/* "5:4.1, 0:1.2": CoS or DSCP to queue and threshold, as the hardware counts them, over what is
 * there. Whether the port has them is checked with all the rest. */
static void load_places(struct loader *l, uint32_t place, uint32_t n_keys, struct queue_place *map)
{
    const char *text = places_text(&l->places, place);
    char item[ITEM_TEXT];
    while (place != 0 && next_item(&text, item)) {
        uint32_t key, queue, threshold;
        const char *p = item;
        if (!take_number(&p, n_keys - 1, ':', &key) || !take_number(&p, QUEUE_MOST, '.', &queue) ||
            queue == 0 || !take_number(&p, QUEUE_MOST_THRESHOLDS, '\0', &threshold) ||
            threshold == 0) {
            places_error(&l->places, place,
                         "'%s'; expected pairs as 5:4.1: up to %u, its queue and threshold", item,
                         n_keys - 1);
            return;
        }
        map[key] = (struct queue_place){(uint8_t)(queue - 1), (uint8_t)(threshold - 1)};
    }
}

/* "1.1:40-70, 1.2:100": of a queue's threshold where drops begin, and where nothing is taken; one
 * number: tail drop there. */
static void load_thresholds(struct loader *l, uint32_t place, struct queue_setup *setup)
{
    const char *text = places_text(&l->places, place);
    char item[ITEM_TEXT];
    while (place != 0 && next_item(&text, item)) {
        uint32_t queue, threshold, low, high;
        const char *p = item;
        bool range = strchr(item, '-') != NULL;
        bool read = take_number(&p, queue_count(setup->structure), '.', &queue) && queue > 0 &&
                    take_number(&p, setup->structure.n_thresholds, ':', &threshold) &&
                    threshold > 0 && take_number(&p, 100, range ? '-' : '\0', &low);
        if (!read || (range && !take_number(&p, 100, '\0', &high))) {
            places_error(
                &l->places, place,
                "'%s'; expected queue.threshold:percent or queue.threshold:low-high, of %u "
                "queues with %u thresholds",
                item, queue_count(setup->structure), setup->structure.n_thresholds);
            return;
        }
        setup->queues[queue - 1].thresholds[threshold - 1] =
            (struct queue_threshold){(uint8_t)low, (uint8_t)(range ? high : low)};
    }
}

/* --- One entry ------------------------------------------------------------------------------ */

static bool alike(struct queue_structure a, struct queue_structure b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void load_scheduler(struct loader *l, uint32_t place, enum direction direction,
                           struct queue_setup *setup)
{
    static const char *const words[] = {"wrr", "dwrr", "srr"};
    setup->scheduler =
        (enum queue_scheduler)load_word(l, place, "unknown scheduler", words, 3, setup->scheduler);
    if (place != 0 && setup->scheduler == QUEUE_SRR &&
        (direction == RECEIVE || !alike(setup->structure, shapes))) {
        places_error(&l->places, place, "srr is to be had on ports that send with 1p3q8t only");
    }
}

static void load_map(struct loader *l, const struct raw_queues *raw, enum direction direction,
                     struct queue_setup *setup)
{
    load_places(l, raw->cos, QUEUE_N_COS, setup->map);
    if (raw->dscp != 0 && !alike(setup->structure, reads_dscp[direction])) {
        places_error(&l->places, raw->dscp, "DSCP chooses the queue on ports with %s only",
                     direction == TRANSMIT ? "1p7q4t" : "8q4t");
    } else if (raw->dscp != 0) {
        queue_setup_by_dscp(setup);
        load_places(l, raw->dscp, QUEUE_N_DSCP, setup->map);
    }
}

static void check(struct loader *l, const struct raw_queues *raw, const struct queue_setup *setup)
{
    struct error err = {0};
    if (!queue_setup_check(setup, &err)) {
        for (char *line = strtok(err.text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            places_error(&l->places, raw->here, "%s", line);
        }
    }
    error_free(&err);
}

static void change_setup(struct loader *l, const struct raw_queues *raw, enum direction direction,
                         struct queue_setup *setup)
{
    uint32_t numbers[QUEUE_MOST], n = setup->structure.n_weighted;
    load_scheduler(l, raw->scheduler, direction, setup);
    if (raw->weights != 0 && load_numbers(l, raw->weights, n, 255, numbers)) {
        for (uint32_t q = 0; q < n; q++) {
            setup->queues[q].weight = numbers[q];
        }
    }
    n = queue_count(setup->structure);
    if (raw->shares != 0 && load_numbers(l, raw->shares, n, 100, numbers)) {
        for (uint32_t q = 0; q < n; q++) {
            setup->queues[q].share_percent = numbers[q];
        }
    }
    load_thresholds(l, raw->thresholds, setup);
    load_map(l, raw, direction, setup);
    check(l, raw, setup);
}

/* --- All of them ---------------------------------------------------------------------------- */

static uint64_t load_assumed(struct loader *l, uint32_t place, enum unit unit, const char *name,
                             uint64_t most, uint64_t otherwise, const char *low, const char *high,
                             const char *why)
{
    uint64_t value = load_quantity(l, place, unit, 1, most, otherwise);
    char *text = arena_take(l->mem, QUANTITY_TEXT);
    quantity_print((struct quantity){unit, value}, text);
    why = place != 0 ? "as the scenario says" : why;
    add_assumption(l, (struct assumption){name, text, low, high, why});
    return value;
}

/* What is set so far, by global port index: NULL, a port has no queues. */
struct setting {
    struct loader *l;
    struct queue_setup like; /* quantum and chance of all */
    const struct queue_setup **setups[N_DIRECTIONS];
    bool *entered[N_DIRECTIONS]; /* by an entry */
};

static const struct slot_config *slot_of(const struct setting *s, uint32_t port)
{
    const struct chassis_config *c = s->l->config;
    const struct slot_config *slot = c->slots;
    while (slot->slot != c->ports[port].slot) {
        slot++;
    }
    return slot;
}

static struct queue_structure structure_of(const struct slot_config *slot, enum direction direction)
{
    return direction == TRANSMIT ? slot->card->tx_queues
           : slot->dfc != NULL   ? slot->card->rx_queues_dfc
                                 : slot->card->rx_queues;
}

static struct queue_setup *new_setup(const struct setting *s, struct queue_structure structure)
{
    struct queue_setup *setup = arena_take(s->l->mem, sizeof *setup);
    queue_setup_default(structure, setup);
    setup->quantum_bytes = s->like.quantum_bytes;
    setup->wred_most_ppm = s->like.wred_most_ppm;
    return setup;
}

/* The ports of an entry: how many. */
static uint32_t load_entry_ports(struct setting *s, const struct raw_queues *raw,
                                 const uint32_t **ports)
{
    struct loader *l = s->l;
    if ((raw->slot == 0) == (raw->ports == 0)) {
        places_error(&l->places, raw->here, "expected a slot or ports");
        return 0;
    }
    if (raw->ports != 0) {
        return load_ports(l, raw->ports, ports);
    }
    uint32_t slot = (uint32_t)load_count(l, raw->slot, 1, CONFIG_MAX_SLOTS, 0);
    for (uint32_t i = 0; i < l->config->n_slots; i++) {
        const struct slot_config *found = &l->config->slots[i];
        uint32_t n = found->card->n_ports,
                 *all = arena_take_array(l->mem, n + (size_t)1, sizeof *all);
        for (uint32_t p = 0; p < n; p++) {
            all[p] = found->first_port + p;
        }
        if (found->slot == slot) {
            *ports = all;
            return n;
        }
    }
    if (slot != 0 && l->ports_known) {
        places_error(&l->places, raw->slot, "no card with ports in slot %u", slot);
    }
    return 0;
}

/* Whether the port of an entry can be set so, after one that can. */
static bool check_port(struct setting *s, uint32_t place, enum direction direction, bool by_dscp,
                       uint32_t first, uint32_t port)
{
    const struct port_config *p = &s->l->config->ports[port], *q = &s->l->config->ports[first];
    struct queue_structure structure = structure_of(slot_of(s, port), direction);
    struct places *places = &s->l->places;
    if (structure.n_weighted == 0) {
        return places_error(places, place, "the %s queues of a %s are not published",
                            direction == TRANSMIT ? "transmit" : "receive",
                            slot_of(s, port)->card->model);
    }
    if (!alike(structure, structure_of(slot_of(s, first), direction))) {
        return places_error(places, place,
                            "%u/%u has other queues than %u/%u; expected ports alike", p->slot,
                            p->number, q->slot, q->number);
    }
    if (s->entered[direction][port]) {
        return places_error(places, place, "port %u/%u is set by an entry before", p->slot,
                            p->number);
    }
    if (direction == RECEIVE && p->trust != (by_dscp ? TRUST_DSCP : TRUST_COS)) {
        return places_error(places, place,
                            "port %u/%u does not trust %s, which would choose its receive queue",
                            p->slot, p->number, by_dscp ? "dscp" : "cos");
    }
    return true;
}

static void load_entry(struct setting *s, const struct raw_queues *raw)
{
    static const char *const words[] = {"out", "in"};
    enum direction direction = (enum direction)load_word(s->l, raw->direction, "unknown direction",
                                                         words, N_DIRECTIONS, TRANSMIT);
    const uint32_t *ports;
    uint32_t n = load_entry_ports(s, raw, &ports), place = raw->ports != 0 ? raw->ports : raw->slot;
    for (uint32_t i = 0; i < n; i++) {
        if (!check_port(s, place, direction, raw->dscp != 0, ports[0], ports[i])) {
            return;
        }
    }
    if (n == 0) {
        return;
    }
    struct queue_setup *setup = new_setup(s, structure_of(slot_of(s, ports[0]), direction));
    change_setup(s->l, raw, direction, setup);
    for (uint32_t i = 0; i < n; i++) {
        s->setups[direction][ports[i]] = setup;
        s->entered[direction][ports[i]] = true;
    }
}

/* What the structure rests on, when nobody has published it. */
static void add_source(struct loader *l, const struct slot_config *slot, enum direction direction)
{
    uint32_t row = catalog_find(l->catalog, CATALOG_LINECARDS, slot->card->model);
    const struct figure *figures = l->catalog->rows[CATALOG_LINECARDS][row].figures;
    bool with_dfc = slot->dfc != NULL && figures[CARD_RX_QUEUES_DFC].value != NULL;
    const struct figure *f = &figures[direction == TRANSMIT ? CARD_TX_QUEUES
                                      : with_dfc            ? CARD_RX_QUEUES_DFC
                                                            : CARD_RX_QUEUES];
    const char *name = direction == TRANSMIT ? "tx_queues"
                       : with_dfc            ? "rx_queues_dfc"
                                             : "rx_queues";
    if (f->taken.provenance == SOURCE_ASSUMED) {
        add_assumption(l,
                       (struct assumption){arena_printf(l->mem, "%s.%s", slot->card->model, name),
                                           f->value, f->low, f->high, f->taken.why});
    }
}

/* All ports of a card as they are after `mls qos`. */
static void set_default(struct setting *s, const struct slot_config *slot)
{
    for (enum direction d = TRANSMIT; d < N_DIRECTIONS; d++) {
        struct queue_structure structure = structure_of(slot, d);
        const struct queue_setup *usual = structure.n_weighted > 0 ? new_setup(s, structure) : NULL;
        for (uint32_t p = slot->first_port; p < slot->first_port + slot->card->n_ports; p++) {
            bool used = d == TRANSMIT || s->l->config->ports[p].trust == TRUST_COS;
            s->setups[d][p] = used ? usual : NULL;
        }
    }
}

/* The card has them where one of its ports does. */
static bool give(struct setting *s, struct slot_config *slot, enum direction direction)
{
    const struct queue_setup *const *setups = &s->setups[direction][slot->first_port];
    for (uint32_t p = 0; p < slot->card->n_ports; p++) {
        if (setups[p] != NULL) {
            *(direction == TRANSMIT ? &slot->queues : &slot->rx_queues) = setups;
            add_source(s->l, slot, direction);
            return true;
        }
    }
    return false;
}

static void load_constants(struct loader *l, struct queue_setup *like)
{
    const struct raw_qos *raw = &l->raw->qos;
    like->quantum_bytes = (uint32_t)load_assumed(
        l, raw->quantum, UNIT_BYTES, "qos.quantum", 65536, QUEUE_QUANTUM_BYTES, "64B", "1518B",
        "bytes that a weight of 1 stands for in a turn; only ratios are published");
    like->wred_most_ppm = (uint32_t)load_assumed(
        l, raw->wred_most, UNIT_PPM, "qos.wred_most", 1000000, QUEUE_WRED_MOST_PPM, "10%", "100%",
        "chance of a drop just below a threshold's upper end: the curve has no step");
}

void load_queues(struct loader *l)
{
    const struct raw_qos *raw = &l->raw->qos;
    struct setting s = {.l = l};
    const char *unknown = NULL;
    if (!l->config->qos.on) {
        if (raw->queues_count > 0) {
            places_error(&l->places, raw->queues[0].here, "it takes qos: {enabled: yes}");
        }
        return;
    }
    load_constants(l, &s.like);
    for (enum direction d = TRANSMIT; d < N_DIRECTIONS; d++) {
        s.setups[d] = arena_take_array(l->mem, l->config->n_ports + (size_t)1, sizeof *s.setups[d]);
        s.entered[d] = arena_take_array(l->mem, l->config->n_ports + (size_t)1, sizeof(bool));
    }
    for (uint32_t i = 0; i < l->config->n_slots; i++) {
        set_default(&s, &l->config->slots[i]);
    }
    for (uint32_t i = 0; i < raw->queues_count; i++) {
        load_entry(&s, &raw->queues[i]);
    }
    for (uint32_t i = 0; i < l->config->n_slots; i++) {
        if (!give(&s, &l->config->slots[i], TRANSMIT) && unknown == NULL) {
            unknown = l->config->slots[i].card->model;
        }
        give(&s, &l->config->slots[i], RECEIVE);
    }
    if (unknown != NULL) {
        add_note(l, arena_printf(l->mem,
                                 "QoS is on, but the queues of a %s are not published: its ports "
                                 "have one each, with tail drop",
                                 unknown));
    }
}
