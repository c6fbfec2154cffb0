/* plot.h - pictures by gnuplot.
 *
 *   plot_open    NAME.gp: common settings
 *                plot_variable, plot_column: what it is to show
 *   plot_close   plot/NAME.gp, the template of that name
 *   plot_draw    one gnuplot per script, all at once --> NAME.svg, NAME.png
 *
 * The script goes with the results: `gnuplot NAME.gp` draws the picture again, with other colours
 * or fonts if one likes.
 */
#ifndef TOOLS_PLOT_H
#define TOOLS_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct output;

enum plot_name {
    PLOT_LATENCY, /* of run */
    PLOT_UTILISATION,
    PLOT_PACKETS,
    PLOT_SERIES, /* where the run has samples */
    PLOT_CPU,    /* the same */
    PLOT_COMPARE_THROUGHPUT,
    PLOT_COMPARE_LATENCY,
    PLOT_COMPARE_UTILISATION,
    PLOT_SENSITIVITY,
};

/* The script; NULL after an error of the output. */
FILE *plot_open(struct output *o, enum plot_name name);
void plot_close(struct output *o, enum plot_name name, FILE *script);

/* name = 'text', whatever the text holds; name = value */
void plot_text(FILE *script, const char *name, const char *text);
void plot_number(FILE *script, const char *name, uint64_t value);

/* A table "$name", a row a line, its columns ended by tabs: plot_begin, cells, plot_end. */
void plot_begin(FILE *script, const char *name);
void plot_cell(FILE *script, const char *text);
void plot_cell_number(FILE *script, int64_t value);
void plot_row(FILE *script);
void plot_end(FILE *script);

/* Draws scripts names[0..n). false with an error of the output when gnuplot is missing or fails;
 * then the scripts remain, as they do without draw, and pictures of an older run do not. */
bool plot_draw(struct output *o, const enum plot_name *names, size_t n, bool draw);

#endif /* TOOLS_PLOT_H */
