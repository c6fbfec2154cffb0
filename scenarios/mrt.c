/* mrt.c - MRT, record by record.
 *
 * A record is read as a whole into one buffer, which grows only as bytes really come: a header that
 * lies about its length costs nothing. One record of TABLE_DUMP_V2 holds a prefix as seen by many
 * peers; its entries are handed out one by one, and the rest waits in `entries`.
 */
#include "scenarios/mrt.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "models/bytes.h"
#include "scenarios/text_stream.h"
#include "sim/arena.h"
#include "sim/error.h"

#define HEADER_BYTES 12
#define FIRST_ROOM (256u << 10)

/* RFC 6396 §4, and RFC 8050 §4 for those with ADD-PATH. */
enum { TYPE_OSPF2 = 11, TABLE_DUMP, TABLE_DUMP_V2, BGP4MP = 16, BGP4MP_ET };
enum { TYPE_ISIS = 32, TYPE_ISIS_ET, TYPE_OSPF3 = 48, TYPE_OSPF3_ET };
enum { PEER_INDEX_TABLE = 1, RIB_IPV4 = 2, RIB_IPV6 = 4, RIB_LAST_PLAIN = 7 };
enum { RIB_IPV4_ADDPATH = 8, RIB_IPV6_ADDPATH = 10, RIB_LAST = 12 };
enum { STATE_CHANGE, MESSAGE, ENTRY, SNAPSHOT, MESSAGE_AS4, STATE_CHANGE_AS4, MESSAGE_LOCAL };
enum { MESSAGE_AS4_LOCAL = 7, MESSAGE_ADDPATH, MESSAGE_AS4_ADDPATH, MESSAGE_LOCAL_ADDPATH };
enum { BGP4MP_LAST = 11 };

struct mrt {
    const char *path;
    struct arena *mem;
    struct text_stream *stream;
    uint8_t *buffer;
    size_t room, from, to; /* buffer[from..to) is not used yet */
    uint64_t offset;       /* of the current record in the unpacked file */
    size_t record_bytes;   /* its length, header included; 0: there is none */
    uint64_t n_records, n_passed_over;

    struct mrt_peer *peers;
    uint32_t n_peers, room_peers;
    bool has_peers;

    struct mrt_item item; /* what all entries of the record share */
    struct bytes entries; /* TABLE_DUMP_V2: those to come */
    uint32_t n_entries;
};

bool mrt_wrong(const struct mrt *m, struct error *err, const char *format, ...)
{
    char text[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return error_add(err, "%s: record %" PRIu64 " at byte %" PRIu64 ": %s", m->path, m->n_records,
                     m->offset, text);
}

struct mrt *mrt_open(const char *path, struct arena *mem, struct error *err)
{
    struct text_stream *stream = text_stream_open(path, mem, err);
    if (stream == NULL) {
        return NULL;
    }
    struct mrt *m = arena_take(mem, sizeof *m);
    *m = (struct mrt){.path = path, .mem = mem, .stream = stream, .room = FIRST_ROOM};
    m->buffer = arena_take(mem, m->room);
    return m;
}

void mrt_close(struct mrt *m)
{
    text_stream_close(m->stream);
}

uint64_t mrt_n_records(const struct mrt *m)
{
    return m->n_records;
}

uint64_t mrt_n_passed_over(const struct mrt *m)
{
    return m->n_passed_over;
}

/* ---- records ---- */

/* Has n bytes of the record in the buffer, or all that the file still has: how many. */
static size_t have(struct mrt *m, size_t n, bool *failed, struct error *err)
{
    *failed = false;
    while (m->to - m->from < n && !*failed) {
        if (m->from > 0) {
            memmove(m->buffer, m->buffer + m->from, m->to - m->from);
            m->to -= m->from;
            m->from = 0;
        }
        if (m->to == m->room) {
            m->buffer = arena_grow(m->mem, m->buffer, m->room, 2 * m->room);
            m->room *= 2;
        }
        size_t got =
            text_stream_read(m->stream, (char *)m->buffer + m->to, m->room - m->to, failed, err);
        m->to += got;
        if (got == 0) {
            break;
        }
    }
    size_t held = m->to - m->from;
    return held < n ? held : n;
}

/* The header of the next record, and its body; false at the end or when something is wrong. */
static bool read_record(struct mrt *m, uint16_t *type, uint16_t *subtype, struct bytes *body,
                        bool *failed, struct error *err)
{
    m->from += m->record_bytes;
    m->offset += m->record_bytes;
    m->record_bytes = 0;
    size_t n = have(m, HEADER_BYTES, failed, err);
    if (*failed || n == 0) {
        return false;
    }
    m->n_records++;
    if (n < HEADER_BYTES) {
        *failed = !mrt_wrong(m, err, "the file ends after %zu bytes of a header; expected %d", n,
                             HEADER_BYTES);
        return false;
    }
    const uint8_t *header = m->buffer + m->from;
    uint32_t length = get32(header + 8);
    m->item = (struct mrt_item){.seconds = get32(header)};
    *type = get16(header + 4);
    *subtype = get16(header + 6);
    if (length > MRT_MAX_RECORD_BYTES) {
        *failed = !mrt_wrong(m, err, "a length of %" PRIu32 " bytes; expected at most %u", length,
                             MRT_MAX_RECORD_BYTES);
        return false;
    }
    n = have(m, HEADER_BYTES + length, failed, err);
    if (!*failed && n < HEADER_BYTES + length) {
        *failed = !mrt_wrong(m, err, "the file ends after %zu of %" PRIu32 " bytes of the record",
                             n - HEADER_BYTES, length);
    }
    m->record_bytes = HEADER_BYTES + length;
    *body = (struct bytes){m->buffer + m->from + HEADER_BYTES, length};
    return !*failed;
}

static bool is_cut(const struct mrt *m, struct error *err, const char *in)
{
    return mrt_wrong(m, err, "the record ends inside %s", in);
}

static bool is_too_long(const struct mrt *m, struct error *err, size_t n)
{
    return mrt_wrong(m, err, "%zu bytes behind the end of its contents; expected none", n);
}

/* Takes length and, when `bytes` is 0, as many bytes as that asks for; else so many. */
static bool read_prefix(const struct mrt *m, struct bytes *b, enum ip_family family, size_t bytes,
                        const uint8_t *length, struct ip_prefix *prefix, struct error *err)
{
    unsigned most = family == IPV4 ? 32 : 128;
    if (length == NULL) {
        return is_cut(m, err, "a prefix");
    }
    if (*length > most) {
        return mrt_wrong(m, err, "a prefix length of %u; expected at most %u", *length, most);
    }
    size_t n = bytes != 0 ? bytes : (*length + 7u) / 8;
    const uint8_t *p = bytes_take(b, n);
    uint8_t address[16] = {0};
    if (p == NULL) {
        return is_cut(m, err, "a prefix");
    }
    memcpy(address, p, n);
    *prefix = ip_prefix_of(get_address(address, family), *length);
    return true;
}

/* Length and path attributes: the end of an entry. */
static bool read_attributes(const struct mrt *m, struct bytes *b, struct mrt_item *item,
                            struct error *err)
{
    const uint8_t *length = bytes_take(b, 2);
    item->n_bytes = length == NULL ? 0 : get16(length);
    item->bytes = length == NULL ? NULL : bytes_take(b, item->n_bytes);
    return item->bytes != NULL || is_cut(m, err, "path attributes");
}

/* ---- TABLE_DUMP ---- */

static bool read_table_dump(struct mrt *m, uint16_t subtype, struct bytes b, struct error *err)
{
    struct mrt_item *item = &m->item;
    if (subtype != 1 && subtype != 2) {
        return mrt_wrong(m, err, "TABLE_DUMP of subtype %u; expected 1 (IPv4) or 2 (IPv6)",
                         subtype);
    }
    enum ip_family family = subtype == 1 ? IPV4 : IPV6;
    size_t address_bytes = family == IPV4 ? 4 : 16;
    bytes_take(&b, 4); /* view and sequence number; if they are not there, the rest is not either */
    struct bytes behind = b;
    const uint8_t *length =
        bytes_take(&behind, address_bytes) == NULL ? NULL : bytes_take(&behind, 1);
    if (!read_prefix(m, &b, family, address_bytes, length, &item->prefix, err)) {
        return false;
    }
    const uint8_t *p = bytes_take(&b, 1 + 1 + 4 + address_bytes + 2); /* from the length on */
    if (p == NULL) {
        return is_cut(m, err, "an entry");
    }
    item->kind = MRT_ROUTE;
    item->since_s = get32(p + 2);
    item->peer.address = get_address(p + 6, family);
    item->peer.as = get16(p + 6 + address_bytes);
    return read_attributes(m, &b, item, err) && (b.n == 0 || is_too_long(m, err, b.n));
}

/* ---- TABLE_DUMP_V2 ---- */

enum { PEER_IPV6 = 1, PEER_AS4 = 2 };

static bool read_peer(struct mrt *m, struct bytes *b, struct mrt_peer *peer, struct error *err)
{
    const uint8_t *p = bytes_take(b, 1);
    unsigned type = p == NULL ? 0 : *p;
    enum ip_family family = type & PEER_IPV6 ? IPV6 : IPV4;
    size_t address_bytes = family == IPV4 ? 4 : 16, as_bytes = type & PEER_AS4 ? 4 : 2;
    p = p == NULL ? NULL : bytes_take(b, 4 + address_bytes + as_bytes);
    if (p == NULL) {
        return is_cut(m, err, "the table of peers");
    }
    peer->id = get32(p);
    peer->address = get_address(p + 4, family);
    peer->as = as_bytes == 4 ? get32(p + 4 + address_bytes) : get16(p + 4 + address_bytes);
    return true;
}

/* Collector (4), view name (2 and as many), count (2), peers. */
static bool read_peers(struct mrt *m, struct bytes b, struct error *err)
{
    const uint8_t *head = bytes_take(&b, 6), *count;
    if (head == NULL || bytes_take(&b, get16(head + 4)) == NULL ||
        (count = bytes_take(&b, 2)) == NULL) {
        return is_cut(m, err, "the table of peers");
    }
    uint32_t n = get16(count);
    if (n > m->room_peers) {
        m->peers = arena_take_array(m->mem, UINT16_MAX, sizeof *m->peers);
        m->room_peers = UINT16_MAX;
    }
    for (m->n_peers = 0; m->n_peers < n; m->n_peers++) {
        if (!read_peer(m, &b, &m->peers[m->n_peers], err)) {
            return false;
        }
    }
    m->has_peers = true;
    return b.n == 0 || is_too_long(m, err, b.n);
}

/* The next of the record's entries: peer (2), since (4), [path id (4)], attributes. */
static bool read_entry(struct mrt *m, struct error *err)
{
    struct mrt_item *item = &m->item;
    const uint8_t *p = bytes_take(&m->entries, item->has_path_id ? 10 : 6);
    if (p == NULL) {
        return is_cut(m, err, "an entry");
    }
    if (get16(p) >= m->n_peers) {
        return mrt_wrong(m, err, "peer %u; expected one of the %" PRIu32 " peers listed, from 0",
                         get16(p), m->n_peers);
    }
    item->peer = m->peers[get16(p)];
    item->since_s = get32(p + 2);
    item->path_id = item->has_path_id ? get32(p + 6) : 0;
    m->n_entries--;
    return read_attributes(m, &m->entries, item, err) &&
           (m->n_entries > 0 || m->entries.n == 0 || is_too_long(m, err, m->entries.n));
}

/* Sequence number (4), prefix, count (2): the entries follow. */
static bool read_rib(struct mrt *m, uint16_t subtype, struct bytes b, struct error *err)
{
    struct mrt_item *item = &m->item;
    if (!m->has_peers) {
        return mrt_wrong(m, err, "routes before the table of peers (PEER_INDEX_TABLE)");
    }
    bool ipv4 = subtype == RIB_IPV4 || subtype == RIB_IPV4_ADDPATH;
    const uint8_t *sequence = bytes_take(&b, 4);
    const uint8_t *length = sequence == NULL ? NULL : bytes_take(&b, 1);
    if (!read_prefix(m, &b, ipv4 ? IPV4 : IPV6, 0, length, &item->prefix, err)) {
        return false;
    }
    const uint8_t *count = bytes_take(&b, 2);
    if (count == NULL) {
        return is_cut(m, err, "the number of its entries");
    }
    item->kind = MRT_ROUTE;
    item->v2 = item->as4 = true; /* RFC 6396 §4.3.4 */
    item->has_path_id = subtype > RIB_LAST_PLAIN;
    m->n_entries = get16(count);
    m->entries = b;
    return m->n_entries > 0 || b.n == 0 || is_too_long(m, err, b.n);
}

static bool read_table_dump_v2(struct mrt *m, uint16_t subtype, struct bytes b, bool *has_item,
                               struct error *err)
{
    *has_item = false;
    switch (subtype) {
    case PEER_INDEX_TABLE:
        return read_peers(m, b, err);
    case RIB_IPV4:
    case RIB_IPV6:
    case RIB_IPV4_ADDPATH:
    case RIB_IPV6_ADDPATH:
        if (!read_rib(m, subtype, b, err)) {
            return false;
        }
        *has_item = m->n_entries > 0;
        return m->n_entries == 0 || read_entry(m, err);
    default:
        m->n_passed_over++;
        return (subtype > 0 && subtype <= RIB_LAST) ||
               mrt_wrong(m, err, "TABLE_DUMP_V2 of subtype %u; expected 1 .. %d", subtype,
                         RIB_LAST);
    }
}

/* ---- BGP4MP ---- */

/* Peer AS, local AS, interface (2), family (2), peer's address, local address. */
static bool read_session(const struct mrt *m, struct bytes *b, struct mrt_item *item,
                         struct error *err)
{
    size_t as_bytes = item->as4 ? 4 : 2;
    const uint8_t *p = bytes_take(b, 2 * as_bytes + 4);
    if (p == NULL) {
        return is_cut(m, err, "what it says about its session");
    }
    unsigned family = get16(p + 2 * as_bytes + 2);
    if (family != 1 && family != 2) {
        return mrt_wrong(m, err, "a session of address family %u; expected 1 (IPv4) or 2 (IPv6)",
                         family);
    }
    item->peer.as = item->as4 ? get32(p) : get16(p);
    size_t address_bytes = family == 1 ? 4 : 16;
    p = bytes_take(b, 2 * address_bytes);
    if (p == NULL) {
        return is_cut(m, err, "what it says about its session");
    }
    item->peer.address = get_address(p, family == 1 ? IPV4 : IPV6);
    return true;
}

static bool read_state(const struct mrt *m, struct bytes b, struct mrt_item *item,
                       struct error *err)
{
    const uint8_t *p = bytes_take(&b, 4);
    item->kind = MRT_STATE;
    if (p == NULL) {
        return is_cut(m, err, "a change of state");
    }
    item->old_state = get16(p);
    item->new_state = get16(p + 2);
    return b.n == 0 || is_too_long(m, err, b.n);
}

static bool read_bgp4mp(struct mrt *m, uint16_t subtype, struct bytes b, bool *has_item,
                        struct error *err)
{
    struct mrt_item *item = &m->item;
    *has_item = false;
    if (subtype > BGP4MP_LAST) {
        return mrt_wrong(m, err, "BGP4MP of subtype %u; expected 0 .. %d", subtype, BGP4MP_LAST);
    }
    if (subtype == ENTRY || subtype == SNAPSHOT) { /* deprecated by RFC 6396 */
        m->n_passed_over++;
        return true;
    }
    item->as4 = subtype == MESSAGE_AS4 || subtype == STATE_CHANGE_AS4 ||
                subtype == MESSAGE_AS4_LOCAL || subtype == MESSAGE_AS4_ADDPATH ||
                subtype == BGP4MP_LAST;
    item->add_path = subtype >= MESSAGE_ADDPATH;
    if (!read_session(m, &b, item, err)) {
        return false;
    }
    *has_item = true;
    if (subtype == STATE_CHANGE || subtype == STATE_CHANGE_AS4) {
        return read_state(m, b, item, err);
    }
    /* What the collector itself sent says nothing about the peer. */
    if (subtype == MESSAGE_LOCAL || subtype == MESSAGE_AS4_LOCAL ||
        subtype >= MESSAGE_LOCAL_ADDPATH) {
        m->n_passed_over++;
        *has_item = false;
    }
    item->kind = MRT_MESSAGE;
    item->bytes = b.at;
    item->n_bytes = b.n;
    return true;
}

static bool read_bgp4mp_et(struct mrt *m, uint16_t subtype, struct bytes b, bool *has_item,
                           struct error *err)
{
    const uint8_t *p = bytes_take(&b, 4);
    if (p == NULL) {
        return is_cut(m, err, "its microseconds");
    }
    m->item.microseconds = get32(p);
    if (m->item.microseconds >= 1000000) {
        return mrt_wrong(m, err, "%" PRIu32 " microseconds; expected less than a second",
                         m->item.microseconds);
    }
    return read_bgp4mp(m, subtype, b, has_item, err);
}

static bool read_body(struct mrt *m, uint16_t type, uint16_t subtype, struct bytes b,
                      bool *has_item, struct error *err)
{
    *has_item = type == TABLE_DUMP;
    switch (type) {
    case TABLE_DUMP:
        return read_table_dump(m, subtype, b, err);
    case TABLE_DUMP_V2:
        return read_table_dump_v2(m, subtype, b, has_item, err);
    case BGP4MP:
        return read_bgp4mp(m, subtype, b, has_item, err);
    case BGP4MP_ET:
        return read_bgp4mp_et(m, subtype, b, has_item, err);
    case TYPE_OSPF2:
    case TYPE_OSPF3:
    case TYPE_OSPF3_ET:
    case TYPE_ISIS:
    case TYPE_ISIS_ET:
        m->n_passed_over++;
        return true;
    default:
        return mrt_wrong(m, err,
                         "a record of type %u; expected 12 (TABLE_DUMP), 13 (TABLE_DUMP_V2), "
                         "16 or 17 (BGP4MP)",
                         type);
    }
}

bool mrt_next(struct mrt *m, struct mrt_item *item, bool *failed, struct error *err)
{
    bool has_item = m->n_entries > 0;
    *failed = has_item && !read_entry(m, err);
    while (!has_item && !*failed) {
        uint16_t type, subtype;
        struct bytes body;
        if (!read_record(m, &type, &subtype, &body, failed, err)) {
            return false;
        }
        *failed = !read_body(m, type, subtype, body, &has_item, err);
    }
    *item = m->item;
    return !*failed;
}
