/* queue_setup.h - queues of a port as one configures them: data for port_queues.h, receive_queues.h.
 *
 *   1p3q8t:  1 strict queue, 3 weighted queues, 8 thresholds in each of these
 *
 *   CoS or DSCP --map--> queue, threshold      queue 1 .. n_weighted, then the strict one
 *
 * Queues and thresholds count from 1 in the hardware's tables, from 0 here.
 */
#ifndef MODELS_QUEUE_SETUP_H
#define MODELS_QUEUE_SETUP_H

#include <stdbool.h>
#include <stdint.h>

struct error;

#define QUEUE_MOST 8u /* of a port, the strict one included */
#define QUEUE_MOST_THRESHOLDS 8u
#define QUEUE_N_COS 8u
#define QUEUE_N_DSCP 64u

/* Bytes that a weight of 1 stands for in a turn; source: (assumed: only the ratio of weights is
 * published; smaller ones mix the queues more finely and change no share) */
#define QUEUE_QUANTUM_BYTES 256

/* Chance of a drop at the high threshold; source: (assumed: the curve has no step) */
#define QUEUE_WRED_MOST_PPM 1000000

struct queue_structure {
    uint8_t n_strict;     /* 0 or 1 */
    uint8_t n_weighted;   /* 1 .. QUEUE_MOST */
    uint8_t n_thresholds; /* 0: none that can be set, tail drop when the queue is full */
};

/* How the weighted queues share what the strict one leaves.
 *   WRR   a queue's turn ends with the frame that uses up its quantum; what is overdrawn is forgotten
 *   DWRR  what is left of a quantum counts in the next turn (Shreedhar and Varghese, "Efficient Fair
 *         Queueing using Deficit Round Robin", SIGCOMM '95)
 *   SRR   shaped: while it has frames, a queue gets weight / sum of weights of the port's rate and no
 *         more, whatever the others do */
enum queue_scheduler { QUEUE_WRR, QUEUE_DWRR, QUEUE_SRR };

/* Of the queue's room. Up to low all frames are taken, above high none; between them the chance of a
 * drop rises from 0 to wred_most_ppm. low == high: tail drop. */
struct queue_threshold {
    uint8_t low_percent, high_percent;
};

struct queue_place {
    uint8_t queue, threshold;
};

struct queue_setup {
    struct queue_structure structure;
    enum queue_scheduler scheduler;
    uint32_t quantum_bytes; /* that a weight of 1 stands for */
    uint32_t wred_most_ppm;
    bool by_dscp;                         /* the map is read by the internal DSCP, else by CoS */
    struct queue_place map[QUEUE_N_DSCP]; /* the first QUEUE_N_COS when by CoS */
    struct {
        uint32_t weight;        /* 1 .. 255; the strict queue's does not count */
        uint32_t share_percent; /* of the buffer */
        struct queue_threshold thresholds[QUEUE_MOST_THRESHOLDS];
    } queues[QUEUE_MOST];
};

static inline uint32_t queue_count(struct queue_structure s)
{
    return (uint32_t)s.n_weighted + s.n_strict;
}

/* What such a port does after `mls qos` (queue_setup.c has the figures and where they come from). */
void queue_setup_default(struct queue_structure structure, struct queue_setup *setup);

/* From a map by CoS, one by DSCP: DSCP 8 c .. 8 c + 7 go where CoS c went. */
void queue_setup_by_dscp(struct queue_setup *setup);

/* The same for frames, but for assumed figures. */
bool queue_setup_alike(const struct queue_setup *a, const struct queue_setup *b);

/* Whether the hardware can be set so. Each fault is a message in err: a place that the structure does
 * not have, a queue without a share that something goes to, a weight of 0 or above 255, shares above 100 % in all, low above high. */
bool queue_setup_check(const struct queue_setup *setup, struct error *err);

#endif /* MODELS_QUEUE_SETUP_H */
