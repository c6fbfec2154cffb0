/* reference.h - the oracle: the same chassis once more, plain, event by event, slow.
 *
 *   packets --> [ heap of events: (time, stage, sender, lane, order of sending) ] --> steps
 *
 * Written from what the headers in models/ promise, with none of their code: no windows, no
 * batches, no lanes, no carried remainders. Whoever waits for room or for a line is an event on the
 * heap.
 */
#ifndef TESTS_REFERENCE_H
#define TESTS_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/config.h"
#include "tests/reference_routes.h"

struct reference_packet {
    uint64_t name;
    int64_t ready_ps; /* last bit received */
    uint16_t bytes, ingress;
    bool other_mac; /* not the router's */
    bool ttl_1, options;
    uint32_t stream;
    uint8_t cos, dscp; /* as the stream sends them */
    uint8_t protocol;
    uint16_t tcp_flags, icmp; /* of TCP; type and code of ICMP */
    struct flow_key flow;     /* addresses and ports */
    uint32_t label;           /* of MPLS; 0: none */
};

enum step_kind { STEP_SENT, STEP_DROPPED, STEP_DELIVERED };

/* What became of a packet at one stage. */
struct step {
    const char *stage; /* "engine" */
    uint32_t slot;
    enum step_kind kind;
    uint8_t dscp;       /* SENT, DELIVERED */
    const char *reason; /* DROPPED; else NULL */
    int64_t arrived_ps;
    int64_t left_ps; /* DROPPED: when it arrived */
};

/* Who is told, and who may answer in the routes' place. */
struct reference_hooks {
    void (*step)(void *context, size_t packet, const struct step *step);
    /* DELIVERED only: from the last bit received to the first bit sent. */
    void (*latency)(void *context, size_t packet, int64_t latency_ps);
    /* What the engines answer; NULL: what the routes of the configuration say, searched from end to
     * end. */
    struct answer (*ask)(void *context, struct ip_address to);
    void *context;
};

/* Runs all packets, sorted by (ready_ps, ingress), through the chassis, to its end. */
void reference_run(const struct chassis_config *config, const struct reference_packet *packets,
                   size_t n, const struct reference_hooks *hooks);

#endif /* TESTS_REFERENCE_H */
