/* bytes.h - numbers in network order, and a reader that never leaves its bytes. */
#ifndef MODELS_BYTES_H
#define MODELS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/prefix.h"

static inline uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t get32(const uint8_t *p)
{
    return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static inline uint64_t get64(const uint8_t *p)
{
    return (uint64_t)get32(p) << 32 | get32(p + 4);
}

static inline void put16(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static inline void put32(uint8_t *p, uint32_t value)
{
    put16(p, value >> 16);
    put16(p + 2, value);
}

/* 4 or 16 bytes. */
static inline struct ip_address get_address(const uint8_t *p, enum ip_family family)
{
    return family == IPV4 ? (struct ip_address){.hi = (uint64_t)get32(p) << 32, .family = IPV4}
                          : (struct ip_address){.hi = get64(p), .lo = get64(p + 8), .family = IPV6};
}

/* What is yet to be read: at[0..n). */
struct bytes {
    const uint8_t *at;
    size_t n;
};

/* The next n bytes; NULL when there are fewer, and nothing is taken. */
static inline const uint8_t *bytes_take(struct bytes *b, size_t n)
{
    const uint8_t *p = b->at;
    if (n > b->n) {
        return NULL;
    }
    b->at += n;
    b->n -= n;
    return p;
}

#endif /* MODELS_BYTES_H */
