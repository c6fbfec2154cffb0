/* layout.h - where every port, channel and engine of a chassis is: the tables stages ask. */
#ifndef MODELS_LAYOUT_H
#define MODELS_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "models/config.h"
#include "models/packet.h"

struct arena;

/* What a frame and its header do to the shared bus (the mode names are those of
 * CISCO-CAT6K-CROSSBAR-MIB and of "show fabric switching-mode"; source: [S11], [S4] (vendor)). */
enum bus_mode {
    BUS_COMPACT,   /* every card is on the fabric: headers only */
    BUS_TRUNCATED, /* a classic card is present: header and first 64 bytes; whole frames to and from
                      it */
    BUS_FLOW_THROUGH /* nothing but classic cards: whole frames */
};

/* Lane numbers towards one port ASIC (or card) each: distinct for all, and never 0. */
#define LAYOUT_MAX_GROUPS 16u
#define LAYOUT_LANE(slot, group) ((uint32_t)(slot)*LAYOUT_MAX_GROUPS + (uint32_t)(group))

/* Slots times channels: ports of one slot and channel are on one side. */
#define LAYOUT_MAX_SIDES ((CONFIG_MAX_SLOTS + 1u) * CONFIG_MAX_CHANNELS)

struct port_place {
    uint8_t slot;
    uint8_t channel; /* of its slot */
    uint8_t group;   /* port ASIC, within the slot */
    bool classic;    /* on a classic card */
    uint8_t output;  /* the channel to its card, among all of the chassis: the crossbar output */
};

struct slot_place {
    const struct slot_config *config; /* NULL: empty, or the supervisor */
    uint32_t first_channel; /* number of its channel 0 among all channels of the chassis */
    uint32_t n_channels;
};

struct layout {
    const struct chassis_config *config;
    struct port_place *ports; /* by global port index */
    struct slot_place slots[CONFIG_MAX_SLOTS + 1];
    uint32_t supervisor_slot;
    uint32_t n_channels; /* of all slots, the supervisor's included */
    uint32_t supervisor_channel;
    enum bus_mode bus_mode;
    const char *bus_mode_reason; /* a sentence */
};

void layout_open(struct layout *layout, const struct chassis_config *config, struct arena *mem);

const char *bus_mode_name(enum bus_mode mode);

static inline const struct linecard_type *layout_card(const struct layout *l, uint32_t slot)
{
    return l->slots[slot].config == NULL ? NULL : l->slots[slot].config->card;
}

/* Global index of the first port of a port ASIC; for the group behind the last, of the next card.
 */
uint32_t layout_first_port(const struct layout *l, uint32_t slot, uint32_t group);

/* Of each fabric channel of a slot, bits per second. */
uint64_t layout_channel_bps(const struct layout *l, uint32_t slot);

/* The crossbar output that leads to a port, or to the MSFC (PACKET_TO_MSFC). */
static inline uint32_t layout_channel_to(const struct layout *l, uint32_t port)
{
    return port == PACKET_TO_MSFC ? l->supervisor_channel : l->ports[port].output;
}

static inline bool layout_classic(const struct layout *l, uint32_t port)
{
    return l->ports[port].classic;
}

#endif /* MODELS_LAYOUT_H */
