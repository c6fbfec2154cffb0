/* Why one event a session: it is looked at when its hold time would end, and then again when that has
 * been put off meanwhile. */
#include "models/sessions.h"

#include "models/flows.h"
#include "sim/arena.h"
#include "sim/report.h"
#include "sim/scheduler.h"

#define NOT_YET (-1) /* a time in reports */

struct session {
    const struct session_config *config;
    struct sessions *all;
    int64_t heard_ps, fell_ps; /* the last time; SIM_NEVER: it is up */
    uint64_t n_heard;
    size_t n_gone; /* paths */
};

static void look(void *context, int64_t now_ps)
{
    struct session *session = context;
    struct sessions *all = session->all;
    int64_t ends_ps = session->heard_ps + session->config->hold_ps;

    if (ends_ps > now_ps) {
        scheduler_at(all->scheduler, ends_ps, look, session);
        return;
    }
    session->fell_ps = now_ps;
    session->n_gone = all->fell(all->context, session->config, now_ps);
}

void sessions_open(struct sessions *s, const struct chassis_config *config,
                   const struct flow_tables *flows, struct scheduler *scheduler,
                   size_t (*fell)(void *context, const struct session_config *session,
                                  int64_t now_ps),
                   void *context, struct arena *mem)
{
    *s = (struct sessions){config, flows, scheduler, NULL, fell, context};
    s->of = arena_take_array(mem, config->n_sessions, sizeof *s->of);
    for (uint32_t i = 0; i < config->n_sessions; i++) {
        struct session *session = &s->of[i];
        *session = (struct session){.config = &config->sessions[i], .all = s, .fell_ps = SIM_NEVER};
        scheduler_at(scheduler, session->config->hold_ps, look, session);
    }
}

void sessions_hear(struct sessions *s, uint32_t flow, int64_t now_ps)
{
    for (uint32_t i = 0; i < s->config->n_sessions; i++) {
        struct session *session = &s->of[i];
        uint32_t stream = session->config->stream;
        if (flow >= s->flows->first[stream] && flow < s->flows->first[stream + 1]) {
            session->heard_ps = now_ps;
            session->n_heard++;
        }
    }
}

void sessions_sample(const struct sessions *s, struct report *out)
{
    int64_t n_up = 0;

    for (uint32_t i = 0; i < s->config->n_sessions; i++) {
        n_up += s->of[i].fell_ps == SIM_NEVER;
    }
    report_value(out, "msfc", "sessions_up", "sessions", n_up);
}

void sessions_show(const struct sessions *s, struct report *out)
{
    for (uint32_t i = 0; i < s->config->n_sessions; i++) {
        const struct session *session = &s->of[i];
        const char *stream = s->config->streams[session->config->stream].name;
        const char *module = arena_printf(out->mem, "session %s", stream);
        bool up = session->fell_ps == SIM_NEVER;
        report_value(out, module, "up", "1", up);
        report_value(out, module, "fell_at", "ps", up ? NOT_YET : session->fell_ps);
        report_value(out, module, "total_heard", "packets", (int64_t)session->n_heard);
        report_value(out, module, "hold", "ps", session->config->hold_ps);
        report_value(out, module, "withdrawn", "paths", (int64_t)session->n_gone);
    }
}
