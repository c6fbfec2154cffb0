/* modules.h - cards and fabric modules that come and go while packets flow (OIR).
 *
 *   change --> slot filled or empty --> bus mode, mode of every module --> engines, bus
 *        '--> the shared bus stands still for a while (pins mate)
 *        '--> fabric module: no fabric until another one has taken over, or all fall back to the bus
 *
 * A card that is first inserted is not there at the start. What still comes to an empty slot is
 * dropped where it comes: `module_absent`; what has to cross a fabric that is down: `fabric_down`.
 * Frames that the bus has not taken from a card that is pulled out are lost with it.
 *
 * Differs from the hardware: routes stay when a card goes, so frames for its ports are lost and not
 * sent another way; a card is at work as soon as it is in, without booting; frames on their way
 * through a card's queues when it is pulled still leave; a DFC card does not fall back to the bus.
 */
#ifndef MODELS_MODULES_H
#define MODELS_MODULES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/layout.h"

struct arena;
struct report;
struct scheduler;

/* Called after every change; slot 0: a fabric switchover is over. */
typedef void module_changed(void *context, int64_t now_ps, uint32_t slot, bool gone);

struct module_news {
    int64_t at_ps;
    const char *what;
};

struct modules {
    struct layout *layout;
    struct scheduler *scheduler;
    module_changed *changed;
    void *context;
    uint32_t n_changes; /* of the configuration's, made so far */
    uint32_t n_told;
    struct module_news *told; /* what happened, for the report */
    struct arena *mem;
};

/* Schedules the first change. */
void modules_start(struct modules *m, struct layout *layout, struct scheduler *scheduler,
                   module_changed *changed, void *context, struct arena *mem);

void modules_show(const struct modules *m, struct report *out);

#endif /* MODELS_MODULES_H */
