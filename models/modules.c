#include "models/modules.h"

#include "sim/arena.h"
#include "sim/report.h"
#include "sim/scheduler.h"

/* Remembers a sentence for the report. */
static void tell(struct modules *m, int64_t now_ps, const char *what)
{
    m->told[m->n_told++] = (struct module_news){now_ps, what};
}

static const char *what_is_in(const struct layout *l, uint32_t slot)
{
    for (uint32_t i = 0; i < l->config->n_fabric_modules; i++) {
        if (l->config->fabric_modules[i].slot == slot) {
            return l->config->fabric_modules[i].type->model;
        }
    }
    return layout_card(l, slot)->model;
}

/* The end of a switchover: the first fabric module that is there works, or none. */
static void settle(void *context, int64_t now_ps)
{
    struct modules *m = context;
    struct layout *l = m->layout;

    layout_choose_fabric(l);
    tell(m, now_ps,
         l->fabric_up ? arena_printf(m->mem, "the fabric module in slot %u works, bus mode %s",
                                     l->fabric_slot, bus_mode_name(l->bus_mode))
                      : "no fabric: all modules that can have fallen back to the bus");
    m->changed(m->context, now_ps, 0, false);
}

static void change(struct modules *m, const struct card_change *change, int64_t now_ps)
{
    struct layout *l = m->layout;
    bool switchover = layout_change(l, change->slot, !change->insert);

    tell(m, now_ps,
         arena_printf(m->mem, "%s %s slot %u, %s%s", what_is_in(l, change->slot),
                      change->insert ? "inserted in" : "removed from", change->slot,
                      switchover ? "fabric switchover" : "bus mode ",
                      switchover ? "" : bus_mode_name(l->bus_mode)));
    if (switchover) {
        scheduler_at(m->scheduler, now_ps + l->config->fabric_switchover_ps, settle, m);
    }
    m->changed(m->context, now_ps, change->slot, !change->insert);
}

/* Makes the changes of this time, one after the other, and waits for the next. */
static void change_modules(void *context, int64_t now_ps)
{
    struct modules *m = context;
    const struct chassis_config *c = m->layout->config;

    while (m->n_changes < c->n_card_changes && c->card_changes[m->n_changes].at_ps <= now_ps) {
        change(m, &c->card_changes[m->n_changes++], now_ps);
    }
    if (m->n_changes < c->n_card_changes) {
        scheduler_at(m->scheduler, c->card_changes[m->n_changes].at_ps, change_modules, m);
    }
}

void modules_start(struct modules *m, struct layout *layout, struct scheduler *scheduler,
                   module_changed *changed, void *context, struct arena *mem)
{
    const struct chassis_config *c = layout->config;

    *m = (struct modules){.layout = layout,
                          .scheduler = scheduler,
                          .changed = changed,
                          .context = context,
                          .mem = mem};
    m->told = arena_take_array(mem, 2 * (size_t)c->n_card_changes, sizeof *m->told);
    if (c->n_card_changes > 0) {
        scheduler_at(scheduler, c->card_changes[0].at_ps, change_modules, m);
    }
}

void modules_show(const struct modules *m, struct report *out)
{
    for (uint32_t i = 0; i < m->n_told; i++) {
        const char *name = arena_printf(out->mem, "change %u", i + 1);
        report_value(out, name, "at", "ps", m->told[i].at_ps);
        report_text(out, name, "what", m->told[i].what);
    }
}
