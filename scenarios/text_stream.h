/* text_stream.h - the bytes of a file, unpacked on the way: plain, gzip, bzip2 or xz, told by their
 * first bytes.
 *
 *   file --> [ 64 KiB ] --> inflate | bzip2 | xz | nothing --> text_stream_read()
 *
 * Concatenated gzip members, bzip2 and xz streams are one text. Unpacking takes at most
 * TEXT_STREAM_XZ_BYTES of memory, however large the text.
 */
#ifndef SCENARIOS_TEXT_STREAM_H
#define SCENARIOS_TEXT_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#define TEXT_STREAM_XZ_BYTES (128u << 20) /* xz -9 needs 65 MiB */

struct arena;
struct error;
struct text_stream;

/* NULL with *err when the file cannot be opened. path is kept; the rest lives in mem. */
struct text_stream *text_stream_open(const char *path, struct arena *mem, struct error *err);

/* Writes the next bytes to text[0..room); returns how many, 0 at the end. Less than room only at
 * the end. After a damaged or cut file *failed is set, and *err says what is wrong. */
size_t text_stream_read(struct text_stream *stream, char *text, size_t room, bool *failed,
                        struct error *err);

void text_stream_close(struct text_stream *stream);

#endif /* SCENARIOS_TEXT_STREAM_H */
