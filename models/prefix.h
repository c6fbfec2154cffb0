/* prefix.h - IPv4 and IPv6 addresses and prefixes, left-aligned in 128 bits.
 *
 *      IPv4 10.1.2.3:  hi = 0x0a01020300000000, lo = 0, or the number of the VRF it is of
 *
 * So the same IPv4 address in two VRFs is two addresses, wherever addresses are compared. A VRF's
 * prefix is covered by those of its VRF only. Where tables are keyed by bits, the number stands in
 * front, as the route distinguisher does in BGP (RFC 4364 section 4.1).
 */
#ifndef MODELS_PREFIX_H
#define MODELS_PREFIX_H

#include <stdbool.h>
#include <stdint.h>

enum ip_family { IPV4, IPV6 };
#define IP_N_FAMILIES 2

struct ip_address {
    uint64_t hi, lo;
    uint8_t family; /* enum ip_family */
};

/* Bits beyond length are 0. */
struct ip_prefix {
    uint64_t hi, lo;
    uint8_t family;
    uint8_t length; /* 0..32 or 0..128 */
};

static inline unsigned ip_host_length(uint8_t family)
{
    return family == IPV4 ? 32 : 128;
}

static inline uint64_t ip_mask_hi(unsigned length)
{
    return length == 0 ? 0 : length >= 64 ? ~0ull : ~0ull << (64 - length);
}

static inline uint64_t ip_mask_lo(unsigned length)
{
    return length <= 64 ? 0 : length >= 128 ? ~0ull : ~0ull << (128 - length);
}

/* Which bits of lo count. */
static inline uint64_t ip_prefix_mask_lo(uint8_t family, unsigned length)
{
    return family == IPV4 ? ~0ull : ip_mask_lo(length);
}

static inline struct ip_prefix ip_prefix_of(struct ip_address a, unsigned length)
{
    return (struct ip_prefix){a.hi & ip_mask_hi(length), a.lo & ip_prefix_mask_lo(a.family, length),
                              a.family, (uint8_t)length};
}

static inline bool ip_address_equal(struct ip_address a, struct ip_address b)
{
    return a.hi == b.hi && a.lo == b.lo && a.family == b.family;
}

/* The address after this one. */
static inline struct ip_address ip_address_next(struct ip_address a)
{
    if (a.family == IPV4) {
        a.hi += 1ull << 32;
    } else {
        a.lo++;
    }
    return a;
}

static inline bool ip_prefix_covers(struct ip_prefix p, uint64_t hi, uint64_t lo)
{
    return (hi & ip_mask_hi(p.length)) == p.hi &&
           (lo & ip_prefix_mask_lo(p.family, p.length)) == p.lo;
}

/* IPv4 of a VRF, as a key: 16 bits of the VRF's number, then the address. */
#define IP_VRF_BITS 16

static inline bool ip_is_of_vrf(const struct ip_prefix *p)
{
    return p->family == IPV4 && p->lo != 0;
}

static inline struct ip_prefix ip_vrf_key(struct ip_prefix p)
{
    return (struct ip_prefix){p.lo << (64 - IP_VRF_BITS) | p.hi >> IP_VRF_BITS, 0, IPV6,
                              (uint8_t)(p.length + IP_VRF_BITS)};
}

static inline struct ip_prefix ip_of_vrf_key(struct ip_prefix key)
{
    return (struct ip_prefix){key.hi << IP_VRF_BITS, key.hi >> (64 - IP_VRF_BITS), IPV4,
                              (uint8_t)(key.length - IP_VRF_BITS)};
}

/* Order: family, VRF, address, length (a prefix before its more specifics). */
static inline int ip_prefix_compare(const struct ip_prefix *a, const struct ip_prefix *b)
{
    if (a->family != b->family) {
        return a->family < b->family ? -1 : 1;
    }
    if (a->family == IPV4 && a->lo != b->lo) {
        return a->lo < b->lo ? -1 : 1;
    }
    if (a->hi != b->hi) {
        return a->hi < b->hi ? -1 : 1;
    }
    if (a->lo != b->lo) {
        return a->lo < b->lo ? -1 : 1;
    }
    return a->length < b->length ? -1 : a->length > b->length;
}

#endif /* MODELS_PREFIX_H */
