/* mrt.h - reads routing tables and updates as route collectors and BGP daemons write them: MRT
 * (RFC 6396, RFC 8050), plain, .gz, .bz2 or .xz.
 *
 *   file --> text_stream.h --> [ one record ] --> mrt_next(): an item at a time
 *
 *   TABLE_DUMP, TABLE_DUMP_V2 (with and without ADD-PATH), IPv4 and IPv6 unicast --> MRT_ROUTE
 *   BGP4MP, BGP4MP_ET: messages of sessions                                      --> MRT_MESSAGE
 *                      sessions that come and go                                 --> MRT_STATE
 *
 * Streamed: takes the memory of one record (at most MRT_MAX_RECORD_BYTES) and of the table of
 * peers, however long the file. Records of other kinds (multicast, generic, other protocols) are
 * passed over and counted. What no reader of MRT knows, what is cut, and what contradicts itself is
 * refused: "file: record 17 at byte 4711: what was found; expected what". What attributes and
 * messages hold is for models/bgp_attributes.h to judge.
 */
#ifndef SCENARIOS_MRT_H
#define SCENARIOS_MRT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/prefix.h"

struct arena;
struct error;
struct mrt;

#define MRT_MAX_RECORD_BYTES (16u << 20)

enum mrt_kind { MRT_ROUTE, MRT_MESSAGE, MRT_STATE };

struct mrt_peer {
    struct ip_address address;
    uint32_t as;
    uint32_t id; /* BGP identifier; 0: the file does not say */
};

/* Bytes are good until the next call. */
struct mrt_item {
    enum mrt_kind kind;
    uint32_t seconds, microseconds; /* of the record, since 1970 */
    struct mrt_peer peer;

    /* ROUTE */
    bool v2;          /* TABLE_DUMP_V2: its MP_REACH_NLRI is cut down to the next hop */
    bool has_path_id; /* ADD-PATH */
    uint32_t path_id;
    struct ip_prefix prefix; /* without host bits */
    uint32_t since_s;        /* the route was received, since 1970 */

    /* MESSAGE */
    bool add_path; /* NLRI have path ids */

    /* STATE: as RFC 4271 numbers them, 1 (Idle) .. 6 (Established) */
    uint16_t old_state, new_state;

    /* ROUTE: path attributes; MESSAGE: a whole BGP message, its header included */
    const uint8_t *bytes;
    size_t n_bytes;
    bool as4; /* AS_PATH there has 4 bytes an AS */
};

/* NULL with *err when the file cannot be opened. path is kept; the rest lives in mem. */
struct mrt *mrt_open(const char *path, struct arena *mem, struct error *err);

/* The next item. false: at the end, or with *failed after a message in *err. */
bool mrt_next(struct mrt *mrt, struct mrt_item *item, bool *failed, struct error *err);

/* Records read so far, and those of them that were passed over. */
uint64_t mrt_n_records(const struct mrt *mrt);
uint64_t mrt_n_passed_over(const struct mrt *mrt);

/* For what its caller finds wrong in the item: adds "file: record ... at byte ...: " and the text.
 * Always false. */
bool mrt_wrong(const struct mrt *mrt, struct error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void mrt_close(struct mrt *mrt);

#endif /* SCENARIOS_MRT_H */
