/* bgp_files.h - what BGP peers say, from MRT files: a table, and updates on the simulated clock.
 *
 *   table   --mrt.h--> paths of the start      updates --mrt.h--> announcements, withdrawals, peers
 *                                                                 that go, each at its time
 *
 * A path whose attributes RFC 7606 would treat as a withdrawal is refused in a table, and is a
 * withdrawal among updates; a message that would reset the session is refused. The first update
 * takes place at at_ps, the others as much later as they were recorded, `speed` times as fast; what
 * would take place after until_ps is not read.
 */
#ifndef SCENARIOS_BGP_FILES_H
#define SCENARIOS_BGP_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/bgp_feed.h"

struct arena;
struct error;

#define BGP_FILES_MAX_PATHS 16000000 /* of the table, and as many updates */

struct bgp_files {
    const char *table;   /* NULL: none */
    const char *updates; /* NULL: none */
    int64_t at_ps, until_ps;
    uint32_t speed;
    struct bgp_options options;
    uint32_t n_peers; /* only what these say; 0: all */
    const struct ip_address *peers;
    uint32_t n_vrfs; /* that updates with VPN-IPv4 prefixes are for */
    const struct vrf_config *vrfs;
};

bool bgp_files_read(const struct bgp_files *files, struct arena *mem, struct bgp_feed *feed,
                    struct error *err);

#endif /* SCENARIOS_BGP_FILES_H */
