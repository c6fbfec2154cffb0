#include "tests/mrt_print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "models/bgp_message.h"
#include "scenarios/address.h"
#include "scenarios/mrt.h"
#include "sim/arena.h"
#include "sim/error.h"

struct printer {
    FILE *out;
    struct bgp_scratch *scratch;
    const struct mrt_item *item;
    struct bgp_update update; /* of a table: its attributes alone */
    char kind[16], time[32];
    bool path_ids, table;
};

static void print_path(FILE *out, struct bytes path)
{
    for (const char *gap = ""; path.n > 0; gap = " ") {
        const uint8_t *head = bytes_take(&path, 2);
        bool set = head[0] == BGP_AS_SET;
        fprintf(out, "%s%s", gap, set ? "{" : "");
        for (unsigned i = 0; i < head[1]; i++) {
            fprintf(out, "%s%" PRIu32, i == 0 ? "" : set ? "," : " ", get32(bytes_take(&path, 4)));
        }
        fputs(set ? "}" : "", out);
    }
}

static void print_communities(FILE *out, struct bytes list)
{
    for (const char *gap = ""; list.n > 0; gap = " ") {
        const uint8_t *p = bytes_take(&list, 4);
        switch (get32(p)) {
        case 0xffffff01:
            fprintf(out, "%sno-export", gap);
            break;
        case 0xffffff02:
            fprintf(out, "%sno-advertise", gap);
            break;
        case 0xffffff03:
            fprintf(out, "%slocal-AS", gap);
            break;
        default:
            fprintf(out, "%s%u:%u", gap, get16(p), get16(p + 2));
        }
    }
}

static void print_attributes(const struct printer *p, const struct ip_address *next_hop)
{
    static const char *const origins[] = {"IGP", "EGP", "INCOMPLETE"};
    const struct bgp_attributes *a = &p->update.attributes;
    char text[ADDRESS_TEXT];
    print_path(p->out, a->as_path);
    fprintf(p->out, "|%s|%s|%" PRIu32 "|%" PRIu32 "|", origins[a->origin],
            address_print(next_hop, text), a->local_pref, a->med);
    print_communities(p->out, a->communities);
    fputs(bgp_has(a, BGP_ATOMIC_AGGREGATE) ? "|AG|" : "|NAG|", p->out);
    if (bgp_has(a, BGP_AGGREGATOR)) {
        struct ip_address id = {.hi = (uint64_t)a->aggregator_id << 32};
        fprintf(p->out, "%" PRIu32 " %s", a->aggregator_as, address_print(&id, text));
    }
    fputs("|\n", p->out);
}

static void print_prefix(void *context, const struct ip_prefix *prefix, uint32_t path_id,
                         const struct ip_address *next_hop)
{
    const struct printer *p = context;
    char peer[ADDRESS_TEXT], text[ADDRESS_TEXT];
    const char *what = p->table ? "B" : next_hop == NULL ? "W" : "A";
    fprintf(p->out, "%s%s|%s|%s|%s|%" PRIu32 "|%s", p->kind, p->path_ids ? "_AP" : "", p->time,
            what, address_print(&p->item->peer.address, peer), p->item->peer.as,
            prefix_print(prefix, text));
    if (p->path_ids) {
        fprintf(p->out, "|%" PRIu32, path_id);
    }
    if (next_hop == NULL) {
        fputc('\n', p->out);
    } else {
        fputc('|', p->out);
        print_attributes(p, next_hop);
    }
}

static bool print_route(struct printer *p, const struct mrt_item *item)
{
    struct bgp_attributes *a = &p->update.attributes;
    struct bgp_source source = {.as4 = item->as4, .internal = true, .table_dump = true};
    bgp_attributes_read(item->bytes, item->n_bytes, &source, false, p->scratch, a);
    if (a->verdict >= BGP_WITHDRAW) {
        return false;
    }
    strcpy(p->kind, item->v2 ? "TABLE_DUMP2" : "TABLE_DUMP");
    p->table = true;
    p->path_ids = item->has_path_id;
    print_prefix(p, &item->prefix, item->path_id,
                 bgp_has(a, BGP_MP_REACH) ? &a->mp_next_hop : &a->next_hop);
    return true;
}

static bool print_message(struct printer *p, const struct mrt_item *item)
{
    size_t length;
    enum bgp_type type;
    struct bgp_error error;
    struct bgp_source source = {.as4 = item->as4, .internal = true, .add_path = item->add_path};
    if (item->n_bytes < BGP_HEADER_BYTES || !bgp_header_read(item->bytes, &length, &type, &error) ||
        length != item->n_bytes) {
        return false;
    }
    if (type != BGP_UPDATE) {
        return true;
    }
    bgp_update_read(item->bytes, length, &source, p->scratch, &p->update);
    p->table = false;
    p->path_ids = item->add_path;
    if (p->update.verdict != BGP_RESET) {
        bgp_update_each(&p->update, &source, print_prefix, p);
    }
    return p->update.verdict != BGP_RESET;
}

static bool print_item(struct printer *p, const struct mrt *m, const struct mrt_item *item,
                       struct error *err)
{
    char peer[ADDRESS_TEXT];
    p->item = item;
    snprintf(p->time, sizeof p->time, "%" PRIu32, item->seconds);
    strcpy(p->kind, "BGP4MP");
    if (item->microseconds != 0) {
        strcpy(p->kind, "BGP4MP_ET");
        sprintf(p->time + strlen(p->time), ".%06" PRIu32, item->microseconds);
    }
    switch (item->kind) {
    case MRT_ROUTE:
        return print_route(p, item) || mrt_wrong(m, err, "malformed path attributes");
    case MRT_MESSAGE:
        return print_message(p, item) || mrt_wrong(m, err, "a malformed BGP message");
    default:
        fprintf(p->out, "%s|%s|STATE|%s|%" PRIu32 "|%u|%u\n", p->kind, p->time,
                address_print(&item->peer.address, peer), item->peer.as, item->old_state,
                item->new_state);
        return true;
    }
}

bool mrt_print(const char *path, FILE *out, struct error *err)
{
    struct arena *mem = arena_open();
    struct printer p = {.out = out, .scratch = arena_take(mem, sizeof *p.scratch)};
    struct mrt *m = mrt_open(path, mem, err);
    struct mrt_item item;
    bool failed = m == NULL;
    while (!failed && mrt_next(m, &item, &failed, err)) {
        failed = !print_item(&p, m, &item, err);
    }
    if (m != NULL) {
        mrt_close(m);
    }
    arena_close(mem);
    return !failed;
}
