/* prefix.h - IPv4 and IPv6 addresses and prefixes, left-aligned in 128 bits.
 *
 *      IPv4 10.1.2.3:  hi = 0x0a01020300000000, lo = 0
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

static inline struct ip_prefix ip_prefix_of(struct ip_address a, unsigned length)
{
    return (struct ip_prefix){a.hi & ip_mask_hi(length), a.lo & ip_mask_lo(length), a.family,
                              (uint8_t)length};
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
    return (hi & ip_mask_hi(p.length)) == p.hi && (lo & ip_mask_lo(p.length)) == p.lo;
}

/* Order: family, address, length (a prefix before its more specifics). */
static inline int ip_prefix_compare(const struct ip_prefix *a, const struct ip_prefix *b)
{
    if (a->family != b->family) {
        return a->family < b->family ? -1 : 1;
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
