/* scenario_ports.c - ports by their names, and what they make up together: port channels. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/loader.h"
#include "sim/arena.h"
#include "sim/error.h"

#define CHANNEL_SUBNET 100 /* Po7 has 10.100.7.0/24: there is no such slot */
#define MOST_CHANNEL 255   /* Po255: the number is a byte of the subnet */

/* --- Subnets ------------------------------------------------------------------------------- */

/* 148 --> 0x148: a decimal number as a group of an IPv6 address. */
static uint64_t as_group(uint32_t number)
{
    return number / 100 * 256 + number / 10 % 10 * 16 + number % 10;
}

struct port_config port_config_of(uint32_t slot, uint32_t number)
{
    uint64_t ipv4 = 10u << 24 | slot << 16 | number << 8 | 1;
    uint64_t ipv6 = 0x20010db800000000 | as_group(slot) << 16 | as_group(number);
    return (struct port_config){
        .slot = slot,
        .number = number,
        .address = {[IPV4] = {ipv4 << 32, 0, IPV4}, [IPV6] = {ipv6, 1, IPV6}},
        .length = {[IPV4] = 24, [IPV6] = 64},
    };
}

/* --- Names of ports ------------------------------------------------------------------------- */

/* Decimal digits up to `end`, at most 3 of them and without a leading zero. */
static bool parse_small(const char *text, const char *end, uint32_t *value)
{
    *value = 0;
    for (const char *c = text; c < end; c++) {
        if (!isdigit((unsigned char)*c)) {
            return false;
        }
        *value = *value * 10 + (uint32_t)(*c - '0');
    }
    return end > text && end - text <= 3 && *text != '0';
}

static const struct slot_config *find_slot(const struct chassis_config *config, uint32_t number)
{
    for (uint32_t i = 0; i < config->n_slots; i++) {
        if (config->slots[i].slot == number) {
            return &config->slots[i];
        }
    }
    return NULL;
}

/* "1/1-4": the first port and how many. */
static bool parse_range(const struct chassis_config *config, const char *text, uint32_t *first,
                        uint32_t *n)
{
    const char *slash = strchr(text, '/'), *end = text + strlen(text);
    if (slash == NULL) {
        return false;
    }
    const char *dash = strchr(slash, '-') != NULL ? strchr(slash, '-') : end;
    uint32_t slot_number, from, to;
    if (!parse_small(text, slash, &slot_number) || !parse_small(slash + 1, dash, &from)) {
        return false;
    }
    to = from;
    if (dash != end && !parse_small(dash + 1, end, &to)) {
        return false;
    }
    const struct slot_config *slot = find_slot(config, slot_number);
    if (slot == NULL || to < from || to > CONFIG_MAX_CARD_PORTS) {
        return false;
    }
    const uint8_t *numbers = slot->card->port_number;
    const uint8_t *at = memchr(numbers, (int)from, slot->card->n_ports);
    *n = to - from + 1;
    if (at == NULL || (size_t)(at - numbers) + *n > slot->card->n_ports || at[*n - 1] != to) {
        return false; /* some of them are not there */
    }
    *first = slot->first_port + (uint32_t)(at - numbers);
    return true;
}

/* "Po1": the port channel's global index. */
static bool parse_port_channel(const struct chassis_config *config, const char *text,
                               uint32_t *port)
{
    uint32_t number;
    if (strncmp(text, "Po", 2) != 0 || !parse_small(text + 2, text + strlen(text), &number)) {
        return false;
    }
    uint32_t i = 0;
    while (i < config->n_port_channels && config->ports[config->n_ports + i].number != number) {
        i++;
    }
    *port = config->n_ports + i;
    return i < config->n_port_channels;
}

/* A member carries nothing of its own. */
static bool check_interface(struct loader *l, uint32_t place, uint32_t port)
{
    const struct port_config *it = &l->config->ports[port];
    return config_is_interface(l->config, port) ||
           places_error(&l->places, place, "%u/%u is a member of Po%u; expected Po%u", it->slot,
                        it->number, l->config->ports[it->port_channel].number,
                        l->config->ports[it->port_channel].number);
}

bool load_interface(struct loader *l, uint32_t place, uint32_t *port)
{
    const char *text = places_text(&l->places, place);
    uint32_t n = 1;
    if (!parse_port_channel(l->config, text, port) &&
        (!parse_range(l->config, text, port, &n) || n > 1)) {
        return places_error(&l->places, place, "'%.40s' is no port here; expected as in 1/1", text);
    }
    return check_interface(l, place, *port);
}

/* --- Lists of them -------------------------------------------------------------------------- */

static void mark_port(struct loader *l, uint32_t place, uint32_t port, bool *chosen)
{
    const struct port_config *it = &l->config->ports[port];
    if (chosen[port] && it->slot == 0) {
        places_error(&l->places, place, "Po%u twice", it->number);
    } else if (chosen[port]) {
        places_error(&l->places, place, "%u/%u twice", it->slot, it->number);
    }
    chosen[port] = true;
}

static void mark_ports(struct loader *l, uint32_t place, bool interfaces, bool *chosen)
{
    const char *text = places_text(&l->places, place);
    char item[ITEM_TEXT];
    while (next_item(&text, item)) {
        uint32_t first, n = 1;
        bool channel = interfaces && parse_port_channel(l->config, item, &first);
        if (!channel && !parse_range(l->config, item, &first, &n)) {
            places_error(&l->places, place,
                         "'%.40s' is not among the ports here; expected all, or as in 1/1-4, 2/1",
                         item);
            continue;
        }
        for (uint32_t port = first; port < first + n; port++) {
            bool already = chosen[port];
            if (!interfaces || check_interface(l, place, port)) {
                mark_port(l, place, port, chosen);
            }
            if (already) {
                break;
            }
        }
    }
}

static uint32_t load_some(struct loader *l, uint32_t place, bool interfaces, const uint32_t **ports)
{
    const struct chassis_config *c = l->config;
    uint32_t end = interfaces ? config_n_all_ports(c) : c->n_ports, n = 0;
    bool all = place == 0 || !l->ports_known || strcmp(places_text(&l->places, place), "all") == 0;
    bool *chosen = arena_take_array(l->mem, end, sizeof *chosen);
    uint32_t *list = arena_take_array(l->mem, end, sizeof *list);
    if (!all) {
        mark_ports(l, place, interfaces, chosen);
    }
    for (uint32_t port = 0; port < end; port++) {
        if (chosen[port] || (all && (!interfaces || config_is_interface(c, port)))) {
            list[n++] = port;
        }
    }
    *ports = list;
    return n;
}

uint32_t load_ports(struct loader *l, uint32_t place, const uint32_t **ports)
{
    return load_some(l, place, false, ports);
}

uint32_t load_interfaces(struct loader *l, uint32_t place, const uint32_t **ports)
{
    return load_some(l, place, true, ports);
}

uint32_t count_interfaces(const struct chassis_config *config)
{
    uint32_t n = config->n_ports;
    for (uint32_t i = 0; i < config->n_port_channels; i++) {
        n -= config->port_channels[i].n_members - 1;
    }
    return n;
}

/* --- Port channels -------------------------------------------------------------------------- */

static uint32_t load_number(struct loader *l, uint32_t place)
{
    const char *text = places_text(&l->places, place);
    uint32_t number;
    if (place == 0) {
        return 0;
    }
    if (strncmp(text, "Po", 2) != 0 || !parse_small(text + 2, text + strlen(text), &number) ||
        number > MOST_CHANNEL) {
        places_error(&l->places, place, "'%.40s'; expected Po1 to Po%d", text, MOST_CHANNEL);
        return 0;
    }
    for (uint32_t i = 0; i < l->config->n_port_channels; i++) {
        if (l->config->ports[l->config->n_ports + i].number == number) {
            places_error(&l->places, place, "Po%u twice", number);
            return 0;
        }
    }
    return number;
}

static uint64_t port_bps(const struct chassis_config *c, uint32_t port)
{
    const struct slot_config *slot = find_slot(c, c->ports[port].slot);
    return slot->card->asics[slot->card->port_asic[port - slot->first_port]].port_bps;
}

/* Members: of one speed, and in no other port channel. */
static bool check_members(struct loader *l, uint32_t place, const uint32_t *ports, uint32_t n)
{
    const struct chassis_config *c = l->config;
    if (n > CONFIG_MAX_MEMBERS) {
        return places_error(&l->places, place, "%u ports; a port channel has at most %d", n,
                            CONFIG_MAX_MEMBERS);
    }
    for (uint32_t i = 0; i < n; i++) {
        const struct port_config *first = &c->ports[ports[0]], *port = &c->ports[ports[i]];
        if (port->port_channel != 0) {
            return places_error(&l->places, place, "%u/%u is a member of Po%u already", port->slot,
                                port->number, c->ports[port->port_channel].number);
        }
        if (port_bps(c, ports[i]) != port_bps(c, ports[0])) {
            return places_error(&l->places, place, "%u/%u and %u/%u differ in speed", first->slot,
                                first->number, port->slot, port->number);
        }
    }
    return true;
}

static void load_port_channel(struct loader *l, const struct raw_port_channel *raw)
{
    struct chassis_config *c = l->config;
    uint32_t index = config_n_all_ports(c), number = load_number(l, raw->name), n = 0;
    const uint32_t *ports = NULL;
    if (raw->ports != 0 && l->ports_known) {
        n = load_ports(l, raw->ports, &ports);
    }
    if (n == 0 || number == 0 || !check_members(l, raw->ports, ports, n)) {
        return;
    }
    struct port_channel *channel = &c->port_channels[c->n_port_channels++];
    channel->n_members = n;
    memcpy(channel->members, ports, n * sizeof *ports);
    c->ports[index] = port_config_of(CHANNEL_SUBNET, number);
    c->ports[index].slot = 0;
    for (uint32_t i = 0; i < n; i++) {
        c->ports[ports[i]].port_channel = index;
    }
}

void load_port_channels(struct loader *l)
{
    struct chassis_config *c = l->config;
    uint32_t n = l->raw->port_channels_count;
    const struct port_config *ports = c->ports;
    c->port_channels = arena_take_array(l->mem, n, sizeof *c->port_channels);
    c->ports = arena_take_array(l->mem, c->n_ports + n, sizeof *c->ports);
    memcpy(c->ports, ports, c->n_ports * sizeof *ports);
    for (uint32_t i = 0; i < n; i++) {
        load_port_channel(l, &l->raw->port_channels[i]);
    }
}
