/* print_queues.c - the queues of ports, as `qos: queues:` says them. */
#include "scenarios/print.h"

#include "models/queue_setup.h"

/* The queues of some ports, whole: what is there is what was meant. */
static void put_setup(const struct queue_setup *s, FILE *out)
{
    static const char *const schedulers[] = {"wrr", "dwrr", "srr"};
    uint32_t n = queue_count(s->structure), n_keys = s->by_dscp ? QUEUE_N_DSCP : QUEUE_N_COS;
    fprintf(out, "scheduler: %s, weights: \"", schedulers[s->scheduler]);
    for (uint32_t q = 0; q < s->structure.n_weighted; q++) {
        fprintf(out, "%s%u", q == 0 ? "" : ", ", s->queues[q].weight);
    }
    for (uint32_t q = 0; q < n; q++) {
        fprintf(out, "%s%u", q == 0 ? "\", shares: \"" : ", ", s->queues[q].share_percent);
    }
    for (uint32_t i = 0; i < n * s->structure.n_thresholds; i++) {
        uint32_t q = i / s->structure.n_thresholds, t = i % s->structure.n_thresholds;
        struct queue_threshold at = s->queues[q].thresholds[t];
        fprintf(out, "%s%u.%u:%u-%u", i == 0 ? "\", thresholds: \"" : ", ", q + 1, t + 1,
                at.low_percent, at.high_percent);
    }
    fprintf(out, "\", %s: \"", s->by_dscp ? "dscp" : "cos");
    for (uint32_t i = 0; i < n_keys; i++) {
        fprintf(out, "%s%u:%u.%u", i == 0 ? "" : ", ", i, s->map[i].queue + 1u,
                s->map[i].threshold + 1u);
    }
    fputs("\"}", out);
}

static bool is_usual(const struct queue_setup *setup)
{
    struct queue_setup usual;
    queue_setup_default(setup->structure, &usual);
    return queue_setup_alike(setup, &usual);
}

/* Entries of a card, each for all ports that are set alike. Returns how many have been put by now. */
static uint32_t put_card(const struct chassis_config *c, const struct slot_config *slot,
                         const struct queue_setup *const *setups, uint32_t n_put, FILE *out)
{
    uint32_t n_ports = slot->card->n_ports;
    for (uint32_t first = 0; setups != NULL && first < n_ports; first++) {
        uint32_t ports[CONFIG_MAX_CARD_PORTS], n = 0;
        bool before = false;
        for (uint32_t p = 0; p < n_ports && setups[first] != NULL; p++) {
            if (setups[p] != NULL && queue_setup_alike(setups[p], setups[first])) {
                ports[n++] = slot->first_port + p;
                before |= p < first;
            }
        }
        if (n > 0 && !before && !is_usual(setups[first])) {
            fputs(n_put++ == 0 ? ", queues: [{ports: \"" : ", {ports: \"", out);
            print_ports(out, c, ports, n, 0);
            fputs(setups == slot->rx_queues ? "\", direction: in, " : "\", ", out);
            put_setup(setups[first], out);
        }
    }
    return n_put;
}

/* Quantum and chance are the same of all. */
static const struct queue_setup *some_setup(const struct chassis_config *c)
{
    for (uint32_t i = 0; i < c->n_slots; i++) {
        const struct slot_config *slot = &c->slots[i];
        for (uint32_t p = 0; p < slot->card->n_ports; p++) {
            if (slot->queues != NULL) {
                return slot->queues[p];
            }
            if (slot->rx_queues != NULL && slot->rx_queues[p] != NULL) {
                return slot->rx_queues[p];
            }
        }
    }
    return NULL;
}

void print_queues(const struct chassis_config *c, FILE *out)
{
    const struct queue_setup *some = some_setup(c);
    uint32_t n_put = 0;
    if (some != NULL && some->quantum_bytes != QUEUE_QUANTUM_BYTES) {
        print_quantity(out, ", quantum", UNIT_BYTES, some->quantum_bytes);
    }
    if (some != NULL && some->wred_most_ppm != QUEUE_WRED_MOST_PPM) {
        print_quantity(out, ", wred_most", UNIT_PPM, some->wred_most_ppm);
    }
    for (uint32_t i = 0; i < c->n_slots; i++) {
        n_put = put_card(c, &c->slots[i], c->slots[i].queues, n_put, out);
        n_put = put_card(c, &c->slots[i], c->slots[i].rx_queues, n_put, out);
    }
    fputs(n_put > 0 ? "]" : "", out);
}
