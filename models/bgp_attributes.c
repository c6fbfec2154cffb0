/* bgp_attributes.c - reads path attributes as RFC 7606 wants them read: to the end, whatever is
 * wrong with one of them, so that a session falls only when the prefixes cannot be trusted.
 *
 * One table says for each type which flags it must have and who reads its value.
 */
#include "models/bgp_attributes.h"

#include <string.h>

#include "models/config.h"

enum { OPTIONAL = 0x80, TRANSITIVE = 0x40, PARTIAL = 0x20, EXTENDED_LENGTH = 0x10 };

#define AS_TRANS 23456u /* source: [RFC6793] §9 (standard) */

struct reader {
    const struct bgp_source *source;
    struct bgp_scratch *scratch;
    struct bgp_attributes *a;
    uint64_t seen[4]; /* bit by type code */
    struct bytes as4_path;
    uint32_t as4_aggregator_as, as4_aggregator_id;
    struct bytes whole; /* the current attribute with its header */
    uint8_t subcode;    /* what is wrong with it, when its reader says that something is */
};

/* Remembers the worst, and of equals the first (RFC 7606 §3 h). */
static void judge(struct reader *r, enum bgp_verdict verdict, unsigned subcode, struct bytes data)
{
    struct bgp_attributes *a = r->a;
    if (verdict > a->verdict) {
        a->verdict = verdict;
        a->error =
            (struct bgp_error){BGP_UPDATE_ERROR, (uint8_t)subcode, (uint16_t)data.n, data.at};
    }
}

/* ---- AS paths ---- */

/* The next segment; false at the end or when none is whole. */
static bool next_segment(struct bytes *path, size_t as_bytes, uint8_t *type, struct bytes *list)
{
    const uint8_t *head = bytes_take(path, 2);
    if (head == NULL) {
        return false;
    }
    *type = head[0];
    list->n = head[1] * as_bytes;
    list->at = bytes_take(path, list->n);
    return list->at != NULL;
}

/* Copies a path of 2 or 4 bytes an AS to one of 4; false when it is malformed (RFC 7606 §7.2). */
static bool widen_path(struct bytes in, size_t as_bytes, bool confederation, uint8_t *to,
                       struct bytes *out)
{
    uint8_t type, *p = to;
    struct bytes list;
    while (in.n > 0) {
        if (!next_segment(&in, as_bytes, &type, &list) || list.n == 0 || type < BGP_AS_SET ||
            type > BGP_CONFED_SET || (type > BGP_AS_SEQUENCE && !confederation)) {
            return false;
        }
        *p++ = type;
        *p++ = (uint8_t)(list.n / as_bytes);
        for (; list.n > 0; p += 4) {
            const uint8_t *as = bytes_take(&list, as_bytes);
            put32(p, as_bytes == 4 ? get32(as) : get16(as));
            if (get32(p) == 0) { /* RFC 7607 */
                return false;
            }
        }
    }
    *out = (struct bytes){to, (size_t)(p - to)};
    return true;
}

uint32_t bgp_path_length(struct bytes path)
{
    uint32_t length = 0;
    uint8_t type;
    struct bytes list;
    while (next_segment(&path, 4, &type, &list)) {
        length += type == BGP_AS_SET ? 1 : type == BGP_AS_SEQUENCE ? (uint32_t)list.n / 4 : 0;
    }
    return length;
}

uint32_t bgp_path_first(struct bytes path)
{
    uint8_t type;
    struct bytes list;
    bool sequence = next_segment(&path, 4, &type, &list) && type == BGP_AS_SEQUENCE && list.n > 0;
    return sequence ? get32(list.at) : 0;
}

bool bgp_path_has(struct bytes path, uint32_t as)
{
    uint8_t type;
    struct bytes list;
    while (next_segment(&path, 4, &type, &list)) {
        for (size_t i = 0; i < list.n; i += 4) {
            if (get32(list.at + i) == as) {
                return true;
            }
        }
    }
    return false;
}

/* RFC 6793 §4.2.3: as many leading ASs of AS_PATH as it is longer than AS4_PATH, then AS4_PATH. */
static void merge_as4_path(struct reader *r)
{
    struct bytes path = r->a->as_path, list;
    uint32_t n = bgp_path_length(path), n4 = bgp_path_length(r->as4_path);
    if (n4 == 0 || n < n4) {
        return;
    }
    uint8_t *p = r->scratch->merged, type;
    for (uint32_t lead = n - n4; lead > 0 && next_segment(&path, 4, &type, &list);) {
        uint32_t count = type == BGP_AS_SEQUENCE ? (uint32_t)list.n / 4 : type == BGP_AS_SET;
        if (count > lead) {
            list.n = 4 * (size_t)lead;
            count = lead;
        }
        *p++ = type;
        *p++ = (uint8_t)(list.n / 4);
        memcpy(p, list.at, list.n);
        p += list.n;
        lead -= count;
    }
    memcpy(p, r->as4_path.at, r->as4_path.n);
    p += r->as4_path.n;
    r->a->as_path = (struct bytes){r->scratch->merged, (size_t)(p - r->scratch->merged)};
}

/* ---- values; each returns what its fault, if any, leads to ---- */

static enum bgp_verdict read_origin(struct reader *r, struct bytes v)
{
    if (v.n != 1) {
        return BGP_WITHDRAW;
    }
    r->a->origin = v.at[0];
    r->subcode = BGP_INVALID_ORIGIN;
    return v.at[0] <= 2 ? BGP_GOOD : BGP_WITHDRAW; /* RFC 7606 §7.1 */
}

static enum bgp_verdict read_as_path(struct reader *r, struct bytes v)
{
    size_t as_bytes = r->source->as4 ? 4 : 2;
    r->subcode = BGP_MALFORMED_AS_PATH;
    if (!widen_path(v, as_bytes, r->source->internal, r->scratch->as_path, &r->a->as_path)) {
        return BGP_WITHDRAW;
    }
    uint32_t peer_as = r->source->peer_as,
             seen_as = as_bytes == 4 || peer_as <= UINT16_MAX ? peer_as : AS_TRANS;
    bool ours = r->source->internal || peer_as == 0 || bgp_path_first(r->a->as_path) == seen_as;
    return ours ? BGP_GOOD : BGP_WITHDRAW;
}

static enum bgp_verdict read_as4_path(struct reader *r, struct bytes v)
{
    struct bytes path;
    if (r->source->as4) { /* RFC 6793 §4.1: must not be there */
        return BGP_DISCARD;
    }
    if (!widen_path(v, 4, false, r->scratch->as4_path, &path)) {
        return BGP_DISCARD; /* §6 */
    }
    r->as4_path = path;
    return BGP_GOOD;
}

/* RFC 4271 §6.3: a host's address; 0/8, 127/8 and 224/3 are none. */
static bool is_host(struct ip_address a)
{
    if (a.family == IPV4) {
        return a.hi >> 56 != 0 && a.hi >> 56 != 127 && a.hi >> 61 != 7;
    }
    return (a.hi != 0 || a.lo > 1) && a.hi >> 56 != 0xff;
}

static enum bgp_verdict read_next_hop(struct reader *r, struct bytes v)
{
    if (v.n != 4) {
        return BGP_WITHDRAW; /* RFC 7606 §7.3 */
    }
    r->a->next_hop = get_address(v.at, IPV4);
    r->subcode = BGP_INVALID_NEXT_HOP;
    return is_host(r->a->next_hop) ? BGP_GOOD : BGP_WITHDRAW;
}

static enum bgp_verdict read_word(struct bytes v, uint32_t *to)
{
    *to = v.n == 4 ? get32(v.at) : 0;
    return v.n == 4 ? BGP_GOOD : BGP_WITHDRAW;
}

static enum bgp_verdict read_med(struct reader *r, struct bytes v)
{
    return read_word(v, &r->a->med); /* §7.4 */
}

static enum bgp_verdict read_local_pref(struct reader *r, struct bytes v)
{
    return r->source->internal ? read_word(v, &r->a->local_pref) : BGP_DISCARD; /* §7.5 */
}

static enum bgp_verdict read_originator(struct reader *r, struct bytes v)
{
    return r->source->internal ? read_word(v, &r->a->originator_id) : BGP_DISCARD; /* §7.9 */
}

static enum bgp_verdict read_atomic(struct reader *r, struct bytes v)
{
    (void)r;
    return v.n == 0 ? BGP_GOOD : BGP_DISCARD; /* §7.6 */
}

static enum bgp_verdict read_aggregator(struct reader *r, struct bytes v)
{
    size_t as_bytes = r->source->as4 ? 4 : 2;
    if (v.n != as_bytes + 4) {
        return BGP_DISCARD; /* §7.7 */
    }
    r->a->aggregator_as = as_bytes == 4 ? get32(v.at) : get16(v.at);
    r->a->aggregator_id = get32(v.at + as_bytes);
    return r->a->aggregator_as != 0 ? BGP_GOOD : BGP_DISCARD;
}

static enum bgp_verdict read_as4_aggregator(struct reader *r, struct bytes v)
{
    if (r->source->as4 || v.n != 8 || get32(v.at) == 0) {
        return BGP_DISCARD; /* RFC 6793 §4.1, §6; RFC 7607 */
    }
    r->as4_aggregator_as = get32(v.at);
    r->as4_aggregator_id = get32(v.at + 4);
    return BGP_GOOD;
}

/* A list of at least one element. */
static enum bgp_verdict read_list(struct bytes v, size_t element, struct bytes *to)
{
    *to = v;
    return v.n > 0 && v.n % element == 0 ? BGP_GOOD : BGP_WITHDRAW;
}

static enum bgp_verdict read_communities(struct reader *r, struct bytes v)
{
    return read_list(v, 4, &r->a->communities); /* RFC 7606 §7.8 */
}

static enum bgp_verdict read_extended(struct reader *r, struct bytes v)
{
    return read_list(v, 8, &r->a->extended); /* §7.14 */
}

static enum bgp_verdict read_large(struct reader *r, struct bytes v)
{
    return read_list(v, 12, &r->a->large); /* RFC 8092 §6 */
}

static enum bgp_verdict read_cluster_list(struct reader *r, struct bytes v)
{
    return r->source->internal ? read_list(v, 4, &r->a->cluster_list) : BGP_DISCARD; /* §7.10 */
}

/* ---- prefixes ---- */

bool bgp_nlri_next(struct bytes *nlri, enum ip_family family, bool add_path,
                   struct ip_prefix *prefix, uint32_t *path_id, bool *wrong)
{
    const uint8_t *p = bytes_take(nlri, add_path ? 5 : 1);
    uint8_t address[16];
    *wrong = nlri->n > 0 && p == NULL;
    if (p == NULL) {
        return false;
    }
    *path_id = add_path ? get32(p) : 0;
    unsigned length = p[add_path ? 4 : 0], most = family == IPV4 ? 32 : 128;
    size_t n = (length + 7) / 8;
    p = length > most ? NULL : bytes_take(nlri, n);
    *wrong = p == NULL;
    if (p == NULL) {
        return false;
    }
    memset(address, 0, family == IPV4 ? 4 : 16);
    memcpy(address, p, n);
    *prefix = ip_prefix_of(get_address(address, family), length);
    return true;
}

#define LABEL_BITS 24u
#define RD_BITS 64u

bool bgp_vpn_next(struct bytes *nlri, bool add_path, struct ip_prefix *prefix, uint64_t *rd,
                  uint32_t *label, uint32_t *path_id, bool *wrong)
{
    const uint8_t *p = bytes_take(nlri, add_path ? 5 : 1);
    uint8_t address[4] = {0};
    *wrong = nlri->n > 0 && p == NULL;
    if (p == NULL) {
        return false;
    }
    *path_id = add_path ? get32(p) : 0;
    unsigned bits = p[add_path ? 4 : 0], before = LABEL_BITS + RD_BITS;
    p = bits < before || bits > before + 32 ? NULL : bytes_take(nlri, (bits + 7) / 8);
    *wrong = p == NULL;
    if (p == NULL) {
        return false;
    }
    *label = (uint32_t)p[0] << 12 | (uint32_t)p[1] << 4 | p[2] >> 4;
    *rd = (uint64_t)get32(p + 3) << 32 | get32(p + 7);
    memcpy(address, p + before / 8, (bits - before + 7) / 8);
    *prefix = ip_prefix_of(get_address(address, IPV4), bits - before);
    return true;
}

static bool vpn_can_be_read(struct bytes nlri, bool add_path)
{
    struct ip_prefix prefix;
    uint64_t rd;
    uint32_t label, path_id;
    bool wrong = false;
    while (bgp_vpn_next(&nlri, add_path, &prefix, &rd, &label, &path_id, &wrong)) {
    }
    return !wrong;
}

/* RFC 7606 §5.3: prefixes that cannot be read reset the session. */
static enum bgp_verdict check_nlri(struct reader *r, const struct bgp_nlri *nlri)
{
    struct bytes left = nlri->prefixes;
    struct ip_prefix prefix;
    uint32_t path_id;
    bool wrong = false;
    if (nlri->known && nlri->vpn) {
        return vpn_can_be_read(left, r->source->add_path) ? BGP_GOOD : BGP_RESET;
    }
    while (nlri->known &&
           bgp_nlri_next(&left, nlri->family, r->source->add_path, &prefix, &path_id, &wrong)) {
    }
    return wrong ? BGP_RESET : BGP_GOOD;
}

/* Address family and kind. */
static void read_family(const struct reader *r, const uint8_t *p, struct bgp_nlri *nlri)
{
    bool vpn = get16(p) == 1 && p[2] == BGP_SAFI_VPN && r->source->n_vrfs > 0;
    bool unicast = (get16(p) == 1 || get16(p) == 2) && p[2] == 1;
    *nlri = (struct bgp_nlri){.is_there = true,
                              .known = unicast || vpn,
                              .vpn = vpn,
                              .family = get16(p) == 1 ? IPV4 : IPV6};
}

/* A next hop of IPv6 may have a link-local one behind it (RFC 2545 §3). */
static enum bgp_verdict read_mp_next_hop(struct reader *r, enum ip_family family, struct bytes hop)
{
    if (r->a->reach.vpn && hop.n == 12) { /* behind a route distinguisher of 0: RFC 4364 §4.3.2 */
        hop = (struct bytes){hop.at + 8, 4};
    } else if (r->a->reach.vpn) {
        return BGP_RESET;
    }
    bool fits = family == IPV4 ? hop.n == 4 : hop.n == 16 || hop.n == 32;
    if (!fits) {
        return BGP_RESET;
    }
    r->a->mp_next_hop = get_address(hop.at, family);
    r->subcode = BGP_INVALID_NEXT_HOP;
    return is_host(r->a->mp_next_hop) ? BGP_GOOD : BGP_WITHDRAW;
}

/* AFI (2), SAFI (1), length of the next hop (1), next hop, reserved (1), prefixes: RFC 4760 §3. */
static enum bgp_verdict read_reach(struct reader *r, struct bytes v)
{
    struct bgp_nlri *reach = &r->a->reach;
    struct bytes hop;
    r->subcode = BGP_OPTIONAL_ERROR;
    if (r->source->table_dump && v.n > 0 && v.at[0] != 0) {
        hop = (struct bytes){v.at + 1, v.at[0]};
        return hop.n != v.n - 1 ? BGP_RESET : read_mp_next_hop(r, hop.n == 4 ? IPV4 : IPV6, hop);
    }
    const uint8_t *p = bytes_take(&v, 4);
    if (p == NULL) {
        return BGP_RESET;
    }
    read_family(r, p, reach);
    hop = (struct bytes){bytes_take(&v, p[3]), p[3]};
    if (hop.at == NULL || bytes_take(&v, 1) == NULL) {
        return BGP_RESET;
    }
    reach->prefixes = v;
    enum bgp_verdict prefixes = check_nlri(r, reach);
    return prefixes != BGP_GOOD || !reach->known ? prefixes
                                                 : read_mp_next_hop(r, reach->family, hop);
}

static enum bgp_verdict read_unreach(struct reader *r, struct bytes v)
{
    const uint8_t *p = bytes_take(&v, 3);
    r->subcode = BGP_OPTIONAL_ERROR;
    if (p == NULL) {
        return BGP_RESET; /* RFC 7606 §7.12 */
    }
    read_family(r, p, &r->a->unreach);
    r->a->unreach.prefixes = v;
    return check_nlri(r, &r->a->unreach);
}

/* ---- the list ---- */

static const struct kind {
    uint8_t flags; /* OPTIONAL and TRANSITIVE as they must be */
    enum bgp_verdict (*read)(struct reader *r, struct bytes value);
} kinds[BGP_LARGE_COMMUNITIES + 1] = {
    [BGP_ORIGIN] = {TRANSITIVE, read_origin},
    [BGP_AS_PATH] = {TRANSITIVE, read_as_path},
    [BGP_NEXT_HOP] = {TRANSITIVE, read_next_hop},
    [BGP_MED] = {OPTIONAL, read_med},
    [BGP_LOCAL_PREF] = {TRANSITIVE, read_local_pref},
    [BGP_ATOMIC_AGGREGATE] = {TRANSITIVE, read_atomic},
    [BGP_AGGREGATOR] = {OPTIONAL | TRANSITIVE, read_aggregator},
    [BGP_COMMUNITIES] = {OPTIONAL | TRANSITIVE, read_communities},
    [BGP_ORIGINATOR_ID] = {OPTIONAL, read_originator},
    [BGP_CLUSTER_LIST] = {OPTIONAL, read_cluster_list},
    [BGP_MP_REACH] = {OPTIONAL, read_reach},
    [BGP_MP_UNREACH] = {OPTIONAL, read_unreach},
    [BGP_EXTENDED_COMMUNITIES] = {OPTIONAL | TRANSITIVE, read_extended},
    [BGP_AS4_PATH] = {OPTIONAL | TRANSITIVE, read_as4_path},
    [BGP_AS4_AGGREGATOR] = {OPTIONAL | TRANSITIVE, read_as4_aggregator},
    [BGP_LARGE_COMMUNITIES] = {OPTIONAL | TRANSITIVE, read_large},
};

/* RFC 4271 §5: kept and marked partial when it is transitive, else quietly ignored. */
static void read_unknown(struct reader *r, uint8_t flags, uint8_t type, struct bytes v)
{
    struct bytes *others = &r->a->others;
    if (!(flags & OPTIONAL) && !r->source->table_dump) {
        judge(r, BGP_RESET, BGP_UNRECOGNIZED_WELL_KNOWN, r->whole);
    } else if (flags & TRANSITIVE && others->n + 4 + v.n <= sizeof r->scratch->others) {
        uint8_t *p = r->scratch->others + others->n;
        p[0] = (uint8_t)(OPTIONAL | TRANSITIVE | PARTIAL);
        p[1] = type;
        put16(p + 2, (uint32_t)v.n);
        memcpy(p + 4, v.at, v.n);
        *others = (struct bytes){r->scratch->others, others->n + 4 + v.n};
    }
}

static void read_one(struct reader *r, uint8_t flags, uint8_t type, struct bytes v)
{
    const struct kind *kind = type <= BGP_LARGE_COMMUNITIES ? &kinds[type] : &kinds[0];
    bool seen = r->seen[type / 64] >> type % 64 & 1;
    r->seen[type / 64] |= 1ull << type % 64;
    if (seen) { /* RFC 7606 §3 g: all but the first are ignored, but two of these are not */
        bool mp = type == BGP_MP_REACH || type == BGP_MP_UNREACH;
        judge(r, mp ? BGP_RESET : BGP_DISCARD, BGP_MALFORMED_LIST, (struct bytes){NULL, 0});
        return;
    }
    if (kind->read == NULL) {
        read_unknown(r, flags, type, v);
        return;
    }
    r->subcode = BGP_LENGTH_ERROR;
    enum bgp_verdict verdict = kind->read(r, v);
    if (verdict == BGP_GOOD) {
        r->a->present |= 1ull << type;
    } else {
        judge(r, verdict, r->subcode, r->whole);
    }
    if ((flags & (OPTIONAL | TRANSITIVE)) != kind->flags && !r->source->table_dump) { /* §3 c */
        judge(r, BGP_WITHDRAW, BGP_FLAGS_ERROR, r->whole);
    }
}

/* RFC 7606 §4: what runs over the end ends the reading. */
static void read_all(struct reader *r, struct bytes b)
{
    while (b.n > 0) {
        struct bytes begin = b;
        const uint8_t *head = bytes_take(&b, 2);
        bool extended = head != NULL && head[0] & EXTENDED_LENGTH;
        const uint8_t *length = head == NULL ? NULL : bytes_take(&b, extended ? 2 : 1);
        struct bytes v = {NULL, 0};
        if (length != NULL) {
            v.n = extended ? get16(length) : *length;
            v.at = bytes_take(&b, v.n);
        }
        if (v.at == NULL) {
            judge(r, BGP_WITHDRAW, BGP_MALFORMED_LIST, (struct bytes){NULL, 0});
            return;
        }
        r->whole = (struct bytes){begin.at, begin.n - b.n};
        read_one(r, head[0], head[1], v);
    }
}

/* RFC 7606 §3 d; the data of the NOTIFICATION is the type code (RFC 4271 §6.3). */
static void check_there(struct reader *r, unsigned type)
{
    static const uint8_t codes[] = {0, BGP_ORIGIN, BGP_AS_PATH, BGP_NEXT_HOP, 0, BGP_LOCAL_PREF};
    if (!(r->seen[0] >> type & 1)) {
        judge(r, BGP_WITHDRAW, BGP_MISSING_WELL_KNOWN, (struct bytes){&codes[type], 1});
    }
}

/* RFC 6793 §4.2.3 */
static void use_as4(struct reader *r)
{
    struct bgp_attributes *a = r->a;
    bool aggregators = bgp_has(a, BGP_AGGREGATOR) && bgp_has(a, BGP_AS4_AGGREGATOR);
    if (aggregators && a->aggregator_as != AS_TRANS) {
        return;
    }
    if (aggregators) {
        a->aggregator_as = r->as4_aggregator_as;
        a->aggregator_id = r->as4_aggregator_id;
    }
    merge_as4_path(r);
}

void bgp_attributes_read(const uint8_t *bytes, size_t n, const struct bgp_source *source,
                         bool has_nlri, struct bgp_scratch *scratch, struct bgp_attributes *a)
{
    struct reader r = {.source = source, .scratch = scratch, .a = a};
    *a = (struct bgp_attributes){.verdict = BGP_GOOD};
    read_all(&r, (struct bytes){bytes, n});
    bool reaches = has_nlri || a->reach.prefixes.n > 0;
    if (reaches || source->table_dump) {
        check_there(&r, BGP_ORIGIN);
        check_there(&r, BGP_AS_PATH);
        if (source->internal && !source->table_dump) {
            check_there(&r, BGP_LOCAL_PREF);
        }
        if (has_nlri) {
            check_there(&r, BGP_NEXT_HOP);
        }
    } else if (a->verdict == BGP_WITHDRAW) {
        a->verdict = BGP_RESET; /* §5.2: nothing says which prefixes were meant */
    }
    if (!source->as4) {
        use_as4(&r);
    }
    a->present &= ~(1ull << BGP_AS4_PATH | 1ull << BGP_AS4_AGGREGATOR);
}
