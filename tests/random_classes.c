/* Policy maps, and which interfaces have them: of lists and policers that are there, without ports that
 * others police. */
#include "sim/arena.h"
#include "tests/random_chassis.h"
#include "tests/random_draw.h"

#define MOST_MAPS 3
#define MOST_CLASSES 5
#define MOST_LISTS 3

/* A policer without ports: by flows of this scope, or (POLICE_TOGETHER) not by flows. */
static uint32_t some_policer(struct draw *d, enum policer_scope scope)
{
    uint32_t number = (uint32_t)below(d, d->c->n_policers + 1);

    if (number == 0) {
        return 0;
    }
    const struct policer_config *p = &d->c->policers[number - 1];
    bool suits = scope == POLICE_TOGETHER ? p->scope < POLICE_FLOW : p->scope == scope;
    return suits && p->n_ports == 0 ? number : 0;
}

static struct class_config some_class(struct draw *d, uint32_t number, bool out,
                                      enum policer_scope flows)
{
    struct class_config k = {.name = arena_printf(d->mem, "class %u", number)};
    uint32_t *lists = arena_take_array(d->mem, MOST_LISTS, sizeof *lists);

    k.n_lists = one_in(d, 4) ? 0 : (uint32_t)between(d, 1, MOST_LISTS);
    for (uint32_t i = 0; i < k.n_lists; i++) {
        lists[i] = (uint32_t)below(d, d->c->n_acls);
    }
    k.lists = lists;
    k.dscps = one_in(d, 3) ? UINT64_C(1) << below(d, 64) | UINT64_C(1) << below(d, 64) : 0;
    k.precedences = (uint8_t)(one_in(d, 4) ? 1u << below(d, 8) : 0u);
    k.police = some_policer(d, POLICE_TOGETHER);
    if (out) {
        return k;
    }
    k.flow_police = some_policer(d, flows);
    k.sets = one_in(d, 3);
    k.set_dscp = (uint8_t)below(d, 64);
    k.trust = k.sets ? TRUST_NOTHING : (uint8_t)between(d, TRUST_NOTHING, TRUST_DSCP);
    return k;
}

static struct policy_map some_map(struct draw *d, uint32_t number, bool out)
{
    struct class_config *classes = arena_take_array(d->mem, MOST_CLASSES, sizeof *classes);
    enum policer_scope flows = (enum policer_scope)between(d, POLICE_FLOW, POLICE_TARGET);
    uint32_t n = (uint32_t)between(d, 1, MOST_CLASSES);

    for (uint32_t i = 0; i < n; i++) {
        classes[i] = some_class(d, i, out, flows);
    }
    if (one_in(d, 2)) {
        classes[n - 1].rest = true;
        classes[n - 1].n_lists = 0;
        classes[n - 1].dscps = classes[n - 1].precedences = 0;
    }
    return (struct policy_map){arena_printf(d->mem, "map %u", number), n, classes};
}

/* Whether a policer has a port of the interface. */
static bool is_policed(const struct chassis_config *c, uint32_t interface, bool out)
{
    for (uint32_t i = 0; i < c->n_policers; i++) {
        for (uint32_t k = 0; k < c->policers[i].n_ports; k++) {
            if (c->policers[i].egress == out &&
                config_interface_of(c, c->policers[i].ports[k]) == interface) {
                return true;
            }
        }
    }
    return false;
}

void random_classes(struct chassis_config *config, uint64_t seed, struct arena *mem)
{
    struct draw d = {.c = config, .mem = mem, .rng = rng_open(seed, "random", "classes")};
    struct policy_map *maps = arena_take_array(mem, 2 * MOST_MAPS, sizeof *maps);

    if (config->interfaces == NULL || one_in(&d, 3)) {
        return;
    }
    config->n_policy_maps = 2 * MOST_MAPS; /* the second half for what leaves */
    for (uint32_t i = 0; i < config->n_policy_maps; i++) {
        maps[i] = some_map(&d, i, i >= MOST_MAPS);
    }
    config->policy_maps = maps;
    config->qos.marks_trusted = one_in(&d, 2);
    for (uint32_t i = 0; i < config_n_all_ports(config); i++) {
        for (uint32_t out = 0; out < 2; out++) {
            if (config_is_interface(config, i) && !one_in(&d, 3) && !is_policed(config, i, out)) {
                config->interfaces[i].service_policy[out] =
                    out * MOST_MAPS + (uint32_t)between(&d, 1, MOST_MAPS);
            }
        }
    }
}
