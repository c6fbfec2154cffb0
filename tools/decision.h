/* decision.h - why an engine decided as it did about one packet, in words, a line a question:
 *
 *   lists of what enters, source, policy, FIB, lists of what leaves, policers, for the MSFC
 */
#ifndef TOOLS_DECISION_H
#define TOOLS_DECISION_H

#include <stdint.h>

struct arena;
struct chassis;
struct chassis_config;

#define DECISION_MOST_LINES 20

struct decision {
    const char *lines[DECISION_MOST_LINES];
    uint32_t n_lines;
    uint32_t egress; /* port; UINT32_MAX: none */
};

/* Asked just when the engine has looked it up, and sent it on or dropped it. */
struct decision_of {
    const struct chassis_config *config;
    struct chassis *chassis;
    const void *engine; /* the state of the stage */
    uint32_t packet;
    uint8_t dscp;       /* the internal one before that */
    const char *reason; /* why it was dropped; NULL: it was not */
};
void decision_find(struct decision *d, const struct decision_of *of, struct arena *mem);

#endif /* TOOLS_DECISION_H */
