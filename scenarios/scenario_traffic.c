/* scenario_traffic.c - the run and its streams, and whether they fit on the wire. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "models/flows.h"
#include "models/layout.h"
#include "models/packet.h"
#include "scenarios/address.h"
#include "scenarios/genome.h"
#include "scenarios/loader.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/series.h"

__extension__ typedef unsigned __int128 wide;

#define MAX_STREAMS 100
#define MAX_WEIGHT 10000
#define MAX_LIST 65536

#define MAX_FRAME_BYTES 9216

#define MS_PS 1000000000
#define S_PS (1000 * (int64_t)MS_PS)

void load_run(struct loader *l)
{
    const struct raw_run *raw = &l->raw->run;
    struct chassis_config *c = l->config;
    bool window_auto = strcmp(places_text(&l->places, raw->window), "auto") == 0;
    bool batch_auto = strcmp(places_text(&l->places, raw->batch), "auto") == 0;
    c->warmup_ps = load_time(l, raw->warmup, 0, 1000 * S_PS, MS_PS);
    c->duration_ps = load_time(l, raw->duration, 1000, 1000 * S_PS, 2 * MS_PS);
    c->seed = load_count(l, raw->seed, 0, UINT64_MAX, 1);
    c->window_ps = load_time(l, window_auto ? 0 : raw->window, 1, S_PS, 0);
    c->batch_rows = (uint32_t)load_count(l, batch_auto ? 0 : raw->batch, 1, 1 << 24, 0);
    c->n_samples = (uint32_t)load_count(l, raw->samples, 0, SERIES_MOST, 0);
}

/* --- Frames --------------------------------------------------------------------------------- */

/* Simple IMIX, by frames. source: [S31] (vendor) */
static const struct frame_mix imix = {3, {64, 594, 1518}, {7, 4, 1}, false};

/* "64B" or "64B:7" behind the frames in the mix. */
static bool load_size(struct loader *l, uint32_t place, const char *item, struct frame_mix *mix)
{
    const char *colon = strchr(item, ':');
    char why[QUANTITY_WHY];
    struct quantity size, weight = {UNIT_COUNT, 1};
    const char *text =
        colon == NULL ? item : arena_printf(l->mem, "%.*s", (int)(colon - item), item);
    if (!quantity_parse(text, UNITS(UNIT_BYTES), &size, why) ||
        !quantity_in_range(size, WIRE_LEAST_FRAME_BYTES, MAX_FRAME_BYTES, why) ||
        (colon != NULL && !quantity_parse(colon + 1, UNITS(UNIT_COUNT), &weight, why)) ||
        !quantity_in_range(weight, 1, MAX_WEIGHT, why)) {
        return places_error(&l->places, place, "%s", why);
    }
    if (mix->n == CONFIG_MAX_SIZES) {
        return places_error(&l->places, place, "more than %d sizes", CONFIG_MAX_SIZES);
    }
    for (uint32_t i = 0; i < mix->n; i++) {
        if (mix->bytes[i] == size.value) {
            return places_error(&l->places, place, "%s twice", text);
        }
    }
    mix->bytes[mix->n] = (uint16_t)size.value;
    mix->weight[mix->n++] = (uint32_t)weight.value;
    return true;
}

static bool load_genome(struct loader *l, uint32_t place, const char *letters,
                        struct frame_mix *mix)
{
    mix->in_order = true;
    for (; *letters != '\0'; letters++) {
        unsigned bytes = genome_bytes(*letters);
        if (bytes == 0 || mix->n == CONFIG_MAX_SIZES) {
            return places_error(&l->places, place, "expected 1 to %d letters of %s (%s)",
                                CONFIG_MAX_SIZES, GENOME_LETTERS, GENOME_SIZES);
        }
        mix->bytes[mix->n] = (uint16_t)bytes;
        mix->weight[mix->n++] = 1;
    }
    return mix->n > 0 || places_error(&l->places, place, "a genome without letters");
}

static bool load_mix(struct loader *l, uint32_t place, const char *text, struct frame_mix *mix)
{
    char item[ITEM_TEXT];
    bool ok = true;
    if (strcmp(text, "imix") == 0) {
        *mix = imix;
        return true;
    }
    while (ok && next_item(&text, item)) {
        ok = load_size(l, place, item, mix);
    }
    return ok;
}

/* A mix one frame after the other, each size as often as it weighs. */
static bool load_sequence(struct loader *l, uint32_t place, const char *text,
                          struct frame_mix *sequence)
{
    struct frame_mix mix = {0};
    if (!load_mix(l, place, text, &mix)) {
        return false;
    }
    sequence->in_order = true;
    for (uint32_t i = 0; i < mix.n; i++) {
        for (uint32_t k = 0; k < mix.weight[i]; k++) {
            if (sequence->n == CONFIG_MAX_SIZES) {
                return places_error(&l->places, place, "more than %d frames", CONFIG_MAX_SIZES);
            }
            sequence->bytes[sequence->n] = mix.bytes[i];
            sequence->weight[sequence->n++] = 1;
        }
    }
    return true;
}

/* 64B | imix | 64B:7, 594B:4, 1518B:1 | in order 64B:7, 594B:4, 1518B:1 | genome aaafg */
static void load_frames(struct loader *l, uint32_t place, struct frame_mix *mix)
{
    static const struct frame_mix smallest = {1, {WIRE_LEAST_FRAME_BYTES}, {1}, false};
    const char *text = places_text(&l->places, place);
    bool ok = true;
    if (place == 0) {
        *mix = smallest;
    } else if (strncmp(text, "genome ", 7) == 0) {
        ok = load_genome(l, place, text + 7 + strspn(text + 7, " "), mix);
    } else if (strncmp(text, "in order ", 9) == 0) {
        ok = load_sequence(l, place, text + 9 + strspn(text + 9, " "), mix);
    } else if (isalpha((unsigned char)text[0]) && strcmp(text, "imix") != 0) {
        ok = places_error(&l->places, place,
                          "'%.40s'; expected sizes (64B, or 64B:7, 1518B:1), imix, in order 64B:7, "
                          "1518B:1 or genome aaafg",
                          text);
    } else {
        ok = load_mix(l, place, text, mix);
    }
    if (!ok) {
        *mix = smallest;
    }
}

/* --- Rates ---------------------------------------------------------------------------------- */

static void load_rate(struct loader *l, uint32_t place, struct rate *rate)
{
    static const struct {
        enum rate_unit unit;
        uint64_t max;
    } rates[] = {
        [UNIT_BPS] = {RATE_BPS, 1000000000000},
        [UNIT_PPS] = {RATE_PPS, 1000000000000},
        [UNIT_PPM] = {RATE_LINE, 1000000},
    };
    struct quantity q;
    char why[QUANTITY_WHY];
    unsigned units = UNITS(UNIT_BPS) | UNITS(UNIT_PPS) | UNITS(UNIT_PPM);
    *rate = (struct rate){RATE_LINE, 0}; /* not known: check_line_rates() leaves it out */
    if (place == 0) {
        return;
    }
    if (!quantity_parse(places_text(&l->places, place), units, &q, why) ||
        !quantity_in_range(q, 1, rates[q.unit].max, why)) {
        places_error(&l->places, place, "%s", why);
        return;
    }
    *rate = (struct rate){rates[q.unit].unit, q.value};
}

struct share {
    wide num, den;
};

/* A rate as a share of line rate, exactly: frames of the mix take on average
 * (sum of weight x (bytes + overhead)) / (sum of weights) bytes of wire. */
static struct share share_of_line(const struct stream_config *s, uint64_t port_bps)
{
    uint64_t n = 0, bytes = 0;
    for (uint32_t i = 0; i < s->frames.n; i++) {
        n += s->frames.weight[i];
        bytes += s->frames.weight[i] * (uint64_t)s->frames.bytes[i];
    }
    uint64_t wire_bytes = bytes + n * (WIRE_PREAMBLE_BYTES + WIRE_GAP_BYTES);
    switch (s->rate.unit) {
    case RATE_PPS:
        return (struct share){(wide)s->rate.value * wire_bytes * 8, (wide)n * port_bps};
    case RATE_BPS:
        return (struct share){(wide)s->rate.value * wire_bytes, (wide)bytes * port_bps};
    default:
        return (struct share){s->rate.value, 1000000};
    }
}

static uint64_t percent(struct share share)
{
    return (uint64_t)((share.num * 100 + share.den - 1) / share.den);
}

/* Shares are added in parts of 10^12, each rounded down: what is let through too much is less than
 * a bit per second of 10 Gbps for each stream. A stream alone is compared exactly. */
#define WHOLE 1000000000000

static bool check_alone(struct loader *l, const struct stream_config *s, uint32_t place)
{
    for (uint32_t i = 0; i < s->n_ports; i++) {
        struct share share = share_of_line(s, layout_port_bps(l->config, s->ports[i]));
        if (share.num > share.den) {
            const struct port_config *port = &l->config->ports[s->ports[i]];
            return places_error(&l->places, place, "%lu%% of the line rate of port %u/%u",
                                (unsigned long)percent(share), port->slot, port->number);
        }
    }
    return true;
}

/* When a stream starts, it and the others that are on must fit on each of its ports. */
static void check_together(struct loader *l, uint32_t which, uint32_t place, const bool *fits)
{
    const struct chassis_config *c = l->config;
    const struct stream_config *s = &c->streams[which];
    uint64_t *sums = arena_take_array(l->mem, c->n_ports, sizeof *sums);
    for (uint32_t i = 0; i < c->n_streams; i++) {
        const struct stream_config *other = &c->streams[i];
        bool on = fits[i] && other->start_ps <= s->start_ps && s->start_ps < other->stop_ps;
        for (uint32_t k = 0; on && k < other->n_ports; k++) {
            struct share share = share_of_line(other, layout_port_bps(c, other->ports[k]));
            sums[other->ports[k]] += (uint64_t)(share.num * WHOLE / share.den);
        }
    }
    for (uint32_t k = 0; k < s->n_ports; k++) {
        uint64_t sum = sums[s->ports[k]];
        if (sum > WHOLE) {
            const struct port_config *port = &c->ports[s->ports[k]];
            places_error(
                &l->places, place, "with the other streams %lu%% of the line rate of port %u/%u",
                (unsigned long)percent((struct share){sum, WHOLE}), port->slot, port->number);
            return;
        }
    }
}

static void check_line_rates(struct loader *l)
{
    bool fits[MAX_STREAMS];
    for (uint32_t i = 0; i < l->config->n_streams; i++) {
        const struct stream_config *s = &l->config->streams[i];
        fits[i] = s->rate.value > 0 && check_alone(l, s, l->raw->traffic[i].rate);
    }
    for (uint32_t i = 0; i < l->config->n_streams; i++) {
        if (fits[i]) {
            check_together(l, i, l->raw->traffic[i].rate, fits);
        }
    }
}

/* --- Streams -------------------------------------------------------------------------------- */

static const char *stream_name(struct loader *l, const struct raw_stream *raw, uint32_t which)
{
    const char *name = load_name(l, raw->name);
    if (name == NULL) {
        return arena_printf(l->mem, "stream %u", which + 1);
    }
    for (uint32_t i = 0; i < which; i++) {
        if (strcmp(l->config->streams[i].name, name) == 0) {
            places_error(&l->places, raw->name, "the name of another stream");
        }
    }
    return name;
}

static void load_list(struct loader *l, uint32_t place, struct stream_config *s)
{
    const char *text = places_text(&l->places, place);
    char item[ITEM_TEXT];
    size_t room = 1;
    for (const char *c = text; *c != '\0'; c++) {
        room += *c == ',';
    }
    if (room > MAX_LIST) {
        places_error(&l->places, place, "more than %d addresses", MAX_LIST);
        return;
    }
    struct ip_address *list = arena_take_array(l->mem, room, sizeof *list);
    while (next_item(&text, item)) {
        if (!address_parse(item, strlen(item), &list[s->n_list])) {
            places_error(&l->places, place,
                         "'%.40s' is no address; expected prefixes, zipf or addresses", item);
        } else if (list[s->n_list].family != s->family) {
            places_error(&l->places, place, "%s is not of the stream's family", item);
        } else {
            s->n_list++;
        }
    }
    s->list = list;
}

static void load_destinations(struct loader *l, const struct raw_stream *raw,
                              struct stream_config *s)
{
    const char *to = places_text(&l->places, raw->to);
    s->to = raw->to == 0 || strcmp(to, "prefixes") == 0 ? TO_PREFIXES
            : strcmp(to, "zipf") == 0                   ? TO_ZIPF
                                                        : TO_LIST;
    bool any = raw->egress == 0 || strcmp(places_text(&l->places, raw->egress), "any") == 0;
    if (s->to == TO_LIST) {
        load_list(l, raw->to, s);
    }
    if (!any && s->to == TO_LIST) {
        places_error(&l->places, raw->egress, "the listed addresses choose the port; expected any");
    } else if (!any) {
        s->n_egress = load_interfaces(l, raw->egress, &s->egress);
    }
}

static void load_arrivals(struct loader *l, const struct raw_stream *raw, struct stream_config *s)
{
    static const char *const names[] = {"constant", "poisson", "on-off"};
    s->arrivals = load_word(l, raw->arrivals, "unknown arrivals", names, 3, ARRIVALS_POISSON);
    s->burst_frames = (uint32_t)load_count(l, raw->burst, 1, 1000000, 32);
    if (raw->burst != 0 && s->arrivals != ARRIVALS_ON_OFF) {
        places_error(&l->places, raw->burst, "only arrivals: on-off come in bursts");
    }
}

static void load_times(struct loader *l, const struct raw_stream *raw, struct stream_config *s)
{
    int64_t end = l->config->warmup_ps + l->config->duration_ps, longest = 2000 * S_PS;
    s->start_ps = load_time(l, raw->start, 0, longest, 0);
    s->stop_ps = load_time(l, raw->stop, 0, longest, end);
    if (s->start_ps >= end) {
        places_error(&l->places, raw->start, "the run ends before");
    } else if (s->stop_ps <= s->start_ps) {
        places_error(&l->places, raw->stop, "not after the start");
    }
}

static void load_flows(struct loader *l, const struct raw_stream *raw, uint32_t which,
                       struct stream_config *s)
{
    uint32_t others = 0;
    for (uint32_t i = 0; i < which; i++) {
        others += l->config->streams[i].n_flows;
    }
    s->n_flows = (uint32_t)load_count(l, raw->flows, 1, FLOWS_MAX, 4096);
    if (s->n_flows < s->n_ports) {
        places_error(&l->places, raw->flows, "expected at least one for each of the %u ports",
                     s->n_ports);
    }
    if (s->n_flows > FLOWS_MAX - others) {
        places_error(&l->places, raw->flows != 0 ? raw->flows : raw->here,
                     "with the other streams more than %u flows", FLOWS_MAX);
        s->n_flows = 0; /* what comes after may fit */
    }
}

/* What makes a packet's way an unusual one. */
static void load_marks(struct loader *l, const struct raw_stream *raw, struct stream_config *s)
{
    s->cos = (uint8_t)load_count(l, raw->cos, 0, 7, CONFIG_UNTAGGED);
    s->dscp = (uint8_t)load_count(l, raw->dscp, 0, 63, 0);
    s->ttl_1 = load_count(l, raw->ttl, 1, 255, 255) == 1;
    s->options = load_yes(l, raw->options, false);
    s->redirect = load_yes(l, raw->redirect, false);
    s->label_vrf = load_vrf_name(l, raw->labelled);
    if (s->label_vrf != 0 && s->family == IPV6) {
        places_error(&l->places, raw->labelled, "IPv6 has no VRFs here");
    }
    if (s->redirect && s->n_egress > 0) {
        places_error(&l->places, raw->redirect,
                     "leaves by the port it enters by; expected egress: any");
    }
}

static void load_stream(struct loader *l, const struct raw_stream *raw, uint32_t which)
{
    static const char *const families[] = {"ipv4", "ipv6"};
    static const char *const macs[] = {"router", "other"};
    struct stream_config *s = &l->config->streams[which];
    s->where = places_prefix(&l->places, raw->here);
    s->name = stream_name(l, raw, which);
    s->n_ports = load_ports(l, raw->from, &s->ports);
    load_rate(l, raw->rate, &s->rate);
    load_frames(l, raw->frames, &s->frames);
    load_arrivals(l, raw, s);
    s->family = load_word(l, raw->family, "unknown family", families, 2, IPV4);
    s->other_mac = load_word(l, raw->mac, "unknown station", macs, 2, 0) == 1;
    load_destinations(l, raw, s);
    load_marks(l, raw, s);
    load_flows(l, raw, which, s);
    load_times(l, raw, s);
    load_packets(l, raw, s);
}

void load_traffic(struct loader *l)
{
    uint32_t n = l->raw->traffic_count;
    if (n > MAX_STREAMS) {
        places_error(&l->places, l->raw->traffic[MAX_STREAMS].here, "more than %d streams",
                     MAX_STREAMS);
        return;
    }
    l->config->streams = arena_take_array(l->mem, n, sizeof *l->config->streams);
    for (uint32_t i = 0; i < n; i++) {
        load_stream(l, &l->raw->traffic[i], i);
        l->config->n_streams++;
    }
    if (l->ports_known) {
        check_line_rates(l);
    }
}
