#include "models/layout.h"

#include "sim/arena.h"
#include "sim/error.h"

const char *bus_mode_name(enum bus_mode mode)
{
    static const char *const names[] = {"compact", "truncated", "flow-through"};

    return names[mode];
}

static uint32_t ports_per_group(const struct linecard_type *card)
{
    return (card->n_ports + card->n_groups - 1) / card->n_groups;
}

uint32_t layout_first_port(const struct layout *l, uint32_t slot, uint32_t group)
{
    const struct slot_config *config = l->slots[slot].config;
    uint32_t port = group * ports_per_group(config->card);

    return config->first_port + (port < config->card->n_ports ? port : config->card->n_ports);
}

static void place_ports(struct layout *l, const struct slot_config *slot)
{
    const struct linecard_type *card = slot->card;
    uint32_t per_group = ports_per_group(card);

    for (uint32_t p = 0; p < card->n_ports; p++) {
        uint32_t group = p / per_group;
        uint32_t channel = card->n_channels == 0 ? 0 : group * card->n_channels / card->n_groups;
        l->ports[slot->first_port + p] = (struct port_place){
            (uint8_t)slot->slot, (uint8_t)channel, (uint8_t)group, card->class == CLASSIC, 0};
    }
}

uint64_t layout_channel_bps(const struct layout *l, uint32_t slot)
{
    const struct linecard_type *card = layout_card(l, slot);

    return card == NULL ? l->config->supervisor->fabric_bps : card->channel_bps;
}

/* Numbers the channels of all slots; a classic card is reached by the supervisor's. */
static void number_channels(struct layout *l)
{
    l->slots[l->supervisor_slot].n_channels = 1;
    for (uint32_t s = 1; s <= l->config->chassis->n_slots; s++) {
        l->slots[s].first_channel = l->n_channels;
        l->n_channels += l->slots[s].n_channels;
    }
    l->supervisor_channel = l->slots[l->supervisor_slot].first_channel;
    for (uint32_t p = 0; p < l->config->n_ports; p++) {
        struct port_place *port = &l->ports[p];
        port->output =
            (uint8_t)(port->classic ? l->supervisor_channel
                                    : l->slots[port->slot].first_channel + port->channel);
    }
}

static void choose_bus_mode(struct layout *l, struct arena *mem)
{
    const struct chassis_config *c = l->config;
    const struct slot_config *classic = NULL;
    uint32_t n_fabric = 0;

    for (uint32_t i = 0; i < c->n_slots; i++) {
        if (c->slots[i].card->class == CLASSIC) {
            classic = classic == NULL ? &c->slots[i] : classic;
        } else {
            n_fabric++;
        }
    }
    if (classic == NULL) {
        l->bus_mode = BUS_COMPACT;
        l->bus_mode_reason = "every card is attached to the fabric, so only 32-byte headers cross "
                             "the bus";
    } else if (n_fabric > 0) {
        l->bus_mode = BUS_TRUNCATED;
        l->bus_mode_reason = arena_printf(
            mem, "the %s in slot %u is a classic card, so headers take 64 bytes of the frame along",
            classic->card->model, classic->slot);
    } else {
        l->bus_mode = BUS_FLOW_THROUGH;
        l->bus_mode_reason = "every card is a classic card, so whole frames cross the bus";
    }
}

void layout_open(struct layout *l, const struct chassis_config *config, struct arena *mem)
{
    *l = (struct layout){.config = config, .supervisor_slot = config->supervisor_slot};
    l->ports = arena_take_array(mem, config->n_ports, sizeof *l->ports);
    for (uint32_t i = 0; i < config->n_slots; i++) {
        const struct slot_config *slot = &config->slots[i];
        struct slot_place *place = &l->slots[slot->slot];
        uint32_t has = config->chassis->channels[slot->slot];
        sim_assert(slot->card->n_channels <= has && slot->slot != config->supervisor_slot);
        *place = (struct slot_place){slot, 0, slot->card->n_channels};
        place_ports(l, slot);
    }
    number_channels(l);
    choose_bus_mode(l, mem);
}
