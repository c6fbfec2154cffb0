/* layout.h - where every port, channel and engine of a chassis is: the tables stages ask. */
#ifndef MODELS_LAYOUT_H
#define MODELS_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "models/config.h"
#include "models/packet.h"

struct arena;
struct report;

/* What a frame and its header do to the shared bus (the mode names are those of
 * CISCO-CAT6K-CROSSBAR-MIB and of "show fabric switching-mode"; source: [S11], [S4] (vendor)). */
enum bus_mode {
    BUS_COMPACT,   /* every card is on the fabric: headers only */
    BUS_TRUNCATED, /* a classic card is present: header and first 64 bytes; whole frames to and from
                      it */
    BUS_FLOW_THROUGH /* nothing but classic cards: whole frames */
};

/* 256 bits at 62.5 MHz, see bus.h */
#define LAYOUT_BUS_BPS 16000000000u

/* What a module does (CISCO-CAT6K-CROSSBAR-MIB; source: [S11] (vendor)). */
enum module_mode {
    MODULE_BUS,      /* "busmode": lookup and data over the bus */
    MODULE_CROSSBAR, /* "crossbarmode": lookup over the bus, data over the fabric */
    MODULE_DCEF      /* "dcefmode": data over the fabric, looked up on the card */
};

/* Lane numbers towards one port ASIC (or card) each: distinct for all, and never 0. */
#define LAYOUT_LANE(slot, asic) ((uint32_t)(slot)*CONFIG_MAX_ASICS + (uint32_t)(asic))

/* Slots times channels: ports of one slot and channel are on one side. */
#define LAYOUT_MAX_SIDES ((CONFIG_MAX_SLOTS + 1u) * CONFIG_MAX_CHANNELS)

struct port_place {
    uint8_t slot;
    uint8_t channel; /* of its slot */
    uint8_t asic;    /* port ASIC, within the slot */
    bool busmode;    /* its module's frames cross the shared bus whole */
    uint8_t output;  /* the channel to its card, among all of the chassis: the crossbar output */
};

struct slot_place {
    const struct slot_config *config; /* NULL: no ports in it */
    enum module_mode mode;
    uint32_t first_channel; /* number of its channel 0 among all channels of the chassis */
    uint32_t n_channels;
    bool absent; /* the card, or fabric module, is not (or no longer) in it */
};

struct layout {
    const struct chassis_config *config;
    struct port_place *ports; /* by global port index */
    struct slot_place slots[CONFIG_MAX_SLOTS + 1];
    uint32_t supervisor_slot;
    uint32_t n_channels;         /* of all slots, the supervisor's included */
    bool fabric;                 /* there is one, or comes: it has its stages */
    uint32_t fabric_slot;        /* the module that works, or the supervisor's; 0: none */
    bool fabric_works;           /* modules use it ... */
    bool fabric_up;              /* ... and frames can cross it: not during a switchover */
    uint32_t supervisor_channel; /* if so */
    enum bus_mode bus_mode;
    const char *bus_mode_reason; /* a sentence */
    struct arena *mem;
};

/* A card or fabric module has gone, or come. Returns whether that begins a fabric switchover, at the
 * end of which layout_choose_fabric() is to be called. */
bool layout_change(struct layout *layout, uint32_t slot, bool gone);
void layout_choose_fabric(struct layout *layout);

void layout_open(struct layout *layout, const struct chassis_config *config, struct arena *mem);

/* Bus mode and why, mode of each module, hops. */
void layout_show(const struct layout *layout, struct report *out);

const char *bus_mode_name(enum bus_mode mode);
const char *module_mode_name(enum module_mode mode);
const char *card_class_name(enum card_class class); /* "dcef720" */

static inline const struct linecard_type *layout_card(const struct layout *l, uint32_t slot)
{
    return l->slots[slot].config == NULL ? NULL : l->slots[slot].config->card;
}

static inline const struct port_asic *layout_asic(const struct layout *l, uint32_t port)
{
    return &layout_card(l, l->ports[port].slot)->asics[l->ports[port].asic];
}

/* The speed of a port. */
uint64_t layout_port_bps(const struct chassis_config *config, uint32_t port);

/* Bytes of all receive buffers of a card: of those behind one channel of it, or (ANY_CHANNEL) all.
 */
#define LAYOUT_ANY_CHANNEL UINT32_MAX
uint64_t layout_receive_bytes(const struct linecard_type *card, uint32_t channel);

/* Slower than all the ports of the port ASIC together: frames wait for it. */
static inline bool layout_narrow(const struct port_asic *asic)
{
    return asic->link_bps < asic->n_ports * asic->port_bps;
}

/* The rate of what takes frames off a card: its fabric channel, or the bus. */
uint64_t layout_leaving_bps(const struct layout *l, uint32_t slot);

/* The rate at which a port ASIC takes a frame for this port: of its link, or of the wire. */
static inline uint64_t layout_sending_bps(const struct layout *l, uint32_t port)
{
    const struct port_asic *asic = layout_asic(l, port);

    return layout_narrow(asic) ? asic->link_bps : asic->port_bps;
}

/* Of each fabric channel of a slot, bits per second. */
uint64_t layout_channel_bps(const struct layout *l, uint32_t slot);

/* The crossbar output that leads to a port, or to the MSFC (PACKET_TO_MSFC). */
static inline uint32_t layout_channel_to(const struct layout *l, uint32_t port)
{
    return port == PACKET_TO_MSFC ? l->supervisor_channel : l->ports[port].output;
}

/* Of the engine that looks up what a port receives: the supervisor's is the PFC. */
static inline uint32_t layout_engine_slot(const struct layout *l, uint32_t port)
{
    uint32_t slot = l->ports[port].slot;

    return l->slots[slot].config->dfc != NULL ? slot : l->supervisor_slot;
}

static inline bool layout_busmode(const struct layout *l, uint32_t port)
{
    return l->ports[port].busmode;
}

#endif /* MODELS_LAYOUT_H */
