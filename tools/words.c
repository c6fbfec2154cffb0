#include "tools/words.h"

#include <string.h>

#include "sim/arena.h"
#include "tools/figures.h"
#include "tools/number.h"
#include "tools/simulate.h"

const char *words_reason(const struct loss *loss, struct arena *mem)
{
    static const char *const words[][3] = {
        {"port", "receive_buffer_full", "receive buffer full, waiting for the port ASIC's link"},
        {"port", "receive_tail_drop", "receive queue full for its class, waiting for the link"},
        {"port", "receive_wred_drop", "dropped early, as its receive queue filled up (WRED)"},
        {"bus", "receive_buffer_full", "receive buffer full, waiting for the shared bus"},
        {"bus", "receive_tail_drop",
         "receive queue full for its class, waiting for the shared bus"},
        {"bus", "receive_wred_drop", "dropped early, as its receive queue filled up (WRED)"},
        {"bus", "supervisor_buffer_full", "supervisor's buffer full, waiting for the shared bus"},
        {"engine", "receive_buffer_full", "receive buffer full, waiting for the lookup"},
        {"engine", "not_router_mac", "not addressed to the router's MAC"},
        {"engine", "no_route", "no route in the FIB"},
        {"engine", "null_route", "route to null0, or next hop not reached (yet)"},
        {"engine", "policed", "more than a policer lets pass"},
        {"engine", "rate_limited", "for the MSFC, more than its rate limiter lets pass"},
        {"engine", "control_plane_policed", "for the MSFC, more than the control plane policy"},
        {"engine", "fib_exception_limiter",
         "missed in a full FIB, more than its limiter lets pass"},
        {"engine", "acl_denied", "denied by an access list"},
        {"engine", "acl_updating", "its access list is being changed"},
        {"engine", "rpf_failed", "its source is not reached where it came from"},
        {"uplink", "channel_queue_full", "receive buffer full, waiting for the fabric channel"},
        {"uplink", "receive_tail_drop",
         "receive queue full for its class, waiting for the fabric channel"},
        {"uplink", "receive_wred_drop", "dropped early, as its receive queue filled up (WRED)"},
        {"fabric", "fabric_egress_full", "egress buffer of the fabric full"},
        {"egress", "link_queue_full", "transmit buffer full, waiting for the port ASIC's link"},
        {"egress", "transmit_buffer_full", "transmit buffer of the port full"},
        {"egress", "tail_drop", "transmit queue of the port full for its class"},
        {"egress", "wred_drop", "dropped early, as its transmit queue filled up (WRED)"},
        {"msfc", "inband_queue_full", "inband queue of the MSFC full"},
        {"msfc", "cpu_queue_full", "queue of the MSFC's CPU full"},
        {"msfc", "hold_queue_full", "queue of the MSFC's process full"},
        {"msfc", "glean_unresolved", "next hop does not answer ARP"},
        {"msfc", "no_route_in_software", "no route in the MSFC's table"},
        {"msfc", "control_plane_policed", "more than the control plane policy, in software"},
        {"msfc", "ttl_expired", "time to live has ended"},
        {"msfc", "mtu_exceeded", "longer than the way out can carry"},
        {"msfc", "acl_denied", "denied by an access list, in software"},
        {"msfc", "rpf_failed", "its source is not reached where it came from, in software"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(loss->stage, words[i][0]) == 0 && strcmp(loss->reason, words[i][1]) == 0) {
            return words[i][2];
        }
    }
    char *text = arena_printf(mem, "%s", loss->reason);
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '_' ? ' ' : *c;
    }
    return text;
}

const char *words_kind(const char *kind)
{
    static const char *const words[][2] = {
        {"engine", "forwarding engine"}, {"bus", "shared bus"}, {"uplink", "port-ASIC link"},
        {"channel", "fabric channel"},   {"port", "port"},      {"cpu", "MSFC software path"},
        {"inband", "inband channel"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(kind, words[i][0]) == 0) {
            return words[i][1];
        }
    }
    return kind;
}

const char *words_subtitle(const struct loaded *l, const struct figures *f, struct arena *mem)
{
    char offered[NUMBER_TEXT], delivered[NUMBER_TEXT];
    return arena_printf(mem, "%s: %s offered, %s delivered", l->title,
                        number_si(offered, f->offered_pps, "pps"),
                        number_si(delivered, f->delivered_pps, "pps"));
}

const char *words_work_rate(const struct report_resource *r, uint64_t per_s, struct arena *mem)
{
    char text[NUMBER_TEXT];
    if (strcmp(r->work, "bits") == 0) {
        return arena_printf(mem, "%s", number_si(text, per_s, "b/s"));
    }
    return arena_printf(mem, "%s%s/s", number_si(text, per_s, ""), r->work);
}

static const struct report_resource *busiest(const struct report *r)
{
    const struct report_resource *most = NULL;
    for (size_t i = 0; i < r->n_resources; i++) {
        const struct report_resource *x = &r->resources[i];
        if (most == NULL || figures_utilisation_ppm(x) > figures_utilisation_ppm(most)) {
            most = x;
        }
    }
    return most;
}

/* What it was offered against what it can do. */
static const char *load_words(const struct report_resource *x, struct arena *mem)
{
    uint64_t offered = rate_per_s(x->offered, x->interval_ps);
    return arena_printf(mem, "offered %s, can do %s", words_work_rate(x, offered, mem),
                        words_work_rate(x, x->rate, mem));
}

static const char *no_bottleneck(const struct report *r, struct arena *mem)
{
    const struct report_resource *x = busiest(r);
    if (x == NULL) {
        return "Bottleneck: none.";
    }
    char share[NUMBER_TEXT];
    const char *load = report_never_idle(x) ? arena_printf(mem, ": %s", load_words(x, mem)) : "";
    return arena_printf(mem, "Bottleneck: none; the busiest is %s, %s of the time%s.", x->module,
                        number_percent(share, figures_utilisation_ppm(x)), load);
}

#define MOST_OTHERS 8 /* kinds of overloaded resources that are named */

/* What is beyond its capacity beside the bottleneck x: where several streams meet limits of their
 * own, or one limit is behind the other. One of each kind. */
static const char *others(const struct report *r, const struct report_resource *x,
                          struct arena *mem)
{
    const struct report_resource *named[MOST_OTHERS + 1] = {x};
    size_t n = 1;
    const char *text = "";
    for (size_t i = 0; i < r->n_resources && n <= MOST_OTHERS; i++) {
        const struct report_resource *y = &r->resources[i];
        bool is_new = report_overloaded(y) && report_never_idle(y);
        for (size_t k = 0; is_new && k < n; k++) {
            is_new = !figures_alike(named[k], y, mem);
        }
        if (is_new) {
            named[n++] = y;
            text = arena_printf(mem, "%s%s %s (%s)", text, n == 2 ? " Overloaded too:" : ",",
                                y->module, load_words(y, mem));
        }
    }
    return n == 1 ? "" : arena_printf(mem, "%s.", text);
}

const char *words_bottleneck(const struct report *r, struct arena *mem)
{
    const struct report_resource *x = report_bottleneck(r);
    if (x == NULL) {
        return no_bottleneck(r, mem);
    }
    char share[NUMBER_TEXT], count[NUMBER_TEXT];
    const char *lost = x->n_dropped == 0
                           ? ""
                           : arena_printf(mem, " %s packets found its queue full and were lost.",
                                          number_count(count, x->n_dropped));
    size_t n_more = figures_n_alike(r, x, mem);
    const char *more = n_more == 0 ? "" : arena_printf(mem, " (one of %zu alike)", n_more + 1);
    return arena_printf(mem, "Bottleneck: %s%s, busy %s of the time: %s.%s%s", x->module, more,
                        number_percent(share, figures_utilisation_ppm(x)), load_words(x, mem), lost,
                        others(r, x, mem));
}

const char *words_limit(const struct report *r, struct arena *mem)
{
    struct resource_group *groups;
    size_t n = figures_groups(r, false, mem, &groups);
    for (size_t i = 0; i < n; i++) {
        if (groups[i].limits) {
            const char *plural = groups[i].n > 1 ? "s" : "";
            return arena_printf(mem, "the %s%s", words_kind(groups[i].kind), plural);
        }
    }
    return "";
}

/* The resource whose queue grew most, when it grew beyond measure. */
static const struct report_resource *most_growing(const struct report *r)
{
    const struct report_resource *most = NULL;
    for (size_t i = 0; i < r->n_resources; i++) {
        const struct report_resource *x = &r->resources[i];
        if (report_grows(x) &&
            (most == NULL || x->backlog_last_ps - x->backlog_first_ps >
                                 most->backlog_last_ps - most->backlog_first_ps)) {
            most = x;
        }
    }
    return most;
}

const char *words_unsettled(const struct report *r, const struct figures *f, struct arena *mem)
{
    const struct report_resource *x = most_growing(r);
    if (x == NULL) {
        return NULL;
    }
    char first[NUMBER_TEXT], last[NUMBER_TEXT], from[NUMBER_TEXT], to[NUMBER_TEXT],
        interval[NUMBER_TEXT];
    return arena_printf(
        mem,
        "This run cannot settle: %s, %s. In the %s measured, the work waiting for it grew from %s "
        "to %s, and the packets inside the chassis from %s to %s; a longer run would find longer "
        "queues and latencies.",
        x->module, load_words(x, mem), number_time(interval, f->interval_ps),
        number_time(first, x->backlog_first_ps), number_time(last, x->backlog_last_ps),
        number_count(from, f->inside_start), number_count(to, f->inside_end));
}

/* All engines are written alike, so one speaks for all. */
const char *words_full_fib(const struct report *r, struct arena *mem)
{
    for (size_t i = 0; i < r->n_resources; i++) {
        const char *engine = r->resources[i].module;
        char text[NUMBER_TEXT];
        int64_t n = report_get(r, engine, "fib_ipv4_refused", 0) +
                    report_get(r, engine, "fib_ipv6_refused", 0) +
                    report_get(r, engine, "fib_ipv4_evicted", 0) +
                    report_get(r, engine, "fib_ipv6_evicted", 0);
        int64_t n_labels = report_get(r, engine, "fib_mpls_refused", 0);
        if (n + n_labels > 0) {
            const char *how = report_get_text(r, "msfc", "fib_exception");
            return arena_printf(mem, "%s prefixes%s did not fit the FIB of each engine; %s.",
                                number_count(text, (uint64_t)(n + n_labels)),
                                n_labels > 0 ? " and labels" : "",
                                how != NULL && strcmp(how, "refuse") == 0
                                    ? "their packets follow shorter ones, or are lost"
                                    : "what misses there is forwarded in software");
        }
    }
    return NULL;
}

const char *words_full_adjacencies(const struct report *r, struct arena *mem)
{
    for (size_t i = 0; i < r->n_resources; i++) {
        const char *engine = r->resources[i].module;
        char used[NUMBER_TEXT], size[NUMBER_TEXT];
        int64_t n_used = report_get(r, engine, "adjacencies", 0);
        int64_t n = report_get(r, engine, "adjacency_table", INT64_MAX);
        if (n_used > n) {
            return arena_printf(mem,
                                "Each engine has %s adjacencies, and a table for %s. What becomes "
                                "of the others is not published: here they work, too.",
                                number_count(used, (uint64_t)n_used),
                                number_count(size, (uint64_t)n));
        }
    }
    return NULL;
}
