/* fingerprint.h - a whole run in three numbers, to compare runs that must not differ.
 *
 *   where: which packets went each way, in their order, by instance and lane (or drop reason)
 *   when:  the same with the times at which they arrived and left
 *   count: how many went each way
 *
 * Packets are told apart by name, so numbers do not depend on how ids are reused. The order between
 * lanes of one instance does not count: it tells how work was cut into batches.
 */
#ifndef MODELS_FINGERPRINT_H
#define MODELS_FINGERPRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "models/packet.h"
#include "sim/stage.h"

struct arena;
struct report;

struct fingerprint {
    uint64_t where, when, count;
};

struct fingerprint_tap {
    struct tap tap;                /* give its address to the chassis */
    const struct packets *packets; /* set before the run */
    struct fingerprint_ways {      /* by instance and kind of event */
        struct fingerprint *ways;  /* by lane or reason */
        uint32_t n;
    } * ways;
    uint32_t n_ways;
    struct arena *mem;
};

void fingerprint_open(struct fingerprint_tap *f, struct arena *mem);

/* Of what happened so far. */
struct fingerprint fingerprint_of(const struct fingerprint_tap *f);
bool fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b);

/* Adds "fingerprint", where, when and count: 53 bits of each, which every reader of JSON and CSV
 * keeps exactly, also one that knows nothing but doubles. */
void fingerprint_show(const struct fingerprint_tap *f, struct report *out);

#endif /* MODELS_FINGERPRINT_H */
