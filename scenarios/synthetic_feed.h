/* synthetic_feed.h - a BGP feed that nobody recorded: a table as several peers have it, and what they
 * say afterwards, as MRT files.
 *
 *   models/internet.h --prefixes--> paths of each peer --> TABLE_DUMP_V2 (RFC 6396 §4.3)
 *                                   flaps, longer paths --> BGP4MP_ET (§4.4), 20 a second
 *
 * A peer lacks one prefix in eight, and reaches the others by one to four other ASs, so which peer is
 * best varies. Of its updates a third are withdrawals. IPv4 only. Peer i is 192.0.2.i, and so is
 * its next hop, i from 1 on; its AS is 64511 + i. The same arguments give the same bytes on every
 * machine.
 */
#ifndef SCENARIOS_SYNTHETIC_FEED_H
#define SCENARIOS_SYNTHETIC_FEED_H

#include <stdint.h>
#include <stdio.h>

#include "models/route_table.h"

#define SYNTHETIC_MOST_PEERS 200
#define SYNTHETIC_UPDATES_PER_S 20

struct synthetic_feed {
    const struct route_table *table; /* its prefixes; at least one */
    uint32_t n_peers;                /* 1 .. SYNTHETIC_MOST_PEERS */
    uint32_t n_updates;
    uint64_t seed;
};

/* Errors of the file are its owner's to ask for (ferror). */
void synthetic_feed_table(const struct synthetic_feed *feed, FILE *out);
void synthetic_feed_updates(const struct synthetic_feed *feed, FILE *out);

#endif /* SCENARIOS_SYNTHETIC_FEED_H */
