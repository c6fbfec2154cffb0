/* reference_labels.h - labels of the reference simulator: a list of who has which. */
#ifndef TESTS_REFERENCE_LABELS_H
#define TESTS_REFERENCE_LABELS_H

#include "models/config.h"
#include "tests/reference_tables.h"

struct reference_labels {
    const struct chassis_config *config;
    uint32_t next; /* never given yet */
    struct {
        struct ip_prefix prefix;
        uint32_t label;
    } given[4096];
    uint32_t n_given;
    uint32_t back[4096]; /* the last one is given first */
    uint32_t n_back;
};

void reference_labels_open(struct reference_labels *l, const struct chassis_config *config);

/* The entry of the VRF with this number itself. */
struct entry reference_labels_vrf(uint32_t vrf);

/* A prefix has changed; learned: it is not (only) connected, there: it has a route at all. Whether
 * it has a label that changes with it, and that label's entry. */
bool reference_labels_follow(struct reference_labels *l, struct ip_prefix prefix, bool learned,
                             bool there, struct ip_prefix *entry);

#endif /* TESTS_REFERENCE_LABELS_H */
