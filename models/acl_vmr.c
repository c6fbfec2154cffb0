/* acl_vmr.c - rules into entries. Nothing is searched here: acl_vmr_find() is for tests and for
 * showing which entry a packet meets.
 */
#include "models/acl_vmr.h"

#include <string.h>

/* The blocks of low..high: from the low end, each as large as its place and the rest allow. */
static uint32_t range_blocks(uint32_t low, uint32_t high, struct acl_block *blocks)
{
    uint32_t n = 0;
    while (low <= high) {
        uint32_t size = low == 0 ? UINT16_MAX + 1u : low & (0u - low);
        while (size > high - low + 1) {
            size /= 2;
        }
        blocks[n++] = (struct acl_block){(uint16_t)low, (uint16_t) ~(size - 1)};
        low += size;
    }
    return n;
}

uint32_t acl_port_blocks(struct acl_ports p, struct acl_block blocks[ACL_MAX_BLOCKS])
{
    if (!p.outside) {
        return range_blocks(p.low, p.high, blocks);
    }
    uint32_t n = p.low == 0 ? 0 : range_blocks(0, p.low - 1u, blocks);
    return n + range_blocks(p.high + 1u, UINT16_MAX, blocks + n);
}

/* The ports are in the key as they are, or by an operation that tells of them. */
static uint32_t port_ways(struct acl_ports ports, uint8_t operation, struct acl_block *blocks)
{
    if (operation != ACL_NO_OPERATION) {
        blocks[0] = (struct acl_block){0, 0};
        return 1;
    }
    return acl_port_blocks(ports, blocks);
}

/* Each way is one flag that must be set besides flags_mask; 0: none. */
static uint32_t flag_ways(const struct acl_rule *r, uint16_t ways[8])
{
    if (r->flags_any == 0 || r->flags_any == ACL_TCP_ESTABLISHED || (r->flags & r->flags_any)) {
        ways[0] = 0;
        return 1;
    }
    uint32_t n = 0;
    for (uint32_t bit = 0; bit < 8; bit++) {
        if (r->flags_any & ~r->flags_mask & 1u << bit) {
            ways[n++] = (uint16_t)(1u << bit);
        }
    }
    return n;
}

struct acl_ways acl_rule_ways(const struct acl_rule *r, struct acl_plan plan)
{
    struct acl_block blocks[ACL_MAX_BLOCKS];
    uint16_t flags[8];
    return (struct acl_ways){port_ways(r->sport, plan.source, blocks),
                             port_ways(r->dport, plan.destination, blocks), flag_ways(r, flags)};
}

/* What does not depend on ports and flags. */
static struct acl_vmr plain_entry(const struct acl_rule *r)
{
    struct acl_vmr v = {.permit = r->permit, .log = r->log};
    v.value.src = r->src;
    v.mask.src = r->src_mask;
    v.value.dst = r->dst;
    v.mask.dst = r->dst_mask;
    v.value.protocol = r->protocol;
    v.mask.protocol = r->protocol_mask;
    v.value.tos = r->tos;
    v.mask.tos = r->tos_mask;
    for (uint32_t i = 0; i < ACL_MAX_FEATURES; i++) {
        v.rule[i] = ACL_NONE;
    }
    return v;
}

static void set_operation(struct acl_vmr *v, uint8_t operation)
{
    if (operation != ACL_NO_OPERATION) {
        v->mask.operations |= (uint16_t)(1u << operation);
        v->value.operations = v->mask.operations;
    }
}

uint32_t acl_vmr_expand(const struct acl_rule *r, struct acl_plan plan, struct acl_vmr *vmrs)
{
    struct acl_block sports[ACL_MAX_BLOCKS], dports[ACL_MAX_BLOCKS];
    uint16_t flags[8];
    const uint32_t n_sports = port_ways(r->sport, plan.source, sports);
    const uint32_t n_dports = port_ways(r->dport, plan.destination, dports);
    const uint32_t n = n_sports * n_dports * flag_ways(r, flags);
    struct acl_vmr v = plain_entry(r);
    v.value.trailing = v.mask.trailing = r->fragments;
    v.mask.trailing = r->fragments || acl_rule_needs_ports(r);
    v.value.established = v.mask.established = r->flags_any == ACL_TCP_ESTABLISHED;
    set_operation(&v, plan.source);
    set_operation(&v, plan.destination);
    for (uint32_t i = 0; i < n; i++) {
        const struct acl_block *s = &sports[i % n_sports], *d = &dports[i / n_sports % n_dports];
        uint16_t flag = flags[i / n_sports / n_dports];
        v.value.sport = s->value;
        v.mask.sport = s->mask;
        v.value.dport = d->value;
        v.mask.dport = d->mask;
        v.value.flags = r->flags | flag;
        v.mask.flags = r->flags_mask | flag;
        vmrs[i] = v;
    }
    return n;
}

bool acl_vmr_trailing(const struct acl_rule *r, struct acl_vmr *v)
{
    *v = plain_entry(r);
    v->value.trailing = v->mask.trailing = 1;
    return r->permit && !r->fragments && acl_rule_needs_ports(r);
}

bool acl_key_meet(const struct acl_vmr *a, const struct acl_vmr *b, struct acl_vmr *both)
{
    for (uint32_t w = 0; w < ACL_KEY_WORDS; w++) {
        uint32_t common = a->mask.words[w] & b->mask.words[w];
        if ((a->value.words[w] ^ b->value.words[w]) & common) {
            return false;
        }
        both->value.words[w] = a->value.words[w] | b->value.words[w];
        both->mask.words[w] = a->mask.words[w] | b->mask.words[w];
    }
    return true;
}

struct acl_key acl_key_of(const struct acl_header *h, const struct acl_operation *operations,
                          uint32_t n_operations)
{
    struct acl_key key = {.words = {0}};
    key.src = h->src;
    key.dst = h->dst;
    key.protocol = h->protocol;
    key.tos = h->tos;
    key.trailing = h->trailing;
    if (!h->trailing) {
        key.sport = h->sport;
        key.dport = h->dport;
        key.flags = h->flags;
        key.established = (h->flags & ACL_TCP_ESTABLISHED) != 0;
    }
    for (uint32_t i = 0; i < n_operations; i++) {
        uint16_t port = operations[i].destination ? key.dport : key.sport;
        key.operations |= (uint16_t)(acl_ports_match(operations[i].ports, port) << i);
    }
    return key;
}

uint32_t acl_vmr_find(const struct acl_vmr *vmrs, uint32_t n, const struct acl_key *key)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t different = 0;
        for (uint32_t w = 0; w < ACL_KEY_WORDS; w++) {
            different |= (key->words[w] & vmrs[i].mask.words[w]) ^ vmrs[i].value.words[w];
        }
        if (different == 0) {
            return i;
        }
    }
    return ACL_NONE;
}
