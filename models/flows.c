/* flows.c - what is routed is listed once per family, in a random order, and again by each port it
 * may leave by. A flow then draws a prefix from one of these lists, and addresses in it until one
 * is matched by no longer prefix and hashed to a path by that port.
 */
#include "models/flows.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "models/config.h"
#include "models/fib.h"
#include "models/labels.h"
#include "models/lookup.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/rng.h"

#define TRIES 10000      /* prefixes drawn for one flow before it is given up */
#define HOST_TRIES 16    /* addresses drawn in one prefix */
#define FIRST_PORT 1024u /* of the transport ports drawn */
#define NO_PORT UINT32_MAX

/* The routed prefixes of one family, as entry ids. */
struct routed {
    uint32_t n;
    uint32_t *ids;     /* [n] in random order */
    uint32_t *by_port; /* the same by egress port, and in that order within each */
    uint32_t *first;   /* [n_ports + 1] where each port begins in by_port */
};

struct builder {
    const struct chassis_config *config;
    const struct fib *fib;
    struct arena *scratch;
    const struct labels *labels;
    struct routed routed[IP_N_FAMILIES];
    struct routed *in_vrf; /* [1 + n_vrfs], ids NULL: no stream needs it yet */
    uint64_t *zipf;        /* [k]: sum of the weights of ranks 1 to k; NULL: no stream needs it */
    uint32_t *interfaces;
    uint32_t n_interfaces;
    uint64_t universal_id;
    struct flow_tables *tables;
};

/* One stream at one of its ports. */
struct entry {
    const struct stream_config *stream;
    const struct routed *routed;
    struct rng rng, sources;
    uint64_t n_drawn, n_sources;
    struct flow_key flow; /* being drawn */
    uint32_t hash;
    uint32_t port, index;   /* the interface, global; its number in the stream */
    const uint32_t *egress; /* its flows go in turn to egress[(begin + j % n) % n_egress] */
    uint32_t n_egress, begin, n;
    uint32_t vrf; /* that its flows go to; 0: none */
};

/* --- What is routed -------------------------------------------------------------------------- */

static const struct adjacency *adjacency_of(const struct fib *fib, enum ip_family family,
                                            uint32_t id)
{
    return &fib->adjacencies[fib->resolved[family][id]];
}

/* The interface a path forwards to, or NO_PORT. */
static uint32_t interface_of(const struct adjacency *a)
{
    return fib_forwards(a) || a->kind == ADJACENCY_BUNDLE ? a->port : NO_PORT;
}

/* The interfaces an entry may forward to, each once: how many. */
static uint32_t exits(const struct fib *fib, enum ip_family family, uint32_t id,
                      uint32_t ports[SHARING_MOST_BUCKETS])
{
    const struct adjacency *a = adjacency_of(fib, family, id);
    uint32_t n_paths = a->kind == ADJACENCY_PATHS ? a->n_buckets : 1, n = 0;
    for (uint32_t i = 0; i < n_paths; i++) {
        const struct adjacency *path =
            a->kind == ADJACENCY_PATHS ? &fib->adjacencies[fib->buckets[a->bucket + i]] : a;
        uint32_t port = interface_of(path), k = 0;
        while (k < n && ports[k] != port) {
            k++;
        }
        if (k == n && port != NO_PORT) {
            ports[n++] = port;
        }
    }
    return n;
}

/* The interface a flow of this hash leaves by, or NO_PORT. */
static uint32_t exit_of(const struct builder *b, enum ip_family family, uint32_t id, uint32_t hash)
{
    const struct adjacency *a = adjacency_of(b->fib, family, id);
    a = a->kind < ADJACENCY_N_KINDS ? a : fib_choose(b->fib, a, hash);
    return fib_forwards(a) ? config_interface_of(b->config, a->port) : NO_PORT;
}

/* A neighbour's own entry is no route: its next hop is itself. */
static bool is_neighbour(const struct fib *fib, enum ip_family family, uint32_t id)
{
    const struct adjacency *a = adjacency_of(fib, family, id);
    const struct ip_prefix *p = &fib->prefixes[family][id];
    return a->kind != ADJACENCY_PATHS && p->length == (family == IPV4 ? 32 : 128) &&
           p->hi == a->next_hop.hi && p->lo == a->next_hop.lo;
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

/* vrf: of IPv4. */
static void list_routed(struct builder *b, struct routed *r, enum ip_family family, uint32_t vrf)
{
    const struct fib *fib = b->fib;
    uint32_t n_ports = config_n_all_ports(b->config), ports[SHARING_MOST_BUCKETS];
    r->ids = arena_take_array(b->scratch, fib->n_ids[family], sizeof *r->ids);
    r->first = arena_take_array(b->scratch, n_ports + 2, sizeof *r->first);
    for (uint32_t id = 1; id < fib->n_ids[family]; id++) {
        bool other = family == IPV4 && fib->prefixes[family][id].lo != vrf;
        uint32_t n = other || is_neighbour(fib, family, id) ? 0 : exits(fib, family, id, ports);
        r->ids[r->n] = id;
        r->n += n > 0;
        while (n > 0) {
            r->first[ports[--n] + 2]++;
        }
    }
    struct rng rng = rng_open(b->config->seed, "flows", family == IPV4 ? "order 4" : "order 6");
    shuffle(r->ids, r->n, &rng);
    /* Counting sort: first[p + 1] runs from the beginning of port p to its end. */
    for (uint32_t p = 0; p < n_ports; p++) {
        r->first[p + 2] += r->first[p + 1];
    }
    r->by_port = arena_take_array(b->scratch, r->first[n_ports + 1], sizeof *r->by_port);
    for (uint32_t i = 0; i < r->n; i++) {
        uint32_t n = exits(fib, family, r->ids[i], ports);
        while (n > 0) {
            r->by_port[r->first[ports[--n] + 1]++] = r->ids[i];
        }
    }
}

static void weigh_ranks(struct builder *b)
{
    const uint64_t first = 1ull << 40;
    uint32_t n4 = b->fib->n_ids[IPV4], n6 = b->fib->n_ids[IPV6], n = n4 > n6 ? n4 : n6;
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

static uint32_t longest_match(const struct fib *fib, const struct entry *e)
{
    struct ip_address to = e->flow.to;
    to.lo = to.family == IPV4 ? e->vrf : to.lo;
    return fib_match(fib, to);
}

static struct ip_address draw_in(const struct ip_prefix *p, struct rng_draw host)
{
    unsigned whole = p->family == IPV4 ? 32 : 128;
    uint64_t host_hi = ip_mask_hi(whole) & ~ip_mask_hi(p->length);
    uint64_t host_lo = ip_mask_lo(whole) & ~ip_mask_lo(p->length);
    uint64_t lo = p->family == IPV4 ? 0 : p->lo; /* packets do not say their VRF */
    return (struct ip_address){p->hi | (host.a & host_hi), lo | (host.b & host_lo), p->family};
}

static uint16_t draw_port(struct port_range range, uint64_t bits)
{
    if (range.high == 0) {
        range = (struct port_range){FIRST_PORT, UINT16_MAX};
    }
    return (uint16_t)(range.low + rng_below(bits, range.high - range.low + 1u));
}

/* Another source for the flow. Returns the interface it leaves by, entry id being its route. */
static uint32_t draw_source(const struct builder *b, struct entry *e, uint32_t id)
{
    enum ip_family family = e->stream->family;
    struct rng_draw address = rng_at(&e->sources, e->n_sources++);
    struct rng_draw ports = rng_at(&e->sources, e->n_sources++);
    e->flow.from = (struct ip_address){address.a >> 3 | 1ull << 61, address.b, IPV6};
    if (family == IPV4) {
        uint64_t source = (1u << 24) + rng_below(address.a, 223u << 24); /* 1. to 223. */
        e->flow.from = (struct ip_address){source << 32, 0, IPV4};
    }
    if (e->stream->source.length > 0) {
        e->flow.from = draw_in(&e->stream->source, address);
    }
    e->flow.from_port = draw_port(e->stream->from_ports, ports.a);
    e->flow.to_port = draw_port(e->stream->to_ports, ports.b);
    e->hash = sharing_hash(b->config->load_sharing, b->universal_id, &e->flow);
    return exit_of(b, family, id, e->hash);
}

/* An address whose longest match is entry id, and a source so that the flow leaves by this port (NO_PORT: by any but the entry's own); false
 * when a few draws find none. */
static bool draw_address(const struct builder *b, struct entry *e, uint32_t id, uint32_t port)
{
    enum ip_family family = e->stream->family;
    const struct ip_prefix *p = &b->fib->prefixes[family][id];
    for (uint32_t i = 0; i < HOST_TRIES; i++) {
        e->flow.to = draw_in(p, rng_at(&e->rng, e->n_drawn++));
        if (longest_match(b->fib, e) == id) {
            uint32_t exit = draw_source(b, e, id);
            if (exit != NO_PORT && (port == NO_PORT ? exit != e->port : exit == port)) {
                return true;
            }
        }
    }
    return false;
}

/* May it be by another port than the one that it enters by; for a stream to be redirected, by that?
 */
static bool leads_right(const struct builder *b, const struct entry *e, uint32_t id)
{
    uint32_t ports[SHARING_MOST_BUCKETS], n = exits(b->fib, e->stream->family, id, ports);
    return n > 1 || (n == 1 && (ports[0] != e->port) != e->stream->redirect);
}

/* An address of a prefix of the list, by this port or any but the entry's own. */
static bool draw_from(const struct builder *b, struct entry *e, const uint32_t *ids, uint32_t n,
                      uint32_t port)
{
    for (uint32_t i = 0; i < TRIES; i++) {
        uint32_t id = ids[draw_place(b, e, rng_at(&e->rng, e->n_drawn++).a, n)];
        if (leads_right(b, e, id) && draw_address(b, e, id, port)) {
            return true;
        }
    }
    return false;
}

/* The first of the list, from place number j on, that does not leave by the entry's own port. */
static bool next_of_list(const struct builder *b, struct entry *e, uint32_t j)
{
    const struct stream_config *s = e->stream;
    for (uint32_t i = 0; i < s->n_list; i++) {
        e->flow.to = s->list[((uint64_t)e->index + j + i) % s->n_list];
        e->flow.to.lo = s->family == IPV4 ? 0 : e->flow.to.lo;
        uint32_t id = longest_match(b->fib, e);
        for (uint32_t source = 0; source < HOST_TRIES; source++) {
            if (draw_source(b, e, id) != e->port || s->redirect) {
                return true;
            }
        }
    }
    return false;
}

/* Where flow number j of the entry goes, and where it comes from. */
static bool draw_flow(const struct builder *b, struct entry *e, uint32_t j)
{
    const struct routed *r = e->routed;
    if (e->stream->to == TO_LIST) {
        return next_of_list(b, e, j);
    }
    if (e->n_egress == 0) {
        return draw_from(b, e, r->ids, r->n, NO_PORT);
    }
    if (e->n == 0) {
        return false;
    }
    uint32_t port = e->egress[(e->begin + j % e->n) % e->n_egress];
    uint32_t n = r->first[port + 1] - r->first[port];
    if (n == 0) {
        e->flow.to = ip_address_next(b->config->ports[port].address[e->stream->family]);
        bool other = e->flow.to.family == IPV4 && e->flow.to.lo != e->vrf;
        e->flow.to.lo = e->flow.to.family == IPV4 ? 0 : e->flow.to.lo;
        draw_source(b, e, longest_match(b->fib, e));
        return !other;
    }
    return draw_from(b, e, r->by_port + r->first[port], n, port);
}

/* --- Streams --------------------------------------------------------------------------------- */

/* What is routed where the entry's flows go. */
static const struct routed *routed_of(struct builder *b, const struct entry *e)
{
    enum ip_family family = e->stream->family;
    struct routed *r = e->vrf != 0 ? &b->in_vrf[e->vrf] : &b->routed[family];
    if (r->ids == NULL) {
        list_routed(b, r, family, e->vrf);
    }
    return r;
}

/* The interfaces whose neighbours it may go to. */
static void list_neighbours(struct builder *b, struct entry *e)
{
    uint32_t *those = arena_take_array(b->scratch, b->n_interfaces, sizeof *those);
    e->egress = those;
    for (uint32_t i = 0; i < b->n_interfaces; i++) {
        bool other = e->stream->family == IPV4 && config_vrf(b->config, b->interfaces[i]) != e->vrf;
        those[e->n_egress] = b->interfaces[i];
        e->n_egress += !other;
    }
}

/* With nothing routed, every port's neighbour will do. A port skips itself and begins with the one
 * after it, so that a mesh has every egress port alike whatever the number of flows. */
static void choose_egress(struct builder *b, struct entry *e)
{
    const struct stream_config *s = e->stream;
    e->egress = s->egress;
    e->n_egress = s->n_egress;
    if (e->n_egress == 0 && e->routed->n == 0) {
        list_neighbours(b, e);
    }
    e->begin = e->index;
    e->n = e->n_egress;
    if (s->redirect) {
        e->egress = &e->port;
        e->n_egress = e->n = 1;
        return;
    }
    for (uint32_t i = 0; i < e->n_egress; i++) {
        if (e->egress[i] == e->port) {
            e->begin = i + 1;
            e->n = e->n_egress - 1;
        }
    }
}

/* What its packets are looked up by, where that is not the global table. */
static uint32_t vrf_word(const struct builder *b, const struct entry *e)
{
    uint32_t word = e->vrf > LOOKUP_VPNS ? LOOKUP_RECIRCULATES | e->vrf : e->vrf;
    if (e->stream->label_vrf == 0) {
        return word;
    }
    uint32_t label = labels_of(b->labels, e->vrf, longest_match(b->fib, e));
    bool again = labels_is_of_vrf(b->labels, label);
    return LOOKUP_LABELLED | (again ? LOOKUP_RECIRCULATES : 0) | label;
}

static void keep(const struct builder *b, uint32_t f, const struct entry *e)
{
    struct flow_tables *t = b->tables;
    const struct flow_key *flow = &e->flow;
    if (flow->to.family == IPV4) {
        t->dst4[f] = (uint32_t)(flow->to.hi >> 32);
        t->src4[f] = (uint32_t)(flow->from.hi >> 32);
    } else {
        t->dst6_hi[f] = flow->to.hi;
        t->dst6_lo[f] = flow->to.lo;
        t->src6_hi[f] = flow->from.hi;
        t->src6_lo[f] = flow->from.lo;
    }
    t->ports[f] = (uint32_t)flow->from_port << 16 | flow->to_port;
    t->hash[f] = e->hash;
    if (t->vrf != NULL && flow->to.family == IPV4) {
        t->vrf[f] = vrf_word(b, e);
    }
}

static bool fill_stream(struct builder *b, uint32_t number, struct error *err)
{
    const struct stream_config *s = &b->config->streams[number];
    struct flow_tables *t = b->tables;
    struct entry e = {.stream = s,
                      .rng = rng_open(b->config->seed, "flows", s->name),
                      .sources = rng_open(b->config->seed, "flow sources", s->name)};
    if (s->to == TO_LIST && s->n_egress > 0) {
        return error_add(err, "%sstream %s: a list of addresses leaves no choice of egress ports",
                         config_where(s), s->name);
    }
    for (uint32_t i = 0; i < s->n_ports; i++) {
        e.index = i;
        e.port = config_interface_of(b->config, s->ports[i]);
        e.vrf = s->family == IPV6   ? 0
                : s->label_vrf != 0 ? s->label_vrf
                                    : config_vrf(b->config, e.port);
        e.routed = routed_of(b, &e);
        choose_egress(b, &e);
        for (uint32_t f = t->first[number] + i, j = 0; f < t->first[number + 1];
             f += s->n_ports, j++) {
            if (!draw_flow(b, &e, j)) {
                const struct port_config *port = &b->config->ports[s->ports[i]];
                return error_add(err, "%sstream %s: no destination for what enters by port %u/%u",
                                 config_where(s), s->name, port->slot, port->number);
            }
            keep(b, f, &e);
        }
    }
    return true;
}

static bool number_flows(struct flow_tables *t, const struct chassis_config *config,
                         struct arena *mem, struct error *err)
{
    uint64_t n = 0;
    t->n_streams = config->n_streams;
    t->first = arena_take_array(mem, config->n_streams + 1, sizeof *t->first);
    for (uint32_t i = 0; i < config->n_streams; i++) {
        const struct stream_config *s = &config->streams[i];
        n += s->n_flows > s->n_ports ? s->n_flows : s->n_ports;
        if (n > FLOWS_MAX) {
            return error_add(err, "%sstream %s: more than %u flows in all", config_where(s),
                             s->name, FLOWS_MAX);
        }
        t->first[i + 1] = (uint32_t)n;
    }
    t->n_flows = (uint32_t)n;
    t->dst4 = arena_take_array(mem, n, sizeof *t->dst4);
    t->dst6_hi = arena_take_array(mem, n, sizeof *t->dst6_hi);
    t->dst6_lo = arena_take_array(mem, n, sizeof *t->dst6_lo);
    t->src4 = arena_take_array(mem, n, sizeof *t->src4);
    t->src6_hi = arena_take_array(mem, n, sizeof *t->src6_hi);
    t->src6_lo = arena_take_array(mem, n, sizeof *t->src6_lo);
    t->ports = arena_take_array(mem, n, sizeof *t->ports);
    t->hash = arena_take_array(mem, n, sizeof *t->hash);
    t->vrf = config->n_vrfs > 0 ? arena_take_array(mem, n, sizeof *t->vrf) : NULL;
    return true;
}

static void list_interfaces(struct builder *b)
{
    uint32_t n = config_n_all_ports(b->config);
    b->interfaces = arena_take_array(b->scratch, n, sizeof *b->interfaces);
    for (uint32_t p = 0; p < n; p++) {
        if (config_is_interface(b->config, p)) {
            b->interfaces[b->n_interfaces++] = p;
        }
    }
}

struct flow_tables *flows_open(const struct chassis_config *config, const struct fib *fib,
                               const struct labels *labels, struct arena *mem, struct error *err)
{
    struct builder b = {.config = config,
                        .fib = fib,
                        .labels = labels,
                        .scratch = arena_open(),
                        .universal_id = sharing_universal_id(config->seed)};
    bool zipf = false;
    b.tables = arena_take(mem, sizeof *b.tables);
    b.in_vrf = arena_take_array(b.scratch, config->n_vrfs + 1, sizeof *b.in_vrf);
    list_interfaces(&b);
    for (uint32_t i = 0; i < config->n_streams; i++) {
        const struct stream_config *s = &config->streams[i];
        zipf |= s->to == TO_ZIPF;
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

struct flow_key flows_key(const struct flow_tables *t, enum ip_family family, uint32_t flow)
{
    struct flow_key key = {.from_port = (uint16_t)(t->ports[flow] >> 16),
                           .to_port = (uint16_t)t->ports[flow]};
    if (family == IPV4) {
        key.from = (struct ip_address){(uint64_t)t->src4[flow] << 32, 0, IPV4};
        key.to = (struct ip_address){(uint64_t)t->dst4[flow] << 32, 0, IPV4};
    } else {
        key.from = (struct ip_address){t->src6_hi[flow], t->src6_lo[flow], IPV6};
        key.to = (struct ip_address){t->dst6_hi[flow], t->dst6_lo[flow], IPV6};
    }
    return key;
}

uint32_t flows_stream(const struct flow_tables *t, uint32_t flow)
{
    uint32_t low = 0, high = t->n_streams; /* first[low] <= flow < first[high] */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (t->first[middle] <= flow) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

struct acl_header flows_header(const struct flow_tables *t, const struct stream_config *streams,
                               uint32_t flow)
{
    const struct stream_config *s = &streams[flows_stream(t, flow)];
    struct acl_header header = {.src = t->src4[flow],
                                .dst = t->dst4[flow],
                                .flags = s->flags,
                                .protocol = s->protocol,
                                .tos = (uint8_t)(s->dscp << 2)};
    if (s->protocol == FLOWS_TCP || s->protocol == FLOWS_UDP) {
        header.sport = (uint16_t)(t->ports[flow] >> 16);
        header.dport = (uint16_t)t->ports[flow];
    } else if (s->protocol == FLOWS_ICMP) {
        header.sport = s->icmp >> 8;
        header.dport = s->icmp & 0xff;
    }
    return header;
}
