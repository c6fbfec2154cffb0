/* flows.c - what is routed is listed once per family, in a random order, and again by the port it
 * leaves by. A flow then draws a prefix from one of these lists, and addresses in it until one is
 * matched by no longer prefix.
 */
#include "models/flows.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "models/config.h"
#include "models/fib.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/rng.h"

#define TRIES 10000   /* prefixes drawn for one flow before it is given up */
#define HOST_TRIES 16 /* addresses drawn in one prefix */
#define NO_PORT UINT32_MAX

/* The routed prefixes of one family, as entry ids. */
struct routed {
    uint32_t n;
    uint32_t *ids;     /* [n] in random order */
    uint32_t *by_port; /* [n] the same by egress port, and in that order within each */
    uint32_t *first;   /* [n_ports + 1] where each port begins in by_port */
};

struct builder {
    const struct chassis_config *config;
    const struct fib *fib;
    struct arena *scratch;
    struct routed routed[IP_N_FAMILIES];
    uint64_t *zipf; /* [k]: sum of the weights of ranks 1 to k; NULL: no stream needs it */
    uint32_t *all_ports;
    struct flow_tables *tables;
};

/* One stream at one of its ports. */
struct entry {
    const struct stream_config *stream;
    const struct routed *routed;
    struct rng rng;
    uint64_t n_drawn;
    uint32_t port, index;   /* global, in the stream */
    const uint32_t *egress; /* its flows go in turn to egress[(begin + j % n) % n_egress] */
    uint32_t n_egress, begin, n;
};

/* --- What is routed -------------------------------------------------------------------------- */

static const struct adjacency *adjacency_of(const struct fib *fib, enum ip_family family,
                                            uint32_t id)
{
    return &fib->adjacencies[fib->resolved[family][id]];
}

/* The port an entry forwards to, or NO_PORT. */
static uint32_t exit_port(const struct fib *fib, enum ip_family family, uint32_t id)
{
    const struct adjacency *a = adjacency_of(fib, family, id);
    return fib_forwards(a) ? a->port : NO_PORT;
}

/* A neighbour's own entry is no route: its next hop is itself. */
static bool is_routed(const struct fib *fib, enum ip_family family, uint32_t id)
{
    const struct adjacency *a = adjacency_of(fib, family, id);
    const struct ip_prefix *p = &fib->prefixes[family][id];
    return fib_forwards(a) && !(p->length == (family == IPV4 ? 32 : 128) &&
                                p->hi == a->next_hop.hi && p->lo == a->next_hop.lo);
}

/* Fisher and Yates' shuffle. */
static void shuffle(uint32_t *ids, uint32_t n, const struct rng *rng)
{
    struct rng_draw draws[64];
    for (uint32_t i = 0; i + 1 < n; i++) {
        if (i % 64 == 0) {
            rng_fill(rng, i, 64, draws);
        }
        uint32_t other = i + (uint32_t)rng_below(draws[i % 64].a, n - i);
        uint32_t id = ids[i];
        ids[i] = ids[other];
        ids[other] = id;
    }
}

static void list_routed(struct builder *b, enum ip_family family)
{
    const struct fib *fib = b->fib;
    struct routed *r = &b->routed[family];
    uint32_t n_ports = b->config->n_ports;
    r->ids = arena_take_array(b->scratch, fib->n_ids[family], sizeof *r->ids);
    r->by_port = arena_take_array(b->scratch, fib->n_ids[family], sizeof *r->by_port);
    r->first = arena_take_array(b->scratch, n_ports + 2, sizeof *r->first);
    for (uint32_t id = 1; id < fib->n_ids[family]; id++) {
        if (is_routed(fib, family, id)) {
            r->ids[r->n++] = id;
            r->first[exit_port(fib, family, id) + 2]++;
        }
    }
    struct rng rng = rng_open(b->config->seed, "flows", family == IPV4 ? "order 4" : "order 6");
    shuffle(r->ids, r->n, &rng);
    /* Counting sort: first[p + 1] runs from the beginning of port p to its end. */
    for (uint32_t p = 0; p < n_ports; p++) {
        r->first[p + 2] += r->first[p + 1];
    }
    for (uint32_t i = 0; i < r->n; i++) {
        r->by_port[r->first[exit_port(fib, family, r->ids[i]) + 1]++] = r->ids[i];
    }
}

static void weigh_ranks(struct builder *b)
{
    const uint64_t first = 1ull << 40;
    uint32_t n = b->routed[IPV4].n > b->routed[IPV6].n ? b->routed[IPV4].n : b->routed[IPV6].n;
    b->zipf = arena_take_array(b->scratch, n + 1, sizeof *b->zipf);
    for (uint32_t k = 1; k <= n; k++) {
        b->zipf[k] = b->zipf[k - 1] + first / k;
    }
}

/* --- One flow -------------------------------------------------------------------------------- */

/* A place in a list of n: any alike, or the earlier the likelier. */
static uint32_t draw_place(const struct builder *b, const struct entry *e, uint64_t bits,
                           uint32_t n)
{
    if (e->stream->to != TO_ZIPF) {
        return (uint32_t)rng_below(bits, n);
    }
    uint64_t weight = rng_below(bits, b->zipf[n]);
    uint32_t low = 0, high = n; /* zipf[low] <= weight < zipf[high] */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (b->zipf[middle] <= weight) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static uint32_t longest_match(const struct fib *fib, const struct ip_address *a)
{
    uint32_t id, address = (uint32_t)(a->hi >> 32);
    if (a->family == IPV4) {
        lpm_lookup4(fib->lpm[IPV4], &address, &id, 1);
    } else {
        lpm_lookup6(fib->lpm[IPV6], &a->hi, &a->lo, &id, 1);
    }
    return id;
}

/* An address whose longest match is entry id (of IPv4, what follows the 32 bits does not matter);
 * false when a few draws find none. */
static bool draw_address(const struct builder *b, struct entry *e, uint32_t id,
                         struct ip_address *address)
{
    enum ip_family family = e->stream->family;
    const struct ip_prefix *p = &b->fib->prefixes[family][id];
    uint64_t host_hi = ~ip_mask_hi(p->length), host_lo = ~ip_mask_lo(p->length);
    for (uint32_t i = 0; i < HOST_TRIES; i++) {
        struct rng_draw host = rng_at(&e->rng, e->n_drawn++);
        *address = (struct ip_address){p->hi | (host.a & host_hi), p->lo | (host.b & host_lo),
                                       (uint8_t)family};
        if (longest_match(b->fib, address) == id) {
            return true;
        }
    }
    return false;
}

/* An address of a prefix of the list that does not leave by the entry's own port. */
static bool draw_from(const struct builder *b, struct entry *e, const uint32_t *ids, uint32_t n,
                      struct ip_address *address)
{
    for (uint32_t i = 0; i < TRIES; i++) {
        uint32_t id = ids[draw_place(b, e, rng_at(&e->rng, e->n_drawn++).a, n)];
        if (exit_port(b->fib, e->stream->family, id) != e->port &&
            draw_address(b, e, id, address)) {
            return true;
        }
    }
    return false;
}

/* The first of the list, from place number j on, that does not leave by the entry's own port. */
static bool next_of_list(const struct builder *b, const struct entry *e, uint32_t j,
                         struct ip_address *address)
{
    const struct stream_config *s = e->stream;
    for (uint32_t i = 0; i < s->n_list; i++) {
        *address = s->list[((uint64_t)e->index + j + i) % s->n_list];
        uint32_t id = longest_match(b->fib, address);
        if (id == LPM_NONE || exit_port(b->fib, s->family, id) != e->port) {
            return true;
        }
    }
    return false;
}

/* Where flow number j of the entry goes. */
static bool destination(const struct builder *b, struct entry *e, uint32_t j,
                        struct ip_address *address)
{
    const struct routed *r = e->routed;
    if (e->stream->to == TO_LIST) {
        return next_of_list(b, e, j, address);
    }
    if (e->n_egress == 0) {
        return draw_from(b, e, r->ids, r->n, address);
    }
    if (e->n == 0) {
        return false;
    }
    uint32_t port = e->egress[(e->begin + j % e->n) % e->n_egress];
    uint32_t n = r->first[port + 1] - r->first[port];
    if (n == 0) {
        *address = ip_address_next(b->config->ports[port].address[e->stream->family]);
        return true;
    }
    return draw_from(b, e, r->by_port + r->first[port], n, address);
}

/* --- Streams --------------------------------------------------------------------------------- */

/* With nothing routed, every port's neighbour will do. A port skips itself and begins with the one
 * after it, so that a mesh has every egress port alike whatever the number of flows. */
static void choose_egress(const struct builder *b, struct entry *e)
{
    const struct stream_config *s = e->stream;
    e->egress = s->egress;
    e->n_egress = s->n_egress;
    if (e->n_egress == 0 && e->routed->n == 0) {
        e->egress = b->all_ports;
        e->n_egress = b->config->n_ports;
    }
    e->begin = e->index;
    e->n = e->n_egress;
    for (uint32_t i = 0; i < e->n_egress; i++) {
        if (e->egress[i] == e->port) {
            e->begin = i + 1;
            e->n = e->n_egress - 1;
        }
    }
}

static bool fill_stream(struct builder *b, uint32_t number, struct error *err)
{
    const struct stream_config *s = &b->config->streams[number];
    struct flow_tables *t = b->tables;
    struct entry e = {.stream = s,
                      .routed = &b->routed[s->family],
                      .rng = rng_open(b->config->seed, "flows", s->name)};
    if (s->to == TO_LIST && s->n_egress > 0) {
        return error_add(err, "stream %s: a list of addresses leaves no choice of egress ports",
                         s->name);
    }
    for (uint32_t i = 0; i < s->n_ports; i++) {
        e.index = i;
        e.port = s->ports[i];
        choose_egress(b, &e);
        for (uint32_t f = t->first[number] + i, j = 0; f < t->first[number + 1];
             f += s->n_ports, j++) {
            struct ip_address a;
            if (!destination(b, &e, j, &a)) {
                const struct port_config *port = &b->config->ports[e.port];
                return error_add(err, "stream %s: no destination for what enters by port %u/%u",
                                 s->name, port->slot, port->number);
            }
            if (s->family == IPV4) {
                t->dst4[f] = (uint32_t)(a.hi >> 32);
            } else {
                t->dst6_hi[f] = a.hi;
                t->dst6_lo[f] = a.lo;
            }
        }
    }
    return true;
}

static bool number_flows(struct flow_tables *t, const struct chassis_config *config,
                         struct arena *mem, struct error *err)
{
    uint64_t n = 0;
    t->first = arena_take_array(mem, config->n_streams + 1, sizeof *t->first);
    for (uint32_t i = 0; i < config->n_streams; i++) {
        const struct stream_config *s = &config->streams[i];
        n += s->n_flows > s->n_ports ? s->n_flows : s->n_ports;
        if (n > FLOWS_MAX) {
            return error_add(err, "stream %s: more than %u flows in all", s->name, FLOWS_MAX);
        }
        t->first[i + 1] = (uint32_t)n;
    }
    t->n_flows = (uint32_t)n;
    t->dst4 = arena_take_array(mem, n, sizeof *t->dst4);
    t->dst6_hi = arena_take_array(mem, n, sizeof *t->dst6_hi);
    t->dst6_lo = arena_take_array(mem, n, sizeof *t->dst6_lo);
    return true;
}

struct flow_tables *flows_open(const struct chassis_config *config, const struct fib *fib,
                               struct arena *mem, struct error *err)
{
    struct builder b = {.config = config, .fib = fib, .scratch = arena_open()};
    bool zipf = false;
    b.tables = arena_take(mem, sizeof *b.tables);
    b.all_ports = arena_take_array(b.scratch, config->n_ports, sizeof *b.all_ports);
    for (uint32_t i = 0; i < config->n_ports; i++) {
        b.all_ports[i] = i;
    }
    for (uint32_t i = 0; i < config->n_streams; i++) {
        const struct stream_config *s = &config->streams[i];
        zipf |= s->to == TO_ZIPF;
        if (b.routed[s->family].ids == NULL) {
            list_routed(&b, s->family);
        }
    }
    if (zipf) {
        weigh_ranks(&b);
    }
    bool numbered = number_flows(b.tables, config, mem, err), good = numbered;
    for (uint32_t i = 0; i < config->n_streams && numbered; i++) {
        good &= fill_stream(&b, i, err);
    }
    arena_close(b.scratch);
    return good ? b.tables : NULL;
}
