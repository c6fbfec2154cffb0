/* reference_sim.h - the state of the reference simulator: what its events read and write. */
#ifndef TESTS_REFERENCE_SIM_H
#define TESTS_REFERENCE_SIM_H

#include "models/punt.h"
#include "tests/reference.h"
#include "tests/reference_access.h"
#include "tests/reference_queues.h"

#define NOBODY SIZE_MAX
#define MOST_SWITCHOVERS 64

/* Where events happen, in the order in which they happen at the same time: who leaves makes room
 * first, the bus is granted last. Between them the pipeline; a stage of two queues is two places.
 */
enum place {
    LEAVE,
    CPU_ENDS,
    TRAFFIC,
    PORT,
    DFC,
    BUS,
    PFC,
    UPLINK,
    FABRIC,
    MSFC,
    CPU,
    CPU_CHOOSES,
    EGRESS,
    WIRE,
    START,
    LINK, /* of a port ASIC to the card, and a channel: a receive queue may send */
    CHANNEL,
    EDGE
};

struct frame {
    int64_t arrived_ps; /* at the stage it is in */
    bool on_bus, decided, asked, to_msfc;
    int64_t rest_ps, off_bus_ps; /* of the bus, behind the header; it is off the bus */
    uint32_t egress;
    int64_t work_ps; /* that its process has yet to do */
    uint8_t dscp;
    size_t entry;          /* of its engine's flow table; NOBODY: none */
    enum punt_cause cause; /* why it goes to the MSFC */
    struct answer answer;  /* asked: of the PFC, before its turn; at the MSFC: of its software */
    uint32_t asks;         /* at the MSFC: of the interface */
    size_t next;           /* behind it in a queue: for the bus, the wire, of the MSFC */
};

/* What belongs to a port; what belongs to a port ASIC is at the card's first port + its number. */
struct port {
    uint32_t slot, asic, channel, buffer;
    struct line rx_link, tx_link, wire;
    struct room rx_room, bus_room, tx_room;
    struct transmit *transmit; /* queues before the wire; NULL: it has none */
    struct receiver *receiver; /* port ASIC: queues before its link; NULL: it has none */
    bool narrow; /* port ASIC: its links are slower than its ports together, else no hop */
};

struct channel {
    struct line up, crossbar, down;
    struct receiver *receiver; /* queues before it; NULL: it has none */
};

/* One for each interface, of which the first serves all, when its policer does not tell them apart. */
struct port_meter {
    bool filled;
    struct meter committed, peak;
};

/* An entry of a NetFlow table, or what is left of it. */
struct flow_entry {
    uint64_t key[5]; /* as masked */
    uint32_t value;  /* of the hash */
    bool lives, alias;
    int64_t first_ps, last_ps;
    uint64_t n_packets;
    const struct policer_config *policer; /* that filled its bucket; NULL: none did */
    struct meter meter;
};

struct flow_table {
    struct flow_entry *entries; /* of all that ever were */
    size_t n, room;
    int64_t polled_ps;
    bool aggressive;
};

struct card {
    const struct slot_config *config; /* NULL: no ports */
    bool busmode;                     /* its frames cross the bus */
    bool absent;
    struct channel channels[CONFIG_MAX_CHANNELS];
    struct line lookups;
    struct bucket exception; /* of what its engine misses */
    struct bucket buckets[CONFIG_N_LIMITS];
    struct port_meter *meters; /* of its engine: by policer and interface */
    struct flow_table flows;   /* of its engine */
    struct meter *copp;        /* by class of the control plane */
    size_t first, last;        /* waiting for the bus; or in ... */
    struct receiver *receiver; /* ... queues before it; NULL: it has none */
};

/* Packets, one behind the other. */
struct chain {
    size_t first, last, n;
};

enum doing { NOTHING, SWITCHING, WORKING, ENDING };

struct processor {
    struct chain ring, hold[PUNT_N_CAUSES];
    enum doing doing;
    int64_t since_ps, masked_until_ps;
    int64_t switched_ps; /* by interrupts, since there was anything else */
    uint32_t turn;
    uint64_t n_begun; /* an end of what was begun before is no end any more */
    bool chooses;     /* at this time, when all else has happened */
};

/* Whom the MSFC has asked for: who is dropped next, then known or forgotten. */
struct asked {
    struct ip_address address;
    uint32_t port;
    enum { TO_BE_DROPPED, DROPPED, KNOWN, FORGOTTEN } phase;
    int64_t until_ps; /* INT64_MAX: for ever */
};

struct hold {
    int64_t ends_ps; /* INT64_MAX: the session has fallen */
};

struct sim {
    const struct chassis_config *config;
    const struct reference_packet *packets;
    const struct reference_hooks *hooks;
    struct reference_routes *routes;
    struct reference_access *access;
    struct frame *frames;
    struct port *ports;
    struct card cards[CONFIG_MAX_SLOTS + 1]; /* [0]: the supervisor's fabric interface */
    bool fabric, fabric_works, fabric_up, headers_only, all_on_bus;
    uint32_t fabric_slot, n_card_changes; /* made so far */
    int64_t switchovers_ps[MOST_SWITCHOVERS];
    uint32_t n_switchovers;
    struct room outstanding, supervisor_room, inband_room;
    struct line inband;
    struct processor cpu;
    struct hold *holds; /* by session */
    struct asked *asked;
    size_t n_asked, room_asked;
    struct meter *copp; /* in software */
    int64_t bus_free_ps;
    bool edge_comes;
    uint32_t last_granted;
    struct receiver *receivers; /* all of them, as a list */

    int64_t now_ps, until_ps;
    enum place place; /* of the current event */
    uint32_t slot;
    struct heap heap;
};

#define BUS_BPS 16000000000u

/* The engine whose turn it is, as reference_routes.h has it. */
static inline uint32_t reference_engine(const struct sim *s)
{
    return s->place == DFC ? s->slot : 0;
}

/* Do frames of the port's card cross the bus? */
bool busmode(const struct sim *s, uint32_t port);

/* When what comes after a hop of bps can begin with a frame that passes it from start to end. */
int64_t hand_on(const struct sim *s, enum hop hop, int64_t start_ps, int64_t end_ps, uint64_t bits,
                uint64_t bps, uint64_t next_bps);

/* The rate of what takes frames off a card, and of what takes them at a port ASIC. */
uint64_t leaving_bps(const struct sim *s, uint32_t slot);
uint64_t sending_bps(const struct sim *s, uint32_t port);

/* Modes of all cards, from which are there and whether there is a fabric. */
void reference_choose_modes(struct sim *s);

/* The end of a switchover. */
void reference_choose_fabric(struct sim *s);

/* Everything empty and idle, as the configuration says. */
void reference_open_cards(struct sim *s);
void reference_close_cards(struct sim *s);

/* What reference.c does with packets, for the MSFC. */
void reference_drop(struct sim *s, size_t packet, const char *reason);
void reference_deliver(struct sim *s, size_t packet, int64_t first_ps, int64_t last_ps);
void reference_send(struct sim *s, size_t packet, uint32_t lane, enum place to, uint32_t slot,
                    int64_t ready_ps);

/* A packet is at the MSFC's CPU; what it does ends, which was the n-th that it began; it chooses what
 * to do next. */
void reference_at_cpu(struct sim *s, size_t packet);
void reference_cpu_ends(struct sim *s, uint64_t n);
void reference_cpu_chooses(struct sim *s);

/* Sessions fall that have not been heard for too long, neighbours are dropped, known, forgotten; one
 * is heard, by a packet of its stream; one is asked for, by a packet that has an answer GLEAN. */
void reference_open_control(struct sim *s);
void reference_control_at(struct sim *s, int64_t now_ps);
void reference_hear(struct sim *s, size_t packet);
void reference_ask(struct sim *s, size_t packet);

/* The packet's header joins the queue of an engine of that type, in the current slot: its frame gets an
 * entry of the flow table, if there is room (reference_netflow.c). */
void reference_account(struct sim *s, size_t packet, const struct engine_type *type);

/* Why the engine of the current slot drops a packet it answers so; NULL: it goes on, by the answer
 * as it is then. */
const char *reference_refuses(struct sim *s, size_t packet, struct answer *answer,
                              int64_t result_ps);

/* What the interface asks for a packet that enters, or leaves by a port (tests/reference_features.c):
 * a cause to punt it, or one of these. Of one that enters the answer may become another. */
#define ASKS_NOTHING PUNT_N_CAUSES
#define ASKS_TO_DROP (PUNT_N_CAUSES + 1u)
#define ASKS_TO_WAIT (PUNT_N_CAUSES + 2u) /* dropped until its lists are there */
uint32_t reference_asks_in(const struct sim *s, size_t packet, bool software, struct answer *a);
uint32_t reference_asks_out(const struct sim *s, size_t packet, bool software, uint32_t port);

/* The class of a packet that enters, or leaves, by a port; NULL: it is of none. */
const struct class_config *reference_class(const struct sim *s, size_t packet, uint32_t port,
                                           bool leaves);

/* What the MSFC answers; its frame keeps what the interface asks. */
struct answer reference_ask_software(struct sim *s, size_t packet);

/* The table that a packet asks, or two with a label of a VRF; and how many look-ups it takes. */
struct answer reference_ask_routes(const struct sim *s, uint32_t who,
                                   const struct reference_packet *p);
uint32_t reference_lookups(const struct sim *s, const struct reference_packet *p,
                           const struct engine_type *type);

/* Of one that has found nothing: in which part. */
unsigned reference_missed(const struct sim *s, uint32_t who, const struct reference_packet *p);

/* The same of the MSFC's software. */
const char *reference_software_refuses(const struct sim *s, size_t packet, struct answer answer);

/* Does the control plane policy let it pass? */
bool reference_copp(const struct sim *s, struct meter *meters, enum punt_cause cause,
                    int64_t now_ps, uint32_t bytes);

/* The internal DSCP by the port's trust. */
uint8_t reference_trusted_dscp(const struct sim *s, const struct reference_packet *packet);

/* What became of a packet where events happen now. */
void reference_tell(struct sim *s, size_t packet, enum step_kind kind, const char *reason,
                    int64_t left_ps);

/* Queues before the wires of a card, where it has some (reference_transmit.c). */
void reference_open_transmit(struct sim *s, const struct slot_config *slot);
void reference_close_transmit(struct sim *s);

/* Is it a frame that comes to them? */
bool reference_is_queued(const struct sim *s, const struct event *e);

/* A frame comes to them; a wire may take its next frame. */
void reference_at_queues(struct sim *s, size_t packet);
void reference_at_start(struct sim *s, uint32_t port);

/* Queues of what ports have received (reference_receive.c): before the links of a card, before its
 * channels, and before the bus. */
void reference_open_receivers(struct sim *s, const struct slot_config *slot);
void reference_close_receivers(struct sim *s);

/* A frame comes to them: whether it is taken; one may leave them: it does so as without them. */
bool reference_receive(struct sim *s, struct receiver *receiver, size_t packet);
void reference_at_receiver(struct sim *s, uint32_t number);
void reference_leave_port(struct sim *s, size_t packet, int64_t start_ps, int64_t end_ps);
void reference_leave_channel(struct sim *s, size_t packet, int64_t start_ps, int64_t end_ps);

/* The next of those before the bus, which leaves them; whether there is one. */
size_t reference_take(struct sim *s, struct receiver *receiver);
bool reference_receiver_waits(const struct receiver *receiver);

/* The next frame of a card that wants the bus: it leaves its room. Whether there is one. */
size_t reference_next_for_bus(struct sim *s, struct card *card);
bool reference_wants_bus(const struct card *card);

/* All cards that have changed by now (reference_oir.c). */
void reference_change_cards(struct sim *s, int64_t now_ps);

#endif /* TESTS_REFERENCE_SIM_H */
