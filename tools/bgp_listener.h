/* bgp_listener.h - BGP sessions over TCP that feed the MSFC: one thread, poll().
 *
 *   peers --TCP--> [ accept ] --> sessions (bgp_session.h) --paths--> control.bgp --> RIB, FIB, engines
 *
 * What a peer can take is bounded: LISTENER_MAX_SESSIONS at a time, so many prefixes of each, and of
 * memory for all; a turn of poll() reads at most one buffer of each. Who asks for more is told by a
 * CEASE (RFC 4486).
 *
 * When the memory of the router modelled has no block for what a peer says, that is logged as IOS
 * does, and IOS_DOWN_NO_MEMORY_PS later the session goes down, with the NOTIFICATION of
 * models/ios_memory.h; what the peer announces until then is not kept.
 */
#ifndef TOOLS_BGP_LISTENER_H
#define TOOLS_BGP_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct bgp_memory;
struct control;
struct error;
struct listener;

#define LISTENER_MAX_SESSIONS 32
#define LISTENER_MAX_BYTES (2ull << 30) /* of paths and attributes */

struct listener_config {
    const char *address; /* "127.0.0.1:179", "[::1]:179"; port 0: any that is free */
    uint32_t local_as, local_id;
    uint16_t hold_s;
    uint32_t open_wait_s;
    uint32_t max_prefixes; /* of a session */
    struct control *control;
    struct bgp_memory *memory; /* of the router modelled; NULL: there is enough */
    struct arena *paths;       /* memory of the control's, whose growth is watched */
    bool quiet;                /* does not print what sessions do */
};

/* Listens; prints where. */
struct listener *listener_open(const struct listener_config *config, struct arena *mem,
                               struct error *err);

/* Serves until stop_fd can be read. */
void listener_run(struct listener *l, int stop_fd);

/* Asks every peer for all its routes again (RFC 2918). */
void listener_refresh(struct listener *l);

/* CEASE to all, and what must be said is sent. */
void listener_close(struct listener *l);

#endif /* TOOLS_BGP_LISTENER_H */
