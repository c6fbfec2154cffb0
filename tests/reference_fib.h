/* reference_fib.h - the FIBs of the reference simulator's engines, and the way of entries into them.
 *
 *   entries --> CEF (a line) --> messages --> EOBC (a line) --> CPU, TCAM (two lines) of each engine
 *
 * When each entry will be in each engine is worked out when its message is sent; what a reload makes
 * void is crossed out.
 */
#ifndef TESTS_REFERENCE_FIB_H
#define TESTS_REFERENCE_FIB_H

#include "models/config.h"
#include "tests/reference_queues.h"
#include "tests/reference_routes.h"
#include "tests/reference_tables.h"

/* No choice: the engine forgets the entry. */
struct write {
    int64_t at_ps;
    struct entry entry;
};

struct engine_fib {
    uint32_t slot; /* 0: the PFC */
    struct table table;
    struct line cpu, tcam;
    struct write *writes;
    size_t n_writes, room_writes, n_written;
    bool exception[REFERENCE_PARTS];
    unsigned least_length[REFERENCE_PARTS]; /* none that is out is longer */
    int64_t exception_ps[REFERENCE_PARTS];  /* since when */
};

struct reference_fib {
    const struct chassis_config *config;
    struct reload carved; /* as it is now */
    struct line cef, eobc;
    struct entry *message; /* not sent yet */
    uint32_t n_message, most;
    int64_t made_ps; /* the last of them */
    struct engine_fib engines[CONFIG_MAX_SLOTS + 1];
    uint32_t n_engines;
};

void reference_fib_open(struct reference_fib *f, const struct chassis_config *config);
void reference_fib_close(struct reference_fib *f);

/* In all engines at once. */
void reference_fib_fill(struct reference_fib *f, struct entry entry);

/* Entries go out in messages; the last one of a round need not be full. */
void reference_fib_send(struct reference_fib *f, int64_t now_ps, struct entry entry);
void reference_fib_flush(struct reference_fib *f);

/* What is written by this time. */
void reference_fib_at(struct reference_fib *f, int64_t now_ps);

/* All engines are empty and idle. */
void reference_fib_reload(struct reference_fib *f, const struct reload *carved);

/* The FIB that answers for a slot. */
const struct engine_fib *reference_fib_of(const struct reference_fib *f, uint32_t slot);

#endif /* TESTS_REFERENCE_FIB_H */
