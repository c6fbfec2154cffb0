#include "tools/memory_text.h"

#include <inttypes.h>
#include <string.h>

#include "sim/arena.h"
#include "tools/number.h"
#include "tools/table.h"

static const char *count(uint64_t n, struct arena *mem)
{
    char text[NUMBER_TEXT];
    return arena_printf(mem, "%s", number_count(text, n));
}

static const char *range(uint64_t low, uint64_t high, struct arena *mem)
{
    return low == high ? count(low, mem)
                       : arena_printf(mem, "%s to %s", count(low, mem), count(high, mem));
}

/* --- As IOS shows it ------------------------------------------------------------------------ */

static void show_memory(const struct ios_outcome *o, const struct ios_router *router,
                        struct arena *mem, FILE *out)
{
    struct table t;
    table_open(&t, "lrrrrr", mem);
    for (const char *const *heading =
             (const char *const[]){"pool", "total (b)", "used (b)", "free (b)", "lowest (b)",
                                   "largest (b)", NULL};
         *heading != NULL; heading++) {
        table_cell(&t, "%s", *heading);
    }
    const struct ios_heap_totals *h = &o->end;
    table_cell(&t, "Processor");
    const uint64_t figures[] = {h->total, h->used, h->free, h->lowest_free, h->largest_free};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        table_cell(&t, "%" PRIu64, figures[i]);
    }
    table_cell(&t, "I/O");
    table_cell(&t, "%" PRIu64, router->io_bytes);
    for (size_t i = 1; i < sizeof figures / sizeof *figures; i++) {
        table_cell(&t, "-"); /* only reserved */
    }
    table_print(&t, out);
}

/* "2 network entries using 264 bytes of memory" */
static void show_bgp(const struct ios_outcome *o, const struct ios_train *train, FILE *out)
{
    static const struct {
        enum ios_pool pool;
        const char *name;
    } lines[] = {{IOS_NETWORKS, "network"},
                 {IOS_PATHS, "path"},
                 {IOS_ATTRIBUTES, "BGP path attribute"},
                 {IOS_AS_PATHS, "BGP AS-PATH"},
                 {IOS_COMMUNITIES, "BGP community"}};
    uint64_t total = 0;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        uint64_t n = o->pools[lines[i].pool].n_elements;
        uint64_t bytes = n * train->pools[lines[i].pool].element_bytes;
        fprintf(out, "  %" PRIu64 " %s entries using %" PRIu64 " bytes of memory\n", n,
                lines[i].name, bytes);
        total += bytes;
    }
    fprintf(out, "  BGP using %" PRIu64 " total bytes of memory\n\n", total);
}

static void show_pools(const struct ios_outcome *o, struct arena *mem, FILE *out)
{
    enum ios_pool order[IOS_N_POOLS];
    struct table t;
    memory_rank(o, order);
    table_open(&t, "lrrrr", mem);
    table_cell(&t, "allocator");
    table_cell(&t, "elements");
    table_cell(&t, "blocks");
    table_cell(&t, "bytes");
    table_cell(&t, "bytes a prefix");
    for (uint32_t i = 0; i < IOS_N_POOLS; i++) {
        const struct ios_pool_use *use = &o->pools[order[i]];
        if (use->n_elements > 0) {
            table_cell(&t, "%s", ios_pool_names[order[i]]);
            table_cell(&t, "%" PRIu64, use->n_elements);
            table_cell(&t, "%" PRIu64, use->n_blocks);
            table_cell(&t, "%" PRIu64, use->bytes);
            table_cell(&t, "%.1f", (double)use->bytes / (double)o->n_learned);
        }
    }
    table_print(&t, out);
}

/* The draws in which this pool's block was the first that could not be had. */
static void add_failing(const struct memory_results *r, enum memory_into into, enum ios_pool pool,
                        struct table *t, struct arena *mem)
{
    uint64_t low = UINT64_MAX, high = 0;
    uint32_t n_fragmented = 0;
    for (uint32_t i = 0; i < MEMORY_N_DRAWS; i++) {
        const struct ios_failure *f = &r->draws[into][i].failure;
        if (f->wanted_for == ios_pool_names[pool]) {
            low = f->bytes < low ? f->bytes : low;
            high = f->bytes > high ? f->bytes : high;
            n_fragmented += f->fragmented;
        }
    }
    if (high > 0) {
        table_cell(t, "%s", ios_pool_names[pool]);
        table_cell(t, "%u", memory_n_failing(r, into, pool));
        table_cell(t, "%u", n_fragmented);
        table_cell(t, "%s", range(low, high, mem));
    }
}

/* Over all ranges: which pool's block is the first that cannot be had, how often, of what size. */
static void show_failing(const struct memory_results *r, enum memory_into into, struct arena *mem,
                         FILE *out)
{
    struct table t;
    table_open(&t, "lrrr", mem);
    table_cell(&t, "fails first");
    table_cell(&t, "of %d draws", MEMORY_N_DRAWS);
    table_cell(&t, "by fragmentation");
    table_cell(&t, "asking for (b)");
    for (uint32_t pool = 0; pool < IOS_N_POOLS; pool++) {
        add_failing(r, into, pool, &t, mem);
    }
    table_print(&t, out);
    uint32_t n;
    uint64_t likeliest = memory_likeliest(r, into, &n);
    if (likeliest > 0) {
        text_wrapped(arena_printf(mem,
                                  "Likeliest: a request of %s bytes, in %u of %d draws over "
                                  "all ranges.",
                                  count(likeliest, mem), n, MEMORY_N_DRAWS),
                     2, 2, out);
    }
}

void memory_failure_text(const struct ios_failure *f, const char *indent, FILE *out)
{
    fprintf(out,
            "%s%%SYS-2-MALLOCFAIL: Memory allocation of %" PRIu64 " bytes failed\n"
            "%sPool: Processor  Free: %" PRIu64 "  Cause: %s  (for: %s)\n",
            indent, f->bytes, indent, f->free,
            f->fragmented ? "Memory fragmentation" : "Not enough free memory", f->wanted_for);
}

static void show_failure(const struct ios_failure *f, FILE *out)
{
    memory_failure_text(f, "  ", out);
    if (strcmp(f->wanted_for, "boot") != 0) {
        fprintf(out,
                "  %" PRId64 " s later:\n"
                "  %%BGP-5-ADJCHANGE: neighbor Down No memory\n"
                "  %%BGP-3-NOTIFICATION: sent to neighbor %d/%d (update malformed) 0 bytes\n",
                IOS_DOWN_NO_MEMORY_PS / INT64_C(1000000000000), IOS_NOTIFICATION_CODE,
                IOS_NOTIFICATION_SUBCODE);
    }
    fputc('\n', out);
}

/* --- Sentences ------------------------------------------------------------------------------ */

static const char *fits(const struct memory_results *r, enum memory_into into, struct arena *mem)
{
    const struct ios_outcome *o = r->outcomes[into], *usual = &o[NEED_USUAL];
    const char *within = range(o[NEED_MOST].n_learned, o[NEED_LEAST].n_learned, mem);
    if (usual->start.total == 0) {
        return arena_printf(mem,
                            "The router does not come up: %s bytes of main memory are not "
                            "enough for image, boot and BGP.",
                            count(memory_router(r->scenario, NEED_USUAL).main_bytes, mem));
    }
    if (usual->failure.wanted_for == NULL) {
        return arena_printf(mem,
                            "All %s prefixes fit and leave %s bytes free (over all ranges: %s "
                            "prefixes, %s bytes).",
                            count(usual->n_learned, mem), count(usual->end.free, mem), within,
                            range(o[NEED_MOST].end.free, o[NEED_LEAST].end.free, mem));
    }
    return arena_printf(mem, "%s of %s prefixes fit; over all ranges %s.",
                        count(usual->n_learned, mem), count(r->n_offered, mem), within);
}

/* Why so many can never have been. */
static const char *infeasible(const struct memory_results *r, enum memory_into into,
                              struct arena *mem)
{
    const struct ios_outcome *least = &r->outcomes[into][NEED_LEAST];
    struct ios_router router = memory_router(r->scenario, NEED_LEAST);
    uint64_t seen = r->scenario->observed[into];
    uint64_t above =
        router.main_bytes > router.image_bytes ? router.main_bytes - router.image_bytes : 0;
    return arena_printf(
        mem,
        "Seen were %s (%s), which is infeasible: behind the image main memory has %s bytes, at "
        "most %s for each prefix even if nothing else took any; %s are free when the session comes "
        "up, "
        "%s each; and a prefix takes at least %s. At most %s can fit.",
        count(seen, mem), r->scenario->observed_source, count(above, mem), count(above / seen, mem),
        count(least->start.free, mem), count(least->start.free / seen, mem),
        count(memory_per_prefix(least), mem), count(least->n_learned, mem));
}

static const char *seen(const struct memory_results *r, enum memory_into into, struct arena *mem)
{
    const struct ios_outcome *least = &r->outcomes[into][NEED_LEAST];
    const struct ios_outcome *most = &r->outcomes[into][NEED_MOST];
    const char *verdict = memory_observed(r, into);
    uint64_t n = r->scenario->observed[into];
    if (least->start.total == 0) {
        return arena_printf(mem, "Seen were %s (%s), which is infeasible: it never comes up.",
                            count(n, mem), r->scenario->observed_source);
    }
    if (strcmp(verdict, "infeasible") == 0) {
        return infeasible(r, into, mem);
    }
    return arena_printf(
        mem,
        "Seen were %s (%s), %s. They imply %s bytes a prefix, for %s were free when the session "
        "came up; the model needs %s.",
        count(n, mem), r->scenario->observed_source,
        strcmp(verdict, "inside") == 0 ? "which is inside" : "fewer than the model says",
        range(most->start.free / n, least->start.free / n, mem),
        range(most->start.free, least->start.free, mem),
        range(memory_per_prefix(least), memory_per_prefix(most), mem));
}

/* What both numbers say together about a VRF. */
static void ratio(const struct memory_results *r, struct arena *mem, FILE *out)
{
    const struct memory_scenario *s = r->scenario;
    uint64_t global = s->observed[INTO_GLOBAL], vrf = s->observed[INTO_VRF];
    if (!s->into[INTO_GLOBAL] || !s->into[INTO_VRF] || global == 0 || vrf == 0 || vrf > global) {
        return;
    }
    uint64_t more[MEMORY_N_ENDS], implied[MEMORY_N_ENDS];
    for (uint32_t end = 0; end < MEMORY_N_ENDS; end++) {
        const struct ios_outcome *o = &r->outcomes[INTO_GLOBAL][end];
        uint64_t plain = memory_per_prefix(o),
                 in_vrf = memory_per_prefix(&r->outcomes[INTO_VRF][end]);
        more[end] = in_vrf > plain ? in_vrf - plain : 0;
        implied[end] = o->start.free / vrf - o->start.free / global;
    }
    fprintf(out, "\n");
    text_wrapped(
        arena_printf(
            mem,
            "Both together: %s / %s = %.3f. From the same memory that is %s bytes more for "
            "a prefix in the VRF; what the model adds there (route distinguisher, sets "
            "with route target, label and LFIB) is %s.",
            count(global, mem), count(vrf, mem), (double)global / (double)vrf,
            range(implied[NEED_MOST], implied[NEED_LEAST], mem),
            range(more[NEED_LEAST], more[NEED_MOST], mem)),
        0, 0, out);
}

/* --- The whole ------------------------------------------------------------------------------ */

static void show_into(const struct memory_results *r, enum memory_into into, struct arena *mem,
                      FILE *out)
{
    const struct memory_scenario *s = r->scenario;
    const struct ios_outcome *usual = &r->outcomes[into][NEED_USUAL];
    struct ios_train train = memory_train(s, into, NEED_USUAL);
    struct ios_router router = memory_router(s, NEED_USUAL);
    fprintf(out, "\n%s\n", into == INTO_VRF ? "In a VRF" : "In the global table");
    text_wrapped(fits(r, into, mem), 2, 2, out);
    if (s->observed[into] > 0) {
        text_wrapped(seen(r, into, mem), 2, 2, out);
    }
    fputc('\n', out);
    if (usual->start.total != 0) {
        show_memory(usual, &router, mem, out);
        show_bgp(usual, &train, out);
        if (usual->n_learned > 0) {
            show_pools(usual, mem, out);
        }
    }
    if (usual->failure.wanted_for != NULL) {
        show_failure(&usual->failure, out);
    }
    if (usual->failure.wanted_for != NULL && usual->start.total != 0) {
        show_failing(r, into, mem, out);
    }
}

static void show_assumptions(const struct scenario *s, struct arena *mem, FILE *out)
{
    fprintf(out, "\nAssumed, each within its range\n");
    for (size_t i = 0; i < s->n_assumptions; i++) {
        const struct assumption *a = &s->assumptions[i];
        const char *within =
            a->low != NULL ? arena_printf(mem, " (%s to %s)", a->low, a->high) : "";
        text_wrapped(arena_printf(mem, "%s = %s%s: %s", a->name, a->value, within, a->why), 2, 4,
                     out);
    }
}

void memory_text(const struct memory_results *r, struct arena *mem, FILE *out)
{
    const struct memory_scenario *s = r->scenario;
    struct ios_router router = memory_router(s, NEED_USUAL);
    fprintf(out, "%s\n", s->scenario.config.title);
    text_wrapped(arena_printf(mem,
                              "%s with IOS %s, %" PRIu64 "K/%" PRIu64 "K bytes of memory; "
                              "table %s: %s prefixes",
                              router.model, memory_train(s, INTO_GLOBAL, NEED_USUAL).release,
                              router.main_bytes / 1024, router.io_bytes / 1024, s->table_name,
                              count(r->n_offered, mem)),
                 0, 2, out);
    if (s->n_left_out > 0) {
        fprintf(out, "%s paths of IPv6 are left out: sizes are those of IPv4.\n",
                count(s->n_left_out, mem));
    }
    for (uint32_t into = 0; into < MEMORY_N_INTO; into++) {
        if (s->into[into]) {
            show_into(r, into, mem, out);
        }
    }
    ratio(r, mem, out);
    show_assumptions(&s->scenario, mem, out);
}
