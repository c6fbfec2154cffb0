/* features_show.c - what the report says of lists and of the interfaces that ask them. */
#include "models/acl_tcam.h"
#include "models/features.h"
#include "sim/arena.h"
#include "sim/report.h"

static uint64_t hits_of(const struct features *f, bool software, uint32_t list, uint32_t rule)
{
    return f->hits[software][list][rule] - f->at_mark[software][list][rule];
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

void features_show(struct features *f, struct report *out)
{
    if (f->ports == NULL) {
        return;
    }
    features_settle(f);
    for (uint32_t i = 0; i < f->config->n_acls; i++) {
        show_hits(f, i, out);
    }
    for (uint32_t i = 0; i < config_n_all_ports(f->config); i++) {
        if (config_is_interface(f->config, i)) {
            const struct features_port *p = &f->ports[i];
            const char *name = features_interface_name(&f->config->ports[i], out->mem);
            show_message(p->label[ACL_IN], name, "acl_in", out);
            show_message(p->label[ACL_OUT], name, "acl_out", out);
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
