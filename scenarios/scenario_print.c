/* scenario_print.c - the scenario as the program understood it, in the language it was written in:
 * what is printed here loads to the same scenario, which a test holds it to. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/fib.h"
#include "scenarios/address.h"
#include "scenarios/genome.h"
#include "scenarios/loader.h"
#include "scenarios/print.h"
#include "scenarios/quantity.h"
#include "scenarios/scenario.h"

void print_quantity(FILE *out, const char *key, enum unit unit, uint64_t value)
{
    char text[QUANTITY_TEXT];
    fprintf(out, "%s: %s", key, quantity_print((struct quantity){unit, value}, text));
}

/* A line of its own: "  key: 5ms". */
static void put_line(FILE *out, const char *key, enum unit unit, uint64_t value)
{
    print_quantity(out, key, unit, value);
    fputc('\n', out);
}

void print_quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        fprintf(out, *text == '"' || *text == '\\' || *text == '\n' ? "\\%c" : "%c",
                *text == '\n' ? 'n' : *text);
    }
    fputc('"', out);
}

void print_port(FILE *out, const struct port_config *port)
{
    if (port->slot == 0) {
        fprintf(out, "Po%u", port->number);
    } else {
        fprintf(out, "%u/%u", port->slot, port->number);
    }
}

void print_ports(FILE *out, const struct chassis_config *c, const uint32_t *ports, uint32_t n,
                 uint32_t n_all)
{
    if (n == n_all) {
        fputs("all", out);
        return;
    }
    for (uint32_t i = 0; i < n;) {
        const struct port_config *first = &c->ports[ports[i]], *last = first;
        uint32_t run = 1;
        while (first->slot != 0 && i + run < n && ports[i + run] == ports[i] + run &&
               c->ports[ports[i + run]].slot == first->slot &&
               c->ports[ports[i + run]].number == last->number + 1) {
            last = &c->ports[ports[i + run++]];
        }
        fputs(i == 0 ? "" : ", ", out);
        print_port(out, first);
        if (run > 1) {
            fprintf(out, "-%u", last->number);
        }
        i += run;
    }
}

static void put_port_channels(FILE *out, const struct chassis_config *c)
{
    fputs(c->n_port_channels > 0 ? "port_channels:\n" : "", out);
    for (uint32_t i = 0; i < c->n_port_channels; i++) {
        fputs("  - {name: ", out);
        print_port(out, &c->ports[c->n_ports + i]);
        fputs(", ports: \"", out);
        print_ports(out, c, c->port_channels[i].members, c->port_channels[i].n_members, 0);
        fputs("\"}\n", out);
    }
}

static void put_slots(FILE *out, const struct chassis_config *c)
{
    const char *ports = "";
    for (uint32_t i = 0; i < c->n_slots; i++) {
        ports = c->slots[i].slot == c->supervisor_slot ? ", ports: yes" : ports;
    }
    fprintf(out, "supervisor: {slot: %u, model: %s%s}\nslots:\n", c->supervisor_slot,
            c->supervisor->model, ports);
    for (uint32_t i = 0; i < c->n_fabric_modules; i++) {
        fprintf(out, "  - {slot: %u, model: %s}\n", c->fabric_modules[i].slot,
                c->fabric_modules[i].type->model);
    }
    for (uint32_t i = 0; i < c->n_slots; i++) {
        const struct slot_config *s = &c->slots[i];
        const char *mode = s->card->mode, *plain = s->card->class == CEF720 ? "CFC" : "none";
        if (s->slot != c->supervisor_slot) {
            fprintf(out, "  - {slot: %u, model: %s, %s%s%sforwarding: %s}\n", s->slot,
                    s->card->model, mode != NULL ? "mode: " : "", mode != NULL ? mode : "",
                    mode != NULL ? ", " : "", s->dfc != NULL ? s->dfc->model : plain);
        }
    }
}

/* ", vrf: ..." where a prefix is of one, and the end of a mapping. */
static void put_vrf_end(FILE *out, const struct chassis_config *c, const struct ip_prefix *prefix)
{
    if (ip_is_of_vrf(prefix)) {
        fprintf(out, ", vrf: \"%s\"", c->vrfs[prefix->lo - 1].name);
    }
    fputs("}\n", out);
}

/* "prefix: ..., via: ...}" */
static void put_route_end(FILE *out, const struct chassis_config *c, const struct static_route *r)
{
    if (r->distance != 0) {
        fprintf(out, ", distance: %u", r->distance);
    }
    put_vrf_end(out, c, &r->prefix);
}

static void put_route(FILE *out, const struct chassis_config *c, const struct static_route *r)
{
    static const char *const words[] = {[VIA_NULL0] = "null0", [VIA_RECEIVE] = "receive"};
    char prefix[ADDRESS_TEXT], hop[ADDRESS_TEXT];
    fprintf(out, "prefix: \"%s\", ", prefix_print(&r->prefix, prefix));
    if (r->via == VIA_PORT) {
        fputs("port: ", out);
        print_port(out, &c->ports[r->port]);
        put_route_end(out, c, r);
        return;
    }
    fprintf(out, "via: \"%s",
            r->via == VIA_NEXT_HOP ? address_print(&r->next_hop, hop) : words[r->via]);
    for (uint32_t i = 0; i < r->n_others; i++) {
        fprintf(out, ", %s", address_print(&r->others[i], hop));
    }
    fputs(r->punt ? "\", punt: yes" : "\"", out);
    put_route_end(out, c, r);
}

static void put_change(FILE *out, const struct chassis_config *c, const struct route_change *change)
{
    char prefix[ADDRESS_TEXT];
    print_quantity(out, "    - {at", UNIT_PS, (uint64_t)change->at_ps);
    fputs(", ", out);
    if (change->withdraw) {
        fprintf(out, "withdraw: \"%s\"", prefix_print(&change->route.prefix, prefix));
        put_vrf_end(out, c, &change->route.prefix);
    } else {
        put_route(out, c, &change->route);
    }
}

static void put_bgp(FILE *out, const struct bgp_files *files)
{
    char text[ADDRESS_TEXT];
    if (files->table != NULL) {
        fputs("  mrt: ", out);
        print_quoted(out, files->table);
        fputc('\n', out);
    }
    if (files->updates != NULL) {
        fputs("  updates: {file: ", out);
        print_quoted(out, files->updates);
        print_quantity(out, ", at", UNIT_PS, (uint64_t)files->at_ps);
        fprintf(out, ", speed: %" PRIu32 "}\n", files->speed);
    }
    if (files->table == NULL && files->updates == NULL) {
        return;
    }
    fprintf(out, "  bgp: {maximum_paths: %" PRIu32, files->options.max_paths);
    if (files->options.local_as != 0) {
        fprintf(out, ", as: %" PRIu32, files->options.local_as);
    }
    for (uint32_t i = 0; i < files->n_peers; i++) {
        fprintf(out, "%s%s", i == 0 ? ", peers: \"" : ", ", address_print(&files->peers[i], text));
    }
    fputs(files->n_peers > 0 ? "\"}\n" : "}\n", out);
}

/* In K, "ip: 512" or "ip: 496, mpls: 16". */
static void put_carving(FILE *out, const char *before, uint64_t ipv4_slots, uint64_t mpls_slots)
{
    fprintf(out, "%sip: %" PRIu64, before, (ipv4_slots - mpls_slots) / 1024);
    if (mpls_slots > 0) {
        fprintf(out, ", mpls: %" PRIu64, mpls_slots / 1024);
    }
}

static void put_routes(FILE *out, const struct scenario *s)
{
    static const char *const sharings[] = {"default", "simple", "full", "full simple"};
    const struct chassis_config *c = &s->config;
    fprintf(out, "routes:\n  load_sharing: %s\n  rpf_multipath: %s\n", sharings[c->load_sharing],
            c->rpf_multipath == RPF_PASS ? "pass" : "punt");
    if (s->routes == ROUTES_SYNTHETIC) {
        const struct internet_config *t = &s->synthetic;
        fprintf(out,
                "  synthetic: {year: %u, ipv4: %u, ipv6: %u, next_hops: %u, seed: %" PRIu64 "}\n",
                t->year, t->n_ipv4, t->n_ipv6, t->n_next_hops, t->seed);
    } else if (s->routes == ROUTES_FILE) {
        fputs("  file: ", out);
        print_quoted(out, s->routes_file);
        fputc('\n', out);
    }
    put_bgp(out, &s->bgp);
    if (c->feed_vrf != 0) {
        fprintf(out, "  vrf: \"%s\"\n", c->vrfs[c->feed_vrf - 1].name);
    }
    if (c->n_static_routes > 0) {
        fputs("  static:\n", out);
    }
    for (uint32_t i = 0; i < c->n_static_routes; i++) {
        fputs("    - {", out);
        put_route(out, c, &c->static_routes[i]);
    }
    if (c->n_route_changes > 0) {
        fputs("  changes:\n", out);
    }
    for (uint32_t i = 0; i < c->n_route_changes; i++) {
        put_change(out, c, &c->route_changes[i]);
    }
    fprintf(out, "  fib: %s\n", c->fib_start == FIB_COLD ? "cold" : "converged");
    uint64_t ipv6_entries = (c->supervisor->pfc.tcam_slots - c->ipv4_slots) / FIB_SLOTS_IPV6;
    bool carved = c->supervisor->pfc.generation == CONFIG_CARVED_GENERATION;
    if (carved) {
        put_carving(out, "  maximum_routes: {", c->ipv4_slots, c->mpls_slots);
        fprintf(out, ", ipv6: %" PRIu64 "}\n", ipv6_entries / 1024);
    }
    if (c->growth.n_routes > 0) {
        fprintf(out, "  growth: {routes: %u, ", c->growth.n_routes);
        print_quantity(out, "start", UNIT_PS, (uint64_t)c->growth.start_ps);
        print_quantity(out, ", rate", UNIT_PPS, c->growth.rate);
        fputs("}\n", out);
    }
    fprintf(out, "  fib_exception: %s\n", c->fib_exception == FIB_EVICT ? "evict" : "refuse");
    for (uint32_t i = 0; i < c->n_reloads; i++) {
        fputs(i == 0 ? "  reloads:\n    - {" : "    - {", out);
        print_quantity(out, "at", UNIT_PS, (uint64_t)c->reloads[i].at_ps);
        if (carved) {
            put_carving(out, ", maximum_routes: {", c->reloads[i].ipv4_slots,
                        c->reloads[i].mpls_slots);
            fputs("}", out);
        }
        fputs("}\n", out);
    }
}

/* A sequence has a genome when all its sizes have a letter. */
static bool has_genome(const struct frame_mix *mix)
{
    bool has = mix->in_order;
    for (uint32_t i = 0; i < mix->n; i++) {
        has = has && genome_letter(mix->bytes[i]) != '\0';
    }
    return has;
}

/* Sizes with their weights; in a sequence as often as they stand there one after the other. */
static void put_sizes(FILE *out, const struct frame_mix *mix)
{
    for (uint32_t i = 0, n; i < mix->n; i += n) {
        uint32_t weight = mix->weight[i];
        n = 1;
        while (mix->in_order && i + n < mix->n && mix->bytes[i + n] == mix->bytes[i]) {
            weight = ++n;
        }
        fprintf(out, "%s%uB", i == 0 ? "" : ", ", mix->bytes[i]);
        if (mix->n > 1 || weight != 1) {
            fprintf(out, ":%u", weight);
        }
    }
}

static void put_frames(FILE *out, const struct frame_mix *mix)
{
    bool genome = has_genome(mix);
    fputs(genome          ? "    frames: genome "
          : mix->in_order ? "    frames: in order "
                          : "    frames: ",
          out);
    if (!genome) {
        put_sizes(out, mix);
    }
    for (uint32_t i = 0; genome && i < mix->n; i++) {
        fputc(genome_letter(mix->bytes[i]), out);
    }
    fputc('\n', out);
}

static void put_destinations(FILE *out, const struct chassis_config *c,
                             const struct stream_config *s)
{
    char text[ADDRESS_TEXT];
    fprintf(out, "    family: %s\n    mac: %s\n    to: ", s->family == IPV4 ? "ipv4" : "ipv6",
            s->other_mac ? "other" : "router");
    if (s->to != TO_LIST) {
        fputs(s->to == TO_ZIPF ? "zipf\n    egress: " : "prefixes\n    egress: ", out);
        if (s->n_egress == 0) {
            fputs("any", out);
        } else {
            print_ports(out, c, s->egress, s->n_egress, count_interfaces(c));
        }
    }
    for (uint32_t i = 0; i < s->n_list; i++) {
        const char *separator = i == 0 ? "\"" : ", ";
        fprintf(out, "%s%s", separator, address_print(&s->list[i], text));
    }
    fputs(s->to == TO_LIST ? "\"\n" : "\n", out);
}

static void put_stream(FILE *out, const struct chassis_config *c, const struct stream_config *s)
{
    static const char *const arrivals[] = {"constant", "poisson", "on-off"};
    static const enum unit units[] = {
        [RATE_PPS] = UNIT_PPS, [RATE_BPS] = UNIT_BPS, [RATE_LINE] = UNIT_PPM};
    fprintf(out, "  - name: \"%s\"\n    from: ", s->name);
    print_ports(out, c, s->ports, s->n_ports, c->n_ports);
    fputc('\n', out);
    put_line(out, "    rate", units[s->rate.unit], s->rate.value);
    put_frames(out, &s->frames);
    fprintf(out, "    arrivals: %s\n", arrivals[s->arrivals]);
    if (s->arrivals == ARRIVALS_ON_OFF) {
        put_line(out, "    burst", UNIT_COUNT, s->burst_frames);
    }
    put_destinations(out, c, s);
    put_line(out, "    flows", UNIT_COUNT, s->n_flows);
    print_stream_marks(s, out);
    if (s->label_vrf != 0) {
        fprintf(out, "    labelled: \"%s\"\n", c->vrfs[s->label_vrf - 1].name);
    }
    print_packets(out, s);
    put_line(out, "    start", UNIT_PS, (uint64_t)s->start_ps);
    if (s->stop_ps != c->warmup_ps + c->duration_ps) {
        put_line(out, "    stop", UNIT_PS, (uint64_t)s->stop_ps);
    }
}

static void put_sessions(FILE *out, const struct chassis_config *c)
{
    char text[ADDRESS_TEXT];
    for (uint32_t i = 0; i < c->n_hosts; i++) {
        fprintf(out, "%s%s%s", i == 0 ? "arp: {hosts: \"" : ", ", address_print(&c->hosts[i], text),
                i + 1 == c->n_hosts ? "\"}\n" : "");
    }
    fputs(c->n_sessions > 0 ? "bgp:\n" : "", out);
    for (uint32_t s = 0; s < c->n_sessions; s++) {
        const struct session_config *session = &c->sessions[s];
        fprintf(out, "  - {neighbour: \"%s\", keepalives: \"%s\"",
                address_print(&session->neighbour, text), c->streams[session->stream].name);
        print_quantity(out, ", hold", UNIT_PS, (uint64_t)session->hold_ps);
        for (uint32_t i = 0; i < session->n_prefixes; i++) {
            fprintf(out, "%s%s", i == 0 ? ", prefixes: \"" : ", ",
                    prefix_print(&session->prefixes[i], text));
        }
        fputs(session->n_prefixes > 0 ? "\"}\n" : "}\n", out);
    }
}

static void put_run(FILE *out, const struct chassis_config *c)
{
    print_quantity(out, "run: {warmup", UNIT_PS, (uint64_t)c->warmup_ps);
    print_quantity(out, ", duration", UNIT_PS, (uint64_t)c->duration_ps);
    fprintf(out, ", seed: %" PRIu64, c->seed);
    if (c->window_ps == 0) {
        fputs(", window: auto", out);
    } else {
        print_quantity(out, ", window", UNIT_PS, (uint64_t)c->window_ps);
    }
    if (c->batch_rows == 0) {
        fputs(", batch: auto", out);
    } else {
        fprintf(out, ", batch: %u", c->batch_rows);
    }
    fprintf(out, ", samples: %u}\n", c->n_samples);
}

static void put_oir(FILE *out, const struct chassis_config *c)
{
    fputs(c->n_card_changes > 0 ? "oir:\n" : "", out);
    for (uint32_t i = 0; i < c->n_card_changes; i++) {
        const struct card_change *change = &c->card_changes[i];
        print_quantity(out, "  - {at", UNIT_PS, (uint64_t)change->at_ps);
        fprintf(out, ", %s: %u}\n", change->insert ? "insert" : "remove", change->slot);
    }
}

static void put_assume(FILE *out, const struct scenario *s)
{
    static const char prefix[] = "assume.";

    fputs("assume:\n", out);
    for (size_t i = 0; i < s->n_assumptions; i++) {
        const struct assumption *a = &s->assumptions[i];
        if (strncmp(a->name, prefix, strlen(prefix)) == 0) {
            fprintf(out, "  %s: %s\n", a->name + strlen(prefix), a->value);
        }
    }
}

static void put_figures(FILE *out, const struct scenario *s)
{
    fputs(s->n_figures > 0 ? "figures:\n" : "", out);
    for (size_t i = 0; i < s->n_figures; i++) {
        fputs("  - ", out);
        print_quoted(out, s->figures[i]);
        fputc('\n', out);
    }
}

static void put_quoted_line(FILE *out, const char *key, const char *text)
{
    fprintf(out, "%s: ", key);
    print_quoted(out, text);
    fputc('\n', out);
}

static void put_expectation(FILE *out, const struct expectation *e)
{
    static const char *const bounds[] = {[BOUND_VALUE] = "    value",
                                         [BOUND_BETWEEN] = "    between",
                                         [BOUND_AT_MOST] = "    at_most",
                                         [BOUND_AT_LEAST] = "    at_least"};
    put_quoted_line(out, "  - point", e->point);
    put_quoted_line(out, "    what", e->what);
    put_quoted_line(out, "    measure", e->measure_text);
    put_quoted_line(out, bounds[e->bound], e->bound_text);
    fprintf(out, "    tolerance: %s\n    origin: %s\n", e->tolerance_text, e->origin);
    put_quoted_line(out, "    source", e->source);
    for (size_t i = 0; i < e->n_settings; i++) {
        fputs(i == 0 ? "    set: [" : ", ", out);
        print_quoted(out, e->settings[i]);
        fputs(i + 1 == e->n_settings ? "]\n" : "", out);
    }
    if (e->explained != NULL) {
        put_quoted_line(out, "    explained", e->explained);
    }
}

void scenario_print(const struct scenario *scenario, FILE *out)
{
    const struct chassis_config *c = &scenario->config;
    fputs("cat6k: 1\ntitle: ", out);
    print_quoted(out, c->title);
    fprintf(out, "\nchassis: %s\n", c->chassis->model);
    put_slots(out, c);
    put_port_channels(out, c);
    put_oir(out, c);
    print_vrfs(out, c);
    put_routes(out, scenario);
    fputs(c->n_streams == 0 ? "traffic: []\n" : "traffic:\n", out);
    for (uint32_t i = 0; i < c->n_streams; i++) {
        put_stream(out, c, &c->streams[i]);
    }
    put_sessions(out, c);
    print_acls(out, scenario);
    print_limits(scenario, out);
    put_run(out, c);
    put_assume(out, scenario);
    put_figures(out, scenario);
    fputs(scenario->n_expectations > 0 ? "expect:\n" : "", out);
    for (size_t i = 0; i < scenario->n_expectations; i++) {
        put_expectation(out, &scenario->expectations[i]);
    }
}
