/* lone_stage.h - one stage without its neighbours: batches built by hand, what comes out noted. */
#ifndef TESTS_LONE_STAGE_H
#define TESTS_LONE_STAGE_H

#include <stdint.h>

#include "models/accounting.h"
#include "models/control.h"
#include "models/flows.h"
#include "models/layout.h"
#include "models/packet.h"
#include "sim/stage.h"

/* The surroundings of stages: a chassis' layout, tables and packets, but no stages. */
struct lone_chassis {
    struct arena *mem;
    const struct chassis_config *config;
    struct layout layout;
    struct packets packets;
    struct flow_tables flows; /* LONE_FLOWS, of two destinations */
    struct accounts accounts; /* never polled */
    struct control control;
};

void lone_chassis_open(struct lone_chassis *c, const struct chassis_config *config,
                       struct arena *mem);
void lone_chassis_close(struct lone_chassis *c);

/* Forgets all packets there were. */
void lone_packets_open(struct lone_chassis *c);

/* A new packet at `ingress`, of one of LONE_FLOWS flows. */
#define LONE_FLOWS 64
uint32_t lone_packet(struct lone_chassis *c, uint32_t ingress, uint32_t bytes,
                     struct ip_address to);

/* What happened to a packet. */
struct outing {
    uint32_t kind, where; /* enum tap_kind, lane or reason */
    uint64_t name;
    int64_t arrived_ps, left_ps;
    uint32_t load; /* SEND only */
    uint32_t order;
};

#define LONE_LANES 512

struct lone_stage {
    const struct stage_ops *ops;
    void *state;
    struct batch batch;
    struct lane lanes[LONE_LANES], *list[LONE_LANES];
    struct tap tap;
    struct lone_chassis *chassis;
    struct outing *outings; /* in the order of lanes and reasons, and of sending within each */
    uint32_t n, room;
};

void lone_stage_open(struct lone_stage *s, const struct stage_ops *ops, const void *config,
                     struct lone_chassis *chassis);

void lone_stage_close(struct lone_stage *s);

/* Shows it n rows, in order of time, in windows and batches of such sizes, until until_ps. */
void lone_stage_run(struct lone_stage *s, const struct row *rows, uint32_t n, int64_t window_ps,
                    uint32_t batch_rows, int64_t until_ps);

/* How many went a way. */
uint32_t lone_stage_count(const struct lone_stage *s, enum tap_kind kind, uint32_t where);

#endif /* TESTS_LONE_STAGE_H */
