/* words.h - sentences about a run: what limited it, whether it settled. All texts come from mem. */
#ifndef TOOLS_WORDS_H
#define TOOLS_WORDS_H

#include "sim/report.h"

struct arena;
struct figures;
struct loaded;
struct loss;

/* Why packets were lost: "receive buffer full, waiting for the shared bus". */
const char *words_reason(const struct loss *loss, struct arena *mem);

/* "engine" --> "forwarding engine" */
const char *words_kind(const char *kind);

/* "title: 119.05 Mpps offered, 31.25 Mpps delivered" */
const char *words_subtitle(const struct loaded *l, const struct figures *f, struct arena *mem);

/* Work per second: bits as "20.00 Gb/s", others as "31.25 M lookups/s". */
const char *words_work_rate(const struct report_resource *resource, uint64_t per_s,
                            struct arena *mem);

/* Full sentences that name the resource that limits the run, and why; or say that none does, and
 * which is the busiest. */
const char *words_bottleneck(const struct report *r, struct arena *mem);

/* What limits the run in a few words for a plot: "the shared bus"; "" when nothing does. */
const char *words_limit(const struct report *r, struct arena *mem);

/* A full sentence: why the run cannot settle, which queue grows, by how much; NULL when it does. */
const char *words_unsettled(const struct report *r, const struct figures *f, struct arena *mem);

/* A full sentence: how many prefixes did not fit an engine's FIB, and what becomes of the packets;
 * NULL when all did. */
const char *words_full_fib(const struct report *r, struct arena *mem);

/* The same of adjacencies. */
const char *words_full_adjacencies(const struct report *r, struct arena *mem);

#endif /* TOOLS_WORDS_H */
