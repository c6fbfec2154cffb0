/* netflow_file.c - one table of fields makes both the templates and the records. */
#include "scenarios/netflow_file.h"

#define VERSION 9
#define HEADER_BYTES 20u
#define SET_HEADER_BYTES 4u
#define FIRST_TEMPLATE 256u /* ids below are flow sets of other kinds */
#define TEMPLATE_EVERY 20u

#define SECOND_PS 1000000000000
#define MS_PS 1000000000

/* ---- fields ----------------------------------------------------------------------------------- */

/* RFC 3954, section 8. */
enum field {
    IN_BYTES = 1,
    IN_PKTS = 2,
    PROTOCOL = 4,
    L4_SRC_PORT = 7,
    IPV4_SRC_ADDR = 8,
    INPUT_SNMP = 10,
    L4_DST_PORT = 11,
    IPV4_DST_ADDR = 12,
    LAST_SWITCHED = 21,
    FIRST_SWITCHED = 22,
    IPV6_SRC_ADDR = 27,
    IPV6_DST_ADDR = 28,
};

static const struct template_field {
    uint8_t type, n_bytes;
} templates[IP_N_FAMILIES][10] = {
    [IPV4] = {{IPV4_SRC_ADDR, 4},
              {IPV4_DST_ADDR, 4},
              {L4_SRC_PORT, 2},
              {L4_DST_PORT, 2},
              {PROTOCOL, 1},
              {INPUT_SNMP, 2},
              {IN_PKTS, 8},
              {IN_BYTES, 8},
              {FIRST_SWITCHED, 4},
              {LAST_SWITCHED, 4}},
    [IPV6] = {{IPV6_SRC_ADDR, 16},
              {IPV6_DST_ADDR, 16},
              {L4_SRC_PORT, 2},
              {L4_DST_PORT, 2},
              {PROTOCOL, 1},
              {INPUT_SNMP, 2},
              {IN_PKTS, 8},
              {IN_BYTES, 8},
              {FIRST_SWITCHED, 4},
              {LAST_SWITCHED, 4}},
};
#define N_FIELDS (sizeof templates[0] / sizeof templates[0][0])

/* The field's value, right-aligned; hi only of IPv6 addresses. */
static uint64_t value_of(const struct netflow_record *r, enum field field, uint64_t *hi)
{
    *hi = 0;
    switch (field) {
    case IN_BYTES:
        return r->n_bytes;
    case IN_PKTS:
        return r->n_packets;
    case PROTOCOL:
        return r->key.protocol;
    case L4_SRC_PORT:
        return r->key.src_port;
    case L4_DST_PORT:
        return r->key.dst_port;
    case INPUT_SNMP:
        return r->key.interface;
    case IPV4_SRC_ADDR:
        return r->key.src_hi >> 32;
    case IPV4_DST_ADDR:
        return r->key.dst_hi >> 32;
    case IPV6_SRC_ADDR:
        *hi = r->key.src_hi;
        return r->key.src_lo;
    case IPV6_DST_ADDR:
        *hi = r->key.dst_hi;
        return r->key.dst_lo;
    case FIRST_SWITCHED:
        return (uint64_t)(r->first_ps / MS_PS);
    case LAST_SWITCHED:
        return (uint64_t)(r->last_ps / MS_PS);
    }
    return 0;
}

/* ---- bytes ------------------------------------------------------------------------------------ */

/* The n low bytes of value, the highest first. Returns what follows. */
static uint8_t *put(uint8_t *p, uint64_t value, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        p[i] = (uint8_t)(value >> 8 * (n - 1 - i));
    }
    return p + n;
}

static uint8_t *put_template(uint8_t *p, enum ip_family family)
{
    p = put(p, 0, 2); /* flow set of templates */
    p = put(p, SET_HEADER_BYTES + 4 + 4 * N_FIELDS, 2);
    p = put(p, FIRST_TEMPLATE + family, 2);
    p = put(p, N_FIELDS, 2);
    for (uint32_t i = 0; i < N_FIELDS; i++) {
        p = put(p, templates[family][i].type, 2);
        p = put(p, templates[family][i].n_bytes, 2);
    }
    return p;
}

static uint8_t *put_record(uint8_t *p, const struct netflow_record *r, enum ip_family family)
{
    for (uint32_t i = 0; i < N_FIELDS; i++) {
        uint32_t n = templates[family][i].n_bytes;
        uint64_t hi, value = value_of(r, (enum field)templates[family][i].type, &hi);
        p = n == 16 ? put(put(p, hi, 8), value, 8) : put(p, value, n);
    }
    return p;
}

static uint32_t record_bytes(enum ip_family family)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < N_FIELDS; i++) {
        n += templates[family][i].n_bytes;
    }
    return n;
}

/* ---- the file --------------------------------------------------------------------------------- */

void netflow_file_open(struct netflow_file *f, FILE *out)
{
    uint8_t head[24], *p = head;

    *f = (struct netflow_file){.out = out};
    for (uint32_t s = 0; s <= CONFIG_MAX_SLOTS; s++) {
        for (uint32_t family = 0; family < IP_N_FAMILIES; family++) {
            struct netflow_datagram *d = &f->sources[s].datagrams[family];
            d->file = f;
            d->source = s;
            d->family = (enum ip_family)family;
        }
    }
    p = put(p, 0xa1b2c3d4, 4); /* times in microseconds, highest byte first */
    p = put(p, 2, 2);          /* version 2.4 */
    p = put(p, 4, 2);
    p = put(p, 0, 8); /* times are UTC */
    p = put(p, UINT16_MAX, 4);
    p = put(p, 1, 4); /* Ethernet */
    fwrite(head, 1, (size_t)(p - head), out);
}

/* Internet checksum, RFC 1071. */
static uint16_t checksum(const uint8_t *p, uint32_t n)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < n; i += 2) {
        sum += (uint32_t)p[i] << 8 | p[i + 1];
    }
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~(sum + (sum >> 16));
}

/* Ethernet, IPv4 and UDP around so many bytes, as they look on a loopback interface. */
static uint8_t *put_headers(uint8_t *p, uint32_t n_bytes)
{
    const uint32_t loopback = 0x7f000001;

    p = put(put(put(p, 0, 6), 0, 6), 0x0800, 2);
    uint8_t *ip = p;
    p = put(put(p, 0x4500, 2), n_bytes + 28, 2);
    p = put(p, 0, 4);
    p = put(put(put(p, 64, 1), 17, 1), 0, 2); /* hops, UDP, checksum */
    p = put(put(p, loopback, 4), loopback, 4);
    put(ip + 10, checksum(ip, 20), 2);
    p = put(put(p, NETFLOW_FILE_PORT, 2), NETFLOW_FILE_PORT, 2);
    return put(put(p, n_bytes + 8, 2), 0, 2); /* without a checksum */
}

/* Fills in what could not be known before, and writes the datagram. */
static void send(struct netflow_datagram *d)
{
    struct netflow_source *source = &d->file->sources[d->source];
    uint64_t second = (uint64_t)((d->file->now_ps + SECOND_PS - 1) / SECOND_PS);
    bool with_template = d->set_at > HEADER_BYTES;
    uint8_t head[16 + 14 + 28], *p = head;

    while (d->n_bytes % 4 != 0) {
        d->bytes[d->n_bytes++] = 0; /* a flow set ends at a word */
    }
    uint8_t *h = put(put(d->bytes, VERSION, 2), d->n_records + with_template, 2);
    h = put(put(h, second * 1000, 4), NETFLOW_FILE_EPOCH_S + second, 4);
    put(put(h, source->n_datagrams++, 4), d->source, 4);
    h = put(d->bytes + d->set_at, FIRST_TEMPLATE + d->family, 2);
    put(h, d->n_bytes - d->set_at, 2);
    p = put(put(p, NETFLOW_FILE_EPOCH_S + second, 4), 0, 4);
    p = put(put(p, d->n_bytes + 14 + 28, 4), d->n_bytes + 14 + 28, 4);
    p = put_headers(p, d->n_bytes);
    fwrite(head, 1, (size_t)(p - head), d->file->out);
    fwrite(d->bytes, 1, d->n_bytes, d->file->out);
    d->n_sent++;
    d->n_records = d->n_bytes = 0;
}

static void begin(struct netflow_datagram *d)
{
    uint8_t *p = d->bytes + HEADER_BYTES;

    if (d->n_sent % TEMPLATE_EVERY == 0) {
        p = put_template(p, d->family);
    }
    d->set_at = (uint32_t)(p - d->bytes);
    d->n_bytes = d->set_at + SET_HEADER_BYTES;
}

static void add(struct netflow_datagram *d, const struct netflow_record *record)
{
    if (d->n_records == 0) {
        begin(d);
    }
    d->n_bytes = (uint32_t)(put_record(d->bytes + d->n_bytes, record, d->family) - d->bytes);
    d->n_records++;
    if (d->n_bytes + record_bytes(d->family) + 3 > NETFLOW_FILE_PAYLOAD) {
        send(d);
    }
}

static void take(void *context, const struct netflow_record *record)
{
    struct netflow_source *source = context;

    add(&source->datagrams[record->key.family], record);
}

struct netflow_exporter netflow_file_exporter(struct netflow_file *f, uint32_t slot)
{
    return (struct netflow_exporter){take, &f->sources[slot]};
}

void netflow_file_at(struct netflow_file *f, int64_t now_ps)
{
    for (uint32_t s = 0; s <= CONFIG_MAX_SLOTS; s++) {
        for (uint32_t family = 0; family < IP_N_FAMILIES; family++) {
            if (f->sources[s].datagrams[family].n_records > 0) {
                send(&f->sources[s].datagrams[family]);
            }
        }
    }
    f->now_ps = now_ps;
}
