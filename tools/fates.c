#include "tools/fates.h"

#include <stdlib.h>

#include "models/chassis.h"
#include "models/flows.h"
#include "models/msfc.h"
#include "models/packet.h"
#include "sim/arena.h"
#include "sim/scheduler.h"

static bool *software_of(struct fates *f, uint32_t packet)
{
    if (packet >= f->n_ids) {
        uint32_t n = packet + 1 + f->n_ids;
        f->software = arena_grow(f->mem, f->software, f->n_ids, n);
        f->n_ids = n;
    }
    return &f->software[packet];
}

static bool same(const struct fate *a, const struct fate *b)
{
    return a->stream == b->stream && a->delivered == b->delivered && a->software == b->software &&
           stage_same_kind(a->stage, b->stage) && a->reason == b->reason;
}

static struct fate *find(struct fates *f, const struct fate *fate)
{
    for (uint32_t i = 0; i < f->n; i++) {
        if (same(&f->all[i], fate)) {
            return &f->all[i];
        }
    }
    if (f->n == f->room) {
        size_t old = f->room * sizeof *f->all;
        f->room = f->room == 0 ? 64 : 2 * f->room;
        f->all = arena_grow(f->mem, f->all, old, f->room * sizeof *f->all);
    }
    f->all[f->n] = *fate;
    return &f->all[f->n++];
}

static void end_of_packet(struct fates *f, const struct tap_event *event)
{
    const struct packet *packet = &chassis_packets(f->chassis)->base[event->packet];
    struct fate fate = {
        .stream = flows_stream(chassis_flows(f->chassis), packet->flow),
        .delivered = event->kind == TAP_DELIVER,
        .software = *software_of(f, event->packet),
        .stage = scheduler_ops(chassis_scheduler(f->chassis), event->instance),
        .reason = event->kind == TAP_DROP ? event->where : 0,
        .name = packet->name,
    };

    find(f, &fate)->n_packets++;
}

static void add_event(void *context, const struct tap_event *event)
{
    struct fates *f = context;
    const struct chassis_config *c = f->config;

    if (event->kind == TAP_CREATE) {
        *software_of(f, event->packet) = false;
    } else if (event->kind == TAP_SEND) {
        *software_of(f, event->packet) |=
            scheduler_ops(chassis_scheduler(f->chassis), event->instance) == &msfc_stage;
    } else if (event->ready_ps >= c->warmup_ps && event->ready_ps < c->warmup_ps + c->duration_ps) {
        end_of_packet(f, event);
    }
}

void fates_open(struct fates *f, const struct chassis_config *config, struct arena *mem)
{
    *f = (struct fates){.tap = {add_event, f}, .config = config, .mem = mem};
}

static int compare(const void *a, const void *b)
{
    const struct fate *x = a, *y = b;

    return x->stream != y->stream         ? (x->stream < y->stream ? -1 : 1)
           : x->delivered != y->delivered ? (x->delivered ? -1 : 1)
           : x->n_packets != y->n_packets ? (x->n_packets > y->n_packets ? -1 : 1)
                                          : (x->name < y->name ? -1 : x->name > y->name);
}

void fates_sort(struct fates *f)
{
    if (f->n > 0) {
        qsort(f->all, f->n, sizeof *f->all, compare);
    }
}
