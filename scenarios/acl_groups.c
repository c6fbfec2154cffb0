/* acl_groups.c - object groups, and what their lines share with those of access lists. */
#include "scenarios/acl_groups.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"

#define MAX_MEMBERS 65536u

/* ---- parts of lines ---- */

bool acl_take_protocol(struct acl_cursor *c, uint8_t *protocol, uint8_t *mask)
{
    uint32_t value;
    if (!acl_cursor_take_word(c, acl_protocol_words, &value) &&
        !acl_cursor_take_number(c, UINT8_MAX, &value)) {
        return acl_cursor_wrong(c, "a protocol as ip, tcp, udp, icmp or 0 to 255");
    }
    *protocol = (uint8_t)value;
    *mask = value == 0 ? 0 : UINT8_MAX; /* ip, also as 0, is any */
    return true;
}

const struct acl_word *acl_port_words(uint8_t protocol)
{
    return protocol == 6 || protocol == 132 ? acl_tcp_words : protocol == 17 ? acl_udp_words : NULL;
}

static bool take_port(struct acl_cursor *c, const struct acl_word *words, uint32_t *port)
{
    return acl_cursor_take_word(c, words, port) || acl_cursor_take_number(c, UINT16_MAX, port);
}

static struct acl_ports ports_of(uint32_t low, uint32_t high, bool outside)
{
    return (struct acl_ports){(uint16_t)low, (uint16_t)high, outside};
}

bool acl_take_ports(struct acl_cursor *c, const struct acl_word *words, bool bare,
                    struct acl_ports *ports, bool *found)
{
    static const char a_port[] = "a port by name or as 0 to 65535";
    static const struct acl_word operators[] = {{"eq", 'e'},  {"gt", 'g'},    {"lt", 'l'},
                                                {"neq", 'n'}, {"range", 'r'}, {NULL, 0}};
    uint32_t op = 'e', low, high;
    *found = acl_cursor_take_word(c, operators, &op);
    struct acl_cursor at = *c;
    if (!take_port(c, words, &low)) {
        return !*found || acl_cursor_wrong(c, a_port);
    }
    if (!*found && !bare) {
        *c = at;
        return true;
    }
    *found = true;
    switch (op) {
    case 'g':
        *ports = ports_of(low + 1, UINT16_MAX, false);
        return low < UINT16_MAX || acl_cursor_wrong(&at, "a port below the last one");
    case 'l':
        *ports = ports_of(0, low - 1, false);
        return low > 0 || acl_cursor_wrong(&at, "a port above the first one");
    case 'r':
        at = *c;
        if (!take_port(c, words, &high)) {
            return acl_cursor_wrong(c, a_port);
        }
        *ports = ports_of(low, high, false);
        return low <= high || acl_cursor_wrong(&at, "a port not below the first of the range");
    default:
        *ports = ports_of(low, low, op == 'n');
        return true;
    }
}

bool acl_take_icmp(struct acl_cursor *c, struct acl_ports *type, struct acl_ports *code,
                   bool *found)
{
    uint32_t value, number;
    *found = true;
    if (acl_cursor_take_word(c, acl_icmp_words, &value)) {
        *type = ports_of(value >> 8, value >> 8, false);
        *code = ports_of(value & 255, value & 255, false);
        return true;
    }
    if (acl_cursor_take_word(c, acl_icmp_type_words, &value)) {
        *type = ports_of(value, value, false);
        return true;
    }
    *found = acl_cursor_take_number(c, UINT8_MAX, &value);
    if (*found) {
        *type = ports_of(value, value, false);
        if (acl_cursor_take_number(c, UINT8_MAX, &number)) {
            *code = ports_of(number, number, false);
        }
    }
    return true;
}

/* ---- groups ---- */

const struct acl_group *acl_groups_find(const struct acl_groups *groups, const struct acl_cursor *c)
{
    const struct acl_group *g = groups->first;
    while (g != NULL &&
           (strlen(g->name) != c->length || memcmp(g->name, c->word, c->length) != 0)) {
        g = g->next;
    }
    return g;
}

const struct acl_group *acl_groups_take(const struct acl_groups *groups, struct acl_cursor *c,
                                        enum acl_group_kind kind)
{
    static const char *const expected[] = {
        "the name of an object group of addresses, defined above",
        "the name of an object group of services, defined above",
        "the name of an object group of ports, defined above"};
    const struct acl_group *g = acl_groups_find(groups, c);
    if (g == NULL || g->kind != kind) {
        acl_cursor_wrong(c, expected[kind]);
        return NULL;
    }
    acl_cursor_next(c);
    return g;
}

bool acl_groups_begin(struct acl_groups *groups, struct acl_cursor *c)
{
    enum acl_group_kind kind;
    if (acl_cursor_take(c, "network")) {
        kind = ACL_GROUP_NETWORK;
    } else if (acl_cursor_take(c, "service")) {
        kind = ACL_GROUP_SERVICE;
    } else if (!acl_cursor_take(c, "ip")) {
        return acl_cursor_wrong(c, "network, service, ip address or ip port");
    } else if (acl_cursor_take(c, "address")) {
        kind = ACL_GROUP_NETWORK;
    } else if (acl_cursor_take(c, "port")) {
        kind = ACL_GROUP_PORT;
    } else {
        return acl_cursor_wrong(c, "address or port");
    }
    if (acl_cursor_at_end(c)) {
        return acl_cursor_wrong(c, "the name of the group");
    }
    struct acl_group *g = groups->first;
    for (; g != NULL && g != acl_groups_find(groups, c); g = g->next) {
    }
    if (g == NULL) {
        g = arena_take(groups->mem, sizeof *g);
        *g = (struct acl_group){.kind = kind, .next = groups->first};
        g->name = arena_printf(groups->mem, "%.*s", (int)c->length, c->word);
        groups->first = g;
    } else if (g->kind != kind) {
        return acl_cursor_wrong(c, "another name: this group is of another kind");
    }
    groups->open = g;
    acl_cursor_next(c);
    return acl_cursor_done(c);
}

/* Makes room for one more member of `bytes`, in the array at *members. */
static bool make_room(struct acl_group *g, struct acl_cursor *c, void **members, size_t bytes,
                      struct arena *mem)
{
    if (g->n == MAX_MEMBERS) {
        return error_at(c->err, c->path, c->line, 0, "more than %u members of a group",
                        MAX_MEMBERS);
    }
    if (g->n == g->room) {
        uint32_t room = g->room == 0 ? 16 : 2 * g->room;
        *members = arena_grow(mem, *members, g->room * bytes, room * bytes);
        g->room = room;
    }
    return true;
}

static bool add_address(struct acl_group *g, struct acl_cursor *c, struct acl_address address,
                        struct arena *mem)
{
    void *members = g->addresses;
    bool ok = make_room(g, c, &members, sizeof *g->addresses, mem);
    g->addresses = members;
    if (ok) {
        g->addresses[g->n++] = address;
    }
    return ok;
}

static bool add_service(struct acl_group *g, struct acl_cursor *c, struct acl_service service,
                        struct arena *mem)
{
    void *members = g->services;
    bool ok = make_room(g, c, &members, sizeof *g->services, mem);
    g->services = members;
    if (ok) {
        g->services[g->n++] = service;
    }
    return ok;
}

static bool add_ports(struct acl_group *g, struct acl_cursor *c, struct acl_ports ports,
                      struct arena *mem)
{
    void *members = g->ports;
    bool ok = make_room(g, c, &members, sizeof *g->ports, mem);
    g->ports = members;
    if (ok) {
        g->ports[g->n++] = ports;
    }
    return ok;
}

static bool add_group(struct acl_group *g, struct acl_cursor *c, const struct acl_group *other,
                      struct arena *mem)
{
    bool ok = true;
    for (uint32_t i = 0, n = other->n; i < n && ok; i++) {
        ok = g->kind == ACL_GROUP_NETWORK   ? add_address(g, c, other->addresses[i], mem)
             : g->kind == ACL_GROUP_SERVICE ? add_service(g, c, other->services[i], mem)
                                            : add_ports(g, c, other->ports[i], mem);
    }
    return ok;
}

/* low..high as prefixes. */
static bool add_range(struct acl_group *g, struct acl_cursor *c, uint64_t low, uint64_t high,
                      struct arena *mem)
{
    while (low <= high) {
        uint64_t size = low == 0 ? 1ull << 32 : low & (0 - low);
        while (size > high - low + 1) {
            size /= 2;
        }
        if (!add_address(g, c, (struct acl_address){(uint32_t)low, (uint32_t)(0 - size)}, mem)) {
            return false;
        }
        low += size;
    }
    return true;
}

static bool network_member(struct acl_group *g, struct acl_cursor *c, struct arena *mem,
                           bool *is_member)
{
    uint32_t value, other;
    if (acl_cursor_take(c, "any")) {
        return add_address(g, c, (struct acl_address){0, 0}, mem);
    }
    if (acl_cursor_take(c, "host")) {
        return acl_cursor_take_address(c, &value)
                   ? add_address(g, c, (struct acl_address){value, UINT32_MAX}, mem)
                   : acl_cursor_wrong(c, "an address");
    }
    if (acl_cursor_take(c, "range")) {
        if (!acl_cursor_take_address(c, &value)) {
            return acl_cursor_wrong(c, "an address");
        }
        struct acl_cursor at = *c;
        if (!acl_cursor_take_address(c, &other) || other < value) {
            return acl_cursor_wrong(&at, "an address not below the first of the range");
        }
        return add_range(g, c, value, other, mem);
    }
    *is_member = acl_cursor_take_address(c, &value);
    if (!*is_member) {
        return true;
    }
    if (!acl_cursor_take_address(c, &other)) {
        return acl_cursor_wrong(c, "a network mask as 255.255.255.0");
    }
    return add_address(g, c, (struct acl_address){value & other, other}, mem);
}

/* "tcp-udp" is two services. */
static bool service_member(struct acl_group *g, struct acl_cursor *c, struct arena *mem,
                           bool *is_member)
{
    struct acl_service s = {.sport = ACL_ANY_PORT, .dport = ACL_ANY_PORT, .protocol_mask = 255};
    bool found, both = acl_cursor_take(c, "tcp-udp");
    uint32_t value;
    struct acl_cursor at = *c;
    *is_member = both || acl_cursor_take_word(&at, acl_protocol_words, &value) ||
                 acl_cursor_take_number(&at, UINT8_MAX, &value);
    if (!*is_member || (acl_cursor_is(c, "ip") && !acl_cursor_at_end(&at))) {
        *is_member = false; /* "ip access-list", "ip route" end the group */
        return true;
    }
    s.protocol = 6;
    if (!both && !acl_take_protocol(c, &s.protocol, &s.protocol_mask)) {
        return false;
    }
    const struct acl_word *words = acl_port_words(s.protocol);
    if (s.protocol == 1) {
        if (!acl_take_icmp(c, &s.sport, &s.dport, &found)) {
            return false;
        }
    } else if (words != NULL) {
        if ((acl_cursor_take(c, "source") && !acl_take_ports(c, words, true, &s.sport, &found)) ||
            !acl_take_ports(c, words, true, &s.dport, &found)) {
            return false;
        }
    }
    bool ok = add_service(g, c, s, mem);
    s.protocol = 17;
    return ok && (!both || add_service(g, c, s, mem));
}

static bool port_member(struct acl_group *g, struct acl_cursor *c, struct arena *mem,
                        bool *is_member)
{
    struct acl_ports ports;
    return acl_take_ports(c, acl_tcp_words, false, &ports, is_member) &&
           (!*is_member || add_ports(g, c, ports, mem));
}

bool acl_groups_member(struct acl_groups *groups, struct acl_cursor *c, bool *is_member)
{
    struct acl_group *g = groups->open;
    *is_member = true;
    if (acl_cursor_is(c, "description")) {
        return true;
    }
    bool ok;
    if (acl_cursor_take(c, "group-object")) {
        const struct acl_group *other = acl_groups_take(groups, c, g->kind);
        ok = other != NULL && add_group(g, c, other, groups->mem);
    } else {
        ok = g->kind == ACL_GROUP_NETWORK   ? network_member(g, c, groups->mem, is_member)
             : g->kind == ACL_GROUP_SERVICE ? service_member(g, c, groups->mem, is_member)
                                            : port_member(g, c, groups->mem, is_member);
    }
    return ok && (!*is_member || acl_cursor_done(c));
}
