/* acl_tcam.h - the ACL and QoS TCAMs of one forwarding engine, and what lists take of them.
 *
 *   lists of an interface --> merge --> entries (VMRs) --> masks of 8 entries --> [ security TCAM ]
 *   in one direction             |                                                [ QoS TCAM      ]
 *                                '--> label; operations --> LOUs
 *
 * Exact: entries, masks, labels, operations and LOUs are those of the lists, one by one, and each
 * rule's share can be told in words. What does not fit leaves the label in software: the engine
 * sends its traffic to the MSFC, as the machine does.
 *
 * Masks: neighbouring entries that compare the same bits share a mask, up to eight of them.
 * Operations: gt, lt, neq and range of a port are decided by LOUs before the TCAM is searched;
 * a label has nine of them; what comes later, or finds no LOU, becomes blocks of ports.
 *
 * Several lists of one interface (VACL and router ACL) are merged into one, in order: an entry of
 * the first that permits is joined with each of the second that it meets, until one covers it. A
 * policy's list comes last: what it permits is redirected, what it denies goes by the FIB.
 *
 * The lists of a service policy's classes stand one behind the other in the QoS TCAM. What a list
 * denies may be of a class behind it: such an entry is joined with all that stand there. Each
 * interface has a copy of its own, as each has policers of its own, until the masks are gone; then
 * its packets are of no class: neither marked nor policed. source: [CSC-QOSTCAM] a copy for each VLAN
 * (measured); what is denied, and what becomes of packets (assumed)
 *
 * Differs from the hardware: the merge is order-dependent but plain, so its counts are upper
 * bounds of ODM's, and BDD is not there. Capture is not there. What is decided at the end of a label,
 * for all of its packets, takes no entry (assumed: the worked example counts none).
 */
#ifndef MODELS_ACL_TCAM_H
#define MODELS_ACL_TCAM_H

#include <stdbool.h>
#include <stdint.h>

#include "models/acl_vmr.h"

struct arena;
struct acl_tcam;

/* Eight values share one mask. source: [ACL-LOU] (vendor) */
#define ACL_ENTRIES_PER_MASK 8u

enum acl_bank { ACL_SECURITY, ACL_QOS, ACL_N_BANKS };
enum acl_direction { ACL_IN, ACL_OUT, ACL_N_DIRECTIONS };

struct acl_tcam_size {
    uint32_t n_masks;      /* of each bank */
    uint32_t n_labels;     /* of each direction */
    uint32_t n_lous;       /* registers; each holds a range, or two of gt, lt, neq */
    uint32_t n_operations; /* of one label, at most ACL_MAX_OPERATIONS */
    uint32_t max_aces;     /* a merge that gives more is given up */
    bool lous_apart;       /* source and destination ports have their own n_lous */
};

/* 4,096 masks, 4,096 labels: source: (assumed: recalled for PFC3B and later; PFC3A has 512 labels)
 * 32 LOUs, nine operations: source: [CG-SX] page 34-8 (vendor)
 * source and destination apart: source: [CMDREF] show platform hardware capacity acl (vendor);
 *     the worked example of [CATOS-15] page 15-25 shares them
 * 64,000 ACEs: source: [FM-MSG] FM-2-ACL_MERGE_NUM_ACES (vendor) */
#define ACL_TCAM_PFC3 ((struct acl_tcam_size){4096, 4096, 32, 9, 64000, true})

enum acl_fit {
    ACL_FITS,
    ACL_NO_LABEL,      /* all labels of the direction are taken */
    ACL_TOO_MANY_ACES, /* the merge was given up */
    ACL_NO_ENTRIES     /* not enough masks are free */
};

/* What one rule came to in its label. */
struct acl_cost {
    struct acl_ways ways;
    bool no_sport_operation, no_dport_operation; /* nine others were first */
    bool no_sport_lou, no_dport_lou;             /* an operation was left, but no LOU */
    bool trailing;                               /* an entry for trailing fragments ... */
    bool trailing_shared;                        /* ... is that of an earlier rule */
    uint32_t n_entries;                          /* before the merge */
    uint32_t n_merged; /* in the label; of a service policy: in the ACE's place there */
};

struct acl_label {
    enum acl_bank bank;
    enum acl_direction direction;
    enum acl_fit fit;
    const struct acl_list *const *lists;
    uint32_t n_lists;
    bool policy;      /* the last list is that of a policy */
    bool classes;     /* the lists are those of a service policy's classes */
    uint32_t n_users; /* interfaces */
    struct acl_operation operations[ACL_MAX_OPERATIONS];
    uint32_t n_operations;
    struct acl_vmr *vmrs; /* whatever fits or not, but not after ACL_TOO_MANY_ACES */
    uint32_t n_vmrs, n_masks;
    struct acl_cost **costs; /* [list][rule] */
};

/* Lives in mem, to its end. */
struct acl_tcam *acl_tcam_open(const struct acl_tcam_size *size, struct arena *mem);

/* Gives at most ACL_MAX_FEATURES lists, in the order a packet meets them, to one more interface; lists
 * must live as long. Interfaces with the same lists share a label, if share is true. Nothing that
 * fitted before is disturbed by what does not fit. */
const struct acl_label *acl_tcam_program(struct acl_tcam *tcam, enum acl_bank bank,
                                         enum acl_direction direction,
                                         const struct acl_list *const *lists, uint32_t n_lists,
                                         bool share);

/* The same for what enters an interface with a policy, whose list is the last; shared. */
const struct acl_label *acl_tcam_program_policy(struct acl_tcam *tcam,
                                                const struct acl_list *const *lists,
                                                uint32_t n_lists);

/* Gives the classes of a service policy to an interface, as a label that is its own: of each packet
 * counts the first of at most ACL_MOST_CLASS_LISTS lists that permits it. */
#define ACL_MOST_CLASS_LISTS 255u
const struct acl_label *acl_tcam_program_classes(struct acl_tcam *tcam,
                                                 enum acl_direction direction,
                                                 const struct acl_list *const *lists,
                                                 uint32_t n_lists);

/* Takes one interface from the label; with the last one it is gone, and what it held is free. To
 * change a list: release its labels, program it again. Memory is not used again. */
void acl_tcam_release(struct acl_tcam *tcam, const struct acl_label *label);

/* What is taken. */
struct acl_tcam_use {
    uint32_t n_entries[ACL_N_BANKS], n_masks[ACL_N_BANKS];
    uint32_t n_labels[ACL_N_DIRECTIONS];
    uint32_t n_lous[2];    /* registers: of source ports, of destination ports (or of both) */
    uint32_t n_couples[2]; /* operators with their operand in them */
};

struct acl_tcam_use acl_tcam_use(const struct acl_tcam *tcam);

/* Why the n rules from `first` on, of one line of list `list`, have as many entries as they have, in a
 * sentence. */
const char *acl_cost_explain(const struct acl_label *label, uint32_t list, uint32_t first,
                             uint32_t n, struct arena *mem);

/* What the machine logs when the label does not fit the interface; NULL when it does. Known of
 * router ACLs; for the others the same words are assumed, for the QoS TCAM those of QM for FM. */
const char *acl_fit_message(const struct acl_label *label, const char *interface,
                            struct arena *mem);

#endif /* MODELS_ACL_TCAM_H */
