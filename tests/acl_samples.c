/* acl_samples.c - rules that overlap, and headers at their edges. */
#include "tests/acl_samples.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/acl_classbench.h"
#include "scenarios/text_lines.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "sim/rng.h"
#include "tests/shared_data.h"

uint64_t acl_draw(struct acl_chance *chance, uint64_t n)
{
    struct rng rng = rng_open(chance->seed, "test", "acl");
    return rng_below(rng_at(&rng, chance->n_drawn++).a, n);
}

static void random_address(struct acl_chance *c, bool holes, uint32_t *value, uint32_t *mask)
{
    static const uint8_t lengths[] = {0, 0, 8, 15, 16, 17, 24, 30, 32, 32};
    unsigned length = lengths[acl_draw(c, sizeof lengths)];
    *mask = length == 0 ? 0 : ~0u << (32 - length);
    if (holes && acl_draw(c, 3) == 0) {
        *mask = acl_draw(c, 2) == 0 ? 0xff00ff00 : ~(uint32_t)(1u << acl_draw(c, 32));
    }
    *value = (uint32_t)(0x0a000000 + acl_draw(c, 4) * 0x00800100 + acl_draw(c, 4)) & *mask;
}

static struct acl_ports random_ports(struct acl_chance *c)
{
    static const uint16_t edges[] = {0, 20, 21, 80, 721, 1023, 1024, 1035, 6000, 65535};
    uint16_t a = edges[acl_draw(c, 10)], b = edges[acl_draw(c, 10)];
    switch (acl_draw(c, 6)) {
    case 0:
        return (struct acl_ports){a, a, 0};
    case 1:
        return (struct acl_ports){a, a, 1};
    case 2:
        return (struct acl_ports){a < b ? a : b, a < b ? b : a, 0};
    case 3:
        return a < UINT16_MAX ? (struct acl_ports){(uint16_t)(a + 1), UINT16_MAX, 0} : ACL_ANY_PORT;
    default:
        return ACL_ANY_PORT;
    }
}

static void random_flags(struct acl_chance *c, struct acl_rule *r)
{
    switch (acl_draw(c, 6)) {
    case 0:
        r->flags_any = ACL_TCP_ESTABLISHED;
        break;
    case 1:
        r->flags_mask = (uint16_t)(1u << acl_draw(c, 6));
        r->flags = (uint16_t)(acl_draw(c, 2) * r->flags_mask);
        r->flags_any = (uint8_t)(acl_draw(c, 2) * 0x0013);
        break;
    default:
        break;
    }
}

struct acl_rule acl_random_rule(struct acl_chance *c, bool holes)
{
    static const uint8_t protocols[] = {6, 6, 17, 1, 50};
    struct acl_rule r = {.sport = ACL_ANY_PORT, .dport = ACL_ANY_PORT};
    random_address(c, holes, &r.src, &r.src_mask);
    random_address(c, holes, &r.dst, &r.dst_mask);
    if (acl_draw(c, 4) != 0) {
        r.protocol = protocols[acl_draw(c, sizeof protocols)];
        r.protocol_mask = 255;
    }
    r.fragments = acl_draw(c, 12) == 0;
    if (!r.fragments && r.protocol == 6) {
        random_flags(c, &r);
    }
    if (!r.fragments && (r.protocol == 6 || r.protocol == 17)) {
        r.sport = random_ports(c);
        r.dport = random_ports(c);
    }
    if (acl_draw(c, 5) == 0) {
        r.tos_mask = acl_draw(c, 2) == 0 ? 0xfc : 0xe0;
        r.tos = (uint8_t)((acl_draw(c, 4) << 5) & r.tos_mask);
    }
    r.permit = acl_draw(c, 2) == 0;
    r.log = acl_draw(c, 10) == 0;
    return r;
}

/* A value that the ports match, or the one beside it. */
static uint16_t port_near(struct acl_chance *c, struct acl_ports p)
{
    uint16_t edge = acl_draw(c, 2) == 0 ? p.low : p.high;
    return (uint16_t)(edge + acl_draw(c, 3) - 1);
}

struct acl_header acl_random_header(struct acl_chance *c, const struct acl_rule *r)
{
    uint32_t any_src = (uint32_t)acl_draw(c, 1ull << 32),
             any_dst = (uint32_t)acl_draw(c, 1ull << 32);
    struct acl_header h = {
        .src = (any_src & ~r->src_mask) | r->src,
        .dst = (any_dst & ~r->dst_mask) | r->dst,
        .sport = port_near(c, r->sport),
        .dport = port_near(c, r->dport),
        .flags = (uint16_t)((acl_draw(c, 64) & ~(uint64_t)r->flags_mask) | r->flags),
        .protocol = r->protocol_mask != 0 ? r->protocol : (uint8_t)acl_draw(c, 256),
        .tos = (uint8_t)((acl_draw(c, 256) & ~(uint64_t)r->tos_mask) | r->tos),
        .trailing = acl_draw(c, 6) == 0 || r->fragments,
    };
    if (acl_draw(c, 4) == 0) {
        h.src ^= 1u << acl_draw(c, 32);
    }
    if (acl_draw(c, 8) == 0) {
        h.trailing ^= 1;
    }
    return h;
}

static bool read_headers(const char *path, struct arena *mem, struct acl_header **headers,
                         uint32_t *n_headers)
{
    struct error err = {0};
    struct text_lines *lines = text_lines_open(path, mem, &err);
    sim_assert(lines != NULL);
    const char *line, *end;
    uint32_t number, n = 0, room = 1u << 14;
    struct acl_header *all = arena_take_array(mem, room, sizeof *all);
    while (text_lines_next(lines, &line, &end, &number)) {
        char text[256] = "";
        unsigned src, dst, sport, dport, protocol, flags;
        sim_assert(end - line < (int)sizeof text && n < room);
        memcpy(text, line, (size_t)(end - line));
        sim_assert(
            sscanf(text, "%u %u %u %u %u %u", &src, &dst, &sport, &dport, &protocol, &flags) == 6);
        all[n++] = (struct acl_header){.src = src,
                                       .dst = dst,
                                       .sport = (uint16_t)sport,
                                       .dport = (uint16_t)dport,
                                       .protocol = (uint8_t)protocol,
                                       .flags = (uint16_t)flags};
    }
    sim_assert(err.n_messages == 0);
    text_lines_close(lines);
    *headers = all;
    *n_headers = n;
    return true;
}

bool acl_classbench_sample(struct arena *mem, struct acl_list *list, struct acl_header **headers,
                           uint32_t *n_headers)
{
    char rules[4096], trace[4096];
    struct error err = {0};
    if (!shared_path(SHARED_ACL, rules, sizeof rules) ||
        !shared_path(SHARED_ACL_TRACE, trace, sizeof trace)) {
        return false;
    }
    sim_assert(acl_classbench_read(rules, mem, list, &err));
    return read_headers(trace, mem, headers, n_headers);
}

const char policy_maps_sample[] =
    "cat6k: 1\n"
    "chassis: WS-C6509-E\n"
    "supervisor: {slot: 5, model: WS-SUP720-3B}\n"
    "slots:\n"
    "  - {slot: 1, model: WS-X6704-10GE, forwarding: CFC}\n"
    "acls:\n"
    "  - name: \"101\"\n"
    "    text: |\n"
    "      access-list 101 deny   udp any any eq 5060\n"
    "      access-list 101 permit udp any any range 5000 6000\n"
    "policers:\n"
    "  - {name: shared, rate: 1Mbps, burst: 5000B}\n"
    "policy_maps:\n"
    "  - name: EDGE\n"
    "    classes:\n"
    "      - {name: voice, access_group: \"101\", dscp: 46, set: dscp 40, police: shared}\n"
    "      - {name: data, precedence: \"1, 2\", trust: dscp}\n"
    "      - {name: class-default, trust: ip-precedence}\n"
    "  - name: OUT\n"
    "    classes:\n"
    "      - {name: video, dscp: 10, police: shared}\n"
    "interfaces:\n"
    "  - {ports: 1/1-3, service_policy_in: EDGE}\n"
    "  - {ports: 1/4, service_policy_out: OUT}\n"
    "figures: [\"PFC3B.acl_masks = 20\"]\n"
    "traffic:\n"
    "  - {name: voice, from: 1/1, rate: 10Mbps, frames: 64B, ports: 5001, to: 10.1.4.2}\n"
    "  - {name: data, from: 1/1, rate: 1Mbps, frames: 64B, ports: 5060, dscp: 10, to: 10.1.4.2}\n"
    "  - {name: rest, from: 1/2, rate: 1Mbps, frames: 64B, ports: 80, dscp: 63, to: 10.1.3.2}\n"
    "  - {name: lost, from: 1/3, rate: 1Mbps, frames: 64B, ports: 5001, to: 10.1.2.2}\n"
    "run: {warmup: 1ms, duration: 20ms}\n";
