/* test_route_file.c - route tables as people have them: plain, compressed, shuffled, wrong,
 * hostile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <endian.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "models/internet.h"
#include "scenarios/address.h"
#include "scenarios/route_file.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tests/shared_data.h"

#define PATH "routes" /* in a folder of its own */

struct result {
    struct arena *mem;
    struct route_table table;
    struct error err;
    bool ok;
};

static struct result read_file(const char *path)
{
    struct result r = {.mem = arena_open()};
    r.ok = route_file_read(path, r.mem, &r.table, &r.err);
    assert_true(r.ok == (r.err.n_messages == 0));
    return r;
}

static void done(struct result *r)
{
    error_free(&r->err);
    arena_close(r->mem);
}

static void write_file(const void *bytes, size_t n)
{
    FILE *f = fopen(PATH, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static struct result read_text(const char *text)
{
    write_file(text, strlen(text));
    return read_file(PATH);
}

/* One line per route, as the file would have it. */
static char *print_table(const struct route_table *table, size_t *length)
{
    char *text = malloc(table->n_routes * 2 * ADDRESS_TEXT + 1), *p = text;
    assert_non_null(text);
    for (size_t i = 0; i < table->n_routes; i++) {
        const struct route *r = &table->routes[i];
        prefix_print(&r->prefix, p);
        p += strlen(p);
        *p++ = ' ';
        address_print(&table->next_hops[r->next_hop_index], p);
        p += strlen(p);
        *p++ = '\n';
    }
    *length = (size_t)(p - text);
    *p = '\0';
    return text;
}

static void expect(const char *text, const char *wanted)
{
    struct result r = read_text(text);
    assert_true(r.ok);
    size_t length;
    char *got = print_table(&r.table, &length);
    assert_string_equal(got, wanted);
    free(got);
    done(&r);
}

static void refuse(const char *text, const char *wanted)
{
    struct result r = read_text(text);
    assert_false(r.ok);
    assert_string_equal(r.err.text, wanted);
    done(&r);
}

static void test_accepts(void **state)
{
    (void)state;
    expect("10.0.0.0/8 192.0.2.1\n", "10.0.0.0/8 192.0.2.1\n");
    expect("10.0.0.0/8 192.0.2.1", "10.0.0.0/8 192.0.2.1\n"); /* no end of line */
    expect("\n# a comment\n\r\n  \t\n \t10.0.0.0/8 \t 192.0.2.1 \t\r\n#", "10.0.0.0/8 192.0.2.1\n");
    expect("0.0.0.0/0 192.0.2.1\n0.0.0.0/1 192.0.2.1\n::/0 2001:db8::1\n",
           "0.0.0.0/0 192.0.2.1\n0.0.0.0/1 192.0.2.1\n::/0 2001:db8::1\n");
    /* any order, and the same again */
    expect("2001:db8::/48 fe80::1\n10.1.0.0/16 192.0.2.2\n10.0.0.0/8 192.0.2.1\n"
           "10.1.0.0/16 192.0.2.2\n2001:db8::/32 fe80::1\n2001:db8::/48 fe80::1\n",
           "10.0.0.0/8 192.0.2.1\n10.1.0.0/16 192.0.2.2\n2001:db8::/32 fe80::1\n"
           "2001:db8::/48 fe80::1\n");
    struct result r = read_text("10.0.0.0/8 192.0.2.1\n11.0.0.0/8 192.0.2.2\n12.0.0.0/8 192.0.2.1");
    assert_int_equal(r.table.n_next_hops, 2); /* shared by value */
    done(&r);
}

#define EXAMPLE "expected a line as \"10.0.0.0/8 192.0.2.1\"\n"

static void test_refuses_lines(void **state)
{
    (void)state;
    refuse("10.0.0.0/8 192.0.2.1\n  hello 1\n", PATH ":2:3: 'hello' is not a prefix; " EXAMPLE);
    refuse("10.0.0.0 192.0.2.1\n", PATH ":1:1: '10.0.0.0' is not a prefix; " EXAMPLE);
    refuse("10.0.0.1/8 192.0.2.1\n",
           PATH ":1:1: '10.0.0.1/8' has bits beyond its length; expected 10.0.0.0/8\n");
    refuse("10.0.0.0/8\n", PATH ":1:11: the next hop is missing\n");
    refuse("10.0.0.0/8 192.0.2\n",
           PATH ":1:12: '192.0.2' is not an address; expected the next hop\n");
    refuse("10.0.0.0/8 ::1\n", PATH ":1:12: the next hop is of another family than the prefix\n");
    refuse("::/0 1.1.1.1\n", PATH ":1:6: the next hop is of another family than the prefix\n");
    refuse("10.0.0.0/8 1.1.1.1 # mine\n",
           PATH ":1:20: '# mine' behind the next hop; expected the end of the line\n");
    refuse("10.0.0.0/8 1.1.1.1\n\n10.0.0.0/8 1.1.1.2\n",
           PATH ":3: 10.0.0.0/8 has another next hop in line 1\n");
    refuse("11.0.0.0/8 1.1.1.1\n10.0.0.0/8 1.1.1.2\n11.0.0.0/8 1.1.1.1\n11.0.0.0/8 1.1.1.3\n",
           PATH ":4: 11.0.0.0/8 has another next hop in line 1\n");
    refuse("a b\n10.0.0.0/8 1.1.1.1\nc d\n", /* every wrong line is told */
           PATH ":1:1: 'a' is not a prefix; " EXAMPLE PATH ":3:1: 'c' is not a prefix; " EXAMPLE);
    refuse("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeee", /* a message stays short */
           PATH ":1:1: 'aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd' is not a prefix; " EXAMPLE);
}

static void test_refuses_files(void **state)
{
    (void)state;
    const char nothing[] = PATH ": holds no routes; expected lines as \"10.0.0.0/8 192.0.2.1\"\n";
    refuse("", nothing);
    refuse("# only\n\n# comments\n", nothing);
    struct result r = read_file("no/such/file");
    assert_string_equal(r.err.text, "no/such/file: cannot be read: No such file or directory\n");
    done(&r);
    r = read_file(".");
    assert_string_equal(r.err.text, ".: cannot be read: Is a directory\n");
    done(&r);

    /* Not text: one message, whatever follows. */
    write_file("10.0.0.0/8 1.1.1.1\n10.0\0.0/8\n\1\2\3\n", 32);
    r = read_file(PATH);
    assert_string_equal(r.err.text, PATH ":2:5: a byte of value 0: this is not a text\n");
    done(&r);
    r = read_file("/dev/zero");
    assert_int_equal(r.err.n_messages, 1);
    done(&r);

    char text[40 * 6 + 1] = ""; /* many wrong lines: not all are told */
    for (int i = 0; i < 40; i++) {
        strcat(text, "wrong\n");
    }
    r = read_text(text);
    assert_int_equal(r.err.n_messages, 21);
    assert_non_null(strstr(r.err.text, PATH ":20:1:"));
    assert_non_null(strstr(r.err.text, PATH ": 20 lines are wrong; the rest was not read\n"));
    done(&r);
}

/* Lines of 1022 to 1028 and of 300,000 bytes, ended and not, after a good one. */
static void test_long_lines(void **state)
{
    (void)state;
    static char text[400000];
    static const char first[] = "10.0.0.0/8 1.1.1.1\n";
    for (size_t length = 1022; length < 400000 - sizeof first;
         length += length < 1028 ? 1 : 149486) {
        for (int ended = 0; ended < 3; ended++) { /* not, by \n, by \r\n */
            size_t n = sizeof first - 1;
            memcpy(text, first, n);
            memset(text + n, '#', length);
            n += length;
            memcpy(text + n, "\r\n", 2);
            text[n] = ended == 1 ? '\n' : '\r';
            write_file(text, n + (size_t)ended);
            struct result r = read_file(PATH);
            if (length <= 1024) {
                assert_true(r.ok && r.table.n_routes == 1);
            } else {
                assert_string_equal(r.err.text, PATH ":2:1: the line is longer than 1024 bytes\n");
            }
            done(&r);
        }
    }
}

/* A line of 1024 bytes and \r, as far as the reader's first chunk of 256 KiB goes; but it goes on.
 */
static void test_line_across_chunks(void **state)
{
    (void)state;
    static char text[(256 << 10) + 100];
    const size_t begin = (256 << 10) - 1025;
    memset(text, '\n', begin);
    memset(text + begin, '#', 1024);
    strcpy(text + begin + 1024, "\rand more\n10.0.0.0/8 1.1.1.1\n");
    refuse(text, PATH ":261120:1: the line is longer than 1024 bytes\n");
}

/* ---- compressed ---- */

static size_t gzip(const void *text, size_t n, unsigned char *out, size_t room)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text;
    z.avail_in = (unsigned)n;
    z.next_out = out;
    z.avail_out = (unsigned)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return room - z.avail_out;
}

static size_t xz(const void *text, size_t n, unsigned char *out, size_t room)
{
    size_t used = 0;
    assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, text, n, out, &used, room),
                     LZMA_OK);
    return used;
}

typedef size_t packer(const void *text, size_t n, unsigned char *out, size_t room);
static packer *const packers[] = {gzip, xz};
static const char *const packer_names[] = {"gzip", "xz"};

/* A synthetic table, written, packed, read: the same again. Also shuffled, also in two members. */
static void test_packed(void **state)
{
    (void)state;
    const struct internet_config config = {2024, 30000, 10000, 300, 3};
    struct arena *mem = arena_open();
    struct route_table table;
    struct error err = {0};
    assert_true(internet_table(&config, mem, &table, &err));
    size_t n, room;
    char *text = print_table(&table, &n);
    unsigned char *packed = malloc(room = n + 1000);
    for (int k = 0; k < 2; k++) {
        size_t n_packed = packers[k](text, n, packed, room);
        write_file(packed, n_packed);
        struct result r = read_file(PATH);
        assert_true(r.ok);
        size_t n_again;
        char *again = print_table(&r.table, &n_again);
        assert_int_equal(n_again, n);
        assert_memory_equal(again, text, n);
        free(again);
        done(&r);

        size_t half = n / 2; /* inside a line */
        n_packed = packers[k](text, half, packed, room);
        n_packed += packers[k](text + half, n - half, packed + n_packed, room - n_packed);
        write_file(packed, n_packed);
        r = read_file(PATH);
        assert_true(r.ok && r.table.n_routes == table.n_routes);
        done(&r);
    }
    for (size_t i = table.n_routes - 1; i > 0; i--) {
        size_t j = (i * 2654435761u) % (i + 1);
        struct route route = table.routes[i];
        table.routes[i] = table.routes[j];
        table.routes[j] = route;
    }
    free(text);
    text = print_table(&table, &n);
    write_file(text, n);
    route_table_sort(table.routes, table.n_routes);
    struct result r = read_file(PATH);
    assert_true(r.ok && r.table.n_routes == table.n_routes);
    for (size_t i = 0; i < table.n_routes; i++) {
        assert_int_equal(ip_prefix_compare(&r.table.routes[i].prefix, &table.routes[i].prefix), 0);
        const struct ip_address *a = &r.table.next_hops[r.table.routes[i].next_hop_index];
        const struct ip_address *b = &table.next_hops[table.routes[i].next_hop_index];
        assert_true(a->hi == b->hi && a->lo == b->lo);
    }
    done(&r);
    free(packed);
    free(text);
    arena_close(mem);
}

/* Cut anywhere, or with any byte changed: refused in words, or (a change that does not matter) read
 * whole. */
static void test_damaged(void **state)
{
    (void)state;
    static const char text[] = "10.0.0.0/8 1.1.1.1\n11.0.0.0/8 1.1.1.2\n12.0.0.0/8 1.1.1.1\n";
    for (int k = 0; k < 2; k++) {
        unsigned char packed[1000];
        size_t n = packers[k](text, sizeof text - 1, packed, sizeof packed);
        for (size_t cut = 6; cut < n; cut++) {
            char wanted[100];
            snprintf(wanted, sizeof wanted, PATH ": ends in the middle of its %s data\n",
                     packer_names[k]);
            write_file(packed, cut);
            struct result r = read_file(PATH);
            assert_false(r.ok);
            assert_string_equal(r.err.text, wanted);
            done(&r);
        }
        for (size_t i = 6; i < n; i++) {
            packed[i] ^= 0x55;
            write_file(packed, n);
            struct result r = read_file(PATH);
            assert_true(r.ok ? r.table.n_routes == 3 : r.err.n_messages > 0);
            done(&r);
            packed[i] ^= 0x55;
        }
        packed[n] = 'x'; /* something behind the data */
        write_file(packed, n + 1);
        struct result r = read_file(PATH);
        assert_false(r.ok);
        done(&r);
    }
}

/* 64 MB in a few kilobytes: one line, or empty lines. */
static void test_bombs(void **state)
{
    (void)state;
    const size_t n = 64u << 20, room = 1u << 20;
    char *text = malloc(n);
    unsigned char *packed = malloc(room);
    for (int k = 0; k < 2; k++) {
        memset(text, '1', n);
        write_file(packed, packers[k](text, n, packed, room));
        struct result r = read_file(PATH);
        assert_string_equal(r.err.text, PATH ":1:1: the line is longer than 1024 bytes\n");
        done(&r);
        memset(text, '\n', n);
        write_file(packed, packers[k](text, n, packed, room));
        r = read_file(PATH);
        assert_non_null(strstr(r.err.text, "holds no routes"));
        assert_true(arena_bytes(r.mem) < 1u << 20);
        done(&r);
    }
    free(packed);
    free(text);
}

/* An xz file that asks for a dictionary of 4 GiB (the xz file format, 5.3.1: filter 0x21, one byte
 * of properties, which says the size). */
static void test_dictionary(void **state)
{
    (void)state;
    static const char text[] = "10.0.0.0/8 1.1.1.1\n";
    unsigned char packed[1000];
    size_t n = xz(text, sizeof text - 1, packed, sizeof packed);
    unsigned char *header = packed + 12; /* of the first block, behind that of the stream */
    size_t n_header = (header[0] + 1u) * 4, i = 2;
    while (header[i] != 0x21 || header[i + 1] != 1) {
        i++;
    }
    header[i + 2] = 40;
    uint32_t crc = htole32(lzma_crc32(header, n_header - 4, 0));
    memcpy(header + n_header - 4, &crc, 4);
    write_file(packed, n);
    struct result r = read_file(PATH);
    assert_string_equal(r.err.text, PATH ": needs more than 128 MiB of memory to be unpacked\n");
    done(&r);
}

/* One route too many of a family. */
static void test_too_many(void **state)
{
    (void)state;
    FILE *f = fopen(PATH, "wb");
    assert_non_null(f);
    for (unsigned i = 0; i <= INTERNET_MAX_ROUTES; i++) {
        fprintf(f, "%u.%u.%u.0/24 1.1.1.1\n", i >> 16, i >> 8 & 255, i & 255);
    }
    assert_int_equal(fclose(f), 0);
    struct result r = read_file(PATH);
    assert_string_equal(r.err.text, PATH ":2000001:1: more than 2000000 routes of one family\n");
    done(&r);
}

/* ---- the real table ---- */

static void test_real(void **state)
{
    (void)state;
    const char *names[IP_N_FAMILIES] = {SHARED_IPV4, SHARED_IPV6},
               *folder = getenv("CAT6K_SHARED_DATA");
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        size_t n;
        struct ip_prefix *prefixes = shared_prefixes(names[family], &n);
        if (prefixes == NULL) {
            return;
        }
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "../shared/data",
                 names[family]);
        struct result r = read_file(path);
        assert_true(r.ok);
        assert_int_equal(r.table.n_routes, n);
        assert_int_equal(r.table.n_next_hops, 128);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(ip_prefix_compare(&r.table.routes[i].prefix, &prefixes[i]), 0);
        }
        done(&r);
        free(prefixes);
    }
}

static char folder_name[] = "/tmp/cat6k-test-XXXXXX", start_folder[4096];

static int enter_folder(void **state)
{
    (void)state;
    return mkdtemp(folder_name) == NULL || getcwd(start_folder, sizeof start_folder) == NULL ||
           chdir(folder_name) != 0;
}

static int leave_folder(void **state)
{
    (void)state;
    return remove(PATH) != 0 || chdir(start_folder) != 0 || rmdir(folder_name) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts),
        cmocka_unit_test(test_refuses_lines),
        cmocka_unit_test(test_refuses_files),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_line_across_chunks),
        cmocka_unit_test(test_packed),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_dictionary),
        cmocka_unit_test(test_too_many),
    };
    const struct CMUnitTest real[] = {cmocka_unit_test(test_real)};
    return cmocka_run_group_tests(tests, enter_folder, leave_folder) +
           cmocka_run_group_tests(real, NULL, NULL);
}
