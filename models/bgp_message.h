/* bgp_message.h - BGP messages as bytes: RFC 4271 §4 and §6.1-6.3.
 *
 *   header (19 bytes) --> length and type --> OPEN: what a peer can do
 *                                             UPDATE: prefixes withdrawn, attributes, prefixes
 *
 * What a NOTIFICATION is to say about a wrong message is part of the result.
 */
#ifndef MODELS_BGP_MESSAGE_H
#define MODELS_BGP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/bgp_attributes.h"

struct arena;

#define BGP_HEADER_BYTES 19        /* source: [RFC4271] §4.1 (standard) */
#define BGP_MAX_MESSAGE_BYTES 4096 /* source: [RFC4271] §4.1 (standard) */
#define BGP_PORT 179

enum bgp_type { BGP_OPEN = 1, BGP_UPDATE, BGP_NOTIFICATION, BGP_KEEPALIVE, BGP_ROUTE_REFRESH };

enum bgp_header_error { BGP_NOT_SYNCHRONIZED = 1, BGP_BAD_LENGTH, BGP_BAD_TYPE };

enum bgp_open_error {
    BGP_OPEN_UNSPECIFIC,
    BGP_BAD_VERSION,
    BGP_BAD_PEER_AS,
    BGP_BAD_IDENTIFIER,
    BGP_UNSUPPORTED_PARAMETER,
    BGP_UNACCEPTABLE_HOLD_TIME = 6
};

/* Length (header included) and type of the message that begins with these BGP_HEADER_BYTES; false
 * with *error. */
bool bgp_header_read(const uint8_t *header, size_t *length, enum bgp_type *type,
                     struct bgp_error *error);

/* All ones, length, type. */
void bgp_header_write(uint8_t *header, size_t length, enum bgp_type type);

struct bgp_open {
    uint32_t as; /* of 4 bytes when the peer has that capability */
    uint32_t id;
    uint16_t hold_s;
    bool as4, refresh, ipv4, ipv6, vpn; /* capabilities; no family: IPv4 (RFC 4760 §8) */
};

/* A whole OPEN message. Judges by itself all but AS and identifier, which are for the session. */
bool bgp_open_read(const uint8_t *message, size_t length, struct bgp_open *open,
                   struct bgp_error *error);

/* Writes an OPEN with these capabilities to bytes[BGP_OPEN_BYTES]; its length. */
#define BGP_OPEN_BYTES 80
size_t bgp_open_write(const struct bgp_open *open, uint8_t *bytes);

struct bgp_update {
    struct bytes withdrawn, nlri; /* IPv4 */
    struct bgp_attributes attributes;
    enum bgp_verdict verdict; /* of the whole */
    struct bgp_error error;   /* verdict is not GOOD */
};

/* A whole UPDATE message. Points into it and into scratch. */
void bgp_update_read(const uint8_t *message, size_t length, const struct bgp_source *source,
                     struct bgp_scratch *scratch, struct bgp_update *update);

/* For struct bgp_source; lives in mem. */
struct intern *bgp_vpn_paths(const struct vrf_config *vrfs, uint32_t n, struct arena *mem);

/* Visits all prefixes, first those withdrawn; next_hop NULL: withdrawn. Those announced by an
 * update to be treated as a withdrawal are withdrawn. Precondition: verdict is not RESET. */
void bgp_update_each(const struct bgp_update *update, const struct bgp_source *source,
                     void (*visit)(void *context, const struct ip_prefix *prefix, uint32_t path_id,
                                   const struct ip_address *next_hop),
                     void *context);

/* Whether it says that a first table of this family is complete (RFC 4724 §2). */
bool bgp_update_is_end(const struct bgp_update *update, enum ip_family *family);

#endif /* MODELS_BGP_MESSAGE_H */
