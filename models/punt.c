/* Why a table from cause to limiter: the causes are the packet's, the limiters the console's. */
#include "models/punt.h"

#include <string.h>

#include "sim/arena.h"
#include "sim/report.h"

/* source: [CG-SX] 36-22, table 36-3 (vendor), for IPv6 multicast its burst only: its rate is that of
 * the other multicast limiters, as then 3 registers are in use by default (derived), which with the
 * reserved one are the 4 of 9 that [CMDREF] shows (vendor) */
const struct limit_row punt_limits[CONFIG_N_LIMITS] = {
    [LIMIT_RPF_FAILURE] = {"rpf_failure", true, 100, 10},
    [LIMIT_ACL_DROP] = {"icmp_acl_drop", true, 100, 10},
    [LIMIT_NO_ROUTE] = {"icmp_no_route", true, 100, 10},
    [LIMIT_IP_ERRORS] = {"ip_errors", true, 100, 10},
    [LIMIT_VACL_LOG] = {"vacl_log", true, 2000, 10},
    [LIMIT_MULTICAST_FIB_MISS] = {"multicast_fib_miss", true, 100000, 100},
    [LIMIT_MULTICAST_PARTIAL_SC] = {"multicast_partial_sc", true, 100000, 100},
    [LIMIT_MULTICAST_IPV6] = {"multicast_ipv6", true, 100000, 100},
    [LIMIT_MULTICAST_CONNECTED] = {"multicast_connected", false, 0, 0},
    [LIMIT_MULTICAST_NON_RPF] = {"multicast_non_rpf", false, 0, 0},
    [LIMIT_ACL_BRIDGED_IN] = {"acl_bridged_in", false, 0, 0},
    [LIMIT_ACL_BRIDGED_OUT] = {"acl_bridged_out", false, 0, 0},
    [LIMIT_RECEIVE] = {"receive", false, 0, 0},
    [LIMIT_GLEAN] = {"glean", false, 0, 0},
    [LIMIT_FEATURES] = {"ip_features", false, 0, 0},
    [LIMIT_REDIRECT] = {"icmp_redirect", false, 0, 0},
    [LIMIT_TTL_FAILURE] = {"ttl_failure", false, 0, 0},
    [LIMIT_MTU_FAILURE] = {"mtu_failure", false, 0, 0},
    [LIMIT_IP_OPTIONS] = {"ip_options", false, 0, 0},
    [LIMIT_L2_PDU] = {"layer2_pdu", false, 0, 0},
    [LIMIT_L2_TUNNEL] = {"layer2_tunnel", false, 0, 0},
    [LIMIT_MULTICAST_IGMP] = {"multicast_igmp", false, 0, 0},
};

/* Reserved beside those that may be used; source: [CMDREF] `show platform hardware capacity
 * rate-limit` (vendor) */
#define RESERVED_L3 1
#define RESERVED_L2 2

#define NO_LIMIT CONFIG_N_LIMITS
static const struct {
    const char *name;
    enum limit limit;
    enum process process;
} causes[PUNT_N_CAUSES] = {
    [PUNT_RECEIVE] = {"receive", LIMIT_RECEIVE, PROCESS_RECEIVE},
    [PUNT_GLEAN] = {"glean", LIMIT_GLEAN, PROCESS_ARP},
    [PUNT_FIB_EXCEPTION] = {"fib_exception", NO_LIMIT, PROCESS_NONE}, /* limited in no register */
    [PUNT_NO_ROUTE] = {"no_route", LIMIT_NO_ROUTE, PROCESS_ICMP},
    [PUNT_TTL] = {"ttl", LIMIT_TTL_FAILURE, PROCESS_ICMP},
    [PUNT_OPTIONS] = {"options", LIMIT_IP_OPTIONS, PROCESS_OPTIONS},
    [PUNT_MTU] = {"mtu", LIMIT_MTU_FAILURE, PROCESS_ICMP},
    [PUNT_ACL_DENIED] = {"acl_denied", LIMIT_ACL_DROP, PROCESS_ICMP},
    [PUNT_RPF_FAILURE] = {"rpf_failure", LIMIT_RPF_FAILURE, PROCESS_ICMP},
    [PUNT_VACL_LOG] = {"vacl_log", LIMIT_VACL_LOG, PROCESS_LOG},
    [PUNT_ACL_BRIDGED_IN] = {"acl_bridged_in", LIMIT_ACL_BRIDGED_IN, PROCESS_NONE},
    [PUNT_ACL_BRIDGED_OUT] = {"acl_bridged_out", LIMIT_ACL_BRIDGED_OUT, PROCESS_NONE},
    [PUNT_RPF_PATHS] = {"rpf_paths", LIMIT_RPF_FAILURE, PROCESS_NONE},
    [PUNT_REDIRECT] = {"redirect", LIMIT_REDIRECT, PROCESS_ICMP},
    [PUNT_ADJACENCY] = {"adjacency", NO_LIMIT, PROCESS_NONE},
};

const char *punt_cause_name(enum punt_cause cause)
{
    return causes[cause].name;
}

enum process punt_process(enum punt_cause cause)
{
    return causes[cause].process;
}

struct limit_config punt_default_limit(const struct engine_type *pfc, enum limit limit)
{
    const struct limit_row *row = &punt_limits[limit];

    if (pfc->generation < PUNT_LIMITS_GENERATION) {
        return (struct limit_config){.on = limit == LIMIT_NO_ROUTE};
    }
    return (struct limit_config){.on = row->on, .pps = row->pps, .burst = row->burst};
}

/* ---- registers --------------------------------------------------------------------------- */

static bool always_share(enum limit a, enum limit b)
{
    return (a == LIMIT_ACL_BRIDGED_IN || a == LIMIT_ACL_BRIDGED_OUT) &&
           (b == LIMIT_ACL_BRIDGED_IN || b == LIMIT_ACL_BRIDGED_OUT);
}

bool punt_take_register(struct limit_config limits[CONFIG_N_LIMITS], enum limit limit)
{
    struct limit_config *l = &limits[limit];
    uint8_t n = 0; /* registers taken: they are numbered as they come */

    for (enum limit i = 0; i < CONFIG_N_LIMITS; i++) {
        const struct limit_config *other = &limits[i];
        if (!other->on || i == limit || punt_limit_is_l2(i) != punt_limit_is_l2(limit)) {
            continue;
        }
        if ((other->pps == l->pps && other->burst == l->burst) || always_share(i, limit)) {
            l->on = true;
            l->register_index = other->register_index;
            return true;
        }
        n = other->register_index >= n ? (uint8_t)(other->register_index + 1) : n;
    }
    l->on = n < (punt_limit_is_l2(limit) ? CONFIG_L2_REGISTERS : CONFIG_L3_REGISTERS);
    l->register_index = n;
    return l->on;
}

static uint32_t registers_used(const struct chassis_config *config, bool l2)
{
    uint32_t n = 0;

    for (enum limit i = 0; i < CONFIG_N_LIMITS; i++) {
        const struct limit_config *l = &config->limits[i];
        if (l->on && punt_limit_is_l2(i) == l2 && l->register_index >= n) {
            n = l->register_index + 1u;
        }
    }
    return n;
}

void punt_show_registers(const struct chassis_config *config, struct report *out)
{
    const struct {
        const char *statistic;
        uint32_t value;
    } rows[] = {
        {"layer3_registers_used", registers_used(config, false) + RESERVED_L3},
        {"layer3_registers", CONFIG_L3_REGISTERS + RESERVED_L3},
        {"layer2_registers_used", registers_used(config, true) + RESERVED_L2},
        {"layer2_registers", CONFIG_L2_REGISTERS + RESERVED_L2},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        report_value(out, "rate limiters", rows[i].statistic, "registers", rows[i].value);
    }
}

/* ---- the punts of an engine -------------------------------------------------------------- */

void punts_open(struct punts *p, const struct chassis_config *config, struct arena *mem)
{
    p->config = config;
    for (enum limit i = 0; i < CONFIG_N_LIMITS; i++) {
        const struct limit_config *l = &config->limits[i];
        if (l->on && l->pps > 0) {
            limiter_open(&p->buckets[l->bucket], l->pps, l->burst);
        }
    }
    limiter_open(&p->exception, config->fib_exception_pps, config->fib_exception_burst);
    copp_open(&p->copp, config, mem);
}

static enum punt_verdict judge(struct punts *p, enum punt_cause cause, uint32_t bytes,
                               int64_t now_ps)
{
    enum limit limit = causes[cause].limit;

    if (cause == PUNT_FIB_EXCEPTION && !p->exception.unlimited) {
        return limiter_pass(&p->exception, now_ps) ? PUNT_PASSES : PUNT_REFUSED;
    }
    if (limit != NO_LIMIT && p->config->limits[limit].on) {
        const struct limit_config *l = &p->config->limits[limit];
        bool pass = l->pps > 0 && limiter_pass(&p->buckets[l->bucket], now_ps);
        return pass ? PUNT_PASSES : PUNT_REFUSED;
    }
    bool pass = !p->config->qos.on || copp_pass(&p->copp, cause, bytes, now_ps);
    return pass ? PUNT_PASSES : PUNT_POLICED;
}

enum punt_verdict punts_pass(struct punts *p, enum punt_cause cause, uint32_t bytes, int64_t now_ps)
{
    enum punt_verdict verdict = judge(p, cause, bytes, now_ps);
    struct punt_count *count = &p->counts[cause];

    count->n_passed += verdict == PUNT_PASSES;
    count->n_refused += verdict == PUNT_REFUSED;
    count->n_policed += verdict == PUNT_POLICED;
    return verdict;
}

void punts_mark(struct punts *p)
{
    memcpy(p->at_mark, p->counts, sizeof p->counts);
    copp_mark(&p->copp);
}

void punts_show(const struct punts *p, const char *engine, struct report *out)
{
    for (enum punt_cause i = 0; i < PUNT_N_CAUSES; i++) {
        const struct punt_count *now = &p->counts[i], *then = &p->at_mark[i];
        const char *name = causes[i].name;
        report_value(out, engine, arena_printf(out->mem, "punted_%s", name), "packets",
                     (int64_t)(now->n_passed - then->n_passed));
        report_value(out, engine, arena_printf(out->mem, "refused_%s", name), "packets",
                     (int64_t)(now->n_refused - then->n_refused));
        report_value(out, engine, arena_printf(out->mem, "policed_%s", name), "packets",
                     (int64_t)(now->n_policed - then->n_policed));
    }
    if (p->config->qos.on) {
        copp_show(&p->copp, engine, out);
    }
}
