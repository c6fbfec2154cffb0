/* cmd_feed.c - makes up a BGP feed: MRT files for routes.mrt and routes.updates. */
#include <stdio.h>

#include "models/internet.h"
#include "scenarios/synthetic_feed.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tools/command.h"
#include "tools/output.h"

#define DEFAULT_YEAR 2024
#define DEFAULT_PREFIXES 10000
#define DEFAULT_PEERS 3
#define SEED 1

static const struct argp_option feed_options[] = {
    {"output", 'o', "DIR", 0, "where table.mrt and updates.mrt go (the current folder)", 0},
    {"year", OPTION_KEY_YEAR, "N", 0, "whose Internet the prefixes are like (2024)", 0},
    {"prefixes", OPTION_KEY_PREFIXES, "N", 0, "of the table (10000)", 0},
    {"peers", OPTION_KEY_PEERS, "N", 0, "that have it (3)", 0},
    {"updates", OPTION_KEY_UPDATES, "N", 0, "what they say afterwards, 20 a second (0)", 0},
    {0},
};

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
    return value == 0 ? otherwise : value;
}

static bool write_files(const struct synthetic_feed *feed, const char *dir, struct arena *mem,
                        struct error *err)
{
    static const struct {
        const char *name;
        void (*write)(const struct synthetic_feed *feed, FILE *out);
    } files[] = {{"table.mrt", synthetic_feed_table}, {"updates.mrt", synthetic_feed_updates}};
    struct output o;
    if (!output_prepare(dir, mem, err)) {
        return false;
    }
    output_open(&o, dir, mem, err);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        FILE *out = output_file(&o, files[i].name);
        if (out != NULL) {
            files[i].write(feed, out);
        }
        output_close(&o, out, files[i].name);
    }
    return output_commit(&o);
}

static enum exit_code feed_command(const struct options *options, struct arena *mem,
                                   struct error *err)
{
    const struct feed_words *words = &options->feed;
    const struct internet_config internet = {.year = or_default(words->year, DEFAULT_YEAR),
                                             .n_ipv4 =
                                                 or_default(words->n_prefixes, DEFAULT_PREFIXES),
                                             .n_next_hops = 1,
                                             .seed = SEED};
    struct route_table table;
    const struct synthetic_feed feed = {.table = &table,
                                        .n_peers = or_default(words->n_peers, DEFAULT_PEERS),
                                        .n_updates = words->n_updates,
                                        .seed = SEED};
    bool good = internet_table(&internet, mem, &table, err) &&
                write_files(&feed, options->folder == NULL ? "." : options->folder, mem, err);
    return good ? EXIT_OK : EXIT_INPUT;
}

const struct command cmd_feed = {
    .name = "feed",
    .run = feed_command,
    .help = "make up a BGP feed: MRT files of a table and of updates",
    .usage = {.options = feed_options,
              .files = "",
              .help = "Writes table.mrt and updates.mrt, for routes.mrt and routes.updates of a "
                      "scenario: a synthetic Internet table as several peers have it, and what "
                      "they say afterwards. The same arguments give the same bytes.",
              .least_files = 0,
              .most_files = 0},
};
