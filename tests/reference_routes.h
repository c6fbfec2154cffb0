/* reference_routes.h - the routes of the reference simulator: lists, searched from end to end.
 *
 *   connected, static, feed --> best per prefix, next hops followed --> in which engine from when
 *
 * There is no download: an entry has a time from which on an engine holds it.
 */
#ifndef TESTS_REFERENCE_ROUTES_H
#define TESTS_REFERENCE_ROUTES_H

#include <stdint.h>

#include "models/config.h"

enum outcome { MISS, FORWARD, RECEIVE, GLEAN, DISCARD, N_OUTCOMES };

struct answer {
    enum outcome outcome;
    uint32_t port; /* FORWARD, GLEAN: global index */
};

struct reference_routes;

struct reference_routes *reference_routes_open(const struct chassis_config *config);
void reference_routes_close(struct reference_routes *routes);

/* What a forwarding engine answers at a time. */
struct answer reference_routes_ask(const struct reference_routes *routes, struct ip_address to,
                                   int64_t now_ps);

/* What the MSFC's software answers: it has them all. */
struct answer reference_routes_ask_software(const struct reference_routes *routes,
                                            struct ip_address to);

/* Whether an engine punts what it misses: some entry of this family did not fit. */
bool reference_routes_exception(const struct reference_routes *routes, uint8_t family,
                                int64_t now_ps);

#endif /* TESTS_REFERENCE_ROUTES_H */
