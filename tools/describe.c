#include "tools/describe.h"

#include <string.h>

#include "models/config.h"
#include "models/policer.h"
#include "sim/arena.h"
#include "tools/number.h"
#include "tools/simulate.h"
#include "tools/table.h"

const char *describe_chassis(const struct chassis_config *config, struct arena *mem)
{
    return arena_printf(mem, "%s, %s in slot %u", config->chassis->model, config->supervisor->model,
                        config->supervisor_slot);
}

static bool same_card(const struct slot_config *a, const struct slot_config *b)
{
    bool same_engine = a->dfc == b->dfc || (a->dfc != NULL && b->dfc != NULL &&
                                            strcmp(a->dfc->model, b->dfc->model) == 0);
    return same_engine && a->card == b->card; /* a row of the catalogue: a mode of a model */
}

/* "1-4, 6" of the slots that hold the same card as slots[first]. */
static const char *slot_list(const struct chassis_config *config, uint32_t first, struct arena *mem)
{
    const struct slot_config *slots = config->slots;
    const char *list = "";
    for (uint32_t i = first; i < config->n_slots; i++) {
        if (!same_card(&slots[i], &slots[first])) {
            continue;
        }
        uint32_t last = i;
        while (last + 1 < config->n_slots && same_card(&slots[last + 1], &slots[first]) &&
               slots[last + 1].slot == slots[last].slot + 1) {
            last++;
        }
        const char *comma = *list == '\0' ? "" : ", ";
        list = last == i
                   ? arena_printf(mem, "%s%s%u", list, comma, slots[i].slot)
                   : arena_printf(mem, "%s%s%u-%u", list, comma, slots[i].slot, slots[last].slot);
        i = last;
    }
    return list;
}

static bool is_first_of_its_kind(const struct chassis_config *config, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++) {
        if (same_card(&config->slots[i], &config->slots[index])) {
            return false;
        }
    }
    return true;
}

/* " in performance mode", "'s own ports" of the supervisor; "" of other cards. */
static const char *working(const struct slot_config *slot, const struct chassis_config *config,
                           struct arena *mem)
{
    const char *mode = slot->card->mode;
    return slot->slot == config->supervisor_slot ? "'s own ports"
           : mode != NULL                        ? arena_printf(mem, " in %s mode", mode)
                                                 : "";
}

static void print_cards(const struct chassis_config *config, unsigned indent, struct arena *mem,
                        FILE *out)
{
    for (uint32_t i = 0; i < config->n_slots; i++) {
        const struct slot_config *slot = &config->slots[i];
        if (!is_first_of_its_kind(config, i)) {
            continue;
        }
        const char *list = slot_list(config, i, mem);
        bool many = strpbrk(list, ",-") != NULL;
        fprintf(out, "%*sslot%s %s: %s%s, lookups in %s\n", (int)indent, "", many ? "s" : "", list,
                slot->card->model, working(slot, config, mem),
                slot->dfc == NULL ? "the supervisor's PFC"
                                  : arena_printf(mem, "its own %s", slot->dfc->model));
    }
    for (uint32_t i = 0; i < config->n_fabric_modules; i++) {
        fprintf(out, "%*sslot %u: %s, the fabric%s\n", (int)indent, "",
                config->fabric_modules[i].slot, config->fabric_modules[i].type->model,
                i > 0 ? " in reserve" : "");
    }
}

static void print_port_channels(const struct chassis_config *config, unsigned indent,
                                struct arena *mem, FILE *out)
{
    for (uint32_t i = 0; i < config->n_port_channels; i++) {
        const struct port_channel *channel = &config->port_channels[i];
        const char *list = "";
        for (uint32_t k = 0; k < channel->n_members; k++) {
            const struct port_config *port = &config->ports[channel->members[k]];
            list =
                arena_printf(mem, "%s%s%u/%u", list, k == 0 ? "" : ", ", port->slot, port->number);
        }
        fprintf(out, "%*sPo%u: %s\n", (int)indent, "", config->ports[config->n_ports + i].number,
                list);
    }
}

static const char *rate_words(const struct rate *rate, struct arena *mem)
{
    char text[NUMBER_TEXT];
    switch (rate->unit) {
    case RATE_PPS:
        return arena_printf(mem, "%s", number_si(text, rate->value, "pps"));
    case RATE_BPS:
        return arena_printf(mem, "%s", number_si(text, rate->value, "b/s"));
    default:
        return arena_printf(mem, "%s of line rate", number_percent(text, (int64_t)rate->value));
    }
}

static const char *frame_words(const struct frame_mix *frames, struct arena *mem)
{
    if (frames->n == 1) {
        return arena_printf(mem, "%u B frames", frames->bytes[0]);
    }
    const char *text = frames->in_order ? "frames in turn of" : "frames of";
    for (uint32_t i = 0; i < frames->n; i++) {
        const char *comma = i == 0 ? "" : ",";
        text = frames->in_order ? arena_printf(mem, "%s%s %u B", text, comma, frames->bytes[i])
                                : arena_printf(mem, "%s%s %u x %u B", text, comma,
                                               frames->weight[i], frames->bytes[i]);
    }
    return text;
}

static void print_streams(const struct chassis_config *config, unsigned indent, struct arena *mem,
                          FILE *out)
{
    static const char *const arrivals[] = {"evenly spaced", "Poisson arrivals", "in bursts"};
    static const char *const families[] = {"IPv4", "IPv6"};
    for (uint32_t i = 0; i < config->n_streams; i++) {
        const struct stream_config *s = &config->streams[i];
        const char *text = arena_printf(mem, "traffic %s: %u port%s, %s each, %s, %s, %s, %u flows",
                                        s->name, s->n_ports, s->n_ports == 1 ? "" : "s",
                                        rate_words(&s->rate, mem), frame_words(&s->frames, mem),
                                        arrivals[s->arrivals], families[s->family], s->n_flows);
        text_wrapped(text, indent, indent + 2, out);
    }
}

static const char *action_words(const struct policer_config *p, enum policer_colour colour,
                                struct arena *mem)
{
    static const char *const words[] = {"is sent", "is dropped", "is marked down"};
    enum policer_action action = p->then[colour].action;
    return action == ACTION_SET_DSCP ? arena_printf(mem, "gets DSCP %u", p->then[colour].dscp)
                                     : words[action];
}

/* "10.00 Mb/s asked, 9.961 Mb/s in hardware (steps of 262 144 b/s)" */
static const char *step_words(uint64_t asked_bps, uint64_t bps, struct arena *mem)
{
    char asked[NUMBER_TEXT], rate[NUMBER_TEXT], step[NUMBER_TEXT];

    number_si(rate, bps, "b/s");
    return asked_bps == bps ? arena_printf(mem, "%s", rate)
                            : arena_printf(mem, "%s asked, %s in hardware (steps of %s b/s)",
                                           number_si(asked, asked_bps, "b/s"), rate,
                                           number_count(step, policer_step_bps(asked_bps)));
}

/* What the hardware makes of its rates, and what comes of frames. */
static const char *policer_words(const struct policer_config *p, struct arena *mem)
{
    char burst[NUMBER_TEXT];
    const char *text =
        arena_printf(mem, "%s and a burst of %s B", step_words(p->asked_bps, p->rate_bps, mem),
                     number_count(burst, p->burst_bytes));
    if (p->peak_bps > 0) {
        text = arena_printf(mem, "%s, peak %s and %s B", text,
                            step_words(p->asked_peak_bps, p->peak_bps, mem),
                            number_count(burst, p->peak_burst_bytes));
    }
    text = arena_printf(mem, "%s in each engine", text);
    if (p->then[COLOUR_CONFORMS].action != ACTION_TRANSMIT) {
        text =
            arena_printf(mem, "%s; what conforms %s", text, action_words(p, COLOUR_CONFORMS, mem));
    }
    text = arena_printf(mem, "%s; what exceeds %s", text, action_words(p, COLOUR_EXCEEDS, mem));
    return p->peak_bps == 0 ? text
                            : arena_printf(mem, "%s, what violates %s", text,
                                           action_words(p, COLOUR_VIOLATES, mem));
}

static void print_policers(const struct chassis_config *config, unsigned indent, struct arena *mem,
                           FILE *out)
{
    static const char *const scopes[] = {"", ", each", ", each flow", ", each source",
                                         ", each destination"};
    for (uint32_t i = 0; i < config->n_policers; i++) {
        const struct policer_config *p = &config->policers[i];
        bool each = p->n_ports == 0 && p->scope == POLICE_EACH_PORT;
        const char *whom = p->n_ports == 0 ? "classes"
                                           : arena_printf(mem, "%u port%s", p->n_ports,
                                                          p->n_ports == 1 ? "" : "s");
        text_wrapped(arena_printf(mem, "policer %s: %s%s%s, %s", p->name, whom,
                                  p->egress ? ", as frames leave" : "",
                                  each ? ", each interface" : scopes[p->scope],
                                  policer_words(p, mem)),
                     indent, indent + 2, out);
    }
}

const char *describe_routes(const struct loaded *l, struct arena *mem)
{
    const struct {
        const char *what;
        size_t n;
    } parts[] = {{"IPv4", l->n_routes[IPV4]},
                 {"IPv6", l->n_routes[IPV6]},
                 {"BGP", l->bgp.n_paths},
                 {"static", l->scenario.config.n_static_routes}};
    const char *text = "";
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char count[NUMBER_TEXT];
        if (parts[i].n > 0) {
            text = arena_printf(mem, "%s%s%s %s", text, *text == '\0' ? "" : ", ",
                                number_count(count, parts[i].n), parts[i].what);
        }
    }
    char late[NUMBER_TEXT], rate[NUMBER_TEXT];
    if (l->table.n_late > 0) {
        return arena_printf(mem, "%s routes, and %s more that come later, %s", text,
                            number_count(late, l->table.n_late),
                            number_si(rate, l->scenario.config.growth.rate, "/s"));
    }
    size_t n = parts[0].n + parts[1].n + parts[2].n + parts[3].n;
    return n == 0 ? "connected routes only"
                  : arena_printf(mem, "%s route%s", text, n == 1 ? "" : "s");
}

void describe_scenario(const struct loaded *l, unsigned indent, struct arena *mem, FILE *out)
{
    const struct chassis_config *config = &l->scenario.config;
    fprintf(out, "%*s%s\n", (int)indent, "", describe_chassis(config, mem));
    print_cards(config, indent, mem, out);
    print_port_channels(config, indent, mem, out);
    fprintf(out, "%*sroutes: %s\n", (int)indent, "", describe_routes(l, mem));
    print_streams(config, indent, mem, out);
    print_policers(config, indent, mem, out);
    for (size_t i = 0; i < l->scenario.n_notes; i++) {
        text_wrapped(arena_printf(mem, "note: %s", l->scenario.notes[i]), indent, indent + 2, out);
    }
}

void describe_notes(const struct loaded *l)
{
    for (size_t i = 0; i < l->scenario.n_notes; i++) {
        fprintf(stderr, "%s: note: %s\n", l->scenario.path, l->scenario.notes[i]);
    }
}
