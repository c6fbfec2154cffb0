/* Why a table of matches by flow: what a list says to a packet depends on nothing but its flow, so
 * that the packet is spared all but a look at it. */
#include "models/features.h"

#include <string.h>

#include "models/acl_classify.h"
#include "models/fib.h"
#include "models/flows.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"

#define POLICY_POINT ACCESS_N_POINTS

#define LAST_GENERATION_OF_TWO_SLOTS 2

uint32_t features_ipv4_slots(const struct chassis_config *config)
{
    bool verify = false;

    for (uint32_t i = 0; config->interfaces != NULL && i < config_n_all_ports(config); i++) {
        verify |= config->interfaces[i].verify != VERIFY_NOTHING;
    }
    return verify && config->supervisor->pfc.generation <= LAST_GENERATION_OF_TWO_SLOTS
               ? 2 * FIB_SLOTS_IPV4
               : FIB_SLOTS_IPV4;
}

/* ---- opening ----------------------------------------------------------------------------- */

/* A label for the lists of an interface in one direction; NULL: it has none. */
static const struct acl_label *program(const struct features *f, const uint32_t *numbers,
                                       uint32_t n, enum acl_direction direction)
{
    const struct acl_list *lists[ACL_MAX_FEATURES];
    uint32_t n_lists = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (numbers[i] != 0) {
            lists[n_lists++] = &f->config->acls[numbers[i] - 1];
        }
    }
    return n_lists == 0 ? NULL
                        : acl_tcam_program(f->tcam, ACL_SECURITY, direction, lists, n_lists, true);
}

static bool misfits(const struct acl_label *label)
{
    return label != NULL && label->fit != ACL_FITS;
}

static void open_interface(struct features *f, uint32_t interface)
{
    const struct interface_config *c = &f->config->interfaces[interface];
    struct features_port *p = &f->ports[interface];

    memcpy(p->lists, c->lists, sizeof p->lists);
    p->policy = c->policy;
    p->next_hop4 = (uint32_t)(c->policy_next_hop.hi >> 32);
    p->verify = c->verify;
    p->unreachables = !c->no_unreachables;
    p->in = program(f, p->lists, ACCESS_ROUTER_OUT, ACL_IN);
    p->out = program(f, p->lists + ACCESS_ROUTER_OUT, ACCESS_N_POINTS - ACCESS_ROUTER_OUT, ACL_OUT);
    p->policy_label = program(f, &p->policy, 1, ACL_IN);
    p->software_in = misfits(p->in) || misfits(p->policy_label);
    p->software_out = misfits(p->out);
    p->any_in = p->in != NULL || p->policy != 0 || p->verify != VERIFY_NOTHING;
    p->any_out = p->out != NULL;
}

static void open_ports(struct features *f)
{
    uint32_t n = config_n_all_ports(f->config);

    f->ports = arena_take_array(f->mem, n, sizeof *f->ports);
    for (uint32_t i = 0; i < n; i++) {
        if (config_is_interface(f->config, i)) {
            open_interface(f, i);
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t interface = config_interface_of(f->config, i);
        f->ports[i] = f->ports[interface];
        f->ports[i].interface = interface;
    }
}

/* A point has matches when some interface has a list there. */
static void open_matches(struct features *f)
{
    for (uint32_t i = 0; i < config_n_all_ports(f->config); i++) {
        for (uint32_t point = 0; point <= POLICY_POINT; point++) {
            const struct features_port *p = &f->ports[i];
            uint32_t list = point == POLICY_POINT ? p->policy : p->lists[point];
            if (list != 0 && f->matches[point] == NULL) {
                f->matches[point] =
                    arena_take_array(f->mem, f->flows->n_flows, sizeof *f->matches[point]);
            }
        }
    }
}

static struct acl_tcam_size tcam_size(const struct engine_type *pfc)
{
    struct acl_tcam_size size = ACL_TCAM_PFC3;

    size.n_masks = (uint32_t)pfc->acl_masks;
    size.n_labels = (uint32_t)pfc->acl_labels;
    return size;
}

void features_open(struct features *f, const struct chassis_config *config, const struct fib *fib,
                   const struct flow_tables *flows, struct arena *mem)
{
    *f = (struct features){.config = config, .flows = flows, .fib = fib, .mem = mem};
    if (config->interfaces == NULL) {
        return;
    }
    struct acl_tcam_size size = tcam_size(&config->supervisor->pfc);
    f->tcam = acl_tcam_open(&size, mem);
    f->sets = arena_take_array(mem, config->n_acls, sizeof *f->sets);
    for (uint32_t i = 0; i < config->n_acls; i++) {
        f->sets[i] = acl_set_open(config->acls[i].rules, config->acls[i].n_rules, mem);
    }
    open_ports(f);
    open_matches(f);
}

void features_user_open(struct features_user *u, struct features *f, uint32_t fib_engine,
                        bool software)
{
    *u = (struct features_user){.features = f, .fib_engine = fib_engine, .software = software};
    if (f == NULL || f->ports == NULL) {
        return;
    }
    uint32_t n = f->config->n_acls;
    u->hits = arena_take_array(f->mem, n, sizeof *u->hits);
    u->at_mark = arena_take_array(f->mem, n, sizeof *u->at_mark);
    for (uint32_t i = 0; i < n; i++) {
        size_t n_counts = f->config->acls[i].n_rules + 1u;
        u->hits[i] = arena_take_array(f->mem, n_counts, sizeof *u->hits[i]);
        u->at_mark[i] = arena_take_array(f->mem, n_counts, sizeof *u->at_mark[i]);
    }
    sim_assert(f->n_users < FEATURES_MOST_USERS);
    f->users[f->n_users++] = u;
}

/* ---- a packet ---------------------------------------------------------------------------- */

static const struct acl_rule end_of_list; /* denies */

/* The rule of list `number` that decides about a flow. */
static const struct acl_rule *decide(struct features_user *u, uint32_t point, uint32_t number,
                                     uint32_t flow)
{
    const struct features *f = u->features;
    const struct acl_list *list = &f->config->acls[number - 1];
    struct features_match *m = &f->matches[point][flow];

    if (m->list != number) {
        struct acl_header header = flows_header(f->flows, f->config->streams, flow);
        acl_classify(f->sets[number - 1], &header, &m->rule, 1);
        m->rule = m->rule == ACL_NONE ? list->n_rules : m->rule;
        m->list = number;
    }
    u->hits[number - 1][m->rule]++;
    return m->rule == list->n_rules ? &end_of_list : &list->rules[m->rule];
}

static uint32_t denied(const struct features_user *u, const struct features_port *ingress,
                       enum access_point point, const struct acl_rule *rule)
{
    bool router = point == ACCESS_ROUTER_IN || point == ACCESS_ROUTER_OUT;
    bool in = point <= ACCESS_ROUTER_IN;

    if (router && rule->log && !u->software) {
        return in ? PUNT_ACL_BRIDGED_IN : PUNT_ACL_BRIDGED_OUT;
    }
    if (router && ingress->unreachables) {
        return PUNT_ACL_DENIED;
    }
    return !router && point != ACCESS_PORT_IN && rule->log ? PUNT_VACL_LOG : FEATURES_DROP;
}

/* The lists of the interface at first .. last in turn. */
static uint32_t pass_lists(struct features_user *u, const struct features_port *at,
                           const struct features_port *ingress, uint32_t first, uint32_t last,
                           uint32_t flow)
{
    bool log = false;

    for (uint32_t point = first; point <= last; point++) {
        if (at->lists[point] == 0) {
            continue;
        }
        const struct acl_rule *rule = decide(u, point, at->lists[point], flow);
        if (!rule->permit) {
            return denied(u, ingress, (enum access_point)point, rule);
        }
        log |= rule->log && (point == ACCESS_ROUTER_IN || point == ACCESS_ROUTER_OUT);
    }
    return !log || u->software          ? FEATURES_PASS
           : first == ACCESS_ROUTER_OUT ? PUNT_ACL_BRIDGED_OUT
                                        : PUNT_ACL_BRIDGED_IN;
}

/* Whether an adjacency, or one of its paths, is by the interface; by any for UINT32_MAX. */
static bool leads_to(const struct features *f, const struct adjacency *a, uint32_t interface)
{
    if (a->kind == ADJACENCY_PATHS) {
        for (uint32_t i = 0; i < a->n_buckets; i++) {
            if (leads_to(f, &f->fib->adjacencies[f->fib->buckets[a->bucket + i]], interface)) {
                return true;
            }
        }
        return false;
    }
    bool by_port = fib_forwards(a) || a->kind == ADJACENCY_GLEAN || a->kind == ADJACENCY_BUNDLE;
    return by_port &&
           (interface == UINT32_MAX || config_interface_of(f->config, a->port) == interface);
}

static uint32_t look_up(const struct features_user *u, uint32_t address)
{
    uint32_t adjacency;

    fib_lookup4(u->features->fib, u->fib_engine, &address, &adjacency, 1);
    return adjacency;
}

static bool source_is_right(const struct features_user *u, const struct features_port *p,
                            uint32_t flow)
{
    const struct features *f = u->features;
    uint32_t adjacency = look_up(u, f->flows->src4[flow]);

    return leads_to(f, &f->fib->adjacencies[adjacency],
                    p->verify == VERIFY_RX ? p->interface : UINT32_MAX);
}

/* To the next hop of the policy, if the list permits and it is there. */
static void follow_policy(struct features_user *u, const struct features_port *p, uint32_t flow,
                          uint32_t *adjacency)
{
    if (!decide(u, POLICY_POINT, p->policy, flow)->permit) {
        return;
    }
    uint32_t by_policy = look_up(u, p->next_hop4);
    if (fib_forwards(fib_path(u->features->fib, by_policy, u->features->flows->hash, flow))) {
        *adjacency = by_policy;
    }
}

uint32_t features_in(struct features_user *u, const struct packet *packet, uint32_t *adjacency)
{
    const struct features_port *p = &u->features->ports[packet->head.ingress];

    if (!p->any_in || packet->head.family != IPV4) {
        return FEATURES_PASS;
    }
    if (p->software_in && !u->software) {
        return PUNT_ACL_BRIDGED_IN;
    }
    uint32_t cause = pass_lists(u, p, p, ACCESS_PORT_IN, ACCESS_ROUTER_IN, packet->flow);
    if (cause != FEATURES_PASS) {
        return cause;
    }
    if (p->verify != VERIFY_NOTHING && !source_is_right(u, p, packet->flow)) {
        return PUNT_RPF_FAILURE;
    }
    if (p->policy != 0) {
        follow_policy(u, p, packet->flow, adjacency);
    }
    return FEATURES_PASS;
}

uint32_t features_out(struct features_user *u, const struct packet *packet, uint32_t egress)
{
    const struct features_port *p = &u->features->ports[egress];

    if (!p->any_out || packet->head.family != IPV4) {
        return FEATURES_PASS;
    }
    if (p->software_out && !u->software) {
        return PUNT_ACL_BRIDGED_OUT;
    }
    return pass_lists(u, p, &u->features->ports[packet->head.ingress], ACCESS_ROUTER_OUT,
                      ACCESS_VLAN_OUT, packet->flow);
}

/* ---- the report -------------------------------------------------------------------------- */

void features_user_mark(struct features_user *u)
{
    for (uint32_t i = 0; u->hits != NULL && i < u->features->config->n_acls; i++) {
        size_t n = u->features->config->acls[i].n_rules + 1u;
        memcpy(u->at_mark[i], u->hits[i], n * sizeof **u->hits);
    }
}

static uint64_t hits_of(const struct features *f, bool software, uint32_t list, uint32_t rule)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < f->n_users; i++) {
        const struct features_user *u = f->users[i];
        n += u->software == software ? u->hits[list][rule] - u->at_mark[list][rule] : 0;
    }
    return n;
}

/* Rules of one line are one ACE. */
static void show_hits(const struct features *f, uint32_t number, struct report *out)
{
    const struct acl_list *list = &f->config->acls[number];
    const char *module = arena_printf(out->mem, "acl %s", list->name);
    uint64_t n = 0, n_software = hits_of(f, true, number, list->n_rules);

    for (uint32_t i = 0; i < list->n_rules; i++) {
        uint32_t line = list->rules[i].line;
        n += hits_of(f, false, number, i);
        n_software += hits_of(f, true, number, i);
        if (i + 1 == list->n_rules || list->rules[i + 1].line != line) {
            report_value(out, module, arena_printf(out->mem, "line_%u", line), "packets",
                         (int64_t)n);
            n = 0;
        }
    }
    report_value(out, module, "end_of_list", "packets",
                 (int64_t)hits_of(f, false, number, list->n_rules));
    report_value(out, module, "in_software", "packets", (int64_t)n_software);
}

const char *features_interface_name(const struct port_config *port, struct arena *mem)
{
    return port->slot == 0 ? arena_printf(mem, "Po%u", port->number)
                           : arena_printf(mem, "%u/%u", port->slot, port->number);
}

static void show_message(const struct acl_label *label, const char *interface,
                         const char *statistic, struct report *out)
{
    const char *message = label == NULL ? NULL : acl_fit_message(label, interface, out->mem);

    if (message != NULL) {
        report_text(out, arena_printf(out->mem, "interface %s", interface), statistic, message);
    }
}

void features_show(const struct features *f, struct report *out)
{
    if (f->ports == NULL) {
        return;
    }
    for (uint32_t i = 0; i < f->config->n_acls; i++) {
        show_hits(f, i, out);
    }
    for (uint32_t i = 0; i < config_n_all_ports(f->config); i++) {
        if (config_is_interface(f->config, i)) {
            const struct features_port *p = &f->ports[i];
            const char *name = features_interface_name(&f->config->ports[i], out->mem);
            show_message(p->in, name, "acl_in", out);
            show_message(p->policy_label, name, "acl_policy", out);
            show_message(p->out, name, "acl_out", out);
        }
    }
}

void features_show_tcam(const struct features *f, const char *engine, struct report *out)
{
    if (f == NULL || f->ports == NULL) {
        return;
    }
    struct acl_tcam_use use = acl_tcam_use(f->tcam);
    const struct engine_type *pfc = &f->config->supervisor->pfc;
    const struct {
        const char *statistic, *unit;
        uint64_t value;
    } rows[] = {
        {"acl_entries", "entries", use.n_entries[ACL_SECURITY]},
        {"acl_masks_used", "masks", use.n_masks[ACL_SECURITY]},
        {"acl_masks", "masks", pfc->acl_masks},
        {"acl_labels_in", "labels", use.n_labels[ACL_IN]},
        {"acl_labels_out", "labels", use.n_labels[ACL_OUT]},
        {"acl_labels", "labels", pfc->acl_labels},
        {"acl_lous_source", "registers", use.n_lous[0]},
        {"acl_lous_destination", "registers", use.n_lous[1]},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        report_value(out, engine, rows[i].statistic, rows[i].unit, (int64_t)rows[i].value);
    }
}
