/* scenario_limits.c - what may reach the MSFC: `rate_limits:` and `control_plane:`. */
#include <string.h>

#include "models/policer.h"
#include "models/punt.h"
#include "scenarios/loader.h"
#include "sim/arena.h"

/* source: [WINFRED] 10 kpps from 12.2(33)SXH on (vendor) */
#define FIB_EXCEPTION_PPS 10000

/* Of `mls rate-limit`; source: [CG-SX] 36 (vendor), as recalled: assumed */
#define LIMIT_MOST_PPS 1000000
#define LIMIT_MOST_BURST 255
#define LIMIT_BURST 10

#define MOST_CLASSES 100

/* ---- rate limiters ----------------------------------------------------------------------- */

/* off | 100pps | 100pps burst 10 */
static struct limit_config load_limit(struct loader *l, uint32_t place)
{
    const char *text = places_text(&l->places, place), *space = strchr(text, ' ');
    struct limit_config limit = {.on = strcmp(text, "off") != 0, .burst = LIMIT_BURST};
    struct quantity pps = {UNIT_PPS, 0}, burst = {UNIT_COUNT, LIMIT_BURST};
    char why[QUANTITY_WHY];
    if (!limit.on) {
        return (struct limit_config){0};
    }
    const char *rate =
        space == NULL ? text : arena_printf(l->mem, "%.*s", (int)(space - text), text);
    bool words = space == NULL || strncmp(space, " burst ", 7) == 0;
    if (!words) {
        places_error(&l->places, place, "'%.40s'; expected off, 100pps or 100pps burst 10", text);
    } else if (!quantity_parse(rate, UNITS(UNIT_PPS), &pps, why) ||
               !quantity_in_range(pps, 0, LIMIT_MOST_PPS, why) ||
               (space != NULL && !quantity_parse(space + 7, UNITS(UNIT_COUNT), &burst, why)) ||
               !quantity_in_range(burst, 1, LIMIT_MOST_BURST, why)) {
        places_error(&l->places, place, "%s", why);
    }
    limit.pps = pps.value;
    limit.burst = (uint32_t)burst.value;
    return limit;
}

/* Whether a classic card sits beside fabric cards. */
static bool has_truncated_mode(const struct chassis_config *c)
{
    bool fabric = c->supervisor->fabric != NULL || c->n_fabric_modules > 0;
    bool classic = false, others = false;
    for (uint32_t i = 0; i < c->n_slots; i++) {
        const struct slot_config *slot = &c->slots[i];
        bool is_card = slot->slot != c->supervisor_slot && slot->card != NULL;
        classic |= is_card && slot->card->class == CLASSIC;
        others |= is_card && slot->card->class != CLASSIC;
    }
    return fabric && classic && others;
}

/* What this chassis cannot limit. */
static bool check_limit(struct loader *l, uint32_t place, enum limit limit)
{
    const struct chassis_config *c = l->config;
    if (c->supervisor == NULL) {
        return true;
    }
    if (c->supervisor->pfc.generation < PUNT_LIMITS_GENERATION) {
        return places_error(&l->places, place, "a %s has no rate limiters; they come with a PFC3",
                            c->supervisor->pfc.model);
    }
    if (limit == LIMIT_IP_OPTIONS && c->pfc_mode != NULL && strcmp(c->pfc_mode, "PFC3A") == 0) {
        return places_error(&l->places, place,
                            "IP options are limited in the modes PFC3B and up, not in %s",
                            c->pfc_mode); /* source: [DOS-LEAF] p80 (vendor) */
    }
    if (punt_limit_is_l2(limit) && has_truncated_mode(c)) {
        return places_error(&l->places, place,
                            "nothing of layer 2 is limited in truncated mode, which a classic card "
                            "beside fabric cards makes"); /* source: [DOS-LEAF] p79 IGMP (vendor),
                                                             the others (assumed: recalled) */
    }
    return true;
}

static void take_register(struct loader *l, uint32_t place, enum limit limit)
{
    struct limit_config *limits = l->config->limits;
    bool l2 = punt_limit_is_l2(limit);
    if (!punt_take_register(limits, limit)) {
        places_error(&l->places, place,
                     "no register is left: those before it hold %d other rates and bursts, all "
                     "that layer %d has",
                     l2 ? CONFIG_L2_REGISTERS : CONFIG_L3_REGISTERS, l2 ? 2 : 3);
    }
}

/* One bucket for each register, or for each limiter. */
static void deal_buckets(struct chassis_config *c)
{
    for (enum limit i = 0; i < CONFIG_N_LIMITS; i++) {
        uint32_t shared =
            c->limits[i].register_index + (punt_limit_is_l2(i) ? CONFIG_L3_REGISTERS : 0u);
        c->limits[i].bucket = (uint8_t)(c->apart ? i : shared);
    }
}

/* The two halves of bridged ACLs hold one register between them. */
static void check_bridged(struct loader *l)
{
    const struct limit_config *in = &l->config->limits[LIMIT_ACL_BRIDGED_IN];
    const struct limit_config *out = &l->config->limits[LIMIT_ACL_BRIDGED_OUT];
    if (in->on && out->on && (in->pps != out->pps || in->burst != out->burst)) {
        places_error(&l->places, l->raw->rate_limits.limits[LIMIT_ACL_BRIDGED_OUT],
                     "shares a register with acl_bridged_in; expected the same rate and burst");
    }
}

/* First come first served: what is on by default, then what the scenario names, as it does. */
static void load_registers(struct loader *l)
{
    static const struct engine_type unknown = {.generation = PUNT_LIMITS_GENERATION};
    const struct chassis_config *c = l->config;
    const uint32_t *places = l->raw->rate_limits.limits;
    uint32_t last = 0;
    for (enum limit i = 0; i < CONFIG_N_LIMITS; i++) {
        struct limit_config *limit = &l->config->limits[i];
        *limit = punt_default_limit(c->supervisor != NULL ? &c->supervisor->pfc : &unknown, i);
        if (places[i] != 0) {
            limit->on = false;
        } else if (limit->on) {
            take_register(l, 0, i);
        }
    }
    for (;;) {
        enum limit next = CONFIG_N_LIMITS;
        for (enum limit i = 0; i < CONFIG_N_LIMITS; i++) {
            if (places[i] > last && (next == CONFIG_N_LIMITS || places[i] < places[next])) {
                next = i;
            }
        }
        if (next == CONFIG_N_LIMITS) {
            break;
        }
        last = places[next];
        l->config->limits[next] = load_limit(l, last);
        if (l->config->limits[next].on && check_limit(l, last, next)) {
            take_register(l, last, next);
        }
    }
    check_bridged(l);
    deal_buckets(l->config);
}

static void load_rate_limits(struct loader *l)
{
    uint32_t place = l->raw->rate_limits.fib_exception;
    bool none = place != 0 && strcmp(places_text(&l->places, place), "none") == 0;
    l->config->fib_exception_pps =
        none ? 0 : load_quantity(l, place, UNIT_PPS, 1, 1000000000, FIB_EXCEPTION_PPS);
    load_registers(l);
}

/* ---- control plane ----------------------------------------------------------------------- */

static enum punt_cause cause_named(const char *name)
{
    enum punt_cause i = 0;
    while (i < PUNT_N_CAUSES && strcmp(name, punt_cause_name(i)) != 0) {
        i++;
    }
    return i;
}

static void report_cause(struct loader *l, uint32_t place, const char *found)
{
    const char *list = "all";
    for (enum punt_cause i = 0; i < PUNT_N_CAUSES; i++) {
        list = arena_printf(l->mem, "%s, %s", list, punt_cause_name(i));
    }
    places_error(&l->places, place, "unknown cause '%.40s'; expected %s", found, list);
}

/* A list of causes, or all but those that classes before have taken. */
static uint32_t load_causes(struct loader *l, uint32_t place, uint32_t taken)
{
    const char *text = places_text(&l->places, place);
    char item[ITEM_TEXT];
    uint32_t causes = 0;
    if (strcmp(text, "all") == 0) {
        return ((1u << PUNT_N_CAUSES) - 1) & ~taken;
    }
    while (place != 0 && next_item(&text, item)) {
        enum punt_cause cause = cause_named(item);
        if (cause == PUNT_N_CAUSES) {
            report_cause(l, place, item);
            break;
        }
        if ((taken | causes) & 1u << cause) {
            places_error(&l->places, place, "%s is in a class already", item);
        }
        causes |= 1u << cause;
    }
    return causes;
}

static void load_class(struct loader *l, uint32_t which, uint32_t taken)
{
    const struct raw_copp_class *raw = &l->raw->control_plane[which];
    struct copp_class *class = &l->config->copp_classes[which];
    const char *name = load_name(l, raw->name);
    class->name = name != NULL ? name : "?";
    for (uint32_t i = 0; i < which && name != NULL; i++) {
        if (strcmp(l->config->copp_classes[i].name, name) == 0) {
            places_error(&l->places, raw->name, "the name of another class");
        }
    }
    class->causes = load_causes(l, raw->causes, taken);
    class->asked_bps = load_quantity(l, raw->rate, UNIT_BPS, POLICER_LEAST_BPS, POLICER_MOST_BPS,
                                     POLICER_LEAST_BPS);
    class->rate_bps = policer_hardware_bps(class->asked_bps);
    class->burst_bytes = load_quantity(l, raw->burst, UNIT_BYTES, POLICER_LEAST_BURST_BYTES,
                                       POLICER_MOST_BURST_BYTES, POLICER_LEAST_BURST_BYTES);
}

static void load_control_plane(struct loader *l)
{
    uint32_t n = l->raw->control_plane_count, taken = 0;
    if (n > MOST_CLASSES) {
        places_error(&l->places, l->raw->control_plane[MOST_CLASSES].here, "more than %d classes",
                     MOST_CLASSES);
        n = MOST_CLASSES;
    }
    l->config->copp_classes = arena_take_array(l->mem, n, sizeof *l->config->copp_classes);
    for (uint32_t i = 0; i < n; i++) {
        load_class(l, i, taken);
        taken |= l->config->copp_classes[i].causes;
    }
    l->config->n_copp_classes = n;
}

void load_limits(struct loader *l)
{
    load_policers(l);
    load_rate_limits(l);
    load_control_plane(l);
}
