#include "tests/cards.h"

void card_ports(struct linecard_type *card, uint32_t n_ports, uint32_t n_asics,
                struct port_asic like)
{
    card->n_ports = n_ports;
    card->n_asics = n_asics;
    for (uint32_t a = 0; a < n_asics; a++) {
        card->asics[a] = like;
        card->asics[a].n_ports = n_ports / n_asics;
        card->asics[a].channel = a * card->n_channels / n_asics;
    }
    for (uint32_t p = 0; p < n_ports; p++) {
        card->port_number[p] = (uint8_t)(p + 1);
        card->port_asic[p] = (uint8_t)(p * n_asics / n_ports);
    }
}
