/* options.c - one argp parser for all commands: a command lists the options it knows, and argp
 * refuses the others before they come here. */
#include "tools/options.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "models/config.h"
#include "models/internet.h"
#include "scenarios/synthetic_feed.h"
#include "sim/arena.h"
#include "tools/command.h"

#define OPTIONS_MAX_JOBS 256

struct parse {
    const struct usage *usage;
    struct arena *mem;
    struct options *options;
};

static uint32_t parse_number(const char *name, const char *text, uint32_t least, uint32_t most,
                             struct argp_state *state)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (*end != '\0' || *text < '0' || *text > '9' || number < least || number > most) {
        argp_error(state, "--%s=%s: expected a number from %" PRIu32 " to %" PRIu32, name, text,
                   least, most);
    }
    return (uint32_t)number;
}

static void add_override(struct options *o, const char *text, struct argp_state *state)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text) {
        argp_error(state, "--set %s: expected PATH=VALUE, as run.duration=5ms", text);
    }
    o->overrides[o->n_overrides++] = text;
}

static void add_file(const struct parse *p, const char *text, struct argp_state *state)
{
    if (p->options->n_files == p->usage->most_files) {
        argp_error(state, "\"%s\" is one file too many: expected %s", text, p->usage->files);
    }
    p->options->files[p->options->n_files++] = text;
}

static error_t parse_bgp(int key, char *arg, struct bgp_words *bgp, struct argp_state *state)
{
    switch (key) {
    case OPTION_KEY_LISTEN:
        bgp->listen = arg;
        break;
    case OPTION_KEY_AS:
        bgp->as = parse_number("as", arg, 1, UINT32_MAX - 1, state);
        break;
    case OPTION_KEY_DUMP:
        bgp->dump = arg;
        break;
    case OPTION_KEY_MEMORY:
        bgp->memory = arg;
        break;
    case OPTION_KEY_HOLD:
        bgp->limits.hold_s = parse_number("hold", arg, 3, UINT16_MAX, state);
        break;
    case OPTION_KEY_OPEN_WAIT:
        bgp->limits.open_wait_s = parse_number("open-wait", arg, 1, UINT16_MAX, state);
        break;
    case OPTION_KEY_MAX_PREFIXES:
        bgp->limits.max_prefixes = parse_number("max-prefixes", arg, 1, 10000000, state);
        break;
    case OPTION_KEY_MAX_PATHS:
        bgp->limits.max_paths = parse_number("max-paths", arg, 1, CONFIG_MAX_PATHS, state);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static error_t parse_feed(int key, char *arg, struct feed_words *feed, struct argp_state *state)
{
    switch (key) {
    case OPTION_KEY_YEAR:
        feed->year = parse_number("year", arg, 1, UINT16_MAX, state);
        break;
    case OPTION_KEY_PREFIXES:
        feed->n_prefixes = parse_number("prefixes", arg, 1, INTERNET_MAX_ROUTES, state);
        break;
    case OPTION_KEY_PEERS:
        feed->n_peers = parse_number("peers", arg, 1, SYNTHETIC_MOST_PEERS, state);
        break;
    case OPTION_KEY_UPDATES:
        feed->n_updates = parse_number("updates", arg, 0, UINT32_MAX, state);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static error_t parse_key(int key, char *arg, struct argp_state *state)
{
    const struct parse *p = state->input;
    struct options *o = p->options;
    switch (key) {
    case 's':
        add_override(o, arg, state);
        break;
    case 'S':
        o->overrides[o->n_overrides++] = arena_printf(p->mem, "run.seed=%s", arg);
        break;
    case 'o':
        o->folder = arg;
        break;
    case 'l':
        o->load = arg;
        break;
    case 'j':
        o->jobs = parse_number("jobs", arg, 1, OPTIONS_MAX_JOBS, state);
        break;
    case 'P':
        o->no_plots = true;
        break;
    case 'f':
        o->fingerprint = true;
        break;
    case 'J':
        o->json = true;
        break;
    case 'q':
        o->quiet = true;
        break;
    case ARGP_KEY_ARG:
        add_file(p, arg, state);
        break;
    case ARGP_KEY_END:
        if (o->n_files < p->usage->least_files) {
            argp_error(state, "expected %s", p->usage->files);
        }
        break;
    default:
        return key >= OPTION_KEY_YEAR ? parse_feed(key, arg, &o->feed, state)
                                      : parse_bgp(key, arg, &o->bgp, state);
    }
    return 0;
}

void options_parse(const struct usage *usage, int argc, char **argv, struct arena *mem,
                   struct options *options)
{
    *options = (struct options){
        .files = arena_take_array(mem, (size_t)argc, sizeof *options->files),
        .overrides = arena_take_array(mem, (size_t)argc, sizeof *options->overrides),
    };
    struct argp argp = {.options = usage->options,
                        .parser = parse_key,
                        .args_doc = usage->files,
                        .doc = usage->help};
    struct parse parse = {usage, mem, options};
    argp_err_exit_status = EXIT_INPUT;
    argp_parse(&argp, argc, argv, 0, NULL, &parse);
}
