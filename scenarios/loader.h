/* loader.h - what the parts of the scenario loader share.
 *
 *   scenario.c --> scenario_chassis.c --> scenario_routes.c --> scenario_traffic.c
 *                  what is plugged in     what it knows          what arrives
 *              --> scenario_expect.c: what should come out of it
 *
 * Every reader reports what is wrong at its place and goes on with a value that is right, so that
 * one mistake gives one message.
 */
#ifndef SCENARIOS_LOADER_H
#define SCENARIOS_LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/acl_text.h"
#include "scenarios/catalog.h"
#include "scenarios/places.h"
#include "scenarios/quantity.h"
#include "scenarios/scenario.h"
#include "scenarios/scenario_schema.h"

/* The interfaces that an entry of `interfaces:` is about. */
struct loaded_interface {
    const uint32_t *ports;
    uint32_t n;
};

/* An access list with the numbers of its lines, and the object groups that they may name. */
struct loaded_acl {
    const struct acl_text_list *list; /* NULL: it is wrong */
    const struct acl_groups *groups;
};

struct loader {
    struct places places;
    struct arena *mem;
    const struct raw_scenario *raw;
    const struct catalog *catalog;
    struct scenario *scenario;
    struct chassis_config *config;  /* the scenario's */
    struct assumption *assumptions; /* the scenario's, being filled in */
    const char **notes;
    struct loaded_acl *acl_texts; /* [config->n_acls] */
    struct loaded_interface *loaded_interfaces;
    bool ports_known;      /* every slot was read: a port not there is a mistake of its own */
    uint64_t ipv6_entries; /* the partition that goes with config->ipv4_slots */
    uint64_t n_to_come[IP_N_FAMILIES]; /* prefixes that only changes of routes bring */
};

/* scenario_load() with the cards of this catalogue, which must outlive the scenario. */
bool load_scenario(const struct catalog *catalog, const char *path, const char *const *overrides,
                   size_t n_overrides, struct arena *mem, struct scenario *scenario,
                   struct error *err);

/* The parts; each needs those before it. */
void load_open_lists(struct loader *l);
void load_figures(struct loader *l);
void load_chassis(struct loader *l);
void load_assume(struct loader *l);
void load_port_channels(struct loader *l);
void load_oir(struct loader *l);
void load_limits(struct loader *l); /* policers, rate limits, control plane */
void load_qos(struct loader *l);    /* and what interfaces are set to; after what needs it */
void load_queues(struct loader *l); /* after load_qos() */
void load_netflow(struct loader *l);
void load_policers(struct loader *l);
void load_acls(struct loader *l);
void load_acl_section(struct loader *l);
void load_policy_maps(struct loader *l); /* after lists and policers */
void load_service_policies(struct loader *l, const struct raw_interface *raw,
                           struct interface_config *interface);
void load_interface_features(struct loader *l);
void load_policer_uses(struct loader *l);   /* what policers do; after the interfaces */
void load_access_changes(struct loader *l); /* after load_acls() and load_interface_features() */
bool interface_has_features(const struct raw_interface *raw);
void load_run(struct loader *l);
void load_vrfs(struct loader *l); /* after the interfaces, before routes */
void load_routes(struct loader *l);
void load_bgp(struct loader *l);
void load_sessions(struct loader *l); /* of BGP, and hosts; before the routes */
void load_traffic(struct loader *l);
void load_keepalives(struct loader *l); /* of sessions; after the traffic */
void load_packets(struct loader *l, const struct raw_stream *raw, struct stream_config *stream);
void load_expectations(struct loader *l);

/* --- Readers of one value. place 0: the key is not there, `otherwise` is the value. ---------- */

uint64_t load_quantity(struct loader *l, uint32_t place, enum unit unit, uint64_t min, uint64_t max,
                       uint64_t otherwise);
int64_t load_time(struct loader *l, uint32_t place, int64_t min_ps, int64_t max_ps,
                  int64_t otherwise);
uint64_t load_count(struct loader *l, uint32_t place, uint64_t min, uint64_t max,
                    uint64_t otherwise);

/* Index of a text among words[n]; `otherwise` when it is none of them, reported as "<what> 'text'":
 * "unknown linecard". */
uint32_t load_word(struct loader *l, uint32_t place, const char *what, const char *const *words,
                   uint32_t n, uint32_t otherwise);

/* The number of an access list + 1; 0: the key is not there, or names none. */
uint32_t load_acl_name(struct loader *l, uint32_t place);

/* Lines that are not modelled are left out, and told. */
void note_acl_left_out(struct loader *l, const char *path, const struct acl_text *text);

/* As in `netflow: {flow_mask: ...}`. */
extern const char *const netflow_mask_names[NETFLOW_N_MASKS];

/* yes or no. */
bool load_yes(struct loader *l, uint32_t place, bool otherwise);

/* A text of printable characters, at most max bytes. */
const char *load_text(struct loader *l, uint32_t place, size_t max, const char *otherwise);

/* The name of something: letters, digits, spaces and - _ . */
const char *load_name(struct loader *l, uint32_t place);

/* "all", or a list of ports as in 1/1-4, 2/1: their global indices, rising. How many. */
uint32_t load_ports(struct loader *l, uint32_t place, const uint32_t **ports);

/* The same with port channels, and without their members: as in 1/1-4, Po1. */
uint32_t load_interfaces(struct loader *l, uint32_t place, const uint32_t **ports);

/* How many there are. */
uint32_t count_interfaces(const struct chassis_config *config);

/* As in 192.0.2.0/24. false: it is none, which is reported, or not there. */
bool load_prefix(struct loader *l, uint32_t place, const char *text, struct ip_prefix *prefix);

/* One of these. false: it is none, which is reported. */
bool load_interface(struct loader *l, uint32_t place, uint32_t *port);

/* Port s/p: 10.s.p.1/24 and 2001:db8:s:p::1/64. */
struct port_config port_config_of(uint32_t slot, uint32_t number);

/* Cuts the next item off a list in a text, separated by commas, without the spaces around it; false
 * when *text is NULL, the end. Writes to item[ITEM_TEXT]; what is longer is no item of ours and is
 * cut short. */
#define ITEM_TEXT 64
bool next_item(const char **text, char *item);

/* The number of a VRF by its name; 0: place is 0, or there is none, which is reported. */
uint32_t load_vrf_name(struct loader *l, uint32_t place);

/* Gives an address the VRF of the interface in whose subnet it is. */
void place_in_vrf(const struct chassis_config *c, struct ip_address *address);

/* The VRF of a feed: where its neighbours are there must be interfaces. */
void check_feed_vrf(struct loader *l);

/* An assumption of the same name is there once. At most LOADER_MAX_OWN are the scenario's own, the
 * others are of rows of the catalogue. */
#define LOADER_MAX_OWN 48
#define LOADER_MAX_ROWS 40 /* a card and a DFC in each slot, the chassis, what is in it once */
void add_assumption(struct loader *l, struct assumption assumption);

#define LOADER_MAX_NOTES 40
void add_note(struct loader *l, const char *note);

#endif /* SCENARIOS_LOADER_H */
