#include "tests/reference_labels.h"

#include <stdlib.h>

#define RESERVED 16

static struct ip_prefix entry_of(uint32_t label)
{
    return (struct ip_prefix){(uint64_t)label << 32, 0xffff, IPV4, 32};
}

void reference_labels_open(struct reference_labels *l, const struct chassis_config *config)
{
    *l = (struct reference_labels){.config = config, .next = RESERVED + config->n_vrfs};
}

struct entry reference_labels_vrf(uint32_t vrf)
{
    return (struct entry){entry_of(RESERVED + vrf - 1), {1, {{.outcome = POP, .port = vrf}}}};
}

bool reference_labels_follow(struct reference_labels *l, struct ip_prefix prefix, bool learned,
                             bool there, struct ip_prefix *entry)
{
    uint32_t i = 0;

    if (prefix.family != IPV4 || prefix.lo == 0) {
        return false;
    }
    while (i < l->n_given && ip_prefix_compare(&l->given[i].prefix, &prefix) != 0) {
        i++;
    }
    if (i == l->n_given) {
        if (!there || !learned || l->config->vrfs[prefix.lo - 1].label_per_vrf) {
            return false;
        }
        l->given[i].prefix = prefix;
        l->given[i].label = l->n_back > 0 ? l->back[--l->n_back] : l->next++;
        l->n_given++;
    }
    *entry = entry_of(l->given[i].label);
    if (!there) {
        l->back[l->n_back++] = l->given[i].label;
        l->given[i] = l->given[--l->n_given];
    }
    return true;
}
