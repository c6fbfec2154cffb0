/* cmd_trace.c - one packet of each stream for each of its ends, followed through the chassis.
 *
 * The same run twice: the first tells what becomes of packets, and of which one first; the second,
 * which is the same to the picosecond, follows those. */
#include <stdio.h>

#include "models/chassis.h"
#include "models/packet.h"
#include "sim/arena.h"
#include "sim/error.h"
#include "tools/command.h"
#include "tools/describe.h"
#include "tools/fates.h"
#include "tools/figures.h"
#include "tools/journey.h"
#include "tools/number.h"
#include "tools/options.h"
#include "tools/simulate.h"
#include "tools/words.h"

static const struct argp_option trace_options[] = {OPTION_SET, OPTION_SEED, {0}};

/* The chassis is given to the tap before it runs. */
static bool run_tapped(const struct chassis_config *config, const struct tap *tap,
                       struct chassis **chassis, struct error *err)
{
    struct arena *mem = arena_open();
    struct chassis *c = chassis_open(config, tap, mem, err);
    if (c != NULL) {
        *chassis = c;
        chassis_run(c, NULL, NULL);
        chassis_close(c);
        *chassis = NULL;
    }
    arena_close(mem);
    return c != NULL;
}

static const char *end_words(const struct fate *fate, struct arena *mem)
{
    if (fate->delivered) {
        return fate->software ? "delivered, forwarded in software" : "delivered";
    }
    struct loss loss = {.stage = fate->stage->name, .reason = fate->stage->drops[fate->reason]};
    return arena_printf(mem, "lost at %s: %s%s", loss.stage, words_reason(&loss, mem),
                        fate->software ? " (after software)" : "");
}

static void print_fate(const struct chassis_config *config, const struct fate *fate,
                       const struct journey *journey, struct arena *mem)
{
    char count[NUMBER_TEXT], born[NUMBER_TEXT];
    text_wrapped(arena_printf(mem, "%s: %s, %s packet%s, as the one of %s:",
                              config->streams[fate->stream].name, end_words(fate, mem),
                              number_count(count, fate->n_packets), fate->n_packets == 1 ? "" : "s",
                              number_time(born, journey->born_ps)),
                 0, 2, stdout);
    table_print(&journey->steps, stdout);
}

static bool follow(const struct loaded *l, struct arena *mem, struct error *err)
{
    const struct chassis_config *config = &l->scenario.config;
    struct fates fates;
    struct journeys journeys;
    fates_open(&fates, config, mem);
    if (!run_tapped(config, &fates.tap, &fates.chassis, err)) {
        return false;
    }
    fates_sort(&fates);
    uint64_t *names = arena_take_array(mem, fates.n, sizeof *names);
    for (uint32_t i = 0; i < fates.n; i++) {
        names[i] = fates.all[i].name;
    }
    journeys_open(&journeys, config, names, fates.n, mem);
    if (!run_tapped(config, &journeys.tap, &journeys.chassis, err)) {
        return false;
    }
    printf("%s\n\n%s", l->title, fates.n == 0 ? "No packet came to an end.\n" : "");
    for (uint32_t i = 0; i < fates.n; i++) {
        print_fate(config, &fates.all[i], journeys_find(&journeys, names[i]), mem);
    }
    return true;
}

static enum exit_code trace_command(const struct options *options, struct arena *mem,
                                    struct error *err)
{
    struct loaded l;
    if (!loaded_open(&l, options->files[0], options, NULL, mem, err)) {
        return EXIT_INPUT;
    }
    describe_notes(&l);
    return follow(&l, mem, err) ? EXIT_OK : EXIT_INPUT;
}

const struct command cmd_trace = {
    .name = "trace",
    .run = trace_command,
    .help = "follow packets through the chassis: what was asked of them, and answered",
    .usage = {.options = trace_options,
              .files = "FILE",
              .help = "Runs the scenario FILE and follows one packet of each stream for each thing "
                      "that becomes of its packets: where it was when, which line of which access "
                      "list permitted or denied it, its route, its policers, and why it was lost.",
              .least_files = 1,
              .most_files = 1},
};
