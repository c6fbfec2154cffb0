#include "scenarios/bgp_files.h"

#include <inttypes.h>
#include <string.h>

#include "models/bgp_message.h"
#include "models/intern.h"
#include "scenarios/address.h"
#include "scenarios/mrt.h"
#include "sim/arena.h"
#include "sim/error.h"

#define FIRST_ROOM 4096u
#define PS_PER_US 1000000
#define MRT_ESTABLISHED 6

struct reader {
    const struct bgp_files *files;
    struct bgp_feed *feed;
    struct arena *mem, *scratch_mem;
    struct bgp_scratch *scratch;
    struct intern *peers;     /* address and AS: number of the peer + 1 */
    struct intern *vpn_paths; /* as in struct bgp_source */
    size_t room_paths, room_updates, room_peers;
    const struct mrt *mrt;
    struct error *err;
    /* of the current message */
    const struct bgp_attributes *attributes;
    uint16_t peer;
    int64_t at_ps;
    uint32_t sets[IP_N_FAMILIES + 1]; /* by family, and of VRFs; 0: not yet taken */
    bool full;
};

/* ---- peers ---- */

static bool is_wanted(const struct reader *r, const struct ip_address *a)
{
    bool wanted = r->files->n_peers == 0;
    for (uint32_t i = 0; i < r->files->n_peers && !wanted; i++) {
        wanted = ip_address_equal(*a, r->files->peers[i]);
    }
    return wanted;
}

static bool find_peer(struct reader *r, const struct mrt_peer *peer)
{
    const uint64_t key[4] = {peer->address.hi, peer->address.lo, peer->address.family, peer->as};
    struct bgp_feed *feed = r->feed;
    bool is_new;
    uint32_t number = intern_take(r->peers, key, sizeof key, &is_new) - 1;
    if (is_new && feed->n_peers == BGP_MAX_PEERS) {
        return mrt_wrong(r->mrt, r->err, "more than %d peers", BGP_MAX_PEERS);
    }
    if (is_new) {
        if (feed->n_peers == r->room_peers) {
            size_t room = r->room_peers == 0 ? 64 : 2 * r->room_peers;
            feed->peers = arena_grow(r->mem, feed->peers, r->room_peers * sizeof *feed->peers,
                                     room * sizeof *feed->peers);
            r->room_peers = room;
        }
        feed->peers[feed->n_peers++] =
            (struct bgp_peer){.address = peer->address,
                              .as = peer->as,
                              .id = peer->id,
                              .internal = peer->as == feed->options.local_as};
    }
    r->peer = (uint16_t)number;
    return true;
}

/* ---- paths ---- */

static struct bgp_feed_path path_of(const struct reader *r, const struct ip_prefix *prefix,
                                    uint32_t path_id, uint32_t set)
{
    return (struct bgp_feed_path){.hi = prefix->hi,
                                  .lo = prefix->lo,
                                  .family = prefix->family,
                                  .length = prefix->length,
                                  .peer = r->peer,
                                  .set = set,
                                  .path_id = path_id};
}

static bool is_full(struct reader *r, size_t n)
{
    if (n < BGP_FILES_MAX_PATHS) {
        return false;
    }
    r->full = true;
    return !mrt_wrong(r->mrt, r->err, "more than %d paths; name fewer peers in bgp: {peers: ...}",
                      BGP_FILES_MAX_PATHS);
}

static void add_path(struct reader *r, struct bgp_feed_path path)
{
    struct bgp_feed *feed = r->feed;
    const size_t bytes = sizeof *feed->paths;
    if (is_full(r, feed->n_paths)) {
        return;
    }
    if (feed->n_paths == r->room_paths) {
        size_t room = r->room_paths == 0 ? FIRST_ROOM : 2 * r->room_paths;
        feed->paths = arena_grow(r->mem, feed->paths, r->room_paths * bytes, room * bytes);
        r->room_paths = room;
    }
    feed->paths[feed->n_paths++] = path;
}

static void add_update(struct reader *r, struct bgp_feed_path path)
{
    struct bgp_feed *feed = r->feed;
    const size_t bytes = sizeof *feed->updates;
    if (is_full(r, feed->n_updates)) {
        return;
    }
    if (feed->n_updates == r->room_updates) {
        size_t room = r->room_updates == 0 ? FIRST_ROOM : 2 * r->room_updates;
        feed->updates = arena_grow(r->mem, feed->updates, r->room_updates * bytes, room * bytes);
        r->room_updates = room;
    }
    feed->updates[feed->n_updates++] = (struct bgp_feed_update){r->at_ps, path};
}

static bool refuse(struct reader *r, const struct bgp_error *error)
{
    return mrt_wrong(r->mrt, r->err,
                     "malformed path attributes; a BGP session would answer with NOTIFICATION "
                     "%u/%u",
                     error->code, error->subcode);
}

/* ---- the table ---- */

static bool read_route(struct reader *r, const struct mrt_item *item)
{
    struct bgp_attributes a;
    struct bgp_source source = {.as4 = item->as4,
                                .internal = item->peer.as == r->feed->options.local_as,
                                .table_dump = true};
    bgp_attributes_read(item->bytes, item->n_bytes, &source, false, r->scratch, &a);
    if (a.verdict >= BGP_WITHDRAW) {
        return refuse(r, &a.error);
    }
    bool mp = bgp_has(&a, BGP_MP_REACH);
    if (!mp && !bgp_has(&a, BGP_NEXT_HOP)) {
        return mrt_wrong(r->mrt, r->err, "a path without a next hop");
    }
    uint32_t set = bgp_store_take(r->feed->store, &a, mp ? a.mp_next_hop : a.next_hop);
    if (!find_peer(r, &item->peer)) {
        return false;
    }
    add_path(r, path_of(r, &item->prefix, item->path_id, set));
    return !r->full;
}

static bool read_table(struct reader *r, const struct mrt_item *item)
{
    if (item->kind != MRT_ROUTE) {
        return mrt_wrong(r->mrt, r->err,
                         "a message of a session; expected a table (TABLE_DUMP, TABLE_DUMP_V2)");
    }
    return !is_wanted(r, &item->peer.address) || read_route(r, item);
}

/* ---- updates ---- */

static void visit(void *context, const struct ip_prefix *prefix, uint32_t path_id,
                  const struct ip_address *next_hop)
{
    struct reader *r = context;
    uint32_t set = 0;
    if (next_hop != NULL) {
        uint32_t *taken = &r->sets[ip_is_of_vrf(prefix) ? IP_N_FAMILIES : next_hop->family];
        if (*taken == 0) {
            *taken = bgp_store_take(r->feed->store, r->attributes, *next_hop);
        }
        set = *taken;
    }
    add_update(r, path_of(r, prefix, path_id, set));
}

static bool read_message(struct reader *r, const struct mrt_item *item)
{
    size_t length;
    enum bgp_type type;
    struct bgp_error error;
    struct bgp_update update;
    struct bgp_source source = {.as4 = item->as4,
                                .internal = item->peer.as == r->feed->options.local_as,
                                .add_path = item->add_path,
                                .n_vrfs = r->files->n_vrfs,
                                .vrfs = r->files->vrfs,
                                .vpn_paths = r->vpn_paths};
    if (item->n_bytes < BGP_HEADER_BYTES || !bgp_header_read(item->bytes, &length, &type, &error) ||
        length != item->n_bytes) {
        return mrt_wrong(r->mrt, r->err, "no whole BGP message");
    }
    if (type != BGP_UPDATE) {
        return true;
    }
    bgp_update_read(item->bytes, length, &source, r->scratch, &update);
    if (update.verdict == BGP_RESET) {
        return refuse(r, &update.error);
    }
    r->attributes = &update.attributes;
    r->sets[IPV4] = r->sets[IPV6] = r->sets[IP_N_FAMILIES] = 0;
    bgp_update_each(&update, &source, visit, r);
    return !r->full;
}

/* Sets r->at_ps, which never goes back; false when it is too late to matter. */
static bool is_in_time(struct reader *r, const struct mrt_item *item, int64_t first_us)
{
    int64_t us = (int64_t)item->seconds * 1000000 + item->microseconds - first_us;
    int64_t speed = r->files->speed, left_ps = r->files->until_ps - r->files->at_ps;
    us = us < 0 ? 0 : us;
    if (us / speed >= left_ps / PS_PER_US + 1) {
        return false;
    }
    int64_t at_ps = r->files->at_ps + us / speed * PS_PER_US + us % speed * PS_PER_US / speed;
    r->at_ps = at_ps > r->at_ps ? at_ps : r->at_ps;
    return r->at_ps < r->files->until_ps;
}

static bool read_update(struct reader *r, const struct mrt_item *item)
{
    if (item->kind == MRT_ROUTE) {
        return mrt_wrong(r->mrt, r->err, "a route of a table; expected updates (BGP4MP)");
    }
    if (!is_wanted(r, &item->peer.address)) {
        return true;
    }
    if (!find_peer(r, &item->peer)) {
        return false;
    }
    if (item->kind == MRT_MESSAGE) {
        return read_message(r, item);
    }
    if (item->old_state == MRT_ESTABLISHED && item->new_state != MRT_ESTABLISHED) {
        add_update(r, (struct bgp_feed_path){.length = BGP_FEED_PEER_DOWN, .peer = r->peer});
    }
    return !r->full;
}

static bool read_file(struct reader *r, const char *path, bool is_table)
{
    struct mrt_item item;
    struct mrt *m = mrt_open(path, r->scratch_mem, r->err);
    int64_t first_us = -1;
    bool failed = m == NULL;
    r->mrt = m;
    while (!failed && mrt_next(m, &item, &failed, r->err)) {
        if (first_us < 0) {
            first_us = (int64_t)item.seconds * 1000000 + item.microseconds;
        }
        if (!is_table && !is_in_time(r, &item, first_us)) {
            break;
        }
        failed = is_table ? !read_table(r, &item) : !read_update(r, &item);
    }
    if (m != NULL) {
        mrt_close(m);
    }
    return !failed;
}

bool bgp_files_read(const struct bgp_files *files, struct arena *mem, struct bgp_feed *feed,
                    struct error *err)
{
    struct reader r = {.files = files, .feed = feed, .mem = mem, .err = err};
    *feed = (struct bgp_feed){.options = files->options, .store = bgp_store_open(mem)};
    r.scratch_mem = arena_open();
    r.scratch = arena_take(r.scratch_mem, sizeof *r.scratch);
    r.peers = intern_open(r.scratch_mem);
    r.vpn_paths = bgp_vpn_paths(files->vrfs, files->n_vrfs, r.scratch_mem);
    bool read = files->table == NULL || read_file(&r, files->table, true);
    read = read && (files->updates == NULL || read_file(&r, files->updates, false));
    arena_close(r.scratch_mem);
    return read;
}
