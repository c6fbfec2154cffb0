/* Rates, rooms and modes of all that the reference simulator has, from the configuration. */
#include <stdlib.h>

#include "tests/reference_sim.h"

#define LEAST_FRAME_BYTES 64

static void open_ports(struct sim *s, const struct slot_config *slot)
{
    const struct linecard_type *card = slot->card;

    for (uint32_t i = 0; i < card->n_ports; i++) {
        const struct port_asic *type = &card->asics[card->port_asic[i]];
        struct port *port = &s->ports[slot->first_port + i];
        port->slot = slot->slot;
        port->asic = slot->first_port + card->port_asic[i];
        port->channel = type->channel;
        port->buffer = card->shared_buffers ? port->asic : slot->first_port + i;
        port->wire.rate = type->port_bps;
        port->wire.holds = type->tx_buffer_bytes * 8;
        struct port *asic = &s->ports[port->asic], *buffer = &s->ports[port->buffer];
        asic->rx_link.rate = asic->tx_link.rate = type->link_bps;
        asic->narrow = type->link_bps < type->n_ports * type->port_bps;
        asic->tx_link.holds =
            type->tx_buffer_bytes * 8 * (card->shared_buffers ? 1 : type->n_ports);
        buffer->rx_room.limit = type->rx_buffer_bytes;
        buffer->bus_room.limit = type->rx_buffer_bytes;
        buffer->tx_room.limit = type->tx_buffer_bytes;
    }
}

static void open_channel(struct sim *s, struct channel *c, uint64_t bps, uint64_t up_bytes)
{
    c->up.rate = c->down.rate = bps;
    c->crossbar.rate = bps * s->config->fabric_overspeed;
    c->up.holds = up_bytes * 8;
    c->down.holds = s->config->fabric_egress_bytes * 8;
}

/* All receive buffers behind a channel, or of the card. */
static uint64_t receive_bytes(const struct linecard_type *card, uint32_t channel, bool any)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < card->n_asics; i++) {
        if (any || card->asics[i].channel == channel) {
            bytes += card->asics[i].rx_buffer_bytes *
                     (card->shared_buffers ? 1 : card->asics[i].n_ports);
        }
    }
    return bytes;
}

void reference_choose_modes(struct sim *s)
{
    const struct chassis_config *c = s->config;
    uint32_t n_classic = 0, n_others = 0;

    for (uint32_t i = 0; i < c->n_slots; i++) {
        uint32_t slot = c->slots[i].slot;
        bool counts = slot != c->supervisor_slot && !s->cards[slot].absent;
        n_classic += counts && c->slots[i].card->class == CLASSIC;
        n_others += counts && c->slots[i].card->class != CLASSIC;
    }
    s->headers_only = s->fabric_works && n_classic == 0;
    s->all_on_bus = !s->fabric_works || (n_classic > 0 && n_others == 0);
    for (uint32_t i = 0; i < c->n_slots; i++) {
        struct card *card = &s->cards[c->slots[i].slot];
        bool uplinks = c->slots[i].slot == c->supervisor_slot;
        bool classic = !s->fabric_works || c->slots[i].card->class == CLASSIC;
        card->busmode = uplinks ? s->all_on_bus : classic && c->slots[i].dfc == NULL;
    }
}

void reference_choose_fabric(struct sim *s)
{
    const struct chassis_config *c = s->config;

    if (s->fabric && c->supervisor->fabric != NULL) {
        s->fabric_slot = c->supervisor_slot;
    }
    for (uint32_t i = 0; i < c->n_fabric_modules && s->fabric && s->fabric_slot == 0; i++) {
        if (!s->cards[c->fabric_modules[i].slot].absent) {
            s->fabric_slot = c->fabric_modules[i].slot;
        }
    }
    s->fabric_works = s->fabric_up = s->fabric_slot != 0;
    reference_choose_modes(s);
}

static void open_card(struct sim *s, const struct slot_config *slot)
{
    const struct linecard_type *type = slot->card;
    struct card *card = &s->cards[slot->slot];

    card->config = slot;
    open_ports(s, slot);
    reference_open_transmit(s, slot);
    if (slot->dfc != NULL) {
        card->lookups.rate = slot->dfc->lookups_per_s;
        card->lookups.holds = receive_bytes(type, 0, true) / LEAST_FRAME_BYTES;
    }
    for (uint32_t i = 0; i < type->n_channels && slot->slot != s->config->supervisor_slot; i++) {
        open_channel(s, &card->channels[i], type->channel_bps, receive_bytes(type, i, false));
    }
    reference_open_receivers(s, slot);
}

/* A card that is inserted before it is removed is not there yet. */
static void find_absent(struct sim *s)
{
    const struct chassis_config *c = s->config;
    bool seen[CONFIG_MAX_SLOTS + 1] = {false};

    for (uint32_t i = 0; i < c->n_card_changes; i++) {
        uint32_t slot = c->card_changes[i].slot;
        s->cards[slot].absent = seen[slot] ? s->cards[slot].absent : c->card_changes[i].insert;
        seen[slot] = true;
    }
}

/* The buckets are full at first. */
static struct meter *open_copp(const struct chassis_config *c)
{
    struct meter *meters = calloc(c->n_copp_classes + 1, sizeof *meters);

    for (uint32_t i = 0; i < c->n_copp_classes; i++) {
        meters[i].tokens = c->copp_classes[i].burst_bytes * 32000;
    }
    return meters;
}

static void open_meters(struct sim *s)
{
    for (uint32_t slot = 0; slot <= CONFIG_MAX_SLOTS; slot++) {
        size_t n =
            (size_t)s->config->n_policers * (s->config->n_ports + s->config->n_port_channels);
        s->cards[slot].meters = calloc(n + 1, sizeof *s->cards[slot].meters);
        s->cards[slot].copp = open_copp(s->config);
    }
    s->copp = open_copp(s->config);
}

void reference_close_cards(struct sim *s)
{
    reference_close_transmit(s);
    reference_access_close(s->access);
    reference_close_receivers(s);
    for (uint32_t slot = 0; slot <= CONFIG_MAX_SLOTS; slot++) {
        free(s->cards[slot].meters);
        free(s->cards[slot].flows.entries);
        free(s->cards[slot].copp);
    }
    free(s->copp);
    free(s->holds);
    free(s->asked);
}

void reference_open_cards(struct sim *s)
{
    const struct chassis_config *c = s->config;

    for (uint32_t slot = 0; slot <= CONFIG_MAX_SLOTS; slot++) {
        s->cards[slot].first = NOBODY;
    }
    for (uint32_t i = 0; i < c->n_slots; i++) {
        open_card(s, &c->slots[i]);
    }
    s->fabric =
        c->supervisor->fabric_bps > 0 && (c->supervisor->fabric != NULL || c->n_fabric_modules > 0);
    find_absent(s);
    reference_choose_fabric(s);
    s->cards[c->supervisor_slot].lookups.rate = c->supervisor->pfc.lookups_per_s;
    if (s->fabric) {
        open_channel(s, &s->cards[c->supervisor_slot].channels[0], c->supervisor->fabric_bps,
                     c->fabric_egress_bytes);
    }
    s->inband.rate = c->supervisor->inband_bps;
    s->outstanding.limit = c->bus_outstanding;
    s->supervisor_room.limit = c->fabric_egress_bytes;
    s->inband_room.limit = c->inband_packets;
    open_meters(s);
    s->access = reference_access_open(c);
    reference_open_control(s);
}
