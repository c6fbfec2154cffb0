/* scenario_access.c - access lists that change while packets flow: lines of lists, and which list an
 * interface asks. Each edit makes a list of its own, behind those of the scenario: "EDGE version 2".
 */
#include <stdlib.h>
#include <string.h>

#include "scenarios/loader.h"
#include "sim/arena.h"
#include "sim/error.h"

#define MAX_EDITS 256
#define LATEST_CHANGE_PS 2000000000000000 /* no run is longer */

/* One entry of some `changes`, of a list or of an interface. */
struct change {
    int64_t at_ps;
    uint32_t order; /* as written */
    const struct raw_acl_change *edit;
    uint32_t list; /* of the edit */
    const struct raw_access_change *access;
    const struct loaded_interface *interface; /* of the access */
};

/* What is asked as time goes on. */
struct history {
    struct loader *l;
    struct acl_list *lists;
    uint32_t *current;               /* [list of the scenario] number + 1 of its last version */
    const struct acl_text_list **is; /* [list of the scenario] */
    uint32_t *n_versions;
    uint32_t (*asked)[ACCESS_POLICY + 1]; /* [interface] list of the scenario + 1 */
    struct access_change *rows;
    uint32_t n_rows, rows_room;
    struct access_written *written;
    uint32_t n_written, written_room;
};

const char *const access_keys[ACCESS_N_KEYS] = {"port_access_group", "vlan_filter",
                                                "access_group_in", "access_group_out"};

static void *one_more(struct arena *mem, void *array, uint32_t n, uint32_t *room, size_t bytes)
{
    uint32_t old = *room;
    if (n < old) {
        return array;
    }
    *room = old == 0 ? 64 : 2 * old;
    return arena_grow(mem, array, old * bytes, *room * bytes);
}

/* From now on `list` of the scenario (number + 1, 0: none) is asked there, in its current version. */
static void ask(struct history *h, int64_t at_ps, uint32_t interface, uint32_t point, uint32_t list)
{
    h->asked[interface][point] = list;
    h->rows = one_more(h->l->mem, h->rows, h->n_rows, &h->rows_room, sizeof *h->rows);
    h->rows[h->n_rows++] =
        (struct access_change){at_ps, interface, point, list == 0 ? 0 : h->current[list - 1]};
}

static void edit_list(struct history *h, const struct change *change)
{
    struct loader *l = h->l;
    const uint32_t place = change->edit->text, list = change->list;
    const struct place *it = &l->places.all[place];
    const char *path = it->text_line > 0
                           ? it->file
                           : arena_printf(l->mem, "%stext", places_prefix(&l->places, place));
    struct acl_text edited;
    if (h->is[list] == NULL ||
        !acl_text_edit(h->is[list], l->acl_texts[list].groups, path, places_text(&l->places, place),
                       it->text_line > 0 ? it->text_line : 1, it->indent, l->mem, &edited,
                       l->places.err)) {
        h->is[list] = NULL; /* what follows is not asked */
        return;
    }
    note_acl_left_out(l, path, &edited);
    h->is[list] = &edited.lists[0];
    struct acl_list *version = &h->lists[l->config->n_acls++];
    *version = edited.lists[0].list;
    version->name =
        arena_printf(l->mem, "%s version %u", h->lists[list].name, ++h->n_versions[list]);
    h->current[list] = l->config->n_acls;
    for (uint32_t i = 0; i < config_n_all_ports(l->config); i++) {
        for (uint32_t point = 0; point <= ACCESS_POLICY; point++) {
            if (h->asked[i][point] == list + 1) {
                ask(h, change->at_ps, i, point, list + 1);
            }
        }
    }
}

static const uint32_t *keys_of(const struct raw_access_change *raw, uint32_t keys[ACCESS_N_KEYS])
{
    keys[0] = raw->port_access_group;
    keys[1] = raw->vlan_filter;
    keys[2] = raw->access_group_in;
    keys[3] = raw->access_group_out;
    return keys;
}

/* The number of a list + 1, or 0 for "none". */
static uint32_t load_list_or_none(struct history *h, uint32_t place)
{
    bool none = strcmp(places_text(&h->l->places, place), "none") == 0;
    return none ? 0 : load_acl_name(h->l, place);
}

static void change_interface(struct history *h, const struct change *change)
{
    uint32_t keys[ACCESS_N_KEYS];
    keys_of(change->access, keys);
    for (uint32_t k = 0; k < ACCESS_N_KEYS; k++) {
        uint32_t list = keys[k] == 0 ? 0 : load_list_or_none(h, keys[k]);
        for (uint32_t i = 0; i < change->interface->n && keys[k] != 0; i++) {
            uint32_t interface = change->interface->ports[i];
            h->written =
                one_more(h->l->mem, h->written, h->n_written, &h->written_room, sizeof *h->written);
            h->written[h->n_written++] = (struct access_written){change->at_ps, interface, k, list};
            static const uint32_t point_of[ACCESS_N_KEYS] = {ACCESS_PORT_IN, ACCESS_VLAN_IN,
                                                             ACCESS_ROUTER_IN, ACCESS_ROUTER_OUT};
            ask(h, change->at_ps, interface, point_of[k], list);
            if (point_of[k] == ACCESS_VLAN_IN) {
                ask(h, change->at_ps, interface, ACCESS_VLAN_OUT, list);
            }
        }
    }
}

static int compare_times(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    return x->at_ps != y->at_ps ? (x->at_ps < y->at_ps ? -1 : 1)
                                : (x->order > y->order) - (x->order < y->order);
}

/* All changes, by time. */
static struct change *gather(struct loader *l, uint32_t n_lists, uint32_t *n, uint32_t *n_edits)
{
    const struct raw_scenario *raw = l->raw;
    uint32_t most = 0, keys[ACCESS_N_KEYS];
    for (uint32_t i = 0; i < n_lists; i++) {
        most += raw->acls[i].changes_count;
    }
    *n_edits = most;
    for (uint32_t i = 0; i < raw->interfaces_count; i++) {
        most += raw->interfaces[i].changes_count;
    }
    struct change *all = arena_take_array(l->mem, most, sizeof *all);
    *n = 0;
    for (uint32_t i = 0; i < n_lists; i++) {
        for (uint32_t k = 0; k < raw->acls[i].changes_count; k++) {
            const struct raw_acl_change *c = &raw->acls[i].changes[k];
            all[*n] = (struct change){.order = *n, .edit = c, .list = i};
            all[(*n)++].at_ps = load_time(l, c->at, 0, LATEST_CHANGE_PS, 0);
        }
    }
    for (uint32_t i = 0; i < raw->interfaces_count; i++) {
        for (uint32_t k = 0; k < raw->interfaces[i].changes_count; k++) {
            const struct raw_access_change *c = &raw->interfaces[i].changes[k];
            keys_of(c, keys);
            if (c->here != 0 && (keys[0] | keys[1] | keys[2] | keys[3]) == 0) {
                places_error(&l->places, c->here, "expected one of %s, %s, %s and %s",
                             access_keys[0], access_keys[1], access_keys[2], access_keys[3]);
            }
            all[*n] =
                (struct change){.order = *n, .access = c, .interface = &l->loaded_interfaces[i]};
            all[(*n)++].at_ps = load_time(l, c->at, 0, LATEST_CHANGE_PS, 0);
        }
    }
    qsort(all, *n, sizeof *all, compare_times);
    return all;
}

static struct history begin(struct loader *l, uint32_t n_edits)
{
    struct chassis_config *c = l->config;
    const uint32_t n = c->n_acls, n_ports = config_n_all_ports(c);
    struct history h = {.l = l};
    h.lists = arena_take_array(l->mem, n + n_edits, sizeof *h.lists);
    h.current = arena_take_array(l->mem, n, sizeof *h.current);
    h.n_versions = arena_take_array(l->mem, n, sizeof *h.n_versions);
    h.is = arena_take_array(l->mem, n, sizeof *h.is);
    h.asked = arena_take_array(l->mem, n_ports, sizeof *h.asked);
    for (uint32_t i = 0; i < n; i++) {
        h.lists[i] = c->acls[i];
        h.current[i] = i + 1;
        h.n_versions[i] = 1;
        h.is[i] = l->acl_texts[i].list;
    }
    for (uint32_t i = 0; i < n_ports && c->interfaces != NULL; i++) {
        memcpy(h.asked[i], c->interfaces[i].lists, sizeof c->interfaces[i].lists);
        h.asked[i][ACCESS_POLICY] = c->interfaces[i].policy;
    }
    return h;
}

void load_access_changes(struct loader *l)
{
    struct chassis_config *c = l->config;
    uint32_t n, n_edits, n_lists = l->scenario->n_acl_sources;
    struct change *all = gather(l, n_lists, &n, &n_edits);
    if (n_edits > MAX_EDITS) {
        error_add(l->places.err, "%s: %u changes of lists; expected at most %d", l->scenario->path,
                  n_edits, MAX_EDITS);
        return;
    }
    if (n == 0 || !l->ports_known) {
        return;
    }
    struct history h = begin(l, n_edits);
    c->acls = h.lists; /* versions come behind */
    for (uint32_t i = 0; i < n; i++) {
        if (all[i].edit != NULL && all[i].edit->text != 0) {
            edit_list(&h, &all[i]);
        } else if (all[i].access != NULL) {
            change_interface(&h, &all[i]);
        }
    }
    c->access_changes = h.rows;
    c->n_access_changes = h.n_rows;
    l->scenario->access_written = h.written;
    l->scenario->n_access_written = h.n_written;
}

/* ---- acl: -------------------------------------------------------------------------------- */

const char *const access_default_names[] = {"deny", "permit", "bridge"};

void load_acl_section(struct loader *l)
{
    const struct raw_acl_section *raw = &l->raw->acl;
    struct chassis_config *c = l->config;
    c->access_default = (uint8_t)load_word(l, raw->default_result, "unknown result",
                                           access_default_names, 3, ACCESS_DENY);
    c->optimized_logging = load_yes(l, raw->optimized_logging, false);
    if (c->optimized_logging && c->supervisor != NULL && c->supervisor->pfc.generation < 3) {
        places_error(&l->places, raw->optimized_logging,
                     "the %s does not log so; expected a PFC3 or later", c->supervisor->pfc.model);
    }
}
