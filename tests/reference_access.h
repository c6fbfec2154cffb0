/* reference_access.h - which lists are asked where, in the reference simulator: labels that are there,
 * on their way, or not to be had. How many entries a label has is asked of models/acl_tcam.h, which
 * has tests of its own.
 */
#ifndef TESTS_REFERENCE_ACCESS_H
#define TESTS_REFERENCE_ACCESS_H

#include <stdbool.h>

#include "models/config.h"

struct reference_access;

struct reference_access *reference_access_open(const struct chassis_config *config);
void reference_access_close(struct reference_access *a);

/* All that has begun and is loaded by now. */
void reference_access_at(struct reference_access *a, int64_t now_ps);

enum asked_of { ASKED_OF_LISTS, ASKED_OF_DEFAULT, ASKED_OF_SOFTWARE };

/* Of an interface: [ACCESS_POLICY + 1] numbers + 1 of lists; and whom the engines ask instead. */
const uint32_t *reference_lists(const struct reference_access *a, uint32_t interface,
                                bool software);
enum asked_of reference_asked(const struct reference_access *a, uint32_t interface, bool leaves);

/* The policy map that an interface has there, and that fits: number + 1; 0: none. */
uint32_t reference_policy_map(const struct reference_access *a, uint32_t interface, bool leaves);

#endif /* TESTS_REFERENCE_ACCESS_H */
