/* Why a table: the defaults follow no rule; each line is a table of the vendor's. Structures that
 * nobody published defaults for get equal shares and weights. */
#include "models/queue_setup.h"

#include <string.h>

#include "sim/error.h"

#define STRICT_COS 5 /* source: [CG-121E] 32-23, 32-24 (vendor) */

/* places: per CoS, queue and threshold as the vendor writes them: 21 is queue 2, threshold 1.
 * Thresholds are those of the weighted queues, by number; low 0: tail drop at high. */
struct defaults {
    struct queue_structure structure;
    enum queue_scheduler scheduler;
    uint8_t places[QUEUE_N_COS];
    uint8_t share[QUEUE_MOST], weight[QUEUE_MOST];
    uint8_t low[QUEUE_MOST_THRESHOLDS], high[QUEUE_MOST_THRESHOLDS];
};

/* Which ports have WRR and which DWRR: source: (assumed: the older ASICs have WRR) */
static const struct defaults table[] = {
    /* 2q2t: places and thresholds source: [CG-121E] 32-23 (vendor); shares and weights
     * source: [FIELD-MAN] tables 13-5, 13-6 (vendor) */
    {.structure = {0, 2, 2},
     .scheduler = QUEUE_WRR,
     .places = {11, 11, 12, 12, 21, 21, 22, 22},
     .share = {80, 20},
     .weight = {4, 255},
     .high = {80, 100}},
    /* 1p2q2t: places and high source: [CG-121E] 32-23 (vendor); low source: (assumed); shares and
     * weights source: [FIELD-MAN] (vendor) */
    {.structure = {1, 2, 2},
     .scheduler = QUEUE_WRR,
     .places = {11, 11, 12, 12, 21, 31, 22, 22},
     .share = {70, 15, 15},
     .weight = {4, 255},
     .low = {40, 70},
     .high = {80, 100}},
    /* 1p2q1t: places and thresholds source: [CG-121E] 32-24 (vendor); shares and weights source:
     * [FIELD-MAN] (vendor) */
    {.structure = {1, 2, 1},
     .scheduler = QUEUE_DWRR,
     .places = {11, 11, 11, 11, 21, 31, 21, 21},
     .share = {50, 30, 20},
     .weight = {4, 255},
     .low = {70},
     .high = {100}},
    /* 1p3q1t: shares and weights source: [FIELD-MAN] (vendor); the rest source: (assumed) */
    {.structure = {1, 3, 1},
     .scheduler = QUEUE_DWRR,
     .places = {11, 11, 21, 21, 21, 41, 31, 31},
     .share = {25, 25, 25, 25},
     .weight = {100, 150, 200},
     .low = {70},
     .high = {100}},
    /* 1p3q8t: weights source: [FIELD-MAN] (vendor); the rest source: (assumed) */
    {.structure = {1, 3, 8},
     .scheduler = QUEUE_DWRR,
     .places = {11, 12, 21, 22, 23, 41, 31, 32},
     .share = {50, 20, 15, 15},
     .weight = {100, 150, 200},
     .low = {40, 70, 70, 70, 70, 70, 70, 70},
     .high = {70, 100, 100, 100, 100, 100, 100, 100}},
    /* 1p7q4t, 1p7q8t: three of the seven are used, as in 1p3q8t; source: (assumed) */
    {.structure = {1, 7, 4},
     .scheduler = QUEUE_DWRR,
     .places = {11, 12, 21, 22, 23, 81, 31, 32},
     .share = {50, 20, 15, 0, 0, 0, 0, 15},
     .weight = {100, 150, 200, 1, 1, 1, 1},
     .low = {40, 70, 70, 70},
     .high = {70, 100, 100, 100}},
    {.structure = {1, 7, 8},
     .scheduler = QUEUE_DWRR,
     .places = {11, 12, 21, 22, 23, 81, 31, 32},
     .share = {50, 20, 15, 0, 0, 0, 0, 15},
     .weight = {100, 150, 200, 1, 1, 1, 1},
     .low = {40, 70, 70, 70, 70, 70, 70, 70},
     .high = {70, 100, 100, 100, 100, 100, 100, 100}},
    /* 1q4t: source: [CG-SX] 41-25 (vendor) */
    {.structure = {0, 1, 4},
     .scheduler = QUEUE_WRR,
     .places = {11, 11, 12, 12, 13, 13, 14, 14},
     .share = {100},
     .weight = {255},
     .high = {50, 60, 80, 100}},
    /* 1q2t: source: [QOS-WP] p38 (vendor) */
    {.structure = {0, 1, 2},
     .scheduler = QUEUE_WRR,
     .places = {11, 11, 11, 11, 11, 12, 12, 12},
     .share = {100},
     .weight = {255},
     .high = {80, 100}},
    /* 1q8t: source: (assumed: as recalled from the vendor's guide) */
    {.structure = {0, 1, 8},
     .scheduler = QUEUE_WRR,
     .places = {11, 12, 12, 12, 12, 14, 13, 13},
     .share = {100},
     .weight = {255},
     .high = {50, 60, 80, 100, 100, 100, 100, 100}},
    /* 1p1q4t: places and thresholds source: [QOS-WP] p38 (vendor); shares source: (assumed) */
    {.structure = {1, 1, 4},
     .scheduler = QUEUE_WRR,
     .places = {11, 11, 12, 12, 13, 21, 14, 14},
     .share = {80, 20},
     .weight = {255},
     .high = {50, 60, 80, 100}},
    /* 1p1q0t: places source: [CG-121E] 32-15 (vendor); shares source: (assumed) */
    {.structure = {1, 1, 0},
     .scheduler = QUEUE_WRR,
     .places = {11, 11, 11, 11, 11, 21, 11, 11},
     .share = {80, 20},
     .weight = {255}},
    /* 2q8t, 8q4t, 8q8t: CoS 5 alone in the last queue source: [QOS-WP] p41 (vendor); the rest
     * source: (assumed: as recalled from the vendor's guide) */
    {.structure = {0, 2, 8},
     .scheduler = QUEUE_WRR,
     .places = {11, 11, 12, 12, 13, 24, 14, 14},
     .share = {80, 20},
     .weight = {90, 10},
     .high = {70, 80, 90, 100, 100, 100, 100, 100}},
    {.structure = {0, 8, 4},
     .scheduler = QUEUE_DWRR,
     .places = {11, 11, 12, 12, 13, 84, 14, 14},
     .share = {80, 0, 0, 0, 0, 0, 0, 20},
     .weight = {90, 1, 1, 1, 1, 1, 1, 10},
     .low = {40, 40, 50, 100},
     .high = {70, 80, 90, 100}},
    {.structure = {0, 8, 8},
     .scheduler = QUEUE_DWRR,
     .places = {11, 11, 12, 12, 13, 84, 14, 14},
     .share = {80, 0, 0, 0, 0, 0, 0, 20},
     .weight = {90, 1, 1, 1, 1, 1, 1, 10},
     .low = {40, 40, 50, 100, 100, 100, 100, 100},
     .high = {70, 80, 90, 100, 100, 100, 100, 100}},
    /* 1p1q8t: CoS 0 to 2 source: [CG-121E] 32-15 (vendor); above, and shares, source: (assumed) */
    {.structure = {1, 1, 8},
     .scheduler = QUEUE_WRR,
     .places = {11, 12, 13, 14, 15, 21, 16, 17},
     .share = {80, 20},
     .weight = {255},
     .low = {40, 40, 50, 50, 60, 60, 70, 70},
     .high = {70, 70, 80, 80, 90, 90, 100, 100}},
};

static const struct defaults *find_defaults(struct queue_structure s)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (memcmp(&table[i].structure, &s, sizeof s) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

/* CoS in equal groups to the weighted queues, which are treated alike; tail drop. */
static void set_equal(struct queue_setup *setup)
{
    struct queue_structure s = setup->structure;
    uint32_t n = queue_count(s);

    for (uint32_t q = 0; q < n; q++) {
        setup->queues[q].weight = 255;
        setup->queues[q].share_percent = 100 / n;
    }
    for (uint32_t cos = 0; cos < QUEUE_N_COS; cos++) {
        bool strict = s.n_strict != 0 && cos == STRICT_COS;
        setup->map[cos].queue = strict ? s.n_weighted : (uint8_t)(cos * s.n_weighted / QUEUE_N_COS);
    }
}

static void set_from(const struct defaults *d, struct queue_setup *setup)
{
    setup->scheduler = d->scheduler;
    for (uint32_t cos = 0; cos < QUEUE_N_COS; cos++) {
        uint8_t place = d->places[cos];
        setup->map[cos] =
            (struct queue_place){(uint8_t)(place / 10 - 1), (uint8_t)(place % 10 - 1)};
    }
    for (uint32_t q = 0; q < queue_count(setup->structure); q++) {
        setup->queues[q].share_percent = d->share[q];
        setup->queues[q].weight = q < setup->structure.n_weighted ? d->weight[q] : 1;
        for (uint32_t t = 0; q < setup->structure.n_weighted && t < setup->structure.n_thresholds;
             t++) {
            setup->queues[q].thresholds[t] =
                (struct queue_threshold){d->low[t] == 0 ? d->high[t] : d->low[t], d->high[t]};
        }
    }
}

void queue_setup_default(struct queue_structure structure, struct queue_setup *setup)
{
    const struct defaults *d = find_defaults(structure);

    *setup = (struct queue_setup){.structure = structure,
                                  .scheduler = QUEUE_DWRR,
                                  .quantum_bytes = QUEUE_QUANTUM_BYTES,
                                  .wred_most_ppm = QUEUE_WRED_MOST_PPM};
    for (uint32_t q = 0; q < QUEUE_MOST; q++) {
        for (uint32_t t = 0; t < QUEUE_MOST_THRESHOLDS; t++) {
            setup->queues[q].thresholds[t] = (struct queue_threshold){100, 100};
        }
    }
    if (d != NULL) {
        set_from(d, setup);
    } else {
        set_equal(setup);
    }
}

void queue_setup_by_dscp(struct queue_setup *setup)
{
    for (uint32_t dscp = QUEUE_N_DSCP; dscp-- > 0;) { /* from above: CoS 0 .. 7 are read last */
        setup->map[dscp] = setup->map[dscp / (QUEUE_N_DSCP / QUEUE_N_COS)];
    }
    setup->by_dscp = true;
}

bool queue_setup_alike(const struct queue_setup *a, const struct queue_setup *b)
{
    uint32_t n_keys = a->by_dscp ? QUEUE_N_DSCP : QUEUE_N_COS;
    bool alike = memcmp(&a->structure, &b->structure, sizeof a->structure) == 0 &&
                 a->scheduler == b->scheduler && a->by_dscp == b->by_dscp &&
                 memcmp(a->map, b->map, n_keys * sizeof *a->map) == 0;

    for (uint32_t q = 0; alike && q < queue_count(a->structure); q++) {
        alike = a->queues[q].weight == b->queues[q].weight &&
                a->queues[q].share_percent == b->queues[q].share_percent &&
                memcmp(a->queues[q].thresholds, b->queues[q].thresholds,
                       sizeof a->queues[q].thresholds) == 0;
    }
    return alike;
}

static bool check_map(const struct queue_setup *setup, struct error *err)
{
    uint32_t n_queues = queue_count(setup->structure);
    uint32_t n_places = setup->by_dscp ? QUEUE_N_DSCP : QUEUE_N_COS;
    uint32_t n_thresholds = setup->structure.n_thresholds == 0 ? 1u : setup->structure.n_thresholds;
    bool good = true;

    for (uint32_t i = 0; i < n_places; i++) {
        struct queue_place to = setup->map[i];
        if (to.queue >= n_queues || to.threshold >= n_thresholds) {
            good = error_add(err, "%s %u goes to queue %u, threshold %u; there are %u and %u",
                             setup->by_dscp ? "DSCP" : "CoS", i, to.queue + 1u, to.threshold + 1u,
                             n_queues, n_thresholds);
        } else if (setup->queues[to.queue].share_percent == 0) {
            good = error_add(err, "%s %u goes to queue %u, which has no share of the buffer",
                             setup->by_dscp ? "DSCP" : "CoS", i, to.queue + 1u);
        }
    }
    return good;
}

bool queue_setup_check(const struct queue_setup *setup, struct error *err)
{
    uint32_t share_percent = 0;
    bool good = check_map(setup, err);

    for (uint32_t q = 0; q < queue_count(setup->structure); q++) {
        if (setup->queues[q].weight < 1 || setup->queues[q].weight > 255) {
            good = error_add(err, "queue %u has weight %u; expected 1 to 255", q + 1,
                             setup->queues[q].weight);
        }
        for (uint32_t t = 0; t < setup->structure.n_thresholds; t++) {
            struct queue_threshold at = setup->queues[q].thresholds[t];
            if (at.low_percent > at.high_percent || at.high_percent > 100) {
                good = error_add(err,
                                 "queue %u, threshold %u is %u %% to %u %%; expected the lower one "
                                 "first, and at most 100 %%",
                                 q + 1, t + 1, at.low_percent, at.high_percent);
            }
        }
        share_percent += setup->queues[q].share_percent;
    }
    if (share_percent > 100) {
        good = error_add(err, "the queues share %u %% of the buffer; expected at most 100 %%",
                         share_percent);
    }
    if (setup->quantum_bytes < 1 || setup->wred_most_ppm > 1000000) {
        good = error_add(err,
                         "a quantum of %u bytes and a chance of %u ppm; expected at least 1, "
                         "and at most 1000000",
                         setup->quantum_bytes, setup->wred_most_ppm);
    }
    return good;
}
