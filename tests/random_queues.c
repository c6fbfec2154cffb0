/* Queues of every structure the hardware has and others, some with a share of a few frames. */
#include "sim/arena.h"
#include "sim/error.h"
#include "tests/random_chassis.h"
#include "tests/random_draw.h"

static void draw_queue(struct draw *d, struct queue_setup *s, uint32_t q)
{
    s->queues[q].weight = (uint32_t)between(d, 1, one_in(d, 2) ? 3 : 255);
    s->queues[q].share_percent = (uint32_t)between(d, 1, 100 / queue_count(s->structure));
    for (uint32_t t = 0; t < s->structure.n_thresholds; t++) {
        uint8_t high = (uint8_t)between(d, 20, 100);
        uint8_t low = one_in(d, 2) ? high : (uint8_t)below(d, high);
        s->queues[q].thresholds[t] = (struct queue_threshold){low, high};
    }
}

static struct queue_structure some_structure(struct draw *d)
{
    struct queue_structure structure = {.n_strict = (uint8_t)below(d, 2)};

    structure.n_weighted = (uint8_t)between(d, 1, QUEUE_MOST - structure.n_strict);
    structure.n_thresholds = (uint8_t)below(d, QUEUE_MOST_THRESHOLDS + 1);
    return structure;
}

static const struct queue_setup *some_setup(struct draw *d, struct queue_structure structure,
                                            uint32_t n_schedulers)
{
    struct queue_setup *s = arena_take(d->mem, sizeof *s);
    struct error err = {0};

    queue_setup_default(structure, s);
    s->by_dscp = one_in(d, 2);
    s->scheduler = (enum queue_scheduler)below(d, n_schedulers);
    s->quantum_bytes = (uint32_t)between(d, 1, one_in(d, 2) ? 50 : 2000);
    s->wred_most_ppm = (uint32_t)below(d, 1000001);
    for (uint32_t q = 0; q < queue_count(structure); q++) {
        draw_queue(d, s, q);
    }
    for (uint32_t i = 0; i < QUEUE_N_DSCP; i++) {
        uint32_t n_thresholds = structure.n_thresholds == 0 ? 1 : structure.n_thresholds;
        s->map[i] = (struct queue_place){(uint8_t)below(d, queue_count(structure)),
                                         (uint8_t)below(d, n_thresholds)};
    }
    sim_assert(queue_setup_check(s, &err));
    return s;
}

/* Of each port of a card one of two. none: one in so many ports has none; 0: all have some. */
static const struct queue_setup *const *some_setups(struct draw *d, const struct slot_config *slot,
                                                    uint32_t n_schedulers, uint64_t none)
{
    const struct queue_setup **setups =
        arena_take_array(d->mem, slot->card->n_ports, sizeof *setups);
    struct queue_structure structure = some_structure(d);
    const struct queue_setup *two[] = {some_setup(d, structure, n_schedulers),
                                       some_setup(d, structure, n_schedulers)};

    for (uint32_t p = 0; p < slot->card->n_ports; p++) {
        setups[p] = none != 0 && one_in(d, none) ? NULL : two[below(d, 2)];
    }
    return setups;
}

/* The ports that the stream enters by without those of one interface. */
static uint32_t other_ports(struct draw *d, const struct stream_config *s, uint32_t interface,
                            const uint32_t **ports)
{
    uint32_t *others = arena_take_array(d->mem, s->n_ports, sizeof *others), n = 0;

    for (uint32_t i = 0; i < s->n_ports; i++) {
        if (config_interface_of(d->c, s->ports[i]) != interface) {
            others[n++] = s->ports[i];
        }
    }
    *ports = others;
    return n;
}

/* All streams leave by one interface, so that its queues compete. */
static void converge(struct draw *d)
{
    struct chassis_config *c = d->c;
    uint32_t *to = arena_take(d->mem, sizeof *to);

    *to = config_interface_of(c, (uint32_t)below(d, c->n_ports));
    for (uint32_t i = 0; i < c->n_streams; i++) {
        struct stream_config *s = &c->streams[i];
        const uint32_t *ports;
        uint32_t n_ports = other_ports(d, s, *to, &ports);
        if (n_ports > 0) {
            s->ports = ports;
            s->n_ports = n_ports;
            s->to = TO_PREFIXES;
            s->n_egress = 1;
            s->egress = to;
            s->redirect = false;
        }
    }
    for (uint32_t p = 0; p < config_n_all_ports(c); p++) {
        c->ports[p].trust = TRUST_DSCP;
    }
}

void random_queues(struct chassis_config *config, uint64_t seed, struct arena *mem)
{
    struct draw d = {.c = config, .mem = mem, .rng = rng_open(seed, "random", "queues")};
    bool some = one_in(&d, 2);

    for (uint32_t i = 0; i < 64; i++) {
        config->qos.dscp_cos[i] = (uint8_t)below(&d, 8);
    }
    for (uint32_t i = 0; i < config->n_slots; i++) {
        struct slot_config *slot = &config->slots[i];
        slot->queues = some && !one_in(&d, 4) ? some_setups(&d, slot, 3, 0) : NULL;
    }
    if (some && one_in(&d, 2)) {
        converge(&d);
    }
    d.rng = rng_open(seed, "random", "receive");
    for (uint32_t i = 0; i < config->n_slots; i++) {
        struct slot_config *slot = &config->slots[i];
        slot->rx_queues = one_in(&d, 4) ? some_setups(&d, slot, 2, between(&d, 2, 6)) : NULL;
    }
}
