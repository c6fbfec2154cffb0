/* traces.h - for benchmarks: a million addresses to look up, in every form a table asks for. */
#ifndef TESTS_TRACES_H
#define TESTS_TRACES_H

#include <stddef.h>
#include <stdint.h>

#include "models/prefix.h"

#define TRACE_ADDRESSES (1u << 20)

struct trace {
    const char *name;
    uint32_t a4[TRACE_ADDRESSES]; /* IPv4, host order */
    uint64_t hi[TRACE_ADDRESSES], lo[TRACE_ADDRESSES];
    uint8_t bytes[TRACE_ADDRESSES][16]; /* IPv6, network order */
};

/* At random over all addresses (IPv6: over the prefixes). To be freed. */
struct trace *trace_uniform(const struct ip_prefix *prefixes, size_t n);

/* Prefix of rank r, in an order drawn at random, with weight 1/r; 16 hosts in each. To be freed. */
struct trace *trace_zipf(const struct ip_prefix *prefixes, size_t n);

/* An address in network order. */
void trace_bytes(uint64_t hi, uint64_t lo, uint8_t *bytes);

#endif /* TESTS_TRACES_H */
