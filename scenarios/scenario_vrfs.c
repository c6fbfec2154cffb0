/* scenario_vrfs.c - routing tables of their own: `vrfs:`, and who is of one.
 *
 *   vrfs:
 *     - {name: RED, rd: "65000:1", import: "65000:1, 65000:2", label_mode: per-prefix, ports: "1/1, Po1"}
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/address.h"
#include "scenarios/loader.h"
#include "scenarios/print.h"
#include "sim/arena.h"

static const char *const label_modes[] = {"per-prefix", "per-vrf"};

/* --- Route distinguishers ------------------------------------------------------------------- */

/* RFC 4364 section 4.2: two bytes of type, then six of a number that somebody administers. */
enum { RD_AS2, RD_ADDRESS, RD_AS4 };
#define RD_TYPE_SHIFT 48

/* Decimal digits up to `end`, at most `most`. */
static bool parse_number(const char *text, const char *end, uint64_t most, uint64_t *value)
{
    *value = 0;
    for (const char *c = text; c < end; c++) {
        if (!isdigit((unsigned char)*c) || *value > most) {
            return false;
        }
        *value = *value * 10 + (uint64_t)(*c - '0');
    }
    return end > text && *value <= most;
}

static bool parse_rd(const char *text, uint64_t *rd)
{
    const char *colon = strrchr(text, ':');
    struct ip_address address;
    uint64_t as, number;
    if (colon == NULL || !parse_number(colon + 1, text + strlen(text), UINT32_MAX, &number)) {
        return false;
    }
    if (parse_number(text, colon, UINT32_MAX, &as)) {
        bool wide = as > UINT16_MAX;
        *rd = wide ? (uint64_t)RD_AS4 << RD_TYPE_SHIFT | as << 16 | number : as << 32 | number;
        return !wide || number <= UINT16_MAX;
    }
    *rd = (uint64_t)RD_ADDRESS << RD_TYPE_SHIFT | number;
    if (!address_parse(text, (size_t)(colon - text), &address) || address.family != IPV4) {
        return false;
    }
    *rd |= address.hi >> 16;
    return number <= UINT16_MAX;
}

static const char *rd_text(uint64_t rd, struct arena *mem)
{
    uint32_t high = (uint32_t)(rd >> 16);
    switch (rd >> RD_TYPE_SHIFT) {
    case RD_ADDRESS:
        return arena_printf(mem, "%u.%u.%u.%u:%u", high >> 24, high >> 16 & 255, high >> 8 & 255,
                            high & 255, (unsigned)(rd & UINT16_MAX));
    case RD_AS4:
        return arena_printf(mem, "%u:%u", high, (unsigned)(rd & UINT16_MAX));
    default:
        return arena_printf(mem, "%u:%u", (unsigned)(rd >> 32), (unsigned)(rd & UINT32_MAX));
    }
}

/* --- The tables ----------------------------------------------------------------------------- */

static void load_rd(struct loader *l, uint32_t place, const struct vrf_config *others, uint32_t n,
                    uint64_t *rd)
{
    const char *text = place != 0 ? places_text(&l->places, place) : NULL;
    if (text == NULL) {
        return;
    }
    if (!parse_rd(text, rd)) {
        places_error(&l->places, place,
                     "'%.40s' is no route distinguisher; expected as in 65000:1 or 192.0.2.1:1",
                     text);
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (others[i].rd == *rd) {
            places_error(&l->places, place, "the route distinguisher of %s, too", others[i].name);
        }
    }
}

/* Route targets: route distinguishers as extended communities (RFC 4360 sections 3.1 and 3.2, RFC 5668
 * section 2), of subtype 2. */
#define TARGET_TYPE_SHIFT 56
#define TARGET_SUBTYPE (UINT64_C(2) << RD_TYPE_SHIFT)
#define RD_NUMBER ((UINT64_C(1) << RD_TYPE_SHIFT) - 1)
#define MAX_TARGETS 64

static uint64_t target_of(uint64_t rd)
{
    return rd >> RD_TYPE_SHIFT << TARGET_TYPE_SHIFT | TARGET_SUBTYPE | (rd & RD_NUMBER);
}

static uint64_t rd_of(uint64_t target)
{
    return target >> TARGET_TYPE_SHIFT << RD_TYPE_SHIFT | (target & RD_NUMBER);
}

static void load_imports(struct loader *l, uint32_t place, struct vrf_config *vrf)
{
    const char *text = place != 0 ? places_text(&l->places, place) : NULL;
    uint64_t *targets = arena_take_array(l->mem, MAX_TARGETS, sizeof *targets), rd;
    char item[ITEM_TEXT];
    while (text != NULL && next_item(&text, item)) {
        if (vrf->n_imports == MAX_TARGETS) {
            places_error(&l->places, place, "more than %d route targets", MAX_TARGETS);
            return;
        }
        if (!parse_rd(item, &rd)) {
            places_error(&l->places, place,
                         "'%.40s' is no route target; expected as in 65000:1 or 192.0.2.1:1", item);
            return;
        }
        targets[vrf->n_imports++] = target_of(rd);
    }
    if (place != 0 && vrf->n_imports == 0) {
        places_error(&l->places, place, "no route target; expected some, or none of this key");
    }
    vrf->imports = targets;
}

/* Puts its interfaces into the VRF. */
static void load_members(struct loader *l, uint32_t place, uint32_t number,
                         const struct vrf_config *vrfs)
{
    const uint32_t *ports;
    uint32_t n = place != 0 && l->ports_known ? load_interfaces(l, place, &ports) : 0;
    for (uint32_t i = 0; i < n; i++) {
        struct ip_address *own = &l->config->ports[ports[i]].address[IPV4];
        if (own->lo != 0) {
            places_error(&l->places, place, "an interface of %s, too", vrfs[own->lo - 1].name);
            return;
        }
        own->lo = number;
    }
}

static void load_vrf(struct loader *l, const struct raw_vrf *raw, struct vrf_config *vrfs,
                     uint32_t number)
{
    struct vrf_config *vrf = &vrfs[number - 1];
    const char *name = load_name(l, raw->name);
    vrf->name = name != NULL ? name : "";
    for (uint32_t i = 0; i + 1 < number && name != NULL; i++) {
        if (strcmp(vrfs[i].name, name) == 0) {
            places_error(&l->places, raw->name, "a second VRF %s", name);
        }
    }
    load_rd(l, raw->rd, vrfs, number - 1, &vrf->rd);
    load_imports(l, raw->import, vrf);
    vrf->label_per_vrf =
        load_word(l, raw->label_mode, "unknown label mode", label_modes, 2, 0) == 1;
    load_members(l, raw->ports, number, vrfs);
}

void load_vrfs(struct loader *l)
{
    uint32_t n = l->raw->vrfs_count;
    if (n > CONFIG_MAX_VRFS) {
        places_error(&l->places, l->raw->vrfs[CONFIG_MAX_VRFS].here, "more than %d VRFs",
                     CONFIG_MAX_VRFS);
        n = CONFIG_MAX_VRFS;
    }
    struct vrf_config *vrfs = arena_take_array(l->mem, n, sizeof *vrfs);
    l->config->vrfs = vrfs;
    for (uint32_t i = 0; i < n; i++) {
        load_vrf(l, &l->raw->vrfs[i], vrfs, i + 1);
    }
    l->config->n_vrfs = n;
    if (n > 0) {
        add_assumption(l, (struct assumption){.name = "vrf.recirculation",
                                              .value = "every packet with the label of a VRF",
                                              .why = "that it may is published, not when"});
    }
}

uint32_t load_vrf_name(struct loader *l, uint32_t place)
{
    const struct chassis_config *c = l->config;
    if (place != 0 && c->n_vrfs == 0) {
        places_error(&l->places, place, "unknown VRF '%.40s'; expected one of vrfs",
                     places_text(&l->places, place));
        return 0;
    }
    const char **names = arena_take_array(l->mem, c->n_vrfs, sizeof *names);
    for (uint32_t i = 0; i < c->n_vrfs; i++) {
        names[i] = c->vrfs[i].name;
    }
    return load_word(l, place, "unknown VRF", names, c->n_vrfs, UINT32_MAX) + 1;
}

void place_in_vrf(const struct chassis_config *c, struct ip_address *address)
{
    for (uint32_t i = 0; i < config_n_all_ports(c) && address->family == IPV4; i++) {
        const struct port_config *port = &c->ports[i];
        struct ip_prefix subnet = ip_prefix_of(port->address[IPV4], port->length[IPV4]);
        if (config_is_interface(c, i) && ip_prefix_covers(subnet, address->hi, subnet.lo)) {
            address->lo = subnet.lo;
        }
    }
}

void check_feed_vrf(struct loader *l)
{
    struct chassis_config *c = l->config;
    uint32_t place = l->raw->routes.vrf;
    bool has_interface = false;
    for (uint32_t i = 0; i < config_n_all_ports(c); i++) {
        has_interface |= config_is_interface(c, i) && config_vrf(c, i) == c->feed_vrf;
    }
    bool has_feed = l->scenario->routes != ROUTES_NONE || l->raw->routes.mrt != 0 ||
                    l->raw->routes.updates != NULL;
    if (c->feed_vrf != 0 && !has_feed) {
        places_key_error(&l->places, place,
                         "without a feed; expected synthetic, file, mrt or updates, too");
    } else if (has_feed && !has_interface && c->n_vrfs > 0 && l->ports_known) {
        places_error(&l->places, place != 0 ? place : l->raw->routes.here,
                     "no interface is left where the neighbours of a feed could be: %s has none",
                     c->feed_vrf == 0 ? "the global table" : c->vrfs[c->feed_vrf - 1].name);
    }
}

/* --- And back ------------------------------------------------------------------------------- */

static void put_members(FILE *out, const struct chassis_config *c, uint32_t number,
                        struct arena *mem)
{
    uint32_t n = 0, n_all = config_n_all_ports(c);
    uint32_t *ports = arena_take_array(mem, n_all, sizeof *ports);
    for (uint32_t p = 0; p < n_all; p++) {
        ports[n] = p;
        n += config_is_interface(c, p) && config_vrf(c, p) == number;
    }
    if (n > 0) {
        fputs(", ports: \"", out);
        print_ports(out, c, ports, n, 0);
        fputc('"', out);
    }
}

void print_vrfs(FILE *out, const struct chassis_config *c)
{
    struct arena *mem = arena_open();
    for (uint32_t i = 0; i < c->n_vrfs; i++) {
        const struct vrf_config *vrf = &c->vrfs[i];
        fprintf(out, "%s  - {name: \"%s\", rd: \"%s\"", i == 0 ? "vrfs:\n" : "", vrf->name,
                rd_text(vrf->rd, mem));
        for (uint32_t k = 0; k < vrf->n_imports; k++) {
            fprintf(out, "%s%s%s", k == 0 ? ", import: \"" : ", ",
                    rd_text(rd_of(vrf->imports[k]), mem), k + 1 == vrf->n_imports ? "\"" : "");
        }
        fprintf(out, ", label_mode: %s", label_modes[vrf->label_per_vrf]);
        put_members(out, c, i + 1, mem);
        fputs("}\n", out);
    }
    arena_close(mem);
}
