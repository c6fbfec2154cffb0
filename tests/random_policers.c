/* Rates are drawn around what the ports of a policer can offer, bursts around what they offer in an
 * interval or in a run. */
#include "sim/arena.h"
#include "sim/rng.h"
#include "tests/random_chassis.h"

#define MOST_POLICERS 3

void random_policers(struct chassis_config *config, uint64_t seed, struct arena *mem)
{
    struct rng rng = rng_open(seed, "random", "policers");
    uint64_t n = rng_at(&rng, 0).a % (MOST_POLICERS + 1);
    uint32_t *ports = arena_take_array(mem, MOST_POLICERS * (size_t)config->n_ports, sizeof *ports);

    config->policers = arena_take_array(mem, MOST_POLICERS, sizeof *config->policers);
    config->n_policers = (uint32_t)n;
    for (uint32_t i = 0; i < n; i++) {
        struct policer_config *p = &config->policers[i];
        struct rng_draw draw = rng_at(&rng, i + 1);
        p->name = arena_printf(mem, "policer %u", i);
        p->rate_bps = 1 + rng_below(draw.a, draw.b % 2 == 0 ? 20000000 : 2000000000);
        p->burst_bytes = 1 + rng_below(draw.b, draw.a % 2 == 0 ? 3000 : 60000);
        p->ports = ports + i * config->n_ports;
    }
    for (uint32_t port = 0; port < config->n_ports; port++) { /* each in one, or in none */
        uint64_t which = rng_at(&rng, MOST_POLICERS + 1 + port).a % (MOST_POLICERS + 2);
        if (which < n) {
            ports[which * config->n_ports + config->policers[which].n_ports++] = port;
        }
    }
}
