/* bgp_session.h - the passive end of a BGP session: the state machine of RFC 4271 §8 from the moment
 * that the peer's TCP connection is there.
 *
 *   bytes from the peer --> bgp_session_got --> opened, update, closed (struct bgp_session_ops)
 *   the clock           --> bgp_session_tick
 *                                 '--> out[0..n_out): bytes for the peer
 *
 *   OpenSent --OPEN--> OpenConfirm --KEEPALIVE--> Established
 *       '----------------- wrong, late, stopped: NOTIFICATION --> Idle: to be closed
 *
 * Knows neither sockets nor clocks: its owner reads, writes and says what time it is. What a peer
 * can make it hold is bounded: one buffer each way.
 *
 * Capabilities: IPv4 and IPv6 unicast, route refresh (RFC 2918), AS numbers of 4 bytes (RFC 6793).
 * Nothing is ever announced to the peer, so a route refresh that it asks for has an empty answer.
 */
#ifndef MODELS_BGP_SESSION_H
#define MODELS_BGP_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/bgp_message.h"

#define BGP_HOLD_S 180      /* source: [CISCO-BGP] timers bgp: default (vendor) */
#define BGP_OPEN_WAIT_S 240 /* source: [RFC4271] §8.2.2: hold timer before OPEN (standard) */
#define BGP_SEND_HOLD_S 480 /* source: [RFC9687] §4.1: at least 8 minutes (standard) */
#define BGP_NEVER INT64_MAX

enum bgp_state { BGP_IDLE, BGP_OPENSENT, BGP_OPENCONFIRM, BGP_ESTABLISHED };

enum bgp_cease { /* RFC 4486 §3 */
                 BGP_TOO_MANY_PREFIXES = 1,
                 BGP_SHUTDOWN,
                 BGP_CONNECTION_REJECTED = 5,
                 BGP_COLLISION = 7,
                 BGP_OUT_OF_RESOURCES = 8
};

struct bgp_session;

struct bgp_session_ops {
    /* The peer's OPEN is good: 0, or the subcode of the CEASE that refuses it. */
    unsigned (*opened)(void *context, const struct bgp_open *open);
    /* An UPDATE that does not end the session. */
    void (*update)(void *context, const struct bgp_update *update, const struct bgp_source *source);
    /* It is over; called once. */
    void (*closed)(void *context);
};

struct bgp_session_config {
    uint32_t local_as, local_id;
    uint32_t peer_as; /* 0: any */
    uint16_t hold_s;  /* 0, or at least 3 */
    uint32_t open_wait_s;
    uint32_t n_vrfs; /* with any, VPN-IPv4 prefixes are asked for, too */
    const struct vrf_config *vrfs;
    struct intern *vpn_paths; /* as in struct bgp_source; may serve all sessions */
    const struct bgp_session_ops *ops;
    void *context;
    struct bgp_scratch *scratch; /* may serve many sessions of one thread */
};

#define BGP_IN_BYTES 65536
#define BGP_OUT_BYTES (2 * BGP_MAX_MESSAGE_BYTES)

struct bgp_session {
    struct bgp_session_config config;
    enum bgp_state state;
    struct bgp_open peer; /* from OpenConfirm on */
    struct bgp_source source;
    uint16_t hold_s;                        /* agreed upon; 0: no timers */
    int64_t hold_ms, keepalive_ms, send_ms; /* deadlines; BGP_NEVER */
    struct bgp_error end;                   /* of the NOTIFICATION that ended it; code 0: none */
    bool end_received;                      /* from the peer, else sent by us */
    uint64_t n_messages, n_updates, n_refreshes, n_treated; /* last: as withdrawals */
    size_t n_in, n_out;
    uint8_t in[BGP_IN_BYTES], out[BGP_OUT_BYTES];
};

/* The connection is there: writes OPEN. Times are milliseconds of any steady clock. */
void bgp_session_open(struct bgp_session *s, const struct bgp_session_config *config,
                      int64_t now_ms);

/* Where to put bytes received: at least one message's worth of room; then n of them are there. */
uint8_t *bgp_session_room(struct bgp_session *s, size_t *room);
void bgp_session_got(struct bgp_session *s, size_t n, int64_t now_ms);

/* n bytes of out have been sent. */
void bgp_session_sent(struct bgp_session *s, size_t n, int64_t now_ms);

/* What is due by now; and when there is something next. */
void bgp_session_tick(struct bgp_session *s, int64_t now_ms);
int64_t bgp_session_deadline(const struct bgp_session *s);

/* Asks for all routes again; false when the peer cannot do that. */
bool bgp_session_refresh(struct bgp_session *s, int64_t now_ms);

/* Ends it with this NOTIFICATION, without data; with a CEASE; or because the connection is gone. */
void bgp_session_notify(struct bgp_session *s, unsigned code, unsigned subcode, int64_t now_ms);
void bgp_session_stop(struct bgp_session *s, enum bgp_cease why, int64_t now_ms);
void bgp_session_lost(struct bgp_session *s);

#endif /* MODELS_BGP_SESSION_H */
