/* labels.h - the MPLS labels that this router gives to the prefixes of its VRFs, as entries of the
 * FIB beside them.
 *
 *   label_mode per-prefix   a label for each prefix that is not connected, to the same adjacency,
 *                           and one for what is connected
 *   label_mode per-vrf      one for the whole VRF: its packets are looked up as IP, too (lookup.h)
 *
 * Numbers: 16 + v for the (v+1)-th VRF itself, behind these for prefixes in their order; then what
 * was given back last, else the next. source: [RFC3032] section 2.1, 0 to 15 are reserved
 * (standard); modes: [IPSPACE-VRF], [SE-VRF] (measured); the order (assumed)
 *
 * Differs from the hardware: no label is kept for a while after its prefix has gone.
 */
#ifndef MODELS_LABELS_H
#define MODELS_LABELS_H

#include "models/config.h"
#include "models/fib.h"
#include "models/rib.h"

struct report;

#define LABELS_FIRST 16u
#define LABELS_END (1u << 20)

struct labels {
    const struct chassis_config *config; /* NULL: there are no VRFs */
    struct fib *fib;
    struct arena *mem;
    uint32_t *of; /* by entry id of a VRF's prefix; 0: none of its own */
    uint32_t n_of;
    uint32_t next; /* never given yet */
    uint32_t *free, n_free, room;
};

/* After rib_build_fib(): adds the labels of all VRFs and of their prefixes to the tree. */
void labels_open(struct labels *l, const struct chassis_config *config, const struct rib *rib,
                 struct fib *fib, struct arena *mem);

/* After a prefix's entry has got this adjacency (FIB_ADJACENCY_NONE: it goes): the entry id of its
 * label, which is to follow, added to the tree when new; LPM_NONE when it has none. */
uint32_t labels_follow(struct labels *l, const struct rib *rib, uint32_t id, uint32_t adjacency);

/* The label by which a prefix of a VRF is reached. */
uint32_t labels_of(const struct labels *l, uint32_t vrf, uint32_t id);

/* Whether this is the label of a VRF, not of a prefix. */
bool labels_is_of_vrf(const struct labels *l, uint32_t label);

/* By VRF: prefixes and labels. */
void labels_show(const struct labels *l, struct report *out);

#endif /* MODELS_LABELS_H */
