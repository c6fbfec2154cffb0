/* Rates are drawn around what the ports of a scenario can offer, so that any of its queues may turn
 * out to be the one that overflows. */
#include "sim/arena.h"
#include "tests/random_draw.h"

#define MOST_PORTS 40
#define MOST_CHANNELS 3

static uint64_t buffer_bytes(struct draw *d)
{
    return one_in(d, 3)   ? between(d, 1600, 6000)
           : one_in(d, 2) ? between(d, 6000, 40000)
                          : (one_in(d, 8) ? between(d, 60, 1600) : 1000000);
}

static void draw_engine(struct draw *d, struct engine_type *e, uint64_t n_ports)
{
    e->model = "engine";
    e->lookups_per_s = near(d, line_pps(d, n_ports), 10, 200);
    e->ipv6_lookups = (uint32_t)between(d, 1, 3);
    e->tcam_slots = d->tcam_slots;
    e->ipv4_slots = e->tcam_slots / 3;
    e->ipv6_entries = (e->tcam_slots - e->ipv4_slots) / 2;
    e->generation = e->lookups_per_s % 2 == 0 ? 2 : 3; /* as figures go: no draws of their own */
    e->letter = 'A';
    e->netflow_entries = 8 + e->lookups_per_s % 200;
    int64_t least_ps = (int64_t)(SECOND_PS * e->ipv6_lookups / e->lookups_per_s + 1);
    e->latency_ps = one_in(d, 3) ? least_ps : least_ps + (int64_t)below(d, 1000000);
}

static struct port_asic some_asic(struct draw *d, uint32_t n_channels)
{
    return (struct port_asic){
        .port_bps = one_in(d, 5) ? PICK(d, 100000000, 1000000000, 2500000000) : d->port_bps,
        .rx_buffer_bytes = buffer_bytes(d),
        .tx_buffer_bytes = buffer_bytes(d),
        .channel = n_channels > 1 ? (uint32_t)below(d, n_channels) : 0,
    };
}

/* Alike mostly; ports belong to them in sequence, by turns or anyhow. */
static void draw_asics(struct draw *d, struct linecard_type *t)
{
    uint64_t order = below(d, 3), skipped = one_in(d, 4) ? 2 : 0;

    t->n_asics = (uint32_t)between(d, 1, t->n_ports);
    for (uint32_t a = 0; a < t->n_asics; a++) {
        t->asics[a] = a > 0 && !one_in(d, 4) ? t->asics[a - 1] : some_asic(d, t->n_channels);
        t->asics[a].n_ports = 0;
    }
    for (uint32_t p = 0; p < t->n_ports; p++) {
        uint32_t asic = order == 0       ? p * t->n_asics / t->n_ports
                        : order == 1     ? p % t->n_asics
                        : p < t->n_asics ? p
                                         : (uint32_t)below(d, t->n_asics);
        t->port_number[p] = (uint8_t)(p + 1 + (p > 0 ? skipped : 0));
        t->port_asic[p] = (uint8_t)asic;
        t->asics[asic].n_ports++;
    }
    for (uint32_t a = 0; a < t->n_asics; a++) {
        struct port_asic *asic = &t->asics[a];
        asic->link_bps = near(d, asic->port_bps * asic->n_ports, 30, 150);
    }
}

static const struct linecard_type *draw_card(struct draw *d, uint32_t most_ports)
{
    struct linecard_type *t = arena_take(d->mem, sizeof *t);

    t->model = "card";
    t->class = (enum card_class)below(d, CONFIG_N_CLASSES);
    t->n_ports = (uint32_t)between(d, 1, most_ports);
    t->shared_buffers = one_in(d, 3);
    t->n_channels = t->class == CLASSIC ? 0 : t->class == CEF256 ? 1 : (uint32_t)between(d, 1, 2);
    draw_asics(d, t);
    t->channel_bps = near(d, d->port_bps * t->n_ports, 20, 150);
    t->on_bus = t->class == CLASSIC || t->class == CEF256 || one_in(d, 2);
    return t;
}

/* With the subnet of this slot and index. */
static void draw_port(struct draw *d, struct port_config *p, uint32_t number, uint32_t slot,
                      uint32_t index)
{
    uint64_t host = slot << 16 | index << 8 | 1;

    p->number = number;
    p->address[IPV4] = (struct ip_address){(10ull << 24 | host) << 32, 0, IPV4};
    p->address[IPV6] = (struct ip_address){0x20010db800000000 | host, 1, IPV6};
    p->length[IPV4] = (uint8_t)PICK(d, 24, 24, 30, 29, 20);
    p->length[IPV6] = (uint8_t)PICK(d, 64, 64, 120, 48);
}

static void draw_ports(struct draw *d, const struct slot_config *slot)
{
    for (uint32_t i = 0; i < slot->card->n_ports; i++) {
        struct port_config *p = &d->c->ports[slot->first_port + i];
        p->slot = slot->slot;
        draw_port(d, p, slot->card->port_number[i], slot->slot, i);
    }
}

static uint64_t port_bps(const struct chassis_config *c, uint32_t port)
{
    uint32_t i = c->n_slots - 1;

    while (c->slots[i].first_port > port) {
        i--;
    }
    const struct linecard_type *card = c->slots[i].card;
    return card->asics[card->port_asic[port - c->slots[i].first_port]].port_bps;
}

/* All classic, all on the fabric, or anything. */
static const struct linecard_type *fitting_card(struct draw *d, uint64_t kind, uint32_t most_ports)
{
    const struct linecard_type *card;

    do {
        card = draw_card(d, most_ports);
    } while ((kind == 0 && card->class != CLASSIC) || (kind == 1 && card->class == CLASSIC) ||
             (!d->fabric && card->class != CLASSIC && card->class != CEF256));
    return card;
}

/* The supervisor's. */
static const struct linecard_type *on_one_channel(const struct linecard_type *card,
                                                  struct arena *mem)
{
    struct linecard_type *uplinks = arena_take(mem, sizeof *uplinks);

    *uplinks = *card;
    for (uint32_t a = 0; a < uplinks->n_asics; a++) {
        uplinks->asics[a].channel = 0;
    }
    return uplinks;
}

static void draw_slots(struct draw *d)
{
    struct chassis_config *c = d->c;
    uint64_t kind = PICK(d, 0, 1, 1, 2, 2, 2);
    uint32_t most = (uint32_t)between(d, 1, c->chassis->n_slots - 1);

    c->slots = arena_take_array(d->mem, CONFIG_MAX_SLOTS, sizeof *c->slots);
    c->ports = arena_take_array(d->mem, MOST_PORTS + 16, sizeof *c->ports);
    for (uint32_t slot = 1; slot <= c->chassis->n_slots && c->n_slots < most; slot++) {
        bool uplinks = slot == c->supervisor_slot;
        if (c->n_ports >= MOST_PORTS || one_in(d, uplinks ? 2 : 5)) {
            continue;
        }
        struct slot_config *s = &c->slots[c->n_slots++];
        const struct linecard_type *card = fitting_card(d, kind, one_in(d, 4) ? 12 : 4);
        *s = (struct slot_config){.slot = slot, .card = card, .first_port = c->n_ports};
        if (uplinks) {
            s->card = d->supervisor->uplinks = on_one_channel(card, d->mem);
        } else if (d->fabric && (!card->on_bus || (card->class != CLASSIC && one_in(d, 2)))) {
            struct engine_type *dfc = arena_take(d->mem, sizeof *dfc);
            draw_engine(d, dfc, card->n_ports);
            s->dfc = dfc;
        }
        c->n_ports += s->card->n_ports;
        draw_ports(d, s);
    }
}

/* A few ports of one rate, from any one on; those that are in none yet. */
static void draw_port_channel(struct draw *d, struct port_channel *channel, uint32_t index,
                              uint32_t most)
{
    struct chassis_config *c = d->c;
    uint32_t first = (uint32_t)below(d, c->n_ports), step = (uint32_t)between(d, 1, 3);

    for (uint32_t p = first; p < c->n_ports && channel->n_members < most; p += step) {
        uint32_t last = channel->n_members - 1;
        if (config_is_interface(c, p) &&
            (channel->n_members == 0 || port_bps(c, p) == port_bps(c, channel->members[last]))) {
            channel->members[channel->n_members++] = p;
            c->ports[p].port_channel = index;
        }
    }
}

/* At least two interfaces are left. */
void draw_port_channels(struct draw *d)
{
    struct chassis_config *c = d->c;
    uint32_t n = one_in(d, 2) ? (uint32_t)between(d, 1, MOST_CHANNELS) : 0, n_left = c->n_ports;

    c->port_channels = arena_take_array(d->mem, MOST_CHANNELS, sizeof *c->port_channels);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t most = (uint32_t)between(d, 1, CONFIG_MAX_MEMBERS);
        struct port_channel *channel = &c->port_channels[c->n_port_channels];
        draw_port_channel(d, channel, c->n_ports + c->n_port_channels,
                          most < n_left - 1 ? most : n_left - 1);
        if (channel->n_members > 0) {
            n_left -= channel->n_members - 1;
            draw_port(d, &c->ports[c->n_ports + c->n_port_channels++], i + 1, 100, i);
        }
    }
    d->first_two = arena_take_array(d->mem, 2, sizeof *d->first_two);
    for (uint32_t p = 0, k = 0; k < 2; p++) {
        if (config_is_interface(c, p)) {
            d->first_two[k++] = p;
        }
    }
}

/* In slots that are free: then the supervisor has no fabric of its own. */
static void draw_fabric_modules(struct draw *d)
{
    static const struct fabric_type module = {"module", {0}};
    struct chassis_config *c = d->c;
    uint32_t most = (uint32_t)between(d, 1, 2);

    for (uint32_t slot = 1; slot <= c->chassis->n_slots && c->n_fabric_modules < most; slot++) {
        bool taken = slot == c->supervisor_slot;
        for (uint32_t i = 0; i < c->n_slots; i++) {
            taken |= c->slots[i].slot == slot;
        }
        if (!taken) {
            c->fabric_modules[c->n_fabric_modules++] = (struct fabric_module){slot, &module};
            d->supervisor->fabric = NULL;
        }
    }
}

void draw_hardware(struct draw *d)
{
    struct chassis_config *c = d->c;
    struct chassis_type *chassis = arena_take(d->mem, sizeof *chassis);
    struct supervisor_type *supervisor = arena_take(d->mem, sizeof *supervisor);
    static const struct fabric_type fabric = {"crossbar", {0}};

    d->supervisor = supervisor;
    d->fabric = !one_in(d, 5);
    chassis->model = "chassis";
    chassis->n_slots = (uint32_t)PICK(d, 3, 6, 9, 13);
    for (uint32_t slot = 1; slot <= chassis->n_slots; slot++) {
        chassis->channels[slot] = CONFIG_MAX_CHANNELS;
    }
    c->chassis = chassis;
    c->supervisor_slot = chassis->supervisor_slots[0] = (uint32_t)between(d, 1, chassis->n_slots);
    while (c->n_ports < 2) {
        c->n_slots = c->n_ports = 0;
        draw_slots(d);
    }
    supervisor->model = "supervisor";
    draw_engine(d, &supervisor->pfc, c->n_ports);
    supervisor->software_pps = near(d, line_pps(d, c->n_ports), 2, 40);
    supervisor->inband_bps = near(d, d->port_bps * c->n_ports, 5, 50);
    supervisor->fabric_bps = near(d, d->port_bps * c->n_ports, 10, 80);
    supervisor->fabric = d->fabric ? &fabric : NULL;
    if (d->fabric && one_in(d, 3)) {
        draw_fabric_modules(d);
    }
    c->supervisor = supervisor;
}

void draw_mechanisms(struct draw *d)
{
    struct chassis_config *c = d->c;

    c->fabric_overhead_bytes = (uint32_t)below(d, 33);
    c->fabric_overspeed = (uint32_t)between(d, 1, 3);
    c->fabric_transit_ps = (int64_t)PICK(d, 1000, 50000, 400000, 1234567);
    c->port_rx_latency_ps = one_in(d, 3) ? 0 : (int64_t)below(d, 1000000);
    c->port_tx_latency_ps = one_in(d, 3) ? 0 : (int64_t)below(d, 1000000);
    c->fabric_egress_bytes = buffer_bytes(d);
    c->bus_outstanding = (uint32_t)PICK(d, 1, 2, 5, 32, 32);
    c->inband_packets = PICK(d, 1, 3, 10, 100);
    c->batch_rows = 0;
    c->cross_channel_local = one_in(d, 3);
    for (int hop = 0; hop < CONFIG_N_HOPS; hop++) {
        c->hops[hop] = one_in(d, 2) ? CUT_THROUGH : STORE_AND_FORWARD;
    }
    c->load_sharing = (enum load_sharing)below(d, 4);
}

void draw_card_changes(struct draw *d)
{
    struct chassis_config *c = d->c;
    uint32_t slots[CONFIG_MAX_SLOTS], n_slots = 0, n = (uint32_t)between(d, 1, 8);
    bool there[CONFIG_MAX_SLOTS + 1];
    uint64_t until_ps = (uint64_t)(c->warmup_ps + c->duration_ps);
    int64_t at_ps = 0;

    for (uint32_t i = 0; i < c->n_slots; i++) {
        slots[n_slots] = c->slots[i].slot;
        n_slots += c->slots[i].slot != c->supervisor_slot;
    }
    for (uint32_t i = 0; i < c->n_fabric_modules; i++) {
        slots[n_slots++] = c->fabric_modules[i].slot;
    }
    for (uint32_t slot = 0; slot <= CONFIG_MAX_SLOTS; slot++) {
        there[slot] = !one_in(d, 4);
    }
    c->card_changes = arena_take_array(d->mem, n, sizeof *c->card_changes);
    while (n-- > 0 && n_slots > 0) {
        uint32_t slot = slots[below(d, n_slots)];
        at_ps += one_in(d, 5) ? 0 : (int64_t)below(d, 2 * until_ps / (n + 2));
        there[slot] = !there[slot];
        c->card_changes[c->n_card_changes++] = (struct card_change){at_ps, slot, there[slot]};
    }
    c->oir_stall_ps = one_in(d, 3) ? 0 : (int64_t)below(d, until_ps / 6);
    c->fabric_switchover_ps = one_in(d, 4) ? 0 : (int64_t)below(d, until_ps / 4);
}
