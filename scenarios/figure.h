/* figure.h - a figure of the catalogue: what it says, where from, and how it is written.
 *
 *   latency: {value: 500ns, source: "[S10] p.3 (assumed: why)", range: 100ns..1us}
 *   asic_channels: {value: "0, 1", source: "(assumed: why)", range: "0, 1 | 1, 0"}
 */
#ifndef SCENARIOS_FIGURE_H
#define SCENARIOS_FIGURE_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/quantity.h"
#include "scenarios/source.h"

struct arena;

struct figure {
    uint32_t place; /* of its value */
    const char *value;
    const char *source;     /* as written: "[S10] p.3 (assumed: why)" */
    struct source taken;    /* ... taken apart */
    const char *range;      /* as written; NULL: none */
    const char *low, *high; /* its ends, or the first and the last choice; NULL: none */
};

/* A constant that a run rests on and that nobody has measured or published. */
struct assumption {
    const char *name;       /* "DFC3BXL.latency" */
    const char *value;      /* "500ns" */
    const char *low, *high; /* where the truth is thought to be, as a scenario would write it; NULL:
                               nobody can say */
    const char *why;
};

/* How a figure is written. */
enum figure_form {
    FIGURE_QUANTITY,
    FIGURE_LIST,   /* of quantities, separated by commas */
    FIGURE_WORD,   /* one of words */
    FIGURE_WORDS,  /* several of words, separated by commas */
    FIGURE_QUEUES, /* of a port: 1p3q8t is 1 strict queue, 3 others, 8 thresholds in each */
    FIGURE_TEXT    /* catalog_build.c reads it */
};

struct figure_rule {
    const char *name, *meaning;
    enum figure_form form;
    enum unit unit;
    uint64_t min, max;
    const char *const *words; /* ended by NULL */
    bool optional;
    bool descriptive; /* for people, and for what goes together: no result rests on it */
};

#define CATALOG_MAX_FIGURES 32

/* By kind of row (enum catalog_kind), ended by one without a name. */
extern const struct figure_rule *const figure_rules[];

enum chassis_figure {
    CHASSIS_SLOTS,
    CHASSIS_CLASSES,
    CHASSIS_CHANNELS,
    CHASSIS_SUP2T_CHANNELS,
    CHASSIS_SUP1_SLOTS,
    CHASSIS_SUP720_SLOTS,
    CHASSIS_SUP2T_SLOTS,
    CHASSIS_FABRIC_SLOTS,
    CHASSIS_N_FIGURES
};

enum supervisor_figure {
    SUPERVISOR_GENERATION,
    SUPERVISOR_PFC,
    SUPERVISOR_MSFC,
    SUPERVISOR_FABRIC,
    SUPERVISOR_FABRIC_MODULES,
    SUPERVISOR_CHANNEL,
    SUPERVISOR_SOFTWARE,
    SUPERVISOR_INBAND,
    SUPERVISOR_N_FIGURES
};

enum fabric_figure { FABRIC_MODULE, FABRIC_SPEEDS, FABRIC_CHANNELS, FABRIC_N_FIGURES };

enum engine_figure {
    ENGINE_GENERATION,
    ENGINE_LETTER,
    ENGINE_XL,
    ENGINE_CENTRAL,
    ENGINE_CEF256,
    ENGINE_CEF720,
    ENGINE_CEF2T,
    ENGINE_IPV6_LOOKUPS,
    ENGINE_TCAM_SLOTS,
    ENGINE_IPV4_SLOTS,
    ENGINE_IPV6_ENTRIES,
    ENGINE_LATENCY,
    ENGINE_ADJACENCIES,
    ENGINE_MAC_ENTRIES,
    ENGINE_NETFLOW_ENTRIES,
    ENGINE_ACL_ENTRIES,
    ENGINE_ACL_MASKS,
    ENGINE_ACL_LABELS,
    ENGINE_RPF_INTERFACES,
    ENGINE_N_FIGURES
};

enum linecard_figure {
    CARD_CLASS,
    CARD_BUS,
    CARD_FORWARDING,
    CARD_ASICS,
    CARD_PORT_RATE,
    CARD_ASIC_LINK,
    CARD_BUFFERS_PER,
    CARD_RX_BUFFER,
    CARD_TX_BUFFER,
    CARD_RX_QUEUES,
    CARD_RX_QUEUES_DFC,
    CARD_TX_QUEUES,
    CARD_CHANNELS,
    CARD_CHANNEL_RATE,
    CARD_ASIC_CHANNELS,
    CARD_N_FIGURES
};

enum router_figure {
    ROUTER_MAIN,
    ROUTER_IO,
    ROUTER_IMAGE,
    ROUTER_BOOT,
    ROUTER_HOLES,
    ROUTER_HOLE,
    ROUTER_N_FIGURES
};

enum train_figure {
    TRAIN_HEADER,
    TRAIN_SLOT,
    TRAIN_FIT,
    TRAIN_SESSION,
    TRAIN_NETWORK,
    TRAIN_VRF_NETWORK,
    TRAIN_PATH,
    TRAIN_ATTRIBUTE,
    TRAIN_VRF_ATTRIBUTES,
    TRAIN_AS_PATH,
    TRAIN_COMMUNITY,
    TRAIN_NDB,
    TRAIN_RDB,
    TRAIN_SUBNET,
    TRAIN_SUBNET_BLOCKS,
    TRAIN_CEF,
    TRAIN_MTRIE,
    TRAIN_LABEL,
    TRAIN_BGP_CHUNK,
    TRAIN_AS_PATH_CHUNK,
    TRAIN_NDB_CHUNK,
    TRAIN_RDB_CHUNK,
    TRAIN_CEF_CHUNK,
    TRAIN_MTRIE_CHUNK,
    TRAIN_LABEL_CHUNK,
    TRAIN_N_FIGURES
};

enum table_figure {
    TABLE_NETWORKS,
    TABLE_PATHS,
    TABLE_ATTRIBUTES,
    TABLE_AS_PATHS,
    TABLE_COMMUNITIES,
    TABLE_SUBNETTED,
    TABLE_MTRIE_NODES,
    TABLE_N_FIGURES
};

/* Whether text is a value as the rule has it; why[FIGURE_WHY] tells when not. */
#define FIGURE_WHY 400
bool figure_check(const struct figure_rule *rule, const char *text, char *why);

/* Takes apart the range; the source has been. why[FIGURE_WHY] tells when it is wrong. */
bool figure_take_range(struct figure *figure, const struct figure_rule *rule, struct arena *mem,
                       char *why);

/* --- Values that figure_check() has let pass. ------------------------------------------------ */

/* 0 when the figure is not given. */
uint64_t figure_number(const struct figure *figure, const struct figure_rule *rule);

/* Writes numbers[0 .. room): how many there are, at most room. */
uint32_t figure_numbers(const struct figure *figure, const struct figure_rule *rule,
                        uint64_t *numbers, uint32_t room);

/* Index of its word; 0 when it is not given. */
uint32_t figure_word(const struct figure *figure, const struct figure_rule *rule);

/* Cuts the next item off a list in a text, separated by `separator`, without the spaces around it;
 * false when *text is NULL, the end. Writes to item[FIGURE_ITEM]; cut short when longer. */
#define FIGURE_ITEM 64
bool figure_next(const char **text, char separator, char *item);

#endif /* SCENARIOS_FIGURE_H */
