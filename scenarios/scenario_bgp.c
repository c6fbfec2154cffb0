/* scenario_bgp.c - what BGP peers tell the MSFC: routes.mrt, routes.updates, routes.bgp. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/address.h"
#include "scenarios/loader.h"
#include "sim/arena.h"
#include "sim/error.h"

#define MAX_SPEED 1000000
#define MAX_PEERS 64               /* named */
#define LATEST_PS 2000000000000000 /* no run is longer */

/* A file, relative to the scenario's folder; NULL when it cannot be read. */
static const char *load_path(struct loader *l, uint32_t place)
{
    const char *text = load_text(l, place, 4096, NULL);
    if (text == NULL) {
        return NULL;
    }
    const char *path = scenario_file_path(l->scenario, text, l->mem);
    if (access(path, R_OK) != 0) {
        places_error(&l->places, place, "%s cannot be read: %s", path, strerror(errno));
    }
    return text;
}

static void load_updates(struct loader *l, const struct raw_updates *raw)
{
    struct bgp_files *files = &l->scenario->bgp;
    files->updates = load_path(l, raw->file);
    files->at_ps = load_time(l, raw->at, 0, LATEST_PS, 0);
    files->speed = (uint32_t)load_count(l, raw->speed, 1, MAX_SPEED, 1);
}

static void load_peers(struct loader *l, uint32_t place)
{
    struct bgp_files *files = &l->scenario->bgp;
    const char *text = places_text(&l->places, place);
    struct ip_address *peers = arena_take_array(l->mem, MAX_PEERS, sizeof *peers);
    char item[ITEM_TEXT];
    while (next_item(&text, item)) {
        if (files->n_peers == MAX_PEERS) {
            places_error(&l->places, place, "more than %d peers", MAX_PEERS);
            break;
        }
        if (!address_parse(item, strlen(item), &peers[files->n_peers])) {
            places_error(&l->places, place, "'%.40s' is no address; expected those of peers", item);
            break;
        }
        files->n_peers++;
    }
    files->peers = peers;
}

void load_bgp(struct loader *l)
{
    const struct raw_routes *raw = &l->raw->routes;
    struct bgp_files *files = &l->scenario->bgp;
    files->until_ps = l->config->warmup_ps + l->config->duration_ps;
    files->speed = 1;
    files->options.local_as = (uint32_t)load_count(l, raw->bgp.as, 1, UINT32_MAX - 1, 0);
    files->options.max_paths =
        (uint32_t)load_count(l, raw->bgp.maximum_paths, 1, CONFIG_MAX_PATHS, 1);
    if (raw->bgp.peers != 0) {
        load_peers(l, raw->bgp.peers);
    }
    if (raw->mrt != 0) {
        files->table = load_path(l, raw->mrt);
    }
    if (raw->updates != NULL) {
        load_updates(l, raw->updates);
    }
}

bool scenario_has_bgp(const struct scenario *s)
{
    return s->bgp.table != NULL || s->bgp.updates != NULL;
}

/* Sessions are with somebody who says something. */
static bool check_neighbours(const struct scenario *s, const struct bgp_feed *feed,
                             struct error *err)
{
    bool good = true;
    for (uint32_t i = 0; i < s->config.n_sessions; i++) {
        const struct session_config *session = &s->config.sessions[i];
        bool found = false;
        for (uint32_t k = 0; k < feed->n_peers && !found; k++) {
            found = ip_address_equal(session->neighbour, feed->peers[k].address);
        }
        if (!found) {
            good = error_add(err,
                             "%sno peer of this address says anything in %s; expected one of those "
                             "that do",
                             session->where, s->bgp.table != NULL ? s->bgp.table : s->bgp.updates);
        }
    }
    return good;
}

bool scenario_load_bgp(const struct scenario *s, struct arena *mem, struct bgp_feed *feed,
                       struct error *err)
{
    struct bgp_files files = s->bgp;
    files.n_vrfs = s->config.n_vrfs;
    files.vrfs = s->config.vrfs;
    files.table = files.table == NULL ? NULL : scenario_file_path(s, files.table, mem);
    files.updates = files.updates == NULL ? NULL : scenario_file_path(s, files.updates, mem);
    return bgp_files_read(&files, mem, feed, err) && check_neighbours(s, feed, err);
}
