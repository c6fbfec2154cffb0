/* acl_classify.h - the first rule that matches, for batches of headers: acl_first_match() fast.
 *
 *   header   src hi | src lo | dst hi | dst lo | sport | dport | flags hi, lo | protocol | tos
 *               |        |        |        |       |       |        |    |        |       |
 *   table    [2^16]   [2^16]   [2^16]   [2^16]  [2^16]  [2^16]  [2^8][2^8]     [2^9]   [2^8]
 *               | class of values that no rule tells apart
 *            [ rules of this class: a bit each ]  AND  [ ... ]  AND  ...  --> lowest bit that is set
 *
 * A rule is an AND of conditions on these ten parts of a header, whatever its masks and ranges
 * are, so the AND of ten bit sets holds exactly the rules that match. Parts that no rule of a
 * slice looks at are left out. Before the sets themselves, sixteen bits for each (which of its
 * words are not zero) are joined: most words need not be read.
 *
 * A list is cut into slices of at most ACL_SLICE_RULES rules, each as drawn; a header goes on to
 * the next slice only when nothing matched. A change builds one slice anew, which takes far less
 * than a millisecond, however long the list.
 *
 * Bounded: a slice has at most ACL_SLICE_CLASSES classes in each part. One with more (only
 * address masks with holes can do that) is `plain`: its rules are compared one by one.
 */
#ifndef MODELS_ACL_CLASSIFY_H
#define MODELS_ACL_CLASSIFY_H

#include <stddef.h>
#include <stdint.h>

#include "models/acl.h"

#define ACL_SLICE_RULES 1024u
#define ACL_SLICE_CLASSES 4096u

struct acl_set;
struct arena;

/* The rules are copied. Lives in mem, to its end. */
struct acl_set *acl_set_open(const struct acl_rule *rules, uint32_t n, struct arena *mem);

/* Changes while it lives; memory is used again. insert: before rule `index`, or at the end when
 * index is acl_set_n_rules(). */
void acl_set_replace(struct acl_set *set, uint32_t index, const struct acl_rule *rule);
void acl_set_insert(struct acl_set *set, uint32_t index, const struct acl_rule *rule);
void acl_set_remove(struct acl_set *set, uint32_t index);

uint32_t acl_set_n_rules(const struct acl_set *set);
const struct acl_rule *acl_set_rule(const struct acl_set *set, uint32_t index);

/* rule[i] = index of the first rule that matches headers[i], or ACL_NONE; for 0 <= i < n. */
void acl_classify(const struct acl_set *set, const struct acl_header *headers, uint32_t *rule,
                  uint32_t n);

/* What it takes. */
struct acl_set_figures {
    uint32_t n_slices, n_plain; /* of these: slices that are compared rule by rule */
    size_t bytes;
};

struct acl_set_figures acl_set_figures(const struct acl_set *set);

#endif /* MODELS_ACL_CLASSIFY_H */
