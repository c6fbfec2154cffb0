/* control.h - the MSFC's control plane: routes in, RIB, FIB, download to every engine.
 *
 *   connected, static, feed, sessions --> RIB --> shared prefix tree --> software table of the MSFC
 *                 ^                                                 '--> download --> PFC, DFCs
 *                 '-- changes of static routes, what BGP peers say, sessions that fall, neighbours
 *                     that are asked for, while packets flow
 *
 * A change is in the RIB and in the software table at its time, with all routes whose next hop it
 * moves; each engine follows through the download's queue: the changed prefix, then the others in
 * ip_prefix_compare order.
 *
 * Differs from the hardware: the RIB needs no time to find its best routes.
 */
#ifndef MODELS_CONTROL_H
#define MODELS_CONTROL_H

#include "models/bgp_routes.h"
#include "models/config.h"
#include "models/download.h"
#include "models/fib.h"
#include "models/labels.h"
#include "models/rib.h"

struct report;

#define CONTROL_ADDED 1024u

/* Prefixes of one family that are new to the FIB, and go into it together. */
struct control_added {
    struct ip_prefix prefixes[CONTROL_ADDED];
    uint32_t adjacencies[CONTROL_ADDED], ids[CONTROL_ADDED];
    uint32_t n;
};

struct control {
    const struct chassis_config *config;
    struct arena *mem;
    struct rib *rib;
    struct fib *fib;
    uint32_t engine[CONFIG_MAX_SLOTS + 1]; /* number in the fib, by slot */
    uint32_t n_engines;                    /* in hardware */
    uint32_t ahead_engine;                 /* the PFC's, or a copy of it for the bus (control.c) */
    uint32_t software_engine;
    struct scheduler *scheduler;
    struct download download;
    struct labels labels;            /* of VRFs, when the configuration has any */
    uint32_t n_changes;              /* of the configuration's, made so far */
    uint32_t n_reloads;              /* the same */
    size_t n_late;                   /* routes of the feed that have come */
    const struct route_target *feed; /* what its next hops lead to */
    struct bgp_routes bgp;           /* when the configuration has BGP */
    size_t n_updates;                /* of the feed, so far */
    size_t n_heard;                  /* of them: those of peers that are not down */
    bool *is_down;                   /* by BGP peer: its session has fallen */
    uint64_t n_put;                  /* entries that changes have put into the download */
    int64_t now_ps;                  /* of the last change or update */
    bool live;                       /* there is no simulated time */
    struct control_added *added;     /* live */
};

/* Whether routes change while packets flow, whatever the packets are. */
bool control_changes_routes(const struct chassis_config *config);

void control_open(struct control *c, const struct chassis_config *config, struct arena *mem);

/* The FIB number of the engine in a slot; the PFC's for the supervisor's. */
uint32_t control_engine(const struct control *c, uint32_t slot);

/* Fills the engines, or schedules the download; and the first change. The scheduler may be NULL
 * when there is neither. */
void control_start(struct control *c, struct scheduler *scheduler);

/* Instead, without a scheduler: the engines hold the FIB, and follow each change at once. Changes are
 * those of control.bgp. */
void control_start_live(struct control *c);

/* What leads to a host from now on, by a connected route; NULL: nothing of its own. */
void control_set_host(struct control *c, struct ip_address host, const struct route_target *target,
                      int64_t now_ps);

/* A session has fallen: what came by it leaves the RIB, and its peers are not heard any more. How
 * many paths. */
size_t control_withdraw(struct control *c, const struct session_config *session, int64_t now_ps);

/* Brings all engines up to now_ps, and the console. Between windows only. */
void control_settle(struct control *c, int64_t now_ps);

/* The slot of an engine in hardware; 0: it is the PFC. */
uint32_t control_slot(const struct control *c, uint32_t engine);

/* Adds to a sample of a series how many prefixes the RIB has. */
void control_sample(const struct control *c, struct report *out);

void control_show(const struct control *c, struct report *out);
void control_close(struct control *c);

#endif /* MODELS_CONTROL_H */
