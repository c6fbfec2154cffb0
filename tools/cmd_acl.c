/* cmd_acl.c - what the access lists of a scenario take of the ACL and QoS TCAMs, ACE by ACE. */
#include <stdio.h>

#include "models/chassis.h"
#include "models/classes.h"
#include "models/features.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"
#include "tools/command.h"
#include "tools/describe.h"
#include "tools/options.h"
#include "tools/run_acl.h"
#include "tools/simulate.h"
#include "tools/table.h"

#define MOST_INTERFACES 16 /* that are named */

static const struct argp_option acl_options[] = {OPTION_SET, {0}};

/* Whether an interface before this one has the label too. */
static bool was_shown(const struct features *f, uint32_t interface, int which)
{
    for (uint32_t i = 0; i < interface; i++) {
        if (f->ports[i].interface == i &&
            f->ports[i].label[which] == f->ports[interface].label[which]) {
            return true;
        }
    }
    return false;
}

static void print_aces(const struct acl_label *label, uint32_t which, unsigned indent,
                       struct arena *mem)
{
    const struct acl_list *list = label->lists[which];
    for (uint32_t i = 0, n; i < list->n_rules; i += n) {
        for (n = 1; i + n < list->n_rules && list->rules[i + n].line == list->rules[i].line;) {
            n++;
        }
        text_wrapped(acl_cost_explain(label, which, i, n, mem), indent, indent + 2, stdout);
    }
}

static void print_label(const struct features *f, uint32_t interface, int which, struct arena *mem)
{
    static const char *const words[] = {"what enters by", "what leaves by"};
    const struct acl_label *label = f->ports[interface].label[which];
    const char *text = words[which];
    const char *separator = " ";
    for (uint32_t i = interface; i < config_n_all_ports(f->config); i++) {
        if (f->ports[i].interface == i && f->ports[i].label[which] == label) {
            const char *name = features_interface_name(&f->config->ports[i], mem);
            text = arena_printf(mem, "%s%s%s", text, separator, name);
            separator = ", ";
        }
    }
    text = arena_printf(mem, "%s: %u entries, %u masks%s", text, label->n_vmrs, label->n_masks,
                        label->fit == ACL_FITS ? "" : "; does not fit");
    text_wrapped(text, 2, 4, stdout);
    for (uint32_t i = 0; i < label->n_lists; i++) {
        print_aces(label, i, 4, mem);
    }
}

/* ---- policy maps ---- */

/* Interfaces that have the map there: those where it fits, or where it does not. */
static const char *interfaces_of(const struct classes *c, uint32_t map, int which, bool fits,
                                 uint32_t *n, struct arena *mem)
{
    const char *text = "";
    *n = 0;
    for (uint32_t i = 0; i < config_n_all_ports(c->config); i++) {
        bool is = config_is_interface(c->config, i) &&
                  c->config->interfaces[i].service_policy[which] == map + 1 &&
                  (c->ports[i].label[which]->fit == ACL_FITS) == fits;
        if (is && ++*n <= MOST_INTERFACES) {
            text = arena_printf(mem, "%s%s%s", text, *n == 1 ? "" : ", ",
                                features_interface_name(&c->config->ports[i], mem));
        }
    }
    return *n <= MOST_INTERFACES ? text
                                 : arena_printf(mem, "%s and %u more", text, *n - MOST_INTERFACES);
}

static void print_classes(const struct classes *c, uint32_t map, const struct acl_label *label,
                          struct arena *mem)
{
    const struct policy_map *p = &c->config->policy_maps[map];
    uint32_t class = UINT32_MAX;
    for (uint32_t l = 0; l < label->n_lists; l++) {
        if (c->maps[map].class_of[l] != class) {
            class = c->maps[map].class_of[l];
            printf("    class %s\n", p->classes[class].name);
        }
        print_aces(label, l, 6, mem);
    }
}

/* Its copies, in one direction. */
static void print_map(const struct classes *c, uint32_t map, int which, struct arena *mem)
{
    static const char *const words[] = {"what enters by", "what leaves by"};
    const char *name = c->config->policy_maps[map].name;
    const struct acl_label *label = NULL;
    uint32_t n_fit, n_misfit;
    const char *fit = interfaces_of(c, map, which, true, &n_fit, mem);
    const char *misfit = interfaces_of(c, map, which, false, &n_misfit, mem);
    for (uint32_t i = 0; i < config_n_all_ports(c->config) && label == NULL; i++) {
        bool is = c->config->interfaces[i].service_policy[which] == map + 1;
        label = is ? c->ports[i].label[which] : NULL;
    }
    if (label == NULL) {
        return;
    }
    text_wrapped(
        arena_printf(mem, "policy map %s, %s %s: a copy for each interface, %u entries, %u masks",
                     name, words[which], n_fit > 0 ? fit : "none", label->n_vmrs, label->n_masks),
        2, 4, stdout);
    if (n_misfit > 0) {
        text_wrapped(arena_printf(mem, "does not fit, so that it does nothing: %s", misfit), 4, 6,
                     stdout);
    }
    print_classes(c, map, label, mem);
}

static bool explain(const char *path, const struct options *options, struct arena *mem,
                    struct error *err)
{
    struct loaded l;
    struct report report;
    if (!loaded_open(&l, path, options, NULL, mem, err)) {
        return false;
    }
    struct chassis *c = chassis_open(&l.scenario.config, NULL, mem, err);
    if (c == NULL) {
        return false;
    }
    const struct features *f = chassis_features(c);
    report_open(&report, mem);
    chassis_report(c, &report);
    printf("%s\n\n", l.title);
    describe_notes(&l);
    if (f->ports == NULL) {
        printf("No interface asks for an access list.\n");
    }
    run_acl_text(&report, mem, stdout);
    for (uint32_t i = 0; f->ports != NULL && i < config_n_all_ports(f->config); i++) {
        for (int which = 0; which < ACL_N_DIRECTIONS && f->ports[i].interface == i; which++) {
            if (f->ports[i].label[which] != NULL && !was_shown(f, i, which)) {
                print_label(f, i, which, mem);
            }
        }
    }
    const struct classes *classes = chassis_classes(c);
    for (uint32_t i = 0; classes->ports != NULL && i < 2 * classes->config->n_policy_maps; i++) {
        print_map(classes, i / 2, (int)(i % 2), mem);
    }
    chassis_close(c);
    return true;
}

static enum exit_code acl_command(const struct options *options, struct arena *mem,
                                  struct error *err)
{
    return explain(options->files[0], options, mem, err) ? EXIT_OK : EXIT_INPUT;
}

const struct command cmd_acl = {
    .name = "acl",
    .run = acl_command,
    .help = "explain what access lists take of the ACL TCAM",
    .usage = {.options = acl_options,
              .files = "FILE",
              .help = "Programs the access lists of a scenario FILE as its engines do, and tells "
                      "what each line of them takes, and why.",
              .least_files = 1,
              .most_files = 1},
};
