/* acl_ace.c - protocol, source, destination, and the options behind them. */
#include "scenarios/acl_ace.h"

#include <string.h>

#include "sim/error.h"

static const struct acl_service any_service = {.sport = {0, UINT16_MAX, 0},
                                               .dport = {0, UINT16_MAX, 0}};
static const struct acl_ports any_port = {0, UINT16_MAX, 0};

/* any, host A, A wildcard, or a group; in standard lists also A alone. */
static bool take_address(struct acl_cursor *c, const struct acl_groups *groups, bool standard,
                         struct acl_address *one, const struct acl_address **all, uint32_t *n)
{
    uint32_t wildcard;
    *all = one;
    *n = 1;
    if (acl_cursor_take(c, "any")) {
        *one = (struct acl_address){0, 0};
        return true;
    }
    if (!standard && (acl_cursor_take(c, "object-group") || acl_cursor_take(c, "addrgroup"))) {
        const struct acl_group *g = acl_groups_take(groups, c, ACL_GROUP_NETWORK);
        *all = g != NULL ? g->addresses : NULL;
        *n = g != NULL ? g->n : 0;
        return g != NULL;
    }
    bool host = acl_cursor_take(c, "host");
    if (!acl_cursor_take_address(c, &one->value)) {
        return acl_cursor_wrong(c, host ? "an address" : "any, host or an address");
    }
    one->mask = UINT32_MAX;
    if (!host) {
        if (acl_cursor_take_address(c, &wildcard)) {
            one->mask = ~wildcard;
        } else if (!standard) {
            return acl_cursor_wrong(c, "a wildcard mask as 0.0.0.255");
        }
    }
    one->value &= one->mask;
    return true;
}

/* Nothing, an operator, several ports behind eq, or a group. */
static bool take_ports(struct acl_cursor *c, const struct acl_groups *groups,
                       const struct acl_word *words, struct acl_ports *some,
                       const struct acl_ports **all, uint32_t *n)
{
    bool found, eq = acl_cursor_is(c, "eq");
    if (words == NULL) {
        return true;
    }
    if (acl_cursor_take(c, "portgroup")) {
        const struct acl_group *g = acl_groups_take(groups, c, ACL_GROUP_PORT);
        *all = g != NULL ? g->ports : NULL;
        *n = g != NULL ? g->n : 0;
        return g != NULL;
    }
    if (!acl_take_ports(c, words, false, some, &found)) {
        return false;
    }
    if (!found) {
        return true;
    }
    *all = some;
    while (eq && found && *n < ACL_ACE_MAX_PORTS) {
        uint32_t port;
        found =
            acl_cursor_take_word(c, words, &port) || acl_cursor_take_number(c, UINT16_MAX, &port);
        if (found) {
            some[(*n)++] = (struct acl_ports){(uint16_t)port, (uint16_t)port, 0};
        }
    }
    return true;
}

/* ---- options ---- */

/* `fin syn ...`, the old form: any of them. */
static bool take_flag(struct acl_cursor *c, struct acl_rule *r)
{
    uint32_t flag;
    bool found = acl_cursor_take_word(c, acl_flag_words, &flag);
    if (found) {
        r->flags_any |= (uint8_t)flag;
    }
    return found;
}

/* +ack -syn ... behind match-all or match-any. */
static bool take_signed_flags(struct acl_cursor *c, struct acl_rule *r, bool all)
{
    uint32_t flag, n = 0;
    while (!acl_cursor_at_end(c) && (*c->word == '+' || *c->word == '-')) {
        bool set = *c->word == '+';
        if (!acl_word_find(acl_flag_words, c->word + 1, c->length - 1, &flag)) {
            return acl_cursor_wrong(c, "+ or - and one of ack, fin, psh, rst, syn, urg");
        }
        if (!all && !set) {
            return acl_cursor_wrong(c,
                                    "flags that are set: match-any of unset ones is not modelled");
        }
        if (all) {
            r->flags_mask |= (uint16_t)flag;
            r->flags = (uint16_t)(set ? r->flags | flag : r->flags & ~flag);
        } else {
            r->flags_any |= (uint8_t)flag;
        }
        acl_cursor_next(c);
        n++;
    }
    return n > 0 || acl_cursor_wrong(c, "+ or - and one of ack, fin, psh, rst, syn, urg");
}

/* A name or number of at most max, into bits of the TOS byte. */
static bool take_tos(struct acl_cursor *c, struct acl_rule *r, const struct acl_word *words,
                     uint32_t max, unsigned shift, const char *expected)
{
    uint32_t value;
    if (!acl_cursor_take_word(c, words, &value) && !acl_cursor_take_number(c, max, &value)) {
        return acl_cursor_wrong(c, expected);
    }
    r->tos_mask |= (uint8_t)(max << shift);
    r->tos = (uint8_t)((r->tos & ~(max << shift)) | value << shift);
    return true;
}

static bool is_unknown_option(const struct acl_cursor *c)
{
    static const struct acl_word unknown[] = {
        {"time-range", 0},  {"reflect", 0}, {"option", 0}, {"ttl", 0},
        {"evaluate", 0},    {"timeout", 0}, {"dvmrp", 0},  {"host-query", 0},
        {"host-report", 0}, {"pim", 0},     {"trace", 0},  {NULL, 0}};
    uint32_t value;
    return acl_word_find(unknown, c->word, c->length, &value);
}

/* One option; *unknown: it is none of those that are modelled. */
static bool take_option(struct acl_cursor *c, struct acl_rule *r, bool tcp, bool *unknown)
{
    if (acl_cursor_take(c, "log") || acl_cursor_take(c, "log-input")) {
        r->log = true;
        return true;
    }
    if (acl_cursor_take(c, "fragments")) {
        r->fragments = true;
        return true;
    }
    if (acl_cursor_take(c, "dscp")) {
        return take_tos(c, r, acl_dscp_words, 63, 2, "a DSCP by name or as 0 to 63");
    }
    if (acl_cursor_take(c, "precedence")) {
        return take_tos(c, r, acl_precedence_words, 7, 5, "a precedence by name or as 0 to 7");
    }
    if (acl_cursor_take(c, "tos")) {
        return take_tos(c, r, acl_tos_words, 15, 1, "a TOS by name or as 0 to 15");
    }
    if (tcp && acl_cursor_take(c, "established")) {
        r->flags_any |= ACL_TCP_ESTABLISHED;
        return true;
    }
    if (tcp && (acl_cursor_is(c, "match-all") || acl_cursor_is(c, "match-any"))) {
        bool all = acl_cursor_is(c, "match-all");
        acl_cursor_next(c);
        return take_signed_flags(c, r, all);
    }
    if (tcp && take_flag(c, r)) {
        return true;
    }
    *unknown = is_unknown_option(c);
    return *unknown || acl_cursor_wrong(c, tcp ? "an option as established, fragments, dscp, log"
                                               : "an option as fragments, dscp, log");
}

/* ---- lines ---- */

/* The protocol, or a group of services. */
static bool take_services(struct acl_ace *a, struct acl_cursor *c, const struct acl_groups *groups)
{
    if (acl_cursor_take(c, "object-group")) {
        const struct acl_group *g = acl_groups_take(groups, c, ACL_GROUP_SERVICE);
        a->services = g != NULL ? g->services : NULL;
        a->n_services = g != NULL ? g->n : 0;
        return g != NULL;
    }
    return acl_take_protocol(c, &a->one.service.protocol, &a->one.service.protocol_mask);
}

static bool read_extended(struct acl_ace *a, struct acl_cursor *c, const struct acl_groups *groups,
                          bool *unknown)
{
    bool found;
    if (!take_services(a, c, groups)) {
        return false;
    }
    bool single = a->services == &a->one.service;
    uint8_t protocol = single ? a->one.service.protocol : 0;
    const struct acl_word *words = acl_port_words(protocol);
    if (!take_address(c, groups, false, &a->one.source, &a->sources, &a->n_sources) ||
        !take_ports(c, groups, words, a->one.sports, &a->sports, &a->n_sports) ||
        !take_address(c, groups, false, &a->one.destination, &a->destinations,
                      &a->n_destinations) ||
        !take_ports(c, groups, words, a->one.dports, &a->dports, &a->n_dports) ||
        (protocol == 1 &&
         !acl_take_icmp(c, &a->one.service.sport, &a->one.service.dport, &found))) {
        return false;
    }
    uint32_t igmp;
    struct acl_cursor at = *c;
    *unknown = protocol == 2 && acl_cursor_take_number(&at, 15, &igmp);
    while (!acl_cursor_at_end(c) && !*unknown) {
        if (!take_option(c, &a->rest, protocol == 6, unknown)) {
            return false;
        }
    }
    return true;
}

/* A trailing fragment has no ports: nothing could match. */
static bool check_fragments(const struct acl_ace *a, const struct acl_cursor *c)
{
    bool ports = a->sports != &any_port || a->dports != &any_port || a->rest.flags_any != 0 ||
                 a->rest.flags_mask != 0;
    for (uint32_t i = 0; i < a->n_services; i++) {
        ports |= !acl_ports_any(a->services[i].sport) || !acl_ports_any(a->services[i].dport);
    }
    return !a->rest.fragments || !ports ||
           error_at(c->err, c->path, c->line, 0,
                    "fragments, and ports, types or flags; expected one of the two: trailing "
                    "fragments have none of these");
}

struct acl_ace_result acl_ace_read(struct acl_ace *a, struct acl_cursor *c,
                                   const struct acl_groups *groups, bool standard)
{
    struct acl_ace_result result = {.wrong = false};
    bool unknown = false, ok;
    *a = (struct acl_ace){.services = &a->one.service,
                          .sources = &a->one.source,
                          .destinations = &a->one.destination,
                          .sports = &any_port,
                          .dports = &any_port,
                          .n_services = 1,
                          .n_sources = 1,
                          .n_destinations = 1,
                          .n_sports = 1,
                          .n_dports = 1,
                          .one = {.service = any_service}};
    a->rest.line = c->line;
    a->rest.permit = acl_cursor_is(c, "permit");
    acl_cursor_next(c);
    if (standard) {
        ok = take_address(c, groups, true, &a->one.source, &a->sources, &a->n_sources);
        a->rest.log = ok && acl_cursor_take(c, "log");
        ok = ok && acl_cursor_done(c);
    } else {
        ok = read_extended(a, c, groups, &unknown) && (unknown || check_fragments(a, c));
    }
    result.wrong = !ok;
    if (ok && unknown) {
        result.unknown = c->word;
        result.unknown_length = c->length;
        result.unknown_column = acl_cursor_column(c);
    }
    return result;
}

/* Both parts must hold: where one is any, the other counts. A service has ports, or the line has. */
static struct acl_ports both_ports(struct acl_ports service, struct acl_ports line)
{
    return acl_ports_any(service) ? line : service;
}

uint64_t acl_ace_n_rules(const struct acl_ace *a)
{
    const uint32_t parts[] = {a->n_services, a->n_sources, a->n_destinations, a->n_sports,
                              a->n_dports};
    uint64_t n = 1;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && n <= UINT32_MAX; i++) {
        n *= parts[i];
    }
    return n;
}

void acl_ace_expand(const struct acl_ace *a, struct acl_rule *rules)
{
    const uint64_t n = acl_ace_n_rules(a);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t k = i;
        const struct acl_ports dport = a->dports[k % a->n_dports];
        k /= a->n_dports;
        const struct acl_ports sport = a->sports[k % a->n_sports];
        k /= a->n_sports;
        const struct acl_address *dst = &a->destinations[k % a->n_destinations];
        k /= a->n_destinations;
        const struct acl_address *src = &a->sources[k % a->n_sources];
        const struct acl_service *s = &a->services[k / a->n_sources];
        rules[i] = a->rest;
        rules[i].src = src->value;
        rules[i].src_mask = src->mask;
        rules[i].dst = dst->value;
        rules[i].dst_mask = dst->mask;
        rules[i].protocol = s->protocol;
        rules[i].protocol_mask = s->protocol_mask;
        rules[i].sport = both_ports(s->sport, sport);
        rules[i].dport = both_ports(s->dport, dport);
    }
}
