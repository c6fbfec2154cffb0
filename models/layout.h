/* layout.h - where every port, channel and engine of a chassis is: the tables stages ask. */
#ifndef MODELS_LAYOUT_H
#define MODELS_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "models/config.h"
#include "models/packet.h"

struct arena;

/* What a frame and its header do to the shared bus (the mode names are those of
 * CISCO-CAT6K-CROSSBAR-MIB and of "show fabric switching-mode"; source: [S11], [S4] vendor). */
enum bus_mode {
    BUS_COMPACT,   /* every card is on the fabric: headers only */
    BUS_TRUNCATED, /* a classic card is present: header and first 64 bytes; whole frames to and from
                      it */
    BUS_FLOW_THROUGH /* nothing but classic cards: whole frames */
};

struct port_place {
    uint8_t slot;
    uint8_t channel; /* of its slot */
    uint16_t group;  /* port ASIC, within the slot */
    uint16_t number; /* 0-based within the slot */
};

struct slot_place {
    const struct slot_config *config; /* NULL: empty, or the supervisor */
    uint32_t first_channel; /* number of its channel 0 among all channels of the chassis */
    uint32_t n_channels;
    bool central; /* its lookups go to the PFC, over the bus */
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

static inline bool layout_classic(const struct layout *l, uint32_t port)
{
    return layout_card(l, l->ports[port].slot)->class == CLASSIC;
}

#endif /* MODELS_LAYOUT_H */
