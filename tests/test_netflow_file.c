/* test_netflow_file.c - the export, read by a decoder of our own that knows nothing but templates, and
 * by nfdump where it is installed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <unistd.h>

#include "scenarios/netflow_file.h"
#include "sim/rng.h"
#include "tests/nfcapd.h"

#define SECOND_PS INT64_C(1000000000000)
#define MS_PS INT64_C(1000000000)

enum { N_RECORDS = 1500, MOST_BYTES = 200000 };

/* ---- what is exported ------------------------------------------------------------------------- */

static struct netflow_record draw_record(const struct rng *rng, uint64_t i, int64_t now_ps)
{
    struct rng_draw a = rng_at(rng, 4 * i), b = rng_at(rng, 4 * i + 1), c = rng_at(rng, 4 * i + 2),
                    d = rng_at(rng, 4 * i + 3);
    struct netflow_record r = {
        .key = {.src_hi = a.a,
                .dst_hi = a.b,
                .src_port = (uint16_t)b.a,
                .dst_port = (uint16_t)(b.a >> 16),
                .interface = (uint16_t)(b.a >> 32),
                .protocol = i % 2 != 0 ? 6 : 17, /* of ICMP nfdump prints no ports */
                .family = (uint8_t)(b.a >> 63)},
        .n_packets = (b.b >> 20) >> rng_below(c.a, 44),
        .n_bytes = (c.b >> 4) >> rng_below(c.a, 60)};

    r.first_ps = (int64_t)rng_below(d.a, (uint64_t)now_ps + 1);
    r.last_ps = r.first_ps + (int64_t)rng_below(d.b, (uint64_t)(now_ps - r.first_ps) + 1);
    if (r.key.family == IPV4) {
        r.key.src_hi &= 0xffffffff00000000;
        r.key.dst_hi &= 0xffffffff00000000;
    } else {
        r.key.src_lo = c.a;
        r.key.dst_lo = d.a;
    }
    return r;
}

struct exported {
    struct netflow_record records[N_RECORDS];
    uint32_t engine[N_RECORDS];
    uint8_t file[MOST_BYTES];
    size_t n_bytes;
};

/* Two engines, four polls; the file's bytes. */
static void export_records(struct exported *e)
{
    static const int64_t polls[] = {30 * SECOND_PS, 60 * SECOND_PS, 90 * SECOND_PS,
                                    90 * SECOND_PS + 1};
    static struct netflow_file f;
    struct rng rng = rng_open(1, "test", "records");
    FILE *out = fmemopen(e->file, sizeof e->file, "wb");

    netflow_file_open(&f, out);
    for (uint32_t i = 0; i < N_RECORDS; i++) {
        int64_t now_ps = polls[i * 4 / N_RECORDS];
        if (now_ps != f.now_ps) {
            netflow_file_at(&f, now_ps);
        }
        e->records[i] = draw_record(&rng, i, now_ps);
        e->engine[i] = i % 3 == 0 ? 5 : 13;
        struct netflow_exporter exporter = netflow_file_exporter(&f, e->engine[i]);
        exporter.take(exporter.context, &e->records[i]);
    }
    netflow_file_at(&f, polls[3]);
    assert_false(ferror(out));
    e->n_bytes = (size_t)ftell(out);
    fclose(out);
}

/* ---- a decoder -------------------------------------------------------------------------------- */

static uint64_t get(const uint8_t *p, uint32_t n)
{
    uint64_t value = 0;

    for (uint32_t i = 0; i < n; i++) {
        value = value << 8 | p[i];
    }
    return value;
}

struct decoder {
    uint8_t templates[14][2][256]; /* by engine and id: field count, then type and length */
    uint32_t n_datagrams[14];
    struct netflow_record records[N_RECORDS];
    uint32_t engine[N_RECORDS], n;
    uint32_t n_templates;
};

static const uint8_t *decode_field(const uint8_t *p, uint32_t type, uint32_t n_bytes,
                                   struct netflow_record *r)
{
    uint64_t v = n_bytes <= 8 ? get(p, n_bytes) : 0;

    switch (type) {
    case 1:
        r->n_bytes = v;
        break;
    case 2:
        r->n_packets = v;
        break;
    case 4:
        r->key.protocol = (uint8_t)v;
        break;
    case 7:
        r->key.src_port = (uint16_t)v;
        break;
    case 8:
        r->key.src_hi = v << 32;
        break;
    case 10:
        r->key.interface = (uint16_t)v;
        break;
    case 11:
        r->key.dst_port = (uint16_t)v;
        break;
    case 12:
        r->key.dst_hi = v << 32;
        break;
    case 21:
        r->last_ps = (int64_t)v * MS_PS;
        break;
    case 22:
        r->first_ps = (int64_t)v * MS_PS;
        break;
    case 27:
        r->key.src_hi = get(p, 8), r->key.src_lo = get(p + 8, 8);
        break;
    case 28:
        r->key.dst_hi = get(p, 8), r->key.dst_lo = get(p + 8, 8);
        break;
    default:
        fail_msg("field %u", type);
    }
    return p + n_bytes;
}

/* Records of one data flow set; fewer than 4 bytes at its end are padding. */
static uint32_t decode_set(struct decoder *d, uint32_t engine, uint32_t id, const uint8_t *p,
                           const uint8_t *end)
{
    const uint8_t *fields = d->templates[engine][id - 256];
    uint32_t n = 0;

    assert_true(fields[0] > 0); /* the template came first */
    for (; end - p >= 4; n++) {
        struct netflow_record *r = &d->records[d->n];
        r->key.family = (uint8_t)(id - 256);
        for (uint32_t i = 0; i < fields[0]; i++) {
            p = decode_field(p, fields[1 + 2 * i], fields[2 + 2 * i], r);
        }
        assert_true(p <= end);
        d->engine[d->n++] = engine;
    }
    return n;
}

static void decode_datagram(struct decoder *d, const uint8_t *p, uint32_t n_bytes, uint64_t seconds)
{
    const uint8_t *end = p + n_bytes;
    uint32_t engine = (uint32_t)get(p + 16, 4), n = 0;

    assert_int_equal(get(p, 2), 9);
    assert_int_equal(get(p + 8, 4), seconds);
    assert_int_equal(get(p + 4, 4), (seconds - NETFLOW_FILE_EPOCH_S) * 1000);
    assert_int_equal(get(p + 12, 4), d->n_datagrams[engine]++);
    uint32_t n_records = (uint32_t)get(p + 2, 2);
    for (p += 20; p < end;) {
        uint32_t id = (uint32_t)get(p, 2), n_set = (uint32_t)get(p + 2, 2);
        assert_true(n_set % 4 == 0 && n_set > 4 && p + n_set <= end);
        if (id == 0) {
            uint8_t *fields = d->templates[engine][get(p + 4, 2) - 256];
            fields[0] = (uint8_t)get(p + 6, 2);
            assert_int_equal(n_set, 8 + 4 * fields[0]);
            for (uint32_t i = 0; i < 2u * fields[0]; i++) {
                fields[1 + i] = (uint8_t)get(p + 8 + 2 * i, 2);
            }
            d->n_templates++;
            n++;
        } else {
            n += decode_set(d, engine, id, p + 4, p + n_set);
        }
        p += n_set;
    }
    assert_int_equal(n, n_records);
}

static void decode(void *context, const uint8_t *p, uint32_t n, uint64_t seconds)
{
    decode_datagram(context, p, n, seconds);
}

static struct exported exported;

/* Of one engine and family the records come in their order. */
static void the_records_come_back(void **state)
{
    (void)state;
    static struct decoder d;
    export_records(&exported);
    capture_datagrams(exported.file, exported.n_bytes, decode, &d);
    assert_int_equal(d.n, N_RECORDS);
    uint32_t next[14][2] = {{0}}, n_datagrams = d.n_datagrams[5] + d.n_datagrams[13];
    for (uint32_t i = 0; i < N_RECORDS; i++) {
        const struct netflow_record *r = &d.records[i], *want;
        uint32_t *at = &next[d.engine[i]][r->key.family];
        while (exported.engine[*at] != d.engine[i] ||
               exported.records[*at].key.family != r->key.family) {
            assert_true(++*at < N_RECORDS);
        }
        want = &exported.records[(*at)++];
        assert_memory_equal(&r->key, &want->key, sizeof r->key);
        assert_true(r->n_packets == want->n_packets && r->n_bytes == want->n_bytes);
        assert_true(r->first_ps == want->first_ps / MS_PS * MS_PS);
        assert_true(r->last_ps == want->last_ps / MS_PS * MS_PS);
    }
    assert_in_range(n_datagrams, 40, 100); /* they are filled */
    assert_true(d.n_templates >= 5 && d.n_templates <= 10);
}

/* Nothing ended: a capture without packets. */
static void nothing_is_a_file_too(void **state)
{
    (void)state;
    static struct netflow_file f;
    uint8_t bytes[100];
    FILE *out = fmemopen(bytes, sizeof bytes, "wb");
    netflow_file_open(&f, out);
    netflow_file_at(&f, 7);
    assert_int_equal(ftell(out), 24);
    fclose(out);
}

/* ---- nfdump ----------------------------------------------------------------------------------- */

/* A record as nfdump prints it: with how long it took, as the end's milliseconds are printed modulo
 * 100 (seen with 1.7.1). */
static void print_record(const struct netflow_record *r, char *text, size_t room)
{
    char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
    uint64_t words[4] = {r->key.src_hi, r->key.src_lo, r->key.dst_hi, r->key.dst_lo};
    uint8_t bytes[32];

    for (uint32_t i = 0; i < 32; i++) {
        bytes[i] = (uint8_t)(words[i / 8] >> (56 - 8 * (i % 8)));
    }
    int family = r->key.family == IPV4 ? AF_INET : AF_INET6;
    inet_ntop(family, bytes, src, sizeof src);
    inet_ntop(family, bytes + 16, dst, sizeof dst);
    int64_t first = r->first_ps / MS_PS, time = r->last_ps / MS_PS - first;
    snprintf(text, room, "%s %s %u %u %u %u %ju %ju %jd.%03jd %jd.%03jd", src, dst, r->key.src_port,
             r->key.dst_port, r->key.protocol, r->key.interface, (uintmax_t)r->n_packets,
             (uintmax_t)r->n_bytes, (intmax_t)(NETFLOW_FILE_EPOCH_S + first / 1000),
             (intmax_t)(first % 1000), (intmax_t)(time / 1000), (intmax_t)(time % 1000));
}

/* The words of the line, with one blank between them. */
static void squeeze(char *line)
{
    char *to = line;

    for (char *word = strtok(line, " \n"); word != NULL; word = strtok(NULL, " \n")) {
        to += to > line;
        size_t n = strlen(word);
        memmove(to, word, n);
        if (to > line) {
            to[-1] = ' ';
        }
        to += n;
    }
    *to = '\0';
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void nfdump_reads_them(void **state)
{
    (void)state;
    static char got[N_RECORDS][200], want[N_RECORDS][200];
    char dir[] = "/tmp/cat6k-netflow-XXXXXX", command[300];
    uint32_t n = 0;

    if (!nfdump_is_there()) {
        skip();
    }
    assert_non_null(mkdtemp(dir));
    nfcapd_collect(dir, exported.file, exported.n_bytes);
    snprintf(command, sizeof command,
             "nfdump -R %s -q -6 -N -o 'fmt:%%sa %%da %%sp %%dp %%pr %%in %%pkt %%byt %%tsr %%td'",
             dir);
    FILE *in = popen(command, "r");
    while (n < N_RECORDS && fgets(got[n], sizeof got[n], in) != NULL) {
        squeeze(got[n++]);
    }
    pclose(in);
    snprintf(command, sizeof command, "rm -r %s", dir);
    assert_int_equal(system(command), 0);
    assert_int_equal(n, N_RECORDS);
    for (uint32_t i = 0; i < N_RECORDS; i++) {
        print_record(&exported.records[i], want[i], sizeof want[i]);
    }
    qsort(got, n, sizeof got[0], by_text);
    qsort(want, n, sizeof want[0], by_text);
    for (uint32_t i = 0; i < N_RECORDS; i++) {
        assert_string_equal(got[i], want[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_records_come_back),
        cmocka_unit_test(nothing_is_a_file_too),
        cmocka_unit_test(nfdump_reads_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
