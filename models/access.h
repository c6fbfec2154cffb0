/* access.h - which lists are asked where: what is programmed for each interface, and how it changes
 * while packets flow.
 *
 *   change --> begins: software goes by it            loaded, entry by entry: the engines go by it
 *              |                                      |
 *   PFC1..3    | old label removed  ...default result... | new label
 *   PFC4       | fits beside the old one? .... old label | new label
 *              '-- no: refused, all stays as it was
 *
 * Changes of one time are one change, an operator's paste; they are worked off one after the other.
 * Its labels are loaded in turn, by interface, entries at a steady rate; those that another interface
 * has already cost nothing. All engines are programmed alike, each its own TCAM at the same time.
 *
 * Between the removal of what was asked and the end of loading the default result applies: deny, or
 * permit, or bridge: to software. Where nothing was asked before, nothing is until all is loaded, and
 * what software has to look at stays there until then.
 * source: [SEC-REF] mls acl tcam default-result (vendor); the order of it all, and that software goes
 * by the new lists at once: (assumed)
 *
 * A PFC4 keeps the old label until the new one, which must fit beside it, is loaded, for all
 * interfaces of a change at once; software follows then. source: [CNSP-2020] dry run (vendor); the
 * rest (assumed)
 */
#ifndef MODELS_ACCESS_H
#define MODELS_ACCESS_H

#include <stdint.h>

#include "models/features.h"

struct report;
struct scheduler;

/* Generations from which on what fits is known before the old is removed. */
#define ACCESS_ATOMIC_GENERATION 4

/* A label on its way into the TCAM. */
struct access_load {
    uint32_t interface;
    enum acl_direction direction;
    const struct acl_label *label; /* NULL: nothing is asked any more */
    int64_t ready_ps;
};

struct access {
    struct features *features;
    struct scheduler *scheduler;
    bool atomic;
    uint32_t n_rows; /* of the configuration's changes, begun */
    struct access_load *loads;
    uint32_t n_loads, n_loading;
    uint32_t n_changes, n_refused;
    uint64_t n_entries; /* loaded */
    int64_t begun_ps, longest_ps, last_ps;
    const struct acl_label *misfit; /* for which the last one was refused */
};

/* Programs what is asked at the start; features_open() does the rest. */
void access_open(struct features *f);

/* Makes the changes at their times. */
void access_start(struct access *a, struct features *f, struct scheduler *scheduler,
                  struct arena *mem);

/* Module "access changes"; nothing where there are none. */
void access_show(const struct access *a, struct report *out);

#endif /* MODELS_ACCESS_H */
