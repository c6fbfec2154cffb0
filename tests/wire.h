/* wire.h - writes BGP messages, path attributes and MRT records, right or wrong, for tests. */
#ifndef TESTS_WIRE_H
#define TESTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/prefix.h"

/* Bytes being written; start with {0}, end with wire_free. */
struct wire {
    uint8_t *at;
    size_t n, room;
};

void wire_8(struct wire *w, unsigned value);
void wire_16(struct wire *w, unsigned value);
void wire_32(struct wire *w, uint32_t value);
void wire_bytes(struct wire *w, const void *bytes, size_t n);
void wire_address(struct wire *w, struct ip_address a);                        /* 4 or 16 bytes */
void wire_prefix(struct wire *w, const struct ip_prefix *p);                   /* length, bytes */
void wire_path_prefix(struct wire *w, uint32_t id, const struct ip_prefix *p); /* ADD-PATH */
void wire_free(struct wire *w);

/* Places 16 bits whose value, the bytes written between, is filled in by wire_close_16. */
size_t wire_open_16(struct wire *w);
void wire_close_16(struct wire *w, size_t place);

/* A path attribute; extended length when it must, or when flags say so (0x10). */
void wire_attribute(struct wire *w, unsigned flags, unsigned type, const void *value, size_t n);

/* ORIGIN IGP, AS_PATH of one sequence of n ASs, NEXT_HOP unless it is NULL. */
void wire_usual(struct wire *w, bool as4, const uint32_t *path, unsigned n,
                const struct ip_address *next_hop);

/* A BGP message: open, write its body, close. */
size_t wire_open_message(struct wire *w, unsigned type);
void wire_close_message(struct wire *w, size_t place);

/* An UPDATE of these parts. */
void wire_update(struct wire *w, const struct wire *withdrawn, const struct wire *attributes,
                 const struct wire *nlri);

/* An MRT record: open, write its body, close. */
size_t wire_open_mrt(struct wire *w, uint32_t seconds, unsigned type, unsigned subtype);
void wire_close_mrt(struct wire *w, size_t place);

struct ip_address wire_host(const char *text);
struct ip_prefix wire_net(const char *text);

#endif /* TESTS_WIRE_H */
