/* catalog.h - what one can order: the files of scenarios/catalog/, built in.
 *
 *   catalog/linecards.yaml ... --> places --> rows of models/config.h, each figure with its source
 *
 * A figure is {value: 48Mpps, source: "[S22] (vendor)"}: keys of models/SOURCES.md, provenance,
 * and, where that is `derived` or `assumed`, how or why behind a colon.
 */
#ifndef SCENARIOS_CATALOG_H
#define SCENARIOS_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/config.h"

struct arena;
struct error;

/* A constant that the scenario uses and that nobody has measured or published. */
struct assumption {
    const char *name;       /* "DFC3BXL.latency" */
    const char *value;      /* "500ns" */
    const char *low, *high; /* where the truth is thought to be, as a scenario would write it; NULL:
                               nobody can say */
    const char *why;
};

#define CATALOG_MAX_ASSUMED 16
#define CATALOG_MAX_FORWARDING 8

struct assumptions {
    uint32_t n;
    struct assumption of[CATALOG_MAX_ASSUMED];
};

struct catalog_chassis {
    struct chassis_type type;
    struct assumptions assumed;
};

struct catalog_engine {
    struct engine_type type;                      /* lookups_per_s: as a PFC; 0: is none */
    uint64_t dfc_lookups_per_s[CONFIG_N_CLASSES]; /* on a card of that class; 0: not made */
    struct assumptions assumed;
};

struct catalog_supervisor {
    struct supervisor_type type;
    const struct catalog_engine *engine;
    struct assumptions assumed;
};

/* What a linecard's daughter card slot can hold. */
struct catalog_forwarding {
    const char *name;                    /* "CFC", "none", "DFC3B" */
    const struct catalog_engine *engine; /* NULL: none of its own */
};

struct catalog_linecard {
    struct linecard_type type;
    uint32_t n_forwarding;
    struct catalog_forwarding forwarding[CATALOG_MAX_FORWARDING]; /* the first one by default */
    struct assumptions assumed;
};

struct catalog {
    uint32_t n_chassis, n_supervisors, n_engines, n_linecards;
    struct catalog_chassis *chassis;
    struct catalog_supervisor *supervisors;
    struct catalog_engine *engines;
    struct catalog_linecard *linecards;
};

/* The four texts of a catalogue. */
struct catalog_text {
    const char *name; /* "catalog/linecards.yaml" */
    const char *text;
    size_t length;
};
enum { CATALOG_CHASSIS, CATALOG_SUPERVISORS, CATALOG_ENGINES, CATALOG_LINECARDS, CATALOG_N_TEXTS };

/* Those built into the program: texts[CATALOG_N_TEXTS]. */
void catalog_built_in(struct catalog_text *texts);

/* All errors of all texts are collected. Everything lives in mem. */
bool catalog_load(const struct catalog_text *texts, struct arena *mem, struct catalog *catalog,
                  struct error *err);

#endif /* SCENARIOS_CATALOG_H */
