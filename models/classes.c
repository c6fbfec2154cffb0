/* Why the classifier of each list, and not one of all of them: the same lists are asked for access,
 * and a flow is asked only once. */
#include "models/classes.h"

#include <string.h>

#include "models/acl_classify.h"
#include "models/features.h"
#include "models/flows.h"
#include "models/layout.h"
#include "models/qos.h"
#include "sim/arena.h"
#include "sim/report.h"

#define DSCP_BITS 0xfcu
#define PRECEDENCE_BITS 0xe0u

/* ---- what the TCAM gets ------------------------------------------------------------------ */

/* A list of one rule, about the ToS byte. */
static const struct acl_list *tos_list(const char *what, uint32_t value, uint32_t shift,
                                       uint8_t mask, struct arena *mem)
{
    struct acl_list *list = arena_take(mem, sizeof *list);
    struct acl_rule *rule = arena_take(mem, sizeof *rule);

    *rule = (struct acl_rule){.sport = ACL_ANY_PORT,
                              .dport = ACL_ANY_PORT,
                              .tos = (uint8_t)(value << shift),
                              .tos_mask = mask,
                              .permit = true};
    *list = (struct acl_list){arena_printf(mem, "%s %u", what, value), rule, 1};
    return list;
}

static void add_list(struct classes_map *m, const struct acl_list *list, uint32_t class)
{
    m->class_of[m->n_lists] = (uint8_t) class;
    m->lists[m->n_lists++] = list;
}

/* Access groups first, then DSCPs, then precedences. */
static void add_class(struct classes_map *m, const struct chassis_config *config,
                      const struct policy_map *map, uint32_t class, struct arena *mem)
{
    const struct class_config *k = &map->classes[class];

    for (uint32_t i = 0; i < k->n_lists; i++) {
        add_list(m, &config->acls[k->lists[i]], class);
    }
    for (uint32_t dscp = 0; dscp < 64; dscp++) {
        if (k->dscps >> dscp & 1) {
            add_list(m, tos_list("ip dscp", dscp, 2, DSCP_BITS, mem), class);
        }
    }
    for (uint32_t precedence = 0; precedence < 8; precedence++) {
        if (k->precedences >> precedence & 1) {
            add_list(m, tos_list("ip precedence", precedence, 5, PRECEDENCE_BITS, mem), class);
        }
    }
}

static void open_map(struct classes *c, uint32_t number, struct arena *mem)
{
    const struct policy_map *map = &c->config->policy_maps[number];
    struct classes_map *m = &c->maps[number];

    m->lists = arena_take_array(mem, ACL_MOST_CLASS_LISTS, sizeof *m->lists);
    m->class_of = arena_take_array(mem, ACL_MOST_CLASS_LISTS, sizeof *m->class_of);
    for (uint32_t i = 0; i < map->n_classes; i++) {
        add_class(m, c->config, map, i, mem);
        for (uint32_t k = 0; k < map->classes[i].n_lists; k++) {
            features_need_set(c->features, map->classes[i].lists[k]);
        }
    }
}

static void open_interface(struct classes *c, uint32_t interface)
{
    struct classes_port *p = &c->ports[interface];

    for (enum acl_direction d = ACL_IN; d <= ACL_OUT; d++) {
        uint32_t number = c->config->interfaces[interface].service_policy[d];
        if (number != 0) {
            const struct classes_map *m = &c->maps[number - 1];
            p->label[d] = acl_tcam_program_classes(c->features->tcam, d, m->lists, m->n_lists);
            p->map[d] = p->label[d]->fit == ACL_FITS ? number : 0;
        }
    }
}

void classes_open(struct classes *c, struct features *features, struct arena *mem)
{
    const struct chassis_config *config = features->config;
    uint32_t n = config_n_all_ports(config);

    *c = (struct classes){.config = config, .features = features};
    if (config->n_policy_maps == 0 || config->interfaces == NULL || !config->qos.on) {
        return;
    }
    c->maps = arena_take_array(mem, config->n_policy_maps, sizeof *c->maps);
    c->ports = arena_take_array(mem, n, sizeof *c->ports);
    c->seen = arena_take_array(mem, features->flows->n_flows, sizeof *c->seen);
    for (uint32_t i = 0; i < config->n_policy_maps; i++) {
        open_map(c, i, mem);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (config_is_interface(config, i)) {
            open_interface(c, i);
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        c->ports[i] = c->ports[config_interface_of(config, i)];
    }
}

/* ---- of which class a flow is ------------------------------------------------------------ */

/* Whether a list permits it, by rule *rule. */
static bool permits(const struct classes *c, uint32_t list, const struct acl_header *h,
                    uint32_t *rule)
{
    acl_classify(c->features->sets[list], h, rule, 1);
    return *rule != ACL_NONE && c->config->acls[list].rules[*rule].permit;
}

static bool is_of(const struct classes *c, const struct class_config *k, const struct acl_header *h)
{
    for (uint32_t i = 0; i < k->n_lists; i++) {
        uint32_t rule;
        if (permits(c, k->lists[i], h, &rule)) {
            return true;
        }
    }
    return (k->dscps >> (h->tos >> 2) & 1) != 0 || (k->precedences >> (h->tos >> 5) & 1) != 0;
}

static struct acl_header header_of(const struct classes *c, uint32_t flow)
{
    return flows_header(c->features->flows, c->config->streams, flow);
}

/* n_classes: of none. */
static uint32_t find_class(const struct classes *c, uint32_t number, const struct packet *packet)
{
    const struct policy_map *map = &c->config->policy_maps[number - 1];
    struct acl_header h = {0};
    uint32_t i = 0;

    if (packet->head.family == IPV4) {
        h = header_of(c, packet->flow);
    }
    while (i < map->n_classes && !map->classes[i].rest &&
           (packet->head.family != IPV4 || !is_of(c, &map->classes[i], &h))) {
        i++;
    }
    return i;
}

static bool transmits_what_conforms(const struct classes *c, uint32_t policer)
{
    return policer != 0 &&
           c->config->policers[policer - 1].then[COLOUR_CONFORMS].action == ACTION_TRANSMIT;
}

/* What a class makes of the marks of what enters. */
static uint8_t dscp_of(const struct classes *c, const struct class_config *k,
                       const struct packet *packet)
{
    const struct qos_config *qos = &c->config->qos;
    const struct stream_config *s =
        &c->config->streams[flows_stream(c->features->flows, packet->flow)];
    struct port_config port = c->config->ports[packet->head.ingress];

    if (k->sets && (port.trust == TRUST_NOTHING || qos->marks_trusted)) {
        return k->set_dscp;
    }
    if (k->trust != TRUST_NOTHING) {
        port.trust = k->trust;
    } else if (transmits_what_conforms(c, k->police) ||
               transmits_what_conforms(c, k->flow_police)) {
        port.trust = TRUST_DSCP;
    }
    return qos_internal_dscp(qos, &port, s->cos, s->dscp);
}

/* ---- packets of an engine ---------------------------------------------------------------- */

void classes_engine_open(struct classes_engine *e, struct classes *all, const struct layout *layout,
                         uint32_t slot, struct arena *mem)
{
    *e = (struct classes_engine){0};
    if (all == NULL || all->ports == NULL) {
        return;
    }
    const struct chassis_config *c = all->config;
    e->all = all;
    e->counts = arena_take_array(mem, c->n_policy_maps, sizeof *e->counts);
    e->at_mark = arena_take_array(mem, c->n_policy_maps, sizeof *e->at_mark);
    e->here = arena_take_array(mem, c->n_policy_maps, sizeof *e->here);
    for (uint32_t i = 0; i < c->n_policy_maps; i++) {
        uint32_t n = c->policy_maps[i].n_classes;
        e->counts[i] = arena_take_array(mem, n, sizeof **e->counts);
        e->at_mark[i] = arena_take_array(mem, n, sizeof **e->at_mark);
    }
    for (uint32_t port = 0; port < c->n_ports; port++) {
        const uint32_t *map = all->ports[port].map;
        if (map[ACL_IN] != 0 && layout_engine_slot(layout, port) == slot) {
            e->here[map[ACL_IN] - 1] = true;
        }
        if (map[ACL_OUT] != 0) {
            e->here[map[ACL_OUT] - 1] = true;
        }
    }
}

static const struct class_config *count(struct classes_engine *e, uint32_t number, uint32_t class,
                                        const struct packet *packet)
{
    const struct policy_map *map = &e->all->config->policy_maps[number - 1];

    if (class == map->n_classes) {
        return NULL;
    }
    e->counts[number - 1][class].n_packets++;
    e->counts[number - 1][class].n_bytes += packet->head.bytes;
    return &map->classes[class];
}

const struct class_config *classes_find_in(struct classes_engine *e, struct packet *packet)
{
    uint32_t number = e->all->ports[packet->head.ingress].map[ACL_IN];
    struct classes_flow *seen = &e->all->seen[packet->flow];
    if (seen->in == 0) {
        uint32_t class = find_class(e->all, number, packet);
        const struct policy_map *map = &e->all->config->policy_maps[number - 1];
        seen->in = (uint16_t)(class + 1);
        seen->dscp = class == map->n_classes ? packet->head.dscp
                                             : dscp_of(e->all, &map->classes[class], packet);
    }
    packet->head.dscp = seen->dscp & 63u;
    return count(e, number, seen->in - 1u, packet);
}

const struct class_config *classes_find_out(struct classes_engine *e, const struct packet *packet,
                                            uint32_t egress)
{
    uint32_t number = e->all->ports[egress].map[ACL_OUT];
    struct classes_flow *seen = &e->all->seen[packet->flow];
    if (seen->out_map != number) {
        seen->out_map = (uint16_t)number;
        seen->out = (uint16_t)(find_class(e->all, number, packet) + 1);
    }
    return count(e, number, seen->out - 1u, packet);
}

/* ---- for those who follow a packet ------------------------------------------------------- */

bool classes_ask(const struct classes *c, enum acl_direction direction, uint32_t port,
                 const struct packet *packet, struct classes_answer *answer)
{
    uint32_t number = c->ports == NULL ? 0 : c->ports[port].map[direction];
    uint32_t class = number == 0 ? 0 : find_class(c, number, packet);
    const struct policy_map *map = &c->config->policy_maps[number - 1];

    if (number == 0 || class == map->n_classes) {
        return false;
    }
    *answer = (struct classes_answer){map->name, map->classes[class].name, NULL, NULL};
    if (map->classes[class].rest) {
        return true;
    }
    const struct acl_header h = header_of(c, packet->flow);
    const struct classes_map *m = &c->maps[number - 1];
    for (uint32_t i = 0; i < m->n_lists; i++) {
        const struct acl_list *l = m->lists[i];
        uint32_t rule =
            m->class_of[i] == class ? acl_first_match(l->rules, l->n_rules, &h) : ACL_NONE;
        if (rule != ACL_NONE && l->rules[rule].permit) {
            answer->list = l->name;
            answer->rule = &l->rules[rule];
            return true;
        }
    }
    return true;
}

/* ---- the report -------------------------------------------------------------------------- */

void classes_mark(struct classes_engine *e)
{
    for (uint32_t i = 0; e->all != NULL && i < e->all->config->n_policy_maps; i++) {
        memcpy(e->at_mark[i], e->counts[i],
               e->all->config->policy_maps[i].n_classes * sizeof **e->counts);
    }
}

static void show_map(const struct classes_engine *e, uint32_t number, const char *engine,
                     struct report *out)
{
    const struct policy_map *map = &e->all->config->policy_maps[number];

    for (uint32_t i = 0; i < map->n_classes; i++) {
        const struct class_count *now = &e->counts[number][i], *then = &e->at_mark[number][i];
        const char *module =
            arena_printf(out->mem, "class %s of %s, %s", map->classes[i].name, map->name, engine);
        report_value(out, module, "packets", "packets",
                     (int64_t)(now->n_packets - then->n_packets));
        report_value(out, module, "bytes", "bytes", (int64_t)(now->n_bytes - then->n_bytes));
    }
}

static void show_tcam(const struct classes *c, const char *engine, struct report *out)
{
    const struct acl_tcam_use use = acl_tcam_use(c->features->tcam);

    report_value(out, engine, "qos_entries", "entries", use.n_entries[ACL_QOS]);
    report_value(out, engine, "qos_masks_used", "masks", use.n_masks[ACL_QOS]);
    report_value(out, engine, "qos_masks", "masks", (int64_t)c->config->supervisor->pfc.acl_masks);
}

void classes_show(const struct classes_engine *e, const char *engine, struct report *out)
{
    if (e->all == NULL) {
        return;
    }
    show_tcam(e->all, engine, out);
    for (uint32_t i = 0; i < e->all->config->n_policy_maps; i++) {
        if (e->here[i]) {
            show_map(e, i, engine, out);
        }
    }
}

void classes_show_misfits(const struct classes *c, struct report *out)
{
    static const char *const statistics[ACL_N_DIRECTIONS] = {"acl_qos_in", "acl_qos_out"};

    for (uint32_t i = 0; c->ports != NULL && i < config_n_all_ports(c->config); i++) {
        const char *name = features_interface_name(&c->config->ports[i], out->mem);
        for (enum acl_direction d = ACL_IN; d <= ACL_OUT; d++) {
            const struct acl_label *label = c->ports[i].label[d];
            if (config_is_interface(c->config, i) && label != NULL && label->fit != ACL_FITS) {
                report_text(out, arena_printf(out->mem, "interface %s", name), statistics[d],
                            acl_fit_message(label, name, out->mem));
            }
        }
    }
}
