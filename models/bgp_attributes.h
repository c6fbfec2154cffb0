/* bgp_attributes.h - path attributes: read from a message, and judged.
 *
 *   bytes --> struct bgp_attributes, which points into the bytes
 *             verdict: good | discard an attribute | treat as withdraw | reset the session
 *
 * RFC 4271 §4.3, §5, §6.3; RFC 1997 communities; RFC 4360 extended, RFC 8092 large communities;
 * RFC 4364 VPN-IPv4 and RFC 8277 labels; RFC 4456 route reflection; RFC 4760 other address families; RFC 6793 AS numbers of 4 bytes; and
 * what becomes of a wrong attribute as RFC 7606 says, AS 0 as RFC 7607. Attributes unknown are kept
 * when they are transitive (RFC 4271 §5), else ignored.
 *
 * AS paths are kept with 4 bytes an AS, whatever the peer sends.
 */
#ifndef MODELS_BGP_ATTRIBUTES_H
#define MODELS_BGP_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/bytes.h"
#include "models/prefix.h"

struct intern;
struct vrf_config;

/* Type codes. source: [RFC4271] §5.1 and the registry of BGP path attributes (standard) */
enum bgp_attribute {
    BGP_ORIGIN = 1,
    BGP_AS_PATH,
    BGP_NEXT_HOP,
    BGP_MED,
    BGP_LOCAL_PREF,
    BGP_ATOMIC_AGGREGATE,
    BGP_AGGREGATOR,
    BGP_COMMUNITIES,
    BGP_ORIGINATOR_ID,
    BGP_CLUSTER_LIST,
    BGP_MP_REACH = 14,
    BGP_MP_UNREACH,
    BGP_EXTENDED_COMMUNITIES,
    BGP_AS4_PATH,
    BGP_AS4_AGGREGATOR,
    BGP_LARGE_COMMUNITIES = 32
};

enum bgp_segment { BGP_AS_SET = 1, BGP_AS_SEQUENCE, BGP_CONFED_SEQUENCE, BGP_CONFED_SET };

/* From mildest to strongest; of several errors the strongest counts (RFC 7606 §3 h). */
enum bgp_verdict { BGP_GOOD, BGP_DISCARD, BGP_WITHDRAW, BGP_RESET };

/* Codes and subcodes of NOTIFICATION. source: [RFC4271] §4.5 (standard) */
enum bgp_error_code {
    BGP_HEADER_ERROR = 1,
    BGP_OPEN_ERROR,
    BGP_UPDATE_ERROR,
    BGP_HOLD_TIMER_EXPIRED,
    BGP_FSM_ERROR,
    BGP_CEASE,
    BGP_SEND_HOLD_TIMER_EXPIRED = 8 /* RFC 9687 */
};

enum bgp_update_error {
    BGP_MALFORMED_LIST = 1,
    BGP_UNRECOGNIZED_WELL_KNOWN,
    BGP_MISSING_WELL_KNOWN,
    BGP_FLAGS_ERROR,
    BGP_LENGTH_ERROR,
    BGP_INVALID_ORIGIN,
    BGP_INVALID_NEXT_HOP = 8,
    BGP_OPTIONAL_ERROR,
    BGP_INVALID_NETWORK,
    BGP_MALFORMED_AS_PATH
};

/* What a NOTIFICATION says; data points to what was received, or to constants. */
struct bgp_error {
    uint8_t code, subcode;
    uint16_t n_data;
    const uint8_t *data;
};

/* Who sent them, as far as their meaning depends on it. */
struct bgp_source {
    bool as4;         /* AS_PATH and AGGREGATOR have 4 bytes an AS */
    bool internal;    /* iBGP */
    uint32_t peer_as; /* eBGP: must come first in AS_PATH; 0: anybody may */
    bool add_path;    /* prefixes of MP_REACH_NLRI and MP_UNREACH_NLRI have path ids (RFC 7911) */
    bool table_dump;  /* not a message: MP_REACH_NLRI may be only length and next hop (RFC 6396
                         §4.3.4), LOCAL_PREF may be missing, and flags
                         are not judged (BIRD writes NEXT_HOP without any) */
    uint32_t n_vrfs;  /* of this router: what VPN-IPv4 prefixes are for */
    const struct vrf_config *vrfs;
    struct intern *vpn_paths; /* route distinguishers and path ids of what VRFs import by route
                                 target: their numbers are path ids there. NULL: none has imports */
};

/* Of labelled VPN prefixes. source: [RFC4364] §4.3.4 (standard) */
#define BGP_SAFI_VPN 128

/* MP_REACH_NLRI or MP_UNREACH_NLRI. */
struct bgp_nlri {
    bool is_there;
    bool known; /* of a family and kind that the model has: unicast, or VPN where there are VRFs */
    bool vpn;   /* labelled VPN-IPv4 prefixes (RFC 4364 §4.3.4) */
    enum ip_family family;
    struct bytes prefixes;
};

#define BGP_MAX_ATTRIBUTES_BYTES 65535

struct bgp_attributes {
    uint64_t present; /* bit t: attribute of type code t is there and good */
    uint8_t origin;   /* 0 IGP, 1 EGP, 2 incomplete */
    struct ip_address next_hop, mp_next_hop;
    uint32_t med, local_pref;
    uint32_t aggregator_as, aggregator_id;
    uint32_t originator_id;
    struct bytes as_path; /* segments, 4 bytes an AS */
    struct bytes communities, extended, large, cluster_list;
    struct bytes others; /* unknown, transitive: flags, type, length (2), value each */
    struct bgp_nlri reach, unreach;
    enum bgp_verdict verdict;
    struct bgp_error error; /* verdict is not GOOD: the (first) worst one */
};

static inline bool bgp_has(const struct bgp_attributes *a, unsigned type)
{
    return a->present >> type & 1;
}

/* Room for what is not as it was received. */
struct bgp_scratch {
    uint8_t as_path[2 * BGP_MAX_ATTRIBUTES_BYTES];
    uint8_t as4_path[BGP_MAX_ATTRIBUTES_BYTES];
    uint8_t merged[3 * BGP_MAX_ATTRIBUTES_BYTES]; /* leading part of one, then the other */
    uint8_t others[BGP_MAX_ATTRIBUTES_BYTES];
};

/* Reads n bytes of path attributes. has_nlri: the UPDATE has IPv4 prefixes of its own, for which
 * NEXT_HOP must be there. Points into bytes and scratch. */
void bgp_attributes_read(const uint8_t *bytes, size_t n, const struct bgp_source *source,
                         bool has_nlri, struct bgp_scratch *scratch, struct bgp_attributes *a);

/* The next prefix of some NLRI (RFC 4271 §4.3, RFC 7911 §3): false at the end, or with *wrong when
 * there is none although bytes are left. */
bool bgp_nlri_next(struct bytes *nlri, enum ip_family family, bool add_path,
                   struct ip_prefix *prefix, uint32_t *path_id, bool *wrong);

/* The same for labelled VPN-IPv4 prefixes: 24 bits of label (RFC 8277 §2.2; one, as no peer was told
 * that there may be more), 64 of route distinguisher, prefix. *label: its upper 20 bits. */
bool bgp_vpn_next(struct bytes *nlri, bool add_path, struct ip_prefix *prefix, uint64_t *rd,
                  uint32_t *label, uint32_t *path_id, bool *wrong);

/* AS numbers as RFC 4271 §9.1.2.2 a) counts them: a set is one, a confederation's none. */
uint32_t bgp_path_length(struct bytes as_path);
/* The neighbouring AS: the first of the first segment, when that is a sequence; else 0. */
uint32_t bgp_path_first(struct bytes as_path);
bool bgp_path_has(struct bytes as_path, uint32_t as);

#endif /* MODELS_BGP_ATTRIBUTES_H */
