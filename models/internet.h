/* internet.h - the built-in synthetic Internet table.
 *
 *   (year, count, seed) --> prefixes with the length distribution, nesting and address density
 *                           of the Internet table of that year --> next hops
 *
 * Reproducible: the same arguments give the same table on every machine. Address space that is not
 * routed on the Internet (0/8, 10/8, 100.64/10, 127/8, 169.254/16, 172.16/12, 192.168/16, 224/3;
 * IPv6 outside 2000::/3 and inside 2001:db8::/32) is left out, so a scenario's own addresses do not
 * collide.
 */
#ifndef MODELS_INTERNET_H
#define MODELS_INTERNET_H

#include <stdbool.h>
#include <stdint.h>

#include "models/route_table.h"

struct arena;
struct error;

#define INTERNET_MAX_ROUTES 2000000
#define INTERNET_MAX_NEXT_HOPS 65536

struct internet_config {
    unsigned year;   /* one of internet_years[] */
    uint32_t n_ipv4; /* 0 .. INTERNET_MAX_ROUTES */
    uint32_t n_ipv6;
    uint32_t n_next_hops; /* 1 .. 65536 per family; next hop i is the i-th address of 100.64.0.0/10
                             or 2001:db8:64::/48, from .1 */
    uint64_t seed;
};

extern const unsigned internet_years[]; /* ended by 0 */

/* Fills *table with exactly the counts asked for. false with *err when a count cannot be had. */
bool internet_table(const struct internet_config *config, struct arena *mem,
                    struct route_table *table, struct error *err);

#endif /* MODELS_INTERNET_H */
