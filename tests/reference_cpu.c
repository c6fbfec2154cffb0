/* The MSFC's CPU: one thing at a time, chosen when all else of that time has happened. */
#include "tests/reference_sim.h"

#define SECOND_PS 1000000000000
#define URGENT_DSCP 48

/* ---- queues ------------------------------------------------------------------------------ */

static void append(struct sim *s, struct chain *c, size_t packet)
{
    *(c->n++ == 0 ? &c->first : &s->frames[c->last].next) = packet;
    c->last = packet;
}

static size_t take(struct sim *s, struct chain *c)
{
    size_t packet = c->first;

    c->first = s->frames[packet].next;
    c->n--;
    return packet;
}

/* ---- time -------------------------------------------------------------------------------- */

static int64_t switching_ps(const struct sim *s)
{
    return SECOND_PS / (int64_t)s->config->supervisor->software_pps;
}

static int64_t process_ps(const struct sim *s, enum punt_cause cause)
{
    const int64_t *ps = s->config->process_ps;

    switch (cause) {
    case PUNT_RECEIVE:
        return ps[PROCESS_RECEIVE];
    case PUNT_GLEAN:
        return ps[PROCESS_ARP];
    case PUNT_OPTIONS:
        return ps[PROCESS_OPTIONS];
    case PUNT_VACL_LOG:
        return ps[PROCESS_LOG];
    case PUNT_ACL_DENIED:
    case PUNT_RPF_FAILURE:
    case PUNT_NO_ROUTE:
    case PUNT_TTL:
    case PUNT_MTU:
    case PUNT_REDIRECT:
        return ps[PROCESS_ICMP];
    default:
        return 0;
    }
}

static void cpu_event(struct sim *s, enum place place, int64_t time_ps, uint64_t takes)
{
    heap_push(&s->heap, (struct event){.time_ps = time_ps,
                                       .place = place,
                                       .slot = s->config->supervisor_slot,
                                       .packet = NOBODY,
                                       .takes = takes});
}

static void begin(struct sim *s, enum doing doing, int64_t takes_ps)
{
    s->cpu.doing = doing;
    s->cpu.since_ps = s->now_ps;
    cpu_event(s, CPU_ENDS, s->now_ps + takes_ps, ++s->cpu.n_begun);
}

static void choose_later(struct sim *s)
{
    if (s->cpu.doing == NOTHING && !s->cpu.chooses) {
        s->cpu.chooses = true;
        cpu_event(s, CPU_CHOOSES, s->now_ps, 0);
    }
}

static void stop(struct sim *s)
{
    if (s->cpu.doing == WORKING) {
        s->frames[s->cpu.hold[s->cpu.turn].first].work_ps -= s->now_ps - s->cpu.since_ps;
    }
    s->cpu.doing = NOTHING;
    s->cpu.n_begun++;
}

/* ---- what becomes of a packet ------------------------------------------------------------ */

/* It will be done with at this time. */
static void finish(struct sim *s, size_t packet, int64_t end_ps)
{
    struct frame *f = &s->frames[packet];

    f->answer = reference_ask_software(s, packet);
    const char *reason = reference_software_refuses(s, packet, f->answer);
    if (f->asks == ASKS_NOTHING && f->answer.outcome == GLEAN) {
        reference_ask(s, packet);
    }
    if (reason != NULL) {
        reference_drop(s, packet, reason);
    } else if (f->answer.outcome == RECEIVE) {
        reference_hear(s, packet);
        reference_deliver(s, packet, end_ps, end_ps);
    } else {
        f->to_msfc = false;
        f->egress = f->answer.port;
        reference_send(s, packet, 0, busmode(s, f->egress) ? BUS : UPLINK, s->slot, end_ps);
    }
}

void reference_at_cpu(struct sim *s, size_t packet)
{
    struct processor *cpu = &s->cpu;

    if (!reference_copp(s, s->copp, s->frames[packet].cause, s->now_ps, s->packets[packet].bytes)) {
        reference_drop(s, packet, "control_plane_policed");
    } else if (s->now_ps >= s->until_ps) {
        return; /* is still there when the run ends */
    } else if (cpu->ring.n >= s->config->inband_packets) {
        reference_drop(s, packet, "cpu_queue_full");
    } else {
        append(s, &cpu->ring, packet);
        if (cpu->doing == WORKING && s->now_ps >= cpu->masked_until_ps) {
            stop(s);
        }
        choose_later(s);
    }
}

/* From the ring to its process, where it needs one. */
static void hand_over(struct sim *s, size_t packet)
{
    const struct frame *f = &s->frames[packet];
    struct chain *hold = &s->cpu.hold[f->cause];
    uint8_t dscp = s->config->qos.keeps_dscp ? s->packets[packet].dscp : f->dscp;
    uint64_t room =
        s->config->hold_packets + (dscp >= URGENT_DSCP ? s->config->headroom_packets : 0);
    int64_t work_ps = process_ps(s, f->cause);

    if (work_ps == 0) {
        return;
    }
    if (hold->n >= room) {
        reference_drop(s, packet, "hold_queue_full");
        return;
    }
    work_ps -= switching_ps(s);
    s->frames[packet].work_ps = work_ps < 0 ? 0 : work_ps;
    append(s, hold, packet);
}

void reference_cpu_ends(struct sim *s, uint64_t n)
{
    struct processor *cpu = &s->cpu;

    if (n != cpu->n_begun) {
        return;
    }
    if (cpu->doing == SWITCHING) {
        hand_over(s, take(s, &cpu->ring));
    } else if (cpu->doing == ENDING) {
        take(s, &cpu->hold[cpu->turn]);
        cpu->turn++;
    }
    stop(s);
    choose_later(s);
}

/* ---- what to do next --------------------------------------------------------------------- */

static bool find_turn(struct processor *cpu)
{
    for (int i = 0; i <= PUNT_N_CAUSES; i++, cpu->turn++) {
        cpu->turn %= PUNT_N_CAUSES;
        if (cpu->hold[cpu->turn].n > 0) {
            return true;
        }
    }
    return false;
}

static void switch_packet(struct sim *s)
{
    size_t packet = s->cpu.ring.first;

    s->cpu.switched_ps += switching_ps(s);
    begin(s, SWITCHING, switching_ps(s));
    if (process_ps(s, s->frames[packet].cause) == 0) {
        finish(s, packet, s->now_ps + switching_ps(s));
    }
}

static void process_packet(struct sim *s)
{
    size_t packet = s->cpu.hold[s->cpu.turn].first;
    int64_t work_ps = s->frames[packet].work_ps;
    int64_t mask_ps = s->cpu.masked_until_ps - s->now_ps;

    s->cpu.switched_ps = 0;
    if (work_ps == 0) {
        begin(s, ENDING, switching_ps(s));
        finish(s, packet, s->now_ps + switching_ps(s));
    } else {
        begin(s, WORKING, mask_ps > 0 && mask_ps < work_ps ? mask_ps : work_ps);
    }
}

void reference_cpu_chooses(struct sim *s)
{
    struct processor *cpu = &s->cpu;
    const struct chassis_config *c = s->config;

    cpu->chooses = false;
    if (!find_turn(cpu)) { /* no process needs the mask */
        cpu->masked_until_ps = s->now_ps;
        if (cpu->ring.n > 0) {
            switch_packet(s);
        } else {
            cpu->switched_ps = 0;
        }
        return;
    }
    if (cpu->masked_until_ps <= s->now_ps && cpu->ring.n > 0 &&
        cpu->switched_ps + c->netint_mask_ps >= c->netint_ps) {
        cpu->masked_until_ps = s->now_ps + c->netint_mask_ps;
    }
    if (cpu->ring.n > 0 && cpu->masked_until_ps <= s->now_ps) {
        switch_packet(s);
    } else {
        process_packet(s);
    }
}
