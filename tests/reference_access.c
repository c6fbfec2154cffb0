/* Changes of lists: a list of what has begun, looked through each time. */
#include "tests/reference_access.h"

#include <stdlib.h>
#include <string.h>

#include "models/acl_tcam.h"
#include "sim/arena.h"

#define N_POINTS (ACCESS_POLICY + 1)
#define NOT_YET INT64_MAX

struct label {
    bool out, fits;
    uint32_t lists[N_POINTS]; /* 0 at the points of the other direction */
    uint32_t n_users, n_masks;
    uint64_t n_entries;
};

/* One direction of an interface. */
struct side {
    struct label *label, *coming;
    bool is_coming;
    int64_t ready_ps;
    enum asked_of asked;
};

struct interface {
    uint32_t hardware[N_POINTS], software[N_POINTS], wanted[N_POINTS];
    struct side sides[2];
    uint32_t policy_map[2]; /* that fits */
};

struct reference_access {
    const struct chassis_config *config;
    struct interface *interfaces;
    struct label **labels;
    uint32_t n_labels, n_changes;
    uint32_t n_map_labels[2];
    uint64_t n_map_masks;
    bool keeps_old;
    int64_t busy_until_ps;
};

static bool of_side(uint32_t point, int out)
{
    return (point == ACCESS_ROUTER_OUT || point == ACCESS_VLAN_OUT) == (out == 1);
}

/* ---- labels ------------------------------------------------------------------------------ */

/* What a label takes of a TCAM that has room for any. */
static void measure(const struct chassis_config *c, struct label *l)
{
    struct acl_tcam_size size = ACL_TCAM_PFC3;
    const struct acl_list *lists[ACL_MAX_FEATURES];
    struct arena *mem = arena_open();
    uint32_t n = 0;

    size.n_masks = UINT32_MAX;
    for (uint32_t point = 0; point < N_POINTS; point++) {
        if (l->lists[point] != 0) {
            lists[n++] = &c->acls[l->lists[point] - 1];
        }
    }
    struct acl_tcam *tcam = acl_tcam_open(&size, mem);
    const struct acl_label *made =
        l->lists[ACCESS_POLICY] != 0 ? acl_tcam_program_policy(tcam, lists, n)
                                     : acl_tcam_program(tcam, ACL_SECURITY, ACL_IN, lists, n, true);
    l->fits = made->fit == ACL_FITS;
    l->n_masks = made->n_masks;
    l->n_entries = made->n_vmrs;
    arena_close(mem);
}

/* Is there room beside those that fit? */
static bool has_room(const struct reference_access *a, const struct label *l)
{
    uint64_t n_labels = a->n_map_labels[l->out], n_masks = l->n_masks;

    for (uint32_t i = 0; i < a->n_labels; i++) {
        const struct label *other = a->labels[i];
        n_labels += other->fits && other->out == l->out;
        n_masks += other->fits ? other->n_masks : 0;
    }
    const struct engine_type *pfc = &a->config->supervisor->pfc;
    return l->fits && n_labels < pfc->acl_labels && n_masks <= pfc->acl_masks;
}

/* One more user of the label for these lists; NULL: there are none. */
static struct label *use(struct reference_access *a, const uint32_t *wanted, int out)
{
    struct label new = {.out = out, .n_users = 1};
    bool some = false;

    for (uint32_t point = 0; point < N_POINTS; point++) {
        new.lists[point] = of_side(point, out) ? wanted[point] : 0;
        some |= new.lists[point] != 0;
    }
    for (uint32_t i = 0; i < a->n_labels; i++) {
        struct label *l = a->labels[i];
        uint32_t x[N_POINTS + 1] = {0}, y[N_POINTS + 1] = {0}, nx = 0, ny = 0;
        for (uint32_t point = 0; point < ACCESS_POLICY; point++) { /* wherever they are asked */
            x[nx] = l->lists[point];
            nx += x[nx] != 0;
            y[ny] = new.lists[point];
            ny += y[ny] != 0;
        }
        if (l->out == new.out && l->lists[ACCESS_POLICY] == new.lists[ACCESS_POLICY] &&
            memcmp(x, y, sizeof x) == 0) {
            l->n_users++;
            return l;
        }
    }
    if (!some) {
        return NULL;
    }
    measure(a->config, &new);
    new.fits = has_room(a, &new);
    struct label *l = malloc(sizeof *l);
    *l = new;
    a->labels = realloc(a->labels, (a->n_labels + 1) * sizeof *a->labels);
    return a->labels[a->n_labels++] = l;
}

static void leave(struct reference_access *a, struct label *l)
{
    if (l == NULL || --l->n_users > 0) {
        return;
    }
    uint32_t i = 0;
    while (a->labels[i] != l) {
        i++;
    }
    a->labels[i] = a->labels[--a->n_labels];
    free(l);
}

/* ---- changes ----------------------------------------------------------------------------- */

static void arrive(struct reference_access *a, struct interface *n, int out)
{
    struct side *s = &n->sides[out];

    if (a->keeps_old) {
        leave(a, s->label);
    }
    s->label = s->coming;
    s->is_coming = false;
    s->ready_ps = NOT_YET;
    s->asked = s->label != NULL && !s->label->fits ? ASKED_OF_SOFTWARE : ASKED_OF_LISTS;
    for (uint32_t point = 0; point < N_POINTS; point++) {
        if (of_side(point, out)) {
            n->hardware[point] = n->software[point] = n->wanted[point];
        }
    }
}

static bool differs(const struct interface *n, int out)
{
    for (uint32_t point = 0; point < N_POINTS; point++) {
        if (of_side(point, out) && n->wanted[point] != n->software[point]) {
            return true;
        }
    }
    return false;
}

static uint32_t n_interfaces(const struct reference_access *a)
{
    return a->config->n_ports + a->config->n_port_channels;
}

/* Is nothing removed before the new is there: all of it, or (false) nothing. */
static bool fits_beside(struct reference_access *a)
{
    bool fits = true;

    for (uint32_t i = 0; i < 2 * n_interfaces(a) && fits; i++) {
        struct interface *n = &a->interfaces[i / 2];
        if (differs(n, i % 2)) {
            n->sides[i % 2].coming = use(a, n->wanted, i % 2);
            n->sides[i % 2].is_coming = true;
            fits = n->sides[i % 2].coming == NULL || n->sides[i % 2].coming->fits;
        }
    }
    for (uint32_t i = 0; i < 2 * n_interfaces(a); i++) {
        struct side *s = &a->interfaces[i / 2].sides[i % 2];
        if (s->is_coming) {
            leave(a, s->coming); /* so far only asked */
            s->is_coming = false;
        }
    }
    return fits;
}

/* What is in the place of the old label until then. */
static void take_out(struct reference_access *a, struct side *s)
{
    if (s->asked == ASKED_OF_LISTS && s->label != NULL) {
        s->asked = ASKED_OF_DEFAULT;
    }
    leave(a, s->label);
    s->label = NULL;
}

static void change(struct reference_access *a, int64_t now_ps)
{
    const struct chassis_config *c = a->config;
    const struct access_change *rows = c->access_changes;
    int64_t at_ps = rows[a->n_changes].at_ps, ready_ps = now_ps;

    for (; a->n_changes < c->n_access_changes && rows[a->n_changes].at_ps == at_ps;
         a->n_changes++) {
        const struct access_change *r = &rows[a->n_changes];
        a->interfaces[r->interface].wanted[r->point] = r->list;
    }
    if (a->keeps_old && !fits_beside(a)) {
        for (uint32_t i = 0; i < n_interfaces(a); i++) {
            memcpy(a->interfaces[i].wanted, a->interfaces[i].software,
                   sizeof a->interfaces[i].wanted);
        }
        return;
    }
    for (uint32_t i = 0; i < 2 * n_interfaces(a) && !a->keeps_old; i++) {
        if (differs(&a->interfaces[i / 2], i % 2)) {
            take_out(a, &a->interfaces[i / 2].sides[i % 2]);
        }
    }
    for (uint32_t i = 0; i < 2 * n_interfaces(a); i++) {
        struct interface *n = &a->interfaces[i / 2];
        struct side *s = &n->sides[i % 2];
        if (differs(n, i % 2)) {
            s->coming = use(a, n->wanted, i % 2);
            bool is_new = s->coming != NULL && s->coming->n_users == 1 && s->coming->fits;
            ready_ps += is_new ? (int64_t)s->coming->n_entries * c->acl_entry_ps : 0;
            s->is_coming = true;
            s->ready_ps = s->coming == NULL ? now_ps : ready_ps;
        }
    }
    for (uint32_t i = 0; i < 2 * n_interfaces(a); i++) {
        struct interface *n = &a->interfaces[i / 2];
        if (n->sides[i % 2].is_coming && a->keeps_old) {
            n->sides[i % 2].ready_ps = ready_ps;
        } else if (!a->keeps_old) {
            memcpy(n->software, n->wanted, sizeof n->software);
        }
    }
    a->busy_until_ps = ready_ps;
}

void reference_access_at(struct reference_access *a, int64_t now_ps)
{
    const struct chassis_config *c = a->config;

    while (c->interfaces != NULL) {
        bool more = a->n_changes < c->n_access_changes;
        int64_t asked_ps = more ? c->access_changes[a->n_changes].at_ps : NOT_YET;
        int64_t next_ps = asked_ps > a->busy_until_ps ? asked_ps : a->busy_until_ps;
        int64_t until_ps = next_ps < now_ps ? next_ps : now_ps;
        for (uint32_t i = 0; i < 2 * n_interfaces(a); i++) {
            struct side *s = &a->interfaces[i / 2].sides[i % 2];
            if (s->is_coming && s->ready_ps <= until_ps) {
                arrive(a, &a->interfaces[i / 2], i % 2);
            }
        }
        if (!more || next_ps > now_ps) {
            return;
        }
        change(a, next_ps);
    }
}

/* ---- answers ----------------------------------------------------------------------------- */

const uint32_t *reference_lists(const struct reference_access *a, uint32_t interface, bool software)
{
    return software ? a->interfaces[interface].software : a->interfaces[interface].hardware;
}

enum asked_of reference_asked(const struct reference_access *a, uint32_t interface, bool leaves)
{
    return a->interfaces[interface].sides[leaves].asked;
}

uint32_t reference_policy_map(const struct reference_access *a, uint32_t interface, bool leaves)
{
    return a->interfaces[interface].policy_map[leaves];
}

/* ---- policy maps ------------------------------------------------------------------------- */

/* Masks of a policy map in a TCAM that has room for any; UINT64_MAX: of none. */
static uint64_t map_masks(const struct chassis_config *c, const struct policy_map *map)
{
    struct acl_tcam_size size = ACL_TCAM_PFC3;
    const struct acl_list *lists[ACL_MOST_CLASS_LISTS];
    struct acl_list one[72];
    struct acl_rule rules[72];
    struct arena *mem = arena_open();
    uint32_t n = 0;

    size.n_masks = UINT32_MAX;
    for (uint32_t i = 0; i < map->n_classes; i++) {
        const struct class_config *k = &map->classes[i];
        for (uint32_t j = 0; j < k->n_lists; j++) {
            lists[n++] = &c->acls[k->lists[j]];
        }
        for (uint32_t value = 0; value < 72; value++) { /* 64 DSCPs, 8 precedences */
            bool dscp = value < 64;
            uint64_t bits = dscp ? k->dscps >> value : (uint64_t)k->precedences >> (value - 64);
            rules[value] = (struct acl_rule){.sport = ACL_ANY_PORT,
                                             .dport = ACL_ANY_PORT,
                                             .tos = (uint8_t)(dscp ? value * 4 : (value - 64) * 32),
                                             .tos_mask = dscp ? 0xfc : 0xe0,
                                             .permit = true};
            one[value] = (struct acl_list){"tos", &rules[value], 1};
            if (bits & 1) {
                lists[n++] = &one[value];
            }
        }
    }
    const struct acl_label *made =
        acl_tcam_program_classes(acl_tcam_open(&size, mem), ACL_IN, lists, n);
    uint64_t n_masks = made->fit == ACL_FITS ? made->n_masks : UINT64_MAX;
    arena_close(mem);
    return n_masks;
}

/* A copy for each interface, behind the labels that are there: as long as there is room. */
static void take_policy_map(struct reference_access *a, uint32_t interface, int out)
{
    const struct chassis_config *c = a->config;
    uint32_t map = c->interfaces[interface].service_policy[out], n_labels = a->n_map_labels[out];

    if (map == 0 || !c->qos.on) {
        return;
    }
    for (uint32_t i = 0; i < a->n_labels; i++) {
        n_labels += a->labels[i]->fits && a->labels[i]->out == (out == 1);
    }
    uint64_t n_masks = map_masks(c, &c->policy_maps[map - 1]);
    const struct engine_type *pfc = &c->supervisor->pfc;
    if (n_labels < pfc->acl_labels && n_masks <= pfc->acl_masks &&
        a->n_map_masks + n_masks <= pfc->acl_masks) {
        a->n_map_labels[out]++;
        a->n_map_masks += n_masks;
        a->interfaces[interface].policy_map[out] = map;
    }
}

struct reference_access *reference_access_open(const struct chassis_config *config)
{
    struct reference_access *a = calloc(1, sizeof *a);

    a->config = config;
    a->interfaces = calloc(n_interfaces(a), sizeof *a->interfaces);
    a->keeps_old = config->supervisor->pfc.generation > 3;
    for (uint32_t i = 0; i < n_interfaces(a) && config->interfaces != NULL; i++) {
        struct interface *n = &a->interfaces[i];
        if (config->ports[i].port_channel != 0) {
            continue; /* as its port channel */
        }
        memcpy(n->wanted, config->interfaces[i].lists, sizeof config->interfaces[i].lists);
        n->wanted[ACCESS_POLICY] = config->interfaces[i].policy;
        for (int out = 0; out < 2; out++) {
            n->sides[out].coming = use(a, n->wanted, out);
            arrive(a, n, out);
        }
    }
    for (uint32_t i = 0; i < 2 * n_interfaces(a) && config->interfaces != NULL; i++) {
        if (config->ports[i / 2].port_channel == 0) {
            take_policy_map(a, i / 2, i % 2);
        }
    }
    return a;
}

void reference_access_close(struct reference_access *a)
{
    for (uint32_t i = 0; i < a->n_labels; i++) {
        free(a->labels[i]);
    }
    free(a->labels);
    free(a->interfaces);
    free(a);
}
