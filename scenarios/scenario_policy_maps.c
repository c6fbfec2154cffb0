/* scenario_policy_maps.c - `policy_maps:`, which interfaces have as their service policies; and what
 * policers are left to do beside.
 */
#include <string.h>

#include "models/acl_tcam.h"
#include "models/policer.h"
#include "scenarios/loader.h"
#include "scenarios/nearest.h"
#include "sim/arena.h"

#define MOST_MAPS 1024
#define DEFAULT_CLASS "class-default"

/* ---- a class ----------------------------------------------------------------------------- */

/* One of names[n], as an item of a list at a place; n: none of them, which is reported. */
static uint32_t find_name(struct loader *l, uint32_t place, const char *what, const char *item,
                          const char *const *names, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(names[i], item) == 0) {
            return i;
        }
    }
    const char *near = nearest_word(item, names, n);
    places_error(&l->places, place, "unknown %s '%s'%s%s%s", what, item,
                 near != NULL ? "; did you mean " : "", near != NULL ? near : "",
                 near != NULL ? "?" : "");
    return n;
}

static void load_lists(struct loader *l, uint32_t place, struct class_config *k)
{
    const struct chassis_config *c = l->config;
    const char *text = place != 0 ? places_text(&l->places, place) : NULL;
    const char **names = arena_take_array(l->mem, c->n_acls, sizeof *names);
    uint32_t *lists = arena_take_array(l->mem, ACL_MOST_CLASS_LISTS, sizeof *lists);
    char item[ITEM_TEXT];
    for (uint32_t i = 0; i < c->n_acls; i++) {
        names[i] = c->acls[i].name;
    }
    k->lists = lists;
    while (next_item(&text, item)) {
        uint32_t list = find_name(l, place, "list", item, names, c->n_acls);
        if (list == c->n_acls || k->n_lists == ACL_MOST_CLASS_LISTS) {
            return;
        }
        if (l->raw->acls[list].changes_count > 0) {
            places_error(&l->places, place,
                         "%s changes while packets flow, which classes do not follow", item);
        }
        lists[k->n_lists++] = list;
    }
}

/* "46, 34": a bit for each number below n. */
static uint64_t load_bits(struct loader *l, uint32_t place, uint32_t n)
{
    const char *text = place != 0 ? places_text(&l->places, place) : NULL;
    char item[ITEM_TEXT], why[QUANTITY_WHY];
    uint64_t bits = 0;
    while (next_item(&text, item)) {
        struct quantity number;
        if (!quantity_parse(item, UNITS(UNIT_COUNT), &number, why) ||
            !quantity_in_range(number, 0, n - 1, why)) {
            places_error(&l->places, place, "%s", why);
            return bits;
        }
        bits |= UINT64_C(1) << number.value;
    }
    return bits;
}

/* dscp 10 | precedence 5 */
static void load_set(struct loader *l, uint32_t place, struct class_config *k)
{
    const char *text = places_text(&l->places, place), *number = strchr(text, ' ');
    struct quantity value;
    char why[QUANTITY_WHY];
    if (place == 0) {
        return;
    }
    bool dscp = strncmp(text, "dscp ", 5) == 0, precedence = strncmp(text, "precedence ", 11) == 0;
    if (!(dscp || precedence) || !quantity_parse(number + 1, UNITS(UNIT_COUNT), &value, why) ||
        !quantity_in_range(value, 0, dscp ? 63 : 7, why)) {
        places_error(&l->places, place,
                     "'%.40s'; expected dscp 0 to 63, or precedence 0 to 7, as in dscp 46", text);
        return;
    }
    k->sets = true;
    k->set_dscp = (uint8_t)(value.value * (dscp ? 1 : 8));
}

/* Policers without ports: one by flows, and one that is not. */
static void load_police(struct loader *l, uint32_t place, struct class_config *k)
{
    const struct chassis_config *c = l->config;
    const char *text = place != 0 ? places_text(&l->places, place) : NULL;
    const char **names = arena_take_array(l->mem, c->n_policers, sizeof *names);
    char item[ITEM_TEXT];
    for (uint32_t i = 0; i < c->n_policers; i++) {
        names[i] = c->policers[i].name;
    }
    while (next_item(&text, item)) {
        uint32_t which = find_name(l, place, "policer", item, names, c->n_policers);
        if (which == c->n_policers) {
            return;
        }
        bool flows = c->policers[which].scope >= POLICE_FLOW;
        uint32_t *number = flows ? &k->flow_police : &k->police;
        if (l->raw->policers[which].ports != 0) {
            places_error(&l->places, place, "policer %s has ports of its own (%s)", item,
                         places_where(&l->places, l->raw->policers[which].ports));
        } else if (*number != 0) {
            places_error(&l->places, place, "a class has one policer %s at most",
                         flows ? "by flows" : "that is not by flows");
        }
        *number = which + 1;
    }
}

/* class-default is the last one, and matches what is left; the others match something. */
static void check_match(struct loader *l, const struct raw_class *raw, const struct class_config *k,
                        bool last)
{
    uint32_t n = k->n_lists + (uint32_t)__builtin_popcountll(k->dscps) +
                 (uint32_t)__builtin_popcount(k->precedences);
    uint32_t match = raw->access_group | raw->dscp | raw->precedence;
    if (k->rest && match != 0) {
        places_error(&l->places, raw->name,
                     DEFAULT_CLASS " is all that is left, and matches nothing");
    } else if (k->rest && !last) {
        places_error(&l->places, raw->name, DEFAULT_CLASS " is the last class");
    } else if (!k->rest && match == 0) {
        places_error(&l->places, raw->here,
                     "expected what class %s matches: access_group, dscp or precedence", k->name);
    } else if (n > ACL_MOST_CLASS_LISTS) {
        places_error(&l->places, raw->here, "matches more than %u lists and values",
                     ACL_MOST_CLASS_LISTS);
    }
}

static struct class_config load_class(struct loader *l, const struct raw_class *raw, bool last)
{
    static const char *const trusts[] = {"none", "cos", "ip-precedence", "dscp"};
    const char *name = load_name(l, raw->name);
    struct class_config k = {.name = name != NULL ? name : "?"};
    k.rest = strcmp(k.name, DEFAULT_CLASS) == 0;
    load_lists(l, raw->access_group, &k);
    k.dscps = load_bits(l, raw->dscp, 64);
    k.precedences = (uint8_t)load_bits(l, raw->precedence, 8);
    k.trust = (uint8_t)load_word(l, raw->trust, "unknown trust", trusts, 4, TRUST_NOTHING);
    load_set(l, raw->set, &k);
    load_police(l, raw->police, &k);
    if (k.trust != TRUST_NOTHING && k.sets) {
        places_error(&l->places, raw->set, "a class trusts marks, or sets them");
    }
    if (raw->here != 0 && name != NULL) {
        check_match(l, raw, &k, last);
    }
    return k;
}

/* ---- a policy map ------------------------------------------------------------------------ */

/* A packet is looked up in the NetFlow table by one mask, before it is known of which class it is. */
static void check_flow_policers(struct loader *l, const struct raw_policy_map *raw,
                                const struct policy_map *map)
{
    const struct policer_config *first = NULL;
    for (uint32_t i = 0; i < map->n_classes; i++) {
        uint32_t number = map->classes[i].flow_police;
        const struct policer_config *p = number == 0 ? NULL : &l->config->policers[number - 1];
        if (p != NULL && first != NULL && p->scope != first->scope) {
            places_error(
                &l->places, raw->classes[i].police,
                "policer %s tells flows apart otherwise than %s of a class before; a packet "
                "is looked up by one flow mask only",
                p->name, first->name);
            return;
        }
        first = first == NULL ? p : first;
    }
}

static void check_names(struct loader *l, const struct raw_policy_map *raw,
                        const struct policy_map *map)
{
    uint32_t n_lists = 0;
    for (uint32_t i = 0; i < map->n_classes; i++) {
        const struct class_config *k = &map->classes[i];
        n_lists += k->n_lists + (uint32_t)__builtin_popcountll(k->dscps) +
                   (uint32_t)__builtin_popcount(k->precedences);
        for (uint32_t j = 0; j < i; j++) {
            if (strcmp(map->classes[j].name, k->name) == 0 && raw->classes[i].name != 0) {
                places_error(&l->places, raw->classes[i].name, "the name of another class");
            }
        }
    }
    if (n_lists > ACL_MOST_CLASS_LISTS) {
        places_error(&l->places, raw->here, "its classes match more than %u lists and values",
                     ACL_MOST_CLASS_LISTS);
    }
}

static void load_map(struct loader *l, const struct raw_policy_map *raw, struct policy_map *map)
{
    uint32_t n =
        raw->classes_count < ACL_MOST_CLASS_LISTS ? raw->classes_count : ACL_MOST_CLASS_LISTS;
    struct class_config *classes = arena_take_array(l->mem, n, sizeof *classes);
    const char *name = load_name(l, raw->name);
    *map = (struct policy_map){name != NULL ? name : "?", n, classes};
    if (n < raw->classes_count) {
        places_error(&l->places, raw->classes[n].here, "more than %u classes", n);
    }
    for (uint32_t i = 0; i < n; i++) {
        classes[i] = load_class(l, &raw->classes[i], i + 1 == raw->classes_count);
    }
    check_names(l, raw, map);
    check_flow_policers(l, raw, map);
}

void load_policy_maps(struct loader *l)
{
    uint32_t n = l->raw->policy_maps_count;
    if (n > MOST_MAPS) {
        places_error(&l->places, l->raw->policy_maps[MOST_MAPS].here, "more than %d policy maps",
                     MOST_MAPS);
        n = MOST_MAPS;
    }
    struct policy_map *maps = arena_take_array(l->mem, n, sizeof *maps);
    for (uint32_t i = 0; i < n; i++) {
        load_map(l, &l->raw->policy_maps[i], &maps[i]);
        for (uint32_t k = 0; k < i && l->raw->policy_maps[i].name != 0; k++) {
            if (strcmp(maps[k].name, maps[i].name) == 0) {
                places_error(&l->places, l->raw->policy_maps[i].name,
                             "the name of another policy map");
                break;
            }
        }
    }
    l->config->policy_maps = maps;
    l->config->n_policy_maps = n;
}

/* ---- where they are ---------------------------------------------------------------------- */

/* What leaves has its marks by then, and is policed where it came in. */
static void check_out(struct loader *l, uint32_t place, const struct policy_map *map)
{
    const struct supervisor_type *supervisor = l->config->supervisor;
    if (supervisor != NULL && supervisor->pfc.generation <= POLICER_L3_GENERATION) {
        places_error(&l->places, place,
                     "a %s has service policies for what comes in only; what goes out takes a PFC3",
                     supervisor->pfc.model);
    }
    for (uint32_t i = 0; i < map->n_classes; i++) {
        const struct class_config *k = &map->classes[i];
        if (k->trust != TRUST_NOTHING || k->sets || k->flow_police != 0) {
            places_error(
                &l->places, place,
                "class %s of it %s, which is for what comes in; what goes out is policed by "
                "aggregates only",
                k->name,
                k->sets               ? "sets marks"
                : k->flow_police != 0 ? "polices flows"
                                      : "trusts marks");
            return;
        }
    }
}

static uint32_t load_service_policy(struct loader *l, uint32_t place)
{
    const struct chassis_config *c = l->config;
    const char **names = arena_take_array(l->mem, c->n_policy_maps, sizeof *names);
    for (uint32_t i = 0; i < c->n_policy_maps; i++) {
        names[i] = c->policy_maps[i].name;
    }
    if (place != 0 && c->n_policy_maps == 0) {
        places_error(&l->places, place, "there are none; expected some under policy_maps");
        return 0;
    }
    uint32_t which = load_word(l, place, "unknown policy map", names, c->n_policy_maps, UINT32_MAX);
    return which == UINT32_MAX ? 0 : which + 1;
}

void load_service_policies(struct loader *l, const struct raw_interface *raw,
                           struct interface_config *c)
{
    c->service_policy[ACL_IN] = load_service_policy(l, raw->service_policy_in);
    c->service_policy[ACL_OUT] = load_service_policy(l, raw->service_policy_out);
    if (c->service_policy[ACL_OUT] != 0) {
        check_out(l, raw->service_policy_out,
                  &l->config->policy_maps[c->service_policy[ACL_OUT] - 1]);
    }
}

/* ---- policers ---------------------------------------------------------------------------- */

/* Ports are policed by a policer, or by the classes of their policy map. */
static void check_ports(struct loader *l, uint32_t which)
{
    const struct chassis_config *c = l->config;
    const struct policer_config *p = &c->policers[which];
    for (uint32_t i = 0; i < p->n_ports && c->interfaces != NULL && l->ports_known; i++) {
        const struct port_config *port = &c->ports[p->ports[i]];
        uint32_t interface = config_interface_of(c, p->ports[i]);
        uint32_t map = c->interfaces[interface].service_policy[p->egress];
        if (map != 0) {
            places_error(&l->places, l->raw->policers[which].ports,
                         "%u/%u has policy map %s, whose classes police", port->slot, port->number,
                         c->policy_maps[map - 1].name);
            return;
        }
    }
}

static bool names_policer(const struct policy_map *map, uint32_t number)
{
    for (uint32_t i = 0; i < map->n_classes; i++) {
        if (map->classes[i].police == number || map->classes[i].flow_police == number) {
            return true;
        }
    }
    return false;
}

/* Aggregates that one policer takes: of an engine that has all its interfaces. */
static uint32_t count_aggregates(const struct chassis_config *c, uint32_t which)
{
    const struct policer_config *p = &c->policers[which];
    uint32_t n = 0;
    if (p->scope >= POLICE_FLOW) {
        return 0;
    }
    if (p->scope == POLICE_TOGETHER) {
        return 1;
    }
    for (uint32_t i = 0; c->interfaces != NULL && i < config_n_all_ports(c); i++) {
        const uint32_t *maps = c->interfaces[i].service_policy;
        n += (maps[0] != 0 && names_policer(&c->policy_maps[maps[0] - 1], which + 1)) ||
             (maps[1] != 0 && names_policer(&c->policy_maps[maps[1] - 1], which + 1));
    }
    return p->n_ports + n;
}

/* A row for each rate of flows. */
static bool has_new_rate(const struct chassis_config *c, uint32_t which)
{
    const struct policer_config *p = &c->policers[which];
    for (uint32_t i = 0; i < which; i++) {
        const struct policer_config *q = &c->policers[i];
        if (q->scope >= POLICE_FLOW && q->rate_bps == p->rate_bps &&
            q->burst_bytes == p->burst_bytes) {
            return false;
        }
    }
    return p->scope >= POLICE_FLOW;
}

/* What the hardware has room for: a bucket for each aggregate, a row for each rate of flows. */
static void check_tables(struct loader *l)
{
    const struct supervisor_type *supervisor = l->config->supervisor;
    const uint32_t generation = supervisor == NULL ? 0 : supervisor->pfc.generation;
    const uint32_t most = policer_most(generation), most_rates = policer_most_rates(generation);
    uint32_t n_aggregates = 0, n_rates = 0;
    for (uint32_t i = 0; i < l->config->n_policers; i++) {
        n_rates += has_new_rate(l->config, i);
        n_aggregates += count_aggregates(l->config, i);
        if (n_aggregates > most || n_rates > most_rates) {
            places_error(&l->places, l->raw->policers[i].here,
                         "with the policers before it %u aggregates and %u rates of flows; an "
                         "engine has %u and %u",
                         n_aggregates, n_rates, most, most_rates);
            return;
        }
    }
}

void load_policer_uses(struct loader *l)
{
    const struct chassis_config *c = l->config;
    for (uint32_t i = 0; i < c->n_policers; i++) {
        const struct raw_policer *raw = &l->raw->policers[i];
        bool named = raw->ports != 0 || raw->here == 0;
        for (uint32_t k = 0; k < c->n_policy_maps; k++) {
            named |= names_policer(&c->policy_maps[k], i + 1);
        }
        if (!named) {
            places_error(&l->places, raw->here,
                         "expected ports, or a class of a policy map that names it");
        } else if (raw->ports == 0 && raw->direction != 0) {
            places_error(&l->places, raw->direction,
                         "it polices where interfaces have the policy map that names it");
        }
        check_ports(l, i);
    }
    check_tables(l);
}
