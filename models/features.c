/* Why a table of matches by flow: what a list says to a packet depends on nothing but its flow, so
 * that the packet is spared all but a look at it. */
#include "models/features.h"

#include <string.h>

#include "models/access.h"
#include "models/acl_classify.h"
#include "models/fib.h"
#include "models/flows.h"
#include "sim/arena.h"
#include "sim/error.h"

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

static void open_matches_at(struct features *f, uint32_t point)
{
    if (f->matches[point] == NULL) {
        f->matches[point] = arena_take_array(f->mem, f->flows->n_flows, sizeof *f->matches[point]);
    }
}

/* A point has matches when some interface has a list there, or will have one. */
static void open_matches(struct features *f)
{
    const struct chassis_config *c = f->config;

    for (uint32_t i = 0; i < config_n_all_ports(c); i++) {
        for (uint32_t point = 0; point <= ACCESS_POLICY; point++) {
            if (f->ports[i].lists[point] != 0) {
                open_matches_at(f, point);
            }
        }
    }
    for (uint32_t i = 0; i < c->n_access_changes; i++) {
        open_matches_at(f, c->access_changes[i].point);
    }
}

static void open_hits(struct features *f)
{
    uint32_t n = f->config->n_acls;

    f->seen = arena_take_array(f->mem, f->flows->n_flows, sizeof *f->seen);
    for (int software = 0; software < 2; software++) {
        f->hits[software] = arena_take_array(f->mem, n, sizeof *f->hits[software]);
        f->at_mark[software] = arena_take_array(f->mem, n, sizeof *f->at_mark[software]);
        for (uint32_t i = 0; i < n; i++) {
            size_t n_counts = f->config->acls[i].n_rules + 1u;
            f->hits[software][i] = arena_take_array(f->mem, n_counts, sizeof(uint64_t));
            f->at_mark[software][i] = arena_take_array(f->mem, n_counts, sizeof(uint64_t));
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
    access_open(f);
    open_matches(f);
    open_hits(f);
}

void features_need_set(struct features *f, uint32_t list)
{
    const struct acl_list *l = &f->config->acls[list];

    if (f->sets[list] == NULL) {
        f->sets[list] = acl_set_open(l->rules, l->n_rules, f->mem);
    }
}

struct features_user features_user_of(struct features *f, uint32_t fib_engine, bool software)
{
    return (struct features_user){f != NULL && f->ports != NULL ? f : NULL, fib_engine, software};
}

/* ---- lists ------------------------------------------------------------------------------- */

/* The rule of list `number` that decides about a flow: its number, n_rules at the end. */
static uint32_t match(const struct features *f, uint32_t point, uint32_t number, uint32_t flow)
{
    struct features_match *m = &f->matches[point][flow];

    if (m->list != number) {
        struct acl_header header = flows_header(f->flows, f->config->streams, flow);
        acl_classify(f->sets[number - 1], &header, &m->rule, 1);
        m->rule = m->rule == ACL_NONE ? f->config->acls[number - 1].n_rules : m->rule;
        m->list = number;
    }
    return m->rule;
}

static const struct acl_rule *rule_of(const struct features *f, uint32_t number, uint32_t rule)
{
    static const struct acl_rule end_of_list = {.permit = false};
    const struct acl_list *list = &f->config->acls[number - 1];

    return rule == list->n_rules ? &end_of_list : &list->rules[rule];
}

static bool is_router(uint32_t point)
{
    return point == ACCESS_ROUTER_IN || point == ACCESS_ROUTER_OUT;
}

/* Whether `log` takes packets of a router ACL to the MSFC. */
static bool log_bridges(const struct features *f, bool software)
{
    return !software && !f->config->optimized_logging;
}

/* What denied packets are punted for. */
static uint32_t denied(const struct features_port *ingress, uint32_t point,
                       const struct acl_rule *rule, bool bridges)
{
    if (is_router(point) && rule->log && bridges) {
        return point == ACCESS_ROUTER_IN ? PUNT_ACL_BRIDGED_IN : PUNT_ACL_BRIDGED_OUT;
    }
    if (is_router(point) && ingress->unreachables) {
        return PUNT_ACL_DENIED;
    }
    bool vlan = point == ACCESS_VLAN_IN || point == ACCESS_VLAN_OUT;
    return vlan && rule->log ? PUNT_VACL_LOG : FEATURES_DROP;
}

/* The points of a direction. */
struct span {
    uint32_t first, last;
};
static const struct span span_of[ACL_N_DIRECTIONS] = {
    [ACL_IN] = {ACCESS_PORT_IN, ACCESS_ROUTER_IN},
    [ACL_OUT] = {ACCESS_ROUTER_OUT, ACCESS_VLAN_OUT}};
static const uint8_t bridged[ACL_N_DIRECTIONS] = {PUNT_ACL_BRIDGED_IN, PUNT_ACL_BRIDGED_OUT};

static const uint32_t *lists_of(const struct features_port *p, bool software)
{
    return software ? p->configured : p->lists;
}

/* What the lists of an interface come to. */
static uint32_t pass_lists(const struct features *f, const struct features_port *at,
                           const struct features_port *ingress, enum acl_direction direction,
                           uint32_t flow, bool software)
{
    const struct span span = span_of[direction];
    const uint32_t *lists = lists_of(at, software);
    const bool bridges = log_bridges(f, software);
    bool log = false;

    for (uint32_t point = span.first; point <= span.last; point++) {
        if (lists[point] == 0) {
            continue;
        }
        const struct acl_rule *rule = rule_of(f, lists[point], match(f, point, lists[point], flow));
        if (!rule->permit) {
            return denied(ingress, point, rule, bridges);
        }
        log |= rule->log && is_router(point);
    }
    return log && bridges ? bridged[direction] : FEATURES_PASS;
}

/* What an engine makes of a flow. */
static uint32_t decide(const struct features *f, const struct features_port *at,
                       const struct features_port *ingress, enum acl_direction direction,
                       uint32_t flow)
{
    if (at->software[direction]) {
        return bridged[direction];
    }
    if (at->updating[direction]) {
        return f->config->access_default == ACCESS_DENY     ? FEATURES_UPDATING
               : f->config->access_default == ACCESS_PERMIT ? FEATURES_PASS
                                                            : bridged[direction];
    }
    return pass_lists(f, at, ingress, direction, flow, false);
}

/* n packets of a flow have met these lists. */
static void count(const struct features *f, const struct features_port *at,
                  enum acl_direction direction, uint32_t flow, bool software, uint64_t n)
{
    const struct span span = span_of[direction];
    const uint32_t *lists = lists_of(at, software);
    bool go_on = n > 0;

    for (uint32_t point = span.first; point <= span.last && go_on; point++) {
        if (lists[point] != 0) {
            uint32_t rule = match(f, point, lists[point], flow);
            f->hits[software][lists[point] - 1][rule] += n;
            go_on = rule_of(f, lists[point], rule)->permit;
        }
    }
}

/* The same for an engine, where they may not have met them. */
static void count_in_hardware(struct features *f, const struct features_port *at,
                              enum acl_direction direction, uint32_t flow, uint64_t n)
{
    if (at->updating[direction]) {
        f->n_default += n;
    } else if (!at->software[direction]) {
        count(f, at, direction, flow, false, n);
    }
}

/* ---- routes ------------------------------------------------------------------------------ */

/* The interfaces that an adjacency, or its paths, are by: each once, as they come. */
struct ways {
    uint32_t n, interfaces[CONFIG_MAX_PATHS];
};

static bool has_way(const struct ways *w, uint32_t n, uint32_t interface)
{
    bool has = false;

    for (uint32_t i = 0; i < n && i < w->n; i++) {
        has |= w->interfaces[i] == interface;
    }
    return has;
}

static void find_ways(const struct features *f, const struct adjacency *a, struct ways *w)
{
    if (a->kind == ADJACENCY_PATHS) {
        for (uint32_t i = 0; i < a->n_buckets; i++) {
            find_ways(f, &f->fib->adjacencies[f->fib->buckets[a->bucket + i]], w);
        }
    } else if (fib_forwards(a) || a->kind == ADJACENCY_GLEAN || a->kind == ADJACENCY_BUNDLE) {
        uint32_t interface = config_interface_of(f->config, a->port);
        if (!has_way(w, w->n, interface)) {
            w->interfaces[w->n++] = interface;
        }
    }
}

/* In the VRF of the interface. */
static uint32_t look_up(const struct features_user *u, const struct features_port *p,
                        uint32_t address)
{
    const struct features *f = u->features;
    uint32_t vrf = config_vrf(f->config, p->interface), adjacency;

    if (vrf != 0) {
        struct ip_address to = {(uint64_t)address << 32, vrf, IPV4};
        return fib_lookup_in(f->fib, u->fib_engine, to);
    }
    fib_lookup4(f->fib, u->fib_engine, &address, &adjacency, 1);
    return adjacency;
}

/* Whether the source of a flow is where it comes from: FEATURES_PASS, or what its packets are punted
 * for. Software knows all ways. */
static uint32_t check_source(const struct features_user *u, const struct features_port *p,
                             uint32_t flow)
{
    const struct features *f = u->features;
    const uint64_t most = f->config->supervisor->pfc.rpf_interfaces;
    uint32_t adjacency = look_up(u, p, f->flows->src4[flow]);
    struct ways ways = {0};

    if (p->verify == VERIFY_NOTHING) {
        return FEATURES_PASS;
    }
    find_ways(f, &f->fib->adjacencies[adjacency], &ways);
    bool too_many = !u->software && p->verify == VERIFY_RX && ways.n > most;
    bool right = p->verify == VERIFY_ANY
                     ? ways.n > 0
                     : has_way(&ways, too_many ? (uint32_t)most : ways.n, p->interface);
    if (right || (too_many && f->config->rpf_multipath == RPF_PASS)) {
        return FEATURES_PASS;
    }
    return too_many ? PUNT_RPF_PATHS : PUNT_RPF_FAILURE;
}

/* The list of the policy, where it is asked. */
static uint32_t policy_of(const struct features_port *p, bool software)
{
    return software || !p->updating[ACL_IN] ? lists_of(p, software)[ACCESS_POLICY] : 0;
}

/* To the next hop of the policy, if its list permits and it is there; returns the rule. */
static uint32_t follow_policy(const struct features_user *u, const struct features_port *p,
                              uint32_t list, uint32_t flow, uint32_t *adjacency)
{
    const struct features *f = u->features;
    uint32_t rule = match(f, ACCESS_POLICY, list, flow);

    if (rule_of(f, list, rule)->permit) {
        uint32_t by_policy = look_up(u, p, p->next_hop4);
        bool there = fib_forwards(fib_path(f->fib, by_policy, f->flows->hash, flow));
        *adjacency = there ? by_policy : *adjacency;
    }
    return rule;
}

/* ---- a packet ---------------------------------------------------------------------------- */

/* By the lists. */
static uint32_t enter(const struct features_user *u, const struct features_port *p, uint32_t flow)
{
    const struct features *f = u->features;
    struct features_flow *seen = &f->seen[flow];

    if (u->software) {
        count(f, p, ACL_IN, flow, true, 1);
        return pass_lists(f, p, p, ACL_IN, flow, true);
    }
    if (seen->in == 0) {
        seen->in = (uint8_t)(decide(f, p, p, ACL_IN, flow) + 1);
    }
    seen->n_in++;
    return seen->in - 1u;
}

uint32_t features_in(const struct features_user *u, const struct packet *packet,
                     uint32_t *adjacency)
{
    const struct features_port *p = &u->features->ports[packet->head.ingress];
    uint32_t flow = packet->flow;

    if (packet->head.family != IPV4) {
        return FEATURES_PASS;
    }
    uint32_t cause = enter(u, p, flow);
    if (cause != FEATURES_PASS || !p->by_routes) {
        return cause;
    }
    cause = check_source(u, p, flow);
    if (cause != FEATURES_PASS) {
        return cause;
    }
    uint32_t policy = policy_of(p, u->software);
    if (policy != 0) {
        uint32_t rule = follow_policy(u, p, policy, flow, adjacency);
        u->features->hits[u->software][policy - 1][rule]++;
    }
    return FEATURES_PASS;
}

/* Its packets so far are counted for the rules they have met. */
static void settle(struct features *f, const struct features_port *ingress, uint32_t flow)
{
    struct features_flow *seen = &f->seen[flow];

    count_in_hardware(f, ingress, ACL_IN, flow, seen->n_in + seen->n_plain);
    if (seen->egress != 0) {
        count_in_hardware(f, &f->ports[seen->egress - 1], ACL_OUT, flow,
                          seen->n_out + seen->n_plain);
    }
    seen->n_plain = seen->n_in = seen->n_out = 0;
}

/* The way out of a flow is another one, or not known yet. */
static void find_way_out(struct features *f, const struct features_port *ingress, uint32_t flow,
                         uint32_t egress)
{
    struct features_flow *seen = &f->seen[flow];

    settle(f, ingress, flow);
    uint32_t cause = decide(f, &f->ports[egress], ingress, ACL_OUT, flow);
    seen->egress = egress + 1;
    seen->out = (uint8_t)(cause + 1);
    bool in = !ingress->any_in || (seen->in == FEATURES_PASS + 1 && !ingress->by_routes);
    seen->plain_egress = in && cause == FEATURES_PASS ? egress + 1 : 0;
}

uint32_t features_out(const struct features_user *u, const struct packet *packet, uint32_t egress)
{
    struct features *f = u->features;
    const struct features_port *p = &f->ports[egress], *ingress = &f->ports[packet->head.ingress];
    struct features_flow *seen = &f->seen[packet->flow];

    if (packet->head.family != IPV4) {
        return FEATURES_PASS;
    }
    if (u->software) {
        count(f, p, ACL_OUT, packet->flow, true, 1);
        return pass_lists(f, p, ingress, ACL_OUT, packet->flow, true);
    }
    if (seen->egress != egress + 1) {
        find_way_out(f, ingress, packet->flow, egress);
    }
    seen->n_out++;
    return seen->out - 1u;
}

/* ---- for those who follow a packet ------------------------------------------------------- */

static bool answer(const struct features *f, uint32_t point, uint32_t number, uint32_t rule,
                   struct features_answers *a)
{
    const struct acl_list *list = &f->config->acls[number - 1];

    a->of[point] =
        (struct features_answer){number, rule < list->n_rules ? &list->rules[rule] : NULL};
    return rule_of(f, number, rule)->permit;
}

/* Up to the first that denies, if they are asked. */
static void ask(const struct features *f, const struct features_port *at,
                enum acl_direction direction, uint32_t flow, struct features_answers *a)
{
    const struct span span = span_of[direction];

    a->software[direction] = at->software[direction];
    a->updating[direction] = at->updating[direction];
    bool go_on = !at->software[direction] && !at->updating[direction];
    for (uint32_t point = span.first; point <= span.last && go_on; point++) {
        uint32_t number = at->lists[point];
        go_on = number == 0 || answer(f, point, number, match(f, point, number, flow), a);
    }
}

bool features_ask_in(const struct features_user *u, const struct packet *packet,
                     uint32_t *adjacency, struct features_answers *a)
{
    const struct features *f = u->features;
    const struct features_port *p = &f->ports[packet->head.ingress];
    uint32_t flow = packet->flow;

    if (packet->head.family != IPV4) {
        return true;
    }
    ask(f, p, ACL_IN, flow, a);
    if (decide(f, p, p, ACL_IN, flow) != FEATURES_PASS) {
        return false;
    }
    a->source_asked = p->verify != VERIFY_NOTHING;
    a->source = check_source(u, p, flow);
    bool goes_on = a->source == FEATURES_PASS;
    uint32_t policy = policy_of(p, false);
    if (policy != 0 && goes_on) {
        answer(f, ACCESS_POLICY, policy, follow_policy(u, p, policy, flow, adjacency), a);
    }
    return goes_on;
}

void features_ask_out(const struct features_user *u, const struct packet *packet, uint32_t egress,
                      struct features_answers *a)
{
    if (packet->head.family == IPV4) {
        ask(u->features, &u->features->ports[egress], ACL_OUT, packet->flow, a);
    }
}

/* ---- what is counted --------------------------------------------------------------------- */

void features_settle(struct features *f)
{
    for (uint32_t s = 0; s < f->config->n_streams; s++) {
        const struct stream_config *stream = &f->config->streams[s];
        uint32_t first = f->flows->first[s], n = f->flows->first[s + 1] - first;
        for (uint32_t i = 0; i < n && stream->family == IPV4; i++) {
            settle(f, &f->ports[stream->ports[i % stream->n_ports]], first + i);
        }
    }
}

void features_forget(struct features *f)
{
    features_settle(f);
    memset(f->seen, 0, f->flows->n_flows * sizeof *f->seen);
}

void features_mark(struct features *f)
{
    if (f == NULL || f->ports == NULL) {
        return;
    }
    features_settle(f);
    for (uint32_t i = 0; i < 2 * f->config->n_acls; i++) {
        const struct acl_list *list = &f->config->acls[i / 2];
        memcpy(f->at_mark[i % 2][i / 2], f->hits[i % 2][i / 2],
               (list->n_rules + 1u) * sizeof(uint64_t));
    }
    f->n_default_at_mark = f->n_default;
}
