/* random_writer.h - what the parts of the generator of scenarios share: choices, and what they were.
 *
 *   random_order.c: what one orders --> random_scenario.c: how it is set up, and what is sent
 */
#ifndef TESTS_RANDOM_WRITER_H
#define TESTS_RANDOM_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "scenarios/catalog.h"
#include "sim/rng.h"

struct arena;

#define WRITER_MOST_TRIES 20 /* to draw what fits */

struct writer {
    const struct catalog *catalog;
    struct arena *mem;
    FILE *out;
    struct rng rng;
    uint64_t n_drawn;
    uint64_t careless; /* one in so many choices does not ask what fits; 0: none */
    uint64_t mistake;  /* how many choices there are until the only such one */
    const struct catalog_chassis *chassis;
    const struct catalog_supervisor *supervisor;
    const struct catalog_fabric *fabric; /* NULL: none */
    uint32_t supervisor_slot;
    const char *each; /* what flow policers tell apart: all of them the same, as does NetFlow */
    bool has_maps;    /* policy maps */
    uint32_t n_acls, n_ports;
    struct {
        uint32_t slot, number;
        bool member; /* of a port channel */
    } ports[CONFIG_MAX_SLOTS * CONFIG_MAX_CARD_PORTS];
    uint32_t n_port_channels;
    bool has_vrf;           /* RED */
    const char *trusts_cos; /* a port that does; NULL: none is known */
};

/* Below n; from least to most; true one time in n. */
uint64_t draw_below(struct writer *w, uint64_t n);
uint64_t draw_between(struct writer *w, uint64_t least, uint64_t most);
bool draw_one_in(struct writer *w, uint64_t n);

/* Whether this choice does not ask what fits. */
bool draw_careless(struct writer *w);

/* One of some texts, all as likely. */
#define DRAW_WORD(w, ...)                                                                          \
    ((const char *const[]){__VA_ARGS__}[draw_below(w, sizeof(const char *const[]){__VA_ARGS__} /   \
                                                          sizeof(const char *))])

/* Adds to the text. */
void writer_put(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Chassis, supervisor and `slots:`; `figures:`. */
void draw_order(struct writer *w);
void draw_figures(struct writer *w);

/* A port's index; one that is not there: n_ports. And what it is called. */
uint32_t draw_port(struct writer *w);
const char *port_name(struct writer *w, uint32_t port);

/* Policers, rate limits, control plane, interfaces, QoS, NetFlow; what a stream's packets are like. */
void put_limits(struct writer *w);
void put_marks(struct writer *w);

#endif /* TESTS_RANDOM_WRITER_H */
