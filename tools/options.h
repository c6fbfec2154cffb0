/* options.h - the command line, alike for every command. */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* Of the MSFC's BGP. */
struct bgp_words {
    const char *listen; /* NULL: none */
    const char *dump;   /* NULL: none */
    const char *memory; /* a file as cat6k memory reads it; NULL: none */
    uint32_t as;        /* 0: none */
    struct {
        uint32_t hold_s, open_wait_s, max_prefixes, max_paths;
    } limits;
};

/* Of a feed to be made up; 0: by default. */
struct feed_words {
    uint32_t year, n_prefixes, n_peers, n_updates;
};

struct options {
    const char **files;
    size_t n_files;
    const char **overrides; /* "path=value"; --seed N is run.seed=N */
    size_t n_overrides;
    const char *folder; /* -o; NULL: none */
    const char *load;   /* --load; NULL: none */
    unsigned jobs;      /* 0: as many as there are processors */
    bool quiet;
    bool no_plots;
    bool fingerprint;
    struct bgp_words bgp;
    struct feed_words feed;
    bool json; /* on standard output */
};

/* What one command takes: its rows of help, and how many files. */
struct usage {
    const struct argp_option *options; /* keys among those below; ended by {0} */
    const char *files;                 /* as shown: "A B" */
    const char *help;
    size_t least_files, most_files;
};

#define OPTION_SET                                                                                 \
    {                                                                                              \
        "set", 's', "PATH=VALUE", 0, "override a key, as run.duration=5ms", 0                      \
    }
#define OPTION_SEED                                                                                \
    {                                                                                              \
        "seed", 'S', "N", 0, "override run.seed", 0                                                \
    }
#define OPTION_FOLDER                                                                              \
    {                                                                                              \
        "output", 'o', "DIR", 0, "write JSON, CSV and plots to this folder", 0                     \
    }
#define OPTION_NO_PLOTS                                                                            \
    {                                                                                              \
        "no-plots", 'P', NULL, 0, "write the scripts of the plots, but do not draw them", 0        \
    }
#define OPTION_FINGERPRINT                                                                         \
    {                                                                                              \
        "fingerprint", 'f', NULL, 0,                                                               \
            "show three numbers that tell whether two runs are the same, packet by packet: order " \
            "(where), order and times (when), counts (count)",                                     \
            0                                                                                      \
    }
#define OPTION_QUIET                                                                               \
    {                                                                                              \
        "quiet", 'q', NULL, 0, "print nothing but errors", 0                                       \
    }
#define OPTION_LOAD                                                                                \
    {                                                                                              \
        "load", 'l', "RANGE", 0,                                                                   \
            "loads in percent of the scenario's rates: 10%..100% (the default, 10 points), "       \
            "5%..100%/5% (a point every 5%) or 50%",                                               \
            0                                                                                      \
    }
#define OPTION_JOBS                                                                                \
    {                                                                                              \
        "jobs", 'j', "N", 0, "runs at the same time (default: one per processor)", 0               \
    }

/* Keys without a letter. */
enum option_key {
    OPTION_KEY_LISTEN = 256,
    OPTION_KEY_AS,
    OPTION_KEY_DUMP,
    OPTION_KEY_MEMORY,
    OPTION_KEY_HOLD,
    OPTION_KEY_OPEN_WAIT,
    OPTION_KEY_MAX_PREFIXES,
    OPTION_KEY_MAX_PATHS,
    OPTION_KEY_YEAR, /* from here on those of struct feed_words */
    OPTION_KEY_PREFIXES,
    OPTION_KEY_PEERS,
    OPTION_KEY_UPDATES
};

/* Parses; on a wrong command line prints why and exits 2, on --help prints the help and exits 0.
 * *options points into argv and mem. */
void options_parse(const struct usage *usage, int argc, char **argv, struct arena *mem,
                   struct options *options);

#endif /* TOOLS_OPTIONS_H */
