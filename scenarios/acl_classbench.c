/* acl_classbench.c - one rule a line, read by a cursor that knows where it is for its messages. */
#include "scenarios/acl_classbench.h"

#include <string.h>

#include "models/prefix.h"
#include "scenarios/address.h"
#include "scenarios/text_lines.h"
#include "sim/arena.h"
#include "sim/error.h"

#define MAX_WRONG_LINES 20

struct cursor {
    const char *path, *start, *p, *end;
    uint32_t line;
    struct error *err;
};

static bool wrong(const struct cursor *c, const char *expected)
{
    int n = c->end - c->p < 24 ? (int)(c->end - c->p) : 24;
    unsigned column = (unsigned)(c->p - c->start) + 1;
    return n == 0
               ? error_at(c->err, c->path, c->line, column, "the line ends; expected %s", expected)
               : error_at(c->err, c->path, c->line, column, "'%.*s'; expected %s", n, c->p,
                          expected);
}

static void skip_blanks(struct cursor *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t')) {
        c->p++;
    }
}

static bool take_char(struct cursor *c, char what, const char *expected)
{
    skip_blanks(c);
    if (c->p == c->end || *c->p != what) {
        return wrong(c, expected);
    }
    c->p++;
    return true;
}

/* -1: no digit in this base. */
static int digit_value(char ch, uint32_t base)
{
    int v = ch >= '0' && ch <= '9'   ? ch - '0'
            : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10
            : ch >= 'A' && ch <= 'F' ? ch - 'A' + 10
                                     : -1;
    return v < (int)base ? v : -1;
}

/* A decimal number, or a hexadecimal one behind 0x. */
static bool take_number(struct cursor *c, uint32_t max, const char *expected, uint32_t *value)
{
    skip_blanks(c);
    struct cursor at = *c;
    uint32_t base = 10;
    if (c->end - c->p > 2 && c->p[0] == '0' && (c->p[1] | 32) == 'x') {
        base = 16;
        c->p += 2;
    }
    const char *digits = c->p;
    *value = 0;
    for (int d; c->p < c->end && (d = digit_value(*c->p, base)) >= 0; c->p++) {
        *value = *value * base + (uint32_t)d;
        if (*value > max) {
            return wrong(&at, expected);
        }
    }
    return c->p > digits || wrong(&at, expected);
}

static bool take_prefix(struct cursor *c, uint32_t *value, uint32_t *mask)
{
    struct ip_prefix prefix;
    bool host_bits;
    skip_blanks(c);
    const char *p = c->p;
    while (p < c->end && *p != ' ' && *p != '\t') {
        p++;
    }
    if (!prefix_parse(c->p, (size_t)(p - c->p), &prefix, &host_bits) || prefix.family != IPV4) {
        return wrong(c, "a prefix as 10.0.0.0/8");
    }
    c->p = p;
    *value = (uint32_t)(prefix.hi >> 32);
    *mask = (uint32_t)(ip_mask_hi(prefix.length) >> 32);
    return true;
}

static bool take_ports(struct cursor *c, struct acl_ports *ports)
{
    static const char expected[] = "ports as 0 : 65535";
    uint32_t low, high;
    if (!take_number(c, UINT16_MAX, expected, &low) || !take_char(c, ':', expected)) {
        return false;
    }
    skip_blanks(c);
    struct cursor at = *c;
    if (!take_number(c, UINT16_MAX, expected, &high)) {
        return false;
    }
    *ports = (struct acl_ports){(uint16_t)low, (uint16_t)high, 0};
    return low <= high || wrong(&at, "a port not below the first of the range");
}

static bool take_masked(struct cursor *c, uint32_t max, const char *expected, uint32_t *value,
                        uint32_t *mask)
{
    bool ok = take_number(c, max, expected, value) && take_char(c, '/', expected) &&
              take_number(c, max, expected, mask);
    *value &= ok ? *mask : 0;
    return ok;
}

static bool take_rule(struct cursor *c, struct acl_rule *r)
{
    uint32_t protocol, protocol_mask, flags = 0, flags_mask = 0;
    if (!take_char(c, '@', "a rule, which begins with @") ||
        !take_prefix(c, &r->src, &r->src_mask) || !take_prefix(c, &r->dst, &r->dst_mask) ||
        !take_ports(c, &r->sport) || !take_ports(c, &r->dport) ||
        !take_masked(c, UINT8_MAX, "a protocol as 0x06/0xFF", &protocol, &protocol_mask)) {
        return false;
    }
    skip_blanks(c);
    if (c->p < c->end &&
        !take_masked(c, UINT16_MAX, "flags as 0x1000/0x1000", &flags, &flags_mask)) {
        return false;
    }
    skip_blanks(c);
    r->protocol = (uint8_t)protocol;
    r->protocol_mask = (uint8_t)protocol_mask;
    r->flags = (uint16_t)flags;
    r->flags_mask = (uint16_t)flags_mask;
    r->permit = true;
    r->line = c->line;
    return c->p == c->end || wrong(c, "the end of the line");
}

static void add_rule(struct acl_list *list, uint32_t *room, const struct acl_rule *rule,
                     struct arena *mem, struct acl_rule **rules)
{
    if (list->n_rules == *room) {
        uint32_t more = *room == 0 ? 1024 : 2 * *room;
        *rules = arena_grow(mem, *rules, *room * sizeof *rule, more * sizeof *rule);
        list->rules = *rules;
        *room = more;
    }
    (*rules)[list->n_rules++] = *rule;
}

bool acl_classbench_read(const char *path, struct arena *mem, struct acl_list *list,
                         struct error *err)
{
    const unsigned n_before = err->n_messages;
    struct cursor c = {.path = path, .err = err};
    struct acl_rule *rules = NULL;
    uint32_t room = 0, n_wrong = 0;
    *list = (struct acl_list){.name = path};
    struct text_lines *lines = text_lines_open(path, mem, err);
    while (lines != NULL && n_wrong < MAX_WRONG_LINES &&
           text_lines_next(lines, &c.start, &c.end, &c.line)) {
        struct acl_rule rule = {0};
        c.p = c.start;
        skip_blanks(&c);
        if (c.p == c.end) {
            continue;
        }
        if (!take_rule(&c, &rule)) {
            n_wrong++;
        } else if (list->n_rules == ACL_CLASSBENCH_MAX_RULES) {
            error_at(err, path, c.line, 0, "more than %u rules", ACL_CLASSBENCH_MAX_RULES);
            break;
        } else {
            add_rule(list, &room, &rule, mem, &rules);
        }
    }
    if (lines != NULL) {
        text_lines_close(lines);
    }
    if (err->n_messages == n_before && list->n_rules == 0) {
        error_add(err,
                  "%s: holds no rules; expected lines as \"@10.0.0.0/8 0.0.0.0/0 0 : 65535 "
                  "80 : 80 0x06/0xFF\"",
                  path);
    }
    return err->n_messages == n_before;
}
