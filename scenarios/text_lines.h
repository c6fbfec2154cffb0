/* text_lines.h - the lines of a text file (plain, gzip or xz), one after the other.
 *
 * A line is what lies before '\n' (and '\r'). A file that is no text, has a line of more than
 * TEXT_LINES_MAX_BYTES or is longer than TEXT_LINES_MAX_TEXT is refused at that place.
 */
#ifndef SCENARIOS_TEXT_LINES_H
#define SCENARIOS_TEXT_LINES_H

#include <stdbool.h>
#include <stdint.h>

#define TEXT_LINES_MAX_BYTES 1024
#define TEXT_LINES_MAX_TEXT (256u << 20)

struct arena;
struct error;
struct text_lines;

/* NULL with *err when it cannot be opened. path is kept; the rest lives in mem. */
struct text_lines *text_lines_open(const char *path, struct arena *mem, struct error *err);

/* The lines of a text in memory, which is kept; the first has this number. path: for messages. */
struct text_lines *text_lines_of(const char *path, const char *text, uint32_t first_line,
                                 struct arena *mem, struct error *err);

/* The next line, [*line, *end), valid until the next call; its number is from 1, or from first_line. False at the
 * end, and with *err after what is refused. */
bool text_lines_next(struct text_lines *lines, const char **line, const char **end,
                     uint32_t *number);

void text_lines_close(struct text_lines *lines);

#endif /* SCENARIOS_TEXT_LINES_H */
