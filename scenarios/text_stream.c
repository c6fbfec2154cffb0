/* text_stream.c - gzip by zlib, bzip2 by libbz2, xz by liblzma, behind one read call. */
#include "scenarios/text_stream.h"

#include <bzlib.h>
#include <errno.h>
#include <lzma.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "sim/arena.h"
#include "sim/error.h"

#define INPUT_BYTES 65536

struct text_stream {
    const char *path;
    FILE *file;
    enum { PLAIN, GZIP, BZIP2, XZ } kind;
    bool ended; /* the whole text has been read */
    z_stream gzip;
    bz_stream bzip2;
    lzma_stream xz;
    unsigned char *next; /* input not yet used: next[0..n) */
    size_t n;
    unsigned char input[INPUT_BYTES];
};

static size_t refill(struct text_stream *s)
{
    if (s->n == 0) {
        s->next = s->input;
        s->n = fread(s->input, 1, sizeof s->input, s->file);
    }
    return s->n;
}

static bool starts_with(const struct text_stream *s, const char *magic, size_t length)
{
    return s->n >= length && memcmp(s->next, magic, length) == 0;
}

struct text_stream *text_stream_open(const char *path, struct arena *mem, struct error *err)
{
    struct text_stream *s = arena_take(mem, sizeof *s);
    s->path = path;
    errno = 0;
    s->file = fopen(path, "rb");
    if (s->file == NULL || (refill(s) == 0 && ferror(s->file))) {
        error_add(err, "%s: cannot be read: %s", path, strerror(errno));
        text_stream_close(s);
        return NULL;
    }
    bool ready = true;
    if (starts_with(s, "\x1f\x8b", 2)) {
        s->kind = GZIP;
        ready = inflateInit2(&s->gzip, 16 + MAX_WBITS) == Z_OK; /* 16: gzip, not zlib */
    } else if (starts_with(s, "BZh", 3)) {
        s->kind = BZIP2;
        ready = BZ2_bzDecompressInit(&s->bzip2, 0, 0) == BZ_OK;
    } else if (starts_with(s,
                           "\xfd"
                           "7zXZ",
                           6)) { /* with its ending 0 */
        s->kind = XZ;
        s->xz = (lzma_stream)LZMA_STREAM_INIT;
        ready = lzma_stream_decoder(&s->xz, TEXT_STREAM_XZ_BYTES, LZMA_CONCATENATED) == LZMA_OK;
    }
    sim_assert(ready); /* else out of memory */
    return s;
}

void text_stream_close(struct text_stream *s)
{
    if (s->kind == GZIP) {
        inflateEnd(&s->gzip);
    } else if (s->kind == BZIP2) {
        BZ2_bzDecompressEnd(&s->bzip2);
    } else if (s->kind == XZ) {
        lzma_end(&s->xz);
    }
    if (s->file != NULL) {
        fclose(s->file);
    }
}

/* Each of these unpacks once, from what input there is (none: the file has ended), and returns what
 * is wrong, or NULL. */

static const char *copy_some(struct text_stream *s, char *text, size_t room, size_t *n)
{
    *n = s->n < room ? s->n : room;
    memcpy(text, s->next, *n);
    s->next += *n;
    s->n -= *n;
    s->ended = *n == 0;
    return NULL;
}

static const char *inflate_some(struct text_stream *s, char *text, size_t room, size_t *n)
{
    if (s->n == 0) {
        return "ends in the middle of its gzip data";
    }
    s->gzip.next_in = s->next;
    s->gzip.avail_in = (unsigned)s->n;
    s->gzip.next_out = (unsigned char *)text;
    s->gzip.avail_out = (unsigned)room;
    int result = inflate(&s->gzip, Z_NO_FLUSH);
    s->next = s->gzip.next_in;
    s->n = s->gzip.avail_in;
    *n = room - s->gzip.avail_out;
    if (result == Z_STREAM_END) { /* of one member */
        s->ended = refill(s) == 0;
        inflateReset(&s->gzip);
    }
    return result == Z_OK || result == Z_STREAM_END ? NULL : "is damaged: its gzip data is wrong";
}

static const char *bunzip_some(struct text_stream *s, char *text, size_t room, size_t *n)
{
    if (s->n == 0) {
        return "ends in the middle of its bzip2 data";
    }
    unsigned most = room < INPUT_BYTES ? (unsigned)room : INPUT_BYTES; /* its counts have 32 bits */
    s->bzip2.next_in = (char *)s->next;
    s->bzip2.avail_in = (unsigned)s->n;
    s->bzip2.next_out = text;
    s->bzip2.avail_out = most;
    int result = BZ2_bzDecompress(&s->bzip2);
    s->next += s->n - s->bzip2.avail_in;
    s->n = s->bzip2.avail_in;
    *n = most - s->bzip2.avail_out;
    if (result == BZ_STREAM_END) { /* of one of several */
        s->ended = refill(s) == 0;
        BZ2_bzDecompressEnd(&s->bzip2);
        s->bzip2 = (bz_stream){0};
        sim_assert(BZ2_bzDecompressInit(&s->bzip2, 0, 0) == BZ_OK); /* else out of memory */
    }
    return result == BZ_OK || result == BZ_STREAM_END ? NULL
                                                      : "is damaged: its bzip2 data is wrong";
}

static const char *unxz_some(struct text_stream *s, char *text, size_t room, size_t *n)
{
    s->xz.next_in = s->next;
    s->xz.avail_in = s->n;
    s->xz.next_out = (unsigned char *)text;
    s->xz.avail_out = room;
    lzma_ret result = lzma_code(&s->xz, s->n == 0 ? LZMA_FINISH : LZMA_RUN);
    s->next += s->n - s->xz.avail_in;
    s->n = s->xz.avail_in;
    *n = room - s->xz.avail_out;
    switch (result) {
    case LZMA_STREAM_END:
        s->ended = true;
        return NULL;
    case LZMA_OK:
        return NULL;
    case LZMA_BUF_ERROR:
        return "ends in the middle of its xz data";
    case LZMA_MEMLIMIT_ERROR:
        return "needs more than 128 MiB of memory to be unpacked";
    default:
        return "is damaged: its xz data is wrong";
    }
}

size_t text_stream_read(struct text_stream *s, char *text, size_t room, bool *failed,
                        struct error *err)
{
    size_t total = 0;
    *failed = false;
    while (total < room && !s->ended && !*failed) {
        size_t n = 0;
        refill(s);
        const char *wrong = ferror(s->file)    ? "cannot be read to its end"
                            : s->kind == GZIP  ? inflate_some(s, text + total, room - total, &n)
                            : s->kind == BZIP2 ? bunzip_some(s, text + total, room - total, &n)
                            : s->kind == XZ    ? unxz_some(s, text + total, room - total, &n)
                                               : copy_some(s, text + total, room - total, &n);
        total += n;
        if (wrong != NULL) {
            *failed = !error_add(err, "%s: %s", s->path, wrong);
        }
    }
    return total;
}
