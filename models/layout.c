#include "models/layout.h"

#include "sim/arena.h"
#include "sim/error.h"

const char *bus_mode_name(enum bus_mode mode)
{
    static const char *const names[] = {"compact", "truncated", "flow-through"};

    return names[mode];
}

static void place_ports(struct layout *l, const struct slot_config *slot)
{
    const struct linecard_type *card = slot->card;
    uint32_t per_group = (card->n_ports + card->n_groups - 1) / card->n_groups;

    for (uint32_t p = 0; p < card->n_ports; p++) {
        uint32_t group = p / per_group;
        uint32_t channel = card->n_channels == 0 ? 0 : group * card->n_channels / card->n_groups;
        l->ports[slot->first_port + p] = (struct port_place){(uint8_t)slot->slot, (uint8_t)channel,
                                                             (uint16_t)group, (uint16_t)p};
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
        *place = (struct slot_place){slot, 0, slot->card->n_channels, slot->dfc == NULL};
        place_ports(l, slot);
    }
    l->slots[l->supervisor_slot].n_channels = 1;
    for (uint32_t s = 1; s <= config->chassis->n_slots; s++) {
        l->slots[s].first_channel = l->n_channels;
        l->n_channels += l->slots[s].n_channels;
    }
    l->supervisor_channel = l->slots[l->supervisor_slot].first_channel;
    choose_bus_mode(l, mem);
}
