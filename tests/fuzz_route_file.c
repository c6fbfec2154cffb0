/* fuzz_route_file.c - any bytes as a route file: refused in words, or a table as promised. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scenarios/route_file.h"
#include "sim/arena.h"
#include "sim/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_table(const struct route_table *table)
{
    sim_assert(table->n_routes > 0);
    for (size_t i = 0; i < table->n_routes; i++) {
        const struct route *r = &table->routes[i];
        struct ip_address a = {r->prefix.hi, r->prefix.lo, r->prefix.family};
        struct ip_prefix masked = ip_prefix_of(a, r->prefix.length);
        sim_assert(ip_prefix_compare(&masked, &r->prefix) == 0);
        sim_assert(i == 0 || ip_prefix_compare(&r[-1].prefix, &r->prefix) < 0);
        sim_assert(r->next_hop_index < table->n_next_hops);
        sim_assert(table->next_hops[r->next_hop_index].family == r->prefix.family);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    int file = memfd_create("routes", 0);
    sim_assert(file >= 0 && write(file, data, n) == (ssize_t)n);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);

    struct arena *mem = arena_open();
    struct route_table table;
    struct error err = {0};
    if (route_file_read(path, mem, &table, &err)) {
        sim_assert(err.n_messages == 0);
        check_table(&table);
    } else {
        sim_assert(err.n_messages > 0 && err.text != NULL);
    }
    error_free(&err);
    arena_close(mem);
    close(file);
    return 0;
}
