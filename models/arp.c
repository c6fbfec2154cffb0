/* Why each step is an event: tables change between windows only, and no window is longer than
 * arp_install_ps. */
#include "models/arp.h"

#include "models/control.h"
#include "sim/arena.h"
#include "sim/report.h"
#include "sim/scheduler.h"

struct neighbour {
    struct arp *arp;
    struct ip_address address;
    uint32_t port;
    bool asked; /* or known */
};

static bool is_host(const struct chassis_config *c, struct ip_address address)
{
    for (uint32_t i = 0; i < c->n_hosts; i++) {
        if (ip_address_equal(c->hosts[i], address)) {
            return true;
        }
    }
    return false;
}

static void answered(void *context, int64_t now_ps)
{
    struct neighbour *n = context;
    struct route_target target = {.kind = TARGET_PORT, .next_hop = n->address, .port = n->port};

    n->arp->n_answered++;
    control_set_host(n->arp->control, n->address, &target, now_ps);
}

static void given_up(void *context, int64_t now_ps)
{
    struct neighbour *n = context;

    n->asked = false;
    n->arp->n_given_up++;
    control_set_host(n->arp->control, n->address, NULL, now_ps);
}

static void throttle(void *context, int64_t now_ps)
{
    struct neighbour *n = context;
    const struct chassis_config *c = n->arp->config;
    struct scheduler *scheduler = n->arp->scheduler;

    control_set_host(n->arp->control, n->address, &(struct route_target){.kind = TARGET_NULL0},
                     now_ps);
    if (is_host(c, n->address)) {
        scheduler_at(scheduler, now_ps + c->arp_answer_ps, answered, n);
    } else {
        scheduler_at(scheduler, now_ps + c->arp_throttle_ps, given_up, n);
    }
}

void arp_open(struct arp *a, const struct chassis_config *config, struct control *control,
              struct scheduler *scheduler, struct arena *mem)
{
    *a = (struct arp){.config = config, .control = control, .scheduler = scheduler, .mem = mem};
}

void arp_close(struct arp *a)
{
    route_map_clear(&a->neighbours);
}

void arp_ask(struct arp *a, struct ip_address next_hop, uint32_t port, int64_t now_ps)
{
    struct ip_prefix host = ip_prefix_of(next_hop, ip_host_length(next_hop.family));
    uint64_t *word = route_map_put(&a->neighbours, host);

    if (*word == 0) {
        struct neighbour *n = arena_take(a->mem, sizeof *n);
        *n = (struct neighbour){.arp = a, .address = next_hop};
        *word = (uint64_t)(uintptr_t)n;
    }
    struct neighbour *n = (struct neighbour *)(uintptr_t)*word;
    if (!n->asked) {
        n->asked = true;
        n->port = port;
        a->n_asked++;
        scheduler_at(a->scheduler, now_ps + a->config->arp_install_ps, throttle, n);
    }
}

void arp_show(const struct arp *a, struct report *out)
{
    report_value(out, "msfc", "total_arp_asked", "neighbours", (int64_t)a->n_asked);
    report_value(out, "msfc", "total_arp_answered", "neighbours", (int64_t)a->n_answered);
    report_value(out, "msfc", "total_arp_given_up", "neighbours", (int64_t)a->n_given_up);
}
