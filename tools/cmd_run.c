/* cmd_run.c - one scenario, run once: the table, and in a folder result.json, result.csv, plots. */
#include <stdio.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "sim/series.h"
#include "tools/command.h"
#include "tools/describe.h"
#include "tools/figures.h"
#include "tools/flow_capture.h"
#include "tools/json.h"
#include "tools/options.h"
#include "tools/output.h"
#include "tools/progress.h"
#include "tools/run_plots.h"
#include "tools/run_text.h"
#include "tools/simulate.h"
#include "tools/verdict.h"

static const struct argp_option run_options[] = {
    OPTION_FOLDER, OPTION_NO_PLOTS, OPTION_SET, OPTION_SEED, OPTION_FINGERPRINT, OPTION_QUIET, {0},
};

/* What is shown of a run. */
struct outcome {
    const struct loaded *l;
    const struct report *report;
    struct figures figures;
    struct verdict *verdicts;
    size_t n_verdicts;
    struct flow_capture *flows; /* NULL: no records */
    struct arena *mem;
};

static void write_json(const struct outcome *x, struct output *o)
{
    FILE *file = output_file(o, "result.json");
    if (file == NULL) {
        return;
    }
    json_t *json = json_head("run");
    json_object_set_new(json, "scenario", json_scenario(x->l, x->mem));
    json_object_set_new(json, "results", json_results(x->report, &x->figures, true, x->mem));
    json_object_set_new(json, "expectations", verdicts_json(x->verdicts, x->n_verdicts, x->mem));
    json_write(json, 3, file);
    output_close(o, file, "result.json");
}

static void write_csv(const struct report *r, struct output *o)
{
    FILE *file = output_file(o, "result.csv");
    if (file == NULL) {
        return;
    }
    report_write_csv(r, "1", file);
    output_close(o, file, "result.csv");
}

static void write_series(const struct series *series, struct output *o)
{
    FILE *file = output_file(o, "series.csv");
    if (file != NULL) {
        series_write_csv(series, file);
        output_close(o, file, "series.csv");
    }
}

static bool write_results(const struct options *options, const struct outcome *x, struct error *err)
{
    struct output o;
    output_open(&o, options->folder, x->mem, err);
    write_json(x, &o);
    write_csv(x->report, &o);
    if (x->flows != NULL) {
        flow_capture_write(x->flows, &o);
    } else {
        output_remove(&o, "netflow.pcap");
    }
    if (x->report->series != NULL) {
        write_series(x->report->series, &o);
    } else {
        output_remove(&o, "series.csv");
    }
    bool drawn = run_plots(x->l, x->report, &x->figures, !options->no_plots, &o, x->mem);
    return output_commit(&o) && drawn;
}

/* What comes of what the file expects. With settings of its own a run may have no answer to some of
 * it (another supervisor has other engines): that is no mistake. */
static bool judge(const struct options *options, struct outcome *x, struct error *err)
{
    struct error aside = {0};
    bool as_it_is = options->n_overrides == 0;
    bool told = verdicts_of(&x->l->scenario, NULL, x->report, false, x->mem, &x->verdicts,
                            &x->n_verdicts, as_it_is ? err : &aside);
    if (!options->quiet && x->n_verdicts > 0) {
        fputs("\nWhat the scenario expects:\n", stdout);
        verdicts_text(x->verdicts, x->n_verdicts, x->mem, stdout);
    }
    if (!options->quiet && aside.n_messages > 0) {
        printf("\nWith these settings %u of the scenario's expectations cannot be told.\n",
               aside.n_messages);
    }
    error_free(&aside);
    return told || !as_it_is;
}

static bool show(const struct options *options, const struct loaded *l,
                 const struct simulation *sim, struct flow_capture *flows, struct error *err)
{
    struct outcome x = {.l = l, .report = &sim->report, .flows = flows, .mem = sim->mem};
    figures_of(x.report, &x.figures);
    if (!options->quiet) {
        run_text(l, x.report, &x.figures, x.mem, stdout);
    }
    return judge(options, &x, err) && (options->folder == NULL || write_results(options, &x, err));
}

static bool run_loaded(const struct options *options, const struct loaded *l,
                       struct flow_capture *flows, struct error *err)
{
    const struct chassis_config *config = &l->scenario.config;
    int64_t until_ps = config->warmup_ps + config->duration_ps;
    struct simulation sim;
    struct progress progress;
    progress_open(&progress, until_ps, options->quiet);
    struct progress_part part = {&progress, 0};
    bool done = simulate(config, options->fingerprint, flows != NULL ? &flows->sink : NULL, &part,
                         &sim, err);
    progress_close(&progress);
    if (!done) {
        return false;
    }
    if (flows != NULL) {
        flow_capture_end(flows, until_ps);
    }
    done = show(options, l, &sim, flows, err);
    simulation_close(&sim);
    return done;
}

static bool run(const struct options *options, struct arena *mem, struct error *err)
{
    struct loaded l;
    struct flow_capture flows;
    if ((options->folder != NULL && !output_prepare(options->folder, mem, err)) ||
        !loaded_open(&l, options->files[0], options, NULL, mem, err)) {
        return false;
    }
    if (!options->quiet) {
        describe_notes(&l);
    }
    if (options->folder == NULL || !l.scenario.config.netflow_on) {
        return run_loaded(options, &l, NULL, err);
    }
    if (!flow_capture_open(&flows, err)) {
        return false;
    }
    bool done = run_loaded(options, &l, &flows, err);
    flow_capture_close(&flows);
    return done;
}

static enum exit_code run_command(const struct options *options, struct arena *mem,
                                  struct error *err)
{
    return run(options, mem, err) ? EXIT_OK : EXIT_INPUT;
}

const struct command cmd_run = {
    .name = "run",
    .run = run_command,
    .help = "run one scenario: throughput, loss, latency, and the bottleneck",
    .usage = {.options = run_options,
              .files = "FILE",
              .help = "Runs the scenario FILE and shows what was delivered, what was lost and why, "
                      "latency, how busy everything was, and the bottleneck."
                      "\vDIR gets result.json (everything), result.csv "
                      "(run,module,statistic,unit,value) and, drawn by gnuplot as SVG and PNG, "
                      "latency, utilisation and packets; with NetFlow on netflow.pcap, "
                      "the flow records as NetFlow version 9 datagrams; with run.samples "
                      "series.csv, series (packets and routes) and cpu (of the MSFC) over time.",
              .least_files = 1,
              .most_files = 1},
};
