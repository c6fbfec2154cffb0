/* sharing.h - which of several ways a flow takes: equal-cost paths, and links of a port channel.
 *
 *   source, destination, [ports], [ID] --> 29 bits --> one of the buckets --> path
 *   source, destination ---------------->  3 bits --> one of 8 buckets ----> link
 *
 *                   hashed                                  weights
 *   default         addresses and the ID of the box         unequal, below
 *   simple          addresses                               unequal
 *   full            addresses and transport ports           unequal
 *   full simple     addresses and transport ports           equal
 * source: [CCIE-NOTES] (vendor); hash of a port channel: src-dst-ip, 3 bits; source: [S10] (vendor)
 *
 * A flow's hash is the same in every engine, so it is worked out once. Weights and what they mean:
 * a path of weight w has w adjacencies of its own; each adjacency gets the same share of all
 * hashes.
 *
 * Differs from the hardware: the functions themselves are not published. Ours mixes well, so that
 * shares are those of the buckets for many flows; which flow goes where is assumed. The ID, which
 * the hardware draws once, follows from the seed. The MSFC's software chooses as the engines do.
 */
#ifndef MODELS_SHARING_H
#define MODELS_SHARING_H

#include <stdint.h>

#include "models/config.h"
#include "models/prefix.h"

/* What tells one flow from another. */
struct flow_key {
    struct ip_address from, to;
    uint16_t from_port, to_port;
};

/* Hash of a flow: the lower bits for port channels, those above for paths. */
#define SHARING_LINK_BITS 3
#define SHARING_LINKS (1u << SHARING_LINK_BITS)

/* Both hashes: each word w of the key in turn makes h = mix(h ^ w), w being the high and low half
 * of both addresses, and for paths, where asked for, from_port << 16 | to_port. They begin with the
 * ID or 0 (paths), with ~0 (links); the uppermost bits are taken. mix: splitmix64's finaliser. */
uint32_t sharing_hash(enum load_sharing how, uint64_t universal_id, const struct flow_key *key);

/* The box's ID for anti-polarisation. */
uint64_t sharing_universal_id(uint64_t seed);

/* How many of the adjacencies of a block of n_paths (1 to CONFIG_MAX_PATHS) are the path's. */
#define SHARING_MOST_BUCKETS 15
uint32_t sharing_weight(enum load_sharing how, uint32_t n_paths, uint32_t path);

static inline uint32_t sharing_path_bucket(uint32_t hash, uint32_t n_buckets)
{
    const unsigned bits = 32 - SHARING_LINK_BITS;

    return (uint32_t)((uint64_t)(hash >> SHARING_LINK_BITS) * n_buckets >> bits);
}

static inline uint32_t sharing_link_bucket(uint32_t hash)
{
    return hash % SHARING_LINKS;
}

#endif /* MODELS_SHARING_H */
