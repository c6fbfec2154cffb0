/* memory_text.h - what comes of a memory scenario, as IOS would show it and in sentences. */
#ifndef TOOLS_MEMORY_TEXT_H
#define TOOLS_MEMORY_TEXT_H

#include <stdio.h>

#include "tools/memory_report.h"

struct arena;

void memory_text(const struct memory_results *results, struct arena *mem, FILE *out);

#endif /* TOOLS_MEMORY_TEXT_H */
