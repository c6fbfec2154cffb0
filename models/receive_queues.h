/* receive_queues.h - what ports have received and cannot hand on yet, with QoS on.
 *
 *   port 1 --> threshold --> [ queue 1 | | ] --\
 *                      '---> [ strict    ] ----- port by port, as its frames came --> link, channel, bus
 *   port n --> one queue     [       | | | ] --/
 *
 * A port that trusts its frames' CoS (or DSCP) has a setup: each frame has a queue and a threshold
 * there, and is taken or dropped as it comes, by how many bytes of the port's receive buffer its
 * queue would fill with it. A port without one has a single queue. Neither takes more than the room
 * that they have without QoS. Each frame of a port gives that port one turn to send, in order of
 * arrival; the port then sends the strict queue's first frame, or that of the queue whose turn it is.
 * With one queue per port that is a FIFO. A frame takes up its room until its last bit has left; on
 * its way to the shared bus, until that takes it.
 *
 * Units: picoseconds, bytes. Errors: none; setups are checked, and never SRR. Memory: the arena's.
 *
 * Differs from the hardware: how a port ASIC shares its link among ports is not published; WRED
 * looks at the queue as it is, not at a moving average.
 */
#ifndef MODELS_RECEIVE_QUEUES_H
#define MODELS_RECEIVE_QUEUES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/layout.h"
#include "sim/server.h"
#include "sim/stage.h"

struct arena;
struct flow_tables;
struct report;

struct receive_queues_config {
    const struct layout *layout;
    const struct packets *packets;
    const struct flow_tables *flows; /* tell the CoS */
    uint32_t slot;
    uint64_t
        pool_bytes; /* of all ports together; 0: each has its receive buffer, or its ASIC has */
    struct server *server;   /* what they wait for, in bits; NULL: another one, which takes them */
    uint32_t overhead_bytes; /* that go with each frame there */
    const char *name;        /* of the random stream: "receive 3/1" */
};

struct receive_queues;

struct receive_queues *receive_queues_open(const struct receive_queues_config *config,
                                           struct arena *mem);

/* Whether a port of the card has queues. */
bool receive_queues_of(const struct layout *layout, uint32_t slot);

enum receive_fate { RECEIVE_TAKEN, RECEIVE_NO_ROOM, RECEIVE_TAIL_DROPPED, RECEIVE_WRED_DROPPED };

/* The row's frame, which entered by `port` (global index), comes at row.ready_ps, which never falls.
 */
enum receive_fate receive_queues_arrive(struct receive_queues *rq, struct row row, uint32_t port);

struct receive_event {
    struct row row; /* as it came */
    int64_t start_ps, end_ps;
};

/* The next frame that the server begins with before before_ps. false: none until then. What comes at
 * a time is there before it begins. */
bool receive_queues_step(struct receive_queues *rq, int64_t before_ps, struct receive_event *event);

/* The next frame, of those that wait for no server here; there must be one. Its room is free. */
struct row receive_queues_take(struct receive_queues *rq);

/* When it begins with the next one: SIM_NEVER when nothing is held. */
int64_t receive_queues_next_ps(const struct receive_queues *rq);

uint64_t receive_queues_n_held(const struct receive_queues *rq);

/* Measurement begins, of the server too if there is one. */
void receive_queues_mark(struct receive_queues *rq, int64_t now_ps);

/* Adds the server as a resource. */
void receive_queues_show_server(const struct receive_queues *rq, int64_t now_ps, const char *module,
                                const char *kind, struct report *out);

/* What the queues of ports before this module did since the mark: of those that have some and have
 * received. */
void receive_queues_show(const struct receive_queues *rq, const char *module, struct report *out);

#endif /* MODELS_RECEIVE_QUEUES_H */
