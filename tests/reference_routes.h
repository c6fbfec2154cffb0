/* reference_routes.h - the routes of the reference simulator: lists, searched from end to end.
 *
 *   connected, static, feed --> best per prefix, next hops followed --> software --> engines, later
 *
 * Where several ways are alike, a flow's hash decides, which is worked out each time it is asked for.
 * Whenever a route changes, all is worked out anew and compared with what was there before. The
 * engines are alike and are one table.
 */
#ifndef TESTS_REFERENCE_ROUTES_H
#define TESTS_REFERENCE_ROUTES_H

#include <stdint.h>

#include "models/config.h"
#include "models/sharing.h"

enum outcome { MISS, FORWARD, RECEIVE, GLEAN, DISCARD, PUNT, N_OUTCOMES };

struct answer {
    enum outcome outcome;
    uint32_t port; /* FORWARD, GLEAN, PUNT: global index */
    struct ip_address next_hop;
};

struct reference_routes;

struct reference_routes *reference_routes_open(const struct chassis_config *config);
void reference_routes_close(struct reference_routes *routes);

/* Time passes: it never goes back. */
void reference_routes_at(struct reference_routes *routes, int64_t now_ps);

/* What a forwarding engine answers. */
struct answer reference_routes_ask(const struct reference_routes *routes,
                                   const struct flow_key *flow);

/* The same for any destination, or (software) what the MSFC answers: it has all of them. */
struct answer reference_routes_ask_to(const struct reference_routes *routes, bool software,
                                      struct ip_address to, const struct flow_key *flow);

/* Whether a way to an address leads by the interface; by any: UINT32_MAX. */
bool reference_routes_lead(const struct reference_routes *routes, bool software,
                           struct ip_address to, uint32_t interface);

/* Entries of a family that an engine has room for. Of each alike: a configuration has the tables of
 * all cut down to the least. */
uint64_t reference_fib_capacity(const struct chassis_config *config, uint8_t family);

/* Whether an engine punts what it misses: some entry of this family did not fit. */
bool reference_routes_exception(const struct reference_routes *routes, uint8_t family);

#endif /* TESTS_REFERENCE_ROUTES_H */
