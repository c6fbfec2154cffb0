/* Cards that come and go in the reference simulator. */
#include <string.h>

#include "tests/reference_sim.h"

#define CYCLE_PS 16000

/* What it wanted to send is lost with a card. */
static void forget(struct sim *s, struct card *card)
{
    s->place = BUS;
    s->slot = s->config->supervisor_slot;
    while (reference_wants_bus(card)) {
        reference_drop(s, reference_next_for_bus(s, card), "module_absent");
    }
}

static void change_card(struct sim *s, const struct card_change *change)
{
    struct card *card = &s->cards[change->slot];
    int64_t still_ps =
        (change->at_ps + s->config->oir_stall_ps + CYCLE_PS - 1) / CYCLE_PS * CYCLE_PS;
    bool module = false, lost = !change->insert && change->slot == s->fabric_slot;

    for (uint32_t i = 0; i < s->config->n_fabric_modules; i++) {
        module |= s->config->fabric_modules[i].slot == change->slot;
    }
    card->absent = !change->insert;
    if (lost) {
        s->fabric_up = false;
        s->fabric_slot = 0;
    }
    if (lost || (module && change->insert && s->fabric_slot == 0)) {
        s->switchovers_ps[s->n_switchovers++] = change->at_ps + s->config->fabric_switchover_ps;
    }
    reference_choose_modes(s);
    s->bus_free_ps = still_ps > s->bus_free_ps ? still_ps : s->bus_free_ps;
    if (!change->insert) {
        forget(s, card);
    }
}

/* All that has changed by now; a switchover ends before another change of the same time. */
void reference_change_cards(struct sim *s, int64_t now_ps)
{
    const struct chassis_config *c = s->config;

    for (;;) {
        bool more = s->n_card_changes < c->n_card_changes;
        int64_t change_ps = more ? c->card_changes[s->n_card_changes].at_ps : INT64_MAX;
        int64_t over_ps = s->n_switchovers > 0 ? s->switchovers_ps[0] : INT64_MAX;
        if (change_ps > now_ps && over_ps > now_ps) {
            return;
        }
        if (over_ps <= change_ps) {
            memmove(s->switchovers_ps, s->switchovers_ps + 1,
                    --s->n_switchovers * sizeof s->switchovers_ps[0]);
            reference_choose_fabric(s);
        } else {
            change_card(s, &c->card_changes[s->n_card_changes++]);
        }
    }
}
