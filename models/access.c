/* Why labels are made when a change begins, and count only when they are loaded: what fits is decided
 * by what is in the TCAM then, and a packet must never meet half a list. */
#include "models/access.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"
#include "sim/scheduler.h"

/* The points of a direction. */
struct points {
    uint32_t first, end;
};
static const struct points points_of[ACL_N_DIRECTIONS] = {
    [ACL_IN] = {ACCESS_PORT_IN, ACCESS_ROUTER_OUT},
    [ACL_OUT] = {ACCESS_ROUTER_OUT, ACCESS_N_POINTS},
};

/* ---- what an interface has --------------------------------------------------------------- */

/* Lists of policies are asked with what enters. */
static bool is_of(enum acl_direction direction, uint32_t point)
{
    return point == ACCESS_POLICY
               ? direction == ACL_IN
               : point >= points_of[direction].first && point < points_of[direction].end;
}

/* A label for the lists in one direction; NULL: there are none. */
static const struct acl_label *program(const struct features *f, const uint32_t *numbers,
                                       enum acl_direction direction)
{
    const struct acl_list *lists[ACL_MAX_FEATURES];
    uint32_t n = 0;

    for (uint32_t point = 0; point <= ACCESS_POLICY; point++) {
        if (is_of(direction, point) && numbers[point] != 0) {
            lists[n++] = &f->config->acls[numbers[point] - 1];
        }
    }
    if (direction == ACL_IN && numbers[ACCESS_POLICY] != 0) {
        return acl_tcam_program_policy(f->tcam, lists, n);
    }
    return n == 0 ? NULL : acl_tcam_program(f->tcam, ACL_SECURITY, direction, lists, n, true);
}

static bool misfits(const struct acl_label *label)
{
    return label != NULL && label->fit != ACL_FITS;
}

/* The lists that are asked from now on need their tables. */
static void need_sets(struct features *f, const uint32_t *numbers)
{
    for (uint32_t point = 0; point <= ACCESS_POLICY; point++) {
        if (numbers[point] != 0) {
            features_need_set(f, numbers[point] - 1);
        }
    }
}

static bool asks(const struct features_port *p, enum acl_direction direction)
{
    bool some = p->label[direction] != NULL || p->updating[direction];

    for (uint32_t point = 0; point <= ACCESS_POLICY; point++) {
        some |= is_of(direction, point) && p->configured[point] != 0;
    }
    return some;
}

/* What follows from an interface's lists, also for the ports of a port channel. */
static void spread(struct features *f, uint32_t interface)
{
    struct features_port *p = &f->ports[interface];

    need_sets(f, p->configured);
    p->interface = interface;
    p->by_routes = p->verify != VERIFY_NOTHING || p->lists[ACCESS_POLICY] != 0 ||
                   p->configured[ACCESS_POLICY] != 0;
    p->any_in = asks(p, ACL_IN) || p->verify != VERIFY_NOTHING;
    p->any_out = asks(p, ACL_OUT);
    for (uint32_t i = 0; i < config_n_all_ports(f->config); i++) {
        if (config_interface_of(f->config, i) == interface) {
            f->ports[i] = *p;
        }
    }
}

static void open_interface(struct features *f, uint32_t interface)
{
    const struct interface_config *c = &f->config->interfaces[interface];
    struct features_port *p = &f->ports[interface];

    memcpy(p->lists, c->lists, sizeof c->lists);
    p->lists[ACCESS_POLICY] = c->policy;
    memcpy(p->configured, p->lists, sizeof p->lists);
    p->next_hop4 = (uint32_t)(c->policy_next_hop.hi >> 32);
    p->verify = c->verify;
    p->unreachables = !c->no_unreachables;
    for (enum acl_direction d = ACL_IN; d <= ACL_OUT; d++) {
        p->label[d] = program(f, p->lists, d);
        p->software[d] = misfits(p->label[d]);
    }
    spread(f, interface);
}

void access_open(struct features *f)
{
    uint32_t n = config_n_all_ports(f->config);

    f->ports = arena_take_array(f->mem, n, sizeof *f->ports);
    for (uint32_t i = 0; i < n; i++) {
        if (config_is_interface(f->config, i)) {
            open_interface(f, i);
        }
    }
}

/* ---- a change ---------------------------------------------------------------------------- */

/* The new label is there: the engines go by it. */
static void take_over(struct access *a, const struct access_load *load)
{
    struct features *f = a->features;
    struct features_port *p = &f->ports[load->interface];
    enum acl_direction d = load->direction;

    if (a->atomic && p->label[d] != NULL) {
        acl_tcam_release(f->tcam, p->label[d]);
    }
    for (uint32_t point = 0; point <= ACCESS_POLICY; point++) {
        if (is_of(d, point)) {
            p->lists[point] = p->configured[point] = p->next[point];
        }
    }
    p->label[d] = load->label;
    p->software[d] = misfits(load->label);
    p->updating[d] = false;
    spread(f, load->interface);
}

/* What is loaded by now. */
static void finish(struct access *a, int64_t now_ps)
{
    uint32_t n_left = 0;

    for (uint32_t i = 0; i < a->n_loading; i++) {
        const struct access_load load = a->loads[i];
        if (load.ready_ps > now_ps) {
            a->loads[n_left++] = load;
        } else {
            a->last_ps = now_ps;
            a->longest_ps =
                now_ps - a->begun_ps > a->longest_ps ? now_ps - a->begun_ps : a->longest_ps;
            take_over(a, &load);
        }
    }
    a->n_loading = n_left;
}

/* What the rows of one time ask for: which labels are others now? */
static void find_loads(struct access *a, const struct access_change *rows, uint32_t n)
{
    const struct features *f = a->features;

    for (uint32_t i = 0; i < n; i++) {
        f->ports[rows[i].interface].next[rows[i].point] = rows[i].list;
    }
    for (uint32_t i = 0; i < config_n_all_ports(f->config); i++) {
        const struct features_port *p = &f->ports[i];
        for (enum acl_direction d = ACL_IN; d <= ACL_OUT && p->interface == i; d++) {
            bool other = false;
            for (uint32_t point = 0; point <= ACCESS_POLICY; point++) {
                other |= is_of(d, point) && p->next[point] != p->configured[point];
            }
            if (other) {
                a->loads[a->n_loading++] = (struct access_load){.interface = i, .direction = d};
            }
        }
    }
}

/* The old labels go, and with them what the engines know; software goes by the new lists. */
static void remove_old(struct access *a)
{
    struct features *f = a->features;

    for (uint32_t i = 0; i < a->n_loading; i++) {
        struct features_port *p = &f->ports[a->loads[i].interface];
        enum acl_direction d = a->loads[i].direction;
        if (p->label[d] != NULL) {
            acl_tcam_release(f->tcam, p->label[d]);
        }
        p->updating[d] = p->label[d] != NULL && !p->software[d];
        p->label[d] = NULL;
        memcpy(p->configured, p->next, sizeof p->next);
    }
}

/* Makes the new labels. Returns when the last one is loaded, -1 when one must fit and does not. */
static int64_t load(struct access *a, int64_t now_ps)
{
    struct features *f = a->features;
    int64_t at_ps = now_ps;
    uint64_t n_entries = 0;

    for (uint32_t i = 0; i < a->n_loading; i++) {
        struct access_load *l = &a->loads[i];
        l->label = program(f, f->ports[l->interface].next, l->direction);
        if (a->atomic && misfits(l->label)) {
            a->misfit = l->label;
            a->n_loading = i + 1; /* that many are to be undone */
            return -1;
        }
        if (l->label != NULL && l->label->n_users == 1 && !misfits(l->label)) {
            n_entries += l->label->n_vmrs;
            at_ps += l->label->n_vmrs * f->config->acl_entry_ps;
        }
        l->ready_ps = l->label == NULL ? now_ps : at_ps;
    }
    a->n_entries += n_entries;
    return at_ps;
}

static void refuse(struct access *a)
{
    struct features *f = a->features;

    for (uint32_t i = 0; i < a->n_loading; i++) {
        if (a->loads[i].label != NULL) {
            acl_tcam_release(f->tcam, a->loads[i].label);
        }
    }
    for (uint32_t i = 0; i < config_n_all_ports(f->config); i++) {
        memcpy(f->ports[i].next, f->ports[i].configured, sizeof f->ports[i].next);
    }
    a->n_loading = 0;
    a->n_refused++;
}

/* Begins the change of the next rows. */
static void begin(struct access *a, int64_t now_ps)
{
    const struct chassis_config *c = a->features->config;
    const struct access_change *rows = &c->access_changes[a->n_rows];
    uint32_t n = 1;

    while (a->n_rows + n < c->n_access_changes && rows[n].at_ps == rows->at_ps) {
        n++;
    }
    a->n_rows += n;
    a->n_changes++;
    a->begun_ps = now_ps;
    find_loads(a, rows, n);
    if (!a->atomic) {
        remove_old(a);
    }
    int64_t end_ps = load(a, now_ps);
    if (end_ps < 0) {
        refuse(a);
    }
    for (uint32_t i = 0; i < a->n_loading; i++) {
        struct access_load *l = &a->loads[i];
        l->ready_ps = a->atomic ? end_ps : l->ready_ps;
        spread(a->features, l->interface);
    }
}

static int64_t next_ps(const struct access *a)
{
    const struct chassis_config *c = a->features->config;
    int64_t next = SIM_NEVER;

    for (uint32_t i = 0; i < a->n_loading; i++) {
        next = a->loads[i].ready_ps < next ? a->loads[i].ready_ps : next;
    }
    return a->n_loading > 0                  ? next
           : a->n_rows < c->n_access_changes ? c->access_changes[a->n_rows].at_ps
                                             : SIM_NEVER;
}

/* Packets so far have met what was there before; no verdict on a flow holds any longer. */
static void step(void *context, int64_t now_ps)
{
    struct access *a = context;

    features_forget(a->features);
    finish(a, now_ps);
    while (next_ps(a) <= now_ps) {
        begin(a, now_ps);
        finish(a, now_ps);
    }
    if (next_ps(a) != SIM_NEVER) {
        scheduler_at(a->scheduler, next_ps(a), step, a);
    }
}

void access_start(struct access *a, struct features *f, struct scheduler *scheduler,
                  struct arena *mem)
{
    const struct chassis_config *c = f->config;
    uint32_t n = config_n_all_ports(c);

    *a = (struct access){.features = f, .scheduler = scheduler};
    if (c->n_access_changes == 0) {
        return;
    }
    a->atomic = c->supervisor->pfc.generation >= ACCESS_ATOMIC_GENERATION;
    a->loads = arena_take_array(mem, (size_t)n * ACL_N_DIRECTIONS, sizeof *a->loads);
    for (uint32_t i = 0; i < n; i++) {
        memcpy(f->ports[i].next, f->ports[i].configured, sizeof f->ports[i].next);
    }
    scheduler_at(scheduler, next_ps(a), step, a);
}

/* ---- the report -------------------------------------------------------------------------- */

void access_show(const struct access *a, struct report *out)
{
    static const char *const results[] = {"denied", "permitted", "bridged"};
    static const char module[] = "access changes";
    const struct features *f = a->features;

    if (f->config->n_access_changes == 0) {
        return;
    }
    report_value(out, module, "changes", "changes", a->n_changes);
    report_value(out, module, "refused", "changes", a->n_refused);
    report_value(out, module, "entries_loaded", "entries", (int64_t)a->n_entries);
    report_value(out, module, "longest", "ps", a->longest_ps);
    report_value(out, module, "last_loaded", "ps", a->last_ps);
    for (uint8_t i = ACCESS_DENY; i <= ACCESS_BRIDGE; i++) {
        uint64_t n = i == f->config->access_default ? f->n_default - f->n_default_at_mark : 0;
        report_value(out, module, arena_printf(out->mem, "%s_meanwhile", results[i]), "packets",
                     (int64_t)n);
    }
    if (a->misfit != NULL) {
        const char *message = acl_fit_message(a->misfit, "of the change", out->mem);
        report_text(out, module, "acl_refused",
                    arena_printf(out->mem, "%.*s: dry run, the change is refused",
                                 (int)strcspn(message, "\n"), message));
    }
}
