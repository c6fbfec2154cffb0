/* catalog.h - what one can order: the files of scenarios/catalog/, built in.
 *
 *   catalog/linecards.yaml --> catalog.c ----> rows of figures --> catalog_build.c --> models/
 *                              structure,          |  ^            rows of config.h    config.h
 *                              sources             v  |
 *                              `cat6k catalog`   figures of a scenario
 *
 * A figure is {value: 48Mpps, source: "[S22] (vendor)"}: keys of models/SOURCES.md, provenance,
 * and, where that is `derived` or `assumed`, how or why behind a colon. An assumed quantity has a
 * range too, of values as likely: range: 30Mpps..60Mpps. (Of words: "per port | per ASIC".)
 *
 * A row may say `like: MODEL` and give only the figures that differ. Rows of one model are its ways
 * of working, each with its `mode`; the first one is what a slot has that does not say.
 */
#ifndef SCENARIOS_CATALOG_H
#define SCENARIOS_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/config.h"
#include "scenarios/figure.h"

struct arena;
struct error;

#define CATALOG_MAX_FORWARDING 10
#define CATALOG_MAX_LISTED 4 /* slots for supervisors, for fabric modules */

/* The rows' kinds, and the files' order. */
enum catalog_kind {
    CATALOG_CHASSIS,
    CATALOG_SUPERVISORS,
    CATALOG_FABRICS,
    CATALOG_ENGINES,
    CATALOG_LINECARDS,
    CATALOG_ROUTERS, /* these have no struct: memory_build.c reads their figures */
    CATALOG_IOS,
    CATALOG_TABLES,
    CATALOG_N_TEXTS
};

/* A row as written. */
struct catalog_row {
    const char *model;
    const char *mode;                           /* NULL: works in one way */
    const char *title;                          /* model; of further modes "model mode" */
    uint32_t place;                             /* where the row begins */
    struct figure figures[CATALOG_MAX_FIGURES]; /* by enum ..._figure; value NULL: not given */
};

/* Supervisors of these generations go into the same slots. */
enum supervisor_generation { SUP1, SUP720, SUP2T, CATALOG_N_GENERATIONS };

struct catalog_chassis {
    struct chassis_type type; /* supervisor_slots: of the supervisor it is asked for */
    const struct catalog_row *row;
    bool takes_class[CONFIG_N_CLASSES];
    uint32_t supervisor_slots[CATALOG_N_GENERATIONS][CATALOG_MAX_LISTED]; /* 0-ended */
    uint32_t fabric_slots[CATALOG_MAX_LISTED];
    uint32_t sup2t_channels[CONFIG_MAX_SLOTS + 1]; /* with the fabric of a Sup2T */
};

struct catalog_fabric {
    struct fabric_type type;
    const struct catalog_row *row;
    bool module; /* a card that goes into a slot; else part of a supervisor */
};

struct catalog_engine {
    struct engine_type type; /* lookups_per_s: as a PFC; 0: is none */
    const struct catalog_row *row;
    uint64_t dfc_lookups_per_s[CONFIG_N_CLASSES]; /* on a card of that class; 0: not made */
};

struct catalog_supervisor {
    struct supervisor_type type;
    const struct catalog_row *row;
    enum supervisor_generation generation;
    const struct catalog_engine *engine;
    const struct catalog_fabric *fabric;    /* NULL: none on board */
    const struct catalog_linecard *uplinks; /* NULL: not in the catalogue */
    bool takes_modules;                     /* works with fabric modules */
};

/* What a linecard's daughter card slot can hold. */
struct catalog_forwarding {
    const char *name;                    /* "CFC", "none", "DFC3B" */
    const struct catalog_engine *engine; /* NULL: none of its own */
};

struct catalog_linecard {
    struct linecard_type type;
    const struct catalog_row *row;
    bool of_supervisor; /* its uplinks: goes into no slot of its own */
    uint32_t n_forwarding;
    struct catalog_forwarding forwarding[CATALOG_MAX_FORWARDING]; /* the first one by default */
};

struct catalog {
    uint32_t n_rows[CATALOG_N_TEXTS];
    struct catalog_row *rows[CATALOG_N_TEXTS];
    /* Made of the rows, each of the row at the same index. */
    struct catalog_chassis *chassis;
    struct catalog_supervisor *supervisors;
    struct catalog_fabric *fabrics;
    struct catalog_engine *engines;
    struct catalog_linecard *linecards;
};

struct catalog_text {
    const char *name; /* "catalog/linecards.yaml" */
    const char *text;
    size_t length;
};

/* Those built into the program: texts[CATALOG_N_TEXTS]. */
void catalog_built_in(struct catalog_text *texts);

/* models/SOURCES.md, built in as well: what a key [S22] stands for; NULL: not listed. key: as
 * key[0 .. length). The title is in mem. */
const char *catalog_source(const char *key, size_t length, struct arena *mem);

/* All errors of all texts are collected. Everything lives in mem. */
bool catalog_load(const struct catalog_text *texts, struct arena *mem, struct catalog *catalog,
                  struct error *err);

/* Makes what stands beside the rows. On error: the row at fault, its figure (its index, or the
 * number of figures: the row as a whole) and why; false. */
struct catalog_fault {
    enum catalog_kind kind;
    uint32_t row, figure;
    const char *why;
};
bool catalog_build(struct catalog *catalog, struct arena *mem, struct catalog_fault *fault);

/* The row of this model, or "model mode"; n_rows[kind] when there is none. */
uint32_t catalog_find(const struct catalog *catalog, enum catalog_kind kind, const char *title);

#endif /* SCENARIOS_CATALOG_H */
