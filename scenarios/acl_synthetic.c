/* acl_synthetic.c - in blocks, as lines of one kind stand together in lists that people write. */
#include "scenarios/acl_synthetic.h"

#include "sim/arena.h"
#include "sim/rng.h"

#define MOST_OF_BLOCK 32
#define PRIVATE (10u << 24)
#define SERVERS (198u << 24 | 18u << 16)

enum kind { DENY_SOURCE, PERMIT_SERVER, PERMIT_NETWORK, PERMIT_HOSTS, N_KINDS };

static uint32_t mask_of(uint32_t length)
{
    return UINT32_MAX << (32 - length);
}

static struct acl_rule line_of(enum kind kind, uint32_t shape, struct rng_draw draw)
{
    static const uint16_t services[] = {22, 25, 53, 80, 110, 143, 443, 993};
    struct acl_rule r = {
        .sport = ACL_ANY_PORT, .dport = ACL_ANY_PORT, .permit = kind != DENY_SOURCE};
    uint16_t service = services[draw.b % 8];

    if (kind == DENY_SOURCE) {
        r.src_mask = mask_of(12 + shape % 13);
        r.src = (PRIVATE | ((uint32_t)draw.a & 0xffffff)) & r.src_mask;
        return r;
    }
    r.dst_mask = mask_of(kind == PERMIT_NETWORK ? 20 + shape % 9 : 32);
    r.dst = (SERVERS | ((uint32_t)draw.a & 0x1ffff)) & r.dst_mask;
    r.protocol = shape % 4 == 0 ? 17 : 6;
    r.protocol_mask = UINT8_MAX;
    r.dport = kind == PERMIT_NETWORK ? (struct acl_ports){5000, 5100, 0}
                                     : (struct acl_ports){service, service, 0};
    if (kind == PERMIT_HOSTS) {
        r.src_mask = UINT32_MAX;
        r.src = SERVERS | (uint32_t)(draw.a >> 32 & 0x1ffff);
    }
    return r;
}

void acl_synthetic(const char *name, uint32_t n_lines, uint64_t seed, struct arena *mem,
                   struct acl_list *list)
{
    struct acl_rule *rules = arena_take_array(mem, n_lines, sizeof *rules);
    struct rng rng = rng_open(seed, "acl", name);
    uint32_t left = 0, shape = 0;
    enum kind kind = DENY_SOURCE;

    for (uint32_t i = 0; i + 1 < n_lines; i++) {
        struct rng_draw draw = rng_at(&rng, 2ull * i);
        if (left-- == 0) {
            struct rng_draw block = rng_at(&rng, 2ull * i + 1);
            left = (uint32_t)(block.b % MOST_OF_BLOCK);
            shape = (uint32_t)(block.a >> 32);
            kind = (enum kind)(block.a % N_KINDS);
        }
        rules[i] = line_of(kind, shape, draw);
        rules[i].line = i + 1;
    }
    rules[n_lines - 1] = (struct acl_rule){
        .sport = ACL_ANY_PORT, .dport = ACL_ANY_PORT, .permit = true, .line = n_lines};
    *list = (struct acl_list){name, rules, n_lines};
}
