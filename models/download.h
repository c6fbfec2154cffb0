/* download.h - the MSFC writes the FIBs of its engines over simulated time.
 *
 *   a whole FIB, route changes --> [ queue ] --> one each 1 / rate seconds --> PFC, DFC 1, ...
 *                                                     (each its own CPU, so all at the same pace)
 *
 * A packet may arrive before its route: the engine misses, or matches a shorter prefix; or after
 * its route has gone, and still follow it. The rate is assumed: no figure for any MSFC is published
 * (facts on FIB download); 20,000 prefixes/s is of the order of what [XRDOCS] measured on a later
 * platform (29,000/s into an external TCAM).
 *
 * Differs from the hardware: what is queued is written as it was decided, in order, even when a
 * later change of the same prefix waits behind it; the queue has no end.
 */
#ifndef MODELS_DOWNLOAD_H
#define MODELS_DOWNLOAD_H

#include <stdint.h>

#include "models/fib.h"

struct arena;
struct scheduler;

struct download_write {
    uint32_t id, adjacency;
    uint8_t family;
};

struct download {
    struct fib *fib;
    struct scheduler *scheduler;
    struct arena *mem;
    uint32_t n_engines;            /* engines 0 .. n_engines - 1 are written */
    uint64_t rate;                 /* entries per second and engine */
    struct download_write *writes; /* ring of `room` places, a power of two; number i at i % room */
    uint64_t room, n_queued;       /* n_queued - n_written of them wait */
    uint32_t *n_waiting[IP_N_FAMILIES]; /* by entry id: its writes that wait */
    uint32_t n_ids[IP_N_FAMILIES];      /* length of these */
    uint64_t n_written;                 /* per engine */
    uint64_t n_first;                   /* of the whole FIB */
    int64_t first_done_ps;              /* when that was written; SIM_NEVER before */
    int64_t last_ps;                    /* of the last write that is done or scheduled */
    uint64_t rest; /* exactly last_ps + rest / rate: carried while writes wait */
};

/* *d must live as long as the run. */
void download_open(struct download *d, struct fib *fib, uint32_t n_engines, uint64_t rate,
                   struct scheduler *scheduler, struct arena *mem);

/* At time 0: writes all that the MSFC would have in its engines. */
void download_all(struct download *d);

/* From now_ps on: writes one entry, behind what waits. An entry that is withdrawn
 * (FIB_ADJACENCY_NONE) is taken out of the tree when the last write of it is done. */
void download_put(struct download *d, enum ip_family family, uint32_t id, uint32_t adjacency,
                  int64_t now_ps);

#endif /* MODELS_DOWNLOAD_H */
