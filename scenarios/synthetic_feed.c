#include "scenarios/synthetic_feed.h"

#include <stdbool.h>
#include <string.h>

#include "models/bgp_message.h"
#include "models/bytes.h"
#include "sim/rng.h"

#define START_S 1704067200u /* 1 January 2024 */
#define COLLECTOR_AS 64500u
#define COLLECTOR 0xc00002feu /* 192.0.2.254 */
#define MOST_TRANSIT 4
#define MOST_BYTES (SYNTHETIC_MOST_PEERS * 64 + 64)

/* source: [RFC6396] §4, §4.3, §4.4 (standard) */
enum { TABLE_DUMP_V2 = 13, BGP4MP_ET = 17 };
enum { PEER_INDEX_TABLE = 1, RIB_IPV4_UNICAST = 2, MESSAGE_AS4 = 4 };
#define PEER_AS4 2 /* §4.3.1: 4 bytes an AS; the address is of IPv4 */
#define AFI_IPV4 1

/* A record's body, being written. */
struct body {
    uint8_t at[MOST_BYTES];
    size_t n;
};

static void add8(struct body *b, uint32_t value)
{
    b->at[b->n++] = (uint8_t)value;
}

static void add16(struct body *b, uint32_t value)
{
    put16(b->at + b->n, value);
    b->n += 2;
}

static void add32(struct body *b, uint32_t value)
{
    put32(b->at + b->n, value);
    b->n += 4;
}

static void add_prefix(struct body *b, const struct ip_prefix *p)
{
    add8(b, p->length);
    for (unsigned i = 0; i < (p->length + 7u) / 8; i++) {
        add8(b, (uint32_t)(p->hi >> (56 - 8 * i)) & 255);
    }
}

static void write_record(FILE *out, uint32_t seconds, unsigned type, unsigned subtype,
                         const struct body *b)
{
    uint8_t head[12];
    put32(head, seconds);
    put16(head + 4, type);
    put16(head + 6, subtype);
    put32(head + 8, (uint32_t)b->n);
    fwrite(head, sizeof head, 1, out);
    fwrite(b->at, b->n, 1, out);
}

static uint32_t peer_address(uint32_t peer)
{
    return 0xc0000201u + peer;
}

static uint32_t peer_as(uint32_t peer)
{
    return 64512 + peer;
}

/* ORIGIN, AS_PATH, NEXT_HOP behind their length: the peer, ASs on the way, the prefix's own. */
static void add_attributes(struct body *b, uint32_t peer, size_t prefix, uint64_t random)
{
    const uint32_t n_transit = 1 + (uint32_t)(random % MOST_TRANSIT), n = n_transit + 2;
    add16(b, 4 + 5 + 4 * n + 7);
    add32(b, 0x40u << 24 | BGP_ORIGIN << 16 | 1 << 8); /* IGP */
    add16(b, 0x40u << 8 | BGP_AS_PATH);
    add8(b, 2 + 4 * n);
    add8(b, BGP_AS_SEQUENCE);
    add8(b, n);
    add32(b, peer_as(peer));
    for (uint32_t i = 0; i < n_transit; i++) {
        add32(b, 1000 + (uint32_t)(random >> (8 + 6 * i) & 63));
    }
    add32(b, 10000 + (uint32_t)(prefix / 3));
    add16(b, 0x40u << 8 | BGP_NEXT_HOP);
    add8(b, 4);
    add32(b, peer_address(peer));
}

/* ---- the table ---- */

static void write_peers(const struct synthetic_feed *f, FILE *out)
{
    struct body b = {.n = 0};
    add32(&b, COLLECTOR);
    add16(&b, 0); /* the view has no name */
    add16(&b, f->n_peers);
    for (uint32_t peer = 0; peer < f->n_peers; peer++) {
        add8(&b, PEER_AS4);
        add32(&b, peer_address(peer)); /* identifier */
        add32(&b, peer_address(peer));
        add32(&b, peer_as(peer));
    }
    write_record(out, START_S, TABLE_DUMP_V2, PEER_INDEX_TABLE, &b);
}

static struct rng rng_of_table(const struct synthetic_feed *f)
{
    return rng_open(f->seed, "feed", "table");
}

/* The first peer has every prefix: nothing in the table is without a path. */
static bool has(uint32_t peer, uint64_t random)
{
    return peer == 0 || random >> 60 > 1;
}

void synthetic_feed_table(const struct synthetic_feed *f, FILE *out)
{
    const struct rng rng = rng_of_table(f);
    write_peers(f, out);
    for (size_t i = 0; i < f->table->n_routes; i++) {
        struct body b = {.n = 0};
        uint32_t n = 0;
        add32(&b, (uint32_t)i);
        add_prefix(&b, &f->table->routes[i].prefix);
        const size_t count_at = b.n;
        add16(&b, 0);
        for (uint32_t peer = 0; peer < f->n_peers; peer++) {
            uint64_t random = rng_at(&rng, i * f->n_peers + peer).a;
            if (has(peer, random)) {
                add16(&b, peer);
                add32(&b, START_S); /* received */
                add_attributes(&b, peer, i, random);
                n++;
            }
        }
        put16(b.at + count_at, n);
        write_record(out, START_S, TABLE_DUMP_V2, RIB_IPV4_UNICAST, &b);
    }
}

/* ---- updates ---- */

static void add_update(struct body *b, uint32_t peer, size_t prefix, const struct ip_prefix *p,
                       uint64_t random)
{
    const size_t begin = b->n;
    const bool withdraw = random % 3 == 0;
    b->n += BGP_HEADER_BYTES;
    if (withdraw) {
        add16(b, 1 + (p->length + 7u) / 8);
        add_prefix(b, p);
        add16(b, 0);
    } else {
        add16(b, 0);
        add_attributes(b, peer, prefix, random >> 2);
        add_prefix(b, p);
    }
    bgp_header_write(b->at + begin, b->n - begin, BGP_UPDATE);
}

void synthetic_feed_updates(const struct synthetic_feed *f, FILE *out)
{
    const struct rng rng = rng_open(f->seed, "feed", "updates");
    for (uint32_t i = 0; i < f->n_updates; i++) {
        const struct rng_draw draw = rng_at(&rng, i);
        const size_t prefix = rng_below(draw.a, f->table->n_routes);
        const uint32_t peer = (uint32_t)(draw.b % f->n_peers);
        struct body b = {.n = 0};
        add32(&b, i % SYNTHETIC_UPDATES_PER_S * (1000000 / SYNTHETIC_UPDATES_PER_S));
        add32(&b, peer_as(peer));
        add32(&b, COLLECTOR_AS);
        add16(&b, 0); /* interface */
        add16(&b, AFI_IPV4);
        add32(&b, peer_address(peer));
        add32(&b, COLLECTOR);
        add_update(&b, peer, prefix, &f->table->routes[prefix].prefix, draw.b >> 8);
        write_record(out, START_S + i / SYNTHETIC_UPDATES_PER_S, BGP4MP_ET, MESSAGE_AS4, &b);
    }
}
