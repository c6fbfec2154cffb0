/* naive_queues.h - port_queues.h again, without a thought for speed: every frame there ever is in one
 * array, searched anew for each question. */
#ifndef TESTS_NAIVE_QUEUES_H
#define TESTS_NAIVE_QUEUES_H

#include <stdint.h>

#include "models/port_queues.h"
#include "sim/rng.h"

__extension__ typedef __int128 naive_wide;

enum naive_state { COMING, WAITING, ON_WIRE, GONE };

struct naive_frame {
    int64_t at_ps;
    uint32_t port, queue, threshold, bytes;
    enum naive_state state;
    struct port_event event;
};

enum { NAIVE_FRAMES = 400, NAIVE_PORTS = 7 };

/* Every frame there ever is, and per port what its scheduler remembers. */
struct naive_queues {
    const struct port_queues_config *c;
    struct naive_frame frames[NAIVE_FRAMES];
    uint32_t n;
    struct {
        int64_t free_ps, credit[QUEUE_MOST];
        naive_wide open[QUEUE_MOST]; /* in ps / (rate x weight) */
        uint32_t turn;
        uint64_t n_draws;
    } ports[NAIVE_PORTS];
    struct rng rng;
    uint32_t order[NAIVE_FRAMES], n_done; /* as they were sent or dropped */
};

/* Of ports at rates of whole picoseconds a bit. c and its setup: kept by reference. */
void naive_queues_open(struct naive_queues *nv, const struct port_queues_config *c);

/* Everything that becomes of frames[0 .. n), which are in order of time. */
void naive_queues_run(struct naive_queues *nv);

#endif /* TESTS_NAIVE_QUEUES_H */
