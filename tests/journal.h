/* journal.h - what happened to every packet of a run, step by step, told by its tap. */
#ifndef TESTS_JOURNAL_H
#define TESTS_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "models/chassis.h"
#include "models/fingerprint.h"
#include "sim/stage.h"
#include "tests/reference.h"

#define JOURNAL_MOST_STEPS 12

struct life {
    struct reference_packet packet;
    uint32_t n_steps;
    struct step steps[JOURNAL_MOST_STEPS];
};

struct journal {
    struct fingerprint_tap print; /* told of everything too */
    struct arena *mem;            /* the fingerprint's */
    struct tap tap;               /* give its address to the chassis */
    struct chassis *chassis;
    const struct chassis_config *config;
    struct life *lives; /* in order of (ready_ps, ingress) once sorted */
    size_t n, room;
    struct journal_port { /* by global index: its packets by their number */
        size_t *lives;
        size_t n, room;
    } * ports;
    uint32_t n_ports;
};

void journal_open(struct journal *j, uint32_t n_ports);

/* Before the run: whose packets these are. */
void journal_watch(struct journal *j, struct chassis *chassis, const struct chassis_config *config);

void journal_close(struct journal *j);

/* After the run: puts the lives in order. The packets alone, as the reference takes them; to be
 * freed. */
struct reference_packet *journal_packets(struct journal *j);

#endif /* TESTS_JOURNAL_H */
