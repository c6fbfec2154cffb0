/* classes.h - class-based QoS: of which class of its interface's policy map a packet is.
 *
 *   enters --> [ class 1 ] no -> [ class 2 ] no -> ... no -> [ class-default ] no -> as its port has it
 *                   | yes            | yes                          |
 *                   '----------------+------------------------------'
 *                   v
 *   internal DSCP: trust, set, or as its port has it (qos.h) --> policers of the class (policer.h)
 *
 *   leaves --> the same of the interface it leaves by --> policers of the class
 *
 *   classes of an interface --> QoS TCAM (acl_tcam.h): a label of its own --> does not fit: no policy
 *
 * A packet is of a class when one of its lists permits it, or it carries one of its DSCPs or IP
 * precedences; all three are asked about what it came with, also where it leaves. What a list denies
 * may be of a class behind. The first class counts.
 *     source: [CG-121E] 31-18 (vendor); received marks at the egress, denied ACEs (assumed: recalled)
 *
 * A class trusts something itself, or as the port does; one that polices with `transmit` for what
 * conforms trusts the DSCP where it does not say otherwise. It marks only what its port does not
 * trust, or (`mls qos marking ignore port-trust`) all. At the egress classes only police.
 *     source: [CG-121E] 31-18, 31-45 trust (vendor), [CATOS8] 52-23 marking (vendor), the rest
 *     (assumed: recalled)
 *
 * Every interface has policers of its own, but for named aggregates, which add interfaces together;
 * each engine polices alone. source: [QOS-WP] p49 (vendor)
 *
 * Found once for each flow: all its packets look alike. With QoS off nothing is asked.
 *
 * Differs from the hardware: lists, DSCP and precedence are of IPv4; IPv6 is of class-default. An
 * interface is a VLAN of its own. class-default takes no entry, as it is the end of its label.
 */
#ifndef MODELS_CLASSES_H
#define MODELS_CLASSES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/acl_tcam.h"
#include "models/config.h"
#include "models/packet.h"

struct arena;
struct features;
struct layout;
struct report;

/* A policy map as the TCAM has it. */
struct classes_map {
    const struct acl_list **lists; /* what the classes match, one behind the other */
    uint8_t *class_of;             /* by list */
    uint32_t n_lists;
};

/* Of one interface; ports of a port channel have its. */
struct classes_port {
    uint32_t map[ACL_N_DIRECTIONS];                  /* number + 1; 0: none, or it does not fit */
    const struct acl_label *label[ACL_N_DIRECTIONS]; /* NULL: no policy map */
};

/* What has been found for a flow. */
struct classes_flow {
    uint16_t in, out; /* class + 1, n_classes + 1: of none; 0: not known */
    uint16_t out_map; /* that `out` is of */
    uint8_t dscp;     /* when it has entered */
};

/* Of the whole chassis. */
struct classes {
    const struct chassis_config *config;
    struct features *features; /* their lists, flows and TCAM */
    struct classes_map *maps;
    struct classes_port *ports; /* by global port index; NULL: nobody has a policy map */
    struct classes_flow *seen;
};

/* Programs the TCAM, behind what features have there. */
void classes_open(struct classes *c, struct features *features, struct arena *mem);

/* What one engine knows. */
struct classes_engine {
    struct classes *all; /* NULL: nobody has a policy map */
    struct class_count {
        uint64_t n_packets, n_bytes;
    } * *counts, **at_mark; /* by policy map and class */
    bool *here;             /* by policy map: some interface of the engine has it */
};

/* Of the engine in a slot; all may be NULL. */
void classes_engine_open(struct classes_engine *e, struct classes *all, const struct layout *layout,
                         uint32_t slot, struct arena *mem);

static inline bool classes_watch(const struct classes_engine *e, enum acl_direction direction,
                                 uint32_t port)
{
    return e->all != NULL && e->all->ports[port].map[direction] != 0;
}

/* Of what is watched. */
const struct class_config *classes_find_in(struct classes_engine *e, struct packet *packet);
const struct class_config *classes_find_out(struct classes_engine *e, const struct packet *packet,
                                            uint32_t egress);

/* The class of a packet that enters, which marks it; NULL: it is of none. Counts it. */
static inline const struct class_config *classes_enter(struct classes_engine *e,
                                                       struct packet *packet)
{
    return classes_watch(e, ACL_IN, packet->head.ingress) ? classes_find_in(e, packet) : NULL;
}

/* The class of one that leaves by a port. */
static inline const struct class_config *classes_leave(struct classes_engine *e,
                                                       const struct packet *packet, uint32_t egress)
{
    return classes_watch(e, ACL_OUT, egress) ? classes_find_out(e, packet, egress) : NULL;
}

/* For those who follow a packet: its class, by its name and that of its policy map, and what it is of
 * the class for. false: it is of none. */
struct classes_answer {
    const char *map, *class;
    const char *list;            /* NULL: for being of no class before */
    const struct acl_rule *rule; /* NULL: of no list */
};
bool classes_ask(const struct classes *c, enum acl_direction direction, uint32_t port,
                 const struct packet *packet, struct classes_answer *answer);

void classes_mark(struct classes_engine *e);

/* Module "class NAME of MAP, ENGINE": packets, bytes; of the engine itself what is taken of its QoS
 * TCAM: qos_entries, qos_masks_used of qos_masks. */
void classes_show(const struct classes_engine *e, const char *engine, struct report *out);

/* Module "interface 1/1": what does not fit, as the machine logs it. */
void classes_show_misfits(const struct classes *c, struct report *out);

#endif /* MODELS_CLASSES_H */
