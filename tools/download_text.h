/* download_text.h - how the engines came by their FIBs, and what they said on the console. */
#ifndef TOOLS_DOWNLOAD_TEXT_H
#define TOOLS_DOWNLOAD_TEXT_H

#include <stdio.h>

struct arena;
struct report;

/* Prints nothing when nothing was downloaded. */
void download_text(const struct report *r, struct arena *mem, FILE *out);

/* Prints nothing when nothing was said. */
void console_text(const struct report *r, struct arena *mem, FILE *out);

#endif /* TOOLS_DOWNLOAD_TEXT_H */
