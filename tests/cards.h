/* cards.h - linecards made by hand. */
#ifndef TESTS_CARDS_H
#define TESTS_CARDS_H

#include "models/config.h"

/* The ports of a card, all alike: dealt to its port ASICs, and these to its channels, in sequence.
 */
void card_ports(struct linecard_type *card, uint32_t n_ports, uint32_t n_asics,
                struct port_asic like);

#endif /* TESTS_CARDS_H */
