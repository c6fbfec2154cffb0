/* acl.c - the meaning of a list, as plainly as it can be said: the measure for acl_classify.c and
 * acl_tcam.c.
 */
#include "models/acl.h"

bool acl_rule_needs_ports(const struct acl_rule *rule)
{
    return !acl_ports_any(rule->sport) || !acl_ports_any(rule->dport) || rule->flags_mask != 0 ||
           rule->flags_any != 0;
}

static bool layer4_matches(const struct acl_rule *r, const struct acl_header *h)
{
    return acl_ports_match(r->sport, h->sport) && acl_ports_match(r->dport, h->dport) &&
           (h->flags & r->flags_mask) == r->flags &&
           (r->flags_any == 0 || (h->flags & r->flags_any) != 0);
}

bool acl_rule_matches(const struct acl_rule *r, const struct acl_header *h)
{
    if ((h->src & r->src_mask) != r->src || (h->dst & r->dst_mask) != r->dst ||
        (h->protocol & r->protocol_mask) != r->protocol || (h->tos & r->tos_mask) != r->tos) {
        return false;
    }
    if (h->trailing) {
        return r->permit || !acl_rule_needs_ports(r);
    }
    return !r->fragments && layer4_matches(r, h);
}

uint32_t acl_first_match(const struct acl_rule *rules, uint32_t n, const struct acl_header *header)
{
    for (uint32_t i = 0; i < n; i++) {
        if (acl_rule_matches(&rules[i], header)) {
            return i;
        }
    }
    return ACL_NONE;
}
