#include "tools/simulate.h"

#include <stdlib.h>
#include <string.h>

#include "models/chassis.h"
#include "models/fingerprint.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tools/command.h"
#include "tools/options.h"
#include "tools/progress.h"

static bool same_routes(const struct scenario *a, const struct scenario *b, struct arena *mem)
{
    if (a->routes != b->routes || a->config.growth.n_routes != b->config.growth.n_routes) {
        return false;
    }
    if (a->routes == ROUTES_FILE) {
        return strcmp(scenario_routes_path(a, mem), scenario_routes_path(b, mem)) == 0;
    }
    const struct internet_config *x = &a->synthetic, *y = &b->synthetic;
    return a->routes == ROUTES_NONE ||
           (x->year == y->year && x->n_ipv4 == y->n_ipv4 && x->n_ipv6 == y->n_ipv6 &&
            x->n_next_hops == y->n_next_hops && x->seed == y->seed);
}

const char *file_stem(const char *path, struct arena *mem)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(file, '.');
    return dot == NULL || dot == file ? file : arena_printf(mem, "%.*s", (int)(dot - file), file);
}

/* A title comes from a file: what could steer a terminal does not reach it. */
static const char *printable(const char *text, struct arena *mem)
{
    char *copy = arena_printf(mem, "%s", text);
    for (char *c = copy; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f) {
            *c = ' ';
        }
    }
    return copy;
}

bool loaded_open(struct loaded *l, const char *path, const struct options *options,
                 const struct loaded *same, struct arena *mem, struct error *err)
{
    *l = (struct loaded){0};
    if (!scenario_load(path, options->overrides, options->n_overrides, mem, &l->scenario, err)) {
        return false;
    }
    if (same != NULL && same_routes(&same->scenario, &l->scenario, mem)) {
        l->table = same->table;
    } else if (!scenario_load_routes(&l->scenario, mem, &l->table, err)) {
        return false;
    }
    for (size_t i = 0; i < l->table.n_routes; i++) {
        l->n_routes[l->table.routes[i].prefix.family]++;
    }
    if (scenario_has_bgp(&l->scenario)) {
        if (!scenario_load_bgp(&l->scenario, mem, &l->bgp, err)) {
            return false;
        }
        l->scenario.config.bgp = &l->bgp;
    }
    const char *title = l->scenario.config.title;
    l->title = printable(title == NULL ? file_stem(path, mem) : title, mem);
    l->scenario.config.table = &l->table;
    return true;
}

static void require_conserved(const struct chassis *c)
{
    struct error err = {0};
    if (!chassis_conserved(c, &err)) {
        fputs(err.text, stderr);
        exit(EXIT_PROGRAM);
    }
}

bool simulate(const struct chassis_config *config, bool fingerprint, const struct flow_sink *flows,
              struct progress_part *progress, struct simulation *sim, struct error *err)
{
    struct fingerprint_tap print;
    sim->mem = arena_open();
    fingerprint_open(&print, sim->mem);
    struct chassis *c = chassis_open(config, fingerprint ? &print.tap : NULL, sim->mem, err);
    if (c == NULL) {
        arena_close(sim->mem);
        return false;
    }
    print.packets = chassis_packets(c);
    chassis_export(c, flows);
    chassis_run(c, progress == NULL ? NULL : progress_tell, progress);
    require_conserved(c);
    report_open(&sim->report, sim->mem);
    chassis_report(c, &sim->report);
    if (fingerprint) {
        fingerprint_show(&print, &sim->report);
    }
    chassis_end_flows(c);
    chassis_close(c);
    return true;
}

void simulation_close(struct simulation *sim)
{
    arena_close(sim->mem);
}
