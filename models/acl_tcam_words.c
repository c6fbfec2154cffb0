/* acl_tcam_words.c - what acl_tcam.c found, in sentences. */
#include <string.h>

#include "models/acl_tcam.h"
#include "sim/arena.h"
#include "sim/error.h"

static const char *ports_words(struct acl_ports p, struct arena *mem)
{
    if (p.outside) {
        return arena_printf(mem, "neq %u", p.low);
    }
    if (p.low == p.high) {
        return arena_printf(mem, "eq %u", p.low);
    }
    if (p.high == UINT16_MAX) {
        return arena_printf(mem, "gt %u", p.low - 1u);
    }
    return p.low == 0 ? arena_printf(mem, "lt %u", p.high + 1u)
                      : arena_printf(mem, "range %u %u", p.low, p.high);
}

/* Appends what the ports of one side came to, if they were expanded. */
static const char *add_side(const char *text, const char *side, struct acl_ports ports,
                            uint32_t n_ways, bool no_operation, bool no_lou, struct arena *mem)
{
    if (!no_operation && !no_lou) {
        return text;
    }
    return arena_printf(mem, "%s; %s of the %s port is %u block%s of ports, as %s", text,
                        ports_words(ports, mem), side, n_ways, n_ways == 1 ? "" : "s",
                        no_lou ? "all LOUs are taken"
                               : "the list has as many operations before it as a label can hold");
}

static const char *add_trailing(const char *text, const struct acl_cost *cost, struct arena *mem)
{
    if (!cost->trailing) {
        return text;
    }
    return arena_printf(mem, "%s; trailing fragments, which have no ports, %s", text,
                        cost->trailing_shared ? "meet the entry of an earlier ACE"
                                              : "need one of them");
}

/* Why it is not one entry. */
static const char *reasons(const struct acl_rule *r, const struct acl_cost *c, struct arena *mem)
{
    const char *text = add_side("", "source", r->sport, c->ways.n_sport, c->no_sport_operation,
                                c->no_sport_lou, mem);
    text = add_side(text, "destination", r->dport, c->ways.n_dport, c->no_dport_operation,
                    c->no_dport_lou, mem);
    if (c->ways.n_flags > 1) {
        text = arena_printf(mem, "%s; any of %u flags", text, c->ways.n_flags);
    }
    return add_trailing(text, c, mem);
}

const char *acl_cost_explain(const struct acl_label *label, uint32_t list, uint32_t first,
                             uint32_t n, struct arena *mem)
{
    sim_assert(list < label->n_lists && n > 0 && first + n <= label->lists[list]->n_rules);
    const struct acl_rule *rules = &label->lists[list]->rules[first];
    const struct acl_cost *costs = &label->costs[list][first];
    const bool policy = label->policy && list + 1 == label->n_lists;
    uint32_t n_entries = 0, n_merged = 0;
    for (uint32_t i = 0; i < n; i++) {
        n_entries += costs[i].n_entries;
        n_merged += costs[i].n_merged;
    }
    const char *line = rules->line > 0 ? arena_printf(mem, ", line %u", rules->line) : "";
    const char *text = arena_printf(mem, "%s%s%s: this ACE became %u %s", policy ? "policy " : "",
                                    label->lists[list]->name, line, n_entries,
                                    n_entries == 1 ? "entry" : "entries");
    if (n > 1) {
        text = arena_printf(mem, "%s; with its groups it is %u rules", text, n);
    }
    for (uint32_t i = 0; i < n; i++) { /* each reason once */
        const char *why = reasons(&rules[i], &costs[i], mem);
        text = strstr(text, why) != NULL ? text : arena_printf(mem, "%s%s", text, why);
    }
    if (label->classes && n_merged != n_entries && label->fit != ACL_TOO_MANY_ACES) {
        text = arena_printf(mem, "%s; %u with what it denies joined to the classes behind it", text,
                            n_merged);
    } else if (!label->classes && label->n_lists > 1 && label->fit != ACL_TOO_MANY_ACES) {
        text = arena_printf(mem, "%s; %u after the merge", text, n_merged);
    }
    return text;
}

/* The first two as logged: source: [CSC-TCAM] (vendor); the text behind the names of the others:
 * source: (assumed; that of ACL_MERGE_NUM_ACES is known by its name only) */
static const char *message_of(const struct acl_label *label, const char *interface,
                              struct arena *mem)
{
    static const char *const causes[] = {
        [ACL_NO_ENTRIES] = "%FM-4-TCAM_ENTRY: Hardware TCAM entry capacity exceeded",
        [ACL_NO_LABEL] = "%FM-4-TCAM_LABEL: Hardware TCAM label capacity exceeded",
        [ACL_TOO_MANY_ACES] = "%FM-2-ACL_MERGE_NUM_ACES: ACL merge aborted: too many ACEs",
    };
    return arena_printf(mem,
                        "%s\n%%FMCORE-4-RACL_REDUCED: Interface %s routed traffic will be software "
                        "switched in %s direction",
                        causes[label->fit], interface,
                        label->direction == ACL_IN ? "ingress" : "egress");
}

/* Of the first is known what it says: source: [CSC-QOSTCAM] (measured); the rest is recalled, and the
 * words behind it are not the machine's (assumed) */
static const char *qos_message_of(const struct acl_label *label, const char *interface,
                                  struct arena *mem)
{
    static const char *const causes[] = {
        [ACL_NO_ENTRIES] = "%QM-4-TCAM_MASK: Hardware TCAM Mask capacity exceeded",
        [ACL_NO_LABEL] = "%QM-4-TCAM_LABEL: Hardware TCAM Label capacity exceeded",
        [ACL_TOO_MANY_ACES] = "%QM-4-TCAM_ENTRY: Hardware TCAM Entry capacity exceeded",
    };
    return arena_printf(mem, "%s\nInterface %s: no service policy in %s direction",
                        causes[label->fit], interface,
                        label->direction == ACL_IN ? "ingress" : "egress");
}

const char *acl_fit_message(const struct acl_label *label, const char *interface, struct arena *mem)
{
    return label->fit == ACL_FITS   ? NULL
           : label->bank == ACL_QOS ? qos_message_of(label, interface, mem)
                                    : message_of(label, interface, mem);
}
