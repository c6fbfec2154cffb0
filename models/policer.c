/* Why no time in the state: the tokens of an interval are all there at its beginning, so only its
 * number counts. */
#include "models/policer.h"

#include <string.h>

#include "models/accounting.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/report.h"

#define INTERVALS_PER_S 4000u
#define FIRST_STEP_BPS 32768u
#define FIRST_RANGE_BPS 2097152u /* the step doubles with each doubling of the rate beyond */

uint64_t policer_step_bps(uint64_t bps)
{
    uint64_t step = FIRST_STEP_BPS;

    for (uint64_t range = FIRST_RANGE_BPS; range < bps; range *= 2) {
        step *= 2;
    }
    return step;
}

uint64_t policer_hardware_bps(uint64_t bps)
{
    uint64_t step = policer_step_bps(bps);
    uint64_t n_steps = (bps + step / 2) / step;
    return (n_steps > 0 ? n_steps : 1) * step;
}

uint32_t policer_most(uint32_t generation)
{
    return generation > POLICER_PARALLEL_GENERATION ? POLICER_MOST : 1023;
}

uint32_t policer_most_rates(uint32_t generation)
{
    return generation > POLICER_PARALLEL_GENERATION ? POLICER_MOST_RATES : 63;
}

/* ---- one bucket -------------------------------------------------------------------------- */

static void fill(struct tokens *t, uint64_t rate_bps, uint64_t burst_bytes)
{
    sim_assert(burst_bytes <= POLICER_MOST_BURST_BYTES);
    tokens_open(t, rate_bps, burst_bytes * 8 * INTERVALS_PER_S);
}

void policer_open(struct policer_bucket *b, uint64_t rate_bps, uint64_t burst_bytes)
{
    *b = (struct policer_bucket){0};
    fill(&b->committed, rate_bps, burst_bytes);
}

void policer_open_peak(struct policer_bucket *b, uint64_t peak_bps, uint64_t burst_bytes)
{
    fill(&b->peak, peak_bps, burst_bytes);
}

static bool take(struct tokens *t, int64_t now_ps, uint32_t bytes)
{
    return tokens_take(t, (uint64_t)(now_ps / POLICER_INTERVAL_PS), bytes * 8ull * INTERVALS_PER_S);
}

enum policer_colour policer_take(struct policer_bucket *b, int64_t now_ps, uint32_t bytes)
{
    if (b->peak.rate > 0 && !take(&b->peak, now_ps, bytes)) {
        return COLOUR_VIOLATES;
    }
    return take(&b->committed, now_ps, bytes) ? COLOUR_CONFORMS : COLOUR_EXCEEDS;
}

void policer_count(struct policer_counts *counts, enum policer_colour colour, uint32_t bytes)
{
    counts->of[colour].n_packets++;
    counts->of[colour].n_bytes += bytes;
}

void policer_show(const struct policer_config *config, const struct policer_counts *now,
                  const struct policer_counts *then, const char *module, struct report *out)
{
    static const char *const names[] = {"conformed", "exceeded", "violated"};
    int n_colours = config->peak_bps > 0 ? POLICER_N_COLOURS : COLOUR_VIOLATES;

    report_value(out, module, "rate", "bits/s", (int64_t)config->rate_bps);
    report_value(out, module, "asked_rate", "bits/s", (int64_t)config->asked_bps);
    report_value(out, module, "burst", "bytes", (int64_t)config->burst_bytes);
    for (int c = 0; c < n_colours; c++) {
        report_value(out, module, arena_printf(out->mem, "%s_packets", names[c]), "packets",
                     (int64_t)(now->of[c].n_packets - then->of[c].n_packets));
        report_value(out, module, arena_printf(out->mem, "%s_bytes", names[c]), "bytes",
                     (int64_t)(now->of[c].n_bytes - then->of[c].n_bytes));
    }
}

/* ---- the policers of an engine ----------------------------------------------------------- */

enum policer_kind policer_kind(const struct policer_config *c)
{
    return c->egress ? POLICER_OUT : c->scope >= POLICE_FLOW ? POLICER_FLOWS : POLICER_IN;
}

/* Buckets are filled when they are first asked for: flows are many, and few enter by each card. */
static void room_for_buckets(struct policers *p, uint32_t which, struct arena *mem)
{
    const struct policer_config *c = &p->config->policers[which];
    uint32_t n = c->scope == POLICE_EACH_PORT ? config_n_all_ports(p->config) : 1;

    if (c->scope < POLICE_FLOW) {
        p->all[which].buckets = arena_take_array(mem, n, sizeof *p->all[which].buckets);
    } else if (p->flows == NULL) {
        n = netflow_n_numbers(accounting_table(p->accounting));
        p->flows = arena_take_array(mem, n, sizeof *p->flows);
    }
}

static void first_fill(struct policer_bucket *b, const struct policer_config *c)
{
    policer_open(b, c->rate_bps, c->burst_bytes);
    if (c->peak_bps > 0) {
        policer_open_peak(b, c->peak_bps, c->peak_burst_bytes);
    }
}

/* Those that classes name. */
static void find_of_classes(struct policers *p)
{
    const struct chassis_config *c = p->config;

    for (uint32_t i = 0; p->classes.all != NULL && i < c->n_policy_maps; i++) {
        const struct policy_map *map = &c->policy_maps[i];
        for (uint32_t k = 0; k < map->n_classes && p->classes.here[i]; k++) {
            const uint32_t numbers[] = {map->classes[k].flow_police, map->classes[k].police};
            for (uint32_t n = 0; n < 2; n++) {
                if (numbers[n] != 0) {
                    p->all[numbers[n] - 1].here = true;
                }
            }
        }
    }
}

void policers_open(struct policers *p, const struct layout *layout, struct classes *classes,
                   const struct accounting *accounting, uint32_t slot, struct arena *mem)
{
    const struct chassis_config *c = layout->config;

    p->config = c;
    p->accounting = accounting;
    classes_engine_open(&p->classes, classes, layout, slot, mem);
    p->all = arena_take_array(mem, c->n_policers, sizeof *p->all);
    p->uncounted_bytes =
        c->supervisor->pfc.generation <= POLICER_L3_GENERATION ? WIRE_LAYER2_BYTES : 0;
    for (int k = 0; k < POLICER_N_KINDS; k++) {
        p->of_port[k] = arena_take_array(mem, c->n_ports, sizeof *p->of_port[k]);
    }
    for (uint32_t i = 0; i < c->n_policers; i++) {
        const struct policer_config *policer = &c->policers[i];
        struct policed *all = &p->all[i];
        room_for_buckets(p, i, mem);
        for (uint32_t k = 0; k < policer->n_ports; k++) {
            uint32_t port = policer->ports[k];
            p->of_port[policer_kind(policer)][port] = (uint16_t)(i + 1);
            all->here |= policer->egress || layout_engine_slot(layout, port) == slot;
        }
    }
    find_of_classes(p);
}

static bool act(const struct policers *p, const struct policer_config *c,
                enum policer_colour colour, struct packet_head *head)
{
    switch (c->then[colour].action) {
    case ACTION_DROP:
        return false;
    case ACTION_MARK_DOWN:
        head->dscp = p->config->qos.policed_dscp[head->dscp] & 63u;
        return true;
    case ACTION_SET_DSCP:
        head->dscp = c->then[colour].dscp & 63u;
        return true;
    default:
        return true;
    }
}

/* Of an entry that another flow had before, or that is new. */
static struct tokens *flow_tokens(struct policers *p, uint32_t entry,
                                  const struct policer_config *c)
{
    int64_t began_ps = netflow_began_ps(accounting_table(p->accounting), entry);
    struct flow_bucket *b = &p->flows[entry];

    if (b->tokens.rate == 0 || b->began_ps != began_ps) {
        *b = (struct flow_bucket){.began_ps = began_ps};
        fill(&b->tokens, c->rate_bps, c->burst_bytes);
    }
    return &b->tokens;
}

static enum policer_colour take_of_ports(struct policers *p, uint32_t number, uint32_t port,
                                         uint32_t bytes, int64_t now_ps)
{
    const struct policer_config *c = &p->config->policers[number];
    struct policer_bucket *b = p->all[number].buckets;

    if (c->scope == POLICE_EACH_PORT) {
        b += config_interface_of(p->config, port);
    }

    if (b->committed.rate == 0) {
        first_fill(b, c);
    }
    return policer_take(b, now_ps, bytes);
}

/* By a policer of a kind (its number + 1), for the port that it knows the packet by. */
static bool police(struct policers *p, enum policer_kind kind, uint32_t number, uint32_t port,
                   struct packet *packet, int64_t now_ps)
{
    const struct policer_config *c = &p->config->policers[number - 1];
    struct policed *all = &p->all[number - 1];
    uint32_t bytes = packet->head.bytes - p->uncounted_bytes;
    enum policer_colour colour;

    p->asked[kind] = number;
    if (all->buckets == NULL) {
        uint32_t entry = accounting_entry(p->accounting, packet->flow);
        if (entry == NETFLOW_NONE) {
            all->n_unknown++;
            p->last[kind] = POLICER_NO_ENTRY;
            return true;
        }
        bool conforms = take(flow_tokens(p, entry, c), now_ps, bytes);
        colour = conforms ? COLOUR_CONFORMS : COLOUR_EXCEEDS;
    } else {
        colour = take_of_ports(p, number - 1, port, bytes, now_ps);
    }
    policer_count(&all->counts, colour, bytes);
    p->last[kind] = (uint8_t)(colour + 1);
    return act(p, c, colour, &packet->head);
}

/* 0: none is asked. */
static inline bool pass(struct policers *p, enum policer_kind kind, uint32_t number, uint32_t port,
                        struct packet *packet, int64_t now_ps)
{
    return number == 0 || police(p, kind, number, port, packet, now_ps);
}

static bool pass_in(struct policers *p, const struct class_config *class, struct packet *packet,
                    int64_t now_ps)
{
    uint32_t port = packet->head.ingress;
    uint32_t flow = p->of_port[POLICER_FLOWS][port], in = p->of_port[POLICER_IN][port];

    if (__builtin_expect(class != NULL, 0)) {
        flow = class->flow_police;
        in = class->police;
    }
    return pass(p, POLICER_FLOWS, flow, port, packet, now_ps) &&
           pass(p, POLICER_IN, in, port, packet, now_ps);
}

static bool pass_out(struct policers *p, struct packet *packet, uint32_t port, int64_t now_ps)
{
    const struct class_config *class = classes_leave(&p->classes, packet, port);
    uint32_t out = class != NULL ? class->police : p->of_port[POLICER_OUT][port];

    return pass(p, POLICER_OUT, out, port, packet, now_ps);
}

/* Of a packet that came with this DSCP. */
static bool pass_out_at_once(struct policers *p, struct packet *packet, uint32_t port, uint8_t dscp,
                             int64_t now_ps)
{
    uint8_t of_ingress = packet->head.dscp;

    packet->head.dscp = dscp & 63u;
    bool passes = pass_out(p, packet, port, now_ps);
    packet->head.dscp = (packet->head.dscp == dscp ? of_ingress : packet->head.dscp) & 63u;
    return passes;
}

static bool is_policed_out(struct policers *p, uint32_t egress)
{
    return egress != PACKET_TO_MSFC &&
           (p->of_port[POLICER_OUT][egress] != 0 || classes_watch(&p->classes, ACL_OUT, egress));
}

bool policers_pass(struct policers *p, struct packet *packet, uint32_t egress, int64_t now_ps)
{
    const uint8_t *cos = p->config->qos.dscp_cos;
    const struct class_config *class = classes_enter(&p->classes, packet);
    uint8_t dscp = packet->head.dscp;

    memset(p->last, 0, sizeof p->last);
    bool passes = pass_in(p, class, packet, now_ps);
    if (__builtin_expect(is_policed_out(p, egress), 0)) {
        passes = p->config->qos.serial_policing
                     ? passes && pass_out(p, packet, egress, now_ps)
                     : pass_out_at_once(p, packet, egress, dscp, now_ps) && passes;
    }
    if (passes && packet->head.dscp != dscp) {
        p->marks.n_tos += !p->config->qos.keeps_dscp;
        p->marks.n_cos += cos[packet->head.dscp] != cos[dscp];
    }
    return passes;
}

void policers_mark(struct policers *p)
{
    p->marks_at_mark = p->marks;
    classes_mark(&p->classes);
    for (uint32_t i = 0; i < p->config->n_policers; i++) {
        p->all[i].at_mark = p->all[i].counts;
        p->all[i].n_unknown_at_mark = p->all[i].n_unknown;
    }
}

static void show_marks(const struct policers *p, const char *engine, struct report *out)
{
    const struct policer_marks *now = &p->marks, *then = &p->marks_at_mark;

    report_value(out, engine, "tos_changed_by_policing", "packets",
                 (int64_t)(now->n_tos - then->n_tos));
    report_value(out, engine, "cos_changed_by_policing", "packets",
                 (int64_t)(now->n_cos - then->n_cos));
}

void policers_show(const struct policers *p, const char *engine, struct report *out)
{
    if (p->config->n_policers > 0) {
        show_marks(p, engine, out);
    }
    classes_show(&p->classes, engine, out);
    for (uint32_t i = 0; i < p->config->n_policers; i++) {
        const struct policer_config *c = &p->config->policers[i];
        const struct policed *all = &p->all[i];
        const char *module = arena_printf(out->mem, "policer %s, %s", c->name, engine);
        if (all->here) {
            policer_show(c, &all->counts, &all->at_mark, module, out);
        }
        if (all->here && c->scope >= POLICE_FLOW) {
            report_value(out, module, "unpoliced_packets", "packets",
                         (int64_t)(all->n_unknown - all->n_unknown_at_mark));
        }
    }
}
