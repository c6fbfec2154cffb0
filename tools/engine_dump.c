#include "tools/engine_dump.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "models/control.h"
#include "scenarios/address.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tools/output.h"

static void put_port(FILE *out, const struct chassis_config *config, uint32_t port)
{
    const struct port_config *p = &config->ports[port];
    if (p->slot == 0) {
        fprintf(out, " Po%" PRIu32, p->number);
    } else {
        fprintf(out, " %" PRIu32 "/%" PRIu32, p->slot, p->number);
    }
}

static void put_path(FILE *out, const struct control *c, const struct adjacency *a)
{
    char text[ADDRESS_TEXT];
    switch (a->kind) {
    case ADJACENCY_RECEIVE:
        fputs(" receive", out);
        break;
    case ADJACENCY_GLEAN:
        fputs(" glean", out);
        put_port(out, c->config, a->port);
        break;
    case ADJACENCY_FORWARD:
    case ADJACENCY_PUNT:
    case ADJACENCY_BUNDLE:
        fprintf(out, " %s", address_print(&a->next_hop, text));
        put_port(out, c->config, a->port);
        break;
    case ADJACENCY_POP:
        fprintf(out, " pop %s", c->config->vrfs[a->port - 1].name);
        break;
    default:
        fputs(" drop", out);
    }
}

/* Buckets of one path follow each other. */
static void put_adjacency(FILE *out, const struct control *c, uint32_t adjacency)
{
    const struct adjacency *a = &c->fib->adjacencies[adjacency];
    if (a->kind != ADJACENCY_PATHS) {
        put_path(out, c, a);
    }
    for (uint32_t i = 0; a->kind == ADJACENCY_PATHS && i < a->n_buckets; i++) {
        const uint32_t *bucket = &c->fib->buckets[a->bucket + i];
        if (i == 0 || bucket[0] != bucket[-1]) {
            fputs(i == 0 ? "" : ",", out);
            put_path(out, c, &c->fib->adjacencies[*bucket]);
        }
    }
    fputc('\n', out);
}

/* 198.51.100.0/24, RED:198.51.100.0/24, or label:18 */
static void put_prefix(FILE *out, const struct control *c, const struct ip_prefix *prefix)
{
    char text[ADDRESS_TEXT];
    if (ip_is_of_vrf(prefix) && prefix->lo == FIB_LABELS) {
        fprintf(out, "label:%" PRIu32, (uint32_t)(prefix->hi >> 32));
    } else if (ip_is_of_vrf(prefix)) {
        fprintf(out, "%s:%s", c->config->vrfs[prefix->lo - 1].name, prefix_print(prefix, text));
    } else {
        fputs(prefix_print(prefix, text), out);
    }
}

static void put_engine(FILE *out, const struct control *c, uint32_t slot)
{
    const struct fib *fib = c->fib;
    uint32_t engine = control_engine(c, slot);
    for (enum ip_family family = IPV4; family <= IPV6; family++) {
        const uint32_t *adjacency = fib->engines[engine].adjacency[family];
        for (uint32_t id = LPM_NONE + 1; id < fib->n_ids[family]; id++) {
            if (adjacency[id] != FIB_ADJACENCY_NONE) {
                fprintf(out, "%" PRIu32 " ", slot);
                put_prefix(out, c, &fib->prefixes[family][id]);
                put_adjacency(out, c, adjacency[id]);
            }
        }
    }
}

static void put_engines(FILE *out, const struct control *c)
{
    const struct chassis_config *config = c->config;
    put_engine(out, c, config->supervisor_slot);
    for (uint32_t i = 0; i < config->n_slots; i++) {
        if (config->slots[i].dfc != NULL) {
            put_engine(out, c, config->slots[i].slot);
        }
    }
}

/* The folder of a file, and its name there. */
static const char *folder_of(const char *path, const char **name, struct arena *mem)
{
    const char *slash = strrchr(path, '/');
    *name = slash == NULL ? path : slash + 1;
    return slash == NULL   ? "."
           : slash == path ? "/"
                           : arena_printf(mem, "%.*s", (int)(slash - path), path);
}

bool engine_dump_prepare(const char *path, struct arena *mem, struct error *err)
{
    const char *name, *folder = folder_of(path, &name, mem);
    struct stat what;
    if (*name == '\0' || (stat(path, &what) == 0 && S_ISDIR(what.st_mode))) {
        return error_add(err, "%s: is a folder; expected a file to write", path);
    }
    return output_prepare(folder, mem, err);
}

bool engine_dump(const struct control *c, const char *path, struct arena *mem, struct error *err)
{
    const char *name, *folder = folder_of(path, &name, mem);
    struct output o;
    output_open(&o, folder, mem, err);
    FILE *out = output_file(&o, name);
    if (out != NULL) {
        put_engines(out, c);
        output_close(&o, out, name);
    }
    return output_commit(&o);
}
