#include "tests/reference_fib.h"

#include <stdlib.h>

/* ---- one engine -------------------------------------------------------------------------- */

static bool has_pool(const struct reference_fib *f)
{
    return f->config->supervisor->pfc.generation > 3;
}

static unsigned part_of(const struct reference_fib *f, const struct ip_prefix *prefix)
{
    bool label = prefix->family == IPV4 && prefix->lo == 0xffff;

    return label && f->carved.mpls_slots > 0 ? REFERENCE_MPLS : prefix->family;
}

static void keep_out(const struct reference_fib *f, struct engine_fib *e, struct ip_prefix prefix,
                     int64_t now_ps)
{
    unsigned part = part_of(f, &prefix), *least = &e->least_length[part];

    if (!e->exception[part]) {
        e->exception_ps[part] = now_ps;
    }
    e->exception[part] = true;
    *least = prefix.length > *least ? prefix.length : *least;
}

/* Of the shortest of a part the last; counts them all. */
static const struct entry *first_to_go(const struct reference_fib *f, const struct table *t,
                                       unsigned part, uint64_t *n)
{
    const struct entry *found = NULL;

    *n = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct ip_prefix *p = &t->entries[i].prefix;
        if (part_of(f, p) == part) {
            ++*n;
            if (found == NULL || p->length < found->prefix.length ||
                (p->length == found->prefix.length && ip_prefix_compare(p, &found->prefix) > 0)) {
                found = &t->entries[i];
            }
        }
    }
    return found;
}

/* Of the n entries of a part one more? A PFC4 has a pool of slots, of which IPv6 takes two. */
static bool has_room(const struct reference_fib *f, const struct engine_fib *e, unsigned part,
                     uint64_t n)
{
    uint64_t slots = part == IPV6 ? 2 : 1;

    for (size_t i = 0; i < e->table.n; i++) {
        slots += e->table.entries[i].prefix.family == IPV6 ? 2 : 1;
    }
    return has_pool(f) ? slots <= f->config->supervisor->pfc.tcam_slots
                       : n < reference_fib_capacity(f->config, &f->carved, part);
}

/* A full table keeps the longest prefixes; or those it has. */
static bool make_room(const struct reference_fib *f, struct engine_fib *e, struct ip_prefix prefix,
                      int64_t now_ps)
{
    unsigned part = part_of(f, &prefix);
    uint64_t n;
    const struct entry *other = first_to_go(f, &e->table, part, &n);
    bool fits = has_room(f, e, part, n);

    if (f->config->fib_exception == FIB_REFUSE) {
        return fits;
    }
    if (fits) {
        return prefix.length >= e->least_length[part];
    }
    if (other == NULL || other->prefix.length >= prefix.length) {
        return false;
    }
    keep_out(f, e, other->prefix, now_ps);
    table_put(&e->table, (struct entry){.prefix = other->prefix});
    return true;
}

static void write_entry(const struct reference_fib *f, struct engine_fib *e, struct entry entry,
                        int64_t now_ps)
{
    if (entry.choice.n == 0 || table_find(&e->table, entry.prefix) != NULL ||
        make_room(f, e, entry.prefix, now_ps)) {
        table_put(&e->table, entry);
    } else {
        keep_out(f, e, entry.prefix, now_ps);
    }
}

static void write_later(struct engine_fib *e, int64_t arrived_ps, struct entry entry)
{
    int64_t start_ps;

    if (e->n_writes == e->room_writes) {
        e->room_writes = 2 * e->room_writes + 16;
        e->writes = realloc(e->writes, e->room_writes * sizeof *e->writes);
    }
    int64_t read_ps = line_serve(&e->cpu, arrived_ps, 1, &start_ps);
    int64_t written_ps = line_serve(&e->tcam, read_ps, 1, &start_ps);
    e->writes[e->n_writes++] = (struct write){written_ps, entry};
}

/* ---- all of them ------------------------------------------------------------------------- */

void reference_fib_flush(struct reference_fib *f)
{
    uint64_t bytes = f->config->xdr_header_bytes + f->n_message * f->config->xdr_entry_bytes;
    int64_t start_ps;

    for (uint32_t e = 0; e < f->n_engines && f->n_message > 0; e++) {
        int64_t at_ps = line_serve(&f->eobc, f->made_ps, 8 * bytes, &start_ps);
        for (uint32_t i = 0; i < f->n_message; i++) {
            write_later(&f->engines[e], at_ps, f->message[i]);
        }
    }
    f->n_message = 0;
}

void reference_fib_send(struct reference_fib *f, int64_t now_ps, struct entry entry)
{
    int64_t start_ps;

    f->made_ps = line_serve(&f->cef, now_ps, 1, &start_ps);
    f->message[f->n_message++] = entry;
    if (f->n_message == f->most) {
        reference_fib_flush(f);
    }
}

void reference_fib_fill(struct reference_fib *f, struct entry entry)
{
    for (uint32_t e = 0; e < f->n_engines; e++) {
        write_entry(f, &f->engines[e], entry, 0);
    }
}

void reference_fib_at(struct reference_fib *f, int64_t now_ps)
{
    for (uint32_t i = 0; i < f->n_engines; i++) {
        struct engine_fib *e = &f->engines[i];
        while (e->n_written < e->n_writes && e->writes[e->n_written].at_ps <= now_ps) {
            const struct write *w = &e->writes[e->n_written++];
            write_entry(f, e, w->entry, w->at_ps);
        }
    }
}

static void add_engine(struct reference_fib *f, uint32_t slot)
{
    struct engine_fib *e = &f->engines[f->n_engines++];

    e->slot = slot;
    e->cpu.rate = slot == 0 ? f->config->fib_download_pps : f->config->fib_download_dfc_pps;
    e->tcam.rate = f->config->tcam_write_pps;
}

static void carve(struct reference_fib *f, struct reload how)
{
    f->carved = how;
    if (has_pool(f)) {
        f->carved.mpls_slots = 0;
    }
}

void reference_fib_open(struct reference_fib *f, const struct chassis_config *config)
{
    *f = (struct reference_fib){.config = config};
    carve(f, (struct reload){0, config->ipv4_slots, config->mpls_slots});
    f->cef.rate = config->fib_cef_pps;
    f->eobc.rate = config->eobc_bps;
    f->most = (config->xdr_message_bytes - config->xdr_header_bytes) / config->xdr_entry_bytes;
    f->message = calloc(f->most, sizeof *f->message);
    add_engine(f, 0);
    for (uint32_t i = 0; i < config->n_slots; i++) {
        if (config->slots[i].dfc != NULL) {
            add_engine(f, config->slots[i].slot);
        }
    }
}

static void make_idle(struct line *line)
{
    line->since_ps = 0;
    line->work = 0;
}

void reference_fib_reload(struct reference_fib *f, const struct reload *carved)
{
    carve(f, *carved);
    make_idle(&f->cef);
    make_idle(&f->eobc);
    for (uint32_t i = 0; i < f->n_engines; i++) {
        struct engine_fib *e = &f->engines[i];
        make_idle(&e->cpu);
        make_idle(&e->tcam);
        e->n_writes = e->n_written = e->table.n = 0;
        for (int part = 0; part < REFERENCE_PARTS; part++) {
            e->exception[part] = false;
            e->least_length[part] = 0;
        }
    }
}

void reference_fib_close(struct reference_fib *f)
{
    for (uint32_t e = 0; e < f->n_engines; e++) {
        free(f->engines[e].table.entries);
        free(f->engines[e].writes);
    }
    free(f->message);
}

const struct engine_fib *reference_fib_of(const struct reference_fib *f, uint32_t slot)
{
    const struct engine_fib *found = &f->engines[0];

    for (uint32_t e = 1; e < f->n_engines; e++) {
        found = f->engines[e].slot == slot ? &f->engines[e] : found;
    }
    return found;
}
