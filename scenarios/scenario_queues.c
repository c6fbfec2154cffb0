/* scenario_queues.c - `qos: queues:`: the transmit queues of ports, which QoS brings with it.
 *
 * What is not said is as it is after `mls qos` (queue_setup.c). All ports of a card are set alike.
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
static const struct queue_structure shapes = {1, 3, 8}, reads_dscp = {1, 7, 4};

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

/* --- One card ------------------------------------------------------------------------------- */

static bool alike(struct queue_structure a, struct queue_structure b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void load_scheduler(struct loader *l, uint32_t place, struct queue_setup *setup)
{
    static const char *const words[] = {"wrr", "dwrr", "srr"};
    setup->scheduler =
        (enum queue_scheduler)load_word(l, place, "unknown scheduler", words, 3, setup->scheduler);
    if (place != 0 && setup->scheduler == QUEUE_SRR && !alike(setup->structure, shapes)) {
        places_error(&l->places, place, "srr is to be had on ports with 1p3q8t only");
    }
}

static void load_map(struct loader *l, const struct raw_queues *raw, struct queue_setup *setup)
{
    load_places(l, raw->cos, QUEUE_N_COS, setup->map);
    if (raw->dscp != 0 && !alike(setup->structure, reads_dscp)) {
        places_error(&l->places, raw->dscp, "DSCP chooses the queue on ports with 1p7q4t only");
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

static void change_setup(struct loader *l, const struct raw_queues *raw, struct queue_setup *setup)
{
    uint32_t numbers[QUEUE_MOST], n = setup->structure.n_weighted;
    load_scheduler(l, raw->scheduler, setup);
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
    load_map(l, raw, setup);
    check(l, raw, setup);
}

static void add_source(struct loader *l, const struct linecard_type *card)
{
    uint32_t row = catalog_find(l->catalog, CATALOG_LINECARDS, card->model);
    const struct figure *f = &l->catalog->rows[CATALOG_LINECARDS][row].figures[CARD_TX_QUEUES];
    if (f->taken.provenance == SOURCE_ASSUMED) {
        add_assumption(l, (struct assumption){arena_printf(l->mem, "%s.tx_queues", card->model),
                                              f->value, f->low, f->high, f->taken.why});
    }
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

/* Which entry is of which slot. */
static void load_entries(struct loader *l, const struct raw_queues **entries)
{
    for (uint32_t i = 0; i < l->raw->qos.queues_count; i++) {
        const struct raw_queues *raw = &l->raw->qos.queues[i];
        uint32_t slot = (uint32_t)load_count(l, raw->slot, 1, CONFIG_MAX_SLOTS, 0), found = 0;
        for (uint32_t k = 0; k < l->config->n_slots; k++) {
            found += l->config->slots[k].slot == slot;
            if (l->config->slots[k].slot == slot &&
                l->config->slots[k].card->tx_queues.n_weighted == 0) {
                places_error(&l->places, raw->slot, "the queues of a %s are not published",
                             l->config->slots[k].card->model);
            }
        }
        if (slot != 0 && found == 0 && l->ports_known) {
            places_error(&l->places, raw->slot, "no card with ports in slot %u", slot);
        } else if (slot != 0 && entries[slot] != NULL) {
            places_error(&l->places, raw->slot, "slot %u is set by an entry before", slot);
        } else {
            entries[slot] = raw;
        }
    }
}

void load_queues(struct loader *l)
{
    const struct raw_qos *raw = &l->raw->qos;
    const struct raw_queues *entries[CONFIG_MAX_SLOTS + 1] = {NULL};
    const char *unknown = NULL;
    load_entries(l, entries);
    if (!l->config->qos.on) {
        if (raw->queues_count > 0) {
            places_error(&l->places, raw->queues[0].here, "it takes qos: {enabled: yes}");
        }
        return;
    }
    uint32_t quantum = (uint32_t)load_assumed(
        l, raw->quantum, UNIT_BYTES, "qos.quantum", 65536, QUEUE_QUANTUM_BYTES, "64B", "1518B",
        "bytes that a weight of 1 stands for in a turn; only ratios are published");
    uint32_t most_ppm = (uint32_t)load_assumed(
        l, raw->wred_most, UNIT_PPM, "qos.wred_most", 1000000, QUEUE_WRED_MOST_PPM, "10%", "100%",
        "chance of a drop just below a threshold's upper end: the curve has no step");
    for (uint32_t i = 0; i < l->config->n_slots; i++) {
        struct slot_config *slot = &l->config->slots[i];
        if (slot->card->tx_queues.n_weighted == 0) {
            unknown = unknown == NULL ? slot->card->model : unknown;
            continue;
        }
        struct queue_setup *setup = arena_take(l->mem, sizeof *setup);
        queue_setup_default(slot->card->tx_queues, setup);
        setup->quantum_bytes = quantum;
        setup->wred_most_ppm = most_ppm;
        if (entries[slot->slot] != NULL) {
            change_setup(l, entries[slot->slot], setup);
        }
        slot->queues = setup;
        add_source(l, slot->card);
    }
    if (unknown != NULL) {
        add_note(l, arena_printf(l->mem,
                                 "QoS is on, but the queues of a %s are not published: its ports "
                                 "have one each, with tail drop",
                                 unknown));
    }
}
