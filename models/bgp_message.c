#include "models/bgp_message.h"

#include <string.h>

#include "models/config.h"
#include "models/intern.h"

#define VERSION 4
#define OPEN_FIXED 29 /* header, version, AS, hold time, identifier, length of the parameters */
#define PARAMETER_CAPABILITIES 2 /* RFC 5492 §4 */
#define AS_TRANS 23456u

/* source: [RFC4760] §8, [RFC2918] §2, [RFC6793] §9 (standard) */
enum capability { MULTIPROTOCOL = 1, REFRESH = 2, AS4 = 65 };

static bool fault(struct bgp_error *error, unsigned code, unsigned subcode, const void *data,
                  size_t n)
{
    *error = (struct bgp_error){(uint8_t)code, (uint8_t)subcode, (uint16_t)n, data};
    return false;
}

/* ---- header ---- */

/* RFC 4271 §6.1, RFC 2918 §3: shortest and longest of each type. */
static const struct {
    uint16_t least, most;
} lengths[] = {
    [BGP_OPEN] = {OPEN_FIXED, BGP_MAX_MESSAGE_BYTES},
    [BGP_UPDATE] = {23, BGP_MAX_MESSAGE_BYTES},
    [BGP_NOTIFICATION] = {21, BGP_MAX_MESSAGE_BYTES},
    [BGP_KEEPALIVE] = {19, 19},
    [BGP_ROUTE_REFRESH] = {23, 23},
};

bool bgp_header_read(const uint8_t *header, size_t *length, enum bgp_type *type,
                     struct bgp_error *error)
{
    for (int i = 0; i < 16; i++) {
        if (header[i] != 0xff) {
            return fault(error, BGP_HEADER_ERROR, BGP_NOT_SYNCHRONIZED, NULL, 0);
        }
    }
    *length = get16(header + 16);
    *type = (enum bgp_type)header[18];
    if (*length < BGP_HEADER_BYTES || *length > BGP_MAX_MESSAGE_BYTES) {
        return fault(error, BGP_HEADER_ERROR, BGP_BAD_LENGTH, header + 16, 2);
    }
    if (*type < BGP_OPEN || *type > BGP_ROUTE_REFRESH) {
        return fault(error, BGP_HEADER_ERROR, BGP_BAD_TYPE, header + 18, 1);
    }
    if (*length < lengths[*type].least || *length > lengths[*type].most) {
        return fault(error, BGP_HEADER_ERROR, BGP_BAD_LENGTH, header + 16, 2);
    }
    return true;
}

void bgp_header_write(uint8_t *header, size_t length, enum bgp_type type)
{
    memset(header, 0xff, 16);
    put16(header + 16, (uint32_t)length);
    header[18] = (uint8_t)type;
}

/* ---- OPEN ---- */

/* Code, length, value each; unknown ones are none of our business (RFC 5492 §3). */
static bool read_capabilities(struct bytes b, struct bgp_open *open, struct bgp_error *error)
{
    while (b.n > 0) {
        const uint8_t *head = bytes_take(&b, 2);
        const uint8_t *v = head == NULL ? NULL : bytes_take(&b, head[1]);
        size_t wanted = v == NULL ? 0 : head[0] == REFRESH ? 0 : 4;
        bool known =
            v != NULL && (head[0] == MULTIPROTOCOL || head[0] == REFRESH || head[0] == AS4);
        if (v == NULL || (known && head[1] != wanted)) {
            return fault(error, BGP_OPEN_ERROR, BGP_OPEN_UNSPECIFIC, NULL, 0);
        }
        open->refresh |= head[0] == REFRESH;
        if (head[0] == AS4) {
            open->as4 = true;
            open->as = get32(v);
        } else if (head[0] == MULTIPROTOCOL && v[3] == 1) { /* unicast */
            open->ipv4 |= get16(v) == 1;
            open->ipv6 |= get16(v) == 2;
        } else if (head[0] == MULTIPROTOCOL && v[3] == BGP_SAFI_VPN) {
            open->vpn |= get16(v) == 1;
        }
    }
    return true;
}

/* Type, length, value each; all lengths have 2 bytes when the first type is 255 (RFC 9072). */
static bool read_parameters(struct bytes b, struct bgp_open *open, struct bgp_error *error)
{
    bool extended = b.n >= 4 && b.at[-1] == 255 && b.at[0] == 255;
    size_t n = extended ? get16(b.at + 1) : b.n == 0 ? 0 : b.at[-1];
    if (extended) {
        bytes_take(&b, 3);
    }
    if (n != b.n) {
        return fault(error, BGP_OPEN_ERROR, BGP_OPEN_UNSPECIFIC, NULL, 0);
    }
    while (b.n > 0) {
        const uint8_t *head = bytes_take(&b, extended ? 3 : 2);
        struct bytes v = {NULL, head == NULL ? 0 : extended ? get16(head + 1) : head[1]};
        v.at = head == NULL ? NULL : bytes_take(&b, v.n);
        if (v.at == NULL) {
            return fault(error, BGP_OPEN_ERROR, BGP_OPEN_UNSPECIFIC, NULL, 0);
        }
        if (head[0] != PARAMETER_CAPABILITIES) {
            return fault(error, BGP_OPEN_ERROR, BGP_UNSUPPORTED_PARAMETER, NULL, 0);
        }
        if (!read_capabilities(v, open, error)) {
            return false;
        }
    }
    return true;
}

bool bgp_open_read(const uint8_t *message, size_t length, struct bgp_open *open,
                   struct bgp_error *error)
{
    static const uint8_t version[] = {0, VERSION};
    const uint8_t *p = message + BGP_HEADER_BYTES;
    if (p[0] != VERSION) {
        return fault(error, BGP_OPEN_ERROR, BGP_BAD_VERSION, version, 2);
    }
    *open = (struct bgp_open){.as = get16(p + 1), .hold_s = get16(p + 3), .id = get32(p + 5)};
    if (length == OPEN_FIXED && p[9] != 0) {
        return fault(error, BGP_OPEN_ERROR, BGP_OPEN_UNSPECIFIC, NULL, 0);
    }
    if (!read_parameters((struct bytes){p + 10, length - OPEN_FIXED}, open, error)) {
        return false;
    }
    if (open->as == 0) { /* RFC 7607 */
        return fault(error, BGP_OPEN_ERROR, BGP_BAD_PEER_AS, NULL, 0);
    }
    if (open->id == 0) { /* RFC 6286 */
        return fault(error, BGP_OPEN_ERROR, BGP_BAD_IDENTIFIER, NULL, 0);
    }
    if (open->hold_s == 1 || open->hold_s == 2) {
        return fault(error, BGP_OPEN_ERROR, BGP_UNACCEPTABLE_HOLD_TIME, NULL, 0);
    }
    open->ipv4 |= !open->ipv6 && !open->vpn;
    return true;
}

/* One capability, as a parameter of its own: so do all who want to be understood. */
static uint8_t *write_capability(uint8_t *p, enum capability code, unsigned n, uint32_t value)
{
    *p++ = PARAMETER_CAPABILITIES;
    *p++ = (uint8_t)(2 + n);
    *p++ = (uint8_t)code;
    *p++ = (uint8_t)n;
    if (n > 0) {
        put32(p, value);
    }
    return p + n;
}

size_t bgp_open_write(const struct bgp_open *open, uint8_t *bytes)
{
    uint8_t *p = bytes + OPEN_FIXED;
    bytes[19] = VERSION;
    put16(bytes + 20, open->as > UINT16_MAX ? AS_TRANS : open->as);
    put16(bytes + 22, open->hold_s);
    put32(bytes + 24, open->id);
    if (open->ipv4) {
        p = write_capability(p, MULTIPROTOCOL, 4, 1 << 16 | 1);
    }
    if (open->ipv6) {
        p = write_capability(p, MULTIPROTOCOL, 4, 2 << 16 | 1);
    }
    if (open->vpn) {
        p = write_capability(p, MULTIPROTOCOL, 4, 1 << 16 | BGP_SAFI_VPN);
    }
    if (open->refresh) {
        p = write_capability(p, REFRESH, 0, 0);
    }
    if (open->as4) {
        p = write_capability(p, AS4, 4, open->as);
    }
    size_t length = (size_t)(p - bytes);
    bytes[28] = (uint8_t)(length - OPEN_FIXED);
    bgp_header_write(bytes, length, BGP_OPEN);
    return length;
}

/* ---- UPDATE ---- */

static void reset(struct bgp_update *update, enum bgp_update_error subcode)
{
    update->verdict = BGP_RESET;
    fault(&update->error, BGP_UPDATE_ERROR, subcode, NULL, 0);
}

/* IPv4 prefixes that cannot be read: RFC 7606 §5.3. */
static bool can_be_read(struct bytes nlri, bool add_path)
{
    const size_t head = add_path ? 5 : 1;
    while (nlri.n >= head && nlri.at[head - 1] <= 32 &&
           bytes_take(&nlri, head + (nlri.at[head - 1] + 7u) / 8) != NULL) {
    }
    return nlri.n == 0;
}

void bgp_update_read(const uint8_t *message, size_t length, const struct bgp_source *source,
                     struct bgp_scratch *scratch, struct bgp_update *update)
{
    struct bytes b = {message + BGP_HEADER_BYTES, length - BGP_HEADER_BYTES};
    *update = (struct bgp_update){.verdict = BGP_GOOD};
    const uint8_t *n_withdrawn = bytes_take(&b, 2);
    update->withdrawn.n = n_withdrawn == NULL ? 0 : get16(n_withdrawn);
    update->withdrawn.at = bytes_take(&b, update->withdrawn.n);
    const uint8_t *n = bytes_take(&b, 2);
    const uint8_t *attributes = n == NULL ? NULL : bytes_take(&b, get16(n));
    if (n_withdrawn == NULL || update->withdrawn.at == NULL || attributes == NULL) {
        reset(update, BGP_MALFORMED_LIST); /* RFC 7606 §3 b */
        return;
    }
    update->nlri = b;
    bgp_attributes_read(attributes, get16(n), source, b.n > 0, scratch, &update->attributes);
    update->verdict = update->attributes.verdict;
    update->error = update->attributes.error;
    if (update->verdict != BGP_RESET && !(can_be_read(update->withdrawn, source->add_path) &&
                                          can_be_read(update->nlri, source->add_path))) {
        reset(update, BGP_INVALID_NETWORK);
    }
}

struct each {
    const struct bgp_source *source;
    void (*visit)(void *context, const struct ip_prefix *prefix, uint32_t path_id,
                  const struct ip_address *next_hop);
    void *context;
    struct bytes communities; /* extended */
};

static void each_of(const struct each *each, struct bytes nlri, enum ip_family family,
                    const struct ip_address *next_hop)
{
    struct ip_prefix prefix;
    uint32_t path_id;
    bool wrong;
    while (bgp_nlri_next(&nlri, family, each->source->add_path, &prefix, &path_id, &wrong)) {
        each->visit(each->context, &prefix, path_id, next_hop);
    }
}

struct intern *bgp_vpn_paths(const struct vrf_config *vrfs, uint32_t n, struct arena *mem)
{
    while (n > 0 && vrfs[n - 1].n_imports == 0) {
        n--;
    }
    return n > 0 ? intern_open(mem) : NULL;
}

/* Whether one of the route targets that a VRF imports is among these extended communities. */
static bool has_target(const struct vrf_config *vrf, struct bytes communities)
{
    const uint8_t *one;
    while ((one = bytes_take(&communities, 8)) != NULL) {
        uint64_t target = (uint64_t)get32(one) << 32 | get32(one + 4);
        for (uint32_t i = 0; i < vrf->n_imports; i++) {
            if (vrf->imports[i] == target) {
                return true;
            }
        }
    }
    return false;
}

/* The VRFs that import by route target: each has the route, or no longer. Of one prefix with several
 * route distinguishers a VRF may have several routes, which are told apart by path ids; what nobody
 * has ever imported gets none. */
static void each_importer(const struct each *each, struct ip_prefix prefix, uint64_t rd,
                          uint32_t path_id, const struct ip_address *next_hop)
{
    const struct bgp_source *source = each->source;
    const uint64_t key[2] = {rd, path_id};
    bool is_new, imported = false;
    uint32_t number = intern_take(source->vpn_paths, key, sizeof key, &is_new);
    for (uint32_t i = 0; i < source->n_vrfs; i++) {
        const struct vrf_config *vrf = &source->vrfs[i];
        bool imports = next_hop != NULL && has_target(vrf, each->communities);
        prefix.lo = i + 1;
        if (imports || (vrf->n_imports > 0 && !is_new)) {
            each->visit(each->context, &prefix, number, imports ? next_hop : NULL);
        }
        imported |= imports;
    }
    if (!(imported && is_new)) {
        intern_drop(source->vpn_paths, number);
    }
}

/* What no VRF imports is not for this router (RFC 4364 §4.3.1): by route target, or by route
 * distinguisher, as if targets were these. */
static void each_vpn(const struct each *each, struct bytes nlri, const struct ip_address *next_hop)
{
    const struct bgp_source *source = each->source;
    struct ip_prefix prefix;
    uint64_t rd;
    uint32_t label, path_id;
    bool wrong;
    while (bgp_vpn_next(&nlri, source->add_path, &prefix, &rd, &label, &path_id, &wrong)) {
        for (uint32_t i = 0; i < source->n_vrfs; i++) {
            prefix.lo = i + 1;
            if (source->vrfs[i].n_imports == 0 && source->vrfs[i].rd == rd) {
                each->visit(each->context, &prefix, path_id, next_hop);
            }
        }
        if (source->vpn_paths != NULL) {
            each_importer(each, prefix, rd, path_id, next_hop);
        }
    }
}

static void each_mp(const struct each *each, const struct bgp_nlri *nlri,
                    const struct ip_address *next_hop)
{
    if (nlri->known && nlri->vpn) {
        each_vpn(each, nlri->prefixes, next_hop);
    } else if (nlri->known) {
        each_of(each, nlri->prefixes, nlri->family, next_hop);
    }
}

void bgp_update_each(const struct bgp_update *update, const struct bgp_source *source,
                     void (*visit)(void *context, const struct ip_prefix *prefix, uint32_t path_id,
                                   const struct ip_address *next_hop),
                     void *context)
{
    const struct bgp_attributes *a = &update->attributes;
    const bool targets = bgp_has(a, BGP_EXTENDED_COMMUNITIES);
    const struct each each = {source, visit, context, targets ? a->extended : (struct bytes){0}};
    const bool announces = update->verdict < BGP_WITHDRAW;
    each_of(&each, update->withdrawn, IPV4, NULL);
    each_mp(&each, &a->unreach, NULL);
    each_of(&each, update->nlri, IPV4, announces ? &a->next_hop : NULL);
    each_mp(&each, &a->reach, announces ? &a->mp_next_hop : NULL);
}

bool bgp_update_is_end(const struct bgp_update *update, enum ip_family *family)
{
    const struct bgp_nlri *unreach = &update->attributes.unreach;
    *family = unreach->is_there ? unreach->family : IPV4;
    return update->verdict == BGP_GOOD && update->withdrawn.n == 0 && update->nlri.n == 0 &&
           (update->attributes.present & ~(1ull << BGP_MP_UNREACH)) == 0 &&
           update->attributes.others.n == 0 &&
           (!unreach->is_there || (unreach->known && unreach->prefixes.n == 0));
}
