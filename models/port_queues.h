/* port_queues.h - what the ports of one port ASIC send next, with QoS on.
 *
 *                        .--> [ queue 1     | | ] --\
 *   frame --> threshold -+--> [ queue n   | | | ] ---> weighted --\
 *                |       '--> [ strict        | ] -----------------> wire of the port
 *                '--> dropped: tail, WRED
 *
 * A frame comes to a port at a time of its own: it is taken or dropped then, by how full its queue
 * would be with it. A queue empties bit by bit as the wire takes the frame (preamble and gap
 * counted), so that one queue without thresholds is exactly server_offer(). A wire that is free takes
 * the next frame at once: the strict queue's, else that of the queue whose turn it is. Nothing
 * interrupts a frame.
 *
 * All happens in order of time; at the same time frames come before wires choose, and wires choose
 * in order of ports. What happens before `end_ps` is asked for step by step, and does not depend on
 * where windows end.
 *
 * Units: picoseconds, bytes. Errors: none; setups are checked. Memory: the arena's.
 *
 * Differs from the hardware: WRED looks at the queue as it is, not at a moving average (whose
 * constants nobody published); a queue's room is a share of time, not of 32-byte lines.
 */
#ifndef MODELS_PORT_QUEUES_H
#define MODELS_PORT_QUEUES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/queue_setup.h"
#include "sim/stage.h"

struct arena;
struct report;

struct port_queues_config {
    const struct queue_setup *const *setups; /* of each port, of one structure; kept by reference */
    uint32_t n_ports;
    uint64_t rate_bps;     /* of each port: 1 .. 10^12 */
    uint64_t buffer_bytes; /* of each port; shared: of all together, used in whole frames until
                              they have left, and each port's queues may use their share of it */
    bool shared;
    uint64_t seed;
    const char *name; /* of the random streams: "egress 3/1" */
};

struct port_queues;

struct port_queues *port_queues_open(const struct port_queues_config *config, struct arena *mem);

/* The row's frame comes to `port` (0 .. ) at at_ps, which never falls; class is its CoS, or DSCP.
 * Nothing is decided yet. */
void port_queues_arrive(struct port_queues *pq, struct row row, uint32_t port, uint32_t class,
                        int64_t at_ps);

enum port_fate { PORT_SENT, PORT_TAIL_DROPPED, PORT_WRED_DROPPED };

struct port_event {
    enum port_fate fate;
    uint32_t port, queue;
    struct row row;
    int64_t start_ps; /* on the wire, with the preamble; of a drop: when */
    int64_t end_ps;   /* with the gap; only when sent */
};

/* The next frame that is sent or dropped before end_ps; false: nothing happens until then. */
bool port_queues_step(struct port_queues *pq, int64_t end_ps, struct port_event *event);

/* When something happens next: SIM_NEVER when nothing is held. */
int64_t port_queues_next_ps(const struct port_queues *pq);

/* Frames neither sent nor dropped yet. */
uint64_t port_queues_n_held(const struct port_queues *pq);

/* Measurement begins. */
void port_queues_mark(struct port_queues *pq, int64_t now_ps);

/* Adds a port's wire as a resource, and what its queues did since the mark. */
void port_queues_show(const struct port_queues *pq, uint32_t port, int64_t now_ps,
                      const char *module, struct report *out);

#endif /* MODELS_PORT_QUEUES_H */
