#include "tests/wire.h"

#include <stdlib.h>
#include <string.h>

#include "models/bytes.h"
#include "scenarios/address.h"
#include "sim/error.h"

void wire_bytes(struct wire *w, const void *bytes, size_t n)
{
    if (w->n + n > w->room) {
        w->room = 2 * (w->n + n);
        w->at = realloc(w->at, w->room);
        sim_assert(w->at != NULL);
    }
    if (n > 0) {
        memcpy(w->at + w->n, bytes, n);
    }
    w->n += n;
}

void wire_8(struct wire *w, unsigned value)
{
    wire_bytes(w, &(uint8_t){(uint8_t)value}, 1);
}

void wire_16(struct wire *w, unsigned value)
{
    uint8_t bytes[2];
    put16(bytes, value);
    wire_bytes(w, bytes, 2);
}

void wire_32(struct wire *w, uint32_t value)
{
    uint8_t bytes[4];
    put32(bytes, value);
    wire_bytes(w, bytes, 4);
}

void wire_address(struct wire *w, struct ip_address a)
{
    wire_32(w, (uint32_t)(a.hi >> 32));
    if (a.family == IPV6) {
        wire_32(w, (uint32_t)a.hi);
        wire_32(w, (uint32_t)(a.lo >> 32));
        wire_32(w, (uint32_t)a.lo);
    }
}

void wire_prefix(struct wire *w, const struct ip_prefix *p)
{
    struct wire all = {0};
    wire_address(&all, (struct ip_address){p->hi, p->lo, p->family});
    wire_8(w, p->length);
    wire_bytes(w, all.at, (p->length + 7u) / 8);
    wire_free(&all);
}

void wire_path_prefix(struct wire *w, uint32_t id, const struct ip_prefix *p)
{
    wire_32(w, id);
    wire_prefix(w, p);
}

void wire_free(struct wire *w)
{
    free(w->at);
    *w = (struct wire){0};
}

size_t wire_open_16(struct wire *w)
{
    wire_16(w, 0);
    return w->n;
}

void wire_close_16(struct wire *w, size_t place)
{
    put16(w->at + place - 2, (uint32_t)(w->n - place));
}

void wire_attribute(struct wire *w, unsigned flags, unsigned type, const void *value, size_t n)
{
    bool extended = n > 255 || flags & 0x10;
    wire_8(w, flags | (extended ? 0x10 : 0));
    wire_8(w, type);
    if (extended) {
        wire_16(w, (unsigned)n);
    } else {
        wire_8(w, (unsigned)n);
    }
    wire_bytes(w, value, n);
}

void wire_usual(struct wire *w, bool as4, const uint32_t *path, unsigned n,
                const struct ip_address *next_hop)
{
    struct wire v = {0};
    wire_attribute(w, 0x40, 1, "\0", 1);
    if (n > 0) {
        wire_8(&v, 2);
        wire_8(&v, n);
    }
    for (unsigned i = 0; i < n; i++) {
        if (as4) {
            wire_32(&v, path[i]);
        } else {
            wire_16(&v, path[i]);
        }
    }
    wire_attribute(w, 0x40, 2, v.at, v.n);
    if (next_hop != NULL) {
        v.n = 0;
        wire_address(&v, *next_hop);
        wire_attribute(w, 0x40, 3, v.at, v.n);
    }
    wire_free(&v);
}

size_t wire_open_message(struct wire *w, unsigned type)
{
    for (int i = 0; i < 16; i++) {
        wire_8(w, 0xff);
    }
    wire_16(w, 0);
    wire_8(w, type);
    return w->n - 19;
}

void wire_close_message(struct wire *w, size_t place)
{
    put16(w->at + place + 16, (uint32_t)(w->n - place));
}

void wire_update(struct wire *w, const struct wire *withdrawn, const struct wire *attributes,
                 const struct wire *nlri)
{
    size_t message = wire_open_message(w, 2);
    wire_16(w, (unsigned)(withdrawn == NULL ? 0 : withdrawn->n));
    if (withdrawn != NULL) {
        wire_bytes(w, withdrawn->at, withdrawn->n);
    }
    wire_16(w, (unsigned)(attributes == NULL ? 0 : attributes->n));
    if (attributes != NULL) {
        wire_bytes(w, attributes->at, attributes->n);
    }
    if (nlri != NULL) {
        wire_bytes(w, nlri->at, nlri->n);
    }
    wire_close_message(w, message);
}

size_t wire_open_mrt(struct wire *w, uint32_t seconds, unsigned type, unsigned subtype)
{
    wire_32(w, seconds);
    wire_16(w, type);
    wire_16(w, subtype);
    wire_32(w, 0);
    return w->n;
}

void wire_close_mrt(struct wire *w, size_t place)
{
    put32(w->at + place - 4, (uint32_t)(w->n - place));
}

struct ip_address wire_host(const char *text)
{
    struct ip_address a;
    sim_assert(address_parse(text, strlen(text), &a));
    return a;
}

struct ip_prefix wire_net(const char *text)
{
    struct ip_prefix p;
    bool host_bits;
    sim_assert(prefix_parse(text, strlen(text), &p, &host_bits));
    return p;
}
