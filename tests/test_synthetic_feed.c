/* test_synthetic_feed.c - a BGP feed made up is read back whole: every path, every update, its time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/internet.h"
#include "scenarios/bgp_files.h"
#include "scenarios/synthetic_feed.h"
#include "sim/arena.h"
#include "sim/error.h"

#define N_PREFIXES 1000
#define N_PEERS 3
#define N_UPDATES 400
#define MS_PS ((int64_t)1000000000)

static struct synthetic_feed feed_of(uint32_t n_prefixes, struct arena *mem)
{
    const struct internet_config config = {
        .year = 2024, .n_ipv4 = n_prefixes, .n_next_hops = 1, .seed = 1};
    struct route_table *table = arena_take(mem, sizeof *table);
    struct error err = {0};
    assert_true(internet_table(&config, mem, table, &err));
    return (struct synthetic_feed){table, N_PEERS, N_UPDATES, 1};
}

static void write_file(char *path, const struct synthetic_feed *feed,
                       void (*write)(const struct synthetic_feed *, FILE *))
{
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");
    assert_non_null(f);
    write(feed, f);
    assert_int_equal(fclose(f), 0);
}

/* As many paths as expected of each peer, all with good attributes, next hop and AS of the peer. */
static void test_read_back(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    const struct synthetic_feed feed = feed_of(N_PREFIXES, mem);
    char table[] = "/tmp/test_feed_XXXXXX", updates[] = "/tmp/test_feed_XXXXXX";
    write_file(table, &feed, synthetic_feed_table);
    write_file(updates, &feed, synthetic_feed_updates);
    const struct bgp_files files = {
        .table = table, .updates = updates, .until_ps = INT64_MAX / 2, .speed = 1};
    struct bgp_feed got;
    struct error err = {0};
    size_t n[N_PEERS] = {0}, n_withdrawn = 0;
    assert_true(bgp_files_read(&files, mem, &got, &err));
    assert_int_equal(got.n_peers, N_PEERS);
    for (size_t i = 0, prefix = 0; i < got.n_paths; i++) {
        const struct bgp_feed_path *p = &got.paths[i];
        const struct bgp_set *set = bgp_store_get(got.store, p->set);
        struct ip_prefix wanted;
        prefix += p->peer == 0; /* which has all */
        wanted = feed.table->routes[prefix - 1].prefix;
        assert_true(p->hi == wanted.hi && p->length == wanted.length && p->family == IPV4);
        assert_int_equal(set->next_hop.hi >> 32, 0xc0000201 + p->peer);
        assert_int_equal(set->first_as, 64512 + p->peer);
        assert_in_range(set->path_length, 3, 6);
        n[p->peer]++;
    }
    assert_int_equal(n[0], N_PREFIXES);
    assert_in_range(n[1], N_PREFIXES * 80 / 100, N_PREFIXES * 95 / 100);
    assert_int_equal(got.n_updates, N_UPDATES);
    for (size_t i = 0; i < N_UPDATES; i++) {
        assert_int_equal(got.updates[i].at_ps, (int64_t)i * 50 * MS_PS);
        n_withdrawn += got.updates[i].path.set == 0;
    }
    assert_in_range(n_withdrawn, N_UPDATES / 4, N_UPDATES / 2);
    unlink(table);
    unlink(updates);
    arena_close(mem);
}

/* The files of scenarios/bgp-feed are what it writes. */
static void compare(const char *packed, const struct synthetic_feed *feed,
                    void (*write)(const struct synthetic_feed *, FILE *))
{
    char path[] = "/tmp/test_feed_XXXXXX", command[200];
    write_file(path, feed, write);
    snprintf(command, sizeof command, "xz -dc %s | cmp - %s", packed, path);
    assert_int_equal(system(command), 0);
    unlink(path);
}

static void test_scenario(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    const struct synthetic_feed feed = feed_of(N_PREFIXES, mem);
    compare("scenarios/bgp-feed/table.mrt.xz", &feed, synthetic_feed_table);
    compare("scenarios/bgp-feed/updates.mrt.xz", &feed, synthetic_feed_updates);
    arena_close(mem);
}

/* The largest record there can be. */
static void test_most_peers(void **state)
{
    (void)state;
    struct arena *mem = arena_open();
    struct synthetic_feed feed = feed_of(10, mem);
    char table[] = "/tmp/test_feed_XXXXXX";
    feed.n_peers = SYNTHETIC_MOST_PEERS;
    write_file(table, &feed, synthetic_feed_table);
    const struct bgp_files files = {.table = table, .speed = 1};
    struct bgp_feed got;
    struct error err = {0};
    assert_true(bgp_files_read(&files, mem, &got, &err));
    assert_int_equal(got.n_peers, SYNTHETIC_MOST_PEERS);
    unlink(table);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read_back),
                                       cmocka_unit_test(test_scenario),
                                       cmocka_unit_test(test_most_peers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
