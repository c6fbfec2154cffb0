/* fuzz_mrt.c - any bytes as an MRT file: refused in words, or a table as promised. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scenarios/bgp_files.h"
#include "sim/arena.h"
#include "sim/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_path(const struct bgp_feed *feed, const struct bgp_feed_path *p)
{
    struct ip_address a = {p->hi, p->lo, p->family};
    sim_assert(p->peer < feed->n_peers);
    if (p->length != BGP_FEED_PEER_DOWN) {
        struct ip_prefix masked = ip_prefix_of(a, p->length), prefix = bgp_feed_prefix(p);
        sim_assert(p->length <= (p->family == IPV4 ? 32 : 128));
        sim_assert(ip_prefix_compare(&masked, &prefix) == 0);
        sim_assert(p->set == 0 || bgp_store_get(feed->store, p->set) != NULL);
    }
}

static void read_as(const char *path, bool table)
{
    struct arena *mem = arena_open();
    struct bgp_feed feed;
    struct error err = {0};
    struct bgp_files files = {.until_ps = 1000000000000, .speed = 3, .options = {.max_paths = 1}};
    *(table ? &files.table : &files.updates) = path;
    bool read = bgp_files_read(&files, mem, &feed, &err);
    sim_assert(read == (err.n_messages == 0));
    for (size_t i = 0; read && i < feed.n_paths; i++) {
        check_path(&feed, &feed.paths[i]);
    }
    for (size_t i = 0; read && i < feed.n_updates; i++) {
        check_path(&feed, &feed.updates[i].path);
        sim_assert(feed.updates[i].at_ps < files.until_ps);
        sim_assert(i == 0 || feed.updates[i - 1].at_ps <= feed.updates[i].at_ps);
    }
    error_free(&err);
    arena_close(mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    int file = memfd_create("mrt", 0);
    sim_assert(file >= 0 && write(file, data, n) == (ssize_t)n);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    read_as(path, true);
    read_as(path, false);
    close(file);
    return 0;
}
