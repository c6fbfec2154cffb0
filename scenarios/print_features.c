/* print_features.c - access lists, interfaces and packets, as the scenario has them. */
#include <string.h>

#include "models/flows.h"
#include "scenarios/acl_words.h"
#include "scenarios/address.h"
#include "scenarios/print.h"

static void print_edits(FILE *out, const struct acl_source *source)
{
    fputs(source->n_edits > 0 ? "    changes:\n" : "", out);
    for (uint32_t i = 0; i < source->n_edits; i++) {
        fprintf(out, "      - {at: %s, text: ", source->edits[i].at);
        print_quoted(out, source->edits[i].text);
        fputs("}\n", out);
    }
}

void print_acls(FILE *out, const struct scenario *s)
{
    fputs(s->config.n_acls > 0 ? "acls:\n" : "", out);
    for (uint32_t i = 0; i < s->n_acl_sources; i++) {
        const struct acl_source *source = &s->acl_sources[i];
        fputs("  - name: ", out);
        print_quoted(out, s->config.acls[i].name);
        if (source->synthetic != 0) {
            fprintf(out, "\n    synthetic: %u\n", source->synthetic);
            print_edits(out, source);
            continue;
        }
        fputs(source->text != NULL   ? "\n    text: "
              : source->file != NULL ? "\n    file: "
                                     : "\n    classbench: ",
              out);
        print_quoted(out, source->text != NULL   ? source->text
                          : source->file != NULL ? source->file
                                                 : source->classbench);
        fputc('\n', out);
        print_edits(out, source);
    }
    if (s->n_acl_sources > 0) {
        fprintf(out, "acl: {default_result: %s, optimized_logging: %s}\n",
                access_default_names[s->config.access_default],
                s->config.optimized_logging ? "yes" : "no");
    }
}

static void put_policy_map(FILE *out, const struct chassis_config *c, const char *key,
                           uint32_t number)
{
    if (number != 0) {
        fprintf(out, ", %s: ", key);
        print_quoted(out, c->policy_maps[number - 1].name);
    }
}

static void put_list(FILE *out, const struct chassis_config *c, const char *key, uint32_t number)
{
    if (number != 0) {
        fprintf(out, ", %s: ", key);
        print_quoted(out, c->acls[number - 1].name);
    }
}

static bool has_changes(const struct scenario *s, uint32_t interface)
{
    bool some = false;
    for (uint32_t i = 0; i < s->n_access_written; i++) {
        some |= s->access_written[i].interface == interface;
    }
    return some;
}

/* Those of one interface, in its entry. */
static void put_changes(FILE *out, const struct scenario *s, uint32_t interface)
{
    const char *separator = ", changes: [{";
    for (uint32_t i = 0; i < s->n_access_written; i++) {
        const struct access_written *w = &s->access_written[i];
        if (w->interface == interface) {
            fputs(separator, out);
            print_quantity(out, "at", UNIT_PS, (uint64_t)w->at_ps);
            fprintf(out, ", %s: ", access_keys[w->key]);
            print_quoted(out, w->list == 0 ? "none" : s->config.acls[w->list - 1].name);
            separator = "}, {";
        }
    }
    fputs("}]", out);
}

void print_interface_features(FILE *out, const struct scenario *s)
{
    const struct chassis_config *c = &s->config;
    static const struct interface_config nothing;
    static const char *const verify[] = {"none", "rx", "any"};
    char text[ADDRESS_TEXT];
    if (c->interfaces != NULL && !print_has_settings(c)) {
        fputs("interfaces:\n", out);
    }
    for (uint32_t i = 0; c->interfaces != NULL && i < config_n_all_ports(c); i++) {
        const struct interface_config *n = &c->interfaces[i];
        if (memcmp(n, &nothing, sizeof nothing) == 0 && !has_changes(s, i)) {
            continue;
        }
        fputs("  - {ports: ", out);
        print_port(out, &c->ports[i]);
        put_list(out, c, "port_access_group", n->lists[ACCESS_PORT_IN]);
        put_list(out, c, "vlan_filter", n->lists[ACCESS_VLAN_IN]);
        put_list(out, c, "access_group_in", n->lists[ACCESS_ROUTER_IN]);
        put_list(out, c, "access_group_out", n->lists[ACCESS_ROUTER_OUT]);
        put_list(out, c, "policy_list", n->policy);
        if (n->policy != 0) {
            fprintf(out, ", policy_next_hop: %s", address_print(&n->policy_next_hop, text));
        }
        put_policy_map(out, c, "service_policy_in", n->service_policy[0]);
        put_policy_map(out, c, "service_policy_out", n->service_policy[1]);
        fprintf(out, ", reachable_via: %s, unreachables: %s", verify[n->verify],
                n->no_unreachables ? "no" : "yes");
        if (has_changes(s, i)) {
            put_changes(out, s, i);
        }
        fputs("}\n", out);
    }
}

static const char *word_of(const struct acl_word *words, uint32_t value)
{
    while (words->name != NULL && words->value != value) {
        words++;
    }
    return words->name;
}

static void put_protocol(FILE *out, const struct stream_config *s)
{
    if (s->protocol == FLOWS_TCP) {
        fputs("    protocol: tcp", out);
        for (const struct acl_word *w = acl_flag_words; w->name != NULL; w++) {
            if (s->flags & w->value) {
                fprintf(out, " %s", w->name);
            }
        }
        fputc('\n', out);
    } else if (s->protocol == FLOWS_ICMP) {
        const char *type = s->icmp % 256 == 0 ? word_of(acl_icmp_type_words, s->icmp / 256u) : NULL;
        fprintf(out, "    protocol: icmp %s\n",
                type != NULL ? type : word_of(acl_icmp_words, s->icmp));
    } else if (s->protocol != FLOWS_UDP) {
        fprintf(out, "    protocol: %u\n", s->protocol);
    }
}

static void put_range(FILE *out, const char *key, struct port_range range)
{
    if (range.high != 0) {
        fprintf(out, "    %s: \"%u-%u\"\n", key, range.low, range.high);
    }
}

void print_packets(FILE *out, const struct stream_config *s)
{
    char text[ADDRESS_TEXT];
    put_protocol(out, s);
    if (s->source.length > 0) {
        fprintf(out, "    sources: \"%s\"\n", prefix_print(&s->source, text));
    }
    put_range(out, "source_ports", s->from_ports);
    put_range(out, "ports", s->to_ports);
}
