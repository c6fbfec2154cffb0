#include "models/bgp_session.h"

#include <string.h>

#include "sim/error.h"

#define SECOND_MS 1000

/* ---- out ---- */

/* A message without a body, or with this one. What finds no room is left out: then the peer has not
 * read for long, and the send hold timer (RFC 9687) runs. */
static void send_message(struct bgp_session *s, enum bgp_type type, const void *body, size_t n,
                         int64_t now_ms)
{
    size_t length = BGP_HEADER_BYTES + n;
    if (s->n_out + length > sizeof s->out) {
        return;
    }
    uint8_t *p = s->out + s->n_out;
    bgp_header_write(p, length, type);
    if (n > 0) {
        memcpy(p + BGP_HEADER_BYTES, body, n);
    }
    if (s->n_out == 0) {
        bgp_session_sent(s, 0, now_ms); /* from now on the peer is expected to read */
    }
    s->n_out += length;
}

void bgp_session_sent(struct bgp_session *s, size_t n, int64_t now_ms)
{
    int64_t twice = 2 * (int64_t)s->hold_s,
            wait_s = twice > BGP_SEND_HOLD_S ? twice : BGP_SEND_HOLD_S;
    s->n_out -= n;
    memmove(s->out, s->out + n, s->n_out);
    s->send_ms = now_ms + wait_s * SECOND_MS;
}

static void close_session(struct bgp_session *s)
{
    if (s->state != BGP_IDLE) {
        s->state = BGP_IDLE;
        s->n_in = 0;
        s->hold_ms = s->keepalive_ms = BGP_NEVER;
        s->config.ops->closed(s->config.context);
    }
}

/* RFC 4271 §4.5: code, subcode, data. */
static void notify(struct bgp_session *s, const struct bgp_error *error, int64_t now_ms)
{
    uint8_t body[BGP_MAX_MESSAGE_BYTES - BGP_HEADER_BYTES] = {error->code, error->subcode};
    size_t n = error->n_data < sizeof body - 2 ? error->n_data : sizeof body - 2;
    if (s->state == BGP_IDLE) {
        return;
    }
    if (n > 0) {
        memcpy(body + 2, error->data, n);
    }
    send_message(s, BGP_NOTIFICATION, body, 2 + n, now_ms);
    s->end = (struct bgp_error){.code = error->code, .subcode = error->subcode};
    close_session(s);
}

void bgp_session_notify(struct bgp_session *s, unsigned code, unsigned subcode, int64_t now_ms)
{
    struct bgp_error error = {.code = (uint8_t)code, .subcode = (uint8_t)subcode};
    notify(s, &error, now_ms);
}

static void start_hold(struct bgp_session *s, int64_t now_ms)
{
    s->hold_ms = s->hold_s == 0 ? BGP_NEVER : now_ms + s->hold_s * (int64_t)SECOND_MS;
}

static void keepalive(struct bgp_session *s, int64_t now_ms)
{
    send_message(s, BGP_KEEPALIVE, NULL, 0, now_ms);
    s->keepalive_ms = s->hold_s == 0 ? BGP_NEVER : now_ms + s->hold_s * (int64_t)SECOND_MS / 3;
}

void bgp_session_open(struct bgp_session *s, const struct bgp_session_config *config,
                      int64_t now_ms)
{
    struct bgp_open open = {.as = config->local_as,
                            .id = config->local_id,
                            .hold_s = config->hold_s,
                            .as4 = true,
                            .refresh = true,
                            .ipv4 = true,
                            .ipv6 = true,
                            .vpn = config->n_vrfs > 0};
    sim_assert(config->hold_s == 0 || config->hold_s >= 3);
    s->config = *config;
    s->state = BGP_OPENSENT;
    s->peer = (struct bgp_open){0};
    s->end = (struct bgp_error){0};
    s->end_received = false;
    s->n_messages = s->n_updates = s->n_refreshes = s->n_treated = 0;
    s->n_in = 0;
    s->hold_s = 0;
    s->hold_ms = now_ms + config->open_wait_s * (int64_t)SECOND_MS;
    s->keepalive_ms = BGP_NEVER;
    s->n_out = bgp_open_write(&open, s->out);
    bgp_session_sent(s, 0, now_ms);
}

/* ---- in ---- */

static void got_open(struct bgp_session *s, const uint8_t *message, size_t length, int64_t now_ms)
{
    const struct bgp_session_config *c = &s->config;
    struct bgp_error error;
    if (!bgp_open_read(message, length, &s->peer, &error)) {
        notify(s, &error, now_ms);
        return;
    }
    if (c->peer_as != 0 && s->peer.as != c->peer_as) {
        bgp_session_notify(s, BGP_OPEN_ERROR, BGP_BAD_PEER_AS, now_ms);
        return;
    }
    bool internal = s->peer.as == c->local_as;
    if (internal && s->peer.id == c->local_id) { /* RFC 6286 §2.2 */
        bgp_session_notify(s, BGP_OPEN_ERROR, BGP_BAD_IDENTIFIER, now_ms);
        return;
    }
    unsigned cease = c->ops->opened(c->context, &s->peer);
    if (cease != 0) {
        bgp_session_notify(s, BGP_CEASE, cease, now_ms);
        return;
    }
    s->source = (struct bgp_source){.as4 = s->peer.as4,
                                    .internal = internal,
                                    .peer_as = internal ? 0 : s->peer.as,
                                    .n_vrfs = c->n_vrfs,
                                    .vrfs = c->vrfs,
                                    .vpn_paths = c->vpn_paths};
    s->hold_s = s->peer.hold_s < c->hold_s ? s->peer.hold_s : c->hold_s;
    s->state = BGP_OPENCONFIRM;
    start_hold(s, now_ms);
    keepalive(s, now_ms);
}

static bool agreed_upon(const struct bgp_open *peer, const struct bgp_nlri *nlri)
{
    return nlri->vpn ? peer->vpn : nlri->family == IPV4 ? peer->ipv4 : peer->ipv6;
}

static void got_update(struct bgp_session *s, const uint8_t *message, size_t length, int64_t now_ms)
{
    struct bgp_update update;
    struct bgp_nlri *reach = &update.attributes.reach, *unreach = &update.attributes.unreach;
    bgp_update_read(message, length, &s->source, s->config.scratch, &update);
    s->n_updates++;
    if (update.verdict == BGP_RESET) {
        notify(s, &update.error, now_ms);
        return;
    }
    s->n_treated += update.verdict == BGP_WITHDRAW;
    reach->known &= agreed_upon(&s->peer, reach);
    unreach->known &= agreed_upon(&s->peer, unreach);
    s->config.ops->update(s->config.context, &update, &s->source);
}

/* RFC 4271 §8.2.2: what each state expects; anything else is an error of the state machine, with
 * the state in its subcode (RFC 6608). */
static void got_message(struct bgp_session *s, enum bgp_type type, const uint8_t *message,
                        size_t length, int64_t now_ms)
{
    s->n_messages++;
    if (type == BGP_NOTIFICATION) {
        s->end = (struct bgp_error){.code = message[19], .subcode = message[20]};
        s->end_received = true;
        close_session(s);
    } else if (s->state == BGP_OPENSENT && type == BGP_OPEN) {
        got_open(s, message, length, now_ms);
    } else if (s->state == BGP_OPENCONFIRM && type == BGP_KEEPALIVE) {
        s->state = BGP_ESTABLISHED;
        start_hold(s, now_ms);
    } else if (s->state == BGP_ESTABLISHED && type != BGP_OPEN) {
        start_hold(s, now_ms);
        s->n_refreshes += type == BGP_ROUTE_REFRESH;
        if (type == BGP_UPDATE) {
            got_update(s, message, length, now_ms);
        }
    } else {
        bgp_session_notify(s, BGP_FSM_ERROR, s->state, now_ms);
    }
}

uint8_t *bgp_session_room(struct bgp_session *s, size_t *room)
{
    *room = sizeof s->in - s->n_in;
    return s->in + s->n_in;
}

void bgp_session_got(struct bgp_session *s, size_t n, int64_t now_ms)
{
    size_t used = 0, length;
    enum bgp_type type;
    struct bgp_error error;
    s->n_in += n;
    while (s->state != BGP_IDLE && s->n_in - used >= BGP_HEADER_BYTES) {
        const uint8_t *message = s->in + used;
        if (!bgp_header_read(message, &length, &type, &error)) {
            notify(s, &error, now_ms);
            return;
        }
        if (s->n_in - used < length) {
            break;
        }
        got_message(s, type, message, length, now_ms);
        used += length;
    }
    if (s->state != BGP_IDLE) {
        s->n_in -= used;
        memmove(s->in, s->in + used, s->n_in);
    }
}

/* ---- time ---- */

void bgp_session_tick(struct bgp_session *s, int64_t now_ms)
{
    if (s->n_out > 0 && now_ms >= s->send_ms) {
        s->end = (struct bgp_error){.code = BGP_SEND_HOLD_TIMER_EXPIRED};
        s->n_out = 0; /* who does not read cannot be told */
        close_session(s);
    } else if (now_ms >= s->hold_ms) {
        bgp_session_notify(s, BGP_HOLD_TIMER_EXPIRED, 0, now_ms);
    } else if (now_ms >= s->keepalive_ms) {
        keepalive(s, now_ms);
    }
}

int64_t bgp_session_deadline(const struct bgp_session *s)
{
    int64_t first = s->hold_ms < s->keepalive_ms ? s->hold_ms : s->keepalive_ms;
    return s->n_out > 0 && s->send_ms < first ? s->send_ms : first;
}

bool bgp_session_refresh(struct bgp_session *s, int64_t now_ms)
{
    /* AFI, reserved, SAFI: RFC 2918 §3 */
    static const uint8_t ipv4[] = {0, 1, 0, 1}, ipv6[] = {0, 2, 0, 1};
    static const uint8_t vpn[] = {0, 1, 0, BGP_SAFI_VPN};
    if (s->state != BGP_ESTABLISHED || !s->peer.refresh) {
        return false;
    }
    if (s->peer.ipv4) {
        send_message(s, BGP_ROUTE_REFRESH, ipv4, sizeof ipv4, now_ms);
    }
    if (s->peer.ipv6) {
        send_message(s, BGP_ROUTE_REFRESH, ipv6, sizeof ipv6, now_ms);
    }
    if (s->peer.vpn && s->source.n_vrfs > 0) {
        send_message(s, BGP_ROUTE_REFRESH, vpn, sizeof vpn, now_ms);
    }
    return true;
}

void bgp_session_stop(struct bgp_session *s, enum bgp_cease why, int64_t now_ms)
{
    bgp_session_notify(s, BGP_CEASE, why, now_ms);
}

void bgp_session_lost(struct bgp_session *s)
{
    s->n_out = 0;
    close_session(s);
}
