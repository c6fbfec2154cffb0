/* reference_bgp.h - what the reference simulator's MSFC hears from BGP peers: naive_bgp.h, fed. */
#ifndef TESTS_REFERENCE_BGP_H
#define TESTS_REFERENCE_BGP_H

#include <stdbool.h>
#include <stdint.h>

#include "models/bgp_feed.h"

struct reference_bgp;

/* Has heard what the peers say at the start. */
struct reference_bgp *reference_bgp_open(const struct bgp_feed *feed);
void reference_bgp_close(struct reference_bgp *b); /* NULL: nothing */

/* Visits all prefixes that have a next hop, in order. */
void reference_bgp_start(struct reference_bgp *b,
                         void (*visit)(void *context, struct ip_prefix prefix), void *context);

/* The next update; NULL: there is none. And hears it: visits the prefixes of which the
 * next hops are other ones now. */
const struct bgp_feed_update *reference_bgp_next(const struct reference_bgp *b);
void reference_bgp_hear(struct reference_bgp *b,
                        void (*visit)(void *context, struct ip_prefix prefix), void *context);

/* The peers of an address are gone, and not heard any more: the same. */
void reference_bgp_lose(struct reference_bgp *b, struct ip_address address,
                        void (*visit)(void *context, struct ip_prefix prefix), void *context);

/* Of all next hops met so far, which can still be reached: the same. */
void reference_bgp_reach(struct reference_bgp *b,
                         bool (*leads)(void *context, struct ip_address hop),
                         void (*visit)(void *context, struct ip_prefix prefix), void *context);

/* The next hops of a prefix: how many. */
uint32_t reference_bgp_best(const struct reference_bgp *b, struct ip_prefix prefix,
                            struct ip_address hops[CONFIG_MAX_PATHS]);

/* Whether this next hop has not been asked about before. */
bool reference_bgp_meets(struct reference_bgp *b, struct ip_address hop);

#endif /* TESTS_REFERENCE_BGP_H */
