/* Two rings hold what is on its way: entries, and where each message ends. Each engine walks through
 * them at its own pace; a place is free again when the last of them has passed it. */
#include "models/download.h"

#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/stage.h"

#define FIRST_ROOM 64u
#define THRESHOLD_PERCENT 95u /* source: [TAC-117712] (vendor) */

/* ---- rings ------------------------------------------------------------------------------- */

static struct download_write *write_at(const struct download *d, uint64_t number)
{
    return &d->writes[number & (d->room - 1)];
}

static struct download_message *message_at(const struct download *d, uint64_t number)
{
    return &d->messages[number & (d->message_room - 1)];
}

/* Doubles a ring whose places first .. first + room - 1 are all taken: each stays where it is, or
 * goes to the same place of the new half. */
static void *grow_ring(void *ring, size_t bytes, uint64_t *room, uint64_t first, struct arena *mem)
{
    uint64_t old = *room;
    unsigned char *grown;

    *room = old == 0 ? FIRST_ROOM : 2 * old;
    grown = arena_grow(mem, ring, old * bytes, *room * bytes);
    for (uint64_t i = first; i < first + old; i++) {
        memcpy(grown + (i & (*room - 1)) * bytes, grown + (i & (old - 1)) * bytes, bytes);
    }
    return grown;
}

static uint32_t *n_waiting(struct download *d, enum ip_family family, uint32_t id)
{
    uint32_t **all = &d->n_waiting[family], old = d->n_ids[family];

    if (id >= old) {
        d->n_ids[family] = 2 * d->fib->n_ids[family];
        *all = arena_grow(d->mem, *all, old * sizeof **all, d->n_ids[family] * sizeof **all);
    }
    return &(*all)[id];
}

/* ---- the console --------------------------------------------------------------------------- */

static void tell(struct download *d, uint32_t engine, enum fib_partition partition,
                 enum download_news news, int64_t now_ps)
{
    bool *told = &d->told[engine][partition][news];

    if (*told) {
        return;
    }
    *told = true;
    if (d->n_log == d->log_room) {
        uint32_t old = d->log_room;
        d->log_room = old == 0 ? FIRST_ROOM : 2 * old;
        d->log = arena_grow(d->mem, d->log, old * sizeof *d->log, d->log_room * sizeof *d->log);
    }
    d->log[d->n_log++] =
        (struct download_line){now_ps, (uint8_t)engine, (uint8_t)partition, (uint8_t)news};
}

static void look(struct download *d, uint32_t engine, enum fib_partition partition, int64_t now_ps)
{
    const struct fib_engine *e = &d->fib->engines[engine];
    uint64_t n = e->n_entries[partition], all = fib_capacity(d->fib, e, partition);

    if (e->capacity[partition] == 0) {
        return; /* labels are in IPv4's; a PFC2 has no IPv6 at all */
    }
    if (engine == 0 && n > 0 && n * 100 >= all * THRESHOLD_PERCENT) {
        tell(d, engine, partition, NEWS_THRESHOLD, now_ps);
    }
    if (e->exception[partition] && engine < d->n_copies) {
        tell(d, engine, partition, NEWS_EXCEPTION, now_ps);
    }
}

void download_tell(struct download *d, uint32_t engine, int64_t now_ps)
{
    for (enum fib_partition p = 0; p < FIB_N_PARTITIONS; p++) {
        look(d, engine, p, now_ps);
    }
}

static int compare_lines(const void *a, const void *b)
{
    const struct download_line *x = a, *y = b;

    if (x->at_ps != y->at_ps) {
        return x->at_ps < y->at_ps ? -1 : 1;
    }
    return x->engine != y->engine         ? x->engine - y->engine
           : x->partition != y->partition ? x->partition - y->partition
                                          : x->news - y->news;
}

void download_sort_log(struct download *d)
{
    if (d->n_log > 0) {
        qsort(d->log, d->n_log, sizeof *d->log, compare_lines);
    }
}

const char *download_message_text(const struct download_line *line, uint32_t slot,
                                  struct arena *mem)
{
    /* The vendor's text is known of IPv4; that of others is assumed to differ in the name only. */
    static const char *const names[FIB_N_PARTITIONS] = {"IPv4 unicast", "IPv6 unicast", "MPLS"};
    if (line->news == NEWS_THRESHOLD) {
        return arena_printf(mem,
                            "%%MLSCEF-SP-4-FIB_EXCEPTION_THRESHOLD: Hardware CEF entry usage is at "
                            "%u%% capacity for %s protocol",
                            THRESHOLD_PERCENT, names[line->partition]);
    }
    return arena_printf(mem,
                        "%%MLSCEF-%s-7-FIB_EXCEPTION: FIB TCAM exception, Some entries will be "
                        "software switched",
                        slot == 0 ? "SP" : arena_printf(mem, "DFC%u", slot));
}

/* ---- an engine writes ---------------------------------------------------------------------- */

/* When the next entry of those that have been sent will be in the TCAM. */
static void take_next(struct download *d, uint32_t engine)
{
    struct download_engine *e = &d->engines[engine];
    int64_t start_ps;

    if (e->n_written == d->n_sent) {
        e->next_ps = SIM_NEVER;
        return;
    }
    while (message_at(d, e->n_messages)->end <= e->n_written) {
        e->n_messages++;
    }
    int64_t at_ps = message_at(d, e->n_messages)->at_ps[engine];
    e->next_ps = server_serve(&e->tcam, server_serve(&e->cpu, at_ps, 1, &start_ps), 1, &start_ps);
}

void download_follow(struct download *d, uint32_t engine, int64_t now_ps)
{
    struct download_engine *e = &d->engines[engine];

    while (e->next_ps <= now_ps) {
        const struct download_write *w = write_at(d, e->n_written++);
        enum ip_family family = (enum ip_family)w->family;
        fib_install(d->fib, engine, family, w->id, w->adjacency);
        look(d, engine, fib_partition(&d->fib->engines[engine], &d->fib->prefixes[family][w->id]),
             e->next_ps);
        e->last_ps = e->next_ps;
        if (e->n_written == d->n_full) {
            e->full_ps = e->next_ps;
        }
        take_next(d, engine);
    }
}

/* All have written it, or never will. */
static void forget(struct download *d, const struct download_write *w)
{
    enum ip_family family = (enum ip_family)w->family;

    if (--*n_waiting(d, family, w->id) == 0 &&
        d->fib->resolved[family][w->id] == FIB_ADJACENCY_NONE) {
        fib_remove_prefix(d->fib, family, w->id);
    }
}

void download_settle(struct download *d, int64_t now_ps)
{
    uint64_t n_done = d->n_queued, n_messages = d->n_messages;

    for (uint32_t e = 0; e < d->n_engines; e++) {
        download_follow(d, e, now_ps);
        n_done = d->engines[e].n_written < n_done ? d->engines[e].n_written : n_done;
        n_messages = d->engines[e].n_messages < n_messages ? d->engines[e].n_messages : n_messages;
    }
    while (d->n_done < n_done) {
        forget(d, write_at(d, d->n_done++));
    }
    d->n_messages_done = n_messages;
}

/* ---- the MSFC sends ------------------------------------------------------------------------ */

/* The entries that are in no message yet, and a copy of them to each engine. */
static void send(struct download *d)
{
    uint64_t bits = 8 * (d->header_bytes + (d->n_queued - d->n_sent) * d->entry_bytes);
    int64_t start_ps;

    if (d->n_messages - d->n_messages_done == d->message_room) {
        d->messages = grow_ring(d->messages, sizeof *d->messages, &d->message_room,
                                d->n_messages_done, d->mem);
    }
    struct download_message *m = message_at(d, d->n_messages++);
    for (uint32_t e = 0; e < d->n_copies; e++) {
        m->at_ps[e] = server_serve(&d->eobc, d->made_ps, bits, &start_ps);
    }
    for (uint32_t e = d->n_copies; e < d->n_engines; e++) {
        m->at_ps[e] = m->at_ps[0];
    }
    m->end = d->n_sent = d->n_queued;
    for (uint32_t e = 0; e < d->n_engines; e++) {
        if (d->engines[e].next_ps == SIM_NEVER) {
            take_next(d, e);
        }
    }
}

void download_put(struct download *d, enum ip_family family, uint32_t id, uint32_t adjacency,
                  int64_t now_ps)
{
    int64_t start_ps;

    if (d->n_queued - d->n_done == d->room) {
        d->writes = grow_ring(d->writes, sizeof *d->writes, &d->room, d->n_done, d->mem);
    }
    *write_at(d, d->n_queued++) = (struct download_write){id, adjacency, (uint8_t)family};
    ++*n_waiting(d, family, id);
    d->put_ps = now_ps;
    d->made_ps = server_serve(&d->cef, now_ps, 1, &start_ps);
    if (d->n_queued - d->n_sent == d->most_entries) {
        send(d);
    }
}

void download_flush(struct download *d, bool whole)
{
    if (d->n_queued > d->n_sent) {
        send(d);
    }
    if (whole) {
        d->n_full = d->n_queued;
    }
}

/* ---- all of it ----------------------------------------------------------------------------- */

void download_open(struct download *d, struct fib *fib, uint32_t n_engines, bool ahead,
                   struct arena *mem)
{
    *d = (struct download){
        .fib = fib, .mem = mem, .n_engines = n_engines, .n_copies = n_engines - ahead};
    for (uint32_t e = 0; e < n_engines; e++) {
        d->engines[e].next_ps = d->engines[e].full_ps = SIM_NEVER;
    }
}

void download_begin(struct download *d, const struct chassis_config *config)
{
    d->entry_bytes = config->xdr_entry_bytes;
    d->header_bytes = config->xdr_header_bytes;
    d->most_entries = (config->xdr_message_bytes - d->header_bytes) / d->entry_bytes;
    server_open(&d->cef, config->fib_cef_pps, d->mem);
    server_open(&d->eobc, config->eobc_bps, d->mem);
    for (uint32_t e = 0; e < d->n_engines; e++) {
        bool dfc = e > 0 && e < d->n_copies;
        server_open(&d->engines[e].cpu,
                    dfc ? config->fib_download_dfc_pps : config->fib_download_pps, d->mem);
        server_open(&d->engines[e].tcam, config->tcam_write_pps, d->mem);
    }
}

static void idle(struct server *s)
{
    s->free_ps = 0;
    s->rest = 0;
}

void download_reload(struct download *d, const uint64_t capacity[FIB_N_PARTITIONS])
{
    for (uint32_t e = 0; e < d->n_engines; e++) {
        struct download_engine *engine = &d->engines[e];
        idle(&engine->cpu);
        idle(&engine->tcam);
        engine->n_written = d->n_queued;
        engine->n_messages = d->n_messages;
        engine->next_ps = engine->full_ps = SIM_NEVER;
        fib_empty(d->fib, e, capacity);
        memset(d->told[e], 0, sizeof d->told[e]);
    }
    idle(&d->cef);
    idle(&d->eobc);
    while (d->n_done < d->n_queued) {
        forget(d, write_at(d, d->n_done++));
    }
    d->n_sent = d->n_first = d->n_queued;
    d->n_messages_done = d->n_messages;
}
