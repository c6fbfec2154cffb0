/* download.h - the MSFC writes the FIBs of its engines over simulated time.
 *
 *   entries in prefix order --> one each 1 / rate seconds --> PFC, DFC 1, DFC 2, ...
 *                                                            (each has its own CPU: all keep pace)
 *
 * A packet may arrive before its route: the engine misses, or matches a shorter prefix. The rate is
 * assumed: no figure for any MSFC is published (facts on FIB download); 20,000 prefixes/s is of the
 * order of what [XRDOCS] measured on a later platform (29,000/s into an external TCAM).
 */
#ifndef MODELS_DOWNLOAD_H
#define MODELS_DOWNLOAD_H

#include <stdint.h>

#include "models/fib.h"

struct scheduler;

struct download {
    struct fib *fib;
    struct scheduler *scheduler;
    uint32_t n_engines;    /* engines 0 .. n_engines - 1 are written */
    uint64_t rate;         /* prefixes per second and engine */
    uint64_t n_written;    /* per engine */
    enum ip_family family; /* where it is */
    uint32_t next_id;
    int64_t done_ps; /* when the last entry was written; SIM_NEVER before */
};

/* Schedules the first entry one period after time 0. *d must live as long as the run. */
void download_start(struct download *d, struct fib *fib, uint32_t n_engines, uint64_t rate,
                    struct scheduler *scheduler);

#endif /* MODELS_DOWNLOAD_H */
