/* reference_routes.h - the routes of the reference simulator: lists, searched from end to end.
 *
 *   connected, static, feed --> best per prefix, next hops followed --> software --> engines, later
 *
 * Where several ways are alike, a flow's hash decides, which is worked out each time it is asked for.
 * Whenever a route changes, all is worked out anew and compared with what was there before.
 */
#ifndef TESTS_REFERENCE_ROUTES_H
#define TESTS_REFERENCE_ROUTES_H

#include <stdint.h>

#include "models/config.h"
#include "models/sharing.h"

enum outcome { MISS, FORWARD, RECEIVE, GLEAN, DISCARD, PUNT, N_OUTCOMES, POP };

struct answer {
    enum outcome outcome;
    uint32_t port; /* FORWARD, GLEAN, PUNT: global index; POP: of a VRF */
    struct ip_address next_hop;
};

struct reference_routes;

struct reference_routes *reference_routes_open(const struct chassis_config *config);
void reference_routes_close(struct reference_routes *routes);

/* Time passes: it never goes back. */
void reference_routes_at(struct reference_routes *routes, int64_t now_ps);

/* A host is dropped, is a neighbour at a port (FORWARD), or has no route of its own (MISS). */
void reference_routes_set_host(struct reference_routes *routes, struct ip_address host,
                               enum outcome outcome, uint32_t port, int64_t now_ps);

/* What a session has announced, with the feed's routes of these prefixes, and what its peer has, is
 * gone from now on. */
void reference_routes_lose(struct reference_routes *routes, const struct session_config *session,
                           int64_t now_ps);

/* Who is asked: the DFC in a slot; 0: the PFC; or the MSFC's software, which has all routes. */
#define SOFTWARE UINT32_MAX

struct answer reference_routes_ask_to(const struct reference_routes *routes, uint32_t who,
                                      struct ip_address to, const struct flow_key *flow);

/* Which of the *n interfaces that lead to an address this is, from 1; 0: it does not. */
uint32_t reference_routes_place(const struct reference_routes *routes, uint32_t who,
                                struct ip_address to, uint32_t interface, uint32_t *n);

/* Parts of a TCAM: IPV4, IPV6, and labels, where they have one. */
enum { REFERENCE_MPLS = IP_N_FAMILIES, REFERENCE_PARTS };

/* Entries of a part that an engine has room for, carved so. Of each alike: a
 * configuration has the tables of all cut down to the least. */
uint64_t reference_fib_capacity(const struct chassis_config *config, const struct reload *carved,
                                unsigned part);

/* Whether some entry of this part has not fitted that engine, and since when. */
bool reference_routes_exception(const struct reference_routes *routes, uint32_t slot,
                                unsigned part);
int64_t reference_routes_exception_ps(const struct reference_routes *routes, uint32_t slot,
                                      unsigned part);

/* Whether labels have a part of their own now. */
bool reference_routes_labels_apart(const struct reference_routes *routes);

#endif /* TESTS_REFERENCE_ROUTES_H */
