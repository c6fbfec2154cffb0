/* memory_text.h - what comes of a memory scenario, as IOS would show it and in sentences. */
#ifndef TOOLS_MEMORY_TEXT_H
#define TOOLS_MEMORY_TEXT_H

#include <stdio.h>

#include "tools/memory_report.h"

struct arena;

void memory_text(const struct memory_results *results, struct arena *mem, FILE *out);

/* The message that a block could not be had, as IOS logs it. */
void memory_failure_text(const struct ios_failure *failure, const char *indent, FILE *out);

#endif /* TOOLS_MEMORY_TEXT_H */
