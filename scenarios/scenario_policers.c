/* scenario_policers.c - `policers:`, what may pass of the frames of ports and flows. */
#include "models/policer.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/loader.h"
#include "sim/arena.h"

/* A port is in one policer only of a kind: taken[port] is the number + 1 of the one it is in. */
static void take_ports(struct loader *l, uint32_t place, uint32_t which, uint32_t *taken)
{
    const struct policer_config *p = &l->config->policers[which];
    for (uint32_t i = 0; i < p->n_ports && l->ports_known && place != 0; i++) {
        const struct port_config *port = &l->config->ports[p->ports[i]];
        uint32_t *by = &taken[p->ports[i]];
        if (*by != 0 && *by != which + 1) {
            places_error(&l->places, place, "%u/%u is in policer %s already; a port is in one only",
                         port->slot, port->number, l->config->policers[*by - 1].name);
            return;
        }
        *by = which + 1;
    }
}

/* A bucket that one interval overfills passes less than its rate: says so of the first one.
 * source: [CG-SX] 41-64 (vendor) */
static void check_bursts(struct loader *l)
{
    for (uint32_t i = 0; i < l->config->n_policers; i++) {
        const struct policer_config *p = &l->config->policers[i];
        uint64_t interval_bytes = p->rate_bps / 8 / 4000;
        if (p->burst_bytes < interval_bytes) {
            add_note(l, arena_printf(l->mem,
                                     "policer %s passes less than its rate: in 1/4000 s it is "
                                     "given %lu bytes, and its burst holds %lu",
                                     p->name, (unsigned long)interval_bytes,
                                     (unsigned long)p->burst_bytes));
            return;
        }
    }
}

/* transmit | drop | policed-dscp | dscp 10 */
static void load_action(struct loader *l, uint32_t place, struct policer_config *p,
                        enum policer_colour colour)
{
    static const char *const words[] = {[ACTION_TRANSMIT] = "transmit",
                                        [ACTION_DROP] = "drop",
                                        [ACTION_MARK_DOWN] = "policed-dscp"};
    const char *text = places_text(&l->places, place);
    unsigned dscp;
    char rest;
    if (place == 0) {
        return;
    }
    if (sscanf(text, "dscp %2u%c", &dscp, &rest) == 1 && dscp < 64) {
        p->then[colour].action = ACTION_SET_DSCP;
        p->then[colour].dscp = (uint8_t)dscp;
        return;
    }
    for (uint32_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) == 0) {
            p->then[colour].action = (enum policer_action)i;
            return;
        }
    }
    places_error(&l->places, place,
                 "unknown action '%.40s'; expected transmit, drop, policed-dscp or dscp 0 to 63",
                 text);
}

static void load_actions(struct loader *l, const struct raw_policer *raw, struct policer_config *p)
{
    p->then[COLOUR_EXCEEDS].action = ACTION_DROP;
    load_action(l, raw->conform, p, COLOUR_CONFORMS);
    load_action(l, raw->exceed, p, COLOUR_EXCEEDS);
    p->then[COLOUR_VIOLATES] = p->then[COLOUR_EXCEEDS];
    load_action(l, raw->violate, p, COLOUR_VIOLATES);
    if (raw->violate != 0 && p->peak_bps == 0) {
        places_error(&l->places, raw->violate, "nothing violates without a peak_rate");
    }
}

static void load_peak(struct loader *l, const struct raw_policer *raw, struct policer_config *p)
{
    if (raw->peak_rate == 0) {
        if (raw->peak_burst != 0) {
            places_error(&l->places, raw->peak_burst, "a burst of a peak_rate that is not given");
        }
        return;
    }
    p->asked_peak_bps = load_quantity(l, raw->peak_rate, UNIT_BPS, POLICER_LEAST_BPS,
                                      POLICER_MOST_BPS, POLICER_MOST_BPS);
    p->peak_bps = policer_hardware_bps(p->asked_peak_bps);
    p->peak_burst_bytes = load_quantity(l, raw->peak_burst, UNIT_BYTES, POLICER_LEAST_BURST_BYTES,
                                        POLICER_MOST_BURST_BYTES, p->burst_bytes);
    if (p->peak_bps < p->rate_bps) {
        places_error(&l->places, raw->peak_rate, "below the rate");
    } else if (p->scope >= POLICE_FLOW) {
        places_error(&l->places, raw->peak_rate, "a policer of flows has one rate only");
    }
}

static void load_scope(struct loader *l, const struct raw_policer *raw, struct policer_config *p)
{
    static const char *const scopes[] = {"all", "port", "flow", "source", "destination"};
    static const char *const sides[] = {"in", "out"};
    const struct supervisor_type *supervisor = l->config->supervisor;
    p->scope =
        (enum policer_scope)load_word(l, raw->each, "unknown scope", scopes, 5, POLICE_TOGETHER);
    p->egress = load_word(l, raw->direction, "unknown direction", sides, 2, 0) == 1;
    if (p->egress && p->scope >= POLICE_FLOW) {
        places_error(&l->places, raw->direction, "flows are policed as they come in");
    } else if (p->egress && supervisor != NULL &&
               supervisor->pfc.generation <= POLICER_L3_GENERATION) {
        places_error(&l->places, raw->direction,
                     "a %s polices what comes in only; what goes out takes a PFC3",
                     supervisor->pfc.model);
    }
}

static void load_policer(struct loader *l, uint32_t which)
{
    const struct raw_policer *raw = &l->raw->policers[which];
    struct policer_config *p = &l->config->policers[which];
    const char *name = load_name(l, raw->name);
    p->name = name != NULL ? name : "?";
    for (uint32_t i = 0; i < which && name != NULL; i++) {
        if (strcmp(l->config->policers[i].name, name) == 0) {
            places_error(&l->places, raw->name, "the name of another policer");
        }
    }
    p->asked_bps = load_quantity(l, raw->rate, UNIT_BPS, POLICER_LEAST_BPS, POLICER_MOST_BPS,
                                 POLICER_LEAST_BPS);
    p->rate_bps = policer_hardware_bps(p->asked_bps);
    p->burst_bytes = load_quantity(l, raw->burst, UNIT_BYTES, POLICER_LEAST_BURST_BYTES,
                                   POLICER_MOST_BURST_BYTES, POLICER_LEAST_BURST_BYTES);
    load_scope(l, raw, p);
    load_peak(l, raw, p);
    load_actions(l, raw, p);
    p->n_ports = raw->ports == 0 ? 0 : load_ports(l, raw->ports, &p->ports);
}

void load_policers(struct loader *l)
{
    uint32_t n = l->raw->policers_count, *taken[POLICER_N_KINDS];
    const uint32_t most = POLICER_MOST + POLICER_MOST_RATES;
    for (int k = 0; k < POLICER_N_KINDS; k++) {
        taken[k] = arena_take_array(l->mem, l->config->n_ports, sizeof **taken);
    }
    if (n > most) {
        places_error(&l->places, l->raw->policers[most].here, "more than %u policers", most);
        n = most;
    }
    l->config->policers = arena_take_array(l->mem, n, sizeof *l->config->policers);
    for (uint32_t i = 0; i < n; i++) {
        load_policer(l, i);
        take_ports(l, l->raw->policers[i].ports, i, taken[policer_kind(&l->config->policers[i])]);
    }
    l->config->n_policers = n;
    check_bursts(l);
}
