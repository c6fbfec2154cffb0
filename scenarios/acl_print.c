/* acl_print.c - field by field, in the order of an extended list's line. */
#include "scenarios/acl_print.h"

#include <stdio.h>

#include "scenarios/acl_words.h"
#include "sim/arena.h"

#define ICMP 1
#define TCP 6
#define UDP 17
#define DSCP_MASK 0xfcu
#define PRECEDENCE_MASK 0xe0u
#define TOS_MASK 0x1eu

static const char *number_or_name(const struct acl_word *words, uint32_t value, struct arena *mem)
{
    for (; words != NULL && words->name != NULL; words++) {
        if (words->value == value) {
            return words->name;
        }
    }
    return arena_printf(mem, "%u", value);
}

static void put_protocol(const struct acl_rule *r, FILE *out, struct arena *mem)
{
    if (r->protocol_mask != 0 && r->protocol_mask != UINT8_MAX) {
        fprintf(out, " protocol 0x%02x/0x%02x", r->protocol, r->protocol_mask);
    } else {
        uint32_t protocol = r->protocol_mask == 0 ? 0 : r->protocol;
        fprintf(out, " %s", number_or_name(acl_protocol_words, protocol, mem));
    }
}

static void put_dotted(uint32_t a, FILE *out)
{
    fprintf(out, " %u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

static void put_address(uint32_t value, uint32_t mask, FILE *out)
{
    fputs(mask == 0 ? " any" : mask == UINT32_MAX ? " host" : "", out);
    if (mask != 0) {
        put_dotted(value, out);
    }
    if (mask != 0 && mask != UINT32_MAX) {
        put_dotted(~mask, out);
    }
}

static void put_ports(struct acl_ports p, const struct acl_word *words, FILE *out,
                      struct arena *mem)
{
    const char *low = number_or_name(words, p.low, mem), *high = number_or_name(words, p.high, mem);

    if (acl_ports_any(p)) {
        return;
    }
    if (p.low == p.high) {
        fprintf(out, " %s %s", p.outside ? "neq" : "eq", low);
    } else if (p.high == UINT16_MAX) {
        fprintf(out, " gt %s", number_or_name(words, p.low - 1u, mem));
    } else if (p.low == 0) {
        fprintf(out, " lt %s", number_or_name(words, p.high + 1u, mem));
    } else {
        fprintf(out, " range %s %s", low, high);
    }
}

/* Types and codes are where others have ports; names are of one of each, or of a type. */
static void put_icmp(const struct acl_rule *r, FILE *out, struct arena *mem)
{
    bool one_type = r->sport.low == r->sport.high && !r->sport.outside;
    bool one_code = r->dport.low == r->dport.high && !r->dport.outside;

    if (one_type && acl_ports_any(r->dport)) {
        fprintf(out, " %s", number_or_name(acl_icmp_type_words, r->sport.low, mem));
    } else if (one_type && one_code) {
        fprintf(out, " %u %u", r->sport.low, r->dport.low);
    } else {
        fputs(acl_ports_any(r->sport) ? "" : " type", out);
        put_ports(r->sport, NULL, out, mem);
        fputs(acl_ports_any(r->dport) ? "" : " code", out);
        put_ports(r->dport, NULL, out, mem);
    }
}

static void put_flags(const struct acl_rule *r, FILE *out)
{
    const char *separator = " match-all";
    uint32_t named = 0;

    for (const struct acl_word *w = acl_flag_words; w->name != NULL; w++) {
        named |= w->value;
        if (r->flags_mask & w->value) {
            fprintf(out, "%s %c%s", separator, r->flags & w->value ? '+' : '-', w->name);
            separator = "";
        }
    }
    if (r->flags_mask & ~named) {
        fprintf(out, " flags 0x%04x/0x%04x", r->flags & ~named, r->flags_mask & ~named);
    }
    fputs(r->flags_any == ACL_TCP_ESTABLISHED ? " established" : "", out);
    separator = " match-any";
    for (const struct acl_word *w = acl_flag_words; w->name != NULL; w++) {
        if (r->flags_any != ACL_TCP_ESTABLISHED && r->flags_any & w->value) {
            fprintf(out, "%s +%s", separator, w->name);
            separator = "";
        }
    }
}

static void put_tos(const struct acl_rule *r, FILE *out, struct arena *mem)
{
    if (r->tos_mask == DSCP_MASK) {
        fprintf(out, " dscp %s", number_or_name(acl_dscp_words, r->tos >> 2, mem));
        return;
    }
    if ((r->tos_mask & ~(PRECEDENCE_MASK | TOS_MASK)) != 0 ||
        ((r->tos_mask & PRECEDENCE_MASK) != 0 &&
         (r->tos_mask & PRECEDENCE_MASK) != PRECEDENCE_MASK) ||
        ((r->tos_mask & TOS_MASK) != 0 && (r->tos_mask & TOS_MASK) != TOS_MASK)) {
        fprintf(out, " tos-byte 0x%02x/0x%02x", r->tos, r->tos_mask);
        return;
    }
    if (r->tos_mask & PRECEDENCE_MASK) {
        fprintf(out, " precedence %s", number_or_name(acl_precedence_words, r->tos >> 5, mem));
    }
    if (r->tos_mask & TOS_MASK) {
        fprintf(out, " tos %s", number_or_name(acl_tos_words, r->tos >> 1 & 15, mem));
    }
}

const char *acl_rule_print(const struct acl_rule *r, struct arena *mem)
{
    uint8_t protocol = r->protocol_mask == UINT8_MAX ? r->protocol : 0;
    const struct acl_word *words = protocol == TCP   ? acl_tcp_words
                                   : protocol == UDP ? acl_udp_words
                                                     : NULL;
    char text[512];
    FILE *out = fmemopen(text, sizeof text, "w");

    fputs(r->permit ? "permit" : "deny", out);
    put_protocol(r, out, mem);
    put_address(r->src, r->src_mask, out);
    if (protocol != ICMP) {
        put_ports(r->sport, words, out, mem);
    }
    put_address(r->dst, r->dst_mask, out);
    if (protocol == ICMP) {
        put_icmp(r, out, mem);
    } else {
        put_ports(r->dport, words, out, mem);
    }
    put_flags(r, out);
    fputs(r->fragments ? " fragments" : "", out);
    put_tos(r, out, mem);
    fputs(r->log ? " log" : "", out);
    fclose(out);
    return arena_printf(mem, "%s", text);
}
