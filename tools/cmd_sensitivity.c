/* cmd_sensitivity.c - which of the assumed constants a scenario's answers rest on. */
#include <string.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "tools/command.h"
#include "tools/json.h"
#include "tools/output.h"
#include "tools/sensitivity.h"

static const struct argp_option sensitivity_options[] = {
    OPTION_FOLDER, OPTION_NO_PLOTS, OPTION_SET, OPTION_SEED, OPTION_JOBS, OPTION_QUIET, {0},
};

static void write_json(const struct sensitivity *s, struct output *o, struct arena *mem)
{
    FILE *file = output_file(o, "sensitivity.json");
    if (file != NULL) {
        json_write(sensitivity_json(s, mem), 3, file);
        output_close(o, file, "sensitivity.json");
    }
}

/* Of the lines of a run: the heading of the first one is enough. */
static void write_lines(const struct trial *t, FILE *file)
{
    if (t->csv != NULL) {
        fputs(t->set == NULL ? t->csv : strchr(t->csv, '\n') + 1, file);
    }
}

static void write_csv(const struct sensitivity *s, struct output *o)
{
    FILE *file = output_file(o, "sensitivity.csv");
    if (file == NULL) {
        return;
    }
    write_lines(&s->base, file);
    for (size_t i = 0; i < s->n_constants; i++) {
        for (size_t end = 0; end < SENSITIVITY_ENDS; end++) {
            write_lines(&s->constants[i].at[end], file);
        }
    }
    output_close(o, file, "sensitivity.csv");
}

static bool write_results(const struct sensitivity *s, const struct options *options,
                          struct arena *mem, struct error *err)
{
    struct output o;
    output_open(&o, options->folder, mem, err);
    write_json(s, &o, mem);
    write_csv(s, &o);
    bool drawn = sensitivity_plot(s, !options->no_plots, &o, mem);
    return output_commit(&o) && drawn;
}

static bool show(const struct sensitivity *s, const struct options *options, struct arena *mem,
                 struct error *err)
{
    if (!options->quiet) {
        sensitivity_text(s, mem, stdout);
    }
    return options->folder == NULL || write_results(s, options, mem, err);
}

static enum exit_code sensitivity_command(const struct options *options, struct arena *mem,
                                          struct error *err)
{
    struct sensitivity s;
    if ((options->folder != NULL && !output_prepare(options->folder, mem, err)) ||
        !sensitivity_open(&s, options, mem, err)) {
        return EXIT_INPUT;
    }
    bool good = sensitivity_run(&s, options, err) && show(&s, options, mem, err);
    sensitivity_close(&s);
    return good ? EXIT_OK : EXIT_INPUT;
}

const struct command cmd_sensitivity = {
    .name = "sensitivity",
    .run = sensitivity_command,
    .help = "which of the assumed constants the answers of a scenario rest on",
    .usage = {.options = sensitivity_options,
              .files = "FILE",
              .help = "Runs the scenario FILE as it is, and again with each assumed constant set "
                      "to the ends of the range in which the truth is thought to be: shows which "
                      "of them move an answer, and by how much; what the scenario expects without "
                      "settings of its own is among the answers."
                      "\vDIR gets sensitivity.json, sensitivity.csv "
                      "(run,module,statistic,unit,value) and, drawn by gnuplot as SVG and PNG, "
                      "sensitivity.",
              .least_files = 1,
              .most_files = 1},
};
