/* download.h - the MSFC writes the FIBs of its engines, stage by stage, over simulated time.
 *
 *   entries --> [ CEF on the RP ] --> messages --> [ EOBC ] --+--> [ SP's CPU ] --> [ PFC's TCAM ]
 *                 n per second      of some each   copy after +--> [ DFC's CPU ] --> [ its TCAM ]
 *                                                    copy     '--> ...
 *
 * Each box is a queue with one server (sim/server.h). Entries become messages in the order in which
 * they are put; a message is sent when it is full, or at the flush that ends a round of changes. Its
 * copies cross the EOBC one after the other, for the engines in the order of their numbers: the
 * PFC's first. So a FIB of n entries in one round is in the TCAM of engine e
 *
 *   at the slowest of  n / cef,  n / per message * copies * bits / eobc,  n / cpu of e,  n / tcam
 *
 * and what little the others add for the first and the last entry.
 *
 * Nothing here is an event: an engine is written up to a time when somebody looks at it
 * (download_follow), which between two looks gives what writing at each time would. An engine that
 * looks up a batch of packets asks before which time nothing is written (next_ps).
 *
 * That the RP pushes the FIB to the PFC and to each DFC, whose own CPUs write it, is published; over
 * which medium in which pieces and how fast is not: `assume:` has a range for each. source: [QOS-WP]
 * (vendor), [S8] for the EOBC's 100 Mbit/s (vendor), all else (assumed)
 *
 * An engine tells when 95 % of a partition are in use (the SP only), and when something first does not
 * fit; each once, however often it happens. source: [TAC-117712] (vendor)
 *
 * Differs from the hardware: the EOBC carries nothing else, and no acknowledgements; what is queued
 * is written as it was decided, in order, even when a later change of the same prefix waits behind
 * it; the queues have no end; a TCAM write takes the same time wherever the entry has to go.
 */
#ifndef MODELS_DOWNLOAD_H
#define MODELS_DOWNLOAD_H

#include <stdint.h>

#include "models/config.h"
#include "models/fib.h"
#include "sim/server.h"

struct arena;

struct download_write {
    uint32_t id, adjacency;
    uint8_t family;
};

struct download_message {
    uint64_t end;                   /* number of the first entry behind it */
    int64_t at_ps[FIB_MAX_ENGINES]; /* when its copy has reached the CPU of each engine */
};

/* The CPU beside an engine, and its TCAM. */
struct download_engine {
    struct server cpu, tcam;
    uint64_t n_written;  /* entries */
    uint64_t n_messages; /* of which it has all */
    int64_t next_ps;     /* when the next entry is written; SIM_NEVER: none has been sent */
    int64_t last_ps;     /* when the last one was */
    int64_t full_ps;     /* when the last one of the whole FIB was; SIM_NEVER: not yet */
};

/* What an engine says on the console, once until it is reloaded. */
enum download_news { NEWS_THRESHOLD, NEWS_EXCEPTION, DOWNLOAD_N_NEWS };

struct download_line {
    int64_t at_ps;
    uint8_t engine, partition, news; /* enum fib_partition, enum download_news */
};

struct download {
    struct fib *fib;
    struct arena *mem;
    uint32_t n_engines; /* 0 .. n_engines - 1 are written */
    uint32_t n_copies;  /* of a message; engines behind are written with engine 0 */
    struct server cef, eobc;
    uint32_t entry_bytes, header_bytes, most_entries; /* of a message */
    int64_t put_ps, made_ps;                          /* the last entry was put, has left the CEF */

    struct download_write *writes; /* ring of `room` places, a power of two; number i at i % room */
    uint64_t room, n_queued, n_sent, n_done; /* put, in messages, written by all */
    struct download_message *messages;       /* the same */
    uint64_t message_room, n_messages, n_messages_done;
    uint32_t *n_waiting[IP_N_FAMILIES]; /* by entry id: its writes that are not done by all */
    uint32_t n_ids[IP_N_FAMILIES];      /* length of these */
    uint64_t n_full;                    /* n_queued behind the last whole FIB; 0: none was put */
    uint64_t n_first;                   /* n_queued at the last reload */
    struct download_engine engines[FIB_MAX_ENGINES];

    bool told[FIB_MAX_ENGINES][FIB_N_PARTITIONS][DOWNLOAD_N_NEWS];
    struct download_line *log;
    uint32_t n_log, log_room;
};

/* Engine 0 is the PFC, the others are DFCs; with `ahead` the last of n_engines is the PFC once more,
 * for somebody who looks at it at other times than the PFC itself. */
void download_open(struct download *d, struct fib *fib, uint32_t n_engines, bool ahead,
                   struct arena *mem);

/* Before the first entry is put: all queues are idle, and as fast as the configuration says. */
void download_begin(struct download *d, const struct chassis_config *config);

/* From now_ps on: writes one entry, behind what waits. An entry that is withdrawn
 * (FIB_ADJACENCY_NONE) is taken out of the tree when all have written it. */
void download_put(struct download *d, enum ip_family family, uint32_t id, uint32_t adjacency,
                  int64_t now_ps);

/* The end of a round: what is in no full message goes out. whole: now all of the FIB has been put. */
void download_flush(struct download *d, bool whole);

/* Writes in one engine what is done by now_ps, that time included. */
void download_follow(struct download *d, uint32_t engine, int64_t now_ps);

/* In all of them; entries that no engine holds any more leave the tree. Between windows only. */
void download_settle(struct download *d, int64_t now_ps);

/* A reload, after download_settle(): what waits is forgotten, all queues are idle, all engines are
 * empty and have room for so many entries. */
void download_reload(struct download *d, const uint64_t capacity[FIB_N_PARTITIONS]);

/* Entries that an engine has still to write. */
static inline uint64_t download_waiting(const struct download *d, uint32_t engine)
{
    return d->n_queued - d->engines[engine].n_written;
}

/* Adds to the log what an engine has to say about how full it is. */
void download_tell(struct download *d, uint32_t engine, int64_t now_ps);

/* Sorts the log by time and engine. */
void download_sort_log(struct download *d);

/* A line of it, as IOS prints it. slot: of a DFC; 0: of the PFC, which is the SP's. */
const char *download_message_text(const struct download_line *line, uint32_t slot,
                                  struct arena *mem);

#endif /* MODELS_DOWNLOAD_H */
