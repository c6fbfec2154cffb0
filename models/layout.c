#include "models/layout.h"

#include "sim/arena.h"
#include "sim/error.h"

const char *bus_mode_name(enum bus_mode mode)
{
    static const char *const names[] = {"compact", "truncated", "flow-through"};

    return names[mode];
}

const char *module_mode_name(enum module_mode mode)
{
    static const char *const names[] = {"busmode", "crossbarmode", "dcefmode"};

    return names[mode];
}

const char *card_class_name(enum card_class class)
{
    static const char *const names[CONFIG_N_CLASSES] = {"classic", "cef256",  "dcef256",
                                                        "cef720",  "dcef720", "dcef2t"};

    return names[class];
}

uint64_t layout_port_bps(const struct chassis_config *config, uint32_t port)
{
    const struct slot_config *slot = &config->slots[config->n_slots - 1];

    while (slot->first_port > port) {
        slot--;
    }
    return slot->card->asics[slot->card->port_asic[port - slot->first_port]].port_bps;
}

uint64_t layout_receive_bytes(const struct linecard_type *card, uint32_t channel)
{
    uint64_t bytes = 0;

    for (uint32_t a = 0; a < card->n_asics; a++) {
        const struct port_asic *asic = &card->asics[a];
        if (channel == LAYOUT_ANY_CHANNEL || asic->channel == channel) {
            bytes += asic->rx_buffer_bytes * (card->shared_buffers ? 1 : asic->n_ports);
        }
    }
    return bytes;
}

uint64_t layout_channel_bps(const struct layout *l, uint32_t slot)
{
    return slot == l->supervisor_slot ? l->config->supervisor->fabric_bps
                                      : layout_card(l, slot)->channel_bps;
}

uint64_t layout_leaving_bps(const struct layout *l, uint32_t slot)
{
    return l->slots[slot].mode == MODULE_BUS ? LAYOUT_BUS_BPS : layout_channel_bps(l, slot);
}

/* A classic card makes all headers longer; without a fabric, or with nothing on it, whole frames
 * cross the bus. */
static void choose_bus_mode(struct layout *l)
{
    const struct chassis_config *c = l->config;
    const struct slot_config *classic = NULL;
    uint32_t n_fabric = 0;

    for (uint32_t i = 0; i < c->n_slots; i++) {
        const struct slot_config *slot = &c->slots[i];
        if (slot->slot == c->supervisor_slot || l->slots[slot->slot].absent) {
            continue;
        }
        if (slot->card->class == CLASSIC) {
            classic = classic == NULL ? slot : classic;
        } else {
            n_fabric++;
        }
    }
    if (!l->fabric_works) {
        l->bus_mode = BUS_FLOW_THROUGH;
        l->bus_mode_reason = "there is no switch fabric, so whole frames cross the bus";
    } else if (classic == NULL) {
        l->bus_mode = BUS_COMPACT;
        l->bus_mode_reason = "every card is attached to the fabric, so only 32-byte headers cross "
                             "the bus";
    } else if (n_fabric > 0) {
        l->bus_mode = BUS_TRUNCATED;
        l->bus_mode_reason = arena_printf(
            l->mem,
            "the %s in slot %u is a classic card, so headers take 64 bytes of the frame along",
            classic->card->model, classic->slot);
    } else {
        l->bus_mode = BUS_FLOW_THROUGH;
        l->bus_mode_reason = "every card is a classic card, so whole frames cross the bus";
    }
}

static enum module_mode module_mode(const struct layout *l, const struct slot_config *slot)
{
    bool fabric =
        l->fabric_works && (slot->slot == l->supervisor_slot ? l->bus_mode != BUS_FLOW_THROUGH
                                                             : slot->card->class != CLASSIC);

    return slot->dfc != NULL ? MODULE_DCEF : fabric ? MODULE_CROSSBAR : MODULE_BUS;
}

static void place_ports(struct layout *l, const struct slot_config *slot)
{
    const struct linecard_type *card = slot->card;

    for (uint32_t p = 0; p < card->n_ports; p++) {
        uint8_t asic = card->port_asic[p];
        l->ports[slot->first_port + p] = (struct port_place){
            .slot = (uint8_t)slot->slot,
            .channel = (uint8_t)card->asics[asic].channel,
            .asic = asic,
        };
    }
}

/* Numbers the channels of all slots. */
static void number_channels(struct layout *l)
{
    for (uint32_t s = 1; s <= l->config->chassis->n_slots; s++) {
        l->slots[s].first_channel = l->n_channels;
        l->n_channels += l->slots[s].n_channels;
    }
    l->supervisor_channel = l->slots[l->supervisor_slot].first_channel;
}

/* All that depends on which cards are there and on the fabric. A module in bus mode is reached by
 * the supervisor's channel. */
static void choose_modes(struct layout *l)
{
    choose_bus_mode(l);
    for (uint32_t i = 0; i < l->config->n_slots; i++) {
        const struct slot_config *slot = &l->config->slots[i];
        l->slots[slot->slot].mode = module_mode(l, slot);
    }
    for (uint32_t p = 0; p < l->config->n_ports; p++) {
        struct port_place *port = &l->ports[p];
        const struct slot_place *slot = &l->slots[port->slot];
        port->busmode = slot->mode == MODULE_BUS;
        port->output =
            (uint8_t)(port->busmode ? l->supervisor_channel : slot->first_channel + port->channel);
    }
}

void layout_choose_fabric(struct layout *l)
{
    const struct chassis_config *c = l->config;

    if (l->fabric && c->supervisor->fabric != NULL) {
        l->fabric_slot = l->supervisor_slot;
    }
    for (uint32_t i = 0; i < c->n_fabric_modules && l->fabric && l->fabric_slot == 0; i++) {
        uint32_t slot = c->fabric_modules[i].slot;
        l->fabric_slot = l->slots[slot].absent ? 0 : slot;
    }
    l->fabric_works = l->fabric_up = l->fabric_slot != 0;
    choose_modes(l);
}

bool layout_change(struct layout *l, uint32_t slot, bool gone)
{
    bool module = false, lost = gone && slot == l->fabric_slot;

    for (uint32_t i = 0; i < l->config->n_fabric_modules; i++) {
        module |= l->config->fabric_modules[i].slot == slot;
    }
    l->slots[slot].absent = gone;
    if (lost) {
        l->fabric_slot = 0;
        l->fabric_up = false;
    }
    choose_modes(l);
    return lost || (module && !gone && l->fabric_slot == 0);
}

static void find_absent(struct layout *l)
{
    const struct chassis_config *c = l->config;

    for (uint32_t i = c->n_card_changes; i-- > 0;) { /* the first one of a slot last */
        l->slots[c->card_changes[i].slot].absent = c->card_changes[i].insert;
    }
}

void layout_open(struct layout *l, const struct chassis_config *config, struct arena *mem)
{
    *l = (struct layout){.config = config, .supervisor_slot = config->supervisor_slot, .mem = mem};
    l->fabric = config->supervisor->fabric_bps > 0 &&
                (config->supervisor->fabric != NULL || config->n_fabric_modules > 0);
    l->ports = arena_take_array(mem, config->n_ports, sizeof *l->ports);
    find_absent(l);
    l->slots[l->supervisor_slot].n_channels = l->fabric;
    for (uint32_t i = 0; i < config->n_slots; i++) {
        const struct slot_config *slot = &config->slots[i];
        struct slot_place *place = &l->slots[slot->slot];
        place->config = slot;
        if (slot->slot != l->supervisor_slot) {
            place->n_channels = l->fabric ? slot->card->n_channels : 0;
            sim_assert(place->n_channels <= config->chassis->channels[slot->slot]);
        }
        place_ports(l, slot);
    }
    number_channels(l);
    layout_choose_fabric(l);
}
