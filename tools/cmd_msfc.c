/* cmd_msfc.c - the MSFC on its own, with real BGP peers: they speak, RIB, FIB and engines follow. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "models/bgp_feed.h"
#include "models/bgp_memory.h"
#include "models/bgp_session.h"
#include "models/control.h"
#include "scenarios/memory_scenario.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tools/bgp_listener.h"
#include "tools/command.h"
#include "tools/engine_dump.h"
#include "tools/options.h"
#include "tools/simulate.h"

#define DEFAULT_MAX_PREFIXES 2000000u
#define DEFAULT_LISTEN "127.0.0.1:1790"

static const struct argp_option msfc_options[] = {
    {"listen", OPTION_KEY_LISTEN, "ADDR:PORT", 0, "where peers connect to (" DEFAULT_LISTEN ")", 0},
    {"as", OPTION_KEY_AS, "N", 0, "the router's own AS number", 0},
    {"dump", OPTION_KEY_DUMP, "FILE", 0,
     "what each engine holds, written on SIGUSR1 and at the end", 0},
    {"memory", OPTION_KEY_MEMORY, "FILE", 0,
     "a router and a release of IOS, as for cat6k memory: what does not fit its memory ends the "
     "session",
     0},
    {"hold", OPTION_KEY_HOLD, "SECONDS", 0, "hold time (180)", 0},
    {"open-wait", OPTION_KEY_OPEN_WAIT, "SECONDS", 0, "to wait for a peer's OPEN (240)", 0},
    {"max-prefixes", OPTION_KEY_MAX_PREFIXES, "N", 0, "of a peer; then the session ends (2000000)",
     0},
    {"max-paths", OPTION_KEY_MAX_PATHS, "N", 0, "of equal cost, that share a prefix (1)", 0},
    OPTION_SET,
    OPTION_QUIET,
    {0},
};

/* Signals that are read, not caught: so they are seen between two turns, never inside one. */
static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static bool dump(const struct options *options, const struct control *control, struct error *err)
{
    struct arena *mem = arena_open();
    bool done = options->bgp.dump == NULL || engine_dump(control, options->bgp.dump, mem, err);
    arena_close(mem);
    return done;
}

/* Until it is told to end, or a dump cannot be written. */
static bool serve(const struct options *options, struct listener *l, const struct control *control,
                  struct error *err)
{
    int signals = open_signals();
    struct signalfd_siginfo got = {0};
    bool good = signals >= 0 || error_add(err, "signals: %s", strerror(errno));
    while (good && got.ssi_signo != SIGINT && got.ssi_signo != SIGTERM) {
        listener_run(l, signals);
        good = read(signals, &got, sizeof got) == sizeof got;
        if (good && got.ssi_signo == SIGUSR2) {
            listener_refresh(l);
        } else if (good) {
            good = dump(options, control, err);
        }
    }
    close(signals);
    return good;
}

/* The memory of the router that the file names; its table does not matter. */
static bool open_memory(const char *path, struct arena *mem, struct bgp_memory **memory,
                        struct error *err)
{
    struct memory_scenario s;
    struct ios_failure failure = {0};
    if (!memory_load(path, NULL, 0, mem, &s, err)) {
        return false;
    }
    struct ios_router router = memory_router(&s, NEED_USUAL);
    struct ios_train train = memory_train(&s, INTO_GLOBAL, NEED_USUAL);
    *memory = bgp_memory_open(&router, &train, memory_subnet_blocks(&s, NEED_USUAL), mem, &failure);
    return *memory != NULL ||
           error_add(err, "%s: the router does not come up: no %" PRIu64 " bytes for %s", path,
                     failure.bytes, failure.wanted_for);
}

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
    return value == 0 ? otherwise : value;
}

/* The router's identifier is its highest address, as long as nobody names another.
 * source: [CISCO-BGP] bgp router-id (vendor) */
static uint32_t identifier(const struct chassis_config *config)
{
    uint32_t highest = 1;
    for (uint32_t i = 0; i < config_n_all_ports(config); i++) {
        uint32_t a = (uint32_t)(config->ports[i].address[IPV4].hi >> 32);
        highest = config_is_interface(config, i) && a > highest ? a : highest;
    }
    return highest;
}

static bool run(const struct options *options, struct arena *mem, struct error *err)
{
    struct loaded loaded;
    struct control control;
    const struct bgp_words *words = &options->bgp;
    if (words->as == 0) {
        return error_add(err, "--as is missing; expected the router's own AS number");
    }
    if ((words->dump != NULL && !engine_dump_prepare(words->dump, mem, err)) ||
        !loaded_open(&loaded, options->files[0], options, NULL, mem, err)) {
        return false;
    }
    struct bgp_memory *memory = NULL;
    if (words->memory != NULL && !open_memory(words->memory, mem, &memory, err)) {
        return false;
    }
    struct chassis_config config = loaded.scenario.config;
    struct bgp_feed feed = loaded.bgp; /* what its files say, is there from the start */
    feed.options.local_as = words->as;
    feed.options.local_id = identifier(&config);
    feed.options.max_paths = or_default(words->limits.max_paths, 1);
    config.bgp = &feed;
    control_open(&control, &config, mem);
    control_start_live(&control);
    struct listener_config listen = {
        .address = words->listen == NULL ? DEFAULT_LISTEN : words->listen,
        .local_as = words->as,
        .local_id = feed.options.local_id,
        .hold_s = (uint16_t)or_default(words->limits.hold_s, BGP_HOLD_S),
        .open_wait_s = or_default(words->limits.open_wait_s, BGP_OPEN_WAIT_S),
        .max_prefixes = or_default(words->limits.max_prefixes, DEFAULT_MAX_PREFIXES),
        .control = &control,
        .memory = memory,
        .paths = mem,
        .quiet = options->quiet};
    struct listener *l = listener_open(&listen, mem, err);
    bool good = l != NULL && serve(options, l, &control, err);
    if (l != NULL) {
        listener_close(l);
    }
    if (memory != NULL) {
        bgp_memory_close(memory);
    }
    control_close(&control);
    return good;
}

static enum exit_code msfc_command(const struct options *options, struct arena *mem,
                                   struct error *err)
{
    return run(options, mem, err) ? EXIT_OK : EXIT_INPUT;
}

const struct command cmd_msfc = {
    .name = "msfc",
    .run = msfc_command,
    .help = "speak BGP with real peers, and keep the tables of all engines",
    .usage = {.options = msfc_options,
              .files = "FILE",
              .help =
                  "Builds the control plane of the scenario FILE and waits for BGP peers, whose "
                  "routes go into the RIB and into the FIB of every engine, at once."
                  "\vSIGUSR1 writes the dump, SIGUSR2 asks the peers for all their routes again, "
                  "SIGINT and SIGTERM write the dump and end all sessions. Nothing is announced "
                  "to the peers.",
              .least_files = 1,
              .most_files = 1},
};
