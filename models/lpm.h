/* lpm.h - longest prefix match, the simulator's stand-in for the FIB TCAM's parallel compare.
 *
 *   address --> [ root: first 24 bits ] --> [ line: next 8 bits ] --> ... --> entry id
 *
 * Holds *entry ids*, not results: what an engine does with an entry is the business of fib.h. Ids
 * are 1 .. LPM_MAX_ID. One structure per family serves every forwarding engine.
 *
 * Differs from the hardware: a TCAM compares all entries at once, in a fixed time; here time is
 * what a lookup costs the host, and the engine's model says what it costs in simulated time.
 */
#ifndef MODELS_LPM_H
#define MODELS_LPM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/prefix.h"

struct arena;
struct lpm;

#define LPM_NONE 0u /* the id of "no match"; real entries are 1.. */
#define LPM_MAX_ID 0x3ffffffeu

/* Lives in mem, to its end. Empty: every address has LPM_NONE. */
struct lpm *lpm_open(enum ip_family family, struct arena *mem);

/* Fills an empty one at once: prefixes sorted by ip_prefix_compare, no two alike; prefix i gets id
 * first_id + i. */
void lpm_build(struct lpm *lpm, const struct ip_prefix *prefixes, size_t n, uint32_t first_id);

/* Adds a prefix that is not there, under an id that is not in use; removes one that is there. What
 * is freed is used again, so endless changes to a table of one size take no more memory. */
void lpm_insert(struct lpm *lpm, struct ip_prefix prefix, uint32_t id);
void lpm_remove(struct lpm *lpm, struct ip_prefix prefix, uint32_t id);

/* The entry that covers entry `id` most closely (LPM_NONE: none): its parent among all prefixes
 * held. */
uint32_t lpm_parent(const struct lpm *lpm, uint32_t id);

/* lpm_insert() for many: faster when neighbours follow each other, as in ip_prefix_compare order. */
void lpm_insert_all(struct lpm *lpm, const struct ip_prefix *prefixes, const uint32_t *ids,
                    size_t n);

/* ids[i] = longest match of addresses[i]; IPv4 addresses in host order. Batches of 32 and more
 * overlap their memory accesses. */
void lpm_lookup4(const struct lpm *lpm, const uint32_t *addresses, uint32_t *ids, size_t n);
void lpm_lookup6(const struct lpm *lpm, const uint64_t *hi, const uint64_t *lo, uint32_t *ids,
                 size_t n);

size_t lpm_bytes(const struct lpm *lpm);

#endif /* MODELS_LPM_H */
