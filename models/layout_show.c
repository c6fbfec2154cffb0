/* What the report says of the layout: bus mode, mode of each module, and the hops that a frame can
 * take, each with its kind and its serialisation: the slope of latency against frame size. */
#include "models/layout.h"

#include "sim/arena.h"
#include "sim/report.h"

#define MAX_HOPS 64

struct hop_row {
    const char *name;
    enum hop_kind kind;
    uint64_t bps;
};

struct hop_list {
    uint32_t n;
    struct hop_row rows[MAX_HOPS];
};

/* Hops of one name and speed are one row. */
static void add_hop(struct hop_list *list, const char *name, enum hop_kind kind, uint64_t bps)
{
    for (uint32_t i = 0; i < list->n; i++) {
        if (list->rows[i].name == name && list->rows[i].bps == bps) {
            return;
        }
    }
    if (list->n < MAX_HOPS) {
        list->rows[list->n++] = (struct hop_row){name, kind, bps};
    }
}

static void add_ports(struct hop_list *list, const struct layout *l, const struct slot_config *slot)
{
    const struct linecard_type *card = slot->card;

    for (uint32_t a = 0; a < card->n_asics; a++) {
        const struct port_asic *asic = &card->asics[a];
        add_hop(list, "port receive", STORE_AND_FORWARD, asic->port_bps);
        if (layout_narrow(asic)) {
            add_hop(list, "port ASIC link", l->config->hops[HOP_ASIC_LINK], asic->link_bps);
        }
    }
}

static void add_channels(struct hop_list *list, const struct layout *l, uint32_t slot)
{
    const enum hop_kind *hops = l->config->hops;

    if (l->slots[slot].n_channels > 0) {
        uint64_t bps = layout_channel_bps(l, slot);
        add_hop(list, "channel to the fabric", hops[HOP_UPLINK], bps);
        add_hop(list, "crossbar", hops[HOP_CROSSBAR], bps * l->config->fabric_overspeed);
        add_hop(list, "channel to the card", hops[HOP_DOWNLINK], bps);
    }
}

static void show_hops(const struct layout *l, struct report *out)
{
    static const char *const kinds[] = {"store-and-forward", "cut-through"};
    const uint64_t fs_bits_per_byte = 8000000000000000;
    struct hop_list list = {.n = 0};

    for (uint32_t i = 0; i < l->config->n_slots; i++) {
        add_ports(&list, l, &l->config->slots[i]);
    }
    if (l->bus_mode != BUS_COMPACT) {
        add_hop(&list, "shared bus", l->config->hops[HOP_BUS], LAYOUT_BUS_BPS);
    }
    for (uint32_t slot = 1; slot <= l->config->chassis->n_slots; slot++) {
        add_channels(&list, l, slot);
    }
    for (uint32_t i = 0; i < list.n; i++) {
        const struct hop_row *row = &list.rows[i];
        const char *name = arena_printf(out->mem, "hop %s %lu Mbps", row->name,
                                        (unsigned long)(row->bps / 1000000));
        report_text(out, name, "forwarding", kinds[row->kind]);
        report_value(out, name, "serialisation", "fs_per_byte",
                     (int64_t)(fs_bits_per_byte / row->bps));
    }
}

void layout_show(const struct layout *l, struct report *out)
{
    report_text(out, "run", "bus_mode", bus_mode_name(l->bus_mode));
    report_text(out, "run", "bus_mode_reason", l->bus_mode_reason);
    if (l->config->pfc_mode != NULL) {
        report_text(out, "run", "pfc_operating_mode", l->config->pfc_mode);
    }
    for (uint32_t slot = 1; slot <= l->config->chassis->n_slots; slot++) {
        if (l->slots[slot].config != NULL) {
            const char *name = arena_printf(out->mem, "module %u", slot);
            report_text(out, name, "model", l->slots[slot].config->card->model);
            report_text(out, name, "switching_mode",
                        l->slots[slot].absent ? "absent" : module_mode_name(l->slots[slot].mode));
        }
    }
    show_hops(l, out);
}
