/* accounting.h - NetFlow on an engine's path: which entry of its table each packet counts for.
 *
 *   header that is looked up --> flow of the scenario --known--> flow of the table: packets, bytes
 *                                        '--not yet--> key, mask, hash --> found, begun, or no place
 *   every 30 s --> each engine's table --> flows that end --> sink
 *
 * All packets for the router's MAC that get a lookup are counted, whatever the FIB says of them, when
 * their header joins the engine's queue; their bytes are those of the IP packet. It decides nothing:
 * with a full table packets fare as without, but policers of flows (policer.h) know those only that
 * have an entry. All packets of a scenario's flow have the same key, so that its place in the table is
 * remembered until the next poll, and looked up only once.
 *
 * With NetFlow on, its mask tells flows apart. With NetFlow off, packets that enter by ports whose
 * flows are policed are looked up all the same, by their policer's mask, and their entries age by
 * default. source: [QOS-WP] p49 microflows have entries of the table (vendor)
 *
 * Each engine has a table of its own, of its type's size, with the same flow masks.
 *
 * Differs from the hardware: what an ACL denies is not told apart in records.
 */
#ifndef MODELS_ACCOUNTING_H
#define MODELS_ACCOUNTING_H

#include <stdint.h>

#include "models/config.h"
#include "models/netflow.h"

struct accounting; /* of one engine */
struct arena;
struct flow_tables;
struct packets;
struct report;
struct row;
struct scheduler;

/* Who gets the records of flows that end. */
struct flow_sink {
    void (*at)(void *context, int64_t now_ps);                   /* those to come ended then */
    struct netflow_exporter (*of)(void *context, uint32_t slot); /* of the engine in that slot */
    void *context;
};

/* All engines that account. */
struct accounts {
    const struct chassis_config *config;
    const struct flow_tables *flows;
    const struct packets *packets;
    struct scheduler *scheduler;
    const struct flow_sink *sink; /* NULL: records are forgotten, as with NetFlow off */
    struct accounting *of[CONFIG_MAX_SLOTS + 1];
    struct arena *mem;
};

/* Whether engines keep tables of flows: for NetFlow, or for policers of flows. */
bool accounts_needed(const struct chassis_config *config);

/* Of the engine in that slot. NULL: it keeps no table. */
struct accounting *accounts_add(struct accounts *all, uint32_t slot,
                                const struct engine_type *type);

/* Schedules the first poll. */
void accounts_start(struct accounts *all, struct scheduler *scheduler);

/* Ends all flows: the sink gets what is left. After the report, as the tables are empty then. */
void accounts_flush(struct accounts *all, int64_t now_ps);

/* n packets whose headers join the engine's queue. */
void accounting_count(struct accounting *a, const struct row *const *rows, uint32_t n);

/* The entry that a flow of the scenario had when a packet of it was last counted; or NETFLOW_NONE. */
uint32_t accounting_entry(const struct accounting *a, uint32_t flow);

/* The table; read only. */
const struct netflow *accounting_table(const struct accounting *a);

void accounting_mark(struct accounting *a);

/* netflow_show(), and when a poll first found the table too full: netflow_threshold_first (-1: never),
 * netflow_threshold_percent. */
void accounting_show(const struct accounting *a, const char *module, struct report *out);

#endif /* MODELS_ACCOUNTING_H */
