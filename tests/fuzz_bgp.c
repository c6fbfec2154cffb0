/* fuzz_bgp.c - any bytes from a BGP peer: the first one says how they are cut, and whether a session
 * is there already. The buffers hold, the prefixes are prefixes, and the end is told once. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "models/bgp_session.h"
#include "models/bgp_store.h"
#include "models/config.h"
#include "sim/arena.h"
#include "sim/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const uint64_t imports[] = {0x0002fde800000001, 0x0102c00002010007};
static const struct vrf_config vrfs[] = {{.name = "RED", .rd = 65000ull << 32 | 1},
                                         {.name = "BLUE", .n_imports = 2, .imports = imports}};

struct peer {
    struct bgp_session session;
    struct bgp_scratch scratch;
    struct bgp_store *store;
    const struct bgp_attributes *attributes;
    unsigned n_closed;
};

static unsigned opened(void *context, const struct bgp_open *open)
{
    (void)context;
    sim_assert(open->as != 0 && open->id != 0);
    return 0;
}

static void visit(void *context, const struct ip_prefix *prefix, uint32_t path_id,
                  const struct ip_address *next_hop)
{
    struct peer *p = context;
    (void)path_id;
    sim_assert(prefix->length <= (prefix->family == IPV4 ? 32 : 128));
    sim_assert(prefix->family == IPV6 || prefix->lo <= sizeof vrfs / sizeof *vrfs);
    if (next_hop != NULL) {
        uint32_t set = bgp_store_take(p->store, p->attributes, *next_hop);
        bgp_store_drop(p->store, set);
    }
}

static void update(void *context, const struct bgp_update *u, const struct bgp_source *source)
{
    struct peer *p = context;
    p->attributes = &u->attributes;
    bgp_update_each(u, source, visit, p);
}

static void closed(void *context)
{
    struct peer *p = context;
    p->n_closed++;
}

static const struct bgp_session_ops ops = {opened, update, closed};

static void give(struct peer *p, const uint8_t *data, size_t n, size_t piece)
{
    while (n > 0 && p->session.state != BGP_IDLE) {
        size_t room, some = n < piece ? n : piece;
        uint8_t *to = bgp_session_room(&p->session, &room);
        sim_assert(room >= BGP_MAX_MESSAGE_BYTES);
        some = some < room ? some : room;
        memcpy(to, data, some);
        bgp_session_got(&p->session, some, 0);
        data += some;
        n -= some;
    }
}

static void establish(struct peer *p, bool as4)
{
    struct bgp_open open = {.as = 7, .id = 9, .hold_s = 30, .as4 = as4, .ipv4 = true, .ipv6 = true};
    open.vpn = true;
    uint8_t bytes[BGP_OPEN_BYTES + BGP_HEADER_BYTES];
    size_t n = bgp_open_write(&open, bytes);
    bgp_header_write(bytes + n, BGP_HEADER_BYTES, BGP_KEEPALIVE);
    give(p, bytes, n + BGP_HEADER_BYTES, sizeof bytes);
    sim_assert(p->session.state == BGP_ESTABLISHED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0) {
        return 0;
    }
    struct arena *mem = arena_open();
    struct peer *p = arena_take(mem, sizeof *p);
    /* Bit 0: established; 1: AS numbers of 2 bytes; 2: iBGP; the rest: bytes at a time. */
    const struct bgp_session_config config = {.local_as = data[0] & 4 ? 7 : 65000,
                                              .local_id = 1,
                                              .hold_s = 90,
                                              .open_wait_s = 240,
                                              .n_vrfs = sizeof vrfs / sizeof *vrfs,
                                              .vrfs = vrfs,
                                              .vpn_paths = bgp_vpn_paths(vrfs, 2, mem),
                                              .ops = &ops,
                                              .context = p,
                                              .scratch = &p->scratch};
    p->store = bgp_store_open(mem);
    bgp_session_open(&p->session, &config, 0);
    if (data[0] & 1) {
        establish(p, !(data[0] & 2));
    }
    give(p, data + 1, n - 1, 1 + (size_t)(data[0] >> 3) * 17);
    sim_assert(p->session.n_out <= sizeof p->session.out);
    sim_assert(p->n_closed == (p->session.state == BGP_IDLE));
    bgp_session_lost(&p->session);
    sim_assert(p->n_closed == 1 && bgp_store_n(p->store, BGP_SHARED_SETS) == 0);
    arena_close(mem);
    return 0;
}
