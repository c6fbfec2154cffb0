/* scenario_features.c - what interfaces ask of their packets, and what packets carry that lists look
 * at. */
#include <string.h>

#include "models/flows.h"
#include "scenarios/acl_groups.h"
#include "scenarios/address.h"
#include "scenarios/loader.h"
#include "sim/arena.h"

/* ---- interfaces ---------------------------------------------------------------------------- */

uint32_t load_acl_name(struct loader *l, uint32_t place)
{
    const struct chassis_config *c = l->config;
    const uint32_t n = l->scenario->n_acl_sources; /* without versions of them */
    const char **names = arena_take_array(l->mem, n, sizeof *names);
    for (uint32_t i = 0; i < n; i++) {
        names[i] = c->acls[i].name;
    }
    if (place != 0 && n == 0) {
        places_error(&l->places, place, "there are no lists; expected some under acls");
        return 0;
    }
    uint32_t which = load_word(l, place, "unknown list", names, n, UINT32_MAX);
    return which == UINT32_MAX ? 0 : which + 1;
}

static void load_policy(struct loader *l, const struct raw_interface *raw,
                        struct interface_config *c)
{
    uint32_t place = raw->policy_next_hop;
    const char *text = places_text(&l->places, place);
    c->policy = load_acl_name(l, raw->policy_list);
    if ((raw->policy_list == 0) != (place == 0)) {
        places_error(&l->places, raw->policy_list + place, "%s is missing",
                     place == 0 ? "policy_next_hop" : "policy_list");
    } else if (place != 0 && (!address_parse(text, strlen(text), &c->policy_next_hop) ||
                              c->policy_next_hop.family != IPV4)) {
        places_error(&l->places, place, "'%.40s' is no IPv4 address", text);
    }
}

static struct interface_config load_interface_config(struct loader *l,
                                                     const struct raw_interface *raw)
{
    static const char *const verify[] = {"none", "rx", "any"};
    struct interface_config c = {.verify = VERIFY_NOTHING};
    c.lists[ACCESS_PORT_IN] = load_acl_name(l, raw->port_access_group);
    c.lists[ACCESS_VLAN_IN] = c.lists[ACCESS_VLAN_OUT] = load_acl_name(l, raw->vlan_filter);
    c.lists[ACCESS_ROUTER_IN] = load_acl_name(l, raw->access_group_in);
    c.lists[ACCESS_ROUTER_OUT] = load_acl_name(l, raw->access_group_out);
    c.verify = (uint8_t)load_word(l, raw->reachable_via, "unknown way", verify, 3, VERIFY_NOTHING);
    c.no_unreachables = !load_yes(l, raw->unreachables, true);
    load_policy(l, raw, &c);
    load_service_policies(l, raw, &c);
    return c;
}

/* ---- `log` where it means nothing ----------------------------------------------------------- */

static bool logs(const struct acl_list *list, bool permits_only)
{
    bool some = false;
    for (uint32_t i = 0; i < list->n_rules; i++) {
        some |= list->rules[i].log && (list->rules[i].permit || !permits_only);
    }
    return some;
}

/* Whether some interface asks this list there. */
static bool is_asked(const struct chassis_config *c, uint32_t list, enum access_point point)
{
    bool some = false;
    for (uint32_t i = 0; i < config_n_all_ports(c); i++) {
        some |= c->interfaces[i].lists[point] == list + 1;
    }
    return some;
}

/* One sentence a list. */
static void note_logs(struct loader *l)
{
    const struct chassis_config *c = l->config;
    for (uint32_t i = 0; c->interfaces != NULL && i < l->scenario->n_acl_sources; i++) {
        bool port = is_asked(c, i, ACCESS_PORT_IN) && logs(&c->acls[i], false);
        bool vlan = is_asked(c, i, ACCESS_VLAN_IN) && logs(&c->acls[i], true);
        if (port || vlan) {
            add_note(l, arena_printf(l->mem, "log in list %s means nothing %s%s%s", c->acls[i].name,
                                     port ? "to a port ACL" : "", port && vlan ? ", nor " : "",
                                     vlan ? "to what a VLAN ACL permits" : ""));
        }
    }
}

/* ---- interfaces, one by one ------------------------------------------------------------------ */

bool interface_has_features(const struct raw_interface *raw)
{
    return (raw->port_access_group | raw->vlan_filter | raw->access_group_in |
            raw->access_group_out | raw->reachable_via | raw->policy_list | raw->policy_next_hop |
            raw->unreachables | raw->changes_count | raw->service_policy_in |
            raw->service_policy_out) != 0;
}

void load_interface_features(struct loader *l)
{
    struct chassis_config *c = l->config;
    uint32_t n = l->raw->interfaces_count, n_ports = config_n_all_ports(c);
    uint32_t *taken = arena_take_array(l->mem, n_ports, sizeof *taken);
    l->loaded_interfaces = arena_take_array(l->mem, n, sizeof *l->loaded_interfaces);
    for (uint32_t i = 0; i < n; i++) {
        const struct raw_interface *raw = &l->raw->interfaces[i];
        if (raw->ports == 0 || !interface_has_features(raw)) {
            continue;
        }
        if (c->interfaces == NULL) {
            c->interfaces = arena_take_array(l->mem, n_ports, sizeof *c->interfaces);
        }
        struct interface_config config = load_interface_config(l, raw);
        const uint32_t *ports;
        uint32_t n_its = load_interfaces(l, raw->ports, &ports);
        l->loaded_interfaces[i] = (struct loaded_interface){ports, n_its};
        for (uint32_t k = 0; k < n_its && l->ports_known; k++) {
            if (taken[ports[k]] != 0) {
                places_error(
                    &l->places, raw->ports, "one of them has its features already (%s)",
                    places_where(&l->places, l->raw->interfaces[taken[ports[k]] - 1].here));
                break;
            }
            taken[ports[k]] = i + 1;
            c->interfaces[ports[k]] = config;
        }
    }
    note_logs(l);
}

/* ---- packets ------------------------------------------------------------------------------- */

/* "80", "1024-65535" */
static struct port_range load_range(struct loader *l, uint32_t place)
{
    const char *text = places_text(&l->places, place), *dash = strchr(text, '-');
    const char *low = dash == NULL ? text : arena_printf(l->mem, "%.*s", (int)(dash - text), text);
    struct quantity from = {UNIT_COUNT, 0}, to;
    char why[QUANTITY_WHY];
    if (place == 0) {
        return (struct port_range){0, 0};
    }
    bool good = quantity_parse(low, UNITS(UNIT_COUNT), &from, why) &&
                quantity_parse(dash == NULL ? low : dash + 1, UNITS(UNIT_COUNT), &to, why) &&
                quantity_in_range(from, 1, UINT16_MAX, why) &&
                quantity_in_range(to, from.value, UINT16_MAX, why);
    if (!good) {
        places_error(&l->places, place, "%s; expected ports as in 80 or 1024-65535", why);
        return (struct port_range){0, 0};
    }
    return (struct port_range){(uint16_t)from.value, (uint16_t)to.value};
}

/* "udp", "tcp", "tcp syn ack", "icmp echo", "47". TCP alone is of a connection that is open. */
static void load_protocol(struct loader *l, uint32_t place, struct stream_config *s)
{
    const char *text = places_text(&l->places, place);
    const struct place *it = &l->places.all[place];
    struct acl_cursor c = {.path = it->file, .err = l->places.err, .line = it->line};
    uint8_t mask;
    uint32_t value;
    s->protocol = FLOWS_UDP;
    if (place == 0) {
        return;
    }
    c.indent = it->text_column > 0 ? it->text_column - 1 : 0;
    acl_cursor_open(&c, text, text + strlen(text));
    if (!acl_take_protocol(&c, &s->protocol, &mask)) {
        return;
    }
    s->flags = s->protocol == FLOWS_TCP && acl_cursor_at_end(&c) ? FLOWS_TCP_ACK : 0;
    s->icmp = s->protocol == FLOWS_ICMP ? FLOWS_ICMP_ECHO : 0;
    while (s->protocol == FLOWS_TCP && acl_cursor_take_word(&c, acl_flag_words, &value)) {
        s->flags |= (uint16_t)value;
    }
    if (s->protocol == FLOWS_ICMP && acl_cursor_take_word(&c, acl_icmp_type_words, &value)) {
        s->icmp = (uint16_t)(value << 8);
    } else if (s->protocol == FLOWS_ICMP && acl_cursor_take_word(&c, acl_icmp_words, &value)) {
        s->icmp = (uint16_t)value;
    }
    acl_cursor_done(&c);
}

static void load_source(struct loader *l, uint32_t place, struct stream_config *s)
{
    const char *text = places_text(&l->places, place);
    bool host_bits = false;
    char right[ADDRESS_TEXT];
    if (place == 0) {
        return;
    }
    if (!prefix_parse(text, strlen(text), &s->source, &host_bits) || s->source.length == 0) {
        places_error(&l->places, place, "'%.60s' is no prefix; expected as in 192.0.2.0/24", text);
    } else if (host_bits) {
        places_error(&l->places, place, "bits beyond the length; expected %s",
                     prefix_print(&s->source, right));
    } else if (s->source.family != s->family) {
        places_error(&l->places, place, "%s is not of the stream's family", text);
    }
}

void load_packets(struct loader *l, const struct raw_stream *raw, struct stream_config *s)
{
    load_protocol(l, raw->protocol, s);
    load_source(l, raw->sources, s);
    s->from_ports = load_range(l, raw->source_ports);
    s->to_ports = load_range(l, raw->ports);
    if (s->protocol != FLOWS_TCP && s->protocol != FLOWS_UDP &&
        (raw->ports != 0 || raw->source_ports != 0)) {
        places_error(&l->places, raw->ports != 0 ? raw->ports : raw->source_ports,
                     "only protocol: tcp and udp have ports");
    }
}
