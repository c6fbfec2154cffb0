#include "tools/bgp_listener.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "models/bgp_batch.h"
#include "models/bgp_session.h"
#include "models/bytes.h"
#include "models/control.h"
#include "models/ios_memory.h"
#include "scenarios/address.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tools/memory_text.h"

#define GATHER_MS 400  /* so long what peers say comes together before tables follow */
#define NAP_NS 1000000 /* for more to come when little was there */
#define PS_PER_MS INT64_C(1000000000)
#define GOODBYE_MS 1000 /* for the peer to read why */

struct connection {
    struct listener *l;
    int fd;        /* -1: free */
    uint32_t peer; /* its number in the bgp, the connection's own */
    struct ip_address address;
    uint32_t id;          /* of the peer; 0: not known yet */
    int64_t close_ms;     /* after the end of the session */
    int64_t no_memory_ms; /* when the session goes down for want of it; BGP_NEVER */
    enum bgp_cease stop;  /* it has more than it may: why it is to end; 0: it is not */
    struct bgp_session *session;
};

struct listener {
    struct listener_config config;
    int fd;
    struct bgp_scratch *scratch;
    struct intern *vpn_paths; /* of all sessions */
    struct connection connections[LISTENER_MAX_SESSIONS];
    size_t first_bytes;
    size_t n_read;           /* bytes, in this turn */
    bool ending;             /* nobody will ask any more */
    int64_t put_ms;          /* when the batch is to be put, if anything is in it */
    struct bgp_batch *batch; /* put when peers pause, or much has come together */
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void say(const struct connection *c, const char *what)
{
    char text[ADDRESS_TEXT];
    if (!c->l->config.quiet) {
        printf("%s: %s\n", address_print(&c->address, text), what);
        fflush(stdout);
    }
}

/* ---- what a session tells ---- */

/* RFC 4271 §6.8: of two connections with one peer, both opened by it, the older one stays. */
static unsigned opened(void *context, const struct bgp_open *open)
{
    struct connection *c = context;
    struct bgp_peer peer = {.address = c->address,
                            .as = open->as,
                            .id = open->id,
                            .internal = open->as == c->l->config.local_as};
    for (int i = 0; i < LISTENER_MAX_SESSIONS; i++) {
        const struct connection *other = &c->l->connections[i];
        if (other != c && other->fd >= 0 && other->session->state != BGP_IDLE &&
            other->id == open->id && other->address.hi == c->address.hi &&
            other->address.lo == c->address.lo) {
            return BGP_COLLISION;
        }
    }
    c->id = open->id;
    bgp_set_peer(c->l->config.control->bgp.bgp, c->peer, &peer);
    return 0;
}

/* One UPDATE on its way into the RIB: its attributes become a set when the first prefix needs it. */
struct passage {
    struct connection *c;
    const struct bgp_attributes *attributes;
    uint32_t sets[IP_N_FAMILIES + 1]; /* by family, and of VRFs: a next hop each; 0: none yet */
};

static void pass(void *context, const struct ip_prefix *prefix, uint32_t path_id,
                 const struct ip_address *next_hop)
{
    struct passage *p = context;
    struct bgp_store *store = bgp_store(p->c->l->config.control->bgp.bgp);
    uint32_t *set = &p->sets[ip_is_of_vrf(prefix) ? IP_N_FAMILIES : prefix->family];
    if (next_hop != NULL && p->c->no_memory_ms != BGP_NEVER) {
        return;
    }
    if (next_hop != NULL && *set == 0) {
        *set = bgp_store_take(store, p->attributes, *next_hop);
    }
    bgp_batch_say(p->c->l->batch, p->c->peer, prefix, path_id, next_hop == NULL ? 0 : *set);
}

/* With those that wait in the batch a peer may seem to have more than it has. */
static bool has_too_many(const struct connection *c)
{
    const struct listener *l = c->l;
    const struct bgp *bgp = l->config.control->bgp.bgp;
    if (bgp_n_peer_paths(bgp, c->peer) + bgp_batch_n(l->batch) > l->config.max_prefixes) {
        bgp_batch_put(l->batch);
    }
    return bgp_n_peer_paths(bgp, c->peer) > l->config.max_prefixes;
}

static void update(void *context, const struct bgp_update *u, const struct bgp_source *source)
{
    struct connection *c = context;
    const struct listener_config *config = &c->l->config;
    struct bgp *bgp = config->control->bgp.bgp;
    struct passage p = {.c = c, .attributes = &u->attributes};
    if (bgp_batch_n(c->l->batch) == 0) {
        c->l->put_ms = now_ms() + GATHER_MS;
    }
    bgp_update_each(u, source, pass, &p);
    for (int i = 0; i <= IP_N_FAMILIES; i++) {
        if (p.sets[i] != 0) {
            bgp_store_drop(bgp_store(bgp), p.sets[i]);
        }
    }
    if (has_too_many(c)) {
        c->stop = BGP_TOO_MANY_PREFIXES;
    } else if (arena_bytes(config->paths) - c->l->first_bytes > LISTENER_MAX_BYTES) {
        c->stop = BGP_OUT_OF_RESOURCES;
    }
}

static void no_memory(void *context, uint32_t peer, const struct ios_failure *failure)
{
    struct listener *l = context;
    struct connection *c = l->connections;
    while (c->peer != peer) {
        c++;
    }
    if (c->no_memory_ms == BGP_NEVER) {
        c->no_memory_ms = now_ms() + IOS_DOWN_NO_MEMORY_PS / PS_PER_MS;
        memory_failure_text(failure, "", stdout);
        fflush(stdout);
    }
}

static void closed(void *context)
{
    struct connection *c = context;
    const struct bgp_error *end = &c->session->end;
    char text[64] = "closed: the connection is gone";
    if (end->code != 0) {
        snprintf(text, sizeof text, "closed: NOTIFICATION %u/%u %s", end->code, end->subcode,
                 end->code == BGP_SEND_HOLD_TIMER_EXPIRED ? "not sent: the peer does not read"
                 : c->session->end_received               ? "received"
                                                          : "sent");
    }
    if (!c->l->ending) {
        bgp_batch_drop_peer(c->l->batch, c->peer);
    }
    c->close_ms = now_ms() + GOODBYE_MS;
    say(c, text);
}

static const struct bgp_session_ops ops = {opened, update, closed};

/* ---- sockets ---- */

static bool split_address(const char *text, char *host, size_t room, const char **port)
{
    const char *colon = strrchr(text, ':'), *end = colon;
    if (colon == NULL || colon[1] == '\0') {
        return false;
    }
    if (*text == '[' && colon[-1] == ']') {
        text++;
        end--;
    }
    if ((size_t)(end - text) >= room) {
        return false;
    }
    memcpy(host, text, (size_t)(end - text));
    host[end - text] = '\0';
    *port = colon + 1;
    return strlen(*port) <= 5 && strtoul(*port, NULL, 10) <= UINT16_MAX; /* else some other port */
}

static int listen_on(const struct addrinfo *at)
{
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
                    bind(fd, at->ai_addr, at->ai_addrlen) != 0 || listen(fd, 64) != 0)) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static struct ip_address address_of(const struct sockaddr_storage *s, unsigned *port)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)s;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)s;
    if (s->ss_family == AF_INET) {
        *port = ntohs(v4->sin_port);
        return get_address((const uint8_t *)&v4->sin_addr, IPV4);
    }
    *port = ntohs(v6->sin6_port);
    return get_address((const uint8_t *)&v6->sin6_addr, IPV6);
}

static void say_where(const struct listener *l)
{
    struct sockaddr_storage at = {0};
    socklen_t length = sizeof at;
    char text[ADDRESS_TEXT];
    unsigned port;
    getsockname(l->fd, (struct sockaddr *)&at, &length);
    struct ip_address a = address_of(&at, &port);
    address_print(&a, text);
    printf("AS %" PRIu32 " listens on %s port %u\n", l->config.local_as, text, port);
    fflush(stdout);
}

struct listener *listener_open(const struct listener_config *config, struct arena *mem,
                               struct error *err)
{
    struct listener *l = arena_take(mem, sizeof *l);
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM},
                    *at;
    char host[64];
    const char *port;
    if (!split_address(config->address, host, sizeof host, &port) ||
        getaddrinfo(host, port, &hints, &at) != 0) {
        error_add(err, "--listen=%s: expected an address and a port, as 127.0.0.1:1790",
                  config->address);
        return NULL;
    }
    *l = (struct listener){.config = *config, .fd = listen_on(at)};
    freeaddrinfo(at);
    if (l->fd < 0) {
        error_add(err, "--listen=%s: %s", config->address, strerror(errno));
        return NULL;
    }
    l->scratch = arena_take(mem, sizeof *l->scratch);
    l->batch = bgp_batch_open(&config->control->bgp, mem);
    if (config->memory != NULL) {
        bgp_batch_limit(l->batch, config->memory, no_memory, l);
    }
    for (int i = 0; i < LISTENER_MAX_SESSIONS; i++) {
        struct connection *c = &l->connections[i];
        *c = (struct connection){.l = l, .fd = -1, .session = arena_take(mem, sizeof *c->session)};
        c->peer = bgp_add_peer(config->control->bgp.bgp, &(struct bgp_peer){.as = 1});
    }
    l->vpn_paths = bgp_vpn_paths(config->control->config->vrfs, config->control->config->n_vrfs,
                                 config->paths);
    l->first_bytes = arena_bytes(config->paths);
    say_where(l);
    return l;
}

/* ---- connections ---- */

static struct connection *free_connection(struct listener *l)
{
    for (int i = 0; i < LISTENER_MAX_SESSIONS; i++) {
        if (l->connections[i].fd < 0) {
            return &l->connections[i];
        }
    }
    return NULL;
}

/* There is no room for another: CEASE/8, as one message that surely fits the socket. */
static void refuse(int fd)
{
    uint8_t message[21];
    bgp_header_write(message, sizeof message, BGP_NOTIFICATION);
    message[19] = BGP_CEASE;
    message[20] = BGP_OUT_OF_RESOURCES;
    if (send(fd, message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT) > 0) {
        shutdown(fd, SHUT_WR);
    }
    close(fd);
}

static void accept_one(struct listener *l)
{
    struct sockaddr_storage from = {0};
    socklen_t length = sizeof from;
    unsigned port;
    int fd = accept4(l->fd, (struct sockaddr *)&from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC),
        on = 1;
    if (fd < 0) {
        return;
    }
    struct connection *c = free_connection(l);
    if (c == NULL) {
        refuse(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c->fd = fd;
    c->id = 0;
    c->stop = 0;
    c->no_memory_ms = BGP_NEVER;
    c->address = address_of(&from, &port);
    const struct bgp_session_config config = {.local_as = l->config.local_as,
                                              .local_id = l->config.local_id,
                                              .hold_s = l->config.hold_s,
                                              .n_vrfs = l->config.control->config->n_vrfs,
                                              .vrfs = l->config.control->config->vrfs,
                                              .vpn_paths = l->vpn_paths,
                                              .open_wait_s = l->config.open_wait_s,
                                              .ops = &ops,
                                              .context = c,
                                              .scratch = l->scratch};
    bgp_session_open(c->session, &config, now_ms());
}

static void hang_up(struct connection *c)
{
    bgp_session_lost(c->session);
    close(c->fd);
    c->fd = -1;
}

static void write_some(struct connection *c)
{
    struct bgp_session *s = c->session;
    ssize_t n = s->n_out == 0 ? 0 : send(c->fd, s->out, s->n_out, MSG_NOSIGNAL);
    if (n > 0) {
        bgp_session_sent(s, (size_t)n, now_ms());
    }
    bool broken = n < 0 && errno != EAGAIN && errno != EINTR;
    if (broken) {
        hang_up(c);
    } else if (s->state == BGP_IDLE && s->n_out == 0) {
        shutdown(c->fd, SHUT_WR); /* the peer reads to the end, and then closes */
    }
}

static void read_some(struct connection *c)
{
    struct bgp_session *s = c->session;
    bool was_up = s->state == BGP_ESTABLISHED;
    size_t room;
    uint8_t *to = bgp_session_room(s, &room);
    ssize_t n = recv(c->fd, to, room, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        hang_up(c);
        return;
    }
    c->l->n_read += n > 0 ? (size_t)n : 0;
    if (n > 0 && s->state != BGP_IDLE) { /* else what comes after the end is let go */
        bgp_session_got(s, (size_t)n, now_ms());
    }
    if (!was_up && s->state == BGP_ESTABLISHED) {
        char text[64];
        snprintf(text, sizeof text, "established, AS %" PRIu32, s->peer.as);
        say(c, text);
    }
    if (c->stop != 0) {
        bgp_session_stop(s, c->stop, now_ms());
    }
}

static void tick(struct connection *c, int64_t now)
{
    if (c->session->state != BGP_IDLE && now >= c->no_memory_ms) {
        say(c, "%BGP-5-ADJCHANGE: neighbor Down No memory");
        bgp_session_notify(c->session, IOS_NOTIFICATION_CODE, IOS_NOTIFICATION_SUBCODE, now);
    } else if (c->session->state != BGP_IDLE) {
        bgp_session_tick(c->session, now);
    } else if (now >= c->close_ms) {
        hang_up(c);
    }
}

static int64_t deadline(const struct connection *c)
{
    int64_t due = bgp_session_deadline(c->session);
    return c->session->state == BGP_IDLE ? c->close_ms
           : c->no_memory_ms < due       ? c->no_memory_ms
                                         : due;
}

/* ---- the loop ---- */

/* Milliseconds until something is due; -1: nothing is. */
static int wait_ms(const struct listener *l)
{
    int64_t first = bgp_batch_n(l->batch) > 0 ? l->put_ms : BGP_NEVER, now = now_ms();
    for (int i = 0; i < LISTENER_MAX_SESSIONS; i++) {
        const struct connection *c = &l->connections[i];
        if (c->fd >= 0 && deadline(c) < first) {
            first = deadline(c);
        }
    }
    return first == BGP_NEVER    ? -1
           : first <= now        ? 0
           : first - now > 60000 ? 60000
                                 : (int)(first - now);
}

static void serve(struct connection *c, short events)
{
    if (events & (POLLIN | POLLHUP | POLLERR)) {
        read_some(c);
    }
    if (c->fd >= 0) {
        tick(c, now_ms());
    }
    if (c->fd >= 0 && c->session->n_out > 0) {
        write_some(c);
    }
}

/* Peers write message by message. To wake up for each would cost more than to read it. */
static void nap(struct listener *l)
{
    const struct timespec time = {.tv_nsec = NAP_NS};
    if (l->n_read > 0 && l->n_read < BGP_IN_BYTES / 2) {
        nanosleep(&time, NULL);
    }
    l->n_read = 0;
}

void listener_run(struct listener *l, int stop_fd)
{
    struct pollfd polls[2 + LISTENER_MAX_SESSIONS] = {{.fd = stop_fd, .events = POLLIN},
                                                      {.fd = l->fd, .events = POLLIN}};
    while (!(polls[0].revents & POLLIN)) {
        for (int i = 0; i < LISTENER_MAX_SESSIONS; i++) {
            const struct connection *c = &l->connections[i];
            polls[2 + i] = (struct pollfd){.fd = c->fd, .events = POLLIN};
            if (c->fd >= 0 && c->session->n_out > 0) {
                polls[2 + i].events |= POLLOUT;
            }
        }
        int n = poll(polls, 2 + LISTENER_MAX_SESSIONS, wait_ms(l));
        if (n < 0) {
            polls[0].revents = polls[1].revents = 0;
            continue; /* EINTR */
        }
        bool due = bgp_batch_n(l->batch) > 0 && now_ms() >= l->put_ms;
        if (due || polls[0].revents & POLLIN) {
            bgp_batch_put(l->batch);
        }
        for (int i = 0; i < LISTENER_MAX_SESSIONS; i++) {
            if (polls[2 + i].fd >= 0) {
                serve(&l->connections[i], polls[2 + i].revents);
            }
        }
        if (polls[1].revents & POLLIN) {
            accept_one(l);
        }
        nap(l);
    }
}

void listener_refresh(struct listener *l)
{
    for (int i = 0; i < LISTENER_MAX_SESSIONS; i++) {
        if (l->connections[i].fd >= 0) {
            bgp_session_refresh(l->connections[i].session, now_ms());
            write_some(&l->connections[i]);
        }
    }
}

void listener_close(struct listener *l)
{
    l->ending = true;
    for (int i = 0; i < LISTENER_MAX_SESSIONS; i++) {
        struct connection *c = &l->connections[i];
        if (c->fd >= 0) {
            bgp_session_stop(c->session, BGP_SHUTDOWN, now_ms());
        }
        if (c->fd >= 0) {
            write_some(c);
        }
        if (c->fd >= 0) {
            hang_up(c);
        }
    }
    close(l->fd);
}
