/* Rates are drawn around what the ports of a policer can offer, bursts around what they offer in an
 * interval or in a run. */
#include "sim/arena.h"
#include "tests/random_chassis.h"
#include "tests/random_draw.h"

#define MOST_POLICERS 4

static void draw_actions(struct draw *d, struct policer_config *p)
{
    for (int colour = 0; colour < POLICER_N_COLOURS; colour++) {
        p->then[colour].action = (enum policer_action)below(d, 4);
        p->then[colour].dscp = (uint8_t)below(d, 64);
    }
    if (one_in(d, 2)) {
        p->then[COLOUR_CONFORMS].action = ACTION_TRANSMIT;
        p->then[COLOUR_EXCEEDS].action = ACTION_DROP;
    }
}

static void draw_policer(struct draw *d, struct policer_config *p, uint32_t number)
{
    p->name = arena_printf(d->mem, "policer %u", number);
    p->rate_bps = between(d, 1, one_in(d, 2) ? 20000000 : 2000000000);
    p->burst_bytes = between(d, 1, one_in(d, 2) ? 3000 : 60000);
    p->scope = (enum policer_scope)below(d, 5);
    p->egress = p->scope < POLICE_FLOW && one_in(d, 2);
    if (p->scope < POLICE_FLOW && one_in(d, 2)) {
        p->peak_bps = p->rate_bps + below(d, p->rate_bps + 1);
        p->peak_burst_bytes = between(d, 1, 60000);
    }
    draw_actions(d, p);
}

/* Each port in one of a kind, or in none; some policers are left to classes (random_classes.c). */
static void deal_ports(struct draw *d)
{
    const struct chassis_config *c = d->c;
    uint32_t *ports[MOST_POLICERS];
    bool left[MOST_POLICERS];

    for (uint32_t i = 0; i < c->n_policers; i++) {
        c->policers[i].ports = ports[i] = arena_take_array(d->mem, c->n_ports, sizeof **ports);
        left[i] = one_in(d, 3);
        c->policers[i].egress &= !left[i];
    }

    for (uint32_t port = 0; port < c->n_ports; port++) {
        bool taken[3] = {false};
        for (uint32_t i = 0; i < c->n_policers; i++) {
            struct policer_config *p = &c->policers[i];
            bool *kind = &taken[p->egress ? 2 : p->scope >= POLICE_FLOW];
            if (!*kind && !left[i] && one_in(d, 2)) {
                ports[i][p->n_ports++] = port;
                *kind = true;
            }
        }
    }
}

void random_policers(struct chassis_config *config, uint64_t seed, struct arena *mem)
{
    struct draw d = {.c = config, .mem = mem, .rng = rng_open(seed, "random", "policers")};

    config->policers = arena_take_array(mem, MOST_POLICERS, sizeof *config->policers);
    config->n_policers = one_in(&d, 2) ? 0 : (uint32_t)below(&d, MOST_POLICERS + 1);
    for (uint32_t i = 0; i < config->n_policers; i++) {
        draw_policer(&d, &config->policers[i], i);
    }
    deal_ports(&d);
}
