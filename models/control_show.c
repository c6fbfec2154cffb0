/* What the report says of the control plane: routes, BGP, the download, the console. */
#include "models/control.h"

#include "sim/arena.h"
#include "sim/report.h"
#include "sim/stage.h"

#define NOT_YET (-1) /* a time in reports */

/* The slowest engine's. */
struct slowest {
    uint64_t n_written;
    int64_t full_ps, last_ps;
};

static struct slowest find_slowest(const struct download *d)
{
    struct slowest all = {.n_written = d->n_queued};

    for (uint32_t i = 0; i < d->n_engines; i++) {
        const struct download_engine *e = &d->engines[i];
        all.n_written = e->n_written < all.n_written ? e->n_written : all.n_written;
        all.full_ps = e->full_ps > all.full_ps ? e->full_ps : all.full_ps;
        all.last_ps = e->last_ps > all.last_ps ? e->last_ps : all.last_ps;
    }
    return all;
}

static void show_download(const struct control *c, struct report *out)
{
    const struct download *d = &c->download;
    struct slowest all = find_slowest(d);
    uint64_t waiting = d->n_queued - (all.n_written > d->n_full ? all.n_written : d->n_full);
    uint64_t n_full = all.n_written < d->n_full ? all.n_written : d->n_full;

    if (c->config->fib_start == FIB_COLD || c->config->n_reloads > 0) {
        report_value(out, "msfc", "fib_downloaded", "prefixes", (int64_t)(n_full - d->n_first));
        report_value(out, "msfc", "fib_download_done", "ps",
                     all.full_ps != SIM_NEVER ? all.full_ps : NOT_YET);
    }
    if (c->config->n_route_changes > 0 || c->config->growth.n_routes > 0) {
        report_value(out, "msfc", "route_changes", "changes", c->n_changes + (int64_t)c->n_late);
    }
    if (control_changes_routes(c->config) || c->n_put > 0) {
        report_value(out, "msfc", "fib_changes", "entries", (int64_t)c->n_put);
        report_value(out, "msfc", "fib_writes", "entries", (int64_t)(c->n_put - waiting));
        bool done = all.n_written > d->n_full && waiting == 0;
        report_value(out, "msfc", "fib_last_write", "ps", done ? all.last_ps : NOT_YET);
    }
    if (c->config->fib_exception == FIB_REFUSE) {
        report_text(out, "msfc", "fib_exception", "refuse");
    }
}

static void show_bgp(const struct control *c, struct report *out)
{
    struct bgp *bgp = c->bgp.bgp;
    const struct bgp_store *store = bgp_store(bgp);

    report_value(out, "msfc", "bgp_ipv4_prefixes", "prefixes", (int64_t)bgp_n_prefixes(bgp, IPV4));
    report_value(out, "msfc", "bgp_ipv6_prefixes", "prefixes", (int64_t)bgp_n_prefixes(bgp, IPV6));
    report_value(out, "msfc", "bgp_paths", "paths", (int64_t)bgp_n_paths(bgp));
    report_value(out, "msfc", "bgp_attribute_sets", "sets",
                 (int64_t)bgp_store_n(store, BGP_SHARED_SETS));
    report_value(out, "msfc", "bgp_as_paths", "paths",
                 (int64_t)bgp_store_n(store, BGP_SHARED_PATHS));
    report_value(out, "msfc", "bgp_updates", "updates", (int64_t)c->n_heard);
}

/* What the engines have said on the console. */
static void show_log(const struct control *c, struct report *out)
{
    const struct download *d = &c->download;

    for (uint32_t i = 0; i < d->n_log; i++) {
        const char *name = arena_printf(out->mem, "log %u", i + 1);
        const struct download_line *line = &d->log[i];
        report_value(out, name, "at", "ps", line->at_ps);
        report_text(out, name, "message",
                    download_message_text(line, control_slot(c, line->engine), out->mem));
    }
}

void control_sample(const struct control *c, struct report *out)
{
    report_value(out, "msfc", "rib_ipv4_prefixes", "prefixes",
                 (int64_t)rib_n_prefixes(c->rib, IPV4));
    report_value(out, "msfc", "rib_ipv6_prefixes", "prefixes",
                 (int64_t)rib_n_prefixes(c->rib, IPV6));
}

void control_show(const struct control *c, struct report *out)
{
    control_sample(c, out);
    if (c->config->n_vrfs > 0) {
        labels_show(&c->labels, out);
    }
    report_value(out, "msfc", "rib_bytes", "bytes", (int64_t)rib_bytes(c->rib));
    report_value(out, "msfc", "adjacencies", "adjacencies", c->fib->n_adjacencies);
    if (c->config->bgp != NULL) {
        show_bgp(c, out);
    }
    show_download(c, out);
    show_log(c, out);
}
