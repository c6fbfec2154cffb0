/* sessions.h - BGP sessions of the MSFC: they live on keepalives, and take their routes with them.
 *
 *   packets of its stream --> punted, limited, queued ... --> received by a process --> heard
 *                                                                  hold time without one: falls
 *
 * A session is up at time 0, as if heard then. Its neighbour's keepalives are real packets: they
 * share limiters, queues and the CPU with whatever else is punted. One is heard when the MSFC's
 * software is certain to receive it. When nothing was heard for the hold time, the session falls at
 * that moment, and the RIB loses its routes. source: [RFC-4271] 6.5, 8.2.2 hold timer (standard)
 *
 * Differs from the hardware: any packet of the stream that is received keeps it up; what the MSFC
 * sends to its neighbours always comes in time; a session that fell stays down.
 */
#ifndef MODELS_SESSIONS_H
#define MODELS_SESSIONS_H

#include <stddef.h>
#include <stdint.h>

#include "models/config.h"

struct arena;
struct flow_tables;
struct report;
struct scheduler;
struct session;

struct sessions {
    const struct chassis_config *config;
    const struct flow_tables *flows;
    struct scheduler *scheduler;
    struct session *of; /* [n_sessions] */
    size_t (*fell)(void *context, const struct session_config *session, int64_t now_ps);
    void *context;
};

/* fell() is told once of each session that does, at its time, and says how many paths are gone. *s must live as long as the run. */
void sessions_open(struct sessions *s, const struct chassis_config *config,
                   const struct flow_tables *flows, struct scheduler *scheduler,
                   size_t (*fell)(void *context, const struct session_config *session,
                                  int64_t now_ps),
                   void *context, struct arena *mem);

/* The MSFC has received a packet of a flow; times rise. */
void sessions_hear(struct sessions *s, uint32_t flow, int64_t now_ps);

/* Adds to a sample of a series how many are up. */
void sessions_sample(const struct sessions *s, struct report *out);

/* Module "session NAME". */
void sessions_show(const struct sessions *s, struct report *out);

#endif /* MODELS_SESSIONS_H */
