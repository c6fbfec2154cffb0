#include "tools/plot.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/arena.h"
#include "sim/error.h"
#include "tools/output.h"

/* The templates are gnuplot files of their own, carried inside the program. */
#define TEMPLATE(symbol, file)                                                                     \
    __asm__(".pushsection .rodata\n" #symbol ": .incbin \"tools/plot/" file "\"\n.byte 0\n"        \
            ".popsection\n");                                                                      \
    extern const char symbol[]

TEMPLATE(template_common, "common.gp");
TEMPLATE(template_png, "png.gp");
TEMPLATE(template_latency, "latency.gp");
TEMPLATE(template_utilisation, "utilisation.gp");
TEMPLATE(template_packets, "packets.gp");
TEMPLATE(template_series, "series.gp");
TEMPLATE(template_cpu, "cpu.gp");
TEMPLATE(template_compare_throughput, "compare-throughput.gp");
TEMPLATE(template_compare_latency, "compare-latency.gp");
TEMPLATE(template_compare_utilisation, "compare-utilisation.gp");
TEMPLATE(template_sensitivity, "sensitivity.gp");

static const struct {
    const char *name, *template;
} plots[] = {
    [PLOT_LATENCY] = {"latency", template_latency},
    [PLOT_UTILISATION] = {"utilisation", template_utilisation},
    [PLOT_PACKETS] = {"packets", template_packets},
    [PLOT_SERIES] = {"series", template_series},
    [PLOT_CPU] = {"cpu", template_cpu},
    [PLOT_COMPARE_THROUGHPUT] = {"compare-throughput", template_compare_throughput},
    [PLOT_COMPARE_LATENCY] = {"compare-latency", template_compare_latency},
    [PLOT_COMPARE_UTILISATION] = {"compare-utilisation", template_compare_utilisation},
    [PLOT_SENSITIVITY] = {"sensitivity", template_sensitivity},
};

static const char *file_name(const struct output *o, enum plot_name name, const char *ending)
{
    return arena_printf(o->mem, "%s%s", plots[name].name, ending);
}

FILE *plot_open(struct output *o, enum plot_name name)
{
    FILE *script = output_file(o, file_name(o, name, ".gp"));
    if (script != NULL) {
        fputs(template_common, script);
        plot_text(script, "name", plots[name].name);
    }
    return script;
}

void plot_close(struct output *o, enum plot_name name, FILE *script)
{
    fprintf(script, "\n%s%s", plots[name].template, template_png);
    output_close(o, script, file_name(o, name, ".gp"));
}

/* A single-quoted string of gnuplot knows no escapes, no commands and no line ends; a quote is
 * written twice. */
void plot_text(FILE *script, const char *name, const char *text)
{
    fprintf(script, "%s = '", name);
    for (const char *c = text; *c != '\0'; c++) {
        fputs(*c == '\'' ? "'" : "", script);
        fputc((unsigned char)*c < ' ' ? ' ' : *c, script);
    }
    fputs("'\n", script);
}

void plot_number(FILE *script, const char *name, uint64_t value)
{
    fprintf(script, "%s = %llu\n", name, (unsigned long long)value);
}

void plot_begin(FILE *script, const char *name)
{
    fprintf(script, "$%s << END\n", name);
}

void plot_cell(FILE *script, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        fputc((unsigned char)*c < ' ' || *c == '"' ? ' ' : *c, script);
    }
    fputc('\t', script);
}

void plot_cell_number(FILE *script, int64_t value)
{
    fprintf(script, "%lld\t", (long long)value);
}

void plot_row(FILE *script)
{
    fputc('\n', script);
}

void plot_end(FILE *script)
{
    fputs("END\n", script);
}

/* -d: the user's own settings stay out. Signals wait for us (see output.h), not for the child. */
static bool start_gnuplot(const struct output *o, enum plot_name name, pid_t *child)
{
    char program[] = "gnuplot", defaults[] = "-d";
    char *script = arena_printf(o->mem, "%s", file_name(o, name, ".gp"));
    char *argv[] = {program, defaults, script, NULL};
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &o->signals);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, o->temp);
    int failure = posix_spawnp(child, program, &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    errno = failure;
    return failure == 0;
}

static bool wait_gnuplot(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return false;
        }
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void tell_no_gnuplot(struct output *o)
{
    bool missing = errno == ENOENT;
    error_add(o->err, "%s: no plots: gnuplot cannot be started: %s%s; all other results are there",
              o->dir, strerror(errno), missing ? " (Debian: apt install gnuplot-nox)" : "");
}

/* One process for each: they share the processors. */
static bool draw_all(struct output *o, const enum plot_name *names, size_t n)
{
    pid_t *children = arena_take_array(o->mem, n, sizeof *children);
    size_t started = 0;
    while (started < n && start_gnuplot(o, names[started], &children[started])) {
        started++;
    }
    if (started < n) {
        tell_no_gnuplot(o);
    }
    bool drawn = started == n;
    for (size_t i = 0; i < started; i++) {
        if (!wait_gnuplot(children[i])) {
            error_add(o->err, "%s: gnuplot failed on it; all other results are there",
                      file_name(o, names[i], ".gp"));
            drawn = false;
        }
    }
    return drawn;
}

bool plot_draw(struct output *o, const enum plot_name *names, size_t n, bool draw)
{
    if (o->failed) {
        return false;
    }
    bool drawn = draw && draw_all(o, names, n);
    for (size_t i = 0; i < n && !drawn; i++) {
        output_remove(o, file_name(o, names[i], ".svg"));
        output_remove(o, file_name(o, names[i], ".png"));
    }
    return drawn || !draw;
}
