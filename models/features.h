/* features.h - what an interface asks of its packets beside the FIB: lists, source check, policy.
 *
 *   enters --> port ACL --> VLAN ACL --> router ACL --> source check --> policy --> FIB
 *                 |            |             |               |     list permits: another next hop
 *                 '-- denied --+-------------+---------------'              |
 *   leaves <-- VLAN ACL <-- router ACL <--------------- forwarded <---------'
 *
 *   lists of an interface --> TCAM (acl_tcam.h): one label a direction --> does not fit: to software
 *
 * What a router ACL denies is dropped, but some of it is for the MSFC, which owes its sender an ICMP
 * unreachable; what it permits or denies by an ACE with `log` is for the MSFC, and so is all of an
 * interface and direction whose lists do not fit. There the same is asked once more, in software.
 * source: [CG-SX] 34-1 (vendor), [CG-121E] 23-3 log (vendor), [FM-MSG] what does not fit (vendor);
 * order: (assumed: recalled)
 *
 * The source check knows so many interfaces of a prefix (engine_type.rpf_interfaces), the first ones
 * of its paths. Of a prefix with more, what comes by another one is for software to check, through the
 * limiter of what fails (assumed), or all passes; `any` asks for a route only. A PFC3's interface
 * groups are not modelled. source: [CG-7609] 33 (vendor), which interfaces those are (assumed)
 *
 * Exact (the first rule that matches), and found once for each flow and list: all packets of a flow
 * look alike to a list. Which lists are asked where, and how that changes: access.h. Meanwhile what
 * enters or leaves meets the default result instead (acl_updating, where that is to deny).
 *
 * Differs from the hardware: IPv4 only. An interface is a VLAN of its own. `log` means nothing to a
 * port ACL, nor to what a VLAN ACL permits (assumed: both recalled; the scenario's notes say where); what
 * that denies is logged through a limiter of its own. With optimised logging (OAL) `log` punts nothing: what is told of such packets
 * crosses no link here. The source check takes a default route for
 * a route. A policy is one match and one next hop, its packets go by the FIB
 * when that is no neighbour. What is denied is not policed (assumed). All engines hold the same: they run in one mode.
 */
#ifndef MODELS_FEATURES_H
#define MODELS_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/acl_tcam.h"
#include "models/config.h"
#include "models/packet.h"
#include "models/punt.h"

struct acl_set;
struct arena;
struct chassis_config;
struct fib;
struct flow_tables;
struct report;

/* What a packet is punted for (enum punt_cause), or: */
#define FEATURES_PASS PUNT_N_CAUSES
#define FEATURES_DROP (PUNT_N_CAUSES + 1u)
#define FEATURES_UPDATING (PUNT_N_CAUSES + 2u) /* dropped, as the lists are being changed */

/* Of one interface; ports of a port channel have its. */
struct features_port {
    /* Number + 1 of the list at each point, that of the policy last: what engines ask, what software
     * asks, what has been configured. */
    uint32_t lists[ACCESS_POLICY + 1], configured[ACCESS_POLICY + 1], next[ACCESS_POLICY + 1];
    uint32_t interface;
    uint32_t next_hop4;
    uint8_t verify;
    bool any_in, any_out; /* something is asked of what enters, what leaves */
    bool by_routes;       /* source check, policy */
    bool unreachables;
    bool software[ACL_N_DIRECTIONS]; /* lists that do not fit */
    bool updating[ACL_N_DIRECTIONS]; /* lists that are not there yet: the default result */
    const struct acl_label *label[ACL_N_DIRECTIONS]; /* NULL: no lists; policies are among ACL_IN */
};

/* What has been found for an IPv4 flow, and packets since that was last counted for its rules. */
struct features_flow {
    uint32_t
        plain_egress; /* port + 1: by this one it passes, and nothing depends on routes; or 0 */
    uint32_t egress;  /* port + 1 that `out` is about; 0: none yet */
    uint8_t in, out;  /* what lists come to: cause + 1; 0: not known */
    uint64_t n_plain, n_in, n_out; /* that passed both, entered, left */
};

/* Of the whole chassis. */
struct features {
    const struct chassis_config *config;
    const struct flow_tables *flows;
    const struct fib *fib;
    struct acl_set **sets;       /* [list]; NULL: not asked yet */
    struct features_port *ports; /* by global port index; NULL: nobody asks for anything */
    struct features_flow *seen;  /* [flow] by the engines: each flow enters by one of them */
    struct features_match {
        uint32_t list, rule;        /* list 0: not known */
    } * matches[ACCESS_POLICY + 1]; /* [point][flow] */
    struct acl_tcam *tcam;
    uint64_t **hits[2], **at_mark[2]; /* [in software?][list][rule]; last: the deny at its end */
    uint64_t n_default, n_default_at_mark; /* packets that met the default result */
    struct arena *mem;
};

/* An engine, or (software) the MSFC, which decides all by itself and punts nothing. */
struct features_user {
    struct features *features; /* NULL: nobody asks for anything */
    uint32_t fib_engine;       /* whose routes it goes by */
    bool software;
};

/* 72-bit slots that an IPv4 entry of a FIB takes: two in a PFC2 where sources are checked.
 * source: [CATOS8] 13-6 (vendor) */
uint32_t features_ipv4_slots(const struct chassis_config *config);

/* Programs the TCAM. */
void features_open(struct features *f, const struct chassis_config *config, const struct fib *fib,
                   const struct flow_tables *flows, struct arena *mem);

/* From now on a list may be asked, by its number in acls[]. */
void features_need_set(struct features *f, uint32_t list);

/* f may be NULL. */
struct features_user features_user_of(struct features *f, uint32_t fib_engine, bool software);

static inline bool features_watch(const struct features_user *u, uint32_t ingress)
{
    return u->features != NULL && u->features->ports[ingress].any_in;
}

static inline bool features_watch_egress(const struct features_user *u, uint32_t egress)
{
    return u->features != NULL && u->features->ports[egress].any_out;
}

/* Whether an IPv4 packet of this flow simply passes, in and out by the port: then it is counted. */
static inline bool features_plain(struct features *f, uint32_t flow, uint32_t egress)
{
    struct features_flow *seen = &f->seen[flow];
    bool plain = seen->plain_egress == egress + 1;

    seen->n_plain += plain;
    return plain;
}

/* What becomes of a packet that is to be routed: FEATURES_PASS, FEATURES_DROP, or what it is punted
 * for. *adjacency, of its destination, may become that of another next hop. */
uint32_t features_in(const struct features_user *u, const struct packet *packet,
                     uint32_t *adjacency);

/* The same when it leaves by a port. */
uint32_t features_out(const struct features_user *u, const struct packet *packet, uint32_t egress);

/* The same two for an engine, where what is known of a flow mostly tells. */
static inline uint32_t features_enter(const struct features_user *u, const struct packet *packet,
                                      uint32_t *adjacency)
{
    struct features_flow *seen = &u->features->seen[packet->flow];

    if (seen->in == FEATURES_PASS + 1 && !u->features->ports[packet->head.ingress].by_routes) {
        seen->n_in++;
        return FEATURES_PASS;
    }
    return features_in(u, packet, adjacency);
}

static inline uint32_t features_leave(const struct features_user *u, const struct packet *packet,
                                      uint32_t egress)
{
    struct features_flow *seen = &u->features->seen[packet->flow];

    if (seen->egress == egress + 1) {
        seen->n_out++;
        return seen->out - 1u;
    }
    return features_out(u, packet, egress);
}

/* What was asked of a packet, and answered: for those who follow it. Nothing is counted. */
struct features_answers {
    struct features_answer {
        uint32_t list;               /* number + 1, 0: not asked */
        const struct acl_rule *rule; /* NULL: it is the end of the list that denies */
    } of[ACCESS_POLICY + 1];         /* by point */
    bool source_asked;
    uint32_t source;                 /* FEATURES_PASS: it is right; or what it is punted for */
    bool software[ACL_N_DIRECTIONS]; /* lists do not fit: software is asked instead */
    bool updating[ACL_N_DIRECTIONS]; /* they are being changed: the default result instead */
};

/* As features_in() and features_out(), of an engine; false: nothing else is asked. */
bool features_ask_in(const struct features_user *u, const struct packet *packet,
                     uint32_t *adjacency, struct features_answers *a);
void features_ask_out(const struct features_user *u, const struct packet *packet, uint32_t egress,
                      struct features_answers *a);

/* Whether a packet punted for this is not to be forwarded. */
static inline bool features_denied(uint32_t cause)
{
    return cause == PUNT_ACL_DENIED || cause == PUNT_VACL_LOG || cause == PUNT_RPF_FAILURE;
}

/* What is known of the flows holds no longer: lists change. */
void features_forget(struct features *f);

/* All packets so far are counted for the rules that they have met. */
void features_settle(struct features *f);

/* Hits count from here. */
void features_mark(struct features *f);

/* Module "acl NAME": hits of each ACE, by the line of its text, in hardware, and of all in software.
 * Module "interface 1/1": what does not fit, as the machine logs it. */
void features_show(struct features *f, struct report *out);

/* "1/1", "Po1". */
const char *features_interface_name(const struct port_config *port, struct arena *mem);

/* What of an engine's TCAM is taken. */
void features_show_tcam(const struct features *f, const char *engine, struct report *out);

#endif /* MODELS_FEATURES_H */
