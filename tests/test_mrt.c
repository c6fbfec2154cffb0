/* test_mrt.c - MRT files: every record as bgpdump reads it, packed in every way, cut anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bzlib.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "models/bgp_attributes.h"
#include "scenarios/mrt.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/rng.h"
#include "tests/mrt_print.h"
#include "tests/wire.h"

#define PATH "dump" /* in a folder of its own */

static void write_file(const void *bytes, size_t n)
{
    FILE *f = fopen(PATH, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* ---- random files ---- */

struct random {
    struct rng rng;
    uint64_t n;
    struct wire w;
};

static uint32_t below(struct random *r, uint32_t n)
{
    return (uint32_t)rng_below(rng_at(&r->rng, r->n++).a, n);
}

static struct ip_address some_address(struct random *r, enum ip_family family)
{
    struct ip_address a = {.family = (uint8_t)family};
    uint64_t bits = rng_at(&r->rng, r->n++).a;
    a.hi = family == IPV4 ? (0x0a000000ull + (bits & 0xffffff)) << 32
                          : 0x2001ull << 48 | (bits & 0xffffffff);
    a.lo = family == IPV4 ? 0 : bits >> 40 | 1;
    return a;
}

static struct ip_prefix some_prefix(struct random *r, enum ip_family family)
{
    return ip_prefix_of(some_address(r, family), 1 + below(r, family == IPV4 ? 32 : 128));
}

static void some_path(struct random *r, struct wire *v, bool as4)
{
    for (uint32_t segments = below(r, 4); segments > 0; segments--) {
        uint32_t n = 1 + below(r, 6);
        wire_8(v, segments == 1 && below(r, 4) == 0 ? BGP_AS_SET : BGP_AS_SEQUENCE);
        wire_8(v, n);
        for (; n > 0; n--) {
            if (as4) {
                wire_32(v, 1 + below(r, below(r, 2) == 0 ? 65000 : UINT32_MAX - 1));
            } else {
                wire_16(v, 1 + below(r, 65000));
            }
        }
    }
}

/* Attributes of an entry; mp: how much of MP_REACH_NLRI belongs there, NULL: NEXT_HOP. */
static struct wire some_attributes(struct random *r, bool as4, const struct wire *mp)
{
    struct wire w = {0}, v = {0};
    uint8_t origin = (uint8_t)below(r, 3);
    wire_attribute(&w, 0x40, BGP_ORIGIN, &origin, 1);
    some_path(r, &v, as4);
    wire_attribute(&w, below(r, 2) == 0 ? 0x40 : 0x50, BGP_AS_PATH, v.at, v.n);
    v.n = 0;
    if (mp == NULL) {
        wire_address(&v, some_address(r, IPV4));
        wire_attribute(&w, 0x40, BGP_NEXT_HOP, v.at, v.n);
    }
    v.n = 0;
    wire_32(&v, below(r, 1000));
    if (below(r, 2) == 0) {
        wire_attribute(&w, 0x80, BGP_MED, v.at, 4);
    }
    wire_attribute(&w, 0x40, BGP_LOCAL_PREF, v.at, 4);
    if (below(r, 3) == 0) {
        wire_attribute(&w, 0x40, BGP_ATOMIC_AGGREGATE, NULL, 0);
    }
    if (below(r, 3) == 0) {
        v.n = 0;
        if (as4) {
            wire_32(&v, 1 + below(r, 1 << 30));
        } else {
            wire_16(&v, 1 + below(r, 60000));
        }
        wire_32(&v, below(r, UINT32_MAX));
        wire_attribute(&w, 0xc0, BGP_AGGREGATOR, v.at, v.n);
    }
    v.n = 0;
    for (uint32_t n = below(r, 5); n > 0; n--) {
        wire_32(&v, below(r, 10) == 0 ? 0xffffff01 + below(r, 2) : below(r, 0xffff0000));
    }
    if (v.n > 0) {
        wire_attribute(&w, 0xc0, BGP_COMMUNITIES, v.at, v.n);
    }
    if (mp != NULL) {
        wire_attribute(&w, 0x80, BGP_MP_REACH, mp->at, mp->n);
    }
    wire_free(&v);
    return w;
}

/* MP_REACH_NLRI of one prefix, or only the next hop of it. */
static struct wire some_reach(struct random *r, bool whole, const struct ip_prefix *prefix)
{
    struct wire w = {0};
    if (whole) {
        wire_16(&w, 2);
        wire_8(&w, 1);
    }
    wire_8(&w, 16);
    wire_address(&w, some_address(r, IPV6));
    if (whole) {
        wire_8(&w, 0);
        wire_prefix(&w, prefix);
    }
    return w;
}

static void table_dump(struct random *r)
{
    enum ip_family family = below(r, 2) == 0 ? IPV4 : IPV6;
    size_t place = wire_open_mrt(&r->w, 1000 + below(r, 1000), 12, family == IPV4 ? 1 : 2);
    struct ip_prefix p = some_prefix(r, family);
    wire_32(&r->w, below(r, 65536));
    wire_address(&r->w, (struct ip_address){p.hi, p.lo, p.family});
    wire_8(&r->w, p.length);
    wire_8(&r->w, 1);
    wire_32(&r->w, 7);
    wire_address(&r->w, some_address(r, family));
    wire_16(&r->w, 1 + below(r, 60000));
    struct wire reach = some_reach(r, true, &p);
    struct wire a = some_attributes(r, false, family == IPV4 ? NULL : &reach);
    wire_16(&r->w, (unsigned)a.n);
    wire_bytes(&r->w, a.at, a.n);
    wire_free(&a);
    wire_free(&reach);
    wire_close_mrt(&r->w, place);
}

#define N_PEERS 5

static void peers(struct random *r)
{
    size_t place = wire_open_mrt(&r->w, 1000, 13, 1);
    wire_32(&r->w, 1);
    wire_16(&r->w, 4);
    wire_bytes(&r->w, "view", 4);
    wire_16(&r->w, N_PEERS);
    for (int i = 0; i < N_PEERS; i++) {
        unsigned type = below(r, 4);
        wire_8(&r->w, type);
        wire_32(&r->w, 1 + below(r, UINT32_MAX - 1));
        wire_address(&r->w, some_address(r, type & 1 ? IPV6 : IPV4));
        if (type & 2) {
            wire_32(&r->w, 1 + below(r, UINT32_MAX - 1));
        } else {
            wire_16(&r->w, 1 + below(r, 60000));
        }
    }
    wire_close_mrt(&r->w, place);
}

static void rib(struct random *r)
{
    enum ip_family family = below(r, 2) == 0 ? IPV4 : IPV6;
    bool add_path = below(r, 3) == 0;
    size_t place =
        wire_open_mrt(&r->w, 2000, 13, (family == IPV4 ? 2u : 4u) + (add_path ? 6u : 0u));
    struct ip_prefix p = some_prefix(r, family);
    wire_32(&r->w, 3);
    wire_prefix(&r->w, &p);
    uint32_t n = below(r, 6);
    wire_16(&r->w, n);
    for (; n > 0; n--) {
        wire_16(&r->w, below(r, N_PEERS));
        wire_32(&r->w, 99);
        if (add_path) {
            wire_32(&r->w, below(r, 1000));
        }
        struct wire reach = some_reach(r, below(r, 2) == 0, &p);
        struct wire a = some_attributes(r, true, family == IPV4 ? NULL : &reach);
        wire_16(&r->w, (unsigned)a.n);
        wire_bytes(&r->w, a.at, a.n);
        wire_free(&a);
        wire_free(&reach);
    }
    wire_close_mrt(&r->w, place);
}

static void session(struct random *r, bool as4)
{
    for (int i = 0; i < 2; i++) {
        if (as4) {
            wire_32(&r->w, 1 + below(r, UINT32_MAX - 1));
        } else {
            wire_16(&r->w, 1 + below(r, 60000));
        }
    }
    enum ip_family family = below(r, 2) == 0 ? IPV4 : IPV6;
    wire_16(&r->w, 0);
    wire_16(&r->w, family == IPV4 ? 1 : 2);
    wire_address(&r->w, some_address(r, family));
    wire_address(&r->w, some_address(r, family));
}

static size_t open_bgp4mp(struct random *r, unsigned subtype)
{
    bool precise = below(r, 2) == 0;
    size_t place = wire_open_mrt(&r->w, 3000 + below(r, 100), precise ? 17 : 16, subtype);
    if (precise) {
        wire_32(&r->w, 1 + below(r, 999999));
    }
    return place;
}

static void state(struct random *r)
{
    bool as4 = below(r, 2) == 0;
    size_t place = open_bgp4mp(r, as4 ? 5 : 0);
    session(r, as4);
    wire_16(&r->w, 1 + below(r, 6));
    wire_16(&r->w, 1 + below(r, 6));
    wire_close_mrt(&r->w, place);
}

static void update(struct random *r)
{
    bool as4 = below(r, 2) == 0, add_path = below(r, 4) == 0, ipv6 = !add_path && below(r, 3) == 0;
    size_t place = open_bgp4mp(r, (as4 ? 4u : 1u) + (add_path ? as4 ? 5u : 7u : 0u));
    session(r, as4);
    struct wire lists[2] = {{0}, {0}};
    for (int i = 0; i < 2; i++) {
        for (uint32_t n = ipv6 ? 0 : below(r, 4); n > 0; n--) {
            struct ip_prefix p = some_prefix(r, IPV4);
            if (add_path) {
                wire_32(&lists[i], below(r, 1000));
            }
            wire_prefix(&lists[i], &p);
        }
    }
    struct ip_prefix p = some_prefix(r, IPV6);
    struct wire reach = some_reach(r, true, &p), a = {0};
    if (ipv6 || lists[1].n > 0) {
        a = some_attributes(r, as4, ipv6 ? &reach : NULL);
    }
    wire_update(&r->w, &lists[0], &a, &lists[1]);
    wire_free(&reach);
    wire_free(&a);
    wire_free(&lists[0]);
    wire_free(&lists[1]);
    wire_close_mrt(&r->w, place);
}

static void keepalive(struct random *r)
{
    size_t place = wire_open_mrt(&r->w, 1, 16, 4);
    session(r, true);
    wire_close_message(&r->w, wire_open_message(&r->w, 4));
    wire_close_mrt(&r->w, place);
}

static struct wire some_file(uint64_t seed, int n_records)
{
    void (*const records[])(struct random *) = {table_dump, rib,    rib,   rib,      state,
                                                update,     update, peers, keepalive};
    struct random r = {.rng = rng_open(seed, "test", "mrt")};
    peers(&r);
    for (int i = 0; i < n_records; i++) {
        records[below(&r, sizeof records / sizeof records[0])](&r);
    }
    return r.w;
}

/* ---- as bgpdump reads them ---- */

static char *all_of(FILE *f)
{
    size_t n = 0, room = 1 << 16;
    char *text = malloc(room);
    assert_non_null(text);
    while ((n += fread(text + n, 1, room - n - 1, f)) == room - 1) {
        char *more = realloc(text, room *= 2);
        assert_non_null(more);
        text = more;
    }
    text[n] = '\0';
    return text;
}

static char *printed(void)
{
    struct error err = {0};
    FILE *f = tmpfile();
    assert_non_null(f);
    if (!mrt_print(PATH, f, &err)) {
        fail_msg("%s", err.text);
    }
    rewind(f);
    char *text = all_of(f);
    fclose(f);
    return text;
}

/* The first line that differs is what one wants to see. */
static void assert_same_lines(char *a, char *b)
{
    char *rest_a = a, *rest_b = b;
    while (rest_a != NULL && rest_b != NULL) {
        assert_string_equal(strsep(&rest_a, "\n"), strsep(&rest_b, "\n"));
    }
    assert_true(rest_a == rest_b);
}

static void test_bgpdump(void **state_)
{
    (void)state_;
    if (system("command -v bgpdump > /dev/null") != 0) {
        puts("skipped: there is no bgpdump");
        return;
    }
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct wire w = some_file(seed, 300);
        write_file(w.at, w.n);
        wire_free(&w);
        FILE *pipe = popen("bgpdump -m " PATH " 2>/dev/null", "r");
        assert_non_null(pipe);
        char *wanted = all_of(pipe), *got = printed();
        assert_int_equal(pclose(pipe), 0);
        assert_true(strlen(wanted) > 1000);
        assert_same_lines(got, wanted);
        free(got);
        free(wanted);
    }
}

/* ---- packed ---- */

static void test_packed(void **state_)
{
    (void)state_;
    struct wire w = some_file(7, 2000);
    write_file(w.at, w.n);
    char *plain = printed();
    unsigned room = (unsigned)w.n + 100000;
    uint8_t *packed = malloc(room);
    assert_non_null(packed);

    unsigned n = room;
    assert_int_equal(
        BZ2_bzBuffToBuffCompress((char *)packed, &n, (char *)w.at, (unsigned)w.n, 1, 0, 0), BZ_OK);
    write_file(packed, n);
    char *text = printed();
    assert_string_equal(text, plain);
    free(text);

    /* Two streams one after the other, then a cut and a damaged one. */
    size_t half = w.n / 2;
    unsigned first = room, second = room;
    BZ2_bzBuffToBuffCompress((char *)packed, &first, (char *)w.at, (unsigned)half, 1, 0, 0);
    second = room - first;
    BZ2_bzBuffToBuffCompress((char *)packed + first, &second, (char *)w.at + half,
                             (unsigned)(w.n - half), 1, 0, 0);
    write_file(packed, first + second);
    text = printed();
    assert_string_equal(text, plain);
    free(text);

    struct error err = {0};
    FILE *nothing = tmpfile();
    write_file(packed, first + second - 7);
    assert_false(mrt_print(PATH, nothing, &err));
    packed[first / 2] ^= 1;
    write_file(packed, first + second);
    assert_false(mrt_print(PATH, nothing, &err));
    assert_string_equal(err.text, PATH ": ends in the middle of its bzip2 data\n" PATH
                                       ": is damaged: its bzip2 data is wrong\n");
    error_free(&err);
    fclose(nothing);

    size_t length = 0;
    lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, w.at, w.n, packed, &length, room);
    write_file(packed, length);
    text = printed();
    assert_string_equal(text, plain);
    free(text);

    gzFile gz = gzopen(PATH, "wb");
    assert_int_equal(gzwrite(gz, w.at, (unsigned)w.n), w.n);
    gzclose(gz);
    text = printed();
    assert_string_equal(text, plain);
    free(text);
    free(plain);
    free(packed);
    wire_free(&w);
}

/* ---- what must be refused ---- */

static void refuse(const struct wire *w, const char *wanted)
{
    struct error err = {0};
    FILE *nothing = tmpfile();
    write_file(w->at, w->n);
    assert_false(mrt_print(PATH, nothing, &err));
    assert_string_equal(err.text, wanted);
    error_free(&err);
    fclose(nothing);
}

/* One record behind a table of one peer (29 bytes), with n bytes of this body. */
static void refuse_record(unsigned type, unsigned subtype, const char *body, size_t n,
                          const char *wanted)
{
    struct wire w = {0};
    char text[200];
    size_t place = wire_open_mrt(&w, 1, 13, 1);
    wire_bytes(&w, "\0\0\0\1\0\0\0\1\0\1\2\3\4\1\2\3\4\0\1", 19);
    wire_close_mrt(&w, place);
    place = wire_open_mrt(&w, 1, type, subtype);
    wire_bytes(&w, body, n);
    wire_close_mrt(&w, place);
    snprintf(text, sizeof text, PATH ": record 2 at byte 31: %s\n", wanted);
    refuse(&w, text);
    wire_free(&w);
}

#define REFUSE(type, subtype, body, wanted)                                                        \
    refuse_record(type, subtype, body, sizeof(body) - 1, wanted)

static void test_refused(void **state_)
{
    (void)state_;
    REFUSE(77, 1, "",
           "a record of type 77; expected 12 (TABLE_DUMP), 13 (TABLE_DUMP_V2), 16 or 17 (BGP4MP)");
    REFUSE(12, 3, "", "TABLE_DUMP of subtype 3; expected 1 (IPv4) or 2 (IPv6)");
    REFUSE(12, 1, "\0\0\0\0\12\0\0\0", "the record ends inside a prefix");
    REFUSE(12, 1, "\0\0\0\0\12\0\0\0\41\1\0\0\0\0", "a prefix length of 33; expected at most 32");
    REFUSE(12, 1, "\0\0\0\0\12\0\0\0\10\1\0\0\0\0\1", "the record ends inside an entry");
    REFUSE(13, 13, "", "TABLE_DUMP_V2 of subtype 13; expected 1 .. 12");
    REFUSE(13, 2, "\0\0\0", "the record ends inside a prefix");
    REFUSE(13, 2, "\0\0\0\0\41\1\2\3\4\5\0\0", "a prefix length of 33; expected at most 32");
    REFUSE(13, 4, "\0\0\0\0\201\1\2\3\4\5\0\0", "a prefix length of 129; expected at most 128");
    REFUSE(13, 2, "\0\0\0\0\10\12\0", "the record ends inside the number of its entries");
    REFUSE(13, 2, "\0\0\0\0\10\12\0\1\0\0", "the record ends inside an entry");
    REFUSE(13, 2, "\0\0\0\0\10\12\0\1\0\1\0\0\0\0\0\0",
           "peer 1; expected one of the 1 peers listed, from 0");
    REFUSE(13, 2, "\0\0\0\0\10\12\0\1\0\0\0\0\0\0\0\5\1\2",
           "the record ends inside path attributes");
    REFUSE(13, 2, "\0\0\0\0\10\12\0\1\0\0\0\0\0\0\0\0\1\2",
           "2 bytes behind the end of its contents; expected none");
    REFUSE(13, 2, "\0\0\0\0\10\12\0\0\7", "1 bytes behind the end of its contents; expected none");
    REFUSE(13, 1, "\0\0\0\1\0\0\0\2\2\1\2\3", "the record ends inside the table of peers");
    REFUSE(13, 1, "\0\0\0\1\0\11\0\0", "the record ends inside the table of peers");
    REFUSE(16, 12, "", "BGP4MP of subtype 12; expected 0 .. 11");
    REFUSE(16, 1, "\0\1\0\1", "the record ends inside what it says about its session");
    REFUSE(16, 1, "\0\1\0\1\0\0\0\3\0\0\0\0\0\0\0\0",
           "a session of address family 3; expected 1 (IPv4) or 2 (IPv6)");
    REFUSE(16, 0, "\0\1\0\1\0\0\0\1\0\0\0\0\0\0\0\0\0\1",
           "the record ends inside a change of state");
    REFUSE(17, 0, "\0\1\0", "the record ends inside its microseconds");
    REFUSE(17, 0, "\377\1\0\0", "4278255616 microseconds; expected less than a second");
}

static void test_refused_files(void **state_)
{
    (void)state_;
    struct wire w = {0};
    wire_bytes(&w, "\0\0\0\1\0\15\0\2\0\0\0\5\0\0\0\1\0", 17);
    refuse(&w, PATH ": record 1 at byte 0: routes before the table of peers (PEER_INDEX_TABLE)\n");
    w.n = 16;
    refuse(&w, PATH ": record 1 at byte 0: the file ends after 4 of 5 bytes of the record\n");
    w.n = 11;
    refuse(&w,
           PATH ": record 1 at byte 0: the file ends after 11 bytes of a header; expected 12\n");
    w.n = 8;
    wire_32(&w, 0xffffffff);
    refuse(&w, PATH ": record 1 at byte 0: a length of 4294967295 bytes; expected at most "
                    "16777216\n");
    wire_free(&w);
}

/* Cut anywhere, or with any byte changed: read or refused, never more than that. */
static void test_damaged(void **state_)
{
    (void)state_;
    struct wire w = some_file(3, 12);
    FILE *nothing = tmpfile();
    for (size_t i = 0; i < w.n; i++) {
        struct error err = {0};
        write_file(w.at, i);
        bool read = mrt_print(PATH, nothing, &err);
        assert_true(read == (err.n_messages == 0));
        error_free(&err);
        err = (struct error){0};
        w.at[i] ^= 0x80;
        write_file(w.at, w.n);
        read = mrt_print(PATH, nothing, &err);
        assert_true(read == (err.n_messages == 0));
        error_free(&err);
        w.at[i] ^= 0x80;
        rewind(nothing);
    }
    fclose(nothing);
    wire_free(&w);
}

static int enter(void **state_)
{
    static char folder[] = "/tmp/test_mrt.XXXXXX";
    *state_ = folder;
    return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int leave(void **state_)
{
    unlink(PATH);
    return chdir("/") != 0 || rmdir(*state_) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bgpdump), cmocka_unit_test(test_packed),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
