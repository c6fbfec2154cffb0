/* catalog_build.c - from figures to the structs of models/config.h, and what figures of a row, and
 * rows among each other, must agree on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/fib.h"
#include "scenarios/catalog.h"
#include "scenarios/queue_name.h"
#include "sim/arena.h"

struct builder {
    struct catalog *catalog;
    struct arena *mem;
    struct catalog_fault *fault;
    const struct catalog_row *row; /* being built */
};

#define WHOLE_ROW CATALOG_MAX_FIGURES

static bool refuse(struct builder *b, uint32_t figure, const char *why)
{
    b->fault->figure = figure;
    b->fault->why = why;
    return false;
}

static const struct figure_rule *rule_of(const struct builder *b, uint32_t figure)
{
    return &figure_rules[b->fault->kind][figure];
}

static uint64_t number(const struct builder *b, uint32_t figure)
{
    return figure_number(&b->row->figures[figure], rule_of(b, figure));
}

static uint32_t word(const struct builder *b, uint32_t figure)
{
    return figure_word(&b->row->figures[figure], rule_of(b, figure));
}

static uint32_t numbers(const struct builder *b, uint32_t figure, uint64_t *list, uint32_t room)
{
    return figure_numbers(&b->row->figures[figure], rule_of(b, figure), list, room);
}

static const char *text(const struct builder *b, uint32_t figure)
{
    return b->row->figures[figure].value;
}

/* --- Chassis -------------------------------------------------------------------------------- */

/* One number for all slots, or one for each. */
static bool take_channels(struct builder *b, uint32_t figure, uint32_t n_slots, uint32_t *channels)
{
    uint64_t list[CONFIG_MAX_SLOTS + 1];
    uint32_t n = numbers(b, figure, list, CONFIG_MAX_SLOTS + 1);
    if (n != 1 && n != n_slots) {
        return refuse(b, figure, "expected one number, or one for each slot");
    }
    for (uint32_t slot = 1; slot <= n_slots; slot++) {
        channels[slot] = (uint32_t)list[n == 1 ? 0 : slot - 1];
    }
    return true;
}

static bool take_slots(struct builder *b, uint32_t figure, uint32_t n_slots, uint32_t *slots)
{
    uint64_t list[CATALOG_MAX_LISTED];
    uint32_t n = numbers(b, figure, list, CATALOG_MAX_LISTED);
    for (uint32_t i = 0; i < n; i++) {
        if (n == CATALOG_MAX_LISTED || list[i] == 0 || list[i] > n_slots) {
            return refuse(b, figure,
                          arena_printf(b->mem, "expected at most %d slots, of 1 to %u",
                                       CATALOG_MAX_LISTED - 1, n_slots));
        }
        slots[i] = (uint32_t)list[i];
    }
    return true;
}

static bool build_chassis(struct builder *b, struct catalog_chassis *chassis)
{
    uint32_t n_slots = (uint32_t)number(b, CHASSIS_SLOTS);
    chassis->type.model = b->row->model;
    chassis->type.n_slots = n_slots;
    const char *list = text(b, CHASSIS_CLASSES);
    char item[FIGURE_ITEM];
    while (figure_next(&list, ',', item)) {
        struct figure one = {.value = item};
        chassis->takes_class[figure_word(&one, rule_of(b, CHASSIS_CLASSES))] = true;
    }
    bool has_sup2t = text(b, CHASSIS_SUP2T_CHANNELS) != NULL;
    return take_channels(b, CHASSIS_CHANNELS, n_slots, chassis->type.channels) &&
           take_channels(b, has_sup2t ? CHASSIS_SUP2T_CHANNELS : CHASSIS_CHANNELS, n_slots,
                         chassis->sup2t_channels) &&
           take_slots(b, CHASSIS_SUP1_SLOTS, n_slots, chassis->supervisor_slots[SUP1]) &&
           take_slots(b, CHASSIS_SUP720_SLOTS, n_slots, chassis->supervisor_slots[SUP720]) &&
           take_slots(b, CHASSIS_SUP2T_SLOTS, n_slots, chassis->supervisor_slots[SUP2T]) &&
           take_slots(b, CHASSIS_FABRIC_SLOTS, n_slots, chassis->fabric_slots);
}

/* --- Fabrics and engines -------------------------------------------------------------------- */

static bool build_fabric(struct builder *b, struct catalog_fabric *fabric)
{
    fabric->type.model = b->row->model;
    fabric->module = word(b, FABRIC_MODULE) == 1;
    uint64_t speeds[3];
    uint32_t n = numbers(b, FABRIC_SPEEDS, speeds, 3);
    if (n > 2) {
        return refuse(b, FABRIC_SPEEDS, "expected at most two speeds");
    }
    memcpy(fabric->type.channel_bps, speeds, n * sizeof *speeds);
    return true;
}

static bool has_rate(const struct catalog_engine *engine)
{
    uint64_t rate = engine->type.lookups_per_s;
    for (uint32_t i = 0; i < CONFIG_N_CLASSES; i++) {
        rate |= engine->dfc_lookups_per_s[i];
    }
    return rate != 0;
}

/* A CFC is a row without rates: it needs none of the others either. */
static bool check_engine(struct builder *b, const struct catalog_engine *engine)
{
    static const enum engine_figure needed[] = {
        ENGINE_GENERATION,   ENGINE_IPV6_LOOKUPS, ENGINE_TCAM_SLOTS,  ENGINE_IPV4_SLOTS,
        ENGINE_IPV6_ENTRIES, ENGINE_LATENCY,      ENGINE_ADJACENCIES,
    };
    const struct engine_type *type = &engine->type;
    for (uint32_t i = 0; has_rate(engine) && i < sizeof needed / sizeof *needed; i++) {
        if (text(b, needed[i]) == NULL) {
            return refuse(b, WHOLE_ROW,
                          arena_printf(b->mem, "an engine with a rate needs the key %s",
                                       rule_of(b, needed[i])->name));
        }
    }
    uint64_t ipv6_slots = FIB_SLOTS_IPV6 * type->ipv6_entries;
    bool pool = type->generation > CONFIG_CARVED_GENERATION;
    if (type->ipv4_slots + (pool ? 0 : ipv6_slots) > type->tcam_slots ||
        ipv6_slots > type->tcam_slots) {
        return refuse(b, ENGINE_TCAM_SLOTS, "the partitions are larger than tcam_slots");
    }
    return true;
}

static bool build_engine(struct builder *b, struct catalog_engine *engine)
{
    const char *letter = text(b, ENGINE_LETTER);
    engine->type = (struct engine_type){
        .model = b->row->model,
        .generation = (uint32_t)number(b, ENGINE_GENERATION),
        .letter = letter != NULL ? letter[0] : '\0',
        .xl = word(b, ENGINE_XL) == 1,
        .lookups_per_s = number(b, ENGINE_CENTRAL),
        .ipv6_lookups = (uint32_t)number(b, ENGINE_IPV6_LOOKUPS),
        .tcam_slots = number(b, ENGINE_TCAM_SLOTS),
        .ipv4_slots = number(b, ENGINE_IPV4_SLOTS),
        .ipv6_entries = number(b, ENGINE_IPV6_ENTRIES),
        .latency_ps = (int64_t)number(b, ENGINE_LATENCY),
        .adjacencies = number(b, ENGINE_ADJACENCIES),
        .mac_entries = number(b, ENGINE_MAC_ENTRIES),
        .netflow_entries = number(b, ENGINE_NETFLOW_ENTRIES),
        .acl_entries = number(b, ENGINE_ACL_ENTRIES),
        .acl_masks = number(b, ENGINE_ACL_MASKS),
        .acl_labels = number(b, ENGINE_ACL_LABELS),
        .rpf_interfaces = number(b, ENGINE_RPF_INTERFACES),
    };
    uint64_t *dfc = engine->dfc_lookups_per_s;
    dfc[CEF256] = dfc[DCEF256] = number(b, ENGINE_CEF256);
    dfc[CEF720] = dfc[DCEF720] = number(b, ENGINE_CEF720);
    dfc[DCEF2T] = number(b, ENGINE_CEF2T);
    return check_engine(b, engine);
}

/* --- Linecards ------------------------------------------------------------------------------ */

/* Decimal digits at *c, which moves behind them. */
static bool take_digits(const char **c, uint32_t *value)
{
    const char *begin = *c;
    for (*value = 0; **c >= '0' && **c <= '9' && *value < 1000; (*c)++) {
        *value = *value * 10 + (uint32_t)(**c - '0');
    }
    return *c > begin && *value >= 1 && *value <= CONFIG_MAX_CARD_PORTS;
}

/* "7", "1-12", "1-23/2": those of the range, or every second one. */
static bool take_range(const char *item, uint32_t *first, uint32_t *last, uint32_t *step)
{
    if (!take_digits(&item, first)) {
        return false;
    }
    *last = *first;
    *step = 1;
    if (*item == '-' && (item++, !take_digits(&item, last) || *last < *first)) {
        return false;
    }
    if (*item == '/' && (item++, !take_digits(&item, step))) {
        return false;
    }
    return *item == '\0';
}

#define NO_ASIC UINT8_MAX

/* asic_of[port number]: the port ASIC it has; false when the text is not "1-12, 14; 13". */
static bool take_asics(struct builder *b, struct linecard_type *card, uint8_t *asic_of)
{
    const char *text_left = text(b, CARD_ASICS), *end;
    memset(asic_of, NO_ASIC, CONFIG_MAX_CARD_PORTS + 1);
    for (card->n_asics = 0; text_left != NULL; card->n_asics++, text_left = end) {
        end = strchr(text_left, ';');
        int length = end != NULL ? (int)(end++ - text_left) : (int)strlen(text_left);
        const char *ports = arena_printf(b->mem, "%.*s", length, text_left);
        char item[FIGURE_ITEM];
        uint32_t first, last, step;
        while (figure_next(&ports, ',', item)) {
            if (card->n_asics == CONFIG_MAX_ASICS || !take_range(item, &first, &last, &step)) {
                return refuse(b, CARD_ASICS,
                              "expected ports of at most 16 port ASICs, as in 1-12; 13-23/2, 24");
            }
            for (uint32_t port = first; port <= last; port += step) {
                if (asic_of[port] != NO_ASIC) {
                    return refuse(b, CARD_ASICS, arena_printf(b->mem, "port %u twice", port));
                }
                asic_of[port] = (uint8_t)card->n_asics;
            }
        }
    }
    return true;
}

static void take_ports(struct linecard_type *card, const uint8_t *asic_of)
{
    for (uint32_t port = 1; port <= CONFIG_MAX_CARD_PORTS; port++) {
        if (asic_of[port] != NO_ASIC) {
            card->port_number[card->n_ports] = (uint8_t)port;
            card->port_asic[card->n_ports++] = asic_of[port];
            card->asics[asic_of[port]].n_ports++;
        }
    }
}

/* One number for all port ASICs, or one for each; missing: list[] stays as it is. */
static bool per_asic(struct builder *b, uint32_t figure, const struct linecard_type *card,
                     uint64_t *list)
{
    uint64_t given[CONFIG_MAX_ASICS + 1];
    uint32_t n = numbers(b, figure, given, CONFIG_MAX_ASICS + 1);
    if (text(b, figure) != NULL && n != 1 && n != card->n_asics) {
        return refuse(b, figure, "expected one value, or one for each port ASIC");
    }
    for (uint32_t i = 0; n > 0 && i < card->n_asics; i++) {
        list[i] = given[n == 1 ? 0 : i];
    }
    return true;
}

static bool take_asic_figures(struct builder *b, struct linecard_type *card)
{
    uint64_t rate[CONFIG_MAX_ASICS], link[CONFIG_MAX_ASICS], rx[CONFIG_MAX_ASICS],
        tx[CONFIG_MAX_ASICS], channel[CONFIG_MAX_ASICS];
    uint32_t n_channels = card->n_channels == 0 ? 1 : card->n_channels;
    for (uint32_t i = 0; i < card->n_asics; i++) {
        channel[i] = i * n_channels / card->n_asics;
    }
    if (!per_asic(b, CARD_PORT_RATE, card, rate) || !per_asic(b, CARD_ASIC_LINK, card, link) ||
        !per_asic(b, CARD_RX_BUFFER, card, rx) || !per_asic(b, CARD_TX_BUFFER, card, tx) ||
        !per_asic(b, CARD_ASIC_CHANNELS, card, channel)) {
        return false;
    }
    for (uint32_t i = 0; i < card->n_asics; i++) {
        struct port_asic *asic = &card->asics[i];
        asic->port_bps = rate[i];
        asic->link_bps = link[i];
        asic->rx_buffer_bytes = rx[i];
        asic->tx_buffer_bytes = tx[i];
        asic->channel = (uint32_t)channel[i];
        if (asic->channel >= n_channels) {
            return refuse(b, CARD_ASIC_CHANNELS, "the card has not so many channels");
        }
    }
    return true;
}

static bool take_forwarding(struct builder *b, struct catalog_linecard *card)
{
    const struct catalog *c = b->catalog;
    const char *list = text(b, CARD_FORWARDING);
    char item[FIGURE_ITEM];
    while (figure_next(&list, ',', item)) {
        uint32_t i = catalog_find(c, CATALOG_ENGINES, item);
        const struct catalog_engine *engine =
            i < c->n_rows[CATALOG_ENGINES] ? &c->engines[i] : NULL;
        bool plain = strcmp(item, "none") == 0 || (engine != NULL && !has_rate(engine));
        bool made = engine != NULL && engine->dfc_lookups_per_s[card->type.class] > 0;
        if ((!plain && !made) || card->n_forwarding == CATALOG_MAX_FORWARDING) {
            return refuse(b, CARD_FORWARDING,
                          arena_printf(b->mem,
                                       "%s: no engine of this name with a rate for this class",
                                       item));
        }
        if (plain && !card->type.on_bus) {
            return refuse(b, CARD_FORWARDING, "a card that is not on the bus needs a DFC");
        }
        card->forwarding[card->n_forwarding++] =
            (struct catalog_forwarding){arena_printf(b->mem, "%s", item), made ? engine : NULL};
    }
    return true;
}

/* With a DFC the receive queues are the same where nothing else is said. */
static void take_queues(struct builder *b, struct linecard_type *type)
{
    const struct {
        uint32_t figure;
        struct queue_structure *to;
    } all[] = {{CARD_TX_QUEUES, &type->tx_queues},
               {CARD_RX_QUEUES, &type->rx_queues},
               {CARD_RX_QUEUES, &type->rx_queues_dfc},
               {CARD_RX_QUEUES_DFC, &type->rx_queues_dfc}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char why[QUEUE_NAME_WHY]; /* its form has been checked */
        if (text(b, all[i].figure) != NULL) {
            queue_name_parse(text(b, all[i].figure), all[i].to, why);
        }
    }
}

static bool build_linecard(struct builder *b, struct catalog_linecard *card)
{
    struct linecard_type *type = &card->type;
    uint8_t asic_of[CONFIG_MAX_CARD_PORTS + 1];
    type->model = b->row->model;
    type->mode = b->row->mode;
    type->class = word(b, CARD_CLASS);
    type->on_bus = word(b, CARD_BUS) == 1;
    type->shared_buffers = word(b, CARD_BUFFERS_PER) == 1;
    type->n_channels = (uint32_t)number(b, CARD_CHANNELS);
    type->channel_bps = number(b, CARD_CHANNEL_RATE);
    take_queues(b, type);
    card->of_supervisor = catalog_find(b->catalog, CATALOG_SUPERVISORS, b->row->model) <
                          b->catalog->n_rows[CATALOG_SUPERVISORS];
    if ((type->n_channels == 0) != (type->class == CLASSIC) ||
        (type->n_channels == 0) != (type->channel_bps == 0)) {
        return refuse(b, WHOLE_ROW, "channels and channel_rate are for all classes but classic");
    }
    if (!take_asics(b, type, asic_of)) {
        return false;
    }
    take_ports(type, asic_of);
    return take_asic_figures(b, type) && take_forwarding(b, card);
}

/* --- Supervisors ---------------------------------------------------------------------------- */

static bool build_supervisor(struct builder *b, struct catalog_supervisor *supervisor)
{
    const struct catalog *c = b->catalog;
    struct supervisor_type *type = &supervisor->type;
    uint32_t pfc = catalog_find(c, CATALOG_ENGINES, text(b, SUPERVISOR_PFC));
    uint32_t uplinks = catalog_find(c, CATALOG_LINECARDS, b->row->model);
    if (pfc == c->n_rows[CATALOG_ENGINES] || c->engines[pfc].type.lookups_per_s == 0) {
        return refuse(b, SUPERVISOR_PFC, "no engine of this name with a central rate");
    }
    supervisor->generation = word(b, SUPERVISOR_GENERATION);
    supervisor->takes_modules = word(b, SUPERVISOR_FABRIC_MODULES) == 1;
    supervisor->engine = &c->engines[pfc];
    type->model = b->row->model;
    type->pfc = c->engines[pfc].type;
    type->software_pps = number(b, SUPERVISOR_SOFTWARE);
    type->inband_bps = number(b, SUPERVISOR_INBAND);
    type->fabric_bps = number(b, SUPERVISOR_CHANNEL);
    if (uplinks < c->n_rows[CATALOG_LINECARDS]) {
        supervisor->uplinks = &c->linecards[uplinks];
        type->uplinks = &c->linecards[uplinks].type;
    }
    if (text(b, SUPERVISOR_FABRIC) != NULL) {
        uint32_t fabric = catalog_find(c, CATALOG_FABRICS, text(b, SUPERVISOR_FABRIC));
        if (fabric == c->n_rows[CATALOG_FABRICS] || c->fabrics[fabric].module) {
            return refuse(b, SUPERVISOR_FABRIC, "no fabric of this name that is on a supervisor");
        }
        supervisor->fabric = &c->fabrics[fabric];
        type->fabric = &c->fabrics[fabric].type;
    }
    bool may_switch = type->fabric != NULL || supervisor->takes_modules;
    if (may_switch != (type->fabric_bps > 0)) {
        return refuse(b, WHOLE_ROW, "channel is for those that work with a fabric");
    }
    return true;
}

/* --- The whole ------------------------------------------------------------------------------ */

#define BUILD(name, which, list)                                                                   \
    fault->kind = which;                                                                           \
    catalog->list = arena_take_array(mem, catalog->n_rows[which], sizeof *catalog->list);          \
    for (fault->row = 0; fault->row < catalog->n_rows[which]; fault->row++) {                      \
        b.row = &catalog->rows[which][fault->row];                                                 \
        catalog->list[fault->row].row = b.row;                                                     \
        if (!build_##name(&b, &catalog->list[fault->row])) {                                       \
            return false;                                                                          \
        }                                                                                          \
    }

bool catalog_build(struct catalog *catalog, struct arena *mem, struct catalog_fault *fault)
{
    struct builder b = {catalog, mem, fault, NULL};
    BUILD(chassis, CATALOG_CHASSIS, chassis)
    BUILD(fabric, CATALOG_FABRICS, fabrics)
    BUILD(engine, CATALOG_ENGINES, engines)
    BUILD(linecard, CATALOG_LINECARDS, linecards)       /* they name engines, ... */
    BUILD(supervisor, CATALOG_SUPERVISORS, supervisors) /* ... and these all of them */
    return true;
}
